# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""A canary password through every call that takes one: found in nothing that is said, shown, logged
or started, at no moment readable by others, and gone from the disk once it was replaced."""

import contextlib
import ctypes
import os
import shutil
import subprocess
import sys

import fixture
from fixture import GLib, InstanceTest, Nullmail, RELAY
from password_forms import MAPS, texts

HALVES = 'Kx9~Canary~', '7Q~Marker'  # never in one piece here, nor in a command line
OTHER = '[other.example.com]:587'
DROP_OTHERS = Nullmail.PlanFlags.DROP_OTHER_CREDENTIALS
TYPES = 'hash', 'btree', 'lmdb', 'cdb', 'texthash'
PR_SET_PTRACER, PR_SET_PTRACER_ANY = 0x59616d61, ctypes.c_ulong(-1)


def canary(suffix=''):
    return ''.join(HALVES) + suffix


def everything_about(thing, depth=0):
    """Whatever a binding can be made to show: the text, each property, each getter's answer."""
    texts = [repr(thing), str(thing)]
    if depth > 2 or thing is None or isinstance(thing, (str, int, float, bool)):
        return texts
    if isinstance(thing, (list, tuple)):
        return texts + [text for item in thing for text in everything_about(item, depth + 1)]
    if isinstance(thing, dict):
        return texts + everything_about(list(thing.items()), depth)
    if isinstance(thing, GLib.Variant):
        return texts + [thing.print_(True), str(thing.unpack())]
    for pspec in getattr(type(thing), 'list_properties', lambda: [])():
        with contextlib.suppress(TypeError):
            texts += everything_about(thing.get_property(pspec.name), depth + 1)
    for name in dir(thing):
        if name.startswith(('get_', 'to_', 'list_', 'is_', 'has_')):
            with contextlib.suppress(TypeError, GLib.Error, NotImplementedError, RuntimeError):
                texts += everything_about(getattr(thing, name)(), depth + 1)
    return texts


