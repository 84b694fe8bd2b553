/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "instance/postfix-instance-private.h"

#include "instance/apply-private.h"
#include "instance/instance-call-private.h"
#include "plan/planner-private.h"

/**
 * nullmail_postfix_instance_plan_purge:
 * @self: an instance
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Plans what [method@PostfixInstance.purge_credentials] does: to drop the entries of the password
 * file that the library wrote and that nothing needs any more, in this password file and in those
 * that were used before.
 *
 * Returns: (transfer full) (not nullable): a new plan, or %NULL with @error set as by
 *   [method@PostfixInstance.plan_main_cf]; %NULLMAIL_ERROR_PERMISSION_DENIED where a table that may
 *   name an entry cannot be read, %NULLMAIL_ERROR_MAP where an entry would have to go from a table
 *   that is still named and whose source is gone
 *
 * Since: 1.0
 */
NullmailPlan *
nullmail_postfix_instance_plan_purge (NullmailPostfixInstance  *self,
                                      GCancellable             *cancellable,
                                      GError                  **error)
{
  NullmailPlanRequest request = { .purges = TRUE };
  NullmailInstallation *installation;
  g_autoptr(NullmailMainCf) main_cf = NULL;

  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  installation = _nullmail_postfix_instance_get_installation (self);
  main_cf = _nullmail_installation_load_main_cf (installation, cancellable, error);
  if (main_cf == NULL)
    return NULL;

  return _nullmail_planner_make (installation, main_cf, main_cf, &request, cancellable, error);
}

static void
run_plan_purge (GTask        *task,
                gpointer      arguments,
                GCancellable *cancellable)
{
  NullmailInstanceCall *self = arguments;
  GError *error = NULL;
  NullmailPlan *result =
    nullmail_postfix_instance_plan_purge (self->instance, cancellable, &error);

  _nullmail_task_return_pointer (task, result, g_object_unref, error);
}

/**
 * nullmail_postfix_instance_plan_purge_async:
 * @self: an instance
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * The asynchronous form of [method@PostfixInstance.plan_purge].
 *
 * Since: 1.0
 */
void
nullmail_postfix_instance_plan_purge_async (NullmailPostfixInstance *self,
                                            GCancellable            *cancellable,
                                            GAsyncReadyCallback      callback,
                                            gpointer                 user_data)
{
  NullmailInstanceCall call = { 0 };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));

  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_plan_purge_async,
                                 run_plan_purge, cancellable, callback, user_data);
}

/**
 * nullmail_postfix_instance_plan_purge_finish:
 * @self: an instance
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@PostfixInstance.plan_purge_async].
 *
 * Returns: (transfer full) (not nullable): as of [method@PostfixInstance.plan_purge]
 *
 * Since: 1.0
 */
NullmailPlan *
nullmail_postfix_instance_plan_purge_finish (NullmailPostfixInstance  *self,
                                             GAsyncResult             *result,
                                             GError                  **error)
{
  if (!_nullmail_task_take (result, self, nullmail_postfix_instance_plan_purge_async, error))
    return NULL;

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * nullmail_postfix_instance_purge_credentials:
 * @self: an instance
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Drops the entries of the password file that the library wrote, or found there when a plan was to
 * write them, and that nothing needs any more: neither the relay of now nor a fallback, transport,
 * filter or table by sender or recipient names them, nor does another instance of Postfix that
 * uses the same file: that of the default directory, or one in `multi_instance_directories`. Where
 * one of those cannot be read, nothing is dropped.
 *
 * This is [method@PostfixInstance.plan_purge] and [method@PostfixInstance.apply]: all of it is
 * done, or nothing.
 *
 * In a password file that was used before and that neither main.cf nor master.cf names any more,
 * all entries of the library go, and the file too if nothing is left in it. Tables of other types
 * beside a file that the library wrote to go where the two do not name them.
 *
 * Returns: %TRUE also if there was nothing to drop, or %FALSE with @error set as by
 *   [method@PostfixInstance.apply]; %NULLMAIL_ERROR_PERMISSION_DENIED where a table that may name
 *   an entry cannot be read, %NULLMAIL_ERROR_MAP where an entry would have to go from a table that
 *   is still named and whose source is gone
 *
 * Since: 1.0
 */
gboolean
nullmail_postfix_instance_purge_credentials (NullmailPostfixInstance  *self,
                                             GCancellable             *cancellable,
                                             GError                  **error)
{
  g_autoptr(NullmailPlan) plan = NULL;

  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  plan = nullmail_postfix_instance_plan_purge (self, cancellable, error);
  return plan != NULL
         && _nullmail_apply (_nullmail_postfix_instance_get_installation (self), plan,
                             NULLMAIL_APPLY_FLAGS_FORCE, NULL, cancellable, error);
}

static void
run_purge_credentials (GTask        *task,
                       gpointer      arguments,
                       GCancellable *cancellable)
{
  NullmailInstanceCall *self = arguments;
  GError *error = NULL;
  gboolean result =
    nullmail_postfix_instance_purge_credentials (self->instance, cancellable, &error);

  _nullmail_task_return_boolean (task, result, error);
}

/**
 * nullmail_postfix_instance_purge_credentials_async:
 * @self: an instance
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * The asynchronous form of [method@PostfixInstance.purge_credentials].
 *
 * Since: 1.0
 */
void
nullmail_postfix_instance_purge_credentials_async (NullmailPostfixInstance *self,
                                                   GCancellable            *cancellable,
                                                   GAsyncReadyCallback      callback,
                                                   gpointer                 user_data)
{
  NullmailInstanceCall call = { 0 };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));

  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_purge_credentials_async,
                                 run_purge_credentials, cancellable, callback, user_data);
}

/**
 * nullmail_postfix_instance_purge_credentials_finish:
 * @self: an instance
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@PostfixInstance.purge_credentials_async].
 *
 * Returns: as of [method@PostfixInstance.purge_credentials]
 *
 * Since: 1.0
 */
gboolean
nullmail_postfix_instance_purge_credentials_finish (NullmailPostfixInstance  *self,
                                                    GAsyncResult             *result,
                                                    GError                  **error)
{
  if (!_nullmail_task_take (result, self, nullmail_postfix_instance_purge_credentials_async, error))
    return FALSE;

  return g_task_propagate_boolean (G_TASK (result), error);
}
