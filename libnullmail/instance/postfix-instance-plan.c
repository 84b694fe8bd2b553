/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "instance/postfix-instance-private.h"

#include "base/error-private.h"
#include "document/main-cf-private.h"
#include "instance/instance-call-private.h"
#include "config/null-client-config-private.h"
#include "plan/planner-private.h"

/* The properties about the channel that follow from the relay and the login as long as they are not
 * assigned; the parameters of those that do. */
static GStrv
list_derived (NullmailNullClientConfig *config)
{
  static const char *const names[][2] = {
    { "tls-level", "smtp_tls_security_level" },
    { "tls-wrapper", "smtp_tls_wrappermode" },
  };
  g_autoptr(GStrvBuilder) derived = g_strv_builder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (nullmail_null_client_config_get_state (config, names[i][0], NULL)
        == NULLMAIL_SETTING_STATE_DERIVED)
      g_strv_builder_add (derived, names[i][1]);

  return g_strv_builder_end (derived);
}

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
 * system's certificate authorities where the TLS level needs some. Where a value changes that was
 * not assigned and follows from the relay and the login, a finding of the plan says so. Every plan
 * also builds a stale table anew and tightens modes.
 *
 * Returns: (transfer full) (not nullable): a new plan, or %NULL with @error set:
 *   %NULLMAIL_ERROR_INVALID_CONFIG, %NULLMAIL_ERROR_INVALID_ARGUMENT where the credentials are for
 *   another relay or authentication is off, %NULLMAIL_ERROR_INVALID_CREDENTIALS without a password,
 *   %NULLMAIL_ERROR_NOT_FOUND, %NULLMAIL_ERROR_PERMISSION_DENIED, %NULLMAIL_ERROR_INVALID_FILE,
 *   %NULLMAIL_ERROR_COMMAND, %NULLMAIL_ERROR_TIMED_OUT, %G_IO_ERROR_CANCELLED
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
  NullmailPlanRequest request = {
    .credentials = credentials,
    .drops_others = (flags & NULLMAIL_PLAN_FLAGS_DROP_OTHER_CREDENTIALS) != 0,
    .modernises = TRUE,
  };
  NullmailInstallation *installation;
  g_autoptr(NullmailMainCf) before = NULL;
  g_autoptr(NullmailMainCf) main_cf = NULL;
  g_autoptr(NullmailEffective) effective = NULL;
  g_auto(GStrv) derived = NULL;

  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), NULL);
  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (config), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  installation = _nullmail_postfix_instance_get_installation (self);
  before = _nullmail_installation_load_main_cf (installation, cancellable, error);
  if (before == NULL)
    return NULL;

  main_cf = nullmail_main_cf_copy (before);
  effective = _nullmail_installation_read (installation, main_cf, cancellable);
  if (!_nullmail_null_client_config_update (config, effective, error))
    return NULL;

  derived = list_derived (config);
  request.derived = (const char * const *) derived;
  request.completes = credentials != NULL || !nullmail_main_cf_equal (before, main_cf)
                      || nullmail_null_client_config_get_state (config, "tls-ca-file", NULL)
                         == NULLMAIL_SETTING_STATE_DERIVED;
  request.settles_patterns = _nullmail_null_client_config_is_assigned (config, "sender-address");
  return _nullmail_planner_make (installation, before, main_cf, &request, cancellable, error);
}

static void
run_plan (GTask        *task,
          gpointer      arguments,
          GCancellable *cancellable)
{
  NullmailInstanceCall *self = arguments;
  GError *error = NULL;
  NullmailPlan *result =
    nullmail_postfix_instance_plan (self->instance, self->config, self->credentials, self->flags,
                                    cancellable, &error);

  _nullmail_task_return_pointer (task, result, g_object_unref, error);
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
  NullmailInstanceCall call = { 0 };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));
  g_return_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (config));

  call.config = nullmail_null_client_config_copy (config);
  if (credentials != NULL)
    call.credentials = nullmail_relay_credentials_ref (credentials);
  call.flags = flags;
  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_plan_async,
                                 run_plan, cancellable, callback, user_data);
}

/**
 * nullmail_postfix_instance_plan_finish:
 * @self: an instance
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@PostfixInstance.plan_async].
 *
 * Returns: (transfer full) (not nullable): as of [method@PostfixInstance.plan]
 *
 * Since: 1.0
 */
