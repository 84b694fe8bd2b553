# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests that need the mail lab share: a lab for each test, its mail and its logs."""

import os
import re
import subprocess
import sys
import time
import unittest

import program
from program import LIMIT_S, lacks, need  # noqa: F401

HERE = os.path.realpath(os.path.dirname(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
LAB = os.path.join(ROOT, "examples", "lab", "lab")
DOMAIN = "lab.example.com"


def folder():
    return str(program.folder)


def client_environment():
    """For what runs in a lab's client: there too is the library, and in_node.py."""
    return {**os.environ, "PYTHONPATH": HERE, "PYTHONDONTWRITEBYTECODE": "1"}


class Lab:
    """One lab, told from others by its state directory."""

    def __init__(self, name):
        self.state = os.path.join(folder(), name)

    def call(self, *args, text="", code=0, timeout=LIMIT_S, **options):
        """Run “lab ARGS” and return its output; its exit status must be CODE."""
        done = subprocess.run([LAB, "--state", self.state, *args], input=text, text=True,
                              timeout=timeout, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False, **options)
        if code is not None and done.returncode != code:
            raise AssertionError(f"lab {' '.join(args)}: status {done.returncode}, "
                                 f"not {code}:\n{done.stdout}")
        return done.stdout

    def run(self, node, *command, **options):
        return self.call("run", node, "--", *command, **options)

    def destroy(self):
        self.call("down", code=None)


class LabCase(unittest.TestCase):
    """Each test has a lab of its own; NODE is the machine that becomes a null client."""

    node = "client"

    def setUp(self):
        self.lab = Lab(self.id().rpartition(".")[2])
        self.addCleanup(self.lab.destroy)
        self.lab.call("up")

    # The client and the library in it

    def run_client(self, *command, **options):
        return self.lab.run(self.node, *command, **options)

    def nullmail(self, script, **options):
        """Run Python lines in the client, with the names of in_node.py; returns the output."""
        return self.run_client("/usr/bin/python3", "-c", "from in_node import *\n" + script,
                               env=client_environment(), **options)

    def postconf(self, *names):
        """The values that Postfix itself says, one for each name."""
        return [line.partition("=")[2].strip() for line in self.ask_postconf(*names)]

    def configured(self):
        """The names that main.cf sets."""
        return [line.partition(" ")[0] for line in self.ask_postconf("-n")]

    def ask_postconf(self, *arguments):
        """The lines that postconf answers; its warnings, of which it has more from year to year,
        are no answer."""
        return self.run_client("sh", "-c", 'exec postconf "$@" 2>/dev/null', "sh",
                               *arguments).splitlines()

    def read_main_cf(self):
        with open(self.config_path("main.cf"), "rb") as file:
            return file.read()

    def config_path(self, name):
        return os.path.join(self.lab.state, self.node, "postfix", name)

    def is_running(self):
        done = self.run_client("sh", "-c", "postfix status >/dev/null 2>&1; echo $?")
        return done.strip() == "0"

    def master_pid(self):
        return int(self.run_client("cat", "/var/spool/postfix/pid/master.pid"))

    # Logs

    def log(self, node):
        return self.lab.call("log", node)

    def mark(self):
        """Where the logs end now, for wait_log() and the like."""
        return {node: len(self.log(node)) for node in ("client", "server")}

    def wait_log(self, node, pattern, mark=None):
        """The first match of PATTERN in the node's log behind MARK."""
        deadline = time.monotonic() + LIMIT_S
        start = mark[node] if mark else 0
        while True:
            text = self.log(node)[start:]
            match = re.search(pattern, text)
            if match:
                return match
            if time.monotonic() > deadline:
                self.fail(f"no “{pattern}” in the log of {node}:\n{text}")
            time.sleep(0.05)

    # Mail

    def send(self, subject, *options):
        self.lab.call("send", "--subject", subject, *options)

    def fetch(self, subject, *options):
        try:
            return self.lab.call("fetch", "--subject", subject, "--wait", "20", *options)
        except AssertionError as error:
            tails = [f"--- {node}\n" + "\n".join(self.log(node).splitlines()[-40:])
                     for node in ("client", "server")]
            queue = self.run_client("postqueue", "-j", code=None)
            raise AssertionError("\n".join([str(error), *tails, "--- queue", queue])) from error

    def outcome(self, mark):
        """What became of the message sent behind MARK: (status, dsn, the log line)."""
        line = self.wait_log("client", r"postfix/smtp\[\d+\]: .* status=.*", mark)[0]
        return re.search(r"status=(\w+)", line)[1], re.search(r"dsn=([\d.]+)", line)[1], line

    def deliver(self, subject, *options):
        """Send a message and read it back: its text."""
        self.send(subject, *options)
        return self.fetch(subject)

    def empty_queue(self):
        """Nothing waits any more, and no relay counts as dead."""
        self.run_client("postsuper", "-d", "ALL")
        self.run_client("postqueue", "-f")


def need_lab(needs_library=True):
    """For setUpModule."""
    reason = _why_not(needs_library)
    if reason is not None:
        lacks(reason)


def _why_not(needs_library):
    """What keeps this machine from such tests; None: nothing."""
    if needs_library:
        done = subprocess.run(
            [sys.executable, "-c", "from in_node import *"], check=False, text=True,
            timeout=LIMIT_S, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=client_environment())
        if done.returncode != 0:
            return f"{sys.executable} does not find the library: {done.stdout.strip()}"

    probe = Lab("probe")
    done = subprocess.run([LAB, "--state", probe.state, "up"], text=True, check=False,
                          timeout=LIMIT_S, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    probe.destroy()
    if done.returncode not in (0, 77):
        raise AssertionError(f"lab up: status {done.returncode}:\n{done.stdout}")
    return done.stdout.strip() if done.returncode == 77 else None
