# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The command on a terminal: the question, the password that is not shown, columns, colors, and the
line that is rewritten while it waits."""

import json
import re
import signal
import subprocess

from command_case import DONE, FAILED, MAIN_CF, PENDING, RELAY, SECRET, USAGE, CommandCase
from fake_relay import FakeRelay
from program import need
from terminal import Terminal

QUESTION = 'Apply this? Only “yes” does it: '
HARMLESS = ('relay-host=[smtp.example.com]', 'origin=example.com')
COLOR = '\033['


def setUpModule():
    need('postconf', 'postmap')


class TerminalCase(CommandCase):
    def open(self, *words, term='xterm', columns=100, env=None, **options):
        return Terminal(self.words(*words), self.environment(TERM=term, **(env or {})), columns,
                        **options)

    def see(self, *words, status=DONE, **options):
        with self.open(*words, **options) as terminal:
            ended, seen = terminal.end()
        self.assertEqual(ended, status, seen)
        return seen


class Question(TerminalCase):
    def test_yes(self):
        with self.open('apply', *HARMLESS) as terminal:
            seen = terminal.wait_for(QUESTION)
            self.assertIn('+relayhost = [smtp.example.com]', seen)  # what is asked about
            self.assertEqual(self.main_cf.read_text(), MAIN_CF)
            terminal.type('yes\n')
            status, seen = terminal.end()
        self.assertEqual(status, DONE)
        self.assertTrue(seen.endswith('Applied.\n'), seen)
        self.assertIn('relayhost', self.main_cf.read_text())

    def test_anything_else(self):
        before = self.snapshot()
        for answer in ('no\n', 'y\n', '\n', 'yes please\n', '\4'):
            with self.subTest(answer), self.open('apply', *HARMLESS) as terminal:
                terminal.wait_for(QUESTION)
                terminal.type(answer)
                status, seen = terminal.end()
                self.assertEqual(status, FAILED)
                self.assertIn('nothing was changed', seen)
        self.assertEqual(self.snapshot(), before)

    def test_interrupted(self):
        before = self.snapshot()
        with self.open('apply', *HARMLESS) as terminal:
            terminal.wait_for(QUESTION)
            terminal.type('\3')
            self.assertEqual(terminal.end()[0], -signal.SIGINT)
        self.assertEqual(self.snapshot(), before)

    def test_nothing_to_ask(self):
        """What is the case, what will be refused, and what was answered beforehand."""
        self.assertIn('Applied.', self.see('apply', '--yes', *HARMLESS))
        self.assertEqual(self.see('apply', *HARMLESS), 'Nothing to change.\n')
        seen = self.see('apply', f'relay-host={RELAY}', 'authentication=yes', 'tls-level=may',
                        status=FAILED)
        self.assertNotIn(QUESTION, seen)

    def test_every_command_asks(self):
        self.run_command('apply', '--yes', *HARMLESS)
        for words in (('undo',), ('restore',)):
            with self.open(*words) as terminal:
                terminal.wait_for(QUESTION)
                terminal.type('no\n')
                self.assertEqual(terminal.end()[0], FAILED)
        self.write(MAIN_CF + 'biff = no\nbiff = yes\n')
        with self.open('fix') as terminal:
            terminal.wait_for(QUESTION)
            terminal.type('yes\n')
            self.assertEqual(terminal.end()[0], DONE)

    def test_json(self):
        """The question and what it is about go to standard error, the object to the file."""
        with open(self.folder / 'object', 'wb') as file, \
                self.open('--json', 'apply', *HARMLESS, stdout=file) as terminal:
            self.assertIn('+relayhost', terminal.wait_for(QUESTION))
            terminal.type('yes\n')
            self.assertEqual(terminal.end()[0], DONE)
        text = (self.folder / 'object').read_text(encoding='utf-8')
        self.assertEqual((json.loads(text)['changed'], text.count('\n')), (True, 1))


class Password(TerminalCase):
    WORDS = ('apply', '--yes', '--user', 'host7', f'relay-host={RELAY}', 'origin=example.com')
    PROMPT = f'Password of host7 at {RELAY}: '

    def ask(self, *words, **options):
        terminal = self.open(*(words or self.WORDS), **options)
        terminal.wait_for(self.PROMPT)
        terminal.wait_until(lambda: not terminal.shows_input(), 'what is typed is shown')
        return terminal

    def test_not_shown(self):
        with self.ask() as terminal:
            terminal.type(SECRET + '\n')
            status, seen = terminal.end()
            self.assertTrue(terminal.shows_input())
        self.assertEqual(status, DONE, seen)
        self.assertNotIn(SECRET, seen)
        self.assertEqual(self.sasl_passwd.read_text(), f'{RELAY} host7:{SECRET}\n')

    def test_file_that_is_the_terminal(self):
        for words in (('--password-file', '-'), ('--password-fd', '0')):
            with self.ask(*self.WORDS, *words) as terminal:
                terminal.type(SECRET + '\n')
                status, seen = terminal.end()
            self.assertEqual(status, DONE, seen)
            self.assertNotIn(SECRET, seen)

    def test_ends_by_a_signal(self):
        """The terminal shows what is typed again, and the status tells of the signal."""
        before = self.snapshot()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            with self.subTest(number), self.ask() as terminal:
                terminal.send(number)
                self.assertEqual(terminal.end()[0], -number)
                self.assertTrue(terminal.shows_input())
        with self.ask() as terminal:
            terminal.type('\3')
            self.assertEqual(terminal.end()[0], -signal.SIGINT)
            self.assertTrue(terminal.shows_input())
        self.assertEqual(self.snapshot(), before)

    def test_stopped_and_continued(self):
        """Ctrl-Z and “fg”, which need a shell: it asks again."""
        need('bash')
        shell = ['bash', '-c', 'set -m; "$@"; echo stopped; read -r line; fg >/dev/null', 'bash']
        with Terminal([*shell, *self.words(*self.WORDS)], self.environment()) as terminal:
            terminal.wait_for(self.PROMPT)
            terminal.wait_until(lambda: not terminal.shows_input(), 'what is typed is shown')
            terminal.type('\x1a')
            terminal.wait_for('stopped')
            self.assertTrue(terminal.shows_input())
            terminal.type('\n')
            terminal.wait_until(lambda: terminal.seen.count(self.PROMPT) == 2, 'not asked again')
            terminal.wait_until(lambda: not terminal.shows_input(), 'what is typed is shown')
            terminal.type(SECRET + '\n')
            self.assertEqual(terminal.end()[0], DONE)
        self.assertIn(SECRET, self.sasl_passwd.read_text())

    def test_refused(self):
        for typed, code in (('\n', 'empty'), ('\4', 'terminal'), ('x' * 4200 + '\n', 'longer')):
            with self.subTest(code), self.ask() as terminal:
                terminal.type(typed)
                status, seen = terminal.end()
                self.assertEqual(status, FAILED)
                self.assertIn(code, seen)
        self.assertFalse(self.sasl_passwd.exists())

    def test_output_elsewhere(self):
        """There is somebody to ask as long as there are a keyboard and a place for the question."""
        with self.ask(stdout=subprocess.DEVNULL) as terminal:
            terminal.type(SECRET + '\n')
            self.assertEqual(terminal.end()[0], DONE)
        seen = self.see('credentials', 'set', RELAY, '--user', 'a', stdin=subprocess.DEVNULL,
                        status=USAGE)
        self.assertIn('There is no terminal to ask', seen)


class Looks(TerminalCase):
    def test_columns(self):
        lines = self.see('show', 'hostname', 'local-delivery', 'domain', term='dumb').splitlines()
        self.assertEqual(lines[0].split(), ['PROPERTY', 'VALUE', 'STATE', 'PARAMETER'])
        column = lines[0].index('STATE')
        self.assertEqual([line[column:].split()[0] for line in lines[1:]],
                         ['set', 'kept', 'derived'])

    def test_wide_characters(self):
        self.write(MAIN_CF + 'mydomain = 例え.example\nmyorigin = e\u0301.example\n')
        lines = self.see('show', 'domain', 'origin', 'hostname', term='dumb').splitlines()
        column = lines[0].index('STATE')
        self.assertEqual([line[column - shift:].split()[0] for line, shift in
                          zip(lines[1:], (0, 2, -1))], ['set'] * 3)

    def test_colors(self):
        self.write(MAIN_CF + 'biff = no\nbiff = yes\n')
        for words, status in ((('check',), DONE), (('show',), DONE),
                              (('plan', *HARMLESS), PENDING)):
            with self.subTest(words):
                self.assertIn(COLOR, self.see(*words, status=status))
                for quiet in ({'term': 'dumb'}, {'term': ''}, {'env': {'NO_COLOR': '1'}}):
                    self.assertNotIn(COLOR, self.see(*words, status=status, **quiet))
                self.assertIn(COLOR, self.see(*words, status=status, env={'NO_COLOR': ''}))
                self.assertNotIn(COLOR, self.see('--color=never', *words, status=status))
                self.assertIn(COLOR, self.see('--color', 'always', *words, status=status,
                                              env={'NO_COLOR': '1'}, term='dumb'))
        self.assertIn('\033[33mwarning\033[0m: ', self.see('check'))

    def test_unset_term(self):
        environment = self.environment()
        with Terminal(self.words('show'), environment) as terminal:
            status, seen = terminal.end()
        self.assertEqual(status, DONE)
        self.assertNotIn(COLOR, seen)

    def test_control_characters_are_shown(self):
        self.write(MAIN_CF + 'note = a\033[2Jb\x9bc\n')
        self.assertIn('note = a\\x1b[2Jb', self.see('get', 'note', term='dumb'))
        self.assertIn('\033[2J', self.run_command('get', 'note').out)

    def test_json_is_laid_out(self):
        seen = self.see('--json', 'show', 'hostname')
        self.assertGreater(seen.count('\n'), 5)
        self.assertEqual(json.loads(seen)['config'], {'hostname': 'host.example.com'})


class Waiting(TerminalCase):
    def test_line_is_rewritten(self):
        """While the relay says nothing, the line tells for how long."""
        with FakeRelay(greeting=None) as relay, \
                self.open('probe', f'[127.0.0.1]:{relay.port}') as terminal:
            terminal.wait_for('asking the relay … 2 s')
            terminal.send(signal.SIGINT)
            _, seen = terminal.end()
        self.assertRegex(seen, r'connect +\S*ok')
        waiting = [line for line in re.split(r'\r\x1b\[K', seen) if 'asking' in line]
        self.assertGreaterEqual(len(waiting), 3)
        self.assertNotIn('\n', ''.join(waiting))

    def test_line_goes(self):
        with FakeRelay(extensions=('SIZE 1000',)) as relay:
            seen = self.see('probe', f'[127.0.0.1]:{relay.port}', '--tls-level', 'may')
        shown = [re.sub(r'.*\r\x1b\[K', '', line) for line in seen.split('\n')]
        self.assertEqual([line for line in shown if 'asking' in line], [])

    def test_narrow(self):
        """A line that would be broken in two could not be rewritten."""
        with FakeRelay(greeting=b'220 x\r\n') as relay:
            seen = self.see('probe', f'[127.0.0.1]:{relay.port}', '--tls-level', 'may', columns=10)
        self.assertNotIn('asking', seen)
