/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check/check-context-private.h"

#include <string.h>

#include "base/i18n-private.h"
#include "config/channel-guards-private.h"
#include "config/sasl-lists-private.h"
#include "config/tls-strength-private.h"
#include "document/value-list-private.h"

#define CIPHERS "smtp_tls_mandatory_ciphers"
#define FINGERPRINTS "smtp_tls_fingerprint_cert_match"
#define LEVEL "smtp_tls_security_level"
#define FILTER "smtp_sasl_mechanism_filter"

/* Each with the sign in front that refuses it. */
static const char *const token_mechanisms[] = { "!xoauth2", "!oauthbearer", NULL };

/* A level that lacks what it needs. */
static void
check_level (NullmailCheck *self)
{
  gboolean is_open = FALSE;
  const char *fault = _nullmail_channel_find_fault (self->effective, self->level, self->relay,
                                                    &is_open);
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_INVALID_VALUE,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .parameter = LEVEL,
    .subject = _nullmail_tls_level_to_string (self->level),
  };

  if (is_open)
    _nullmail_check_report_open (self, facts.code, LEVEL,
      _("Ask smtp_tls_policy_maps with “postmap -q” and the relay as the key; it should answer "
        "fingerprint with match=."),
      _("Whether there is a fingerprint for the relay, which the level “%s” needs, is not known."),
      facts.subject);

  /* DANE finds the relay's certificate in DNS under the relay's name. Without it DANE is MAY, which
   * is enough for mail, but not for a password. */
  if (fault == NULL
      && (self->level == NULLMAIL_TLS_LEVEL_DANE_ONLY
          || (self->level == NULLMAIL_TLS_LEVEL_DANE && self->authenticates))
      && _nullmail_check_relay_is_address (self))
    fault = _("it needs the name of the relay, and not its address, in relayhost");
  if (fault == NULL)
    return;

  _nullmail_check_report (self, &facts,
    _("Give the level what it needs, or set it to secure."),
    _("The level “%s” cannot work like this, so that all mail waits: %s."), facts.subject, fault);
}

/* Fingerprints that Postfix passes over, beside others. */
static void
check_fingerprints (NullmailCheck *self)
{
  g_auto(GStrv) items = _nullmail_effective_get_list (self->effective, FINGERPRINTS);
  guint n = items != NULL ? g_strv_length (items) : 0, n_bad = 0;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_INVALID_VALUE,
    .severity = NULLMAIL_SEVERITY_WARNING,
    .parameter = FINGERPRINTS,
  };

  for (guint i = 0; i < n; i++)
    n_bad += !_nullmail_channel_is_fingerprint (self->effective, items[i]);
  if (self->level != NULLMAIL_TLS_LEVEL_FINGERPRINT || n_bad == 0 || n_bad == n)
    return;

  _nullmail_check_report (self, &facts,
    _("Write each as pairs of hexadecimal digits, as many as smtp_tls_fingerprint_digest gives, "
      "with colons between the pairs."),
    _("Postfix passes over %u of the %u fingerprints in “%s”: mail waits once the relay shows what "
      "one of them was meant for."), n_bad, n, FINGERPRINTS);
}

/* A grade that encrypts nothing, which Postfix has no use for where TLS is required: at ENCRYPT no
 * cipher is left to it, and at the others only those of TLS 1.3, for which there are no grades. */
static void
check_null_ciphers (NullmailCheck *self)
{
  g_autofree char *grade = NULL;
  gboolean none_left = self->relay_level == NULLMAIL_TLS_LEVEL_ENCRYPT;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_INVALID_VALUE,
    .severity = none_left ? NULLMAIL_SEVERITY_ERROR : NULLMAIL_SEVERITY_NOTICE,
    .parameter = CIPHERS,
  };

  if (!nullmail_main_cf_has_value (self->main_cf, CIPHERS)
      || !_nullmail_tls_level_requires_tls (self->relay_level))
    return;

  grade = _nullmail_effective_get_value (self->effective, CIPHERS);
  if (grade == NULL || _nullmail_cipher_grade_parse (grade) != NULLMAIL_CIPHERS_NULL)
    return;

  _nullmail_check_report (self, &facts, _("Write medium or high."),
    none_left ? _("“%s” asks for TLS without encryption, which the level “%s” excludes: no cipher "
                  "is left, and all mail waits.")
              : _("“%s” asks for TLS without encryption, which the level “%s” does without: mail "
                  "waits where the relay has no TLS 1.3."),
    CIPHERS, _nullmail_tls_level_to_string (self->relay_level));
}

