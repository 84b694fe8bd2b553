# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The probe against a relay that is a Postfix, and everything that can be wrong with it: what it
says, what a message to the same relay comes to, and that the relay sees no login where there is to
be none."""

import json
import re
import unittest

import mail_lab
import relays
from mail_lab import Lab, LabCase

HOST = "smtp.example.com"
RELAY = f"[{HOST}]:587"
USER, PASSWORD = "relayuser@example.com", "mysecretpassword"
# Each of the lab's faults, and what the probe says of it.
FAULTS = {
    "none": "ok",
    "stripped": "tls-unavailable",
    "expired": "certificate-invalid",
    "untrusted": "certificate-invalid",
    "wrongname": "certificate-invalid",
    "refused": "connect-failed",
    "unknown": "dns-failed",
}
LOGGED_IN = ["dns", "connect", "greeting", "ehlo", "tls", "certificate", "ehlo", "auth", "login"]


class Shared:
    lab = None


def setUpModule():
    mail_lab.need_lab()
    Shared.lab = Lab("probes")
    unittest.addModuleCleanup(Shared.lab.destroy)
    Shared.lab.call("up", "--client", Probe.node)


class Probe(LabCase):
    node = "probes"

    def setUp(self):
        self.lab = Shared.lab

    def probe(self, relay, login=True, password=PASSWORD, more=""):
        """The report of a probe in the client, as a dictionary."""
        out = self.nullmail(f"""
password = sys.stdin.read()
relay = Nullmail.RelayHost.parse("{relay}")
probe = Nullmail.RelayProbe.new(relay)
if {login}:
    probe.set_credentials(Nullmail.RelayCredentials.new(relay, "{USER}", password))
{more}
print(json.dumps(probe.run(None).to_variant().unpack()))
""", text=password)
        self.assertNotIn(password, out)
        return json.loads(out)

    def names(self, report):
        return [step["name"] for step in report["steps"]]

    def logins(self, mark):
        """What the relay has logged of logins since."""
        return [line for line in self.log("server")[mark:].splitlines()
                if "sasl_" in line or "SASL" in line or " auth=" in line]

    def test_faults(self):
        """The outcome of each fault, and that the message to the same relay fares alike."""
        self.nullmail(f"apply_login('{RELAY}')", text=PASSWORD)
        try:
            for fault, outcome in FAULTS.items():
                with self.subTest(fault):
                    self.lab.call("fault", fault, "--name", HOST)
                    mark = len(self.log("server"))
                    report = self.probe(RELAY)
                    self.assertEqual(report["outcome"], outcome, report["message"])
                    self.assertEqual(report["login-tried"], outcome == "ok")
                    self.assertEqual(report["remedy"] == "", outcome == "ok")
                    if outcome != "ok":
                        self.assertEqual(self.logins(mark), [])
                    start = len(self.client_log())
                    self.run_client("sendmail", "student@lab.example.com", text="Hello.\n")
                    status = self.wait_status(start)
                    self.assertEqual(status == "sent", outcome == "ok")
                    self.run_client("postsuper", "-d", "ALL")
        finally:
            self.lab.call("fault", "none", "--name", HOST)

    def client_log(self):
        return self.log(self.node)

    def wait_status(self, start):
        match = relays.wait_for(lambda: re.search(r"postfix/smtp\[\d+\]: .* status=(\w+)",
                                                  self.client_log()[start:]), "no outcome")
        return match[1]

    def test_login(self):
        for relay in (RELAY, f"[{HOST}]:465", f"[{HOST}]:submission"):
            with self.subTest(relay):
                report = self.probe(relay)
                self.assertEqual(report["outcome"], "ok", report["message"])
                self.assertTrue(report["reply"].startswith("235 "))
                self.assertIn(report["mechanism"], ("PLAIN", "LOGIN"))
                self.assertIn(HOST, report["certificate-names"])
        self.assertEqual(self.names(self.probe(RELAY)), LOGGED_IN)

    def test_wrong_password(self):
        report = self.probe(RELAY, password="not-this-one")
        self.assertEqual(report["outcome"], "login-failed")
        self.assertTrue(report["reply"].startswith("535 "), report["reply"])

    def test_wrong_ports(self):
        """TLS from the first byte where there is none, and none where there is."""
        report = self.probe(RELAY, more="probe.set_tls_wrapper(True)")
        self.assertEqual((report["outcome"], self.names(report)[-1]), ("tls-failed", "tls"))
        self.assertIn("tls-wrapper", report["remedy"])
        report = self.probe(f"[{HOST}]:465",
                            more="probe.set_tls_wrapper(False); probe.set_timeout(2000)")
        self.assertEqual((report["outcome"], self.names(report)[-1]), ("timed-out", "greeting"))
        self.assertIn("tls-wrapper", report["remedy"])

    def test_mx(self):
        """Without brackets the servers are those of the MX records; with them it is the host."""
        report = self.probe("example.com", login=False)
        self.assertEqual((report["outcome"], report["addresses"]), ("ok", ["192.0.2.11"]))
        report = self.probe("[example.com]", login=False)
        self.assertEqual(report["outcome"], "dns-failed")
        # A host that has no such records is its own server, as for Postfix.
        report = self.probe(HOST, login=False)
        self.assertEqual((report["outcome"], report["addresses"]), ("ok", ["192.0.2.11"]))

    def test_dns_is_down(self):
        """A server that is silent costs a step its time, and no more."""
        old = self.run_client("cat", "/etc/resolv.conf")
        self.run_client("tee", "/etc/resolv.conf", text="nameserver 192.0.2.250\n")
        try:
            report = self.probe(RELAY, more="probe.set_timeout(1500)")
        finally:
            self.run_client("tee", "/etc/resolv.conf", text=old)
        self.assertIn(report["outcome"], ("timed-out", "dns-failed"))
        self.assertEqual(self.names(report), ["dns"])

    def test_ipv6(self):
        if "smtp6" not in self.run_client("getent", "ahosts", "smtp6.lab.example.com", code=None):
            mail_lab.lacks("no IPv6 here")
        report = self.probe("[smtp6.lab.example.com]", login=False)
        self.assertEqual((report["outcome"], report["address"]), ("ok", "2001:db8::10"))
