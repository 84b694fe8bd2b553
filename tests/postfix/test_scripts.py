# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The short scripts that the API promises, as they stand in scripts/, on a machine of the lab whose
/etc/postfix is the package's: read the state, plan and show the diff, apply with a password."""

import json
import os
import pathlib

import mail_lab
from mail_lab import LabCase

HERE = os.path.dirname(os.path.realpath(__file__))
SCRIPTS = os.path.join(HERE, "scripts")
EXAMPLE = os.path.join(mail_lab.ROOT, "examples", "python", "safe-null-client")
RELAY, STUDENT = "smtp.example.com", "student@lab.example.com"
USER, PASSWORD = "relayuser@example.com", "mysecretpassword"
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


class SafeClient(LabCase):
    """The example that takes back what does not work."""

    def run_example(self, code, relay, recipient, *user, password=""):
        out = self.run_client("/usr/bin/python3", EXAMPLE, relay, recipient, *user, code=code,
                              text=password)
        self.assertNotIn(PASSWORD, out)
        return out

    def files(self):
        return {path: pathlib.Path(path).read_bytes()
                for path in map(self.config_path, ("main.cf", "sasl_passwd"))
                if os.path.exists(path)}

    def test_arrives_or_is_undone(self):
        """On the package's main.cf, and then on a null client that works."""
        before = self.files()
        self.assertEqual(len(before), 1)
        for relay, recipient, password, words in (
                (f"[{RELAY}]:588", STUDENT, PASSWORD, "Nothing was changed"),
                (f"[{RELAY}]:587", STUDENT, "another", "535.* Nothing was changed"),
                (f"[{RELAY}]:587", "nobody@lab.example.com", PASSWORD, "does not arrive: .*5.1.1")):
            with self.subTest(words):
                out = self.run_example(1, relay, recipient, USER, password=password)
                self.assertRegex(out, words)
                self.assertEqual(self.files(), before)

        self.run_example(0, f"[{RELAY}]:587", STUDENT, USER, password=PASSWORD)
        self.assertIn(f"(Authenticated sender: {USER})", self.fetch("Test message"))
        works = self.files()
        self.assertEqual(len(works), 2)
        # A relay that answers, and wants a login before it takes mail; then one that bounces what
        # is for nobody, with nothing changed that could be undone.
        out = self.run_example(1, f"[{RELAY}]:587", STUDENT)
        self.assertRegex(out, "does not arrive: .*Access denied")
        self.assertEqual(self.files(), works)
        out = self.run_example(1, f"[{RELAY}]:587", "nobody@lab.example.com", USER,
                               password=PASSWORD)
        self.assertRegex(out, "does not arrive: .*5.1.1")
        self.assertEqual(self.files(), works)
        self.assertIn(f"(Authenticated sender: {USER})", self.deliver("as before"))

    def test_short(self):
        lines = pathlib.Path(EXAMPLE).read_text(encoding="utf-8").splitlines()
        self.assertLessEqual(len(lines), 30)
        self.assertEqual([line for line in lines if len(line) > 100], [])


def setUpModule():
    mail_lab.need_lab()
