/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include <libnullmail/nullmail.h>

static NullmailMainCf *
parse (const char *text)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));
  NullmailMainCf *main_cf = nullmail_main_cf_new_from_bytes (bytes, NULL);

  g_assert_nonnull (main_cf);
  return main_cf;
}

static const char *document =
  "one = 1\nempty =\nindirect = $empty\nlong = a $one c\ntwice = $one$one\ndollar = $$one\n"
  "_under9 = u\nmail = ${one?{a}:{b}}\n";

static void
test_forms (void)
{
  static const struct { const char *text, *result; } cases[] = {
    { "", "" },
    { "plain } { ) text", "plain } { ) text" },
    { "$one ${one} $(one) ${ one } $( one\t)", "1 1 1 1 1" },
    { "$one.x$one-$one", "1.x1-1" },
    { "$_under9", "u" },
    { "$long $twice", "a 1 c 11" },
    { "$$ $$one $$$one $dollar", "$ $one $1 $one" },
    { "[${one?y}${empty?y}${nosuch?y}]", "[y]" },
    { "[${one:n}${empty:n}${nosuch:n}]", "[nn]" },
    { "[${one? y }]", "[ y ]" },
    { "${one?a:b} ${one?a?b} ${empty:a?b}", "a:b a?b a?b" },
    { "${one?$one${empty:$twice}}", "111" },
    { "${indirect?set}", "set" },
    { "[$indirect]", "[]" },
    { "${one?{a}:{b}} ${empty?{a}:{b}} ${nosuch?{a}:{b}}", "a b b" },
    { "[${one ? { a } : { b } }]", "[ a ]" },
    { "[${empty ? { a } :  b }]", "[  b ]" },
    { "[${empty ? {a}}]", "[]" },
    { "[${empty: {b} }]", "[b]" },
    { "$(one?(a)b) $(one?{a}:{b})", "(a)b a" },
    { "${one?{$one}:{$}}", "1" },
    { "$mail", "a" },
    { "${one?{{}}} ${one?a{b}c}", "{} a{b}c" },
    { "${one?}${one:}${one?{}}${one?{}:{}}", "" },
    { "$nosuch ${nosuch} $( nosuch )", "$nosuch ${nosuch} $( nosuch )" },
    { "$default", "d1" },
  };
  g_autoptr(NullmailMainCf) main_cf = parse (document);
  g_autoptr(GHashTable) defaults = g_hash_table_new (g_str_hash, g_str_equal);

  g_hash_table_insert (defaults, (gpointer) "default", (gpointer) "d$one");
  g_hash_table_insert (defaults, (gpointer) "empty", (gpointer) "not this");

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *result = nullmail_main_cf_expand (main_cf, cases[i].text, defaults, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (result, ==, cases[i].result);
    }
}

static void
test_comparisons (void)
{
  static const struct { const char *condition; gboolean result; } cases[] = {
    { "{a} == {a}", TRUE }, { "{a}=={b}", FALSE }, { "{a} != {b}", TRUE }, { "{} == {}", TRUE },
    { "{A} == {a}", FALSE }, { "{ 2 } == {2}", FALSE }, { "{02} == {2}", TRUE },
    { "{2} < {10}", TRUE }, { "{2x} < {10}", FALSE }, { "{2} > {10}", FALSE },
    { "{2} <= {2}", TRUE }, { "{2} >= {2}", TRUE }, { "{3} <= {2}", FALSE }, { "{} < {1}", TRUE },
    { "{ab} < {abc}", TRUE }, { "{\xc3\xa9} > {z}", TRUE },
    { "{9223372036854775807} > {2}", TRUE },
    { "{3.6} < {3.10}", FALSE }, { "{3.6} <level {3.10}", TRUE }, { "{3.10} >level {3.6}", TRUE },
    { "{3.10} <=level {3.10.0}", TRUE }, { "{3} ==level {3.0}", TRUE },
    { "{3} !=level {3.0}", FALSE }, { "{3} >=level {3.0.1}", FALSE },
    { "{1.1023.1023} <level {2}", TRUE }, { "{8796093022207} >level {9999}", TRUE },
    { "{01.02} ==level {1.2}", TRUE }, { "{1}<level{2}", TRUE },
    { "{$one} == {1}", TRUE }, { "{$nosuch} == {}", TRUE }, { "{x$nosuch} == {x}", TRUE },
    { "{$long} == {a 1 c}", TRUE }, { "{${one?{a}:{b}}} == {a}", TRUE },
    { "{{a}} == {{a}}", TRUE },
  };
  g_autoptr(NullmailMainCf) main_cf = parse (document);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text =
        g_strdup_printf ("${%s ? {y} : {n}}${%s?y}${%s:n}[${ %s}]", cases[i].condition,
                         cases[i].condition, cases[i].condition, cases[i].condition);
      g_autoptr(GError) error = NULL;
      g_autofree char *result = nullmail_main_cf_expand (main_cf, text, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (result, ==, cases[i].result ? "yy[true]" : "nn[]");
    }
}

