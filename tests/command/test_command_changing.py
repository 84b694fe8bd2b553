# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The command where it changes files, with the installed Postfix and no terminal: plan, apply, fix,
undo, restore and credentials, the ways of a password, and an output that nobody reads."""

import json
import os
import re
import subprocess

from command_case import (DONE, FAILED, MAIN_CF, OTHER, PENDING, RELAY, SECRET, USAGE,
                          CommandCase)
from program import need

HARMLESS = ('relay-host=[smtp.example.com]', 'origin=example.com')


def setUpModule():
    need('postconf', 'postmap')


class Applying(CommandCase):
    def test_plan_then_apply(self):
        before = self.snapshot()
        text = self.run_command('plan', *HARMLESS, status=PENDING).out
        self.assertEqual(self.snapshot(), before)
        self.assertIn('\n+relayhost = [smtp.example.com]\n', text)
        self.assertIn('\nactivation: none, since there is no Postfix to control\n', text)
        self.assertIn('[root-mail-nowhere]', text)  # new, and told
        self.assertNotIn('[hostname', text)
        planned = self.run_json('plan', 'plan', *HARMLESS, status=PENDING)
        self.assertEqual((planned['changed'], planned['activation'], planned['service']),
                         (True, 'reload', ['absent']))
        self.assertIn('+relayhost = [smtp.example.com]\n', planned['diff'])
        applied = self.run_json('apply', 'apply', '--yes', *HARMLESS)
        self.assertEqual(applied, planned)
        self.assertIn('relayhost = [smtp.example.com]\n', self.main_cf.read_text())

    def test_applied_twice(self):
        text = self.run_command('apply', '--yes', *HARMLESS).out
        self.assertTrue(text.endswith('Applied.\n'))
        before = self.snapshot()
        for command, schema in (('apply', 'apply'), ('plan', 'plan')):
            self.assertEqual(self.run_command(command, *HARMLESS).out, 'Nothing to change.\n')
            self.assertEqual(self.run_command('--quiet', command, *HARMLESS).out, '')
            value = self.run_json(schema, command, *HARMLESS)
            self.assertEqual((value['changed'], value['diff'], value['changes']), (False, '', []))
        self.assertEqual(self.snapshot(), before)

    def test_without_terminal_and_without_yes(self):
        self.run_refused('apply', *HARMLESS, says='--yes')
        self.run_command('apply', '--yes', *HARMLESS)
        self.run_refused('undo', says='--yes')
        self.run_refused('restore', says='--yes')
        self.assertEqual(self.run_command('apply', *HARMLESS).out, 'Nothing to change.\n')

    def test_quiet(self):
        self.assertEqual(self.run_command('--quiet', 'apply', '--yes', *HARMLESS),
                         (DONE, '', ''))
        self.assertIn('+myorigin', self.run_command('--quiet', 'plan', 'origin=example.org',
                                                    status=PENDING).out)

    def test_fresh_and_keep(self):
        """The first relay makes a null client; a second one replaces the first."""
        def lines(*words):
            diff = self.run_json('plan', 'plan', *words, status=PENDING)['diff']
            return [line for line in diff.splitlines()
                    if line[0] in '+-' and line[:3] not in ('+++', '---')]

        fresh = lines('relay-host=[a]')
        self.assertIn('+mydestination = ', fresh)
        self.assertEqual(lines('relay-host=[a]', '--fresh'), fresh)
        self.assertEqual(lines('relay-host=[a]', '--keep'), ['+relayhost = [a]'])
        self.assertEqual(lines('origin=a.example'), ['+myorigin = a.example'])
        self.write(MAIN_CF + 'relayhost =\n')
        self.assertIn('+mydestination = ', lines('relay-host=[a]'))
        self.write(MAIN_CF + 'relayhost = [b]\n')
        self.assertEqual(lines('relay_host=[a]'), ['-relayhost = [b]', '+relayhost = [a]'])
        self.assertIn('+mydestination = ', lines('relay-host=[a]', '--fresh'))

    def test_settings(self):
        self.write(MAIN_CF + 'relayhost = [a]\nmydestination = a, b\nmyorigin = x\nbiff = no\n'
                   'mydomain = y\nsmtp_tls_security_level = may\n')
        value = self.run_json('plan', 'plan', 'destinations=', 'origin=', '--unset', 'domain',
                              'networks=127.0.0.0/8, [::1]/128 10.0.0.1', 'tls-level=encrypt',
                              '--parameter', 'message_size_limit=1 000=1',
                              '--remove-parameter', 'biff', status=PENDING)
        changes = {change['subject']: change.get('new-value') for change in value['changes']}
        changes.pop('local_transport')
        changes.pop('tls_required_enable', None)  # of Postfix 3.10 and newer
        self.assertEqual(changes, {
            'mydestination': '', 'myorigin': None, 'mydomain': None, 'biff': None,
            'mynetworks': '127.0.0.0/8 [::1]/128 10.0.0.1', 'smtp_tls_security_level': 'encrypt',
            'message_size_limit': '1 000=1'})

    def test_refused_value(self):
        """What is understood, and cannot be."""
        self.assertEqual(self.run_refused('apply', '--yes', 'relay-host=[a]:465', 'tls-wrapper=no',
                                          status=FAILED)['code'], 'invalid-config')
        self.run_refused('apply', '--yes', 'tls-ca-file=relative', status=FAILED)
        self.run_refused('plan', '--fresh', status=FAILED, says='relay')

    def test_given_and_taken_away(self):
        """Neither of them wins without a word: the machine would be without its relay."""
        for words, name in ((('relay-host=[a]', '--unset', 'relay-host'), 'relay-host'),
                            (('relay_host=[a]', '--unset', 'relay-host'), 'relay-host'),
                            (('origin=', '--unset=origin'), 'origin'),
                            (('--parameter', 'biff=no', '--remove-parameter', 'biff'), 'biff')):
            for command in (('plan',), ('apply', '--yes')):
                self.run_refused(*command, *words, says=(name, 'leave out'))

    def test_recipient_that_is_none(self):
        """It is told before anything is applied, and not behind it."""
        for recipient in ('', 'not an address', 'a@example.com,b@example.com', '-bp'):
            error = self.run_refused('apply', '--yes', f'--test={recipient}', *HARMLESS,
                                     status=FAILED, says='one mail address')
            self.assertEqual(error['code'], 'invalid-argument')
            self.run_refused('plan', f'--test={recipient}', *HARMLESS, status=FAILED)

    def test_unsafe(self):
        words = (f'relay-host={RELAY}', 'authentication=yes', 'tls-level=may', '--keep')
        self.assertTrue(self.run_json('plan', 'plan', *words, status=PENDING)['changed'])
        error = self.run_refused('apply', '--yes', *words, status=FAILED, says='FORCE')
        self.assertEqual(error['code'], 'unsafe')
        self.run_command('apply', '--yes', '--force', *words)

    def test_plan_with_start(self):
        """A Postfix that is stopped is a change, where it is to be started."""
        self.run_command('apply', '--yes', '--no-activate', *HARMLESS)
        self.run_refused('apply', '--yes', '--enable', 'origin=example.org', status=FAILED)

    def test_other_writer(self):
        """What somebody else has changed since stays, unless it is to go."""
        self.run_command('apply', '--yes', *HARMLESS)
        text = self.main_cf.read_text().replace('myorigin = example.com', 'myorigin = their.own')
        self.write(text)
        error = self.run_refused('undo', '--yes', status=FAILED)
        self.assertEqual(error['code'], 'conflict')
        self.run_command('undo', '--yes', '--overwrite')
        self.assertEqual(self.main_cf.read_text(), MAIN_CF)


class TakingBack(CommandCase):
    def test_undo_and_restore(self):
        self.assertEqual(self.run_refused('undo', '--yes', status=FAILED)['code'],
                         'nothing-to-undo')
        self.run_command('apply', '--yes', *HARMLESS)
        self.run_command('apply', '--yes', 'origin=example.org')
        after = self.main_cf.read_text()
        text = self.run_command('undo', '--yes').out
        self.assertIn('-myorigin = example.org\n+myorigin = example.com\n', text)
        self.assertIn('-myorigin = example.com\n', self.run_json('undo', 'undo', '--yes')['diff'])
        self.assertEqual(self.main_cf.read_text(), after)
        self.assertTrue(self.run_json('restore', 'restore', '--yes')['changed'])
        self.assertEqual(self.main_cf.read_text(), MAIN_CF)

    def test_no_undo(self):
        self.run_command('apply', '--yes', '--no-undo', *HARMLESS)
        self.run_refused('undo', '--yes', status=FAILED)


class Fixing(CommandCase):
    def test_fix(self):
        self.write(MAIN_CF + 'biff = no\nbiff = yes\ninet_interfaces = all\nmynetworks = a\n')
        self.run_refused('fix', says='--yes')
        value = self.run_json('fix', 'fix', '--yes', 'duplicate_parameter')
        self.assertIn('-biff = no\n', value['diff'])
        self.assertIn('inet_interfaces = all\n', self.main_cf.read_text())
        self.assertEqual(self.run_command('fix', '--yes', 'duplicate-parameter').out,
                         'Nothing to change.\n')
        self.run_command('fix', '--yes')
        self.assertIn('inet_interfaces = loopback-only\n', self.main_cf.read_text())

    def test_what_any_plan_repairs(self):
        """By its name it was refused, as if it needed somebody's hand."""
        self.set_up_login()
        self.sasl_passwd.chmod(0o644)
        value = self.run_json('fix', 'fix', '--yes', 'secret-file-mode')
        self.assertEqual([change['kind'] for change in value['changes']], ['mode'])
        self.assertEqual(self.sasl_passwd.stat().st_mode & 0o777, 0o600)

    def test_by_hand(self):
        error = self.run_refused('fix', '--yes', 'no-relay', status=FAILED)
        self.assertIn('Set relayhost', error['message'])
        self.assertEqual(self.run_command('fix', '--yes', 'open-relay').out,
                         'Nothing to change.\n')


