/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "command.h"

G_BEGIN_DECLS

typedef enum
{
  COLOR_NONE,
  COLOR_ERROR,
  COLOR_WARNING,
  COLOR_NOTICE,
  COLOR_GOOD,
  COLOR_HEAD,
} Color;

/* Where text goes. It is kept until it is flushed, so that a failure is noticed in one place. */
typedef struct _Stream Stream;

extern Stream *standard_output;
extern Stream *standard_error;

/* Opens what is closed of the first three descriptors, so that no file gets the number of one of
 * them and what is meant for people is written into it. FALSE where standard output was closed. */
gboolean output_guard_descriptors (void);

/* (nullable) color: always, never, or what fits. */
void     output_init       (const char  *color);

gboolean stream_is_terminal (Stream     *self);
/* The columns of a terminal; 0 elsewhere. */
guint    stream_get_width  (Stream      *self);

/* As it is. */
void     stream_add        (Stream      *self,
                            const char  *text);
/* What comes from outside: on a terminal control characters are shown, not obeyed. */
void     stream_add_text   (Stream      *self,
                            const char  *text);
void     stream_add_colored (Stream     *self,
                            Color        color,
                            const char  *text);
/* One line of text from outside. */
void     stream_add_line   (Stream      *self,
                            const char  *format,
                            ...) G_GNUC_PRINTF (2, 3);

gboolean stream_flush      (Stream      *self,
                            GError     **error);
/* Drops what was not flushed. */
void     stream_forget     (Stream      *self);
/* Flushes and closes standard output: the last moment at which it can fail. */
gboolean output_close      (GError     **error);

/* The columns that a text takes on a terminal. */
guint    text_get_width    (const char  *text);

/* Rows whose columns are lined up on a terminal, below a head. Elsewhere each row is a line at
 * once, with tabs between its columns. */
typedef struct
{
  Stream    *stream;
  GPtrArray *rows;       /* (owned) (nullable) (element-type GStrv) */
  guint      n_columns;
} Table;

void     table_init        (Table              *self,
                            Stream             *stream,
                            guint               n_columns,
                            const char * const *head);
/* As many texts as there are columns; NULL is empty. */
void     table_add         (Table              *self,
                            const char * const *cells);
void     table_end         (Table              *self);

G_END_DECLS
