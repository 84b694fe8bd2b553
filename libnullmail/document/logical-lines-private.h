/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a physical line is to the reader of main.cf and of table sources, see postconf(5) and
 * postmap(1). An ignored line does not end the logical line that it stands in. */
typedef enum
{
  NULLMAIL_LINE_IGNORED,       /* empty, white space only, or a comment */
  NULLMAIL_LINE_START,         /* text in column 1 */
  NULLMAIL_LINE_CONTINUATION,  /* white space, then text */
  NULLMAIL_LINE_REMOVED,       /* edited away, no longer part of the document */
} NullmailLineKind;

/* A range of the text it was found in; length counts the LF, where there is one. */
typedef struct
{
  guint32          start;
  guint32          length;
  NullmailLineKind kind;
} NullmailLine;

/* White space as Postfix knows it: the C locale's isspace (), which has VT, unlike GLib's. */
static inline gboolean
_nullmail_is_space (char c)
{
  return c == ' ' || (c >= '\t' && c <= '\r');
}

GArray *_nullmail_logical_lines_scan        (const char *text,
                                             gsize       size);

/* The length without the LF. */
guint32 _nullmail_line_get_content_length   (const NullmailLine *self,
                                             const char         *text);

G_END_DECLS
