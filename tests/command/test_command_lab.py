# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The command on a machine of the lab, where Postfix is the default instance: from a fresh machine
to a delivered message, what goes wrong on the way, and back. One lab for all of it."""

import json
import re

import command_case
import mail_lab
from command_case import DONE, FAILED, PENDING, find_faults
from mail_lab import LabCase

RELAY = '[smtp.example.com]:587'
USER, PASSWORD = 'relayuser@example.com', 'mysecretpassword'
STUDENT = 'student@lab.example.com'
WORDS = (f'relay-host={RELAY}', 'origin=lab.example.com', '--user', USER, '--password-file', '-')


def setUpModule():
    mail_lab.need_lab()


class CommandLab(LabCase):
    def run_command(self, *arguments, status=DONE, text=''):
        """What it says, on both ways."""
        output = self.run_client(command_case.command(), *arguments, text=text, code=status,
                                 env=mail_lab.client_environment())
        self.assertNotIn(PASSWORD, output)
        return output

    def run_json(self, schema, *arguments, **options):
        output = self.run_command('--json', *arguments, **options)
        value = json.loads(output.splitlines()[-1])  # progress comes first
        self.assertEqual(find_faults(schema, value), [], output)
        return value

    def test_from_a_fresh_machine(self):
        before = self.shown_relay()
        self.wrong_password()
        self.right_password()
        self.queue_of_a_relay_that_is_gone()
        self.service()
        self.back_again()
        self.assertEqual(self.shown_relay(), before)

    def shown_relay(self):
        """Its value, and where that is from: some packages have an empty one in main.cf."""
        return re.findall(r'(?m)^relay-host\t(.*?)\t(\w+)', self.run_command('show'))

    def wrong_password(self):
        before = self.read_main_cf()
        output = self.run_command('apply', '--yes', '--probe', *WORDS, text='not-this-one',
                                  status=PENDING)
        self.assertRegex(output, r'(?m)^login +login-failed .*535')
        self.assertEqual(self.read_main_cf(), before)
        self.assertFalse(self.is_running())

    def right_password(self):
        value = self.run_json('apply', 'apply', '--yes', '--probe', '--start', '--test', STUDENT,
                              *WORDS, text=PASSWORD)
        self.assertEqual((value['changed'], value['probe']['outcome'], value['test']['state']),
                         (True, 'ok', 'sent'))
        self.assertIn('running', value['service'])
        self.fetch('Test message')
        output = self.run_command('apply', *WORDS, text=PASSWORD)
        self.assertEqual(output, 'Nothing to change.\n')
        output = self.run_command('probe')
        self.assertRegex(output, r'(?m)^login +ok ')
        report = self.run_json('probe', 'probe', '[smtp.example.com]:465')['report']
        self.assertEqual((report['outcome'], report['login-tried']), ('ok', False))
        output = self.run_command('test', STUDENT)
        self.assertRegex(output, r'\Asent  \w+, to student@lab\.example\.com\n')
        self.assertIn('\nreply: 250 2.0.0 Ok: queued as ', output)
        self.assertNotIn(PASSWORD, self.log('client'))

    def queue_of_a_relay_that_is_gone(self):
        self.assertEqual(self.run_json('queue', 'queue'), {'entries': [], 'causes': {}})
        self.lab.call('fault', 'refused')
        report = self.run_json('test', 'test', STUDENT, status=PENDING)['report']
        self.assertEqual((report['state'], report['cause']), ('deferred', 'network'))
        value = self.run_json('queue', 'queue')
        self.assertEqual((value['causes'], value['entries'][0]['queue-id']),
                         ({'network': 1}, report['queue-id']))
        self.assertRegex(self.run_command('queue'), r'\A1 message: network')
        self.run_json('check', 'check')
        self.lab.call('fault', 'none')
        mark = self.mark()
        self.assertEqual(self.run_json('queue', 'queue', '--flush'), {'flushed': True})
        self.wait_log('client', r'status=sent', mark)

    def service(self):
        master = self.master_pid()
        self.assertTrue(self.run_command('service', 'reload').startswith('running'))
        self.assertEqual(self.master_pid(), master)
        self.assertNotIn('running', self.run_json('service', 'service', 'stop')['service'])
        self.assertFalse(self.is_running())
        self.run_command('test', STUDENT, '--timeout', '2', status=PENDING)
        self.assertIn('running', self.run_json('service', 'service', 'start')['service'])
        self.assertTrue(self.is_running())

    def back_again(self):
        output = self.run_command('undo', '--yes')
        self.assertIn(f'\n-relayhost = {RELAY}\n', output)
        self.assertRegex(output, r'\nactivation: restart\n')
        self.run_command('undo', '--yes')
        value = self.run_json('restore', 'restore', '--yes')
        self.assertTrue(value['changed'])
        error = self.run_json('error', 'restore', '--yes', status=FAILED)['error']
        self.assertEqual(error['code'], 'nothing-to-undo')
        self.assertTrue(self.run_json('credentials-purge', 'credentials', 'purge',
                                      '--yes')['changed'])
        self.assertEqual(self.run_json('credentials', 'credentials', 'list'), {'credentials': []})
