/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "commit/locked-directories-private.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/error-private.h"
#include "base/secure-path-private.h"
#include "commit/edit-lock-private.h"
#include "commit/leftovers-private.h"

typedef struct
{
  int               fd;       /* (owned) */
  struct stat       info;
  char             *path;     /* (owned) (nullable) that leads here; NULL if only a link does */
  gboolean          by_link;  /* there is a link on that path */
  NullmailEditLock *lock;     /* (owned) (nullable) NULL where nothing can be written */
} Directory;

struct _NullmailLockedDirectories
{
  GPtrArray *directories;  /* (element-type Directory) */
};

static void
directory_free (gpointer data)
{
  Directory *directory = data;

  g_clear_pointer (&directory->lock, _nullmail_edit_lock_release);
  close (directory->fd);
  g_free (directory->path);
  g_free (directory);
}

NullmailLockedDirectories *
_nullmail_locked_directories_new (void)
{
  NullmailLockedDirectories *self = g_new0 (NullmailLockedDirectories, 1);

  self->directories = g_ptr_array_new_with_free_func (directory_free);
  return self;
}

void
_nullmail_locked_directories_free (NullmailLockedDirectories *self)
{
  g_ptr_array_unref (self->directories);
  g_free (self);
}

void
_nullmail_place_clear (NullmailPlace *place)
{
  g_clear_pointer (&place->name, g_free);
}

static Directory *
find_by_path (NullmailLockedDirectories *self,
              const char                *path)
{
  for (guint i = 0; i < self->directories->len; i++)
    {
      Directory *directory = g_ptr_array_index (self->directories, i);

      if (g_strcmp0 (directory->path, path) == 0)
        return directory;
    }

  return NULL;
}

static Directory *
find_by_inode (NullmailLockedDirectories *self,
               const struct stat         *info)
{
  for (guint i = 0; i < self->directories->len; i++)
    {
      Directory *directory = g_ptr_array_index (self->directories, i);

      if (directory->info.st_dev == info->st_dev && directory->info.st_ino == info->st_ino)
        return directory;
    }

  return NULL;
}

static gboolean
can_be_written (int directory)
{
  return faccessat (directory, ".", W_OK, AT_EACCESS) == 0 || (errno != EROFS && errno != EACCES);
}

/* NULL without an error where nothing can be written: nobody has to be kept away there, and files
 * may still be compared. */
static NullmailEditLock *
lock_directory (int            fd,
                const char    *path,
                GCancellable  *cancellable,
                GError       **error)
{
  g_autoptr(GError) local_error = NULL;
  NullmailEditLock *lock = _nullmail_edit_lock_acquire (fd, path, NULLMAIL_LOCK_DIRECTORY,
                                                        NULLMAIL_LOCK_TIMEOUT_MS, cancellable,
                                                        &local_error);

  if (lock == NULL && can_be_written (fd))
    g_propagate_error (error, g_steal_pointer (&local_error));

  return lock;
}

/* Takes over fd, of which fstat (2) says info. */
static Directory *
enter (NullmailLockedDirectories  *self,
       int                         fd,
       const struct stat          *info,
       const char                 *path,
       GCancellable               *cancellable,
       GError                    **error)
{
  g_autoptr(GError) local_error = NULL;
  Directory *directory = find_by_inode (self, info);
  NullmailEditLock *lock;

  if (directory != NULL)
    {
      close (fd);
      return directory;
    }

  lock = lock_directory (fd, path, cancellable, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      close (fd);
      return NULL;
    }

  directory = g_new0 (Directory, 1);
  directory->fd = fd;
  directory->info = *info;
  directory->lock = lock;
  g_ptr_array_add (self->directories, directory);
  /* Whoever holds the lock is the only one who may have private files there. */
  if (lock != NULL)
    _nullmail_leftovers_remove (fd);
  return directory;
}

/* The path of a directory, for it to be found by. */
static void
remember_path (Directory  *directory,
               const char *path,
               gboolean    by_link)
{
  if (directory->path != NULL)
    return;

  directory->path = g_strdup (path);
  directory->by_link = by_link;
}

int
_nullmail_locked_directories_enter (NullmailLockedDirectories  *self,
                                    const char                 *path,
                                    GCancellable               *cancellable,
                                    GError                    **error)
{
  g_autofree char *canonical = g_canonicalize_filename (path, NULL);
  Directory *directory;
  struct stat info;
  gboolean by_link;
  int fd = _nullmail_secure_path_open_directory (path, &by_link, &info, error);

  if (fd < 0)
    return -1;

  directory = enter (self, fd, &info, path, cancellable, error);
  if (directory == NULL)
    return -1;

  remember_path (directory, canonical, by_link);
  return directory->fd;
}

static gboolean
look (NullmailPlace    *place,
      const Directory  *directory,
      const char       *path,
      GError          **error)
{
  place->directory = directory->fd;
  place->directory_info = directory->info;
  place->exists = fstatat (directory->fd, place->name, &place->info, AT_SYMLINK_NOFOLLOW) == 0;
  if (place->exists || errno == ENOENT)
    return TRUE;

  _nullmail_set_error_errno (error, errno, "Could not examine “%s”", path);
  return FALSE;
}

/* To a file whose directory was not entered by that path yet, or which is a link. */
static gboolean
walk (NullmailLockedDirectories  *self,
      const char                 *path,
      const char                 *directory_path,
      NullmailPlace              *place,
      GCancellable               *cancellable,
      GError                    **error)
{
  Directory *directory;
  struct stat info;
  int fd = _nullmail_secure_path_open_parent (path, &place->name, &place->by_link, &info, error);

  if (fd < 0)
    return FALSE;

  directory = enter (self, fd, &info, directory_path, cancellable, error);
  if (directory == NULL)
    return FALSE;
  if (!place->by_link)
    remember_path (directory, directory_path, FALSE);

  return look (place, directory, path, error);
}

gboolean
_nullmail_locked_directories_find (NullmailLockedDirectories  *self,
                                   const char                 *path,
                                   NullmailPlace              *place,
                                   GCancellable               *cancellable,
                                   GError                    **error)
{
  g_autofree char *canonical = g_canonicalize_filename (path, NULL);
  g_autofree char *directory_path = g_path_get_dirname (canonical);
  const Directory *directory = find_by_path (self, directory_path);

  if (directory == NULL)
    return walk (self, path, directory_path, place, cancellable, error);

  place->name = g_path_get_basename (canonical);
  place->by_link = directory->by_link;
  if (!look (place, directory, path, error))
    return FALSE;
  if (!place->exists || !S_ISLNK (place->info.st_mode))
    return TRUE;

  _nullmail_place_clear (place);
  return walk (self, path, directory_path, place, cancellable, error);
}
