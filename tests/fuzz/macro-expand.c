/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Macros expand as a second evaluation of the simple forms has it, in bounded time and space.
 *
 * The input is the text to expand, a NUL, and a main.cf. */

#include "fuzz.h"

#include <string.h>

#include "nullmail.h"
#include "second-macro.h"

static char *
expand (NullmailMainCf *main_cf,
        const char     *text,
        GHashTable     *defaults)
{
  GError *error = NULL;
  char *result = nullmail_main_cf_expand (main_cf, text, defaults, &error);

  if (result == NULL)
    {
      g_assert_cmpint (error->code, ==, NULLMAIL_ERROR_INVALID_FILE);
      fuzz_assert_error (error);
    }
  else
    g_assert_no_error (error);

  return result;
}

static void
check_second (const char     *text,
              const char     *result,
              NullmailMainCf *main_cf)
{
  g_autoptr(GBytes) bytes = nullmail_main_cf_to_bytes (main_cf);
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  g_autoptr(SecondReading) reading = second_reading_new (data, size);
  g_autofree char *expected = NULL;

  switch (second_expand (reading, text, &expected))
    {
    case SECOND_MACRO_GOOD:
      g_assert_cmpstr (result, ==, expected);
      break;
    case SECOND_MACRO_BAD:
      g_assert_null (result);
      break;
    case SECOND_MACRO_NOT_KNOWN:
      break;
    }
}

/* Values that are handed over are the same as those of the document. */
static void
check_defaults (const char     *text,
                const char     *result,
                NullmailMainCf *main_cf)
{
  g_auto(GStrv) names = nullmail_main_cf_list_names (main_cf);
  g_autoptr(GHashTable) defaults = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  g_autoptr(NullmailMainCf) empty = nullmail_main_cf_new ();
  g_autofree char *again = NULL;

  for (guint i = 0; names[i] != NULL; i++)
    if (g_utf8_validate (names[i], -1, NULL) && nullmail_main_cf_has_value (main_cf, names[i]))
      g_hash_table_insert (defaults, names[i], nullmail_main_cf_get_value (main_cf, names[i]));

  again = expand (empty, text, defaults);
  g_assert_cmpstr (again, ==, result);
}

/* What has every “$” doubled is meant as it stands. */
static void
check_literal (const char     *text,
               NullmailMainCf *main_cf)
{
  GString *doubled = g_string_new (text);
  g_autofree char *result = NULL;

  g_string_replace (doubled, "$", "$$", 0);
  result = expand (main_cf, doubled->str, NULL);
  g_assert_cmpstr (result, ==, text);
  g_string_free (doubled, TRUE);
}

/* A text is equal to itself, and not to one that is longer. */
static void
check_comparison (const char     *text,
                  NullmailMainCf *main_cf)
{
  g_autofree char *comparison = NULL, *result = NULL;

  if (strpbrk (text, "${}") != NULL
      || (strlen (text) > 17 && strspn (text, "0123456789") == strlen (text)))
    return;

  comparison = g_strdup_printf ("${{%s} == {%s} ? {same} : {other}}"
                                "${{%s} != {x%s} ? {other}}${{%s} < {%s}: {not less}}",
                                text, text, text, text, text, text);
  result = expand (main_cf, comparison, NULL);
  g_assert_cmpstr (result, ==, "sameothernot less");
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  const char *rest;
  gsize rest_size;
  g_autofree char *text = fuzz_split (data, size, &rest, &rest_size);
  g_autoptr(GBytes) bytes = g_bytes_new (rest, rest_size);
  g_autoptr(NullmailMainCf) main_cf = nullmail_main_cf_new_from_bytes (bytes, NULL);
  g_autofree char *result = NULL, *again = NULL;

  fuzz_make_warnings_fatal ();
  if (main_cf == NULL)
    return 0;

  result = expand (main_cf, text, NULL);
  check_second (text, result, main_cf);
  check_defaults (text, result, main_cf);
  check_literal (text, main_cf);
  check_comparison (text, main_cf);

  if (strchr (text, '$') == NULL)
    g_assert_cmpstr (result, ==, text);
  if (result != NULL && strchr (result, '$') == NULL)
    {
      again = expand (main_cf, result, NULL);
      g_assert_cmpstr (again, ==, result);
    }

  return 0;
}
