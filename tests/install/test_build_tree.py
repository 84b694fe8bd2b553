#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The library can be used without installing it: from the build's folder, by two ways."""

import os

import tools

OVERRIDE_SCRIPT = '''
import gi
gi.require_version('Nullmail', '1.0')
from gi.repository import Nullmail
config = Nullmail.NullClientConfig()
config.relay_host = Nullmail.RelayHost.parse('[smtp.example.com]')
print(config.get_relay_host().to_string(), gi.overrides.Nullmail.__file__)
'''


class BuildTree(tools.Case):
    def test_uninstalled_pkg_config_file(self):
        program = self.compile_c(tools.BUILD / 'meson-uninstalled')
        loaded = tools.run(program, env=tools.environment(
            LD_LIBRARY_PATH=tools.BUILD / 'libnullmail'))
        self.assertEqual(loaded, 'smtp.example.com 587\n')

    def test_uninstalled_flags_name_the_build_and_the_source_only(self):
        flags = tools.run('pkg-config', '--cflags-only-I', '--libs-only-L', 'libnullmail-1.0',
                          env=tools.environment(
                              PKG_CONFIG_PATH=tools.BUILD / 'meson-uninstalled')).split()
        own = [os.path.normpath(flag[2:]) for flag in flags if 'glib' not in flag.split('/')[-1]]
        for path in own:
            self.assertTrue(os.path.isdir(path), path)
        self.assertIn(str(tools.SOURCE), own)
        self.assertIn(str(tools.BUILD), own)

    def test_devenv_gives_python_the_library_and_its_override(self):
        output = tools.run('meson', 'devenv', '-C', tools.BUILD, tools.PYTHON, '-c',
                           OVERRIDE_SCRIPT, env=tools.environment())
        relay, override = output.splitlines()[-1].split()
        self.assertEqual(relay, '[smtp.example.com]')
        self.assertEqual(override, str(tools.BUILD / 'introspection/gi/overrides/Nullmail.py'))

    def test_devenv_gives_c_programs_the_library(self):
        """Compiled and run inside it, with no variable of one's own."""
        source = self.write('program.c', tools.C_PROGRAM)
        script = (f'{" ".join(tools.CC)} {source} $(pkg-config --cflags --libs libnullmail-1.0) '
                  f'-o {self.folder}/program && {self.folder}/program')
        output = tools.run('meson', 'devenv', '-C', tools.BUILD, 'sh', '-c', script,
                           env=tools.environment())
        self.assertEqual(output.splitlines()[-1], 'smtp.example.com 587')


if __name__ == '__main__':
    tools.main('meson', 'pkg-config')
