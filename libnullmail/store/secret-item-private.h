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

/* The SecretRetrievable that have these attributes, the most recently modified first. Locked ones
 * are unlocked, or it is an error: a search does not tell them from none. */
GPtrArray  *_nullmail_secret_items_search       (NullmailSecretCall        *call,
                                                 const SecretSchema        *schema,
                                                 GHashTable                *attributes,
                                                 GError                   **error);

/* (nullable) (transfer full) */
char       *_nullmail_secret_item_dup_attribute (SecretRetrievable         *item,
                                                 const char                *name);

NullmailRelayCredentials *
            _nullmail_secret_item_load          (NullmailSecretCall        *call,
                                                 SecretRetrievable         *item,
                                                 NullmailRelayHost         *relay_host,
                                                 GError                   **error);

/* Puts an item into the collection, in place of one with the same attributes. */
gboolean    _nullmail_secret_item_store         (NullmailSecretCall        *call,
                                                 NullmailRelayCredentials  *credentials,
                                                 GError                   **error);

/* Removes the older items, and leaves the one with these attributes in the collection. */
gboolean    _nullmail_secret_items_prune        (NullmailSecretCall        *call,
                                                 GPtrArray                 *items,
                                                 GHashTable                *kept,
                                                 GError                   **error);

/* Removes whatever has these attributes. */
gboolean    _nullmail_secret_items_clear        (NullmailSecretCall        *call,
                                                 GHashTable                *attributes,
                                                 GError                   **error);

G_END_DECLS
