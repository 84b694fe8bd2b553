/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/host-facts-private.h"

#include <glib/gstdio.h>

#include "scratch.h"

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
  g_autoptr(NullmailHostFacts) facts = _nullmail_host_facts_new ();
  const char *ca_file = _nullmail_host_facts_observe_ca_file (facts);
  const char *const *addresses = _nullmail_host_facts_observe_addresses (facts);

  for (guint i = 0; addresses != NULL && addresses[i] != NULL; i++)
    {
      g_autoptr(GInetAddress) address = g_inet_address_new_from_string (addresses[i]);

      g_assert_nonnull (address);
    }
  g_assert_cmpint (_nullmail_host_facts_observe_default_cas (facts), !=, NULLMAIL_FACT_UNKNOWN);
  if (ca_file != NULL)
    {
      g_assert_true (g_path_is_absolute (ca_file));
      g_assert_cmpint (_nullmail_host_facts_observe_default_cas (facts), ==, NULLMAIL_FACT_YES);
    }
  if (g_file_test ("/proc/net/if_inet6", G_FILE_TEST_EXISTS))
    g_assert_cmpint (_nullmail_host_facts_observe_ipv6 (facts), !=, NULLMAIL_FACT_UNKNOWN);
}

static void
test_files (void)
{
  g_autoptr(NullmailHostFacts) facts = _nullmail_host_facts_new ();
  g_autoptr(NullmailHostFacts) later = NULL;
  char *folder = scratch_new ();
  g_autofree char *ca_file = write_file (folder, "ca.pem", "certificates");
  g_autofree char *empty = write_file (folder, "empty.pem", "");
  g_autofree char *origin = write_file (folder, "mailname", "example.com\r\nother\n");
  g_autofree char *hashed = g_build_filename (folder, "0a1b2c3d.0", NULL);

  g_assert_cmpint (_nullmail_host_facts_observe_file (facts, ca_file), ==, NULLMAIL_FACT_YES);
  g_assert_cmpint (_nullmail_host_facts_observe_folder (facts, folder), ==, NULLMAIL_FACT_NO);
  g_assert_cmpstr (_nullmail_host_facts_observe_first_line (facts, origin), ==, "example.com");
  g_assert_cmpint (_nullmail_host_facts_observe_file (facts, empty), ==, NULLMAIL_FACT_NO);
  g_assert_cmpint (_nullmail_host_facts_observe_file (facts, folder), ==, NULLMAIL_FACT_NO);

  /* What was seen stays so for who has seen it, and only for him. */
  g_assert_cmpint (g_rename (ca_file, hashed), ==, 0);
  g_assert_cmpint (g_unlink (origin), ==, 0);
  g_assert_cmpint (_nullmail_host_facts_observe_file (facts, ca_file), ==, NULLMAIL_FACT_YES);
  g_assert_cmpstr (_nullmail_host_facts_observe_first_line (facts, origin), ==, "example.com");
  later = _nullmail_host_facts_new ();
  g_assert_cmpint (_nullmail_host_facts_observe_file (later, ca_file), ==, NULLMAIL_FACT_NO);
  g_assert_cmpint (_nullmail_host_facts_observe_folder (later, folder), ==, NULLMAIL_FACT_YES);
  g_assert_null (_nullmail_host_facts_observe_first_line (later, origin));

  scratch_free (folder);
}

/* The postconf of Postfix 3.10 may take everybody's right to read away from a main.cf that another
 * one has just put there. A plan that looked twice would take that for its own doing. */
static void
test_privacy (void)
{
  g_autoptr(NullmailHostFacts) facts = _nullmail_host_facts_new ();
  g_autoptr(NullmailHostFacts) later = NULL;
  char *folder = scratch_new ();
  g_autofree char *path = write_file (folder, "main.cf", "");

  g_assert_cmpint (_nullmail_host_facts_observe_privacy (facts, path), ==, NULLMAIL_FACT_NO);
  g_assert_cmpint (g_chmod (path, 0600), ==, 0);
  g_assert_cmpint (_nullmail_host_facts_observe_privacy (facts, path), ==, NULLMAIL_FACT_NO);
  later = _nullmail_host_facts_new ();
  g_assert_cmpint (_nullmail_host_facts_observe_privacy (later, path), ==, NULLMAIL_FACT_YES);
  scratch_free (folder);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/host-facts/machine", test_machine);
  g_test_add_func ("/host-facts/files", test_files);
  g_test_add_func ("/host-facts/privacy", test_privacy);

  return g_test_run ();
}
