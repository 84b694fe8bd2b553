#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What “meson install --prefix” writes, where, and that programs find all of it there."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest

import tools

NESTED = tools.SCRATCH / 'nested'  # a build of the library alone; kept, for the next run
PREFIX = tools.SCRATCH / 'prefix'
INCLUDE = 'include/libnullmail-1.0/libnullmail'
COCKPIT = os.environ['NULLMAIL_COCKPIT']  # the page: enabled or disabled
HAS_GI_DOCGEN = shutil.which('gi-docgen') is not None
written = []  # what meson says that it has written

# All that is installed but for the headers and the pages of the documentation.
FILES = '''
bin/nullmail
{lib}/girepository-1.0/Nullmail-1.0.typelib
{lib}/libnullmail-1.0.so
{lib}/libnullmail-1.0.so.0
{lib}/libnullmail-1.0.so.0.0.0
{lib}/pkgconfig/libnullmail-1.0.pc
{python}/gi/overrides/Nullmail.py
share/bash-completion/completions/nullmail
share/gir-1.0/Nullmail-1.0.gir
share/man/man1/nullmail.1
share/nullmail/schema/apply.json
share/nullmail/schema/check.json
share/nullmail/schema/credentials-purge.json
share/nullmail/schema/credentials.json
share/nullmail/schema/error.json
share/nullmail/schema/fix.json
share/nullmail/schema/get.json
share/nullmail/schema/monitor.json
share/nullmail/schema/plan.json
share/nullmail/schema/probe.json
share/nullmail/schema/queue.json
share/nullmail/schema/restore.json
share/nullmail/schema/service.json
share/nullmail/schema/show.json
share/nullmail/schema/test.json
share/nullmail/schema/undo.json
share/vala/vapi/libnullmail-1.0.deps
share/vala/vapi/libnullmail-1.0.vapi
share/zsh/site-functions/_nullmail
'''.split()

# The Cockpit page, where it is built.
PAGE = '''
libexec/nullmail/cockpit-nullmail
share/cockpit/nullmail/index.css
share/cockpit/nullmail/index.html
share/cockpit/nullmail/index.js
share/cockpit/nullmail/manifest.json
share/cockpit/nullmail/po.de.js
share/cockpit/nullmail/po.manifest.de.js
share/cockpit/nullmail/po.manifest.zh_CN.js
share/cockpit/nullmail/po.zh_CN.js
share/metainfo/org.nullmail.cockpit.metainfo.xml
'''.split()

VALA_PROGRAM = '''
int main () {
  try {
    var relay = Nullmail.RelayHost.parse ("[smtp.example.com]:587");
    var config = new Nullmail.NullClientConfig.for_relay (relay.to_string ());
    config.origin = "example.com";
    config.tls_level = Nullmail.TlsLevel.SECURE;
    print ("%s %u\\n", relay.get_host (), config.get_relay_host ().get_port ());
    return 0;
  } catch (Nullmail.Error.INVALID_RELAY_HOST error) {
    return 1;
  } catch (Error error) {
    return 2;
  }
}
'''

PYTHON_PROGRAM = '''
from gi.repository import Nullmail
config = Nullmail.NullClientConfig()
config.relay_host = Nullmail.RelayHost.parse('[smtp.example.com]:587')
print(config.get_relay_host().get_host(), config.get_relay_host().get_port())
'''

GJS_PROGRAM = '''
const {Nullmail} = imports.gi;
const relay = Nullmail.RelayHost.parse('[smtp.example.com]:587');
print(relay.get_host(), relay.get_port());
'''


def setUpModule():
    is_there = (NESTED / 'build.ninja').exists()
    if not is_there:
        shutil.rmtree(NESTED, ignore_errors=True)
    tools.run('meson', 'setup', NESTED, tools.SOURCE, '--prefix', PREFIX, *tools.OPTIONS,
              f'-Dcockpit={COCKPIT}',
              '-Ddocumentation=' + ('enabled' if HAS_GI_DOCGEN else 'disabled'),
              *(['--reconfigure'] if is_there else []), env=tools.environment())
    tools.run('ninja', '-C', NESTED, '-j2', env=tools.environment())
    shutil.rmtree(PREFIX, ignore_errors=True)
    tools.run('meson', 'install', '-C', NESTED, '--no-rebuild', env=tools.environment())
    log = (NESTED / 'meson-logs/install-log.txt').read_text(encoding='utf-8')
    written.extend(line for line in log.splitlines() if not line.startswith('#'))


