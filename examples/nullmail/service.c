/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "command.h"

#include <string.h>

#include "errors.h"
#include "json.h"
#include "output.h"

typedef struct
{
  const char         *name;
  NullmailActivation  activation;
} Action;

static const Action actions[] = {
  { "status", NULLMAIL_ACTIVATION_NONE },
  { "start", NULLMAIL_ACTIVATION_START },
  { "stop", NULLMAIL_ACTIVATION_STOP },
  { "restart", NULLMAIL_ACTIVATION_RESTART },
  { "reload", NULLMAIL_ACTIVATION_RELOAD },
  { "enable", NULLMAIL_ACTIVATION_NONE },
  { "disable", NULLMAIL_ACTIVATION_NONE },
};

static const Action *
find_action (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    if (strcmp (actions[i].name, name) == 0)
      return &actions[i];

  return NULL;
}

static gboolean
act (Tool          *tool,
     const Action  *action,
     GError       **error)
{
  if (strcmp (action->name, "enable") == 0 || strcmp (action->name, "disable") == 0)
    return nullmail_postfix_instance_set_enabled (tool->postfix, *action->name == 'e', NULL, error);

  return nullmail_postfix_instance_activate (tool->postfix, action->activation, NULL, error);
}

static void
print_state (Tool                 *tool,
             NullmailServiceState  state)
{
  g_autoptr(GVariant) words =
    g_variant_ref_sink (json_flags (NULLMAIL_TYPE_SERVICE_STATE, state));
  g_autofree const char **list = g_variant_get_strv (words, NULL);
  g_autofree char *text = g_strjoinv (" ", (char **) list);
  GVariantDict dict;

  if (tool->is_json)
    {
      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert_value (&dict, "service", words);
      json_print (g_variant_dict_end (&dict));
      return;
    }

  stream_add_line (standard_output, "%s", *text != '\0' ? text : "stopped");
  if ((state & NULLMAIL_SERVICE_STATE_UNKNOWN) != 0 && !tool->is_quiet)
    stream_add_line (standard_error, "nullmail: whether Postfix runs is for root to see");
}

static Status
run_service (Tool    *tool,
             char   **arguments,
             GError **error)
{
  const Action *action = find_action (arguments[0] != NULL ? arguments[0] : "status");
  NullmailServiceState state;

  if (action == NULL || (arguments[0] != NULL && arguments[1] != NULL))
    return usage_error_set (error, "Say one of status, start, stop, restart, reload, enable and "
                                   "disable");
  if (!act (tool, action, error))
    return STATUS_FAILED;

  state = nullmail_postfix_instance_query_service (tool->postfix, NULL, error);
  if (*error != NULL)
    return STATUS_FAILED;

  /* Who has asked for a change is told of it by the exit status. */
  if (tool->is_json || !tool->is_quiet || action == &actions[0])
    print_state (tool, state);
  return STATUS_DONE;
}

const Command service_command = {
  "service", "[status|start|stop|restart|reload|enable|disable]", "the running Postfix", NULL,
  FALSE, run_service,
};
