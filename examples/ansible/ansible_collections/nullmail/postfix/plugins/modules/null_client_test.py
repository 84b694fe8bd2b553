#!/usr/bin/python
# -*- coding: utf-8 -*-
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r'''
---
module: null_client_test
short_description: Send a test message, and follow it to the relay's reply
version_added: 1.0.0
description:
  - Submits one short message as programs of the host do, and waits for what the relay says to it.
extends_documentation_fragment:
  - nullmail.postfix.instance
attributes:
  check_mode:
    description: Can run in check mode and return what would change, without changing it.
    support: none
    details:
      - In check mode no message is sent, and the task is skipped. What is not an address fails it.
  diff_mode:
    description: Returns what has changed, or would change in check mode.
    support: none
options:
  recipient:
    description: One address to send the message to.
    type: str
    required: true
  sender:
    description: The address in the envelope. Not given, it is the user's own.
    type: str
  timeout:
    description: How many seconds to wait for the reply, at most 86400.
    type: int
    default: 30
  fail_on:
    description:
      - The outcomes that fail the task. An empty list has it never fail.
      - A message that has expired counts as C(bounced), one without a trace as C(queued).
    type: list
    elements: str
    choices: [bounced, deferred, queued]
    default: [bounced, deferred, queued]
seealso:
  - module: nullmail.postfix.null_client
'''

EXAMPLES = r'''
- name: Make sure that mail arrives
  nullmail.postfix.null_client_test:
    recipient: admin@example.com
'''

RETURN = r'''
report:
  description: What became of the message.
  returned: where a message was sent
  type: dict
  sample: {queue-id: 4C5D61F2, recipient: admin@example.com, state: sent, dsn: 2.0.0}
error:
  description: The C(domain), the C(code) and, where there is one, the C(remedy) of an error.
  returned: where the library refuses
  type: dict
'''

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.nullmail.postfix.plugins.module_utils.nullmail import (
    fail_with, is_error, load_library)
from ansible_collections.nullmail.postfix.plugins.module_utils.settings import find_problem

MAX_TIMEOUT = 86400  # a day; the command has the same
OUTCOMES = ['bounced', 'deferred', 'queued']
COUNTS_AS = {'expired': 'bounced', 'unknown': 'queued'}


def describe_failure(Nullmail, report):
    state, reply = report.get_state().value_nick, report.get_reply() or report.get_detail()
    remedy = Nullmail.DelayCause.get_remedy(report.get_cause(), reply or '')
    text = 'The test message to %s was not delivered, it is %s' % (report.get_recipient(), state)
    return '. '.join(part for part in (text + (': ' + reply if reply else ''), remedy) if part)


def find_message_problem(params):
    """Why a message cannot be sent as it is meant, or None."""
    if not 1 <= params['timeout'] <= MAX_TIMEOUT:
        return 'timeout is %d: give at least 1 and at most %d seconds' % (
            params['timeout'], MAX_TIMEOUT)
    problems = [find_problem(name, params[name]) for name in ('recipient', 'sender')]
    return next((problem for problem in problems if problem), None)


def skip(module, instance, GLib):
    """A call that is cancelled beforehand sends nothing, and refuses what is not an address."""
    from gi.repository import Gio
    cancellable = Gio.Cancellable()
    cancellable.cancel()
    try:
        instance.send_test(module.params['recipient'], module.params['sender'], 0, cancellable)
    except GLib.Error as error:
        if is_error(error, 'INVALID_ARGUMENT'):
            fail_with(module, error)
    module.exit_json(changed=False, skipped=True, msg='No test message is sent in check mode')


def main():
    module = AnsibleModule(
        argument_spec=dict(config_directory=dict(type='path', default='/etc/postfix'),
                           recipient=dict(type='str', required=True),
                           sender=dict(type='str'),
                           timeout=dict(type='int', default=30),
                           fail_on=dict(type='list', elements='str', choices=OUTCOMES,
                                        default=OUTCOMES)),
        supports_check_mode=True)
    params = module.params
    problem = find_message_problem(params)
    if problem is not None:
        module.fail_json(msg=problem)
    Nullmail, GLib = load_library(module)
    instance = Nullmail.PostfixInstance(config_directory=params['config_directory'])
    if module.check_mode:
        skip(module, instance, GLib)
    try:
        report = instance.send_test(params['recipient'], params['sender'], params['timeout'] * 1000)
    except GLib.Error as error:
        fail_with(module, error)
    state = report.get_state().value_nick
    facts = dict(changed=False, report=report.to_variant().unpack())
    if COUNTS_AS.get(state, state) in params['fail_on']:
        module.fail_json(msg=describe_failure(Nullmail, report), **facts)
    module.exit_json(**facts)


if __name__ == '__main__':
    main()
