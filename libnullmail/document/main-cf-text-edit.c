/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "document/main-cf-text-private.h"

#include <string.h>

/* To be called before an edit takes the number of a setting. */
static void
begin_edit (NullmailMainCfText *self)
{
  if (_nullmail_entry_text_is_overgrown (&self->entries))
    {
      g_autoptr(GBytes) bytes = g_bytes_ref (_nullmail_main_cf_text_peek_bytes (self));

      _nullmail_main_cf_text_clear (self);
      _nullmail_main_cf_text_init (self, bytes);
    }

  g_clear_pointer (&self->bytes, g_bytes_unref);
}

/* Whether there is one occurrence of the name, and it has this value, however it is written. */
static gboolean
is_set_already (NullmailMainCfText *self,
                const char         *name,
                const char         *value,
                gsize               value_length)
{
  NullmailEntryView setting;
  GString *old;
  gboolean is_same;

  if (!_nullmail_entry_text_find (&self->entries, name, &setting) || !setting.is_valid)
    return FALSE;

  old = _nullmail_main_cf_text_read_value (&setting);
  is_same = old->len == value_length && memcmp (old->str, value, value_length) == 0;
  g_string_free (old, TRUE);

  return is_same && !_nullmail_entry_text_find_next (&self->entries, &setting);
}

void
_nullmail_main_cf_text_set (NullmailMainCfText *self,
                            const char         *name,
                            const char         *value,
                            gsize               value_length)
{
  NullmailEntryText *entries = &self->entries;
  NullmailEntryView setting;
  gboolean is_found;
  gsize start, end;

  if (is_set_already (self, name, value, value_length))
    return;

  begin_edit (self);
  start = _nullmail_entry_text_add (entries, "", 0);
  _nullmail_entry_text_add (entries, name, strlen (name));
  _nullmail_entry_text_add (entries, " = ", 3);
  _nullmail_entry_text_add (entries, value, value_length);
  end = _nullmail_entry_text_add (entries, "\n", 1);

  is_found = _nullmail_entry_text_find (entries, name, &setting);
  if (!is_found)
    _nullmail_entry_text_append (entries, name, start, end);
  for (; is_found; is_found = _nullmail_entry_text_find_next (entries, &setting))
    _nullmail_entry_text_replace (entries, setting.number, start, end);
}

/* Does something with each occurrence of a name; FALSE where there is none. */
static gboolean
edit_all (NullmailMainCfText  *self,
          const char          *name,
          void               (*edit) (NullmailEntryText *entries,
                                      guint32            number))
{
  NullmailEntryView setting;
  gboolean is_found = _nullmail_entry_text_find (&self->entries, name, &setting);

  if (!is_found)
    return FALSE;

  begin_edit (self);
  is_found = _nullmail_entry_text_find (&self->entries, name, &setting);
  for (; is_found; is_found = _nullmail_entry_text_find_next (&self->entries, &setting))
    edit (&self->entries, setting.number);

  return TRUE;
}

gboolean
_nullmail_main_cf_text_unset (NullmailMainCfText *self,
                              const char         *name)
{
  return edit_all (self, name, _nullmail_entry_text_remove);
}

gboolean
_nullmail_main_cf_text_comment_out (NullmailMainCfText *self,
                                    const char         *name)
{
  return edit_all (self, name, _nullmail_entry_text_comment_out);
}

static gboolean
find_next_valid (NullmailMainCfText *self,
                 NullmailEntryView  *setting)
{
  while (_nullmail_entry_text_find_next (&self->entries, setting))
    if (setting->is_valid)
      return TRUE;

  return FALSE;
}

/* Occurrences without a “=” are none that Postfix would read: they stay. */
gboolean
_nullmail_main_cf_text_remove_duplicates (NullmailMainCfText *self,
                                          const char         *name)
{
  NullmailEntryView setting;

  if (!_nullmail_main_cf_text_find_setting (self, name, &setting)
      || !find_next_valid (self, &setting))
    return FALSE;

  begin_edit (self);
  _nullmail_main_cf_text_find_setting (self, name, &setting);
  while (find_next_valid (self, &setting))
    _nullmail_entry_text_remove (&self->entries, setting.number);

  return TRUE;
}
