# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""How files and programs are handled, as strace sees it: by descriptors and never through a link,
with programs that get nothing of the caller's, whatever the caller's own surroundings are."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import fixture
from fixture import InstanceTest, Nullmail, RELAY, SECRET

BEGIN, END = '/marker-begin', '/marker-end'
OTHER = '[other.example.com]:587'
LINE = re.compile(r'(?P<pid>\d+) +(?P<name>\w+)\((?P<arguments>.*)\) += (?P<result>-?\w+)')
LOCK = re.compile(r'"(main\.cf\.tmp|\.nullmail-lock)", ')
WRITING = re.compile(r'O_(WRONLY|RDWR|CREAT|TRUNC)')
# What changes something by name, and how many pairs of directory and name it takes.
BY_NAME = {'unlinkat': 1, 'mkdirat': 1, 'renameat': 2, 'renameat2': 2, 'linkat': 2, 'fchmodat': 1,
           'fchownat': 1, 'utimensat': 1, 'mknodat': 1}
# The same by a path alone, and the making of links, are not used at all.
NEVER = {'open', 'creat', 'unlink', 'rmdir', 'rename', 'link', 'symlink', 'symlinkat', 'chmod',
         'chown', 'lchown', 'utime', 'utimes', 'futimesat', 'mkdir', 'mknod', 'truncate',
         'setxattr', 'lsetxattr', 'removexattr', 'lremovexattr', 'chdir', 'fchdir', 'umask',
         'chroot', 'pipe', 'setuid', 'setresuid', 'setgid', 'setresgid'}
PAIR = re.compile(r'(?P<directory>\w+), (?P<name>"(?:[^"\\]|\\.)*")')


def measured(function, *arguments):
    os.access(BEGIN, os.F_OK)
    function(*arguments)
    os.access(END, os.F_OK)


def life(test):
    """All that writes, from the first password to the last."""
    instance = test.instance

    def config(relay):
        return fixture.login_config(relay, origin='example.com',
                                    password_maps=f'hash:{test.sasl_passwd}')

    test.apply(config(RELAY), fixture.credentials())
    test.apply(config(RELAY), fixture.credentials(password='next'))
    test.apply(config(OTHER), fixture.credentials(OTHER))
    instance.undo(0)
    instance.purge_credentials()
    store = instance.get_sasl_passwd_store()
    store.store(fixture.credentials('[third.example.com]'))
    store.rebuild()
    store.clear(Nullmail.RelayHost.parse('[third.example.com]'))
    instance.apply(instance.plan_restore(), Nullmail.ApplyFlags.FORCE)
    instance.check()
    alone = Nullmail.SaslPasswdStore.new(str(test.folder / 'alone' / 'passwords'), 'hash')
    alone.store(fixture.credentials())
    alone.clear(Nullmail.RelayHost.parse(RELAY))


def inside_life(test):
    (test.folder / 'alone').mkdir()
    test.instance.inspect()
    measured(life, test)


