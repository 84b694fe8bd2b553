# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The course's steps, one test for each by its number: the library does it, postconf and a message
that arrives prove it. Step 11 is without systemd, which a node of the lab does not have."""

import json
import os
import re
import stat

import mail_lab
from mail_lab import LabCase

CLEAR = "apply(client_of('[smtp.lab.example.com]'))"
KEY = "[smtp.example.com]:587"
PASSWORD = "mysecretpassword"
LOGIN = f"apply_login('{KEY}')"


class Course(LabCase):
    def test_row_01_lab(self):
        """The lab answers: names, a relay that takes mail, a mailbox over IMAPS."""
        self.assertIn("192.0.2.10", self.run_client("getent", "ahostsv4", "smtp.lab.example.com"))
        out = self.run_client("/usr/bin/python3", "-c", """
import imaplib, smtplib, ssl
with smtplib.SMTP("smtp.lab.example.com", 25) as smtp:
    print(smtp.noop()[0])
imap = imaplib.IMAP4_SSL("imap.lab.example.com", ssl_context=ssl.create_default_context())
print(imap.login("student", "student")[0])
imap.logout()
""")
        self.assertEqual(out.split(), ["250", "OK"])

    def test_row_02_install(self):
        """Postfix is among the packages named, and the library finds what is installed."""
        self.assertIn("postfix", self.lab.call("packages").split())
        version, *types = self.nullmail("""
