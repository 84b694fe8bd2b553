/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What nobody names any more. Any plan that gives a password file another type takes the map of the
 * old type, which has the password in it as well.
 *
 * What a purge does beside the password file that main.cf names, which the planner itself sees to.
 * It also looks at the password files that were named before, and at the maps of other types that
 * lie beside any of them. A password file that main.cf and master.cf no longer name loses all
 * entries of the library, and is removed together with its maps if no entry is left. Where one of
 * the two cannot be read, or in doubt, what they may name stays. */

#include "plan/planner-private.h"

#include <string.h>

#include "base/error-private.h"
#include "plan/own-digests-private.h"
#include "plan/table-mentions-private.h"

typedef struct
{
  NullmailPlanner *planner;          /* (unowned) */
  char            *master_cf;        /* (owned) (nullable) its text */
  gboolean         hides_master_cf;  /* there is a master.cf, and it cannot be read */
} Purge;

static void
purge_clear (Purge *self)
{
  g_free (self->master_cf);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Purge, purge_clear)

static void
purge_init (Purge           *self,
            NullmailPlanner *planner)
{
  g_autofree char *path = g_build_filename (planner->plan->config_directory, "master.cf", NULL);
  g_autoptr(GError) error = NULL;

  self->planner = planner;
  self->master_cf = _nullmail_premises_load_text (planner->plan->premises, planner->observation,
                                                  path, &error);
  self->hides_master_cf = self->master_cf == NULL
                          && !g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_FOUND);
}

/* Whether main.cf or master.cf names a table. In doubt they do, so that it stays. */
static gboolean
is_named_here (Purge      *self,
               const char *type,
               const char *path)
{
  return self->hides_master_cf
         || _nullmail_configuration_names_table (self->planner->after, self->master_cf, type, path);
}

/* Whether those of this or of another instance do. */
static gboolean
is_named (Purge      *self,
          const char *type,
          const char *path)
{
  return is_named_here (self, type, path)
         || _nullmail_planner_is_named_elsewhere (self->planner, type, path);
}

/* Whether a table of any type is named whose map is this file: hash and btree share one suffix. */
static gboolean
is_map_named (Purge      *self,
              const char *map_path,
              const char *path)
{
  const char *type;

  for (guint i = 0; (type = _nullmail_table_type_get_nth (i)) != NULL; i++)
    {
      g_autofree char *other = _nullmail_lookup_map_get_path (path, type);

      if (g_strcmp0 (other, map_path) == 0 && is_named (self, type, path))
        return TRUE;
    }

  return FALSE;
}

/* Removes the maps of a source that no configuration names. map_path is the one that is in use or
 * will be built by this plan, and stays. */
static void
remove_maps (Purge      *self,
             const char *path,
             const char *map_path)
{
  g_autoptr(GPtrArray) seen = g_ptr_array_new_with_free_func (g_free);
  const char *type;

  for (guint i = 0; (type = _nullmail_table_type_get_nth (i)) != NULL; i++)
    {
      g_autofree char *other = _nullmail_lookup_map_get_path (path, type);

      if (other == NULL || g_ptr_array_find_with_equal_func (seen, other, g_str_equal, NULL)
          || g_strcmp0 (other, map_path) == 0 || !g_file_test (other, G_FILE_TEST_EXISTS)
          || is_map_named (self, other, path))
        continue;

      _nullmail_plan_add_removal (self->planner->plan, other, type);
      g_ptr_array_add (seen, g_steal_pointer (&other));
    }
}

/* Removes the map that a source has as a table of one type, unless a configuration names it, or
 * it is all that is left of the source. */
static void
remove_map (NullmailPlanner *planner,
            const char      *type,
            const char      *path)
{
  g_auto(Purge) self = { .planner = NULL };
  g_autofree char *map_path = _nullmail_lookup_map_get_path (path, type);

  if (map_path == NULL || !g_file_test (map_path, G_FILE_TEST_EXISTS)
      || !g_file_test (path, G_FILE_TEST_EXISTS)
      || !_nullmail_planner_reads_file (planner->after, path))
    return;

  purge_init (&self, planner);
  if (!is_map_named (&self, map_path, path))
    _nullmail_plan_add_removal (planner->plan, map_path, type);
}

