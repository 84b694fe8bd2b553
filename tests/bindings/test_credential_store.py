# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

import os

from gi.repository import Gio, GLib, GObject, Nullmail

from stand_ins import (Error, FORCE, Folder, OTHER, RELAY, SECRET, credentials, password_of,
                       relay_host)


class Stores(Folder):
    def store(self, map_type='texthash'):
        return Nullmail.SaslPasswdStore(path=self.sasl_passwd, map_type=map_type,
                                        command_directory=self.commands)

    def test_properties(self):
        store = self.store()
        self.assertEqual((store.get_path(), store.get_map_type(), store.get_command_directory()),
                         (self.sasl_passwd, 'texthash', self.commands))
        self.assertIsNone(store.get_map_path())
        for map_type, suffix in (('hash', '.db'), ('btree', '.db'), ('lmdb', '.lmdb'),
                                 ('cdb', '.cdb')):
            self.assertEqual(self.store(map_type).get_map_path(), self.sasl_passwd + suffix)
        self.assertIsNone(Nullmail.SaslPasswdStore.new('/a', 'hash').props.command_directory)

    def test_all_of_it(self):
        store = self.store()
        self.assertIsInstance(store, Nullmail.CredentialStore)
        self.assertEqual(store.list(), [])
        self.assertIsNone(store.lookup(relay_host()))
        self.assertTrue(store.clear(relay_host()))
        self.assertFalse(os.path.exists(self.sasl_passwd))
        self.assertTrue(store.store(credentials()))
        self.assertTrue(store.store(credentials(OTHER, password='x y')))
        self.assertEqual(os.stat(self.sasl_passwd).st_mode & 0o777, 0o600)
        found = store.lookup(relay_host(RELAY.upper()))
        self.assertEqual(password_of(found), SECRET)
        self.assertEqual([(c.get_relay_host().to_string(), c.get_username(), c.has_password())
                          for c in store.list()],
                         [(RELAY, 'host7', False), (OTHER, 'host7', False)])
        self.assertTrue(store.clear(relay_host()))
        self.assertIsNone(store.lookup(relay_host()))
        self.assertFalse(store.is_stale())
        self.assertTrue(store.rebuild())
        self.assert_fails(Error.INVALID_CREDENTIALS, store.store, store.list()[0])

    def test_async(self):
        store = self.store()
        self.assertTrue(self.run_async(store, 'store', credentials()))
        self.assertEqual(password_of(self.run_async(store, 'lookup', relay_host())), SECRET)
        self.assertIsNone(self.run_async(store, 'lookup', relay_host(OTHER)))
        self.assertEqual(len(self.run_async(store, 'list')), 1)
        self.assertTrue(self.run_async(store, 'rebuild'))
        self.assertTrue(self.run_async(store, 'clear', relay_host()))
        self.assertEqual(self.run_async(store, 'list'), [])

    def test_async_errors(self):
        store = Nullmail.SaslPasswdStore.new(os.path.join(self.folder, 'no', 'such'), 'texthash')
        for name, arguments in (('store', [credentials()]), ('rebuild', [])):
            error = self.run_async(store, name, *arguments)
            self.assertTrue(error.matches(Error.quark(), Error.NOT_FOUND), error)
        cancellable = Gio.Cancellable()
        cancellable.cancel()
        store = self.store()
        for name, arguments in (('store', [credentials()]), ('clear', [relay_host()]), ('list', []),
                                ('lookup', [relay_host()])):
            error = self.run_async(store, name, *arguments, cancellable=cancellable)
            self.assertTrue(isinstance(error, GLib.Error)
                            and error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED),
                            (name, error))
        self.assertFalse(os.path.exists(self.sasl_passwd))

    def test_stale(self):
        store = self.store('hash')
        self.assertFalse(store.is_stale())
        self.write(self.sasl_passwd, f'{RELAY} a:b\n')
        self.assertTrue(store.is_stale())
        self.write(self.sasl_passwd + '.db', '')
        os.utime(self.sasl_passwd, (1, 1))
        self.assertFalse(store.is_stale())


