/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The states of the properties, and what follows from all of them. */

#include "config/null-client-config-private.h"

#include "base/error-private.h"

static const char * const read_only[] = { "local-delivery", "unsupported", NULL };

/* The name of a property as GObject has it; it may also be written as in Python, with
 * underscores. */
static char *
dup_name (const char *property)
{
  return g_strdelimit (g_strdup (property), "_", '-');
}

int
_nullmail_null_client_config_find (const char  *property,
                                   GError     **error)
{
  g_autofree char *name = NULL;
  g_autofree char *shown = NULL;
  int id = _nullmail_setting_find (property);

  if (id >= 0)
    return id;

  name = dup_name (property);
  id = _nullmail_setting_find (name);
  if (id >= 0)
    return id;

  shown = _nullmail_text_display (name);
  if (g_strv_contains (read_only, name))
    g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
                 "The property “%s” follows from others and can only be read: assign those", shown);
  else
    g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
                 "There is no property “%s”: was “%s” meant?", shown,
                 _nullmail_setting_find_nearest (name));
  return -1;
}

/**
 * nullmail_null_client_config_get_state:
 * @self: a configuration
 * @property: the name of a property, such as `tls-level`; `_` counts as `-`
 * @error: return location for an error, or %NULL
 *
 * Tells where the value of a property comes from, and what becomes of its parameter.
 *
 * Returns: the state, DERIVED for the properties that can only be read; KEPT with @error set:
 *   %NULLMAIL_ERROR_INVALID_ARGUMENT where there is no such property, with the name of the nearest
 *
 * Since: 1.0
 */
NullmailSettingState
nullmail_null_client_config_get_state (NullmailNullClientConfig  *self,
                                       const char                *property,
                                       GError                   **error)
{
  g_autofree char *name = NULL;
  int id;

  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self), NULLMAIL_SETTING_STATE_KEPT);
  g_return_val_if_fail (property != NULL, NULLMAIL_SETTING_STATE_KEPT);
  g_return_val_if_fail (error == NULL || *error == NULL, NULLMAIL_SETTING_STATE_KEPT);

  id = _nullmail_setting_find (property);
  if (id >= 0)
    return _nullmail_null_client_config_get_setting_state (self, id);

  name = dup_name (property);
  if (g_strv_contains (read_only, name))
    return NULLMAIL_SETTING_STATE_DERIVED;

  id = _nullmail_null_client_config_find (name, error);
  return id >= 0 ? _nullmail_null_client_config_get_setting_state (self, id)
                 : NULLMAIL_SETTING_STATE_KEPT;
}

/**
 * nullmail_null_client_config_unset:
 * @self: a configuration
 * @property: the name of a property that can be written; `_` counts as `-`
 * @error: return location for an error, or %NULL
 *
 * Has the property's parameter removed from main.cf, so that Postfix's default holds. The property
 * then reads %NULL, empty, %FALSE or AUTO.
 *
 * Returns: %TRUE, or %FALSE with @error set: %NULLMAIL_ERROR_INVALID_ARGUMENT where there is no
 *   such property, with the name of the nearest, or where it can only be read
 *
 * Since: 1.0
 */
gboolean
nullmail_null_client_config_unset (NullmailNullClientConfig  *self,
                                  const char                *property,
                                  GError                   **error)
{
  int id;

  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self), FALSE);
  g_return_val_if_fail (property != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  id = _nullmail_null_client_config_find (property, error);
  if (id < 0)
    return FALSE;

  _nullmail_null_client_config_leave (self, id, NULLMAIL_SETTING_STATE_UNSET);
  return TRUE;
}

/**
 * nullmail_null_client_config_keep:
 * @self: a configuration
 * @property: the name of a property that can be written; `_` counts as `-`
 * @error: return location for an error, or %NULL
 *
 * Leaves the property's parameter in main.cf as it is, present or absent. The property then reads
 * %NULL, empty, %FALSE or AUTO.
 *
 * Returns: %TRUE, or %FALSE with @error set: %NULLMAIL_ERROR_INVALID_ARGUMENT where there is no
 *   such property, with the name of the nearest, or where it can only be read
 *
 * Since: 1.0
 */
gboolean
nullmail_null_client_config_keep (NullmailNullClientConfig  *self,
                                 const char                *property,
                                 GError                   **error)
{
  int id;

  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self), FALSE);
  g_return_val_if_fail (property != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  id = _nullmail_null_client_config_find (property, error);
  if (id < 0)
    return FALSE;

  _nullmail_null_client_config_leave (self, id, NULLMAIL_SETTING_STATE_KEPT);
  return TRUE;
}

/**
 * nullmail_null_client_config_reset:
 * @self: a configuration
 * @property: the name of a property that can be written; `_` counts as `-`
 * @error: return location for an error, or %NULL
 *
 * Gives a property the value and the state that it has in a fresh object.
 *
 * Returns: %TRUE, or %FALSE with @error set: %NULLMAIL_ERROR_INVALID_ARGUMENT where there is no
 *   such property, with the name of the nearest, or where it can only be read
 *
 * Since: 1.0
 */
gboolean
nullmail_null_client_config_reset (NullmailNullClientConfig  *self,
                                  const char                *property,
                                  GError                   **error)
{
  int id;

  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self), FALSE);
  g_return_val_if_fail (property != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  id = _nullmail_null_client_config_find (property, error);
  if (id < 0)
    return FALSE;

  _nullmail_null_client_config_reset (self, id);
  return TRUE;
}

/**
 * NullmailNullClientConfig:local-delivery:
 *
 * Whether some mail is delivered on this machine instead of going to the relay: %FALSE where
 * [property@NullClientConfig:destinations] is assigned or loaded, and empty.
 *
 * Since: 1.0
 */

/**
 * nullmail_null_client_config_get_local_delivery: (get-property local-delivery)
 * @self: a configuration
 *
 * Gets [property@NullClientConfig:local-delivery].
 *
 * Returns: %FALSE if all mail goes to the relay
 *
 * Since: 1.0
 */
gboolean
nullmail_null_client_config_get_local_delivery (NullmailNullClientConfig *self)
{
  NullmailSettingState state;
  const char * const *destinations;

  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self), TRUE);

  state = _nullmail_null_client_config_get_setting_state (self, NULLMAIL_SETTING_DESTINATIONS);
  destinations = g_value_get_boxed (_nullmail_null_client_config_peek (
                                      self, NULLMAIL_SETTING_DESTINATIONS));

  return !(state == NULLMAIL_SETTING_STATE_SET || state == NULLMAIL_SETTING_STATE_LOADED)
         || *destinations != NULL;
}

/**
 * NullmailNullClientConfig:unsupported:
 *
 * The parameters of the main.cf that was loaded whose text the properties cannot express, such as a
 * relayhost with two destinations, or that have a password in them.
 *
 * Each is left alone, and its property is KEPT, until the property is assigned, unset or reset.
 * The parameter of [property@NullClientConfig:password-maps] is also here where a text with a
 * password in it was assigned, and so is any that
 * [method@NullClientConfig.assign_parameter] was given with one.
 *
 * Since: 1.0
 */

/**
 * nullmail_null_client_config_get_unsupported: (get-property unsupported)
 * @self: a configuration
 *
 * Gets [property@NullClientConfig:unsupported].
 *
 * Returns: (transfer none) (not nullable) (array zero-terminated=1): names of parameters
 *
 * Since: 1.0
 */
const char * const *
nullmail_null_client_config_get_unsupported (NullmailNullClientConfig *self)
{
  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self), NULL);

  return _nullmail_null_client_config_peek_unsupported (self);
}
