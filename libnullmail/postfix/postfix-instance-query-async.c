/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/postfix-instance-async.h"

#include "postfix/instance-call-private.h"
#include "config/finding.h"

static void
run_inspect (NullmailInstanceCall *self,
             GTask                *task,
             GCancellable         *cancellable)
{
  GError *error = NULL;
  gboolean result = nullmail_postfix_instance_inspect (self->instance, cancellable, &error);

  _nullmail_instance_call_return_boolean (task, result, error);
}

/**
 * nullmail_postfix_instance_inspect_async:
 * @self: an instance
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * The asynchronous form of [method@PostfixInstance.inspect].
 *
 * Since: 1.0
 */
void
nullmail_postfix_instance_inspect_async (NullmailPostfixInstance *self,
                                         GCancellable            *cancellable,
                                         GAsyncReadyCallback      callback,
                                         gpointer                 user_data)
{
  NullmailInstanceCall call = { .run = run_inspect };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));

  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_inspect_async,
                                 cancellable, callback, user_data);
}

/**
 * nullmail_postfix_instance_inspect_finish:
 * @self: an instance
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@PostfixInstance.inspect_async].
 *
 * Returns: as of [method@PostfixInstance.inspect]
 *
 * Since: 1.0
 */
gboolean
nullmail_postfix_instance_inspect_finish (NullmailPostfixInstance  *self,
                                          GAsyncResult             *result,
                                          GError                  **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (
    g_async_result_is_tagged (result, nullmail_postfix_instance_inspect_async), FALSE);

  /* The thread has told a copy; the getters of this one show it from now on. */
  _nullmail_postfix_instance_forget_shown (self);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
run_get_defaults (NullmailInstanceCall *self,
                  GTask                *task,
                  GCancellable         *cancellable)
{
  GError *error = NULL;
  GHashTable *result =
    nullmail_postfix_instance_get_defaults (self->instance, cancellable, &error);

  _nullmail_instance_call_return_pointer (task, result, (GDestroyNotify) g_hash_table_unref, error);
}

/**
 * nullmail_postfix_instance_get_defaults_async:
 * @self: an instance
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * The asynchronous form of [method@PostfixInstance.get_defaults].
 *
 * Since: 1.0
 */
void
nullmail_postfix_instance_get_defaults_async (NullmailPostfixInstance *self,
                                              GCancellable            *cancellable,
                                              GAsyncReadyCallback      callback,
                                              gpointer                 user_data)
{
  NullmailInstanceCall call = { .run = run_get_defaults };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));

  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_get_defaults_async,
                                 cancellable, callback, user_data);
}

/**
 * nullmail_postfix_instance_get_defaults_finish:
 * @self: an instance
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@PostfixInstance.get_defaults_async].
 *
 * Returns: (transfer full) (element-type utf8 utf8): as of [method@PostfixInstance.get_defaults]
 *
 * Since: 1.0
 */
GHashTable *
nullmail_postfix_instance_get_defaults_finish (NullmailPostfixInstance  *self,
                                               GAsyncResult             *result,
                                               GError                  **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (
    g_async_result_is_tagged (result, nullmail_postfix_instance_get_defaults_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
run_lookup_parameters (NullmailInstanceCall *self,
                       GTask                *task,
                       GCancellable         *cancellable)
{
  GError *error = NULL;
  GHashTable *result =
    nullmail_postfix_instance_lookup_parameters (self->instance,
                                                 (const char * const *) self->names, cancellable,
                                                 &error);

  _nullmail_instance_call_return_pointer (task, result, (GDestroyNotify) g_hash_table_unref, error);
}

/**
 * nullmail_postfix_instance_lookup_parameters_async:
 * @self: an instance
 * @names: (array zero-terminated=1): names of parameters
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * The asynchronous form of [method@PostfixInstance.lookup_parameters].
 *
 * Since: 1.0
 */
void
nullmail_postfix_instance_lookup_parameters_async (NullmailPostfixInstance *self,
                                                   const char * const      *names,
                                                   GCancellable            *cancellable,
                                                   GAsyncReadyCallback      callback,
                                                   gpointer                 user_data)
{
  NullmailInstanceCall call = { .run = run_lookup_parameters };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));
  g_return_if_fail (names != NULL);

  call.names = g_strdupv ((char **) names);
  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_lookup_parameters_async,
                                 cancellable, callback, user_data);
}

