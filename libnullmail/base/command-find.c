/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "base/command-private.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/secure-path-private.h"

/* A folder of PATH counts only if nobody else could have put the program there. */
static char *
find_in_directory (const char *directory,
                   const char *name)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  g_autofree char *file = NULL;
  struct stat info;
  int parent;
  gboolean found;

  if (!g_path_is_absolute (path))
    return NULL;

  parent = _nullmail_secure_path_open_parent (path, &file, NULL, NULL, NULL);
  if (parent < 0)
    return NULL;

  found = fstatat (parent, file, &info, AT_SYMLINK_NOFOLLOW) == 0
          && S_ISREG (info.st_mode)
          && _nullmail_stat_is_secure (&info)
          && faccessat (parent, file, X_OK, AT_EACCESS) == 0;
  close (parent);

  return found ? g_steal_pointer (&path) : NULL;
}

char *
_nullmail_command_find (const char  *name,
                        const char  *directory,
                        GError     **error)
{
  const char *search = g_getenv ("PATH");
  g_autofree char *where = NULL;
  g_auto(GStrv) folders = NULL;

  if (directory != NULL)
    {
      char *path = find_in_directory (directory, name);

      if (path == NULL)
        g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_COMMAND,
                     "There is no command “%s” in “%s” that only root or you can change: install "
                     "Postfix, or name the folder of its commands", name, directory);
      return path;
    }

  where = g_strconcat (search != NULL ? search : "", ":/usr/sbin:/usr/bin:/sbin:/bin", NULL);
  folders = g_strsplit (where, ":", -1);
  for (guint i = 0; folders[i] != NULL; i++)
    {
      char *path = find_in_directory (folders[i], name);

      if (path != NULL)
        return path;
    }

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_COMMAND,
               "The command “%s” is neither in PATH nor in the system's folders: install Postfix, "
               "or name the folder of its commands", name);
  return NULL;
}
