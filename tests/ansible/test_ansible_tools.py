# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What Ansible's own tools say of the collection, on a copy, since they write beside it."""

import importlib.util
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

import play
import program
import yaml

MODULES = ('null_client', 'null_client_info', 'null_client_test')
# They need what is in no distribution, and what nothing here is written in.
NOT_RUN = ('changelog', 'pslint')
LONGEST_MODULE = 200
N_UNITS = 50
PACKAGES = pathlib.Path('/usr/lib/python3/dist-packages')
LINT_OPTIONS = PACKAGES / 'ansiblelint' / 'config.py'
VALIDATE_MODULES = PACKAGES.joinpath('ansible_test', '_util', 'controller', 'sanity',
                                     'validate-modules', 'validate_modules', 'main.py')
PYTHON = '.'.join(map(str, sys.version_info[:2]))


class Shared:
    base = collection = None


def setUpModule():
    play.need_ansible('ansible-doc', 'ansible-galaxy', 'git')
    Shared.base = program.make_folder('copy-')
    Shared.collection = Shared.base / 'ansible_collections' / 'nullmail' / 'postfix'
    shutil.copytree(play.COLLECTION, Shared.collection,
                    ignore=shutil.ignore_patterns('__pycache__', 'output'))
    # ansible-test takes the files that git knows, which here are all of them.
    call('git', 'init', '--quiet', cwd=Shared.collection)
    call('git', 'add', '--all', cwd=Shared.collection)


def call(*command, code=0, **options):
    """The output of a command, messages included, that has to end with CODE."""
    environment = play.environment(ANSIBLE_COLLECTIONS_PATH=str(Shared.base),
                                   PATH='/usr/sbin:/usr/bin:/sbin:/bin')
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          timeout=1200, **{'env': environment, **options})
    if done.returncode != code:
        raise AssertionError(f'{command} ended with {done.returncode}:\n{done.stdout}')
    return done.stdout


def lacks_parser():
    """Debian 13's own validate-modules imports a module of which it has no package."""
    return 'antsibull_docs_parser' in VALIDATE_MODULES.read_text() \
        and importlib.util.find_spec('antsibull_docs_parser') is None


class Tools(unittest.TestCase):
    def ansible_test(self, *words):
        program.need('ansible-test')
        # What one has written there, another would take for a part of the collection.
        shutil.rmtree(Shared.collection / 'tests' / 'output', ignore_errors=True)
        return call(sys.executable, play.HERE / 'ansible_test.py', *words, '--color', 'no',
                    '--python', PYTHON, cwd=Shared.collection)

    def test_sanity(self):
        not_run = NOT_RUN + (('validate-modules',) if lacks_parser() else ())
        skipped = [word for name in not_run for word in ('--skip-test', name)]
        output = self.ansible_test('sanity', *skipped)
        names = [line.split('"')[1] for line in output.splitlines()
                 if line.startswith('Running sanity test')]
        for name in {'ansible-doc', 'import', 'pep8', 'pylint', 'validate-modules', 'yamllint'}:
            self.assertEqual(name in names, name not in not_run, output)
        self.assertNotIn('SKIPPED', output)
        self.assertNotIn('skipping', output.lower())

    def test_units(self):
        output = self.ansible_test('units')
        self.assertGreaterEqual(sum(map(int, re.findall(r'(\d+) passed', output))), N_UNITS)
        self.assertNotIn('skipped', output)

    def test_integration(self):
        """The same tests that run on a machine of the lab, in a directory of their own."""
        program.need_root()
        output = self.ansible_test('integration', 'module_null_client')
        self.assertEqual(output.count('TASK [module_null_client : Compare]'), 5)
        self.assertRegex(output, r'failed=0 ')

    def test_documentation(self):
        """Each is rendered without a word of warning."""
        for kind, names in (('module', MODULES), ('lookup', ('keyring',)),
                            ('role', ('null_client',))):
            for name in names:
                text = call('ansible-doc', '--type', kind, f'nullmail.postfix.{name}')
                self.assertNotRegex(text, r'(?i)warning|error!|deprecat')
                self.assertIn('nullmail', text.lower())
        documented = json.loads(call('ansible-doc', '--json', 'nullmail.postfix.null_client'))
        found = documented['nullmail.postfix.null_client']['doc']
        self.assertEqual(len(found['options']), 35)
        role = yaml.safe_load((Shared.collection / 'roles/null_client/meta/argument_specs.yml')
                              .read_text())['argument_specs']['main']['options']
        self.assertLessEqual({f'null_client_{name}' for name in found['options']}, set(role))
        tasks = (Shared.collection / 'roles/null_client/tasks/main.yml').read_text()
        for name, option in found['options'].items():
            self.assertIn(f"    {name}: '{{{{ null_client_{name} | default(omit) }}}}'\n", tasks)
            for fact in ('type', 'elements', 'choices'):
                self.assertEqual(option.get(fact), role[f'null_client_{name}'].get(fact), name)

    def test_lint(self):
        program.need('ansible-lint')
        options = ['--offline', '--profile', 'production', '--nocolor']
        if 'supported_ansible_also' in LINT_OPTIONS.read_text():
            # To a newer one the oldest ansible-core that is tried here is out of support.
            config = Shared.base / 'ansible-lint.yml'
            config.write_text('supported_ansible_also: ["2.14.0"]\n')
            options += ['--config-file', config]
        output = call('ansible-lint', *options, cwd=Shared.collection)
        self.assertRegex(output, "Passed with .*production|production' was required, and it passed")

    def test_build_and_install(self):
        """From the file it is installed with all that it needs, and without its tests."""
        built, target = Shared.base / 'built', Shared.base / 'target'
        call('ansible-galaxy', 'collection', 'build', Shared.collection, '--output-path', built)
        file, = built.glob('nullmail-postfix-*.tar.gz')
        # Elsewhere it is there already, which would do.
        call('ansible-galaxy', 'collection', 'install', file, '-p', target,
             env=play.environment(ANSIBLE_COLLECTIONS_PATH=str(target)))
        installed = target / 'ansible_collections' / 'nullmail' / 'postfix'
        for name in ('MANIFEST.json', 'README.md', 'LICENSES', 'roles', 'playbooks/fleet.yml'):
            self.assertTrue((installed / name).exists(), name)
        text = call('ansible-doc', 'nullmail.postfix.null_client_info',
                    env=play.environment(ANSIBLE_COLLECTIONS_PATH=str(target)))
        self.assertIn(str(installed), text)

    def test_logic_is_the_librarys(self):
        """The module does not know what the library does."""
        text = (Shared.collection / 'plugins/modules/null_client.py').read_text()
        code = text[text.index('\nimport ', text.index('RETURN = ')):]
        self.assertLess(len(code.splitlines()), LONGEST_MODULE)

    def test_readme(self):
        """Each variable of the system role that is named has what is in its place here."""
        text = pathlib.Path(Shared.collection / 'README.md').read_text()
        for name in ('postfix_conf', 'postfix_files', 'postfix_backup', 'postfix_check',
                     'postfix_manage_firewall', 'postfix_manage_selinux', 'postfix_reset',
                     'previous: replaced'):
            self.assertIn(name, text)
        self.assertTrue(os.path.exists(Shared.collection / 'meta' / 'runtime.yml'))
