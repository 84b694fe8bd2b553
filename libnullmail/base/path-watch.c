/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "base/path-watch-private.h"

#include <errno.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error-private.h"

/* Files are watched with inotify (7). GFileMonitor watches the directory of a name alone: it does
 * not see what becomes of the target of a symbolic link, and looks for a directory that has gone
 * every four seconds.
 *
 * The way of each path is walked from the root, through all links. Each directory on it is watched,
 * and so is the file itself, which may have other names, or be mounted by itself. A file has
 * changed if it looks otherwise at the end of such a walk than at the end of the one before. What
 * the kernel tells is therefore never looked at: it is a reason to walk once more, whether an event
 * was lost or was about something else, such as an editor's temporary file. A directory is watched
 * before the next name is looked up in it, so that nothing happens unseen in between.
 *
 * There are three states:
 *
 *   quiet    Only the kernel can wake this. Its first word begins the second state.
 *   noticed  Only a timer can, so that thousand words of the kernel cost no more than one. It runs
 *            for a moment, in which most writers come to their end. Then there is a walk, and each
 *            file that has changed is told of, unless one has to be waited for.
 *   waiting  The same, with the timer set to when the next file that has changed may be told of
 *            again. */

#define SETTLE_US (100 * G_TIME_SPAN_MILLISECOND)
#define INTERVAL_US (500 * G_TIME_SPAN_MILLISECOND)  /* between two reports of the same file */
#define TICK_US (20 * G_TIME_SPAN_MILLISECOND)  /* the times of files are no finer than this */
#define MAX_LINKS 40  /* as the kernel has it */

/* On the way to a file, and at its end. */
#define WAY_EVENTS (IN_CREATE | IN_DELETE | IN_MOVE | IN_DELETE_SELF | IN_MOVE_SELF \
                    | IN_DONT_FOLLOW | IN_EXCL_UNLINK | IN_MASK_ADD)
#define END_EVENTS (WAY_EVENTS | IN_MODIFY | IN_ATTRIB)

/* What a path leads to. */
typedef struct
{
  int         missing;  /* errno, or 0 where there is something */
  struct stat info;
} Sight;

typedef struct
{
  char   *path;      /* (owned) */
  Sight   told;      /* what was there when it was told of last, or before */
  Sight   now;
  gint64  quiet_us;  /* it may not be told of before */
} File;

struct _NullmailPathWatch
{
  GSource           source;
  int               fd;
  gpointer          tag;         /* of fd in the source */
  NullmailPathFunc  func;
  gpointer          user_data;
  GPtrArray        *files;       /* (owned) (element-type File) */
  GHashTable       *watches;     /* (owned) numbers of the kernel to the walk that needed them */
  guint             walk;        /* the number of the last one */
  gint64            noticed_us;
  gboolean          is_waiting;  /* for the timer: in any state but the first */
  gboolean          is_short;    /* the kernel had no watch left */
};

static void
file_free (gpointer data)
{
  File *self = data;

  g_free (self->path);
  g_free (self);
}

