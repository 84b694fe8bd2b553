/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check/check-context-private.h"

#include "base/i18n-private.h"
#include "config/obsolete-names-private.h"
#include "config/relay-channel-private.h"
#include "config/relay-policy-private.h"

#define LEVEL "smtp_tls_security_level"
#define WRAPPER "smtp_tls_wrappermode"

/* Whether a password may go out in clear. DANE is no more than MAY where the relay's zone is not
 * signed, and then it is up to the lists of mechanisms. */
static gboolean
is_opportunistic (NullmailCheck *self)
{
  NullmailTlsLevel level = self->relay_level;

  if (level == NULLMAIL_TLS_LEVEL_DANE)
    return _nullmail_relay_channel_gives_away (self->effective, NULLMAIL_CHANNEL_PLAIN)
           || _nullmail_relay_channel_gives_away (self->effective, NULLMAIL_CHANNEL_ENCRYPTED);

  return level == NULLMAIL_TLS_LEVEL_NONE || level == NULLMAIL_TLS_LEVEL_MAY;
}

/* Whether a certificate can be verified here, so that to suggest it does not bring in findings of
 * codes 9 and 38. */
static gboolean
can_be_secure (NullmailCheck *self)
{
  return _nullmail_check_has_cas (self) != NULLMAIL_FACT_NO
         && !_nullmail_check_is_unverifiable (self);
}

/* Postfix is asked for its version only where people read what is said. */
static void
report_obsolete (NullmailCheck              *self,
                 const NullmailObsoleteName *obsolete)
{
  gboolean warns = !self->snapshot->seeks_errors
                   && _nullmail_obsolete_name_warns (obsolete, self->effective);
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_OBSOLETE_TLS_PARAMETER,
    .severity = NULLMAIL_SEVERITY_WARNING,
    .fix = NULLMAIL_FIX_MODERNISE_TLS,
    .parameter = obsolete->name,
  };

  if (warns)
    _nullmail_check_report (self, &facts,
      _("Use smtp_tls_security_level, and smtp_tls_policy_maps for exceptions, in its place."),
      _("“%s” is obsolete: Postfix warns about it, and a later version will not know it."),
      obsolete->name);
  else
    _nullmail_check_report (self, &facts,
      _("Use smtp_tls_security_level, and smtp_tls_policy_maps for exceptions, in its place."),
      _("“%s” is obsolete: Postfix warns about it from version %s on, and a later one will not "
        "know it."),
      obsolete->name, obsolete->warned_since);
}

static void
check_obsolete (NullmailCheck *self)
{
  const NullmailObsoleteName *obsolete;

  for (guint i = 0; (obsolete = _nullmail_obsolete_name_get (i)) != NULL; i++)
    if (obsolete->is_tls && nullmail_main_cf_has_value (self->main_cf, obsolete->name))
      report_obsolete (self, obsolete);
}

static void
check_opportunistic (NullmailCheck *self)
{
  gboolean can_fix;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_TLS_OPPORTUNISTIC_WITH_AUTH,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .parameter = LEVEL,
  };

  if (!self->authenticates || !self->has_relay || !is_opportunistic (self))
    return;

  can_fix = can_be_secure (self);
  facts.fix = can_fix ? NULLMAIL_FIX_SET : NULLMAIL_FIX_NONE;
  facts.suggestion = can_fix ? "secure" : NULL;
  _nullmail_check_report (self, &facts,
    can_fix ? _("Require TLS with a verified certificate: set the level to secure.")
            : _("Name the certification authorities in smtp_tls_CAfile and the relay by its name, "
                "then set the level to secure."),
    "%s", self->level == NULLMAIL_TLS_LEVEL_NONE
          ? _("There is a login at the relay, but no TLS: nothing keeps the password and the "
              "messages from being read on the way.")
          : _("There is a login at the relay, but TLS is not required: whoever suppresses its "
              "offer on the way gets the messages, and may get the password."));
}

static void
check_unverified (NullmailCheck *self)
{
  gboolean can_fix = can_be_secure (self);
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_TLS_UNVERIFIED,
    .severity = NULLMAIL_SEVERITY_NOTICE,
    .fix = can_fix ? NULLMAIL_FIX_SET : NULLMAIL_FIX_NONE,
    .parameter = LEVEL,
    .suggestion = can_fix ? "secure" : NULL,
  };

  if (!self->authenticates || self->relay_level != NULLMAIL_TLS_LEVEL_ENCRYPT)
    return;

  _nullmail_check_report (self, &facts,
    _("Set the level to secure, and smtp_tls_CAfile to the certification authorities."),
    _("There is a login at the relay, and TLS is required, but nobody looks at the certificate: "
      "another host may take the place of the relay and read the password."));
}

