# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Old passwords go, and nothing else: which entries, files and tables a purge drops, which it never
does, and that it does not take others' entries for the library's own."""

import subprocess

import fixture
from fixture import InstanceTest, Nullmail, RELAY, SECRET

Error = Nullmail.Error
FORCE = Nullmail.ApplyFlags.FORCE
OTHER = '[other.example.com]:587'
THIRD = '[third.example.com]:587'


class PurgeTest(InstanceTest):
    def setUp(self):
        super().setUp()
        self.instance.inspect()

    def log_in(self, relay=RELAY, table=None, **properties):
        table = table or f'hash:{self.sasl_passwd}'
        self.apply(fixture.login_config(relay, origin='example.com', password_maps=table,
                                        **properties),
                   fixture.credentials(relay), FORCE)

    def two_generations(self):
        """OTHER's password is old, RELAY's is used."""
        self.log_in(OTHER)
        self.log_in(RELAY)
        self.assertLessEqual({OTHER, RELAY}, set(self.keys()))

    def keys(self, path=None, table=None):
        """What the source holds, in order, and that its table holds the same."""
        path = path or self.sasl_passwd
        keys = sorted(line.split()[0] for line in path.read_text().splitlines()
                      if line and not line.startswith('#'))
        table = table or f'hash:{path}'
        held = fixture.answer_of(['postmap', '-c', self.etc, '-s', table], text=True)
        self.assertEqual(sorted(line.split()[0] for line in held.splitlines()), keys)
        return keys

    def set_parameter(self, name, value):
        """As another program does it: nothing that the library would take as a new generation."""
        subprocess.run(['postconf', '-c', self.etc, '-e', f'{name} = {value}'], check=True)
        fixture.os.utime(self.main_cf, (fixture.OLD_S, fixture.OLD_S))

    def needs_type(self, name):
        fixture.need_types(name)

    def where_the_secret_is(self):
        return sorted(str(path.relative_to(self.etc)) for path in self.etc.rglob('*')
                      if path.is_file() and SECRET.encode() in path.read_bytes())


class Needed(PurgeTest):
    """Each of these keeps OTHER's password; without it a purge takes it."""

    def assert_kept(self, *parameters):
        for name, value in parameters:
            self.set_parameter(name, value)
        self.instance.purge_credentials()
        self.assertEqual(self.keys(), [OTHER, RELAY])
        for name, _ in parameters:
            subprocess.run(['postconf', '-c', self.etc, '-X', name], check=True)
        self.instance.purge_credentials()
        self.assertEqual(self.keys(), [RELAY])

    def test_destinations(self):
        for name in ('smtp_fallback_relay', 'default_transport', 'relay_transport',
                     'local_transport', 'virtual_transport', 'mailbox_transport',
                     'fallback_transport', 'content_filter', 'address_verify_relay_transport'):
            with self.subTest(name):
                self.two_generations()
                self.assert_kept((name, OTHER if 'fallback' in name else f'smtp:{OTHER}'))

    def test_destination_by_macro(self):
        self.two_generations()
        self.assert_kept(('smtp_fallback_relay', '$theirs'), ('theirs', OTHER))

    def test_tables(self):
        for name in ('transport_maps', 'sender_dependent_relayhost_maps',
                     'sender_dependent_default_transport_maps', 'mailbox_transport_maps',
                     'fallback_transport_maps', 'address_verify_transport_maps'):
            with self.subTest(name):
                self.two_generations()
                fixture.write(self.etc / 'map', f'me@example.com smtp:{OTHER}\n'.encode())
                self.assert_kept((name, f'texthash:{self.etc}/map'))

    def test_table_in_main_cf(self):
        self.two_generations()
        self.assert_kept(('transport_maps', f'inline:{{ {{ example.net = smtp:{OTHER} }} }}'))

    def test_filters(self):
        """An access table and header_checks can send mail elsewhere, too."""
        fixture.write(self.etc / 'map', f'me@example.com FILTER smtp:{OTHER}\n'.encode())
        fixture.write(self.etc / 'checks', f'/^X:/ FILTER smtp:{OTHER.upper()}\n'.encode())
        access = f'check_sender_access texthash:{self.etc}/map'
        for parameters in ([('header_checks', f'regexp:{self.etc}/checks')],
                           [('smtpd_sender_restrictions', f'permit_mynetworks, {access}, permit')],
                           [('smtpd_sender_restrictions', f'{{ {access} }}')],
                           [('smtpd_restriction_classes', 'mine'), ('mine', access)],
                           [('mailbox_transport_maps',
                             f'unionmap:{{inline:{{x=y}}, texthash:{self.etc}/map}}')]):
            with self.subTest(parameters):
                self.two_generations()
                self.assert_kept(*parameters)

    def test_table_of_master_cf(self):
        fixture.write(self.etc / 'Map', f'example.net smtp:{OTHER}\n'.encode())
        table = b'texthash:$config_directory/Map'
        for option in (b'transport_maps=' + table, b'{ transport_maps = ' + table + b' }',
                       b'smtpd_client_restrictions=check_client_access,' + table):
            with self.subTest(option):
                self.two_generations()
                master_cf = fixture.write(self.etc / 'master.cf', b'x unix - - n - - trivial\n  -o '
                                          + option + b' -o smtp_sasl_auth_enable=no\n')
                self.instance.purge_credentials()
                self.assertEqual(self.keys(), [OTHER, RELAY])
                master_cf.unlink()
                self.instance.purge_credentials()
                self.assertEqual(self.keys(), [RELAY])

    def test_by_an_apply(self):
        self.set_parameter('mailbox_transport', f'smtp:{OTHER}')
        for relay in (OTHER, THIRD, RELAY):
            self.log_in(relay)
        self.apply_edit('mydomain', 'example.org')
        self.assertEqual(self.keys(), [OTHER, RELAY])

    def test_not_a_destination(self):
        """What names a relay only to say something about it, or a part of another name."""
        fixture.write(self.etc / 'map', f'{OTHER} secure\n'.encode())
        for relay, parameter in ((OTHER, ('smtp_tls_policy_maps', f'texthash:{self.etc}/map')),
                                 ('example.com', ('mydomain', 'example.com')),
                                 ('[smtp.example.com]', ('mail_name', 'me@example.com')),
                                 (OTHER, ('alias_maps', 'ldap:/etc/nowhere'))):
            with self.subTest(relay, parameter=parameter):
                self.log_in(relay)
                self.log_in(RELAY)
                self.set_parameter(*parameter)
                self.instance.purge_credentials()
                self.assertEqual(self.keys(), [RELAY])

    def test_option_of_master_cf(self):
        self.two_generations()
        master_cf = fixture.write(self.etc / 'master.cf',
                                  f'slow unix - - n - - smtp\n  -o relayhost={OTHER}\n'.encode())
        self.instance.purge_credentials()
        self.assertEqual(self.keys(), [OTHER, RELAY])
        master_cf.unlink()
        self.instance.purge_credentials()
        self.assertEqual(self.keys(), [RELAY])

    def test_table_that_is_missing(self):
        """It names nobody."""
        for name, value in (('mailbox_transport_maps', f'hash:{self.etc}/nowhere'),
                            ('header_checks', f'pcre:{self.etc}/nowhere'),
                            ('mine', f'check_client_access cidr:{self.etc}/nowhere')):
            with self.subTest(name):
                self.two_generations()
                self.set_parameter(name, value)
                self.instance.purge_credentials()
                self.assertEqual(self.keys(), [RELAY])
                subprocess.run(['postconf', '-c', self.etc, '-X', name], check=True)

    def test_table_that_cannot_be_read(self):
        self.two_generations()
        (self.etc / 'directory').mkdir()
        source = fixture.write(self.etc / 'sourceless', f'x smtp:{OTHER}\n'.encode())
        subprocess.run(['postmap', '-c', self.etc, f'hash:{source}'], check=True)
        source.unlink()
        for name, value in (('transport_maps', 'ldap:/etc/nowhere'),
                            ('mailbox_transport_maps', f'hash:{self.etc}/sourceless'),
                            ('header_checks', f'pcre:{self.etc}/directory'),
                            ('mine', 'check_client_access ldap:/etc/nowhere')):
            with self.subTest(name):
                self.set_parameter(name, value)
                self.assert_refused(Error.PERMISSION_DENIED, [name, value.split()[-1]],
                                    self.instance.purge_credentials)
                subprocess.run(['postconf', '-c', self.etc, '-X', name], check=True)


