/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "scenario.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

Place *
place_new (const char *root,
           const char *map_type,
           const char *commands)
{
  Place *place = g_new0 (Place, 1);

  place->root = g_strdup (root);
  place->etc = g_build_filename (root, "etc", NULL);
  place->state = g_build_filename (root, "state", NULL);
  place->main_cf = g_build_filename (place->etc, "main.cf", NULL);
  place->sasl_passwd = g_build_filename (place->etc, "sasl_passwd", NULL);
  place->map_type = map_type;
  place->commands = commands;
  return place;
}

void
place_free (Place *place)
{
  g_clear_object (&place->instance);
  g_free (place->root);
  g_free (place->etc);
  g_free (place->state);
  g_free (place->main_cf);
  g_free (place->sasl_passwd);
  g_free (place);
}

static NullmailPostfixInstance *
new_instance (Place      *place,
              const char *commands)
{
  NullmailServiceControl control = commands != NULL && g_str_has_suffix (commands, "no-reload")
                                   ? NULLMAIL_SERVICE_CONTROL_COMMAND
                                   : NULLMAIL_SERVICE_CONTROL_DISABLED;

  return g_object_new (NULLMAIL_TYPE_POSTFIX_INSTANCE, "config-directory", place->etc,
                       "state-directory", place->state, "service-control", control,
                       "command-directory", commands, NULL);
}

gboolean
place_begin (Place   *place,
             GError **error)
{
  g_clear_object (&place->instance);
  place->instance = new_instance (place, place->commands);

  /* Without a main.cf there is nothing to be asked yet. */
  return !g_file_test (place->main_cf, G_FILE_TEST_EXISTS)
         || nullmail_postfix_instance_inspect (place->instance, NULL, error);
}

static NullmailRelayCredentials *
new_credentials (const char *relay,
                 const char *password)
{
  g_autoptr(NullmailRelayHost) relay_host = nullmail_relay_host_parse (relay, NULL);

  return nullmail_relay_credentials_new (relay_host, "user", password, NULL);
}

static NullmailNullClientConfig *
new_config (Place      *place,
            const char *relay)
{
  NullmailNullClientConfig *config = nullmail_null_client_config_new_for_relay (relay, NULL);
  g_autofree char *maps = g_strdup_printf ("%s:%s", place->map_type, place->sasl_passwd);

  nullmail_null_client_config_set_origin (config, "example.com");
  nullmail_null_client_config_set_authentication (config, relay != NULL);
  nullmail_null_client_config_set_password_maps (config, maps);
  return config;
}

/* What another instance of Postfix may need stays, such as that of /etc/postfix while its main.cf
 * cannot be read, and the plan says so. Nobody who meant to drop it applies that. */
static gboolean
check_drops (NullmailPlan  *plan,
             GError       **error)
{
  g_autoptr(GPtrArray) findings = nullmail_plan_get_findings (plan);

  for (guint i = 0; i < findings->len; i++)
    {
      const NullmailFinding *finding = g_ptr_array_index (findings, i);

      if (nullmail_finding_get_code (finding) == NULLMAIL_FINDING_CODE_CREDENTIALS_SHARED)
        {
          g_set_error_literal (error, NULLMAIL_ERROR, NULLMAIL_ERROR_FAILED,
                               nullmail_finding_get_message (finding));
          return FALSE;
        }
    }

  return TRUE;
}

static gboolean
apply (Place                     *place,
       NullmailNullClientConfig  *config,
       NullmailRelayCredentials  *credentials,
       NullmailPlanFlags          flags,
       GError                   **error)
{
  g_autoptr(NullmailPlan) plan = nullmail_postfix_instance_plan (place->instance, config,
                                                                 credentials, flags, NULL, error);

  return plan != NULL && check_drops (plan, error)
         && nullmail_postfix_instance_apply (place->instance, plan, NULLMAIL_APPLY_FLAGS_NONE,
                                             NULL, error);
}

