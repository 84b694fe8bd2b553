/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Properties: the channel to the relay, and the login. */

#include "config/null-client-config-private.h"

#include "enum-types.h"

/**
 * NullmailNullClientConfig:tls-level:
 *
 * What is demanded of the connection to the relay, parameter `smtp_tls_security_level`.
 *
 * Until it is assigned it is derived: SECURE with [property@NullClientConfig:authentication] or a
 * relay host on port 587 or 465, else MAY. The lists of login mechanisms follow it, see
 * [property@NullClientConfig:sasl-security-options].
 *
 * What else main.cf needs is written with it: DANE and DANE_ONLY bring `smtp_dns_support_level =
 * dnssec`, and from ENCRYPT up a plan writes `tls_required_enable = no` where Postfix knows that
 * parameter, for otherwise the header `TLS-Required: no` of any message takes the level away.
 * FINGERPRINT needs `smtp_tls_fingerprint_cert_match`, which this class does not know.
 *
 * Since: 1.0
 */

/**
 * nullmail_null_client_config_get_tls_level: (get-property tls-level)
 * @self: a configuration
 *
 * Gets [property@NullClientConfig:tls-level].
 *
 * Returns: the level, or %NULLMAIL_TLS_LEVEL_AUTO where main.cf decides
 *
 * Since: 1.0
 */
NullmailTlsLevel
nullmail_null_client_config_get_tls_level (NullmailNullClientConfig *self)
{
  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self), NULLMAIL_TLS_LEVEL_AUTO);

  return g_value_get_enum (_nullmail_null_client_config_peek (self,
                                                              NULLMAIL_SETTING_TLS_LEVEL));
}

/**
 * nullmail_null_client_config_set_tls_level: (set-property tls-level)
 * @self: a configuration
 * @tls_level: the level, or %NULLMAIL_TLS_LEVEL_AUTO for the derived one
 *
 * Assigns [property@NullClientConfig:tls-level], even where it has that value already.
 *
 * Since: 1.0
 */
void
nullmail_null_client_config_set_tls_level (NullmailNullClientConfig *self,
                                           NullmailTlsLevel          tls_level)
{
  g_auto(GValue) value = G_VALUE_INIT;

  g_return_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self));
  g_return_if_fail (tls_level <= NULLMAIL_TLS_LEVEL_SECURE);

  g_value_init (&value, NULLMAIL_TYPE_TLS_LEVEL);
  g_value_set_enum (&value, tls_level);
  _nullmail_null_client_config_assign (self, NULLMAIL_SETTING_TLS_LEVEL, &value);
}

/**
 * NullmailNullClientConfig:tls-wrapper:
 *
 * Whether TLS begins with the first byte, parameter `smtp_tls_wrappermode`.
 *
 * Until it is assigned it is derived: %TRUE on port 465.
 *
 * Since: 1.0
 */

/**
 * nullmail_null_client_config_get_tls_wrapper: (get-property tls-wrapper)
 * @self: a configuration
 *
 * Gets [property@NullClientConfig:tls-wrapper].
 *
 * Returns: %TRUE for TLS without STARTTLS
 *
 * Since: 1.0
 */
gboolean
nullmail_null_client_config_get_tls_wrapper (NullmailNullClientConfig *self)
{
  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self), FALSE);

  return g_value_get_boolean (_nullmail_null_client_config_peek (self,
                                                                 NULLMAIL_SETTING_TLS_WRAPPER));
}

/**
 * nullmail_null_client_config_set_tls_wrapper: (set-property tls-wrapper)
 * @self: a configuration
 * @tls_wrapper: %TRUE for TLS without STARTTLS
 *
 * Assigns [property@NullClientConfig:tls-wrapper], even where it has that value already.
 *
 * Since: 1.0
 */
void
nullmail_null_client_config_set_tls_wrapper (NullmailNullClientConfig *self,
                                             gboolean                  tls_wrapper)
{
  g_auto(GValue) value = G_VALUE_INIT;

  g_return_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self));

  g_value_init (&value, G_TYPE_BOOLEAN);
  g_value_set_boolean (&value, tls_wrapper);
  _nullmail_null_client_config_assign (self, NULLMAIL_SETTING_TLS_WRAPPER, &value);
}

