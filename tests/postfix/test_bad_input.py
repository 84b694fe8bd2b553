# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Files, file systems, locks and paths as they should not be: an error code of its own for each, a
message that names the culprit, and not a byte, mode or name changed on disk."""

import concurrent.futures
import fcntl
import os
import shutil
import socket
import stat
import subprocess
import time

import fixture
from fixture import Gio, GLib, InstanceTest, Nullmail, RELAY

Error = Nullmail.Error
MAX_BYTES = 64 * 1024 * 1024
BUSY_S = 10
NOBODY = {'user': fixture.NOBODY, 'group': fixture.NOBODY, 'extra_groups': []}


class Readers:
    """All that read main.cf, for one that cannot be read."""

    def assert_unreadable(self, code, mentions):
        instance = self.new_instance()
        config = fixture.new_config()
        for function, *arguments in ((instance.load_main_cf,), (instance.load_config,),
                                     (instance.get_sasl_passwd_store,), (instance.check,),
                                     (instance.plan, config, None, 0), (instance.plan_undo,),
                                     (instance.plan_restore,), (instance.undo, 0),
                                     (instance.purge_credentials,),
                                     (Nullmail.MainCf.load, str(self.main_cf))):
            with self.subTest(function.__name__):
                self.assert_refused(code, mentions, function, *arguments)


class MainCfFile(InstanceTest, Readers):
    def test_missing(self):
        self.main_cf.unlink()
        self.assert_unreadable(Error.NOT_FOUND, self.main_cf)

    def test_directory_missing(self):
        shutil.rmtree(self.etc)
        self.assert_unreadable(Error.NOT_FOUND, self.main_cf)

    def test_directory_is_a_file(self):
        shutil.rmtree(self.etc)
        fixture.write(self.etc, b'')
        self.assert_unreadable(Error.NOT_FOUND, self.main_cf)

    def test_dangling_link(self):
        self.main_cf.unlink()
        self.main_cf.symlink_to('nowhere')
        self.assert_unreadable(Error.NOT_FOUND, self.main_cf)

    def test_link_to_itself(self):
        self.main_cf.unlink()
        self.main_cf.symlink_to('main.cf')
        self.assert_unreadable(Error.INVALID_FILE, self.main_cf)

    def test_directory(self):
        self.main_cf.unlink()
        self.main_cf.mkdir()
        self.assert_unreadable(Error.INVALID_FILE, [self.main_cf, 'directory'])

    def test_fifo(self):
        self.main_cf.unlink()
        os.mkfifo(self.main_cf)  # to open it would be to wait for ever
        self.assert_unreadable(Error.INVALID_FILE, [self.main_cf, 'FIFO'])

    def test_socket(self):
        self.main_cf.unlink()
        with socket.socket(socket.AF_UNIX) as server:
            os.chdir(self.etc)  # its whole path may be too long
            try:
                server.bind('main.cf')
            finally:
                os.chdir('/')
            self.assert_unreadable(Error.INVALID_FILE, [self.main_cf, 'socket'])

    def test_device(self):
        fixture.need_root()
        self.main_cf.unlink()
        try:
            os.mknod(self.main_cf, stat.S_IFCHR | 0o600, os.makedev(1, 5))  # endless zeros
        except PermissionError:
            fixture.lacks('no right to make a device')
        self.assert_unreadable(Error.INVALID_FILE, self.main_cf)

    def test_nul(self):
        fixture.write(self.main_cf, fixture.MAIN_CF + b'relayhost = a\0b\n')
        self.assert_unreadable(Error.INVALID_FILE, self.main_cf)

    def test_nul_line_is_named(self):
        fixture.write(self.main_cf, fixture.MAIN_CF + b'relayhost = a\0b\n')
        self.assert_refused(Error.INVALID_FILE, ['NUL', '7'], self.instance.load_main_cf)

    def test_huge(self):
        with open(self.main_cf, 'ab') as file:
            file.truncate(MAX_BYTES + 1)
        self.assert_unreadable(Error.INVALID_FILE, self.main_cf)

    def test_unreadable(self):
        fixture.need_root()
        self.main_cf.chmod(0o600)
        self.run_inside('unreadable', **NOBODY)

    def test_unsearchable_directory(self):
        fixture.need_root()
        self.etc.chmod(0o700)
        self.run_inside('unreadable', **NOBODY)

    def test_unwritable(self):
        fixture.need_root()
        self.run_inside('unwritable', **NOBODY)


def inside_unreadable(test):
    for function in (test.instance.load_main_cf, test.instance.load_config, test.instance.check):
        test.assert_error(Error.PERMISSION_DENIED, test.main_cf, function)
    test.assert_error(Error.PERMISSION_DENIED, test.main_cf, test.instance.plan,
                      fixture.new_config(), None, 0)


def inside_unwritable(test):
    plan = test.plan_edit('mydomain', 'example.org')
    test.assert_refused(Error.PERMISSION_DENIED, test.etc, test.instance.apply, plan, 0)
    with test.unchanged():
        test.instance.check()
        assert test.instance.plan(test.instance.load_config(), None, 0).is_empty()
        test.apply(test.instance.load_config())


class BadLine(InstanceTest):
    BAD = b'this is no setting\n'

    def setUp(self):
        super().setUp()
        fixture.write(self.main_cf, fixture.MAIN_CF + self.BAD)
        self.line = fixture.MAIN_CF.count(b'\n') + 1

    def test_check_says_where(self):
        with self.unchanged():
            findings = self.instance.check()
        bad, = [f for f in findings if f.get_code() == Nullmail.FindingCode.BAD_LINE]
        self.assertEqual(bad.get_severity(), Nullmail.Severity.ERROR)
        self.assertEqual((bad.get_path(), bad.get_line()), (str(self.main_cf), self.line))

    def test_loading_works(self):
        self.assertEqual(self.instance.load_main_cf().count_bad_lines(), 1)
        self.assertEqual(self.instance.load_config().get_hostname(), 'host.example.com')

    def test_postfix_cannot_read_it(self):
        words = [self.etc, f'line {self.line}']
        for function, *arguments in ((self.instance.inspect,),
                                     (self.instance.lookup_parameters, ['relayhost'])):
            error = self.assert_refused(Error.COMMAND, words, function, *arguments)
            self.assertNotIn('this is no setting', error.message)  # may be a password

    def test_other_edits_keep_it(self):
        self.apply_edit('mydomain', 'example.org')
        self.assertEqual(self.main_cf.read_bytes(),
                         fixture.MAIN_CF + self.BAD + b'mydomain = example.org\n')

    def test_plan_repairs_it(self):
        """By a new text, or where the bytes are to stay, by making a comment of the line."""
        for edit in ('comment_out', 'unset'):
            with self.subTest(edit):
                fixture.write(self.main_cf, fixture.MAIN_CF + self.BAD)
                main_cf = self.instance.load_main_cf()
                self.assertTrue(getattr(main_cf, edit)('this'))
                plan = self.instance.plan_main_cf(main_cf, None, 0)
                self.assertEqual(plan.get_main_cf().count_bad_lines(), 0)
                self.instance.apply(plan, 0)
                self.instance.inspect()
                self.assertEqual(self.main_cf.read_bytes(), fixture.MAIN_CF
                                 + (b'#' + self.BAD if edit == 'comment_out' else b''))


class FileSystem(InstanceTest):
    def setUp(self):
        super().setUp()
        fixture.need_mounts()

    def run_mounted(self, name, *commands):
        """What lies below the mounts cannot change; what lies beside them must not."""
        with self.unchanged():
            self.run_inside(name, fixture.in_mounts(commands))

    def test_read_only(self):
        self.set_up_login()
        self.run_mounted('read_only', f'mount --bind {self.etc} {self.etc}',
                         f'mount -o remount,bind,ro {self.etc}')

    def test_read_only_state(self):
        self.state.mkdir(mode=0o700)
        self.run_mounted('state_not_writable', f'mount --bind {self.state} {self.state}',
                         f'mount -o remount,bind,ro {self.state}')

    def test_read_only_passwords(self):
        """What does not change needs no right to change it."""
        secrets = self.folder / 'secrets'
        secrets.mkdir(mode=0o700)
        self.apply(fixture.login_config(origin='example.com',
                                        password_maps=f'texthash:{secrets}/sasl_passwd'),
                   fixture.credentials())
        self.run_inside('read_only_passwords', fixture.in_mounts(
            [f'mount --bind {secrets} {secrets}', f'mount -o remount,bind,ro {secrets}']))

    def test_full_state(self):
        self.state.mkdir(mode=0o700)
        self.run_mounted('state_not_writable', f'mount -t tmpfs -o size=4k none {self.state}',
                         f'head -c 4096 /dev/zero >{self.state}/ballast')

    def test_full(self):
        for inodes in (False, True):
            for map_type in ('hash', 'texthash'):
                with self.subTest(inodes=inodes, map_type=map_type):
                    self.set_up_login(map_type)
                    limit = 'nr_inodes=9' if inodes else 'size=128k'
                    copy = self.folder / 'copy'
                    shutil.rmtree(copy, ignore_errors=True)
                    shutil.copytree(self.etc, copy)
                    fill = '' if inodes else f'cat /dev/zero >{self.etc}/ballast 2>&- || true'
                    self.run_mounted('full', f'mount -t tmpfs -o {limit},mode=755 none {self.etc}',
                                     f'cp -a {copy}/. {self.etc}/', fill or 'true',
                                     *([f'touch {self.etc}/ballast{i} 2>&- || true'
                                        for i in range(9)] if inodes else []))


def inside_read_only(test):
    login = fixture.credentials(password='another')
    config = test.instance.load_config()
    plans = [test.plan_edit('mydomain', 'example.org'), test.instance.plan(config, login, 0)]
    for plan in plans:
        test.assert_refused(Error.WRITE, test.etc, test.instance.apply, plan, 0)
    store = test.instance.get_sasl_passwd_store()
    test.assert_refused(Error.WRITE, test.etc, store.store, login)
    test.assert_refused(Error.WRITE, test.etc, store.clear,
                        Nullmail.RelayHost.parse(RELAY))
    test.assert_refused(Error.WRITE, test.etc, store.rebuild)


def inside_read_only_passwords(test):
    before = test.main_cf.read_bytes()
    test.apply_edit('mydomain', 'example.org')
    test.assertIn(b'example.org', test.main_cf.read_bytes())
    test.instance.undo(0)
    test.assertEqual(test.main_cf.read_bytes(), before)
    secrets = test.folder / 'secrets'
    plan = test.instance.plan(test.instance.load_config(), fixture.credentials(password='new'), 0)
    test.assert_refused(Error.WRITE, secrets, test.instance.apply, plan, 0)
    store = test.instance.get_sasl_passwd_store()
    test.assert_refused(Error.WRITE, secrets, store.store, fixture.credentials(password='new'))
    store.store(fixture.credentials())


def inside_full(test):
    """Also a password: of the three files none is changed, and nothing is left behind."""
    long = 'x' * 900
    login = fixture.credentials(password=long)
    config = test.instance.load_config()
    main_cf = test.instance.load_main_cf()
    for i in range(20):
        main_cf.set_value(f'nullmail_{i}', long)
    plans = [test.instance.plan_main_cf(main_cf, None, 0), test.instance.plan(config, login, 0),
             test.instance.plan_main_cf(main_cf, login, 0)]
    store = test.instance.get_sasl_passwd_store()
    for plan in plans:
        test.assert_refused(Error.WRITE, test.etc, test.instance.apply, plan, 0)
    test.assert_refused(Error.WRITE, test.etc, store.store, login)
    for path in test.etc.glob('ballast*'):
        path.unlink()
    # What was in the way is gone, and the same plan works; its record goes with the mount.
    other = Nullmail.PostfixInstance(config_directory=str(test.etc),
                                     state_directory=str(test.etc / 'state'),
                                     service_control=Nullmail.ServiceControl.DISABLED)
    other.apply(plans[0], Nullmail.ApplyFlags.NO_UNDO)


def inside_state_not_writable(test):
    plan = test.plan_edit('mydomain', 'example.org')
    with test.unchanged(test.etc):
        test.assert_error(Error.WRITE, test.state, test.instance.apply, plan, 0)


def lock(path):
    fd = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    fcntl.flock(fd, fcntl.LOCK_EX)
    return fd


class Lock(InstanceTest):
    """Another process holds postconf's lock: all that wait for it do so at once."""

    def test_busy(self):
        """All give up after ten seconds, also those that wait behind the first."""
        self.set_up_login()
        self.addCleanup(os.close, lock(self.etc / 'main.cf.tmp'))
        plan = self.plan_edit('mydomain', 'example.org')
        began = time.monotonic()
        with self.unchanged():
            children = [subprocess.Popen(fixture.inside_command(name, self.folder), text=True,
                                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                        for name in ('busy_store', 'busy_rebuild', 'busy_clear')]
            # Reading needs no lock, nor does a plan with nothing to do.
            self.instance.check()
            self.apply(self.instance.load_config())
            self.assertEqual([child.poll() for child in children], [None] * len(children))
            self.assert_error(Error.BUSY, self.etc, self.instance.apply, plan, 0)
            self.assertGreater(time.monotonic() - began, BUSY_S - 1)
            for child in children:
                output, _ = child.communicate(timeout=fixture.LIMIT_S)
                self.assertEqual(child.returncode, 0, output)
        # One after the other they would take four times as long.
        self.assertLess(time.monotonic() - began, 3 * BUSY_S)

    def test_cancelled_while_waiting(self):
        self.addCleanup(os.close, lock(self.etc / 'main.cf.tmp'))
        plan = self.plan_edit('mydomain', 'example.org')
        cancellable = Gio.Cancellable()
        loop = GLib.MainLoop()
        results = []

        def done(instance, result):
            try:
                results.append(instance.apply_finish(result))
            except GLib.Error as error:
                results.append(error)
            loop.quit()

        with self.unchanged():
            self.instance.apply_async(plan, 0, cancellable, done)
            GLib.timeout_add(200, cancellable.cancel)
            loop.run()
        # Had it waited to the end, it would say BUSY.
        self.assertTrue(results[0].matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))

    def test_waits_for_its_turn(self):
        plan = self.plan_edit('mydomain', 'example.org')
        fd = lock(self.etc / 'main.cf.tmp')
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            result = pool.submit(self.run_inside, 'apply_edit')
            time.sleep(0.5)
            self.assertFalse(result.done())
            (self.etc / 'main.cf.tmp').unlink()  # as postconf's rename: before the lock goes
            os.close(fd)
            result.result(fixture.LIMIT_S)
        self.assertIn(b'mydomain = example.net\n', self.main_cf.read_bytes())
        self.assert_error(Error.CONFLICT, self.main_cf, self.instance.apply, plan, 0)

    def test_what_stands_in_the_way(self):
        """Postfix's protocol: whatever is no plain file is removed, but never followed."""
        tmp, target = self.etc / 'main.cf.tmp', fixture.write(self.folder / 'target', b'precious\n')
        linked = fixture.write(self.folder / 'linked', b'precious\n', 0o644)
        for number, make in enumerate((
                lambda: tmp.symlink_to(target), lambda: os.mkfifo(tmp),
                lambda: tmp.symlink_to('nowhere'), lambda: os.link(linked, tmp),
                lambda: fixture.write(tmp, b'half a file', 0o666))):
            with self.subTest(number):
                make()
                with self.unchanged(target, linked):
                    self.apply_edit('mydomain', f'x{number}.example.org')
                self.assert_no_litter()
                self.assertIn(f'mydomain = x{number}.example.org\n', self.main_cf.read_text())
                self.assertFalse((self.etc / 'nowhere').exists())

    def test_directory_in_the_way(self):
        (self.etc / 'main.cf.tmp').mkdir()
        plan = self.plan_edit('mydomain', 'example.org')
        self.assert_refused(Error.INVALID_FILE, self.etc / 'main.cf.tmp', self.instance.apply,
                            plan, 0)

    def test_somebody_elses_link_in_the_way(self):
        fixture.need_root()
        (self.etc / 'main.cf.tmp').symlink_to('nowhere')
        os.lchown(self.etc / 'main.cf.tmp', fixture.NOBODY, fixture.NOBODY)
        plan = self.plan_edit('mydomain', 'example.org')
        self.assert_refused(Error.INSECURE_PATH, self.etc / 'main.cf.tmp', self.instance.apply,
                            plan, 0)


