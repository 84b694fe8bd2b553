/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "commit/leftovers-private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/secure-path-private.h"
#include "commit/edit-lock-private.h"
#include "commit/staged-file-private.h"

/* Room for the names of a usual directory at once. */
#define LISTED_BYTES (16 * 1024)

typedef void (* NameFunc) (int         directory,
                           const char *name,
                           gpointer    data);

/* Calls a function for each name of a directory whose descriptor was not read from yet. The kernel
 * is asked directly: what readdir (3) does besides costs more than the reading. */
static void
for_each_name (int      directory,
               NameFunc func,
               gpointer data)
{
  union { struct dirent64 first; char bytes[LISTED_BYTES]; } room;
  gssize size;

  while ((size = getdents64 (directory, &room, sizeof room)) > 0)
    {
      for (gssize offset = 0; offset < size;)
        {
          const struct dirent64 *entry = (gconstpointer) (room.bytes + offset);

          func (directory, entry->d_name, data);
          offset += entry->d_reclen;
        }
    }
}

static void
remove_file (int         directory,
             const char *name,
             gpointer    data G_GNUC_UNUSED)
{
  unlinkat (directory, name, 0);
}

void
_nullmail_remove_private_directory (int         directory,
                                    const char *name,
                                    const char *known)
{
  int fd = openat (directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

  if (fd >= 0)
    {
      if (known != NULL)
        unlinkat (fd, known, 0);
      for_each_name (fd, remove_file, NULL);
      close (fd);
    }
  unlinkat (directory, name, AT_REMOVEDIR);
}

/* Whether a name begins with that of a private file. Berkeley DB makes a new file under its own
 * word and the name, and then renames it. */
static gboolean
is_made_of (const char *name,
            const char *source)
{
  if (g_str_has_prefix (name, NULLMAIL_BERKELEY_DB_PREFIX))
    name += strlen (NULLMAIL_BERKELEY_DB_PREFIX);

  return g_str_has_prefix (name, source);
}

static gboolean
is_leftover (const char *name)
{
  return is_made_of (name, NULLMAIL_STAGED_PREFIX);
}

static void
remove_leftover (int         directory,
                 const char *name,
                 gpointer    data G_GNUC_UNUSED)
{
  if (!is_leftover (name) || g_str_equal (name, NULLMAIL_LOCK_DIRECTORY))
    return;
  if (unlinkat (directory, name, 0) < 0 && errno == EISDIR)
    _nullmail_remove_private_directory (directory, name, NULL);
}

void
_nullmail_leftovers_remove (int directory)
{
  for_each_name (directory, remove_leftover, NULL);
}

/* One private file, and what may stay of all that was made from it. */
typedef struct
{
  const char *source;
  const char *kept;
} Made;

static void
remove_made (int         directory,
             const char *name,
             gpointer    data)
{
  const Made *made = data;

  if (is_made_of (name, made->source) && !g_str_equal (name, made->source)
      && g_strcmp0 (name, made->kept) != 0)
    remove_leftover (directory, name, NULL);
}

void
_nullmail_leftovers_remove_made (int         directory,
                                 const char *source,
                                 const char *kept)
{
  Made made = { source, kept };

  lseek (directory, 0, SEEK_SET);  /* it was read before */
  for_each_name (directory, remove_made, &made);
}

/* What was found in a directory. */
typedef struct
{
  gboolean has_leftovers;  /* a lock among them */
  gboolean has_edit_lock;
} Found;

static void
note_name (int         directory G_GNUC_UNUSED,
           const char *name,
           gpointer    data)
{
  Found *found = data;

  if (is_leftover (name))
    found->has_leftovers = TRUE;
  else if (g_str_equal (name, NULLMAIL_LOCK_EDIT))
    found->has_edit_lock = TRUE;
}

/* Not for doing anything: to release a lock removes its file, also one that was left. */
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
  g_autoptr(NullmailEditLock) edit_lock = NULL;
  Found found = { FALSE, FALSE };
  struct stat info;

  for_each_name (directory, note_name, &found);
  if (found.has_leftovers)
    lock = try_lock (directory, NULLMAIL_LOCK_DIRECTORY);
  if (lock != NULL && lseek (directory, 0, SEEK_SET) == 0)
    _nullmail_leftovers_remove (directory);
  if (found.has_edit_lock
      && fstatat (directory, NULLMAIL_LOCK_EDIT, &info, AT_SYMLINK_NOFOLLOW) == 0
      && S_ISREG (info.st_mode))
    edit_lock = try_lock (directory, NULLMAIL_LOCK_EDIT);
}

/* The directory that a link at the name leads to, or that of a link behind it. */
static void
tidy_behind_link (int         directory,
                  const char *path)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *file = NULL;
  struct stat info;
  int behind;

  if (fstatat (directory, name, &info, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISLNK (info.st_mode))
    return;

  behind = _nullmail_secure_path_open_parent (path, &file, NULL, NULL, NULL);
  if (behind < 0)
    return;

  tidy_directory (behind);
  close (behind);
}

void
_nullmail_leftovers_tidy (const char * const *paths)
{
  g_autofree char *last_path = NULL;
  int directory = -1;

  for (guint i = 0; paths[i] != NULL; i++)
    {
      g_autofree char *directory_path = g_path_get_dirname (paths[i]);

      if (g_strcmp0 (directory_path, last_path) != 0)
        {
          if (directory >= 0)
            close (directory);
          directory = _nullmail_secure_path_open_directory (directory_path, NULL, NULL, NULL);
          if (directory >= 0)
            tidy_directory (directory);
          g_free (last_path);
          last_path = g_steal_pointer (&directory_path);
        }
      if (directory >= 0)
        tidy_behind_link (directory, paths[i]);
    }

  if (directory >= 0)
    close (directory);
}