/**
 * NullmailNullClientConfig:tls-ca-file:
 *
 * The file of certificate authorities that vouch for the relay, parameter `smtp_tls_CAfile`.
 *
 * Until it is assigned it reads %NULL, and a plan fills in the authorities of the system where
 * [property@NullClientConfig:tls-level] needs some and main.cf names none. A plan that begins to
 * verify certificates does so as well where main.cf names a file that does not exist, or a folder
 * that Postfix's client cannot see from its chroot.
 *
 * Since: 1.0
 */

/**
 * nullmail_null_client_config_get_tls_ca_file: (get-property tls-ca-file)
 * @self: a configuration
 *
 * Gets [property@NullClientConfig:tls-ca-file].
 *
 * Returns: (transfer none) (nullable): an absolute file name, or %NULL
 *
 * Since: 1.0
 */
const char *
nullmail_null_client_config_get_tls_ca_file (NullmailNullClientConfig *self)
{
  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self), NULL);

  return g_value_get_string (_nullmail_null_client_config_peek (self,
                                                                NULLMAIL_SETTING_TLS_CA_FILE));
}

/**
 * nullmail_null_client_config_set_tls_ca_file: (set-property tls-ca-file)
 * @self: a configuration
 * @tls_ca_file: (nullable): an absolute file name; %NULL removes the parameter
 *
 * Assigns [property@NullClientConfig:tls-ca-file], even where it has that value already.
 *
 * Since: 1.0
 */
void
nullmail_null_client_config_set_tls_ca_file (NullmailNullClientConfig *self,
                                             const char               *tls_ca_file)
{
  g_auto(GValue) value = G_VALUE_INIT;

  g_return_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self));

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_string (&value, tls_ca_file);
  _nullmail_null_client_config_assign (self, NULLMAIL_SETTING_TLS_CA_FILE, &value);
}

/**
 * NullmailNullClientConfig:tls-client-certificate:
 *
 * The file that shows the relay who this machine is, parameter `smtp_tls_chain_files`: in PEM form
 * the private key first, then its certificate, then those that vouch for it. Postfix reads it as
 * root; only root should be able to.
 *
 * Several files in main.cf are more than this property expresses.
 *
 * Since: 1.0
 */

/**
 * nullmail_null_client_config_get_tls_client_certificate: (get-property tls-client-certificate)
 * @self: a configuration
 *
 * Gets [property@NullClientConfig:tls-client-certificate].
 *
 * Returns: (transfer none) (nullable): an absolute file name, or %NULL
 *
 * Since: 1.0
 */
const char *
nullmail_null_client_config_get_tls_client_certificate (NullmailNullClientConfig *self)
{
  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self), NULL);

  return g_value_get_string (_nullmail_null_client_config_peek (
                               self, NULLMAIL_SETTING_TLS_CLIENT_CERTIFICATE));
}

/**
 * nullmail_null_client_config_set_tls_client_certificate: (set-property tls-client-certificate)
 * @self: a configuration
 * @tls_client_certificate: (nullable): an absolute file name; %NULL removes the parameter
 *
 * Assigns [property@NullClientConfig:tls-client-certificate], even where it has that value already.
 *
 * Since: 1.0
 */
void
nullmail_null_client_config_set_tls_client_certificate (NullmailNullClientConfig *self,
                                                        const char *tls_client_certificate)
{
  g_auto(GValue) value = G_VALUE_INIT;

  g_return_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self));

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_string (&value, tls_client_certificate);
  _nullmail_null_client_config_assign (self, NULLMAIL_SETTING_TLS_CLIENT_CERTIFICATE, &value);
}

/**
 * NullmailNullClientConfig:authentication:
 *
 * Whether to log in to the relay, parameter `smtp_sasl_auth_enable`.
 *
 * While it is %FALSE, the other parameters of the login, `smtp_sasl_*`, are left as they are.
 *
 * Since: 1.0
 */

