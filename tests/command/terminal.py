# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A terminal for a program: what somebody types, and what there is to see."""

import contextlib
import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time

from program import LIMIT_S


class Terminal:
    """Runs a command on a terminal of its own, which is its controlling one."""

    def __init__(self, words, env, columns=100, **options):
        self.master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack('HHHH', 40, columns, 0, 0))
        self.seen = ''
        self.process = subprocess.Popen(words, env=env, preexec_fn=self._take, close_fds=True,
                                        **{'stdin': self.slave, 'stdout': self.slave,
                                           'stderr': self.slave, **options})

    def _take(self):
        os.setsid()
        fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()
        os.close(self.master)
        os.close(self.slave)

    def shows_input(self):
        return bool(termios.tcgetattr(self.slave)[3] & termios.ECHO)

    def _read(self, wait_s):
        ready, _, _ = select.select([self.master], [], [], wait_s)
        if ready:
            with contextlib.suppress(OSError):
                self.seen += os.read(self.master, 65536).decode('utf-8', 'replace')

    def wait_for(self, text, is_there=None):
        """Reads until the text is there, or something else is true."""
        deadline = time.monotonic() + LIMIT_S
        while text not in self.seen and not (is_there and is_there(self.seen)):
            if time.monotonic() > deadline:
                raise AssertionError(f'no “{text}” in {self.seen!r}')
            self._read(0.1)
        return self.seen

    def wait_until(self, condition, what):
        deadline = time.monotonic() + LIMIT_S
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f'{what}: {self.seen!r}')
            self._read(0.02)

    def type(self, text):
        os.write(self.master, text.encode())

    def send(self, signal_number):
        self.process.send_signal(signal_number)

    def end(self):
        """Waits for its end; the status and all that was to be seen, with LF at the ends of
        lines."""
        self.wait_until(lambda: self.process.poll() is not None, 'it does not end')
        self._read(0)
        return self.process.returncode, self.seen.replace('\r\n', '\n')
