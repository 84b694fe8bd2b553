# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Settings, credentials and plans that cannot be: an error code of its own for each, a message that
names the culprit, and not a byte, mode or name changed on disk."""

import fixture
from fixture import GLib, InstanceTest, Nullmail, RELAY, SECRET

Error = Nullmail.Error

# Not NUL: PyGObject cuts a string there, so that the library never sees one but in bytes.
CONTROLS = ['\n', '\r', '\t', '\v', '\f', '\x01', '\x1b', '\x7f', '\n\n', '\r\n']


class Settings(InstanceTest):
    RELAYS = ['', ' ', '[', ']', '[]', '[a', 'a]', 'a b', 'a, b', 'user@a', 'smtp:[a]:25', '[a]:',
              '[a]:0', '[a]:65536', '[a]:99999999999', '[a]:no such', '[a]:x_y', 'a:b:c', '::1',
              '2001:db8::1', 'ä.example.com', '[a]:25:26', '[[a]]', '/etc/passwd']

    def test_relay_host_nonsense(self):
        for text in self.RELAYS:
            for function in (Nullmail.RelayHost.parse, Nullmail.NullClientConfig.new_for_relay):
                with self.subTest(text=text, function=function.__name__):
                    self.assert_refused(Error.INVALID_RELAY_HOST, text.strip(), function, text)

    def test_relay_host_nonsense_in_variant(self):
        variant = GLib.Variant('a{sv}', {'relay-host': GLib.Variant('s', 'a b')})
        for function in (Nullmail.NullClientConfig.new_from_variant,
                         fixture.new_config().apply_variant):
            self.assert_refused(Error.INVALID_RELAY_HOST, 'a b', function, variant)

    def test_relay_host_nonsense_in_main_cf(self):
        fixture.write(self.main_cf, fixture.MAIN_CF + b'relayhost = smtp:[a]:587\n')
        config = self.instance.load_config()
        self.assertIsNone(config.get_relay_host())
        self.assertEqual(config.get_unsupported(), ['relayhost'])
        with self.unchanged():
            self.assertTrue(self.instance.plan(config, None, 0).is_empty())
            self.assertIn(Nullmail.FindingCode.INVALID_VALUE,
                          [finding.get_code() for finding in self.instance.check()])
        config.set_relay_host(Nullmail.RelayHost.parse(RELAY))
        self.apply(config)
        self.assertEqual(self.main_cf.read_bytes(),
                         fixture.MAIN_CF + f'relayhost = {RELAY}\n'.encode())

    def test_no_relay_was_said_to_send_all_straight(self):
        """A host of Debian's kind “Local only” sends nothing, and tables may tell other relays."""
        def message():
            return [finding.get_message() for finding in self.instance.check()
                    if finding.get_code() == Nullmail.FindingCode.NO_RELAY]

        for line, words in (('', 'each message is sent straight'),
                            ('default_transport = error\n', 'nothing else in main.cf'),
                            ('sender_dependent_relayhost_maps = inline:{@a.example=[b.example]}\n',
                             'nothing else in main.cf')):
            with self.subTest(line):
                fixture.write(self.main_cf, fixture.MAIN_CF + line.encode())
                text, = message()
                self.assertIn(words, text)

    def test_milter_of_smtpd_was_said_to_hold_all_mail(self):
        """smtpd(8) alone asks it: what sendmail(1) takes goes past it, and so does all where
        nothing listens."""
        def messages(master_cf):
            text = 'smtp unix - - n - - smtp\n' + master_cf
            fixture.write(self.etc / 'master.cf', text.encode())
            return [finding.get_message() for finding in self.new_instance().check()
                    if finding.get_code() == Nullmail.FindingCode.MAIL_HELD]

        fixture.write(self.main_cf, fixture.MAIN_CF
                      + b'smtpd_milters = inet:127.0.0.1:1\n')
        self.assertEqual(messages(''), [])
        for program in ('smtp inet n - n - - smtpd\n', 'smtpd pass - - n - - smtpd\n'):
            text, = messages(program)
            self.assertIn('by SMTP', text)

    def test_template_that_nobody_filled_in_was_shown_as_empty(self):
        """What main.cf says is shown, which is what has to be mended."""
        fixture.write(self.main_cf, fixture.MAIN_CF + b'myorigin = ${MAIL_DOMAIN}\n')
        text, = [finding.get_message() for finding in self.instance.check()
                 if finding.get_parameter() == 'myorigin'
                 and finding.get_code() == Nullmail.FindingCode.INVALID_VALUE]
        self.assertIn('“${MAIL_DOMAIN}”', text)

    def test_folder_of_other_programs_was_found_for_each_service(self):
        """An older Debian had its daemons where today's has other files: that is one fault."""
        fixture.write(self.etc / 'master.cf', b'pickup unix n - n 60 1 pickup\n'
                      b'cleanup unix n - n - 0 cleanup\nqmgr unix n - n 300 1 qmgr\n'
                      b'rewrite unix - - n - - trivial-rewrite\nsmtp unix - - n - - smtp\n'
                      b'tlsmgr unix - - n 1000? 1 tlsmgr\n')
        fixture.write(self.main_cf, fixture.MAIN_CF
                      + f'daemon_directory = {self.etc}\n'.encode())
        found = [(finding.get_code(), finding.get_parameter())
                 for finding in self.new_instance().check()
                 if finding.get_code() in (Nullmail.FindingCode.SERVICE_MISSING,
                                           Nullmail.FindingCode.INVALID_VALUE)]
        self.assertEqual(found, [(Nullmail.FindingCode.INVALID_VALUE, 'daemon_directory')])

    def test_many_unknown_names(self):
        """Each has a finding, but no file has thousands of them; what is used is none."""
        lines = [f'nonsense_{i} = x\n' for i in range(10_000)]
        used = b'mine_one = 1\nmine_two = ${mine_one}\nmyorigin = $mine_two\n'
        fixture.write(self.main_cf, fixture.MAIN_CF + used + ''.join(lines).encode())
        found = [finding for finding in self.instance.check()
                 if finding.get_code() == Nullmail.FindingCode.UNKNOWN_PARAMETER]
        found.sort(key=Nullmail.Finding.get_line)
        self.assertEqual([finding.get_subject() for finding in found],
                         [f'nonsense_{i}' for i in range(11)])
        self.assertIn('only the first 10', found[10].get_message())
        fixture.write(self.main_cf, fixture.MAIN_CF + used + 10 * lines[0].encode())
        found = [finding.get_subject() for finding in self.instance.check()
                 if finding.get_code() == Nullmail.FindingCode.UNKNOWN_PARAMETER]
        self.assertEqual(found, ['nonsense_0'])

    def test_control_characters_in_relay_host(self):
        for control in CONTROLS:
            for text in (f'a{control}b', f'[a{control}]:587', f'[a]:58{control}7'):
                with self.subTest(text=text):
                    self.assert_control_refused({Error.INVALID_RELAY_HOST},
                                                Nullmail.RelayHost.parse, text)
            with self.subTest(control=control):
                self.assert_control_refused({Error.INVALID_RELAY_HOST},
                                            Nullmail.RelayHost.new, f'a{control}b', None, False)
                self.assert_control_refused({Error.INVALID_RELAY_HOST},
                                            Nullmail.RelayHost.new, 'a', f'58{control}7', False)

    def assert_control_refused(self, codes, function, *arguments):
        """A message shows control characters in some form that harms no terminal and no log."""
        try:
            with self.unchanged():
                function(*arguments)
        except GLib.Error as error:
            self.assertIn((error.domain, error.code),
                          [('nullmail-error-quark', code) for code in codes], error.message)
            self.assertRegex(error.message, r'\A[^\x00-\x1f\x7f]+\Z')
            self.assertNotIn(SECRET, error.message)
        else:
            self.fail(f'{arguments!r} is taken')

    def plan_with(self, name, value):
        config = fixture.login_config()
        getattr(config, 'set_' + name)(value)
        return self.instance.plan(config, None, 0)

    STRINGS = {'hostname': 'a{}b.example.com', 'domain': 'example{}.com', 'origin': 'ex{}ample.com',
               'tls_ca_file': '/etc/ssl/a{}b.pem', 'password_maps': 'hash:/etc/post{}fix/x',
               'tls_client_certificate': '/etc/ssl/h{}st.pem',
               'sender_address': 'ho{}st@example.com', 'root_address': 'ad{}min@example.com'}
    LISTS = {'interfaces': 'loop{}back-only', 'networks': '127.0.0.0{}/8', 'destinations': 'a{}b',
             'sasl_security_options': 'noano{}nymous', 'sasl_mechanisms': 'PLA{}IN'}

    def test_control_characters_in_every_setting(self):
        n_cases = 0
        for name, text in {**self.STRINGS, **self.LISTS}.items():
            for control in CONTROLS:
                for value in (text.format(control), control + text.format(''),
                              text.format('') + control):
                    with self.subTest(name=name, value=value):
                        n_cases += 1
                        self.assert_control_refused(
                            {Error.INVALID_CONFIG}, self.plan_with, name,
                            [value] if name in self.LISTS else value)
        self.assertEqual(n_cases, 13 * len(CONTROLS) * 3)

    def test_every_string_property_is_tried(self):
        """None is forgotten here when one is added."""
        names = {pspec.name.replace('-', '_')
                 for pspec in Nullmail.NullClientConfig.list_properties()
                 if pspec.value_type.name in ('gchararray', 'GStrv')
                 and pspec.name != 'unsupported'}
        self.assertEqual(names, {*self.STRINGS, *self.LISTS})

    def test_control_characters_in_variants(self):
        for name in {**self.STRINGS, **self.LISTS}:
            value = {**self.STRINGS, **self.LISTS}[name].format('\n')
            with self.subTest(name):
                kind = GLib.Variant('as', [value]) if name in self.LISTS \
                    else GLib.Variant('s', value)
                config = fixture.login_config()

                def plan(config=config, name=name, kind=kind):
                    config.apply_variant(GLib.Variant('a{sv}', {name.replace('_', '-'): kind}))
                    self.instance.plan(config, None, 0)

                self.assert_control_refused({Error.INVALID_CONFIG, Error.INVALID_ARGUMENT}, plan)

    def test_control_characters_in_documents(self):
        for control in ('\n', '\r'):
            main_cf = self.instance.load_main_cf()
            with self.subTest(control=control):
                self.assert_control_refused({Error.INVALID_ARGUMENT}, main_cf.set_value,
                                            'relayhost', f'a{control}b')
        for control in ('\n', '\r', '\t', '\v', '\f', ' ', '='):
            with self.subTest(name=control):
                self.assert_control_refused({Error.INVALID_ARGUMENT}, main_cf.set_value,
                                            f'relay{control}host', 'a')

    def test_control_characters_in_credentials(self):
        relay = Nullmail.RelayHost.parse(RELAY)
        for control in CONTROLS:
            for user, password in ((f'a{control}b', SECRET), (control + 'a', SECRET),
                                   ('a' + control, SECRET), ('a', f'{SECRET}{control}x'),
                                   ('a', control + SECRET), ('a', SECRET + control)):
                with self.subTest(user=user, password=password):
                    self.assert_control_refused({Error.INVALID_CREDENTIALS},
                                                Nullmail.RelayCredentials.new, relay, user,
                                                password)

    def test_control_characters_in_paths(self):
        """Neither a table's line nor main.cf could hold such a path."""
        for control in CONTROLS:
            path = f'{self.etc}/sasl{control}passwd'
            with self.subTest(control=control):
                self.assert_control_refused(
                    {Error.INVALID_ARGUMENT},
                    lambda path=path: Nullmail.SaslPasswdStore.new(path, 'texthash').store(
                        fixture.credentials()))

    def test_contradictions(self):
        def config(**properties):
            return Nullmail.NullClientConfig(**properties)

        parse = Nullmail.RelayHost.parse
        for broken in (config(), config(relay_host=None),
                       fixture.new_config('[a]:465', tls_wrapper=False),
                       fixture.new_config('[a]:465', tls_level=Nullmail.TlsLevel.MAY),
                       fixture.new_config(tls_wrapper=True, tls_level=Nullmail.TlsLevel.NONE),
                       fixture.new_config(origin=''), fixture.new_config(hostname=''),
                       fixture.new_config(domain=''), fixture.new_config(tls_ca_file='relative'),
                       fixture.new_config(networks=['a b']), fixture.new_config(networks=['a,b']),
                       fixture.new_config(origin='a b'), fixture.new_config(tls_ca_file='/a b')):
            with self.subTest(broken.to_variant().print_(False)):
                self.assert_refused(Error.INVALID_CONFIG, '', self.instance.plan, broken, None, 0)
        self.assertIsNotNone(parse(RELAY))


