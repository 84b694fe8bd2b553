/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libnullmail/nullmail.h>

/* Where the logins come from: files that were read at the start, then the keyring. Filled by one
 * thread, and then used by any. */
typedef struct _CredentialSource CredentialSource;

CredentialSource *credential_source_new         (void);
void              credential_source_free        (CredentialSource  *self);

/* Reads a relay's password: “-” is standard input, and a name without a “/” in front lies in
 * $CREDENTIALS_DIRECTORY, see systemd.exec(5). */
gboolean          credential_source_add_file    (CredentialSource  *self,
                                                 const char        *relay,
                                                 const char        *username,
                                                 const char        *path,
                                                 GError           **error);

/* Also looks into the keyring, anew for each request. */
gboolean          credential_source_add_keyring (CredentialSource  *self,
                                                 GError           **error);
gboolean          credential_source_is_empty    (CredentialSource  *self);

/* NULL without an error: there is no login for this key. */
NullmailRelayCredentials *
                  credential_source_lookup      (CredentialSource  *self,
                                                 const char        *key,
                                                 GError           **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CredentialSource, credential_source_free)
