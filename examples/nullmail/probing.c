/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "json.h"
#include "live.h"
#include "output.h"

#define WAITING "asking the relay"

typedef struct
{
  Stream       *stream;
  LiveLine      line;
  GCancellable *cancellable;  /* (owned) */
  GError       *error;        /* (owned) (nullable) the output has failed */
} Probing;

static void
step_cb (NullmailRelayProbe   *probe G_GNUC_UNUSED,
         const char           *name,
         NullmailProbeOutcome  outcome,
         const char           *detail,
         gpointer              user_data)
{
  Probing *self = user_data;
  g_autofree char *padded = g_strdup_printf ("%-12s", name);
  gboolean is_ok = outcome == NULLMAIL_PROBE_OUTCOME_OK;

  live_line_end (&self->line);
  stream_add_text (self->stream, padded);
  stream_add_colored (self->stream, is_ok ? COLOR_GOOD : COLOR_ERROR,
                      enum_get_nick (NULLMAIL_TYPE_PROBE_OUTCOME, outcome));
  stream_add_line (self->stream, "  %s", detail);
  if (!stream_flush (self->stream, self->error == NULL ? &self->error : NULL))
    g_cancellable_cancel (self->cancellable);  /* there is nobody to tell */
  live_line_begin (&self->line, self->stream, WAITING);
}

static void
add_result (NullmailProbeReport *report,
            Stream              *stream)
{
  const char *remedy = nullmail_probe_report_get_remedy (report);

  stream_add_line (stream, "%s", nullmail_probe_report_get_message (report));
  if (*remedy != '\0')
    stream_add_line (stream, "%s", remedy);
}

NullmailProbeReport *
probing_run (NullmailRelayProbe  *probe,
             Stream              *stream,
             GError             **error)
{
  Probing self = { .stream = stream, .cancellable = g_cancellable_new () };
  NullmailProbeReport *report;
  LiveCall call;
  gulong handler;

  live_call_init (&call);
  handler = g_signal_connect (probe, "step", G_CALLBACK (step_cb), &self);
  live_line_begin (&self.line, stream, WAITING);
  nullmail_relay_probe_run_async (probe, self.cancellable, live_call_done, &call);
  live_call_wait (&call);
  report = nullmail_relay_probe_run_finish (probe, call.result, self.error == NULL ? error : NULL);
  live_line_end (&self.line);
  g_signal_handler_disconnect (probe, handler);
  live_call_clear (&call);
  g_object_unref (self.cancellable);

  if (self.error != NULL)
    {
      g_clear_pointer (&report, nullmail_probe_report_unref);
      g_propagate_error (error, self.error);
    }
  if (report != NULL)
    add_result (report, stream);
  return report;
}
