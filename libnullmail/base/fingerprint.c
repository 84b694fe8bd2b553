/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "base/fingerprint-private.h"

#include <string.h>

/* Two odd numbers without a pattern: the golden ratio's and the square root of two's digits. */
#define FACTOR_A G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)
#define FACTOR_B G_GUINT64_CONSTANT (0x6a09e667f3bcc909)

/* Each line is one that can be undone, so that two different words never lead to one state. */
static void
mix (guint64 *a,
     guint64 *b,
     guint64  word)
{
  *a = (*a ^ word) * FACTOR_A;
  *a ^= *a >> 32;
  *b = (*b + word) * FACTOR_B;
  *b ^= *b >> 29;
}

char *
_nullmail_fingerprint (GBytes *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  guint64 a = size, b = ~(guint64) size;

  for (gsize offset = 0; offset < size; offset += sizeof (guint64))
    {
      guint64 word = 0;

      memcpy (&word, data + offset, MIN (size - offset, sizeof word));
      mix (&a, &b, GUINT64_FROM_LE (word));
    }

  return g_strdup_printf ("%" G_GSIZE_FORMAT ":%016" G_GINT64_MODIFIER "x%016"
                          G_GINT64_MODIFIER "x", size, a, b);
}

gboolean
_nullmail_fingerprint_is_of (const char *fingerprint,
                             GBytes     *bytes)
{
  g_autofree char *size = g_strdup_printf ("%" G_GSIZE_FORMAT ":", g_bytes_get_size (bytes));
  g_autofree char *found = NULL;

  if (!g_str_has_prefix (fingerprint, size))
    return FALSE;

  found = _nullmail_fingerprint (bytes);
  return g_str_equal (fingerprint, found);
}
