# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The command where it reads: options, show, get, check, and what it says to bad input."""

import json
import os
import re
import subprocess
import unittest

import command_case
from command_case import (DONE, FAILED, MAIN_CF, PENDING, RELAY, SCHEMAS, SECRET, TOP, USAGE,
                          CommandCase)
from program import need

COMMANDS = ('show', 'get', 'check', 'plan', 'apply', 'fix', 'undo', 'restore', 'probe', 'test',
            'queue', 'credentials', 'service', 'monitor')


def setUpModule():
    need('postconf')


class Options(CommandCase):
    def test_help_and_version(self):
        text = self.run_command('--help').out
        for name in COMMANDS:
            self.assertRegex(text, rf'(?m)^  {name} +\w')
            words = self.run_command(name, '--help').out
            self.assertIn(f'nullmail [OPTION…] {name}', words)
        self.assertEqual(self.run_command('-h', env={'LC_ALL': 'C'}).out, text)
        self.assertRegex(self.run_command('--version').out, r'\Anullmail \d+\.\d+\.\d+\n\Z')

    def test_bad_use(self):
        for words in ((), ('frobnicate',), ('--frobnicate',), ('show', '--frobnicate'),
                      ('--color', 'pink', 'show'), ('--config-directory',), ('check', 'all'),
                      ('--config-directory', '', 'show'), ('--state-directory=', 'show'),
                      ('queue', 'all'), ('undo', 'all'), ('restore', 'all'), ('get',),
                      ('show', 'no-such-property'), ('service', 'frobnicate'),
                      ('service', 'start', 'stop'), ('fix', 'no-such-code'), ('fix', 'none'),
                      ('credentials',), ('credentials', 'frobnicate'),
                      ('credentials', 'list', 'a', 'b'), ('credentials', 'set', RELAY),
                      ('credentials', 'remove', '[a'), ('credentials', 'list', '[a'),
                      ('credentials', 'purge', RELAY), ('probe', RELAY, RELAY), ('probe', '[a'),
                      ('probe', RELAY, '--tls-level', 'strong'), ('test',), ('test', 'a@b', 'c@d'),
                      ('test', 'a@b', '--timeout', '0'), ('test', 'a@b', '--timeout', 'long'),
                      ('plan', 'relay-host'), ('plan', 'relay-host=[a'), ('plan', 'tls-level=x'),
                      ('plan', 'no-such-property=x'), ('plan', 'local-delivery=yes'),
                      ('plan', '--fresh', '--keep'), ('plan', '--unset', 'no-such-property'),
                      ('plan', '--parameter', 'biff'), ('plan', '--parameter', 'relayhost=x'),
                      ('plan', '--remove-parameter', 'a b'), ('monitor', 'all'),
                      ('plan', '--user', 'alice', 'relay-host=[a]'),
                      ('plan', '--password-file', '-', 'relay-host=[a]'),
                      ('plan', '--user', 'a', '--password-fd', '0', '--password-file', '-'),
                      ('plan', '--user', 'a', '--password-fd', 'zero')):
            with self.subTest(' '.join(words)):
                self.run_refused(*words)

    def test_texts_that_are_not_utf_8(self):
        for words in (('show', b'\xff'), ('get', b'\xff'), ('fix', b'\xff'), (b'\xff',),
                      ('plan', b'origin=\xff'), ('plan', '--unset', b'\xff'),
                      ('plan', '--parameter', b'a=\xff'), ('probe', b'\xff'), ('test', b'a@\xff'),
                      ('probe', RELAY, '--tls-level', b'\xff'),
                      ('plan', '--user', b'\xff', '--password-fd', '0'),
                      ('test', 'a@b', '--sender', b'\xff'), ('credentials', 'list', b'\xff')):
            with self.subTest(words):
                done = subprocess.run([*self.words(), *words], stdin=subprocess.DEVNULL,
                                      capture_output=True, check=False)
                self.assertEqual((done.returncode, done.stdout), (USAGE, b''))
                done.stderr.decode()

    def test_password_as_argument(self):
        """It is refused, and not repeated, however it is spelt."""
        words = [f'--password={SECRET}', f'--pass={SECRET}', f'--passwd={SECRET}',
                 f'-password={SECRET}', f'--password-={SECRET}', f'--passphrase={SECRET}',
                 f'-p{SECRET}', f'-p={SECRET}']
        for given in (*([word] for word in words), ['--password', SECRET],
                      ['--password-fd', SECRET], [f'--password-fd={SECRET}'], [f'--user={SECRET}'],
                      [SECRET], [f'--frobnicate={SECRET}'], [f'--yes={SECRET}'],
                      [f'password={SECRET}'], [f'--color={SECRET}']):
            for before in ((), ('--json',)):
                for command in ('apply', 'plan', 'probe', 'credentials'):
                    with self.subTest(given=given, command=command):
                        ended = self.run_command(command_case.command(), *before, command, *given,
                                                 '--user', 'alice', status=USAGE, raw=True)
                        self.assertTrue(ended.out or ended.err)

    def test_options_behind_the_command(self):
        words = self.words('--json', 'show', 'hostname')
        moved = [words[0], 'show', 'hostname', *words[1:-2]]
        self.assertEqual(self.run_command(*moved, raw=True), self.run_command(*words[1:]))


