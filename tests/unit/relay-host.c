/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "nullmail.h"

typedef struct
{
  const char *text;
  const char *canonical;
  const char *host;
  const char *service;
  gboolean    mx_lookup;
  guint       port;
} GoodCase;

static const GoodCase good_cases[] = {
  { "host", "host", "host", NULL, TRUE, 25 },
  { "Mail.Example.COM", "Mail.Example.COM", "Mail.Example.COM", NULL, TRUE, 25 },
  { "host:587", "host:587", "host", "587", TRUE, 587 },
  { "host:0587", "host:0587", "host", "0587", TRUE, 587 },
  { "host:smtp", "host:smtp", "host", "smtp", TRUE, 25 },
  { "host:submission", "host:submission", "host", "submission", TRUE, 587 },
  { "[host]", "[host]", "host", NULL, FALSE, 25 },
  { "[host]:465", "[host]:465", "host", "465", FALSE, 465 },
  { "[host]:submissions", "[host]:submissions", "host", "submissions", FALSE, 465 },
  { "[host]:smtps", "[host]:smtps", "host", "smtps", FALSE, 465 },
  /* getservbyname (3) minds the case, and smtp(8) dies of what it does not find */
  { "[host]:SMTPS", "[host]:SMTPS", "host", "SMTPS", FALSE, 0 },
  { "[host]:Submission", "[host]:Submission", "host", "Submission", FALSE, 0 },
  { "[host]:65535", "[host]:65535", "host", "65535", FALSE, 65535 },
  { "[host]:no-such-service", "[host]:no-such-service", "host", "no-such-service", FALSE, 0 },
  { " \t[host]:25 \t", "[host]:25", "host", "25", FALSE, 25 },
  { "$mydomain", "$mydomain", "$mydomain", NULL, TRUE, 25 },
  { "${mydomain}:587", "${mydomain}:587", "${mydomain}", "587", TRUE, 587 },
  { "[mail.$mydomain]:587", "[mail.$mydomain]:587", "mail.$mydomain", "587", FALSE, 587 },
  { "[$(mydomain)]", "[$(mydomain)]", "$(mydomain)", NULL, FALSE, 25 },
  { "${relay:[fallback]}", "${relay:[fallback]}", "${relay:[fallback]}", NULL, TRUE, 25 },
  { "${relay:fallback}:26", "${relay:fallback}:26", "${relay:fallback}", "26", TRUE, 26 },
  { "[2001:db8::1]:587", "[2001:db8::1]:587", "2001:db8::1", "587", FALSE, 587 },
  { "[::1]", "[::1]", "::1", NULL, FALSE, 25 },
  { "[ipv6:::1]:26", "[ipv6:::1]:26", "ipv6:::1", "26", FALSE, 26 },
  { "[1:2:3:4:5:6:1.2.3.4]", "[1:2:3:4:5:6:1.2.3.4]", "1:2:3:4:5:6:1.2.3.4", NULL, FALSE, 25 },
  { "[010.0.0.1]", "[010.0.0.1]", "010.0.0.1", NULL, FALSE, 25 },
  { "192.0.2.1", "192.0.2.1", "192.0.2.1", NULL, TRUE, 25 },
  { "1-2.3", "1-2.3", "1-2.3", NULL, TRUE, 25 },
  { "[192.0.2.1]", "[192.0.2.1]", "192.0.2.1", NULL, FALSE, 25 },
  { "${relay}.", "${relay}.", "${relay}.", NULL, TRUE, 25 },
  { "my_host", "my_host", "my_host", NULL, TRUE, 25 },
  { "smtp:587", "smtp:587", "smtp", "587", TRUE, 587 },
  { "[smtp]:submission", "[smtp]:submission", "smtp", "submission", FALSE, 587 },
};

