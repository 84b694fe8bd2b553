/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "document/macro-private.h"

#include <string.h>

#include "base/error-private.h"
#include "document/logical-lines-private.h"

/* As mac_expand_callback () in Postfix: text inside more than so many others is refused. */
#define MAX_DEPTH 100

/* Each level of parameters can double the text, so that what Postfix would look at is counted. Of
 * each text or value that is there so many times its length is allowed, which no honest main.cf
 * needs, and so much in all cases, which is done in a few milliseconds. */
#define MAX_REPETITIONS 4
#define MIN_WORK_BYTES (4 * 1024 * 1024)
#define MAX_MACROS 100000

#define BAD_NAME "has a parameter name that is not letters, digits and “_” in a macro"

/* What became of a value, for the next time that it is referred to, and what it took. */
typedef struct
{
  GString *text;  /* (owned) (nullable) */
  guint    height;
  guint    n_macros;
  gsize    work_bytes;
} Expansion;

typedef struct
{
  char      *name;           /* (owned) */
  char      *value;          /* (owned) (nullable) */
  gsize      length;
  Expansion  expansions[2];  /* with unknown names left out, and kept */
} Parameter;

typedef struct
{
  NullmailMacroLookup lookup;
  NullmailMacroCaller call;        /* (nullable) */
  gpointer            user_data;
  GHashTable         *parameters;  /* (element-type Parameter): all that were referred to */
  GPtrArray          *names;       /* of those that are being expanded, outermost first */
  guint               depth;
  guint               deepest;     /* how deep it went since somebody set this back */
  guint               n_macros;
  gsize               work_bytes;
  gsize               max_work_bytes;
} Expander;

/* A part of a text that is being parsed. */
typedef struct
{
  const char *p;
  const char *end;
} Range;

/* What follows the name or the comparison inside of ${}. */
typedef struct
{
  gboolean has_choice;
  Range    if_true;
  Range    if_false;
} Choice;

static gboolean expand_range (Expander  *self,
                              Range      text,
                              gboolean   keep_unknown,
                              GString   *output,
                              GError   **error);

static gboolean
fail (Expander    *self,
      GError     **error,
      const char  *problem,
      Range        where)
{
  g_autofree char *start = g_strndup (where.p, MIN (where.end - where.p, 40));
  g_autofree char *excerpt = _nullmail_text_display (start);

  /* A value may be a password, or a part of one, whatever its parameter is called. */
  if (self->names->len > 0)
    g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE, "The value of “%s” %s",
                 (char *) g_ptr_array_index (self->names, self->names->len - 1), problem);
  else
    g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE,
                 "The text %s: “%s”", problem, excerpt);

  return FALSE;
}

static gboolean
count_work (Expander  *self,
            gsize      n_bytes,
            GError   **error)
{
  self->work_bytes += n_bytes;
  if (self->work_bytes <= self->max_work_bytes && self->n_macros <= MAX_MACROS)
    return TRUE;

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE,
               "The value of “%s” grows beyond all bounds when its macros are expanded: write some "
               "of them out",
               self->names->len > 0 ? (char *) g_ptr_array_index (self->names, 0) : "the text");
  return FALSE;
}

static void
skip_blanks (Range *self)
{
  while (self->p < self->end && _nullmail_is_space (*self->p))
    self->p++;
}

static gboolean
starts_with (const Range *self,
             char         c)
{
  return self->p < self->end && *self->p == c;
}

static gsize
measure_name (const char *p,
              const char *end)
{
  gsize length = 0;

  while (p + length < end && _nullmail_is_name_character (p[length]))
    length++;

  return length;
}

/* Takes what stands between an opening sign and the closing one that belongs to it. */
static gboolean
take_enclosed (Range *self,
               Range *inside)
{
  char opening = *self->p, closing = opening == '{' ? '}' : ')';
  guint n_open = 0;

  for (const char *p = self->p; p < self->end; p++)
    {
      if (*p == opening)
        n_open++;
      else if (*p == closing && --n_open == 0)
        {
          *inside = (Range) { self->p + 1, p };
          self->p = p + 1;
          return TRUE;
        }
    }

  return FALSE;
}

