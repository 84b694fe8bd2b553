/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "commit/staged-state-private.h"

#include <errno.h>

#include "base/error-private.h"
#include "base/obstacle-private.h"
#include "base/regular-file-private.h"

gboolean
_nullmail_staged_is_same_inode (const struct stat *a,
                                const struct stat *b)
{
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

gboolean
_nullmail_staged_holds_expected (NullmailStagedFile *self)
{
  return _nullmail_regular_file_holds (self->original_fd, self->expected, self->expected_size,
                                       self->kind == NULLMAIL_STAGED_SECRET);
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
_nullmail_staged_failure (NullmailStagedFile  *self,
                          int                  saved_errno,
                          GError             **error)
{
  g_autofree char *words = g_strdup_printf ("Could not replace “%s”", self->path);

  if (_nullmail_obstacle_set_error (self->directory, self->name, saved_errno, words, error))
    return FALSE;
  if (saved_errno == EACCES || saved_errno == EPERM)
    _nullmail_set_error_errno (error, saved_errno,
                               "Could not replace “%s”: the rights of its owner or of root are "
                               "needed", self->path);
  else
    g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_WRITE, "Could not replace “%s”: %s",
                 self->path, g_strerror (saved_errno));
  return FALSE;
}
