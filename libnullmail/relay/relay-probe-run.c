/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "relay/relay-probe-private.h"

#include "base/task-private.h"
#include "enum-types.h"
#include "relay/probe-course-private.h"

/* One step, on its way from a worker thread to the thread of the caller. */
typedef struct
{
  NullmailRelayProbe   *probe;    /* (owned) the caller's */
  char                 *name;     /* (owned) */
  NullmailProbeOutcome  outcome;
  char                 *detail;   /* (owned) */
} Step;

/* What a worker needs. */
typedef struct
{
  NullmailRelayProbe *probe;    /* (owned) a copy that the worker alone sees */
  NullmailRelayProbe *source;   /* (owned) the caller's, of which it sees nothing */
  GMainContext       *context;  /* (owned) the caller's */
} Work;

static void
emit_cb (gpointer              user_data,
         const char           *name,
         NullmailProbeOutcome  outcome,
         const char           *detail)
{
  g_signal_emit_by_name (user_data, "step", name, outcome, detail);
}

static void
step_free (gpointer data)
{
  Step *step = data;

  g_object_unref (step->probe);
  g_free (step->name);
  g_free (step->detail);
  g_free (step);
}

static gboolean
deliver_cb (gpointer data)
{
  Step *step = data;

  emit_cb (step->probe, step->name, step->outcome, step->detail);
  return G_SOURCE_REMOVE;
}

/* The end of the task is a source of the same priority, and comes behind this one. */
static void
send_cb (gpointer              user_data,
         const char           *name,
         NullmailProbeOutcome  outcome,
         const char           *detail)
{
  Work *work = user_data;
  Step *step = g_new (Step, 1);
  g_autoptr(GSource) source = g_idle_source_new ();

  *step = (Step) { g_object_ref (work->source), g_strdup (name), outcome, g_strdup (detail) };
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, deliver_cb, step, step_free);
  g_source_attach (source, work->context);
}

static NullmailProbeReport *
run (NullmailRelayProbe    *self,
     NullmailProbeStepFunc  step_func,
     gpointer               step_data,
     GCancellable          *cancellable,
     GError               **error)
{
  g_auto(NullmailProbePolicy) policy = { 0 };

  if (!_nullmail_relay_probe_make_policy (self, &policy, error))
    return NULL;

  return _nullmail_probe_course_run (&policy, step_func, step_data, cancellable, error);
}

/**
 * nullmail_relay_probe_run:
 * @self: a probe
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Asks the relay, and emits [signal@RelayProbe::step] as each step ends. Whatever is wrong with the
 * relay is an outcome, and no error.
 *
 * Returns: (transfer full) (not nullable): a new report, or %NULL with @error set:
 *   %NULLMAIL_ERROR_INVALID_ARGUMENT without a relay host or with a control character in a text,
 *   %NULLMAIL_ERROR_INVALID_CREDENTIALS for credentials without a password, %G_IO_ERROR_CANCELLED
 *
 * Since: 1.0
 */
NullmailProbeReport *
nullmail_relay_probe_run (NullmailRelayProbe  *self,
                          GCancellable        *cancellable,
                          GError             **error)
{
  g_autoptr(NullmailRelayProbe) copy = NULL;

  g_return_val_if_fail (NULLMAIL_IS_RELAY_PROBE (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  /* Whoever hears of a step may assign properties. */
  copy = _nullmail_relay_probe_copy (self);
  return run (copy, emit_cb, self, cancellable, error);
}

static void
work_free (gpointer data)
{
  Work *work = data;

  g_object_unref (work->probe);
  g_object_unref (work->source);
  g_main_context_unref (work->context);
  g_free (work);
}

static void
run_run (GTask        *task,
         gpointer      arguments,
         GCancellable *cancellable)
{
  GError *error = NULL;
  NullmailProbeReport *result = run (((Work *) arguments)->probe, send_cb, arguments, cancellable,
                                     &error);

  _nullmail_task_return_pointer (task, result, (GDestroyNotify) nullmail_probe_report_unref,
                                 error);
}

/**
 * nullmail_relay_probe_run_async:
 * @self: a probe
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * The asynchronous form of [method@RelayProbe.run].
 *
 * Since: 1.0
 */
void
nullmail_relay_probe_run_async (NullmailRelayProbe  *self,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  Work *work;

  g_return_if_fail (NULLMAIL_IS_RELAY_PROBE (self));

  work = g_new0 (Work, 1);
  work->probe = _nullmail_relay_probe_copy (self);
  work->source = g_object_ref (self);
  work->context = g_main_context_ref_thread_default ();
  _nullmail_task_start (self, nullmail_relay_probe_run_async, run_run, work, work_free,
                        cancellable, callback, user_data);
}

/**
 * nullmail_relay_probe_run_finish:
 * @self: a probe
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@RelayProbe.run_async].
 *
 * Returns: (transfer full) (not nullable): as of [method@RelayProbe.run]
 *
 * Since: 1.0
 */
NullmailProbeReport *
nullmail_relay_probe_run_finish (NullmailRelayProbe  *self,
                                 GAsyncResult        *result,
                                 GError             **error)
{
  if (!_nullmail_task_take (result, self, nullmail_relay_probe_run_async, error))
    return NULL;

  return g_task_propagate_pointer (G_TASK (result), error);
}
