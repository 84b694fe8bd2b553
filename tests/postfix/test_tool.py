# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a page shows is what Postfix says, which findings are new, and ensure() beside another
writer."""

import queue
import re
import subprocess
import threading

import fixture
from fixture import InstanceTest, LIMIT_S, Nullmail, OLD_S, RELAY

N_EDITS = 30
N_BETWEEN = 3  # edits that one ensure() copes with, which plans again for each
# Parameters whose value the property has as text or list, and their properties.
SHOWN = {'myhostname': 'hostname', 'mydomain': 'domain', 'myorigin': 'origin',
         'relayhost': 'relay-host', 'inet_interfaces': 'interfaces', 'inet_protocols': 'protocols',
         'mynetworks': 'networks', 'mydestination': 'destinations',
         'smtp_tls_wrappermode': 'tls-wrapper', 'smtp_tls_CAfile': 'tls-ca-file',
         'smtp_sasl_auth_enable': 'authentication',
         'smtp_sasl_mechanism_filter': 'sasl-mechanisms',
         'smtp_sasl_password_maps': 'password-maps',
         'smtp_tls_security_level': 'tls-level'}
WORDS = {'yes': True, 'no': False, '': None}
MAIN_CFS = [
    '',
    'myorigin = $myhostname\nrelay = smtp.example.com\nrelayhost = [$relay]:587\n',
    'mydomain = example.org\nmydestination = $myhostname, localhost.$mydomain localhost\n'
    'inet_protocols = ipv4\nsmtp_tls_security_level = ${level?{$level}:{may}}\n',
    'smtp_sasl_auth_enable = ${x?{no}:{yes}}\nsmtp_sasl_mechanism_filter = plain, login\n'
    'smtp_sasl_password_maps = hash:$config_directory/sasl_passwd\nmynetworks = 127.0.0.0/8\n'
    'smtp_tls_wrappermode = yes\nsmtp_tls_CAfile = /etc/ssl/certs/ca-certificates.crt\n',
]


class NewFindings(InstanceTest):
    def test_unknown_parameter(self):
        """One that was there before is found again, and is no news."""
        plan = self.plan_edit('myhostnam', 'x')
        self.instance.apply(plan, 0)
        for expected, made in ((1, plan), (0, self.plan_edit('message_size_limit', '1000'))):
            for count, findings in ((1, made.get_findings()), (expected, made.get_new_findings())):
                codes = [finding.get_code() for finding in findings]
                self.assertEqual(codes.count(Nullmail.FindingCode.UNKNOWN_PARAMETER), count)


class Overview(InstanceTest):
    def postconf(self, name):
        return fixture.answer_of(['postconf', '-c', self.etc, '-xh', name], text=True).strip()

    def test_effective_is_what_postfix_says(self):
        n_compared = 0
        for text in MAIN_CFS:
            fixture.write(self.main_cf, b'compatibility_level = 2\n' + text.encode())
            effective = self.new_instance().load_overview().unpack()['effective']
            for name, prop in SHOWN.items():
                with self.subTest(text=text, name=name):
                    said = self.postconf(name)
                    found = effective[prop].get('value')
                    if isinstance(found, list):
                        said = [word for word in re.split(r'[, ]+', said) if word]
                    elif isinstance(found, bool) or found is None:
                        said = WORDS[said]
                    elif name == 'smtp_tls_security_level' and said == '':
                        said = 'none'  # which is what it means
                    self.assertEqual(found, said)
                    n_compared += 1
        self.assertEqual(n_compared, len(MAIN_CFS) * len(SHOWN))

    def test_refused_main_cf(self):
        """The page is there, and says what is wrong."""
        fixture.write(self.main_cf, b'relayhost = [a]\nthis is no setting\n')
        overview = self.new_instance().load_overview().unpack()
        self.assertIn('bad-line', [finding['code'] for finding in overview['findings']])
        self.assertEqual(overview['effective']['relay-host']['value'], '[a]')


class Ensure(InstanceTest):
    def test_beside_postconf(self):
        """Neither loses what the other has written."""
        failures = []
        numbers = queue.Queue()

        def edit():
            while (i := numbers.get()) is not None:
                try:
                    subprocess.run(['postconf', '-c', self.etc, '-e', f'x_{i} = {i}'],
                                   timeout=LIMIT_S, check=True)
                except subprocess.SubprocessError as error:
                    failures.append(error)
                numbers.task_done()

        thread = threading.Thread(target=edit)
        thread.start()
        self.addCleanup(numbers.put, None)
        n_changed = 0
        for first in range(0, N_EDITS, N_BETWEEN):
            for i in range(first, first + N_BETWEEN):
                numbers.put(i)
            config = fixture.new_config(f'[host{n_changed}.example.com]')
            plan, changed = self.instance.ensure(config, None, 0, Nullmail.ApplyFlags.FORCE)
            self.assertIs(changed, not plan.is_empty())
            n_changed += changed
            numbers.join()
        self.assertEqual(failures, [])
        self.assertGreater(n_changed, 1)
        text = self.main_cf.read_text(encoding='utf-8')
        self.assertEqual(set(re.findall(r'^x_\d+ = \d+$', text, re.MULTILINE)),
                         {f'x_{i} = {i}' for i in range(N_EDITS)})
        self.assertIn(f'relayhost = [host{n_changed - 1}.example.com]\n', text)
        self.assert_no_litter()

    def test_with_compiled_table(self):
        config = fixture.login_config(origin='example.com')
        for expected in (True, False):
            _, changed = self.instance.ensure(config, fixture.credentials(), 0,
                                              Nullmail.ApplyFlags.FORCE)
            self.assertIs(changed, expected)
        self.assertEqual(self.sasl_passwd.read_text(encoding='utf-8').split()[0], RELAY)
        self.assertGreater(self.main_cf.stat().st_mtime, OLD_S)


def setUpModule():
    fixture.need_postfix()
