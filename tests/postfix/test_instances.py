# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Several instances of Postfix that share one password file: what one no longer needs stays as long
as another one does."""

import shutil
import subprocess

import fixture
from fixture import InstanceTest, Nullmail, RELAY

Code = Nullmail.FindingCode
DROP_OTHERS = Nullmail.PlanFlags.DROP_OTHER_CREDENTIALS
FORCE = Nullmail.ApplyFlags.FORCE
OTHER = '[other.example.com]:587'
THIRD = '[third.example.com]:587'


def shared(plan):
    return [finding.get_subject() for finding in plan.get_findings()
            if finding.get_code() == Code.CREDENTIALS_SHARED]


class SharedTest(InstanceTest):
    """Another instance, which this one's main.cf lists, relays to OTHER."""

    def setUp(self):
        super().setUp()
        self.second = self.folder / 'second'
        self.second.mkdir()
        self.write_second(f'relayhost = {OTHER}\n')
        self.set_parameter('multi_instance_directories', self.second)
        self.log_in(OTHER)
        self.log_in(RELAY)
        self.assertEqual(self.keys(), [OTHER, RELAY])

    def write_second(self, text):
        return fixture.write(self.second / 'main.cf', (
            'compatibility_level = 2\nsmtp_sasl_auth_enable = yes\n'
            f'smtp_sasl_password_maps = hash:{self.sasl_passwd}\n{text}').encode())

    def set_parameter(self, name, value):
        subprocess.run(['postconf', '-c', self.etc, '-e', f'{name} = {value}'], check=True)
        fixture.os.utime(self.main_cf, (fixture.OLD_S, fixture.OLD_S))

    def config(self, relay):
        config = self.instance.load_config()
        fresh = fixture.login_config(relay, origin='example.com',
                                     password_maps=f'hash:{self.sasl_passwd}')
        for name in ('relay_host', 'authentication', 'origin', 'password_maps'):
            setattr(config.props, name, getattr(fresh.props, name))
        return config

    def log_in(self, relay):
        self.apply(self.config(relay), fixture.credentials(relay), FORCE)

    def keys(self):
        """What the source holds, and that its table holds the same."""
        found = sorted(line.split()[0] for line in self.sasl_passwd.read_text().splitlines()
                       if line and not line.startswith('#'))
        held = fixture.answer_of(['postmap', '-c', self.etc, '-s', f'hash:{self.sasl_passwd}'],
                                 text=True)
        self.assertEqual(sorted(line.split()[0] for line in held.splitlines()), found)
        return found


