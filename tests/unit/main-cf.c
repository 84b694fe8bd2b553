/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>
#include <time.h>

#include <glib/gstdio.h>
#include <libnullmail/nullmail.h>

#include "base/regular-file-private.h"
#include "document/main-cf-private.h"
#include "scratch.h"

static NullmailMainCf *
parse (const char *text)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr(GError) error = NULL;
  NullmailMainCf *main_cf = nullmail_main_cf_new_from_bytes (bytes, &error);

  g_assert_no_error (error);
  return main_cf;
}

static void
assert_text (NullmailMainCf *main_cf,
             const char     *expected)
{
  g_autoptr(GBytes) bytes = nullmail_main_cf_to_bytes (main_cf);
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  g_assert_cmpmem (data, size, expected, strlen (expected));
}

static void
test_get_value (void)
{
  static const struct { const char *text, *name, *value; } cases[] = {
    { "a = 1\n", "a", "1" },
    { "a=1", "a", "1" },
    { "a = \n", "a", "" },
    { "a =", "a", "" },
    { "a = 1\n", "b", NULL },
    { "a = 1\n", "A", NULL },
    { "a = 1\n", "", NULL },
    { "a = 1\n", "a = 1", NULL },
    { "a = 1\na = 2\n", "a", "2" },
    { "a = 1\n# c\n\n \t\n  2\n", "a", "1  2" },
    { "a =\n  1,\n\t2\n", "a", "1,\t2" },
    { "a\n = 1\n", "a", "1" },
    { "a\n# c\n = 1 = 2\n", "a", "1 = 2" },
    { "a = b = c # d\n", "a", "b = c # d" },
    { "a \v\f\r= \v1\f\r\n", "a", "1" },
    { "a\f= 1\n", "a", "1" },
    { "a = 1\r\n 2\r\n", "a", "1\r 2" },
    { " a = 1\n b = 2\nc = 3\n", "a", NULL },
    { " a = 1\n b = 2\nc = 3\n", "c", "3" },
    { "# c\n\n a = 1\n", "a", NULL },
    { "a = 1\n b = 2\n", "b", NULL },
    { "a = 1\n b = 2\n", "a", "1 b = 2" },
    { "a b = 1\n", "a", NULL },
    { "a\n", "a", NULL },
    { "\xef\xbb\xbf" "a = 1\n", "a", NULL },
    { "\xc2\xa0" "a = 1\n", "\xc2\xa0" "a", "1" },
    { "a = x\xffy\n", "a", "x\xef\xbf\xbdy" },
    { "", "a", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(NullmailMainCf) main_cf = parse (cases[i].text);
      g_autofree char *value = nullmail_main_cf_get_value (main_cf, cases[i].name);

      g_assert_cmpstr (value, ==, cases[i].value);
      g_assert_true (nullmail_main_cf_has_value (main_cf, cases[i].name) == (value != NULL));
      g_assert_true ((nullmail_main_cf_get_line (main_cf, cases[i].name) != 0) == (value != NULL));
      assert_text (main_cf, cases[i].text);
    }
}

static void
test_set (void)
{
  static const struct { const char *text, *value, *result; } cases[] = {
    { "", "1", "a = 1\n" },
    { "b = 2\n", "1", "b = 2\na = 1\n" },
    { "#a = 2\n", "1", "#a = 2\na = 1\n" },
    { "a=2\nb=3", "1", "a = 1\nb=3" },
    { "a=2", "1", "a = 1\n" },
    { "a = 2\n", "", "a = \n" },
    { "a = 2\n", " \v\f 1 \v\f\t", "a = 1\n" },
    { "a = 2\nb = 3\na = 4\n", "1", "a = 1\nb = 3\na = 1\n" },
    { "a = 2\n# c\n\n  3\n# d\n\t4\nb = 5\n", "1", "a = 1\n# c\n\n# d\nb = 5\n" },
    { "a = 2\r\nb = 3\r\n", "1", "a = 1\nb = 3\r\n" },
    { "a\f= 2\n", "1", "a = 1\n" },
    { "a bad\n 3\n", "1", "a = 1\n" },
    { " a = 2\n", "1", " a = 2\na = 1\n" },
    /* a missing last newline */
    { "b = 2", "1", "b = 2\na = 1\n" },
    { "# c", "1", "# c\na = 1\n" },
    { "b = 2\r\nc = 3", "1", "b = 2\r\nc = 3\r\na = 1\n" },
    { "b = 2\r\nc = 3\r", "1", "b = 2\r\nc = 3\r\na = 1\n" },
    { "b = 2\nc = 3\r", "1", "b = 2\nc = 3\r\na = 1\n" },
    { "\n ", "1", "\n \na = 1\n" },
    { "b = \xff", "1", "b = \xff\na = 1\n" },
    /* nothing to do */
    { "a=1", "1", "a=1" },
    { "a =\n 1\n# c\n", "1", "a =\n 1\n# c\n" },
    { "a = 1\r\n", "1", "a = 1\r\n" },
    { "a =", "", "a =" },
    { "a = x # y\n", " x # y ", "a = x # y\n" },
    /* the same twice is not once */
    { "a=1\na=1\n", "1", "a = 1\na = 1\n" },
    { "a=1\na\n", "1", "a = 1\na = 1\n" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(NullmailMainCf) main_cf = parse (cases[i].text);
      g_autoptr(GError) error = NULL;

      for (guint again = 0; again < 2; again++)
        {
          nullmail_main_cf_set_value (main_cf, "a", cases[i].value, &error);
          g_assert_no_error (error);
          assert_text (main_cf, cases[i].result);
        }
    }
}

static void
test_set_invalid (void)
{
  static const struct { const char *name, *value; } cases[] = {
    { "", "1" }, { "#a", "1" }, { "a b", "1" }, { "a\t", "1" }, { "a\vb", "1" }, { "a\f", "1" },
    { "a\r", "1" }, { "a\nb", "1" }, { "a=", "1" }, { "=", "1" },
    { "a", "1\n2" }, { "a", "1\r2" }, { "a", "1\n" }, { "a", "\r" },
    /* not UTF-8, which a message has to be */
    { "a\xff=", "1" }, { "\xff", "1\n2" }, { "a\xc3 ", "1" },
  };
  const char *text = "a = 0\nb = 2\n";

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(NullmailMainCf) main_cf = parse (text);
      g_autoptr(GError) error = NULL;

      g_assert_false (nullmail_main_cf_set_value (main_cf, cases[i].name, cases[i].value, &error));
      g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      assert_text (main_cf, text);
    }
}

static void
test_unset (void)
{
  static const struct { const char *text, *result; } cases[] = {
    { "a = 1\n", "" },
    { "a = 1\nb = 2", "b = 2" },
    { "b = 2\na = 1", "b = 2\n" },
    { "a = 1\n# c\n\n  2\nb = 3\na=4\n# d\n", "# c\n\nb = 3\n# d\n" },
    { "a\nb = 1\n", "b = 1\n" },
    { "a\v= 1\n", "" },
    { "b = 1\n a = 2\n", NULL },
    { "#a = 1\nab = 2\n", NULL },
    { " a = 2\n", NULL },
    { "", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(NullmailMainCf) main_cf = parse (cases[i].text);

      g_assert_true (nullmail_main_cf_unset (main_cf, "a") == (cases[i].result != NULL));
      assert_text (main_cf, cases[i].result != NULL ? cases[i].result : cases[i].text);
      g_assert_false (nullmail_main_cf_unset (main_cf, "a"));
      g_assert_false (nullmail_main_cf_has_value (main_cf, "a"));
    }
}

static void
test_comment_out (void)
{
  static const struct { const char *text, *result; } cases[] = {
    { "a = 1\n", "#a = 1\n" },
    { "b = 2\na = 1", "b = 2\n#a = 1" },
    { "a = 1\r\n 2\r\n", "#a = 1\r\n# 2\r\n" },
    { "a = 1\n# c\n\n  2\nb = 3\na=4\n", "#a = 1\n# c\n\n#  2\nb = 3\n#a=4\n" },
    { "b = 1\n a = 2\n", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(NullmailMainCf) main_cf = parse (cases[i].text);

      g_assert_true (nullmail_main_cf_comment_out (main_cf, "a") == (cases[i].result != NULL));
      assert_text (main_cf, cases[i].result != NULL ? cases[i].result : cases[i].text);
      g_assert_false (nullmail_main_cf_comment_out (main_cf, "a"));
    }
}

static void
test_remove_duplicates (void)
{
  static const struct { const char *text, *result; } cases[] = {
    { "a = 1\nb = 2\na=3\n", "b = 2\na=3\n" },
    { "a = 1\n# c\n 2\na = 3\n 4\na = 5\n 6", "# c\na = 5\n 6" },
    { "a = 1\na\n", NULL },
    { "a\na = 1\na = 2\na\n", "a\na = 2\na\n" },
    { "a = 1\n", NULL },
    { "b = 1\n", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(NullmailMainCf) main_cf = parse (cases[i].text);
      g_autofree char *before = nullmail_main_cf_get_value (main_cf, "a"), *after = NULL;

      g_assert_true (nullmail_main_cf_remove_duplicates (main_cf, "a")
                     == (cases[i].result != NULL));
      after = nullmail_main_cf_get_value (main_cf, "a");
      g_assert_cmpstr (after, ==, before);
      assert_text (main_cf, cases[i].result != NULL ? cases[i].result : cases[i].text);
      g_assert_false (nullmail_main_cf_remove_duplicates (main_cf, "a"));
    }
}

static void
assert_list (char       **list,
             const char  *expected)
{
  g_autofree char *joined = g_strjoinv (" ", list);

  g_assert_cmpstr (joined, ==, expected);
  g_strfreev (list);
}

/* A name that stands there three times was compared with a copy that had been freed. */
static void
test_names_with (void)
{
  g_autoptr(NullmailMainCf) main_cf = parse ("a = $x\nb = 1\na = $y\na = $z\nc = $a\na = $b\n");

  assert_list (_nullmail_main_cf_list_with (main_cf, '$'), "a c");
}

static void
test_lists (void)
{
  g_autoptr(NullmailMainCf) main_cf = parse ("b = 1\na = 2\nbad\nb = 3\nc\n = 4\na = 5\nb = 6\n");

  assert_list (nullmail_main_cf_list_names (main_cf), "b a c");
  assert_list (nullmail_main_cf_list_duplicates (main_cf), "b a");
  g_assert_cmpuint (nullmail_main_cf_get_line (main_cf, "b"), ==, 8);
  g_assert_cmpuint (nullmail_main_cf_get_line (main_cf, "c"), ==, 5);

  g_assert_true (nullmail_main_cf_unset (main_cf, "b"));
  assert_list (nullmail_main_cf_list_names (main_cf), "a c");
  g_assert_cmpuint (nullmail_main_cf_get_line (main_cf, "a"), ==, 5);
  g_assert_true (nullmail_main_cf_set_value (main_cf, "b", "1", NULL));
  g_assert_true (nullmail_main_cf_set_value (main_cf, "bad", "1", NULL));
  assert_list (nullmail_main_cf_list_names (main_cf), "a bad c b");
  assert_list (nullmail_main_cf_list_duplicates (main_cf), "a");
  g_assert_cmpuint (nullmail_main_cf_get_line (main_cf, "b"), ==, 6);
  assert_text (main_cf, "a = 2\nbad = 1\nc\n = 4\na = 5\nb = 1\n");
  assert_list (nullmail_main_cf_list_names (main_cf), "a bad c b");
}

static void
test_bad_lines (void)
{
  g_autoptr(NullmailMainCf) main_cf =
    parse ("# c\n  x = 1\n  y\n\na = 1\nbad line\n more\n= 2\nb\n = 3\nworse");
  g_autoptr(GArray) list = _nullmail_main_cf_list_bad_lines (main_cf);
  static const NullmailBadLine expected[] = {
    { 2, TRUE }, { 6, FALSE }, { 8, FALSE }, { 11, FALSE },
  };

  g_assert_cmpuint (list->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < list->len; i++)
    {
      const NullmailBadLine *bad = &g_array_index (list, NullmailBadLine, i);

      g_assert_cmpuint (bad->line, ==, expected[i].line);
      g_assert_true (bad->is_indented_first == expected[i].is_indented_first);
    }

  g_assert_true (nullmail_main_cf_unset (main_cf, "bad"));
  g_assert_true (nullmail_main_cf_comment_out (main_cf, "a"));
  g_assert_true (nullmail_main_cf_set_value (main_cf, "worse", "2", NULL));
  g_assert_cmpuint (nullmail_main_cf_count_bad_lines (main_cf), ==, 2);
  assert_text (main_cf, "# c\n  x = 1\n  y\n\n#a = 1\n= 2\nb\n = 3\nworse = 2\n");
  g_assert_cmpuint (nullmail_main_cf_count_bad_lines (main_cf), ==, 2);
}

static void
test_sequence (void)
{
  g_autoptr(NullmailMainCf) main_cf = parse ("a = 1\n 2\nb = 3\r\nc = 4");
  g_autoptr(NullmailMainCf) copy = NULL;

  g_assert_true (nullmail_main_cf_set_value (main_cf, "d", "5", NULL));
  g_assert_true (nullmail_main_cf_unset (main_cf, "d"));
  g_assert_true (nullmail_main_cf_set_value (main_cf, "a", "6", NULL));
  g_assert_true (nullmail_main_cf_set_value (main_cf, "a", "7", NULL));
  copy = nullmail_main_cf_copy (main_cf);
  g_assert_true (nullmail_main_cf_equal (main_cf, copy));
  g_assert_true (_nullmail_main_cf_get_base (copy) == _nullmail_main_cf_get_base (main_cf));
  g_assert_true (nullmail_main_cf_comment_out (main_cf, "b"));
  g_assert_false (nullmail_main_cf_equal (main_cf, copy));
  g_assert_true (nullmail_main_cf_set_value (main_cf, "b", "8", NULL));
  g_assert_true (nullmail_main_cf_unset (main_cf, "b"));
  g_assert_true (nullmail_main_cf_set_value (main_cf, "b", "9", NULL));
  assert_text (main_cf, "a = 7\n#b = 3\r\nc = 4\r\nb = 9\n");
  assert_text (copy, "a = 7\nb = 3\r\nc = 4\r\n");
}

/* Copies of a document with edits share what was read, and nothing of what either does later. */
static void
test_copy (void)
{
  g_autoptr(NullmailMainCf) main_cf = parse ("a = 1\n 2\n# c\nb = 3\nb = 4\nc = 5");
  g_autoptr(NullmailMainCf) copy = NULL, second = NULL;

  g_assert_true (nullmail_main_cf_set_value (main_cf, "d", "6", NULL));
  g_assert_true (nullmail_main_cf_unset (main_cf, "a"));
  copy = nullmail_main_cf_copy (main_cf);
  second = nullmail_main_cf_copy (copy);
  g_assert_true (nullmail_main_cf_set_value (main_cf, "a", "7", NULL));
  g_assert_true (nullmail_main_cf_comment_out (main_cf, "d"));
  g_assert_true (nullmail_main_cf_unset (copy, "d"));
  g_assert_true (nullmail_main_cf_set_value (copy, "e", "8", NULL));
  g_assert_true (nullmail_main_cf_remove_duplicates (copy, "b"));

  g_assert_cmpuint (nullmail_main_cf_get_line (main_cf, "a"), ==, 6);
  g_assert_cmpuint (nullmail_main_cf_get_line (copy, "c"), ==, 3);
  g_assert_cmpuint (nullmail_main_cf_get_line (copy, "e"), ==, 4);
  g_assert_cmpuint (nullmail_main_cf_get_line (second, "d"), ==, 5);
  assert_text (main_cf, "# c\nb = 3\nb = 4\nc = 5\n#d = 6\na = 7\n");
  assert_text (copy, "# c\nb = 4\nc = 5\ne = 8\n");
  assert_text (second, "# c\nb = 3\nb = 4\nc = 5\nd = 6\n");
}

/* All that such a document has is what was added to it. */
static void
test_copy_of_empty (void)
{
  g_autoptr(NullmailMainCf) main_cf = nullmail_main_cf_new ();
  g_autoptr(NullmailMainCf) copy = NULL;

  g_assert_true (nullmail_main_cf_set_value (main_cf, "a", "1", NULL));
  copy = nullmail_main_cf_copy (main_cf);
  g_assert_true (nullmail_main_cf_set_value (copy, "b", "2", NULL));
  g_assert_true (nullmail_main_cf_set_value (copy, "a", "3", NULL));
  assert_text (main_cf, "a = 1\n");
  assert_text (copy, "a = 3\nb = 2\n");
}

/* What was replaced is forgotten before it takes much more room than the document. */
static void
test_overgrown (void)
{
  g_autoptr(NullmailMainCf) main_cf = parse ("a = 1\na = 2\nb = 3");
  g_autofree char *large = g_strnfill (3 * 1024 * 1024, 'x');
  g_autofree char *value = NULL;

  g_assert_true (nullmail_main_cf_set_value (main_cf, "c", large, NULL));
  for (guint i = 0; i < 8; i++)
    {
      large[0] = '0' + i;
      g_assert_true (nullmail_main_cf_set_value (main_cf, "a", large, NULL));
      g_assert_true (nullmail_main_cf_set_value (main_cf, i % 2 == 0 ? "b" : "d", large, NULL));
    }
  g_assert_true (nullmail_main_cf_remove_duplicates (main_cf, "a"));
  g_assert_true (nullmail_main_cf_unset (main_cf, "c"));

  value = nullmail_main_cf_get_value (main_cf, "a");
  g_assert_cmpstr (value, ==, large);
  g_assert_cmpuint (nullmail_main_cf_get_line (main_cf, "b"), ==, 2);
  g_assert_true (nullmail_main_cf_set_value (main_cf, "a", "1", NULL));
  g_assert_true (nullmail_main_cf_set_value (main_cf, "b", "2", NULL));
  g_assert_true (nullmail_main_cf_set_value (main_cf, "d", "3", NULL));
  assert_text (main_cf, "a = 1\nb = 2\nd = 3\n");
}

static void
test_base (void)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static ("a = 1\n", 6);
  g_autoptr(NullmailMainCf) main_cf = nullmail_main_cf_new_from_bytes (bytes, NULL);
  g_autoptr(NullmailMainCf) fresh = nullmail_main_cf_new ();

  g_assert_true (nullmail_main_cf_set_value (main_cf, "a", "2", NULL));
  g_assert_true (g_bytes_equal (_nullmail_main_cf_get_base (main_cf), bytes));
  g_assert_null (_nullmail_main_cf_get_base (fresh));
  g_assert_cmpuint (g_bytes_get_size (_nullmail_main_cf_peek_bytes (fresh)), ==, 0);
  g_assert_true (nullmail_main_cf_set_value (fresh, "a", "2", NULL));
  g_assert_true (nullmail_main_cf_equal (fresh, main_cf));
}

static void
test_invalid_bytes (void)
{
  g_autoptr(GBytes) nul = g_bytes_new_static ("a = 1\nb\0 = 2\n", 13);
  g_autoptr(GBytes) large = g_bytes_new_take (g_malloc0 (NULLMAIL_MAX_FILE_BYTES + 1),
                                              NULLMAIL_MAX_FILE_BYTES + 1);
  g_autoptr(GError) error = NULL;

  g_assert_null (nullmail_main_cf_new_from_bytes (nul, &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE);
  g_assert_nonnull (strstr (error->message, "Line 2"));
  g_clear_error (&error);

  g_assert_null (nullmail_main_cf_new_from_bytes (large, &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE);
}

static void
test_load (void)
{
  char *directory = scratch_new ();
  g_autofree char *path = g_build_filename (directory, "main.cf", NULL);
  g_autoptr(NullmailMainCf) main_cf = NULL;
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;

  g_assert_null (nullmail_main_cf_load (path, NULL, &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, path));
  g_clear_error (&error);

  g_assert_null (nullmail_main_cf_load (directory, NULL, &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE);
  g_clear_error (&error);

  g_assert_true (g_file_set_contents (path, "a\0b", 3, NULL));
  g_assert_null (nullmail_main_cf_load (path, NULL, &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE);
  g_assert_nonnull (strstr (error->message, path));
  g_clear_error (&error);

  g_assert_true (g_file_set_contents (path, "a = 1", 5, NULL));
  main_cf = nullmail_main_cf_load (path, NULL, &error);
  g_assert_no_error (error);
  assert_text (main_cf, "a = 1");

  g_cancellable_cancel (cancellable);
  g_assert_null (nullmail_main_cf_load (path, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  scratch_free (directory);
}

/* Sets everything in a file anew; returns the time of the processor that it took. */
static clock_t
set_many (guint n_names)
{
  g_autoptr(NullmailMainCf) main_cf = nullmail_main_cf_new ();
  g_autoptr(GString) expected = g_string_new (NULL);
  clock_t start = clock ();

  for (guint round = 0; round < 3; round++)
    for (guint i = 0; i < n_names; i++)
      {
        g_autofree char *name = g_strdup_printf ("name_%u", i);
        g_autofree char *value = g_strdup_printf ("value %u", round);

        g_assert_true (nullmail_main_cf_set_value (main_cf, name, value, NULL));
        if (round == 2)
          g_string_append_printf (expected, "%s = %s\n", name, value);
      }

  assert_text (main_cf, expected->str);
  return clock () - start;
}

/* Work that grows with the square would take sixteen times as long for four times as much. */
static void
test_many (void)
{
  clock_t quarter = set_many (10000);

  g_assert_cmpint (set_many (40000), <, 8 * quarter);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/main-cf/get-value", test_get_value);
  g_test_add_func ("/main-cf/set", test_set);
  g_test_add_func ("/main-cf/copy", test_copy);
  g_test_add_func ("/main-cf/copy/empty", test_copy_of_empty);
  g_test_add_func ("/main-cf/overgrown", test_overgrown);
  g_test_add_func ("/main-cf/set/invalid", test_set_invalid);
  g_test_add_func ("/main-cf/unset", test_unset);
  g_test_add_func ("/main-cf/comment-out", test_comment_out);
  g_test_add_func ("/main-cf/remove-duplicates", test_remove_duplicates);
  g_test_add_func ("/main-cf/names-with", test_names_with);
  g_test_add_func ("/main-cf/lists", test_lists);
  g_test_add_func ("/main-cf/bad-lines", test_bad_lines);
  g_test_add_func ("/main-cf/sequence", test_sequence);
  g_test_add_func ("/main-cf/base", test_base);
  g_test_add_func ("/main-cf/invalid-bytes", test_invalid_bytes);
  g_test_add_func ("/main-cf/load", test_load);
  g_test_add_func ("/main-cf/many", test_many);

  return g_test_run ();
}
