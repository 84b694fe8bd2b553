/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "command.h"

#include "applying.h"
#include "errors.h"
#include "findings.h"
#include "json.h"
#include "output.h"

static const GOptionEntry * const options[] = { applying_options, asking_options, NULL };

static gboolean
is_wanted (char            **codes,
           NullmailFinding  *finding)
{
  const char *nick = enum_get_nick (NULLMAIL_TYPE_FINDING_CODE,
                                    nullmail_finding_get_code (finding));

  return codes[0] == NULL || g_strv_contains ((const char * const *) codes, nick);
}

static gboolean
check_codes (char   **codes,
             GError **error)
{
  for (guint i = 0; codes[i] != NULL; i++)
    {
      int code;

      if (!g_utf8_validate (codes[i], -1, NULL))
        return usage_error_set (error, "Argument %u is not UTF-8: correct it", i + 1);
      g_strdelimit (codes[i], "_", '-');
      if (!enum_find (NULLMAIL_TYPE_FINDING_CODE, codes[i], &code) || code == 0)
        return usage_error_set (error, "“%s” is no kind of finding: see those of “nullmail check”",
                                codes[i]);
    }

  return TRUE;
}

static void
fix_all (NullmailMainCf  *main_cf,
         GPtrArray       *findings,
         char           **codes)
{
  for (guint i = 0; i < findings->len; i++)
    if (is_wanted (codes, findings->pdata[i]))
      nullmail_finding_fix (findings->pdata[i], main_cf);
}

/* What was asked for by its name is gone then, by its fix or as any plan does it; else it needs
 * somebody's hand. */
static gboolean
check_plan (NullmailPlan  *plan,
            GPtrArray     *findings,
            char         **codes,
            GError       **error)
{
  g_autoptr(GPtrArray) left = nullmail_plan_get_findings (plan);

  for (guint i = 0; codes[0] != NULL && i < findings->len; i++)
    if (is_wanted (codes, findings->pdata[i]) && findings_contain (left, findings->pdata[i]))
      {
        g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_FAILED, "%s %s",
                     nullmail_finding_get_message (findings->pdata[i]),
                     nullmail_finding_get_remedy (findings->pdata[i]));
        return FALSE;
      }

  return TRUE;
}

static Status
run_fix (Tool    *tool,
         char   **codes,
         GError **error)
{
  g_autoptr(GPtrArray) findings = NULL;
  g_autoptr(NullmailMainCf) main_cf = NULL;
  g_autoptr(NullmailPlan) plan = NULL;

  if (!check_codes (codes, error))
    return STATUS_USAGE;

  findings = nullmail_postfix_instance_check (tool->postfix, NULL, error);
  if (findings == NULL)
    return STATUS_FAILED;
  main_cf = nullmail_postfix_instance_load_main_cf (tool->postfix, NULL, error);
  if (main_cf == NULL)
    return STATUS_FAILED;

  fix_all (main_cf, findings, codes);
  plan = nullmail_postfix_instance_plan_main_cf (tool->postfix, main_cf, NULL,
                                                 NULLMAIL_PLAN_FLAGS_NONE, NULL, error);
  if (plan == NULL || !check_plan (plan, findings, codes, error))
    return STATUS_FAILED;

  return applying_run (tool, plan, error);
}

const Command fix_command = {
  "fix", "[CODE …]", "repair what “check” finds and can be repaired", options, TRUE, run_fix,
};
