/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "relay/smtp-reply-private.h"

/* Gives the reader a text in pieces of so many bytes, and returns what it makes of it. */
static NullmailSmtpRead
read_text (const char         *text,
           gsize               size,
           gsize               piece,
           NullmailSmtpReply **reply)
{
  g_autoptr(NullmailSmtpReader) reader = _nullmail_smtp_reader_new ();
  NullmailSmtpRead result = NULLMAIL_SMTP_READ_MORE;

  for (gsize i = 0; i < size && result == NULLMAIL_SMTP_READ_MORE; i += piece)
    {
      _nullmail_smtp_reader_add (reader, text + i, MIN (piece, size - i));
      result = _nullmail_smtp_reader_take (reader, reply);
    }

  return result;
}

static void
test_replies (void)
{
  static const struct { const char *text; const char *expected; guint n_lines; } cases[] = {
    { "220 smtp.example.com ESMTP\r\n", "220 smtp.example.com ESMTP", 1 },
    { "250\r\n", "250 ", 1 },
    { "250 \n", "250 ", 1 },
    { "220-one\r\n220-\r\n220 two\r\n", "220-one\n220-\n220 two", 3 },
    { "250-a\r\n421 b\r\n", "421-a\n421 b", 2 },
    { "535 bell \a and \x1b[2J\r\n", "535 bell ? and ?[2J", 1 },
    { "550 caf\xc3\xa9 \xff\r\n", "550 caf\xc3\xa9 \xef\xbf\xbd", 1 },
    { "334 \r\n", "334 ", 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize piece = 1; piece < 40; piece++)
      {
        g_autoptr(NullmailSmtpReply) reply = NULL;
        g_autofree char *text = NULL;

        g_assert_cmpint (read_text (cases[i].text, strlen (cases[i].text), piece, &reply), ==,
                         NULLMAIL_SMTP_READ_REPLY);
        text = _nullmail_smtp_reply_to_string (reply);
        g_assert_cmpstr (text, ==, cases[i].expected);
        g_assert_cmpuint (g_strv_length (reply->lines), ==, cases[i].n_lines);
      }
}

static void
test_garbage (void)
{
  static const struct { const char *text; gsize size; } cases[] = {
    { "\r\n", 2 },
    { "22\r\n", 4 },
    { "SSH-2.0-OpenSSH_9.2\r\n", 21 },
    { "HTTP/1.1 400 Bad Request\r\n", 26 },
    { "2200 x\r\n", 8 },
    { "220x\r\n", 6 },
    { "020 x\r\n", 7 },
    { "620 x\r\n", 7 },
    { "220 a\0b\r\n", 9 },
    { "220-a\r\nx\r\n220 b\r\n", 17 },
    { "\x16\x03\x03\x00\x02\x02\x28\n", 8 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize piece = 1; piece < 30; piece++)
      {
        NullmailSmtpReply *reply = NULL;

        g_assert_cmpint (read_text (cases[i].text, cases[i].size, piece, &reply), ==,
                         NULLMAIL_SMTP_READ_GARBAGE);
        g_assert_null (reply);
      }
}

/* What was garbage once stays so, also if a reply follows. */
static void
test_garbage_stays (void)
{
  g_autoptr(NullmailSmtpReader) reader = _nullmail_smtp_reader_new ();
  g_autofree char *shown = NULL;
  NullmailSmtpReply *reply = NULL;

  _nullmail_smtp_reader_add (reader, "hello\x01\r\n", 8);
  g_assert_cmpint (_nullmail_smtp_reader_take (reader, &reply), ==, NULLMAIL_SMTP_READ_GARBAGE);
  _nullmail_smtp_reader_add (reader, "220 a\r\n", 7);
  g_assert_cmpint (_nullmail_smtp_reader_take (reader, &reply), ==, NULLMAIL_SMTP_READ_GARBAGE);
  g_assert_null (reply);
  shown = _nullmail_smtp_reader_show_rest (reader);
  g_assert_true (g_str_has_prefix (shown, "hello???220 a"));
}

/* However much a relay says, no more than the limit is held. */
static void
test_limit (void)
{
  static const char *const lines[] = { "x", "250-x\r\n" };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr(NullmailSmtpReader) reader = _nullmail_smtp_reader_new ();
      NullmailSmtpReply *reply = NULL;
      NullmailSmtpRead result = NULLMAIL_SMTP_READ_MORE;
      gsize n_bytes = 0;

      while (result == NULLMAIL_SMTP_READ_MORE)
        {
          _nullmail_smtp_reader_add (reader, lines[i], strlen (lines[i]));
          n_bytes += strlen (lines[i]);
          result = _nullmail_smtp_reader_take (reader, &reply);
        }
      g_assert_cmpint (result, ==, NULLMAIL_SMTP_READ_TOO_LONG);
      g_assert_cmpuint (n_bytes, >, NULLMAIL_SMTP_REPLY_LIMIT);
      g_assert_cmpuint (n_bytes, <, NULLMAIL_SMTP_REPLY_LIMIT + 10);
      g_assert_null (reply);
    }
}

/* Two replies in one piece are two, and the second is known to be there. */
static void
test_rest (void)
{
  g_autoptr(NullmailSmtpReader) reader = _nullmail_smtp_reader_new ();

  _nullmail_smtp_reader_add (reader, "220 go\r\n250 forged\r\n", 20);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(NullmailSmtpReply) reply = NULL;

      g_assert_cmpint (_nullmail_smtp_reader_take (reader, &reply), ==, NULLMAIL_SMTP_READ_REPLY);
      g_assert_cmpuint (reply->code, ==, i == 0 ? 220 : 250);
      g_assert_true (_nullmail_smtp_reader_has_rest (reader) == (i == 0));
    }
}

