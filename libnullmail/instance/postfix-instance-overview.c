/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "instance/postfix-instance-private.h"

#include "check/finding.h"
#include "config/effective-settings-private.h"
#include "enum-types.h"
#include "instance/instance-call-private.h"
#include "postfix/service-private.h"

/* The settings as they were assigned or loaded, and as Postfix takes them. Only Postfix knows the
 * default of mynetworks, which it works out of the interfaces of this host. */
static gboolean
add_settings (NullmailPostfixInstance  *self,
              GVariantDict             *dict,
              gboolean                  may_ask,
              GCancellable             *cancellable,
              GError                  **error)
{
  NullmailInstallation *installation = _nullmail_postfix_instance_get_installation (self);
  g_autoptr(NullmailMainCf) main_cf =
    _nullmail_installation_load_main_cf (installation, cancellable, error);
  g_autoptr(NullmailEffective) effective = NULL;
  g_autoptr(NullmailNullClientConfig) config = NULL;
  g_autoptr(GHashTable) said = NULL;
  g_autoptr(GVariant) settings = NULL, values = NULL;
  const char *names[] = { "mynetworks", NULL };

  if (main_cf == NULL)
    return FALSE;
  if (may_ask && !nullmail_main_cf_has_value (main_cf, names[0]))
    said = nullmail_postfix_instance_lookup_parameters (self, names, cancellable, NULL);

  effective = _nullmail_installation_read (installation, main_cf, cancellable);
  config = _nullmail_null_client_config_new_from_effective (effective);
  settings = nullmail_null_client_config_to_variant (config);
  values = _nullmail_effective_settings_to_variant (
    effective, config, said != NULL ? g_hash_table_lookup (said, names[0]) : NULL);
  g_variant_dict_insert_value (dict, "config", settings);
  g_variant_dict_insert_value (dict, "effective", values);
  return TRUE;
}

static gboolean
add_findings (NullmailPostfixInstance  *self,
              GVariantDict             *dict,
              GCancellable             *cancellable,
              GError                  **error)
{
  g_autoptr(GPtrArray) findings = nullmail_postfix_instance_check (self, cancellable, error);
  GVariantBuilder builder;

  if (findings == NULL)
    return FALSE;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < findings->len; i++)
    {
      g_autoptr(GVariant) finding =
        nullmail_finding_to_variant (g_ptr_array_index (findings, i));

      g_variant_builder_add_value (&builder, finding);
    }

  g_variant_dict_insert_value (dict, "findings", g_variant_builder_end (&builder));
  return TRUE;
}

/* Where it cannot be asked, its state is unknown. */
static void
add_service (NullmailPostfixInstance *self,
             GVariantDict            *dict,
             GCancellable            *cancellable)
{
  g_autoptr(GFlagsClass) states = g_type_class_ref (NULLMAIL_TYPE_SERVICE_STATE);
  NullmailServiceState state;
  GVariantBuilder builder;

  if (!_nullmail_service_query (_nullmail_postfix_instance_get_installation (self), &state,
                                cancellable, NULL))
    state = NULLMAIL_SERVICE_STATE_UNKNOWN;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < states->n_values; i++)
    if (states->values[i].value != 0 && (state & states->values[i].value) != 0)
      g_variant_builder_add (&builder, "s", states->values[i].value_nick);

  g_variant_dict_insert_value (dict, "service", g_variant_builder_end (&builder));
}

/* A Postfix that cannot be asked, since it refuses its main.cf for example, is a finding; then it
 * is not known here which one it is. */
static void
add_inspection (NullmailPostfixInstance *self,
                GVariantDict            *dict,
                GCancellable            *cancellable)
{
  gboolean is_known = nullmail_postfix_instance_inspect (self, cancellable, NULL);
  g_auto(GStrv) map_types = is_known ? nullmail_postfix_instance_get_map_types (self) : NULL;
  const char *version = is_known ? nullmail_postfix_instance_get_version (self) : NULL;
  const char *none[] = { NULL };

  if (version != NULL)
    g_variant_dict_insert (dict, "version", "s", version);
  g_variant_dict_insert (dict, "map-types", "^as", map_types != NULL ? map_types : (char **) none);
  g_variant_dict_insert (dict, "can-undo", "b", nullmail_postfix_instance_get_can_undo (self));
}

/* Not for everybody to read: no list is there then, rather than an empty one. */
static void
add_credentials (NullmailPostfixInstance *self,
                 GVariantDict            *dict,
                 GCancellable            *cancellable)
{
  g_autoptr(NullmailSaslPasswdStore) store =
    nullmail_postfix_instance_get_sasl_passwd_store (self, cancellable, NULL);
  g_autoptr(GPtrArray) list = NULL;
  GVariantBuilder builder;

  if (store != NULL)
    list = nullmail_credential_store_list (NULLMAIL_CREDENTIAL_STORE (store), cancellable, NULL);
  if (list == NULL)
    return;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < list->len; i++)
    {
      g_autoptr(GVariant) login =
        nullmail_relay_credentials_to_variant (g_ptr_array_index (list, i));

      g_variant_builder_add_value (&builder, login);
    }

  g_variant_dict_insert_value (dict, "credentials", g_variant_builder_end (&builder));
}

