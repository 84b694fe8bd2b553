/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What smtp_tls_policy_maps says of the relay, and Postfix's client does not understand: it then
 * holds the relay's mail. */

#include "check/check-context-private.h"

#include <string.h>

#include "base/i18n-private.h"
#include "check/value-types-private.h"
#include "config/channel-guards-private.h"
#include "config/relay-policy-private.h"

#define POLICY_MAPS "smtp_tls_policy_maps"

/* Those of all versions; an older Postfix stops at the ones that it does not know. */
static const char *const attributes[] = {
  "ciphers", "connection_reuse", "enable_rpk", "exclude", "match", "mx_host_pattern",
  "policy_domain", "policy_failure", "policy_string", "policy_ttl", "policy_type", "protocols",
  "servername", "tafile", NULL
};

static gboolean
takes_match (NullmailTlsLevel level)
{
  return level == NULLMAIL_TLS_LEVEL_FINGERPRINT || level == NULLMAIL_TLS_LEVEL_VERIFY
         || level == NULLMAIL_TLS_LEVEL_SECURE;
}

/* (nullable) (transfer full): what Postfix does not understand of an attribute. */
static char *
judge_attribute (const NullmailRelayPolicy *policy,
                 const char                *name,
                 const char                *value)
{
  if (!g_strv_contains (attributes, name))
    return g_strdup_printf (_("it has no attribute “%s”"), name);
  if (*value == '\0')
    return g_strdup_printf (_("“%s” has no value"), name);
  if (g_str_equal (name, "match") && !takes_match (policy->level))
    return g_strdup_printf (_("“%s” is for the levels fingerprint, verify and secure"), name);
  if (!_nullmail_tls_level_requires_tls (policy->level))
    return NULL;

  if ((g_str_equal (name, "ciphers")
       && !_nullmail_value_type_takes (NULLMAIL_VALUE_CIPHER_GRADE, value))
      || (g_str_equal (name, "protocols")
          && !_nullmail_value_type_takes (NULLMAIL_VALUE_TLS_PROTOCOLS, value)))
    return g_strdup_printf (_("“%s” has no value that it could have"), name);
  if (g_str_equal (name, "tafile") && !g_file_test (value, G_FILE_TEST_EXISTS))
    return g_strdup_printf (_("there is no file “%s”"), value);

  return NULL;
}

/* Whether a policy has a text to compare with that is a fingerprint; Postfix passes over others. */
static gboolean
has_fingerprint (NullmailCheck       *self,
                 NullmailRelayPolicy *policy)
{
  g_auto(GStrv) items = _nullmail_relay_policy_list_items (policy, "match");

  for (guint i = 0; items != NULL && items[i] != NULL; i++)
    if (_nullmail_channel_is_fingerprint (self->effective, items[i]))
      return TRUE;

  return FALSE;
}

/* (nullable) (transfer full): the first fault of a policy. */
static char *
find_fault (NullmailCheck       *self,
            NullmailRelayPolicy *policy)
{
  g_auto(GStrv) words = g_strsplit_set (policy->text, "{}, \t\r\n", -1);
  gboolean is_behind_level = FALSE, has_anchor = FALSE;

  if (policy->level == NULLMAIL_TLS_LEVEL_AUTO)
    return g_strdup (_("it does not begin with a level"));

  /* Attributes behind “none” are passed over. */
  for (guint i = 0; words[i] != NULL && policy->level != NULLMAIL_TLS_LEVEL_NONE; i++)
    {
      const char *equals = strchr (words[i], '=');
      g_autofree char *name = equals != NULL ? g_strndup (words[i], equals - words[i]) : NULL;
      g_autofree char *fault = NULL;

      if (*words[i] == '\0')
        continue;
      if (is_behind_level)
        fault = name != NULL ? judge_attribute (policy, name, equals + 1)
                             : g_strdup_printf (_("“%s” is no attribute with a value"), words[i]);
      if (fault != NULL)
        return g_steal_pointer (&fault);
      has_anchor |= g_strcmp0 (name, "tafile") == 0;
      is_behind_level = TRUE;
    }

  if (policy->level == NULLMAIL_TLS_LEVEL_FINGERPRINT && !has_anchor
      && !has_fingerprint (self, policy)
      && !_nullmail_effective_has_text (self->effective, "smtp_tls_fingerprint_cert_match"))
    return g_strdup (_("there is no fingerprint to compare with"));

  return NULL;
}

/* The level of a policy needs what that of main.cf needs. */
static gboolean
lacks_dnssec (NullmailCheck             *self,
              const NullmailRelayPolicy *policy)
{
  g_autofree char *support = NULL;

  if (policy->level != NULLMAIL_TLS_LEVEL_DANE_ONLY || self->level == policy->level)
    return FALSE;

  support = _nullmail_effective_get_value (self->effective, "smtp_dns_support_level");
  return support != NULL && g_ascii_strcasecmp (support, "dnssec") != 0;
}

void
_nullmail_check_policy (NullmailCheck *self)
{
  g_auto(NullmailRelayPolicy) policy = { .parameter = NULL };
  g_autofree char *fault = NULL;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_INVALID_VALUE,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .parameter = POLICY_MAPS,
  };

  if (self->relay == NULL || !_nullmail_effective_has_text (self->effective, POLICY_MAPS))
    return;

  _nullmail_relay_policy_find (&policy, self->effective, self->relay);
  if (policy.is_open || policy.text == NULL)
    return;
  /* Where main.cf has that level as well, it is said of that. */
  if (policy.level == NULLMAIL_TLS_LEVEL_FINGERPRINT && self->level == policy.level)
    return;
  fault = find_fault (self, &policy);
  if (fault == NULL && lacks_dnssec (self, &policy))
    fault = g_strdup (_("dane-only needs smtp_dns_support_level to be dnssec"));
  if (fault == NULL)
    return;

  facts.subject = nullmail_relay_host_to_string (self->relay);
  _nullmail_check_report (self, &facts,
    _("Write a level (none, may, encrypt, dane, dane-only, fingerprint, verify or secure), and "
      "behind it attributes such as match=smtp.example.com, with colons and no blanks in a list."),
    _("“%s” gives the relay “%s” the policy “%s”, which Postfix cannot use, so that all mail "
      "waits: %s."),
    POLICY_MAPS, facts.subject, policy.text, fault);
}
