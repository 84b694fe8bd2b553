/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "document/logical-lines-private.h"

#include <string.h>

static NullmailLineKind
classify (const char *line,
          const char *end)
{
  const char *p = line;

  while (p < end && _nullmail_is_space (*p))
    p++;

  if (p == end || *p == '#')
    return NULLMAIL_LINE_IGNORED;

  return p == line ? NULLMAIL_LINE_START : NULLMAIL_LINE_CONTINUATION;
}

GArray *
_nullmail_logical_lines_scan (const char *text,
                              gsize       size)
{
  GArray *lines = g_array_new (FALSE, FALSE, sizeof (NullmailLine));
  gsize start = 0;

  while (start < size)
    {
      const char *lf = memchr (text + start, '\n', size - start);
      gsize end = lf != NULL ? (gsize) (lf - text) + 1 : size;
      NullmailLine line = {
        .start = (guint32) start,
        .length = (guint32) (end - start),
        .kind = classify (text + start, text + end),
      };

      g_array_append_val (lines, line);
      start = end;
    }

  return lines;
}

guint32
_nullmail_line_get_content_length (const NullmailLine *self,
                                   const char         *text)
{
  if (self->length > 0 && text[self->start + self->length - 1] == '\n')
    return self->length - 1;

  return self->length;
}
