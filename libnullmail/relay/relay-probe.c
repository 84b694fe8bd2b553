/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "relay/relay-probe-private.h"

#include "config/sasl-lists-private.h"
#include "document/value-list-private.h"
#include "enum-types.h"

/**
 * NullmailRelayProbe:
 *
 * Questions to a relay before mail depends on it.
 *
 * [method@RelayProbe.run] does what Postfix's client does up to the login, in the same order and
 * with the same verdict, and sends no mail: DNS, the connection, the greeting, TLS, the
 * certificate, and with [property@RelayProbe:credentials] the login through Cyrus SASL, the library
 * that Postfix itself uses. It needs no Postfix.
 *
 * A password is never sent without TLS, and past a bad certificate only where
 * [property@RelayProbe:tls-level] was assigned %NULLMAIL_TLS_LEVEL_ENCRYPT.
 *
 * TLS itself is GIO's, and only the verdict on the certificate is OpenSSL's as in Postfix. So this
 * differs: versions, ciphers and keys that GIO's library refuses are TLS_FAILED here also where
 * Postfix takes them, and parameters for ciphers are not looked at; the levels DANE and DANE_ONLY
 * do not ask DNSSEC; names are looked up as the system does it, where Postfix asks DNS alone
 * (`smtp_host_lookup`); and of a relay with several addresses the first one where TLS or the
 * certificate fails ends the probe, where Postfix goes on to the next one. At
 * %NULLMAIL_TLS_LEVEL_MAY without a login TLS that fails is TLS_FAILED here, where Postfix sends
 * without it once a message has waited for `minimal_backoff_time`. A table in
 * `smtp_sasl_mechanism_filter` lets every mechanism pass here.
 *
 * Since: 1.0
 */
G_DEFINE_FINAL_TYPE (NullmailRelayProbe, nullmail_relay_probe, G_TYPE_OBJECT)

#define DEFAULT_TIMEOUT_MS 10000

typedef enum
{
  PROP_RELAY_HOST = 1,
  PROP_TLS_LEVEL,
  PROP_TLS_WRAPPER,
  PROP_TLS_CA_FILE,
  PROP_SASL_MECHANISMS,
  PROP_SASL_SECURITY_OPTIONS,
  PROP_CREDENTIALS,
  PROP_TIMEOUT,
} NullmailRelayProbeProperty;

static GParamSpec *props[PROP_TIMEOUT + 1];

/**
 * nullmail_relay_probe_new:
 * @relay_host: the relay to ask
 *
 * Makes a probe of a relay, with what a fresh configuration for it would tell Postfix.
 *
 * Returns: (transfer full) (not nullable): a new probe
 *
 * Since: 1.0
 */
NullmailRelayProbe *
nullmail_relay_probe_new (NullmailRelayHost *relay_host)
{
  return g_object_new (NULLMAIL_TYPE_RELAY_PROBE, "relay-host", relay_host, NULL);
}

static void
nullmail_relay_probe_init (NullmailRelayProbe *self)
{
  self->timeout_ms = DEFAULT_TIMEOUT_MS;
  self->mechanisms = _nullmail_text_split_list (NULLMAIL_PASSWORD_MECHANISMS);
  self->options = _nullmail_text_split_list (NULLMAIL_PROBE_OPTIONS);
}

static void
nullmail_relay_probe_finalize (GObject *object)
{
  NullmailRelayProbe *self = NULLMAIL_RELAY_PROBE (object);

  g_clear_pointer (&self->relay_host, nullmail_relay_host_unref);
  g_clear_pointer (&self->credentials, nullmail_relay_credentials_unref);
  g_free (self->tls_ca_file);
  g_strfreev (self->mechanisms);
  g_strfreev (self->options);
  g_clear_object (&self->document);

  G_OBJECT_CLASS (nullmail_relay_probe_parent_class)->finalize (object);
}

