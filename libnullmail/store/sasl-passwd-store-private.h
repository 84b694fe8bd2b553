/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "store/password-table-private.h"
#include "store/sasl-passwd-store.h"

G_BEGIN_DECLS

/* Changes the contents of a password file. */
typedef void (* NullmailPasswordEdit) (NullmailPasswordTable *table,
                                       gpointer               user_data);

/* Reads, edits and replaces the file and its table. The errors are those of the public methods. */
gboolean _nullmail_sasl_passwd_store_change      (NullmailSaslPasswdStore  *self,
                                                  NullmailPasswordEdit      edit,
                                                  gpointer                  user_data,
                                                  GCancellable             *cancellable,
                                                  GError                  **error);

/* Tells the store which main.cf the file belongs to, which otherwise is one beside it, and whether
 * this Postfix knows of a separator other than “:” in it. */
void     _nullmail_sasl_passwd_store_set_main_cf (NullmailSaslPasswdStore  *self,
                                                  const char               *main_cf_path,
                                                  gboolean                  has_separator);

G_END_DECLS
