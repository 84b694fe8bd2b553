/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A physical line that counts for the reader of main.cf and of table sources, see postconf(5) and
 * postmap(1). With text in column 1 it begins a logical line; with white space before its text it
 * continues the one before. Empty lines, lines of white space and comments are ignored: they do
 * not end the logical line that they stand in, and are no NullmailLine. */
typedef struct
{
  const char *start;
  const char *text;  /* the first character that is not white space */
  const char *end;   /* behind the LF, or the end of the text */
} NullmailLine;

/* White space as Postfix knows it: the C locale's isspace (), which has VT, unlike GLib's. */
static inline gboolean
_nullmail_is_space (char c)
{
  return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline gboolean
_nullmail_line_is_continuation (const NullmailLine *self)
{
  return self->text > self->start;
}

/* The end of the line without its LF, where it has one. */
static inline const char *
_nullmail_line_get_content_end (const NullmailLine *self)
{
  return self->end[-1] == '\n' ? self->end - 1 : self->end;
}

/* Gives the next line that counts, and moves the position, which is at the start of a line, behind
 * it; FALSE where there is none before the end. */
gboolean _nullmail_line_next (const char   **position,
                              const char    *end,
                              NullmailLine  *line);

/* (transfer full): the logical lines of a text, each in one piece: blanks at the ends of a line are
 * left out, and one stands for each end of a line within. */
char   **_nullmail_lines_join (const char    *text);

/* How many lines end before the end. */
guint    _nullmail_lines_count_ends (const char *text,
                                     const char *end);

G_END_DECLS
