# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A password goes from the keyring to the relay, by the examples that rotate it, while mail is on
its way all the time."""

import os
import random
import re
import subprocess

import keyring_lab
import mail_lab
from keyring_lab import FIRST, RELAY, STORE, USER, KeyringCase

N_ROTATIONS = 20
N_MESSAGES = 200
SEED = 20261128
BUILD = os.environ.get("NULLMAIL_BUILD", "")
PROGRAMS = {"python": ["/usr/bin/python3", os.path.join(mail_lab.ROOT, "examples/python/rotate")],
            "c": [os.path.join(BUILD, "examples/c/rotate")]}
# Messages in rounds; each round waits for its file and so goes with one rotation.
SEND = r"""
for round in $(seq {rounds}); do
    until [ -e /run/round-$round ]; do sleep 0.02; done
    for number in $(seq {each}); do
        printf 'Subject: message %s of %s\n\nbody\n' $number $round |
            /usr/sbin/sendmail -f user@lab.example.com student@lab.example.com || echo refused
        sleep 0.02
    done
done
"""
# A postmap that edits the password file while the library builds its table.
INTERRUPT = """
cp /usr/sbin/postmap /etc/postmap.real
cat >/etc/postmap.editing
chmod 755 /etc/postmap.editing
mount --bind /etc/postmap.editing /usr/sbin/postmap
"""
EDITING_POSTMAP = """#!/bin/sh
if [ -e /etc/edit-once ]; then
    rm /etc/edit-once
    echo "[x$$.example.com] their:own" >>/etc/postfix/sasl_passwd
