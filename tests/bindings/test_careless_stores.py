# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Stores in Python that lack functions, or whose functions return what they may not. None of them
may end the interpreter, which runs with fatal criticals, and an error names the function."""

import contextlib
import gc
import io
import itertools
import subprocess
import sys
import unittest

import fixture
from fixture import LIMIT_S, RELAY, SECRET
from gi.repository import Gio, GLib, GObject, Nullmail

Error = Nullmail.Error
CALLS = {'lookup': (fixture.relay_host, 'do_lookup'), 'store': (fixture.credentials, 'do_store'),
         'clear': (fixture.relay_host, 'do_clear'), 'list': (None, 'do_load_list')}


class Complete(GObject.Object, Nullmail.CredentialStore):
    """What each of the careless ones is but for one function."""

    def do_lookup(self, _relay_host, _cancellable):
        return fixture.credentials()

    def do_store(self, _credentials, _cancellable):
        return True

    def do_clear(self, _relay_host, _cancellable):
        return True

    def do_load_list(self, _cancellable):
        return [fixture.credentials()]


WHOLE = {name: vars(Complete)[name] for _, name in CALLS.values()}


def careless(name, functions):
    """A class that has these functions only. Without its module it counts as one of PyGObject's
    own, which from 3.58 on connects no functions of such a one."""
    return type(GObject.Object)(name, (GObject.Object, Nullmail.CredentialStore),
                                {'__module__': __name__, **functions})


def call(store, name, is_async):
    """The result of a call; its error, too, is returned."""
    make, _ = CALLS[name]
    arguments = [make()] if make else []
    if not is_async:
        try:
            return getattr(Nullmail.CredentialStore, name)(store, *arguments, None)
        except GLib.Error as error:
            return error
    loop, results = GLib.MainLoop(), []

    def done(source, result, *_):
        try:
            results.append(getattr(source, name + '_finish')(result))
        except GLib.Error as error:
            results.append(error)
        loop.quit()

    getattr(store, name + '_async')(*arguments, None, done)
    timeout = GLib.timeout_add_seconds(LIMIT_S, loop.quit)
    loop.run()
    GLib.source_remove(timeout)
    result, = results
    return result


class Lacking(unittest.TestCase):
    def assert_failed(self, found, function):
        self.assertIsInstance(found, GLib.Error)
        self.assertTrue(found.matches(Error.quark(), Error.FAILED), found)
        self.assertIn(function.removeprefix('do_'), found.message)

    def test_every_set_of_functions(self):
        for n_functions in range(len(WHOLE) + 1):
            for names in itertools.combinations(WHOLE, n_functions):
                kind = careless('With_' + '_'.join(names), {name: WHOLE[name] for name in names})
                store = kind()
                for (name, (_, function)), is_async in itertools.product(CALLS.items(), (0, 1)):
                    with self.subTest(names, call=name, is_async=is_async):
                        found = call(store, name, is_async)
                        if function in names:
                            self.assertNotIsInstance(found, GLib.Error)
                        else:
                            self.assert_failed(found, function)
                            self.assertIn(kind.__name__, found.message)

    def test_class_without_init(self):
        """Its constructor never calls that of its parent."""
        class Uninitialised(GObject.Object, Nullmail.CredentialStore):
            def __init__(self):  # pylint: disable=super-init-not-called
                pass

        with self.assertRaises((GLib.Error, TypeError, RuntimeError)):
            Nullmail.CredentialStore.list(Uninitialised(), None)


def raise_error(*_):
    raise ValueError(f'not {SECRET}')


def raise_foreign(*_):
    raise GLib.Error.new_literal(Gio.io_error_quark(), 'no disk', Gio.IOErrorEnum.FAILED)


def raise_ours(*_):
    raise GLib.Error.new_literal(Error.quark(), 'it is busy', Error.BUSY)


def stop(*_):
    raise StopIteration


# But for (), with which PyGObject 3.42 itself reads beyond the end, whoever calls the function.
WRONG = [None, 0, 1, -1, 2 ** 80, 1.5, '', 'text', b'bytes', (1, 2), [], {}, object(), [None],
         [None, None], [1], ['x'], [object()], [[]], iter([1]), GObject.Object(), Gio.Cancellable(),
         fixture.relay_host(), [fixture.relay_host()], fixture.credentials(),
         [fixture.credentials(), None], [fixture.credentials(), fixture.relay_host()],
         GLib.Variant('s', 'x'), Nullmail.NullClientConfig, GLib.Error('x')]


# The same with a list of GLib's own. PyGObject 3.58 takes whatever lies in memory for the value
# that it could not convert.
MODEL = '''
from gi.repository import Gio, GObject

class Model(GObject.Object, Gio.ListModel):
    def do_get_item(self, _position):
        return 1

for _ in range(100):
    Model().get_item(0)
'''


def pygobject_survives():
    return subprocess.run([sys.executable, '-c', MODEL], stderr=subprocess.DEVNULL,
                          check=False).returncode == 0


class Wrong(unittest.TestCase):
    def each(self, functions):
        for function in functions:
            for name, (_, method) in CALLS.items():
                kind = careless(f'Wrong{next(self.numbers)}',
                                {**WHOLE, method: function})
                for is_async in (False, True):
                    # PyGObject prints what it could not convert.
                    with contextlib.redirect_stderr(io.StringIO()) as printed:
                        sys.excepthook, saved = (lambda *_: None), sys.excepthook
                        try:
                            found = call(kind(), name, is_async)
                        finally:
                            sys.excepthook = saved
                    self.assertNotIn('CRITICAL', printed.getvalue())
                    yield name, found
                    gc.collect()

    numbers = itertools.count()

    def assert_harmless(self, name, found):
        """What comes out is what may come out."""
        if isinstance(found, GLib.Error):
            self.assertTrue(found.matches(Error.quark(), Error.FAILED), found)
            return
        if name == 'lookup':
            self.assertIsInstance(found, (Nullmail.RelayCredentials, type(None)))
        elif name == 'list':
            for entry in found:
                self.assertEqual((entry.get_relay_host().to_string(), entry.has_password()),
                                 (RELAY, False))
        else:
            self.assertIs(found, True)

    def test_values(self):
        values = WRONG if pygobject_survives() else [None]
        for value in values:
            for name, found in self.each([lambda *_, value=value: value]):
                with self.subTest(name, value=str(value)[:50]):
                    self.assert_harmless(name, found)

    def test_exceptions(self):
        for name, found in self.each([raise_error, stop, lambda: None, lambda *_: 1 // 0]):
            with self.subTest(name):
                self.assert_harmless(name, found)
                self.assertNotIn(SECRET, str(found))

    def test_errors_are_passed_on(self):
        for function, domain, code in ((raise_foreign, Gio.io_error_quark(),
                                        Gio.IOErrorEnum.FAILED),
                                       (raise_ours, Error.quark(), Error.BUSY)):
            for name, found in self.each([function]):
                with self.subTest(name):
                    self.assertIsInstance(found, GLib.Error)
                    self.assertTrue(found.matches(domain, code), found)

    def test_no_reference_kept(self):
        """What is returned is nobody's else, and lives on."""
        for _ in range(50):
            store = Complete()
            listed, found = call(store, 'list', False), call(store, 'lookup', True)
            del store
            gc.collect()
            self.assertEqual(listed[0].get_relay_host().to_string(), RELAY)
            self.assertEqual(fixture.password_of(found).decode(), SECRET)

    def test_list_that_is_kept_and_changed(self):
        kept = [fixture.credentials() for _ in range(3)]
        store = careless('Keeps', {'do_load_list': lambda *_: kept})()
        for n_left in (3, 2, 1, 0):
            listed = call(store, 'list', n_left % 2)
            self.assertEqual([entry.has_password() for entry in listed], [False] * n_left)
            del kept[:1]
            gc.collect()


class Results(unittest.TestCase):
    """A result that is not of the call that is to be ended, and one that was taken before."""

    def test_wrong_and_taken_twice(self):
        store, other = Complete(), Complete()
        results, loop = [], GLib.MainLoop()

        def done(_store, result):
            results.append(result)
            loop.quit()

        store.list_async(None, done)
        loop.run()
        for source, finish in ((other, 'list_finish'), (store, 'lookup_finish'),
                               (store, 'store_finish'), (store, 'clear_finish')):
            with self.subTest(finish), self.assertRaises(GLib.Error) as caught:
                getattr(source, finish)(results[0])
            self.assertTrue(caught.exception.matches(Error.quark(), Error.INVALID_ARGUMENT))
        self.assertEqual(len(store.list_finish(results[0])), 1)
        with self.assertRaises(GLib.Error) as caught:
            store.list_finish(results[0])
        self.assertTrue(caught.exception.matches(Error.quark(), Error.INVALID_ARGUMENT))
