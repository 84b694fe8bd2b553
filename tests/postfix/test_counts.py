# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What an apply costs, in system calls, by strace: writes, processes, fsyncs, renames. And which
times the files have after it."""

import os
import re
import subprocess
import time

import fixture
from fixture import InstanceTest, Nullmail, OLD_S, RELAY

BEGIN, END = '/marker-begin', '/marker-end'
CALLS = ('open,openat,creat,write,pwrite64,writev,pwritev,truncate,ftruncate,fallocate,'
         'copy_file_range,sendfile,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,'
         'unlinkat,rmdir,mkdir,mkdirat,mknod,mknodat,chmod,fchmod,fchmodat,chown,fchown,lchown,'
         'fchownat,utimensat,setxattr,fsetxattr,lsetxattr,removexattr,fremovexattr,fsync,fdatasync,'
         'sync,syncfs,sync_file_range,fork,vfork,clone,clone3,execve,access,faccessat,faccessat2')
LINE = re.compile(r'(?P<pid>\d+) +(?P<name>\w+)\((?P<arguments>.*)\) += (?P<result>-?\w+)')
READ_ONLY = re.compile(r'O_(WRONLY|RDWR|CREAT|TRUNC|TMPFILE)')
MEMORY = {'brk', 'mmap', 'munmap', 'mprotect', 'mremap', 'madvise', 'futex'}
SYNCS = {'fsync', 'fdatasync', 'sync', 'syncfs', 'sync_file_range'}
FORKS = {'fork', 'vfork', 'clone', 'clone3'}


class Trace:
    """The calls of the library's process between the markers."""

    def __init__(self, text):
        self.calls = []
        pid = None
        for match in self.join(text):
            if BEGIN in match['arguments']:
                pid = match['pid']
            elif END in match['arguments']:
                return
            elif match['pid'] == pid:
                self.calls.append((match['name'], match['arguments'], match['result']))
        raise AssertionError('no end: ' + text[-2000:])

    @staticmethod
    def join(text):
        """Calls that another process interrupted are on two lines."""
        unfinished = {}
        for line in text.splitlines():
            pid = line.partition(' ')[0]
            if line.endswith('<unfinished ...>'):
                unfinished[pid] = line.removesuffix('<unfinished ...>').rstrip()
                continue
            if ' resumed>' in line:
                line = unfinished.pop(pid) + line.partition(' resumed>')[2]
            match = LINE.match(line)
            if match:
                yield match

    def named(self, *names):
        return [call for call in self.calls if call[0] in names]

    def syncs(self):
        return self.named(*SYNCS)

    def forks(self):
        return [call for call in self.named(*FORKS) if 'CLONE_THREAD' not in call[1]]

    def renames(self):
        return [call for call in self.named('rename', 'renameat', 'renameat2') if call[2] == '0']

    def writes(self):
        """Whatever changes a file; a pipe and the like is none."""
        found = []
        for call in self.calls:
            name, arguments, _ = call
            if name in ('access', 'faccessat', 'faccessat2', 'execve') or name in FORKS:
                continue
            if name in ('open', 'openat') and not READ_ONLY.search(arguments):
                continue
            if name in ('write', 'pwrite64', 'writev', 'pwritev') \
                    and re.match(r'\d+<(pipe|socket|anon_inode|UNIX|/memfd)', arguments):
                continue
            found.append(call)
        return found


def measured(function, *arguments):
    os.access(BEGIN, os.F_OK)
    try:
        return function(*arguments)
    finally:
        os.access(END, os.F_OK)


# What is measured; each in a process of its own, in the test's folder.

def inside_apply_nothing(test):
    config = test.instance.load_config()
    measured(test.apply, config)
    assert test.instance.plan(config, None, 0).is_empty()


def inside_apply_again(test):
    """The same settings and the same password once more."""
    config = fixture.login_config(origin='example.com')
    login = fixture.credentials()
    test.instance.inspect()
    measured(test.apply, config, login)
    assert test.instance.plan(config, login, 0).is_empty()


def inside_ensure_again(test):
    config = fixture.login_config(origin='example.com')
    login = fixture.credentials()
    test.instance.inspect()
    _, changed = measured(test.instance.ensure, config, login, 0, 0)
    assert changed is False


def measure_whole(test, edit):
    """The plan and its apply, of an instance that was inspected. What a process does once, such as
    making GLib's types, is done by another instance first."""
    for instance in (test.new_instance(), test.instance):
        instance.inspect()
        config = instance.load_config()
        edit(config)
        if instance is not test.instance:
            instance.plan(config, None, 0)
    measured(test.apply, config)


