# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where does a login go? Relays with all kinds of login mechanisms, over channels that are and are
not what the TLS level promises, and clients with all kinds of plug-ins of Cyrus SASL: a cell is one
of each. Over the promised channel the password logs in, over any other not a byte of a login goes.

One message to one recipient a cell; a table leads each to the port that has the cell's offer and
channel, all at the relay's own name."""

import json
import os
import re
import unittest

import mail_lab
import relays
import sasl_plugins
from mail_lab import Lab, LabCase

HOST = "smtp.example.com"
ADDRESS = "192.0.2.11"
USER = "relayuser@example.com"
PASSWORD = "sunshine42"
WORDS = [word.encode() for word in (
    "123456", "password", "qwerty", "letmein", "dragon", "mysecretpassword", "iloveyou",
    "sunshine", "sunshine1", PASSWORD, "sunshine43", USER)]
CELLS = "cells.lab.example.com"
LISTS = ("smtp_sasl_security_options", "smtp_sasl_tls_security_options",
         "smtp_sasl_tls_verified_security_options")
# Mechanisms that log in with a password, and the plug-in that a client needs for each.
PLUGINS = {"PLAIN": "libplain", "LOGIN": "liblogin", "CRAM-MD5": "libcrammd5",
           "DIGEST-MD5": "libdigestmd5", "SCRAM-SHA-256": "libscram"}
CHALLENGED = ("CRAM-MD5", "DIGEST-MD5", "SCRAM-SHA-256")
TOKENS = "LOGIN PLAIN XOAUTH2"
OFFERS = ("PLAIN LOGIN", TOKENS, "GSSAPI NTLM LOGIN", "EXTERNAL PLAIN", *CHALLENGED,
          "SCRAM-SHA-256 PLAIN", "NTLM XOAUTH2 EXTERNAL")

# What a channel has: STARTTLS with a certificate, and “may” as its own policy.
CHANNELS = {
    "right": ("server", False),
    "expired": ("expired", False),
    "untrusted": ("untrusted", False),
    "wrong name": ("wrongname", False),
    "stripped": (None, False),
    "stripped at may": (None, True),
    "broken at may": ("broken", True),
    "untrusted at may": ("untrusted", True),
}
PROMISED = {
    "SECURE": ["right"],
    "ENCRYPT": ["right", "expired", "untrusted", "wrong name", "untrusted at may"],
    "DANE": [],  # the lab's DNS is not signed, so that the level verifies nothing
}
# Past a certificate that is not the relay's a probe sends a password only where main.cf itself says
# encrypt, which is more than Postfix asks for.
REFUSED_BY_PROBE = ["untrusted at may"]
PORTS = {2000 + 100 * row + column: (offer, channel)
         for row, offer in enumerate(OFFERS) for column, channel in enumerate(CHANNELS)}


def certificate(channel):
    """What a port of that channel shows."""
    name = CHANNELS[channel][0]
    return name if name in (None, "broken") else f"/etc/nullmail-lab/{name}.pem"


class Shared:
    """One lab for all tests; each class has a client of its own in it."""

    lab = relay = archives = None


def setUpModule():
    mail_lab.need_lab()
    sasl_plugins.find_folder()
    Shared.lab = Lab("mechanisms")
    unittest.addModuleCleanup(Shared.lab.destroy)
    Shared.lab.call("up", "--client", Bare.node)
    Shared.relay = relays.Relay(Shared.lab, ADDRESS, (USER, PASSWORD), [
        {"port": port, "offer": offer, "certificate": certificate(channel)}
        for port, (offer, channel) in PORTS.items()])
    unittest.addModuleCleanup(Shared.relay.stop)


