# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""postconf -e and applies at the same time, each in a process of its own: no update is lost."""

import os
import re
import signal
import subprocess
import sys
import threading
import time

import fixture
from fixture import GLib, InstanceTest, LIMIT_S, Nullmail

N_EACH = 30
N_ROUNDS = 10
MAX_TRIES = 200


def wait_for(pid, deadline):
    while time.monotonic() < deadline:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return None


class Race(InstanceTest):
    def update(self, name, value):
        """One apply, which plans again as often as somebody else was quicker."""
        instance = self.new_instance()
        for tries in range(MAX_TRIES):
            try:
                self.apply_edit(name, value, instance)
                break
            except GLib.Error as error:
                if not error.matches(Nullmail.Error.quark(), Nullmail.Error.CONFLICT):
                    raise
                if tries == MAX_TRIES - 1:
                    raise
        with open(self.folder / 'conflicts', 'ab') as file:
            file.write(b'x' * tries)

    def fork(self, start, function, *arguments):
        """A process that begins when the pipe “start” is closed."""
        pid = os.fork()
        if pid > 0:
            return pid
        status = 1
        try:
            os.close(start[1])
            os.read(start[0], 1)
            function(*arguments)
            status = 0
        except BaseException as error:  # pylint: disable=broad-except
            print(f'{function.__name__}{arguments}: {error}', file=sys.stderr, flush=True)
        finally:
            os._exit(status)

    def postconf(self, *settings):
        subprocess.run(['postconf', '-c', self.etc, '-e', *settings], check=True, timeout=LIMIT_S)

    def race(self, *works):
        start = os.pipe()
        pids = [self.fork(start, *work) for work in works]
        os.close(start[0])
        os.close(start[1])
        deadline = time.monotonic() + LIMIT_S
        self.assertEqual([wait_for(pid, deadline) for pid in pids], [0] * len(pids))

    def assert_updates(self, expected):
        text = self.main_cf.read_bytes().decode()
        found = dict(re.findall(r'^(nullmail_\w+) = (.*)$', text, re.MULTILINE))
        self.assertEqual(found, expected)
        self.assertTrue(text.startswith(fixture.MAIN_CF.decode()), 'other bytes have changed')
        self.assertEqual([path.name for path in self.etc.iterdir()], ['main.cf'])

    def test_both_keep_all_updates(self):
        expected = {}
        for number in range(N_ROUNDS):
            works = []
            for i in range(N_EACH):
                works.append((self.update, f'nullmail_apply_{number}_{i}', f'a{number}.{i}'))
                works.append((self.postconf, f'nullmail_postconf_{number}_{i}=p{number}.{i}'))
                expected[f'nullmail_apply_{number}_{i}'] = f'a{number}.{i}'
                expected[f'nullmail_postconf_{number}_{i}'] = f'p{number}.{i}'
            self.race(*works)
            self.assert_updates(expected)
        n_conflicts = (self.folder / 'conflicts').stat().st_size
        print(f'{len(expected)} updates kept, {n_conflicts} conflicts', file=sys.stderr)
        self.assertGreater(n_conflicts, 0, 'they never met')

    def test_stores_without_a_main_cf(self):
        """They wait for each other's turn: nobody has a plan that could be made again."""
        secrets = self.folder / 'secrets'
        secrets.mkdir(mode=0o700)

        def store(number):
            store = Nullmail.SaslPasswdStore.new(str(secrets / 'sasl_passwd'), 'texthash')
            for i in range(N_EACH):
                store.store(fixture.credentials(f'[h{number}-{i}.example.com]:587'))

        self.race(*[(store, number) for number in range(4)])
        text = (secrets / 'sasl_passwd').read_text()
        self.assertEqual(len(set(re.findall(r'^\[h\d-\d+\.', text, re.MULTILINE))), 4 * N_EACH)
        self.assertEqual([path.name for path in secrets.iterdir()], ['sasl_passwd'])

    def test_same_parameter_by_all(self):
        """Whoever comes last wins, the other settings stay, and there is one line of it."""
        works = [(self.update, 'nullmail_one', f'a{i}') for i in range(8)]
        works += [(self.postconf, f'nullmail_one=p{i}') for i in range(8)]
        self.race(*works)
        text = self.main_cf.read_bytes()
        self.assertEqual(len(re.findall(rb'^nullmail_one = [ap][0-7]$', text, re.MULTILINE)), 1)
        self.assertEqual(re.sub(rb'nullmail_one = ..\n', b'', text), fixture.MAIN_CF)

    def test_readers_see_whole_files(self):
        """Each reading is a file between two updates: a prefix of them in order, none torn."""
        stop = threading.Event()
        bad = []

        def read():
            pattern = re.compile(re.escape(fixture.MAIN_CF) + rb'(nullmail_\w+ = x{2000}\n)*\Z')
            while not stop.is_set():
                if not pattern.match(self.main_cf.read_bytes()):
                    bad.append(self.main_cf.read_bytes())
                    return

        works = []
        for i in range(12):
            works.append((self.update, f'nullmail_apply_{i}', 'x' * 2000))
            works.append((self.postconf, f'nullmail_postconf_{i}=' + 'x' * 2000))
        start = os.pipe()
        pids = [self.fork(start, *work) for work in works]
        reader = threading.Thread(target=read)
        reader.start()
        os.close(start[0])
        os.close(start[1])
        deadline = time.monotonic() + LIMIT_S
        statuses = [wait_for(pid, deadline) for pid in pids]
        stop.set()
        reader.join()
        self.assertEqual(statuses, [0] * len(pids))
        self.assertEqual(bad, [])
        self.assertEqual(self.main_cf.read_bytes().count(b'\nnullmail_'), 24)


def setUpModule():
    fixture.need_postfix()
