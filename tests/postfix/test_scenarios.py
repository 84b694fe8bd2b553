# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What can be wrong between a null client and its relay, one row for each: what the probe, check()
and a test message say of it, the way out that they name, and that the mail arrives by that way."""

import mail_lab
import scenario
from scenario import CHOOSY, DOMAINS, HOST, NO_LOGIN, OWNER, RELAY, SILENT, SMALL, STRIPPING
from scenario import Scenario, ScenarioCase

NO_DNS = "nameserver 192.0.2.25\\noptions timeout:1 attempts:1\\n"  # nothing listens there
GREYLISTED = ("450 4.2.0 Greylisted, see "
              "http://postgrey.schweikert.ch/help/lab.example.com.html")
# Whether check() compares the copies in the chroot with what they are of.
CHROOT_FINDINGS = ("chroot-stale",)


def at(port, host=HOST):
    return f"[{host}]:{port}"


def fault(name):
    """The relay's name leads to one with that fault."""
    return lambda case: case.lab.call("fault", name, "--name", HOST)


def in_server(command):
    return lambda case: case.lab.run("server", "sh", "-c", command + " >/dev/null 2>&1")


def answers(reply):
    return lambda case: case.answer(reply)


CHANNEL = [
    Scenario(
        "an untrusted authority", f"begin({at(587, 'untrusted.lab.example.com')!r})",
        "certificate-invalid", (), "deferred", "4.7.5", "tls",
        {"probe": "tls-ca-file", "report": "not known goes into tls-ca-file"}, no_login=True,
        mend="change(tls_ca_file='/etc/nullmail-lab/stranger.crt')"),
    Scenario(
        "an expired certificate", f"begin({RELAY!r})",
        "certificate-invalid", (), "deferred", "4.7.5", "tls",
        {"probe": "clock.*who runs the relay has to renew",
         "report": "renew one that has expired"},
        no_login=True, outside=fault("expired"), instead=fault("none")),
    Scenario(
        "a certificate for another name", f"begin({at(587, 'wrongname.lab.example.com')!r})",
        "certificate-invalid", (), "deferred", "4.7.5", "tls",
        {"probe": "is for mail.example.net: write that name in the relay host",
         "report": "the name that it is for into relay-host"}, no_login=True,
        mend="change(PASSWORD, relay_host='[mail.example.net]:587')"),
    Scenario(
        "STARTTLS stripped by a proxy", f"begin({at(STRIPPING)!r})",
        "tls-unavailable", (), "deferred", "4.7.4", "tls",
        {"probe": "STARTTLS, somebody.*465", "report": "465, and do not lower tls-level"},
        no_login=True,
        mend=f"change(PASSWORD, relay_host={at(465)!r})"),
    Scenario(
        "STARTTLS stripped, at a level that takes any certificate",
        f"begin({at(STRIPPING)!r}, tls_level='encrypt')",
        "tls-unavailable", ("tls-unverified",), "deferred", "4.7.4", "tls",
        {"probe": "465", "report": "465", "tls-unverified": "secure"}, no_login=True,
        mend=f"change(PASSWORD, relay_host={at(465)!r}, tls_level='secure')"),
    Scenario(
        "STARTTLS stripped, and a policy that takes that",
        f"begin({at(STRIPPING)!r})\nedit(smtp_tls_policy_maps='static:may')",
        "tls-unavailable", ("tls-overridden",), "deferred", "4.7.0", "local",
        {"probe": "465", "report": "tls-level", "tls-overridden": "entry from the table"},
        no_login=True,
        mend=f"change(PASSWORD, ['smtp_tls_policy_maps'], relay_host={at(465)!r})"),
    Scenario(
        "an expired certificate, at a level that takes any",
        f"begin({RELAY!r}, tls_level='encrypt')",
        "ok", ("tls-unverified",), "sent", "2.0.0", "no-reason", {"tls-unverified": "secure"},
        outside=fault("expired"), instead=fault("none"), mend="change(tls_level='secure')"),
    Scenario(
        "implicit TLS at the wrong port",
        f"begin({RELAY!r})\nedit(smtp_tls_wrappermode='yes')",
        "tls-failed", ("tls-wrapper-unexpected",), "deferred", "4.7.5", "tls",
        {"probe": "tls-wrapper .smtp_tls_wrappermode. unset", "report": "tls-wrapper",
         "tls-wrapper-unexpected": "smtp_tls_wrappermode"}, no_login=True,
        mend="fix('tls-wrapper-unexpected')"),
    Scenario(
        "no implicit TLS where it is wanted",
        f"begin({at(465)!r})\nedit(smtp_tls_wrappermode='no')",
        "timed-out", ("tls-wrapper-missing",), "deferred", "4.4.2", "network",
        {"probe": "set tls-wrapper", "report": "tls-wrapper .* has to be set",
         "tls-wrapper-missing": "smtp_tls_wrappermode"}, no_login=True,
        mend="fix('tls-wrapper-missing')"),
    Scenario(
        "an unreadable file of authorities",
        f"begin({RELAY!r})\nedit(smtp_tls_CAfile='/etc/postfix/nowhere.pem')",
        "tls-unavailable", ("ca-missing",), "deferred", "4.7.5", "tls",
        {"probe": "PEM", "report": "tls-ca-file that is there", "ca-missing": "smtp_tls_CAfile"},
        no_login=True, mend="fix('ca-missing')"),
    Scenario(
        "a login in clear", f"begin({RELAY!r})\nedit(smtp_tls_security_level='none')",
        "tls-unavailable", ("sasl-options-forbid-plain", "tls-opportunistic-with-auth"),
        "bounced", "5.7.0", "tls",
        {"probe": "secure", "report": "tls-level .* secure",
         "tls-opportunistic-with-auth": "secure", "sasl-options-forbid-plain": "Raise"},
        no_login=True, mend="fix('tls-opportunistic-with-auth')"),
]

