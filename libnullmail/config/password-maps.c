/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config/password-maps-private.h"

#include <string.h>

#include "base/error-private.h"
#include "document/value-list-private.h"

#define PARAMETER "smtp_sasl_password_maps"
#define SEPARATOR "smtp_sasl_password_result_delimiter"

/* What main.cf says, be it known to this Postfix or not, which stops at a text that is not one
 * character. */
static char
read_separator (NullmailEffective *effective)
{
  g_autofree char *value = NULL;

  if (!nullmail_main_cf_has_value (_nullmail_effective_get_main_cf (effective), SEPARATOR))
    return ':';

  value = _nullmail_effective_get_value (effective, SEPARATOR);
  return value != NULL && strlen (value) == 1 ? *value : ':';
}

gboolean
_nullmail_password_map_knows_separator (NullmailEffective *effective)
{
  return !nullmail_main_cf_has_value (_nullmail_effective_get_main_cf (effective), SEPARATOR)
         || _nullmail_effective_has_version (effective, "3.9", TRUE);
}

char
_nullmail_password_map_get_separator (NullmailEffective *effective)
{
  return _nullmail_password_map_knows_separator (effective) ? read_separator (effective) : ':';
}

void
_nullmail_password_map_set_separator (NullmailEffective    *effective,
                                      NullmailPasswordFile *file)
{
  _nullmail_password_file_set_separator (file, read_separator (effective));
  _nullmail_password_file_set_separator (file, _nullmail_password_map_get_separator (effective));
}

gboolean
_nullmail_password_map_parse (NullmailPasswordMap *self,
                              const char          *text)
{
  g_auto(NullmailTableName) name = { 0 };

  *self = (NullmailPasswordMap) { .item = NULL };
  if (!_nullmail_table_name_parse (&name, text)
      || _nullmail_table_name_get_kind (&name) != NULLMAIL_TABLE_KEYED || *name.name != '/')
    return FALSE;

  self->is_proxied = name.is_proxied;
  self->map_type = g_steal_pointer (&name.type);
  self->path = g_steal_pointer (&name.name);
  return TRUE;
}

/* Postfix expands the value before it splits it: a macro may stand for several tables. */
static gboolean
find_in (NullmailPasswordMap  *self,
         char                **tables,
         guint                *n)
{
  for (guint i = 0; tables[i] != NULL; i++)
    {
      if (!_nullmail_password_map_parse (self, tables[i]))
        continue;
      if ((*n)-- == 0)
        return TRUE;
      _nullmail_password_map_clear (self);
    }

  return FALSE;
}

gboolean
_nullmail_password_map_find (NullmailPasswordMap *self,
                             NullmailEffective   *effective)
{
  return _nullmail_password_map_find_nth (self, effective, 0);
}

gboolean
_nullmail_password_map_find_nth (NullmailPasswordMap *self,
                                 NullmailEffective   *effective,
                                 guint                n)
{
  NullmailMainCf *main_cf = _nullmail_effective_get_main_cf (effective);
  g_autofree char *value = nullmail_main_cf_get_value (main_cf, PARAMETER);
  g_auto(GStrv) items = NULL;

  *self = (NullmailPasswordMap) { .item = NULL };
  if (value == NULL)
    return FALSE;

  items = _nullmail_text_split_list (value);
  for (guint i = 0; items[i] != NULL; i++)
    {
      g_autofree char *expanded = _nullmail_effective_expand (effective, items[i], NULL);
      g_auto(GStrv) tables = expanded != NULL ? _nullmail_text_split_list (expanded) : NULL;

      if (tables == NULL || !find_in (self, tables, &n))
        continue;
      if (tables[1] == NULL)
        self->item = g_strdup (items[i]);
      return TRUE;
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

/* Writes the table with another type, or opened otherwise. */
static gboolean
rewrite (NullmailPasswordMap  *self,
         NullmailMainCf       *main_cf,
         const char           *map_type,
         gboolean              is_proxied,
         GError              **error)
{
  g_autofree char *value = nullmail_main_cf_get_value (main_cf, PARAMETER);
  g_autoptr(GString) text = g_string_new (value);
  NullmailTableName name = { is_proxied, (char *) map_type, self->path };
  g_autofree char *item = NULL;

  if (self->item == NULL)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
                   "The table “%s:%s” of " PARAMETER " comes out of a macro: write the tables out "
                   "there to have another type", self->map_type, self->path);
      return FALSE;
    }

  item = _nullmail_table_name_to_string (&name);
  g_string_replace (text, self->item, item, 1);
  if (!nullmail_main_cf_set_value (main_cf, PARAMETER, text->str, error))
    return FALSE;

  g_free (self->item);
  self->item = g_steal_pointer (&item);
  if (map_type != self->map_type)
    {
      g_free (self->map_type);
      self->map_type = g_strdup (map_type);
    }
  self->is_proxied = is_proxied;
  return TRUE;
}

gboolean
_nullmail_password_map_retype (NullmailPasswordMap  *self,
                               NullmailMainCf       *main_cf,
                               const char           *map_type,
                               GError              **error)
{
  return rewrite (self, main_cf, map_type, self->is_proxied, error);
}

gboolean
_nullmail_password_map_open_directly (NullmailPasswordMap  *self,
                                      NullmailMainCf       *main_cf,
                                      GError              **error)
{
  return rewrite (self, main_cf, self->map_type, FALSE, error);
}
