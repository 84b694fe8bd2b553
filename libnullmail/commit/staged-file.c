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

#define MAX_TRIES 16

typedef enum
{
  STATE_EMPTY,      /* nothing under the private name */
  STATE_STAGED,     /* the new file is under the private name */
  STATE_EXCHANGED,  /* the old file, if there was one, is under the private name */
} State;

struct _NullmailStagedFile
{
  int                 directory;      /* (unowned) */
  char               *name;           /* (owned) */
  char               *path;           /* (owned) for messages */
  NullmailStagedKind  kind;

  gboolean            existed;
  struct stat         original;       /* what may be displaced */
  const void         *expected;       /* (unowned) (nullable) what it must hold */
  gsize               expected_size;

  char               *private_name;   /* (owned) */
  gboolean            removes;
  struct stat         staged;         /* the new file */
  State               state;
};

static gboolean
is_same_inode (const struct stat *a,
               const struct stat *b)
{
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static gboolean
is_same_time (const struct timespec *a,
              const struct timespec *b)
{
  return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

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
  if (self->state == STATE_STAGED || (self->state == STATE_EXCHANGED && self->existed))
    unlinkat (self->directory, self->private_name, 0);

  g_free (self->name);
  g_free (self->path);
  g_free (self->private_name);
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

/* Whether a file of the directory holds the expected bytes; FALSE with errno set if unreadable. */
static gboolean
holds_expected (NullmailStagedFile *self,
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

static gboolean
set_conflict (NullmailStagedFile  *self,
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
    return set_conflict (self, error);
  if (data == NULL)
    return TRUE;

  self->expected = data;
  self->expected_size = size;
  if (holds_expected (self, self->name))
    return TRUE;
  if (errno == 0)
    return set_conflict (self, error);

  _nullmail_set_error_errno (error, errno, "Could not read “%s”", self->path);
  return FALSE;
}

static gboolean
set_write_error (NullmailStagedFile  *self,
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
    return set_write_error (self, errno, error);

  self->state = STATE_STAGED;
  if (!write_with_space (fd, data, size)
      || !set_attributes (self, fd)
      || !sync_file (fd)
      || fstat (fd, &self->staged) < 0)
    {
      saved_errno = errno;
      close (fd);
      return set_write_error (self, saved_errno, error);
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

  if (utimensat (self->directory, self->private_name, times, AT_SYMLINK_NOFOLLOW) < 0)
    return set_write_error (self, errno, error);

  return TRUE;
}

gboolean
_nullmail_staged_file_adopt (NullmailStagedFile  *self,
                             const char          *name,
                             GError             **error)
{
  int saved_errno = 0;
  int fd = openat (self->directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

  g_free (self->private_name);
  self->private_name = g_strdup (name);
  if (fd < 0)
    return set_write_error (self, errno, error);

  self->state = STATE_STAGED;
  if (fstat (fd, &self->staged) < 0
      || ((self->staged.st_mode & 0177) != 0 && fchmod (fd, 0600) < 0)
      || !sync_file (fd))
    saved_errno = errno;
  else if (!S_ISREG (self->staged.st_mode) || self->staged.st_nlink != 1
           || self->staged.st_uid != geteuid ())
    saved_errno = EINVAL;
  close (fd);

  return saved_errno == 0 || set_write_error (self, saved_errno, error);
}

void
_nullmail_staged_file_remove (NullmailStagedFile *self)
{
  self->removes = TRUE;
}

/* Whether a file that was displaced is the one that was read: CONFLICT if it is another's, and
 * another error where that cannot be found out. */
static gboolean
check_original (NullmailStagedFile  *self,
                const char          *name,
                GError             **error)
{
  struct stat info;
  gboolean is_same;

  if (fstatat (self->directory, name, &info, AT_SYMLINK_NOFOLLOW) < 0)
    return errno == ENOENT ? set_conflict (self, error) : set_write_error (self, errno, error);
  if (!is_same_inode (&info, &self->original))
    return set_conflict (self, error);

  if (self->expected == NULL)
    is_same = info.st_size == self->original.st_size
              && is_same_time (&info.st_mtim, &self->original.st_mtim);
  else if (!(is_same = holds_expected (self, name)) && errno != 0)
    return set_write_error (self, errno, error);

  return is_same || set_conflict (self, error);
}

static int
rename_with (NullmailStagedFile *self,
             const char         *from,
             const char         *to,
             guint               flags)
{
  int result;

  do
    result = renameat2 (self->directory, from, self->directory, to, flags);
  while (result < 0 && errno == EINTR);

  return result;
}

/* What stands at the name now, to be recognised later: renaming has changed its change time. */
static void
note_exchanged (NullmailStagedFile *self)
{
  struct stat info;

  if (fstatat (self->directory, self->name, &info, AT_SYMLINK_NOFOLLOW) == 0
      && is_same_inode (&info, &self->staged))
    self->staged = info;
}

/* A file that should appear where none was. */
static gboolean
put_new (NullmailStagedFile  *self,
         GError             **error)
{
  if (rename_with (self, self->private_name, self->name, RENAME_NOREPLACE) < 0)
    {
      /* A file system without the flag: a link cannot replace anything either. */
      if ((errno != EINVAL && errno != ENOSYS)
          || linkat (self->directory, self->private_name, self->directory, self->name, 0) < 0)
        return errno == EEXIST ? set_conflict (self, error) : set_write_error (self, errno, error);

      unlinkat (self->directory, self->private_name, 0);
    }

  self->state = STATE_EXCHANGED;
  note_exchanged (self);
  return TRUE;
}

/* A file that should go: moved to the private name, looked at, and put back if it is another's. */
static gboolean
take_away (NullmailStagedFile  *self,
           GError             **error)
{
  if (rename_with (self, self->name, self->private_name, 0) < 0)
    return errno == ENOENT ? set_conflict (self, error) : set_write_error (self, errno, error);

  self->state = STATE_EXCHANGED;
  if (check_original (self, self->private_name, error))
    return TRUE;

  if (rename_with (self, self->private_name, self->name, RENAME_NOREPLACE) == 0)
    self->state = STATE_EMPTY;
  return FALSE;
}

/* The exchange displaced another writer's file: theirs goes back to the name. Should a third one
 * have come meanwhile, the newest is put back, and what is left under the private name is old. */
static void
put_back_foreign (NullmailStagedFile *self)
{
  struct stat held = { 0 }, displaced;

  fstatat (self->directory, self->private_name, &held, AT_SYMLINK_NOFOLLOW);

  for (guint i = 0; i < MAX_TRIES; i++)
    {
      if (rename_with (self, self->private_name, self->name, RENAME_EXCHANGE) < 0)
        {
          /* The name is gone, or the disk is: keep theirs under either name. */
          rename_with (self, self->private_name, self->name, RENAME_NOREPLACE);
          self->state = STATE_EMPTY;
          return;
        }
      if (fstatat (self->directory, self->private_name, &displaced, AT_SYMLINK_NOFOLLOW) < 0
          || is_same_inode (&displaced, &self->staged)
          || (i > 0 && is_same_inode (&displaced, &held)))
        break;
      if (i % 2 == 1)
        held = displaced;
    }

  self->state = STATE_STAGED;
}

/* Where the file system has no exchange, a look and then a rename: another writer that takes no
 * lock and comes just in between is lost. The old file is kept by a link. */
static gboolean
replace_without_exchange (NullmailStagedFile  *self,
                          GError             **error)
{
  g_autofree char *displaced = g_strconcat (self->private_name, ".old", NULL);

  if (!check_original (self, self->name, error))
    return FALSE;
  if (linkat (self->directory, self->name, self->directory, displaced, 0) < 0)
    return set_write_error (self, errno, error);
  if (rename_with (self, self->private_name, self->name, 0) < 0)
    {
      int saved_errno = errno;

      unlinkat (self->directory, displaced, 0);
      return set_write_error (self, saved_errno, error);
    }

  g_free (self->private_name);
  self->private_name = g_steal_pointer (&displaced);
  self->state = STATE_EXCHANGED;
  note_exchanged (self);
  return TRUE;
}

gboolean
_nullmail_staged_file_exchange (NullmailStagedFile  *self,
                                GError             **error)
{
  if (self->removes)
    return !self->existed || take_away (self, error);
  if (!self->existed)
    return put_new (self, error);
  if (!check_original (self, self->name, error))
    return FALSE;

  if (rename_with (self, self->private_name, self->name, RENAME_EXCHANGE) < 0)
    {
      if (errno == EINVAL || errno == ENOSYS)
        return replace_without_exchange (self, error);
      return errno == ENOENT ? set_conflict (self, error) : set_write_error (self, errno, error);
    }

  self->state = STATE_EXCHANGED;
  if (!check_original (self, self->private_name, error))
    {
      put_back_foreign (self);
      return FALSE;
    }

  note_exchanged (self);
  return TRUE;
}

NullmailStagedOwner
_nullmail_staged_file_get_owner (NullmailStagedFile *self)
{
  struct stat info;
  gboolean exists = fstatat (self->directory, self->name, &info, AT_SYMLINK_NOFOLLOW) == 0;
  gboolean is_ours;

  if (!exists && errno != ENOENT)
    return NULLMAIL_STAGED_UNKNOWN;

  if (self->removes)
    is_ours = !exists;
  else
    is_ours = exists && is_same_inode (&info, &self->staged)
              && is_same_time (&info.st_mtim, &self->staged.st_mtim)
              && is_same_time (&info.st_ctim, &self->staged.st_ctim);

  return is_ours ? NULLMAIL_STAGED_OURS : NULLMAIL_STAGED_FOREIGN;
}

/* The way back of exchange (), with the same fallback. */
static int
undo_exchange (NullmailStagedFile *self)
{
  int result;

  if (!self->existed)
    result = rename_with (self, self->name, self->private_name, RENAME_NOREPLACE);
  else if (self->removes)
    result = rename_with (self, self->private_name, self->name, RENAME_NOREPLACE);
  else
    result = rename_with (self, self->private_name, self->name, RENAME_EXCHANGE);
  if (result < 0 && (errno == EINVAL || errno == ENOSYS))
    result = self->existed ? rename_with (self, self->private_name, self->name, 0)
                           : rename_with (self, self->name, self->private_name, 0);

  return result;
}

gboolean
_nullmail_staged_file_revert (NullmailStagedFile *self)
{
  struct stat info;

  if (self->state != STATE_EXCHANGED)
    return TRUE;
  if (_nullmail_staged_file_get_owner (self) != NULLMAIL_STAGED_OURS || undo_exchange (self) < 0)
    return FALSE;

  /* Another writer may have come between the look and the exchange: theirs is put back. */
  if (!self->removes
      && fstatat (self->directory, self->private_name, &info, AT_SYMLINK_NOFOLLOW) == 0
      && (!is_same_inode (&info, &self->staged)
          || !is_same_time (&info.st_mtim, &self->staged.st_mtim)))
    {
      rename_with (self, self->private_name, self->name,
                   self->existed ? RENAME_EXCHANGE : RENAME_NOREPLACE);
      return FALSE;
    }

  self->state = self->removes ? STATE_EMPTY : STATE_STAGED;
  return TRUE;
}

/* A copy for where the old file's file system is not that of its new place. */
static gboolean
copy_displaced (NullmailStagedFile *self,
                int                 directory,
                const char         *name)
{
  g_autoptr(NullmailSecureBuffer) buffer = NULL;
  int from = openat (self->directory, self->private_name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  int to;
  gboolean ok;

  if (from < 0)
    return FALSE;

  unlinkat (directory, name, 0);
  to = openat (directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  to = _nullmail_leave_standard_fds (to);
  buffer = _nullmail_secure_buffer_new (self->original.st_size);
  ok = to >= 0
       && _nullmail_secure_buffer_read_fd (buffer, from, NULLMAIL_MAX_FILE_BYTES)
       && _nullmail_write_all (to, buffer->data, buffer->size);
  if (to >= 0)
    close (to);
  close (from);

  return ok && unlinkat (self->directory, self->private_name, 0) == 0;
}

gboolean
_nullmail_staged_file_keep_displaced (NullmailStagedFile  *self,
                                      int                  directory,
                                      const char          *name,
                                      GError             **error)
{
  g_return_val_if_fail (self->state == STATE_EXCHANGED, FALSE);

  if (!self->existed)
    return TRUE;

  if (renameat (self->directory, self->private_name, directory, name) < 0
      && (errno != EXDEV || !copy_displaced (self, directory, name)))
    return set_write_error (self, errno, error);

  self->state = STATE_EMPTY;
  return TRUE;
}
