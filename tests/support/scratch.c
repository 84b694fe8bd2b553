/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "scratch.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *
scratch_new (void)
{
  const char *base = g_getenv ("NULLMAIL_TEST_TMP");
  char *folder = g_build_filename (base != NULL ? base : g_get_tmp_dir (), "test-XXXXXX", NULL);

  if (base != NULL)
    g_assert_cmpint (g_mkdir_with_parents (base, 0755), ==, 0);
  g_assert_nonnull (g_mkdtemp_full (folder, 0755));
  return folder;
}

void
scratch_clear (const char *folder)
{
  g_autoptr(GDir) directory = g_dir_open (folder, 0, NULL);
  const char *name;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
        scratch_clear (path);
      g_assert_cmpint (g_remove (path), ==, 0);
    }
}

void
scratch_free (char *folder)
{
  scratch_clear (folder);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_free (folder);
}

void
scratch_copy (const char *from,
              const char *to)
{
  g_autoptr(GDir) directory = g_dir_open (from, 0, NULL);
  g_autoptr(GError) error = NULL;
  const char *name;

  g_assert_nonnull (directory);
  while ((name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *source_path = g_build_filename (from, name, NULL);
      g_autofree char *target_path = g_build_filename (to, name, NULL);
      g_autoptr(GFile) source = g_file_new_for_path (source_path);
      g_autoptr(GFile) target = g_file_new_for_path (target_path);

      if (g_file_test (source_path, G_FILE_TEST_IS_DIR))
        {
          g_assert_cmpint (g_mkdir (target_path, 0700), ==, 0);
          scratch_copy (source_path, target_path);
          continue;
        }
      g_file_copy (source, target, G_FILE_COPY_NOFOLLOW_SYMLINKS | G_FILE_COPY_ALL_METADATA, NULL,
                   NULL, NULL, &error);
      g_assert_no_error (error);
    }
}

void
scratch_write (const char *path,
               const char *text,
               mode_t      mode)
{
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_cmpint (g_chmod (path, mode), ==, 0);
}

guint
scratch_count (const char *folder,
               const char *prefix)
{
  g_autoptr(GDir) directory = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  g_assert_nonnull (directory);
  while ((name = g_dir_read_name (directory)) != NULL)
    n += g_str_has_prefix (name, prefix);

  return n;
}

void
assert_file (const char *path,
             const char *text)
{
  g_autofree char *contents = NULL;

  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, text);
}

void
assert_mode (const char *path,
             mode_t      mode)
{
  struct stat info;

  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 07777, ==, mode);
}

void
assert_names (const char *folder,
              const char *names)
{
  g_auto(GStrv) wanted = g_strsplit (names, " ", -1);

  for (guint i = 0; wanted[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (folder, wanted[i], NULL);
      struct stat info;

      g_assert_cmpint (lstat (path, &info), ==, 0);
    }
  g_assert_cmpuint (scratch_count (folder, ""), ==, g_strv_length (wanted));
}

static gboolean
is_in_ci (void)
{
  return g_strcmp0 (g_getenv ("CI"), "true") == 0;
}

void
test_is_lacking (const char *reason)
{
  if (is_in_ci ())
    g_test_fail_printf ("%s", reason);
  else
    g_test_skip (reason);
}

int
program_is_lacking (const char *reason)
{
  g_print ("1..0 # SKIP %s\n", reason);
  return is_in_ci () ? 1 : 0;
}