class MechanismCase(LabCase):
    def setUp(self):
        self.lab, self.relay = Shared.lab, Shared.relay

    @classmethod
    def add_client(cls, pattern):
        """Adds the client of this class, with the plug-ins of the packages that PATTERN matches."""
        if Shared.archives is None:
            Shared.archives = sasl_plugins.download()
        plugins = sasl_plugins.unpack(Shared.archives, pattern)
        Shared.lab.call("client", "add", cls.node, "--bind", str(plugins))
        sasl_plugins.show(Shared.lab, cls.node, plugins)

    def plugins(self):
        """The names of the plug-ins that this client has."""
        names = self.run_client("ls", sasl_plugins.find_folder()).split()
        return {name.partition(".so")[0] for name in names}

    def mechanisms(self):
        """The mechanisms with a password for which this client has a plug-in."""
        plugins = self.plugins()
        return [mechanism for mechanism, plugin in PLUGINS.items() if plugin in plugins]

    def set_up_level(self, level):
        """The library makes the client log in at that level. Then somebody weakens policies."""
        self.run_client("postconf", "-X", "smtp_tls_policy_maps", "smtp_sasl_mechanism_filter",
                        *LISTS)
        # The relay's other ports have the same password: one more line, for its name alone.
        self.nullmail(f"""
password = sys.stdin.read()
config = client_of("[{HOST}]:587", authentication=True, tls_level=Nullmail.TlsLevel.{level})
apply(config, Nullmail.RelayCredentials.new(config.get_relay_host(), "{USER}", password),
      Flags.NONE)
postfix.get_sasl_passwd_store(None).store(Nullmail.RelayCredentials.new(
    Nullmail.RelayHost.parse("{HOST}"), "{USER}", password), None)
""", text=PASSWORD)
        self.write_table("cells", {f"p{port}@{CELLS}": f"smtp:[{HOST}]:{port}" for port in PORTS})
        self.write_table("policies", {f"[{HOST}]:{port}": "may"
                                      for port, (_, channel) in PORTS.items()
                                      if CHANNELS[channel][1]})
        self.set("transport_maps = texthash:/etc/postfix/cells",
                 "smtp_tls_policy_maps = texthash:/etc/postfix/policies")

    def write_table(self, name, entries):
        with open(self.config_path(name), "w", encoding="ascii") as file:
            file.writelines(f"{key} {value}\n" for key, value in entries.items())

    def set(self, *assignments):
        self.run_client("postconf", "-e", *assignments)
        os.utime(self.config_path("main.cf"), (0, 0))
        self.run_client("postfix", "reload" if self.is_running() else "start")

    def failures_without_filter(self):
        """The offers, over the right channel, at which the login goes wrong with no filter."""
        self.set_up_level("SECURE")
        self.run_client("postconf", "-X", "smtp_sasl_mechanism_filter")
        self.set("smtp_tls_policy_maps =")
        outcomes, seen = self.run_cells([port for port, (_, channel) in PORTS.items()
                                         if channel == "right"])
        failed = {PORTS[port][0] for port, (status, _) in outcomes.items() if status != "sent"}
        self.assertEqual(failed, {PORTS[port][0] for port in outcomes
                                  if not seen[port].accepted})
        return failed

    def run_cells(self, ports=PORTS):
        """A message to each of the cells: their outcomes and what their ports saw, by port."""
        mark, start = self.relay.mark(), len(self.read_log())
        self.run_client("sendmail", *(f"p{port}@{CELLS}" for port in ports), text="Hello.\n")
        relays.wait_for(lambda: len(self.outcomes(start)) == len(ports),
                        "not all cells have an outcome")
        outcomes = self.outcomes(start)
        events = relays.wait_for(lambda: self.relay.events(mark), "a session does not end")
        self.run_client("postsuper", "-d", "ALL")
        seen = self.split_events(events, ports)
        self.assertEqual({port for port in ports if seen[port].n_sessions == 0}, set(),
                         "nobody came to these ports")
        return outcomes, seen

    @staticmethod
    def split_events(events, ports):
        """What each of the ports saw."""
        return {port: relays.Seen([event for event in events if event["port"] == port],
                                  (USER, PASSWORD), WORDS) for port in ports}

    def run_probes(self, level):
        """A probe of each cell, by a plan with the relay, and the policy of the channel, in place
        of those that are there: what it came to, and what the port saw of it."""
        mark = self.relay.mark()
        cells = {port: CHANNELS[channel][1] for port, (_, channel) in PORTS.items()}
        found = json.loads(self.nullmail(f"""
password = sys.stdin.read()
found = {{}}
for port, is_weakened in {cells!r}.items():
    relay = f"[{HOST}]:{{port}}"
    document = postfix.load_main_cf(None)
    document.set_value("relayhost", relay)
    document.set_value("smtp_tls_policy_maps",
                       f"inline:{{{{{{relay}}=may}}}}" if is_weakened else "")
    login = Nullmail.RelayCredentials.new(Nullmail.RelayHost.parse(relay), "{USER}", password)
    probe = postfix.plan_main_cf(document, login, Nullmail.PlanFlags.NONE, None).create_probe(None)
    report = probe.run(None)
    text = json.dumps(report.to_variant().unpack())
    found[port] = (report.get_outcome().value_nick, report.get_mechanism(),
                   report.get_login_tried(), probe.get_tls_level().value_nick, password in text)
print(json.dumps(found))
""", text=PASSWORD))
        events = relays.wait_for(lambda: self.relay.events(mark), "a session does not end")
        return ({int(port): relays.Probed(*values) for port, values in found.items()},
                self.split_events(events, PORTS))

    def check_probes(self, level, outcomes, seen):
        """Each probe says what Postfix does, and chooses the mechanism that Postfix has chosen;
        where nothing is to go not a byte of a login has gone."""
        probed, probe_seen = self.run_probes(level)
        n_logins = 0
        for port, (offer, channel) in PORTS.items():
            with self.subTest(probe=level, offer=offer, channel=channel):
                found, mine = probed[port], probe_seen[port]
                theirs = [login["mechanism"] for login in seen[port].accepted]
                self.assertFalse(found.has_secret)
                self.assertEqual(mine.n_messages, 0)
                if channel in REFUSED_BY_PROBE:
                    self.assertEqual(found.outcome, "certificate-invalid")
                    theirs = []
                else:
                    self.assertEqual(found.outcome == "ok", outcomes[port][0] == "sent",
                                     (found, outcomes[port]))
                self.assertEqual([login["mechanism"] for login in mine.accepted], theirs)
                self.assertEqual([found.mechanism] if found.was_tried else [], theirs)
                if not theirs:
                    self.assertEqual(mine.beyond_greeting(), b"")
                    self.assertFalse(mine.has_secret())
                n_logins += len(theirs)
        print(f"{self.node}, {level}: {len(probed)} probes, {n_logins} logins, each as Postfix's")
        self.assertEqual(len(probed), len(PORTS))

    def read_log(self):
        with open(os.path.join(self.lab.state, self.node, "log"), encoding="utf-8") as file:
            return file.read()

    def outcomes(self, start):
        """The status of each cell and the whole line, from what the log has behind START."""
        return {int(match[1]): (match[2], match[0]) for match in re.finditer(
            rf"to=<p(\d+)@{CELLS}>.* status=(\w+).*", self.read_log()[start:])}


