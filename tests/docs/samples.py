#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every sample in C compiles: samples.py BUILD COMPILER ...

A sample is a fenced block, of a documentation comment or of a page. What has no function of its own
is the inside of one.
"""

import re
import subprocess
import sys

import sources

HEADER = '#include <libnullmail/nullmail.h>\n'
FUNCTION = re.compile(r'^\w+ \(.*\)?[^;]*\n\{$|^#include', re.MULTILINE)
FLAGS = ['-x', 'c', '-std=gnu11', '-fsyntax-only', '-Wall', '-Wextra', '-Werror',
         '-Wno-unused-function', '-Wno-unused-variable', '-Wno-unused-but-set-variable']


def as_program(name, line, block):
    body = f'#line {line} "{name}"\n' + '\n'.join(block) + '\n'
    if FUNCTION.search(body):
        return HEADER + body
    return f'{HEADER}static void\nsample (void)\n{{\n{body}}}\n'


def collect():
    for comment in sources.read_comments():
        if any('|[' in line for line in comment.lines):
            sys.exit(f'{comment.path}:{comment.line}: a sample is fenced, not in |[ ]|')
        for line, block in sources.find_samples(comment.lines, comment.line):
            yield str(comment.path), line, block
    for path in sources.read_pages():
        lines = path.read_text(encoding='utf-8').splitlines()
        for line, block in sources.find_samples(lines, 1):
            yield path.name, line, block


def main():
    build, compiler = sys.argv[1], sys.argv[2:]
    flags = subprocess.run(['pkg-config', '--cflags', 'gio-2.0'], capture_output=True, check=True,
                           text=True).stdout.split()
    flags += FLAGS + [f'-I{sources.TOP}', f'-I{build}']
    n_samples = n_wrong = 0
    for name, line, block in collect():
        n_samples += 1
        run = subprocess.run([*compiler, *flags, '-'], input=as_program(name, line, block),
                             capture_output=True, text=True, check=False)
        long_lines = [text for text in block if len(text) > 100]
        if run.returncode != 0 or long_lines:
            n_wrong += 1
            print(f'{name}:{line}:', *long_lines, run.stderr, sep='\n')
    print(f'{n_samples} samples, {n_wrong} wrong')
    return 1 if n_wrong or n_samples < 5 else 0


if __name__ == '__main__':
    sys.exit(main())
