/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Properties: who this machine is, and where its mail goes. */

#include "config/null-client-config-private.h"

#include "enum-types.h"

/**
 * NullmailNullClientConfig:relay-host:
 *
 * The host that all mail goes to, parameter `relayhost`.
 *
 * A null client needs one: %NULL, which a fresh object has, is refused by
 * [method@NullClientConfig.validate].
 *
 * Since: 1.0
 */

/**
 * nullmail_null_client_config_get_relay_host: (get-property relay-host)
 * @self: a configuration
 *
 * Gets [property@NullClientConfig:relay-host].
 *
 * Returns: (transfer none) (nullable): the relay host, or %NULL
 *
 * Since: 1.0
 */
NullmailRelayHost *
nullmail_null_client_config_get_relay_host (NullmailNullClientConfig *self)
{
  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self), NULL);

  return g_value_get_boxed (_nullmail_null_client_config_peek (self,
                                                               NULLMAIL_SETTING_RELAY_HOST));
}

/**
 * nullmail_null_client_config_set_relay_host: (set-property relay-host)
 * @self: a configuration
 * @relay_host: (nullable): the relay host; %NULL is refused later
 *
 * Assigns [property@NullClientConfig:relay-host], even where it has that value already.
 *
 * Since: 1.0
 */
void
nullmail_null_client_config_set_relay_host (NullmailNullClientConfig *self,
                                            NullmailRelayHost        *relay_host)
{
  g_auto(GValue) value = G_VALUE_INIT;

  g_return_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self));

  g_value_init (&value, NULLMAIL_TYPE_RELAY_HOST);
  g_value_set_boxed (&value, relay_host);
  _nullmail_null_client_config_assign (self, NULLMAIL_SETTING_RELAY_HOST, &value);
}

/**
 * NullmailNullClientConfig:hostname:
 *
 * The name of this machine, parameter `myhostname`.
 *
 * A fresh object keeps what main.cf says.
 *
 * Since: 1.0
 */

/**
 * nullmail_null_client_config_get_hostname: (get-property hostname)
 * @self: a configuration
 *
 * Gets [property@NullClientConfig:hostname].
 *
 * Returns: (transfer none) (nullable): the name, or %NULL where it is not assigned
 *
 * Since: 1.0
 */
const char *
nullmail_null_client_config_get_hostname (NullmailNullClientConfig *self)
{
  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self), NULL);

  return g_value_get_string (_nullmail_null_client_config_peek (self,
                                                                NULLMAIL_SETTING_HOSTNAME));
}

/**
 * nullmail_null_client_config_set_hostname: (set-property hostname)
 * @self: a configuration
 * @hostname: (nullable): a full name; %NULL removes the parameter, so that the system is asked
 *
 * Assigns [property@NullClientConfig:hostname], even where it has that value already.
 *
 * Since: 1.0
 */
void
nullmail_null_client_config_set_hostname (NullmailNullClientConfig *self,
                                          const char               *hostname)
{
  g_auto(GValue) value = G_VALUE_INIT;

  g_return_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self));

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_string (&value, hostname);
  _nullmail_null_client_config_assign (self, NULLMAIL_SETTING_HOSTNAME, &value);
}

/**
 * NullmailNullClientConfig:domain:
 *
 * The domain of this machine, parameter `mydomain`.
 *
 * A fresh object keeps what main.cf says.
 *
 * Since: 1.0
 */

/**
 * nullmail_null_client_config_get_domain: (get-property domain)
 * @self: a configuration
 *
 * Gets [property@NullClientConfig:domain].
 *
 * Returns: (transfer none) (nullable): the domain, or %NULL where it is not assigned
 *
 * Since: 1.0
 */
const char *
nullmail_null_client_config_get_domain (NullmailNullClientConfig *self)
{
  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self), NULL);

  return g_value_get_string (_nullmail_null_client_config_peek (self,
                                                                NULLMAIL_SETTING_DOMAIN));
}

/**
 * nullmail_null_client_config_set_domain: (set-property domain)
 * @self: a configuration
 * @domain: (nullable): a domain; %NULL removes the parameter, so that Postfix takes it from the
 *   name of the machine
 *
 * Assigns [property@NullClientConfig:domain], even where it has that value already.
 *
 * Since: 1.0
 */
