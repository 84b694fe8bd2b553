# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The plain flow is not refused, and does what it says: load, set relay and login, plan, apply,
undo. Each test has the name of a fault that was there once."""

import re
import shutil
import subprocess

import fixture
from fixture import InstanceTest, Nullmail, RELAY, SECRET

Code = Nullmail.FindingCode
Error = Nullmail.Error
Flags = Nullmail.ApplyFlags
Severity = Nullmail.Severity
State = Nullmail.SettingState
# The types of tables that the releases of Postfix take by default, by the suffix of their maps.
TYPES = {'.db': 'hash', '.cdb': 'cdb', '.lmdb': 'lmdb'}
OTHER = '[other.example.com]:587'


class FlowTest(InstanceTest):
    def begin(self, text):
        """A main.cf from before the library came."""
        self.before = fixture.MAIN_CF + b'myorigin = example.com\n' + text.encode()
        fixture.write(self.main_cf, self.before)
        self.instance = self.new_instance()

    def log_in(self, relay=RELAY, password=SECRET):
        config = self.instance.load_config()
        config.set_relay_host(fixture.relay_host(relay))
        config.set_authentication(True)
        self.apply(config, fixture.credentials(relay, password=password), Flags.NO_ACTIVATE)

    def value(self, name):
        return self.instance.load_main_cf().get_value(name)

    def find_table(self):
        table, = self.etc.glob('sasl_passwd.*')
        return table

    def look_up(self, key=RELAY):
        table = self.value('smtp_sasl_password_maps')
        return subprocess.run(['postmap', '-c', str(self.etc), '-q', key, table],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                              check=False).stdout.strip()

    def not_undone(self, plan):
        return {(finding.get_subject(), 'purge_credentials' in finding.get_remedy())
                for finding in plan.get_findings()
                if finding.get_code() == Code.CREDENTIALS_NOT_UNDONE}


class Levels(FlowTest):
    """A level that was loaded does not outlive the lack of a login."""

    def test_distribution_default_refused(self):
        for text, expected in (('smtp_tls_security_level = may\n', 'secure'),
                               ('smtp_tls_security_level = none\n', 'secure'),
                               ('level = may\nsmtp_tls_security_level = $level\n', 'secure'),
                               ('smtp_use_tls = yes\n', 'secure'),
                               ('smtp_tls_security_level = encrypt\n', 'encrypt')):
            with self.subTest(text):
                self.begin(text)
                self.log_in()
                self.assertEqual(self.value('smtp_tls_security_level'), expected)
                self.assertEqual(self.look_up(), f'relayuser:{SECRET}')

    def derived(self, text, relay=fixture.RELAY, **assigned):
        """What the plan for a login says of values that nobody assigned."""
        self.begin(text)
        config = self.instance.load_config()
        config.set_relay_host(fixture.relay_host(relay))
        config.set_authentication(True)
        for name, value in assigned.items():
            config.set_property(name.replace('_', '-'), value)
        plan = self.instance.plan(config, fixture.credentials(relay), 0)
        return [(item.get_severity(), item.get_parameter(), item.get_message())
                for item in plan.get_findings() if item.get_code() == Code.VALUE_DERIVED]

    def test_plan_says_which_level_is_derived(self):
        item, = self.derived('smtp_tls_security_level = may\n')
        self.assertEqual(item[:2], (Nullmail.Severity.NOTICE, 'smtp_tls_security_level'))
        self.assertIn('“secure” in place of “may”', item[2])
        for level in ('secure', 'encrypt', 'verify'):
            self.assertEqual(self.derived(f'smtp_tls_security_level = {level}\n'), [], level)
        self.assertEqual(self.derived(''), [])
        self.assertEqual(self.derived('smtp_tls_security_level = may\n',
                                      tls_level=Nullmail.TlsLevel.VERIFY), [])

    def test_plan_says_that_the_wrapper_follows_the_port(self):
        items = self.derived('relayhost = [smtp.example.com]:465\nsmtp_tls_wrappermode = yes\n'
                             'smtp_tls_security_level = encrypt\n')
        self.assertEqual([item[1] for item in items], ['smtp_tls_wrappermode'])

    def test_states(self):
        main_cf = Nullmail.MainCf.new()
        main_cf.set_value('smtp_tls_security_level', 'may')
        config = Nullmail.NullClientConfig.new_from_main_cf(main_cf)
        config.set_relay_host(fixture.relay_host())
        self.assertEqual(config.get_state('tls-level'), State.LOADED)
        config.set_authentication(False)
        self.assertEqual(config.get_state('tls-level'), State.LOADED)
        config.set_authentication(True)
        self.assertEqual(config.get_state('tls-level'), State.DERIVED)
        self.assertEqual(config.get_tls_level(), Nullmail.TlsLevel.SECURE)

    def test_relay_with_a_login(self):
        main_cf = Nullmail.MainCf.new()
        main_cf.set_value('smtp_tls_security_level', 'may')
        main_cf.set_value('smtp_sasl_auth_enable', 'yes')
        config = Nullmail.NullClientConfig.new_from_main_cf(main_cf)
        config.set_relay_host(fixture.relay_host())
        self.assertEqual(config.get_state('tls-level'), State.DERIVED)

    def test_stronger_edit_meanwhile_stays(self):
        self.begin('smtp_tls_security_level = may\n')
        config = self.instance.load_config()
        config.set_relay_host(fixture.relay_host())
        config.set_authentication(True)
        self.apply_edit('smtp_dns_support_level', 'dnssec')
        self.apply_edit('smtp_tls_security_level', 'dane-only')
        self.apply(config, fixture.credentials())
        self.assertEqual(self.value('smtp_tls_security_level'), 'dane-only')

    def test_wrapper_of_another_port(self):
        self.begin('relayhost = [smtp.example.com]:465\nsmtp_tls_wrappermode = yes\n'
                   'smtp_tls_security_level = encrypt\n')
        self.log_in()
        self.assertIn(self.value('smtp_tls_wrappermode'), (None, 'no'))

    def test_dead_parameters_stay(self):
        """Postfix warns about them for ever."""
        self.begin('smtp_use_tls = yes\nsmtp_enforce_tls = no\n')
        self.log_in()
        self.assertNotIn(b'smtp_use_tls', self.main_cf.read_bytes())
        self.assertNotIn(b'smtp_enforce_tls', self.main_cf.read_bytes())

    def test_certificates_of_another_distribution(self):
        self.begin('smtp_tls_security_level = encrypt\nsmtp_tls_CAfile = /no/such/bundle.crt\n')
        self.log_in()
        self.assertNotEqual(self.value('smtp_tls_CAfile'), '/no/such/bundle.crt')


class Passwords(FlowTest):
    def test_password_file_of_another_host(self):
        """Nobody can write to a folder that is not there, nor Postfix read from it. One that is
        assigned is left to whoever wants it."""
        for folder in ('/nonexistent', f'{self.main_cf}'):
            with self.subTest(folder):
                self.begin(f'smtp_sasl_password_maps = texthash:{folder}/sasl_passwd\n')
                self.log_in()
                self.assertRegex(self.value('smtp_sasl_password_maps'),
                                 rf'^\w+:{re.escape(str(self.sasl_passwd))}$')
                self.assertEqual(self.look_up(RELAY), f'relayuser:{SECRET}')
                self.instance.undo(Flags.NO_ACTIVATE)
                self.assertEqual(self.main_cf.read_bytes(), self.before)
        config = self.instance.load_config()
        config.set_relay_host(fixture.relay_host())
        config.set_authentication(True)
        config.set_password_maps('texthash:/nowhere/a')
        plan = self.instance.plan(config, fixture.credentials(), 0)
        self.assert_refused(Error.NOT_FOUND, 'nowhere', self.instance.apply, plan,
                            Flags.NO_ACTIVATE)

    def test_password_in_main_cf(self):
        """The new one goes into a file in front; what is undone in part says so."""
        self.begin('smtp_sasl_password_maps = static:them:Other-Secret\n'
                   'smtp_sasl_auth_enable = yes\n')
        fixture.write(self.main_cf, self.before, 0o600)
        self.log_in()
        tables = self.value('smtp_sasl_password_maps').replace(',', ' ').split()
        self.assertEqual(tables[1], 'static:them:Other-Secret')
        self.assertTrue(tables[0].endswith(f':{self.sasl_passwd}'))
        plan = self.instance.plan_undo()
        self.assertIn(('smtp_sasl_password_maps', False), self.not_undone(plan))

    def test_service_keeps_the_passwords(self):
        self.begin('smtp_sasl_password_maps = socketmap:unix:/run/passwords:x\n')
        config = self.instance.load_config()
        config.set_relay_host(fixture.relay_host())
        config.set_authentication(True)
        self.assert_refused(Error.MAP, 'smtp_sasl_password_maps', self.instance.plan, config,
                            fixture.credentials(), 0)


class Undo(FlowTest):
    def check_back(self):
        self.instance.undo(Flags.NO_ACTIVATE)
        self.assertEqual(self.main_cf.read_bytes(), self.before)

    def test_undo_where_no_postfix_runs(self):
        """It was UNSAFE without activation, although nothing had to be stopped."""
        self.begin('')
        self.log_in()
        plan = self.instance.plan_undo()
        stopped = [finding for finding in plan.get_findings()
                   if finding.get_code() == Code.POSTFIX_STOPPED]
        self.assertEqual([finding.get_severity() for finding in stopped], [Severity.NOTICE])
        self.check_back()

    def test_undo_without_any_postfix(self):
        """In an image there may be no command to ask whether one runs."""
        self.begin('')
        (self.etc / 'master.cf').write_text('smtp unix - - n - - smtp\n')
        self.log_in()
        commands = self.folder / 'commands'
        commands.mkdir()
        (commands / 'postconf').symlink_to(shutil.which('postconf'))
        self.instance = self.new_instance(command_directory=str(commands),
                                          service_control=Nullmail.ServiceControl.COMMAND)
        self.check_back()

    def test_undo_to_a_state_with_an_error(self):
        self.begin('smtp_sasl_auth_enable = yes\nsmtp_tls_security_level = may\n'
                   f'relayhost = {OTHER}\n')
        self.log_in()
        self.check_back()
        self.instance.undo(Flags.NO_ACTIVATE)
        self.assertEqual(self.value('relayhost'), RELAY)

    def test_force_overwrites_nobody(self):
        self.begin('')
        self.apply_edit('mydomain', 'example.org')
        text = self.main_cf.read_bytes().replace(b'example.org', b'example.net')
        fixture.write(self.main_cf, text)
        for flags in (Flags.NONE, Flags.FORCE):
            self.assert_refused(Error.CONFLICT, ['mydomain', 'OVERWRITE'], self.instance.undo,
                                flags)
        self.instance.undo(Flags.OVERWRITE)
        self.assertIsNone(self.value('mydomain'))

    def test_new_password_stays_unsaid(self):
        self.begin('')
        self.log_in()
        plan = self.instance.plan_undo()
        self.assertEqual(self.not_undone(plan), {(RELAY.lower(), True)})
        self.instance.apply(plan, Flags.NO_ACTIVATE)
        self.assertIn(SECRET.encode(), self.sasl_passwd.read_bytes())
        self.instance.purge_credentials()
        for path in self.etc.iterdir():
            self.assertNotIn(SECRET.encode(), path.read_bytes(), path)

    def test_purge_with_a_table_that_cannot_be_read(self):
        """Where nothing logs in any more no such table makes Postfix look a password up."""
        self.begin('transport_maps = ldap:/etc/nowhere\n')
        self.log_in()
        self.check_back()
        self.instance.purge_credentials()
        self.assertFalse(self.sasl_passwd.exists())

    def test_undo_invents_an_entry(self):
        """The relay of before was written without brackets, and had no password."""
        self.begin('relayhost = smtp.example.com:587\nsmtp_sasl_auth_enable = yes\n'
                   f'smtp_tls_security_level = encrypt\n'
                   f'smtp_sasl_password_maps = hash:{self.sasl_passwd}\n')
        self.log_in()
        self.check_back()
        self.assertEqual(self.look_up('smtp.example.com:587'), '')


class Records(FlowTest):
    """What changes no setting leaves the way back as it is."""

    def setUp(self):
        super().setUp()
        self.begin('smtp_tls_security_level = may\n')
        self.log_in()

    def check_back(self, *left):
        plan = self.instance.plan_undo()
        self.assertEqual(self.not_undone(plan), set(left))
        self.instance.apply(plan, Flags.NO_ACTIVATE)
        self.assertEqual(self.main_cf.read_bytes(), self.before)

    def test_rotation(self):
        self.log_in(password='next')
        self.assertTrue(self.instance.props.can_undo)
        self.check_back((RELAY.lower(), True))

    def test_rotations_said_twice(self):
        """One finding for a password, however often it was replaced since."""
        self.apply_edit('mydomain', 'example.org')
        for password in ('next', 'last'):
            self.log_in(password=password)
        found = [finding for finding in self.instance.plan_undo().get_findings()
                 if finding.get_code() == Code.CREDENTIALS_NOT_UNDONE]
        self.assertEqual([finding.get_subject() for finding in found], [RELAY.lower()])

    def test_purge(self):
        self.apply_edit('mydomain', 'example.org')
        self.before = self.main_cf.read_bytes().replace(b'mydomain = example.org\n', b'')
        self.instance.purge_credentials()
        self.check_back()

    def test_mode(self):
        self.sasl_passwd.chmod(0o640)
        self.apply(self.instance.load_config())
        self.assertEqual(self.sasl_passwd.stat().st_mode & 0o777, 0o600)
        self.check_back((RELAY.lower(), True))

    def test_rebuilt_table(self):
        table = self.find_table()
        table.unlink()
        self.apply(self.instance.load_config())
        self.assertTrue(table.exists())
        self.check_back((RELAY.lower(), True))

    def test_edit_by_others_before_a_rotation(self):
        """A password that was replaced does not make it the library's."""
        text = self.main_cf.read_bytes() + b'maximal_queue_lifetime = 9d\n'
        fixture.write(self.main_cf, text)
        self.log_in(password='next')
        self.instance.undo(Flags.NO_ACTIVATE)
        self.assertEqual(self.value('maximal_queue_lifetime'), '9d')
        self.assertIsNone(self.value('relayhost'))

    def test_only_a_rotation(self):
        shutil.rmtree(self.state)
        self.log_in(password='next')
        self.assert_refused(Error.NOTHING_TO_UNDO, self.etc, self.instance.plan_undo)
        self.assert_refused(Error.NOTHING_TO_UNDO, self.etc, self.instance.plan_restore)


