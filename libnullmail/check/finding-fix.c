/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check/finding-private.h"

#include "config/channel-guards-private.h"
#include "config/relay-channel-private.h"
#include "config/sasl-lists-private.h"

#define LEVEL "smtp_tls_security_level"
#define POLICIES "smtp_tls_policy_maps"
#define SITES "smtp_tls_per_site"
#define WRAPPER "smtp_tls_wrappermode"

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

/* Raises the level, with the list of login mechanisms that decides there: one that was meant for
 * another channel would stop all mail. */
static gboolean
set_level (NullmailMainCf *main_cf,
           const char     *text)
{
  g_autoptr(NullmailMainCf) raised = nullmail_main_cf_copy (main_cf);
  g_autoptr(NullmailEffective) before = _nullmail_effective_new (main_cf, NULL);
  g_autoptr(NullmailEffective) after = _nullmail_effective_new (raised, NULL);
  g_autofree char *list = NULL;
  NullmailTlsLevel level;
  NullmailChannel channel;

  if (!set (raised, LEVEL, text))
    return FALSE;

  level = _nullmail_effective_get_level (after);
  channel = _nullmail_tls_level_get_channel (level);
  if (!_nullmail_tls_level_guarantees (level, _nullmail_effective_get_level (before))
      || !set (main_cf, LEVEL, text))
    return FALSE;

  /* On any weaker channel that would give the password away. */
  if (channel != NULLMAIL_CHANNEL_VERIFIED || !_nullmail_effective_logs_in (after)
      || !_nullmail_channel_forbids_plain (after, channel))
    return TRUE;

  list = _nullmail_channel_allow_plain (after, channel);
  return nullmail_main_cf_set_value (main_cf, _nullmail_sasl_list_get_parameter (channel), list,
                                     NULL);
}

/* In wrapper mode Postfix connects to no server unless TLS is required. What waits because of that
 * must not go out in clear without wrapper mode. */
static gboolean
set_wrapper (NullmailMainCf *main_cf,
             const char     *text)
{
  g_autoptr(NullmailEffective) effective = _nullmail_effective_new (main_cf, NULL);
  NullmailTlsLevel level = _nullmail_effective_get_level (effective);

  if (_nullmail_boolean_parse (text) == NULLMAIL_BOOLEAN_NO)
    return _nullmail_tls_level_requires_tls (level) && set (main_cf, WRAPPER, text);

  return set (main_cf, WRAPPER, text)
         && ((level != NULLMAIL_TLS_LEVEL_NONE && level != NULLMAIL_TLS_LEVEL_MAY)
             || set (main_cf, LEVEL, "encrypt"));
}

/* Whether a parameter is known to have nothing in it. */
static gboolean
is_empty (NullmailEffective *effective,
          const char        *parameter)
{
  g_auto(GStrv) items = _nullmail_effective_get_list (effective, parameter);

  return items != NULL && items[0] == NULL;
}

/* A table of sites can only be rewritten by hand. It is removed where the level gives at least what
 * it may demand, or can be raised to that; where nobody logs in the relay may lack what that takes,
 * and the table stays. */
static gboolean
replace_sites (NullmailMainCf *main_cf)
{
  g_autoptr(NullmailEffective) effective = _nullmail_effective_new (main_cf, NULL);
  NullmailTlsLevel level = _nullmail_effective_get_level (effective);

  if (!is_empty (effective, SITES) && !_nullmail_effective_has_text (effective, POLICIES)
      && !_nullmail_tls_level_guarantees (level, NULLMAIL_TLS_LEVEL_VERIFY)
      && !(is_on (effective, "smtp_sasl_auth_enable")
           && _nullmail_tls_level_guarantees (NULLMAIL_TLS_LEVEL_SECURE, level)
           && set_level (main_cf, "secure")))
    return FALSE;

  return nullmail_main_cf_unset (main_cf, SITES);
}

/* What the obsolete switches together mean, see smtp_session_tls_init () in Postfix's
 * smtp_tls_policy.c; NULL where they have no effect. */
static const char *
get_successor (NullmailEffective *effective)
{
  if (!is_empty (effective, LEVEL))
    return NULL;
  if (is_on (effective, "smtp_enforce_tls"))
    return is_on (effective, "smtp_tls_enforce_peername") ? "verify" : "encrypt";

  return is_on (effective, "smtp_use_tls") ? "may" : NULL;
}

static gboolean
modernise_tls (NullmailMainCf *main_cf,
               const char     *parameter)
{
  g_autoptr(NullmailEffective) effective = _nullmail_effective_new (main_cf, NULL);
  g_autofree char *present = _nullmail_effective_get_value (effective, LEVEL);
  const char *level;

  /* A level that is not known may be empty, and then these are what counts. */
  if (present == NULL || !nullmail_main_cf_has_value (main_cf, parameter))
    return FALSE;
  if (g_str_equal (parameter, SITES))
    return replace_sites (main_cf);

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

/* Writes what makes a login possible that was not, or brings it to another host, where the password
 * then goes over the channel that it is meant for and no other: mail that waited for the login must
 * not take it out in clear. Once the level is raised nothing stands in the way. */
static gboolean
set_for_login (NullmailMainCf *main_cf,
               const char     *parameter,
               const char     *value)
{
  g_autoptr(NullmailEffective) effective = _nullmail_effective_new (main_cf, NULL);

  return !(_nullmail_effective_logs_in (effective) && _nullmail_relay_channel_is_leaky (effective))
         && set (main_cf, parameter, value);
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
      return g_str_equal (parameter, LEVEL) ? set_level (main_cf, suggestion)
             : g_str_equal (parameter, WRAPPER) ? set_wrapper (main_cf, suggestion)
             : set (main_cf, parameter, suggestion);

    case NULLMAIL_FIX_SET_FOR_LOGIN:
      return set_for_login (main_cf, parameter, suggestion);

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
