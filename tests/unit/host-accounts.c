/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/host-accounts-private.h"

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

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/host-accounts/accounts", test_accounts);
  g_test_add_func ("/host-accounts/set-gid", test_set_gid);
  g_test_add_func ("/host-accounts/listener", test_listener);

  return g_test_run ();
}