class Tables(FlowTest):
    """A table is judged by what it answers. Its times say what its copies say."""

    def setUp(self):
        super().setUp()
        self.begin('')
        self.log_in()
        self.table = self.find_table()

    def codes(self, findings):
        return [finding.get_code() for finding in findings
                if finding.get_code() in (Code.TABLE_WRONG, Code.MAP_STALE)]

    def spoil(self, kind):
        """The map is of another state than the source, and younger."""
        if kind == 'empty':
            self.table.write_bytes(b'')
        elif kind == 'garbage':
            self.table.write_bytes(b'no table at all' * 99)
        else:
            other = self.etc / 'old'
            key = RELAY if kind == 'old password' else OTHER
            fixture.write(other, f'{key} relayuser:older\n'.encode(), 0o600)
            suffix = self.table.suffix
            subprocess.run(['postmap', '-c', self.etc, f'{TYPES[suffix]}:{other}'], check=True)
            shutil.move(f'{other}{suffix}', self.table)
            other.unlink()
        self.table.chmod(0o600)

    def test_wrong_table_counts_as_fresh(self):
        for kind in ('empty', 'garbage', 'old password', 'without the key'):
            with self.subTest(kind):
                self.spoil(kind)
                found = self.codes(self.instance.check())
                self.assertEqual(found, [Code.TABLE_WRONG])
                config = self.instance.load_config()
                plan = self.instance.plan(config, fixture.credentials(), 0)
                self.assertEqual([change.get_kind() for change in plan.get_changes()],
                                 [Nullmail.ChangeKind.MAP])
                self.assertEqual(self.codes(plan.get_findings()), [])
                self.instance.apply(plan, Flags.NO_ACTIVATE)
                self.assertEqual(self.look_up(), f'relayuser:{SECRET}')
                self.assertEqual(self.codes(self.instance.check()), [])

    def test_store_says_yes_and_does_nothing(self):
        self.spoil('old password')
        self.instance.get_sasl_passwd_store().store(fixture.credentials())
        self.assertEqual(self.look_up(), f'relayuser:{SECRET}')

    def test_source_copied_with_its_times(self):
        """As a backup that was restored: newer in content, older in time."""
        text = self.sasl_passwd.read_text().replace(SECRET, 'restored')
        fixture.write(self.sasl_passwd, text.encode(), 0o600)
        self.assertEqual(self.codes(self.instance.check()), [Code.TABLE_WRONG])
        plan = self.instance.plan(self.instance.load_config(),
                                  fixture.credentials(password='restored'), 0)
        self.instance.apply(plan, Flags.NO_ACTIVATE)
        self.assertEqual(self.look_up(), 'relayuser:restored')

    def test_table_of_others_is_right(self):
        """Nothing is known of it, and it is asked and left."""
        shutil.rmtree(self.state)
        self.assertEqual(self.codes(self.instance.check()), [])
        self.assertTrue(self.instance.plan(self.instance.load_config(), fixture.credentials(),
                                           0).is_empty())


