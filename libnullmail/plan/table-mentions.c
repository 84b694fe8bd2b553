/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "plan/table-mentions-private.h"

#include <string.h>
#include <sys/stat.h>

static gboolean
is_same_inode (const char *a,
               const char *b)
{
  struct stat a_info, b_info;

  return stat (a, &a_info) == 0 && stat (b, &b_info) == 0 && a_info.st_dev == b_info.st_dev
         && a_info.st_ino == b_info.st_ino;
}

gboolean
_nullmail_paths_are_same (const char *a,
                          const char *b)
{
  g_autofree char *a_name = g_path_get_basename (a);
  g_autofree char *b_name = g_path_get_basename (b);
  g_autofree char *a_folder = g_path_get_dirname (a);
  g_autofree char *b_folder = g_path_get_dirname (b);

  return g_str_equal (a, b) || is_same_inode (a, b)
         || (g_str_equal (a_name, b_name) && is_same_inode (a_folder, b_folder));
}

gboolean
_nullmail_text_names_table (const char *text,
                            const char *type,
                            const char *path)
{
  for (const char *p = strstr (text, ":/"); p != NULL; p = strstr (p + 1, ":/"))
    {
      g_autofree char *found = g_strndup (p + 1, strcspn (p + 1, " \t\r\n,}\""));
      const char *word = p;

      while (word > text && g_ascii_isalnum (word[-1]))
        word--;
      if ((*type == '\0' || (strlen (type) == (gsize) (p - word) && g_str_has_prefix (word, type)))
          && _nullmail_paths_are_same (found, path))
        return TRUE;
    }

  return FALSE;
}

gboolean
_nullmail_configuration_names_table (NullmailEffective *effective,
                                     const char        *master_cf,
                                     const char        *type,
                                     const char        *path)
{
  NullmailMainCf *main_cf = _nullmail_effective_get_main_cf (effective);
  g_auto(GStrv) names = nullmail_main_cf_list_names (main_cf);
  g_autofree char *name = g_path_get_basename (path);

  if (master_cf != NULL && strstr (master_cf, name) != NULL)
    return TRUE;

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *value = nullmail_main_cf_get_value (main_cf, names[i]);
      g_autofree char *expanded = _nullmail_effective_expand (effective, value, NULL);

      if (expanded != NULL ? _nullmail_text_names_table (expanded, type, path)
                           : strstr (value, name) != NULL)
        return TRUE;
    }

  return FALSE;
}
