/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config/mask-marks-private.h"

#include <string.h>

#include "config/settings-private.h"
#include "document/host-login-private.h"
#include "document/logical-lines-private.h"
#include "document/macro-private.h"

guint64
_nullmail_mask_get_length_bit (gsize length)
{
  return G_GUINT64_CONSTANT (1) << MIN (length, 63);
}

guint
_nullmail_mask_get_marks (const NullmailMask *self,
                          const char         *name)
{
  guint marks = self != NULL ? GPOINTER_TO_UINT (g_hash_table_lookup (self->names, name)) : 0;

  return _nullmail_names_passwords (name, strlen (name)) ? marks | MASK_REACHED : marks;
}

gboolean
_nullmail_mask_has_other_purpose (const char *name)
{
  int id = _nullmail_setting_find_by_parameter (name);

  return id >= 0 && _nullmail_setting_get (id)->kind != NULLMAIL_SETTING_KIND_MAPS;
}

gboolean
_nullmail_mask_has_no_lookups (const char *name)
{
  int id = _nullmail_setting_find_by_parameter (name);

  return id >= 0 && _nullmail_setting_get (id)->kind != NULLMAIL_SETTING_KIND_ADDRESS;
}

gsize
_nullmail_mask_find_host_login (const char *text,
                                gsize       length)
{
  NullmailHostLogin login;

  return _nullmail_host_login_find (text, length, &login) ? (gsize) (login.password - text)
                                                          : length;
}

gsize
_nullmail_mask_find_line_login (const char *line,
                                gsize       length)
{
  gsize start = _nullmail_mask_find_host_login (line, length);
  const char *user = length > 0 && !_nullmail_is_space (*line)
                     ? _nullmail_entry_login_find (line, length) : NULL;

  return user != NULL ? MIN (start, (gsize) (user - line)) : start;
}

/* Each has a colon, which few lines have. */
gboolean
_nullmail_mask_may_have_logins (GBytes *bytes)
{
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size), *end = text, *colon, *stop;

  if (size == 0)
    return FALSE;
  if (memchr (text, '@', size) != NULL)
    return TRUE;

  stop = text + size;
  while ((colon = memchr (end, ':', stop - end)) != NULL)
    {
      const char *newline = memrchr (text, '\n', colon - text);
      const char *line = newline != NULL ? newline + 1 : text;

      end = memchr (colon, '\n', stop - colon);
      if (end == NULL)
        end = stop;
      if (_nullmail_mask_find_line_login (line, end - line) < (gsize) (end - line))
        return TRUE;
    }

  return FALSE;
}

NullmailSecretOpening
_nullmail_mask_get_opening (const char *name,
                            gpointer    user_data)
{
  guint marks = _nullmail_mask_get_marks (user_data, name);

  if ((marks & MASK_OPENS) == 0)
    return NULLMAIL_SECRET_OPENS_NOTHING;

  return (marks & MASK_OPENS_REST) != 0 ? NULLMAIL_SECRET_OPENS_REST : NULLMAIL_SECRET_OPENS_WORD;
}
