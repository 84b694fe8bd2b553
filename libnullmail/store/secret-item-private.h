/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "config/relay-credentials-private.h"
#include "store/secret-call-private.h"

G_BEGIN_DECLS

extern const SecretSchema _nullmail_secret_schema;

/* What an item is found by, and what one of these credentials has. */
GHashTable *_nullmail_secret_key_attributes     (const NullmailRelayHost        *relay_host);
GHashTable *_nullmail_secret_network_attributes (const NullmailRelayHost        *relay_host);
GHashTable *_nullmail_secret_item_attributes    (const NullmailRelayCredentials *credentials);
char       *_nullmail_secret_item_label         (const NullmailRelayCredentials *credentials);

/* (nullable) (transfer full) */
char       *_nullmail_secret_item_dup_attribute (SecretRetrievable *item,
                                                 const char        *name);

/* (out is_gone) It is there no longer, and the error says so: search again. */
NullmailRelayCredentials *
            _nullmail_secret_item_load          (NullmailSecretCall        *call,
                                                 SecretRetrievable         *item,
                                                 NullmailRelayHost         *relay_host,
                                                 gboolean                  *is_gone,
                                                 GError                   **error);

/* Puts an item into the collection, and then removes those that were there before it. Of calls at
 * the same time each leaves the items of the others, so that one is always there. */
gboolean    _nullmail_secret_item_store         (NullmailSecretCall        *call,
                                                 NullmailRelayCredentials  *credentials,
                                                 GError                   **error);

/* Removes whatever has this key. */
gboolean    _nullmail_secret_items_clear        (NullmailSecretCall        *call,
                                                 GHashTable                *key,
                                                 GError                   **error);

G_END_DECLS
