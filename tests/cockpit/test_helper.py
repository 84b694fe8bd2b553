# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The helper of the Cockpit page: each request by itself, as the page makes it, and such as no page
makes."""

import json
import os
import subprocess

import mail_lab
from mail_lab import LAB, Lab, LabCase
from program import LIMIT_S, need_variable

RELAY = {'host': 'smtp.example.com', 'port': '587'}
USER = 'relayuser@example.com'
PASSWORD = 'mysecretpassword'
LOGIN = {'fresh': True, 'relay': RELAY, 'user': USER, 'password-follows': True,
         'settings': {'authentication': 'yes'}}


def setUpModule():
    need_variable('NULLMAIL_HELPER')
    mail_lab.need_lab()


class HelperTest(LabCase):
    """One lab for all of them; each begins with the pristine machine."""

    @classmethod
    def setUpClass(cls):
        cls.helper = os.environ['NULLMAIL_HELPER']
        cls.lab = Lab('helper')
        cls.addClassCleanup(cls.lab.destroy)
        cls.lab.call('up')
        with open(cls.config_path(cls, 'main.cf'), 'rb') as file:
            cls.pristine = file.read()

    def setUp(self):
        self.run_client('sh', '-c', 'postfix stop >/dev/null 2>&1; '
                        'rm -rf /var/lib/nullmail /etc/postfix/sasl_passwd*')
        with open(self.config_path('main.cf'), 'wb') as file:
            file.write(self.pristine)
        os.utime(self.config_path('main.cf'), (0, 0))  # Postfix waits for one that is young

    def ask_raw(self, text, login=None, code=0):
        """The lines of an answer, each one object with one key; nothing but those is said."""
        command = ['run', *(['--user', login] if login else []), self.node, '--', self.helper]
        lines = self.lab.call(*command, text=text, code=code).splitlines()
        answers = [json.loads(line) for line in lines]
        self.assertEqual([len(answer) for answer in answers], [1] * len(answers))
        self.assertEqual([next(iter(answer)) for answer in answers[:-1]],
                         ['progress'] * (len(answers) - 1))
        self.assertNotIn(PASSWORD, '\n'.join(lines))
        return answers

    def ask(self, command, password='', login=None, **values):
        answers = self.ask_raw(json.dumps({'command': command, **values}) + '\n' + password, login)
        return answers[-1]['result']

    def refuse(self, command, password='', **values):
        text = json.dumps({'command': command, **values}) + '\n' + password
        return self.ask_raw(text, code=1)[-1]['error']

    def test_requests_that_no_page_makes(self):
        for text in ('', '\n', '{', '[]\n', '"load"\n', '{}\n', '{"command": "rm"}\n',
                     '{"command": ["load"]}\n', '{"command": "plan", "what": "x"}\n',
                     '{"command": "plan", "settings": []}\n',
                     '{"command": "plan", "relay": {}}\n',
                     '{"command": "plan", "settings": {"relay-host": 7}}\n',
                     '{"command": "apply", "flags": "start"}\n',
                     '{"command": "send", "recipient": {}}\n', '\0\n', '\xff\n',
                     '[' * 100000 + '\n'):
            with self.subTest(text=text[:50]):
                error = self.ask_raw(text, code=1)[-1]['error']
                self.assertEqual(error['code'], 'request')
                self.assertTrue(error['message'])

    def test_what_the_library_refuses_is_said_in_its_words(self):
        error = self.refuse('plan', settings={'relay-hots': 'x'})
        self.assertEqual(error['code'], 'invalid-argument')
        self.assertIn('relay-host', error['message'])
        error = self.refuse('plan', relay={'host': 'a b', 'port': ''})
        self.assertEqual(error['code'], 'invalid-relay-host')
        self.assertEqual(self.refuse('plan', what='undo')['code'], 'nothing-to-undo')
        self.assertEqual(self.refuse('send', recipient='a,b')['code'], 'invalid-argument')

    def test_the_overview_has_the_relay_in_pieces(self):
        self.assertNotIn('relay', self.ask('load'))
        self.run_client('postconf', '-e', 'relayhost = [smtp.example.com]:587')
        overview = self.ask('load')
        self.assertEqual(overview['relay'], {**RELAY, 'mx-lookup': False})
        for finding in overview['findings']:
            self.assertIsInstance(finding['can-fix'], bool)

    def test_a_plan_writes_nothing_and_what_was_shown_is_applied(self):
        before = self.read_main_cf()
        plan = self.ask('plan', PASSWORD, **LOGIN)
        self.assertEqual(self.read_main_cf(), before)
        self.assertFalse(os.path.exists(self.config_path('sasl_passwd')))
        self.assertIn('+relayhost = [smtp.example.com]:587', plan['diff'])
        self.assertIn('********', plan['diff'])
        self.assertNotIn('unsafe', plan)

        refused = self.ask('apply', PASSWORD, digest='0' * 64, **LOGIN)
        self.assertEqual((refused['applied'], refused['plan']), (False, plan))
        self.assertEqual(self.read_main_cf(), before)

        done = self.ask('apply', PASSWORD, digest=plan['digest'], flags=['start'], **LOGIN)
        self.assertEqual(done, {'applied': True})
        self.assertEqual(self.postconf('relayhost'), ['[smtp.example.com]:587'])
        self.assertTrue(self.is_running())
        with open(self.config_path('sasl_passwd'), encoding='utf-8') as file:
            self.assertIn(f'[smtp.example.com]:587 {USER}:{PASSWORD}', file.read())

        undo = self.ask('plan', what='undo')
        self.assertIn('-relayhost = [smtp.example.com]:587', undo['diff'])
        self.assertEqual(self.ask('apply', what='undo', digest=undo['digest']), {'applied': True})
        self.assertEqual(self.postconf('relayhost'), [''])

    def test_a_plan_is_of_the_very_state_that_was_shown(self):
        plan = self.ask('plan', settings={'origin': 'example.com'})
        self.run_client('postconf', '-e', 'smtp_helo_timeout = 200s')
        answer = self.ask('apply', settings={'origin': 'example.com'}, digest=plan['digest'])
        self.assertEqual(answer['applied'], False)
        self.assertNotEqual(answer['plan']['digest'], plan['digest'])
        self.assertEqual(self.postconf('smtp_helo_timeout'), ['200s'])
        self.assertNotIn('myorigin = example.com', self.read_main_cf().decode())

    def test_an_unsafe_plan_says_so_and_is_refused(self):
        values = {**LOGIN, 'settings': {'authentication': 'yes', 'tls-level': 'none'}}
        plan = self.ask('plan', PASSWORD, **values)
        self.assertIn('tls-level', plan['unsafe'])
        error = self.refuse('apply', PASSWORD, digest=plan['digest'], **values)
        self.assertEqual((error['code'], error['message']), ('unsafe', plan['unsafe']))

    def test_a_finding_that_is_gone_is_not_fixed(self):
        gone = {'code': 'duplicate-parameter', 'parameter': 'relayhost'}
        self.assertIn('meanwhile', self.refuse('plan', what='fix', finding=gone)['message'])

    def test_a_probe_tells_its_steps_one_by_one(self):
        text = json.dumps({'command': 'probe', **LOGIN}) + '\nwrong'
        answers = self.ask_raw(text)
        steps = [answer['progress'] for answer in answers[:-1]]
        self.assertEqual((steps[0]['name'], steps[0]['outcome']), ('dns', 'ok'))
        self.assertEqual((steps[-1]['name'], steps[-1]['outcome']), ('login', 'login-failed'))
        report = answers[-1]['result']
        self.assertEqual([(step['name'], step['outcome']) for step in report['steps']],
                         [(step['name'], step['outcome']) for step in steps])

    def test_a_test_message_is_followed_and_the_queue_told_by_cause(self):
        plan = self.ask('plan', 'wrong', **LOGIN)
        self.ask('apply', 'wrong', digest=plan['digest'], flags=['start'], **LOGIN)
        report = self.ask('send', recipient='student@lab.example.com')
        self.assertEqual((report['state'], report['cause']), ('deferred', 'authentication'))
        causes = self.ask('queue')['causes']
        self.assertEqual([(cause['cause'], len(cause['entries'])) for cause in causes],
                         [('authentication', 1)])
        self.assertEqual(self.ask('flush'), {})
        self.empty_queue()
        self.assertEqual(self.ask('queue'), {'causes': []})

    @staticmethod
    def told_by(watch):
        for line in watch.stdout:
            yield json.loads(line)['progress']

    def test_a_watch_tells_of_changes_and_ends_with_its_input(self):
        watch = subprocess.Popen([LAB, '--state', self.lab.state, 'run', self.node, '--',
                                  self.helper], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(watch.kill)
        watch.stdin.write(b'{"command": "watch"}\n')
        watch.stdin.flush()
        self.assertEqual(json.loads(watch.stdout.readline()), {'progress': {'watching': True}})
        self.run_client('postconf', '-e', 'smtp_helo_timeout = 200s')
        self.assertIn({'changed': '/etc/postfix/main.cf'}, self.told_by(watch))
        # Somebody may have stopped it since the page was loaded, and started it before.
        for command, state in (('start', True), ('stop', False), ('start', True)):
            self.run_client('postfix', command)
            while True:
                told = next(self.told_by(watch))
                if 'service' in told and ('running' in told['service']) == state:
                    break
        watch.stdin.close()
        self.assertEqual(json.loads(watch.stdout.read().splitlines()[-1]), {'result': {}})
        self.assertEqual(watch.wait(LIMIT_S), 0)
        watch.stdout.close()

    def test_a_user_without_rights_reads_and_does_not_write(self):
        plan = self.ask('plan', PASSWORD, **LOGIN)
        self.ask('apply', PASSWORD, digest=plan['digest'], **LOGIN)
        self.assertEqual([login['username'] for login in self.ask('load')['credentials']], [USER])
        overview = self.ask('load', login='user')
        self.assertNotIn('credentials', overview)
        self.assertEqual(overview['relay'], {**RELAY, 'mx-lookup': False})
        text = json.dumps({'command': 'start'}) + '\n'
        error = self.ask_raw(text, 'user', code=1)[-1]['error']
        self.assertEqual(error['code'], 'permission-denied')
