/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "plan/text-diff-private.h"

#include <string.h>

#define CONTEXT_LINES 3
#define MAX_EDITS     1000  /* beyond it the changed part is shown as removed and added whole */

typedef struct
{
  const char *start;
  gsize       size;  /* with its newline, if it has one */
} Line;

/* One line of the result: ' ' in both, '-' only in the old text, '+' only in the new one. */
typedef struct
{
  char  sign;
  guint old_index;  /* of the next old line, and ... */
  guint new_index;  /* ... of the next new line, before this one */
} Edit;

typedef struct
{
  GArray *old_lines;  /* (element-type Line) */
  GArray *new_lines;
  GArray *edits;      /* (element-type Edit) */
} Comparison;

static GArray *
split_lines (const char *text,
             gsize       size)
{
  GArray *lines = g_array_new (FALSE, FALSE, sizeof (Line));
  const char *end = text + size;

  while (text < end)
    {
      const char *newline = memchr (text, '\n', end - text);
      Line line = { text, (newline != NULL ? newline + 1 : end) - text };

      g_array_append_val (lines, line);
      text += line.size;
    }

  return lines;
}

static gboolean
lines_are_equal (const Comparison *comparison,
                 guint             old_index,
                 guint             new_index)
{
  const Line *a = &g_array_index (comparison->old_lines, Line, old_index);
  const Line *b = &g_array_index (comparison->new_lines, Line, new_index);

  return a->size == b->size && memcmp (a->start, b->start, a->size) == 0;
}

static void
add_edit (Comparison *comparison,
          char        sign,
          guint       old_index,
          guint       new_index)
{
  Edit edit = { sign, old_index, new_index };

  g_array_append_val (comparison->edits, edit);
}

/* The greedy algorithm of E. Myers, “An O(ND) Difference Algorithm and Its Variations” (1986), on
 * the lines from first up to the ends: how far each diagonal gets with each number of edits. */
static GPtrArray *
trace_edits (const Comparison *comparison,
             guint             first,
             int               n_old,
             int               n_new,
             gboolean         *found)
{
  GPtrArray *trace = g_ptr_array_new_with_free_func (g_free);
  int limit = MIN (n_old + n_new, MAX_EDITS);
  g_autofree int *furthest = g_new0 (int, 2 * limit + 3);
  int *reach = furthest + limit + 1;

  *found = FALSE;
  for (int d = 0; d <= limit && !*found; d++)
    {
      g_ptr_array_add (trace, g_memdup2 (furthest, (2 * limit + 3) * sizeof (int)));
      for (int k = -d; k <= d && !*found; k += 2)
        {
          int x = k == -d || (k != d && reach[k - 1] < reach[k + 1]) ? reach[k + 1]
                                                                     : reach[k - 1] + 1;

          while (x < n_old && x - k < n_new && x - k >= 0
                 && lines_are_equal (comparison, first + x, first + x - k))
            x++;
          reach[k] = x;
          *found = x >= n_old && x - k >= n_new;
        }
    }

  return trace;
}

/* Walks the trace back from the end, so that the edits come out in reverse. */
static void
collect_edits (Comparison *comparison,
               GPtrArray  *trace,
               guint       first,
               int         n_old,
               int         n_new)
{
  int limit = MIN (n_old + n_new, MAX_EDITS);
  int x = n_old, y = n_new;
  guint start = comparison->edits->len;

  for (int d = (int) trace->len - 1; d >= 0; d--)
    {
      const int *reach = (const int *) g_ptr_array_index (trace, d) + limit + 1;
      int k = x - y;
      int from_k = k == -d || (k != d && reach[k - 1] < reach[k + 1]) ? k + 1 : k - 1;
      int from_x = d > 0 ? reach[from_k] : 0;
      int from_y = d > 0 ? from_x - from_k : 0;

      while (x > from_x && y > from_y)
        {
          x--, y--;
          add_edit (comparison, ' ', first + x, first + y);
        }
      if (d > 0 && x > from_x)
        add_edit (comparison, '-', first + --x, first + y);
      else if (d > 0)
        add_edit (comparison, '+', first + x, first + --y);
    }

  for (guint i = start, j = comparison->edits->len; j > 0 && i < --j; i++)
    {
      Edit swap = g_array_index (comparison->edits, Edit, i);

      g_array_index (comparison->edits, Edit, i) = g_array_index (comparison->edits, Edit, j);
      g_array_index (comparison->edits, Edit, j) = swap;
    }
}

static void
compare_middle (Comparison *comparison,
                guint       first,
                guint       n_old,
                guint       n_new)
{
  gboolean found = FALSE;
  g_autoptr(GPtrArray) trace = trace_edits (comparison, first, n_old, n_new, &found);

  if (found)
    {
      collect_edits (comparison, trace, first, n_old, n_new);
      return;
    }

  for (guint i = 0; i < n_old; i++)
    add_edit (comparison, '-', first + i, first);
  for (guint i = 0; i < n_new; i++)
    add_edit (comparison, '+', first + n_old, first + i);
}