class Calls(InstanceTest):
    """One run under strace, looked at from several sides."""

    seen = None

    def setUp(self):
        super().setUp()
        if Calls.seen is None:
            log = self.folder / 'trace'
            self.run_inside('life', ['strace', '-f', '--seccomp-bpf', '-qq', '-s', '4096', '-o',
                                     log, '-e', 'trace=%file,pipe,pipe2,dup3,memfd_create,socket,'
                                     'fchmod,umask,fchdir,setuid,setgid,setresuid,setresgid'])
            Calls.seen = self.folder, list(self.of_the_library(log.read_text()))
        self.of, self.calls = Calls.seen
        self.assertGreater(len(self.calls), 500)

    @staticmethod
    def of_the_library(text):
        pid, unfinished = None, {}
        for line in text.splitlines():
            number = line.partition(' ')[0]
            if line.endswith('<unfinished ...>'):
                unfinished[number] = line.removesuffix('<unfinished ...>').rstrip()
                continue
            if ' resumed>' in line:
                line = unfinished.pop(number, '') + line.partition(' resumed>')[2]
            match = LINE.match(line)
            if not match:
                continue
            if BEGIN in match['arguments']:
                pid = match['pid']
            elif END in match['arguments']:
                return
            elif match['pid'] == pid:
                yield match['name'], match['arguments'], match['result']
        raise AssertionError('no end')

    def named(self, *names):
        return [call for call in self.calls if call[0] in names]

    def test_by_descriptors(self):
        """What is made, opened for writing or changed has its directory's descriptor, one plain
        name, and no link is followed."""
        n_writing = 0
        for name, arguments, _ in self.named('openat', 'openat2'):
            directory, _, rest = arguments.partition(', ')
            if WRITING.search(rest):
                if '"/dev/null"' in rest:
                    continue
                n_writing += 1
                with self.subTest(arguments):
                    self.assertRegex(directory, r'\A\d+\Z')
                    self.assertRegex(rest, r'\A"[^/"]+", ')
                    for flag in ('O_NOFOLLOW', 'O_CLOEXEC'):
                        self.assertIn(flag, rest)
                    if not LOCK.match(rest):  # which others take as well
                        self.assertIn('O_EXCL', rest)
                    self.assertRegex(rest, r', 0600\Z')
        self.assertGreater(n_writing, 30)
        self.assertEqual(self.named(*NEVER), [])

    def test_changes_by_name(self):
        n_changes = 0
        for name, arguments, _ in self.named(*BY_NAME):
            pairs = list(PAIR.finditer(arguments))
            if name == 'utimensat' and re.match(r'\d+, NULL, ', arguments):  # futimens ()
                continue
            with self.subTest(f'{name} {arguments}'):
                self.assertEqual(len(pairs), BY_NAME[name])
                for pair in pairs:
                    n_changes += 1
                    self.assertRegex(pair['directory'], r'\A\d+\Z')
                    self.assertNotIn('/', pair['name'])
        self.assertGreater(n_changes, 30)

    def test_no_descriptor_is_inherited(self):
        """Each has O_CLOEXEC; what GLib opens itself is closed again before anything starts."""
        for name, arguments, _ in self.named('openat', 'pipe2', 'dup3', 'memfd_create', 'socket'):
            if re.search(r'"/dev/urandom"|"/proc/|"/sys/', arguments):
                continue
            if name == 'pipe2' and arguments.endswith(', 0'):  # g_spawn's own, closed by it
                continue
            with self.subTest(f'{name} {arguments}'):
                self.assertRegex(arguments, 'CLOEXEC')

    def test_what_is_read_by_path(self):
        """main.cf, the password file and what check looks at are read as Postfix itself would, by
        path and through links: what matters is compared again by descriptor before the commit."""
        known = re.compile(
            r'"/"|"/dev/(null|urandom)"|"/proc/.*"|"/sys/.*"|"/etc/(services|hosts|nsswitch.conf|'
            r'aliases|'
            r'ssl/.*|resolv.conf|host.conf|gai.conf|localtime|ld.so.cache|passwd|group)"|'
            r'"/usr/(local/)?(lib|lib64|share)(/.*)?"|"/lib.*"|'
            rf'"{self.of}/etc/(main.cf|master.cf|sasl_passwd(.db)?)"|'
            rf'"{self.of}/alone/passwords(.db)?"')
        for _, arguments, result in self.named('openat'):
            directory, _, rest = arguments.partition(', ')
            if directory == 'AT_FDCWD' and result != '-1' and 'O_NOFOLLOW|' not in rest:
                with self.subTest(arguments):
                    self.assertRegex(rest.rpartition('", ')[0] + '"', f'\\A({known.pattern})\\Z')
                    self.assertFalse(WRITING.search(rest) and '/dev/null' not in rest)

    def test_directories_are_looked_at_on_the_way(self):
        """One that is opened by path is no link, and before each one above it was looked at, which
        did not follow a link either; nothing else is opened between."""
        looked, n_opened = set(), 0
        for name, arguments, result in self.named('openat', 'newfstatat', 'fstatat64'):
            directory, _, rest = arguments.partition(', ')
            path = pathlib.PurePath(rest.partition('", ')[0].strip('"'))
            if directory != 'AT_FDCWD':
                continue
            if name != 'openat':
                looked.update([path] if 'AT_SYMLINK_NOFOLLOW' in rest else [])
            elif 'O_NOFOLLOW|' not in rest:
                looked.clear()
            elif result != '-1':
                n_opened += 1
                with self.subTest(arguments):
                    self.assertIn('O_DIRECTORY', rest)
                    self.assertLessEqual(set(path.parents[:-1]), looked)
                looked.clear()
        self.assertGreater(n_opened, 30)

    def test_passwords_are_written_to_files_of_their_own_mode(self):
        """From before the first byte: 0600 at the opening, and never another one."""
        modes = {re.search(r', (0\d+)\Z', arguments)[1] for _, arguments, _ in self.named('fchmod')
                 if not arguments.endswith('0644')}
        self.assertLessEqual(modes, {'0600', '0700'})


