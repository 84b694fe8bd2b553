/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "base/obstacle-private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/error-private.h"

/* Of an append-only directory nothing can be renamed, nor can an append-only file. */
#define FIXED (STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND)

NullmailObstacle
_nullmail_obstacle_find_at_file (int         directory,
                                 const char *name)
{
  struct statx info;

  if (statx (directory, name, AT_SYMLINK_NOFOLLOW, 0, &info) < 0)
    return NULLMAIL_OBSTACLE_NONE;
  if ((info.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0)
    return NULLMAIL_OBSTACLE_MOUNTED;

  return (info.stx_attributes & FIXED) != 0 ? NULLMAIL_OBSTACLE_IMMUTABLE : NULLMAIL_OBSTACLE_NONE;
}

static NullmailObstacle
find_at_directory (int directory)
{
  struct statvfs mount;
  struct statx info;

  if (fstatvfs (directory, &mount) == 0 && (mount.f_flag & ST_RDONLY) != 0)
    return NULLMAIL_OBSTACLE_READ_ONLY;

  return statx (directory, "", AT_EMPTY_PATH, 0, &info) == 0 && (info.stx_attributes & FIXED) != 0
         ? NULLMAIL_OBSTACLE_IMMUTABLE : NULLMAIL_OBSTACLE_NONE;
}

void
_nullmail_obstacle_report (NullmailObstacle   obstacle,
                           const char        *words,
                           GError           **error)
{
  g_autofree char *shown = _nullmail_show_name (words);

  switch (obstacle)
    {
    case NULLMAIL_OBSTACLE_READ_ONLY:
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_WRITE,
                   "%s: what is mounted there is for reading only, so mount it for writing (a "
                   "volume of a container without “ro”)", shown);
      break;
    case NULLMAIL_OBSTACLE_MOUNTED:
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_WRITE,
                   "%s: the file is mounted by itself, so that no other can take its place: mount "
                   "the directory that it is in, and not the file", shown);
      break;
    case NULLMAIL_OBSTACLE_IMMUTABLE:
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_PERMISSION_DENIED,
                   "%s: the file or its directory is immutable, also for root, until somebody runs "
                   "“chattr -i -a” on it", shown);
      break;
    case NULLMAIL_OBSTACLE_NONE:
    default:
      break;
    }
}

gboolean
_nullmail_obstacle_set_error (int          directory,
                              const char  *name,
                              int          saved_errno,
                              const char  *words,
                              GError     **error)
{
  NullmailObstacle obstacle;

  if (saved_errno != EROFS && saved_errno != EBUSY && saved_errno != EPERM && saved_errno != EACCES)
    return FALSE;

  obstacle = find_at_directory (directory);
  if (obstacle == NULLMAIL_OBSTACLE_NONE)
    obstacle = _nullmail_obstacle_find_at_file (directory, name);

  _nullmail_obstacle_report (obstacle, words, error);
  return obstacle != NULLMAIL_OBSTACLE_NONE;
}