class Changed(PurgeTest):
    """What a plan has read to find that nobody needs a password changes before it is applied."""

    def setUp(self):
        super().setUp()
        self.transport = fixture.write(self.etc / 'transport', b'example.net smtp:\n')
        self.set_parameter('transport_maps', f'texthash:{self.transport}')
        self.master_cf = self.etc / 'master.cf'
        self.two_generations()

    def assert_conflict(self, plan, path):
        with self.unchanged():
            self.assert_refused(Error.CONFLICT, [path, 'plan again'], self.instance.apply, plan, 0)
        self.instance.apply(self.instance.plan_purge(), 0)
        self.assertEqual(self.keys(), [OTHER, RELAY])

    def test_table(self):
        plan = self.instance.plan_purge()
        fixture.write(self.transport, f'example.net smtp:{OTHER}\n'.encode())
        self.assert_conflict(plan, self.transport)

    def test_table_that_was_missing(self):
        self.transport.unlink()
        plan = self.instance.plan_purge()
        fixture.write(self.transport, f'example.net smtp:{OTHER}\n'.encode())
        self.assert_conflict(plan, self.transport)

    def test_master_cf(self):
        plan = self.instance.plan_purge()
        fixture.write(self.master_cf, f'x unix - - n - - smtp -o relayhost={OTHER}\n'.encode())
        self.assert_conflict(plan, self.master_cf)

    def test_by_an_apply(self):
        config = fixture.login_config(THIRD, origin='example.com',
                                      password_maps=f'hash:{self.sasl_passwd}')
        plan = self.instance.plan(config, fixture.credentials(THIRD), 0)
        self.assertIn(OTHER, [change.get_subject() for change in plan.get_changes()])
        fixture.write(self.transport, f'example.net smtp:{OTHER}\n'.encode())
        self.assert_refused(Error.CONFLICT, [self.transport], self.instance.apply, plan, FORCE)
        self.instance.apply(self.instance.plan(config, fixture.credentials(THIRD), 0), FORCE)
        self.assertEqual(self.keys(), [OTHER, RELAY, THIRD])

    def test_touched(self):
        """Written again with the same bytes: nothing has changed."""
        plan = self.instance.plan_purge()
        fixture.write(self.transport, self.transport.read_bytes())
        self.instance.apply(plan, 0)
        self.assertEqual(self.keys(), [RELAY])