class Tour:
    """All calls; what they return and raise is searched at once."""

    def __init__(self, test):
        self.test, self.n_texts, self.errors = test, 0, []

    def look(self, *things):
        for thing in things:
            for text in everything_about(thing):
                self.n_texts += 1
                assert canary() not in text, f'{type(thing)}: {text[:60]}'

    def call(self, function, *arguments):
        try:
            result = function(*arguments)
        except GLib.Error as error:
            assert canary() not in error.message, function
            self.errors.append(error.message)
            self.look(error.message, error.domain)
            return None
        self.look(result)
        return result

    def credentials(self, relay=RELAY, suffix=''):
        parsed = Nullmail.RelayHost.parse(relay)
        read, written = os.pipe()
        os.write(written, canary(suffix).encode())
        os.close(written)
        login = self.call(Nullmail.RelayCredentials.new_from_fd, parsed, 'relayuser', read, None)
        os.close(read)
        return login

    def refused_credentials(self):
        relay = Nullmail.RelayHost.parse(RELAY)
        new = Nullmail.RelayCredentials.new
        for user, password in (('a:b', canary()), ('a', canary('\n')), ('a', canary(' ')),
                               ('', canary()), (canary('\n'), 'x'), (canary(':'), 'x'),
                               ('a', canary('x' * 2000))):
            self.call(new, relay, user, password)
        fd = os.memfd_create('x')
        os.write(fd, canary('\n\n').encode())
        os.lseek(fd, 0, os.SEEK_SET)
        self.call(Nullmail.RelayCredentials.new_from_fd, relay, 'u', fd, None)
        self.call(Nullmail.RelayCredentials.new_from_fd, relay, 'u', 999, None)
        login = new(relay, 'relayuser', canary())
        for target in (999, 0, os.open('/dev/null', os.O_WRONLY)):
            self.call(login.write_password, target, None)
        self.look(login, login.equal(self.credentials()))
        os.close(fd)

    def store(self, store):
        relay = Nullmail.RelayHost.parse(RELAY)
        self.call(store.store, self.credentials(), None)
        self.call(store.lookup, relay, None)
        self.call(store.list, None)
        self.look(store)
        if isinstance(store, Nullmail.SaslPasswdStore):
            self.call(store.rebuild, None)
        self.call(store.clear, relay, None)

    def plans(self, instance, map_type='hash'):
        def config(relay):
            return fixture.login_config(relay, origin='example.com',
                                        password_maps=f'{map_type}:{self.test.sasl_passwd}')

        for relay, suffix in ((RELAY, '1'), (RELAY, '2'), (OTHER, '3'), (RELAY, '4')):
            flags = DROP_OTHERS if suffix == '4' else Nullmail.PlanFlags.NONE
            plan = self.call(instance.plan, config(relay), self.credentials(relay, suffix), flags,
                             None)
            if plan is not None:
                self.call(instance.apply, plan, Nullmail.ApplyFlags.FORCE, None)
        self.call(instance.check, None)
        self.call(instance.plan_undo, None)
        self.call(instance.undo, 0, None)
        self.call(instance.plan_restore, None)
        self.call(instance.load_config, None)
        self.call(instance.purge_credentials, None)
        self.look(instance)

    def main_cf(self, instance):
        """Each call that reads main.cf, or shows it; the document itself is not hidden."""
        instance = instance or self.test.instance
        config = self.call(instance.load_config, None)
        if config is None:
            return
        self.call(config.validate)
        self.call(instance.check, None)
        self.call(instance.lookup_parameters, [], None)
        self.call(instance.lookup_parameters, [MAPS, 'relayhost'], None)
        self.call(instance.expand_parameters, [], None)
        self.call(instance.load_settings, None)
        self.call(instance.get_sasl_passwd_store, None)
        main_cf = instance.load_main_cf()
        for name in ('nothing', '$'):
            self.call(main_cf.expand, f'${{{name}', None)
        main_cf.set_value(MAPS, f'texthash:{self.test.sasl_passwd}')
        main_cf.set_value('mydomain', 'example.org')
        new = fixture.login_config(OTHER, origin='example.com')
        for function, arguments in ((instance.plan, (config, None, 0, None)),
                                    (instance.plan, (new, None, 0, None)),
                                    (instance.plan_main_cf, (main_cf, None, 0, None)),
                                    (instance.plan_undo, (None,)), (instance.undo, (0, None)),
                                    (instance.plan_restore, (None,)),
                                    (instance.purge_credentials, (None,))):
            self.plan(instance, function, *arguments)

    def plan(self, instance, function, *arguments):
        try:
            plan = function(*arguments)
        except GLib.Error as error:
            self.look(error.message)
            self.errors.append(error.message)
            return
        if not isinstance(plan, Nullmail.Plan):
            return
        self.look(plan.to_variant(), plan.to_diff(), plan.get_changes(), plan.get_findings())
        for flags in (Nullmail.ApplyFlags.NONE, Nullmail.ApplyFlags.FORCE):
            self.call(instance.apply, plan, flags, None)

    def odd_files(self):
        """A password where none belongs, or in a line that nobody understands."""
        for line in (f'{RELAY} {canary()}', f'{canary()} {RELAY}', f'{canary()}', f' {canary()}',
                     f'{RELAY} a:{canary()}\n{RELAY} b:{canary()}', f'a:{canary()} {RELAY}'):
            fixture.write(self.test.sasl_passwd, line.encode() + b'\n', 0o644)
            self.store(Nullmail.SaslPasswdStore.new(str(self.test.sasl_passwd), 'texthash'))
            fixture.write(self.test.sasl_passwd, line.encode() + b'\n', 0o644)
            self.call(self.test.instance.check, None)
            self.call(self.test.instance.plan, fixture.login_config(OTHER, origin='example.com'),
                      self.credentials(OTHER), DROP_OTHERS, None)
        self.test.sasl_passwd.unlink()


# The tours, each in a process of its own, whose output and children are looked at from outside.

def commands(test, postmap='exec {real} "$@"'):
    """Real ones that note what they were given, and what else is to be seen in the system."""
    folder = test.folder / 'commands'
    folder.mkdir(exist_ok=True)
    for name in ('postconf', 'postmap'):
        script = postmap if name == 'postmap' else 'exec {real} "$@"'
        path = folder / name
        path.write_text(f'#!/bin/sh\ncat /proc/self/cmdline /proc/self/environ /proc/$PPID/cmdline '
                        f'/proc/$PPID/environ >>{test.folder}/seen\n'
                        + script.format(real=shutil.which(name)) + '\n')
        path.chmod(0o755)
    return str(folder)


def inside_calls(test):
    tour = Tour(test)
    tour.refused_credentials()
    for map_type in TYPES:
        tour.store(Nullmail.SaslPasswdStore(path=str(test.etc / 'other'), map_type=map_type,
                                            command_directory=commands(test)))
    tour.odd_files()
    tour.plans(test.new_instance(command_directory=commands(test)))
    assert tour.n_texts > 500 and len(tour.errors) > 10, (tour.n_texts, tour.errors)
    print('done')


