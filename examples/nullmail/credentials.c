/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "command.h"

#include <string.h>

#include "applying.h"
#include "errors.h"
#include "json.h"
#include "output.h"
#include "password.h"
#include "settings.h"

static gboolean uses_keyring;

static const GOptionEntry own_options[] = {
  { "keyring", 0, 0, G_OPTION_ARG_NONE, &uses_keyring,
    "those of this user’s keyring, not those of Postfix", NULL },
  { NULL, 0, 0, 0, NULL, NULL, NULL }
};
static const GOptionEntry * const options[] = {
  own_options, password_options, applying_options, asking_options, NULL
};

static NullmailCredentialStore *
open_store (Tool    *tool,
            GError **error)
{
  NullmailSaslPasswdStore *store;

#if NULLMAIL_HAS_SECRET_STORE
  if (uses_keyring)
    return NULLMAIL_CREDENTIAL_STORE (nullmail_secret_store_new ());
#else
  if (uses_keyring)
    {
      g_set_error_literal (error, NULLMAIL_ERROR, NULLMAIL_ERROR_SECRET_SERVICE,
                           "This library was built without keyrings: leave --keyring out");
      return NULL;
    }
#endif

  store = nullmail_postfix_instance_get_sasl_passwd_store (tool->postfix, NULL, error);
  return store != NULL ? NULLMAIL_CREDENTIAL_STORE (store) : NULL;
}

/* The relay that is named, or the one that main.cf has. */
static NullmailRelayHost *
get_relay (Tool        *tool,
           const char  *text,
           GError     **error)
{
  g_autoptr(NullmailNullClientConfig) config = NULL;
  NullmailRelayHost *relay;

  if (text != NULL)
    return setting_parse_relay (text, error);

  config = nullmail_postfix_instance_load_config (tool->postfix, NULL, error);
  if (config == NULL)
    return NULL;
  relay = nullmail_null_client_config_get_relay_host (config);
  if (relay != NULL)
    return nullmail_relay_host_ref (relay);

  usage_error_set (error, "main.cf has no relay: name one, such as '[smtp.example.com]:587'");
  return NULL;
}

/* (nullable) relay: the only one that is told of. */
static gboolean
print_list (Tool                     *tool,
            NullmailCredentialStore  *store,
            NullmailRelayHost        *relay,
            GError                  **error)
{
  g_autoptr(GPtrArray) list = nullmail_credential_store_list (store, NULL, error);
  GVariantDict dict;
  Table table;

  if (list == NULL)
    return FALSE;
  for (guint i = list->len; i > 0; i--)
    if (relay != NULL && !nullmail_relay_host_equal (
                           nullmail_relay_credentials_get_relay_host (list->pdata[i - 1]), relay))
      g_ptr_array_remove_index (list, i - 1);

  if (tool->is_json)
    {
      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert_value (&dict, "credentials",
                                   json_list (list,
                                              (ToVariant) nullmail_relay_credentials_to_variant));
      json_print (g_variant_dict_end (&dict));
      return TRUE;
    }

  table_init (&table, standard_output, 2, (const char *[]) { "RELAY", "USER" });
  for (guint i = 0; i < list->len; i++)
    {
      NullmailRelayHost *of = nullmail_relay_credentials_get_relay_host (list->pdata[i]);

      table_add (&table, (const char *[]) {
                   nullmail_relay_host_to_string (of),
                   nullmail_relay_credentials_get_username (list->pdata[i]) });
    }
  table_end (&table);
  return TRUE;
}

/* What was done, or in JSON the list as it is now. */
static gboolean
finish (Tool                     *tool,
        NullmailCredentialStore  *store,
        NullmailRelayHost        *relay,
        const char               *what,
        GError                  **error)
{
  if (tool->is_json)
    return print_list (tool, store, NULL, error);
  if (!tool->is_quiet)
    stream_add_line (standard_output, "%s: %s.", nullmail_relay_host_to_string (relay), what);
  return TRUE;
}

static gboolean
run_list (Tool        *tool,
          const char  *text,
          GError     **error)
{
  g_autoptr(NullmailRelayHost) relay = text != NULL ? setting_parse_relay (text, error) : NULL;
  g_autoptr(NullmailCredentialStore) store = NULL;

  if (text != NULL && relay == NULL)
    return FALSE;
  store = open_store (tool, error);
  return store != NULL && print_list (tool, store, relay, error);
}

static gboolean
run_set (Tool        *tool,
         const char  *text,
         GError     **error)
{
  g_autoptr(NullmailRelayHost) relay = NULL;
  g_autoptr(NullmailCredentialStore) store = NULL;
  g_autoptr(NullmailRelayCredentials) credentials = NULL;

  if (!password_check (error))
    return FALSE;
  if (!password_is_given ())
    return usage_error_set (error, "Name the user with --user");

  relay = get_relay (tool, text, error);
  store = relay != NULL ? open_store (tool, error) : NULL;
  credentials = store != NULL ? password_take (relay, error) : NULL;
  return credentials != NULL && nullmail_credential_store_store (store, credentials, NULL, error)
         && finish (tool, store, relay, "the password is stored", error);
}

static gboolean
run_remove (Tool        *tool,
            const char  *text,
            GError     **error)
{
  g_autoptr(NullmailRelayHost) relay = get_relay (tool, text, error);
  g_autoptr(NullmailCredentialStore) store = relay != NULL ? open_store (tool, error) : NULL;

  return store != NULL && nullmail_credential_store_clear (store, relay, NULL, error)
         && finish (tool, store, relay, "no password is stored any more", error);
}

static Status
run_purge (Tool        *tool,
           const char  *text,
           GError     **error)
{
  g_autoptr(NullmailPlan) plan = NULL;

  if (text != NULL || uses_keyring)
    return usage_error_set (error, "“nullmail credentials purge” drops what no relay needs, and "
                                   "takes neither a relay nor --keyring");

  plan = nullmail_postfix_instance_plan_purge (tool->postfix, NULL, error);
  return plan != NULL ? applying_run (tool, plan, error) : STATUS_FAILED;
}

static Status
run_credentials (Tool    *tool,
                 char   **arguments,
                 GError **error)
{
  static const struct
  {
    const char *name;
    gboolean  (*run) (Tool *tool, const char *text, GError **error);
  } actions[] = { { "list", run_list }, { "set", run_set }, { "remove", run_remove } };

  if (arguments[0] != NULL && arguments[1] != NULL && arguments[2] != NULL)
    return usage_error_set (error, "Only one relay can be named");
  for (gsize i = 0; arguments[0] != NULL && i < G_N_ELEMENTS (actions); i++)
    if (strcmp (arguments[0], actions[i].name) == 0)
      return actions[i].run (tool, arguments[1], error) ? STATUS_DONE : STATUS_FAILED;
  if (g_strcmp0 (arguments[0], "purge") == 0)
    return run_purge (tool, arguments[1], error);

  return usage_error_set (error, "Say what to do with passwords: list, set, remove or purge");
}

const Command credentials_command = {
  "credentials", "list|set|remove|purge [RELAY]", "the passwords that are kept for relays",
  options, TRUE, run_credentials,
};