class Stored(PurgeTest):
    """The password was stored first, and the plan that has it as well found it there."""

    def test_store_then_apply(self):
        self.instance.get_sasl_passwd_store().store(fixture.credentials(OTHER))
        self.two_generations()
        self.instance.purge_credentials()
        self.assertEqual(self.keys(), [RELAY])

    def test_by_an_apply(self):
        self.instance.get_sasl_passwd_store().store(fixture.credentials(OTHER))
        for relay in (OTHER, THIRD, RELAY):
            self.log_in(relay)
        self.assertEqual(self.keys(), [RELAY, THIRD])

    def test_not_given(self):
        """A plan that only finds an entry does not make it the library's."""
        fixture.write(self.sasl_passwd, f'{OTHER} their:own\n'.encode(), 0o600)
        self.apply(fixture.login_config(OTHER, origin='example.com',
                                        password_maps=f'hash:{self.sasl_passwd}'), None, FORCE)
        self.log_in(RELAY)
        self.instance.purge_credentials()
        self.assertEqual(self.keys(), [OTHER, RELAY])


class Foreign(PurgeTest):
    """What the library did not write is not its to drop."""

    BY_HAND = (b'# by hand\n'
               b'me@example.com sender:dependent\n'
               b'[fallback.example.com]:25 fall:back\n'
               b'third.example.com bare:name\n')

    def test_by_hand(self):
        fixture.write(self.sasl_passwd, self.BY_HAND, 0o600)
        self.two_generations()
        self.instance.purge_credentials()
        self.assertEqual(self.sasl_passwd.read_bytes(),
                         self.BY_HAND + f'{RELAY} relayuser:{SECRET}\n'.encode())

    def test_same_key_in_another_file(self):
        """The library wrote OTHER's entry to one file; that in the other is somebody else's."""
        self.log_in(OTHER)
        theirs = fixture.write(self.etc / 'theirs', f'{OTHER} their:own\n'.encode(), 0o600)
        self.log_in(RELAY, f'hash:{theirs}')
        self.apply_edit('mydomain', 'example.org')
        self.assertEqual(self.keys(theirs), [OTHER, RELAY])
        self.instance.purge_credentials()
        self.assertEqual(self.keys(theirs), [OTHER, RELAY])

    def test_table_of_other_type_by_hand(self):
        """Whose source has no entry of the library's."""
        self.needs_type('lmdb')
        fixture.write(self.sasl_passwd, self.BY_HAND, 0o600)
        subprocess.run(['postmap', '-c', self.etc, f'lmdb:{self.sasl_passwd}'], check=True)
        self.apply(fixture.new_config(origin='example.com',
                                      password_maps=f'hash:{self.sasl_passwd}'), None, FORCE)
        self.instance.purge_credentials()
        self.assertTrue((self.etc / 'sasl_passwd.lmdb').exists())


