# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What a plan promises beyond its bytes: the relay never without its password, nobody's edit lost,
no password kept or shown, and nothing left in the way of the next plan."""

import fcntl
import os
import pathlib
import re
import shutil
import signal
import subprocess
import threading
import time

import fixture
from fixture import GLib, Gio, InstanceTest, Nullmail, RELAY, SECRET

Error = Nullmail.Error
Flags = Nullmail.ApplyFlags
OTHER = '[other.example.com]:587'
DROP_OTHERS = Nullmail.PlanFlags.DROP_OTHER_CREDENTIALS


class LoginTest(InstanceTest):
    def setUp(self):
        super().setUp()
        self.set_up_login()

    def look_up(self, key, path=None, map_type='hash'):
        return subprocess.run(['postmap', '-c', str(self.etc), '-q', key,
                               f'{map_type}:{path or self.sasl_passwd}'],
                              stdout=subprocess.PIPE, text=True, check=False).stdout.strip()

    def other_plan(self, flags=0, login=True):
        return self.instance.plan(fixture.login_config(OTHER, origin='example.com'),
                                  fixture.credentials(OTHER) if login else None, flags)


class Moments(LoginTest):
    """What a reader, or a machine that loses power, can find between two steps."""

    def renames(self, inside):
        log = self.folder / 'trace'
        self.run_inside(inside, ['strace', '-qq', '-e', 'trace=renameat2', '-o', log])
        return re.findall(r'"(?:[^"]*)", \w+, "([^"]*)"', log.read_text())

    def test_new_table_is_there_before_main_cf(self):
        """Also where the level rises: the old main.cf does not know the new table anyway."""
        self.apply(fixture.login_config(tls_level=Nullmail.TlsLevel.ENCRYPT, origin='example.com',
                                        password_maps=f'hash:{self.sasl_passwd}'))
        names = self.renames('new_table')
        self.assertLess(names.index('newpw.db'), names.index('main.cf'), names)

    def test_same_table_follows_main_cf_where_the_level_rises(self):
        self.apply(fixture.login_config(tls_level=Nullmail.TlsLevel.ENCRYPT, origin='example.com',
                                        password_maps=f'hash:{self.sasl_passwd}'))
        names = self.renames('new_password')
        self.assertLess(names.index('main.cf'), names.index('sasl_passwd.db'), names)

    def test_dropped_key_goes_behind_the_commit(self):
        """Killed at any rename, the relay of main.cf has its key."""
        for when in range(1, 6):
            with self.subTest(when):
                self.apply(fixture.login_config(RELAY, origin='example.com'),
                           fixture.credentials())
                subprocess.run(['strace', '-qq', '-o', '/dev/null', '-e', 'trace=renameat2', '-e',
                                f'inject=renameat2:signal=KILL:when={when}',
                                *fixture.inside_command('drop_others', self.folder)], check=False)
                relay = self.instance.load_config().get_relay_host().to_string()
                self.assertEqual(self.look_up(relay), f'relayuser:{SECRET}', relay)
                self.instance.apply(self.other_plan(DROP_OTHERS), 0)
                self.assertEqual(self.look_up(RELAY), '')
                self.assert_no_litter()

    def test_drop_others_that_fails_behind_the_commit(self):
        """It says so, and the same again does it."""
        commands = self.folder / 'commands'
        commands.mkdir()
        (commands / 'postconf').symlink_to(shutil.which('postconf'))
        (commands / 'postmap').write_text(
            f'#!/bin/sh\ncase "$*" in *" -q "*) ;; *) echo >>{self.folder}/builds\n'
            f'[ "$(wc -l <{self.folder}/builds)" -lt 2 ] || exit 1;; esac\n'
            f'exec {shutil.which("postmap")} "$@"\n')
        (commands / 'postmap').chmod(0o755)
        instance = self.new_instance(command_directory=str(commands))
        config = fixture.login_config(OTHER, origin='example.com')
        arguments = (config, fixture.credentials(OTHER, password='next'),
                     DROP_OTHERS)
        self.assert_error(Error.NOT_DURABLE, self.sasl_passwd, instance.apply,
                          instance.plan(*arguments), 0)
        self.assertEqual(self.look_up(OTHER), 'relayuser:next')
        self.assertEqual(self.look_up(RELAY), f'relayuser:{SECRET}')
        self.instance.apply(self.instance.plan(*arguments), 0)
        self.assertEqual(self.look_up(RELAY), '')

    def test_drop_others(self):
        plan = self.other_plan(DROP_OTHERS)
        kinds = [(c.get_subject(), c.get_new_value()) for c in plan.get_changes()
                 if c.get_kind() == Nullmail.ChangeKind.CREDENTIALS]
        self.assertEqual(kinds, [(OTHER, 'relayuser:********'), (RELAY, None)])
        self.instance.apply(plan, 0)
        self.assertEqual((self.look_up(RELAY), self.look_up(OTHER)), ('', f'relayuser:{SECRET}'))
        self.assertEqual(self.sasl_passwd.read_text(), f'{OTHER} relayuser:{SECRET}\n')
        self.assertTrue(self.other_plan(DROP_OTHERS).is_empty())


def inside_new_table(test):
    config = fixture.login_config(tls_level=Nullmail.TlsLevel.SECURE, origin='example.com',
                                  password_maps=f'hash:{test.etc}/newpw')
    test.instance.apply(test.instance.plan(config, fixture.credentials(), 0), 0)


def inside_new_password(test):
    config = fixture.login_config(tls_level=Nullmail.TlsLevel.SECURE, origin='example.com')
    test.instance.apply(test.instance.plan(config, fixture.credentials(password='new'), 0), 0)


def inside_drop_others(test):
    config = fixture.login_config(OTHER, origin='example.com')
    test.instance.apply(test.instance.plan(config, fixture.credentials(OTHER), DROP_OTHERS), 0)


class Others(LoginTest):
    """Other writers, before and behind the commit."""

    def test_key_that_the_plan_relies_on_is_gone(self):
        store = self.instance.get_sasl_passwd_store()
        store.store(fixture.credentials(OTHER))
        plan = self.other_plan(login=False)
        store.clear(Nullmail.RelayHost.parse(OTHER))
        self.assert_refused(Error.CONFLICT, self.sasl_passwd, self.instance.apply, plan, 0)

    def test_restore_keeps_what_came_between_two_applies(self):
        self.apply_edit('message_size_limit', '1000')
        text = self.main_cf.read_text() + 'maximal_queue_lifetime = 9d\n'
        fixture.write(self.main_cf, text.encode())
        self.apply_edit('mydomain', 'example.org')
        self.instance.apply(self.instance.plan_restore(), 0)
        restored = self.main_cf.read_text()
        self.assertIn('maximal_queue_lifetime = 9d', restored)
        self.assertNotIn('message_size_limit', restored)
        self.assertNotIn('mydomain', restored)

    def test_edit_in_place_while_the_service_follows(self):
        """A service that fails takes everything back, but not somebody else's line."""
        commands = self.folder / 'commands'
        commands.mkdir()
        (commands / 'postfix').write_text(
            '#!/bin/sh\ncase "$3" in reload) echo "foreign = 1" >>"$2/main.cf"; exit 1;; esac\n')
        for name in ('postconf', 'postmap'):
            (commands / name).symlink_to(shutil.which(name))
        (commands / 'postfix').chmod(0o755)
        instance = self.new_instance(command_directory=str(commands),
                                     service_control=Nullmail.ServiceControl.COMMAND)
        plan = self.plan_edit('mydomain', 'example.org', instance)
        self.assert_error(Error.ACTIVATION_KEPT, 'postfix reload', instance.apply, plan, 0)
        self.assertIn('foreign = 1\n', self.main_cf.read_text())

    def test_keys_of_two_plans(self):
        """A plan that was made before another was applied does not forget that one's keys."""
        later = self.plan_edit('mydomain', 'example.org')
        record = self.folder / 'state' / os.listdir(self.state)[0] / 'record'
        self.assertIn(RELAY.encode(), record.read_bytes())
        self.instance.apply(later, 0)
        self.assertIn(RELAY.encode(), record.read_bytes())


