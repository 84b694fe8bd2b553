# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The fixture of the tests in Python: a configuration directory and a state directory of their own,
in the folder of the program, snapshots of them, typed errors, and other processes.

InstanceTest is for the installed Postfix; stand_ins.py has one that needs none."""

import contextlib
import functools
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import unittest

import gi
gi.require_version('Nullmail', '1.0')
from gi.repository import Gio, GLib, Nullmail  # noqa: E402,F401

from program import (LIMIT_S, RUNNER, lacks, make_folder, need,  # noqa: E402,F401
                     need_mounts, need_root, need_variable)

NOBODY = 65534
SUFFIXES = {'hash': '.db', 'btree': '.db', 'lmdb': '.lmdb', 'cdb': '.cdb'}
OLD_S = 1000000000  # younger than a second, main.cf makes each program of Postfix wait
SECRET = 'Marker-Secret-7'
RELAY = '[smtp.example.com]:587'
MAIN_CF = b'''# A comment.
compatibility_level = 2
myhostname = host.example.com

# Another.
inet_interfaces = loopback-only
'''


def describe(path):
    """One file: all of it that must not change."""
    info = path.lstat()
    contents = None
    if stat.S_ISLNK(info.st_mode):
        contents = os.readlink(path)
    elif stat.S_ISREG(info.st_mode):
        with open(path, 'rb') as file:
            contents = (info.st_size, file.read(1 << 20))
    # An entry that comes and goes changes a directory's time.
    when = None if stat.S_ISDIR(info.st_mode) else info.st_mtime_ns
    return oct(info.st_mode), info.st_uid, info.st_gid, info.st_ino, when, contents


def snapshot(*folders):
    return {str(path): describe(path)
            for folder in map(pathlib.Path, folders) if folder.exists()
            for path in [folder, *sorted(folder.rglob('*'))]}


def write(path, contents, mode=0o644):
    path.write_bytes(contents)
    path.chmod(mode)
    os.utime(path, (OLD_S, OLD_S))
    return path


def relay_host(text=RELAY):
    return Nullmail.RelayHost.parse(text)


def credentials(relay=RELAY, user='relayuser', password=SECRET):
    """Their password comes by a descriptor, which takes bytes of any kind."""
    reader, writer = os.pipe()
    try:
        os.write(writer, password.encode() if isinstance(password, str) else password)
        os.close(writer)
        return Nullmail.RelayCredentials.new_from_fd(relay_host(relay), user, reader, None)
    finally:
        os.close(reader)


def password_of(found):
    fd = os.memfd_create('password')
    try:
        found.write_password(fd, None)
        return os.pread(fd, 1 << 20, 0)
    finally:
        os.close(fd)


def new_config(relay=RELAY, **properties):
    return Nullmail.NullClientConfig(relay_host=relay_host(relay), **properties)


def login_config(relay=RELAY, **properties):
    return new_config(relay, authentication=True, **properties)


def need_postfix(*tools):
    """For setUpModule: Postfix's commands, and others."""
    need('postconf', 'postmap', *tools)


@functools.lru_cache(maxsize=None)
def table_types():
    """The types of tables that are made of a file and work here. Postfix lists more: what each says
    of a file that is not there tells whether it could open one."""
    folder = make_folder('types-')
    write(folder / 'main.cf', b'compatibility_level = 2\n')
    found = []
    for name in ('hash', 'btree', 'lmdb', 'cdb', 'texthash'):
        done = subprocess.run(['postmap', '-c', folder, '-q', 'x', f'{name}:/nonexistent/x'],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                              check=False)
        if 'No such file' in done.stderr and 'redirecting' not in done.stderr:
            found.append(name)
    return found


