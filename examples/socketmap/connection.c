/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "connection.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "netstring.h"

/* Twice what a password may have, for a page of a pipe may stay half empty. */
#define PIPE_BYTES (32 * 1024)

typedef struct
{
  GSocket          *socket;    /* (unowned) */
  CredentialSource *source;    /* (unowned) */
  const char       *map_name;
  guint             limit_ms;
  gint64            deadline_us;  /* for the request that is being received */
  char              bytes[NETSTRING_MAX_SIZE];  /* what was received and not yet answered */
  gsize             size;
} Connection;

static gint64
get_deadline (Connection *self)
{
  return g_get_monotonic_time () + (gint64) self->limit_ms * 1000;
}

/* FALSE: not within the time, or the client is gone. */
static gboolean
wait_for (Connection   *self,
          GIOCondition  condition,
          gint64        deadline_us)
{
  gint64 rest_us = deadline_us - g_get_monotonic_time ();

  return rest_us > 0
         && g_socket_condition_timed_wait (self->socket, condition, rest_us, NULL, NULL);
}

/* FALSE: the client hung up, or nothing more is to be expected of it. */
static gboolean
receive (Connection *self)
{
  g_autoptr(GError) error = NULL;
  gssize n_read;

  if (!wait_for (self, G_IO_IN, self->deadline_us))
    return FALSE;

  n_read = g_socket_receive (self->socket, self->bytes + self->size,
                             sizeof self->bytes - self->size, NULL, &error);
  if (n_read < 0)
    return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);

  self->size += (gsize) n_read;
  return n_read > 0;
}

static gboolean
send_all (Connection *self,
          const char *bytes,
          gint64      deadline_us)
{
  gsize size = strlen (bytes), done = 0;

  while (done < size)
    {
      g_autoptr(GError) error = NULL;
      gssize n_sent;

      if (!wait_for (self, G_IO_OUT, deadline_us))
        return FALSE;
      n_sent = g_socket_send (self->socket, bytes + done, size - done, NULL, &error);
      if (n_sent < 0 && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        return FALSE;
      done += (gsize) MAX (n_sent, 0);
    }

  return TRUE;
}

/* “OK data”, “NOTFOUND ”, “TEMP reason”, “TIMEOUT reason” or “PERM reason”. */
static gboolean
reply (Connection *self,
       const char *status,
       const char *text)
{
  g_autofree char *bytes = g_strdup_printf ("%zu:%s %s,", strlen (status) + 1 + strlen (text),
                                            status, text);

  return send_all (self, bytes, get_deadline (self));
}

/* A pipe is memory of the kernel that is never paged out. It has to hold all that a password may
 * have, wherever that is from, since nobody reads before it is full; the kernel makes a smaller one
 * for a user who has many. */
static gboolean
fill_pipe (NullmailRelayCredentials  *login,
           int                        fds[2],
           gsize                     *size,
           GError                   **error)
{
  gboolean is_filled;
  int n_bytes = 0;

  if (!g_unix_open_pipe (fds, FD_CLOEXEC, error))
    return FALSE;

  is_filled = fcntl (fds[1], F_GETPIPE_SZ) >= PIPE_BYTES
              || fcntl (fds[1], F_SETPIPE_SZ, PIPE_BYTES) >= PIPE_BYTES;
  if (is_filled)
    is_filled = nullmail_relay_credentials_write_password (login, fds[1], NULL, error);
  else
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                         "The kernel has no more room for pipes: see pipe(7)");
  close (fds[1]);
  if (is_filled && ioctl (fds[0], FIONREAD, &n_bytes) == 0)
    {
      *size = (gsize) n_bytes;
      return TRUE;
    }

  close (fds[0]);
  return FALSE;
}

static gboolean
send_pipe (Connection *self,
           int         fd,
           gsize       size,
           gint64      deadline_us)
{
  while (size > 0)
    {
      gssize n_sent;

      if (!wait_for (self, G_IO_OUT, deadline_us))
        return FALSE;
      n_sent = splice (fd, NULL, g_socket_get_fd (self->socket), NULL, size, SPLICE_F_NONBLOCK);
      if (n_sent == 0 || (n_sent < 0 && errno != EAGAIN && errno != EINTR))
        return FALSE;
      size -= (gsize) MAX (n_sent, 0);
    }

  return TRUE;
}

/* The password goes from the library's memory to the client through a pipe, so that this program
 * has no copy, and waits no longer than it wants for one who does not read. */
static gboolean
reply_with_login (Connection               *self,
                  NullmailRelayCredentials *login)
{
  const char *username = nullmail_relay_credentials_get_username (login);
  gint64 deadline_us = get_deadline (self);
  g_autofree char *head = NULL;
  gboolean is_sent;
  gsize size;
  int fds[2];

  if (!fill_pipe (login, fds, &size, NULL))
    return reply (self, "TEMP", "there is no pipe for the password");

  head = g_strdup_printf ("%zu:OK %s:", strlen ("OK :") + strlen (username) + size, username);
  is_sent = send_all (self, head, deadline_us)
            && send_pipe (self, fds[0], size, deadline_us)
            && send_all (self, ",", deadline_us);
  close (fds[0]);
  return is_sent;
}

static gboolean
answer (Connection *self,
        const char *payload,
        gsize       size)
{
  g_autofree char *name = NULL, *key = NULL;
  g_autoptr(NullmailRelayCredentials) login = NULL;
  g_autoptr(GError) error = NULL;

  if (!request_parse (payload, size, &name, &key))
    return reply (self, "PERM", "a request is the name of a map, one blank, and a key");
  if (!g_str_equal (name, self->map_name))
    return reply (self, "PERM", "there is no map of this name, see --map");

  login = credential_source_lookup (self->source, key, &error);
  if (login != NULL)
    return reply_with_login (self, login);
  if (error == NULL)
    return reply (self, "NOTFOUND", "");

  /* Never NOTFOUND: without a login the relay would refuse the mail for good. */
  g_printerr ("nullmail-socketmap: Could not look “%s” up: %s\n", key, error->message);
  if (g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_TIMED_OUT)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return reply (self, "TIMEOUT", error->message);
  return reply (self, "TEMP", error->message);
}

/* FALSE: the connection ends. */
static gboolean
go_on (Connection *self)
{
  const char *payload;
  gsize payload_size, consumed;

  switch (netstring_parse (self->bytes, self->size, &payload, &payload_size, &consumed))
    {
    case NETSTRING_INCOMPLETE:
      return receive (self);
    case NETSTRING_COMPLETE:
      if (!answer (self, payload, payload_size))
        return FALSE;
      self->size -= consumed;
      memmove (self->bytes, self->bytes + consumed, self->size);
      self->deadline_us = get_deadline (self);
      return TRUE;
    case NETSTRING_BAD:
    default:
      reply (self, "PERM", "this is no netstring, or one that is too long for a request");
      return FALSE;
    }
}

void
connection_serve (GSocket          *socket,
                  CredentialSource *source,
                  const char       *map_name,
                  guint             limit_ms)
{
  Connection self = {
    .socket = socket, .source = source, .map_name = map_name, .limit_ms = limit_ms,
  };

  g_socket_set_blocking (socket, FALSE);
  self.deadline_us = get_deadline (&self);
  while (go_on (&self))
    ;
}
