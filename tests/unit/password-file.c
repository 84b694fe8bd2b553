/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>
#include <utime.h>

#include <glib/gstdio.h>
#include <libnullmail/nullmail.h>

#include "base/command-private.h"
#include "base/regular-file-private.h"
#include "document/password-file-private.h"
#include "scratch.h"

static NullmailPasswordFile *
parse (const char *text)
{
  g_autoptr(NullmailSecureBuffer) buffer = _nullmail_secure_buffer_new_from (text, strlen (text));
  g_autoptr(GError) error = NULL;
  NullmailPasswordFile *file = _nullmail_password_file_new_from_buffer (buffer, &error);

  g_assert_no_error (error);
  return file;
}

static void
assert_text (NullmailPasswordFile *file,
             const char           *expected)
{
  g_assert_cmpstr (_nullmail_password_file_get_buffer (file)->data, ==, expected);
  g_assert_cmpuint (_nullmail_password_file_get_buffer (file)->size, ==, strlen (expected));
}

static void
test_lookup (void)
{
  static const struct { const char *text, *key, *username, *password; guint line; } cases[] = {
    { "k u:p\n", "k", "u", "p", 1 },
    { "k u:p", "k", "u", "p", 1 },
    { "k\tu:p:q r\t\r\n", "k", "u", "p:q r", 1 },
    { "k u\n", "k", "u", "", 1 },
    { "k u:\n", "k", "u", "", 1 },
    { "[H.example]:587 u:p\n", "[h.EXAMPLE]:587", "u", "p", 1 },
    { "[h]:587 u:p\n", "[h]", NULL, NULL, 0 },
    { "#k u:p\n\nK a:b\nk c:d\n", "k", "a", "b", 3 },
    { "k\n# c\n\n  u:p\n q\n", "k", "u", "p q", 1 },
    { "  k u:p\n k a:b\nx u:p\n", "k", NULL, NULL, 0 },
    { "k\nk \r\nk u:p\n", "k", "u", "p", 3 },
    { "\"a b\" u:p\n", "\"a b\"", "u", "p", 1 },
    { "\"a u:p\n", "\"a", NULL, NULL, 0 },
    { "a\\ b u:p\n", "a\\ b", "u", "p", 1 },
    { "k \xff:p\nk u:p\n", "k", "u", "p", 2 },
    { "k u:#$%\"\\p\n", "k", "u", "#$%\"\\p", 1 },
    { "k \xc3\xbc:\xc3\xa4\n", "k", "\xc3\xbc", "\xc3\xa4", 1 },
    { "", "k", NULL, NULL, 0 },
    { "k u:p\n", "", NULL, NULL, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(NullmailPasswordFile) file = parse (cases[i].text);
      g_autoptr(NullmailSecureBuffer) password = NULL;
      g_autofree char *username = NULL;

      g_assert_true (_nullmail_password_file_lookup (file, cases[i].key, &username, &password)
                     == (cases[i].username != NULL));
      g_assert_cmpstr (username, ==, cases[i].username);
      g_assert_cmpstr (password != NULL ? password->data : NULL, ==, cases[i].password);
      g_assert_cmpuint (_nullmail_password_file_get_line_of (file, cases[i].key), ==,
                        cases[i].line);
      g_assert_true (_nullmail_password_file_has_key (file, cases[i].key)
                     == (cases[i].username != NULL));
      assert_text (file, cases[i].text);
    }
}

static void
test_set (void)
{
  static const struct { const char *text, *result; } cases[] = {
    { "", "[k]:587 u:p\n" },
    { "x y:z\n", "x y:z\n[k]:587 u:p\n" },
    { "x y:z", "x y:z\n[k]:587 u:p\n" },
    { "x y:z\r\nc d:e", "x y:z\r\nc d:e\r\n[k]:587 u:p\n" },
    { "# c", "# c\n[k]:587 u:p\n" },
    { "[k]:587 a:b\nx y:z\n", "[k]:587 u:p\nx y:z\n" },
    { "x y:z\n[K]:587 a:b\n#c\n\n  d\n", "x y:z\n[k]:587 u:p\n#c\n\n" },
    { "[k]:587 a:b\n[k]:587\nx y:z\n[k]:587 u:p\n", "[k]:587 u:p\n[k]:587\nx y:z\n" },
    { "[k]:587 \xff\n", "[k]:587 u:p\n" },
    { " [k]:587 a:b\n", " [k]:587 a:b\n[k]:587 u:p\n" },
    /* nothing to do */
    { "[K]:587\tu:p", "[K]:587\tu:p" },
    { "[k]:587\n  u:p\r\n", "[k]:587\n  u:p\r\n" },
    { "[k]:587 u:p\n[k]:587 u:p\n", "[k]:587 u:p\n" },
  };
  g_autoptr(NullmailSecureBuffer) password = _nullmail_secure_buffer_new_from ("p", 1);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(NullmailPasswordFile) file = parse (cases[i].text);
      g_autoptr(NullmailPasswordFile) copy = _nullmail_password_file_copy (file);
      gboolean changed = strcmp (cases[i].text, cases[i].result) != 0;

      g_assert_true (_nullmail_password_file_set (file, "[k]:587", "u", password) == changed);
      assert_text (file, cases[i].result);
      assert_text (copy, cases[i].text);
      g_assert_false (_nullmail_password_file_set (file, "[k]:587", "u", password));
    }
}

