/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/postfix-instance-async.h"

#include "postfix/instance-call-private.h"

static void
run_plan (NullmailInstanceCall *self,
          GTask                *task,
          GCancellable         *cancellable)
{
  GError *error = NULL;
  NullmailPlan *result =
    nullmail_postfix_instance_plan (self->instance, self->config, self->credentials, self->flags,
                                    cancellable, &error);

  _nullmail_instance_call_return_pointer (task, result, g_object_unref, error);
}

/**
 * nullmail_postfix_instance_plan_async:
 * @self: an instance
 * @config: the settings that are to hold
 * @credentials: (nullable): the login at the relay, or %NULL
 * @flags: how to plan
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * The asynchronous form of [method@PostfixInstance.plan].
 *
 * Since: 1.0
 */
void
nullmail_postfix_instance_plan_async (NullmailPostfixInstance  *self,
                                      NullmailNullClientConfig *config,
                                      NullmailRelayCredentials *credentials,
                                      NullmailPlanFlags         flags,
                                      GCancellable             *cancellable,
                                      GAsyncReadyCallback       callback,
                                      gpointer                  user_data)
{
  NullmailInstanceCall call = { .run = run_plan };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));
  g_return_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (config));

  call.config = nullmail_null_client_config_copy (config);
  if (credentials != NULL)
    call.credentials = nullmail_relay_credentials_ref (credentials);
  call.flags = flags;
  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_plan_async,
                                 cancellable, callback, user_data);
}

/**
 * nullmail_postfix_instance_plan_finish:
 * @self: an instance
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@PostfixInstance.plan_async].
 *
 * Returns: (transfer full): as of [method@PostfixInstance.plan]
 *
 * Since: 1.0
 */
NullmailPlan *
nullmail_postfix_instance_plan_finish (NullmailPostfixInstance  *self,
                                       GAsyncResult             *result,
                                       GError                  **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (
    g_async_result_is_tagged (result, nullmail_postfix_instance_plan_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
run_plan_main_cf (NullmailInstanceCall *self,
                  GTask                *task,
                  GCancellable         *cancellable)
{
  GError *error = NULL;
  NullmailPlan *result =
    nullmail_postfix_instance_plan_main_cf (self->instance, self->main_cf, self->credentials,
                                            self->flags, cancellable, &error);

  _nullmail_instance_call_return_pointer (task, result, g_object_unref, error);
}

/**
 * nullmail_postfix_instance_plan_main_cf_async:
 * @self: an instance
 * @main_cf: an edited document
 * @credentials: (nullable): the login at the relay, or %NULL
 * @flags: how to plan
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * The asynchronous form of [method@PostfixInstance.plan_main_cf].
 *
 * Since: 1.0
 */
void
nullmail_postfix_instance_plan_main_cf_async (NullmailPostfixInstance  *self,
                                              NullmailMainCf           *main_cf,
                                              NullmailRelayCredentials *credentials,
                                              NullmailPlanFlags         flags,
                                              GCancellable             *cancellable,
                                              GAsyncReadyCallback       callback,
                                              gpointer                  user_data)
{
  NullmailInstanceCall call = { .run = run_plan_main_cf };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));
  g_return_if_fail (NULLMAIL_IS_MAIN_CF (main_cf));

  call.main_cf = nullmail_main_cf_copy (main_cf);
  if (credentials != NULL)
    call.credentials = nullmail_relay_credentials_ref (credentials);
  call.flags = flags;
  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_plan_main_cf_async,
                                 cancellable, callback, user_data);
}

/**
 * nullmail_postfix_instance_plan_main_cf_finish:
 * @self: an instance
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@PostfixInstance.plan_main_cf_async].
 *
 * Returns: (transfer full): as of [method@PostfixInstance.plan_main_cf]
 *
 * Since: 1.0
 */
NullmailPlan *
nullmail_postfix_instance_plan_main_cf_finish (NullmailPostfixInstance  *self,
                                               GAsyncResult             *result,
                                               GError                  **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (
    g_async_result_is_tagged (result, nullmail_postfix_instance_plan_main_cf_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
run_plan_undo (NullmailInstanceCall *self,
               GTask                *task,
               GCancellable         *cancellable)
{
  GError *error = NULL;
  NullmailPlan *result =
    nullmail_postfix_instance_plan_undo (self->instance, cancellable, &error);

  _nullmail_instance_call_return_pointer (task, result, g_object_unref, error);
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
  NullmailInstanceCall call = { .run = run_plan_undo };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));

  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_plan_undo_async,
                                 cancellable, callback, user_data);
}

