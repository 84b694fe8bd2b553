# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

import json
import os
import subprocess
import sys

from gi.repository import Gio, GLib, GObject, Nullmail

from program import need_root
from stand_ins import (Error, FORCE, Folder, LIMIT_S, MAIN_CF, OTHER, RELAY, SECRET, credentials,
                       password_of, relay_host, OVERWRITE)


class Instance(Folder):
    def test_new_does_nothing(self):
        postfix = Nullmail.PostfixInstance.new('/no/such/folder')
        self.assertEqual(postfix.get_config_directory(), '/no/such/folder')
        self.assertEqual(Nullmail.PostfixInstance.new(None).get_config_directory(), '/etc/postfix')
        self.assertEqual(Nullmail.PostfixInstance.new().get_state_directory(), '/var/lib/nullmail')
        self.assertIsNone(postfix.get_command_directory())
        self.assertEqual(postfix.get_service_control(), Nullmail.ServiceControl.AUTO)

    def test_properties(self):
        for name, value in (('config-directory', self.etc), ('command-directory', self.commands),
                            ('state-directory', os.path.join(self.folder, 'state')),
                            ('service-control', Nullmail.ServiceControl.DISABLED)):
            self.assertEqual(self.postfix.get_property(name), value)
            self.assertEqual(getattr(self.postfix, 'get_' + name.replace('-', '_'))(), value)
            flags = self.postfix.find_property(name).flags
            self.assertTrue(flags & GObject.ParamFlags.CONSTRUCT_ONLY)
        for name in ('version', 'map-types', 'default-map-type', 'queue-directory', 'can-undo'):
            self.assertFalse(self.postfix.find_property(name).flags & GObject.ParamFlags.WRITABLE)

    def test_inspect(self):
        self.assertIsNone(self.postfix.props.version)
        self.assertEqual(self.postfix.props.map_types, [])
        self.assertEqual(self.postfix.get_map_types(), [])
        self.assertIsNone(self.postfix.get_default_map_type())
        self.assertTrue(self.postfix.inspect())
        self.assertEqual(self.postfix.props.version, '3.7.11')
        self.assertEqual(self.postfix.get_map_types(), ['hash', 'inline', 'texthash'])
        self.assertEqual(self.postfix.props.default_map_type, 'texthash')
        self.assertEqual(self.postfix.get_queue_directory(), '/var/spool/postfix')
        self.assertFalse(self.postfix.get_can_undo())

    def test_inspect_async(self):
        self.assertIs(self.run_async(self.postfix, 'inspect'), True)
        self.assertEqual(self.postfix.get_version(), '3.7.11')

    def test_getters_outlive_a_second_look(self):
        self.postfix.inspect()
        version = self.postfix.get_version()
        self.run_async(self.postfix, 'inspect')
        self.assertEqual(version, self.postfix.get_version())

    def test_defaults(self):
        self.assertEqual(self.postfix.get_defaults()['mydomain'], 'localdomain')
        self.assertEqual(self.run_async(self.postfix, 'get_defaults')['relayhost'], '')

    def test_lookup_parameters(self):
        names = ['myhostname', 'relayhost']
        expected = {'myhostname': 'host.example.com', 'relayhost': ''}
        self.assertEqual(self.postfix.lookup_parameters(names), expected)
        self.assertEqual(self.run_async(self.postfix, 'lookup_parameters', names), expected)
        self.assertEqual(self.postfix.lookup_parameters([])['myhostname'], 'host.example.com')
        self.assert_fails(Error.NOT_FOUND, self.postfix.lookup_parameters, ['myhostname', 'nosuch'])

    def test_load(self):
        self.assertEqual(self.postfix.load_main_cf().to_bytes().get_data().decode(), MAIN_CF)
        config = self.postfix.load_config()
        self.assertEqual(config.get_hostname(), 'host.example.com')
        self.assertEqual(config.get_state('hostname'), Nullmail.SettingState.LOADED)
        os.unlink(self.main_cf)
        self.assert_fails(Error.NOT_FOUND, self.postfix.load_main_cf)
        self.assert_fails(Error.NOT_FOUND, self.postfix.load_config)

    def test_store_of_instance(self):
        store = self.postfix.get_sasl_passwd_store()
        self.assertEqual((store.get_path(), store.get_map_type()), (self.sasl_passwd, 'texthash'))
        self.assertEqual(store.get_command_directory(), self.commands)
        for value, path, map_type in (('hash:/x/y', '/x/y', 'hash'),
                                      ('lmdb:/x/z', '/x/z', 'texthash'),
                                      ('ldap:/x, texthash:$config_directory/p', self.etc + '/p',
                                       'texthash')):
            self.write(self.main_cf, f'smtp_sasl_password_maps = {value}\n')
            store = self.postfix.get_sasl_passwd_store()
            self.assertEqual((store.props.path, store.props.map_type), (path, map_type))

    def test_check(self):
        self.append(f'relayhost = {RELAY}\nrelayhost = {RELAY}\n')
        for findings in (self.postfix.check(), self.run_async(self.postfix, 'check')):
            self.assertIsInstance(findings, list)
            finding, = [f for f in findings
                        if f.get_code() == Nullmail.FindingCode.DUPLICATE_PARAMETER]
            self.assertEqual(finding.get_severity(), Nullmail.Severity.WARNING)
            self.assertEqual(finding.get_path(), self.main_cf)
            self.assertEqual(finding.get_parameter(), 'relayhost')
            self.assertGreater(finding.get_line(), 0)
            self.assertRegex(finding.get_message(), r'\S\.$')
            self.assertRegex(finding.get_remedy(), r'\S\.$')
            self.assertIsNone(finding.get_suggestion())
            self.assertTrue(finding.equal(finding))
            unpacked = finding.to_variant().unpack()
            self.assertEqual(unpacked['code'], 'duplicate-parameter')
            self.assertEqual(unpacked['severity'], 'warning')
            self.assertEqual(unpacked['parameter'], 'relayhost')
            self.assertNotIn('suggestion', unpacked)
            json.dumps(unpacked)
            main_cf = self.postfix.load_main_cf()
            self.assertTrue(finding.fix(main_cf))
            self.assertEqual(main_cf.list_duplicates(), [])
            self.assertFalse(finding.fix(main_cf))
        severities = [int(finding.get_severity()) for finding in self.postfix.check()]
        self.assertEqual(severities, sorted(severities, reverse=True))

    def test_service(self):
        state = self.postfix.query_service()
        self.assertEqual(state, Nullmail.ServiceState.ABSENT)
        self.assertEqual(int(state), 32)
        self.assertEqual(self.run_async(self.postfix, 'query_service'), state)
        self.assertTrue(self.postfix.activate(Nullmail.Activation.RELOAD))
        self.assertTrue(self.run_async(self.postfix, 'activate', Nullmail.Activation.START))
        self.assertFalse(os.path.exists(os.path.join(self.commands, 'log')))
        self.assertEqual(self.run_async(self.postfix, 'query_service'), state)

    def test_start_of_one_that_runs(self):
        """“postfix start” fails then, although all is as it was asked for."""
        need_root()
        self.write(os.path.join(self.commands, 'postfix'), '''#!/bin/sh
for command; do :; done
echo "$command" >>"$(dirname "$0")/log"
case "$command" in
status) [ -e "$(dirname "$0")/running" ] ;;
start) [ ! -e "$(dirname "$0")/running" ] || { echo "already running" >&2; exit 1; } ;;
*) exit 0
esac''')
        running = os.path.join(self.commands, 'running')
        postfix = self.new_instance(service_control=Nullmail.ServiceControl.COMMAND)
        self.write(running, '')
        self.assertTrue(postfix.activate(Nullmail.Activation.START))
        self.assertTrue(self.run_async(postfix, 'activate', Nullmail.Activation.START))
        os.unlink(running)  # and now it says that it has started, and is dead
        self.assert_fails(Error.ACTIVATION, postfix.activate, Nullmail.Activation.START)

    def test_stop(self):
        """To stop one that does not run succeeds, although “postfix stop” fails then."""
        need_root()
        running = os.path.join(self.commands, 'running')
        postfix = self.new_instance(service_control=Nullmail.ServiceControl.COMMAND)
        self.write(running, '')
        self.assertTrue(postfix.activate(Nullmail.Activation.STOP))
        self.assertFalse(os.path.exists(running))
        self.write(os.path.join(self.commands, 'postfix'), '#!/bin/sh\nexit 1\n')
        self.assertTrue(postfix.activate(Nullmail.Activation.STOP))
        self.assertTrue(self.run_async(postfix, 'activate', Nullmail.Activation.STOP))
        self.assertTrue(self.postfix.activate(Nullmail.Activation.STOP))  # there is no service

    def test_directory_that_is_mistyped(self):
        for control in (Nullmail.ServiceControl.AUTO, Nullmail.ServiceControl.COMMAND):
            postfix = self.new_instance(service_control=control,
                                        config_directory=self.etc + 'typo')
            for activation in ('RELOAD', 'RESTART', 'START', 'STOP'):
                self.assert_fails(Error.NOT_FOUND, postfix.activate,
                                  getattr(Nullmail.Activation, activation))
        self.assertTrue(self.new_instance(service_control=Nullmail.ServiceControl.AUTO)
                        .activate(Nullmail.Activation.RELOAD))  # an image has no master.cf

    def test_enable_where_nothing_does_that(self):
        """It was ignored in silence."""
        enable = Nullmail.ApplyFlags.ENABLE
        for control in (Nullmail.ServiceControl.DISABLED, Nullmail.ServiceControl.COMMAND):
            postfix = self.new_instance(service_control=control)
            plan = postfix.plan(self.config(), None, 0)
            for flags in (enable, enable | FORCE | Nullmail.ApplyFlags.START,
                          enable | Nullmail.ApplyFlags.NO_ACTIVATE):
                self.assert_fails(Error.FAILED, postfix.apply, plan, flags)
            self.assertEqual((self.read(), os.listdir(self.etc)), (MAIN_CF, ['main.cf']))
            self.assertFalse(os.path.exists(os.path.join(self.commands, 'log')))

    def test_service_by_command(self):
        need_root()  # others cannot ask for the state of the service
        postfix = self.new_instance(service_control=Nullmail.ServiceControl.COMMAND)
        self.assertEqual(postfix.query_service(), Nullmail.ServiceState.NONE)
        postfix.activate(Nullmail.Activation.START)
        self.assertTrue(postfix.query_service() & Nullmail.ServiceState.RUNNING)
        self.assertTrue(self.run_async(postfix, 'query_service') & Nullmail.ServiceState.RUNNING)
        os.unlink(os.path.join(self.commands, 'log'))
        plan = postfix.plan(self.config(), None, 0)
        postfix.apply(plan, FORCE)
        words = self.read(os.path.join(self.commands, 'log')).split()
        self.assertEqual([word for word in words if word != 'status'], ['reload'])


