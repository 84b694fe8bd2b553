/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "applying.h"

#include "errors.h"
#include "json.h"
#include "live.h"
#include "planned.h"
#include "terminal.h"

#define TEST_TIMEOUT_MS 60000

static gboolean is_answered;
static gboolean starts;
static gboolean enables;
static gboolean leaves_service;
static gboolean forces;
static gboolean keeps_no_undo;
static gboolean overwrites;
static gboolean drops_others;
static gboolean probes;
static char *test_recipient;

const GOptionEntry asking_options[] = {
  { "yes", 0, 0, G_OPTION_ARG_NONE, &is_answered, "do it without a question", NULL },
  { NULL, 0, 0, 0, NULL, NULL, NULL }
};

const GOptionEntry applying_options[] = {
  { "start", 0, 0, G_OPTION_ARG_NONE, &starts, "start Postfix if it is stopped", NULL },
  { "enable", 0, 0, G_OPTION_ARG_NONE, &enables, "have it started at boot", NULL },
  { "no-activate", 0, 0, G_OPTION_ARG_NONE, &leaves_service, "change the files only", NULL },
  { "force", 0, 0, G_OPTION_ARG_NONE, &forces, "accept errors that this brings in", NULL },
  { "no-undo", 0, 0, G_OPTION_ARG_NONE, &keeps_no_undo, "keep no record to undo this by", NULL },
  { NULL, 0, 0, 0, NULL, NULL, NULL }
};

const GOptionEntry overwriting_options[] = {
  { "overwrite", 0, 0, G_OPTION_ARG_NONE, &overwrites, "take back what others changed since, too",
    NULL },
  { NULL, 0, 0, 0, NULL, NULL, NULL }
};

const GOptionEntry trying_options[] = {
  { "drop-other-credentials", 0, 0, G_OPTION_ARG_NONE, &drops_others,
    "drop all passwords but this relay’s", NULL },
  { "probe", 0, 0, G_OPTION_ARG_NONE, &probes, "ask the relay first, and go no further if it "
    "refuses", NULL },
  { "test", 0, 0, G_OPTION_ARG_FILENAME, &test_recipient, "send a test message afterwards",
    "RECIPIENT" },
  { NULL, 0, 0, 0, NULL, NULL, NULL }
};

NullmailPlanFlags
applying_get_plan_flags (void)
{
  return drops_others ? NULLMAIL_PLAN_FLAGS_DROP_OTHER_CREDENTIALS : NULLMAIL_PLAN_FLAGS_NONE;
}

static NullmailApplyFlags
get_flags (void)
{
  return (starts ? NULLMAIL_APPLY_FLAGS_START : 0) | (enables ? NULLMAIL_APPLY_FLAGS_ENABLE : 0)
         | (leaves_service ? NULLMAIL_APPLY_FLAGS_NO_ACTIVATE : 0)
         | (forces ? NULLMAIL_APPLY_FLAGS_FORCE : 0)
         | (keeps_no_undo ? NULLMAIL_APPLY_FLAGS_NO_UNDO : 0)
         | (overwrites ? NULLMAIL_APPLY_FLAGS_OVERWRITE : 0);
}

/* What is told beside the plan itself. In JSON it is part of the one object. */
typedef struct
{
  Stream                 *stream;
  NullmailProbeReport    *probe;    /* (owned) (nullable) */
  NullmailDeliveryReport *test;     /* (owned) (nullable) */
  gboolean                changed;  /* or will be */
} Course;

