/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "base/regular-file-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/error-private.h"

#define COMPARED_BYTES (64 * 1024)  /* at a time */

static gboolean
check_kind (const struct stat  *info,
            const char         *path,
            GError            **error)
{
  if (!S_ISREG (info->st_mode))
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE,
                   "“%s” is %s, not a regular file: move it away and put the file in its place",
                   path,
                   S_ISDIR (info->st_mode) ? "a directory"
                   : S_ISFIFO (info->st_mode) ? "a FIFO"
                   : S_ISSOCK (info->st_mode) ? "a socket" : "a device");
      return FALSE;
    }

  if (info->st_size > NULLMAIL_MAX_FILE_BYTES)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE,
                   "“%s” has %" G_GINT64_FORMAT " bytes, more than the %d that a configuration "
                   "file may have: see what has filled it, and shorten it", path,
                   (gint64) info->st_size, NULLMAIL_MAX_FILE_BYTES);
      return FALSE;
    }

  return TRUE;
}

int
_nullmail_regular_file_open (int           directory,
                             const char   *name,
                             const char   *path,
                             struct stat  *info,
                             GError      **error)
{
  int fd = openat (directory, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

  if (fd < 0 && errno == ENXIO)  /* a socket */
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE,
                   "“%s” is a socket or device, not a regular file: move it away and put the file "
                   "in its place", path);
      return -1;
    }
  if (fd < 0 && errno == EACCES)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_PERMISSION_DENIED,
                   "Could not open “%s”: it, or a directory above it, is not for you to read; try "
                   "as root", path);
      return -1;
    }
  if (fd < 0)
    {
      _nullmail_set_error_errno (error, errno, "Could not open “%s”", path);
      return -1;
    }

  if (fstat (fd, info) < 0)
    {
      _nullmail_set_error_errno (error, errno, "Could not examine “%s”", path);
      close (fd);
      return -1;
    }

  if (!check_kind (info, path, error))
    {
      close (fd);
      return -1;
    }

  return fd;
}

NullmailSecureBuffer *
_nullmail_regular_file_read_secret (int                 fd,
                                    const struct stat  *info,
                                    const char         *path,
                                    GCancellable       *cancellable,
                                    GError            **error)
{
  g_autoptr(NullmailSecureBuffer) buffer = NULL;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  buffer = _nullmail_secure_buffer_new ((gsize) info->st_size + 1024);
  if (!_nullmail_secure_buffer_read_fd (buffer, fd, NULLMAIL_MAX_FILE_BYTES))
    {
      _nullmail_set_error_errno (error, errno, "Could not read “%s”", path);
      return NULL;
    }

  return g_steal_pointer (&buffer);
}

/* One byte more was asked for than the file has, and did not come. The files of proc (5) have no
 * size, and end where nothing comes. */
static gboolean
is_whole (const struct stat *info,
          gsize              size,
          gsize              asked)
{
  return size == (gsize) info->st_size && size + 1 == asked;
}

GBytes *
_nullmail_regular_file_read (int                 fd,
                             const struct stat  *info,
                             const char         *path,
                             GCancellable       *cancellable,
                             GError            **error)
{
  g_autoptr(GByteArray) array = NULL;
  gsize size = 0;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  array = g_byte_array_new ();
  g_byte_array_set_size (array, info->st_size > 0 ? (guint) info->st_size + 1 : 4096);
  while (TRUE)
    {
      gssize n_read = read (fd, array->data + size, array->len - size);

      if (n_read < 0 && errno == EINTR)
        continue;
      if (n_read < 0 || size > NULLMAIL_MAX_FILE_BYTES)
        {
          _nullmail_set_error_errno (error, n_read < 0 ? errno : EFBIG, "Could not read “%s”",
                                     path);
          return NULL;
        }
      size += n_read;
      if (n_read == 0 || is_whole (info, size, array->len))
        break;
      if (size == array->len)
        g_byte_array_set_size (array, array->len * 2);
    }

  g_byte_array_set_size (array, size);
  return g_byte_array_free_to_bytes (g_steal_pointer (&array));
}

/* The room is for a part of the file at a time. */
static gboolean
holds (int         fd,
       const char *data,
       gsize       size,
       char       *room,
       gsize       room_size)
{
  gsize offset = 0;

  while (TRUE)
    {
      gsize left = size - offset;
      gsize wanted = MIN (left + 1, room_size);  /* one more than there should be */
      gssize n_read = pread (fd, room, wanted, offset);

      if (n_read < 0 && errno == EINTR)
        continue;
      if (n_read < 0)
        return FALSE;

      errno = 0;
      if ((gsize) n_read > left || (n_read == 0 && left > 0)
          || memcmp (room, data + offset, n_read) != 0)
        return FALSE;
      offset += n_read;
      /* Less than was asked for comes where a regular file ends. */
      if (offset == size && (gsize) n_read < wanted)
        return TRUE;
    }
}

gboolean
_nullmail_regular_file_holds (int         fd,
                              const void *data,
                              gsize       size,
                              gboolean    is_secret)
{
  gsize room_size = MIN (size + 1, COMPARED_BYTES);
  NullmailSecureBuffer *secret_room = is_secret ? _nullmail_secure_buffer_new (room_size) : NULL;
  char *room = is_secret ? NULL : g_malloc (room_size);
  gboolean result = holds (fd, data, size, is_secret ? secret_room->data : room, room_size);
  int saved_errno = errno;

  g_clear_pointer (&secret_room, _nullmail_secure_buffer_unref);
  g_free (room);
  errno = saved_errno;
  return result;
}

int
_nullmail_leave_standard_fds (int fd)
{
  int moved, saved_errno;

  if (fd < 0 || fd > STDERR_FILENO)
    return fd;

  moved = fcntl (fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  saved_errno = errno;
  close (fd);
  errno = saved_errno;
  return moved;
}

gboolean
_nullmail_write_all (int         fd,
                     const void *data,
                     gsize       size)
{
  const char *bytes = data;

  while (size > 0)
    {
      gssize n_written = write (fd, bytes, size);

      if (n_written < 0 && errno == EINTR)
        continue;
      if (n_written < 0)
        return FALSE;
      bytes += n_written;
      size -= n_written;
    }

  return TRUE;
}

GBytes *
_nullmail_regular_file_load (const char    *path,
                             GCancellable  *cancellable,
                             GError       **error)
{
  struct stat info;
  int fd = _nullmail_regular_file_open (AT_FDCWD, path, path, &info, error);
  GBytes *bytes;

  if (fd < 0)
    return NULL;

  bytes = _nullmail_regular_file_read (fd, &info, path, cancellable, error);
  close (fd);
  return bytes;
}

char *
_nullmail_regular_file_load_text (const char    *path,
                                  GCancellable  *cancellable,
                                  GError       **error)
{
  g_autoptr(GBytes) bytes = _nullmail_regular_file_load (path, cancellable, error);

  return bytes != NULL ? _nullmail_bytes_to_text (bytes) : NULL;
}

char *
_nullmail_bytes_to_text (GBytes *bytes)
{
  return g_bytes_get_size (bytes) > 0
         ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)) : g_strdup ("");
}
