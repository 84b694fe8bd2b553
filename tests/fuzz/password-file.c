/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A password file is read as a second reading has it, an edit writes what a second editor writes,
 * what was set is found byte for byte, and no password shows where it is masked.
 *
 * The input is a script, a NUL, and the text. A line of the script is one edit, its fields with a
 * TAB between them: "=key user password" sets, "-key" removes, and "^key" removes all others. */

#include "fuzz.h"

#include <string.h>

#include "document/password-file-private.h"
#include "nullmail.h"
#include "second-password.h"

#define MAX_EDITS 6
#define MASK "********"

static void
edit_free (gpointer data)
{
  SecondPasswordEdit *self = data;

  g_free (self->key);
  g_free (self->username);
  g_free (self->password);
  g_free (self);
}

static GPtrArray *
parse_script (const char *script)
{
  g_auto(GStrv) lines = g_strsplit (script, "\n", -1);
  GPtrArray *edits = g_ptr_array_new_with_free_func (edit_free);

  for (guint i = 0; lines[i] != NULL && edits->len < MAX_EDITS; i++)
    {
      g_auto(GStrv) fields = NULL;
      guint n_fields;
      SecondPasswordEdit *edit;

      if (*lines[i] == '\0' || strchr ("=-^", *lines[i]) == NULL)
        continue;

      fields = g_strsplit (lines[i] + 1, "\t", 3);
      n_fields = g_strv_length (fields);
      edit = g_new0 (SecondPasswordEdit, 1);
      edit->kind = (SecondPasswordEditKind) *lines[i];
      edit->key = g_strdup (n_fields > 0 ? fields[0] : "");
      edit->username = g_strdup (n_fields > 1 ? fields[1] : "");
      edit->password = g_strdup (n_fields > 2 ? fields[2] : "");
      g_ptr_array_add (edits, edit);
    }

  return edits;
}

static gboolean
is_good_key (const char *key)
{
  return *key != '\0' && *key != '#' && strpbrk (key, " \t\n\v\f\r\"\\") == NULL
         && g_utf8_validate (key, -1, NULL);
}

/* What the functions ask of their callers. */
static gboolean
is_allowed (const SecondPasswordEdit *edit)
{
  gsize length = strlen (edit->password);

  if (edit->kind != SECOND_PASSWORD_SET)
    return TRUE;

  return is_good_key (edit->key) && *edit->username != '\0' && !second_is_space (*edit->username)
         && strpbrk (edit->username, ":\r\n") == NULL && g_utf8_validate (edit->username, -1, NULL)
         && (length == 0 || !second_is_space (edit->password[length - 1]))
         && strpbrk (edit->password, "\r\n") == NULL && g_utf8_validate (edit->password, -1, NULL);
}

static NullmailPasswordFile *
parse (const char *text,
       gsize       size)
{
  g_autoptr(NullmailSecureBuffer) buffer = _nullmail_secure_buffer_new_from (text, size);
  GError *error = NULL;
  NullmailPasswordFile *file = _nullmail_password_file_new_from_buffer (buffer, &error);

  if (file == NULL)
    fuzz_assert_error (error);
  g_assert_true ((file == NULL) == (size > 0 && memchr (text, '\0', size) != NULL));

  return file;
}

static void
assert_text (NullmailPasswordFile *file,
             const GString        *expected)
{
  NullmailSecureBuffer *buffer = _nullmail_password_file_get_buffer (file);

  fuzz_assert_same (expected, buffer->data, buffer->size);
  g_assert_cmpint (buffer->data[buffer->size], ==, '\0');
}

