/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The source of a table of passwords, as postmap(1) reads it.
 *
 * An entry begins in column 1 and goes on with every indented line; comments and empty lines count
 * for nothing, in the midst of an entry too. Its key runs to the first white space that is neither
 * quoted nor behind a backslash, the value is the rest, and splits at its first colon, or what else
 * main.cf says of it, into the user name and the password. Of several entries with a key, whose
 * ASCII case makes no difference, the first one counts. What postmap skips, since it has no value,
 * unbalanced quotes or is not UTF-8, is kept as it is; of these only the last kind has a key that
 * an edit could mean.
 *
 * The text is in secure memory: the buffer that was read, the lines that were added in another, and
 * the two put together in a third when the bytes are asked for. Each is wiped when it is no longer
 * held by anybody. The index of entries holds places in the text, no text, so that it may be
 * anywhere. entry-text.c says how the buffer and the index are shared with copies and how edits are
 * kept beside them; a question about one key and an edit of one key cost the same in a file of any
 * length. What is about all entries walks over the bytes of now. */

#include "document/password-file-private.h"

#include <string.h>

#include "base/error.h"
#include "base/regular-file-private.h"
#include "document/entry-text-private.h"
#include "document/logical-lines-private.h"
#include "document/password-entry-private.h"

struct _NullmailPasswordFile
{
  gatomicrefcount ref_count;

  char                  separator;
  char                  separators[8];  /* all that were set, “:” too */
  NullmailEntryText     entries;
  NullmailSecureBuffer *buffer;  /* (owned) (nullable) the bytes of now, where they are known */
};

/* The buffer is never changed any more, only replaced: others may hold it. */
static void
set_buffer (NullmailPasswordFile *self,
            NullmailSecureBuffer *buffer)
{
  NullmailEntryIndex *index =
    _nullmail_entry_index_new (&_nullmail_password_syntax, buffer->data, buffer->size,
                               _nullmail_secure_buffer_ref (buffer),
                               (GDestroyNotify) _nullmail_secure_buffer_unref);

  _nullmail_entry_text_clear (&self->entries);
  _nullmail_entry_text_init (&self->entries, index, TRUE);
  g_clear_pointer (&self->buffer, _nullmail_secure_buffer_unref);
  self->buffer = _nullmail_secure_buffer_ref (buffer);
}

static NullmailPasswordFile *
create (NullmailSecureBuffer *buffer)
{
  NullmailPasswordFile *self = g_new0 (NullmailPasswordFile, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->separator = self->separators[0] = ':';
  set_buffer (self, buffer);

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
  const char *nul;

  if (buffer->size > NULLMAIL_MAX_FILE_BYTES)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE,
                   "The password file is larger than the %d bytes that are supported: see what has "
                   "filled it, and shorten it",
                   NULLMAIL_MAX_FILE_BYTES);
      return NULL;
    }

  nul = memchr (buffer->data, '\0', buffer->size);
  if (nul != NULL)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE,
                   "Line %u has a NUL byte, which Postfix takes for the end of the line: remove it",
                   _nullmail_lines_count_ends (buffer->data, nul) + 1);
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

  _nullmail_entry_text_clear (&self->entries);
  g_clear_pointer (&self->buffer, _nullmail_secure_buffer_unref);
  g_free (self);
}

NullmailPasswordFile *
_nullmail_password_file_copy (NullmailPasswordFile *self)
{
  NullmailPasswordFile *copy = g_new0 (NullmailPasswordFile, 1);

  g_atomic_ref_count_init (&copy->ref_count);
  copy->separator = self->separator;
  memcpy (copy->separators, self->separators, sizeof copy->separators);
  _nullmail_entry_text_copy (&copy->entries, &self->entries);
  if (self->buffer != NULL)
    copy->buffer = _nullmail_secure_buffer_ref (self->buffer);

  return copy;
}

void
_nullmail_password_file_set_separator (NullmailPasswordFile *self,
                                       char                  separator)
{
  gsize n_known = strlen (self->separators);

  self->separator = separator;
  if (strchr (self->separators, separator) == NULL && n_known < sizeof self->separators - 1)
    self->separators[n_known] = separator;
}

char
_nullmail_password_file_get_separator (NullmailPasswordFile *self)
{
  return self->separator;
}

