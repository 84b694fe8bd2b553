# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The command with stand-ins for Postfix's programs: the service, the queue, a test message and its
ways; and an ordinary user; and changes as they happen."""

import json
import os
import pathlib
import shutil
import signal
import subprocess

import mail_stand_ins
import program
from command_case import DONE, FAILED, MAIN_CF, NOBODY, PENDING, RELAY, USAGE, CommandCase
from mail_stand_ins import ID, RECIPIENT, begin, outcome, queue_line, removed
from program import need_root
from stand_ins import COMMANDS

REASON = ('SASL authentication failed; server smtp.example.com[192.0.2.1] said: 535 5.7.8 '
          'Error: authentication failed')


class StandIns(CommandCase):
    """Postfix's programs are found in PATH, as the installed ones are."""

    def setUp(self):
        super().setUp()
        self.commands = pathlib.Path(shutil.copytree(COMMANDS, self.folder / 'commands'))
        self.log = self.folder / 'mail.log'
        self.write(f'{MAIN_CF}maillog_file = {self.log}\n')
        for name, script in (('postqueue', mail_stand_ins.POSTQUEUE),
                             ('sendmail', mail_stand_ins.SENDMAIL),
                             ('journalctl', '#!/bin/sh\nexit 1\n')):
            self.add(name, script)

    def add(self, name, script):
        path = self.commands / name
        path.write_text(script, encoding='utf-8')
        path.chmod(0o755)

    def environment(self, **variables):
        return super().environment(PATH=f'{self.commands}:{os.environ["PATH"]}', **variables)

    def snapshot(self):
        return {path: text for path, text in super().snapshot().items()
                if not path.startswith(str(self.commands))}


class Service(StandIns):
    def setUp(self):
        super().setUp()
        need_root()  # others cannot ask for the state of the service
        self.write('', self.etc / 'master.cf')

    def told(self, *action):
        return self.run_json('service', 'service', *action)['service']

    def test_actions(self):
        self.assertEqual(self.told(), [])
        self.assertEqual(self.run_command('service').out, 'stopped\n')
        self.assertEqual(self.told('start'), ['running'])
        self.assertEqual(self.told('status'), ['running'])
        self.assertEqual(self.run_command('service', 'restart').out, 'running\n')
        self.assertEqual(self.run_command('--quiet', 'service', 'reload').out, '')
        self.assertEqual(self.told('stop'), [])
        self.assertEqual(self.told('stop'), [])
        log = (self.commands / 'log').read_text(encoding='utf-8').split()
        self.assertEqual([word for word in log if word != 'status'],
                         ['start', 'stop', 'start', 'reload', 'stop'])

    def test_refused(self):
        self.run_refused('service', 'enable', status=FAILED)
        self.run_refused('service', 'disable', status=FAILED)
        self.add('postfix', '#!/bin/sh\necho "postfix: fatal: no" >&2\nexit 1\n')
        self.assertEqual(self.run_refused('service', 'reload', status=FAILED)['code'],
                         'activation')

    def test_apply_starts(self):
        words = ('relay-host=[a]', 'origin=example.com', '--start')
        planned = self.run_command('plan', *words, status=PENDING).out
        self.assertIn('\nactivation: start\n', planned)
        value = self.run_json('apply', 'apply', '--yes', *words)
        self.assertEqual(value['service'], ['running'])
        self.run_command('service', 'stop')
        value = self.run_json('plan', 'plan', *words, status=PENDING)
        self.assertEqual((value['changed'], value['diff'], value['service']), (True, '', []))
        self.run_command('apply', '--yes', *words)
        self.assertEqual(self.told(), ['running'])
        self.assertIn('\nactivation: reload\n',
                      self.run_command('plan', 'origin=example.org', status=PENDING).out)


