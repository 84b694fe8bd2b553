/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check-case.h"

#define LISTENS "listens-on-network W inet_interfaces = loopback-only @main.cf"
#define DELIVERS "local-delivery N mydestination =  @main.cf"
#define OPENS "networks-open W mynetworks = 127.0.0.0/8 [::1]/128 @main.cf"
#define UNROUTABLE "origin-not-routable W myorigin @main.cf"
#define AS_THEY_ARE "\n-sender_canonical_maps"
#define SENDERS "sender-not-set N sender_canonical_maps @main.cf\n"

static void
have_origin_file (NullmailCheckSnapshot *snapshot)
{
  snapshot->origin_line = "example.com ";
}

static void
have_bad_origin_file (NullmailCheckSnapshot *snapshot)
{
  snapshot->origin_line = "host7";
}

static void
lose_domain (NullmailCheckSnapshot *snapshot G_GNUC_UNUSED)
{
  check_case_set_host_name ("host7");
}

static void
switch_ipv6_off (NullmailCheckSnapshot *snapshot)
{
  snapshot->kernel_has_ipv6 = NULLMAIL_FACT_NO;
}

static void
forget_ipv6 (NullmailCheckSnapshot *snapshot)
{
  snapshot->kernel_has_ipv6 = NULLMAIL_FACT_UNKNOWN;
}

static void
stop (NullmailCheckSnapshot *snapshot)
{
  snapshot->is_running = snapshot->is_enabled = NULLMAIL_FACT_NO;
}

static void
forget_service (NullmailCheckSnapshot *snapshot)
{
  snapshot->is_running = snapshot->is_enabled = NULLMAIL_FACT_UNKNOWN;
}

