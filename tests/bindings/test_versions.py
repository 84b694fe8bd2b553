# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What differs from one version of Postfix to the next, each with stand-ins for its commands."""

import os
import unittest

import fixture
import stand_ins
import table_worlds
from fixture import Nullmail, RELAY

Code = Nullmail.FindingCode
VERSIONS = ('3.5.27', '3.6.16', '3.7.11', '3.8.17', '3.9.11', '3.10.13', '3.11.6', '3.12-20260821')
OBSOLETE = {'smtp_use_tls': 9, 'smtp_enforce_tls': 9, 'smtp_tls_per_site': 9,
            'smtp_tls_enforce_peername': 11}


def minor(version):
    return int(version.split('.')[1].split('-')[0])


class Versions(stand_ins.Folder):
    def live_in(self, version, text='', parameters=()):
        """A Postfix of that version, and a main.cf with that text behind what each has."""
        table_worlds.build(self.commands, os.path.join(self.folder, 'log'), 'hash', {}, version,
                           parameters=parameters)
        for name in os.listdir(self.etc):
            os.unlink(os.path.join(self.etc, name))
        self.write_first()
        self.append(text)
        os.utime(self.main_cf, (fixture.OLD_S, fixture.OLD_S))
        self.postfix = self.instance = self.new_instance()

    def found(self, code):
        return [item for item in self.new_instance().check() if item.get_code() == code]

    def test_warnings(self):
        text = ''.join(f'{name} = {"" if "site" in name else "no"}\n' for name in OBSOLETE)
        for version in VERSIONS:
            with self.subTest(version):
                self.live_in(version, text)
                found = self.found(Code.OBSOLETE_TLS_PARAMETER)
                self.assertEqual({item.get_parameter() for item in found}, set(OBSOLETE))
                for item in found:
                    since = OBSOLETE[item.get_parameter()]
                    self.assertEqual('Postfix warns about it,' in item.get_message(),
                                     minor(version) >= since, item.get_message())
                    self.assertEqual(f'from version 3.{since} on' in item.get_message(),
                                     minor(version) < since, item.get_message())

    def test_name_that_is_gone(self):
        known = [f'parameter_{number}' for number in range(100)] + ['smtp_fallback_relay']
        self.live_in('4.0.0', f'fallback_relay = {RELAY}\n', known)
        item, = [item for item in self.found(Code.UNKNOWN_PARAMETER)
                 if item.get_subject() == 'fallback_relay']
        self.assertEqual((item.get_parameter(), item.get_suggestion()),
                         ('smtp_fallback_relay', RELAY))
        self.assertIn('has taken its place', item.get_message())
        main_cf = self.postfix.load_main_cf()
        self.assertTrue(item.fix(main_cf))
        self.assertEqual(main_cf.get_value('smtp_fallback_relay'), RELAY)
        self.assertIsNone(main_cf.get_value('fallback_relay'))

    def test_value_that_would_not_do(self):
        """The parameter of today takes other values than the one before."""
        known = [f'parameter_{number}' for number in range(100)] + ['smtp_tls_security_level']
        self.live_in('4.0.0', 'smtp_use_tls = yes\n', known)
        item, = [item for item in self.found(Code.UNKNOWN_PARAMETER)
                 if item.get_subject() == 'smtp_use_tls']
        self.assertEqual(item.get_parameter(), 'smtp_tls_security_level')
        self.assertIsNone(item.get_suggestion())
        self.assertFalse(item.fix(self.postfix.load_main_cf()))

    def test_relay_by_service_records(self):
        for version in VERSIONS:
            for port, n_found in (('submission', minor(version) < 8), ('587', True)):
                with self.subTest(version, port=port):
                    self.live_in(version, f'relayhost = example.com:{port}\n'
                                          'use_srv_lookup = submission\n')
                    self.assertEqual(len(self.found(Code.RELAY_WITHOUT_BRACKETS)), n_found)

    def test_functions(self):
        """Before they were there Postfix stops at them; from then on they are what they stand for,
        or nobody knows here."""
        for version in VERSIONS:
            for host, relay in (('${domain_to_ascii{smtp.example.com}}', 'smtp.example.com'),
                                ('${domain_to_utf8{XN--X.example}}', None),
                                ('${to_be_invented{smtp.example.com}}', None)):
                with self.subTest(version, host=host):
                    self.live_in(version, f'relayhost = [{host}]:587\n')
                    found = self.found(Code.INVALID_VALUE)
                    self.assertEqual([item.get_parameter() for item in found],
                                     [] if minor(version) >= 11 else ['relayhost'])
                    settings = self.postfix.load_overview().unpack()['effective']
                    value = settings['relay-host'].get('value')
                    self.assertEqual(value, f'[{relay}]:587'
                                     if relay and minor(version) >= 11 else None)


if __name__ == '__main__':
    unittest.main()
