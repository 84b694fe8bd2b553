/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "commit/staged-file-private.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/error-private.h"
#include "base/obstacle-private.h"
#include "base/regular-file-private.h"
#include "commit/file-attributes-private.h"

/* The new contents of a file are written beside it, in the same directory, since a rename from
 * another file system is none. The private name is made with O_EXCL, so that nothing that somebody
 * has planted under it is written to, and with mode 0600, so that nobody has it open when its
 * rights become those of the file that it will replace. In this order:
 *
 * 1. Take the space on the disk, and write. A full disk shows here, where nothing has happened yet.
 * 2. Give it owner, mode, ACL and extended attributes of the file that it will replace. Of a file
 *    with passwords nothing is taken over that lets anybody in.
 * 3. Set its time.
 * 4. Bring it to the disk, fsync (2). A rename may reach the disk before the data of the renamed
 *    file does; without this a power cut could leave an empty file at the name. */

static gboolean
check_kind (const struct stat   *info,
            const char          *path,
            NullmailStagedKind   kind,
            GError             **error)
{
  if (!S_ISREG (info->st_mode))
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE,
                   "“%s” is no regular file: move it away", path);
      return FALSE;
    }
  if (kind == NULLMAIL_STAGED_SECRET && info->st_nlink > 1)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INSECURE_PATH,
                   "“%s” holds passwords and has %u names: remove the other links to it",
                   path, (guint) info->st_nlink);
      return FALSE;
    }

  return TRUE;
}

NullmailStagedFile *
_nullmail_staged_file_new_for_info (int                  directory,
                                    const char          *name,
                                    const char          *path,
                                    NullmailStagedKind   kind,
                                    const struct stat   *info,
                                    GError             **error)
{
  NullmailStagedFile *self;

  if (info != NULL && !check_kind (info, path, kind, error))
    return NULL;

  self = g_new0 (NullmailStagedFile, 1);
  self->directory = directory;
  self->name = g_strdup (name);
  self->path = g_strdup (path);
  self->kind = kind;
  self->private_name = g_strdup_printf (NULLMAIL_STAGED_PREFIX "%08x%08x-%s",
                                        g_random_int (), g_random_int (), name);
  self->original_fd = -1;
  if (info != NULL)
    {
      self->existed = TRUE;
      self->original = *info;
    }

  return self;
}

NullmailStagedFile *
_nullmail_staged_file_new (int                  directory,
                           const char          *name,
                           const char          *path,
                           NullmailStagedKind   kind,
                           GError             **error)
{
  struct stat info;
  gboolean exists = fstatat (directory, name, &info, AT_SYMLINK_NOFOLLOW) == 0;

  if (!exists && errno != ENOENT)
    {
      _nullmail_set_error_errno (error, errno, "Could not examine “%s”", path);
      return NULL;
    }

  return _nullmail_staged_file_new_for_info (directory, name, path, kind, exists ? &info : NULL,
                                             error);
}

