# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The modules on configuration directories whose Postfix does not run: what they refuse, with which
words, what they show of passwords, and in which interpreter they run."""

import os
import subprocess
import sys
import unittest

import fixture
import keyring
import play
import program
from play import RELAY, SECRET, run_playbook, task

LOGIN = {'relay_host': RELAY, 'relay_user': 'host7', 'relay_password': SECRET}
# Or in the words of Ansible, whose log does not take it where Python is 3.12 or newer.
NUL = 'NUL|null character'
INFO = 'nullmail.postfix.null_client_info'


def setUpModule():
    play.need_ansible()
    program.need_root()
    fixture.need_postfix()


class Directory(unittest.TestCase):
    def setUp(self):
        self.folder = program.make_folder('directory-')
        self.etc = self.folder / 'etc'
        self.etc.mkdir()
        fixture.write(self.etc / 'main.cf', fixture.MAIN_CF)

    def task(self, module=play.MODULE, more=None, **options):
        """A task that may fail; MORE are keywords of the task itself."""
        return {**task(module, **{'config_directory': str(self.etc),
                                  'state_directory': str(self.folder / 'state'), **options}),
                'ignore_errors': True, **(more or {})}

    def run_tasks(self, *tasks, options=(), **variables):
        return run_playbook(
            play.play(*tasks), {'all': {'hosts': {'here': {}}, 'vars': {
                'ansible_connection': 'local', 'ansible_python_interpreter': sys.executable,
                **variables}}}, *options)

    def play(self, *tasks, options=(), **variables):
        done = self.run_tasks(*tasks, options=options, **variables)
        self.assertEqual(done.code, 0, done.output)
        self.assertNotIn(SECRET, done.said)
        results = done.tasks('here')
        self.assertEqual(len(results), len(tasks), done.output)
        return results

    def read(self, name='main.cf'):
        return (self.etc / name).read_text()


class Refused(Directory):
    ROWS = [
        ({'relay_host': '[smtp.example.com:587]'}, 'bracket', 'invalid-relay-host'),
        ({'relay_host': RELAY, 'tls_level': 'sercure'}, 'none, may, encrypt', None),
        ({'relay_host': RELAY, 'protocols': 'ipv5'}, 'all, ipv4, ipv6', None),
        ({'relay_host': RELAY, 'tls_wrapper': 'perhaps'}, 'bool', None),
        ({}, 'relay_host', None),
        ({'relay_host': RELAY, 'relay_password': SECRET}, 'relay_user', None),
        ({**LOGIN, 'authentication': False}, 'authentication', None),
        ({'relay_host': RELAY, 'relay_user': 'host7'}, 'relay_password', None),
        ({'relay_host': RELAY, 'origin': 'example.com', 'unset': ['origin']}, 'origin', None),
        ({'relay_host': RELAY, 'unset': ['orgin']}, '“origin”', 'invalid-argument'),
        ({'relay_host': RELAY, 'parameters': {'relayhost': 'x'}}, 'relay-host', 'invalid-argument'),
        ({'relay_host': RELAY, 'parameters': {'a b': 'x'}}, 'a b', 'invalid-argument'),
        ({'relay_host': RELAY, 'root_address': 'a@example.com',
          'parameters': {'virtual_alias_maps': 'x'}}, 'root-address', 'invalid-argument'),
        ({'relay_host': RELAY, 'parameters': {'biff': ['no', None]}}, 'null', None),
        ({'relay_host': RELAY, 'parameters': {'biff': ['no', {'a': 1}]}}, 'dictionary', None),
        ({'relay_host': RELAY, 'parameters': {'smtpd_banner': 'a\0b'}}, 'NUL', None),
        ({'relay_host': RELAY, 'origin': 'a.example\0b'}, NUL, None),
        ({**LOGIN, 'relay_user': 'host7\0b'}, NUL, None),
        ({'relay_host': RELAY, 'interfaces': ['a b']}, 'interfaces', 'invalid-config'),
        ({**LOGIN, 'relay_password': SECRET + '\nx'}, 'password', 'invalid-credentials'),
        ({**LOGIN, 'relay_password': {'user': 'host7', 'password': SECRET}}, 'lookup', None),
        ({**LOGIN, 'relay_password': [SECRET]}, 'type list', None),
        ({**LOGIN, 'relay_password': False}, 'quotation marks', None),
        ({**LOGIN, 'relay_password': 0.10}, 'quotation marks', None),
        ({**LOGIN, 'relay_user': 'a:b'}, 'colon', 'invalid-credentials'),
        ({**LOGIN, 'tls_level': 'may'}, 'tls-level', 'unsafe'),
        ({'relay_host': RELAY, 'enabled': True}, 'boot', 'failed'),
        ({'relay_host': RELAY, 'config_directory': '/nonexistent'}, '/nonexistent', 'not-found'),
    ]

    def test_words(self):
        """Nothing is written, and the message has the words that would do."""
        before = fixture.snapshot(self.folder)
        results = self.play(*[self.task(**options) for options, _, _ in self.ROWS])
        for result, (options, word, code) in zip(results, self.ROWS):
            with self.subTest(options=options):
                self.assertTrue(result.failed, result)
                self.assertTrue(any(each in result['msg'] for each in word.split('|')),
                                result['msg'])
                if code is not None:
                    self.assertEqual((result['error']['domain'], result['error']['code']),
                                     ('nullmail-error-quark', code), result['msg'])
        unsafe = results[[row[2] for row in self.ROWS].index('unsafe')]
        self.assertEqual({finding['severity'] for finding in unsafe['findings']}, {'error'})
        self.assertTrue(unsafe['error']['remedy'])
        self.assertEqual(before, fixture.snapshot(self.folder))

    def test_not_utf8(self):
        """An ansible-core from 2.19 on refuses it itself, as it reads the playbook."""
        before = fixture.snapshot(self.folder)
        wrong = self.task(relay_host=RELAY, parameters={'smtpd_banner': 'a\udce9'})
        run = self.run_tasks(wrong)
        if run.code == 0:
            refused, = run.tasks('here')
            self.assertTrue(refused.failed, refused)
            self.assertIn('UTF-8', refused['msg'])
        else:
            self.assertEqual(run.results, [], run.output)
            self.assertEqual(self.run_tasks(self.task(INFO)).code, 0)
        self.assertEqual(before, fixture.snapshot(self.folder))


class Done(Directory):
    def test_only_the_password_is_hidden(self):
        """A password that is a word of something else hides nothing else."""
        for word in ('secure', '587', 'host7'):
            checked, = self.play(self.task(**{**LOGIN, 'relay_password': word},
                                           more={'check_mode': True}), options=('--diff', '-vvv'))
            self.assertNotIn('********]', str(checked['changes']))
            news = {change['subject']: change.get('new-value') for change in checked['changes']}
            self.assertEqual(news['smtp_tls_security_level'], 'secure')
            self.assertEqual(news[RELAY], 'host7:********')
            self.assertIn(f'relayhost = {RELAY}\n', checked['diff'][0]['after'])
            self.assertEqual(checked['diff'][1]['after'], f'{RELAY} host7:********\n')
            self.assertNotEqual(checked['invocation']['module_args']['relay_password'], word)

    def test_replaced(self):
        """A replaced password shows as changed; one of another relay goes if that is wanted."""
        other = {**LOGIN, 'relay_host': '[other.example.com]:465'}
        first, replaced, kept, moved, dropped, info = self.play(
            self.task(**LOGIN), self.task(**{**LOGIN, 'relay_password': 'Another-Secret-8'}),
            self.task(**{**LOGIN, 'relay_password': 'x' * 9}, update_password='on_create'),
            self.task(**other), self.task(**other, drop_other_credentials=True),
            self.task(INFO), options=('--diff',))
        self.assertTrue(first['changed'])
        self.assertEqual([text['after'] for text in replaced['diff']],
                         [f'{RELAY} host7:******** (changed)\n'])
        self.assertFalse(kept['changed'])
        self.assertTrue(moved['changed'])
        self.assertEqual([change['subject'] for change in dropped['changes']
                          if change['kind'] == 'credentials'], [RELAY])
        self.assertEqual(info['credentials'],
                         [{'relay-host': '[other.example.com]:465', 'username': 'host7'}])
        self.assertTrue(info['can_undo'])

    def test_accepted(self):
        """What is accepted with force is warned of, once."""
        unsafe = {**LOGIN, 'tls_level': 'may', 'force': True}
        done, again, info, unchecked = self.play(
            self.task(**unsafe), self.task(**unsafe), self.task(INFO), self.task(INFO, check=False))
        self.assertTrue(done['changed'])
        self.assertIn('password', ' '.join(done['warnings']))
        self.assertFalse(again['changed'])
        self.assertNotIn('warnings', again)
        self.assertIn('tls-opportunistic-with-auth',
                      [finding['code'] for finding in info['findings']])
        self.assertEqual(unchecked['findings'], [])
        for name in ('config', 'service', 'version', 'map_types', 'can_undo', 'credentials'):
            self.assertEqual(unchecked[name], info[name], name)

    def test_main_cf_that_postfix_refuses(self):
        with open(self.etc / 'main.cf', 'a', encoding='ascii') as file:
            file.write('inet_protocols = ipv5\nsoft_bounce = perhaps\n')
        before = fixture.snapshot(self.etc)
        info, = self.play(self.task(INFO))
        self.assertEqual(info.kind, 'ok')
        self.assertIn('error', [finding['severity'] for finding in info['findings']])
        self.assertEqual(before, fixture.snapshot(self.etc))


class Rotation(Directory):
    def test_instance(self):
        """The password is replaced in the instance that the role has set up."""
        self.play(self.task(**LOGIN))
        run = run_playbook(play.COLLECTION / 'playbooks' / 'rotate.yml', {'null_clients': {
            'hosts': {'here': {}}, 'vars': {
                'ansible_connection': 'local', 'ansible_python_interpreter': sys.executable,
                'ansible_become': False, 'null_client_probe': False,
                'null_client_config_directory': str(self.etc),
                'null_client_state_directory': str(self.folder / 'state'),
                'null_client_relay_user': 'host7', 'null_client_relay_password': 'Another-Secret-8',
                'null_client_test_recipient': 'admin@example.com'}}}, '--check')
        rotated = run.tasks('here')[2]
        self.assertEqual(run.code, 0, run.output)
        self.assertEqual({change['path'] for change in rotated['changes']
                          if change['kind'] == 'credentials'}, {str(self.etc / 'sasl_passwd')})


class Role(Directory):
    def test_wrong_recipient(self):
        """It is refused before the host is changed."""
        before = fixture.snapshot(self.etc)
        for recipient in ('admin@example.com,root@example.com', '-bp', 'admin at example.com'):
            with self.subTest(recipient=recipient):
                run = run_playbook(
                    play.play(roles=['nullmail.postfix.null_client']),
                    {'all': {'hosts': {'here': {}}, 'vars': {
                        'ansible_connection': 'local',
                        'ansible_python_interpreter': sys.executable,
                        'null_client_manage_packages': False, 'null_client_relay_host': RELAY,
                        'null_client_config_directory': str(self.etc),
                        'null_client_state_directory': str(self.folder / 'state'),
                        'null_client_test_recipient': recipient}}})
                self.assertNotEqual(run.code, 0, run.output)
                refused = run.tasks('here')[-1]
                self.assertTrue(refused.failed, run.output)
                self.assertEqual(refused['error']['code'], 'invalid-argument')
                self.assertIn(recipient, refused['msg'])
                self.assertEqual(before, fixture.snapshot(self.etc))


class Interpreter(Directory):
    def test_without_gi(self):
        """In an interpreter without PyGObject it goes on in the system's; the password goes there
        in no argument. Without the library it names the package."""
        lonely = self.folder / 'lonely'
        subprocess.run(['/usr/bin/python3', '-m', 'venv', '--without-pip', str(lonely)], check=True)
        has_gi = subprocess.run([str(lonely / 'bin/python'), '-c', 'import gi'], check=False,
                                stderr=subprocess.DEVNULL)
        self.assertNotEqual(has_gi.returncode, 0)
        traced = self.folder / 'traced'
        wrapper = self.folder / 'python'
        wrapper.write_text(f'#!/bin/sh\nexec strace -f -qq -s 100000 -e trace=execve -o {traced} '
                           f'{lonely}/bin/python "$@"\n')
        wrapper.chmod(0o755)
        program.need('strace')
        respawned, missing = self.play(
            self.task(**LOGIN, more={'vars': {'ansible_python_interpreter': str(wrapper)}}),
            self.task(**LOGIN, more={'environment': {'GI_TYPELIB_PATH': '/nonexistent'}}))
        self.assertTrue(respawned['changed'], respawned)
        trace = traced.read_text()
        self.assertIn('"/usr/bin/python3", "--"', trace)
        self.assertIn('postmap', trace)
        self.assertNotIn(SECRET, trace)
        if not os.path.exists('/usr/lib/girepository-1.0/Nullmail-1.0.typelib'):
            self.assertTrue(missing.failed)
            self.assertIn('gir1.2-nullmail-1.0' if os.path.exists('/etc/debian_version')
                          else 'libnullmail', missing['msg'])

    def look_up(self, relay):
        ask = "{{ lookup('nullmail.postfix.keyring', '%s') }}" % relay
        return run_playbook(
            play.play({'name': 'Ask', 'ansible.builtin.debug': {'msg': ask}}),
            {'all': {'hosts': {'here': {'ansible_connection': 'local'}}}})

    def test_lookup(self):
        """What the keyring of the session has; that it has none, and that there is no keyring, are
        said on the controller."""
        missing = keyring.missing_tools()
        if missing:
            program.lacks(f'not installed: {", ".join(missing)}')
        bus = keyring.Bus(program.make_socket_folder(self.addCleanup))
        self.addCleanup(os.environ.pop, 'DBUS_SESSION_BUS_ADDRESS', None)
        service = keyring.Keyring(bus, str(self.folder))
        service.put(b'geheim', relayhost=RELAY, server='smtp.example.com', port='587',
                    user='host7', protocol='smtp')
        found, none = self.look_up(RELAY), self.look_up('[other.example.com]:587')
        self.assertEqual(found.tasks('here')[0]['msg'], {'user': 'host7', 'password': 'geheim'})
        self.assertEqual(none.code, 2)
        self.assertIn('[other.example.com]:587', none.said)
        service.end()
        bus.end()
        nobody = self.look_up(RELAY)
        self.assertEqual(nobody.code, 2)
        self.assertNotIn('geheim', nobody.said)
