/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Takes the relay's new password from the keyring and puts it to use, with no mail refused
 * meanwhile: ../python/rotate in C, with the same options and the same exit status.
 *
 * cc rotate.c $(pkg-config --cflags --libs libnullmail-1.0) */

#include <locale.h>
#include <unistd.h>

#include <libnullmail/nullmail.h>

enum { DONE = 0, FAILED = 1, USAGE = 2, NO_PASSWORD = 3, TRY_AGAIN = 4 };

static char *directory;  /* options */
static char *user;

static const GOptionEntry options[] = {
  { "directory", 0, 0, G_OPTION_ARG_FILENAME, &directory, "configuration directory (/etc/postfix)",
    "DIR" },
  { "store", 0, 0, G_OPTION_ARG_STRING, &user,
    "first put the password on standard input into the keyring, for USER", "USER" },
  { NULL, 0, 0, 0, NULL, NULL, NULL }
};

/* NULL without an error: the keyring has none. */
static NullmailRelayCredentials *
get_credentials (NullmailRelayHost  *relay,
                 GError            **error)
{
  g_autoptr(NullmailCredentialStore) keyring =
    NULLMAIL_CREDENTIAL_STORE (nullmail_secret_store_new ());
  g_autoptr(NullmailRelayCredentials) given = NULL;

  if (user != NULL)
    {
      given = nullmail_relay_credentials_new_from_fd (relay, user, STDIN_FILENO, NULL, error);
      if (given == NULL || !nullmail_credential_store_store (keyring, given, NULL, error))
        return NULL;
    }

  return nullmail_credential_store_lookup (keyring, relay, NULL, error);
}

static int
use_credentials (NullmailPostfixInstance   *postfix,
                 NullmailNullClientConfig  *config,
                 NullmailRelayCredentials  *credentials,
                 GError                   **error)
{
  g_autoptr(NullmailPlan) plan =
    nullmail_postfix_instance_plan (postfix, config, credentials, NULLMAIL_PLAN_FLAGS_NONE, NULL,
                                    error);
  g_autofree char *diff = NULL;

  if (plan == NULL)
    return FAILED;

  diff = nullmail_plan_to_diff (plan);
  g_print ("%s", diff);
  if (!nullmail_postfix_instance_apply (postfix, plan, NULLMAIL_APPLY_FLAGS_NONE, NULL, error))
    return g_error_matches (*error, NULLMAIL_ERROR, NULLMAIL_ERROR_CONFLICT)
           || g_error_matches (*error, NULLMAIL_ERROR, NULLMAIL_ERROR_BUSY)
           || g_error_matches (*error, NULLMAIL_ERROR, NULLMAIL_ERROR_SUPERSEDED)
           ? TRY_AGAIN : FAILED;

  if (nullmail_plan_is_empty (plan))
    g_print ("Nothing to change.\n");
  else
    g_print ("The new password of %s at %s is in use.\n",
             nullmail_relay_credentials_get_username (credentials),
             nullmail_relay_host_to_string (
               nullmail_relay_credentials_get_relay_host (credentials)));
  return DONE;
}

static int
rotate (GError **error)
{
  g_autoptr(NullmailPostfixInstance) postfix = nullmail_postfix_instance_new (directory);
  g_autoptr(NullmailNullClientConfig) config =
    nullmail_postfix_instance_load_config (postfix, NULL, error);
  g_autoptr(NullmailRelayCredentials) credentials = NULL;
  NullmailRelayHost *relay;

  if (config == NULL)
    return FAILED;

  relay = nullmail_null_client_config_get_relay_host (config);
  if (relay == NULL || !nullmail_null_client_config_get_authentication (config))
    {
      g_printerr ("%s: main.cf has no relay with a login yet: set one up first\n",
                  g_get_prgname ());
      return FAILED;
    }

  credentials = get_credentials (relay, error);
  if (credentials != NULL)
    return use_credentials (postfix, config, credentials, error);
  if (*error == NULL)
    g_printerr ("%s: the keyring has no password for “%s”: store one with secret-tool or --store\n",
                g_get_prgname (), nullmail_relay_host_to_string (relay));
  return NO_PASSWORD;
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);
  g_autoptr(GError) error = NULL;
  int status;

  setlocale (LC_ALL, "");
  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc > 1)
    {
      g_printerr ("%s: %s\n", g_get_prgname (),
                  error != NULL ? error->message : "there are no arguments but the options");
      return USAGE;
    }

  status = rotate (&error);
  if (error != NULL)
    g_printerr ("%s: %s\n", g_get_prgname (), error->message);
  return status;
}
