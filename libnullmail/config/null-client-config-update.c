/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* How a configuration is written to a document. */

#include "config/null-client-config-private.h"

#include "config/address-settings-private.h"
#include "config/channel-guards-private.h"
#include "config/effective-private.h"
#include "config/sasl-lists-private.h"

static NullmailSettingState
state_of (NullmailNullClientConfig *self,
          NullmailSettingId         id)
{
  return _nullmail_null_client_config_get_setting_state (self, id);
}

/* Whether what the document says of a property counts, rather than what the object holds. */
static gboolean
follows_document (NullmailNullClientConfig *self,
                  NullmailSettingId         id)
{
  return state_of (self, id) == NULLMAIL_SETTING_STATE_KEPT
         || state_of (self, id) == NULLMAIL_SETTING_STATE_LOADED;
}

static NullmailTlsLevel
view_tls_level (NullmailNullClientConfig *self,
                const NullmailConfigView *view,
                NullmailEffective        *effective)
{
  const GValue *value = _nullmail_null_client_config_peek (self, NULLMAIL_SETTING_TLS_LEVEL);
  NullmailTlsLevel document = NULLMAIL_TLS_LEVEL_NONE, derived;

  if (state_of (self, NULLMAIL_SETTING_TLS_LEVEL) == NULLMAIL_SETTING_STATE_UNSET)
    return NULLMAIL_TLS_LEVEL_NONE;

  if (effective != NULL)
    document = _nullmail_effective_get_level (effective);
  if (follows_document (self, NULLMAIL_SETTING_TLS_LEVEL) && effective != NULL)
    return document;
  if (state_of (self, NULLMAIL_SETTING_TLS_LEVEL) != NULLMAIL_SETTING_STATE_DERIVED)
    return g_value_get_enum (value);

  /* A level that is not understood may be the stronger one, and MAY is no reason to replace it. */
  derived = _nullmail_tls_level_derive (view->relay_host, view->may_log_in);
  if (document == NULLMAIL_TLS_LEVEL_AUTO && derived == NULLMAIL_TLS_LEVEL_MAY)
    return NULLMAIL_TLS_LEVEL_AUTO;

  return _nullmail_tls_level_guarantees (document, derived) ? document : derived;
}

void
_nullmail_config_view_init (NullmailConfigView       *view,
                            NullmailNullClientConfig *self,
                            NullmailEffective        *effective)
{
  const GValue *relay_host = _nullmail_null_client_config_peek (self, NULLMAIL_SETTING_RELAY_HOST);
  const GValue *login = _nullmail_null_client_config_peek (self, NULLMAIL_SETTING_AUTHENTICATION);
  const GValue *wrapper = _nullmail_null_client_config_peek (self, NULLMAIL_SETTING_TLS_WRAPPER);
  gboolean has_main_cf = effective != NULL;

  view->effective = effective;
  view->relay_host = has_main_cf && follows_document (self, NULLMAIL_SETTING_RELAY_HOST)
                     ? _nullmail_effective_get_relay_host (effective)
                     : g_value_dup_boxed (relay_host);

  view->authentication = g_value_get_boolean (login);
  view->may_log_in = view->authentication;
  if (has_main_cf && follows_document (self, NULLMAIL_SETTING_AUTHENTICATION))
    {
      view->authentication = _nullmail_effective_logs_in (effective);
      view->may_log_in = _nullmail_effective_get_boolean (
                           effective,
                           _nullmail_setting_get (NULLMAIL_SETTING_AUTHENTICATION)->parameter)
                         != NULLMAIL_BOOLEAN_NO;
    }

  view->tls_wrapper = g_value_get_boolean (wrapper);
  view->knows_wrapper = has_main_cf || state_of (self, NULLMAIL_SETTING_TLS_WRAPPER)
                                       != NULLMAIL_SETTING_STATE_KEPT;
  if (has_main_cf && follows_document (self, NULLMAIL_SETTING_TLS_WRAPPER))
    view->tls_wrapper = _nullmail_effective_wraps (effective);
  else if (state_of (self, NULLMAIL_SETTING_TLS_WRAPPER) == NULLMAIL_SETTING_STATE_DERIVED)
    view->tls_wrapper = view->relay_host != NULL
                        && nullmail_relay_host_get_implicit_tls (view->relay_host);

  view->tls_level = view_tls_level (self, view, effective);
}

void
_nullmail_config_view_clear (NullmailConfigView *view)
{
  g_clear_pointer (&view->relay_host, nullmail_relay_host_unref);
}

