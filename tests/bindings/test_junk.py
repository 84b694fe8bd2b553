# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every function, method, constructor and property that introspection finds, called with junk: what
a program in another language can pass by mistake is an error of the library, or of the language,
and never a crash or a critical message.

The calls are made by child processes with fatal criticals, whose last call a failure names.
NULLMAIL_TEST_SEED and NULLMAIL_TEST_CALLS choose others. Whatever can write, an instance or a
store, lies in the folder of the test: one that junk has made is never used."""

import itertools
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import unittest

import fixture
import stand_ins
from fixture import Gio, GLib, Nullmail, RELAY, SECRET
from gi.repository import GObject

SEED = int(os.environ.get('NULLMAIL_TEST_SEED', '20261130'))
N_CALLS = int(os.environ.get('NULLMAIL_TEST_CALLS', '20000'))
N_CHILDREN = 4
LIMIT_S = 120  # for one call, on any machine
N_KEPT = 30  # of what was returned before, to be passed again
PYTHON_ERRORS = (TypeError, ValueError, OverflowError, NotImplementedError, RuntimeError,
                 AttributeError, LookupError, MemoryError)
CLASSES = ('Change', 'CredentialStore', 'DelayCause', 'DeliveryReport', 'Error', 'Finding',
           'MailQueue', 'MainCf', 'NullClientConfig', 'Plan', 'PostfixInstance', 'ProbeReport',
           'QueueEntry', 'RelayCredentials', 'RelayHost', 'RelayProbe', 'SaslPasswdStore',
           'SecretStore')
# They belong to languages that count references themselves.
NOT_FOR_PYTHON = ('ref', 'unref')
# They run a command, start a thread or wait for a bus, and are tried less often.
SLOW = re.compile(r'inspect|check|ensure|will_change|plan|apply|undo|purge|restore|query|activate'
                  r'|lookup|store|clear|list$|list_async|rebuild|get_defaults|load'
                  r'|get_sasl_passwd_store|queue|send_test|follow')
TEXTS = ['', ' ', '\t', '\n', '\r\n', '\x01', '\x7f', '\x1b[31m', '%s%n%s', '$', '$$', '${', '$(a)',
         '${a?{b}:{c}}', 'é', '漢字', '\U0010ffff', '\ufeff', '\u202e', 'a\0b', '\udcff', 'a\udc80',
         '=', 'a = b', '#', ':', '::', '/', '//', '.', '..', 'a/b', '-', '--', '[', ']', '[]',
         '[a]:', '[a]:0', '[a]:65536', '[a]:99999999999999999999', '[::1', 'a,b', RELAY,
         'a.example', 'relayhost', 'relay-host', 'tls_level', 'hash:', 'hash:x',
         'texthash:sasl', 'static:u:p', 'x' * 1025, 'x' * 1000000, '[' * 10000,
         '$a' * 1000, '{' * 1000, 'é' * 70000]
NUMBERS = [0, 1, -1, 2, 3, 4, 7, 16, 255, 256, 65535, 65536, 2 ** 31 - 1, 2 ** 31, -2 ** 31,
           2 ** 32, 2 ** 63 - 1, 2 ** 63, -2 ** 63, 2 ** 64, 2 ** 200, 1.5, -1.5, float('nan'),
           float('inf'), True]
QUEUE = b'{"queue_id": "A1", "recipients": [{"address": "a", "delay_reason": "x"}]}\n'
MAIN_CFS = [b'', b'a = b\n', b'\0', b'\xff\xfe', b' = \n', b'relayhost = [a]:587\r\n' * 100,
            b'a = $a\n', b'x' * 100000, b'#\n' * 5000, b'smtp_tls_security_level = nonsense\n']


def silent(*_):
    pass


def make_variants():
    pairs = {'relay-host': GLib.Variant('s', RELAY), 'unset': GLib.Variant('as', ['a', '']),
             'tls-level': GLib.Variant('s', 'nonsense'), 'networks': GLib.Variant('s', 'x'),
             'derived': GLib.Variant('a{sv}', {}), 'x' * 1000: GLib.Variant('i', 1)}
    return [GLib.Variant('a{sv}', dict(chosen)) for n in range(3)
            for chosen in itertools.combinations(pairs.items(), n)] \
        + [GLib.Variant('s', ''), GLib.Variant('aa{sv}', []), GLib.Variant('(ii)', (1, 2)),
           GLib.Variant('v', GLib.Variant('i', 1)), GLib.Variant('ay', b'\xff\0')]


def descriptors(folder):
    """Such as no read waits for, and such as are none."""
    reader, writer = os.pipe()
    os.close(writer)
    ours, theirs = socket.socketpair()
    theirs.close()
    loose = [reader, ours.detach(), os.open('/dev/null', os.O_RDWR), os.open(folder, os.O_RDONLY),
             os.open(os.path.join(folder, 'descriptor'), os.O_RDWR | os.O_CREAT, 0o600)]
    closed = os.dup(loose[0])
    os.close(closed)
    return loose + [closed, -1, -2, 10 ** 6, 2 ** 31 - 1, 2 ** 31, 2 ** 70, None, 'x']


def make_commands(folder):
    """Postfix's own, but for those that reach a queue: without queue_directory in main.cf, which
    junk may remove, that is the one of this machine."""
    commands = folder / 'postfix-commands'
    commands.mkdir()
    for name in ('postconf', 'postmap', 'postfix'):
        path = shutil.which(name)
        if path is not None:
            (commands / name).symlink_to(path)
    for name in ('sendmail', 'postqueue'):
        fixture.write(commands / name, b'#!/bin/sh\ncat >/dev/null\n', 0o755)
    return str(commands)


class Junk:
    """What arguments are drawn from, right and wrong."""

    def __init__(self, rand, test):
        self.rand, self.folder = rand, str(test.folder)
        self.ending = Gio.Cancellable()
        cancelled = Gio.Cancellable()
        cancelled.cancel()
        disposed = Gio.Cancellable()
        disposed.run_dispose()
        relays = [Nullmail.RelayHost.parse(text) for text in (RELAY, 'a', '[::1]:25', '$mydomain')]
        logins = [Nullmail.RelayCredentials.new(relay, 'user', SECRET * n)
                  for relay in relays for n in (1, 16384 // len(SECRET))]
        texthash = Nullmail.SaslPasswdStore.new(os.path.join(self.folder, 'own'), 'texthash')
        stores = [Nullmail.SaslPasswdStore(path=os.path.join(self.folder, 'own'), map_type=name,
                                           command_directory=test.commands)
                  for name in ('hash', 'lmdb', 'nonsense', '')]
        texthash.store(logins[0])
        # Names of files that are no UTF-8: there, not there, and where a directory stands.
        other = os.path.join(self.folder, 'no\udcff')
        stores += [Nullmail.SaslPasswdStore.new(os.path.join(other, name), kind)
                   for name in ('file', 'nowhere/file', 'folder') for kind in ('texthash', 'hash')]
        os.makedirs(os.path.join(other, 'folder'))
        main_cfs = [Nullmail.MainCf.new_from_bytes(GLib.Bytes.new(b'a = b\nrelayhost = x\n'))]
        config = Nullmail.NullClientConfig.new_for_relay(RELAY)
        # Nothing here may be what junk has made of a path.
        self.confined = [test.new_instance(command_directory=make_commands(test.folder)),
                         test.new_instance(command_directory='/nonexistent'),
                         texthash, *stores, Nullmail.SecretStore.new()]
        plan = self.confined[0].plan(config, None, 0)
        queue = Nullmail.MailQueue.new_from_bytes(GLib.Bytes.new(QUEUE))
        self.pools = {
            'cancellables': [None, self.ending, cancelled, disposed],
            'texts': TEXTS, 'numbers': NUMBERS, 'variants': make_variants(),
            'bytes': [GLib.Bytes.new(data) for data in (*MAIN_CFS, QUEUE)], 'relays': relays,
            'queues': [queue, Nullmail.MailQueue()], 'entries': queue.get_entries(),
            'logins': logins, 'main_cfs': main_cfs,
            'configs': [config, Nullmail.NullClientConfig()],
            'plans': [plan, Nullmail.Plan()], 'confined': self.confined,
            'lists': [[], [''], ['a', 'b'], ['x'] * 10000, ['a\0b'], [None], [1], ('a',),
                      ['\udcff'], ['[::1]/128', '127.0.0.0/8']],
            'tables': [{}, {'a': 'b'}, {'a': '$a'}, {1: 2}, {'x': None}, {'': ''}, [('a', 'b')]],
            'callbacks': [silent, None, 5],
            'enums': [0, 1, 2, 3, 8, 24, 40, 255, -1, 2 ** 31, Nullmail.TlsLevel.SECURE,
                      Nullmail.FindingCode.NO_RELAY, Nullmail.ApplyFlags.FORCE,
                      Nullmail.Activation.RELOAD],
            'others': [None, object(), object, b'bytes', GObject.Object(), GLib.Error('x'),
                       Nullmail.RelayHost, lambda: None],
            'results': [],
        }
        self.fds = descriptors(self.folder)
        self.right = {'str': 'texts', 'filename': 'texts', 'int': 'numbers', 'list': 'lists',
                      'dict': 'tables', 'RelayHost': 'relays', 'RelayCredentials': 'logins',
                      'MainCf': 'main_cfs', 'NullClientConfig': 'configs', 'Plan': 'plans',
                      'Cancellable': 'cancellables', 'Variant': 'variants', 'Bytes': 'bytes',
                      'AsyncReadyCallback': 'callbacks', 'Callable': 'callbacks',
                      'AsyncResult': 'results', 'Flags': 'enums', 'Level': 'enums',
                      'MailQueue': 'queues', 'QueueEntry': 'entries', 'DelayCause': 'enums',
                      'Activation': 'enums', 'Protocols': 'enums'}

    def draw(self, hint='', name=''):
        """Mostly what the type asks for, or else anything."""
        if name == 'fd':
            return self.rand.choice(self.fds)
        pool = next((pool for word, pool in self.right.items() if hint.endswith(word)), None)
        if pool is None or not self.pools[pool] or self.rand.random() < 0.15:
            pool = self.rand.choice([name for name, values in self.pools.items() if values])
        return self.rand.choice(self.pools[pool])

    def keep(self, value):
        """Passes on what was returned; but no instance, nor a store, of whatever path."""
        for kind, pool in ((Nullmail.RelayHost, 'relays'), (Nullmail.MainCf, 'main_cfs'),
                           (Nullmail.RelayCredentials, 'logins'), (Nullmail.Plan, 'plans'),
                           (Nullmail.NullClientConfig, 'configs'),
                           (Nullmail.MailQueue, 'queues'), (Nullmail.QueueEntry, 'entries')):
            if isinstance(value, kind):
                values = self.pools[pool]
                values.append(value)
                if len(values) > N_KEPT:
                    del values[self.rand.randrange(len(values))]


def owner_of(name):
    return getattr(Nullmail, name)


class Call:
    """One function, with the types of its arguments."""

    def __init__(self, owner, info):
        self.owner, self.name, self.is_method = owner, info.get_name(), info.is_method()
        # “name(self, first:type, second:type=None) -> type”; a callback's data comes by itself.
        self.arguments = re.findall(r'(\w+):([\w.]+)', info.__doc__.partition(' -> ')[0])

    def __str__(self):
        return f'{self.owner}.{self.name}' if self.owner else self.name

    def function(self):
        return getattr(owner_of(self.owner) if self.owner else Nullmail, self.name)


class Property:
    """A property's setter and getter, and its place in a constructor."""

    arguments = ()
    is_method = True

    def __init__(self, owner, spec):
        self.owner, self.name = owner, spec.name
        self.is_writable = bool(spec.flags & GObject.ParamFlags.WRITABLE)
        self.is_for_constructors = bool(spec.flags & GObject.ParamFlags.CONSTRUCT_ONLY)
        kind = getattr(Nullmail, spec.value_type.name.removeprefix('Nullmail'), None)
        self.numbers = [int(word) for word in vars(kind).values() if isinstance(word, kind)] \
            if spec.value_type.is_a(GObject.TYPE_ENUM) else None

    def is_refused_before(self, value):
        """Newer ones of GObject and PyGObject are critical of a number that no word has, and of a
        text that is none, before the library sees it."""
        if self.numbers is None:
            return False
        if isinstance(value, str):
            return not value.isprintable()
        return isinstance(value, (int, float)) and value not in self.numbers

    def __str__(self):
        return f'{self.owner}:{self.name}'


