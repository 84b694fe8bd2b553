# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests of the installation share: commands, a scratch folder, programs to compile."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ['NULLMAIL_BUILD'])
SCRATCH = BUILD / 'tests' / 'install'
CC = os.environ['CC'].split()
PYTHON = os.environ['NULLMAIL_PYTHON']
# What a build of the library alone is configured with.
OPTIONS = ['-Dtests=false', f'-Dpython={PYTHON}', '-Dcockpit=disabled',
           '-Dsecret_service=' + os.environ['NULLMAIL_SECRET_SERVICE']]

# It uses an error, an enumeration and a version, so that all parts of the headers are needed.
C_PROGRAM = '''
#include <libnullmail/nullmail.h>

int
main (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(NullmailRelayHost) relay = nullmail_relay_host_parse ("[smtp.example.com]:587", &error);

  g_assert_cmpstr (NULLMAIL_VERSION, ==, nullmail_version_string ());
  g_assert_cmpstr (g_type_name (NULLMAIL_TYPE_TLS_LEVEL), ==, "NullmailTlsLevel");
  g_print ("%s %u\\n", nullmail_relay_host_get_host (relay), nullmail_relay_host_get_port (relay));
  return error != NULL;
}
'''

# No variable by which a program would find another library than the one it is to find.
FINDERS = ('GI_TYPELIB_PATH', 'LD_LIBRARY_PATH', 'PKG_CONFIG_PATH', 'PYTHONPATH', 'XDG_DATA_DIRS',
           'DESTDIR')


def environment(**variables):
    clean = {name: value for name, value in os.environ.items() if name not in FINDERS}
    return {**clean, **{name: str(value) for name, value in variables.items()}}


def run(*command, **options):
    """Its standard output; a failure shows all that it said."""
    done = subprocess.run([str(word) for word in command], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False, **options)
    if done.returncode != 0:
        raise AssertionError(f'{command}: status {done.returncode}\n{done.stdout}{done.stderr}')
    return done.stdout


class Case(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix='programs-', dir=SCRATCH)
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding='utf-8')
        return path

    def compile_c(self, pkg_config_path, text=C_PROGRAM):
        """The path of the program, made with nothing but the flags of pkg-config."""
        flags = run('pkg-config', '--cflags', '--libs', 'libnullmail-1.0',
                    env=environment(PKG_CONFIG_PATH=pkg_config_path)).split()
        program = self.folder / 'program'
        run(*CC, '-Wall', '-Wextra', '-Werror', self.write('program.c', text), *flags,
            '-o', program)
        return program


def main(*needed):
    """Runs the tests of the program, if all commands that they need are there."""
    missing = [name for name in needed if shutil.which(name) is None]
    if missing:
        print('not installed:', ', '.join(missing))
        sys.exit(1 if os.environ.get('CI') == 'true' else 77)
    SCRATCH.mkdir(parents=True, exist_ok=True)
    unittest.main(verbosity=2)
