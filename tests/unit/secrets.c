/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Searches the memory of this very process for a password after everything that held it is gone. */

#include <glib/gstdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "memory-search.h"
#include "nullmail.h"
#include "scratch.h"

/* The search has to find what is there, or finding nothing means nothing. */
static void
test_control (void)
{
  char *page;

  g_assert_cmpuint (count_markers (), ==, 0);
  page = new_marker_page ();
  g_assert_cmpuint (count_markers (), ==, 1);
  free_marker_page (page);
  g_assert_cmpuint (count_markers (), ==, 0);
}

static void
test_from_fd (void)
{
  g_autoptr(GError) error = NULL;
  NullmailRelayCredentials *self = new_marker_credentials ("[a.example]:587", "\n", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (count_markers (), ==, 1);  /* in the credentials, and nowhere else */

  nullmail_relay_credentials_unref (nullmail_relay_credentials_ref (self));
  g_assert_cmpuint (count_markers (), ==, 1);

  nullmail_relay_credentials_unref (self);
  g_assert_cmpuint (count_markers (), ==, 0);
}

static void
test_from_fd_refused (void)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (new_marker_credentials ("[a.example]:587", "\n\n", &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CREDENTIALS);
  g_assert_cmpuint (count_markers (), ==, 0);
}

static void
test_new (void)
{
  g_autoptr(NullmailRelayHost) relay = nullmail_relay_host_parse ("[a.example]:587", NULL);
  char *page = new_marker_page ();
  NullmailRelayCredentials *self = nullmail_relay_credentials_new (relay, "u", page, NULL);

  g_assert_cmpuint (count_markers (), ==, 2);
  free_marker_page (page);
  g_assert_cmpuint (count_markers (), ==, 1);
  nullmail_relay_credentials_unref (self);
  g_assert_cmpuint (count_markers (), ==, 0);
}

static void
test_use (void)
{
  NullmailRelayCredentials *self = new_marker_credentials ("[a.example]:587", "", NULL);
  NullmailRelayCredentials *other = new_marker_credentials ("[a.example]:587", "", NULL);
  GVariant *variant = nullmail_relay_credentials_to_variant (self);
  int fd = memfd_create ("password", MFD_CLOEXEC);

  g_assert_true (nullmail_relay_credentials_equal (self, other));
  g_assert_true (nullmail_relay_credentials_write_password (self, fd, NULL, NULL));
  g_assert_cmpint (lseek (fd, 0, SEEK_END), ==, MARKER_BYTES);
  close (fd);
  g_variant_unref (variant);

  nullmail_relay_credentials_unref (self);
  nullmail_relay_credentials_unref (other);
  g_assert_cmpuint (count_markers (), ==, 0);
}

#if NULLMAIL_HAS_SECRET_STORE
static void
store_marker (void)
{
  g_autoptr(NullmailCredentialStore) store =
    NULLMAIL_CREDENTIAL_STORE (nullmail_secret_store_new ());
  g_autoptr(NullmailRelayCredentials) given = new_marker_credentials ("[a.example]:587", "", NULL);
  g_autoptr(GError) error = NULL;

  nullmail_credential_store_store (store, given, NULL, &error);
  g_assert_no_error (error);
}

static void
look_marker_up (void)
{
  g_autoptr(NullmailRelayHost) relay = nullmail_relay_host_parse ("[a.example]:587", NULL);
  g_autoptr(NullmailCredentialStore) store =
    NULLMAIL_CREDENTIAL_STORE (nullmail_secret_store_new ());
  g_autoptr(NullmailRelayCredentials) found = NULL;
  g_autoptr(GError) error = NULL;

  found = nullmail_credential_store_lookup (store, relay, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (found);
  g_assert_cmpuint (count_markers (), ==, 1);  /* in the credentials, and nowhere else */
}

/* With a Secret Service that the caller has started. */
static void
test_keyring (void)
{
  store_marker ();
  g_assert_cmpuint (count_markers (), ==, 0);
  look_marker_up ();
  g_assert_cmpuint (count_markers (), ==, 0);
}

/* With libsecret's file, which libsecret writes from ordinary memory: another process does that. */
static void
test_file (void)
{
  g_autofree char *path = NULL;
  char *folder;

  if (g_test_subprocess ())
    {
      store_marker ();
      return;
    }

  folder = scratch_new ();
  path = g_build_filename (folder, "keyring", NULL);
  g_setenv ("SECRET_BACKEND", "file", TRUE);
  g_setenv ("SECRET_FILE_TEST_PASSWORD", "of the file", TRUE);
  g_setenv ("SECRET_FILE_TEST_PATH", path, TRUE);

  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  look_marker_up ();
  g_assert_cmpuint (count_markers (), ==, 0);

  scratch_free (folder);  /* libsecret may have left a copy of its file there */
}

static void
add_secret_store_tests (void)
{
  if (g_getenv ("NULLMAIL_TEST_KEYRING") != NULL)
    g_test_add_func ("/secrets/keyring/store-and-lookup", test_keyring);
  else
    g_test_add_func ("/secrets/file/lookup", test_file);
}
#endif

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  if (!can_search_memory ())
    return program_is_lacking ("memory cannot be searched, under a memory checker for example");

  g_test_add_func ("/secrets/control", test_control);
  g_test_add_func ("/secrets/credentials/from-fd", test_from_fd);
  g_test_add_func ("/secrets/credentials/from-fd-refused", test_from_fd_refused);
  g_test_add_func ("/secrets/credentials/new", test_new);
  g_test_add_func ("/secrets/credentials/use", test_use);
#if NULLMAIL_HAS_SECRET_STORE
  add_secret_store_tests ();
#endif

  return g_test_run ();
}
