# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

import gc
import json
import unittest

from gi.repository import GLib, GObject, Nullmail

Config = Nullmail.NullClientConfig
State = Nullmail.SettingState
Level = Nullmail.TlsLevel
Code = Nullmail.Error

WRITABLE = ['relay-host', 'hostname', 'domain', 'origin', 'interfaces', 'protocols', 'networks',
            'destinations', 'sender-address', 'root-address', 'tls-level', 'tls-wrapper',
            'tls-ca-file', 'tls-client-certificate', 'authentication', 'password-maps',
            'sasl-security-options', 'sasl-mechanisms']
ADDRESSES = ['sender-address', 'root-address']
TEXTS = ['hostname', 'domain', 'origin', 'tls-ca-file', 'tls-client-certificate', 'password-maps',
         *ADDRESSES]
MECHANISMS = ['plain', 'login', 'scram-sha-512', 'scram-sha-256', 'scram-sha-1', 'digest-md5',
              'cram-md5']
LISTS = ['interfaces', 'networks', 'destinations', 'sasl-security-options', 'sasl-mechanisms']


def relay(text):
    return Nullmail.RelayHost.parse(text)


def document(text):
    return Nullmail.MainCf.new_from_bytes(GLib.Bytes.new(text.encode()))


def text_of(main_cf):
    return (main_cf.to_bytes().get_data() or b'').decode()


def getter(config, name):
    return getattr(config, 'get_' + name.replace('-', '_'))()


def setter(config, name, value):
    getattr(config, 'set_' + name.replace('-', '_'))(value)


