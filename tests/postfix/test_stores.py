# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The suite that every CredentialStore passes, for the password file with each type of table; and a
store written in Python, whose passwords a plan takes."""

import os
import subprocess

import fixture
from fixture import InstanceTest, Nullmail, RELAY, SECRET

from dict_store import DictStore
from store_conformance import AsyncCalls, StoreConformance, SyncCalls

MAP_TYPES = ('hash', 'btree', 'lmdb', 'cdb', 'texthash')
OTHER = '[other.example.com]:587'


class TypeCase(StoreConformance, InstanceTest):
    map_type = None

    def setUp(self):
        fixture.need_types(self.map_type)
        super().setUp()
        self.store = Nullmail.SaslPasswdStore.new(str(self.sasl_passwd), self.map_type)

    def tearDown(self):
        """What the store holds in the end is what Postfix finds."""
        if not self.sasl_passwd.exists():
            return
        keys = [entry.get_relay_host().to_string() for entry in self.store.list()]
        os.utime(self.sasl_passwd, (fixture.OLD_S, fixture.OLD_S))  # or postmap would wait
        done = subprocess.run(['postmap', '-c', self.etc, '-q', '-',
                               f'{self.map_type}:{self.sasl_passwd}'], check=False,
                              input=''.join(key + '\n' for key in keys), text=True,
                              stdout=subprocess.PIPE)
        self.assertEqual([line.partition('\t')[0] for line in done.stdout.splitlines()], keys)


# A class for each type; the asynchronous calls run the same ones in a thread.
for name, calls in [*((name, SyncCalls) for name in MAP_TYPES), ('hash', AsyncCalls)]:
    title = f'{name.capitalize()}{calls.__name__}'
    globals()[title] = type(title, (calls, TypeCase), {'map_type': name})
del TypeCase


class Types(InstanceTest):
    def test_enough_of_them(self):
        """In CI the suite is not passed by leaving types out."""
        self.instance.inspect()
        found = [name for name in MAP_TYPES if name in self.instance.get_map_types()]
        self.assertIn('texthash', found)
        if os.environ.get('CI') == 'true':
            self.assertGreaterEqual(len(found), 3, found)


class Attributes(InstanceTest):
    """A table that is built anew has what the one before it had, as its source has."""

    USER = 'user.nullmail'
    LABEL = 'security.nullmail'  # of the kind that a security module looks at

    def setUp(self):
        super().setUp()
        try:
            os.setxattr(self.etc, self.USER, b'x')
        except OSError as error:
            fixture.lacks(f'the disk has no extended attributes: {error}')

    def set_attributes(self, path):
        os.setxattr(path, self.USER, b'of ' + path.name.encode())
        expected = {self.USER: b'of ' + path.name.encode()}
        try:
            os.setxattr(path, self.LABEL, b'a label')
        except OSError:
            return expected
        return {**expected, self.LABEL: b'a label'}

    def attributes(self, path):
        return {name: os.getxattr(path, name) for name in os.listxattr(path)}

    def each_table(self):
        for map_type in fixture.table_types():
            if map_type in fixture.SUFFIXES:
                store = Nullmail.SaslPasswdStore.new(f'{self.etc}/of_{map_type}', map_type)
                store.store(fixture.credentials())
                yield (store, fixture.pathlib.Path(store.get_path()),
                       fixture.pathlib.Path(store.get_map_path()))

    def test_kept(self):
        n_tables = 0
        for store, *paths in self.each_table():
            expected = [self.set_attributes(path) for path in paths]
            inodes = [path.stat().st_ino for path in paths]
            store.store(fixture.credentials(password='another'))
            self.assertEqual([self.attributes(path) for path in paths], expected)
            self.assertFalse(set(inodes) & {path.stat().st_ino for path in paths})
            store.rebuild()
            self.assertEqual([self.attributes(path) for path in paths], expected)
            n_tables += 1
        self.assertGreater(n_tables, 0)

    def test_kept_by_an_apply(self):
        self.set_up_login()
        path, = self.etc.glob('sasl_passwd.*')
        expected = self.set_attributes(path)
        self.apply(self.instance.load_config(), fixture.credentials(password='another'))
        self.assertEqual(self.attributes(path), expected)

    def test_lost_with_the_type(self):
        """A table of another type takes the place of the one before it, and what that had."""
        types = fixture.table_types()
        n_changes = 0
        for old in types:
            for new in types:
                suffixes = fixture.SUFFIXES.get(old), fixture.SUFFIXES.get(new)
                if suffixes[1] is None or suffixes[0] == suffixes[1]:
                    continue
                with self.subTest(old=old, new=new):
                    name = f'from_{old}_to_{new}'
                    paths = [self.etc / (name + (suffix or '')) for suffix in suffixes]
                    self.set_type(name, old)
                    expected = self.set_attributes(paths[0])
                    self.set_type(name, new)
                    self.assertEqual(self.attributes(paths[1]), expected)
                    self.assertEqual(paths[1].stat().st_mode & 0o777, 0o600)
                    self.assertEqual(paths[0].exists(), suffixes[0] is None)
                    n_changes += 1
        self.assertGreater(n_changes, 0)

    def set_type(self, name, map_type):
        config = fixture.login_config(origin='example.com',
                                      password_maps=f'{map_type}:{self.etc}/{name}')
        self.apply(config, fixture.credentials(), fixture.Nullmail.ApplyFlags.FORCE)

    def test_what_lets_others_in_goes(self):
        """An ACL lets somebody read passwords, who has then to be let in again on purpose."""
        fixture.need('setfacl')
        for store, *paths in self.each_table():
            for path in paths:
                subprocess.run(['setfacl', '-m', f'u:{fixture.NOBODY}:r', path], check=True)
                self.assertIn('system.posix_acl_access', os.listxattr(path))
            store.store(fixture.credentials(password='another'))
            for path in paths:
                self.assertEqual((os.listxattr(path), path.stat().st_mode & 0o777), ([], 0o600))

    def test_stricter_mode(self):
        fixture.need_root()
        for store, *paths in self.each_table():
            for path in paths:
                path.chmod(0o400)
            store.store(fixture.credentials(password='another'))
            self.assertEqual([path.stat().st_mode & 0o777 for path in paths], [0o400] * 2)


class LongestPassword(InstanceTest):
    """Eight times Postfix's line_length_limit, which does not hold for tables."""

    TOKEN = 'x' * 16000 + 'The-End'.rjust(384, '.')

    def test_every_type(self):
        for map_type in fixture.table_types():
            with self.subTest(map_type):
                path = f'{self.etc}/of_{map_type}'
                store = Nullmail.SaslPasswdStore.new(path, map_type)
                for relay in (OTHER, RELAY):
                    self.assertTrue(store.store(fixture.credentials(relay, password=self.TOKEN)))
                found = store.lookup(Nullmail.RelayHost.parse(RELAY))
                self.assertEqual(fixture.password_of(found).decode(), self.TOKEN)
                answer = fixture.answer_of(['postmap', '-c', self.etc, '-q', RELAY,
                                            f'{map_type}:{path}'], text=True)
                self.assertEqual(answer, f'relayuser:{self.TOKEN}\n')

    def test_plan(self):
        for map_type in fixture.table_types():
            with self.subTest(map_type):
                config = fixture.login_config(origin='example.com',
                                              password_maps=f'{map_type}:{self.etc}/of_{map_type}')
                self.apply(config, fixture.credentials(password=self.TOKEN))
                self.assertTrue(self.instance.plan(config, fixture.credentials(
                    password=self.TOKEN), 0).is_empty())
                codes = {finding.get_code() for finding in self.instance.check()}
                self.assertFalse(codes & {Nullmail.FindingCode.BAD_LINE,
                                          Nullmail.FindingCode.CREDENTIALS_MISSING,
                                          Nullmail.FindingCode.INVALID_VALUE}, codes)