def inside_main_cf(test):
    """Written into main.cf itself, in every form: each in a directory of its own."""
    for i, (name, text, master_cf) in enumerate(texts(canary())):
        test.use(fixture.make_folder(f'form-{i}-'))
        fixture.write(test.main_cf, fixture.MAIN_CF + (
            f'relayhost = {RELAY}\nsmtp_sasl_auth_enable = yes\n' + text).encode())
        if master_cf is not None:
            fixture.write(test.etc / 'master.cf', master_cf.encode())
        tour = Tour(test)
        tour.main_cf(test.new_instance(command_directory=commands(test)))
        assert tour.n_texts > 50, (name, tour.n_texts)
        places = {path.name for path in test.folder.rglob('*')
                  if path.is_file() and canary().encode() in path.read_bytes()}
        assert places <= {'main.cf', 'master.cf'}, (name, places)
        assert (test.folder / 'seen').stat().st_size > 1000, name
        assert any(test.state.rglob('record')), name
        shutil.rmtree(test.folder)
    print('done')


def inside_secret_store(test):
    os.environ.update(SECRET_BACKEND='file', SECRET_FILE_TEST_PASSWORD='x',
                      SECRET_FILE_TEST_PATH=str(test.folder / 'keyring'))
    os.environ.pop('DBUS_SESSION_BUS_ADDRESS', None)
    tour = Tour(test)
    if hasattr(Nullmail, 'SecretStore'):
        tour.store(Nullmail.SecretStore.new())
        assert tour.errors == [], tour.errors
        assert canary().encode() not in (test.folder / 'keyring').read_bytes()
    print('done')


def inside_talkative(test):
    """Programs that quote what they read, at the building and at the asking."""
    quote = 'for last in "$@"; do :; done; cat "${{last#*:}}"; cat "${{last#*:}}" >&2; ' \
        'echo "postmap: fatal: $(cat "${{last#*:}}")" >&2; exit 1'
    for postmap in (quote, 'case "$*" in *" -q "*) ' + quote + ';; '
                    '*) echo odd >&2; exec {real} "$@";; esac'):
        tour = Tour(test)
        tour.plans(test.new_instance(command_directory=commands(test, postmap)))
        assert len(tour.errors) >= 4, tour.errors
        tour.store(Nullmail.SaslPasswdStore(path=str(test.etc / 'other'), map_type='hash',
                                            command_directory=commands(test, postmap)))
    # The first relay's password, on its way out, is in what postmap reads, but in no new entry.
    tour = Tour(test)
    tour.plans(test.new_instance(command_directory=commands(test)))
    tour.plans(test.new_instance(command_directory=commands(test, quote)))
    assert tour.errors
    print('done')


class Said(InstanceTest):
    def run_tour(self, name):
        output = self.run_inside(name, env={**os.environ, 'G_MESSAGES_DEBUG': 'all',
                                            'G_DEBUG': 'fatal-criticals'})
        self.assertRegex(output, r'done\n')
        self.assertNotIn(canary(), output)
        seen = self.folder / 'seen'
        if name not in ('secret_store', 'main_cf'):
            self.assertGreater(seen.stat().st_size, 1000)
            self.assertNotIn(canary().encode(), seen.read_bytes())

    def test_calls(self):
        self.run_tour('calls')

    def test_secret_store(self):
        self.run_tour('secret_store')

    def test_s9_written_into_main_cf(self):
        self.run_tour('main_cf')

    def test_talkative_programs(self):
        self.run_tour('talkative')

    def test_search_finds(self):
        """What is not hidden is found."""
        tour = Tour(self)
        with self.assertRaises(AssertionError):
            tour.look(GLib.Variant('a{sv}', {'x': GLib.Variant('s', canary())}))
        with self.assertRaises(AssertionError):
            tour.look([Nullmail.RelayHost.new('a' + 'b', None, False), {'x': canary()}])


