/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (NULLMAIL_INSIDE) && !defined (NULLMAIL_COMPILATION)
#error "Only <libnullmail/nullmail.h> can be included directly"
#endif

#include <gio/gio.h>
#include <libnullmail/base/version-macros.h>
#include <libnullmail/config/relay-host.h>

G_BEGIN_DECLS

#define NULLMAIL_TYPE_RELAY_CREDENTIALS (nullmail_relay_credentials_get_type ())

typedef struct _NullmailRelayCredentials NullmailRelayCredentials;

NULLMAIL_AVAILABLE_IN_1_0
GType nullmail_relay_credentials_get_type (void) G_GNUC_CONST;

NULLMAIL_AVAILABLE_IN_1_0
NullmailRelayCredentials *
nullmail_relay_credentials_new            (NullmailRelayHost               *relay_host,
                                           const char                      *username,
                                           const char                      *password,
                                           GError                         **error);
NULLMAIL_AVAILABLE_IN_1_0
NullmailRelayCredentials *
nullmail_relay_credentials_new_from_fd    (NullmailRelayHost               *relay_host,
                                           const char                      *username,
                                           int                              fd,
                                           GCancellable                    *cancellable,
                                           GError                         **error);
NULLMAIL_AVAILABLE_IN_1_0
NullmailRelayCredentials *
nullmail_relay_credentials_ref            (NullmailRelayCredentials        *self);
NULLMAIL_AVAILABLE_IN_1_0
void
nullmail_relay_credentials_unref          (NullmailRelayCredentials        *self);

NULLMAIL_AVAILABLE_IN_1_0
NullmailRelayHost *
nullmail_relay_credentials_get_relay_host (const NullmailRelayCredentials  *self);
NULLMAIL_AVAILABLE_IN_1_0
const char *
nullmail_relay_credentials_get_username   (const NullmailRelayCredentials  *self);
NULLMAIL_AVAILABLE_IN_1_0
gboolean
nullmail_relay_credentials_has_password   (const NullmailRelayCredentials  *self);

NULLMAIL_AVAILABLE_IN_1_0
gboolean
nullmail_relay_credentials_write_password (const NullmailRelayCredentials  *self,
                                           int                              fd,
                                           GCancellable                    *cancellable,
                                           GError                         **error);
NULLMAIL_AVAILABLE_IN_1_0
gboolean
nullmail_relay_credentials_equal          (const NullmailRelayCredentials  *self,
                                           const NullmailRelayCredentials  *other);
NULLMAIL_AVAILABLE_IN_1_0
GVariant *
nullmail_relay_credentials_to_variant     (const NullmailRelayCredentials  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailRelayCredentials, nullmail_relay_credentials_unref)

G_END_DECLS
