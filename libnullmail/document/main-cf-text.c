/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The text of a main.cf, as a Postfix program reads it and as postconf(1) edits it.
 *
 * A setting begins with text in column 1 and goes on with every indented line up to the next text
 * in column 1. Comments and empty lines may stand anywhere, in the midst of a setting too, and
 * count for nothing: readllines () in Postfix leaves them out and puts the others together without
 * their LF. The name runs to white space or “=”, the value from behind the “=” to the end, without
 * the white space around it: split_nameval () in Postfix. Without a “=” a setting is not valid,
 * and every Postfix program stops there. Where a name occurs several times the last valid
 * occurrence counts. What is indented before the first setting is dropped by Postfix, and belongs
 * to nothing here.
 *
 * postconf edits by name and line. It takes every occurrence, valid or not, with the lines that
 * continue it, and leaves all that is ignored where it stands. Setting writes “name = value” for
 * the first line of each occurrence, and where there is none, appends it.
 *
 * Both fit the text of entries in entry-text.c, which keeps what was read untouched, shares it and
 * its index among copies, and holds edits beside it. This file says how a setting is read, and
 * main-cf-text-edit.c what an edit does. The bytes are put together when they are asked for, and
 * kept until the next edit. Only when the edits have become much longer than the text itself is
 * the document begun anew with its bytes, so that a program that sets the same thing for ever does
 * not grow for ever. */

#include "document/main-cf-text-private.h"

#include <string.h>

#include "document/logical-lines-private.h"

static gsize
measure_name (const char *line,
              const char *end)
{
  const char *p = line;

  while (p < end && *p != '=' && !_nullmail_is_space (*p))
    p++;

  return p - line;
}

static gboolean
is_name (const char *name,
         gsize       length)
{
  return length > 0 && measure_name (name, name + length) == length;
}

/* Whether the next thing behind the name that is not white space is a “=”, which may stand on a
 * line that continues the first. */
static gboolean
is_followed_by_equals (const NullmailEntry *entry,
                       const char          *start,
                       const char          *name_end,
                       const char          *end)
{
  const char *p = name_end;
  NullmailLine line;

  while (p < end && *p != '\n' && _nullmail_is_space (*p))
    p++;
  if (p < end && *p != '\n')
    return *p == '=';
  if (!entry->is_continued)
    return FALSE;

  return _nullmail_line_next (&start, end, &line)
         && _nullmail_line_next (&start, end, &line) && *line.text == '=';
}

static const char *
read_setting (NullmailEntry         *entry,
              const char            *start,
              const char            *end,
              NullmailSecureBuffer **joined G_GNUC_UNUSED,
              gsize                 *key_length)
{
  *key_length = measure_name (start, end);
  entry->is_valid = *key_length > 0
                    && is_followed_by_equals (entry, start, start + *key_length, end);

  return start;
}

static const NullmailEntrySyntax main_cf_syntax = {
  .separator = '=',
  .is_key = is_name,
  .read = read_setting,
};

void
_nullmail_main_cf_text_init (NullmailMainCfText *self,
                             GBytes             *bytes)
{
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);

  self->bytes = g_bytes_ref (bytes);
  _nullmail_entry_text_init (&self->entries,
                             _nullmail_entry_index_new (&main_cf_syntax, text, size,
                                                        g_bytes_ref (bytes),
                                                        (GDestroyNotify) g_bytes_unref),
                             FALSE);
}

void
_nullmail_main_cf_text_copy (NullmailMainCfText *self,
                             NullmailMainCfText *other)
{
  self->bytes = other->bytes != NULL ? g_bytes_ref (other->bytes) : NULL;
  _nullmail_entry_text_copy (&self->entries, &other->entries);
}

gboolean
_nullmail_main_cf_text_copy_base (NullmailMainCfText *self,
                                  NullmailMainCfText *other,
                                  GBytes             *bytes)
{
  NullmailEntryIndex *index = other->entries.base;
  gsize size;

  if (_nullmail_entry_index_get_text (index, &size) != g_bytes_get_data (bytes, NULL)
      || size != g_bytes_get_size (bytes))
    return FALSE;

  self->bytes = g_bytes_ref (bytes);
  _nullmail_entry_text_init (&self->entries, _nullmail_entry_index_ref (index), FALSE);
  return TRUE;
}

void
_nullmail_main_cf_text_clear (NullmailMainCfText *self)
{
  _nullmail_entry_text_clear (&self->entries);
  g_clear_pointer (&self->bytes, g_bytes_unref);
}

static void
append_to_array (gpointer    sink,
                 const char *text,
                 gsize       length)
{
  g_byte_array_append (sink, (const guint8 *) text, length);
}

GBytes *
_nullmail_main_cf_text_peek_bytes (NullmailMainCfText *self)
{
  if (self->bytes == NULL)
    {
      GByteArray *array = g_byte_array_sized_new (_nullmail_entry_text_measure (&self->entries));

      _nullmail_entry_text_write (&self->entries, append_to_array, array);
      self->bytes = g_byte_array_free_to_bytes (array);
    }

  return self->bytes;
}

gboolean
_nullmail_main_cf_text_find_setting (NullmailMainCfText *self,
                                     const char         *name,
                                     NullmailEntryView  *setting)
{
  gboolean is_found = _nullmail_entry_text_find (&self->entries, name, setting);

  while (is_found && !setting->is_valid)
    is_found = _nullmail_entry_text_find_next (&self->entries, setting);

  return is_found;
}

gsize
_nullmail_main_cf_text_measure_name (const NullmailEntryView *setting)
{
  return measure_name (setting->start, setting->end);
}

GString *
_nullmail_main_cf_text_read_value (const NullmailEntryView *setting)
{
  const char *position = setting->start;
  GString *value = g_string_new (NULL);
  const char *start, *end;
  NullmailLine line;

  while (_nullmail_line_next (&position, setting->end, &line))
    {
      g_string_append_len (value, line.start, _nullmail_line_get_content_end (&line) - line.start);
      if (!setting->is_continued)
        break;
    }

  start = value->str + _nullmail_main_cf_text_measure_name (setting);
  end = value->str + value->len;
  while (*start != '=')
    start++;
  start++;
  while (start < end && _nullmail_is_space (*start))
    start++;
  while (end > start && _nullmail_is_space (end[-1]))
    end--;
  g_string_truncate (value, end - value->str);
  g_string_erase (value, 0, start - value->str);

  return value;
}
