/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "commit/undo-record-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error-private.h"
#include "base/regular-file-private.h"
#include "base/secure-path-private.h"

#define RECORD_NAME  "record"
#define NEXT_NAME    "record.next"
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
  const char *colon = table != NULL ? strchr (table, ':') : NULL;

  return colon != NULL && g_strcmp0 (colon + 1, path) == 0;
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
  self->replaced = g_new0 (char *, 1);
  self->own_keys = g_new0 (char *, 1);
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
  copy->changes = g_ptr_array_copy (self->changes, (GCopyFunc) (void (*) (void)) change_copy, NULL);
  copy->replaced = g_strdupv (self->replaced);
  copy->first = g_strdup (self->first);
  copy->is_unbroken = self->is_unbroken;
  copy->written = g_ptr_array_copy (self->written, (GCopyFunc) (void (*) (void)) change_copy, NULL);
  copy->own_keys = g_strdupv (self->own_keys);
  copy->table = g_strdup (self->table);
  copy->left = g_ptr_array_copy (self->left, (GCopyFunc) (void (*) (void)) left_copy, NULL);
  return copy;
}

void
_nullmail_undo_record_free (NullmailUndoRecord *self)
{
  g_free (self->before);
  g_free (self->after);
  g_ptr_array_unref (self->changes);
  g_strfreev (self->replaced);
  g_free (self->first);
  g_ptr_array_unref (self->written);
  g_strfreev (self->own_keys);
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
  return g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
}

static char *
get_folder (const char *state_directory,
            const char *config_directory)
{
  g_autofree char *canonical = g_canonicalize_filename (config_directory, NULL);
  g_autofree char *escaped = g_uri_escape_string (canonical, NULL, FALSE);

  return g_build_filename (state_directory, escaped, NULL);
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

static char *
record_to_text (const NullmailUndoRecord *self)
{
  g_autoptr(GVariant) variant = NULL;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  if (self->before != NULL)
    g_variant_builder_add (&builder, "{sv}", "before", g_variant_new_string (self->before));
  if (self->after != NULL)
    g_variant_builder_add (&builder, "{sv}", "after", g_variant_new_string (self->after));
  if (self->first != NULL)
    g_variant_builder_add (&builder, "{sv}", "first", g_variant_new_string (self->first));
  g_variant_builder_add (&builder, "{sv}", "is-unbroken",
                         g_variant_new_boolean (self->is_unbroken));
  g_variant_builder_add (&builder, "{sv}", "changes", changes_to_variant (self->changes));
  g_variant_builder_add (&builder, "{sv}", "written", changes_to_variant (self->written));
  g_variant_builder_add (&builder, "{sv}", "replaced",
                         g_variant_new_strv ((const char * const *) self->replaced, -1));
  g_variant_builder_add (&builder, "{sv}", "own-keys",
                         g_variant_new_strv ((const char * const *) self->own_keys, -1));
  if (self->table != NULL)
    g_variant_builder_add (&builder, "{sv}", "table", g_variant_new_string (self->table));
  g_variant_builder_add (&builder, "{sv}", "left", left_to_variant (self->left));

  variant = g_variant_ref_sink (g_variant_builder_end (&builder));
  return g_variant_print (variant, TRUE);
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

static NullmailUndoRecord *
record_from_text (const char *text)
{
  g_autoptr(NullmailUndoRecord) self = _nullmail_undo_record_new ();
  g_autoptr(GVariant) variant = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);

  if (variant == NULL)
    return NULL;

  g_variant_lookup (variant, "before", "s", &self->before);
  g_variant_lookup (variant, "after", "s", &self->after);
  g_variant_lookup (variant, "first", "s", &self->first);
  g_variant_lookup (variant, "is-unbroken", "b", &self->is_unbroken);
  changes_from_variant (self->changes, variant, "changes");
  changes_from_variant (self->written, variant, "written");
  lookup_strv (variant, "replaced", &self->replaced);
  lookup_strv (variant, "own-keys", &self->own_keys);
  g_variant_lookup (variant, "table", "s", &self->table);
  left_from_variant (self->left, variant);
  return g_steal_pointer (&self);
}

static GBytes *
read_state_file (const char  *state_directory,
                 const char  *config_directory,
                 const char  *name,
                 GError     **error)
{
  g_autofree char *folder = get_folder (state_directory, config_directory);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr(GBytes) bytes = NULL;
  struct stat info;
  int directory = _nullmail_secure_path_open_directory (folder, NULL, NULL, error);
  int fd;

  /* What an undo would write has to be our own word: nobody else may have put it there. */
  if (directory < 0)
    return NULL;

  fd = _nullmail_regular_file_open (directory, name, path, &info, error);
  close (directory);
  if (fd < 0)
    return NULL;

  bytes = _nullmail_regular_file_read (fd, path, NULL, error);
  close (fd);
  return g_steal_pointer (&bytes);
}

static NullmailUndoRecord *
load_record_file (const char  *state_directory,
                  const char  *config_directory,
                  const char  *name,
                  GError     **error)
{
  g_autoptr(GBytes) bytes = read_state_file (state_directory, config_directory, name, error);
  g_autofree char *text = NULL;
  NullmailUndoRecord *record;

  if (bytes == NULL)
    return NULL;

  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  record = record_from_text (text);
  if (record == NULL)
    {
      g_autofree char *folder = get_folder (state_directory, config_directory);

      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE,
                   "The undo record “%s/%s” is damaged: remove it, and undo by hand", folder, name);
    }

  return record;
}