void
nullmail_null_client_config_set_domain (NullmailNullClientConfig *self,
                                        const char               *domain)
{
  g_auto(GValue) value = G_VALUE_INIT;

  g_return_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self));

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_string (&value, domain);
  _nullmail_null_client_config_assign (self, NULLMAIL_SETTING_DOMAIN, &value);
}

/**
 * NullmailNullClientConfig:origin:
 *
 * The domain of addresses without one, parameter `myorigin`.
 *
 * A fresh object has `$mydomain`.
 *
 * Since: 1.0
 */

/**
 * nullmail_null_client_config_get_origin: (get-property origin)
 * @self: a configuration
 *
 * Gets [property@NullClientConfig:origin].
 *
 * Returns: (transfer none) (nullable): the domain, or %NULL where it is not assigned
 *
 * Since: 1.0
 */
const char *
nullmail_null_client_config_get_origin (NullmailNullClientConfig *self)
{
  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self), NULL);

  return g_value_get_string (_nullmail_null_client_config_peek (self,
                                                                NULLMAIL_SETTING_ORIGIN));
}

/**
 * nullmail_null_client_config_set_origin: (set-property origin)
 * @self: a configuration
 * @origin: (nullable): a domain; %NULL removes the parameter, so that the name of the machine is
 *   used
 *
 * Assigns [property@NullClientConfig:origin], even where it has that value already.
 *
 * Since: 1.0
 */
void
nullmail_null_client_config_set_origin (NullmailNullClientConfig *self,
                                        const char               *origin)
{
  g_auto(GValue) value = G_VALUE_INIT;

  g_return_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self));

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_string (&value, origin);
  _nullmail_null_client_config_assign (self, NULLMAIL_SETTING_ORIGIN, &value);
}

/**
 * NullmailNullClientConfig:interfaces:
 *
 * Where Postfix takes mail from programs, parameter `inet_interfaces`.
 *
 * A fresh object has `loopback-only`. A change takes a restart of Postfix.
 *
 * Since: 1.0
 */

/**
 * nullmail_null_client_config_get_interfaces: (get-property interfaces)
 * @self: a configuration
 *
 * Gets [property@NullClientConfig:interfaces].
 *
 * Returns: (transfer none) (not nullable) (array zero-terminated=1): names and addresses; an empty
 *   list where main.cf decides
 *
 * Since: 1.0
 */
const char * const *
nullmail_null_client_config_get_interfaces (NullmailNullClientConfig *self)
{
  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self), NULL);

  return g_value_get_boxed (_nullmail_null_client_config_peek (self,
                                                               NULLMAIL_SETTING_INTERFACES));
}

/**
 * nullmail_null_client_config_set_interfaces: (set-property interfaces)
 * @self: a configuration
 * @interfaces: (nullable) (array zero-terminated=1): names and addresses, or %NULL for
 *   `loopback-only`
 *
 * Assigns [property@NullClientConfig:interfaces], even where it has that value already.
 *
 * Since: 1.0
 */
void
nullmail_null_client_config_set_interfaces (NullmailNullClientConfig *self,
                                            const char * const       *interfaces)
{
  g_auto(GValue) value = G_VALUE_INIT;

  g_return_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self));

  g_value_init (&value, G_TYPE_STRV);
  g_value_set_boxed (&value, interfaces);
  _nullmail_null_client_config_assign (self, NULLMAIL_SETTING_INTERFACES, &value);
}

/**
 * NullmailNullClientConfig:protocols:
 *
 * The protocols that Postfix uses, parameter `inet_protocols`.
 *
 * A fresh object keeps what main.cf says. A change takes a restart of Postfix.
 *
 * Since: 1.0
 */

/**
 * nullmail_null_client_config_get_protocols: (get-property protocols)
 * @self: a configuration
 *
 * Gets [property@NullClientConfig:protocols].
 *
 * Returns: the protocols, or %NULLMAIL_INET_PROTOCOLS_AUTO where main.cf decides
 *
 * Since: 1.0
 */
NullmailInetProtocols
nullmail_null_client_config_get_protocols (NullmailNullClientConfig *self)
{
  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self), NULLMAIL_INET_PROTOCOLS_AUTO);

  return g_value_get_enum (_nullmail_null_client_config_peek (self,
                                                              NULLMAIL_SETTING_PROTOCOLS));
}

