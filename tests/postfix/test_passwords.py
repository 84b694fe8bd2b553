# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Passwords of every kind from the keyring through a plan into the table, byte for byte: a thousand
as postmap finds them, and some of them in an AUTH that the relay accepts.

NULLMAIL_TEST_SEED chooses others."""

import json
import os
import random
import sys

import keyring_lab
import mail_lab
from keyring_lab import KeyringCase

MANY_PASSWORDS = os.path.join(os.path.dirname(os.path.realpath(__file__)), "many_passwords.py")

N_PASSWORDS = 1000
N_SENT = 50
SEED = int(os.environ.get("NULLMAIL_TEST_SEED", "20261128"))
MAX_BYTES = 1024
PRINTABLE = "".join(map(chr, range(0x20, 0x7f)))
UNICODE = "äßéñ漢字🔑\u00a0\u3000\u0300\U0010ffff"
# What a shell, a table, a macro, a format or SASL might take for something else.
CHOSEN = ["x", "  x", "#", "# x", ":", "::", "a:b", "$", "$mydomain", "${x}", "$$", "%", "%s%n",
          '"', '"x"', "'", "''", "\\", "\\n", "x\\", "{", "}", "{PLAIN}x", "=", "==", "-",
          "|", "*", "!", "~", "`id`", "[x]:1", "@", "a  b", "\u00e4", "🔑", PRINTABLE[1:],
          " " + PRINTABLE[:0:-1], "x" * MAX_BYTES, "ä" * (MAX_BYTES // 2), "🔑" * (MAX_BYTES // 4),
          " " * (MAX_BYTES - 1) + "x", UNICODE]


def random_password(rand):
    letters = rand.choice([PRINTABLE, PRINTABLE + UNICODE, " :#$%\"'\\"])
    size = rand.choice([rand.randint(1, 16), rand.randint(1, 64), rand.randint(1, MAX_BYTES)])
    text = rand.choice(["", " ", "  "])
    while len(text.encode()) < size:
        text += rand.choice(letters)
    while len(text.encode()) > MAX_BYTES or text.endswith(" "):
        text = text[:-1]
    return text


def choose(rand):
    """Each once, none ends with a blank, which no password file can hold."""
    passwords = {text: None for text in CHOSEN if not text.endswith(" ")}
    while len(passwords) < N_PASSWORDS:
        text = random_password(rand)
        if text:
            passwords[text] = None
    return list(passwords)


class Passwords(KeyringCase):
    def test_a_thousand(self):
        print(f"(seed {SEED}) ", end="", file=sys.stderr, flush=True)
        passwords = choose(random.Random(SEED))
        users = [f"relayuser{number}@example.com" for number in range(N_PASSWORDS)]
        self.lab.call("passwd", text="".join(f"{user}:{text}\n" for user, text
                                             in zip(users[:N_SENT], passwords)))
        # Postfix runs from the first one that is to be sent: those are the last.
        entries = [(user, text, number < N_SENT)
                   for number, (user, text) in enumerate(zip(users, passwords))]
        out = self.run_in_bus("/usr/bin/python3", MANY_PASSWORDS, env=mail_lab.client_environment(),
                              text=json.dumps(entries[::-1]), timeout=3600)
        self.assertEqual(out, "")
        log = self.log("server")
        for user in users[:N_SENT]:
            self.assertIn(f"sasl_username={user}\n", log)
        self.assertNotIn("authentication failed", log)

    def test_long_ones(self):
        """smtp(8) sends each whole. A relay, if it is Postfix, takes an answer of 12288 bytes at
        most, as RFC 4954 lets it: beyond 9 KiB it is the relay that refuses."""
        user = "relayuser0@example.com"
        self.lab.run("server", "postconf", "-e", "line_length_limit=65536")
        self.lab.run("server", "postfix", "reload")
        for size, answer in ((4096, ""), (9000, ""), (16384, "SASL response limit exceeded")):
            with self.subTest(size):
                password = "x" * (size - 3) + "End"
                self.lab.call("passwd", text=f"{user}:{password}\n")
                out = self.run_in_bus("/usr/bin/python3", MANY_PASSWORDS,
                                      env=mail_lab.client_environment(),
                                      text=json.dumps([[user, password, True]]))
                self.assertIn(answer, out)
                self.assertEqual(bool(answer), bool(out), out[-300:])

    def test_control(self):
        """The control: one letter less at the relay, and the message does not go."""
        self.lab.call("passwd", text="relayuser0@example.com:abcd\n")
        out = self.run_in_bus("/usr/bin/python3", MANY_PASSWORDS, env=mail_lab.client_environment(),
                              text=json.dumps([["relayuser0@example.com", "abcde", True]]))
        self.assertRegex(out, "^number 0, 'abcde': deferred .*authentication failed")


def setUpModule():
    keyring_lab.need_keyring()
