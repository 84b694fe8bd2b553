/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "second-password.h"

#include <string.h>

static void
entry_free (gpointer data)
{
  SecondEntry *self = data;

  g_free (self->key);
  g_string_free (self->value, TRUE);
  g_free (self->username);
  g_free (self->password);
  g_free (self);
}

/* A blank in quotes, or behind a backslash, does not end the key. */
static SecondEntry *
read_entry (const GString *text)
{
  SecondEntry *self = g_new0 (SecondEntry, 1);
  gboolean in_quotes = FALSE, is_escaped = FALSE;
  const char *p, *colon;

  for (p = text->str; *p != '\0'; p++)
    if (is_escaped)
      is_escaped = FALSE;
    else if (*p == '\\')
      is_escaped = TRUE;
    else if (*p == '"')
      in_quotes = !in_quotes;
    else if (second_is_space (*p) && !in_quotes)
      break;

  self->key = g_strndup (text->str, p - text->str);
  self->value = g_string_new (p);
  second_trim (self->value);
  self->is_entry = !in_quotes && self->value->len > 0;
  self->is_found = self->is_entry && g_utf8_validate (text->str, (gssize) text->len, NULL);

  colon = strchr (self->value->str, ':');
  self->has_colon = colon != NULL;
  self->username = colon != NULL ? g_strndup (self->value->str, colon - self->value->str)
                                 : g_strdup (self->value->str);
  self->password = g_strdup (colon != NULL ? colon + 1 : "");

  return self;
}

GPtrArray *
second_entries (SecondReading *reading)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func (entry_free);
  int last = -1;

  for (guint i = 0; i < reading->settings->len; i++)
    {
      SecondSetting *line = g_ptr_array_index (reading->settings, i);
      SecondEntry *entry = read_entry (line->text);

      if (line->is_indented)
        entry->is_entry = entry->is_found = FALSE;
      g_ptr_array_add (entries, entry);
    }

  for (guint i = 0; i < reading->lines->len; i++)
    {
      int owner = g_array_index (reading->lines, SecondLine, i).owner;

      if (owner >= 0 && owner == last)
        ((SecondEntry *) g_ptr_array_index (entries, owner))->is_continued = TRUE;
      last = owner >= 0 ? owner : last;
    }

  return entries;
}

gboolean
second_entry_has_key (SecondEntry *self,
                      const char  *key)
{
  return self->is_entry && g_ascii_strcasecmp (self->key, key) == 0;
}

SecondEntry *
second_entries_find (GPtrArray  *entries,
                     const char *key,
                     guint      *number)
{
  for (guint i = 0; i < entries->len; i++)
    {
      SecondEntry *entry = g_ptr_array_index (entries, i);

      if (entry->is_found && second_entry_has_key (entry, key))
        {
          *number = i;
          return entry;
        }
    }

  return NULL;
}

static gboolean
is_no_change (GPtrArray                *entries,
              const SecondPasswordEdit *edit)
{
  guint n_entries = 0, number = 0;
  SecondEntry *found = second_entries_find (entries, edit->key, &number);

  for (guint i = 0; i < entries->len; i++)
    n_entries += second_entry_has_key (g_ptr_array_index (entries, i), edit->key);

  return edit->kind == SECOND_PASSWORD_SET && n_entries == 1 && found != NULL && found->has_colon
         && strcmp (found->username, edit->username) == 0
         && strcmp (found->password, edit->password) == 0;
}

static void
append_entry (GString                  *text,
              const SecondPasswordEdit *edit)
{
  g_string_append_printf (text, "%s %s:%s\n", edit->key, edit->username, edit->password);
}

GString *
second_password_edit (const GString            *text,
                      const SecondPasswordEdit *edit)
{
  g_autoptr(SecondReading) reading = second_reading_new (text->str, text->len);
  g_autoptr(GPtrArray) entries = second_entries (reading);
  GString *output = g_string_new (NULL);
  gboolean is_written = FALSE;

  if (is_no_change (entries, edit))
    {
      g_string_append_len (output, text->str, (gssize) text->len);
      return output;
    }

  for (guint i = 0; i < reading->lines->len; i++)
    {
      const SecondLine *line = &g_array_index (reading->lines, SecondLine, i);
      SecondEntry *owner = line->owner >= 0 ? g_ptr_array_index (entries, line->owner) : NULL;
      gboolean is_own = owner != NULL && second_entry_has_key (owner, edit->key);

      if (edit->kind == SECOND_PASSWORD_REMOVE_OTHERS && owner != NULL)
        is_own = owner->is_entry && !is_own;

      if (is_own)
        {
          if (edit->kind == SECOND_PASSWORD_SET && !is_written)
            append_entry (output, edit);
          is_written = TRUE;
          continue;
        }
      g_string_append_len (output, line->start, (gssize) line->length);
    }

  if (edit->kind == SECOND_PASSWORD_SET && !is_written)
    {
      second_complete (output);
      append_entry (output, edit);
    }

  return output;
}
