# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The command and a relay in this process: probe, and apply that asks it first."""

import os
import re
import subprocess

import authority
import program
from authority import Certificate
from command_case import FAILED, MAIN_CF, PENDING, SECRET, CommandCase
from fake_relay import USER, FakeRelay
from program import need


class Made:
    ca = server = None


def setUpModule():
    need('postconf', 'postmap', 'openssl')
    folder = program.make_folder('certificates-')
    Made.ca = Certificate(folder, 'ca', extensions=authority.CA)
    Made.server = Certificate(folder, 'server', Made.ca,
                              (*authority.SERVER, authority.dns('localhost'))).chain()


class RelayCase(CommandCase):
    def words_of(self, relay):
        return (f'[localhost]:{relay.port}', '--tls-ca-file', f'{Made.ca.base}.crt')

    def login(self):
        return ('--user', USER, '--password-file', self.password_file(SECRET))


class Probing(RelayCase):
    def test_steps(self):
        with FakeRelay(Made.server) as relay:
            words = self.words_of(relay)
            text = self.run_command('probe', *words, *self.login()).out
            report = self.run_json('probe', 'probe', *words, *self.login())['report']
        steps = re.findall(r'(?m)^(\w+) +([\w-]+)  \S', text)
        self.assertEqual(steps, [(step['name'], step['outcome']) for step in report['steps']])
        self.assertEqual(steps[-1], ('login', 'ok'))
        self.assertEqual((report['outcome'], report['login-tried']), ('ok', True))
        self.assertEqual(text.splitlines()[len(steps):],
                         [text for text in (report['message'], report['remedy']) if text])

    def test_refused_login(self):
        with FakeRelay(Made.server, password='another', echoes=True) as relay:
            ended = self.run_command('probe', *self.words_of(relay), *self.login(), status=PENDING)
            report = self.run_json('probe', 'probe', *self.words_of(relay), *self.login(),
                                   status=PENDING)['report']
        self.assertEqual(report['outcome'], 'login-failed')
        self.assertRegex(ended.out, r'(?m)^login +login-failed  ')
        self.assertIn(report['remedy'], ended.out)

    def test_progress_beside_json(self):
        with FakeRelay(Made.server) as relay:
            ended = self.run_command('--json', 'probe', *self.words_of(relay))
        self.assertRegex(ended.err, r'(?m)^tls +ok')
        self.assertEqual(ended.out.count('\n'), 1)

    def test_as_it_happens(self):
        """The first steps are told while the relay is silent about the next."""
        with FakeRelay(greeting=None) as relay, subprocess.Popen(
                self.words('probe', f'[127.0.0.1]:{relay.port}'), stdout=subprocess.PIPE,
                text=True, env=self.environment()) as process:
            self.assertRegex(process.stdout.readline(), r'^dns +ok')
            self.assertRegex(process.stdout.readline(), r'^connect +ok')
            self.assertIsNone(process.poll())
            process.terminate()

    def test_nobody_reads(self):
        with FakeRelay(Made.server) as relay:
            reader, writer = os.pipe()
            os.close(reader)
            done = subprocess.run(self.words('probe', *self.words_of(relay)), stdout=writer,
                                  stderr=subprocess.PIPE, check=False, env=self.environment())
            os.close(writer)
        self.assert_interrupted(done.returncode)

    def test_configured_relay(self):
        """With what main.cf says, and the password that Postfix would use."""
        with FakeRelay(Made.server) as relay:
            self.run_refused('probe', status=FAILED)
            self.run_command('apply', '--yes', *self.login(),
                             f'relay-host=[localhost]:{relay.port}', 'origin=example.com',
                             f'tls-ca-file={Made.ca.base}.crt', '--keep', 'tls-level=secure')
            report = self.run_json('probe', 'probe')['report']
        self.assertEqual((report['outcome'], report['login-tried']), ('ok', True))
        report = self.run_json('probe', 'probe', status=PENDING)['report']
        self.assertEqual(report['outcome'], 'connect-failed')


class ApplyThatAsks(RelayCase):
    def settings(self, relay):
        return (f'relay-host=[localhost]:{relay.port}', 'origin=example.com', 'tls-level=secure',
                f'tls-ca-file={Made.ca.base}.crt')

    def test_good(self):
        with FakeRelay(Made.server) as relay:
            words = (*self.login(), '--probe', *self.settings(relay))
            planned = self.run_json('plan', 'plan', *words, status=PENDING)
            applied = self.run_json('apply', 'apply', '--yes', *words)
            self.assertIn('Nothing to change.', self.run_command('apply', *words).out)
        for value in (planned, applied):
            self.assertEqual((value['changed'], value['probe']['outcome']), (True, 'ok'))

    def test_bad(self):
        """The relay refuses the password: nothing is written."""
        with FakeRelay(Made.server, password='another') as relay:
            words = (*self.login(), '--probe', *self.settings(relay))
            before = self.snapshot()
            text = self.run_command('apply', '--yes', *words, status=PENDING).out
            value = self.run_json('apply', 'apply', '--yes', *words, status=PENDING)
            self.assertEqual(self.snapshot(), before)
        self.assertRegex(text, r'(?m)^login +login-failed')
        self.assertNotIn('Applied', text)
        self.assertEqual((value['changed'], value['probe']['outcome']), (False, 'login-failed'))
        self.assertEqual(self.main_cf.read_text(), MAIN_CF)

    def test_asked_before_the_question(self):
        """Where nobody can be asked, the relay is not either."""
        with FakeRelay(Made.server) as relay:
            self.run_refused('apply', *self.login(), '--probe', *self.settings(relay),
                             says='--yes')
            self.assertEqual(relay.commands(), [[], []])