/**
 * nullmail_null_client_config_get_authentication: (get-property authentication)
 * @self: a configuration
 *
 * Gets [property@NullClientConfig:authentication].
 *
 * Returns: %TRUE for a login
 *
 * Since: 1.0
 */
gboolean
nullmail_null_client_config_get_authentication (NullmailNullClientConfig *self)
{
  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self), FALSE);

  return g_value_get_boolean (_nullmail_null_client_config_peek (self,
                                                                 NULLMAIL_SETTING_AUTHENTICATION));
}

/**
 * nullmail_null_client_config_set_authentication: (set-property authentication)
 * @self: a configuration
 * @authentication: %TRUE for a login
 *
 * Assigns [property@NullClientConfig:authentication], even where it has that value already.
 *
 * Since: 1.0
 */
void
nullmail_null_client_config_set_authentication (NullmailNullClientConfig *self,
                                                gboolean                  authentication)
{
  g_auto(GValue) value = G_VALUE_INIT;

  g_return_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self));

  g_value_init (&value, G_TYPE_BOOLEAN);
  g_value_set_boolean (&value, authentication);
  _nullmail_null_client_config_assign (self, NULLMAIL_SETTING_AUTHENTICATION, &value);
}

/**
 * NullmailNullClientConfig:password-maps:
 *
 * The tables that have user name and password, parameter `smtp_sasl_password_maps`.
 *
 * Until it is assigned it reads %NULL, and a plan chooses a table that this Postfix can open.
 * main.cf can be read by everybody: name tables here, never a password. Where the text has one, in
 * a table that is written out (`static`, `inline`, `randmap`, `regexp:{...}`), be it by a macro,
 * the property reads %NULL and the parameter is in [property@NullClientConfig:unsupported]. Nothing
 * is lost by that: a text that was loaded is left alone, and one that was assigned is written.
 *
 * Where a text that was loaded names nothing but a file of a folder that is not there, as that of
 * another host may, a plan with credentials puts the file in the configuration directory in its
 * place.
 *
 * Since: 1.0
 */

/**
 * nullmail_null_client_config_get_password_maps: (get-property password-maps)
 * @self: a configuration
 *
 * Gets [property@NullClientConfig:password-maps].
 *
 * Returns: (transfer none) (nullable): one or several of `type:name`, or %NULL, also for a text
 *   with a password in it
 *
 * Since: 1.0
 */
const char *
nullmail_null_client_config_get_password_maps (NullmailNullClientConfig *self)
{
  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self), NULL);

  if (_nullmail_null_client_config_is_secret (self, NULLMAIL_SETTING_PASSWORD_MAPS))
    return NULL;

  return g_value_get_string (_nullmail_null_client_config_peek (self,
                                                                NULLMAIL_SETTING_PASSWORD_MAPS));
}

/**
 * nullmail_null_client_config_set_password_maps: (set-property password-maps)
 * @self: a configuration
 * @password_maps: (nullable): one or several of `type:name`, or %NULL to leave the choice to the
 *   plan
 *
 * Assigns [property@NullClientConfig:password-maps], even where it has that value already.
 *
 * Since: 1.0
 */
void
nullmail_null_client_config_set_password_maps (NullmailNullClientConfig *self,
                                               const char               *password_maps)
{
  g_auto(GValue) value = G_VALUE_INIT;

  g_return_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self));

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_string (&value, password_maps);
  _nullmail_null_client_config_assign (self, NULLMAIL_SETTING_PASSWORD_MAPS, &value);
}

/**
 * NullmailNullClientConfig:sasl-security-options:
 *
 * The login mechanisms that are refused on the channel to the relay, parameters
 * `smtp_sasl_security_options`, `smtp_sasl_tls_security_options` and
 * `smtp_sasl_tls_verified_security_options`.
 *
 * Postfix has a list for each kind of channel: in the clear, encrypted, and verified. All three are
 * written for [property@NullClientConfig:tls-level], so that a policy table or a relay that strips
 * STARTTLS never draws a password into a channel weaker than the level says. The lists of the
 * weaker channels refuse every form of a login: `noplaintext` the password itself, `nodictionary`
 * the answer to a challenge, which a dictionary turns into the password, and `noactive` the tokens
 * of plug-ins that call themselves neither. This property is the list of the weakest channel that
 * the level guarantees; until it is assigned it is `noanonymous`.
 *
 * The words are `noplaintext`, `noactive`, `nodictionary`, `noanonymous` and `mutual_auth`. See
 * `SASL_README`.
 *
 * Since: 1.0
 */

