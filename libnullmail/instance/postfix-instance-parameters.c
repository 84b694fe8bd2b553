/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "instance/postfix-instance-private.h"

#include <string.h>

#include "base/error-private.h"
#include "check/observation-private.h"
#include "config/mask-private.h"
#include "config/null-client-config-private.h"
#include "config/password-maps-private.h"
#include "instance/instance-call-private.h"
#include "plan/undo-private.h"
#include "postfix/postconf-private.h"
#include "store/sasl-passwd-store-private.h"

static gboolean
check_names (const char * const  *names,
             GError             **error)
{
  for (guint i = 0; names[i] != NULL; i++)
    {
      /* “name=value” would make postconf edit main.cf, and “-x” is an option. */
      if (*names[i] == '\0' || *names[i] == '-' || strpbrk (names[i], "= \t\r\n\v\f") != NULL)
        {
          g_autofree char *shown = _nullmail_show_name (names[i]);

          g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
                       "“%s” is not the name of a parameter: a name has no blanks and no “=”",
                       shown);
          return FALSE;
        }
    }

  return TRUE;
}

/* How main.cf may be shown. */
static NullmailMask *
make_mask (NullmailInstallation *installation,
           NullmailMainCf       *main_cf,
           GCancellable         *cancellable)
{
  g_autoptr(NullmailEffective) effective = _nullmail_installation_read (installation, main_cf,
                                                                        cancellable);
  g_autoptr(NullmailObservation) observation = _nullmail_observation_new (installation,
                                                                          cancellable);

  return _nullmail_undo_make_mask (installation, observation, effective);
}

/* Values that main.cf sets are taken from main.cf itself, since postconf folds their white space.
 * For all others postconf is asked. */
static gboolean
add_values (GHashTable          *values,
            NullmailMainCf      *main_cf,
            NullmailMask        *mask,
            const char * const  *names,
            GHashTable          *printed,
            GError             **error)
{
  for (guint i = 0; names[i] != NULL; i++)
    {
      char *value = nullmail_main_cf_get_value (main_cf, names[i]);

      if (value == NULL)
        value = g_strdup (g_hash_table_lookup (printed, names[i]));
      if (value == NULL)
        {
          g_autofree char *shown = _nullmail_show_name (names[i]);

          g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_FOUND,
                       "Postfix has no parameter “%s”: look for a misspelling", shown);
          return FALSE;
        }
      g_hash_table_insert (values, g_strdup (names[i]),
                           _nullmail_mask_show_value (mask, names[i], value));
      g_free (value);
    }

  return TRUE;
}

/**
 * nullmail_postfix_instance_lookup_parameters:
 * @self: an instance
 * @names: (array zero-terminated=1): names of parameters; an empty list means every parameter
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Returns the values that Postfix reads, defaults included, macros not expanded: as postconf(1)
 * prints them, but with white space inside a value kept as it is. A password that is written out in
 * main.cf, in a table such as `static`, reads `********`.
 *
 * Returns: (transfer full) (not nullable) (element-type utf8 utf8): names and values, or %NULL with
 *   @error set: %NULLMAIL_ERROR_NOT_FOUND for the first name that Postfix does not know,
 *   %NULLMAIL_ERROR_INVALID_ARGUMENT for one that cannot be a name, and as by
 *   [method@PostfixInstance.inspect]
 *
 * Since: 1.0
 */
GHashTable *
nullmail_postfix_instance_lookup_parameters (NullmailPostfixInstance  *self,
                                             const char * const       *names,
                                             GCancellable             *cancellable,
                                             GError                  **error)
{
  NullmailInstallation *installation;
  g_autofree char *postconf = NULL;
  g_autoptr(NullmailMainCf) main_cf = NULL;
  g_autoptr(NullmailMask) mask = NULL;
  g_autoptr(GHashTable) printed = NULL;
  g_autoptr(GHashTable) values = NULL;

  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), NULL);
  g_return_val_if_fail (names != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!check_names (names, error))
    return NULL;
  main_cf = nullmail_postfix_instance_load_main_cf (self, cancellable, error);
  if (main_cf == NULL)
    return NULL;

  installation = _nullmail_postfix_instance_get_installation (self);
  postconf = _nullmail_installation_find_command (installation, "postconf", error);
  if (postconf == NULL)
    return NULL;

  printed = _nullmail_postconf_query_values (
    postconf, _nullmail_installation_get_config_directory (installation), names, cancellable,
    error);
  if (printed == NULL)
    return NULL;

  mask = make_mask (installation, main_cf, cancellable);
  values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (names[0] != NULL)
    {
      if (!add_values (values, main_cf, mask, names, printed, error))
        return NULL;
    }
  else
    {
      g_autofree const char **all = (const char **) g_hash_table_get_keys_as_array (printed, NULL);

      if (!add_values (values, main_cf, mask, all, printed, error))
        return NULL;
    }

  return g_steal_pointer (&values);
}

