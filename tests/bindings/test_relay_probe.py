# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

import base64
import json
import os
import socket
import subprocess
import sys
import threading
import unittest

from gi.repository import Gio, GLib, GObject, Nullmail

import program
from authority import CA, SERVER, Certificate, dns
from fake_relay import PASSWORD, USER, FakeRelay

Error = Nullmail.Error
Outcome = Nullmail.ProbeOutcome
Level = Nullmail.TlsLevel
Flags = Gio.TlsCertificateFlags
NAME = 'localhost'
SHORT_MS = 400


class Shared:
    good = ca_file = stranger = wrong = client = None


def setUpModule():
    folder = program.make_folder('certificates-')
    ca = Certificate(folder, 'test-ca', extensions=CA)
    stranger_ca = Certificate(folder, 'Stranger', extensions=CA)
    Shared.ca_file = f'{ca.base}.crt'
    Shared.certificate = Certificate(folder, NAME, ca, (dns(NAME, 'other.example.com'), *SERVER))
    Shared.good = Shared.certificate.chain()
    Shared.stranger = Certificate(folder, 'stranger-leaf', stranger_ca,
                                  (dns('mail.example.net'), *SERVER),
                                  ('20200101000000Z', '20200201000000Z')).chain(stranger_ca)


def relay_host(relay, name=NAME):
    return Nullmail.RelayHost.parse(f'[{name}]:{relay.port}')


def credentials(password=PASSWORD):
    return Nullmail.RelayCredentials.new(Nullmail.RelayHost.parse('[a.example.com]'), USER,
                                         password)


def make_probe(relay, level=Level.SECURE, login=None, **properties):
    probe = Nullmail.RelayProbe.new(relay_host(relay, properties.pop('name', NAME)))
    probe.set_tls_ca_file(Shared.ca_file)
    probe.set_tls_level(level)
    probe.set_credentials(login)
    for name, value in properties.items():
        getattr(probe, 'set_' + name)(value)
    return probe


class Case(unittest.TestCase):
    def run_probe(self, probe):
        """Run it; no text of the report has the password, in no form."""
        report = probe.run(None)
        text = json.dumps(report.to_variant().unpack())
        forms = [PASSWORD.encode(), f'\0{USER}\0{PASSWORD}'.encode()]
        for form in [PASSWORD] + [base64.b64encode(form).decode().rstrip('=') for form in forms]:
            self.assertNotIn(form, text)
        return report

    def check_outcome(self, report, outcome, *steps):
        """The outcome, and the names of the steps, the last of which is the one that failed."""
        found = report.get_steps().unpack()
        refused = [step for step in found if step['name'] == 'connect' and step['outcome'] != 'ok']
        if len(refused) < sum(step['name'] == 'connect' for step in found):
            # The name has an IPv6 address as well, where nobody listens.
            found = [step for step in found if step not in refused]
        else:
            refused = []
        self.assertEqual(report.get_outcome(), outcome, report.get_message())
        self.assertEqual(report.is_ok(), outcome == Outcome.OK)
        self.assertEqual([step['name'] for step in found], list(steps))
        for step in found:
            self.assertEqual(sorted(step), ['detail', 'ms', 'name', 'outcome'])
        self.assertEqual(found[-1]['outcome'] == 'ok', report.is_ok())
        self.assertTrue(report.get_message())
        self.assertEqual(report.get_remedy() == '', report.is_ok() and not refused)


REACHED = ('dns', 'connect', 'greeting', 'ehlo')
PROTECTED = (*REACHED, 'tls', 'certificate', 'ehlo')


