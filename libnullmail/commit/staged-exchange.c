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
#include "commit/write-guard-private.h"

/* The exchange puts a staged file in the place of the one that stands at its name, and finds out in
 * doing so whether that was the one that was read before. A program that takes no lock, as an
 * editor or a configuration tool does, may replace the file at any moment: what it has written is
 * never lost, and never overwritten by what was made from an older file.
 *
 * Looking before renaming is not enough, since there is always a moment between the look and the
 * rename. So it goes in this order:
 *
 * 1. Look at the file at the name: is it the one that was read, with the bytes that were read? This
 *    finds nearly every other writer while nothing has been done yet. Programs that write into the
 *    file have closed it by then, and who opens it now for that has to wait (write-guard.c).
 * 2. Exchange the two names in one call, renameat2 (2) with RENAME_EXCHANGE. A reader finds the old
 *    file or the new one, and what was displaced, whoever wrote it, is now under the private name.
 *    The private name is one that no other program knows: were it main.cf.tmp, which Postfix's
 *    commands lock and empty, a command that waits for it would remove what was displaced.
 * 3. Look at what was displaced, as in 1. If it is what was read, and nobody waits to write into
 *    it, which would be lost, the exchange has succeeded.
 * 4. If not, another writer came between 1 and 2. Exchange back, which brings their file to the
 *    name again, and look at what this has displaced in its turn: it should be our new file. If it
 *    is another one, they have written once more meanwhile, that is the newest, and it goes back as
 *    well; and so on, at most MAX_TRIES times. Nobody but a program that does nothing but write
 *    gets so far.
 *    Our own file comes back to the name as well if they have opened it meanwhile and written into
 *    it: then it is the new one that stays, and what they may be about to write into is kept, as
 *    in 5.
 * 5. What cannot be put back, since the disk fails, gets a name that says so and that no later run
 *    removes (keep). The caller is told where it is.
 *
 * A file that is to appear where none was is renamed so that it cannot replace one that has come
 * meanwhile. A file that is to go is renamed to the private name, looked at, and put back if it is
 * not the one that was read. A file system that has no exchange gets a look and a rename; then, and
 * only then, a file that another writer puts there between the two is lost.
 *
 * To revert an exchange is an exchange once more, with the same look behind it. What another writer
 * has put there meanwhile is theirs, and stays. */

#define MAX_TRIES 16

static gboolean
is_same_time (const struct timespec *a,
              const struct timespec *b)
{
  return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* The number of a file that is gone may soon be that of another one, so that the time is compared,
 * too, which a rename does not change. */
static gboolean
is_same_file (const struct stat *a,
              const struct stat *b)
{
  return _nullmail_staged_is_same_inode (a, b) && is_same_time (&a->st_mtim, &b->st_mtim);
}

/* A name that is gone, or is there already, means that another writer was quicker. */
static gboolean
fail (NullmailStagedFile  *self,
      int                  saved_errno,
      GError             **error)
{
  if (saved_errno == ENOENT || saved_errno == EEXIST)
    return _nullmail_staged_conflict (self, error);

  return _nullmail_staged_failure (self, saved_errno, error);
}

/* Whether the file of that name is the one that was read. The error is CONFLICT if it is not, and
 * another one where that cannot be found out. */
static gboolean
check_original (NullmailStagedFile  *self,
                const char          *name,
                GError             **error)
{
  struct stat info;
  gboolean is_same;

  if (fstatat (self->directory, name, &info, AT_SYMLINK_NOFOLLOW) < 0)
    return fail (self, errno, error);
  if (!_nullmail_staged_is_same_inode (&info, &self->original))
    return _nullmail_staged_conflict (self, error);

  if (self->expected == NULL)
    is_same = info.st_size == self->original.st_size
              && is_same_time (&info.st_mtim, &self->original.st_mtim);
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

/* A rename that cannot replace anything. Where the file system has no such rename, a second name is
 * made and the first one removed; if that fails, it is left for the next run to remove. */
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

/* Another writer's file that cannot be put back is kept under a name that no run removes. */
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

/* Puts another writer's file back to its name, at which there should be none by now. If there is
 * one all the same, it is newer, and the one in our hands has been replaced as its writer
 * wanted. */
static void
put_back (NullmailStagedFile *self)
{
  if (rename_to_nothing (self, self->private_name, self->name) == 0)
    self->state = NULLMAIL_PRIVATE_NONE;
  else if (errno != EEXIST)
    keep (self);
}

/* Notes the new file as it stands at the name now, to be recognised later. The change time, which
 * shows a change of its rights, is known only now, for the exchange has set it. */
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

/* A file that should go is moved to the private name and looked at there. */
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

/* An exchange has displaced another writer's file, which goes back to the name, step 4. There it
 * should displace what was put there, by us; any other file that it displaces is newer than theirs,
 * and goes back in its turn, and so does ours with what they have written into it. */
static void
put_back_foreign (NullmailStagedFile *self,
                  const struct stat  *put_there)
{
  struct stat expected = *put_there, held = { 0 }, displaced;
  gboolean is_edited = FALSE;

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
          if (is_edited)
            keep (self);
          return;
        }
      is_edited = _nullmail_staged_is_same_inode (&displaced, put_there);
      expected = held;
      held = displaced;
    }

  /* The exchange fails, or the other writers never come to an end. */
  keep (self);
}

