/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* How a plan is made.
 *
 * The planner has two texts of main.cf, that of now and the one that is to be, and finds out what
 * else must change with it: the password file, its table, and what is no longer used. It compares
 * what Postfix takes the two for, never their texts, and it writes nothing.
 *
 * 1. What typed settings leave open is filled in: the system's certification authorities, and a
 *    table for the login. Patterns go into files where this Postfix needs that. (planner-cas.c,
 *    complete_..., planner-files.c)
 * 2. The key that Postfix looks the login up with, now and then, decides which entry is needed.
 * 3. The password file that the new main.cf names, or else the old one, is read, and its entries
 *    become what they are to be: the new login is in it, and still the old one, for messages in
 *    flight; what the library wrote and nobody needs is out. (planner-entries.c)
 * 4. If Postfix cannot open tables of its type, it gets another, and main.cf says so. The map of
 *    the type that it had goes.
 * 5. The order of the commit: nobody may see a relay without its password, nor a new password with
 *    a main.cf that would send it over a weaker channel than the new one. (settle_order)
 * 6. A purge adds what was used before. (planner-purge.c)
 * 7. All of it becomes the list of changes, and the checks judge the states before and after, which
 *    see the same world: everything outside is looked at once. (planner-findings.c) */

#include "plan/planner-private.h"

#include <string.h>

#include "base/error-private.h"
#include "config/relay-channel-private.h"
#include "config/sasl-lists-private.h"
#include "config/settings-private.h"
#include "document/main-cf-private.h"
#include "document/table-name-private.h"
#include "document/value-list-private.h"
#include "postfix/policy-query-private.h"

#define MAPS "smtp_sasl_password_maps"

