/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* For each well-known reply the way out of its provider is found by way of its cause, and where the
 * reply is documented stands beside it. */

#include <string.h>

#include "nullmail.h"
#include "queue/delay-remedy-private.h"
#include "queue/reply-text-private.h"

#define MIN_PROVIDERS 25

#define AUTH(reply) "SASL authentication failed; server a[192.0.2.1] said: " reply
#define MAIL(reply) "host a[192.0.2.1] said: " reply " (in reply to MAIL FROM command)"
#define RCPT(reply) "host a[192.0.2.1] said: " reply " (in reply to RCPT TO command)"
#define DATA(reply) "host a[192.0.2.1] said: " reply " (in reply to end of DATA command)"

#define MICROSOFT_NDR "learn.microsoft.com: Email non-delivery reports in Exchange Online"
#define MICROSOFT_AUTH "learn.microsoft.com: Authenticated client SMTP submission"
#define GOOGLE "support.google.com/a/answer/3726730: Gmail SMTP errors and codes"
#define SES "docs.aws.amazon.com/ses: Amazon SES SMTP issues"
#define SENDGRID "docs.sendgrid.com: Sender identity; SMTP errors"

static const struct
{
  const char *name;    /* of the row in delay-remedy.c */
  const char *source;
  const char *reason;
  const char *mentions;  /* in the remedy */
} replies[] = {
  { "microsoft-smtp-auth-disabled", MICROSOFT_AUTH,
    AUTH ("535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the "
          "Tenant. Visit https://aka.ms/smtp_auth_disabled for more information."),
    "Set-CASMailbox" },
  { "microsoft-basic-auth", MICROSOFT_AUTH,
    AUTH ("535 5.7.139 Authentication unsuccessful, basic authentication is disabled."),
    "XOAUTH2" },
  { "microsoft-policy", MICROSOFT_AUTH,
    AUTH ("535 5.7.139 Authentication unsuccessful, user is locked by your organization's security "
          "defaults policy."), "security defaults" },
  { "microsoft-credentials", "github tarickb/sasl-xoauth2#5",
    AUTH ("535 5.7.3 Authentication unsuccessful [YTXPR0101CA0051.CANPRD01.PROD.OUTLOOK.COM]"),
    "second factor" },
  { "microsoft-anonymous", MICROSOFT_NDR,
    MAIL ("530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM"),
    "without a login" },
  { "microsoft-send-as", MICROSOFT_NDR,
    DATA ("550 5.7.60 SMTP; Client does not have permissions to send as this sender"), "Send As" },
  { "microsoft-send-as-denied", MICROSOFT_NDR,
    DATA ("554 5.2.252 SendAsDenied; a@example.com not allowed to send as b@example.com"),
    "Send As" },
  { "microsoft-unregistered", MICROSOFT_NDR,
    DATA ("550 5.7.750 Service unavailable. Client blocked from sending from unregistered domains"),
    "accepted domains" },
  { "microsoft-connector", MICROSOFT_NDR,
    RCPT ("550 5.7.64 TenantAttribution; Relay Access Denied"), "connector" },
  { "microsoft-new-tenant", MICROSOFT_NDR,
    DATA ("550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP"),
    "support" },
  { "microsoft-tenant-limit", MICROSOFT_NDR,
    DATA ("550 5.7.705 Service unavailable. Access denied, tenant has exceeded threshold"),
    "tenant" },
  { "microsoft-concurrent", "github sabuhish/fastapi-mail#75; aka.ms/concurrent_sending",
    DATA ("432 4.3.2 Concurrent connections limit exceeded. Visit "
          "https://aka.ms/concurrent_sending for more information."),
    "smtp_destination_concurrency_limit" },
  { "microsoft-quota", "github MicrosoftDocs/OfficeDocs-Support#1150",
    DATA ("554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException"),
    "a day" },
  { "microsoft-delist", "zone-mta config/bounces.txt",
    RCPT ("550 5.7.606 Access denied, banned sending IP [192.0.2.1]. To request removal from this "
          "list please visit https://sender.office.com/"), "sender.office.com" },
  { "microsoft-s3150", "zone-mta config/bounces.txt",
    MAIL ("550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your "
          "Internet service provider since part of their network is on our block list (S3150)."),
    "sender.office.com" },
  { "google-app-password", GOOGLE,
    AUTH ("534-5.7.9 Application-specific password required. Learn more at 534 5.7.9 "
          "https://support.google.com/mail/?p=InvalidSecondFactor"), "app password" },
  { "google-browser", GOOGLE,
    AUTH ("534-5.7.14 Please log in through your web browser and then try again."),
    "web browser" },
  { "google-credentials", GOOGLE,
    AUTH ("535-5.7.8 Username and Password not accepted. Learn more at 535 5.7.8 "
          "https://support.google.com/mail/?p=BadCredentials"), "2-Step Verification" },
  { "google-attempts", GOOGLE,
    AUTH ("454 4.7.0 Too many login attempts, please try again later."), "wait" },
  { "google-want-auth", "github dawidd6/action-send-mail#186",
    MAIL ("530-5.7.0 Authentication Required. Learn more at 530 5.7.0 "
          "https://support.google.com/mail/?p=WantAuthError j5-20020 - gsmtp"), "app password" },
  { "google-quota", "github gen-smtp/gen_smtp#140",
    DATA ("550 5.4.5 Daily user sending quota exceeded. - gsmtp"), "24 hours" },
  { "google-relay-denied", "support.google.com/a/answer/6140680",
    MAIL ("550-5.7.0 Mail relay denied [192.0.2.1]. Invalid credentials for relay for one of the "
          "550 5.7.0 domains in: example.com"), "SMTP relay service" },
  { "google-relay-credentials", "support.google.com/a/answer/6140680",
    RCPT ("550-5.7.1 Invalid credentials for relay [192.0.2.1]. The IP address you've 550 5.7.1 "
          "registered in your Workspace SMTP Relay service doesn't match"), "EHLO" },
  { "google-unauthenticated", GOOGLE,
    DATA ("550-5.7.26 This mail has been blocked because the sender is unauthenticated. 550 5.7.26 "
          "Gmail requires all senders to authenticate with either SPF or DKIM."), "SPF" },
  { "google-direct", GOOGLE,
    DATA ("550-5.7.1 The IP you're using to send mail is not authorized to 550-5.7.1 send email "
          "directly to our servers."), "relay" },
  { "ses-unverified", SES,
    DATA ("554 Message rejected: Email address is not verified. The following identities failed "
          "the check in region US-EAST-1: a@example.com"), "sandbox" },
  { "ses-credentials", SES, AUTH ("535 Authentication Credentials Invalid"), "access keys" },
  { "ses-rate", SES, DATA ("454 Throttling failure: Maximum sending rate exceeded."),
    "smtp_destination_rate_delay" },
  { "ses-not-authorized", SES,
    DATA ("554 Access denied: User `arn:aws:iam::1:user/u' is not authorized to perform "
          "`ses:SendRawEmail' on resource `arn:aws:ses:us-east-1:1:identity/a'"), "policy" },
  { "sendgrid-identity", SENDGRID,
    DATA ("550 The from address does not match a verified Sender Identity."),
    "Sender Authentication" },
  { "sendgrid-credits", "github mautic/mautic#8721",
    AUTH ("451 Authentication failed: Maximum credits exceeded"), "credits" },
  { "sendgrid-key", SENDGRID,
    AUTH ("535 Authentication failed: The provided authorization grant is invalid, expired, or "
          "revoked"), "apikey" },
  { "qq-sender", "github fisharebest/webtrees#2370",
    MAIL ("501 mail from address must be same as authorization user"), "sender-address" },
  { "qq-code", "service.mail.qq.com help 1001256",
    AUTH ("535 Login Fail. Please enter your authorization code to login."), "authorization code" },
  { "netease-sender", "github splitbrain/dokuwiki-plugin-smtp#16",
    MAIL ("553 Mail from must equal authorized user"), "sender-address" },
  { "netease-permission", "help.mail.163.com, SMTP",
    AUTH ("550 User has no permission"), "authorization code" },
  { "yandex-sender", "github splitbrain/dokuwiki-plugin-smtp#38",
    MAIL ("553 5.7.1 Sender address rejected: not owned by auth user."), "sender-address" },
  { "yandex-access", "yandex.com/support/mail, mail clients",
    AUTH ("535 5.7.8 Error: authentication failed: This user does not have access rights to this "
          "service"), "app password" },
  { "mailru-app-password", "help.mail.ru/mail/security/protection/external",
    AUTH ("535 5.7.0 NEOBHODIM parol prilozheniya / Application password is REQUIRED"),
    "external applications" },
  { "gmx-sender", "github infertux/zeyple#49",
    MAIL ("550-Requested action not taken: mailbox unavailable 550 Sender address is not allowed."),
    "sender-address" },
  { "yahoo-deferred", "sisimai Rhost/YahooInc.pm",
    MAIL ("421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to user complaints"),
    "senders.yahooinc.com" },
  { "mailgun-test", "github mailgun/wordpress-plugin#68",
    DATA ("421 Domain example.com is not allowed to send: Free accounts are for test purposes "
          "only."), "authorized recipients" },
  { "zoho-sender", "zoho.com/mail/help, SMTP errors",
    MAIL ("553 Sender is not allowed to relay emails"), "sender-address" },
  { "spamhaus", "postfix smtpd_check.c",
    RCPT ("554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using "
          "zen.spamhaus.org"), "check.spamhaus.org" },
  { "postgrey", "postgrey",
    RCPT ("450 4.2.0 <a@example.com>: Recipient address rejected: Greylisted, see "
          "http://postgrey.schweikert.ch/help/example.com.html"), "Wait" },
  { "postfix-client-rejected", "postfix smtpd_check.c",
    RCPT ("554 5.7.1 <host7[192.0.2.9]>: Client host rejected: Access denied"), "Log in" },
  { "postfix-helo-rejected", "postfix smtpd_check.c",
    RCPT ("504 5.5.2 <host7>: Helo command rejected: need fully-qualified hostname"),
    "myhostname" },
  { "postfix-starttls-first", "postfix smtpd.c",
    MAIL ("530 5.7.0 Must issue a STARTTLS command first"), "tls-level" },
  { "postfix-not-offered", "postfix smtp_proto.c",
    "TLS is required, but was not offered by host a[192.0.2.1]", "465" },
  { "postfix-tls-engine", "postfix smtp_proto.c",
    "TLS is required, but our TLS engine is unavailable", "tls-ca-file" },
  { "postfix-handshake", "postfix smtp_proto.c", "Cannot start TLS: handshake failure",
    "tls-wrapper" },
  { "postfix-certificate", "postfix smtp_proto.c", "Server certificate not verified",
    "do not lower tls-level" },
  { "postfix-silent", "postfix smtp_trouble.c",
    "conversation with a[192.0.2.1] timed out while receiving the initial server greeting",
    "tls-wrapper" },
  { "postfix-no-mechanism", "postfix smtp_sasl_glue.c",
    "SASL authentication failed; cannot authenticate to server a[192.0.2.1]: no mechanism "
    "available", "libsasl2-modules" },
  { "postfix-no-compatible", "postfix smtp_sasl_proto.c",
    "SASL authentication failed: server a[192.0.2.1] offered no compatible authentication "
    "mechanisms for this type of connection security", "sasl-mechanisms" },
  { "postfix-local-data", "postfix smtp_trouble.c",
    "local data error while talking to a[192.0.2.1]", "findings of check" },
};

