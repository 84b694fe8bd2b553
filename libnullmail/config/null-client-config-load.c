/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* How a configuration is read from a document. */

#include "config/null-client-config-private.h"

#include <string.h>

#include "config/address-settings-private.h"
#include "config/effective-private.h"
#include "config/mask-private.h"
#include "config/sasl-lists-private.h"

static gboolean
load_tls_level (NullmailNullClientConfig *self,
                NullmailEffective        *effective)
{
  g_auto(GValue) value = G_VALUE_INIT;
  NullmailTlsLevel level;

  if (!_nullmail_effective_says_level (effective))
    return FALSE;

  level = _nullmail_effective_get_level (effective);
  _nullmail_setting_init_value (NULLMAIL_SETTING_TLS_LEVEL, &value);
  g_value_set_enum (&value, level);
  _nullmail_null_client_config_load (self, NULLMAIL_SETTING_TLS_LEVEL,
                                     level != NULLMAIL_TLS_LEVEL_AUTO ? &value : NULL);
  return TRUE;
}

static gboolean
load_sasl_options (NullmailNullClientConfig *self,
                   NullmailEffective        *effective)
{
  NullmailMainCf *main_cf = _nullmail_effective_get_main_cf (effective);
  NullmailChannel channel;
  g_auto(GValue) value = G_VALUE_INIT;

  /* Without any of the lists the level, for which Postfix may have to be asked, does not matter. */
  if (!_nullmail_sasl_lists_are_set (main_cf, NULLMAIL_CHANNEL_VERIFIED))
    return FALSE;

  channel = _nullmail_tls_level_get_channel (_nullmail_effective_get_level (effective));
  if (!_nullmail_sasl_lists_are_set (main_cf, channel))
    return FALSE;

  _nullmail_setting_init_value (NULLMAIL_SETTING_SASL_SECURITY_OPTIONS, &value);
  g_value_take_boxed (&value, _nullmail_effective_get_sasl_options (effective, channel));
  _nullmail_null_client_config_load (self, NULLMAIL_SETTING_SASL_SECURITY_OPTIONS, &value);
  return TRUE;
}

/* Names, paths and lists keep the macros of their text; a word is what its macros stand for. */
static gboolean
is_word (NullmailSettingId id)
{
  NullmailSettingKind kind = _nullmail_setting_get (id)->kind;

  return kind == NULLMAIL_SETTING_KIND_BOOLEAN || kind == NULLMAIL_SETTING_KIND_TLS_LEVEL
         || kind == NULLMAIL_SETTING_KIND_PROTOCOLS;
}

gboolean
_nullmail_null_client_config_read_setting (NullmailEffective *effective,
                                           NullmailSettingId  id,
                                           GValue            *value)
{
  const char *parameter = _nullmail_setting_get (id)->parameter;
  NullmailMainCf *main_cf = _nullmail_effective_get_main_cf (effective);
  g_autofree char *text = NULL;

  if (!nullmail_main_cf_has_value (main_cf, parameter))
    return FALSE;

  text = is_word (id) ? _nullmail_effective_get_value (effective, parameter)
                      : nullmail_main_cf_get_value (main_cf, parameter);
  return text != NULL && _nullmail_setting_parse (id, text, value);
}

/* Whether a parameter has a table with a password written out, in its text or by a macro. */
static gboolean
has_password (NullmailEffective *effective,
              const char        *parameter)
{
  NullmailMainCf *main_cf = _nullmail_effective_get_main_cf (effective);
  g_autofree char *text = nullmail_main_cf_get_value (main_cf, parameter);
  g_autofree char *value = NULL;

  if (_nullmail_mask_hides_value (NULL, parameter, text)
      || _nullmail_mask_hides_word (parameter, text))
    return TRUE;
  if (strchr (text, '$') == NULL)
    return FALSE;

  value = _nullmail_effective_get_value (effective, parameter);
  return _nullmail_mask_hides_value (NULL, parameter, value);
}

