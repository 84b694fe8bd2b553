/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Properties: the login, and the time that it may take. */

#include "relay/relay-probe-private.h"

#include "config/sasl-lists-private.h"
#include "document/value-list-private.h"

/**
 * NullmailRelayProbe:sasl-mechanisms:
 *
 * The login mechanisms that may be used, as [property@NullClientConfig:sasl-mechanisms]; an empty
 * list lets all of them pass.
 *
 * Until it is assigned it is those for a password.
 *
 * Since: 1.0
 */

/**
 * nullmail_relay_probe_get_sasl_mechanisms: (get-property sasl-mechanisms)
 * @self: a probe
 *
 * Gets [property@RelayProbe:sasl-mechanisms].
 *
 * Returns: (transfer none) (not nullable) (array zero-terminated=1): mechanisms, or `!` and a
 *   mechanism
 *
 * Since: 1.0
 */
const char * const *
nullmail_relay_probe_get_sasl_mechanisms (NullmailRelayProbe *self)
{
  g_return_val_if_fail (NULLMAIL_IS_RELAY_PROBE (self), NULL);

  return (const char * const *) self->mechanisms;
}

/**
 * nullmail_relay_probe_set_sasl_mechanisms: (set-property sasl-mechanisms)
 * @self: a probe
 * @mechanisms: (nullable) (array zero-terminated=1): mechanisms, or %NULL for those for a password
 *
 * Assigns [property@RelayProbe:sasl-mechanisms].
 *
 * Since: 1.0
 */
void
nullmail_relay_probe_set_sasl_mechanisms (NullmailRelayProbe *self,
                                          const char * const *mechanisms)
{
  g_return_if_fail (NULLMAIL_IS_RELAY_PROBE (self));

  g_strfreev (self->mechanisms);
  self->mechanisms = mechanisms != NULL ? g_strdupv ((char **) mechanisms)
                                        : _nullmail_text_split_list (NULLMAIL_PASSWORD_MECHANISMS);
  _nullmail_relay_probe_set_says (self, NULLMAIL_PROBE_SAYS_MECHANISMS, mechanisms != NULL);
  g_object_notify (G_OBJECT (self), "sasl-mechanisms");
}

/**
 * NullmailRelayProbe:sasl-security-options:
 *
 * The login mechanisms that are refused on the weakest connection that
 * [property@RelayProbe:tls-level] allows, as [property@NullClientConfig:sasl-security-options]; on
 * a weaker one every login is.
 *
 * Until it is assigned it is `noanonymous`.
 *
 * Since: 1.0
 */

/**
 * nullmail_relay_probe_get_sasl_security_options: (get-property sasl-security-options)
 * @self: a probe
 *
 * Gets [property@RelayProbe:sasl-security-options].
 *
 * Returns: (transfer none) (not nullable) (array zero-terminated=1): words
 *
 * Since: 1.0
 */
const char * const *
nullmail_relay_probe_get_sasl_security_options (NullmailRelayProbe *self)
{
  g_return_val_if_fail (NULLMAIL_IS_RELAY_PROBE (self), NULL);

  return (const char * const *) self->options;
}

/**
 * nullmail_relay_probe_set_sasl_security_options: (set-property sasl-security-options)
 * @self: a probe
 * @options: (nullable) (array zero-terminated=1): words, or %NULL for `noanonymous`
 *
 * Assigns [property@RelayProbe:sasl-security-options].
 *
 * Since: 1.0
 */
void
nullmail_relay_probe_set_sasl_security_options (NullmailRelayProbe *self,
                                                const char * const *options)
{
  g_return_if_fail (NULLMAIL_IS_RELAY_PROBE (self));

  g_strfreev (self->options);
  self->options = options != NULL ? g_strdupv ((char **) options)
                                  : _nullmail_text_split_list (NULLMAIL_PROBE_OPTIONS);
  _nullmail_relay_probe_set_says (self, NULLMAIL_PROBE_SAYS_OPTIONS, options != NULL);
  g_object_notify (G_OBJECT (self), "sasl-security-options");
}

/**
 * NullmailRelayProbe:credentials:
 *
 * The login; %NULL: none is tried.
 *
 * They need not be for this relay host.
 *
 * Since: 1.0
 */

/**
 * nullmail_relay_probe_get_credentials: (get-property credentials)
 * @self: a probe
 *
 * Gets [property@RelayProbe:credentials].
 *
 * Returns: (transfer none) (nullable): the credentials, or %NULL
 *
 * Since: 1.0
 */
NullmailRelayCredentials *
nullmail_relay_probe_get_credentials (NullmailRelayProbe *self)
{
  g_return_val_if_fail (NULLMAIL_IS_RELAY_PROBE (self), NULL);

  return self->credentials;
}

/**
 * nullmail_relay_probe_set_credentials: (set-property credentials)
 * @self: a probe
 * @credentials: (nullable): the login, or %NULL
 *
 * Assigns [property@RelayProbe:credentials].
 *
 * Since: 1.0
 */
void
nullmail_relay_probe_set_credentials (NullmailRelayProbe       *self,
                                      NullmailRelayCredentials *credentials)
{
  g_return_if_fail (NULLMAIL_IS_RELAY_PROBE (self));

  if (credentials == self->credentials)
    return;

  if (credentials != NULL)
    nullmail_relay_credentials_ref (credentials);
  g_clear_pointer (&self->credentials, nullmail_relay_credentials_unref);
  self->credentials = credentials;
  g_object_notify (G_OBJECT (self), "credentials");
  _nullmail_relay_probe_notify_derived (self);
}

/**
 * NullmailRelayProbe:timeout:
 *
 * How long each step may take, in milliseconds, from 1 to 600000; 10000 until it is assigned.
 *
 * A step ends then, whatever trickles in meanwhile.
 *
 * Since: 1.0
 */

/**
 * nullmail_relay_probe_get_timeout: (get-property timeout)
 * @self: a probe
 *
 * Gets [property@RelayProbe:timeout].
 *
 * Returns: milliseconds
 *
 * Since: 1.0
 */
guint
nullmail_relay_probe_get_timeout (NullmailRelayProbe *self)
{
  g_return_val_if_fail (NULLMAIL_IS_RELAY_PROBE (self), 0);

  return self->timeout_ms;
}

/**
 * nullmail_relay_probe_set_timeout: (set-property timeout)
 * @self: a probe
 * @timeout: milliseconds, from 1 to 600000
 *
 * Assigns [property@RelayProbe:timeout].
 *
 * Since: 1.0
 */
void
nullmail_relay_probe_set_timeout (NullmailRelayProbe *self,
                                  guint               timeout)
{
  g_return_if_fail (NULLMAIL_IS_RELAY_PROBE (self));
  g_return_if_fail (timeout >= 1 && timeout <= NULLMAIL_PROBE_MAX_TIMEOUT_MS);

  if (timeout == self->timeout_ms)
    return;

  self->timeout_ms = timeout;
  g_object_notify (G_OBJECT (self), "timeout");
}
