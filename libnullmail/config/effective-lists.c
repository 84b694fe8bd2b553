/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Lists of words in main.cf that are asked whether they have one. */

#include "config/effective-private.h"

#include <gio/gio.h>
#include <string.h>

/* The first item that matches decides, and “!” turns it round, see match_list_match () in Postfix.
 * INVALID where it is up to a table or a file. */
static NullmailBoolean
judge_word (char       **items,
            const char  *word)
{
  for (guint i = 0; items[i] != NULL; i++)
    {
      const char *item = items[i] + strspn (items[i], "!");
      gsize n_turns = item - items[i];

      if (g_ascii_strcasecmp (item, word) == 0 || g_ascii_strcasecmp (item, "static:all") == 0)
        return n_turns % 2 == 0 ? NULLMAIL_BOOLEAN_YES : NULLMAIL_BOOLEAN_NO;
      if (strpbrk (item, "/:") != NULL)
        return NULLMAIL_BOOLEAN_INVALID;
    }

  return NULLMAIL_BOOLEAN_NO;
}

gboolean
_nullmail_effective_allows_mechanism (NullmailEffective *self,
                                      const char        *mechanism)
{
  g_auto(GStrv) filter = _nullmail_effective_get_list (self, "smtp_sasl_mechanism_filter");

  return filter == NULL || filter[0] == NULL
         || judge_word (filter, mechanism) != NULLMAIL_BOOLEAN_NO;
}

/* Postfix compares the port as it is written, so that “587” is none of “submission”, see
 * smtp_connect_inet () in its smtp_connect.c. */
gboolean
_nullmail_effective_looks_up_services (NullmailEffective *self,
                                       NullmailRelayHost *relay)
{
  const char *service = nullmail_relay_host_get_service (relay);
  g_autofree char *usual = NULL;
  g_auto(GStrv) services = NULL;

  if (!nullmail_relay_host_get_mx_lookup (relay)
      || !nullmail_main_cf_has_value (_nullmail_effective_get_main_cf (self), "use_srv_lookup"))
    return FALSE;

  services = _nullmail_effective_get_list (self, "use_srv_lookup");
  if (services == NULL || services[0] == NULL)
    return FALSE;

  if (service == NULL)
    service = usual = _nullmail_effective_get_value (self, "smtp_tcp_port");

  return judge_word (services, service != NULL ? service : "smtp") != NULLMAIL_BOOLEAN_NO
         && _nullmail_effective_has_version (self, "3.8", TRUE);
}

gboolean
_nullmail_interface_is_loopback (const char *item)
{
  static const char *const names[] = {
    "loopback-only", "localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback",
  };
  g_autofree char *plain = NULL;
  g_autoptr(GInetAddress) address = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (item, names[i]) == 0)
      return TRUE;

  plain = *item == '[' ? g_strndup (item + 1, strcspn (item + 1, "]")) : g_strdup (item);
  address = g_inet_address_new_from_string (plain);

  return address != NULL && g_inet_address_get_is_loopback (address);
}
