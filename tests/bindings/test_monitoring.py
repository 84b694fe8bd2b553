# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What changes is told of, whoever does it and in whichever way; what does not change is not."""

import gc
import os
import shutil
import subprocess

import fixture
import stand_ins
from fixture import GLib, LIMIT_S, NOBODY, Nullmail
from program import need_root

Error = Nullmail.Error
INTERVAL_S = 0.5  # between two reports of the same file
TYPES = ('hash', 'btree', 'lmdb', 'cdb')


def append(path, text='# more\n'):
    with open(path, 'a', encoding='utf-8') as file:
        file.write(text)


def replace(path, text='# new\n'):
    with open(path + '.new', 'w', encoding='utf-8') as file:
        file.write(text)
    os.rename(path + '.new', path)


def write_in_place(path):
    """As many bytes as before."""
    with open(path, 'r+', encoding='utf-8') as file:
        file.write('#')


def count_descriptors():
    gc.collect()  # the instances of earlier tests have some
    return len(os.listdir('/proc/self/fd'))


class Monitoring(stand_ins.Folder):
    """The context is the default one, unless a test takes another."""

    def setUp(self):
        super().setUp()
        self.context = GLib.MainContext.default()
        self.told = []
        self.master_cf = os.path.join(self.etc, 'master.cf')
        self.write(self.master_cf, '# none\n')
        self.write(self.sasl_passwd, '')
        self.instance = None

    def tearDown(self):
        if self.instance is not None:
            self.instance.stop_monitoring()

    def start(self, **properties):
        instance = self.new_instance(**properties)
        instance.connect('changed', lambda _, path: self.told.append(path))
        self.assertTrue(instance.start_monitoring())
        self.instance = instance
        return instance

    def wait(self, is_done):
        """Serves the context until then; how often it had something to do."""
        over = []
        timer = GLib.timeout_source_new(LIMIT_S * 1000)
        timer.set_callback(lambda *_: over.append(True))
        timer.attach(self.context)
        n_woken = 0
        while not is_done():
            self.context.iteration(True)
            n_woken += 1
            self.assertFalse(over, self.told)
        timer.destroy()
        return n_woken

    def expect(self, *paths):
        """These are told of, each once."""
        self.wait(lambda: set(paths) <= set(self.told))
        self.assertEqual(sorted(self.told), sorted(paths))
        self.told.clear()

    def told_by(self, action):
        """What a new instance tells of. master.cf ends it, since all is told of together."""
        instance = self.start()
        action()
        append(self.master_cf)
        self.wait(lambda: self.master_cf in self.told)
        instance.stop_monitoring()
        told = [path for path in self.told if path != self.master_cf]
        self.told.clear()
        return told


class Changes(Monitoring):
    def test_ways(self):
        """Whoever changes a file, and however."""
        ways = {
            'append': append,
            'rename over it': replace,
            'in place': write_in_place,
            'truncate': lambda path: os.truncate(path, 0),
            'sed -i': lambda path: subprocess.run(['sed', '-i', '1i# sed', path], check=True),
            'cp': lambda path: subprocess.run(['cp', self.master_cf, path], check=True),
            'mode': lambda path: os.chmod(path, 0o600),
            'remove': os.unlink,
            'make': append,
            'touch': os.utime,
            'backup and write': lambda path: (os.rename(path, path + '~'), append(path)),
        }
        for name, change in ways.items():
            for path in (self.main_cf, self.sasl_passwd):
                with self.subTest(name, path=path):
                    self.assertEqual(self.told_by(lambda: change(path)), [path])

    def test_owner(self):
        need_root()
        self.assertEqual(self.told_by(lambda: os.chown(self.main_cf, NOBODY, -1)), [self.main_cf])
        self.assertEqual(self.told_by(lambda: os.chown(self.main_cf, -1, NOBODY)), [self.main_cf])

    def test_by_the_library(self):
        self.start()
        self.apply(self.config(authentication=True, password_maps=f'texthash:{self.sasl_passwd}'),
                   fixture.credentials())
        self.expect(self.main_cf, self.sasl_passwd)

    def test_what_is_no_change(self):
        def leave_swap_file():
            append(os.path.join(self.etc, '.main.cf.swp'))
            os.unlink(os.path.join(self.etc, '.main.cf.swp'))

        harmless = {
            'read': lambda: self.read(self.main_cf),
            'list': lambda: os.listdir(self.etc),
            'editor': leave_swap_file,
            'backup by name': lambda: os.link(self.main_cf, self.main_cf + '~'),
            'end of backup': lambda: os.unlink(self.main_cf + '~'),
            'lock': lambda: append(self.main_cf + '.tmp'),
            'other file': lambda: append(os.path.join(self.etc, 'aliases')),
            'other folder': lambda: os.mkdir(os.path.join(self.folder, 'other')),
            'look': lambda: (self.postfix.load_config(), self.postfix.check()),
        }
        for name, action in harmless.items():
            with self.subTest(name):
                self.assertEqual(self.told_by(action), [])

    def test_another_user(self):
        """The password file is not his to watch, but its directory is."""
        need_root()
        os.chmod(self.sasl_passwd, 0o600)
        os.seteuid(NOBODY)
        try:
            self.start()
        finally:
            os.seteuid(0)
        append(self.sasl_passwd, 'x y:z\n')
        self.expect(self.sasl_passwd)
        os.chmod(self.sasl_passwd, 0o400)
        self.expect(self.sasl_passwd)


