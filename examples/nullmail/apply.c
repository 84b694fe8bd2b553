/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "command.h"

#include "applying.h"
#include "password.h"
#include "settings.h"

static const GOptionEntry * const options[] = {
  setting_options, password_options, trying_options, applying_options, asking_options, NULL
};

static Status
run_apply (Tool    *tool,
           char   **arguments,
           GError **error)
{
  g_autoptr(NullmailPlan) plan = plan_make (tool, arguments, error);

  return plan != NULL ? applying_run (tool, plan, error) : STATUS_FAILED;
}

const Command apply_command = {
  "apply", "SETTING …", "change the configuration, all of it or nothing", options, TRUE, run_apply,
};