static gboolean
is_same_time (const struct timespec *a,
              const struct timespec *b)
{
  return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* A backup copy that is a second name of the file changes nothing but the time of its inode. */
static gboolean
sight_differs (const Sight *a,
               const Sight *b)
{
  const struct stat *x = &a->info, *y = &b->info;

  if (a->missing != b->missing || a->missing != 0)
    return a->missing != b->missing;

  return x->st_dev != y->st_dev || x->st_ino != y->st_ino || x->st_mode != y->st_mode
         || x->st_uid != y->st_uid || x->st_gid != y->st_gid || x->st_size != y->st_size
         || !is_same_time (&x->st_mtim, &y->st_mtim)
         || (x->st_nlink == y->st_nlink && !is_same_time (&x->st_ctim, &y->st_ctim));
}

/* Another write within the same tick of the clock would not show. */
static gboolean
sight_is_young (const Sight *self)
{
  gint64 changed_us = self->info.st_ctim.tv_sec * G_TIME_SPAN_SECOND
                      + self->info.st_ctim.tv_nsec / 1000;
  gint64 age_us = g_get_real_time () - changed_us;

  return self->missing == 0 && age_us >= 0 && age_us < TICK_US;
}

/* What this user may not watch by itself is watched by its directory. */
static void
watch (NullmailPathWatch *self,
       const char        *path,
       guint32            events)
{
  int number = inotify_add_watch (self->fd, path, events);

  if (number >= 0)
    g_hash_table_insert (self->watches, GINT_TO_POINTER (number), GUINT_TO_POINTER (self->walk));
  else if (errno == ENOSPC || errno == ENOMEM)
    self->is_short = TRUE;
}

static int
look (const char *path,
      Sight      *sight)
{
  memset (sight, 0, sizeof *sight);
  if (lstat (path, &sight->info) < 0)
    sight->missing = errno;
  return sight->missing;
}

/* Takes the first name off a path; NULL where there is none. */
static char *
take_name (char **rest)
{
  char *start = *rest + strspn (*rest, "/");
  gsize length = strcspn (start, "/");
  char *name = length > 0 ? g_strndup (start, length) : NULL;
  char *left = g_strdup (start + length + strspn (start + length, "/"));

  g_free (*rest);
  *rest = left;
  return name;
}

/* Puts the target of a link in front of what is left of a path. */
static gboolean
follow_link (const char  *link,
             char       **place,
             char       **rest)
{
  g_autofree char *target = g_file_read_link (link, NULL);
  char *left;

  if (target == NULL)
    return FALSE;

  if (*target == '/')
    {
      g_free (*place);
      *place = g_strdup ("/");
    }
  left = g_strconcat (target, "/", *rest, NULL);
  g_free (*rest);
  *rest = left;
  return TRUE;
}

/* Walks the way of a path, and watches all that it depends on. */
static void
walk (NullmailPathWatch *self,
      const char        *path,
      Sight             *sight)
{
  g_autofree char *place = g_strdup ("/");  /* has no links in it */
  g_autofree char *rest = g_strdup (path);
  guint n_links = 0;

  while (TRUE)
    {
      g_autofree char *name = take_name (&rest);
      g_autofree char *next = NULL;

      watch (self, place, *rest != '\0' ? WAY_EVENTS : END_EVENTS);
      if (name == NULL)
        break;

      if (g_str_equal (name, "."))
        continue;
      next = g_str_equal (name, "..") ? g_path_get_dirname (place)
                                      : g_build_filename (place, name, NULL);
      if (look (next, sight) != 0)
        return;

      if (!S_ISLNK (sight->info.st_mode))
        {
          g_free (place);
          place = g_steal_pointer (&next);
        }
      else if (++n_links > MAX_LINKS || !follow_link (next, &place, &rest))
        {
          sight->missing = ELOOP;
          return;
        }
    }

  look (place, sight);  /* once more, for it was not watched the first time */
}

static gboolean
is_of_earlier_walk (gpointer number,
                    gpointer needed,
                    gpointer data)
{
  NullmailPathWatch *self = data;

  if (GPOINTER_TO_UINT (needed) == self->walk)
    return FALSE;

  inotify_rm_watch (self->fd, GPOINTER_TO_INT (number));
  return TRUE;
}

static void
walk_all (NullmailPathWatch *self)
{
  self->walk++;
  for (guint i = 0; i < self->files->len; i++)
    {
      File *file = g_ptr_array_index (self->files, i);

      walk (self, file->path, &file->now);
    }

  g_hash_table_foreach_remove (self->watches, is_of_earlier_walk, self);
}

static void
drain (int fd)
{
  char buffer[4096] __attribute__ ((aligned (__alignof__ (struct inotify_event))));

  while (read (fd, buffer, sizeof buffer) > 0)
    ;
}

static void
wait_until (NullmailPathWatch *self,
            gint64             time_us)
{
  self->is_waiting = time_us >= 0;
  g_source_modify_unix_fd (&self->source, self->tag, self->is_waiting ? 0 : G_IO_IN);
  g_source_set_ready_time (&self->source, time_us);
}

/* Whether a file that has changed may change once more without being seen to. */
static gboolean
has_young_change (NullmailPathWatch *self)
{
  for (guint i = 0; i < self->files->len; i++)
    {
      const File *file = g_ptr_array_index (self->files, i);

      if (sight_differs (&file->told, &file->now) && sight_is_young (&file->now))
        return TRUE;
    }

  return FALSE;
}

/* The paths to be told of now; the timer is set for the others. */
static GPtrArray *
list_changed (NullmailPathWatch *self,
              gint64             now_us)
{
  GPtrArray *changed = g_ptr_array_new_with_free_func (g_free);
  gint64 next_us = -1;

  for (guint i = 0; i < self->files->len; i++)
    {
      File *file = g_ptr_array_index (self->files, i);

      if (!sight_differs (&file->told, &file->now))
        file->told = file->now;
      else if (now_us >= file->quiet_us)
        {
          file->told = file->now;
          file->quiet_us = now_us + INTERVAL_US;
          g_ptr_array_add (changed, g_strdup (file->path));
        }
      else if (next_us < 0 || file->quiet_us < next_us)
        next_us = file->quiet_us;
    }

  wait_until (self, next_us);
  return changed;
}

static gboolean
dispatch (GSource     *source,
          GSourceFunc  callback G_GNUC_UNUSED,
          gpointer     user_data G_GNUC_UNUSED)
{
  NullmailPathWatch *self = (NullmailPathWatch *) source;
  gint64 now_us = g_source_get_time (source);
  g_autoptr(GPtrArray) changed = NULL;

  if (!self->is_waiting)
    {
      self->noticed_us = now_us;
      wait_until (self, now_us + SETTLE_US);
      return G_SOURCE_CONTINUE;
    }

  drain (self->fd);
  walk_all (self);
  if (has_young_change (self) && now_us < self->noticed_us + INTERVAL_US)
    {
      wait_until (self, now_us + TICK_US);
      return G_SOURCE_CONTINUE;
    }

  changed = list_changed (self, now_us);
  for (guint i = 0; i < changed->len && !g_source_is_destroyed (source); i++)
    self->func (g_ptr_array_index (changed, i), self->user_data);

  return G_SOURCE_CONTINUE;
}

static void
finalize (GSource *source)
{
  NullmailPathWatch *self = (NullmailPathWatch *) source;

  g_ptr_array_unref (self->files);
  g_hash_table_unref (self->watches);
  if (self->fd >= 0)
    close (self->fd);
}

static GSourceFuncs functions = { NULL, NULL, dispatch, finalize, NULL, NULL };

static gboolean
check_watches (NullmailPathWatch  *self,
               GError            **error)
{
  int number = self->fd < 0 ? errno : ENOSPC;

  if (self->fd >= 0 && !self->is_short)
    return TRUE;

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_FAILED,
               "Could not watch files: %s; raise “%s” with sysctl (8), or end programs of this "
               "user that watch files", g_strerror (number),
               self->fd < 0 ? "fs.inotify.max_user_instances" : "fs.inotify.max_user_watches");
  return FALSE;
}

