/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The ways between a configuration and a document. */

#include "config/null-client-config-private.h"

#include "config/config-reader-private.h"

static gboolean
load_tls_level (NullmailNullClientConfig *self,
                NullmailMainCf           *main_cf)
{
  g_auto(GValue) value = G_VALUE_INIT;
  gboolean supported;
  NullmailTlsLevel level = _nullmail_config_read_tls_level (main_cf, &supported);

  if (level == NULLMAIL_TLS_LEVEL_AUTO && supported)
    return FALSE;

  _nullmail_setting_init_value (NULLMAIL_SETTING_TLS_LEVEL, &value);
  g_value_set_enum (&value, level);
  _nullmail_null_client_config_load (self, NULLMAIL_SETTING_TLS_LEVEL, supported ? &value : NULL);
  return TRUE;
}

static gboolean
load_sasl_options (NullmailNullClientConfig *self,
                   NullmailMainCf           *main_cf)
{
  NullmailTlsLevel level = _nullmail_config_read_tls_level (main_cf, NULL);
  g_auto(GValue) value = G_VALUE_INIT;
  gboolean is_set;

  _nullmail_setting_init_value (NULLMAIL_SETTING_SASL_SECURITY_OPTIONS, &value);
  g_value_take_boxed (&value, _nullmail_config_read_sasl_options (
                                main_cf, _nullmail_tls_level_get_channel (level), &is_set));
  if (!is_set)
    return FALSE;

  _nullmail_null_client_config_load (self, NULLMAIL_SETTING_SASL_SECURITY_OPTIONS, &value);
  return TRUE;
}

static gboolean
load_setting (NullmailNullClientConfig *self,
              NullmailSettingId         id,
              NullmailMainCf           *main_cf)
{
  g_autofree char *text = nullmail_main_cf_get_value (main_cf,
                                                      _nullmail_setting_get (id)->parameter);
  g_auto(GValue) value = G_VALUE_INIT;

  if (text == NULL)
    return FALSE;

  _nullmail_setting_init_value (id, &value);
  _nullmail_null_client_config_load (self, id,
                                     _nullmail_setting_parse (id, text, &value) ? &value : NULL);
  return TRUE;
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
 * [property@NullClientConfig:password-maps] and
 * [property@NullClientConfig:sasl-security-options]; with a relay host on port 465,
 * [property@NullClientConfig:tls-wrapper] and the level.
 *
 * Returns: (transfer full) (not nullable): a configuration
 *
 * Since: 1.0
 */
NullmailNullClientConfig *
nullmail_null_client_config_new_from_main_cf (NullmailMainCf *main_cf)
{
  NullmailNullClientConfig *self;

  g_return_val_if_fail (NULLMAIL_IS_MAIN_CF (main_cf), NULL);

  self = nullmail_null_client_config_new ();
  for (guint i = 0; i < NULLMAIL_N_SETTINGS; i++)
    {
      gboolean is_there = i == NULLMAIL_SETTING_TLS_LEVEL ? load_tls_level (self, main_cf)
                          : i == NULLMAIL_SETTING_SASL_SECURITY_OPTIONS
                            ? load_sasl_options (self, main_cf)
                            : load_setting (self, i, main_cf);

      if (!is_there)
        _nullmail_null_client_config_load_absent (self, i);
    }

  return self;
}

static NullmailSettingState
state_of (NullmailNullClientConfig *self,
          NullmailSettingId         id)
{
  return _nullmail_null_client_config_get_setting (self, id);
}

/* Whether the document, and not the configuration, has the last word. */
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
                NullmailMainCf           *main_cf)
{
  const GValue *value = _nullmail_null_client_config_peek (self, NULLMAIL_SETTING_TLS_LEVEL);
  NullmailTlsLevel document = NULLMAIL_TLS_LEVEL_AUTO, derived;
  gboolean supported = TRUE;

  if (state_of (self, NULLMAIL_SETTING_TLS_LEVEL) == NULLMAIL_SETTING_STATE_UNSET)
    return NULLMAIL_TLS_LEVEL_NONE;

  if (main_cf != NULL)
    document = _nullmail_config_read_tls_level (main_cf, &supported);
  if (follows_document (self, NULLMAIL_SETTING_TLS_LEVEL) && main_cf != NULL)
    return document == NULLMAIL_TLS_LEVEL_AUTO && supported ? NULLMAIL_TLS_LEVEL_NONE : document;
  if (state_of (self, NULLMAIL_SETTING_TLS_LEVEL) != NULLMAIL_SETTING_STATE_DERIVED)
    return g_value_get_enum (value);

  /* A level that is not understood may be the stronger one, and MAY is no reason to replace it. */
  derived = _nullmail_tls_level_derive (view->relay_host, view->may_log_in);
  if (!supported && derived == NULLMAIL_TLS_LEVEL_MAY)
    return NULLMAIL_TLS_LEVEL_AUTO;

  return _nullmail_tls_level_guarantees (document, derived) ? document : derived;
}

