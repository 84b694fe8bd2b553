/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "plan/text-diff-private.h"

static const struct
{
  const char *name;
  const char *old_text;
  const char *new_text;
  const char *diff;
} cases[] = {
  { "equal", "a\nb\n", "a\nb\n", "" },
  { "neither", NULL, NULL, "" },
  { "created", NULL, "a\n", "--- /dev/null\n+++ /f\n@@ -0,0 +1 @@\n+a\n" },
  { "removed", "a\n", NULL, "--- /f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n" },
  { "appended", "a\n", "a\nb\n", "--- /f\n+++ /f\n@@ -1 +1,2 @@\n a\n+b\n" },
  { "no-last-newline", "a", "a\nb\n",
    "--- /f\n+++ /f\n@@ -1 +1,2 @@\n-a\n\\ No newline at end of file\n+a\n+b\n" },
  { "context", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nX\n6\n7\n8\n9\n",
    "--- /f\n+++ /f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+X\n 6\n 7\n 8\n" },
  { "two-hunks", "a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n",
    "--- /f\n+++ /f\n@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n" },
  { "joined-hunks", "a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n",
    "--- /f\n+++ /f\n@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n" },
  { "last-line-grows", "a\nb", "a\nab",
    "--- /f\n+++ /f\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+ab\n"
    "\\ No newline at end of file\n" },
  { "first-line-grows", "b\nc\n", "ab\nc\n",
    "--- /f\n+++ /f\n@@ -1,2 +1,2 @@\n-b\n+ab\n c\n" },
  { "repeated", "a\na\na\na\na\na\n", "a\na\na\na\na\na\na\n",
    "--- /f\n+++ /f\n@@ -4,3 +4,4 @@\n a\n a\n a\n+a\n" },
  { "invalid-utf8", "a\n", "\xff\n", "--- /f\n+++ /f\n@@ -1 +1 @@\n-a\n+\xef\xbf\xbd\n" },
};

static void
test_case (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr(GString) diff = g_string_new (NULL);

  _nullmail_text_diff_append (diff, "/f", cases[i].old_text, -1, cases[i].new_text, -1);
  g_assert_cmpstr (diff->str, ==, cases[i].diff);
}

/* Applies a diff, so that any pair of texts is a test. */
static char *
apply_diff (const char *old_text,
            const char *diff)
{
  g_auto(GStrv) old_lines = g_strsplit (old_text, "\n", -1);
  g_auto(GStrv) lines = g_strsplit (diff, "\n", -1);
  GString *result = g_string_new (NULL);
  guint next = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      guint start, count = 1;

      if (g_str_has_prefix (lines[i], "--- ") || g_str_has_prefix (lines[i], "+++ "))
        continue;
      if (sscanf (lines[i], "@@ -%u,%u", &start, &count) >= 1)
        {
          guint index = count > 0 ? start - 1 : start;

          for (; next < index; next++)
            g_string_append_printf (result, "%s\n", old_lines[next]);
        }
      else if (lines[i][0] == '+' || lines[i][0] == ' ')
        g_string_append_printf (result, "%s\n", lines[i] + 1);
      if (lines[i][0] == '-' || lines[i][0] == ' ')
        {
          g_assert_cmpstr (lines[i] + 1, ==, old_lines[next]);
          next++;
        }
    }

  for (; old_lines[next] != NULL && *old_lines[next] != '\0'; next++)
    g_string_append_printf (result, "%s\n", old_lines[next]);

  return g_string_free (result, FALSE);
}

static void
append_random_line (GString *text)
{
  g_string_append_printf (text, "%d\n", g_test_rand_int_range (1, 12));
}

static void
test_random (void)
{
  for (guint round = 0; round < 3000; round++)
    {
      g_autoptr(GString) old_text = g_string_new (NULL);
      g_autoptr(GString) new_text = g_string_new (NULL);
      g_autoptr(GString) diff = g_string_new (NULL);
      g_autofree char *result = NULL;
      guint n_lines = g_test_rand_int_range (0, 40);

      for (guint i = 0; i < n_lines; i++)
        append_random_line (old_text);
      for (const char *line = old_text->str; *line != '\0'; line = strchr (line, '\n') + 1)
        {
          int what = g_test_rand_int_range (0, 8);

          if (what == 0)
            append_random_line (new_text);
          if (what != 1)
            g_string_append_len (new_text, line, strchr (line, '\n') + 1 - line);
        }

      _nullmail_text_diff_append (diff, "/f", old_text->str, -1, new_text->str, -1);
      result = apply_diff (old_text->str, diff->str);
      g_assert_cmpstr (result, ==, new_text->str);
    }
}

/* Two texts without a line in common end quickly, and correctly. */
static void
test_large (void)
{
  g_autoptr(GString) old_text = g_string_new (NULL);
  g_autoptr(GString) new_text = g_string_new (NULL);
  g_autoptr(GString) diff = g_string_new (NULL);
  g_autofree char *result = NULL;

  for (guint i = 0; i < 5000; i++)
    {
      g_string_append_printf (old_text, "old %u\n", i);
      g_string_append_printf (new_text, "new %u\n", i);
    }

  _nullmail_text_diff_append (diff, "/f", old_text->str, -1, new_text->str, -1);
  result = apply_diff (old_text->str, diff->str);
  g_assert_cmpstr (result, ==, new_text->str);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/text-diff/case/", cases[i].name, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_case);
    }
  g_test_add_func ("/text-diff/random", test_random);
  g_test_add_func ("/text-diff/large", test_large);

  return g_test_run ();
}
