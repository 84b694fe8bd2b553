/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "commit/edit-lock-private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error-private.h"
#include "base/obstacle-private.h"
#include "base/regular-file-private.h"

/* A lock keeps programs that take it apart: while one holds it, none of the others may change what
 * the lock stands for. It does nothing against those that take none; what they do is found out by
 * the exchange itself (staged-exchange.c).
 *
 * The protocol is that of Postfix (src/global/edit_file.c), for it has to keep its commands away:
 *
 * 1. Open the lock file, and make it if there is none.
 * 2. Lock the open file, flock (2).
 * 3. Compare the open file with what stands at the name now. Whoever held the lock before may have
 *    removed the file, or renamed it into place, while we waited: then we hold the lock of a file
 *    that nobody else will ever open, and begin anew.
 * 4. What is no lock file, for it is a link or has a second name, is removed, and we begin anew.
 * 5. Give it mode 0600 and empty it. Only now it may be read what is to be changed: whatever was
 *    written under the lock before is there by then.
 * 6. To release it, remove the name first and unlock behind it. Who waits in step 2 then finds in
 *    step 3 that the name is gone. The other way round they could get the lock of a file whose name
 *    we then remove, and a third program could make and lock another one beside them.
 *
 * There are four differences. The lock is not waited for in flock (2), which has no deadline and
 * cannot be cancelled, but tried again every few milliseconds. Nothing is followed and nothing can
 * hold the opening up, for a user may have planted a link or a FIFO where the directory is one that
 * everybody may write to. What belongs to another user is neither used, since he could hold it for
 * ever, nor removed, since he could be right. And this library never renames the lock file into
 * place. */

#define RETRY_MS  5

struct _NullmailEditLock
{
  int         directory;  /* (unowned) */
  const char *name;       /* (unowned) */
  int         fd;         /* (owned) the open file, which carries the lock */
  dev_t       device;
  ino_t       inode;
};

typedef enum { TRY_LOCKED, TRY_AGAIN, TRY_WAIT, TRY_FAILED } TryResult;

static gboolean
is_in_time (const char    *path,
            gint64         deadline_us,
            GCancellable  *cancellable,
            GError       **error)
{
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (g_get_monotonic_time () < deadline_us)
    return TRUE;

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_BUSY,
               "“%s” is locked by another program that is changing the configuration: try again "
               "when it has ended", path);
  return FALSE;
}

static void
wait_for_turn (GCancellable *cancellable)
{
  GPollFD poll_fd;

  if (!g_cancellable_make_pollfd (cancellable, &poll_fd))
    {
      g_usleep (RETRY_MS * 1000);
      return;
    }

  g_poll (&poll_fd, 1, RETRY_MS);
  g_cancellable_release_fd (cancellable);
}

static gboolean
check_owner (const struct stat  *info,
             const char         *path,
             GError            **error)
{
  if (info->st_uid == 0 || info->st_uid == geteuid ())
    return TRUE;

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INSECURE_PATH,
               "“%s” belongs to user %u: find out why, and remove it", path, info->st_uid);
  return FALSE;
}

/* What stands at the lock's name is no lock file but a link, a FIFO, or a second name of another
 * file. As in Postfix it is removed, but only if nobody else can have planted it. */
static TryResult
remove_impostor (int          directory,
                 const char  *name,
                 const char  *path,
                 GError     **error)
{
  struct stat info;

  if (fstatat (directory, name, &info, AT_SYMLINK_NOFOLLOW) < 0)
    {
      if (errno == ENOENT)
        return TRY_AGAIN;
      _nullmail_set_error_errno (error, errno, "Could not examine “%s”", path);
      return TRY_FAILED;
    }
  if (!check_owner (&info, path, error))
    return TRY_FAILED;
  if (S_ISDIR (info.st_mode))
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE,
                   "“%s” is a directory and hinders every change: remove it", path);
      return TRY_FAILED;
    }
  if (unlinkat (directory, name, 0) < 0 && errno != ENOENT)
    {
      _nullmail_set_error_errno (error, errno, "Could not remove “%s”", path);
      return TRY_FAILED;
    }

  return TRY_AGAIN;
}

/* Where others may put files, too, the kernel itself may refuse to open what is theirs, see
 * fs.protected_regular in proc (5): then that is what has to be said. */
