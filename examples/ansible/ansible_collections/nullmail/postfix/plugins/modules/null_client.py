#!/usr/bin/python
# -*- coding: utf-8 -*-
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r'''
---
module: null_client
short_description: Have Postfix hand all mail to a relay
version_added: 1.0.0
description:
  - Makes the host a null client, which hands all of its mail to a relay and accepts none itself.
  - The settings, the password and its table are put in place in one commit, and Postfix is
    reloaded, restarted or started as far as that needs it. A run that is interrupted leaves the old
    state or the new one.
  - The same task again changes nothing.
  - What would bring a fault in, such as a password over a channel without encryption, is refused
    before anything is written, unless I(force=true).
extends_documentation_fragment:
  - nullmail.postfix.instance
attributes:
  check_mode:
    description: Can run in check mode and return what would change, without changing it.
    support: full
    details:
      - It plans what the real run would put in place, and fails where that would fail.
  diff_mode:
    description: Returns what has changed, or would change in check mode.
    support: full
    details:
      - Passwords are masked. One that is replaced is marked as changed.
options:
  state:
    description:
      - C(present) makes the host the null client that the options describe.
      - C(absent) goes back to what was there before the library's first change, parameter by
        parameter, so that later changes of other parameters stay. A stopped Postfix is not started.
    type: str
    choices: [present, absent]
    default: present
  state_directory:
    description:
      - Where the library keeps what it needs to take its changes back.
    type: path
    default: /var/lib/nullmail
  keep_other_settings:
    description:
      - What an option means that is not given.
      - With C(false) it is the default of a fresh null client, which listens on loopback only,
        relays for this host only, and delivers nothing locally. With C(true) it is what main.cf
        says now.
      - I(hostname), I(domain), I(protocols), I(tls_client_certificate), I(sender_address) and
        I(root_address) are kept in both cases. I(unset) removes them.
    type: bool
    default: false
  relay_host:
    description:
      - The relay, for example C([smtp.example.com]:587). In brackets no MX record is looked up.
      - Required with I(state=present), unless I(keep_other_settings=true).
    type: str
  hostname:
    description: This host's name, as C(myhostname) has it.
    type: str
  domain:
    description: This host's domain, as C(mydomain) has it.
    type: str
  origin:
    description: The domain that mail of local senders comes from. A fresh null client has its own.
    type: str
  sender_address:
    description: The one address that every local sender gets, in the envelope and in C(From).
    type: str
  root_address:
    description: Who gets the mail of root.
    type: str
  interfaces:
    description: Where to listen. A fresh null client has C(loopback-only).
    type: list
    elements: str
  networks:
    description: Whom to relay for. A fresh null client relays for this host.
    type: list
    elements: str
  destinations:
    description: The domains that are delivered here. A fresh null client has none.
    type: list
    elements: str
  protocols:
    description: The protocols of the Internet that are used.
    type: str
    choices: [all, ipv4, ipv6]
  tls_level:
    description:
      - What is asked of the channel to the relay.
      - Not given, it is C(secure) with a login or on the ports 587 and 465, else C(may).
    type: str
    choices: [none, may, encrypt, dane, dane-only, fingerprint, verify, secure]
  tls_wrapper:
    description: TLS from the first byte on. Not given, it is that on port 465.
    type: bool
  tls_ca_file:
    description: The certificates of the authorities to trust. Not given, those of the system.
    type: path
  tls_client_certificate:
    description: A file with the key of this client, and behind it its certificates.
    type: path
  authentication:
    description: Log in at the relay. It is C(true) where I(relay_user) is given.
    type: bool
  password_maps:
    description: The table with the passwords, for example C(lmdb:/etc/postfix/sasl_passwd).
    type: str
  sasl_security_options:
    description: What is asked of a login on the weakest channel that I(tls_level) allows.
    type: list
    elements: str
  sasl_mechanisms:
    description: The mechanisms by which a login is tried, for example C(xoauth2) for a token.
    type: list
    elements: str
  unset:
    description:
      - Names of options from I(hostname) to I(sasl_mechanisms) whose parameter is removed, so that
        the default of Postfix holds.
    type: list
    elements: str
    default: []
  parameters:
    description:
      - Any other parameters of main.cf. A boolean is written as C(yes) or C(no), a list joined with
        blanks, and a null has the parameter removed.
      - A parameter that an option stands for is refused. A name that is dropped from here later
        keeps its value.
    type: dict
    default: {}
  relay_user:
    description:
      - The name to log in with. It needs I(relay_password), or a password that is there already for
        just this relay and user.
    type: str
  relay_password:
    description: The password, or the token, of I(relay_user).
    type: str
  update_password:
    description:
      - With C(on_create) a password that the relay's user has already stays.
    type: str
    choices: [always, on_create]
    default: always
  drop_other_credentials:
    description: Drop every entry of the password file but the one of this relay.
    type: bool
    default: false
  probe:
    description:
      - Ask the relay first, with the settings and the login that would be used, and write nothing
        if it refuses. No mail is sent. Where no file would change it is not asked.
    type: bool
    default: false
  probe_in_check_mode:
    description: Ask the relay in check mode too, where I(probe=true). Its refusal fails the task.
    type: bool
    default: false
  started:
    description: Start Postfix if it is stopped. With C(false) it stays stopped.
    type: bool
    default: true
  enabled:
    description:
      - Whether Postfix starts at boot. Where nothing starts services C(true) is refused.
    type: bool
  activate:
    description:
      - With C(false) the files are written and the service is left alone, as for an image.
      - It then fails where a Postfix that runs would have to be stopped.
    type: bool
    default: true
  force:
    description: Accept findings of the severity error that the settings bring in.
    type: bool
    default: false
  overwrite:
    description: With I(state=absent) take back also what somebody else has changed since.
    type: bool
    default: false
seealso:
  - module: nullmail.postfix.null_client_info
  - module: nullmail.postfix.null_client_test
'''

