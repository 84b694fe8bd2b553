# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Attacks by files: what stands at a name that the library uses, put there by root, by the owner
of the configuration, or by somebody else who may write to the directory, before or meanwhile."""

import contextlib
import fcntl
import os
import resource
import socket
import stat
import subprocess
import time

import fixture
from fixture import GLib, InstanceTest, Nullmail, RELAY, SECRET

Error = Nullmail.Error
OWNER, ATTACKER = 1234, fixture.NOBODY
GIB = 1 << 30
CPU_LIMIT_S = 10  # for what takes a few milliseconds, and would take for ever
PRECIOUS = b'precious\n'
KINDS = ('link', 'dangling', 'hard link', 'fifo', 'directory', 'socket', 'device')


def as_user(user):
    return {'user': user, 'group': user, 'extra_groups': []}


def plant(kind, path, victim):
    if kind == 'link':
        path.symlink_to(victim)
    elif kind == 'dangling':
        path.symlink_to('nowhere')
    elif kind == 'hard link':
        os.link(victim, path)
    elif kind == 'fifo':
        os.mkfifo(path)
    elif kind == 'directory':
        path.mkdir()
    elif kind == 'socket':
        with socket.socket(socket.AF_UNIX) as server:
            os.chdir(path.parent)  # its whole path may be too long
            server.bind(path.name)
            os.chdir('/')
    else:
        os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 5))  # endless zeros


def code_of(function, *arguments):
    """None, or the code of the error; and none takes long."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    try:
        function(*arguments)
        code = None
    except GLib.Error as error:
        assert error.domain == 'nullmail-error-quark', error
        assert SECRET not in error.message, error.message
        code = Nullmail.Error(error.code)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - before < CPU_LIMIT_S
    return code


class Planted(InstanceTest):
    """By root or by the owner, who could do worse: refused, or put aside and never followed."""

    # What comes of it, in the order of KINDS. None: it is put aside, or is one more link of a path.
    INVALID = Error.INVALID_FILE
    EXPECTED = {
        'etc/main.cf.tmp': (None, None, None, None, INVALID, None, None),
        'etc/.nullmail-lock': (None, None, None, None, INVALID, None, None),
        'etc/main.cf': (None, Error.NOT_FOUND, None, INVALID, INVALID, INVALID, INVALID),
        'etc/sasl_passwd': (None, None, Error.INSECURE_PATH, INVALID, INVALID, INVALID, INVALID),
        'etc/sasl_passwd.db': (None, None, Error.INSECURE_PATH, INVALID, INVALID, INVALID,
                               INVALID),
        # Of the record only what is written is in danger; a damaged one hinders no apply.
        'FOLDER/record.next': (None, None, None, None, Error.WRITE),
        'FOLDER/record': (None,) * 5,
        'FOLDER/previous': (None,) * 3,
        'FOLDER/first': (None,) * 3,
    }
    FOLLOWED = {'etc/main.cf', 'etc/sasl_passwd', 'etc/sasl_passwd.db'}

    def test_by_root(self):
        fixture.need_root()
        self.try_all(0)

    def test_by_the_owner(self):
        fixture.need_root()
        self.try_all(OWNER)

    def try_all(self, user):
        for where, codes in self.EXPECTED.items():
            for kind, code in zip(KINDS, codes):
                with self.subTest(where=where, kind=kind):
                    self.try_one(user, where, kind, code)

    def in_child(self, user, function):
        """As another user, but without the cost of one more interpreter; the text it returns."""
        ours, childs = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                os.setgroups([])
                os.setgid(user)
                os.setuid(user)
                text = function(self)
            except BaseException as error:  # pylint: disable=broad-except
                text = repr(error)
            os.write(childs, text.encode())
            os._exit(0)
        os.close(childs)
        with open(ours, encoding='utf-8') as file:
            text = file.read()
        os.waitpid(pid, 0)
        return text

    def try_one(self, user, where, kind, code):
        self.use(fixture.make_folder('planted-'))
        self.etc.chmod(0o755)
        fixture.write(self.main_cf, fixture.MAIN_CF)
        self.apply_edit('mydomain', 'example.org')  # there is a record now
        folder, = self.state.iterdir()
        path = self.folder / where.replace('FOLDER', str(folder))
        contents = self.main_cf.read_bytes() if path.name == 'main.cf' else PRECIOUS
        if path.name == 'sasl_passwd':
            contents = f'[x.example.com] a:{SECRET}\n'.encode()
        victim = fixture.write(self.folder / 'victim', contents, 0o600)
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        plant(kind, path, victim)
        if path.name == 'sasl_passwd.db':
            fixture.write(self.sasl_passwd, b'', 0o600)  # a table alone is refused anyway
        for file in [self.folder, *self.folder.rglob('*')]:
            os.chown(file, user, user, follow_symlinks=False)

        self.assertEqual(self.in_child(user, change_and_look), str(code))
        follows = where in self.FOLLOWED and kind == 'link'
        self.assertEqual(victim.read_bytes() == contents, code is not None or not follows)
        if code is None:
            self.assert_no_litter('nowhere')