class Mending(InstanceTest):
    """Postfix refuses main.cf as it is, and so does each of its commands."""

    def look_up(self):
        return subprocess.run(['postmap', '-c', str(self.etc), '-q', RELAY,
                               self.instance.lookup_parameters(['smtp_sasl_password_maps'])
                               ['smtp_sasl_password_maps']],
                              stdout=subprocess.PIPE, text=True, check=True).stdout.strip()

    def plan_login(self, remove, **properties):
        main_cf = self.instance.load_main_cf()
        if remove:
            main_cf.unset(remove)
        fixture.login_config(origin='example.com', **properties).update_main_cf(main_cf)
        return self.instance.plan_main_cf(main_cf, fixture.credentials(), 0)

    def test_mended_with_a_login(self):
        for line, properties in (
                (b'smtputf8_enable = maybe\n', {}),
                (b'mail_owner = nobody-here\n', {'password_maps': f'lmdb:{self.sasl_passwd}'})):
            with self.subTest(line):
                for path in self.etc.iterdir():
                    path.unlink()
                fixture.write(self.main_cf, fixture.MAIN_CF + line)
                instance = self.instance = self.new_instance()
                plan = self.plan_login(line.split()[0].decode(), **properties)
                instance.apply(plan, 0)
                self.assertEqual(self.look_up(), f'relayuser:{SECRET}')
                self.assert_no_litter()

    def test_broken_after_it_was_inspected(self):
        self.instance.inspect()
        fixture.write(self.main_cf, fixture.MAIN_CF + b'inet_protocols = ipv5\n')
        self.instance.apply(self.plan_login('inet_protocols'), 0)
        self.assertEqual(self.look_up(), f'relayuser:{SECRET}')
        self.assert_no_litter()

    def test_what_stays_broken(self):
        """The line is named and not shown, for it may be of a password file."""
        fixture.write(self.main_cf, fixture.MAIN_CF + f'{OTHER} user:misplaced\n'.encode())
        self.instance = self.new_instance()
        plan = self.plan_login(None)
        error = self.assert_refused(Error.MAP, f'{self.main_cf}, line 7', self.instance.apply,
                                    plan, Flags.FORCE)
        self.assertNotIn('misplaced', error.message)


