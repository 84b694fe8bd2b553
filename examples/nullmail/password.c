/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "password.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "errors.h"
#include "terminal.h"

static char *user;
static char *fd_text;
static char *file;
static gboolean from_keyring;

const GOptionEntry password_options[] = {
  { "user", 0, 0, G_OPTION_ARG_FILENAME, &user, "log in with this name", "NAME" },
  { "password-fd", 0, 0, G_OPTION_ARG_FILENAME, &fd_text, "read the password from a descriptor",
    "N" },
  { "password-file", 0, 0, G_OPTION_ARG_FILENAME, &file,
    "read the password from a file, “-” is standard input", "FILE" },
  { "password-from-keyring", 0, 0, G_OPTION_ARG_NONE, &from_keyring,
    "take the password that the keyring has for the relay", NULL },
  { NULL, 0, 0, 0, NULL, NULL, NULL }
};

gboolean
password_is_argument (const char *word)
{
  static const char * const ways[] = { "fd", "file", "from-keyring" };
  gsize length;

  /* However it is spelt, -pSECRET of other programs too: what follows is not to be repeated in an
   * error. */
  if (!g_str_has_prefix (word, "--pass") && !g_str_has_prefix (word, "-p"))
    return FALSE;
  if (!g_str_has_prefix (word, "--password-"))
    return TRUE;

  word += strlen ("--password-");
  length = strcspn (word, "=");
  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    if (strlen (ways[i]) == length && strncmp (word, ways[i], length) == 0)
      return FALSE;

  return TRUE;
}

gboolean
password_is_given (void)
{
  return user != NULL || from_keyring;
}

/* A number, of which nothing is repeated, for it may be the password; -1. */
static int
parse_fd (void)
{
  guint64 number;

  return g_ascii_string_to_unsigned (fd_text, 10, 0, G_MAXINT, &number, NULL) ? (int) number : -1;
}

gboolean
password_check (GError **error)
{
  int n_ways = (fd_text != NULL) + (file != NULL) + (from_keyring ? 1 : 0);

  if (n_ways > 1)
    return usage_error_set (error, "The password comes on one way: leave out all but one of "
                                   "--password-fd, --password-file and --password-from-keyring");
  if (fd_text != NULL && parse_fd () < 0)
    return usage_error_set (error, "--password-fd takes the number of a descriptor: the password "
                                   "itself is never an argument");
  if (user == NULL && n_ways > 0 && !from_keyring)
    return usage_error_set (error, "A password needs a user: give the name with --user");
  if (user != NULL && !g_utf8_validate (user, -1, NULL))
    return usage_error_set (error, "The name of the user is not UTF-8: correct --user");
  if (user != NULL && n_ways == 0 && !terminal_can_ask ())
    return usage_error_set (error, "There is no terminal to ask for the password: give it with "
                                   "--password-file, --password-fd or --password-from-keyring");

  return TRUE;
}

static NullmailRelayCredentials *
take_from_keyring (NullmailRelayHost  *relay,
                   GError            **error)
{
#if NULLMAIL_HAS_SECRET_STORE
  g_autoptr(NullmailCredentialStore) keyring =
    NULLMAIL_CREDENTIAL_STORE (nullmail_secret_store_new ());
  g_autoptr(GError) local_error = NULL;
  g_autoptr(NullmailRelayCredentials) found =
    nullmail_credential_store_lookup (keyring, relay, NULL, &local_error);

  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  else if (found == NULL)
    g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_FOUND,
                 "The keyring has no password for “%s”: store one with “nullmail credentials set "
                 "--keyring”", nullmail_relay_host_to_string (relay));
  else if (user != NULL && strcmp (user, nullmail_relay_credentials_get_username (found)) != 0)
    g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_FOUND,
                 "What the keyring has for “%s” is the password of “%s”: correct --user, or leave "
                 "it out", nullmail_relay_host_to_string (relay),
                 nullmail_relay_credentials_get_username (found));
  else
    return g_steal_pointer (&found);
#else
  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_SECRET_SERVICE,
               "This library was built without keyrings, and “%s” is not looked up: give the "
               "password with --password-file", nullmail_relay_host_to_string (relay));
#endif
  return NULL;
}

/* A descriptor to read the password from, which the caller closes if it is not the one given;
 * -1. */
static int
open_source (NullmailRelayHost  *relay,
             int                *given,
             GError            **error)
{
  g_autofree char *prompt = g_strdup_printf ("Password of %s at %s: ", user,
                                             nullmail_relay_host_to_string (relay));
  int fd = STDIN_FILENO;

  *given = -1;
  if (file != NULL && strcmp (file, "-") != 0)
    {
      fd = open (file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
      if (fd < 0)
        g_set_error (error, NULLMAIL_ERROR,
                     errno == ENOENT ? NULLMAIL_ERROR_NOT_FOUND
                     : errno == EACCES ? NULLMAIL_ERROR_PERMISSION_DENIED : NULLMAIL_ERROR_FAILED,
                     "The password could not be read: the file of --password-file: %s",
                     g_strerror (errno));
      return fd;
    }

  if (fd_text != NULL)
    fd = parse_fd ();
  if (isatty (fd))
    return terminal_read_password (fd, prompt, error);

  *given = fd;
  return fd;
}

NullmailRelayCredentials *
password_take (NullmailRelayHost  *relay,
               GError            **error)
{
  NullmailRelayCredentials *credentials;
  int fd, given;

  if (from_keyring)
    return take_from_keyring (relay, error);

  fd = open_source (relay, &given, error);
  if (fd < 0)
    return NULL;

  credentials = nullmail_relay_credentials_new_from_fd (relay, user, fd, NULL, error);
  if (fd != given)
    close (fd);
  return credentials;
}
