# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""One lab for many scenarios: a machine on which one thing is wrong, what the library says of that
from each of its sides, and that the mail arrives once what it says has been done.

A scenario is a row, of which the harness asserts every field."""

import dataclasses
import json
import os
import re
import subprocess
import typing
import unittest

import mail_lab
import relays
from mail_lab import HERE, LAB, Lab

HOST, ADDRESS = "smtp.example.com", "192.0.2.11"
RELAY = f"[{HOST}]:587"
CHOOSY, SMALL, OWNER, DOMAINS, NO_LOGIN = range(2501, 2506)  # ports of the relay, see ENDPOINTS
STRIPPING, SILENT = 2600, 2601  # ports of recording_proxy.py
NODE = "scenarios"
LOST = "192.0.2.250"
ANSWERS = "/etc/postfix/answers"  # what the choosy port says to a recipient
ENDPOINT = """\
{address}:{port} inet n - n - - smtpd
  -o syslog_name=postfix/port-{port}
  -o smtpd_tls_security_level=encrypt
  -o smtpd_sasl_auth_enable={login}
  -o {{ smtpd_relay_restrictions = reject_unauth_destination, {relays}reject }}
  -o max_use=1
{more}"""
# What else each of them wants.
ENDPOINTS = {
    CHOOSY: "  -o { smtpd_recipient_restrictions = check_recipient_access"
            f" texthash:{ANSWERS} }}\n",
    SMALL: "  -o message_size_limit=5000\n",
    OWNER: "  -o { smtpd_sender_login_maps = inline:{"
           " {relayuser@lab.example.com = relayuser@example.com} } }\n"
           "  -o smtpd_sender_restrictions=reject_sender_login_mismatch\n",
    DOMAINS: "  -o smtpd_sender_restrictions=reject_unknown_sender_domain\n",
    NO_LOGIN: "",
}


@dataclasses.dataclass
class Scenario:
    """BREAK_IT is what is done to a machine on which all is well, in the words of
    scenario_client.py; OUTSIDE is a function of the harness that does something to the relay or the
    network, and INSTEAD is one that takes it back, where the way out is not this machine's.

    PROBE is the outcome of a probe. FINDINGS are the codes that check() adds to those of a machine
    on which all is well. STATE, DSN and CAUSE are those of a test message. Each of the REMEDIES,
    which are expressions by where they are found (probe, report, or a finding's code), is in what
    the library says. MEND does that, in the words of scenario_client.py."""

    name: str
    break_it: str
    probe: str
    findings: tuple
    state: str
    dsn: str
    cause: str
    remedies: dict
    mend: str = ""
    outside: typing.Callable = None
    instead: typing.Callable = None
    n_bytes: int = 0
    no_login: bool = False  # neither the probe nor Postfix may begin to log in
    need: str = ""  # a file without which there is no such fault
    needs_chroot: bool = False  # it is one of smtp(8) in a chroot, where the distribution has it


class Client:
    """The program of scenario_client.py."""

    def __init__(self, lab):
        self.process = subprocess.Popen(
            [LAB, "--state", lab.state, "run", NODE, "--", "/usr/bin/python3",
             os.path.join(HERE, "scenario_client.py")], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, env=mail_lab.client_environment())

    def run(self, lines):
        """What the lines leave in “answer”."""
        self.process.stdin.write(json.dumps(lines) + "\n")
        self.process.stdin.flush()
        told = json.loads(self.process.stdout.readline())
        if "problem" in told:
            raise AssertionError(f"{lines}\n{told['problem']}")
        return told["answer"]

    def stop(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


class Proxy:
    """recording_proxy.py in the lab's server, and what it has written down."""

    def __init__(self, lab):
        self.path = os.path.join(mail_lab.folder(), "proxy.json")
        with open(self.path, "wb") as out:
            self.process = subprocess.Popen(
                [LAB, "--state", lab.state, "run", "server", "--", "/usr/bin/python3",
                 os.path.join(HERE, "recording_proxy.py"), ADDRESS, ADDRESS, "587",
                 str(STRIPPING), str(SILENT)], stdin=subprocess.DEVNULL, stdout=out)
        relays.wait_for(lambda: len(self.events()) == 2, "the proxy does not begin")

    def events(self, mark=0):
        with open(self.path, "rb") as file:
            return [json.loads(line) for line in file.read().splitlines(keepends=True)
                    if line.endswith(b"\n")][mark:]

    def stop(self):
        self.process.terminate()
        self.process.wait()


class ScenarioCase(unittest.TestCase):
    """What the scenarios share, and how each is tried."""

    lab = client = proxy = None
    log_path = None  # of the server's mail log
    usual = frozenset()  # the findings of a machine on which all is well
    arrived = set()  # the relay's queue ids of the messages that went out by the remedies

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab(NODE)
        cls.addClassCleanup(cls.lab.destroy)
        cls.lab.call("up", "--client", NODE)
        cls.log_path = re.search(r"(?m)^server .* log (.*)$", cls.lab.call("status"))[1]
        cls.set_up_server()
        cls.client = Client(cls.lab)
        cls.addClassCleanup(cls.client.stop)
        cls.proxy = Proxy(cls.lab)
        cls.addClassCleanup(cls.proxy.stop)
        found = cls.client.run(f"begin({RELAY!r})\nanswer = look()")
        cls.usual = frozenset(finding["code"] for finding in found["findings"])
        assert found["report"]["state"] == "sent", found
        assert found["probe"]["outcome"] == "ok", found

    @classmethod
    def tearDownClass(cls):
        """All of them lie in the mailbox, and can be read there."""
        text = cls.lab.run("server", "sh", "-c", "cat /var/vmail/student/Maildir/*/*")
        missing = {number for number in cls.arrived if f"id {number}" not in text}
        assert not missing, missing

    @classmethod
    def set_up_server(cls):
        """The ports with a will of their own, and a name for the relay whose certificate is for
        another host than its name says."""
        master = "".join(ENDPOINT.format(
            address=ADDRESS, port=port, more=more, login="no" if port == NO_LOGIN else "yes",
            relays="" if port == NO_LOGIN else "permit_sasl_authenticated, ")
            for port, more in ENDPOINTS.items())
        cls.answer("")
        cls.lab.run("server", "sh", "-c", "cat >>/etc/postfix/master.cf && postfix reload",
                    text=master)
        cls.set_address("mail.example.net", "192.0.2.24")
        cls.set_address("lost.example.com", LOST)
        authority = cls.lab.run("server", "cat", "/etc/nullmail-lab/stranger.crt")
        cls.lab.run(NODE, "tee", "/etc/nullmail-lab/stranger.crt", text=authority)
        # What is sent there goes to a machine that there is none of, and nobody says so.
        cls.lab.run(NODE, "ip", "neigh", "replace", LOST, "lladdr", "02:00:00:00:00:fa", "dev",
                    "eth0", "nud", "permanent")

    @classmethod
    def answer(cls, reply):
        """What the choosy port says to each recipient; nothing: it takes the mail. Each of its
        processes reads the file anew, and is not to wait for one that is young."""
        table = f"student@lab.example.com {reply}\n" if reply else ""
        cls.lab.run("server", "sh", "-c", f"cat >{ANSWERS} && touch -d @1000000000 {ANSWERS}",
                    text=table)

    @classmethod
    def set_address(cls, name, address):
        folder = os.path.dirname(LAB)
        cls.lab.run("server", "/usr/bin/python3", "-c",
                    f"import sys; sys.path.insert(0, {folder!r}); import dns; "
                    f"dns.set_address({name!r}, {address!r})")

    # A scenario

    def try_scenario(self, row):
        if row.need and not os.path.exists(row.need):
            self.skipTest(f"there is no {row.need}")
        if row.needs_chroot and "= n" in self.lab.run(NODE, "postconf", "-F", "smtp/unix/chroot"):
            self.skipTest("this distribution's smtp(8) runs in no chroot")
        if row.outside is not None:
            row.outside(self)
        try:
            mark, proxy_mark = len(self.server_log()), len(self.proxy.events())
            found = self.client.run(f"{row.break_it}\nanswer = look({row.n_bytes})")
            self.assert_answers(row, found)
            if row.no_login:
                self.assert_no_login(mark, proxy_mark)
        finally:
            if row.instead is not None:
                row.instead(self)
        queue_id = found["report"]["queue-id"]
        queue_id, report, left = self.client.run(
            f"queue_id = {queue_id!r}\n{row.mend}\n"
            f"answer = queue_id, deliver(queue_id, {row.state!r}), findings()")
        self.assert_arrives(report)
        if row.state == "deferred":
            self.assertEqual(report["queue-id"], queue_id)
        self.assertEqual({finding["code"] for finding in left} & set(row.findings), set())

    def assert_answers(self, row, found):
        report, probe = found["report"], found["probe"]
        codes = [finding["code"] for finding in found["findings"]
                 if finding["code"] not in self.usual]
        self.assertEqual(
            {"probe": probe["outcome"], "findings": sorted(codes), "state": report["state"],
             "dsn": report.get("dsn"), "cause": report["cause"]},
            {"probe": row.probe, "findings": sorted(row.findings), "state": row.state,
             "dsn": row.dsn, "cause": row.cause}, json.dumps(found, indent=1))
        said = {"probe": probe["remedy"], "report": report.get("remedy") or ""}
        said.update((finding["code"], finding["remedy"]) for finding in found["findings"])
        for where, expression in row.remedies.items():
            self.assertRegex(said[where], expression, where)
        # Whatever is wrong has a remedy, and each is asked for.
        wrong = {*codes, *(["probe"] if probe["remedy"] else []),
                 *(["report"] if row.state != "sent" else [])}
        self.assertEqual(set(row.remedies), wrong)
        self.assertNotIn("mysecretpassword", json.dumps(found))

    def assert_arrives(self, report):
        """The relay has taken it, and it lies in the mailbox."""
        self.assertEqual(report["state"], "sent", json.dumps(report, indent=1))
        number = re.search(r"queued as (\w+)", report["reply"])[1]
        relays.wait_for(lambda: re.search(rf" {number}: to=<student@.*status=sent .* Saved\)",
                                          self.server_log()), "the mailbox does not take it")
        self.arrived.add(number)

    def server_log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def count_sessions(self, mark, proxy_mark):
        """Those at the relay and at the proxy that have come to an end."""
        ended = re.findall(r"smtpd\[\d+\]: disconnect from ", self.server_log()[mark:])
        return len(ended) + len(self.proxy.events(proxy_mark))

    def assert_no_login(self, mark, proxy_mark):
        """The probe and Postfix have both been there, and of a login not a byte has come."""
        relays.wait_for(lambda: self.count_sessions(mark, proxy_mark) >= 2,
                        "there are no two sessions that have ended")
        self.assertNotRegex(self.server_log()[mark:], r"smtpd\[\d+\]: .*(\bauth=|sasl_|SASL)")
        seen = b"".join(event["seen"].encode("latin-1")
                        for event in self.proxy.events(proxy_mark))
        self.assertEqual(relays.BEFORE_LOGIN.sub(b"", seen), b"")


def add_tests(case, rows):
    """Each row becomes a test of the case."""
    for row in rows:
        name = "test_" + re.sub(r"\W+", "_", row.name).strip("_")
        assert not hasattr(case, name), name
        setattr(case, name, lambda self, row=row: self.try_scenario(row))
