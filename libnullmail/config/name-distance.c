/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config/name-distance-private.h"

#include <string.h>

#define MAX_NAME 64  /* of what is compared of a name that may have any length */

guint
_nullmail_name_get_distance (const char *a,
                             const char *b,
                             guint       limit)
{
  gsize length = MIN (strlen (b), MAX_NAME);
  guint row[MAX_NAME + 1];

  for (guint j = 0; j <= length; j++)
    row[j] = j;
  for (guint i = 0; a[i] != '\0' && i < MAX_NAME; i++)
    {
      guint diagonal = row[0], shortest = i + 1;

      row[0] = i + 1;
      for (guint j = 0; j < length; j++)
        {
          guint replaced = diagonal + (a[i] != b[j]);

          diagonal = row[j + 1];
          row[j + 1] = MIN (replaced, MIN (diagonal, row[j]) + 1);
          shortest = MIN (shortest, row[j + 1]);
        }
      if (shortest > limit)
        return shortest;
    }

  return row[length];
}