void
_nullmail_config_view_init (NullmailConfigView       *view,
                            NullmailNullClientConfig *self,
                            NullmailMainCf           *main_cf)
{
  const GValue *relay_host = _nullmail_null_client_config_peek (self, NULLMAIL_SETTING_RELAY_HOST);
  const GValue *login = _nullmail_null_client_config_peek (self, NULLMAIL_SETTING_AUTHENTICATION);
  const GValue *wrapper = _nullmail_null_client_config_peek (self, NULLMAIL_SETTING_TLS_WRAPPER);
  gboolean has_main_cf = main_cf != NULL;

  view->relay_host = has_main_cf && follows_document (self, NULLMAIL_SETTING_RELAY_HOST)
                     ? _nullmail_config_read_relay_host (main_cf, NULL)
                     : g_value_dup_boxed (relay_host);

  view->authentication = g_value_get_boolean (login);
  view->may_log_in = view->authentication;
  if (has_main_cf && follows_document (self, NULLMAIL_SETTING_AUTHENTICATION))
    {
      const char *parameter = _nullmail_setting_get (NULLMAIL_SETTING_AUTHENTICATION)->parameter;

      view->authentication = _nullmail_config_read_boolean (main_cf, parameter, FALSE);
      view->may_log_in = _nullmail_config_read_boolean (main_cf, parameter, TRUE);
    }

  view->tls_wrapper = g_value_get_boolean (wrapper);
  view->knows_wrapper = has_main_cf || state_of (self, NULLMAIL_SETTING_TLS_WRAPPER)
                                       != NULLMAIL_SETTING_STATE_KEPT;
  if (has_main_cf && follows_document (self, NULLMAIL_SETTING_TLS_WRAPPER))
    view->tls_wrapper = _nullmail_config_read_boolean (
                          main_cf, _nullmail_setting_get (NULLMAIL_SETTING_TLS_WRAPPER)->parameter,
                          FALSE);
  else if (state_of (self, NULLMAIL_SETTING_TLS_WRAPPER) == NULLMAIL_SETTING_STATE_DERIVED)
    view->tls_wrapper = view->relay_host != NULL
                        && nullmail_relay_host_get_implicit_tls (view->relay_host);

  view->tls_level = view_tls_level (self, view, main_cf);
}

void
_nullmail_config_view_clear (NullmailConfigView *view)
{
  g_clear_pointer (&view->relay_host, nullmail_relay_host_unref);
}

/* Makes a parameter say a value, unless it says so already in other words. */
static gboolean
write_value (NullmailSettingId   id,
             const GValue       *value,
             NullmailMainCf     *main_cf,
             GError            **error)
{
  const char *parameter = _nullmail_setting_get (id)->parameter;
  g_autofree char *old = nullmail_main_cf_get_value (main_cf, parameter);
  g_autofree char *text = _nullmail_setting_format (id, value);
  g_auto(GValue) old_value = G_VALUE_INIT;

  _nullmail_setting_init_value (id, &old_value);
  if (old != NULL && _nullmail_setting_parse (id, old, &old_value)
      && _nullmail_setting_values_equal (id, &old_value, value))
    return TRUE;

  if (text != NULL)
    return nullmail_main_cf_set_value (main_cf, parameter, text, error);

  nullmail_main_cf_unset (main_cf, parameter);
  return TRUE;
}

