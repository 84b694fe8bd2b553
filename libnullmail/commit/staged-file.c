/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "commit/staged-file-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error-private.h"
#include "base/regular-file-private.h"
#include "base/secure-memory-private.h"
#include "base/secure-path-private.h"
#include "commit/file-attributes-private.h"
#include "commit/staged-state-private.h"

NullmailStagedFile *
_nullmail_staged_file_new (int                  directory,
                           const char          *name,
                           const char          *path,
                           NullmailStagedKind   kind,
                           GError             **error)
{
  g_autoptr(NullmailStagedFile) self = g_new0 (NullmailStagedFile, 1);

  self->directory = directory;
  self->name = g_strdup (name);
  self->path = g_strdup (path);
  self->kind = kind;
  self->private_name = g_strdup_printf (NULLMAIL_STAGED_PREFIX "%08x%08x-%s",
                                        g_random_int (), g_random_int (), name);

  self->existed = fstatat (directory, name, &self->original, AT_SYMLINK_NOFOLLOW) == 0;
  if (!self->existed && errno != ENOENT)
    {
      _nullmail_set_error_errno (error, errno, "Could not examine “%s”", path);
      return NULL;
    }
  if (self->existed && !S_ISREG (self->original.st_mode))
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE,
                   "“%s” is no regular file: move it away", path);
      return NULL;
    }
  if (self->existed && kind == NULLMAIL_STAGED_SECRET && self->original.st_nlink > 1)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INSECURE_PATH,
                   "“%s” holds passwords and has %u names: remove the other links to it",
                   path, (guint) self->original.st_nlink);
      return NULL;
    }

  return g_steal_pointer (&self);
}

void
_nullmail_staged_file_free (NullmailStagedFile *self)
{
  if (self->state != NULLMAIL_PRIVATE_NONE)
    unlinkat (self->directory, self->private_name, 0);

  g_free (self->name);
  g_free (self->path);
  g_free (self->private_name);
  g_free (self->kept_name);
  g_free (self);
}

gboolean
_nullmail_staged_file_exists (NullmailStagedFile *self)
{
  return self->existed;
}

const char *
_nullmail_staged_file_get_path (NullmailStagedFile *self)
{
  return self->path;
}

gboolean
_nullmail_staged_file_has_name (NullmailStagedFile *self,
                                const char         *name)
{
  return g_str_equal (self->name, name);
}

int
_nullmail_staged_file_get_directory (NullmailStagedFile *self)
{
  return self->directory;
}

const char *
_nullmail_staged_file_get_private_name (NullmailStagedFile *self)
{
  return self->private_name;
}

const char *
_nullmail_staged_file_get_kept_name (NullmailStagedFile *self)
{
  return self->kept_name;
}

gboolean
_nullmail_staged_holds_expected (NullmailStagedFile *self,
                                 const char         *name)
{
  g_autoptr(NullmailSecureBuffer) buffer = NULL;
  gboolean is_read;
  int fd = openat (self->directory, name,
                   O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

  if (fd < 0)
    return FALSE;

  buffer = _nullmail_secure_buffer_new (self->expected_size + 1024);
  is_read = _nullmail_secure_buffer_read_fd (buffer, fd, self->expected_size);
  if (!is_read && errno == EFBIG)
    errno = 0;
  close (fd);
  if (!is_read)
    return FALSE;

  errno = 0;
  return buffer->size == self->expected_size
         && memcmp (buffer->data, self->expected, buffer->size) == 0;
}

gboolean
_nullmail_staged_conflict (NullmailStagedFile  *self,
                           GError             **error)
{
  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_CONFLICT,
               "“%s” was changed by another program meanwhile: plan again", self->path);
  return FALSE;
}

gboolean
_nullmail_staged_file_expect (NullmailStagedFile  *self,
                              const void          *data,
                              gsize                size,
                              GError             **error)
{
  if (self->existed != (data != NULL))
    return _nullmail_staged_conflict (self, error);
  if (data == NULL)
    return TRUE;

  self->expected = data;
  self->expected_size = size;
  if (_nullmail_staged_holds_expected (self, self->name))
    return TRUE;
  if (errno == 0)
    return _nullmail_staged_conflict (self, error);

  _nullmail_set_error_errno (error, errno, "Could not read “%s”", self->path);
  return FALSE;
}

