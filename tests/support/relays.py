# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The relay with many ports (login_relay.py), seen from a test in the lab: it is started, and what
it has written down is asked for what a client gave away."""

import base64
import json
import os
import re
import subprocess
import sys
import time

import mail_lab
import sasl_mechanisms
from mail_lab import LIMIT_S

# The words of a client that has not begun to log in, nor to send.
BEFORE_LOGIN = re.compile(rb"^(?:(?:EHLO|HELO) \S+|STARTTLS|QUIT)\r\n", re.MULTILINE)


class Relay:
    """The relay in the lab's server at ADDRESS, and what it has written down. LOGIN is the user and
    the password that it knows, PORTS are the objects that login_relay.py reads."""

    def __init__(self, lab, address, login, ports):
        self.path = os.path.join(mail_lab.folder(), "relay.json")
        program = os.path.join(mail_lab.HERE, "login_relay.py")
        with open(self.path, "wb") as out:
            self.process = subprocess.Popen(
                [mail_lab.LAB, "--state", lab.state, "run", "server", "--", sys.executable,
                 program, address, *login], stdin=subprocess.PIPE, stdout=out, text=True)
        with self.process.stdin as standard_input:
            for port in ports:
                standard_input.write(json.dumps(port) + "\n")
        wait_for(lambda: self.events(0), "the relay does not begin")

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def mark(self):
        return os.path.getsize(self.path)

    def events(self, mark):
        """What was told behind MARK; None while a session still lasts."""
        with open(self.path, "rb") as file:
            file.seek(mark)
            events = [json.loads(line) for line in file.read().splitlines(keepends=True)
                      if line.endswith(b"\n")]
        kinds = [event["event"] for event in events]
        return events if kinds.count("open") == kinds.count("close") else None


class Probed:
    """What one probe came to."""

    def __init__(self, outcome, mechanism, was_tried, level, has_secret):
        self.outcome, self.mechanism, self.was_tried = outcome, mechanism, was_tried
        self.level, self.has_secret = level, has_secret

    def __repr__(self):
        return f"{self.outcome} at {self.level}, {self.mechanism}, tried: {self.was_tried}"


class Seen:
    """What one port saw. LOGIN are user and password, WORDS is a dictionary to find it with."""

    def __init__(self, events, login, words=()):
        self.login, self.words = login, words
        self.n_sessions = sum(event["event"] == "open" for event in events)
        self.n_messages = sum(event["event"] == "mail" for event in events)
        self.logins = [event for event in events if event["event"] == "login"]
        self.accepted = [login for login in self.logins if login["accepted"]]
        # What came before TLS and what came under it begin with a command each.
        self.bytes = b"".join(event["data"].encode("latin-1") for event in events
                              if event["event"] in ("clear", "tls"))

    def beyond_greeting(self):
        """What a client says that goes further than to ask for mechanisms and for TLS."""
        return BEFORE_LOGIN.sub(b"", self.bytes)

    def has_secret(self):
        """Whether user or password are anywhere in the bytes, as they are or in base64."""
        texts = [self.bytes] + [
            base64.b64decode(word + b"==" if len(word) % 4 != 1 else word[:-1])
            for word in re.findall(rb"[A-Za-z0-9+/]{4,}", self.bytes)]
        return any(secret.encode() in text for text in texts for secret in self.login)

    def find_passwords(self):
        """Runs the dictionary on all logins: mechanisms and the passwords found, or None."""
        user = self.login[0].encode()
        return [(login["mechanism"], sasl_mechanisms.find_password(
            login["mechanism"], [[text.encode("latin-1") for text in pair]
                                 for pair in login["dialogue"]], user, self.words))
                for login in self.logins]


def wait_for(function, problem):
    """What FUNCTION returns, as soon as that is true."""
    deadline = time.monotonic() + LIMIT_S
    while True:
        result = function()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"{problem} after {LIMIT_S} s")
        time.sleep(0.05)
