# -*- coding: utf-8 -*-
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r'''
---
name: keyring
short_description: The login of a relay from the keyring of the controller's session
version_added: 1.0.0
author:
  - The libnullmail authors (@nullmail)
description:
  - Looks a relay's login up in the keyring (the Secret Service) of the session that runs Ansible,
    so that the password need not lie in a file.
  - It fails where the keyring is locked, or has no login for the relay.
requirements:
  - libnullmail with its typelib, and PyGObject, on the controller
options:
  _terms:
    description: Relays, written as C(relayhost) of Postfix has them.
    type: list
    elements: str
    required: true
'''

EXAMPLES = r'''
- name: Log in with what the keyring has
  vars:
    login: "{{ lookup('nullmail.postfix.keyring', '[smtp.example.com]:587') }}"
  nullmail.postfix.null_client:
    relay_host: '[smtp.example.com]:587'
    relay_user: '{{ login.user }}'
    relay_password: '{{ login.password }}'
'''

RETURN = r'''
_list:
  description: A dictionary of C(user) and C(password) for each relay.
  type: list
  elements: dict
'''

import json
import os
import subprocess

from ansible.errors import AnsibleError, AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible_collections.nullmail.postfix.plugins.plugin_utils import keyring_reader

SYSTEM_PYTHON = '/usr/bin/python3'


def read_login(relay):
    """In this interpreter, or in the system's where this one does not have the library."""
    try:
        return keyring_reader.read_login(relay)
    except ImportError as problem:
        if not os.path.exists(SYSTEM_PYTHON):
            raise AnsibleError('The library libnullmail is not installed on the controller: %s'
                               % problem)
    program = subprocess.Popen([SYSTEM_PYTHON, keyring_reader.__file__, relay],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    output, dummy = program.communicate()
    if program.returncode != 0:
        raise AnsibleError('The keyring could not be read by %s' % SYSTEM_PYTHON)
    return json.loads(output.decode('utf-8'))


class LookupModule(LookupBase):
    def run(self, terms, variables=None, **kwargs):
        self.set_options(var_options=variables, direct=kwargs)
        logins = []
        for term in terms:
            login = read_login(str(term))
            if 'problem' in login:
                raise AnsibleLookupError(login['problem'])
            logins.append(login)
        return logins