class Modes(LoginTest):
    def test_nothing_but_the_mode(self):
        for path in (self.sasl_passwd, self.etc / 'sasl_passwd.db'):
            with self.subTest(path.name):
                path.chmod(0o644)
                plan = self.instance.plan(self.instance.load_config(), None, 0)
                self.assertEqual([(c.get_kind(), c.get_subject(), c.get_old_value(),
                                   c.get_new_value()) for c in plan.get_changes()],
                                 [(Nullmail.ChangeKind.MODE, str(path), '0644', '0600')])
                self.instance.apply(plan, 0)
                self.assertEqual(path.stat().st_mode & 0o7777, 0o600)
                self.assertEqual(self.look_up(RELAY), f'relayuser:{SECRET}')


class Retention(LoginTest):
    def test_end_of_authentication_needs_activation(self):
        """Only of a Postfix that runs."""
        commands = self.folder / 'commands'
        commands.mkdir()
        for name in ('postconf', 'postmap'):
            (commands / name).symlink_to(shutil.which(name))
        (commands / 'postfix').symlink_to('/bin/true')
        instance = self.new_instance(command_directory=str(commands),
                                     service_control=Nullmail.ServiceControl.COMMAND)
        config = instance.load_config()
        config.set_authentication(False)
        plan = instance.plan(config, None, 0)
        found = [finding.get_message() for finding in plan.get_findings()
                 if finding.get_code() == Nullmail.FindingCode.POSTFIX_STOPPED]
        self.assertEqual(len(found), 1, found)
        self.assert_refused(Error.UNSAFE, self.etc, instance.apply, plan, Flags.NO_ACTIVATE)
        (commands / 'postfix').unlink()
        (commands / 'postfix').symlink_to('/bin/false')
        instance.apply(plan, Flags.NO_ACTIVATE)

    def test_end_of_authentication(self):
        """The last key stays for a generation, and a purge takes it."""
        config = self.instance.load_config()
        config.set_authentication(False)
        self.apply(config)
        self.assertEqual(self.look_up(RELAY), f'relayuser:{SECRET}')
        self.instance.purge_credentials()
        self.assertEqual(self.look_up(RELAY), '')
        self.assertNotIn(SECRET.encode(), self.sasl_passwd.read_bytes())

    def test_without_undo(self):
        """No undo is no reason to forget whose key it is."""
        self.instance.apply(self.other_plan(), Flags.NO_UNDO)
        self.apply(fixture.new_config('[third.example.com]', authentication=False))
        self.instance.purge_credentials()
        self.assertEqual((self.look_up(RELAY), self.look_up(OTHER)), ('', ''))

    def test_no_undo_offers_none(self):
        self.instance.apply(self.plan_edit('mydomain', 'example.org'), Flags.NO_UNDO)
        self.instance.inspect()
        self.assertFalse(self.instance.props.can_undo)
        self.assert_refused(Error.NOTHING_TO_UNDO, self.etc, self.instance.plan_undo)

    def test_table_that_cannot_be_read(self):
        self.instance.apply(self.other_plan(), 0)
        self.instance.apply(self.plan_edit('transport_maps', 'ldap:/etc/nowhere'),
                            Nullmail.ApplyFlags.FORCE)
        self.assert_refused(Error.PERMISSION_DENIED, 'ldap:/etc/nowhere',
                            self.instance.purge_credentials)

    def test_option_of_master_cf_keeps_a_key(self):
        (self.etc / 'master.cf').write_text(f'x unix - - n - - smtp\n  -o relayhost={RELAY}\n')
        self.instance.apply(self.other_plan(), 0)
        self.instance.purge_credentials()
        self.assertEqual(self.look_up(RELAY), f'relayuser:{SECRET}')


