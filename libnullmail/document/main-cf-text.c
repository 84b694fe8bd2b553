/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "document/main-cf-text-private.h"

#include <string.h>

#define NO_NAME G_MAXUINT32

static void
forget_lines (NullmailMainCfText *self)
{
  g_clear_pointer (&self->lines, g_array_unref);
  g_clear_pointer (&self->settings, g_array_unref);
  g_clear_pointer (&self->names, g_array_unref);
  g_clear_pointer (&self->slots, g_free);
  self->n_slots = 0;
}

void
_nullmail_main_cf_text_init (NullmailMainCfText *self,
                             GBytes             *bytes)
{
  *self = (NullmailMainCfText) { .bytes = g_bytes_ref (bytes) };
}

void
_nullmail_main_cf_text_clear (NullmailMainCfText *self)
{
  forget_lines (self);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  if (self->edited != NULL)
    g_string_free (g_steal_pointer (&self->edited), TRUE);
}

const char *
_nullmail_main_cf_text_get_data (NullmailMainCfText *self)
{
  if (self->edited != NULL)
    return self->edited->str;

  return g_bytes_get_data (self->bytes, NULL);
}

GBytes *
_nullmail_main_cf_text_peek_bytes (NullmailMainCfText *self)
{
  GByteArray *array;
  gsize size = 0;

  if (self->edited == NULL)
    return self->bytes;

  for (guint i = 0; i < self->lines->len; i++)
    {
      const NullmailLine *line = &g_array_index (self->lines, NullmailLine, i);

      if (line->kind != NULLMAIL_LINE_REMOVED)
        size += line->length;
    }

  array = g_byte_array_sized_new (size);
  for (guint i = 0; i < self->lines->len; i++)
    {
      const NullmailLine *line = &g_array_index (self->lines, NullmailLine, i);

      if (line->kind != NULLMAIL_LINE_REMOVED)
        g_byte_array_append (array, (const guint8 *) self->edited->str + line->start, line->length);
    }

  forget_lines (self);
  g_string_free (g_steal_pointer (&self->edited), TRUE);
  g_bytes_unref (self->bytes);
  self->bytes = g_byte_array_free_to_bytes (array);

  return self->bytes;
}

/* FNV-1a */
static guint32
hash_name (const char *name,
           gsize       length)
{
  guint32 hash = 2166136261u;

  for (gsize i = 0; i < length; i++)
    hash = (hash ^ (guchar) name[i]) * 16777619u;

  return hash;
}

static guint32 *
find_slot (NullmailMainCfText *self,
           const char         *name,
           gsize               length,
           guint32             hash)
{
  const char *data = _nullmail_main_cf_text_get_data (self);

  for (guint i = hash & (self->n_slots - 1); ; i = (i + 1) & (self->n_slots - 1))
    {
      const NullmailSettingName *found;

      if (self->slots[i] == 0)
        return &self->slots[i];

      found = &g_array_index (self->names, NullmailSettingName, self->slots[i] - 1);
      if (found->hash == hash && found->length == length
          && memcmp (data + found->start, name, length) == 0)
        return &self->slots[i];
    }
}

static void
grow_slots (NullmailMainCfText *self)
{
  g_free (self->slots);
  self->n_slots = MAX (256, self->n_slots * 2);
  self->slots = g_new0 (guint32, self->n_slots);

  for (guint i = 0; i < self->names->len; i++)
    {
      const NullmailSettingName *name = &g_array_index (self->names, NullmailSettingName, i);
      guint slot = name->hash & (self->n_slots - 1);

      while (self->slots[slot] != 0)
        slot = (slot + 1) & (self->n_slots - 1);
      self->slots[slot] = i + 1;
    }
}

static guint32
intern_name (NullmailMainCfText *self,
             guint32             start,
             guint32             length)
{
  const char *name = _nullmail_main_cf_text_get_data (self) + start;
  guint32 hash = hash_name (name, length);
  guint32 *slot;

  if (self->n_slots <= self->names->len * 2)
    grow_slots (self);

  slot = find_slot (self, name, length, hash);
  if (*slot == 0)
    {
      NullmailSettingName entry = { .start = start, .length = length, .hash = hash };

      g_array_append_val (self->names, entry);
      *slot = self->names->len;
    }

  return *slot - 1;
}

void
_nullmail_main_cf_text_add_setting (NullmailMainCfText *self,
                                    guint32             line,
                                    guint32             name_length,
                                    gboolean            is_valid)
{
  guint32 start = g_array_index (self->lines, NullmailLine, line).start;
  NullmailCfEntry setting = { .line = line, .name = NO_NAME, .is_valid = is_valid };
  NullmailSettingName *name;

  if (name_length > 0)
    setting.name = intern_name (self, start, name_length);
  g_array_append_val (self->settings, setting);
  if (name_length == 0)
    return;

  name = &g_array_index (self->names, NullmailSettingName, setting.name);
  if (name->first == 0)
    name->first = self->settings->len;
  else
    g_array_index (self->settings, NullmailCfEntry, name->last - 1).next = self->settings->len;
  name->last = self->settings->len;
}

