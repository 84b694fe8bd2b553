# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

import json
import os
import unittest

from gi.repository import Nullmail

from program import make_folder

Code = Nullmail.FindingCode
Severity = Nullmail.Severity

NAMES = '''\
compatibility_level = 3.6
myhostname = host7.example.com
mydomain = example.com
myorigin = example.com
inet_protocols = ipv4
'''
LOOPBACK = '''\
inet_interfaces = loopback-only
mynetworks = 127.0.0.0/8 [::1]/128
mydestination =
virtual_alias_maps = inline:{root=admin@example.com}
'''
GOOD = NAMES + LOOPBACK + '''\
relayhost = [smtp.example.com]
smtp_tls_security_level = may
'''
TAUGHT = NAMES + LOOPBACK + '''\
relayhost = [smtp.example.com]:587
smtp_use_tls = yes
smtp_sasl_auth_enable = yes
smtp_sasl_security_options = noanonymous
smtp_sasl_password_maps = texthash:%s/sasl_passwd
'''


class FindingTest(unittest.TestCase):
    def setUp(self):
        self.folder = make_folder()
        self.postfix = Nullmail.PostfixInstance(
            config_directory=str(self.folder), state_directory=str(self.folder / 'state'),
            service_control=Nullmail.ServiceControl.DISABLED)

    def check(self, text):
        path = self.folder / 'main.cf'
        path.write_text(text, encoding='utf-8')
        os.utime(path, (0, 0))  # Postfix waits for a file that is being edited
        return self.postfix.check(None)

    def codes(self, text):
        return {finding.get_code() for finding in self.check(text)}

    def find(self, text, code):
        found = [finding for finding in self.check(text) if finding.get_code() == code]
        self.assertEqual(len(found), 1, code)
        return found[0]

    def test_good(self):
        self.assertEqual(self.codes(GOOD), set())

    def test_getters(self):
        finding = self.find(GOOD + 'inet_interfaces = all\n', Code.LISTENS_ON_NETWORK)
        self.assertEqual(finding.get_severity(), Severity.WARNING)
        self.assertEqual(finding.get_parameter(), 'inet_interfaces')
        self.assertEqual(finding.get_suggestion(), 'loopback-only')
        self.assertEqual(finding.get_path(), str(self.folder / 'main.cf'))
        self.assertEqual(finding.get_line(), GOOD.count('\n') + 1)
        self.assertIsNone(finding.get_subject())
        self.assertRegex(finding.get_url(), r'^file:///.*/findings[.]html#listens-on-network$')
        self.assertTrue(finding.get_message().endswith('.'))
        self.assertTrue(finding.get_remedy().endswith('.'))

    def test_order(self):
        severities = [finding.get_severity() for finding in self.check('nonsense\n')]
        self.assertEqual(severities, sorted(severities, reverse=True))
        self.assertEqual(severities[0], Severity.ERROR)

    def test_fix_sets(self):
        finding = self.find(
            GOOD + 'smtp_tls_wrappermode = yes\nsmtp_tls_security_level = encrypt\n',
            Code.TLS_WRAPPER_UNEXPECTED)
        main_cf = self.postfix.load_main_cf(None)
        self.assertTrue(finding.can_fix())
        self.assertTrue(finding.fix(main_cf))
        self.assertEqual(main_cf.get_value('smtp_tls_wrappermode'), finding.get_suggestion())
        self.assertFalse(finding.fix(main_cf))

    def test_fix_removes_duplicates(self):
        finding = self.find(GOOD + 'relayhost = [b.example.com]\n', Code.DUPLICATE_PARAMETER)
        main_cf = self.postfix.load_main_cf(None)
        self.assertTrue(finding.can_fix())
        self.assertTrue(finding.fix(main_cf))
        self.assertIsNone(finding.get_suggestion())
        self.assertEqual(main_cf.get_value('relayhost'), '[b.example.com]')
        self.assertEqual(list(main_cf.list_duplicates()), [])

    def test_fix_by_hand(self):
        finding = self.find(GOOD.replace('[smtp.example.com]', ''), Code.NO_RELAY)
        main_cf = self.postfix.load_main_cf(None)
        before = main_cf.to_bytes().get_data()
        self.assertFalse(finding.can_fix())
        self.assertFalse(finding.fix(main_cf))
        self.assertEqual(main_cf.to_bytes().get_data(), before)

    def test_as_taught(self):
        (self.folder / 'sasl_passwd').touch(0o600)
        (self.folder / 'sasl_passwd').write_text('[smtp.example.com] relayuser:geheim\n',
                                                 encoding='utf-8')
        findings = self.check(TAUGHT % self.folder)
        codes = {finding.get_code() for finding in findings}
        self.assertLessEqual({Code.OBSOLETE_TLS_PARAMETER, Code.TLS_OPPORTUNISTIC_WITH_AUTH,
                              Code.CREDENTIALS_KEY_MISMATCH}, codes)

        obsolete = self.find(TAUGHT % self.folder, Code.OBSOLETE_TLS_PARAMETER)
        main_cf = self.postfix.load_main_cf(None)
        self.assertTrue(obsolete.fix(main_cf))
        self.assertFalse(main_cf.has_value('smtp_use_tls'))
        self.assertEqual(main_cf.get_value('smtp_tls_security_level'), 'may')
        self.assertNotIn('geheim', json.dumps([f.to_variant().unpack() for f in findings]))

    def test_password_in_main_cf(self):
        finding = self.find(GOOD + 'lmtp_sasl_password_maps = $login\nlogin = static:u:geheim\n',
                            Code.PASSWORD_IN_MAIN_CF)
        self.assertEqual(finding.get_severity(), Severity.ERROR)
        self.assertEqual((finding.get_parameter(), finding.get_subject()), ('login', 'login'))
        self.assertEqual(finding.get_line(), GOOD.count('\n') + 2)
        self.assertIsNone(finding.get_suggestion())
        self.assertNotIn('geheim', str(finding.to_variant().unpack()))
    def test_bounces_rewritten(self):
        finding = self.find(GOOD + 'sender_canonical_maps = static:a@example.com\n',
                            Code.BOUNCES_REWRITTEN)
        self.assertEqual(finding.get_severity(), Severity.WARNING)
        self.assertEqual(finding.get_line(), GOOD.count('\n') + 1)
        main_cf = self.postfix.load_main_cf(None)
        self.assertTrue(finding.fix(main_cf))
        self.assertEqual(main_cf.get_value('sender_canonical_maps'),
                         'regexp:{ {/@/ a@example.com} }')

    def test_addresses_missing(self):
        text = GOOD.replace('virtual_alias_maps', 'x_maps') + 'smtp_sasl_auth_enable = yes\n'
        for code, parameter in ((Code.SENDER_NOT_SET, 'sender_canonical_maps'),
                                (Code.ROOT_MAIL_NOWHERE, 'virtual_alias_maps')):
            finding = self.find(text, code)
            self.assertEqual((finding.get_severity(), finding.get_parameter()),
                             (Severity.NOTICE, parameter))
            self.assertRegex(finding.get_remedy(), 'sender-address|root-address')

    def test_variant(self):
        finding = self.find(GOOD + 'smtp_sasl_auth_enable = True\n', Code.INVALID_VALUE)
        unpacked = finding.to_variant().unpack()
        self.assertEqual(unpacked['code'], 'invalid-value')
        self.assertEqual(unpacked['severity'], 'error')
        self.assertEqual(unpacked['parameter'], 'smtp_sasl_auth_enable')
        self.assertEqual(unpacked['line'], GOOD.count('\n') + 1)
        self.assertNotIn('suggestion', unpacked)
        self.assertNotIn('subject', unpacked)

    def test_variant_tells_of_a_fix(self):
        for text, can_fix in (('mynetworks = 0.0.0.0/0\n', True),
                              ('smtp_sasl_auth_enable = True\n', False)):
            for finding in self.check(GOOD + text):
                self.assertIs(finding.to_variant().unpack()['can-fix'], finding.can_fix())
            self.assertIn(can_fix, [finding.can_fix() for finding in self.check(GOOD + text)])

    def test_mail_held(self):
        finding, = [f for f in self.check(GOOD + 'defer_transports = smtp\n')
                    if f.get_code() == Code.MAIL_HELD]
        self.assertEqual((finding.get_severity(), finding.get_parameter(), finding.get_subject()),
                         (Severity.ERROR, 'defer_transports', 'smtp'))
        self.assertEqual(finding.to_variant().unpack()['code'], 'mail-held')

    def test_nobody_may_submit(self):
        finding, = [f for f in self.check(GOOD + 'authorized_submit_users =\n')
                    if f.get_code() == Code.SUBMISSION_REFUSED]
        self.assertEqual(finding.get_severity(), Severity.ERROR)
        self.assertIsNone(finding.get_suggestion())

    def test_mail_server(self):
        """One notice, in the place of three warnings and notices."""
        codes = {f.get_code() for f in self.check(
            GOOD.replace('loopback-only', 'all') + 'relay_domains = example.org\n')}
        self.assertIn(Code.MAIL_SERVER, codes)
        self.assertFalse(codes & {Code.LISTENS_ON_NETWORK, Code.LOCAL_DELIVERY,
                                  Code.NETWORKS_OPEN})

    def test_equal(self):
        first, again = self.check(NAMES), self.check(NAMES)
        self.assertTrue(all(a.equal(b) for a, b in zip(first, again)))
        self.assertFalse(first[0].equal(first[1]))

    def test_harmless_zeros(self):
        self.assertEqual(int(Code.NONE), 0)
        self.assertEqual(int(Severity.UNKNOWN), 0)
        self.assertEqual(int(Code.NOT_CHECKED), 41)
        self.assertEqual(int(Code.PASSWORD_IN_MAIN_CF), 42)
        self.assertEqual(Code.PASSWORD_IN_MAIN_CF.value_nick, 'password-in-main-cf')
        self.assertEqual([int(code) for code in (Code.SENDER_NOT_SET, Code.BOUNCES_REWRITTEN,
                                                 Code.ROOT_MAIL_NOWHERE)], [46, 47, 48])
        self.assertEqual([int(code) for code in (
            Code.UNKNOWN_PARAMETER, Code.OPEN_RELAY, Code.SERVICE_MISSING,
            Code.PASSWORD_LOGIN_RETIRED, Code.MAIL_SERVER, Code.SUBMISSION_REFUSED,
            Code.FALLBACK_WITHOUT_LOGIN, Code.MAIL_HELD)], [43, 45, 51, 53, 55, 58, 61, 62])
        self.assertEqual(Code.SASL_OPTIONS_FORBID_PLAIN.value_nick, 'sasl-options-forbid-plain')
