/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What a report says. */

#include "relay/probe-report-private.h"

/**
 * nullmail_probe_report_is_ok:
 * @self: a report
 *
 * Checks whether mail will get through to the relay, as far as a probe can tell.
 *
 * Returns: %TRUE if the outcome is %NULLMAIL_PROBE_OUTCOME_OK
 *
 * Since: 1.0
 */
gboolean
nullmail_probe_report_is_ok (const NullmailProbeReport *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->outcome == NULLMAIL_PROBE_OUTCOME_OK;
}

/**
 * nullmail_probe_report_get_outcome:
 * @self: a report
 *
 * Gets what came of the probe.
 *
 * Returns: the outcome, never %NULLMAIL_PROBE_OUTCOME_UNKNOWN
 *
 * Since: 1.0
 */
NullmailProbeOutcome
nullmail_probe_report_get_outcome (const NullmailProbeReport *self)
{
  g_return_val_if_fail (self != NULL, NULLMAIL_PROBE_OUTCOME_UNKNOWN);

  return self->outcome;
}

/**
 * nullmail_probe_report_get_message:
 * @self: a report
 *
 * Gets what came of the probe, for people.
 *
 * Returns: (transfer none) (not nullable): a sentence or two in the language of the user, without a
 *   password
 *
 * Since: 1.0
 */
const char *
nullmail_probe_report_get_message (const NullmailProbeReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->message;
}

/**
 * nullmail_probe_report_get_remedy:
 * @self: a report
 *
 * Gets what to do about it, for people.
 *
 * Returns: (transfer none) (not nullable): a sentence or two in the language of the user; `""`
 *   where nothing is to be done
 *
 * Since: 1.0
 */
const char *
nullmail_probe_report_get_remedy (const NullmailProbeReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->remedy;
}

/**
 * nullmail_probe_report_get_relay_host:
 * @self: a report
 *
 * Gets the relay that was asked.
 *
 * Returns: (transfer none) (not nullable): the relay host
 *
 * Since: 1.0
 */
NullmailRelayHost *
nullmail_probe_report_get_relay_host (const NullmailProbeReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->relay_host;
}

/**
 * nullmail_probe_report_get_addresses:
 * @self: a report
 *
 * Gets the addresses that were found for the relay, in the order in which they are tried.
 *
 * Returns: (transfer none) (not nullable) (array zero-terminated=1): addresses; an empty list where
 *   none was found
 *
 * Since: 1.0
 */
const char * const *
nullmail_probe_report_get_addresses (const NullmailProbeReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char * const *) self->addresses;
}

/**
 * nullmail_probe_report_get_address:
 * @self: a report
 *
 * Gets the address that was connected to.
 *
 * Returns: (transfer none) (nullable): an address, or %NULL without a connection
 *
 * Since: 1.0
 */
const char *
nullmail_probe_report_get_address (const NullmailProbeReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->address;
}

/**
 * nullmail_probe_report_get_banner:
 * @self: a report
 *
 * Gets what the relay greeted with.
 *
 * Its text, without the code.
 *
 * Returns: (transfer none) (nullable): the greeting, or %NULL where there was none
 *
 * Since: 1.0
 */
const char *
nullmail_probe_report_get_banner (const NullmailProbeReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->banner;
}

/**
 * nullmail_probe_report_get_extensions:
 * @self: a report
 *
 * Gets what the relay can do, with its parameters, as it said last: under TLS, if it came to
 * that.
 *
 * Returns: (transfer none) (not nullable) (array zero-terminated=1): the extensions that EHLO told;
 *   an empty list where it told none
 *
 * Since: 1.0
 */
const char * const *
nullmail_probe_report_get_extensions (const NullmailProbeReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char * const *) self->extensions;
}

/**
 * nullmail_probe_report_get_auth_mechanisms:
 * @self: a report
 *
 * Gets the login mechanisms that the relay offers under TLS.
 *
 * Returns: (transfer none) (not nullable) (array zero-terminated=1): mechanisms; an empty list
 *   where there are none, or no TLS
 *
 * Since: 1.0
 */
const char * const *
nullmail_probe_report_get_auth_mechanisms (const NullmailProbeReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char * const *) self->mechanisms;
}

/**
 * nullmail_probe_report_get_tls_protocol:
 * @self: a report
 *
 * Gets the version of TLS that was agreed on.
 *
 * Returns: (transfer none) (nullable): such as `TLSv1.3`, or %NULL without TLS
 *
 * Since: 1.0
 */
const char *
nullmail_probe_report_get_tls_protocol (const NullmailProbeReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->tls_protocol;
}

/**
 * nullmail_probe_report_get_tls_cipher:
 * @self: a report
 *
 * Gets the cipher that was agreed on.
 *
 * Returns: (transfer none) (nullable): the name of the cipher, or %NULL without TLS
 *
 * Since: 1.0
 */
