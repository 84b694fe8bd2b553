# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A plan's probe has what the plan would give Postfix, and what is tried is what will be used."""

import os
import re
import ssl

from gi.repository import GLib, Gio, Nullmail

import fixture
import program
from authority import CA, Certificate, dns
from fake_relay import PASSWORD, USER, FakeRelay
from stand_ins import Error, Folder, credentials

Level = Nullmail.TlsLevel
Outcome = Nullmail.ProbeOutcome


class Shared:
    good = ca_file = certificate = None


def setUpModule():
    folder = program.make_folder('certificates-')
    ca = Certificate(folder, 'test-ca', extensions=CA)
    Shared.ca_file = f'{ca.base}.crt'
    Shared.certificate = Certificate(folder, 'localhost', ca, (
        dns('localhost'), 'extendedKeyUsage=serverAuth,clientAuth'))
    Shared.good = Shared.certificate.chain()


class PlanProbe(Folder):
    def setUp(self):
        super().setUp()
        self.write_first()

    def plan(self, relay, login=None, **properties):
        config = self.config(relay, authentication=True, tls_ca_file=Shared.ca_file,
                             **{'tls_level': Level.SECURE, **properties})
        return self.postfix.plan(config, login, 0)

    def test_properties(self):
        plan = self.plan('[a.example.com]:587', credentials('[a.example.com]:587'))
        probe = plan.create_probe()
        self.assertEqual(probe.get_relay_host().to_string(), '[a.example.com]:587')
        self.assertEqual(probe.get_tls_level(), Level.SECURE)
        self.assertFalse(probe.get_tls_wrapper())
        self.assertEqual(probe.get_tls_ca_file(), Shared.ca_file)
        self.assertEqual(probe.get_sasl_mechanisms()[:2], ['plain', 'login'])
        self.assertEqual(probe.get_sasl_security_options(), ['noanonymous'])
        self.assertEqual(probe.get_credentials().get_username(), 'host7')
        self.assertTrue(probe.get_credentials().has_password())
        self.assertEqual(probe.get_timeout(), 10000)
        self.assertFalse(os.path.exists(self.sasl_passwd))

    def test_login_of_the_table(self):
        self.set_up_login('[a.example.com]:587')
        self.append('smtp_tls_wrappermode = no\n')
        plan = self.postfix.plan(self.postfix.load_config(), None, 0)
        self.assertEqual(fixture.password_of(plan.create_probe().get_credentials()).decode(),
                         fixture.SECRET)
        # The bare name of the host comes first, as for smtp(8).
        with open(self.sasl_passwd, 'a', encoding='ascii') as file:
            file.write('A.example.com other:of the host\n')
        plan = self.postfix.plan(self.postfix.load_config(), None, 0)
        self.assertEqual(plan.create_probe().get_credentials().get_username(), 'other')

    def test_no_login(self):
        plan = self.postfix.plan(self.config('a.example.com'), None, 0)
        self.assertIsNone(plan.create_probe().get_credentials())
        self.assertEqual(plan.create_probe().get_tls_level(), Level.MAY)

    def test_policy_table(self):
        self.append('smtp_tls_policy_maps = inline:{[a.example.com]:587=encrypt}\n')
        plan = self.plan('[a.example.com]:587', credentials('[a.example.com]:587'))
        self.assertEqual(plan.create_probe().get_tls_level(), Level.ENCRYPT)

    def test_errors(self):
        self.assert_fails(Error.INVALID_ARGUMENT, Nullmail.Plan().create_probe)
        self.append('relayhost = a.example.com, b.example.com\n')
        plan = self.postfix.plan(self.postfix.load_config(), None, 0)
        self.assert_fails(Error.INVALID_CONFIG, plan.create_probe)

    def test_async(self):
        plan = self.plan('[a.example.com]:587', credentials('[a.example.com]:587'))
        probe = self.run_async(plan, 'create_probe')
        self.assertEqual(probe.get_credentials().get_username(), 'host7')
        cancellable = Gio.Cancellable()
        cancellable.cancel()
        error = self.run_async(plan, 'create_probe', cancellable=cancellable)
        self.assertIsInstance(error, GLib.Error)
        self.assertTrue(error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))

    def run_plan(self, relay, edits=(), **properties):
        """What the probe of a plan for the relay comes to, with edits of main.cf beside it."""
        self.write_first()
        self.append(''.join(line + '\n' for line in edits))
        name = f'[localhost]:{relay.port}'
        login = Nullmail.RelayCredentials.new(Nullmail.RelayHost.parse(name), USER, PASSWORD)
        return self.plan(name, login, **properties).create_probe().run(None)

    def test_what_is_tried_is_what_will_be_used(self):
        fingerprint = Shared.certificate.fingerprint()
        for edits, properties, outcome, mechanism in (
                ((), {}, Outcome.OK, 'PLAIN'),
                ((), {'sasl_mechanisms': ['login']}, Outcome.OK, 'LOGIN'),
                (('smtp_sasl_mechanism_filter = !plain, static:all',), {}, Outcome.OK, 'LOGIN'),
                (('smtp_sasl_mechanism_filter = cram-md5',), {}, Outcome.AUTH_UNAVAILABLE, None),
                (('smtp_tls_secure_cert_match = a.example.com',), {},
                 Outcome.CERTIFICATE_INVALID, None),
                (('smtp_tls_secure_cert_match = a.example.com:hostname',), {}, Outcome.OK,
                 'PLAIN'),
                (('smtp_tls_fingerprint_digest = sha256',
                  f'smtp_tls_fingerprint_cert_match = {fingerprint}'),
                 {'tls_level': Level.FINGERPRINT}, Outcome.OK, 'PLAIN'),
                (('smtp_tls_fingerprint_digest = sha256',
                  f'smtp_tls_fingerprint_cert_match = {":".join(32 * ["AB"])}'),
                 {'tls_level': Level.FINGERPRINT},
                 Outcome.CERTIFICATE_INVALID, None),
                (('smtp_tls_policy_maps = static:may',), {}, Outcome.AUTH_UNAVAILABLE, None)):
            with self.subTest(edits=edits, **properties), FakeRelay(Shared.good) as relay:
                report = self.run_plan(relay, edits, **properties)
                self.assertEqual(report.get_outcome(), outcome, report.get_message())
                self.assertEqual(report.get_mechanism(), mechanism)
                self.assertEqual(relay.accepted, [mechanism] if mechanism else [])

    def test_login_without_a_password(self):
        """It was “ok”, without a word of the login that there would be none of."""
        with FakeRelay(Shared.good) as relay:
            name = f'[localhost]:{relay.port}'
            report = self.plan(name).create_probe().run(None)
            self.assertEqual(report.get_outcome(), Outcome.OK, report.get_message())
            self.assertIn('No login was tried', report.get_message())
            self.assertIn('password', report.get_remedy())
            config = self.config(name, tls_ca_file=Shared.ca_file)
            report = self.postfix.plan(config, None, 0).create_probe().run(None)
            self.assertNotIn('login', report.get_message())
            self.assertNotIn('password', report.get_remedy())

    def test_versions_of_tls(self):
        for edit, version, outcome in (
                ('>=TLSv1.2', ssl.TLSVersion.TLSv1_2, Outcome.OK),
                ('>=TLSv1.3', ssl.TLSVersion.TLSv1_2, Outcome.TLS_FAILED),
                ('>=TLSv1.3', ssl.TLSVersion.TLSv1_3, Outcome.OK),
                ('!TLSv1.2, !TLSv1.3', ssl.TLSVersion.TLSv1_2, Outcome.OK),
                ('bogus', ssl.TLSVersion.TLSv1_3, Outcome.TLS_FAILED)):
            with self.subTest(edit, version=version.name), \
                    FakeRelay(Shared.good, version=version) as relay:
                report = self.run_plan(relay, [f'smtp_tls_mandatory_protocols = {edit}'])
                self.assertEqual(report.get_outcome(), outcome, report.get_message())
                self.assertEqual(b'AUTH' in relay.protected, outcome == Outcome.OK)

    def test_certificate_of_the_client(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            for shown, outcome in (({'tls_client_certificate': Shared.good}, Outcome.OK),
                                   ({}, Outcome.TLS_FAILED)):
                with self.subTest(version=version.name, **shown), \
                        FakeRelay(Shared.good, version=version, wants=Shared.ca_file) as relay:
                    report = self.run_plan(relay, (), **shown)
                    self.assertEqual(report.get_outcome(), outcome, report.get_message())
                    self.assertEqual(b'AUTH' in relay.protected, outcome == Outcome.OK)
                    self.assertEqual('certificate' in report.get_remedy(),
                                     outcome != Outcome.OK)

    def test_files_of_the_clients_certificate(self):
        """Postfix reads its files one behind the other, and there are two older parameters."""
        folder = program.make_folder('own-')
        with open(Shared.good, encoding='ascii') as file:
            blocks = re.findall('-----BEGIN .*?-----END [^\n]*\n', file.read(), re.DOTALL)
        keys = [block for block in blocks if 'PRIVATE KEY' in block.split('\n', 1)[0]]
        chain = [block for block in blocks if block not in keys]
        self.assertTrue(keys and chain)
        for name, parts in (('key', keys), ('chain', chain), ('both', keys + chain),
                            ('other', chain + keys), ('wrong', chain[:1])):
            (folder / name).write_text(''.join(parts), encoding='ascii')
        for edits, outcome in (
                (['chain_files = key, chain'], Outcome.OK),
                (['chain_files = both, key, chain'], Outcome.OK),
                (['cert_file = both'], Outcome.OK),
                (['cert_file = other'], Outcome.OK),
                (['cert_file = chain', 'key_file = key'], Outcome.OK),
                (['eccert_file = chain', 'eckey_file = key'], Outcome.OK),
                (['eccert_file = both'], Outcome.OK),
                (['chain_files = wrong'], Outcome.TLS_UNAVAILABLE),
                (['chain_files = key, none'], Outcome.TLS_UNAVAILABLE)):
            lines = ['smtp_tls_' + re.sub(r'(?<= )(\w+)(?=,|$)', rf'{folder}/\1', edit)
                     for edit in edits]
            with self.subTest(edits), FakeRelay(Shared.good, version=ssl.TLSVersion.TLSv1_2,
                                                wants=Shared.ca_file) as relay:
                report = self.run_plan(relay, lines)
                self.assertEqual(report.get_outcome(), outcome, report.get_message())
                self.assertEqual(b'AUTH' in relay.protected, outcome == Outcome.OK)

    def test_own_address(self):
        """A relay may know this machine by the one of its addresses that Postfix is told to use;
        where it has no such address Postfix warns, and goes on."""
        for edits, peer in (((), '127.0.0.1'),
                            (('smtp_bind_address = 127.0.0.9',), '127.0.0.9'),
                            (('own = 127.0.0.8', 'smtp_bind_address = $own',
                              'smtp_bind_address6 = ::1'), '127.0.0.8'),
                            (('smtp_bind_address = 203.0.113.7',), '127.0.0.1')):
            with self.subTest(edits), FakeRelay(Shared.good) as relay:
                report = self.run_plan(relay, edits)
                self.assertEqual((report.get_outcome(), relay.peers), (Outcome.OK, [peer]))

    def test_server_name(self):
        for value, name in (('hostname', 'localhost'), ('x.example.com', 'x.example.com')):
            with FakeRelay(Shared.good) as relay:
                report = self.run_plan(relay, [f'smtp_tls_servername = {value}'])
            self.assertEqual((report.get_outcome(), relay.server_names), (Outcome.OK, [name]))

    def test_fingerprint_of_the_key(self):
        with FakeRelay(Shared.good) as relay:
            found = self.run_plan(relay, ()).get_public_key_fingerprint()
        with FakeRelay(Shared.good) as relay:
            report = self.run_plan(
                relay, ['smtp_tls_fingerprint_digest = sha256',
                        f'smtp_tls_fingerprint_cert_match = {found.replace(":", "").lower()}'],
                tls_level=Level.FINGERPRINT)
        self.assertEqual(report.get_outcome(), Outcome.OK, report.get_message())