static gboolean
load_address (NullmailNullClientConfig *self,
              NullmailSettingId         id,
              NullmailEffective        *effective)
{
  g_autofree char *address = NULL;
  g_auto(GValue) value = G_VALUE_INIT;
  NullmailAddressReading reading = _nullmail_address_setting_read (effective, id, &address);

  if (reading == NULLMAIL_ADDRESS_ABSENT)
    return FALSE;

  _nullmail_setting_init_value (id, &value);
  g_value_set_string (&value, address);
  _nullmail_null_client_config_load (self, id,
                                     reading == NULLMAIL_ADDRESS_FOUND ? &value : NULL);
  return TRUE;
}

static gboolean
load_setting (NullmailNullClientConfig *self,
              NullmailSettingId         id,
              NullmailEffective        *effective)
{
  const char *parameter = _nullmail_setting_get (id)->parameter;
  g_auto(GValue) value = G_VALUE_INIT;
  gboolean is_expressed;

  if (!nullmail_main_cf_has_value (_nullmail_effective_get_main_cf (effective), parameter))
    return FALSE;

  _nullmail_setting_init_value (id, &value);
  is_expressed = _nullmail_null_client_config_read_setting (effective, id, &value)
                 && !(_nullmail_setting_get (id)->kind == NULLMAIL_SETTING_KIND_MAPS
                      && has_password (effective, parameter));
  _nullmail_null_client_config_load (self, id, is_expressed ? &value : NULL);
  return TRUE;
}

NullmailNullClientConfig *
_nullmail_null_client_config_new_from_effective (NullmailEffective *effective)
{
  NullmailNullClientConfig *self = nullmail_null_client_config_new ();

  for (guint i = 0; i < NULLMAIL_N_SETTINGS; i++)
    {
      gboolean is_there = i == NULLMAIL_SETTING_TLS_LEVEL ? load_tls_level (self, effective)
                          : i == NULLMAIL_SETTING_SASL_SECURITY_OPTIONS
                            ? load_sasl_options (self, effective)
                          : _nullmail_setting_get (i)->kind == NULLMAIL_SETTING_KIND_ADDRESS
                            ? load_address (self, i, effective)
                            : load_setting (self, i, effective);

      if (!is_there)
        _nullmail_null_client_config_load_absent (self, i);
    }

  _nullmail_null_client_config_end_load (self);
  return self;
}

/**
 * nullmail_null_client_config_new_from_main_cf:
 * @main_cf: a document
 *
 * Makes a configuration that reads as the document says.
 *
 * A property whose parameter is there is LOADED; one that the parameter's text cannot be put into
 * is KEPT and its parameter is in [property@NullClientConfig:unsupported]; one whose parameter is
 * absent is KEPT. Written back to the same document it changes nothing.
 *
 * `smtp_use_tls` and `smtp_enforce_tls`, which Postfix still obeys where `smtp_tls_security_level`
 * is absent or empty, show as the level that they mean.
 *
 * Once something is assigned to it that is unsafe or cannot work without another property that is
 * absent, that one becomes DERIVED: with [property@NullClientConfig:authentication] TRUE,
 * [property@NullClientConfig:tls-level], [property@NullClientConfig:tls-ca-file],
 * [property@NullClientConfig:password-maps],
 * [property@NullClientConfig:sasl-security-options] and
 * [property@NullClientConfig:sasl-mechanisms]; with a relay host on port 465,
 * [property@NullClientConfig:tls-wrapper] and the level.
 *
 * So does one that was loaded and can no longer be what is wanted: a
 * [property@NullClientConfig:tls-level] below ENCRYPT once authentication is assigned, or a relay
 * host with a login; a [property@NullClientConfig:tls-wrapper] that is TRUE where a relay host on
 * port 25 or 587 is assigned. A derived level never weakens what main.cf has.
 *
 * Returns: (transfer full) (not nullable): a configuration
 *
 * Since: 1.0
 */
NullmailNullClientConfig *
nullmail_null_client_config_new_from_main_cf (NullmailMainCf *main_cf)
{
  g_autoptr(NullmailEffective) effective = NULL;

  g_return_val_if_fail (NULLMAIL_IS_MAIN_CF (main_cf), NULL);

  effective = _nullmail_effective_new (main_cf, NULL);
  return _nullmail_null_client_config_new_from_effective (effective);
}
