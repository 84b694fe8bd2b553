/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What cannot be valid, whatever the machine. What depends on it is for the checks. */

#include "config/null-client-config-private.h"

#include <string.h>

#include "base/error.h"
#include "config/address-maps-private.h"
#include "config/channel-guards-private.h"
#include "config/mask-private.h"
#include "document/value-list-private.h"

static gboolean
refuse (GError            **error,
        NullmailSettingId   id,
        const char         *text,
        const char         *reason)
{
  g_autofree char *masked =
    _nullmail_mask_show_value (NULL, _nullmail_setting_get (id)->parameter, text);
  g_autofree char *display = masked != NULL ? _nullmail_text_display (masked) : NULL;

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CONFIG, "%s%s%s%s: %s",
               _nullmail_setting_get (id)->property,
               display != NULL ? " “" : "", display != NULL ? display : "",
               display != NULL ? "”" : "", reason);
  return FALSE;
}

static gboolean
check_text (NullmailSettingId   id,
            const char         *text,
            GError            **error)
{
  if (_nullmail_text_has_control (text))
    return refuse (error, id, text, "a newline or another control character cannot stand in "
                   "main.cf, remove it");
  if (!g_utf8_validate (text, -1, NULL))
    return refuse (error, id, text, "this is not UTF-8, write it so");
  if (!_nullmail_text_has_good_macros (text))
    return refuse (error, id, text, "“$” begins the name of a parameter, write “$$” for the sign");

  return TRUE;
}

/* A name, a path or an item of a list. */
static gboolean
check_word (NullmailSettingId   id,
            const char         *word,
            GError            **error)
{
  if (!check_text (id, word, error))
    return FALSE;
  if (*word == '\0')
    return refuse (error, id, word, "it is empty, unset the property or leave the item out");
  if (strpbrk (word, " ,") != NULL)
    return refuse (error, id, word, "blanks and commas separate items in main.cf, leave them out");

  return TRUE;
}

static gboolean
check_list (NullmailSettingId    id,
            const char * const  *items,
            GError             **error)
{
  for (; *items != NULL; items++)
    if (!check_word (id, *items, error))
      return FALSE;

  return TRUE;
}

static gboolean
check_path (NullmailSettingId   id,
            const char         *path,
            GError            **error)
{
  if (!check_word (id, path, error))
    return FALSE;
  if (*path != '/' && *path != '$')  /* $config_directory is one */
    return refuse (error, id, path, "the path is not absolute, begin it with “/”");

  return TRUE;
}

static gboolean
check_address (NullmailNullClientConfig  *self,
               NullmailSettingId          id,
               const char                *address,
               GError                   **error)
{
  const char *fault;

  if (!check_text (id, address, error))
    return FALSE;

  fault = _nullmail_address_find_fault (address);
  if (fault == NULL && id == NULLMAIL_SETTING_ROOT_ADDRESS)
    fault = _nullmail_root_address_find_fault (
      NULL, address, nullmail_null_client_config_get_local_delivery (self));
  return fault == NULL || refuse (error, id, address, fault);
}

static gboolean
check_value (NullmailNullClientConfig  *self,
             NullmailSettingId          id,
             GError                   **error)
{
  const GValue *value = _nullmail_null_client_config_peek (self, id);
  const char *text = G_VALUE_HOLDS_STRING (value) ? g_value_get_string (value) : NULL;

  switch (_nullmail_setting_get (id)->kind)
    {
    case NULLMAIL_SETTING_KIND_RELAY_HOST:
      return g_value_get_boxed (value) != NULL
             || refuse (error, id, NULL, "a null client needs a relay, assign one");
    case NULLMAIL_SETTING_KIND_LIST:
      return check_list (id, g_value_get_boxed (value), error);
    case NULLMAIL_SETTING_KIND_NAME:
      return text == NULL || check_word (id, text, error);
    case NULLMAIL_SETTING_KIND_ADDRESS:
      return text == NULL || check_address (self, id, text, error);
    case NULLMAIL_SETTING_KIND_PATH:
      return text == NULL || check_path (id, text, error);
    case NULLMAIL_SETTING_KIND_MAPS:
      return text == NULL || check_text (id, text, error);
    default:
      return TRUE;
    }
}

/* Assigned, or derived from what was. */
static gboolean
is_decided (NullmailNullClientConfig *self,
            NullmailSettingId         id)
{
  NullmailSettingState state = _nullmail_null_client_config_get_setting_state (self, id);

  return state != NULLMAIL_SETTING_STATE_KEPT && state != NULLMAIL_SETTING_STATE_LOADED;
}

