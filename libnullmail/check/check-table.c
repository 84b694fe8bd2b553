/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check/check-context-private.h"

#include <string.h>

#include "document/value-list-private.h"

char *
_nullmail_check_parse_table (const char  *table,
                             const char **name)
{
  const char *colon;

  if (g_str_has_prefix (table, "proxy:"))
    table += strlen ("proxy:");

  colon = strchr (table, ':');
  if (colon == NULL || colon == table || memchr (table, '/', colon - table) != NULL)
    return NULL;

  *name = colon + 1;
  return g_strndup (table, colon - table);
}

/* The text inside of the outermost braces; NULL where there are none. */
static char *
strip_braces (const char *text)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (text));
  gsize length = strlen (trimmed);

  if (length < 2 || trimmed[0] != '{' || trimmed[length - 1] != '}')
    return NULL;

  return g_strstrip (g_strndup (trimmed + 1, length - 2));
}

/* “inline:{key=value, {key = value with blanks}}”, see DATABASE_README. */
char *
_nullmail_check_look_up_inline (const char *name,
                                const char *key)
{
  g_autofree char *content = strip_braces (name);
  g_auto(GStrv) entries = content != NULL ? _nullmail_text_split_list (content) : NULL;

  for (guint i = 0; entries != NULL && entries[i] != NULL; i++)
    {
      g_autofree char *inner = strip_braces (entries[i]);
      const char *entry = inner != NULL ? inner : entries[i];
      const char *equals = strchr (entry, '=');
      g_autofree char *found = NULL;

      if (equals == NULL)
        continue;

      found = g_strstrip (g_strndup (entry, equals - entry));
      if (g_ascii_strcasecmp (found, key) == 0)
        return g_strstrip (g_strdup (equals + 1));
    }

  return NULL;
}
