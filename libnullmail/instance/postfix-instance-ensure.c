/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "instance/postfix-instance-private.h"

#include "base/error.h"
#include "instance/apply-private.h"
#include "instance/instance-call-private.h"

#define MAX_PLANS 4  /* the first one, and three more where another writer came in between */

/* What another writer has done does not concern the caller, who wants the settings to hold. */
static gboolean
is_worth_another_plan (const GError *error)
{
  return g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_CONFLICT)
         || g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_BUSY)
         || g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_SUPERSEDED);
}

/**
 * nullmail_postfix_instance_ensure:
 * @self: an instance
 * @config: the settings that are to hold
 * @credentials: (nullable): the login at the relay, or %NULL to keep what is stored
 * @plan_flags: how to plan
 * @apply_flags: how to apply the plan
 * @changed: (out) (optional): return location for whether a file or the service was changed
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Makes the settings hold: [method@PostfixInstance.plan] and [method@PostfixInstance.apply] in one
 * call, and again where another writer came in between, up to three times. Where they hold already
 * nothing is written, and the service is asked only with %NULLMAIL_APPLY_FLAGS_START. What this
 * Postfix knows an instance asks for once, with “postconf -d”.
 *
 * Returns: (transfer full) (not nullable): the plan that was applied, which is empty where nothing
 *   was to be changed, or %NULL with @error set as by the two of them. The code tells what is on
 *   the disk then; %NULLMAIL_ERROR_CONFLICT, %NULLMAIL_ERROR_BUSY and %NULLMAIL_ERROR_SUPERSEDED
 *   are of the last time that it was tried
 *
 * Since: 1.0
 */
NullmailPlan *
nullmail_postfix_instance_ensure (NullmailPostfixInstance   *self,
                                  NullmailNullClientConfig  *config,
                                  NullmailRelayCredentials  *credentials,
                                  NullmailPlanFlags          plan_flags,
                                  NullmailApplyFlags         apply_flags,
                                  gboolean                  *changed,
                                  GCancellable              *cancellable,
                                  GError                   **error)
{
  gboolean was_superseded = FALSE, did_change = FALSE;

  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), NULL);
  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (config), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (changed != NULL)
    *changed = FALSE;

  for (guint n_plans = 1; ; n_plans++)
    {
      g_autoptr(GError) local_error = NULL;
      g_autoptr(NullmailPlan) plan =
        nullmail_postfix_instance_plan (self, config, credentials, plan_flags, cancellable,
                                        &local_error);

      if (plan != NULL
          && _nullmail_apply (_nullmail_postfix_instance_get_installation (self), plan,
                              apply_flags, &did_change, cancellable, &local_error))
        {
          if (changed != NULL)
            *changed = did_change || was_superseded;
          return g_steal_pointer (&plan);
        }

      /* What was committed then may be in force, although another main.cf came at once. */
      was_superseded |= g_error_matches (local_error, NULLMAIL_ERROR, NULLMAIL_ERROR_SUPERSEDED);
      if (n_plans == MAX_PLANS || !is_worth_another_plan (local_error))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
    }
}

typedef struct
{
  NullmailPlan *plan;  /* (owned) (nullable) */
  gboolean      changed;
} Outcome;

static void
outcome_free (gpointer data)
{
  Outcome *self = data;

  g_clear_object (&self->plan);
  g_free (self);
}

static void
run_ensure (GTask        *task,
            gpointer      arguments,
            GCancellable *cancellable)
{
  NullmailInstanceCall *self = arguments;
  Outcome *outcome = g_new0 (Outcome, 1);
  GError *error = NULL;

  outcome->plan =
    nullmail_postfix_instance_ensure (self->instance, self->config, self->credentials, self->flags,
                                      self->apply_flags, &outcome->changed, cancellable, &error);
  if (error != NULL)
    g_clear_pointer (&outcome, outcome_free);

  _nullmail_task_return_pointer (task, outcome, outcome_free, error);
}

/**
 * nullmail_postfix_instance_ensure_async:
 * @self: an instance
 * @config: the settings that are to hold
 * @credentials: (nullable): the login at the relay, or %NULL to keep what is stored
 * @plan_flags: how to plan
 * @apply_flags: how to apply the plan
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * The asynchronous form of [method@PostfixInstance.ensure].
 *
 * Since: 1.0
 */
void
nullmail_postfix_instance_ensure_async (NullmailPostfixInstance  *self,
                                        NullmailNullClientConfig *config,
                                        NullmailRelayCredentials *credentials,
                                        NullmailPlanFlags         plan_flags,
                                        NullmailApplyFlags        apply_flags,
                                        GCancellable             *cancellable,
                                        GAsyncReadyCallback       callback,
                                        gpointer                  user_data)
{
  NullmailInstanceCall call = { 0 };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));
  g_return_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (config));

  call.config = nullmail_null_client_config_copy (config);
  if (credentials != NULL)
    call.credentials = nullmail_relay_credentials_ref (credentials);
  call.flags = plan_flags;
  call.apply_flags = apply_flags;
  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_ensure_async,
                                 run_ensure, cancellable, callback, user_data);
}

/**
 * nullmail_postfix_instance_ensure_finish:
 * @self: an instance
 * @result: the result
 * @changed: (out) (optional): return location for whether a file or the service was changed
 * @error: return location for an error, or %NULL
 *
 * Ends [method@PostfixInstance.ensure_async].
 *
 * Returns: (transfer full) (not nullable): as of [method@PostfixInstance.ensure]
 *
 * Since: 1.0
 */
NullmailPlan *
nullmail_postfix_instance_ensure_finish (NullmailPostfixInstance  *self,
                                         GAsyncResult             *result,
                                         gboolean                 *changed,
                                         GError                  **error)
{
  NullmailPlan *plan;
  Outcome *outcome;

  if (changed != NULL)
    *changed = FALSE;
  if (!_nullmail_task_take (result, self, nullmail_postfix_instance_ensure_async, error))
    return NULL;

  outcome = g_task_propagate_pointer (G_TASK (result), error);
  if (outcome == NULL)
    return NULL;

  if (changed != NULL)
    *changed = outcome->changed;
  plan = g_steal_pointer (&outcome->plan);
  outcome_free (outcome);
  return plan;
}
