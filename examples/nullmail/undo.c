/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "command.h"

#include "applying.h"
#include "errors.h"

static const GOptionEntry * const options[] = {
  applying_options, overwriting_options, asking_options, NULL
};

typedef NullmailPlan *(*Planner) (NullmailPostfixInstance  *postfix,
                                  GCancellable             *cancellable,
                                  GError                  **error);

static Status
run (Tool     *tool,
     Planner   planner,
     char    **arguments,
     GError  **error)
{
  g_autoptr(NullmailPlan) plan = NULL;

  if (arguments[0] != NULL)
    return usage_error_set (error, "This command takes no arguments: it takes back all of it");

  plan = planner (tool->postfix, NULL, error);
  return plan != NULL ? applying_run (tool, plan, error) : STATUS_FAILED;
}

static Status
run_undo (Tool    *tool,
          char   **arguments,
          GError **error)
{
  return run (tool, nullmail_postfix_instance_plan_undo, arguments, error);
}

static Status
run_restore (Tool    *tool,
             char   **arguments,
             GError **error)
{
  return run (tool, nullmail_postfix_instance_plan_restore, arguments, error);
}

const Command undo_command = {
  "undo", "", "take back the last change; twice is to do it again", options, TRUE, run_undo,
};

const Command restore_command = {
  "restore", "", "take back everything that this library has changed", options, TRUE, run_restore,
};