class Secrets(FlowTest):
    """A password file whose mode cannot be changed hinders no other change."""

    def setUp(self):
        super().setUp()
        fixture.need_mounts()
        self.secrets = self.folder / 'secrets'
        self.secrets.mkdir()
        self.source = fixture.write(self.secrets / 'sasl_passwd',
                                    f'{RELAY} relayuser:{SECRET}\n'.encode(), 0o600)
        subprocess.run(['postmap', '-c', self.etc, f'hash:{self.source}'], check=True)
        self.source.chmod(0o444)
        self.begin(f'relayhost = {RELAY}\nsmtp_sasl_auth_enable = yes\n'
                   'smtp_tls_security_level = encrypt\n'
                   'smtp_sasl_security_options = noanonymous\n'
                   f'smtp_sasl_password_maps = hash:{self.source}\n')

    def check_others_go_on(self, prefix=()):
        self.run_inside('other_parameter', prefix)
        self.assertIn(b'mydomain = example.org', self.main_cf.read_bytes())
        self.run_inside('undo', prefix)
        self.assertEqual(self.main_cf.read_bytes(), self.before)

    def test_read_only(self):
        self.check_others_go_on(fixture.in_mounts([
            f'mount --bind {self.secrets} {self.secrets}',
            f'mount -o remount,bind,ro {self.secrets}']))

    def test_mounted_file(self):
        self.check_others_go_on(fixture.in_mounts([f'mount --bind {self.source} {self.source}']))

    def test_second_name(self):
        (self.folder / 'second').hardlink_to(self.source)
        self.check_others_go_on()

    def test_folder_for_a_group(self):
        self.secrets.chmod(0o775)
        self.check_others_go_on()

    def test_new_password_is_not_left_out(self):
        self.secrets.chmod(0o775)
        config = self.instance.load_config()
        plan = self.instance.plan(config, fixture.credentials(password='next'), 0)
        self.assert_refused(Error.INSECURE_PATH, self.secrets, self.instance.apply, plan, 0)

    def test_what_can_be_mended_is(self):
        self.apply_edit('mydomain', 'example.org')
        self.assertEqual(self.source.stat().st_mode & 0o777, 0o400)


