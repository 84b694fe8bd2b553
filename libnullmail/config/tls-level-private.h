/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "config/relay-host.h"
#include "config/tls-level.h"

G_BEGIN_DECLS

/* The channel that a level can be sure of: Postfix has a list of login mechanisms for each. */
typedef enum
{
  NULLMAIL_CHANNEL_PLAIN,
  NULLMAIL_CHANNEL_ENCRYPTED,
  NULLMAIL_CHANNEL_VERIFIED,
} NullmailChannel;

/* The word of main.cf, in any case; AUTO for anything else. */
NullmailTlsLevel _nullmail_tls_level_parse         (const char       *text);
const char      *_nullmail_tls_level_to_string     (NullmailTlsLevel  level);

/* Whether mail waits rather than leaves without TLS. Port 465 needs that. */
gboolean         _nullmail_tls_level_requires_tls  (NullmailTlsLevel  level);

/* Whether the relay's certificate is checked against authorities (CAfile, CApath). */
gboolean         _nullmail_tls_level_needs_ca      (NullmailTlsLevel  level);

/* Whether level gives at least what wanted does, so that wanted need not be written. */
gboolean         _nullmail_tls_level_guarantees    (NullmailTlsLevel  level,
                                                    NullmailTlsLevel  wanted);

NullmailChannel  _nullmail_tls_level_get_channel   (NullmailTlsLevel  level);

/* The level that follows from a relay host, which may be NULL, and authentication. */
NullmailTlsLevel _nullmail_tls_level_derive        (const NullmailRelayHost *relay_host,
                                                    gboolean                 authentication);

G_END_DECLS
