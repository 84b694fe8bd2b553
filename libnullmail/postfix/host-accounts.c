/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/host-accounts-private.h"

#include <errno.h>
#include <gio/gio.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define MAX_BUFFER 65536
#define MAX_WAIT_MS 200

/* Finds a user; FALSE if there is none, or with is_open set where that is not known. */
static gboolean
find_user (const char *name,
           uid_t      *uid,
           gid_t      *gid,
           gboolean   *is_open)
{
  g_autofree char *buffer = g_malloc (MAX_BUFFER);
  struct passwd entry, *found = NULL;
  int result = getpwnam_r (name, &entry, buffer, MAX_BUFFER, &found);

  if (found == NULL)
    {
      *is_open |= result != 0 && result != ENOENT;
      return FALSE;
    }

  *uid = entry.pw_uid;
  *gid = entry.pw_gid;
  return TRUE;
}

static gboolean
find_group (const char *name,
            gid_t      *gid,
            gboolean   *is_open)
{
  g_autofree char *buffer = g_malloc (MAX_BUFFER);
  struct group entry, *found = NULL;
  int result = getgrnam_r (name, &entry, buffer, MAX_BUFFER, &found);

  if (found == NULL)
    {
      *is_open |= result != 0 && result != ENOENT;
      return FALSE;
    }

  *gid = entry.gr_gid;
  return TRUE;
}

gboolean
_nullmail_accounts_find_owner (const char *owner,
                               uid_t      *uid)
{
  gboolean is_open = FALSE;
  gid_t gid;

  return find_user (owner != NULL ? owner : "postfix", uid, &gid, &is_open);
}

/* See check_mail_owner () and check_sgid_group () in Postfix's mail_params.c. */
NullmailAccountFault
_nullmail_accounts_examine (const char *owner,
                            const char *group)
{
  uid_t uid = 0;
  gid_t owner_gid = 0, gid = 0;
  gboolean is_open = FALSE;
  gboolean has_owner = find_user (owner != NULL ? owner : "postfix", &uid, &owner_gid, &is_open);
  gboolean has_group = find_group (group != NULL ? group : "postdrop", &gid, &is_open);

  if (is_open)
    return NULLMAIL_ACCOUNT_UNKNOWN;
  if (owner != NULL && !has_owner)
    return NULLMAIL_ACCOUNT_NO_USER;
  if (owner != NULL && uid == 0)
    return NULLMAIL_ACCOUNT_PRIVILEGED;
  if (group != NULL && !has_group)
    return NULLMAIL_ACCOUNT_NO_GROUP;

  return has_owner && has_group && owner_gid == gid ? NULLMAIL_ACCOUNT_SAME_GROUP
                                                    : NULLMAIL_ACCOUNT_GOOD;
}

NullmailFact
_nullmail_program_is_set_gid (const char *path)
{
  struct stat info;

  if (stat (path, &info) != 0 || !S_ISREG (info.st_mode))
    return NULLMAIL_FACT_UNKNOWN;

  return (info.st_mode & S_ISGID) != 0 ? NULLMAIL_FACT_YES : NULLMAIL_FACT_NO;
}

/* The errno of a connection that is being made, 0 where it was. On this host that takes no time. */
static int
wait_for_answer (int fd)
{
  struct pollfd polled = { .fd = fd, .events = POLLOUT };
  int error_number = 0;
  socklen_t size = sizeof error_number;

  if (poll (&polled, 1, MAX_WAIT_MS) != 1
      || getsockopt (fd, SOL_SOCKET, SO_ERROR, &error_number, &size) != 0)
    return EAGAIN;

  return error_number;
}

/* Only a refusal tells that nobody is there; a listener that is busy is one. */
static NullmailFact
try_address (const struct sockaddr *address,
             gsize                  size)
{
  int fd = socket (address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int result, saved_errno;

  if (fd < 0)
    return NULLMAIL_FACT_UNKNOWN;

  result = connect (fd, address, size);
  saved_errno = result < 0 && errno == EINPROGRESS ? wait_for_answer (fd) : errno;
  close (fd);

  if (result == 0 || saved_errno == 0 || saved_errno == EAGAIN)
    return NULLMAIL_FACT_YES;

  return saved_errno == ECONNREFUSED || saved_errno == ENOENT || saved_errno == ENOTSOCK
         ? NULLMAIL_FACT_NO : NULLMAIL_FACT_UNKNOWN;
}

static NullmailFact
try_path (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };

  if (g_strlcpy (address.sun_path, path, sizeof address.sun_path) >= sizeof address.sun_path)
    return NULLMAIL_FACT_UNKNOWN;

  return try_address ((struct sockaddr *) &address, sizeof address);
}

/* A program in a chroot looks for a path below the queue directory. */
static NullmailFact
try_paths (const char *path,
           const char *queue_directory)
{
  NullmailFact outside = *path == '/' ? try_path (path) : NULLMAIL_FACT_NO;
  g_autofree char *inner = NULL;

  if (outside != NULLMAIL_FACT_NO)
    return outside;
  if (queue_directory == NULL)
    return NULLMAIL_FACT_UNKNOWN;

  inner = g_build_filename (queue_directory, path, NULL);
  return try_path (inner);
}

/* A connection to a loopback address is made or refused at once. */
static NullmailFact
try_loopback (const char *host,
              guint16     port)
{
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string (host);
  g_autoptr(GSocketAddress) socket_address = NULL;
  struct sockaddr_storage native;

  if (address == NULL || !g_inet_address_get_is_loopback (address))
    return NULLMAIL_FACT_UNKNOWN;

  socket_address = g_inet_socket_address_new (address, port);
  if (!g_socket_address_to_native (socket_address, &native, sizeof native, NULL))
    return NULLMAIL_FACT_UNKNOWN;

  return try_address ((const struct sockaddr *) &native,
                      g_socket_address_get_native_size (socket_address));
}

static NullmailFact
try_port (const char *host,
          const char *port)
{
  guint64 number;
  NullmailFact fact;

  if (!g_ascii_string_to_unsigned (port, 10, 1, G_MAXUINT16, &number, NULL))
    return NULLMAIL_FACT_UNKNOWN;
  if (strcmp (host, "localhost") != 0)
    return try_loopback (host, (guint16) number);

  /* Postfix tries both addresses of that name. */
  fact = try_loopback ("127.0.0.1", (guint16) number);
  return fact == NULLMAIL_FACT_NO
         && try_loopback ("::1", (guint16) number) == NULLMAIL_FACT_YES ? NULLMAIL_FACT_YES : fact;
}

NullmailFact
_nullmail_listener_is_there (const char *address,
                             const char *queue_directory)
{
  g_autofree char *host = NULL;
  const char *rest, *separator;

  if (g_str_has_prefix (address, "unix:") || g_str_has_prefix (address, "local:"))
    return try_paths (strchr (address, ':') + 1, queue_directory);
  if (!g_str_has_prefix (address, "inet:"))
    return NULLMAIL_FACT_UNKNOWN;

  rest = address + strlen ("inet:");
  separator = strchr (rest, '@');
  if (separator != NULL)
    {
      g_autofree char *port = g_strndup (rest, separator - rest);

      return try_port (separator + 1, port);
    }

  separator = strrchr (rest, ':');
  if (separator == NULL)
    return NULLMAIL_FACT_UNKNOWN;
  host = g_strndup (rest, separator - rest);
  return try_port (host, separator + 1);
}