static void
course_clear (Course *self)
{
  g_clear_pointer (&self->probe, nullmail_probe_report_unref);
  g_clear_pointer (&self->test, nullmail_delivery_report_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Course, course_clear)

static void
finish_json (Tool         *tool,
             NullmailPlan *plan,
             const Course *course)
{
  g_autoptr(GVariant) variant = nullmail_plan_to_variant (plan);
  NullmailServiceState state;
  GVariantDict dict;
  g_autoptr(GError) error = NULL;

  if (!tool->is_json)
    return;

  state = nullmail_postfix_instance_query_service (tool->postfix, NULL, &error);
  g_variant_dict_init (&dict, variant);
  g_variant_dict_insert (&dict, "changed", "b", course->changed);
  g_variant_dict_insert_value (&dict, "service",
                               json_flags (NULLMAIL_TYPE_SERVICE_STATE,
                                           error == NULL ? state : NULLMAIL_SERVICE_STATE_UNKNOWN));
  if (course->probe != NULL)
    g_variant_dict_insert_value (&dict, "probe", nullmail_probe_report_to_variant (course->probe));
  if (course->test != NULL)
    g_variant_dict_insert_value (&dict, "test",
                                 nullmail_delivery_report_to_variant (course->test));
  json_print (g_variant_dict_end (&dict));
}

/* FALSE with error set. An outcome that is no good ends the course. */
static gboolean
try_relay (Course        *course,
           NullmailPlan  *plan,
           gboolean      *is_good,
           GError       **error)
{
  g_autoptr(NullmailRelayProbe) probe = NULL;

  *is_good = TRUE;
  if (!probes)
    return TRUE;

  probe = nullmail_plan_create_probe (plan, NULL, error);
  course->probe = probe != NULL ? probing_run (probe, course->stream, error) : NULL;
  if (course->probe == NULL)
    return FALSE;

  *is_good = nullmail_probe_report_is_ok (course->probe);
  return TRUE;
}

/* Looks whether there is something to do, and shows it to whom it may concern. */
static gboolean
begin (Tool          *tool,
       Course        *course,
       NullmailPlan  *plan,
       gboolean       is_shown,
       GError       **error)
{
  /* Whether it is allowed is asked by apply itself. */
  if (!nullmail_plan_will_change (plan, get_flags () | NULLMAIL_APPLY_FLAGS_FORCE,
                                  &course->changed, NULL, error))
    return FALSE;

  return !is_shown
         || (planned_add (tool, course->stream, plan, get_flags (), course->changed, error)
             && stream_flush (course->stream, error));
}

/* A recipient that is none is told before anything is applied: a test that is called off already
 * sends nothing, and looks at that first. */
static gboolean
check_test (Tool    *tool,
            GError **error)
{
  g_autoptr(GCancellable) called_off = NULL;
  g_autoptr(NullmailDeliveryReport) report = NULL;
  g_autoptr(GError) local_error = NULL;

  if (test_recipient == NULL)
    return TRUE;
  if (!g_utf8_validate (test_recipient, -1, NULL))
    return usage_error_set (error, "The recipient of --test is not UTF-8: correct it");

  called_off = g_cancellable_new ();
  g_cancellable_cancel (called_off);
  report = nullmail_postfix_instance_send_test (tool->postfix, test_recipient, NULL, 0, called_off,
                                                &local_error);
  if (!g_error_matches (local_error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

Status
applying_show (Tool          *tool,
               NullmailPlan  *plan,
               GError       **error)
{
  g_auto(Course) course = { .stream = tool->is_json ? standard_error : standard_output };
  gboolean is_good;

  /* The object on standard output has all of it. */
  if (!check_test (tool, error) || !begin (tool, &course, plan, !tool->is_json, error))
    return STATUS_FAILED;
  if (!try_relay (&course, plan, &is_good, error))
    return STATUS_FAILED;

  finish_json (tool, plan, &course);
  return course.changed || !is_good ? STATUS_PENDING : STATUS_DONE;
}

/* Whether somebody wants it; FALSE with error set. */
static gboolean
ask (NullmailPlan  *plan,
     GError       **error)
{
  gboolean changes;

  if (is_answered)
    return TRUE;
  if (!terminal_can_ask ())
    return usage_error_set (error, "There is no terminal to ask: give --yes to apply this, or see "
                                   "it with “nullmail plan”");

  /* What will be refused is not asked about. */
  if (!nullmail_plan_will_change (plan, get_flags (), &changes, NULL, error))
    return FALSE;
  if (terminal_ask ("Apply this? Only “yes” does it: "))
    return TRUE;

  g_set_error_literal (error, NULLMAIL_ERROR, NULLMAIL_ERROR_FAILED,
                       "The answer was not “yes”: nothing was changed");
  return FALSE;
}

static gboolean
send_test (Tool    *tool,
           Course  *course,
           GError **error)
{
  if (test_recipient == NULL)
    return TRUE;

  course->test = delivering_run (tool->postfix, test_recipient, NULL, TEST_TIMEOUT_MS,
                                 course->stream, error);
  return course->test != NULL;
}

Status
applying_run (Tool          *tool,
              NullmailPlan  *plan,
              GError       **error)
{
  g_auto(Course) course = { .stream = tool->is_json ? standard_error : standard_output };
  gboolean asks = !is_answered && terminal_can_ask ();
  gboolean is_good;

  if (!check_test (tool, error)
      || !begin (tool, &course, plan, asks || !(tool->is_json || tool->is_quiet), error))
    return STATUS_FAILED;
  if (course.changed && !is_answered && !terminal_can_ask ())
    return ask (plan, error);
  if (!try_relay (&course, plan, &is_good, error) || !stream_flush (course.stream, error))
    return STATUS_FAILED;

  if (!is_good)
    {
      course.changed = FALSE;
      finish_json (tool, plan, &course);
      return STATUS_PENDING;
    }

  if (course.changed
      && (!ask (plan, error)
          || !nullmail_postfix_instance_apply (tool->postfix, plan, get_flags (), NULL, error)))
    return STATUS_FAILED;
  if (course.changed && !tool->is_quiet)
    stream_add_line (course.stream, "Applied.");
  if (!send_test (tool, &course, error))
    return STATUS_FAILED;

  finish_json (tool, plan, &course);
  return course.test == NULL
         || nullmail_delivery_report_get_state (course.test) == NULLMAIL_DELIVERY_STATE_SENT
         ? STATUS_DONE : STATUS_PENDING;
}
