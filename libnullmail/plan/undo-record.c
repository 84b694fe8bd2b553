/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "plan/undo-record-private.h"

#include <string.h>

#include "base/error-private.h"
#include "base/fingerprint-private.h"
#include "document/table-name-private.h"

/* A record is a dictionary of named values, in the binary form of GVariant, little endian. In front
 * of it stands a line with a word and the fingerprint of what follows: a power cut may leave half a
 * record. Before there was this form records were the text form of the same dictionary, and the
 * digests in them were SHA-256; both are still understood. */
#define RECORD_NAME  "record"
#define MAGIC        "nullmail-undo-1 "
#define CHANGES_TYPE "a(smsms)"
#define LEFT_TYPE    "a(sas)"

NullmailNamedChange *
_nullmail_named_change_new (const char *name,
                            const char *old_value,
                            const char *new_value)
{
  NullmailNamedChange *self = g_new0 (NullmailNamedChange, 1);

  self->name = g_strdup (name);
  self->old_value = g_strdup (old_value);
  self->new_value = g_strdup (new_value);
  return self;
}

void
_nullmail_named_change_free (NullmailNamedChange *self)
{
  g_free (self->name);
  g_free (self->old_value);
  g_free (self->new_value);
  g_free (self);
}

NullmailOwnKeys *
_nullmail_own_keys_new (const char         *table,
                        const char * const *keys)
{
  NullmailOwnKeys *self = g_new0 (NullmailOwnKeys, 1);

  self->table = g_strdup (table);
  self->keys = g_strdupv ((char **) keys);
  return self;
}

void
_nullmail_own_keys_free (NullmailOwnKeys *self)
{
  g_free (self->table);
  g_strfreev (self->keys);
  g_free (self);
}

gboolean
_nullmail_own_keys_is_at (const char *table,
                          const char *path)
{
  g_auto(NullmailTableName) name = { .name = NULL };

  return table != NULL && _nullmail_table_name_parse (&name, table)
         && g_strcmp0 (name.name, path) == 0;
}

static GPtrArray *
left_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) _nullmail_own_keys_free);
}

static GPtrArray *
changes_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) _nullmail_named_change_free);
}

NullmailUndoRecord *
_nullmail_undo_record_new (void)
{
  NullmailUndoRecord *self = g_new0 (NullmailUndoRecord, 1);

  self->changes = changes_new ();
  self->written = changes_new ();
  self->files = changes_new ();
  self->written_files = changes_new ();
  self->replaced = g_new0 (char *, 1);
  self->dropped = g_new0 (char *, 1);
  self->withheld = g_new0 (char *, 1);
  self->left_out = g_new0 (char *, 1);
  self->hidden = g_new0 (char *, 1);
  self->own_keys = g_new0 (char *, 1);
  self->digests = g_new0 (char *, 1);
  self->left = left_new ();
  return self;
}

static gpointer
change_copy (gconstpointer data,
             gpointer      user_data G_GNUC_UNUSED)
{
  const NullmailNamedChange *change = data;

  return _nullmail_named_change_new (change->name, change->old_value, change->new_value);
}

static GPtrArray *
changes_copy (GPtrArray *changes)
{
  return g_ptr_array_copy (changes, (GCopyFunc) (void (*) (void)) change_copy, NULL);
}

static gpointer
left_copy (gconstpointer data,
           gpointer      user_data G_GNUC_UNUSED)
{
  const NullmailOwnKeys *own = data;

  return _nullmail_own_keys_new (own->table, (const char * const *) own->keys);
}

