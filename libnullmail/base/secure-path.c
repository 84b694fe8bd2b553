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

/* A path is safe if nobody but root and the effective user can make it lead elsewhere. That is so
 * if it is so for every directory on it: the entries of a safe directory can only be changed by
 * those two, or, where it is sticky, an entry of theirs can. So the walk begins at the root, looks
 * at one name after another from there, and goes on only behind a component that has passed the
 * rule. What it has passed keeps leading to the same place, by its name: each component costs one
 * look, and no descriptor. A link is not passed: the names that it consists of take its place and
 * are looked at in their turn, so that the way gone so far never has a link in it, and “..” leads
 * to the directory before.
 *
 * Two things a look does not show. A directory at which another file system waits to be mounted is
 * mounted when the walk goes behind it; this shows by another device there, and the directory is
 * looked at once more. And the last directory is the one that will be worked in: it is opened
 * before it is looked at, so that what has passed is what was opened. */

#define MAX_LINKS 16  /* as many symbolic links in one path as anybody needs */

typedef struct
{
  const char *path;        /* (unowned) as the caller wrote it, for messages */
  GQueue      names;       /* (element-type utf8) what is still to go */
  GString    *way;         /* (owned) the directory reached, without links; empty: the root */
  dev_t       device;      /* of that directory, ... */
  gboolean    has_device;  /* ... if it is known */
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

static void
walk_init (Walk       *walk,
           const char *path)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);

  walk->path = path;
  g_queue_init (&walk->names);
  walk->way = g_string_new (NULL);
  walk->has_device = FALSE;
  walk->links_left = MAX_LINKS;
  walk_prepend (walk, absolute);
}

static void
walk_clear (Walk *walk)
{
  g_queue_clear_full (&walk->names, g_free);
  g_string_free (walk->way, TRUE);
}

static const char *
walk_get_way (const Walk *walk)
{
  return walk->way->len > 0 ? walk->way->str : "/";
}

/* Back to the directory that is so many bytes of the way. */
static void
walk_go_back (Walk  *walk,
              gsize  length)
{
  g_string_truncate (walk->way, length);
  walk->has_device = FALSE;
}

static void
walk_go_up (Walk *walk)
{
  const char *slash = strrchr (walk->way->str, '/');

  walk_go_back (walk, slash != NULL ? slash - walk->way->str : 0);
}

/* Looks at a name in the directory reached, and adds it to the way. */
static gboolean
walk_look (Walk         *walk,
           const char   *name,
           struct stat  *info,
           GError      **error)
{
  g_string_append_c (walk->way, '/');
  g_string_append (walk->way, name);
  if (fstatat (AT_FDCWD, walk->way->str, info, AT_SYMLINK_NOFOLLOW) == 0)
    return TRUE;

  _nullmail_set_error_errno (error, errno, "Could not find “%s” of the path “%s”", name,
                             walk->path);
  return FALSE;
}

/* The link that the way ends with gives way to the names that it consists of. */
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

  length = readlinkat (AT_FDCWD, walk->way->str, target, sizeof target - 1);
  if (length < 0)
    {
      _nullmail_set_error_errno (error, errno, "Could not follow the link “%s” of “%s”",
                                 name, walk->path);
      return FALSE;
    }

  target[length] = '\0';
  walk_prepend (walk, target);
  walk_go_up (walk);
  if (target[0] == '/')
    walk_go_back (walk, 0);
  return TRUE;
}

/* A directory at which something was mounted just now is looked at again: what had passed was the
 * one below. */
static gboolean
walk_check_mounted (Walk    *walk,
                    GError **error)
{
  struct stat info;
  const char *slash = strrchr (walk->way->str, '/');
  g_autofree char *parent = g_strndup (walk->way->str, slash - walk->way->str);

  if (fstatat (AT_FDCWD, parent, &info, AT_SYMLINK_NOFOLLOW) < 0)
    {
      _nullmail_set_error_errno (error, errno, "Could not examine “%s”", parent);
      return FALSE;
    }

  return check_component (walk->path, parent, &info, error);
}

