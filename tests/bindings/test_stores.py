# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Stores that need nothing but the library: a file that is its own table, and one in Python."""

import os
import signal
import subprocess
import sys
import tempfile
import unittest

from gi.repository import GLib, Nullmail

from program import RUNNER, make_folder
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
                              ('u:' + 'hidden' * 2731, 'longer than 16384 bytes')):
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


class TestFailedBuilds(unittest.TestCase):
    """A stand-in for postmap that does not make the map which was asked for. Nothing that has the
    new password may be left of it, whatever postmap has called it."""

    BUILT = 'for table; do :; done\nsource=${table#*:}\ncp "$source" "$source%s" || exit\n'
    REDIRECTS = BUILT % '.lmdb' + 'echo "redirecting hash:x to lmdb:x" >&2'

    def setUp(self):
        self.folder = make_folder()
        self.etc = self.folder / 'etc'
        self.etc.mkdir()
        self.commands = self.folder / 'commands'
        self.commands.mkdir()
        self.store = store_below(self.folder)
        self.use_postmap(self.BUILT % '.db')
        self.assertTrue(self.store.store(credentials('old')))
        self.before = self.contents()

    def use_postmap(self, script):
        path = self.commands / 'postmap'
        path.write_text('#!/bin/sh\n' + script + '\n', encoding='ascii')
        path.chmod(0o755)

    def contents(self):
        return {path.name: path.read_bytes() for path in self.etc.rglob('*') if path.is_file()}

    def assert_nothing_left(self):
        with self.assertRaises(GLib.Error) as caught:
            self.store.store(credentials('new'))
        self.assertTrue(caught.exception.matches(Nullmail.Error.quark(), Nullmail.Error.MAP))
        self.assertEqual(self.contents(), self.before)

    def test_map_of_another_type(self):
        """As Postfix does it from 3.11 on after “postfix non-bdb enable-redirect”."""
        self.use_postmap(self.REDIRECTS)
        self.assert_nothing_left()

    def test_failed_after_it_had_written(self):
        for suffix in ('.db', '.db.tmp', '.lmdb', '.cdb.tmp', '.new-kind'):
            with self.subTest(suffix):
                self.use_postmap(self.BUILT % suffix + 'exit 1')
                self.assert_nothing_left()
        self.use_postmap(self.BUILT % '.db' + 'name=${source##*/}\n'
                         'mv "$source.db" "${source%/*}/__db.$name"; exit 1')
        self.assert_nothing_left()

    def test_lock_file(self):
        """Whether it then fails or not."""
        locks = 'cp "$source" "$source.lmdb-lock"; mkdir "$source.env"; : >"$source.env/log"\n'
        self.use_postmap(self.BUILT % '.db' + locks + 'exit 1')
        self.assert_nothing_left()
        self.use_postmap(self.BUILT % '.db' + locks)
        self.assertTrue(self.store.store(credentials('new')))
        self.assertEqual(self.contents().keys(), self.before.keys())

    def test_killed_while_postmap_ran(self):
        """The next run takes what was left."""
        self.use_postmap(self.BUILT % '.lmdb' + 'cp "$source" "$source.lmdb-lock"\n'
                         'kill -9 $PPID; sleep 1')
        done = subprocess.run([sys.executable, RUNNER, __file__, '--inside', 'store', self.folder],
                              check=False)
        self.assertEqual(done.returncode, -signal.SIGKILL)
        self.assertIn('.lmdb', {os.path.splitext(name)[1] for name in self.contents()})
        self.use_postmap(self.BUILT % '.db')
        self.assertTrue(self.store.store(credentials('old')))
        self.assertTrue(self.store.store(credentials('new')))
        self.assertEqual(self.contents().keys(), self.before.keys())


def store_below(folder):
    return Nullmail.SaslPasswdStore(path=str(folder / 'etc' / 'sasl_passwd'), map_type='hash',
                                    command_directory=str(folder / 'commands'))


def credentials(password):
    return Nullmail.RelayCredentials.new(relay_host(), 'user', password)


def inside_store(test):
    store_below(test.folder).store(credentials('new'))


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