EXAMPLES = r'''
- name: Hand all mail to a relay that knows this host by its address
  nullmail.postfix.null_client:
    relay_host: '[smtp.example.com]'
    origin: example.com

- name: Hand all mail to a relay that wants a password, and try that first
  nullmail.postfix.null_client:
    relay_host: '[smtp.example.com]:587'
    origin: example.com
    relay_user: host7
    relay_password: '{{ vault_relay_password }}'
    probe: true

- name: Change one more parameter, and leave everything else as it is
  nullmail.postfix.null_client:
    keep_other_settings: true
    parameters:
      message_size_limit: 20480000

- name: Go back to what was there before
  nullmail.postfix.null_client:
    state: absent
'''

RETURN = r'''
changes:
  description: What changes, or would change in check mode. No password is in it.
  returned: success
  type: list
  elements: dict
  sample:
    - kind: parameter
      new-value: '[smtp.example.com]:587'
      path: /etc/postfix/main.cf
      subject: relayhost
activation:
  description: What makes a running Postfix use it, C(none), C(reload) or C(restart).
  returned: success
  type: str
  sample: reload
findings:
  description: What is wrong or worth knowing behind it. On failure, what stood in the way.
  returned: success, and where a finding is why it failed
  type: list
  elements: dict
  sample: []
service:
  description: The state of the service behind it, in words such as C(running) and C(enabled).
  returned: success
  type: list
  elements: str
  sample: [running]
probe:
  description: What the relay answered.
  returned: where it was asked
  type: dict
version:
  description: The versions of C(library) and C(postfix).
  returned: success
  type: dict
  sample: {library: 1.0.0, postfix: 3.7.11}
error:
  description: The C(domain), the C(code) and, where there is one, the C(remedy) of an error.
  returned: where the library refuses
  type: dict
  sample: {code: invalid-relay-host, domain: nullmail-error-quark}
'''

import os

from ansible.module_utils.basic import AnsibleModule, _load_params
from ansible_collections.nullmail.postfix.plugins.module_utils.nullmail import (
    fail_with, find_password_problem, is_error, list_nicks, list_versions, load_library,
    make_credentials, take_password)
