/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What the names of parameters say of passwords, and those of variables in import_environment and
 * export_environment, which are named there, or given a value. */

#include "config/mask-marks-private.h"

#include <string.h>

#include "base/text-find-private.h"
#include "document/logical-lines-private.h"
#include "document/macro-private.h"

/* Variables, and what the names of some begin with, the values of which are for everybody. */
static const char *const harmless[] = {
  "DISPLAY", "GCONV_PATH", "HOME", "KRB5*", "LANG", "LANGUAGE", "LC_*", "LD_*", "MAIL_*",
  "MALLOC_*", "OPENSSL_CONF", "PATH", "POSTLOG_*", "RES_OPTIONS", "SASL_CONF_PATH", "SASL_PATH",
  "SSL_CERT_*", "TMPDIR", "TZ", "TZDIR", "XAUTHORITY",
};

gboolean
_nullmail_mask_is_environment (const char *name)
{
  return strcmp (name, "import_environment") == 0 || strcmp (name, "export_environment") == 0;
}

static gboolean
is_harmless_name (const char *name,
                  gsize       length)
{
  for (guint i = 0; i < G_N_ELEMENTS (harmless); i++)
    {
      gsize wanted = strcspn (harmless[i], "*");

      if (length >= wanted && strncmp (name, harmless[i], wanted) == 0
          && (harmless[i][wanted] == '*' || length == wanted))
        return TRUE;
    }

  return FALSE;
}

/* What is no password whatever the variable: nothing, the path of a file, a small number. */
static gboolean
is_harmless_value (const char *value,
                   const char *end)
{
  const char *p = value;

  while (p < end && g_ascii_isdigit (*p))
    p++;

  return value == end || *value == '/' || _nullmail_is_space (*value)
         || strchr (",}", *value) != NULL
         || (p - value <= 2 && (p == end || _nullmail_is_space (*p) || strchr (",}", *p) != NULL));
}

/* Between braces there may be blanks around the “=”. */
gsize
_nullmail_mask_find_in_environment (const char *text,
                                    gsize       length)
{
  const char *end = text + length;
  int depth = 0;

  for (const char *p = text; p < end; p++)
    {
      const char *name_end = p, *name, *value = p + 1;

      depth += (*p == '{') - (*p == '}');
      if (*p != '=')
        continue;

      while (depth > 0 && name_end > text && _nullmail_is_space (name_end[-1]))
        name_end--;
      for (name = name_end; name > text && _nullmail_is_name_character (name[-1]); name--)
        ;
      while (depth > 0 && value < end && _nullmail_is_space (*value))
        value++;
      if (name < name_end && !is_harmless_name (name, name_end - name)
          && !is_harmless_value (value, end))
        return value - text;
    }

  return length;
}

static gboolean
begins_with (const char *text,
             const char *stop,
             const char *part)
{
  gsize length = strlen (part);

  return (gsize) (stop - text) >= length && memcmp (text, part, length) == 0;
}

/* At a “_”. A main.cf may have very many of them, most before another letter. */
static gboolean
is_in_telling_name (const char *p,
                    const char *stop)
{
  switch (stop - p > 1 ? p[1] : '\0')
    {
    case 'b':
      return begins_with (p, stop, "_bind_pw");
    case 'e':
      return begins_with (p, stop, "_environment");
    case 'p':
      return begins_with (p, stop, "_password");
    case 'r':
      return begins_with (p, stop, "_relay");
    default:
      return FALSE;
    }
}

char *
_nullmail_mask_next_name (const char **text,
                          const char  *stop)
{
  const char *p = memchr (*text, '_', stop - *text), *start;

  while (p != NULL && !is_in_telling_name (p, stop))
    p = memchr (p + 1, '_', stop - p - 1);
  if (p == NULL)
    return NULL;

  for (start = p; start > *text && _nullmail_is_name_character (start[-1]); start--)
    ;
  while (p < stop && _nullmail_is_name_character (*p))
    p++;

  *text = p;
  return g_strndup (start, p - start);
}

const char *
_nullmail_mask_next_relayhost (const char *text,
                               const char *stop)
{
  static const char name[] = "relayhost";
  const char *p = text, *found;

  while ((found = _nullmail_text_find (p, stop - p, name, 'y')) != NULL)
    {
      p = found + strlen (name);
      if (found == text || !_nullmail_is_name_character (found[-1]))
        return p;
    }

  return NULL;
}
