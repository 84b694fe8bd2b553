/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gio/gio.h>

#include "base/fingerprint-private.h"

static char *
fingerprint (const char *data,
             gsize       size)
{
  g_autoptr(GBytes) bytes = g_bytes_new (data, size);

  return _nullmail_fingerprint (bytes);
}

/* They are on disks, and must stay what they are, on every machine. */
static void
test_values (void)
{
  static const struct { const char *data; gsize size; const char *expected; } cases[] = {
    { "", 0, "0:d41d8cd98f00b204e9800998ecf8427e" },
    { "a", 1, "1:0cc175b9c0f1b6a831c399e269772661" },
    { "relayhost = [mail.example.com]:587\n", 35, "35:0f833b86bd2ecdfd273cc9a6bfbc2167" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *found = fingerprint (cases[i].data, cases[i].size);

      g_assert_cmpstr (found, ==, cases[i].expected);
    }
}

static void
test_is_of (void)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static ("relayhost", 9);
  g_autofree char *found = _nullmail_fingerprint (bytes);

  g_assert_true (_nullmail_fingerprint_is_of (found, bytes));
  g_assert_false (_nullmail_fingerprint_is_of ("9:", bytes));
  g_assert_false (_nullmail_fingerprint_is_of ("", bytes));
  g_assert_false (_nullmail_fingerprint_is_of (found + 1, bytes));
}

/* Each of the numbers tells by itself. */
static void
test_of_status (void)
{
  static const struct stat cases[] = {
    { .st_dev = 0 }, { .st_dev = 1 }, { .st_ino = 1 }, { .st_size = 1 },
    { .st_mtim.tv_sec = 1 }, { .st_mtim.tv_nsec = 1 },
    { .st_ctim.tv_sec = 1 }, { .st_ctim.tv_nsec = 1 },
  };
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *again = _nullmail_fingerprint_of_status (&cases[i]);

      g_assert_true (g_hash_table_add (seen, _nullmail_fingerprint_of_status (&cases[i])));
      g_assert_true (g_hash_table_contains (seen, again));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/fingerprint/values", test_values);
  g_test_add_func ("/fingerprint/is-of", test_is_of);
  g_test_add_func ("/fingerprint/of-status", test_of_status);

  return g_test_run ();
}
