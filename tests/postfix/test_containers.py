# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Containers and images: files that are mounted by themselves or for reading only, secrets that
come that way, files that nobody can replace, and no /proc."""

import os
import shutil
import subprocess

import fixture
from fixture import InstanceTest, Nullmail, RELAY, SECRET

Code = Nullmail.FindingCode
Error = Nullmail.Error
NO_ACTIVATE = Nullmail.ApplyFlags.NO_ACTIVATE
OTHER = '[other.example.com]:587'


class ContainerTest(InstanceTest):
    def setUp(self):
        fixture.need_mounts()
        super().setUp()

    def run_mounted(self, name, *commands):
        return self.run_inside(name, fixture.in_mounts(commands))


class Unreplaceable(ContainerTest):
    """What can never be done is refused before the first byte is written, and the message says why
    and what to do."""

    def setUp(self):
        super().setUp()
        self.set_up_login()

    def test_main_cf_by_itself(self):
        with self.unchanged():
            self.run_mounted('mounted_main_cf', f'mount --bind {self.main_cf} {self.main_cf}')

    def test_passwords_by_themselves(self):
        with self.unchanged():
            self.run_mounted('mounted_passwords',
                             f'mount --bind {self.sasl_passwd} {self.sasl_passwd}')

    def test_read_only_directory(self):
        with self.unchanged():
            self.run_mounted('read_only', f'mount --bind {self.etc} {self.etc}',
                             f'mount -o remount,bind,ro {self.etc}')

    def test_immutable(self):
        """The file, or one to which lines can only be added, and its directory."""
        for path, attribute in ((self.main_cf, 'i'), (self.main_cf, 'a'), (self.etc, 'i')):
            with self.subTest(path.name, attribute=attribute):
                if shutil.which('chattr') is None:
                    fixture.lacks('chattr is not installed')
                if subprocess.run(['chattr', f'+{attribute}', path], check=False,
                                  stderr=subprocess.DEVNULL).returncode != 0:
                    fixture.lacks('no chattr on this file system')
                try:
                    with self.unchanged():
                        inside_immutable(self)
                finally:
                    subprocess.run(['chattr', f'-{attribute}', path], check=True)
        self.apply_edit('mydomain', 'example.org')


def plans(test):
    config = test.instance.load_config()
    config.props.relay_host = fixture.relay_host(OTHER)
    return [test.plan_edit('mydomain', 'example.org'),
            test.instance.plan(config, fixture.credentials(OTHER), 0)]


def inside_mounted_main_cf(test):
    for plan in plans(test):
        test.assert_refused(Error.WRITE, [test.main_cf, 'mounted by itself', 'mount the directory'],
                            test.instance.apply, plan, 0)


def inside_mounted_passwords(test):
    plan = test.instance.plan(test.instance.load_config(), fixture.credentials(password='next'), 0)
    test.assert_refused(Error.WRITE, [test.sasl_passwd, 'mounted by itself'],
                        test.instance.apply, plan, 0)


def inside_read_only(test):
    for plan in plans(test):
        test.assert_refused(Error.WRITE, [test.etc, 'for reading only', 'mount it for writing'],
                            test.instance.apply, plan, 0)


def inside_immutable(test):
    for plan in plans(test):
        test.assert_refused(Error.PERMISSION_DENIED, [test.etc, 'immutable', 'chattr -i'],
                            test.instance.apply, plan, 0)


class Secrets(ContainerTest):
    """A password file that comes as the secret of a container."""

    def setUp(self):
        super().setUp()
        self.secrets = self.folder / 'secrets'
        self.secrets.mkdir(mode=0o755)
        self.source = fixture.write(self.secrets / 'sasl_passwd',
                                    f'{RELAY} relayuser:{SECRET}\n'.encode(), 0o444)
        self.mount_read_only = (f'mount --bind {self.source} {self.source}',
                                f'mount -o remount,bind,ro {self.source}')
        self.run_mounted('without_credentials', *self.mount_read_only)

    def test_plan_and_check(self):
        self.assertIn(f'relayhost = {RELAY}', self.main_cf.read_text())
        self.assertEqual(self.run_mounted('judge', *self.mount_read_only).split(),
                         ['secret-file-mode', 'notice'])

    def test_private(self):
        self.source.chmod(0o400)
        self.assertEqual(self.run_mounted('judge', *self.mount_read_only).split(), [])

    def test_mode_that_can_be_changed(self):
        """The same file in a folder that can be written: a fault, which any plan mends."""
        finding, = [finding for finding in self.instance.check()
                    if finding.get_code() == Code.SECRET_FILE_MODE]
        self.assertEqual(finding.get_severity(), Nullmail.Severity.ERROR)
        self.apply_edit('mydomain', 'example.org')
        self.assertEqual(self.source.stat().st_mode & 0o777, 0o400)

    def test_compiled_beside_it(self):
        """A table that was made with the image is used as it is."""
        subprocess.run(['postmap', '-c', self.etc, f'hash:{self.source}'], check=True)
        self.source.with_suffix('.db').chmod(0o600)
        text = self.main_cf.read_text().replace('texthash:', 'hash:')
        fixture.write(self.main_cf, text.encode())
        out = self.run_mounted('judge', f'mount --bind {self.secrets} {self.secrets}',
                               f'mount -o remount,bind,ro {self.secrets}')
        self.assertEqual(out.split(), ['secret-file-mode', 'notice'])


def inside_without_credentials(test):
    source = test.folder / 'secrets' / 'sasl_passwd'
    config = fixture.login_config(origin='example.com', password_maps=f'texthash:{source}')
    test.apply(config)
    assert test.instance.plan(test.instance.load_config(), None, 0).is_empty()


def inside_judge(test):
    """What is wrong with the file, and that a plan for something else goes through."""
    plan = test.plan_edit('mydomain', 'example.org')
    test.instance.apply(plan, NO_ACTIVATE)
    for finding in test.instance.check():
        if finding.get_path() and 'secrets' in finding.get_path():
            print(finding.get_code().value_nick, finding.get_severity().value_nick)


class WithoutProc(ContainerTest):
    """As in the chroot in which an image is made: the whole course goes, and says nothing else."""

    HIDE = 'mount -t tmpfs none /proc'

    def test_tables(self):
        for name in fixture.table_types():
            with self.subTest(name):
                self.assertEqual(self.course(name, self.etc / 'sasl_passwd', True),
                                 self.course(name, self.etc / 'sasl_passwd', False))

    def test_links(self):
        """A folder, and a file, that a link leads to."""
        real = self.folder / 'real'
        real.mkdir()
        (self.folder / 'link').symlink_to(real)
        (self.etc / 'file').symlink_to(real / 'another')
        for path in (self.folder / 'link' / 'sasl_passwd', self.etc / 'file'):
            with self.subTest(path.name):
                self.assertEqual(self.course('hash', path, True), self.course('hash', path, False))

    def course(self, name, path, hides):
        """What the course shows, with /proc and without."""
        for old in (self.main_cf, path, path.resolve()):
            if not old.is_symlink():
                old.unlink(missing_ok=True)
        shutil.rmtree(self.state, ignore_errors=True)
        self.write_first()
        fixture.write(path.resolve(), b'', 0o600)
        return self.run_mounted('course', self.HIDE if hides else 'true',
                                f'export NULLMAIL_TEST_TABLE={name}:{path}')


def inside_course(test):
    table = os.environ['NULLMAIL_TEST_TABLE']
    config = fixture.login_config(origin='example.com', password_maps=table)
    test.instance.inspect()
    print(test.instance.props.version, test.instance.props.map_types)
    test.apply(config, fixture.credentials())
    for password in ('next', SECRET):
        test.instance.get_sasl_passwd_store().store(fixture.credentials(password=password))
        print(fixture.answer_of(['postmap', '-c', test.etc, '-q', RELAY, table], text=True))
    assert test.instance.plan(test.instance.load_config(), fixture.credentials(), 0).is_empty()
    print(sorted((finding.get_code().value_nick, finding.get_subject())
                 for finding in test.instance.check()))
    config.props.relay_host = fixture.relay_host(OTHER)
    test.apply(config, fixture.credentials(OTHER))
    test.instance.undo(0)
    test.instance.purge_credentials()
    for relay in (RELAY, OTHER):
        print(fixture.answer_of(['postmap', '-c', test.etc, '-q', relay, table], text=True))
    print(test.instance.query_service())


def setUpModule():
    fixture.need_postfix('unshare')
    fixture.need_types('hash')
