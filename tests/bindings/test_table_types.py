# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which types of tables work, on the Postfix of other distributions: what a plan writes, and what
is found. Stand-ins say what was measured there."""

import os
import unittest

import fixture
import stand_ins
import table_worlds
from fixture import GLib, Nullmail, RELAY, SECRET
from table_worlds import (DEPRECATED, REDIRECTED, REDIRECTED_IN_SILENCE, SURROGATE, UNSUPPORTED)

Code = Nullmail.FindingCode
MAPS = 'smtp_sasl_password_maps'
FOUND = {Code.MAP_TYPE_UNSUPPORTED, Code.MAP_TYPE_DEPRECATED, Code.MAP_REDIRECTED,
         Code.MAP_MISSING, Code.MAP_STALE}
NO_BERKELEY_DB = {'hash': UNSUPPORTED, 'btree': UNSUPPORTED}
# The name, the compiled default, what is said of types; what a plan writes, and what is found
# where main.cf has hash.
WORLDS = [
    ('Debian 12', 'hash', {'lmdb': UNSUPPORTED, 'cdb': UNSUPPORTED}, 'hash', None),
    ('an image of RHEL 10', 'hash', {**NO_BERKELEY_DB, 'cdb': UNSUPPORTED}, 'lmdb',
     Code.MAP_TYPE_UNSUPPORTED),
    ('Alpine', 'lmdb', {**NO_BERKELEY_DB, 'cdb': UNSUPPORTED}, 'lmdb', Code.MAP_TYPE_UNSUPPORTED),
    ('Postfix 3.11 without Berkeley DB', 'hash', {'hash': SURROGATE, 'btree': SURROGATE}, 'lmdb',
     Code.MAP_TYPE_UNSUPPORTED),
    ('Postfix 3.11 with nothing but cdb', 'hash',
     {'hash': SURROGATE, 'btree': SURROGATE, 'lmdb': UNSUPPORTED}, 'cdb',
     Code.MAP_TYPE_UNSUPPORTED),
    ('postfix non-bdb enable-redirect', 'hash', {'hash': REDIRECTED, 'btree': REDIRECTED}, 'lmdb',
     Code.MAP_REDIRECTED),
    ('the same without its message', 'hash',
     {'hash': REDIRECTED_IN_SILENCE, 'btree': REDIRECTED_IN_SILENCE}, 'lmdb', Code.MAP_REDIRECTED),
    ('Debian unstable', 'cdb', {'hash': DEPRECATED, 'btree': DEPRECATED}, 'cdb',
     Code.MAP_TYPE_DEPRECATED),
    ('openSUSE', 'lmdb', {'cdb': UNSUPPORTED}, 'lmdb', Code.MAP_TYPE_DEPRECATED),
    ('no file but texthash', 'hash', {**NO_BERKELEY_DB, 'cdb': UNSUPPORTED, 'lmdb': UNSUPPORTED},
     'texthash', Code.MAP_TYPE_UNSUPPORTED),
]


class TableTypes(stand_ins.Folder):
    def live_in(self, default, says):
        """A Postfix of its own for each, and a main.cf that names nothing."""
        self.log = os.path.join(self.folder, 'log')
        table_worlds.build(self.commands, self.log, default, says)
        for name in os.listdir(self.etc):
            os.unlink(os.path.join(self.etc, name))
        self.write_first()
        os.utime(self.main_cf, (fixture.OLD_S, fixture.OLD_S))
        self.postfix = self.instance = self.new_instance()

    def found(self):
        return [found for found in self.new_instance().check() if found.get_code() in FOUND]

    def tables(self):
        return sorted(name for name in os.listdir(self.etc) if name.startswith('sasl_passwd.'))

    def asked(self):
        if not os.path.exists(self.log):
            return []
        with open(self.log, encoding='utf-8') as file:
            return file.read().splitlines()

    def assert_stored(self, map_type):
        store = self.new_instance().get_sasl_passwd_store()
        self.assertEqual(store.props.map_type, map_type)
        suffix = table_worlds.SUFFIXES[map_type]
        self.assertEqual(self.tables(), ['sasl_passwd' + suffix] if suffix else [])

    def test_type_of_a_new_table(self):
        for name, default, says, written, _ in WORLDS:
            with self.subTest(name):
                self.live_in(default, says)
                self.set_up_login()
                value = self.postfix.load_main_cf().get_value(MAPS)
                self.assertEqual(value, f'{written}:{self.sasl_passwd}')
                self.assert_stored(written)
                self.assertEqual(self.found(), [])

    def test_types_that_work(self):
        for name, default, says, written, _ in WORLDS:
            with self.subTest(name):
                self.live_in(default, says)
                self.postfix.inspect()
                refused = {key for key, value in says.items()
                           if value in (UNSUPPORTED, SURROGATE, REDIRECTED, REDIRECTED_IN_SILENCE)}
                self.assertEqual(set(self.postfix.get_map_types()),
                                 set(table_worlds.SUFFIXES) - refused)
                self.assertEqual(self.postfix.get_default_map_type(), written)

    def write_hash(self):
        """A login with a table that hash was built for, before the machine was brought up to date:
        its file is there, and is newer than its source."""
        self.append(f'relayhost = {RELAY}\nsmtp_sasl_auth_enable = yes\n'
                    f'smtp_tls_security_level = secure\n{MAPS} = hash:{self.sasl_passwd}\n')
        os.utime(self.main_cf, (fixture.OLD_S, fixture.OLD_S))
        for name in ('sasl_passwd', 'sasl_passwd.db'):
            path = os.path.join(self.etc, name)
            self.write(path, f'{RELAY} host7:{SECRET}\n')
            os.chmod(path, 0o600)

    def test_table_of_before(self):
        for name, default, says, written, code in WORLDS:
            with self.subTest(name):
                self.live_in(default, says)
                self.write_hash()
                found = self.found()
                self.assertEqual([item.get_code() for item in found], [code] if code else [])
                if code is None:
                    continue
                item, = found
                self.assertEqual(item.get_subject(), 'hash')
                self.assertEqual(item.get_suggestion(), f'{written}:{self.sasl_passwd}')
                main_cf = self.postfix.load_main_cf()
                self.assertTrue(item.fix(main_cf))
                self.postfix.apply(self.postfix.plan_main_cf(main_cf, None, 0), 0)
                self.assert_stored(written)
                self.assertEqual(self.found(), [])

    def test_severity(self):
        expected = {Code.MAP_TYPE_UNSUPPORTED: Nullmail.Severity.ERROR,
                    Code.MAP_REDIRECTED: Nullmail.Severity.WARNING,
                    Code.MAP_TYPE_DEPRECATED: Nullmail.Severity.NOTICE}
        seen = set()
        for _, default, says, _, code in WORLDS:
            if code is None or code in seen:
                continue
            self.live_in(default, says)
            self.write_hash()
            item, = self.found()
            self.assertEqual(item.get_severity(), expected[code])
            self.assertNotIn(SECRET, item.get_message() + item.get_remedy())
            seen.add(code)
        self.assertEqual(seen, set(expected))

    def test_plans_take_what_works(self):
        """A plan that brings a password gives its table a type that can be opened."""
        for name, default, says, written, code in WORLDS:
            with self.subTest(name):
                self.live_in(default, says)
                self.write_hash()
                self.apply(self.postfix.load_config(),
                           stand_ins.credentials(password='another'))
                self.assert_stored('hash' if code in (None, Code.MAP_TYPE_DEPRECATED) else written)

    def test_asked_once(self):
        self.live_in('hash', {'hash': REDIRECTED, 'btree': REDIRECTED})
        self.write_hash()
        self.postfix.check()
        first = self.asked()
        self.assertIn('postmap x hash:/nonexistent/x', first)
        self.postfix.check()
        self.assertEqual(self.asked()[len(first):], [])

    def test_folder_of_a_sibling(self):
        """Two that were forked from one draw the same names: what is there is not removed."""
        read, write = os.pipe()
        GLib.random_int()
        child = os.fork()
        if child == 0:
            os.write(write, ' '.join(f'{GLib.random_int():08x}' for _ in range(40)).encode())
            os._exit(0)
        os.waitpid(child, 0)
        numbers = os.read(read, 4000).decode().split()
        os.close(read)
        os.close(write)
        # A compiler may take the two numbers of a name in either order.
        pairs = [*zip(numbers, numbers[1:]), *zip(numbers[1:], numbers)]
        folders = [os.path.join(GLib.get_tmp_dir(), f'nullmail-{first}{second}')
                   for first, second in pairs]
        for folder in folders:
            os.mkdir(folder, 0o700)
            self.addCleanup(os.rmdir, folder)
        self.live_in('hash', {})
        self.write_hash()
        self.postfix.check()
        self.assertIn('postmap x hash:/nonexistent/x', self.asked())
        self.assertNotEqual(f'{GLib.random_int():08x}', numbers[0], 'no name was drawn')
        self.assertEqual([folder for folder in folders if not os.path.isdir(folder)], [])

    def test_asked_again_for_another_program(self):
        """A package that brings a type, or takes it away, is seen by an instance that goes on."""
        self.live_in('hash', {'hash': UNSUPPORTED, 'btree': UNSUPPORTED})
        self.write_hash()
        self.assertIn(Code.MAP_TYPE_UNSUPPORTED,
                      {item.get_code() for item in self.postfix.check()})
        table_worlds.build(self.commands, self.log, 'hash', {})
        self.assertNotIn(Code.MAP_TYPE_UNSUPPORTED,
                         {item.get_code() for item in self.postfix.check()})


if __name__ == '__main__':
    unittest.main()
