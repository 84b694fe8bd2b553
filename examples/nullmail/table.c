/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "output.h"

void
table_init (Table              *self,
            Stream             *stream,
            guint               n_columns,
            const char * const *head)
{
  *self = (Table) { .stream = stream, .n_columns = n_columns };
  if (!stream_is_terminal (stream))
    return;

  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  table_add (self, head);
}

void
table_add (Table              *self,
           const char * const *cells)
{
  char **row = self->rows != NULL ? g_new0 (char *, self->n_columns + 1) : NULL;

  for (guint i = 0; i < self->n_columns; i++)
    {
      const char *cell = cells[i] != NULL ? cells[i] : "";

      if (row != NULL)
        row[i] = g_strdup (cell);
      else
        stream_add_text (self->stream, cell);
      if (row == NULL)
        stream_add (self->stream, i + 1 < self->n_columns ? "\t" : "\n");
    }

  if (row != NULL)
    g_ptr_array_add (self->rows, row);
}

static guint
measure (const Table *self,
         guint        column)
{
  guint width = 0;

  for (guint i = 0; i < self->rows->len; i++)
    {
      char **row = g_ptr_array_index (self->rows, i);

      width = MAX (width, text_get_width (row[column]));
    }

  return width;
}

/* The last column is as wide as its text. */
static void
add_row (const Table *self,
         char       **row,
         const guint *widths,
         Color        color)
{
  for (guint i = 0; i < self->n_columns; i++)
    {
      stream_add_colored (self->stream, color, row[i]);
      for (guint n = text_get_width (row[i]); i + 1 < self->n_columns && n < widths[i] + 2; n++)
        stream_add (self->stream, " ");
    }

  stream_add (self->stream, "\n");
}

void
table_end (Table *self)
{
  g_autofree guint *widths = g_new0 (guint, self->n_columns);

  if (self->rows == NULL)
    return;

  for (guint i = 0; i < self->n_columns; i++)
    widths[i] = measure (self, i);
  for (guint i = 0; i < self->rows->len; i++)
    add_row (self, self->rows->pdata[i], widths, i == 0 ? COLOR_HEAD : COLOR_NONE);

  g_clear_pointer (&self->rows, g_ptr_array_unref);
}
