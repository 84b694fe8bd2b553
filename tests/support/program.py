# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What every test program in Python stands on: its folder, what it needs, and how it ends.

Where something is missing a test calls need() or lacks() and is skipped. Whether that is allowed
is decided here alone: with CI=true whatever was skipped is a failure."""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

# How long a test waits for what should take a second. It is a bound for what would never come, not
# for a slow machine.
LIMIT_S = 300
SKIPPED = 77
RUNNER = pathlib.Path(__file__).resolve().with_name('run.py')
ROOM_FOR_SOCKETS = 60  # bytes of a folder's path: the address of a socket below it has 107

folder = None  # everything that a test program writes lies below it


def in_ci():
    return os.environ.get('CI') == 'true'


def lacks(reason):
    """This machine cannot run the test, or what calls this from its setUp or setUpModule."""
    raise unittest.SkipTest(reason)


def need(*tools):
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if missing:
        lacks(f'not installed: {", ".join(missing)}')


def need_root():
    if os.geteuid() != 0:
        lacks('needs root')


def need_mounts():
    if os.geteuid() != 0 or shutil.which('unshare') is None or subprocess.run(
            ['unshare', '-m', 'mount', '-t', 'tmpfs', 'none', str(folder)],
            stderr=subprocess.DEVNULL, check=False).returncode != 0:
        lacks('no right to mount')


def need_variable(name):
    """The value of an environment variable, with which the build tells where a program is."""
    if not os.environ.get(name):
        lacks(f'{name} names no program')
    return os.environ[name]


def make_folder(prefix='test-', base=None):
    """A new folder below that of the program, into which other users may look."""
    made = pathlib.Path(tempfile.mkdtemp(prefix=prefix, dir=base or folder))
    made.chmod(0o755)
    return made


def make_socket_folder(add_cleanup):
    """A folder for sockets, for as long as the test or module lasts whose addCleanup this is."""
    made = make_folder('s-', None if len(str(folder)) < ROOM_FOR_SOCKETS else '/tmp')
    add_cleanup(shutil.rmtree, made, ignore_errors=True)
    return str(made)


@contextlib.contextmanager
def own_folder(name):
    """The folder of a program, which goes when the program ends, also when it is told to."""
    global folder
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    base = os.environ.get('NULLMAIL_TEST_TMP') or tempfile.gettempdir()
    os.makedirs(base, exist_ok=True)
    folder = make_folder(name + '-', base)
    # What a test, or a program that it runs, makes without saying where goes there too.
    tempfile.tempdir = os.environ['TMPDIR'] = str(folder)
    os.environ['PATH'] += ':/usr/sbin:/sbin'
    os.environ['PYTHONPATH'] = os.pathsep.join(
        [str(RUNNER.parent), *filter(None, [os.environ.get('PYTHONPATH')])])
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def skip_program(reason):
    """Ends a program that has no tests of unittest, before it has begun."""
    print(f'SKIP: {reason}')
    sys.exit(1 if in_ci() else SKIPPED)


class Result(unittest.TextTestResult):
    """Counts the tests that have run to their end, whatever the end was."""

    n_run = 0

    def addSuccess(self, test):
        self.n_run += 1
        super().addSuccess(test)

    def addExpectedFailure(self, test, err):
        self.n_run += 1
        super().addExpectedFailure(test, err)


def status_of(result):
    """The exit status that a result means, with its reasons on the output."""
    reasons = sorted({reason for _, reason in result.skipped})
    for reason in reasons:
        print(f'SKIP: {reason}')
    if not result.wasSuccessful():
        return 1
    if reasons and in_ci():
        print('In CI no test may be skipped')
        return 1
    if result.n_run == 0:
        print('No test has run')
        return SKIPPED if reasons else 1
    return 0


def run_module(module):
    """Runs the tests of a module; the exit status."""
    tests = unittest.defaultTestLoader.loadTestsFromModule(module)
    return status_of(unittest.TextTestRunner(verbosity=2, resultclass=Result).run(tests))
