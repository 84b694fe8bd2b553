/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <libnullmail/nullmail.h>

#include "check-case.h"
#include "config/relay-channel-private.h"

#define NOTHING "noplaintext, noactive, nodictionary, noanonymous"
#define FINGERPRINT "smtp_tls_security_level = fingerprint\n"
#define MAY_OVER_TLS \
  "smtp_tls_security_level = may\n" STRICT "smtp_sasl_tls_security_options = noanonymous\n"
#define STRICT \
  "smtp_sasl_security_options = " NOTHING "\n" \
  "smtp_sasl_tls_security_options = " NOTHING "\n"

static gboolean
is_weaker (NullmailMainCf *before,
           NullmailMainCf *after)
{
  g_autoptr(NullmailEffective) a = check_case_read (before);
  g_autoptr(NullmailEffective) b = check_case_read (after);

  return _nullmail_relay_channel_is_weaker (a, b);
}

/* It is what Postfix takes both for that counts, and not their texts. */
static void
test_one_change (void)
{
  static const struct { const char *edits; gboolean is_weaker; } cases[] = {
    { "", FALSE },
    { "myorigin = example.org", FALSE },
    { "relayhost = [other.example.com]:587", TRUE },
    { "relayhost = [smtp.$mydomain]:587", FALSE },
    { "smtp_sasl_auth_enable = no", FALSE },
    { "-smtp_sasl_auth_enable", FALSE },
    { "smtp_tls_security_level = verify", TRUE },
    { "smtp_tls_security_level = may", TRUE },
    { "-smtp_tls_security_level", TRUE },
    { "level = secure\nsmtp_tls_security_level = $level", FALSE },
    { "level = encrypt\nsmtp_tls_security_level = $level", TRUE },
    { "smtp_tls_security_level = dane-only", FALSE },
    { "smtp_use_tls = yes", FALSE },
    { "smtp_sasl_password_maps = texthash:/etc/postfix/sasl_passwd", FALSE },
    { "smtp_tls_policy_maps = hash:/etc/postfix/tls_policy", TRUE },
    { "smtp_tls_policy_maps =", FALSE },
    { "smtp_tls_wrappermode = no", FALSE },
    { "smtp_tls_security_level = dane", TRUE },
    { "smtp_tls_policy_maps = static:secure", FALSE },
    { "smtp_tls_policy_maps = inline:{[smtp.example.com]:587=may}", TRUE },
    { "smtp_tls_policy_maps = inline:{[other.example.com]:587=may}", FALSE },
    { "smtp_tls_policy_maps = static:{secure match=nexthop}", FALSE },
    { "smtp_tls_policy_maps = static:{secure match=nexthop:evil.example}", TRUE },
    { "smtp_tls_secure_cert_match = nexthop", FALSE },
    { "smtp_tls_secure_cert_match = nexthop, evil.example", TRUE },
    { "smtp_tls_verify_cert_match = evil.example", FALSE },
    { "smtp_tls_CAfile = /etc/postfix/other.pem", TRUE },
    { "tls_append_default_CA = yes", TRUE },
    { "smtp_tls_trust_anchor_file = /tmp/other.pem", TRUE },
    { "smtp_tls_policy_maps = static:{secure tafile=/tmp/other.pem}", TRUE },
    { "smtp_tls_mandatory_ciphers = null", TRUE },
    { "smtp_tls_mandatory_ciphers = export", TRUE },
    { "smtp_tls_mandatory_ciphers = LOW", TRUE },
    { "smtp_tls_mandatory_ciphers = medium", FALSE },
    { "smtp_tls_mandatory_ciphers = high", FALSE },
    { "smtp_tls_mandatory_ciphers = hihg", FALSE },
    { "smtp_tls_mandatory_protocols = >=TLSv1.2", FALSE },
    { "smtp_tls_mandatory_protocols = !SSLv2, !SSLv3", FALSE },
    { "smtp_tls_mandatory_protocols = >=SSLv3", TRUE },
    { "smtp_tls_mandatory_protocols = !SSLv2", TRUE },
    { "smtp_tls_mandatory_protocols = SSLv3:TLSv1.2", TRUE },
    { "smtp_tls_mandatory_protocols =", TRUE },
    { "smtp_tls_mandatory_exclude_ciphers = aNULL", FALSE },
    { "smtp_tls_policy_maps = static:{secure ciphers=high protocols=>=TLSv1.2}", FALSE },
    { "smtp_tls_policy_maps = static:{secure ciphers=null}", TRUE },
    { "smtp_tls_policy_maps = static:{secure protocols=SSLv3:TLSv1.3}", TRUE },
    { "smtp_tls_policy_maps = static:{secure exclude=MD5}", FALSE },
    { "smtp_tls_policy_maps = inline:{ {[other.example.com]:587 = secure ciphers=null} }", FALSE },
    /* At SECURE these are for nothing. */
    { "smtp_tls_ciphers = null", FALSE },
    { "smtp_tls_protocols = SSLv3", FALSE },
    /* At SECURE there is no other channel that the lists could be for. */
    { "smtp_sasl_security_options = noanonymous", FALSE },
  };
  g_autoptr(NullmailMainCf) before = check_case_make_main_cf ("");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(NullmailMainCf) after = check_case_make_main_cf (cases[i].edits);

      g_test_message ("%s", cases[i].edits);
      g_assert_cmpint (is_weaker (before, after), ==, cases[i].is_weaker);
    }
}