static void
planner_clear (NullmailPlanner *self)
{
  g_clear_object (&self->plan);
  g_clear_pointer (&self->observation, _nullmail_observation_free);
  g_clear_pointer (&self->before, _nullmail_effective_free);
  g_clear_pointer (&self->after, _nullmail_effective_free);
  g_clear_pointer (&self->key_before, g_free);
  g_clear_pointer (&self->key_after, g_free);
  g_clear_pointer (&self->record, _nullmail_undo_record_free);
  g_clear_pointer (&self->others, g_ptr_array_unref);
  g_clear_pointer (&self->notes, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailPlanner, planner_clear)

NullmailUndoRecord *
_nullmail_planner_load_record (NullmailPlanner  *self,
                               GError          **error)
{
  g_autoptr(NullmailStateFolder) folder = NULL;

  if (self->record != NULL)
    return self->record;

  folder = _nullmail_state_folder_new (
    _nullmail_installation_get_state_directory (self->installation), self->plan->config_directory);
  self->record = _nullmail_undo_record_load (folder,
                                             _nullmail_main_cf_peek_bytes (self->plan->before),
                                             error);
  if (self->record == NULL && error == NULL)
    self->record = _nullmail_undo_record_new ();

  return self->record;
}

/* Brings lists of login mechanisms up to date that an earlier version of the library wrote. */
static gboolean
complete_sasl_lists (NullmailPlanner  *self,
                     GError          **error)
{
  return !_nullmail_effective_logs_in (self->after)
         || _nullmail_sasl_lists_update (self->plan->main_cf, error);
}

/* Whether the only table is a file of a folder that is not there, as in the main.cf of another
 * host: Postfix cannot read it, and nothing can be written to it. What this plan brings in is
 * somebody's decision. */
static gboolean
is_nowhere (NullmailPlanner           *self,
            const NullmailPasswordMap *map,
            const char                *present)
{
  g_autofree char *before = nullmail_main_cf_get_value (self->plan->before, MAPS);
  g_autofree char *after = nullmail_main_cf_get_value (self->plan->main_cf, MAPS);
  g_auto(GStrv) items = _nullmail_table_list_split (present);
  g_autofree char *folder = g_path_get_dirname (map->path);

  return g_strcmp0 (before, after) == 0 && g_strv_length (items) == 1
         && _nullmail_host_facts_observe_directory (
              _nullmail_observation_get_host (self->observation), folder) == NULLMAIL_FACT_NO;
}

/* Whether smtp_sasl_password_maps lacks a file for the login: it names no table at all, or only
 * such as are written out or of another host, and there is a password to be written. A service or
 * a database that has the passwords is left alone, since somebody wants them there and in no file.
 * A value that is not known may name a table, and the checks report it. */
static gboolean
lacks_password_file (NullmailPlanner *self)
{
  g_autofree char *present = _nullmail_effective_get_value (self->after, MAPS);
  g_auto(NullmailPasswordMap) map = { .item = NULL };
  g_auto(GStrv) items = NULL;

  if (!_nullmail_effective_logs_in (self->after) || present == NULL)
    return FALSE;
  if (*present == '\0')
    return TRUE;
  if (self->request->credentials == NULL)
    return FALSE;
  if (_nullmail_password_map_find (&map, self->after))
    return is_nowhere (self, &map, present);

  items = _nullmail_table_list_split (present);
  for (guint i = 0; items[i] != NULL; i++)
    {
      g_auto(NullmailTableName) name = { 0 };

      if (!_nullmail_table_name_parse (&name, items[i])
          || _nullmail_table_name_get_kind (&name) != NULLMAIL_TABLE_INLINE)
        return FALSE;
    }

  return TRUE;
}

/* Whether mail waits for a table, and would take the password out in clear if it had one. A plan
 * for something else does not bring that about. */
static gboolean
waits_in_clear (NullmailPlanner *self)
{
  return self->request->credentials == NULL && _nullmail_effective_logs_in (self->before)
         && _nullmail_relay_channel_is_leaky (self->after);
}

/* Puts a table in the configuration directory at the front of smtp_sasl_password_maps, where
 * Postfix looks first, if it lacks one. A file that cannot be there makes room for it: with such a
 * table Postfix would look nothing up. */
static gboolean
complete_password_maps (NullmailPlanner  *self,
                        GError          **error)
{
  const char *config_directory = self->plan->config_directory;
  g_auto(NullmailPasswordMap) map = { .item = NULL };
  g_autofree char *present = NULL;
  g_autoptr(GString) directory = NULL;
  g_autofree char *text = NULL;
  const char *map_type;

  if (!lacks_password_file (self) || waits_in_clear (self))
    return TRUE;

  if (strpbrk (config_directory, ", \t\r\n") != NULL)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
                   "The configuration directory “%s” has a blank or comma in its name, so that "
                   "main.cf cannot name a password file in it: set “password-maps”",
                   config_directory);
      return FALSE;
    }

  map_type = _nullmail_installation_choose_map_type (self->installation, self->after,
                                                     self->cancellable, error);
  if (map_type == NULL)
    return FALSE;

  directory = g_string_new (config_directory);
  g_string_replace (directory, "$", "$$", 0);  /* a “$” in the path is not the start of a macro */
  if (!_nullmail_password_map_find (&map, self->after))
    present = nullmail_main_cf_get_value (self->plan->main_cf, MAPS);
  text = g_strdup_printf ("%s:%s/sasl_passwd%s%s", map_type, directory->str,
                          present != NULL && *present != '\0' ? ", " : "",
                          present != NULL ? present : "");
  return nullmail_main_cf_set_value (self->plan->main_cf, MAPS, text, error);
}

NullmailPasswordTable *
_nullmail_planner_load_table (NullmailPlanner  *self,
                              const char       *path,
                              const char       *map_type,
                              GError          **error)
{
  NullmailPasswordTable *table =
    _nullmail_observation_read_table (self->observation, path, map_type, error);

  if (table == NULL)
    return NULL;

  table = _nullmail_password_table_copy (table);
  _nullmail_password_map_set_separator (self->before, table->contents);
  _nullmail_password_map_set_separator (self->after, table->contents);
  return table;
}

/* Finds the password file that the new main.cf names or else the old one or, if neither names one,
 * the one that the library has written to before. */
static gboolean
find_primary (NullmailPlanner     *self,
              NullmailPasswordMap *map)
{
  NullmailUndoRecord *record;

  if (_nullmail_password_map_find (map, self->after)
      || _nullmail_password_map_find (map, self->before))
    return TRUE;

  /* If main.cf does not change no entry becomes superfluous, so that the old file is of no
   * matter. */
  if (!self->request->purges && !_nullmail_plan_changes_main_cf (self->plan))
    return FALSE;

  record = _nullmail_planner_load_record (self, NULL);
  return record->table != NULL && record->own_keys[0] != NULL
         && _nullmail_password_map_parse (map, record->table);
}