class InMainCf(InstanceTest):
    """A password that somebody wrote into main.cf itself: in no variant and in no error."""

    def all_maps(self):
        for text in ('static:relayuser:{}', 'proxy:static:relayuser:{}', 'inline:{{ x = u:{} }}',
                     'regexp:{{ {{/./ u:{}}} }}', 'randmap:{{u:{}}}', 'Static: u:{}',
                     'unionmap:{{hash:/x, pipemap:{{hash:/y, inline:{{ x = {} }}}}}}',
                     f'hash:{self.sasl_passwd}, inline:{{{{ {RELAY} = relayuser:{{}} }}}}'):
            yield text.format(canary())

    def test_variant(self):
        for maps in self.all_maps():
            with self.subTest(maps.replace(canary(), '')):
                fixture.write(self.main_cf, fixture.MAIN_CF + (
                    f'relayhost = {RELAY}\nsmtp_sasl_auth_enable = yes\n'
                    f'smtp_sasl_password_maps = {maps}\n').encode())
                assigned = fixture.login_config(origin='example.com', password_maps=maps)
                for config in (self.instance.load_config(), assigned):
                    variant = config.to_variant()
                    Tour(self).look(variant)
                    state = variant.unpack()
                    self.assertNotIn('password-maps', state)
                    self.assertNotIn('password-maps', state['unset'])
                    self.assertEqual(state['derived']['unsupported'], ['smtp_sasl_password_maps'])
                    again = Nullmail.NullClientConfig.new_from_variant(variant)
                    plan = self.instance.plan(again, None, 0)
                    self.assertEqual(plan.get_main_cf().get_value('smtp_sasl_password_maps'), maps)
                    Tour(self).look(plan.to_variant(), plan.to_diff())

    def test_errors(self):
        for maps in self.all_maps():
            for suffix in ('\nx', '\x7f', '$', '${x'):
                with self.subTest(maps.replace(canary(), ''), suffix=suffix):
                    config = fixture.login_config(origin='example.com', password_maps=maps + suffix)
                    tour = Tour(self)
                    tour.call(config.validate)
                    tour.call(config.update_main_cf, Nullmail.MainCf.new())
                    tour.call(self.instance.plan, config, None, 0)
                    self.assertEqual(len(tour.errors), 3)
                    for message in tour.errors:
                        self.assertIn('password-maps', message)

    def test_bad_macro(self):
        """As somebody else wrote it: a password with a “$” that begins no macro."""
        for bad in ('${', '$(', '${x?{'):
            with self.subTest(bad):
                fixture.write(self.main_cf, fixture.MAIN_CF + (
                    f'relayhost = {RELAY}\nsmtp_sasl_auth_enable = yes\n'
                    f'smtp_sasl_password_maps = static:u:{bad}{canary()}\n').encode())
                tour = Tour(self)
                tour.call(self.instance.load_main_cf().expand, '$smtp_sasl_password_maps', None)
                self.assertEqual(len(tour.errors), 1)
                self.assertIn('smtp_sasl_password_maps', tour.errors[0])
                tour.call(self.instance.check)
                tour.call(self.instance.lookup_parameters, ['smtp_sasl_type'])
                tour.call(self.instance.plan, fixture.login_config(origin='example.com'),
                          fixture.credentials(password='other'), 0)


class OnDisk(InstanceTest):
    def holds(self, password):
        return [path for path in self.folder.rglob('*') if path.is_file() and not path.is_symlink()
                and password.encode() in path.read_bytes()]

    def test_rotated_out(self):
        """No byte of the old one: not in the free pages of a table, nor in a file left behind."""
        types = set(subprocess.check_output(['postconf', '-c', str(self.etc), '-m'],
                                            text=True).split())
        for map_type in sorted(types & set(TYPES)):
            with self.subTest(map_type):
                def change(relay, suffix, map_type=map_type):
                    self.apply(fixture.login_config(
                        relay, origin='example.com',
                        password_maps=f'{map_type}:{self.sasl_passwd}'),
                        fixture.credentials(relay, password=canary(map_type + suffix)))

                change(RELAY, '1')
                self.assertEqual(len(self.holds(canary(map_type + '1'))),
                                 1 if map_type == 'texthash' else 2)
                change(RELAY, '2')
                self.assertEqual(self.holds(canary(map_type + '1')), [])
                change(OTHER, '3')
                self.instance.purge_credentials()
                self.assertEqual(self.holds(canary(map_type + '2')), [])
                self.instance.get_sasl_passwd_store().clear(Nullmail.RelayHost.parse(OTHER))
                self.assertEqual(self.holds(canary()), [])


def inside_watch(test):
    """Looks without a pause at the mode and the owner of all that may hold a password."""
    seen, wide, user = set(), set(), os.geteuid()
    (test.folder / 'ready').touch()
    while not (test.folder / 'stop').exists():
        for entry in os.scandir(test.etc):
            if entry.name.startswith('main.cf') or entry.name.endswith('-main.cf'):
                continue
            with contextlib.suppress(FileNotFoundError):
                info = entry.stat(follow_symlinks=False)
                seen.add(entry.name)
                if entry.is_file(follow_symlinks=False) \
                        and (info.st_mode & 0o177 or info.st_uid != user):
                    wide.add((entry.name, oct(info.st_mode), info.st_uid))
    assert not wide, wide
    assert any('nullmail' in name and name.endswith('passwd') for name in seen), seen
    assert any('nullmail' in name and name.endswith('passwd.db') for name in seen), seen