/* An obsolete parameter and its successor are the same channel. */
static void
test_obsolete (void)
{
  g_autoptr(NullmailMainCf) before =
    check_case_make_main_cf ("-smtp_tls_security_level\nsmtp_use_tls = yes");
  g_autoptr(NullmailMainCf) after = check_case_make_main_cf ("smtp_tls_security_level = may");

  g_assert_false (is_weaker (before, after));
}

/* A macro that nobody knows is empty, but where Postfix cannot be asked nobody knows that: then it
 * is the same as long as its text is. */
static void
test_unknown (void)
{
  g_autoptr(NullmailMainCf) a = check_case_make_main_cf ("relayhost = $my_relay");
  g_autoptr(NullmailMainCf) b = check_case_make_main_cf ("relayhost = $other_relay");
  g_autoptr(NullmailMainCf) c = check_case_make_main_cf ("");
  g_autoptr(NullmailEffective) a_alone = _nullmail_effective_new (a, NULL);
  g_autoptr(NullmailEffective) b_alone = _nullmail_effective_new (b, NULL);
  g_autoptr(NullmailEffective) c_alone = _nullmail_effective_new (c, NULL);

  g_assert_false (is_weaker (a, b));
  g_assert_true (is_weaker (a, c));

  g_assert_false (_nullmail_relay_channel_is_weaker (a_alone, a_alone));
  g_assert_true (_nullmail_relay_channel_is_weaker (a_alone, b_alone));
  g_assert_true (_nullmail_relay_channel_is_weaker (a_alone, c_alone));
}

