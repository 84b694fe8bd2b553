/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "document/main-cf-private.h"

#include <string.h>

#include "base/error-private.h"
#include "base/regular-file-private.h"
#include "document/logical-lines-private.h"

static gboolean
check_name (const char  *name,
            GError     **error)
{
  const char *problem = NULL;
  g_autofree char *shown = NULL;

  if (*name == '\0')
    problem = "is empty";
  else if (*name == '#')
    problem = "starts with “#”, which makes the line a comment";
  else if (strlen (name) > NULLMAIL_MAX_FILE_BYTES)
    problem = "is longer than a main.cf may be";
  for (const char *p = name; *p != '\0' && problem == NULL; p++)
    if (*p == '=')
      problem = "has a “=” in it";
    else if (_nullmail_is_space (*p))
      problem = "has white space in it";

  if (problem == NULL)
    return TRUE;

  shown = _nullmail_text_display (name);
  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
               "The parameter name “%s” %s: give a name such as “relayhost”", shown, problem);
  return FALSE;
}

/* The value is not repeated in the message: it may be a secret put in the wrong place. */
static gboolean
check_value (const char  *name,
             const char  *value,
             GError     **error)
{
  g_autofree char *shown = NULL;
  gsize length = strcspn (value, "\r\n");

  if (value[length] == '\0' && length <= NULLMAIL_MAX_FILE_BYTES)
    return TRUE;

  shown = _nullmail_text_display (name);
  if (value[length] != '\0')
    g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
                 "The value for “%s” has a %s in it: give it as one line", shown,
                 value[length] == '\n' ? "newline" : "carriage return");
  else
    g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
                 "The value for “%s” is longer than a main.cf may be: use a table", shown);

  return FALSE;
}

/**
 * nullmail_main_cf_set_value:
 * @self: a document
 * @name: the name of a parameter: not empty, no white space or `=` in it, no `#` at its start
 * @value: the value, without newline and carriage return; white space at its ends is cut off
 * @error: return location for an error, or %NULL
 *
 * Sets a parameter as `postconf -e` does.
 *
 * Every occurrence becomes `name = value` on one line; continuation lines go, comments and blank
 * lines among them stay. Where there is no occurrence, one is appended at the end. Nothing
 * changes if the parameter is there once and has this value already, however it is written.
 *
 * Returns: %TRUE, or %FALSE with @error set: %NULLMAIL_ERROR_INVALID_ARGUMENT
 *
 * Since: 1.0
 */
gboolean
nullmail_main_cf_set_value (NullmailMainCf  *self,
                            const char      *name,
                            const char      *value,
                            GError         **error)
{
  gsize length;

  g_return_val_if_fail (NULLMAIL_IS_MAIN_CF (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!check_name (name, error) || !check_value (name, value, error))
    return FALSE;

  while (_nullmail_is_space (*value))
    value++;
  length = strlen (value);
  while (length > 0 && _nullmail_is_space (value[length - 1]))
    length--;

  _nullmail_main_cf_text_set (_nullmail_main_cf_get_text (self), name, value, length);
  return TRUE;
}

/**
 * nullmail_main_cf_unset:
 * @self: a document
 * @name: the name of a parameter
 *
 * Removes every occurrence of a parameter, as `postconf -X` does, so that its default holds.
 *
 * Returns: %TRUE if there was one
 *
 * Since: 1.0
 */
gboolean
nullmail_main_cf_unset (NullmailMainCf *self,
                        const char     *name)
{
  g_return_val_if_fail (NULLMAIL_IS_MAIN_CF (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  return _nullmail_main_cf_text_unset (_nullmail_main_cf_get_text (self), name);
}

/**
 * nullmail_main_cf_comment_out:
 * @self: a document
 * @name: the name of a parameter
 *
 * Puts a `#` before each line of every occurrence of a parameter, as `postconf -#` does.
 *
 * Returns: %TRUE if there was one
 *
 * Since: 1.0
 */
gboolean
nullmail_main_cf_comment_out (NullmailMainCf *self,
                              const char     *name)
{
  g_return_val_if_fail (NULLMAIL_IS_MAIN_CF (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  return _nullmail_main_cf_text_comment_out (_nullmail_main_cf_get_text (self), name);
}

/**
 * nullmail_main_cf_remove_duplicates:
 * @self: a document
 * @name: the name of a parameter
 *
 * Removes every occurrence of a parameter but the last, which is the one that counts.
 *
 * Returns: %TRUE if there were several
 *
 * Since: 1.0
 */
gboolean
nullmail_main_cf_remove_duplicates (NullmailMainCf *self,
                                    const char     *name)
{
  g_return_val_if_fail (NULLMAIL_IS_MAIN_CF (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  return _nullmail_main_cf_text_remove_duplicates (_nullmail_main_cf_get_text (self), name);
}