/* The name runs to white space or “=”, see split_nameval () in Postfix. */
static guint32
measure_name (const char *line,
              guint32     length)
{
  guint32 i = 0;

  while (i < length && line[i] != '=' && !_nullmail_is_space (line[i]))
    i++;

  return i;
}

/* Whether the next thing that is not white space is a “=”; it may stand on a continuation line. */
static gboolean
is_followed_by_equals (NullmailMainCfText *self,
                       guint32             index,
                       guint32             offset)
{
  const char *data = _nullmail_main_cf_text_get_data (self);

  for (guint32 i = index; i < self->lines->len; i++)
    {
      const NullmailLine *line = &g_array_index (self->lines, NullmailLine, i);

      if (i > index && line->kind == NULLMAIL_LINE_START)
        return FALSE;
      if (i > index && line->kind != NULLMAIL_LINE_CONTINUATION)
        continue;

      for (guint32 j = i == index ? offset : 0; j < line->length; j++)
        if (!_nullmail_is_space (data[line->start + j]))
          return data[line->start + j] == '=';
    }

  return FALSE;
}

void
_nullmail_main_cf_text_index (NullmailMainCfText *self)
{
  const char *data;

  if (self->lines != NULL)
    return;

  data = _nullmail_main_cf_text_get_data (self);
  self->lines = _nullmail_logical_lines_scan (data, g_bytes_get_size (self->bytes));
  self->settings = g_array_new (FALSE, FALSE, sizeof (NullmailCfEntry));
  self->names = g_array_new (FALSE, FALSE, sizeof (NullmailSettingName));
  grow_slots (self);

  for (guint32 i = 0; i < self->lines->len; i++)
    {
      const NullmailLine *line = &g_array_index (self->lines, NullmailLine, i);
      guint32 name_length;

      if (line->kind != NULLMAIL_LINE_START)
        continue;

      name_length = measure_name (data + line->start, line->length);
      _nullmail_main_cf_text_add_setting (self, i, name_length,
                                          name_length > 0
                                          && is_followed_by_equals (self, i, name_length));
    }
}

NullmailSettingName *
_nullmail_main_cf_text_find_name (NullmailMainCfText *self,
                                  const char         *name)
{
  gsize length = strlen (name);
  guint32 slot;

  _nullmail_main_cf_text_index (self);
  slot = *find_slot (self, name, length, hash_name (name, length));

  return slot != 0 ? &g_array_index (self->names, NullmailSettingName, slot - 1) : NULL;
}

/* The occurrence that counts: the last one. */
NullmailCfEntry *
_nullmail_main_cf_text_find_setting (NullmailMainCfText *self,
                                     const char         *name)
{
  const NullmailSettingName *found = _nullmail_main_cf_text_find_name (self, name);
  NullmailCfEntry *effective = NULL;

  for (guint32 i = found != NULL ? found->first : 0; i != 0; )
    {
      NullmailCfEntry *setting = &g_array_index (self->settings, NullmailCfEntry, i - 1);

      if (setting->is_valid)
        effective = setting;
      i = setting->next;
    }

  return effective;
}

/* Joins the logical line without its newlines and cuts off the name, as readllines () and
 * split_nameval () in Postfix do. */
GString *
_nullmail_main_cf_text_read_value (NullmailMainCfText    *self,
                                   const NullmailCfEntry *setting)
{
  const char *data = _nullmail_main_cf_text_get_data (self);
  GString *value = g_string_new (NULL);
  gsize start = 0;

  for (guint32 i = setting->line; i < self->lines->len; i++)
    {
      const NullmailLine *line = &g_array_index (self->lines, NullmailLine, i);

      if (i > setting->line && line->kind == NULLMAIL_LINE_START)
        break;
      if (i == setting->line || line->kind == NULLMAIL_LINE_CONTINUATION)
        g_string_append_len (value, data + line->start,
                             _nullmail_line_get_content_length (line, data));
    }

  while (start < value->len && value->str[start] != '=')
    start++;
  start++;
  while (start < value->len && _nullmail_is_space (value->str[start]))
    start++;
  g_string_erase (value, 0, MIN (start, value->len));
  while (value->len > 0 && _nullmail_is_space (value->str[value->len - 1]))
    g_string_truncate (value, value->len - 1);

  return value;
}

/* How many lines the document has up to and with this one. */
guint
_nullmail_main_cf_text_count_lines (NullmailMainCfText *self,
                                    guint32             line)
{
  guint count = 0;

  for (guint32 i = 0; i <= line; i++)
    if (g_array_index (self->lines, NullmailLine, i).kind != NULLMAIL_LINE_REMOVED)
      count++;

  return count;
}