/* For a file system that has no exchange: a look, and then a rename. The old file stays under a
 * second name, to be put back by. */
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

/* A file whose bytes were read. A table is not: the programs that make one would write it anew. */
static gboolean
take_guard (NullmailStagedFile  *self,
            NullmailWriteGuard  *guard,
            GError             **error)
{
  if (self->expected == NULL || _nullmail_write_guard_take (guard, self->original_fd))
    return TRUE;

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_BUSY,
               "“%s” is open for writing in another program: try again when that has closed it",
               self->path);
  return FALSE;
}

/* Whether what was displaced is what was read, and nobody is about to write into it. */
static gboolean
check_displaced (NullmailStagedFile  *self,
                 NullmailWriteGuard  *guard,
                 GError             **error)
{
  if (_nullmail_write_guard_is_awaited (guard))
    return _nullmail_staged_conflict (self, error);

  return check_original (self, self->private_name, error);
}

gboolean
_nullmail_staged_file_exchange (NullmailStagedFile  *self,
                                GError             **error)
{
  g_auto(NullmailWriteGuard) guard = { .fd = -1 };

  if (self->removes)
    return !self->existed || take_away (self, error);
  if (!self->existed)
    return put_new (self, error);
  if (!take_guard (self, &guard, error) || !check_original (self, self->name, error))
    return FALSE;

  if (rename_with (self, self->private_name, self->name, RENAME_EXCHANGE) < 0)
    {
      if (errno == EINVAL || errno == ENOSYS)
        return replace_without_exchange (self, error);
      return fail (self, errno, error);
    }

  self->state = NULLMAIL_PRIVATE_OLD;
  if (!check_displaced (self, &guard, error))
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

/* The calls that take an exchange back, by what it was. */
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

  /* Another writer may have come between the look and the exchange: their file is put back. */
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

/* A file cannot be renamed to another file system, and is copied there. */
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

  /* There is nothing to keep before the exchange, nor when it has been reverted. */
  if (self->state != NULLMAIL_PRIVATE_OLD)
    return _nullmail_staged_failure (self, ENOENT, error);

  if (renameat (self->directory, self->private_name, directory, name) < 0
      && (errno != EXDEV || !copy_displaced (self, directory, name)))
    return _nullmail_staged_failure (self, errno, error);

  self->state = NULLMAIL_PRIVATE_NONE;
  return TRUE;
}
