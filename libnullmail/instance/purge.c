/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "instance/purge-private.h"

#include <string.h>

#include "base/error-private.h"
#include "base/regular-file-private.h"
#include "document/main-cf-private.h"
#include "plan/key-references-private.h"
#include "instance/apply-private.h"
#include "store/lookup-map-private.h"

struct _NullmailPurge
{
  NullmailPostfixInstance *instance;
  NullmailPlan            *plan;
  GHashTable              *macros;            /* (owned) defaults included */
  char                    *master_cf;         /* (owned) (nullable) its text */
  gboolean                 hides_master_cf;   /* it is there and cannot be read */
  gboolean                 drops_orphan;      /* the plan's table, whose source is gone, goes */
  GCancellable            *cancellable;
};

void
_nullmail_purge_free (NullmailPurge *self)
{
  g_clear_pointer (&self->macros, g_hash_table_unref);
  g_free (self->master_cf);
  g_free (self);
}

/* Whether the library has ever written a password here. */
static gboolean
has_own_keys (NullmailPurge *self)
{
  const NullmailUndoRecord *record = self->plan->record_before;

  return record->own_keys[0] != NULL || record->left->len > 0;
}

static void
read_master_cf (NullmailPurge *self)
{
  g_autofree char *path = g_build_filename (self->plan->config_directory, "master.cf", NULL);
  g_autoptr(GError) error = NULL;

  self->master_cf = _nullmail_regular_file_get_text (path, self->cancellable, &error);
  self->hides_master_cf = self->master_cf == NULL
                          && !g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_FOUND);
}

static gboolean
load_macros (NullmailPurge  *self,
             GError        **error)
{
  g_autoptr(GHashTable) defaults =
    nullmail_postfix_instance_get_defaults (self->instance, self->cancellable, error);
  GHashTableIter iter;
  gpointer name, value;

  if (defaults == NULL)
    return FALSE;

  self->macros = _nullmail_postfix_instance_get_macros (self->instance);
  g_hash_table_iter_init (&iter, defaults);
  while (g_hash_table_iter_next (&iter, &name, &value))
    if (!g_hash_table_contains (self->macros, name))
      g_hash_table_insert (self->macros, g_strdup (name), g_strdup (value));

  return TRUE;
}

/* “hash:/path”, or with an empty type any table of that path; not one that only begins so. */
static gboolean
text_names (const char *text,
            const char *type,
            const char *path)
{
  g_autofree char *wanted = g_strconcat (type, ":", path, NULL);
  gsize length = strlen (wanted);

  for (const char *p = strstr (text, wanted); p != NULL; p = strstr (p + 1, wanted))
    if (strchr (" \t\r\n,}\"", p[length]) != NULL
        && (*type == '\0' || p == text || !g_ascii_isalnum (p[-1])))
      return TRUE;

  return FALSE;
}

/* Whether main.cf or master.cf names a table: in doubt yes, and then it stays. */
static gboolean
is_named (NullmailPurge      *self,
          const char *type,
          const char *path)
{
  NullmailMainCf *main_cf = self->plan->main_cf;
  g_auto(GStrv) names = nullmail_main_cf_list_names (main_cf);
  g_autofree char *name = g_path_get_basename (path);

  if (self->hides_master_cf
      || (self->master_cf != NULL && strstr (self->master_cf, name) != NULL))
    return TRUE;

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *value = nullmail_main_cf_get_value (main_cf, names[i]);
      g_autofree char *expanded = nullmail_main_cf_expand (main_cf, value, self->macros, NULL);

      if (expanded != NULL ? text_names (expanded, type, path) : strstr (value, name) != NULL)
        return TRUE;
    }

  return FALSE;
}

/* Compiled tables share a suffix: those of hash and btree. */
static gboolean
is_map_named (NullmailPurge      *self,
              const char *map_path,
              const char *path)
{
  const char *type;

  for (guint i = 0; (type = _nullmail_lookup_map_get_type (i)) != NULL; i++)
    {
      g_autofree char *other = _nullmail_lookup_map_get_path (path, type);

      if (g_strcmp0 (other, map_path) == 0 && is_named (self, type, path))
        return TRUE;
    }

  return FALSE;
}

