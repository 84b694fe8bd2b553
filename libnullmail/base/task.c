/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "base/task-private.h"

#include "base/error.h"

typedef struct
{
  NullmailTaskFunc func;
  gpointer         arguments;       /* (owned) */
  GDestroyNotify   free_arguments;  /* (nullable) */
  int              is_ready;        /* (atomic) there is a result ... */
  int              is_taken;        /* (atomic) ... and it was handed out */
} Work;

static void
work_free (gpointer data)
{
  Work *work = data;

  if (work->free_arguments != NULL)
    work->free_arguments (work->arguments);
  g_free (work);
}

static void
run_in_thread_cb (GTask        *task,
                  gpointer      source_object G_GNUC_UNUSED,
                  gpointer      task_data,
                  GCancellable *cancellable)
{
  Work *work = task_data;

  work->func (task, work->arguments, cancellable);
}

static gboolean
run_in_idle_cb (gpointer user_data)
{
  GTask *task = user_data;

  run_in_thread_cb (task, NULL, g_task_get_task_data (task), g_task_get_cancellable (task));
  return G_SOURCE_REMOVE;
}

static GTask *
create (gpointer             source,
        gpointer             tag,
        NullmailTaskFunc     func,
        gpointer             arguments,
        GDestroyNotify       free_arguments,
        GCancellable        *cancellable,
        GAsyncReadyCallback  callback,
        gpointer             user_data)
{
  GTask *task = g_task_new (source, cancellable, callback, user_data);
  Work *work = g_new (Work, 1);

  *work = (Work) { func, arguments, free_arguments, FALSE, FALSE };
  g_task_set_source_tag (task, tag);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, work, work_free);
  return task;
}

void
_nullmail_task_start (gpointer             source,
                      gpointer             tag,
                      NullmailTaskFunc     func,
                      gpointer             arguments,
                      GDestroyNotify       free_arguments,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  g_autoptr(GTask) task = create (source, tag, func, arguments, free_arguments, cancellable,
                                  callback, user_data);

  g_task_run_in_thread (task, run_in_thread_cb);
}

void
_nullmail_task_start_in_idle (gpointer             source,
                              gpointer             tag,
                              NullmailTaskFunc     func,
                              gpointer             arguments,
                              GDestroyNotify       free_arguments,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  g_autoptr(GTask) task = create (source, tag, func, arguments, free_arguments, cancellable,
                                  callback, user_data);
  g_autoptr(GSource) idle = g_idle_source_new ();

  g_source_set_callback (idle, run_in_idle_cb, g_object_ref (task), g_object_unref);
  g_source_attach (idle, g_task_get_context (task));
}

static void
set_ready (GTask *task)
{
  Work *work = g_task_get_task_data (task);

  g_atomic_int_set (&work->is_ready, TRUE);
}

void
_nullmail_task_return_boolean (GTask    *task,
                               gboolean  result,
                               GError   *error)
{
  set_ready (task);
  if (result)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
_nullmail_task_return_int (GTask  *task,
                           gssize  result,
                           GError *error)
{
  set_ready (task);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_int (task, result);
}

void
_nullmail_task_return_pointer (GTask          *task,
                               gpointer        result,
                               GDestroyNotify  free_result,
                               GError         *error)
{
  set_ready (task);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, result, free_result);
}

gboolean
_nullmail_task_take (GAsyncResult  *result,
                     gpointer       source,
                     gpointer       tag,
                     GError       **error)
{
  Work *work = NULL;

  if (g_task_is_valid (result, source) && g_async_result_is_tagged (result, tag))
    work = g_task_get_task_data (G_TASK (result));
  if (work != NULL && g_atomic_int_get (&work->is_ready)
      && g_atomic_int_compare_and_exchange (&work->is_taken, FALSE, TRUE))
    return TRUE;

  g_set_error_literal (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
                       "The result is not one that this call could end: pass the one that the "
                       "callback of its own asynchronous form was given, and only once");
  return FALSE;
}
