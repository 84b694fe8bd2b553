# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Many machines at once, a new password for them one after the other, and runs that are killed."""

import json
import os
import pathlib

import fixture
import mail_lab
import play
from mail_lab import DOMAIN, LabCase
from play import COLLECTION, COLLECTIONS, PASSWORD, PLAIN_RELAY, RELAY, USER, run_playbook

N_NODES = 20
N_KILLS = 50
NEW_PASSWORD = 'Another-Secret-8'
POISONED = 'h07'
LOGIN = {'relay_host': RELAY, 'origin': DOMAIN, 'relay_user': USER, 'relay_password': PASSWORD}


class Shared:
    lab = None
    nodes = [f'h{number:02}' for number in range(1, N_NODES + 1)]


def setUpModule():
    play.need_ansible()
    mail_lab.need_lab()
    Shared.lab = mail_lab.Lab('lab')
    Shared.lab.call('up')
    for node in Shared.nodes:
        Shared.lab.call('client', 'add', node)


def tearDownModule():
    if Shared.lab is not None:
        Shared.lab.destroy()


def etc_of(node):
    return pathlib.Path(Shared.lab.state) / node / 'postfix'


class Fleet(LabCase):
    def setUp(self):
        self.lab = Shared.lab

    def inventory(self):
        """As the example's: a group for each relay, here with a half of the nodes each."""
        half = N_NODES // 2
        inventory = play.inventory_of(self.lab, Shared.nodes, null_client_origin=DOMAIN,
                                      null_client_started=False, null_client_manage_packages=False,
                                      ansible_become=False)
        groups = {
            'office': ({'null_client_relay_host': PLAIN_RELAY}, Shared.nodes[:half]),
            'cloud': ({'null_client_relay_host': RELAY, 'null_client_relay_user': USER,
                       'null_client_relay_password': PASSWORD}, Shared.nodes[half:])}
        inventory['null_clients'] = {'children': {
            name: {'vars': variables, 'hosts': {node: {} for node in nodes}}
            for name, (variables, nodes) in groups.items()}}
        return inventory

    def run_fleet(self, *options):
        run = run_playbook(COLLECTION / 'playbooks' / 'fleet.yml', self.inventory(), '--forks', '4',
                           *options)
        self.assertNotIn(PASSWORD, run.said)
        return run

    def test_1_many(self):
        """All of a group are equal; one that cannot be changed is named, and as it was."""
        with open(etc_of(POISONED) / 'main.cf', 'ab') as file:
            file.write(b'# \0\n')
        poisoned = fixture.snapshot(etc_of(POISONED))
        run = self.run_fleet()
        self.assertEqual(run.code, 2, run.output)
        self.assertEqual({result.host for result in run.results if result.failed}, {POISONED},
                         run.output)
        self.assertIn('main.cf', run.tasks(POISONED)[-1]['msg'])
        self.assertEqual(poisoned, fixture.snapshot(etc_of(POISONED)))
        half = N_NODES // 2
        for nodes in (Shared.nodes[:half], Shared.nodes[half:]):
            texts = {(etc_of(node) / 'main.cf').read_bytes() for node in nodes if node != POISONED}
            self.assertEqual(len(texts), 1, nodes)
        texts = {(etc_of(node) / 'sasl_passwd').read_text() for node in Shared.nodes[half:]}
        self.assertEqual(texts, {f'{RELAY} {USER}:{PASSWORD}\n'})
        again = self.run_fleet('--check', '--limit', f'!{POISONED}')
        self.assertEqual(again.code, 0, again.output)
        self.assertEqual({result.get('changed') for result in again.results}, {False})

    def test_2_rotation(self):
        """The first host takes the new password; the second, whose mail stays here, ends it."""
        good, bad, never = Shared.nodes[-3:]
        self.lab.call('passwd', '--keep-old', USER, text=NEW_PASSWORD)
        (etc_of(bad) / 'main.cf').write_text(
            (etc_of(bad) / 'main.cf').read_text() + 'defer_transports = smtp\n')
        for node in (good, bad):
            self.lab.run(node, 'sh', '-c', 'postfix start >/dev/null 2>&1')
        untouched = fixture.snapshot(etc_of(never))
        inventory = self.inventory()
        inventory['all']['vars'].update({
            'null_client_relay_password': NEW_PASSWORD,
            'null_client_test_recipient': f'student@{DOMAIN}', 'null_client_started': True})
        del inventory['null_clients']['children']['cloud']['vars']['null_client_relay_password']
        run = run_playbook(COLLECTION / 'playbooks' / 'rotate.yml', inventory, '--limit',
                           ','.join((good, bad, never)), '-e', 'null_client_batch=1')
        self.assertEqual(run.code, 2, run.output)
        self.assertNotIn(NEW_PASSWORD, run.said)
        self.assertEqual(run.tasks(good)[-1].get('report', {}).get('state'), 'sent', run.output)
        self.assertTrue(run.tasks(bad)[-1].failed)
        self.assertIn('report', run.tasks(bad)[-1])
        self.assertEqual(run.tasks(never), [])
        self.assertEqual(untouched, fixture.snapshot(etc_of(never)))
        self.assertIn(NEW_PASSWORD, (etc_of(good) / 'sasl_passwd').read_text())

    def test_3_killed(self):
        """Killed at any moment, it is healed by the next run, whatever it has left."""
        node = Shared.nodes[0]
        both = [{**LOGIN, 'relay_password': f'{PASSWORD}{number}', 'relay_host': relay}
                for number, relay in enumerate((RELAY, '[smtp.example.com]:465'))]
        environment = {**mail_lab.client_environment(), 'PYTHONPATH': str(COLLECTIONS)}
        output = self.lab.run(
            node, '/usr/bin/python3', str(play.HERE / 'kills.py'),
            str(COLLECTION / 'plugins' / 'modules' / 'null_client.py'), str(N_KILLS),
            text=json.dumps(both), env=environment, timeout=1200)
        kills = [json.loads(line) for line in output.splitlines()]
        self.assertEqual(len(kills), N_KILLS)
        for kill in kills:
            self.assertEqual((kill['again'], kill['answer']), (False, True))
            self.assertIn('running', kill['service'])
            # That of the relay before stays for an undo, unless that can no longer be.
            self.assertIn(kill['differs'], ([], ['sasl_passwd']))
            self.assertLessEqual(set(kill['passwords']),
                                 {options['relay_host'] for options in both})
        print(f'    {sum(kill["changed"] for kill in kills)} of {N_KILLS} healed by a change, '
              f'{sum(not any(kill["left"]) for kill in kills)} left neither state whole, '
              f'{sum(bool(kill["differs"]) for kill in kills)} have lost the way back')
        self.assertGreater(sum(kill['changed'] for kill in kills), 0)
        self.assertFalse([name for name in os.listdir(etc_of(node)) if name.startswith('.')])
