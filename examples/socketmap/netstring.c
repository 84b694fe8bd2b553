/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "netstring.h"

#include <string.h>

NetstringState
netstring_parse (const char  *bytes,
                 gsize        size,
                 const char **payload,
                 gsize       *payload_size,
                 gsize       *consumed)
{
  gsize n_digits = 0, length = 0;

  while (n_digits < size && g_ascii_isdigit (bytes[n_digits]))
    {
      length = length * 10 + (gsize) (bytes[n_digits] - '0');
      if (length > NETSTRING_MAX_PAYLOAD || (n_digits > 0 && bytes[0] == '0'))
        return NETSTRING_BAD;
      n_digits++;
    }

  if (n_digits == size)
    return NETSTRING_INCOMPLETE;
  if (n_digits == 0 || bytes[n_digits] != ':')
    return NETSTRING_BAD;

  *payload = bytes + n_digits + 1;
  *payload_size = length;
  *consumed = n_digits + 1 + length + 1;
  if (size < *consumed)
    return NETSTRING_INCOMPLETE;

  return bytes[*consumed - 1] == ',' ? NETSTRING_COMPLETE : NETSTRING_BAD;
}

gboolean
request_parse (const char  *payload,
               gsize        size,
               char       **name,
               char       **key)
{
  const char *blank = memchr (payload, ' ', size);
  gsize name_size = blank != NULL ? (gsize) (blank - payload) : 0;

  if (name_size == 0 || name_size + 1 == size || !g_utf8_validate (payload, (gssize) size, NULL))
    return FALSE;

  for (gsize i = 0; i < size; i++)
    if (g_ascii_iscntrl (payload[i]))
      return FALSE;

  *name = g_strndup (payload, name_size);
  *key = g_strndup (blank + 1, size - name_size - 1);
  return TRUE;
}
