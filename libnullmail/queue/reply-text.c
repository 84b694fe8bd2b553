/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "queue/reply-text-private.h"

#include <string.h>

#define MASK "********"
/* Shorter words of base64 are words of a language as well. */
#define MIN_ENCODED 8
#define MIN_BEHIND_AUTH 12  /* names of mechanisms are shorter */

static gboolean
is_base64 (char c)
{
  return g_ascii_isalnum (c) || c == '+' || c == '/';
}

/* How many bytes the word there has, with the padding at its end. */
static gsize
measure_word (const char *text)
{
  gsize length = 0, n_padding = 0;

  while (is_base64 (text[length]))
    length++;
  while (length > 0 && n_padding < 2 && text[length + n_padding] == '=')
    n_padding++;

  return length + n_padding;
}

/* What was sent to log in is a text with separators: SASL PLAIN has NULs, XOAUTH2 has 0x01. The
 * bytes are changed. */
static gboolean
is_login (guchar *bytes,
          gsize   size)
{
  gboolean has_separator = FALSE;

  for (gsize i = 0; i < size; i++)
    {
      if (bytes[i] > 1)
        continue;
      has_separator = TRUE;
      bytes[i] = ' ';
    }

  return has_separator && g_utf8_validate ((const char *) bytes, (gssize) size, NULL);
}

static gboolean
decodes_to_login (const char *word,
                  gsize       length)
{
  g_autofree char *copy = g_strndup (word, length);
  g_autofree guchar *decoded = NULL;
  gsize size;

  decoded = g_base64_decode (copy, &size);
  return is_login (decoded, size);
}

/* The same in hexadecimal. */
static gboolean
spells_login (const char *word,
              gsize       length)
{
  g_autofree guchar *bytes = NULL;

  if (length % 2 != 0)
    return FALSE;

  bytes = g_malloc (length / 2);
  for (gsize i = 0; i < length; i += 2)
    {
      int high = g_ascii_xdigit_value (word[i]), low = g_ascii_xdigit_value (word[i + 1]);

      if (high < 0 || low < 0)
        return FALSE;
      bytes[i / 2] = (guchar) (high * 16 + low);
    }

  return is_login (bytes, length / 2);
}

/* What a server repeats of “AUTH PLAIN” may have another case than it had. */
static gboolean
follows_command (const char *text,
                 const char *word)
{
  const char *p = word;

  if (p == text || p[-1] != ' ')
    return FALSE;

  for (p--; p > text && (g_ascii_isalnum (p[-1]) || p[-1] == '-' || p[-1] == '_'); p--)
    ;
  return p - text >= 5 && g_ascii_strncasecmp (p - 5, "AUTH ", 5) == 0;
}

/* Words, names and numbers have one case, or no digits, or other characters in between. */
static gboolean
looks_encoded (const char *word,
               gsize       length)
{
  gboolean has_upper = FALSE, has_lower = FALSE, has_other = FALSE;

  if (length < MIN_ENCODED || length % 4 != 0)
    return FALSE;

  for (gsize i = 0; i < length; i++)
    {
      has_upper |= g_ascii_isupper (word[i]);
      has_lower |= g_ascii_islower (word[i]);
      has_other |= !g_ascii_isalpha (word[i]);
    }

  return (has_upper && has_lower && has_other) || decodes_to_login (word, length);
}

/* The reply to a login is the only one that can know a password. */
static gboolean
is_about_login (const char *text)
{
  static const char * const signs[] = { "SASL", "AUTH", "auth", "535 ", "535-", "334 " };

  for (gsize i = 0; i < G_N_ELEMENTS (signs); i++)
    {
      if (strstr (text, signs[i]) != NULL)
        return TRUE;
    }

  return FALSE;
}

char *
_nullmail_reply_text_show (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *shown;

  if (!is_about_login (valid))
    return g_steal_pointer (&valid);

  shown = g_string_new (NULL);
  for (const char *p = valid; *p != '\0';)
    {
      gsize length = measure_word (p);

      if (length >= MIN_ENCODED
          && (looks_encoded (p, length) || spells_login (p, length)
              || (length >= MIN_BEHIND_AUTH && follows_command (valid, p))))
        g_string_append (shown, MASK);
      else
        g_string_append_len (shown, p, MAX (length, 1));
      p += MAX (length, 1);
    }

  return g_string_free (shown, FALSE);
}