static void
nullmail_relay_probe_get_property (GObject    *object,
                                   guint       property_id,
                                   GValue     *value,
                                   GParamSpec *pspec)
{
  NullmailRelayProbe *self = NULLMAIL_RELAY_PROBE (object);

  switch ((NullmailRelayProbeProperty) property_id)
    {
    case PROP_RELAY_HOST:
      g_value_set_boxed (value, self->relay_host);
      break;
    case PROP_TLS_LEVEL:
      g_value_set_enum (value, nullmail_relay_probe_get_tls_level (self));
      break;
    case PROP_TLS_WRAPPER:
      g_value_set_boolean (value, nullmail_relay_probe_get_tls_wrapper (self));
      break;
    case PROP_TLS_CA_FILE:
      g_value_set_string (value, self->tls_ca_file);
      break;
    case PROP_SASL_MECHANISMS:
      g_value_set_boxed (value, self->mechanisms);
      break;
    case PROP_SASL_SECURITY_OPTIONS:
      g_value_set_boxed (value, self->options);
      break;
    case PROP_CREDENTIALS:
      g_value_set_boxed (value, self->credentials);
      break;
    case PROP_TIMEOUT:
      g_value_set_uint (value, self->timeout_ms);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
nullmail_relay_probe_set_property (GObject      *object,
                                   guint         property_id,
                                   const GValue *value,
                                   GParamSpec   *pspec)
{
  NullmailRelayProbe *self = NULLMAIL_RELAY_PROBE (object);

  switch ((NullmailRelayProbeProperty) property_id)
    {
    case PROP_RELAY_HOST:
      nullmail_relay_probe_set_relay_host (self, g_value_get_boxed (value));
      break;
    case PROP_TLS_LEVEL:
      nullmail_relay_probe_set_tls_level (self, g_value_get_enum (value));
      break;
    case PROP_TLS_WRAPPER:
      nullmail_relay_probe_set_tls_wrapper (self, g_value_get_boolean (value));
      break;
    case PROP_TLS_CA_FILE:
      nullmail_relay_probe_set_tls_ca_file (self, g_value_get_string (value));
      break;
    case PROP_SASL_MECHANISMS:
      nullmail_relay_probe_set_sasl_mechanisms (self, g_value_get_boxed (value));
      break;
    case PROP_SASL_SECURITY_OPTIONS:
      nullmail_relay_probe_set_sasl_security_options (self, g_value_get_boxed (value));
      break;
    case PROP_CREDENTIALS:
      nullmail_relay_probe_set_credentials (self, g_value_get_boxed (value));
      break;
    case PROP_TIMEOUT:
      nullmail_relay_probe_set_timeout (self, g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
nullmail_relay_probe_class_init (NullmailRelayProbeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = nullmail_relay_probe_finalize;
  object_class->get_property = nullmail_relay_probe_get_property;
  object_class->set_property = nullmail_relay_probe_set_property;

  props[PROP_RELAY_HOST] =
    g_param_spec_boxed ("relay-host", NULL, NULL, NULLMAIL_TYPE_RELAY_HOST, flags);
  props[PROP_TLS_LEVEL] =
    g_param_spec_enum ("tls-level", NULL, NULL, NULLMAIL_TYPE_TLS_LEVEL, NULLMAIL_TLS_LEVEL_AUTO,
                       flags);
  props[PROP_TLS_WRAPPER] = g_param_spec_boolean ("tls-wrapper", NULL, NULL, FALSE, flags);
  props[PROP_TLS_CA_FILE] = g_param_spec_string ("tls-ca-file", NULL, NULL, NULL, flags);
  props[PROP_SASL_MECHANISMS] =
    g_param_spec_boxed ("sasl-mechanisms", NULL, NULL, G_TYPE_STRV, flags);
  props[PROP_SASL_SECURITY_OPTIONS] =
    g_param_spec_boxed ("sasl-security-options", NULL, NULL, G_TYPE_STRV, flags);
  props[PROP_CREDENTIALS] =
    g_param_spec_boxed ("credentials", NULL, NULL, NULLMAIL_TYPE_RELAY_CREDENTIALS, flags);
  props[PROP_TIMEOUT] =
    g_param_spec_uint ("timeout", NULL, NULL, 1, NULLMAIL_PROBE_MAX_TIMEOUT_MS,
                      DEFAULT_TIMEOUT_MS, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (props), props);

  /**
   * NullmailRelayProbe::step:
   * @self: the probe
   * @name: what was done, see [method@ProbeReport.get_steps]
   * @outcome: what came of it
   * @detail: the same for people, without a password
   *
   * Tells of each step as it ends, in the thread that called [method@RelayProbe.run], or for its
   * asynchronous form in the main context of the caller, and before the callback.
   *
   * Since: 1.0
   */
  g_signal_new ("step", NULLMAIL_TYPE_RELAY_PROBE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 3, G_TYPE_STRING, NULLMAIL_TYPE_PROBE_OUTCOME, G_TYPE_STRING);
}

void
_nullmail_relay_probe_set_says (NullmailRelayProbe *self,
                                guint               which,
                                gboolean            says)
{
  if (says)
    self->says |= which;
  else
    self->says &= ~which;
  self->assigned |= which;
}

void
_nullmail_relay_probe_notify_derived (NullmailRelayProbe *self)
{
  if ((self->says & NULLMAIL_PROBE_SAYS_LEVEL) == 0)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TLS_LEVEL]);
  if ((self->says & NULLMAIL_PROBE_SAYS_WRAPPER) == 0)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TLS_WRAPPER]);
}

/**
 * NullmailRelayProbe:relay-host:
 *
 * The relay to ask.
 *
 * Since: 1.0
 */

/**
 * nullmail_relay_probe_get_relay_host: (get-property relay-host)
 * @self: a probe
 *
 * Gets [property@RelayProbe:relay-host].
 *
 * Returns: (transfer none) (nullable): the relay host, or %NULL where none was given
 *
 * Since: 1.0
 */
NullmailRelayHost *
nullmail_relay_probe_get_relay_host (NullmailRelayProbe *self)
{
  g_return_val_if_fail (NULLMAIL_IS_RELAY_PROBE (self), NULL);

  return self->relay_host;
}

/**
 * nullmail_relay_probe_set_relay_host: (set-property relay-host)
 * @self: a probe
 * @relay_host: the relay
 *
 * Assigns [property@RelayProbe:relay-host].
 *
 * Since: 1.0
 */
void
nullmail_relay_probe_set_relay_host (NullmailRelayProbe *self,
                                     NullmailRelayHost  *relay_host)
{
  g_return_if_fail (NULLMAIL_IS_RELAY_PROBE (self));

  if (relay_host == NULL || relay_host == self->relay_host)
    return;

  nullmail_relay_host_ref (relay_host);
  g_clear_pointer (&self->relay_host, nullmail_relay_host_unref);
  self->relay_host = relay_host;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RELAY_HOST]);
  _nullmail_relay_probe_notify_derived (self);
}

