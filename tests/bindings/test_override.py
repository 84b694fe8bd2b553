# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""With the override: PYTHONPATH names the build's folder that has gi/overrides/Nullmail.py."""

import asyncio
import importlib
import json
import os
import sys
import unittest

import gi
from gi.repository import Gio, GLib, GObject, Nullmail

import fixture
from stand_ins import FORCE, Folder, RELAY, SECRET, credentials

Config = Nullmail.NullClientConfig
Flags = Nullmail.ApplyFlags
Level = Nullmail.TlsLevel
N_LINES = 120


class OverrideTest(unittest.TestCase):
    def test_attributes(self):
        config = Nullmail.NullClientConfig(relay_host=Nullmail.RelayHost.parse('[a]'))
        config.relay_host = Nullmail.RelayHost.parse('[b]:465')
        config.destinations = ['x']
        self.assertEqual(config.get_relay_host().to_string(), '[b]:465')
        self.assertEqual(config.relay_host, Nullmail.RelayHost.parse('[B]:465'))
        self.assertIs(config.tls_wrapper, True)
        self.assertEqual(config.get_destinations(), ['x'])
        config.destinations = None
        self.assertEqual(config.destinations, [])
        with self.assertRaises(TypeError):
            config.local_delivery = True

    def test_values(self):
        relay = Nullmail.RelayHost.parse('[Smtp.example.com]:587')
        same = Nullmail.RelayHost.parse('[smtp.example.com]:587')
        self.assertEqual(relay, same)
        self.assertEqual(len({relay, same}), 1)
        self.assertNotEqual(relay, Nullmail.RelayHost.parse('[smtp.example.com]'))
        self.assertNotEqual(relay, '[smtp.example.com]:587')
        self.assertEqual(str(relay), '[Smtp.example.com]:587')
        self.assertEqual(f'{relay!r}', '<Nullmail.RelayHost [Smtp.example.com]:587>')

    def test_no_password(self):
        relay = Nullmail.RelayHost.parse('[a]')
        credentials = Nullmail.RelayCredentials.new(relay, 'host7', 'Marker')
        self.assertEqual(credentials, Nullmail.RelayCredentials.new(relay, 'host7', 'Marker'))
        self.assertNotEqual(credentials, Nullmail.RelayCredentials.new(relay, 'host7', 'Other'))
        self.assertIn('host7', repr(credentials))
        self.assertNotIn('Marker', repr(credentials) + str(credentials))

    def test_short(self):
        """What it does is comfort, and no second library."""
        with open(sys.modules['gi.overrides.Nullmail'].__file__, encoding='utf-8') as file:
            self.assertLessEqual(len(file.readlines()), N_LINES)


