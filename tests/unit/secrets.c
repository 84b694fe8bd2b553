/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Searches the memory of this very process for a password after everything that held it is gone.
 * The test itself never holds it in one piece: it is told by its two halves. */

#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "config/relay-credentials-private.h"
#include "nullmail.h"

static const char first_half[] = "Qx7-Canary-";
static const char second_half[] = "Pw9-Marker";

#define MARKER_BYTES (sizeof first_half - 1 + sizeof second_half - 1)
#define PAGE_BYTES 4096

/* AddressSanitizer maps terabytes of shadow memory, and keeps copies of what was freed. */
#if defined (__SANITIZE_ADDRESS__)
#define HAS_SHADOW_MEMORY 1
#elif defined (__has_feature)
#if __has_feature (address_sanitizer)
#define HAS_SHADOW_MEMORY 1
#endif
#endif

static gboolean
is_marker (const char *p)
{
  return memcmp (p, first_half, sizeof first_half - 1) == 0
         && memcmp (p + sizeof first_half - 1, second_half, sizeof second_half - 1) == 0;
}

static guint
count_in_range (int     memory,
                guint64 start,
                guint64 end)
{
  gsize size = 1024 * 1024;
  /* Not on the heap, and wiped each time, so that the search does not find itself. */
  char *window = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  guint n_found = 0;

  g_assert_true (window != MAP_FAILED);
  for (guint64 at = start; at < end; at += size - MARKER_BYTES)
    {
      gssize n_read = pread (memory, window, MIN (size, end - at), (off_t) at);

      for (gssize i = 0; i + (gssize) MARKER_BYTES <= n_read; i++)
        n_found += is_marker (window + i);
      if (n_read <= 0 || at + n_read >= end)
        break;
    }

  memset (window, 0, size);
  munmap (window, size);
  return n_found;
}

/* How often the marker stands in memory that this process can read. */
static guint
count_markers (void)
{
  FILE *maps = fopen ("/proc/self/maps", "re");
  int memory = open ("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  char line[1024];
  guint n_found = 0;

  g_assert_nonnull (maps);
  g_assert_cmpint (memory, >=, 0);

  while (fgets (line, sizeof line, maps) != NULL)
    {
      guint64 start, end;
      char readable;

      if (sscanf (line, "%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER "x %c", &start, &end,
                  &readable) == 3 && readable == 'r')
        n_found += count_in_range (memory, start, end);
    }

  close (memory);
  fclose (maps);
  return n_found;
}

/* A page of its own with the marker, made from the halves. */
static char *
new_marker_page (void)
{
  char *page = mmap (NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  g_assert_true (page != MAP_FAILED);
  memcpy (page, first_half, sizeof first_half - 1);
  memcpy (page + sizeof first_half - 1, second_half, sizeof second_half - 1);

  return page;
}

static void
free_marker_page (char *page)
{
  explicit_bzero (page, PAGE_BYTES);
  munmap (page, PAGE_BYTES);
}

static NullmailRelayCredentials *
new_from_pipe (const char *suffix,
               GError    **error)
{
  g_autoptr(NullmailRelayHost) relay = nullmail_relay_host_parse ("[a.example]:587", NULL);
  NullmailRelayCredentials *self;
  char *page = new_marker_page ();
  int fds[2];

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  g_assert_cmpint (write (fds[1], page, MARKER_BYTES), ==, MARKER_BYTES);
  g_assert_cmpint (write (fds[1], suffix, strlen (suffix)), ==, strlen (suffix));
  free_marker_page (page);
  close (fds[1]);

  self = nullmail_relay_credentials_new_from_fd (relay, "u", fds[0], NULL, error);
  close (fds[0]);

  return self;
}

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
  NullmailRelayCredentials *self = new_from_pipe ("\n", &error);

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

  g_assert_null (new_from_pipe ("\n\n", &error));
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
  NullmailRelayCredentials *self = new_from_pipe ("", NULL);
  NullmailRelayCredentials *other = new_from_pipe ("", NULL);
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
  g_autoptr(NullmailRelayCredentials) given = new_from_pipe ("", NULL);
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
  g_autofree char *folder = NULL;
  g_autofree char *path = NULL;

  if (g_test_subprocess ())
    {
      store_marker ();
      return;
    }

  folder = g_dir_make_tmp ("nullmail-XXXXXX", NULL);
  path = g_build_filename (folder, "keyring", NULL);
  g_setenv ("SECRET_BACKEND", "file", TRUE);
  g_setenv ("SECRET_FILE_TEST_PASSWORD", "of the file", TRUE);
  g_setenv ("SECRET_FILE_TEST_PATH", path, TRUE);

  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  look_marker_up ();
  g_assert_cmpuint (count_markers (), ==, 0);

  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
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

/* Tools that keep copies of memory, or of what was freed, are no place to search. */
static gboolean
can_search (void)
{
#ifdef HAS_SHADOW_MEMORY
  return FALSE;
#else
  g_autofree char *maps = NULL;

  return g_file_get_contents ("/proc/self/maps", &maps, NULL, NULL)
         && strstr (maps, "/vgpreload_") == NULL;
#endif
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  if (!can_search ())
    {
      g_print ("1..0 # SKIP memory cannot be searched here, under a memory checker for example\n");
      return 0;
    }

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