class Properties(unittest.TestCase):
    def test_derived(self):
        login = credentials()
        for text, has_login, level, wrapper in (
                ('a.example.com', False, Level.MAY, False),
                ('a.example.com', True, Level.SECURE, False),
                ('[a.example.com]:587', False, Level.SECURE, False),
                ('[a.example.com]:submission', False, Level.SECURE, False),
                ('[a.example.com]:465', False, Level.SECURE, True)):
            with self.subTest(relay=text, login=has_login):
                probe = Nullmail.RelayProbe.new(Nullmail.RelayHost.parse(text))
                probe.set_credentials(login if has_login else None)
                self.assertEqual(probe.get_tls_level(), level)
                self.assertEqual(probe.get_tls_wrapper(), wrapper)
                self.assertEqual(probe.props.tls_level, level)
                self.assertIsNone(probe.get_tls_ca_file())
                self.assertEqual(probe.get_timeout(), 10000)
                self.assertEqual(probe.get_sasl_security_options(), ['noanonymous'])
                self.assertEqual(probe.get_sasl_mechanisms()[:2], ['plain', 'login'])

    def test_assigned(self):
        probe = Nullmail.RelayProbe.new(Nullmail.RelayHost.parse('[a.example.com]:587'))
        seen = []
        probe.connect('notify', lambda _, pspec: seen.append(pspec.name))
        for name, value in (('tls-level', Level.ENCRYPT), ('tls-wrapper', True),
                            ('tls-ca-file', '/ca.pem'), ('timeout', 1),
                            ('sasl-mechanisms', ['xoauth2']),
                            ('sasl-security-options', ['noplaintext'])):
            setter = getattr(probe, 'set_' + name.replace('-', '_'))
            setter(value)
            self.assertEqual(probe.get_property(name), value)
            self.assertIn(name, seen)
        probe.set_tls_level(Level.AUTO)
        probe.set_sasl_mechanisms(None)
        probe.set_sasl_security_options(None)
        self.assertEqual(probe.get_tls_level(), Level.SECURE)
        self.assertEqual(probe.get_sasl_mechanisms()[0], 'plain')
        self.assertEqual(probe.get_sasl_security_options(), ['noanonymous'])
        del seen[:]
        probe.set_relay_host(Nullmail.RelayHost.parse('b.example.com'))
        self.assertEqual(probe.get_relay_host().get_host(), 'b.example.com')
        self.assertIn('tls-level', seen)
        self.assertEqual(probe.get_tls_level(), Level.MAY)

    def test_config(self):
        config = Nullmail.NullClientConfig.new_for_relay('[a.example.com]:587')
        for name, value in (('authentication', True), ('tls_level', Level.ENCRYPT),
                            ('tls_ca_file', '/ca.pem'), ('sasl_mechanisms', ['login']),
                            ('sasl_security_options', ['noactive'])):
            getattr(config, 'set_' + name)(value)
        probe = Nullmail.RelayProbe.new_for_config(config)
        self.assertEqual(probe.get_relay_host().to_string(), '[a.example.com]:587')
        self.assertEqual(probe.get_tls_level(), Level.ENCRYPT)
        self.assertEqual(probe.get_tls_ca_file(), '/ca.pem')
        self.assertEqual(probe.get_sasl_mechanisms(), ['login'])
        self.assertEqual(probe.get_sasl_security_options(), ['noactive'])
        self.assertIsNone(probe.get_credentials())

    def test_config_fresh(self):
        config = Nullmail.NullClientConfig.new_for_relay('a.example.com')
        config.set_authentication(True)
        probe = Nullmail.RelayProbe.new_for_config(config)
        self.assertEqual(probe.get_tls_level(), Level.SECURE)
        self.assertFalse(probe.get_tls_wrapper())
        with self.assertRaises(GLib.Error) as caught:
            Nullmail.RelayProbe.new_for_config(Nullmail.NullClientConfig())
        self.assertTrue(caught.exception.matches(Error.quark(), Error.INVALID_CONFIG))


