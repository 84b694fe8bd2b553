/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gio/gio.h>
#include <string.h>

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
    { "", 0, "0:0000000000000000ffffffffffffffff" },
    { "a", 1, "1:54cda58fef23226f59ac8091be6a9ecc" },
    { "relayhost = [mail.example.com]:587\n", 35, "35:5b5036a016173e04e51bf772faf65c34" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *found = fingerprint (cases[i].data, cases[i].size);

      g_assert_cmpstr (found, ==, cases[i].expected);
    }
}

/* Each bit of each byte, and a zero more or less, shows in both halves. */
static void
test_differences (void)
{
  char data[40] = "0123456789 abcdefghijklmnopqrstuvwxyz";
  g_autofree char *before = fingerprint (data, sizeof data);
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (gsize size = 0; size <= sizeof data; size++)
    g_assert_true (g_hash_table_add (seen, fingerprint ("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                                                        "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
                                                        size)));

  for (guint bit = 0; bit < 8 * sizeof data; bit++)
    {
      g_autofree char *after = NULL;

      data[bit / 8] ^= 1 << bit % 8;
      after = fingerprint (data, sizeof data);
      data[bit / 8] ^= 1 << bit % 8;
      g_assert_true (g_str_has_prefix (after, "40:"));
      g_assert_cmpint (strncmp (before + 3, after + 3, 16), !=, 0);
      g_assert_cmpstr (before + 19, !=, after + 19);
      g_assert_true (g_hash_table_add (seen, g_steal_pointer (&after)));
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

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/fingerprint/values", test_values);
  g_test_add_func ("/fingerprint/differences", test_differences);
  g_test_add_func ("/fingerprint/is-of", test_is_of);

  return g_test_run ();
}
