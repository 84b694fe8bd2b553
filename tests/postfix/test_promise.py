# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""A channel is what its level promises: what else main.cf needs for that is written with it, and
reported where it is missing. Each class is named after the fault that it was."""

import glob
import os
import re
import shutil
import subprocess

import fixture
import stand_ins
from fixture import Nullmail, RELAY, SECRET
from program import need, need_root

Code = Nullmail.FindingCode
Error = Nullmail.Error
FORCE = Nullmail.ApplyFlags.FORCE
Level = Nullmail.TlsLevel
Severity = Nullmail.Severity
PRINT = ':'.join(16 * ['1a'])  # as long as one of MD5, the default at compatibility level 2
NOTHING = 'noplaintext, noactive, nodictionary, noanonymous'
FILTER = 'plain, login, scram-sha-512, scram-sha-256, scram-sha-1, digest-md5, cram-md5'
LISTS = ('smtp_sasl_security_options', 'smtp_sasl_tls_security_options',
         'smtp_sasl_tls_verified_security_options')


class PromiseTest(fixture.InstanceTest):
    def value(self, name):
        return self.instance.load_main_cf().get_value(name)

    def set(self, name, value):
        subprocess.run(['postconf', '-c', self.etc, '-e', f'{name} = {value}'], check=True)
        os.utime(self.main_cf, (fixture.OLD_S, fixture.OLD_S))

    def find(self, code, findings=None):
        findings = self.instance.check() if findings is None else findings
        return [finding for finding in findings if finding.get_code() == code]

    def assert_fixed(self, code):
        """The fix of the finding writes what it suggests, and the finding goes."""
        finding, = self.find(code)
        main_cf = self.instance.load_main_cf()
        self.assertTrue(finding.fix(main_cf))
        self.assertEqual(main_cf.get_value(finding.get_parameter()), finding.get_suggestion())
        self.instance.apply(self.instance.plan_main_cf(main_cf, None, 0), FORCE)
        self.assertEqual(self.find(code), [])


class S1WeakerLists(PromiseTest):
    def test_written(self):
        self.set_up_login('texthash')
        self.assertEqual([self.value(name) for name in LISTS],
                         [NOTHING, '$smtp_sasl_security_options', 'noanonymous'])

    def test_at_encrypt(self):
        self.set_up_login('texthash', tls_level=Level.ENCRYPT)
        self.assertEqual([self.value(name) for name in LISTS],
                         [NOTHING, 'noanonymous', '$smtp_sasl_tls_security_options'])

    def test_lists_of_an_earlier_version(self):
        """They are brought up to date by the next plan, whatever that is for."""
        for values in (['noplaintext, noanonymous', '$smtp_sasl_security_options', 'noanonymous'],
                       ['noanonymous noplaintext', 'noanonymous',
                        '$smtp_sasl_tls_security_options'],
                       ['noplaintext noanonymous', '${smtp_sasl_security_options}', 'noanonymous'],
                       ['noplaintext noanonymous', 'noanonymous',
                        '$( smtp_sasl_tls_security_options )']):
            with self.subTest(values):
                self.set_up_login('texthash')
                for name, value in zip(LISTS, values):
                    self.set(name, value)
                plan = self.instance.plan(self.instance.load_config(), None, 0)
                self.assertFalse(plan.is_empty())
                self.instance.apply(plan, 0)
                self.assertEqual([self.value(name) for name in LISTS], [NOTHING, *values[1:]])
                plan = self.instance.plan(self.instance.load_config(), None, 0)
                self.assertTrue(plan.is_empty())

    def test_own_list_of_an_earlier_version(self):
        """With sasl-security-options one of the three was another, and all stayed as they were."""
        for level, values in (
                ('secure', ['$smtp_sasl_security_options', 'noanonymous mutual_auth']),
                ('encrypt', ['nodictionary, noanonymous', '$smtp_sasl_tls_security_options'])):
            with self.subTest(level):
                self.set_up_login('texthash')
                for name, value in zip(LISTS, ['noplaintext, noanonymous', *values]):
                    self.set(name, value)
                self.set('smtp_tls_security_level', level)
                self.instance.apply(self.instance.plan(self.instance.load_config(), None, 0), FORCE)
                self.assertEqual([self.value(name) for name in LISTS], [NOTHING, *values])

    def test_lists_of_somebody_else(self):
        old = ['noplaintext, noanonymous', '$smtp_sasl_security_options', 'noanonymous']
        for index, value in ((0, 'noplaintext, noanonymous, mutual_auth'),
                             (1, '${smtp_sasl_security_options?x}'),
                             (1, '${smtp_sasl_security_options}x'), (1, '${x}')):
            with self.subTest(value):
                self.set_up_login('texthash')
                for name, text in zip(LISTS, old[:index] + [value] + old[index + 1:]):
                    self.set(name, text)
                plan = self.instance.plan(self.instance.load_config(), None, 0)
                self.assertTrue(plan.is_empty())


class S3MechanismPreferred(PromiseTest):
    def test_filter_is_written(self):
        self.set_up_login('texthash')
        self.assertEqual(self.value('smtp_sasl_mechanism_filter'), FILTER)

    def test_filter_of_somebody_else(self):
        self.set('smtp_sasl_mechanism_filter', 'login')
        self.set_up_login('texthash')
        self.assertEqual(self.value('smtp_sasl_mechanism_filter'), 'login')

    def test_token_login(self):
        """Most machines have no plug-in for it, which is an error until there is one."""
        self.apply(fixture.login_config(origin='example.com', sasl_mechanisms=['xoauth2']),
                   fixture.credentials(), FORCE)
        self.assertEqual(self.value('smtp_sasl_mechanism_filter'), 'xoauth2')

    def test_installed_plugin(self):
        fixture.need_mounts()
        self.set_up_login('texthash')
        folders = [path for path in glob.glob('/usr/lib/*/sasl2') if os.path.isdir(path)]
        self.assertTrue(folders, 'no Cyrus SASL here')
        plugins = self.folder / 'plugins'
        shutil.copytree(folders[0], plugins)
        (plugins / 'libkdexoauth2.so').write_bytes(b'')
        out = self.run_inside('with_plugin', fixture.in_mounts(
            [f'mount --bind {plugins} {folders[0]}']))
        self.assertEqual(out, '[] True\n')


def inside_with_plugin(test):
    """Found without the filter, and not with it or after the fix."""
    def find():
        return [f for f in test.instance.check() if f.get_code() == Code.MECHANISM_PREFERRED]

    before = find()
    main_cf = test.instance.load_main_cf()
    main_cf.unset('smtp_sasl_mechanism_filter')
    test.instance.apply(test.instance.plan_main_cf(main_cf, None, 0), FORCE)
    finding, = find()
    main_cf = test.instance.load_main_cf()
    finding.fix(main_cf)
    test.instance.apply(test.instance.plan_main_cf(main_cf, None, 0), FORCE)
    print(before + find(), main_cf.get_value(finding.get_parameter()) == FILTER)


class S4TlsRequiredNo(stand_ins.Folder):
    """A Postfix that knows tls_required_enable, as from 3.10 on, and one that does not."""

    def make_newer(self):
        path = os.path.join(self.commands, 'postconf')
        text = self.read(path).replace('mail_version = 3.7.11', 'mail_version = 3.10.5\n'
                                       'tls_required_enable = yes')
        self.write(path, text)

    def test_written(self):
        self.make_newer()
        for level in (Level.ENCRYPT, Level.VERIFY, Level.SECURE, Level.DANE, Level.DANE_ONLY):
            with self.subTest(level):
                self.write(self.main_cf, stand_ins.MAIN_CF)
                self.apply(self.config(tls_level=level))
                self.assertIn('\ntls_required_enable = no\n', self.read())

    def test_not_written(self):
        self.apply(self.config(tls_level=Level.SECURE))
        self.assertNotIn('tls_required_enable', self.read())
        self.make_newer()
        self.apply(self.config('[smtp.example.com]', tls_level=Level.MAY),
                   instance=self.new_instance())
        self.assertNotIn('tls_required_enable', self.read())

    def test_neither_yes_nor_no(self):
        """Postfix stops at it, so that it is reported, and a plan with a level mends it."""
        self.make_newer()
        for text in ('true', '1', '', '$x_undefined'):
            with self.subTest(text):
                self.write(self.main_cf, f'{stand_ins.MAIN_CF}tls_required_enable = {text}\n')
                instance = self.new_instance()
                found = [f.get_parameter() for f in instance.check()
                         if f.get_code() == Code.INVALID_VALUE]
                self.assertEqual(found, ['tls_required_enable'])
                self.apply(self.config(tls_level=Level.SECURE), instance=instance)
                self.assertIn('\ntls_required_enable = no\n', self.read())

    def test_harmless_in_an_older_postfix(self):
        self.append('tls_required_enable = true\n')
        self.assertEqual([f for f in self.instance.check()
                          if f.get_code() == Code.INVALID_VALUE], [])
        self.apply(self.config(tls_level=Level.SECURE))
        self.assertIn('\ntls_required_enable = true\n', self.read())

    def test_written_with_another_relay(self):
        """Whoever assigns the relay decides about the channel to it."""
        self.apply(self.config(tls_level=Level.SECURE))
        self.make_newer()
        instance = self.new_instance()
        config = instance.load_config()
        config.set_relay_host(fixture.relay_host(stand_ins.OTHER))
        self.apply(config, instance=instance)
        self.assertIn('\ntls_required_enable = no\n', self.read())

    def test_asynchronous(self):
        """A worker thread finds, plans and refuses the same."""
        self.make_newer()
        self.write(self.main_cf, f'{stand_ins.MAIN_CF}relayhost = {RELAY}\n'
                   'smtp_tls_security_level = encrypt\nsmtp_sasl_auth_enable = yes\n'
                   'smtp_sasl_password_maps = texthash:/nonexistent\ntls_required_enable = true\n')
        instance = self.new_instance()
        expected = instance.check()
        found = self.run_async(instance, 'check')
        self.assertEqual(len(found), len(expected))
        for ours, theirs in zip(found, expected):
            self.assertTrue(ours.equal(theirs), theirs.get_message())
            self.assertEqual(ours.fix(instance.load_main_cf()), theirs.fix(instance.load_main_cf()))

        plan = self.run_async(instance, 'plan', self.config(tls_level=Level.SECURE), None, 0)
        self.assertEqual(plan.get_main_cf().get_value('tls_required_enable'), 'no')
        for bad in ({'root_address': 'root@localhost'}, {'tls_level': Level.FINGERPRINT}):
            error = self.run_async(instance, 'plan', self.config(**bad), None, 0)
            self.assertTrue(error.matches(Error.quark(), Error.INVALID_CONFIG), error)

    def test_other_plans_leave_it(self):
        """What has nothing to do with the channel does not write it; the finding tells."""
        self.apply(self.config(tls_level=Level.SECURE))
        self.make_newer()
        instance = self.new_instance()
        config = instance.load_config()
        self.assertTrue(instance.plan(config, None, 0).is_empty())
        found = [finding for finding in instance.check() if finding.get_code() == Code.TLS_WAIVABLE]
        self.assertEqual([(f.get_severity(), f.get_parameter(), f.get_suggestion()) for f in found],
                         [(Severity.WARNING, 'tls_required_enable', 'no')])


class S5VerdictWithoutHistory(PromiseTest):
    """What a plan is judged to be does not depend on what the instance was asked before."""

    EDITS = ({'smtp_tls_security_level': None},
             {'smtp_tls_security_level': '$level', 'level': 'may'},
             {'relayhost': '$relay', 'relay': '[other.example.com]:587'},
             {'smtp_sasl_password_maps': '$tables', 'tables': 'hash:/nonexistent/x'})

    def verdict(self, edits, prepare):
        instance = self.new_instance()
        prepare(instance)
        main_cf = instance.load_main_cf()
        for name, value in edits.items():
            if value is None:
                main_cf.unset(name)
            else:
                main_cf.set_value(name, value)
        plan = instance.plan_main_cf(main_cf, None, 0)
        self.assert_refused(Error.UNSAFE, [], instance.apply, plan, 0)
        return sorted((f.get_code().value_nick, f.get_severity().value_nick, f.get_parameter())
                      for f in plan.get_findings())

    def test_fresh_and_asked(self):
        self.set_up_login('texthash')
        for edits in self.EDITS:
            with self.subTest(edits):
                fresh = self.verdict(edits, lambda instance: None)
                for prepare in (lambda i: i.check(), lambda i: i.get_defaults(),
                                lambda i: i.inspect(), lambda i: i.lookup_parameters([])):
                    self.assertEqual(self.verdict(edits, prepare), fresh)


class S6LevelByMacro(PromiseTest):
    """A new password is not to be seen before the main.cf that raises the level."""

    def renames(self, name):
        log = self.folder / 'trace'
        self.run_inside(name, ['strace', '-f', '-o', log, '-e', 'trace=rename,renameat,renameat2'])
        done = [line for line in log.read_text().splitlines() if line.endswith(' = 0')]
        return [file for line in done for file in ('"main.cf"', '"sasl_passwd"') if file in line]

    def test_order(self):
        need('strace')
        self.set_up_login('texthash')
        self.set('level', 'may')
        self.set('smtp_tls_security_level', '$level')
        seen = self.renames('raise_level')
        self.assertLess(seen.index('"main.cf"'), seen.index('"sasl_passwd"'), seen)


    def test_first_password(self):
        """Where the table had no entry yet, or was not there, the login was on all the same."""
        need('strace')
        for entry in (b'other.example u:p\n', None):
            with self.subTest(entry):
                self.set_up_login('texthash')
                self.set('smtp_tls_security_level', 'may')
                self.set('smtp_sasl_security_options', 'noanonymous')
                self.sasl_passwd.unlink()
                if entry is not None:
                    fixture.write(self.sasl_passwd, entry, 0o600)
                seen = self.renames('raise_level')
                self.assertLess(seen.index('"main.cf"'), seen.index('"sasl_passwd"'), seen)


    def test_text_that_becomes_a_map(self):
        """The old main.cf reads the text itself, and sees the password in it at once."""
        need('strace')
        fixture.need_types('hash')
        self.set_up_login('texthash')
        self.set('smtp_tls_security_level', 'may')
        self.set('smtp_sasl_security_options', 'noanonymous')
        seen = self.renames('raise_level_and_retype')
        self.assertLess(seen.index('"main.cf"'), seen.index('"sasl_passwd"'), seen)
        self.assertEqual(fixture.answer_of(
            ['postmap', '-c', self.etc, '-q', RELAY, f'hash:{self.sasl_passwd}'], text=True),
            'relayuser:another\n')


def inside_raise_level_and_retype(test):
    inside_raise_level(test, smtp_sasl_password_maps=f'hash:{test.sasl_passwd}')


def inside_raise_level(test, **values):
    main_cf = test.instance.load_main_cf()
    main_cf.set_value('level', 'secure')
    main_cf.set_value('smtp_tls_security_level', '$level')
    for name, value in values.items():
        main_cf.set_value(name, value)
    login = fixture.credentials(password='another')
    test.instance.apply(test.instance.plan_main_cf(main_cf, login, 0), FORCE)


class LessThanBefore(PromiseTest):
    """A channel that guarantees less than before is no news of one parameter alone: the lists of
    mechanisms, tables of policies and names in certificates weaken it as well as the level does."""

    STRICT_DANE = {'smtp_tls_security_level': 'dane', 'smtp_dns_support_level': 'dnssec'}
    MAY = {'smtp_tls_security_level': 'may', LISTS[0]: None, LISTS[1]: None, LISTS[2]: None}

    def edit(self, edits):
        main_cf = self.instance.load_main_cf()
        for name, value in edits.items():
            if value is None:
                main_cf.unset(name)
            else:
                main_cf.set_value(name, value)
        return main_cf

    def set_up(self, edits):
        fixture.write(self.main_cf, fixture.MAIN_CF)
        self.set_up_login('texthash')
        self.instance.apply(self.instance.plan_main_cf(self.edit(edits), None, 0), FORCE)

    def plan_edit(self, edits, login=None):
        return self.instance.plan_main_cf(self.edit(edits), login, 0)

    def assert_unsafe(self, before, edits):
        self.set_up(before)
        plan = self.plan_edit(edits)
        self.assert_refused(Error.UNSAFE, [], self.instance.apply, plan, 0)
        self.assertTrue([f for f in plan.get_findings() if f.get_severity() == Severity.ERROR])

    def test_dane_with_looser_lists(self):
        for edits in ({LISTS[0]: 'noanonymous'}, {LISTS[0]: 'noplaintext, mutual_auth'},
                      {LISTS[0]: 'noplaintext, noactive, noanonymous'},
                      {LISTS[1]: 'noanonymous'}, {LISTS[1]: 'noplaintext, nodictionary'}):
            with self.subTest(edits):
                self.assert_unsafe({}, {**self.STRICT_DANE, **edits})
                self.assert_unsafe(self.STRICT_DANE, edits)
        self.set_up({})
        self.instance.apply(self.plan_edit(self.STRICT_DANE), 0)

    def test_opportunistic_with_looser_lists(self):
        self.assert_unsafe(self.MAY, {LISTS[0]: 'noanonymous'})
        self.assert_unsafe(self.MAY, {LISTS[1]: 'noanonymous'})
        self.assert_unsafe({**self.MAY, LISTS[0]: 'noplaintext, noactive, noanonymous'},
                           {LISTS[0]: 'noplaintext, noanonymous'})
        self.set_up(self.MAY)
        config = self.instance.load_config()
        config.set_sasl_security_options(['noanonymous'])
        self.assert_refused(Error.UNSAFE, [], self.instance.apply,
                            self.instance.plan(config, None, 0), 0)

    def test_policy_with_looser_lists(self):
        for table in ('static:may', 'inline:{[smtp.example.com]:587=may}'):
            with self.subTest(table):
                self.assert_unsafe({'smtp_tls_policy_maps': table}, {LISTS[0]: 'noanonymous'})
                self.assert_unsafe({LISTS[0]: 'noanonymous'}, {'smtp_tls_policy_maps': table})

    def test_stricter_again(self):
        """What takes a danger away is never refused for the dangers that it leaves."""
        weak = {**self.MAY, LISTS[0]: 'noanonymous'}
        for edits in ({LISTS[0]: 'nodictionary, noanonymous'},
                      {'smtp_tls_security_level': 'encrypt'},
                      {'smtp_tls_security_level': 'secure', LISTS[0]: NOTHING,
                       LISTS[2]: 'noanonymous'}):
            with self.subTest(edits):
                self.set_up(weak)
                self.instance.apply(self.plan_edit(edits), 0)
        self.set_up({'smtp_tls_policy_maps': 'static:may', LISTS[0]: 'noanonymous'})
        self.instance.apply(self.plan_edit({LISTS[0]: NOTHING}), 0)
        self.instance.apply(self.plan_edit({'smtp_tls_policy_maps': None}), 0)

    def test_first_password(self):
        """The first password over a channel that was weak already is sent there by this plan."""
        self.set_up({**self.MAY, LISTS[0]: 'noanonymous'})
        fixture.write(self.etc / 'sasl_passwd', b'other.example u:p\n', 0o600)
        login = fixture.credentials()
        plan = self.instance.plan_main_cf(self.instance.load_main_cf(), login, 0)
        self.assert_refused(Error.UNSAFE, [], self.instance.apply, plan, 0)
        self.instance.apply(plan, FORCE)
        login = fixture.credentials(password='another')
        plan = self.instance.plan_main_cf(self.instance.load_main_cf(), login, 0)
        self.instance.apply(plan, 0)


class NewPasswordOverTheNewChannel(PromiseTest):
    """Where a plan makes the channel stronger main.cf is seen before the new password is."""

    STRICT = {LISTS[0]: NOTHING, LISTS[1]: '$smtp_sasl_security_options', LISTS[2]: 'noanonymous'}
    WEAK = {LISTS[0]: 'noanonymous', LISTS[1]: None, LISTS[2]: None}
    DANE = {'smtp_tls_security_level': 'dane', 'smtp_dns_support_level': 'dnssec'}
    SECURE = {'smtp_tls_security_level': 'secure'}

    CASES = ((DANE | WEAK, SECURE | STRICT),
             (DANE | WEAK, STRICT),
             (SECURE | WEAK | {'smtp_tls_policy_maps': 'static:may'},
              {'smtp_tls_policy_maps': None}),
             (SECURE | WEAK | {'smtp_tls_policy_maps': 'static:may'}, STRICT),
             (SECURE | WEAK | {'smtp_tls_policy_maps': 'regexp:{{/./ may}}'},
              {'smtp_tls_policy_maps': None}),
             (SECURE | STRICT | {'smtp_tls_secure_cert_match': 'evil.example'},
              {'smtp_tls_secure_cert_match': None}))

    def renames(self, number):
        log = self.folder / 'trace'
        self.run_inside(f'strengthen_{number}',
                        ['strace', '-f', '-o', log, '-e', 'trace=rename,renameat,renameat2'])
        done = [line for line in log.read_text().splitlines() if line.endswith(' = 0')]
        return [file for line in done for file in ('"main.cf"', '"sasl_passwd"') if file in line]

    def test_order(self):
        need('strace')
        for number, (before, _) in enumerate(self.CASES):
            with self.subTest(number):
                fixture.write(self.main_cf, fixture.MAIN_CF)
                self.set_up_login('texthash')
                edit_and_apply(self, before, None)
                seen = self.renames(number)
                self.assertLess(seen.index('"main.cf"'), seen.index('"sasl_passwd"'), seen)


def edit_and_apply(test, edits, login):
    main_cf = test.instance.load_main_cf()
    for name, value in edits.items():
        if value is None:
            main_cf.unset(name)
        else:
            main_cf.set_value(name, value)
    test.instance.apply(test.instance.plan_main_cf(main_cf, login, 0), FORCE)


def strengthen(number):
    def inside(test):
        edit_and_apply(test, NewPasswordOverTheNewChannel.CASES[number][1],
                       fixture.credentials(password='another'))
    return inside


for _number in range(len(NewPasswordOverTheNewChannel.CASES)):
    globals()[f'inside_strengthen_{_number}'] = strengthen(_number)


class S7Levels(PromiseTest):
    def test_dane(self):
        for level in (Level.DANE, Level.DANE_ONLY):
            with self.subTest(level):
                fixture.write(self.main_cf, fixture.MAIN_CF)
                self.set_up_login('texthash', tls_level=level)
                self.assertEqual(self.value('smtp_dns_support_level'), 'dnssec')
                self.assertEqual([self.value(name) for name in LISTS],
                                 [NOTHING, '$smtp_sasl_security_options', 'noanonymous'])
                self.assertEqual(self.find(Code.TLS_OPPORTUNISTIC_WITH_AUTH)
                                 + self.find(Code.SASL_OPTIONS_FORBID_PLAIN)
                                 + self.find(Code.INVALID_VALUE), [])
                self.set('smtp_dns_support_level', 'enabled')
                finding, = self.find(Code.INVALID_VALUE)
                self.assertEqual(finding.get_parameter(), 'smtp_tls_security_level')
                self.assertIn('smtp_dns_support_level', finding.get_message())

    def test_dane_with_weak_lists(self):
        """DANE alone is no more than MAY where the relay's zone is not signed."""
        self.set_up_login('texthash', tls_level=Level.DANE)
        self.set(LISTS[0], 'noanonymous')
        self.assertEqual(len(self.find(Code.TLS_OPPORTUNISTIC_WITH_AUTH)), 1)

    def test_dane_that_dns_cannot_give(self):
        """Postfix defers all mail at such settings, see dane_init() in its smtp_tls_policy.c."""
        for name, value in (('smtp_host_lookup', 'native'), ('ignore_mx_lookup_error', 'yes'),
                            ('smtp_dns_resolver_options', 'res_defnames'),
                            ('smtp_dns_resolver_options', '$options')):
            with self.subTest(name):
                fixture.write(self.main_cf, fixture.MAIN_CF + b'options = res_dnsrch\n'
                              + f'{name} = {value}\n'.encode())
                plan = self.instance.plan(fixture.new_config(tls_level=Level.DANE_ONLY), None, 0)
                self.assert_refused(Error.UNSAFE, ['dane-only', name], self.instance.apply, plan, 0)
        fixture.write(self.main_cf, fixture.MAIN_CF + b'smtp_host_lookup = native, dns\n')
        self.set_up_login('texthash', tls_level=Level.DANE_ONLY)

    def test_dane_without_a_name(self):
        """An address has no record, so that a password never goes: it waited for ever."""
        relay = '[192.0.2.1]:587'
        config = fixture.login_config(relay, origin='example.com', tls_level=Level.DANE)
        plan = self.instance.plan(config, fixture.credentials(relay), 0)
        self.assert_refused(Error.UNSAFE, ['dane', 'name'], self.instance.apply, plan, 0)
        config = fixture.new_config(relay, origin='example.com', tls_level=Level.DANE)
        self.instance.apply(self.instance.plan(config, None, 0), 0)

    def test_fingerprint(self):
        config = fixture.login_config(tls_level=Level.FINGERPRINT)
        self.assert_refused(Error.INVALID_CONFIG, ['tls-level', 'smtp_tls_fingerprint_cert_match'],
                            self.instance.plan, config, None, 0)
        self.set('smtp_tls_fingerprint_cert_match', PRINT)
        self.instance.plan(config, None, 0)

    def test_fingerprint_that_is_none(self):
        """Postfix passes over what is no fingerprint, and where none is left all mail waits."""
        config = fixture.login_config(tls_level=Level.FINGERPRINT)
        joined = PRINT.replace(':', '')
        for value, n_bad in (('zz', 1), (PRINT + '|zz', 1), (PRINT[:-3], 1), (PRINT + ':00', 1),
                             (PRINT[:-1], 1), (PRINT + ';', 1), (f'"{PRINT}"', 1),
                             (joined[:3] + ':' + joined[3:], 1), ('MD5=' + PRINT, 1),
                             ('zz, ' + PRINT[:-3], 2), (PRINT.upper(), 0), (joined, 0),
                             (PRINT[:30] + joined[20:], 0), (f'{PRINT}\t{joined}', 0)):
            with self.subTest(value):
                fixture.write(self.main_cf, fixture.MAIN_CF)
                self.set('smtp_tls_fingerprint_cert_match', value)
                if n_bad == 0:
                    self.instance.plan(config, None, 0)
                    continue
                self.assert_refused(Error.INVALID_CONFIG, ['tls-level', 'hexadecimal',
                                                           'smtp_tls_fingerprint_digest'],
                                    self.instance.plan, config, None, 0)
                self.set('smtp_tls_fingerprint_cert_match', f'{value}, {PRINT}')
                self.instance.plan(config, None, 0)
                self.set('smtp_tls_security_level', 'fingerprint')
                finding, = self.find(Code.INVALID_VALUE)
                self.assertEqual(finding.get_parameter(), 'smtp_tls_fingerprint_cert_match')
                self.assertIn(f'{n_bad} of the {n_bad + 1}', finding.get_message())
                self.assertEqual(finding.get_severity(), Nullmail.Severity.WARNING)

    def test_fingerprint_in_a_policy(self):
        """A table that has none for the relay was taken for one that has."""
        table = self.etc / 'tls_policy'
        config = fixture.login_config(tls_level=Level.FINGERPRINT)
        needed = f'fingerprint match=zz|{PRINT}'
        for value, good in ((f'texthash:{table}', True),
                            ('hash:$config_directory/tls_policy', True),
                            (f'inline:{{ {{{RELAY} = {needed}}} }}', True),
                            (f'static:{{{needed}}}', True), ('hash:/nonexistent/x', None),
                            ('static:{fingerprint match=zz}', False),
                            ('static:fingerprint', False), ('inline:{ x=fingerprint }', False)):
            with self.subTest(value):
                fixture.write(self.main_cf, fixture.MAIN_CF
                              + f'smtp_tls_policy_maps = {value}\n'.encode())
                text = f'# All.\nother {needed}\n{RELAY.upper()}\n  {needed}\n'
                fixture.write(table, text.encode())
                self.assert_taken(config, good)
                if str(table.name) in value:
                    fixture.write(table, text.replace(':587', ':25').encode())
                    self.assert_taken(config, False)

    def assert_taken(self, config, good):
        if good is False:
            self.assert_refused(Error.INVALID_CONFIG, ['smtp_tls_fingerprint_cert_match'],
                                self.instance.plan, config, None, 0)
            return
        plan = self.instance.plan(config, None, 0)
        found = [(f.get_code(), f.get_subject()) for f in plan.get_findings()
                 if f.get_parameter() == 'smtp_tls_security_level']
        self.assertEqual(found, [] if good else [(Code.NOT_CHECKED, 'invalid-value')])


