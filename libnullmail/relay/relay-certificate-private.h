/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "relay/probe-policy-private.h"

G_BEGIN_DECLS

/* What a relay's certificate says, and what Postfix makes of it. */
typedef struct
{
  gboolean              is_trusted;        /* an authority of the configuration vouches for it */
  gboolean              has_name;          /* it has one of the names that are accepted */
  gboolean              has_fingerprint;   /* it, or its key, has one of the fingerprints */
  char                 *reasons;           /* (owned) (nullable) why not, all of them, in words */
  GTlsCertificateFlags  flags;             /* the same for programs, with what GIO has against it */
  char                **names;             /* (owned) */
  char                 *subject;           /* (owned) */
  char                 *issuer;            /* (owned) */
  gint64                expires;           /* Unix time; 0 where it cannot be told */
  char                 *fingerprint;       /* (owned) SHA-256, as in main.cf */
  char                 *key_fingerprint;   /* (owned) of its public key */
} NullmailCertificateVerdict;

/* Why Postfix cannot load the authorities that the configuration names, so that it has no TLS at
 * all; NULL where it can. */
char    *_nullmail_relay_certificate_find_ca_fault (const NullmailProbePolicy  *policy);

/* Whether Postfix, whose TLS is OpenSSL's, goes on with that version of TLS at this level. */
gboolean _nullmail_relay_certificate_allows        (const NullmailProbePolicy  *policy,
                                                    GTlsProtocolVersion         version);

/* Judges the certificate of a relay that was reached as the server of that name. The verdict is
 * Postfix's own: the chain is verified by OpenSSL, with the same purpose and level of security, and
 * the names are compared by it. FALSE for a certificate that cannot be read. */
gboolean _nullmail_relay_certificate_examine       (NullmailCertificateVerdict *self,
                                                    GTlsCertificate            *certificate,
                                                    const NullmailProbePolicy  *policy,
                                                    const char                 *host);
void     _nullmail_certificate_verdict_clear       (NullmailCertificateVerdict *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailCertificateVerdict, _nullmail_certificate_verdict_clear)

G_END_DECLS
