/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "planned.h"

#include "findings.h"
#include "json.h"

static Color
get_line_color (const char *line)
{
  if (g_str_has_prefix (line, "---") || g_str_has_prefix (line, "+++"))
    return COLOR_HEAD;

  return *line == '-' ? COLOR_ERROR : *line == '+' ? COLOR_GOOD
         : *line == '@' ? COLOR_NOTICE : COLOR_NONE;
}

static void
add_diff (Stream       *stream,
          NullmailPlan *plan)
{
  g_autofree char *diff = nullmail_plan_to_diff (plan);
  g_auto(GStrv) lines = g_strsplit (diff, "\n", -1);

  for (guint i = 0; lines[i] != NULL && (lines[i + 1] != NULL || *lines[i] != '\0'); i++)
    {
      stream_add_colored (stream, get_line_color (lines[i]), lines[i]);
      stream_add (stream, "\n");
    }
}

/* What has no lines in a diff. */
static void
add_other_changes (Stream       *stream,
                   NullmailPlan *plan)
{
  g_autoptr(GPtrArray) changes = nullmail_plan_get_changes (plan);

  for (guint i = 0; i < changes->len; i++)
    {
      NullmailChange *change = changes->pdata[i];
      NullmailChangeKind kind = nullmail_change_get_kind (change);
      const char *old_value = nullmail_change_get_old_value (change);
      const char *new_value = nullmail_change_get_new_value (change);

      if (kind == NULLMAIL_CHANGE_KIND_MODE)
        stream_add_line (stream, "mode of %s: %s, not %s", nullmail_change_get_path (change),
                         new_value != NULL ? new_value : "", old_value != NULL ? old_value : "");
      else if (kind == NULLMAIL_CHANGE_KIND_MAP)
        stream_add_line (stream, "table %s: %s", nullmail_change_get_path (change),
                         new_value != NULL ? "made anew" : "removed");
    }
}

/* What becomes of Postfix, and why it is not what the plan would want of one that runs. */
static void
add_activation (Tool               *tool,
                Stream             *stream,
                NullmailPlan       *plan,
                NullmailApplyFlags  flags)
{
  NullmailActivation activation = nullmail_plan_get_activation (plan);
  NullmailServiceState state =
    nullmail_postfix_instance_query_service (tool->postfix, NULL, NULL);
  gboolean is_stopped = (state & (NULLMAIL_SERVICE_STATE_RUNNING
                                  | NULLMAIL_SERVICE_STATE_UNKNOWN)) == 0;
  const char *reason = "";

  if ((flags & NULLMAIL_APPLY_FLAGS_NO_ACTIVATE) != 0)
    reason = ", since Postfix is to be left alone";
  else if ((state & NULLMAIL_SERVICE_STATE_ABSENT) != 0)
    reason = ", since there is no Postfix to control";
  else if (is_stopped && (flags & NULLMAIL_APPLY_FLAGS_START) != 0)
    activation = NULLMAIL_ACTIVATION_START;
  else if (is_stopped)
    reason = ", since Postfix does not run";

  stream_add_line (stream, "activation: %s%s",
                   enum_get_nick (NULLMAIL_TYPE_ACTIVATION,
                                  *reason != '\0' ? NULLMAIL_ACTIVATION_NONE : activation),
                   reason);
  if ((flags & NULLMAIL_APPLY_FLAGS_ENABLE) != 0
      && (state & NULLMAIL_SERVICE_STATE_ENABLED) == 0)
    stream_add_line (stream, "activation: enabled at boot");
}

/* Those that are there already are for “nullmail check”. */
static gboolean
add_new_findings (Tool          *tool,
                  Stream        *stream,
                  NullmailPlan  *plan,
                  GError       **error)
{
  g_autoptr(GPtrArray) after = nullmail_plan_get_findings (plan);
  g_autoptr(GPtrArray) before = nullmail_postfix_instance_check (tool->postfix, NULL, error);

  if (before == NULL)
    return FALSE;

  for (guint i = 0; i < after->len; i++)
    if (!findings_contain (before, after->pdata[i]))
      finding_add (stream, after->pdata[i]);

  return TRUE;
}

gboolean
planned_add (Tool                *tool,
             Stream              *stream,
             NullmailPlan        *plan,
             NullmailApplyFlags   flags,
             gboolean             changes,
             GError             **error)
{
  if (!changes)
    {
      if (!tool->is_quiet)
        stream_add_line (stream, "Nothing to change.");
      return TRUE;
    }

  add_diff (stream, plan);
  add_other_changes (stream, plan);
  add_activation (tool, stream, plan, flags);
  return add_new_findings (tool, stream, plan, error);
}