static void
check_lookup (NullmailPasswordFile *file,
              SecondReading        *reading,
              GPtrArray            *entries,
              const char           *key)
{
  guint number = 0;
  SecondEntry *entry = second_entries_find (entries, key, &number);
  SecondSetting *line = entry != NULL ? g_ptr_array_index (reading->settings, number) : NULL;
  g_autoptr(NullmailSecureBuffer) password = NULL;
  g_autofree char *username = NULL;

  g_assert_true (_nullmail_password_file_lookup (file, key, &username, &password)
                 == (entry != NULL));
  g_assert_true (_nullmail_password_file_has_key (file, key) == (entry != NULL));
  g_assert_cmpuint (_nullmail_password_file_get_line_of (file, key), ==,
                    line != NULL ? line->line : 0);
  g_assert_cmpstr (username, ==, entry != NULL ? entry->username : NULL);
  g_assert_cmpstr (password != NULL ? password->data : NULL, ==,
                   entry != NULL ? entry->password : NULL);
}

static void
check_reading (NullmailPasswordFile *file,
               const GString        *text)
{
  g_autoptr(SecondReading) reading = second_reading_new (text->str, text->len);
  g_autoptr(GPtrArray) entries = second_entries (reading);
  g_autoptr(GPtrArray) keys = _nullmail_password_file_list_keys (file);
  guint n_keys = 0, number = 0;

  for (guint i = 0; i < entries->len; i++)
    {
      SecondEntry *entry = g_ptr_array_index (entries, i);
      g_autofree char *upper = g_ascii_strup (entry->key, -1);

      check_lookup (file, reading, entries, entry->key);
      check_lookup (file, reading, entries, upper);
      if (second_entries_find (entries, entry->key, &number) == entry)
        {
          g_assert_cmpuint (n_keys, <, keys->len);
          g_assert_cmpstr (g_ptr_array_index (keys, n_keys), ==, entry->key);
          n_keys++;
        }
      if (entry->is_entry && *entry->password != '\0')
        g_assert_true (_nullmail_password_file_reveals (file, entry->password));
    }

  g_assert_cmpuint (n_keys, ==, keys->len);
  check_lookup (file, reading, entries, "");
  check_lookup (file, reading, entries, "[smtp.example.com]:587");
}

/* A value that begins as a relay's name does may be that, and the key a password: whether it looks
 * like one is for the mask to say. */
static gboolean
may_be_swapped (const SecondEntry *entry,
                const char        *line)
{
  const char *value = line + strlen (entry->key);

  return value[strspn (value, " \t\r\n\v\f")] == '[';
}

/* The same text with another password in each entry that is one. */
static GString *
change_passwords (const GString *text)
{
  g_autoptr(SecondReading) reading = second_reading_new (text->str, text->len);
  g_autoptr(GPtrArray) entries = second_entries (reading);
  GString *output = g_string_new (NULL);

  for (guint i = 0; i < reading->lines->len; i++)
    {
      const SecondLine *line = &g_array_index (reading->lines, SecondLine, i);
      SecondEntry *entry = line->owner >= 0 ? g_ptr_array_index (entries, line->owner) : NULL;
      g_autofree char *copy = g_strndup (line->start, line->length);

      if (entry == NULL || !entry->is_entry || entry->is_continued || *entry->password == '\0'
          || may_be_swapped (entry, copy))
        {
          g_string_append (output, copy);
          continue;
        }

      g_string_append_len (output, copy,
                           strchr (copy + strlen (entry->key), ':') + 1 - copy);
      g_string_append (output, "other");
      if (copy[line->length - 1] == '\n')
        g_string_append_c (output, '\n');
    }

  return output;
}

/* What is shown must not depend on the passwords; of a line that is no entry, or a part of one
 * only, and of a comment little but white space is shown, unless a relay in brackets begins it. */
