/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "instance/postfix-instance-private.h"

#include "base/error-private.h"
#include "instance/instance-call-private.h"
#include "postfix/mail-system-private.h"
#include "queue/delivery-private.h"
#include "queue/test-message-private.h"

/**
 * nullmail_postfix_instance_load_queue:
 * @self: an instance
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Lists the mail queue, with postqueue(1). Where Postfix does not run only root can do that.
 *
 * Other users than root may look if `authorized_mailq_users` lets them.
 *
 * Returns: (transfer full) (not nullable): a new queue, or %NULL with @error set:
 *   %NULLMAIL_ERROR_NOT_FOUND without a main.cf, %NULLMAIL_ERROR_PERMISSION_DENIED,
 *   %NULLMAIL_ERROR_COMMAND if postqueue(1) is missing or fails, %NULLMAIL_ERROR_INVALID_FILE for
 *   an answer that is not understood, %NULLMAIL_ERROR_TIMED_OUT, %G_IO_ERROR_CANCELLED
 *
 * Since: 1.0
 */
NullmailMailQueue *
nullmail_postfix_instance_load_queue (NullmailPostfixInstance  *self,
                                      GCancellable             *cancellable,
                                      GError                  **error)
{
  g_auto(NullmailMailSystem) system = { 0 };
  g_autoptr(NullmailMainCf) main_cf = NULL;

  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  main_cf = _nullmail_mail_system_find_queue (
    &system, _nullmail_postfix_instance_get_installation (self), cancellable, error);
  if (main_cf == NULL)
    return NULL;

  return _nullmail_postqueue_load (&system, cancellable, error);
}

static void
run_load_queue (GTask        *task,
                gpointer      arguments,
                GCancellable *cancellable)
{
  NullmailInstanceCall *self = arguments;
  GError *error = NULL;
  NullmailMailQueue *result =
    nullmail_postfix_instance_load_queue (self->instance, cancellable, &error);

  _nullmail_task_return_pointer (task, result, (GDestroyNotify) g_object_unref, error);
}

/**
 * nullmail_postfix_instance_load_queue_async:
 * @self: an instance
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * The asynchronous form of [method@PostfixInstance.load_queue].
 *
 * Since: 1.0
 */
void
nullmail_postfix_instance_load_queue_async (NullmailPostfixInstance *self,
                                            GCancellable            *cancellable,
                                            GAsyncReadyCallback      callback,
                                            gpointer                 user_data)
{
  NullmailInstanceCall call = { 0 };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));

  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_load_queue_async,
                                 run_load_queue, cancellable, callback, user_data);
}

/**
 * nullmail_postfix_instance_load_queue_finish:
 * @self: an instance
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@PostfixInstance.load_queue_async].
 *
 * Returns: (transfer full) (not nullable): as of [method@PostfixInstance.load_queue]
 *
 * Since: 1.0
 */
NullmailMailQueue *
nullmail_postfix_instance_load_queue_finish (NullmailPostfixInstance  *self,
                                             GAsyncResult             *result,
                                             GError                  **error)
{
  if (!_nullmail_task_take (result, self, nullmail_postfix_instance_load_queue_async, error))
    return NULL;

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * nullmail_postfix_instance_flush_queue:
 * @self: an instance
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Has Postfix try to deliver all messages that wait, at once. It does not wait for the outcome, and
 * a message that is held stays so.
 *
 * Returns: %TRUE, or %FALSE with @error set: %NULLMAIL_ERROR_NOT_FOUND without a main.cf,
 *   %NULLMAIL_ERROR_PERMISSION_DENIED, %NULLMAIL_ERROR_COMMAND if postqueue(1) is missing or fails,
 *   as it does where Postfix does not run, %NULLMAIL_ERROR_TIMED_OUT, %G_IO_ERROR_CANCELLED
 *
 * Since: 1.0
 */
gboolean
nullmail_postfix_instance_flush_queue (NullmailPostfixInstance  *self,
                                       GCancellable             *cancellable,
                                       GError                  **error)
{
  g_auto(NullmailMailSystem) system = { 0 };
  g_autoptr(NullmailMainCf) main_cf = NULL;

  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  main_cf = _nullmail_mail_system_find_queue (
    &system, _nullmail_postfix_instance_get_installation (self), cancellable, error);
  return main_cf != NULL && _nullmail_postqueue_flush (&system, cancellable, error);
}

static void
run_flush_queue (GTask        *task,
                 gpointer      arguments,
                 GCancellable *cancellable)
{
  NullmailInstanceCall *self = arguments;
  GError *error = NULL;
  gboolean result =
    nullmail_postfix_instance_flush_queue (self->instance, cancellable, &error);

  _nullmail_task_return_boolean (task, result, error);
}

/**
 * nullmail_postfix_instance_flush_queue_async:
 * @self: an instance
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * The asynchronous form of [method@PostfixInstance.flush_queue].
 *
 * Since: 1.0
 */
void
nullmail_postfix_instance_flush_queue_async (NullmailPostfixInstance *self,
                                             GCancellable            *cancellable,
                                             GAsyncReadyCallback      callback,
                                             gpointer                 user_data)
{
  NullmailInstanceCall call = { 0 };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));

  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_flush_queue_async,
                                 run_flush_queue, cancellable, callback, user_data);
}

