/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "document/table-name-private.h"

#include <string.h>

static void
test_parse (void)
{
  static const struct
  {
    const char        *text;
    gboolean           is_proxied;
    const char        *type;  /* NULL: none */
    const char        *name;
    NullmailTableKind  kind;
  } cases[] = {
    { "hash:/etc/postfix/x", FALSE, "hash", "/etc/postfix/x", NULLMAIL_TABLE_KEYED },
    { "proxy:lmdb:/x", TRUE, "lmdb", "/x", NULLMAIL_TABLE_KEYED },
    { "texthash:/a:b", FALSE, "texthash", "/a:b", NULLMAIL_TABLE_KEYED },
    { "pcre:/x", FALSE, "pcre", "/x", NULLMAIL_TABLE_PATTERN },
    { "regexp:{ {/a/ b} }", FALSE, "regexp", "{ {/a/ b} }", NULLMAIL_TABLE_INLINE },
    { "static:user:password", FALSE, "static", "user:password", NULLMAIL_TABLE_INLINE },
    { "inline:{ {a = b} }", FALSE, "inline", "{ {a = b} }", NULLMAIL_TABLE_INLINE },
    { "unionmap:{hash:/a, hash:/b}", FALSE, "unionmap", "{hash:/a, hash:/b}",
      NULLMAIL_TABLE_NESTED },
    { "socketmap:unix:private/x:sasl", FALSE, "socketmap", "unix:private/x:sasl",
      NULLMAIL_TABLE_OTHER },
    { "proxy:ldap:mine", TRUE, "ldap", "mine", NULLMAIL_TABLE_DATABASE },
    { "no-type", FALSE, NULL, NULL, NULLMAIL_TABLE_OTHER },
    { "", FALSE, NULL, NULL, NULLMAIL_TABLE_OTHER },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto(NullmailTableName) name = { .type = NULL };
      g_autofree char *written = NULL;

      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (_nullmail_table_name_parse (&name, cases[i].text), ==,
                       cases[i].type != NULL);
      if (cases[i].type == NULL)
        continue;

      g_assert_cmpint (name.is_proxied, ==, cases[i].is_proxied);
      g_assert_cmpstr (name.type, ==, cases[i].type);
      g_assert_cmpstr (name.name, ==, cases[i].name);
      g_assert_cmpint (_nullmail_table_name_get_kind (&name), ==, cases[i].kind);
      written = _nullmail_table_name_to_string (&name);
      g_assert_cmpstr (written, ==, cases[i].text);
    }
}

