/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The variant form: for tasks, forms and JSON. */

#include "config/null-client-config-private.h"

#include <string.h>

#include "base/error.h"
#include "document/value-list-private.h"

GVariant *
_nullmail_setting_value_to_variant (NullmailSettingId  id,
                                    const GValue      *value)
{
  g_autofree char *text = NULL;

  if (G_VALUE_HOLDS_BOOLEAN (value))
    return g_variant_new_boolean (g_value_get_boolean (value));
  if (G_VALUE_HOLDS (value, G_TYPE_STRV))
    return g_variant_new_strv (g_value_get_boxed (value), -1);

  text = _nullmail_setting_format (id, value);
  return text != NULL ? g_variant_new_string (text) : NULL;
}

/**
 * nullmail_null_client_config_to_variant:
 * @self: a configuration
 *
 * Gets the properties that were assigned or loaded, by name: relay host and enumerations as text,
 * lists as `as`, booleans as `b`; what is %NULL is left out.
 *
 * More keys: `unset` (`as`) has the properties whose parameters are to be removed; `parameters`
 * (`a{sms}`), where there are some, what [method@NullClientConfig.assign_parameter] was given, with
 * nothing for one that is to be removed and without one that has a password in its text; `derived`
 * (`a{sv}`) tells, for information, what follows from the rest, with `local-delivery` (`b`) and
 * `unsupported` (`as`).
 *
 * A [property@NullClientConfig:password-maps] with a password in it, in a table whose text is in
 * main.cf itself (`static`, `inline`, `randmap`, `regexp:{...}`), is left out, and its parameter is
 * in `unsupported`.
 *
 * Returns: (transfer full) (not nullable): a variant of type `a{sv}`
 *
 * Since: 1.0
 */
GVariant *
nullmail_null_client_config_to_variant (NullmailNullClientConfig *self)
{
  g_autoptr(GPtrArray) unset = g_ptr_array_new ();
  GVariantDict dict, derived;
  GVariant *parameters;

  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self), NULL);

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_init (&derived, NULL);
  for (guint i = 0; i < NULLMAIL_N_SETTINGS; i++)
    {
      const char *property = _nullmail_setting_get (i)->property;
      NullmailSettingState state = _nullmail_null_client_config_get_setting_state (self, i);
      gboolean is_derived = state == NULLMAIL_SETTING_STATE_DERIVED;
      GVariant *value = NULL;

      if (_nullmail_null_client_config_is_secret (self, i))
        continue;
      if (is_derived || state == NULLMAIL_SETTING_STATE_SET
          || state == NULLMAIL_SETTING_STATE_LOADED)
        value = _nullmail_setting_value_to_variant (
          i, _nullmail_null_client_config_peek (self, i));

      if (value != NULL)
        g_variant_dict_insert_value (is_derived ? &derived : &dict, property, value);
      else if (state == NULLMAIL_SETTING_STATE_UNSET
               || (state == NULLMAIL_SETTING_STATE_SET && i != NULLMAIL_SETTING_RELAY_HOST))
        g_ptr_array_add (unset, (gpointer) property);  /* assigning NULL has the same effect */
    }

  g_variant_dict_insert (&derived, "local-delivery", "b",
                         nullmail_null_client_config_get_local_delivery (self));
  g_variant_dict_insert (&derived, "unsupported", "^as",
                         nullmail_null_client_config_get_unsupported (self));
  parameters = _nullmail_parameters_to_variant (
    _nullmail_null_client_config_peek_parameters (self),
    g_value_get_string (_nullmail_null_client_config_peek (self, NULLMAIL_SETTING_PASSWORD_MAPS)));
  if (parameters != NULL)
    g_variant_dict_insert_value (&dict, "parameters", parameters);
  g_ptr_array_add (unset, NULL);
  g_variant_dict_insert (&dict, "unset", "^as", unset->pdata);
  g_variant_dict_insert_value (&dict, "derived", g_variant_dict_end (&derived));

  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static gboolean
