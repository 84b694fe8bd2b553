# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

import random
import unittest

from gi.repository import GLib, Nullmail

RelayHost = Nullmail.RelayHost


class RelayHostTest(unittest.TestCase):
    def assert_refused(self, function, *args):
        with self.assertRaises(GLib.Error) as caught:
            function(*args)
        error = caught.exception
        self.assertTrue(error.matches(Nullmail.Error.quark(), Nullmail.Error.INVALID_RELAY_HOST),
                        error)

    def test_parts(self):
        for text, host, service, mx, port, implicit in [
                ('host', 'host', None, True, 25, False),
                ('host:587', 'host', '587', True, 587, False),
                ('[smtp.example.com]', 'smtp.example.com', None, False, 25, False),
                ('[smtp.example]:submission', 'smtp.example', 'submission', False, 587, False),
                ('[smtp.example.com]:465', 'smtp.example.com', '465', False, 465, True),
                ('[smtp.example.com]:smtps', 'smtp.example.com', 'smtps', False, 465, True),
                ('[smtp.example]:submissions', 'smtp.example', 'submissions', False, 465, True),
                ('[smtp.example.com]:nosuchservice', 'smtp.example.com', 'nosuchservice', False, 0,
                 False),
                ('$mydomain', '$mydomain', None, True, 25, False),
                ('[2001:db8::1]:587', '2001:db8::1', '587', False, 587, False),
                ('[192.0.2.1]', '192.0.2.1', None, False, 25, False),
                ('Mail.Example.com', 'Mail.Example.com', None, True, 25, False)]:
            with self.subTest(text):
                relay = RelayHost.parse(f'  {text}  ')
                self.assertEqual(relay.to_string(), text)
                self.assertEqual(relay.get_host(), host)
                self.assertEqual(relay.get_service(), service)
                self.assertEqual(relay.get_mx_lookup(), mx)
                self.assertEqual(relay.get_port(), port)
                self.assertEqual(relay.get_implicit_tls(), implicit)
                self.assertEqual(RelayHost(host, service, mx).to_string(), text)
                self.assertEqual(RelayHost.new(host, service, mx).to_string(), text)

    def test_refused(self):
        for text in ['', '  ', '[]', ':25', 'a b', 'a, b', '[a]:25 [b]:25', 'user@host', '[a', 'a]',
                     '2001:db8::1', 'a:', '[a]:', 'a:0', 'a:65536', 'a:sub_mission', 'a:25/tcp',
                     'm\u00e4il.example', 'a\n', 'a\rb', 'a\x7f', 'smtp:[a]:587',
                     'smtp:mail.example']:
            with self.subTest(repr(text)):
                self.assert_refused(RelayHost.parse, text)
        self.assert_refused(RelayHost.new, '[a]', None, False)
        self.assert_refused(RelayHost.new, 'a', '', False)
        self.assert_refused(RelayHost.new, '::1', None, True)
        self.assert_refused(RelayHost.new, 'a\n', None, True)

    def test_nul(self):
        """PyGObject 3.42 cuts a string at its NUL; what comes after must never be used."""
        try:
            relay = RelayHost.parse('a\0b')
        except (GLib.Error, TypeError, ValueError):
            return
        self.assertEqual(relay.to_string(), 'a')

    def test_equal(self):
        texts = ['[a]', '[a]:25', '[a]:smtp', 'a']
        for i, one in enumerate(texts):
            for j, other in enumerate(texts):
                self.assertEqual(RelayHost.parse(one).equal(RelayHost.parse(other)), i == j)
            upper = RelayHost.parse(one.upper())
            self.assertTrue(upper.equal(RelayHost.parse(one)))
            self.assertEqual(upper.hash(), RelayHost.parse(one).hash())
            self.assertEqual(upper.to_string(), one.upper())

    def test_round_trip(self):
        chance = random.Random(7)
        letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
        for _ in range(10000):
            host = '.'.join('x' + ''.join(chance.choices(letters, k=chance.randint(1, 12)))
                            for _ in range(chance.randint(1, 4)))
            mx = chance.random() < 0.5
            text = host if mx else f'[{host}]'
            if chance.random() < 0.7:
                text += f':{chance.randint(1, 65535)}'
            self.assertEqual(RelayHost.parse(text).to_string(), text)
