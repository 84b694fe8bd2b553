/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "second-macro.h"

#include <string.h>

#define MAX_DEPTH 80
#define MAX_STEPS 20000

/* The names that are being expanded, innermost first. */
typedef struct Name Name;
struct Name
{
  const Name *outer;
  const char *name;
};

typedef struct
{
  SecondReading *reading;
  GString       *output;
  guint          n_steps;
} Evaluation;

static SecondMacroResult evaluate (Evaluation *self,
                                   const char *text,
                                   const Name *names,
                                   guint       depth);

/* Cuts what is between braces, or parentheses, out of the front of a text. */
static char *
cut_enclosed (const char **text)
{
  char opening = **text, closing = opening == '(' ? ')' : '}';
  int depth = 0;
  const char *start = *text + 1;

  for (const char *p = *text; *p != '\0'; p++)
    {
      depth += *p == opening ? 1 : *p == closing ? -1 : 0;
      if (depth == 0)
        {
          *text = p + 1;
          return g_strndup (start, p - start);
        }
    }

  return NULL;
}

static const char *
skip_space (const char *text)
{
  while (second_is_space (*text))
    text++;

  return text;
}

static gsize
measure_word (const char *text)
{
  return strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
}

/* "text", or "{text}" with blanks around it and nothing more. */
static char *
read_alternative (const char *text)
{
  const char *braces = skip_space (text);
  g_autofree char *inside = NULL;

  if (*braces != '{')
    return g_strdup (text);

  inside = cut_enclosed (&braces);
  return inside != NULL && *skip_space (braces) == '\0' ? g_steal_pointer (&inside) : NULL;
}

/* "?text", ":text", "?{text}", "?{text}:text": FALSE for anything else. */
static gboolean
read_alternatives (const char  *text,
                   char       **if_set,
                   char       **if_empty)
{
  const char *braces = skip_space (text + 1);

  *if_set = *if_empty = NULL;
  if (*text == ':')
    {
      *if_set = g_strdup ("");
      *if_empty = read_alternative (text + 1);
    }
  else if (*braces != '{')
    {
      *if_set = g_strdup (text + 1);
      *if_empty = g_strdup ("");
    }
  else
    {
      *if_set = cut_enclosed (&braces);
      braces = skip_space (braces);
      if (*if_set != NULL && *braces == '\0')
        *if_empty = g_strdup ("");
      else if (*if_set != NULL && *braces == ':')
        *if_empty = read_alternative (braces + 1);
    }

  return *if_set != NULL && *if_empty != NULL;
}

static SecondMacroResult
evaluate_name (Evaluation *self,
               const char *name,
               const char *value,
               const Name *names,
               guint       depth)
{
  const Name inner = { names, name };

  for (const Name *outer = names; outer != NULL; outer = outer->outer)
    if (strcmp (outer->name, name) == 0)
      return SECOND_MACRO_BAD;

  return evaluate (self, value, &inner, depth + 1);
}

/* What is inside of a macro; as_written is all of it, for a name that nobody knows. */
static SecondMacroResult
evaluate_macro (Evaluation *self,
                const char *inside,
                const char *as_written,
                const Name *names,
                guint       depth)
{
  g_autofree char *name = NULL, *value = NULL, *if_set = NULL, *if_empty = NULL;
  const char *rest;
  SecondSetting *setting;

  if (*inside == '\0')
    return SECOND_MACRO_BAD;

  inside = skip_space (inside);
  if (*inside == '{')
    return SECOND_MACRO_NOT_KNOWN;

  name = g_strndup (inside, measure_word (inside));
  rest = skip_space (inside + strlen (name));
  setting = second_reading_find (self->reading, name);
  if (setting != NULL)
    value = g_utf8_make_valid (setting->value->str, setting->value->len);

  if (*rest == '\0' && value != NULL)
    return evaluate_name (self, name, value, names, depth);
  if (*rest == '\0')
    {
      g_string_append (self->output, as_written);
      return SECOND_MACRO_GOOD;
    }

  if (strchr ("?:", *rest) == NULL || !read_alternatives (rest, &if_set, &if_empty))
    return SECOND_MACRO_BAD;

  return evaluate (self, value != NULL && *value != '\0' ? if_set : if_empty, names, depth + 1);
}

static SecondMacroResult
evaluate (Evaluation *self,
          const char *text,
          const Name *names,
          guint       depth)
{
  SecondMacroResult result = SECOND_MACRO_GOOD;

  if (depth > MAX_DEPTH)
    return SECOND_MACRO_NOT_KNOWN;

  while (result == SECOND_MACRO_GOOD && *text != '\0')
    {
      g_autofree char *inside = NULL, *as_written = NULL;
      const char *start = text;

      if (++self->n_steps > MAX_STEPS)
        return SECOND_MACRO_NOT_KNOWN;

      if (*text != '$' || text[1] == '$')
        {
          g_string_append_c (self->output, *text);
          text += *text == '$' ? 2 : 1;
          continue;
        }

      text++;
      if (*text == '{' || *text == '(')
        inside = cut_enclosed (&text);
      else
        {
          inside = g_strndup (text, measure_word (text));
          text += strlen (inside);
        }
      if (inside == NULL)
        return SECOND_MACRO_BAD;

      as_written = g_strndup (start, text - start);
      result = evaluate_macro (self, inside, as_written, names, depth);
    }

  return result;
}

SecondMacroResult
second_expand (SecondReading  *reading,
               const char     *text,
               char          **result)
{
  Evaluation self = { .reading = reading, .output = g_string_new (NULL) };
  SecondMacroResult kind = evaluate (&self, text, NULL, 0);

  *result = g_string_free (self.output, kind != SECOND_MACRO_GOOD);
  return kind;
}