class Show(CommandCase):
    def rows(self, *arguments):
        return [line.split('\t') for line in self.run_command('show', *arguments).out.splitlines()]

    def test_states(self):
        rows = {row[0]: row[1:] for row in self.rows()}
        self.assertEqual(rows['hostname'], ['host.example.com', 'set', 'myhostname'])
        self.assertEqual(rows['relay-host'], ['', 'kept', 'relayhost'])
        self.assertEqual(rows['local-delivery'], ['yes', 'derived', 'mydestination'])
        self.assertEqual(len(rows), 20)
        self.assertEqual(rows['sasl-security-options'][2],
                         'smtp_sasl_security_options smtp_sasl_tls_security_options '
                         'smtp_sasl_tls_verified_security_options')

    def test_values(self):
        self.write(MAIN_CF + f'relayhost = {RELAY}\nmydestination = a, b\nmynetworks =\n'
                   'smtp_tls_security_level = secure\nsmtp_sasl_auth_enable = yes\n'
                   'inet_protocols = ipv4\nmyorigin = höst.example\n')
        self.assertEqual(self.rows('relay-host', 'destinations', 'tls_level', 'authentication',
                                   'protocols', 'origin', 'networks'),
                         [['relay-host', RELAY, 'set', 'relayhost'],
                          ['origin', 'höst.example', 'set', 'myorigin'],
                          ['protocols', 'ipv4', 'set', 'inet_protocols'],
                          ['networks', '', 'set', 'mynetworks'],
                          ['destinations', 'a b', 'set', 'mydestination'],
                          ['tls-level', 'secure', 'set', 'smtp_tls_security_level'],
                          ['authentication', 'yes', 'set', 'smtp_sasl_auth_enable']])

    def test_json(self):
        value = self.run_json('show', 'show')
        self.assertEqual(set(value), {'config', 'states', 'effective'})
        self.assertEqual(value['config']['hostname'], 'host.example.com')
        self.assertEqual(value['states']['hostname'], 'loaded')
        self.assertEqual(value['effective']['domain'],
                         {'parameters': ['mydomain'], 'state': 'kept', 'value': 'example.com'})
        value = self.run_json('show', 'show', 'hostname', 'tls_level')
        self.assertEqual(value['config'], {'hostname': 'host.example.com'})
        self.assertEqual(set(value['states']), {'hostname', 'tls-level'})
        self.assertEqual(set(value['effective']), {'hostname', 'tls-level'})

    def test_password_in_main_cf(self):
        for maps, login in ((f'static:user:{SECRET}', 'x'), ('$login', f'static:user:{SECRET}')):
            self.write(f'{MAIN_CF}smtp_sasl_password_maps = {maps}\nlogin = {login}\n'
                       'myorigin = $login\n')
            self.assertIn('smtp_sasl_password_maps' if maps[0] == 's' else 'unsupported',
                          self.run_command('show', 'unsupported').out)
            self.run_json('show', 'show')

    def test_errors(self):
        self.main_cf.unlink()
        error = self.run_refused('show', status=FAILED, says=str(self.main_cf))
        self.assertEqual(error['code'], 'not-found')
        self.main_cf.mkdir()
        self.run_refused('show', status=FAILED)


