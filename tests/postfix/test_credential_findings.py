# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The findings about logins, on a real directory with the tables and commands of this machine's
Postfix: each where its condition holds, none where it nearly does, and gone after its remedy."""

import glob
import os
import subprocess

import fixture
from fixture import InstanceTest, Nullmail, RELAY, SECRET

Code = Nullmail.FindingCode
Severity = Nullmail.Severity
FORCE = Nullmail.ApplyFlags.FORCE
HOST = 'smtp.example.com'
CODES = *range(Code.PASSWORD_MAP_MISSING, Code.PASSWORD_MAP_UNUSED + 1), Code.TABLE_MISSING
MAPS = 'smtp_sasl_password_maps'


class FindingsTest(InstanceTest):
    def setUp(self):
        super().setUp()
        self.set_up_login()
        self.assert_clean()

    def findings(self):
        """Those about logins, by a new instance, which knows nothing from before."""
        return [finding for finding in self.new_instance().check()
                if int(finding.get_code()) in CODES]

    def assert_clean(self):
        self.assertEqual([(f.get_code().value_nick, f.get_message()) for f in self.findings()], [])

    def find(self, code, severity, **expected):
        finding, = self.findings()
        self.assertEqual((finding.get_code(), finding.get_severity()), (code, severity),
                         finding.get_message())
        for name, value in expected.items():
            self.assertEqual(getattr(finding, 'get_' + name)(), value, name)
        shown = finding.get_message() + finding.get_remedy() + str(finding.to_variant().unpack())
        self.assertNotIn(SECRET, shown)
        self.assertRegex(finding.get_remedy(), r'\A[A-Z].*\.\Z')
        return finding

    def assert_fix(self, finding):
        """The suggestion is what fix writes, and with it all is well."""
        main_cf = self.instance.load_main_cf()
        self.assertTrue(finding.fix(main_cf))
        self.assertEqual(main_cf.get_value(finding.get_parameter()), finding.get_suggestion())
        self.assertFalse(finding.fix(main_cf))
        self.instance.apply(self.instance.plan_main_cf(main_cf, None, 0), 0)
        self.assert_clean()
        self.assertEqual(self.look_up(), f'relayuser:{SECRET}')

    def assert_by_hand(self, finding):
        main_cf = self.instance.load_main_cf()
        before = main_cf.to_bytes().get_data()
        self.assertIsNone(finding.get_suggestion())
        self.assertFalse(finding.fix(main_cf))
        self.assertEqual(main_cf.to_bytes().get_data(), before)

    def assert_any_plan_mends(self, finding):
        self.assert_by_hand(finding)
        plan = self.instance.plan(self.instance.load_config(), None, 0)
        self.assertFalse(plan.is_empty())
        self.instance.apply(plan, 0)
        self.assert_clean()
        self.assertEqual(self.look_up(), f'relayuser:{SECRET}')

    def look_up(self):
        table = self.instance.lookup_parameters([MAPS])[MAPS]
        return subprocess.run(['postmap', '-c', str(self.etc), '-q', RELAY, table],
                              stdout=subprocess.PIPE, text=True, check=False).stdout.strip()

    def set(self, name, value):
        main_cf = self.main_cf.read_text().splitlines(keepends=True)
        kept = [line for line in main_cf if line.partition('=')[0].strip() != name]
        text = ''.join(kept) + ('' if value is None else f'{name} = {value}\n')
        fixture.write(self.main_cf, text.encode())

    def write_passwords(self, text, map_type='hash'):
        fixture.write(self.sasl_passwd, text.encode(), 0o600)
        if map_type:
            subprocess.run(['postmap', '-c', self.etc, f'{map_type}:{self.sasl_passwd}'],
                           check=True)


class Tables(FindingsTest):
    def test_password_map_missing(self):
        for value in (None, ''):
            with self.subTest(value):
                self.set(MAPS, value)
                finding = self.find(Code.PASSWORD_MAP_MISSING, Severity.ERROR, parameter=MAPS,
                                    path=str(self.main_cf),
                                    suggestion=f'{fixture.default_type()}:{self.sasl_passwd}')
                self.assert_fix(finding)

    def test_password_map_that_is_no_file(self):
        self.set(MAPS, f'static:relayuser:{SECRET}')
        self.assert_clean()

    def test_password_map_unused(self):
        self.set('smtp_sasl_auth_enable', 'no')
        finding = self.find(Code.PASSWORD_MAP_UNUSED, Severity.NOTICE, parameter=MAPS)
        self.assert_by_hand(finding)
        self.set(MAPS, None)
        self.assert_clean()

    def test_map_stale(self):
        table = self.sasl_passwd.with_suffix('.db')
        built = table.stat().st_mtime_ns
        os.utime(self.sasl_passwd, ns=(built, built))
        self.assert_clean()
        os.utime(table, ns=(built, built - 1000000000))
        self.assert_any_plan_mends(self.find(Code.MAP_STALE, Severity.WARNING,
                                             path=f'{self.sasl_passwd}.db'))

    def test_map_missing(self):
        self.sasl_passwd.with_suffix('.db').unlink()
        self.assert_any_plan_mends(self.find(Code.MAP_MISSING, Severity.ERROR,
                                             path=f'{self.sasl_passwd}.db'))

    def test_no_map_is_needed(self):
        self.set(MAPS, f'texthash:{self.sasl_passwd}')
        self.sasl_passwd.with_suffix('.db').unlink()
        self.assert_clean()

    def test_map_type_unsupported(self):
        for text in (f'sdbm:{self.sasl_passwd}', f'proxy:sdbm:{self.sasl_passwd}',
                     'sdbm:$config_directory/sasl_passwd'):
            with self.subTest(text):
                self.set(MAPS, text)
                finding = self.find(Code.MAP_TYPE_UNSUPPORTED, Severity.ERROR, subject='sdbm',
                                    parameter=MAPS,
                                    suggestion=text.replace('sdbm', fixture.default_type())
                                    .removeprefix('proxy:'))
                main_cf = self.instance.load_main_cf()
                self.assertTrue(finding.fix(main_cf))
                self.instance.apply(self.instance.plan_main_cf(main_cf, None, 0), 0)
                self.assert_clean()
                self.set(MAPS, f'hash:{self.sasl_passwd}')

    def test_map_type_that_is_no_file(self):
        self.set(MAPS, f'nosuch:/x, hash:{self.sasl_passwd}')
        finding, = [f for f in self.findings() if f.get_code() == Code.MAP_TYPE_UNSUPPORTED]
        self.assertEqual((finding.get_subject(), finding.get_suggestion()), ('nosuch', None))
        self.assert_by_hand(finding)


class Keys(FindingsTest):
    def test_credentials_missing(self):
        self.write_passwords(f'[other.example.com]:587 relayuser:{SECRET}\n')
        finding = self.find(Code.CREDENTIALS_MISSING, Severity.ERROR, subject=RELAY,
                            path=str(self.sasl_passwd))
        self.assert_by_hand(finding)
        self.instance.get_sasl_passwd_store().store(fixture.credentials())
        self.assert_clean()

    def test_missing_file_was_said_to_lead_to_no_login(self):
        """Postfix defers all mail while it cannot open the table. It sends none without a login."""
        self.set(MAPS, f'texthash:{self.folder}/nowhere')
        finding = self.find(Code.CREDENTIALS_MISSING, Severity.ERROR, subject=RELAY,
                            path=f'{self.folder}/nowhere')
        self.assertIn('mail waits', finding.get_message())
        self.assertNotIn('without a login', finding.get_message())

    def test_missing_file_of_senders_was_not_found(self):
        """Whoever sends, and whether there is a password in another table."""
        self.set('smtp_sender_dependent_authentication', 'yes')
        self.set(MAPS, f'texthash:{self.folder}/nowhere')
        self.find(Code.CREDENTIALS_MISSING, Severity.ERROR, subject=RELAY)
        self.set(MAPS, f'texthash:{self.sasl_passwd}, texthash:{self.folder}/nowhere')
        self.find(Code.TABLE_MISSING, Severity.ERROR, parameter=MAPS,
                  subject=f'texthash:{self.folder}/nowhere')

    def test_credentials_in_another_way(self):
        """In other letters, by the bare name, or by the relay's sender: found or not known."""
        for key in (RELAY.upper(), HOST):
            with self.subTest(key):
                self.write_passwords(f'{key} relayuser:{SECRET}\n')
                self.assert_clean()
        self.write_passwords(f'me@example.com relayuser:{SECRET}\n')
        self.set('smtp_sender_dependent_authentication', 'yes')
        self.assert_clean()

    def test_credentials_key_mismatch(self):
        for key in (f'[{HOST}]', f'{HOST}:587', f'[{HOST}]:submission', f'[{HOST}]:465'):
            with self.subTest(key):
                self.write_passwords(f'# the relay\n{key} relayuser:{SECRET}\n')
                finding = self.find(Code.CREDENTIALS_KEY_MISMATCH, Severity.ERROR, subject=key,
                                    path=str(self.sasl_passwd), line=2)
                self.assert_by_hand(finding)
        self.apply(self.instance.load_config(), fixture.credentials())
        self.assert_clean()

    def test_key_beside_the_right_one(self):
        self.write_passwords(f'[{HOST}]:465 a:b\n{RELAY} relayuser:{SECRET}\n')
        self.assert_clean()

    def test_credentials_key_shadowed(self):
        self.write_passwords(f'{RELAY} relayuser:{SECRET}\n{HOST} other:password\n')
        finding = self.find(Code.CREDENTIALS_KEY_SHADOWED, Severity.WARNING, subject=HOST,
                            path=str(self.sasl_passwd), line=2)
        self.assert_by_hand(finding)
        self.instance.get_sasl_passwd_store().clear(Nullmail.RelayHost.parse(HOST))
        self.assert_clean()

    def test_bare_name_with_the_same(self):
        self.write_passwords(f'{RELAY} relayuser:{SECRET}\n{HOST} relayuser:{SECRET}\n')
        self.assert_clean()