def change_and_look(test):
    def change():
        # Only where the table is the matter is it worth its cost.
        map_type = 'hash' if (test.etc / 'sasl_passwd.db').is_symlink() \
            or (test.etc / 'sasl_passwd.db').exists() else 'texthash'
        config = fixture.login_config(origin='example.com',
                                      password_maps=f'{map_type}:{test.sasl_passwd}')
        test.apply(config, fixture.credentials(password='next'))

    code = code_of(change)
    if code is not None:
        with test.unchanged():
            assert code_of(change) == code
    else:
        found = test.instance.get_sasl_passwd_store().lookup(Nullmail.RelayHost.parse(RELAY))
        assert fixture.password_of(found) == b'next'
        for path in test.etc.glob('sasl_passwd*'):
            assert path.stat().st_mode & 0o7777 == 0o600, path
    return str(code)


class Strangers(InstanceTest):
    """Somebody else may write to a directory: then nothing is written there at all, except in a
    sticky one, where what is his is refused and what is ours he cannot touch."""

    def setUp(self):
        super().setUp()
        fixture.need_root()
        self.victim = fixture.write(self.folder / 'victim', PRECIOUS, 0o600)
        self.victims = self.folder / 'victims'
        self.victims.mkdir()
        fixture.write(self.victims / 'main.cf', PRECIOUS, 0o600)
        self.loot = self.folder / 'loot'
        self.loot.mkdir()
        os.chown(self.loot, ATTACKER, ATTACKER)

    def give(self, user):
        for path in (self.etc, *self.etc.iterdir()):
            os.chown(path, user, user, follow_symlinks=False)

    @contextlib.contextmanager
    def attacker(self, name='attack'):
        process = subprocess.Popen(fixture.inside_command(name, self.folder),
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                   **as_user(ATTACKER))
        try:
            self.wait_for(lambda: (self.loot / 'ready').exists())
            yield
        finally:
            (self.folder / 'stop').touch()
            output, _ = process.communicate(timeout=fixture.LIMIT_S)
            self.assertEqual(process.returncode, 0, output)

    def wait_for(self, condition):
        deadline = time.monotonic() + fixture.LIMIT_S
        while not condition():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)

    def assert_unharmed(self):
        self.assertEqual(self.victim.read_bytes(), PRECIOUS)
        self.assertEqual((self.victims / 'main.cf').read_bytes(), PRECIOUS)
        for path in self.loot.iterdir():
            self.assertNotIn(SECRET.encode(), path.read_bytes(), path)

    def test_writable_directory(self):
        """Whatever he does meanwhile, nothing of ours is ever there for him to find."""
        for mode, group in ((0o777, 0), (0o775, ATTACKER)):
            with self.subTest(oct(mode)):
                os.chown(self.etc, 0, group)
                self.etc.chmod(mode)
                before = self.main_cf.read_bytes()
                with self.attacker():
                    for _ in range(3):
                        self.assert_error(Error.INSECURE_PATH, self.etc, self.change, 'hash')
                self.assertEqual(self.main_cf.read_bytes(), before)
                self.assertFalse(self.sasl_passwd.exists())
                self.assert_unharmed()
                (self.folder / 'stop').unlink()

    def change(self, map_type, number=0):
        config = fixture.login_config(origin='example.com',
                                      password_maps=f'{map_type}:{self.sasl_passwd}')
        self.apply(config, fixture.credentials(password=f'{SECRET}{number}'))

    def test_sticky_directory_root(self):
        self.race(0)

    def test_sticky_directory_owner(self):
        self.race(OWNER)

    def race(self, user):
        """He sees each private name as soon as it is there, and takes those that come next."""
        self.etc.chmod(0o1777)
        self.give(user)
        os.chown(self.folder, user, user)
        with self.attacker():
            output = self.run_inside('changes', timeout=10 * fixture.LIMIT_S, **as_user(user))
        self.assertRegex(output, 'done')
        self.assert_unharmed()
        self.assertGreater(int((self.loot / 'tried').read_text()), 0)
        for path in self.etc.iterdir():
            info = path.lstat()
            if info.st_uid == user and path.name.startswith('sasl_passwd'):
                self.assertEqual(oct(info.st_mode), '0o100600', path)

    def test_planted_before(self):
        """In a sticky directory the targets themselves: refused, not repaired and not read."""
        self.etc.chmod(0o1777)
        login = f'[evil.example.com] evil:{SECRET}\n'.encode()
        for name in ('main.cf', 'main.cf.tmp', '.nullmail-lock', 'sasl_passwd', 'sasl_passwd.db'):
            for kind in ('file', 'link', 'fifo', 'directory'):
                with self.subTest(name=name, kind=kind):
                    fixture.write(self.main_cf, fixture.MAIN_CF)
                    if name == 'sasl_passwd.db':
                        fixture.write(self.sasl_passwd, b'', 0o600)
                    plan = self.instance.plan(
                        fixture.login_config(origin='example.com',
                                             password_maps=f'hash:{self.sasl_passwd}'),
                        fixture.credentials(), 0)
                    path = self.etc / name
                    path.unlink(missing_ok=True)
                    if kind == 'file':
                        fixture.write(path, fixture.MAIN_CF if name == 'main.cf' else login, 0o666)
                    else:
                        plant(kind, path, self.victim)
                    os.chown(path, ATTACKER, ATTACKER, follow_symlinks=False)
                    with self.unchanged(self.etc):
                        self.assert_error(Error.INSECURE_PATH, path, self.instance.apply, plan, 0)
                    self.assertEqual(self.victim.read_bytes(), PRECIOUS)
                    if kind == 'directory':
                        path.rmdir()
                    else:
                        path.unlink()

    def test_nobody_can_hold_a_lock(self):
        """Whoever may read the directory can lock what he can open: that is in nobody's way."""
        self.change('hash')
        with self.attacker('hold'):
            self.assertEqual((self.loot / 'held').read_text(), str(self.etc))
            self.change('hash', 1)
            self.apply_edit('mydomain', 'example.org')
            self.instance.undo(0)

    def test_foreign_owner_elsewhere(self):
        """In root's own directory it was root who gave main.cf away: it stays so (see also the
        password file, which is repaired)."""
        os.chown(self.main_cf, ATTACKER, ATTACKER)
        self.apply_edit('mydomain', 'example.org')
        self.assertEqual(self.main_cf.stat().st_uid, ATTACKER)

    def test_record_of_somebody_else(self):
        """What an undo writes must not be another's word."""
        self.apply_edit('mydomain', 'example.org')
        for path in (self.state, next(self.state.iterdir())):
            with self.subTest(path.name[:5]):
                os.chown(path, ATTACKER, ATTACKER)
                for function in (self.instance.plan_undo, self.instance.plan_restore):
                    self.assert_refused(Error.INSECURE_PATH, path, function)
                os.chown(path, 0, 0)
                path.chmod(0o777)
                self.assert_refused(Error.INSECURE_PATH, path, self.instance.plan_undo)
                path.chmod(0o700)
        self.instance.undo(0)

    def test_leftover_that_is_a_link(self):
        """What looks like a left-over of ours may lead elsewhere."""
        for kind in ('directory', 'link'):
            leftover = self.etc / '.nullmail-0000-sasl_passwd.conf'
            if kind == 'link':
                leftover.symlink_to(self.victims)
            else:
                leftover.mkdir()
                (leftover / 'main.cf').symlink_to(self.victims / 'main.cf')
            self.apply_edit('mydomain', f'{kind}.example.org')
            self.assert_no_litter()
            self.assert_unharmed()