def inside_whole_nothing(test):
    measure_whole(test, lambda config: None)


def inside_whole_setting(test):
    measure_whole(test, lambda config: config.set_hostname('other.example.com'))


def inside_first_relay_and_password(test):
    """Nothing was asked of Postfix before."""
    config = fixture.login_config('[other.example.com]:587')
    measured(test.apply, config, fixture.credentials('[other.example.com]:587'))


def inside_plan_only(test):
    config = fixture.login_config('[other.example.com]:465')
    login = fixture.credentials('[other.example.com]:465', password='other')
    test.instance.inspect()
    plan = measured(test.instance.plan, config, login, 0)
    assert not plan.is_empty()


def inside_apply_main_cf(test):
    test.instance.inspect()
    config = test.instance.load_config()
    config.set_hostname('other.example.com')
    measured(test.apply, config)


def inside_commit_main_cf(test):
    """The commit without its plan."""
    test.instance.inspect()
    config = test.instance.load_config()
    config.set_hostname('other.example.com')
    plan = test.instance.plan(config, None, 0)
    measured(test.instance.apply, plan, 0)


def inside_commit_nothing(test):
    test.instance.inspect()
    plan = test.instance.plan(test.instance.load_config(), None, 0)
    measured(test.instance.apply, plan, 0)


def inside_apply_password(test):
    test.instance.inspect()
    config = test.instance.load_config()
    measured(test.apply, config, fixture.credentials(password='another'))


def inside_apply_both(test):
    test.instance.inspect()
    config = test.instance.load_config()
    config.set_hostname('other.example.com')
    measured(test.apply, config, fixture.credentials(password='another'))


def inside_apply_new_relay(test):
    test.instance.inspect()
    config = test.instance.load_config()
    config.set_relay_host(Nullmail.RelayHost.parse('[other.example.com]:587'))
    measured(test.apply, config, fixture.credentials('[other.example.com]:587'))


def inside_store(test):
    store = test.instance.get_sasl_passwd_store()
    measured(store.store, fixture.credentials(password='a third'))


def inside_undo(test):
    test.instance.inspect()
    measured(test.instance.undo, 0)


