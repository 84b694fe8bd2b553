# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The modules on machines of the mail lab, in one lab: real mail, and what is on the disk. A play
has as many tasks as it can, since starting Ansible is what takes longest."""

import pathlib

import mail_lab
import play
from mail_lab import DOMAIN, LabCase
from play import PASSWORD, PLAIN_RELAY, RELAY, SECRET, USER, run_playbook, task

TEST = 'nullmail.postfix.null_client_test'
INFO = 'nullmail.postfix.null_client_info'
LOGIN = {'relay_host': RELAY, 'origin': DOMAIN, 'relay_user': USER, 'relay_password': PASSWORD}
WRONG = {**LOGIN, 'relay_password': SECRET}
FACTS = ('changed', 'changes', 'activation', 'diff', 'findings', 'service', 'version')


class Shared:
    lab = None


def setUpModule():
    play.need_ansible()
    mail_lab.need_lab()
    Shared.lab = mail_lab.Lab('lab')
    Shared.lab.call('up')


def tearDownModule():
    if Shared.lab is not None:
        Shared.lab.destroy()


def check(**options):
    return {**task(**options), 'check_mode': True}


def refused(made):
    return {**made, 'ignore_errors': True}


def run(*words):
    """A command of the node."""
    return {'name': 'Run a command', 'ansible.builtin.raw': ' '.join(words)}


# All that must stay the same where nothing changes: modes, owners, places, times and contents.
LOOK = run('cd /etc/postfix && find . -type f -printf "%p %m %U:%G %i %T@ " '
           '-exec sha256sum {} ";" | sort')


class AnsibleCase(LabCase):
    """Each test has a node of its own in the lab of all."""

    def setUp(self):
        self.lab = Shared.lab
        self.node = self.id().rpartition('.')[2].replace('test_', '').replace('_', '-')[:20]
        self.lab.call('client', 'add', self.node)
        self.addCleanup(self.lab.call, 'client', 'remove', self.node)
        self.etc = pathlib.Path(self.config_path('main.cf')).parent

    def play(self, *tasks, options=(), **variables):
        """What each of the tasks returned."""
        done = run_playbook(play.play(*tasks), play.inventory_of(
            self.lab, [self.node], **variables), *options)
        self.assertEqual(done.code, 0, done.output)
        self.assertNotIn(PASSWORD, done.said)
        self.assertNotIn(SECRET, done.said)
        results = done.tasks(self.node)
        self.assertEqual(len(results), len(tasks), done.output)
        return results

    def assert_same_files(self, *looks):
        for look in looks[1:]:
            self.assertEqual(looks[0]['stdout'], look['stdout'])

    def deliver(self, subject):
        self.lab.call('send', '--from', self.node, '--subject', subject)
        return self.fetch(subject)

    def outcome(self, result, *names):
        return tuple(result[name] for name in names)


class Flow(AnsibleCase):
    def test_login(self):
        """Checked, applied, applied again, taken back; what the check says is what is done."""
        send = task(TEST, recipient=f'student@{DOMAIN}')
        bad = task(TEST, recipient=f'nobody@{DOMAIN}')
        files = run('cd /etc/postfix && stat -c "%a %U %G" sasl_passwd sasl_passwd.db')
        listening = run('ss -ltnH | cut -d " " -f 1-20 | tr -s " " | cut -d " " -f 4 | sort -u')
        absent = task(state='absent')
        (look0, checked, look1, done, look2, again, again_checked, look3, files, listening, sent,
         skipped, accepted, bounced, info) = self.play(
             LOOK, check(**LOGIN), LOOK, task(**LOGIN), LOOK, task(**LOGIN), check(**LOGIN), LOOK,
             files, listening, send, {**send, 'check_mode': True},
             task(TEST, recipient=f'nobody@{DOMAIN}', fail_on=[]), refused(bad),
             task(INFO, queue=True), options=('--diff',))
        self.assert_same_files(look0, look1)
        self.assertEqual(self.outcome(checked, *FACTS), self.outcome(done, *FACTS))
        self.assertTrue(done['changed'])
        self.assertIn('running', done['service'])
        self.assertIn(f'{RELAY} {USER}:********\n', [text['after'] for text in done['diff']])
        self.assert_same_files(look2, look3)
        for result in (again, again_checked):
            self.assertEqual(self.outcome(result, *FACTS[:4]), (False, [], 'none', []))
            self.assertEqual(result['service'], done['service'])
        self.assertEqual(files['stdout_lines'], ['600 root root'] * 2)
        self.assertEqual(listening['stdout_lines'], ['127.0.0.1:25', '[::1]:25'])

        self.assertEqual((sent['changed'], sent['report']['state']), (False, 'sent'))
        self.assertEqual(skipped.kind, 'skipped')
        self.assertIn('check mode', skipped['msg'])
        self.assertEqual(accepted['report']['state'], 'bounced')
        self.assertTrue(bounced.failed)
        self.assertIn(f'nobody@{DOMAIN}', bounced['msg'])
        self.assertEqual(info['config']['relay-host'], RELAY)
        self.assertEqual(info['credentials'], [{'relay-host': RELAY, 'username': USER}])
        self.assertEqual((info['queue']['total'], info['queue']['causes']), (0, {}))
        self.assertNotIn('error', [finding['severity'] for finding in info['findings']])
        self.assertIn('Authenticated sender: ' + USER, self.deliver('with a login'))

        taken_back, look4, again, look5 = self.play(absent, LOOK, absent, LOOK)
        self.assertEqual((taken_back['changed'], again['changed']), (True, False))
        self.assertEqual(self.main_cf_of(look4), self.main_cf_of(look0))
        self.assert_same_files(look4, look5)

    def main_cf_of(self, look):
        """The contents of main.cf, by their digest."""
        line, = [line for line in look['stdout_lines'] if line.startswith('./main.cf ')]
        return line.split()[5]

    def test_known_by_address(self):
        """Without a login; what is left out later is what a fresh null client has."""
        first = {'relay_host': PLAIN_RELAY, 'origin': DOMAIN, 'destinations': ['localhost'],
                 'parameters': {'smtputf8_enable': False, 'message_size_limit': 2048000,
                                'debug_peer_list': ['a.example', 'b.example'],
                                'smtp_tls_note_starttls_offer': True, 'soft_bounce': None}}
        second = {**first, 'destinations': None, 'parameters': {'message_size_limit': None}}
        kept = {'keep_other_settings': True, 'parameters': {'message_size_limit': 4096000}}
        ask = run('postconf -h smtputf8_enable message_size_limit debug_peer_list '
                  'smtp_tls_note_starttls_offer mydestination')
        look0, checked, look1, done, asked, dropped, asked_again, kept = self.play(
            LOOK, check(**first), LOOK, task(**first), ask, task(**second), ask, task(**kept))
        self.assert_same_files(look0, look1)
        self.assertEqual(checked['changes'], done['changes'])
        self.assertEqual(asked['stdout_lines'],
                         ['no', '2048000', 'a.example b.example', 'yes', 'localhost'])
        changes = [(change['subject'], change.get('new-value')) for change in dropped['changes']]
        self.assertEqual([change for change in changes if change[0] != 'local_transport'],
                         [('message_size_limit', None), ('mydestination', '')])
        self.assertEqual(asked_again['stdout_lines'],
                         ['no', '10240000', 'a.example b.example', 'yes', ''])
        self.assertEqual([change['subject'] for change in kept['changes']], ['message_size_limit'])
        self.deliver('by address')

    def test_probe(self):
        """A wrong password at the relay changes nothing; a password that is there may stay."""
        asks = {'probe': True, 'started': False}
        in_check = {**asks, 'probe_in_check_mode': True}
        (look0, wrong, wrong_checked, look1, not_asked, asked, look2, done, again, on_create,
         without, other, look3) = self.play(
             LOOK, refused(task(**WRONG, **asks)), refused(check(**WRONG, **in_check)), LOOK,
             check(**LOGIN, **asks), check(**LOGIN, **in_check), LOOK, task(**LOGIN, **asks),
             task(**LOGIN, **asks), task(**WRONG, started=False, update_password='on_create'),
             task(**{**LOGIN, 'relay_password': None}, started=False),
             refused(task(**{**LOGIN, 'relay_password': None, 'relay_user': 'other'})), LOOK)
        self.assert_same_files(look0, look1, look2)
        for result in (wrong, wrong_checked):
            self.assertTrue(result.failed)
            self.assertEqual(result['probe']['outcome'], 'login-failed')
            self.assertIn('535', result['msg'])
        self.assertNotIn('probe', not_asked)
        self.assertEqual((asked['probe']['outcome'], asked['changed']), ('ok', True))
        self.assertTrue(done['probe']['login-tried'])
        self.assertNotIn('probe', again, 'nothing is to be changed')
        for result in (again, on_create, without):
            self.assertFalse(result['changed'])
        self.assertTrue(other.failed)
        self.assertIn('relay_password', other['msg'])
        self.assertIn('sasl_passwd', look3['stdout'])

    def test_other_user(self):
        """Who may not change Postfix is told so, in check mode too, and may ask what is there."""
        as_user = {'vars': {'ansible_user': 'user'}}
        look0, done, checked, info, look1 = self.play(
            LOOK, {**refused(task(**LOGIN)), **as_user}, {**refused(check(**LOGIN)), **as_user},
            {**task(INFO), **as_user}, LOOK)
        self.assert_same_files(look0, look1)
        for result in (done, checked):
            self.assertTrue(result.failed)
            self.assertIn('root', result['msg'])
        self.assertFalse(info['changed'])
        self.assertIn('unknown', info['service'])

    def test_two_instances(self):
        """Two tasks, each for one of two instances of Postfix; each writes its own files alone."""
        second = {'config_directory': '/etc/postfix-second', 'relay_host': PLAIN_RELAY,
                  'parameters': {'authorized_submit_users': ['static:all']}, 'started': False}
        tasks = [task(**LOGIN, started=False), task(**second)]
        _, *done, said = self.play(
            run('postmulti -e init >/dev/null 2>&1;',
                'postmulti -I postfix-second -G mta -e create >/dev/null 2>&1'),
            *tasks, *tasks,
            run('postconf -h relayhost; postconf -c /etc/postfix-second -h relayhost'))
        self.assertEqual([result['changed'] for result in done], [True, True, False, False])
        self.assertEqual(said['stdout_lines'], [RELAY, PLAIN_RELAY])

    def test_activation(self):
        """Files only, for an image; a Postfix that has to be stopped stands in the way."""
        away = {'relay_host': PLAIN_RELAY, 'activate': False}
        off, on = task(**LOGIN, enabled=False), task(**LOGIN, enabled=True)
        (files, would_start, started, look0, *stops, look1, off_checked, turned_off, still_off,
         on_checked, turned_on, still_on) = self.play(
             task(**LOGIN, activate=False), check(**LOGIN), task(**LOGIN), LOOK,
             refused(task(**away)), refused(task(**away, force=True)), LOOK,
             {**off, 'check_mode': True}, off, off, {**on, 'check_mode': True}, on, on)
        self.assertEqual((files['changed'], files['service']), (True, []))
        self.assertEqual((would_start['changed'], would_start['changes']), (True, []))
        self.assertEqual((started['changed'], started['changes']), (True, []))
        self.assertIn('running', started['service'])
        for result in stops:
            self.assertTrue(result.failed)
            self.assertIn('stopped', result['msg'])
        self.assert_same_files(look0, look1)
        for enabled, results in ((False, (off_checked, turned_off, still_off)),
                                 (True, (on_checked, turned_on, still_on))):
            self.assertEqual([(result['changed'], 'enabled' in result['service'])
                              for result in results],
                             [(True, enabled), (True, enabled), (False, enabled)])

    def test_role(self):
        """What a role for Postfix is tried with elsewhere, on a whole machine, which in the end
        has no IPv6: the tests of the collection that ansible-test runs too."""
        targets = play.COLLECTION / 'tests' / 'integration' / 'targets'
        done = run_playbook(
            [{'hosts': 'all', 'gather_facts': False, 'roles': ['module_null_client']}],
            play.inventory_of(self.lab, [self.node], module_null_client_directory='/etc/postfix',
                              module_null_client_runs=True), ANSIBLE_ROLES_PATH=str(targets))
        self.assertEqual(done.code, 0, done.output)
        compared = [result for result in done.tasks(self.node) if 'Compare' in result.task]
        self.assertEqual([result.kind for result in compared], ['ok'] * 5)
        self.assertEqual(self.run_client('ss', '-ltnH').count('127.0.0.1:25'), 1)
        self.assertNotIn('[::', self.run_client('ss', '-ltnH'))
        self.deliver('without IPv6')
