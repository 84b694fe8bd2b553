/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/postfix-instance-private.h"

#include "base/error-private.h"
#include "base/i18n-private.h"
#include "config/finding-private.h"
#include "document/main-cf-private.h"
#include "postfix/plan-apply-private.h"
#include "postfix/plan-make-private.h"
#include "postfix/plan-undo-private.h"
#include "postfix/purge-private.h"

/**
 * nullmail_postfix_instance_plan:
 * @self: an instance
 * @config: the settings that are to hold
 * @credentials: (nullable): the login at the relay, or %NULL to keep what is stored
 * @flags: how to plan
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Finds out what must change for the settings to hold, and writes nothing.
 *
 * main.cf is read anew, so that what others have changed since @config was loaded stays, unless it
 * was assigned in @config. What the settings leave open is filled in: the password table, and the
 * system's certificate authorities where the TLS level needs some. Every plan also builds a stale
 * table anew and tightens modes.
 *
 * Returns: (transfer full): a new plan, or %NULL with @error set: %NULLMAIL_ERROR_INVALID_CONFIG,
 *   %NULLMAIL_ERROR_INVALID_ARGUMENT where the credentials are for another relay or authentication
 *   is off, %NULLMAIL_ERROR_INVALID_CREDENTIALS without a password, %NULLMAIL_ERROR_NOT_FOUND,
 *   %NULLMAIL_ERROR_PERMISSION_DENIED, %NULLMAIL_ERROR_INVALID_FILE, %NULLMAIL_ERROR_COMMAND,
 *   %NULLMAIL_ERROR_TIMED_OUT, %G_IO_ERROR_CANCELLED
 *
 * Since: 1.0
 */
NullmailPlan *
nullmail_postfix_instance_plan (NullmailPostfixInstance   *self,
                                NullmailNullClientConfig  *config,
                                NullmailRelayCredentials  *credentials,
                                NullmailPlanFlags          flags,
                                GCancellable              *cancellable,
                                GError                   **error)
{
  NullmailPlanRequest request = { .credentials = credentials, .flags = flags };
  g_autoptr(NullmailMainCf) before = NULL;
  g_autoptr(NullmailMainCf) main_cf = NULL;
  gboolean creates;

  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), NULL);
  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (config), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  before = _nullmail_plan_load_main_cf (self, FALSE, &creates, cancellable, error);
  if (before == NULL)
    return NULL;

  main_cf = nullmail_main_cf_copy (before);
  if (!nullmail_null_client_config_update_main_cf (config, main_cf, error))
    return NULL;

  request.completes = credentials != NULL || !nullmail_main_cf_equal (before, main_cf)
                      || nullmail_null_client_config_get_state (config, "tls-ca-file")
                         == NULLMAIL_SETTING_STATE_DERIVED;
  return _nullmail_plan_make (self, before, main_cf, &request, cancellable, error);
}

/**
 * nullmail_postfix_instance_plan_main_cf:
 * @self: an instance
 * @main_cf: an edited document
 * @credentials: (nullable): the login at the relay, or %NULL to keep what is stored
 * @flags: how to plan
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * As [method@PostfixInstance.plan], for a document: what typed settings, further parameters and a
 * password need in one commit. A document that began empty creates a main.cf where there is none.
 *
 * Returns: (transfer full): a new plan, or %NULL with @error set as by
 *   [method@PostfixInstance.plan], and %NULLMAIL_ERROR_CONFLICT if main.cf is not what @main_cf was
 *   loaded from
 *
 * Since: 1.0
 */
NullmailPlan *
nullmail_postfix_instance_plan_main_cf (NullmailPostfixInstance   *self,
                                        NullmailMainCf            *main_cf,
                                        NullmailRelayCredentials  *credentials,
                                        NullmailPlanFlags          flags,
                                        GCancellable              *cancellable,
                                        GError                   **error)
{
  NullmailPlanRequest request = { .credentials = credentials, .flags = flags };
  g_autoptr(NullmailMainCf) before = NULL;
  GBytes *base;
  gboolean creates;

  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), NULL);
  g_return_val_if_fail (NULLMAIL_IS_MAIN_CF (main_cf), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  base = _nullmail_main_cf_get_base (main_cf);
  before = _nullmail_plan_load_main_cf (self, base == NULL, &creates, cancellable, error);
  if (before == NULL)
    return NULL;

  if (!creates && (base == NULL || !g_bytes_equal (base, _nullmail_main_cf_peek_bytes (before))))
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_CONFLICT,
                   "“%s/main.cf” is not what the document was loaded from: load it again",
                   nullmail_postfix_instance_get_config_directory (self));
      return NULL;
    }

  request.completes = credentials != NULL || !nullmail_main_cf_equal (before, main_cf);
  return _nullmail_plan_make (self, before, main_cf, &request, cancellable, error);
}

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
        .path = plan->table != NULL ? plan->table->path : NULL,
      };

      g_ptr_array_add (plan->findings,
                       _nullmail_finding_new (
                         &facts,
                         g_strdup_printf (_("The password of “%s” stays as it is: the one before "
                                            "it was not kept."), record->replaced[i]),
                         g_strdup (_("Store the old password again if it is needed."))));
    }

  g_ptr_array_sort (plan->findings, _nullmail_finding_compare);
}

