/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "document/main-cf-private.h"

#include <string.h>

/* Names, each once. */
typedef struct
{
  GPtrArray  *list;
  GHashTable *seen;  /* (unowned) those of the list */
} Names;

static void
names_init (Names *self)
{
  self->list = g_ptr_array_new ();
  self->seen = g_hash_table_new (g_str_hash, g_str_equal);
}

static void
names_add (Names                   *self,
           const NullmailEntryView *setting)
{
  char *name = g_utf8_make_valid (setting->start, _nullmail_main_cf_text_measure_name (setting));

  /* To add one that is there would put it in the place of the other, which is in the list. */
  if (g_hash_table_contains (self->seen, name))
    {
      g_free (name);
      return;
    }

  g_hash_table_add (self->seen, name);
  g_ptr_array_add (self->list, name);
}

static char **
names_end (Names *self)
{
  g_hash_table_unref (self->seen);
  g_ptr_array_add (self->list, NULL);
  return (char **) g_ptr_array_free (self->list, FALSE);
}

char **
_nullmail_main_cf_list_edited (NullmailMainCf *before,
                               NullmailMainCf *after)
{
  NullmailEntryText *old_entries = &_nullmail_main_cf_get_text (before)->entries;
  NullmailEntryText *entries = &_nullmail_main_cf_get_text (after)->entries;
  guint32 n_old = _nullmail_entry_text_count (old_entries);
  guint32 count = _nullmail_entry_text_count (entries);
  NullmailEntryView setting;
  Names names;

  if (!_nullmail_entry_text_shares (old_entries, entries)
      || _nullmail_entry_text_has_edits (old_entries))
    return NULL;

  names_init (&names);
  for (guint32 i = 0; i < count; i++)
    if (_nullmail_entry_text_is_edited (entries, i)
        && _nullmail_entry_text_view (i < n_old ? old_entries : entries, i, &setting)
        && setting.is_valid)
      names_add (&names, &setting);

  return names_end (&names);
}

char **
_nullmail_main_cf_list_with (NullmailMainCf *self,
                             char            c)
{
  NullmailEntryText *entries = &_nullmail_main_cf_get_text (self)->entries;
  guint32 count = _nullmail_entry_text_count (entries);
  NullmailEntryView setting;
  Names names;

  names_init (&names);
  for (guint32 i = 0; (i = _nullmail_entry_text_find_with (entries, c, i)) < count; i++)
    if (_nullmail_entry_text_view (entries, i, &setting) && setting.is_valid
        && memchr (setting.start, c, setting.end - setting.start) != NULL)
      names_add (&names, &setting);

  return names_end (&names);
}

char *
_nullmail_main_cf_next_name (NullmailMainCf *self,
                             guint32        *position)
{
  NullmailEntryText *entries = &_nullmail_main_cf_get_text (self)->entries;
  guint32 count = _nullmail_entry_text_count (entries);
  NullmailEntryView setting;

  while (*position < count)
    if (_nullmail_entry_text_view (entries, (*position)++, &setting) && setting.is_valid)
      return g_utf8_make_valid (setting.start, _nullmail_main_cf_text_measure_name (&setting));

  return NULL;
}

char **
_nullmail_main_cf_list_values (NullmailMainCf *self,
                               const char     *name)
{
  NullmailEntryText *entries = &_nullmail_main_cf_get_text (self)->entries;
  GPtrArray *values = g_ptr_array_new ();
  NullmailEntryView setting;

  for (gboolean is_found = _nullmail_entry_text_find (entries, name, &setting); is_found;
       is_found = _nullmail_entry_text_find_next (entries, &setting))
    if (setting.is_valid)
      g_ptr_array_add (values,
                       g_string_free (_nullmail_main_cf_text_read_value (&setting), FALSE));

  g_ptr_array_add (values, NULL);
  return (char **) g_ptr_array_free (values, FALSE);
}