/* "{text}" with blanks around it. */
static gboolean
take_braces (Expander  *self,
             Range     *text,
             Range     *inside,
             GError   **error)
{
  if (!take_enclosed (text, inside))
    return fail (self, error, "has unbalanced braces in a macro, to be written as ${name}", *text);

  skip_blanks (text);
  return TRUE;
}

static gboolean
parse_if_false (Expander  *self,
                Range     *text,
                Range     *if_false,
                GError   **error)
{
  Range braces = *text;

  skip_blanks (&braces);
  if (!starts_with (&braces, '{'))
    {
      *if_false = *text;
      return TRUE;
    }

  if (!take_braces (self, &braces, if_false, error))
    return FALSE;

  return braces.p == braces.end
         || fail (self, error, "has text at the end of a macro that does not belong there", braces);
}

/* "", "?text", "?{text}", "?{text}:text", ":text" and so on. */
static gboolean
parse_choice (Expander  *self,
              Range     *text,
              Choice    *choice,
              GError   **error)
{
  Range braces;

  *choice = (Choice) { .has_choice = text->p < text->end };
  if (!choice->has_choice)
    return TRUE;

  if (*text->p++ == ':')
    return parse_if_false (self, text, &choice->if_false, error);

  braces = *text;
  skip_blanks (&braces);
  if (!starts_with (&braces, '{'))
    {
      choice->if_true = *text;
      return TRUE;
    }

  if (!take_braces (self, &braces, &choice->if_true, error))
    return FALSE;
  if (braces.p == braces.end)
    return TRUE;
  if (*braces.p++ != ':')
    return fail (self, error, "lacks a “:” in a macro",
                 (Range) { braces.p - 1, braces.end });

  return parse_if_false (self, &braces, &choice->if_false, error);
}

static char *
expand_operand (Expander  *self,
                Range      text,
                GError   **error)
{
  GString *output = g_string_new (NULL);

  if (expand_range (self, text, FALSE, output, error))
    return g_string_free (output, FALSE);

  g_string_free (output, TRUE);
  return NULL;
}

/* "{left} operator {right}" */
static gboolean
evaluate_comparison (Expander  *self,
                     Range     *text,
                     gboolean  *result,
                     GError   **error)
{
  g_autofree char *left = NULL, *operator = NULL, *right = NULL;
  Range left_range, right_range;
  gsize length;

  if (!take_braces (self, text, &left_range, error))
    return FALSE;

  length = _nullmail_macro_measure_operator (text->p, text->end);
  if (length == 0)
    return fail (self, error, "lacks ==, !=, <, <=, >= or > in a macro", *text);

  operator = g_strndup (text->p, length);
  text->p += length;
  skip_blanks (text);
  if (!starts_with (text, '{'))
    return fail (self, error, "lacks a “{text}” to compare with in a macro", *text);
  if (!take_braces (self, text, &right_range, error))
    return FALSE;
  if (text->p < text->end && *text->p != '?' && *text->p != ':')
    return fail (self, error, "lacks a “?” or “:” in a macro", *text);

  left = expand_operand (self, left_range, error);
  right = left != NULL ? expand_operand (self, right_range, error) : NULL;

  if (right == NULL)
    return FALSE;
  if (_nullmail_macro_compare (left, operator, right, result))
    return TRUE;

  return fail (self, error, "compares what is no number, or no compatibility level such as 3.6, "
               "that Postfix can compare, in a macro", left_range);
}

static gboolean
is_being_expanded (Expander   *self,
                   const char *name)
{
  for (guint i = 0; i < self->names->len; i++)
    if (strcmp (g_ptr_array_index (self->names, i), name) == 0)
      return TRUE;

  return FALSE;
}

static void
parameter_free (gpointer data)
{
  Parameter *self = data;

  for (guint i = 0; i < G_N_ELEMENTS (self->expansions); i++)
    if (self->expansions[i].text != NULL)
      g_string_free (self->expansions[i].text, TRUE);
  g_free (self->name);
  g_free (self->value);
  g_free (self);
}