class S13NoFixOpensAChannel(PromiseTest):
    def test_options_at_may(self):
        self.set_up_login('texthash')
        self.set('smtp_tls_security_level', 'may')
        finding, = self.find(Code.SASL_OPTIONS_FORBID_PLAIN)
        self.assertIsNone(finding.get_suggestion())
        main_cf = self.instance.load_main_cf()
        self.assertFalse(finding.fix(main_cf))
        self.assertEqual(main_cf.to_bytes().get_data(), self.main_cf.read_bytes())


    def assert_not_fixed(self, code):
        finding, = self.find(code)
        main_cf = self.instance.load_main_cf()
        self.assertFalse(finding.fix(main_cf))
        self.assertEqual(main_cf.to_bytes().get_data(), self.main_cf.read_bytes())
        return finding

    def write(self, **values):
        text = ''.join(f'{name} = {value}\n' for name, value in values.items())
        fixture.write(self.main_cf, fixture.MAIN_CF + text.encode())

    def test_brackets_lost_the_policy(self):
        """The table of policies knows the relay as it is written, and not in brackets."""
        relay = 'smtp.example.com:587'
        for table in (f'inline:{{ {relay}=encrypt }}', f'texthash:{self.etc}/policy'):
            with self.subTest(table):
                fixture.write(self.etc / 'policy', f'{relay} encrypt\n'.encode())
                self.write(relayhost=relay, smtp_tls_security_level='may',
                           smtp_tls_policy_maps=table)
                finding = self.assert_not_fixed(Code.RELAY_WITHOUT_BRACKETS)
                self.assertFalse(finding.can_fix())
                self.assertIn('smtp_tls_policy_maps', finding.get_remedy())
        for table in (f'inline:{{ {relay}=encrypt, {RELAY}=encrypt }}', 'static:encrypt', ''):
            with self.subTest(table):
                self.write(relayhost=relay, smtp_tls_security_level='may',
                           smtp_tls_policy_maps=table)
                self.assert_fixed(Code.RELAY_WITHOUT_BRACKETS)

    def test_misspelt_name_that_did_no_harm(self):
        """What had no effect because of its name weakened the channel as soon as it had one."""
        for values in ({'smtp_tls_security_level': 'encrypt', 'smtp_tls_policy_map': 'static:none'},
                       {'smtp_enforce_tls': 'yes', 'smtp_tls_security_levl': 'may'}):
            with self.subTest(values):
                self.write(relayhost=RELAY, **values)
                finding = self.assert_not_fixed(Code.UNKNOWN_PARAMETER)
                self.assertIsNone(finding.get_suggestion())
        self.write(relayhost=RELAY, smtp_tls_security_levl='encrypt')
        finding, = self.find(Code.UNKNOWN_PARAMETER)
        self.assertEqual(finding.get_suggestion(), 'encrypt')

    def test_table_that_mail_waited_for(self):
        """Mail waits while Postfix finds no table with the password. With one it took the password
        out in clear."""
        for lists in ({}, {LISTS[0]: 'noanonymous'}, {LISTS[0]: NOTHING, LISTS[1]: 'noanonymous'}):
            with self.subTest(lists):
                self.set_up_login('texthash')
                self.write(relayhost=RELAY, smtp_tls_security_level='may',
                           smtp_sasl_auth_enable='yes', **lists)
                self.assert_not_fixed(Code.PASSWORD_MAP_MISSING)
                finding, = self.find(Code.PASSWORD_MAP_MISSING)
                main_cf = self.instance.load_main_cf()
                main_cf.set_value('smtp_tls_security_level', 'encrypt')
                self.assertTrue(finding.fix(main_cf))
                self.assertEqual(main_cf.get_value('smtp_sasl_password_maps'),
                                 finding.get_suggestion())