/* The maps of the tables that the old main.cf names, where the new one has the same source as a
 * table of another type. */
static void
remove_maps_of_before (NullmailPlanner *planner)
{
  g_autofree char *before = _nullmail_effective_get_value (planner->before,
                                                           "smtp_sasl_password_maps");
  g_autofree char *after = _nullmail_effective_get_value (planner->after,
                                                          "smtp_sasl_password_maps");
  gboolean is_found = g_strcmp0 (before, after) != 0;

  for (guint i = 0; is_found; i++)
    {
      g_auto(NullmailPasswordMap) map = { .item = NULL };

      is_found = _nullmail_password_map_find_nth (&map, planner->before, i);
      if (is_found)
        remove_map (planner, map.map_type, map.path);
    }
}

void
_nullmail_planner_remove_retyped (NullmailPlanner *planner,
                                  const char      *old_type)
{
  NullmailPlan *plan = planner->plan;
  NullmailPasswordTable *table = plan->primary->table;
  g_auto(NullmailPasswordMap) map = { .item = NULL };
  NullmailUndoRecord *record;

  if (!g_str_equal (old_type, table->map_type))
    remove_map (planner, old_type, table->path);
  remove_maps_of_before (planner);

  /* Main.cf may have got the new type from another program since the library wrote the old one. A
   * plan that has nothing else to do stays empty. */
  if (!_nullmail_plan_changes_main_cf (plan) && _nullmail_password_table_is_unchanged (table))
    return;

  record = _nullmail_planner_load_record (planner, NULL);
  if (record->table != NULL && _nullmail_password_map_parse (&map, record->table)
      && _nullmail_paths_are_same (map.path, table->path))
    remove_map (planner, map.map_type, table->path);
}

/* Refuses to take entries from a map without its source: such a map can only be removed as a whole,
 * and not even that if it is named. */
static gboolean
check_orphan (Purge                  *self,
              NullmailPasswordTable  *table,
              GError                **error)
{
  g_autofree char *map_path = _nullmail_lookup_map_get_path (table->path, table->map_type);

  return !_nullmail_password_table_is_orphan (table)
         || !is_map_named (self, map_path, table->path)
         || _nullmail_password_table_refuse_orphan (table, error);
}

/* Removes a file that has nothing left in it and that nobody names, and the maps that nobody names.
 * The map of a file that stays is left to the planner. */
static gboolean
remove_unused (Purge              *self,
               NullmailPlanTable  *plan_table,
               gboolean            is_file_named,
               GError            **error)
{
  NullmailPasswordTable *table = plan_table->table;
  g_autofree char *map_path = NULL;

  if (plan_table->own_dropped->len > 0 && !check_orphan (self, table, error))
    return FALSE;

  plan_table->removes_source =
    table->base != NULL && !is_file_named
    && _nullmail_password_file_get_buffer (table->contents)->size == 0;
  if (table->base == NULL)
    table->map_state = NULLMAIL_LOOKUP_MAP_FRESH;  /* without its source it cannot be built */
  else if (!plan_table->removes_source)
    map_path = _nullmail_lookup_map_get_path (table->path, table->map_type);

  remove_maps (self, table->path, map_path);
  return TRUE;
}

/* Purges the primary password file, whose entries the planner has seen to. */
static gboolean
purge_primary (Purge   *self,
               GError **error)
{
  NullmailPlanTable *primary = self->planner->plan->primary;
  NullmailUndoRecord *record = self->planner->record;

  if (primary == NULL
      || _nullmail_undo_record_get_own_keys (record, primary->table->path)[0] == NULL)
    return TRUE;

  return remove_unused (self, primary, is_named (self, "", primary->table->path), error);
}

