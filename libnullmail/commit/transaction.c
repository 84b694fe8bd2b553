/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "commit/transaction-private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/error-private.h"
#include "base/secure-path-private.h"
#include "commit/edit-lock-private.h"

typedef struct
{
  int               fd;    /* (owned) */
  dev_t             device;
  ino_t             inode;
  gboolean          is_shared;  /* a sticky directory, where others may put files, too */
  NullmailEditLock *lock;  /* (owned) */
} Directory;

typedef struct
{
  NullmailStagedFile *file;  /* (unowned) */
  gboolean            barrier;
} Step;

struct _NullmailTransaction
{
  char             *main_cf_directory;  /* (owned) (nullable) */
  NullmailEditLock *main_cf_lock;       /* (owned) (nullable) */
  GPtrArray        *directories;        /* (element-type Directory) */
  GPtrArray        *files;              /* (element-type NullmailStagedFile) */
  GArray           *steps;              /* (element-type Step) */
};

static void
directory_free (gpointer data)
{
  Directory *directory = data;

  _nullmail_edit_lock_release (directory->lock);
  close (directory->fd);
  g_free (directory);
}

void
_nullmail_transaction_unlock (NullmailTransaction *self)
{
  g_clear_pointer (&self->main_cf_lock, _nullmail_edit_lock_release);
}

void
_nullmail_transaction_free (NullmailTransaction *self)
{
  /* The private files go while their directories are still locked, and open. */
  g_ptr_array_unref (self->files);
  g_clear_pointer (&self->main_cf_lock, _nullmail_edit_lock_release);
  g_ptr_array_unref (self->directories);
  g_array_unref (self->steps);
  g_free (self->main_cf_directory);
  g_free (self);
}

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
  const struct dirent *entry;
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

/* Takes over fd. */
static Directory *
enter_directory (NullmailTransaction  *self,
                 int                   fd,
                 const char           *path,
                 GCancellable         *cancellable,
                 GError              **error)
{
  g_autofree char *directory_path = g_path_get_dirname (path);
  NullmailEditLock *lock;
  Directory *directory;
  struct stat info;

  if (fstat (fd, &info) < 0)
    {
      _nullmail_set_error_errno (error, errno, "Could not examine “%s”", directory_path);
      close (fd);
      return NULL;
    }

  for (guint i = 0; i < self->directories->len; i++)
    {
      directory = g_ptr_array_index (self->directories, i);
      if (directory->device == info.st_dev && directory->inode == info.st_ino)
        {
          close (fd);
          return directory;
        }
    }

  lock = _nullmail_edit_lock_acquire (fd, directory_path, NULLMAIL_LOCK_DIRECTORY,
                                      NULLMAIL_LOCK_TIMEOUT_MS, cancellable, error);
  if (lock == NULL)
    {
      close (fd);
      return NULL;
    }

  directory = g_new0 (Directory, 1);
  directory->fd = fd;
  directory->device = info.st_dev;
  directory->inode = info.st_ino;
  directory->is_shared = (info.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  directory->lock = lock;
  g_ptr_array_add (self->directories, directory);
  /* Whoever holds the lock is the only one who may have private files there. */
  find_leftovers (fd, remove_leftover);
  return directory;
}

void
_nullmail_transaction_tidy (const char *path)
{
  g_autofree char *name = NULL;
  g_autofree char *directory_path = g_path_get_dirname (path);
  NullmailEditLock *lock = NULL;
  int directory = _nullmail_secure_path_open_parent (path, &name, NULL);

  if (directory < 0)
    return;

  if (find_leftovers (directory, NULL))
    lock = _nullmail_edit_lock_acquire (directory, directory_path, NULLMAIL_LOCK_DIRECTORY, 0,
                                        NULL, NULL);
  if (lock != NULL)
    {
      find_leftovers (directory, remove_leftover);
      _nullmail_edit_lock_release (lock);
    }
  close (directory);
}

static gboolean
lock_main_cf_directory (NullmailTransaction  *self,
                        GCancellable         *cancellable,
                        GError              **error)
{
  g_autofree char *path = g_build_filename (self->main_cf_directory, "main.cf", NULL);
  int fd = _nullmail_secure_path_open_directory (self->main_cf_directory, error);

  return fd >= 0 && enter_directory (self, fd, path, cancellable, error) != NULL;
}

static gboolean
lock_main_cf (NullmailTransaction  *self,
              guint                 timeout_ms,
              GCancellable         *cancellable,
              GError              **error)
{
  Directory *directory = g_ptr_array_index (self->directories, 0);

  self->main_cf_lock = _nullmail_edit_lock_acquire (directory->fd, self->main_cf_directory,
                                                    NULLMAIL_LOCK_MAIN_CF, timeout_ms,
                                                    cancellable, error);
  return self->main_cf_lock != NULL;
}

/* One deadline for both locks: who had to wait for the first waits less for the second. */
static guint
get_time_left_ms (gint64 begun_us)
{
  gint64 waited_ms = (g_get_monotonic_time () - begun_us) / 1000;

  return NULLMAIL_LOCK_TIMEOUT_MS - (guint) MIN (waited_ms, NULLMAIL_LOCK_TIMEOUT_MS);
}

NullmailTransaction *
_nullmail_transaction_new (const char    *main_cf_directory,
                           GCancellable  *cancellable,
                           GError       **error)
{
  g_autoptr(NullmailTransaction) self = g_new0 (NullmailTransaction, 1);
  gint64 begun_us = g_get_monotonic_time ();

  self->main_cf_directory = g_strdup (main_cf_directory);
  self->directories = g_ptr_array_new_with_free_func (directory_free);
  self->files = g_ptr_array_new_with_free_func ((GDestroyNotify) _nullmail_staged_file_free);
  self->steps = g_array_new (FALSE, FALSE, sizeof (Step));

  /* The directory first: it stays locked while the service follows, and nobody who waits for it
   * may hold the lock of main.cf, which taking everything back would need. */
  if (main_cf_directory != NULL
      && (!lock_main_cf_directory (self, cancellable, error)
          || !lock_main_cf (self, get_time_left_ms (begun_us), cancellable, error)))
    return NULL;

  return g_steal_pointer (&self);
}

/* Elsewhere a file of somebody else was given to him by whoever owns the directory. */
static gboolean
check_planted (const Directory  *directory,
               const char       *name,
               const char       *path,
               GError          **error)
{
  struct stat info;

  if (!directory->is_shared
      || fstatat (directory->fd, name, &info, AT_SYMLINK_NOFOLLOW) < 0
      || info.st_uid == 0 || info.st_uid == geteuid ())
    return TRUE;

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INSECURE_PATH,
               "“%s” belongs to user %u, who may have put it there since others may write to its "
               "directory: look at it, and remove it", path, info.st_uid);
  return FALSE;
}

