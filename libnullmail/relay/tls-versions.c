/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "relay/tls-versions-private.h"

#include <string.h>

/* In the order of their age; the first two are known to Postfix only so that they can be
 * excluded. */
static const struct { const char *name; GTlsProtocolVersion version; } versions[] = {
  { "SSLv2", G_TLS_PROTOCOL_VERSION_UNKNOWN },
  { "SSLv3", G_TLS_PROTOCOL_VERSION_SSL_3_0 },
  { "TLSv1", G_TLS_PROTOCOL_VERSION_TLS_1_0 },
  { "TLSv1.1", G_TLS_PROTOCOL_VERSION_TLS_1_1 },
  { "TLSv1.2", G_TLS_PROTOCOL_VERSION_TLS_1_2 },
  { "TLSv1.3", G_TLS_PROTOCOL_VERSION_TLS_1_3 },
};

#define FIRST_TLS 2
#define N_VERSIONS G_N_ELEMENTS (versions)

/* The index of a version; -1 for another word. */
static int
find_version (const char *name)
{
  for (guint i = 0; i < N_VERSIONS; i++)
    if (g_ascii_strcasecmp (versions[i].name, name) == 0)
      return (int) i;

  return -1;
}

/* One bit for each version. */
typedef struct
{
  guint included;
  guint excluded;
} Lists;

static gboolean
add_item (Lists      *self,
          const char *item)
{
  gboolean is_lower_bound = g_str_has_prefix (item, ">=");
  gboolean is_upper_bound = g_str_has_prefix (item, "<=");
  gboolean is_excluded = *item == '!';
  int index = find_version (item + (is_lower_bound || is_upper_bound ? 2 : is_excluded ? 1 : 0));

  if (index < 0)
    return FALSE;

  if (is_lower_bound)
    self->excluded |= (1u << index) - 1;
  else if (is_upper_bound)
    self->excluded |= ~((2u << index) - 1);
  else if (is_excluded)
    self->excluded |= 1u << index;
  else
    self->included |= 1u << index;

  return TRUE;
}

GTlsProtocolVersion
_nullmail_tls_versions_find_oldest (const char * const *items)
{
  Lists lists = { 0, 0 };

  for (guint i = 0; items[i] != NULL; i++)
    if (!add_item (&lists, items[i]))
      return G_TLS_PROTOCOL_VERSION_UNKNOWN;

  for (guint i = FIRST_TLS; i < N_VERSIONS; i++)
    if ((lists.excluded & (1u << i)) == 0
        && (lists.included == 0 || (lists.included & (1u << i)) != 0))
      return versions[i].version;

  return G_TLS_PROTOCOL_VERSION_UNKNOWN;
}

const char *
_nullmail_tls_version_to_string (GTlsProtocolVersion version)
{
  for (guint i = FIRST_TLS; i < N_VERSIONS; i++)
    if (versions[i].version == version)
      return versions[i].name;

  return "TLS";
}
