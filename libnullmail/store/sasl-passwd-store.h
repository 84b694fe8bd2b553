/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (NULLMAIL_INSIDE) && !defined (NULLMAIL_COMPILATION)
#error "Only <libnullmail/nullmail.h> can be included directly"
#endif

#include <gio/gio.h>
#include <libnullmail/base/version-macros.h>
#include <libnullmail/store/credential-store.h>

G_BEGIN_DECLS

#define NULLMAIL_TYPE_SASL_PASSWD_STORE (nullmail_sasl_passwd_store_get_type ())

NULLMAIL_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (NullmailSaslPasswdStore, nullmail_sasl_passwd_store,
                      NULLMAIL, SASL_PASSWD_STORE, GObject)

NULLMAIL_AVAILABLE_IN_1_0
NullmailSaslPasswdStore *nullmail_sasl_passwd_store_new (const char *path,
                                                         const char *map_type);

NULLMAIL_AVAILABLE_IN_1_0
const char *nullmail_sasl_passwd_store_get_path (NullmailSaslPasswdStore *self);
NULLMAIL_AVAILABLE_IN_1_0
const char *nullmail_sasl_passwd_store_get_map_type (NullmailSaslPasswdStore *self);
NULLMAIL_AVAILABLE_IN_1_0
const char *nullmail_sasl_passwd_store_get_command_directory (NullmailSaslPasswdStore *self);
NULLMAIL_AVAILABLE_IN_1_0
const char *nullmail_sasl_passwd_store_get_map_path (NullmailSaslPasswdStore *self);

NULLMAIL_AVAILABLE_IN_1_0
gboolean nullmail_sasl_passwd_store_is_stale (NullmailSaslPasswdStore *self);

NULLMAIL_AVAILABLE_IN_1_0
gboolean nullmail_sasl_passwd_store_rebuild (NullmailSaslPasswdStore  *self,
                                             GCancellable             *cancellable,
                                             GError                  **error);
NULLMAIL_AVAILABLE_IN_1_0
void nullmail_sasl_passwd_store_rebuild_async (NullmailSaslPasswdStore *self,
                                               GCancellable            *cancellable,
                                               GAsyncReadyCallback      callback,
                                               gpointer                 user_data);
NULLMAIL_AVAILABLE_IN_1_0
gboolean nullmail_sasl_passwd_store_rebuild_finish (NullmailSaslPasswdStore  *self,
                                                    GAsyncResult             *result,
                                                    GError                  **error);

G_END_DECLS
