/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

#include "base/secure-memory-private.h"

G_BEGIN_DECLS

/* Where the entries of a text begin, and which of them has which key. An entry is what begins with
 * text in column 1 and goes up to the next such line, ignored lines included; what stands before
 * the first belongs to none.
 *
 * The text never changes, and neither does its index, which is made when it is first asked for. So
 * any number of documents in any number of threads can share it. It takes eight bytes an entry and
 * six a key, and nothing for a line that begins no entry. */
typedef struct _NullmailEntryIndex NullmailEntryIndex;

typedef struct
{
  guint32 start;             /* where it begins in the text */
  guint32 link : 29;         /* number + 1 of the next entry with this key, 0 none */
  guint32 is_valid : 1;      /* Postfix reads it as an entry */
  guint32 is_continued : 1;  /* it has lines that continue the first */
  guint32 is_utf8 : 1;       /* for tables of passwords only */
} NullmailEntry;

/* What tells one kind of file from another. */
typedef struct
{
  gboolean folds_case;    /* keys are the same without regard to ASCII case */
  gboolean first_counts;  /* of several entries with a key the first is given first, not the last */
  char     separator;     /* what ends a key besides white space, NUL for nothing */

  /* Whether an entry can have such a key. */
  gboolean    (*is_key) (const char *key,
                         gsize       length);

  /* Fills in is_valid and is_utf8 of an entry that begins and ends there, and gives its key, with
   * length 0 where it is not to be found by any. A key that is not in one piece is put together in
   * the buffer, which is made when it is first needed. */
  const char *(*read)   (NullmailEntry         *entry,
                         const char            *start,
                         const char            *end,
                         NullmailSecureBuffer **joined,
                         gsize                 *key_length);
} NullmailEntrySyntax;

/* The owner keeps the text alive; it is released together with the index. */
NullmailEntryIndex *_nullmail_entry_index_new         (const NullmailEntrySyntax *syntax,
                                                       const char                *text,
                                                       gsize                      size,
                                                       gpointer                   owner,
                                                       GDestroyNotify             release);
NullmailEntryIndex *_nullmail_entry_index_ref         (NullmailEntryIndex *self);
void                _nullmail_entry_index_unref       (NullmailEntryIndex *self);

const NullmailEntrySyntax *
                    _nullmail_entry_index_get_syntax  (NullmailEntryIndex *self);
const char         *_nullmail_entry_index_get_text    (NullmailEntryIndex *self,
                                                       gsize              *size);
guint32             _nullmail_entry_index_count       (NullmailEntryIndex *self);

/* The entry of a number below the count; start and end are where it stands in the text. */
const NullmailEntry *
                    _nullmail_entry_index_get         (NullmailEntryIndex  *self,
                                                       guint32              number,
                                                       const char         **start,
                                                       const char         **end);

/* Number + 1 of the first entry with this key, 0 where there is none. */
guint32             _nullmail_entry_index_find        (NullmailEntryIndex *self,
                                                       const char         *key);

/* Whether an entry is not one that Postfix reads as such, and whether two have one key. */
gboolean            _nullmail_entry_index_has_invalid  (NullmailEntryIndex *self);
gboolean            _nullmail_entry_index_has_repeated (NullmailEntryIndex *self);

/* The next entry, from a number on, that has a character in its text; the count where there is
 * none. */
guint32             _nullmail_entry_index_find_with   (NullmailEntryIndex *self,
                                                       char                c,
                                                       guint32             from);

/* How many LF stand before a place in the text. */
guint               _nullmail_entry_index_count_lines (NullmailEntryIndex *self,
                                                       const char         *place);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailEntryIndex, _nullmail_entry_index_unref)

G_END_DECLS
