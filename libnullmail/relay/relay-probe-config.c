/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What a probe makes of a configuration, and what it tells of itself as one. */

#include "relay/relay-probe-private.h"

#include <string.h>

#include "base/error-private.h"
#include "config/sasl-lists-private.h"
#include "document/value-list-private.h"

#define FILTER "smtp_sasl_mechanism_filter"

static void
write_text (NullmailMainCf *main_cf,
            const char     *parameter,
            const char     *value)
{
  _nullmail_probe_policy_set_literal (main_cf, parameter, value);
}

static void
write_list (NullmailMainCf     *main_cf,
            const char         *parameter,
            const char * const *list)
{
  g_autofree char *text = g_strjoinv (" ", (char **) list);

  write_text (main_cf, parameter, text);
}

static void
write_authorities (NullmailRelayProbe *self,
                   NullmailMainCf     *main_cf)
{
  write_text (main_cf, "smtp_tls_CAfile", self->tls_ca_file != NULL ? self->tls_ca_file : "");
  write_text (main_cf, "smtp_tls_CApath", "");
  write_text (main_cf, "tls_append_default_CA", self->tls_ca_file != NULL ? "no" : "yes");
}

/* Whether a part of the document is for the probe's own properties to say. */
static gboolean
is_own (NullmailRelayProbe *self,
        guint               which)
{
  return !self->is_configured || (self->assigned & which) != 0;
}

/* The main.cf that the probe stands for; only what it says is of interest. */
static NullmailMainCf *
write_main_cf (NullmailRelayProbe *self)
{
  NullmailMainCf *main_cf = self->document != NULL ? nullmail_main_cf_copy (self->document)
                                                   : nullmail_main_cf_new ();
  NullmailTlsLevel level = nullmail_relay_probe_get_tls_level (self);
  const char * const *options = (const char * const *) self->options;

  if (is_own (self, NULLMAIL_PROBE_SAYS_LEVEL))
    write_text (main_cf, "smtp_tls_security_level", _nullmail_tls_level_to_string (level));
  if (is_own (self, NULLMAIL_PROBE_SAYS_WRAPPER))
    write_text (main_cf, "smtp_tls_wrappermode",
                nullmail_relay_probe_get_tls_wrapper (self) ? "yes" : "no");
  if (is_own (self, NULLMAIL_PROBE_SAYS_CA_FILE))
    write_authorities (self, main_cf);
  if (is_own (self, NULLMAIL_PROBE_SAYS_MECHANISMS))
    write_list (main_cf, FILTER, (const char * const *) self->mechanisms);
  if (is_own (self, NULLMAIL_PROBE_SAYS_LEVEL | NULLMAIL_PROBE_SAYS_OPTIONS))
    _nullmail_sasl_lists_write (main_cf, _nullmail_tls_level_get_channel (level),
                                self->says & NULLMAIL_PROBE_SAYS_OPTIONS ? options : NULL, NULL);
  /* Whom DNS names as a server of the relay is not whom the user has named. */
  if (!self->is_configured)
    write_text (main_cf, "smtp_tls_verify_cert_match", "nexthop");

  return main_cf;
}

/* Fails for a text that cannot stand in main.cf, so that Postfix could not be given it. */
static gboolean
check_texts (NullmailRelayProbe  *self,
             GError             **error)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_auto(GStrv) texts = NULL;

  g_strv_builder_addv (builder, (const char **) self->mechanisms);
  g_strv_builder_addv (builder, (const char **) self->options);
  if (self->tls_ca_file != NULL)
    g_strv_builder_add (builder, self->tls_ca_file);

  texts = g_strv_builder_end (builder);
  for (guint i = 0; texts[i] != NULL; i++)
    if (_nullmail_text_has_control (texts[i]))
      {
        g_autofree char *shown = _nullmail_text_display (texts[i]);

        g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
                     "“%s” has a control character in it, and no property of a probe can: leave it "
                     "out", shown);
        return FALSE;
      }

  return TRUE;
}

