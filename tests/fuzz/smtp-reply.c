/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What a relay says is cut into the same replies however it arrives; each is UTF-8 without control
 * characters, and what is taken for one has the form of one. */

#include "fuzz.h"

#include <string.h>

#include "relay/smtp-reply-private.h"

static void
check_text (const char *text)
{
  g_assert_true (g_utf8_validate (text, -1, NULL));
  for (const char *c = text; *c != '\0'; c++)
    g_assert_false (g_ascii_iscntrl (*c));
}

static void
check_reply (NullmailSmtpReply *reply)
{
  g_auto(GStrv) extensions = _nullmail_smtp_reply_list_extensions (reply);
  g_auto(GStrv) mechanisms =
    _nullmail_smtp_extensions_list_mechanisms ((const char * const *) extensions);

  g_assert_cmpuint (reply->code, >=, 100);
  g_assert_cmpuint (reply->code, <=, 599);
  g_assert_nonnull (reply->lines[0]);
  for (guint i = 0; reply->lines[i] != NULL; i++)
    check_text (reply->lines[i]);
  g_assert_true ((mechanisms != NULL)
                 == _nullmail_smtp_extensions_have ((const char * const *) extensions, "AUTH"));
  for (guint i = 0; mechanisms != NULL && mechanisms[i] != NULL; i++)
    g_assert_null (strpbrk (mechanisms[i], " ="));
}

/* Everything that is read, and how it ends, as one text. */
static char *
read_all (const uint8_t *data,
          size_t         size,
          size_t         piece)
{
  g_autoptr(NullmailSmtpReader) reader = _nullmail_smtp_reader_new ();
  GString *all = g_string_new (NULL);
  NullmailSmtpRead result = NULLMAIL_SMTP_READ_MORE;

  for (size_t i = 0; i < size && result == NULLMAIL_SMTP_READ_MORE; i += piece)
    {
      _nullmail_smtp_reader_add (reader, data + i, MIN (piece, size - i));
      do
        {
          g_autoptr(NullmailSmtpReply) reply = NULL;
          g_autofree char *text = NULL;

          result = _nullmail_smtp_reader_take (reader, &reply);
          g_assert_true ((reply != NULL) == (result == NULLMAIL_SMTP_READ_REPLY));
          if (reply == NULL)
            continue;
          check_reply (reply);
          text = _nullmail_smtp_reply_to_string (reply);
          g_string_append_printf (all, "%s\n", text);
        }
      while (result == NULLMAIL_SMTP_READ_REPLY);
    }

  g_string_append_printf (all, "%d", result);
  return g_string_free (all, FALSE);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autofree char *whole = NULL;

  fuzz_make_warnings_fatal ();
  whole = read_all (data, size, MAX (size, 1));
  for (size_t piece = 1; piece < 8; piece += 3)
    {
      g_autofree char *cut = read_all (data, size, piece);

      g_assert_cmpstr (cut, ==, whole);
    }

  return 0;
}
