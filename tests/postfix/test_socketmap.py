# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A relay's password in no file of Postfix's: examples/socketmap in the lab. Its mail gets through,
its password is nowhere, nobody else can ask, and nothing that a client sends ends the service.

The environment's NULLMAIL_SOCKETMAP is the program."""

import os
import re
import signal
import subprocess
import sys

import mail_lab
from mail_lab import LabCase

PROGRAM = os.environ.get("NULLMAIL_SOCKETMAP")
HERE = os.path.dirname(os.path.realpath(__file__))
KEY = "[smtp.example.com]:587"
LONG_KEY = "[long.example.com]:587"
USER = "relayuser@example.com"
PASSWORD = "mysecretpassword"
SOCKET = "/var/spool/postfix/private/nullmail"
MAP = "socketmap:unix:private/nullmail:sasl"
LOGIN = ("--relay", KEY, "--user", USER, "--password-file")
FOUND = f"OK {USER}:{PASSWORD}"


class Process:
    """A program that runs in the client until it is ended."""

    def __init__(self, case, *command, options=(), text=""):
        environment = {**os.environ, "PYTHONPATH": f"{mail_lab.HERE}:{HERE}",
                       "PYTHONDONTWRITEBYTECODE": "1"}
        self.process = subprocess.Popen(
            [mail_lab.LAB, "--state", case.lab.state, "run", "client", *options, "--", *command],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env=environment)
        case.addCleanup(self.end)
        self.process.stdin.write(text)
        self.process.stdin.flush()
        self.output = ""

    def wait_for(self, line):
        while line not in self.output:
            got = self.process.stdout.readline()
            self.output += got
            if not got:
                raise AssertionError(f"no “{line}”: {self.output}")
        return self.output

    def end(self):
        """Ask it to end; returns its exit status. What it said is in the output."""
        if self.process.returncode is None:
            self.process.terminate()
            self.output += self.process.communicate(timeout=mail_lab.LIMIT_S)[0]
        self.process.stdout.close()
        return self.process.returncode


class SocketmapCase(LabCase):
    def start_service(self, *args, socket=SOCKET, options=(), text=""):
        """The service, ready; TEXT is its standard input."""
        service = Process(self, PROGRAM, *args, *(("--socket", socket) if socket else ()),
                          options=options, text=text)
        service.process.stdin.close()
        service.process.stdin = None
        service.wait_for("Ready\n")
        return service

    def start_from_file(self, *more):
        """The service with the password from a folder like that of the service manager."""
        self.run_client("sh", "-c", "mkdir -p /run/credentials; umask 077; cat >$0",
                        "/run/credentials/relay", text=PASSWORD + "\n")
        return self.start_service(*LOGIN, "relay", *more,
                                  options=("--env", "CREDENTIALS_DIRECTORY=/run/credentials"))

    def fail_to_start(self, *args, env=(), **options):
        """What the service says and ends with."""
        out = self.lab.call("run", *(f"--env={item}" for item in env), "client", "--", PROGRAM,
                            *args, code=1, **options)
        self.assertRegex(out, r"\Anullmail-socketmap: [^\n]+\n\Z")
        self.assertNotIn(PASSWORD, out)
        return out

    def client(self, script, *options):
        """Lines of Python in the lab's client, with the names of socketmap_client.py."""
        environment = {**os.environ, "PYTHONPATH": f"{mail_lab.HERE}:{HERE}",
                       "PYTHONDONTWRITEBYTECODE": "1"}
        return self.lab.call("run", *options, "client", "--", "/usr/bin/python3", "-c",
                             "from socketmap_client import *\n" + script, env=environment)

    def log_in(self, **properties):
        more = "".join(f", {name}={value!r}" for name, value in properties.items())
        self.nullmail(f"apply(client_of('{KEY}', authentication=True, password_maps='{MAP}'"
                      f"{more}))")

    def deliver_authenticated(self, subject):
        mark = self.mark()
        self.deliver(subject)
        self.wait_log("server", rf"auth-587/smtpd.*sasl_username={re.escape(USER)}", mark)

    def assert_nowhere(self, *more):
        """The password is in no file that is Postfix's or the library's."""
        folders = ("/etc/postfix", "/var/spool/postfix", "/var/lib/postfix", "/var/lib/nullmail",
                   "/var/log", *more)
        self.assertEqual(self.client(f"say(*files_with(b'{PASSWORD}', *{folders}))"), "\n")
        self.assertNotIn("sasl_passwd", " ".join(os.listdir(self.config_path(""))))

    def assert_serves(self):
        self.assertEqual(self.client(f"say(ask(connect(), '{KEY}'))"), FOUND + "\n")


