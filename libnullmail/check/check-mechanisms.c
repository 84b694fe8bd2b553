/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Whether any login mechanism is left, and providers that end logins by password. */

#include "check/check-context-private.h"

#include "base/i18n-private.h"

#define FILTER "smtp_sasl_mechanism_filter"

/* The mechanisms of Cyrus SASL and the files of their plug-ins; EXTERNAL is part of the library. */
static const struct
{
  const char *mechanism;
  const char *plugin;  /* NULL: always there */
} mechanisms[] = {
  { "plain", "libplain" },
  { "login", "liblogin" },
  { "cram-md5", "libcrammd5" },
  { "digest-md5", "libdigestmd5" },
  { "scram-sha-1", "libscram" },
  { "scram-sha-224", "libscram" },
  { "scram-sha-256", "libscram" },
  { "scram-sha-384", "libscram" },
  { "scram-sha-512", "libscram" },
  { "ntlm", "libntlm" },
  { "otp", "libotp" },
  { "srp", "libsrp" },
  { "gssapi", "libgssapi" },
  { "gss-spnego", "libgssapi" },
  { "gs2-krb5", "libgs2" },
  { "gs2-iakerb", "libgs2" },
  { "xoauth2", "*oauth" },
  { "oauthbearer", "*oauth" },
  { "external", NULL },
};

static NullmailFact
has_plugin (NullmailCheck *self,
            const char    *plugin)
{
  if (plugin == NULL)
    return NULLMAIL_FACT_YES;
  if (g_str_equal (plugin, "libplain") || g_str_equal (plugin, "liblogin"))
    return _nullmail_snapshot_observe_password_plugin (self->snapshot);
  if (*plugin == '*')
    return _nullmail_snapshot_observe_token_plugin (self->snapshot);

  return _nullmail_snapshot_observe_plugin (self->snapshot, plugin);
}

static void
report_plugin_missing (NullmailCheck *self,
                       gboolean       is_allowed,
                       gboolean       is_filtered)
{
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_SASL_PLUGIN_MISSING,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .parameter = is_filtered ? FILTER : "smtp_sasl_auth_enable",
  };

  if (!is_allowed)
    _nullmail_check_report (self, &facts,
      _("Name the mechanisms that are allowed, such as plain, login; a list of what is not ends "
        "with static:rest."),
      _("“%s” leaves no login mechanism, so that Postfix cannot log in, and all mail waits."),
      facts.parameter);
  else if (is_filtered)
    _nullmail_check_report (self, &facts,
      _("Install the plug-in of Cyrus SASL for it, or allow another mechanism."),
      _("“%s” allows only mechanisms for which Cyrus SASL has no plug-in: Postfix cannot log in, "
        "and all mail waits."),
      facts.parameter);
  else
    _nullmail_check_report (self, &facts,
      _("Install the plug-ins: the package is libsasl2-modules, cyrus-sasl-plain or the like."),
      _("Cyrus SASL has neither a PLAIN nor a LOGIN plug-in, so that Postfix cannot log in: “no "
        "mechanism available”, and all mail waits."));
}

/* A relay that offers a password login offers PLAIN or LOGIN: where the filter allows them, their
 * plug-ins are what counts. */
static void
check_plugin (NullmailCheck *self)
{
  g_autofree char *implementation = _nullmail_effective_get_value (self->effective,
                                                                   "smtp_sasl_type");
  gboolean is_allowed = FALSE, is_open = FALSE, is_plain = FALSE;

  if (!self->authenticates || g_strcmp0 (implementation, "cyrus") != 0)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (mechanisms); i++)
    {
      NullmailFact fact;

      if (i >= 2 && is_plain)
        break;
      if (!_nullmail_effective_allows_mechanism (self->effective, mechanisms[i].mechanism))
        continue;
      is_allowed = TRUE;
      is_plain |= i < 2;
      fact = has_plugin (self, mechanisms[i].plugin);
      if (fact == NULLMAIL_FACT_YES)
        return;
      is_open |= fact == NULLMAIL_FACT_UNKNOWN;
    }

  if (is_open)
    _nullmail_check_report_open (self, NULLMAIL_FINDING_CODE_SASL_PLUGIN_MISSING,
      "smtp_sasl_auth_enable",
      _("Make sure that the PLAIN or LOGIN plug-in of Cyrus SASL is installed."),
      _("Where the plug-ins of Cyrus SASL are is not known."));
  else
    report_plugin_missing (self, is_allowed, !is_plain);
}

static void
check_retired (NullmailCheck *self)
{
  static const struct
  {
    const char *host;
    const char *remedy;
  } providers[] = {
    { "smtp.gmail.com", N_("Use an app password of the account, or the SMTP relay service of "
                           "Google Workspace, which knows this host by its address.") },
    { "smtp.googlemail.com", N_("Use an app password of the account, or the SMTP relay service of "
                                "Google Workspace, which knows this host by its address.") },
    { "smtp.office365.com", N_("Use a connector for this host's address, or a login by token "
                               "(XOAUTH2) with its plug-in.") },
    { "outlook.office365.com", N_("Use a connector for this host's address, or a login by token "
                                  "(XOAUTH2) with its plug-in.") },
    { "smtp-mail.outlook.com", N_("Use another relay, or a login by token (XOAUTH2) with its "
                                  "plug-in.") },
  };
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_PASSWORD_LOGIN_RETIRED,
    .severity = NULLMAIL_SEVERITY_NOTICE,
    .parameter = "relayhost",
  };

  if (!self->authenticates || self->relay == NULL
      || !(_nullmail_effective_allows_mechanism (self->effective, "plain")
           || _nullmail_effective_allows_mechanism (self->effective, "login")))
    return;

  facts.subject = nullmail_relay_host_get_host (self->relay);
  for (guint i = 0; i < G_N_ELEMENTS (providers); i++)
    if (g_ascii_strcasecmp (facts.subject, providers[i].host) == 0)
      _nullmail_check_report (self, &facts, _(providers[i].remedy),
        _("The provider of “%s” ends logins with the password of an account: sooner or later it "
          "refuses them, if it does not already."),
        facts.subject);
}

void
_nullmail_check_mechanisms (NullmailCheck *self)
{
  check_plugin (self);
  check_retired (self);
}