# What a program gets to see of the caller.

DUMP = '''#!/usr/bin/python3
import json, os, sys
fds = {}
for name in os.listdir('/proc/self/fd'):
    try:
        fds[name] = os.readlink('/proc/self/fd/' + name)
    except OSError:
        pass
status = open('/proc/self/status').read()
with open(%(log)r, 'a') as file:
    json.dump({'argv': sys.argv, 'environ': dict(os.environ), 'fds': fds, 'cwd': os.getcwd(),
               'executable': os.readlink('/proc/self/exe'), 'umask': status.split('Umask:')[1][:6],
               'blocked': status.split('SigBlk:')[1].split()[0],
               'parent': open('/proc/%%d/comm' %% os.getppid()).read()}, file)
    file.write('\\n')
os.execv(%(real)r, sys.argv)
'''
HOSTILE = {'LD_PRELOAD': '/nonexistent/evil.so', 'LD_LIBRARY_PATH_EXTRA': '/evil', 'IFS': 'a',
           'MAIL_CONFIG': '/nonexistent', 'MAIL_DEBUG': '1', 'MAIL_LOGTAG': 'evil',
           'MAIL_VERBOSE': '1', 'TZ': ':/etc/shadow', 'MALLOC_CHECK_': '3', 'MALLOC_PERTURB_': '7',
           'BASH_ENV': '/evil', 'ENV': '/evil', 'BASH_FUNC_cat%%': '() { echo evil; }',
           'GCONV_PATH': '/evil', 'LOCPATH': '/evil', 'NLSPATH': '/evil', 'SHELLOPTS': 'xtrace',
           'LD_AUDIT': '/nonexistent/evil.so', 'TMPDIR': '/nonexistent', 'HOME': '/nonexistent',
           'POSTLOG_SERVICE': 'evil', 'POSTLOG_HOSTNAME': 'evil'}