static gboolean
check_tls (NullmailNullClientConfig  *self,
           const NullmailConfigView  *view,
           GError                   **error)
{
  gboolean wrapper_decided = is_decided (self, NULLMAIL_SETTING_TLS_WRAPPER);
  gboolean level_decided = is_decided (self, NULLMAIL_SETTING_TLS_LEVEL);
  gboolean level_known = view->tls_level != NULLMAIL_TLS_LEVEL_AUTO;

  if (view->relay_host != NULL && nullmail_relay_host_get_implicit_tls (view->relay_host)
      && view->knows_wrapper && !view->tls_wrapper
      && (wrapper_decided || is_decided (self, NULLMAIL_SETTING_RELAY_HOST)))
    return refuse (error, NULLMAIL_SETTING_TLS_WRAPPER,
                   nullmail_relay_host_to_string (view->relay_host),
                   "port 465 expects TLS from the first byte, set tls-wrapper or use port 587");

  if (view->tls_wrapper && level_known && !_nullmail_tls_level_requires_tls (view->tls_level)
      && (wrapper_decided || level_decided))
    return refuse (error, NULLMAIL_SETTING_TLS_LEVEL,
                   _nullmail_tls_level_to_string (view->tls_level),
                   "with tls-wrapper Postfix delivers only at a level that requires TLS, set "
                   "tls-level to secure");

  return TRUE;
}

/* What else the level needs is written with it. */
static gboolean
check_fingerprints (NullmailNullClientConfig  *self,
                    const NullmailConfigView  *view,
                    GError                   **error)
{
  const char *fault;
  gboolean is_open = FALSE;

  if (view->effective == NULL || view->tls_level != NULLMAIL_TLS_LEVEL_FINGERPRINT
      || _nullmail_null_client_config_get_setting_state (self, NULLMAIL_SETTING_TLS_LEVEL)
         != NULLMAIL_SETTING_STATE_SET)
    return TRUE;

  fault = _nullmail_channel_find_fault (view->effective, view->tls_level, view->relay_host,
                                        &is_open);
  return fault == NULL
         || refuse (error, NULLMAIL_SETTING_TLS_LEVEL,
                    _nullmail_tls_level_to_string (view->tls_level), fault);
}

gboolean
_nullmail_null_client_config_validate_view (NullmailNullClientConfig  *self,
                                            const NullmailConfigView  *view,
                                            GError                   **error)
{
  for (guint i = 0; i < NULLMAIL_N_SETTINGS; i++)
    if (_nullmail_null_client_config_get_setting_state (self, i) == NULLMAIL_SETTING_STATE_SET
        && !check_value (self, i, error))
      return FALSE;

  return check_tls (self, view, error) && check_fingerprints (self, view, error)
         && _nullmail_null_client_config_check_parameters (self, error);
}

/**
 * nullmail_null_client_config_validate:
 * @self: a configuration
 * @error: return location for an error, or %NULL
 *
 * Judges the properties that were assigned, and those that they depend on.
 *
 * What was read from main.cf and not touched is not judged, so that a configuration in use can
 * always be planned unchanged, or repaired. Whether files exist and names resolve is not looked at
 * either.
 *
 * Wrong are: no relay host; [property@NullClientConfig:tls-wrapper] with a level that does not
 * require TLS; port 465 without it; the level FINGERPRINT with a document in view that names no
 * fingerprint; an item of a list, a name or a path that is empty or has blanks, commas, or control
 * characters; a path that is not absolute; a `$` that begins no macro; an address with anything but
 * a name, one `@` and a domain; a [property@NullClientConfig:root-address] that is root's own, or
 * that of a host where nothing is delivered; an address together with one of the parameters that it
 * is written to.
 * The message names the property and the remedy.
 *
 * Returns: %TRUE if nothing is wrong, or %FALSE with @error set: %NULLMAIL_ERROR_INVALID_CONFIG
 *
 * Since: 1.0
 */
gboolean
nullmail_null_client_config_validate (NullmailNullClientConfig  *self,
                                      GError                   **error)
{
  g_auto(NullmailConfigView) view = { 0 };

  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  _nullmail_config_view_init (&view, self, NULL);
  return _nullmail_null_client_config_validate_view (self, &view, error);
}