gboolean
_nullmail_staged_failure (NullmailStagedFile  *self,
                          int                  saved_errno,
                          GError             **error)
{
  if (saved_errno == EACCES || saved_errno == EPERM)
    _nullmail_set_error_errno (error, saved_errno,
                               "Could not replace “%s”: the rights of its owner or of root are "
                               "needed", self->path);
  else
    g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_WRITE, "Could not replace “%s”: %s",
                 self->path, g_strerror (saved_errno));
  return FALSE;
}

static gboolean
write_with_space (int         fd,
                  const void *data,
                  gsize       size)
{
  /* Space is taken first, so that a full disk shows before the first byte. */
  if (size > 0 && fallocate (fd, 0, 0, size) < 0
      && errno != EOPNOTSUPP && errno != ENOSYS && errno != EINTR)
    return FALSE;

  return _nullmail_write_all (fd, data, size);
}

static gboolean
set_attributes (NullmailStagedFile *self,
                int                 fd)
{
  if (self->kind == NULLMAIL_STAGED_PUBLIC)
    {
      if (!self->existed)
        return fchmod (fd, 0644) == 0;
      return _nullmail_file_attributes_copy (self->directory, self->name, fd);
    }

  if (self->existed && !_nullmail_file_attributes_copy_label (self->directory, self->name, fd))
    return FALSE;

  return fchmod (fd, self->existed ? self->original.st_mode & 0600 : 0600) == 0;
}

static gboolean
sync_file (int fd)
{
  /* Never tried again after a failure: the kernel may have dropped the pages meanwhile. */
  return fsync (fd) == 0;
}

gboolean
_nullmail_staged_file_write (NullmailStagedFile  *self,
                             const void          *data,
                             gsize                size,
                             GError             **error)
{
  int saved_errno;
  int fd = openat (self->directory, self->private_name,
                   O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

  fd = _nullmail_leave_standard_fds (fd);
  if (fd < 0)
    return _nullmail_staged_failure (self, errno, error);

  self->state = NULLMAIL_PRIVATE_NEW;
  if (!write_with_space (fd, data, size)
      || !set_attributes (self, fd)
      || !sync_file (fd)
      || fstat (fd, &self->staged) < 0)
    {
      saved_errno = errno;
      close (fd);
      return _nullmail_staged_failure (self, saved_errno, error);
    }

  close (fd);
  return TRUE;
}

gboolean
_nullmail_staged_file_set_old (NullmailStagedFile  *self,
                               GError             **error)
{
  struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { 0 } };

  clock_gettime (CLOCK_REALTIME, &times[1]);
  times[1].tv_sec -= 2;
  if (self->existed
      && (self->original.st_mtim.tv_sec > times[1].tv_sec
          || (self->original.st_mtim.tv_sec == times[1].tv_sec
              && self->original.st_mtim.tv_nsec >= times[1].tv_nsec)))
    {
      /* Later than before, whatever happens: a reader must be able to see that it changed. */
      times[1] = self->original.st_mtim;
      if (++times[1].tv_nsec == 1000000000)
        times[1] = (struct timespec) { .tv_sec = times[1].tv_sec + 1 };
    }

  if (utimensat (self->directory, self->private_name, times, AT_SYMLINK_NOFOLLOW) < 0
      || fstatat (self->directory, self->private_name, &self->staged, AT_SYMLINK_NOFOLLOW) < 0)
    return _nullmail_staged_failure (self, errno, error);

  return TRUE;
}

gboolean
_nullmail_staged_file_adopt (NullmailStagedFile  *self,
                             const char          *name,
                             GError             **error)
{
  int fd = openat (self->directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  int saved_errno = fd < 0 ? errno : 0;

  g_free (self->private_name);
  self->private_name = g_strdup (name);
  self->state = NULLMAIL_PRIVATE_NEW;
  if (fd < 0)
    return _nullmail_staged_failure (self, saved_errno, error);

  if (fstat (fd, &self->staged) < 0
      || ((self->staged.st_mode & 0177) != 0 && fchmod (fd, 0600) < 0)
      || !sync_file (fd))
    saved_errno = errno;
  else if (!S_ISREG (self->staged.st_mode) || self->staged.st_nlink != 1
           || self->staged.st_uid != geteuid ())
    saved_errno = EINVAL;
  close (fd);

  if (saved_errno == 0)
    return TRUE;

  return _nullmail_staged_failure (self, saved_errno, error);
}

void
_nullmail_staged_file_remove (NullmailStagedFile *self)
{
  self->removes = TRUE;
}