static void
test_errors (void)
{
  static const char * const cases[] = {
    "a$", "$ b", "$-", "$\xc3\xa9", "$$$", "${}", "$()", "${one", "${one)", "$(one}", "${one?{a}",
    "${one?a{b}", "${one-x}", "${one-x?y}", "${a.b}", "${one?{y}x}", "${one?{a}?{b}}",
    "${one?{a} {b}}", "${empty:{y}:{z}}", "${empty:{y}?{z}}", "${one:{y}?{z}}", "${one==x}",
    "${{a} = {b}?{y}:{n}}", "${{a} === {b}}", "${{a} lt {b}}", "${{a} {b}}", "${{a}}", "${{a}?x}",
    "${{a} == b}", "${{a} == {b} {c}}", "${{3} < level {4}}", "${{a} == {a} ? {y} : {n} x}",
    "${{a} <level {b}}", "${{} <level {1}}", "${{1.2.3.4} <level {3}}", "${{3.} <level {3}}",
    "${{1.1024} <level {2}}", "${{8796093022208} >level {2}}", "${{3.6 } <level {4}}",
    "${{9223372036854775808} > {2}}", "$(one?{)})",
    /* what must not come to a terminal as it is */
    "${one\x1b[31m}", "${one\n-x}", "$\xff\x7f", "${{\x1b[31m} <level {\n}}",
    "${{3} <level {\xff\x1b}}",
  };
  g_autoptr(NullmailMainCf) main_cf = parse (document);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *result = nullmail_main_cf_expand (main_cf, cases[i], NULL, &error);

      g_assert_null (result);
      g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      g_assert_null (strpbrk (error->message, "\n\x1b\x7f"));
    }
}

static void
assert_refused (NullmailMainCf *main_cf,
                const char     *text,
                const char     *name)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *result = nullmail_main_cf_expand (main_cf, text, NULL, &error);

  g_assert_null (result);
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE);
  g_assert_nonnull (strstr (error->message, name));
}

static void
test_loops (void)
{
  g_autoptr(NullmailMainCf) main_cf =
    parse ("self = x $self\na = ${b}\nb = $(c)\nc = $a\nfine = ${fine?f}\nbroken = x${y-z}\n"
           "level = ${{x} <level {1}}\n");
  g_autofree char *fine = nullmail_main_cf_expand (main_cf, "$fine", NULL, NULL);

  g_assert_cmpstr (fine, ==, "f");
  assert_refused (main_cf, "$self", "“self”");
  assert_refused (main_cf, "$a", "“a”");
  assert_refused (main_cf, "$broken", "“broken”");
  assert_refused (main_cf, "$level", "“level”");
}

static char *
nest (guint depth)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < depth; i++)
    g_string_append (text, "${one?");
  g_string_append_c (text, 'e');
  for (guint i = 0; i < depth; i++)
    g_string_append_c (text, '}');

  return g_string_free (text, FALSE);
}

/* A value at whose end there is "e", so many levels deep. */
static void
test_nested_values (void)
{
  g_autoptr(GString) text = g_string_new ("level_0 = e\n");
  g_autoptr(NullmailMainCf) main_cf = NULL;
  g_autofree char *allowed = NULL, *again = NULL;

  for (guint i = 1; i < 110; i++)
    g_string_append_printf (text, "level_%u = $level_%u\n", i, i - 1);
  g_string_append (text, "below = ${level_0?$level_98}\n");
  main_cf = parse (text->str);

  allowed = nullmail_main_cf_expand (main_cf, "$level_99", NULL, NULL);
  g_assert_cmpstr (allowed, ==, "e");
  again = nullmail_main_cf_expand (main_cf, "$level_99$level_50$level_99${level_0?$level_98}",
                                   NULL, NULL);
  g_assert_cmpstr (again, ==, "eeee");
  assert_refused (main_cf, "$level_100", "The value of “level_0” has macros nested too deep");
  /* what was fine before may be too deep elsewhere */
  assert_refused (main_cf, "$level_98$below", "The value of “level_0” has macros nested too deep");
  assert_refused (main_cf, "$level_99${level_0?$level_99}",
                  "The value of “level_0” has macros nested too deep");
}

/* However long values are, they may be referred to. */
static void
test_long_values (void)
{
  g_autofree char *large = g_strnfill (40 * 1024 * 1024, 'x');
  g_autofree char *text = g_strconcat ("one = 1\nlarge = ", large, "\n", NULL);
  g_autofree char *result = NULL, *literal = NULL;
  g_autoptr(NullmailMainCf) main_cf = parse (text);

  result = nullmail_main_cf_expand (main_cf, "${large?$large}", NULL, NULL);
  g_assert_cmpstr (result, ==, large);
  literal = nullmail_main_cf_expand (main_cf, large, NULL, NULL);
  g_assert_cmpstr (literal, ==, large);
  assert_refused (main_cf, "$large$large$large", "beyond all bounds");
}

static void
test_bounds (void)
{
  g_autoptr(GString) text = g_string_new ("one = 1\ndouble_0 = x\nnothing_0 =\n");
  g_autoptr(NullmailMainCf) main_cf = NULL;
  g_autofree char *allowed = nest (100), *refused = nest (101), *result = NULL;

  for (guint i = 1; i < 90; i++)
    g_string_append_printf (text, "double_%u = $double_%u$double_%u\n"
                            "nothing_%u = $nothing_%u$nothing_%u\n", i, i - 1, i - 1, i, i - 1,
                            i - 1);
  main_cf = parse (text->str);

  /* Without bounds the age of the universe would not be enough for the last two. */
  result = nullmail_main_cf_expand (main_cf, allowed, NULL, NULL);
  g_assert_cmpstr (result, ==, "e");
  assert_refused (main_cf, refused, "too deep");
  assert_refused (main_cf, "$double_89", "beyond all bounds");
  assert_refused (main_cf, "$nothing_89", "beyond all bounds");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/macro-expand/forms", test_forms);
  g_test_add_func ("/macro-expand/comparisons", test_comparisons);
  g_test_add_func ("/macro-expand/errors", test_errors);
  g_test_add_func ("/macro-expand/loops", test_loops);
  g_test_add_func ("/macro-expand/nested-values", test_nested_values);
  g_test_add_func ("/macro-expand/long-values", test_long_values);
  g_test_add_func ("/macro-expand/bounds", test_bounds);

  return g_test_run ();
}