class NullClientConfigTest(unittest.TestCase):
    def assert_fails(self, code, function, *args):
        with self.assertRaises(GLib.Error) as caught:
            function(*args)
        self.assertTrue(caught.exception.matches(Nullmail.Error.quark(), code), caught.exception)
        return caught.exception

    def test_enums(self):
        self.assertEqual([int(v) for v in (State.KEPT, State.SET, State.UNSET, State.DERIVED,
                                           State.LOADED)], list(range(5)))
        levels = ['auto', 'none', 'may', 'encrypt', 'dane', 'dane-only', 'fingerprint', 'verify',
                  'secure']
        for value, nick in enumerate(levels):
            level = getattr(Level, nick.upper().replace('-', '_'))
            self.assertEqual((int(level), level.value_nick), (value, nick))
        for value, nick in enumerate(['auto', 'all', 'ipv4', 'ipv6']):
            protocols = getattr(Nullmail.InetProtocols, nick.upper())
            self.assertEqual((int(protocols), protocols.value_nick), (value, nick))

    def test_properties(self):
        found = {p.name: p for p in Config.list_properties()}
        self.assertEqual(set(found), set(WRITABLE) | {'local-delivery', 'unsupported'})
        for name, pspec in found.items():
            self.assertFalse(pspec.flags & (GObject.ParamFlags.CONSTRUCT
                                            | GObject.ParamFlags.CONSTRUCT_ONLY), name)
            self.assertEqual(bool(pspec.flags & GObject.ParamFlags.WRITABLE), name in WRITABLE)

    def test_fresh(self):
        for config in [Config(), Config.new()]:
            self.assertIsNone(config.get_relay_host())
            self.assertEqual(config.get_origin(), '$mydomain')
            self.assertEqual(config.get_interfaces(), ['loopback-only'])
            self.assertEqual(config.get_networks(), ['127.0.0.0/8', '[::1]/128'])
            self.assertEqual(config.get_destinations(), [])
            self.assertEqual(config.get_sasl_mechanisms(), MECHANISMS)
            self.assertEqual(config.get_unsupported(), [])
            self.assertIs(config.get_authentication(), False)
            self.assertIs(config.get_local_delivery(), False)
            self.assertIsNone(config.get_tls_ca_file())
            self.assertIsNone(config.get_password_maps())
            self.assertIsNone(config.get_sender_address())
            self.assertIsNone(config.get_root_address())
            self.assertEqual(config.get_tls_level(), Level.MAY)
            for name in ['hostname', 'domain', 'protocols', 'tls-client-certificate', *ADDRESSES]:
                self.assertEqual(config.get_state(name), State.KEPT, name)
            for name in ['origin', 'interfaces', 'networks', 'destinations', 'authentication']:
                self.assertEqual(config.get_state(name), State.SET, name)
            for name in ['tls-level', 'tls-wrapper', 'tls-ca-file', 'password-maps',
                         'sasl-security-options', 'sasl-mechanisms']:
                self.assertEqual(config.get_state(name), State.DERIVED, name)
            self.assert_fails(Nullmail.Error.INVALID_CONFIG, config.validate)

    def test_keywords(self):
        config = Config(relay_host=relay('[smtp.example.com]:587'), origin='example.com',
                        authentication=True, networks=['10.0.0.0/8'], tls_level=Level.ENCRYPT)
        self.assertEqual(config.get_relay_host().to_string(), '[smtp.example.com]:587')
        self.assertEqual(config.props.origin, 'example.com')
        self.assertEqual(config.props.networks, ['10.0.0.0/8'])
        self.assertEqual(config.get_tls_level(), Level.ENCRYPT)
        self.assertEqual(config.get_state('tls-level'), State.SET)
        self.assertTrue(config.validate())

    def test_new_for_relay(self):
        self.assertEqual(Config.new_for_relay('[a]:465').get_tls_wrapper(), True)
        self.assert_fails(Nullmail.Error.INVALID_RELAY_HOST, Config.new_for_relay, 'a b')

    def test_setters_and_properties(self):
        values = {'relay-host': relay('[a]'), 'protocols': Nullmail.InetProtocols.IPV4,
                  'tls-level': Level.SECURE, 'tls-wrapper': True, 'authentication': True}
        values.update({name: '/x' for name in TEXTS})
        values.update({name: ['a', 'b'] for name in LISTS})
        for name, value in values.items():
            for assign in (setter, lambda c, n, v: c.set_property(n, v),
                           lambda c, n, v: setattr(c.props, n.replace('-', '_'), v)):
                config = Config()
                assign(config, name, value)
                self.assertEqual(config.get_state(name), State.SET, name)
                self.assertEqual(config.get_state(name.replace('-', '_')), State.SET)
                if name == 'relay-host':
                    self.assertTrue(getter(config, name).equal(value))
                else:
                    self.assertEqual(getter(config, name), value, name)
                    self.assertEqual(config.get_property(name), value, name)

    def test_unknown_property(self):
        """An error that names the nearest, not a critical message."""
        config = Config()
        for call in (config.get_state, config.keep, config.reset, config.unset):
            for name, nearest in (('tls_levl', 'tls-level'), ('relayhost', 'relay-host'),
                                  ('x' * 100000, ''), ('', ''), ('a\nb', ''), ('é', '')):
                with self.subTest(call.__name__, name=name[:20]):
                    self.assert_fails(Nullmail.Error.INVALID_ARGUMENT, call, name)
                    with self.assertRaisesRegex(GLib.Error, nearest):
                        call(name)
        for name in ('local-delivery', 'local_delivery', 'unsupported'):
            self.assertEqual(config.get_state(name), State.DERIVED)
            for call in (config.keep, config.reset, config.unset):
                self.assert_fails(Nullmail.Error.INVALID_ARGUMENT, call, name)
        for call in (config.keep, config.reset, config.unset):
            self.assertIs(call('tls_level'), True)

    def test_empty_and_none_lists(self):
        config = Config()
        for name in LISTS:
            fresh = getter(config, name), config.get_state(name)
            for assign in (setter, lambda c, n, v: c.set_property(n, v)):
                assign(config, name, [])
                self.assertEqual((getter(config, name), config.get_state(name)), ([], State.SET))
                assign(config, name, None)
                self.assertEqual((getter(config, name), config.get_state(name)), fresh, name)

    def test_reset_values(self):
        config = Config(tls_level=Level.NONE, protocols=Nullmail.InetProtocols.IPV6,
                        password_maps='hash:/x', origin='x')
        config.set_tls_level(Level.AUTO)
        config.set_protocols(Nullmail.InetProtocols.AUTO)
        config.set_password_maps(None)
        config.reset('origin')
        self.assertTrue(config.equal(Config()))

    def test_unset_and_keep(self):
        for name in WRITABLE:
            config = Config()
            for function, state in [(config.unset, State.UNSET), (config.keep, State.KEPT)]:
                function(name)
                self.assertEqual(config.get_state(name), state)
                self.assertIn(getter(config, name), (None, False, [], Level.AUTO,
                                                     Nullmail.InetProtocols.AUTO))
        config.keep('destinations')
        self.assertTrue(config.get_local_delivery())

    def test_derived(self):
        for text, login, level, wrapper in [('[a]', False, Level.MAY, False),
                                            ('[a]:587', False, Level.SECURE, False),
                                            ('[a]:465', False, Level.SECURE, True),
                                            ('[a]', True, Level.SECURE, False)]:
            config = Config(relay_host=relay(text), authentication=login)
            self.assertEqual((config.get_tls_level(), config.get_tls_wrapper()), (level, wrapper))
            self.assertEqual(config.get_state('tls-level'), State.DERIVED)

    def test_signals(self):
        config, told, states = Config(), [], []
        config.connect('notify', lambda c, pspec: told.append(pspec.name))
        config.connect('state-changed', lambda c, name: states.append((name, c.get_state(name))))
        config.set_relay_host(relay('[a]:465'))
        self.assertEqual(set(told), {'relay-host', 'tls-level', 'tls-wrapper'})
        told.clear()
        config.set_tls_level(Level.SECURE)  # as derived, but assigned now
        self.assertEqual((told, states), ([], [('tls-level', State.SET)]))
        config.set_destinations(['a'])
        self.assertEqual(set(told), {'destinations', 'local-delivery'})

    def test_loaded(self):
        text = ('# comment\nrelayhost = [a]:587\nmydestination = $myhostname,\n  localhost\n'
                'inet_protocols = ipv4 ipv6\nsmtp_tls_security_level = Encrypt\n'
                'smtp_sasl_auth_enable = yes')
        main_cf = document(text)
        config = Config.new_from_main_cf(main_cf)
        for name in ['relay-host', 'destinations', 'protocols', 'tls-level', 'authentication']:
            self.assertEqual(config.get_state(name), State.LOADED, name)
        self.assertEqual(config.get_state('origin'), State.KEPT)
        self.assertEqual(config.get_destinations(), ['$myhostname', 'localhost'])
        self.assertEqual(config.get_protocols(), Nullmail.InetProtocols.ALL)
        self.assertEqual(config.get_tls_level(), Level.ENCRYPT)
        self.assertTrue(config.get_local_delivery())
        self.assertTrue(config.update_main_cf(main_cf))
        self.assertEqual(text_of(main_cf), text)

    def test_unsupported(self):
        text = ('relayhost = [a], [b]\nsmtp_tls_security_level = strong\n'
                'smtp_sasl_auth_enable = True\n')
        main_cf = document(text)
        config = Config.new_from_main_cf(main_cf)
        self.assertEqual(set(config.get_unsupported()),
                         {'relayhost', 'smtp_tls_security_level', 'smtp_sasl_auth_enable'})
        self.assertTrue(config.validate())
        config.set_tls_level(Level.SECURE)
        self.assertTrue(config.update_main_cf(main_cf))
        self.assertEqual(text_of(main_cf), text.replace('strong', 'secure'))

    def test_addresses(self):
        config = Config(relay_host=relay('[a]'), sender_address='host7@$mydomain',
                        root_address='admin@example.com')
        main_cf = document('mydomain = example.com\n')
        config.update_main_cf(main_cf)
        self.assertEqual(main_cf.get_value('sender_canonical_maps'),
                         'regexp:{ {/@/ host7@$mydomain} }')
        self.assertEqual(main_cf.get_value('sender_canonical_classes'), 'envelope_sender')
        header = main_cf.get_value('smtp_header_checks')
        self.assertTrue(header.startswith('regexp:{ {/^From:'), header)
        self.assertTrue(header.endswith(', {/^From:/ REPLACE From: host7@$mydomain} }'), header)
        self.assertEqual(header.count(' REPLACE From:'), header.count('host7@$mydomain'))
        self.assertIn('{root = admin@example.com}, {postmaster = admin@example.com}, '
                      '{root@localhost = admin@example.com}',
                      main_cf.get_value('virtual_alias_maps'))

        loaded = Config.new_from_main_cf(main_cf)
        for name, address in [('sender-address', 'host7@$mydomain'),
                              ('root-address', 'admin@example.com')]:
            self.assertEqual((getter(loaded, name), loaded.get_state(name)),
                             (address, State.LOADED))
            self.assertEqual(config.to_variant().unpack()[name], address)
        self.assertTrue(Config.new_from_variant(config.to_variant()).equal(config))
        for name in ADDRESSES:
            setter(loaded, name, None)
        loaded.update_main_cf(main_cf)
        for name in ['sender_canonical_maps', 'sender_canonical_classes', 'smtp_header_checks',
                     'virtual_alias_maps']:
            self.assertFalse(main_cf.has_value(name), name)

    def test_addresses_are_checked(self):
        for address in ['', 'a', 'a@', '@b', 'a@b@c', 'A <a@b>', 'a b@c', 'a,b@c', '"a"@b',
                        'a@[192.0.2.1]', 'a{@b', 'a$1@b', 'a$$@b', 'a${x}@b', '-a@b', 'a@b.']:
            for name in ADDRESSES:
                with self.subTest(name=name, address=address):
                    config = Config.new_for_relay('[a]')
                    setter(config, name, address)
                    error = self.assert_fails(Nullmail.Error.INVALID_CONFIG, config.validate)
                    self.assertIn(name, error.message)

    def test_no_local_mail(self):
        config = Config.new_for_relay('[a]')
        main_cf = document('')
        config.update_main_cf(main_cf)
        self.assertEqual(main_cf.get_value('local_transport'),
                         'error:5.1.1 no mail is delivered on this host')
        config.set_destinations(['localhost'])
        config.update_main_cf(main_cf)
        self.assertFalse(main_cf.has_value('local_transport'))

    def test_stale(self):
        config = Config.new_from_main_cf(document('relayhost = [a]\nmyorigin = o\n'))
        config.set_hostname('h.example.com')
        now = document('relayhost = [b]\nmyorigin = p\n')
        config.update_main_cf(now)
        self.assertEqual(text_of(now),
                         'relayhost = [b]\nmyorigin = p\nmyhostname = h.example.com\n')

    def test_idempotent(self):
        config = Config(relay_host=relay('[smtp.example.com]:587'), authentication=True)
        main_cf = document('smtp_use_tls = yes\ninet_interfaces = all\n')
        config.update_main_cf(main_cf)
        once = text_of(main_cf)
        self.assertIn('inet_interfaces = loopback-only\n', once)
        self.assertIn('smtp_tls_security_level = secure\n', once)
        self.assertIn('smtp_sasl_security_options = noplaintext, noactive, nodictionary, '
                      'noanonymous\n', once)
        self.assertIn('smtp_sasl_tls_security_options = $smtp_sasl_security_options\n', once)
        self.assertIn('smtp_sasl_tls_verified_security_options = noanonymous\n', once)
        config.update_main_cf(main_cf)
        self.assertEqual(text_of(main_cf), once)

    def test_control_characters(self):
        """A newline, CR or NUL in every text: refused, and the document unchanged."""
        for character in '\n\r\t\x01\x7f':
            for name in TEXTS + LISTS:
                with self.subTest(name=name, character=repr(character)):
                    config = Config.new_for_relay('[a]')
                    bad = f'/a{character}b'
                    setter(config, name, [bad] if name in LISTS else bad)
                    error = self.assert_fails(Nullmail.Error.INVALID_CONFIG, config.validate)
                    self.assertIn(name, error.message)
                    main_cf = document('x = y\n')
                    self.assert_fails(Nullmail.Error.INVALID_CONFIG, config.update_main_cf, main_cf)
                    self.assertEqual(text_of(main_cf), 'x = y\n')

    def test_nul(self):
        """PyGObject 3.42 cuts a string at its NUL; what comes after must never get through."""
        for name in TEXTS:
            config = Config.new_for_relay('[a]')
            try:
                setter(config, name, '/a\0b')
            except (TypeError, ValueError):
                continue
            self.assertEqual(getter(config, name), '/a')

    def test_validate(self):
        for assigned in [{'tls_wrapper': True, 'tls_level': Level.MAY},
                         {'relay_host': relay('[a]:465'), 'tls_wrapper': False},
                         {'networks': ['a b']}, {'networks': ['a,b']}, {'origin': ''},
                         {'hostname': 'a b'}, {'domain': 'a,b'}, {'tls_ca_file': 'ca.pem'},
                         {'relay_host': None}]:
            with self.subTest(**assigned):
                config = Config(**{'relay_host': relay('[a]'), **assigned})
                self.assert_fails(Nullmail.Error.INVALID_CONFIG, config.validate)
        Config.new_from_main_cf(document('relayhost = [a]:465\nmyorigin =\n')).validate()

    def test_variant(self):
        config = Config(relay_host=relay('[a]:587'), tls_level=Level.DANE_ONLY, networks=['a'],
                        authentication=True)
        config.unset('origin')
        variant = config.to_variant()
        state = variant.unpack()
        json.dumps(state)
        self.assertEqual(variant.get_type_string(), 'a{sv}')
        self.assertEqual(state['relay-host'], '[a]:587')
        self.assertEqual(state['tls-level'], 'dane-only')
        self.assertEqual(state['networks'], ['a'])
        self.assertEqual(state['authentication'], True)
        self.assertEqual(state['unset'], ['origin'])
        self.assertEqual(state['derived']['tls-wrapper'], False)
        self.assertNotIn('origin', state)
        self.assertNotIn('hostname', state)
        self.assertTrue(Config.new_from_variant(variant).equal(config))

    def test_apply_variant(self):
        config = Config.new_from_main_cf(document('relayhost = [a]\nmyorigin = o\n'))
        self.assertTrue(config.apply_variant(GLib.Variant('a{sv}', {
            'relay-host': GLib.Variant('s', '[b]'),
            'networks': GLib.Variant('as', []),
            'unset': GLib.Variant('as', ['hostname']),
            'derived': GLib.Variant('s', 'ignored')})))
        self.assertEqual(config.get_relay_host().to_string(), '[b]')
        self.assertEqual(config.get_state('networks'), State.SET)
        self.assertEqual(config.get_state('hostname'), State.UNSET)
        self.assertEqual(config.get_state('origin'), State.LOADED)

        before = config.copy()
        for key, value in [('nonsense', GLib.Variant('s', 'x')),
                           ('relay-host', GLib.Variant('i', 1)),
                           ('tls-level', GLib.Variant('s', 'strong')),
                           ('unset', GLib.Variant('as', ['nonsense']))]:
            bad = GLib.Variant('a{sv}', {'origin': GLib.Variant('s', 'x'), key: value})
            self.assert_fails(Nullmail.Error.INVALID_ARGUMENT, config.apply_variant, bad)
            self.assert_fails(Nullmail.Error.INVALID_ARGUMENT, Config.new_from_variant, bad)
            self.assertTrue(config.equal(before))

    def test_assign_text(self):
        config = Config.new()
        for name, text in (('relay_host', '[a]:587'), ('authentication', 'yes'),
                           ('tls-level', 'secure'), ('networks', '127.0.0.0/8, [::1]/128'),
                           ('destinations', ''), ('origin', 'example.com')):
            self.assertTrue(config.assign_text(name, text))
            self.assertEqual(config.get_state(name), State.SET)
        same = Config(relay_host=relay('[a]:587'), authentication=True, tls_level=Level.SECURE,
                      networks=['127.0.0.0/8', '[::1]/128'], destinations=[], origin='example.com')
        self.assertTrue(config.equal(same))
        before = config.copy()
        for name, text, words in (('tls-level', 'strong', ('encrypt', 'dane-only', 'secure')),
                                  ('authentication', 'maybe', ('yes', 'no')),
                                  ('protocols', 'ipv5', ('all', 'ipv4', 'ipv6')),
                                  ('relayhost', 'a', ('relay-host',))):
            error = self.assert_fails(Code.INVALID_ARGUMENT, config.assign_text, name, text)
            for word in words:
                self.assertIn(word, error.message)
        self.assert_fails(Code.INVALID_RELAY_HOST, config.assign_text, 'relay-host', 'a b')
        self.assertTrue(config.equal(before))
        config.assign_text('tls-level', '')
        self.assertEqual(config.get_state('tls-level'), State.DERIVED)

    def test_list_parameters(self):
        config = Config.new()
        found = [name for prop in WRITABLE for name in config.list_parameters(prop)]
        self.assertEqual(len(found), len(set(found)))
        self.assertEqual(len(found), len(WRITABLE) + 4)  # two of them stand for three each
        self.assertEqual(config.list_parameters('tls_level'), ['smtp_tls_security_level'])
        self.assertEqual(config.list_parameters('unsupported'), [])
        self.assert_fails(Code.INVALID_ARGUMENT, config.list_parameters, 'level')

    def test_assign_parameter(self):
        config = Config.new_for_relay('[a]')
        self.assertTrue(config.assign_parameter('message_size_limit', '1000'))
        self.assertTrue(config.assign_parameter('notify_classes', None))
        unpacked = config.to_variant().unpack()
        self.assertEqual(unpacked['parameters'],
                         {'message_size_limit': '1000', 'notify_classes': None})
        self.assertTrue(Config.new_from_variant(config.to_variant()).equal(config))
        json.dumps(unpacked)
        main_cf = document('notify_classes = resource\nx = y\n')
        config.update_main_cf(main_cf)
        self.assertEqual(main_cf.get_value('message_size_limit'), '1000')
        self.assertFalse(main_cf.has_value('notify_classes'))
        self.assertEqual(main_cf.get_value('x'), 'y')
        for prop in set(WRITABLE) - set(ADDRESSES):
            for name in config.list_parameters(prop):
                error = self.assert_fails(Code.INVALID_ARGUMENT, config.assign_parameter, name, 'x')
                self.assertIn(f'“{prop}”', error.message)
        self.assert_fails(Code.INVALID_ARGUMENT, config.assign_parameter, 'a b', 'x')
        self.assert_fails(Code.INVALID_ARGUMENT, config.assign_parameter, 'a', 'x\ny')
        wrong = GLib.Variant('a{sv}', {'parameters': GLib.Variant('a{ss}', {'a': 'b'})})
        self.assert_fails(Code.INVALID_ARGUMENT, config.apply_variant, wrong)
        refused = GLib.Variant('a{sv}', {
            'origin': GLib.Variant('s', 'b'),
            'parameters': GLib.Variant('a{sms}', {'relayhost': 'b'})})
        self.assert_fails(Code.INVALID_ARGUMENT, config.apply_variant, refused)
        self.assertEqual(config.get_origin(), '$mydomain')

    def test_copy(self):
        config = Config.new_for_relay('[a]')
        copy = config.copy()
        self.assertTrue(copy.equal(config))
        copy.set_origin('x')
        self.assertFalse(copy.equal(config))
        self.assertEqual(config.get_origin(), '$mydomain')

    def test_memory(self):
        """Lists and boxed values that cross the binding are owned once."""
        config = Config.new_for_relay('[a]')
        for _ in range(2000):
            config.set_networks(['a', 'b'] + config.get_networks()[:3])
            config.props.relay_host = config.props.relay_host
            config.set_relay_host(config.get_relay_host())
            config.to_variant().unpack()
        gc.collect()
        self.assertEqual(config.get_relay_host().to_string(), '[a]')