NullmailUndoRecord *
_nullmail_undo_record_copy (const NullmailUndoRecord *self)
{
  NullmailUndoRecord *copy = g_new0 (NullmailUndoRecord, 1);

  copy->before = g_strdup (self->before);
  copy->after = g_strdup (self->after);
  copy->passed = g_strdup (self->passed);
  copy->changes = changes_copy (self->changes);
  copy->files = changes_copy (self->files);
  copy->replaced = g_strdupv (self->replaced);
  copy->dropped = g_strdupv (self->dropped);
  copy->withheld = g_strdupv (self->withheld);
  copy->left_out = g_strdupv (self->left_out);
  copy->hidden = g_strdupv (self->hidden);
  copy->first = g_strdup (self->first);
  copy->is_unbroken = self->is_unbroken;
  copy->written = changes_copy (self->written);
  copy->written_files = changes_copy (self->written_files);
  copy->own_keys = g_strdupv (self->own_keys);
  copy->digests = g_strdupv (self->digests);
  copy->table = g_strdup (self->table);
  copy->left = g_ptr_array_copy (self->left, (GCopyFunc) (void (*) (void)) left_copy, NULL);
  return copy;
}

void
_nullmail_undo_record_free (NullmailUndoRecord *self)
{
  g_free (self->before);
  g_free (self->after);
  g_free (self->passed);
  g_ptr_array_unref (self->changes);
  g_strfreev (self->replaced);
  g_strfreev (self->dropped);
  g_strfreev (self->withheld);
  g_strfreev (self->left_out);
  g_strfreev (self->hidden);
  g_free (self->first);
  g_ptr_array_unref (self->written);
  g_ptr_array_unref (self->files);
  g_ptr_array_unref (self->written_files);
  g_strfreev (self->own_keys);
  g_strfreev (self->digests);
  g_free (self->table);
  g_ptr_array_unref (self->left);
  g_free (self);
}

char **
_nullmail_undo_record_get_own_keys (const NullmailUndoRecord *self,
                                    const char               *path)
{
  static char *none[] = { NULL };

  if (_nullmail_own_keys_is_at (self->table, path))
    return self->own_keys;

  for (guint i = 0; i < self->left->len; i++)
    {
      NullmailOwnKeys *own = g_ptr_array_index (self->left, i);

      if (_nullmail_own_keys_is_at (own->table, path))
        return own->keys;
    }

  return none;
}

char *
_nullmail_undo_record_digest (GBytes *bytes)
{
  return _nullmail_fingerprint (bytes);
}

gboolean
_nullmail_undo_record_digest_is_of (const char *digest,
                                    GBytes     *bytes)
{
  g_autofree char *found = NULL;

  if (digest == NULL || strchr (digest, ':') != NULL)
    return digest != NULL && _nullmail_fingerprint_is_of (digest, bytes);

  found = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  return g_str_equal (digest, found);
}

static GVariant *
changes_to_variant (GPtrArray *changes)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE (CHANGES_TYPE));
  for (guint i = 0; i < changes->len; i++)
    {
      const NullmailNamedChange *change = g_ptr_array_index (changes, i);

      g_variant_builder_add (&builder, "(smsms)", change->name, change->old_value,
                             change->new_value);
    }

  return g_variant_builder_end (&builder);
}

static void
changes_from_variant (GPtrArray  *changes,
                      GVariant   *dictionary,
                      const char *key)
{
  g_autoptr(GVariant) list = g_variant_lookup_value (dictionary, key,
                                                     G_VARIANT_TYPE (CHANGES_TYPE));
  gsize n = list != NULL ? g_variant_n_children (list) : 0;

  for (gsize i = 0; i < n; i++)
    {
      const char *name, *old_value, *new_value;

      g_variant_get_child (list, i, "(&sm&sm&s)", &name, &old_value, &new_value);
      g_ptr_array_add (changes, _nullmail_named_change_new (name, old_value, new_value));
    }
}

static GVariant *
left_to_variant (GPtrArray *left)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE (LEFT_TYPE));
  for (guint i = 0; i < left->len; i++)
    {
      const NullmailOwnKeys *own = g_ptr_array_index (left, i);

      g_variant_builder_add (&builder, "(s^as)", own->table, own->keys);
    }

  return g_variant_builder_end (&builder);
}