/**
 * nullmail_postfix_instance_lookup_parameters_finish:
 * @self: an instance
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@PostfixInstance.lookup_parameters_async].
 *
 * Returns: (transfer full) (element-type utf8 utf8): as of
 *   [method@PostfixInstance.lookup_parameters]
 *
 * Since: 1.0
 */
GHashTable *
nullmail_postfix_instance_lookup_parameters_finish (NullmailPostfixInstance  *self,
                                                    GAsyncResult             *result,
                                                    GError                  **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (
    g_async_result_is_tagged (result, nullmail_postfix_instance_lookup_parameters_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
run_check (NullmailInstanceCall *self,
           GTask                *task,
           GCancellable         *cancellable)
{
  GError *error = NULL;
  GPtrArray *result = nullmail_postfix_instance_check (self->instance, cancellable, &error);

  _nullmail_instance_call_return_pointer (task, result, (GDestroyNotify) g_ptr_array_unref, error);
}

/**
 * nullmail_postfix_instance_check_async:
 * @self: an instance
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * The asynchronous form of [method@PostfixInstance.check].
 *
 * Since: 1.0
 */
void
nullmail_postfix_instance_check_async (NullmailPostfixInstance *self,
                                       GCancellable            *cancellable,
                                       GAsyncReadyCallback      callback,
                                       gpointer                 user_data)
{
  NullmailInstanceCall call = { .run = run_check };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));

  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_check_async,
                                 cancellable, callback, user_data);
}

/**
 * nullmail_postfix_instance_check_finish:
 * @self: an instance
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@PostfixInstance.check_async].
 *
 * Returns: (transfer container) (element-type NullmailFinding): as of
 *   [method@PostfixInstance.check]
 *
 * Since: 1.0
 */
GPtrArray *
nullmail_postfix_instance_check_finish (NullmailPostfixInstance  *self,
                                        GAsyncResult             *result,
                                        GError                  **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (
    g_async_result_is_tagged (result, nullmail_postfix_instance_check_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
run_query_service (NullmailInstanceCall *self,
                   GTask                *task,
                   GCancellable         *cancellable)
{
  GError *error = NULL;
  NullmailServiceState state =
    nullmail_postfix_instance_query_service (self->instance, cancellable, &error);

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_int (task, state);
}

/**
 * nullmail_postfix_instance_query_service_async:
 * @self: an instance
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * The asynchronous form of [method@PostfixInstance.query_service].
 *
 * Since: 1.0
 */
void
nullmail_postfix_instance_query_service_async (NullmailPostfixInstance *self,
                                               GCancellable            *cancellable,
                                               GAsyncReadyCallback      callback,
                                               gpointer                 user_data)
{
  NullmailInstanceCall call = { .run = run_query_service };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));

  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_query_service_async,
                                 cancellable, callback, user_data);
}

/**
 * nullmail_postfix_instance_query_service_finish:
 * @self: an instance
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@PostfixInstance.query_service_async].
 *
 * Returns: as of [method@PostfixInstance.query_service]
 *
 * Since: 1.0
 */
NullmailServiceState
nullmail_postfix_instance_query_service_finish (NullmailPostfixInstance  *self,
                                                GAsyncResult             *result,
                                                GError                  **error)
{
  gssize state;

  g_return_val_if_fail (g_task_is_valid (result, self), NULLMAIL_SERVICE_STATE_NONE);
  g_return_val_if_fail (
    g_async_result_is_tagged (result, nullmail_postfix_instance_query_service_async),
    NULLMAIL_SERVICE_STATE_NONE);

  state = g_task_propagate_int (G_TASK (result), error);
  return state >= 0 ? (NullmailServiceState) state : NULLMAIL_SERVICE_STATE_NONE;
}