class Files(PurgeTest):
    """After smtp_sasl_password_maps was given another path."""

    def setUp(self):
        super().setUp()
        self.second = self.etc / 'second'

    def test_nothing_left(self):
        self.log_in()
        self.log_in(RELAY, f'hash:{self.second}')
        self.assertEqual(self.where_the_secret_is(),
                         ['sasl_passwd', 'sasl_passwd.db', 'second', 'second.db'])
        self.instance.purge_credentials()
        self.assertEqual(self.where_the_secret_is(), ['second', 'second.db'])
        self.assertFalse(self.sasl_passwd.exists())
        with self.unchanged():
            self.instance.purge_credentials()

    def test_others_stay(self):
        fixture.write(self.sasl_passwd, Foreign.BY_HAND, 0o600)
        self.log_in()
        self.log_in(RELAY, f'hash:{self.second}')
        self.instance.purge_credentials()
        self.assertEqual(self.sasl_passwd.read_bytes(), Foreign.BY_HAND)
        self.assertEqual(len(self.keys()), 3)
        self.assertEqual(self.where_the_secret_is(), ['second', 'second.db'])
        self.assertEqual(self.sasl_passwd.stat().st_mode & 0o7777, 0o600)

    def test_changed_by_hand(self):
        """Another program gave main.cf the other path; the library has written nothing since."""
        self.log_in()
        fixture.write(self.second, f'{RELAY} their:own\n'.encode(), 0o600)
        subprocess.run(['postmap', '-c', self.etc, f'hash:{self.second}'], check=True)
        self.set_parameter('smtp_sasl_password_maps', f'hash:{self.second}')
        self.instance.purge_credentials()
        self.assertEqual(self.where_the_secret_is(), [])
        self.assertEqual(self.keys(self.second), [RELAY])

    def test_still_named(self):
        """Both files are used: the relay's entry stays in both, an old one in neither."""
        self.two_generations()
        self.log_in(RELAY, f'hash:{self.second}, hash:{self.sasl_passwd}')
        self.instance.purge_credentials()
        self.assertEqual((self.keys(), self.keys(self.second)), ([RELAY], [RELAY]))

    def test_written_another_way(self):
        """The same file is the same table, however its path is written."""
        (self.etc / 'link').symlink_to('.')
        for path in (self.etc / 'link' / 'sasl_passwd', f'{self.etc}//sasl_passwd',
                     f'{self.etc}/./sasl_passwd'):
            for value in (f'hash:{path}', f'static:no hash:{path}', f'unionmap:{{hash:{path}}}'):
                with self.subTest(value):
                    fixture.write(self.main_cf, fixture.MAIN_CF)
                    self.log_in()
                    self.set_parameter('smtp_sasl_password_maps', value)
                    self.instance.purge_credentials()
                    self.assertEqual(self.keys(), [RELAY])
                    self.assertEqual(self.where_the_secret_is(), ['sasl_passwd', 'sasl_passwd.db'])

    def test_named_by_master_cf(self):
        self.log_in()
        self.log_in(RELAY, f'hash:{self.second}')
        fixture.write(self.etc / 'master.cf',
                      b'slow unix - - n - - smtp\n'
                      b'  -o smtp_sasl_password_maps=hash:$config_directory/sasl_passwd\n')
        self.instance.purge_credentials()
        self.assertEqual(self.keys(), [RELAY])

    def test_there_and_back(self):
        self.log_in()
        self.log_in(OTHER, f'hash:{self.second}')
        self.log_in(THIRD)
        self.instance.purge_credentials()
        self.assertEqual(self.keys(), [THIRD])
        self.assertFalse(self.second.exists())

    def test_undo_until_the_purge(self):
        self.log_in()
        before = self.main_cf.read_bytes()
        self.log_in(RELAY, f'hash:{self.second}')
        self.instance.undo(0)
        self.assertEqual(self.main_cf.read_bytes(), before)
        self.assertEqual(self.keys(), [RELAY])
        self.instance.purge_credentials()
        self.assertEqual(self.where_the_secret_is(), ['sasl_passwd', 'sasl_passwd.db'])

    def test_source_that_is_gone(self):
        self.log_in()
        self.log_in(RELAY, f'hash:{self.second}')
        self.sasl_passwd.unlink()
        self.instance.purge_credentials()
        self.assertEqual(self.where_the_secret_is(), ['second', 'second.db'])