from ansible_collections.nullmail.postfix.plugins.module_utils.settings import (
    assign, find_problems, settings_spec)

N_PLANS = 4  # the first one, and three more where another writer came in between


def argument_spec():
    spec = settings_spec()
    spec.update((name, dict(type='bool', default=name in ('started', 'activate')))
                for name in ('keep_other_settings', 'drop_other_credentials', 'probe',
                             'probe_in_check_mode', 'started', 'activate', 'force', 'overwrite'))
    spec.update(
        state=dict(type='str', choices=['present', 'absent'], default='present'),
        config_directory=dict(type='path', default='/etc/postfix'),
        state_directory=dict(type='path', default='/var/lib/nullmail'),
        unset=dict(type='list', elements='str', default=[]),
        parameters=dict(type='dict', default={}),
        relay_user=dict(type='str'),
        relay_password=dict(type='str', no_log=True),
        update_password=dict(type='str', choices=['always', 'on_create'], default='always',
                             no_log=False),
        enabled=dict(type='bool'))
    return spec


class NullClient(object):
    def __init__(self, module):
        self.module, self.params = module, module.params
        self.password = take_password(module, 'relay_password')
        self.Nullmail, self.GLib = load_library(module)
        self.instance = self.Nullmail.PostfixInstance(
            config_directory=self.params['config_directory'],
            state_directory=self.params['state_directory'])
        self.flags = self.choose_flags()
        self.plan, self.was_superseded = None, False
        self.result = dict(changed=False, changes=[], activation='none', findings=[], service=[])

    def choose_flags(self):
        params, Flags = self.params, self.Nullmail.ApplyFlags
        is_present = params['state'] == 'present'
        wanted = dict(START=params['started'] and params['activate'] and is_present,
                      NO_ACTIVATE=not params['activate'], ENABLE=params['enabled'],
                      FORCE=params['force'], OVERWRITE=params['overwrite'] and not is_present)
        flags = Flags.NONE
        for name in wanted:
            flags |= getattr(Flags, name) if wanted[name] else Flags.NONE
        return flags

    def check_options(self):
        params, problem = self.params, find_problems(self.params)
        twice = [name for name in params['unset'] if params.get(name.replace('-', '_')) is not None]
        if os.geteuid() != 0:
            problem = 'Only root may change Postfix, and see all that a check needs: become root'
        elif params['state'] == 'absent':
            return
        elif params['relay_host'] is None and not params['keep_other_settings']:
            problem = 'relay_host is missing: give it, or keep_other_settings for the present one'
        elif params['relay_user'] is not None and params['authentication'] is False:
            problem = 'relay_user logs in, and authentication is false: leave one of them out'
        elif twice:
            problem = '%s is given, and in unset as well: leave one of them out' % ', '.join(twice)
        if problem is not None:
            self.module.fail_json(msg=problem)

    def make_credentials(self, config):
        """The login to be written; None where there is none, or where it stays what it is."""
        user, relay_host = self.params['relay_user'], config.get_relay_host()
        if user is None or relay_host is None:
            return None  # a missing relay is for the plan to refuse
        if self.password is None or self.params['update_password'] == 'on_create':
            stored = self.instance.get_sasl_passwd_store().lookup(relay_host)
            if stored is not None and stored.get_username() == user:
                return None
        if self.password is None:
            self.module.fail_json(msg='There is no password of %s for %s yet: give relay_password'
                                  % (user, relay_host.to_string()))
        return make_credentials(self.Nullmail, relay_host, user, self.password)

    def make_plan(self):
        if self.params['state'] == 'absent':
            return self.instance.plan_restore()
        config = (self.instance.load_config() if self.params['keep_other_settings']
                  else self.Nullmail.NullClientConfig.new())
        assign(config, self.params, self.GLib.Variant)
        Flags = self.Nullmail.PlanFlags
        return self.instance.plan(config, self.make_credentials(config), (
            Flags.DROP_OTHER_CREDENTIALS if self.params['drop_other_credentials'] else Flags.NONE))

    def check_stop(self):
        """To the library FORCE means that a Postfix which should be stopped meanwhile may go on."""
        State = self.Nullmail.ServiceState
        if (self.params['force'] and not self.params['activate']
                and any(finding.get_code() == self.Nullmail.FindingCode.POSTFIX_STOPPED
                        for finding in self.plan.get_findings())
                and self.instance.query_service() & (State.RUNNING | State.UNKNOWN)):
            self.module.fail_json(
                msg='The relay loses its password, for which a Postfix that runs has to be stopped '
                    'meanwhile: leave activate=false out, or stop Postfix first')

    def probe_relay(self):
        if (not self.params['probe'] or self.params['state'] == 'absent' or self.plan.is_empty()
                or (self.module.check_mode and not self.params['probe_in_check_mode'])):
            return
        report = self.plan.create_probe().run()
        self.result['probe'] = report.to_variant().unpack()
        if not report.is_ok():
            self.module.fail_json(msg='%s %s' % (report.get_message(), report.get_remedy()),
                                  probe=self.result['probe'])

    def run_once(self):
        self.plan = self.make_plan()
        self.check_stop()
        self.result['changed'] |= self.plan.will_change(self.flags)[1]
        self.probe_relay()
        if not self.module.check_mode:  # an empty plan removes what a killed run has left
            self.instance.apply(self.plan, self.flags)

    def run(self):
        self.check_options()
        for n_left in reversed(range(N_PLANS)):
            try:
                self.run_once()
                break
            except self.GLib.Error as error:
                if is_error(error, 'NOTHING_TO_UNDO'):
                    break
                if n_left == 0 or not is_error(error, 'CONFLICT', 'BUSY', 'SUPERSEDED'):
                    raise
                # What was committed then may be in force, although somebody wrote at once.
                self.was_superseded |= is_error(error, 'SUPERSEDED')
                self.result['changed'] = self.was_superseded
        self.report_service()
        self.report_plan()

    def report_service(self):
        """What the service is now, or would be; and whether it starts at boot, if that is asked and
        apply() has not seen to it, which only enables, and is not called with nothing to undo."""
        flags, Flags, check_mode = self.flags, self.Nullmail.ApplyFlags, self.module.check_mode
        enabled = self.params['enabled']
        is_left = enabled is False or (enabled and self.plan is None)
        if not self.params['activate'] and not is_left:
            return
        words = set(list_nicks(self.instance.query_service()))
        if is_left and enabled != ('enabled' in words):
            self.result['changed'] = True
            if not check_mode:
                self.instance.set_enabled(enabled)
            words ^= set(['enabled'])
        if check_mode and 'absent' not in words:
            words.update(['enabled'] if flags & Flags.ENABLE else [])
            if flags & Flags.START:
                words = words.union(['running']).difference(['failed'])
        self.result['service'] = sorted(words) if self.params['activate'] else []

    def report_plan(self):
        self.result['version'] = list_versions(self.Nullmail, self.instance)
        texts = []
        if self.plan is not None:
            shown = self.plan.to_variant().unpack()
            self.result.update((key, shown[key]) for key in ('changes', 'activation', 'findings'))
            texts = self.plan.to_texts().unpack()
            for finding in self.plan.get_new_findings():
                if finding.get_severity() >= self.Nullmail.Severity.WARNING:
                    self.module.warn('%s %s' % (finding.get_message(), finding.get_remedy()))
        if self.module._diff:
            self.result['diff'] = [dict(before=text.get('before', ''), after=text.get('after', ''),
                                        before_header=text['path'], after_header=text['path'])
                                   for text in texts]


def main():
    module = AnsibleModule(argument_spec=argument_spec(), supports_check_mode=True,
                           required_by={'relay_password': ['relay_user']})
    problem = find_password_problem('relay_password', _load_params().get('relay_password'))
    if problem is not None:
        module.fail_json(msg=problem)
    client = NullClient(module)
    try:
        client.run()
    except client.GLib.Error as error:
        fail_with(module, error, client.plan)
    module.exit_json(**client.result)


if __name__ == '__main__':
    main()
