/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "instance/postfix-instance-private.h"

#include "instance/instance-call-private.h"
#include "postfix/service-private.h"

/**
 * nullmail_postfix_instance_query_service:
 * @self: an instance
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Asks whether Postfix runs. An image that is being built has none that could:
 * %NULLMAIL_SERVICE_STATE_ABSENT.
 *
 * Returns: the state; %NULLMAIL_SERVICE_STATE_NONE with @error set: %NULLMAIL_ERROR_COMMAND,
 *   %NULLMAIL_ERROR_ACTIVATION, %NULLMAIL_ERROR_TIMED_OUT, %G_IO_ERROR_CANCELLED
 *
 * Since: 1.0
 */
NullmailServiceState
nullmail_postfix_instance_query_service (NullmailPostfixInstance  *self,
                                         GCancellable             *cancellable,
                                         GError                  **error)
{
  NullmailServiceState state = NULLMAIL_SERVICE_STATE_NONE;

  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), NULLMAIL_SERVICE_STATE_NONE);
  g_return_val_if_fail (error == NULL || *error == NULL, NULLMAIL_SERVICE_STATE_NONE);

  if (!g_cancellable_set_error_if_cancelled (cancellable, error))
    _nullmail_service_query (_nullmail_postfix_instance_get_installation (self), &state,
                             cancellable, error);
  return state;
}

static void
run_query_service (GTask        *task,
                   gpointer      arguments,
                   GCancellable *cancellable)
{
  NullmailInstanceCall *self = arguments;
  GError *error = NULL;
  NullmailServiceState state =
    nullmail_postfix_instance_query_service (self->instance, cancellable, &error);

  _nullmail_task_return_int (task, state, error);
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
  NullmailInstanceCall call = { 0 };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));

  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_query_service_async,
                                 run_query_service, cancellable, callback, user_data);
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

  if (!_nullmail_task_take (result, self, nullmail_postfix_instance_query_service_async, error))
    return NULLMAIL_SERVICE_STATE_NONE;

  state = g_task_propagate_int (G_TASK (result), error);
  return state >= 0 ? (NullmailServiceState) state : NULLMAIL_SERVICE_STATE_NONE;
}

/**
 * nullmail_postfix_instance_activate:
 * @self: an instance
 * @activation: what to do
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Has Postfix reload, stop and start, start, or stop. To start one that runs succeeds, and so does
 * to stop one that does not. Where there is no service, nothing is done.
 *
 * Returns: %TRUE, or %FALSE with @error set: %NULLMAIL_ERROR_NOT_FOUND where there is no such
 *   configuration directory, %NULLMAIL_ERROR_PERMISSION_DENIED, also by polkit,
 *   %NULLMAIL_ERROR_ACTIVATION, %G_IO_ERROR_CANCELLED
 *
 * Since: 1.0
 */
gboolean
nullmail_postfix_instance_activate (NullmailPostfixInstance  *self,
                                    NullmailActivation        activation,
                                    GCancellable             *cancellable,
                                    GError                  **error)
{
  NullmailInstallation *installation;

  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  installation = _nullmail_postfix_instance_get_installation (self);
  return !g_cancellable_set_error_if_cancelled (cancellable, error)
         && _nullmail_service_check_directory (installation, error)
         && _nullmail_service_activate (installation, activation, cancellable, error);
}

static void
run_activate (GTask        *task,
              gpointer      arguments,
              GCancellable *cancellable)
{
  NullmailInstanceCall *self = arguments;
  GError *error = NULL;
  gboolean result =
    nullmail_postfix_instance_activate (self->instance, self->flags, cancellable, &error);

  _nullmail_task_return_boolean (task, result, error);
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
  NullmailInstanceCall call = { 0 };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));

  call.flags = activation;
  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_activate_async,
                                 run_activate, cancellable, callback, user_data);
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
  if (!_nullmail_task_take (result, self, nullmail_postfix_instance_activate_async, error))
    return FALSE;

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * nullmail_postfix_instance_set_enabled:
 * @self: an instance
 * @enabled: whether Postfix is started at boot
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Has Postfix started at boot, or not. Whether it runs now stays as it is. systemd is asked for
 * this over D-Bus, see org.freedesktop.systemd1(5); in an image, where no systemd runs, the links
 * of its unit are set, as “systemctl enable” does it offline.
 *
 * Returns: %TRUE, or %FALSE with @error set: %NULLMAIL_ERROR_NOT_FOUND where there is no such
 *   configuration directory, %NULLMAIL_ERROR_FAILED where nothing starts this Postfix at boot that
 *   the library speaks to, %NULLMAIL_ERROR_PERMISSION_DENIED, also by polkit,
 *   %NULLMAIL_ERROR_ACTIVATION, %NULLMAIL_ERROR_TIMED_OUT, %G_IO_ERROR_CANCELLED
 *
 * Since: 1.0
 */
gboolean
nullmail_postfix_instance_set_enabled (NullmailPostfixInstance  *self,
                                       gboolean                  enabled,
                                       GCancellable             *cancellable,
                                       GError                  **error)
{
  NullmailInstallation *installation;

  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  installation = _nullmail_postfix_instance_get_installation (self);
  return !g_cancellable_set_error_if_cancelled (cancellable, error)
         && _nullmail_service_check_directory (installation, error)
         && _nullmail_service_set_enabled (installation, enabled, cancellable, error);
}

static void
run_set_enabled (GTask        *task,
                 gpointer      arguments,
                 GCancellable *cancellable)
{
  NullmailInstanceCall *self = arguments;
  GError *error = NULL;
  gboolean result =
    nullmail_postfix_instance_set_enabled (self->instance, self->flags != 0, cancellable, &error);

  _nullmail_task_return_boolean (task, result, error);
}

/**
 * nullmail_postfix_instance_set_enabled_async:
 * @self: an instance
 * @enabled: whether Postfix is started at boot
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * The asynchronous form of [method@PostfixInstance.set_enabled].
 *
 * Since: 1.0
 */
void
nullmail_postfix_instance_set_enabled_async (NullmailPostfixInstance *self,
                                             gboolean                 enabled,
                                             GCancellable            *cancellable,
                                             GAsyncReadyCallback      callback,
                                             gpointer                 user_data)
{
  NullmailInstanceCall call = { 0 };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));

  call.flags = enabled;
  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_set_enabled_async,
                                 run_set_enabled, cancellable, callback, user_data);
}

/**
 * nullmail_postfix_instance_set_enabled_finish:
 * @self: an instance
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@PostfixInstance.set_enabled_async].
 *
 * Returns: as of [method@PostfixInstance.set_enabled]
 *
 * Since: 1.0
 */
gboolean
nullmail_postfix_instance_set_enabled_finish (NullmailPostfixInstance  *self,
                                              GAsyncResult             *result,
                                              GError                  **error)
{
  if (!_nullmail_task_take (result, self, nullmail_postfix_instance_set_enabled_async, error))
    return FALSE;

  return g_task_propagate_boolean (G_TASK (result), error);
}
