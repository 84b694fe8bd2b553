/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "plan/undo-private.h"

#include <string.h>

#include "base/error-private.h"
#include "base/regular-file-private.h"
#include "document/macro-private.h"
#include "document/main-cf-private.h"
#include "plan/change.h"
#include "plan/own-digests-private.h"

#define REPLACEMENT "\xef\xbf\xbd"  /* U+FFFD, in place of bytes that are not UTF-8 */

static NullmailMainCf *
load_whole (const NullmailUndoRecord *record,
            NullmailMainCf           *now,
            gboolean                  restores,
            NullmailStateFolder      *folder)
{
  g_autoptr(GBytes) bytes = NULL;

  if ((restores && !record->is_unbroken)
      || !_nullmail_undo_record_digest_is_of (record->after, _nullmail_main_cf_peek_bytes (now)))
    return NULL;

  bytes = _nullmail_undo_record_load_file (folder,
                                           restores ? NULLMAIL_UNDO_FIRST : NULLMAIL_UNDO_PREVIOUS,
                                           restores ? record->first : record->before);
  return bytes != NULL ? nullmail_main_cf_new_from_bytes (bytes, NULL) : NULL;
}

static gboolean
take_back (const NullmailNamedChange  *change,
           NullmailMainCf             *main_cf,
           GPtrArray                  *conflicts,
           GError                    **error)
{
  g_autofree char *value = nullmail_main_cf_get_value (main_cf, change->name);

  if (g_strcmp0 (value, change->old_value) == 0)
    return TRUE;
  if (g_strcmp0 (value, change->new_value) != 0
      || (change->old_value != NULL && strstr (change->old_value, REPLACEMENT) != NULL))
    g_ptr_array_add (conflicts, g_strdup (change->name));

  if (change->old_value != NULL)
    {
      /* A value of several lines with CRLF keeps its CRs, which cannot be written in one line. */
      g_autofree char *text = g_strdelimit (g_strdup (change->old_value), "\r", ' ');

      return nullmail_main_cf_set_value (main_cf, change->name, text, error);
    }

  nullmail_main_cf_unset (main_cf, change->name);
  return TRUE;
}

NullmailMainCf *
_nullmail_undo_make_main_cf (const NullmailUndoRecord  *record,
                             NullmailMainCf            *now,
                             gboolean                   restores,
                             NullmailStateFolder       *folder,
                             GPtrArray                 *conflicts,
                             GError                   **error)
{
  GPtrArray *changes = restores ? record->written : record->changes;
  g_autoptr(NullmailMainCf) main_cf = NULL;

  if (restores ? record->first == NULL : record->before == NULL)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOTHING_TO_UNDO,
                   "There is nothing to undo in “%s”: the library has not changed it, or kept no "
                   "record", _nullmail_state_folder_get_subject (folder));
      return NULL;
    }

  main_cf = load_whole (record, now, restores, folder);
  if (main_cf != NULL)
    return g_steal_pointer (&main_cf);

  main_cf = nullmail_main_cf_copy (now);
  for (guint i = 0; i < changes->len; i++)
    {
      if (!take_back (g_ptr_array_index (changes, i), main_cf, conflicts, error))
        return NULL;
    }

  return g_steal_pointer (&main_cf);
}

static NullmailNamedChange *
find_written (GPtrArray  *written,
              const char *name,
              guint      *index)
{
  for (*index = 0; *index < written->len; (*index)++)
    {
      NullmailNamedChange *change = g_ptr_array_index (written, *index);

      if (g_str_equal (change->name, name))
        return change;
    }

  return NULL;
}

/* Adds one change to the list of all that is different from the first file. A parameter that has
 * its first value again is removed from the list, and so is a file. */
