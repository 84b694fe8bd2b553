/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "commit/state-folder-private.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error-private.h"
#include "base/regular-file-private.h"
#include "base/secure-path-private.h"

/* The folder keeps what is needed for a way back: a record, and the file that a commit displaced.
 * It knows neither what a record says nor what the files are.
 *
 * What is read here is later written to where it matters, with the rights of whoever reads it. So
 * the folder is read only if nobody but root and that user can have put anything there: the whole
 * path of the folder has to pass the rule (secure-path.c), and the folder is made with mode 0700,
 * whatever the umask is. One process opens it once.
 *
 * A record goes with a commit in three steps, so that it is there whenever the commit has happened:
 *
 * 1. Prepare: the new record is written beside the old one, under a name of its own. If that fails
 *    nothing has been changed yet, and nothing will be.
 * 2. The commit, which is not done here.
 * 3. Finish: the new record takes the place of the old one, or goes if nothing was committed.
 *
 * Who is killed between 1 and 3 leaves both records. Then the one that was prepared counts if the
 * file of now is the one that it says was made, which the reader finds out (load_prepared).
 *
 * Nothing here is brought to the disk with fsync (2): a commit would cost twice the time for what
 * is a help and no part of the configuration. After a power cut the record may be an old one, which
 * its reader has to recognise by the same comparison, or a half one, which is refused. */

#define PREPARED_SUFFIX ".next"

struct _NullmailStateFolder
{
  char    *subject;     /* (owned) */
  char    *path;        /* (owned) */
  int      fd;          /* (owned) -1: not opened yet */
  gboolean is_missing;  /* it was looked for and not found */
};

/* The path of the subject as one name. Where that is longer than a name may be, what is missing at
 * the end is told by a digest, behind a character that no other name has. */
static char *
get_name (const char *subject)
{
  g_autofree char *canonical = g_canonicalize_filename (subject, NULL);
  g_autofree char *escaped = g_uri_escape_string (canonical, NULL, FALSE);
  g_autofree char *digest = NULL;
  gsize n_digest;

  if (strlen (escaped) <= NAME_MAX)
    return g_steal_pointer (&escaped);

  digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, canonical, -1);
  n_digest = strlen (digest);
  return g_strdup_printf ("%.*s+%s", (int) (NAME_MAX - 1 - n_digest), escaped, digest);
}

NullmailStateFolder *
_nullmail_state_folder_new (const char *state_directory,
                            const char *subject)
{
  g_autofree char *name = get_name (subject);
  NullmailStateFolder *self = g_new0 (NullmailStateFolder, 1);

  self->subject = g_strdup (subject);
  self->path = g_build_filename (state_directory, name, NULL);
  self->fd = -1;
  return self;
}

void
_nullmail_state_folder_free (NullmailStateFolder *self)
{
  if (self->fd >= 0)
    close (self->fd);

  g_free (self->subject);
  g_free (self->path);
  g_free (self);
}

const char *
_nullmail_state_folder_get_path (NullmailStateFolder *self)
{
  return self->path;
}

const char *
_nullmail_state_folder_get_subject (NullmailStateFolder *self)
{
  return self->subject;
}

/* What was not there is not looked for again, unless it was made since. */
static gboolean
open_folder (NullmailStateFolder  *self,
             GError              **error)
{
  g_autoptr(GError) local_error = NULL;

  if (self->fd >= 0)
    return TRUE;
  if (self->is_missing)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_FOUND, "There is no “%s”", self->path);
      return FALSE;
    }

  self->fd = _nullmail_secure_path_open_directory (self->path, NULL, NULL, &local_error);
  if (self->fd >= 0)
    return TRUE;

  self->is_missing = g_error_matches (local_error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_FOUND);
  g_propagate_error (error, g_steal_pointer (&local_error));
  g_prefix_error (error, "What is remembered of “%s” cannot be reached: ", self->subject);
  return FALSE;
}

/* Makes a directory in one that was walked to, with the promised mode whatever the umask is, and
 * opens it; -1 with errno set. */
static int
make_below (int         parent,
            const char *name)
{
  if (mkdirat (parent, name, 0700) < 0 || fchmodat (parent, name, 0700, 0) < 0)
    return -1;

  return _nullmail_leave_standard_fds (openat (parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW
                                                             | O_CLOEXEC));
}