NullmailStagedFile *
_nullmail_transaction_open (NullmailTransaction  *self,
                            const char           *path,
                            NullmailStagedKind    kind,
                            GCancellable         *cancellable,
                            GError              **error)
{
  g_autofree char *name = NULL;
  NullmailStagedFile *file;
  Directory *directory;
  int fd = _nullmail_secure_path_open_parent (path, &name, error);

  if (fd < 0)
    return NULL;

  directory = enter_directory (self, fd, path, cancellable, error);
  if (directory == NULL || !check_planted (directory, name, path, error))
    return NULL;

  file = _nullmail_staged_file_new (directory->fd, name, path, kind, error);
  if (file != NULL)
    g_ptr_array_add (self->files, file);

  return file;
}

void
_nullmail_transaction_add_step (NullmailTransaction *self,
                                NullmailStagedFile  *file,
                                gboolean             barrier)
{
  Step step = { file, barrier };

  g_array_append_val (self->steps, step);
}

static int
get_step_directory (NullmailTransaction *self,
                    guint                index)
{
  return _nullmail_staged_file_get_directory (g_array_index (self->steps, Step, index).file);
}

/* Synchronises each directory of the steps from first up to end, once. */
static gboolean
sync_directories (NullmailTransaction *self,
                  guint                first,
                  guint                end)
{
  for (guint i = first; i < end; i++)
    {
      int fd = get_step_directory (self, i);
      gboolean done = FALSE;

      for (guint j = first; j < i && !done; j++)
        done = fd == get_step_directory (self, j);
      if (!done && fsync (fd) < 0)
        return FALSE;
    }

  return TRUE;
}

/* Backwards, with the same barriers, and no further than it goes: what came first is what the later
 * ones rely on. */
static gboolean
revert_steps (NullmailTransaction *self,
              guint                end)
{
  for (guint i = end; i > 0; i--)
    {
      const Step *step = &g_array_index (self->steps, Step, i - 1);

      if (!_nullmail_staged_file_revert (step->file)
          || (step->barrier && !sync_directories (self, i - 1, end)))
        return FALSE;
    }

  /* Whether the old state is there again does not depend on it. */
  sync_directories (self, 0, end);
  return TRUE;
}

static gboolean
fail_commit (NullmailTransaction  *self,
             guint                 end,
             GError              **error)
{
  gboolean is_stuck = _nullmail_staged_file_is_stuck (g_array_index (self->steps, Step, end).file);

  /* What came first is what a stuck one relies on. */
  if (is_stuck || !revert_steps (self, end))
    g_prefix_error (error, "Not everything could be put back, apply again: ");

  return FALSE;
}

gboolean
_nullmail_transaction_commit (NullmailTransaction  *self,
                              GError              **error)
{
  guint synced = 0;

  for (guint i = 0; i < self->steps->len; i++)
    {
      const Step *step = &g_array_index (self->steps, Step, i);
      const char *path = _nullmail_staged_file_get_path (step->file);

      if (step->barrier && synced < i)
        {
          if (!sync_directories (self, synced, i))
            {
              g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_WRITE,
                           "Could not synchronise the directory of “%s”: %s",
                           path, g_strerror (errno));
              return fail_commit (self, i, error);
            }
          synced = i;
        }

      if (!_nullmail_staged_file_exchange (step->file, error))
        return fail_commit (self, i, error);
    }

  if (!sync_directories (self, synced, self->steps->len))
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_DURABLE,
                   "The new configuration is in place, but its directory could not be "
                   "synchronised, so that a power cut may lose it: %s", g_strerror (errno));
      return FALSE;
    }

  for (guint i = 0; i < self->steps->len; i++)
    {
      NullmailStagedFile *file = g_array_index (self->steps, Step, i).file;

      if (_nullmail_staged_file_get_owner (file) == NULLMAIL_STAGED_FOREIGN)
        {
          g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_SUPERSEDED,
                       "“%s” was replaced by another program at once: look at it again",
                       _nullmail_staged_file_get_path (file));
          return FALSE;
        }
    }

  return TRUE;
}

gboolean
_nullmail_transaction_revert (NullmailTransaction *self)
{
  if (self->main_cf_directory != NULL && self->main_cf_lock == NULL
      && !lock_main_cf (self, NULLMAIL_LOCK_TIMEOUT_MS, NULL, NULL))
    return FALSE;

  for (guint i = 0; i < self->steps->len; i++)
    {
      if (_nullmail_staged_file_get_owner (g_array_index (self->steps, Step, i).file)
          != NULLMAIL_STAGED_OURS)
        return FALSE;
    }

  return revert_steps (self, self->steps->len);
}
