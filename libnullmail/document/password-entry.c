/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "document/password-entry-private.h"

#include <string.h>

/* The lines before the first in column 1 belong to no entry: what is indented there is dropped by
 * Postfix. */
void
_nullmail_password_cursor_init (NullmailPasswordCursor     *self,
                                const NullmailSecureBuffer *buffer)
{
  *self = (NullmailPasswordCursor) { .buffer = buffer };
  self->lines = _nullmail_logical_lines_scan (buffer->data, buffer->size);

  while (self->next < self->lines->len
         && g_array_index (self->lines, NullmailLine, self->next).kind != NULLMAIL_LINE_START)
    self->next++;
}

void
_nullmail_password_cursor_clear (NullmailPasswordCursor *self)
{
  g_clear_pointer (&self->lines, g_array_unref);
  g_clear_pointer (&self->joined, _nullmail_secure_buffer_unref);
}

gboolean
_nullmail_password_entry_measure_key (const char *text,
                                      gsize       length,
                                      gsize      *key_length)
{
  gboolean is_quoted = FALSE;
  gsize i;

  for (i = 0; i < length && (is_quoted || !_nullmail_is_space (text[i])); i++)
    if (text[i] == '\\')
      i++;
    else if (text[i] == '"')
      is_quoted = !is_quoted;

  *key_length = MIN (i, length);
  return !is_quoted;
}

/* See the loop over source lines in Postfix's postmap.c and dict_thash.c. */
static void
parse_entry (NullmailPasswordEntry *entry,
             gsize                  length)
{
  const char *text = entry->text;
  gboolean is_balanced = _nullmail_password_entry_measure_key (text, length, &entry->key_length);

  entry->value_start = entry->key_length;
  while (entry->value_start < length && _nullmail_is_space (text[entry->value_start]))
    entry->value_start++;
  entry->value_end = length;
  while (entry->value_end > entry->value_start && _nullmail_is_space (text[entry->value_end - 1]))
    entry->value_end--;

  entry->is_entry = is_balanced && entry->value_end > entry->value_start;
  entry->is_utf8 = g_utf8_validate_len (text, length, NULL);
}

static gsize
join_lines (NullmailPasswordCursor *self,
            NullmailPasswordEntry  *entry)
{
  if (self->joined == NULL)
    self->joined = _nullmail_secure_buffer_new (0);
  _nullmail_secure_buffer_set_size (self->joined, 0);

  for (guint i = entry->first_line; i < entry->end_line; i++)
    {
      const NullmailLine *line = &g_array_index (self->lines, NullmailLine, i);

      if (line->kind != NULLMAIL_LINE_IGNORED)
        _nullmail_secure_buffer_append (self->joined, self->buffer->data + line->start,
                                        _nullmail_line_get_content_length (line,
                                                                           self->buffer->data));
    }

  entry->text = self->joined->data;
  return self->joined->size;
}

gboolean
_nullmail_password_cursor_next (NullmailPasswordCursor *self,
                                NullmailPasswordEntry  *entry)
{
  const NullmailLine *line;
  gsize length;

  if (self->next >= self->lines->len)
    return FALSE;

  *entry = (NullmailPasswordEntry) { .first_line = self->next++ };
  for (; self->next < self->lines->len; self->next++)
    {
      line = &g_array_index (self->lines, NullmailLine, self->next);
      if (line->kind == NULLMAIL_LINE_START)
        break;
      if (line->kind == NULLMAIL_LINE_CONTINUATION)
        entry->has_continuation = TRUE;
    }
  entry->end_line = self->next;

  if (entry->has_continuation)
    length = join_lines (self, entry);
  else
    {
      line = &g_array_index (self->lines, NullmailLine, entry->first_line);
      entry->text = self->buffer->data + line->start;
      length = _nullmail_line_get_content_length (line, self->buffer->data);
    }
  parse_entry (entry, length);

  return TRUE;
}

gboolean
_nullmail_password_entry_has_key (const NullmailPasswordEntry *self,
                                  const char                  *key)
{
  return self->is_entry && strlen (key) == self->key_length
         && g_ascii_strncasecmp (self->text, key, self->key_length) == 0;
}