class PlanThatLetMailOut(PromiseTest):
    def test_other_parameter(self):
        """A plan for something else completed the login as well, at a level without protection."""
        self.set_up_login('texthash')
        self.set('smtp_sasl_password_maps', '')
        for level, lists, completed in (('may', 'noanonymous', False), ('encrypt', '', True),
                                        ('may', NOTHING, True)):
            with self.subTest(level):
                self.set('smtp_tls_security_level', level)
                self.set('smtp_sasl_security_options', lists)
                self.set('smtp_sasl_tls_security_options', '$smtp_sasl_security_options')
                plan = self.plan_edit('smtp_helo_timeout', '10s')
                self.assertEqual(bool(plan.get_main_cf().get_value('smtp_sasl_password_maps')),
                                 completed)


class FixThatMadeAPlanUnsafe(PromiseTest):
    """What a finding suggests, alone or with all others, is no reason to refuse a plan, and gives
    the relay no less than it had."""

    CODES = (Code.OBSOLETE_TLS_PARAMETER, Code.TLS_OPPORTUNISTIC_WITH_AUTH, Code.TLS_UNVERIFIED,
             Code.TLS_WRAPPER_MISSING, Code.TLS_WRAPPER_UNEXPECTED, Code.TLS_WRAPPER_LEVEL,
             Code.SASL_OPTIONS_FORBID_PLAIN, Code.MECHANISM_PREFERRED, Code.TLS_WAIVABLE)
    STRENGTH = ('none', 'may', 'dane', 'encrypt', 'verify', 'secure', 'dane-only')
    LISTS = ({}, {LISTS[0]: 'noanonymous'}, {LISTS[1]: 'noanonymous'},
             {LISTS[1]: 'noanonymous', LISTS[2]: 'noplaintext, noanonymous'})
    SITES = ({}, {'smtp_tls_per_site': 'inline:{ smtp.example.com=MUST }'},
             {'smtp_use_tls': 'yes', 'smtp_tls_per_site': 'texthash:/etc/hosts'},
             {'smtp_use_tls': 'True'}, {'smtp_enforce_tls': 'yes'},
             {'smtp_tls_policy_maps': f'inline:{{ {RELAY}=encrypt }}'})

    def setUp(self):
        super().setUp()
        self.tried = 0
        self.authorities = fixture.write(self.folder / 'authorities.pem', self.certificate())

    @staticmethod
    def certificate():
        paths = ('/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt')
        return b''.join(open(path, 'rb').read() for path in paths if os.path.exists(path))

    def settings(self):
        """Configurations that people have, or might."""
        for level in (None, 'none', 'may', 'encrypt', 'dane', 'secure'):
            for sites in self.SITES:
                yield {'smtp_tls_security_level': level, **sites}
                yield {'smtp_tls_security_level': level, 'smtp_tls_CAfile': None, **sites}
            for lists in self.LISTS:
                yield {'smtp_tls_security_level': level, **lists}
            for port in (25, 465, 587, 2465):
                yield {'smtp_tls_security_level': level, 'smtp_tls_wrappermode': 'yes',
                       'relayhost': f'[smtp.example.com]:{port}'}
            yield {'smtp_tls_security_level': level, 'relayhost': '[smtp.example.com]:465'}
            yield {'smtp_tls_security_level': level, 'smtp_tls_wrappermode': 'yes',
                   'relayhost': '[192.0.2.1]:465'}

    def level(self, main_cf):
        """What the level, and what stands in for it, gives the relay, as a number."""
        level = Nullmail.NullClientConfig.new_from_main_cf(main_cf).get_tls_level()
        strength = self.STRENGTH.index(level.value_nick) if level else 0
        site = main_cf.get_value('smtp_tls_per_site') and \
            not main_cf.get_value('smtp_tls_policy_maps')
        return max(strength, self.STRENGTH.index('verify') if site else 0)

    def try_fixes(self, findings, before):
        main_cf = self.instance.load_main_cf()
        fixed = [finding.get_code().value_nick for finding in findings if finding.fix(main_cf)]
        self.tried += len(fixed)
        self.assertGreaterEqual(self.level(main_cf), before, fixed)
        plan = self.instance.plan_main_cf(main_cf, None, 0)
        try:
            self.assertTrue(self.instance.apply(plan, 0))
        except fixture.GLib.Error as error:
            raise AssertionError(f'{fixed}: {error.message}') from error

    def test_fixes(self):
        table = fixture.write(self.etc / 'passwords', b''.join(
            f'{relay} u:p\n'.encode() for relay in
            (RELAY, *(f'[smtp.example.com]:{port}' for port in (25, 465, 2465)))), 0o600)
        common = {'relayhost': RELAY, 'smtp_tls_CAfile': self.authorities,
                  'smtp_dns_support_level': 'dnssec'}
        login = {'smtp_sasl_auth_enable': 'yes', 'smtp_sasl_password_maps': f'texthash:{table}'}
        for setting in self.settings():
            for extra in ({}, login):
                values = {**common, **extra, **setting}
                text = fixture.MAIN_CF + ''.join(f'{name} = {value}\n' for name, value in
                                                 values.items() if value is not None).encode()
                fixture.write(self.main_cf, text)
                findings = [f for f in self.instance.check() if f.get_code() in self.CODES]
                before = self.level(self.instance.load_main_cf())
                with self.subTest(setting=setting, login=bool(extra)):
                    for several in [*([finding] for finding in findings), findings]:
                        fixture.write(self.main_cf, text)
                        self.try_fixes(several, before)
        self.assertGreater(self.tried, 300)