refuse (GError     **error,
        const char  *key,
        const char  *reason)
{
  g_autofree char *display = _nullmail_text_display (key);

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT, "“%s” %s", display, reason);
  return FALSE;
}

static gboolean
set_enum_by_nick (NullmailSettingId   id,
                  GValue             *value,
                  const char         *nick,
                  GError            **error)
{
  g_autoptr(GEnumClass) class = g_type_class_ref (G_VALUE_TYPE (value));
  GEnumValue *found = g_enum_get_value_by_nick (class, nick);

  if (found == NULL)
    return _nullmail_setting_refuse_word (id, nick, error);

  g_value_set_enum (value, found->value);
  return TRUE;
}

static gboolean
variant_to_value (NullmailSettingId   id,
                  GVariant           *variant,
                  GValue             *value,
                  GError            **error)
{
  const char *key = _nullmail_setting_get (id)->property;
  NullmailRelayHost *relay_host;
  const char *type = G_VALUE_HOLDS_BOOLEAN (value) ? "b"
                     : G_VALUE_HOLDS (value, G_TYPE_STRV) ? "as" : "s";

  if (!g_variant_is_of_type (variant, G_VARIANT_TYPE (type)))
    {
      const char *wanted = *type == 'b' ? "true or false" : *type == 'a' ? "a list of strings"
                                                                         : "a string";

      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
                   "The property “%s” takes %s (%s), not a value of the type %s", key, wanted, type,
                   g_variant_get_type_string (variant));
      return FALSE;
    }

  if (*type == 'b')
    g_value_set_boolean (value, g_variant_get_boolean (variant));
  else if (*type == 'a')
    g_value_take_boxed (value, g_variant_dup_strv (variant, NULL));
  else if (G_VALUE_HOLDS_ENUM (value))
    return set_enum_by_nick (id, value, g_variant_get_string (variant, NULL), error);
  else if (G_VALUE_HOLDS_STRING (value))
    g_value_set_string (value, g_variant_get_string (variant, NULL));
  else
    {
      relay_host = nullmail_relay_host_parse (g_variant_get_string (variant, NULL), error);
      g_value_take_boxed (value, relay_host);
      return relay_host != NULL;
    }

  return TRUE;
}

static gboolean
unset_all (NullmailNullClientConfig  *self,
           GVariant                  *variant,
           GError                   **error)
{
  g_autofree const char **properties = NULL;

  if (!g_variant_is_of_type (variant, G_VARIANT_TYPE_STRING_ARRAY))
    return refuse (error, "unset", "takes a list of strings (as)");

  properties = g_variant_get_strv (variant, NULL);
  for (guint i = 0; properties[i] != NULL; i++)
    if (!nullmail_null_client_config_unset (self, properties[i], error))
      return FALSE;

  return TRUE;
}

static gboolean
assign_parameters (NullmailNullClientConfig  *self,
                   GVariant                  *variant,
                   GError                   **error)
{
  GVariantIter iter;
  const char *name, *value;

  if (!g_variant_is_of_type (variant, G_VARIANT_TYPE ("a{sms}")))
    return refuse (error, "parameters", "takes a dictionary of strings, or nothing (a{sms})");

  g_variant_iter_init (&iter, variant);
  while (g_variant_iter_next (&iter, "{&sm&s}", &name, &value))
    if (!_nullmail_null_client_config_put_parameter (self, name, value, error))
      return FALSE;

  _nullmail_null_client_config_update_unsupported (self);
  return TRUE;
}

/* A key is spelled as to_variant () does it. */
static void
refuse_key (const char  *key,
            GError     **error)
{
  g_autofree char *display = _nullmail_text_display (key);

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
               "“%s” is not a property that can be assigned: was “%s” meant?", display,
               _nullmail_setting_find_nearest (key));
}

