# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The command for a fresh machine, examples/quickstart, as a stranger runs it. NULLMAIL_BUILD says
which build it takes."""

import ctypes
import os
import re
import subprocess
import time
import unittest

import mail_lab

QUICKSTART = os.path.join(mail_lab.ROOT, "examples", "quickstart")
LIMIT_S = 1200
PASSWORD = "mysecretpassword"
PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans():
    """From now on whatever a child leaves running becomes a child of ours."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def has_children(limit_s):
    """Whether a child is still alive after LIMIT_S."""
    deadline = time.monotonic() + limit_s
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return False
        if pid == 0:
            if time.monotonic() > deadline:
                return True
            time.sleep(0.05)


class Quickstart(unittest.TestCase):
    def run_it(self, code, **options):
        done = subprocess.run([QUICKSTART], text=True, stdin=subprocess.DEVNULL, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=LIMIT_S, **options)
        self.assertEqual(done.returncode, code, done.stdout)
        return re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)

    def test_both_messages_arrive(self):
        adopt_orphans()
        out = self.run_it(0)
        self.assertFalse(has_children(5), "a process was left")
        state = re.search(r"state: (/run/nullmail-quickstart\.\w+)", out)[1]
        self.assertFalse(os.path.exists(state), "the lab's folder was left")
        self.assertNotIn(PASSWORD, out)

        by_address, by_password = re.split(r"(?m)^4\. |^5\. ", out)[1:]
        for part in (by_address, by_password):
            self.assertIn("\n--- /etc/postfix/main.cf\n+++ /etc/postfix/main.cf\n@@ ", part)
            self.assertRegex(part, r"(?m)^    From: .*user@lab\.example\.com")
            self.assertIn("    This message went through a null client.", part)
            self.assertNotIn("Nothing to change.", part)
        self.assertIn("\n+relayhost = [smtp.lab.example.com]\n", by_address)
        self.assertIn("\n    Subject: Hello on port 25\n", by_address)
        self.assertIn("\n-relayhost = [smtp.lab.example.com]\n", by_password)
        self.assertIn("\n+relayhost = [smtp.example.com]:587\n", by_password)
        self.assertIn("\n+smtp_tls_security_level = secure\n", by_password)
        self.assertIn("\n+[smtp.example.com]:587 relayuser@example.com:********\n", by_password)
        self.assertIn("\n    Subject: Hello on port 587\n", by_password)
        self.assertIn("(Authenticated sender: relayuser@example.com)", by_password)

    def test_without_rights(self):
        try:
            out = self.run_it(77, user="nobody", extra_groups=[])
        except PermissionError:
            mail_lab.lacks("this checkout is root's alone")
        self.assertIn("root", out)


def setUpModule():
    mail_lab.need_lab()