def list_files(top):
    return {str(path.relative_to(top)) for path in pathlib.Path(top).rglob('*')
            if not path.is_dir() or path.is_symlink()}


def pkg_config(*options):
    found, = PREFIX.glob('**/libnullmail-1.0.pc')
    return tools.run('pkg-config', *options, 'libnullmail-1.0',
                     env=tools.environment(PKG_CONFIG_PATH=found.parent)).strip()


def installed_environment():
    """The variables that a prefix which is not the system's needs."""
    lib = pathlib.Path(pkg_config('--variable=libdir'))
    override, = PREFIX.glob('**/gi/overrides')
    return tools.environment(LD_LIBRARY_PATH=lib, GI_TYPELIB_PATH=lib / 'girepository-1.0',
                             PKG_CONFIG_PATH=lib / 'pkgconfig',
                             PYTHONPATH=override.parent.parent,
                             XDG_DATA_DIRS=f'{PREFIX}/share:/usr/local/share:/usr/share')


def reached_headers():
    """What nullmail.h includes, and what these do."""
    found, new = set(), {'nullmail.h'}
    while new:
        found |= new
        texts = [(PREFIX / INCLUDE / name).read_text(encoding='utf-8') for name in new]
        new = set(re.findall(r'^#include <libnullmail/(.*)>', '\n'.join(texts), re.M)) - found
    return found


class Files(tools.Case):
    def test_all_files_by_name(self):
        lib = pathlib.Path(pkg_config('--variable=libdir')).relative_to(PREFIX)
        override, = PREFIX.glob('**/gi/overrides/Nullmail.py')
        modules = override.relative_to(PREFIX).parents[2]
        expected = {line.format(lib=lib, python=modules) for line in FILES}
        expected |= {f'{INCLUDE}/{name}' for name in reached_headers()}
        expected |= set(PAGE if COCKPIT == 'enabled' else [])
        self.assertEqual({name for name in list_files(PREFIX)
                          if not name.startswith(('share/doc/', 'share/ansible/'))}, expected)

    @unittest.skipUnless(HAS_GI_DOCGEN or os.environ.get('CI') == 'true', 'no gi-docgen')
    def test_documentation(self):
        for page in ('index', 'getting-started', 'class.PostfixInstance'):
            self.assertTrue((PREFIX / f'share/doc/libnullmail-1.0/{page}.html').is_file(), page)

    def test_collection(self):
        """Ansible's collection lies where Ansible looks below /usr, and has no tests there."""
        top = PREFIX / 'share/ansible/collections/ansible_collections/nullmail/postfix'
        found = {name.partition('/')[0] for name in list_files(top)}
        self.assertLessEqual({'galaxy.yml', 'plugins', 'roles', 'playbooks', 'README.md'}, found)
        self.assertEqual(found & {'tests', 'changelogs'}, set())

    def test_examples(self):
        top = PREFIX / 'share/doc/libnullmail-1.0/examples'
        for name, mode in (('gjs/null-client', 0o755), ('python/null-client', 0o755),
                           ('python/safe-null-client', 0o755), ('vala/null-client.vala', 0o644)):
            self.assertEqual((top / name).stat().st_mode & 0o777, mode)

    def test_nothing_outside_the_prefix(self):
        self.assertGreater(len(written), len(FILES))
        self.assertEqual([path for path in written
                          if not f'{path}/'.startswith(f'{PREFIX}/')], [])

    def test_destdir(self):
        tools.run('meson', 'install', '-C', NESTED, '--no-rebuild', '--destdir', self.folder,
                  env=tools.environment())
        self.assertEqual({'/' + name for name in list_files(self.folder)},
                         {f'{PREFIX}/{name}' for name in list_files(PREFIX)})

    def test_library_names_its_interface_and_no_folder(self):
        library, = PREFIX.glob('**/libnullmail-1.0.so')
        dynamic = tools.run('readelf', '-d', library)
        self.assertIn('Library soname: [libnullmail-1.0.so.0]', dynamic)
        self.assertNotRegex(dynamic, 'RPATH|RUNPATH')


