/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The functions that Postfix 3.11 knows in macros, see mac_midna_register () in its mac_midna.c.
 *
 * They convert domain names with the tables of ICU, so that only what needs no table is known. */

#include "document/macro-private.h"

#include <string.h>

#include "document/host-name-private.h"

/* A name that is the same in both forms, whatever the tables say. */
static gboolean
is_plain_name (const char *name)
{
  return *name != '\0' && name[strspn (name, G_CSET_a_2_z G_CSET_DIGITS ".-")] == '\0'
         && strstr (name, "--") == NULL && _nullmail_host_name_find_fault (name) == NULL;
}

char *
_nullmail_macro_call (const char *function,
                      const char *argument)
{
  gboolean is_ascii = g_str_is_ascii (argument);
  gboolean is_same = FALSE;

  if (g_str_equal (function, "domain_to_ascii"))
    is_same = is_ascii && *argument != '\0';
  else if (g_str_equal (function, "domain_to_utf8"))
    is_same = !is_ascii || is_plain_name (argument);

  return is_same ? g_strdup (argument) : NULL;
}