class Tables(LoginTest):
    def test_link_to_another_directory(self):
        elsewhere = self.folder / 'secrets'
        elsewhere.mkdir()
        shutil.move(self.sasl_passwd, elsewhere / 'sp')
        self.sasl_passwd.symlink_to(elsewhere / 'sp')
        self.apply(fixture.login_config(origin='example.com'), fixture.credentials(password='next'))
        self.assertEqual(self.look_up(RELAY), 'relayuser:next')
        self.assertTrue(self.sasl_passwd.is_symlink())
        self.assertEqual([path.name for path in elsewhere.iterdir()], ['sp'])
        self.assert_no_litter()

    def test_cancelled_postmap_leaves_no_table(self):
        """Nor what Berkeley DB begins with, a file under a name of its own."""
        commands = self.folder / 'commands'
        commands.mkdir()
        (commands / 'postmap').write_text(
            f'#!/bin/sh\n{shutil.which("postmap")} "$@"\nfor table; do :; done\n'
            f'touch "{self.etc}/__db.${{table##*/}}.db"\n'
            f'touch {self.folder}/built\nexec sleep 30\n')
        (commands / 'postmap').chmod(0o755)
        store = Nullmail.SaslPasswdStore(path=str(self.sasl_passwd), map_type='hash',
                                         command_directory=str(commands))
        cancellable = Gio.Cancellable()

        def cancel_when_built():
            while not (self.folder / 'built').exists():
                GLib.usleep(5000)
            cancellable.cancel()

        thread = threading.Thread(target=cancel_when_built)
        thread.start()
        with self.assertRaises(GLib.Error) as caught:
            store.store(fixture.credentials(password='next'), cancellable)
        thread.join()
        self.assertTrue(caught.exception.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))
        self.assert_no_litter()
        self.assertEqual(self.look_up(RELAY), f'relayuser:{SECRET}')

    def test_new_type_needs_its_map(self):
        """A main.cf that names a table for the first time does not go before its map."""
        commands = self.folder / 'commands'
        commands.mkdir()
        (commands / 'postconf').symlink_to(shutil.which('postconf'))
        tool = shutil.which('postmap')
        (commands / 'postmap').write_text(
            f'#!/bin/sh\ncase " $* " in *" -q "*) exec {tool} "$@";; esac\nexit 1\n')
        (commands / 'postmap').chmod(0o755)
        instance = self.new_instance(command_directory=str(commands))
        main_cf = instance.load_main_cf()
        before = main_cf.get_value('smtp_sasl_password_maps')
        instance.inspect()
        types = instance.get_map_types()
        other = next(name for name in ('lmdb', 'cdb', 'dbm', 'hash')
                     if name in types and name not in before)
        main_cf.set_value('smtp_sasl_password_maps', f'{other}:{self.sasl_passwd}')
        plan = instance.plan_main_cf(main_cf, None, 0)
        with self.assertRaises(GLib.Error) as caught:
            instance.apply(plan, 0)
        self.assertTrue(caught.exception.matches(Nullmail.error_quark(), Nullmail.Error.MAP),
                        caught.exception)
        self.assertEqual(instance.load_main_cf().get_value('smtp_sasl_password_maps'), before)

    def test_source_from_the_future(self):
        os.utime(self.sasl_passwd, (4000000000, 4000000000))
        self.apply(self.instance.load_config())
        self.assertTrue(self.instance.plan(self.instance.load_config(), None, 0).is_empty())

    def test_disk_from_the_future(self):
        """The clock of the machine that has the disk runs ahead, and its times are not to be set:
        what was written first is not later than what was made of it, and stays as it is."""
        table = self.sasl_passwd.with_name('sasl_passwd.db')
        for ahead_s in (0, 1):
            for password in ('next', SECRET):
                with self.subTest(ahead_s, password=password):
                    login = fixture.credentials(password=password)
                    self.apply(self.instance.load_config(), login)
                    os.utime(self.sasl_passwd, (4000000000, 4000000000))
                    os.utime(table, (4000000000 + ahead_s, 4000000000 + ahead_s))
                    with self.unchanged():
                        plan = self.instance.plan(self.instance.load_config(), login, 0)
                        self.assertEqual(plan.to_diff(), '')
                        self.assertTrue(plan.is_empty())
                        self.instance.apply(plan, 0)
                    self.assertEqual(self.look_up(RELAY), f'relayuser:{password}')

    def test_disk_that_always_dates_the_table_earlier(self):
        """However often it is built, and the times cannot be set: one that is as this library has
        left it stays, and one whose source was edited since does not."""
        fixture.need('strace')
        commands = self.folder / 'backdating'
        commands.mkdir()
        for name in ('postconf', 'postmap'):
            (commands / name).write_text(
                f'#!/bin/sh\n{shutil.which(name)} "$@" || exit\n'
                'for word; do :; done\ncase " $* " in *" -q "*) ;; *hash:*) '
                'touch -d @1000000000 "${word#*:}.db" ;; esac\n')
            (commands / name).chmod(0o755)
        self.run_inside('backdated', ['strace', '-qq', '-o', self.folder / 'trace', '-e',
                                      'trace=utimensat', '-e', 'inject=utimensat:retval=0'])

    def check_backdated(self):
        def new():
            return self.new_instance(command_directory=str(self.folder / 'backdating'))

        instance, login = new(), fixture.credentials(password='next')
        self.apply(instance.load_config(), login, instance=instance)
        table = self.sasl_passwd.with_name('sasl_passwd.db')
        self.assertLess(table.stat().st_mtime, self.sasl_passwd.stat().st_mtime)
        for again in (instance, new()):
            with self.unchanged(self.etc):
                for credentials in (None, login):
                    plan = again.plan(again.load_config(), credentials, 0)
                    self.assertTrue(plan.is_empty(), plan.to_variant())
                codes = [finding.get_code() for finding in again.check()]
                self.assertNotIn(Nullmail.FindingCode.MAP_STALE, codes)
        self.sasl_passwd.write_text(self.sasl_passwd.read_text().replace('next', 'edited'))
        self.assertFalse(instance.plan(instance.load_config(), None, 0).is_empty())
        self.apply(instance.load_config(), None, instance=instance)
        self.assertEqual(self.look_up(RELAY), 'relayuser:edited')

    def test_texthash_from_the_future(self):
        """There is no table that it could be newer than."""
        config = fixture.login_config(origin='example.com',
                                      password_maps=f'texthash:{self.etc}/text')
        self.apply(config, fixture.credentials())
        os.utime(self.etc / 'text', (4000000000, 4000000000))
        self.assertTrue(self.instance.plan(self.instance.load_config(), None, 0).is_empty())

    def test_edit_below_a_table_from_the_future(self):
        """Such a table looks newer than any edit of its source, and is asked."""
        table = self.sasl_passwd.with_name('sasl_passwd.db')
        os.utime(table, (4000000000, 4000000000))
        text = self.sasl_passwd.read_text().replace(SECRET, 'edited')
        fixture.write(self.sasl_passwd, text.encode(), 0o600)
        self.apply(self.instance.load_config(), fixture.credentials(password='edited'))
        self.assertEqual(self.look_up(RELAY), 'relayuser:edited')

    def test_table_of_the_other_type_in_the_same_file(self):
        """main.cf was edited by hand, and postmap was forgotten: hash and btree are both a .db."""
        text = self.main_cf.read_text().replace('= hash:', '= btree:')
        fixture.write(self.main_cf, text.encode())
        codes = [finding.get_code() for finding in self.instance.check()]
        self.assertIn(Nullmail.FindingCode.MAP_STALE, codes)
        self.apply(self.instance.load_config())
        self.assertEqual(self.look_up(RELAY, map_type='btree'), f'relayuser:{SECRET}')
        self.assertTrue(self.instance.plan(self.instance.load_config(), None, 0).is_empty())

    def test_other_type_in_the_same_file(self):
        """Whichever of the two came first, Postfix could not open the table in between."""
        config = fixture.login_config(origin='example.com',
                                      password_maps=f'btree:{self.sasl_passwd}')
        for login in (None, fixture.credentials(password='next')):
            self.assert_refused(Error.MAP, ['hash', 'btree', f'{self.sasl_passwd}.db'],
                                self.instance.plan, config, login, 0)
        config.set_password_maps(f'btree:{self.etc}/other')
        self.apply(config, fixture.credentials(password='next'))
        self.assertEqual(self.look_up(RELAY, self.etc / 'other', 'btree'), 'relayuser:next')

    def test_source_that_is_lost(self):
        self.sasl_passwd.unlink()
        plan = self.other_plan()
        self.assert_refused(Error.MAP, [self.sasl_passwd, 'postmap -s'], self.instance.apply, plan,
                            0)

    def test_several_tables_in_one_macro(self):
        """Postfix expands the value before it splits it."""
        fixture.write(self.main_cf, fixture.MAIN_CF
                      + f'tables = hash:{self.sasl_passwd} static:them:Other-Secret\n'
                        'smtp_sasl_password_maps = $tables\n'.encode())
        plan = self.instance.plan(fixture.login_config(), fixture.credentials(), 0)
        self.assertNotIn('Other-Secret', plan.to_diff())
        self.assertIn(f'tables = hash:{self.sasl_passwd} static:********\n', plan.to_diff())
        self.instance.apply(plan, Flags.FORCE)
        self.assertEqual(self.look_up(RELAY), f'relayuser:{SECRET}')
        self.assertEqual([path.name for path in self.etc.iterdir() if 'static' in path.name], [])

    def test_no_main_cf_yet(self):
        shutil.rmtree(self.etc)
        self.etc.mkdir()
        main_cf = Nullmail.MainCf.new()
        fixture.login_config(origin='example.com').update_main_cf(main_cf)
        self.instance.apply(self.instance.plan_main_cf(main_cf, fixture.credentials(), 0), 0)
        self.assertEqual(self.look_up(RELAY, map_type=fixture.default_type()),
                         f'relayuser:{SECRET}')

    def test_no_main_cf_yet_and_another_type(self):
        """Postfix cannot be asked for its types; that is no reason to choose another one."""
        shutil.rmtree(self.etc)
        self.etc.mkdir()
        main_cf = Nullmail.MainCf.new()
        fixture.login_config(origin='example.com', password_maps=f'lmdb:{self.sasl_passwd}') \
            .update_main_cf(main_cf)
        self.instance.apply(self.instance.plan_main_cf(main_cf, fixture.credentials(), 0), 0)
        self.assertEqual(self.look_up(RELAY, map_type='lmdb'), f'relayuser:{SECRET}')
        self.assertIn(f'lmdb:{self.sasl_passwd}', self.main_cf.read_text())

    def test_leftovers_go_though_nothing_is_to_be_done(self):
        """They hold the passwords of before; who is at work there may still need his."""
        left = fixture.write(self.etc / '.nullmail-0123456789abcdef-sasl_passwd', b'old', 0o600)
        lock = os.open(self.etc / '.nullmail-lock', os.O_WRONLY | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        self.apply(self.instance.load_config())
        self.assertTrue(left.exists())
        os.close(lock)
        self.apply(self.instance.load_config())
        self.assertFalse(left.exists())

    def test_postmap_ends_with_its_caller(self):
        """It would go on to write a table that nobody waits for and nobody removes."""
        commands = self.folder / 'commands'
        commands.mkdir()
        (commands / 'postmap').write_text(
            f'#!/bin/sh\necho $$ >{self.folder}/pid.new\nmv {self.folder}/pid.new '
            f'{self.folder}/pid\nexec sleep 60\n')
        (commands / 'postmap').chmod(0o755)
        pid = os.fork()
        if pid == 0:
            store = Nullmail.SaslPasswdStore(path=str(self.sasl_passwd), map_type='hash',
                                             command_directory=str(commands))
            store.store(fixture.credentials(password='next'))
            os._exit(0)
        while not (self.folder / 'pid').exists():
            time.sleep(0.01)
        postmap = int((self.folder / 'pid').read_text())
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        deadline = time.monotonic() + fixture.LIMIT_S
        while os.path.exists(f'/proc/{postmap}') and time.monotonic() < deadline \
                and pathlib.Path(f'/proc/{postmap}/stat').read_text().split()[2] != 'Z':
            time.sleep(0.01)
        self.assertLess(time.monotonic(), deadline)


class Macros(LoginTest):
    def test_empty_relay(self):
        self.apply_edit('nothing', '')
        config = fixture.login_config('$nothing', origin='example.com')
        self.assert_refused(Error.INVALID_ARGUMENT, '$nothing', self.instance.plan, config,
                            fixture.credentials('$nothing'), 0)

    def test_relay_by_macro(self):
        self.apply_edit('mydomain', 'corp.example.com')
        config = fixture.login_config('$mydomain', origin='example.com',
                                      tls_level=Nullmail.TlsLevel.ENCRYPT)
        self.apply(config, fixture.credentials('$mydomain'))
        self.assertEqual(self.look_up('corp.example.com'), f'relayuser:{SECRET}')

    def test_type_by_macro(self):
        self.apply_edit('smtp_sasl_password_maps',
                        '$default_database_type:$config_directory/sasl_passwd')
        config = fixture.login_config(origin='example.com')
        config.keep('password-maps')
        self.apply(config, fixture.credentials(password='next'), instance=self.new_instance())
        self.assertEqual(self.look_up(RELAY, map_type=fixture.default_type()), 'relayuser:next')


class DirectoryNames(InstanceTest):
    def at(self, name):
        self.etc = self.folder / name
        self.etc.mkdir()
        self.main_cf = fixture.write(self.etc / 'main.cf', fixture.MAIN_CF)
        self.instance = self.new_instance()
        return fixture.login_config(origin='example.com')

    def test_dollar(self):
        self.apply(self.at('a$b'), fixture.credentials())
        value = self.instance.lookup_parameters(['smtp_sasl_password_maps'])
        kind = fixture.default_type()
        self.assertEqual(value['smtp_sasl_password_maps'],
                         f'{kind}:{self.folder}/a$$b/sasl_passwd')
        self.assertTrue((self.etc / f'sasl_passwd{fixture.SUFFIXES[kind]}').exists())

    def test_blank(self):
        config = self.at('a b')
        self.assert_refused(Error.INVALID_ARGUMENT, [self.etc, 'password-maps'],
                            self.instance.plan, config, fixture.credentials(), 0)


class Secrets(LoginTest):
    def everything_shown(self, plan):
        texts = [plan.to_diff(), str(plan.to_variant().unpack())]
        for change in plan.get_changes():
            texts += [change.get_subject(), change.get_old_value(), change.get_new_value()]
        return ' '.join(str(text) for text in texts)

    def everything_recorded(self):
        return b''.join(path.read_bytes() for path in self.state.rglob('*') if path.is_file())

    def test_password_in_main_cf(self):
        """A static: table has no place there; what shows or records it is worse."""
        for value in (f'static:bob:{SECRET}', f'inline:{{ {{ {RELAY} = bob:{SECRET} }} }}'):
            with self.subTest(value):
                text = fixture.MAIN_CF.decode() + f'smtp_sasl_password_maps =\n  {value}\n'
                fixture.write(self.main_cf, text.encode())
                shutil.rmtree(self.state)
                plan = self.plan_edit('smtp_sasl_password_maps', f'hash:{self.sasl_passwd}')
                self.assertNotIn(SECRET, self.everything_shown(plan))
                self.instance.apply(plan, Flags.FORCE)
                self.assertNotIn(SECRET.encode(), self.everything_recorded())
                self.assert_no_litter()

    def test_entry_without_colon(self):
        fixture.write(self.sasl_passwd, f'{RELAY} bob {SECRET}\n'.encode(), 0o600)
        self.instance.get_sasl_passwd_store().rebuild()
        plan = self.instance.plan(self.instance.load_config(), fixture.credentials(password='n'), 0)
        self.assertNotIn(SECRET, self.everything_shown(plan))
        self.assertEqual(self.instance.get_sasl_passwd_store().list(), [])

    def test_swapped_columns(self):
        fixture.write(self.sasl_passwd, f'sue:{SECRET} [x]:25\n{RELAY} bob:old\n'.encode(), 0o600)
        self.instance.get_sasl_passwd_store().rebuild()
        plan = self.instance.plan(self.instance.load_config(), fixture.credentials(password='n'),
                                  DROP_OTHERS)
        self.assertNotIn(SECRET, self.everything_shown(plan))


class Records(LoginTest):
    def test_damaged_record_hinders_nothing_else(self):
        record = next(self.state.rglob('record'))
        record.write_text('{"bef')
        self.assertTrue(self.instance.plan(self.instance.load_config(), None, 0).is_empty())
        self.assert_refused(Error.INVALID_FILE, record, self.instance.plan_undo)
        self.apply_edit('mydomain', 'example.org')
        self.instance.undo(0)
        self.assertNotIn('mydomain', self.main_cf.read_text())

    def test_findings_of_a_plan_as_variant(self):
        plan = self.plan_edit('inet_interfaces', 'all')
        self.assertTrue(plan.get_findings())
        for _ in range(20):
            codes = [finding['code'] for finding in plan.to_variant().unpack()['findings']]
        self.assertIn('listens-on-network', codes)

    def test_plan_of_nobody(self):
        plan = Nullmail.Plan()
        self.assertTrue(plan.is_empty())
        self.assertEqual(plan.to_diff(), '')
        self.assertEqual(plan.get_main_cf().to_bytes().get_size(), 0)


def setUpModule():
    fixture.need_postfix('strace')
    fixture.need_types('hash')
    os.environ.setdefault('G_DEBUG', 'fatal-criticals')


def inside_backdated(test):
    same = Tables()
    same.use(test.folder)
    same.check_backdated()
