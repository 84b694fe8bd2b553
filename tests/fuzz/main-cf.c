/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A main.cf is read as a second reading has it, comes out as it went in, and an edit changes its
 * own settings only, to what a second editor writes. Where it is shown, passwords are asterisks.
 *
 * The input is a script, a NUL, and the text. A line of the script is one edit: "=name value" sets,
 * "-name" unsets, "#name" comments out, "!name" removes duplicates. */

#include "fuzz.h"

#include <string.h>

#include "config/mask-private.h"
#include "nullmail.h"
#include "second-reading.h"

#define MAX_EDITS 8
#define MASK "********"

typedef struct
{
  SecondEditKind  kind;
  char           *name;
  char           *value;
} Edit;

static void
edit_free (gpointer data)
{
  Edit *self = data;

  g_free (self->name);
  g_free (self->value);
  g_free (self);
}

static GPtrArray *
parse_script (const char *script)
{
  g_auto(GStrv) lines = g_strsplit (script, "\n", -1);
  GPtrArray *edits = g_ptr_array_new_with_free_func (edit_free);

  for (guint i = 0; lines[i] != NULL && edits->len < MAX_EDITS; i++)
    {
      const char *value = strchr (lines[i], ' ');
      Edit *edit;

      if (*lines[i] == '\0' || strchr ("=-#!", *lines[i]) == NULL)
        continue;

      edit = g_new0 (Edit, 1);
      edit->kind = (SecondEditKind) *lines[i];
      if (edit->kind != SECOND_EDIT_SET)
        value = NULL;
      edit->name = value != NULL ? g_strndup (lines[i] + 1, value - lines[i] - 1)
                                 : g_strdup (lines[i] + 1);
      edit->value = g_strdup (value != NULL ? value + 1 : "");
      g_ptr_array_add (edits, edit);
    }

  return edits;
}

static NullmailMainCf *
parse (const void *text,
       gsize       size)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, size);
  GError *error = NULL;
  NullmailMainCf *main_cf = nullmail_main_cf_new_from_bytes (bytes, &error);

  if (main_cf == NULL)
    fuzz_assert_error (error);
  g_assert_true ((main_cf == NULL) == (size > 0 && memchr (text, '\0', size) != NULL));

  return main_cf;
}

static void
assert_text (NullmailMainCf *main_cf,
             const GString  *expected)
{
  g_autoptr(GBytes) bytes = nullmail_main_cf_to_bytes (main_cf);
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  fuzz_assert_same (expected, data, size);
}

static void
check_value (NullmailMainCf *main_cf,
             SecondReading  *reading,
             const char     *name)
{
  SecondSetting *setting = second_reading_find (reading, name);
  g_autofree char *ours = nullmail_main_cf_get_value (main_cf, name);
  g_autofree char *expected =
    setting != NULL ? g_utf8_make_valid (setting->value->str, setting->value->len) : NULL;

  g_assert_cmpstr (ours, ==, expected);
  g_assert_true (nullmail_main_cf_has_value (main_cf, name) == (setting != NULL));
  g_assert_cmpuint (nullmail_main_cf_get_line (main_cf, name), ==,
                    setting != NULL ? setting->line : 0);
}

static void
check_lists (NullmailMainCf *main_cf,
             GHashTable     *counts,
             GPtrArray      *names)
{
  g_auto(GStrv) listed = nullmail_main_cf_list_names (main_cf);
  g_auto(GStrv) duplicates = nullmail_main_cf_list_duplicates (main_cf);
  guint n_duplicates = 0;

  g_assert_cmpuint (g_strv_length (listed), ==, names->len);
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      g_autofree char *valid = g_utf8_make_valid (name, -1);

      g_assert_cmpstr (listed[i], ==, valid);
      if (GPOINTER_TO_UINT (g_hash_table_lookup (counts, name)) > 1)
        g_assert_cmpstr (duplicates[n_duplicates++], ==, valid);
    }
  g_assert_null (duplicates[n_duplicates]);
}

