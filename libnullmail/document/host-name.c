/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "document/host-name-private.h"

#include <arpa/inet.h>
#include <string.h>

#define MAX_NAME_BYTES 255
#define MAX_LABEL_BYTES 63
#define N_IPV6_GROUPS 8
#define BAD_IPV4 "an IPv4 address has four numbers from 0 to 255, the first not 0"

const char *
_nullmail_host_name_find_fault (const char *name)
{
  g_auto(GStrv) labels = g_strsplit (name, ".", -1);
  gboolean is_numeric = TRUE;

  if (strlen (name) > MAX_NAME_BYTES)
    return "the host name is too long, DNS allows 255 characters";
  if (g_str_has_suffix (name, "."))
    return "leave the dot at the end of the name out";

  for (guint i = 0; labels[i] != NULL; i++)
    {
      gsize length = strlen (labels[i]);

      if (length == 0)
        return "there is no name between two dots, or before the first one, leave a dot out";
      if (length > MAX_LABEL_BYTES)
        return "a part of the name between two dots is longer than the 63 characters of DNS";
      if (labels[i][0] == '-' || labels[i][length - 1] == '-')
        return "no part of a host name begins or ends with a hyphen";

      for (const char *p = labels[i]; *p != '\0'; p++)
        if (!g_ascii_isalnum (*p) && *p != '-' && *p != '_')
          return "a host name has letters, digits, dots and hyphens only";
      is_numeric = is_numeric && strspn (labels[i], "0123456789") == length;
    }

  return is_numeric ? "a name has a letter in it, and an address four numbers from 0 to 255" : NULL;
}

/* Octets may have zeros in front. Of the network 0 only the address that means “any” is taken. */
static gboolean
is_ipv4 (const char *text)
{
  g_auto(GStrv) octets = g_strsplit (text, ".", -1);

  if (g_strv_length (octets) != 4)
    return FALSE;

  for (guint i = 0; octets[i] != NULL; i++)
    {
      guint64 octet;

      if (strspn (octets[i], "0123456789") != strlen (octets[i])
          || !g_ascii_string_to_unsigned (octets[i], 10, 0, 255, &octet, NULL)
          || (i == 0 && octet == 0 && strspn (text, "0.") != strlen (text)))
        return FALSE;
    }

  return TRUE;
}

gboolean
_nullmail_host_is_ipv6 (const char *text)
{
  g_autofree char *plain = g_strndup (text, strcspn (text, "%"));  /* fe80::1%eth0 */
  struct in6_addr address;

  return inet_pton (AF_INET6, plain, &address) == 1;
}

const char *
_nullmail_host_address_find_fault (const char *address)
{
  const char *last;
  guint n_groups = 0;

  if (strchr (address, ':') == NULL)
    return is_ipv4 (address) ? NULL : BAD_IPV4;
  if (strchr (address, '%') != NULL)
    return "an IPv6 address has no scope, such as “%eth0”, here, leave it out";
  if (!_nullmail_host_is_ipv6 (address))
    return "it is no IPv6 address, write one as in [2001:db8::1]:587";

  for (const char *p = address; *p != '\0'; p++)
    n_groups += *p == ':';
  last = strrchr (address, ':') + 1;
  n_groups += strchr (last, '.') != NULL ? 2 : 1;  /* an IPv4 address at the end is two groups */
  if (n_groups > N_IPV6_GROUPS)
    return "“::” stands for two groups of zeros or more";

  return strchr (last, '.') == NULL || is_ipv4 (last) ? NULL : BAD_IPV4;
}