class Passwords(CommandCase):
    def apply(self, *words, **options):
        return self.run_command('apply', '--yes', '--user', 'host7', f'relay-host={RELAY}',
                                'origin=example.com', *words, **options)

    def assert_stored(self):
        self.assertEqual(self.sasl_passwd.read_text(), f'{RELAY} host7:{SECRET}\n')
        self.assertEqual(self.sasl_passwd.stat().st_mode & 0o777, 0o600)
        self.assertIn('smtp_sasl_auth_enable = yes\n', self.main_cf.read_text())

    def test_file(self):
        text = self.apply('--password-file', self.password_file()).out
        self.assertIn(f'\n+{RELAY} host7:********\n', text)
        self.assert_stored()

    def test_standard_input(self):
        self.apply('--password-file', '-', text=SECRET)
        self.assert_stored()

    def test_descriptor(self):
        reader, writer = os.pipe()
        os.write(writer, f'{SECRET}\n'.encode())
        os.close(writer)
        self.apply('--password-fd', reader, pass_fds=[reader])
        os.close(reader)
        self.assert_stored()

    def test_changed_password(self):
        self.apply('--password-file', self.password_file('another'))
        text = self.apply('--password-file', self.password_file()).out
        self.assertIn('******** (changed)', text)
        self.assertNotIn('another', text)
        self.assert_stored()
        self.assertEqual(self.apply('--password-file', self.password_file()).out,
                         'Nothing to change.\n')

    def test_refused(self):
        words = ('apply', '--yes', '--user', 'host7', f'relay-host={RELAY}')
        missing = self.run_refused(*words, '--password-file', self.folder / 'missing',
                                   status=FAILED)
        self.assertEqual(missing['code'], 'not-found')
        for given in ('', '\n', f'{SECRET}\nmore', f'{SECRET} \n', 'x' * 20000):
            error = self.run_refused(*words, '--password-file', '-', text=given, status=FAILED)
            self.assertEqual(error['code'], 'invalid-credentials')
        self.run_refused(*words, '--password-fd', '99', status=FAILED)
        self.run_refused('apply', '--yes', '--user', 'host7', '--password-file', '-', '--keep',
                         text=SECRET, status=FAILED, says='relay-host')
        self.run_refused(*words, says='--password-file')

    def test_nothing_records_it(self):
        self.apply('--password-file', self.password_file())
        self.apply('--password-file', self.password_file(SECRET[::-1]))
        for path, contents in self.snapshot().items():
            if 'sasl_passwd' not in path:
                self.assertNotIn(SECRET.encode(), contents, path)