/* A header of any local user takes the level away. */
static void
check_waivable (NullmailCheck *self)
{
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_TLS_WAIVABLE,
    .severity = NULLMAIL_SEVERITY_WARNING,
    .fix = NULLMAIL_FIX_SET,
    .parameter = "tls_required_enable",
    .suggestion = "no",
  };

  if (self->snapshot->is_idle || !_nullmail_channel_is_waivable (self->effective))
    return;

  _nullmail_check_report (self, &facts,
    _("Set tls_required_enable to no."),
    _("Whoever sends a message from this host can take the TLS level away for it with the header "
      "“TLS-Required: no”: it then goes out in clear where the relay offers no TLS."));
}

static gboolean
allows_token (NullmailCheck *self)
{
  for (guint i = 0; token_mechanisms[i] != NULL; i++)
    if (_nullmail_effective_allows_mechanism (self->effective, token_mechanisms[i] + 1))
      return TRUE;

  return FALSE;
}

static gboolean
allows_password (NullmailCheck *self)
{
  g_auto(GStrv) mechanisms = g_strsplit (NULLMAIL_PASSWORD_MECHANISMS, ", ", -1);

  for (guint i = 0; mechanisms[i] != NULL; i++)
    if (_nullmail_effective_allows_mechanism (self->effective, mechanisms[i]))
      return TRUE;

  return FALSE;
}

static gboolean
is_token_mechanism (const char *name)
{
  for (guint i = 0; token_mechanisms[i] != NULL; i++)
    if (g_ascii_strcasecmp (name, token_mechanisms[i] + 1) == 0)
      return TRUE;

  return FALSE;
}

/* The filter without what is for tokens. Whatever else somebody has put into it stays, and nothing
 * is allowed that was not. */
static char *
leave_tokens_out (NullmailCheck *self)
{
  g_autofree char *text = nullmail_main_cf_get_value (self->main_cf, FILTER);
  g_auto(GStrv) items = _nullmail_text_split_list (text != NULL ? text : "");
  g_autoptr(GPtrArray) left = g_ptr_array_new ();
  gboolean has_names_only = TRUE;

  if (items[0] == NULL)
    return g_strdup (NULLMAIL_PASSWORD_MECHANISMS);

  for (guint i = 0; items[i] != NULL; i++)
    {
      has_names_only = has_names_only && strpbrk (items[i], "!/:$") == NULL;
      if (!is_token_mechanism (items[i]))
        g_ptr_array_add (left, items[i]);
    }
  g_ptr_array_add (left, NULL);
  if (has_names_only)
    return g_strjoinv (", ", (char **) left->pdata);

  /* The first item that matches decides. */
  g_ptr_array_set_size (left, 0);
  for (guint i = 0; token_mechanisms[i] != NULL; i++)
    if (_nullmail_effective_allows_mechanism (self->effective, token_mechanisms[i] + 1))
      g_ptr_array_add (left, (gpointer) token_mechanisms[i]);
  g_ptr_array_add (left, text);
  g_ptr_array_add (left, NULL);
  return g_strjoinv (", ", (char **) left->pdata);
}

/* Where both are allowed Cyrus SASL prefers the token. A filter that leaves the token alone means
 * that the login is by token. */
static void
check_preferred (NullmailCheck *self)
{
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_MECHANISM_PREFERRED,
    .severity = NULLMAIL_SEVERITY_WARNING,
    .fix = NULLMAIL_FIX_SET,
    .parameter = FILTER,
  };
  g_autofree char *suggestion = NULL;

  if (!self->authenticates || !allows_password (self) || !allows_token (self)
      || _nullmail_snapshot_observe_token_plugin (self->snapshot) != NULLMAIL_FACT_YES)
    return;

  facts.suggestion = suggestion = leave_tokens_out (self);

  _nullmail_check_report (self, &facts,
    _("Set smtp_sasl_mechanism_filter to the mechanisms for passwords, or to xoauth2 alone for a "
      "login by token."),
    _("A plug-in for access tokens (XOAUTH2) is installed, and takes the login over where the "
      "relay offers it: the password is sent as a token, and the relay refuses it."));
}

void
_nullmail_check_channel (NullmailCheck *self)
{
  check_level (self);
  check_fingerprints (self);
  check_null_ciphers (self);
  check_waivable (self);
  check_preferred (self);
}
