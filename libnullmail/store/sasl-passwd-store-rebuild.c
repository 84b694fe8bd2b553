/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "store/sasl-passwd-store-private.h"

#include "base/error-private.h"
#include "base/task-private.h"

static void
ask_for_rebuild (NullmailPasswordTable *table,
                 gpointer               user_data G_GNUC_UNUSED)
{
  table->rebuild = table->base != NULL;
}

/**
 * nullmail_sasl_passwd_store_rebuild:
 * @self: a store
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Builds the table from the file anew, also if it seems up to date, and tightens the modes of both.
 * With `texthash` there is no table to build.
 *
 * Returns: %TRUE, or %FALSE with @error set: %NULLMAIL_ERROR_NOT_FOUND without a file,
 *   %NULLMAIL_ERROR_BUSY, %NULLMAIL_ERROR_MAP, %NULLMAIL_ERROR_COMMAND, %NULLMAIL_ERROR_WRITE,
 *   %NULLMAIL_ERROR_CONFLICT, %NULLMAIL_ERROR_PERMISSION_DENIED, %NULLMAIL_ERROR_INSECURE_PATH
 *
 * Since: 1.0
 */
gboolean
nullmail_sasl_passwd_store_rebuild (NullmailSaslPasswdStore  *self,
                                    GCancellable             *cancellable,
                                    GError                  **error)
{
  const char *path;

  g_return_val_if_fail (NULLMAIL_IS_SASL_PASSWD_STORE (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  path = nullmail_sasl_passwd_store_get_path (self);
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_FOUND,
                   "There is no password file “%s” to build a map from: store credentials first",
                   path);
      return FALSE;
    }

  return _nullmail_sasl_passwd_store_change (self, ask_for_rebuild, NULL, cancellable, error);
}

static void
run_rebuild (GTask        *task,
             gpointer      arguments G_GNUC_UNUSED,
             GCancellable *cancellable)
{
  GError *error = NULL;
  gboolean result = nullmail_sasl_passwd_store_rebuild (g_task_get_source_object (task),
                                                        cancellable, &error);

  _nullmail_task_return_boolean (task, result, error);
}

/**
 * nullmail_sasl_passwd_store_rebuild_async:
 * @self: a store
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * The asynchronous form of [method@SaslPasswdStore.rebuild].
 *
 * Since: 1.0
 */
void
nullmail_sasl_passwd_store_rebuild_async (NullmailSaslPasswdStore *self,
                                          GCancellable            *cancellable,
                                          GAsyncReadyCallback      callback,
                                          gpointer                 user_data)
{
  g_return_if_fail (NULLMAIL_IS_SASL_PASSWD_STORE (self));

  _nullmail_task_start (self, nullmail_sasl_passwd_store_rebuild_async, run_rebuild, NULL, NULL,
                        cancellable, callback, user_data);
}

/**
 * nullmail_sasl_passwd_store_rebuild_finish:
 * @self: a store
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@SaslPasswdStore.rebuild_async].
 *
 * Returns: as of [method@SaslPasswdStore.rebuild]
 *
 * Since: 1.0
 */
gboolean
nullmail_sasl_passwd_store_rebuild_finish (NullmailSaslPasswdStore  *self,
                                           GAsyncResult             *result,
                                           GError                  **error)
{
  if (!_nullmail_task_take (result, self, nullmail_sasl_passwd_store_rebuild_async, error))
    return FALSE;

  return g_task_propagate_boolean (G_TASK (result), error);
}