/* What only a table holds goes with the whole of it, or not at all. */
static gboolean
check_orphan (NullmailPurge          *self,
              NullmailPasswordTable  *table,
              GError                **error)
{
  g_autofree char *map_path = _nullmail_lookup_map_get_path (table->path, table->map_type);

  return !_nullmail_password_table_is_orphan (table)
         || !is_map_named (self, map_path, table->path)
         || _nullmail_password_table_refuse_orphan (table, error);
}

static gboolean
prepare_orphan (NullmailPurge  *self,
                GError        **error)
{
  NullmailPlan *plan = self->plan;

  if (plan->own_dropped->len == 0 || !_nullmail_password_table_is_orphan (plan->table))
    return TRUE;
  if (!check_orphan (self, plan->table, error))
    return FALSE;

  self->drops_orphan = TRUE;
  g_ptr_array_set_size (plan->own_dropped, 0);  /* remembered until the table is gone */
  return TRUE;
}

NullmailPurge *
_nullmail_purge_new (NullmailPostfixInstance  *instance,
                     NullmailPlan             *plan,
                     GCancellable             *cancellable,
                     GError                  **error)
{
  g_autoptr(NullmailPurge) self = g_new0 (NullmailPurge, 1);

  self->instance = instance;
  self->plan = plan;
  self->cancellable = cancellable;
  if (!has_own_keys (self))
    return g_steal_pointer (&self);
  if (!load_macros (self, error))
    return NULL;

  read_master_cf (self);
  return plan->table == NULL || prepare_orphan (self, error) ? g_steal_pointer (&self) : NULL;
}

/* What is decided is right for the main.cf that was read, and for no other. */
static NullmailTransaction *
begin (NullmailPurge  *self,
       GError        **error)
{
  g_autoptr(NullmailTransaction) transaction =
    _nullmail_transaction_new (self->plan->config_directory, self->cancellable, error);

  if (transaction == NULL
      || !_nullmail_plan_expect_main_cf (self->plan, transaction, self->cancellable, error))
    return NULL;

  return g_steal_pointer (&transaction);
}

static gboolean
remove_file (NullmailPurge                *self,
             NullmailTransaction  *transaction,
             const char           *path,
             NullmailSecureBuffer *expected,
             GError              **error)
{
  NullmailStagedFile *file = _nullmail_transaction_open (transaction, path, NULLMAIL_STAGED_SECRET,
                                                         self->cancellable, error);

  if (file == NULL
      || (expected != NULL
          && !_nullmail_staged_file_expect (file, expected->data, expected->size, error)))
    return FALSE;

  _nullmail_staged_file_remove (file);
  _nullmail_transaction_add_step (transaction, file, FALSE);
  return TRUE;
}

/* Tables made of the source that nobody names; the one that is in use, or was just built, stays. */
static GPtrArray *
find_maps (NullmailPurge *self,
           const char    *path,
           const char    *map_path)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (g_free);
  const char *type;

  for (guint i = 0; (type = _nullmail_lookup_map_get_type (i)) != NULL; i++)
    {
      g_autofree char *other = _nullmail_lookup_map_get_path (path, type);

      if (other != NULL
          && !g_ptr_array_find_with_equal_func (found, other, g_str_equal, NULL)
          && g_strcmp0 (other, map_path) != 0
          && g_file_test (other, G_FILE_TEST_EXISTS)
          && !is_map_named (self, other, path))
        g_ptr_array_add (found, g_steal_pointer (&other));
    }

  return found;
}