/* Asks for a value once only. */
static Parameter *
get_parameter (Expander   *self,
               const char *name,
               gsize       name_length)
{
  g_autofree char *key = g_strndup (name, name_length);
  Parameter *parameter;

  if (self->parameters == NULL)
    self->parameters = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, parameter_free);

  parameter = g_hash_table_lookup (self->parameters, key);
  if (parameter == NULL)
    {
      parameter = g_new0 (Parameter, 1);
      parameter->name = g_steal_pointer (&key);
      parameter->value = self->lookup (parameter->name, self->user_data);
      parameter->length = parameter->value != NULL ? strlen (parameter->value) : 0;
      self->max_work_bytes += MAX_REPETITIONS * parameter->length;
      g_hash_table_insert (self->parameters, parameter->name, parameter);
    }

  return parameter;
}

/* Expands a value and keeps what became of it. */
static gboolean
expand_anew (Expander   *self,
             Parameter  *parameter,
             gboolean    keep_unknown,
             Expansion  *expansion,
             GError    **error)
{
  const char *end = parameter->value + parameter->length;
  guint n_macros = self->n_macros, deepest = self->deepest;
  gsize work_bytes = self->work_bytes;
  GString *text = g_string_new (NULL);

  self->deepest = self->depth;
  g_ptr_array_add (self->names, parameter->name);
  if (!expand_range (self, (Range) { parameter->value, end }, keep_unknown, text, error))
    {
      g_string_free (text, TRUE);
      return FALSE;
    }
  g_ptr_array_set_size (self->names, self->names->len - 1);

  if (expansion->text != NULL)
    g_string_free (expansion->text, TRUE);
  expansion->text = text;
  expansion->height = self->deepest - self->depth;
  expansion->n_macros = self->n_macros - n_macros;
  expansion->work_bytes = self->work_bytes - work_bytes;
  self->deepest = MAX (self->deepest, deepest);

  return TRUE;
}

/* A value that is referred to again is not expanded again, but counts as if it were, so that what
 * is refused does not depend on it. Where it would be nested too deep this time it is expanded once
 * more, to find out what to complain about. */
static gboolean
expand_parameter (Expander   *self,
                  Parameter  *parameter,
                  gboolean    keep_unknown,
                  GString    *output,
                  GError    **error)
{
  Expansion *expansion = &parameter->expansions[keep_unknown ? 1 : 0];

  if (is_being_expanded (self, parameter->name))
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE,
                   "The value of “%s” refers to itself: set one of the parameters on the way to "
                   "a value without it", parameter->name);
      return FALSE;
    }

  if (expansion->text == NULL || self->depth + expansion->height > MAX_DEPTH)
    {
      if (!expand_anew (self, parameter, keep_unknown, expansion, error))
        return FALSE;
    }
  else
    {
      self->n_macros += expansion->n_macros;
      self->deepest = MAX (self->deepest, self->depth + expansion->height);
      if (!count_work (self, expansion->work_bytes, error))
        return FALSE;
    }
  g_string_append_len (output, expansion->text->str, (gssize) expansion->text->len);

  return TRUE;
}

/* "{argument}" behind the name of a function. */
static gboolean
expand_call (Expander  *self,
             Range      name,
             Range      rest,
             Range      as_written,
             gboolean   keep_unknown,
             GString   *output,
             GError   **error)
{
  g_autofree char *function = g_strndup (name.p, name.end - name.p);
  g_autofree char *argument = NULL, *result = NULL;
  gboolean is_refused = self->call == NULL;
  Range inside;

  if (!take_enclosed (&rest, &inside))
    return fail (self, error, "has unbalanced braces in a macro", as_written);
  argument = expand_operand (self, inside, error);
  if (argument == NULL)
    return FALSE;

  /* What else may stand there is not known. */
  if (!is_refused)
    result = self->call (rest.p == rest.end && inside.p == name.end + 1 ? function : "", argument,
                         &is_refused, self->user_data);
  if (is_refused)
    return fail (self, error, BAD_NAME, as_written);
  if (result != NULL)
    g_string_append (output, result);
  else if (keep_unknown)
    g_string_append_len (output, as_written.p, as_written.end - as_written.p);

  return TRUE;
}

