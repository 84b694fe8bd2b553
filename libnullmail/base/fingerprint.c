/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "base/fingerprint-private.h"

#include <stdint.h>

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

char *
_nullmail_fingerprint_of_status (const struct stat *info)
{
  return g_strdup_printf ("%ju %ju %ju %jd.%ld %jd.%ld", (uintmax_t) info->st_dev,
                          (uintmax_t) info->st_ino, (uintmax_t) info->st_size,
                          (intmax_t) info->st_mtim.tv_sec, info->st_mtim.tv_nsec,
                          (intmax_t) info->st_ctim.tv_sec, info->st_ctim.tv_nsec);
}
