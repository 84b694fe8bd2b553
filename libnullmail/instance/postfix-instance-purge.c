/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "instance/postfix-instance-private.h"

#include "base/error-private.h"
#include "document/main-cf-private.h"
#include "instance/instance-call-private.h"
#include "instance/planner-private.h"
#include "instance/apply-private.h"
#include "instance/purge-private.h"

/**
 * nullmail_postfix_instance_purge_credentials:
 * @self: an instance
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Drops the entries of the password file that the library wrote, or found there when a plan was to
 * write them, and that nothing needs any more: neither the relay of now nor a fallback, transport,
 * filter or table by sender or recipient names them. Where one of those cannot be read, nothing is
 * dropped.
 *
 * A file that main.cf named before is a transaction of its own: after an error some may be done,
 * and calling it again does the rest.
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
  NullmailPlanRequest request = { .purges = TRUE };
  g_autoptr(NullmailMainCf) before = NULL;
  g_autoptr(NullmailPlan) plan = NULL;
  g_autoptr(NullmailPurge) purge = NULL;
  gboolean creates;

  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  before = _nullmail_plan_load_main_cf (self, FALSE, &creates, cancellable, error);
  if (before == NULL)
    return FALSE;

  plan = _nullmail_plan_make (self, before, before, &request, cancellable, error);
  purge = plan != NULL ? _nullmail_purge_new (self, plan, cancellable, error) : NULL;
  return purge != NULL
         && _nullmail_plan_apply (self, plan, NULLMAIL_APPLY_FLAGS_FORCE, cancellable, error)
         && _nullmail_purge_files (purge, error);
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
  g_return_val_if_fail (
    _nullmail_task_is_valid (result, self, nullmail_postfix_instance_purge_credentials_async),
    FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