class Modes(FindingsTest):
    def test_secret_file_mode(self):
        for path in (self.sasl_passwd, self.sasl_passwd.with_suffix('.db')):
            for mode in (0o640, 0o604, 0o620, 0o666):
                with self.subTest(path=path.name, mode=oct(mode)):
                    path.chmod(mode)
                    finding = self.find(Code.SECRET_FILE_MODE, Severity.ERROR, path=str(path))
                    self.assertIn(f'{mode:04o}', finding.get_message())
                    self.assert_any_plan_mends(finding)
                    self.assertEqual(path.stat().st_mode & 0o7777, 0o600)

    def test_stricter_mode(self):
        self.sasl_passwd.chmod(0o400)
        self.assert_clean()

    def test_owner(self):
        fixture.need_root()
        for path in (self.sasl_passwd, self.sasl_passwd.with_suffix('.db')):
            with self.subTest(path.name):
                os.chown(path, fixture.NOBODY, -1)
                finding = self.find(Code.SECRET_FILE_MODE, Severity.ERROR, path=str(path))
                self.assertIn(str(fixture.NOBODY), finding.get_message())
                self.assert_any_plan_mends(finding)
                self.assertEqual(path.stat().st_uid, 0)


class SecondTable(FindingsTest):
    """Postfix asks for the bare name first, and so in all tables: each has to be in order."""

    def setUp(self):
        super().setUp()
        self.second = self.etc / 'second'
        self.write_second('[third.example.com]:587 a:b\n')
        self.set(MAPS, f'hash:{self.sasl_passwd}, hash:{self.second}')
        self.assert_clean()

    def write_second(self, text):
        fixture.write(self.second, text.encode(), 0o600)
        subprocess.run(['postmap', '-c', self.etc, f'hash:{self.second}'], check=True)

    def find_by_hand(self, *arguments, **expected):
        """No plan writes to the second file, and none is said to."""
        finding = self.find(*arguments, **expected)
        self.assertNotIn(' plan', finding.get_remedy())
        self.assert_by_hand(finding)
        plan = self.instance.plan(self.instance.load_config(), None, 0)
        self.assertIn(finding.get_code(), [f.get_code() for f in plan.get_findings()])
        with self.unchanged():
            self.instance.apply(plan, 0)

    def test_map(self):
        table = self.second.with_suffix('.db')
        os.utime(table, (0, 0))
        self.find_by_hand(Code.MAP_STALE, Severity.WARNING, path=str(table))
        table.unlink()
        self.find_by_hand(Code.MAP_MISSING, Severity.ERROR, path=str(table))
        self.set(MAPS, f'hash:{self.sasl_passwd}, texthash:{self.second}')
        self.assert_clean()

    def test_modes(self):
        for path in (self.second, self.second.with_suffix('.db')):
            with self.subTest(path.name):
                path.chmod(0o644)
                self.find_by_hand(Code.SECRET_FILE_MODE, Severity.ERROR, path=str(path))
                path.chmod(0o600)

    def test_proxied(self):
        """proxymap(8) opens it as Postfix's own user, to whom the rights have to let it."""
        table = self.second.with_suffix('.db')
        self.set(MAPS, f'hash:{self.sasl_passwd}, proxy:hash:{self.second}')
        self.assertEqual([f.get_subject() for f in self.new_instance().check()
                          if f.get_code() == Code.TABLE_WRONG], [str(table)])
        for mode, severity in ((0o640, Severity.NOTICE), (0o644, Severity.ERROR)):
            table.chmod(mode)
            self.find_by_hand(Code.SECRET_FILE_MODE, severity, path=str(table))
            self.assertTrue(self.instance.plan(self.instance.load_config(), None, 0).is_empty())

    def test_proxied_is_opened_directly_once_it_is_written(self):
        table = self.sasl_passwd.with_suffix('.db')
        self.set(MAPS, f'proxy:hash:{self.sasl_passwd}')
        table.chmod(0o640)
        self.assertTrue(self.instance.plan(self.instance.load_config(), None, 0).is_empty())
        self.apply(self.instance.load_config(), fixture.credentials(password='next'))
        self.assertEqual(self.instance.load_main_cf().get_value(MAPS), f'hash:{self.sasl_passwd}')
        self.assert_clean()

    def test_one_file_twice(self):
        self.set(MAPS, f'hash:{self.sasl_passwd}, texthash:{self.sasl_passwd}')
        self.assert_clean()
        self.sasl_passwd.chmod(0o644)
        self.find(Code.SECRET_FILE_MODE, Severity.ERROR, path=str(self.sasl_passwd))
        self.apply(self.instance.load_config())
        self.assert_clean()

    def test_keys(self):
        self.write_passwords('[third.example.com]:587 a:b\n')
        self.find(Code.CREDENTIALS_MISSING, Severity.ERROR, subject=RELAY)
        self.write_second(f'# the relay\n[{HOST}]:465 relayuser:{SECRET}\n')
        self.find(Code.CREDENTIALS_KEY_MISMATCH, Severity.ERROR, subject=f'[{HOST}]:465',
                  path=str(self.second), line=2)
        self.write_second(f'{RELAY} relayuser:{SECRET}\n')
        self.assert_clean()
        self.assertNotIn('credentials-missing', [f.get_subject() for f in self.instance.check()])

    def test_shadowed(self):
        self.write_second(f'# a name\n{HOST} other:password\n')
        self.find(Code.CREDENTIALS_KEY_SHADOWED, Severity.WARNING, subject=HOST,
                  path=str(self.second), line=2)
        self.write_second(f'{HOST} relayuser:{SECRET}\n')
        self.assert_clean()


