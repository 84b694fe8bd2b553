/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "commit/file-attributes-private.h"

#include <acl/libacl.h>
#include <attr/libattr.h>
#include <sys/acl.h>
#include <sys/xattr.h>
#include <unistd.h>

/* The rules of xattr.conf (5): neither what perm_copy_fd () copies, nor hashes of the contents. */
static int
is_to_be_copied (const char           *name,
                 struct error_context *context)
{
  return attr_copy_action (name, context) == 0;
}

static gboolean
copy_rights (int                source,
             const struct stat *from,
             const char        *name,
             int                fd)
{
  struct stat to;

  if (fstat (fd, &to) < 0)
    return FALSE;
  if ((from->st_uid != to.st_uid || from->st_gid != to.st_gid)
      && fchown (fd, from->st_uid, from->st_gid) < 0)
    return FALSE;

  return perm_copy_fd (name, source, name, fd, NULL) == 0;
}

gboolean
_nullmail_file_attributes_copy_label (int         source,
                                      const char *name,
                                      int         fd)
{
  /* Most files have none, and libattr would ask twice. */
  return flistxattr (source, NULL, 0) == 0
         || attr_copy_fd (name, source, name, fd, is_to_be_copied, NULL) == 0;
}

gboolean
_nullmail_file_attributes_copy (int                source,
                                const struct stat *from,
                                const char        *name,
                                int                fd)
{
  return copy_rights (source, from, name, fd)
         && _nullmail_file_attributes_copy_label (source, name, fd);
}