def list_properties(value):
    """Those of a class of objects; an enumeration or a boxed type has none."""
    return value.list_properties() if hasattr(value, 'list_properties') else ()


def find_calls():
    """All there is, in an order that is the same for each seed."""
    found = []
    for name in dir(Nullmail):
        value = getattr(Nullmail, name)
        info = getattr(value, '__info__', None)
        if type(value).__name__ == 'FunctionInfo':
            found.append(Call('', value))
        elif hasattr(info, 'get_methods') and not name.endswith(('Class', 'Interface')):
            found += [Call(name, method) for method in info.get_methods()
                      if method.get_name() not in NOT_FOR_PYTHON]
            found += [Property(name, spec) for spec in list_properties(value)]
    return sorted(found, key=str)


class Child:
    """Makes the calls, one after another, and writes down each before it is made."""

    def __init__(self, test, seed, n_calls):
        self.rand = random.Random(seed)
        test.commands = str(shutil.copytree(stand_ins.COMMANDS, test.folder / 'commands'))
        os.chdir(test.folder)
        self.test, self.n_calls = test, n_calls
        self.junk = Junk(self.rand, test)
        self.record = os.open(test.folder / 'last', os.O_WRONLY | os.O_CREAT, 0o600)
        self.calls = find_calls()
        self.made = set()
        self.n_answered = self.n_refused = 0  # by the library, and not by the language before it
        self.pending = 0

    def note(self, text):
        data = text.encode('utf-8', 'backslashreplace')[:4000]
        os.ftruncate(self.record, 0)
        os.pwrite(self.record, data, 0)

    def draw_self(self, owner):
        kind = owner_of(owner)
        candidates = [value for values in self.junk.pools.values() for value in values
                      if isinstance(value, kind)] if isinstance(kind, type) else []
        if owner in ('CredentialStore', 'SaslPasswdStore', 'PostfixInstance', 'SecretStore'):
            candidates = [value for value in self.junk.confined if isinstance(value, kind)]
        if candidates and self.rand.random() < 0.95:
            return self.rand.choice(candidates)
        return self.junk.draw() if self.rand.random() < 0.5 else None

    def done(self, _source, result, *_):
        self.pending -= 1
        self.junk.pools['results'].append(result)
        del self.junk.pools['results'][:-N_KEPT]

    def run(self, call):
        if isinstance(call, Property):
            return self.run_property(call)
        arguments = [self.junk.draw(hint, name) for name, hint in call.arguments]
        is_async = call.name.endswith('_async')
        # Without a callback newer PyGObjects make something to be awaited, and are critical
        # themselves where no event loop of Python runs.
        if is_async and (arguments[-1] is None or self.rand.random() < 0.7):
            arguments[-1] = self.done
        # What asks a relay or follows a message may take minutes, and is ended with the test.
        if is_async and len(arguments) > 1 and arguments[-2] is None:
            arguments[-2] = self.junk.ending
        if self.rand.random() < 0.03 and not is_async:
            arguments = arguments[:-1] if self.rand.random() < 0.5 else [*arguments, None]
        target = [self.draw_self(call.owner)] if call.is_method else []
        self.note(f'{call}{tuple(repr(a)[:200] for a in target + arguments)}')
        result = call.function()(*target, *arguments)
        if call.name.endswith('_async') and arguments[-1] == self.done:
            self.pending += 1
        if not call.is_method:
            return self.junk.keep(result)
        for value in result if isinstance(result, list) else [result]:
            self.junk.keep(value)
        return None

    def run_property(self, call):
        value, target = self.junk.draw(), self.draw_self(call.owner)
        if call.is_refused_before(value):
            value = 0
        # GObject itself warns of a constructor's property that can only be read, and newer ones
        # of one that is set after construction.
        ways = [0, 1, 2] if call.is_writable else [1, 2]
        how = self.rand.choice([0, 2] if call.is_for_constructors else ways)
        self.note(f'{call} {how} {target!r} {value!r}'[:400])
        if how == 0:
            owner_of(call.owner)(**{call.name.replace('-', '_'): value})
        elif how == 1:
            target.set_property(call.name, value)
        else:
            target.get_property(call.name)

    def is_due(self, call):
        """Each is tried at first, and slow ones seldom from then on."""
        return str(call) not in self.made or not SLOW.search(call.name) or self.rand.random() < 0.3

    def run_all(self):
        context = GLib.MainContext.default()
        order = self.rand.sample(self.calls, len(self.calls))
        for number in range(self.n_calls):
            call = order[number] if number < len(order) else self.rand.choice(self.calls)
            while not self.is_due(call):
                call = self.rand.choice(self.calls)
            self.made.add(str(call))
            signal.alarm(LIMIT_S)
            try:
                self.run(call)
                self.n_answered += 1
            except GLib.Error as error:
                self.n_refused += 1
                if not (error.domain == 'nullmail-error-quark'
                        or error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED)):
                    sys.exit(f'an error of {error.domain}: {error.message}')
                if SECRET in error.message:
                    sys.exit(f'a password is in an error: {error.message}')
            except PYTHON_ERRORS as error:
                if 'GError' in str(error):
                    sys.exit(f'an error that cannot be shown: {error}')
            while context.iteration(False):
                pass
        self.note('the end of asynchronous calls')
        self.junk.ending.cancel()
        while self.pending > 0:
            context.iteration(True)
        signal.alarm(0)
        print(len(self.calls), len(self.made), self.n_calls, self.n_answered, self.n_refused)