class Plans(Folder):
    def test_plan(self):
        plan = self.postfix.plan(self.config(), None, 0)
        self.assertFalse(plan.is_empty())
        self.assertEqual(plan.get_activation(), Nullmail.Activation.RELOAD)
        self.assertEqual(plan.props.activation, Nullmail.Activation.RELOAD)
        self.assertEqual(self.read(), MAIN_CF)
        changes = plan.get_changes()
        self.assertIsInstance(changes, list)
        keys = [(change.get_path(), change.get_subject()) for change in changes]
        self.assertEqual(keys, sorted(keys))
        change, = [change for change in changes if change.get_subject() == 'relayhost']
        self.assertEqual(change.get_kind(), Nullmail.ChangeKind.PARAMETER)
        self.assertEqual(change.get_path(), self.main_cf)
        self.assertIsNone(change.get_old_value())
        self.assertEqual(change.get_new_value(), RELAY)
        self.assertEqual(change.to_variant().unpack(),
                         {'kind': 'parameter', 'path': self.main_cf, 'subject': 'relayhost',
                          'new-value': RELAY})
        self.assertTrue(change.equal(change))
        self.assertFalse(change.equal(changes[0]) and change.equal(changes[-1]))
        self.assertIsInstance(plan.get_findings(), list)
        self.assertEqual(plan.get_main_cf().get_value('relayhost'), RELAY)
        plan.get_main_cf().set_value('relayhost', 'changed')  # a copy
        self.assertEqual(plan.get_main_cf().get_value('relayhost'), RELAY)
        self.assertTrue(self.postfix.apply(plan, FORCE))
        self.assertEqual(self.read(), plan.get_main_cf().to_bytes().get_data().decode())

    def test_restart_for_interfaces(self):
        plan = self.edit('inet_interfaces', 'all')
        self.assertEqual(plan.get_activation(), Nullmail.Activation.RESTART)

    def test_diff(self):
        plan = self.edit('myhostname', 'other.example.com')
        self.assertEqual(plan.to_diff(),
                         f'--- {self.main_cf}\n+++ {self.main_cf}\n@@ -1,4 +1,4 @@\n'
                         ' # A comment.\n-myhostname = host.example.com\n'
                         '+myhostname = other.example.com\n \n inet_interfaces = loopback-only\n')
        unpacked = plan.to_variant().unpack()
        self.assertEqual(set(unpacked), {'changes', 'activation', 'diff', 'findings'})
        self.assertEqual(unpacked['activation'], 'reload')
        self.assertEqual(unpacked['diff'], plan.to_diff())
        json.dumps(unpacked)

    def test_empty_plan(self):
        plan = self.postfix.plan(self.postfix.load_config(), None, 0)
        self.assertTrue(plan.is_empty())
        self.assertEqual(plan.to_diff(), '')
        self.assertEqual(plan.get_changes(), [])
        self.assertEqual(plan.get_activation(), Nullmail.Activation.NONE)
        before = os.stat(self.main_cf)
        for _ in range(2):
            self.assertTrue(self.postfix.apply(plan, 0))
        self.assertEqual(os.stat(self.main_cf).st_mtime_ns, before.st_mtime_ns)
        self.assertFalse(os.path.exists(os.path.join(self.folder, 'state')))

    def test_same_configuration_again(self):
        config = self.config(authentication=True)
        for n in range(3):
            plan = self.postfix.plan(config, credentials(), 0)
            self.assertEqual(plan.is_empty(), n > 0)
            self.postfix.apply(plan, FORCE)
        self.assertTrue(self.postfix.plan(self.postfix.load_config(), None, 0).is_empty())
        self.assertTrue(self.new_instance().plan(config, credentials(), 0).is_empty())

    def test_password_is_masked(self):
        plan = self.postfix.plan(self.config(authentication=True), credentials(), 0)
        self.assert_masked(plan, f'+{RELAY} host7:********\n')
        self.postfix.apply(plan, FORCE)
        self.assertEqual(self.read(self.sasl_passwd), f'{RELAY} host7:{SECRET}\n')
        login = credentials(password='new' + SECRET)
        plan = self.postfix.plan(self.postfix.load_config(), login, 0)
        self.assert_masked(plan, f'-{RELAY} host7:********\n+{RELAY} host7:******** (changed)\n')
        change, = [c for c in plan.get_changes()
                   if c.get_kind() == Nullmail.ChangeKind.CREDENTIALS]
        self.assertEqual((change.get_path(), change.get_subject()), (self.sasl_passwd, RELAY))
        plan = self.postfix.plan(self.postfix.load_config(), credentials(user='host8'), 0)
        self.assert_masked(plan, f'-{RELAY} host7:********\n+{RELAY} host8:********')

    def assert_masked(self, plan, text):
        self.assertIn(text, plan.to_diff())
        everything = plan.to_diff() + plan.to_variant().print_(True)
        for value in (*plan.get_changes(), *plan.get_findings()):
            everything += value.to_variant().print_(True)
        for change in plan.get_changes():
            everything += f'{change.get_old_value()} {change.get_new_value()}'
        self.assertNotIn(SECRET, everything)

    def test_plan_main_cf(self):
        main_cf = self.postfix.load_main_cf()
        main_cf.set_value('relayhost', RELAY)
        main_cf.set_value('smtp_sasl_auth_enable', 'yes')
        main_cf.set_value('smtp_sasl_password_maps', f'texthash:{self.sasl_passwd}')
        main_cf.set_value('message_size_limit', '1000')
        plan = self.postfix.plan_main_cf(main_cf, credentials(), 0)
        self.postfix.apply(plan, FORCE)
        self.assertIn('message_size_limit = 1000\n', self.read())
        self.assertEqual(self.read(self.sasl_passwd), f'{RELAY} host7:{SECRET}\n')
        self.assert_fails(Error.CONFLICT, self.postfix.plan_main_cf, main_cf, None, 0)

    def test_main_cf_is_created(self):
        os.unlink(self.main_cf)
        main_cf = Nullmail.MainCf.new()
        main_cf.set_value('mydomain', 'example.org')
        plan = self.postfix.plan_main_cf(main_cf, None, 0)
        self.assertIn('--- /dev/null\n', plan.to_diff())
        self.postfix.apply(plan, 0)
        self.assertEqual(self.read(), 'mydomain = example.org\n')

    def test_loaded_configuration_reverts_nothing(self):
        """One property was changed, and meanwhile others by somebody else: both stay."""
        self.apply(self.config())
        config = self.postfix.load_config()
        self.write(self.main_cf, self.read().replace('loopback-only', '192.0.2.1')
                   .replace('host.example.com', 'renamed.example.com') + 'mydomain = theirs.org\n')
        config.set_relay_host(relay_host(OTHER))
        plan = self.postfix.plan(config, None, 0)
        self.assertEqual([c.get_subject() for c in plan.get_changes()], ['relayhost'])
        self.postfix.apply(plan, FORCE)
        text = self.read()
        for line in (f'relayhost = {OTHER}\n', 'inet_interfaces = 192.0.2.1\n',
                     'myhostname = renamed.example.com\n', 'mydomain = theirs.org\n'):
            self.assertIn(line, text)

    def test_conflict(self):
        plan = self.edit('mydomain', 'example.org')
        self.append('# somebody else\n')
        self.assert_fails(Error.CONFLICT, self.postfix.apply, plan, 0)
        self.assert_fails(Error.CONFLICT, self.postfix.apply, plan, FORCE)
        self.assertEqual(self.read(), MAIN_CF + '# somebody else\n')
        self.postfix.apply(self.edit('mydomain', 'example.org'), 0)
        applied = self.edit('mydomain', 'example.com')
        self.postfix.apply(applied, 0)
        self.assert_fails(Error.CONFLICT, self.postfix.apply, applied, FORCE)

    def test_unsafe_and_force(self):
        config = self.config(authentication=True, tls_level=Nullmail.TlsLevel.NONE)
        plan = self.postfix.plan(config, credentials(), 0)
        self.assertIn(Nullmail.FindingCode.TLS_OPPORTUNISTIC_WITH_AUTH,
                      [finding.get_code() for finding in plan.get_findings()])
        self.assert_fails(Error.UNSAFE, self.postfix.apply, plan, 0)
        self.assertEqual(self.read(), MAIN_CF)
        self.assertFalse(os.path.exists(self.sasl_passwd))
        self.postfix.apply(plan, FORCE)

    def test_stale_modes_are_mended(self):
        self.set_up_login()
        os.chmod(self.sasl_passwd, 0o644)
        plan = self.postfix.plan(self.postfix.load_config(), None, 0)
        change, = plan.get_changes()
        self.assertEqual((change.get_kind(), change.get_path()),
                         (Nullmail.ChangeKind.MODE, self.sasl_passwd))
        self.assertRegex(change.get_old_value(), '644$')
        self.assertRegex(change.get_new_value(), '600$')
        self.postfix.apply(plan, FORCE)
        self.assertEqual(os.stat(self.sasl_passwd).st_mode & 0o777, 0o600)

    def test_drop_other_credentials(self):
        self.set_up_login()
        self.write(self.sasl_passwd, '# c\n[a.example] a:b\n' + self.read(self.sasl_passwd)
                   + '[b.example] c:d\n')
        plan = self.postfix.plan(self.postfix.load_config(), None,
                                 Nullmail.PlanFlags.DROP_OTHER_CREDENTIALS)
        self.assertEqual([c.get_subject() for c in plan.get_changes()
                          if c.get_kind() == Nullmail.ChangeKind.CREDENTIALS],
                         ['[a.example]', '[b.example]'])
        self.postfix.apply(plan, FORCE)
        self.assertEqual(self.read(self.sasl_passwd), f'# c\n{RELAY} host7:{SECRET}\n')

    def test_old_relay_stays_for_one_generation(self):
        self.set_up_login()
        self.set_up_login(OTHER)
        self.assertIn(f'{RELAY} ', self.read(self.sasl_passwd))
        self.postfix.apply(self.edit('mydomain', 'example.org'), FORCE)
        self.assertEqual(self.read(self.sasl_passwd), f'{OTHER} host7:{SECRET}\n')

    def test_other_brackets(self):
        """The entry goes along; one that cannot be a login any more is left as it is."""
        bare = 'smtp.example.com:587'
        self.set_up_login(bare)
        self.apply(self.config(authentication=True))
        self.assertIn(f'{RELAY} host7:{SECRET}\n', self.read(self.sasl_passwd))
        for entry in (':word', 'a\rb:word', 'a:wo\rrd'):
            with self.subTest(entry):
                self.set_up_login(bare)
                self.write(self.sasl_passwd, f'{bare} {entry}\n')
                plan = self.postfix.plan(self.config(authentication=True), None, 0)
                self.assertIn(Nullmail.FindingCode.CREDENTIALS_KEY_MISMATCH,
                              [finding.get_code() for finding in plan.get_findings()])
                self.assert_fails(Error.UNSAFE, self.postfix.apply, plan, 0)
                self.postfix.apply(plan, FORCE)
                self.assertNotIn(RELAY, self.read(self.sasl_passwd))

    def test_purge_credentials(self):
        self.write(self.sasl_passwd, '[by.hand] a:b\n')
        os.chmod(self.sasl_passwd, 0o600)
        self.set_up_login()
        self.set_up_login(OTHER)
        self.assertTrue(self.postfix.purge_credentials())
        self.assertEqual(self.read(self.sasl_passwd), f'[by.hand] a:b\n{OTHER} host7:{SECRET}\n')
        self.assertTrue(self.run_async(self.postfix, 'purge_credentials'))

    def test_purge_credentials_after_undo(self):
        before = sorted(os.listdir(self.etc))
        self.set_up_login()
        self.postfix.undo(FORCE)
        self.assertIn(SECRET, self.read(self.sasl_passwd))
        self.postfix.purge_credentials()
        self.assertEqual(sorted(os.listdir(self.etc)), before)