static void
merge_written (GPtrArray  *written,
               const char *name,
               const char *old_value,
               const char *new_value)
{
  guint index;
  NullmailNamedChange *known = find_written (written, name, &index);

  if (known == NULL)
    {
      g_ptr_array_add (written, _nullmail_named_change_new (name, old_value, new_value));
      return;
    }

  if (g_strcmp0 (known->old_value, new_value) == 0)
    {
      g_ptr_array_remove_index (written, index);
      return;
    }

  g_free (known->new_value);
  known->new_value = g_strdup (new_value);
}

NullmailMask *
_nullmail_undo_make_mask (NullmailInstallation *installation,
                          NullmailObservation  *observation,
                          NullmailEffective    *effective)
{
  GBytes *now = _nullmail_main_cf_peek_bytes (_nullmail_effective_get_main_cf (effective));
  g_autoptr(NullmailStateFolder) folder = _nullmail_state_folder_new (
    _nullmail_installation_get_state_directory (installation),
    _nullmail_installation_get_config_directory (installation));
  g_autoptr(NullmailUndoRecord) record = _nullmail_undo_record_load (folder, now, NULL);

  return _nullmail_mask_new (effective, NULL, _nullmail_observation_read_options (observation),
                             record != NULL ? (const char * const *) record->hidden : NULL);
}

gboolean
_nullmail_undo_may_keep (NullmailPlan *plan)
{
  return !_nullmail_mask_hides_main_cf (plan->mask, _nullmail_main_cf_peek_bytes (plan->before));
}

void
_nullmail_undo_forget_files (NullmailPlan        *plan,
                             NullmailStateFolder *folder)
{
  static const char *const names[] = { NULLMAIL_UNDO_PREVIOUS, NULLMAIL_UNDO_FIRST };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr(GBytes) bytes = _nullmail_state_folder_load (folder, names[i], NULL);

      if (bytes != NULL && _nullmail_mask_hides_main_cf (plan->mask, bytes))
        _nullmail_state_folder_remove (folder, names[i]);
    }
}

/* Whether a change may be written to the record. A value with a password in it may not, since
 * others may read the record later. */
static gboolean
is_recordable (NullmailPlan   *plan,
               NullmailChange *change)
{
  const char *name = nullmail_change_get_subject (change);
  g_autofree char *old_value = nullmail_main_cf_get_value (plan->before, name);
  g_autofree char *new_value = nullmail_main_cf_get_value (plan->main_cf, name);

  return !_nullmail_mask_hides_value (plan->mask, name, old_value)
         && !_nullmail_mask_hides_value (plan->mask, name, new_value);
}

/* Notes a change of main.cf, or that it may not be noted. */
static void
add_change (NullmailUndoRecord *record,
            GStrvBuilder       *withheld,
            NullmailPlan       *plan,
            NullmailChange     *change)
{
  const char *name = nullmail_change_get_subject (change);
  const char *old_value = nullmail_change_get_old_value (change);
  const char *new_value = nullmail_change_get_new_value (change);

  if (nullmail_change_get_kind (change) != NULLMAIL_CHANGE_KIND_PARAMETER)
    return;
  if (!is_recordable (plan, change))
    {
      g_strv_builder_add (withheld, name);
      return;
    }

  g_ptr_array_add (record->changes, _nullmail_named_change_new (name, old_value, new_value));
  merge_written (record->written, name, old_value, new_value);
}

/* Takes out what became a password since it was noted. */
static void
withhold (GPtrArray    *changes,
          NullmailPlan *plan,
          GStrvBuilder *left_out)
{
  for (guint i = 0; i < changes->len; i++)
    {
      const NullmailNamedChange *change = g_ptr_array_index (changes, i);

      if (!_nullmail_mask_hides_value (plan->mask, change->name, change->old_value)
          && !_nullmail_mask_hides_value (plan->mask, change->name, change->new_value))
        continue;

      g_strv_builder_add (left_out, change->name);
      g_ptr_array_remove_index (changes, i--);
    }
}