class Counts(InstanceTest):
    def trace(self, name, prefix=(), calls=CALLS):
        log = self.folder / 'trace'
        self.run_inside(name, [*prefix, 'strace', '-f', '-y', '-s', '80', '-o', log,
                               '-e', 'trace=' + calls, '-e', 'signal=none'])
        text = log.read_text(encoding='utf-8', errors='replace')
        log.unlink()
        return Trace(text)

    def assert_idle(self, name):
        with self.unchanged(self.etc, self.state):
            trace = self.trace(name)
        self.assertEqual(trace.writes(), [])
        self.assertEqual(trace.forks(), [])
        self.assertEqual(trace.named('execve'), [])
        self.assertEqual(trace.syncs(), [])
        self.assertGreater(len(trace.calls), 2, 'nothing was seen at all')

    def test_nothing_to_change(self):
        self.assert_idle('apply_nothing')

    def test_nothing_to_change_with_login(self):
        self.set_up_login()
        self.assert_idle('apply_nothing')

    def test_same_configuration_again(self):
        for map_type in ('hash', 'texthash'):
            with self.subTest(map_type):
                self.set_up_login(map_type)
                self.assert_idle('apply_again')
                self.assert_idle('ensure_again')

    def test_plan_writes_nothing(self):
        self.assert_idle('plan_only')

    def assert_costs(self, name, n_syncs, n_forks):
        self.instance.inspect()
        trace = self.trace(name)
        self.assertEqual(len(trace.syncs()), n_syncs, trace.syncs())
        self.assertEqual({call[0] for call in trace.syncs()}, {'fsync'})
        self.assertEqual(len(trace.forks()), n_forks, trace.forks())
        self.assert_no_litter()
        return trace

    def test_main_cf_only(self):
        for with_login in (False, True):
            with self.subTest(with_login=with_login):
                if with_login:
                    self.set_up_login()
                before = self.main_cf.read_bytes()
                trace = self.assert_costs('apply_main_cf', 2, 0)
                file, directory = [arguments for _, arguments, _ in trace.syncs()]
                self.assertIn(f'<{self.etc}/', file)
                self.assertTrue(directory.endswith(f'<{self.etc}>'), directory)
                self.assert_kept_by_rename(trace, before)
                fixture.write(self.main_cf, fixture.MAIN_CF)

    def assert_calls(self, name, limit, n_walks=2):
        """However deep the directories are: each one on the way to them is looked at once a walk,
        and there is one walk to main.cf and one or two to the record, which may have to be made."""
        trace = self.trace(name, calls='all')
        walks = [call for call in trace.named('newfstatat') if 'AT_FDCWD' in call[1]]
        for arguments in {call[1] for call in walks}:
            path = arguments.partition('"')[2].partition('"')[0]
            self.assertLessEqual(sum(f'"{path}"' in call[1] for call in walks), n_walks)
        rest = [call for call in trace.calls if call not in walks and call[0] not in MEMORY]
        self.assertLessEqual(len(rest), limit, '\n'.join(map(str, rest)))
        return trace

    def test_calls(self):
        """Beside them: two locks, the staged file, the record, looks at what is displaced, three
        calls for the first random number of a process, and ten to compare the password file. Nine
        are to keep those away who write in place, and to see that main.cf is no mount."""
        self.apply_edit('mydomain', 'example.org')
        for with_login, limit in ((False, 72), (True, 82)):
            with self.subTest(with_login=with_login):
                if with_login:
                    self.set_up_login()
                self.assertEqual(len(self.assert_calls('commit_main_cf', limit).syncs()), 2)
                self.instance.undo(0)
                self.assert_calls('commit_nothing', 8)

    def test_whole(self):
        """Nothing to change: 40 calls in all, with a login 60; one setting: 139, and with a login
        eight more, since it is looked up whether the map is as this library has left it. The looks
        at the directories above are among them, for /etc/postfix and /var/lib/libnullmail."""
        fixture.write(self.etc / 'master.cf', b'smtp unix - - n - - smtp\n')
        for with_login, nothing, setting in ((False, 40, 139), (True, 60, 147)):
            with self.subTest(with_login=with_login):
                if with_login:
                    self.set_up_login()
                trace = self.assert_calls('whole_nothing', nothing - 1, n_walks=3)
                self.assertEqual(trace.forks() + trace.syncs(), [])
                trace = self.assert_calls('whole_setting', setting - 13, n_walks=5)
                self.assertEqual(len(trace.syncs()), 2)
                self.assertEqual(trace.forks(), [])
                fixture.write(self.main_cf, fixture.MAIN_CF)

    def test_first_apply(self):
        """A program that has just begun asks postconf once, asks postmap once whether the type of
        table works that is its default, which is not so everywhere, and lets it build once."""
        trace = self.trace('first_relay_and_password', calls='execve,' + CALLS)
        self.assertLessEqual(len(trace.forks()), 3, trace.forks())

    def assert_kept_by_rename(self, trace, before):
        """The old main.cf itself becomes the record, and no byte of it is written again."""
        kept = [call for call in trace.renames() if '"previous"' in call[1]]
        self.assertEqual(len(kept), 1, trace.renames())
        previous, = self.state.rglob('previous')
        self.assertEqual(previous.read_bytes(), before)
        written = [call for call in trace.named('write', 'pwrite64')
                   if str(previous.parent) + '/' in call[1] and '/record' not in call[1]]
        self.assertEqual(written, [])

    def test_first_and_later_records(self):
        """The first main.cf of all is kept too, whatever comes later."""
        self.trace('apply_main_cf')
        self.apply_edit('mydomain', 'example.org')
        self.apply_edit('mydomain', 'example.net')
        folder, = self.state.iterdir()
        self.assertEqual({path.name for path in folder.iterdir()}, {'record', 'previous', 'first'})
        self.assertEqual((folder / 'first').read_bytes(), fixture.MAIN_CF)
        self.assertIn(b'mydomain = example.org\n', (folder / 'previous').read_bytes())

    def test_record_on_another_file_system(self):
        fixture.need_mounts()
        self.state.mkdir(mode=0o700)
        copy = self.folder / 'copy'
        before = self.main_cf.read_bytes()
        prefix = fixture.in_mounts([f'mount -t tmpfs -o size=1m,mode=700 none {self.state}',
                                    f'trap "cp -a {self.state} {copy}" EXIT'])
        prefix[-2] = prefix[-2].replace('exec ', '')
        trace = self.trace('apply_main_cf', prefix)
        self.assertEqual(len(trace.syncs()), 2, trace.syncs())
        self.assertEqual(trace.forks(), [])
        self.assertEqual([call for call in trace.renames() if '"previous"' in call[1]
                          and str(self.etc) in call[1]], [])
        previous, = copy.rglob('previous')
        self.assertEqual(previous.read_bytes(), before)
        self.assertEqual(previous.stat().st_mode & 0o077, 0)
        self.assert_no_litter()

    def count_builds(self, map_type):
        """postmap builds; where it warns as it does so it is asked as well, as Debian's 3.11 does
        that calls hash deprecated."""
        source = self.folder / 'warned'
        source.write_text('key value\n')
        done = subprocess.run(['postmap', '-c', self.etc, f'{map_type}:{source}'], check=True,
                              stderr=subprocess.PIPE)
        return 2 if done.stderr else 1

    def test_password_only(self):
        """Syncs: the source, the table, the directory. Processes: postmap builds."""
        for map_type, n_syncs, n_forks in (('hash', 3, self.count_builds('hash')),
                                           ('texthash', 2, 0)):
            with self.subTest(map_type):
                self.set_up_login(map_type)
                self.assert_costs('apply_password', n_syncs, n_forks)
                self.assert_costs('store', n_syncs, n_forks)

    def test_password_and_main_cf(self):
        """Syncs: three files, the directory before main.cf's exchange and after it."""
        n_forks = self.count_builds(fixture.table_types()[0])
        for name in ('apply_both', 'apply_new_relay'):
            with self.subTest(name):
                fixture.write(self.main_cf, fixture.MAIN_CF)
                self.set_up_login()
                trace = self.assert_costs(name, 5, n_forks)
                exchanges = [call[1] for call in trace.renames() if 'RENAME_EXCHANGE' in call[1]]
                self.assertIn('"main.cf"', exchanges[-1], 'the commit is the last')
                self.assertEqual(len(exchanges), 3, exchanges)

    def test_undo(self):
        self.apply_edit('mydomain', 'example.org')
        self.assert_costs('undo', 2, 0)
        self.assertEqual(self.main_cf.read_bytes(), fixture.MAIN_CF)