class Levels:
    """The tests of a client: all cells at each level. The classes below name the client."""

    def test_secure(self):
        self.check_level("SECURE")

    def test_encrypt(self):
        self.check_level("ENCRYPT")

    def test_dane(self):
        self.check_level("DANE")

    def check_level(self, level):
        self.set_up_level(level)
        outcomes, seen = self.run_cells()
        able = set(self.mechanisms())
        n_logins = n_bytes = n_guesses = 0
        for port, (offer, channel) in PORTS.items():
            with self.subTest(level=level, offer=offer, channel=channel):
                found = seen[port]
                if channel in PROMISED[level] and able & set(offer.split()):
                    n_logins += len(found.accepted)
                    self.check_login(offer, found, *outcomes[port])
                else:
                    n_bytes += len(found.beyond_greeting())
                    n_guesses += len(found.find_passwords())
                    self.check_silence(found, *outcomes[port])
        print(f"{self.node}, {level}: {len(seen)} cells tried, {n_logins} logins succeeded, "
              f"elsewhere {n_bytes} bytes of AUTH and {n_guesses} logins for the dictionary")
        n_offers = sum(bool(able & set(offer.split())) for offer in OFFERS)
        self.assertGreaterEqual(n_offers, len(OFFERS) - 1 - len(CHALLENGED))
        self.assertEqual(len(seen), len(OFFERS) * len(CHANNELS))
        self.assertEqual((n_logins, n_bytes, n_guesses), (n_offers * len(PROMISED[level]), 0, 0))
        self.check_probes(level, outcomes, seen)

    def check_login(self, offer, found, status, line):
        """The message arrived after one login, by a mechanism for passwords and under TLS."""
        self.assertEqual(status, "sent", line)
        login, = found.logins
        self.assertEqual((login["accepted"], login["channel"], found.n_messages), (True, "tls", 1))
        self.assertIn(login["mechanism"], set(PLUGINS) & set(offer.split()))

    def check_silence(self, found, status, line):
        """The message waits, and the port saw neither a login nor a message."""
        self.assertEqual(status, "deferred", line)
        self.assertEqual(found.beyond_greeting(), b"")
        self.assertFalse(found.has_secret())
        self.assertEqual((found.logins, found.n_messages), ([], 0))