static void
run_lookup_parameters (GTask        *task,
                       gpointer      arguments,
                       GCancellable *cancellable)
{
  NullmailInstanceCall *self = arguments;
  GError *error = NULL;
  GHashTable *result =
    nullmail_postfix_instance_lookup_parameters (self->instance,
                                                 (const char * const *) self->names, cancellable,
                                                 &error);

  _nullmail_task_return_pointer (task, result, (GDestroyNotify) g_hash_table_unref, error);
}

/**
 * nullmail_postfix_instance_lookup_parameters_async:
 * @self: an instance
 * @names: (array zero-terminated=1): names of parameters
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * The asynchronous form of [method@PostfixInstance.lookup_parameters].
 *
 * Since: 1.0
 */
void
nullmail_postfix_instance_lookup_parameters_async (NullmailPostfixInstance *self,
                                                   const char * const      *names,
                                                   GCancellable            *cancellable,
                                                   GAsyncReadyCallback      callback,
                                                   gpointer                 user_data)
{
  NullmailInstanceCall call = { 0 };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));
  g_return_if_fail (names != NULL);

  call.names = g_strdupv ((char **) names);
  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_lookup_parameters_async,
                                 run_lookup_parameters, cancellable, callback, user_data);
}

/**
 * nullmail_postfix_instance_lookup_parameters_finish:
 * @self: an instance
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@PostfixInstance.lookup_parameters_async].
 *
 * Returns: (transfer full) (not nullable) (element-type utf8 utf8): as of
 *   [method@PostfixInstance.lookup_parameters]
 *
 * Since: 1.0
 */
GHashTable *
nullmail_postfix_instance_lookup_parameters_finish (NullmailPostfixInstance  *self,
                                                    GAsyncResult             *result,
                                                    GError                  **error)
{
  if (!_nullmail_task_take (result, self, nullmail_postfix_instance_lookup_parameters_async, error))
    return NULL;

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* What a value stands for, as it may be shown. The value may have been shown in asterisks already,
 * in which there is nothing to expand. FALSE with error set where its macros go in a circle. */
static gboolean
expand_value (NullmailEffective   *effective,
              NullmailMask        *mask,
              const char          *name,
              char               **value,
              GError             **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autofree char *expanded = _nullmail_effective_expand (effective, *value, &local_error);
  g_autofree char *shown = NULL;

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  shown = _nullmail_mask_show_value (mask, name,
                                     expanded != NULL ? g_strstrip (expanded) : *value);
  g_free (*value);
  *value = _nullmail_mask_scrub (mask, shown);
  return TRUE;
}

/**
 * nullmail_postfix_instance_expand_parameters:
 * @self: an instance
 * @names: (array zero-terminated=1): names of parameters; an empty list means every parameter
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Returns the values that Postfix reads as [method@PostfixInstance.lookup_parameters] does, with
 * their macros expanded, as “postconf -x” prints them. A password in main.cf, whichever macro
 * brings it in, reads `********`.
 *
 * Returns: (transfer full) (not nullable) (element-type utf8 utf8): names and values, or %NULL with
 *   @error set: %NULLMAIL_ERROR_INVALID_FILE for macros that go in a circle, and as by
 *   [method@PostfixInstance.lookup_parameters]
 *
 * Since: 1.0
 */
GHashTable *
nullmail_postfix_instance_expand_parameters (NullmailPostfixInstance  *self,
                                             const char * const       *names,
                                             GCancellable             *cancellable,
                                             GError                  **error)
{
  g_autoptr(GHashTable) values =
    nullmail_postfix_instance_lookup_parameters (self, names, cancellable, error);
  NullmailInstallation *installation;
  g_autoptr(NullmailMainCf) main_cf = NULL;
  g_autoptr(NullmailEffective) effective = NULL;
  g_autoptr(NullmailMask) mask = NULL;
  GHashTableIter iter;
  gpointer name, value;

  if (values == NULL)
    return NULL;
  main_cf = nullmail_postfix_instance_load_main_cf (self, cancellable, error);
  if (main_cf == NULL)
    return NULL;

  installation = _nullmail_postfix_instance_get_installation (self);
  effective = _nullmail_installation_read (installation, main_cf, cancellable);
  mask = make_mask (installation, main_cf, cancellable);
  g_hash_table_iter_init (&iter, values);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      char *expanded = g_strdup (value);
      gboolean is_done = expand_value (effective, mask, name, &expanded, error);

      g_hash_table_iter_replace (&iter, expanded);
      if (!is_done)
        return NULL;
    }

  return g_steal_pointer (&values);
}

static void
run_expand_parameters (GTask        *task,
                       gpointer      arguments,
                       GCancellable *cancellable)
{
  NullmailInstanceCall *self = arguments;
  GError *error = NULL;
  GHashTable *result =
    nullmail_postfix_instance_expand_parameters (self->instance,
                                                 (const char * const *) self->names, cancellable,
                                                 &error);

  _nullmail_task_return_pointer (task, result, (GDestroyNotify) g_hash_table_unref, error);
}

/**
 * nullmail_postfix_instance_expand_parameters_async:
 * @self: an instance
 * @names: (array zero-terminated=1): names of parameters
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * The asynchronous form of [method@PostfixInstance.expand_parameters].
 *
 * Since: 1.0
 */