static void
check_mask (NullmailPasswordFile *file,
            const GString        *text)
{
  GString *changed = change_passwords (text);
  g_autoptr(NullmailPasswordFile) other = parse (changed->str, changed->len);
  g_autoptr(SecondReading) reading = second_reading_new (text->str, text->len);
  g_autoptr(GPtrArray) entries = second_entries (reading);
  g_autofree char *mask = _nullmail_password_file_mask (file);
  g_autofree char *other_mask = _nullmail_password_file_mask (other);
  g_auto(GStrv) lines = g_strsplit (mask, "\n", -1);

  g_string_free (changed, TRUE);
  g_assert_cmpstr (mask, ==, other_mask);
  g_assert_true (g_utf8_validate (mask, -1, NULL));

  for (guint i = 0; i < reading->lines->len; i++)
    {
      const SecondLine *line = &g_array_index (reading->lines, SecondLine, i);
      SecondEntry *entry = line->owner >= 0 ? g_ptr_array_index (entries, line->owner) : NULL;

      g_assert_nonnull (lines[i]);
      if ((entry != NULL && entry->is_entry && !entry->is_continued)
          || memchr (line->start, '[', line->length) != NULL)
        continue;
      g_assert_cmpuint (strspn (lines[i], entry != NULL ? " \t\v\f\r*" : " \t\v\f\r#*"), ==,
                        strlen (lines[i]));
    }
}

static void
check_after_set (NullmailPasswordFile     *file,
                 const SecondPasswordEdit *edit)
{
  g_autoptr(NullmailSecureBuffer) found = NULL;
  g_autofree char *username = NULL, *shown_key = NULL, *shown_value = NULL, *expected = NULL;

  g_assert_true (_nullmail_password_file_lookup (file, edit->key, &username, &found));
  g_assert_cmpstr (username, ==, edit->username);
  g_assert_cmpmem (found->data, found->size, edit->password, strlen (edit->password));

  g_assert_true (_nullmail_password_file_describe (file, edit->key, &shown_key, &shown_value));
  expected = strpbrk (edit->username, " \t\v\f") != NULL ? g_strdup (MASK)
             : g_strconcat (edit->username, ":" MASK, NULL);
  g_assert_cmpstr (shown_value, ==, expected);
  g_assert_true (strcmp (shown_key, MASK) == 0 || g_ascii_strcasecmp (shown_key, edit->key) == 0);
}

static gboolean
run_edit (NullmailPasswordFile     *file,
          const SecondPasswordEdit *edit)
{
  g_autoptr(NullmailSecureBuffer) password =
    _nullmail_secure_buffer_new_from (edit->password, strlen (edit->password));

  switch (edit->kind)
    {
    case SECOND_PASSWORD_SET:
      return _nullmail_password_file_set (file, edit->key, edit->username, password);
    case SECOND_PASSWORD_REMOVE:
      return _nullmail_password_file_remove (file, edit->key);
    default:
      return _nullmail_password_file_remove_others (file, edit->key);
    }
}

static void
do_edit (NullmailPasswordFile     *file,
         const SecondPasswordEdit *edit,
         GString                  *text)
{
  g_autoptr(NullmailPasswordFile) before = _nullmail_password_file_copy (file);
  GString *after = second_password_edit (text, edit);

  g_assert_true (run_edit (file, edit) == !g_string_equal (after, text));
  assert_text (before, text);
  assert_text (file, after);
  check_reading (file, after);
  check_mask (file, after);
  if (edit->kind == SECOND_PASSWORD_SET)
    check_after_set (file, edit);

  g_string_assign (text, after->str);
  g_string_free (after, TRUE);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  const char *rest;
  gsize rest_size;
  g_autofree char *script = fuzz_split (data, size, &rest, &rest_size);
  g_autoptr(GPtrArray) edits = parse_script (script);
  g_autoptr(NullmailPasswordFile) file = NULL;
  GString *text;

  fuzz_make_warnings_fatal ();
  file = parse (rest, rest_size);
  if (file == NULL)
    return 0;

  text = g_string_new_len (rest, (gssize) rest_size);
  assert_text (file, text);
  check_reading (file, text);
  check_mask (file, text);
  for (guint i = 0; i < edits->len; i++)
    if (is_allowed (g_ptr_array_index (edits, i)))
      do_edit (file, g_ptr_array_index (edits, i), text);
  g_string_free (text, TRUE);

  return 0;
}
