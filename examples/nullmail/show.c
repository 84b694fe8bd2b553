/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "command.h"

#include <string.h>

#include "errors.h"
#include "json.h"
#include "output.h"

/* (transfer full) (nullable): a value as the command line takes it. */
static char *
format_value (const GValue *value)
{
  if (G_VALUE_HOLDS_BOOLEAN (value))
    return g_strdup (g_value_get_boolean (value) ? "yes" : "no");
  if (G_VALUE_HOLDS_STRING (value))
    return g_value_dup_string (value);
  if (G_VALUE_HOLDS_ENUM (value))
    return g_value_get_enum (value) == 0 ? NULL
           : g_strdup (enum_get_nick (G_VALUE_TYPE (value), g_value_get_enum (value)));
  if (G_VALUE_HOLDS (value, G_TYPE_STRV))
    return g_strjoinv (" ", g_value_get_boxed (value));
  if (G_VALUE_HOLDS (value, NULLMAIL_TYPE_RELAY_HOST) && g_value_get_boxed (value) != NULL)
    return g_strdup (nullmail_relay_host_to_string (g_value_get_boxed (value)));

  return NULL;
}

/* Where a value comes from. */
static const char *
get_source (NullmailSettingState state)
{
  switch (state)
    {
    case NULLMAIL_SETTING_STATE_SET:
    case NULLMAIL_SETTING_STATE_LOADED:
      return "set";
    case NULLMAIL_SETTING_STATE_UNSET:
      return "unset";
    case NULLMAIL_SETTING_STATE_DERIVED:
      return "derived";
    case NULLMAIL_SETTING_STATE_KEPT:
    default:
      return "kept";
    }
}

static gboolean
is_wanted (char       **wanted,
           const char  *property)
{
  return wanted[0] == NULL || g_strv_contains ((const char * const *) wanted, property);
}

static void
add_setting (Table                     *table,
             NullmailNullClientConfig  *config,
             GParamSpec                *pspec)
{
  NullmailSettingState state =
    nullmail_null_client_config_get_state (config, pspec->name, NULL);
  g_auto(GStrv) parameters =
    nullmail_null_client_config_list_parameters (config, pspec->name, NULL);
  g_autofree char *joined = g_strjoinv (" ", parameters);
  g_autofree char *text = NULL;
  g_auto(GValue) value = G_VALUE_INIT;

  /* What is kept has no value of its own: it is whatever Postfix makes of main.cf. */
  if (state != NULLMAIL_SETTING_STATE_KEPT)
    {
      g_value_init (&value, pspec->value_type);
      g_object_get_property (G_OBJECT (config), pspec->name, &value);
      text = format_value (&value);
    }
  table_add (table, (const char *[]) { pspec->name, text, get_source (state), joined });
}

static gboolean
show_text (Tool    *tool,
           char   **wanted,
           GError **error)
{
  g_autoptr(NullmailNullClientConfig) config =
    nullmail_postfix_instance_load_config (tool->postfix, NULL, error);
  g_autofree GParamSpec **pspecs = NULL;
  guint n_pspecs;
  Table table;

  if (config == NULL)
    return FALSE;

  pspecs = g_object_class_list_properties (G_OBJECT_GET_CLASS (config), &n_pspecs);
  table_init (&table, standard_output, 4,
              (const char *[]) { "PROPERTY", "VALUE", "STATE", "PARAMETER" });
  for (guint i = 0; i < n_pspecs; i++)
    if (is_wanted (wanted, pspecs[i]->name))
      add_setting (&table, config, pspecs[i]);
  table_end (&table);
  return TRUE;
}

/* (transfer full): those keys of a dictionary that were asked for, floating. */
static GVariant *
restrict_keys (GVariant  *dictionary,
               char     **wanted)
{
  GVariantBuilder builder;
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_iter_init (&iter, dictionary);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    if (is_wanted (wanted, key))
      g_variant_builder_add (&builder, "{sv}", key, value);

  return g_variant_builder_end (&builder);
}

static GVariant *
list_states (GVariant *effective)
{
  GVariantBuilder builder;
  GVariantIter iter;
  const char *key, *state;
  GVariant *value;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_iter_init (&iter, effective);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    if (g_variant_lookup (value, "state", "&s", &state))
      g_variant_builder_add (&builder, "{sv}", key, g_variant_new_string (state));

  return g_variant_builder_end (&builder);
}

static gboolean
show_json (Tool    *tool,
           char   **wanted,
           GError **error)
{
  g_autoptr(GVariant) settings =
    nullmail_postfix_instance_load_settings (tool->postfix, NULL, error);
  g_autoptr(GVariant) config = NULL, all = NULL, effective = NULL;
  GVariantDict dict;

  if (settings == NULL)
    return FALSE;

  config = g_variant_lookup_value (settings, "config", G_VARIANT_TYPE_VARDICT);
  all = g_variant_lookup_value (settings, "effective", G_VARIANT_TYPE_VARDICT);
  effective = g_variant_ref_sink (restrict_keys (all, wanted));
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "config", restrict_keys (config, wanted));
  g_variant_dict_insert_value (&dict, "states", list_states (effective));
  g_variant_dict_insert_value (&dict, "effective", effective);
  json_print (g_variant_dict_end (&dict));
  return TRUE;
}

/* “_” counts as “-” here too. */
static gboolean
check_properties (char   **properties,
                  GError **error)
{
  g_autoptr(NullmailNullClientConfig) config = NULL;

  if (properties[0] == NULL)
    return TRUE;

  config = nullmail_null_client_config_new ();
  for (guint i = 0; properties[i] != NULL; i++)
    {
      if (!g_utf8_validate (properties[i], -1, NULL))
        return usage_error_set (error, "Argument %u is not UTF-8: correct it", i + 1);
      nullmail_null_client_config_get_state (config, g_strdelimit (properties[i], "_", '-'),
                                             error);
      if (*error != NULL)
        {
          usage_error_adopt (error);
          return FALSE;
        }
    }

  return TRUE;
}

static Status
run_show (Tool    *tool,
          char   **arguments,
          GError **error)
{
  if (!check_properties (arguments, error))
    return STATUS_USAGE;

  return (tool->is_json ? show_json : show_text) (tool, arguments, error) ? STATUS_DONE
                                                                          : STATUS_FAILED;
}

const Command show_command = {
  "show", "[PROPERTY …]", "the settings, where each comes from, and its parameter", NULL, FALSE,
  run_show,
};