fi
exec /etc/postmap.real "$@"
"""


class Rotation(KeyringCase):
    def setUp(self):
        super().setUp()
        self.nullmail(f"apply_login('{RELAY}')", text=FIRST)

    def new_password(self, rand):
        password = "".join(rand.choices("abcXYZ019 :#$%'\"\\äß🔑", k=24)).strip() + "z"
        self.secrets.append(password)
        return password

    def give_new_password(self, rand):
        """At the relay, where the one until now stays good and the one before that goes."""
        password = self.new_password(rand)
        self.lab.call("passwd", "--keep-old", USER, text=password + "\n")
        return password

    def rotate(self, program, *options, prefix=(), **more):
        return self.run_in_bus(*prefix, *PROGRAMS[program], *options, **more)

    def rotate_once(self, number, password):
        """In turn by secret-tool and C, and by Python alone; the round of messages begins."""
        script = f"touch /run/round-{number}; "
        if number % 2:
            script += f"{STORE}; exec {' '.join(PROGRAMS['c'])}"
        else:
            script += f"exec {' '.join(PROGRAMS['python'])} --store {USER}"
        return self.run_in_bus("sh", "-ec", script, text=password)

    def arrived(self):
        out = self.lab.run("server", "grep", "-rhI", "^Subject: message ",
                           "/var/vmail/student/Maildir")
        return sorted(line.partition(": ")[2] for line in out.splitlines())

    def start_sender(self):
        script = SEND.format(rounds=N_ROTATIONS, each=N_MESSAGES // N_ROTATIONS)
        sender = subprocess.Popen([mail_lab.LAB, "--state", self.lab.state, "run", "client", "--",
                                   "sh", "-c", script], stdout=subprocess.PIPE, text=True)
        self.addCleanup(sender.wait)
        self.addCleanup(sender.kill)
        return sender

    def test_no_mail_is_refused(self):
        rand = random.Random(SEED)
        mark = self.mark()
        sender = self.start_sender()
        for number in range(1, N_ROTATIONS + 1):
            password = self.give_new_password(rand)
            out = self.rotate_once(number, password)
            self.assertIn(f"The new password of {USER} at {RELAY} is in use.", out)
            self.assert_no_secret_in(out)
        self.assertEqual(sender.communicate(timeout=mail_lab.LIMIT_S)[0], "")
        self.wait_for_empty_queue()

        log = self.log("client")[mark["client"]:]
        self.assertEqual(re.findall(r".*status=(?:bounced|deferred|expired).*", log), [])
        self.assertEqual(len(re.findall(r"postfix/smtp\[\d+\]: .*status=sent", log)), N_MESSAGES)
        server = self.log("server")[mark["server"]:]
        self.assertEqual(re.findall(r".*authentication failed.*", log + server), [])
        self.assertGreater(server.count(f"sasl_username={USER}"), N_ROTATIONS)
        self.assertEqual(self.look_up(), f"{USER}:{password}")
        self.assertEqual(self.arrived(),
                         sorted(f"message {number} of {of}" for of in range(1, N_ROTATIONS + 1)
                                for number in range(1, N_MESSAGES // N_ROTATIONS + 1)))
        self.assert_no_secret_in(log + server)

    def test_control_without_an_overlap(self):
        """The control: where the relay forgets the old password at once, mail is refused, and the
        rotation that comes too late gets it going again."""
        password = self.new_password(random.Random(SEED + 1))
        self.lab.call("passwd", USER, text=password + "\n")
        mark = self.mark()
        self.send("too early")
        status, dsn, line = self.outcome(mark)
        self.assertEqual((status, dsn), ("deferred", "4.7.8"), line)
        self.rotate_once(0, password)
        self.run_client("postqueue", "-f")
        self.fetch("too early")

    def test_old_password_is_good_for_nothing(self):
        """Once the relay has dropped it, the one in use is the new one."""
        rand = random.Random(SEED + 2)
        for number in range(2):
            self.rotate_once(number, self.give_new_password(rand))
        self.lab.call("passwd", USER, text=self.secrets[-1] + "\n")
        self.assertIn(f"(Authenticated sender: {USER})", self.deliver("with the new"))

    def test_no_argument_holds_it(self):
        """Nor the environment of the program, or of one that it starts."""
        rand = random.Random(SEED + 3)
        for name in PROGRAMS:
            password = self.give_new_password(rand)
            self.put_into_keyring(password)
            self.rotate(name, prefix=["strace", "-f", "-qq", "-v", "-s", "65536", "-e",
                                      "trace=execve", "-o", "/run/trace"])
            trace = self.run_client("cat", "/run/trace")
            self.assertIn("postmap", trace)
            self.assert_no_secret_in(trace)
            self.assertEqual(self.look_up(), f"{USER}:{password}")

    def test_others_at_the_same_time(self):
        """Somebody edits the password file just then: nothing is lost, and once more is enough."""
        rand = random.Random(SEED + 4)
        self.run_client("sh", "-ec", INTERRUPT, text=EDITING_POSTMAP)
        for name in PROGRAMS:
            with self.subTest(name):
                password = self.give_new_password(rand)
                self.put_into_keyring(password)
                self.run_client("touch", "/etc/edit-once")
                out = self.rotate(name, code=4)
                self.assertIn("/etc/postfix/sasl_passwd", out)
                self.assert_no_secret_in(out)
                self.rotate(name)
                self.assertEqual(self.look_up(), f"{USER}:{password}")
        self.assertEqual(self.run_client("grep", "-c", "their:own", "/etc/postfix/sasl_passwd"),
                         f"{len(PROGRAMS)}\n")

    def test_status(self):
        for name in PROGRAMS:
            with self.subTest(name):
                out = self.rotate(name, code=3)
                self.assertRegex(out, rf"no password for “{re.escape(RELAY)}”: store one with")
                self.assertIn("--store", self.rotate(name, "--help"))
                self.rotate(name, "--no-such-option", code=2)
                out = self.rotate(name, "--store", USER, text="two\nlines\n", code=3)
                self.assertIn("newline", out)
                self.assertIn("/nowhere", self.rotate(name, "--directory", "/nowhere", code=1))
                out = self.run_client(*PROGRAMS[name], code=3)
                self.assertIn("There is no session bus", out)
                self.assertEqual(len(out.splitlines()), 1, out)
        self.put_into_keyring(FIRST)
        for name in PROGRAMS:
            self.assertEqual(self.rotate(name), "Nothing to change.\n")
        self.nullmail("apply(client_of('[smtp.lab.example.com]'), flags=Flags.FORCE)")
        for name in PROGRAMS:
            self.assertIn("no relay with a login", self.rotate(name, code=1))


def setUpModule():
    keyring_lab.need_keyring()
