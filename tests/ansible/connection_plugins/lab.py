# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Ansible's way into a node of the mail lab: each command goes through “lab run”."""

import os
import shlex
import subprocess

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.connection import ConnectionBase

DOCUMENTATION = r'''
name: lab
short_description: Run in a node of the mail lab
author: [The libnullmail authors (@nullmail)]
version_added: 1.0.0
description: Runs commands in a node of the mail lab, and copies files there.
options:
  node:
    description: The name of the node.
    default: inventory_hostname
    vars: [{name: inventory_hostname}, {name: ansible_host}]
  state:
    description: The folder that is the lab.
    required: true
    vars: [{name: ansible_lab_state}]
  program:
    description: The program lab.
    required: true
    vars: [{name: ansible_lab_program}]
  remote_user:
    description: The user of the node.
    vars: [{name: ansible_user}]
'''


class Connection(ConnectionBase):
    transport = 'lab'
    has_pipelining = True

    def _connect(self):
        self._connected = True
        return self

    def call(self, command, stdin):
        user = self.get_option('remote_user')
        words = [self.get_option('program'), '--state', self.get_option('state'), 'run',
                 *(['--user', user] if user else []), self.get_option('node'), '--', *command]
        done = subprocess.run(words, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              check=False)
        return done.returncode, done.stdout, done.stderr

    def exec_command(self, cmd, in_data=None, sudoable=True):
        super().exec_command(cmd, in_data=in_data, sudoable=sudoable)
        return self.call(['/bin/sh', '-c', cmd], in_data or b'')

    def copy(self, script, path, contents=b''):
        code, output, message = self.call(['/bin/sh', '-c', script.format(shlex.quote(path))],
                                          contents)
        if code != 0:
            raise AnsibleConnectionFailure(message.decode('utf-8', 'replace'))
        return output

    def put_file(self, in_path, out_path):
        super().put_file(in_path, out_path)
        with open(in_path, 'rb') as file:
            self.copy('cat >{0}', out_path, file.read())

    def fetch_file(self, in_path, out_path):
        super().fetch_file(in_path, out_path)
        with open(os.open(out_path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 'wb') as file:
            file.write(self.copy('cat {0}', in_path))

    def close(self):
        self._connected = False
