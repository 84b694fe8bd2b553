/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "json.h"
#include "live.h"
#include "output.h"

static void
add_report (NullmailDeliveryReport *report,
            Stream                 *stream)
{
  NullmailDeliveryState state = nullmail_delivery_report_get_state (report);
  const char *relay = nullmail_delivery_report_get_relay (report);
  const char *reply = nullmail_delivery_report_get_reply (report);
  const char *detail = nullmail_delivery_report_get_detail (report);
  const char *queue_id = nullmail_delivery_report_get_queue_id (report);
  g_autofree char *remedy = NULL;

  stream_add_colored (stream, state == NULLMAIL_DELIVERY_STATE_SENT ? COLOR_GOOD : COLOR_ERROR,
                      enum_get_nick (NULLMAIL_TYPE_DELIVERY_STATE, state));
  if (queue_id != NULL && *queue_id != '\0')
    stream_add_line (stream, "  %s, to %s", queue_id,
                     nullmail_delivery_report_get_recipient (report));
  else
    stream_add_line (stream, "  to %s", nullmail_delivery_report_get_recipient (report));
  if (relay != NULL)
    stream_add_line (stream, "relay: %s", relay);
  if (reply != NULL)
    stream_add_line (stream, "reply: %s", reply);
  if (detail != NULL)
    stream_add_line (stream, "%s", detail);
  if (state != NULLMAIL_DELIVERY_STATE_SENT)
    remedy = nullmail_delay_cause_get_remedy (nullmail_delivery_report_get_cause (report),
                                              reply != NULL ? reply : "");
  if (remedy != NULL)
    stream_add_line (stream, "%s", remedy);
}

NullmailDeliveryReport *
delivering_run (NullmailPostfixInstance  *postfix,
                const char               *recipient,
                const char               *sender,
                guint                     timeout_ms,
                Stream                   *stream,
                GError                  **error)
{
  NullmailDeliveryReport *report;
  LiveLine line;
  LiveCall call;

  live_call_init (&call);
  live_line_begin (&line, stream, "waiting for the relay’s reply");
  nullmail_postfix_instance_send_test_async (postfix, recipient, sender, timeout_ms, NULL,
                                             live_call_done, &call);
  live_call_wait (&call);
  report = nullmail_postfix_instance_send_test_finish (postfix, call.result, error);
  live_line_end (&line);
  live_call_clear (&call);

  if (report != NULL)
    add_report (report, stream);
  return report;
}
