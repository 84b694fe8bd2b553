# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""SecretStore with a real gnome-keyring-daemon on a private bus, and with services that fail."""

import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from gi.repository import Gio, GLib, Nullmail

import keyring
import program
from keyring import FakeService, Keyring, SCHEMA, secret_tool
from program import LIMIT_S
from store_conformance import (AsyncCalls, RELAY, StoreConformance, SyncCalls, credentials,
                               password_of, relay_host)

HERE = os.path.dirname(os.path.realpath(__file__))
NETWORK = 'org.gnome.keyring.NetworkPassword'
_folder = None
_bus = None


def setUpModule():
    global _folder, _bus
    program.need(*keyring.TOOLS)
    os.environ.pop('SECRET_BACKEND', None)
    _folder = program.make_socket_folder(unittest.addModuleCleanup)
    _bus = keyring.Bus(_folder)
    unittest.addModuleCleanup(_bus.end)


LAST = b'the last'
PROGRAM = '''
import importlib.util, sys
spec = importlib.util.spec_from_file_location('test', sys.argv[1])
test = importlib.util.module_from_spec(spec)
spec.loader.exec_module(test)
print('!', end='', flush=True)
sys.stdin.read()
test.store_often(test.Nullmail.SecretStore.new(), sys.argv[2])
'''


def store_often(store, username):
    for password in (b'the first', b'the second', LAST):
        store.store(credentials(username=username, password=password), None)


