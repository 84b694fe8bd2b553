/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "base/secure-path-private.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/error-private.h"

#define MAX_LINKS 16  /* as many symbolic links in one path as anybody needs */

/* A walk along a path: what is still to go, as a queue of names, and where it has come to. */
typedef struct
{
  const char *path;        /* (unowned) as the caller wrote it, for messages */
  GQueue      names;       /* (element-type utf8) */
  int         directory;   /* the directory reached */
  guint       links_left;
} Walk;

gboolean
_nullmail_stat_is_secure (const struct stat *info)
{
  if (info->st_uid != 0 && info->st_uid != geteuid ())
    return FALSE;
  if (S_ISLNK (info->st_mode))
    return TRUE;
  if ((info->st_mode & (S_IWGRP | S_IWOTH)) == 0)
    return TRUE;

  return S_ISDIR (info->st_mode) && (info->st_mode & S_ISVTX) != 0;
}

static gboolean
check_component (const char         *path,
                 const char         *name,
                 const struct stat  *info,
                 GError            **error)
{
  if (_nullmail_stat_is_secure (info))
    return TRUE;

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INSECURE_PATH,
               "“%s” of the path “%s” belongs to user %u with mode %04o: give it to root and "
               "take the write permission from group and others",
               name, path, info->st_uid, info->st_mode & 07777);
  return FALSE;
}

static void
walk_prepend (Walk       *walk,
              const char *relative)
{
  g_auto(GStrv) names = g_strsplit (relative, "/", -1);

  for (guint i = g_strv_length (names); i > 0; i--)
    {
      if (*names[i - 1] != '\0' && strcmp (names[i - 1], ".") != 0)
        g_queue_push_head (&walk->names, g_strdup (names[i - 1]));
    }
}

static gboolean
walk_to_root (Walk    *walk,
              GError **error)
{
  int root = open ("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

  if (root < 0)
    {
      _nullmail_set_error_errno (error, errno, "Could not open “/”");
      return FALSE;
    }

  if (walk->directory >= 0)
    close (walk->directory);
  walk->directory = root;
  return TRUE;
}

static gboolean
walk_init (Walk        *walk,
           const char  *path,
           GError     **error)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);

  walk->path = path;
  g_queue_init (&walk->names);
  walk->directory = -1;
  walk->links_left = MAX_LINKS;
  walk_prepend (walk, absolute);
  return walk_to_root (walk, error);
}

static void
walk_clear (Walk *walk)
{
  g_queue_clear_full (&walk->names, g_free);
  if (walk->directory >= 0)
    close (walk->directory);
}

static gboolean
walk_follow_link (Walk               *walk,
                  const char         *name,
                  const struct stat  *info,
                  GError            **error)
{
  char target[PATH_MAX];
  gssize length;

  if (!check_component (walk->path, name, info, error))
    return FALSE;
  if (walk->links_left-- == 0)
    {
      _nullmail_set_error_errno (error, ELOOP, "Could not open “%s”", walk->path);
      return FALSE;
    }

  length = readlinkat (walk->directory, name, target, sizeof target - 1);
  if (length < 0)
    {
      _nullmail_set_error_errno (error, errno, "Could not follow the link “%s” of “%s”",
                                 name, walk->path);
      return FALSE;
    }

  target[length] = '\0';
  walk_prepend (walk, target);
  return target[0] != '/' || walk_to_root (walk, error);
}

static gboolean
walk_enter (Walk        *walk,
            const char  *name,
            GError     **error)
{
  struct stat info;
  int directory = openat (walk->directory, name,
                          O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

  if (directory < 0)
    {
      _nullmail_set_error_errno (error, errno, "Could not open “%s” of the path “%s”",
                                 name, walk->path);
      return FALSE;
    }

  close (walk->directory);
  walk->directory = directory;
  if (fstat (directory, &info) < 0)
    {
      _nullmail_set_error_errno (error, errno, "Could not examine “%s”", walk->path);
      return FALSE;
    }

  return check_component (walk->path, name, &info, error);
}

/* Takes the next name; links are put back as their target's names. */
static gboolean
walk_step (Walk    *walk,
           GError **error)
{
  g_autofree char *name = g_queue_pop_head (&walk->names);
  struct stat info;

  if (fstatat (walk->directory, name, &info, AT_SYMLINK_NOFOLLOW) < 0)
    {
      _nullmail_set_error_errno (error, errno, "Could not find “%s” of the path “%s”",
                                 name, walk->path);
      return FALSE;
    }

  if (S_ISLNK (info.st_mode))
    return walk_follow_link (walk, name, &info, error);

  return walk_enter (walk, name, error);
}

static int
walk_open_for_reading (Walk    *walk,
                       GError **error)
{
  int directory = openat (walk->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (directory < 0)
    _nullmail_set_error_errno (error, errno, "Could not open the directory of “%s”", walk->path);

  return directory;
}

int
_nullmail_secure_path_open_directory (const char  *path,
                                      GError     **error)
{
  Walk walk;
  gboolean ok = walk_init (&walk, path, error);
  int directory = -1;

  while (ok && !g_queue_is_empty (&walk.names))
    ok = walk_step (&walk, error);
  if (ok)
    directory = walk_open_for_reading (&walk, error);

  walk_clear (&walk);
  return directory;
}

/* Whether the walk stands before the last name, and that name is not a link to be followed. */
static gboolean
walk_is_at_file (Walk *walk)
{
  struct stat info;

  if (g_queue_get_length (&walk->names) != 1)
    return FALSE;

  return fstatat (walk->directory, g_queue_peek_head (&walk->names), &info,
                  AT_SYMLINK_NOFOLLOW) < 0
         || !S_ISLNK (info.st_mode);
}

int
_nullmail_secure_path_open_parent (const char  *path,
                                   char       **name,
                                   gboolean    *by_link,
                                   GError     **error)
{
  Walk walk;
  gboolean ok = walk_init (&walk, path, error);
  int directory = -1;

  while (ok && !g_queue_is_empty (&walk.names) && !walk_is_at_file (&walk))
    ok = walk_step (&walk, error);
  if (ok && g_queue_is_empty (&walk.names))
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE,
                   "“%s” is a directory, not a file", path);
      ok = FALSE;
    }
  if (ok)
    directory = walk_open_for_reading (&walk, error);
  if (directory >= 0)
    {
      *name = g_queue_pop_head (&walk.names);
      if (by_link != NULL)
        *by_link = walk.links_left < MAX_LINKS;
    }

  walk_clear (&walk);
  return directory;
}
