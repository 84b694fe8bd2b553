/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "command.h"

#include "applying.h"
#include "password.h"
#include "settings.h"

static const GOptionEntry * const options[] = {
  setting_options, password_options, trying_options, applying_options, NULL
};

NullmailPlan *
plan_make (Tool    *tool,
           char   **settings,
           GError **error)
{
  g_autoptr(NullmailNullClientConfig) config = NULL;
  g_autoptr(NullmailRelayCredentials) credentials = NULL;
  NullmailRelayHost *relay;

  if (!password_check (error))
    return NULL;
  config = settings_make_config (tool, settings, error);
  if (config == NULL)
    return NULL;

  relay = nullmail_null_client_config_get_relay_host (config);
  if (password_is_given () && relay == NULL)
    {
      g_set_error_literal (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CONFIG,
                           "There is no relay to log in to: give relay-host=");
      return NULL;
    }
  if (password_is_given ())
    {
      credentials = password_take (relay, error);
      if (credentials == NULL)
        return NULL;
    }

  return nullmail_postfix_instance_plan (tool->postfix, config, credentials,
                                         applying_get_plan_flags (), NULL, error);
}

static Status
run_plan (Tool    *tool,
          char   **arguments,
          GError **error)
{
  g_autoptr(NullmailPlan) plan = plan_make (tool, arguments, error);

  return plan != NULL ? applying_show (tool, plan, error) : STATUS_FAILED;
}

const Command plan_command = {
  "plan", "SETTING …", "what “apply” would change", options, TRUE, run_plan,
};