class DictStore(GObject.Object, Nullmail.CredentialStore):
    """What a test or a tool of one's own needs: a dictionary."""

    def __init__(self):
        super().__init__()
        self.entries = {}

    def do_lookup(self, relay, cancellable):
        if relay.get_host() == 'broken.example.com':
            raise GLib.Error.new_literal(Error.quark(), 'it is broken', Error.FAILED)
        return self.entries.get(relay.to_string().lower())

    def do_store(self, entry, cancellable):
        self.entries[entry.get_relay_host().to_string().lower()] = entry
        return True

    def do_clear(self, relay, cancellable):
        self.entries.pop(relay.to_string().lower(), None)
        return True

    def do_load_list(self, cancellable):
        return list(self.entries.values())


class PythonStore(Folder):
    def setUp(self):
        super().setUp()
        self.store = DictStore()

    def test_synchronous(self):
        store = self.store
        self.assertIsNone(Nullmail.CredentialStore.lookup(store, relay_host(), None))
        self.assertTrue(Nullmail.CredentialStore.store(store, credentials(), None))
        self.assertEqual(password_of(Nullmail.CredentialStore.lookup(store, relay_host(), None)),
                         SECRET)
        self.assertTrue(store.lookup(relay_host(RELAY.upper())).equal(credentials()))
        self.assertTrue(Nullmail.CredentialStore.clear(store, relay_host(OTHER), None))
        self.assertTrue(Nullmail.CredentialStore.clear(store, relay_host(), None))
        self.assertIsNone(store.lookup(relay_host()))
        self.assert_fails(Error.FAILED, store.lookup, relay_host('broken.example.com'))

    def test_list(self):
        for _ in range(20):
            self.store.store(credentials())
            self.store.store(credentials(OTHER))
            listed = Nullmail.CredentialStore.list(self.store, None)
            self.assertEqual({c.get_relay_host().to_string() for c in listed}, {RELAY, OTHER})

    def test_asynchronous(self):
        self.assertTrue(self.run_async(self.store, 'store', credentials()))
        self.assertEqual(password_of(self.run_async(self.store, 'lookup', relay_host())), SECRET)
        self.assertIsNone(self.run_async(self.store, 'lookup', relay_host(OTHER)))
        self.assertEqual(len(self.run_async(self.store, 'list')), 1)
        error = self.run_async(self.store, 'lookup', relay_host('broken.example.com'))
        self.assertTrue(error.matches(Error.quark(), Error.FAILED), error)
        self.assertTrue(self.run_async(self.store, 'clear', relay_host()))
        self.assertEqual(self.store.entries, {})

    def test_cancelled_before(self):
        cancellable = Gio.Cancellable()
        cancellable.cancel()
        for name, arguments in (('store', [credentials()]), ('clear', [relay_host()]), ('list', []),
                                ('lookup', [relay_host()])):
            error = self.run_async(self.store, name, *arguments, cancellable=cancellable)
            self.assertTrue(isinstance(error, GLib.Error)
                            and error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED),
                            (name, error))
        self.assertEqual(self.store.entries, {})

    def test_look_up_then_plan(self):
        """One code path for both places a password lives."""
        self.store.store(credentials())
        for store in (self.store, Nullmail.SaslPasswdStore(path=os.path.join(self.folder, 'other'),
                                                           map_type='texthash',
                                                           command_directory=self.commands)):
            store.store(self.store.lookup(relay_host()))
            config, login = self.config(authentication=True), store.lookup(relay_host())
            plan = self.postfix.plan(config, login, 0)
            self.postfix.apply(plan, FORCE)
            self.assertEqual(self.read(self.sasl_passwd), f'{RELAY} host7:{SECRET}\n')


class Listing(Folder):
    def test_no_password_in_a_list(self):
        """Even where the store hands out what it was given."""
        store = DictStore()
        store.store(credentials())
        for listing in (store.list(), self.run_async(store, 'list')):
            self.assertEqual([(c.get_username(), c.has_password()) for c in listing],
                             [('host7', False)])


class CarelessStore(GObject.Object, Nullmail.CredentialStore):
    """Forgets that a function without “return True” returns None."""

    def do_store(self, entry, cancellable):
        pass

    def do_clear(self, relay, cancellable):
        pass


class Careless(Folder):
    def test_failure_without_a_reason_is_an_error_that_says_so(self):
        for name, argument in (('store', credentials()), ('clear', relay_host())):
            store = CarelessStore()
            with self.assertRaises(GLib.Error) as caught:
                getattr(store, name)(argument)
            for error in (caught.exception, self.run_async(store, name, argument)):
                self.assertTrue(error.matches(Error.quark(), Error.FAILED), error)
                self.assertIn('CarelessStore', error.message)