class Get(CommandCase):
    def test_in_the_order_asked(self):
        self.write(f'{MAIN_CF}myorigin = $mydomain\nmydomain = example.org\nnote =  a\tb  c \n')
        names = ('note', 'myorigin', 'mydomain', 'relayhost')
        self.assertEqual(self.run_command('get', *names).out,
                         'note = a\tb  c\nmyorigin = $mydomain\nmydomain = example.org\n'
                         'relayhost = \n')
        self.assertIn('myorigin = example.org\n', self.run_command('get', '-x', *names).out)
        value = self.run_json('get', 'get', '-x', *names)
        self.assertEqual(value, {'parameters': {'note': 'a\tb  c', 'myorigin': 'example.org',
                                                'mydomain': 'example.org', 'relayhost': ''}})

    def test_password_by_a_macro(self):
        self.write(f'{MAIN_CF}smtp_sasl_password_maps = $login\nlogin = static:user:{SECRET}\n'
                   'mydomain = $login\n')
        for expand in ((), ('-x',)):
            names = ('smtp_sasl_password_maps', 'login', 'mydomain')
            self.assertIn('********', self.run_command('get', *expand, *names).out)
            self.run_json('get', 'get', *expand, *names)

    def test_errors(self):
        self.assertEqual(self.run_refused('get', 'relayhots', status=FAILED)['code'], 'not-found')
        self.run_refused('get', 'a b', status=FAILED)
        self.write(MAIN_CF + 'one = $two\ntwo = $one\n')
        self.assertEqual(self.run_refused('get', '-x', 'one', status=FAILED)['code'],
                         'invalid-file')


class Check(CommandCase):
    def test_findings(self):
        self.write(MAIN_CF + 'biff = no\nbiff = yes\nrelayhost =\n')
        text = self.run_command('check').out
        self.assertRegex(text, r'(?m)^warning: .*main\.cf:6: .*biff.* \[duplicate-parameter\]$')
        self.assertIn('“nullmail fix” does it', text)
        self.assertEqual(self.run_command('check', '--strict', status=PENDING).out, text)
        findings = self.run_json('check', 'check')['findings']
        self.assertEqual(self.run_json('check', 'check', '--strict', status=PENDING)['findings'],
                         findings)
        self.assertIn('duplicate-parameter', [finding['code'] for finding in findings])
        worth = {'error': 3, 'warning': 2, 'notice': 1}
        order = [worth[finding['severity']] for finding in findings]
        self.assertEqual(order, sorted(order, reverse=True))
        for finding in findings:
            self.assertIn(finding['message'], text)
            self.assertIn(finding['remedy'], text)

    def test_nothing_from_warning_up(self):
        self.run_command('apply', '--yes', f'relay-host={RELAY}', 'origin=example.com')
        self.assertNotIn('warning', self.run_command('check', '--strict').out)

    def test_errors(self):
        self.main_cf.unlink()
        self.run_refused('check', status=FAILED)