static void
left_from_variant (GPtrArray *left,
                   GVariant  *dictionary)
{
  g_autoptr(GVariant) list = g_variant_lookup_value (dictionary, "left",
                                                     G_VARIANT_TYPE (LEFT_TYPE));
  gsize n = list != NULL ? g_variant_n_children (list) : 0;

  for (gsize i = 0; i < n; i++)
    {
      g_autofree const char **keys = NULL;
      const char *table;

      g_variant_get_child (list, i, "(&s^a&s)", &table, &keys);
      g_ptr_array_add (left, _nullmail_own_keys_new (table, keys));
    }
}

static GVariant *
record_to_variant (const NullmailUndoRecord *self)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  if (self->before != NULL)
    g_variant_builder_add (&builder, "{sv}", "before", g_variant_new_string (self->before));
  if (self->after != NULL)
    g_variant_builder_add (&builder, "{sv}", "after", g_variant_new_string (self->after));
  if (self->passed != NULL)
    g_variant_builder_add (&builder, "{sv}", "passed", g_variant_new_string (self->passed));
  if (self->first != NULL)
    g_variant_builder_add (&builder, "{sv}", "first", g_variant_new_string (self->first));
  g_variant_builder_add (&builder, "{sv}", "is-unbroken",
                         g_variant_new_boolean (self->is_unbroken));
  g_variant_builder_add (&builder, "{sv}", "changes", changes_to_variant (self->changes));
  g_variant_builder_add (&builder, "{sv}", "written", changes_to_variant (self->written));
  g_variant_builder_add (&builder, "{sv}", "files", changes_to_variant (self->files));
  g_variant_builder_add (&builder, "{sv}", "written-files",
                         changes_to_variant (self->written_files));
  g_variant_builder_add (&builder, "{sv}", "replaced",
                         g_variant_new_strv ((const char * const *) self->replaced, -1));
  g_variant_builder_add (&builder, "{sv}", "dropped",
                         g_variant_new_strv ((const char * const *) self->dropped, -1));
  g_variant_builder_add (&builder, "{sv}", "withheld",
                         g_variant_new_strv ((const char * const *) self->withheld, -1));
  g_variant_builder_add (&builder, "{sv}", "left-out",
                         g_variant_new_strv ((const char * const *) self->left_out, -1));
  g_variant_builder_add (&builder, "{sv}", "hidden",
                         g_variant_new_strv ((const char * const *) self->hidden, -1));
  g_variant_builder_add (&builder, "{sv}", "own-keys",
                         g_variant_new_strv ((const char * const *) self->own_keys, -1));
  g_variant_builder_add (&builder, "{sv}", "digests",
                         g_variant_new_strv ((const char * const *) self->digests, -1));
  if (self->table != NULL)
    g_variant_builder_add (&builder, "{sv}", "table", g_variant_new_string (self->table));
  g_variant_builder_add (&builder, "{sv}", "left", left_to_variant (self->left));

  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/* Swaps the bytes on a big-endian machine. Doing it twice brings the variant back. */
static GVariant *
to_little_endian (GVariant *variant)
{
  return G_BYTE_ORDER == G_LITTLE_ENDIAN ? g_variant_ref (variant) : g_variant_byteswap (variant);
}