class LoginByMaster(PromiseTest):
    """A login that master.cf alone switches on goes over the same channel as any other."""

    def codes(self, *options):
        fixture.write(self.etc / 'master.cf', f'smtp unix - - n - - smtp {" ".join(options)}\n'
                      'relay unix - - n - - smtp -o smtp_sasl_auth_enable=yes\n'.encode())
        return {finding.get_code() for finding in self.instance.check()}

    def test_login(self):
        self.set('relayhost', RELAY)
        self.set('smtp_tls_security_level', 'may')
        missing = {Code.TLS_OPPORTUNISTIC_WITH_AUTH, Code.PASSWORD_MAP_MISSING}
        self.assertEqual(self.codes() & missing, set())
        self.assertEqual(self.codes('-o smtp_sasl_auth_enable=no') & missing, set())
        self.assertEqual(self.codes('-o smtp_sasl_auth_enable=yes') & missing, missing)
        self.assertEqual(self.codes('-o { smtp_sasl_auth_enable = yes }',
                                    '-o smtp_tls_security_level=encrypt',
                                    '-o smtp_sasl_password_maps=texthash:$config_directory/x')
                         & (missing | {Code.TLS_UNVERIFIED}), {Code.TLS_UNVERIFIED})

    def test_plans_are_not_refused(self):
        """What was so before is no reason, and other settings can be planned."""
        self.set('relayhost', RELAY)
        self.codes('-o smtp_sasl_auth_enable=yes')
        plan = self.plan_edit('smtp_tls_loglevel', '1')
        self.assertIn(Code.TLS_OPPORTUNISTIC_WITH_AUTH, [f.get_code() for f in plan.get_findings()])
        self.assertTrue(self.instance.apply(plan, 0))


