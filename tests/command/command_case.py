# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests of the command share: a configuration directory and a state directory of their
own, the command as a process, and what it says in JSON held against its schemas."""

import collections
import json
import os
import pathlib
import shutil
import signal
import subprocess
import unittest

import program
from program import LIMIT_S

TOP = pathlib.Path(__file__).resolve().parents[2]
SCHEMAS = TOP / 'examples' / 'nullmail' / 'schema'
OLD_S = 1000000000  # younger than a second, main.cf makes each program of Postfix wait
SECRET = 'Marker-Secret-7'
RELAY = '[smtp.example.com]:587'
OTHER = '[other.example.com]:587'
MAIN_CF = '''# A comment.
compatibility_level = 3.6
myhostname = host.example.com
inet_interfaces = loopback-only
'''
NOBODY = 65534
DONE, FAILED, USAGE, PENDING = range(4)

Ended = collections.namedtuple('Ended', 'status out err')


def command():
    return program.need_variable('NULLMAIL_COMMAND')


def find_faults(name, value):
    """What a value has that the schema of that name does not allow."""
    try:
        import jsonschema
    except ImportError:
        program.lacks('not installed: python3-jsonschema')
    with open(SCHEMAS / f'{name}.json', encoding='utf-8') as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    return [f'{"/".join(map(str, fault.path))}: {fault.message}'
            for fault in jsonschema.Draft202012Validator(schema).iter_errors(value)]


class CommandCase(unittest.TestCase):
    def setUp(self):
        self.use(program.make_folder(self.id().rpartition('.')[2] + '-'))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def use(self, folder):
        self.folder = folder
        self.etc, self.state = folder / 'etc', folder / 'state'
        self.main_cf, self.sasl_passwd = self.etc / 'main.cf', self.etc / 'sasl_passwd'
        self.etc.mkdir()
        self.write(MAIN_CF)

    def write(self, text, path=None):
        path = path or self.main_cf
        path.write_text(text, encoding='utf-8')
        os.utime(path, (OLD_S, OLD_S))
        return path

    def password_file(self, text=SECRET):
        path = self.write(text + '\n', self.folder / 'password')
        path.chmod(0o600)
        return str(path)

    def words(self, *arguments):
        """The command with its folders."""
        words = [command(), '--config-directory', str(self.etc), '--state-directory',
                 str(self.state), *map(str, arguments)]
        self.assertNotIn(SECRET, ' '.join(words))
        return words

    def environment(self, **variables):
        clean = {name: value for name, value in os.environ.items()
                 if name not in ('NO_COLOR', 'TERM', 'LANG', 'LC_ALL')}
        return {**clean, **variables}

    def run_command(self, *arguments, status=DONE, text=None, env=None, raw=False, **options):
        """Runs the command to its end, which must have that status; nothing that it says may have
        the password."""
        given = {'stdin': subprocess.DEVNULL} if text is None else {'input': text}
        words = [str(word) for word in arguments] if raw else self.words(*arguments)
        done = subprocess.run(words, text=True, encoding='utf-8', timeout=LIMIT_S, check=False,
                              env=self.environment(**(env or {})),
                              **{'stdout': subprocess.PIPE, 'stderr': subprocess.PIPE, **given,
                                 **options})
        ended = Ended(done.returncode, done.stdout or '', done.stderr or '')
        self.assertNotIn(SECRET, ended.out + ended.err)
        self.assertIn(ended.status, status if isinstance(status, tuple) else (status,), ended)
        if ended.status == DONE:
            self.assertNotIn('CRITICAL', ended.err)
        return ended

    def run_json(self, schema, *arguments, **options):
        """The one object that the command prints, which is as its schema says."""
        ended = self.run_command('--json', *arguments, **options)
        self.assertEqual(ended.out.count('\n'), 1, ended)
        value = json.loads(ended.out)
        self.assertEqual(find_faults(schema, value), [], ended.out)
        return value

    def run_refused(self, *arguments, status=USAGE, says=(), **options):
        """An error: the same in words and in JSON, and nothing is written meanwhile."""
        before = self.snapshot()
        ended = self.run_command(*arguments, status=status, **options)
        self.assertTrue(ended.err.startswith('nullmail: '), ended)
        error = self.run_json('error', *arguments, status=status, **options)['error']
        self.assertIn(error['message'], ended.err)
        self.assertEqual(error['code'] == 'usage', status == USAGE, error)
        for word in (says,) if isinstance(says, str) else says:
            self.assertIn(word, error['message'])
        self.assertEqual(self.snapshot(), before)
        return error

    def snapshot(self):
        return {str(path): path.read_bytes() for path in sorted(self.folder.rglob('*'))
                if path.is_file() and path.name != 'password'}

    def set_up_login(self, relay=RELAY, status=DONE):
        return self.run_command('apply', '--yes', '--user', 'host7', '--password-file',
                                self.password_file(), f'relay-host={relay}', 'origin=example.com',
                                status=status)

    def assert_interrupted(self, status):
        self.assertIn(status, (FAILED, -signal.SIGPIPE))