const char *
_nullmail_password_file_get_separators (NullmailPasswordFile *self)
{
  return self->separators;
}

static void
append_to_buffer (gpointer    sink,
                  const char *text,
                  gsize       length)
{
  _nullmail_secure_buffer_append (sink, text, length);
}

NullmailSecureBuffer *
_nullmail_password_file_get_buffer (NullmailPasswordFile *self)
{
  if (self->buffer == NULL)
    {
      self->buffer = _nullmail_secure_buffer_new (_nullmail_entry_text_measure (&self->entries));
      _nullmail_entry_text_write (&self->entries, append_to_buffer, self->buffer);
    }

  return self->buffer;
}

GPtrArray *
_nullmail_password_file_list_keys (NullmailPasswordFile *self)
{
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto(NullmailPasswordCursor) cursor = { 0 };
  GPtrArray *keys = g_ptr_array_new_with_free_func (g_free);
  NullmailPasswordEntry entry;

  _nullmail_password_cursor_init (&cursor, _nullmail_password_file_get_buffer (self));
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

  _nullmail_password_cursor_init (&cursor, _nullmail_password_file_get_buffer (self));
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

/* The entry that counts, to be found by a key: the first one that postmap reads. */
static gboolean
find_entry (NullmailPasswordFile *self,
            const char           *key,
            NullmailEntryView    *view)
{
  gboolean is_found = _nullmail_entry_text_find (&self->entries, key, view);

  while (is_found && !view->is_utf8)
    is_found = _nullmail_entry_text_find_next (&self->entries, view);

  return is_found;
}

gboolean
_nullmail_password_file_find_entry (NullmailPasswordFile   *self,
                                    const char             *key,
                                    NullmailPasswordEntry  *entry,
                                    NullmailSecureBuffer  **joined)
{
  NullmailEntryView view;

  if (!find_entry (self, key, &view))
    return FALSE;

  _nullmail_password_entry_parse (entry, view.start, view.end, view.is_continued, joined);
  return TRUE;
}

guint
_nullmail_password_file_get_line_of (NullmailPasswordFile *self,
                                     const char           *key)
{
  NullmailEntryView view;

  if (!find_entry (self, key, &view))
    return 0;

  return _nullmail_entry_text_get_line (&self->entries, view.number);
}

gboolean
_nullmail_password_file_has_key (NullmailPasswordFile *self,
                                 const char           *key)
{
  NullmailEntryView view;

  return find_entry (self, key, &view);
}

gboolean
_nullmail_password_file_lookup (NullmailPasswordFile  *self,
                                const char            *key,
                                char                 **username,
                                NullmailSecureBuffer **password)
{
  g_autoptr(NullmailSecureBuffer) joined = NULL;
  NullmailPasswordEntry entry;
  gsize username_end, password_start;

  if (!_nullmail_password_file_find_entry (self, key, &entry, &joined))
    return FALSE;

  _nullmail_password_entry_split (&entry, self->separator, &username_end, &password_start);
  if (username != NULL)
    *username = g_strndup (entry.text + entry.value_start, username_end - entry.value_start);
  if (password != NULL)
    *password = _nullmail_secure_buffer_new_from (entry.text + password_start,
                                                  entry.value_end - password_start);

  return TRUE;
}

gboolean
_nullmail_password_file_can_hold (NullmailPasswordFile       *self,
                                  const char                 *key,
                                  const char                 *username,
                                  const NullmailSecureBuffer *password)
{
  for (const char *p = key; *p != '\0'; p++)
    if (_nullmail_is_space (*p) || *p == '"' || *p == '\\')
      return FALSE;

  return *key != '\0' && *key != '#' && g_utf8_validate (key, -1, NULL)
         && *username != '\0' && !_nullmail_is_space (*username)
         && strchr (username, self->separator) == NULL && strpbrk (username, "\r\n") == NULL
         && g_utf8_validate (username, -1, NULL)
         && (password->size == 0 || !_nullmail_is_space (password->data[password->size - 1]))
         && memchr (password->data, '\n', password->size) == NULL
         && memchr (password->data, '\r', password->size) == NULL
         && g_utf8_validate_len (password->data, password->size, NULL);
}

/* To be called before an edit takes the number of an entry. */
static void
begin_edit (NullmailPasswordFile *self)
{
  if (_nullmail_entry_text_is_overgrown (&self->entries))
    {
      g_autoptr(NullmailSecureBuffer) buffer =
        _nullmail_secure_buffer_ref (_nullmail_password_file_get_buffer (self));

      set_buffer (self, buffer);
    }

  g_clear_pointer (&self->buffer, _nullmail_secure_buffer_unref);
}

/* Whether there is one entry of the key, and it says this already. */
static gboolean
is_set_already (NullmailPasswordFile       *self,
                const char                 *key,
                const char                 *username,
                const NullmailSecureBuffer *password)
{
  g_autoptr(NullmailSecureBuffer) joined = NULL;
  NullmailPasswordEntry entry;
  NullmailEntryView view;
  gsize username_end, password_start;

  if (!_nullmail_entry_text_find (&self->entries, key, &view))
    return FALSE;

  _nullmail_password_entry_parse (&entry, view.start, view.end, view.is_continued, &joined);
  return entry.is_utf8
         && _nullmail_password_entry_split (&entry, self->separator, &username_end,
                                            &password_start)
         && username_end - entry.value_start == strlen (username)
         && memcmp (entry.text + entry.value_start, username, strlen (username)) == 0
         && entry.value_end - password_start == password->size
         && _nullmail_equal_constant_time (entry.text + password_start, password->data,
                                           password->size)
         && !_nullmail_entry_text_find_next (&self->entries, &view);
}

gboolean
_nullmail_password_file_set (NullmailPasswordFile       *self,
                             const char                 *key,
                             const char                 *username,
                             const NullmailSecureBuffer *password)
{
  NullmailEntryText *entries = &self->entries;
  NullmailEntryView view;
  gsize start, end;

  g_return_val_if_fail (_nullmail_password_file_can_hold (self, key, username, password), FALSE);

  if (is_set_already (self, key, username, password))
    return FALSE;

  begin_edit (self);
  start = _nullmail_entry_text_add (entries, "", 0);
  _nullmail_entry_text_add (entries, key, strlen (key));
  _nullmail_entry_text_add (entries, " ", 1);
  _nullmail_entry_text_add (entries, username, strlen (username));
  _nullmail_entry_text_add (entries, &self->separator, 1);
  _nullmail_entry_text_add (entries, password->data, password->size);
  end = _nullmail_entry_text_add (entries, "\n", 1);

  if (!_nullmail_entry_text_find (entries, key, &view))
    {
      _nullmail_entry_text_append (entries, key, start, end);
      return TRUE;
    }

  _nullmail_entry_text_replace (entries, view.number, start, end);
  while (_nullmail_entry_text_find_next (entries, &view))
    _nullmail_entry_text_remove (entries, view.number);

  return TRUE;
}

gboolean
_nullmail_password_file_remove (NullmailPasswordFile *self,
                                const char           *key)
{
  NullmailEntryView view;
  gboolean is_found = _nullmail_entry_text_find (&self->entries, key, &view);

  if (!is_found)
    return FALSE;

  begin_edit (self);
  is_found = _nullmail_entry_text_find (&self->entries, key, &view);
  for (; is_found; is_found = _nullmail_entry_text_find_next (&self->entries, &view))
    _nullmail_entry_text_remove (&self->entries, view.number);

  return TRUE;
}

/* Those with the key are found in the order of the file, so that one look at the next is enough. */
gboolean
_nullmail_password_file_remove_others (NullmailPasswordFile *self,
                                       const char           *key)
{
  NullmailEntryText *entries = &self->entries;
  NullmailEntryView view, kept;
  gboolean is_kept, is_changed = FALSE;
  guint32 count;

  begin_edit (self);
  count = _nullmail_entry_text_count (entries);
  is_kept = _nullmail_entry_text_find (entries, key, &kept);
  for (guint32 i = 0; i < count; i++)
    if (is_kept && kept.number == i)
      is_kept = _nullmail_entry_text_find_next (entries, &kept);
    else if (_nullmail_entry_text_view (entries, i, &view) && view.is_valid)
      {
        _nullmail_entry_text_remove (entries, i);
        is_changed = TRUE;
      }

  return is_changed;
}