class Bare(Levels, MechanismCase):
    """No more plug-ins than those of libsasl2-modules."""

    node = "bare"

    def test_control_lists_of_an_earlier_version(self):
        """With “noplaintext” alone an impostor is given what a dictionary turns into the password:
        so what is looked for above can be found."""
        self.set_up_level("SECURE")
        self.set("smtp_sasl_security_options = noplaintext, noanonymous")
        able = [mechanism for mechanism in CHALLENGED if mechanism in self.mechanisms()]
        ports = [port for port, (offer, channel) in PORTS.items()
                 if channel in ("stripped at may", "untrusted at may") and offer in able]
        _, seen = self.run_cells(ports)
        found = [pair for port in ports for pair in seen[port].find_passwords()]
        self.assertEqual(found, [(PORTS[port][0], PASSWORD.encode()) for port in ports])
        self.assertTrue(all(seen[port].has_secret() and seen[port].beyond_greeting()
                            for port in ports))
        self.assertGreaterEqual(len(found), 2)
        print(f"control: an impostor's dictionary finds {len(found)} passwords")


class Tokens(Levels, MechanismCase):
    """One plug-in more, which takes a password for an access token."""

    node = "tokens"

    @classmethod
    def setUpClass(cls):
        cls.add_client(sasl_plugins.TOKENS + "_*")

    def test_control_without_filter(self):
        """With no filter, mechanisms for which there is no password are preferred: the login fails
        at every relay that offers one, as soon as the plug-in is there."""
        expected = {"EXTERNAL PLAIN", "NTLM XOAUTH2 EXTERNAL"}
        if "libntlm" in self.plugins():
            expected.add("GSSAPI NTLM LOGIN")
        self.assertEqual(self.failures_without_filter(), expected | {TOKENS})
        self.node = Bare.node
        self.assertEqual(self.failures_without_filter(), expected)
        print(f"control: without the filter logins fail at {len(expected) + 1} of {len(OFFERS)} "
              f"offers, and at {len(expected)} without the plug-in for tokens")

class All(Levels, MechanismCase):
    """All plug-ins that Debian has."""

    node = "all"

    @classmethod
    def setUpClass(cls):
        cls.add_client("*")