static NullmailPlan *
plan_back (NullmailPostfixInstance  *self,
           gboolean                  restores,
           GCancellable             *cancellable,
           GError                  **error)
{
  NullmailPlanRequest request = { 0 };
  g_autoptr(NullmailUndoRecord) record = NULL;
  g_autoptr(NullmailMainCf) before = NULL;
  g_autoptr(NullmailMainCf) main_cf = NULL;
  g_autoptr(GPtrArray) conflicts = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *digest = NULL;
  const char *state_directory = nullmail_postfix_instance_get_state_directory (self);
  const char *config_directory = nullmail_postfix_instance_get_config_directory (self);
  NullmailPlan *plan;
  gboolean creates;

  before = _nullmail_plan_load_main_cf (self, FALSE, &creates, cancellable, error);
  if (before == NULL)
    return NULL;

  digest = _nullmail_undo_record_digest (_nullmail_main_cf_peek_bytes (before));
  record = _nullmail_undo_record_load (state_directory, config_directory, digest, error);
  if (record == NULL)
    return NULL;

  main_cf = _nullmail_undo_make_main_cf (record, before, restores, state_directory,
                                         config_directory, conflicts, error);
  if (main_cf == NULL)
    return NULL;

  plan = _nullmail_plan_make (self, before, main_cf, &request, cancellable, error);
  if (plan == NULL)
    return NULL;

  g_ptr_array_extend_and_steal (plan->conflicts, g_steal_pointer (&conflicts));
  if (!restores)
    add_not_undone (plan, record);
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
 * replaced is not undone, and a finding says so. Applying the plan can itself be undone.
 *
 * Returns: (transfer full): a new plan, or %NULL with @error set: %NULLMAIL_ERROR_NOT_FOUND if
 *   there is nothing to undo, and as by [method@PostfixInstance.plan_main_cf]
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

/**
 * nullmail_postfix_instance_plan_restore:
 * @self: an instance
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Plans the way back to before the first apply, parameter by parameter, so that what others have
 * edited since in other parameters stays; see [method@PostfixInstance.plan_undo].
 *
 * Returns: (transfer full): a new plan, or %NULL with @error set as by
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

/**
 * nullmail_postfix_instance_apply:
 * @self: an instance
 * @plan: a plan that this instance, or another of the same directory, has made
 * @flags: how to apply it
 * @cancellable: (nullable): a cancellable, or %NULL; it has no effect once the files are committed
 * @error: return location for an error, or %NULL
 *
 * Puts a plan into effect: all files or none, and then the running Postfix.
 *
 * The lock that `postconf -e` takes is held meanwhile; owner, mode, ACL, extended attributes and
 * symbolic links are kept; the replacement of main.cf is the moment of the commit. A stopped
 * Postfix stays stopped without %NULLMAIL_APPLY_FLAGS_START. An empty plan touches no file.
 *
 * Returns: %TRUE, or %FALSE with @error set. Nothing has changed after
 *   %NULLMAIL_ERROR_INVALID_ARGUMENT, %NULLMAIL_ERROR_CONFLICT, %NULLMAIL_ERROR_UNSAFE,
 *   %NULLMAIL_ERROR_BUSY, %NULLMAIL_ERROR_PERMISSION_DENIED, %NULLMAIL_ERROR_INSECURE_PATH,
 *   %NULLMAIL_ERROR_INVALID_FILE, %NULLMAIL_ERROR_WRITE, %NULLMAIL_ERROR_MAP,
 *   %NULLMAIL_ERROR_COMMAND, %NULLMAIL_ERROR_TIMED_OUT, %G_IO_ERROR_CANCELLED; nor, since it was
 *   taken back, after %NULLMAIL_ERROR_ACTIVATION. The new state is there after
 *   %NULLMAIL_ERROR_ACTIVATION_KEPT and %NULLMAIL_ERROR_NOT_DURABLE, another writer's after
 *   %NULLMAIL_ERROR_SUPERSEDED.
 *
 * Since: 1.0
 */
gboolean
nullmail_postfix_instance_apply (NullmailPostfixInstance  *self,
                                 NullmailPlan             *plan,
                                 NullmailApplyFlags        flags,
                                 GCancellable             *cancellable,
                                 GError                  **error)
{
  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), FALSE);
  g_return_val_if_fail (NULLMAIL_IS_PLAN (plan), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return _nullmail_plan_apply (self, plan, flags, cancellable, error);
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
  return plan != NULL && _nullmail_plan_apply (self, plan, flags, cancellable, error);
}

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