/* Removes the entries of those keys that nobody can need. */
static gboolean
drop_keys (Purge              *self,
           NullmailPlanTable  *plan_table,
           char              **keys,
           gboolean            is_file_named,
           GError            **error)
{
  NullmailPlan *plan = self->planner->plan;
  NullmailPasswordTable *table = plan_table->table;
  g_auto(NullmailKeyReferences) references = { .texts = NULL };

  if (is_file_named)
    _nullmail_key_references_init (&references, self->planner->after, plan->config_directory,
                                   table->path, plan->premises,
                                   self->planner->observation);
  if (references.unreadable != NULL)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_PERMISSION_DENIED,
                   "“%s” in “%s” may name a relay whose password would be dropped from “%s”, and "
                   "cannot be read: remove old entries by hand", references.unreadable,
                   plan->main_cf_path, table->path);
      return FALSE;
    }

  if (!_nullmail_planner_check_elsewhere (self->planner, table->path, error))
    return FALSE;

  for (guint i = 0; keys[i] != NULL; i++)
    {
      if ((is_file_named && _nullmail_key_references_names (&references, keys[i]))
          || _nullmail_planner_is_needed_elsewhere (self->planner, table->path, keys[i]))
        continue;

      if (!_nullmail_own_digests_disown (self->planner->record->digests, table->path, keys[i],
                                         table->contents))
        _nullmail_password_file_remove (table->contents, keys[i]);
      g_ptr_array_add (plan_table->own_dropped, g_strdup (keys[i]));
    }

  return TRUE;
}

/* A map of a type that cannot be built here cannot be opened either, and is not built again. As a
 * texthash the file has no map at all. */
static void
settle_type (Purge                 *self,
             NullmailPasswordTable *table)
{
  NullmailPlanner *planner = self->planner;

  if (!_nullmail_table_type_can_be_built (table->map_type)
      || _nullmail_installation_query_map_type (planner->installation, planner->after,
                                                table->map_type, planner->cancellable)
         == NULLMAIL_FACT_NO)
    _nullmail_password_table_set_type (table, "texthash");
}

/* Purges a password file that main.cf named before. */
static gboolean
purge_file (Purge       *self,
            const char  *name,
            char       **keys,
            GError     **error)
{
  NullmailPlan *plan = self->planner->plan;
  g_auto(NullmailPasswordMap) map = { .item = NULL };
  NullmailPasswordTable *table;
  NullmailPlanTable *plan_table;

  if (keys[0] == NULL || name == NULL || !_nullmail_password_map_parse (&map, name)
      || (plan->primary != NULL && _nullmail_paths_are_same (plan->primary->table->path, map.path)))
    return TRUE;

  table = _nullmail_planner_load_table (self->planner, map.path, map.map_type, error);
  if (table == NULL)
    return FALSE;

  plan_table = _nullmail_plan_add_table (plan, table);
  settle_type (self, table);
  return drop_keys (self, plan_table, keys, is_named_here (self, "", table->path), error)
         && remove_unused (self, plan_table, is_named (self, "", table->path), error);
}

gboolean
_nullmail_planner_purge (NullmailPlanner  *planner,
                         GError          **error)
{
  NullmailUndoRecord *record = _nullmail_planner_load_record (planner, error);
  g_auto(Purge) self = { .planner = NULL };

  if (record == NULL)
    return FALSE;
  if (record->own_keys[0] == NULL && record->left->len == 0)
    return TRUE;

  purge_init (&self, planner);
  if (!purge_primary (&self, error) || !purge_file (&self, record->table, record->own_keys, error))
    return FALSE;

  for (guint i = 0; i < record->left->len; i++)
    {
      const NullmailOwnKeys *own = g_ptr_array_index (record->left, i);

      if (!purge_file (&self, own->table, own->keys, error))
        return FALSE;
    }

  return TRUE;
}
