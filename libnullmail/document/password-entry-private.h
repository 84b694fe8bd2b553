/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/secure-memory-private.h"
#include "document/logical-lines-private.h"

G_BEGIN_DECLS

/* A logical line of a table's source. The text is that of the file, or where there are several
 * lines that of the cursor, until the next entry. */
typedef struct
{
  guint       first_line;
  guint       end_line;         /* the first that is not of this entry any more */
  gboolean    has_continuation;

  const char *text;
  gsize       key_length;
  gsize       value_start;
  gsize       value_end;
  gboolean    is_entry;         /* FALSE where postmap skips the line as malformed */
  gboolean    is_utf8;
} NullmailPasswordEntry;

/* Walks over the logical lines of a text. */
typedef struct
{
  const NullmailSecureBuffer *buffer;
  GArray                     *lines;   /* (owned) of NullmailLine */
  NullmailSecureBuffer       *joined;  /* (owned) (nullable) */
  guint                       next;
} NullmailPasswordCursor;

void     _nullmail_password_cursor_init     (NullmailPasswordCursor     *self,
                                             const NullmailSecureBuffer *buffer);
void     _nullmail_password_cursor_clear    (NullmailPasswordCursor     *self);
gboolean _nullmail_password_cursor_next     (NullmailPasswordCursor     *self,
                                             NullmailPasswordEntry      *entry);

/* Whether the entry is one and has this key. */
gboolean _nullmail_password_entry_has_key   (const NullmailPasswordEntry *self,
                                             const char                  *key);

/* The length of the key at the start of a line; FALSE where its quotes are not balanced. */
gboolean _nullmail_password_entry_measure_key (const char *text,
                                               gsize       length,
                                               gsize      *key_length);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailPasswordCursor, _nullmail_password_cursor_clear)

G_END_DECLS