def inside_rotate(test):
    os.umask(int(os.environ['TEST_UMASK'], 8))
    for number in range(6):
        test.apply(fixture.login_config((RELAY, OTHER)[number % 2], origin='example.com',
                                        password_maps=f'hash:{test.sasl_passwd}'),
                   fixture.credentials((RELAY, OTHER)[number % 2], password=canary(str(number))))


class AtEachMoment(InstanceTest):
    def test_watched(self):
        for mask in ('0', '0777'):
            with self.subTest(umask=mask):
                watcher = subprocess.Popen(fixture.inside_command('watch', self.folder), text=True,
                                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                try:
                    while not (self.folder / 'ready').exists() and watcher.poll() is None:
                        GLib.usleep(1000)
                    self.run_inside('rotate', env={**os.environ, 'TEST_UMASK': mask})
                finally:
                    (self.folder / 'stop').touch()
                    output, _ = watcher.communicate(timeout=fixture.LIMIT_S)
                self.assertEqual(watcher.returncode, 0, output)
                (self.folder / 'stop').unlink()
                (self.folder / 'ready').unlink()


SCAN = '''
import re, sys
first, second, found = sys.argv[2].encode(), sys.argv[3].encode(), 0
with open(f'/proc/{sys.argv[1]}/maps') as maps, open(f'/proc/{sys.argv[1]}/mem', 'rb', 0) as memory:
    for line in maps:
        start, end, rights = re.match(r'(\\w+)-(\\w+) (....)', line).groups()
        if rights[0] != 'r' or '[v' in line:
            continue
        try:
            memory.seek(int(start, 16))
            text = memory.read(int(end, 16) - int(start, 16))
        except (OSError, ValueError, OverflowError):
            continue
        found += text.count(first + second)
print(found)
'''


def count_in_memory():
    """By another process, which leaves nothing in this one."""
    return int(subprocess.check_output([sys.executable, '-c', SCAN, str(os.getpid()), *HALVES],
                                       text=True))


def inside_interpreter(test):
    """Only a descriptor keeps a password out of an interpreter's memory."""
    ctypes.CDLL(None).prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0)
    relay = Nullmail.RelayHost.parse(RELAY)
    assert count_in_memory() == 0
    child = subprocess.Popen(['printf', '%s%s', *HALVES], stdout=subprocess.PIPE)
    login = Nullmail.RelayCredentials.new_from_fd(relay, 'relayuser', child.stdout.fileno(), None)
    child.wait()
    assert count_in_memory() == 1  # the protected page
    config = fixture.login_config(origin='example.com', password_maps=f'hash:{test.sasl_passwd}')
    plan = test.instance.plan(config, login, 0)
    plan.to_diff()
    test.instance.apply(plan, 0)
    found = test.instance.get_sasl_passwd_store().lookup(relay)
    assert found.equal(login)
    del login, plan, found
    assert count_in_memory() == 0, count_in_memory()
    password = canary()
    login = Nullmail.RelayCredentials.new(relay, 'relayuser', password)
    assert count_in_memory() == 2, count_in_memory()  # the caller's own, and the protected page
    del login
    assert count_in_memory() == 1, count_in_memory()
    assert password


def inside_no_lock(test):
    import resource
    resource.setrlimit(resource.RLIMIT_MEMLOCK, (0, 0))
    if os.geteuid() == 0:
        for path in (test.folder, *test.folder.rglob('*')):
            os.chown(path, fixture.NOBODY, fixture.NOBODY)
        os.setgroups([])
        os.setgid(fixture.NOBODY)
        os.setuid(fixture.NOBODY)
    test.apply(fixture.login_config(origin='example.com'), fixture.credentials())
    with open('/proc/self/status', encoding='ascii') as status:
        assert 'VmLck:\t       0 kB' in status.read()
    assert fixture.password_of(test.instance.get_sasl_passwd_store().lookup(
        Nullmail.RelayHost.parse(RELAY))) == fixture.SECRET.encode()


class InMemory(InstanceTest):
    def test_interpreter(self):
        self.run_inside('interpreter')

    def test_without_the_right_to_lock(self):
        self.run_inside('no_lock')


def setUpModule():
    fixture.need_postfix()
    fixture.need_types('hash')