class Plans(InstanceTest):
    def test_credentials_for_another_relay(self):
        for other in ('[other.example.com]:587', '[smtp.example.com]', 'smtp.example.com:587',
                      '[smtp.example.com]:submission', '[smtp.example.com]:25'):
            with self.subTest(other):
                self.assert_refused(Error.INVALID_ARGUMENT, [other, RELAY], self.instance.plan,
                                    fixture.login_config(), fixture.credentials(other), 0)

    def test_credentials_for_a_macro_that_is_no_relay(self):
        """No password file can hold such a key: it must not be dropped in silence."""
        for value in ('[a.example.com], [b.example.com]', '[a b]', 'a"b', 'käse.example.com', '#a'):
            with self.subTest(value):
                fixture.write(self.main_cf, fixture.MAIN_CF + f'my_relay = {value}\n'.encode())
                config = fixture.login_config('$my_relay', origin='example.com')
                self.assert_refused(Nullmail.Error.INVALID_RELAY_HOST, '$my_relay',
                                    self.instance.plan, config,
                                    fixture.credentials('$my_relay'), 0)

    def test_case_does_not_matter(self):
        self.instance.plan(fixture.login_config(), fixture.credentials(RELAY.upper()), 0)

    def test_credentials_without_authentication(self):
        self.assert_refused(Error.INVALID_ARGUMENT, [RELAY, 'authentication'], self.instance.plan,
                            fixture.new_config(), fixture.credentials(), 0)
        main_cf = self.instance.load_main_cf()
        main_cf.set_value('relayhost', RELAY)
        self.assert_refused(Error.INVALID_ARGUMENT, [RELAY, 'authentication'],
                            self.instance.plan_main_cf, main_cf, fixture.credentials(), 0)

    def test_credentials_without_password(self):
        self.set_up_login()
        listed, = self.instance.get_sasl_passwd_store().list()
        self.assert_refused(Error.INVALID_CREDENTIALS, RELAY, self.instance.plan,
                            self.instance.load_config(), listed, 0)
        self.assert_refused(Error.INVALID_CREDENTIALS, RELAY,
                            self.instance.get_sasl_passwd_store().store, listed)

    def test_applied_twice(self):
        plan = self.plan_edit('mydomain', 'example.org')
        self.instance.apply(plan, 0)
        self.assert_refused(Error.CONFLICT, 'plan', self.instance.apply, plan, 0)
        self.assert_refused(Error.CONFLICT, 'plan', self.instance.apply, plan,
                            Nullmail.ApplyFlags.FORCE)

    def test_for_another_instance(self):
        other = self.folder / 'other'
        other.mkdir()
        fixture.write(other / 'main.cf', fixture.MAIN_CF)
        plan = self.plan_edit('mydomain', 'example.org')
        instance = self.new_instance(config_directory=str(other))
        self.assert_refused(Error.INVALID_ARGUMENT, [self.etc, other], instance.apply, plan, 0)
        # Another object for the same directory is as good.
        self.new_instance().apply(plan, 0)

    def test_document_on_another_base(self):
        stale = self.instance.load_main_cf()
        stale.set_value('mydomain', 'example.org')
        self.apply_edit('myorigin', 'example.com')
        made = Nullmail.MainCf.new()
        made.set_value('mydomain', 'example.org')
        bytes_only = Nullmail.MainCf.new_from_bytes(GLib.Bytes.new(b'mydomain = x\n'))
        for document in (stale, stale.copy(), made, bytes_only):
            self.assert_refused(Error.CONFLICT, self.main_cf, self.instance.plan_main_cf, document,
                                None, 0)

    def test_file_changed_after_the_plan(self):
        plan = self.plan_edit('mydomain', 'example.org')
        with open(self.main_cf, 'ab') as file:
            file.write(b'# somebody was here\n')
        self.assert_refused(Error.CONFLICT, self.main_cf, self.instance.apply, plan, 0)
        self.assert_refused(Error.CONFLICT, self.main_cf, self.instance.apply, plan,
                            Nullmail.ApplyFlags.FORCE)

    def test_file_gone_or_come_after_the_plan(self):
        plan = self.plan_edit('mydomain', 'example.org')
        text = self.main_cf.read_bytes()
        self.main_cf.unlink()
        self.assert_refused(Error.CONFLICT, self.main_cf, self.instance.apply, plan, 0)
        made = Nullmail.MainCf.new()
        made.set_value('mydomain', 'example.org')
        plan = self.instance.plan_main_cf(made, None, 0)
        fixture.write(self.main_cf, text)
        self.assert_refused(Error.CONFLICT, self.main_cf, self.instance.apply, plan, 0)

    def test_password_file_changed_after_the_plan(self):
        self.set_up_login()
        plan = self.instance.plan(self.instance.load_config(),
                                  fixture.credentials(password='another'), 0)
        with open(self.sasl_passwd, 'ab') as file:
            file.write(b'[else.example.com] a:b\n')
        self.assert_refused(Error.CONFLICT, self.sasl_passwd, self.instance.apply, plan, 0)

    def test_nothing_to_undo(self):
        for function, *arguments in ((self.instance.plan_undo,), (self.instance.plan_restore,),
                                     (self.instance.undo, 0)):
            self.assert_refused(Error.NOTHING_TO_UNDO, self.etc, function, *arguments)

    def test_damaged_record(self):
        self.apply_edit('mydomain', 'example.org')
        record, = self.state.rglob('record')
        record.write_bytes(b'nonsense')
        self.assert_refused(Error.INVALID_FILE, self.state, self.instance.plan_undo)

    def assert_unsafe(self, config, login=None):
        plan = self.instance.plan(config, login, 0)
        self.assert_refused(Error.UNSAFE, '', self.instance.apply, plan, 0)
        return plan

    def test_unsafe(self):
        level = Nullmail.TlsLevel
        for config in (fixture.login_config(tls_level=level.NONE),
                       fixture.login_config(tls_level=level.MAY),
                       fixture.login_config('[192.0.2.1]:587'),
                       fixture.login_config(tls_ca_file='/no/such/ca.pem'),
                       fixture.login_config(sasl_security_options=['noplaintext', 'noanonymous'])):
            with self.subTest(config.to_variant().print_(False)):
                login = fixture.credentials(config.get_relay_host().to_string()) \
                    if config.get_authentication() else None
                self.assert_unsafe(config, login)

    def test_origin_that_only_a_relay_inside_knows(self):
        """It was an error, so that many a host of an internal network could not be set up."""
        for origin in ('localdomain', 'host.local'):
            with self.subTest(origin):
                self.apply(fixture.new_config(origin=origin))
                finding, = [found for found in self.instance.check() if found.get_code()
                            == Nullmail.FindingCode.ORIGIN_NOT_ROUTABLE]
                self.assertEqual(finding.get_severity(), Nullmail.Severity.WARNING)

    def test_unsafe_without_any_password(self):
        self.assert_unsafe(fixture.login_config(origin='example.com'))

    def test_unsafe_forced(self):
        plan = self.assert_unsafe(fixture.login_config(tls_level=Nullmail.TlsLevel.NONE),
                                  fixture.credentials())
        self.instance.apply(plan, Nullmail.ApplyFlags.FORCE)
        self.assertIn('smtp_tls_security_level = none\n', self.main_cf.read_text())

    def test_weaker_level_is_unsafe_again(self):
        """An ERROR that was there before counts as new when the channel guarantees less."""
        self.apply(fixture.login_config(tls_level=Nullmail.TlsLevel.MAY, origin='example.com'),
                   fixture.credentials(), Nullmail.ApplyFlags.FORCE)
        self.apply_edit('mydomain', 'example.org')
        config = self.instance.load_config()
        config.set_tls_level(Nullmail.TlsLevel.NONE)
        self.assert_unsafe(config)
        self.apply(config, None, Nullmail.ApplyFlags.FORCE)
        config.set_tls_level(Nullmail.TlsLevel.MAY)
        self.apply(config)


def setUpModule():
    fixture.need_postfix()