class Links(Monitoring):
    def setUp(self):
        super().setUp()
        self.versions = [os.path.join(self.folder, name) for name in ('one', 'two')]
        for folder in self.versions:
            os.mkdir(folder)
            shutil.copy(self.main_cf, folder)
        self.targets = [os.path.join(folder, 'main.cf') for folder in self.versions]

    def link(self, target, path=None):
        """Replaces a link at once, as ln -sfn does not."""
        path = path or self.main_cf
        os.symlink(target, path + '.new')
        os.rename(path + '.new', path)

    def assert_followed(self):
        for name, action in {
                'target edited': lambda: append(self.targets[0]),
                'target renamed over': lambda: replace(self.targets[0]),
                'target removed': lambda: os.unlink(self.targets[0]),
                'target back': lambda: append(self.targets[0]),
                'mode of target': lambda: os.chmod(self.targets[0], 0o640)}.items():
            with self.subTest(name):
                self.assertEqual(self.told_by(action), [self.main_cf])
        self.assertEqual(self.told_by(lambda: append(self.targets[1])), [])

    def test_target(self):
        self.link(self.targets[0])
        self.assert_followed()

    def test_relative(self):
        self.link('.././one/../one/main.cf')
        self.assert_followed()

    def test_link_of_link(self):
        self.link(self.targets[0], self.folder + '/middle')
        self.link('../middle')
        self.assert_followed()
        self.assertEqual(self.told_by(lambda: self.link(self.targets[1], self.folder + '/middle')),
                         [self.main_cf])

    def test_folder_in_between(self):
        """As a deployment switches from one version to the next."""
        self.link(self.versions[0], self.folder + '/current')
        self.link('../current/main.cf')
        self.assert_followed()
        self.start()
        self.link(self.versions[1], self.folder + '/current')
        self.expect(self.main_cf)
        append(self.targets[1])
        self.expect(self.main_cf)
        append(self.targets[0])
        append(self.master_cf)
        self.expect(self.master_cf)

    def test_replaced(self):
        self.link(self.targets[0])
        self.assertEqual(self.told_by(lambda: self.link(self.targets[1])), [self.main_cf])
        self.assertEqual(self.told_by(lambda: replace(self.main_cf)), [self.main_cf])

    def test_circle(self):
        self.link('main.cf')
        self.assertEqual(self.told_by(lambda: append(self.targets[0])), [])
        self.assertEqual(self.told_by(lambda: replace(self.main_cf)), [self.main_cf])


class Directories(Monitoring):
    def test_replaced_whole(self):
        """Together, and with a pause in which nothing is there."""
        files = [self.main_cf, self.master_cf, self.sasl_passwd]
        for has_pause in (False, True):
            with self.subTest(has_pause):
                self.start()
                os.rename(self.etc, self.etc + '.old')
                if has_pause:
                    self.expect(*files)
                shutil.copytree(self.etc + '.old', self.etc)
                self.expect(*files)
                append(self.main_cf)
                self.expect(self.main_cf)
                append(self.etc + '.old/main.cf')
                append(self.sasl_passwd)
                self.expect(self.sasl_passwd)
                shutil.rmtree(self.etc + '.old')
                self.instance.stop_monitoring()

    def test_parent(self):
        above = os.path.join(self.folder, 'a')
        etc = os.path.join(above, 'b', 'etc')
        shutil.copytree(self.etc, etc)
        self.start(config_directory=etc)
        shutil.rmtree(above)
        paths = [os.path.join(etc, name) for name in ('main.cf', 'master.cf', 'sasl_passwd')]
        self.expect(*paths)
        shutil.copytree(self.etc, etc)
        self.expect(*paths)

    def test_none(self):
        instance = self.new_instance(config_directory=self.etc + '-none')
        self.assert_error(Error.NOT_FOUND, ['-none', 'correct its name'],
                          instance.start_monitoring)
        instance = self.new_instance(config_directory=self.main_cf)
        self.assert_error(Error.NOT_FOUND, 'main.cf', instance.start_monitoring)

    def test_without_main_cf(self):
        os.unlink(self.main_cf)
        self.start()
        append(self.main_cf)
        self.expect(self.main_cf)


