/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "queue/delay-remedy-private.h"

#include <string.h>

#include "base/i18n-private.h"
#include "queue/delay-reason-private.h"

#define CAUSE(name) NULLMAIL_DELAY_CAUSE_ ## name

#define NO_MECHANISM \
  "No way to log in is left: look at sasl-mechanisms, at tls-level and the lists " \
  "smtp_sasl_…security_options, which refuse a password without TLS, and install the plug-ins of " \
  "Cyrus SASL (libsasl2-modules, cyrus-sasl-plain)"

/* Replies that are well known, and the way out that the provider itself names, and behind them
 * reasons of Postfix itself. All words of a row must be in the text, which is compared in lower
 * case; the first row counts. Where each of them is documented is in tests/unit/delay-remedy.c. */
static const NullmailProviderRemedy providers[] = {
  { "microsoft-smtp-auth-disabled", CAUSE (AUTHENTICATION), { "smtpclientauthentication" },
    N_("Microsoft 365: switch “Authenticated SMTP” on for this mailbox (Set-CASMailbox "
       "-SmtpClientAuthenticationDisabled $false), or relay through a connector that knows this "
       "machine by its address") },
  { "microsoft-basic-auth", CAUSE (AUTHENTICATION), { "5.7.139", "basic authentication" },
    N_("Microsoft has ended password logins: use an access token (XOAUTH2), High Volume Email or "
       "a connector of Microsoft 365 that knows this machine by its address") },
  { "microsoft-policy", CAUSE (AUTHENTICATION), { "5.7.139" },
    N_("Microsoft 365: the account’s security defaults or conditional access forbid this login: "
       "exclude the account, allow SMTP AUTH for it, or use an access token or a connector") },
  { "microsoft-credentials", CAUSE (AUTHENTICATION), { "535", "5.7.3" },
    N_("Microsoft 365: check user name and password, and that “Authenticated SMTP” is on for the "
       "mailbox; an account with a second factor needs an access token") },
  { "microsoft-anonymous", CAUSE (AUTHENTICATION), { "5.7.57" },
    N_("Microsoft 365: set a user name and password, for the message came without a login, or "
       "relay to the organization’s MX host through a connector") },
  { "microsoft-send-as", CAUSE (SENDER_REFUSED), { "5.7.60" },
    N_("Microsoft 365: send as the mailbox that logs in (sender-address), or give it “Send As” "
       "for this sender") },
  { "microsoft-send-as-denied", CAUSE (SENDER_REFUSED), { "sendasdenied" },
    N_("Microsoft 365: send as the mailbox that logs in (sender-address), or give it “Send As” "
       "for this sender") },
  { "microsoft-unregistered", CAUSE (SENDER_REFUSED), { "5.7.750" },
    N_("Microsoft 365: add the sender’s domain to the tenant’s accepted domains, or send from one "
       "that is there") },
  { "microsoft-connector", CAUSE (RELAY_DENIED), { "5.7.64" },
    N_("Microsoft 365: set up an inbound connector for this machine’s public address or "
       "certificate, or log in at smtp.office365.com, port 587") },
  { "microsoft-new-tenant", CAUSE (BLOCKED), { "5.7.708" },
    N_("Microsoft 365 takes no traffic from this address, as for new tenants: ask Microsoft’s "
       "support, or send from another address") },
  { "microsoft-tenant-limit", CAUSE (RATE_LIMIT), { "5.7.705" },
    N_("Microsoft 365: the tenant has exceeded its limit: look for an account that sends spam, "
       "secure it, and ask Microsoft’s support to lift the block") },
  { "microsoft-concurrent", CAUSE (RATE_LIMIT), { "432", "4.3.2" },
    N_("Microsoft 365 allows three connections at a time to a mailbox: set "
       "smtp_destination_concurrency_limit to 2 or 3") },
  { "microsoft-quota", CAUSE (RATE_LIMIT), { "submissionquotaexceeded" },
    N_("Microsoft 365: the mailbox has reached its limit of recipients a day: wait, or use another "
       "service for bulk mail") },
  { "microsoft-delist", CAUSE (BLOCKED), { "banned sending ip" },
    N_("Ask for this address to be taken off Microsoft’s list at https://sender.office.com") },
  { "microsoft-s3150", CAUSE (BLOCKED), { "on our block list", "s3150" },
    N_("Ask for this address to be taken off Microsoft’s list at https://sender.office.com, or "
       "hand the mail to your provider’s relay instead") },
  { "google-app-password", CAUSE (AUTHENTICATION), { "application-specific password" },
    N_("Google: make an app password (https://support.google.com/accounts/answer/185833) and use "
       "it instead of the account’s own") },
  { "google-browser", CAUSE (AUTHENTICATION), { "log in", "web browser" },
    N_("Google: log in once with a web browser, then use an app password "
       "(https://support.google.com/accounts/answer/185833)") },
  { "google-credentials", CAUSE (AUTHENTICATION), { "username and password not accepted" },
    N_("Google: the account’s own password is not accepted here: turn 2-Step Verification on and "
       "use an app password (https://support.google.com/accounts/answer/185833)") },
  { "google-attempts", CAUSE (AUTHENTICATION), { "too many login attempts" },
    N_("Google: wait until it lets this account in again, and correct the password before the "
       "next attempt") },
  { "google-want-auth", CAUSE (AUTHENTICATION), { "authentication required", "gsmtp" },
    N_("Google: set the account and an app password, for the message came without a login") },
  { "google-quota", CAUSE (RATE_LIMIT), { "5.4.5", "daily" },
    N_("Google: the limit of messages a day is reached; it is free again within 24 hours. Google "
       "Workspace’s smtp-relay.gmail.com has higher limits") },
  { "google-relay-denied", CAUSE (RELAY_DENIED), { "mail relay denied" },
    N_("Google Workspace: add this machine’s public address to the SMTP relay service’s settings, "
       "or require SMTP authentication there and log in") },
  { "google-relay-credentials", CAUSE (RELAY_DENIED), { "invalid credentials for relay" },
    N_("Google Workspace: send from a domain of the account (origin), say it in EHLO (hostname), "
       "or log in at the SMTP relay service") },
  { "google-unauthenticated", CAUSE (BLOCKED), { "5.7.26" },
    N_("Publish SPF or DKIM for the sender’s domain, or hand the mail to the relay of that domain "
       "(https://support.google.com/mail/answer/81126)") },
  { "google-direct", CAUSE (BLOCKED), { "not authorized to send email directly" },
    N_("Hand the mail to your provider’s relay: this address may not deliver itself") },
  { "ses-unverified", CAUSE (SENDER_REFUSED), { "email address is not verified" },
    N_("Amazon SES: verify the sender’s address or domain in the region of this endpoint; in the "
       "sandbox each recipient as well, or ask for production access") },
  { "ses-credentials", CAUSE (AUTHENTICATION), { "authentication credentials invalid" },
    N_("Use the provider’s SMTP user name and password. Those of Amazon SES are made in its "
       "console for one region, and are not the access keys of AWS") },
  { "ses-rate", CAUSE (RATE_LIMIT), { "throttling failure" },
    N_("Amazon SES: ask for a higher sending rate or quota, or set smtp_destination_rate_delay") },
  { "ses-not-authorized", CAUSE (AUTHENTICATION), { "ses:sendrawemail" },
    N_("Amazon SES: allow ses:SendRawEmail in the policy of the user whose SMTP password this "
       "is") },
  { "sendgrid-identity", CAUSE (SENDER_REFUSED), { "verified sender identity" },
    N_("SendGrid: verify the sender’s address or domain under Sender Authentication, or send from "
       "one that is verified (sender-address)") },
  { "sendgrid-credits", CAUSE (AUTHENTICATION), { "maximum credits exceeded" },
    N_("SendGrid: the plan’s credits are used up: wait for the next period or change the plan") },
  { "sendgrid-key", CAUSE (AUTHENTICATION), { "authorization grant is invalid" },
    N_("SendGrid: the user name is “apikey” and the password an API key that may send mail") },
  { "qq-sender", CAUSE (SENDER_REFUSED), { "same as authorization user" },
    N_("QQ Mail: send as the account that logs in: set sender-address to it") },
  { "qq-code", CAUSE (AUTHENTICATION), { "authorization code" },
    N_("QQ Mail: switch SMTP on in the mailbox’s settings, and use the authorization code that it "
       "gives as the password") },
  { "netease-sender", CAUSE (SENDER_REFUSED), { "must equal authorized user" },
    N_("NetEase (163, 126): send as the account that logs in: set sender-address to it") },
  { "netease-permission", CAUSE (AUTHENTICATION), { "user has no permission" },
    N_("NetEase (163, 126): switch SMTP on in the mailbox’s settings, and use the authorization "
       "code that it gives as the password") },
  { "yandex-sender", CAUSE (SENDER_REFUSED), { "not owned by auth user" },
    N_("Yandex: send as the account that logs in, or as an alias of it: set sender-address") },
  { "yandex-access", CAUSE (AUTHENTICATION), { "does not have access rights" },
    N_("Yandex: allow mail programs in the mailbox’s settings, and use an app password") },
  { "mailru-app-password", CAUSE (AUTHENTICATION), { "parol prilozheniya" },
    N_("Mail.ru: make a password for external applications and use it instead of the account’s "
       "own") },
  { "gmx-sender", CAUSE (SENDER_REFUSED), { "sender address is not allowed" },
    N_("GMX, WEB.DE and others: send as an address of the account that logs in: set "
       "sender-address") },
  { "yahoo-deferred", CAUSE (RATE_LIMIT), { "[tss04]" },
    N_("Yahoo: wait, send less, and see https://senders.yahooinc.com/smtp-error-codes") },
  { "mailgun-test", CAUSE (RATE_LIMIT), { "test purposes only" },
    N_("Mailgun: activate the account, or add the recipient to the authorized recipients") },
  { "zoho-sender", CAUSE (SENDER_REFUSED), { "sender is not allowed to relay" },
    N_("Zoho: send as the account that logs in, or as an alias of it: set sender-address") },
  { "spamhaus", CAUSE (BLOCKED), { "spamhaus" },
    N_("Look this machine’s public address up at https://check.spamhaus.org; a machine behind a "
       "dial-up address has to use its provider’s relay") },
  { "postgrey", CAUSE (RATE_LIMIT), { "postgrey" },
    N_("Wait: the relay takes the message at a later attempt") },
  { "postfix-client-rejected", CAUSE (BLOCKED), { "client host rejected: access denied" },
    N_("Log in at the relay (authentication): there it takes mail from nobody else; or have it "
       "accept mail from this machine’s address") },
  { "postfix-helo-rejected", CAUSE (BLOCKED), { "helo command rejected" },
    N_("Give this machine a full name that DNS knows: set hostname (myhostname), such as "
       "host7.example.com") },
  { "postfix-starttls-first", CAUSE (TLS), { "starttls command first" },
    N_("The relay takes mail under TLS only: set tls-level (smtp_tls_security_level) to secure") },
  { "postfix-not-offered", CAUSE (TLS), { "but was not offered by host" },
    N_("Check the port; if the relay is known to offer STARTTLS, somebody between this machine and "
       "it suppresses that: use its port 465, and do not lower tls-level") },
  { "postfix-tls-engine", CAUSE (TLS), { "our tls engine is unavailable" },
    N_("Postfix cannot use a file that TLS needs: name one in tls-ca-file that is there and has "
       "certificates, and look at the findings of check") },
  { "postfix-handshake", CAUSE (TLS), { "cannot start tls" },
    N_("Check the port: tls-wrapper (smtp_tls_wrappermode) is for a port where TLS begins at once, "
       "such as 465, and for no other; a probe of the relay says more") },
  { "postfix-certificate", CAUSE (TLS), { "server certificate not" },
    N_("Probe the relay to see what is wrong with its certificate: an authority that is not known "
       "goes into tls-ca-file, the name that it is for into relay-host, and who runs the relay has "
       "to renew one that has expired; do not lower tls-level, for then anybody on the way can "
       "read the password") },
  { "postfix-silent", CAUSE (NETWORK), { "timed out", "initial server greeting" },
    N_("Check the port: where TLS begins at once, as at 465, a relay waits for it in silence, and "
       "tls-wrapper (smtp_tls_wrappermode) has to be set; else no mail server is there, or it is "
       "too busy") },
  { "postfix-no-mechanism", CAUSE (LOCAL), { "no mechanism available" }, N_(NO_MECHANISM) },
  { "postfix-no-compatible", CAUSE (LOCAL), { "no compatible authentication mechanisms" },
    N_(NO_MECHANISM) },
  { "postfix-local-data", CAUSE (LOCAL), { "local data error" },
    N_("A table cannot be read, such as that of the passwords: the findings of check and the mail "
       "log name it") },
};