/* Both ways: what is weaker in one is stronger in the other, or the same. */
static void
test_two_states (void)
{
  static const struct { const char *before, *after; gboolean is_weaker, was_weaker; } cases[] = {
    { "smtp_tls_security_level = may\n-smtp_sasl_security_options",
      "smtp_tls_security_level = may\nsmtp_sasl_security_options = noanonymous", TRUE, FALSE },
    { "smtp_tls_security_level = may\n-smtp_sasl_security_options",
      "smtp_tls_security_level = encrypt\n-smtp_sasl_security_options", FALSE, TRUE },
    { "smtp_tls_security_level = encrypt\n-smtp_sasl_security_options",
      "smtp_tls_security_level = encrypt\nsmtp_sasl_security_options = " NOTHING
      "\nsmtp_sasl_tls_security_options = noanonymous", FALSE, FALSE },
    { "smtp_tls_security_level = dane\n" STRICT,
      "smtp_tls_security_level = dane\n" STRICT "smtp_sasl_tls_security_options = noanonymous",
      TRUE, FALSE },
    { "smtp_tls_policy_maps = static:may\n" STRICT,
      "smtp_tls_policy_maps = static:may\nsmtp_sasl_security_options = noplaintext", TRUE, FALSE },
    { "smtp_tls_policy_maps = regexp:{{/./ may}}\n" STRICT,
      "smtp_tls_policy_maps = regexp:{{/./ may}}\nsmtp_sasl_security_options = noanonymous",
      TRUE, FALSE },
    { "smtp_tls_policy_maps = static:may\n" STRICT, STRICT, FALSE, TRUE },
    { "smtp_tls_per_site = static:MUST", "smtp_tls_per_site = static:NONE", TRUE, FALSE },
    { "smtp_tls_policy_maps = static:may\nsmtp_tls_per_site = static:MUST",
      "smtp_tls_per_site = static:MUST", FALSE, TRUE },
    { "smtp_tls_security_level = fingerprint\nsmtp_tls_fingerprint_cert_match = 00:11",
      "smtp_tls_security_level = fingerprint\nsmtp_tls_fingerprint_cert_match = 00:11, 22:33",
      TRUE, FALSE },
    { "smtp_tls_security_level = verify", "smtp_tls_security_level = verify\n"
      "smtp_tls_verify_cert_match = evil.example", TRUE, TRUE },
    { "-smtp_tls_CAfile", "smtp_tls_CAfile = /etc/ca.pem", FALSE, FALSE },
    { "tls_append_default_CA = yes", "tls_append_default_CA = no", FALSE, TRUE },

    { "smtp_tls_trust_anchor_file = /a.pem, /b.pem", "smtp_tls_trust_anchor_file = /b.pem", FALSE,
      TRUE },
    { "smtp_tls_trust_anchor_file = /a.pem\nsmtp_tls_CAfile = /c.pem",
      "smtp_tls_trust_anchor_file = /a.pem\nsmtp_tls_CAfile = /d.pem", FALSE, FALSE },
    { "-smtp_tls_CAfile", "-smtp_tls_CAfile\nsmtp_tls_trust_anchor_file = /a.pem", FALSE, TRUE },
    { "smtp_tls_mandatory_ciphers = high", "", TRUE, FALSE },
    { "smtp_tls_mandatory_protocols = >=TLSv1.2", "", TRUE, FALSE },
    { "smtp_tls_mandatory_protocols = >=TLSv1.2", "smtp_tls_mandatory_protocols = "
      "!SSLv2 !SSLv3 !TLSv1 !TLSv1.1", FALSE, FALSE },
    { "smtp_tls_exclude_ciphers = MD5, aNULL\nsmtp_tls_mandatory_exclude_ciphers = RC4",
      "smtp_tls_exclude_ciphers = aNULL:MD5:RC4", FALSE, FALSE },
    { "smtp_tls_exclude_ciphers = MD5, aNULL", "smtp_tls_exclude_ciphers = aNULL", TRUE, FALSE },
    { "smtp_tls_exclude_ciphers = MD5", "smtp_tls_exclude_ciphers = MD5\n"
      "smtp_tls_policy_maps = static:{secure exclude=aNULL}", TRUE, TRUE },
    { FINGERPRINT "smtp_tls_policy_maps = static:{fingerprint match=00:11 exclude=MD5:RC4}",
      FINGERPRINT "smtp_tls_policy_maps = static:{fingerprint match=00:11 exclude=RC4}", TRUE,
      FALSE },
    /* TLS that encrypts nothing has the list of an encrypted channel. */
    { MAY_OVER_TLS, MAY_OVER_TLS "smtp_tls_ciphers = null", TRUE, FALSE },
    { MAY_OVER_TLS, MAY_OVER_TLS "smtp_tls_mandatory_ciphers = null", FALSE, FALSE },
    { "smtp_tls_security_level = dane", "smtp_tls_security_level = dane\nsmtp_tls_ciphers = low",
      TRUE, FALSE },
    /* Where there could be no TLS at all before, any is better. */
    { MAY_OVER_TLS "smtp_tls_ciphers = high\nsmtp_tls_protocols = >=TLSv1.3", "", FALSE, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(NullmailMainCf) before = check_case_make_main_cf (cases[i].before);
      g_autoptr(NullmailMainCf) after = check_case_make_main_cf (cases[i].after);

      g_test_message ("%s, then %s", cases[i].before, cases[i].after);
      g_assert_cmpint (is_weaker (before, after), ==, cases[i].is_weaker);
      g_assert_cmpint (is_weaker (after, before), ==, cases[i].was_weaker);
    }
}

/* From Postfix 3.10 on a message's header takes a level away. */
static void
test_waiver (void)
{
  g_autoptr(NullmailMainCf) guarded = check_case_make_main_cf (STRICT "tls_required_enable = no");
  g_autoptr(NullmailMainCf) open =
    check_case_make_main_cf ("smtp_sasl_security_options = noactive");
  g_autoptr(NullmailEffective) a = check_case_read (guarded);
  g_autoptr(NullmailEffective) b = check_case_read (open);

  check_case_know_default ("tls_required_enable", "yes");  /* they ask when they need it */
  g_assert_true (_nullmail_relay_channel_is_weaker (a, b));
  g_assert_false (_nullmail_relay_channel_is_weaker (b, a));
}

/* The password goes out in clear over TLS that encrypts nothing, unless TLS is required. */
static void
test_null_ciphers (void)
{
  static const struct { const char *edits; gboolean gives_away; } cases[] = {
    { MAY_OVER_TLS, FALSE },
    { MAY_OVER_TLS "smtp_tls_ciphers = NULL", TRUE },
    { MAY_OVER_TLS "smtp_tls_policy_maps = static:{may ciphers=null}", TRUE },
    { MAY_OVER_TLS "smtp_tls_policy_maps = static:{may ciphers=null}\n" STRICT, FALSE },
    { MAY_OVER_TLS "smtp_tls_security_level = none\nsmtp_tls_ciphers = null", FALSE },
    { MAY_OVER_TLS "smtp_tls_security_level = dane\nsmtp_tls_ciphers = null", TRUE },
    { "smtp_tls_mandatory_ciphers = null\nsmtp_tls_ciphers = null", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(NullmailMainCf) main_cf = check_case_make_main_cf (cases[i].edits);
      g_autoptr(NullmailEffective) effective = check_case_read (main_cf);

      g_test_message ("%s", cases[i].edits);
      g_assert_cmpint (_nullmail_relay_channel_gives_away (effective, NULLMAIL_CHANNEL_PLAIN), ==,
                       cases[i].gives_away);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/relay-channel/one-change", test_one_change);
  g_test_add_func ("/relay-channel/obsolete", test_obsolete);
  g_test_add_func ("/relay-channel/unknown", test_unknown);
  g_test_add_func ("/relay-channel/two-states", test_two_states);
  g_test_add_func ("/relay-channel/waiver", test_waiver);
  g_test_add_func ("/relay-channel/null-ciphers", test_null_ciphers);
  return g_test_run ();
}