class Queue(StandIns):
    def set_queue(self, *lines):
        self.add('queue', ''.join(lines))

    def test_empty(self):
        self.set_queue()
        self.assertEqual(self.run_command('queue').out, 'The queue is empty.\n')
        self.assertEqual(self.run_command('--quiet', 'queue').out, '')
        self.assertEqual(self.run_json('queue', 'queue'), {'entries': [], 'causes': {}})

    def test_by_cause(self):
        self.set_queue(queue_line(queue_name='deferred', reason=REASON),
                       queue_line('AB12', 'deferred', REASON, sender='MAILER-DAEMON'),
                       queue_line('CD34'))
        text = self.run_command('queue').out
        lines = text.splitlines()
        self.assertRegex(text, r'(?m)^2 messages: authentication\. \S')
        self.assertRegex(text, r'(?m)^1 message: no-reason')
        rows = [line.split('\t') for line in lines if '\t' in line]
        self.assertEqual([row[0] for row in rows], [ID, 'AB12', 'CD34'])
        self.assertEqual((rows[1][3], rows[0][5]), ('<>', REASON))
        value = self.run_json('queue', 'queue')
        self.assertEqual(value['causes'], {'authentication': 2, 'no-reason': 1})
        self.assertEqual(len(value['entries']), 3)

    def test_flush(self):
        self.set_queue()
        self.assertEqual(self.run_json('queue', 'queue', '--flush'), {'flushed': True})
        self.run_command('queue', '--flush')
        asked = (self.commands / 'asked').read_text(encoding='utf-8')
        self.assertEqual(asked.split().count('-f'), 2)

    def test_refused(self):
        self.add('postqueue', '#!/bin/sh\necho "postqueue: fatal: User nobody(65534) is not '
                 'allowed to view the mail queue" >&2\nexit 77\n')
        self.assertEqual(self.run_refused('queue', status=FAILED)['code'], 'permission-denied')


class Delivering(StandIns):
    def delivers(self, *lines):
        commands = [f"printf '%s\\n' \"{line}\" >>'{self.log}'" for line in lines]
        self.add('deliver', '#!/bin/sh\n' + '\n'.join(commands) + '\n')

    def test_sent(self):
        self.delivers(*begin(), outcome('sent (250 2.0.0 Ok)'), removed())
        text = self.run_command('test', RECIPIENT, '--sender', 'me@example.com').out
        self.assertEqual(text.splitlines()[0], f'sent  {ID}, to {RECIPIENT}')
        self.assertIn('\nreply: 250 2.0.0 Ok\n', text)
        report = self.run_json('test', 'test', RECIPIENT)['report']
        self.assertEqual((report['state'], report['queue-id']), ('sent', ID))
        told = (self.commands / 'arguments').read_text(encoding='utf-8').splitlines()
        self.assertIn('me@example.com', told)

    def test_deferred(self):
        self.delivers(*begin(), outcome(f'deferred ({REASON})', dsn='4.7.8'))
        (self.commands / 'queue').write_text(queue_line(queue_name='deferred', reason=REASON),
                                             encoding='utf-8')
        text = self.run_command('test', RECIPIENT, status=PENDING).out
        self.assertTrue(text.startswith('deferred'), text)
        self.assertIn('535 5.7.8', text)
        report = self.run_json('test', 'test', RECIPIENT, status=PENDING)['report']
        self.assertEqual(report['cause'], 'authentication')

    def test_time_is_over(self):
        (self.commands / 'queue').write_text(queue_line(), encoding='utf-8')
        self.delivers(*begin())
        report = self.run_json('test', 'test', RECIPIENT, '--timeout', '1',
                               status=PENDING)['report']
        self.assertEqual(report['state'], 'queued')

    def test_refused(self):
        for recipient in ('a,b', '-bp', ''):
            self.run_refused('test', '--', recipient, status=FAILED)
        self.add('sendmail', '#!/bin/sh\necho "sendmail: fatal: no" >&2\nexit 75\n')
        self.assertEqual(self.run_refused('test', RECIPIENT, status=FAILED)['code'], 'command')

    def test_apply_and_test(self):
        """What was applied stays, whatever becomes of the message."""
        self.delivers(*begin(), outcome(f'bounced ({REASON})', dsn='5.7.8'), removed())
        value = self.run_json('apply', 'apply', '--yes', 'relay-host=[a]', '--test', RECIPIENT,
                              status=PENDING)
        self.assertEqual((value['changed'], value['test']['state']), (True, 'bounced'))
        self.assertIn('relayhost = [a]\n', self.main_cf.read_text())
        self.delivers(*begin(), outcome('sent (250 Ok)'), removed())
        text = self.run_command('apply', 'relay-host=[a]', '--test', RECIPIENT).out
        self.assertTrue(text.startswith('Nothing to change.\nsent  '), text)

    def test_one_message(self):
        """A test is sent once, behind what was applied, and not by a plan."""
        sent = self.folder / 'sent'
        self.add('sendmail', f'#!/bin/sh\ngrep -c ^relayhost {self.main_cf} >> {sent}\nexit 75\n')
        self.run_command('plan', 'relay-host=[a]', '--test', RECIPIENT, status=PENDING)
        self.assertFalse(sent.exists())
        self.run_command('apply', '--yes', 'relay-host=[a]', '--test', RECIPIENT, status=FAILED)
        self.assertEqual(sent.read_text(), '1\n')