static void
check_wrapper_missing (NullmailCheck *self)
{
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_TLS_WRAPPER_MISSING,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .fix = NULLMAIL_FIX_SET,
    .parameter = WRAPPER,
    .suggestion = "yes",
  };

  if (self->relay == NULL || self->wraps || !nullmail_relay_host_get_implicit_tls (self->relay))
    return;

  _nullmail_check_report (self, &facts,
    _("Set smtp_tls_wrappermode to yes, with a level of encrypt or secure."),
    _("Port 465 begins with TLS at once, but Postfix waits for a greeting in clear, until it gives "
      "up."));
}

static void
check_wrapper_unexpected (NullmailCheck *self)
{
  guint port = self->relay != NULL ? nullmail_relay_host_get_port (self->relay) : 0;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_TLS_WRAPPER_UNEXPECTED,
    .severity = NULLMAIL_SEVERITY_WARNING,
    .fix = NULLMAIL_FIX_SET,
    .parameter = WRAPPER,
    .suggestion = "no",
  };

  /* Others than these two may well begin with TLS, such as Amazon's 2465. */
  if (!self->wraps || (port != 25 && port != 587))
    return;

  _nullmail_check_report (self, &facts,
    _("Remove smtp_tls_wrappermode, or use the relay's port 465."),
    _("Postfix begins with TLS at once, as port 465 does it, but the relay's port is %u, where a "
      "server usually greets in clear first."),
    port);
}

static void
check_wrapper_level (NullmailCheck *self)
{
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_TLS_WRAPPER_LEVEL,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .fix = NULLMAIL_FIX_SET,
    .parameter = LEVEL,
  };

  if (!self->wraps || self->level == NULLMAIL_TLS_LEVEL_AUTO
      || _nullmail_tls_level_requires_tls (self->level))
    return;

  /* DANE with a relay that has no records comes to nothing here, but is not to be given up. */
  facts.suggestion = self->level == NULLMAIL_TLS_LEVEL_DANE ? "dane-only"
                     : can_be_secure (self) ? "secure" : "encrypt";

  _nullmail_check_report (self, &facts,
    _("Set the level to secure, or at least to encrypt."),
    _("smtp_tls_wrappermode needs a level of encrypt or higher: with the present one Postfix "
      "connects to no server."));
}

NullmailFact
_nullmail_check_has_cas (NullmailCheck *self)
{
  const NullmailCheckSnapshot *snapshot = self->snapshot;
  NullmailFact path = NULLMAIL_FACT_NO, defaults = NULLMAIL_FACT_NO;
  g_autofree char *ca_file = _nullmail_effective_get_value (self->effective, "smtp_tls_CAfile");
  g_autofree char *ca_path = _nullmail_effective_get_value (self->effective, "smtp_tls_CApath");

  /* If smtp_tls_CAfile cannot be read Postfix uses no TLS at all, whatever else there is. */
  if (ca_file != NULL && *ca_file != '\0')
    return _nullmail_snapshot_observe_ca_file (snapshot, ca_file);

  if (ca_path != NULL && *ca_path != '\0')
    path = _nullmail_snapshot_observe_ca_path (snapshot, ca_path);
  if (_nullmail_effective_is_yes (self->effective, "tls_append_default_CA"))
    defaults = _nullmail_snapshot_observe_default_cas (snapshot);

  if (path == NULLMAIL_FACT_YES || defaults == NULLMAIL_FACT_YES)
    return NULLMAIL_FACT_YES;
  if (path == NULLMAIL_FACT_UNKNOWN || defaults == NULLMAIL_FACT_UNKNOWN)
    return NULLMAIL_FACT_UNKNOWN;

  return NULLMAIL_FACT_NO;
}

/* Where no certificate is verified Postfix loads the file all the same, and goes without TLS if it
 * cannot. */
static void
check_idle_ca_file (NullmailCheck *self,
                    const char    *file)
{
  gboolean requires_tls = self->wraps || _nullmail_tls_level_requires_tls (self->level);
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_CA_MISSING,
    .severity = requires_tls ? NULLMAIL_SEVERITY_ERROR : NULLMAIL_SEVERITY_WARNING,
    .parameter = "smtp_tls_CAfile",
    .subject = file,
  };

  if ((!requires_tls && self->level != NULLMAIL_TLS_LEVEL_MAY)
      || _nullmail_snapshot_observe_ca_file (self->snapshot, file) != NULLMAIL_FACT_NO)
    return;

  facts.suggestion = _nullmail_snapshot_observe_system_cas (self->snapshot);
  facts.fix = facts.suggestion != NULL ? NULLMAIL_FIX_SET : NULLMAIL_FIX_NONE;
  _nullmail_check_report (self, &facts,
    _("Set smtp_tls_CAfile to a readable file of certificates, such as that of the system."),
    requires_tls
    ? _("“%s” has no certificates that can be read: Postfix then has no TLS, and all mail waits.")
    : _("“%s” has no certificates that can be read: Postfix then has no TLS, and mail goes out in "
        "clear."),
    file);
}

