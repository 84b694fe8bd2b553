/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/secure-memory-private.h"
#include "config/relay-credentials.h"

G_BEGIN_DECLS

/* Makes an entry of a listing, whose user name is not checked. */
NullmailRelayCredentials *
_nullmail_relay_credentials_new_without_password (NullmailRelayHost *relay_host,
                                                  const char        *username);

/* Makes credentials, and checks them as the public constructors do. The reference to the buffer is
 * taken over, on failure as well. */
NullmailRelayCredentials *
_nullmail_relay_credentials_new_take_buffer (NullmailRelayHost     *relay_host,
                                             const char            *username,
                                             NullmailSecureBuffer  *password,
                                             GError               **error);

/* The same of an entry of a password file with such a separator, which the user name must not
 * have. */
NullmailRelayCredentials *
_nullmail_relay_credentials_new_from_entry (NullmailRelayHost     *relay_host,
                                            const char            *username,
                                            NullmailSecureBuffer  *take_password,
                                            char                   separator,
                                            GError               **error);

/* Whether a password file with such a separator can hold the user name. INVALID_CREDENTIALS. */
gboolean
_nullmail_relay_credentials_check_separator (const NullmailRelayCredentials  *self,
                                             char                             separator,
                                             GError                         **error);

/* (transfer none) (nullable): the password; NULL for an entry of a listing. */
const NullmailSecureBuffer *
_nullmail_relay_credentials_peek_password (const NullmailRelayCredentials *self);

G_END_DECLS
