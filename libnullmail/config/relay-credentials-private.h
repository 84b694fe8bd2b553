/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/secure-memory-private.h"
#include "config/relay-credentials.h"

G_BEGIN_DECLS

/* An entry of a listing; the user name is taken as it is. */
NullmailRelayCredentials *
_nullmail_relay_credentials_new_without_password (NullmailRelayHost *relay_host,
                                                  const char        *username);

/* Takes the reference to the buffer, on failure too. Checks as the public constructors do. */
NullmailRelayCredentials *
_nullmail_relay_credentials_new_take_buffer (NullmailRelayHost     *relay_host,
                                             const char            *username,
                                             NullmailSecureBuffer  *password,
                                             GError               **error);

/* (nullable) (transfer none) */
const NullmailSecureBuffer *
_nullmail_relay_credentials_peek_password (const NullmailRelayCredentials *self);

G_END_DECLS