static gboolean
apply (NullmailNullClientConfig  *self,
       GVariant                  *variant,
       GError                   **error)
{
  g_autoptr(GVariant) unset = NULL;
  g_autoptr(GVariant) parameters = NULL;
  GVariantIter iter;
  const char *key;
  GVariant *child;

  g_variant_iter_init (&iter, variant);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &child))
    {
      g_auto(GValue) value = G_VALUE_INIT;
      int id = _nullmail_setting_find (key);

      if (strcmp (key, "derived") == 0 || strcmp (key, "unset") == 0
          || strcmp (key, "parameters") == 0)
        continue;

      if (id < 0)
        refuse_key (key, error);
      else
        _nullmail_setting_init_value (id, &value);
      if (id < 0 || !variant_to_value (id, child, &value, error))
        {
          g_variant_unref (child);
          return FALSE;
        }
      _nullmail_null_client_config_assign (self, id, &value);
    }

  unset = g_variant_lookup_value (variant, "unset", NULL);
  if (unset != NULL && !unset_all (self, unset, error))
    return FALSE;

  /* They come last, since which of them are refused depends on the properties. */
  parameters = g_variant_lookup_value (variant, "parameters", NULL);
  return parameters == NULL || assign_parameters (self, parameters, error);
}

/**
 * nullmail_null_client_config_apply_variant:
 * @self: a configuration
 * @variant: a variant of type `a{sv}` as [method@NullClientConfig.to_variant] makes
 *   it
 * @error: return location for an error, or %NULL
 *
 * Assigns the properties whose names are keys of @variant, unsets those that its key `unset` lists,
 * and assigns the `parameters`; all others stay as they are. The key `derived` is ignored.
 *
 * Returns: %TRUE if everything was assigned, or %FALSE with @error set and nothing assigned:
 *   %NULLMAIL_ERROR_INVALID_ARGUMENT for an unknown key, a wrong type or an unknown word,
 *   %NULLMAIL_ERROR_INVALID_RELAY_HOST
 *
 * Since: 1.0
 */
gboolean
nullmail_null_client_config_apply_variant (NullmailNullClientConfig  *self,
                                           GVariant                  *variant,
                                           GError                   **error)
{
  g_autoptr(NullmailNullClientConfig) trial = NULL;
  g_autoptr(GVariant) owned = NULL;

  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self), FALSE);
  g_return_val_if_fail (variant != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  owned = g_variant_ref_sink (variant);
  if (!g_variant_is_of_type (variant, G_VARIANT_TYPE_VARDICT))
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
                   "The settings are a value of the type %s: give a dictionary with the names of "
                   "properties (a{sv})", g_variant_get_type_string (variant));
      return FALSE;
    }

  trial = nullmail_null_client_config_copy (self);
  if (!apply (trial, variant, error))
    return FALSE;

  g_object_freeze_notify (G_OBJECT (self));
  apply (self, variant, NULL);
  g_object_thaw_notify (G_OBJECT (self));

  return TRUE;
}

/**
 * nullmail_null_client_config_new_from_variant:
 * @variant: a variant of type `a{sv}` as [method@NullClientConfig.to_variant] makes
 *   it
 * @error: return location for an error, or %NULL
 *
 * Makes a fresh configuration and assigns what @variant has.
 *
 * Returns: (transfer full) (not nullable): a configuration, or %NULL with @error set as by
 *   [method@NullClientConfig.apply_variant]
 *
 * Since: 1.0
 */
NullmailNullClientConfig *
nullmail_null_client_config_new_from_variant (GVariant  *variant,
                                              GError   **error)
{
  g_autoptr(NullmailNullClientConfig) self = NULL;
  g_autoptr(GVariant) owned = NULL;

  g_return_val_if_fail (variant != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  owned = g_variant_ref_sink (variant);
  self = nullmail_null_client_config_new ();
  if (!nullmail_null_client_config_apply_variant (self, variant, error))
    return NULL;

  return g_steal_pointer (&self);
}