static const char * const bad_cases[] = {
  /* smtp(8) stops at these */
  "mail.example.com.", "[mail.example.com.]:587", "a..b", ".a", "[192.168.1]", "[10.0.0.256]",
  "123", "[1.2.3.4.5]", "[0.1.2.3]", "-a", "a-", "a-.b", "a.-b", "[fe80::1%eth0]",
  "[1:2:3:4:5:6:7::]",
  "[::2:3:4:5:6:7:8]", "[::ffff:0.1.2.3]", "[12345::]", "[ipv6:192.0.2.1]", "[ipv6:a]",
  "[::a:b:c:1:d:127.0.0.1]", "smtp://mail.example.com", "smtps://mail.example.com:465", "//a",
  "", " ", "\t", ":25", "[]", "[]:25", "[ ]", ".", "-",
  "a b", "a\tb", "[a ]", "[a] :25", "[a]: 25", "a:25 b:26", "a,b", "[a]:25,[b]:25", "a, b", "a;b",
  "user@host", "[user@host]:25", "user:password@host",
  "[a", "a]", "[a]b", "[[a]]", "[a]]", "a[b]", "]a[", "[a:25", "[a]25",
  "2001:db8::1", "::1", "a:25:26", "[a]:25:26", "[a:25]", "[2001:db8::1", "[2001:db8::x]",
  "a:", "[a]:", "a:0", "a:00000", "a:65536", "[a]:99999999999999999999", "a:-1", "a:+1", "a:25x_",
  "a:smtp!", "a:$port", "a:sub mission", "a:.", "[a]:/25",
  "smtp:[a]:587", "${a?b}:[c]",
  "smtp:a", "SMTP:a", "smtp:submission", "smtp:mail.example.com", "smtp:",
  "m\303\244il", "mail\302\240", "\357\273\277mail", "a:\303\244", "\377\376",
  "a\n", "\na", "a\nb", "a\r", "a\r\n", "a\x01", "a\x7f", "a\v", "a\f", "[a\n]", "a:25\n",
  "a\\b", "a\"b", "'a'", "a/b", "a=b", "a#b", "a*b", "a!", "<a>", "a|b", "a%", "a?b",
  /* what no password file can have as a key, in a macro too */
  "${a?\"}", "[${a?{\\}}]:587", "[$(a:x\"y)]",
  "[${a?]:{b}}]", "[${a?[}]", "[${a?{[b]}:{[c]}}]:25",
  "{a}", "a{", "${a", "$a}", "$(a", "a)", "}$a{",
};

static void
test_parse_good (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (good_cases); i++)
    {
      const GoodCase *c = &good_cases[i];
      g_autoptr(GError) error = NULL;
      g_autoptr(NullmailRelayHost) relay = nullmail_relay_host_parse (c->text, &error);
      g_autoptr(NullmailRelayHost) again = NULL;

      g_assert_no_error (error);
      g_assert_cmpstr (nullmail_relay_host_to_string (relay), ==, c->canonical);
      g_assert_cmpstr (nullmail_relay_host_get_host (relay), ==, c->host);
      g_assert_cmpstr (nullmail_relay_host_get_service (relay), ==, c->service);
      g_assert_cmpint (nullmail_relay_host_get_mx_lookup (relay), ==, c->mx_lookup);
      g_assert_cmpuint (nullmail_relay_host_get_port (relay), ==, c->port);
      g_assert_cmpint (nullmail_relay_host_get_implicit_tls (relay), ==, c->port == 465);

      again = nullmail_relay_host_new (c->host, c->service, c->mx_lookup, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (nullmail_relay_host_to_string (again), ==, c->canonical);
      g_assert_true (nullmail_relay_host_equal (relay, again));
    }
}

static void
test_parse_bad (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(NullmailRelayHost) relay = nullmail_relay_host_parse (bad_cases[i], &error);

      if (relay != NULL)
        g_test_message ("taken: “%s”", bad_cases[i]);
      g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_RELAY_HOST);
      g_assert_null (relay);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      g_assert_null (strchr (error->message, '\n'));
      g_assert_cmpuint (strlen (error->message), <, 300);
    }
}

static void
test_parse_long (void)
{
  g_autofree char *name = g_strnfill (64 * 1024, 'a');
  g_autofree char *service = g_strconcat ("a:", name, NULL);
  g_autofree char *macro = g_strconcat ("$", name, NULL);
  const char *texts[] = { name, service, macro };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (nullmail_relay_host_parse (texts[i], &error));
      g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_RELAY_HOST);
      g_assert_cmpuint (strlen (error->message), <, 500);
    }
}

static void
test_new_bad (void)
{
  static const struct { const char *host; const char *service; gboolean mx_lookup; } cases[] = {
    { "", NULL, FALSE }, { "[a]", NULL, FALSE }, { "a:25", NULL, FALSE }, { "a:25", NULL, TRUE },
    { "::1", NULL, TRUE }, { " a", NULL, TRUE }, { "a", "", TRUE }, { "a", "0", FALSE },
    { "a", " 25", FALSE }, { "a", "25\n", FALSE }, { "a\n", "25", FALSE }, { "a,b", NULL, FALSE },
    { "smtp", "submission", TRUE }, { "a]", NULL, FALSE }, { "u@a", NULL, TRUE },
    { "${a?]:{b}}", NULL, FALSE }, { "${a?[}", "25", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (nullmail_relay_host_new (cases[i].host, cases[i].service,
                                              cases[i].mx_lookup, &error));
      g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_RELAY_HOST);
    }
}

static void
test_equal (void)
{
  static const char * const texts[] = { "[a]", "[a]:25", "[a]:smtp", "a", "a:25", "[b]" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(NullmailRelayHost) self = nullmail_relay_host_parse (texts[i], NULL);
      g_autofree char *upper_text = g_ascii_strup (texts[i], -1);
      g_autoptr(NullmailRelayHost) upper = nullmail_relay_host_parse (upper_text, NULL);

      g_assert_true (nullmail_relay_host_equal (self, upper));
      g_assert_cmpuint (nullmail_relay_host_hash (self), ==, nullmail_relay_host_hash (upper));
      g_assert_cmpstr (nullmail_relay_host_to_string (upper), ==, upper_text);

      for (guint j = 0; j < G_N_ELEMENTS (texts); j++)
        {
          g_autoptr(NullmailRelayHost) other = nullmail_relay_host_parse (texts[j], NULL);

          g_assert_cmpint (nullmail_relay_host_equal (self, other), ==, i == j);
        }
    }
}

