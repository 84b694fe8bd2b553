# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The mail lab itself: it answers, it carries mail, and it leaves nothing behind."""

import glob
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest

import mail_lab
from mail_lab import LAB, LIMIT_S


class Lab(mail_lab.Lab):
    """One lab, told from others by its state directory."""

    def __init__(self, name):
        super().__init__(name)
        self.held = []

    def destroy(self):
        super().destroy()
        while self.held:
            os.close(self.held.pop())

    def python(self, node, script, **options):
        return self.run(node, "/usr/bin/python3", "-c", script, **options)

    def init(self, node):
        with open(f"{self.state}/{node}/node.json", encoding="utf-8") as file:
            return json.load(file)["pid"]

    def namespace(self, node):
        """The name of its PID namespace. Held open, so that no other gets the same name when this
        one has ended."""
        path = f"/proc/{self.init(node)}/ns/pid"
        self.held.append(os.open(path, os.O_RDONLY))
        return os.readlink(path)


def processes_of(namespaces):
    """The living processes in these PID namespaces, as (pid, name)."""
    found = []
    for path in glob.glob("/proc/[0-9]*"):
        try:
            if os.readlink(f"{path}/ns/pid") in namespaces:
                with open(f"{path}/stat", encoding="utf-8") as file:
                    name, _, rest = file.read().partition("(")[2].rpartition(")")
                if rest.split()[0] not in "ZX":
                    found.append((int(os.path.basename(path)), name))
        except OSError:
            continue  # ended meanwhile, or a zombie
    return found


def host_traces():
    """What of the host a lab could have touched."""
    links = subprocess.run(["ip", "-o", "link"], stdout=subprocess.PIPE, text=True,
                           check=True).stdout
    with open("/proc/self/mounts", encoding="utf-8") as file:
        mounts = [line for line in file if line.startswith("lab ") or mail_lab.folder() in line]
    files = {}
    for path in ("/etc/passwd", "/etc/hosts", "/etc/resolv.conf", "/etc/mail.rc", "/etc/postfix",
                 "/etc/dovecot", "/etc/ssl/certs/ca-certificates.crt", "/var/spool/postfix",
                 "/var/lib/postfix", "/var/mail", "/etc/nullmail-lab", "/run/dovecot"):
        if os.path.exists(path):
            files[path] = (os.stat(path).st_mtime_ns, os.stat(path).st_ino,
                           sorted(os.listdir(path)) if os.path.isdir(path) else None)
    return re.findall(r": (br0|veth1\d\ds?)\b", links), mounts, files


class LabTest(unittest.TestCase):
    """Tests that share one lab."""

    lab = None

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab("shared")
        cls.lab.call("up")

    @classmethod
    def tearDownClass(cls):
        cls.lab.destroy()


