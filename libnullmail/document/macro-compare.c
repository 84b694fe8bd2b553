/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "document/macro-private.h"

#include <string.h>

/* The widths of compat_level_from_string () in Postfix: ten bits for minor and patch, and what is
 * left of a positive 64-bit number for major. */
#define MAX_MAJOR ((G_GUINT64_CONSTANT (1) << 43) - 1)
#define MAX_MINOR 1023

static gboolean
is_number (const char *text)
{
  return *text != '\0' && text[strspn (text, "0123456789")] == '\0';
}

static gboolean
parse_number (const char *text,
              guint64     max,
              guint64    *number)
{
  return is_number (text) && g_ascii_string_to_unsigned (text, 10, 0, max, number, NULL);
}

/* Reads "major", "major.minor" or "major.minor.patch" into one number. */
static gboolean
parse_level (const char *text,
             guint64    *level)
{
  g_auto(GStrv) parts = g_strsplit (text, ".", 0);
  guint n_parts = g_strv_length (parts);
  guint64 major = 0, minor = 0, patch = 0;

  if (n_parts < 1 || n_parts > 3
      || !parse_number (parts[0], MAX_MAJOR, &major)
      || (n_parts > 1 && !parse_number (parts[1], MAX_MINOR, &minor))
      || (n_parts > 2 && !parse_number (parts[2], MAX_MINOR, &patch)))
    return FALSE;

  *level = (major << 20) | (minor << 10) | patch;
  return TRUE;
}

gsize
_nullmail_macro_measure_operator (const char *text,
                                  const char *end)
{
  static const char * const operators[] = { "==", "!=", "<", "<=", ">=", ">" };
  gsize length = 0, sign_length;

  while (text + length < end && strchr ("<>!=?+-*/~&|%", text[length]) != NULL)
    length++;
  sign_length = length;
  while (text + length < end && g_ascii_isalpha (text[length]))
    length++;

  for (gsize i = 0; i < G_N_ELEMENTS (operators); i++)
    if (strlen (operators[i]) == sign_length && memcmp (operators[i], text, sign_length) == 0
        && (length == sign_length
            || (length - sign_length == 5 && memcmp (text + sign_length, "level", 5) == 0)))
      return length;

  return 0;
}

static gboolean
judge (const char *operator,
       gsize       length,
       int         order)
{
  if (length == 1)
    return *operator == '<' ? order < 0 : order > 0;

  switch (*operator)
    {
    case '=':
      return order == 0;
    case '!':
      return order != 0;
    case '<':
      return order <= 0;
    default:
      return order >= 0;
    }
}

gboolean
_nullmail_macro_compare (const char *left,
                         const char *operator,
                         const char *right,
                         gboolean   *result)
{
  gboolean is_level = g_str_has_suffix (operator, "level");
  gsize length = strlen (operator) - (is_level ? strlen ("level") : 0);
  guint64 a = 0, b = 0;
  int order;

  if (is_level)
    {
      if (!parse_level (left, &a) || !parse_level (right, &b))
        return FALSE;
    }
  else if (is_number (left) && is_number (right))
    {
      if (!parse_number (left, G_MAXINT64, &a) || !parse_number (right, G_MAXINT64, &b))
        return FALSE;
    }
  else
    {
      *result = judge (operator, length, strcmp (left, right));
      return TRUE;
    }

  order = a < b ? -1 : a > b;
  *result = judge (operator, length, order);

  return TRUE;
}
