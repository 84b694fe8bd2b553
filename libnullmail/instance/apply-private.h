/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "instance/postfix-instance.h"
#include "plan/plan-private.h"
#include "postfix/installation-private.h"

G_BEGIN_DECLS

/* Puts a plan into effect. This is the one place where plan, commit and service meet; apply.c tells
 * in which steps. changed: (out) (optional): whether a file or the service was changed. */
gboolean _nullmail_apply       (NullmailInstallation  *installation,
                                NullmailPlan          *plan,
                                NullmailApplyFlags     flags,
                                gboolean              *changed,
                                GCancellable          *cancellable,
                                GError               **error);

/* What is judged before anything is touched: fails as an apply would. */
gboolean _nullmail_apply_check (NullmailInstallation  *installation,
                                NullmailPlan          *plan,
                                NullmailApplyFlags     flags,
                                GCancellable          *cancellable,
                                GError               **error);

G_END_DECLS
