/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (NULLMAIL_INSIDE) && !defined (NULLMAIL_COMPILATION)
#error "Only <libnullmail/nullmail.h> can be included directly"
#endif

#include <gio/gio.h>
#include <libnullmail/base/version-macros.h>
#include <libnullmail/config/relay-host.h>

G_BEGIN_DECLS

/**
 * NullmailProbeOutcome:
 * @NULLMAIL_PROBE_OUTCOME_UNKNOWN: nothing was tried
 * @NULLMAIL_PROBE_OUTCOME_OK: it is as it should be
 * @NULLMAIL_PROBE_OUTCOME_DNS_FAILED: the relay has no address, or its name cannot be looked up
 * @NULLMAIL_PROBE_OUTCOME_CONNECT_FAILED: there is no connection to any of its addresses
 * @NULLMAIL_PROBE_OUTCOME_GREETING_FAILED: what answers is no mail server, or turns this machine
 *   away
 * @NULLMAIL_PROBE_OUTCOME_TLS_UNAVAILABLE: TLS is needed, and not offered or not to be had
 * @NULLMAIL_PROBE_OUTCOME_TLS_FAILED: TLS does not begin
 * @NULLMAIL_PROBE_OUTCOME_CERTIFICATE_INVALID: the certificate is not one that Postfix accepts, or
 *   that a password is sent past
 * @NULLMAIL_PROBE_OUTCOME_AUTH_UNAVAILABLE: there is no login, or no mechanism for it that may be
 *   used
 * @NULLMAIL_PROBE_OUTCOME_LOGIN_FAILED: the relay refuses the login
 * @NULLMAIL_PROBE_OUTCOME_TIMED_OUT: the relay does not answer in time
 *
 * What came of a probe, or of one step of it.
 *
 * Since: 1.0
 */
typedef enum
{
  NULLMAIL_PROBE_OUTCOME_UNKNOWN = 0,
  NULLMAIL_PROBE_OUTCOME_OK = 1,
  NULLMAIL_PROBE_OUTCOME_DNS_FAILED = 2,
  NULLMAIL_PROBE_OUTCOME_CONNECT_FAILED = 3,
  NULLMAIL_PROBE_OUTCOME_GREETING_FAILED = 4,
  NULLMAIL_PROBE_OUTCOME_TLS_UNAVAILABLE = 5,
  NULLMAIL_PROBE_OUTCOME_TLS_FAILED = 6,
  NULLMAIL_PROBE_OUTCOME_CERTIFICATE_INVALID = 7,
  NULLMAIL_PROBE_OUTCOME_AUTH_UNAVAILABLE = 8,
  NULLMAIL_PROBE_OUTCOME_LOGIN_FAILED = 9,
  NULLMAIL_PROBE_OUTCOME_TIMED_OUT = 10,
} NullmailProbeOutcome;

#define NULLMAIL_TYPE_PROBE_REPORT (nullmail_probe_report_get_type ())

typedef struct _NullmailProbeReport NullmailProbeReport;

NULLMAIL_AVAILABLE_IN_1_0
GType nullmail_probe_report_get_type (void);

NULLMAIL_AVAILABLE_IN_1_0
NullmailProbeReport *nullmail_probe_report_ref (NullmailProbeReport *self);
NULLMAIL_AVAILABLE_IN_1_0
void nullmail_probe_report_unref (NullmailProbeReport *self);

NULLMAIL_AVAILABLE_IN_1_0
gboolean nullmail_probe_report_is_ok (const NullmailProbeReport *self);
NULLMAIL_AVAILABLE_IN_1_0
NullmailProbeOutcome nullmail_probe_report_get_outcome (const NullmailProbeReport *self);
NULLMAIL_AVAILABLE_IN_1_0
const char *nullmail_probe_report_get_message (const NullmailProbeReport *self);
NULLMAIL_AVAILABLE_IN_1_0
const char *nullmail_probe_report_get_remedy (const NullmailProbeReport *self);
NULLMAIL_AVAILABLE_IN_1_0
NullmailRelayHost *nullmail_probe_report_get_relay_host (const NullmailProbeReport *self);
NULLMAIL_AVAILABLE_IN_1_0
const char * const *nullmail_probe_report_get_addresses (const NullmailProbeReport *self);
NULLMAIL_AVAILABLE_IN_1_0
const char *nullmail_probe_report_get_address (const NullmailProbeReport *self);
NULLMAIL_AVAILABLE_IN_1_0
const char *nullmail_probe_report_get_banner (const NullmailProbeReport *self);
NULLMAIL_AVAILABLE_IN_1_0
const char * const *nullmail_probe_report_get_extensions (const NullmailProbeReport *self);
NULLMAIL_AVAILABLE_IN_1_0
const char * const *nullmail_probe_report_get_auth_mechanisms (const NullmailProbeReport *self);
NULLMAIL_AVAILABLE_IN_1_0
const char *nullmail_probe_report_get_tls_protocol (const NullmailProbeReport *self);
NULLMAIL_AVAILABLE_IN_1_0
const char *nullmail_probe_report_get_tls_cipher (const NullmailProbeReport *self);
NULLMAIL_AVAILABLE_IN_1_0
const char *nullmail_probe_report_get_certificate_subject (const NullmailProbeReport *self);
NULLMAIL_AVAILABLE_IN_1_0
const char *nullmail_probe_report_get_certificate_issuer (const NullmailProbeReport *self);
NULLMAIL_AVAILABLE_IN_1_0
gint64 nullmail_probe_report_get_certificate_expires (const NullmailProbeReport *self);
NULLMAIL_AVAILABLE_IN_1_0
GTlsCertificateFlags nullmail_probe_report_get_certificate_errors (const NullmailProbeReport *self);
NULLMAIL_AVAILABLE_IN_1_0
const char * const *nullmail_probe_report_get_certificate_names (const NullmailProbeReport *self);
NULLMAIL_AVAILABLE_IN_1_0
const char *nullmail_probe_report_get_certificate_fingerprint (const NullmailProbeReport *self);
NULLMAIL_AVAILABLE_IN_1_0
const char *nullmail_probe_report_get_public_key_fingerprint (const NullmailProbeReport *self);
NULLMAIL_AVAILABLE_IN_1_0
const char *nullmail_probe_report_get_mechanism (const NullmailProbeReport *self);
NULLMAIL_AVAILABLE_IN_1_0
gboolean nullmail_probe_report_get_login_tried (const NullmailProbeReport *self);
NULLMAIL_AVAILABLE_IN_1_0
const char *nullmail_probe_report_get_reply (const NullmailProbeReport *self);
NULLMAIL_AVAILABLE_IN_1_0
GVariant *nullmail_probe_report_get_steps (const NullmailProbeReport *self);
NULLMAIL_AVAILABLE_IN_1_0
gboolean nullmail_probe_report_equal (const NullmailProbeReport *self,
                                      const NullmailProbeReport *other);
NULLMAIL_AVAILABLE_IN_1_0
GVariant *nullmail_probe_report_to_variant (const NullmailProbeReport *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailProbeReport, nullmail_probe_report_unref)

G_END_DECLS