static gboolean
remove_maps (NullmailPurge        *self,
             NullmailTransaction  *transaction,
             GPtrArray            *maps,
             GError              **error)
{
  for (guint i = 0; i < maps->len; i++)
    {
      if (!remove_file (self, transaction, maps->pdata[i], NULL, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
remove_maps_of (NullmailPurge        *self,
                NullmailTransaction  *transaction,
                const char           *path,
                const char           *map_path,
                GError              **error)
{
  g_autoptr(GPtrArray) maps = find_maps (self, path, map_path);

  return remove_maps (self, transaction, maps, error);
}

/* Takes the keys out that nobody can need; what is left of them is returned. */
static char **
drop_keys (NullmailPurge                  *self,
           NullmailPasswordTable  *table,
           char                  **keys,
           GError                **error)
{
  g_auto(NullmailKeyReferences) references = { .texts = NULL };
  g_autoptr(GStrvBuilder) kept = g_strv_builder_new ();
  gboolean named = is_named (self, "", table->path);

  if (named)
    _nullmail_key_references_init (&references, self->plan->main_cf, self->plan->config_directory,
                                   table->path, self->macros);
  if (references.unreadable != NULL)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_PERMISSION_DENIED,
                   "“%s” in “%s” may name a relay whose password would be dropped from “%s”, and "
                   "cannot be read: remove old entries by hand", references.unreadable,
                   self->plan->main_cf_path, table->path);
      return NULL;
    }

  for (guint i = 0; keys[i] != NULL; i++)
    {
      if (named && _nullmail_key_references_names (&references, keys[i]))
        g_strv_builder_add (kept, keys[i]);
      else
        _nullmail_password_file_remove (table->contents, keys[i]);
    }

  return g_strv_builder_end (kept);
}

static NullmailPasswordTable *
load_table (NullmailPurge        *self,
            const char   *name,
            GError      **error)
{
  const char *colon = strchr (name, ':');
  g_autofree char *type = g_strndup (name, colon - name);
  g_autoptr(NullmailInspection) inspection = NULL;
  NullmailPasswordTable *table;

  inspection = _nullmail_postfix_instance_get_inspection (self->instance, self->cancellable, error);
  if (inspection == NULL)
    return NULL;

  table = _nullmail_password_table_load (colon + 1, type, self->cancellable, error);
  if (table == NULL)
    return NULL;

  table->config_directory = g_strdup (self->plan->config_directory);
  table->command_directory =
    g_strdup (nullmail_postfix_instance_get_command_directory (self->instance));

  /* Nobody can build such a table here, and so nobody can open it. */
  if (!_nullmail_lookup_map_type_is_known (type)
      || !_nullmail_inspection_has_map_type (inspection, type))
    {
      g_free (table->map_type);
      table->map_type = g_strdup ("texthash");
    }

  return table;
}

/* The source without the keys, and its table anew; neither where nothing is left for anybody. */
static gboolean
stage_table (NullmailPurge                  *self,
             NullmailTransaction    *transaction,
             NullmailPasswordTable  *table,
             GError                **error)
{
  NullmailStagedFile *source = NULL, *map = NULL;
  g_autofree char *map_path = NULL;

  if (table->base == NULL
      || (_nullmail_password_file_get_buffer (table->contents)->size == 0
          && !is_named (self, "", table->path)))
    return (table->base == NULL
            || remove_file (self, transaction, table->path, table->base, error))
           && remove_maps_of (self, transaction, table->path, NULL, error);

  if (_nullmail_password_table_has_new_contents (table)
      && !_nullmail_password_table_stage (table, transaction, &source, &map, self->cancellable,
                                          error))
    return FALSE;

  if (source != NULL)
    _nullmail_transaction_add_step (transaction, source, FALSE);
  if (map != NULL)
    _nullmail_transaction_add_step (transaction, map, FALSE);

  map_path = _nullmail_lookup_map_get_path (table->path, table->map_type);
  return remove_maps_of (self, transaction, table->path, map_path, error);
}

static void
set_own_keys (NullmailUndoRecord *record,
              const char         *name,
              char              **keys)
{
  const char *path = strchr (name, ':') + 1;

  if (_nullmail_own_keys_is_at (record->table, path))
    {
      g_strfreev (record->own_keys);
      record->own_keys = g_strdupv (keys);
      return;
    }

  for (guint i = 0; i < record->left->len; i++)
    {
      NullmailOwnKeys *own = g_ptr_array_index (record->left, i);

      if (_nullmail_own_keys_is_at (own->table, path))
        g_ptr_array_remove_index (record->left, i--);
    }
  if (keys[0] != NULL)
    g_ptr_array_add (record->left, _nullmail_own_keys_new (name, (const char * const *) keys));
}

/* The record without the keys that go. */
static gboolean
prepare_record (NullmailPurge        *self,
                NullmailStateFolder  *folder,
                const char           *name,
                char                **kept)
{
  g_autoptr(NullmailUndoRecord) record =
    _nullmail_undo_record_load (folder, _nullmail_main_cf_peek_bytes (self->plan->main_cf), NULL);

  if (record == NULL)
    return FALSE;

  set_own_keys (record, name, kept);
  return _nullmail_undo_record_prepare (record, folder, NULL);
}

/* A key that is remembered too long does no harm; one that is forgotten too early stays. */
static void
remember (NullmailPurge  *self,
          const char     *name,
          char          **kept)
{
  g_autoptr(NullmailStateFolder) folder =
    _nullmail_state_folder_new (nullmail_postfix_instance_get_state_directory (self->instance),
                                self->plan->config_directory);

  if (prepare_record (self, folder, name, kept))
    _nullmail_undo_record_finish (folder, TRUE);
}

/* Beside the password file of now there is only this to do. */
static gboolean
purge_current (NullmailPurge  *self,
               GError        **error)
{
  NullmailPasswordTable *table = self->plan->table;
  g_autoptr(NullmailTransaction) transaction = NULL;
  g_autoptr(GPtrArray) maps = NULL;
  g_autofree char *map_path = NULL;
  g_autofree char *name = NULL;
  char *none[] = { NULL };

  if (table == NULL
      || _nullmail_undo_record_get_own_keys (self->plan->record_before, table->path)[0] == NULL)
    return TRUE;

  if (!self->drops_orphan)
    map_path = _nullmail_lookup_map_get_path (table->path, table->map_type);
  maps = find_maps (self, table->path, map_path);
  if (maps->len == 0)
    return TRUE;

  transaction = begin (self, error);
  if (transaction == NULL
      || (self->drops_orphan
          && !_nullmail_password_table_expect (table, transaction, self->cancellable, error))
      || !remove_maps (self, transaction, maps, error)
      || !_nullmail_transaction_commit (transaction, error))
    return FALSE;

  name = g_strconcat (table->map_type, ":", table->path, NULL);
  if (self->drops_orphan)
    remember (self, name, none);
  return TRUE;
}

/* A password file that main.cf named before; one that it names again was the plan's to do. */
static gboolean
purge_left (NullmailPurge       *self,
            const char  *name,
            char       **keys,
            GError     **error)
{
  g_autoptr(NullmailTransaction) transaction = NULL;
  g_autoptr(NullmailPasswordTable) table = NULL;
  g_auto(GStrv) kept = NULL;

  if (keys[0] == NULL || name == NULL || strchr (name, ':') == NULL
      || (self->plan->table != NULL && _nullmail_own_keys_is_at (name, self->plan->table->path)))
    return TRUE;

  transaction = begin (self, error);
  table = transaction != NULL ? load_table (self, name, error) : NULL;
  kept = table != NULL ? drop_keys (self, table, keys, error) : NULL;
  if (kept == NULL
      || (g_strv_length (kept) < g_strv_length (keys) && !check_orphan (self, table, error))
      || !stage_table (self, transaction, table, error)
      || !_nullmail_transaction_commit (transaction, error))
    return FALSE;

  remember (self, name, kept);
  return TRUE;
}

gboolean
_nullmail_purge_files (NullmailPurge  *self,
                       GError        **error)
{
  const NullmailUndoRecord *record = self->plan->record_before;
  GPtrArray *left = record->left;

  if (!has_own_keys (self))
    return TRUE;
  if (!purge_current (self, error)
      || !purge_left (self, record->table, record->own_keys, error))
    return FALSE;

  for (guint i = 0; i < left->len; i++)
    {
      const NullmailOwnKeys *own = g_ptr_array_index (left, i);

      if (!purge_left (self, own->table, own->keys, error))
        return FALSE;
    }

  return TRUE;
}
