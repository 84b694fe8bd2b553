/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Questions about all entries at once, which the index of the text answers without looking at each
 * of them: most files have nothing of what is searched. */

#include "document/entry-text-private.h"

gboolean
_nullmail_entry_text_may_have_invalid (NullmailEntryText *self)
{
  return _nullmail_entry_index_has_invalid (self->base);
}

gboolean
_nullmail_entry_text_may_have_repeated (NullmailEntryText *self)
{
  return _nullmail_entry_index_has_repeated (self->base);
}

guint32
_nullmail_entry_text_find_with (NullmailEntryText *self,
                                char               c,
                                guint32            from)
{
  guint32 unedited = _nullmail_entry_index_find_with (self->base, c, from);

  return _nullmail_entry_text_has_edits (self)
         ? _nullmail_entry_text_find_edited (self, from, unedited) : unedited;
}