class Server(LabTest):
    def test_dns_answers(self):
        for name, address in (("smtp.lab.example.com", "192.0.2.10"),
                              ("imap.lab.example.com", "192.0.2.10"),
                              ("smtp.example.com", "192.0.2.11"),
                              ("client.lab.example.com", "192.0.2.101")):
            self.assertIn(address, self.lab.run("client", "getent", "ahostsv4", name))
        self.assertIn("client.lab.example.com",
                      self.lab.run("server", "getent", "hosts", "192.0.2.101"))
        self.lab.run("client", "getent", "hosts", "nobody.lab.example.com", code=2)

    def test_ports_answer_in_protocol(self):
        out = self.lab.python("client", """
import smtplib, ssl
context = ssl.create_default_context()
for port in (25, 587):
    with smtplib.SMTP("smtp.lab.example.com", port) as smtp:
        smtp.ehlo()
        print(port, "AUTH" if smtp.has_extn("auth") else "no AUTH", "before")
        smtp.starttls(context=context)
        smtp.ehlo()
        print(port, "AUTH" if smtp.has_extn("auth") else "no AUTH", "after")
with smtplib.SMTP_SSL("smtp.example.com", 465, context=context) as smtp:
    smtp.ehlo()
    print(465, smtp.esmtp_features["auth"])
""")
        self.assertEqual(out.splitlines(), [
            "25 no AUTH before", "25 no AUTH after", "587 no AUTH before", "587 AUTH after",
            "465  PLAIN LOGIN"])

    def test_stripped_offers_auth_in_clear(self):
        out = self.lab.python("client", """
import smtplib
with smtplib.SMTP("stripped.lab.example.com", 587) as smtp:
    smtp.ehlo()
    print(smtp.has_extn("starttls"), smtp.esmtp_features["auth"])
    print(smtp.login("student", "student")[0])
""")
        self.assertEqual(out, "False  PLAIN LOGIN\n235\n")
        self.assertRegex(self.lab.call("log", "server"),
                         r"stripped-587/smtpd.*disconnect from client.* auth=1")

    def test_bad_certificates_are_bad(self):
        for name, reason in (("expired", "certificate has expired"),
                             ("untrusted", "self-signed certificate in certificate chain"),
                             ("wrongname", "Hostname mismatch")):
            with self.subTest(name):
                out = self.lab.python("client", f"""
import smtplib, ssl
try:
    smtplib.SMTP("{name}.lab.example.com", 587).starttls(context=ssl.create_default_context())
except ssl.SSLCertVerificationError as error:
    print(error)
""")
                self.assertIn(reason, out)

    def test_relay_refuses(self):
        self.lab.call("client", "add", "foreign", "--stranger")
        self.addCleanup(self.lab.call, "client", "remove", "foreign")
        script = """
import smtplib
with smtplib.SMTP("{host}", {port}) as smtp:
    smtp.ehlo()
    if {port} == 587:
        smtp.starttls()
        smtp.ehlo()
    smtp.mail("user@lab.example.com")
    print(smtp.rcpt("{to}"))
"""
        for node, port, to, answer in (
                ("client", 25, "student@lab.example.com", "250"),
                ("client", 25, "somebody@elsewhere.example", "554, b'5.7.1"),
                ("client", 25, "nobody@lab.example.com", "550, b'5.1.1"),
                ("client", 587, "student@lab.example.com", "554, b'5.7.1"),
                ("foreign", 25, "student@lab.example.com", "554, b'5.7.1"),
                ("foreign", 587, "student@lab.example.com", "554, b'5.7.1")):
            with self.subTest(node=node, port=port, to=to):
                self.assertIn(answer, self.lab.python(node, script.format(
                    host="smtp.lab.example.com", port=port, to=to)))

    def test_password_changes_at_once(self):
        script = """
import smtplib, sys
for word in sys.stdin.read().splitlines():
    with smtplib.SMTP("smtp.example.com", 587) as smtp:
        smtp.starttls()
        try:
            print(smtp.login("rotated", word)[0])
        except smtplib.SMTPAuthenticationError as error:
            print(error.smtp_code)
"""
        def answers(*words):
            return self.lab.python("client", script, text="\n".join(words)).split()

        self.lab.call("passwd", "rotated", text="one")
        self.assertEqual(answers("one", "two"), ["235", "535"])
        self.lab.call("passwd", "rotated", "--keep-old", text="two")
        self.assertEqual(answers("one", "two"), ["235", "235"])
        self.lab.call("passwd", "rotated", text="x:#$%\" u")
        self.assertEqual(answers("one", "two"), ["535", "535"])

    def test_fault_is_a_dns_change(self):
        for fault, address in (("stripped", "192.0.2.21"), ("refused", "192.0.2.25"),
                               ("none", "192.0.2.11")):
            self.lab.call("fault", fault)
            self.assertIn(address, self.lab.run("client", "getent", "hosts", "smtp.example.com"))
        self.assertIn("no fault “rain”", self.lab.call("fault", "rain", code=1))


