/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check/finding-private.h"

#include "config/config-reader-private.h"

#define LEVEL "smtp_tls_security_level"

static gboolean
set (NullmailMainCf *main_cf,
     const char     *parameter,
     const char     *value)
{
  g_autofree char *old = nullmail_main_cf_get_value (main_cf, parameter);

  if (g_strcmp0 (old, value) == 0)
    return FALSE;

  return nullmail_main_cf_set_value (main_cf, parameter, value, NULL);
}

static gboolean
is_set_to (NullmailMainCf *main_cf,
           const char     *parameter,
           const char     *value)
{
  g_autofree char *found = nullmail_main_cf_get_value (main_cf, parameter);

  return found != NULL && g_ascii_strcasecmp (found, value) == 0;
}

/* A value that is neither yes nor no was meant to be yes: Postfix would stop at it. */
static gboolean
is_on (NullmailMainCf *main_cf,
       const char     *parameter)
{
  g_autofree char *value = nullmail_main_cf_get_value (main_cf, parameter);

  return value != NULL && *value != '\0' && g_ascii_strcasecmp (value, "no") != 0;
}

static gboolean
has_text (NullmailMainCf *main_cf,
          const char     *parameter)
{
  g_autofree char *value = nullmail_main_cf_get_value (main_cf, parameter);

  return value != NULL && *value != '\0';
}

/* What the obsolete parameters together meant, see smtp_session_tls_init () in Postfix's
 * smtp_tls_policy.c; NULL where they have no effect. */
static const char *
get_successor (NullmailMainCf *main_cf)
{
  if (has_text (main_cf, LEVEL))
    return NULL;
  if (is_on (main_cf, "smtp_enforce_tls"))
    return is_set_to (main_cf, "smtp_tls_enforce_peername", "no") ? "encrypt" : "verify";
  if (is_on (main_cf, "smtp_use_tls"))
    return "may";

  /* A table of sites can only be rewritten by hand. Until then no password goes over a weaker
   * channel than it may have asked for. */
  if (has_text (main_cf, "smtp_tls_per_site") && !has_text (main_cf, "smtp_tls_policy_maps"))
    return is_on (main_cf, "smtp_sasl_auth_enable") ? "secure" : "may";

  return NULL;
}

static gboolean
modernise_tls (NullmailMainCf *main_cf,
               const char     *parameter)
{
  const char *level;

  if (!nullmail_main_cf_has_value (main_cf, parameter))
    return FALSE;

  level = get_successor (main_cf);
  if (level != NULL && !nullmail_main_cf_set_value (main_cf, LEVEL, level, NULL))
    return FALSE;

  return nullmail_main_cf_unset (main_cf, parameter);
}

/* The list that decides about the login where the level holds what it promises. */
static const char *
get_sasl_list (NullmailMainCf *main_cf)
{
  NullmailTlsLevel level = _nullmail_config_read_tls_level (main_cf, NULL);

  return _nullmail_config_get_sasl_options_parameter (_nullmail_tls_level_get_channel (level));
}

gboolean
_nullmail_fix_apply (NullmailFix     fix,
                     const char     *parameter,
                     const char     *suggestion,
                     NullmailMainCf *main_cf)
{
  switch (fix)
    {
    case NULLMAIL_FIX_SET:
      return set (main_cf, parameter, suggestion);

    case NULLMAIL_FIX_SET_SASL_LIST:
      /* Where the level was raised meanwhile, allowing a password on the weaker channel as well
       * would leave a hole that nobody asked for. */
      return g_str_equal (get_sasl_list (main_cf), parameter)
             && set (main_cf, parameter, suggestion);

    case NULLMAIL_FIX_UNSET:
      return nullmail_main_cf_unset (main_cf, parameter);

    case NULLMAIL_FIX_DEDUPLICATE:
      return nullmail_main_cf_remove_duplicates (main_cf, parameter);

    case NULLMAIL_FIX_MODERNISE_TLS:
      return modernise_tls (main_cf, parameter);

    case NULLMAIL_FIX_NONE:
    default:
      return FALSE;
    }
}