const char *
nullmail_probe_report_get_tls_cipher (const NullmailProbeReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->tls_cipher;
}

/**
 * nullmail_probe_report_get_certificate_subject:
 * @self: a report
 *
 * Gets whose certificate the relay has.
 *
 * Returns: (transfer none) (nullable): a distinguished name (RFC 2253), or %NULL without TLS
 *
 * Since: 1.0
 */
const char *
nullmail_probe_report_get_certificate_subject (const NullmailProbeReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->subject;
}

/**
 * nullmail_probe_report_get_certificate_issuer:
 * @self: a report
 *
 * Gets who vouches for the certificate.
 *
 * Returns: (transfer none) (nullable): a distinguished name (RFC 2253), or %NULL without TLS
 *
 * Since: 1.0
 */
const char *
nullmail_probe_report_get_certificate_issuer (const NullmailProbeReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->issuer;
}

/**
 * nullmail_probe_report_get_certificate_expires:
 * @self: a report
 *
 * Gets when the certificate expires.
 *
 * Returns: seconds since 1970 in UTC, or 0 without TLS
 *
 * Since: 1.0
 */
gint64
nullmail_probe_report_get_certificate_expires (const NullmailProbeReport *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->expires;
}

/**
 * nullmail_probe_report_get_certificate_errors:
 * @self: a report
 *
 * Gets everything that speaks against the certificate.
 *
 * What Postfix finds wrong with it for this relay, and what GIO would say beside that: it counts
 * addresses in certificates as names, for example. Flags do not decide; the outcome does.
 *
 * Returns: the flags, %G_TLS_CERTIFICATE_NO_FLAGS for a good certificate or none
 *
 * Since: 1.0
 */
GTlsCertificateFlags
nullmail_probe_report_get_certificate_errors (const NullmailProbeReport *self)
{
  g_return_val_if_fail (self != NULL, G_TLS_CERTIFICATE_NO_FLAGS);

  return self->errors;
}

/**
 * nullmail_probe_report_get_certificate_names:
 * @self: a report
 *
 * Gets the names that the certificate is for.
 *
 * Those of DNS, or the common name where it has none of them; see TLS_README.
 *
 * Returns: (transfer none) (not nullable) (array zero-terminated=1): names; an empty list without
 *   TLS
 *
 * Since: 1.0
 */
const char * const *
nullmail_probe_report_get_certificate_names (const NullmailProbeReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char * const *) self->names;
}

/**
 * nullmail_probe_report_get_certificate_fingerprint:
 * @self: a report
 *
 * Gets the SHA-256 fingerprint of the certificate.
 *
 * It has the form that `smtp_tls_fingerprint_cert_match` wants, with `smtp_tls_fingerprint_digest =
 * sha256`.
 *
 * Returns: (transfer none) (nullable): hexadecimal bytes with colons, or %NULL without TLS
 *
 * Since: 1.0
 */
const char *
nullmail_probe_report_get_certificate_fingerprint (const NullmailProbeReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->fingerprint;
}

/**
 * nullmail_probe_report_get_public_key_fingerprint:
 * @self: a report
 *
 * Gets the SHA-256 fingerprint of the certificate's public key.
 *
 * It stays the same where the certificate is renewed with its key, and has the form that
 * `smtp_tls_fingerprint_cert_match` wants.
 *
 * Returns: (transfer none) (nullable): hexadecimal bytes with colons, or %NULL without TLS
 *
 * Since: 1.0
 */
const char *
nullmail_probe_report_get_public_key_fingerprint (const NullmailProbeReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->key_fingerprint;
}

/**
 * nullmail_probe_report_get_mechanism:
 * @self: a report
 *
 * Gets the mechanism that was chosen for the login.
 *
 * Returns: (transfer none) (nullable): the name of a mechanism, or %NULL where none was
 *
 * Since: 1.0
 */
const char *
nullmail_probe_report_get_mechanism (const NullmailProbeReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->mechanism;
}

/**
 * nullmail_probe_report_get_login_tried:
 * @self: a report
 *
 * Checks whether a login was begun, so that the relay has seen something of it.
 *
 * Returns: %TRUE if it was
 *
 * Since: 1.0
 */
gboolean
nullmail_probe_report_get_login_tried (const NullmailProbeReport *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->login_tried;
}

/**
 * nullmail_probe_report_get_reply:
 * @self: a report
 *
 * Gets the relay's last reply.
 *
 * A reply that repeats something of the login is not shown.
 *
 * Returns: (transfer none) (nullable): code and text, with a newline between the lines of a longer
 *   one, or %NULL where it said nothing
 *
 * Since: 1.0
 */
const char *
nullmail_probe_report_get_reply (const NullmailProbeReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->reply;
}
