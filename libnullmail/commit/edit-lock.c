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
#include "base/regular-file-private.h"

#define RETRY_MS  5

struct _NullmailEditLock
{
  int         directory;  /* (unowned) */
  const char *name;       /* (unowned) */
  int         fd;         /* (owned) what carries the lock */
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

/* What stands at the lock's name is no lock file: a link, a FIFO, a hard link. As Postfix does,
 * remove it and start again, but only what nobody else can have planted. */
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
  struct stat info;

  if (saved_errno != EACCES
      || fstatat (directory, name, &info, AT_SYMLINK_NOFOLLOW) < 0
      || check_owner (&info, path, error))
    _nullmail_set_error_errno (error, saved_errno, "Could not create the lock file “%s”", path);

  return TRY_FAILED;
}

static TryResult
check_lock_file (int          directory,
                 const char  *name,
                 int          fd,
                 const char  *path,
                 GError     **error)
{
  struct stat locked, named;

  if (fstat (fd, &locked) < 0)
    {
      _nullmail_set_error_errno (error, errno, "Could not examine “%s”", path);
      return TRY_FAILED;
    }

  if (fstatat (directory, name, &named, AT_SYMLINK_NOFOLLOW) < 0
      || named.st_dev != locked.st_dev || named.st_ino != locked.st_ino)
    return TRY_AGAIN;
  if (!S_ISREG (locked.st_mode) || locked.st_nlink > 1)
    return remove_impostor (directory, name, path, error);
  if (!check_owner (&locked, path, error))
    return TRY_FAILED;

  /* 0600 is what Postfix looks for, and the umask must not matter. */
  if ((locked.st_mode & 07777) != 0600 && fchmod (fd, 0600) < 0)
    {
      _nullmail_set_error_errno (error, errno, "Could not set the mode of “%s”", path);
      return TRY_FAILED;
    }
  if (locked.st_size > 0 && ftruncate (fd, 0) < 0)
    {
      _nullmail_set_error_errno (error, errno, "Could not empty “%s”", path);
      return TRY_FAILED;
    }

  return TRY_LOCKED;
}

/* One round of edit_file.c's protocol, except that it never waits in flock (2), never follows a
 * link and never waits for a FIFO's reader. */
static TryResult
try_lock_file (int          directory,
               const char  *name,
               const char  *path,
               int         *locked_fd,
               GError     **error)
{
  TryResult result;
  int fd = openat (directory, name,
                   O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);

  fd = _nullmail_leave_standard_fds (fd);
  if (fd < 0 && (errno == ELOOP || errno == ENXIO || errno == EISDIR))
    return remove_impostor (directory, name, path, error);
  if (fd < 0 && errno == EINTR)
    return TRY_AGAIN;
  if (fd < 0)
    return set_open_error (directory, name, path, errno, error);

  if (flock (fd, LOCK_EX | LOCK_NB) == 0)
    result = check_lock_file (directory, name, fd, path, error);
  else if (errno == EWOULDBLOCK)
    result = TRY_WAIT;
  else if (errno == EINTR)
    result = TRY_AGAIN;
  else
    {
      _nullmail_set_error_errno (error, errno, "Could not lock “%s”", path);
      result = TRY_FAILED;
    }

  if (result == TRY_LOCKED)
    *locked_fd = fd;
  else
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
  NullmailEditLock *self;
  TryResult result;
  int fd = -1;

  while ((result = try_lock_file (directory, name, path, &fd, error)) != TRY_LOCKED)
    {
      if (result == TRY_WAIT)
        wait_for_turn (cancellable);
      if (result == TRY_FAILED || !is_in_time (path, deadline_us, cancellable, error))
        return NULL;
    }

  self = g_new0 (NullmailEditLock, 1);
  self->directory = directory;
  self->name = name;
  self->fd = fd;
  return self;
}

void
_nullmail_edit_lock_release (NullmailEditLock *self)
{
  struct stat locked, named;

  /* Removed while it is still locked: a program that waits for it sees another inode, or none, at
   * the name when its turn comes, and starts again. */
  if (fstat (self->fd, &locked) == 0
      && fstatat (self->directory, self->name, &named, AT_SYMLINK_NOFOLLOW) == 0
      && named.st_dev == locked.st_dev && named.st_ino == locked.st_ino)
    unlinkat (self->directory, self->name, 0);

  close (self->fd);
  g_free (self);
}