void
_nullmail_staged_file_free (NullmailStagedFile *self)
{
  if (self->state != NULLMAIL_PRIVATE_NONE)
    unlinkat (self->directory, self->private_name, 0);
  if (self->original_fd >= 0)
    close (self->original_fd);

  g_free (self->name);
  g_free (self->path);
  g_free (self->private_name);
  g_free (self->kept_name);
  g_free (self->label_name);
  g_free (self);
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

/* Opens the file that may be displaced, for reading what it holds and who may read it, then and
 * whenever it is looked at again; as long as it is held no other file can have its number. FALSE
 * with errno set, which is 0 where another file stands at the name by now. */
static gboolean
hold_original (NullmailStagedFile *self)
{
  struct stat info;
  int saved_errno;

  if (self->original_fd >= 0)
    return TRUE;

  self->original_fd = openat (self->directory, self->name,
                              O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (self->original_fd < 0)
    return FALSE;

  saved_errno = fstat (self->original_fd, &info) < 0 ? errno : 0;
  if (saved_errno == 0 && _nullmail_staged_is_same_inode (&info, &self->original))
    {
      self->original = info;
      return TRUE;
    }

  close (self->original_fd);
  self->original_fd = -1;
  errno = saved_errno;
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
  if (hold_original (self) && _nullmail_staged_holds_expected (self))
    return TRUE;
  if (errno == 0)
    return _nullmail_staged_conflict (self, error);

  _nullmail_set_error_errno (error, errno, "Could not read “%s”", self->path);
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

/* The file whose label is to be taken may be gone by now. */
static gboolean
copy_taken_label (NullmailStagedFile *self,
                  int                 fd)
{
  gboolean is_copied;
  int saved_errno;
  int source;

  if (self->label_name == NULL)
    return TRUE;

  source = openat (self->directory, self->label_name,
                   O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (source < 0)
    return TRUE;

  is_copied = _nullmail_file_attributes_copy_label (source, self->label_name, fd);
  saved_errno = errno;
  close (source);
  errno = saved_errno;
  return is_copied;
}

static gboolean
set_attributes (NullmailStagedFile *self,
                int                 fd)
{
  if (self->kind == NULLMAIL_STAGED_PUBLIC)
    {
      if (!self->existed)
        return fchmod (fd, 0644) == 0;
      return hold_original (self)
             && _nullmail_file_attributes_copy (self->original_fd, &self->original, self->name, fd);
    }

  if (self->existed
      ? !(hold_original (self)
          && _nullmail_file_attributes_copy_label (self->original_fd, self->name, fd))
      : !copy_taken_label (self, fd))
    return FALSE;

  return fchmod (fd, self->existed ? self->original.st_mode & 0600 : 0600) == 0;
}

static gboolean
is_earlier (const struct timespec *a,
            const struct timespec *b)
{
  return a->tv_sec < b->tv_sec || (a->tv_sec == b->tv_sec && a->tv_nsec < b->tv_nsec);
}

/* The time of a file is what this host's clock says, and not what the clock of the machine that has
 * the disk says, which may run ahead: a password file from the future would look as if it had to be
 * written anew, for ever. A time that cannot be set is no reason to fail. */
static void
set_time (NullmailStagedFile *self,
          int                 fd)
{
  struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { 0 } };

  clock_gettime (CLOCK_REALTIME, &times[1]);
  if (self->wants_old_time)
    times[1].tv_sec -= 2;
  if (self->wants_old_time && self->existed && !is_earlier (&self->original.st_mtim, &times[1]))
    {
      /* Later than before, whatever happens: a reader must be able to see that it changed. */
      times[1] = self->original.st_mtim;
      if (++times[1].tv_nsec == 1000000000)
        times[1] = (struct timespec) { .tv_sec = times[1].tv_sec + 1 };
    }

  futimens (fd, times);
}

static gboolean
sync_file (int fd)
{
  /* Never tried again after a failure: the kernel may have dropped the pages meanwhile. */
  return fsync (fd) == 0;
}

/* Steps 3 and 4. */
static gboolean
finish_file (NullmailStagedFile *self,
             int                 fd)
{
  set_time (self, fd);
  return sync_file (fd) && fstat (fd, &self->staged) == 0;
}

/* What can never be replaced shows here, where nothing has happened yet, and not at the
 * exchange. */
static gboolean
check_obstacle (NullmailStagedFile  *self,
                GError             **error)
{
  NullmailObstacle obstacle = _nullmail_obstacle_find_at_file (self->directory, self->name);
  g_autofree char *words = NULL;

  if (obstacle == NULLMAIL_OBSTACLE_NONE)
    return TRUE;

  words = g_strdup_printf ("Could not replace “%s”", self->path);
  _nullmail_obstacle_report (obstacle, words, error);
  return FALSE;
}

gboolean
_nullmail_staged_file_write (NullmailStagedFile  *self,
                             const void          *data,
                             gsize                size,
                             GError             **error)
{
  int saved_errno;
  int fd;

  if (!check_obstacle (self, error))
    return FALSE;

  fd = openat (self->directory, self->private_name,
               O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  fd = _nullmail_leave_standard_fds (fd);
  if (fd < 0)
    return _nullmail_staged_failure (self, errno, error);

  self->state = NULLMAIL_PRIVATE_NEW;
  if (!write_with_space (fd, data, size)
      || !set_attributes (self, fd)
      || !finish_file (self, fd))
    {
      saved_errno = errno;
      close (fd);
      return saved_errno != 0 ? _nullmail_staged_failure (self, saved_errno, error)
                              : _nullmail_staged_conflict (self, error);
    }

  close (fd);
  return TRUE;
}

void
_nullmail_staged_file_use_old_time (NullmailStagedFile *self)
{
  self->wants_old_time = TRUE;
}

gboolean
_nullmail_staged_file_take_label (NullmailStagedFile *self,
                                  const char         *name)
{
  struct stat info;

  if (self->existed || fstatat (self->directory, name, &info, AT_SYMLINK_NOFOLLOW) < 0
      || !S_ISREG (info.st_mode))
    return FALSE;

  g_free (self->label_name);
  self->label_name = g_strdup (name);
  return TRUE;
}

/* What another program has made is taken only if it is a file of ours that has no second name. It
 * gets what the file that it will replace has, as if it had been written here. */
static gboolean
adopt_fd (NullmailStagedFile *self,
          int                 fd)
{
  struct stat info;

  if (fstat (fd, &info) < 0)
    return FALSE;
  if (!S_ISREG (info.st_mode) || info.st_nlink != 1 || info.st_uid != geteuid ())
    {
      errno = EINVAL;
      return FALSE;
    }

  return set_attributes (self, fd) && finish_file (self, fd);
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

  if (adopt_fd (self, fd))
    {
      close (fd);
      return TRUE;
    }

  saved_errno = errno;
  close (fd);
  return saved_errno != 0 ? _nullmail_staged_failure (self, saved_errno, error)
                          : _nullmail_staged_conflict (self, error);
}

void
_nullmail_staged_file_remove (NullmailStagedFile *self)
{
  self->removes = TRUE;
}
