/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gio/gio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error-private.h"
#include "commit/state-folder-private.h"
#include "scratch.h"

typedef struct
{
  char *directory;
  char *state;      /* below it, not yet made */
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data G_GNUC_UNUSED)
{
  fixture->directory = scratch_new ();
  fixture->state = g_build_filename (fixture->directory, "lib", "state", NULL);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  scratch_free (fixture->directory);
  g_free (fixture->state);
}

static void
save (Fixture    *fixture,
      const char *subject,
      const char *text)
{
  g_autoptr(NullmailStateFolder) folder = _nullmail_state_folder_new (fixture->state, subject);
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr(GError) error = NULL;

  _nullmail_state_folder_prepare (folder, "record", bytes, &error);
  g_assert_no_error (error);
  _nullmail_state_folder_finish (folder, "record", TRUE);
}

/* NULL: there is none. */
static void
assert_saved (Fixture    *fixture,
              const char *subject,
              const char *text)
{
  g_autoptr(NullmailStateFolder) folder = _nullmail_state_folder_new (fixture->state, subject);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = _nullmail_state_folder_load (folder, "record", &error);

  if (text == NULL)
    {
      g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_FOUND);
      return;
    }

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), text, strlen (text));
}

/* The way is made as far as it is missing, and is nobody else's, whatever the umask is. */
static void
test_modes (Fixture       *fixture,
            gconstpointer  data G_GNUC_UNUSED)
{
  static const mode_t masks[] = { 0, 0777 };

  for (guint i = 0; i < G_N_ELEMENTS (masks); i++)
    {
      g_autofree char *folder = g_build_filename (fixture->state, "%2Fetc%2Fpostfix", NULL);
      g_autofree char *record = g_build_filename (folder, "record", NULL);
      g_autofree char *above = g_path_get_dirname (fixture->state);
      const char *folders[] = { above, fixture->state, folder };
      mode_t mask = umask (masks[i]);
      struct stat info;

      save (fixture, "/etc/postfix", "text");
      umask (mask);
      for (guint j = 0; j < G_N_ELEMENTS (folders); j++)
        {
          g_assert_cmpint (stat (folders[j], &info), ==, 0);
          g_assert_cmpuint (info.st_mode & 07777, ==, 0700);
        }
      g_assert_cmpint (stat (record, &info), ==, 0);
      g_assert_cmpuint (info.st_mode & 07777, ==, 0600);
      scratch_clear (fixture->directory);
    }
}

/* Every directory has its own folder, however long its path is. */
static void
test_long_names (Fixture       *fixture,
                 gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *name = g_strnfill (250, 'x');
  g_autofree char *just = g_strnfill (253, 'y');  /* its slash becomes three characters */
  g_autofree char *first = g_strconcat ("/etc/", name, "/a", NULL);
  g_autofree char *second = g_strconcat ("/etc/", name, "/b", NULL);
  g_autofree char *odd = g_strconcat ("/etc/", name, "/a/../a/", NULL);

  just[0] = '/';
  assert_saved (fixture, first, NULL);
  save (fixture, first, "first");
  save (fixture, second, "second");
  save (fixture, just, "just");
  assert_saved (fixture, first, "first");
  assert_saved (fixture, odd, "first");
  assert_saved (fixture, second, "second");
  assert_saved (fixture, just, "just");
}

/* A folder that was there before names could be long is found by the name that it has. */
static void
test_plain_name (Fixture       *fixture,
                 gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *folder = g_build_filename (fixture->state, "%2Fetc%2Fpostfix%20two", NULL);
  g_autofree char *record = g_build_filename (folder, "record", NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (record, "text", -1, NULL));
  assert_saved (fixture, "/etc/postfix two", "text");
}

/* What a killed run has prepared is there to be read, and is written over by the next. */
static void
test_prepared (Fixture       *fixture,
               gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr(NullmailStateFolder) folder =
    _nullmail_state_folder_new (fixture->state, "/etc/postfix");
  g_autoptr(GBytes) bytes = g_bytes_new_static ("killed", 6);
  g_autoptr(GBytes) found = NULL;

  g_assert_true (_nullmail_state_folder_prepare (folder, "record", bytes, NULL));
  found = _nullmail_state_folder_load_prepared (folder, "record", NULL);
  g_assert_true (g_bytes_equal (found, bytes));
  assert_saved (fixture, "/etc/postfix", NULL);
  save (fixture, "/etc/postfix", "text");
  assert_saved (fixture, "/etc/postfix", "text");
  g_assert_null (_nullmail_state_folder_load_prepared (folder, "record", NULL));
}

#define ADD(name, function) \
  g_test_add ("/state-folder/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  ADD ("modes", test_modes);
  ADD ("long-names", test_long_names);
  ADD ("plain-name", test_plain_name);
  ADD ("prepared", test_prepared);

  return g_test_run ();
}
