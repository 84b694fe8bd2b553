/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A probe with what a plan would give Postfix. */

#include "plan/plan-private.h"

#include "base/error-private.h"
#include "base/task-private.h"
#include "config/password-maps-private.h"
#include "config/relay-credentials-private.h"
#include "postfix/table-query-private.h"
#include "relay/relay-probe-private.h"

/* What looks for the login needs to know. */
typedef struct
{
  NullmailPlan            *plan;
  NullmailEffective       *effective;
  const NullmailRelayHost *relay_host;
  GCancellable            *cancellable;
} Search;

/* (transfer full): a password file as the plan leaves it. */
static NullmailPasswordFile *
load_file (Search                     *self,
           const NullmailPasswordMap  *map,
           GError                    **error)
{
  g_autoptr(NullmailPasswordTable) table = NULL;

  for (guint i = 0; i < self->plan->tables->len; i++)
    {
      const NullmailPlanTable *planned = g_ptr_array_index (self->plan->tables, i);

      if (g_str_equal (planned->table->path, map->path))
        return _nullmail_password_file_ref (planned->table->contents);
    }

  table = _nullmail_password_table_load (map->path, map->map_type, self->cancellable, error);
  return table != NULL ? _nullmail_password_file_ref (table->contents) : NULL;
}

/* (transfer full) (element-type NullmailPasswordFile): all that smtp_sasl_password_maps names and
 * that can be looked into. */
static GPtrArray *
load_files (Search  *self,
            GError **error)
{
  g_autoptr(GPtrArray) files =
    g_ptr_array_new_with_free_func ((GDestroyNotify) _nullmail_password_file_unref);
  g_autoptr(GPtrArray) services = NULL;

  for (guint i = 0;; i++)
    {
      g_auto(NullmailPasswordMap) map = { .item = NULL };
      NullmailPasswordFile *file;

      if (!_nullmail_password_map_find_nth (&map, self->effective, i))
        break;
      file = load_file (self, &map, error);
      if (file == NULL)
        return NULL;
      g_ptr_array_add (files, file);
    }

  services = _nullmail_load_service_entries (self->plan->installation, self->effective,
                                             self->relay_host, self->cancellable);
  g_ptr_array_extend_and_steal (files, g_steal_pointer (&services));
  return g_steal_pointer (&files);
}

static gboolean
find_in_files (GPtrArray             *files,
               const char            *key,
               char                 **username,
               NullmailSecureBuffer **password)
{
  for (guint i = 0; i < files->len; i++)
    if (_nullmail_password_file_lookup (g_ptr_array_index (files, i), key, username, password))
      return TRUE;

  return FALSE;
}

/* The login that Postfix will find, if any; FALSE with error set where it cannot be told. The host
 * alone is looked up before the relay host as written, as in smtp(8). */
static gboolean
find_credentials (Search                    *self,
                  NullmailRelayCredentials **credentials,
                  GError                   **error)
{
  const char * const keys[] = {
    nullmail_relay_host_get_host (self->relay_host),
    nullmail_relay_host_to_string (self->relay_host),
  };
  g_autoptr(GPtrArray) files = NULL;

  if (!_nullmail_effective_logs_in (self->effective))
    return TRUE;
  files = load_files (self, error);
  if (files == NULL)
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *username = NULL;
      g_autoptr(NullmailSecureBuffer) password = NULL;

      if (!find_in_files (files, keys[i], &username, &password))
        continue;
      *credentials = _nullmail_relay_credentials_new_take_buffer (
                       (NullmailRelayHost *) self->relay_host, username,
                       g_steal_pointer (&password), error);
      return *credentials != NULL;
    }

  return TRUE;
}

/**
 * nullmail_plan_create_probe:
 * @self: a plan
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Makes a probe of the relay with just what the plan would give Postfix, so that what is tried is
 * what will be used: the level, also where a policy table of type `inline` or `static` names one
 * for the relay, the files of certificates, the names and fingerprints that are accepted, the
 * filter and the lists of login mechanisms, and the login.
 *
 * The login is the plan's, or else the one that Postfix will find in the password files that
 * main.cf names, or by a service of this machine (`socketmap:unix:`). Without one, or with
 * authentication off, the probe has none, and neither has Postfix. For a relay without brackets it
 * is not known yet which servers its MX records name: entries for their names are not found.
 *
 * Returns: (transfer full) (not nullable): a new probe, or %NULL with @error set:
 *   %NULLMAIL_ERROR_INVALID_ARGUMENT for a plan that no instance has made,
 *   %NULLMAIL_ERROR_INVALID_CONFIG where main.cf names no relay or several,
 *   %NULLMAIL_ERROR_INVALID_CREDENTIALS for an entry without a password,
 *   %NULLMAIL_ERROR_PERMISSION_DENIED and the like where a password file cannot be read,
 *   %G_IO_ERROR_CANCELLED
 *
 * Since: 1.0
 */
NullmailRelayProbe *
nullmail_plan_create_probe (NullmailPlan  *self,
                            GCancellable  *cancellable,
                            GError       **error)
{
  g_autoptr(NullmailMainCf) main_cf = NULL;
  g_autoptr(NullmailMainCf) extract = NULL;
  g_autoptr(NullmailEffective) effective = NULL;
  g_autoptr(NullmailRelayHost) relay_host = NULL;
  g_autoptr(NullmailRelayCredentials) credentials = NULL;

  g_return_val_if_fail (NULLMAIL_IS_PLAN (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (self->installation == NULL)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
                   "The plan is for no Postfix: have one made by PostfixInstance.plan");
      return NULL;
    }

  main_cf = nullmail_main_cf_copy (self->main_cf);
  effective = _nullmail_installation_read (self->installation, main_cf, cancellable);
  relay_host = _nullmail_effective_get_relay_host (effective);
  if (relay_host == NULL)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CONFIG,
                   "“%s” would name no relay that could be asked, or more than one: assign "
                   "relay-host", self->main_cf_path);
      return NULL;
    }

  extract = _nullmail_probe_policy_extract (effective, relay_host);
  if (!find_credentials (&(Search) { self, effective, relay_host, cancellable }, &credentials,
                         error)
      || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  return _nullmail_relay_probe_new_for_document (relay_host, extract, credentials);
}

static void
run_create_probe (GTask        *task,
                  gpointer      plan,
                  GCancellable *cancellable)
{
  GError *error = NULL;
  NullmailRelayProbe *result = nullmail_plan_create_probe (plan, cancellable, &error);

  _nullmail_task_return_pointer (task, result, g_object_unref, error);
}

/**
 * nullmail_plan_create_probe_async:
 * @self: a plan
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * The asynchronous form of [method@Plan.create_probe].
 *
 * Since: 1.0
 */
void
nullmail_plan_create_probe_async (NullmailPlan        *self,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  g_return_if_fail (NULLMAIL_IS_PLAN (self));

  /* A plan is immutable. */
  _nullmail_task_start (self, nullmail_plan_create_probe_async, run_create_probe,
                        g_object_ref (self), g_object_unref, cancellable, callback, user_data);
}

/**
 * nullmail_plan_create_probe_finish:
 * @self: a plan
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@Plan.create_probe_async].
 *
 * Returns: (transfer full) (not nullable): as of [method@Plan.create_probe]
 *
 * Since: 1.0
 */
NullmailRelayProbe *
nullmail_plan_create_probe_finish (NullmailPlan  *self,
                                   GAsyncResult  *result,
                                   GError       **error)
{
  if (!_nullmail_task_take (result, self, nullmail_plan_create_probe_async, error))
    return NULL;

  return g_task_propagate_pointer (G_TASK (result), error);
}
