# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests of the Ansible collection share: plays, and what they return."""

import json
import os
import pathlib
import subprocess
import sys

import mail_lab
import program

TOP = pathlib.Path(mail_lab.ROOT)
HERE = TOP / 'tests' / 'ansible'
COLLECTIONS = TOP / 'examples' / 'ansible'
COLLECTION = COLLECTIONS / 'ansible_collections' / 'nullmail' / 'postfix'
MODULE = 'nullmail.postfix.null_client'
SECRET = 'Marker-Secret-7'
USER, PASSWORD = 'relayuser@example.com', 'mysecretpassword'
RELAY = '[smtp.example.com]:587'
PLAIN_RELAY = '[smtp.lab.example.com]'


def need_ansible(*tools):
    """For setUpModule."""
    program.need('ansible-playbook', *tools)


def environment(**more):
    """What Ansible runs with: nothing of this machine's own configuration."""
    home = program.folder / 'home'
    home.mkdir(exist_ok=True)
    return {**os.environ, 'HOME': str(home), 'LC_ALL': 'C.UTF-8',
            'ANSIBLE_HOME': str(home / '.ansible'), 'ANSIBLE_CONFIG': str(HERE / 'ansible.cfg'),
            'ANSIBLE_LIBRARY': str(HERE / 'library'),
            'ANSIBLE_COLLECTIONS_PATH': str(COLLECTIONS),
            'ANSIBLE_CONNECTION_PLUGINS': str(HERE / 'connection_plugins'),
            'ANSIBLE_CALLBACK_PLUGINS': str(HERE / 'callback_plugins'),
            'ANSIBLE_CALLBACKS_ENABLED': 'returned', 'ANSIBLE_PIPELINING': 'true',
            'ANSIBLE_RETRY_FILES_ENABLED': 'false',
            'ANSIBLE_LOCALHOST_WARNING': 'false', 'ANSIBLE_NOCOLOR': 'true',
            'ANSIBLE_INVENTORY_UNPARSED_WARNING': 'false', **more}


class Result(dict):
    """What one task returned on one host; its KIND is ok, failed, skipped or unreachable."""

    def __init__(self, line):
        super().__init__(line['result'])
        self.host, self.task, self.kind = line['host'], line['task'], line['kind']
        self.seconds = line['seconds']

    @property
    def failed(self):
        return self.kind == 'failed'


class Run:
    """A playbook that has run: its exit status, all that it said, and what its tasks returned."""

    def __init__(self, done, returned):
        self.code, self.output = done.returncode, done.stdout
        self.results = [Result(json.loads(line)) for line in returned.read_text().splitlines()] \
            if returned.exists() else []
        self.said = self.output + ''.join(json.dumps(result) for result in self.results)

    def tasks(self, host):
        """What each task returned on the host, in order."""
        return [result for result in self.results if result.host == host]


def run_playbook(playbook, inventory, *options, folder=None, **variables):
    """Runs a playbook, given as its path or as data, on an inventory given as data."""
    folder = pathlib.Path(folder or program.make_folder('play-'))
    if not isinstance(playbook, (str, pathlib.Path)):
        path = folder / 'playbook.json'
        path.write_text(json.dumps(playbook))
        playbook = path
    hosts = folder / 'inventory.json'
    hosts.write_text(json.dumps(inventory))
    returned = folder / 'returned'
    done = subprocess.run(['ansible-playbook', '-i', str(hosts), *options, str(playbook)],
                          text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, timeout=program.LIMIT_S * 2,
                          env=environment(NULLMAIL_RETURNED=str(returned), **variables))
    return Run(done, returned)


def inventory_of(lab, names, **variables):
    """The nodes of a lab, for run_playbook()."""
    common = {'ansible_connection': 'lab', 'ansible_lab_state': lab.state,
              'ansible_lab_program': mail_lab.LAB, 'ansible_python_interpreter': sys.executable,
              **variables}
    return {'all': {'hosts': {name: {} for name in names}, 'vars': common}}


def task(module=MODULE, **options):
    return {'name': f'Try {module}', module: options}


def play(*tasks, hosts='all', **more):
    return [{'hosts': hosts, 'gather_facts': False, 'tasks': list(tasks), **more}]