static gboolean
has_name (GBytes     *bytes,
          const char *name)
{
  gsize size, length = strlen (name);
  const char *text = g_bytes_get_data (bytes, &size), *stop = text + size, *found;

  for (const char *p = text; p < stop; p = found + 1)
    {
      found = memmem (p, stop - p, name, length);
      if (found == NULL)
        return FALSE;
      if ((found == text || !_nullmail_is_name_character (found[-1]))
          && (found + length == stop || !_nullmail_is_name_character (found[length])))
        return TRUE;
    }

  return FALSE;
}

static void
add_once (GPtrArray  *list,
          const char *text)
{
  if (!g_ptr_array_find_with_equal_func (list, text, g_str_equal, NULL))
    g_ptr_array_add (list, g_strdup (text));
}

/* Adds the names that are not in the list yet, and whose parameters the text still has, be they
 * commented out. */
static void
add_hidden (GPtrArray *list,
            char     **names,
            GBytes    *bytes)
{
  for (guint i = 0; names[i] != NULL; i++)
    if (has_name (bytes, names[i]))
      add_once (list, names[i]);
}

static void
update_hidden (NullmailUndoRecord *record,
               NullmailPlan       *plan)
{
  GBytes *bytes = _nullmail_main_cf_peek_bytes (plan->main_cf);
  g_auto(GStrv) before = _nullmail_mask_list_hidden (plan->mask, plan->before);
  g_auto(GStrv) after = _nullmail_mask_list_hidden (plan->mask, plan->main_cf);
  GPtrArray *list = g_ptr_array_new ();

  add_hidden (list, record->hidden, bytes);
  add_hidden (list, before, bytes);
  add_hidden (list, after, bytes);
  g_ptr_array_add (list, NULL);

  g_strfreev (record->hidden);
  record->hidden = (char **) g_ptr_array_free (list, FALSE);
}

static void
update_changes (NullmailUndoRecord *record,
                NullmailPlan       *plan)
{
  g_autoptr(GStrvBuilder) withheld = g_strv_builder_new ();
  g_autoptr(GStrvBuilder) left_out = g_strv_builder_new ();

  withhold (record->written, plan, left_out);
  g_ptr_array_set_size (record->changes, 0);
  for (guint i = 0; i < plan->changes->len; i++)
    add_change (record, withheld, plan, g_ptr_array_index (plan->changes, i));

  g_strfreev (record->withheld);
  record->withheld = g_strv_builder_end (withheld);

  g_strv_builder_addv (left_out, (const char **) record->left_out);
  for (guint i = 0; record->withheld[i] != NULL; i++)
    if (!g_strv_contains ((const char * const *) record->left_out, record->withheld[i]))
      g_strv_builder_add (left_out, record->withheld[i]);
  g_strfreev (record->left_out);
  record->left_out = g_strv_builder_end (left_out);
}

static void
forget_file (NullmailUndoRecord *record,
             const char         *path)
{
  for (guint i = 0; i < record->left->len; i++)
    {
      NullmailOwnKeys *own = g_ptr_array_index (record->left, i);

      if (_nullmail_own_keys_is_at (own->table, path))
        g_ptr_array_remove_index (record->left, i--);
    }
}

/* Notes that main.cf names another password file now. The keys in the one before are kept, since a
 * purge has to find them. */
static void
change_file (NullmailUndoRecord *record,
             const char         *path)
{
  g_auto(GStrv) keys = g_strdupv (_nullmail_undo_record_get_own_keys (record, path));

  forget_file (record, path);
  if (record->own_keys[0] != NULL)
    g_ptr_array_add (record->left,
                     _nullmail_own_keys_new (record->table,
                                             (const char * const *) record->own_keys));
  g_strfreev (record->own_keys);
  record->own_keys = g_steal_pointer (&keys);
}

/* The keys that will be the library's in a password file once the plan is applied, with those of
 * other plans that were applied after this one was made. */
