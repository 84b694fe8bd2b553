/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The difference of two texts, as diff -u shows it.
 *
 * What both texts have at the start and at the end is found by comparing bytes, and of its lines
 * only the few that are shown as context are ever looked at. The lines in the middle are numbered,
 * so that equal ones have the same number, and compared by the greedy algorithm of E. Myers, “An
 * O(ND) Difference Algorithm and Its Variations” (1986), which finds the fewest edits. The time it
 * takes grows with the number of lines times that of edits. So there is a limit to the edits, to
 * the steps, and to the lines that are compared at all; beyond it the middle is shown as removed
 * and added whole, which is as right, if longer. Time and memory are bounded by the size of the
 * texts, whatever is in them. */

#include "plan/text-diff-private.h"

#include <string.h>

#define CONTEXT_LINES 3
#define MAX_EDITS     1000
#define MAX_LINES     (512 * 1024)
#define MAX_STEPS     (16 * 1024 * 1024)

/* A part of a text, from the start of a line to the end of another. */
typedef struct
{
  const char *start;
  const char *end;
} Range;

typedef struct
{
  const char *start;
  guint32     size;    /* with its newline, if it has one */
  guint32     number;  /* the same for equal lines of both texts */
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
  Range   before;     /* the context before the middle, the same in both texts */
  Range   old_middle;
  Range   new_middle;
  Range   after;      /* the context behind it */
  guint   n_skipped;  /* how many lines of each text stand before the context */

  GArray *old_lines;  /* (element-type Line): those of context and middle, for as long as the */
  GArray *new_lines;  /* middles are compared line by line */
  GArray *edits;      /* (element-type Edit) */
} Comparison;

static const char *
find_line_end (const char *line,
               const char *end)
{
  const char *newline = memchr (line, '\n', end - line);

  return newline != NULL ? newline + 1 : end;
}

static guint
count_lines (Range range)
{
  guint n_lines = 0;

  for (; range.start < range.end; range.start = find_line_end (range.start, range.end))
    n_lines++;

  return n_lines;
}

/* The lines at the start that are the same in both. */
static gsize
measure_common_start (Range old_text,
                      Range new_text)
{
  gsize size = MIN (old_text.end - old_text.start, new_text.end - new_text.start), i = 0;

  while (i < size && old_text.start[i] == new_text.start[i])
    i++;
  if (old_text.start + i == old_text.end && new_text.start + i == new_text.end)
    return i;
  while (i > 0 && old_text.start[i - 1] != '\n')
    i--;

  return i;
}

/* The lines at the end that are the same in both. A text before them ends at a line's end, or is
 * empty. */
static gsize
measure_common_end (Range old_text,
                    Range new_text)
{
  gsize size = MIN (old_text.end - old_text.start, new_text.end - new_text.start), i = 0;

  while (i < size && old_text.end[-1 - (gssize) i] == new_text.end[-1 - (gssize) i])
    i++;
  while (i > 0 && ((old_text.end - i > old_text.start && old_text.end[-1 - (gssize) i] != '\n')
                   || (new_text.end - i > new_text.start
                       && new_text.end[-1 - (gssize) i] != '\n')))
    i--;

  return i;
}

static void
find_middle (Comparison *comparison,
             Range       old_text,
             Range       new_text)
{
  gsize common = measure_common_start (old_text, new_text);
  Range skipped = { old_text.start, NULL };
  const char *context, *context_end;

  comparison->old_middle.start = context = old_text.start + common;
  comparison->new_middle.start = new_text.start + common;
  common = measure_common_end ((Range) { comparison->old_middle.start, old_text.end },
                               (Range) { comparison->new_middle.start, new_text.end });
  comparison->old_middle.end = context_end = old_text.end - common;
  comparison->new_middle.end = new_text.end - common;

  for (guint i = 0; i < CONTEXT_LINES && context > old_text.start; i++)
    for (context--; context > old_text.start && context[-1] != '\n'; )
      context--;
  for (guint i = 0; i < CONTEXT_LINES && context_end < old_text.end; i++)
    context_end = find_line_end (context_end, old_text.end);

  comparison->before = (Range) { context, comparison->old_middle.start };
  comparison->after = (Range) { comparison->old_middle.end, context_end };
  skipped.end = context;
  comparison->n_skipped = count_lines (skipped);
}

static guint
hash_line (gconstpointer data)
{
  const Line *line = data;
  guint32 hash = 2166136261u;

  for (guint32 i = 0; i < line->size; i++)
    hash = (hash ^ (guchar) line->start[i]) * 16777619u;

  return hash;
}

