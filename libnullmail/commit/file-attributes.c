/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "commit/file-attributes-private.h"

#include <acl/libacl.h>
#include <attr/libattr.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/acl.h>
#include <sys/stat.h>
#include <unistd.h>

/* The rules of xattr.conf (5): neither what perm_copy_fd () copies, nor hashes of the contents. */
static int
is_to_be_copied (const char           *name,
                 struct error_context *context)
{
  return attr_copy_action (name, context) == 0;
}

static int
open_source (int         directory,
             const char *name)
{
  return openat (directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
}

static gboolean
copy_rights (const char *name,
             int         source,
             int         fd)
{
  struct stat from, to;

  if (fstat (source, &from) < 0 || fstat (fd, &to) < 0)
    return FALSE;
  if ((from.st_uid != to.st_uid || from.st_gid != to.st_gid)
      && fchown (fd, from.st_uid, from.st_gid) < 0)
    return FALSE;

  return perm_copy_fd (name, source, name, fd, NULL) == 0;
}

static gboolean
copy_extended (const char *name,
               int         source,
               int         fd)
{
  return attr_copy_fd (name, source, name, fd, is_to_be_copied, NULL) == 0;
}

gboolean
_nullmail_file_attributes_copy (int         directory,
                                const char *name,
                                int         fd)
{
  int source = open_source (directory, name);
  gboolean ok = source >= 0 && copy_rights (name, source, fd) && copy_extended (name, source, fd);
  int saved_errno = errno;

  if (source >= 0)
    close (source);
  errno = saved_errno;
  return ok;
}

gboolean
_nullmail_file_attributes_copy_label (int         directory,
                                      const char *name,
                                      int         fd)
{
  int source = open_source (directory, name);
  gboolean ok = source >= 0 && copy_extended (name, source, fd);
  int saved_errno = errno;

  if (source >= 0)
    close (source);
  errno = saved_errno;
  return ok;
}
