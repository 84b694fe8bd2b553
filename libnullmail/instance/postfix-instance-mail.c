/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "instance/postfix-instance-private.h"

#include <syslog.h>

#include "base/command-private.h"
#include "base/error-private.h"
#include "instance/instance-call-private.h"
#include "queue/delivery-private.h"
#include "queue/test-message-private.h"

/* The number that the journal has for what “syslog_facility” names. */
static guint
parse_facility (const char *name)
{
  static const struct
  {
    const char *name;
    int         facility;
  } names[] = {
    { "auth", LOG_AUTH }, { "authpriv", LOG_AUTHPRIV }, { "cron", LOG_CRON },
    { "daemon", LOG_DAEMON }, { "ftp", LOG_FTP }, { "kern", LOG_KERN }, { "lpr", LOG_LPR },
    { "news", LOG_NEWS }, { "syslog", LOG_SYSLOG }, { "user", LOG_USER }, { "uucp", LOG_UUCP },
    { "local0", LOG_LOCAL0 }, { "local1", LOG_LOCAL1 }, { "local2", LOG_LOCAL2 },
    { "local3", LOG_LOCAL3 }, { "local4", LOG_LOCAL4 }, { "local5", LOG_LOCAL5 },
    { "local6", LOG_LOCAL6 }, { "local7", LOG_LOCAL7 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      if (g_strcmp0 (name, names[i].name) == 0)
        return LOG_FAC (names[i].facility);
    }

  return LOG_FAC (LOG_MAIL);
}

/* What Postfix writes itself, and where syslogd (8) has put it on Debian and on Fedora. */
static void
find_log_files (NullmailMailSystem *system,
                NullmailEffective  *effective)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *own = _nullmail_effective_get_value (effective, "maillog_file");

  if (own != NULL && g_path_is_absolute (own) && !g_str_has_prefix (own, "/dev/"))
    {
      g_strv_builder_add (builder, own);
      system->own_log = g_steal_pointer (&own);
    }
  g_strv_builder_add (builder, "/var/log/mail.log");
  g_strv_builder_add (builder, "/var/log/maillog");
  system->log_files = g_strv_builder_end (builder);
}

/* Where several mail systems are installed, sendmail (1) of Postfix has another name, which main.cf
 * knows. */
static char *
find_sendmail (NullmailInstallation  *installation,
               NullmailEffective     *effective,
               GError               **error)
{
  g_autofree char *named = _nullmail_effective_get_value (effective, "sendmail_path");

  if (_nullmail_installation_get_command_directory (installation) == NULL
      && named != NULL && g_path_is_absolute (named))
    {
      g_autofree char *name = g_path_get_basename (named);
      g_autofree char *directory = g_path_get_dirname (named);
      char *path = _nullmail_command_find (name, directory, NULL);

      if (path != NULL)
        return path;
    }

  return _nullmail_installation_find_command (installation, "sendmail", error);
}

/* (transfer full): main.cf, without which there is no queue. */
static NullmailMainCf *
find_queue (NullmailPostfixInstance  *self,
            NullmailMailSystem       *system,
            GCancellable             *cancellable,
            GError                  **error)
{
  NullmailInstallation *installation = _nullmail_postfix_instance_get_installation (self);
  g_autoptr(NullmailMainCf) main_cf =
    _nullmail_installation_load_main_cf (installation, cancellable, error);

  if (main_cf == NULL)
    return NULL;

  system->config_directory =
    g_strdup (_nullmail_installation_get_config_directory (installation));
  system->postqueue = _nullmail_installation_find_command (installation, "postqueue", error);
  return system->postqueue != NULL ? g_steal_pointer (&main_cf) : NULL;
}

/* All that a message can be followed with. */
static gboolean
find_mail_system (NullmailPostfixInstance  *self,
                  NullmailMailSystem       *system,
                  gboolean                  is_submitting,
                  GCancellable             *cancellable,
                  GError                  **error)
{
  NullmailInstallation *installation = _nullmail_postfix_instance_get_installation (self);
  g_autoptr(NullmailMainCf) main_cf = find_queue (self, system, cancellable, error);
  g_autoptr(NullmailEffective) effective = NULL;
  g_autofree char *facility = NULL;

  if (main_cf == NULL)
    return FALSE;

  effective = _nullmail_installation_read (installation, main_cf, cancellable);
  find_log_files (system, effective);
  facility = _nullmail_effective_get_value (effective, "syslog_facility");
  system->facility = parse_facility (facility);
  system->journalctl = _nullmail_command_find ("journalctl", NULL, NULL);
  if (!is_submitting)
    return TRUE;

  system->sendmail = find_sendmail (installation, effective, error);
  return system->sendmail != NULL;
}

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

  main_cf = find_queue (self, &system, cancellable, error);
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

  main_cf = find_queue (self, &system, cancellable, error);
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
      || !find_mail_system (self, &system, TRUE, cancellable, error))
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
 * @queue_id: by what name Postfix knows the message
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

  if (!find_mail_system (self, &system, FALSE, cancellable, error))
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
