/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (NULLMAIL_INSIDE) && !defined (NULLMAIL_COMPILATION)
#error "Only <libnullmail/nullmail.h> can be included directly"
#endif

#include <gio/gio.h>
#include <libnullmail/base/version-macros.h>
#include <libnullmail/config/null-client-config.h>
#include <libnullmail/config/relay-credentials.h>
#include <libnullmail/config/relay-host.h>
#include <libnullmail/config/tls-level.h>
#include <libnullmail/relay/probe-report.h>

G_BEGIN_DECLS

#define NULLMAIL_TYPE_RELAY_PROBE (nullmail_relay_probe_get_type ())

NULLMAIL_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (NullmailRelayProbe, nullmail_relay_probe, NULLMAIL, RELAY_PROBE, GObject)

NULLMAIL_AVAILABLE_IN_1_0
NullmailRelayProbe *nullmail_relay_probe_new (NullmailRelayHost *relay_host);
NULLMAIL_AVAILABLE_IN_1_0
NullmailRelayProbe *nullmail_relay_probe_new_for_config (NullmailNullClientConfig  *config,
                                                         GError                   **error);

NULLMAIL_AVAILABLE_IN_1_0
NullmailRelayHost *nullmail_relay_probe_get_relay_host (NullmailRelayProbe *self);
NULLMAIL_AVAILABLE_IN_1_0
void nullmail_relay_probe_set_relay_host (NullmailRelayProbe *self,
                                          NullmailRelayHost  *relay_host);
NULLMAIL_AVAILABLE_IN_1_0
NullmailTlsLevel nullmail_relay_probe_get_tls_level (NullmailRelayProbe *self);
NULLMAIL_AVAILABLE_IN_1_0
void nullmail_relay_probe_set_tls_level (NullmailRelayProbe *self,
                                         NullmailTlsLevel    tls_level);
NULLMAIL_AVAILABLE_IN_1_0
gboolean nullmail_relay_probe_get_tls_wrapper (NullmailRelayProbe *self);
NULLMAIL_AVAILABLE_IN_1_0
void nullmail_relay_probe_set_tls_wrapper (NullmailRelayProbe *self,
                                           gboolean            tls_wrapper);
NULLMAIL_AVAILABLE_IN_1_0
const char *nullmail_relay_probe_get_tls_ca_file (NullmailRelayProbe *self);
NULLMAIL_AVAILABLE_IN_1_0
void nullmail_relay_probe_set_tls_ca_file (NullmailRelayProbe *self,
                                           const char         *tls_ca_file);
NULLMAIL_AVAILABLE_IN_1_0
const char * const *nullmail_relay_probe_get_sasl_mechanisms (NullmailRelayProbe *self);
NULLMAIL_AVAILABLE_IN_1_0
void nullmail_relay_probe_set_sasl_mechanisms (NullmailRelayProbe *self,
                                               const char * const *mechanisms);
NULLMAIL_AVAILABLE_IN_1_0
const char * const *nullmail_relay_probe_get_sasl_security_options (NullmailRelayProbe *self);
NULLMAIL_AVAILABLE_IN_1_0
void nullmail_relay_probe_set_sasl_security_options (NullmailRelayProbe *self,
                                                     const char * const *options);
NULLMAIL_AVAILABLE_IN_1_0
NullmailRelayCredentials *
nullmail_relay_probe_get_credentials (NullmailRelayProbe *self);
NULLMAIL_AVAILABLE_IN_1_0
void nullmail_relay_probe_set_credentials (NullmailRelayProbe       *self,
                                           NullmailRelayCredentials *credentials);
NULLMAIL_AVAILABLE_IN_1_0
guint nullmail_relay_probe_get_timeout (NullmailRelayProbe *self);
NULLMAIL_AVAILABLE_IN_1_0
void nullmail_relay_probe_set_timeout (NullmailRelayProbe *self,
                                       guint               timeout);

NULLMAIL_AVAILABLE_IN_1_0
NullmailProbeReport *nullmail_relay_probe_run (NullmailRelayProbe  *self,
                                               GCancellable        *cancellable,
                                               GError             **error);
NULLMAIL_AVAILABLE_IN_1_0
void nullmail_relay_probe_run_async (NullmailRelayProbe  *self,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data);
NULLMAIL_AVAILABLE_IN_1_0
NullmailProbeReport *nullmail_relay_probe_run_finish (NullmailRelayProbe  *self,
                                                      GAsyncResult        *result,
                                                      GError             **error);

G_END_DECLS