/**
 * nullmail_postfix_instance_plan_undo_finish:
 * @self: an instance
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@PostfixInstance.plan_undo_async].
 *
 * Returns: (transfer full): as of [method@PostfixInstance.plan_undo]
 *
 * Since: 1.0
 */
NullmailPlan *
nullmail_postfix_instance_plan_undo_finish (NullmailPostfixInstance  *self,
                                            GAsyncResult             *result,
                                            GError                  **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (
    g_async_result_is_tagged (result, nullmail_postfix_instance_plan_undo_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
run_plan_restore (NullmailInstanceCall *self,
                  GTask                *task,
                  GCancellable         *cancellable)
{
  GError *error = NULL;
  NullmailPlan *result =
    nullmail_postfix_instance_plan_restore (self->instance, cancellable, &error);

  _nullmail_instance_call_return_pointer (task, result, g_object_unref, error);
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
  NullmailInstanceCall call = { .run = run_plan_restore };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));

  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_plan_restore_async,
                                 cancellable, callback, user_data);
}

/**
 * nullmail_postfix_instance_plan_restore_finish:
 * @self: an instance
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@PostfixInstance.plan_restore_async].
 *
 * Returns: (transfer full): as of [method@PostfixInstance.plan_restore]
 *
 * Since: 1.0
 */
NullmailPlan *
nullmail_postfix_instance_plan_restore_finish (NullmailPostfixInstance  *self,
                                               GAsyncResult             *result,
                                               GError                  **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (
    g_async_result_is_tagged (result, nullmail_postfix_instance_plan_restore_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
run_apply (NullmailInstanceCall *self,
           GTask                *task,
           GCancellable         *cancellable)
{
  GError *error = NULL;
  gboolean result =
    nullmail_postfix_instance_apply (self->instance, self->plan, self->flags, cancellable,
                                     &error);

  _nullmail_instance_call_return_boolean (task, result, error);
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
  NullmailInstanceCall call = { .run = run_apply };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));
  g_return_if_fail (NULLMAIL_IS_PLAN (plan));

  call.plan = g_object_ref (plan);
  call.flags = flags;
  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_apply_async,
                                 cancellable, callback, user_data);
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
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (
    g_async_result_is_tagged (result, nullmail_postfix_instance_apply_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
run_undo (NullmailInstanceCall *self,
          GTask                *task,
          GCancellable         *cancellable)
{
  GError *error = NULL;
  gboolean result =
    nullmail_postfix_instance_undo (self->instance, self->flags, cancellable, &error);

  _nullmail_instance_call_return_boolean (task, result, error);
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
  NullmailInstanceCall call = { .run = run_undo };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));

  call.flags = flags;
  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_undo_async,
                                 cancellable, callback, user_data);
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
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (
    g_async_result_is_tagged (result, nullmail_postfix_instance_undo_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
run_purge_credentials (NullmailInstanceCall *self,
                       GTask                *task,
                       GCancellable         *cancellable)
{
  GError *error = NULL;
  gboolean result =
    nullmail_postfix_instance_purge_credentials (self->instance, cancellable, &error);

  _nullmail_instance_call_return_boolean (task, result, error);
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
  NullmailInstanceCall call = { .run = run_purge_credentials };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));

  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_purge_credentials_async,
                                 cancellable, callback, user_data);
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
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (
    g_async_result_is_tagged (result, nullmail_postfix_instance_purge_credentials_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
run_activate (NullmailInstanceCall *self,
              GTask                *task,
              GCancellable         *cancellable)
{
  GError *error = NULL;
  gboolean result =
    nullmail_postfix_instance_activate (self->instance, self->flags, cancellable, &error);

  _nullmail_instance_call_return_boolean (task, result, error);
}

/**
 * nullmail_postfix_instance_activate_async:
 * @self: an instance
 * @activation: what to do
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * The asynchronous form of [method@PostfixInstance.activate].
 *
 * Since: 1.0
 */
void
nullmail_postfix_instance_activate_async (NullmailPostfixInstance *self,
                                          NullmailActivation       activation,
                                          GCancellable            *cancellable,
                                          GAsyncReadyCallback      callback,
                                          gpointer                 user_data)
{
  NullmailInstanceCall call = { .run = run_activate };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));

  call.flags = activation;
  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_activate_async,
                                 cancellable, callback, user_data);
}

/**
 * nullmail_postfix_instance_activate_finish:
 * @self: an instance
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@PostfixInstance.activate_async].
 *
 * Returns: as of [method@PostfixInstance.activate]
 *
 * Since: 1.0
 */
gboolean
nullmail_postfix_instance_activate_finish (NullmailPostfixInstance  *self,
                                           GAsyncResult             *result,
                                           GError                  **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (
    g_async_result_is_tagged (result, nullmail_postfix_instance_activate_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