class Credentials(CommandCase):
    def list(self, *words):
        return self.run_json('credentials', 'credentials', 'list', *words)['credentials']

    def test_set_list_remove(self):
        self.assertEqual(self.list(), [])
        self.assertEqual(self.run_command('credentials', 'list').out, '')
        words = ('--user', 'host7', '--password-file', '-')
        text = self.run_command('credentials', 'set', RELAY, *words, text=SECRET).out
        self.assertEqual(text, f'{RELAY}: the password is stored.\n')
        value = self.run_json('credentials', 'credentials', 'set', OTHER, *words, text=SECRET)
        mine, others = ({'relay-host': relay, 'username': 'host7', 'has-password': False}
                        for relay in (RELAY, OTHER))
        self.assertEqual(value['credentials'], [mine, others])
        self.assertEqual(self.list(RELAY), [mine])
        self.assertEqual(self.run_command('credentials', 'list').out,
                         f'{RELAY}\thost7\n{OTHER}\thost7\n')
        self.run_command('credentials', 'remove', OTHER)
        value = self.run_json('credentials', 'credentials', 'remove', OTHER)
        self.assertEqual(value['credentials'], [mine])

    def test_configured_relay(self):
        self.run_refused('credentials', 'remove', says='relay')
        self.set_up_login()
        self.run_command('credentials', 'set', '--user', 'other', '--password-file',
                         self.password_file())
        self.assertEqual([login['username'] for login in self.list()], ['other'])
        self.run_command('credentials', 'remove')
        self.assertEqual(self.list(), [])

    def test_purge(self):
        self.set_up_login()
        self.run_command('undo', '--yes')
        self.assertEqual(len(self.list()), 1)
        self.run_refused('credentials', 'purge', says='--yes')
        value = self.run_json('credentials-purge', 'credentials', 'purge', '--yes')
        self.assertTrue(value['changed'])
        self.assertEqual(self.list(), [])
        self.assertFalse(self.run_json('credentials-purge', 'credentials', 'purge')['changed'])