/**
 * nullmail_postfix_instance_flush_queue_finish:
 * @self: an instance
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@PostfixInstance.flush_queue_async].
 *
 * Returns: as of [method@PostfixInstance.flush_queue]
 *
 * Since: 1.0
 */
gboolean
nullmail_postfix_instance_flush_queue_finish (NullmailPostfixInstance  *self,
                                              GAsyncResult             *result,
                                              GError                  **error)
{
  if (!_nullmail_task_take (result, self, nullmail_postfix_instance_flush_queue_async, error))
    return FALSE;

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * nullmail_postfix_instance_send_test:
 * @self: an instance
 * @recipient: one address
 * @sender: (nullable): the sender’s address, empty for none, or %NULL for that of the user
 * @timeout_ms: how long to follow it, in milliseconds; 0 for one look
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Submits one short message as the user who calls, with sendmail(1), and follows it up to the
 * relay’s reply, as [method@PostfixInstance.follow_delivery] does.
 *
 * Which of all messages it is, the mail log tells: for whoever cannot read that, a message that
 * leaves the queue at once is of state %NULLMAIL_DELIVERY_STATE_UNKNOWN.
 *
 * Returns: (transfer full) (not nullable): a new report, or %NULL with @error set:
 *   %NULLMAIL_ERROR_INVALID_ARGUMENT for what is not one address, %NULLMAIL_ERROR_NOT_FOUND without
 *   a main.cf, %NULLMAIL_ERROR_PERMISSION_DENIED, %NULLMAIL_ERROR_COMMAND if sendmail(1) or
 *   postqueue(1) is missing or the message is not taken, %NULLMAIL_ERROR_TIMED_OUT if sendmail(1)
 *   does not end, %G_IO_ERROR_CANCELLED
 *
 * Since: 1.0
 */
NullmailDeliveryReport *
nullmail_postfix_instance_send_test (NullmailPostfixInstance  *self,
                                     const char               *recipient,
                                     const char               *sender,
                                     guint                     timeout_ms,
                                     GCancellable             *cancellable,
                                     GError                  **error)
{
  g_auto(NullmailMailSystem) system = { 0 };

  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), NULL);
  g_return_val_if_fail (recipient != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!_nullmail_test_message_check_address (recipient, "recipient", error)
      || (sender != NULL && *sender != '\0'
          && !_nullmail_test_message_check_address (sender, "sender", error))
      || !_nullmail_mail_system_find (&system, _nullmail_postfix_instance_get_installation (self),
                                      recipient, cancellable, error))
    return NULL;

  return _nullmail_delivery_send_test (&system, recipient, sender, timeout_ms, cancellable, error);
}

static void
run_send_test (GTask        *task,
               gpointer      arguments,
               GCancellable *cancellable)
{
  NullmailInstanceCall *self = arguments;
  GError *error = NULL;
  NullmailDeliveryReport *result =
    nullmail_postfix_instance_send_test (self->instance, self->names[0], self->names[1],
                                         self->flags, cancellable, &error);

  _nullmail_task_return_pointer (task, result, (GDestroyNotify) nullmail_delivery_report_unref,
                                 error);
}

/**
 * nullmail_postfix_instance_send_test_async:
 * @self: an instance
 * @recipient: one address
 * @sender: (nullable): the sender’s address, empty for none, or %NULL for that of the user
 * @timeout_ms: how long to follow it, in milliseconds; 0 for one look
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * The asynchronous form of [method@PostfixInstance.send_test].
 *
 * Since: 1.0
 */
void
nullmail_postfix_instance_send_test_async (NullmailPostfixInstance *self,
                                           const char              *recipient,
                                           const char              *sender,
                                           guint                    timeout_ms,
                                           GCancellable            *cancellable,
                                           GAsyncReadyCallback      callback,
                                           gpointer                 user_data)
{
  NullmailInstanceCall call = { 0 };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));
  g_return_if_fail (recipient != NULL);

  call.names = g_new0 (char *, 3);
  call.names[0] = g_strdup (recipient);
  call.names[1] = g_strdup (sender);
  call.flags = timeout_ms;
  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_send_test_async,
                                 run_send_test, cancellable, callback, user_data);
}