@functools.cache
def knows(parameter):
    """Whether this Postfix has a parameter of that name."""
    return subprocess.run(['postconf', '-dh', parameter], check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout != b''


def default_type():
    """The type that Postfix takes where none is named."""
    return subprocess.run(['postconf', '-dh', 'default_database_type'], check=True, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.strip()


def answer_of(command, **options):
    """What a program of Postfix prints; its warnings, such as that a type is deprecated, are none
    of the answer. Any other message is an error."""
    done = subprocess.run(command, timeout=LIMIT_S, check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, **options)
    messages = done.stderr if isinstance(done.stderr, str) else done.stderr.decode()
    unknown = [line for line in messages.splitlines() if ': warning: ' not in line]
    if unknown:
        raise AssertionError(f'{command}: {unknown}')
    return done.stdout


def need_types(*names):
    missing = sorted(set(names) - set(table_types()))
    if missing:
        lacks(f'Postfix has no tables of type {", ".join(missing)} here')


class InstanceTest(unittest.TestCase):
    """A folder with a configuration directory “etc” and a state directory “state”."""

    def setUp(self):
        self.use(make_folder(self.id().rpartition('.')[2] + '-'))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.write_first()

    def write_first(self):
        """What main.cf has before the test."""
        write(self.main_cf, MAIN_CF)

    def use(self, folder):
        self.folder = pathlib.Path(folder)
        self.etc = self.folder / 'etc'
        self.state = self.folder / 'state'
        self.main_cf = self.etc / 'main.cf'
        self.sasl_passwd = self.etc / 'sasl_passwd'
        self.etc.mkdir(exist_ok=True)
        self.instance = self.new_instance()

    def new_instance(self, **properties):
        properties = {'config_directory': str(self.etc), 'state_directory': str(self.state),
                      'service_control': Nullmail.ServiceControl.DISABLED, **properties}
        return Nullmail.PostfixInstance(**properties)

    def apply(self, config, login=None, flags=Nullmail.ApplyFlags.NONE, instance=None):
        instance = instance or self.instance
        return instance.apply(instance.plan(config, login, 0), flags)

    def plan_edit(self, name, value, instance=None):
        instance = instance or self.instance
        main_cf = instance.load_main_cf()
        main_cf.set_value(name, value)
        return instance.plan_main_cf(main_cf, None, 0)

    def apply_edit(self, name, value, instance=None):
        instance = instance or self.instance
        return instance.apply(self.plan_edit(name, value, instance), 0)

    def set_up_login(self, map_type=None, relay=RELAY, **properties):
        """A complete configuration with a password, by default in a table that is compiled."""
        map_type = map_type or table_types()[0]
        config = login_config(relay, origin='example.com',
                              password_maps=f'{map_type}:{self.sasl_passwd}', **properties)
        self.apply(config, credentials(relay))
        os.utime(self.main_cf, (OLD_S, OLD_S))

    def assert_error(self, code, mentions, function, *arguments):
        """A typed error, whose message names what it is about and gives no secret away."""
        with self.assertRaises(GLib.Error) as caught:
            function(*arguments)
        error = caught.exception
        name = Nullmail.Error(error.code).value_nick if error.domain == 'nullmail-error-quark' \
            else error.domain
        if os.environ.get('NULLMAIL_TEST_SHOW_MESSAGES'):
            print(f'    {name}: {error.message}', file=sys.stderr)
        self.assertTrue(error.matches(Nullmail.Error.quark(), code),
                        f'{name} instead of {code.value_nick}: {error.message}')
        message = error.message
        for word in [mentions] if isinstance(mentions, (str, pathlib.Path)) else mentions:
            self.assertIn(str(word), message)
        self.assertNotIn(SECRET, message)
        self.assertRegex(message, r'\A\S[^\n\r]*\S\Z')
        # Findings have a sentence of their own for the remedy; everything else is one sentence.
        if code != Nullmail.Error.UNSAFE:
            self.assertFalse(re.search(r'\.\s+[A-Z“]|\.\Z', message), message)
        return error

    @contextlib.contextmanager
    def unchanged(self, *folders):
        folders = folders or (self.folder,)
        before = snapshot(*folders)
        yield
        after = snapshot(*folders)
        self.assertEqual(before.keys(), after.keys())
        for path, facts in before.items():
            self.assertEqual(facts, after[path], path)

    def assert_refused(self, code, mentions, function, *arguments):
        with self.unchanged():
            return self.assert_error(code, mentions, function, *arguments)

    def assert_no_litter(self, *allowed):
        """Nothing but what belongs there is in the configuration directory."""
        names = {'main.cf', 'sasl_passwd', 'sasl_passwd.db', 'sasl_passwd.lmdb', 'sasl_passwd.cdb',
                 *allowed}
        self.assertEqual({path.name for path in self.etc.iterdir()} - names, set())

    def run_inside(self, name, prefix=(), timeout=LIMIT_S, **options):
        """Runs inside_NAME of the test program in a process of its own."""
        done = subprocess.run([*map(str, prefix), *inside_command(name, self.folder)], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=timeout, check=False, **options)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout


def inside_command(name, folder):
    """What runs the function inside_NAME of the test program as a program of its own."""
    return [sys.executable, str(RUNNER), sys.modules['test'].__file__, '--inside', name,
            str(folder)]


def in_mounts(commands):
    """A command's prefix: with some mounts in a mount namespace of its own."""
    return ['unshare', '-m', '--propagation', 'private', 'sh', '-ec',
            '; '.join(commands) + '; exec "$@"', 'sh']
