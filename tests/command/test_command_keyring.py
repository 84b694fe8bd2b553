# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The command and a keyring of its user, with a real gnome-keyring-daemon on a private bus: what is
put there, listed, taken for Postfix, and removed; and no keyring at all."""

import os
import unittest

import gi

gi.require_version('Nullmail', '1.0')

import keyring  # noqa: E402
import program  # noqa: E402
from command_case import FAILED, OTHER, RELAY, SECRET, USAGE, CommandCase  # noqa: E402

ENTRY = {'relay-host': RELAY, 'username': 'host7', 'has-password': False}
WORDS = ('apply', '--yes', f'relay-host={RELAY}', 'origin=example.com', '--password-from-keyring')
_bus = None


def setUpModule():
    global _bus
    program.need('postconf', 'postmap', *keyring.TOOLS)
    os.environ.pop('SECRET_BACKEND', None)
    folder = program.make_socket_folder(unittest.addModuleCleanup)
    _bus = keyring.Bus(folder)
    unittest.addModuleCleanup(_bus.end)


class WithKeyring(CommandCase):
    def setUp(self):
        super().setUp()
        self.keyring = keyring.Keyring(
            _bus, program.make_socket_folder(self.addCleanup))
        self.addCleanup(self.keyring.end)

    def put(self):
        self.run_command('credentials', 'set', '--keyring', RELAY, '--user', 'host7',
                         '--password-file', '-', text=SECRET)

    def listed(self, *words):
        return self.run_json('credentials', 'credentials', 'list', '--keyring',
                             *words)['credentials']

    def test_set_list_remove(self):
        self.assertEqual(self.listed(), [])
        self.put()
        self.assertEqual(keyring.secret_tool('lookup', 'relayhost', RELAY), SECRET.encode())
        self.assertEqual((self.listed(), self.listed(RELAY), self.listed(OTHER)),
                         ([ENTRY], [ENTRY], []))
        value = self.run_json('credentials', 'credentials', 'remove', '--keyring', RELAY)
        self.assertEqual(value['credentials'], [])
        self.assertFalse(self.sasl_passwd.exists())
        self.run_refused('credentials', 'purge', '--keyring', status=USAGE)

    def test_taken_for_postfix(self):
        self.assertEqual(self.run_refused(*WORDS, status=FAILED)['code'], 'not-found')
        self.put()
        self.run_refused(*WORDS, '--user', 'other', status=FAILED, says='host7')
        text = self.run_command(*WORDS).out
        self.assertIn(f'\n+{RELAY} host7:********\n', text)
        self.assertEqual(self.sasl_passwd.read_text(), f'{RELAY} host7:{SECRET}\n')
        self.assertEqual(self.run_command(*WORDS, '--user', 'host7').out, 'Nothing to change.\n')


class WithoutKeyring(CommandCase):
    def test_none(self):
        for words in (WORDS, ('credentials', 'list', '--keyring'),
                      ('credentials', 'remove', '--keyring', RELAY)):
            self.assertEqual(self.run_refused(*words, status=FAILED)['code'], 'secret-service')
