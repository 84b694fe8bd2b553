/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config/tls-versions-private.h"

#include <string.h>

/* In the order of their age. SSLv2 has no bit: no Postfix of today speaks it, whatever the list. */
static const struct { const char *name; GTlsProtocolVersion version; } versions[] = {
  { "SSLv3", G_TLS_PROTOCOL_VERSION_SSL_3_0 },
  { "TLSv1", G_TLS_PROTOCOL_VERSION_TLS_1_0 },
  { "TLSv1.1", G_TLS_PROTOCOL_VERSION_TLS_1_1 },
  { "TLSv1.2", G_TLS_PROTOCOL_VERSION_TLS_1_2 },
  { "TLSv1.3", G_TLS_PROTOCOL_VERSION_TLS_1_3 },
};

#define FIRST_TLS 1
#define N_VERSIONS G_N_ELEMENTS (versions)
#define ALL_VERSIONS ((1u << N_VERSIONS) - 1)
#define CODE_OF_FIRST 0x300  /* the others follow one by one */

/* The index of a version; -1 for another word. */
static int
find_version (const char *name)
{
  for (guint i = 0; i < N_VERSIONS; i++)
    if (g_ascii_strcasecmp (versions[i].name, name) == 0)
      return (int) i;

  return -1;
}

typedef struct
{
  guint  included;
  guint  excluded;
  gint64 floor;    /* as the code of a version; 0 for none */
  gint64 ceiling;  /* the same */
} Lists;

/* A bound is the name of a version, its code in hexadecimal digits, or nothing at all. */
static gboolean
parse_bound (const char *text,
             gint64     *bound)
{
  int index = find_version (text);
  char *end;

  *bound = index >= 0 ? CODE_OF_FIRST + index : 0;
  if (index >= 0 || *text == '\0')
    return TRUE;

  *bound = g_ascii_strtoll (text, &end, 16);
  return *end == '\0' && *bound >= 0 && *bound <= G_MAXINT;
}

/* As tls_proto_mask_lims () in Postfix's tls_misc.c: of several bounds the last counts. */
static gboolean
add_word (Lists      *self,
          const char *word)
{
  const char *name = word + (*word == '!');
  int index = find_version (name);

  if (g_str_has_prefix (word, ">="))
    return parse_bound (word + 2, &self->floor);
  if (g_str_has_prefix (word, "<="))
    return parse_bound (word + 2, &self->ceiling);
  if (index < 0)
    return g_ascii_strcasecmp (name, "SSLv2") == 0;

  if (*word == '!')
    self->excluded |= 1u << index;
  else
    self->included |= 1u << index;
  return TRUE;
}

static gboolean
add_item (Lists      *self,
          const char *item)
{
  g_auto(GStrv) words = g_strsplit_set (item, ":", -1);

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0' && !add_word (self, words[i]))
      return FALSE;

  return TRUE;
}

gboolean
_nullmail_tls_versions_parse (const char * const *items,
                              guint              *admitted)
{
  Lists lists = { 0 };

  *admitted = 0;
  for (guint i = 0; items[i] != NULL; i++)
    if (!add_item (&lists, items[i]))
      return FALSE;

  *admitted = (lists.included != 0 ? lists.included : ALL_VERSIONS) & ~lists.excluded;
  for (guint i = 0; i < N_VERSIONS; i++)
    if (CODE_OF_FIRST + i < lists.floor || (lists.ceiling > 0 && CODE_OF_FIRST + i > lists.ceiling))
      *admitted &= ~(1u << i);

  return TRUE;
}

GTlsProtocolVersion
_nullmail_tls_versions_get_oldest (guint admitted)
{
  for (guint i = FIRST_TLS; i < N_VERSIONS; i++)
    if ((admitted & (1u << i)) != 0)
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