/* What stands inside of ${}, with its name or comparison still in front. */
static gboolean
expand_reference (Expander  *self,
                  Range      inside,
                  Range      as_written,
                  gboolean   keep_unknown,
                  GString   *output,
                  GError   **error)
{
  gboolean condition = FALSE, has_value;
  Parameter *parameter;
  Range name;
  Choice choice;

  skip_blanks (&inside);
  if (starts_with (&inside, '{'))
    {
      if (!evaluate_comparison (self, &inside, &condition, error)
          || !parse_choice (self, &inside, &choice, error))
        return FALSE;
      if (!choice.has_choice)
        {
          g_string_append (output, condition ? "true" : "");
          return TRUE;
        }
      return expand_range (self, condition ? choice.if_true : choice.if_false, keep_unknown,
                           output, error);
    }

  name = (Range) { inside.p, inside.p + measure_name (inside.p, inside.end) };
  inside.p = name.end;
  skip_blanks (&inside);
  if (name.p < name.end && starts_with (&inside, '{'))
    return expand_call (self, name, inside, as_written, keep_unknown, output, error);
  if (inside.p < inside.end && *inside.p != '?' && *inside.p != ':')
    return fail (self, error, BAD_NAME, as_written);
  if (!parse_choice (self, &inside, &choice, error))
    return FALSE;

  parameter = get_parameter (self, name.p, name.end - name.p);
  if (!count_work (self, parameter->length, error))
    return FALSE;

  has_value = parameter->length > 0;
  if (choice.has_choice)
    return expand_range (self, has_value ? choice.if_true : choice.if_false, keep_unknown, output,
                         error);
  if (parameter->value != NULL)
    return expand_parameter (self, parameter, keep_unknown, output, error);

  if (keep_unknown)
    g_string_append_len (output, as_written.p, as_written.end - as_written.p);
  return TRUE;
}

/* At a “$”. */
static gboolean
expand_macro (Expander  *self,
              Range     *text,
              gboolean   keep_unknown,
              GString   *output,
              GError   **error)
{
  Range as_written = *text, inside;

  text->p++;
  if (starts_with (text, '$'))
    {
      text->p++;
      g_string_append_c (output, '$');
      return TRUE;
    }

  if (starts_with (text, '{') || starts_with (text, '('))
    {
      if (!take_enclosed (text, &inside))
        return fail (self, error, "has a macro without its end, write it as ${name}",
                   as_written);
    }
  else
    {
      inside.p = text->p;
      inside.end = text->p += measure_name (text->p, text->end);
    }

  if (inside.p == inside.end)
    return fail (self, error, "has a “$” without a name, to be written as “$$” where it is meant "
                 "as such", as_written);

  self->n_macros++;
  as_written.end = text->p;
  return expand_reference (self, inside, as_written, keep_unknown, output, error);
}

static gboolean
expand_range (Expander  *self,
              Range      text,
              gboolean   keep_unknown,
              GString   *output,
              GError   **error)
{
  if (text.p == text.end)
    return TRUE;
  if (self->depth > MAX_DEPTH)
    return fail (self, error, "has macros nested too deep, write some of them out", text);
  if (!count_work (self, text.end - text.p, error))
    return FALSE;

  self->deepest = MAX (self->deepest, self->depth);
  self->depth++;
  while (text.p < text.end)
    {
      const char *dollar = memchr (text.p, '$', text.end - text.p);
      const char *literal_end = dollar != NULL ? dollar : text.end;

      g_string_append_len (output, text.p, literal_end - text.p);
      text.p = literal_end;
      if (text.p < text.end && !expand_macro (self, &text, keep_unknown, output, error))
        return FALSE;
    }
  self->depth--;

  return TRUE;
}

char *
_nullmail_macro_expand (const char           *text,
                        NullmailMacroLookup   lookup,
                        NullmailMacroCaller   call,
                        gpointer              user_data,
                        GError              **error)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new ();
  g_autoptr(GHashTable) parameters = NULL;
  gsize length = strlen (text);
  Expander self = {
    .lookup = lookup,
    .call = call,
    .user_data = user_data,
    .names = names,
    .max_work_bytes = MIN_WORK_BYTES + MAX_REPETITIONS * length,
  };
  GString *output = g_string_new (NULL);
  gboolean done = expand_range (&self, (Range) { text, text + length }, TRUE, output, error);

  parameters = self.parameters;
  return g_string_free (output, !done);
}
