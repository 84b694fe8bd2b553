/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "store/secret-call-private.h"

G_BEGIN_DECLS

/* The D-Bus paths of the items that have these attributes, in all collections. Locked ones are
 * unlocked, or it is an error: a search does not tell them from none. Only for a service. */
GPtrArray *_nullmail_secret_search_paths (NullmailSecretCall  *call,
                                          const SecretSchema  *schema,
                                          GHashTable          *attributes,
                                          GError             **error);

/* The SecretRetrievable that have these attributes, the most recently modified first; locked ones
 * as above. */
GPtrArray *_nullmail_secret_items_search (NullmailSecretCall  *call,
                                          const SecretSchema  *schema,
                                          GHashTable          *attributes,
                                          GError             **error);

G_END_DECLS