def inside_calls(test):
    seed, n_calls = map(int, os.environ['NULLMAIL_TEST_JUNK'].split())
    Child(test, seed, n_calls).run_all()


class JunkTest(unittest.TestCase):
    def test_calls(self):
        n_made = 0
        for number in range(N_CHILDREN):
            folder = fixture.make_folder('junk-')
            (folder / 'etc').mkdir()
            fixture.write(folder / 'etc' / 'main.cf', fixture.MAIN_CF)
            n_calls = N_CALLS // N_CHILDREN
            environment = {
                **os.environ, 'G_DEBUG': 'fatal-criticals', 'HOME': str(folder),
                'XDG_RUNTIME_DIR': str(folder), 'XDG_DATA_HOME': str(folder),
                'DBUS_SESSION_BUS_ADDRESS': f'unix:path={folder}/no-bus',
                'NULLMAIL_TEST_JUNK': f'{SEED + number} {n_calls}',
            }
            done = subprocess.run(fixture.inside_command('calls', folder), env=environment,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                                  stderr=subprocess.PIPE, errors='replace', check=False)
            last = (folder / 'last').read_text() if (folder / 'last').exists() else 'none'
            self.assertEqual(done.returncode, 0,
                             f'NULLMAIL_TEST_SEED={SEED}, child {number}: {last}\n'
                             f'{done.stderr[-3000:]}')
            n_found, n_tried, n_child, *n_reached = map(int, done.stdout.split()[-5:])
            self.assertGreater(n_found, 150)
            self.assertEqual(n_tried, n_found, 'of the functions some were never called')
            # Enough of them come as far as the library, and some of these are refused there.
            self.assertGreater(sum(n_reached), n_calls // 3, n_reached)
            self.assertGreater(min(n_reached), n_calls // 50, n_reached)
            n_made += n_child
            shutil.rmtree(folder, ignore_errors=True)
        self.assertEqual(n_made, N_CALLS // N_CHILDREN * N_CHILDREN)

    def test_finds_what_is_public(self):
        """What is found is what a binding offers, so that no call is left out."""
        names = {str(call) for call in find_calls()}
        for name in ('RelayHost.parse', 'RelayHost.new', 'PostfixInstance.apply', 'version_string',
                     'NullClientConfig:relay-host', 'NullClientConfig.set_relay_host',
                     'MainCf.new_from_bytes', 'CredentialStore.list_finish', 'Error.quark',
                     'RelayCredentials.write_password', 'Finding.fix', 'Plan:activation'):
            self.assertIn(name, names)
        self.assertEqual({call.owner for call in find_calls() if call.owner}, set(CLASSES))