class Output(CommandCase):
    """Nobody reads what is printed: the status tells, and nothing is half done."""

    def run_into(self, stdout, *words, **options):
        done = subprocess.run(self.words(*words), stdin=subprocess.DEVNULL, stdout=stdout,
                              stderr=subprocess.PIPE, env=self.environment(), check=False,
                              text=True, **options)
        return done.returncode, done.stderr

    def test_full(self):
        for words in (('show',), ('--json', 'show'), ('check',), ('get', 'relayhost'), ('--help',),
                      ('--version',), ('show', '--help'), ('plan', *HARMLESS), ('nonsense',)):
            with self.subTest(words), open('/dev/full', 'wb') as full:
                status, said = self.run_into(full, *words)
                self.assertEqual(status, USAGE if words == ('nonsense',) else FAILED, said)
                self.assertTrue(said.startswith('nullmail: '), said)

    def test_closed(self):
        for words in (('show',), ('--json', 'check'), ('--version',), ('apply', '--yes', *HARMLESS),
                      ('--json', 'apply', '--yes', *HARMLESS), ('--quiet', 'apply', '--yes',
                                                                *HARMLESS)):
            with self.subTest(words):
                before = self.snapshot()
                status, said = self.run_into(None, *words, preexec_fn=lambda: os.close(1))
                self.assertEqual(status, FAILED)
                self.assertIn('Standard output is closed', said)
                self.assertEqual(self.snapshot(), before)

    def test_all_closed(self):
        """No file gets one of the first numbers, into which an error would then be written."""
        self.write(MAIN_CF + 'bad line\n')
        before = self.snapshot()
        for words in (('show',), ('check',), ('apply', '--yes', *HARMLESS), ('nonsense',)):
            done = subprocess.run(['sh', '-c', 'exec "$@" <&- >&- 2>&-', 'sh', *self.words(*words)],
                                  check=False)
            self.assertEqual(done.returncode, FAILED)
        self.assertEqual(self.snapshot(), before)

    def test_nobody_reads(self):
        for words in (('show',), ('--json', 'check'), ('plan', *HARMLESS),
                      ('apply', '--yes', *HARMLESS)):
            with self.subTest(words):
                before = self.snapshot()
                reader, writer = os.pipe()
                os.close(reader)
                status, _ = self.run_into(writer, *words)
                os.close(writer)
                self.assert_interrupted(status)
                self.assertEqual(self.snapshot(), before)

    def test_apply_is_whole(self):
        """In JSON it is told when it is done, and is all there then."""
        with open('/dev/full', 'wb') as full:
            status, said = self.run_into(full, '--json', 'apply', '--yes', *HARMLESS)
        self.assertEqual(status, FAILED, said)
        self.assertIn('mydestination = \n', self.main_cf.read_text())
        self.assertEqual(self.run_command('apply', *HARMLESS).out, 'Nothing to change.\n')
        self.run_command('undo', '--yes')
        self.assertEqual(self.main_cf.read_text(), MAIN_CF)

    def test_full_before_apply(self):
        before = self.snapshot()
        with open('/dev/full', 'wb') as full:
            status, _ = self.run_into(full, 'apply', '--yes', *HARMLESS)
        self.assertEqual((status, self.snapshot()), (FAILED, before))

    def test_utf_8_in_any_locale(self):
        self.write(MAIN_CF + 'note = grüß\n')
        for locale in ('C', 'C.UTF-8'):
            self.assertEqual(self.run_command('get', 'note', env={'LC_ALL': locale}).out,
                             'note = grüß\n')
            self.assertIn('“', self.run_command('check', env={'LC_ALL': locale}).out)
            done = subprocess.run(self.words('--json', 'get', 'note'), capture_output=True,
                                  env=self.environment(LC_ALL=locale), check=True)
            self.assertEqual(json.loads(done.stdout.decode('utf-8')),
                             {'parameters': {'note': 'grüß'}})

    def test_no_escapes_off_a_terminal(self):
        for words in (('check',), ('plan', *HARMLESS)):
            text = self.run_command(*words, status=(DONE, PENDING), env={'TERM': 'xterm'}).out
            self.assertIsNone(re.search(r'[\x00-\x08\x0b-\x1f\x7f]', text))
        text = self.run_command('check', '--color=always', env={'NO_COLOR': '1'}).out
        self.assertIn('\033[', text)
