/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "plan/plan-private.h"

#include <string.h>
#include <sys/stat.h>

#include "document/main-cf-private.h"
#include "document/table-name-private.h"
#include "plan/change-private.h"
#include "store/lookup-map-private.h"

#define CHANGED " (changed)"

static void
add_change (NullmailPlan       *self,
            NullmailChangeKind  kind,
            const char         *path,
            const char         *subject,
            const char         *old_value,
            const char         *new_value)
{
  g_ptr_array_add (self->changes, _nullmail_change_new (kind, path, subject, old_value, new_value));
}

gboolean
_nullmail_plan_changes_main_cf (NullmailPlan *self)
{
  return self->creates_main_cf
         || !g_bytes_equal (_nullmail_main_cf_peek_bytes (self->before),
                            _nullmail_main_cf_peek_bytes (self->main_cf));
}

gboolean
_nullmail_plan_table_changes_source (const NullmailPlanTable *self)
{
  return self->removes_source || self->table->transition != NULL
         || _nullmail_password_table_has_new_source (self->table);
}

static gboolean
add_parameter (NullmailPlan *self,
               const char   *name)
{
  g_autofree char *old_value = nullmail_main_cf_get_value (self->before, name);
  g_autofree char *new_value = nullmail_main_cf_get_value (self->main_cf, name);
  g_autofree char *old_shown = _nullmail_mask_show_value (self->mask, name, old_value);
  g_autofree char *new_shown = _nullmail_mask_show_value (self->mask, name, new_value);

  if (g_strcmp0 (old_value, new_value) == 0)
    return FALSE;

  add_change (self, NULLMAIL_CHANGE_KIND_PARAMETER, self->main_cf_path, name, old_shown, new_shown);
  return TRUE;
}

/* The parameters that may differ: all that either document has, unless it is known what was edited
 * of the one to make the other. */
static char **
list_candidates (NullmailPlan *self)
{
  char **edited = _nullmail_main_cf_list_edited (self->before, self->main_cf);
  g_autoptr(GStrvBuilder) builder = NULL;
  g_auto(GStrv) old_names = NULL;
  g_auto(GStrv) new_names = NULL;

  if (edited != NULL)
    return edited;

  builder = g_strv_builder_new ();
  old_names = nullmail_main_cf_list_names (self->before);
  new_names = nullmail_main_cf_list_names (self->main_cf);
  g_strv_builder_addv (builder, (const char **) old_names);
  for (guint i = 0; new_names[i] != NULL; i++)
    if (!nullmail_main_cf_has_value (self->before, new_names[i]))
      g_strv_builder_add (builder, new_names[i]);

  return g_strv_builder_end (builder);
}

static void
add_main_cf (NullmailPlan *self)
{
  g_auto(GStrv) names = NULL;
  gboolean any = FALSE;

  if (!_nullmail_plan_changes_main_cf (self))
    return;

  names = list_candidates (self);
  for (guint i = 0; names[i] != NULL; i++)
    any = add_parameter (self, names[i]) || any;

  if (self->creates_main_cf || !any)
    add_change (self, NULLMAIL_CHANGE_KIND_FILE, self->main_cf_path, self->main_cf_path,
                NULL, NULL);
}

/* What an entry is on one side of a change. A password file that is NULL has no entries. */
typedef struct
{
  gboolean              is_there;
  char                 *username;
  NullmailSecureBuffer *password;
  char                 *shown_key;
  char                 *shown_value;
} Entry;

static void
entry_clear (Entry *entry)
{
  g_free (entry->username);
  g_clear_pointer (&entry->password, _nullmail_secure_buffer_unref);
  g_free (entry->shown_key);
  g_free (entry->shown_value);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Entry, entry_clear)

static void
entry_init (Entry                *entry,
            NullmailPasswordFile *file,
            const char           *key)
{
  *entry = (Entry) { .is_there = FALSE };
  if (file == NULL
      || !_nullmail_password_file_describe (file, key, &entry->shown_key, &entry->shown_value))
    return;

  entry->is_there = _nullmail_password_file_lookup (file, key, &entry->username, &entry->password);
}

static void
add_key (NullmailPlan            *self,
         const NullmailPlanTable *table,
         GPtrArray               *replaced,
         const char              *key)
{
  g_auto(Entry) before = { .is_there = FALSE };
  g_auto(Entry) after = { .is_there = FALSE };
  g_autofree char *new_value = NULL;
  gboolean same_password;

  entry_init (&before, table->before, key);
  entry_init (&after, table->table->contents, key);
  same_password = before.is_there && after.is_there
                  && _nullmail_secure_buffer_equal (before.password, after.password);
  if (before.is_there == after.is_there && same_password
      && g_strcmp0 (before.username, after.username) == 0)
    return;

  if (after.is_there)
    new_value = g_strconcat (after.shown_value,
                             before.is_there && !same_password ? CHANGED : NULL, NULL);
  add_change (self, NULLMAIL_CHANGE_KIND_CREDENTIALS, table->table->path,
              after.is_there ? after.shown_key : before.shown_key, before.shown_value, new_value);
  if (before.is_there && after.is_there)
    g_ptr_array_add (replaced, g_strdup (key));
}