static void
test_lists (void)
{
  static const struct { const char *text; const char *items[4]; } cases[] = {
    { "hash:/a lmdb:/b,texthash:/c", { "hash:/a", "lmdb:/b", "texthash:/c" } },
    { "unionmap:{hash:/a, hash:/b}, hash:/c", { "unionmap:{hash:/a, hash:/b}", "hash:/c" } },
    { "inline:{ {a b = c d} } hash:/x", { "inline:{ {a b = c d} }", "hash:/x" } },
    { " , ", { NULL } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto(GStrv) items = _nullmail_table_list_split (cases[i].text);

      g_test_message ("%s", cases[i].text);
      g_assert_true (g_strv_equal ((const char * const *) items, cases[i].items));
    }
}

static void
test_nested (void)
{
  static const char * const expected[] = { "hash:/a", "proxy:lmdb:/b", NULL };
  g_auto(NullmailTableName) name = { .type = NULL };
  g_auto(NullmailTableName) plain = { .type = NULL };
  g_auto(NullmailTableName) text = { .type = NULL };
  g_auto(GStrv) inner = NULL;
  g_auto(GStrv) none = NULL;
  g_autofree char *found = NULL;

  g_assert_true (_nullmail_table_name_parse (&name, "pipemap:{hash:/a,proxy:lmdb:/b}"));
  inner = _nullmail_table_name_list_inner (&name);
  g_assert_true (g_strv_equal ((const char * const *) inner, expected));

  g_assert_true (_nullmail_table_name_parse (&plain, "hash:/a"));
  none = _nullmail_table_name_list_inner (&plain);
  g_assert_cmpuint (g_strv_length (none), ==, 0);

  g_assert_true (_nullmail_table_name_parse (&text, "inline:{ {[A.example]:587 = u:p}, b=c }"));
  found = _nullmail_table_name_look_up_inline (&text, "[a.example]:587");
  g_assert_cmpstr (found, ==, "u:p");
  g_assert_null (_nullmail_table_name_look_up_inline (&text, "c"));
}

static gboolean
is_supported (const char *type,
              gpointer    user_data)
{
  return g_strv_contains (user_data, type);
}

/* The one choice of a type for a new table. */
static void
test_choose (void)
{
  static const struct { const char *preferred; const char *supported[4]; const char *chosen; }
  cases[] = {
    { "hash", { "hash", "lmdb" }, "hash" },
    { "hash", { "lmdb", "texthash" }, "lmdb" },
    { "cdb", { "cdb", "lmdb" }, "cdb" },
    { "cdb", { "hash" }, "hash" },
    { "mysql", { "mysql", "hash" }, "hash" },  /* nothing to be built here */
    { "texthash", { "texthash", "hash" }, "texthash" },
    { NULL, { "cdb", "hash" }, "cdb" },
    { NULL, { NULL }, "texthash" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpstr (_nullmail_table_type_choose (cases[i].preferred, is_supported,
                                                  (gpointer) cases[i].supported),
                     ==, cases[i].chosen);

  g_assert_cmpstr (_nullmail_table_type_get_suffix ("hash"), ==, ".db");
  g_assert_cmpstr (_nullmail_table_type_get_suffix ("lmdb"), ==, ".lmdb");
  g_assert_null (_nullmail_table_type_get_suffix ("texthash"));
}

static void
test_judge (void)
{
  static const struct
  {
    const char           *type;
    const char           *name;
    NullmailTableSecrecy  secrecy;
  } cases[] = {
    { "hash", "/etc/postfix/x", NULLMAIL_TABLE_HAS_NAME },
    { "hash", "{a b}", NULLMAIL_TABLE_MAY_HOLD_VALUES },
    { "static", "u:p", NULLMAIL_TABLE_HOLDS_VALUES },
    { "STATIC", "", NULLMAIL_TABLE_HOLDS_VALUES },
    { "Inline", "/x", NULLMAIL_TABLE_HOLDS_VALUES },
    { "randmap", " {a}", NULLMAIL_TABLE_HOLDS_VALUES },
    { "regexp", "/x", NULLMAIL_TABLE_HAS_NAME },
    { "pcre", " \t{ {/./ a} }", NULLMAIL_TABLE_HOLDS_VALUES },
    { "unionmap", "{static:a}", NULLMAIL_TABLE_HAS_NAME },  /* those in it are judged themselves */
    { "socketmap", "unix:/x:y", NULLMAIL_TABLE_HAS_NAME },
    { "Proxy", "static:u:p", NULLMAIL_TABLE_IS_PROXIED },
    { "unheard-of", "/x", NULLMAIL_TABLE_MAY_HOLD_VALUES },  /* “user:/password” */
    { "$type", "/x", NULLMAIL_TABLE_HAS_NAME },
    { "unheard-of", "", NULLMAIL_TABLE_HAS_NAME },
    { "unheard-of", "u:p", NULLMAIL_TABLE_MAY_HOLD_VALUES },
    { "hash", "u:p", NULLMAIL_TABLE_MAY_HOLD_VALUES },
    { "hash", "x, static:u:p", NULLMAIL_TABLE_HAS_NAME },
    { "unix", "u:p", NULLMAIL_TABLE_MAY_HOLD_VALUES },
    { "unix", "passwd.byname", NULLMAIL_TABLE_HAS_NAME },
    { "tcp", "host:5", NULLMAIL_TABLE_HAS_NAME },
    { "", "u:p", NULLMAIL_TABLE_MAY_HOLD_VALUES },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (_nullmail_table_type_judge (cases[i].type, cases[i].name,
                                                 strlen (cases[i].name)),
                     ==, cases[i].secrecy);
}

static void
test_login (void)
{
  static const struct
  {
    const char *type;
    const char *name;
    gboolean    has_login;
  } cases[] = {
    { "static", "u:p", TRUE },
    { "Static", " {u:p q}", TRUE },
    { "static", "1:2", TRUE },
    { "static", "smtp:host:25", TRUE },
    { "static", "u:[p]q", TRUE },
    { "static", "", TRUE },
    { "static", "all", FALSE },
    { "static", "u@example.com", FALSE },
    { "static", "{secure match=a:b}", FALSE },
    { "static", "smtp:[host]", FALSE },
    { "static", "smtp:[host]:25", FALSE },
    { "static", "[host]:25", FALSE },
    { "static", ":p", FALSE },
    { "static", "u:", FALSE },
    { "inline", "{[h]:5=u:p}", TRUE },
    { "inline", "{ {a = b}, {c = u:p} }", TRUE },
    { "inline", "{a=", TRUE },
    { "inline", "{a=b, c=d}", FALSE },
    { "inline", "{ {a = smtp:[h]:5} }", FALSE },
    { "randmap", "{a, u:p}", TRUE },
    { "randmap", "{a, [h]:5}", FALSE },
    { "regexp", "{ {/./ u:p} }", TRUE },
    { "regexp", "{ {/a:b/ REJECT} }", FALSE },
    { "regexp", "{ {/a/ FILTER smtp:[h]:5} {/b/ 550 5.1.1 X: y} }", FALSE },
    { "cidr", "{ {0.0.0.0/0 u:p} }", TRUE },
    { "texthash", "{ {a u:p} }", TRUE },
    { "regexp", "/u:p", FALSE },
    { "hash", "u:p", FALSE },
    { "unionmap", "{static:u:p}", FALSE },  /* those in it are judged themselves */
    { "unheard-of", "u:p", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s:%s", cases[i].type, cases[i].name);
      g_assert_cmpint (_nullmail_table_holds_login (cases[i].type, cases[i].name), ==,
                       cases[i].has_login);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/table-name/parse", test_parse);
  g_test_add_func ("/table-name/lists", test_lists);
  g_test_add_func ("/table-name/nested", test_nested);
  g_test_add_func ("/table-name/choose", test_choose);
  g_test_add_func ("/table-name/judge", test_judge);
  g_test_add_func ("/table-name/login", test_login);

  return g_test_run ();
}
