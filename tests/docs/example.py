#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""An example makes a null client of a scratch folder: example.py PROGRAM

Postfix is not needed: its commands are stand-ins, and without a master.cf no service is touched.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'support'))
try:
    import gi
    gi.require_version('Nullmail', '1.0')
    import stand_ins
except (ImportError, ValueError) as missing:
    print(f'no GObject bindings for {sys.executable}: {missing}')
    sys.exit(1 if os.environ.get('CI') == 'true' else 77)

MAIN_CF = '# kept\nmyhostname = host.example.com\nmydestination = host.example.com, localhost\n'
CHANGES = ('+relayhost = [smtp.example.com]:25', '+inet_interfaces = loopback-only',
           '-mydestination = host.example.com, localhost', '+mydestination = ')


class Example(unittest.TestCase):
    program = None

    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix='example-', dir=os.environ['NULLMAIL_SCRATCH'])
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.main_cf = self.folder / 'main.cf'
        self.main_cf.write_text(MAIN_CF, encoding='utf-8')
        self.commands = shutil.copytree(stand_ins.COMMANDS, self.folder / 'commands')

    def run_program(self, *arguments):
        return subprocess.run(
            [self.program, f'--directory={self.folder}', f'--state={self.folder}/state',
             *arguments], text=True, check=False, timeout=60, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, 'LC_ALL': 'C.UTF-8',
                 'PATH': f'{self.commands}:{os.environ["PATH"]}'})

    def test_null_client(self):
        shown = self.run_program('--check', '[smtp.example.com]:25')
        self.assertEqual((shown.returncode, shown.stderr), (0, ''))
        self.assertEqual(self.main_cf.read_text(encoding='utf-8'), MAIN_CF)
        for line in CHANGES:
            self.assertIn(line, shown.stdout.splitlines())

        done = self.run_program('[smtp.example.com]:25')
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, shown.stdout, ''))
        text = self.main_cf.read_text(encoding='utf-8')
        self.assertTrue(text.startswith('# kept\nmyhostname = host.example.com\n'), text)
        self.assertIn('\nrelayhost = [smtp.example.com]:25\n', text)
        self.assertTrue((self.folder / 'state').is_dir())

        again = self.run_program('[smtp.example.com]:25')
        self.assertEqual(again.returncode, 0)
        self.assertIn('Nothing to change.', again.stdout)
        self.assertEqual(self.main_cf.read_text(encoding='utf-8'), text)

    def test_settings(self):
        done = self.run_program('[smtp.example.com]', 'origin=example.com', 'networks=',
                                'root-address=admin@example.com', '--start')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        lines = self.main_cf.read_text(encoding='utf-8').splitlines()
        for line in ('myorigin = example.com', 'mynetworks = '):
            self.assertIn(line, lines)
        self.assertIn('virtual_alias_maps = inline:{ {root = admin@example.com}', '\n'.join(lines))

    def test_errors(self):
        refused = self.run_program('user@example.com')
        self.assertEqual((refused.returncode, refused.stdout), (1, ''))
        self.assertIn('“user@example.com” is not a relay host', refused.stderr)
        self.assertEqual(self.run_program().returncode, 2)
        self.assertEqual(self.run_program('--nonsense', 'one').returncode, 2)
        for settings, words in ((['two'], 'no property “two”'),
                                (['tls-level=strong'], 'encrypt, dane')):
            refused = self.run_program('one', *settings)
            self.assertEqual((refused.returncode, refused.stdout), (1, ''))
            self.assertIn(words, refused.stderr)
        self.assertEqual(self.main_cf.read_text(encoding='utf-8'), MAIN_CF)


if __name__ == '__main__':
    Example.program = sys.argv.pop(1)
    needed = {'gjs/null-client': 'gjs', 'python/null-client': '/usr/bin/python3',
              'vala/null-client': Example.program}
    tool = needed[Example.program.partition('examples/')[2]]
    if shutil.which(tool) is None:
        print(f'there is no {tool}')
        sys.exit(1 if os.environ.get('CI') == 'true' else 77)
    unittest.main(verbosity=2)
