/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "document/password-file-private.h"

#include <string.h>

#include "base/error.h"
#include "base/regular-file-private.h"
#include "document/password-entry-private.h"

struct _NullmailPasswordFile
{
  gatomicrefcount ref_count;

  NullmailSecureBuffer *buffer;  /* (owned) never changed, only replaced: others may hold it */
};

static NullmailPasswordFile *
create (NullmailSecureBuffer *buffer)
{
  NullmailPasswordFile *self = g_new0 (NullmailPasswordFile, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->buffer = _nullmail_secure_buffer_ref (buffer);

  return self;
}

NullmailPasswordFile *
_nullmail_password_file_new (void)
{
  g_autoptr(NullmailSecureBuffer) empty = _nullmail_secure_buffer_new (0);

  return create (empty);
}

NullmailPasswordFile *
_nullmail_password_file_new_from_buffer (NullmailSecureBuffer  *buffer,
                                         GError               **error)
{
  if (buffer->size > NULLMAIL_MAX_FILE_BYTES)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE,
                   "The password file is larger than the %d bytes that are supported",
                   NULLMAIL_MAX_FILE_BYTES);
      return NULL;
    }

  if (memchr (buffer->data, '\0', buffer->size) != NULL)
    {
      g_set_error_literal (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE,
                           "The password file has a NUL byte, which Postfix takes for the end of "
                           "the line: remove it");
      return NULL;
    }

  return create (buffer);
}