/* Whether main.cf says a value already, be it in other words. */
static gboolean
says_value (NullmailEffective *effective,
            NullmailSettingId  id,
            const GValue      *value)
{
  g_auto(GValue) old_value = G_VALUE_INIT;

  _nullmail_setting_init_value (id, &old_value);
  if (_nullmail_null_client_config_read_setting (effective, id, &old_value)
      && _nullmail_setting_values_equal (id, &old_value, value))
    return TRUE;

  /* “[$relay]:587” may be the very relay that was assigned. */
  if (id == NULLMAIL_SETTING_RELAY_HOST)
    {
      g_value_take_boxed (&old_value, _nullmail_effective_get_relay_host (effective));
      return g_value_get_boxed (value) != NULL
             && _nullmail_setting_values_equal (id, &old_value, value);
    }

  return FALSE;
}

/* Makes a parameter say a value, unless it says so already. */
static gboolean
write_value (NullmailSettingId   id,
             const GValue       *value,
             NullmailEffective  *effective,
             GError            **error)
{
  const char *parameter = _nullmail_setting_get (id)->parameter;
  NullmailMainCf *main_cf = _nullmail_effective_get_main_cf (effective);
  g_autofree char *text = NULL;

  if (says_value (effective, id, value))
    return TRUE;

  text = _nullmail_setting_format (id, value);
  if (text != NULL)
    return nullmail_main_cf_set_value (main_cf, parameter, text, error);

  nullmail_main_cf_unset (main_cf, parameter);
  return TRUE;
}

/* A filter that is there is somebody's choice, and so is a login that was not assigned. */
static gboolean
write_mechanisms (NullmailNullClientConfig  *self,
                  NullmailEffective         *effective,
                  GError                   **error)
{
  const NullmailSetting *setting = _nullmail_setting_get (NULLMAIL_SETTING_SASL_MECHANISMS);

  return !_nullmail_null_client_config_is_assigned (self, "authentication")
         || _nullmail_effective_has_text (effective, setting->parameter)
         || nullmail_main_cf_set_value (_nullmail_effective_get_main_cf (effective),
                                        setting->parameter, setting->fresh_text, error);
}

static gboolean
write_derived (NullmailSettingId          id,
               const NullmailConfigView  *view,
               NullmailEffective         *effective,
               GError                   **error)
{
  g_auto(GValue) value = G_VALUE_INIT;

  _nullmail_setting_init_value (id, &value);
  if (id == NULLMAIL_SETTING_TLS_WRAPPER)
    g_value_set_boolean (&value, view->tls_wrapper);
  else if (id == NULLMAIL_SETTING_TLS_LEVEL && view->tls_level != NULLMAIL_TLS_LEVEL_AUTO
           && view->tls_level != _nullmail_effective_get_level (effective))
    g_value_set_enum (&value, view->tls_level);
  else
    return TRUE;  /* main.cf says it already, or the plan chooses it */

  return write_value (id, &value, effective, error);
}

static gboolean
write_sasl_options (NullmailNullClientConfig  *self,
                    const NullmailConfigView  *view,
                    NullmailEffective         *effective,
                    GError                   **error)
{
  NullmailSettingId id = NULLMAIL_SETTING_SASL_SECURITY_OPTIONS;
  NullmailMainCf *main_cf = _nullmail_effective_get_main_cf (effective);
  gboolean level_set = state_of (self, NULLMAIL_SETTING_TLS_LEVEL) == NULLMAIL_SETTING_STATE_SET;
  gboolean options_set = state_of (self, id) == NULLMAIL_SETTING_STATE_SET;
  NullmailChannel channel = _nullmail_tls_level_get_channel (view->tls_level);

  if (state_of (self, id) == NULLMAIL_SETTING_STATE_UNSET)
    {
      _nullmail_sasl_lists_unset (main_cf);
      return TRUE;
    }

  if (state_of (self, id) == NULLMAIL_SETTING_STATE_KEPT
      || !(options_set
           || _nullmail_null_client_config_is_assigned (self, "tls-level")
           || _nullmail_null_client_config_is_assigned (self, "authentication")))
    return TRUE;

  /* A password may go over an unencrypted channel only if somebody has chosen that. It may not if
   * main.cf allows it from a time when there was no password. */
  if (channel == NULLMAIL_CHANNEL_PLAIN && !level_set && !options_set)
    channel = NULLMAIL_CHANNEL_VERIFIED;

  return _nullmail_sasl_lists_write (
           main_cf, channel,
           options_set ? g_value_get_boxed (_nullmail_null_client_config_peek (self, id)) : NULL,
           error);
}

/* Whether an address that main.cf has is written once more, since the names of this host that stand
 * beside it change. */
static gboolean
follows_names (NullmailNullClientConfig *self,
               NullmailSettingId         id)
{
  return id == NULLMAIL_SETTING_ROOT_ADDRESS
         && state_of (self, id) == NULLMAIL_SETTING_STATE_LOADED
         && (_nullmail_null_client_config_is_assigned (self, "hostname")
             || _nullmail_null_client_config_is_assigned (self, "origin"));
}