class Types(PurgeTest):
    def setUp(self):
        super().setUp()
        self.needs_type('lmdb')
        self.log_in(RELAY, f'lmdb:{self.sasl_passwd}')
        subprocess.run(['postmap', '-c', self.etc, f'hash:{self.sasl_passwd}'], check=True)

    def test_table_of_before(self):
        self.instance.purge_credentials()
        self.assertEqual(self.where_the_secret_is(), ['sasl_passwd', 'sasl_passwd.lmdb'])
        self.assertEqual(self.keys(table=f'lmdb:{self.sasl_passwd}'), [RELAY])

    def test_named(self):
        """By a parameter of its own, by a macro, by an option of a service: it stays."""
        for name, value in (('theirs_maps', f'hash:{self.sasl_passwd}'),
                            ('theirs_maps', f'proxy:btree:{self.sasl_passwd}'),
                            ('theirs_maps', 'hash:${config_directory}/sasl_passwd')):
            with self.subTest(value):
                self.set_parameter(name, value)
                self.instance.purge_credentials()
                self.assertTrue((self.etc / 'sasl_passwd.db').exists())
        self.set_parameter('theirs_maps', f'hash:{self.sasl_passwd}-not')
        self.instance.purge_credentials()
        self.assertFalse((self.etc / 'sasl_passwd.db').exists())

    def test_named_by_master_cf(self):
        fixture.write(self.etc / 'master.cf',
                      b'slow unix - - n - - smtp\n'
                      b'  -o smtp_sasl_password_maps=hash:/etc/postfix/sasl_passwd\n')
        self.instance.purge_credentials()
        self.assertTrue((self.etc / 'sasl_passwd.db').exists())

    def test_without_a_compiled_table(self):
        self.log_in(RELAY, f'texthash:{self.sasl_passwd}')
        self.instance.purge_credentials()
        self.assertEqual(self.where_the_secret_is(), ['sasl_passwd'])
        self.assertEqual({path.name for path in self.etc.iterdir()}, {'main.cf', 'sasl_passwd'})