class Programs(InstanceTest):
    def setUp(self):
        super().setUp()
        commands = self.folder / 'commands'
        commands.mkdir()
        self.log = self.folder / 'log'
        for name in ('postconf', 'postmap'):
            path = commands / name
            path.write_text(DUMP % {'log': str(self.log), 'real': shutil.which(name)})
            path.chmod(0o755)

    def started(self):
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def assert_clean(self):
        """No more than this: an absolute path, two variables, three descriptors."""
        programs = self.started()
        self.assertEqual({os.path.basename(p['argv'][0]) for p in programs},
                         {'postconf', 'postmap'})
        for program in programs:
            with self.subTest(program['argv']):
                self.assertTrue(program['argv'][0].startswith(str(self.folder / 'commands')))
                program['environ'].pop('LC_CTYPE', None)  # Python sets it itself
                self.assertEqual(program['environ'], {'PATH': '/usr/sbin:/usr/bin:/sbin:/bin',
                                                      'LC_ALL': 'C'})
                fds = {fd: path for fd, path in program['fds'].items()
                       if not path.startswith('/proc/') and path != str(self.log)}
                self.assertEqual(set(fds), {'0', '1', '2'})
                self.assertRegex(fds['0'], r'\A(/dev/null|/memfd:nullmail-input \(deleted\))\Z')
                self.assertRegex(fds['1'], r'\Apipe:')
                self.assertRegex(fds['2'], r'\Apipe:')
                self.assertEqual(program['cwd'], '/')
                self.assertEqual(program['umask'].strip(), '0022')
                self.assertEqual(int(program['blocked'], 16), 0)
                self.assertNotIn('sh', program['parent'].split())
                self.assertNotIn(SECRET, json.dumps(program))

    def test_nothing_of_the_caller(self):
        # The loader would stop at once on what it is to hand on: the child sets these itself.
        self.run_inside('hostile')
        self.assert_clean()

    def test_closed_standard_descriptors(self):
        """No file that is written gets one of the three numbers."""
        trace = self.folder / 'trace'
        self.run_inside('closed', ['strace', '-qq', '-o', trace, '-e', 'trace=openat,fcntl,write'])
        self.assertEqual((self.folder / 'result').read_text(), 'done')
        self.assert_clean()
        text = trace.read_text()
        self.assertEqual(re.findall(rf'\nwrite\([012], "[^"]*{RELAY[1:6]}', text), [])
        self.assertTrue(re.search(r'\nwrite\(\d+, "\[smtp', text), 'the password file')


def instance_with_dump(test):
    return test.new_instance(command_directory=str(test.folder / 'commands'))


def inside_hostile(test):
    for number in range(40):
        os.dup2(os.open('/dev/zero', os.O_RDWR), 50 + number)  # not close-on-exec
        os.set_inheritable(50 + number, True)
    os.environ.update(HOSTILE)
    os.environ['PATH'] = f'.::{test.folder}/evil:/nonexistent'
    os.umask(0)
    import signal
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGCHLD})
    instance = instance_with_dump(test)
    test.apply(fixture.login_config(origin='example.com'), fixture.credentials(), instance=instance)
    test.apply(fixture.login_config(origin='example.com'), fixture.credentials(password='next'),
               instance=instance)


def inside_closed(test):
    alone = test.folder / 'alone'
    alone.mkdir()
    instance = instance_with_dump(test)
    for fd in (0, 1, 2):
        os.close(fd)
    store = Nullmail.SaslPasswdStore(path=str(alone / 'passwords'), map_type='hash',
                                     command_directory=str(test.folder / 'commands'))
    store.store(fixture.credentials())
    test.apply(fixture.login_config(origin='example.com'), fixture.credentials(), instance=instance)
    assert fixture.password_of(store.lookup(Nullmail.RelayHost.parse(RELAY))) == SECRET.encode()
    (test.folder / 'result').write_text('done')
    sys.stdout = sys.stderr = None


