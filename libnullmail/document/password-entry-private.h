/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "document/entry-index-private.h"
#include "document/logical-lines-private.h"

G_BEGIN_DECLS

/* An entry of a table's source: where it stands, and its key and value in a text without line ends.
 * That text is the first line as it stands, or where others continue it, put together in a buffer
 * that is used again for the next entry. */
typedef struct
{
  const char *start;
  const char *end;
  gboolean    has_continuation;

  const char *text;
  gsize       key_length;
  gsize       value_start;
  gsize       value_end;
  gboolean    is_entry;  /* FALSE where postmap skips the line as malformed */
  gboolean    is_utf8;
} NullmailPasswordEntry;

/* Walks over the entries of a text, those that postmap skips included. */
typedef struct
{
  const char           *start;     /* of the next entry */
  const char           *position;  /* behind its first line */
  const char           *end;
  NullmailSecureBuffer *joined;    /* (owned) (nullable) */
} NullmailPasswordCursor;

/* How an index of such a text is made. */
extern const NullmailEntrySyntax _nullmail_password_syntax;

/* After this the cursor's start is behind the lines that belong to no entry. */
void     _nullmail_password_cursor_init     (NullmailPasswordCursor     *self,
                                             const NullmailSecureBuffer *buffer);
void     _nullmail_password_cursor_clear    (NullmailPasswordCursor     *self);
gboolean _nullmail_password_cursor_next     (NullmailPasswordCursor     *self,
                                             NullmailPasswordEntry      *entry);

/* Reads one entry, which begins and ends there. */
void     _nullmail_password_entry_parse     (NullmailPasswordEntry      *entry,
                                             const char                 *start,
                                             const char                 *end,
                                             gboolean                    has_continuation,
                                             NullmailSecureBuffer      **joined);

/* Whether the entry is one and has this key. */
gboolean _nullmail_password_entry_has_key   (const NullmailPasswordEntry *self,
                                             const char                  *key);

/* Splits the value at its first separator; FALSE where it has none, and all of it is the user
 * name. */
gboolean _nullmail_password_entry_split     (const NullmailPasswordEntry *self,
                                             char                         separator,
                                             gsize                       *username_end,
                                             gsize                       *password_start);

/* The length of the key at the start of a line; FALSE where its quotes are not balanced, or its
 * last backslash has nothing behind it. */
gboolean _nullmail_password_entry_measure_key (const char *text,
                                               gsize       length,
                                               gsize      *key_length);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailPasswordCursor, _nullmail_password_cursor_clear)

G_END_DECLS
