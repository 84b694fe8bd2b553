/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "commit/transaction-private.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/error-private.h"
#include "base/secure-path-private.h"
#include "commit/edit-lock-private.h"
#include "commit/leftovers-private.h"

typedef struct
{
  int               fd;    /* (owned) */
  dev_t             device;
  ino_t             inode;
  gboolean          is_shared;  /* a sticky directory, where others may put files, too */
  NullmailEditLock *lock;  /* (owned) (nullable) NULL where nothing can be written */
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
  GPtrArray        *linked;             /* those (unowned) that a link leads to */
  GArray           *steps;              /* (element-type Step) */
};

static void
directory_free (gpointer data)
{
  Directory *directory = data;

  g_clear_pointer (&directory->lock, _nullmail_edit_lock_release);
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
  g_ptr_array_unref (self->linked);
  g_ptr_array_unref (self->files);
  g_clear_pointer (&self->main_cf_lock, _nullmail_edit_lock_release);
  g_ptr_array_unref (self->directories);
  g_array_unref (self->steps);
  g_free (self->main_cf_directory);
  g_free (self);
}

/* Where nothing can be written nobody has to be kept away, and files may still be compared. */
static gboolean
can_be_written (int directory)
{
  return faccessat (directory, ".", W_OK, AT_EACCESS) == 0 || (errno != EROFS && errno != EACCES);
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
  NullmailEditLock *lock = NULL;
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

  if (can_be_written (fd))
    {
      lock = _nullmail_edit_lock_acquire (fd, directory_path, NULLMAIL_LOCK_DIRECTORY,
                                          NULLMAIL_LOCK_TIMEOUT_MS, cancellable, error);
      if (lock == NULL)
        {
          close (fd);
          return NULL;
        }
    }

  directory = g_new0 (Directory, 1);
  directory->fd = fd;
  directory->device = info.st_dev;
  directory->inode = info.st_ino;
  directory->is_shared = (info.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  directory->lock = lock;
  g_ptr_array_add (self->directories, directory);
  /* Whoever holds the lock is the only one who may have private files there. */
  if (lock != NULL)
    _nullmail_leftovers_remove (fd);
  return directory;
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
  self->linked = g_ptr_array_new ();
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
  gboolean by_link;
  int fd = _nullmail_secure_path_open_parent (path, &name, &by_link, error);

  if (fd < 0)
    return NULL;

  directory = enter_directory (self, fd, path, cancellable, error);
  if (directory == NULL || !check_planted (directory, name, path, error))
    return NULL;

  file = _nullmail_staged_file_new (directory->fd, name, path, kind, error);
  if (file == NULL)
    return NULL;

  g_ptr_array_add (self->files, file);
  if (by_link)
    g_ptr_array_add (self->linked, file);
  return file;
}

gboolean
_nullmail_transaction_enter (NullmailTransaction  *self,
                             const char           *path,
                             GCancellable         *cancellable,
                             GError              **error)
{
  g_autofree char *name = NULL;
  g_autoptr(GError) local_error = NULL;
  int fd = _nullmail_secure_path_open_parent (path, &name, NULL, &local_error);

  if (g_error_matches (local_error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_FOUND))
    return TRUE;
  if (fd < 0)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  return enter_directory (self, fd, path, cancellable, error) != NULL;
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

/* A link on the way to a file can be replaced like the file itself: then what is done to the file
 * is done to one that is no longer Postfix's. CONFLICT, or another error if it cannot be told. */
static gboolean
check_link (NullmailTransaction  *self,
            NullmailStagedFile   *file,
            GError              **error)
{
  const char *path = _nullmail_staged_file_get_path (file);
  g_autofree char *name = NULL;
  struct stat now, then;
  gboolean is_same;
  int fd;

  if (!g_ptr_array_find (self->linked, file, NULL))
    return TRUE;

  fd = _nullmail_secure_path_open_parent (path, &name, NULL, error);
  if (fd < 0)
    return FALSE;

  if (fstat (fd, &now) < 0 || fstat (_nullmail_staged_file_get_directory (file), &then) < 0)
    {
      _nullmail_set_error_errno (error, errno, "Could not examine the directory of “%s”", path);
      close (fd);
      return FALSE;
    }

  close (fd);
  is_same = now.st_dev == then.st_dev && now.st_ino == then.st_ino
            && _nullmail_staged_file_has_name (file, name);
  if (!is_same)
    g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_CONFLICT,
                 "“%s” leads elsewhere since another program has replaced a link: plan again",
                 path);
  return is_same;
}

/* Whether another writer has come behind the commit; what cannot be told is no reason to say so. */
static gboolean
is_superseded (NullmailTransaction *self,
               NullmailStagedFile  *file)
{
  g_autoptr(GError) error = NULL;

  if (_nullmail_staged_file_get_owner (file) == NULLMAIL_STAGED_FOREIGN)
    return TRUE;

  return !check_link (self, file, &error)
         && g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_CONFLICT);
}

/* The new file stands where it could not be told that it displaced ours, or where the other one
 * could not go back: with the last of them everything is committed. */
static gboolean
fail_kept (NullmailTransaction  *self,
           guint                 end,
           GError              **error)
{
  NullmailStagedFile *file = g_array_index (self->steps, Step, end).file;
  const char *path = _nullmail_staged_file_get_path (file);
  const char *kept_name = _nullmail_staged_file_get_kept_name (file);

  if (end + 1 < self->steps->len)
    {
      g_prefix_error (error, "Not everything could be put back, what was displaced last is “%s” "
                      "beside the file, look at both and apply again: ", kept_name);
      return FALSE;
    }

  sync_directories (self, 0, self->steps->len);
  g_clear_error (error);
  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_SUPERSEDED,
               "The new configuration is in place, but what stood at “%s” may have been another "
               "program's and could not be put back: look at it in “%s” beside the file",
               path, kept_name);
  return FALSE;
}

static gboolean
fail_commit (NullmailTransaction  *self,
             guint                 end,
             GError              **error)
{
  NullmailStagedFile *file = g_array_index (self->steps, Step, end).file;

  /* What came first is what a kept one's successor relies on. */
  if (_nullmail_staged_file_get_kept_name (file) != NULL)
    return fail_kept (self, end, error);
  if (!revert_steps (self, end))
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

      if (!check_link (self, step->file, error)
          || !_nullmail_staged_file_exchange (step->file, error))
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

      if (is_superseded (self, file))
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