static void
add_keys (NullmailPlan      *self,
          NullmailPlanTable *table)
{
  g_autoptr(GPtrArray) replaced = g_ptr_array_new ();
  g_autoptr(GPtrArray) new_keys = _nullmail_password_file_list_keys (table->table->contents);

  if (table->before != NULL)
    {
      g_autoptr(GPtrArray) old_keys = _nullmail_password_file_list_keys (table->before);

      for (guint i = 0; i < old_keys->len; i++)
        add_key (self, table, replaced, g_ptr_array_index (old_keys, i));
    }

  for (guint i = 0; i < new_keys->len; i++)
    {
      const char *key = g_ptr_array_index (new_keys, i);

      if (table->before == NULL || !_nullmail_password_file_has_key (table->before, key))
        add_key (self, table, replaced, key);
    }

  g_ptr_array_add (replaced, NULL);
  g_strfreev (table->replaced);
  table->replaced = (char **) g_ptr_array_free (g_steal_pointer (&replaced), FALSE);
}

static void
add_mode (NullmailPlan *self,
          const char   *path,
          mode_t        mode)
{
  char old_mode[8], new_mode[8];

  g_snprintf (old_mode, sizeof old_mode, "%04o", mode & 07777);
  g_snprintf (new_mode, sizeof new_mode, "%04o", mode & 0600);
  add_change (self, NULLMAIL_CHANGE_KIND_MODE, path, path, old_mode, new_mode);
}

static void
add_source (NullmailPlan      *self,
            NullmailPlanTable *table)
{
  const char *path = table->table->path;
  guint n_before = self->changes->len;

  if (!_nullmail_plan_table_changes_source (table))
    return;

  add_keys (self, table);
  if (!table->removes_source && _nullmail_password_table_is_exposed (table->table))
    add_mode (self, path, table->table->source.st_mode);
  if (table->removes_source || table->before == NULL || self->changes->len == n_before)
    add_change (self, NULLMAIL_CHANGE_KIND_FILE, path, path, NULL, NULL);
}

/* Whether the map will hold something else than before. One that is built anew only because of its
 * own mode, or that of its source, holds what it held. */
static gboolean
has_new_map (NullmailPasswordTable *table,
             gboolean               is_retyped)
{
  return table->transition != NULL || table->rebuild || is_retyped
         || table->map_state == NULLMAIL_LOOKUP_MAP_STALE
         || table->map_state == NULLMAIL_LOOKUP_MAP_MISSING
         || table->map_state == NULLMAIL_LOOKUP_MAP_WRONG
         || table->map_state == NULLMAIL_LOOKUP_MAP_UNKNOWN
         || _nullmail_password_table_has_new_contents (table);
}

static void
add_map (NullmailPlan      *self,
         NullmailPlanTable *plan_table)
{
  NullmailPasswordTable *table = plan_table->table;
  g_autofree char *map_path = _nullmail_lookup_map_get_path (table->path, table->map_type);

  if (map_path == NULL || plan_table->removes_source
      || (table->transition == NULL && _nullmail_password_table_is_unchanged (table)))
    return;

  if (table->map_state == NULLMAIL_LOOKUP_MAP_EXPOSED)
    add_mode (self, map_path, table->map.st_mode);
  if (has_new_map (table, plan_table->is_retyped))
    add_change (self, NULLMAIL_CHANGE_KIND_MAP, map_path, map_path,
                table->has_map ? table->map_type : NULL, table->map_type);
}

static gboolean
changes_texthash (NullmailPlan *self)
{
  for (guint i = 0; i < self->tables->len; i++)
    {
      const NullmailPlanTable *table = g_ptr_array_index (self->tables, i);

      if (_nullmail_table_type_get_suffix (table->table->map_type) == NULL
          && _nullmail_plan_table_changes_source (table))
        return TRUE;
    }

  return FALSE;
}

static NullmailActivation
find_activation (NullmailPlan *self,
                 gboolean      needs_restart)
{
  if (_nullmail_plan_changes_main_cf (self))
    return needs_restart ? NULLMAIL_ACTIVATION_RESTART : NULLMAIL_ACTIVATION_RELOAD;

  /* A daemon reads a file of patterns, or a texthash, once, when it starts. That a map was replaced
   * it notices by itself. */
  return self->files->len > 0 || changes_texthash (self) ? NULLMAIL_ACTIVATION_RELOAD
                                                         : NULLMAIL_ACTIVATION_NONE;
}

void
_nullmail_plan_complete (NullmailPlan *self,
                         gboolean      needs_restart)
{
  add_main_cf (self);
  for (guint i = 0; i < self->tables->len; i++)
    {
      add_source (self, g_ptr_array_index (self->tables, i));
      add_map (self, g_ptr_array_index (self->tables, i));
    }
  for (guint i = 0; i < self->files->len; i++)
    {
      const NullmailPlanFile *file = g_ptr_array_index (self->files, i);

      add_change (self, NULLMAIL_CHANGE_KIND_FILE, file->path, file->path, NULL, NULL);
    }
  for (guint i = 0; i < self->removals->len; i++)
    {
      const NullmailPlanRemoval *removal = g_ptr_array_index (self->removals, i);

      add_change (self, NULLMAIL_CHANGE_KIND_MAP, removal->path, removal->path, removal->map_type,
                  NULL);
    }

  g_ptr_array_sort (self->changes, _nullmail_change_compare);
  self->activation = find_activation (self, needs_restart);
}