NullmailPasswordFile *
_nullmail_password_file_ref (NullmailPasswordFile *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
_nullmail_password_file_unref (NullmailPasswordFile *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  _nullmail_secure_buffer_unref (self->buffer);
  g_free (self);
}

NullmailPasswordFile *
_nullmail_password_file_copy (NullmailPasswordFile *self)
{
  return create (self->buffer);
}

NullmailSecureBuffer *
_nullmail_password_file_get_buffer (NullmailPasswordFile *self)
{
  return self->buffer;
}

gboolean
_nullmail_password_file_equal (NullmailPasswordFile *self,
                               NullmailPasswordFile *other)
{
  return _nullmail_secure_buffer_equal (self->buffer, other->buffer);
}

GPtrArray *
_nullmail_password_file_list_keys (NullmailPasswordFile *self)
{
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto(NullmailPasswordCursor) cursor = { 0 };
  GPtrArray *keys = g_ptr_array_new_with_free_func (g_free);
  NullmailPasswordEntry entry;

  _nullmail_password_cursor_init (&cursor, self->buffer);
  while (_nullmail_password_cursor_next (&cursor, &entry))
    if (entry.is_entry && entry.is_utf8
        && g_hash_table_add (seen, g_ascii_strdown (entry.text, entry.key_length)))
      g_ptr_array_add (keys, g_strndup (entry.text, entry.key_length));

  return keys;
}

void
_nullmail_password_file_get_answers (NullmailPasswordFile *self,
                                     NullmailSecureBuffer *keys,
                                     NullmailSecureBuffer *answers)
{
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto(NullmailPasswordCursor) cursor = { 0 };
  NullmailPasswordEntry entry;

  _nullmail_password_cursor_init (&cursor, self->buffer);
  while (_nullmail_password_cursor_next (&cursor, &entry))
    {
      if (!entry.is_entry || !entry.is_utf8
          || !g_hash_table_add (seen, g_ascii_strdown (entry.text, entry.key_length))
          || memchr (entry.text, '"', entry.key_length) != NULL
          || memchr (entry.text, '\\', entry.key_length) != NULL)
        continue;

      _nullmail_secure_buffer_append (keys, entry.text, entry.key_length);
      _nullmail_secure_buffer_append (keys, "\n", 1);
      _nullmail_secure_buffer_append (answers, entry.text, entry.key_length);
      _nullmail_secure_buffer_append (answers, "\t", 1);
      _nullmail_secure_buffer_append (answers, entry.text + entry.value_start,
                                      entry.value_end - entry.value_start);
      _nullmail_secure_buffer_append (answers, "\n", 1);
    }
}

static gboolean
find_entry (NullmailPasswordCursor *cursor,
            const char             *key,
            NullmailPasswordEntry  *entry)
{
  while (_nullmail_password_cursor_next (cursor, entry))
    if (entry->is_utf8 && _nullmail_password_entry_has_key (entry, key))
      return TRUE;

  return FALSE;
}

guint
_nullmail_password_file_get_line_of (NullmailPasswordFile *self,
                                     const char           *key)
{
  g_auto(NullmailPasswordCursor) cursor = { 0 };
  NullmailPasswordEntry entry;

  _nullmail_password_cursor_init (&cursor, self->buffer);
  return find_entry (&cursor, key, &entry) ? entry.first_line + 1 : 0;
}

gboolean
_nullmail_password_file_has_key (NullmailPasswordFile *self,
                                 const char           *key)
{
  return _nullmail_password_file_get_line_of (self, key) != 0;
}

/* Splits a value at its first colon; FALSE where it has none. */
static gboolean
split_value (const NullmailPasswordEntry *entry,
             gsize                       *username_end,
             gsize                       *password_start)
{
  const char *colon = memchr (entry->text + entry->value_start, ':',
                              entry->value_end - entry->value_start);

  *username_end = colon != NULL ? (gsize) (colon - entry->text) : entry->value_end;
  *password_start = colon != NULL ? *username_end + 1 : entry->value_end;

  return colon != NULL;
}

gboolean
_nullmail_password_file_lookup (NullmailPasswordFile  *self,
                                const char            *key,
                                char                 **username,
                                NullmailSecureBuffer **password)
{
  g_auto(NullmailPasswordCursor) cursor = { 0 };
  NullmailPasswordEntry entry;
  gsize username_end, password_start;

  _nullmail_password_cursor_init (&cursor, self->buffer);
  if (!find_entry (&cursor, key, &entry))
    return FALSE;

  split_value (&entry, &username_end, &password_start);
  if (username != NULL)
    *username = g_strndup (entry.text + entry.value_start, username_end - entry.value_start);
  if (password != NULL)
    *password = _nullmail_secure_buffer_new_from (entry.text + password_start,
                                                  entry.value_end - password_start);

  return TRUE;
}

gboolean
_nullmail_password_file_reveals (NullmailPasswordFile *self,
                                 const char           *text)
{
  g_auto(NullmailPasswordCursor) cursor = { 0 };
  NullmailPasswordEntry entry;
  gsize text_length = strlen (text), username_end, password_start;

  _nullmail_password_cursor_init (&cursor, self->buffer);
  while (_nullmail_password_cursor_next (&cursor, &entry))
    {
      if (!entry.is_entry)
        continue;
      split_value (&entry, &username_end, &password_start);
      if (entry.value_end > password_start
          && memmem (text, text_length, entry.text + password_start,
                     entry.value_end - password_start) != NULL)
        return TRUE;
    }

  return FALSE;
}

static void
copy_lines (NullmailPasswordCursor *cursor,
            guint                   first,
            guint                   end,
            gboolean                only_ignored,
            NullmailSecureBuffer   *target)
{
  for (guint i = first; i < end; i++)
    {
      const NullmailLine *line = &g_array_index (cursor->lines, NullmailLine, i);

      if (!only_ignored || line->kind == NULLMAIL_LINE_IGNORED)
        _nullmail_secure_buffer_append (target, cursor->buffer->data + line->start, line->length);
    }
}

/* Puts the new text in the place of the old one. */
static gboolean
replace_buffer (NullmailPasswordFile *self,
                NullmailSecureBuffer *buffer)
{
  if (_nullmail_secure_buffer_equal (self->buffer, buffer))
    return FALSE;

  _nullmail_secure_buffer_unref (self->buffer);
  self->buffer = _nullmail_secure_buffer_ref (buffer);

  return TRUE;
}

gboolean
_nullmail_password_file_can_hold (const char                 *key,
                                  const char                 *username,
                                  const NullmailSecureBuffer *password)
{
  for (const char *p = key; *p != '\0'; p++)
    if (_nullmail_is_space (*p) || *p == '"' || *p == '\\')
      return FALSE;

  return *key != '\0' && *key != '#' && g_utf8_validate (key, -1, NULL)
         && *username != '\0' && !_nullmail_is_space (*username)
         && strpbrk (username, ":\r\n") == NULL && g_utf8_validate (username, -1, NULL)
         && (password->size == 0 || !_nullmail_is_space (password->data[password->size - 1]))
         && memchr (password->data, '\n', password->size) == NULL
         && memchr (password->data, '\r', password->size) == NULL
         && g_utf8_validate_len (password->data, password->size, NULL);
}

static void
append_entry (NullmailSecureBuffer       *target,
              const char                 *key,
              const char                 *username,
              const NullmailSecureBuffer *password)
{
  _nullmail_secure_buffer_append (target, key, strlen (key));
  _nullmail_secure_buffer_append (target, " ", 1);
  _nullmail_secure_buffer_append (target, username, strlen (username));
  _nullmail_secure_buffer_append (target, ":", 1);
  _nullmail_secure_buffer_append (target, password->data, password->size);
  _nullmail_secure_buffer_append (target, "\n", 1);
}

static void
complete_last_line (NullmailSecureBuffer *target)
{
  const char *lf;

  if (target->size == 0 || target->data[target->size - 1] == '\n')
    return;

  lf = memrchr (target->data, '\n', target->size);
  if (lf > target->data && lf[-1] == '\r' && target->data[target->size - 1] != '\r')
    _nullmail_secure_buffer_append (target, "\r", 1);
  _nullmail_secure_buffer_append (target, "\n", 1);
}

/* Whether there is one entry of the key, and it says this already. */
static gboolean
is_set_already (NullmailPasswordFile       *self,
                const char                 *key,
                const char                 *username,
                const NullmailSecureBuffer *password)
{
  g_auto(NullmailPasswordCursor) cursor = { 0 };
  NullmailPasswordEntry entry;
  guint n_found = 0;
  gboolean is_same = FALSE;
  gsize username_end, password_start;

  _nullmail_password_cursor_init (&cursor, self->buffer);
  while (_nullmail_password_cursor_next (&cursor, &entry))
    {
      if (!_nullmail_password_entry_has_key (&entry, key))
        continue;

      n_found++;
      is_same = entry.is_utf8 && split_value (&entry, &username_end, &password_start)
                && username_end - entry.value_start == strlen (username)
                && memcmp (entry.text + entry.value_start, username, strlen (username)) == 0
                && entry.value_end - password_start == password->size
                && _nullmail_equal_constant_time (entry.text + password_start, password->data,
                                                  password->size);
    }

  return n_found == 1 && is_same;
}

gboolean
_nullmail_password_file_set (NullmailPasswordFile       *self,
                             const char                 *key,
                             const char                 *username,
                             const NullmailSecureBuffer *password)
{
  g_auto(NullmailPasswordCursor) cursor = { 0 };
  g_autoptr(NullmailSecureBuffer) target = NULL;
  NullmailPasswordEntry entry;
  gboolean is_written = FALSE;

  g_return_val_if_fail (_nullmail_password_file_can_hold (key, username, password), FALSE);

  if (is_set_already (self, key, username, password))
    return FALSE;

  target = _nullmail_secure_buffer_new (self->buffer->size + 1024);
  _nullmail_password_cursor_init (&cursor, self->buffer);
  copy_lines (&cursor, 0, cursor.next, FALSE, target);
  while (_nullmail_password_cursor_next (&cursor, &entry))
    {
      gboolean has_key = _nullmail_password_entry_has_key (&entry, key);

      if (has_key && !is_written)
        {
          append_entry (target, key, username, password);
          is_written = TRUE;
        }
      copy_lines (&cursor, entry.first_line, entry.end_line, has_key, target);
    }

  if (!is_written)
    {
      complete_last_line (target);
      append_entry (target, key, username, password);
    }

  return replace_buffer (self, target);
}

static gboolean
remove_entries (NullmailPasswordFile *self,
                const char           *key,
                gboolean              others)
{
  g_auto(NullmailPasswordCursor) cursor = { 0 };
  g_autoptr(NullmailSecureBuffer) target = _nullmail_secure_buffer_new (self->buffer->size);
  NullmailPasswordEntry entry;

  _nullmail_password_cursor_init (&cursor, self->buffer);
  copy_lines (&cursor, 0, cursor.next, FALSE, target);
  while (_nullmail_password_cursor_next (&cursor, &entry))
    {
      gboolean has_key = _nullmail_password_entry_has_key (&entry, key);

      copy_lines (&cursor, entry.first_line, entry.end_line,
                  entry.is_entry && has_key != others, target);
    }

  return replace_buffer (self, target);
}

gboolean
_nullmail_password_file_remove (NullmailPasswordFile *self,
                                const char           *key)
{
  return remove_entries (self, key, FALSE);
}

gboolean
_nullmail_password_file_remove_others (NullmailPasswordFile *self,
                                       const char           *key)
{
  return remove_entries (self, key, TRUE);
}

/* A key that holds a quoted line break has no match among keys that are asked for. */
static void
copy_renamed (NullmailPasswordCursor      *cursor,
              const NullmailPasswordEntry *entry,
              const char                  *new_key,
              NullmailSecureBuffer        *target)
{
  const NullmailLine *line = &g_array_index (cursor->lines, NullmailLine, entry->first_line);

  _nullmail_secure_buffer_append (target, new_key, strlen (new_key));
  _nullmail_secure_buffer_append (target,
                                  cursor->buffer->data + line->start + entry->key_length,
                                  line->length - entry->key_length);
  copy_lines (cursor, entry->first_line + 1, entry->end_line, FALSE, target);
}

gboolean
_nullmail_password_file_rename_key (NullmailPasswordFile *self,
                                    const char           *old_key,
                                    const char           *new_key)
{
  g_auto(NullmailPasswordCursor) cursor = { 0 };
  g_autoptr(NullmailSecureBuffer) target = NULL;
  NullmailPasswordEntry entry;

  if (_nullmail_password_file_has_key (self, new_key)
      || strpbrk (old_key, " \t\n\v\f\r") != NULL)
    return FALSE;

  target = _nullmail_secure_buffer_new (self->buffer->size + 1024);
  _nullmail_password_cursor_init (&cursor, self->buffer);
  copy_lines (&cursor, 0, cursor.next, FALSE, target);
  while (_nullmail_password_cursor_next (&cursor, &entry))
    if (_nullmail_password_entry_has_key (&entry, old_key))
      copy_renamed (&cursor, &entry, new_key, target);
    else
      copy_lines (&cursor, entry.first_line, entry.end_line, FALSE, target);

  return replace_buffer (self, target);
}
