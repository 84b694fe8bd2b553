/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Gives Postfix the password for its relay through a socket, so that it is in no file of Postfix's:
 * see README.md. */

#include <glib-unix.h>
#include <locale.h>
#include <pwd.h>
#include <sys/prctl.h>

#include "server.h"

/* One --relay with the options that follow it. */
typedef struct
{
  char *relay;
  char *username;
  char *path;
} Login;

static struct
{
  GPtrArray *logins;  /* (element-type Login) */
  gboolean   uses_keyring;
  char      *socket_path;
  char      *allowed_user;
  char      *map_name;
} options;

static gboolean
relay_cb (const char  *name G_GNUC_UNUSED,
          const char  *value,
          gpointer     data G_GNUC_UNUSED,
          GError     **error G_GNUC_UNUSED)
{
  Login *login = g_new0 (Login, 1);

  login->relay = g_strdup (value);
  g_ptr_array_add (options.logins, login);
  return TRUE;
}

static gboolean
login_cb (const char  *name,
          const char  *value,
          gpointer     data G_GNUC_UNUSED,
          GError     **error)
{
  Login *login = options.logins->len > 0 ? options.logins->pdata[options.logins->len - 1] : NULL;
  char **field = login == NULL ? NULL
                 : g_str_equal (name, "--user") ? &login->username : &login->path;

  if (field == NULL || *field != NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "%s belongs behind a --relay, and once", name);
      return FALSE;
    }

  *field = g_strdup (value);
  return TRUE;
}

static const GOptionEntry entries[] = {
  { "relay", 0, 0, G_OPTION_ARG_CALLBACK, relay_cb,
    "a relay as main.cf has it, such as [smtp.example.com]:587; can be repeated", "RELAY" },
  { "user", 0, 0, G_OPTION_ARG_CALLBACK, login_cb, "the user name at this relay", "NAME" },
  { "password-file", 0, 0, G_OPTION_ARG_CALLBACK, login_cb,
    "the file with its password: a path, a name in $CREDENTIALS_DIRECTORY, or - for standard "
    "input", "FILE" },
  { "keyring", 0, 0, G_OPTION_ARG_NONE, &options.uses_keyring,
    "look other relays up in the keyring, at each request", NULL },
  { "socket", 0, 0, G_OPTION_ARG_FILENAME, &options.socket_path,
    "make this socket, where the service manager hands none over", "PATH" },
  { "allow-user", 0, 0, G_OPTION_ARG_STRING, &options.allowed_user,
    "who may ask, beside root: Postfix's mail_owner (default: postfix)", "NAME" },
  { "map", 0, 0, G_OPTION_ARG_STRING, &options.map_name,
    "the last part of socketmap:unix:PATH:NAME (default: sasl)", "NAME" },
  G_OPTION_ENTRY_NULL
};

static gboolean
parse_options (int      *argc,
               char   ***argv,
               GError  **error)
{
  g_autoptr(GOptionContext) context = g_option_context_new ("- serve passwords to Postfix");

  options.logins = g_ptr_array_new ();
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;

  if (*argc > 1)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION,
                   "“%s” is not an option, see --help", (*argv)[1]);
      return FALSE;
    }
  return TRUE;
}

static gboolean
fill_source (CredentialSource  *source,
             GError           **error)
{
  for (guint i = 0; i < options.logins->len; i++)
    {
      const Login *login = options.logins->pdata[i];

      if (login->username == NULL || login->path == NULL)
        {
          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       "“--relay %s” is to be followed by --user and --password-file",
                       login->relay);
          return FALSE;
        }
      if (!credential_source_add_file (source, login->relay, login->username, login->path, error))
        return FALSE;
    }

  if (options.uses_keyring && !credential_source_add_keyring (source, error))
    return FALSE;
  if (!credential_source_is_empty (source))
    return TRUE;

  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       "There is nothing to serve: give --relay or --keyring, see --help");
  return FALSE;
}

static Server *
start_server (CredentialSource  *source,
              GError           **error)
{
  const char *name = options.allowed_user != NULL ? options.allowed_user : "postfix";
  const struct passwd *user = getpwnam (name);

  if (user == NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "There is no user “%s”: give --allow-user what “postconf -h mail_owner” prints",
                   name);
      return NULL;
    }

  return server_new (options.socket_path, user->pw_uid, source,
                     options.map_name != NULL ? options.map_name : "sasl", error);
}

static gboolean
quit_cb (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

int
main (int    argc,
      char **argv)
{
  CredentialSource *source = credential_source_new ();  /* connections use it to the very end */
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr(GError) error = NULL;
  Server *server = NULL;

  setlocale (LC_ALL, "");

  /* No core dump, and no look into this process by others of the same user. */
  prctl (PR_SET_DUMPABLE, 0);
  g_unix_signal_add (SIGTERM, quit_cb, loop);
  g_unix_signal_add (SIGINT, quit_cb, loop);

  if (parse_options (&argc, &argv, &error) && fill_source (source, &error))
    server = start_server (source, &error);
  if (server == NULL)
    {
      g_printerr ("nullmail-socketmap: %s\n", error->message);
      return 1;
    }

  g_printerr ("nullmail-socketmap: Ready\n");
  g_main_loop_run (loop);
  server_stop (server);
  return 0;
}