NullmailPathWatch *
_nullmail_path_watch_new (const char * const  *paths,
                          NullmailPathFunc     func,
                          gpointer             user_data,
                          GError             **error)
{
  GSource *source = g_source_new (&functions, sizeof (NullmailPathWatch));
  g_autoptr(NullmailPathWatch) self = (NullmailPathWatch *) source;

  g_source_set_static_name (source, "libnullmail: files");
  self->func = func;
  self->user_data = user_data;
  self->files = g_ptr_array_new_with_free_func (file_free);
  self->watches = g_hash_table_new (NULL, NULL);
  self->fd = inotify_init1 (IN_NONBLOCK | IN_CLOEXEC);
  if (self->fd < 0)
    {
      check_watches (self, error);
      return NULL;
    }

  self->tag = g_source_add_unix_fd (source, self->fd, G_IO_IN);
  _nullmail_path_watch_set_paths (self, paths);
  if (!check_watches (self, error))
    return NULL;

  g_source_attach (source, g_main_context_get_thread_default ());
  return g_steal_pointer (&self);
}

void
_nullmail_path_watch_free (NullmailPathWatch *self)
{
  g_source_destroy (&self->source);
  g_source_unref (&self->source);
}

/* (nullable): takes a file out of a list. */
static File *
steal_file (GPtrArray  *files,
            const char *path)
{
  for (guint i = 0; i < files->len; i++)
    {
      File *file = g_ptr_array_index (files, i);

      if (g_str_equal (file->path, path))
        return g_ptr_array_steal_index (files, i);
    }

  return NULL;
}

void
_nullmail_path_watch_set_paths (NullmailPathWatch  *self,
                                const char * const *paths)
{
  g_autoptr(GPtrArray) old = g_steal_pointer (&self->files);
  g_autoptr(GPtrArray) added = g_ptr_array_new ();

  self->files = g_ptr_array_new_with_free_func (file_free);
  for (guint i = 0; paths[i] != NULL; i++)
    {
      File *file = steal_file (old, paths[i]);

      if (file == NULL)
        {
          file = g_new0 (File, 1);
          file->path = g_strdup (paths[i]);
          g_ptr_array_add (added, file);
        }
      g_ptr_array_add (self->files, file);
    }

  walk_all (self);
  for (guint i = 0; i < added->len; i++)
    {
      File *file = g_ptr_array_index (added, i);

      file->told = file->now;
    }
}