class Shared(SharedTest):
    def drop_others(self):
        return self.instance.plan(self.instance.load_config(), None, DROP_OTHERS)

    def assert_kept_by(self, make_plan, kept, gone):
        """The plan keeps OTHER, and says so; without the other instance it goes."""
        plan = make_plan()
        self.assertEqual(shared(plan), [OTHER])
        text, = [finding.get_message() for finding in plan.get_findings()
                 if finding.get_code() == Code.CREDENTIALS_SHARED]
        self.assertIn(str(self.second), text)
        self.instance.apply(plan, FORCE)
        self.assertEqual(self.keys(), kept)
        self.write_second('')
        plan = make_plan()
        self.assertEqual(shared(plan), [])
        self.instance.apply(plan, FORCE)
        self.assertEqual(self.keys(), gone)

    def test_purge(self):
        self.assert_kept_by(self.instance.plan_purge, [OTHER, RELAY], [RELAY])

    def test_drop_others(self):
        self.assert_kept_by(self.drop_others, [OTHER, RELAY], [RELAY])

    def test_change_of_relay(self):
        relays = iter((THIRD, RELAY))

        def change():
            relay = next(relays)
            return self.instance.plan(self.config(relay), fixture.credentials(relay), 0)

        self.assert_kept_by(change, [OTHER, RELAY, THIRD], [RELAY, THIRD])

    def test_how_it_is_needed(self):
        """By a fallback, a table of transports, an option of master.cf, or a macro."""
        transport = fixture.write(self.second / 'transport', f'a.example smtp:{OTHER}\n'.encode())
        for text, master_cf in ((f'smtp_fallback_relay = {OTHER}\n', ''),
                                (f'transport_maps = texthash:{transport}\n', ''),
                                ('transport_maps = texthash:$config_directory/transport\n', ''),
                                (f'theirs = {OTHER}\nrelayhost = $theirs\n', ''),
                                ('', f'x unix - - n - - smtp\n  -o relayhost={OTHER}\n')):
            with self.subTest(text, master_cf=master_cf):
                self.write_second(text)
                fixture.write(self.second / 'master.cf', master_cf.encode())
                self.assertEqual(shared(self.instance.plan_purge()), [OTHER])
                self.assertEqual(shared(self.drop_others()), [OTHER])

    def test_link(self):
        """The same file by another path."""
        link = self.folder / 'link'
        link.symlink_to(self.etc)
        path = self.write_second(f'relayhost = {OTHER}\n')
        fixture.write(path, path.read_bytes().replace(bytes(self.etc), bytes(link)))
        self.assertEqual(shared(self.instance.plan_purge()), [OTHER])

    def test_sender(self):
        """Only drop-others takes keys of senders, and not those of another instance."""
        with self.sasl_passwd.open('a') as file:
            file.write('me@example.com sender:password\n')
        self.assertEqual(shared(self.drop_others()), [OTHER])
        self.write_second(f'relayhost = {OTHER}\nsmtp_sender_dependent_authentication = yes\n')
        self.assertEqual(sorted(shared(self.drop_others())), sorted([OTHER, 'me@example.com']))

    def test_other_file(self):
        """An instance with a password file of its own keeps nothing here."""
        path = self.write_second(f'relayhost = {OTHER}\n')
        fixture.write(path, path.read_bytes().replace(bytes(self.sasl_passwd), b'/nowhere/passwd'))
        self.instance.purge_credentials()
        self.assertEqual(self.keys(), [RELAY])

    def test_that_is_gone(self):
        """A directory that is listed and no longer there keeps nothing."""
        shutil.rmtree(self.second)
        self.instance.purge_credentials()
        self.assertEqual(self.keys(), [RELAY])

    def test_itself(self):
        """An instance that lists itself."""
        self.set_parameter('multi_instance_directories', f'{self.etc}/., {self.folder}/nowhere')
        self.instance.purge_credentials()
        self.assertEqual(self.keys(), [RELAY])

    def test_that_cannot_be_read(self):
        """It may need every key: a purge says so, and drop-others keeps them."""
        path = self.second / 'main.cf'
        path.unlink()
        path.mkdir()
        self.assert_refused(Nullmail.Error.PERMISSION_DENIED, path,
                            self.instance.purge_credentials)
        self.assertEqual(shared(self.drop_others()), [OTHER])

    def test_table_that_cannot_be_read(self):
        self.write_second('transport_maps = ldap:/etc/nowhere\n')
        self.assert_refused(Nullmail.Error.PERMISSION_DENIED,
                            [self.second / 'main.cf', 'transport_maps'],
                            self.instance.purge_credentials)
        self.assertEqual(shared(self.drop_others()), [OTHER])

    def test_changes_before_the_apply(self):
        """What decides is compared again under the lock."""
        for make_plan in (self.instance.plan_purge, self.drop_others):
            with self.subTest(make_plan.__name__):
                self.write_second('')
                plan = make_plan()
                self.assertEqual(shared(plan), [])
                self.write_second(f'relayhost = {OTHER}\n')
                self.assert_refused(Nullmail.Error.CONFLICT,
                                    [self.second / 'main.cf', 'plan again'],
                                    self.instance.apply, plan, FORCE)

    def test_file_of_before(self):
        """A file that this instance no longer names stays with what the other needs."""
        second_file = self.etc / 'passwd'
        config = self.config(RELAY)
        config.props.password_maps = f'hash:{second_file}'
        self.apply(config, fixture.credentials(), FORCE)
        self.instance.purge_credentials()
        self.assertEqual(self.keys(), [OTHER])
        self.write_second('')
        self.instance.purge_credentials()
        self.assertEqual(self.keys(), [])  # and the file is there, for the other names it

    def test_table_of_another_type(self):
        """The table of the type that only the other instance names."""
        kind = next((kind for kind in ('lmdb', 'cdb') if kind in fixture.table_types()), None)
        if kind is None:
            self.skipTest('no second type of tables here')
        path = self.write_second(f'relayhost = {OTHER}\n')
        fixture.write(path, path.read_bytes().replace(b'hash:', f'{kind}:'.encode()))
        table = self.sasl_passwd.with_name(f'sasl_passwd{fixture.SUFFIXES[kind]}')
        subprocess.run(['postmap', '-c', self.etc, f'{kind}:{self.sasl_passwd}'], check=True)
        self.instance.purge_credentials()
        self.assertTrue(table.exists())
        self.write_second('')
        self.instance.purge_credentials()
        self.assertFalse(table.exists())


class First(SharedTest):
    """The other instance is that of the default directory, or only that one lists it."""

    def setUp(self):
        fixture.need_mounts()
        super().setUp()
        default = subprocess.run(['postconf', '-dh', 'config_directory'], check=True, text=True,
                                 stdout=subprocess.PIPE).stdout.strip()
        self.set_parameter('multi_instance_directories', '')
        first = self.folder / 'first'
        shutil.copytree(default, first, symlinks=True)
        self.first = first / 'main.cf'
        self.mounts = fixture.in_mounts([f'mount --bind {first} {default}'])

    def assert_kept_until_gone(self):
        self.run_inside('purge', self.mounts)
        self.assertEqual(self.keys(), [OTHER, RELAY])
        fixture.write(self.first, b'compatibility_level = 2\n')
        self.run_inside('purge', self.mounts)
        self.assertEqual(self.keys(), [RELAY])

    def test_default_directory(self):
        fixture.write(self.first, self.write_second(f'relayhost = {OTHER}\n').read_bytes())
        self.assert_kept_until_gone()

    def test_listed_there(self):
        fixture.write(self.first, f'multi_instance_directories = {self.second}\n'.encode())
        self.assert_kept_until_gone()


def inside_purge(test):
    test.instance.purge_credentials()


def setUpModule():
    fixture.need_postfix()
    fixture.need_types('hash')