class Retyped(PurgeTest):
    """The table gets another type: that of before, which Postfix may not even be able to open, has
    the password in it and is of no use to anybody."""

    COMPILED = ['sasl_passwd', 'sasl_passwd.db']
    OTHER_TYPE = ['sasl_passwd', 'sasl_passwd.lmdb']

    def setUp(self):
        super().setUp()
        self.needs_type('lmdb')
        self.log_in()
        self.assertEqual(self.where_the_secret_is(), self.COMPILED)

    def compile_hash(self):
        subprocess.run(['postmap', '-c', self.etc, f'hash:{self.sasl_passwd}'], check=True)

    def edited(self, value, instance=None):
        return self.plan_edit('smtp_sasl_password_maps', value, instance)

    def test_typed_plan(self):
        config = self.instance.load_config()
        config.set_password_maps(f'lmdb:{self.sasl_passwd}')
        plan = self.instance.plan(config, None, 0)
        self.assertIn((Nullmail.ChangeKind.MAP, f'{self.sasl_passwd}.db'),
                      [(change.get_kind(), change.get_path()) for change in plan.get_changes()])
        self.instance.apply(plan, 0)
        self.assertEqual(self.where_the_secret_is(), self.OTHER_TYPE)
        self.assertEqual(self.keys(table=f'lmdb:{self.sasl_passwd}'), [RELAY])

    def test_edited_document(self):
        self.instance.apply(self.edited(f'static:none, proxy:lmdb:{self.sasl_passwd}'), FORCE)
        self.assertEqual(self.where_the_secret_is(), self.OTHER_TYPE)

    def test_fix_of_an_unsupported_type(self):
        """A stand-in for a Postfix that has lost Berkeley DB: each command says so."""
        fakes = self.folder / 'commands'
        fakes.mkdir()
        for name, lacks in (('postconf', '*-m) {} "$@" | grep -v "hash$"; exit'),
                            ('postmap', '*hash:*) echo "fatal: unsupported type" >&2; exit 1')):
            real = fixture.shutil.which(name)
            path = fakes / name
            path.write_text(f'#!/bin/sh\ncase "$*" in {lacks.format(real)};; esac\n'
                            f'exec {real} "$@"\n')
            path.chmod(0o755)
        self.set_parameter('default_database_type', 'lmdb')
        instance = self.new_instance(command_directory=str(fakes))
        finding, = [found for found in instance.check()
                    if found.get_code() == Nullmail.FindingCode.MAP_TYPE_UNSUPPORTED]
        main_cf = instance.load_main_cf()
        self.assertTrue(finding.fix(main_cf))
        self.assertEqual(main_cf.get_value('smtp_sasl_password_maps'), f'lmdb:{self.sasl_passwd}')
        instance.apply(instance.plan_main_cf(main_cf, None, 0), 0)
        self.assertEqual(self.where_the_secret_is(), self.OTHER_TYPE)
        self.assertEqual(self.keys(table=f'lmdb:{self.sasl_passwd}'), [RELAY])

    def test_main_cf_of_another_program(self):
        """It names the new type already; the next plan that changes something takes the old one."""
        self.set_parameter('smtp_sasl_password_maps', f'lmdb:{self.sasl_passwd}')
        self.instance.apply(self.instance.plan(self.instance.load_config(), None, 0), 0)
        self.assertEqual(self.where_the_secret_is(), self.OTHER_TYPE)

    def test_table_that_the_library_did_not_write(self):
        """Nor is it lost where nobody gave the library its source."""
        fixture.write(self.sasl_passwd, Foreign.BY_HAND, 0o600)
        self.compile_hash()
        self.instance.apply(self.edited(f'lmdb:{self.sasl_passwd}'), 0)
        self.assertEqual(sorted(path.name for path in self.etc.iterdir()),
                         ['main.cf', *self.OTHER_TYPE])
        self.assertEqual(len(self.keys(table=f'lmdb:{self.sasl_passwd}')), 3)

    def test_to_texthash_and_back(self):
        self.instance.apply(self.edited(f'texthash:{self.sasl_passwd}'), 0)
        self.assertEqual(self.where_the_secret_is(), ['sasl_passwd'])
        self.instance.undo(0)
        self.assertEqual(self.where_the_secret_is(), self.COMPILED)
        self.assertEqual(self.keys(), [RELAY])

    def test_still_named(self):
        for name, value in (('theirs_maps', f'btree:{self.sasl_passwd}'),
                            ('theirs_maps', 'hash:$config_directory/sasl_passwd')):
            with self.subTest(value):
                self.set_parameter(name, value)
                self.instance.apply(self.edited(f'lmdb:{self.sasl_passwd}'), 0)
                self.assertTrue((self.etc / 'sasl_passwd.db').exists())
                self.instance.undo(0)
        self.instance.apply(self.edited(f'lmdb:{self.sasl_passwd}, hash:{self.sasl_passwd}'), 0)
        self.assertTrue((self.etc / 'sasl_passwd.db').exists())

    def test_still_named_by_master_cf(self):
        fixture.write(self.etc / 'master.cf', b'slow unix - - n - - smtp\n  -o '
                      b'smtp_sasl_password_maps=hash:$config_directory/sasl_passwd\n')
        self.instance.apply(self.edited(f'lmdb:{self.sasl_passwd}'), 0)
        self.assertTrue((self.etc / 'sasl_passwd.db').exists())

    def test_second_table(self):
        """Not only the first file of the list."""
        second = fixture.write(self.etc / 'second', Foreign.BY_HAND, 0o600)
        subprocess.run(['postmap', '-c', self.etc, f'hash:{second}', f'lmdb:{second}'], check=True)
        first = f'hash:{self.sasl_passwd}'
        self.set_parameter('smtp_sasl_password_maps', f'{first}, hash:{second}')
        self.instance.apply(self.edited(f'{first}, lmdb:{second}'), 0)
        self.assertFalse((self.etc / 'second.db').exists())
        self.assertTrue((self.etc / 'second.lmdb').exists())
        self.assertEqual(self.where_the_secret_is(), self.COMPILED)