class Surroundings(InstanceTest):
    """The same bytes, modes and names, however the caller lives."""

    def result(self, folder):
        found = {}
        for path in sorted((folder / 'etc').iterdir()):
            contents = path.read_bytes().replace(str(folder).encode(), b'FOLDER')
            found[path.name] = (oct(path.stat().st_mode), contents)
        return found

    def run_in(self, inside, **options):
        self.use(fixture.make_folder(inside + '-'))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        fixture.write(self.main_cf, fixture.MAIN_CF)
        self.run_inside(inside, **options)
        modes = {oct(path.stat().st_mode & 0o7777) for path in self.state.rglob('*')
                 if path.is_dir()} | {oct(self.state.stat().st_mode & 0o7777)}
        self.assertEqual(modes, {'0o700'})
        return self.result(self.folder)

    def turkish(self):
        """A language where the lower case of I is no i, made for the purpose."""
        if shutil.which('localedef') is None or not os.path.isdir('/usr/share/i18n/locales'):
            if os.environ.get('CI') == 'true':
                self.fail('localedef and its sources are not installed')
            return None
        where = fixture.make_folder('locale-')
        subprocess.run(['localedef', '-i', 'tr_TR', '-f', 'UTF-8', str(where / 'tr_TR.UTF-8')],
                       check=True)
        return {'LOCPATH': str(where), 'LC_ALL': 'tr_TR.UTF-8', 'LANGUAGE': 'tr'}

    def test_all_alike(self):
        environment = dict(os.environ)
        expected = self.run_in('plain', env=environment)
        self.assertEqual({name: mode for name, (mode, _) in expected.items()},
                         {'main.cf': '0o100644', 'sasl_passwd': '0o100600',
                          f'sasl_passwd{fixture.SUFFIXES[fixture.default_type()]}': '0o100600'})
        elsewhere = fixture.make_folder('elsewhere-')
        fixture.write(elsewhere / 'main.cf', b'mydomain = elsewhere.example.com\n')
        cases = {'umask 0': ('umask_0', {}), 'umask 0777': ('umask_0777', {}),
                 'MAIL_CONFIG': ('plain', {'MAIL_CONFIG': str(elsewhere)}),
                 'PATH': ('plain', {'PATH': '/nonexistent:.'}),
                 'no PATH': ('without_path', {}),
                 'working directory': ('moved', {}),
                 'allocator': ('plain', {'MALLOC_PERTURB_': '165', 'MALLOC_CHECK_': '3'}),
                 'time zone': ('plain', {'TZ': 'Pacific/Kiritimati'})}
        turkish = self.turkish()
        if turkish:
            cases['language'] = ('turkish', turkish)
        for title, (inside, extra) in cases.items():
            with self.subTest(title):
                found = self.run_in(inside, env={**environment, **extra})
                self.assertEqual(self.without_table(found), self.without_table(expected))

    @staticmethod
    def without_table(found):
        """A table has an identifier of its file in it: its mode counts, and its size."""
        return {name: (mode, len(contents) if name.startswith('sasl_passwd.') else contents)
                for name, (mode, contents) in found.items()}


def inside_plain(test):
    config = fixture.login_config('[SMTP.INTERNAL.example.com]:587', origin='example.com',
                                  interfaces=['LOOPBACK-only'.lower()])
    login = fixture.credentials('[SMTP.INTERNAL.example.com]:587')
    test.apply(config, login)
    assert test.instance.plan(config, login, 0).is_empty()
    test.apply(test.instance.load_config(), fixture.credentials('[smtp.internal.EXAMPLE.com]:587',
                                                                password='next'))
    test.instance.get_sasl_passwd_store().store(fixture.credentials('[I.example.com]'))
    assert test.instance.get_sasl_passwd_store().lookup(
        Nullmail.RelayHost.parse('[i.EXAMPLE.com]')) is not None


def inside_umask_0(test):
    os.umask(0)
    inside_plain(test)


def inside_umask_0777(test):
    os.umask(0o777)
    inside_plain(test)


def inside_without_path(test):
    del os.environ['PATH']
    inside_plain(test)


def inside_moved(test):
    """In a directory that is gone."""
    gone = test.folder / 'gone'
    gone.mkdir()
    os.chdir(gone)
    gone.rmdir()
    inside_plain(test)


def inside_turkish(test):
    import locale
    locale.setlocale(locale.LC_ALL, '')
    assert locale.strxfrm('x') and locale.setlocale(locale.LC_CTYPE) == 'tr_TR.UTF-8'
    inside_plain(test)


def setUpModule():
    fixture.need_postfix('strace')
    fixture.need_types('hash')
