# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What every CredentialStore does, whoever wrote it.

A test program makes two classes of each store: one with SyncCalls, one with AsyncCalls.
"""

import threading

import fixture
from fixture import (Gio, GLib, LIMIT_S, Nullmail, RELAY, password_of,  # noqa: F401
                     relay_host)

# Each is another key for Postfix, and so for a store.
RELAYS = [RELAY, '[smtp.example.com]', '[smtp.example.com]:submission', 'smtp.example.com:587',
          'smtp.example.com', '[192.0.2.1]:587', '[2001:db8::1]:587', '[mail.example.net]:465']
PASSWORDS = [b'x', b' leading blank', b'a:b', b'#not a comment', b'$mydomain ${x}', b'%s%n',
             b'"quoted" \'both\'', b'back\\slash', b'inner  blanks', 'Grüße, 世界 🔑'.encode(),
             bytes(range(0x21, 0x7f)), b'y' * 1024]


def credentials(relay=RELAY, username='alice', password=b'secret'):
    return fixture.credentials(relay, username, password)


class SyncCalls:
    """store.lookup() and so on."""

    def call(self, name, *args, cancellable=None):
        return getattr(self.store, name)(*args, cancellable)


class AsyncCalls:
    """store.lookup_async() and so on; the answer comes in the context of the one who asked."""

    def call(self, name, *args, cancellable=None):
        loop = GLib.MainLoop()
        answers = []

        def done(store, result):
            answers.append((store, result, threading.get_ident()))
            loop.quit()

        limit = GLib.timeout_add_seconds(LIMIT_S, loop.quit)
        getattr(self.store, name + '_async')(*args, cancellable, done)
        self.assertEqual(answers, [], 'the callback came before the call was over')
        loop.run()
        self.assertEqual(len(answers), 1, f'no answer within {LIMIT_S} s')
        GLib.source_remove(limit)
        store, result, thread = answers[0]
        self.assertIs(store, self.store)
        self.assertEqual(thread, threading.get_ident())
        return getattr(self.store, name + '_finish')(result)


class StoreConformance:
    """Needs self.store, empty, and self.call()."""

    def stored(self, relay=RELAY):
        found = self.call('lookup', relay_host(relay))
        return found and (found.get_username(), password_of(found))

    def listed(self):
        return sorted((entry.get_relay_host().to_string().lower(), entry.get_username())
                      for entry in self.call('list'))

    def test_nothing(self):
        self.assertIsNone(self.call('lookup', relay_host()))
        self.assertEqual(self.call('list'), [])
        self.assertTrue(self.call('clear', relay_host()))

    def test_store_and_lookup(self):
        given = credentials()
        self.assertTrue(self.call('store', given))
        found = self.call('lookup', relay_host())
        self.assertTrue(found.equal(given))
        self.assertTrue(found.has_password())
        self.assertTrue(found.get_relay_host().equal(relay_host()))
        self.assertEqual(self.stored(), ('alice', b'secret'))

    def test_key_ignores_case(self):
        self.assertTrue(self.call('store', credentials('[SMTP.Example.com]:587')))
        self.assertEqual(self.stored('[smtp.EXAMPLE.com]:587'), ('alice', b'secret'))
        self.assertTrue(self.call('store', credentials(password=b'second')))
        self.assertEqual(self.stored('[SMTP.Example.com]:587'), ('alice', b'second'))
        self.assertEqual(self.listed(), [(RELAY, 'alice')])
        self.assertTrue(self.call('clear', relay_host('[SMTP.EXAMPLE.COM]:587')))
        self.assertIsNone(self.stored())

    def test_keys_are_apart(self):
        for number, relay in enumerate(RELAYS):
            for later in RELAYS[number:]:
                self.assertIsNone(self.stored(later), later)
            self.call('store', credentials(relay, f'user{number}', b'password of %d' % number))
        for number, relay in enumerate(RELAYS):
            self.assertEqual(self.stored(relay), (f'user{number}', b'password of %d' % number))
        self.assertEqual(self.listed(), sorted((relay, f'user{number}')
                                               for number, relay in enumerate(RELAYS)))

    def test_replace(self):
        self.call('store', credentials())
        for username, password in (('alice', b'other'), ('bob', b'other'), ('bob', b'third'),
                                   ('alice', b'secret'), ('alice', b'secret')):
            self.assertTrue(self.call('store', credentials(RELAY, username, password)))
            self.assertEqual(self.stored(), (username, password))
            self.assertEqual(self.listed(), [(RELAY, username)])

    def test_clear(self):
        self.call('store', credentials())
        self.call('store', credentials('[other.example.com]:587', 'bob'))
        self.assertTrue(self.call('clear', relay_host()))
        self.assertIsNone(self.stored())
        self.assertTrue(self.call('clear', relay_host()))
        self.assertEqual(self.stored('[other.example.com]:587'), ('bob', b'secret'))
        self.assertEqual(self.listed(), [('[other.example.com]:587', 'bob')])

    def test_list_has_no_passwords(self):
        self.call('store', credentials())
        entry, = self.call('list')
        self.assertFalse(entry.has_password())
        with self.assertRaises(GLib.Error) as caught:
            self.call('store', entry)
        self.assertTrue(caught.exception.matches(Nullmail.Error.quark(),
                                                 Nullmail.Error.INVALID_CREDENTIALS))
        self.assertEqual(self.stored(), ('alice', b'secret'))

    def test_every_byte_of_a_password(self):
        for password in PASSWORDS:
            with self.subTest(password=password[:40]):
                self.call('store', credentials(password=password))
                self.assertEqual(self.stored(), ('alice', password))

    def test_user_names(self):
        for username in ('relay@example.com', 'with blank', 'Jörg', "o'hara", 'a' * 200):
            with self.subTest(username=username):
                self.call('store', credentials(username=username))
                self.assertEqual(self.stored(), (username, b'secret'))
                self.assertEqual(self.listed(), [(RELAY, username)])

    def test_what_was_found_lives_on(self):
        self.call('store', credentials())
        found = self.call('lookup', relay_host())
        self.call('clear', relay_host())
        self.assertEqual(password_of(found), b'secret')

    def test_cancelled(self):
        self.call('store', credentials())
        cancellable = Gio.Cancellable()
        cancellable.cancel()
        for name, args in (('lookup', [relay_host()]), ('list', []), ('clear', [relay_host()]),
                           ('store', [credentials(password=b'never')])):
            with self.subTest(name), self.assertRaises(GLib.Error) as caught:
                self.call(name, *args, cancellable=cancellable)
            self.assertTrue(caught.exception.matches(Gio.io_error_quark(),
                                                     Gio.IOErrorEnum.CANCELLED))
        self.assertEqual(self.stored(), ('alice', b'secret'))
