/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "document/macro-private.h"

#include <string.h>

#include "base/error-private.h"
#include "document/logical-lines-private.h"

/* As mac_expand_callback () in Postfix: text inside more than so many others is refused. */
#define MAX_DEPTH 100

/* Recursion can double the text at each level: what was looked at and produced is counted. */
#define MAX_WORK_BYTES (128 * 1024 * 1024)
#define MAX_MACROS 100000

typedef struct
{
  NullmailMacroLookup lookup;
  gpointer            user_data;
  GPtrArray          *names;   /* the parameters that are being expanded, outermost first */
  guint               depth;
  guint               n_macros;
  gsize               work_bytes;
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

gboolean
_nullmail_names_passwords (const char *parameter,
                           gsize       length)
{
  static const char suffix[] = "_password_maps";

  return length >= sizeof suffix - 1
         && strncmp (parameter + length - (sizeof suffix - 1), suffix, sizeof suffix - 1) == 0;
}

/* Whether what is being expanded, on whatever way, is for a table of passwords. */
static gboolean
may_be_secret (Expander *self)
{
  for (guint i = 0; i < self->names->len; i++)
    {
      const char *name = g_ptr_array_index (self->names, i);

      if (_nullmail_names_passwords (name, strlen (name)))
        return TRUE;
    }

  return FALSE;
}

static gboolean
fail (Expander    *self,
      GError     **error,
      const char  *problem,
      Range        where)
{
  g_autofree char *start = g_strndup (where.p, MIN (where.end - where.p, 40));
  g_autofree char *excerpt = _nullmail_text_display (start);

  if (may_be_secret (self))
    g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE, "The value of “%s” %s",
                 (char *) g_ptr_array_index (self->names, self->names->len - 1), problem);
  else if (self->names->len > 0)
    g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE,
                 "The value of “%s” %s: “%s”",
                 (char *) g_ptr_array_index (self->names, self->names->len - 1), problem, excerpt);
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
  if (self->work_bytes <= MAX_WORK_BYTES && self->n_macros <= MAX_MACROS)
    return TRUE;

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE,
               "The value of “%s” grows beyond all bounds when its macros are expanded",
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

  while (p + length < end && (g_ascii_isalnum (p[length]) || p[length] == '_'))
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
    return fail (self, error, "has unbalanced braces in a macro", *text);

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
         || fail (self, error, "has unexpected text at the end of a macro", braces);
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

static char *
take_operator (Range *self)
{
  static const char * const operators[] = { "==", "!=", "<", "<=", ">=", ">" };
  gsize length = 0, sign_length;

  while (self->p + length < self->end && strchr ("<>!=?+-*/~&|%", self->p[length]) != NULL)
    length++;
  sign_length = length;
  while (self->p + length < self->end && g_ascii_isalpha (self->p[length]))
    length++;

  for (gsize i = 0; i < G_N_ELEMENTS (operators); i++)
    if (strlen (operators[i]) == sign_length && memcmp (operators[i], self->p, sign_length) == 0
        && (length == sign_length
            || (length - sign_length == 5 && memcmp (self->p + sign_length, "level", 5) == 0)))
      {
        char *operator = g_strndup (self->p, length);

        self->p += length;
        return operator;
      }

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

  if (!take_braces (self, text, &left_range, error))
    return FALSE;

  operator = take_operator (text);
  if (operator == NULL)
    return fail (self, error, "lacks ==, !=, <, <=, >= or > in a macro", *text);

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
  if (_nullmail_macro_compare (left, operator, right, result, error))
    return TRUE;

  if (self->names->len > 0)
    g_prefix_error (error, "In the value of “%s”: ",
                    (char *) g_ptr_array_index (self->names, self->names->len - 1));
  return FALSE;
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

static gboolean
expand_parameter (Expander    *self,
                  const char  *name,
                  const char  *value,
                  gboolean     keep_unknown,
                  GString     *output,
                  GError     **error)
{
  gboolean done;

  if (is_being_expanded (self, name))
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE,
                   "The value of “%s” refers to itself: set one of the parameters on the way to "
                   "a value without it", name);
      return FALSE;
    }

  g_ptr_array_add (self->names, (gpointer) name);
  done = expand_range (self, (Range) { value, value + strlen (value) }, keep_unknown, output,
                       error);
  g_ptr_array_set_size (self->names, self->names->len - 1);

  return done;
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
  g_autofree char *name = NULL, *value = NULL;
  gboolean condition = FALSE;
  Choice choice;
  gsize length;

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

  length = measure_name (inside.p, inside.end);
  name = g_strndup (inside.p, length);
  inside.p += length;
  skip_blanks (&inside);
  if (inside.p < inside.end && *inside.p != '?' && *inside.p != ':')
    return fail (self, error, "has a parameter name that is not letters, digits and “_” in a macro",
                 as_written);
  if (!parse_choice (self, &inside, &choice, error))
    return FALSE;

  value = self->lookup (name, self->user_data);
  if (!count_work (self, value != NULL ? strlen (value) : 0, error))
    return FALSE;

  if (choice.has_choice)
    return expand_range (self, value != NULL && *value != '\0' ? choice.if_true : choice.if_false,
                         keep_unknown, output, error);
  if (value != NULL)
    return expand_parameter (self, name, value, keep_unknown, output, error);

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
        return fail (self, error, "has a macro without its end", as_written);
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
    return fail (self, error, "has macros nested too deep", text);
  if (!count_work (self, text.end - text.p, error))
    return FALSE;

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
                        gpointer              user_data,
                        GError              **error)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new ();
  Expander self = { .lookup = lookup, .user_data = user_data, .names = names };
  GString *output = g_string_new (NULL);

  if (expand_range (&self, (Range) { text, text + strlen (text) }, TRUE, output, error))
    return g_string_free (output, FALSE);

  g_string_free (output, TRUE);
  return NULL;
}
