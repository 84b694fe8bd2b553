/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "server.h"

#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "connection.h"

#define FIRST_HANDED_OVER_FD 3
/* Each has a thread, and three descriptors of the usual 1024. More wait to be accepted. */
#define MAX_CONNECTIONS 200

struct _Server
{
  GSocketService   *service;   /* (owned) */
  CredentialSource *source;    /* (unowned) */
  const char       *map_name;
  uid_t             user;
  char             *path;      /* (owned) (nullable) of the socket that was made */
  struct stat       made;
};

/* Runs in a thread for each connection. */
static gboolean
run_cb (GSocketService    *service G_GNUC_UNUSED,
        GSocketConnection *connection,
        GObject           *source_object G_GNUC_UNUSED,
        gpointer           user_data)
{
  Server *self = user_data;
  GSocket *socket = g_socket_connection_get_socket (connection);
  g_autoptr(GCredentials) peer = g_socket_get_credentials (socket, NULL);
  uid_t uid = peer != NULL ? g_credentials_get_unix_user (peer, NULL) : (uid_t) -1;

  if (uid == 0 || uid == self->user)
    connection_serve (socket, self->source, self->map_name, CONNECTION_LIMIT_MS);
  else
    g_printerr ("nullmail-socketmap: Refused a connection of user %d: only root and user %d may "
                "ask for passwords, see --allow-user\n", (int) uid, (int) self->user);

  return TRUE;
}

static gboolean
is_handed_over (void)
{
  const char *pid = g_getenv ("LISTEN_PID");

  return pid != NULL && g_ascii_strtoll (pid, NULL, 10) == getpid ();
}

static GSocket *
take_socket (GError **error)
{
  const char *count = g_getenv ("LISTEN_FDS");
  g_autoptr(GSocket) socket = NULL;
  int listens = 0;

  if (g_strcmp0 (count, "1") != 0)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
                   "The service manager handed %s sockets over: the .socket unit is to have one "
                   "ListenStream=", count != NULL ? count : "no");
      return NULL;
    }

  fcntl (FIRST_HANDED_OVER_FD, F_SETFD, FD_CLOEXEC);
  socket = g_socket_new_from_fd (FIRST_HANDED_OVER_FD, error);
  if (socket == NULL)
    return NULL;

  if (g_socket_get_family (socket) != G_SOCKET_FAMILY_UNIX
      || g_socket_get_socket_type (socket) != G_SOCKET_TYPE_STREAM
      || !g_socket_get_option (socket, SOL_SOCKET, SO_ACCEPTCONN, &listens, NULL) || listens == 0)
    {
      g_set_error_literal (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
                           "The socket that the service manager handed over does not listen at a "
                           "path: the .socket unit is to have ListenStream= and Accept=no");
      return NULL;
    }

  return g_steal_pointer (&socket);
}

/* Whether nobody listens any more at a socket that is there: somebody was killed. */
static gboolean
is_left_over (const char     *path,
              GSocketAddress *address)
{
  g_autoptr(GSocket) probe = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM,
                                           G_SOCKET_PROTOCOL_DEFAULT, NULL);
  g_autoptr(GError) error = NULL;
  struct stat info;

  return lstat (path, &info) == 0 && S_ISSOCK (info.st_mode) && probe != NULL
         && !g_socket_connect (probe, address, NULL, &error)
         && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
}

static GSocket *
bind_socket (const char  *path,
             GError     **error)
{
  g_autoptr(GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr(GSocket) socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM,
                                            G_SOCKET_PROTOCOL_DEFAULT, error);

  if (socket == NULL)
    return NULL;
  if (is_left_over (path, address))
    unlink (path);

  g_socket_set_listen_backlog (socket, MAX_CONNECTIONS);
  return g_socket_bind (socket, address, FALSE, error) && g_socket_listen (socket, error)
         ? g_steal_pointer (&socket) : NULL;
}

/* Postfix's own directory private/ is writable to Postfix's user, so that root has no business
 * there: the socket is made by the user that it is for, and belongs to nobody else at any time. */
static GSocket *
make_socket (Server      *self,
             const char  *path,
             GError     **error)
{
  mode_t old_mask = umask (0177);
  gboolean becomes_user = geteuid () == 0 && seteuid (self->user) == 0;
  GSocket *socket = NULL;

  if (strlen (path) < sizeof ((struct sockaddr_un *) NULL)->sun_path)
    socket = bind_socket (path, error);
  else
    g_set_error_literal (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
                         "the path is longer than the 107 bytes that a socket may have");
  if (socket != NULL && lstat (path, &self->made) == 0)
    self->path = g_strdup (path);
  if (becomes_user && seteuid (0) != 0)
    g_error ("Could not become root again");
  umask (old_mask);

  if (socket == NULL)
    g_prefix_error (error, "Could not make the socket “%s” as user %d, who must be able to write "
                    "to its directory, and nobody may be listening there: ", path,
                    (int) (becomes_user ? self->user : geteuid ()));
  return socket;
}

static GSocket *
get_socket (Server      *self,
            const char  *path,
            GError     **error)
{
  if (is_handed_over ())
    {
      if (path == NULL)
        return take_socket (error);
      g_set_error_literal (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
                           "The service manager handed a socket over: leave out --socket");
      return NULL;
    }

  if (path != NULL)
    return make_socket (self, path, error);
  g_set_error_literal (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
                       "There is no socket: give --socket PATH, or start this program by a .socket "
                       "unit");
  return NULL;
}

static void
server_free (Server *self)
{
  g_object_unref (self->service);
  g_free (self->path);
  g_free (self);
}

Server *
server_new (const char        *path,
            uid_t              user,
            CredentialSource  *source,
            const char        *map_name,
            GError           **error)
{
  Server *self = g_new0 (Server, 1);
  g_autoptr(GSocket) socket = NULL;

  self->source = source;
  self->map_name = map_name;
  self->user = user;
  self->service = g_threaded_socket_service_new (MAX_CONNECTIONS);
  g_signal_connect (self->service, "run", G_CALLBACK (run_cb), self);

  socket = get_socket (self, path, error);
  if (socket == NULL
      || !g_socket_listener_add_socket (G_SOCKET_LISTENER (self->service), socket, NULL, error))
    {
      server_free (self);
      return NULL;
    }

  g_socket_service_start (self->service);
  return self;
}

/* Only if it is still the one that was made. */
static void
remove_socket (Server *self)
{
  gboolean becomes_user = geteuid () == 0 && seteuid (self->user) == 0;
  struct stat info;

  if (lstat (self->path, &info) == 0 && info.st_dev == self->made.st_dev
      && info.st_ino == self->made.st_ino)
    unlink (self->path);
  if (becomes_user && seteuid (0) != 0)
    g_error ("Could not become root again");
}

void
server_stop (Server *self)
{
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  if (self->path != NULL)
    remove_socket (self);
}