static void
test_replies (void)
{
  gsize n_remedies;
  const NullmailProviderRemedy *remedies = _nullmail_delay_remedy_list (&n_remedies);

  for (gsize i = 0; i < G_N_ELEMENTS (replies); i++)
    {
      NullmailDelayCause cause = nullmail_delay_cause_from_reason (replies[i].reason);
      g_autofree char *remedy = nullmail_delay_cause_get_remedy (cause, replies[i].reason);
      const NullmailProviderRemedy *row = NULL;

      for (gsize j = 0; j < n_remedies && row == NULL; j++)
        row = g_str_equal (remedies[j].name, replies[i].name) ? &remedies[j] : NULL;

      g_test_message ("%s, from %s", replies[i].name, replies[i].source);
      g_assert_nonnull (row);
      g_assert_cmpint (cause, ==, row->cause);
      g_assert_cmpstr (remedy, ==, row->remedy);
      g_assert_nonnull (strstr (remedy, replies[i].mentions));
    }
}

/* Each row of the table is reached by one of the replies above. */
static void
test_table (void)
{
  gsize n_remedies;
  const NullmailProviderRemedy *remedies = _nullmail_delay_remedy_list (&n_remedies);
  guint n_providers = 0;

  g_assert_cmpuint (n_remedies, ==, G_N_ELEMENTS (replies));
  for (gsize i = 0; i < n_remedies; i++)
    {
      gboolean is_tried = FALSE;

      n_providers += !g_str_has_prefix (remedies[i].name, "postfix-");
      for (gsize j = 0; j < G_N_ELEMENTS (replies); j++)
        is_tried |= g_str_equal (replies[j].name, remedies[i].name);
      g_assert_true (is_tried);
      for (const char *p = remedies[i].words[0]; *p != '\0'; p++)
        g_assert_false (g_ascii_isupper (*p));
    }
  g_assert_cmpuint (n_providers, >=, MIN_PROVIDERS);
}

