/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "commit/transaction-private.h"
#include "plan/plan-private.h"
#include "instance/postfix-instance-private.h"

G_BEGIN_DECLS

/* The one place where plan, commit and service meet. */
gboolean _nullmail_plan_apply (NullmailPostfixInstance  *instance,
                               NullmailPlan             *plan,
                               NullmailApplyFlags        flags,
                               GCancellable             *cancellable,
                               GError                  **error);

/* CONFLICT unless main.cf is what the plan has made, or found. */
gboolean _nullmail_plan_expect_main_cf (NullmailPlan         *plan,
                                        NullmailTransaction  *transaction,
                                        GCancellable         *cancellable,
                                        GError              **error);

G_END_DECLS
