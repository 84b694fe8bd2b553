/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "document/main-cf-private.h"

#include "document/macro-private.h"

typedef struct
{
  NullmailMainCf *main_cf;
  GHashTable     *defaults;  /* (nullable) */
} Source;

static char *
look_up (const char *name,
         gpointer    user_data)
{
  const Source *source = user_data;
  char *value = nullmail_main_cf_get_value (source->main_cf, name);

  if (value == NULL && source->defaults != NULL)
    value = g_strdup (g_hash_table_lookup (source->defaults, name));

  return value;
}

/**
 * nullmail_main_cf_expand:
 * @self: a document
 * @text: a text with macros, such as a value
 * @defaults: (nullable) (element-type utf8 utf8): values of the parameters that the document does
 *   not have, such as those of `postconf -d`
 * @error: return location for an error, or %NULL
 *
 * Expands macros as Postfix does when it uses a value.
 *
 * These are `$name`, `${name}` and `$(name)`, `${name?text}` for a text if the value is not empty,
 * `${name:text}` if it is empty or absent, `${name?{text}:{text}}`, `${{text} == {text} ? {text} :
 * {text}}` with `==`, `!=`, `<`, `<=`, `>=`, `>`, alone or with `level` behind, and `$$` for one
 * `$`, see postconf(5). Values are expanded in turn.
 *
 * A name that is in neither the document nor @defaults stays as it is written; in a condition or
 * comparison it counts as empty.
 *
 * Returns: (transfer full) (not nullable): the text without macros, or %NULL with @error set:
 *   %NULLMAIL_ERROR_INVALID_FILE for a value that refers to itself, a syntax error, a function of
 *   Postfix 3.11 such as `${domain_to_ascii{name}}`, and macros that are nested more than 100 deep
 *   or expand beyond all bounds
 *
 * Since: 1.0
 */
char *
nullmail_main_cf_expand (NullmailMainCf  *self,
                         const char      *text,
                         GHashTable      *defaults,
                         GError         **error)
{
  Source source = { self, defaults };

  g_return_val_if_fail (NULLMAIL_IS_MAIN_CF (self), NULL);
  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return _nullmail_macro_expand (text, look_up, NULL, &source, error);
}
