/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "config/relay-host.h"

G_BEGIN_DECLS

/* One address at which a relay can be reached, and the name that has it: that of the relay, or of a
 * server that its MX records name. */
typedef struct
{
  char         *host;     /* (owned) */
  GInetAddress *address;  /* (owned) */
} NullmailRelayAddress;

/* The kinds of addresses that are used. */
typedef enum
{
  NULLMAIL_FAMILY_IPV4 = 1 << 0,
  NULLMAIL_FAMILY_IPV6 = 1 << 1,
} NullmailFamilies;

/* (transfer full) (element-type NullmailRelayAddress): the addresses in the order in which they are
 * to be tried, at least one. MX records are asked for where the relay host has no brackets; a name
 * that has none is taken for a server itself, as smtp(8) does.
 *
 * Names are looked up as the system does it, which may know of more than DNS. */
GPtrArray *_nullmail_relay_addresses_find (const NullmailRelayHost  *relay_host,
                                           NullmailFamilies          families,
                                           GCancellable             *cancellable,
                                           GError                  **error);

G_END_DECLS
