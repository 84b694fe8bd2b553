/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "command.h"

#include "errors.h"
#include "json.h"
#include "live.h"
#include "output.h"
#include "password.h"
#include "settings.h"

static char *level_text;
static char *ca_file;

static const GOptionEntry own_options[] = {
  { "tls-level", 0, 0, G_OPTION_ARG_FILENAME, &level_text,
    "what is demanded of the connection: may, encrypt, secure …", "LEVEL" },
  { "tls-ca-file", 0, 0, G_OPTION_ARG_FILENAME, &ca_file, "certificates that are trusted", "FILE" },
  { NULL, 0, 0, 0, NULL, NULL, NULL }
};
static const GOptionEntry * const options[] = { own_options, password_options, NULL };

static gboolean
parse_level (NullmailTlsLevel  *level,
             GError           **error)
{
  g_autoptr(NullmailNullClientConfig) config = NULL;

  *level = NULLMAIL_TLS_LEVEL_AUTO;
  if (level_text == NULL)
    return TRUE;
  if (!g_utf8_validate (level_text, -1, NULL))
    return usage_error_set (error, "--tls-level is not UTF-8: correct it");

  config = nullmail_null_client_config_new ();
  if (nullmail_null_client_config_assign_text (config, "tls-level", level_text, error))
    *level = nullmail_null_client_config_get_tls_level (config);
  usage_error_adopt (error);
  return *error == NULL;
}

/* With what Postfix would use: its settings and, for who may read it, the password. */
static NullmailRelayProbe *
make_configured (Tool    *tool,
                 GError **error)
{
  g_autoptr(NullmailMainCf) main_cf =
    nullmail_postfix_instance_load_main_cf (tool->postfix, NULL, error);
  g_autoptr(NullmailPlan) plan = NULL;

  if (main_cf == NULL)
    return NULL;
  plan = nullmail_postfix_instance_plan_main_cf (tool->postfix, main_cf, NULL,
                                                 NULLMAIL_PLAN_FLAGS_NONE, NULL, error);
  return plan != NULL ? nullmail_plan_create_probe (plan, NULL, error) : NULL;
}

static NullmailRelayProbe *
make_named (const char  *text,
            GError     **error)
{
  g_autoptr(NullmailRelayHost) relay = setting_parse_relay (text, error);

  return relay != NULL ? nullmail_relay_probe_new (relay) : NULL;
}

static NullmailRelayProbe *
make_probe (Tool    *tool,
            char   **arguments,
            GError **error)
{
  g_autoptr(NullmailRelayProbe) probe = NULL;
  g_autoptr(NullmailRelayCredentials) credentials = NULL;
  g_autofree char *path = ca_file != NULL ? g_canonicalize_filename (ca_file, NULL) : NULL;
  NullmailTlsLevel level;

  if (arguments[0] != NULL && arguments[1] != NULL)
    usage_error_set (error, "“nullmail probe” asks one relay at a time");
  if (*error != NULL || !password_check (error) || !parse_level (&level, error))
    return NULL;

  probe = arguments[0] != NULL ? make_named (arguments[0], error) : make_configured (tool, error);
  if (probe == NULL)
    return NULL;

  if (password_is_given ())
    {
      credentials = password_take (nullmail_relay_probe_get_relay_host (probe), error);
      if (credentials == NULL)
        return NULL;
      nullmail_relay_probe_set_credentials (probe, credentials);
    }
  if (level != NULLMAIL_TLS_LEVEL_AUTO)
    nullmail_relay_probe_set_tls_level (probe, level);
  if (path != NULL)
    nullmail_relay_probe_set_tls_ca_file (probe, path);
  return g_steal_pointer (&probe);
}

static Status
run_probe (Tool    *tool,
           char   **arguments,
           GError **error)
{
  g_autoptr(NullmailRelayProbe) probe = make_probe (tool, arguments, error);
  g_autoptr(NullmailProbeReport) report = NULL;
  GVariantDict dict;

  if (probe == NULL)
    return STATUS_FAILED;
  report = probing_run (probe, tool->is_json ? standard_error : standard_output, error);
  if (report == NULL)
    return STATUS_FAILED;

  if (tool->is_json)
    {
      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert_value (&dict, "report", nullmail_probe_report_to_variant (report));
      json_print (g_variant_dict_end (&dict));
    }
  return nullmail_probe_report_is_ok (report) ? STATUS_DONE : STATUS_PENDING;
}

const Command probe_command = {
  "probe", "[RELAY]", "ask a relay, step by step, as Postfix would; no mail is sent", options,
  TRUE, run_probe,
};
