# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""From a descriptor to the keyring, and from there to the page of the password file: where the
password is on the way, and that in the end it is nowhere. The process is looked at from outside."""

import ctypes
import os
import resource
import subprocess
import sys

import keyring
import memory_of
import program
from program import LIMIT_S
from stand_ins import Folder, RELAY

MARKER = b'Qx7-Canary-Pw9-Marker'
PR_CAPBSET_DROP = 24
CAP_IPC_LOCK = 14
# Never has the password in a value of Python. What it prints is where it is looked at.
CHILD = '''
import gc, sys, gi
gi.require_version('Nullmail', '1.0')
from gi.repository import Nullmail

def pause(where):
    gc.collect()
    print(where, flush=True)
    sys.stdin.readline()

etc, commands, state, fd, keeps_file = sys.argv[1:]
relay = Nullmail.RelayHost.parse(%r)
postfix = Nullmail.PostfixInstance(config_directory=etc, command_directory=commands,
                                   state_directory=state,
                                   service_control=Nullmail.ServiceControl.DISABLED)
config = Nullmail.NullClientConfig(relay_host=relay, origin='example.com', authentication=True)
keyring = Nullmail.SecretStore.new()
if keeps_file != 'yes':
    pause('start')
    given = Nullmail.RelayCredentials.new_from_fd(relay, 'alice', int(fd), None)
    pause('given')
    keyring.store(given, None)
    pause('stored')
    del given
    pause('dropped')
found = keyring.lookup(relay, None)
pause('found')
plan = postfix.plan(config, found, 0)
text = plan.to_diff() + str(plan.to_variant().unpack())
pause('planned')
postfix.apply(plan, Nullmail.ApplyFlags.FORCE)
pause('applied')
del found, plan, config
pause('end')
again = postfix.get_sasl_passwd_store().lookup(relay)
pause('read')
del again
pause('nothing')
''' % RELAY


def forbid_locking():
    ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_IPC_LOCK)
    resource.setrlimit(resource.RLIMIT_MEMLOCK, (0, 0))


class MemoryCase(Folder):
    def watch(self, keeps_file=False, **options):
        """Runs the child; what there is in its memory at each pause: (anywhere, not locked)."""
        reader, writer = os.pipe()
        os.write(writer, MARKER)
        os.close(writer)
        # With which meson has memory overwritten that was freed.
        options.setdefault('env', {**os.environ})['MALLOC_PERTURB_'] = '0'
        child = subprocess.Popen(
            [sys.executable, '-c', CHILD, self.etc, self.commands, self.folder + '/state',
             str(reader), 'yes' if keeps_file else 'no'], pass_fds=[reader], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, **options)
        os.close(reader)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        seen = {}
        with child.stdout, child.stdin:
            for line in child.stdout:
                seen[line.strip()] = memory_of.count(child.pid, MARKER)
                child.stdin.write('\n')
                child.stdin.flush()
        self.assertEqual(child.wait(timeout=LIMIT_S), 0)
        self.assertIn('nothing', seen)
        with open(self.sasl_passwd, 'rb') as file:
            self.assertEqual(file.read(), f'{RELAY} alice:'.encode() + MARKER + b'\n')
        return seen

    def assert_gone(self, seen):
        for where in ('given', 'found', 'planned', 'read'):  # the search does find what is there
            if where in seen:
                self.assertGreater(seen[where][0], 0, where)
        for where in ('start', 'dropped', 'end', 'nothing'):
            if where in seen:
                self.assertEqual(seen[where][0], 0, where)


class WithKeyring(MemoryCase):
    def setUp(self):
        super().setUp()
        program.need(*keyring.TOOLS)
        os.environ.pop('SECRET_BACKEND', None)
        folder = program.make_socket_folder(self.addCleanup)
        bus = keyring.Bus(folder)
        self.addCleanup(bus.end)
        service = keyring.Keyring(bus, folder)
        self.addCleanup(service.end)

    def test_never_where_it_may_be_paged_out(self):
        seen = self.watch()
        self.assert_gone(seen)
        self.assertEqual(seen['given'][0], 1)
        self.assertEqual(seen['stored'][0], 1)
        if not memory_of.can_lock():
            program.lacks('no right to lock memory')
        self.assertEqual({where: unlocked for where, (_, unlocked) in seen.items()},
                         dict.fromkeys(seen, 0))

    def test_no_memory_can_be_locked(self):
        """RLIMIT_MEMLOCK 0: everything works, and the password is wiped all the same."""
        seen = self.watch(preexec_fn=forbid_locking)
        self.assert_gone(seen)
        self.assertEqual(seen['given'], (1, 1))

    def test_in_c(self):
        """The same by the library's test in C, which looks at its own memory."""
        secrets = program.need_variable('NULLMAIL_TEST_SECRETS')
        done = subprocess.run([secrets, '--tap', '-p', '/secrets/keyring'], text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT_S,
                              env={**os.environ, 'NULLMAIL_TEST_KEYRING': 'yes',
                                   'MALLOC_PERTURB_': '0'})
        self.assertEqual(done.returncode, 0, done.stdout)
        if 'SKIP memory cannot be searched' in done.stdout:
            program.lacks('memory cannot be searched')
        self.assertIn('ok 1 /secrets/keyring', done.stdout)


class WithFile(MemoryCase):
    """In a process that only reads it: what libsecret writes to its file it leaves in memory."""

    def test_file(self):
        environment = {**os.environ, 'SECRET_BACKEND': 'file',
                       'SECRET_FILE_TEST_PASSWORD': 'of the file',
                       'SECRET_FILE_TEST_PATH': self.folder + '/keyring'}
        self.watch(env=environment)
        os.unlink(self.sasl_passwd)
        self.write(self.main_cf, '')
        self.assert_gone(self.watch(keeps_file=True, env=environment))
