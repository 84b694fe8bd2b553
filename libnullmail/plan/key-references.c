/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "plan/key-references-private.h"

#include <string.h>

#include "base/error-private.h"
#include "config/settings-private.h"
#include "document/value-list-private.h"
#include "document/macro-private.h"
#include "document/master-cf-private.h"
#include "store/lookup-map-private.h"

#define MAX_DEPTH 8  /* of lists in lists */

/* Parameters that name relays in order to say something about them, but send no mail to them. */
static const char * const no_destinations[] = {
  "smtp_tls_per_site", "smtp_tls_policy_maps", NULL
};

static void
add_text (NullmailKeyReferences *self,
          const char            *text)
{
  g_ptr_array_add (self->texts, g_ascii_strdown (text, -1));
}

/* Adds the source of a table. One that is missing names nothing, unless a map is left of it. */
static gboolean
add_source (NullmailKeyReferences   *self,
            const NullmailTableName *name)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = _nullmail_premises_load_text (self->premises, self->observation,
                                                         name->name, &error);
  g_autofree char *map_path = NULL;

  if (text != NULL)
    {
      add_text (self, text);
      return TRUE;
    }

  map_path = _nullmail_lookup_map_get_path (name->name, name->type);
  return g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_FOUND)
         && (map_path == NULL || !g_file_test (map_path, G_FILE_TEST_EXISTS));
}

/* Whether a table that the parameter names can say where mail goes. An access table can do that as
 * well, but it stands in a list of restrictions, and such a list may have any name. */
static gboolean
may_route (const char *parameter)
{
  return g_str_has_suffix (parameter, "transport_maps")
         || g_str_has_suffix (parameter, "relayhost_maps")
         || g_str_has_suffix (parameter, "_checks");
}

static gboolean
is_access_check (const char *item)
{
  return g_str_has_prefix (item, "check_") && g_str_has_suffix (item, "_access");
}

/* Adds what a table holds. FALSE means that it cannot be read here, as that of a database
 * server. */
static gboolean
add_table (NullmailKeyReferences   *self,
           const NullmailTableName *name)
{
  switch (_nullmail_table_name_get_kind (name))
    {
    case NULLMAIL_TABLE_INLINE:
      return TRUE;  /* the value, which has been added, holds all of it */
    case NULLMAIL_TABLE_KEYED:
    case NULLMAIL_TABLE_PATTERN:
      return g_strcmp0 (name->name, self->password_path) == 0 || add_source (self, name);
    default:
      return FALSE;
    }
}

/* A table for a message. What is no name of a table may be a password that is found elsewhere. */
static char *
show_table (const char              *parameter,
            const char              *item,
            const NullmailTableName *name)
{
  gboolean is_name = name != NULL
                     && _nullmail_table_type_judge (name->type, name->name, strlen (name->name))
                        == NULLMAIL_TABLE_HAS_NAME;

  return is_name ? g_strdup_printf ("%s = %s", parameter, item) : g_strdup (parameter);
}

/* Adds what the tables of a list hold, those of lists within it included. */
static void
add_tables (NullmailKeyReferences  *self,
            const char             *parameter,
            char                  **items,
            guint                   depth)
{
  for (guint i = 0; items[i] != NULL; i++)
    {
      g_auto(NullmailTableName) name = { 0 };
      gboolean is_table = _nullmail_table_name_parse (&name, items[i]);

      if (is_table && _nullmail_table_name_get_kind (&name) == NULLMAIL_TABLE_NESTED
          && depth < MAX_DEPTH)
        {
          g_auto(GStrv) inner = _nullmail_table_name_list_inner (&name);

          add_tables (self, parameter, inner, depth + 1);
        }
      else if (!(is_table && add_table (self, &name)) && self->unreadable == NULL
               && (may_route (parameter) || (i > 0 && is_access_check (items[i - 1]))))
        self->unreadable = show_table (parameter, items[i], is_table ? &name : NULL);
    }
}

/* Adds the value of a parameter, and what its tables hold. The settings of a null client other than
 * relayhost and lists that others share are left out, since they send no mail anywhere, and tables
 * of passwords are not read: each of their keys would count as needed because it is there. */
