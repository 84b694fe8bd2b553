/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "relay/probe-policy-private.h"
#include "relay/probe-report-private.h"
#include "relay/smtp-channel-private.h"

G_BEGIN_DECLS

/* Told of each step as it ends. */
typedef void (* NullmailProbeStepFunc) (gpointer              user_data,
                                        const char           *name,
                                        NullmailProbeOutcome  outcome,
                                        const char           *detail);

/* The course of one probe, in the order of a delivery by smtp(8). The stages are in the files
 * probe-….c; each returns whether the course goes on. One that says no has failed the course, or it
 * was cancelled. */
typedef struct
{
  const NullmailProbePolicy *policy;          /* (unowned) */
  NullmailProbeStepFunc      step_func;       /* (nullable) */
  gpointer                   step_data;
  NullmailStepLimit         *limit;           /* (owned) */
  NullmailProbeReport       *report;          /* (owned) */
  NullmailSmtpChannel       *channel;         /* (owned) (nullable) */
  char                      *host;            /* (owned) (nullable) the server's name */
  gboolean                   keeps_outcome;   /* what fails now got less far than what did before */
  gboolean                   broke_tls;       /* the relay ended it when it was asked something */
  gboolean                   was_refused;     /* an address did not answer, and another one did */
  gboolean                   offers_login;    /* under TLS */
  gboolean                   is_matched;      /* Postfix takes the certificate for the relay's */
  gboolean                   is_good;         /* a password may go past the certificate */
} NullmailProbeCourse;

/* Runs a probe. NULL with G_IO_ERROR_CANCELLED if the cancellable was; all else is an outcome. */
NullmailProbeReport *_nullmail_probe_course_run         (const NullmailProbePolicy  *policy,
                                                         NullmailProbeStepFunc       step_func,
                                                         gpointer                    step_data,
                                                         GCancellable               *cancellable,
                                                         GError                    **error);

/* The functions from here on are for the files of the stages. */

/* Begins a step, with its own limit of time. */
void     _nullmail_probe_course_begin          (NullmailProbeCourse   *self);
/* Ends it well. */
void     _nullmail_probe_course_pass           (NullmailProbeCourse   *self,
                                                const char            *step,
                                                const char            *detail);
/* Ends it with that outcome, which is that of the probe unless a later step comes to another;
 * returns FALSE. Where its time is over the outcome is TIMED_OUT. */
gboolean _nullmail_probe_course_fail           (NullmailProbeCourse   *self,
                                                const char            *step,
                                                NullmailProbeOutcome   outcome,
                                                const char            *detail,
                                                const char            *remedy);

/* Sends a command, which may be NULL, and waits for the reply; what the reply says is in the report
 * as well. (transfer full) (nullable): NULL with a sentence in detail. */
NullmailSmtpReply *_nullmail_probe_course_ask  (NullmailProbeCourse   *self,
                                                const char            *command,
                                                char                 **detail);

/* Finds the relay, connects to it, is greeted and asks what it can do: at the first of its
 * addresses where all that goes well. */
gboolean _nullmail_probe_course_reach          (NullmailProbeCourse   *self);
/* Asks the relay what it can do, once more under TLS. */
gboolean _nullmail_probe_course_greet          (NullmailProbeCourse   *self);
/* Begins TLS where the policy asks for it and the relay offers it, and judges the certificate. */
gboolean _nullmail_probe_course_protect        (NullmailProbeCourse   *self);
/* Logs in. */
gboolean _nullmail_probe_course_log_in         (NullmailProbeCourse   *self);

G_END_DECLS