/* Fails if there are credentials and no password file that they could be written to. */
static gboolean
check_destination (NullmailPlanner  *self,
                   GError          **error)
{
  g_auto(NullmailPasswordMap) map = { .item = NULL };
  const char *type;

  if (self->request->credentials == NULL || _nullmail_password_map_find (&map, self->after))
    return TRUE;

  type = _nullmail_installation_choose_map_type (self->installation, self->after,
                                                 self->cancellable, NULL);
  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_MAP,
               "Credentials were given, but smtp_sasl_password_maps in “%s” names no file "
               "that they could be written to: make it %s:%s/sasl_passwd or the like, or "
               "leave them out, and give them to the service that it names",
               self->plan->main_cf_path, type != NULL ? type : "texthash",
               self->plan->config_directory);
  return FALSE;
}

/* Whether the main.cf of before reads the same table. */
static gboolean
was_read_before (NullmailPlanner *self,
                 const char      *path,
                 const char      *map_type)
{
  g_auto(NullmailPasswordMap) before = { .item = NULL };

  return _nullmail_password_map_find (&before, self->before)
         && g_str_equal (before.path, path) && g_str_equal (before.map_type, map_type);
}

/* Whether a password file that could not be read hinders nothing, and is left to the checks: the
 * plan has neither to change it nor to build its map for the first time. What is no such file at
 * all has no map. */
static gboolean
can_do_without (NullmailPlanner           *self,
                const NullmailPasswordMap *map,
                const GError              *error)
{
  const NullmailPlanRequest *request = self->request;

  if (request->purges || request->drops_others || request->credentials != NULL
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return FALSE;

  return !_nullmail_effective_logs_in (self->after)
         || was_read_before (self, map->path, map->map_type)
         || g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE);
}

static gboolean
load_primary (NullmailPlanner  *self,
              GError          **error)
{
  g_auto(NullmailPasswordMap) map = { .item = NULL };
  g_autoptr(GError) local_error = NULL;
  NullmailPasswordTable *table;

  if (!check_destination (self, error))
    return FALSE;
  if (!find_primary (self, &map))
    return TRUE;

  table = _nullmail_planner_load_table (self, map.path, map.map_type, &local_error);
  if (table != NULL)
    {
      self->plan->primary = _nullmail_plan_add_table (self->plan, table);
      return TRUE;
    }

  if (can_do_without (self, &map, local_error))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* Refuses to change between hash and btree while Postfix uses the map. Both have the same file, so
 * that in any order Postfix could not open it between the two exchanges. */
static gboolean
check_shared_file (NullmailPlanner  *self,
                   GError          **error)
{
  NullmailPasswordTable *table = self->plan->primary->table;
  g_auto(NullmailPasswordMap) before = { .item = NULL };
  g_autofree char *old_file = NULL;
  g_autofree char *new_file = NULL;

  if (self->key_before == NULL || !_nullmail_password_map_find (&before, self->before)
      || g_str_equal (before.map_type, table->map_type))
    return TRUE;

  old_file = _nullmail_lookup_map_get_path (before.path, before.map_type);
  new_file = _nullmail_lookup_map_get_path (table->path, table->map_type);
  if (old_file == NULL || g_strcmp0 (old_file, new_file) != 0 || !table->has_map)
    return TRUE;

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_MAP,
               "Tables of the types “%s” and “%s” have the same file “%s”, and Postfix could not "
               "open it in between: name another password file for the new type",
               before.map_type, table->map_type, old_file);
  return FALSE;
}

/* A map that has to be built is for root alone to read, so that Postfix's client has to open it
 * itself, as root, and not by way of proxymap(8). */
static gboolean
settle_opening (NullmailPlanner  *self,
                GError          **error)
{
  g_auto(NullmailPasswordMap) map = { .item = NULL };

  return !_nullmail_password_map_find (&map, self->after) || !map.is_proxied || map.item == NULL
         || _nullmail_password_map_open_directly (&map, self->plan->main_cf, error);
}

