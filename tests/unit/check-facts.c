/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <libnullmail/nullmail.h>

#include "instance/host-facts-private.h"
#include "scratch.h"

static NullmailMainCf *
parse (const char *text)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));

  return nullmail_main_cf_new_from_bytes (bytes, NULL);
}

static char *
write_file (const char *folder,
            const char *name,
            const char *text)
{
  char *path = g_build_filename (folder, name, NULL);

  scratch_write (path, text, 0644);
  return path;
}

static void
test_machine (void)
{
  g_autoptr(NullmailCheckFacts) facts = _nullmail_check_facts_new ();
  const char *ca_file = _nullmail_system_ca_file ();
  char name[256] = "";

  g_assert_cmpint (gethostname (name, sizeof name - 1), ==, 0);
  g_assert_true (g_strv_contains ((const char *const *) facts->host_names, name));
  g_assert_cmpint (facts->has_default_cas, !=, NULLMAIL_FACT_UNKNOWN);
  if (ca_file != NULL)
    {
      g_assert_true (g_path_is_absolute (ca_file));
      g_assert_cmpint (facts->has_default_cas, ==, NULLMAIL_FACT_YES);
    }
  if (g_file_test ("/proc/net/if_inet6", G_FILE_TEST_EXISTS))
    g_assert_cmpint (facts->has_ipv6, !=, NULLMAIL_FACT_UNKNOWN);
}

static void
test_stat (void)
{
  char *folder = scratch_new ();
  g_autofree char *path = write_file (folder, "sasl_passwd", "x");
  g_autofree char *below = g_build_filename (path, "x", NULL);
  NullmailFileFacts facts;

  g_assert_cmpint (g_chmod (path, 0640), ==, 0);
  facts = _nullmail_check_facts_stat (path);
  g_assert_cmpint (facts.exists, ==, NULLMAIL_FACT_YES);
  g_assert_cmpuint (facts.mode, ==, 0640);
  g_assert_cmpuint (facts.uid, ==, geteuid ());

  g_assert_cmpint (_nullmail_check_facts_stat (below).exists, ==, NULLMAIL_FACT_NO);
  g_assert_cmpint (_nullmail_check_facts_stat (NULL).exists, ==, NULLMAIL_FACT_UNKNOWN);

  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (_nullmail_check_facts_stat (path).exists, ==, NULLMAIL_FACT_NO);
  scratch_free (folder);
}

static NullmailCheckSnapshot
lend (NullmailCheckFacts *facts,
      NullmailMainCf     *main_cf)
{
  NullmailCheckSnapshot snapshot = { .main_cf = main_cf };

  _nullmail_check_facts_lend (facts, &snapshot);
  return snapshot;
}

static void
test_files (void)
{
  g_autoptr(NullmailCheckFacts) facts = _nullmail_check_facts_new ();
  char *folder = scratch_new ();
  g_autofree char *ca_file = write_file (folder, "ca.pem", "certificates");
  g_autofree char *empty = write_file (folder, "empty.pem", "");
  g_autofree char *origin = write_file (folder, "mailname", "example.com\r\nother\n");
  g_autofree char *hashed = g_build_filename (folder, "0a1b2c3d.0", NULL);
  g_autofree char *text = g_strdup_printf ("my_folder = %s\nsmtp_tls_CAfile = $my_folder/ca.pem\n"
                                           "smtp_tls_CApath = $my_folder\n"
                                           "myorigin = $my_folder/mailname\n", folder);
  g_autoptr(NullmailMainCf) main_cf = parse (text);
  NullmailCheckSnapshot snapshot = lend (facts, main_cf);

  g_assert_cmpint (snapshot.can_read_ca_file, ==, NULLMAIL_FACT_YES);
  g_assert_cmpint (snapshot.can_read_ca_path, ==, NULLMAIL_FACT_NO);
  g_assert_cmpstr (snapshot.origin_line, ==, "example.com");
  g_assert_nonnull (snapshot.host_names);
  g_assert_cmpuint (snapshot.user, ==, geteuid ());

  g_assert_cmpint (g_rename (ca_file, hashed), ==, 0);
  g_assert_cmpint (g_unlink (origin), ==, 0);
  snapshot = lend (facts, main_cf);
  g_assert_cmpint (snapshot.can_read_ca_file, ==, NULLMAIL_FACT_NO);
  g_assert_cmpint (snapshot.can_read_ca_path, ==, NULLMAIL_FACT_YES);
  g_assert_null (snapshot.origin_line);

  g_assert_true (nullmail_main_cf_set_value (main_cf, "smtp_tls_CAfile", empty, NULL));
  g_assert_cmpint (lend (facts, main_cf).can_read_ca_file, ==, NULLMAIL_FACT_NO);
  g_assert_true (nullmail_main_cf_set_value (main_cf, "smtp_tls_CAfile", folder, NULL));
  g_assert_cmpint (lend (facts, main_cf).can_read_ca_file, ==, NULLMAIL_FACT_NO);

  scratch_free (folder);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/check-facts/machine", test_machine);
  g_test_add_func ("/check-facts/stat", test_stat);
  g_test_add_func ("/check-facts/files", test_files);

  return g_test_run ();
}
