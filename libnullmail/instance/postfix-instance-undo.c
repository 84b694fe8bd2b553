/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "instance/postfix-instance-private.h"

#include "base/error-private.h"
#include "document/main-cf-private.h"
#include "instance/apply-private.h"
#include "instance/instance-call-private.h"
#include "plan/planner-private.h"
#include "plan/undo-private.h"
#include "plan/undo-record-private.h"

static NullmailPlan *
plan_back (NullmailPostfixInstance  *self,
           gboolean                  restores,
           GCancellable             *cancellable,
           GError                  **error)
{
  NullmailInstallation *installation = _nullmail_postfix_instance_get_installation (self);
  NullmailPlanRequest request = { .credentials = NULL };
  g_autoptr(NullmailStateFolder) folder = NULL;
  g_autoptr(NullmailUndoRecord) record = NULL;
  g_autoptr(NullmailMainCf) before = NULL;
  g_autoptr(NullmailMainCf) main_cf = NULL;
  g_autoptr(GPtrArray) conflicts = g_ptr_array_new_with_free_func (g_free);
  NullmailPlan *plan;

  before = _nullmail_installation_load_main_cf (installation, cancellable, error);
  if (before == NULL)
    return NULL;

  folder = _nullmail_state_folder_new (
    _nullmail_installation_get_state_directory (installation),
    _nullmail_installation_get_config_directory (installation));
  record = _nullmail_undo_record_load (folder, _nullmail_main_cf_peek_bytes (before), error);
  if (record == NULL)
    return NULL;

  main_cf = _nullmail_undo_make_main_cf (record, before, restores, folder, conflicts, error);
  if (main_cf == NULL)
    return NULL;

  request.goes_back = TRUE;
  request.files = restores ? record->written_files : record->files;
  plan = _nullmail_planner_make (installation, before, main_cf, &request, cancellable, error);
  if (plan == NULL)
    return NULL;

  g_ptr_array_extend_and_steal (plan->conflicts, g_steal_pointer (&conflicts));
  _nullmail_undo_add_findings (plan, record, restores);
  return plan;
}

/**
 * nullmail_postfix_instance_plan_undo:
 * @self: an instance
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Plans the way back to before the last apply. Edits that others have made to other parameters
 * since stay; where main.cf no longer says what the library wrote, applying the plan is
 * %NULLMAIL_ERROR_CONFLICT unless %NULLMAIL_APPLY_FLAGS_OVERWRITE is given. What is wrong in the
 * state before is in the findings, and needs no %NULLMAIL_APPLY_FLAGS_FORCE. Applying the plan can
 * itself be undone.
 *
 * Findings %NULLMAIL_FINDING_CODE_CREDENTIALS_NOT_UNDONE say what stays: a password that was
 * replaced, a parameter that has one in its text, and an entry of the password file that nothing
 * needs then, which [method@PostfixInstance.purge_credentials] takes away.
 *
 * An apply that did not change main.cf, but a password, a table or a mode, is not taken back by
 * itself: the last one that did is.
 *
 * Returns: (transfer full) (not nullable): a new plan, or %NULL with @error set:
 *   %NULLMAIL_ERROR_NOTHING_TO_UNDO without a record of such an apply, and as by
 *   [method@PostfixInstance.plan_main_cf]
 *
 * Since: 1.0
 */
NullmailPlan *
nullmail_postfix_instance_plan_undo (NullmailPostfixInstance  *self,
                                     GCancellable             *cancellable,
                                     GError                  **error)
{
  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return plan_back (self, FALSE, cancellable, error);
}

static void
run_plan_undo (GTask        *task,
               gpointer      arguments,
               GCancellable *cancellable)
{
  NullmailInstanceCall *self = arguments;
  GError *error = NULL;
  NullmailPlan *result =
    nullmail_postfix_instance_plan_undo (self->instance, cancellable, &error);

  _nullmail_task_return_pointer (task, result, g_object_unref, error);
}

/**
 * nullmail_postfix_instance_plan_undo_async:
 * @self: an instance
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * The asynchronous form of [method@PostfixInstance.plan_undo].
 *
 * Since: 1.0
 */
void
nullmail_postfix_instance_plan_undo_async (NullmailPostfixInstance *self,
                                           GCancellable            *cancellable,
                                           GAsyncReadyCallback      callback,
                                           gpointer                 user_data)
{
  NullmailInstanceCall call = { 0 };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));

  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_plan_undo_async,
                                 run_plan_undo, cancellable, callback, user_data);
}

/**
 * nullmail_postfix_instance_plan_undo_finish:
 * @self: an instance
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@PostfixInstance.plan_undo_async].
 *
 * Returns: (transfer full) (not nullable): as of [method@PostfixInstance.plan_undo]
 *
 * Since: 1.0
 */
