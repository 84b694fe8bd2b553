# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The README is true: its programs run as they are printed, and its commands exist."""

import glob
import os
import re
import subprocess

import mail_lab

PASSWORD = "mysecretpassword"


def blocks(language):
    with open(os.path.join(mail_lab.ROOT, "README.md"), encoding="utf-8") as file:
        return re.findall(rf"^```{language}\n(.*?)^```$", file.read(), re.DOTALL | re.MULTILINE)


def only_block(test, language):
    found = blocks(language)
    test.assertEqual(len(found), 1)
    return found[0]


class Programs(mail_lab.LabCase):
    def save(self, name, text):
        path = os.path.join(self.lab.state, "client", "postfix", name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o755)
        return f"/etc/postfix/{name}"

    def test_python(self):
        script = self.save("readme.py", only_block(self, "python"))
        output = self.run_client("/usr/bin/python3", script, text=f"{PASSWORD}\n")
        self.assertIn("+relayhost = [smtp.example.com]:587", output)
        self.assertIn("+[smtp.example.com]:587 relayuser@example.com:********", output)
        self.assertNotIn(PASSWORD, output)
        self.assertIn("From: user@lab.example.com", self.deliver("from-python"))

    def test_javascript(self):
        script = self.save("readme.js", only_block(self, "js"))
        output = self.run_client("gjs", script)
        self.assertIn("+relayhost = [smtp.lab.example.com]", output)
        self.assertTrue(self.is_running())

    def test_c(self):
        """Against what is installed: the headers, the library, the file of pkg-config."""
        source = os.path.join(self.lab.state, "check.c")
        program = os.path.join(self.lab.state, "client", "postfix", "check")
        with open(source, "w", encoding="utf-8") as file:
            file.write(only_block(self, "c"))
        subprocess.run(["cc", "-Wall", "-Wextra", "-Werror", source, *self.install(), "-o",
                        program], check=True)
        self.run_client("postconf", "-e", "myhostname = short")
        output = self.run_client("env", "LC_ALL=C.UTF-8", "/etc/postfix/check")
        self.assertIn("There is no relay", output)
        self.assertIn("“", output)  # not “?”, which is what GLib makes of it in the C locale
        self.assertNotIn("?", output)

    def install(self):
        """Installs below the test's folder; the compiler's flags for what is there."""
        top = os.path.join(self.lab.state, "installed")
        subprocess.run(["meson", "install", "-C", os.environ["NULLMAIL_BUILD"], "--no-rebuild",
                        "--quiet", "--destdir", top], check=True, stdout=subprocess.DEVNULL)
        found, = glob.glob(f"{top}/**/libnullmail-1.0.pc", recursive=True)
        with open(found, encoding="utf-8") as file:
            text = file.read()
        # The file says where things will be; for now they are below the folder.
        with open(found, "w", encoding="utf-8") as file:
            file.write(re.sub(r"^prefix=", f"prefix={top}", text, flags=re.MULTILINE))
        return subprocess.run(["pkg-config", "--cflags", "--libs", "libnullmail-1.0"], check=True,
                              text=True, stdout=subprocess.PIPE,
                              env={**os.environ, "PKG_CONFIG_PATH": os.path.dirname(found)}
                              ).stdout.split()


class Commands(mail_lab.unittest.TestCase):
    def test_named_files_exist(self):
        with open(os.path.join(mail_lab.ROOT, "README.md"), encoding="utf-8") as file:
            text = file.read()
        names = set(re.findall(r"\]\(([^):]+)\)", text))
        names |= set(re.findall(r"^sudo ((?:examples|tests)/\S+)", text, re.MULTILINE))
        self.assertLessEqual({"examples/quickstart", "tests/run"}, names)
        for name in names:
            path = os.path.join(mail_lab.ROOT, name)
            self.assertTrue(os.path.exists(path), name)
            if name in ("examples/quickstart", "tests/run", "examples/install-packages"):
                self.assertTrue(os.access(path, os.X_OK), name)


def setUpModule():
    mail_lab.need_lab()
