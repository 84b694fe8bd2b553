/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/chroot-copies-private.h"

#include <string.h>
#include <sys/stat.h>

#include "base/regular-file-private.h"

/* A file that is needed is missed where there is no copy; the others are the better for one, and
 * the C library does without. */
static const struct
{
  const char *path;
  gboolean    is_needed;
  gboolean    is_text;  /* with comments, which do not count */
} files[] = {
  { "/etc/resolv.conf", TRUE, TRUE },
  { "/etc/services", TRUE, TRUE },
  { "/etc/hosts", FALSE, TRUE },
  { "/etc/nsswitch.conf", FALSE, TRUE },
  { "/etc/localtime", FALSE, FALSE },
};

/* What is left without comments, empty lines, and blanks at the ends. */
static char *
get_meaning (GBytes *bytes)
{
  g_autofree char *text = _nullmail_bytes_to_text (bytes);
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);
  GString *meaning = g_string_sized_new (strlen (text));

  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *line = g_strstrip (lines[i]);

      line[strcspn (line, "#;")] = '\0';
      g_strchomp (line);
      if (*line != '\0')
        g_string_append_printf (meaning, "%s\n", line);
    }

  return g_string_free (meaning, FALSE);
}

static gboolean
has_same_contents (GBytes   *a,
                   GBytes   *b,
                   gboolean  is_text)
{
  g_autofree char *meaning_a = NULL;
  g_autofree char *meaning_b = NULL;

  if (!is_text || g_bytes_equal (a, b))
    return g_bytes_equal (a, b);

  meaning_a = get_meaning (a);
  meaning_b = get_meaning (b);
  return g_str_equal (meaning_a, meaning_b);
}

/* What cannot be read here is in order. */
static gboolean
is_file_stale (const char *root,
               guint       index)
{
  const char *path = files[index].path;
  g_autofree char *copy_path = g_build_filename (root, path, NULL);
  g_autoptr(GBytes) original = _nullmail_regular_file_load (path, NULL, NULL);
  g_autoptr(GBytes) copy = NULL;

  if (original == NULL)
    return FALSE;
  if (!g_file_test (copy_path, G_FILE_TEST_EXISTS))
    return files[index].is_needed && g_file_test (root, G_FILE_TEST_IS_DIR);

  copy = _nullmail_regular_file_load (copy_path, NULL, NULL);
  return copy != NULL && !has_same_contents (original, copy, files[index].is_text);
}

/* A certificate that is not there, or is another one. What is no certificate need not be copied,
 * nor links by the hash of a name, which are made anew. */
static gboolean
is_certificate_stale (const char *folder,
                      const char *copy_folder,
                      const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *copy_path = g_build_filename (copy_folder, name, NULL);
  struct stat original, copy;

  if (!g_str_has_suffix (name, ".pem") || stat (path, &original) < 0
      || !S_ISREG (original.st_mode))
    return FALSE;

  return stat (copy_path, &copy) < 0 || copy.st_size != original.st_size;
}

static gboolean
is_folder_stale (const char *root,
                 const char *folder)
{
  g_autofree char *copy_folder = g_build_filename (root, folder, NULL);
  g_autoptr(GDir) original = g_dir_open (folder, 0, NULL);
  g_autoptr(GDir) copy = NULL;
  const char *name = original != NULL ? g_dir_read_name (original) : NULL;

  if (name == NULL || g_str_has_prefix (folder, root))
    return FALSE;

  copy = g_dir_open (copy_folder, 0, NULL);
  if (copy == NULL || g_dir_read_name (copy) == NULL)
    return g_file_test (root, G_FILE_TEST_IS_DIR);

  for (; name != NULL; name = g_dir_read_name (original))
    if (is_certificate_stale (folder, copy_folder, name))
      return TRUE;

  return FALSE;
}

char **
_nullmail_chroot_list_stale (const char *root,
                             const char *ca_path)
{
  g_autoptr(GStrvBuilder) stale = g_strv_builder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    if (is_file_stale (root, i))
      g_strv_builder_add (stale, files[i].path);
  if (ca_path != NULL && g_path_is_absolute (ca_path) && is_folder_stale (root, ca_path))
    g_strv_builder_add (stale, ca_path);

  return g_strv_builder_end (stale);
}
