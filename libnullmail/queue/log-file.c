/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "queue/log-file-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_BYTES (64 * 1024)
#define MAX_LINE   (256 * 1024)  /* longer ones are left out: no logger writes them */
/* How much of a log is looked through for a message of some time ago. */
#define MAX_BACKLOG ((off_t) 256 * 1024 * 1024)

/* One file, under whatever name it has by now. */
typedef struct
{
  int      fd;      /* -1: none */
  dev_t    device;
  ino_t    inode;
  GString *rest;    /* (owned) (nullable) the beginning of a line that is not complete yet */
  gboolean is_cut;  /* it was too long, and is left out up to its end */
} Part;

struct _NullmailLogFile
{
  char *path;      /* (owned) */
  Part  current;
  Part  previous;  /* the one before, into which a logger may go on to write for a while */
};

static void
part_clear (Part *self)
{
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
  if (self->rest != NULL)
    g_string_free (self->rest, TRUE);
  self->rest = NULL;
}

static gboolean
part_open (Part       *self,
           const char *path)
{
  struct stat info;

  part_clear (self);
  self->fd = open (path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (self->fd >= 0 && (fstat (self->fd, &info) < 0 || !S_ISREG (info.st_mode)))
    part_clear (self);
  if (self->fd < 0)
    return FALSE;

  self->device = info.st_dev;
  self->inode = info.st_ino;
  self->rest = g_string_new (NULL);
  self->is_cut = FALSE;
  return TRUE;
}

NullmailLogFile *
_nullmail_log_file_new (const char *path)
{
  NullmailLogFile *self = g_new0 (NullmailLogFile, 1);

  self->path = g_strdup (path);
  self->current.fd = self->previous.fd = -1;
  return self;
}

void
_nullmail_log_file_free (NullmailLogFile *self)
{
  part_clear (&self->current);
  part_clear (&self->previous);
  g_free (self->path);
  g_free (self);
}

void
_nullmail_log_file_skip (NullmailLogFile *self)
{
  _nullmail_log_file_skip_to_tail (self, 0);
}

/* Of a long log the beginning is left out, and the line that is cut is then no line of a log. */
static void
part_limit (Part  *self,
            off_t  size)
{
  struct stat info;

  if (fstat (self->fd, &info) == 0 && info.st_size > size)
    lseek (self->fd, info.st_size - size, SEEK_SET);
}

void
_nullmail_log_file_skip_to_tail (NullmailLogFile *self,
                                 gsize            size)
{
  if (part_open (&self->current, self->path))
    part_limit (&self->current, (off_t) size);
}

static gboolean
is_compressed (const char *name)
{
  return g_str_has_suffix (name, ".gz") || g_str_has_suffix (name, ".xz")
         || g_str_has_suffix (name, ".bz2") || g_str_has_suffix (name, ".zst");
}

/* (transfer full) (nullable): the youngest of “mail.log.1”, “maillog-20260131” and the like. */
static char *
find_previous (NullmailLogFile *self)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autofree char *base = g_path_get_basename (self->path);
  g_autoptr(GDir) directory = g_dir_open (folder, 0, NULL);
  g_autofree char *found = NULL;
  time_t youngest = 0;
  const char *name;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      gsize length = strlen (base);
      struct stat info;

      if (!g_str_has_prefix (name, base) || (name[length] != '.' && name[length] != '-')
          || is_compressed (name) || stat (path, &info) < 0 || !S_ISREG (info.st_mode)
          || (found != NULL && info.st_mtime <= youngest))
        continue;

      youngest = info.st_mtime;
      g_free (found);
      found = g_steal_pointer (&path);
    }

  return g_steal_pointer (&found);
}

void
_nullmail_log_file_rewind (NullmailLogFile *self)
{
  g_autofree char *previous = find_previous (self);

  if (previous != NULL && part_open (&self->previous, previous))
    part_limit (&self->previous, MAX_BACKLOG);
  if (part_open (&self->current, self->path))
    part_limit (&self->current, MAX_BACKLOG);
}

static void
part_hand_on_lines (Part            *self,
                    NullmailLogFunc  func,
                    gpointer         user_data)
{
  char *start = self->rest->str;
  char *end;

  while ((end = strchr (start, '\n')) != NULL)
    {
      *end = '\0';
      if (!self->is_cut)
        func (start, user_data);
      self->is_cut = FALSE;
      start = end + 1;
    }

  g_string_erase (self->rest, 0, start - self->rest->str);
  if (self->rest->len > MAX_LINE || self->is_cut)
    {
      self->is_cut = TRUE;
      g_string_truncate (self->rest, 0);
    }
}

/* Copied away and cut to nothing, as logrotate (8) does with “copytruncate”. */
static void
part_follow_truncation (Part *self)
{
  struct stat info;

  if (fstat (self->fd, &info) < 0 || info.st_size >= lseek (self->fd, 0, SEEK_CUR))
    return;

  lseek (self->fd, 0, SEEK_SET);
  g_string_truncate (self->rest, 0);
}

static void
part_read (Part            *self,
           NullmailLogFunc  func,
           gpointer         user_data,
           GCancellable    *cancellable)
{
  g_autofree char *buffer = g_malloc (READ_BYTES);

  if (self->fd < 0)
    return;

  part_follow_truncation (self);
  while (!g_cancellable_is_cancelled (cancellable))
    {
      gssize n_read = read (self->fd, buffer, READ_BYTES);

      if (n_read < 0 && errno == EINTR)
        continue;
      if (n_read <= 0)
        return;

      /* A NUL, as a power cut may leave in a log, must not hide what is behind it. */
      for (gssize i = 0; i < n_read; i++)
        buffer[i] = buffer[i] != '\0' ? buffer[i] : ' ';
      g_string_append_len (self->rest, buffer, n_read);
      part_hand_on_lines (self, func, user_data);
    }
}

static gboolean
was_replaced (NullmailLogFile *self)
{
  struct stat info;

  return stat (self->path, &info) == 0
         && (info.st_dev != self->current.device || info.st_ino != self->current.inode);
}

gboolean
_nullmail_log_file_read (NullmailLogFile *self,
                         NullmailLogFunc  func,
                         gpointer         user_data,
                         GCancellable    *cancellable)
{
  if (self->current.fd < 0 && !part_open (&self->current, self->path))
    return FALSE;

  if (was_replaced (self))
    {
      part_read (&self->previous, func, user_data, cancellable);
      part_clear (&self->previous);
      self->previous = self->current;
      self->current = (Part) { .fd = -1 };
      part_open (&self->current, self->path);
    }
  part_read (&self->previous, func, user_data, cancellable);
  part_read (&self->current, func, user_data, cancellable);
  return TRUE;
}
