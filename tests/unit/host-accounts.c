/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/host-accounts-private.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "scratch.h"

static void
test_accounts (void)
{
  g_assert_cmpint (_nullmail_accounts_examine ("no-such-user-7", NULL), ==,
                   NULLMAIL_ACCOUNT_NO_USER);
  g_assert_cmpint (_nullmail_accounts_examine ("root", NULL), ==, NULLMAIL_ACCOUNT_PRIVILEGED);
  g_assert_cmpint (_nullmail_accounts_examine ("nobody", "no-such-group-7"), ==,
                   NULLMAIL_ACCOUNT_NO_GROUP);
  g_assert_cmpint (_nullmail_accounts_examine ("daemon", "daemon"), ==,
                   NULLMAIL_ACCOUNT_SAME_GROUP);
  g_assert_cmpint (_nullmail_accounts_examine ("nobody", "daemon"), ==, NULLMAIL_ACCOUNT_GOOD);
}

static void
test_set_gid (void)
{
  char *folder = scratch_new ();
  g_autofree char *path = g_build_filename (folder, "postdrop", NULL);

  g_assert_cmpint (_nullmail_program_is_set_gid (path), ==, NULLMAIL_FACT_UNKNOWN);
  scratch_write (path, "x", 0755);
  g_assert_cmpint (_nullmail_program_is_set_gid (path), ==, NULLMAIL_FACT_NO);
  g_assert_cmpint (g_chmod (path, 02755), ==, 0);
  g_assert_cmpint (_nullmail_program_is_set_gid (path), ==, NULLMAIL_FACT_YES);
  g_assert_cmpint (_nullmail_program_is_set_gid (folder), ==, NULLMAIL_FACT_UNKNOWN);
  scratch_free (folder);
}

static void
test_listener (void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("XXXXXX", &error);
  g_autofree char *path = NULL, *address = NULL;
  struct sockaddr_un name = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM, 0);

  g_assert_no_error (error);
  path = g_build_filename (folder, "milter", NULL);
  address = g_strconcat ("unix:", path, NULL);
  g_strlcpy (name.sun_path, path, sizeof name.sun_path);

  g_assert_cmpint (_nullmail_listener_is_there (address, "/nonexistent"), ==, NULLMAIL_FACT_NO);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &name, sizeof name), ==, 0);
  g_assert_cmpint (_nullmail_listener_is_there (address, "/nonexistent"), ==, NULLMAIL_FACT_NO);
  g_assert_cmpint (listen (fd, 1), ==, 0);
  g_assert_cmpint (_nullmail_listener_is_there (address, "/nonexistent"), ==, NULLMAIL_FACT_YES);
  g_assert_cmpint (_nullmail_listener_is_there ("unix:milter", folder), ==, NULLMAIL_FACT_YES);
  g_assert_cmpint (_nullmail_listener_is_there ("unix:/milter", folder), ==, NULLMAIL_FACT_YES);
  g_assert_cmpint (_nullmail_listener_is_there ("unix:milter", NULL), ==, NULLMAIL_FACT_UNKNOWN);
  close (fd);

  g_assert_cmpint (_nullmail_listener_is_there ("inet:other.example.com:25", NULL), ==,
                   NULLMAIL_FACT_UNKNOWN);
  g_assert_cmpint (_nullmail_listener_is_there ("inet:localhost:mail", NULL), ==,
                   NULLMAIL_FACT_UNKNOWN);
  g_assert_cmpint (_nullmail_listener_is_there ("inet:1@127.0.0.1", NULL), !=, NULLMAIL_FACT_YES);
  g_assert_cmpint (_nullmail_listener_is_there ("local:x", NULL), ==, NULLMAIL_FACT_UNKNOWN);

  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

/* (transfer full) (nullable): a listener at any free port of an address; NULL where this host does
 * not have the address. */
static GSocket *
listen_at (const char *text,
           guint      *port)
{
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string (text);
  g_autoptr(GSocketAddress) any_port = g_inet_socket_address_new (address, 0);
  g_autoptr(GSocketAddress) bound = NULL;
  g_autoptr(GSocket) listener = g_socket_new (g_inet_address_get_family (address),
                                              G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);

  if (listener == NULL || !g_socket_bind (listener, any_port, FALSE, NULL))
    return NULL;

  g_assert_true (g_socket_listen (listener, NULL));
  bound = g_socket_get_local_address (listener, NULL);
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  return g_steal_pointer (&listener);
}

static void
assert_listener (const char   *format,
                 guint         port,
                 NullmailFact  expected)
{
  g_autofree char *number = g_strdup_printf ("%u", port);
  g_auto(GStrv) parts = g_strsplit (format, "PORT", -1);
  g_autofree char *address = g_strjoinv (number, parts);

  g_assert_cmpint (_nullmail_listener_is_there (address, NULL), ==, expected);
}

static void
test_other_loopback_address (void)
{
  guint port = 0;
  g_autoptr(GSocket) listener = listen_at ("127.0.0.2", &port);

  g_assert_nonnull (listener);
  assert_listener ("inet:127.0.0.2:PORT", port, NULLMAIL_FACT_YES);
  assert_listener ("inet:PORT@127.0.0.2", port, NULLMAIL_FACT_YES);
  assert_listener ("inet:127.0.0.3:PORT", port, NULLMAIL_FACT_NO);
}

static void
test_localhost_by_ipv6 (void)
{
  guint port = 0;
  g_autoptr(GSocket) listener = listen_at ("::1", &port);

  if (listener == NULL)
    {
      g_test_skip ("This host has no ::1");
      return;
    }

  assert_listener ("inet:localhost:PORT", port, NULLMAIL_FACT_YES);
  g_assert_true (g_socket_close (listener, NULL));
  assert_listener ("inet:localhost:PORT", port, NULLMAIL_FACT_NO);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/host-accounts/accounts", test_accounts);
  g_test_add_func ("/host-accounts/set-gid", test_set_gid);
  g_test_add_func ("/host-accounts/listener", test_listener);
  g_test_add_func ("/host-accounts/other-loopback-address", test_other_loopback_address);
  g_test_add_func ("/host-accounts/localhost-by-ipv6", test_localhost_by_ipv6);

  return g_test_run ();
}