def inside_changes(test):
    """Every kind of table, and one without a main.cf, for which postmap needs a directory. He may
    hold it up with a FIFO, but only for as long as a command may take."""
    allowed = {None, Error.INSECURE_PATH, Error.MAP, Error.CONFLICT, Error.FAILED,
               Error.TIMED_OUT}
    for number in range(12):
        map_type = ('hash', 'lmdb', 'cdb', 'texthash')[number % 4]
        if map_type not in subprocess.check_output(['postconf', '-c', str(test.etc), '-m'],
                                                   text=True).split():
            map_type = 'hash'
        code = code_of(Strangers.change, test, map_type, number)
        assert code in allowed, code
    print('done')


def inside_hold(test):
    """Another user: locks whatever he can open, as soon as it is there, until he is stopped."""
    held = {}
    while not (test.folder / 'stop').exists():
        for path in (test.etc, *test.etc.iterdir()):
            with contextlib.suppress(OSError):
                if path not in held:
                    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
                    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    held[path] = fd
                    if not (test.folder / 'loot' / 'ready').exists():
                        (test.folder / 'loot' / 'held').write_text(str(path))
                        (test.folder / 'loot' / 'ready').touch()


def inside_attack(test):
    """Another user: reads what he can, and puts what he can at names that may come."""
    victim, loot, seen, tried = test.folder / 'victim', test.folder / 'loot', set(), 0
    ways = [lambda path: os.symlink(victim, path), lambda path: os.close(os.open(
        path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)), os.mkfifo, os.mkdir,
            lambda path: os.symlink(test.folder / 'victims', path)]
    os.umask(0)
    os.chdir(test.etc)
    (loot / 'ready').touch()
    while not (test.folder / 'stop').exists():
        for name in os.listdir('.'):
            with contextlib.suppress(OSError):
                with open(name, 'rb', opener=lambda path, flags: os.open(
                        path, flags | os.O_NONBLOCK)) as file:
                    found = file.read(1 << 16) or b''
                if SECRET.encode() in found:
                    (loot / 'secret').write_bytes(found)
            if not name.startswith('.nullmail-') or name in seen:
                continue
            seen.add(name)
            for suffix in ('.db', '.lmdb', '.cdb', '.cdb.tmp', '.conf', '.old'):
                tried += 1
                with contextlib.suppress(OSError):
                    ways[tried % len(ways)](name + suffix)
                    seen.add(name + suffix)
    (loot / 'tried').write_text(str(tried))