/* Unset, an address goes as one that is assigned NULL. */
static gboolean
write_address (NullmailNullClientConfig  *self,
               NullmailSettingId          id,
               NullmailEffective         *effective,
               GError                   **error)
{
  const GValue *value = _nullmail_null_client_config_peek (self, id);

  return (follows_document (self, id) && !follows_names (self, id))
         || _nullmail_address_setting_write (effective, id, g_value_get_string (value), error);
}

/* What becomes of mail for this host follows from the destinations that were assigned. */
static gboolean
write_local_transport (NullmailNullClientConfig  *self,
                       NullmailEffective         *effective,
                       GError                   **error)
{
  return follows_document (self, NULLMAIL_SETTING_DESTINATIONS)
         || _nullmail_local_transport_write (
              _nullmail_effective_get_main_cf (effective),
              !nullmail_null_client_config_get_local_delivery (self), error);
}

static gboolean
write_parameter (NullmailNullClientConfig  *self,
                 NullmailSettingId          id,
                 const NullmailConfigView  *view,
                 NullmailEffective         *effective,
                 GError                   **error)
{
  const NullmailSetting *setting = _nullmail_setting_get (id);

  if (setting->is_login && !view->authentication)
    return TRUE;
  if (id == NULLMAIL_SETTING_SASL_SECURITY_OPTIONS)
    return write_sasl_options (self, view, effective, error);
  if (setting->kind == NULLMAIL_SETTING_KIND_ADDRESS)
    return write_address (self, id, effective, error);

  switch (state_of (self, id))
    {
    case NULLMAIL_SETTING_STATE_SET:
      return write_value (id, _nullmail_null_client_config_peek (self, id), effective, error);
    case NULLMAIL_SETTING_STATE_UNSET:
      nullmail_main_cf_unset (_nullmail_effective_get_main_cf (effective), setting->parameter);
      return TRUE;
    case NULLMAIL_SETTING_STATE_DERIVED:
      return id == NULLMAIL_SETTING_SASL_MECHANISMS
             ? write_mechanisms (self, effective, error)
             : write_derived (id, view, effective, error);
    default:
      return TRUE;
    }
}

/* (transfer full) (nullable): the document as it is to be read by macros: with the names of this
 * host that are assigned. */
static NullmailEffective *
read_with_names (NullmailNullClientConfig  *self,
                 const NullmailConfigView  *view,
                 NullmailEffective         *effective,
                 GError                   **error)
{
  g_autoptr(NullmailMainCf) copy =
    nullmail_main_cf_copy (_nullmail_effective_get_main_cf (effective));
  g_autoptr(NullmailEffective) named = _nullmail_effective_for_main_cf (effective, copy);

  return write_parameter (self, NULLMAIL_SETTING_HOSTNAME, view, named, error)
         && write_parameter (self, NULLMAIL_SETTING_DOMAIN, view, named, error)
         ? g_steal_pointer (&named) : NULL;
}