/**
 * NullmailRelayProbe:tls-level:
 *
 * What is demanded of the connection, as [property@NullClientConfig:tls-level].
 *
 * Until it is assigned it is derived: SECURE with [property@RelayProbe:credentials] or a relay on
 * port 587 or 465, else MAY. At VERIFY and SECURE the name in the certificate is compared with the
 * relay host as it is written, also after a look-up of MX records; at SECURE names below it count
 * as well. FINGERPRINT needs a probe that a plan has made ([method@Plan.create_probe]), for only
 * main.cf has the fingerprints.
 *
 * Since: 1.0
 */

/**
 * nullmail_relay_probe_get_tls_level: (get-property tls-level)
 * @self: a probe
 *
 * Gets [property@RelayProbe:tls-level].
 *
 * Returns: the level, never %NULLMAIL_TLS_LEVEL_AUTO
 *
 * Since: 1.0
 */
NullmailTlsLevel
nullmail_relay_probe_get_tls_level (NullmailRelayProbe *self)
{
  g_return_val_if_fail (NULLMAIL_IS_RELAY_PROBE (self), NULLMAIL_TLS_LEVEL_AUTO);

  if (self->says & NULLMAIL_PROBE_SAYS_LEVEL)
    return self->tls_level;

  return _nullmail_tls_level_derive (self->relay_host, self->credentials != NULL);
}