class Undo(Folder):
    def test_undo_and_redo(self):
        self.assertEqual(int(Error.NOTHING_TO_UNDO), 21)
        self.assert_fails(Error.NOTHING_TO_UNDO, self.postfix.plan_undo)
        self.assert_fails(Error.NOTHING_TO_UNDO, self.postfix.plan_restore)
        self.assert_fails(Error.NOTHING_TO_UNDO, self.postfix.undo, 0)
        self.apply(self.config())
        after = self.read()
        self.assertTrue(self.postfix.get_can_undo())
        plan = self.postfix.plan_undo()
        self.assertFalse(plan.is_empty())
        self.assertEqual(self.read(), after)
        self.assertTrue(self.postfix.undo(FORCE))
        self.assertEqual(self.read(), MAIN_CF)
        self.assertTrue(self.postfix.undo(FORCE))
        self.assertEqual(self.read(), after)
        again = self.new_instance()
        again.inspect()
        self.assertTrue(again.props.can_undo)
        self.assertTrue(again.undo(FORCE))
        self.assertEqual(self.read(), MAIN_CF)

    def test_no_undo(self):
        self.postfix.apply(self.edit('mydomain', 'example.org'), Nullmail.ApplyFlags.NO_UNDO)
        self.assert_fails(Error.NOTHING_TO_UNDO, self.postfix.undo, 0)

    def test_undo_keeps_others_edits(self):
        self.postfix.apply(self.edit('mydomain', 'example.org'), 0)
        self.append('# theirs\nmyorigin = theirs.example.com\n')
        self.postfix.undo(0)
        self.assertEqual(self.read(), MAIN_CF + '# theirs\nmyorigin = theirs.example.com\n')

    def test_undo_conflict(self):
        self.postfix.apply(self.edit('mydomain', 'example.org'), 0)
        self.write(self.main_cf, self.read().replace('example.org', 'theirs.org'))
        before = self.read()
        plan = self.postfix.plan_undo()
        self.assert_fails(Error.CONFLICT, self.postfix.apply, plan, 0)
        self.assert_fails(Error.CONFLICT, self.postfix.undo, 0)
        self.assertEqual(self.read(), before)
        self.postfix.undo(OVERWRITE)
        self.assertEqual(self.read(), MAIN_CF)

    def test_restore(self):
        for value in ('a.org', 'b.org', 'c.org'):
            self.postfix.apply(self.edit('mydomain', value), 0)
        self.postfix.apply(self.edit('myhostname', 'new.example.com'), 0)
        self.postfix.apply(self.postfix.plan_restore(), 0)
        self.assertEqual(self.read(), MAIN_CF)

    def test_restore_keeps_others_edits(self):
        self.postfix.apply(self.edit('mydomain', 'a.org'), 0)
        self.append('myorigin = theirs.example.com\n')
        self.postfix.apply(self.edit('myhostname', 'new.example.com'), 0)
        self.append('# theirs\n')
        plan = self.run_async(self.postfix, 'plan_restore')
        self.assertEqual({c.get_subject() for c in plan.get_changes()}, {'mydomain', 'myhostname'})
        self.postfix.apply(plan, 0)
        self.assertEqual(self.read(), MAIN_CF + 'myorigin = theirs.example.com\n# theirs\n')

    def test_restore_conflict(self):
        self.postfix.apply(self.edit('mydomain', 'a.org'), 0)
        self.postfix.apply(self.edit('myhostname', 'new.example.com'), 0)
        self.write(self.main_cf, self.read().replace('a.org', 'theirs.org'))
        self.assert_fails(Error.CONFLICT, self.postfix.apply, self.postfix.plan_restore(), 0)
        self.postfix.apply(self.postfix.plan_restore(), OVERWRITE)
        self.assertEqual(self.read(), MAIN_CF)

    def test_change_of_relay_is_undone_whole(self):
        self.set_up_login()
        before = self.read()
        self.set_up_login(OTHER)
        self.postfix.undo(FORCE)
        self.assertEqual(self.read(), before)
        store = self.postfix.get_sasl_passwd_store()
        self.assertEqual(password_of(store.lookup(relay_host())), SECRET)

    def test_password_is_not_undone(self):
        self.set_up_login()
        config = self.postfix.load_config()
        config.set_hostname('new.example.com')
        self.apply(config, credentials(password='another'))
        plan = self.postfix.plan_undo()
        finding, = [f for f in plan.get_findings()
                    if f.get_code() == Nullmail.FindingCode.CREDENTIALS_NOT_UNDONE]
        self.assertEqual(finding.get_severity(), Nullmail.Severity.NOTICE)
        self.assertEqual(finding.get_subject(), RELAY)
        self.postfix.apply(plan, FORCE)
        self.assertIn(':another\n', self.read(self.sasl_passwd))
        for path, _, names in os.walk(os.path.join(self.folder, 'state')):
            for name in names:
                with self.subTest(name), open(os.path.join(path, name), 'rb') as file:
                    state = file.read()
                    self.assertNotIn(SECRET.encode(), state)
                    self.assertNotIn(b'another', state)


