/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Assigning a property from text as people type it, in a form or on a command line. */

#include "config/null-client-config-private.h"

#include <string.h>

#include "base/error-private.h"

gboolean
_nullmail_setting_refuse_word (NullmailSettingId   id,
                               const char         *word,
                               GError            **error)
{
  g_autofree char *words = _nullmail_setting_list_words (id);
  g_autofree char *shown = _nullmail_text_display (word);

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
               "The property “%s” takes %s, not “%s”", _nullmail_setting_get (id)->property, words,
               shown);
  return FALSE;
}

/* Beside Postfix's own words those that other languages print. */
static const char *
translate_boolean (const char *text)
{
  static const char * const words[][2] = { { "true", "yes" }, { "false", "no" } };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_ascii_strcasecmp (text, words[i][0]) == 0)
      return words[i][1];

  return text;
}

static gboolean
parse (NullmailSettingId   id,
       const char         *text,
       GValue             *value,
       GError            **error)
{
  g_autofree char *word = NULL;
  NullmailRelayHost *relay_host;

  if (G_VALUE_HOLDS_STRING (value))
    {
      g_value_set_string (value, text);  /* whatever it is: validate () judges */
      return TRUE;
    }
  if (G_VALUE_HOLDS (value, NULLMAIL_TYPE_RELAY_HOST))
    {
      relay_host = nullmail_relay_host_parse (text, error);
      g_value_take_boxed (value, relay_host);
      return relay_host != NULL;
    }

  if (G_VALUE_HOLDS_BOOLEAN (value))
    text = translate_boolean (text);
  else if (G_VALUE_HOLDS_ENUM (value))
    text = word = g_strdelimit (g_ascii_strdown (text, -1), "_", '-');
  if (g_strcmp0 (word, "auto") == 0)
    return TRUE;  /* which is what the value is */

  return _nullmail_setting_parse (id, text, value)
         || _nullmail_setting_refuse_word (id, text, error);
}

/**
 * nullmail_null_client_config_assign_text:
 * @self: a configuration
 * @property: the name of a property that can be written; `_` counts as `-`
 * @text: the value as text; white space at its ends is ignored
 * @error: return location for an error, or %NULL
 *
 * Assigns any property from the text of a form or a command line: `yes` and `no` (or `true` and
 * `false`), a word such as `secure`, a relay host such as `[smtp.example.com]:587`; a list is split
 * at blanks and commas.
 *
 * An empty text makes a list empty, removes the parameter of a name, path or address, and resets
 * anything else, as `auto` does for a word.
 *
 * Returns: %TRUE, or %FALSE with @error set and nothing assigned: %NULLMAIL_ERROR_INVALID_ARGUMENT
 *   for a word that the property does not take, with those that it does, and where there is no such
 *   property, with the name of the nearest, or where it can only be read;
 *   %NULLMAIL_ERROR_INVALID_RELAY_HOST
 *
 * Since: 1.0
 */
gboolean
nullmail_null_client_config_assign_text (NullmailNullClientConfig  *self,
                                         const char                *property,
                                         const char                *text,
                                         GError                   **error)
{
  g_autofree char *stripped = NULL;
  g_auto(GValue) value = G_VALUE_INIT;
  int id;

  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self), FALSE);
  g_return_val_if_fail (property != NULL, FALSE);
  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  id = _nullmail_null_client_config_find (property, error);
  if (id < 0)
    return FALSE;

  stripped = g_strstrip (g_strdup (text));
  _nullmail_setting_init_value (id, &value);
  if (*stripped == '\0' && !G_VALUE_HOLDS (&value, G_TYPE_STRV) && !G_VALUE_HOLDS_STRING (&value))
    {
      _nullmail_null_client_config_reset (self, id);
      return TRUE;
    }
  if (*stripped != '\0' && !parse (id, stripped, &value, error))
    return FALSE;

  _nullmail_null_client_config_assign (self, id, &value);
  return TRUE;
}

/**
 * nullmail_null_client_config_new_for_relay:
 * @relay: a relay host, as [func@RelayHost.parse] reads it
 * @error: return location for an error, or %NULL
 *
 * Makes a null client of a relay.
 *
 * Returns: (transfer full) (not nullable): a configuration, or %NULL with @error set:
 *   %NULLMAIL_ERROR_INVALID_RELAY_HOST where the text is not understood
 *
 * Since: 1.0
 */
NullmailNullClientConfig *
nullmail_null_client_config_new_for_relay (const char  *relay,
                                           GError     **error)
{
  g_autoptr(NullmailRelayHost) relay_host = NULL;

  g_return_val_if_fail (relay != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  relay_host = nullmail_relay_host_parse (relay, error);
  if (relay_host == NULL)
    return NULL;

  return g_object_new (NULLMAIL_TYPE_NULL_CLIENT_CONFIG, "relay-host", relay_host, NULL);
}
