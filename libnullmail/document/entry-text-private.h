/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "document/entry-index-private.h"

G_BEGIN_DECLS

/* What became of an entry: its line in the text that was added, where there is one. */
typedef struct
{
  guint32 start;
  guint32 length : 30;
  guint32 kind : 2;
} NullmailEntryEdit;

/* A text that consists of entries, and what was changed of them since it was read. */
typedef struct
{
  NullmailEntryIndex   *base;        /* (owned) the text as it was read, shared with copies */

  NullmailEntryEdit    *edits;       /* (owned) (nullable) what became of each entry of the base */
  GArray               *appended;    /* (owned) (nullable) of NullmailEntryEdit: the new entries */
  GHashTable           *by_key;      /* (owned) (nullable) key: number + 1 of what was appended */
  GArray               *lost_lines;  /* (owned) (nullable) tree of guint32, see entry-text.c */
  const char           *completion;  /* (nullable) what completes the last line of the base */

  GString              *added;         /* (owned) (nullable) the text of edits: this one, or ... */
  NullmailSecureBuffer *secret_added;  /* (owned) (nullable) ... this, where there are secrets */
  gboolean              is_secret;
} NullmailEntryText;

/* An entry as it is now. */
typedef struct
{
  guint32     number;
  const char *start;
  const char *end;
  gboolean    is_valid;
  gboolean    is_continued;
  gboolean    is_utf8;
} NullmailEntryView;

/* A place for text that is written: a GByteArray or a secure buffer. */
typedef void (*NullmailTextSink) (gpointer    sink,
                                  const char *text,
                                  gsize       length);

/* Takes over the reference to the index. */
void     _nullmail_entry_text_init        (NullmailEntryText  *self,
                                           NullmailEntryIndex *base,
                                           gboolean            is_secret);
void     _nullmail_entry_text_clear       (NullmailEntryText *self);
void     _nullmail_entry_text_copy        (NullmailEntryText       *self,
                                           const NullmailEntryText *other);

/* Whether two stand on one text. */
gboolean _nullmail_entry_text_shares      (const NullmailEntryText *a,
                                           const NullmailEntryText *b);
/* Whether anything was edited since the text was read, and whether an entry was, which also says of
 * one that is new that it was. */
gboolean _nullmail_entry_text_has_edits   (const NullmailEntryText *self);
gboolean _nullmail_entry_text_is_edited   (NullmailEntryText       *self,
                                           guint32                  number);

/* The next entry, from a number on, that was edited; the end where there is none before it. */
guint32  _nullmail_entry_text_find_edited (NullmailEntryText       *self,
                                           guint32                  from,
                                           guint32                  end);

/* Whether the text may have an entry that Postfix does not read as one, or two with one key. What
 * is edited is neither. */
gboolean _nullmail_entry_text_may_have_invalid  (NullmailEntryText *self);
gboolean _nullmail_entry_text_may_have_repeated (NullmailEntryText *self);

/* The next entry, from a number on, that has a character in its text or was edited; the count where
 * there is none. */
guint32  _nullmail_entry_text_find_with   (NullmailEntryText       *self,
                                           char                     c,
                                           guint32                  from);

/* Whether so much was added that it is time to write the text and to begin anew with it. */
gboolean _nullmail_entry_text_is_overgrown (NullmailEntryText *self);

/* The size of the text when it is written, and the writing of it. */
gsize    _nullmail_entry_text_measure     (NullmailEntryText *self);
void     _nullmail_entry_text_write       (NullmailEntryText *self,
                                           NullmailTextSink   sink,
                                           gpointer           sink_data);

/* Entries are numbered in the order of the text, and keep their number when they are edited. Those
 * that are removed or commented out count, but are no longer there: view gives FALSE. */
guint32  _nullmail_entry_text_count       (NullmailEntryText *self);
gboolean _nullmail_entry_text_view        (NullmailEntryText *self,
                                           guint32            number,
                                           NullmailEntryView *view);

/* Walk over the entries with a key, in the order of the syntax; FALSE at the end. */
gboolean _nullmail_entry_text_find        (NullmailEntryText *self,
                                           const char        *key,
                                           NullmailEntryView *view);
gboolean _nullmail_entry_text_find_next   (NullmailEntryText *self,
                                           NullmailEntryView *view);

/* Another entry with the same key, which is further on in that order; number + 1, or 0. */
guint32  _nullmail_entry_text_get_link    (NullmailEntryText *self,
                                           guint32            number);

/* On which line an entry stands, counted from 1. */
guint    _nullmail_entry_text_get_line    (NullmailEntryText *self,
                                           guint32            number);

/* The edits, of entries that are there. Text is added first, in one or several pieces, and then
 * referred to by the length that was given before and after. It is one line with its LF, of less
 * than 1 GiB. */
gsize    _nullmail_entry_text_add         (NullmailEntryText *self,
                                           const char        *text,
                                           gsize              length);
void     _nullmail_entry_text_replace     (NullmailEntryText *self,
                                           guint32            number,
                                           gsize              start,
                                           gsize              end);
void     _nullmail_entry_text_remove      (NullmailEntryText *self,
                                           guint32            number);
void     _nullmail_entry_text_comment_out (NullmailEntryText *self,
                                           guint32            number);
void     _nullmail_entry_text_append      (NullmailEntryText *self,
                                           const char        *key,
                                           gsize              start,
                                           gsize              end);

G_END_DECLS