static gboolean
apply_loaded (Place        *place,
              const char   *relay,
              const char   *hostname,
              const char   *password,
              GError      **error)
{
  g_autoptr(NullmailNullClientConfig) config =
    nullmail_postfix_instance_load_config (place->instance, NULL, error);
  g_autoptr(NullmailRelayHost) relay_host = nullmail_relay_host_parse (relay, NULL);
  g_autoptr(NullmailRelayCredentials) credentials =
    password != NULL ? new_credentials (relay, password) : NULL;

  if (config == NULL)
    return FALSE;

  nullmail_null_client_config_set_relay_host (config, relay_host);
  if (hostname != NULL)
    nullmail_null_client_config_set_hostname (config, hostname);
  return apply (place, config, credentials, NULLMAIL_PLAN_FLAGS_NONE, error);
}

gboolean
place_touch (Place   *place,
             GError **error)
{
  g_autoptr(NullmailMainCf) main_cf =
    nullmail_postfix_instance_load_main_cf (place->instance, NULL, error);
  g_autoptr(NullmailPlan) plan = NULL;

  if (main_cf == NULL || !nullmail_main_cf_set_value (main_cf, "nullmail_touched", "1", error))
    return FALSE;

  plan = nullmail_postfix_instance_plan_main_cf (place->instance, main_cf, NULL,
                                                 NULLMAIL_PLAN_FLAGS_NONE, NULL, error);
  return plan != NULL
         && nullmail_postfix_instance_apply (place->instance, plan,
                                             NULLMAIL_APPLY_FLAGS_NO_ACTIVATE, NULL, error);
}

/* What there was before */

static gboolean
write_main_cf (Place   *place,
               GError **error)
{
  static const char text[] = "# Of the administrator.\ncompatibility_level = 2\n"
                             "myhostname = host.example.com\n\n# More.\nsmtp_helo_timeout = 100s\n";
  const struct timespec long_ago[2] = { { .tv_sec = 1000000000 }, { .tv_sec = 1000000000 } };

  return g_file_set_contents_full (place->main_cf, text, -1, G_FILE_SET_CONTENTS_NONE, 0640, error)
         && utimensat (AT_FDCWD, place->main_cf, long_ago, 0) == 0;
}

static gboolean
prepare_none (Place   *place G_GNUC_UNUSED,
              GError **error G_GNUC_UNUSED)
{
  return TRUE;
}

static gboolean
prepare_no_login (Place   *place,
                  GError **error)
{
  return write_main_cf (place, error);
}

static gboolean
prepare_level (Place            *place,
               NullmailTlsLevel  level,
               GError          **error)
{
  static const char foreign[] = "# Not ours.\n" RELAY_FOREIGN " user:pw-F-1\n";
  g_autoptr(NullmailNullClientConfig) config = new_config (place, RELAY_A);
  g_autoptr(NullmailRelayCredentials) credentials = new_credentials (RELAY_A, "pw-A-1");

  if (!write_main_cf (place, error)
      || !g_file_set_contents_full (place->sasl_passwd, foreign, -1, G_FILE_SET_CONTENTS_NONE,
                                    0600, error)
      || !place_begin (place, error))
    return FALSE;

  nullmail_null_client_config_set_tls_level (config, level);
  return apply (place, config, credentials, NULLMAIL_PLAN_FLAGS_NONE, error);
}

static gboolean
prepare_login (Place   *place,
               GError **error)
{
  return prepare_level (place, NULLMAIL_TLS_LEVEL_SECURE, error);
}

static gboolean
prepare_weak (Place   *place,
              GError **error)
{
  return prepare_level (place, NULLMAIL_TLS_LEVEL_ENCRYPT, error);
}

static gboolean
prepare_second_relay (Place   *place,
                      GError **error)
{
  return prepare_login (place, error)
         && apply_loaded (place, RELAY_B, NULL, "pw-B-1", error);
}

static gboolean
apply_sender (Place       *place,
              const char  *address,
              GError     **error)
{
  g_autoptr(NullmailNullClientConfig) config =
    nullmail_postfix_instance_load_config (place->instance, NULL, error);

  if (config == NULL)
    return FALSE;

  nullmail_null_client_config_set_sender_address (config, address);
  return apply (place, config, NULL, NULLMAIL_PLAN_FLAGS_NONE, error);
}