/* Without a provider that is known. */
static const struct
{
  NullmailDelayCause  cause;
  const char         *remedy;
} general[] = {
  { CAUSE (DNS),
    N_("Check the relay’s name, and that this machine resolves it; if smtp(8) runs in a chroot, "
       "that its copy of resolv.conf there is up to date") },
  { CAUSE (NETWORK),
    N_("Check the relay’s name and port, and that no firewall is in the way; many networks block "
       "port 25, and leave 587 and 465 open") },
  { CAUSE (TLS),
    N_("Check the relay’s name, port and certificate, and tls-ca-file; do not lower tls-level, "
       "for then anybody on the way can read the password") },
  { CAUSE (AUTHENTICATION),
    N_("Check authentication, user name and password; many providers want an app password") },
  { CAUSE (RELAY_DENIED),
    N_("Log in at the relay (authentication), or have it accept mail from this machine’s "
       "address") },
  { CAUSE (SENDER_REFUSED),
    N_("Send from an address that the relay accepts for this login: set sender-address; mail that "
       "waits gets it by “postsuper -r ALL”") },
  { CAUSE (RECIPIENT_REFUSED),
    N_("Check the recipient’s address, and that its mailbox is not full") },
  { CAUSE (RATE_LIMIT),
    N_("Wait: Postfix tries again by itself; if it goes on, send less or ask for a higher limit") },
  { CAUSE (MESSAGE_REFUSED),
    N_("Send a smaller message, or one without what the relay objects to") },
  { CAUSE (LOCAL),
    N_("Look at the findings of check, and at the lines of the mail log before this one") },
  { CAUSE (BLOCKED),
    N_("Hand the mail to your provider’s relay, or ask the one who blocks it to take this "
       "machine’s address off") },
};

