/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config/password-maps-private.h"

#include <string.h>

#include "document/value-list-private.h"

#define PARAMETER "smtp_sasl_password_maps"

/* Types whose source is a file beside the table; whether they can be built is another question. */
static const char * const file_types[] = {
  "hash", "btree", "lmdb", "cdb", "texthash", "dbm", "sdbm", NULL
};

static gboolean
parse_item (NullmailPasswordMap *self,
            NullmailMainCf      *main_cf,
            const char          *item,
            GHashTable          *defaults)
{
  g_autofree char *expanded = nullmail_main_cf_expand (main_cf, item, defaults, NULL);
  const char *text = expanded, *colon;

  if (text == NULL)
    return FALSE;
  if (g_str_has_prefix (text, "proxy:"))
    text += strlen ("proxy:");

  colon = strchr (text, ':');
  if (colon == NULL || colon[1] != '/')
    return FALSE;

  self->map_type = g_strndup (text, colon - text);
  if (!g_strv_contains (file_types, self->map_type))
    {
      g_clear_pointer (&self->map_type, g_free);
      return FALSE;
    }

  self->item = g_strdup (item);
  self->path = g_strdup (colon + 1);
  return TRUE;
}

gboolean
_nullmail_password_map_find (NullmailPasswordMap *self,
                             NullmailMainCf      *main_cf,
                             GHashTable          *defaults)
{
  return _nullmail_password_map_find_nth (self, main_cf, 0, defaults);
}

gboolean
_nullmail_password_map_find_nth (NullmailPasswordMap *self,
                                 NullmailMainCf      *main_cf,
                                 guint                n,
                                 GHashTable          *defaults)
{
  g_autofree char *value = nullmail_main_cf_get_value (main_cf, PARAMETER);
  g_auto(GStrv) items = NULL;

  *self = (NullmailPasswordMap) { .item = NULL };
  if (value == NULL)
    return FALSE;

  items = _nullmail_text_split_list (value);
  for (guint i = 0; items[i] != NULL; i++)
    {
      if (!parse_item (self, main_cf, items[i], defaults))
        continue;
      if (n-- == 0)
        return TRUE;
      _nullmail_password_map_clear (self);
    }

  return FALSE;
}

void
_nullmail_password_map_clear (NullmailPasswordMap *self)
{
  g_free (self->item);
  g_free (self->map_type);
  g_free (self->path);
  *self = (NullmailPasswordMap) { .item = NULL };
}

gboolean
_nullmail_password_map_retype (NullmailPasswordMap *self,
                               NullmailMainCf      *main_cf,
                               const char          *map_type,
                               GError             **error)
{
  g_autofree char *value = nullmail_main_cf_get_value (main_cf, PARAMETER);
  g_autofree char *item = NULL;
  g_autoptr(GString) text = g_string_new (value);

  item = g_strdup_printf ("%s%s:%s", g_str_has_prefix (self->item, "proxy:") ? "proxy:" : "",
                          map_type, self->path);
  g_string_replace (text, self->item, item, 1);
  if (!nullmail_main_cf_set_value (main_cf, PARAMETER, text->str, error))
    return FALSE;

  g_free (self->item);
  self->item = g_steal_pointer (&item);
  g_free (self->map_type);
  self->map_type = g_strdup (map_type);
  return TRUE;
}

gboolean
_nullmail_main_cf_authenticates (NullmailMainCf *main_cf)
{
  g_autofree char *value = nullmail_main_cf_get_value (main_cf, "smtp_sasl_auth_enable");
  g_autofree char *expanded = value != NULL ? nullmail_main_cf_expand (main_cf, value, NULL, NULL)
                                            : NULL;

  return expanded != NULL && g_ascii_strcasecmp (expanded, "yes") == 0;
}

char *
_nullmail_main_cf_get_relay_key (NullmailMainCf *main_cf,
                                 GHashTable     *defaults)
{
  g_autofree char *value = nullmail_main_cf_get_value (main_cf, "relayhost");
  char *key = value != NULL ? nullmail_main_cf_expand (main_cf, value, defaults, NULL) : NULL;

  if (key != NULL && *g_strstrip (key) == '\0')
    g_clear_pointer (&key, g_free);

  return key;
}
