/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config/postfix-names-private.h"

#include <string.h>

#include "config/name-distance-private.h"

#define MAX_DISTANCE 2

/* A name, with what tells soon that another one is not near. */
typedef struct
{
  const char *name;
  gsize       length;
  guint32     letters;  /* a bit for each kind that occurs */
} KnownName;

struct _NullmailPostfixNames
{
  KnownName  *known;      /* (owned) */
  guint       n_known;
  GHashTable *mentioned;  /* (owned) the names that none is known by */
  GHashTable *near;       /* (owned) what was found for a name, or NULL */
};

static guint32
get_letters (const char *name)
{
  guint32 letters = 0;

  for (; *name != '\0'; name++)
    letters |= 1u << (*name & 31);  /* the same for both cases */
  return letters;
}

/* Adds what a default refers to behind “$”, in braces or not. */
static void
add_mentioned (NullmailPostfixNames *self,
               GHashTable           *values,
               const char           *text)
{
  for (const char *at = strchr (text, '$'); at != NULL; at = strchr (at, '$'))
    {
      const char *start = at + 1, *end;
      char *name;

      while (*start == '{' || *start == '(' || *start == ' ')
        start++;
      for (end = start; g_ascii_isalnum (*end) || *end == '_'; end++)
        ;
      at = end;
      if (end == start)
        continue;

      name = g_strndup (start, end - start);
      if (g_hash_table_contains (values, name))
        g_free (name);
      else
        g_hash_table_add (self->mentioned, name);
    }
}

NullmailPostfixNames *
_nullmail_postfix_names_new (GHashTable *values)
{
  NullmailPostfixNames *self = g_new0 (NullmailPostfixNames, 1);
  GHashTableIter iter;
  gpointer name, text;

  self->known = g_new (KnownName, g_hash_table_size (values));
  self->mentioned = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->near = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_iter_init (&iter, values);
  while (g_hash_table_iter_next (&iter, &name, &text))
    {
      self->known[self->n_known++] = (KnownName) { name, strlen (name), get_letters (name) };
      add_mentioned (self, values, text);
    }

  return self;
}

void
_nullmail_postfix_names_free (NullmailPostfixNames *self)
{
  g_free (self->known);
  g_hash_table_unref (self->mentioned);
  g_hash_table_unref (self->near);
  g_free (self);
}

guint
_nullmail_postfix_names_count (NullmailPostfixNames *self)
{
  return self->n_known;
}

gboolean
_nullmail_postfix_names_mention (NullmailPostfixNames *self,
                                 const char           *name)
{
  return g_hash_table_contains (self->mentioned, name);
}

/* An edit brings in one kind of letter at most, and changes the length by one at most. */
static gboolean
may_be_near (const KnownName *self,
             gsize            length,
             guint32          letters)
{
  guint32 strange = letters & ~self->letters;

  if (self->length > length + MAX_DISTANCE || length > self->length + MAX_DISTANCE)
    return FALSE;
  for (guint i = 0; i < MAX_DISTANCE; i++)
    strange &= strange - 1;  /* one kind less, if there is any */
  return strange == 0;
}

static const char *
search_near (NullmailPostfixNames *self,
             const char           *name)
{
  const char *near = NULL;
  gsize length = strlen (name);
  guint32 letters = get_letters (name);
  guint shortest = MAX_DISTANCE + 1;

  for (guint i = 0; i < self->n_known; i++)
    {
      const KnownName *other = &self->known[i];
      guint distance;

      if (!may_be_near (other, length, letters))
        continue;
      distance = g_ascii_strcasecmp (name, other->name) == 0
                 ? 0 : _nullmail_name_get_distance (name, other->name, MAX_DISTANCE);
      if (distance == shortest)
        near = NULL;
      if (distance < shortest)
        {
          near = other->name;
          shortest = distance;
        }
    }

  return near;
}

const char *
_nullmail_postfix_names_find_near (NullmailPostfixNames *self,
                                   const char           *name)
{
  gpointer near;

  if (!g_hash_table_lookup_extended (self->near, name, NULL, &near))
    {
      near = (gpointer) search_near (self, name);
      g_hash_table_insert (self->near, g_strdup (name), near);
    }

  return near;
}
