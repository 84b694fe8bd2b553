/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "document/main-cf-text-private.h"

#include <string.h>

/* Ranges are 32 bits wide: rebuild long before the text of edits gets there. */
#define MAX_EDITED_BYTES (512 * 1024 * 1024)

static NullmailLine *
get_line (NullmailMainCfText *self,
          guint32             line)
{
  return &g_array_index (self->lines, NullmailLine, line);
}

/* To be called before an edit takes an index or pointer into the document. */
static void
begin_edit (NullmailMainCfText *self)
{
  if (self->edited != NULL && self->edited->len > MAX_EDITED_BYTES)
    _nullmail_main_cf_text_peek_bytes (self);

  _nullmail_main_cf_text_index (self);
  if (self->edited == NULL)
    {
      gsize size;
      const char *data = g_bytes_get_data (self->bytes, &size);

      self->edited = g_string_sized_new (size + 4096);
      g_string_append_len (self->edited, size > 0 ? data : "", size);
    }
}

/* The text behind the given length of the buffer becomes that of the line. */
static void
point_line_at (NullmailMainCfText *self,
               guint32             line,
               gsize               start)
{
  get_line (self, line)->start = (guint32) start;
  get_line (self, line)->length = (guint32) (self->edited->len - start);
}

/* An edit by name takes the line in column 1 and every continuation up to the next such line, and
 * leaves what stands between them and is ignored. */
static void
remove_continuations (NullmailMainCfText *self,
                      guint32             line)
{
  for (guint32 i = line + 1; i < self->lines->len; i++)
    {
      if (get_line (self, i)->kind == NULLMAIL_LINE_START)
        break;
      if (get_line (self, i)->kind == NULLMAIL_LINE_CONTINUATION)
        get_line (self, i)->kind = NULLMAIL_LINE_REMOVED;
    }
}

static void
append_assignment (GString    *text,
                   const char *name,
                   const char *value,
                   gsize       value_length)
{
  g_string_append (text, name);
  g_string_append (text, " = ");
  g_string_append_len (text, value, value_length);
  g_string_append_c (text, '\n');
}

static gboolean
ends_in_crlf (NullmailMainCfText *self,
              guint32             line)
{
  const NullmailLine *range = get_line (self, line);

  return range->length >= 2
         && memcmp (self->edited->str + range->start + range->length - 2, "\r\n", 2) == 0;
}

/* Without this the appended line would become part of the last one, as it does with the postconf
 * of Postfix before 3.7.15, 3.8.10, 3.9.4 and 3.10.2. */
static void
complete_last_line (NullmailMainCfText *self)
{
  guint32 last = self->lines->len, before;
  gboolean crlf = FALSE;
  NullmailLine range;
  gsize start;

  while (last > 0 && get_line (self, last - 1)->kind == NULLMAIL_LINE_REMOVED)
    last--;
  if (last == 0)
    return;

  range = *get_line (self, --last);
  if (self->edited->str[range.start + range.length - 1] == '\n')
    return;

  for (before = last; before > 0 && !crlf; before--)
    if (get_line (self, before - 1)->kind != NULLMAIL_LINE_REMOVED)
      {
        crlf = ends_in_crlf (self, before - 1);
        break;
      }

  start = self->edited->len;
  g_string_set_size (self->edited, start + range.length);
  memcpy (self->edited->str + start, self->edited->str + range.start, range.length);
  if (crlf && self->edited->str[self->edited->len - 1] != '\r')
    g_string_append_c (self->edited, '\r');
  g_string_append_c (self->edited, '\n');
  point_line_at (self, last, start);
}

static void
append_setting (NullmailMainCfText *self,
                const char         *name,
                const char         *value,
                gsize               value_length)
{
  NullmailLine line = { .kind = NULLMAIL_LINE_START };
  gsize start;

  complete_last_line (self);

  start = self->edited->len;
  append_assignment (self->edited, name, value, value_length);
  g_array_append_val (self->lines, line);
  point_line_at (self, self->lines->len - 1, start);
  _nullmail_main_cf_text_add_setting (self, self->lines->len - 1, strlen (name), TRUE);
}

static gboolean
is_set_already (NullmailMainCfText        *self,
                const NullmailSettingName *found,
                const char                *value,
                gsize                      value_length)
{
  const NullmailCfEntry *setting =
    &g_array_index (self->settings, NullmailCfEntry, found->first - 1);
  GString *old;
  gboolean is_same;

  if (found->first != found->last || !setting->is_valid)
    return FALSE;

  old = _nullmail_main_cf_text_read_value (self, setting);
  is_same = old->len == value_length && memcmp (old->str, value, value_length) == 0;
  g_string_free (old, TRUE);

  return is_same;
}

