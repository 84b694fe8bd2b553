/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Whether Postfix can show a certificate to the relay. */
typedef enum
{
  NULLMAIL_CERTIFICATE_GOOD,
  NULLMAIL_CERTIFICATE_UNKNOWN,        /* this user may not read it */
  NULLMAIL_CERTIFICATE_MISSING,        /* there is no such file */
  NULLMAIL_CERTIFICATE_UNREADABLE,     /* it is not in PEM form, or the key has a passphrase */
  NULLMAIL_CERTIFICATE_NO_KEY,         /* no private key in front of the certificate */
  NULLMAIL_CERTIFICATE_NO_CERTIFICATE, /* no certificate behind the private key */
  NULLMAIL_CERTIFICATE_MISMATCH,       /* the key belongs to another certificate */
  NULLMAIL_CERTIFICATE_NOT_YET,        /* it is valid later only */
  NULLMAIL_CERTIFICATE_EXPIRED,
} NullmailCertificateState;

/* Examines the files of smtp_tls_chain_files, which Postfix takes for one: each private key is
 * followed by its certificate, and that by those which vouch for it. path gets the file that
 * decides: the one that is at fault, or has the certificate which is the first to expire; days gets
 * the days until then, where all are good. A key is held in memory for secrets, and wiped.
 * paths: at least one */
NullmailCertificateState _nullmail_client_certificate_examine (const char * const  *paths,
                                                               const char         **path,
                                                               int                 *days);

/* The same of smtp_tls_cert_file and smtp_tls_key_file, which may be one file: of it the first key
 * counts, wherever it stands, and the first certificate. */
NullmailCertificateState _nullmail_key_pair_examine           (const char          *certificate,
                                                               const char          *key,
                                                               const char         **path,
                                                               int                 *days);

G_END_DECLS
