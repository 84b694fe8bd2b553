/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "command.h"

#include "errors.h"
#include "findings.h"
#include "json.h"
#include "output.h"

static gboolean is_strict;

static const GOptionEntry own_options[] = {
  { "strict", 0, 0, G_OPTION_ARG_NONE, &is_strict, "end with status 3 for a warning or an error",
    NULL },
  { NULL, 0, 0, 0, NULL, NULL, NULL }
};
static const GOptionEntry * const options[] = { own_options, NULL };

static Status
run_check (Tool    *tool,
           char   **arguments,
           GError **error)
{
  g_autoptr(GPtrArray) findings = NULL;
  GVariantDict dict;

  if (arguments[0] != NULL)
    return usage_error_set (error, "“nullmail check” takes no arguments");

  findings = nullmail_postfix_instance_check (tool->postfix, NULL, error);
  if (findings == NULL)
    return STATUS_FAILED;

  if (tool->is_json)
    {
      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert_value (&dict, "findings",
                                   json_list (findings, (ToVariant) nullmail_finding_to_variant));
      json_print (g_variant_dict_end (&dict));
    }
  else
    for (guint i = 0; i < findings->len; i++)
      finding_add (standard_output, findings->pdata[i]);
  if (!tool->is_json && !tool->is_quiet && findings->len == 0)
    stream_add_line (standard_output, "Nothing is wrong.");

  return is_strict && findings_are_serious (findings) ? STATUS_PENDING : STATUS_DONE;
}

const Command check_command = {
  "check", "", "what is wrong, worst first, and what helps", options, TRUE, run_check,
};
