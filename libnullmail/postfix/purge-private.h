/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "plan/plan-private.h"
#include "postfix/postfix-instance-private.h"

G_BEGIN_DECLS

/* What a purge has to do beside the password file that main.cf names, which its plan has done: the
 * files that were named before, and tables of other types. Each file is a transaction of its own,
 * and what is done already is not done again. */
gboolean _nullmail_purge_files (NullmailPostfixInstance  *instance,
                                NullmailPlan             *plan,
                                GCancellable             *cancellable,
                                GError                  **error);

G_END_DECLS