postfix.inspect(None)
print(postfix.get_property("version"))
print(*postfix.get_property("map-types"))
""").split()
        self.assertEqual([version], self.postconf("mail_version"))
        self.assertEqual(sorted(types), sorted(self.run_client("postconf", "-m").split()))

    def test_row_03_one_setting(self):
        """Changed in its place with everything around it kept, or put at the end."""
        text = ("# mail\nbiff = no\nrelayhost = [old.example]\n  # why\n\nmynetworks =\n"
                "  127.0.0.0/8\n# the end\n")
        settings = ("relayhost = [smtp.lab.example.com]", "mydestination =")
        path = self.config_path("main.cf")
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        self.run_client("sh", "-c", "mkdir /etc/by-hand && cp /etc/postfix/m* /etc/by-hand")
        self.run_client("postconf", "-c", "/etc/by-hand", "-e", *settings)
        self.nullmail("set_parameters({'relayhost': '[smtp.lab.example.com]', "
                      "'mydestination': ''}, Flags.NONE)")

        by_library = self.read_main_cf().decode()
        self.assertEqual(by_library, text.replace("[old.example]", "[smtp.lab.example.com]")
                         + "mydestination = \n")
        self.assertEqual(by_library, self.run_client("cat", "/etc/by-hand/main.cf"))
        self.assertEqual(self.postconf("relayhost", "mydestination"),
                         ["[smtp.lab.example.com]", ""])

    def test_row_04_relay_without_mx(self):
        """In brackets the name's own address counts; without, its MX does."""
        self.nullmail(CLEAR)
        self.assertEqual(self.postconf("relayhost"), ["[smtp.lab.example.com]"])
        self.deliver("brackets")
        self.wait_log("client", r"relay=smtp\.lab\.example\.com\[192\.0\.2\.10\]:25.*status=sent")

        mark = self.mark()
        self.nullmail("apply(client_of('[lab.example.com]'))")  # has an MX and no address
        self.send("no address")
        self.assertEqual(self.outcome(mark)[0], "deferred")
        self.nullmail("apply(client_of('lab.example.com'))")
        self.assertEqual(self.postconf("relayhost"), ["lab.example.com"])
        self.deliver("by MX")

    def test_row_05_loopback_only(self):
        """Port 25 is open on both loopback addresses, and on no other."""
        self.nullmail(CLEAR)
        self.assertEqual(self.postconf("inet_interfaces"), ["loopback-only"])
        sockets = [line.split()[3] for line in
                   self.run_client("ss", "-Hltn").splitlines()]
        expected = ["127.0.0.1:25"] + (["[::1]:25"] if os.path.exists("/proc/net/if_inet6") else [])
        self.assertEqual(sorted(sockets), expected)
        out = self.lab.run("server", "/usr/bin/python3", "-c", """
import socket
try:
    socket.create_connection(("client.lab.example.com", 25), 5)
except OSError as error:
    print(error.strerror)
""")
        self.assertEqual(out, "Connection refused\n")

    def test_row_06_networks(self):
        """This host alone may relay; seen from outside, for which it must listen there."""
        self.nullmail(CLEAR)
        self.assertEqual(self.postconf("mynetworks"), ["127.0.0.0/8 [::1]/128"])
        self.assertEqual(self.nullmail("""
print(*postfix.load_config().get_networks())
"""), "127.0.0.0/8 [::1]/128\n")

        self.nullmail("apply(client_of('[smtp.lab.example.com]', interfaces=['all']))")
        ask = """
import smtplib
with smtplib.SMTP("{host}", 25) as smtp:
    smtp.ehlo()
    smtp.mail("somebody@lab.example.com")
    print(*smtp.rcpt("student@lab.example.com"))
"""
        inside = self.run_client("/usr/bin/python3", "-c", ask.format(host="127.0.0.1"))
        outside = self.lab.run("server", "/usr/bin/python3", "-c",
                               ask.format(host="client.lab.example.com"))
        self.assertRegex(inside, "^250 ")
        self.assertRegex(outside, "^[45]54 .*Relay access denied")

    def test_row_07_origin(self):
        """What has no domain gets the one that was set."""
        self.nullmail(CLEAR)
        self.assertEqual(self.postconf("myorigin"), ["lab.example.com"])
        message = self.deliver("origin", "--to", "student")
        self.assertRegex(message, r"(?m)^From: .*user@lab\.example\.com")
        self.assertRegex(message, r"(?m)^To: .*student@lab\.example\.com")

    def test_row_08_no_local_delivery(self):
        """Set and empty, not absent: even mail for this very host goes to the relay."""
        self.nullmail(CLEAR)
        self.assertIn("mydestination", self.configured())
        self.assertEqual(self.postconf("mydestination"), [""])
        self.send("for this host", "--to", "user@client.lab.example.com")
        self.wait_log("client", r"to=<user@client\.lab\.example\.com>, relay=smtp\.lab\.")
        self.send("for a user", "--to", "user")
        self.fetch("for a user", "--user", "postmaster")
        self.assertNotIn("postfix/local", self.log("client"))

    def test_row_09_authenticated_relay(self):
        """The taught lines are there before; the library makes them strict, and mail arrives."""
        self.run_client("postconf", "-e", "smtp_use_tls = yes",
                        "smtp_sasl_security_options = noanonymous")
        nicks = self.nullmail("""
print(*(finding.get_code().value_nick for finding in postfix.check(None)))
""").split()
        self.assertIn("obsolete-tls-parameter", nicks)
        self.nullmail(LOGIN, text=PASSWORD)

        self.assertEqual(
            self.postconf("relayhost", "smtp_sasl_auth_enable", "smtp_tls_security_level",
                          "smtp_sasl_security_options", "smtp_sasl_tls_security_options",
                          "smtp_sasl_tls_verified_security_options"),
            [KEY, "yes", "secure",
             "noplaintext, noactive, nodictionary, noanonymous", "$smtp_sasl_security_options",
             "noanonymous"])
        kind = self.postconf("default_database_type")[0]
        self.assertEqual(self.postconf("smtp_sasl_password_maps"),
                         [f"{kind}:/etc/postfix/sasl_passwd"])
        message = self.deliver("row 9")
        self.assertIn("(Authenticated sender: relayuser@example.com)", message)
        self.assertRegex(message, r"using TLSv1\.[23]")

    def test_row_10_password_file(self):
        """Text and table are root's alone, under any umask, and postmap finds the entry."""
        self.nullmail("import os\nos.umask(0)\n" + LOGIN, text=PASSWORD)
        table = self.postconf("smtp_sasl_password_maps")[0]
        with open(self.config_path("sasl_passwd"), encoding="ascii") as file:
            self.assertEqual(file.read().splitlines()[-1],
                             f"{KEY} relayuser@example.com:{PASSWORD}")
        names = [name for name in os.listdir(self.config_path("")) if "sasl_passwd" in name]
        self.assertGreater(len(names), 1)
        for name in names:
            info = os.stat(self.config_path(name))
            self.assertEqual((stat.S_IMODE(info.st_mode), info.st_uid, info.st_gid),
                             (0o600, 0, 0), name)
        self.assertEqual(self.run_client("postmap", "-q", KEY, table),
                         f"relayuser@example.com:{PASSWORD}\n")
        self.assertNotIn(PASSWORD, self.read_main_cf().decode())

    def test_row_11_start(self):
        """A stopped Postfix runs after an apply that was told to start it."""
        self.assertFalse(self.is_running())
        state = "print(*postfix.query_service(None).value_nicks)"
        self.assertNotIn("running", self.nullmail(state).split())
        self.nullmail(CLEAR)
        self.assertTrue(self.is_running())
        self.assertIn("running", self.nullmail(state).split())

    def test_row_12_show_settings(self):
        """All settings and named ones are what postconf says, blanks kept."""
        with open(self.config_path("main.cf"), "ab") as file:
            file.write(b"mynetworks = 127.0.0.0/8,\n    [::1]/128\nmyorigin =  $mydomain \n")
        ask = "print(json.dumps(postfix.lookup_parameters({}, None)))"
        everything = json.loads(self.nullmail(ask.format("[]")))
        by_hand = {}
        for line in self.ask_postconf():
            name, _, value = line.partition("=")
            by_hand[name.strip()] = value.strip()
        self.assertGreater(len(by_hand), 500)
        del everything["process_id"], by_hand["process_id"]  # of the postconf that was asked
        self.assertEqual(sorted(everything), sorted(by_hand))
        for name, value in by_hand.items():
            self.assertEqual(" ".join(everything[name].split()), " ".join(value.split()), name)

        names = ["mynetworks", "myorigin", "relayhost", "smtp_tls_CAfile", "mydestination"]
        named = json.loads(self.nullmail(ask.format(names)))
        self.assertEqual(sorted(named), sorted(names))
        self.assertEqual(named["mynetworks"], "127.0.0.0/8,    [::1]/128")
        self.assertEqual([" ".join(named[name].split()) for name in names],
                         self.postconf(*names))
        self.assertRegex(self.nullmail("""
print(*error_of(postfix.lookup_parameters, ["relayhost", "no_such_thing", "other"], None))
"""), "^not-found .*no_such_thing")

    def test_row_13_send(self):
        """mail(1) hands over as an ordinary user, and nothing stays behind."""
        self.nullmail(CLEAR)
        self.send("hello", "--body", "From a null client.")
        message = self.fetch("hello")
        self.assertIn("From a null client.", message)
        self.assertRegex(message, r"(?m)^From: .*user@lab\.example\.com")
        self.wait_log("client", r"qmgr.*: removed")
        self.assertIn("Mail queue is empty", self.run_client("postqueue", "-p"))

    def test_row_14_read(self):
        """Read at the mail server, root's mail comes from root at the domain that was set."""
        self.nullmail(CLEAR)
        message = self.deliver("hello", "--user", "root")
        self.assertTrue(re.search(r"(?m)^From: .*\broot@lab\.example\.com\b", message), message)
        self.assertRegex(message, r"(?m)^Received: from client\.lab\.example\.com")


def setUpModule():
    mail_lab.need_lab()