/* Gives a map that has to be built a type that this Postfix can open. */
static gboolean
settle_map_type (NullmailPlanner  *self,
                 GError          **error)
{
  NullmailPasswordTable *table = self->plan->primary->table;
  g_auto(NullmailPasswordMap) map = { .item = NULL };
  const char *type;

  if (self->request->credentials == NULL && table->transition == NULL
      && (_nullmail_password_table_is_unchanged (table)
          || _nullmail_password_table_is_orphan (table)))
    return TRUE;
  if (!settle_opening (self, error))
    return FALSE;
  if (_nullmail_table_type_can_be_built (table->map_type)
      && _nullmail_installation_query_map_type (self->installation, self->after, table->map_type,
                                                self->cancellable) != NULLMAIL_FACT_NO)
    return TRUE;

  type = _nullmail_installation_choose_map_type (self->installation, self->after,
                                                 self->cancellable, error);
  if (type == NULL)
    return FALSE;

  _nullmail_password_table_set_type (table, type);
  self->plan->primary->is_retyped = TRUE;
  self->plan->primary->needs_map = TRUE;

  return !_nullmail_password_map_find (&map, self->after)
         || _nullmail_password_map_retype (&map, self->plan->main_cf, type, error);
}

/* A password that is to be there may be in the source already and not in the map, whatever their
 * times say: one of them may have been copied here with its own. */
static void
ask_map (NullmailPlanner *self)
{
  NullmailPasswordTable *table = self->plan->primary->table;

  if (_nullmail_effective_logs_in (self->after) && _nullmail_password_table_is_unchanged (table)
      && _nullmail_observation_ask_table (self->observation, table->path, table->map_type)
         == NULLMAIL_MAP_ANSWERS_WRONG)
    table->rebuild = TRUE;
}

/* A table that proxymap(8) opens is read by Postfix's own user, whom a stricter mode, or a map that
 * is made anew, would keep out. */
static gboolean
is_proxied (NullmailPlanner *self)
{
  g_auto(NullmailPasswordMap) map = { .item = NULL };

  return _nullmail_password_map_find (&map, self->after) && map.is_proxied;
}

/* Modes and times are mended by the way, and what cannot be mended keeps nobody from anything else:
 * the checks report it. A password that is to be there needs a map that has it, and so does a
 * main.cf that is the first one to name the table. */
static void
give_up_mending (NullmailPlanner *self)
{
  NullmailPlanTable *primary = self->plan->primary;
  NullmailPasswordTable *table = primary->table;
  gboolean lacks_map = table->map_state != NULLMAIL_LOOKUP_MAP_FRESH
                       && table->map_state != NULLMAIL_LOOKUP_MAP_EXPOSED;

  primary->needs_map = lacks_map && (self->request->credentials != NULL
                                     || (_nullmail_effective_logs_in (self->after)
                                         && !was_read_before (self, table->path,
                                                              table->map_type)));
  if (_nullmail_password_table_only_mends (table) && !primary->needs_map)
    table->stays = is_proxied (self) || !_nullmail_password_table_can_be_mended (table);
}

static gboolean
make_primary (NullmailPlanner  *self,
              GError          **error)
{
  g_autofree char *old_type = NULL;

  if (!load_primary (self, error))
    return FALSE;
  if (self->plan->primary == NULL)
    return TRUE;

  old_type = g_strdup (self->plan->primary->table->map_type);
  if (!check_shared_file (self, error) || !_nullmail_planner_edit_entries (self, error))
    return FALSE;

  ask_map (self);
  give_up_mending (self);
  if (!settle_map_type (self, error))
    return FALSE;

  _nullmail_planner_remove_retyped (self, old_type);
  return TRUE;
}

/* Whether both main.cf name the same table, so that mail finds in it what it finds now, the old
 * password or none: then the new main.cf may be seen before the new map. It has to be where the
 * old one names the text itself, of which there is a map from now on; until that is there mail
 * waits. */
static gboolean
table_stays (NullmailPlanner *self)
{
  const NullmailPlanTable *primary = self->plan->primary;

  return primary != NULL
         && ((!primary->is_retyped
              && was_read_before (self, primary->table->path, primary->table->map_type))
             || was_read_before (self, primary->table->path, "texthash"));
}

static gboolean
drops_key_of_before (NullmailPlanner *self)
{
  const NullmailPlanTable *primary = self->plan->primary;

  return primary != NULL && self->key_before != NULL && primary->before != NULL
         && _nullmail_planner_reads_file (self->before, primary->table->path)
         && _nullmail_password_file_has_key (primary->before, self->key_before)
         && !_nullmail_password_file_has_key (primary->table->contents, self->key_before);
}

/* Decides which of main.cf and the password file may be seen first, and whether Postfix must be
 * stopped since it may not see either of them without the other. */