LOGIN = [
    Scenario(
        "a wrong password", f"begin({RELAY!r}, password='not this one')",
        "login-failed", (), "deferred", "4.7.8", "authentication",
        {"probe": "user name and password", "report": "user name and password"},
        mend="change(PASSWORD)"),
    Scenario(
        "no login offered", f"begin({at(NO_LOGIN)!r})",
        "auth-unavailable", (), "bounced", "5.7.1", "relay-denied",
        {"probe": "587 and 465", "report": "authentication"}, no_login=True,
        mend=f"change(PASSWORD, relay_host={RELAY!r})"),
    Scenario(
        "no login", f"begin({RELAY!r}, password=None)\nedit(smtp_tls_security_level='secure')",
        "ok", (), "bounced", "5.7.1", "relay-denied", {"report": "authentication"},
        no_login=True, mend="change(PASSWORD, authentication=True)"),
    Scenario(
        "a password for another port",
        f"begin({RELAY!r})\nedit(relayhost={at(OWNER)!r})",
        "ok", ("credentials-key-mismatch",), "bounced", "5.7.1", "relay-denied",
        {"probe": "password for this relay", "report": "authentication",
         "credentials-key-mismatch": "alike, brackets and port"}, no_login=True,
        mend="change(PASSWORD, sender_address='relayuser@lab.example.com')"),
    Scenario(
        "a missing table",
        f"begin({RELAY!r})\nedit(smtp_sasl_password_maps='texthash:/etc/postfix/nowhere')",
        "ok", ("credentials-missing",), "deferred", "4.3.0", "local",
        {"probe": "password for this relay", "report": "table cannot be read",
         "credentials-missing": "password"}, no_login=True,
        mend="change(PASSWORD)"),
    Scenario(
        "a filter that leaves no mechanism",
        f"begin({RELAY!r})\nedit(smtp_sasl_mechanism_filter='cram-md5')",
        "auth-unavailable", (), "deferred", "4.7.0", "local",
        {"probe": "sasl-mechanisms", "report": "sasl-mechanisms"}, no_login=True,
        mend="change(sasl_mechanisms='plain login')"),
]

