/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Properties: from whom mail goes out, and who gets root's. */

#include "config/null-client-config-private.h"

static const char *
get_address (NullmailNullClientConfig *self,
             NullmailSettingId         id)
{
  return g_value_get_string (_nullmail_null_client_config_peek (self, id));
}

static void
set_address (NullmailNullClientConfig *self,
             NullmailSettingId         id,
             const char               *address)
{
  g_auto(GValue) value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_string (&value, address);
  _nullmail_null_client_config_assign (self, id, &value);
}

/**
 * NullmailNullClientConfig:sender-address:
 *
 * The address that every local sender becomes, for a relay that takes mail from one only.
 *
 * It stands for an item in `sender_canonical_maps`, which changes the sender in the envelope, for
 * `sender_canonical_classes` with nothing but `envelope_sender`, and for an item in
 * `smtp_header_checks`, which changes the address in `From:` as the message goes out. The name that
 * is shown beside it, `Sender:`, `Reply-To:` and the recipients stay, and so does the empty sender
 * of a bounce. In `From:` there is one address then: of several authors the first one's name stays,
 * and of a name that is not written as one nothing. Items of others stay in both lists, behind
 * these.
 *
 * It is kept until it is assigned. Assigned %NULL, or unset, what was written is taken out. See
 * canonical(5) and header_checks(5).
 *
 * Since: 1.0
 */

/**
 * nullmail_null_client_config_get_sender_address: (get-property sender-address)
 * @self: a configuration
 *
 * Gets [property@NullClientConfig:sender-address].
 *
 * Returns: (transfer none) (nullable): an address such as `host7@example.com`, or %NULL
 *
 * Since: 1.0
 */
const char *
nullmail_null_client_config_get_sender_address (NullmailNullClientConfig *self)
{
  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self), NULL);

  return get_address (self, NULLMAIL_SETTING_SENDER_ADDRESS);
}

/**
 * nullmail_null_client_config_set_sender_address: (set-property sender-address)
 * @self: a configuration
 * @sender_address: (nullable): a bare address with one `@`, in which `$` can only begin a macro
 *   such as `$mydomain`, or %NULL to leave the senders as they are
 *
 * Assigns [property@NullClientConfig:sender-address], even where it has that value already.
 *
 * Since: 1.0
 */
void
nullmail_null_client_config_set_sender_address (NullmailNullClientConfig *self,
                                                const char               *sender_address)
{
  g_return_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self));

  set_address (self, NULLMAIL_SETTING_SENDER_ADDRESS, sender_address);
}

/**
 * NullmailNullClientConfig:root-address:
 *
 * The address that gets the mail for root and postmaster of this host.
 *
 * It stands for an item in `virtual_alias_maps` that has both names alone, at `localhost` and at
 * the names of this host, the first part of its full name among them; the name alone also counts
 * for the domain in `myorigin` and for an address of this host in brackets. It is in front of what
 * the list has, and items of others stay. Where `hostname` or `origin` is assigned it follows.
 * Aliases such as those in `/etc/aliases` have no effect where nothing is delivered here.
 *
 * An address that would bring the mail back is refused: root's or postmaster's own at one of those
 * names and, where nothing is delivered here, any at `localhost`.
 *
 * It is kept until it is assigned. Assigned %NULL, or unset, what was written is taken out. See
 * virtual(5).
 *
 * Since: 1.0
 */

/**
 * nullmail_null_client_config_get_root_address: (get-property root-address)
 * @self: a configuration
 *
 * Gets [property@NullClientConfig:root-address].
 *
 * Returns: (transfer none) (nullable): an address such as `admin@example.com`, or %NULL
 *
 * Since: 1.0
 */
const char *
nullmail_null_client_config_get_root_address (NullmailNullClientConfig *self)
{
  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self), NULL);

  return get_address (self, NULLMAIL_SETTING_ROOT_ADDRESS);
}

/**
 * nullmail_null_client_config_set_root_address: (set-property root-address)
 * @self: a configuration
 * @root_address: (nullable): a bare address with one `@`, in which `$` can only begin a macro such
 *   as `$mydomain`, or %NULL to leave root's mail as it is
 *
 * Assigns [property@NullClientConfig:root-address], even where it has that value already.
 *
 * Since: 1.0
 */
void
nullmail_null_client_config_set_root_address (NullmailNullClientConfig *self,
                                              const char               *root_address)
{
  g_return_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self));

  set_address (self, NULLMAIL_SETTING_ROOT_ADDRESS, root_address);
}
