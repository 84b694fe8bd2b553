# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Stores that need nothing but the library: a file that is its own table, and one in Python."""

import os
import tempfile
import unittest

from gi.repository import GLib, Nullmail

from program import make_folder
from dict_store import DictStore
from store_conformance import AsyncCalls, RELAY, StoreConformance, SyncCalls, relay_host


class TextFile(StoreConformance):
    def setUp(self):
        self.path = str(make_folder() / 'sasl_passwd')
        self.store = Nullmail.SaslPasswdStore.new(self.path, 'texthash')

    def test_entry_that_cannot_be_used(self):
        """The error says where it is and why, and never what."""
        for entry, reason in (('hidden', 'password is empty'), (':hidden', 'user name is empty'),
                              ('u:', 'password is empty'), ('u:hid\tden', 'control character'),
                              ('u:' + 'hidden' * 171, 'longer than 1024 bytes')):
            with self.subTest(reason, entry=entry[:10]):
                with open(self.path, 'w', encoding='utf-8') as file:
                    file.write(f'# Relay\n{RELAY} {entry}\n')
                os.chmod(self.path, 0o600)
                with self.assertRaisesRegex(GLib.Error, f': Line 2 of .*{reason}') as caught:
                    self.call('lookup', relay_host())
                self.assertTrue(caught.exception.matches(Nullmail.Error.quark(),
                                                         Nullmail.Error.INVALID_FILE))
                self.assertNotIn('hid', caught.exception.message)


class TestProperties(unittest.TestCase):
    def test_null_is_the_default(self):
        """As a setting that is not there has it."""
        store = Nullmail.SaslPasswdStore(path=None, map_type=None, command_directory=None)
        self.assertEqual((store.get_path(), store.get_map_type(), store.get_map_path(),
                          store.get_command_directory()),
                         ('/etc/postfix/sasl_passwd', 'hash', '/etc/postfix/sasl_passwd.db', None))
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(os.path.realpath(folder), 'sasl_passwd')
            store = Nullmail.SaslPasswdStore(path=path, map_type=None)
            self.assertIsNone(store.lookup(relay_host()))


class InPython(StoreConformance):
    def setUp(self):
        self.store = DictStore()


class TestTextFileSync(SyncCalls, TextFile, unittest.TestCase):
    pass


class TestTextFileAsync(AsyncCalls, TextFile, unittest.TestCase):
    pass


class TestInPythonSync(SyncCalls, InPython, unittest.TestCase):
    pass


class TestInPythonAsync(AsyncCalls, InPython, unittest.TestCase):
    pass