NETWORK = [
    Scenario(
        "a refused connection", f"begin({at(588)!r})",
        "connect-failed", (), "deferred", "4.4.1", "network",
        {"probe": "587 and 465", "report": "port"},
        mend=f"change(PASSWORD, relay_host={RELAY!r})"),
    Scenario(
        "packets that are dropped", f"begin({at(587, 'lost.example.com')!r})",
        "timed-out", (), "deferred", "4.4.1", "network",
        {"probe": "firewall", "report": "firewall"},
        mend=f"change(PASSWORD, relay_host={RELAY!r})"),
    Scenario(
        "a silent relay", f"begin({at(SILENT)!r})",
        "timed-out", (), "deferred", "4.4.2", "network",
        {"probe": "port: no mail server", "report": "no mail server is there"}, no_login=True,
        mend=f"change(PASSWORD, relay_host={RELAY!r})"),
    Scenario(
        "DNS is down", f"begin({RELAY!r})", "dns-failed", (), "deferred", "4.4.3", "dns",
        {"probe": "DNS server", "report": "resolves"},
        outside=in_server("kill $(cat /run/dnsmasq.pid)"),
        instead=in_server("dnsmasq --conf-file=/etc/nullmail-lab/dnsmasq.conf")),
    Scenario(
        "an unknown name", f"begin({at(587, 'smpt.example.com')!r})",
        "dns-failed", (), "deferred", "4.3.5", "dns",
        {"probe": "name of the relay", "report": "name"},
        mend=f"change(PASSWORD, relay_host={RELAY!r})"),
    Scenario(
        "a stale copy in the chroot",
        f"begin({RELAY!r})\nresolve(chroot='{NO_DNS}')",
        "ok", CHROOT_FINDINGS, "deferred", "4.4.3", "dns",
        {"report": "chroot", **{code: "restart Postfix" for code in CHROOT_FINDINGS}},
        need="/usr/lib/postfix/configure-instance.sh", needs_chroot=True,
        mend="resolve()\nreload()"),
]

POLICY = [
    Scenario(
        "greylisted", f"begin({at(CHOOSY)!r})", "ok", (), "deferred", "4.2.0", "rate-limit",
        {"report": "Wait"}, outside=answers(GREYLISTED), instead=answers("")),
    Scenario(
        "a quota of the sender", f"begin({at(CHOOSY)!r})", "ok", (), "bounced", "5.4.5",
        "rate-limit", {"report": "24 hours"}, outside=answers(
            "550 5.4.5 Daily user sending quota exceeded."), instead=answers("")),
    Scenario(
        "a full mailbox", f"begin({at(CHOOSY)!r})", "ok", (), "deferred", "4.2.2",
        "recipient-refused", {"report": "mailbox is not full"}, outside=answers(
            "452 4.2.2 Mailbox is full"), instead=answers("")),
    Scenario(
        "a busy relay", f"begin({at(CHOOSY)!r})", "ok", (), "deferred", "4.3.2",
        "rate-limit", {"report": "tries again by itself"}, outside=answers(
            "451 4.3.2 Please try again later"), instead=answers("")),
    Scenario(
        "an unknown recipient", f"begin({at(CHOOSY)!r})", "ok", (), "bounced", "5.1.1",
        "recipient-refused", {"report": "recipient"}, outside=answers("550 5.1.1 User unknown"),
        instead=answers("")),
    Scenario(
        "an address on a block list", f"begin({at(CHOOSY)!r})", "ok", (), "bounced", "5.7.1",
        "blocked", {"report": "check.spamhaus.org"}, outside=answers(
            "554 5.7.1 Service unavailable; Client host blocked using zen.spamhaus.org"),
        instead=answers("")),
    Scenario(
        "too large", f"begin({at(SMALL)!r})", "ok", (), "bounced", "5.3.4", "message-refused",
        {"report": "smaller message"}, n_bytes=20000),
    Scenario(
        "a sender of somebody else", f"begin({at(OWNER)!r})", "ok", (), "bounced", "5.7.1",
        "sender-refused", {"report": "sender-address"},
        mend="change(sender_address='relayuser@lab.example.com')"),
    Scenario(
        "a sender that nobody can answer",
        f"begin({at(DOMAINS)!r})\nedit(myorigin='client.localdomain')",
        "ok", ("origin-not-routable",), "deferred", "4.1.8", "sender-refused",
        {"report": "sender-address; .*postsuper -r", "origin-not-routable": "myorigin"},
        mend="change(sender_address='relayuser@lab.example.com')\nqueue_id = requeue()"),
]


class Scenarios(ScenarioCase):
    def test_control(self):
        """With the settings as taught, what is counted is there: the proxy sees the login."""
        mark = len(self.proxy.events())
        found = self.client.run(
            f"begin({at(STRIPPING)!r})\n"
            "edit(smtp_tls_security_level='may', smtp_sasl_security_options='noanonymous')\n"
            "send()\nanswer = findings()")
        self.assertIn("tls-opportunistic-with-auth", [finding["code"] for finding in found])
        seen = scenario.relays.wait_for(lambda: self.proxy.events(mark), "no session ends")
        self.assertIn("\r\nAUTH PLAIN ", seen[0]["seen"])


scenario.add_tests(Scenarios, CHANNEL + LOGIN + NETWORK + POLICY)


def setUpModule():
    mail_lab.need_lab()