static gboolean
write_patterns (Place       *place,
                const char  *parameter,
                const char  *name,
                const char  *text,
                GError     **error)
{
  g_autofree char *path = g_build_filename (place->etc, name, NULL);
  g_autofree char *table = g_strconcat ("regexp:", path, NULL);
  g_autoptr(NullmailMainCf) main_cf =
    nullmail_postfix_instance_load_main_cf (place->instance, NULL, error);
  g_autoptr(NullmailPlan) plan = NULL;

  if (main_cf == NULL || !nullmail_main_cf_set_value (main_cf, parameter, table, error)
      || !g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0644, error))
    return FALSE;

  plan = nullmail_postfix_instance_plan_main_cf (place->instance, main_cf, NULL,
                                                 NULLMAIL_PLAN_FLAGS_NONE, NULL, error);
  return plan != NULL
         && nullmail_postfix_instance_apply (place->instance, plan, NULLMAIL_APPLY_FLAGS_NONE,
                                             NULL, error);
}

static gboolean
prepare_patterns (Place   *place,
                  GError **error)
{
  return prepare_login (place, error)
         && write_patterns (place, "sender_canonical_maps", "nullmail-sender_canonical",
                            "/@/ old@example.com\n", error)
         && write_patterns (place, "smtp_header_checks", "nullmail-smtp_header_checks",
                            "/^From:(.*)<[^<>]*>/ REPLACE From:$1<old@example.com>\n"
                            "/^From:[^()]*\\((.*)\\)/ REPLACE From: $1 <old@example.com>\n"
                            "/^From:/ REPLACE From: old@example.com\n", error);
}

/* What changes */

static gboolean
change_main_cf (Place   *place,
                GError **error)
{
  return apply_loaded (place, RELAY_A, "new.example.com", NULL, error);
}

static gboolean
change_password (Place   *place,
                 GError **error)
{
  return apply_loaded (place, RELAY_A, NULL, "pw-A-2", error);
}

static gboolean
change_relay (Place   *place,
              GError **error)
{
  return apply_loaded (place, RELAY_B, NULL, "pw-B-1", error);
}

static gboolean
change_both (Place   *place,
             GError **error)
{
  return apply_loaded (place, RELAY_A, "new.example.com", "pw-A-2", error);
}

/* main.cf first: the new password must not go over the old, weaker channel. */
static gboolean
change_level (Place   *place,
              GError **error)
{
  g_autoptr(NullmailNullClientConfig) config = new_config (place, RELAY_A);
  g_autoptr(NullmailRelayCredentials) credentials = new_credentials (RELAY_A, "pw-A-2");

  nullmail_null_client_config_set_tls_level (config, NULLMAIL_TLS_LEVEL_SECURE);
  return apply (place, config, credentials, NULLMAIL_PLAN_FLAGS_NONE, error);
}

static gboolean
change_to_login (Place   *place,
                 GError **error)
{
  g_autoptr(NullmailNullClientConfig) config = new_config (place, RELAY_A);
  g_autoptr(NullmailRelayCredentials) credentials = new_credentials (RELAY_A, "pw-A-2");

  return apply (place, config, credentials, NULLMAIL_PLAN_FLAGS_NONE, error);
}

/* Where there is no main.cf yet, an edited document makes one. */
static gboolean
create_main_cf (Place   *place,
                GError **error)
{
  g_autoptr(NullmailNullClientConfig) config = new_config (place, RELAY_A);
  g_autoptr(NullmailRelayCredentials) credentials = new_credentials (RELAY_A, "pw-A-2");
  g_autoptr(NullmailMainCf) main_cf = NULL;
  g_autoptr(NullmailPlan) plan = NULL;

  main_cf = g_file_test (place->main_cf, G_FILE_TEST_EXISTS)
            ? nullmail_postfix_instance_load_main_cf (place->instance, NULL, error)
            : nullmail_main_cf_new ();
  if (main_cf == NULL || !nullmail_null_client_config_update_main_cf (config, main_cf, error))
    return FALSE;

  plan = nullmail_postfix_instance_plan_main_cf (place->instance, main_cf, credentials,
                                                 NULLMAIL_PLAN_FLAGS_NONE, NULL, error);
  return plan != NULL
         && nullmail_postfix_instance_apply (place->instance, plan, NULLMAIL_APPLY_FLAGS_NONE,
                                             NULL, error);
}