/**
 * nullmail_postfix_instance_send_test_finish:
 * @self: an instance
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@PostfixInstance.send_test_async].
 *
 * Returns: (transfer full) (not nullable): as of [method@PostfixInstance.send_test]
 *
 * Since: 1.0
 */
NullmailDeliveryReport *
nullmail_postfix_instance_send_test_finish (NullmailPostfixInstance  *self,
                                            GAsyncResult             *result,
                                            GError                  **error)
{
  if (!_nullmail_task_take (result, self, nullmail_postfix_instance_send_test_async, error))
    return NULL;

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * nullmail_postfix_instance_follow_delivery:
 * @self: an instance
 * @queue_id: by what name Postfix knows the message; one that it has got before Postfix took it in,
 *   see [method@Nullmail.DeliveryReport.get_queue_id], leads nowhere once it is taken
 * @timeout_ms: how long to follow it, in milliseconds; 0 for one look
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Follows a message through the queue and the mail log, until the relay has taken it, an attempt
 * has failed, or it has come back. To run out of time is no error: the state is then
 * %NULLMAIL_DELIVERY_STATE_QUEUED.
 *
 * The log is what `maillog_file` names, `/var/log/mail.log`, `/var/log/maillog`, or the journal of
 * systemd. A message that is held, or for which an attempt has failed already and none is under
 * way, is reported at once.
 *
 * Returns: (transfer full) (not nullable): a new report, or %NULL with @error set:
 *   %NULLMAIL_ERROR_NOT_FOUND if neither queue nor log knows the message, or without a main.cf,
 *   %NULLMAIL_ERROR_PERMISSION_DENIED and %NULLMAIL_ERROR_COMMAND if the log does not tell and
 *   postqueue(1) is missing or fails, %G_IO_ERROR_CANCELLED
 *
 * Since: 1.0
 */
NullmailDeliveryReport *
nullmail_postfix_instance_follow_delivery (NullmailPostfixInstance  *self,
                                           const char               *queue_id,
                                           guint                     timeout_ms,
                                           GCancellable             *cancellable,
                                           GError                  **error)
{
  g_auto(NullmailMailSystem) system = { 0 };

  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), NULL);
  g_return_val_if_fail (queue_id != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!_nullmail_mail_system_find (&system, _nullmail_postfix_instance_get_installation (self),
                                   NULL, cancellable, error))
    return NULL;

  return _nullmail_delivery_follow (&system, queue_id, timeout_ms, cancellable, error);
}

static void
run_follow_delivery (GTask        *task,
                     gpointer      arguments,
                     GCancellable *cancellable)
{
  NullmailInstanceCall *self = arguments;
  GError *error = NULL;
  NullmailDeliveryReport *result =
    nullmail_postfix_instance_follow_delivery (self->instance, self->names[0], self->flags,
                                               cancellable, &error);

  _nullmail_task_return_pointer (task, result, (GDestroyNotify) nullmail_delivery_report_unref,
                                 error);
}

/**
 * nullmail_postfix_instance_follow_delivery_async:
 * @self: an instance
 * @queue_id: by what name Postfix knows the message
 * @timeout_ms: how long to follow it, in milliseconds; 0 for one look
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * The asynchronous form of [method@PostfixInstance.follow_delivery].
 *
 * Since: 1.0
 */
void
nullmail_postfix_instance_follow_delivery_async (NullmailPostfixInstance *self,
                                                 const char              *queue_id,
                                                 guint                    timeout_ms,
                                                 GCancellable            *cancellable,
                                                 GAsyncReadyCallback      callback,
                                                 gpointer                 user_data)
{
  NullmailInstanceCall call = { 0 };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));
  g_return_if_fail (queue_id != NULL);

  call.names = g_new0 (char *, 2);
  call.names[0] = g_strdup (queue_id);
  call.flags = timeout_ms;
  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_follow_delivery_async,
                                 run_follow_delivery, cancellable, callback, user_data);
}

/**
 * nullmail_postfix_instance_follow_delivery_finish:
 * @self: an instance
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@PostfixInstance.follow_delivery_async].
 *
 * Returns: (transfer full) (not nullable): as of [method@PostfixInstance.follow_delivery]
 *
 * Since: 1.0
 */
NullmailDeliveryReport *
nullmail_postfix_instance_follow_delivery_finish (NullmailPostfixInstance  *self,
                                                  GAsyncResult             *result,
                                                  GError                  **error)
{
  if (!_nullmail_task_take (result, self, nullmail_postfix_instance_follow_delivery_async, error))
    return NULL;

  return g_task_propagate_pointer (G_TASK (result), error);
}