@unittest.skipUnless(COCKPIT == 'enabled', 'the page is not built')
class Page(tools.Case):
    def test_the_page_names_its_helper_which_finds_the_library(self):
        helper = PREFIX / 'libexec/nullmail/cockpit-nullmail'
        html = (PREFIX / 'share/cockpit/nullmail/index.html').read_text(encoding='utf-8')
        self.assertIn(f'content="{helper}"', html)
        self.assertEqual(helper.stat().st_mode & 0o777, 0o755)
        # It answers only with the library: without one it says just that, whatever it is asked.
        done = subprocess.run([helper], input='{"command": "none"}\n', text=True, check=False,
                              stdout=subprocess.PIPE, env=tools.environment())
        self.assertEqual((done.returncode, json.loads(done.stdout)['error']['code']),
                         (1, 'request'))


class OverrideFolder(tools.Case):
    def planned(self, *options):
        """Where Nullmail.py would go."""
        tools.run('meson', 'setup', self.folder, tools.SOURCE, '--prefix', '/usr',
                  *tools.OPTIONS, '-Dvapi=disabled', *options, env=tools.environment())
        text = (self.folder / 'meson-info/intro-installed.json').read_text(encoding='utf-8')
        return [target for source, target in json.loads(text).items()
                if source.endswith('Nullmail.py')]

    def test_option_names_another(self):
        self.assertEqual(self.planned('-Dpython_overrides=/opt/python/gi/overrides'),
                         ['/opt/python/gi/overrides/Nullmail.py'])

    def test_option_no(self):
        self.assertEqual(self.planned('-Dpython_overrides=no'), [])

    def test_where_this_python_looks(self):
        """Below /usr and /usr/local without PYTHONPATH; below another prefix in that one."""
        script = tools.SOURCE / 'introspection/override-folder.py'
        searched = tools.run(tools.PYTHON, '-c', 'import site; print(site.getsitepackages())')
        for prefix, other in (('/usr', '/usr/local/'), ('/usr/local', '//'), ('/opt/x', '//')):
            with self.subTest(prefix):
                folder = tools.run(tools.PYTHON, script, prefix).strip()
                modules, ending = folder.split('/gi/')
                self.assertEqual(ending, 'overrides')
                self.assertTrue(modules.startswith(f'{prefix}/lib'), modules)
                self.assertFalse(modules.startswith(other), modules)
                if f"'{prefix}/lib" in searched:
                    self.assertIn(f"'{modules}'", searched)


class Programs(tools.Case):
    def check(self, *command):
        self.assertEqual(tools.run(*command, env=installed_environment(), cwd=self.folder),
                         'smtp.example.com 587\n')

    def test_c(self):
        self.check(self.compile_c(installed_environment()['PKG_CONFIG_PATH']))

    def test_vala(self):
        """valac asks pkg-config for the version: a symbol that is newer is an error."""
        tools.run('valac', '--pkg', 'libnullmail-1.0', '-o', 'program',
                  self.write('program.vala', VALA_PROGRAM), cwd=self.folder,
                  env=installed_environment())
        self.check(self.folder / 'program')

    def test_python_with_the_override(self):
        self.check(tools.PYTHON, '-W', 'ignore', self.write('program.py', PYTHON_PROGRAM))

    @unittest.skipUnless(shutil.which('gjs') or os.environ.get('CI') == 'true', 'no gjs')
    def test_javascript(self):
        self.check('gjs', self.write('program.js', GJS_PROGRAM))


if __name__ == '__main__':
    tools.main('meson', 'ninja', 'pkg-config', 'readelf', 'valac', 'vapigen')