class WithoutSource(FindingsTest):
    """Some delete the password file as soon as they have its table."""

    def setUp(self):
        super().setUp()
        self.table = self.sasl_passwd.with_suffix('.db')
        self.sasl_passwd.unlink()

    def test_any_plan_can_be_applied(self):
        self.assertIn(('not-checked', 'credentials-missing'),
                      [(f.get_code().value_nick, f.get_subject()) for f in self.instance.check()])
        plan = self.instance.plan(self.instance.load_config(), None, 0)
        self.assertTrue(plan.is_empty())
        with self.unchanged():
            self.instance.apply(plan, 0)
        config = self.instance.load_config()
        config.set_hostname('other.example.com')
        with self.unchanged(self.table):
            self.apply(config)
        self.assertIn('myhostname = other.example.com', self.main_cf.read_text())
        self.assertFalse(self.sasl_passwd.exists())
        self.assertEqual(self.look_up(), f'relayuser:{SECRET}')

    def test_mode_of_the_table(self):
        before = self.table.read_bytes()
        self.table.chmod(0o644)
        finding = self.find(Code.SECRET_FILE_MODE, Severity.ERROR, path=str(self.table))
        plan = self.instance.plan(self.instance.load_config(), None, 0)
        change, = plan.get_changes()
        self.assertEqual((change.get_kind(), change.get_path(), change.get_old_value(),
                          change.get_new_value()),
                         (Nullmail.ChangeKind.MODE, str(self.table), '0644', '0600'))
        self.assert_any_plan_mends(finding)
        self.assertEqual((self.table.stat().st_mode & 0o7777, self.table.read_bytes()),
                         (0o600, before))
        self.assertFalse(self.sasl_passwd.exists())

    def test_neither_is_there(self):
        self.table.unlink()
        self.find(Code.CREDENTIALS_MISSING, Severity.ERROR, subject=RELAY)
        config = fixture.login_config('[other.example.com]:587', origin='example.com')
        self.assert_error(Nullmail.Error.UNSAFE, 'other.example.com', self.apply, config)


