/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The names that macros refer to. */

#include "document/macro-private.h"

#include <string.h>

gboolean
_nullmail_is_name_character (char c)
{
  return g_ascii_isalnum (c) || c == '_';
}

gboolean
_nullmail_names_passwords (const char *parameter,
                           gsize       length)
{
  static const char suffix[] = "_password_maps";

  return length >= sizeof suffix - 1
         && strncmp (parameter + length - (sizeof suffix - 1), suffix, sizeof suffix - 1) == 0;
}
