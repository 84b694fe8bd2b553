/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "instance/planner-private.h"

#include <string.h>

#include "base/error-private.h"
#include "config/config-reader-private.h"
#include "document/main-cf-private.h"
#include "instance/host-facts-private.h"
#include "config/password-maps-private.h"
#include "instance/planner-entries-private.h"
#include "instance/planner-findings-private.h"
#include "store/lookup-map-private.h"

static void
maker_clear (NullmailPlanMaker *maker)
{
  g_clear_object (&maker->plan);
  g_clear_pointer (&maker->macros, g_hash_table_unref);
  g_clear_pointer (&maker->key_before, g_free);
  g_clear_pointer (&maker->key_after, g_free);
  g_clear_pointer (&maker->guess, _nullmail_inspection_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailPlanMaker, maker_clear)

NullmailMainCf *
_nullmail_plan_load_main_cf (NullmailPostfixInstance  *instance,
                             gboolean                  may_create,
                             gboolean                 *creates,
                             GCancellable             *cancellable,
                             GError                  **error)
{
  g_autoptr(GError) local_error = NULL;
  NullmailMainCf *main_cf;

  *creates = FALSE;
  main_cf = nullmail_postfix_instance_load_main_cf (instance, cancellable, &local_error);
  if (main_cf != NULL)
    return main_cf;

  if (may_create && g_error_matches (local_error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_FOUND))
    {
      *creates = TRUE;
      return nullmail_main_cf_new ();
    }

  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

/* The system's certificates, where the level needs some and main.cf names none. */
static gboolean
complete_ca_file (NullmailPlanMaker  *maker,
                  GError            **error)
{
  NullmailMainCf *main_cf = maker->plan->main_cf;
  gboolean supported;
  NullmailTlsLevel level = _nullmail_config_read_tls_level (main_cf, &supported);
  g_autofree char *ca_file = NULL, *ca_path = NULL, *default_ca = NULL;
  const char *system_ca_file = _nullmail_system_ca_file ();

  if (!supported || !_nullmail_tls_level_needs_ca (level))
    return TRUE;

  ca_file = nullmail_main_cf_get_value (main_cf, "smtp_tls_CAfile");
  ca_path = nullmail_main_cf_get_value (main_cf, "smtp_tls_CApath");
  default_ca = nullmail_main_cf_get_value (main_cf, "tls_append_default_CA");
  if ((ca_file != NULL && *ca_file != '\0') || (ca_path != NULL && *ca_path != '\0')
      || (default_ca != NULL && g_ascii_strcasecmp (default_ca, "yes") == 0)
      || system_ca_file == NULL)
    return TRUE;

  return nullmail_main_cf_set_value (main_cf, "smtp_tls_CAfile", system_ca_file, error);
}

/* Where main.cf is yet to be made, or the plan may mend one that Postfix refuses, it can tell
 * less. */
static NullmailInspection *
get_inspection (NullmailPlanMaker  *maker,
                GError            **error)
{
  NullmailPlan *plan = maker->plan;
  NullmailInspection *inspection;
  GError *local_error = NULL;

  if (maker->guess != NULL)
    return _nullmail_inspection_ref (maker->guess);

  if (!plan->creates_main_cf)
    {
      inspection = _nullmail_postfix_instance_get_inspection (maker->instance, maker->cancellable,
                                                              &local_error);
      if (inspection != NULL)
        return inspection;
      if (!g_error_matches (local_error, NULLMAIL_ERROR, NULLMAIL_ERROR_COMMAND)
          || !_nullmail_plan_changes_main_cf (plan))
        {
          g_propagate_error (error, local_error);
          return NULL;
        }
      g_clear_error (&local_error);
    }

  maker->guess = _nullmail_inspection_new_without_main_cf (
    plan->config_directory, nullmail_postfix_instance_get_command_directory (maker->instance),
    maker->cancellable, error);
  return maker->guess != NULL ? _nullmail_inspection_ref (maker->guess) : NULL;
}

/* A table of the default type in the configuration directory, where main.cf names none at all. */
static gboolean
complete_password_maps (NullmailPlanMaker  *maker,
                        GError            **error)
{
  NullmailMainCf *main_cf = maker->plan->main_cf;
  g_autofree char *value = nullmail_main_cf_get_value (main_cf, "smtp_sasl_password_maps");
  g_autoptr(NullmailInspection) inspection = NULL;
  g_autoptr(GString) directory = NULL;
  g_autofree char *text = NULL;

  if (!_nullmail_main_cf_authenticates (main_cf) || (value != NULL && *value != '\0'))
    return TRUE;

  inspection = get_inspection (maker, error);
  if (inspection == NULL)
    return FALSE;

  if (strpbrk (maker->plan->config_directory, ", \t\r\n") != NULL)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
                   "The configuration directory “%s” has a blank or comma in its name, so that "
                   "main.cf cannot name a password file in it: set “password-maps”",
                   maker->plan->config_directory);
      return FALSE;
    }

  directory = g_string_new (maker->plan->config_directory);
  g_string_replace (directory, "$", "$$", 0);  /* no macro */
  text = g_strdup_printf ("%s:%s/sasl_passwd", inspection->default_map_type, directory->str);
  return nullmail_main_cf_set_value (main_cf, "smtp_sasl_password_maps", text, error);
}