class Mail(SocketmapCase):
    def test_credential_of_the_service_manager(self):
        """Mail is accepted by the relay that wants a password, which Postfix has in no file."""
        service = self.start_from_file()
        self.log_in()
        self.assertEqual(self.postconf("smtp_sasl_password_maps", "smtp_sasl_auth_enable"),
                         [MAP, "yes"])
        self.run_client("postconf", "-F", "smtp/unix/chroot=y")
        self.run_client("postfix", "reload")
        self.deliver_authenticated("in a chroot")
        self.run_client("postconf", "-F", "smtp/unix/chroot=n")
        self.run_client("postfix", "reload")
        self.deliver_authenticated("without a chroot")
        self.assertEqual(self.nullmail("""
plan = postfix.plan(postfix.load_config(None), None, Nullmail.PlanFlags.NONE, None)
report = plan.create_probe(None).run(None)
print(report.get_outcome().value_nick, report.get_login_tried())
"""), "ok True\n")

        self.assert_nowhere()
        self.assertEqual(self.client(f"say(*files_with(b'{PASSWORD}', '/run/credentials'))"),
                         "/run/credentials/relay\n")  # the search does find it where it is
        self.assertEqual(self.client(f"say(*memory_with(b'{PASSWORD}', find_service()))"), "1 0\n")
        self.assertNotIn(PASSWORD, self.client("say(environment_of(find_service()))"))
        self.assertEqual(service.end(), 0)
        self.assertNotIn(PASSWORD, service.output)

    def test_paths(self):
        """Which path smtp(8) finds, in its chroot and without: the table in the README."""
        self.start_from_file()
        self.run_client("install", "-d", "-o", "postfix", "-m", "700", "/run/nullmail")
        self.start_service(*LOGIN, "/run/credentials/relay", socket="/run/nullmail/socket")
        self.log_in()
        outside = "socketmap:unix:/run/nullmail/socket:sasl"
        for chroot, table, status in (
                ("y", MAP, "sent"), ("n", MAP, "sent"),
                ("y", MAP.replace("private", "/private"), "sent"),
                ("n", MAP.replace("private", "/private"), "deferred"),
                ("y", outside, "deferred"), ("n", outside, "sent"),
                ("y", "proxy:" + MAP, "sent"), ("n", "proxy:" + MAP, "sent"),
                ("y", "proxy:" + outside, "sent"), ("n", "proxy:" + outside, "sent")):
            with self.subTest(table, chroot=chroot):
                self.run_client("postconf", "-e", f"smtp_sasl_password_maps = {table}")
                self.run_client("postconf", "-F", f"smtp/unix/chroot={chroot}")
                self.run_client("touch", "-d", "1 hour ago", "/etc/postfix/main.cf")
                self.run_client("postfix", "reload")
                mark = self.mark()
                self.send("by some path")
                found, _, line = self.outcome(mark)
                self.assertEqual(found, status, line)
                self.empty_queue()

    def test_service_down(self):
        """Mail waits while nobody answers, and is not refused."""
        self.log_in()
        mark = self.mark()
        self.send("patience")
        status, dsn, line = self.outcome(mark)
        self.assertEqual((status, dsn), ("deferred", "4.3.0"), line)
        self.start_from_file()
        self.run_client("postqueue", "-f")
        self.fetch("patience")
        self.wait_log("server", rf"auth-587/smtpd.*sasl_username={re.escape(USER)}", mark)

    def test_keyring(self):
        """The same with a real keyring; one that is locked makes mail wait."""
        self.need_keyring()
        ring = Process(self, "/usr/bin/python3", "-c", KEYRING, text=PASSWORD + "\n")
        address = re.search(r"address (\S+)", ring.wait_for("stored\n"))[1]
        service = self.start_service(
            "--keyring", options=("--env", f"DBUS_SESSION_BUS_ADDRESS={address}"))
        self.log_in()
        self.deliver_authenticated("from the keyring")
        self.assert_nowhere("/run", "/tmp")
        self.assertEqual(self.client(f"say(*memory_with(b'{PASSWORD}', find_service()))"), "0 0\n")
        self.assertEqual(self.client("say(*(ask(connect(), key) for key in "
                                     "('smtp.example.com', '[smtp.lab.example.com]:587', 'a@b')))"),
                         "NOTFOUND  NOTFOUND  NOTFOUND \n")

        self.tell(ring, "lock")
        mark = self.mark()
        self.send("locked out")
        status, dsn, line = self.outcome(mark)
        self.assertEqual((status, dsn), ("deferred", "4.3.0"), line)
        self.wait_log("client", "socketmap server (temporary|timeout) error: .*lock", mark)

        self.tell(ring, "unlock")
        self.run_client("postqueue", "-f")
        self.fetch("locked out")

        # More than a pipe holds: no thread may wait for ever, but neither is there no login.
        self.tell(ring, "lengthen")
        self.assertRegex(self.client(f"say(ask(connect(), '{LONG_KEY}'))"),
                         "^TEMP .*longer than 16384 bytes")
        self.deliver_authenticated("another relay's password is too long")
        self.tell(ring, "shorten")
        self.assertEqual(self.client(f"say(ask(connect(), '{LONG_KEY}'))"),
                         f"OK {USER}:{'x' * 16384}\n")
        self.assertEqual(self.run_client("postmap", "-q", LONG_KEY,
                                         f"socketmap:unix:{SOCKET}:sasl"),
                         f"{USER}:{'x' * 16384}\n")
        self.assertEqual(service.end(), 0)
        self.assertNotIn(PASSWORD, service.output)

    def need_keyring(self):
        out = self.client("import keyring\nsay(*keyring.missing_tools())").strip()
        if out:
            mail_lab.lacks(f"not installed: {out}")

    def tell(self, ring, word):
        ring.process.stdin.write(word + "\n")
        ring.process.stdin.flush()
        ring.wait_for(f"did {word}\n")