class KeyringCase(unittest.TestCase):
    """A keyring for each class; each test finds it empty."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(dir=_folder)
        cls.service = Keyring(_bus, cls.folder)

    @classmethod
    def tearDownClass(cls):
        cls.service.end()

    def setUp(self):
        self.store = Nullmail.SecretStore.new()
        for schema in (SCHEMA, NETWORK):
            secret_tool('clear', 'xdg:schema', schema)

    def search(self, *attributes):
        """The items that secret-tool(1) shows."""
        text = secret_tool('search', '--all', *attributes).decode()
        return [dict(line.split(' = ', 1) for line in part.splitlines() if ' = ' in line)
                for part in text.split('[/')[1:]]

    def put(self, password, **attributes):
        """Makes an item with secret-tool(1)."""
        attributes.setdefault('schema', SCHEMA)
        pairs = [part for name, value in attributes.items()
                 for part in ('xdg:schema' if name == 'schema' else name, value)]
        secret_tool('store', '--label=by hand', *pairs, text=password)

    def stored(self, relay=RELAY):
        found = self.store.lookup(relay_host(relay), None)
        return found and (found.get_username(), password_of(found))


class TestConformanceSync(SyncCalls, StoreConformance, KeyringCase):
    stored = StoreConformance.stored


class TestConformanceAsync(AsyncCalls, StoreConformance, KeyringCase):
    stored = StoreConformance.stored


class TestItems(KeyringCase):
    TURNS = 20  # of what goes on at the same time: most of them met the other one

    def test_what_others_see(self):
        self.store.store(credentials('[SMTP.Example.com]:submission'), None)
        relay = '[smtp.example.com]:submission'
        item, = self.search('xdg:schema', SCHEMA)
        self.assertEqual(item['label'], 'SMTP relay alice@SMTP.Example.com:587')
        self.assertEqual(item['secret'], 'secret')
        self.assertEqual(item['schema'], SCHEMA)
        done = subprocess.run(['secret-tool', 'search', '--all', 'relayhost', relay],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True,
                              text=True)
        for line in (f'attribute.relayhost = {relay}', 'attribute.server = smtp.example.com',
                     'attribute.port = 587', 'attribute.user = alice', 'attribute.protocol = smtp'):
            self.assertIn(line, done.stdout)
        self.assertEqual(secret_tool('lookup', 'relayhost', relay), b'secret')
        self.assertEqual(secret_tool('lookup', 'server', 'smtp.example.com', 'port', '587',
                                     'user', 'alice', 'protocol', 'smtp'), b'secret')

    def test_what_others_stored(self):
        self.put(b'by hand', relayhost=RELAY, user='carol')
        self.assertEqual(self.stored(), ('carol', b'by hand'))
        entry, = self.store.list(None)
        self.assertEqual(entry.get_username(), 'carol')
        self.put(b'by echo\n', relayhost=RELAY, user='carol')
        self.assertEqual(self.stored(), ('carol', b'by echo'))
        self.assertTrue(self.store.store(credentials(), None))
        self.assertEqual(len(self.search('relayhost', RELAY)), 1)
        self.assertEqual(self.stored(), ('alice', b'secret'))

    def test_item_that_cannot_be_used(self):
        self.put(b'two\nlines', relayhost=RELAY, user='carol')
        with self.assertRaises(GLib.Error) as caught:
            self.stored()
        self.assertTrue(caught.exception.matches(Nullmail.Error.quark(),
                                                 Nullmail.Error.INVALID_CREDENTIALS))
        self.assertNotIn('lines', caught.exception.message)

    def test_item_that_is_too_long(self):
        self.service.put(b'x' * 16384 + b'\n', relayhost=RELAY, user='carol')
        self.assertEqual(self.stored(), ('carol', b'x' * 16384))
        for size in (16385, 70000):
            self.service.put(b'x' * size, relayhost=RELAY, user='carol')
            with self.assertRaisesRegex(GLib.Error, 'longer than 16384 bytes') as caught:
                self.stored()
            self.assertTrue(caught.exception.matches(Nullmail.Error.quark(),
                                                     Nullmail.Error.INVALID_CREDENTIALS))

    def test_longest_password(self):
        token = b'x' * 16384
        self.store.store(credentials(password=token), None)
        self.assertEqual(self.stored(), ('alice', token))

    def test_other_schemas_are_not_ours(self):
        self.put(b'foreign', schema='org.example.Other', relayhost=RELAY, user='mallory')
        self.assertIsNone(self.stored())
        self.assertEqual(self.store.list(None), [])
        self.store.clear(relay_host(), None)
        self.assertEqual(secret_tool('lookup', 'user', 'mallory'), b'foreign')
        secret_tool('clear', 'user', 'mallory')

    def test_network_password_is_read_only(self):
        self.put(b'mail program', schema=NETWORK, server='smtp.example.com', port='587',
                 user='dave', protocol='smtp')
        self.put(b'web', schema=NETWORK, server='www.example.com', port='587', user='dave',
                 protocol='https')
        self.assertEqual(self.stored(), ('dave', b'mail program'))
        self.assertIsNone(self.stored('[www.example.com]:587'))
        self.assertIsNone(self.stored('[smtp.example.com]:465'))
        self.assertEqual(self.store.list(None), [])
        self.assertTrue(self.store.store(credentials(), None))
        self.assertEqual(self.stored(), ('alice', b'secret'))
        self.assertTrue(self.store.clear(relay_host(), None))
        self.assertEqual(self.stored(), ('dave', b'mail program'))

    def test_the_most_recent_of_two_counts(self):
        self.put(b'older', relayhost=RELAY, user='carol')
        keyring.wait_for_next_second()
        self.put(b'newer', relayhost=RELAY, user='bob')
        self.assertEqual(self.stored(), ('bob', b'newer'))
        self.assertEqual([e.get_username() for e in self.store.list(None)], ['bob'])
        keyring.wait_for_next_second()
        self.put(b'newest', relayhost=RELAY, user='carol')
        self.assertEqual(self.stored(), ('carol', b'newest'))
        self.assertTrue(self.store.clear(relay_host(), None))
        self.assertIsNone(self.stored())

    def test_store_leaves_one(self):
        self.put(b'1', relayhost=RELAY, user='alice')  # with fewer attributes than ours
        self.put(b'2', relayhost=RELAY, user='bob')
        self.store.store(credentials(username='carol'), None)
        Nullmail.SecretStore(collection='session').store(credentials(password=b'session'), None)
        self.assertEqual(self.stored(), ('alice', b'session'))
        self.assertEqual(len(self.search('relayhost', RELAY)), 1)
        self.store.store(credentials(password=b'default'), None)
        self.assertEqual(self.stored(), ('alice', b'default'))
        self.assertEqual(len(self.search('relayhost', RELAY)), 1)
        self.store.store(credentials('[b.example]:587'), None)
        self.assertEqual(self.stored(), ('alice', b'default'))

    def test_from_many_threads(self):
        failures = []

        def work(number):
            try:
                relay = f'[host{number}.example.com]:587'
                for turn in range(5):
                    password = b'%d of %d' % (turn, number)
                    self.store.store(credentials(relay, password=password), None)
                    found = self.store.lookup(relay_host(relay), None)
                    assert password_of(found) == password
                    assert len(self.store.list(None)) <= 4
            except Exception as e:
                failures.append(e)

        threads = [threading.Thread(target=work, args=[n]) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])
        self.assertEqual(len(self.store.list(None)), 4)

    def test_paths_as_collection(self):
        """An alias has a path too, below which no item lies."""
        for path in ('/org/freedesktop/secrets/aliases/default',
                     '/org/freedesktop/secrets/collection/login'):
            with self.subTest(path):
                store = Nullmail.SecretStore(collection=path)
                for username in ('alice', 'bob', 'bob'):
                    self.assertTrue(store.store(credentials(username=username), None))
                    self.assertEqual(self.stored(), (username, b'secret'))
                    self.assertEqual(len(self.search('relayhost', RELAY)), 1)

    def at_once(self, *calls):
        """Makes the calls at the same time; their answers, an error among them as itself."""
        loop, answers = GLib.MainLoop(), [None] * len(calls)
        waiting = set(range(len(calls)))

        def done(store, result, number):
            try:
                answers[number] = getattr(store, calls[number][0] + '_finish')(result)
            except GLib.Error as e:
                answers[number] = e
            waiting.discard(number)
            if not waiting:
                loop.quit()

        for number, (name, *args) in enumerate(calls):
            getattr(self.store, name + '_async')(*args, None, done, number)
        loop.run()
        return answers

    def test_two_stores_at_once(self):
        for turn in range(self.TURNS):
            password = b'%d' % turn
            self.assertEqual(self.at_once(
                ('store', credentials(username='alice', password=password)),
                ('store', credentials(username='bob', password=password))), [True, True])
            self.assertIn(self.stored(), (('alice', password), ('bob', password)))
        self.assertTrue(self.store.store(credentials(username='carol'), None))
        self.assertEqual(self.stored(), ('carol', b'secret'))
        self.assertEqual(len(self.search('relayhost', RELAY)), 1)

    def test_many_stores_at_once(self):
        names = [f'user{number}' for number in range(20)]
        self.assertEqual(self.at_once(*(('store', credentials(username=name)) for name in names)),
                         [True] * 20)
        self.assertIn(self.stored()[0], names)
        self.assertEqual([entry.get_username() for entry in self.store.list(None)],
                         [self.stored()[0]])

    def assert_one_of_the_last(self):
        """One item, which has what some writer stored at the end."""
        items = self.search('relayhost', RELAY)
        self.assertEqual(len(items), 1, items)
        self.assertEqual(self.stored()[1], LAST)

    def test_threads_that_store_at_once(self):
        """They left two items of one key, one of them with an older password."""
        for _turn in range(self.TURNS):
            threads = [threading.Thread(target=store_often, args=[self.store, f'thread{number}'])
                       for number in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assert_one_of_the_last()

    def test_programs_that_store_at_once(self):
        for _turn in range(2):
            children = [keyring.start([sys.executable, '-c', PROGRAM, __file__, f'program{number}'],
                                      stdout=subprocess.PIPE, stdin=subprocess.PIPE)
                        for number in range(4)]
            for child in children:
                self.assertEqual(child.stdout.read(1), b'!')
            for child in children:
                child.stdin.close()  # now
            for child in children:
                self.assertEqual(child.wait(), 0)
                child.stdout.close()
            self.assert_one_of_the_last()

    def test_calls_while_others_store(self):
        """There is always one password, and none of the calls takes a change for a failure."""
        self.store.store(credentials(), None)
        for turn in range(self.TURNS):
            users = ('alice', 'bob', 'carol')
            first, second, found, listed = self.at_once(
                ('store', credentials(username=users[turn % 3])),
                ('store', credentials(username=users[(turn + 1) % 3])),
                ('lookup', relay_host()), ('list',))
            self.assertEqual((first, second), (True, True))
            self.assertIsInstance(found, Nullmail.RelayCredentials)
            self.assertIn(found.get_username(), users)
            self.assertEqual(len(listed), 1, listed)

    def test_clears_at_once(self):
        for _turn in range(self.TURNS):
            self.put(b'1', relayhost=RELAY, user='carol')
            self.put(b'2', relayhost=RELAY, user='bob')
            self.assertEqual(self.at_once(*[('clear', relay_host())] * 3), [True] * 3)
            self.assertIsNone(self.stored())

    def test_callers_context_does_not_run(self):
        ran = []
        source = GLib.idle_add(ran.append, 1)
        self.store.store(credentials(), None)
        self.stored()
        self.assertEqual(ran, [])
        GLib.source_remove(source)

    def test_service_that_starts_anew(self):
        self.store.store(credentials(), None)
        self.service.end()
        type(self).service = Keyring(_bus, self.folder)
        self.assertEqual(self.stored(), ('alice', b'secret'))


class FailureCase(KeyringCase):
    """Services that are not to be had. None of it may look like an empty keyring."""

    CALLS = (('lookup', [relay_host()]), ('list', []), ('clear', [relay_host()]),
             ('store', [credentials()]))

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(dir=_folder)

    @classmethod
    def tearDownClass(cls):
        pass

    def setUp(self):
        self.store = Nullmail.SecretStore.new()

    def assert_fails(self, pattern, name, *args, code=Nullmail.Error.SECRET_SERVICE,
                     cancellable=None):
        with self.assertRaises(GLib.Error) as caught:
            getattr(self.store, name)(*args, cancellable)
        error = caught.exception
        self.assertTrue(error.matches(Nullmail.Error.quark(), code), error)
        self.assertRegex(error.message, pattern)

    def assert_all_fail(self, pattern):
        for name, args in self.CALLS:
            with self.subTest(name):
                self.assert_fails(pattern, name, *args)

    def during(self, name, args, action, cancellable=None):
        """Does ACTION while a call waits, and returns the error of the call."""
        loop, answers = GLib.MainLoop(), []

        def done(store, result):
            try:
                answers.append(getattr(store, name + '_finish')(result))
            except GLib.Error as e:
                answers.append(e)
            loop.quit()

        getattr(self.store, name + '_async')(*args, cancellable, done)
        GLib.timeout_add(100, lambda: action() and False)
        loop.run()
        self.assertIsInstance(answers[0], GLib.Error)
        return answers[0]


class TestNoService(FailureCase):
    def test_no_service(self):
        self.assert_all_fail('^No Secret Service runs on the session bus: install and start one')

    def test_service_that_comes_later(self):
        self.assert_fails('^No Secret Service', 'lookup', relay_host())
        service = Keyring(_bus, self.folder)
        self.addCleanup(service.end)
        self.assertTrue(self.store.store(credentials(), None))
        self.assertEqual(self.stored(), ('alice', b'secret'))


class TestLocked(FailureCase):
    def test_locked(self):
        service = Keyring(_bus, self.folder)
        self.addCleanup(service.end)
        self.store.store(credentials(), None)
        self.assertEqual(self.stored(), ('alice', b'secret'))
        service.lock()
        self.assert_all_fail('“default” .* is locked, .* unlock it and try again$')

    def test_locked_since_its_start(self):
        service = Keyring(_bus, self.folder)
        self.store.store(credentials(), None)
        service.end()
        service = Keyring(_bus, self.folder, password=b'')
        self.addCleanup(service.end)
        self.assert_all_fail('“default” .* is locked, .* unlock it and try again$')

    def test_never_unlocked(self):
        service = Keyring(_bus, tempfile.mkdtemp(dir=_folder), password=b'')
        self.addCleanup(service.end)
        self.assert_all_fail('no keyring “default”, because it was never unlocked or never made')

    def test_no_such_collection(self):
        service = Keyring(_bus, self.folder)
        self.addCleanup(service.end)
        self.store = Nullmail.SecretStore(collection='/org/freedesktop/secrets/collection/none')
        self.assert_all_fail('no keyring “/org/freedesktop/secrets/collection/none”')

    def test_bad_collections(self):
        """At once, and not when the time is over."""
        service = Keyring(_bus, self.folder)
        self.addCleanup(service.end)
        login = '/org/freedesktop/secrets/collection/login'
        for name in ('', '/', '//', login + '/', login + ' ', login + 'ä', 'bad path', 'héllo',
                     'none', '/org/freedesktop/secrets', login + 'x'):
            no_path = name == '' or (name[0] == '/' and name != '/'
                                     and not GLib.Variant.is_object_path(name))
            self.store = Nullmail.SecretStore(collection=name)
            for call, args in self.CALLS:
                with self.subTest(name, call=call):
                    self.assert_fails(
                        f'“{name}”.*names no keyring' if no_path
                        else 'no keyring|No such interface', call, *args,
                        code=Nullmail.Error.INVALID_ARGUMENT if no_path
                        else Nullmail.Error.SECRET_SERVICE)

    def test_locked_beside_the_store(self):
        service = Keyring(_bus, tempfile.mkdtemp(dir=_folder))
        self.addCleanup(service.end)
        self.store.store(credentials(), None)
        service.lock()
        self.store = Nullmail.SecretStore(collection='session')
        self.assert_fails('is locked', 'lookup', relay_host())
        self.assert_fails('is locked', 'clear', relay_host())


class TestPrompt(FailureCase):
    def start(self, behaviour):
        service = FakeService(_bus, behaviour)
        self.addCleanup(service.end)
        return service

    def test_dismissed(self):
        self.start('dismiss')
        self.assert_all_fail('the prompt to unlock it was dismissed')

    def test_cancelled(self):
        self.start('wait')
        for name, args in self.CALLS:
            with self.subTest(name):
                cancellable = Gio.Cancellable()
                error = self.during(name, args, cancellable.cancel, cancellable)
                self.assertTrue(error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED),
                                error)

    def test_cancelled_while_it_hangs(self):
        service = self.start('wait')
        cancellable = Gio.Cancellable()
        error = self.during('lookup', [relay_host()],
                            lambda: service.stop() or cancellable.cancel(), cancellable)
        self.assertTrue(error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED), error)

    def test_service_dies(self):
        # Which makes libsecret 0.20.5 complain, and wait for ever.
        fatal = GLib.log_set_always_fatal(GLib.LogLevelFlags.LEVEL_ERROR)
        self.addCleanup(GLib.log_set_always_fatal, fatal)
        self.start('die')
        self.assert_fails('went away during the call', 'lookup', relay_host())


class TestGone(FailureCase):
    def setUp(self):
        super().setUp()
        self.service = Keyring(_bus, self.folder)
        self.addCleanup(lambda: self.service.end())  # the one there is then
        self.store.store(credentials(), None)

    def test_killed_in_mid_call(self):
        for name, args in self.CALLS:
            with self.subTest(name):
                self.assertEqual(self.stored(), ('alice', b'secret'))
                self.service.stop()
                error = self.during(name, args, self.service.process.kill)
                self.assertTrue(error.matches(Nullmail.Error.quark(),
                                              Nullmail.Error.SECRET_SERVICE), error)
                self.assertRegex(error.message, 'went away during the call')
                self.service.end()
                self.service = Keyring(_bus, self.folder)
        self.assertEqual(self.stored(), ('alice', b'secret'))

    def test_cancelled_in_mid_call(self):
        self.service.stop()
        for name, args in self.CALLS:
            with self.subTest(name):
                cancellable = Gio.Cancellable()
                error = self.during(name, args, cancellable.cancel, cancellable)
                self.assertTrue(error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED),
                                error)
        self.service.go_on()
        self.assertEqual(self.stored(), ('alice', b'secret'))

    def test_cancelled_by_another_thread(self):
        self.service.stop()
        cancellable = Gio.Cancellable()
        timer = threading.Timer(0.1, cancellable.cancel)
        timer.start()
        with self.assertRaises(GLib.Error) as caught:
            self.store.lookup(relay_host(), cancellable)
        self.assertTrue(caught.exception.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))
        self.service.go_on()

    def test_hangs(self):
        self.service.stop()
        began = time.monotonic()
        self.assert_fails('did not answer in time', 'lookup', relay_host(),
                          code=Nullmail.Error.TIMED_OUT)
        self.assertGreater(time.monotonic() - began, 9)
        self.service.go_on()


def system_calls(trace):
    """The lines of strace(1), each whole though others came in between."""
    calls, begun = [], {}
    for line in trace.splitlines():
        thread, _, text = line.partition(' ')
        text = text.strip()
        if text.endswith(' <unfinished ...>'):
            begun[thread] = text.removesuffix(' <unfinished ...>')
        elif re.match(r'\d+$', thread):
            start = begun.pop(thread, '')
            calls.append(start + re.sub(r'^<\.\.\. \w+ resumed>', '', text))
    return calls


class TestNoBus(FailureCase):
    """In processes of their own, for a process keeps its connection to the bus."""

    SCRIPT = '''
import os
import gi
gi.require_version('Nullmail', '1.0')
from store_conformance import *
store = Nullmail.SecretStore.new()
calls = (('lookup', [relay_host()]), ('list', []), ('clear', [relay_host()]),
         ('store', [credentials()]))
texts = set()
os.access('/begin', os.F_OK)
for name, args in calls * {turns}:
    try:
        getattr(store, name)(*args, None)
    except GLib.Error as e:
        assert e.matches(Nullmail.Error.quark(), Nullmail.Error.SECRET_SERVICE), e
        texts.add(e.message)
os.access('/end', os.F_OK)
text, = texts
print(text)
'''
    TURNS = 5
    # How a call of poll or ppoll ends that only looks.
    NO_WAIT = r'(, 0|\{tv_sec=0, tv_nsec=0\}, NULL, \d+)\) *= 0 '
    # A system call takes some microseconds: so many are far from the 100 ms that it may take.
    MAX_CALLS = 300

    def without_bus(self, **changes):
        environment = {**os.environ, **changes}
        for name in ('DISPLAY', 'WAYLAND_DISPLAY', 'XDG_RUNTIME_DIR'):
            environment.pop(name, None)
        if 'DBUS_SESSION_BUS_ADDRESS' not in changes:
            environment.pop('DBUS_SESSION_BUS_ADDRESS')
        return environment

    def run_without(self, **changes):
        """How long it takes does not depend on the machine: it waits for nothing, starts nothing,
        and does little."""
        program.need('strace')
        trace = os.path.join(self.folder, 'trace')
        script = self.SCRIPT.format(turns=self.TURNS)
        done = subprocess.run(['strace', '-f', '-qq', '-o', trace, sys.executable, '-c', script],
                              env=self.without_bus(**changes), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=LIMIT_S, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, '^There is no session bus on which to ask')
        with open(trace, encoding='utf-8', errors='replace') as file:
            text = file.read().partition('"/begin"')[2].partition('"/end"')[0]
        calls = system_calls(text)
        print(f'{len(calls) // (4 * self.TURNS)} system calls', end=' ', file=sys.stderr)
        self.assertGreater(len(calls), 4 * self.TURNS)
        self.assertLess(len(calls), 4 * self.TURNS * self.MAX_CALLS)
        # A wait that ends with its time is one that a limit ended; one that is woken was work.
        self.assertEqual([line for line in calls
                          if re.match(r'(clock_)?nanosleep|execve|v?fork', line)
                          or ('(Timeout)' in line and not re.search(self.NO_WAIT, line))
                          or 'ETIMEDOUT' in line], [])

    def test_no_address(self):
        self.run_without()

    def test_dead_address(self):
        self.run_without(DBUS_SESSION_BUS_ADDRESS='unix:path=/nonexistent/bus')

    def test_no_bus_for_a_display(self):
        """GLib then wants to start a bus, with a program that is not there."""
        environment = {**self.without_bus(), 'DISPLAY': ':99', 'PATH': '/nonexistent'}
        done = subprocess.run([sys.executable, '-c', self.SCRIPT.format(turns=1)],
                              env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=LIMIT_S, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, '^There is no session bus on which to ask')

    def test_everything_else_works(self):
        """The tests of all that is no SecretStore, with neither bus."""
        environment = self.without_bus(DBUS_SYSTEM_BUS_ADDRESS='unix:path=/nonexistent/system')
        for name in ('credential_store', 'postfix_instance', 'relay_credentials', 'stores'):
            with self.subTest(name):
                done = subprocess.run([sys.executable, program.RUNNER,
                                       os.path.join(HERE, f'test_{name}.py')], env=environment,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                      timeout=LIMIT_S, text=True, check=False)
                self.assertEqual(done.returncode, 0, done.stdout)
                self.assertRegex(done.stdout, r'Ran [1-9]\d* tests')

    def test_bus_that_ends_in_mid_call(self):
        folder = tempfile.mkdtemp(dir=_folder)
        address = os.environ['DBUS_SESSION_BUS_ADDRESS']
        bus = keyring.Bus(folder)
        service = Keyring(bus, folder)
        script = f'''
import os, signal, threading
import gi
gi.require_version('Nullmail', '1.0')
from store_conformance import *
store = Nullmail.SecretStore.new()
store.store(credentials(), None)
os.kill({service.process.pid}, signal.SIGSTOP)
threading.Timer(0.2, os.kill, [{bus.process.pid}, signal.SIGKILL]).start()
for turn in range(3):
    try:
        store.lookup(relay_host(), None)
    except GLib.Error as e:
        assert e.matches(Nullmail.Error.quark(), Nullmail.Error.SECRET_SERVICE), e
        print(e.message)
'''
        done = subprocess.run([sys.executable, '-c', script], timeout=LIMIT_S, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        os.environ['DBUS_SESSION_BUS_ADDRESS'] = address
        keyring.end(service.process)
        bus.end()
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, '^The Secret Service went away during the call.*\n'
                                      'There is no session bus')