class StoreInPython(InstanceTest):
    """What it gives goes into plans as what comes from the library's own stores does."""

    def look_up(self, key):
        return subprocess.run(['postmap', '-c', str(self.etc), '-q', key,
                               f'hash:{self.sasl_passwd}'],
                              stdout=subprocess.PIPE, text=True, check=False).stdout.strip()

    def test_plan(self):
        store = DictStore()
        for relay in (RELAY, OTHER):
            store.store(fixture.credentials(relay, password=f'{SECRET} of {relay}'))
        for relay in (RELAY, OTHER, RELAY):
            found = store.lookup(Nullmail.RelayHost.parse(relay))
            plan = self.instance.plan(
                fixture.login_config(relay, origin='example.com',
                                     password_maps=f'hash:{self.sasl_passwd}'), found, 0)
            self.assertNotIn(SECRET, plan.to_diff() + str(plan.to_variant().unpack()))
            self.instance.apply(plan, 0)
            self.assertEqual(self.look_up(relay), f'relayuser:{SECRET} of {relay}')
        self.assertEqual(self.instance.load_config().get_relay_host().to_string(), RELAY)

    def test_entry_of_a_list_is_refused(self):
        store = DictStore()
        store.store(fixture.credentials())
        entry, = store.list()
        self.assert_refused(Nullmail.Error.INVALID_CREDENTIALS, RELAY, self.instance.plan,
                            fixture.login_config(origin='example.com'), entry, 0)

    def test_from_one_store_to_another(self):
        """Through the interface alone, each way."""
        ours = Nullmail.SaslPasswdStore.new(str(self.sasl_passwd), 'hash')
        theirs = DictStore()
        ours.store(fixture.credentials())
        for source, target in ((ours, theirs), (theirs, ours)):
            for entry in source.list():
                target.store(source.lookup(entry.get_relay_host()))
            source.clear(Nullmail.RelayHost.parse(RELAY))
            self.assertEqual(source.list(), [])
        self.assertEqual(self.look_up(RELAY), f'relayuser:{SECRET}')


def setUpModule():
    fixture.need_postfix()