static char **
list_own_keys (const NullmailUndoRecord *record,
               const NullmailPlanTable  *table)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  char **now = _nullmail_undo_record_get_own_keys (record, table->table->path);

  for (guint i = 0; i < table->own_dropped->len; i++)
    g_hash_table_add (seen, g_ptr_array_index (table->own_dropped, i));
  for (guint i = 0; now[i] != NULL; i++)
    if (g_hash_table_add (seen, now[i]))
      g_strv_builder_add (builder, now[i]);
  for (guint i = 0; i < table->own_added->len; i++)
    if (g_hash_table_add (seen, g_ptr_array_index (table->own_added, i)))
      g_strv_builder_add (builder, g_ptr_array_index (table->own_added, i));

  return g_strv_builder_end (builder);
}

static void
update_primary (NullmailUndoRecord      *record,
                const NullmailPlanTable *primary)
{
  const NullmailPasswordTable *table = primary->table;
  char **keys;

  if (record->table != NULL && !_nullmail_own_keys_is_at (record->table, table->path))
    change_file (record, table->path);

  keys = list_own_keys (record, primary);
  g_strfreev (record->own_keys);
  record->own_keys = keys;
  g_free (record->table);
  record->table = g_strdup_printf ("%s:%s", table->map_type, table->path);
}

/* Notes what a purge does to a password file that was used before. */
static void
update_left (NullmailUndoRecord      *record,
             const NullmailPlanTable *table)
{
  const char *path = table->table->path;
  g_auto(GStrv) keys = list_own_keys (record, table);
  g_autofree char *name = g_strdup_printf ("%s:%s", table->table->map_type, path);

  if (_nullmail_own_keys_is_at (record->table, path))
    {
      g_strfreev (record->own_keys);
      record->own_keys = g_steal_pointer (&keys);
      return;
    }

  forget_file (record, path);
  if (keys[0] != NULL)
    g_ptr_array_add (record->left, _nullmail_own_keys_new (name, (const char * const *) keys));
}

static void
update_own_keys (NullmailUndoRecord *record,
                 NullmailPlan       *plan)
{
  for (guint i = 0; i < plan->tables->len; i++)
    {
      const NullmailPlanTable *table = g_ptr_array_index (plan->tables, i);
      char **digests = _nullmail_own_digests_update (record->digests, table);

      g_strfreev (record->digests);
      record->digests = digests;
      if (table == plan->primary)
        update_primary (record, table);
      else
        update_left (record, table);
    }
}

/* Whether there is something in a plan that an undo takes back: not if it has changed nothing but a
 * password, a table or a mode. */
static gboolean
can_be_undone (NullmailPlan *plan)
{
  return plan->files->len > 0 || _nullmail_plan_changes_main_cf (plan);
}

/* The keys whose password was replaced since the state that an undo leads to. */
static char **
list_replaced (NullmailPlan             *plan,
               const NullmailUndoRecord *now)
{
  GPtrArray *list = g_ptr_array_new ();

  if (!can_be_undone (plan))
    for (guint i = 0; now->replaced[i] != NULL; i++)
      add_once (list, now->replaced[i]);
  for (guint i = 0; i < plan->tables->len; i++)
    {
      const NullmailPlanTable *table = g_ptr_array_index (plan->tables, i);

      for (guint n = 0; table->replaced[n] != NULL; n++)
        add_once (list, table->replaced[n]);
    }

  g_ptr_array_add (list, NULL);
  return (char **) g_ptr_array_free (list, FALSE);
}

/* Whether a recorded digest is that of these bytes. Their digest in the present form is known
 * already; only for a record of the old form has another one to be computed. */
static gboolean
is_digest_of (const char *recorded,
              const char *digest,
              GBytes     *bytes)
{
  if (recorded == NULL || strchr (recorded, ':') != NULL)
    return g_strcmp0 (recorded, digest) == 0;

  return _nullmail_undo_record_digest_is_of (recorded, bytes);
}