class PasswordFiles(Monitoring):
    def test_none_named(self):
        """A table of whatever type."""
        for suffix in sorted(fixture.SUFFIXES[name] for name in TYPES):
            path = self.sasl_passwd + suffix
            with self.subTest(path):
                self.assertEqual(self.told_by(lambda: append(path)), [path])

    def test_named(self):
        """All of them, macros and proxies included."""
        self.append(f'dir = {self.folder}\n'
                    f'smtp_sasl_password_maps = lmdb:$dir/first, proxy:hash:$dir/second\n')
        for name in ('first', 'first.lmdb', 'second', 'second.db'):
            path = os.path.join(self.folder, name)
            self.assertEqual(self.told_by(lambda: append(path)), [path])
        for path in (self.sasl_passwd, os.path.join(self.folder, 'first.db')):
            self.assertEqual(self.told_by(lambda: append(path)), [])

    def test_named_by_the_default_type(self):
        """Which type that is only Postfix's programs know, unless main.cf says so."""
        self.append(f'smtp_sasl_password_maps = $default_database_type:{self.folder}/own, '
                    f'hash:{self.folder}/other\n')
        for name in ('own', 'own.lmdb', 'own.db', 'own.cdb', 'other.db'):
            path = os.path.join(self.folder, name)
            self.assertEqual(self.told_by(lambda: append(path)), [path])
        self.append('default_database_type = lmdb\n')
        for name, is_watched in (('own.lmdb', True), ('own.cdb', False), ('other.lmdb', False)):
            path = os.path.join(self.folder, name)
            self.assertEqual(self.told_by(lambda: append(path)), [path] if is_watched else [])

    def test_in_the_configuration_directory(self):
        self.append('smtp_sasl_password_maps = texthash:${config_directory}/own\n')
        path = os.path.join(self.etc, 'own')
        self.assertEqual(self.told_by(lambda: append(path)), [path])

    def test_moved(self):
        """The parameter changes while the files are watched."""
        first, second = [os.path.join(self.folder, name) for name in ('first', 'second')]
        self.append(f'smtp_sasl_password_maps = texthash:{first}\n')
        self.start()
        append(first)
        self.expect(first)
        replace(self.main_cf, f'smtp_sasl_password_maps = texthash:{second}\n')
        self.expect(self.main_cf)
        append(first)
        append(second)
        self.expect(second)
        append(self.main_cf, 'no parameter\nsmtp_sasl_password_maps =\n')
        self.expect(self.main_cf)
        append(self.sasl_passwd)
        append(second)
        self.expect(self.sasl_passwd)


class Context(Monitoring):
    def test_thread_default(self):
        self.context = GLib.MainContext.new()
        self.context.push_thread_default()
        try:
            self.start()
        finally:
            self.context.pop_thread_default()
        append(self.main_cf)
        self.expect(self.main_cf)
        replace(self.main_cf)
        GLib.timeout_add(int(INTERVAL_S * 1500), lambda: self.told.append('end'))
        default = GLib.MainContext.default()
        while 'end' not in self.told:
            default.iteration(True)
        self.assertEqual(self.told, ['end'])


class Lifetime(Monitoring):
    def test_start_twice(self):
        self.start()
        n_descriptors = count_descriptors()
        self.assertTrue(self.instance.start_monitoring())
        self.assertEqual(count_descriptors(), n_descriptors)
        append(self.main_cf)
        append(self.master_cf)
        self.expect(self.main_cf, self.master_cf)

    def test_nothing_leaks(self):
        before = count_descriptors()
        for _ in range(50):
            self.start()
            self.instance.stop_monitoring()
            self.instance.stop_monitoring()
        self.assertEqual(count_descriptors(), before)
        self.assertFalse(self.context.pending())

    def test_stopped(self):
        """Also what has changed before is not told of."""
        self.start()
        append(self.main_cf)
        self.context.iteration(True)  # it is noticed, and not told of yet
        self.instance.stop_monitoring()
        other = self.new_instance()
        other.connect('changed', lambda _, path: self.told.append('other ' + path))
        other.start_monitoring()
        append(self.main_cf)
        self.expect('other ' + self.main_cf)

    def test_started_again(self):
        self.start()
        self.instance.stop_monitoring()
        append(self.main_cf)
        self.instance.start_monitoring()
        append(self.master_cf)
        self.expect(self.master_cf)

    def test_dropped(self):
        before = count_descriptors()
        gone = []
        self.start().weak_ref(lambda: gone.append(True))
        append(self.main_cf)
        self.instance = None
        self.assertTrue(gone)
        self.assertEqual(count_descriptors(), before)

    def test_disposed(self):
        before = count_descriptors()
        self.start().run_dispose()
        self.assertEqual(count_descriptors(), before)

    def test_stopped_by_a_handler(self):
        for end in ('stop_monitoring', 'run_dispose'):
            with self.subTest(end):
                instance = self.start()
                instance.connect('changed', lambda *_: getattr(instance, end)())
                before = count_descriptors()
                append(self.main_cf)
                append(self.master_cf)
                self.expect(self.main_cf)
                self.assertEqual(count_descriptors(), before - 1)

    def test_dropped_by_a_handler(self):
        gone = []
        instance = self.start()
        instance.weak_ref(lambda: gone.append(True))
        instance.connect('changed', lambda *_: setattr(self, 'instance', None))
        del instance
        append(self.main_cf)
        self.wait(lambda: gone)
        self.assertEqual(self.told, [self.main_cf])

    def test_restarted_by_a_handler(self):
        instance = self.start()
        instance.connect('changed',
                         lambda *_: (instance.stop_monitoring(), instance.start_monitoring()))
        for _ in range(2):
            append(self.main_cf)
            self.expect(self.main_cf)
