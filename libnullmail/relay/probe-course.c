/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "relay/probe-course-private.h"

#include <string.h>

#include "base/i18n-private.h"

void
_nullmail_probe_course_begin (NullmailProbeCourse *self)
{
  _nullmail_step_limit_begin (self->limit);
}

static void
end_step (NullmailProbeCourse  *self,
          const char           *step,
          NullmailProbeOutcome  outcome,
          const char           *detail)
{
  _nullmail_probe_report_add_step (self->report, step, outcome, detail,
                                   _nullmail_step_limit_get_elapsed_ms (self->limit));
  if (self->step_func != NULL)
    self->step_func (self->step_data, step, outcome, detail);
}

void
_nullmail_probe_course_pass (NullmailProbeCourse *self,
                             const char          *step,
                             const char          *detail)
{
  end_step (self, step, NULLMAIL_PROBE_OUTCOME_OK, detail);
}

gboolean
_nullmail_probe_course_fail (NullmailProbeCourse  *self,
                             const char           *step,
                             NullmailProbeOutcome  outcome,
                             const char           *detail,
                             const char           *remedy)
{
  g_autofree char *late = NULL;

  if (_nullmail_step_limit_is_cancelled (self->limit))
    return FALSE;

  if (_nullmail_step_limit_is_over (self->limit))
    {
      outcome = NULLMAIL_PROBE_OUTCOME_TIMED_OUT;
      late = g_strdup_printf (_("no answer within %u ms"),
                              _nullmail_step_limit_get_timeout_ms (self->limit));
      detail = late;
    }
  else if (self->broke_tls)
    {
      /* In TLS 1.3 the relay has its say about the client only when TLS seems to be there. */
      outcome = NULLMAIL_PROBE_OUTCOME_TLS_FAILED;
      remedy = _("The relay ends TLS: it may want a certificate of this machine, see "
                 "tls-client-certificate (smtp_tls_chain_files), or another than the one that it "
                 "is shown.");
    }

  end_step (self, step, outcome, detail);
  if (self->keeps_outcome)
    return FALSE;

  self->report->outcome = outcome;
  g_free (self->report->message);
  self->report->message =
    g_strdup_printf (_("%s, step “%s”: %s."),
                     nullmail_relay_host_to_string (self->policy->relay_host), step, detail);
  g_free (self->report->remedy);
  self->report->remedy = g_strdup (remedy);
  return FALSE;
}

NullmailSmtpReply *
_nullmail_probe_course_ask (NullmailProbeCourse  *self,
                            const char           *command,
                            char                **detail)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *line = command != NULL ? g_strconcat (command, "\r\n", NULL) : NULL;
  NullmailSmtpReply *reply = NULL;

  if (line == NULL || _nullmail_smtp_channel_send (self->channel, line, strlen (line), &error))
    reply = _nullmail_smtp_channel_read (self->channel, &error);
  if (reply == NULL)
    {
      self->broke_tls = error->domain == G_TLS_ERROR;
      *detail = g_strdup (error->message);
      return NULL;
    }

  g_free (self->report->reply);
  self->report->reply = _nullmail_smtp_reply_to_string (reply);
  return reply;
}

static void
say_goodbye (NullmailProbeCourse *self)
{
  g_autoptr(GError) error = NULL;

  _nullmail_probe_course_begin (self);
  _nullmail_smtp_channel_send (self->channel, "QUIT\r\n", 6, &error);
}

/* Whether Postfix is to log in, and no password was found with which the probe could do so too. */
static gboolean
lacks_password (NullmailProbeCourse *self)
{
  return self->policy->is_configured && self->policy->credentials == NULL
         && _nullmail_effective_logs_in (self->policy->effective);
}

/* What a probe that went well says. */
static char *
describe_success (NullmailProbeCourse *self)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, _("%s answers at %s"),
                          nullmail_relay_host_to_string (self->policy->relay_host),
                          self->report->address);
  if (self->report->tls_protocol != NULL)
    g_string_append_printf (text, ", %s", self->report->tls_protocol);
  else
    g_string_append_printf (text, ", %s", _("without TLS"));
  if (self->report->tls_protocol != NULL && self->is_matched)
    g_string_append_printf (text, ", %s", _("with a verified certificate"));
  if (self->report->login_tried)
    g_string_append_printf (text, ", %s", _("and accepts the login"));
  g_string_append_c (text, '.');
  if (self->was_refused)
    g_string_append_printf (text, " %s", _("Another of its addresses does not answer: Postfix may "
                                           "try that first, and then waits before it goes on."));
  if (lacks_password (self))
    g_string_append_printf (text, " %s", _("No login was tried: main.cf wants one, and no password "
                                           "for this relay was found."));

  return g_string_free (text, FALSE);
}

static const char *
get_success_remedy (NullmailProbeCourse *self)
{
  if (lacks_password (self))
    return _("Plan with a user name and a password for this relay, or leave authentication off.");
  if (self->was_refused)
    return _("Ask who runs the relay about the address that does not answer; inet_protocols leaves "
             "a kind of them out.");

  return "";
}

static gboolean
run (NullmailProbeCourse *self)
{
  return _nullmail_probe_course_reach (self) && _nullmail_probe_course_protect (self)
         && _nullmail_probe_course_log_in (self);
}

NullmailProbeReport *
_nullmail_probe_course_run (const NullmailProbePolicy  *policy,
                            NullmailProbeStepFunc       step_func,
                            gpointer                    step_data,
                            GCancellable               *cancellable,
                            GError                    **error)
{
  NullmailProbeCourse self = {
    .policy = policy,
    .step_func = step_func,
    .step_data = step_data,
    .limit = _nullmail_step_limit_new (policy->timeout_ms, cancellable),
    .report = _nullmail_probe_report_new (policy->relay_host),
  };
  g_autoptr(NullmailProbeReport) report = self.report;
  gboolean passed = run (&self);

  if (passed)
    {
      report->outcome = NULLMAIL_PROBE_OUTCOME_OK;
      g_free (report->message);
      report->message = describe_success (&self);
      g_free (report->remedy);
      report->remedy = g_strdup (get_success_remedy (&self));
    }
  if (self.channel != NULL)
    say_goodbye (&self);

  g_clear_pointer (&self.channel, _nullmail_smtp_channel_free);
  g_clear_pointer (&self.limit, _nullmail_step_limit_free);
  g_free (self.host);
  if (!passed && g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  return g_steal_pointer (&report);
}