/**
 * nullmail_null_client_config_set_protocols: (set-property protocols)
 * @self: a configuration
 * @protocols: the protocols, or %NULLMAIL_INET_PROTOCOLS_AUTO to leave main.cf as it is
 *
 * Assigns [property@NullClientConfig:protocols], even where it has that value already.
 *
 * Since: 1.0
 */
void
nullmail_null_client_config_set_protocols (NullmailNullClientConfig *self,
                                           NullmailInetProtocols     protocols)
{
  g_auto(GValue) value = G_VALUE_INIT;

  g_return_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self));
  g_return_if_fail (protocols <= NULLMAIL_INET_PROTOCOLS_IPV6);

  g_value_init (&value, NULLMAIL_TYPE_INET_PROTOCOLS);
  g_value_set_enum (&value, protocols);
  _nullmail_null_client_config_assign (self, NULLMAIL_SETTING_PROTOCOLS, &value);
}

/**
 * NullmailNullClientConfig:networks:
 *
 * Who may send through this machine, parameter `mynetworks`.
 *
 * A fresh object has the two loopback networks.
 *
 * Since: 1.0
 */

/**
 * nullmail_null_client_config_get_networks: (get-property networks)
 * @self: a configuration
 *
 * Gets [property@NullClientConfig:networks].
 *
 * Returns: (transfer none) (not nullable) (array zero-terminated=1): networks; an empty list where
 *   main.cf decides
 *
 * Since: 1.0
 */
const char * const *
nullmail_null_client_config_get_networks (NullmailNullClientConfig *self)
{
  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self), NULL);

  return g_value_get_boxed (_nullmail_null_client_config_peek (self,
                                                               NULLMAIL_SETTING_NETWORKS));
}

/**
 * nullmail_null_client_config_set_networks: (set-property networks)
 * @self: a configuration
 * @networks: (nullable) (array zero-terminated=1): networks in CIDR notation, or %NULL for the
 *   loopback networks
 *
 * Assigns [property@NullClientConfig:networks], even where it has that value already.
 *
 * Since: 1.0
 */
void
nullmail_null_client_config_set_networks (NullmailNullClientConfig *self,
                                          const char * const       *networks)
{
  g_auto(GValue) value = G_VALUE_INIT;

  g_return_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self));

  g_value_init (&value, G_TYPE_STRV);
  g_value_set_boxed (&value, networks);
  _nullmail_null_client_config_assign (self, NULLMAIL_SETTING_NETWORKS, &value);
}

/**
 * NullmailNullClientConfig:destinations:
 *
 * The domains whose mail is delivered on this machine, parameter `mydestination`.
 *
 * A fresh object has none, and so delivers nothing here. While it is assigned and empty,
 * `local_transport` is written as well, as an error that bounces what is for this host
 * nevertheless, such as mail to `user@[127.0.0.1]`; a `local_transport` that is an error already
 * stays. Assigned otherwise, or unset, it takes out what was written so.
 *
 * Since: 1.0
 */

/**
 * nullmail_null_client_config_get_destinations: (get-property destinations)
 * @self: a configuration
 *
 * Gets [property@NullClientConfig:destinations].
 *
 * Returns: (transfer none) (not nullable) (array zero-terminated=1): domains; an empty list also
 *   where main.cf decides, see [method@NullClientConfig.get_state]
 *
 * Since: 1.0
 */
const char * const *
nullmail_null_client_config_get_destinations (NullmailNullClientConfig *self)
{
  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self), NULL);

  return g_value_get_boxed (_nullmail_null_client_config_peek (self,
                                                               NULLMAIL_SETTING_DESTINATIONS));
}

/**
 * nullmail_null_client_config_set_destinations: (set-property destinations)
 * @self: a configuration
 * @destinations: (nullable) (array zero-terminated=1): domains, or %NULL for none; an empty list is
 *   none, too
 *
 * Assigns [property@NullClientConfig:destinations], even where it has that value already.
 *
 * Since: 1.0
 */
void
nullmail_null_client_config_set_destinations (NullmailNullClientConfig *self,
                                              const char * const       *destinations)
{
  g_auto(GValue) value = G_VALUE_INIT;

  g_return_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self));

  g_value_init (&value, G_TYPE_STRV);
  g_value_set_boxed (&value, destinations);
  _nullmail_null_client_config_assign (self, NULLMAIL_SETTING_DESTINATIONS, &value);
}
