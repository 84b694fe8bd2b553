/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "document/main-cf-mask-private.h"

#include <string.h>

#include "document/macro-private.h"

#define MASK "********"

/* Tables whose text is in main.cf; of any other type only names are. */
static const char * const secret_types[] = {
  "static:", "inline:", "regexp:{", "pcre:{", "cidr:{",
};

/* Where in a line the first secret begins; NULL: nowhere. */
static const char *
find_secret (const char *text,
             const char *end)
{
  const char *first = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (secret_types); i++)
    {
      gsize length = strlen (secret_types[i]);
      const char *found = memmem (text, end - text, secret_types[i], length);

      if (found != NULL && (first == NULL || found + length < first))
        first = found + length;
    }

  return first;
}

gboolean
_nullmail_value_is_secret (const char *parameter,
                           const char *value)
{
  return value != NULL && _nullmail_names_passwords (parameter, strlen (parameter))
         && find_secret (value, value + strlen (value)) != NULL;
}

char *
_nullmail_mask_value (const char *parameter,
                      const char *value)
{
  const char *secret;

  if (!_nullmail_value_is_secret (parameter, value))
    return g_strdup (value);

  secret = find_secret (value, value + strlen (value));
  return g_strdup_printf ("%.*s" MASK, (int) (secret - value), value);
}

/* Whether a line begins a setting of a password parameter, one that is commented out included. */
static gboolean
begins_password_parameter (const char *line,
                           const char *end)
{
  const char *name;

  while (line < end && (*line == '#' || g_ascii_isspace (*line)))
    line++;
  name = line;
  while (line < end && (g_ascii_isalnum (*line) || *line == '_'))
    line++;

  return _nullmail_names_passwords (name, line - name);
}

char *
_nullmail_mask_main_cf (GBytes *bytes)
{
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);
  const char *stop = text != NULL ? text + size : NULL;
  GString *output = g_string_sized_new (size);
  gboolean is_password = FALSE, is_secret = FALSE;

  while (text < stop)
    {
      const char *newline = memchr (text, '\n', stop - text);
      const char *end = newline != NULL ? newline : stop;
      gboolean is_comment = text < end && *text == '#';
      const char *secret = NULL;

      /* A continuation of a secret is secret as a whole; a comment may stand inside. */
      if (text < end && !g_ascii_isspace (*text) && !is_comment)
        {
          is_password = begins_password_parameter (text, end);
          is_secret = FALSE;
        }
      if (is_comment)
        secret = begins_password_parameter (text, end) ? find_secret (text, end) : NULL;
      else if (is_password)
        secret = is_secret ? text : find_secret (text, end);
      is_secret = is_secret || (secret != NULL && !is_comment);

      g_string_append_len (output, text, (secret != NULL && secret < end ? secret : end) - text);
      if (secret != NULL && secret < end)
        g_string_append (output, MASK);
      if (newline != NULL)
        g_string_append_c (output, '\n');
      text = end + (newline != NULL ? 1 : 0);
    }

  return g_string_free (output, FALSE);
}
