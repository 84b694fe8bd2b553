# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What NullClientConfig writes, read back by the installed Postfix, and what it refuses, shown to
Postfix. Scratch directories only."""

import concurrent.futures
import os
import random
import shutil
import subprocess
import unittest

import fixture
from fixture import GLib, Nullmail

SEED = 20261123
N_MACROS = 250

BASE = {
    'relayhost': '[smtp.example.com]',
    'myorigin': '$mydomain',
    'inet_interfaces': 'loopback-only',
    'mynetworks': '127.0.0.0/8 [::1]/128',
    'mydestination': '',
    'local_transport': 'error:5.1.1 no mail is delivered on this host',
}
DELIVERING = {name: value for name, value in BASE.items() if name != 'local_transport'}
STRICT = {
    'smtp_sasl_security_options': 'noplaintext, noactive, nodictionary, noanonymous',
    'smtp_sasl_tls_security_options': '$smtp_sasl_security_options',
    'smtp_sasl_tls_verified_security_options': 'noanonymous',
}
FILTER = {
    'smtp_sasl_mechanism_filter': 'plain, login, scram-sha-512, scram-sha-256, scram-sha-1, '
                                  'digest-md5, cram-md5',
}
ENCRYPTED = {
    'smtp_sasl_security_options': 'noplaintext, noactive, nodictionary, noanonymous',
    'smtp_sasl_tls_security_options': 'noanonymous',
    'smtp_sasl_tls_verified_security_options': '$smtp_sasl_tls_security_options',
}

# Old text, assigned properties, and what Postfix must then read.
CASES = [
    ('', {}, {**BASE, 'smtp_tls_security_level': 'may'}),
    ('relayhost = a\n', {'relay_host': '[smtp.example.com]:465'},
     {**BASE, 'relayhost': '[smtp.example.com]:465', 'smtp_tls_security_level': 'secure',
      'smtp_tls_wrappermode': 'yes'}),
    ('', {'authentication': True, 'password_maps': 'texthash:/nonexistent'},
     {**BASE, **STRICT, **FILTER, 'smtp_tls_security_level': 'secure',
      'smtp_sasl_auth_enable': 'yes', 'smtp_sasl_password_maps': 'texthash:/nonexistent'}),
    ('smtp_sasl_security_options =\nsmtp_use_tls = yes\n',
     {'authentication': True, 'tls_level': 'ENCRYPT'},
     {**BASE, **ENCRYPTED, **FILTER, 'smtp_tls_security_level': 'encrypt',
      'smtp_sasl_auth_enable': 'yes'}),
    ('smtp_tls_security_level = dane-only\n', {},
     {**BASE, 'smtp_tls_security_level': 'dane-only', 'smtp_dns_support_level': 'dnssec'}),
    ('inet_protocols = all\nmydestination = a,\n  b\n',
     {'protocols': 'IPV4', 'hostname': 'host.example.com', 'domain': 'example.com',
      'origin': 'example.com', 'networks': ['127.0.0.0/8'], 'destinations': ['$myhostname', 'x'],
      'tls_ca_file': '/etc/ssl/ca.pem', 'tls_level': 'VERIFY'},
     {**DELIVERING, 'inet_protocols': 'ipv4', 'myhostname': 'host.example.com',
      'mydomain': 'example.com', 'myorigin': 'example.com', 'mynetworks': '127.0.0.0/8',
      'mydestination': '$myhostname x', 'smtp_tls_CAfile': '/etc/ssl/ca.pem',
      'smtp_tls_security_level': 'verify'}),
]


class ConfigTest(unittest.TestCase):
    def setUp(self):
        self.folder = fixture.make_folder('config-')
        self.addCleanup(shutil.rmtree, self.folder)

    def postconf(self, data):
        """postconf -n on a main.cf old enough that it does not wait for it to settle."""
        folder = fixture.make_folder(base=self.folder)
        (folder / 'master.cf').write_text('')
        (folder / 'main.cf').write_bytes(data)
        os.utime(folder / 'main.cf', (1, 1))
        return subprocess.run(['postconf', '-c', folder, '-n'], capture_output=True, check=False,
                              text=True)

    def read(self, data):
        result = self.postconf(data)
        self.assertEqual(result.returncode, 0, result.stderr)
        found = dict(line.split(' =', 1) for line in result.stdout.splitlines())
        return {name: value.strip() for name, value in found.items() if name != 'config_directory'}

    def make(self, assigned):
        config = Nullmail.NullClientConfig.new_for_relay(
            assigned.get('relay_host', '[smtp.example.com]'))
        for name, value in assigned.items():
            if name == 'tls_level':
                value = getattr(Nullmail.TlsLevel, value)
            elif name == 'protocols':
                value = getattr(Nullmail.InetProtocols, value)
            if name != 'relay_host':
                config.set_property(name, value)
        return config

    def update(self, text, config):
        main_cf = Nullmail.MainCf.new_from_bytes(GLib.Bytes.new(text.encode()))
        self.assertTrue(config.update_main_cf(main_cf))
        return main_cf.to_bytes().get_data() or b''

    def test_read_back(self):
        for text, assigned, expected in CASES:
            with self.subTest(text=text, **assigned):
                data = self.update(text, self.make(assigned))
                self.assertEqual(self.read(data), expected)
                # A second run has nothing to do.
                self.assertEqual(self.update(data.decode(), self.make(assigned)), data)

    def test_every_level(self):
        """Postfix takes each level's word, and a configuration that was loaded reads the same."""
        for nick in ['none', 'may', 'encrypt', 'dane', 'dane-only', 'fingerprint', 'verify',
                     'secure']:
            level = getattr(Nullmail.TlsLevel, nick.upper().replace('-', '_'))
            config = self.make({})
            config.set_tls_level(level)
            data = self.update('smtp_tls_fingerprint_cert_match = 00:11\n', config)
            self.assertEqual(self.read(data)['smtp_tls_security_level'], nick)
            main_cf = Nullmail.MainCf.new_from_bytes(GLib.Bytes.new(data))
            self.assertEqual(Nullmail.NullClientConfig.new_from_main_cf(main_cf).get_tls_level(),
                             level)

    def test_protocols(self):
        """The words of inet_protocols that are supported are those that Postfix starts with."""
        for text in ['all', 'ipv4', 'ipv6', 'ipv4, ipv6', 'ipv6 ipv4', 'all,ipv4', 'ALL', 'IPv4',
                     'ipv4 x', 'inet', '4']:
            with self.subTest(text):
                data = f'inet_protocols = {text}\n'.encode()
                main_cf = Nullmail.MainCf.new_from_bytes(GLib.Bytes.new(data))
                config = Nullmail.NullClientConfig.new_from_main_cf(main_cf)
                self.assertEqual('inet_protocols' in config.get_unsupported(),
                                 self.postconf(data).returncode != 0)

    def test_macros(self):
        """A text with a macro is refused where Postfix stops at it, and there alone."""
        chance = random.Random(SEED)
        texts = ['a$', '$', '$$', '$$$', '${}', '${x', '$(x', '$x', '${x?y}', '${x:y}', '${-}',
                 'a$-b', '$(x}', '${x)', '${x_1}${y}', '$x$y', '$$$x', '${x?{a}:{b}}']
        texts += [''.join(chance.choices(['$', '$', '{', '}', '(', ')', 'x', 'y_1', '-', '?', ':'],
                                         k=chance.randint(1, 7))) for _ in range(N_MACROS)]
        # Postfix sleeps for a second before it stops.
        with concurrent.futures.ThreadPoolExecutor(max_workers=32) as pool:
            results = list(pool.map(lambda text: self.postconf(f'myorigin = {text}\n'.encode()),
                                    texts))
        n_refused = 0
        for text, result in zip(texts, results):
            with self.subTest(text):
                config = self.make({'origin': text})
                try:
                    config.validate()
                    refused = False
                except GLib.Error:
                    refused = True
                n_refused += refused
                self.assertEqual(refused, result.returncode != 0, result.stderr)
        self.assertTrue(20 < n_refused < len(texts) - 20, n_refused)


def setUpModule():
    fixture.need('postconf')