class Completion(CommandCase):
    """What bash offers behind the words of a line."""

    def offered(self, *words):
        need('bash')
        folder = self.folder / 'bin'
        folder.mkdir(exist_ok=True)
        program = folder / 'nullmail'  # as it would be found, and with the folders of the test
        program.write_text('#!/bin/sh\nexec ' + ' '.join(self.words()) + ' "$@"\n')
        program.chmod(0o755)
        script = (f'. {TOP}/examples/nullmail/completion/nullmail.bash; compopt () {{ :; }}; '
                  'COMP_WORDS=(nullmail "$@"); COMP_CWORD=$#; _nullmail; '
                  'printf "%s\\n" "${COMPREPLY[@]}"')
        done = subprocess.run(['bash', '-c', script, 'bash', *words], text=True, check=True,
                              stdout=subprocess.PIPE, env=self.environment(
                                  PATH=f'{folder}:{os.environ["PATH"]}'))
        return done.stdout.split()

    def test_bash(self):
        self.write(MAIN_CF + 'biff = no\nbiff = yes\n')
        self.assertEqual(sorted(self.offered('')), sorted(COMMANDS))
        self.assertEqual(self.offered('--json', 'cr'), ['credentials'])
        self.assertEqual(self.offered('show', 'tls-l'), ['tls-level'])
        self.assertEqual(self.offered('apply', 'relay'), ['relay-host='])
        self.assertEqual(self.offered('apply', '--pass'),
                         ['--password-fd', '--password-file', '--password-from-keyring'])
        self.assertEqual(self.offered('fix', 'dup'), ['duplicate-parameter'])
        self.assertEqual(self.offered('service', 're'), ['restart', 'reload'])
        self.assertEqual(self.offered('--color', 'a'), ['auto', 'always'])

    def test_commands_of_both(self):
        """The completion for zsh offers what that for bash does."""
        bash, zsh = ((TOP / f'examples/nullmail/completion/nullmail.{name}').read_text(
            encoding='utf-8') for name in ('bash', 'zsh'))
        for words in ('list set remove purge', 'auto always never'):
            self.assertIn(words, bash)
            self.assertIn(words, zsh)
        self.assertTrue(zsh.startswith('#compdef nullmail\n'))


class Tree(unittest.TestCase):
    def test_public_api_alone(self):
        """The command includes nothing of the library but what is installed."""
        sources = sorted((TOP / 'examples' / 'nullmail').glob('*.[ch]'))
        self.assertGreater(len(sources), 20)
        own = {path.name for path in sources}
        for path in sources:
            included = set(re.findall(r'#include "(.*)"', path.read_text(encoding='utf-8')))
            self.assertLessEqual(included, own, path)
            inside = set(re.findall(r'#include <(libnullmail/.*)>',
                                    path.read_text(encoding='utf-8')))
            self.assertLessEqual(inside, {'libnullmail/nullmail.h'}, path)

    def test_schemas_agree(self):
        """A definition of one name is the same wherever it stands, and errors have every code."""
        definitions = {}
        for path in sorted(SCHEMAS.glob('*.json')):
            schema = json.loads(path.read_text(encoding='utf-8'))
            self.assertEqual(schema['$schema'], 'https://json-schema.org/draft/2020-12/schema')
            for name, definition in schema.get('$defs', {}).items():
                self.assertEqual(definitions.setdefault(name, definition), definition, path)
        self.assertGreater(len(definitions), 10)
        header = (TOP / 'libnullmail/base/error.h').read_text(encoding='utf-8')
        codes = {name.lower().replace('_', '-')
                 for name in re.findall(r'^  NULLMAIL_ERROR_(\w+) =', header, re.M)}
        error = json.loads((SCHEMAS / 'error.json').read_text(encoding='utf-8'))
        self.assertEqual(set(error['properties']['error']['properties']['code']['enum']),
                         codes | {'usage'})

    def test_schemas_refuse(self):
        """What a schema would let pass by mistake."""
        for name, value in (('show', {}), ('get', {'parameters': {'a': 1}}), ('check', {}),
                            ('plan', {'changed': True}), ('queue', {'flushed': False}),
                            ('queue', {'entries': []}), ('service', {'service': ['dead']}),
                            ('credentials', {'credentials': [{'password': 'x'}]}),
                            ('error', {'error': {'code': 'x', 'domain': 'y', 'message': 'z'}})):
            self.assertNotEqual(command_case.find_faults(name, value), [], name)

    def test_manual_has_every_option(self):
        manual = (TOP / 'examples/nullmail/nullmail.1').read_text(encoding='utf-8')
        manual = manual.replace('\\-', '-')
        for name in ((), *((name,) for name in COMMANDS)):
            done = subprocess.run([command_case.command(), *name, '--help'], text=True,
                                  capture_output=True, check=True)
            for option in re.findall(r'(--[a-z][a-z-]+)', done.stdout):
                self.assertIn(option, manual, name)
        self.assertEqual(done.returncode, DONE)
