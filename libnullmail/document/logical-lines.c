/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "document/logical-lines-private.h"

#include <string.h>

gboolean
_nullmail_line_next (const char   **position,
                     const char    *end,
                     NullmailLine  *line)
{
  while (*position < end)
    {
      const char *text = *position, *start, *lf;

      /* LF is white space too, so that any number of empty lines is passed here. */
      while (text < end && _nullmail_is_space (*text))
        text++;
      if (text == end)
        break;

      start = text;
      while (start > *position && start[-1] != '\n')
        start--;
      lf = memchr (text, '\n', end - text);
      *position = lf != NULL ? lf + 1 : end;
      if (*text == '#')
        continue;

      *line = (NullmailLine) { start, text, *position };
      return TRUE;
    }

  *position = end;
  return FALSE;
}

char **
_nullmail_lines_join (const char *text)
{
  g_autoptr(GStrvBuilder) joined = g_strv_builder_new ();
  g_autoptr(GString) logical = g_string_new (NULL);
  const char *position = text, *end = text + strlen (text);
  NullmailLine line;

  while (_nullmail_line_next (&position, end, &line))
    {
      g_autofree char *part = g_strstrip (g_strndup (line.text, line.end - line.text));

      if (!_nullmail_line_is_continuation (&line) && logical->len > 0)
        {
          g_strv_builder_add (joined, logical->str);
          g_string_truncate (logical, 0);
        }
      g_string_append_printf (logical, "%s%s", logical->len > 0 ? " " : "", part);
    }
  if (logical->len > 0)
    g_strv_builder_add (joined, logical->str);

  return g_strv_builder_end (joined);
}

guint
_nullmail_lines_count_ends (const char *text,
                            const char *end)
{
  guint count = 0;

  for (const char *lf = text; (lf = memchr (lf, '\n', end - lf)) != NULL; lf++)
    count++;

  return count;
}