static void
compare_lines (Comparison *comparison)
{
  guint n_old = comparison->old_lines->len, n_new = comparison->new_lines->len;
  guint prefix = 0, suffix = 0;

  while (prefix < n_old && prefix < n_new && lines_are_equal (comparison, prefix, prefix))
    prefix++;
  while (suffix < n_old - prefix && suffix < n_new - prefix
         && lines_are_equal (comparison, n_old - suffix - 1, n_new - suffix - 1))
    suffix++;

  for (guint i = 0; i < prefix; i++)
    add_edit (comparison, ' ', i, i);
  if (prefix + suffix < n_old || prefix + suffix < n_new)
    compare_middle (comparison, prefix, n_old - prefix - suffix, n_new - prefix - suffix);
  for (guint i = 0; i < suffix; i++)
    add_edit (comparison, ' ', n_old - suffix + i, n_new - suffix + i);
}

static void
append_line (GString    *diff,
             char        sign,
             const Line *line)
{
  gboolean has_newline = line->size > 0 && line->start[line->size - 1] == '\n';
  g_autofree char *text = g_utf8_make_valid (line->start, line->size - (has_newline ? 1 : 0));

  g_string_append_printf (diff, "%c%s\n", sign, text);
  if (!has_newline)
    g_string_append (diff, "\\ No newline at end of file\n");
}

static void
append_range (GString *diff,
              char     sign,
              guint    index,
              guint    count)
{
  /* A range of no lines is named by the line before it. */
  g_string_append_printf (diff, " %c%u", sign, count > 0 ? index + 1 : index);
  if (count != 1)
    g_string_append_printf (diff, ",%u", count);
}

static void
append_hunk (GString          *diff,
             const Comparison *comparison,
             guint             start,
             guint             end)
{
  const Edit *first = &g_array_index (comparison->edits, Edit, start);
  guint n_old = 0, n_new = 0;

  for (guint i = start; i < end; i++)
    {
      char sign = g_array_index (comparison->edits, Edit, i).sign;

      n_old += sign != '+';
      n_new += sign != '-';
    }

  g_string_append (diff, "@@");
  append_range (diff, '-', first->old_index, n_old);
  append_range (diff, '+', first->new_index, n_new);
  g_string_append (diff, " @@\n");

  for (guint i = start; i < end; i++)
    {
      const Edit *edit = &g_array_index (comparison->edits, Edit, i);

      if (edit->sign == '+')
        append_line (diff, '+', &g_array_index (comparison->new_lines, Line, edit->new_index));
      else
        append_line (diff, edit->sign,
                     &g_array_index (comparison->old_lines, Line, edit->old_index));
    }
}

/* The end of the hunk that begins with a change at index: changes with no more than twice the
 * context between them belong together. */
static guint
find_hunk_end (const Comparison *comparison,
               guint             index)
{
  guint last = index;

  for (guint i = index; i < comparison->edits->len && i <= last + 2 * CONTEXT_LINES + 1; i++)
    {
      if (g_array_index (comparison->edits, Edit, i).sign != ' ')
        last = i;
    }

  return MIN (last + CONTEXT_LINES + 1, comparison->edits->len);
}

static void
append_hunks (GString          *diff,
              const Comparison *comparison)
{
  guint index = 0;

  while (index < comparison->edits->len)
    {
      guint end;

      if (g_array_index (comparison->edits, Edit, index).sign == ' ')
        {
          index++;
          continue;
        }

      end = find_hunk_end (comparison, index);
      append_hunk (diff, comparison, index - MIN (index, CONTEXT_LINES), end);
      index = end;
    }
}

void
_nullmail_text_diff_append (GString    *diff,
                            const char *path,
                            const char *old_text,
                            gssize      old_size,
                            const char *new_text,
                            gssize      new_size)
{
  Comparison comparison = { 0 };

  if (old_text != NULL && old_size < 0)
    old_size = strlen (old_text);
  if (new_text != NULL && new_size < 0)
    new_size = strlen (new_text);
  if ((old_text == NULL && new_text == NULL)
      || (old_text != NULL && new_text != NULL && old_size == new_size
          && memcmp (old_text, new_text, old_size) == 0))
    return;

  comparison.old_lines = split_lines (old_text != NULL ? old_text : "",
                                      old_text != NULL ? old_size : 0);
  comparison.new_lines = split_lines (new_text != NULL ? new_text : "",
                                      new_text != NULL ? new_size : 0);
  comparison.edits = g_array_new (FALSE, FALSE, sizeof (Edit));
  compare_lines (&comparison);

  g_string_append_printf (diff, "--- %s\n+++ %s\n", old_text != NULL ? path : "/dev/null",
                          new_text != NULL ? path : "/dev/null");
  append_hunks (diff, &comparison);

  g_array_unref (comparison.old_lines);
  g_array_unref (comparison.new_lines);
  g_array_unref (comparison.edits);
}
