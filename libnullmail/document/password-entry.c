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
  NullmailLine line = { .start = NULL };

  *self = (NullmailPasswordCursor) { .position = buffer->data, .end = buffer->data + buffer->size };
  self->start = self->end;
  while (_nullmail_line_next (&self->position, self->end, &line))
    if (!_nullmail_line_is_continuation (&line))
      {
        self->start = line.start;
        break;
      }
}

void
_nullmail_password_cursor_clear (NullmailPasswordCursor *self)
{
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
  return !is_quoted && i <= length;
}

static gboolean
is_key (const char *key,
        gsize       length)
{
  gsize measured;

  return length > 0 && _nullmail_password_entry_measure_key (key, length, &measured)
         && measured == length;
}

static gsize
join_lines (NullmailPasswordEntry *entry,
            NullmailSecureBuffer **joined)
{
  const char *position = entry->start;
  NullmailLine line;

  if (*joined == NULL)
    *joined = _nullmail_secure_buffer_new (0);
  _nullmail_secure_buffer_set_size (*joined, 0);

  while (_nullmail_line_next (&position, entry->end, &line))
    _nullmail_secure_buffer_append (*joined, line.start,
                                    _nullmail_line_get_content_end (&line) - line.start);

  entry->text = (*joined)->data;
  return (*joined)->size;
}

/* See the loop over source lines in Postfix's postmap.c and dict_thash.c. */
void
_nullmail_password_entry_parse (NullmailPasswordEntry *entry,
                                const char            *start,
                                const char            *end,
                                gboolean               has_continuation,
                                NullmailSecureBuffer **joined)
{
  const char *lf = memchr (start, '\n', end - start);
  gsize length = (lf != NULL ? lf : end) - start;
  gboolean is_balanced;

  *entry = (NullmailPasswordEntry) { start, end, has_continuation, .text = start };
  if (has_continuation)
    length = join_lines (entry, joined);

  is_balanced = _nullmail_password_entry_measure_key (entry->text, length, &entry->key_length);
  entry->value_start = entry->key_length;
  while (entry->value_start < length && _nullmail_is_space (entry->text[entry->value_start]))
    entry->value_start++;
  entry->value_end = length;
  while (entry->value_end > entry->value_start
         && _nullmail_is_space (entry->text[entry->value_end - 1]))
    entry->value_end--;

  entry->is_entry = is_balanced && entry->value_end > entry->value_start;
  entry->is_utf8 = g_utf8_validate_len (entry->text, length, NULL);
}

gboolean
_nullmail_password_cursor_next (NullmailPasswordCursor *self,
                                NullmailPasswordEntry  *entry)
{
  const char *start = self->start;
  gboolean has_continuation = FALSE;
  NullmailLine line;

  if (start == self->end)
    return FALSE;

  self->start = self->end;
  while (_nullmail_line_next (&self->position, self->end, &line))
    {
      if (!_nullmail_line_is_continuation (&line))
        {
          self->start = line.start;
          break;
        }
      has_continuation = TRUE;
    }
  _nullmail_password_entry_parse (entry, start, self->start, has_continuation, &self->joined);

  return TRUE;
}

gboolean
_nullmail_password_entry_has_key (const NullmailPasswordEntry *self,
                                  const char                  *key)
{
  return self->is_entry && strlen (key) == self->key_length
         && g_ascii_strncasecmp (self->text, key, self->key_length) == 0;
}

gboolean
_nullmail_password_entry_split (const NullmailPasswordEntry *self,
                                char                         separator,
                                gsize                       *username_end,
                                gsize                       *password_start)
{
  const char *found = memchr (self->text + self->value_start, separator,
                              self->value_end - self->value_start);

  *username_end = found != NULL ? (gsize) (found - self->text) : self->value_end;
  *password_start = found != NULL ? *username_end + 1 : self->value_end;

  return found != NULL;
}

/* What is no entry for postmap has no key that it could be found by. */
static const char *
read_entry (NullmailEntry         *entry,
            const char            *start,
            const char            *end,
            NullmailSecureBuffer **joined,
            gsize                 *key_length)
{
  NullmailPasswordEntry parsed;

  _nullmail_password_entry_parse (&parsed, start, end, entry->is_continued, joined);
  entry->is_valid = parsed.is_entry;
  entry->is_utf8 = parsed.is_utf8;
  *key_length = parsed.is_entry ? parsed.key_length : 0;

  return parsed.text;
}

const NullmailEntrySyntax _nullmail_password_syntax = {
  .folds_case = TRUE,
  .first_counts = TRUE,
  .is_key = is_key,
  .read = read_entry,
};
