# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The short scripts that the API promises, as they stand in scripts/, on a machine of the lab whose
/etc/postfix is the package's: read the state, plan and show the diff, apply with a password."""

import json
import os

import mail_lab
from mail_lab import LabCase

HERE = os.path.dirname(os.path.realpath(__file__))
SCRIPTS = os.path.join(HERE, "scripts")
WORD = "s7: #not a $comment% \"quoted\" ü"


class Scripts(LabCase):
    """One machine through all three scripts, in the order of its life."""

    def run_script(self, name, **options):
        program = "/usr/bin/python3" if name.endswith(".py") else "gjs"
        return self.run_client(program, os.path.join(SCRIPTS, name), **options)

    def read_state(self, name):
        """The settings and the findings' lines of script 1."""
        text = self.run_script(name)
        settings, end = json.JSONDecoder().raw_decode(text)
        return settings, text[end:].strip().splitlines()

    def check_life_of_a_machine(self, suffix):
        state, plan, apply = (f"{name}.{suffix}" for name in
                              ("1-read-state", "2-plan-and-diff", "3-apply"))
        self.lab.call("passwd", "host7", text=WORD)
        before = self.read_main_cf()

        settings, findings = self.read_state(state)
        self.assertNotIn("relay-host", settings)
        self.assertTrue(any(line.startswith("warning There is no relay") for line in findings),
                        findings)

        diff = self.run_script(plan, code=2)
        header = "--- /etc/postfix/main.cf\n+++ /etc/postfix/main.cf\n@@ "
        self.assertEqual(diff[:len(header)], header)
        self.assertIn("\n+relayhost = [smtp.example.com]:587\n", diff)
        self.assertRegex(diff, r"\n\+smtp_tls_security_level = secure\n")
        self.assertEqual(self.read_main_cf(), before, "a dry run wrote")

        self.assertEqual(self.run_script(apply, text=WORD + "\n"), "")
        self.assertEqual(self.run_script(plan), "")
        self.assertEqual(self.run_script(apply, text=WORD + "\n"), "")  # and again: nothing to do

        settings, findings = self.read_state(state)
        self.assertEqual(settings["relay-host"], "[smtp.example.com]:587")
        self.assertEqual(settings["origin"], "example.com")
        self.assertIs(settings["authentication"], True)
        self.assertEqual(settings["tls-level"], "secure")
        self.assertEqual([line for line in findings if line.startswith("error")], [])
        self.assertNotIn(WORD, json.dumps(settings) + "".join(findings))

        message = self.deliver("from host7")
        self.assertIn("(Authenticated sender: host7)", message)
        self.assertRegex(message, r"(?m)^From: .*user@example\.com")

    def test_python(self):
        self.check_life_of_a_machine("py")

    def test_gjs(self):
        mail_lab.need("gjs")
        self.check_life_of_a_machine("js")

    def test_apply_says_what_is_wrong(self):
        """No password, then a folder for main.cf: one line, status 1, nothing written."""
        before = self.read_main_cf()
        for name in ("3-apply.py", "3-apply.js"):
            with self.subTest(name):
                mail_lab.need("gjs" if name.endswith(".js") else "python3")
                out = self.run_script(name, text="\n", code=1)
                self.assertIn("password", out)
                self.assertNotIn(WORD, out)
        self.assertEqual(self.read_main_cf(), before)

        os.rename(self.config_path("main.cf"), self.config_path("main.cf.away"))
        os.mkdir(self.config_path("main.cf"))
        out = self.run_script("3-apply.py", text=WORD, code=1)
        self.assertIn("/etc/postfix/main.cf", out)
        self.assertNotIn(WORD, out)
        self.assertFalse(os.path.exists(self.config_path("sasl_passwd")))


def setUpModule():
    mail_lab.need_lab()
