/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The Postfix that runs, as far as it was observed, which no plan does. */

#include "check/check-context-private.h"

#include "base/i18n-private.h"
#include "check/client-chroot-private.h"

static void
check_service (NullmailCheck *self)
{
  NullmailFindingFacts stopped = {
    .code = NULLMAIL_FINDING_CODE_NOT_RUNNING,
    .severity = NULLMAIL_SEVERITY_WARNING,
  };
  NullmailFindingFacts disabled = {
    .code = NULLMAIL_FINDING_CODE_NOT_ENABLED,
    .severity = NULLMAIL_SEVERITY_WARNING,
  };

  if (self->snapshot->is_running == NULLMAIL_FACT_NO)
    _nullmail_check_report (self, &stopped,
      _("Start Postfix."),
      _("Postfix is not running: mail waits in the queue until it does."));

  if (self->snapshot->is_enabled == NULLMAIL_FACT_NO)
    _nullmail_check_report (self, &disabled,
      _("Enable Postfix."),
      _("Postfix is not started at boot: after the next one mail waits in the queue."));
}

static void
check_what_was_read (NullmailCheck *self)
{
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_RESTART_PENDING,
    .severity = NULLMAIL_SEVERITY_WARNING,
    .path = self->snapshot->main_cf_path,
  };

  if (self->snapshot->has_read_main_cf != NULLMAIL_FACT_NO)
    return;

  _nullmail_check_report (self, &facts,
    _("Reload Postfix, or restart it where inet_interfaces or inet_protocols has changed."),
    _("main.cf has changed since the Postfix that runs has read it: what it says does not count "
      "yet, or for a part of the mail only."));
}

static char *
describe_amount (const NullmailWaitingMail *waiting)
{
  if (waiting->is_partial)
    return g_strdup_printf (_("More than %u messages wait for another attempt, %u of them for a "
                              "reason of this kind: "),
                            waiting->n_deferred - 1, waiting->n_of_cause);
  if (waiting->n_deferred == 1)
    return g_strdup (_("A message waits for another attempt: "));

  return g_strdup_printf (_("%u messages wait for another attempt, %u of them for a reason of this "
                            "kind: "), waiting->n_deferred, waiting->n_of_cause);
}

static void
report_waiting (NullmailCheck             *self,
                const NullmailWaitingMail *waiting)
{
  g_autofree char *amount = describe_amount (waiting);
  const char *reason = waiting->reason != NULL ? waiting->reason : "";
  g_autofree char *way_out = nullmail_delay_cause_get_remedy (waiting->cause, reason);
  g_autofree char *remedy = way_out != NULL ? g_strconcat (way_out, ".", NULL) : NULL;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_MAIL_WAITING,
    .severity = NULLMAIL_SEVERITY_WARNING,
  };

  _nullmail_check_report (self, &facts,
    remedy != NULL ? remedy : _("See what “postqueue -p” and the mail log say."),
    "%s%s%s%s%s", amount, *reason != '\0' ? reason : _("no reason is known yet"),
    waiting->detail != NULL ? " (" : "", waiting->detail != NULL ? waiting->detail : "",
    waiting->detail != NULL ? ")." : ".");
}

static void
check_queue (NullmailCheck *self)
{
  const NullmailWaitingMail *waiting = self->snapshot->waiting;

  if (waiting != NULL && waiting->n_deferred > 0)
    report_waiting (self, waiting);
  else if (self->snapshot->queue_problem != NULL)
    _nullmail_check_report_open (self, NULLMAIL_FINDING_CODE_MAIL_WAITING, NULL,
      _("Run the check as root, and see what “postqueue -p” says."),
      _("Whether mail waits is not known: %s."), self->snapshot->queue_problem);
}

static void
check_chroot (NullmailCheck *self)
{
  const NullmailCheckSnapshot *snapshot = self->snapshot;
  g_autofree char *root = _nullmail_client_chroot_find (snapshot->master_services,
                                                        snapshot->effective);
  g_autofree char *list = NULL;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_CHROOT_STALE,
    .severity = NULLMAIL_SEVERITY_WARNING,
    .path = root,
  };

  if (root == NULL || snapshot->stale_copies == NULL || snapshot->stale_copies[0] == NULL)
    return;

  list = g_strjoinv (", ", (char **) snapshot->stale_copies);
  _nullmail_check_report (self, &facts,
    _("Copy these files there, or restart Postfix where its start script does that, as on Debian."),
    _("What Postfix’s client sees is below “%s”, and there %s is missing or other than the system "
      "has it: names, ports or certificates that are found elsewhere may not be found for mail."),
    root, list);
}

void
_nullmail_check_running (NullmailCheck *self)
{
  check_service (self);
  check_what_was_read (self);
  check_queue (self);
  check_chroot (self);
}