class Endless(InstanceTest):
    """main.cf and password files that never end, or that nobody should read to the end."""

    def all_calls(self):
        instance = self.new_instance()
        config = fixture.login_config(origin='example.com',
                                      password_maps=f'hash:{self.sasl_passwd}')
        store = Nullmail.SaslPasswdStore.new(str(self.sasl_passwd), 'hash')
        relay = Nullmail.RelayHost.parse(RELAY)
        return {'main.cf': [(instance.load_main_cf,), (instance.load_config,), (instance.check,),
                            (instance.plan, config, None, 0), (instance.plan_undo,),
                            (instance.purge_credentials,)],
                'sasl_passwd': [(store.list,), (store.lookup, relay), (store.clear, relay),
                                (store.store, fixture.credentials()), (store.rebuild,),
                                (instance.plan, config, fixture.credentials(), 0)]}

    def test_no_end(self):
        fixture.need_root()

        def sparse(path):
            fixture.write(path, b'', 0o600)
            os.truncate(path, GIB)

        def zeros(path):
            os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 5))

        self.instance.inspect()
        for name in ('main.cf', 'sasl_passwd'):
            for make in (sparse, zeros, os.mkfifo):
                fixture.write(self.main_cf, fixture.MAIN_CF)
                self.sasl_passwd.unlink(missing_ok=True)
                path = self.etc / name
                path.unlink(missing_ok=True)
                make(path)
                for function, *arguments in self.all_calls()[name]:
                    with self.subTest(name=name, make=make.__name__, call=function.__name__):
                        self.assertEqual(code_of(function, *arguments), Error.INVALID_FILE)
                self.assertEqual(stat.S_IFMT(path.lstat().st_mode), stat.S_IFMT(
                    path.stat().st_mode))
                if name == 'sasl_passwd':
                    self.assertIsNone(code_of(self.new_instance().check))
                path.unlink()

    def test_doubling_references(self):
        """postconf runs for ever on it, and is ended after its time; what we read we bound."""
        text = ''.join(f'x{i} = $x{i + 1}$x{i + 1}\n' for i in range(60)) + 'x60 = y\n'
        fixture.write(self.main_cf, fixture.MAIN_CF + b'relayhost = $x0\n' + text.encode())
        main_cf = self.instance.load_main_cf()
        self.assertEqual(code_of(main_cf.expand, '$relayhost', None), Error.INVALID_FILE)
        self.assertIsNone(code_of(self.instance.load_config))

    def test_references_without_end(self):
        """Loops and depths: an answer all the same."""
        deep = 'myhostname = ' + '${a?' * 3000 + 'b' + '}' * 3000 + '\na = 1\n'
        long = ''.join(f'x{i} = $x{i + 1}\n' for i in range(300)) + 'x300 = y.example.com\n'
        for name, text in (('loop', 'relayhost = $a\na = $b\nb = ${a}\nmyorigin = $a\n'),
                           ('itself', 'relayhost = [$relayhost]:587\nmyorigin = $myorigin\n'),
                           ('deep', deep), ('long', f'relayhost = $x0\nmyorigin = $x0\n{long}'),
                           ('maps', 'smtp_sasl_password_maps = $smtp_sasl_password_maps\n'
                                    'smtp_sasl_auth_enable = yes\nrelayhost = [a]\n')):
            with self.subTest(name):
                fixture.write(self.main_cf, b'compatibility_level = 2\n' + text.encode())
                self.run_inside('references', preexec_fn=lambda: resource.setrlimit(
                    resource.RLIMIT_AS, (2 * GIB, 2 * GIB)))