class WithoutSource(PurgeTest):
    """The password file was deleted, its table was not: what is in that cannot be taken out."""

    def restore(self, path=None):
        path = path or self.sasl_passwd
        done = subprocess.run(['postmap', '-c', self.etc, '-s', f'hash:{path}'], check=True,
                              stdout=subprocess.PIPE)
        fixture.write(path, done.stdout, 0o600)

    def assert_map_refused(self, function, *arguments):
        self.assert_refused(Error.MAP, [f'{self.sasl_passwd}.db', 'postmap -s'], function,
                            *arguments)

    def test_key_of_before(self):
        self.two_generations()
        self.sasl_passwd.unlink()
        self.assert_map_refused(self.instance.purge_credentials)
        self.apply_edit('mydomain', 'example.org')  # does not forget whose the key is
        self.assert_map_refused(self.instance.purge_credentials)
        self.restore()
        self.instance.purge_credentials()
        self.assertEqual(self.keys(), [RELAY])

    def test_login_ended(self):
        self.log_in()
        self.set_parameter('smtp_sasl_auth_enable', 'no')
        self.sasl_passwd.unlink()
        self.assert_map_refused(self.instance.purge_credentials)
        self.restore()
        self.instance.purge_credentials()
        self.assertEqual(self.where_the_secret_is(), [])

    def test_nothing_to_drop(self):
        self.log_in()
        self.sasl_passwd.unlink()
        with self.unchanged():
            self.instance.purge_credentials()

    def test_nobody_names_it(self):
        self.two_generations()
        for name in ('smtp_sasl_auth_enable', 'smtp_sasl_password_maps'):
            subprocess.run(['postconf', '-c', self.etc, '-X', name], check=True)
        self.sasl_passwd.unlink()
        self.sasl_passwd.with_suffix('.db').chmod(0o644)
        self.set_parameter('theirs_maps', f'hash:{self.sasl_passwd}')
        self.assert_map_refused(self.instance.purge_credentials)
        subprocess.run(['postconf', '-c', self.etc, '-X', 'theirs_maps'], check=True)
        self.instance.purge_credentials()
        self.assertEqual(self.where_the_secret_is(), [])
        with self.unchanged():
            self.instance.purge_credentials()

    def test_file_of_before(self):
        second = self.etc / 'second'
        self.two_generations()
        self.log_in(RELAY, f'hash:{second}, hash:{self.sasl_passwd}')
        self.sasl_passwd.unlink()
        self.assert_map_refused(self.instance.purge_credentials)
        self.restore()
        self.instance.purge_credentials()
        self.assertEqual((self.keys(), self.keys(second)), ([RELAY], [RELAY]))

    def test_store(self):
        self.log_in()
        self.sasl_passwd.unlink()
        store = self.instance.get_sasl_passwd_store()
        self.assert_map_refused(store.clear, fixture.credentials().get_relay_host())
        self.assert_map_refused(store.store, fixture.credentials(password='next'))

    def test_drop_others(self):
        self.two_generations()
        self.sasl_passwd.unlink()
        self.assert_map_refused(self.instance.plan, self.instance.load_config(), None,
                                Nullmail.PlanFlags.DROP_OTHER_CREDENTIALS)


class DropOthers(PurgeTest):
    def test_drops_what_is_never_purged(self):
        """Only this flag takes sender keys and the entries of others, and shows each."""
        fixture.write(self.sasl_passwd, Foreign.BY_HAND, 0o600)
        self.two_generations()
        plan = self.instance.plan(self.instance.load_config(), None,
                                  Nullmail.PlanFlags.DROP_OTHER_CREDENTIALS)
        self.assertEqual([c.get_subject() for c in plan.get_changes()
                          if c.get_kind() == Nullmail.ChangeKind.CREDENTIALS],
                         sorted(['me@example.com', '[fallback.example.com]:25', 'third.example.com',
                                 OTHER]))
        self.assertNotIn('dependent', plan.to_diff())
        self.instance.apply(plan, 0)
        self.assertEqual(self.keys(), [RELAY])


def setUpModule():
    fixture.need_postfix()
    fixture.need_types('hash')