const NullmailProviderRemedy *
_nullmail_delay_remedy_list (gsize *n_remedies)
{
  *n_remedies = G_N_ELEMENTS (providers);
  return providers;
}

static gboolean
fits (const NullmailProviderRemedy *row,
      const char                   *lower)
{
  for (gsize i = 0; i < G_N_ELEMENTS (row->words) && row->words[i] != NULL; i++)
    {
      if (strstr (lower, row->words[i]) == NULL)
        return FALSE;
    }

  return TRUE;
}

/**
 * nullmail_delay_cause_get_remedy:
 * @cause: a cause
 * @reason: the reason that the cause is of; it may be empty
 *
 * Says what to do: for well-known replies the way out that the provider itself names, for the
 * usual reasons of Postfix what they come of, else what there is to say of the cause.
 *
 * Returns: (transfer full) (nullable): a sentence without a full stop, translated; %NULL where
 *   there is nothing to say, as of %NULLMAIL_DELAY_CAUSE_UNKNOWN
 *
 * Since: 1.0
 */
char *
nullmail_delay_cause_get_remedy (NullmailDelayCause  cause,
                                 const char         *reason)
{
  g_auto(NullmailDelayReason) parts = { .words = NULL };
  g_autofree char *text = NULL;
  g_autofree char *lower = NULL;

  g_return_val_if_fail (reason != NULL, NULL);

  /* As it is, with the codes, and without them, for they stand in the middle of sentences. */
  _nullmail_delay_reason_init (&parts, reason);
  text = g_strconcat (reason, "\n", parts.words, NULL);
  lower = g_ascii_strdown (text, -1);
  for (gsize i = 0; i < G_N_ELEMENTS (providers); i++)
    {
      if (providers[i].cause == cause && fits (&providers[i], lower))
        return g_strdup (_(providers[i].remedy));
    }

  for (gsize i = 0; i < G_N_ELEMENTS (general); i++)
    {
      if (general[i].cause == cause)
        return g_strdup (_(general[i].remedy));
    }

  return NULL;
}
