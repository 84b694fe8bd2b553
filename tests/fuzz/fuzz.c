/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nullmail.h"

/* By abort (), where g_log_set_always_fatal () has a trap that libFuzzer does not know. */
static void
end_on_warning (const char     *domain,
                GLogLevelFlags  level,
                const char     *message,
                gpointer        user_data G_GNUC_UNUSED)
{
  fprintf (stderr, "%s: %s\n", domain != NULL ? domain : "", message);
  if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING))
    abort ();
}

void
fuzz_make_warnings_fatal (void)
{
  g_log_set_default_handler (end_on_warning, NULL);
}

char *
fuzz_split (const uint8_t  *data,
            size_t          size,
            const char    **rest,
            gsize          *rest_size)
{
  const uint8_t *nul = size > 0 ? memchr (data, '\0', size) : NULL;

  *rest = nul != NULL ? (const char *) nul + 1 : (const char *) data;
  *rest_size = nul != NULL ? size - (nul + 1 - data) : size;

  return nul != NULL ? g_strdup ((const char *) data) : g_strdup ("");
}

void
fuzz_assert_error (GError *error)
{
  g_assert_nonnull (error);
  g_assert_true (error->domain == NULLMAIL_ERROR);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_cmpuint (strlen (error->message), >, 10);
  for (const char *p = error->message; *p != '\0'; p++)
    g_assert_false (g_ascii_iscntrl (*p));
  g_error_free (error);
}

void
fuzz_assert_same (const GString *a,
                  const void    *b,
                  gsize          b_size)
{
  g_assert_cmpmem (a->str, a->len, b, b_size);
}