def become_nobody():
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


class OrdinaryUser(StandIns):
    """He reads what he may, and is told what he may not."""

    def setUp(self):
        super().setUp()
        need_root()
        self.set_up_login()
        self.write('', self.etc / 'master.cf')

    def run_as_user(self, *words, **options):
        return self.run_command(*words, preexec_fn=become_nobody, **options)

    def refuse_user(self, *words, **options):
        error = self.run_refused(*words, preexec_fn=become_nobody, status=FAILED, **options)
        self.assertIn(error['code'], ('permission-denied', 'command'), error)
        return error

    def test_reading(self):
        self.assertIn(f'relay-host\t{RELAY}\tset\t', self.run_as_user('show').out)
        self.assertEqual(self.run_as_user('get', 'relayhost').out, f'relayhost = {RELAY}\n')
        value = self.run_json('show', 'show', preexec_fn=become_nobody)
        self.assertEqual(value['config']['relay-host'], RELAY)

    def test_check_says_what_is_left_open(self):
        codes = [finding['code'] for finding in
                 self.run_json('check', 'check', preexec_fn=become_nobody)['findings']]
        self.assertIn('not-checked', codes)
        self.assertIn('[not-checked]', self.run_as_user('check').out)

    def test_service(self):
        ended = self.run_as_user('service')
        self.assertEqual((ended.out, ended.err),
                         ('unknown\n', 'nullmail: whether Postfix runs is for root to see\n'))
        self.assertEqual(self.run_json('service', 'service', preexec_fn=become_nobody),
                         {'service': ['unknown']})
        self.refuse_user('service', 'reload')

    def test_plan(self):
        value = self.run_json('plan', 'plan', 'origin=example.org', preexec_fn=become_nobody,
                              status=PENDING)
        self.assertIn('+myorigin = example.org\n', value['diff'])

    def test_what_he_may_not(self):
        for words in (('credentials', 'list'), ('apply', '--yes', 'origin=example.org'),
                      ('credentials', 'remove', RELAY), ('undo', '--yes')):
            with self.subTest(words):
                if words[0] == 'undo':  # its record is not his to see
                    self.run_refused(*words, preexec_fn=become_nobody, status=FAILED)
                else:
                    self.refuse_user(*words)
        self.main_cf.chmod(0o600)
        self.assertIn(str(self.main_cf), self.refuse_user('show')['message'])


class Monitoring(CommandCase):
    def open(self, *words, **options):
        return subprocess.Popen(self.words(*words), stdin=subprocess.DEVNULL, text=True,
                                env=self.environment(), **{'stdout': subprocess.PIPE,
                                                           'stderr': subprocess.PIPE, **options})

    def test_changes(self):
        for words, number in ((('monitor',), signal.SIGINT), (('--json', 'monitor'),
                                                              signal.SIGTERM)):
            with self.subTest(words), self.open(*words) as process:
                self.assertIn(str(self.etc), process.stderr.readline())
                self.main_cf.write_text(MAIN_CF + f'# {number}\n', encoding='utf-8')
                line = process.stdout.readline()
                value = json.loads(line) if words[0] == '--json' else {'path': line.rstrip('\n')}
                self.assertEqual(value, {'path': str(self.main_cf)})
                process.send_signal(number)
                self.assertEqual(process.wait(program.LIMIT_S), DONE)

    def test_nobody_reads(self):
        reader, writer = os.pipe()
        os.close(reader)
        with self.open('monitor', stdout=writer) as process:
            os.close(writer)
            process.stderr.readline()
            self.main_cf.write_text(MAIN_CF + '# more\n', encoding='utf-8')
            self.assert_interrupted(process.wait(program.LIMIT_S))

    def test_errors(self):
        shutil.rmtree(self.etc)
        self.assertEqual(self.run_refused('monitor', status=FAILED)['code'], 'not-found')
        self.run_refused('monitor', 'x', status=USAGE)
