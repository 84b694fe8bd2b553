#!/usr/bin/python
# -*- coding: utf-8 -*-
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r'''
---
module: null_client_info
short_description: What a Postfix is configured for, and what is wrong with it
version_added: 1.0.0
description:
  - Returns the settings of a null client, findings about them with their remedies, the state of the
    service, and if wanted why mail waits. It never changes anything.
  - As another user than root it returns what that user may see.
extends_documentation_fragment:
  - nullmail.postfix.instance
attributes:
  check_mode:
    description: Can run in check mode and return what would change, without changing it.
    support: full
  diff_mode:
    description: Returns what has changed, or would change in check mode.
    support: none
options:
  state_directory:
    description: Where the library keeps what it needs to take its changes back.
    type: path
    default: /var/lib/nullmail
  check:
    description: Look for what is wrong.
    type: bool
    default: true
  queue:
    description: Look into the queue.
    type: bool
    default: false
seealso:
  - module: nullmail.postfix.null_client
'''

EXAMPLES = r'''
- name: Look for what is wrong
  nullmail.postfix.null_client_info:
  register: mail

- name: Stop where something is
  ansible.builtin.assert:
    that: mail.findings | selectattr('severity', 'equalto', 'error') | length == 0
'''

RETURN = r'''
config:
  description: The settings that main.cf has, and those that follow from them as C(derived).
  returned: success
  type: dict
  sample: {relay-host: '[smtp.example.com]:587', authentication: true}
findings:
  description: What is wrong or worth knowing, most severe first. Empty with I(check=false).
  returned: success
  type: list
  elements: dict
service:
  description: The state of the service in words. A Postfix that is stopped has none.
  returned: success
  type: list
  elements: str
  sample: [running, enabled]
version:
  description: The versions of C(library) and C(postfix); the latter is null where it is not known.
  returned: success
  type: dict
  sample: {library: 1.0.0, postfix: 3.7.11}
map_types:
  description: The types of tables that this Postfix says it knows.
  returned: success
  type: list
  elements: str
  sample: [hash, lmdb, regexp]
can_undo:
  description: Whether the last change can be taken back.
  returned: success
  type: bool
credentials:
  description: The logins of the password file, without their passwords.
  returned: success
  type: list
  elements: dict
  sample: [{relay-host: '[smtp.example.com]:587', username: host7}]
queue:
  description: How many messages wait (C(total)), since when in seconds of Unix (C(oldest)), and how
    many of them for which reason (C(causes)).
  returned: with I(queue=true)
  type: dict
  sample: {total: 2, oldest: 1793000000, causes: {network: 2}}
'''

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.nullmail.postfix.plugins.module_utils.nullmail import (
    fail_with, list_nicks, list_versions, load_library)


def attempt(GLib, function, default):
    """What cannot be asked or read is no failure here."""
    try:
        return function()
    except GLib.Error:
        return default


def load_unchecked(Nullmail, GLib, instance):
    """What load_overview() of the library has, without looking for what is wrong."""
    unknown = Nullmail.ServiceState.UNKNOWN
    facts = {'config': instance.load_config().to_variant().unpack(), 'findings': []}
    attempt(GLib, instance.inspect, False)
    facts['service'] = list_nicks(attempt(GLib, instance.query_service, unknown))
    facts['map-types'] = instance.get_map_types()
    facts['can-undo'] = instance.get_can_undo()
    facts['credentials'] = [login.to_variant().unpack() for login in attempt(
        GLib, lambda: instance.get_sasl_passwd_store().list(), [])]
    return facts


def count_queue(Nullmail, queue):
    entries = queue.get_entries()
    causes = {}
    for entry in entries:
        nick = entry.get_cause().value_nick
        causes[nick] = causes.get(nick, 0) + 1
    oldest = entries[0].get_arrival_time() if entries else None
    return {'total': queue.get_n_entries(), 'oldest': oldest, 'causes': causes}


def main():
    module = AnsibleModule(
        argument_spec=dict(config_directory=dict(type='path', default='/etc/postfix'),
                           state_directory=dict(type='path', default='/var/lib/nullmail'),
                           check=dict(type='bool', default=True),
                           queue=dict(type='bool', default=False)),
        supports_check_mode=True)
    Nullmail, GLib = load_library(module)
    instance = Nullmail.PostfixInstance(config_directory=module.params['config_directory'],
                                        state_directory=module.params['state_directory'])
    try:
        facts = (instance.load_overview().unpack() if module.params['check']
                 else load_unchecked(Nullmail, GLib, instance))
        result = dict((name, facts[name]) for name in ('config', 'findings', 'service'))
        result.update(version=list_versions(Nullmail, instance), map_types=facts['map-types'],
                      can_undo=facts['can-undo'], changed=False)
        result['credentials'] = [dict((key, login[key]) for key in ('relay-host', 'username'))
                                 for login in facts.get('credentials', [])]
        if module.params['queue']:
            result['queue'] = count_queue(Nullmail, instance.load_queue())
    except GLib.Error as error:
        fail_with(module, error)
    module.exit_json(**result)


if __name__ == '__main__':
    main()
