/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "instance/postfix-instance-private.h"

#include "instance/apply-private.h"
#include "instance/instance-call-private.h"

/**
 * nullmail_postfix_instance_apply:
 * @self: an instance
 * @plan: a plan that this instance, or another of the same directory, has made
 * @flags: how to apply it
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Puts a plan into effect: all files or none, and then the running Postfix.
 *
 * The lock that `postconf -e` takes is held meanwhile; owner, mode, ACL, extended attributes and
 * symbolic links are kept; the replacement of main.cf is the moment of the commit. A stopped
 * Postfix stays stopped without %NULLMAIL_APPLY_FLAGS_START. An empty plan touches no file. Once
 * the files are committed @cancellable has no effect.
 *
 * Returns: %TRUE, or %FALSE with @error set. Nothing has changed after
 *   %NULLMAIL_ERROR_INVALID_ARGUMENT, %NULLMAIL_ERROR_CONFLICT, %NULLMAIL_ERROR_UNSAFE,
 *   %NULLMAIL_ERROR_BUSY, %NULLMAIL_ERROR_PERMISSION_DENIED, %NULLMAIL_ERROR_INSECURE_PATH,
 *   %NULLMAIL_ERROR_INVALID_FILE, %NULLMAIL_ERROR_WRITE, %NULLMAIL_ERROR_MAP,
 *   %NULLMAIL_ERROR_COMMAND, %NULLMAIL_ERROR_TIMED_OUT, %G_IO_ERROR_CANCELLED, and
 *   %NULLMAIL_ERROR_FAILED for %NULLMAIL_APPLY_FLAGS_ENABLE where nothing does that; nor, since it
 *   was taken back, after %NULLMAIL_ERROR_ACTIVATION. The new state is there after
 *   %NULLMAIL_ERROR_ACTIVATION_KEPT and %NULLMAIL_ERROR_NOT_DURABLE, another writer's after
 *   %NULLMAIL_ERROR_SUPERSEDED.
 *
 * Since: 1.0
 */
gboolean
nullmail_postfix_instance_apply (NullmailPostfixInstance  *self,
                                 NullmailPlan             *plan,
                                 NullmailApplyFlags        flags,
                                 GCancellable             *cancellable,
                                 GError                  **error)
{
  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), FALSE);
  g_return_val_if_fail (NULLMAIL_IS_PLAN (plan), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return _nullmail_apply (_nullmail_postfix_instance_get_installation (self), plan, flags,
                          NULL, cancellable, error);
}

static void
run_apply (GTask        *task,
           gpointer      arguments,
           GCancellable *cancellable)
{
  NullmailInstanceCall *self = arguments;
  GError *error = NULL;
  gboolean result =
    nullmail_postfix_instance_apply (self->instance, self->plan, self->flags, cancellable,
                                     &error);

  _nullmail_task_return_boolean (task, result, error);
}

/**
 * nullmail_postfix_instance_apply_async:
 * @self: an instance
 * @plan: a plan
 * @flags: how to apply it
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * The asynchronous form of [method@PostfixInstance.apply].
 *
 * Since: 1.0
 */
void
nullmail_postfix_instance_apply_async (NullmailPostfixInstance *self,
                                       NullmailPlan            *plan,
                                       NullmailApplyFlags       flags,
                                       GCancellable            *cancellable,
                                       GAsyncReadyCallback      callback,
                                       gpointer                 user_data)
{
  NullmailInstanceCall call = { 0 };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));
  g_return_if_fail (NULLMAIL_IS_PLAN (plan));

  call.plan = g_object_ref (plan);
  call.flags = flags;
  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_apply_async,
                                 run_apply, cancellable, callback, user_data);
}

/**
 * nullmail_postfix_instance_apply_finish:
 * @self: an instance
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@PostfixInstance.apply_async].
 *
 * Returns: as of [method@PostfixInstance.apply]
 *
 * Since: 1.0
 */
gboolean
nullmail_postfix_instance_apply_finish (NullmailPostfixInstance  *self,
                                        GAsyncResult             *result,
                                        GError                  **error)
{
  if (!_nullmail_task_take (result, self, nullmail_postfix_instance_apply_async, error))
    return FALSE;

  return g_task_propagate_boolean (G_TASK (result), error);
}