/* Looks at what the macros of the addresses stand for. */
static gboolean
check_addresses (NullmailNullClientConfig  *self,
                 const NullmailConfigView  *view,
                 NullmailEffective         *effective,
                 GError                   **error)
{
  gboolean delivers_here = nullmail_null_client_config_get_local_delivery (self);

  for (guint i = 0; i < NULLMAIL_N_SETTINGS; i++)
    {
      const GValue *value = _nullmail_null_client_config_peek (self, i);
      g_autoptr(NullmailEffective) named = NULL;

      if (_nullmail_setting_get (i)->kind != NULLMAIL_SETTING_KIND_ADDRESS
          || state_of (self, i) != NULLMAIL_SETTING_STATE_SET || g_value_get_string (value) == NULL)
        continue;

      named = read_with_names (self, view, effective, error);
      if (named == NULL
          || !_nullmail_address_setting_check (named, i, g_value_get_string (value),
                                               delivers_here, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
write_setting (NullmailNullClientConfig  *self,
               NullmailSettingId          id,
               const NullmailConfigView  *view,
               NullmailEffective         *effective,
               GError                   **error)
{
  return write_parameter (self, id, view, effective, error)
         && (id != NULLMAIL_SETTING_DESTINATIONS
             || write_local_transport (self, effective, error));
}

/* Whether this configuration has a say in what the channel to the relay is like. */
static gboolean
decides_channel (NullmailNullClientConfig *self)
{
  return !follows_document (self, NULLMAIL_SETTING_TLS_LEVEL)
         || !follows_document (self, NULLMAIL_SETTING_AUTHENTICATION)
         || !follows_document (self, NULLMAIL_SETTING_RELAY_HOST);
}

/* Judges the configuration with the document in view as it will be, with the parameters that were
 * assigned beside the properties, and then writes these to the document. */
static gboolean
begin_update (NullmailNullClientConfig  *self,
              NullmailEffective         *effective,
              GTree                     *parameters,
              GError                   **error)
{
  NullmailMainCf *main_cf = _nullmail_effective_get_main_cf (effective);
  g_autoptr(NullmailMainCf) trial = nullmail_main_cf_copy (main_cf);
  g_autoptr(NullmailEffective) trial_effective = _nullmail_effective_for_main_cf (effective, trial);
  g_auto(NullmailConfigView) view = { 0 };

  if (!_nullmail_parameters_write (parameters, trial, error))
    return FALSE;

  _nullmail_config_view_init (&view, self, trial_effective);
  return _nullmail_null_client_config_validate_view (self, &view, error)
         && check_addresses (self, &view, trial_effective, error)
         && _nullmail_parameters_write (parameters, main_cf, error);
}

gboolean
_nullmail_null_client_config_update (NullmailNullClientConfig  *self,
                                     NullmailEffective         *effective,
                                     GError                   **error)
{
  GTree *parameters = _nullmail_null_client_config_peek_parameters (self);
  NullmailMainCf *main_cf = _nullmail_effective_get_main_cf (effective);
  g_auto(NullmailConfigView) view = { 0 };

  if (g_tree_nnodes (parameters) > 0 && !begin_update (self, effective, parameters, error))
    return FALSE;

  _nullmail_config_view_init (&view, self, effective);
  if (!_nullmail_null_client_config_validate_view (self, &view, error)
      || !check_addresses (self, &view, effective, error))
    return FALSE;

  for (guint i = 0; i < NULLMAIL_N_SETTINGS; i++)
    if (!write_setting (self, i, &view, effective, error))
      return FALSE;

  if (decides_channel (self)
      && !_nullmail_channel_write_guards (effective, view.tls_level, error))
    return FALSE;

  if (state_of (self, NULLMAIL_SETTING_TLS_LEVEL) == NULLMAIL_SETTING_STATE_SET
      || state_of (self, NULLMAIL_SETTING_TLS_LEVEL) == NULLMAIL_SETTING_STATE_DERIVED)
    _nullmail_channel_drop_dead (effective);

  /* What was assigned goes before what the properties bring along, such as local_transport. */
  return _nullmail_parameters_write (parameters, main_cf, error);
}

/**
 * nullmail_null_client_config_update_main_cf:
 * @self: a configuration
 * @main_cf: a document; it is edited in memory, nothing is written to disk
 * @error: return location for an error, or %NULL
 *
 * Judges the configuration as [method@NullClientConfig.validate] does, with the document in view,
 * and makes the document say it.
 *
 * Only a parameter whose meaning differs is rewritten. A derived value never weakens what is there:
 * a TLS level that gives at least as much stays. Once there is a level `smtp_use_tls`,
 * `smtp_enforce_tls` and `smtp_tls_enforce_peername` have no effect, and Postfix warns of them:
 * they go where the level was assigned or derived.
 * [property@NullClientConfig:tls-ca-file] and [property@NullClientConfig:password-maps] are written
 * only where they were assigned. While authentication is off, the other `smtp_sasl_*` parameters
 * are left alone.
 *
 * The lists of login mechanisms are written together for the level that then holds. Where
 * that is MAY or NONE without having been assigned, they are written as for SECURE, so that no
 * password goes in the clear by accident.
 *
 * With [property@NullClientConfig:destinations] `local_transport` is written or removed, see there.
 * [property@NullClientConfig:sender-address] and [property@NullClientConfig:root-address] put items
 * in front of lists and leave the others in them alone. What is written for the first is read by
 * Postfix from 3.7 on; for an older one [method@PostfixInstance.plan] puts it into files.
 *
 * What [method@NullClientConfig.assign_parameter] was given is written as well.
 *
 * Returns: %TRUE if the document says what the configuration does, or %FALSE with @error set
 *   and the document unchanged: %NULLMAIL_ERROR_INVALID_CONFIG
 *
 * Since: 1.0
 */
gboolean
nullmail_null_client_config_update_main_cf (NullmailNullClientConfig  *self,
                                            NullmailMainCf            *main_cf,
                                            GError                   **error)
{
  g_autoptr(NullmailEffective) effective = NULL;

  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self), FALSE);
  g_return_val_if_fail (NULLMAIL_IS_MAIN_CF (main_cf), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  effective = _nullmail_effective_new (main_cf, NULL);
  return _nullmail_null_client_config_update (self, effective, error);
}
