/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config/config-reader-private.h"

#include <string.h>

#include "document/value-list-private.h"

NullmailRelayHost *
_nullmail_config_read_relay_host (NullmailMainCf *main_cf,
                                  gboolean       *supported)
{
  g_autofree char *text = nullmail_main_cf_get_value (main_cf, "relayhost");
  NullmailRelayHost *relay_host = NULL;

  if (text != NULL && *text != '\0')
    relay_host = nullmail_relay_host_parse (text, NULL);
  if (supported != NULL)
    *supported = relay_host != NULL || text == NULL || *text == '\0';

  return relay_host;
}

gboolean
_nullmail_config_read_boolean (NullmailMainCf *main_cf,
                               const char     *parameter,
                               gboolean        otherwise)
{
  g_autofree char *text = nullmail_main_cf_get_value (main_cf, parameter);

  if (text == NULL || g_ascii_strcasecmp (text, "no") == 0)
    return FALSE;
  if (g_ascii_strcasecmp (text, "yes") == 0)
    return TRUE;

  return otherwise;
}

/* smtp_tls_policy_init () of Postfix: the obsolete words count while there is no level. */
static NullmailTlsLevel
read_obsolete_level (NullmailMainCf *main_cf)
{
  g_autofree char *peername = nullmail_main_cf_get_value (main_cf, "smtp_tls_enforce_peername");

  if (_nullmail_config_read_boolean (main_cf, "smtp_enforce_tls", FALSE))
    return peername != NULL && g_ascii_strcasecmp (peername, "no") == 0
           ? NULLMAIL_TLS_LEVEL_ENCRYPT : NULLMAIL_TLS_LEVEL_VERIFY;
  if (_nullmail_config_read_boolean (main_cf, "smtp_use_tls", FALSE))
    return NULLMAIL_TLS_LEVEL_MAY;

  return NULLMAIL_TLS_LEVEL_AUTO;
}

NullmailTlsLevel
_nullmail_config_read_tls_level (NullmailMainCf *main_cf,
                                 gboolean       *supported)
{
  g_autofree char *text = nullmail_main_cf_get_value (main_cf, "smtp_tls_security_level");
  NullmailTlsLevel level;

  if (supported != NULL)
    *supported = TRUE;

  if (text == NULL || *text == '\0')
    {
      level = read_obsolete_level (main_cf);
      return level == NULLMAIL_TLS_LEVEL_AUTO && text != NULL ? NULLMAIL_TLS_LEVEL_NONE : level;
    }

  level = _nullmail_tls_level_parse (text);
  if (supported != NULL)
    *supported = level != NULLMAIL_TLS_LEVEL_AUTO;

  return level;
}

/* By channel. Postfix's default of each is the one before it. */
static const char * const sasl_parameters[] = {
  [NULLMAIL_CHANNEL_PLAIN] = "smtp_sasl_security_options",
  [NULLMAIL_CHANNEL_ENCRYPTED] = "smtp_sasl_tls_security_options",
  [NULLMAIL_CHANNEL_VERIFIED] = "smtp_sasl_tls_verified_security_options",
};

const char *
_nullmail_config_get_sasl_options_parameter (NullmailChannel channel)
{
  return sasl_parameters[channel];
}

static gboolean
is_macro_of (const char *text,
             const char *parameter)
{
  g_autofree char *bare = g_strconcat ("$", parameter, NULL);
  g_autofree char *braces = g_strconcat ("${", parameter, "}", NULL);
  g_autofree char *parentheses = g_strconcat ("$(", parameter, ")", NULL);

  return strcmp (text, bare) == 0 || strcmp (text, braces) == 0
         || strcmp (text, parentheses) == 0;
}

char **
_nullmail_config_read_sasl_options (NullmailMainCf  *main_cf,
                                    NullmailChannel  channel,
                                    gboolean        *is_set)
{
  int at = channel;
  gboolean any = FALSE;
  g_autofree char *text = NULL;

  while (TRUE)
    {
      int next = at - 1;

      g_free (text);
      text = nullmail_main_cf_get_value (main_cf, sasl_parameters[at]);
      any |= text != NULL;

      if (text != NULL)
        while (next >= 0 && !is_macro_of (text, sasl_parameters[next]))
          next--;
      if (next < 0)
        break;
      at = next;
    }

  if (is_set != NULL)
    *is_set = any;

  return _nullmail_text_split_list (text != NULL ? text : "noplaintext, noanonymous");
}

/* What a value of NULL means: the parameter is removed. */
static const char * const canonical_options[][G_N_ELEMENTS (sasl_parameters)] = {
  [NULLMAIL_CHANNEL_PLAIN] = { "noanonymous", NULL, NULL },
  [NULLMAIL_CHANNEL_ENCRYPTED] =
    { "noplaintext, noanonymous", "noanonymous", "$smtp_sasl_tls_security_options" },
  [NULLMAIL_CHANNEL_VERIFIED] =
    { "noplaintext, noanonymous", "$smtp_sasl_security_options", "noanonymous" },
};

/* The order of these words means nothing. */
static gboolean
options_equal (const char *a,
               const char *b)
{
  g_auto(GStrv) a_items = _nullmail_text_split_list (a);
  g_auto(GStrv) b_items = _nullmail_text_split_list (b);

  for (guint i = 0; a_items[i] != NULL; i++)
    if (!g_strv_contains ((const char * const *) b_items, a_items[i]))
      return FALSE;
  for (guint i = 0; b_items[i] != NULL; i++)
    if (!g_strv_contains ((const char * const *) a_items, b_items[i]))
      return FALSE;

  return TRUE;
}

gboolean
_nullmail_config_write_sasl_options (NullmailMainCf      *main_cf,
                                     NullmailChannel      channel,
                                     const char * const  *custom,
                                     GError             **error)
{
  g_autofree char *custom_text = custom != NULL ? g_strjoinv (" ", (char **) custom) : NULL;

  for (guint i = 0; i < G_N_ELEMENTS (sasl_parameters); i++)
    {
      g_autofree char *old = nullmail_main_cf_get_value (main_cf, sasl_parameters[i]);
      const char *text = canonical_options[channel][i];

      if (i == channel && custom_text != NULL)
        text = custom_text;

      if (text == NULL)
        nullmail_main_cf_unset (main_cf, sasl_parameters[i]);
      else if ((old == NULL || !options_equal (old, text))
               && !nullmail_main_cf_set_value (main_cf, sasl_parameters[i], text, error))
        return FALSE;
    }

  return TRUE;
}
