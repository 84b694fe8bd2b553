/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (NULLMAIL_INSIDE) && !defined (NULLMAIL_COMPILATION)
#error "Only <libnullmail/nullmail.h> can be included directly"
#endif

#include <glib-object.h>
#include <libnullmail/base/version-macros.h>

G_BEGIN_DECLS

/**
 * NullmailTlsLevel:
 * @NULLMAIL_TLS_LEVEL_AUTO: not chosen; assigned, it means the level that follows from the rest
 * @NULLMAIL_TLS_LEVEL_NONE: no TLS
 * @NULLMAIL_TLS_LEVEL_MAY: TLS when the relay offers it, without checking its certificate; whoever
 *   sits in between can strip it
 * @NULLMAIL_TLS_LEVEL_ENCRYPT: TLS or no delivery, without checking the certificate
 * @NULLMAIL_TLS_LEVEL_DANE: as DANE_ONLY where DNSSEC publishes TLSA records, else as MAY
 * @NULLMAIL_TLS_LEVEL_DANE_ONLY: TLS with a certificate that DNSSEC vouches for, or no delivery
 * @NULLMAIL_TLS_LEVEL_FINGERPRINT: TLS with a certificate or key of known digest, or no delivery
 * @NULLMAIL_TLS_LEVEL_VERIFY: TLS with a trusted certificate for a name that may come from MX
 *   records, or no delivery
 * @NULLMAIL_TLS_LEVEL_SECURE: TLS with a trusted certificate for the relay host's own name, or no
 *   delivery
 *
 * What Postfix demands of the connection to the relay: the values of `smtp_tls_security_level`, and
 * the nicknames are Postfix's words.
 *
 * The numbers say nothing about strength. See postconf(5) and `TLS_README`.
 *
 * Since: 1.0
 */
typedef enum
{
  NULLMAIL_TLS_LEVEL_AUTO = 0,
  NULLMAIL_TLS_LEVEL_NONE = 1,
  NULLMAIL_TLS_LEVEL_MAY = 2,
  NULLMAIL_TLS_LEVEL_ENCRYPT = 3,
  NULLMAIL_TLS_LEVEL_DANE = 4,
  NULLMAIL_TLS_LEVEL_DANE_ONLY = 5,
  NULLMAIL_TLS_LEVEL_FINGERPRINT = 6,
  NULLMAIL_TLS_LEVEL_VERIFY = 7,
  NULLMAIL_TLS_LEVEL_SECURE = 8,
} NullmailTlsLevel;

G_END_DECLS