def inside_apply_edit(test):
    test.apply_edit('mydomain', 'example.net')


def inside_busy_store(test):
    store = test.instance.get_sasl_passwd_store()
    test.assert_error(Error.BUSY, test.etc, store.store, fixture.credentials(password='x'))


def inside_busy_rebuild(test):
    store = test.instance.get_sasl_passwd_store()
    test.assert_error(Error.BUSY, test.etc, store.rebuild)


def inside_busy_clear(test):
    store = test.instance.get_sasl_passwd_store()
    test.assert_error(Error.BUSY, test.etc, store.clear, Nullmail.RelayHost.parse(RELAY))


class Paths(InstanceTest):
    def setUp(self):
        super().setUp()
        fixture.need_root()

    def assert_insecure(self, mentions):
        login = fixture.credentials()
        plan = self.plan_edit('mydomain', 'example.org')
        self.assert_refused(Error.INSECURE_PATH, mentions, self.instance.apply, plan, 0)
        self.assert_refused(Error.INSECURE_PATH, mentions, self.instance.apply, plan,
                            Nullmail.ApplyFlags.FORCE)
        store = Nullmail.SaslPasswdStore.new(str(self.sasl_passwd), 'texthash')
        self.assert_refused(Error.INSECURE_PATH, mentions, store.store, login)

    def test_directory_of_somebody_else(self):
        os.chown(self.etc, fixture.NOBODY, fixture.NOBODY)
        self.assert_insecure([self.etc, str(fixture.NOBODY)])

    def test_directory_writable_by_others(self):
        for mode in (0o777, 0o775, 0o757):
            with self.subTest(oct(mode)):
                self.etc.chmod(mode)
                self.assert_insecure(self.etc)

    def test_directory_above_writable_by_others(self):
        self.folder.chmod(0o777)
        self.assert_insecure(self.etc)
        self.folder.chmod(0o1777)
        self.apply_edit('mydomain', 'example.org')

    def test_directory_through_somebody_elses_link(self):
        link = self.folder / 'link'
        link.symlink_to(self.etc)
        os.lchown(link, fixture.NOBODY, fixture.NOBODY)
        instance = self.new_instance(config_directory=str(link))
        plan = self.plan_edit('mydomain', 'example.org', instance)
        self.assert_refused(Error.INSECURE_PATH, link, instance.apply, plan, 0)

    def test_state_directory_of_somebody_else(self):
        self.state.mkdir(mode=0o700)
        os.chown(self.state, fixture.NOBODY, fixture.NOBODY)
        plan = self.plan_edit('mydomain', 'example.org')
        self.assert_refused(Error.INSECURE_PATH, self.state, self.instance.apply, plan, 0)

    def test_link_is_followed(self):
        target = self.folder / 'real' / 'postfix.cf'
        target.parent.mkdir()
        shutil.move(self.main_cf, target)
        self.main_cf.symlink_to(target)
        for value in ('a.example.org', 'b.example.org'):
            self.apply_edit('mydomain', value)
            self.assertTrue(self.main_cf.is_symlink())
            self.assertEqual(target.read_bytes(),
                             fixture.MAIN_CF + f'mydomain = {value}\n'.encode())
        self.assertEqual([path.name for path in target.parent.iterdir()], ['postfix.cf'])
        self.assert_no_litter()

    def test_link_to_an_insecure_place(self):
        target = self.folder / 'real' / 'postfix.cf'
        target.parent.mkdir()
        shutil.move(self.main_cf, target)
        self.main_cf.symlink_to(target)
        for mode, user in ((0o777, 0), (0o755, fixture.NOBODY)):
            target.parent.chmod(mode)
            os.chown(target.parent, user, -1)
            plan = self.plan_edit('mydomain', 'example.org')
            self.assert_refused(Error.INSECURE_PATH, self.main_cf, self.instance.apply, plan, 0)

    def test_hard_linked_password_file(self):
        self.set_up_login()
        for name in ('sasl_passwd', 'sasl_passwd.db'):
            with self.subTest(name):
                os.link(self.etc / name, self.folder / 'other-name')
                login = fixture.credentials(password='another')
                store = self.instance.get_sasl_passwd_store()
                plan = self.instance.plan(self.instance.load_config(), login, 0)
                self.assert_refused(Error.INSECURE_PATH, self.etc / name, store.store, login)
                self.assert_refused(Error.INSECURE_PATH, self.etc / name, self.instance.apply,
                                    plan, 0)
                (self.folder / 'other-name').unlink()

def setUpModule():
    fixture.need_postfix('sh', 'head')
    fixture.need_types('hash')
