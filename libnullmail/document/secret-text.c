/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Where in a text a password may begin.
 *
 * This is not how Postfix reads a value, which depends on what each macro stands for, and takes one
 * branch of a condition. Here a password has to be found in whichever branch it
 * stands, so that the text is only cut into words, at blanks, commas, braces, and where the text of
 * a condition begins. A word that is “type:name” is judged by its type. Where it is not known what
 * something is, it is a password. */

#include "document/secret-text-private.h"

#include <string.h>

#include "document/logical-lines-private.h"
#include "document/table-name-private.h"

typedef struct
{
  const NullmailSecretReader *reader;
  NullmailSecretFlags         flags;
  const char                 *start;
  const char                 *end;
  const char                 *p;
  const char                 *word;     /* where the present word begins */
  gboolean                    in_name;  /* the type of the present word is behind */
  const char                 *secret;   /* (nullable) where the first password begins */
  gboolean                    is_certain;
} Scanner;

static void
begin_word (Scanner    *self,
            const char *word)
{
  self->p = self->word = word;
  self->in_name = FALSE;
}

static void
find (Scanner    *self,
      const char *secret,
      gboolean    is_certain)
{
  if (self->secret != NULL || (!is_certain && (self->flags & NULLMAIL_SECRET_CERTAIN) != 0))
    return;

  self->secret = secret;
  self->is_certain = is_certain;
}

static const char *
skip_blanks (Scanner    *self,
             const char *p)
{
  while (p < self->end && _nullmail_is_space (*p))
    p++;

  return p;
}

static gboolean
ends_word (char c)
{
  return _nullmail_is_space (c) || strchr (",{}()", c) != NULL;
}

static void
refer_to (Scanner    *self,
          const char *start,
          gsize       length)
{
  const NullmailSecretReader *reader = self->reader;
  g_autofree char *name = NULL;
  NullmailSecretOpening opening;

  if (reader == NULL)
    return;

  name = g_strndup (start, length);
  if (reader->refer != NULL)
    reader->refer (name, self->secret != NULL, reader->user_data);
  if (reader->opens == NULL || self->secret != NULL)
    return;

  opening = reader->opens (name, reader->user_data);
  if (opening == NULLMAIL_SECRET_OPENS_REST
      || (opening == NULLMAIL_SECRET_OPENS_WORD && self->p < self->end && !ends_word (*self->p)))
    find (self, self->p, TRUE);
}

/* At a “$”. What stands behind a “?” or “:” in a macro begins a word. */
static void
scan_macro (Scanner *self)
{
  const char *p = self->p + 1, *name;
  gboolean is_enclosed = p < self->end && (*p == '{' || *p == '(');

  if (p < self->end && *p == '$')
    {
      self->p += 2;
      return;
    }

  if (is_enclosed)
    p = skip_blanks (self, p + 1);
  for (name = p; p < self->end && (g_ascii_isalnum (*p) || *p == '_'); p++)
    ;
  if (p == name)
    {
      if (is_enclosed)
        begin_word (self, p);
      else
        self->p++;
      return;
    }

  self->p = p;
  if (is_enclosed)
    {
      const char *sign = skip_blanks (self, p);

      if (sign < self->end && (*sign == '?' || *sign == ':'))
        begin_word (self, sign + 1);
      else if (sign < self->end && (*sign == '}' || *sign == ')'))
        self->p = sign + 1;
    }
  refer_to (self, name, p - name);
}

/* Whether a “:” stands behind a brace, where it separates the branches of a condition. */
static gboolean
is_between_branches (Scanner *self)
{
  const char *p = self->p;

  if (self->word != p)
    return FALSE;
  while (p > self->start && _nullmail_is_space (p[-1]))
    p--;

  return p > self->start && (p[-1] == '}' || p[-1] == ')');
}

static char *
expand (Scanner    *self,
        const char *text,
        gsize       length)
{
  const NullmailSecretReader *reader = self->reader;
  g_autofree char *written = g_strndup (text, length);
  char *expanded = NULL;

  if (strchr (written, '$') != NULL && reader != NULL && reader->expand != NULL)
    expanded = reader->expand (written, reader->user_data);

  return expanded != NULL ? expanded : g_steal_pointer (&written);
}

static NullmailTableSecrecy
judge (Scanner    *self,
       const char *type)
{
  const char *name = self->p + 1;
  gsize length = 0;
  g_autofree char *expanded = NULL;

  if (name == self->end || *name != '$')
    return _nullmail_table_type_judge (type, name, self->end - name);

  while (name + length < self->end && name[length] != ',' && !_nullmail_is_space (name[length]))
    length++;
  expanded = expand (self, name, length);
  return _nullmail_table_type_judge (type, expanded, strlen (expanded));
}

/* At a “:” outside of a name. */
static void
scan_colon (Scanner *self)
{
  g_autofree char *type = NULL;
  NullmailTableSecrecy secrecy;

  if (is_between_branches (self))
    {
      begin_word (self, self->p + 1);
      return;
    }

  type = expand (self, self->word, self->p - self->word);
  secrecy = judge (self, type);
  if (secrecy == NULLMAIL_TABLE_IS_PROXIED)
    {
      begin_word (self, self->p + 1);
      return;
    }

  self->p++;
  self->in_name = TRUE;
  if (secrecy != NULLMAIL_TABLE_HAS_NAME)
    find (self, self->p, secrecy == NULLMAIL_TABLE_HOLDS_VALUES);
}

gsize
_nullmail_secret_text_find (const char                 *text,
                            gsize                       length,
                            NullmailSecretFlags         flags,
                            const NullmailSecretReader *reader,
                            gboolean                   *is_certain)
{
  Scanner self = {
    .reader = reader, .flags = flags, .start = text, .end = text + length, .p = text, .word = text,
  };
  const char *first = skip_blanks (&self, text);

  if ((flags & NULLMAIL_SECRET_INSIDE) != 0)
    find (&self, first, FALSE);
  else if ((flags & NULLMAIL_SECRET_FRAGMENT) != 0 && first < self.end && *first == '{')
    find (&self, first + 1, FALSE);

  while (self.p < self.end)
    {
      char c = *self.p;

      if (c == '$')
        scan_macro (&self);
      else if (c == ':' && !self.in_name && self.secret == NULL)
        scan_colon (&self);
      else if (ends_word (c))
        begin_word (&self, self.p + 1);
      else
        self.p++;
    }

  if (is_certain != NULL)
    *is_certain = self.secret != NULL && self.is_certain;
  return self.secret != NULL ? (gsize) (self.secret - text) : length;
}

gboolean
_nullmail_secret_text_has_more (const char *text,
                                gsize       length,
                                gsize       start)
{
  for (gsize i = start; i < length; i++)
    if (!ends_word (text[i]))
      return TRUE;

  return FALSE;
}