class Outcomes(Case):
    def test_clear(self):
        with FakeRelay(extensions=('SIZE 1000', 'AUTH PLAIN')) as relay:
            report = self.run_probe(make_probe(relay, Level.MAY))
        self.check_outcome(report, Outcome.OK, *REACHED, 'tls')
        self.assertEqual(report.get_address(), '127.0.0.1')
        self.assertEqual(report.get_banner(), 'fake.example.com ESMTP')
        self.assertEqual(report.get_extensions(), ['SIZE 1000', 'AUTH PLAIN'])
        self.assertEqual(report.get_auth_mechanisms(), [])  # in clear it counts for nothing
        self.assertIsNone(report.get_tls_protocol())
        self.assertEqual(report.get_certificate_expires(), 0)

    def test_login(self):
        for mechanism in ('PLAIN', 'LOGIN', 'CRAM-MD5', 'SCRAM-SHA-256'):
            with self.subTest(mechanism=mechanism), \
                    FakeRelay(Shared.good, under_tls=('AUTH ' + mechanism,)) as relay:
                report = self.run_probe(make_probe(relay, login=credentials()))
                self.check_outcome(report, Outcome.OK, *PROTECTED, 'auth', 'login')
                self.assertEqual(relay.accepted, [mechanism])
                self.assertEqual(report.get_mechanism(), mechanism)
                self.assertEqual(report.get_auth_mechanisms(), [mechanism])
                self.assertTrue(report.get_login_tried())
                self.assertTrue(report.get_reply().startswith('235 '))
                self.assertEqual(relay.commands()[0], ['EHLO', 'STARTTLS'])
                self.assertEqual(relay.commands()[1][:2], ['EHLO', 'AUTH'])
                self.assertNotIn('MAIL', relay.commands()[1])

    def test_certificate_facts(self):
        with FakeRelay(Shared.good) as relay:
            report = self.run_probe(make_probe(relay))
        self.check_outcome(report, Outcome.OK, *PROTECTED)
        self.assertEqual(report.get_certificate_names(), [NAME, 'other.example.com'])
        self.assertEqual(report.get_certificate_subject(), 'CN=' + NAME)
        self.assertEqual(report.get_certificate_issuer(), 'CN=test-ca')
        self.assertEqual(report.get_certificate_expires(), 2524521600)
        self.assertEqual(report.get_certificate_errors(), Flags(0))
        self.assertEqual(report.get_certificate_fingerprint(), Shared.certificate.fingerprint())
        self.assertRegex(report.get_public_key_fingerprint(), r'^([0-9A-F]{2}:){31}[0-9A-F]{2}$')
        self.assertRegex(report.get_tls_protocol(), r'^TLSv1\.[23]$')
        self.assertTrue(report.get_tls_cipher())
        self.assertEqual(relay.server_names, [None])
        self.assertIsNone(report.get_mechanism())
        self.assertFalse(report.get_login_tried())
        unpacked = report.to_variant().unpack()
        self.assertEqual(unpacked['outcome'], 'ok')
        self.assertEqual(unpacked['certificate-errors'], [])
        self.assertEqual(unpacked['steps'], report.get_steps().unpack())
        self.assertTrue(report.equal(report))

    def test_wrapper(self):
        with FakeRelay(Shared.good, wraps=True) as relay:
            report = self.run_probe(make_probe(relay, tls_wrapper=True, login=credentials()))
            self.check_outcome(report, Outcome.OK, 'dns', 'connect', 'tls', 'certificate',
                               'greeting', 'ehlo', 'auth', 'login')
            self.assertEqual(relay.clear, b'')

    def test_all_reasons_at_once(self):
        with FakeRelay(Shared.stranger) as relay:
            report = self.run_probe(make_probe(relay, login=credentials()))
            self.check_outcome(report, Outcome.CERTIFICATE_INVALID, *REACHED, 'tls', 'certificate')
            wanted = Flags.UNKNOWN_CA | Flags.EXPIRED | Flags.BAD_IDENTITY
            self.assertEqual(report.get_certificate_errors() & wanted, wanted)
            for word in ('self-signed', 'expired', 'name mismatch'):
                self.assertIn(word, report.get_message().lower().replace('hostname', 'name'))
            self.assertIn('mail.example.net', report.get_remedy())
            self.assertEqual(relay.commands(), [['EHLO', 'STARTTLS'], []])
            self.assertFalse(report.get_login_tried())

    def test_bad_certificate_by_level(self):
        for level, login, outcome in (
                (Level.MAY, False, Outcome.OK), (Level.ENCRYPT, False, Outcome.OK),
                (Level.ENCRYPT, True, Outcome.OK), (Level.MAY, True, Outcome.CERTIFICATE_INVALID),
                (Level.DANE, True, Outcome.CERTIFICATE_INVALID),
                (Level.DANE_ONLY, False, Outcome.CERTIFICATE_INVALID),
                (Level.FINGERPRINT, False, Outcome.CERTIFICATE_INVALID),
                (Level.VERIFY, False, Outcome.CERTIFICATE_INVALID),
                (Level.SECURE, True, Outcome.CERTIFICATE_INVALID)):
            with self.subTest(level=level.value_nick, login=login), \
                    FakeRelay(Shared.stranger) as relay:
                report = self.run_probe(make_probe(relay, level, credentials() if login else None))
                self.assertEqual(report.get_outcome(), outcome, report.get_message())
                self.assertTrue(report.get_certificate_errors() & Flags.UNKNOWN_CA)
                self.assertEqual(b'AUTH' in relay.protected, outcome == Outcome.OK and login)
                self.assertNotIn(b'AUTH', relay.clear)

    def test_addresses_are_no_names(self):
        with FakeRelay(Shared.good) as relay:
            report = self.run_probe(make_probe(relay, name='127.0.0.1'))
        self.assertEqual(report.get_outcome(), Outcome.CERTIFICATE_INVALID)
        self.assertTrue(report.get_certificate_errors() & Flags.BAD_IDENTITY)

    def test_no_tls(self):
        for level, login in ((Level.SECURE, True), (Level.ENCRYPT, False), (Level.MAY, True),
                             (Level.NONE, True)):
            with self.subTest(level=level.value_nick), \
                    FakeRelay(extensions=('AUTH PLAIN LOGIN CRAM-MD5',)) as relay:
                report = self.run_probe(make_probe(relay, level, credentials() if login else None))
                self.check_outcome(report, Outcome.TLS_UNAVAILABLE, *REACHED, 'tls')
                self.assertEqual(relay.commands(), [['EHLO'], []])

    def test_smuggled(self):
        with FakeRelay(Shared.good, behind=b'250 AUTH PLAIN\r\n') as relay:
            report = self.run_probe(make_probe(relay, login=credentials()))
        self.check_outcome(report, Outcome.TLS_FAILED, *REACHED, 'tls')
        self.assertNotIn(b'AUTH', relay.clear + relay.protected)

    def test_refused_starttls(self):
        with FakeRelay(Shared.good, replies={'STARTTLS': b'454 4.7.0 Not now\r\n'}) as relay:
            report = self.run_probe(make_probe(relay))
        self.check_outcome(report, Outcome.TLS_UNAVAILABLE, *REACHED, 'tls')
        self.assertIn('454', report.get_message())

    def test_broken_tls(self):
        with FakeRelay(extensions=('STARTTLS',),
                       replies={'STARTTLS': b'220 go\r\n'}) as relay:
            report = self.run_probe(make_probe(relay, timeout=SHORT_MS))
        self.assertIn(report.get_outcome(), (Outcome.TLS_FAILED, Outcome.TIMED_OUT))

    def test_wrapper_on_the_wrong_port(self):
        with FakeRelay(Shared.good) as relay:
            report = self.run_probe(make_probe(relay, tls_wrapper=True))
        self.check_outcome(report, Outcome.TLS_FAILED, 'dns', 'connect', 'tls')
        self.assertIn('tls-wrapper', report.get_remedy())

    def test_no_wrapper_where_one_is_needed(self):
        with FakeRelay(Shared.good, wraps=True) as relay:
            report = self.run_probe(make_probe(relay, timeout=SHORT_MS))
        self.check_outcome(report, Outcome.TIMED_OUT, 'dns', 'connect', 'greeting')
        self.assertIn('tls-wrapper', report.get_remedy())

    def test_greetings(self):
        for greeting, outcome in ((b'554 5.7.1 Go away\r\n', Outcome.GREETING_FAILED),
                                  (b'SSH-2.0-OpenSSH_9.2\r\n', Outcome.GREETING_FAILED),
                                  (b'220 a\0b\r\n', Outcome.GREETING_FAILED),
                                  (b'220-' + b'x' * 70000, Outcome.GREETING_FAILED),
                                  (b'220-x\r\n' * 10000, Outcome.GREETING_FAILED),
                                  (b'', Outcome.TIMED_OUT), (b'220', Outcome.TIMED_OUT)):
            with self.subTest(greeting=greeting[:20]), FakeRelay(greeting=greeting) as relay:
                probe = make_probe(relay, timeout=SHORT_MS if outcome == Outcome.TIMED_OUT
                                   else 10000)
                self.check_outcome(self.run_probe(probe), outcome, 'dns', 'connect', 'greeting')

    def test_silence_at_each_wait(self):
        for verb, under_tls, steps in (('EHLO', (), REACHED), ('STARTTLS', (), (*REACHED, 'tls')),
                                       ('AUTH', ('AUTH PLAIN',), (*PROTECTED, 'auth', 'login'))):
            with self.subTest(verb=verb), \
                    FakeRelay(Shared.good, under_tls=under_tls, replies={verb: b''}) as relay:
                report = self.run_probe(make_probe(relay, login=credentials(), timeout=SHORT_MS))
                self.check_outcome(report, Outcome.TIMED_OUT, *steps)

    def test_trickle(self):
        """A step ends at its time, whatever trickles in."""
        stop = threading.Event()
        with socket.create_server(('127.0.0.1', 0)) as listener:
            def trickle():
                sock, _ = listener.accept()
                with sock:
                    while not stop.wait(0.02):
                        try:
                            sock.sendall(b'220-x\r\n')
                        except OSError:
                            return

            thread = threading.Thread(target=trickle)
            thread.start()
            probe = Nullmail.RelayProbe.new(Nullmail.RelayHost.parse(
                f'[127.0.0.1]:{listener.getsockname()[1]}'))
            probe.set_timeout(SHORT_MS)
            report = self.run_probe(probe)
            stop.set()
            thread.join()
        self.check_outcome(report, Outcome.TIMED_OUT, 'dns', 'connect', 'greeting')

    def test_nothing_there(self):
        with socket.create_server(('127.0.0.1', 0)) as listener:
            port = listener.getsockname()[1]
        report = self.run_probe(Nullmail.RelayProbe.new(
            Nullmail.RelayHost.parse(f'[127.0.0.1]:{port}')))
        self.check_outcome(report, Outcome.CONNECT_FAILED, 'dns', 'connect')
        self.assertEqual(report.get_addresses(), ['127.0.0.1'])
        self.assertIsNone(report.get_address())
        report = self.run_probe(Nullmail.RelayProbe.new(
            Nullmail.RelayHost.parse('[a.example.com]:no-such-service')))
        self.assertIn(report.get_outcome(), (Outcome.CONNECT_FAILED, Outcome.DNS_FAILED))

    def test_no_login_offered(self):
        for under_tls in ((), ('AUTH',), ('AUTH XOAUTH2 GSSAPI',), ('AUTH PLAIN', 'AUTH NTLM')):
            with self.subTest(offer=under_tls), \
                    FakeRelay(Shared.good, under_tls=under_tls) as relay:
                report = self.run_probe(make_probe(relay, login=credentials()))
                self.check_outcome(report, Outcome.AUTH_UNAVAILABLE, *PROTECTED, 'auth')
                self.assertNotIn(b'AUTH', relay.protected)
                self.assertFalse(report.get_login_tried())

    def test_filter_and_lists(self):
        for level, properties, expected in (
                (Level.SECURE, {'sasl_mechanisms': ['login']}, 'LOGIN'),
                (Level.SECURE, {'sasl_mechanisms': ['!plain', 'static:all']}, 'LOGIN'),
                (Level.SECURE, {'sasl_mechanisms': ['cram-md5']}, None),
                (Level.SECURE, {'sasl_security_options': ['noplaintext']}, None),
                (Level.SECURE, {'sasl_security_options': ['no-such-word']}, None),
                (Level.ENCRYPT, {'sasl_security_options': ['noplaintext', 'noanonymous']}, None),
                (Level.DANE, {}, None)):
            with self.subTest(level=level.value_nick, **properties), \
                    FakeRelay(Shared.good, under_tls=('AUTH PLAIN LOGIN',)) as relay:
                report = self.run_probe(make_probe(relay, level, credentials(), **properties))
                self.assertEqual(report.get_mechanism(), expected, report.get_message())
                self.assertEqual(report.get_outcome(), Outcome.OK if expected
                                 else Outcome.AUTH_UNAVAILABLE)
                self.assertEqual(relay.accepted, [expected] if expected else [])

    def test_wrong_password(self):
        for echoes in (False, True):
            for mechanism in ('PLAIN', 'LOGIN', 'CRAM-MD5'):
                with self.subTest(mechanism=mechanism, echoes=echoes), \
                        FakeRelay(Shared.good, under_tls=('AUTH ' + mechanism,), echoes=echoes,
                                  password='another') as relay:
                    report = self.run_probe(make_probe(relay, login=credentials()))
                    self.check_outcome(report, Outcome.LOGIN_FAILED, *PROTECTED, 'auth', 'login')
                    self.assertTrue(report.get_login_tried())
                    self.assertEqual(report.get_reply(), '535 ********' if echoes
                                     else '535 5.7.8 no')

    def test_login_said_back_in_no_reply(self):
        """What is shown of an answer that is no reply must not be the login."""
        encoded = base64.b64encode(f'\0{USER}\0{PASSWORD}'.encode())
        for answer in (b'AUTH PLAIN ' + encoded, b'who is ' + PASSWORD.encode(), encoded,
                       b'535-5.7.8 no\r\n' + PASSWORD.encode(),
                       b'X' * 45 + PASSWORD.encode()):
            with self.subTest(answer), FakeRelay(
                    Shared.good, under_tls=('AUTH PLAIN',),
                    replies={'AUTH': answer + b'\r\n'}) as relay:
                report = self.run_probe(make_probe(relay, login=credentials()))
                self.check_outcome(report, Outcome.LOGIN_FAILED, *PROTECTED, 'auth', 'login')
                self.assertIn('no reply of a mail server', report.get_message())
                self.assertNotIn(PASSWORD[:6], report.get_message())

    def test_long_password(self):
        """A first response of more than 512 bytes goes on a line of its own, as Postfix does it."""
        password = 'x' * 3000
        with FakeRelay(Shared.good, password=password) as relay:
            probe = make_probe(relay, login=credentials(password), sasl_mechanisms=['plain'])
            report = probe.run(None)
        self.assertEqual((report.get_outcome(), relay.accepted), (Outcome.OK, ['PLAIN']))
        self.assertIn(b'AUTH PLAIN\r\n', relay.protected)

    def test_gio_without_tls(self):
        """What is missing is GIO's TLS, and not that of the relay."""
        with FakeRelay(Shared.good) as relay:
            done = subprocess.run([sys.executable, '-c', f'''
import gi
gi.require_version("Nullmail", "1.0")
from gi.repository import Nullmail
probe = Nullmail.RelayProbe.new(Nullmail.RelayHost.parse("[127.0.0.1]:{relay.port}"))
probe.set_tls_level(Nullmail.TlsLevel.SECURE)
report = probe.run(None)
print(report.get_outcome().value_nick, report.get_remedy())
'''], env={**os.environ, 'GIO_USE_TLS': 'dummy'}, text=True, check=True, timeout=program.LIMIT_S,
                                  stdout=subprocess.PIPE)
        self.assertRegex(done.stdout, '^tls-unavailable Install glib-networking')

    def test_no_authorities(self):
        for level, outcome in ((Level.SECURE, Outcome.TLS_UNAVAILABLE), (Level.MAY, Outcome.OK)):
            with self.subTest(level=level.value_nick), FakeRelay(Shared.good) as relay:
                report = self.run_probe(make_probe(relay, level, tls_ca_file='/no/such/file'))
                self.assertEqual(report.get_outcome(), outcome)
                self.assertEqual('/no/such/file' in report.get_message(),
                                 outcome != Outcome.OK)
                self.assertIsNone(report.get_tls_protocol())
            # Postfix does not ask the relay to begin what it has no means for.
            self.assertEqual(relay.commands(), [['EHLO'], []])


