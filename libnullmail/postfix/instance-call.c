/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/instance-call-private.h"

static void
call_free (gpointer data)
{
  NullmailInstanceCall *self = data;

  g_clear_object (&self->instance);
  g_clear_object (&self->config);
  g_clear_object (&self->main_cf);
  g_clear_pointer (&self->credentials, nullmail_relay_credentials_unref);
  g_clear_object (&self->plan);
  g_strfreev (self->names);
  g_free (self);
}

static void
run_thread_cb (GTask        *task,
               gpointer      source_object G_GNUC_UNUSED,
               gpointer      task_data,
               GCancellable *cancellable)
{
  NullmailInstanceCall *self = task_data;

  self->run (self, task, cancellable);
}

void
_nullmail_instance_call_start (NullmailPostfixInstance    *instance,
                               const NullmailInstanceCall *call,
                               gpointer                    tag,
                               GCancellable               *cancellable,
                               GAsyncReadyCallback         callback,
                               gpointer                    user_data)
{
  g_autoptr(GTask) task = g_task_new (instance, cancellable, callback, user_data);
  NullmailInstanceCall *self = g_memdup2 (call, sizeof *call);

  self->instance = _nullmail_postfix_instance_copy (instance);
  g_task_set_source_tag (task, tag);
  g_task_set_check_cancellable (task, FALSE);  /* what is finished is reported as finished */
  g_task_set_task_data (task, self, call_free);
  g_task_run_in_thread (task, run_thread_cb);
}

void
_nullmail_instance_call_return_boolean (GTask    *task,
                                        gboolean  result,
                                        GError   *error)
{
  if (result)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
_nullmail_instance_call_return_pointer (GTask          *task,
                                        gpointer        result,
                                        GDestroyNotify  destroy,
                                        GError         *error)
{
  if (result != NULL)
    g_task_return_pointer (task, result, destroy);
  else
    g_task_return_error (task, error);
}
