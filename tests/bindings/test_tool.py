# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What leaves a tool nothing to work out for itself: ensure, will_change, get_digest, to_texts,
get_new_findings, load_overview."""

import json
import os
import sys

import fixture
from gi.repository import Gio, GLib, Nullmail

from program import need_root
from stand_ins import Error, FORCE, Folder, MAIN_CF, OTHER, RELAY, SECRET, credentials

Flags = Nullmail.ApplyFlags
COMMAND = Nullmail.ServiceControl.COMMAND
UNSAFE_LEVEL = Nullmail.TlsLevel.MAY


def cancelled():
    cancellable = Gio.Cancellable()
    cancellable.cancel()
    return cancellable


class Ensure(Folder):
    def test_ensure(self):
        plan, changed = self.postfix.ensure(self.config(), None, 0, FORCE)
        self.assertIs(changed, True)
        self.assertIn(f'+relayhost = {RELAY}', plan.to_diff())
        self.assertIn(f'relayhost = {RELAY}\n', self.read())
        with self.unchanged():
            plan, changed = self.postfix.ensure(self.config(), None, 0, FORCE)
            self.assertIs(changed, False)
            self.assertTrue(plan.is_empty())
        self.assertTrue(self.postfix.undo(FORCE))
        self.assertEqual(self.read(), MAIN_CF)

    def test_with_login_and_parameters(self):
        config = self.config(authentication=True)
        config.assign_parameter('message_size_limit', '1000')
        for expected in (True, False):
            plan, changed = self.postfix.ensure(config, credentials(), 0, FORCE)
            self.assertIs(changed, expected)
            self.assertNotIn(SECRET, plan.to_diff())
        self.assertIn('message_size_limit = 1000\n', self.read())
        self.assertEqual(self.read(self.sasl_passwd), f'{RELAY} host7:{SECRET}\n')
        self.apply(self.config(OTHER, authentication=True), credentials(OTHER))
        drop = Nullmail.PlanFlags.DROP_OTHER_CREDENTIALS
        config.set_relay_host(fixture.relay_host(OTHER))
        self.postfix.ensure(config, credentials(OTHER), drop, FORCE)
        self.assertEqual(self.read(self.sasl_passwd), f'{OTHER} host7:{SECRET}\n')

    def test_service(self):
        need_root()  # others cannot ask for the state of the service
        postfix = self.new_instance(service_control=COMMAND)
        log = os.path.join(self.commands, 'log')
        postfix.ensure(self.config(), None, 0, FORCE)
        os.unlink(log)
        _, changed = postfix.ensure(self.config(), None, 0, FORCE)
        self.assertIs(changed, False)
        self.assertFalse(os.path.exists(log), 'without START nothing is run')
        plan, changed = postfix.ensure(self.config(), None, 0, FORCE | Flags.START)
        self.assertTrue(plan.is_empty())
        self.assertIs(changed, True, 'it was started')
        _, changed = postfix.ensure(self.config(), None, 0, FORCE | Flags.START)
        self.assertIs(changed, False)
        self.assertEqual(self.read(log).split().count('start'), 1)

    def test_no_service(self):
        self.postfix.ensure(self.config(), None, 0, FORCE | Flags.START)
        _, changed = self.postfix.ensure(self.config(), None, 0, FORCE | Flags.START)
        self.assertIs(changed, False)

    def test_refused(self):
        config = self.config()
        with self.unchanged():
            self.assert_fails(Error.INVALID_CONFIG, self.postfix.ensure,
                              Nullmail.NullClientConfig(), None, 0, 0)
            self.assert_fails(Error.INVALID_ARGUMENT, self.postfix.ensure, config, credentials(), 0,
                              0)
            self.assert_fails(Error.FAILED, self.postfix.ensure, config, None, 0, Flags.ENABLE)
            unsafe = self.config(authentication=True, tls_level=UNSAFE_LEVEL)
            self.assert_fails(Error.UNSAFE, self.postfix.ensure, unsafe, credentials(), 0, 0)
            with self.assertRaises(GLib.Error) as caught:
                self.postfix.ensure(config, None, 0, FORCE, cancelled())
            self.assertTrue(caught.exception.matches(Gio.io_error_quark(),
                                                     Gio.IOErrorEnum.CANCELLED))
        os.unlink(self.main_cf)
        self.assert_fails(Error.NOT_FOUND, self.postfix.ensure, config, None, 0, 0)

    def test_asynchronous(self):
        config = self.config()
        for expected in (True, False):
            plan, changed = self.run_async(self.postfix, 'ensure', config, None, 0, FORCE)
            self.assertIs(changed, expected)
            self.assertEqual(plan.is_empty(), not expected)
        self.assertTrue(self.postfix.get_can_undo())
        error = self.run_async(self.postfix, 'ensure', Nullmail.NullClientConfig(), None, 0, FORCE)
        self.assertTrue(error.matches(Error.quark(), Error.INVALID_CONFIG))
        self.assert_fails(Error.INVALID_ARGUMENT, self.postfix.ensure_finish,
                          Gio.Task.new(self.postfix, None, None, None))


class WillChange(Folder):
    def ask(self, plan, flags=FORCE):
        asked, changes = plan.will_change(flags)
        self.assertIs(asked, True)
        return changes

    def test_files(self):
        plan = self.postfix.plan(self.config(), None, 0)
        with self.unchanged():
            self.assertIs(self.ask(plan), True)
            self.assertIs(self.ask(plan, FORCE | Flags.START | Flags.NO_ACTIVATE), True)
        self.postfix.apply(plan, FORCE)
        self.assert_fails(Error.CONFLICT, plan.will_change, FORCE)
        again = self.postfix.plan(self.config(), None, 0)
        self.assertIs(self.ask(again), False)
        self.assertIs(self.ask(again, FORCE | Flags.START), False, 'there is no service')

    def test_service(self):
        need_root()
        postfix = self.new_instance(service_control=COMMAND)
        postfix.ensure(self.config(), None, 0, FORCE)
        plan = postfix.plan(self.config(), None, 0)
        log = os.path.join(self.commands, 'log')
        os.unlink(log)
        self.assertIs(self.ask(plan), False)
        self.assertIs(self.ask(plan, Flags.START | Flags.NO_ACTIVATE), False)
        self.assertFalse(os.path.exists(log), 'nobody was asked')
        self.assertIs(self.ask(plan, Flags.START), True)
        self.assertEqual(self.read(log).split(), ['status'])
        postfix.activate(Nullmail.Activation.START)
        self.assertIs(self.ask(plan, Flags.START), False)

    def test_fails_as_apply_does(self):
        unsafe = self.postfix.plan(self.config(authentication=True, tls_level=UNSAFE_LEVEL),
                                   credentials(), 0)
        for flags, code in ((Flags.NONE, Error.UNSAFE), (Flags.ENABLE | FORCE, Error.FAILED)):
            with self.unchanged():
                self.assert_fails(code, unsafe.will_change, flags)
                self.assert_fails(code, self.postfix.apply, unsafe, flags)
        self.assertIs(self.ask(unsafe, FORCE), True)
        self.assert_fails(Error.INVALID_ARGUMENT, Nullmail.Plan().will_change, 0)


    def test_as_another_user(self):
        """Who may not see the service is not told that nothing would change."""
        need_root()
        postfix = self.new_instance(service_control=COMMAND)
        postfix.ensure(self.config(), None, 0, FORCE)
        self.run_inside('as_another_user', ['setpriv', f'--reuid={fixture.NOBODY}',
                                            f'--regid={fixture.NOBODY}', '--clear-groups'])

    def test_queue_as_another_user(self):
        """Nobody but root can list the queue of a Postfix that is stopped, and nobody but root is
        told that it is: then check must not be silent, and not speak up where all is well."""
        need_root()
        self.new_instance(service_control=COMMAND).ensure(self.config(), None, 0, FORCE)
        for script, is_known in (('exit 0', True), (
                'echo "postqueue: fatal: Queue report unavailable - mail system is down" >&2; '
                'exit 69', False)):
            with self.subTest(script):
                path = os.path.join(self.commands, 'postqueue')
                self.write(path, f'#!/bin/sh\n{script}\n')
                os.chmod(path, 0o755)
                found = self.run_inside('queue_as_another_user', [
                    'setpriv', f'--reuid={fixture.NOBODY}', f'--regid={fixture.NOBODY}',
                    '--clear-groups'])
                self.assertEqual('mail-waiting' in found, not is_known, found)
                self.assertEqual('mail system is down' in found, not is_known, found)


def inside_queue_as_another_user(test):
    for finding in test.new_instance(command_directory=str(test.folder / 'commands'),
                                     service_control=COMMAND).check():
        if finding.get_code() == Nullmail.FindingCode.NOT_CHECKED:
            print(finding.get_subject(), finding.get_message())


def inside_as_another_user(test):
    postfix = test.new_instance(command_directory=str(test.folder / 'commands'),
                                service_control=COMMAND)
    plan = postfix.plan(fixture.new_config(origin='example.com'), None, 0)
    assert plan.is_empty()
    assert plan.will_change(0)[1] is False
    test.assert_error(Error.PERMISSION_DENIED, 'root', plan.will_change, Flags.START)
    assert postfix.load_overview().unpack()['service'] == ['unknown']


class Texts(Folder):
    def plan(self, config=None, login=None, flags=0):
        return self.postfix.plan(config or self.config(), login, flags)

    def test_whole_and_masked(self):
        """The first password is new, the second one replaces it, and neither is in the texts."""
        config = self.config(authentication=True)
        plan = self.plan(config, credentials())
        main_cf, sasl_passwd = plan.to_texts().unpack()
        self.assertEqual(main_cf['path'], str(self.main_cf))
        self.assertEqual(main_cf['before'], MAIN_CF)
        self.assertEqual(main_cf['after'], plan.get_main_cf().to_bytes().get_data().decode())
        self.assertEqual(sasl_passwd, {'path': str(self.sasl_passwd),
                                       'after': f'{RELAY} host7:********\n'})
        self.postfix.apply(plan, FORCE)

        again = self.plan(config, credentials(password='Another-Secret-8'))
        self.assertEqual(again.to_texts().unpack(), [{
            'path': str(self.sasl_passwd), 'before': f'{RELAY} host7:********\n',
            'after': f'{RELAY} host7:******** (changed)\n'}])
        self.assertEqual(self.plan(config, credentials()).to_texts().unpack(), [])
        self.assertEqual(Nullmail.Plan().to_texts().get_type_string(), 'aa{sv}')

    def test_what_goes(self):
        """A file that goes has no text behind it; bytes that are no UTF-8 are replaced."""
        self.set_up_login()
        with open(self.main_cf, 'ab') as file:
            file.write(b'# \xff\n')
        self.postfix.apply(self.postfix.plan_undo(), FORCE)
        texts = {text['path']: text for text in self.postfix.plan_purge().to_texts().unpack()}
        self.assertEqual(texts[str(self.sasl_passwd)].keys(), {'path', 'before'})
        config = self.config()
        config.assign_parameter('message_size_limit', '1000')
        text = self.plan(config).to_texts().unpack()[0]
        self.assertEqual(text['path'], str(self.main_cf))
        self.assertIn('# \N{REPLACEMENT CHARACTER}\n', text['before'])


class NewFindings(Folder):
    def codes(self, plan):
        return {finding.get_code().value_nick for finding in plan.get_new_findings()}

    def assign(self, **parameters):
        config = self.postfix.load_config()
        for name, value in parameters.items():
            config.assign_parameter(name, value)
        return self.postfix.plan(config, None, 0)

    def test_only_news(self):
        self.postfix.ensure(self.config(), None, 0, FORCE)
        plan = self.assign(default_transport='lmtp:unix:x')
        self.assertEqual(self.codes(plan), {'relay-overridden'})
        self.assertLessEqual(self.codes(plan), {finding.get_code().value_nick
                                                for finding in plan.get_findings()})
        self.postfix.apply(plan, FORCE)
        again = self.assign(message_size_limit='1000')
        self.assertIn('relay-overridden',
                      [finding.get_code().value_nick for finding in again.get_findings()])
        self.assertEqual(self.codes(again), set(), 'that was wrong before')

    def test_errors_refuse(self):
        unsafe = self.postfix.plan(self.config(authentication=True, tls_level=UNSAFE_LEVEL),
                                   credentials(), 0)
        self.assertIn('tls-opportunistic-with-auth', self.codes(unsafe))
        self.assert_fails(Error.UNSAFE, self.postfix.apply, unsafe, 0)

    def test_nothing_new(self):
        self.postfix.ensure(self.config(), None, 0, FORCE)
        self.assertEqual(self.codes(self.postfix.plan(self.config(), None, 0)), set())
        self.assertEqual(self.codes(self.postfix.plan_undo()), set())
        self.assertEqual(Nullmail.Plan().get_new_findings(), [])


class Digest(Folder):
    def digest(self, config=None, login=None, flags=0):
        return self.postfix.plan(config or self.config(), login, flags).get_digest()

    def test_same_from_another_process(self):
        self.set_up_login()
        config = self.config(OTHER, authentication=True)
        here = self.digest(config, credentials(OTHER))
        self.assertRegex(here, r'\A[0-9a-f]{64}\Z')
        there = self.run_inside('digest', env={**os.environ, 'LC_ALL': 'C', 'TZ': 'UTC-9'})
        self.assertEqual(there.split(), [here])
        self.assertEqual(self.digest(config, credentials(OTHER)), here)

    def test_password_is_left_out(self):
        self.set_up_login()
        config = self.config(authentication=True)
        kept = self.digest(config, credentials())
        digests = {self.digest(config, credentials(password=word)) for word in ('one', 'two')}
        self.assertEqual(len(digests), 1)
        self.assertNotIn(kept, digests, 'whether it changes is told')

    def test_differs_with_any_change(self):
        self.set_up_login()
        base = self.config(OTHER, authentication=True)
        seen = {'base': self.digest(base, credentials(OTHER))}

        def add(name, *arguments):
            digest = self.digest(*arguments)
            self.assertNotIn(digest, seen.values(), name)
            seen[name] = digest

        add('relay', self.config('[third.example.com]', authentication=True))
        add('no credentials', base)
        add('user', base, credentials(OTHER, user='host8'))
        add('drops others', base, credentials(OTHER),
            Nullmail.PlanFlags.DROP_OTHER_CREDENTIALS)
        add('setting', self.config(OTHER, authentication=True, hostname='x.example.com'),
            credentials(OTHER))
        self.append('# A comment of somebody else.\n')
        add('comment', base, credentials(OTHER))
        with open(self.sasl_passwd, 'a', encoding='utf-8') as file:
            file.write('# a\n')
        add('password file', base, credentials(OTHER))
        os.chmod(self.sasl_passwd, 0o644)
        add('mode', base, credentials(OTHER))
        self.assertEqual(len(seen), 8 + 1)
        self.assertNotIn(self.new_instance().plan(self.postfix.load_config(), None, 0).get_digest(),
                         seen.values())

    def test_files_of_another_password(self):
        """An edit of the password file is seen, although no password is in the digest."""
        self.set_up_login()
        base = self.config(OTHER, authentication=True)
        before = self.digest(base, credentials(OTHER))
        text = self.read(self.sasl_passwd)
        os.unlink(self.sasl_passwd)
        with open(os.open(self.sasl_passwd, os.O_WRONLY | os.O_CREAT, 0o600), 'w',
                  encoding='utf-8') as file:
            file.write(text.replace(SECRET, SECRET[::-1]))
        self.assertNotEqual(self.digest(base, credentials(OTHER)), before)

    def test_empty(self):
        self.assertRegex(Nullmail.Plan().get_digest(), r'\A[0-9a-f]{64}\Z')


def inside_digest(test):
    postfix = test.new_instance(command_directory=str(test.folder / 'commands'))
    config = fixture.login_config(OTHER, origin='example.com')
    sys.stdout.write(postfix.plan(config, credentials(OTHER), 0).get_digest())


class Overview(Folder):
    def assert_whole(self, variant):
        self.assertEqual(variant.get_type_string(), 'a{sv}')
        overview = variant.unpack()
        self.assertNotIn(SECRET, json.dumps(overview))
        return overview

    def test_fresh(self):
        overview = self.assert_whole(self.postfix.load_overview())
        self.assertEqual(set(overview), {'config', 'effective', 'findings', 'service', 'version',
                                         'map-types', 'credentials', 'can-undo'})
        config = self.postfix.load_config()
        self.assertEqual(overview['config'], config.to_variant().unpack())
        self.assertEqual(overview['findings'],
                         [finding.to_variant().unpack() for finding in self.postfix.check()])
        self.assertEqual(overview['service'], ['absent'])
        self.assertEqual((overview['version'], overview['map-types']),
                         ('3.7.11', ['hash', 'inline', 'texthash']))
        self.assertEqual((overview['credentials'], overview['can-undo']), ([], False))
        effective = overview['effective']
        self.assertEqual(set(effective),
                         {spec.name for spec in Nullmail.NullClientConfig.list_properties()})
        for name, setting in effective.items():
            self.assertEqual(setting['parameters'], config.list_parameters(name))
            self.assertEqual(setting['state'], config.get_state(name).value_nick)
        self.assertEqual(effective['hostname']['value'], 'host.example.com')
        self.assertEqual(effective['domain'], {'value': 'example.com', 'parameters': ['mydomain'],
                                               'state': 'kept'})
        self.assertEqual(effective['interfaces']['value'], ['loopback-only'])
        self.assertEqual(effective['tls-level']['value'], 'none')
        self.assertIs(effective['authentication']['value'], False)
        self.assertNotIn('value', effective['relay-host'])
        self.assertIs(effective['local-delivery']['value'], True)

    def test_with_login(self):
        self.set_up_login()
        for overview in (self.postfix.load_overview(),
                         self.run_async(self.postfix, 'load_overview')):
            overview = self.assert_whole(overview)
            self.assertEqual(overview['credentials'],
                             [{'relay-host': RELAY, 'username': 'host7', 'has-password': False}])
            self.assertIs(overview['can-undo'], True)
            effective = {name: setting.get('value')
                         for name, setting in overview['effective'].items()}
            self.assertEqual(effective['relay-host'], RELAY)
            self.assertEqual(effective['tls-level'], 'secure')
            self.assertEqual(effective['sasl-security-options'], ['noanonymous'])
            self.assertEqual(effective['password-maps'], f'texthash:{self.sasl_passwd}')
            self.assertEqual(effective['destinations'], [])
            self.assertIs(effective['local-delivery'], False)

    def test_macros_and_what_cannot_be_said(self):
        self.append(f'host = smtp.example.com\nrelayhost = [$host]:587\nlevel = encrypt\n'
                    f'smtp_tls_security_level = $level\nmyorigin = $myhostname\n'
                    f'smtp_sasl_password_maps = static:user:{SECRET}\n'
                    'inet_protocols = ipv5\n')
        effective = self.assert_whole(self.postfix.load_overview())['effective']
        self.assertEqual(effective['relay-host']['value'], RELAY)
        self.assertEqual(effective['tls-level']['value'], 'encrypt')
        self.assertEqual(effective['origin']['value'], 'host.example.com')
        self.assertNotIn('value', effective['password-maps'])
        self.assertNotIn('value', effective['protocols'])
        self.assertEqual(effective['unsupported']['value'],
                         ['inet_protocols', 'smtp_sasl_password_maps'])

    def test_password_by_a_macro(self):
        """What it stands for was shown, wherever it was expanded."""
        before = self.read()
        self.write(self.main_cf, f'{before}smtp_sasl_password_maps = $word\nword = {SECRET}\n')
        self.assert_whole(self.postfix.load_overview())
        for macro, maps in ((f'static:user:{SECRET}', '$macro'), (SECRET, 'static:user:$macro')):
            with self.subTest(maps=maps):
                self.write(self.main_cf, f'{before}macro = {macro}\n'
                           f'smtp_sasl_password_maps = {maps}\nmyorigin = $macro\n'
                           'smtp_tls_CAfile = /$macro\nmydestination = a, $macro\n'
                           'relayhost = [$macro.example.com]\n')
                effective = self.assert_whole(self.postfix.load_overview())['effective']
                for name in ('password-maps', 'origin', 'tls-ca-file', 'destinations'):
                    self.assertNotIn('value', effective[name], name)
                self.assertEqual(effective['hostname']['value'], 'host.example.com')

    def test_without_postfix(self):
        """The page is there, with findings for what is missing."""
        postfix = self.new_instance(command_directory=os.path.join(self.folder, 'nowhere'),
                                    service_control=COMMAND)
        overview = self.assert_whole(postfix.load_overview())
        self.assertNotIn('version', overview)
        self.assertEqual((overview['map-types'], overview['service']), ([], ['unknown']))
        self.assertTrue(overview['findings'])

    def test_service(self):
        need_root()
        postfix = self.new_instance(service_control=COMMAND)
        self.assertEqual(postfix.load_overview().unpack()['service'], [])
        postfix.activate(Nullmail.Activation.START)
        self.assertEqual(postfix.load_overview().unpack()['service'], ['running'])

    def test_unreadable_passwords(self):
        self.set_up_login()
        os.unlink(self.sasl_passwd)
        os.mkdir(self.sasl_passwd)
        overview = self.assert_whole(self.postfix.load_overview())
        self.assertNotIn('credentials', overview)

    def test_settings_alone(self):
        """The same as in the whole, with nothing checked and Postfix not asked for anything."""
        self.append('mynetworks = 127.0.0.0/8\n')
        whole = self.postfix.load_overview().unpack()
        alone = self.new_instance(command_directory=os.path.join(self.folder, 'nowhere'))
        for settings in (alone.load_settings(), self.run_async(alone, 'load_settings')):
            self.assertEqual(self.assert_whole(settings),
                             {key: whole[key] for key in ('config', 'effective')})

    def test_settings_with_networks_of_the_host(self):
        """What only Postfix knows has no value, and one that Postfix can be asked for."""
        networks = self.postfix.load_settings().unpack()['effective']['networks']
        self.assertEqual(networks, {'parameters': ['mynetworks'], 'state': 'kept'})

    def test_errors(self):
        with self.assertRaises(GLib.Error) as caught:
            self.postfix.load_overview(cancelled())
        self.assertTrue(caught.exception.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))
        os.unlink(self.main_cf)
        self.assert_fails(Error.NOT_FOUND, self.postfix.load_overview)