static void
update_first (NullmailUndoRecord       *record,
              const NullmailUndoRecord *now,
              GBytes                   *bytes_before,
              const char               *before,
              const char               *after)
{
  if (record->first != NULL)
    {
      record->is_unbroken = record->is_unbroken
                            && is_digest_of (now->after, before, bytes_before);
    }
  else if (!g_str_equal (before, after))
    {
      record->first = g_strdup (before);
      record->is_unbroken = TRUE;
    }
}

/* The keys whose entry went since the state that an undo leads to. */
static char **
list_dropped (NullmailPlan             *plan,
              const NullmailUndoRecord *now)
{
  GPtrArray *list = g_ptr_array_new ();

  if (!can_be_undone (plan))
    for (guint i = 0; now->dropped[i] != NULL; i++)
      add_once (list, now->dropped[i]);
  for (guint i = 0; i < plan->tables->len; i++)
    {
      const NullmailPlanTable *table = g_ptr_array_index (plan->tables, i);

      for (guint n = 0; n < table->own_dropped->len; n++)
        add_once (list, g_ptr_array_index (table->own_dropped, n));
    }

  g_ptr_array_add (list, NULL);
  return (char **) g_ptr_array_free (list, FALSE);
}

/* What a file holds, for the record; one that is not UTF-8 was not made here. */
static char *
get_recordable_text (GBytes *bytes)
{
  g_autofree char *text = bytes != NULL ? _nullmail_bytes_to_text (bytes) : NULL;

  return text != NULL ? g_utf8_make_valid (text, -1) : NULL;
}

static void
update_files (NullmailUndoRecord *record,
              NullmailPlan       *plan)
{
  g_ptr_array_set_size (record->files, 0);
  for (guint i = 0; i < plan->files->len; i++)
    {
      const NullmailPlanFile *file = g_ptr_array_index (plan->files, i);
      g_autofree char *before = get_recordable_text (file->before);
      g_autofree char *after = get_recordable_text (file->after);

      g_ptr_array_add (record->files, _nullmail_named_change_new (file->path, before, after));
      merge_written (record->written_files, file->path, before, after);
    }
}

/* Writes down how to take the plan back. */
static void
record_way_back (NullmailUndoRecord       *record,
                 NullmailPlan             *plan,
                 const NullmailUndoRecord *now,
                 gboolean                  can_undo)
{
  GBytes *bytes_before = _nullmail_main_cf_peek_bytes (plan->before);
  GBytes *bytes_after = _nullmail_main_cf_peek_bytes (plan->main_cf);
  g_autofree char *before = _nullmail_undo_record_digest (bytes_before);
  g_autofree char *after = _nullmail_undo_record_digest (bytes_after);

  update_first (record, now, bytes_before, before, after);
  update_changes (record, plan);
  update_hidden (record, plan);
  update_files (record, plan);

  g_free (record->before);
  record->before = can_undo ? g_strdup (before) : NULL;
  g_free (record->after);
  record->after = g_steal_pointer (&after);

  /* The file is the first one again, so that the list of differences begins anew. */
  if (is_digest_of (record->first, record->after, bytes_after))
    {
      g_clear_pointer (&record->first, g_free);
      g_ptr_array_set_size (record->written, 0);
      g_strfreev (record->left_out);
      record->left_out = g_new0 (char *, 1);
    }
}

NullmailUndoRecord *
_nullmail_undo_make_record (NullmailPlan             *plan,
                            const NullmailUndoRecord *now,
                            gboolean                  can_undo)
{
  NullmailUndoRecord *record = _nullmail_undo_record_copy (now);

  update_own_keys (record, plan);
  g_strfreev (record->replaced);
  record->replaced = list_replaced (plan, now);
  g_strfreev (record->dropped);
  record->dropped = list_dropped (plan, now);
  g_clear_pointer (&record->passed, g_free);
  if (can_be_undone (plan))
    record_way_back (record, plan, now, can_undo);
  else
    record->passed = _nullmail_undo_record_digest (_nullmail_main_cf_peek_bytes (plan->before));

  return record;
}