class Mail(unittest.TestCase):
    """The course by hand; its rows are numbered as in the chapter."""

    def setUp(self):
        self.lab = Lab("mail")
        self.lab.call("up")
        self.addCleanup(self.lab.destroy)

    def configure(self, *settings):
        self.lab.run("client", "postconf", "-e", *settings)
        self.lab.run("client", "postfix", "start")

    def test_clear_on_25(self):
        self.configure("relayhost = [smtp.lab.example.com]",            # row 4
                       "inet_interfaces = loopback-only",               # row 5
                       "mynetworks = 127.0.0.0/8 [::1]/128",            # row 6
                       "myorigin = lab.example.com",                    # row 7
                       "mydestination =")                               # row 8
        self.lab.call("send", "--subject", "row 13", "--user", "root")  # row 13
        message = self.lab.call("fetch", "--subject", "row 13")         # row 14
        self.assertRegex(message, r"(?m)^From: .*root@lab\.example\.com")
        self.lab.call("send", "--subject", "Grüße", "--body", "-", text="From a user.\n")
        message = self.lab.call("fetch", "--subject", "Grüße")
        self.assertRegex(message, r"(?m)^From: .*user@lab\.example\.com")
        self.assertIn("From a user.", message)

    def test_authenticated_on_587(self):
        self.lab.run("client", "sh", "-c", "umask 077; cat >/etc/postfix/sasl_passwd",
                     text="[smtp.example.com]:587 relayuser@example.com:mysecretpassword\n")
        self.configure("myorigin = lab.example.com", "mydestination =",
                       "relayhost = [smtp.example.com]:587",            # row 9, but verified
                       "smtp_sasl_auth_enable = yes",
                       "smtp_sasl_password_maps = texthash:/etc/postfix/sasl_passwd",
                       "smtp_sasl_tls_security_options = noanonymous",
                       "smtp_tls_security_level = secure",
                       "smtp_tls_CAfile = /etc/ssl/certs/ca-certificates.crt"
                       if os.path.exists("/etc/ssl/certs/ca-certificates.crt") else
                       "smtp_tls_CAfile = /etc/nullmail-lab/ca.crt")
        self.lab.call("send", "--subject", "row 9")
        message = self.lab.call("fetch", "--subject", "row 9")
        self.assertIn("(Authenticated sender: relayuser@example.com)", message)
        self.assertRegex(message, r"using TLSv1\.[23]")

    def test_fetch_gives_up(self):
        out = self.lab.call("fetch", "--subject", "never sent", "--wait", "0.2", code=1)
        self.assertIn("never sent", out)


class Run(LabTest):
    def test_is_like_a_local_command(self):
        self.assertEqual(self.lab.run("client", "cat", text="in and out\n"), "in and out\n")
        self.lab.run("client", "sh", "-c", "exit 7", code=7)
        self.lab.run("client", "sh", "-c", "kill -9 $$", code=137)
        self.lab.run("client", "no-such-command", code=127)
        self.assertEqual(self.lab.run("client", "hostname"), "client.lab.example.com\n")
        with open(os.path.join(mail_lab.folder(), "handed over"), "w+", encoding="utf-8") as file:
            file.write("by descriptor")
            file.flush()
            self.assertEqual(self.lab.run("client", "cat", f"/dev/fd/{file.fileno()}",
                                          pass_fds=[file.fileno()]), "by descriptor")
        self.assertEqual(self.lab.call("run", "client", "--user", "user", "--", "id", "-un"),
                         "user\n")

    def test_environment_is_clean(self):
        out = self.lab.run("client", "env", env={**os.environ, "SECRET": "x",
                                                 "GI_TYPELIB_PATH": "/some/where"})
        self.assertNotIn("SECRET", out)
        self.assertIn("GI_TYPELIB_PATH=/some/where", out)
        out = self.lab.call("run", "client", "--env", "A=b", "--", "env")
        self.assertIn("A=b", out)

    def test_checkout_is_visible(self):
        self.assertIn("lab", self.lab.run("client", "ls", os.path.dirname(LAB)))

    def test_daemons_do_not_hold_a_pipe(self):
        self.lab.run("client", "postfix", "start")  # would run into the time limit
        self.lab.run("client", "postfix", "stop")

    def test_private_folders(self):
        self.lab.run("client", "sh", "-c", "touch /tmp/lab-leak /var/lab-leak /etc/lab-leak "
                     "/run/lab-leak /dev/lab-leak /var/home/root/lab-leak")
        for folder in ("/tmp", "/var", "/etc", "/run", "/dev"):
            self.assertFalse(os.path.exists(f"{folder}/lab-leak"))

    def test_own_config_directory(self):
        config = os.path.join(mail_lab.folder(), "config")
        self.lab.call("client", "add", "second", "--config-directory", config)
        self.addCleanup(self.lab.call, "client", "remove", "second")
        self.lab.run("second", "postconf", "-e", "relayhost = [a.example]")
        with open(f"{config}/main.cf", encoding="utf-8") as file:
            self.assertIn("relayhost = [a.example]\n", file.read())
        bad = os.path.join(mail_lab.folder(), "bad")
        os.mkdir(bad)
        with open(f"{bad}/readme", "w", encoding="utf-8"):
            pass
        out = self.lab.call("client", "add", "third", "--config-directory", bad, code=1)
        self.assertIn("has no main.cf", out)