class Calls(Case):
    def run_async(self, probe, cancellable=None, when=None):
        """What came of the asynchronous form, and the steps that were told before its end."""
        loop, seen, results = GLib.MainLoop(), [], []

        def step_cb(_, name, outcome, detail):
            self.assertEqual(results, [])
            seen.append((name, outcome.value_nick, detail))
            if name == when:
                cancellable.cancel()

        def done_cb(source, result):
            try:
                results.append(source.run_finish(result))
            except GLib.Error as error:
                results.append(error)
            loop.quit()

        handler = probe.connect('step', step_cb)
        probe.run_async(cancellable, done_cb)
        loop.run()
        probe.disconnect(handler)
        return results[0], seen

    def test_async(self):
        with FakeRelay(Shared.good) as relay:
            probe = make_probe(relay, login=credentials())
            report, seen = self.run_async(probe)
        self.check_outcome(report, Outcome.OK, *PROTECTED, 'auth', 'login')
        self.assertEqual(seen, [(step['name'], step['outcome'], step['detail'])
                                for step in report.get_steps().unpack()])

    def test_steps_of_the_synchronous_form(self):
        seen = []
        with FakeRelay() as relay:
            probe = make_probe(relay, Level.NONE)
            probe.connect('step', lambda _, name, *__: seen.append(name))
            report = probe.run(None)
        self.check_outcome(report, Outcome.OK, *REACHED)
        self.assertEqual(seen, [step['name'] for step in report.get_steps().unpack()])

    def test_async_works_on_a_copy(self):
        with FakeRelay() as relay:
            probe = make_probe(relay, Level.NONE)
            probe.connect('step', lambda *_: probe.set_relay_host(
                Nullmail.RelayHost.parse('[127.0.0.1]:1')))
            report, _ = self.run_async(probe)
        self.assertEqual(report.get_relay_host().get_port(), relay.port)
        self.check_outcome(report, Outcome.OK, *REACHED)

    def check_cancelled(self, error):
        self.assertIsInstance(error, GLib.Error)
        self.assertTrue(error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED), error)

    def test_cancel_before(self):
        cancellable = Gio.Cancellable()
        cancellable.cancel()
        with FakeRelay(Shared.good) as relay:
            probe = make_probe(relay)
            with self.assertRaises(GLib.Error) as caught:
                probe.run(cancellable)
            self.check_cancelled(caught.exception)
            self.check_cancelled(self.run_async(probe, cancellable)[0])

    def test_cancel_at_each_wait(self):
        for when, replies, greeting in (('connect', {}, None), ('greeting', {'EHLO': b''}, b''),
                                        ('ehlo', {'STARTTLS': b''}, b''),
                                        ('auth', {'AUTH': b''}, b'')):
            greeting = None if greeting is None else b'220 x\r\n'
            with self.subTest(after=when), \
                    FakeRelay(Shared.good, greeting=greeting, replies=replies) as relay:
                probe = make_probe(relay, login=credentials(), timeout=600000)
                result, seen = self.run_async(probe, Gio.Cancellable(), when)
                self.check_cancelled(result)
                self.assertIn(when, [name for name, *_ in seen])

    def test_wrong_finish(self):
        with FakeRelay() as relay:
            probe, other = make_probe(relay, Level.NONE), make_probe(relay, Level.NONE)
            loop, errors = GLib.MainLoop(), []

            def done_cb(_, result):
                try:
                    other.run_finish(result)
                except GLib.Error as error:
                    errors.append(error)
                loop.quit()

            probe.run_async(None, done_cb)
            loop.run()
        self.assertTrue(errors[0].matches(Error.quark(), Error.INVALID_ARGUMENT))

    def test_bad_arguments(self):
        probe = GObject.new(Nullmail.RelayProbe)
        self.assertIsNone(probe.get_relay_host())
        self.check_refused(probe, Error.INVALID_ARGUMENT)
        for name, value in (('tls_ca_file', '/a\nb'), ('sasl_mechanisms', ['plain\nx = y']),
                            ('sasl_security_options', ['noanonymous\r'])):
            probe = Nullmail.RelayProbe.new(Nullmail.RelayHost.parse('[127.0.0.1]:1'))
            getattr(probe, 'set_' + name)(value)
            self.check_refused(probe, Error.INVALID_ARGUMENT)

    def check_refused(self, probe, code):
        with self.assertRaises(GLib.Error) as caught:
            probe.run(None)
        self.assertTrue(caught.exception.matches(Error.quark(), code), caught.exception)

    def test_who_answers_counts_more_than_who_does_not(self):
        """An address at which somebody answers is worth more words than a dead one."""
        try:
            listener = socket.create_server(('::1', 0), family=socket.AF_INET6)
        except OSError as error:
            program.lacks(f'no IPv6: {error}')

        def answer():
            sock, _ = listener.accept()
            with sock:
                sock.sendall(b'554 5.7.1 Go away\r\n')
                sock.recv(100)

        thread = threading.Thread(target=answer)
        thread.start()
        with listener:
            probe = Nullmail.RelayProbe.new(Nullmail.RelayHost.parse(
                f'[{NAME}]:{listener.getsockname()[1]}'))
            report = self.run_probe(probe)
            thread.join()
        self.assertEqual(report.get_outcome(), Outcome.GREETING_FAILED)
        self.assertIn('554', report.get_message())
        self.assertEqual(sorted(step['name'] for step in report.get_steps().unpack()),
                         ['connect', 'connect', 'dns', 'greeting'])

    def test_who_greets_and_then_has_no_time(self):
        """As smtp(8) does, the next address is tried where EHLO is refused, and not only where the
        greeting is."""
        with FakeRelay() as relay:
            try:
                busy = socket.create_server(('::1', relay.port), family=socket.AF_INET6)
            except OSError as error:
                program.lacks(f'no IPv6: {error}')
            talks = []

            def answer():
                sock, _ = busy.accept()
                with sock:
                    sock.sendall(b'220 busy.example.com ESMTP\r\n')
                    talks.append(sock.recv(100))
                    sock.sendall(b'421 4.3.2 Too busy\r\n')
                    sock.recv(100)

            thread = threading.Thread(target=answer, daemon=True)
            thread.start()
            with busy:
                report = self.run_probe(make_probe(relay, Level.NONE))
                self.assertEqual(report.get_address(), '127.0.0.1')
                if report.get_addresses()[0] == '::1':
                    thread.join()
                    self.assertEqual(talks[0][:5], b'EHLO ')
                    self.assertIn('Another of its addresses', report.get_message())
        self.assertEqual(report.get_outcome(), Outcome.OK, report.get_message())

    def test_odd_file_name(self):
        """A “$” in a name is a “$”."""
        path = program.make_folder('$x-') / 'ca$y.crt'
        path.write_bytes(open(Shared.ca_file, 'rb').read())
        with FakeRelay(Shared.good) as relay:
            report = self.run_probe(make_probe(relay, tls_ca_file=str(path)))
        self.check_outcome(report, Outcome.OK, *PROTECTED)

    def test_fallback_to_another_address(self):
        """Where one kind of address is dead the other is used, and the report says so."""
        with FakeRelay() as relay:
            report = self.run_probe(make_probe(relay, Level.NONE))
        found = [(step['name'], step['outcome']) for step in report.get_steps().unpack()]
        self.assertEqual(report.get_outcome(), Outcome.OK)
        self.assertEqual(sorted(report.get_addresses()), ['127.0.0.1', '::1'])
        if report.get_addresses()[0] == '::1':
            self.assertIn(('connect', 'connect-failed'), found)
            self.assertIn('Another of its addresses', report.get_message())