class Sasl(FindingsTest):
    VERIFIED = 'smtp_sasl_tls_verified_security_options'

    def test_options_forbid_plain(self):
        for value, suggestion in (('noplaintext, noanonymous', 'noanonymous'),
                                  ('noplaintext', 'noanonymous'),
                                  ('noactive noplaintext', 'noactive')):
            with self.subTest(value):
                self.set(self.VERIFIED, value)
                self.assert_fix(self.find(Code.SASL_OPTIONS_FORBID_PLAIN, Severity.ERROR,
                                          parameter=self.VERIFIED, suggestion=suggestion))

    def test_options_by_default(self):
        self.set(self.VERIFIED, None)
        finding = self.find(Code.SASL_OPTIONS_FORBID_PLAIN, Severity.ERROR,
                            parameter=self.VERIFIED, suggestion='noanonymous')
        self.assert_fix(finding)

    def test_options_of_other_channels(self):
        """The lists for weaker channels are meant to forbid it."""
        self.set('smtp_sasl_security_options', 'noplaintext, noanonymous')
        self.set('smtp_sasl_tls_security_options', 'noplaintext, noanonymous')
        self.assert_clean()

    def test_plugin_missing(self):
        fixture.need_mounts()
        folders = [path for path in glob.glob('/usr/lib*/sasl2') + glob.glob('/usr/lib/*/sasl2')
                   if os.path.isdir(path)]
        self.assertTrue(folders, 'no Cyrus SASL here')
        out = self.run_inside('without_plugins', fixture.in_mounts(
            [f'mount -t tmpfs none {path}' for path in folders]))
        self.assertEqual(out, 'sasl-plugin-missing error False\n')


def inside_without_plugins(test):
    finding, = [f for f in test.instance.check() if int(f.get_code()) in CODES]
    print(finding.get_code().value_nick, finding.get_severity().value_nick,
          finding.fix(test.instance.load_main_cf()))


def setUpModule():
    fixture.need_postfix()
    fixture.need_types('hash')