static void
settle_order (NullmailPlanner *self)
{
  NullmailPlan *plan = self->plan;
  gboolean same_key = self->key_before != NULL && self->key_after != NULL
                      && g_ascii_strcasecmp (self->key_before, self->key_after) == 0;
  gboolean ends_login = self->key_before != NULL && self->key_after == NULL;

  /* A new password for the same relay must not go over the weaker channel of the old main.cf. */
  plan->main_cf_first = same_key && _nullmail_plan_changes_main_cf (plan)
                        && table_stays (self)
                        && _nullmail_relay_channel_is_weaker (self->after, self->before);
  plan->stops_postfix = ends_login || drops_key_of_before (self);
}

static gboolean
is_effective_differently (NullmailPlanner *self,
                          const char      *parameter)
{
  g_autofree char *before = _nullmail_effective_get_value (self->before, parameter);
  g_autofree char *after = _nullmail_effective_get_value (self->after, parameter);

  return before == NULL || after == NULL || !g_str_equal (before, after);
}

/* Whether something changes that master(8) reads when it starts, and never again. */
static gboolean
needs_restart (NullmailPlanner *self)
{
  if (!_nullmail_plan_changes_main_cf (self->plan))
    return FALSE;

  for (guint i = 0; i < NULLMAIL_N_SETTINGS; i++)
    {
      const NullmailSetting *setting = _nullmail_setting_get (i);

      if (setting->activation == NULLMAIL_ACTIVATION_CLASS_RESTART
          && is_effective_differently (self, setting->parameter))
        return TRUE;
    }

  return FALSE;
}

static void
planner_init (NullmailPlanner           *self,
              NullmailInstallation      *installation,
              NullmailMainCf            *before,
              NullmailMainCf            *main_cf,
              const NullmailPlanRequest *request,
              GCancellable              *cancellable)
{
  g_autoptr(NullmailMainCf) now = nullmail_main_cf_copy (before);
  g_autoptr(NullmailMainCf) next = nullmail_main_cf_copy (main_cf);

  self->installation = installation;
  self->request = request;
  self->cancellable = cancellable;
  self->notes = g_ptr_array_new_with_free_func ((GDestroyNotify) nullmail_finding_unref);
  self->observation = _nullmail_observation_new (installation, cancellable);
  self->before = _nullmail_installation_read (installation, now, cancellable);
  _nullmail_policy_query_attach (installation, self->before);
  self->after = _nullmail_effective_for_main_cf (self->before, next);

  self->plan = _nullmail_plan_new (now, next);
  self->plan->installation = _nullmail_installation_ref (installation);
  self->plan->config_directory =
    g_strdup (_nullmail_installation_get_config_directory (installation));
  self->plan->main_cf_path = g_strdup (_nullmail_installation_get_main_cf_path (installation));
  self->plan->creates_main_cf = _nullmail_main_cf_get_base (before) == NULL;
}

NullmailPlan *
_nullmail_planner_make (NullmailInstallation       *installation,
                        NullmailMainCf             *before,
                        NullmailMainCf             *main_cf,
                        const NullmailPlanRequest  *request,
                        GCancellable               *cancellable,
                        GError                    **error)
{
  g_auto(NullmailPlanner) self = { .installation = NULL };

  planner_init (&self, installation, before, main_cf, request, cancellable);
  if (request->modernises && !complete_sasl_lists (&self, error))
    return NULL;
  if (request->completes
      && (!_nullmail_planner_complete_cas (&self, error) || !complete_password_maps (&self, error)))
    return NULL;

  if (!_nullmail_planner_settle_files (&self, error))
    return NULL;
  if (_nullmail_effective_logs_in (self.before))
    self.key_before = _nullmail_effective_get_relay_key (self.before);
  if (_nullmail_effective_logs_in (self.after))
    self.key_after = _nullmail_effective_get_relay_key (self.after);
  if (!_nullmail_planner_check_credentials (&self, error) || !make_primary (&self, error))
    return NULL;

  settle_order (&self);
  if (request->purges && !_nullmail_planner_purge (&self, error))
    return NULL;

  self.plan->mask =
    _nullmail_mask_new (self.before, self.after,
                        _nullmail_observation_read_options (self.observation),
                        (const char * const *)
                        _nullmail_planner_load_record (&self, NULL)->hidden);
  _nullmail_plan_complete (self.plan, needs_restart (&self));
  _nullmail_planner_add_findings (&self);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  return g_steal_pointer (&self.plan);
}
