/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "store/secret-call-private.h"

G_BEGIN_DECLS

/* (transfer full): the D-Bus paths of the items that have these attributes, in all collections.
 * Items that are locked are unlocked first, and it is an error if they stay locked. This needs a
 * service, and does not work with libsecret's file. */
GPtrArray *_nullmail_secret_search_paths (NullmailSecretCall  *call,
                                          const SecretSchema  *schema,
                                          GHashTable          *attributes,
                                          GError             **error);

/* (transfer full) (element-type SecretRetrievable): the items that have these attributes, the most
 * recently modified one first. Locked ones are treated as above. */
GPtrArray *_nullmail_secret_items_search (NullmailSecretCall  *call,
                                          const SecretSchema  *schema,
                                          GHashTable          *attributes,
                                          GError             **error);

G_END_DECLS
