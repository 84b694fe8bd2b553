/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "tree.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

void
tree_clear (const char *folder)
{
  g_autoptr(GDir) directory = g_dir_open (folder, 0, NULL);
  const char *name;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
        tree_clear (path);
      g_assert_cmpint (g_remove (path), ==, 0);
    }
}

/* With mode, owner, times and extended attributes. */
void
tree_copy (const char *from,
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
          tree_copy (source_path, target_path);
          continue;
        }
      g_file_copy (source, target, G_FILE_COPY_NOFOLLOW_SYMLINKS | G_FILE_COPY_ALL_METADATA, NULL,
                   NULL, NULL, &error);
      g_assert_no_error (error);
    }
}