static gboolean
change_to_no_login (Place   *place,
                    GError **error)
{
  g_autoptr(NullmailNullClientConfig) config =
    nullmail_postfix_instance_load_config (place->instance, NULL, error);

  if (config == NULL)
    return FALSE;

  nullmail_null_client_config_set_authentication (config, FALSE);
  return apply (place, config, NULL, NULLMAIL_PLAN_FLAGS_NONE, error);
}

static gboolean
change_and_drop_others (Place   *place,
                        GError **error)
{
  g_autoptr(NullmailNullClientConfig) config = new_config (place, RELAY_B);
  g_autoptr(NullmailRelayCredentials) credentials = new_credentials (RELAY_B, "pw-B-1");

  return apply (place, config, credentials, NULLMAIL_PLAN_FLAGS_DROP_OTHER_CREDENTIALS, error);
}

/* Undoing twice is redo: only what is not yet undone. */
static gboolean
change_back (Place   *place,
             GError **error)
{
  g_autoptr(NullmailMainCf) main_cf =
    nullmail_postfix_instance_load_main_cf (place->instance, NULL, error);
  g_autofree char *relay = main_cf != NULL ? nullmail_main_cf_get_value (main_cf, "relayhost")
                                           : NULL;

  if (relay == NULL)
    return FALSE;
  if (g_str_equal (relay, RELAY_A))
    return apply_loaded (place, RELAY_A, NULL, NULL, error);

  return nullmail_postfix_instance_undo (place->instance, NULLMAIL_APPLY_FLAGS_NONE, NULL, error);
}

static gboolean
change_map_type (Place   *place,
                 GError **error)
{
  g_autoptr(NullmailNullClientConfig) config =
    nullmail_postfix_instance_load_config (place->instance, NULL, error);
  const char *type = g_str_equal (place->map_type, "lmdb") ? "hash" : "lmdb";
  g_autofree char *maps = g_strdup_printf ("%s:%s", type, place->sasl_passwd);

  if (config == NULL)
    return FALSE;

  nullmail_null_client_config_set_password_maps (config, maps);
  return apply (place, config, NULL, NULLMAIL_PLAN_FLAGS_NONE, error);
}

/* Asks Postfix for all that a plan has to know of it. */
static gboolean
change_map_type_unasked (Place   *place,
                         GError **error)
{
  g_clear_object (&place->instance);
  place->instance = new_instance (place, place->commands);
  return change_map_type (place, error);
}

/* Files of patterns come, change and go. */
static gboolean
add_patterns (Place   *place,
              GError **error)
{
  return apply_sender (place, "new@example.com", error);
}

static gboolean
drop_patterns (Place   *place,
               GError **error)
{
  return apply_sender (place, NULL, error);
}

static gboolean
purge (Place   *place,
       GError **error)
{
  return nullmail_postfix_instance_purge_credentials (place->instance, NULL, error);
}

static gboolean
store_password (Place   *place,
                GError **error)
{
  g_autoptr(NullmailSaslPasswdStore) store =
    nullmail_sasl_passwd_store_new (place->sasl_passwd, place->map_type);
  g_autoptr(NullmailRelayCredentials) credentials = new_credentials (RELAY_A, "pw-A-2");

  return nullmail_credential_store_store (NULLMAIL_CREDENTIAL_STORE (store), credentials, NULL,
                                          error);
}

static gboolean
clear_password (Place   *place,
                GError **error)
{
  g_autoptr(NullmailSaslPasswdStore) store =
    nullmail_sasl_passwd_store_new (place->sasl_passwd, place->map_type);
  g_autoptr(NullmailRelayHost) relay_host = nullmail_relay_host_parse (RELAY_A, NULL);

  return nullmail_credential_store_clear (NULLMAIL_CREDENTIAL_STORE (store), relay_host, NULL,
                                          error);
}