static gboolean
write_derived (NullmailSettingId         id,
               const NullmailConfigView *view,
               NullmailMainCf           *main_cf,
               GError                  **error)
{
  g_auto(GValue) value = G_VALUE_INIT;

  _nullmail_setting_init_value (id, &value);
  if (id == NULLMAIL_SETTING_TLS_WRAPPER)
    g_value_set_boolean (&value, view->tls_wrapper);
  else if (id == NULLMAIL_SETTING_TLS_LEVEL && view->tls_level != NULLMAIL_TLS_LEVEL_AUTO
           && view->tls_level != _nullmail_config_read_tls_level (main_cf, NULL))
    g_value_set_enum (&value, view->tls_level);
  else
    return TRUE;  /* there already, or chosen by the plan, which knows the system */

  return write_value (id, &value, main_cf, error);
}

static gboolean
write_sasl_options (NullmailNullClientConfig  *self,
                    const NullmailConfigView  *view,
                    NullmailMainCf            *main_cf,
                    GError                   **error)
{
  NullmailSettingId id = NULLMAIL_SETTING_SASL_SECURITY_OPTIONS;
  gboolean level_set = state_of (self, NULLMAIL_SETTING_TLS_LEVEL) == NULLMAIL_SETTING_STATE_SET;
  gboolean options_set = state_of (self, id) == NULLMAIL_SETTING_STATE_SET;
  NullmailChannel channel = _nullmail_tls_level_get_channel (view->tls_level);

  if (state_of (self, id) == NULLMAIL_SETTING_STATE_UNSET)
    {
      for (guint i = NULLMAIL_CHANNEL_PLAIN; i <= NULLMAIL_CHANNEL_VERIFIED; i++)
        nullmail_main_cf_unset (main_cf, _nullmail_config_get_sasl_options_parameter (i));
      return TRUE;
    }

  if (state_of (self, id) == NULLMAIL_SETTING_STATE_KEPT
      || !(options_set
           || _nullmail_null_client_config_is_assigned (self, "tls-level")
           || _nullmail_null_client_config_is_assigned (self, "authentication")))
    return TRUE;

  /* A password may go in the clear where somebody has chosen so, and not because main.cf, from a
   * time without a password, says may. */
  if (channel == NULLMAIL_CHANNEL_PLAIN && !level_set && !options_set)
    channel = NULLMAIL_CHANNEL_VERIFIED;

  return _nullmail_config_write_sasl_options (
           main_cf, channel,
           options_set ? g_value_get_boxed (_nullmail_null_client_config_peek (self, id)) : NULL,
           error);
}

static gboolean
write_setting (NullmailNullClientConfig  *self,
               NullmailSettingId          id,
               const NullmailConfigView  *view,
               NullmailMainCf            *main_cf,
               GError                   **error)
{
  const NullmailSetting *setting = _nullmail_setting_get (id);

  if (setting->is_login && !view->authentication)
    return TRUE;
  if (id == NULLMAIL_SETTING_SASL_SECURITY_OPTIONS)
    return write_sasl_options (self, view, main_cf, error);

  switch (state_of (self, id))
    {
    case NULLMAIL_SETTING_STATE_SET:
      return write_value (id, _nullmail_null_client_config_peek (self, id), main_cf, error);
    case NULLMAIL_SETTING_STATE_UNSET:
      nullmail_main_cf_unset (main_cf, setting->parameter);
      return TRUE;
    case NULLMAIL_SETTING_STATE_DERIVED:
      return write_derived (id, view, main_cf, error);
    default:
      return TRUE;
    }
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
 * a TLS level that gives at least as much stays. `smtp_use_tls` and other obsolete parameters stay
 * as well, without effect once a level is written.
 * [property@NullClientConfig:tls-ca-file] and [property@NullClientConfig:password-maps] are written
 * only where they were assigned. While authentication is off, the other `smtp_sasl_*` parameters
 * are left alone.
 *
 * The lists of login mechanisms are written together for the level that then holds. Where
 * that is MAY or NONE without having been assigned, they are written as for SECURE, so that no
 * password goes in the clear by accident.
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
  g_auto(NullmailConfigView) view = { 0 };

  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self), FALSE);
  g_return_val_if_fail (NULLMAIL_IS_MAIN_CF (main_cf), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  _nullmail_config_view_init (&view, self, main_cf);
  if (!_nullmail_null_client_config_validate_view (self, &view, error))
    return FALSE;

  for (guint i = 0; i < NULLMAIL_N_SETTINGS; i++)
    if (!write_setting (self, i, &view, main_cf, error))
      return FALSE;

  return TRUE;
}
