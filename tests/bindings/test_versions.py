# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What differs from one version of Postfix to the next, each with stand-ins for its commands."""

import os
import unittest

import fixture
import stand_ins
import table_worlds
from fixture import Nullmail, RELAY, SECRET

Code = Nullmail.FindingCode
VERSIONS = ('3.5.27', '3.6.16', '3.7.11', '3.8.17', '3.9.11', '3.10.13', '3.11.6', '3.12-20260821')
OBSOLETE = {'smtp_use_tls': 9, 'smtp_enforce_tls': 9, 'smtp_tls_per_site': 9,
            'smtp_tls_enforce_peername': 11}


def minor(version):
    return int(version.split('.')[1].split('-')[0])


class World(stand_ins.Folder):
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


class Versions(World):
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


class Separator(World):
    """smtp_sasl_password_result_delimiter, which Postfix knows from 3.9 on."""

    TEXT = f'relayhost = {RELAY}\nsmtp_sasl_auth_enable = yes\n' \
           f'smtp_tls_security_level = secure\nsmtp_sasl_password_result_delimiter = |\n'

    def live_with(self, version, entry, text=''):
        self.live_in(version, f'{self.TEXT}{text}smtp_sasl_password_maps = '
                              f'texthash:{self.sasl_passwd}\n')
        self.write(self.sasl_passwd, f'{RELAY} {entry}\n')
        os.chmod(self.sasl_passwd, 0o600)

    def missing(self):
        return [item.get_severity() for item in self.found(Code.CREDENTIALS_MISSING)]

    def test_entry_by_hand(self):
        """That of Postfix's own separator has a password, and no other has."""
        for version in VERSIONS:
            is_known = minor(version) >= 9
            for entry, is_good in ((f'us:er|{SECRET}', True), (f'host7|{SECRET}', is_known),
                                   (f'host7:{SECRET}', not is_known)):
                with self.subTest(version, entry=entry):
                    self.live_with(version, entry)
                    self.assertEqual(self.missing(), [] if is_good else [Nullmail.Severity.ERROR])

    def test_what_is_said_of_it(self):
        self.live_with('3.9.11', f'host7:{SECRET}')
        item, = self.found(Code.CREDENTIALS_MISSING)
        self.assertIn('“key user|password”', item.get_remedy())
        self.assertIn('smtp_sasl_password_result_delimiter', item.get_message())
        self.assertNotIn(SECRET, item.get_message() + item.get_remedy())

    def test_plan_writes_it(self):
        for version in VERSIONS:
            with self.subTest(version):
                separator = '|' if minor(version) >= 9 else ':'
                self.live_with(version, 'host7')
                plan = self.postfix.plan(self.postfix.load_config(),
                                         stand_ins.credentials(), 0)
                self.assertNotIn(SECRET, plan.to_diff())
                self.assertIn(f'host7{separator}********', plan.to_diff())
                self.postfix.apply(plan, Nullmail.ApplyFlags.FORCE)
                self.assertEqual(self.read(self.sasl_passwd),
                                 f'{RELAY} host7{separator}{SECRET}\n')
                self.assertEqual(self.missing(), [])

    def test_store(self):
        """That of the instance, and one that has nothing but the file and main.cf beside it."""
        for version in VERSIONS:
            for text in (f'host7|{SECRET}', f'host7:{SECRET}'):
                with self.subTest(version, text=text):
                    self.live_with(version, text)
                    self.check_store(self.postfix.get_sasl_passwd_store(),
                                     '|' if minor(version) >= 9 else ':')
        self.live_with('3.9.11', 'host7')
        self.check_store(Nullmail.SaslPasswdStore.new(self.sasl_passwd, 'texthash'), '|')

    def check_store(self, store, separator):
        relay = fixture.relay_host(RELAY)
        self.assertTrue(store.store(stand_ins.credentials()))
        self.assertEqual(self.read(self.sasl_passwd), f'{RELAY} host7{separator}{SECRET}\n')
        found = store.lookup(relay)
        self.assertEqual((found.get_username(), stand_ins.password_of(found)), ('host7', SECRET))
        self.assertEqual([item.get_username() for item in store.list()], ['host7'])

    def test_user_name_with_a_colon(self):
        """It can be read where a colon does not end it."""
        self.live_with('3.9.11', f'us:er|{SECRET}')
        store = self.postfix.get_sasl_passwd_store()
        found = store.lookup(fixture.relay_host(RELAY))
        self.assertEqual((found.get_username(), stand_ins.password_of(found)), ('us:er', SECRET))
        self.assertTrue(store.store(found))
        self.assertEqual(self.read(self.sasl_passwd), f'{RELAY} us:er|{SECRET}\n')
        self.live_in('3.9.11', f'relayhost = {RELAY}\nsmtp_sasl_auth_enable = yes\n')
        self.assert_fails(stand_ins.Error.INVALID_CREDENTIALS,
                          self.postfix.get_sasl_passwd_store().store, found)

    def test_user_name_with_the_separator(self):
        login = stand_ins.credentials(user='us|er')
        self.live_with('3.10.13', 'host7')
        self.assert_fails(stand_ins.Error.INVALID_CREDENTIALS, self.postfix.plan,
                          self.postfix.load_config(), login, 0)
        self.assert_fails(stand_ins.Error.INVALID_CREDENTIALS,
                          self.postfix.get_sasl_passwd_store().store, login)
        self.assertEqual(self.read(self.sasl_passwd), f'{RELAY} host7\n')

    def test_nothing_is_shown(self):
        """Neither what was written for another separator, nor while it is changed."""
        for version in VERSIONS:
            for entry in (f'host7|{SECRET}:more', f'host7:{SECRET}|more', f'{SECRET[:2]}'):
                for value in ('|', ':', ';'):
                    with self.subTest(version, entry=entry, value=value):
                        self.live_with(version, entry)
                        main_cf = self.postfix.load_main_cf()
                        main_cf.set_value('smtp_sasl_password_result_delimiter', value)
                        plan = self.postfix.plan_main_cf(main_cf, stand_ins.credentials(), 0)
                        text = plan.to_diff() + ''.join(
                            item.to_variant().print_(False) for item in
                            plan.get_changes() + plan.get_findings())
                        self.assertNotIn(SECRET, text)


if __name__ == '__main__':
    unittest.main()