static gboolean
lines_are_equal (gconstpointer a,
                 gconstpointer b)
{
  const Line *first = a, *second = b;

  return first->size == second->size && memcmp (first->start, second->start, first->size) == 0;
}

static void
append_lines (GArray *lines,
              Range   range)
{
  while (range.start < range.end)
    {
      const char *end = find_line_end (range.start, range.end);
      Line line = { range.start, (guint32) (end - range.start), 0 };

      g_array_append_val (lines, line);
      range.start = end;
    }
}

static void
number_lines (GHashTable *seen,
              GArray     *lines)
{
  for (guint i = 0; i < lines->len; i++)
    {
      Line *line = &g_array_index (lines, Line, i);
      const Line *same = g_hash_table_lookup (seen, line);

      line->number = same != NULL ? same->number : g_hash_table_size (seen);
      if (same == NULL)
        g_hash_table_add (seen, line);
    }
}

static void
take_lines (Comparison *comparison)
{
  g_autoptr(GHashTable) seen = g_hash_table_new (hash_line, lines_are_equal);

  append_lines (comparison->old_lines, comparison->before);
  append_lines (comparison->old_lines, comparison->old_middle);
  append_lines (comparison->old_lines, comparison->after);
  append_lines (comparison->new_lines, comparison->before);
  append_lines (comparison->new_lines, comparison->new_middle);
  append_lines (comparison->new_lines, comparison->after);
  number_lines (seen, comparison->old_lines);
  number_lines (seen, comparison->new_lines);
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

/* How far each diagonal gets with each number of edits, on the lines from first up to the ends. Of
 * the state before d edits that is kept which they can use: 2 d + 3 diagonals. */
static GPtrArray *
trace_edits (const Comparison *comparison,
             guint             first,
             int               n_old,
             int               n_new,
             gboolean         *found)
{
  const Line *old_lines = &g_array_index (comparison->old_lines, Line, first);
  const Line *new_lines = &g_array_index (comparison->new_lines, Line, first);
  GPtrArray *trace = g_ptr_array_new_with_free_func (g_free);
  int limit = MIN (n_old + n_new, MAX_EDITS);
  g_autofree int *furthest = g_new0 (int, 2 * limit + 3);
  int *reach = furthest + limit + 1;
  guint n_steps = 0;

  *found = FALSE;
  for (int d = 0; d <= limit && !*found && n_steps < MAX_STEPS; d++)
    {
      g_ptr_array_add (trace, g_memdup2 (reach - d - 1, (2 * d + 3) * sizeof (int)));
      for (int k = -d; k <= d && !*found; k += 2)
        {
          int x = k == -d || (k != d && reach[k - 1] < reach[k + 1]) ? reach[k + 1]
                                                                     : reach[k - 1] + 1;

          for (; x < n_old && x - k < n_new && x - k >= 0
                 && old_lines[x].number == new_lines[x - k].number; x++)
            n_steps++;
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
  int x = n_old, y = n_new;
  guint start = comparison->edits->len;

  for (int d = (int) trace->len - 1; d >= 0; d--)
    {
      const int *reach = (const int *) g_ptr_array_index (trace, d) + d + 1;
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

/* Finds the edits; FALSE where that would take too much. */
static gboolean
compare_lines (Comparison *comparison)
{
  guint n_before = count_lines (comparison->before), n_after = count_lines (comparison->after);
  guint n_old = count_lines (comparison->old_middle);
  guint n_new = count_lines (comparison->new_middle);
  g_autoptr(GPtrArray) trace = NULL;
  gboolean found = FALSE;

  if (n_old == 0 || n_new == 0 || n_old > MAX_LINES || n_new > MAX_LINES)
    return FALSE;

  take_lines (comparison);
  for (guint i = 0; i < n_before; i++)
    add_edit (comparison, ' ', i, i);
  trace = trace_edits (comparison, n_before, n_old, n_new, &found);
  if (!found)
    return FALSE;

  collect_edits (comparison, trace, n_before, n_old, n_new);
  for (guint i = 0; i < n_after; i++)
    add_edit (comparison, ' ', n_before + n_old + i, n_before + n_new + i);

  return TRUE;
}

static void
append_line (GString    *diff,
             char        sign,
             const char *line,
             gsize       size)
{
  gboolean has_newline = size > 0 && line[size - 1] == '\n';
  gsize length = size - (has_newline ? 1 : 0);

  g_string_append_c (diff, sign);
  if (g_utf8_validate_len (line, length, NULL))
    g_string_append_len (diff, line, (gssize) length);
  else
    {
      g_autofree char *text = g_utf8_make_valid (line, (gssize) length);

      g_string_append (diff, text);
    }
  g_string_append (diff, has_newline ? "\n" : "\n\\ No newline at end of file\n");
}

static void
append_range (GString *diff,
              char     sign,
              Range    range)
{
  while (range.start < range.end)
    {
      const char *end = find_line_end (range.start, range.end);

      append_line (diff, sign, range.start, end - range.start);
      range.start = end;
    }
}

/* A range of no lines is named by the line before it. */
static void
append_numbers (GString *diff,
                char     sign,
                guint    index,
                guint    count)
{
  g_string_append_printf (diff, " %c%u", sign, count > 0 ? index + 1 : index);
  if (count != 1)
    g_string_append_printf (diff, ",%u", count);
}

static void
append_header (GString          *diff,
               const Comparison *comparison,
               const Edit       *first,
               guint             n_old,
               guint             n_new)
{
  g_string_append (diff, "@@");
  append_numbers (diff, '-', comparison->n_skipped + first->old_index, n_old);
  append_numbers (diff, '+', comparison->n_skipped + first->new_index, n_new);
  g_string_append (diff, " @@\n");
}

/* The middle as a whole, in one hunk, whose lines are nowhere but in the texts. */
static void
append_whole (GString          *diff,
              const Comparison *comparison)
{
  guint n_context = count_lines (comparison->before) + count_lines (comparison->after);
  Edit first = { ' ', 0, 0 };

  append_header (diff, comparison, &first, n_context + count_lines (comparison->old_middle),
                 n_context + count_lines (comparison->new_middle));
  append_range (diff, ' ', comparison->before);
  append_range (diff, '-', comparison->old_middle);
  append_range (diff, '+', comparison->new_middle);
  append_range (diff, ' ', comparison->after);
}

static void
append_hunk (GString          *diff,
             const Comparison *comparison,
             guint             start,
             guint             end)
{
  guint n_old = 0, n_new = 0;

  for (guint i = start; i < end; i++)
    {
      char sign = g_array_index (comparison->edits, Edit, i).sign;

      n_old += sign != '+';
      n_new += sign != '-';
    }

  append_header (diff, comparison, &g_array_index (comparison->edits, Edit, start), n_old, n_new);
  for (guint i = start; i < end; i++)
    {
      const Edit *edit = &g_array_index (comparison->edits, Edit, i);
      const Line *line = edit->sign == '+'
                         ? &g_array_index (comparison->new_lines, Line, edit->new_index)
                         : &g_array_index (comparison->old_lines, Line, edit->old_index);

      append_line (diff, edit->sign, line->start, line->size);
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

static Range
get_range (const char *text,
           gssize      size)
{
  if (text == NULL)
    return (Range) { "", "" };

  return (Range) { text, text + (size >= 0 ? (gsize) size : strlen (text)) };
}

void
_nullmail_text_diff_append (GString    *diff,
                            const char *path,
                            const char *old_text,
                            gssize      old_size,
                            const char *new_text,
                            gssize      new_size)
{
  Range old_range = get_range (old_text, old_size), new_range = get_range (new_text, new_size);
  Comparison comparison = { .n_skipped = 0 };

  if ((old_text == NULL && new_text == NULL)
      || (old_text != NULL && new_text != NULL
          && old_range.end - old_range.start == new_range.end - new_range.start
          && memcmp (old_text, new_text, old_range.end - old_range.start) == 0))
    return;

  g_string_append_printf (diff, "--- %s\n+++ %s\n", old_text != NULL ? path : "/dev/null",
                          new_text != NULL ? path : "/dev/null");

  comparison.old_lines = g_array_new (FALSE, FALSE, sizeof (Line));
  comparison.new_lines = g_array_new (FALSE, FALSE, sizeof (Line));
  comparison.edits = g_array_new (FALSE, FALSE, sizeof (Edit));
  find_middle (&comparison, old_range, new_range);
  if (compare_lines (&comparison))
    append_hunks (diff, &comparison);
  else if (comparison.old_middle.start < comparison.old_middle.end
           || comparison.new_middle.start < comparison.new_middle.end)
    append_whole (diff, &comparison);

  g_array_unref (comparison.old_lines);
  g_array_unref (comparison.new_lines);
  g_array_unref (comparison.edits);
}