gboolean
_nullmail_relay_probe_make_policy (NullmailRelayProbe   *self,
                                   NullmailProbePolicy  *policy,
                                   GError              **error)
{
  g_autoptr(NullmailMainCf) main_cf = NULL;

  if (self->relay_host == NULL)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
                   "The probe has no relay to ask: assign relay-host");
      return FALSE;
    }
  if (self->credentials != NULL && !nullmail_relay_credentials_has_password (self->credentials))
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CREDENTIALS,
                   "The credentials for “%s” have no password: those of a list never do, look "
                   "them up", nullmail_relay_host_to_string (self->relay_host));
      return FALSE;
    }

  if (!check_texts (self, error))
    return FALSE;

  main_cf = write_main_cf (self);
  _nullmail_probe_policy_read (policy, main_cf);
  policy->relay_host = nullmail_relay_host_ref (self->relay_host);
  if (self->credentials != NULL)
    policy->credentials = nullmail_relay_credentials_ref (self->credentials);
  policy->timeout_ms = self->timeout_ms;
  policy->is_configured = self->is_configured;
  return TRUE;
}

NullmailRelayProbe *
_nullmail_relay_probe_copy (NullmailRelayProbe *self)
{
  NullmailRelayProbe *copy = g_object_new (NULLMAIL_TYPE_RELAY_PROBE, NULL);

  if (self->relay_host != NULL)
    copy->relay_host = nullmail_relay_host_ref (self->relay_host);
  if (self->credentials != NULL)
    copy->credentials = nullmail_relay_credentials_ref (self->credentials);
  copy->timeout_ms = self->timeout_ms;
  copy->says = self->says;
  copy->assigned = self->assigned;
  copy->tls_level = self->tls_level;
  copy->tls_wrapper = self->tls_wrapper;
  copy->tls_ca_file = g_strdup (self->tls_ca_file);
  g_strfreev (copy->mechanisms);
  copy->mechanisms = g_strdupv (self->mechanisms);
  g_strfreev (copy->options);
  copy->options = g_strdupv (self->options);
  copy->document = self->document != NULL ? nullmail_main_cf_copy (self->document) : NULL;
  copy->is_configured = self->is_configured;
  return copy;
}

NullmailRelayProbe *
_nullmail_relay_probe_new_for_document (NullmailRelayHost        *relay_host,
                                        NullmailMainCf           *document,
                                        NullmailRelayCredentials *credentials)
{
  NullmailRelayProbe *self = nullmail_relay_probe_new (relay_host);
  g_auto(NullmailProbePolicy) policy = { 0 };

  _nullmail_probe_policy_read (&policy, document);
  self->tls_level = policy.level;
  self->tls_wrapper = policy.wraps;
  self->tls_ca_file = g_strdup (policy.ca_file);
  g_strfreev (self->mechanisms);
  self->mechanisms = _nullmail_effective_get_list (policy.effective, FILTER);
  if (self->mechanisms == NULL)
    self->mechanisms = g_new0 (char *, 1);
  g_strfreev (self->options);
  self->options =
    _nullmail_effective_get_sasl_options (policy.effective,
                                          _nullmail_tls_level_get_channel (policy.level));
  self->says = NULLMAIL_PROBE_SAYS_LEVEL | NULLMAIL_PROBE_SAYS_WRAPPER
               | NULLMAIL_PROBE_SAYS_CA_FILE | NULLMAIL_PROBE_SAYS_MECHANISMS
               | NULLMAIL_PROBE_SAYS_OPTIONS;
  self->document = nullmail_main_cf_copy (document);
  self->is_configured = TRUE;
  nullmail_relay_probe_set_credentials (self, credentials);
  return self;
}

/* Whether a property has a value of its own, or that of a document. */
static gboolean
is_said (NullmailNullClientConfig *config,
         const char               *property)
{
  NullmailSettingState state = nullmail_null_client_config_get_state (config, property, NULL);

  return state == NULLMAIL_SETTING_STATE_SET || state == NULLMAIL_SETTING_STATE_LOADED;
}

