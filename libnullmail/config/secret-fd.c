/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config/secret-fd-private.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error-private.h"
#include "base/held-signal-private.h"

/* Waits until the descriptor is ready, or has failed, which the next call on it then tells. */
static gboolean
wait_for_fd (int            fd,
             short          events,
             GCancellable  *cancellable,
             GError       **error)
{
  GPollFD cancel = { .fd = -1 };
  struct pollfd fds[2] = { { .fd = fd, .events = events }, { .fd = -1, .events = POLLIN } };
  gboolean has_cancel;
  int n_ready;

  if (fd < 0)  /* which poll (2) would take for nothing to wait for */
    return TRUE;

  has_cancel = g_cancellable_make_pollfd (cancellable, &cancel);
  if (has_cancel)
    fds[1].fd = cancel.fd;

  do
    n_ready = poll (fds, G_N_ELEMENTS (fds), -1);
  while (n_ready < 0 && errno == EINTR && !g_cancellable_is_cancelled (cancellable));

  if (has_cancel)
    g_cancellable_release_fd (cancellable);

  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

NullmailSecureBuffer *
_nullmail_secret_fd_read (int            fd,
                          gsize          limit,
                          GCancellable  *cancellable,
                          GError       **error)
{
  /* The newline has room, and one byte too many, so that the buffer never moves. */
  const gsize room = limit + 2;
  g_autoptr(NullmailSecureBuffer) buffer = _nullmail_secure_buffer_new (room);

  while (buffer->size < room)
    {
      gssize n_read;

      if (!wait_for_fd (fd, POLLIN, cancellable, error))
        return NULL;

      n_read = read (fd, buffer->data + buffer->size, room - buffer->size);
      if (n_read < 0 && (errno == EINTR || errno == EAGAIN))
        continue;
      if (n_read < 0)
        {
          g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CREDENTIALS,
                       "Could not read the password from descriptor %d, pass one that can be read: "
                       "%s", fd, g_strerror (errno));
          return NULL;
        }
      if (n_read == 0)
        break;

      _nullmail_secure_buffer_set_size (buffer, buffer->size + n_read);
    }

  if (buffer->size > 0 && buffer->data[buffer->size - 1] == '\n')
    _nullmail_secure_buffer_set_size (buffer, buffer->size - 1);
  if (buffer->size <= limit)
    return g_steal_pointer (&buffer);

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CREDENTIALS,
               "Descriptor %d holds more than the %" G_GSIZE_FORMAT " bytes that a password may "
               "have: see what is connected to it", fd, limit);
  return NULL;
}

/* memfd_create (2). A file of tmpfs knows seals too, so the name that the kernel gives decides. */
static gboolean
is_memory_file (int                fd,
                const struct stat *info)
{
  g_autofree char *link = g_strdup_printf ("/proc/self/fd/%d", fd);
  g_autofree char *target = NULL;

  if (info->st_nlink != 0 || fcntl (fd, F_GET_SEALS) < 0)
    return FALSE;

  target = g_file_read_link (link, NULL);
  return target != NULL && g_str_has_prefix (target, "/memfd:");
}

static gboolean
check_private (int      fd,
               mode_t  *kind,
               GError **error)
{
  int status_flags = fcntl (fd, F_GETFL);
  struct stat info;

  if (status_flags < 0 || fstat (fd, &info) < 0)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
                   "Descriptor %d is not open: pass one that is", fd);
      return FALSE;
    }

  *kind = info.st_mode & S_IFMT;
  if ((status_flags & O_ACCMODE) == O_RDONLY || (status_flags & O_PATH) != 0)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
                   "Descriptor %d is not open for writing: pass one that is", fd);
      return FALSE;
    }

  if (S_ISFIFO (info.st_mode) || S_ISSOCK (info.st_mode))
    return TRUE;
  if (S_ISREG (info.st_mode)
      && ((info.st_mode & 07777) == 0600 || is_memory_file (fd, &info)))
    return TRUE;

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
               "A password is written to a pipe, a socket, a memory file or a file of mode 0600 "
               "only, and descriptor %d is none of them: pass one of those", fd);
  return FALSE;
}

/* write (2) to a pipe that nobody reads raises SIGPIPE. */
static gssize
write_without_signal (int         fd,
                      const void *data,
                      gsize       size)
{
  NullmailHeldSignal signal;
  gssize n_written;

  _nullmail_signal_hold (&signal, SIGPIPE);
  n_written = write (fd, data, size);
  _nullmail_signal_release (&signal, n_written < 0 && errno == EPIPE);
  return n_written;
}

gboolean
_nullmail_secret_fd_write (int                          fd,
                           const NullmailSecureBuffer  *secret,
                           GCancellable                *cancellable,
                           GError                     **error)
{
  mode_t kind;
  gsize done = 0;

  if (!check_private (fd, &kind, error))
    return FALSE;

  while (done < secret->size)
    {
      /* What fits into a pipe that is ready does not block, even where the descriptor would. */
      gsize size = MIN (secret->size - done, PIPE_BUF);
      gssize n_written;

      if (!wait_for_fd (fd, POLLOUT, cancellable, error))
        return FALSE;

      if (kind == S_IFSOCK)
        n_written = send (fd, secret->data + done, size, MSG_NOSIGNAL | MSG_DONTWAIT);
      else
        n_written = write_without_signal (fd, secret->data + done, size);

      if (n_written < 0 && (errno == EINTR || errno == EAGAIN))
        continue;
      if (n_written < 0)
        {
          _nullmail_set_error_errno (error, errno,
                               "Could not write the password to descriptor %d, pass one that "
                               "takes it",
                                     fd);
          return FALSE;
        }

      done += n_written;
    }

  return TRUE;
}
