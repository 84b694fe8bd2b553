# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A node: one machine of the lab, made of namespaces and held by one init process.

The init is process 1 of the node's PID namespace. Ending it, by whatever signal, makes the
kernel end everything in the node and drop its mounts and its network.
"""

import fcntl
import json
import os
import select
import signal
import sys
import time
import traceback

import init
import linux

STOP_LIMIT_S = 30
NAMESPACES = linux.NEW_NS | linux.NEW_UTS | linux.NEW_IPC | linux.NEW_NET | linux.NEW_PID


class LabError(Exception):
    """Something a user can understand and mend; printed without a traceback."""


class Node:
    """The record of one node below the state directory, and what can be done with it."""

    def __init__(self, state, name):
        self.name = name
        self.folder = os.path.join(state, name)
        self.record_path = os.path.join(self.folder, "node.json")
        self.log_path = os.path.join(self.folder, "log")

    def read_record(self):
        try:
            with open(self.record_path, encoding="utf-8") as file:
                return json.load(file)
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return None

    def _write_record(self, record):
        with open(self.record_path + ".new", "w", encoding="utf-8") as file:
            json.dump(record, file, indent=2)
        os.rename(self.record_path + ".new", self.record_path)

    def open(self):
        """A pidfd of the node's init, or None if it is gone."""
        record = self.read_record()
        if record is None:
            return None
        try:
            pidfd = os.pidfd_open(record["pid"])
        except ProcessLookupError:
            return None
        # The pidfd pins the process; only now can its start time prove that it is ours.
        if process_start(record["pid"]) == record["started"]:
            return pidfd
        os.close(pidfd)
        return None

    def is_alive(self):
        pidfd = self.open()
        if pidfd is None:
            return False
        os.close(pidfd)
        return True

    def start(self, spec, record):
        """Start the init as SPEC says; return when its mounts and /dev/log are ready."""
        os.makedirs(self.folder, exist_ok=True)
        go_read, go_write = os.pipe()
        pid_read, pid_write = os.pipe()
        ready_read, ready_write = os.pipe()
        launcher = os.fork()
        if launcher == 0:
            for fd in (go_write, pid_read, ready_read):
                os.close(fd)
            _launch(spec, self.log_path, go_read, pid_write, ready_write)
        for fd in (go_read, pid_write, ready_write):
            os.close(fd)
        os.waitpid(launcher, 0)
        text = _read_all(pid_read).decode()
        if not text.isdigit():
            raise LabError(f"Could not start node “{self.name}”: {text}")
        pid = int(text)
        # An init whose record was never written must not live: it waits for this byte.
        self._write_record({**record, "pid": pid, "started": process_start(pid)})
        os.write(go_write, b"g")
        os.close(go_write)
        answer = _read_all(ready_read).decode()
        if answer != "ready":
            self.stop()
            raise LabError(f"Could not start node “{self.name}”: {answer or 'its init died'}")

    def stop(self):
        """End the node and wait until nothing of it is left."""
        pidfd = self.open()
        if pidfd is None:
            return
        try:
            signal.pidfd_send_signal(pidfd, signal.SIGKILL)
        except ProcessLookupError:
            pass
        if not select.select([pidfd], [], [], STOP_LIMIT_S)[0]:
            raise LabError(f"Node “{self.name}” did not end within {STOP_LIMIT_S} s")
        os.close(pidfd)

    def call(self, function, *args):
        """Run FUNCTION in the node; its return value is the exit status (None is 0)."""
        pidfd = self.open()
        if pidfd is None:
            raise LabError(f"Node “{self.name}” is not running; start the lab with “lab up”")
        sys.stdout.flush()
        sys.stderr.flush()
        outer = os.fork()
        if outer == 0:
            _enter_and_run(pidfd, function, args)
        os.close(pidfd)
        return _wait_passing_signals(outer)

    def check(self, function, *args):
        """Like call(), but a failure is an error; the function said why on stderr."""
        if self.call(function, *args) != 0:
            raise LabError(f"A step in node “{self.name}” failed; its log: {self.log_path}")


def process_start(pid):
    """The start time of a process in clock ticks since boot, or None."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # A zombie is gone for our purposes: nothing of the node is left.
    return None if fields[0] in "ZX" else int(fields[19])


def take_lock(path, limit_s):
    """A descriptor that holds the lock of a lab's commands that change it."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + limit_s
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return fd
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(fd)
                raise LabError(f"Another lab command is at work (it holds “{path}”)") from None
            time.sleep(0.02)


def _launch(spec, log_path, go_read, pid_write, ready_write):
    """In the first child: make the namespaces and their first process."""
    try:
        log_fd = os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        linux.unshare(linux.NODE)
        pid = os.fork()
        if pid == 0:
            os.close(pid_write)
            init.main(spec, log_fd, go_read, ready_write)
        os.write(pid_write, str(pid).encode())
    except OSError as error:
        os.write(pid_write, str(error).encode())
    os._exit(0)


def _enter_and_run(pidfd, function, args):
    """In a child: enter the node, run FUNCTION in a grandchild, pass on how it ended."""
    try:
        linux.die_with_parent(signal.SIGKILL)
        folder = os.getcwd()
        linux.setns(pidfd, NAMESPACES)
        os.close(pidfd)
        os.chdir(folder if os.path.isdir(folder) else "/")
        inner = os.fork()
    except OSError as error:
        print(f"lab: Could not enter the node: {error}", file=sys.stderr, flush=True)
        os._exit(125)
    if inner != 0:
        os._exit(_wait_passing_signals(inner))
    status = 1
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    try:
        linux.die_with_parent(signal.SIGKILL)
        status = function(*args) or 0
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
    except SystemExit as error:
        status = error.code
    except BaseException:  # nothing may return into the caller's copy of the program
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _wait_passing_signals(pid):
    """Wait for a child, handing it the signals that ask us to end."""
    def pass_on(number, _frame):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass

    handlers = {signal.SIGTERM: pass_on, signal.SIGHUP: pass_on,
                # The terminal sends these to the child as well.
                signal.SIGINT: signal.SIG_IGN, signal.SIGQUIT: signal.SIG_IGN}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        status = os.waitpid(pid, 0)[1]
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def _read_all(fd):
    with open(fd, "rb") as file:
        return file.read()