const Scenario scenarios[] = {
  { "main-cf", prepare_login, change_main_cf, NULL, FALSE, FALSE },
  { "password", prepare_login, change_password, NULL, FALSE, FALSE },
  { "relay-and-password", prepare_login, change_relay, NULL, FALSE, FALSE },
  { "table-first", prepare_login, change_both, NULL, FALSE, FALSE },
  { "main-cf-first", prepare_weak, change_level, NULL, FALSE, FALSE },
  { "first-login", prepare_no_login, change_to_login, NULL, FALSE, FALSE },
  { "create", prepare_none, create_main_cf, NULL, FALSE, FALSE },
  { "end-login", prepare_login, change_to_no_login, NULL, FALSE, FALSE },
  { "drop-others", prepare_login, change_and_drop_others, NULL, FALSE, TRUE },
  { "undo", prepare_second_relay, change_back, NULL, FALSE, FALSE },
  { "map-type", prepare_login, change_map_type, NULL, FALSE, FALSE },
  { "map-type-unasked", prepare_login, change_map_type_unasked, NULL, FALSE, FALSE },
  { "map-type-gone", prepare_login, change_password, "no-type", FALSE, FALSE },
  { "purge", prepare_second_relay, purge, NULL, FALSE, FALSE },
  { "store", prepare_login, store_password, NULL, FALSE, FALSE },
  { "clear", prepare_second_relay, clear_password, NULL, FALSE, FALSE },
  { "patterns", prepare_login, add_patterns, "old", FALSE, FALSE },
  { "patterns-change", prepare_patterns, add_patterns, "old", FALSE, FALSE },
  { "patterns-gone", prepare_patterns, drop_patterns, "old", FALSE, FALSE },
  { "activation", prepare_login, change_relay, "no-reload", TRUE, FALSE },
};
const guint n_scenarios = G_N_ELEMENTS (scenarios);

static void
make_command (const char *root,
              const char *folder,
              const char *name,
              const char *script)
{
  g_autofree char *directory = g_build_filename (root, folder, NULL);
  g_autofree char *path = g_build_filename (directory, name, NULL);

  g_assert_true (g_mkdir_with_parents (directory, 0755) == 0);
  if (script == NULL)
    {
      g_autofree char *target = g_build_filename ("/usr/sbin", name, NULL);

      g_assert_true (symlink (target, path) == 0 || errno == EEXIST);
      return;
    }
  g_assert_true (g_file_set_contents_full (path, script, -1, G_FILE_SET_CONTENTS_NONE, 0755,
                                           NULL));
}

void
scenario_make_commands (const char *root)
{
  /* A Postfix without hash and btree, as of some distributions, and without lmdb: whatever the
   * scenario has is not there. */
  make_command (root, "no-type-hash", "postmap",
                "#!/bin/sh\n"
                "case \" $* \" in *' hash:'*)\n"
                "echo 'postmap: fatal: unsupported dictionary type: hash' >&2; exit 1;; esac\n"
                "exec /usr/sbin/postmap \"$@\"\n");
  make_command (root, "no-type-hash", "postconf",
                "#!/bin/sh\n"
                "case \" $* \" in *' -m '*) printf 'lmdb\\ncdb\\ntexthash\\n';;\n"
                "*) exec /usr/sbin/postconf \"$@\";; esac\n");
  make_command (root, "no-type-lmdb", "postmap",
                "#!/bin/sh\n"
                "case \" $* \" in *' lmdb:'*)\n"
                "echo 'postmap: fatal: unsupported dictionary type: lmdb' >&2; exit 1;; esac\n"
                "exec /usr/sbin/postmap \"$@\"\n");
  make_command (root, "no-type-lmdb", "postconf",
                "#!/bin/sh\n"
                "case \" $* \" in *' -m '*) printf 'hash\\ncdb\\ntexthash\\n';;\n"
                "*) exec /usr/sbin/postconf \"$@\";; esac\n");

  /* A Postfix that has tables of patterns in files only. */
  make_command (root, "old", "postmap", NULL);
  make_command (root, "old", "postconf",
                "#!/bin/sh\n"
                "case \" $* \" in *' -d '*)\n"
                "/usr/sbin/postconf \"$@\" | sed 's/^mail_version = .*/mail_version = 3.5.25/';;\n"
                "*) exec /usr/sbin/postconf \"$@\";; esac\n");

  /* A Postfix that runs and does not take its new configuration. */
  make_command (root, "no-reload", "postmap", NULL);
  make_command (root, "no-reload", "postconf", NULL);
  make_command (root, "no-reload", "postfix",
                "#!/bin/sh\ncase \" $* \" in *' status'*) exit 0;; esac\n"
                "echo 'postfix/postfix-script: fatal: not today' >&2\nexit 1\n");
}