static void
test_set_empty_password (void)
{
  g_autoptr(NullmailPasswordFile) file = parse ("k u\n");
  g_autoptr(NullmailSecureBuffer) password = _nullmail_secure_buffer_new (0);

  g_assert_true (_nullmail_password_file_set (file, "k", "u", password));
  assert_text (file, "k u:\n");
}

static void
test_remove (void)
{
  static const struct { const char *text, *removed, *others_removed; } cases[] = {
    { "k u:p\n", "", "k u:p\n" },
    { "# c\nk u:p\n# d\n\n  q\nx y:z\nK a:b", "# c\n# d\n\nx y:z\n",
      "# c\nk u:p\n# d\n\n  q\nK a:b" },
    { "x y:z\n", "x y:z\n", "" },
    { "k\nx\n y\nz \xff\n", "k\nx\n y\nz \xff\n", "k\n" },
    { "  k u:p\nx y:z", "  k u:p\nx y:z", "  k u:p\n" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(NullmailPasswordFile) file = parse (cases[i].text);
      g_autoptr(NullmailPasswordFile) other = _nullmail_password_file_copy (file);

      g_assert_true (_nullmail_password_file_remove (file, "k")
                     == (strcmp (cases[i].text, cases[i].removed) != 0));
      assert_text (file, cases[i].removed);
      g_assert_true (_nullmail_password_file_remove_others (other, "k")
                     == (strcmp (cases[i].text, cases[i].others_removed) != 0));
      assert_text (other, cases[i].others_removed);
    }
}

static void
test_list_keys (void)
{
  g_autoptr(NullmailPasswordFile) file =
    parse ("#a u:p\nB u:p\nb x:y\n[h]:25\n u:p\nz\n\"q r\" u:p\n\xff u:p\n");
  g_autoptr(GPtrArray) keys = _nullmail_password_file_list_keys (file);
  static const char * const expected[] = { "B", "[h]:25", "\"q r\"" };

  g_assert_cmpuint (keys->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < keys->len; i++)
    g_assert_cmpstr (g_ptr_array_index (keys, i), ==, expected[i]);
}

static void
test_mask (void)
{
  static const struct { const char *text, *result; } cases[] = {
    { "", "" },
    { "[h]:587 user:SECRET\n", "[h]:587 user:********\n" },
    { "h:587\tuser:SEC:RET \r\n", "h:587\tuser:********\n" },
    { "joe@example.com user:SECRET", "joe@example.com user:********" },
    { "h SECRET\n", "h ********\n" },
    { "h :SECRET\n", "h ********\n" },
    { "h user SEC:RET\n", "h ********\n" },
    { "user:SECRET h\n", "********\n" },
    { "user:SECRET\n", "********\n" },
    { "SECRET\n", "********\n" },
    { "[h]:587\n", "[h]:587\n" },
    { "[h]:SECRET user:x\n", "********\n" },
    { "\"h SECRET\n", "********\n" },
    { "[h] user:SEC\n# c\n\n  RET\n", "[h] ********\n# ********\n\n  ********\n" },
    { "h\n user:SECRET\n", "********\n ********\n" },
    { " user:SECRET\n\tSECRET\nh u:SECRET\n", " ********\n\t********\nh u:********\n" },
    { "#[h]:587 user:SECRET\n", "#[h]:587 ********\n" },
    { "  ## [h]:587 user:SECRET\n", "  ## [h]:587 ********\n" },
    { "# SECRET was the old one\n#SECRET\n#\n##  \n", "# ********\n#********\n#\n##  \n" },
    { "# h user:SECRET\n", "# ********\n" },
    { "h \xff:SECRET\n", "h \xef\xbf\xbd:********\n" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(NullmailPasswordFile) file = parse (cases[i].text);
      g_autofree char *mask = _nullmail_password_file_mask (file);

      g_assert_cmpstr (mask, ==, cases[i].result);
    }
}

static void
test_reveals (void)
{
  static const struct { const char *text; gboolean is_revealed; } cases[] = {
    { "", FALSE },
    { "user [h]:25 k other empty 0", FALSE },
    { "SECRE SECRET2X", FALSE },
    { "xxSECRET1", TRUE },
    { "SECRET2", FALSE },
    { "aSECRET2 tb", TRUE },
    { "SECRESECRET1", TRUE },
    { "not \xc3\xa4UTF8", FALSE },
    { "not \xffUTF8", TRUE },
    { "~", TRUE },
    { "a long text in whose midst ~ stands", TRUE },
    { "SKIPPED", FALSE },
  };
  g_autoptr(NullmailPasswordFile) file =
    parse ("[h]:25 user:SECRET1\nk other:SECRET2\n t\nk user:SECRET1\nempty user:\nSKIPPED\n"
           "b u:\xffUTF8\nc u:~\n");
  g_autoptr(NullmailPasswordFile) empty = _nullmail_password_file_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_true (_nullmail_password_file_reveals (file, cases[i].text)
                     == cases[i].is_revealed);
      g_assert_false (_nullmail_password_file_reveals (empty, cases[i].text));
    }
}

/* Edits that nobody has looked at yet are found, are in copies, and are not in earlier ones. */
static void
test_copy (void)
{
  g_autoptr(NullmailPasswordFile) file = parse ("a u:1\n\"x\n y\" u:2\nB\n u:3\nb u:4");
  g_autoptr(NullmailPasswordFile) before = _nullmail_password_file_copy (file), after = NULL;
  g_autoptr(NullmailSecureBuffer) password = _nullmail_secure_buffer_new_from ("p", 1);
  g_autoptr(NullmailSecureBuffer) found = NULL;

  g_assert_true (_nullmail_password_file_set (file, "C", "u", password));
  g_assert_true (_nullmail_password_file_set (file, "b", "u", password));
  g_assert_false (_nullmail_password_file_set (file, "c", "u", password));
  g_assert_true (_nullmail_password_file_has_key (file, "\"x y\""));
  g_assert_true (_nullmail_password_file_remove (file, "\"x y\""));
  after = _nullmail_password_file_copy (file);
  g_assert_true (_nullmail_password_file_remove (file, "c"));
  g_assert_false (_nullmail_password_file_remove (file, "c"));

  g_assert_true (_nullmail_password_file_lookup (after, "c", NULL, &found));
  g_assert_cmpstr (found->data, ==, "p");
  g_assert_cmpuint (_nullmail_password_file_get_line_of (after, "c"), ==, 3);
  assert_text (file, "a u:1\nb u:p\n");
  assert_text (after, "a u:1\nb u:p\nC u:p\n");
  assert_text (before, "a u:1\n\"x\n y\" u:2\nB\n u:3\nb u:4");
}

static void
test_copy_of_empty (void)
{
  g_autoptr(NullmailPasswordFile) file = _nullmail_password_file_new ();
  g_autoptr(NullmailSecureBuffer) password = _nullmail_secure_buffer_new_from ("p", 1);
  g_autoptr(NullmailPasswordFile) copy = NULL;

  g_assert_true (_nullmail_password_file_set (file, "a", "u", password));
  copy = _nullmail_password_file_copy (file);
  g_assert_true (_nullmail_password_file_set (copy, "b", "u", password));
  assert_text (file, "a u:p\n");
  assert_text (copy, "a u:p\nb u:p\n");
}

static void
test_invalid (void)
{
  g_autoptr(NullmailSecureBuffer) buffer = _nullmail_secure_buffer_new_from ("# c\nk u\0:p\n", 11);
  g_autoptr(NullmailSecureBuffer) large = _nullmail_secure_buffer_new (NULLMAIL_MAX_FILE_BYTES + 1);
  g_autoptr(NullmailPasswordFile) empty = _nullmail_password_file_new ();
  g_autoptr(NullmailPasswordFile) same = _nullmail_password_file_ref (empty);
  g_autoptr(GError) error = NULL;

  g_assert_null (_nullmail_password_file_new_from_buffer (buffer, &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE);
  g_assert_nonnull (strstr (error->message, "Line 2 "));
  g_clear_error (&error);
  assert_text (same, "");

  _nullmail_secure_buffer_set_size (large, NULLMAIL_MAX_FILE_BYTES + 1);
  g_assert_null (_nullmail_password_file_new_from_buffer (large, &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE);
}

/* A text of the pieces that matter, the same in every run. */
static char *
generate (GRand *rand)
{
  static const char * const pieces[] = {
    "k", "[k]:587", "K", "\"a b\"", "\"", "\\", "u:p", "u", ":", "p q", "#", " ", "  ", "\t", "\n",
    "\n", "\n", "\r\n", "\v", "\f", "\n ", "\nk ", "\n[k]:587 ", "\n#", "\xc3\xa4", "\xff",
    " u:p\n", "\n\n", "=", "\n\"a b\" ",
  };
  GString *text = g_string_new (NULL);
  guint n_pieces = g_rand_int_range (rand, 1, 30);

  for (guint i = 0; i < n_pieces; i++)
    g_string_append (text, pieces[g_rand_int_range (rand, 0, G_N_ELEMENTS (pieces))]);

  return g_string_free (text, FALSE);
}

static const char * const asked_keys[] = { "k", "[k]:587", "\"a b\"", "u", "u:p", "=" };

static guint
assert_same_answer (NullmailPasswordFile *file,
                    const char           *output)
{
  guint n_found = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (asked_keys); i++)
    {
      g_autoptr(NullmailSecureBuffer) password = NULL;
      g_autofree char *username = NULL, *expected = NULL, *start = NULL;
      const char *found;

      start = g_strconcat ("\n", asked_keys[i], "\t", NULL);
      found = strstr (output, start);
      if (!_nullmail_password_file_lookup (file, asked_keys[i], &username, &password))
        {
          g_assert_null (found);
          continue;
        }

      expected = g_strconcat (start, username, ":", password->data, "\n", NULL);
      if (found != NULL && !g_str_has_prefix (found, expected))
        {
          g_free (expected);  /* an entry without a colon */
          g_assert_cmpuint (password->size, ==, 0);
          expected = g_strconcat (start, username, "\n", NULL);
        }
      g_assert_nonnull (found);
      g_assert_true (g_str_has_prefix (found, expected));
      n_found++;
    }

  return n_found;
}

/* Of all that can be asked. */
static void
assert_all_answers (NullmailPasswordFile *file,
                    const char * const   *argv)
{
  g_autoptr(NullmailSecureBuffer) questions = _nullmail_secure_buffer_new (0);
  g_autoptr(NullmailSecureBuffer) answers = _nullmail_secure_buffer_new (0);
  g_autoptr(NullmailCommandResult) result = NULL;
  g_autoptr(GError) error = NULL;

  _nullmail_password_file_get_answers (file, questions, answers);
  result = _nullmail_command_run (argv, questions, NULLMAIL_COMMAND_NONE, 300000, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (result->output->data, ==, answers->data);
}

/* Postfix 3.11 and newer end at the first value that is not UTF-8; older ones answer with it. */
static gboolean
is_refused (NullmailCommandResult *result,
            const char            *content)
{
  return strstr (result->errors->data, "non-UTF-8 value") != NULL
         && !g_utf8_validate (content, -1, NULL);
}

/* What is found in a file is what Postfix finds in it. */
static void
test_postmap (void)
{
  g_autofree char *postmap = _nullmail_command_find ("postmap", NULL, NULL);
  g_autofree char *main_cf = NULL, *path = NULL, *table = NULL, *keys = NULL;
  g_autoptr(NullmailSecureBuffer) input = NULL;
  g_autoptr(GRand) rand = g_rand_new_with_seed (587);
  char *directory;
  guint n_found = 0, n_refused = 0;

  if (postmap == NULL)
    {
      test_is_lacking ("postmap is not installed");
      return;
    }

  directory = scratch_new ();
  main_cf = g_build_filename (directory, "main.cf", NULL);
  path = g_build_filename (directory, "sasl_passwd", NULL);
  table = g_strconcat ("texthash:", path, NULL);
  g_assert_true (g_file_set_contents (main_cf, "compatibility_level = 3.6\n", -1, NULL));
  /* A main.cf of this second makes each Postfix program wait for it to grow older. */
  g_assert_no_errno (g_utime (main_cf, &(struct utimbuf) { 1000000000, 1000000000 }));
  for (gsize i = 0; i < G_N_ELEMENTS (asked_keys); i++)
    {
      g_autofree char *old = g_steal_pointer (&keys);

      keys = g_strconcat (old != NULL ? old : "", asked_keys[i], "\n", NULL);
    }
  input = _nullmail_secure_buffer_new_from (keys, strlen (keys));

  for (guint i = 0; i < 400; i++)
    {
      const char * const argv[] = { postmap, "-c", directory, "-q", "-", table, NULL };
      g_autofree char *content = generate (rand), *output = NULL;
      g_autoptr(NullmailPasswordFile) file = parse (content);
      g_autoptr(NullmailCommandResult) result = NULL;
      g_autoptr(GError) error = NULL;

      g_assert_true (g_file_set_contents (path, content, -1, NULL));
      g_assert_no_errno (g_utime (path, &(struct utimbuf) { 1000000000, 1000000000 }));
      result = _nullmail_command_run (argv, input, NULLMAIL_COMMAND_NONE, 300000, NULL, &error);
      g_assert_no_error (error);
      if (is_refused (result, content))
        {
          n_refused++;
          continue;
        }
      output = g_strconcat ("\n", result->output->data, NULL);
      n_found += assert_same_answer (file, output);
      assert_all_answers (file, argv);
    }

  g_test_message ("%u entries found in 400 files, of which %u are refused", n_found, n_refused);
  g_assert_cmpuint (n_found, >, 200);
  scratch_free (directory);
}

/* Another character than “:” between user name and password, as Postfix has it from 3.9 on. */
static void
test_separator (void)
{
  g_autoptr(NullmailPasswordFile) file = parse ("a us:er|pa|ss:1\nb user:ge|heim\nc user\n");
  g_autoptr(NullmailPasswordFile) copy = NULL;
  g_autoptr(NullmailSecureBuffer) password = NULL, other = NULL, none = NULL;
  g_autoptr(NullmailSecureBuffer) new_password = _nullmail_secure_buffer_new_from ("x:y|z", 5);
  g_autofree char *username = NULL, *shown = NULL, *all = NULL, *again = NULL;

  g_assert_cmpint (_nullmail_password_file_get_separator (file), ==, ':');
  _nullmail_password_file_set_separator (file, '|');
  copy = _nullmail_password_file_copy (file);

  g_assert_true (_nullmail_password_file_lookup (copy, "a", &username, &password));
  g_assert_cmpstr (username, ==, "us:er");
  g_assert_cmpmem (password->data, password->size, "pa|ss:1", 7);
  g_assert_true (_nullmail_password_file_lookup (copy, "b", NULL, &other));
  g_assert_cmpmem (other->data, other->size, "heim", 4);
  g_assert_true (_nullmail_password_file_lookup (copy, "c", NULL, &none));
  g_assert_cmpuint (none->size, ==, 0);
  g_assert_true (_nullmail_password_file_reveals (copy, "it said pa|ss:1 again"));

  g_assert_false (_nullmail_password_file_can_hold (copy, "d", "us|er", new_password));
  g_assert_true (_nullmail_password_file_can_hold (copy, "d", "us:er", new_password));
  g_assert_true (_nullmail_password_file_set (copy, "d", "us:er", new_password));
  g_assert_false (_nullmail_password_file_set (copy, "d", "us:er", new_password));
  g_assert_true (_nullmail_password_file_set (copy, "c", "user", new_password));
  g_assert_cmpmem (_nullmail_password_file_get_buffer (copy)->data,
                   _nullmail_password_file_get_buffer (copy)->size,
                   "a us:er|pa|ss:1\nb user:ge|heim\nc user|x:y|z\nd us:er|x:y|z\n", 58);

  /* Whichever of both an entry was written with, nothing of its password is shown. */
  shown = _nullmail_password_file_mask (file);
  g_assert_cmpstr (shown, ==, "a us:********\nb user:********\nc ********\n");
  _nullmail_password_file_set_separator (file, ':');
  all = _nullmail_password_file_mask (file);
  g_assert_cmpstr (all, ==, shown);
  g_assert_true (_nullmail_password_file_lookup (file, "b", &again, NULL));
  g_assert_cmpstr (again, ==, "user");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/password-file/lookup", test_lookup);
  g_test_add_func ("/password-file/set", test_set);
  g_test_add_func ("/password-file/set/empty-password", test_set_empty_password);
  g_test_add_func ("/password-file/remove", test_remove);
  g_test_add_func ("/password-file/list-keys", test_list_keys);
  g_test_add_func ("/password-file/mask", test_mask);
  g_test_add_func ("/password-file/reveals", test_reveals);
  g_test_add_func ("/password-file/separator", test_separator);
  g_test_add_func ("/password-file/copy", test_copy);
  g_test_add_func ("/password-file/copy/empty", test_copy_of_empty);
  g_test_add_func ("/password-file/invalid", test_invalid);
  g_test_add_func ("/password-file/postmap", test_postmap);

  return g_test_run ();
}
