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