class Texts(unittest.TestCase):
    def test_relay_hosts_and_words(self):
        config = Config(relay_host=RELAY, tls_level='secure', protocols='ipv4')
        same = Config(relay_host=Nullmail.RelayHost.parse(RELAY), tls_level=Level.SECURE,
                      protocols=Nullmail.InetProtocols.IPV4)
        self.assertTrue(config.equal(same))
        config.relay_host = '[b]:465'
        config.tls_level = 'dane-only'
        self.assertEqual((str(config.relay_host), config.tls_level), ('[b]:465', Level.DANE_ONLY))
        config.set_relay_host('[c]')
        config.set_tls_level('encrypt')
        self.assertEqual((str(config.relay_host), config.tls_level), ('[c]', Level.ENCRYPT))
        config.relay_host = None
        self.assertIsNone(config.relay_host)
        reader, writer = os.pipe()
        os.write(writer, SECRET.encode())
        os.close(writer)
        self.assertEqual(Nullmail.RelayCredentials.new_from_fd('[c]', 'host7', reader),
                         Nullmail.RelayCredentials.new('[c]', 'host7', SECRET))
        os.close(reader)

    def test_refused(self):
        config = Config()
        before = config.copy()
        for error, name, value, word in (
                (ValueError, 'tls_level', 'strong', 'strong'), (ValueError, 'tls_level', '', "''"),
                (ValueError, 'protocols', 'real', 'real'),
                (TypeError, 'networks', '127.0.0.0/8', 'list'),
                (TypeError, 'sasl_mechanisms', '', 'list'),
                (TypeError, 'authentication', 'no', 'bool'),
                (GLib.Error, 'relay_host', 'a b', 'a b')):
            with self.subTest(name=name, value=value):
                with self.assertRaisesRegex(error, word):
                    setattr(config, name, value)
                with self.assertRaisesRegex(error, word):
                    Config(**{name: value})
                with self.assertRaisesRegex(error, word):
                    getattr(config, 'set_' + name)(value)
        self.assertTrue(config.equal(before))
        with self.assertRaises(TypeError):
            Nullmail.PostfixInstance.new(None).lookup_parameters('relayhost')
        with self.assertRaises(TypeError):
            Nullmail.RelayHost.new('a', None, 'no')

    def test_unknown_attributes(self):
        config = Config()
        with self.assertRaisesRegex(AttributeError, "'relay_hots'.*'relay_host'"):
            config.relay_hots = RELAY
        with self.assertRaises(AttributeError):
            config.get_relay_host = None
        with self.assertRaises(TypeError):
            Config(relay_hots=RELAY)
        for value in (Nullmail.RelayHost.parse('[a]'), Nullmail.MainCf.new(),
                      Nullmail.PostfixInstance(), Nullmail.SaslPasswdStore.new('/x', 'texthash')):
            with self.subTest(type(value).__name__):
                with self.assertRaises(AttributeError):
                    value.hosts = '[b]'
                self.assertFalse(hasattr(value, 'hosts'))

    def test_own_classes_are_free(self):
        class Store(GObject.Object, Nullmail.CredentialStore):
            def do_lookup(self, relay_host, _):
                return self.found if str(relay_host) == RELAY else None

        store = Store()
        store.found = credentials()
        self.assertEqual(store.lookup(RELAY), store.found)
        self.assertIsNone(store.lookup('[b]'))

    def test_dictionaries(self):
        config = Config.from_dict({'relay_host': RELAY, 'authentication': True, 'hostname': None,
                                   'tls-level': 'secure', 'networks': ['127.0.0.0/8'],
                                   'unset': ['origin'], 'derived': {'x': 1},
                                   'parameters': {'message_size_limit': '1', 'x_y': None}})
        same = Config(relay_host=RELAY, authentication=True, tls_level='secure',
                      networks=['127.0.0.0/8'])
        same.unset('origin')
        same.assign_parameter('message_size_limit', '1')
        same.assign_parameter('x_y')
        self.assertTrue(config.equal(same))
        values = json.loads(json.dumps(config.to_dict()))
        self.assertEqual(values['parameters'], {'message_size_limit': '1', 'x_y': None})
        self.assertTrue(Config.from_dict(values).equal(config))
        typed = Config.from_dict({'relay_host': Nullmail.RelayHost.parse(RELAY),
                                  'tls_level': Level.SECURE})
        self.assertTrue(typed.equal(Config(relay_host=RELAY, tls_level='secure')))
        with self.assertRaises(GLib.Error):
            Config.from_dict({'relayhost': RELAY})
        with self.assertRaises(GLib.Error):
            Config.from_dict({'authentication': 'yes'})