class F8Chroot(PromiseTest):
    """Postfix's client in a chroot reads a file of certificates, and no folder outside of it."""

    def setUp(self):
        super().setUp()
        self.authorities = self.folder / 'authorities'
        self.authorities.mkdir()
        fixture.write(self.authorities / '0123abcd.0', b'x\n')
        self.queue = self.folder / 'queue'
        self.set('smtp_tls_CApath', self.authorities)
        self.set('queue_directory', self.queue)
        self.set('compatibility_level', '3.6')
        self.set('smtp_tls_security_level', 'may')

    def plan(self, chroot, **properties):
        if chroot is not None:
            fixture.write(self.etc / 'master.cf',
                          f'smtp unix - - {chroot} - - smtp\n'.encode())
        config = self.instance.load_config()
        config.set_relay_host(fixture.relay_host(RELAY))
        config.set_tls_level(Level.SECURE)
        for name, value in properties.items():
            config.set_property(name, value)
        return self.instance.plan(config, None, 0).get_main_cf().get_value('smtp_tls_CAfile')

    def test_in_a_chroot(self):
        self.assertRegex(self.plan('y'), '^/etc/')

    def test_by_default(self):
        self.assertIsNone(self.plan('-'))
        self.set('compatibility_level', '0')
        self.assertRegex(self.plan('-'), '^/etc/')

    def test_outside(self):
        self.assertIsNone(self.plan('n'))
        (self.etc / 'master.cf').unlink()
        self.assertIsNone(self.plan(None))

    def test_copied_into_the_chroot(self):
        inside = self.queue / str(self.authorities).lstrip('/')
        inside.mkdir(parents=True)
        fixture.write(inside / '0123abcd.0', b'x\n')
        self.assertIsNone(self.plan('y'))

    def test_file_that_does_not_exist(self):
        self.set('smtp_tls_CAfile', self.folder / 'nowhere.pem')
        self.assertRegex(self.plan('n'), '^/etc/')

    def test_file_that_was_assigned(self):
        missing = str(self.folder / 'nowhere.pem')
        self.assertEqual(self.plan('y', tls_ca_file=missing), missing)

    def test_shapes_of_master(self):
        """The client is the service that counts, with options or without."""
        client = 'smtp unix - - {} - - smtp\n'
        for text, chrooted in (
                (client.format('y') + '  -o smtp_helo_timeout=5\n', True),
                ('smtp inet n - n - - smtpd\n# smtp unix - - n - - smtp\n'
                 'smtp\tunix\n  -\t-  y\n\n# x\n  -  - smtp -v\n', True),
                (client.format('n') + client.format('y'), True),
                (client.format('y') + client.format('n'), False),
                ('smtp inet n - y - - smtpd\nrelay unix - - y - - smtp\n'
                 + client.format('n'), False),
                (client.format('Y'), False), ('smtp unix - - y\n', False), ('', False)):
            with self.subTest(text):
                fixture.write(self.etc / 'master.cf', text.encode())
                self.assertEqual(self.plan(None) is not None, chrooted)

    def test_default_authorities(self):
        """Those of OpenSSL are a folder, too."""
        self.set('tls_append_default_CA', 'yes')
        self.set('smtp_tls_CApath', '')
        self.assertIsNone(self.plan('n'))
        self.assertRegex(self.plan('y'), '^/etc/')

    def test_file_that_is_there(self):
        """Somebody's choice stays."""
        file = fixture.write(self.folder / 'own.pem', b'x\n')
        self.set('smtp_tls_CAfile', file)
        self.assertEqual(self.plan('y'), str(file))

    def test_check(self):
        """In the chroot nobody sees the folder, unless it was copied when Postfix was started."""
        self.set('smtp_tls_security_level', 'secure')
        self.set('relayhost', RELAY)
        for chroot, inside, expected in (('n', False, []), ('y', True, []), ('y', False, [
                (Code.NOT_CHECKED, 'ca-missing')])):
            with self.subTest(chroot=chroot, inside=inside):
                fixture.write(self.etc / 'master.cf', f'smtp unix - - {chroot} - - smtp\n'.encode())
                copy = self.queue / str(self.authorities).lstrip('/')
                shutil.rmtree(self.queue, ignore_errors=True)
                if inside:
                    copy.mkdir(parents=True)
                    fixture.write(copy / '0123abcd.0', b'x\n')
                self.assertEqual([(f.get_code(), f.get_subject()) for f in self.instance.check()
                                  if f.get_parameter() == 'smtp_tls_CAfile'], expected)

    def test_no_bundle(self):
        """Where this host has no file of authorities there is nothing to write, but it is said."""
        fixture.need_mounts()
        fixture.write(self.etc / 'master.cf', b'smtp unix - - y - - smtp\n')
        empty = self.folder / 'empty'
        empty.mkdir()
        places = [path for path in ('/etc/ssl', '/etc/pki') if os.path.isdir(path)]
        out = self.run_inside('without_bundle', fixture.in_mounts(
            [f'mount --bind {empty} {path}' for path in places]))
        self.assertEqual(out, "None ['ca-missing']\n")

    def test_verified_already(self):
        """Only a plan that begins to verify looks."""
        self.set('smtp_tls_security_level', 'verify')
        self.assertIsNone(self.plan('y'))