NullmailPlan *
nullmail_postfix_instance_plan_undo_finish (NullmailPostfixInstance  *self,
                                            GAsyncResult             *result,
                                            GError                  **error)
{
  if (!_nullmail_task_take (result, self, nullmail_postfix_instance_plan_undo_async, error))
    return NULL;

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * nullmail_postfix_instance_plan_restore:
 * @self: an instance
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Plans the way back to before the first apply, parameter by parameter, so that what others have
 * edited since in other parameters stays; see [method@PostfixInstance.plan_undo].
 *
 * Returns: (transfer full) (not nullable): a new plan, or %NULL with @error set as by
 *   [method@PostfixInstance.plan_undo]
 *
 * Since: 1.0
 */
NullmailPlan *
nullmail_postfix_instance_plan_restore (NullmailPostfixInstance  *self,
                                        GCancellable             *cancellable,
                                        GError                  **error)
{
  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return plan_back (self, TRUE, cancellable, error);
}

static void
run_plan_restore (GTask        *task,
                  gpointer      arguments,
                  GCancellable *cancellable)
{
  NullmailInstanceCall *self = arguments;
  GError *error = NULL;
  NullmailPlan *result =
    nullmail_postfix_instance_plan_restore (self->instance, cancellable, &error);

  _nullmail_task_return_pointer (task, result, g_object_unref, error);
}

/**
 * nullmail_postfix_instance_plan_restore_async:
 * @self: an instance
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * The asynchronous form of [method@PostfixInstance.plan_restore].
 *
 * Since: 1.0
 */
void
nullmail_postfix_instance_plan_restore_async (NullmailPostfixInstance *self,
                                              GCancellable            *cancellable,
                                              GAsyncReadyCallback      callback,
                                              gpointer                 user_data)
{
  NullmailInstanceCall call = { 0 };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));

  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_plan_restore_async,
                                 run_plan_restore, cancellable, callback, user_data);
}

/**
 * nullmail_postfix_instance_plan_restore_finish:
 * @self: an instance
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@PostfixInstance.plan_restore_async].
 *
 * Returns: (transfer full) (not nullable): as of [method@PostfixInstance.plan_restore]
 *
 * Since: 1.0
 */
NullmailPlan *
nullmail_postfix_instance_plan_restore_finish (NullmailPostfixInstance  *self,
                                               GAsyncResult             *result,
                                               GError                  **error)
{
  if (!_nullmail_task_take (result, self, nullmail_postfix_instance_plan_restore_async, error))
    return NULL;

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * nullmail_postfix_instance_undo:
 * @self: an instance
 * @flags: how to apply it
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Takes the last apply back: [method@PostfixInstance.plan_undo] and
 * [method@PostfixInstance.apply]. Undoing twice is redo.
 *
 * Returns: %TRUE, or %FALSE with @error set as by the two
 *
 * Since: 1.0
 */
gboolean
nullmail_postfix_instance_undo (NullmailPostfixInstance  *self,
                                NullmailApplyFlags        flags,
                                GCancellable             *cancellable,
                                GError                  **error)
{
  g_autoptr(NullmailPlan) plan = NULL;

  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  plan = plan_back (self, FALSE, cancellable, error);
  return plan != NULL
         && _nullmail_apply (_nullmail_postfix_instance_get_installation (self), plan, flags,
                             NULL, cancellable, error);
}

static void
run_undo (GTask        *task,
          gpointer      arguments,
          GCancellable *cancellable)
{
  NullmailInstanceCall *self = arguments;
  GError *error = NULL;
  gboolean result =
    nullmail_postfix_instance_undo (self->instance, self->flags, cancellable, &error);

  _nullmail_task_return_boolean (task, result, error);
}

/**
 * nullmail_postfix_instance_undo_async:
 * @self: an instance
 * @flags: how to apply it
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * The asynchronous form of [method@PostfixInstance.undo].
 *
 * Since: 1.0
 */
void
nullmail_postfix_instance_undo_async (NullmailPostfixInstance *self,
                                      NullmailApplyFlags       flags,
                                      GCancellable            *cancellable,
                                      GAsyncReadyCallback      callback,
                                      gpointer                 user_data)
{
  NullmailInstanceCall call = { 0 };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));

  call.flags = flags;
  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_undo_async,
                                 run_undo, cancellable, callback, user_data);
}

/**
 * nullmail_postfix_instance_undo_finish:
 * @self: an instance
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@PostfixInstance.undo_async].
 *
 * Returns: as of [method@PostfixInstance.undo]
 *
 * Since: 1.0
 */
gboolean
nullmail_postfix_instance_undo_finish (NullmailPostfixInstance  *self,
                                       GAsyncResult             *result,
                                       GError                  **error)
{
  if (!_nullmail_task_take (result, self, nullmail_postfix_instance_undo_async, error))
    return FALSE;

  return g_task_propagate_boolean (G_TASK (result), error);
}
