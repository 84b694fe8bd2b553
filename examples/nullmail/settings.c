/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "settings.h"

#include <string.h>

#include "errors.h"
#include "password.h"

static char **unset;
static char **parameters;
static char **removed_parameters;
static gboolean is_fresh;
static gboolean is_kept;

const GOptionEntry setting_options[] = {
  { "unset", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &unset,
    "remove what main.cf says of a property, so that Postfix’s default holds", "PROPERTY" },
  { "parameter", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &parameters,
    "set a parameter that no property stands for", "NAME=VALUE" },
  { "remove-parameter", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &removed_parameters, "remove one",
    "NAME" },
  { "fresh", 0, 0, G_OPTION_ARG_NONE, &is_fresh, "begin with what a null client needs", NULL },
  { "keep", 0, 0, G_OPTION_ARG_NONE, &is_kept, "begin with what main.cf says", NULL },
  { NULL, 0, 0, 0, NULL, NULL, NULL }
};

/* Cuts a text in two at its first “=”. */
static gboolean
split (const char  *text,
       char       **name,
       const char **value)
{
  const char *sign = strchr (text, '=');

  if (sign == NULL)
    return FALSE;

  *name = g_strstrip (g_strndup (text, sign - text));
  *value = sign + 1;
  return TRUE;
}

static gboolean
is_property (const char *text)
{
  g_autoptr(NullmailNullClientConfig) config = nullmail_null_client_config_new ();

  return nullmail_null_client_config_keep (config, text, NULL);
}

/* A word that is no setting is not repeated: it may be a password that is out of place. */
static gboolean
refuse (guint        number,
        const char  *text,
        GError     **error)
{
  if (is_property (text))
    return usage_error_set (error, "“%s” is given no value: write %s=VALUE", text, text);

  return usage_error_set (error, "Argument %u is not a setting: write PROPERTY=VALUE, such as "
                                 "relay-host='[smtp.example.com]:587'", number);
}

static gboolean
check_text (char       **texts,
            GError     **error)
{
  for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
    if (!g_utf8_validate (texts[i], -1, NULL))
      return usage_error_set (error, "Argument %u is not UTF-8: correct it", i + 1);

  return TRUE;
}

static gboolean
assign_settings (NullmailNullClientConfig  *config,
                 char                     **settings,
                 GError                   **error)
{
  for (guint i = 0; settings[i] != NULL; i++)
    {
      g_autofree char *property = NULL;
      const char *value;

      if (!split (settings[i], &property, &value))
        return refuse (i + 1, settings[i], error);
      if (!nullmail_null_client_config_assign_text (config, property, value, error))
        return FALSE;
    }

  for (guint i = 0; unset != NULL && unset[i] != NULL; i++)
    if (!nullmail_null_client_config_unset (config, unset[i], error))
      return FALSE;

  return TRUE;
}

static gboolean
assign_parameters (NullmailNullClientConfig  *config,
                   GError                   **error)
{
  for (guint i = 0; parameters != NULL && parameters[i] != NULL; i++)
    {
      g_autofree char *name = NULL;
      const char *value;

      if (!split (parameters[i], &name, &value))
        return usage_error_set (error, "A parameter is given no value: write --parameter "
                                       "NAME=VALUE, or --remove-parameter NAME");
      if (!nullmail_null_client_config_assign_parameter (config, name, value, error))
        return FALSE;
    }

  for (guint i = 0; removed_parameters != NULL && removed_parameters[i] != NULL; i++)
    if (!nullmail_null_client_config_assign_parameter (config, removed_parameters[i], NULL, error))
      return FALSE;

  return TRUE;
}

/* Dashes and underscores are the same in names. */
static gboolean
is_same_name (const char *name,
              const char *wanted)
{
  g_autofree char *left = g_strdelimit (g_strdup (name), "_", '-');
  g_autofree char *right = g_strdelimit (g_strdup (wanted), "_", '-');

  return strcmp (left, right) == 0;
}

/* Whether a property gets a value that is not empty. */
static gboolean
assigns (char       **settings,
         const char  *wanted,
         gboolean     also_empty)
{
  for (guint i = 0; settings[i] != NULL; i++)
    {
      g_autofree char *property = NULL;
      const char *value;

      if (split (settings[i], &property, &value)
          && is_same_name (property, wanted)
          && (also_empty || value[strspn (value, " \t")] != '\0'))
        return TRUE;
    }

  return FALSE;
}

/* What is both given and taken away would be taken away without a word. */
static gboolean
check_contradictions (char       **settings,
                      GError     **error)
{
  for (guint i = 0; unset != NULL && unset[i] != NULL; i++)
    if (assigns (settings, unset[i], TRUE))
      return usage_error_set (error, "“%s” is given a value, and --unset as well: leave out one of "
                                     "them", unset[i]);

  for (guint i = 0; removed_parameters != NULL && removed_parameters[i] != NULL; i++)
    if (parameters != NULL && assigns (parameters, removed_parameters[i], TRUE))
      return usage_error_set (error, "“%s” is given a value, and --remove-parameter as well: leave "
                                     "out one of them", removed_parameters[i]);

  return TRUE;
}

/* (nullable): a new one, or what main.cf says. A machine that is given its first relay becomes a
 * null client; one that has a relay keeps what it has beside it. */
static NullmailNullClientConfig *
make_base (Tool    *tool,
           char   **settings,
           GError **error)
{
  if (!is_fresh && !is_kept && assigns (settings, "relay-host", FALSE))
    {
      g_autoptr(NullmailMainCf) main_cf =
        nullmail_postfix_instance_load_main_cf (tool->postfix, NULL, error);
      g_autofree char *relay = NULL;

      if (main_cf == NULL)
        return NULL;
      relay = nullmail_main_cf_get_value (main_cf, "relayhost");
      if (relay == NULL || *relay == '\0')
        return nullmail_null_client_config_new ();
    }

  return is_fresh ? nullmail_null_client_config_new ()
                  : nullmail_postfix_instance_load_config (tool->postfix, NULL, error);
}

NullmailNullClientConfig *
settings_make_config (Tool    *tool,
                      char   **settings,
                      GError **error)
{
  g_autoptr(NullmailNullClientConfig) trial = nullmail_null_client_config_new ();
  g_autoptr(NullmailNullClientConfig) config = NULL;

  if (is_fresh && is_kept)
    {
      usage_error_set (error, "--fresh and --keep contradict each other: leave out one of them");
      return NULL;
    }
  if (!check_text (settings, error) || !check_text (unset, error)
      || !check_text (parameters, error) || !check_text (removed_parameters, error))
    return NULL;

  /* What cannot be understood is told before anything is read. */
  if (!assign_settings (trial, settings, error) || !assign_parameters (trial, error)
      || !check_contradictions (settings, error))
    {
      usage_error_adopt (error);
      return NULL;
    }

  config = make_base (tool, settings, error);
  if (config == NULL)
    return NULL;

  assign_settings (config, settings, NULL);
  if (password_is_given () && !assigns (settings, "authentication", TRUE))
    nullmail_null_client_config_set_authentication (config, TRUE);
  return assign_parameters (config, error) ? g_steal_pointer (&config) : NULL;
}

NullmailRelayHost *
setting_parse_relay (const char  *text,
                     GError     **error)
{
  NullmailRelayHost *relay = NULL;

  if (!g_utf8_validate (text, -1, NULL))
    {
      usage_error_set (error, "The relay is not UTF-8: correct it");
      return NULL;
    }

  relay = nullmail_relay_host_parse (text, error);
  if (relay == NULL)
    usage_error_adopt (error);
  return relay;
}