static void
add_parameter (NullmailKeyReferences *self,
               NullmailEffective     *effective,
               const char            *parameter,
               const char            *value)
{
  g_autofree char *expanded = NULL;
  g_auto(GStrv) items = NULL;

  for (guint i = 0; i < NULLMAIL_N_SETTINGS; i++)
    if (i != NULLMAIL_SETTING_RELAY_HOST
        && _nullmail_setting_get (i)->kind != NULLMAIL_SETTING_KIND_ADDRESS
        && g_str_equal (parameter, _nullmail_setting_get (i)->parameter))
      return;
  if (g_strv_contains (no_destinations, parameter))
    return;

  expanded = _nullmail_effective_expand (effective, value, NULL);
  add_text (self, expanded != NULL ? expanded : value);
  if (_nullmail_names_passwords (parameter, strlen (parameter)))
    return;

  items = _nullmail_table_list_split (expanded != NULL ? expanded : value);
  add_tables (self, parameter, items, 0);
}

/* Adds the parameters that the services of master.cf set for themselves. */
static void
add_options (NullmailKeyReferences *self,
             NullmailEffective     *effective,
             const char            *master_cf)
{
  g_autoptr(GPtrArray) services = _nullmail_master_cf_parse (master_cf);
  g_autoptr(GPtrArray) options = _nullmail_master_cf_list_options (services);

  for (guint i = 0; i < options->len; i++)
    {
      const NullmailMasterOption *option = g_ptr_array_index (options, i);

      add_parameter (self, effective, option->name, option->value);
    }
}

void
_nullmail_key_references_init (NullmailKeyReferences *self,
                               NullmailEffective     *effective,
                               const char            *config_directory,
                               const char            *password_path,
                               NullmailPremises      *premises,
                               NullmailObservation   *observation)
{
  NullmailMainCf *main_cf = _nullmail_effective_get_main_cf (effective);
  gboolean logs_in = _nullmail_effective_logs_in (effective);
  g_autofree char *path = g_build_filename (config_directory, "master.cf", NULL);
  g_autofree char *master_cf = _nullmail_premises_load_text (premises, observation, path, NULL);
  g_auto(GStrv) names = nullmail_main_cf_list_names (main_cf);

  self->texts = g_ptr_array_new_with_free_func (g_free);
  self->premises = premises;
  self->observation = observation;
  self->password_path = password_path;
  self->unreadable = NULL;

  if (master_cf != NULL)
    {
      add_text (self, master_cf);
      add_options (self, effective, master_cf);
    }
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *value = nullmail_main_cf_get_value (main_cf, names[i]);

      if (!g_str_equal (names[i], "relayhost") || logs_in)
        add_parameter (self, effective, names[i], value);
    }
}

void
_nullmail_key_references_clear (NullmailKeyReferences *self)
{
  g_clear_pointer (&self->texts, g_ptr_array_unref);
  g_clear_pointer (&self->unreadable, g_free);
}

/* Whether a key stands in a text by itself, and not as a part of another key or of an address. */
static gboolean
text_names_key (const char *text,
                const char *key)
{
  gsize length = strlen (key);

  for (const char *p = strstr (text, key); p != NULL; p = strstr (p + 1, key))
    if ((p == text || (!g_ascii_isalnum (p[-1]) && strchr ("-._@", p[-1]) == NULL))
        && !g_ascii_isalnum (p[length])
        && (p[length] == '\0' || strchr ("-._:", p[length]) == NULL))
      return TRUE;

  return FALSE;
}

gboolean
_nullmail_key_references_names (NullmailKeyReferences *self,
                                const char            *key)
{
  return self->unreadable != NULL || _nullmail_key_references_mentions (self, key);
}

gboolean
_nullmail_key_references_mentions (NullmailKeyReferences *self,
                                   const char            *text)
{
  g_autofree char *lower = g_ascii_strdown (text, -1);

  for (guint i = 0; i < self->texts->len; i++)
    {
      if (text_names_key (g_ptr_array_index (self->texts, i), lower))
        return TRUE;
    }

  return FALSE;
}
