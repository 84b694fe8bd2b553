# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The examples as they are installed, on the main.cf that Debian's package begins with."""

import os
import pathlib
import subprocess

import fixture
from fixture import InstanceTest, LIMIT_S, RELAY, SECRET
from program import lacks, make_folder

PARTS = [pathlib.Path('/usr/share/postfix') / name for name in ('main.cf.debian', 'main.cf.tls')]
# What the package's scripts add for a host that is an Internet site.
ADDED = '''\
smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination
myhostname = host.example.com
alias_maps = hash:/etc/aliases
alias_database = hash:/etc/aliases
myorigin = /etc/mailname
mydestination = $myhostname, host.example.com, localhost.example.com, , localhost
relayhost =
mynetworks = 127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128
mailbox_size_limit = 0
recipient_delimiter = +
inet_interfaces = all
inet_protocols = all
'''
EXAMPLES = 'share/doc/libnullmail-1.0/examples'
installed = None


class Examples(InstanceTest):
    def write_first(self):
        text = ''.join(part.read_text(encoding='utf-8') for part in PARTS)
        fixture.write(self.main_cf, (text + ADDED).encode())

    def run_example(self, program, *words, stdin=''):
        done = subprocess.run([program, f'--directory={self.etc}', f'--state={self.state}', *words],
                              input=stdin, text=True, stdout=subprocess.PIPE, timeout=LIMIT_S,
                              stderr=subprocess.PIPE, check=False,
                              env={**os.environ, 'LC_ALL': 'C.UTF-8'})
        self.assertEqual((done.returncode, done.stderr), (0, ''), done.stdout)
        self.assertNotIn(SECRET, done.stdout)
        return done.stdout

    def settings(self, *names):
        return fixture.answer_of(['postconf', '-c', self.etc, '-h', *names],
                                 text=True).splitlines()

    def assert_null_client(self, program, *words, stdin=''):
        before = self.main_cf.read_text(encoding='utf-8')
        with self.unchanged():
            shown = self.run_example(program, '--check', *words, stdin=stdin)
        self.assertIn(f'+relayhost = {RELAY}\n', shown)
        self.assertEqual(self.run_example(program, *words, stdin=stdin), shown)
        self.assertEqual(self.settings('relayhost', 'myorigin', 'inet_interfaces', 'mydestination'),
                         [RELAY, 'example.com', 'loopback-only', ''])
        text = self.main_cf.read_text(encoding='utf-8')
        kept = [line for line in before.splitlines() if line.startswith(('#', 'smtpd', 'mailbox'))]
        self.assertGreater(len(kept), 10)
        self.assertEqual([line for line in kept if line not in text.splitlines()], [])
        with self.unchanged():
            again = self.run_example(program, *words, stdin=stdin)
            self.assertTrue(again.startswith('Nothing to change.\n'), again)

    def test_python(self):
        self.assert_null_client(installed / 'python/null-client', RELAY, 'origin=example.com')

    def test_python_with_a_login(self):
        self.assert_null_client(installed / 'python/null-client', RELAY, 'origin=example.com',
                                '--user', 'relayuser', stdin=SECRET + '\n')
        self.assertEqual(self.settings('smtp_tls_security_level', 'smtp_sasl_auth_enable'),
                         ['secure', 'yes'])
        self.assertEqual(self.sasl_passwd.read_text(encoding='utf-8'),
                         f'{RELAY} relayuser:{SECRET}\n')

    def test_javascript(self):
        fixture.need('gjs')
        self.assert_null_client(installed / 'gjs/null-client', RELAY, 'origin=example.com')

    def test_javascript_option_without_its_value(self):
        """It went on with /etc/postfix."""
        fixture.need('gjs')
        for word in ('--directory', '--state', '--directory=', '--check=no'):
            done = subprocess.run([installed / 'gjs/null-client', '--check', word, RELAY],
                                  env=os.environ, capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stdout), (2, ''), word)
            self.assertTrue(done.stderr.startswith('usage: '), done.stderr)

    def test_vala(self):
        """Its source is what is installed; this is what the build has made of it."""
        build = pathlib.Path(os.environ['NULLMAIL_BUILD'])
        program = build / 'examples/vala/null-client'
        if not program.exists():
            lacks('the Vala example was not built')
        source = pathlib.Path(__file__).parents[2] / 'examples/vala/null-client.vala'
        self.assertEqual((installed / 'vala/null-client.vala').read_bytes(), source.read_bytes())
        self.assert_null_client(program, RELAY, 'origin=example.com')

    def test_short(self):
        lines = (installed / 'python/null-client').read_text(encoding='utf-8').splitlines()
        self.assertLessEqual(len(lines), 35)


def setUpModule():
    global installed  # pylint: disable=global-statement
    fixture.need_postfix('meson')
    fixture.need_types('hash')
    if not all(part.exists() for part in PARTS):
        lacks("this is not Debian's package of Postfix")
    top = make_folder('installed-')
    subprocess.run(['meson', 'install', '-C', os.environ['NULLMAIL_BUILD'], '--no-rebuild',
                    '--quiet', '--destdir', top], check=True, stdout=subprocess.DEVNULL)
    found, = top.rglob(f'{EXAMPLES}/python')
    installed = found.parent