/* As g_mkdir_with_parents (), but only where nobody else can have prepared the way. */
static int
open_or_make_directory (const char  *path,
                        gboolean     is_missing,
                        GError     **error)
{
  g_autofree char *parent_path = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  g_autoptr(GError) local_error = NULL;
  int parent, saved_errno;
  int fd = is_missing ? -1 : _nullmail_secure_path_open_directory (path, NULL, NULL, &local_error);

  if (fd >= 0)
    return fd;
  if ((!is_missing && !g_error_matches (local_error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_FOUND))
      || g_str_equal (parent_path, path))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return -1;
    }

  parent = open_or_make_directory (parent_path, FALSE, error);
  if (parent < 0)
    return -1;

  fd = make_below (parent, name);
  saved_errno = errno;
  close (parent);
  if (fd < 0 && saved_errno == EEXIST)  /* by another program meanwhile */
    return _nullmail_secure_path_open_directory (path, NULL, NULL, error);
  if (fd < 0)
    _nullmail_set_error_errno (error, saved_errno, "Could not create “%s”", path);

  return fd;
}

static gboolean
open_or_make_folder (NullmailStateFolder  *self,
                     GError              **error)
{
  if (self->fd < 0)
    self->fd = open_or_make_directory (self->path, self->is_missing, error);
  if (self->fd < 0)
    g_prefix_error (error, "What is remembered of “%s” cannot be written: ", self->subject);

  return self->fd >= 0;
}

GBytes *
_nullmail_state_folder_load (NullmailStateFolder  *self,
                             const char           *name,
                             GError              **error)
{
  g_autofree char *path = g_build_filename (self->path, name, NULL);
  GBytes *bytes;
  struct stat info;
  int fd;

  if (!open_folder (self, error))
    return NULL;

  fd = _nullmail_regular_file_open (self->fd, name, path, &info, error);
  if (fd < 0)
    return NULL;

  bytes = _nullmail_regular_file_read (fd, &info, path, NULL, error);
  close (fd);
  return bytes;
}

GBytes *
_nullmail_state_folder_load_prepared (NullmailStateFolder  *self,
                                      const char           *name,
                                      GError              **error)
{
  g_autofree char *prepared = g_strconcat (name, PREPARED_SUFFIX, NULL);

  return _nullmail_state_folder_load (self, prepared, error);
}

static int
create_file (NullmailStateFolder *self,
             const char          *name)
{
  return openat (self->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

/* What a killed run has prepared goes. FALSE with errno set. */
static gboolean
write_file (NullmailStateFolder *self,
            const char          *name,
            GBytes              *bytes)
{
  int fd = create_file (self, name);
  int saved_errno;
  gboolean ok;

  if (fd < 0 && errno == EEXIST && unlinkat (self->fd, name, 0) == 0)
    fd = create_file (self, name);
  fd = _nullmail_leave_standard_fds (fd);
  if (fd < 0)
    return FALSE;

  ok = _nullmail_write_all (fd, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes))
       && fchmod (fd, 0600) == 0;
  saved_errno = errno;
  close (fd);
  if (!ok)
    unlinkat (self->fd, name, 0);

  errno = saved_errno;
  return ok;
}

gboolean
_nullmail_state_folder_prepare (NullmailStateFolder  *self,
                                const char           *name,
                                GBytes               *bytes,
                                GError              **error)
{
  g_autofree char *prepared = g_strconcat (name, PREPARED_SUFFIX, NULL);
  g_autofree char *reason = NULL;
  gboolean is_denied;

  if (!open_or_make_folder (self, error))
    return FALSE;
  if (write_file (self, prepared, bytes))
    return TRUE;

  reason = _nullmail_describe_errno (errno);
  is_denied = errno == EACCES || errno == EPERM;
  g_set_error (error, NULLMAIL_ERROR,
               is_denied ? NULLMAIL_ERROR_PERMISSION_DENIED : NULLMAIL_ERROR_WRITE,
               "Could not write “%s” in “%s”: %s", prepared, self->path, reason);
  return FALSE;
}

void
_nullmail_state_folder_finish (NullmailStateFolder *self,
                               const char          *name,
                               gboolean             committed)
{
  g_autofree char *prepared = g_strconcat (name, PREPARED_SUFFIX, NULL);

  if (committed)
    renameat (self->fd, prepared, self->fd, name);
  else
    unlinkat (self->fd, prepared, 0);
}

gboolean
_nullmail_state_folder_keep (NullmailStateFolder *self,
                             NullmailStagedFile  *file,
                             const char          *name)
{
  return _nullmail_staged_file_keep_displaced (file, self->fd, name, NULL);
}

void
_nullmail_state_folder_add_name (NullmailStateFolder *self,
                                 const char          *name,
                                 const char          *new_name)
{
  unlinkat (self->fd, new_name, 0);
  linkat (self->fd, name, self->fd, new_name, 0);
}

void
_nullmail_state_folder_remove (NullmailStateFolder *self,
                               const char          *name)
{
  unlinkat (self->fd, name, 0);
}
