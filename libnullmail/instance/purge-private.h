/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "plan/plan-private.h"
#include "instance/postfix-instance-private.h"

G_BEGIN_DECLS

/* What a purge has to do beside the password file that main.cf names, which its plan does: the
 * files that were named before, and tables of other types. */
typedef struct _NullmailPurge NullmailPurge;

/* Finds out what is needed, before anything is changed. */
NullmailPurge *_nullmail_purge_new   (NullmailPostfixInstance  *instance,
                                      NullmailPlan             *plan,
                                      GCancellable             *cancellable,
                                      GError                  **error);
void           _nullmail_purge_free  (NullmailPurge            *self);

/* Each file is a transaction of its own, and what is done already is not done again. */
gboolean       _nullmail_purge_files (NullmailPurge            *self,
                                      GError                  **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailPurge, _nullmail_purge_free)

G_END_DECLS