# A session bus with a keyring that has the password, given as the first line of standard input.
KEYRING = f"""
import sys, tempfile
from socketmap_client import say
from in_node import GLib, Nullmail
import keyring
folder = tempfile.mkdtemp(dir="/run")
bus = keyring.Bus(folder)
ring = keyring.Keyring(bus, folder)
password = sys.stdin.readline().strip()
relay = Nullmail.RelayHost.parse("{KEY}")
login = Nullmail.RelayCredentials.new(relay, "{USER}", password)
Nullmail.SecretStore.new().store(login, None)
say("address", bus.address)
say("stored")
for word in sys.stdin:
    if word == "lock\\n":
        ring.lock()
    elif word == "lengthen\\n":
        ring.put(b"x" * 70000, relayhost="{LONG_KEY}", user="{USER}")
    elif word == "shorten\\n":
        ring.put(b"x" * 16384, relayhost="{LONG_KEY}", user="{USER}")
    else:
        ring.end()
        ring = keyring.Keyring(bus, folder)
    say("did", word.strip())
"""


class Protocol(SocketmapCase):
    def test_answers(self):
        self.start_from_file()
        for key, answer in ((KEY, FOUND), (KEY.upper(), FOUND), ("smtp.example.com", "NOTFOUND "),
                            ("user@lab.example.com", "NOTFOUND "),
                            ("[smtp.example.com]", "NOTFOUND ")):
            self.assertEqual(self.client(f"say(ask(connect(), '{key}'))"), answer + "\n", key)
        self.assertRegex(self.client(f"say(ask(connect(), '{KEY}', 'other'))"), "^PERM ")
        # What Postfix's own client makes of it.
        self.assertEqual(self.run_client("postmap", "-q", KEY, f"socketmap:unix:{SOCKET}:sasl"),
                         f"{USER}:{PASSWORD}\n")

    def test_anything_can_come(self):
        """Malformed requests and clients that behave badly: the service answers others as ever."""
        service = self.start_from_file()
        bad = [b"", b"x", b":", b",", b"1", b"1:", b"1:a", b"0:,", b"-1:a,", b"99999:a,", b"1:a;",
               b"01:a,", b" 1:a,", b"9" * 5000, b"get x\n", b"\0" * 100, b"5:sasl ,", b"4:sasl,",
               b"6:sasl \xff,", b"6:sasl \0,", b"6:sasl \n,", b"10:sasl %s%n!,",
               b"4096:" + b"a" * 9, b"4096:" + b"a" * 4096 + b",",
               b"4097:" + b"a" * 4097 + b",", b"7:sasl x,"]
        out = self.client(f"for data in [*{bad!r}, b'x' * 10**6, b'1:a,' * 1000]:\n"
                          "    say(dialogue(data))\n")
        self.assertEqual(len(out.splitlines()), len(bad) + 2)
        self.assertNotIn(PASSWORD, out)
        self.assert_serves()

        # Some that say nothing, half of a request, or ask without end and take no answer.
        out = self.client(f"""
request = netstring(b"sasl {KEY}")
idle = [connect() for _ in range(20)]
half = [connect() for _ in range(20)]
deaf = [connect() for _ in range(20)]
for client in half:
    client.sendall(request[:9])
for client in deaf:
    client.setblocking(False)
    try:
        while True:
            client.send(request)
    except BlockingIOError:
        pass
say(ask_at_once("{KEY}", 50, 20))
for client in half:
    client.sendall(request[9:])
say({{receive(client) for client in half}})
for client in idle + half + deaf:
    client.close()
""")
        self.assertEqual(out, f"{{'{FOUND}': 1000}}\n{{b'{FOUND}'}}\n")
        self.assert_serves()
        self.assertEqual(service.end(), 0)

    def test_only_root_and_postfix(self):
        service = self.start_from_file()
        self.assertEqual(self.run_client("stat", "-c", "%a %U", SOCKET), "600 postfix\n")
        for user in ("root", "postfix"):
            self.assertEqual(self.client(f"say(ask(connect(), '{KEY}'))", "--user", user),
                             FOUND + "\n")
        knock = f"""
try:
    say(ask(connect(), "{KEY}"))
except (OSError, EOFError, ValueError) as error:
    say(type(error).__name__)
"""
        self.assertEqual(self.client(knock, "--user", "user"), "PermissionError\n")
        # Even where somebody opens the file to all.
        self.run_client("chmod", "755", os.path.dirname(SOCKET))
        self.run_client("chmod", "666", SOCKET)
        self.assertRegex(self.client(knock, "--user", "user"),
                         r"\A(BrokenPipe|ConnectionReset|EOF|Value)Error\n\Z")
        self.assert_serves()
        service.end()
        uid = self.run_client("id", "-u", "user").strip()
        self.assertIn(f"Refused a connection of user {uid}:", service.output)