/* Everything that can be asked, without having the text written out anew. */
static void
check_reading (NullmailMainCf *main_cf,
               const GString  *text)
{
  g_autoptr(SecondReading) reading = second_reading_new (text->str, text->len);
  g_autoptr(GHashTable) counts = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GPtrArray) names = g_ptr_array_new ();
  guint n_bad = 0;

  for (guint i = 0; i < reading->settings->len; i++)
    {
      SecondSetting *setting = g_ptr_array_index (reading->settings, i);
      guint count = GPOINTER_TO_UINT (g_hash_table_lookup (counts, setting->name));

      check_value (main_cf, reading, setting->name);
      if (!second_setting_counts (setting))
        {
          n_bad++;
          continue;
        }
      if (count == 0)
        g_ptr_array_add (names, setting->name);
      g_hash_table_insert (counts, setting->name, GUINT_TO_POINTER (count + 1));
    }

  g_assert_cmpuint (nullmail_main_cf_count_bad_lines (main_cf), ==, n_bad);
  check_lists (main_cf, counts, names);
  check_value (main_cf, reading, "relayhost");
  check_value (main_cf, reading, "");
  check_value (main_cf, reading, " a");
  check_value (main_cf, reading, "a = b");
}

static gboolean
is_allowed (const Edit *edit)
{
  if (edit->kind != SECOND_EDIT_SET)
    return TRUE;
  for (const char *p = edit->name; *p != '\0'; p++)
    if (second_is_space (*p) || *p == '=')
      return FALSE;

  return *edit->name != '\0' && *edit->name != '#' && strpbrk (edit->value, "\r\n") == NULL;
}

static void
check_after_edit (NullmailMainCf *main_cf,
                  const Edit     *edit)
{
  g_autofree char *value = nullmail_main_cf_get_value (main_cf, edit->name);
  g_auto(GStrv) duplicates = nullmail_main_cf_list_duplicates (main_cf);
  g_autofree char *expected = NULL;
  GString *trimmed;

  if (edit->kind == SECOND_EDIT_UNSET || edit->kind == SECOND_EDIT_COMMENT_OUT)
    g_assert_null (value);
  if (edit->kind == SECOND_EDIT_REMOVE_DUPLICATES && g_utf8_validate (edit->name, -1, NULL))
    g_assert_false (g_strv_contains ((const char * const *) duplicates, edit->name)
                    && strstr (edit->name, "\xef\xbf\xbd") == NULL);
  if (edit->kind != SECOND_EDIT_SET)
    return;

  trimmed = g_string_new (edit->value);
  second_trim (trimmed);
  expected = g_utf8_make_valid (trimmed->str, trimmed->len);
  g_string_free (trimmed, TRUE);
  g_assert_cmpstr (value, ==, expected);
}

/* Does an edit, and gives the text that must be the result. */
static GString *
do_edit (NullmailMainCf *main_cf,
         const Edit     *edit,
         const GString  *before)
{
  GString *after = is_allowed (edit) ? second_edit (before, edit->kind, edit->name, edit->value)
                                     : g_string_new_len (before->str, before->len);
  gboolean is_changed = !g_string_equal (before, after);
  GError *error = NULL;

  switch (edit->kind)
    {
    case SECOND_EDIT_SET:
      g_assert_true (nullmail_main_cf_set_value (main_cf, edit->name, edit->value, &error)
                     == is_allowed (edit));
      if (!is_allowed (edit))
        {
          g_assert_cmpint (error->code, ==, NULLMAIL_ERROR_INVALID_ARGUMENT);
          fuzz_assert_error (error);
          return after;
        }
      break;
    case SECOND_EDIT_UNSET:
      g_assert_true (nullmail_main_cf_unset (main_cf, edit->name) == is_changed);
      break;
    case SECOND_EDIT_COMMENT_OUT:
      g_assert_true (nullmail_main_cf_comment_out (main_cf, edit->name) == is_changed);
      break;
    case SECOND_EDIT_REMOVE_DUPLICATES:
      g_assert_true (nullmail_main_cf_remove_duplicates (main_cf, edit->name) == is_changed);
      break;
    default:
      g_assert_not_reached ();
    }

  check_after_edit (main_cf, edit);
  g_assert_true (second_others_same (before, after, edit->name));

  return after;
}