/**
 * nullmail_null_client_config_get_sasl_security_options: (get-property sasl-security-options)
 * @self: a configuration
 *
 * Gets [property@NullClientConfig:sasl-security-options].
 *
 * Returns: (transfer none) (not nullable) (array zero-terminated=1): words; an empty list where
 *   main.cf decides
 *
 * Since: 1.0
 */
const char * const *
nullmail_null_client_config_get_sasl_security_options (NullmailNullClientConfig *self)
{
  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self), NULL);

  return g_value_get_boxed (
           _nullmail_null_client_config_peek (self, NULLMAIL_SETTING_SASL_SECURITY_OPTIONS));
}

/**
 * nullmail_null_client_config_set_sasl_security_options: (set-property sasl-security-options)
 * @self: a configuration
 * @options: (nullable) (array zero-terminated=1): words, or %NULL for the derived
 *   list
 *
 * Assigns [property@NullClientConfig:sasl-security-options], even where it has that value already.
 *
 * Since: 1.0
 */
void
nullmail_null_client_config_set_sasl_security_options (NullmailNullClientConfig *self,
                                                       const char * const       *options)
{
  g_auto(GValue) value = G_VALUE_INIT;

  g_return_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self));

  g_value_init (&value, G_TYPE_STRV);
  g_value_set_boxed (&value, options);
  _nullmail_null_client_config_assign (self, NULLMAIL_SETTING_SASL_SECURITY_OPTIONS, &value);
}

/**
 * NullmailNullClientConfig:sasl-mechanisms:
 *
 * The login mechanisms that may be used, parameter `smtp_sasl_mechanism_filter`.
 *
 * Until it is assigned it is those for a password, and they are written with
 * [property@NullClientConfig:authentication] where main.cf has no filter: otherwise any plug-in of
 * Cyrus SASL that happens to be installed, for XOAUTH2 or NTLM say, may take the login over. For a
 * login by access token assign `xoauth2` or `oauthbearer`.
 *
 * Since: 1.0
 */

/**
 * nullmail_null_client_config_get_sasl_mechanisms: (get-property sasl-mechanisms)
 * @self: a configuration
 *
 * Gets [property@NullClientConfig:sasl-mechanisms].
 *
 * Returns: (transfer none) (not nullable) (array zero-terminated=1): mechanisms, or `!` and a
 *   mechanism; an empty list where main.cf decides
 *
 * Since: 1.0
 */
const char * const *
nullmail_null_client_config_get_sasl_mechanisms (NullmailNullClientConfig *self)
{
  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self), NULL);

  return g_value_get_boxed (_nullmail_null_client_config_peek (self,
                                                               NULLMAIL_SETTING_SASL_MECHANISMS));
}

/**
 * nullmail_null_client_config_set_sasl_mechanisms: (set-property sasl-mechanisms)
 * @self: a configuration
 * @sasl_mechanisms: (nullable) (array zero-terminated=1): mechanisms, or %NULL for those that are
 *   derived; an empty list allows all
 *
 * Assigns [property@NullClientConfig:sasl-mechanisms], even where it has that value already.
 *
 * Since: 1.0
 */
void
nullmail_null_client_config_set_sasl_mechanisms (NullmailNullClientConfig *self,
                                                 const char * const       *sasl_mechanisms)
{
  g_auto(GValue) value = G_VALUE_INIT;

  g_return_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self));

  g_value_init (&value, G_TYPE_STRV);
  g_value_set_boxed (&value, sasl_mechanisms);
  _nullmail_null_client_config_assign (self, NULLMAIL_SETTING_SASL_MECHANISMS, &value);
}
