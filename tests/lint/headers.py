#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""nullmail.h compiles alone, as C and as C++; a part of it cannot be included directly.

headers.py COMPILER INCLUDE-DIRECTORY ... (pkg-config gives GLib's flags)
"""

import os
import shutil
import subprocess
import sys


def compiles(compiler, language, text, flags):
    run = subprocess.run([compiler, '-x', language, '-Wall', '-Wextra', '-Werror', '-fsyntax-only',
                          *flags, '-'], input=text, capture_output=True, text=True, check=False)
    return run.returncode == 0, run.stderr


def main():
    flags = subprocess.run(['pkg-config', '--cflags', 'gio-2.0'], capture_output=True, check=True,
                           text=True).stdout.split()
    flags += [f'-I{directory}' for directory in sys.argv[2:]]
    text = '#include <libnullmail/nullmail.h>\nint main (void) { return 0; }\n'
    missing = []
    for compiler, language in ((sys.argv[1], 'c'), ('c++', 'c++')):
        if shutil.which(compiler) is None:
            missing.append(compiler)
            continue
        ok, messages = compiles(compiler, language, text, flags)
        if not ok:
            sys.exit(f'as {language}: {messages}')
    ok, _ = compiles(sys.argv[1], 'c', '#include <libnullmail/document/main-cf.h>\n', flags)
    if ok:
        sys.exit('main-cf.h can be included alone')
    if missing:
        print(f'SKIP: not installed: {", ".join(missing)}')
        sys.exit(1 if os.environ.get('CI') == 'true' else 77)
    print('nullmail.h stands alone')


if __name__ == '__main__':
    main()
