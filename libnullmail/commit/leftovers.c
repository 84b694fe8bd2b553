/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "commit/leftovers-private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/secure-path-private.h"
#include "commit/edit-lock-private.h"
#include "commit/staged-file-private.h"

void
_nullmail_remove_private_directory (int         directory,
                                    const char *name)
{
  int fd = openat (directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

  if (fd >= 0)
    {
      unlinkat (fd, "main.cf", 0);
      close (fd);
    }
  unlinkat (directory, name, AT_REMOVEDIR);
}

/* Berkeley DB makes a new table under its own word and the name, and then renames it. */
static gboolean
is_leftover (const char *name)
{
  if (g_str_has_prefix (name, NULLMAIL_BERKELEY_DB_PREFIX))
    name += strlen (NULLMAIL_BERKELEY_DB_PREFIX);

  return g_str_has_prefix (name, NULLMAIL_STAGED_PREFIX);
}

static void
remove_leftover (int         directory,
                 const char *name)
{
  if (unlinkat (directory, name, 0) < 0 && errno == EISDIR)
    _nullmail_remove_private_directory (directory, name);
}

/* Calls a function, which may be NULL, for each private file but the lock, and says whether there
 * is one, be it the lock. */
static gboolean
find_leftovers (int   directory,
                void  (* found) (int directory, const char *name))
{
  int fd = openat (directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *stream = fd >= 0 ? fdopendir (fd) : NULL;
  struct dirent *entry;
  gboolean any = FALSE;

  if (stream == NULL)
    {
      if (fd >= 0)
        close (fd);
      return FALSE;
    }

  while ((entry = readdir (stream)) != NULL)
    {
      if (!is_leftover (entry->d_name))
        continue;
      any = TRUE;
      if (found != NULL && !g_str_equal (entry->d_name, NULLMAIL_LOCK_DIRECTORY))
        found (directory, entry->d_name);
    }

  closedir (stream);
  return any;
}

void
_nullmail_leftovers_remove (int directory)
{
  find_leftovers (directory, remove_leftover);
}

/* A lock that nobody holds goes with its release. */
static NullmailEditLock *
try_lock (int         directory,
          const char *name)
{
  return _nullmail_edit_lock_acquire (directory, ".", name, 0, NULL, NULL);
}

static void
tidy_directory (int directory)
{
  g_autoptr(NullmailEditLock) lock = NULL;
  g_autoptr(NullmailEditLock) main_cf_lock = NULL;
  struct stat info;

  if (find_leftovers (directory, NULL))
    lock = try_lock (directory, NULLMAIL_LOCK_DIRECTORY);
  if (lock != NULL)
    _nullmail_leftovers_remove (directory);
  if (fstatat (directory, NULLMAIL_LOCK_MAIN_CF, &info, AT_SYMLINK_NOFOLLOW) == 0
      && S_ISREG (info.st_mode))
    main_cf_lock = try_lock (directory, NULLMAIL_LOCK_MAIN_CF);
}

void
_nullmail_leftovers_tidy (const char *path)
{
  g_autofree char *name = NULL;
  g_autofree char *link_path = g_path_get_dirname (path);
  gboolean by_link = FALSE;
  int directory = _nullmail_secure_path_open_parent (path, &name, &by_link, NULL);

  if (directory >= 0)
    {
      tidy_directory (directory);
      close (directory);
    }

  directory = by_link ? _nullmail_secure_path_open_directory (link_path, NULL) : -1;
  if (directory >= 0)
    {
      tidy_directory (directory);
      close (directory);
    }
}
