/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "command.h"

#include "errors.h"
#include "json.h"
#include "live.h"
#include "output.h"

#define MAX_TIMEOUT_S (24 * 60 * 60)

static char *sender;
static char *timeout_text;

static const GOptionEntry own_options[] = {
  { "sender", 0, 0, G_OPTION_ARG_FILENAME, &sender, "who sends it", "ADDRESS" },
  { "timeout", 0, 0, G_OPTION_ARG_FILENAME, &timeout_text, "how long to follow it (60)",
    "SECONDS" },
  { NULL, 0, 0, 0, NULL, NULL, NULL }
};
static const GOptionEntry * const options[] = { own_options, NULL };

static gboolean
parse_timeout (guint64  *timeout_s,
               GError  **error)
{
  *timeout_s = 60;
  if (timeout_text == NULL
      || g_ascii_string_to_unsigned (timeout_text, 10, 1, MAX_TIMEOUT_S, timeout_s, NULL))
    return TRUE;

  return usage_error_set (error, "--timeout takes a number of seconds, from 1 to %d",
                          MAX_TIMEOUT_S);
}

static Status
run_test (Tool    *tool,
          char   **arguments,
          GError **error)
{
  g_autoptr(NullmailDeliveryReport) report = NULL;
  guint64 timeout_s;
  GVariantDict dict;

  if (arguments[0] == NULL || arguments[1] != NULL)
    return usage_error_set (error, "Name one recipient, such as “nullmail test me@example.com”");
  if (!g_utf8_validate (arguments[0], -1, NULL)
      || (sender != NULL && !g_utf8_validate (sender, -1, NULL)))
    return usage_error_set (error, "An address is not UTF-8: correct it");
  if (!parse_timeout (&timeout_s, error))
    return STATUS_USAGE;

  report = delivering_run (tool->postfix, arguments[0], sender, (guint) timeout_s * 1000,
                           tool->is_json ? standard_error : standard_output, error);
  if (report == NULL)
    return STATUS_FAILED;

  if (tool->is_json)
    {
      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert_value (&dict, "report", nullmail_delivery_report_to_variant (report));
      json_print (g_variant_dict_end (&dict));
    }
  return nullmail_delivery_report_get_state (report) == NULLMAIL_DELIVERY_STATE_SENT
         ? STATUS_DONE : STATUS_PENDING;
}

const Command test_command = {
  "test", "RECIPIENT", "send a message and follow it to the relay’s reply", options, TRUE, run_test,
};