/* The table that the library has written entries to, where main.cf no longer names it. */
static gboolean
find_own_table (NullmailPlan        *plan,
                NullmailPasswordMap *map)
{
  const char *table = plan->record_before->table;
  const char *colon = table != NULL && plan->record_before->own_keys[0] != NULL
                      ? strchr (table, ':') : NULL;

  if (colon == NULL)
    return FALSE;

  map->map_type = g_strndup (table, colon - table);
  map->path = g_strdup (colon + 1);
  return TRUE;
}

/* The password file that the new main.cf names, or else the old one's. */
static gboolean
load_table (NullmailPlanMaker  *maker,
            GError            **error)
{
  NullmailPlan *plan = maker->plan;
  g_auto(NullmailPasswordMap) map = { .item = NULL };
  g_autoptr(GError) local_error = NULL;

  if (!_nullmail_password_map_find (&map, plan->main_cf, maker->macros))
    {
      if (maker->request->credentials != NULL)
        {
          g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_MAP,
                       "Credentials were given, but smtp_sasl_password_maps in “%s” names no file "
                       "that they could be written to: make it hash:%s/sasl_passwd or the like, or "
                       "leave them out, and give them to the service that it names",
                       plan->main_cf_path, plan->config_directory);
          return FALSE;
        }
      if (!_nullmail_password_map_find (&map, plan->before, maker->macros)
          && !find_own_table (plan, &map))
        return TRUE;
    }

  plan->table = _nullmail_password_table_load (map.path, map.map_type, maker->cancellable,
                                               &local_error);
  if (plan->table == NULL)
    {
      /* If it has nothing to do there the plan can still be made; the checks tell of the file. */
      if (!maker->request->purges && maker->request->flags == NULLMAIL_PLAN_FLAGS_NONE
          && maker->request->credentials == NULL
          && !g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  plan->table->command_directory =
    g_strdup (nullmail_postfix_instance_get_command_directory (maker->instance));
  if (!plan->creates_main_cf)
    plan->table->config_directory = g_strdup (plan->config_directory);
  if (plan->table->base != NULL)
    plan->passwords_before = _nullmail_password_file_copy (plan->table->contents);
  return TRUE;
}

/* The table is to be written: of a type that this Postfix can open. */
static gboolean
settle_map_type (NullmailPlanMaker  *maker,
                 GError            **error)
{
  NullmailPlan *plan = maker->plan;
  g_autoptr(NullmailInspection) inspection = NULL;
  g_auto(NullmailPasswordMap) map = { .item = NULL };
  g_autofree char *old_map = NULL;
  g_autofree char *new_map = NULL;

  if (maker->request->credentials == NULL && plan->table->transition == NULL
      && (_nullmail_password_table_is_unchanged (plan->table)
          || _nullmail_password_table_is_orphan (plan->table)))
    return TRUE;

  inspection = get_inspection (maker, error);
  if (inspection == NULL)
    return FALSE;
  /* Where Postfix cannot be asked for its types, postmap will say whether it knows this one. */
  if (_nullmail_lookup_map_type_is_known (plan->table->map_type)
      && (maker->guess != NULL || plan->creates_main_cf
          || _nullmail_inspection_has_map_type (inspection, plan->table->map_type)))
    return TRUE;

  plan->obsolete_type = g_steal_pointer (&plan->table->map_type);
  plan->table->map_type = g_strdup (inspection->default_map_type);
  old_map = _nullmail_lookup_map_get_path (plan->table->path, plan->obsolete_type);
  new_map = _nullmail_lookup_map_get_path (plan->table->path, plan->table->map_type);
  if (old_map != NULL && g_strcmp0 (old_map, new_map) != 0
      && g_file_test (old_map, G_FILE_TEST_EXISTS))
    plan->obsolete_map = g_steal_pointer (&old_map);

  return !_nullmail_password_map_find (&map, plan->main_cf, maker->macros)
         || _nullmail_password_map_retype (&map, plan->main_cf, inspection->default_map_type,
                                           error);
}

/* What every connection is sure of: nothing, encryption, the relay's identity. */
static NullmailChannel
get_channel (NullmailMainCf *main_cf)
{
  gboolean supported;

  return _nullmail_tls_level_get_channel (_nullmail_config_read_tls_level (main_cf, &supported));
}

/* Whether the table that the new main.cf names is that of the old one, with the relay's key in it:
 * only then can the new main.cf be seen before the new table. */
static gboolean
table_stays (NullmailPlanMaker *maker)
{
  NullmailPlan *plan = maker->plan;
  g_auto(NullmailPasswordMap) before = { .item = NULL };

  return plan->table != NULL && plan->obsolete_type == NULL && plan->passwords_before != NULL
         && _nullmail_password_map_find (&before, plan->before, maker->macros)
         && g_str_equal (before.path, plan->table->path)
         && g_str_equal (before.map_type, plan->table->map_type)
         && _nullmail_password_file_has_key (plan->passwords_before, maker->key_before);
}

/* Which of the two files may be seen first, and whether nobody may see the moment between. */
static void
settle_order (NullmailPlanMaker *maker)
{
  NullmailPlan *plan = maker->plan;
  gboolean same_key = maker->key_before != NULL && maker->key_after != NULL
                      && g_ascii_strcasecmp (maker->key_before, maker->key_after) == 0;
  gboolean ends_login = maker->key_before != NULL && maker->key_after == NULL;
  gboolean drops_key = plan->table != NULL && maker->key_before != NULL
                       && plan->passwords_before != NULL
                       && _nullmail_plan_reads_table (maker, plan->before)
                       && _nullmail_password_file_has_key (plan->passwords_before,
                                                           maker->key_before)
                       && !_nullmail_password_file_has_key (plan->table->contents,
                                                            maker->key_before);

  /* A new password for the same relay must not go over the weaker channel of the old main.cf. */
  plan->main_cf_first = same_key && _nullmail_plan_changes_main_cf (plan)
                        && get_channel (plan->main_cf) > get_channel (plan->before)
                        && table_stays (maker);
  plan->stops_postfix = ends_login || drops_key;
}

/* A record that is damaged, or not for everybody's eyes, hinders an undo and a purge only. */
static gboolean
load_record (NullmailPlanMaker  *maker,
             GError            **error)
{
  NullmailPlan *plan = maker->plan;
  g_autoptr(NullmailStateFolder) folder =
    _nullmail_state_folder_new (nullmail_postfix_instance_get_state_directory (maker->instance),
                                plan->config_directory);

  plan->record_before =
    _nullmail_undo_record_load (folder, _nullmail_main_cf_peek_bytes (plan->before),
                                maker->request->purges ? error : NULL);
  if (plan->record_before == NULL && maker->request->purges)
    return FALSE;

  if (plan->record_before == NULL)
    plan->record_before = _nullmail_undo_record_new ();
  return TRUE;
}

/* Names that Postfix derives from the host when main.cf does not set them. */
static gboolean
add_host_macros (NullmailPlanMaker  *maker,
                 GError            **error)
{
  static const char * const names[] = { "mydomain", "myhostname", NULL };
  g_autofree char *relay = nullmail_main_cf_get_value (maker->plan->main_cf, "relayhost");
  g_autofree char *maps = nullmail_main_cf_get_value (maker->plan->main_cf,
                                                      "smtp_sasl_password_maps");
  g_autoptr(GHashTable) values = NULL;
  GHashTableIter iter;
  gpointer name, value;

  /* Nearly always there is no macro, and nobody to ask. */
  if (maker->request->credentials == NULL
      || ((relay == NULL || strchr (relay, '$') == NULL)
          && (maps == NULL || strchr (maps, '$') == NULL))
      || maker->plan->creates_main_cf)
    return TRUE;

  values = _nullmail_postconf_get_values (
    maker->plan->config_directory,
    nullmail_postfix_instance_get_command_directory (maker->instance), names, maker->cancellable,
    error);
  if (values == NULL)
    return FALSE;

  g_hash_table_iter_init (&iter, values);
  while (g_hash_table_iter_next (&iter, &name, &value))
    g_hash_table_insert (maker->macros, g_strdup (name), g_strdup (value));
  return TRUE;
}

/* Macros in values; a type that is one needs Postfix to be asked. */
static gboolean
load_macros (NullmailPlanMaker  *maker,
             GError            **error)
{
  g_autofree char *maps = nullmail_main_cf_get_value (maker->plan->main_cf,
                                                      "smtp_sasl_password_maps");
  g_autoptr(NullmailInspection) inspection = NULL;

  if (maker->request->credentials != NULL && maps != NULL
      && strstr (maps, "default_database_type") != NULL)
    {
      inspection = get_inspection (maker, error);
      if (inspection == NULL)
        return FALSE;
    }

  maker->macros = _nullmail_postfix_instance_get_macros (maker->instance);
  return add_host_macros (maker, error);
}

static void
read_keys (NullmailPlanMaker *maker)
{
  NullmailPlan *plan = maker->plan;

  if (_nullmail_main_cf_authenticates (plan->before))
    maker->key_before = _nullmail_main_cf_get_relay_key (plan->before, maker->macros);
  if (_nullmail_main_cf_authenticates (plan->main_cf))
    maker->key_after = _nullmail_main_cf_get_relay_key (plan->main_cf, maker->macros);
}

/* hash and btree have the same file: whichever was seen first, the new main.cf or the new table,
 * Postfix could not open the table until the other is there too. */
static gboolean
check_table_file (NullmailPlanMaker  *maker,
                  GError            **error)
{
  NullmailPasswordTable *table = maker->plan->table;
  g_auto(NullmailPasswordMap) before = { .item = NULL };
  g_autofree char *old_file = NULL;
  g_autofree char *new_file = NULL;

  if (maker->key_before == NULL
      || !_nullmail_password_map_find (&before, maker->plan->before, maker->macros)
      || g_str_equal (before.map_type, table->map_type))
    return TRUE;

  old_file = _nullmail_lookup_map_get_path (before.path, before.map_type);
  new_file = _nullmail_lookup_map_get_path (table->path, table->map_type);
  if (old_file == NULL || g_strcmp0 (old_file, new_file) != 0
      || !g_file_test (old_file, G_FILE_TEST_EXISTS))
    return TRUE;

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_MAP,
               "Tables of the types “%s” and “%s” have the same file “%s”, and Postfix could not "
               "open it in between: name another password file for the new type",
               before.map_type, table->map_type, old_file);
  return FALSE;
}

