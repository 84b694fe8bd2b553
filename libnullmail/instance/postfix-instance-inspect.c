/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "instance/postfix-instance-private.h"

#include "instance/instance-call-private.h"
#include "plan/undo-record-private.h"

/**
 * nullmail_postfix_instance_inspect:
 * @self: an instance
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Asks Postfix anew for its version, table types and queue directory, and looks whether there is
 * something to undo. Other methods do this the first time they need it.
 *
 * Returns: %TRUE, or %FALSE with @error set: %NULLMAIL_ERROR_NOT_FOUND without a main.cf,
 *   %NULLMAIL_ERROR_COMMAND if postconf(1) is missing or fails, %NULLMAIL_ERROR_TIMED_OUT,
 *   %G_IO_ERROR_CANCELLED
 *
 * Since: 1.0
 */
gboolean
nullmail_postfix_instance_inspect (NullmailPostfixInstance  *self,
                                   GCancellable             *cancellable,
                                   GError                  **error)
{
  NullmailInstallation *installation;
  g_autoptr(NullmailInspection) inspection = NULL;
  g_autoptr(NullmailStateFolder) folder = NULL;
  g_autoptr(NullmailUndoRecord) record = NULL;

  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  installation = _nullmail_postfix_instance_get_installation (self);
  inspection = _nullmail_installation_inspect (installation, cancellable, error);
  if (inspection == NULL)
    return FALSE;

  _nullmail_postfix_instance_forget_shown (self);
  folder = _nullmail_state_folder_new (
    _nullmail_installation_get_state_directory (installation),
    _nullmail_installation_get_config_directory (installation));
  record = _nullmail_undo_record_load (folder, NULL, NULL);
  _nullmail_installation_set_can_undo (installation, record != NULL && record->before != NULL);
  return TRUE;
}

static void
run_inspect (GTask        *task,
             gpointer      arguments,
             GCancellable *cancellable)
{
  NullmailInstanceCall *self = arguments;
  GError *error = NULL;
  gboolean result = nullmail_postfix_instance_inspect (self->instance, cancellable, &error);

  _nullmail_task_return_boolean (task, result, error);
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
  NullmailInstanceCall call = { 0 };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));

  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_inspect_async,
                                 run_inspect, cancellable, callback, user_data);
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
  if (!_nullmail_task_take (result, self, nullmail_postfix_instance_inspect_async, error))
    return FALSE;

  /* The worker thread has asked by way of a copy of this object. From here on the getters of this
   * one show what it has found out. */
  _nullmail_postfix_instance_forget_shown (self);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* A language binding empties the table that it is given while it converts it, and the installation
 * still has to answer from its own. */
static GHashTable *
copy_table (GHashTable *table)
{
  GHashTable *copy = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, &name, &value))
    g_hash_table_insert (copy, g_strdup (name), g_strdup (value));

  return copy;
}

/**
 * nullmail_postfix_instance_get_defaults:
 * @self: an instance
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Returns the default of every parameter of this Postfix, as `postconf -d` prints them. Postfix is
 * asked once.
 *
 * Returns: (transfer full) (not nullable) (element-type utf8 utf8): names and defaults, or %NULL
 *   with @error set as by [method@PostfixInstance.inspect]
 *
 * Since: 1.0
 */
GHashTable *
nullmail_postfix_instance_get_defaults (NullmailPostfixInstance  *self,
                                        GCancellable             *cancellable,
                                        GError                  **error)
{
  g_autoptr(GHashTable) defaults = NULL;

  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  defaults = _nullmail_installation_query_defaults (
    _nullmail_postfix_instance_get_installation (self), cancellable, error);
  return defaults != NULL ? copy_table (defaults) : NULL;
}

static void
run_get_defaults (GTask        *task,
                  gpointer      arguments,
                  GCancellable *cancellable)
{
  NullmailInstanceCall *self = arguments;
  GError *error = NULL;
  GHashTable *result =
    nullmail_postfix_instance_get_defaults (self->instance, cancellable, &error);

  _nullmail_task_return_pointer (task, result, (GDestroyNotify) g_hash_table_unref, error);
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
  NullmailInstanceCall call = { 0 };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));

  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_get_defaults_async,
                                 run_get_defaults, cancellable, callback, user_data);
}

/**
 * nullmail_postfix_instance_get_defaults_finish:
 * @self: an instance
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@PostfixInstance.get_defaults_async].
 *
 * Returns: (transfer full) (not nullable) (element-type utf8 utf8): as of
 *   [method@PostfixInstance.get_defaults]
 *
 * Since: 1.0
 */
GHashTable *
nullmail_postfix_instance_get_defaults_finish (NullmailPostfixInstance  *self,
                                               GAsyncResult             *result,
                                               GError                  **error)
{
  if (!_nullmail_task_take (result, self, nullmail_postfix_instance_get_defaults_async, error))
    return NULL;

  return g_task_propagate_pointer (G_TASK (result), error);
}
