/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "instance/postfix-instance-private.h"

#include "base/error-private.h"
#include "base/i18n-private.h"
#include "check/finding-private.h"
#include "document/main-cf-private.h"
#include "instance/apply-private.h"
#include "instance/instance-call-private.h"
#include "plan/planner-private.h"
#include "plan/undo-private.h"
#include "plan/undo-record-private.h"

static void
add_not_undone (NullmailPlan             *plan,
                const NullmailUndoRecord *record)
{
  for (guint i = 0; record->replaced[i] != NULL; i++)
    {
      NullmailFindingFacts facts = {
        .code = NULLMAIL_FINDING_CODE_CREDENTIALS_NOT_UNDONE,
        .severity = NULLMAIL_SEVERITY_NOTICE,
        .subject = record->replaced[i],
        .path = plan->primary != NULL ? plan->primary->table->path : NULL,
      };

      g_ptr_array_add (plan->findings,
                       _nullmail_finding_new (
                         &facts,
                         g_strdup_printf (_("The password of “%s” stays as it is: the one before "
                                            "it was not kept."), record->replaced[i]),
                         g_strdup (_("Store the old password again if it is needed."))));
    }
}

/* A parameter whose text had a password in it was not recorded. Where the whole file was, which is
 * one without any, it comes back nevertheless. */
static void
add_withheld (NullmailPlan *plan,
              char        **names)
{
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *now = nullmail_main_cf_get_value (plan->before, names[i]);
      g_autofree char *then = nullmail_main_cf_get_value (plan->main_cf, names[i]);
      NullmailFindingFacts facts = {
        .code = NULLMAIL_FINDING_CODE_CREDENTIALS_NOT_UNDONE,
        .severity = NULLMAIL_SEVERITY_NOTICE,
        .subject = names[i],
        .parameter = names[i],
        .path = plan->main_cf_path,
      };

      if (g_strcmp0 (now, then) != 0)
        continue;

      g_ptr_array_add (plan->findings,
                       _nullmail_finding_new (
                         &facts,
                         g_strdup_printf (_("“%s” stays as it is: it had a password in it, which "
                                            "was not kept."), names[i]),
                         g_strdup (_("Put the password into a table of mode 0600, and name that "
                                     "table."))));
    }
}

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

  request.files = restores ? record->written_files : record->files;
  plan = _nullmail_planner_make (installation, before, main_cf, &request, cancellable, error);
  if (plan == NULL)
    return NULL;

  g_ptr_array_extend_and_steal (plan->conflicts, g_steal_pointer (&conflicts));
  if (!restores)
    add_not_undone (plan, record);
  add_withheld (plan, restores ? record->left_out : record->withheld);
  g_ptr_array_sort (plan->findings, _nullmail_finding_compare);
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
 * %NULLMAIL_ERROR_CONFLICT unless %NULLMAIL_APPLY_FLAGS_FORCE is given. A password that was
 * replaced is not undone, nor a parameter that has one in its text, and a finding says so. Applying
 * the plan can itself be undone.
 *
 * Returns: (transfer full) (not nullable): a new plan, or %NULL with @error set:
 *   %NULLMAIL_ERROR_NOTHING_TO_UNDO, and as by [method@PostfixInstance.plan_main_cf]
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