class Life(SocketmapCase):
    def exists(self, path=SOCKET):
        return self.run_client("sh", "-c", f"test -e {path} && echo yes || echo no") == "yes\n"

    def test_from_start_to_end(self):
        first = self.start_service(*LOGIN, "-", text=PASSWORD + "\n")
        self.assert_serves()
        out = self.fail_to_start(*LOGIN, "-", "--socket", SOCKET, text=PASSWORD)
        self.assertIn("nobody may be listening there", out)
        self.assert_serves()
        self.assertEqual(first.end(), 0)
        self.assertFalse(self.exists())

        # Killed, it leaves its socket, which the next one replaces.
        second = self.start_service(*LOGIN, "-", text=PASSWORD)
        self.client("import os, signal\nos.kill(find_service(), signal.SIGKILL)")
        self.assertEqual(second.process.wait(mail_lab.LIMIT_S), 128 + signal.SIGKILL)
        self.assertTrue(self.exists())
        third = self.start_service(*LOGIN, "-", text=PASSWORD)
        self.assert_serves()

        # What has taken the socket's place is not its own.
        self.run_client("sh", "-c", f"rm {SOCKET}; echo precious >{SOCKET}")
        self.assertEqual(third.end(), 0)
        self.assertTrue(self.exists())
        self.fail_to_start(*LOGIN, "-", "--socket", SOCKET, text=PASSWORD)
        self.assertEqual(self.run_client("cat", SOCKET), "precious\n")

    def test_stays_out_of_a_users_directory_as_root(self):
        """Who may write there cannot have root give a file away, or remove one."""
        self.run_client("sh", "-c", f"ln -s /etc/planted {SOCKET}")
        self.assertIn("Could not make the socket",
                      self.fail_to_start(*LOGIN, "-", "--socket", SOCKET, text=PASSWORD))
        self.assertFalse(self.exists("/etc/planted"))

    def test_socket_activation(self):
        make = f"""
listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
listener.bind("{SOCKET}")
os.chown("{SOCKET}", 0, 0)
listener.listen()
hand_over([listener]{{}}, ["{PROGRAM}", *sys.argv[1:]])
"""
        manager = ("/usr/bin/python3", "-c", "from socketmap_client import *\n" + make)
        words = [word.replace("{}", "") for word in manager]
        service = Process(self, *words, *LOGIN, "-", text=PASSWORD + "\n")
        service.process.stdin.close()
        service.process.stdin = None
        service.wait_for("Ready\n")
        self.assert_serves()
        self.assertEqual(service.end(), 0)
        self.assertTrue(self.exists(), "the service manager's socket is not ours to remove")

        for more, args, reason in ((" * 2", (), "handed 2 sockets over"),
                                   ("", ("--socket", "/run/x"), "leave out --socket"),
                                   ("", (), "Accept=no")):
            with self.subTest(reason):
                self.run_client("rm", "-f", SOCKET)
                words = [word.replace("{}", more) for word in manager]
                if reason == "Accept=no":
                    words = [word.replace("listener.listen()", "") for word in words]
                out = self.lab.run("client", *words, *LOGIN, "-", *args, code=1, text=PASSWORD,
                                   env={**os.environ, "PYTHONPATH": f"{mail_lab.HERE}:{HERE}"})
                self.assertIn(reason, out)

    def test_errors_at_the_start(self):
        for args, reason in (((), "nothing to serve"), (("x",), "“x” is not an option"),
                             (("--user", "a"), "behind a --relay"),
                             (("--relay", KEY), "--user and --password-file"),
                             ((*LOGIN, "relay"), "CREDENTIALS_DIRECTORY"),
                             ((*LOGIN, "/nowhere"), "“/nowhere”: No such file"),
                             ((*LOGIN, "-"), "--socket PATH"),
                             ((*LOGIN, "-", "--socket", "/run/x", "--allow-user", "nemo"),
                              "no user “nemo”"),
                             ((*LOGIN, "-", "--socket", "/run/" + "x" * 200), "107 bytes"),
                             ((*LOGIN, "-", "--socket", "/nowhere/x"), "/nowhere/x")):
            with self.subTest(reason):
                self.assertIn(reason, self.fail_to_start(*args, text=PASSWORD))


def setUpModule():
    mail_lab.need_lab()