static const CheckCase cases[] = {
  CASE ("listens/all", "inet_interfaces = all", LISTENS ":3\n"),
  CASE ("listens/default", "-inet_interfaces", LISTENS "\n"),
  CASE ("listens/address", "inet_interfaces = 127.0.0.1, 192.0.2.7", LISTENS ":3\n"),
  CASE ("listens/name", "inet_interfaces = $myhostname localhost", LISTENS ":3\n"),
  CASE ("listens/loopback", "inet_interfaces = 127.0.0.1 [::1] ::1, localhost", ""),
  CASE ("listens/nowhere", "inet_interfaces =", ""),

  CASE ("delivers/absent", "-mydestination", DELIVERS "\n"),
  CASE ("delivers/set", "mydestination = $myhostname, localhost", DELIVERS ":5\n"),
  CASE ("delivers/commas", "mydestination = , ,", ""),
  CASE ("delivers/elsewhere",
    "relay_domains = example.org\nvirtual_alias_domains = example.net\n"
    "virtual_mailbox_domains = hash:/etc/postfix/domains",
    "local-delivery N relay_domains =  @main.cf:14\n"
    "local-delivery N virtual_alias_domains =  @main.cf:15\n"
    "local-delivery N virtual_mailbox_domains =  @main.cf:16\n"),
  CASE ("delivers/nothing-elsewhere", "relay_domains = $mydestination\nvirtual_alias_domains =",
    ""),
  CASE ("delivers/alias", "virtual_alias_maps = inline:{root=admin@example.com}", ""),

  CASE ("networks/open", "mynetworks = 127.0.0.0/8 192.0.2.0/24", OPENS ":4\n"),
  CASE ("networks/all", "mynetworks = 0.0.0.0/0", OPENS ":4\n"),
  CASE ("networks/everybody", "mynetworks = 0.0.0.0/0\ninet_interfaces = all",
    "open-relay E mynetworks = 127.0.0.0/8 [::1]/128 @main.cf:4\n" LISTENS ":3\n"
    OPENS ":4\n"),
  CASE ("networks/everybody-else", "mynetworks = [::]/0\ninet_interfaces = all",
    "open-relay E mynetworks = 127.0.0.0/8 [::1]/128 @main.cf:4\n" LISTENS ":3\n"
    OPENS ":4\n"),
  CASE ("networks/restricted",
    "mynetworks = 0.0.0.0/0\ninet_interfaces = all\nsmtpd_relay_restrictions = reject\n",
    LISTENS ":3\n" OPENS ":4\n"),
  CASE ("server/domains", "inet_interfaces = all\nvirtual_mailbox_domains = example.org",
    "mail-server N\n"),
  CASE ("server/logins",
    "inet_interfaces = all\nsmtpd_sasl_auth_enable = yes\nmynetworks = 10.0.0.0/8",
    "mail-server N\n"),
  CASE ("server/of-everybody",
    "inet_interfaces = all\nrelay_domains = example.org\nmynetworks = 0.0.0.0/0",
    "open-relay E mynetworks = 127.0.0.0/8 [::1]/128 @main.cf:4\nmail-server N\n"),
  CASE ("networks/beyond-class", "mynetworks = 126.0.0.0/7", OPENS ":4\n"),
  CASE ("networks/ipv6", "mynetworks = 127.0.0.0/8, [fd00::]/64", OPENS ":4\n"),
  CASE ("networks/ipv6-wide", "mynetworks = [::]/0", OPENS ":4\n"),
  CASE ("networks/name", "mynetworks = localhost other.example.com", OPENS ":4\n"),
  CASE ("networks/debian", "mynetworks = 127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128", ""),
  CASE ("networks/one-address", "mynetworks = 127.0.0.1,[::1]", ""),
  CASE ("networks/excluded", "mynetworks = !192.0.2.1 !192.0.2.0/24, 127.0.0.0/8", ""),
  CASE ("networks/nobody", "mynetworks =", ""),
  CASE ("networks/file", "mynetworks = 127.0.0.0/8 /etc/postfix/networks",
    "not-checked N mynetworks (networks-open) @main.cf:4\n"),
  CASE ("networks/table", "mynetworks = cidr:/etc/postfix/networks",
    "not-checked N mynetworks (networks-open) @main.cf:4\n"),
  CASE ("networks/file-beside-open", "mynetworks = /etc/postfix/networks 192.0.2.0/24",
    OPENS ":4\n"),
  CASE ("networks/default", "-mynetworks", ""),
  CASE ("networks/default-listening", "-mynetworks\ninet_interfaces = all", LISTENS ":3\n"),
  CASE ("networks/default-subnet", "-mynetworks\ninet_interfaces = all\nmynetworks_style = subnet",
    LISTENS ":3\n" OPENS "\n"),
  CASE ("networks/default-old",
    "-mynetworks\ninet_interfaces = all\ncompatibility_level = 1", LISTENS ":3\n" OPENS "\n"),

  CASE ("hostname/short", "myhostname = host7\nmyorigin = example.com",
    "hostname-not-qualified W myhostname @main.cf:14\n"),
  CASE ("hostname/full", "myhostname = host7.example.com", ""),

  CASE ("origin/short", "myorigin = host7" AS_THEY_ARE, UNROUTABLE ":6\n" SENDERS),
  CASE ("origin/local", "myorigin = Host7.LOCAL" AS_THEY_ARE, UNROUTABLE ":6\n" SENDERS),
  CASE ("origin/rewritten", "myorigin = host7.local", ""),
  CASE ("origin/internal-relay",
    "myorigin = host7.local\nrelayhost = [10.1.2.3]\nsmtp_sasl_auth_enable = no\n"
    "-smtp_sasl_password_maps\nsmtp_tls_security_level = may" AS_THEY_ARE, ""),
  CASE ("origin/localdomain", "myorigin = $myhostname" AS_THEY_ARE,
    UNROUTABLE ":6\n" SENDERS, .adjust = lose_domain),
  CASE ("origin/default", "-myorigin" AS_THEY_ARE, UNROUTABLE "\n" SENDERS,
    .adjust = lose_domain),
  CASE ("origin/from-short-hostname", "myhostname = host7" AS_THEY_ARE,
    "hostname-not-qualified W myhostname @main.cf:14\n" UNROUTABLE ":6\n" SENDERS),
  CASE ("origin/from-hostname", "myhostname = host7.example.org", "", .adjust = lose_domain),
  CASE ("origin/from-domain", "-myorigin\nmydomain = example.org", "", .adjust = lose_domain),
  CASE ("origin/dot", "myorigin = example.com.", ""),
  CASE ("origin/file", "myorigin = /etc/mailname", "", .adjust = have_origin_file),
  CASE ("origin/file-short", "myorigin = /etc/mailname" AS_THEY_ARE,
    UNROUTABLE ":6\n" SENDERS,
    .adjust = have_bad_origin_file),
  CASE ("origin/file-unread", "myorigin = /etc/mailname",
    "not-checked N myorigin (origin-not-routable) @main.cf:6\n"),

  CASE ("protocols/default", "",
    "protocol-unavailable N inet_protocols = ipv4 @main.cf\n", .adjust = switch_ipv6_off),
  CASE ("protocols/ipv6", "inet_protocols = ipv6",
    "protocol-unavailable E inet_protocols = ipv4 @main.cf:14\n", .adjust = switch_ipv6_off),
  CASE ("protocols/both", "inet_protocols = ipv4, ipv6",
    "protocol-unavailable N inet_protocols = ipv4 @main.cf:14\n", .adjust = switch_ipv6_off),
  CASE ("protocols/ipv4", "inet_protocols = ipv4", "", .adjust = switch_ipv6_off),
  CASE ("protocols/there", "inet_protocols = all", ""),
  CASE ("protocols/unknown", "inet_protocols = all", "", .adjust = forget_ipv6),

  CASE ("service/stopped", "", "not-running W\nnot-enabled W\n", .adjust = stop),
  CASE ("service/unknown", "", "", .adjust = forget_service),
};

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  check_case_add_all ("/check/local", cases, G_N_ELEMENTS (cases));

  return g_test_run ();
}
