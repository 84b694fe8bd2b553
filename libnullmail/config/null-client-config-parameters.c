/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Which parameters the properties stand for, and those that are assigned beside them. */

#include "config/null-client-config-private.h"

#include <string.h>

#include "base/error-private.h"
#include "config/address-settings-private.h"
#include "config/mask-private.h"
#include "config/sasl-lists-private.h"

static int
compare_names (gconstpointer a,
               gconstpointer b,
               gpointer      user_data G_GNUC_UNUSED)
{
  return strcmp (a, b);
}

GTree *
_nullmail_parameters_new (void)
{
  return g_tree_new_full (compare_names, NULL, g_free, g_free);
}

GTree *
_nullmail_parameters_copy (GTree *self)
{
  GTree *copy = _nullmail_parameters_new ();

  for (GTreeNode *node = g_tree_node_first (self); node != NULL; node = g_tree_node_next (node))
    g_tree_insert (copy, g_strdup (g_tree_node_key (node)), g_strdup (g_tree_node_value (node)));

  return copy;
}

gboolean
_nullmail_parameters_equal (GTree *self,
                            GTree *other)
{
  GTreeNode *left = g_tree_node_first (self), *right = g_tree_node_first (other);

  for (; left != NULL && right != NULL;
       left = g_tree_node_next (left), right = g_tree_node_next (right))
    if (!g_str_equal (g_tree_node_key (left), g_tree_node_key (right))
        || g_strcmp0 (g_tree_node_value (left), g_tree_node_value (right)) != 0)
      return FALSE;

  return left == right;  /* both are at their ends */
}

/* They are looked at as a document that has them all, since one may refer to another. */
char **
_nullmail_parameters_list_secret (GTree      *self,
                                  const char *password_maps)
{
  g_autoptr(GStrvBuilder) names = g_strv_builder_new ();
  g_autoptr(NullmailMainCf) document = NULL;
  g_autoptr(NullmailEffective) effective = NULL;
  g_autoptr(NullmailMask) mask = NULL;

  if (g_tree_nnodes (self) == 0)
    return g_strv_builder_end (names);

  document = nullmail_main_cf_new ();
  effective = _nullmail_effective_new (document, NULL);
  _nullmail_parameters_write (self, document, NULL);
  if (password_maps != NULL)
    nullmail_main_cf_set_value (
      document, _nullmail_setting_get (NULLMAIL_SETTING_PASSWORD_MAPS)->parameter, password_maps,
      NULL);

  mask = _nullmail_mask_new (effective, NULL, NULL, NULL);
  for (GTreeNode *node = g_tree_node_first (self); node != NULL; node = g_tree_node_next (node))
    if (_nullmail_mask_hides_value (mask, g_tree_node_key (node), g_tree_node_value (node)))
      g_strv_builder_add (names, g_tree_node_key (node));

  return g_strv_builder_end (names);
}

GVariant *
_nullmail_parameters_to_variant (GTree      *self,
                                 const char *password_maps)
{
  g_auto(GStrv) secret = _nullmail_parameters_list_secret (self, password_maps);
  GVariantBuilder builder;

  if (g_tree_nnodes (self) == 0)
    return NULL;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{sms}"));
  for (GTreeNode *node = g_tree_node_first (self); node != NULL; node = g_tree_node_next (node))
    if (!g_strv_contains ((const char * const *) secret, g_tree_node_key (node)))
      g_variant_builder_add (&builder, "{sms}", g_tree_node_key (node), g_tree_node_value (node));

  return g_variant_builder_end (&builder);
}

gboolean
_nullmail_parameters_write (GTree           *self,
                            NullmailMainCf  *main_cf,
                            GError         **error)
{
  for (GTreeNode *node = g_tree_node_first (self); node != NULL; node = g_tree_node_next (node))
    {
      const char *name = g_tree_node_key (node), *value = g_tree_node_value (node);

      if (value == NULL)
        nullmail_main_cf_unset (main_cf, name);
      else if (!nullmail_main_cf_set_value (main_cf, name, value, error))
        return FALSE;
    }

  return TRUE;
}

/* (transfer full): the parameters that a setting stands for. */
static char **
list_parameters (NullmailSettingId id)
{
  const NullmailSetting *setting = _nullmail_setting_get (id);
  const char *one[] = { setting->parameter, NULL };
  const char *lists[] = {
    _nullmail_sasl_list_get_parameter (NULLMAIL_CHANNEL_PLAIN),
    _nullmail_sasl_list_get_parameter (NULLMAIL_CHANNEL_ENCRYPTED),
    _nullmail_sasl_list_get_parameter (NULLMAIL_CHANNEL_VERIFIED), NULL
  };

  if (setting->kind == NULLMAIL_SETTING_KIND_ADDRESS)
    return _nullmail_address_setting_list_parameters (id);

  return g_strdupv ((char **) (id == NULLMAIL_SETTING_SASL_SECURITY_OPTIONS ? lists : one));
}

/* The property that decides about a parameter; NULL if none does. An address shares its parameters
 * with other users of them, so that it decides only where it is assigned. */