void
nullmail_postfix_instance_expand_parameters_async (NullmailPostfixInstance *self,
                                                   const char * const      *names,
                                                   GCancellable            *cancellable,
                                                   GAsyncReadyCallback      callback,
                                                   gpointer                 user_data)
{
  NullmailInstanceCall call = { 0 };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));
  g_return_if_fail (names != NULL);

  call.names = g_strdupv ((char **) names);
  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_expand_parameters_async,
                                 run_expand_parameters, cancellable, callback, user_data);
}

/**
 * nullmail_postfix_instance_expand_parameters_finish:
 * @self: an instance
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@PostfixInstance.expand_parameters_async].
 *
 * Returns: (transfer full) (not nullable) (element-type utf8 utf8): as of
 *   [method@PostfixInstance.expand_parameters]
 *
 * Since: 1.0
 */
GHashTable *
nullmail_postfix_instance_expand_parameters_finish (NullmailPostfixInstance  *self,
                                                    GAsyncResult             *result,
                                                    GError                  **error)
{
  if (!_nullmail_task_take (result, self, nullmail_postfix_instance_expand_parameters_async, error))
    return NULL;

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * nullmail_postfix_instance_load_main_cf:
 * @self: an instance
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Reads main.cf.
 *
 * Returns: (transfer full) (not nullable): a new document, or %NULL with @error set:
 *   %NULLMAIL_ERROR_NOT_FOUND, %NULLMAIL_ERROR_PERMISSION_DENIED, %NULLMAIL_ERROR_INVALID_FILE,
 *   %NULLMAIL_ERROR_WRITE on an I/O error
 *
 * Since: 1.0
 */
NullmailMainCf *
nullmail_postfix_instance_load_main_cf (NullmailPostfixInstance  *self,
                                        GCancellable             *cancellable,
                                        GError                  **error)
{
  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return _nullmail_installation_load_main_cf (_nullmail_postfix_instance_get_installation (self),
                                              cancellable, error);
}

/**
 * nullmail_postfix_instance_load_config:
 * @self: an instance
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Reads main.cf as typed settings.
 *
 * Returns: (transfer full) (not nullable): new settings, or %NULL with @error set as by
 *   [method@PostfixInstance.load_main_cf]
 *
 * Since: 1.0
 */
NullmailNullClientConfig *
nullmail_postfix_instance_load_config (NullmailPostfixInstance  *self,
                                       GCancellable             *cancellable,
                                       GError                  **error)
{
  g_autoptr(NullmailMainCf) main_cf = nullmail_postfix_instance_load_main_cf (self, cancellable,
                                                                              error);

  g_autoptr(NullmailEffective) effective = NULL;

  if (main_cf == NULL)
    return NULL;

  effective = _nullmail_installation_read (_nullmail_postfix_instance_get_installation (self),
                                           main_cf, cancellable);
  return _nullmail_null_client_config_new_from_effective (effective);
}

/**
 * nullmail_postfix_instance_get_sasl_passwd_store:
 * @self: an instance
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Makes a store for the password file that this Postfix uses: that of the first item of
 * `smtp_sasl_password_maps` that is made of a file, with its type if this Postfix can open it and
 * else the default type; without such an item `sasl_passwd` in the configuration directory.
 *
 * Returns: (transfer full) (not nullable): a new store, or %NULL with @error set as by
 *   [method@PostfixInstance.inspect] and [method@PostfixInstance.load_main_cf]
 *
 * Since: 1.0
 */
NullmailSaslPasswdStore *
nullmail_postfix_instance_get_sasl_passwd_store (NullmailPostfixInstance  *self,
                                                 GCancellable             *cancellable,
                                                 GError                  **error)
{
  NullmailInstallation *installation;
  g_autoptr(NullmailMainCf) main_cf = NULL;
  g_autoptr(NullmailEffective) effective = NULL;
  g_auto(NullmailPasswordMap) map = { .item = NULL };
  NullmailSaslPasswdStore *store;
  const char *type;

  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  installation = _nullmail_postfix_instance_get_installation (self);
  main_cf = _nullmail_installation_load_main_cf (installation, cancellable, error);
  if (main_cf == NULL)
    return NULL;

  effective = _nullmail_installation_read (installation, main_cf, cancellable);
  if (!_nullmail_password_map_find (&map, effective))
    map.path = g_build_filename (_nullmail_installation_get_config_directory (installation),
                                 "sasl_passwd", NULL);
  type = map.map_type;
  if (type == NULL
      || _nullmail_installation_query_map_type (installation, effective, type, cancellable)
         == NULLMAIL_FACT_NO)
    type = _nullmail_installation_choose_map_type (installation, effective, cancellable, error);
  if (type == NULL)
    return NULL;

  store = g_object_new (NULLMAIL_TYPE_SASL_PASSWD_STORE, "path", map.path, "map-type", type,
                        "command-directory",
                        _nullmail_installation_get_command_directory (installation), NULL);
  _nullmail_sasl_passwd_store_set_main_cf (
    store, _nullmail_installation_get_main_cf_path (installation),
    _nullmail_password_map_knows_separator (effective));
  return store;
}
