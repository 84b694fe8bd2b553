# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Passwords that somebody wrote into main.cf or master.cf: shown and recorded nowhere, in whichever
form they stand there, while the names of tables stay readable; and reported."""

import os
import re

import fixture
from fixture import GLib, InstanceTest, Nullmail, RELAY, SECRET
from password_forms import ALONE, FORMS, HOSTS, MAPS, SERVICE, texts

Error = Nullmail.Error
Code = Nullmail.FindingCode
FORCE = Nullmail.ApplyFlags.FORCE
OVERWRITE = Nullmail.ApplyFlags.OVERWRITE
SAID = Code.PASSWORD_IN_MAIN_CF
NOT_UNDONE = Code.CREDENTIALS_NOT_UNDONE
LOGIN = f'relayhost = {RELAY}\nsmtp_sasl_auth_enable = yes\n'


class MaskTest(InstanceTest):
    def write(self, text, master_cf=None):
        fixture.write(self.main_cf, fixture.MAIN_CF + (LOGIN + text).encode())
        if master_cf is not None:
            fixture.write(self.etc / 'master.cf', master_cf.encode())
        self.instance = self.new_instance()

    def everything_shown(self, plan):
        shown = [plan.to_diff(), str(plan.to_variant().unpack())]
        for change in plan.get_changes():
            shown += [change.get_subject(), change.get_old_value(), change.get_new_value()]
        return ' '.join(map(str, shown))

    def everything_recorded(self):
        return b''.join(path.read_bytes() for path in self.state.rglob('*') if path.is_file())

    def codes(self, findings, code=SAID):
        return [(finding.get_parameter(), finding.get_subject(), finding.get_line())
                for finding in findings if finding.get_code() == code]

    def line_of(self, start):
        lines = self.main_cf.read_text().splitlines()
        return [i for i, line in enumerate(lines, 1) if line.startswith(start)][-1]


class Forms(MaskTest):
    """Fault S9, one test a form."""

    def check_form(self, text, master_cf):
        self.write(text, master_cf)
        shown = [self.everything_shown(self.plan_edit('smtp_tls_loglevel', '1')),
                 str(self.instance.lookup_parameters([])), str(self.instance.lookup_parameters(
                     sorted(set(re.findall(r'^(\w+) =', text, re.M)) & {MAPS, 'relayhost'}))),
                 *(f.get_message() + f.get_remedy() for f in self.instance.check()),
                 str(self.instance.load_config().to_variant().unpack())]
        config = self.instance.load_config()
        shown.append(str(config.get_property('password-maps')))
        plan = self.plan_edit(MAPS, f'texthash:{self.sasl_passwd}')
        shown.append(self.everything_shown(plan))
        self.instance.apply(plan, FORCE)
        try:
            shown.append(self.everything_shown(self.instance.plan_undo()))
            shown.append(self.everything_shown(self.instance.plan_restore()))
            self.instance.undo(FORCE)
        except GLib.Error as error:
            self.assertTrue(error.matches(Nullmail.Error.quark(), Error.CONFLICT), error.message)
            shown.append(error.message)
        shown += self.after_it_went()
        self.assertEqual([text for text in shown if SECRET in text], [])
        self.assertNotIn(SECRET.encode(), self.everything_recorded())
        self.assertTrue(self.everything_recorded())

    def after_it_went(self):
        """Nothing refers any more to what the password stands in."""
        for name, value in ((MAPS, f'texthash:{self.sasl_passwd}'), ('smtp_tls_loglevel', '0'),
                            ('mydomain', 'example.org')):
            self.instance = self.new_instance()
            plan = self.plan_edit(name, value)
            yield self.everything_shown(plan)
            self.instance.apply(plan, FORCE)
            yield self.everything_shown(self.instance.plan_undo())
            yield self.everything_shown(self.instance.plan_restore())
            yield str(self.instance.lookup_parameters([]))
            yield str(self.instance.lookup_parameters(sorted(self.names())))
            yield from (str(found.to_variant().unpack()) for found in self.instance.check())

    def names(self):
        return (set(re.findall(r'^(\w+) =', self.main_cf.read_text(), re.M))
                & {'login', 'word', 'relayhost', MAPS})

    def check_written_back(self, text, master_cf):
        """What is not shown is not lost."""
        self.write(text, master_cf)
        before = self.main_cf.read_bytes()
        config = self.instance.load_config()
        main_cf = self.instance.load_main_cf()
        config.update_main_cf(main_cf)
        self.assertEqual(main_cf.to_bytes().get_data(), before)
        plan = self.instance.plan(config, None, 0)
        self.assertEqual(plan.get_main_cf().to_bytes().get_data(), before)


def add_forms():
    for name, text, master_cf in (*texts(SECRET), *texts(SECRET, ALONE),
                                  *texts(SECRET, HOSTS)):
        def test(self, text=text, master_cf=master_cf):
            self.check_form(text, master_cf)
            self.check_written_back(text, master_cf)
        setattr(Forms, 'test_s9_' + name.replace(' ', '_'), test)


add_forms()


class Shown(MaskTest):
    def test_s9_names_of_tables_stay(self):
        table = f'hash:{self.sasl_passwd}, $type:$config_directory/x, unionmap:{{texthash:/y}}'
        self.write(f'type = texthash\n{MAPS} = {table}\n')
        self.assertEqual(self.instance.lookup_parameters([MAPS]), {MAPS: table})
        self.assertEqual(self.instance.load_config().get_password_maps(), table)
        plan = self.plan_edit(MAPS, 'texthash:/z')
        self.assertIn(f'-{MAPS} = {table}\n', plan.to_diff())
        self.assertIn(f'+{MAPS} = texthash:/z\n', plan.to_diff())
        change, = plan.get_changes()
        self.assertEqual((change.get_old_value(), change.get_new_value()), (table, 'texthash:/z'))

    def test_s9_other_tables_stay(self):
        """They hold no passwords, unless one for passwords refers to them."""
        table = 'inline:{ {example.com = smtp:[mail.example.com]:25} }'
        for text, shown in (('', table), (f'{MAPS} = $transport_maps\n', 'inline:********')):
            with self.subTest(text):
                self.write(text + f'transport_maps = {table}\n')
                found = self.instance.lookup_parameters(['transport_maps'])
                self.assertEqual(found, {'transport_maps': shown})
                diff = self.plan_edit('transport_maps', 'texthash:/x').to_diff()
                self.assertIn(f'-transport_maps = {shown}\n', diff)

    def test_hosts_stay(self):
        """What stands in front of hosts, or is behind “=”, and is no password."""
        lines = ('db_uri = mongodb://h1:27017,h2:27017/x', 'db_hosts = ldap://u@h:389/o=a:b',
                 'import_environment = MAIL_CONFIG TZ LANG=C KRB5_KTNAME=/etc/x',
                 'transport_maps = inline:{ {a = smtp:[b.example.com]:587} }',
                 'smtp_fallback_relay = [a.example.com]:587 [::1]:25',
                 '# See http://www.example.com:80/ and ssh://git@h:22/x, or ask a@b: c@d knows.',
                 '#relayhost = [a.example.com]:587')
        self.write(''.join(line + '\n' for line in lines))
        main_cf = self.instance.load_main_cf()
        for line in lines:
            if not line.startswith('#'):
                main_cf.set_value(line.partition(' = ')[0], '')
        diff = self.instance.plan_main_cf(main_cf, None, 0).to_diff()
        for line in lines:
            self.assertIn(f'{" " if line.startswith("#") else "-"}{line}\n', diff)

    def test_s9_what_stands_before_a_password_stays(self):
        self.write(f'{MAPS} = hash:/a, static:u:{SECRET}\n')
        self.assertIn(f'-{MAPS} = hash:/a, static:********\n',
                      self.plan_edit(MAPS, 'texthash:/x').to_diff())

    def test_s9_password_maps_read_nothing(self):
        """By a macro, too; and no more than that parameter is unsupported."""
        for text in (f'{MAPS} = $login\nlogin = static:u:{SECRET}\n',
                     f'{MAPS} = static:u:{SECRET}\n',
                     f'{MAPS} = ${{login?{{static:u:{SECRET}}}}}\n'):
            with self.subTest(text.replace(SECRET, '')):
                self.write(text)
                config = self.instance.load_config()
                self.assertIsNone(config.get_password_maps())
                self.assertIsNone(config.get_property('password-maps'))
                self.assertEqual(config.get_unsupported(), [MAPS])
                self.assertEqual(config.copy().get_unsupported(), [MAPS])
                self.assertTrue(config.get_authentication())
        self.write(f'{MAPS} = $login\nlogin = hash:/x\n')
        self.assertEqual(self.instance.load_config().get_password_maps(), '$login')

    def test_s9_assigned_password_maps(self):
        """They are written, though they do not read."""
        config = fixture.login_config(origin='example.com', password_maps=f'static:u:{SECRET}')
        self.assertIsNone(config.get_password_maps())
        self.assertEqual(config.get_unsupported(), [MAPS])
        main_cf = Nullmail.MainCf.new()
        config.update_main_cf(main_cf)
        self.assertEqual(main_cf.get_value(MAPS), f'static:u:{SECRET}')
        config.set_password_maps('hash:/x')
        self.assertEqual((config.get_password_maps(), config.get_unsupported()), ('hash:/x', []))

    def test_s9_value_that_is_refused(self):
        """The text of another parameter is quoted, but not what its macros bring in."""
        for value in ('$login', '${login}', f'static:u:{SECRET} {MAPS} = static:u:{SECRET}'):
            with self.subTest(value.replace(SECRET, '')):
                self.write(f'{MAPS} = $login\nlogin = static:u:{SECRET}\nbiff = {value}\n')
                messages = [finding.get_message() for finding in self.instance.check()
                            if finding.get_code() == Code.INVALID_VALUE]
                self.assertEqual(len(messages), 1)
                self.assertIn('biff', messages[0])
                self.assertNotIn(SECRET, messages[0])

    def test_s9_macro_in_another_parameter(self):
        """What a finding quotes of a parameter that refers to the same macro by mistake."""
        others = ('myhostname', 'myorigin', 'smtp_tls_chain_files', 'smtp_tls_CAfile',
                  'smtp_tls_security_level', 'inet_protocols', 'content_filter')
        self.write(f'{MAPS} = $login\nlogin = static:u:{SECRET}\n'
                   + ''.join(f'{name} = $login\n' for name in others))
        found = self.instance.check()
        self.assertGreater(len(found), 5)
        for finding in found:
            with self.subTest(finding.get_code(), parameter=finding.get_parameter()):
                self.assertNotIn(SECRET, str(finding.to_variant().unpack()))

    def test_s9_password_in_the_relay(self):
        """Somebody writes the relay with the login, as programs that take a URL have it."""
        for text in (f'smtps://relayuser:{SECRET}@smtp.example.com:465',
                     f'[relayuser:{SECRET}@smtp.example.com]:587', f'relayuser:{SECRET}/@@host'):
            with self.subTest(text):
                shown = 'relayuser:********@'
                self.assert_error(Error.INVALID_RELAY_HOST, shown, Nullmail.RelayHost.parse, text)
                self.assert_error(Error.INVALID_RELAY_HOST, shown, Nullmail.RelayHost.new, text,
                                  None, True)
                fixture.write(self.main_cf, fixture.MAIN_CF + f'relayhost = {text}\n'.encode())
                self.instance = self.new_instance()
                plan = self.plan_edit('smtp_tls_loglevel', '1')
                shown = [self.everything_shown(plan), str(self.instance.lookup_parameters([])),
                         str(self.instance.load_overview().unpack())]
                self.instance.apply(plan, FORCE)
                plan = self.plan_edit('relayhost', RELAY)
                shown.append(self.everything_shown(plan))
                self.assertIn(RELAY, shown[-1])
                self.instance.apply(plan, FORCE)
                self.assertEqual([text for text in shown if SECRET in text], [])
                self.assertNotIn(SECRET.encode(), self.everything_recorded())

    def test_s9_macro_in_the_relay(self):
        self.write(f'{MAPS} = static:u:$word\nword = {SECRET}\n')
        self.set_relay('[$word.example.com]:587')
        for finding in self.instance.check():
            self.assertNotIn(SECRET, str(finding.to_variant().unpack()))
        error = self.assert_error(Error.INVALID_ARGUMENT, 'brackets and port',
                                  self.instance.plan_main_cf, self.instance.load_main_cf(),
                                  fixture.credentials('[other.example.com]:1'), 0)
        self.assertNotIn(SECRET, error.message)

    def set_relay(self, relay):
        fixture.write(self.main_cf, self.main_cf.read_bytes() + f'relayhost = {relay}\n'.encode())

    def test_s9_macro_in_an_address(self):
        self.write(f'{MAPS} = $login\nlogin = static:u:{SECRET}\n')
        for name in ('sender-address', 'root-address'):
            config = self.instance.load_config()
            config.set_property(name, '$login@example.com')
            error = self.assert_error(Error.INVALID_CONFIG, [name, '$login@example.com'],
                                      self.instance.plan, config, None, 0)
            self.assertNotIn(SECRET, error.message)

    def test_s9_macro_that_cannot_be_expanded(self):
        for value in (f'static:u:${{{SECRET}', f'${{{{{SECRET}}} <level {{3}} ? {{a}}}}'):
            with self.subTest(value.replace(SECRET, '')):
                self.write(f'{MAPS} = $login\nlogin = {value}\n')
                main_cf = self.instance.load_main_cf()
                for text in ('$login', f'${MAPS}'):
                    self.assert_error(Error.INVALID_FILE, 'login', main_cf.expand, text, None)


class Alone(MaskTest):
    def test_only_what_looks_as_a_login(self):
        """And not where Postfix needs it for something else."""
        for name, value, shown in (
                ('transport_maps', 'static:smtp:mail.example.com:587', None),
                ('smtp_tls_policy_maps', 'inline:{ {example.com = secure:x} }', None),
                ('virtual_uid_maps', 'static:1:2', None),
                ('canonical_maps', 'randmap:{a:b}', None),
                ('relay', 'static:smtp:[mail.example.com]:587', None),
                ('everybody', 'static:all', None),
                ('policy', 'static:{secure match=a:b}', None),
                ('postmaster', 'static:postmaster@example.com', None),
                ('login', 'static:a:b', 'static:********')):
            with self.subTest(name):
                self.write(f'{name} = {value}\n#{name} = {value}\n')
                found = self.instance.lookup_parameters([name])
                self.assertEqual(found, {name: shown or value})
                diff = self.plan_edit(name, 'texthash:/x').to_diff()
                self.assertIn(f'-{name} = {shown or value}\n', diff)
                self.assertIn(f' #{name} = {shown or value}\n', diff)

    def test_no_finding(self):
        """A text that only looks as a login does is no fault."""
        for name, text, master_cf in texts(SECRET, ALONE):
            with self.subTest(name):
                self.write(text, master_cf)
                self.assertEqual(self.codes(self.instance.check()), [])
                (self.etc / 'master.cf').unlink(missing_ok=True)

    def test_still_found_when_it_is_known(self):
        self.write(f'{MAPS} = $login\nlogin = static:u:{SECRET}\n')
        self.instance.apply(self.plan_edit(MAPS, f'texthash:{self.sasl_passwd}'), FORCE)
        self.assertEqual([found[0] for found in self.codes(self.instance.check())], ['login'])
        main_cf = self.instance.load_main_cf()
        main_cf.unset('login')
        self.instance.apply(self.instance.plan_main_cf(main_cf, None, 0), FORCE)
        self.assertEqual(self.codes(self.instance.check()), [])

    def test_forgotten_when_it_is_gone(self):
        """A name may be used again for something else."""
        self.write(f'{MAPS} = static:u:$word\nword = {SECRET}\n')
        self.instance.apply(self.plan_edit(MAPS, f'texthash:{self.sasl_passwd}'), FORCE)
        self.assertEqual(self.instance.lookup_parameters(['word']), {'word': '********'})
        main_cf = self.instance.load_main_cf()
        main_cf.unset('word')
        self.instance.apply(self.instance.plan_main_cf(main_cf, None, 0), FORCE)
        self.instance.apply(self.plan_edit('word', 'other'), FORCE)
        self.assertEqual(self.instance.lookup_parameters(['word']), {'word': 'other'})

    def test_messages(self):
        """Of what stands in a parameter that takes no such table."""
        for name in ('relayhost', 'myhostname', 'inet_protocols', 'smtp_tls_CAfile'):
            with self.subTest(name):
                self.write(f'{name} = static:u:{SECRET}\n')
                said = [str(found.to_variant().unpack()) for found in self.instance.check()]
                for call in (lambda: self.instance.lookup_parameters([]),
                             lambda: self.instance.plan(self.instance.load_config(),
                                                        fixture.credentials(), 0)):
                    try:
                        said.append(str(call()))
                    except GLib.Error as error:
                        said.append(error.message)
                self.assertEqual([text for text in said if SECRET in text], [])
                self.assertTrue([text for text in said if '********' in text])

    def test_file_that_was_kept_before(self):
        """Neither main.cf that was kept shows what became a password since."""
        self.write(f'word = {SECRET}\n')
        self.instance.apply(self.plan_edit('mydomain', 'example.org'), FORCE)
        self.instance.apply(self.plan_edit('mydomain', 'example.net'), FORCE)
        self.assertEqual(self.everything_recorded().count(SECRET.encode()), 2)
        self.instance.apply(self.plan_edit(MAPS, 'static:u:$word'), FORCE)
        self.assertNotIn(SECRET.encode(), self.everything_recorded())
        self.instance.undo(FORCE)
        self.instance.apply(self.instance.plan_restore(), FORCE | OVERWRITE)
        self.assertNotIn('example', self.main_cf.read_text().partition('mydomain')[2])
        self.assertNotIn(SECRET.encode(), self.everything_recorded())

    def test_password_that_was_recorded_before_it_was_one(self):
        self.write('')
        self.instance.apply(self.plan_edit('word', SECRET), FORCE)
        self.assertIn(SECRET.encode(), self.everything_recorded())
        self.instance.apply(self.plan_edit(MAPS, 'static:u:$word'), FORCE)
        self.assertNotIn(SECRET.encode(), self.everything_recorded())


class Found(MaskTest):
    def test_every_form(self):
        """Exactly one finding; none for a comment, and what is part of another setting is its
        fault. What is no table that could be read may be no password either."""
        quiet = {'commented out', 'commented out macro', 'indented', 'slash', 'slash by a macro',
                 'no table', 'type of a file'}
        for name, text, master_cf in texts(SECRET):
            with self.subTest(name):
                self.write(text, master_cf)
                found = self.codes(self.instance.check())
                self.assertEqual(len(found), 0 if name in quiet else 1, found)
                (self.etc / 'master.cf').unlink(missing_ok=True)
        self.assertEqual(quiet - set(FORMS), set())

    def test_facts(self):
        self.write(f'{MAPS} = $login\nlogin = static:u:{SECRET}\n')
        finding, = [f for f in self.instance.check() if f.get_code() == SAID]
        self.assertEqual(finding.get_severity(), Nullmail.Severity.ERROR)
        self.assertEqual((finding.get_parameter(), finding.get_subject()), ('login', 'login'))
        self.assertEqual(finding.get_path(), str(self.main_cf))
        self.assertEqual(finding.get_line(), self.line_of('login'))
        self.assertEqual(finding.to_variant().unpack()['code'], 'password-in-main-cf')
        self.assertIsNone(finding.get_suggestion())
        self.assertIn('0600', finding.get_remedy())
        main_cf = self.instance.load_main_cf()
        self.assertFalse(finding.fix(main_cf))

    def test_master_cf(self):
        self.write('', '# a\n' + SERVICE + f'  -o {MAPS}=static:u:{SECRET}\n')
        finding, = [f for f in self.instance.check() if f.get_code() == SAID]
        self.assertEqual((finding.get_parameter(), finding.get_subject(), finding.get_line()),
                         (MAPS, 'slow/unix', 3))
        self.assertEqual(finding.get_path(), str(self.etc / 'master.cf'))

    def test_who_can_read_it(self):
        self.write(f'{MAPS} = static:u:{SECRET}\n')
        for mode, group, is_found in ((0o600, 0, False), (0o640, 0, False), (0o640, 1, True),
                                      (0o644, 0, True), (0o604, 0, True), (0o660, 0, False)):
            if group and os.geteuid() != 0:
                continue
            with self.subTest(oct(mode), group=group):
                self.main_cf.chmod(mode)
                os.chown(self.main_cf, -1, group if os.geteuid() == 0 else -1)
                group = self.main_cf.stat().st_gid
                expected = is_found or (bool(mode & 0o040) and group != 0)
                self.assertEqual(len(self.codes(self.instance.check())), int(expected))

    def test_new_one_is_unsafe(self):
        self.write(f'{MAPS} = texthash:{self.sasl_passwd}\n')
        fixture.write(self.sasl_passwd, f'{RELAY} u:p\n'.encode(), 0o600)
        plan = self.plan_edit(MAPS, f'static:u:{SECRET}')
        self.assertEqual(len(self.codes(plan.get_findings())), 1)
        self.assert_refused(Error.UNSAFE, (MAPS, '0600'), self.instance.apply, plan, 0)
        self.instance.apply(plan, FORCE)

    def test_old_one_hinders_nothing(self):
        for text, master_cf in ((f'{MAPS} = static:u:{SECRET}\n', None),
                                (f'{MAPS} = $login\nlogin = static:u:{SECRET}\n', None),
                                (f'{MAPS} = texthash:{self.sasl_passwd}\n',
                                 SERVICE + f' -o {MAPS}=static:u:{SECRET}\n')):
            with self.subTest(text.replace(SECRET, '')):
                fixture.write(self.sasl_passwd, f'{RELAY} u:p\n'.encode(), 0o600)
                self.write(text, master_cf)
                plan = self.plan_edit('mydomain', 'example.org')
                self.assertEqual(len(self.codes(plan.get_findings())), 1)
                self.instance.apply(plan, 0)
                self.assertIn(text.encode(), self.main_cf.read_bytes())


class Undone(MaskTest):
    def test_password_that_does_not_come_back(self):
        self.write(f'{MAPS} = static:u:{SECRET}\n')
        self.instance.apply(self.plan_edit(MAPS, 'texthash:/x'), FORCE)
        for plan in (self.instance.plan_undo(), self.instance.plan_restore()):
            self.assertEqual([found[:2] for found in self.codes(plan.get_findings(), NOT_UNDONE)],
                             [(MAPS, MAPS)])
            self.assertEqual(plan.get_main_cf().get_value(MAPS), 'texthash:/x')

    def test_part_of_it(self):
        """What had no password comes back, and what had one is said."""
        self.write(f'{MAPS} = $login\nlogin = static:u:{SECRET}\n')
        main_cf = self.instance.load_main_cf()
        main_cf.unset('login')
        main_cf.set_value(MAPS, 'texthash:/x')
        main_cf.set_value('mydomain', 'example.org')
        self.instance.apply(self.instance.plan_main_cf(main_cf, None, 0), FORCE)
        plan = self.instance.plan_undo()
        self.assertEqual([found[0] for found in self.codes(plan.get_findings(), NOT_UNDONE)],
                         ['login'])
        self.assertIsNone(plan.get_main_cf().get_value('mydomain'))
        self.assertEqual(plan.get_main_cf().get_value(MAPS), '$login')

    def test_password_that_goes(self):
        """The file before it has none, so that it was kept, and all of it comes back."""
        self.write(f'{MAPS} = texthash:{self.sasl_passwd}\n')
        fixture.write(self.sasl_passwd, f'{RELAY} u:p\n'.encode(), 0o600)
        before = self.main_cf.read_bytes()
        self.instance.apply(self.plan_edit(MAPS, f'static:u:{SECRET}'), FORCE)
        plan = self.instance.plan_undo()
        self.assertEqual(self.codes(plan.get_findings(), NOT_UNDONE), [])
        self.instance.apply(plan, 0)
        self.assertEqual(self.main_cf.read_bytes(), before)
        self.assertNotIn(SECRET.encode(), self.everything_recorded())


def setUpModule():
    fixture.need_postfix()