class Memory(Folder):
    """What an instance answers does not depend on what it was asked before."""

    def test_what_was_given_away(self):
        for ask in (lambda: self.postfix.get_defaults(),
                    lambda: self.run_async(self.postfix, 'get_defaults'),
                    lambda: self.postfix.inspect() and self.postfix.get_map_types()):
            first = ask()
            del first
            again = ask()
            self.assertTrue(again)
            plan = self.postfix.plan(self.config(authentication=True), credentials(), 0)
            self.assertIn('texthash:', plan.get_main_cf().get_value('smtp_sasl_password_maps'))
        self.assertEqual(self.postfix.get_defaults()['default_database_type'], 'texthash')


class Expanded(Folder):
    def test_macros(self):
        self.append('mydomain = example.com\nrelayhost = [smtp.$mydomain]:587\nbanner = a  b$$c\n')
        names = ['mydomain', 'relayhost', 'banner']
        expected = {'mydomain': 'example.com', 'relayhost': RELAY, 'banner': 'a  b$c'}
        self.assertEqual(self.postfix.expand_parameters(names), expected)
        self.assertEqual(self.run_async(self.postfix, 'expand_parameters', names), expected)
        every = self.postfix.expand_parameters([])
        self.assertEqual((every['relayhost'], every['mail_version']), (RELAY, '3.7.11'))

    def test_password_by_a_macro(self):
        """What a macro stands for may be a password."""
        self.append(f'smtp_sasl_password_maps = $login\nlogin = static:user:{SECRET}\n'
                    f'word = {SECRET}\nother_password_maps = inline:{{{{a=b:$word}}}}\n'
                    'mydomain = $login\nmyhostname = x-$word.example.com\n')
        for names in (['smtp_sasl_password_maps', 'login', 'word'], ['mydomain', 'myhostname'],
                      ['other_password_maps']):
            values = self.postfix.expand_parameters(names)
            self.assertEqual(set(values), set(names))
            for name, value in values.items():
                self.assertNotIn(SECRET, value)
                self.assertIn('********', value, name)

    def test_errors(self):
        self.append('mydomain = $relayhost\nrelayhost = $mydomain\n')
        self.assert_fails(Error.INVALID_FILE, self.postfix.expand_parameters, ['relayhost'])
        self.assert_fails(Error.NOT_FOUND, self.postfix.expand_parameters, ['nosuch'])
        self.assert_fails(Error.INVALID_ARGUMENT, self.postfix.expand_parameters, ['a b'])
        os.unlink(self.main_cf)
        self.assert_fails(Error.NOT_FOUND, self.postfix.expand_parameters, ['mydomain'])