/* Takes the next name. */
static gboolean
walk_step (Walk    *walk,
           GError **error)
{
  g_autofree char *name = g_queue_pop_head (&walk->names);
  struct stat info;

  if (strcmp (name, "..") == 0)
    {
      walk_go_up (walk);
      return TRUE;
    }

  if (!walk_look (walk, name, &info, error))
    return FALSE;
  if (walk->has_device && info.st_dev != walk->device && !walk_check_mounted (walk, error))
    return FALSE;
  if (S_ISLNK (info.st_mode))
    return walk_follow_link (walk, name, &info, error);
  if (!S_ISDIR (info.st_mode))
    {
      _nullmail_set_error_errno (error, ENOTDIR, "Could not open “%s” of the path “%s”", name,
                                 walk->path);
      return FALSE;
    }

  walk->device = info.st_dev;
  walk->has_device = TRUE;
  return check_component (walk->path, name, &info, error);
}

static int
open_directory (const char *path)
{
  return openat (AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Opens the directory reached, and sees that it passes the rule. */
static int
walk_open (Walk         *walk,
           struct stat  *info,
           GError      **error)
{
  int directory = open_directory (walk_get_way (walk));

  if (directory < 0)
    {
      _nullmail_set_error_errno (error, errno, "Could not open the directory of “%s”", walk->path);
      return -1;
    }

  if (fstat (directory, info) < 0)
    _nullmail_set_error_errno (error, errno, "Could not examine “%s”", walk->path);
  else if (check_component (walk->path, walk_get_way (walk), info, error))
    return directory;

  close (directory);
  return -1;
}

/* Opens what the last name is at once, in the hope that it is a directory as it should be, which
 * saves the look at the name. -1 without an error where it is not: a step then tells why. */
static int
walk_open_last (Walk        *walk,
                struct stat *info)
{
  const char *name = g_queue_peek_head (&walk->names);
  g_autofree char *last = g_strconcat (walk->way->str, "/", name, NULL);
  int directory = strcmp (name, "..") != 0 ? open_directory (last) : -1;

  if (directory < 0)
    return -1;
  if (fstat (directory, info) == 0 && _nullmail_stat_is_secure (info)
      && (!walk->has_device || info->st_dev == walk->device))
    return directory;

  close (directory);
  return -1;
}

int
_nullmail_secure_path_open_directory (const char   *path,
                                      gboolean     *by_link,
                                      struct stat  *info,
                                      GError      **error)
{
  Walk walk;
  struct stat own_info;
  gboolean ok = TRUE;
  int directory = -1;

  if (info == NULL)
    info = &own_info;
  walk_init (&walk, path);
  while (ok && directory < 0 && !g_queue_is_empty (&walk.names))
    {
      if (g_queue_get_length (&walk.names) == 1)
        directory = walk_open_last (&walk, info);
      if (directory < 0)
        ok = walk_step (&walk, error);
    }
  if (ok && directory < 0)
    directory = walk_open (&walk, info, error);
  if (by_link != NULL)
    *by_link = walk.links_left < MAX_LINKS;

  walk_clear (&walk);
  return directory;
}

/* Whether the walk stands before the last name, and that name is not a link to be followed. */
static gboolean
walk_is_at_file (Walk *walk)
{
  const char *name = g_queue_peek_head (&walk->names);
  g_autofree char *file = NULL;
  struct stat info;

  if (g_queue_get_length (&walk->names) != 1 || strcmp (name, "..") == 0)
    return FALSE;

  file = g_strconcat (walk->way->str, "/", name, NULL);
  return fstatat (AT_FDCWD, file, &info, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISLNK (info.st_mode);
}

int
_nullmail_secure_path_open_parent (const char   *path,
                                   char        **name,
                                   gboolean     *by_link,
                                   struct stat  *info,
                                   GError      **error)
{
  Walk walk;
  struct stat own_info;
  gboolean ok = TRUE;
  int directory = -1;

  walk_init (&walk, path);
  while (ok && !g_queue_is_empty (&walk.names) && !walk_is_at_file (&walk))
    ok = walk_step (&walk, error);
  if (ok && g_queue_is_empty (&walk.names))
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE,
                   "“%s” is a directory, not a file: name a file in it, or move it away", path);
      ok = FALSE;
    }
  if (ok)
    directory = walk_open (&walk, info != NULL ? info : &own_info, error);
  if (directory >= 0)
    {
      *name = g_queue_pop_head (&walk.names);
      if (by_link != NULL)
        *by_link = walk.links_left < MAX_LINKS;
    }

  walk_clear (&walk);
  return directory;
}
