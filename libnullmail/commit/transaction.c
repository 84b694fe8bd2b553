/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "commit/transaction-private.h"

#include <errno.h>
#include <unistd.h>

#include "base/error-private.h"
#include "base/secure-path-private.h"
#include "commit/edit-lock-private.h"
#include "commit/locked-directories-private.h"

/* A transaction replaces several files so that whoever looks, at any moment and after a crash at
 * any moment, finds the old or the new configuration; and so that what another program writes
 * meanwhile is never lost, be it one that takes the edit lock or one that knows of none. It has to
 * work without a journal, for nobody would read one when the machine comes up again: what is on the
 * disk has to be right as it is.
 *
 * 1. Lock. First the directory that others edit a file in, with a lock of this library, then the
 *    edit lock, which those others take as well (edit-lock.c). The first one is held to the end,
 *    also while the caller does what follows the commit and the second one is free for others; who
 *    waits for the first must therefore not hold the second, which taking everything back would
 *    need. Further directories are locked when the first file of theirs is opened. Whatever private
 *    file lies in a directory that is locked has been left by a killed run, and goes.
 *
 * 2. Stage. Each new file is written beside the one it will replace, under a private name, and
 *    brought to the disk (staged-file.c). This is where disks are full and rights are missing, and
 *    nobody has seen anything yet.
 *
 * 3. Prepare. The files are exchanged one by one in the order that the caller has given (add_step).
 *    A step with a barrier begins when the directories of all steps before are on the disk. So a
 *    file that relies on another one comes behind it, and no power cut can leave it without that.
 *    What is replaced first has to suit the old files that are still there as well as the new ones;
 *    that is for the caller to see to.
 *
 * 4. Commit. The exchange that the others were made ready for, as a rule that of the file that
 *    names them, is the one moment at which the new configuration is there. Behind it the
 *    directories are brought to the disk, and all that was replaced is looked at once more: what
 *    another program has put there meanwhile stays, and the caller is told (SUPERSEDED).
 *
 * 5. Revert. If a step fails, or the caller does behind the commit, what was exchanged is exchanged
 *    back, the last first and with the same barriers, since what came first is what the later ones
 *    rely on. The old files are kept for that under the private names until the transaction is
 *    freed.
 *
 * A path is walked once, when the directory that it is in is first entered (locked-directories.c):
 * that stays open, and the walk has shown that nobody but root and the user who runs this can make
 * its path lead elsewhere (secure-path.c). A link on the way is another matter, since replacing one
 * is an ordinary way to switch from one configuration to another: where there is a link, the path
 * is walked again right before the exchange and once more behind it. */

typedef struct
{
  NullmailStagedFile *file;  /* (unowned) */
  gboolean            barrier;
} Step;

/* A file that a link leads to, and the directory that it led to when it was opened. */
typedef struct
{
  NullmailStagedFile *file;  /* (unowned) */
  dev_t               device;
  ino_t               inode;
} Linked;

struct _NullmailTransaction
{
  char                      *edit_directory;     /* (owned) (nullable) */
  int                        edit_directory_fd;  /* (unowned) */
  NullmailEditLock          *edit_lock;          /* (owned) (nullable) */
  NullmailLockedDirectories *directories;        /* (owned) */
  GPtrArray                 *files;              /* (element-type NullmailStagedFile) */
  GArray                    *linked;             /* (element-type Linked) */
  GArray                    *steps;              /* (element-type Step) */
};

void
_nullmail_transaction_unlock (NullmailTransaction *self)
{
  g_clear_pointer (&self->edit_lock, _nullmail_edit_lock_release);
}

void
_nullmail_transaction_free (NullmailTransaction *self)
{
  /* The private files go while their directories are still locked, and open. */
  g_ptr_array_unref (self->files);
  _nullmail_transaction_unlock (self);
  _nullmail_locked_directories_free (self->directories);
  g_array_unref (self->linked);
  g_array_unref (self->steps);
  g_free (self->edit_directory);
  g_free (self);
}

static gboolean
take_edit_lock (NullmailTransaction  *self,
                guint                 timeout_ms,
                GCancellable         *cancellable,
                GError              **error)
{
  self->edit_lock = _nullmail_edit_lock_acquire (self->edit_directory_fd, self->edit_directory,
                                                 NULLMAIL_LOCK_EDIT, timeout_ms, cancellable,
                                                 error);
  return self->edit_lock != NULL;
}

/* Both locks have one deadline: who had to wait for the first waits less for the second. */
static guint
get_time_left_ms (gint64 begun_us)
{
  gint64 waited_ms = (g_get_monotonic_time () - begun_us) / 1000;

  return NULLMAIL_LOCK_TIMEOUT_MS - (guint) MIN (waited_ms, NULLMAIL_LOCK_TIMEOUT_MS);
}