static void
check_cas (NullmailCheck *self)
{
  NullmailFact fact;
  g_autofree char *file = _nullmail_effective_get_value (self->effective, "smtp_tls_CAfile");
  gboolean has_file = file != NULL && *file != '\0';
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_CA_MISSING,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .parameter = "smtp_tls_CAfile",
    .subject = has_file ? file : NULL,
  };

  if (!_nullmail_tls_level_needs_ca (self->level))
    {
      if (has_file)
        check_idle_ca_file (self, file);
      return;
    }

  fact = _nullmail_check_has_cas (self);
  if (fact == NULLMAIL_FACT_YES)
    return;

  if (fact == NULLMAIL_FACT_UNKNOWN)
    {
      _nullmail_check_report_open (self, NULLMAIL_FINDING_CODE_CA_MISSING, "smtp_tls_CAfile",
        _("Check again as a user who may read them. In a chroot Postfix's client has "
          "smtp_tls_CAfile, and of smtp_tls_CApath what is copied there when Postfix starts."),
        _("Whether the certification authorities can be read is not known."));
      return;
    }

  facts.suggestion = _nullmail_snapshot_observe_system_cas (self->snapshot);
  facts.fix = facts.suggestion != NULL ? NULLMAIL_FIX_SET : NULLMAIL_FIX_NONE;
  if (has_file)
    _nullmail_check_report (self, &facts,
      _("Set smtp_tls_CAfile to a readable file of certificates, such as that of the system."),
      _("“%s” has no certificates that can be read: Postfix then has no TLS, and all mail waits."),
      file);
  else
    _nullmail_check_report (self, &facts,
      _("Set smtp_tls_CAfile to the file of the system's certificates."),
      _("The relay's certificate has to be verified, but there are no certification authorities "
        "to do it with, so that none is ever accepted and all mail waits."));
}

/* Levels that verify in different ways are not compared, and without an MX lookup the names that
 * “verify” and “secure” ask for are the same. */
static gboolean
is_weaker (NullmailCheck    *self,
           NullmailTlsLevel  policy)
{
  if (_nullmail_tls_level_guarantees (policy, self->level))
    return FALSE;
  if (policy == NULLMAIL_TLS_LEVEL_VERIFY && nullmail_relay_host_get_mx_lookup (self->relay))
    return TRUE;

  return !_nullmail_tls_level_requires_tls (policy)
         || _nullmail_tls_level_get_channel (policy) != NULLMAIL_CHANNEL_VERIFIED;
}

static void
report_overridden (NullmailCheck *self,
                   const char    *parameter,
                   const char    *policy)
{
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_TLS_OVERRIDDEN,
    .severity = self->authenticates ? NULLMAIL_SEVERITY_ERROR : NULLMAIL_SEVERITY_WARNING,
    .parameter = parameter,
    .subject = nullmail_relay_host_to_string (self->relay),
  };

  _nullmail_check_report (self, &facts,
    _("Remove the relay's entry from the table, or give it a level that is as strict."),
    _("“%s” gives the relay “%s” the policy “%s”, which is less than smtp_tls_security_level "
      "demands."),
    parameter, facts.subject, policy);
}

static void
check_overridden (NullmailCheck *self)
{
  g_auto(NullmailRelayPolicy) policy = { .parameter = NULL };

  if (self->relay == NULL || self->level == NULLMAIL_TLS_LEVEL_AUTO
      || self->level == NULLMAIL_TLS_LEVEL_NONE)
    return;

  _nullmail_relay_policy_find (&policy, self->effective, self->relay);
  if (policy.is_open)
    _nullmail_check_report_open (self, NULLMAIL_FINDING_CODE_TLS_OVERRIDDEN, policy.parameter,
      _("Ask the table with “postmap -q” and the relay as the key; it should answer nothing, or "
        "a level that is as strict."),
      _("Whether “%s” weakens TLS for the relay “%s” is not known."),
      policy.parameter, nullmail_relay_host_to_string (self->relay));
  else if (policy.level != NULLMAIL_TLS_LEVEL_AUTO && is_weaker (self, policy.level))
    report_overridden (self, policy.parameter, policy.text);
}

void
_nullmail_check_tls (NullmailCheck *self)
{
  check_obsolete (self);
  check_opportunistic (self);
  check_unverified (self);
  check_wrapper_missing (self);
  check_wrapper_unexpected (self);
  check_wrapper_level (self);
  check_cas (self);
  check_overridden (self);
}