class Calls(Folder):
    def test_left_out(self):
        plan = self.postfix.plan(Config(relay_host=RELAY))
        self.assertEqual(plan.will_change(), (True, True))
        self.assertTrue(self.postfix.apply(plan))
        plan, changed = self.postfix.ensure(Config(relay_host=RELAY))
        self.assertEqual((plan.is_empty(), changed), (True, False))
        self.assertTrue(self.postfix.undo())
        document = self.postfix.load_main_cf()
        document.set_value('mydomain', 'example.org')
        self.assertFalse(self.postfix.plan_main_cf(document).is_empty())

    def test_keywords(self):
        config = Config(relay_host=RELAY, authentication=True, origin='example.com')
        plan = self.postfix.plan(config, flags=Nullmail.PlanFlags.DROP_OTHER_CREDENTIALS)
        self.assertFalse(plan.is_empty())
        plan, changed = self.postfix.ensure(config=config, credentials=credentials(),
                                            apply_flags=FORCE)
        self.assertTrue(changed)
        cancellable = Gio.Cancellable()
        cancellable.cancel()
        with self.assertRaises(GLib.Error):
            self.postfix.ensure(config, cancellable=cancellable)
        with self.assertRaises(TypeError):
            self.postfix.ensure(config, password=None)
        with self.assertRaises(TypeError):
            self.postfix.ensure()

    def test_flags_as_words(self):
        config = Config(relay_host=RELAY, authentication=True, tls_level='may')
        self.assertTrue(self.postfix.ensure(config, credentials(), apply_flags='force')[1])
        config.hostname = 'b.example.com'
        self.assertTrue(self.postfix.ensure(config, None, (), ['force', 'no-undo'])[1])
        self.assertFalse(self.postfix.get_can_undo())
        self.assertTrue(self.postfix.activate('reload'))
        for wrong in ('forced', ['force', 'x']):
            with self.assertRaises(ValueError):
                self.postfix.ensure(config, apply_flags=wrong)

    def test_readable(self):
        config = Config(relay_host=RELAY, authentication=True, tls_level='may', origin='x')
        plan = self.postfix.plan(config, credentials())
        text = str(plan)
        self.assertTrue(text.startswith(f'--- {self.main_cf}\n'), text)
        self.assertIn(f'\n+{RELAY} host7:********\n', text)
        finding = plan.get_findings()[0]
        self.assertEqual(str(finding), f'error: {finding.get_message()} {finding.get_remedy()}')
        self.assertIn('\n' + str(finding), text)
        self.assertEqual(text.count('\n') + 1,
                         plan.to_diff().count('\n') + len(plan.get_findings()))
        self.assertEqual(finding.to_dict(), finding.to_variant().unpack())
        self.assertEqual(plan.to_dict(), plan.to_variant().unpack())
        self.assertNotIn(SECRET, text + repr(finding) + str(plan.to_dict()))
        self.assertEqual(self.postfix.ensure(config, credentials(), apply_flags='force')[1], True)
        again = str(self.postfix.plan(config))
        self.assertTrue(again.startswith('Nothing to change.\n'), again)
        os.chmod(self.sasl_passwd, 0o644)
        self.assertIn('0600', str(self.postfix.plan(config)), 'what is in no diff')

    def test_asynchronous(self):
        """With a callback, as before; without flags too."""
        loop, results = GLib.MainLoop(), []

        def done(source, result, data):
            results.append((source.ensure_finish(result)[1], data))
            loop.quit()

        self.postfix.ensure_async(Config(relay_host=RELAY), callback=done, user_data='x')
        timeout = GLib.timeout_add_seconds(fixture.LIMIT_S, loop.quit)
        loop.run()
        GLib.source_remove(timeout)
        self.assertEqual(results, [(True, 'x')])

    def test_awaitable(self):
        """Where PyGObject can: it has a loop of its own for that from 3.50 on."""
        if gi.version_info < (3, 50):
            self.assertIsNone(self.postfix.load_overview_async())
            return
        events = importlib.import_module('gi.events')

        async def ensure():
            plan, changed = await self.postfix.ensure_async(Config(relay_host=RELAY))
            overview = await self.postfix.load_overview_async()
            return plan.is_empty(), changed, overview.unpack()['service']

        loop = events.GLibEventLoopPolicy().get_event_loop()
        self.assertEqual(loop.run_until_complete(asyncio.wait_for(ensure(), fixture.LIMIT_S)),
                         (False, True, ['absent']))
