/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "plan/plan-private.h"
#include "postfix/postfix-instance-private.h"

G_BEGIN_DECLS

/* The one place where plan, commit and service meet. */
gboolean _nullmail_plan_apply (NullmailPostfixInstance  *instance,
                               NullmailPlan             *plan,
                               NullmailApplyFlags        flags,
                               GCancellable             *cancellable,
                               GError                  **error);

G_END_DECLS
