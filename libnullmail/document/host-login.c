/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "document/host-login-private.h"

#include <string.h>

#include "document/logical-lines-private.h"

/* The first of some characters, or the end. */
static const char *
find_any (const char *text,
          const char *end,
          const char *characters)
{
  while (text < end && (*text == '\0' || strchr (characters, *text) == NULL))
    text++;

  return text;
}

static gboolean
is_number (const char *text,
           const char *end)
{
  while (text < end && g_ascii_isdigit (*text))
    text++;

  return text == end;
}

/* Behind “://”: a “/” ends the part with the host, but may also stand in a password that nobody has
 * encoded, where what is in front of it could be no port. */
static gboolean
find_in_url (const char        *text,
             const char        *word_end,
             NullmailHostLogin *login)
{
  const char *colon = find_any (text, word_end, ":/@?#[");
  const char *password = colon + 1, *host_end;

  if (colon == word_end || *colon != ':')
    return FALSE;

  host_end = find_any (password, word_end, "/?#");
  *login = (NullmailHostLogin) {
    .user = text, .password = password, .end = memrchr (password, '@', host_end - password)
  };
  if (login->end == NULL && !is_number (password, host_end) && *password != '$')
    login->end = memrchr (password, '@', word_end - password);

  return login->end != NULL && login->end > password;
}

static gboolean
is_of_user (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("._+%=@$-", c) != NULL);
}

static gboolean
is_of_host (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("._-$", c) != NULL);
}

/* At the “:” of “[user:password@host]”. In front of the bracket begins an item; others stand in
 * patterns. */
static gboolean
find_in_brackets (const char        *text,
                  const char        *colon,
                  const char        *word_end,
                  NullmailHostLogin *login)
{
  const char *user = colon, *close, *host;

  while (user > text && is_of_user (user[-1]))
    user--;
  if (user == colon || user == text || user[-1] != '['
      || (user - 1 > text && !_nullmail_is_space (user[-2])
          && (user[-2] == '\0' || strchr (":=,{\"'", user[-2]) == NULL)))
    return FALSE;

  close = find_any (colon, word_end, "[]");
  if (close == word_end || *close != ']')
    return FALSE;

  *login = (NullmailHostLogin) {
    .user = user, .password = colon + 1, .end = memrchr (colon, '@', close - colon)
  };
  if (login->end == NULL || login->end == login->password || login->end + 1 == close)
    return FALSE;

  for (host = login->end + 1; host < close && is_of_host (*host); host++)
    ;
  return host == close;
}

static gboolean
begins_url (const char *text,
            const char *colon,
            const char *end)
{
  return end - colon > 3 && colon[1] == '/' && colon[2] == '/'
         && colon > text && g_ascii_isalnum (colon[-1]);
}

gboolean
_nullmail_host_login_find (const char        *text,
                           gsize              length,
                           NullmailHostLogin *login)
{
  const char *end = text + length, *word_end = text, *at = NULL, *colon = text;

  for (; (colon = memchr (colon, ':', end - colon)) != NULL; colon++)
    {
      if (colon >= word_end)
        {
          for (word_end = colon; word_end < end && !_nullmail_is_space (*word_end); word_end++)
            ;
          at = memrchr (colon, '@', word_end - colon);
        }

      /* Without an “@” the rest of the word has nothing. */
      if (at == NULL || at < colon)
        {
          colon = word_end - 1;
          continue;
        }

      if (begins_url (text, colon, word_end)
          ? find_in_url (colon + 3, word_end, login)
          : find_in_brackets (text, colon, word_end, login))
        return TRUE;
    }

  return FALSE;
}

static const char *
skip_any (const char *text,
          const char *end,
          const char *characters)
{
  while (text < end && *text != '\0' && strchr (characters, *text) != NULL)
    text++;

  return text;
}

/* The end of the key that a line begins with, or NULL. */
static const char *
find_key_end (const char *key,
              const char *end)
{
  const char *p = key;
  gboolean has_sign = FALSE;

  if (p < end && *p == '[')
    {
      p = find_any (p, end, "] \t");
      if (p == end || *p != ']')
        return NULL;
      p++;
    }
  else
    {
      for (; p < end && (is_of_host (*p) || *p == '@' || *p == '+'); p++)
        has_sign = has_sign || *p == '.' || *p == '@';
      if (!has_sign)
        return NULL;
    }

  if (p < end && *p == ':')
    for (p++; p < end && (g_ascii_isalnum (*p) || *p == '-'); p++)
      ;

  return p;
}

const char *
_nullmail_entry_login_find (const char *line,
                            gsize       length)
{
  const char *end = line + length, *key = skip_any (line, end, "# \t{"), *key_end, *user, *colon;

  key_end = find_key_end (key, end);
  if (key_end == NULL)
    return NULL;

  user = skip_any (key_end, end, " \t=");
  colon = find_any (user, end, ": \t\r\n[]");
  if (user == key_end || colon == user || colon >= end - 1 || *colon != ':'
      || _nullmail_is_space (colon[1]) || begins_url (line, colon, end))
    return NULL;

  if (*key != '[')
    {
      const char *rest = find_any (colon, end, " \t\r\n");

      if (skip_any (rest, end, " \t\r\n},") != end)
        return NULL;
    }

  return user;
}