void
_nullmail_main_cf_text_set (NullmailMainCfText *self,
                            const char         *name,
                            const char         *value,
                            gsize               value_length)
{
  const NullmailSettingName *found = _nullmail_main_cf_text_find_name (self, name);
  gboolean is_present = found != NULL && found->first != 0;

  if (is_present && is_set_already (self, found, value, value_length))
    return;

  begin_edit (self);
  if (!is_present)
    {
      append_setting (self, name, value, value_length);
      return;
    }

  found = _nullmail_main_cf_text_find_name (self, name);
  for (guint32 i = found->first; i != 0; )
    {
      NullmailCfEntry *setting = &g_array_index (self->settings, NullmailCfEntry, i - 1);
      gsize start = self->edited->len;

      append_assignment (self->edited, name, value, value_length);
      point_line_at (self, setting->line, start);
      remove_continuations (self, setting->line);
      setting->is_valid = TRUE;
      i = setting->next;
    }
}

gboolean
_nullmail_main_cf_text_unset (NullmailMainCfText *self,
                              const char         *name)
{
  NullmailSettingName *found = _nullmail_main_cf_text_find_name (self, name);

  if (found == NULL || found->first == 0)
    return FALSE;

  begin_edit (self);
  found = _nullmail_main_cf_text_find_name (self, name);
  for (guint32 i = found->first; i != 0; )
    {
      const NullmailCfEntry *setting = &g_array_index (self->settings, NullmailCfEntry, i - 1);

      get_line (self, setting->line)->kind = NULLMAIL_LINE_REMOVED;
      remove_continuations (self, setting->line);
      i = setting->next;
    }

  found->first = found->last = 0;
  return TRUE;
}

static void
comment_line_out (NullmailMainCfText *self,
                  guint32             index)
{
  NullmailLine *line = get_line (self, index);
  guint32 old_start = line->start, length = line->length;
  gsize start = self->edited->len;

  g_string_append_c (self->edited, '#');
  g_string_set_size (self->edited, start + 1 + length);
  memcpy (self->edited->str + start + 1, self->edited->str + old_start, length);
  point_line_at (self, index, start);
  line->kind = NULLMAIL_LINE_IGNORED;
}

gboolean
_nullmail_main_cf_text_comment_out (NullmailMainCfText *self,
                                    const char         *name)
{
  NullmailSettingName *found = _nullmail_main_cf_text_find_name (self, name);

  if (found == NULL || found->first == 0)
    return FALSE;

  begin_edit (self);
  found = _nullmail_main_cf_text_find_name (self, name);
  for (guint32 i = found->first; i != 0; )
    {
      const NullmailCfEntry *setting = &g_array_index (self->settings, NullmailCfEntry, i - 1);

      comment_line_out (self, setting->line);
      for (guint32 j = setting->line + 1; j < self->lines->len; j++)
        {
          if (get_line (self, j)->kind == NULLMAIL_LINE_START)
            break;
          if (get_line (self, j)->kind == NULLMAIL_LINE_CONTINUATION)
            comment_line_out (self, j);
        }
      i = setting->next;
    }

  found->first = found->last = 0;
  return TRUE;
}

/* Lines without a “=” are no occurrences that Postfix would read: they stay. */
gboolean
_nullmail_main_cf_text_remove_duplicates (NullmailMainCfText *self,
                                          const char         *name)
{
  const NullmailCfEntry *effective = _nullmail_main_cf_text_find_setting (self, name);
  NullmailSettingName *found;
  guint32 kept_line, last = 0, next;
  gboolean changed = FALSE;

  if (effective == NULL)
    return FALSE;

  kept_line = effective->line;
  found = _nullmail_main_cf_text_find_name (self, name);
  if (found->first == found->last)
    return FALSE;

  begin_edit (self);
  found = _nullmail_main_cf_text_find_name (self, name);
  for (guint32 i = found->first; i != 0; i = next)
    {
      NullmailCfEntry *setting = &g_array_index (self->settings, NullmailCfEntry, i - 1);

      next = setting->next;
      if (setting->is_valid && setting->line != kept_line)
        {
          get_line (self, setting->line)->kind = NULLMAIL_LINE_REMOVED;
          remove_continuations (self, setting->line);
          changed = TRUE;
          continue;
        }

      setting->next = 0;
      if (last == 0)
        found->first = i;
      else
        g_array_index (self->settings, NullmailCfEntry, last - 1).next = i;
      last = i;
    }
  found->last = last;

  return changed;
}