static void
test_extensions (void)
{
  static const char text[] =
    "250-smtp.example.com\r\n250-SIZE 1000\r\n250-starttls\r\n250-AUTH OLD\r\n"
    "250-AUTHOR x\r\n250-\r\n250 AUTH=plain  LOGIN\r\n";
  g_autoptr(NullmailSmtpReply) reply = NULL;
  g_auto(GStrv) extensions = NULL, mechanisms = NULL;
  g_autofree char *joined = NULL;
  const char * const none[] = { "SIZE", "AUTHOR", NULL };
  const char * const empty[] = { "AUTH", NULL };
  g_auto(GStrv) no_mechanisms = _nullmail_smtp_extensions_list_mechanisms (empty);

  g_assert_cmpint (read_text (text, strlen (text), 7, &reply), ==, NULLMAIL_SMTP_READ_REPLY);
  extensions = _nullmail_smtp_reply_list_extensions (reply);
  joined = g_strjoinv ("|", extensions);
  g_assert_cmpstr (joined, ==, "SIZE 1000|starttls|AUTH OLD|AUTHOR x|AUTH=plain  LOGIN");
  g_assert_true (_nullmail_smtp_extensions_have ((const char * const *) extensions, "STARTTLS"));
  g_assert_false (_nullmail_smtp_extensions_have ((const char * const *) extensions, "START"));

  mechanisms = _nullmail_smtp_extensions_list_mechanisms ((const char * const *) extensions);
  g_assert_cmpuint (g_strv_length (mechanisms), ==, 2);
  g_assert_cmpstr (mechanisms[0], ==, "plain");
  g_assert_cmpstr (mechanisms[1], ==, "LOGIN");
  g_assert_null (_nullmail_smtp_extensions_list_mechanisms (none));
  g_assert_cmpuint (g_strv_length (no_mechanisms), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/smtp-reply/replies", test_replies);
  g_test_add_func ("/smtp-reply/garbage", test_garbage);
  g_test_add_func ("/smtp-reply/garbage-stays", test_garbage_stays);
  g_test_add_func ("/smtp-reply/limit", test_limit);
  g_test_add_func ("/smtp-reply/rest", test_rest);
  g_test_add_func ("/smtp-reply/extensions", test_extensions);

  return g_test_run ();
}
