# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Hostile texts through every argument of the public API that takes one, as the typelib lists them:
control bytes, format strings, references, and texts of 64 KiB."""

import os
import re
import resource
import shutil
import subprocess
from xml.etree import ElementTree

import fixture
from fixture import GLib, InstanceTest, Nullmail, RELAY, SECRET

GIR = os.path.join(os.environ.get('NULLMAIL_BUILD', ''), 'introspection', 'Nullmail-1.0.gir')
CORE = '{http://www.gtk.org/introspection/core/1.0}'
OWNERS = ('class', 'record', 'interface', 'enumeration', 'bitfield')
CONTROLS = ['a\nb', 'a\rb', 'a\tb', '\x01', '\x1b[2J', '\x7f', '\n# evil = yes', 'a\r\nevil = yes']
FORMATS = ['%s%s%s%n%n', '%1000000d', '%*.*s', '%', '%%s']
REFERENCES = ['$x', '${x}', '$$', '${x?{a}:{b}}', '$', '${', '$(x)']
LONG = ['x' * 65536, '%s' * 32768, '$' * 65536, '.' * 65536, '\u00e4' * 32768]
CPU_LIMIT_S = 30


def text_arguments():
    """(class, function, argument): all that take a text or a list of texts, but not the async
    halves, which are the same calls. They are read from the GIR file: the library that knows the
    typelib changed its interface."""
    for owner in ElementTree.parse(GIR).getroot().find(f'{CORE}namespace'):
        if owner.tag.removeprefix(CORE) not in OWNERS:
            continue
        for function in owner:
            name = function.get('name')
            if function.tag.removeprefix(CORE) not in ('constructor', 'function', 'method') \
                    or name.endswith('_async') or function.get('introspectable') == '0':
                continue
            for argument in function.iterfind(f'{CORE}parameters/{CORE}parameter'):
                types = [found.get('name') for found in argument.iter(f'{CORE}type')]
                if types in (['utf8'], ['filename']):
                    yield owner.get('name'), name, argument.get('name')


def relay():
    return Nullmail.RelayHost.parse(RELAY)


class Texts(InstanceTest):
    """What is taken reaches Postfix byte for byte; what is not is a typed error and leaves no
    trace."""

    def setUp(self):
        super().setUp()
        self.commands = self.folder / 'commands'
        self.commands.mkdir()
        for name, script in (('postconf', f'exec {shutil.which("postconf")} "$@"'),
                             ('postqueue', 'true'),
                             ('sendmail', 'echo "sendmail: fatal: no" >&2; exit 75')):
            (self.commands / name).write_text(f'#!/bin/sh\n{script}\n', encoding='utf-8')
            (self.commands / name).chmod(0o755)

    def calls(self):
        """How to call each with a text in the one argument; TRUE where the text is a setting that
        a plan takes to the disk."""
        instance, main_cf = self.instance, self.instance.load_main_cf()
        config = fixture.new_config(origin='example.com')
        store = Nullmail.SaslPasswdStore
        property_of = {'get_state': config.get_state, 'keep': config.keep, 'reset': config.reset,
                       'unset': config.unset}
        table = {
            ('RelayHost', 'new', 'host'): lambda t: Nullmail.RelayHost.new(t, None, False),
            ('RelayHost', 'new', 'service'): lambda t: Nullmail.RelayHost.new('a', t, False),
            ('RelayHost', 'parse', 'text'): Nullmail.RelayHost.parse,
            ('NullClientConfig', 'new_for_relay', 'relay'): Nullmail.NullClientConfig.new_for_relay,
            ('RelayCredentials', 'new', 'username'):
                lambda t: self.store(Nullmail.RelayCredentials.new(relay(), t, SECRET)),
            ('RelayCredentials', 'new', 'password'):
                lambda t: self.store(Nullmail.RelayCredentials.new(relay(), 'u', t)),
            ('RelayCredentials', 'new_from_fd', 'username'): self.from_fd,
            ('SaslPasswdStore', 'new', 'path'):
                lambda t: store.new(str(self.etc / t) if '\0' not in t else t, 'texthash').store(
                    fixture.credentials()),
            ('SaslPasswdStore', 'new', 'map_type'):
                lambda t: store.new(str(self.sasl_passwd), t).store(fixture.credentials()),
            ('PostfixInstance', 'new', 'config_directory'):
                lambda t: Nullmail.PostfixInstance.new(str(self.etc / t)).load_main_cf(),
            ('PostfixInstance', 'lookup_parameters', 'names'):
                lambda t: instance.lookup_parameters([t]),
            ('PostfixInstance', 'expand_parameters', 'names'):
                lambda t: instance.expand_parameters([t]),
            ('MainCf', 'load', 'path'): lambda t: Nullmail.MainCf.load(str(self.etc / t), None),
            ('MainCf', 'set_value', 'name'): lambda t: self.edited(t, 'x'),
            ('MainCf', 'set_value', 'value'): lambda t: self.edited('evil', t),
            ('MainCf', 'expand', 'text'): lambda t: main_cf.expand(t, None),
            ('NullClientConfig', 'assign_text', 'property'): lambda t: config.assign_text(t, 'x'),
            ('NullClientConfig', 'assign_text', 'text'):
                lambda t: self.updated('assign_text', 'origin', t),
            ('NullClientConfig', 'assign_parameter', 'name'):
                lambda t: self.updated('assign_parameter', t, 'x'),
            ('NullClientConfig', 'assign_parameter', 'value'):
                lambda t: self.updated('assign_parameter', 'evil', t),
            ('NullClientConfig', 'list_parameters', 'property'): config.list_parameters,
            ('DelayCause', 'get_remedy', 'reason'):
                lambda t: Nullmail.DelayCause.get_remedy(Nullmail.DelayCause.AUTHENTICATION, t),
            ('MailQueue', 'get_entry', 'queue_id'):
                Nullmail.MailQueue.new_from_bytes(GLib.Bytes.new(b'')).get_entry,
            ('PostfixInstance', 'send_test', 'recipient'):
                lambda t: self.mail_instance().send_test(t, None, 1000),
            ('PostfixInstance', 'send_test', 'sender'):
                lambda t: self.mail_instance().send_test('a@example.com', t, 1000),
            ('PostfixInstance', 'follow_delivery', 'queue_id'):
                lambda t: self.mail_instance().follow_delivery(t, 1000),
        }
        for name, argument in (('set_sasl_mechanisms', 'mechanisms'),
                               ('set_sasl_security_options', 'options'),
                               ('set_tls_ca_file', 'tls_ca_file')):
            table['RelayProbe', name, argument] = lambda t, f=name: self.probed(f, t)
        for name in ('get_value', 'has_value', 'get_line', 'unset', 'comment_out',
                     'remove_duplicates'):
            table['MainCf', name, 'name'] = getattr(self.instance.load_main_cf(), name)
        for name, function in property_of.items():
            table['NullClientConfig', name, 'property'] = function
        for owner, function, argument in text_arguments():
            if owner == 'NullClientConfig' and function.startswith('set_'):
                table[owner, function, argument] = lambda t, f=function: self.setting(f, t)
        return table

    def store(self, login):
        where = Nullmail.SaslPasswdStore.new(str(self.sasl_passwd), 'texthash')
        where.store(login)
        found = where.lookup(relay())
        assert found.equal(login) and found.get_username() == login.get_username()

    def from_fd(self, text):
        with subprocess.Popen(['echo', SECRET], stdout=subprocess.PIPE) as child:
            return Nullmail.RelayCredentials.new_from_fd(relay(), text, child.stdout.fileno(), None)

    def mail_instance(self):
        """One whose mail goes nowhere, and whose queue is empty."""
        return self.new_instance(command_directory=str(self.commands))

    @staticmethod
    def probed(function, text):
        """Nothing listens there: a text that is taken is harmless in what the report says."""
        probe = Nullmail.RelayProbe.new(Nullmail.RelayHost.parse('[127.0.0.1]:1'))
        getattr(probe, function)(text if function == 'set_tls_ca_file' else [text])
        report = probe.run(None)
        assert not re.search('[\x00-\x1f\x7f]', str(report.to_variant().unpack())), report
        return report

    def edited(self, name, value):
        main_cf = self.instance.load_main_cf()
        main_cf.set_value(name, value)
        assert main_cf.get_value(name) == value.strip(' \t'), (name[:40], value[:40])
        assert main_cf.count_bad_lines() == 0
        return main_cf

    def setting(self, function, text):
        config = fixture.login_config(origin='example.com')
        lists = {pspec.name for pspec in config.list_properties()
                 if pspec.value_type.name == 'GStrv'}
        name = function.removeprefix('set_').replace('_', '-')
        getattr(config, function)([text] if name in lists else text)
        main_cf = self.instance.load_main_cf()
        config.update_main_cf(main_cf)
        return main_cf

    def updated(self, function, *arguments):
        config = fixture.login_config(origin='example.com')
        getattr(config, function)(*arguments)
        main_cf = self.instance.load_main_cf()
        config.update_main_cf(main_cf)
        return main_cf

    def test_none_is_forgotten(self):
        """What the API gains is tried as well."""
        wanted = {call for call in text_arguments() if not call[0].endswith(('Class', 'Interface'))}
        fixed = {('DelayCause', 'from_reason', 'reason')}
        self.assertEqual(wanted - fixed - set(self.calls()), set())
        self.assertGreater(len(wanted), 25)

    def try_texts(self, texts, outcome):
        for key, call in self.calls().items():
            for text in texts:
                with self.subTest('.'.join(key), text=text[:20]):
                    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
                    try:
                        outcome(key, text, call(text))
                    except GLib.Error as error:
                        self.assertEqual(error.domain, 'nullmail-error-quark')
                        self.assertRegex(error.message, r'\A[^\x00-\x1f\x7f]+\Z')
                        self.assertNotIn(SECRET, error.message)
                        self.assertLess(len(error.message), 2 * len(text) + 4096)
                    self.assertLess(resource.getrusage(resource.RUSAGE_SELF).ru_utime - before,
                                    CPU_LIMIT_S)

    HARMLESS = {'get_value', 'has_value', 'get_line', 'unset', 'comment_out', 'remove_duplicates',
                'expand', 'get_state', 'keep', 'reset', 'load', 'new_for_relay', 'get_remedy',
                'get_entry'}

    def test_control_bytes(self):
        """Nothing but a question takes them, and then it changes nothing."""
        def outcome(key, text, result):
            # A document may say what its lines can hold; settings and credentials may not.
            if key[1] not in ('set_value', 'assign_parameter') or re.search('[\r\n]', text):
                self.assertIn(key[1], self.HARMLESS, f'{text!r} is taken')
            self.assertNotIn(b'evil', self.main_cf.read_bytes())

        with self.unchanged():
            self.try_texts(CONTROLS, outcome)

    def assert_literal(self, key, text, result):
        if isinstance(result, Nullmail.MainCf) and key[1] != 'load':
            data = result.to_bytes().get_data()
            self.assertIn(text.encode(), data)
            self.assertEqual(Nullmail.MainCf.new_from_bytes(GLib.Bytes.new(data)).count_bad_lines(),
                             0)

    def test_format_strings(self):
        self.try_texts(FORMATS, self.assert_literal)

    def test_references(self):
        self.try_texts(REFERENCES, lambda *arguments: None)

    def test_long(self):
        self.try_texts(LONG, lambda *arguments: None)

    def test_to_the_disk(self):
        """As Postfix reads them."""
        for number, text in enumerate(FORMATS + ['$$', '$x', 'x' * 65536, '%s' * 32768]):
            with self.subTest(text[:20]):
                main_cf = self.instance.load_main_cf()
                main_cf.set_value(f'evil{number}', text)
                plan = self.instance.plan_main_cf(main_cf, None, 0)
                self.assertIn(text, plan.to_diff())
                self.instance.apply(plan, 0)
                if len(text) < 1000:
                    shown = subprocess.run(['postconf', '-c', str(self.etc), '-nf'], check=False,
                                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
                    self.assertEqual(shown.returncode, 0)
                self.assertIn(f'evil{number} = {text}\n', self.main_cf.read_text())

    def test_variant_keys(self):
        for text in CONTROLS + FORMATS + REFERENCES + LONG:
            for value in (GLib.Variant('s', 'x'), GLib.Variant('s', text)):
                variant = GLib.Variant('a{sv}', {text: value})
                for function in (Nullmail.NullClientConfig.new_from_variant,
                                 fixture.new_config().apply_variant):
                    with self.subTest(text[:20]):
                        error = self.assert_error(Nullmail.Error.INVALID_ARGUMENT, '', function,
                                                  variant)
                        self.assertRegex(error.message, r'\A[^\x00-\x1f\x7f]+\Z')
                        self.assertNotRegex(error.message, re.escape('(null)'))


def setUpModule():
    fixture.need_postfix()
    fixture.need_variable('NULLMAIL_BUILD')
    os.environ.setdefault('G_DEBUG', 'fatal-criticals')