static void
test_general (void)
{
  for (int cause = NULLMAIL_DELAY_CAUSE_UNKNOWN; cause <= NULLMAIL_DELAY_CAUSE_BLOCKED; cause++)
    {
      g_autofree char *remedy = nullmail_delay_cause_get_remedy (cause, "");
      gboolean has_none = cause == NULLMAIL_DELAY_CAUSE_UNKNOWN
                          || cause == NULLMAIL_DELAY_CAUSE_NO_REASON;

      g_assert_true ((remedy == NULL) == has_none);
      if (remedy != NULL)
        g_assert_false (g_str_has_suffix (remedy, "."));
    }
}

/* A relay that refuses a login may repeat it: what could be the password is never shown. */
static void
test_secrets (void)
{
  static const char * const logins[] = {
    "AHVzZXIAU2VjcmV0LTc=",                  /* PLAIN */
    "dXNlckBleGFtcGxlLmNvbQBzZWNyZXQ=",      /* with a NUL inside */
    "AHVzZXIAc2VjcmV0",                      /* without a digit or padding */
    "U2VjcmV0LTctTWFya2Vy",                  /* LOGIN: the password alone */
    "dXNlcj1hAWF1dGg9QmVhcmVyIHRva2VuAQE=",  /* XOAUTH2 */
  };
  static const char * const harmless[] = {
    "SASL authentication failed; server smtp.example.com[192.0.2.1] said: 535-5.7.8 Username and "
    "Password not accepted. https://support.google.com/mail/?p=BadCredentials - gsmtp",
    "host mx.example.com[192.0.2.1] said: 250 2.0.0 Ok: queued as 4YX9vq0bT3z1",
    "SASL authentication failed; server smtp.outlook.com[192.0.2.1] said: 535 5.7.3 Authentication "
    "unsuccessful [AAAAAAAACA0051AA.CANPRD01.PROD.OUTLOOK.COM]",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (logins); i++)
    {
      g_autofree char *reason = g_strdup_printf (AUTH ("535 5.7.8 refused %s, sorry"), logins[i]);
      g_autofree char *shown = _nullmail_reply_text_show (reason);

      g_assert_null (strstr (shown, logins[i]));
      g_assert_nonnull (strstr (shown, "********, sorry"));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (harmless); i++)
    {
      g_autofree char *shown = _nullmail_reply_text_show (harmless[i]);

      g_assert_cmpstr (shown, ==, harmless[i]);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/delay-remedy/replies", test_replies);
  g_test_add_func ("/delay-remedy/table", test_table);
  g_test_add_func ("/delay-remedy/general", test_general);
  g_test_add_func ("/delay-remedy/secrets", test_secrets);

  return g_test_run ();
}