NullmailPlan *
nullmail_postfix_instance_plan_finish (NullmailPostfixInstance  *self,
                                       GAsyncResult             *result,
                                       GError                  **error)
{
  if (!_nullmail_task_take (result, self, nullmail_postfix_instance_plan_async, error))
    return NULL;

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Loads main.cf. If there is none, and the flags allow to create one, it begins with an empty
 * document. */
static NullmailMainCf *
load_or_begin (NullmailInstallation  *installation,
               gboolean               may_create,
               gboolean              *creates,
               GCancellable          *cancellable,
               GError               **error)
{
  g_autoptr(GError) local_error = NULL;
  NullmailMainCf *main_cf = _nullmail_installation_load_main_cf (installation, cancellable,
                                                                 &local_error);

  *creates = main_cf == NULL && may_create
             && g_error_matches (local_error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_FOUND);
  if (main_cf != NULL)
    return main_cf;
  if (*creates)
    return nullmail_main_cf_new ();

  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
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
 * Returns: (transfer full) (not nullable): a new plan, or %NULL with @error set as by
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
  NullmailPlanRequest request = {
    .credentials = credentials,
    .drops_others = (flags & NULLMAIL_PLAN_FLAGS_DROP_OTHER_CREDENTIALS) != 0,
    .modernises = TRUE,
  };
  NullmailInstallation *installation;
  g_autoptr(NullmailMainCf) before = NULL;
  g_autoptr(NullmailMainCf) unedited = NULL;
  GBytes *base;
  gboolean creates;

  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), NULL);
  g_return_val_if_fail (NULLMAIL_IS_MAIN_CF (main_cf), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  base = _nullmail_main_cf_get_base (main_cf);
  installation = _nullmail_postfix_instance_get_installation (self);
  before = load_or_begin (installation, base == NULL, &creates, cancellable, error);
  if (before == NULL)
    return NULL;

  if (!creates && (base == NULL || !g_bytes_equal (base, _nullmail_main_cf_peek_bytes (before))))
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_CONFLICT,
                   "“%s/main.cf” is not what the document was loaded from: load it again",
                   nullmail_postfix_instance_get_config_directory (self));
      return NULL;
    }

  /* What the caller has read already need not be read again. */
  unedited = creates ? NULL : _nullmail_main_cf_copy_base (main_cf);
  if (unedited != NULL)
    g_set_object (&before, unedited);

  request.completes = credentials != NULL || !nullmail_main_cf_equal (before, main_cf);
  return _nullmail_planner_make (installation, before, main_cf, &request, cancellable, error);
}

static void
run_plan_main_cf (GTask        *task,
                  gpointer      arguments,
                  GCancellable *cancellable)
{
  NullmailInstanceCall *self = arguments;
  GError *error = NULL;
  NullmailPlan *result =
    nullmail_postfix_instance_plan_main_cf (self->instance, self->main_cf, self->credentials,
                                            self->flags, cancellable, &error);

  _nullmail_task_return_pointer (task, result, g_object_unref, error);
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
  NullmailInstanceCall call = { 0 };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));
  g_return_if_fail (NULLMAIL_IS_MAIN_CF (main_cf));

  call.main_cf = nullmail_main_cf_copy (main_cf);
  if (credentials != NULL)
    call.credentials = nullmail_relay_credentials_ref (credentials);
  call.flags = flags;
  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_plan_main_cf_async,
                                 run_plan_main_cf, cancellable, callback, user_data);
}

/**
 * nullmail_postfix_instance_plan_main_cf_finish:
 * @self: an instance
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@PostfixInstance.plan_main_cf_async].
 *
 * Returns: (transfer full) (not nullable): as of [method@PostfixInstance.plan_main_cf]
 *
 * Since: 1.0
 */
NullmailPlan *
nullmail_postfix_instance_plan_main_cf_finish (NullmailPostfixInstance  *self,
                                               GAsyncResult             *result,
                                               GError                  **error)
{
  if (!_nullmail_task_take (result, self, nullmail_postfix_instance_plan_main_cf_async, error))
    return NULL;

  return g_task_propagate_pointer (G_TASK (result), error);
}