static const char *
find_owner (NullmailNullClientConfig *self,
            const char               *parameter)
{
  for (guint i = 0; i < NULLMAIL_N_SETTINGS; i++)
    {
      const NullmailSetting *setting = _nullmail_setting_get (i);
      g_auto(GStrv) parameters = list_parameters (i);

      if (g_strv_contains ((const char * const *) parameters, parameter)
          && (setting->kind != NULLMAIL_SETTING_KIND_ADDRESS
              || _nullmail_null_client_config_is_assigned (self, setting->property)))
        return setting->property;
    }

  return NULL;
}

gboolean
_nullmail_null_client_config_check_parameters (NullmailNullClientConfig  *self,
                                               GError                   **error)
{
  GTree *parameters = _nullmail_null_client_config_peek_parameters (self);

  for (GTreeNode *node = g_tree_node_first (parameters); node != NULL;
       node = g_tree_node_next (node))
    {
      const char *owner = find_owner (self, g_tree_node_key (node));

      if (owner != NULL)
        {
          g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CONFIG,
                       "%s: the parameter “%s” that it is written to was assigned as well, assign "
                       "one of them", owner, (const char *) g_tree_node_key (node));
          return FALSE;
        }
    }

  return TRUE;
}

gboolean
_nullmail_null_client_config_put_parameter (NullmailNullClientConfig  *self,
                                            const char                *name,
                                            const char                *value,
                                            GError                   **error)
{
  g_autoptr(NullmailMainCf) scratch = NULL;
  const char *owner;

  if (!g_utf8_validate (name, -1, NULL) || (value != NULL && !g_utf8_validate (value, -1, NULL)))
    {
      g_autofree char *shown = _nullmail_text_display (name);

      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
                   "The name or value of the parameter “%s” is not UTF-8: correct it", shown);
      return FALSE;
    }

  /* A document knows what may stand in one. */
  scratch = nullmail_main_cf_new ();
  if (!nullmail_main_cf_set_value (scratch, name, value != NULL ? value : "", error))
    return FALSE;

  owner = find_owner (self, name);
  if (owner != NULL)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
                   "The property “%s” stands for the parameter “%s”: assign the "
                   "property", owner, name);
      return FALSE;
    }

  g_tree_replace (_nullmail_null_client_config_peek_parameters (self), g_strdup (name),
                  value != NULL ? nullmail_main_cf_get_value (scratch, name) : NULL);
  return TRUE;
}

/**
 * nullmail_null_client_config_assign_parameter:
 * @self: a configuration
 * @name: the name of a parameter of main.cf that no property stands for; those of an address may be
 *   given as long as the address is not assigned
 * @value: (nullable): the value, on one line; or %NULL to have the parameter removed
 * @error: return location for an error, or %NULL
 *
 * Assigns any other parameter, to be written in the same commit as the properties. It goes before
 * what a property brings along beside the parameters that it stands for, such as `local_transport`.
 *
 * Whether Postfix knows the parameter is left to [method@PostfixInstance.check]. One with a
 * password in its text, also where another one or [property@NullClientConfig:password-maps] refers
 * to it, is in [property@NullClientConfig:unsupported], and in no variant.
 *
 * Returns: %TRUE, or %FALSE with @error set and nothing assigned: %NULLMAIL_ERROR_INVALID_ARGUMENT
 *   where a property stands for it, which the message names, and where @name or @value cannot stand
 *   in main.cf
 *
 * Since: 1.0
 */
gboolean
nullmail_null_client_config_assign_parameter (NullmailNullClientConfig  *self,
                                              const char                *name,
                                              const char                *value,
                                              GError                   **error)
{
  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!_nullmail_null_client_config_put_parameter (self, name, value, error))
    return FALSE;

  _nullmail_null_client_config_update_unsupported (self);
  return TRUE;
}

/**
 * nullmail_null_client_config_list_parameters:
 * @self: a configuration
 * @property: the name of a property; `_` counts as `-`
 * @error: return location for an error, or %NULL
 *
 * Lists the parameters of main.cf that a property stands for. For `local-delivery` these are the
 * ones that it follows from; for `unsupported` there are none.
 *
 * Returns: (transfer full) (not nullable) (array zero-terminated=1): names of parameters, or %NULL
 *   with @error set: %NULLMAIL_ERROR_INVALID_ARGUMENT where there is no such property, with the
 *   name of the nearest
 *
 * Since: 1.0
 */
char **
nullmail_null_client_config_list_parameters (NullmailNullClientConfig  *self,
                                             const char                *property,
                                             GError                   **error)
{
  g_autofree char *name = NULL;
  int id;

  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self), NULL);
  g_return_val_if_fail (property != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  id = _nullmail_setting_find (property);
  if (id >= 0)
    return list_parameters (id);

  name = g_strdelimit (g_strdup (property), "_", '-');
  if (g_str_equal (name, "local-delivery"))
    return list_parameters (NULLMAIL_SETTING_DESTINATIONS);
  if (g_str_equal (name, "unsupported"))
    return g_new0 (char *, 1);

  id = _nullmail_null_client_config_find (property, error);
  return id >= 0 ? list_parameters (id) : NULL;
}