def inside_without_bundle(test):
    config = test.instance.load_config()
    config.set_relay_host(fixture.relay_host(RELAY))
    config.set_tls_level(Level.SECURE)
    plan = test.instance.plan(config, None, 0)
    print(plan.get_main_cf().get_value('smtp_tls_CAfile'),
          [f.get_subject() for f in plan.get_findings() if f.get_parameter() == 'smtp_tls_CAfile'])


class ClientCertificate(PromiseTest):
    """CLIENT_CERTIFICATE_BAD, with files that openssl(1) makes."""

    def setUp(self):
        super().setUp()
        need('openssl')
        self.file = self.folder / 'client.pem'
        self.apply(fixture.new_config(origin='example.com', tls_client_certificate=str(self.file)),
                   None, FORCE)
        self.assertEqual(self.value('smtp_tls_chain_files'), str(self.file))

    def make(self, name, days='365', algorithm='rsa:2048', ends=None):
        key, certificate = self.folder / f'{name}.key', self.folder / f'{name}.crt'
        curve = ['-pkeyopt', 'ec_paramgen_curve:P-256'] if algorithm == 'ec' else []
        subprocess.run(['openssl', 'req', '-x509', '-newkey', algorithm, *curve, '-nodes',
                        '-keyout', key, '-out', certificate, '-days', days, '-subj', f'/CN={name}'],
                       check=True, stderr=subprocess.DEVNULL)
        if ends is not None:
            self.sign_again(key, certificate, ends)
        return key.read_bytes(), certificate.read_bytes()

    def sign_again(self, key, certificate, ends):
        """Makes the certificate one that ends then; “openssl req” knows days from now on only."""
        folder = self.folder / 'ca'
        folder.mkdir()
        fixture.write(folder / 'index', b'')
        config = fixture.write(folder / 'config', f'''[ca]
default_ca = ca
[ca]
database = {folder}/index
new_certs_dir = {folder}
rand_serial = yes
default_md = sha256
policy = policy
[policy]
commonName = supplied
'''.encode())
        subprocess.run(['openssl', 'req', '-new', '-key', key, '-subj', '/CN=expired',
                        '-out', folder / 'request'], check=True, stderr=subprocess.DEVNULL)
        subprocess.run(['openssl', 'ca', '-batch', '-config', config, '-selfsign', '-notext',
                        '-in', folder / 'request', '-keyfile', key, '-out', certificate,
                        '-startdate', '20200101000000Z', '-enddate', ends],
                       check=True, stderr=subprocess.DEVNULL)

    def check(self, contents):
        if contents is not None:
            fixture.write(self.file, contents, 0o600)
        return [(f.get_severity(), f.get_subject()) for f in
                self.find(Code.CLIENT_CERTIFICATE_BAD)]

    def test_files(self):
        bad, nearly, good = ((Severity.ERROR, str(self.file)),), \
            ((Severity.WARNING, str(self.file)),), ()
        key, certificate = self.make('host')
        ec_key, ec_certificate = self.make('curve', algorithm='ec')
        other_key, _ = self.make('other')
        locked = subprocess.run(['openssl', 'pkcs8', '-topk8', '-passout', 'pass:x'], input=key,
                                check=True, stdout=subprocess.PIPE).stdout
        traditional = subprocess.run(['openssl', 'rsa', '-traditional'], input=key, check=True,
                                     stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        expired = self.make('expired', ends='20200201000000Z')
        soon = self.make('soon', '20')
        for name, contents, expected in (
                ('missing', None, bad), ('good', key + certificate, good),
                ('curve', ec_key + ec_certificate, good),
                ('traditional', traditional + certificate, good),
                ('two', key + certificate + ec_key + ec_certificate, good),
                ('chain', key + certificate + ec_certificate, good),
                ('text around', b'text\n' + key + b'\ntext\n' + certificate, good),
                ('wrong order', certificate + key, bad), ('no key', certificate, bad),
                ('no certificate', key, bad), ('mismatch', other_key + certificate, bad),
                ('empty', b'', bad), ('garbage', b'\0\xff' * 999, bad),
                ('cut', (key + certificate)[:-400], bad),
                ('cut behind', key + certificate + ec_certificate[:-40], bad),
                ('passphrase', locked + certificate, bad), ('expired', b''.join(expired), bad),
                ('soon', b''.join(soon), nearly)):
            with self.subTest(name):
                self.assertEqual(self.check(contents), list(expected))

    def test_several_files(self):
        """Postfix takes them for one, so that a key may stand in the file before."""
        (key, certificate), (soon_key, soon) = self.make('host'), self.make('soon', '20')
        for name, contents in (('key', key), ('certificate', certificate),
                               ('both', key + certificate), ('soon', soon_key + soon)):
            fixture.write(self.folder / name, contents, 0o600)
        for files, expected in (
                ('key, certificate', []), ('both key certificate', []), ('both certificate', []),
                ('certificate key', [(Severity.ERROR, 'certificate')]),
                ('key both', [(Severity.ERROR, 'both')]), ('both key', [(Severity.ERROR, 'key')]),
                ('both soon', [(Severity.WARNING, 'soon')]),
                ('soon both', [(Severity.WARNING, 'soon')]),
                ('both missing', [(Severity.ERROR, 'missing')])):
            with self.subTest(files):
                self.set('smtp_tls_chain_files', re.sub(r'(\w+)', rf'{self.folder}/\1', files))
                self.assertEqual([(severity, os.path.basename(subject))
                                  for severity, subject in self.check(None)], expected)

    def test_relative_name(self):
        """Postfix has a working directory of its own."""
        self.set('smtp_tls_chain_files', 'client.pem')
        self.assertEqual(self.check(None), [])
        self.assertEqual([f.get_subject() for f in self.find(Code.NOT_CHECKED)
                          if f.get_parameter() == 'smtp_tls_chain_files'],
                         ['client-certificate-bad'])

    def test_cannot_be_read(self):
        need_root()
        key, certificate = self.make('host')
        fixture.write(self.file, key + certificate, 0o600)
        os.chmod(self.folder, 0o755)
        out = self.run_inside('as_nobody', user='nobody', group='nogroup', extra_groups=[])
        self.assertEqual(out, 'client-certificate-bad\n')

    def test_secret_is_in_no_text(self):
        key, certificate = self.make('host')
        fixture.write(self.file, key, 0o600)
        line = key.splitlines()[3].decode()
        texts = [f.get_message() + f.get_remedy() for f in self.instance.check()]
        self.assertFalse([text for text in texts if line in text or SECRET in text])


def inside_as_nobody(test):
    print(*[finding.get_subject() for finding in test.instance.check()
            if finding.get_code() == Code.NOT_CHECKED
            and finding.get_parameter() == 'smtp_tls_chain_files'])


def setUpModule():
    fixture.need_postfix()
