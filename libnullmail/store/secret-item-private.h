/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "config/relay-credentials-private.h"
#include "store/secret-call-private.h"

G_BEGIN_DECLS

extern const SecretSchema _nullmail_secret_schema;

/* (transfer full): the attributes by which an item of this library and one of another program are
 * found, and those that an item gets. */
GHashTable *_nullmail_secret_key_attributes     (const NullmailRelayHost        *relay_host);
GHashTable *_nullmail_secret_network_attributes (const NullmailRelayHost        *relay_host);
GHashTable *_nullmail_secret_item_attributes    (const NullmailRelayCredentials *credentials);
char       *_nullmail_secret_item_label         (const NullmailRelayCredentials *credentials);

/* (nullable) (transfer full) */
char       *_nullmail_secret_item_dup_attribute (SecretRetrievable *item,
                                                 const char        *name);

/* Loads the credentials of an item. If is_gone is set the item was removed since it was found, and
 * the caller may search again. */
NullmailRelayCredentials *
            _nullmail_secret_item_load          (NullmailSecretCall        *call,
                                                 SecretRetrievable         *item,
                                                 NullmailRelayHost         *relay_host,
                                                 gboolean                  *is_gone,
                                                 GError                   **error);

/* Puts an item into the collection, and then removes those that had the same key before it. Calls
 * that run at the same time do not remove each other's items, so that there is always one. */
gboolean    _nullmail_secret_item_store         (NullmailSecretCall        *call,
                                                 NullmailRelayCredentials  *credentials,
                                                 GError                   **error);

/* Removes all items that have this key. */
gboolean    _nullmail_secret_items_clear        (NullmailSecretCall        *call,
                                                 GHashTable                *key,
                                                 GError                   **error);

G_END_DECLS
