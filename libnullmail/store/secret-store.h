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

#define NULLMAIL_TYPE_SECRET_STORE (nullmail_secret_store_get_type ())

NULLMAIL_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (NullmailSecretStore, nullmail_secret_store,
                      NULLMAIL, SECRET_STORE, GObject)

NULLMAIL_AVAILABLE_IN_1_0
NullmailSecretStore *nullmail_secret_store_new            (void);

NULLMAIL_AVAILABLE_IN_1_0
const char          *nullmail_secret_store_get_collection (NullmailSecretStore *self);

G_END_DECLS