/* All edits in turn, on one document: with the text written out after each, or only at the end. */
static void
check_edits (NullmailMainCf *main_cf,
             GPtrArray      *edits,
             const GString  *text,
             gboolean        write_each)
{
  GString *expected = g_string_new_len (text->str, text->len);

  for (guint i = 0; i < edits->len; i++)
    {
      GString *before = expected;

      expected = do_edit (main_cf, g_ptr_array_index (edits, i), before);
      g_string_free (before, TRUE);
      if (write_each)
        assert_text (main_cf, expected);
      check_reading (main_cf, expected);
    }

  assert_text (main_cf, expected);
  g_string_free (expected, TRUE);
}

/* Whether a text has the name of a parameter for passwords, or perhaps a table within itself. */
static gboolean
may_have_secret (const char *text)
{
  return strstr (text, "_password") != NULL || strstr (text, "_bind_pw") != NULL
         || strchr (text, ':') != NULL;
}

/* What is shown has the same lines, and differs only where something is hidden. */
static void
check_mask (NullmailMainCf *main_cf,
            const GString  *text)
{
  g_autoptr(NullmailEffective) effective = _nullmail_effective_new (main_cf, NULL);
  g_autoptr(NullmailMask) mask = _nullmail_mask_new (effective, NULL, NULL, NULL);
  g_autoptr(GBytes) bytes = nullmail_main_cf_to_bytes (main_cf);
  g_autofree char *shown = _nullmail_mask_show_main_cf (mask, bytes);
  g_auto(GStrv) lines = g_strsplit (text->str, "\n", -1);
  g_auto(GStrv) shown_lines = g_strsplit (shown, "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, g_strv_length (shown_lines));
  for (guint i = 0; lines[i] != NULL; i++)
    if (strcmp (lines[i], shown_lines[i]) != 0)
      {
        gsize length = strlen (shown_lines[i]) - strlen (MASK);

        g_assert_true (g_str_has_suffix (shown_lines[i], MASK));
        g_assert_true (strncmp (lines[i], shown_lines[i], length) == 0);
      }
  g_assert_true (_nullmail_mask_hides_main_cf (mask, bytes) == (strcmp (shown, text->str) != 0));
  if (!may_have_secret (text->str))
    g_assert_cmpstr (shown, ==, text->str);
}

/* Whatever stands behind a line end must not become a setting of its own. */
static void
check_injection (NullmailMainCf *main_cf,
                 const char     *script,
                 const GString  *text)
{
  GError *error = NULL;

  if (strpbrk (script, "\r\n") == NULL)
    return;

  g_assert_false (nullmail_main_cf_set_value (main_cf, "relayhost", script, &error));
  fuzz_assert_error (error);
  error = NULL;
  g_assert_false (nullmail_main_cf_set_value (main_cf, script, "x", &error));
  fuzz_assert_error (error);
  assert_text (main_cf, text);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  const char *rest;
  gsize rest_size;
  g_autofree char *script = fuzz_split (data, size, &rest, &rest_size);
  g_autoptr(GPtrArray) edits = parse_script (script);
  g_autoptr(NullmailMainCf) main_cf = NULL, copy = NULL;
  GString *text;

  fuzz_make_warnings_fatal ();
  main_cf = parse (rest, rest_size);
  if (main_cf == NULL)
    return 0;

  text = g_string_new_len (rest, (gssize) rest_size);
  assert_text (main_cf, text);
  check_reading (main_cf, text);
  check_injection (main_cf, script, text);
  check_mask (main_cf, text);

  copy = nullmail_main_cf_copy (main_cf);
  g_assert_true (nullmail_main_cf_equal (main_cf, copy));
  check_edits (copy, edits, text, TRUE);
  assert_text (main_cf, text);

  g_clear_object (&copy);
  copy = nullmail_main_cf_copy (main_cf);
  check_edits (copy, edits, text, FALSE);
  assert_text (main_cf, text);
  g_string_free (text, TRUE);

  return 0;
}