class Asynchronous(Folder):
    def test_success(self):
        plan = self.run_async(self.postfix, 'plan', self.config(authentication=True), credentials(),
                              Nullmail.PlanFlags.NONE)
        self.assertIsInstance(plan, Nullmail.Plan)
        self.assertTrue(self.run_async(self.postfix, 'apply', plan, FORCE))
        after = self.read()
        self.assertTrue(self.postfix.get_can_undo())
        self.assertTrue(self.run_async(self.postfix, 'undo', FORCE))
        self.assertEqual(self.read(), MAIN_CF)
        plan = self.run_async(self.postfix, 'plan_undo')
        self.assertTrue(self.run_async(self.postfix, 'apply', plan, FORCE))
        self.assertEqual(self.read(), after)
        main_cf = self.postfix.load_main_cf()
        main_cf.set_value('mydomain', 'example.org')
        plan = self.run_async(self.postfix, 'plan_main_cf', main_cf, None, 0)
        main_cf.set_value('mydomain', 'changed.later')  # the call took a snapshot
        self.assertEqual(plan.get_main_cf().get_value('mydomain'), 'example.org')

    def test_snapshot_is_taken_at_the_call(self):
        config = self.config()
        loop = GLib.MainLoop()
        plans = []

        def done(postfix, result):
            plans.append(postfix.plan_finish(result))
            loop.quit()

        self.postfix.plan_async(config, None, 0, None, done)
        config.set_relay_host(relay_host(OTHER))
        loop.run()
        self.assertEqual(plans[0].get_main_cf().get_value('relayhost'), RELAY)

    CALLS = [('inspect',), ('get_defaults',), ('lookup_parameters', ['relayhost']), ('check',),
             ('plan', 'CONFIG', None, 0), ('plan_main_cf', 'MAIN_CF', None, 0), ('plan_undo',),
             ('plan_restore',), ('undo', 0), ('plan_purge',), ('purge_credentials',),
             ('ensure', 'CONFIG', None, 0, 0), ('load_overview',), ('load_settings',),
             ('expand_parameters', ['relayhost'])]

    def arguments_of(self, call):
        stand_ins = {'CONFIG': self.config, 'MAIN_CF': self.postfix.load_main_cf}
        return [stand_ins[argument]() if isinstance(argument, str) else argument
                for argument in call[1:]]

    def test_every_pair_is_tried(self):
        pairs = {name.removesuffix('_async') for name in dir(Nullmail.PostfixInstance)
                 if name.endswith('_async')}
        tried = {call[0] for call in self.CALLS} | {'apply', 'query_service', 'activate'}
        self.assertEqual(pairs - tried - {'set_enabled', 'load_queue', 'flush_queue', 'send_test',
                                          'follow_delivery'}, set())

    def test_errors(self):
        calls = [(call[0], self.arguments_of(call)) for call in self.CALLS]
        os.unlink(self.main_cf)
        for name, arguments in calls:
            if name in ('get_defaults', 'lookup_parameters', 'expand_parameters'):
                continue
            with self.subTest(name):
                error = self.run_async(self.postfix, name, *arguments)
                self.assertTrue(isinstance(error, GLib.Error)
                                and error.matches(Error.quark(), Error.NOT_FOUND), error)

    def test_cancelled_before(self):
        cancellable = Gio.Cancellable()
        cancellable.cancel()
        calls = [(call[0], self.arguments_of(call)) for call in self.CALLS]
        calls += [('apply', [self.edit('mydomain', 'example.org'), 0])]
        for name, arguments in calls:
            with self.subTest(name):
                error = self.run_async(self.postfix, name, *arguments, cancellable=cancellable)
                self.assert_cancelled(error)
                with self.assertRaises(GLib.Error) as caught:
                    getattr(self.postfix, name)(*arguments, cancellable)
                self.assert_cancelled(caught.exception)
        self.assertEqual(self.read(), MAIN_CF)
        self.assertEqual(os.listdir(self.etc), ['main.cf'])

    def assert_cancelled(self, error):
        self.assertTrue(isinstance(error, GLib.Error)
                        and error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED), error)

    def test_conflict(self):
        plan = self.edit('mydomain', 'example.org')
        self.append('# theirs\n')
        error = self.run_async(self.postfix, 'apply', plan, 0)
        self.assertTrue(error.matches(Error.quark(), Error.CONFLICT))

    def test_wrong_finish(self):
        """An error, and no critical message."""
        script = f'''
import gi
gi.require_version('Nullmail', '1.0')
from gi.repository import GLib, Nullmail
postfix = Nullmail.PostfixInstance(config_directory={self.etc!r},
                                   command_directory={self.commands!r},
                                   state_directory={self.folder + '/state'!r})
loop = GLib.MainLoop()
def fails(finish, result):
    try:
        finish(result)
    except GLib.Error as error:
        return error.matches(Nullmail.Error.quark(), Nullmail.Error.INVALID_ARGUMENT)
def done(source, result):
    for wrong in (postfix.check_finish, postfix.plan_finish, postfix.apply_finish,
                  postfix.get_defaults_finish, postfix.undo_finish):
        print(fails(wrong, result))
    other = Nullmail.PostfixInstance.new(None)
    print(fails(other.inspect_finish, result))
    store = Nullmail.SaslPasswdStore.new({self.sasl_passwd!r}, 'texthash')
    print(fails(store.list_finish, result), fails(store.rebuild_finish, result))
    print(postfix.inspect_finish(result), fails(postfix.inspect_finish, result))
    loop.quit()
postfix.inspect_async(None, done)
loop.run()
'''
        environment = {key: value for key, value in os.environ.items() if key != 'G_DEBUG'}
        done = subprocess.run([sys.executable, '-c', script], env=environment, text=True,
                              capture_output=True, timeout=LIMIT_S, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.split(), ['True'] * 10)
        self.assertNotIn('CRITICAL', done.stderr)