static TryResult
set_open_error (int          directory,
                const char  *name,
                const char  *path,
                int          saved_errno,
                GError     **error)
{
  g_autofree char *words = g_strdup_printf ("Could not create the lock file “%s”", path);
  struct stat info;

  if (_nullmail_obstacle_set_error (directory, name, saved_errno, words, error))
    return TRY_FAILED;
  if (saved_errno != EACCES
      || fstatat (directory, name, &info, AT_SYMLINK_NOFOLLOW) < 0
      || check_owner (&info, path, error))
    _nullmail_set_error_errno (error, saved_errno, "%s", words);

  return TRY_FAILED;
}

static gboolean
stands_at_name (NullmailEditLock *self)
{
  struct stat named;

  return fstatat (self->directory, self->name, &named, AT_SYMLINK_NOFOLLOW) == 0
         && named.st_dev == self->device && named.st_ino == self->inode;
}

/* Steps 3 to 5, for a lock that is held. */
static TryResult
check_lock_file (NullmailEditLock  *self,
                 const char        *path,
                 GError           **error)
{
  struct stat locked;

  if (fstat (self->fd, &locked) < 0)
    {
      _nullmail_set_error_errno (error, errno, "Could not examine “%s”", path);
      return TRY_FAILED;
    }

  self->device = locked.st_dev;
  self->inode = locked.st_ino;
  if (!stands_at_name (self))
    return TRY_AGAIN;
  if (!S_ISREG (locked.st_mode) || locked.st_nlink > 1)
    return remove_impostor (self->directory, self->name, path, error);
  if (!check_owner (&locked, path, error))
    return TRY_FAILED;

  /* 0600 is what Postfix looks for, and the umask must not matter. A file that cannot be made what
   * it has to be goes as in step 6. */
  if ((locked.st_mode & 07777) != 0600 && fchmod (self->fd, 0600) < 0)
    _nullmail_set_error_errno (error, errno, "Could not set the mode of “%s”", path);
  else if (locked.st_size > 0 && ftruncate (self->fd, 0) < 0)
    _nullmail_set_error_errno (error, errno, "Could not empty “%s”", path);
  else
    return TRY_LOCKED;

  unlinkat (self->directory, self->name, 0);
  return TRY_FAILED;
}

/* Steps 1 to 5, once. */
static TryResult
try_lock_file (NullmailEditLock  *self,
               const char        *path,
               GError           **error)
{
  TryResult result;
  int fd = openat (self->directory, self->name,
                   O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);

  self->fd = fd = _nullmail_leave_standard_fds (fd);
  if (fd < 0 && (errno == ELOOP || errno == ENXIO || errno == EISDIR))
    return remove_impostor (self->directory, self->name, path, error);
  if (fd < 0 && errno == EINTR)
    return TRY_AGAIN;
  if (fd < 0)
    return set_open_error (self->directory, self->name, path, errno, error);

  if (flock (fd, LOCK_EX | LOCK_NB) == 0)
    result = check_lock_file (self, path, error);
  else if (errno == EWOULDBLOCK)
    result = TRY_WAIT;
  else if (errno == EINTR)
    result = TRY_AGAIN;
  else
    {
      _nullmail_set_error_errno (error, errno, "Could not lock “%s”", path);
      result = TRY_FAILED;
    }

  if (result != TRY_LOCKED)
    close (fd);

  return result;
}

NullmailEditLock *
_nullmail_edit_lock_acquire (int            directory,
                             const char    *directory_path,
                             const char    *name,
                             guint          timeout_ms,
                             GCancellable  *cancellable,
                             GError       **error)
{
  g_autofree char *path = g_build_filename (directory_path, name, NULL);
  gint64 deadline_us = g_get_monotonic_time () + (gint64) timeout_ms * 1000;
  g_autofree NullmailEditLock *self = g_new0 (NullmailEditLock, 1);
  TryResult result;

  self->directory = directory;
  self->name = name;
  while ((result = try_lock_file (self, path, error)) != TRY_LOCKED)
    {
      if (result == TRY_WAIT)
        wait_for_turn (cancellable);
      if (result == TRY_FAILED || !is_in_time (path, deadline_us, cancellable, error))
        return NULL;
    }

  return g_steal_pointer (&self);
}

void
_nullmail_edit_lock_release (NullmailEditLock *self)
{
  if (stands_at_name (self))
    unlinkat (self->directory, self->name, 0);

  close (self->fd);
  g_free (self);
}
