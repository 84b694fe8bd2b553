/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "commit/staged-state-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error-private.h"
#include "base/regular-file-private.h"
#include "base/secure-memory-private.h"
#include "base/secure-path-private.h"

#define MAX_TRIES 16

static gboolean
is_same_time (const struct timespec *a,
              const struct timespec *b)
{
  return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* The number of a file that is gone may soon be that of another one; renaming keeps the time. */
static gboolean
is_same_file (const struct stat *a,
              const struct stat *b)
{
  return _nullmail_staged_is_same_inode (a, b) && is_same_time (&a->st_mtim, &b->st_mtim);
}

/* A name that is gone, or already there: another writer was quicker. */
static gboolean
fail (NullmailStagedFile  *self,
      int                  saved_errno,
      GError             **error)
{
  if (saved_errno == ENOENT || saved_errno == EEXIST)
    return _nullmail_staged_conflict (self, error);

  return _nullmail_staged_failure (self, saved_errno, error);
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
    return fail (self, errno, error);
  if (!_nullmail_staged_is_same_inode (&info, &self->original)
      || info.st_size != self->original.st_size)
    return _nullmail_staged_conflict (self, error);

  if (self->expected == NULL)
    is_same = is_same_time (&info.st_mtim, &self->original.st_mtim);
  else if (!(is_same = _nullmail_staged_holds_expected (self)) && errno != 0)
    return _nullmail_staged_failure (self, errno, error);

  if (is_same)
    return TRUE;

  return _nullmail_staged_conflict (self, error);
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

/* As a rename that cannot replace anything, and where the file system has none, a link. Should the
 * private name then stay, it is one for the next run to remove. */
static int
rename_to_nothing (NullmailStagedFile *self,
                   const char         *from,
                   const char         *to)
{
  if (rename_with (self, from, to, RENAME_NOREPLACE) == 0)
    return 0;
  if ((errno != EINVAL && errno != ENOSYS)
      || linkat (self->directory, from, self->directory, to, 0) < 0)
    return -1;

  unlinkat (self->directory, from, 0);
  return 0;
}

/* Another's file that the disk does not let go back gets a name that no run removes. */
static void
keep (NullmailStagedFile *self)
{
  g_autofree char *name = g_strdup_printf ("%s" NULLMAIL_KEPT_INFIX "%08x%08x", self->name,
                                           g_random_int (), g_random_int ());

  if (rename_to_nothing (self, self->private_name, name) == 0)
    self->kept_name = g_steal_pointer (&name);
  else
    self->kept_name = g_strdup (self->private_name);
  self->state = NULLMAIL_PRIVATE_NONE;
}

/* Another's file goes back to the name, where none is. Should there be a newer one, it is old. */
static void
put_back (NullmailStagedFile *self)
{
  if (rename_to_nothing (self, self->private_name, self->name) == 0)
    self->state = NULLMAIL_PRIVATE_NONE;
  else if (errno != EEXIST)
    keep (self);
}

/* What stands at the name now, to be recognised later: renaming has changed its change time. */
static void
note_exchanged (NullmailStagedFile *self)
{
  struct stat info;

  if (fstatat (self->directory, self->name, &info, AT_SYMLINK_NOFOLLOW) == 0
      && is_same_file (&info, &self->staged))
    {
      self->staged = info;
      self->is_noted = TRUE;
    }
}

/* A file that should appear where none was. */
static gboolean
put_new (NullmailStagedFile  *self,
         GError             **error)
{
  if (rename_to_nothing (self, self->private_name, self->name) < 0)
    return fail (self, errno, error);

  self->state = NULLMAIL_PRIVATE_OLD;
  note_exchanged (self);
  return TRUE;
}

/* A file that should go: moved to the private name, looked at, and put back if it is another's. */
static gboolean
take_away (NullmailStagedFile  *self,
           GError             **error)
{
  if (rename_with (self, self->name, self->private_name, 0) < 0)
    return fail (self, errno, error);

  self->state = NULLMAIL_PRIVATE_OLD;
  if (check_original (self, self->private_name, error))
    return TRUE;

  put_back (self);
  return FALSE;
}

/* An exchange displaced another writer's file: theirs goes back to the name, where it should
 * displace what was put there. Whatever else it displaces is newer, and goes back in its turn. */
static void
put_back_foreign (NullmailStagedFile *self,
                  const struct stat  *put_there)
{
  struct stat expected = *put_there, held = { 0 }, displaced;

  fstatat (self->directory, self->private_name, &held, AT_SYMLINK_NOFOLLOW);

  for (guint i = 0; i < MAX_TRIES; i++)
    {
      if (rename_with (self, self->private_name, self->name, RENAME_EXCHANGE) < 0)
        {
          if (errno != ENOENT)
            break;
          put_back (self);
          return;
        }
      if (fstatat (self->directory, self->private_name, &displaced, AT_SYMLINK_NOFOLLOW) < 0
          || is_same_file (&displaced, &expected))
        {
          self->state = NULLMAIL_PRIVATE_NEW;
          return;
        }
      expected = held;
      held = displaced;
    }

  /* The disk fails, or they never end. */
  keep (self);
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
    return _nullmail_staged_failure (self, errno, error);
  if (rename_with (self, self->private_name, self->name, 0) < 0)
    {
      int saved_errno = errno;

      unlinkat (self->directory, displaced, 0);
      return _nullmail_staged_failure (self, saved_errno, error);
    }

  g_free (self->private_name);
  self->private_name = g_steal_pointer (&displaced);
  self->state = NULLMAIL_PRIVATE_OLD;
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
      return fail (self, errno, error);
    }

  self->state = NULLMAIL_PRIVATE_OLD;
  if (!check_original (self, self->private_name, error))
    {
      put_back_foreign (self, &self->staged);
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
    is_ours = exists && is_same_file (&info, &self->staged)
              && (!self->is_noted || is_same_time (&info.st_ctim, &self->staged.st_ctim));

  return is_ours ? NULLMAIL_STAGED_OURS : NULLMAIL_STAGED_FOREIGN;
}

/* A file that appeared goes to another private name: the first may be a second name of it, and a
 * rename from one name to the other of a file does nothing. */
static int
take_back_new (NullmailStagedFile *self)
{
  g_autofree char *other = g_strconcat (self->private_name, ".new", NULL);

  if (rename_with (self, self->name, other, 0) < 0)
    return -1;

  unlinkat (self->directory, self->private_name, 0);
  g_free (self->private_name);
  self->private_name = g_steal_pointer (&other);
  return 0;
}

/* The way back of exchange (), with the same fallback. */
static int
undo_exchange (NullmailStagedFile *self)
{
  int result;

  if (!self->existed)
    return take_back_new (self);
  if (self->removes)
    return rename_to_nothing (self, self->private_name, self->name);

  result = rename_with (self, self->private_name, self->name, RENAME_EXCHANGE);
  if (result < 0 && (errno == EINVAL || errno == ENOSYS))
    result = rename_with (self, self->private_name, self->name, 0);

  return result;
}

gboolean
_nullmail_staged_file_revert (NullmailStagedFile *self)
{
  struct stat info;

  if (self->state != NULLMAIL_PRIVATE_OLD)
    return TRUE;
  if (_nullmail_staged_file_get_owner (self) != NULLMAIL_STAGED_OURS || undo_exchange (self) < 0)
    return FALSE;

  /* Another writer may have come between the look and the exchange: theirs is put back. */
  if (!self->removes
      && fstatat (self->directory, self->private_name, &info, AT_SYMLINK_NOFOLLOW) == 0
      && !is_same_file (&info, &self->staged))
    {
      if (self->existed)
        put_back_foreign (self, &self->original);
      else
        put_back (self);
      return FALSE;
    }

  self->state = self->removes ? NULLMAIL_PRIVATE_NONE : NULLMAIL_PRIVATE_NEW;
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
  if (!self->existed)
    return TRUE;

  /* It may have gone back to its place already, or be in nobody's. */
  if (self->state != NULLMAIL_PRIVATE_OLD)
    return _nullmail_staged_failure (self, ENOENT, error);

  if (renameat (self->directory, self->private_name, directory, name) < 0
      && (errno != EXDEV || !copy_displaced (self, directory, name)))
    return _nullmail_staged_failure (self, errno, error);

  self->state = NULLMAIL_PRIVATE_NONE;
  return TRUE;
}