def inside_references(test):
    instance = test.instance
    config = fixture.new_config(origin='example.com')
    for function, *arguments in ((instance.load_config,), (instance.check,), (instance.inspect,),
                                 (instance.plan, config, None, 0),
                                 (instance.get_sasl_passwd_store,),
                                 (instance.lookup_parameters, ['relayhost', 'myorigin']),
                                 (instance.load_main_cf().expand, '$relayhost $myorigin', None)):
        code_of(function, *arguments)
    with test.unchanged():
        instance.check()
    test.apply_edit('mydomain', 'example.org')


class Exposed(InstanceTest):
    """A password file that others may read, or that is another's: told, and repaired."""

    def test_finding_and_repair(self):
        fixture.need_root()
        self.set_up_login()
        for name in ('sasl_passwd', 'sasl_passwd.db'):
            for mode, user in ((0o644, 0), (0o604, 0), (0o640, 0), (0o600, ATTACKER),
                               (0o666, ATTACKER)):
                with self.subTest(name=name, mode=oct(mode), user=user):
                    path = self.etc / name
                    path.chmod(mode)
                    os.chown(path, user, user)
                    found = [f for f in self.instance.check()
                             if f.get_code() == Nullmail.FindingCode.SECRET_FILE_MODE]
                    self.assertEqual([f.get_path() for f in found], [str(path)])
                    self.assertTrue(found[0].get_remedy())
                    self.apply(self.instance.load_config())
                    for each in ('sasl_passwd', 'sasl_passwd.db'):
                        info = (self.etc / each).stat()
                        self.assertEqual((oct(info.st_mode), info.st_uid), ('0o100600', 0))
                    self.assertNotIn(Nullmail.FindingCode.SECRET_FILE_MODE,
                                     [f.get_code() for f in self.instance.check()])


def setUpModule():
    fixture.need_postfix()
    fixture.need_types('hash')
    os.environ.setdefault('G_DEBUG', 'fatal-criticals')
