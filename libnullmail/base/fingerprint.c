/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "base/fingerprint-private.h"

char *
_nullmail_fingerprint (GBytes *bytes)
{
  g_autofree char *checksum = g_compute_checksum_for_bytes (G_CHECKSUM_MD5, bytes);

  return g_strdup_printf ("%" G_GSIZE_FORMAT ":%s", g_bytes_get_size (bytes), checksum);
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