static gboolean
is_unset (NullmailNullClientConfig *config,
          const char               *property)
{
  return nullmail_null_client_config_get_state (config, property, NULL)
         == NULLMAIL_SETTING_STATE_UNSET;
}

static void
take_login_over (NullmailRelayProbe       *self,
                 NullmailNullClientConfig *config)
{
  static const char * const everything[] = { NULL };
  static const char * const default_of_postfix[] = { "noplaintext", "noanonymous", NULL };

  if (is_said (config, "sasl-mechanisms"))
    nullmail_relay_probe_set_sasl_mechanisms (
      self, nullmail_null_client_config_get_sasl_mechanisms (config));
  else if (is_unset (config, "sasl-mechanisms"))
    nullmail_relay_probe_set_sasl_mechanisms (self, everything);

  if (is_said (config, "sasl-security-options"))
    nullmail_relay_probe_set_sasl_security_options (
      self, nullmail_null_client_config_get_sasl_security_options (config));
  else if (is_unset (config, "sasl-security-options"))
    nullmail_relay_probe_set_sasl_security_options (self, default_of_postfix);
}

static void
take_rest_over (NullmailRelayProbe       *self,
                NullmailNullClientConfig *config)
{
  NullmailInetProtocols protocols = nullmail_null_client_config_get_protocols (config);
  const char *certificate = nullmail_null_client_config_get_tls_client_certificate (config);
  const char *hostname = nullmail_null_client_config_get_hostname (config);

  self->document = nullmail_main_cf_new ();
  if (protocols == NULLMAIL_INET_PROTOCOLS_IPV4 || protocols == NULLMAIL_INET_PROTOCOLS_IPV6)
    write_text (self->document, "inet_protocols",
                protocols == NULLMAIL_INET_PROTOCOLS_IPV4 ? "ipv4" : "ipv6");
  if (certificate != NULL)
    write_text (self->document, "smtp_tls_chain_files", certificate);
  if (hostname != NULL)
    write_text (self->document, "smtp_helo_name", hostname);
}

/**
 * nullmail_relay_probe_new_for_config:
 * @config: the settings to try
 * @error: return location for an error, or %NULL
 *
 * Makes a probe of the relay of a configuration, with what its properties say of the connection and
 * the login. What they leave open is as for a fresh configuration: [method@Plan.create_probe] knows
 * all of main.cf.
 *
 * The password is no part of a configuration: assign [property@RelayProbe:credentials].
 *
 * Returns: (transfer full) (not nullable): a new probe, or %NULL with @error set:
 *   %NULLMAIL_ERROR_INVALID_CONFIG where @config has no relay
 *
 * Since: 1.0
 */
NullmailRelayProbe *
nullmail_relay_probe_new_for_config (NullmailNullClientConfig  *config,
                                     GError                   **error)
{
  NullmailRelayProbe *self;
  NullmailRelayHost *relay_host;
  NullmailTlsLevel level;

  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (config), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  relay_host = nullmail_null_client_config_get_relay_host (config);
  if (relay_host == NULL)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CONFIG,
                   "The configuration has no relay that could be asked: assign relay-host");
      return NULL;
    }

  self = nullmail_relay_probe_new (relay_host);
  level = nullmail_null_client_config_get_tls_level (config);
  if (is_said (config, "tls-level") || level != nullmail_relay_probe_get_tls_level (self))
    nullmail_relay_probe_set_tls_level (self, level);
  if (is_said (config, "tls-wrapper"))
    nullmail_relay_probe_set_tls_wrapper (self,
                                          nullmail_null_client_config_get_tls_wrapper (config));
  nullmail_relay_probe_set_tls_ca_file (self,
                                        nullmail_null_client_config_get_tls_ca_file (config));
  take_login_over (self, config);
  take_rest_over (self, config);
  return self;
}