/* A generator of its own, so that it shares no mistake with the parser. */
static char *
random_host (gboolean in_brackets)
{
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
  g_autoptr(GString) host = g_string_new (NULL);
  gint n_labels = g_test_rand_int_range (1, 5);

  if (in_brackets && g_test_rand_int_range (0, 4) == 0)
    return g_strdup_printf ("2001:db8:%x:%x::%x", g_test_rand_int_range (0, 65536),
                            g_test_rand_int_range (1, 65536), g_test_rand_int_range (1, 65536));

  for (gint i = 0; i < n_labels; i++)
    {
      if (i > 0)
        g_string_append_c (host, '.');
      g_string_append_c (host, 'a' + g_test_rand_int_range (0, 26));
      for (gint n = g_test_rand_int_range (0, 20); n > 0; n--)
        g_string_append_c (host, letters[g_test_rand_int_range (0, sizeof letters - 1)]);
      g_string_append_c (host, 'z');  /* no part ends with a hyphen */
    }

  return g_string_free (g_steal_pointer (&host), FALSE);
}

static void
test_round_trip (void)
{
  for (guint i = 0; i < 10000; i++)
    {
      gboolean in_brackets = g_test_rand_int_range (0, 2);
      guint port = g_test_rand_int_range (0, 2) ? (guint) g_test_rand_int_range (1, 65536) : 0;
      g_autofree char *host = random_host (in_brackets);
      g_autofree char *service = port > 0 ? g_strdup_printf (":%u", port) : g_strdup ("");
      g_autofree char *text = in_brackets ? g_strdup_printf ("[%s]%s", host, service)
                                          : g_strconcat (host, service, NULL);
      g_autoptr(GError) error = NULL;
      g_autoptr(NullmailRelayHost) relay = nullmail_relay_host_parse (text, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (nullmail_relay_host_to_string (relay), ==, text);
      g_assert_cmpstr (nullmail_relay_host_get_host (relay), ==, host);
      g_assert_cmpint (nullmail_relay_host_get_mx_lookup (relay), ==, !in_brackets);
      g_assert_cmpuint (nullmail_relay_host_get_port (relay), ==, port > 0 ? port : 25);
    }
}

/* Whatever bytes come: an error, or a value whose text is read back as the same. */
static void
test_noise (void)
{
  static const char characters[] = "ab1:[].-$@ ,{}()\t\n\377%/_";

  for (guint i = 0; i < 100000; i++)
    {
      char text[12] = { 0 };
      g_autoptr(NullmailRelayHost) relay = NULL;
      g_autoptr(NullmailRelayHost) again = NULL;

      for (gint n = g_test_rand_int_range (0, sizeof text); n > 0; n--)
        text[n - 1] = characters[g_test_rand_int_range (0, sizeof characters - 1)];

      relay = nullmail_relay_host_parse (text, NULL);
      if (relay == NULL)
        continue;

      again = nullmail_relay_host_parse (nullmail_relay_host_to_string (relay), NULL);
      g_assert_nonnull (again);
      g_assert_cmpstr (nullmail_relay_host_to_string (relay), ==,
                       nullmail_relay_host_to_string (again));
      g_clear_pointer (&again, nullmail_relay_host_unref);

      again = nullmail_relay_host_new (nullmail_relay_host_get_host (relay),
                                       nullmail_relay_host_get_service (relay),
                                       nullmail_relay_host_get_mx_lookup (relay), NULL);
      g_assert_nonnull (again);
      g_assert_true (nullmail_relay_host_equal (relay, again));
    }
}

static gpointer
ref_and_unref (gpointer data)
{
  for (guint i = 0; i < 100000; i++)
    nullmail_relay_host_unref (nullmail_relay_host_ref (data));

  return NULL;
}

static void
test_threads (void)
{
  g_autoptr(NullmailRelayHost) relay = nullmail_relay_host_parse ("[a]:25", NULL);
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new (NULL, ref_and_unref, relay);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);

  g_assert_cmpstr (nullmail_relay_host_to_string (relay), ==, "[a]:25");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/relay-host/parse/good", test_parse_good);
  g_test_add_func ("/relay-host/parse/bad", test_parse_bad);
  g_test_add_func ("/relay-host/parse/long", test_parse_long);
  g_test_add_func ("/relay-host/new/bad", test_new_bad);
  g_test_add_func ("/relay-host/equal", test_equal);
  g_test_add_func ("/relay-host/round-trip", test_round_trip);
  g_test_add_func ("/relay-host/noise", test_noise);
  g_test_add_func ("/relay-host/threads", test_threads);

  return g_test_run ();
}