static GBytes *
record_to_bytes (const NullmailUndoRecord *self)
{
  g_autoptr(GVariant) variant = record_to_variant (self);
  g_autoptr(GVariant) little = to_little_endian (variant);
  g_autoptr(GBytes) payload = g_variant_get_data_as_bytes (little);
  g_autofree char *fingerprint = _nullmail_fingerprint (payload);
  g_autofree char *line = g_strconcat (MAGIC, fingerprint, "\n", NULL);
  GByteArray *array = g_byte_array_new ();

  g_byte_array_append (array, (const guint8 *) line, strlen (line));
  g_byte_array_append (array, g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
  return g_byte_array_free_to_bytes (array);
}

static void
lookup_strv (GVariant     *dictionary,
             const char   *key,
             char       ***strv)
{
  char **value = NULL;

  if (g_variant_lookup (dictionary, key, "^as", &value))
    {
      g_strfreev (*strv);
      *strv = value;
    }
}

/* (nullable): the dictionary of a record; NULL if the record is not complete. */
static GVariant *
variant_from_binary (GBytes *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  const char *end = memchr (data, '\n', size);
  g_autofree char *fingerprint = NULL;
  g_autoptr(GBytes) payload = NULL;
  g_autoptr(GVariant) variant = NULL;

  if (end == NULL)
    return NULL;

  fingerprint = g_strndup (data + strlen (MAGIC), end - data - strlen (MAGIC));
  payload = g_bytes_new_from_bytes (bytes, end + 1 - data, size - (end + 1 - data));
  variant = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, payload, FALSE));
  if (!_nullmail_fingerprint_is_of (fingerprint, payload) || !g_variant_is_normal_form (variant))
    return NULL;

  return to_little_endian (variant);
}

static GVariant *
variant_from_text (GBytes *bytes)
{
  const char *data = g_bytes_get_data (bytes, NULL);
  g_autofree char *text = g_strndup (data != NULL ? data : "", g_bytes_get_size (bytes));

  return g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);
}

static gboolean
is_binary (GBytes *bytes)
{
  return g_bytes_get_size (bytes) > strlen (MAGIC)
         && memcmp (g_bytes_get_data (bytes, NULL), MAGIC, strlen (MAGIC)) == 0;
}

static NullmailUndoRecord *
record_from_bytes (GBytes *bytes)
{
  g_autoptr(NullmailUndoRecord) self = NULL;
  g_autoptr(GVariant) variant = is_binary (bytes) ? variant_from_binary (bytes)
                                                  : variant_from_text (bytes);

  if (variant == NULL)
    return NULL;

  self = _nullmail_undo_record_new ();
  g_variant_lookup (variant, "before", "s", &self->before);
  g_variant_lookup (variant, "after", "s", &self->after);
  g_variant_lookup (variant, "passed", "s", &self->passed);
  g_variant_lookup (variant, "first", "s", &self->first);
  g_variant_lookup (variant, "is-unbroken", "b", &self->is_unbroken);
  changes_from_variant (self->changes, variant, "changes");
  changes_from_variant (self->written, variant, "written");
  changes_from_variant (self->files, variant, "files");
  changes_from_variant (self->written_files, variant, "written-files");
  lookup_strv (variant, "replaced", &self->replaced);
  lookup_strv (variant, "dropped", &self->dropped);
  lookup_strv (variant, "withheld", &self->withheld);
  lookup_strv (variant, "left-out", &self->left_out);
  lookup_strv (variant, "hidden", &self->hidden);
  lookup_strv (variant, "own-keys", &self->own_keys);
  lookup_strv (variant, "digests", &self->digests);
  g_variant_lookup (variant, "table", "s", &self->table);
  left_from_variant (self->left, variant);
  return g_steal_pointer (&self);
}

/* Reads a record from bytes, which are taken over. They may be NULL with error set, as the function
 * that loaded them returned them; the error is then passed on. */
static NullmailUndoRecord *
read_record (NullmailStateFolder  *folder,
             GBytes               *bytes,
             GError              **error)
{
  NullmailUndoRecord *record = bytes != NULL ? record_from_bytes (bytes) : NULL;

  if (bytes != NULL && record == NULL)
    g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE,
                 "The undo record “%s/" RECORD_NAME "” is damaged: remove it, and undo by hand",
                 _nullmail_state_folder_get_path (folder));

  g_clear_pointer (&bytes, g_bytes_unref);
  return record;
}

