/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config/effective-settings-private.h"

#include "config/address-settings-private.h"
#include "config/mask-private.h"
#include "enum-types.h"

/* What Postfix takes a parameter for, as its property has it; FALSE where that is nothing that the
 * property can express. */
static gboolean
read_parameter (NullmailEffective *effective,
                NullmailSettingId  id,
                GValue            *value)
{
  const NullmailSetting *setting = _nullmail_setting_get (id);
  g_autofree char *text = _nullmail_effective_get_value (effective, setting->parameter);

  if (text == NULL || (*text == '\0' && G_VALUE_HOLDS_STRING (value)))
    return FALSE;

  return _nullmail_setting_parse (id, text, value);
}

static gboolean
read_address (NullmailEffective *effective,
              NullmailSettingId  id,
              GValue            *value)
{
  g_autofree char *address = NULL;
  gboolean is_found = _nullmail_address_setting_read (effective, id, &address)
                      == NULLMAIL_ADDRESS_FOUND;

  g_value_set_string (value, address);
  return is_found;
}

static gboolean
read_setting (NullmailEffective *effective,
              NullmailSettingId  id,
              GValue            *value)
{
  NullmailTlsLevel level = _nullmail_effective_get_level (effective);

  if (_nullmail_setting_get (id)->kind == NULLMAIL_SETTING_KIND_ADDRESS)
    return read_address (effective, id, value);

  switch (id)
    {
    case NULLMAIL_SETTING_RELAY_HOST:
      g_value_take_boxed (value, _nullmail_effective_get_relay_host (effective));
      return TRUE;
    case NULLMAIL_SETTING_TLS_LEVEL:
      g_value_set_enum (value, level);
      return level != NULLMAIL_TLS_LEVEL_AUTO;
    case NULLMAIL_SETTING_SASL_SECURITY_OPTIONS:
      g_value_take_boxed (value, _nullmail_effective_get_sasl_options (
                                   effective, _nullmail_tls_level_get_channel (level)));
      return TRUE;
    default:
      return read_parameter (effective, id, value);
    }
}

/* Whether a value has a password in it. What a macro stands for may be one in any parameter, where
 * that refers to it by mistake. */
static gboolean
has_password (const NullmailMask *mask,
              NullmailSettingId   id,
              const GValue       *value)
{
  g_autofree char *text = _nullmail_setting_format (id, value);
  g_autofree char *shown = text != NULL ? _nullmail_mask_scrub (mask, text) : NULL;

  return g_strcmp0 (text, shown) != 0
         || _nullmail_mask_hides_value (mask, _nullmail_setting_get (id)->parameter, text);
}

static void
add (GVariantBuilder          *builder,
     NullmailNullClientConfig *config,
     const char               *property,
     GVariant                 *value)
{
  NullmailSettingState state = nullmail_null_client_config_get_state (config, property, NULL);
  g_autoptr(GEnumClass) states = g_type_class_ref (NULLMAIL_TYPE_SETTING_STATE);
  g_auto(GStrv) parameters =
    nullmail_null_client_config_list_parameters (config, property, NULL);
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "parameters", "^as", parameters);
  g_variant_dict_insert (&dict, "state", "s", g_enum_get_value (states, state)->value_nick);
  if (value != NULL)
    g_variant_dict_insert_value (&dict, "value", value);

  g_variant_builder_add (builder, "{sv}", property, g_variant_dict_end (&dict));
}

static gboolean
has_networks (NullmailEffective *effective)
{
  return nullmail_main_cf_has_value (
           _nullmail_effective_get_main_cf (effective),
           _nullmail_setting_get (NULLMAIL_SETTING_NETWORKS)->parameter);
}

GVariant *
_nullmail_effective_settings_to_variant (NullmailEffective        *effective,
                                         NullmailNullClientConfig *config,
                                         const char               *networks)
{
  const char * const *unsupported = nullmail_null_client_config_get_unsupported (config);
  g_autoptr(NullmailMask) mask = _nullmail_mask_new (effective, NULL, NULL, NULL);
  gboolean delivers = TRUE;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; i < NULLMAIL_N_SETTINGS; i++)
    {
      g_auto(GValue) value = G_VALUE_INIT;
      gboolean is_known;

      _nullmail_setting_init_value (i, &value);
      if (i == NULLMAIL_SETTING_NETWORKS && !has_networks (effective))
        is_known = networks != NULL && _nullmail_setting_parse (i, networks, &value);
      else
        is_known = read_setting (effective, i, &value);
      if (is_known && i == NULLMAIL_SETTING_DESTINATIONS)
        delivers = *(char **) g_value_get_boxed (&value) != NULL;

      add (&builder, config, _nullmail_setting_get (i)->property,
           is_known && !has_password (mask, i, &value)
           ? _nullmail_setting_value_to_variant (i, &value) : NULL);
    }

  add (&builder, config, "local-delivery", g_variant_new_boolean (delivers));
  add (&builder, config, "unsupported", g_variant_new_strv (unsupported, -1));
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