/**
 * nullmail_relay_probe_set_tls_level: (set-property tls-level)
 * @self: a probe
 * @tls_level: the level, or %NULLMAIL_TLS_LEVEL_AUTO for the derived one
 *
 * Assigns [property@RelayProbe:tls-level].
 *
 * Since: 1.0
 */
void
nullmail_relay_probe_set_tls_level (NullmailRelayProbe *self,
                                    NullmailTlsLevel    tls_level)
{
  g_return_if_fail (NULLMAIL_IS_RELAY_PROBE (self));
  g_return_if_fail (tls_level <= NULLMAIL_TLS_LEVEL_SECURE);

  self->tls_level = tls_level;
  _nullmail_relay_probe_set_says (self, NULLMAIL_PROBE_SAYS_LEVEL,
                                  tls_level != NULLMAIL_TLS_LEVEL_AUTO);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TLS_LEVEL]);
}

/**
 * NullmailRelayProbe:tls-wrapper:
 *
 * Whether TLS begins with the first byte.
 *
 * Until it is assigned it is derived: %TRUE on port 465.
 *
 * Since: 1.0
 */

/**
 * nullmail_relay_probe_get_tls_wrapper: (get-property tls-wrapper)
 * @self: a probe
 *
 * Gets [property@RelayProbe:tls-wrapper].
 *
 * Returns: %TRUE for TLS without STARTTLS
 *
 * Since: 1.0
 */
gboolean
nullmail_relay_probe_get_tls_wrapper (NullmailRelayProbe *self)
{
  g_return_val_if_fail (NULLMAIL_IS_RELAY_PROBE (self), FALSE);

  if (self->says & NULLMAIL_PROBE_SAYS_WRAPPER)
    return self->tls_wrapper;

  return self->relay_host != NULL && nullmail_relay_host_get_implicit_tls (self->relay_host);
}

/**
 * nullmail_relay_probe_set_tls_wrapper: (set-property tls-wrapper)
 * @self: a probe
 * @tls_wrapper: %TRUE for TLS without STARTTLS
 *
 * Assigns [property@RelayProbe:tls-wrapper].
 *
 * Since: 1.0
 */
void
nullmail_relay_probe_set_tls_wrapper (NullmailRelayProbe *self,
                                      gboolean            tls_wrapper)
{
  g_return_if_fail (NULLMAIL_IS_RELAY_PROBE (self));

  self->tls_wrapper = tls_wrapper;
  _nullmail_relay_probe_set_says (self, NULLMAIL_PROBE_SAYS_WRAPPER, TRUE);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TLS_WRAPPER]);
}

/**
 * NullmailRelayProbe:tls-ca-file:
 *
 * The file of certificate authorities that vouch for the relay; %NULL: those of the system.
 *
 * Since: 1.0
 */

/**
 * nullmail_relay_probe_get_tls_ca_file: (get-property tls-ca-file)
 * @self: a probe
 *
 * Gets [property@RelayProbe:tls-ca-file].
 *
 * Returns: (transfer none) (nullable) (type filename): the path, or %NULL
 *
 * Since: 1.0
 */
const char *
nullmail_relay_probe_get_tls_ca_file (NullmailRelayProbe *self)
{
  g_return_val_if_fail (NULLMAIL_IS_RELAY_PROBE (self), NULL);

  return self->tls_ca_file;
}

/**
 * nullmail_relay_probe_set_tls_ca_file: (set-property tls-ca-file)
 * @self: a probe
 * @tls_ca_file: (nullable) (type filename): a path, or %NULL
 *
 * Assigns [property@RelayProbe:tls-ca-file].
 *
 * Since: 1.0
 */
void
nullmail_relay_probe_set_tls_ca_file (NullmailRelayProbe *self,
                                      const char         *tls_ca_file)
{
  g_return_if_fail (NULLMAIL_IS_RELAY_PROBE (self));

  g_free (self->tls_ca_file);
  self->tls_ca_file = g_strdup (tls_ca_file);
  _nullmail_relay_probe_set_says (self, NULLMAIL_PROBE_SAYS_CA_FILE, tls_ca_file != NULL);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TLS_CA_FILE]);
}