/**
 * nullmail_postfix_instance_load_settings:
 * @self: an instance
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Loads the settings alone, as a dictionary (`a{sv}`) of `config` and `effective`, which are those
 * of [method@PostfixInstance.load_overview], in a fraction of its time: nothing is checked, and
 * Postfix is asked for a default only where the meaning of main.cf depends on one that differs from
 * one Postfix to another.
 *
 * Where main.cf does not set `mynetworks`, `networks` has no `value` here;
 * [method@PostfixInstance.lookup_parameters] tells what Postfix makes of the interfaces of this
 * host.
 *
 * Returns: (transfer full) (not nullable): a new variant, not floating, or %NULL with @error set as
 *   by [method@PostfixInstance.load_main_cf], %G_IO_ERROR_CANCELLED
 *
 * Since: 1.0
 */
GVariant *
nullmail_postfix_instance_load_settings (NullmailPostfixInstance  *self,
                                         GCancellable             *cancellable,
                                         GError                  **error)
{
  g_auto(GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!add_settings (self, &dict, FALSE, cancellable, error)
      || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static void
run_load_settings (GTask        *task,
                   gpointer      arguments,
                   GCancellable *cancellable)
{
  NullmailInstanceCall *self = arguments;
  GError *error = NULL;
  GVariant *result =
    nullmail_postfix_instance_load_settings (self->instance, cancellable, &error);

  _nullmail_task_return_pointer (task, result, (GDestroyNotify) g_variant_unref, error);
}

/**
 * nullmail_postfix_instance_load_settings_async:
 * @self: an instance
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * The asynchronous form of [method@PostfixInstance.load_settings].
 *
 * Since: 1.0
 */
void
nullmail_postfix_instance_load_settings_async (NullmailPostfixInstance *self,
                                               GCancellable            *cancellable,
                                               GAsyncReadyCallback      callback,
                                               gpointer                 user_data)
{
  NullmailInstanceCall call = { 0 };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));

  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_load_settings_async,
                                 run_load_settings, cancellable, callback, user_data);
}

/**
 * nullmail_postfix_instance_load_settings_finish:
 * @self: an instance
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@PostfixInstance.load_settings_async].
 *
 * Returns: (transfer full) (not nullable): as of [method@PostfixInstance.load_settings]
 *
 * Since: 1.0
 */
GVariant *
nullmail_postfix_instance_load_settings_finish (NullmailPostfixInstance  *self,
                                                GAsyncResult             *result,
                                                GError                  **error)
{
  if (!_nullmail_task_take (result, self, nullmail_postfix_instance_load_settings_async, error))
    return NULL;

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * nullmail_postfix_instance_load_overview:
 * @self: an instance
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Loads what a page about this Postfix shows, in one call, as a dictionary (`a{sv}`):
 *
 * - `config`: [method@NullClientConfig.to_variant] of what main.cf says;
 * - `effective` (`a{sv}`): each property as Postfix takes it, defaults included and macros
 *   expanded, as a dictionary of `value`, `parameters` (`as`) and `state` (`s`); no `value` where
 *   there is none, it is not known, the property cannot express it, or it has a password in it;
 * - `findings` (`aa{sv}`): [method@Finding.to_variant] of [method@PostfixInstance.check];
 * - `service` (`as`): the words of [flags@ServiceState], none for a Postfix that is stopped;
 * - `version` (`s`) where it is known, and `map-types` (`as`);
 * - `credentials` (`aa{sv}`): [method@RelayCredentials.to_variant] of the logins in the password
 *   file, left out where it may not be read;
 * - `can-undo` (`b`).
 *
 * No password is in it. What cannot be asked or read, but for main.cf, is a finding and not an
 * error.
 *
 * Returns: (transfer full) (not nullable): a new variant, not floating, or %NULL with @error set as
 *   by [method@PostfixInstance.load_main_cf], %G_IO_ERROR_CANCELLED
 *
 * Since: 1.0
 */
GVariant *
nullmail_postfix_instance_load_overview (NullmailPostfixInstance  *self,
                                         GCancellable             *cancellable,
                                         GError                  **error)
{
  g_auto(GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!add_settings (self, &dict, TRUE, cancellable, error)
      || !add_findings (self, &dict, cancellable, error))
    return NULL;

  add_service (self, &dict, cancellable);
  add_inspection (self, &dict, cancellable);
  add_credentials (self, &dict, cancellable);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static void
run_load_overview (GTask        *task,
                   gpointer      arguments,
                   GCancellable *cancellable)
{
  NullmailInstanceCall *self = arguments;
  GError *error = NULL;
  GVariant *result =
    nullmail_postfix_instance_load_overview (self->instance, cancellable, &error);

  _nullmail_task_return_pointer (task, result, (GDestroyNotify) g_variant_unref, error);
}

/**
 * nullmail_postfix_instance_load_overview_async:
 * @self: an instance
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * The asynchronous form of [method@PostfixInstance.load_overview].
 *
 * Since: 1.0
 */
void
nullmail_postfix_instance_load_overview_async (NullmailPostfixInstance *self,
                                               GCancellable            *cancellable,
                                               GAsyncReadyCallback      callback,
                                               gpointer                 user_data)
{
  NullmailInstanceCall call = { 0 };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));

  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_load_overview_async,
                                 run_load_overview, cancellable, callback, user_data);
}

/**
 * nullmail_postfix_instance_load_overview_finish:
 * @self: an instance
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@PostfixInstance.load_overview_async].
 *
 * Returns: (transfer full) (not nullable): as of [method@PostfixInstance.load_overview]
 *
 * Since: 1.0
 */
GVariant *
nullmail_postfix_instance_load_overview_finish (NullmailPostfixInstance  *self,
                                                GAsyncResult             *result,
                                                GError                  **error)
{
  if (!_nullmail_task_take (result, self, nullmail_postfix_instance_load_overview_async, error))
    return NULL;

  _nullmail_postfix_instance_forget_shown (self);
  return g_task_propagate_pointer (G_TASK (result), error);
}
