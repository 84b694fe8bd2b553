/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check/finding-private.h"

#include "config/effective-private.h"
#include "config/sasl-lists-private.h"

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

/* Whether a parameter is yes. A value that is neither yes nor no counts as yes as well: whoever set
 * it wanted something, and Postfix would stop at it. */
static gboolean
is_on (NullmailEffective *effective,
       const char        *parameter)
{
  return _nullmail_effective_get_boolean (effective, parameter) != NULLMAIL_BOOLEAN_NO;
}

/* What the obsolete parameters together meant, see smtp_session_tls_init () in Postfix's
 * smtp_tls_policy.c; NULL where they have no effect. */
static const char *
get_successor (NullmailEffective *effective)
{
  if (_nullmail_effective_has_text (effective, LEVEL))
    return NULL;
  if (is_on (effective, "smtp_enforce_tls"))
    return is_on (effective, "smtp_tls_enforce_peername") ? "verify" : "encrypt";
  if (is_on (effective, "smtp_use_tls"))
    return "may";

  /* A table of sites can only be rewritten by hand. Until then no password goes over a weaker
   * channel than it may have asked for. */
  if (_nullmail_effective_has_text (effective, "smtp_tls_per_site")
      && !_nullmail_effective_has_text (effective, "smtp_tls_policy_maps"))
    return is_on (effective, "smtp_sasl_auth_enable") ? "secure" : "may";

  return NULL;
}

static gboolean
modernise_tls (NullmailMainCf *main_cf,
               const char     *parameter)
{
  g_autoptr(NullmailEffective) effective = _nullmail_effective_new (main_cf, NULL);
  const char *level;

  if (!nullmail_main_cf_has_value (main_cf, parameter))
    return FALSE;

  level = get_successor (effective);
  if (level != NULL && !nullmail_main_cf_set_value (main_cf, LEVEL, level, NULL))
    return FALSE;

  return nullmail_main_cf_unset (main_cf, parameter);
}

/* The list that decides about the login where the level holds what it promises. */
static const char *
get_sasl_list (NullmailMainCf *main_cf)
{
  g_autoptr(NullmailEffective) effective = _nullmail_effective_new (main_cf, NULL);
  NullmailTlsLevel level = _nullmail_effective_get_level (effective);

  return _nullmail_sasl_list_get_parameter (_nullmail_tls_level_get_channel (level));
}

gboolean
_nullmail_fix_apply (NullmailFix     fix,
                     const char     *parameter,
                     const char     *suggestion,
                     const char     *subject,
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

    case NULLMAIL_FIX_RENAME:
      return !nullmail_main_cf_has_value (main_cf, parameter)
             && nullmail_main_cf_has_value (main_cf, subject)
             && set (main_cf, parameter, suggestion)
             && nullmail_main_cf_unset (main_cf, subject);

    case NULLMAIL_FIX_MODERNISE_TLS:
      return modernise_tls (main_cf, parameter);

    case NULLMAIL_FIX_NONE:
    default:
      return FALSE;
    }
}
