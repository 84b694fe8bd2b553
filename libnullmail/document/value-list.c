/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "document/value-list-private.h"

#include <string.h>

#include "document/logical-lines-private.h"
#include "document/macro-private.h"

gboolean
_nullmail_text_has_control (const char *text)
{
  for (; *text != '\0'; text++)
    if (g_ascii_iscntrl (*text))
      return TRUE;

  return FALSE;
}

/* What stands between the braces: a name, perhaps followed by ?text or :text, or a comparison. */
static gboolean
is_macro_body (const char *body,
               gsize       length)
{
  const char *end = body + length;

  if (length == 0)  /* though a blank will do */
    return FALSE;

  while (body < end && _nullmail_is_space (*body))
    body++;
  if (body < end && *body == '{')
    return TRUE;

  while (body < end && _nullmail_is_name_character (*body))
    body++;
  while (body < end && _nullmail_is_space (*body))
    body++;

  return body == end || *body == '?' || *body == ':';
}

/* mac_parse () of Postfix. Returns the end of a macro whose $ is before text, NULL for none. */
static const char *
skip_macro (const char *text)
{
  char open = *text, close = open == '{' ? '}' : ')';
  const char *body = text + 1;
  int depth = 0;

  if (open == '$')
    return text + 1;

  if (open != '{' && open != '(')
    {
      for (body = text; _nullmail_is_name_character (*body); body++)
        ;
      return body > text ? body : NULL;
    }

  for (; *text != '\0'; text++)
    {
      depth += (*text == open) - (*text == close);
      if (depth == 0)
        return is_macro_body (body, text - body) ? text + 1 : NULL;
    }

  return NULL;
}

gboolean
_nullmail_text_has_good_macros (const char *text)
{
  while (text != NULL && (text = strchr (text, '$')) != NULL)
    {
      text = skip_macro (text + 1);
      if (text == NULL)
        return FALSE;
    }

  return TRUE;
}

static gsize
item_length (const char *item)
{
  gsize length;
  int depth = 0;

  for (length = 0; item[length] != '\0'; length++)
    {
      char c = item[length];

      if (depth == 0 && (c == ',' || _nullmail_is_space (c)))
        break;
      if (c == '{')
        depth++;
      else if (c == '}' && depth > 0)
        depth--;
    }

  return length;
}

char **
_nullmail_text_split_list (const char *value)
{
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func (g_free);

  while (TRUE)
    {
      gsize length;

      while (*value == ',' || _nullmail_is_space (*value))
        value++;
      if (*value == '\0')
        break;

      length = item_length (value);
      g_ptr_array_add (items, g_strndup (value, length));
      value += length;
    }

  g_ptr_array_add (items, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&items), FALSE);
}
