/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Where in a text a password may begin.
 *
 * This is not how Postfix reads a value, which depends on what each macro stands for, and takes one
 * branch of a condition. Here a password has to be found in whichever branch it stands, so that the
 * text is only cut into words, at blanks, commas, braces, and where the text of a condition begins.
 * A word that is “type:name” is judged by its type. Where it is not known what something is, it is
 * a password. */

#include "document/secret-text-private.h"

#include <string.h>

#include "document/logical-lines-private.h"
#include "document/macro-private.h"
#include "document/table-name-private.h"

typedef struct
{
  const NullmailSecretReader *reader;
  NullmailSecretFlags         flags;
  const char                 *start;
  const char                 *end;
  const char                 *p;
  const char                 *item;     /* where the present item of the list begins */
  gboolean                    has_type; /* a type has been read in it */
  guint                       depth;    /* how many braces are open */
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
begin_item (Scanner    *self,
            const char *item)
{
  begin_word (self, item);
  self->item = item;
  self->has_type = FALSE;
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
    {
      p = skip_blanks (self, p + 1);
      self->depth++;
    }
  for (name = p; p < self->end && _nullmail_is_name_character (*p); p++)
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
        {
          self->p = sign + 1;
          self->depth--;
        }
    }
  refer_to (self, name, p - name);
}

/* Whether a “:” stands behind a brace. Within others it separates the branches of a condition; if
 * all are closed the macro in front of it is the type of a table. */
static gboolean
is_behind_brace (Scanner *self)
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

/* How long an item is, up to a comma or blank outside of braces. */
static gsize
measure_item (const char *item,
              const char *end)
{
  const char *p = item;
  int depth = 0;

  for (; p < end && (depth > 0 || (*p != ',' && !_nullmail_is_space (*p))); p++)
    depth += (*p == '{' || *p == '(') - (depth > 0 && (*p == '}' || *p == ')'));

  return p - item;
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

  length = measure_item (name, self->end);
  expanded = expand (self, name, length);
  return _nullmail_table_type_judge (type, expanded, strlen (expanded));
}

/* Whether a table of users and passwords begins at a “:”. The type in front of it may stand behind
 * a quote, “name=” or another type, and may have a blank behind it. */
static gboolean
begins_login (Scanner    *self,
              const char *start)
{
  const char *name = skip_blanks (self, self->p + 1), *type_end = self->p;
  g_autofree char *type = NULL;
  g_autofree char *expanded = expand (self, name, measure_item (name, self->end));
  char *word, *colon;

  while (type_end > self->start && _nullmail_is_space (type_end[-1]))
    type_end--;
  if (start > type_end)
    for (start = type_end; start > self->start && !ends_word (start[-1]); start--)
      ;
  type = expand (self, start, type_end - start);

  /* A macro may stand for the type with what begins the name. */
  colon = strchr (type, ':');
  if (colon != NULL)
    {
      g_autofree char *whole = g_strconcat (colon + 1, ":", expanded, NULL);

      *colon = '\0';
      return _nullmail_table_holds_login (type, whole);
    }

  for (word = type + strlen (type); word > type && g_ascii_isalnum (word[-1]); word--)
    ;
  return _nullmail_table_holds_login (word, expanded);
}

/* At a “:” outside of a name. */
static void
scan_colon (Scanner *self)
{
  const char *start = is_behind_brace (self) ? self->item : self->word;
  g_autofree char *type = NULL;
  NullmailTableSecrecy secrecy;

  if (start != self->word && self->depth > 0)
    {
      begin_word (self, self->p + 1);
      return;
    }

  if ((self->flags & NULLMAIL_SECRET_LOGIN) != 0)
    {
      if (begins_login (self, start))
        find (self, self->p + 1, TRUE);
      begin_word (self, self->p + 1);
      return;
    }

  type = expand (self, start, self->p - start);
  secrecy = *type == '\0' && self->p > start ? NULLMAIL_TABLE_MAY_HOLD_VALUES
                                             : judge (self, type);
  self->has_type = TRUE;
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

static gboolean
is_lone_macro (const char *item,
               gsize       length)
{
  const char *p = item + 1, *end = item + length;
  gboolean is_enclosed;

  if (length < 2 || *item != '$')
    return FALSE;

  is_enclosed = *p == '{' || *p == '(';
  p += is_enclosed;
  while (p < end && _nullmail_is_name_character (*p))
    p++;

  return is_enclosed ? p == end - 1 : p == end;
}

/* Whether an item that does not name its type is a table after all, as far as is known what its
 * macros stand for. */
static gboolean
is_table_by_macros (Scanner    *self,
                    const char *item,
                    gsize       length)
{
  g_autofree char *expanded = expand (self, item, length);
  const char *p = expanded, *colon;

  while ((colon = strchr (p, ':')) != NULL)
    {
      g_autofree char *type = g_strndup (p, colon - p);
      NullmailTableSecrecy secrecy = _nullmail_table_type_judge (type, colon + 1,
                                                                 strlen (colon + 1));

      if (secrecy != NULLMAIL_TABLE_IS_PROXIED)
        return secrecy == NULLMAIL_TABLE_HAS_NAME;
      p = colon + 1;
    }

  return *expanded == '\0';
}

/* At the end of an item. In a value for tables of passwords one that is none may be the password
 * itself, and what it refers to as well, so that it is gone through once more. */
static void
end_item (Scanner *self)
{
  gsize length = self->p - self->item;

  if ((self->flags & NULLMAIL_SECRET_WHOLE) == 0 || self->secret != NULL || self->has_type
      || length == 0 || is_lone_macro (self->item, length)
      || (memchr (self->item, '$', length) != NULL
          && (self->reader == NULL || self->reader->expand == NULL
              || is_table_by_macros (self, self->item, length))))
    return;

  find (self, self->item, FALSE);
  if (self->secret != NULL)
    begin_item (self, self->item);
}

/* At what ends a word. */
static void
scan_end (Scanner *self)
{
  const char *here = self->p;
  char c = *here;

  if (c == '{' || c == '(')
    self->depth++;
  else if (self->depth > 0 && (c == '}' || c == ')'))
    self->depth--;
  else if (self->depth == 0)
    {
      end_item (self);
      if (self->p == here)  /* and not back at the start of the item */
        begin_item (self, here + 1);
      return;
    }

  begin_word (self, self->p + 1);
}

static void
scan (Scanner *self)
{
  while (self->p < self->end)
    {
      char c = *self->p;

      if (c == '$')
        scan_macro (self);
      else if (c == ':' && !self->in_name && self->secret == NULL)
        scan_colon (self);
      else if (ends_word (c))
        scan_end (self);
      else
        self->p++;
    }
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
    .item = text,
  };
  const char *first = skip_blanks (&self, text);

  if ((flags & NULLMAIL_SECRET_INSIDE) != 0)
    find (&self, first, FALSE);
  else if ((flags & NULLMAIL_SECRET_FRAGMENT) != 0 && first < self.end && *first == '{')
    find (&self, first + 1, FALSE);

  scan (&self);
  end_item (&self);
  scan (&self);  /* once more, if the last item is a password after all */

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

gboolean
_nullmail_secret_text_is_open (const char *text)
{
  gssize depth = 0;

  for (; *text != '\0'; text++)
    depth += (*text == '{') - (*text == '}');

  return depth != 0;
}
