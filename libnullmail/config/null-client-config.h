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
#include <libnullmail/config/setting-state.h>
#include <libnullmail/config/tls-level.h>
#include <libnullmail/document/main-cf.h>

G_BEGIN_DECLS

#define NULLMAIL_TYPE_NULL_CLIENT_CONFIG (nullmail_null_client_config_get_type ())

NULLMAIL_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (NullmailNullClientConfig, nullmail_null_client_config,
                      NULLMAIL, NULL_CLIENT_CONFIG, GObject)

NULLMAIL_AVAILABLE_IN_1_0
NullmailNullClientConfig *
nullmail_null_client_config_new (void);
NULLMAIL_AVAILABLE_IN_1_0
NullmailNullClientConfig *
nullmail_null_client_config_new_for_relay (const char  *relay,
                                           GError     **error);
NULLMAIL_AVAILABLE_IN_1_0
NullmailNullClientConfig *
nullmail_null_client_config_new_from_main_cf (NullmailMainCf *main_cf);
NULLMAIL_AVAILABLE_IN_1_0
NullmailNullClientConfig *
nullmail_null_client_config_new_from_variant (GVariant  *variant,
                                              GError   **error);
NULLMAIL_AVAILABLE_IN_1_0
NullmailNullClientConfig *
nullmail_null_client_config_copy (NullmailNullClientConfig *self);

NULLMAIL_AVAILABLE_IN_1_0
NullmailRelayHost *
nullmail_null_client_config_get_relay_host (NullmailNullClientConfig *self);
NULLMAIL_AVAILABLE_IN_1_0
void
nullmail_null_client_config_set_relay_host (NullmailNullClientConfig *self,
                                            NullmailRelayHost        *relay_host);

NULLMAIL_AVAILABLE_IN_1_0
const char *
nullmail_null_client_config_get_hostname (NullmailNullClientConfig *self);
NULLMAIL_AVAILABLE_IN_1_0
void
nullmail_null_client_config_set_hostname (NullmailNullClientConfig *self,
                                          const char               *hostname);

NULLMAIL_AVAILABLE_IN_1_0
const char *
nullmail_null_client_config_get_domain (NullmailNullClientConfig *self);
NULLMAIL_AVAILABLE_IN_1_0
void
nullmail_null_client_config_set_domain (NullmailNullClientConfig *self,
                                        const char               *domain);

NULLMAIL_AVAILABLE_IN_1_0
const char *
nullmail_null_client_config_get_origin (NullmailNullClientConfig *self);
NULLMAIL_AVAILABLE_IN_1_0
void
nullmail_null_client_config_set_origin (NullmailNullClientConfig *self,
                                        const char               *origin);

NULLMAIL_AVAILABLE_IN_1_0
const char * const *
nullmail_null_client_config_get_interfaces (NullmailNullClientConfig *self);
NULLMAIL_AVAILABLE_IN_1_0
void
nullmail_null_client_config_set_interfaces (NullmailNullClientConfig *self,
                                            const char * const       *interfaces);

NULLMAIL_AVAILABLE_IN_1_0
NullmailInetProtocols
nullmail_null_client_config_get_protocols (NullmailNullClientConfig *self);
NULLMAIL_AVAILABLE_IN_1_0
void
nullmail_null_client_config_set_protocols (NullmailNullClientConfig *self,
                                           NullmailInetProtocols     protocols);

NULLMAIL_AVAILABLE_IN_1_0
const char * const *
nullmail_null_client_config_get_networks (NullmailNullClientConfig *self);
NULLMAIL_AVAILABLE_IN_1_0
void
nullmail_null_client_config_set_networks (NullmailNullClientConfig *self,
                                          const char * const       *networks);

NULLMAIL_AVAILABLE_IN_1_0
const char * const *
nullmail_null_client_config_get_destinations (NullmailNullClientConfig *self);
NULLMAIL_AVAILABLE_IN_1_0
void
nullmail_null_client_config_set_destinations (NullmailNullClientConfig *self,
                                              const char * const       *destinations);

NULLMAIL_AVAILABLE_IN_1_0
const char *
nullmail_null_client_config_get_sender_address (NullmailNullClientConfig *self);
NULLMAIL_AVAILABLE_IN_1_0
void
nullmail_null_client_config_set_sender_address (NullmailNullClientConfig *self,
                                                const char               *sender_address);

NULLMAIL_AVAILABLE_IN_1_0
const char *
nullmail_null_client_config_get_root_address (NullmailNullClientConfig *self);
NULLMAIL_AVAILABLE_IN_1_0
void
nullmail_null_client_config_set_root_address (NullmailNullClientConfig *self,
                                              const char               *root_address);

NULLMAIL_AVAILABLE_IN_1_0
NullmailTlsLevel
nullmail_null_client_config_get_tls_level (NullmailNullClientConfig *self);
NULLMAIL_AVAILABLE_IN_1_0
void
nullmail_null_client_config_set_tls_level (NullmailNullClientConfig *self,
                                           NullmailTlsLevel          tls_level);

