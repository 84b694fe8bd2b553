/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "base/text-find-private.h"

#include <string.h>

const char *
_nullmail_text_find (const char *text,
                     gsize       size,
                     const char *word,
                     char        rare)
{
  const gsize n_before = strchr (word, rare) - word, length = strlen (word);
  const char *stop, *p;

  if (size == 0)
    return NULL;

  stop = text + size;
  p = memchr (text, rare, size);
  for (; p != NULL; p = memchr (p + 1, rare, stop - p - 1))
    if ((gsize) (p - text) >= n_before && (gsize) (stop - p) >= length - n_before
        && memcmp (p - n_before, word, length) == 0)
      return p - n_before;

  return NULL;
}