/* Adds the keys of the finished record to the prepared one. If a killed run did not change main.cf
 * nobody can tell whether it had committed, so that keys that it was going to forget are still the
 * library's. */
static void
keep_own_keys (NullmailUndoRecord       *self,
               const NullmailUndoRecord *before)
{
  g_autoptr(GStrvBuilder) keys = g_strv_builder_new ();

  if (g_strcmp0 (self->table, before->table) != 0)
    return;

  g_strv_builder_addv (keys, (const char **) self->own_keys);
  for (guint i = 0; before->own_keys[i] != NULL; i++)
    {
      if (!g_strv_contains ((const char * const *) self->own_keys, before->own_keys[i]))
        g_strv_builder_add (keys, before->own_keys[i]);
    }

  g_strfreev (self->own_keys);
  self->own_keys = g_strv_builder_end (keys);
}

gboolean
_nullmail_undo_record_is_lost (const GError *error)
{
  return g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_FOUND)
         || g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE)
         || g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INSECURE_PATH);
}

/* Whether main.cf is what the run left that prepared a record. */
static gboolean
was_committed (const NullmailUndoRecord *self,
               GBytes                   *now)
{
  return _nullmail_undo_record_digest_is_of (self->passed != NULL ? self->passed : self->after,
                                             now);
}

NullmailUndoRecord *
_nullmail_undo_record_load (NullmailStateFolder  *folder,
                            GBytes               *now,
                            GError              **error)
{
  g_autoptr(NullmailUndoRecord) next = NULL;
  g_autoptr(GError) local_error = NULL;
  NullmailUndoRecord *record;

  /* If there is a prepared record, its run was killed before the commit or behind it. */
  next = read_record (folder,
                      _nullmail_state_folder_load_prepared (folder, RECORD_NAME, &local_error),
                      &local_error);
  if (next == NULL && !_nullmail_undo_record_is_lost (local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  g_clear_error (&local_error);
  record = read_record (folder, _nullmail_state_folder_load (folder, RECORD_NAME, &local_error),
                        &local_error);
  if (next != NULL && now != NULL && was_committed (next, now)
      && (record != NULL || _nullmail_undo_record_is_lost (local_error)))
    {
      if (record != NULL)
        keep_own_keys (next, record);
      g_clear_pointer (&record, _nullmail_undo_record_free);
      return g_steal_pointer (&next);
    }

  if (record == NULL && g_error_matches (local_error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_FOUND))
    return _nullmail_undo_record_new ();
  if (record == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));

  return record;
}

GBytes *
_nullmail_undo_record_load_file (NullmailStateFolder *folder,
                                 const char          *name,
                                 const char          *digest)
{
  g_autoptr(GBytes) bytes = _nullmail_state_folder_load (folder, name, NULL);

  return bytes != NULL && _nullmail_undo_record_digest_is_of (digest, bytes)
         ? g_steal_pointer (&bytes) : NULL;
}

gboolean
_nullmail_undo_record_prepare (const NullmailUndoRecord  *self,
                               NullmailStateFolder       *folder,
                               GError                   **error)
{
  g_autoptr(GBytes) bytes = record_to_bytes (self);

  return _nullmail_state_folder_prepare (folder, RECORD_NAME, bytes, error);
}

void
_nullmail_undo_record_keep (NullmailStateFolder *folder,
                            NullmailStagedFile  *file,
                            gboolean             is_first)
{
  if (_nullmail_state_folder_keep (folder, file, NULLMAIL_UNDO_PREVIOUS) && is_first)
    _nullmail_state_folder_add_name (folder, NULLMAIL_UNDO_PREVIOUS, NULLMAIL_UNDO_FIRST);
}

void
_nullmail_undo_record_finish (NullmailStateFolder *folder,
                              gboolean             committed)
{
  _nullmail_state_folder_finish (folder, RECORD_NAME, committed);
}