NULLMAIL_AVAILABLE_IN_1_0
gboolean
nullmail_null_client_config_get_tls_wrapper (NullmailNullClientConfig *self);
NULLMAIL_AVAILABLE_IN_1_0
void
nullmail_null_client_config_set_tls_wrapper (NullmailNullClientConfig *self,
                                             gboolean                  tls_wrapper);

NULLMAIL_AVAILABLE_IN_1_0
const char *
nullmail_null_client_config_get_tls_client_certificate (NullmailNullClientConfig *self);
NULLMAIL_AVAILABLE_IN_1_0
void
nullmail_null_client_config_set_tls_client_certificate (NullmailNullClientConfig *self,
                                                        const char *tls_client_certificate);

NULLMAIL_AVAILABLE_IN_1_0
const char *
nullmail_null_client_config_get_tls_ca_file (NullmailNullClientConfig *self);
NULLMAIL_AVAILABLE_IN_1_0
void
nullmail_null_client_config_set_tls_ca_file (NullmailNullClientConfig *self,
                                             const char               *tls_ca_file);

NULLMAIL_AVAILABLE_IN_1_0
gboolean
nullmail_null_client_config_get_authentication (NullmailNullClientConfig *self);
NULLMAIL_AVAILABLE_IN_1_0
void
nullmail_null_client_config_set_authentication (NullmailNullClientConfig *self,
                                                gboolean                  authentication);

NULLMAIL_AVAILABLE_IN_1_0
const char *
nullmail_null_client_config_get_password_maps (NullmailNullClientConfig *self);
NULLMAIL_AVAILABLE_IN_1_0
void
nullmail_null_client_config_set_password_maps (NullmailNullClientConfig *self,
                                               const char               *password_maps);

NULLMAIL_AVAILABLE_IN_1_0
const char * const *
nullmail_null_client_config_get_sasl_security_options (NullmailNullClientConfig *self);
NULLMAIL_AVAILABLE_IN_1_0
void
nullmail_null_client_config_set_sasl_security_options (NullmailNullClientConfig *self,
                                                       const char * const       *options);

NULLMAIL_AVAILABLE_IN_1_0
const char * const *
nullmail_null_client_config_get_sasl_mechanisms (NullmailNullClientConfig *self);
NULLMAIL_AVAILABLE_IN_1_0
void
nullmail_null_client_config_set_sasl_mechanisms (NullmailNullClientConfig *self,
                                                 const char * const       *sasl_mechanisms);

NULLMAIL_AVAILABLE_IN_1_0
gboolean
nullmail_null_client_config_get_local_delivery (NullmailNullClientConfig *self);
NULLMAIL_AVAILABLE_IN_1_0
const char * const *
nullmail_null_client_config_get_unsupported (NullmailNullClientConfig *self);

NULLMAIL_AVAILABLE_IN_1_0
NullmailSettingState
nullmail_null_client_config_get_state (NullmailNullClientConfig  *self,
                                       const char                *property,
                                       GError                   **error);
NULLMAIL_AVAILABLE_IN_1_0
gboolean
nullmail_null_client_config_unset (NullmailNullClientConfig  *self,
                                  const char                *property,
                                  GError                   **error);
NULLMAIL_AVAILABLE_IN_1_0
gboolean
nullmail_null_client_config_keep (NullmailNullClientConfig  *self,
                                 const char                *property,
                                 GError                   **error);
NULLMAIL_AVAILABLE_IN_1_0
gboolean
nullmail_null_client_config_reset (NullmailNullClientConfig  *self,
                                  const char                *property,
                                  GError                   **error);

NULLMAIL_AVAILABLE_IN_1_0
gboolean
nullmail_null_client_config_assign_text (NullmailNullClientConfig  *self,
                                         const char                *property,
                                         const char                *text,
                                         GError                   **error);
NULLMAIL_AVAILABLE_IN_1_0
gboolean
nullmail_null_client_config_assign_parameter (NullmailNullClientConfig  *self,
                                              const char                *name,
                                              const char                *value,
                                              GError                   **error);
NULLMAIL_AVAILABLE_IN_1_0
char **
nullmail_null_client_config_list_parameters (NullmailNullClientConfig  *self,
                                             const char                *property,
                                             GError                   **error);

NULLMAIL_AVAILABLE_IN_1_0
gboolean
nullmail_null_client_config_validate (NullmailNullClientConfig  *self,
                                      GError                   **error);
NULLMAIL_AVAILABLE_IN_1_0
gboolean
nullmail_null_client_config_update_main_cf (NullmailNullClientConfig  *self,
                                            NullmailMainCf            *main_cf,
                                            GError                   **error);

NULLMAIL_AVAILABLE_IN_1_0
gboolean
nullmail_null_client_config_equal (NullmailNullClientConfig *self,
                                   NullmailNullClientConfig *other);
NULLMAIL_AVAILABLE_IN_1_0
GVariant *
nullmail_null_client_config_to_variant (NullmailNullClientConfig *self);
NULLMAIL_AVAILABLE_IN_1_0
gboolean
nullmail_null_client_config_apply_variant (NullmailNullClientConfig  *self,
                                           GVariant                  *variant,
                                           GError                   **error);

G_END_DECLS