NullmailTransaction *
_nullmail_transaction_new (const char    *edit_directory,
                           GCancellable  *cancellable,
                           GError       **error)
{
  g_autoptr(NullmailTransaction) self = g_new0 (NullmailTransaction, 1);
  gint64 begun_us = g_get_monotonic_time ();

  self->edit_directory = g_strdup (edit_directory);
  self->directories = _nullmail_locked_directories_new ();
  self->files = g_ptr_array_new_with_free_func ((GDestroyNotify) _nullmail_staged_file_free);
  self->linked = g_array_new (FALSE, FALSE, sizeof (Linked));
  self->steps = g_array_new (FALSE, FALSE, sizeof (Step));

  if (edit_directory == NULL)
    return g_steal_pointer (&self);

  self->edit_directory_fd = _nullmail_locked_directories_enter (self->directories, edit_directory,
                                                                cancellable, error);
  if (self->edit_directory_fd < 0
      || !take_edit_lock (self, get_time_left_ms (begun_us), cancellable, error))
    return NULL;

  return g_steal_pointer (&self);
}

/* Where others may put files, too, a file of another user may be a trap: its owner can change it at
 * any time. In any other directory it is his because the owner of the directory wanted it so. */
static gboolean
check_planted (const NullmailPlace  *place,
               const char           *path,
               GError              **error)
{
  gboolean is_shared = (place->directory_info.st_mode & (S_IWGRP | S_IWOTH)) != 0;

  if (!is_shared || !place->exists
      || place->info.st_uid == 0 || place->info.st_uid == geteuid ())
    return TRUE;

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INSECURE_PATH,
               "“%s” belongs to user %u, who may have put it there since others may write to its "
               "directory: look at it, and remove it", path, place->info.st_uid);
  return FALSE;
}

NullmailStagedFile *
_nullmail_transaction_open (NullmailTransaction  *self,
                            const char           *path,
                            NullmailStagedKind    kind,
                            GCancellable         *cancellable,
                            GError              **error)
{
  g_auto(NullmailPlace) place = { .directory = -1 };
  NullmailStagedFile *file;

  if (!_nullmail_locked_directories_find (self->directories, path, &place, cancellable, error)
      || !check_planted (&place, path, error))
    return NULL;

  file = _nullmail_staged_file_new_for_info (place.directory, place.name, path, kind,
                                             place.exists ? &place.info : NULL, error);
  if (file == NULL)
    return NULL;

  g_ptr_array_add (self->files, file);
  if (place.by_link)
    {
      Linked linked = { file, place.directory_info.st_dev, place.directory_info.st_ino };

      g_array_append_val (self->linked, linked);
    }
  return file;
}

gboolean
_nullmail_transaction_enter (NullmailTransaction  *self,
                             const char           *path,
                             GCancellable         *cancellable,
                             GError              **error)
{
  g_auto(NullmailPlace) place = { .directory = -1 };
  g_autoptr(GError) local_error = NULL;

  if (_nullmail_locked_directories_find (self->directories, path, &place, cancellable,
                                         &local_error)
      || g_error_matches (local_error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_FOUND))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
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

/* Takes the steps before end back, the last first and with the same barriers. It ends where a step
 * cannot be taken back, since that may rely on those before it. */
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

  /* The old state is there again, whether this fails or not. */
  sync_directories (self, 0, end);
  return TRUE;
}

static const Linked *
find_linked (NullmailTransaction *self,
             NullmailStagedFile  *file)
{
  for (guint i = 0; i < self->linked->len; i++)
    {
      const Linked *linked = &g_array_index (self->linked, Linked, i);

      if (linked->file == file)
        return linked;
    }

  return NULL;
}

/* A link on the way to a file can be replaced like the file itself: then what is done to the file
 * is done to one that is no longer in use. CONFLICT, or another error if it cannot be told. */
static gboolean
check_link (NullmailTransaction  *self,
            NullmailStagedFile   *file,
            GError              **error)
{
  const char *path = _nullmail_staged_file_get_path (file);
  const Linked *linked = find_linked (self, file);
  g_autofree char *name = NULL;
  struct stat info;
  int fd;

  if (linked == NULL)
    return TRUE;

  fd = _nullmail_secure_path_open_parent (path, &name, NULL, &info, error);
  if (fd < 0)
    return FALSE;

  close (fd);
  if (info.st_dev == linked->device && info.st_ino == linked->inode
      && _nullmail_staged_file_has_name (file, name))
    return TRUE;

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_CONFLICT,
               "“%s” leads elsewhere since another program has replaced a link: plan again", path);
  return FALSE;
}

/* Whether another writer has come behind the commit. If that cannot be told it is not claimed. */
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

/* For a step that has failed behind its exchange: the new file stands at its name, and what it has
 * displaced, which may be another writer's, could not be put back. If this was the last step,
 * everything is committed. */
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

  /* The new file that has stayed at its name relies on those before it, which stay, too. */
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
  if (self->edit_directory != NULL && self->edit_lock == NULL
      && !take_edit_lock (self, NULLMAIL_LOCK_TIMEOUT_MS, NULL, NULL))
    return FALSE;

  for (guint i = 0; i < self->steps->len; i++)
    {
      if (_nullmail_staged_file_get_owner (g_array_index (self->steps, Step, i).file)
          != NULLMAIL_STAGED_OURS)
        return FALSE;
    }

  return revert_steps (self, self->steps->len);
}