class Times(InstanceTest):
    def age_of(self, path):
        return time.time() - path.stat().st_mtime

    def test_main_cf_is_old_at_once(self):
        self.apply_edit('mydomain', 'example.org')
        self.assertGreaterEqual(self.age_of(self.main_cf), 2)
        self.assertLess(self.age_of(self.main_cf), 2 + fixture.LIMIT_S)
        trace = self.folder / 'trace'
        subprocess.run(['strace', '-qq', '-o', trace, 'postconf', '-c', self.etc, 'mydomain'],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.assertNotIn('nanosleep', trace.read_text(), 'Postfix waits for the file to grow old')

    def test_main_cf_is_newer_than_before(self):
        """However quickly it changes, a reader sees that it did."""
        for when_ns in (time.time_ns(), time.time_ns() - 10**9, time.time_ns() + 3600 * 10**9,
                        1999999999 * 10**9 + 999999999):
            with self.subTest(when_ns):
                os.utime(self.main_cf, ns=(when_ns, when_ns))
                self.apply_edit('mydomain', f'x{when_ns}.example.org')
                self.assertEqual(self.main_cf.stat().st_mtime_ns, when_ns + 1)

    def test_quick_applies_have_different_times(self):
        seen = {self.main_cf.stat().st_mtime_ns}
        for i in range(10):
            self.apply_edit('mydomain', f'x{i}.example.org')
            when = self.main_cf.stat().st_mtime_ns
            self.assertGreater(when, max(seen))
            seen.add(when)

    def test_tables_keep_their_time(self):
        """Daemons notice a new table by its time, so that this is never set back."""
        for map_type, name in (('hash', 'sasl_passwd.db'), ('texthash', 'sasl_passwd')):
            with self.subTest(map_type):
                self.set_up_login(map_type)
                before = time.time()
                self.apply(self.instance.load_config(), fixture.credentials(password='another'))
                after = (self.etc / name).stat().st_mtime
                self.assertGreater(after, before - 0.1)
                self.assertLess(after, time.time() + 0.1)

    def test_table_is_not_older_than_its_source(self):
        self.set_up_login()
        for i in range(5):
            self.apply(self.instance.load_config(), fixture.credentials(password=f'p{i}'))
            store = self.instance.get_sasl_passwd_store()
            self.assertFalse(store.is_stale())
            self.assertTrue(self.instance.plan(self.instance.load_config(), None, 0).is_empty())

    def test_main_cf_stays_as_it_was_without_a_change(self):
        self.set_up_login()
        self.apply(self.instance.load_config(), fixture.credentials(password='another'))
        self.assertEqual(self.main_cf.stat().st_mtime, OLD_S)
        self.assertIn(f'relayhost = {RELAY}\n', self.main_cf.read_text(encoding='utf-8'))


def setUpModule():
    fixture.need_postfix('strace', 'unshare')
    fixture.need_types('hash')