def inside_other_parameter(test):
    plan = test.instance.plan(test.instance.load_config(), None, 0)
    assert plan.is_empty(), plan.to_diff()
    found = [finding.get_code() for finding in plan.get_findings()]
    assert Code.SECRET_FILE_MODE in found, found
    plan = test.plan_edit('mydomain', 'example.org')
    test.instance.apply(plan, 0)


def inside_undo(test):
    test.instance.undo(0)


class Rewritten(FlowTest):
    """An entry that an administrator has rewritten is his, whoever wrote the first one."""

    def setUp(self):
        super().setUp()
        self.begin('')
        self.log_in()

    def rewrite(self):
        text = self.sasl_passwd.read_text().replace(SECRET, 'by-hand')
        fixture.write(self.sasl_passwd, text.encode(), 0o600)
        map_type = TYPES[self.find_table().suffix]
        subprocess.run(['postmap', '-c', self.etc, f'{map_type}:{self.sasl_passwd}'], check=True)

    def test_dropped_by_a_purge(self):
        self.rewrite()
        plan = self.instance.plan_undo()
        self.assertEqual(self.not_undone(plan), set())
        self.instance.apply(plan, Flags.NO_ACTIVATE)
        self.instance.purge_credentials()
        self.assertIn('by-hand', self.sasl_passwd.read_text())

    def test_dropped_by_later_relays(self):
        self.rewrite()
        for relay in (OTHER, '[third.example.com]:587'):
            self.log_in(relay)
        self.assertEqual(self.look_up(RELAY), 'relayuser:by-hand')

    def test_untouched_ones_still_go(self):
        for relay in (OTHER, '[third.example.com]:587'):
            self.log_in(relay)
        self.assertEqual(self.look_up(RELAY), '')

    def test_no_password_in_the_record(self):
        """Nor a whole digest, which would tell it from all others."""
        for path in self.state.rglob('*'):
            if path.is_file():
                self.assertNotIn(SECRET.encode(), path.read_bytes(), path)
        record = next(self.state.rglob('record')).read_bytes()
        found = re.findall(rb'\t([0-9a-f]{32})\t([0-9a-f]+)\0', record)
        self.assertEqual([len(digest) for _, digest in found], [8])
        self.instance.undo(Flags.NO_ACTIVATE)
        self.instance.purge_credentials()
        record = next(self.state.rglob('record')).read_bytes()
        self.assertEqual(re.findall(rb'\t[0-9a-f]{32}\t', record), [])