/* A run that leaves main.cf as it is cannot be told to have come to its end: what it would have
 * forgotten is still the library's. */
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

NullmailUndoRecord *
_nullmail_undo_record_load (const char  *state_directory,
                            const char  *config_directory,
                            const char  *digest,
                            GError     **error)
{
  g_autoptr(NullmailUndoRecord) next = NULL;
  g_autoptr(GError) local_error = NULL;
  NullmailUndoRecord *record;

  /* Prepared and not finished: the run was killed, either before its commit or behind it. */
  next = load_record_file (state_directory, config_directory, NEXT_NAME, &local_error);
  if (next == NULL && !_nullmail_undo_record_is_lost (local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  g_clear_error (&local_error);
  record = load_record_file (state_directory, config_directory, RECORD_NAME, &local_error);
  if (next != NULL && g_strcmp0 (next->after, digest) == 0
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
_nullmail_undo_record_load_file (const char *state_directory,
                                 const char *config_directory,
                                 const char *name,
                                 const char *digest)
{
  g_autoptr(GBytes) bytes = read_state_file (state_directory, config_directory, name, NULL);
  g_autofree char *found = bytes != NULL ? _nullmail_undo_record_digest (bytes) : NULL;

  return found != NULL && g_strcmp0 (found, digest) == 0 ? g_steal_pointer (&bytes) : NULL;
}

static gboolean make_directory (const char  *path,
                                GError     **error);

/* Makes what there is not yet of the way to a folder. */
static int
open_or_make_parent (const char  *path,
                     char       **name,
                     GError     **error)
{
  g_autofree char *parent_path = g_path_get_dirname (path);
  g_autoptr(GError) local_error = NULL;
  int parent = _nullmail_secure_path_open_parent (path, name, NULL, NULL, &local_error);

  if (parent >= 0)
    return parent;

  if (!g_error_matches (local_error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_FOUND)
      || g_str_equal (parent_path, path))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return -1;
    }

  return make_directory (parent_path, error)
         ? _nullmail_secure_path_open_parent (path, name, NULL, NULL, error) : -1;
}

/* As g_mkdir_with_parents (), but with the promised mode whatever the umask is, and only where
 * nobody else can have prepared the way. */
static gboolean
make_directory (const char  *path,
                GError     **error)
{
  g_autofree char *name = NULL;
  gboolean ok;
  int saved_errno;
  int parent = open_or_make_parent (path, &name, error);

  if (parent < 0)
    return FALSE;

  ok = mkdirat (parent, name, 0700) == 0 ? fchmodat (parent, name, 0700, 0) == 0 : errno == EEXIST;
  saved_errno = errno;
  close (parent);
  if (!ok)
    _nullmail_set_error_errno (error, saved_errno, "Could not create “%s” for the undo record",
                               path);

  return ok;
}

int
_nullmail_undo_record_open_directory (const char  *state_directory,
                                      const char  *config_directory,
                                      GError     **error)
{
  g_autofree char *folder = get_folder (state_directory, config_directory);
  int directory;

  if (!make_directory (folder, error))
    return -1;

  directory = _nullmail_secure_path_open_directory (folder, NULL, NULL, error);
  return directory;
}

gboolean
_nullmail_undo_record_prepare (const NullmailUndoRecord  *self,
                               int                        directory,
                               const char                *state_directory,
                               GError                   **error)
{
  g_autofree char *text = record_to_text (self);
  int saved_errno, fd;

  unlinkat (directory, NEXT_NAME, 0);
  fd = openat (directory, NEXT_NAME, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  fd = _nullmail_leave_standard_fds (fd);
  if (fd >= 0 && _nullmail_write_all (fd, text, strlen (text)) && fchmod (fd, 0600) == 0)
    {
      close (fd);
      return TRUE;
    }

  saved_errno = errno;
  if (fd >= 0)
    close (fd);
  unlinkat (directory, NEXT_NAME, 0);
  g_set_error (error, NULLMAIL_ERROR,
               saved_errno == EACCES || saved_errno == EPERM ? NULLMAIL_ERROR_PERMISSION_DENIED
                                                             : NULLMAIL_ERROR_WRITE,
               "Could not write the undo record below “%s”: %s", state_directory,
               g_strerror (saved_errno));
  return FALSE;
}

void
_nullmail_undo_record_finish (int      directory,
                              gboolean committed)
{
  if (committed)
    renameat (directory, NEXT_NAME, directory, RECORD_NAME);
  else
    unlinkat (directory, NEXT_NAME, 0);
}