class NoTrace(unittest.TestCase):
    def setUp(self):
        self.before = host_traces()
        self.lab = Lab("short")
        self.addCleanup(self.lab.destroy)

    def assert_gone(self, namespaces):
        self.assertEqual(processes_of(namespaces), [])
        self.assertFalse(os.path.exists(self.lab.state))
        self.assertEqual(host_traces(), self.before)

    def test_down(self):
        self.lab.call("up", "--start-postfix")
        namespaces = {self.lab.namespace("server"), self.lab.namespace("client")}
        self.assertEqual(host_traces(), self.before, "a lab that is up shows on the host")
        self.lab.call("down")
        self.assert_gone(namespaces)
        self.assertIn("No lab is up", self.lab.call("down"))

    def test_kill_of_each_kind_of_process(self):
        killed = set()
        while True:
            self.lab.call("up", "--start-postfix")
            namespaces = {self.lab.namespace("server"), self.lab.namespace("client")}
            inits = {self.lab.init("server"): "init of server",
                     self.lab.init("client"): "init of client"}
            left = [(pid, inits.get(pid, name)) for pid, name in processes_of(namespaces)
                    if inits.get(pid, name) not in killed]
            if not left:
                break
            pid, name = left[0]
            killed.add(name)
            with self.subTest(killed=name):
                os.kill(pid, signal.SIGKILL)
                self.lab.call("down")
                self.assert_gone(namespaces)
        self.assertIn("init of server", killed)
        self.assertIn("master", killed)

    def test_up_mends_what_was_killed(self):
        self.lab.call("up")
        old = {self.lab.namespace("server"), self.lab.namespace("client")}
        os.kill(self.lab.init("server"), signal.SIGKILL)
        self.lab.call("up")
        self.assertEqual(processes_of(old), [])
        self.lab.call("status")

    def test_kill_of_up_itself(self):
        for delay_s in (0.1, 0.15, 0.2, 0.3, 0.4):
            with self.subTest(delay_s=delay_s):
                process = subprocess.Popen([LAB, "--state", self.lab.state, "up"],
                                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                try:
                    process.wait(delay_s)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                namespaces = {self.lab.namespace(node) for node in ("server", "client")
                              if os.path.exists(f"{self.lab.state}/{node}/node.json")}
                self.lab.call("down")
                self.assert_gone(namespaces)

    def test_two_at_once(self):
        other = Lab("other")
        self.addCleanup(other.destroy)
        self.lab.call("up")
        other.call("up")
        other.run("client", "postconf", "-e", "relayhost = [smtp.lab.example.com]",
                  "myorigin = lab.example.com", "mydestination =")
        other.run("client", "postfix", "start")
        other.call("send", "--subject", "to the other")
        other.call("fetch", "--subject", "to the other")
        self.lab.call("fetch", "--subject", "to the other", "--wait", "0.2", code=1)
        other.call("down")
        self.lab.call("status")
        self.assertEqual(self.lab.run("client", "hostname"), "client.lab.example.com\n")

    def test_removed_state_ends_the_lab(self):
        self.lab.call("up")
        namespaces = {self.lab.namespace("server"), self.lab.namespace("client")}
        shutil.rmtree(self.lab.state)
        deadline = time.monotonic() + LIMIT_S
        while processes_of(namespaces) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assert_gone(namespaces)

    def test_folder_of_somebody_else(self):
        os.mkdir(self.lab.state)
        path = os.path.join(self.lab.state, "precious")
        with open(path, "w", encoding="utf-8"):
            pass
        self.assertIn("not empty", self.lab.call("up", code=1))
        self.lab.call("down")
        self.assertTrue(os.path.exists(path))
        os.unlink(path)
        self.lab.call("up")
        self.lab.call("down")
        self.assertEqual(os.listdir(self.lab.state), [])
        os.rmdir(self.lab.state)

    def test_without_rights(self):
        out = self.lab.call("up", code=77, user="nobody", group="nogroup"
                            if os.path.exists("/etc/debian_version") else "nobody",
                            extra_groups=[])
        self.assertIn("CAP_SYS_ADMIN", out)


def setUpModule():
    mail_lab.need_lab(needs_library=False)