static gboolean
make_table (NullmailPlanMaker  *maker,
            GError            **error)
{
  if (!load_table (maker, error))
    return FALSE;
  if (maker->plan->table == NULL)
    return TRUE;
  if (!check_table_file (maker, error))
    return FALSE;

  return _nullmail_plan_edit_entries (maker, error) && settle_map_type (maker, error);
}

NullmailPlan *
_nullmail_plan_make (NullmailPostfixInstance    *instance,
                     NullmailMainCf             *before,
                     NullmailMainCf             *main_cf,
                     const NullmailPlanRequest  *request,
                     GCancellable               *cancellable,
                     GError                    **error)
{
  g_auto(NullmailPlanMaker) maker = { .instance = instance, .request = request,
                                      .cancellable = cancellable };
  NullmailPlan *plan = maker.plan = _nullmail_plan_new ();

  plan->config_directory = g_strdup (nullmail_postfix_instance_get_config_directory (instance));
  plan->main_cf_path = _nullmail_postfix_instance_get_main_cf_path (instance);
  plan->creates_main_cf = _nullmail_main_cf_get_base (before) == NULL;
  plan->before = nullmail_main_cf_copy (before);
  plan->main_cf = nullmail_main_cf_copy (main_cf);

  if (request->completes
      && (!complete_ca_file (&maker, error) || !complete_password_maps (&maker, error)))
    return NULL;

  if (!load_macros (&maker, error))
    return NULL;

  read_keys (&maker);
  if (!load_record (&maker, error)
      || !_nullmail_plan_check_credentials (&maker, error) || !make_table (&maker, error))
    return NULL;

  settle_order (&maker);
  _nullmail_plan_complete (plan);
  _nullmail_plan_add_findings (instance, plan);
  return g_steal_pointer (&maker.plan);
}
