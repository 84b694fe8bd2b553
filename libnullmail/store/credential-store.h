/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (NULLMAIL_INSIDE) && !defined (NULLMAIL_COMPILATION)
#error "Only <libnullmail/nullmail.h> can be included directly"
#endif

#include <gio/gio.h>
#include <libnullmail/base/version-macros.h>
#include <libnullmail/config/relay-credentials.h>
#include <libnullmail/config/relay-host.h>

G_BEGIN_DECLS

#define NULLMAIL_TYPE_CREDENTIAL_STORE (nullmail_credential_store_get_type ())

NULLMAIL_AVAILABLE_IN_1_0
G_DECLARE_INTERFACE (NullmailCredentialStore, nullmail_credential_store,
                     NULLMAIL, CREDENTIAL_STORE, GObject)

/**
 * NullmailCredentialStoreInterface:
 * @parent_iface: the parent interface
 * @lookup: finds the credentials of a relay host; %NULL without an error where there are none
 * @store: keeps credentials, instead of those that the relay host had
 * @clear: forgets the credentials of a relay host; succeeds also if there were none
 * @load_list: lists all credentials, without their passwords
 *
 * What a place for passwords has to do. All four are synchronous.
 *
 * Since: 1.0
 */
struct _NullmailCredentialStoreInterface
{
  GTypeInterface parent_iface;

  /**
   * NullmailCredentialStoreInterface::lookup:
   * @self: the store
   * @relay_host: the relay host; two that are equal are the same key
   * @cancellable: (nullable): a cancellable, or %NULL
   * @error: return location for an error, or %NULL
   *
   * Finds the credentials of a relay host.
   *
   * Returns: (transfer full) (nullable): credentials, or %NULL: with @error set where the store
   *   could not be read, without one where nothing is stored
   *
   * Since: 1.0
   */
  NullmailRelayCredentials * (* lookup)    (NullmailCredentialStore   *self,
                                            NullmailRelayHost         *relay_host,
                                            GCancellable              *cancellable,
                                            GError                   **error);

  /**
   * NullmailCredentialStoreInterface::store:
   * @self: the store
   * @credentials: credentials with a password
   * @cancellable: (nullable): a cancellable, or %NULL
   * @error: return location for an error, or %NULL
   *
   * Keeps credentials, instead of those that their relay host had.
   *
   * Returns: %TRUE, or %FALSE with @error set
   *
   * Since: 1.0
   */
  gboolean                   (* store)     (NullmailCredentialStore   *self,
                                            NullmailRelayCredentials  *credentials,
                                            GCancellable              *cancellable,
                                            GError                   **error);

  /**
   * NullmailCredentialStoreInterface::clear:
   * @self: the store
   * @relay_host: the relay host
   * @cancellable: (nullable): a cancellable, or %NULL
   * @error: return location for an error, or %NULL
   *
   * Forgets the credentials of a relay host.
   *
   * Returns: %TRUE also if there were none, or %FALSE with @error set
   *
   * Since: 1.0
   */
  gboolean                   (* clear)     (NullmailCredentialStore   *self,
                                            NullmailRelayHost         *relay_host,
                                            GCancellable              *cancellable,
                                            GError                   **error);

  /**
   * NullmailCredentialStoreInterface::load_list:
   * @self: the store
   * @cancellable: (nullable): a cancellable, or %NULL
   * @error: return location for an error, or %NULL
   *
   * Lists all credentials, without their passwords.
   *
   * Returns: (transfer full) (nullable) (element-type NullmailRelayCredentials): a new array of new
   *   credentials, or %NULL with @error set
   *
   * Since: 1.0
   */
  GPtrArray *                (* load_list) (NullmailCredentialStore   *self,
                                            GCancellable              *cancellable,
                                            GError                   **error);
};

NULLMAIL_AVAILABLE_IN_1_0
NullmailRelayCredentials *nullmail_credential_store_lookup (NullmailCredentialStore  *self,
                                                            NullmailRelayHost        *relay_host,
                                                            GCancellable             *cancellable,
                                                            GError                  **error);
NULLMAIL_AVAILABLE_IN_1_0
void nullmail_credential_store_lookup_async (NullmailCredentialStore *self,
                                             NullmailRelayHost       *relay_host,
                                             GCancellable            *cancellable,
                                             GAsyncReadyCallback      callback,
                                             gpointer                 user_data);
NULLMAIL_AVAILABLE_IN_1_0
NullmailRelayCredentials *nullmail_credential_store_lookup_finish (NullmailCredentialStore  *self,
                                                                   GAsyncResult             *result,
                                                                   GError                  **error);

NULLMAIL_AVAILABLE_IN_1_0
gboolean nullmail_credential_store_store (NullmailCredentialStore   *self,
                                          NullmailRelayCredentials  *credentials,
                                          GCancellable              *cancellable,
                                          GError                   **error);
NULLMAIL_AVAILABLE_IN_1_0
void nullmail_credential_store_store_async (NullmailCredentialStore  *self,
                                            NullmailRelayCredentials *credentials,
                                            GCancellable             *cancellable,
                                            GAsyncReadyCallback       callback,
                                            gpointer                  user_data);
NULLMAIL_AVAILABLE_IN_1_0
gboolean nullmail_credential_store_store_finish (NullmailCredentialStore  *self,
                                                 GAsyncResult             *result,
                                                 GError                  **error);

NULLMAIL_AVAILABLE_IN_1_0
gboolean nullmail_credential_store_clear (NullmailCredentialStore  *self,
                                          NullmailRelayHost        *relay_host,
                                          GCancellable             *cancellable,
                                          GError                  **error);
NULLMAIL_AVAILABLE_IN_1_0
void nullmail_credential_store_clear_async (NullmailCredentialStore *self,
                                            NullmailRelayHost       *relay_host,
                                            GCancellable            *cancellable,
                                            GAsyncReadyCallback      callback,
                                            gpointer                 user_data);
NULLMAIL_AVAILABLE_IN_1_0
gboolean nullmail_credential_store_clear_finish (NullmailCredentialStore  *self,
                                                 GAsyncResult             *result,
                                                 GError                  **error);

NULLMAIL_AVAILABLE_IN_1_0
GPtrArray *nullmail_credential_store_list (NullmailCredentialStore  *self,
                                           GCancellable             *cancellable,
                                           GError                  **error);
NULLMAIL_AVAILABLE_IN_1_0
void nullmail_credential_store_list_async (NullmailCredentialStore *self,
                                           GCancellable            *cancellable,
                                           GAsyncReadyCallback      callback,
                                           gpointer                 user_data);
NULLMAIL_AVAILABLE_IN_1_0
GPtrArray *nullmail_credential_store_list_finish (NullmailCredentialStore  *self,
                                                  GAsyncResult             *result,
                                                  GError                  **error);

G_END_DECLS
