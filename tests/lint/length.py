#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Lines, functions and files are short enough to be read; every file says its licence."""

import re
import sys

from tree import TOP, list_files

MAX_COLUMNS = 100
MAX_FUNCTION = 50
MAX_FILE = 600
PROGRAMS = {TOP / 'libnullmail', TOP / 'examples' / 'nullmail'}  # what the last two are for
CASE = re.compile(r'^\s+(case |default:)', re.MULTILINE)


def find_functions(lines):
    """Line and length of each function's body: GNU style has its braces in column one."""
    start = None
    for number, line in enumerate(lines):
        if line == '{' and number > 0 and not lines[number - 1].startswith(('typedef', 'struct',
                                                                             'enum')):
            start = number
        elif line == '}' and start is not None:
            yield start, number - start - 1
            start = None


def check_source(path, text):
    lines = text.split('\n')
    for number, line in enumerate(lines, 1):
        if len(line) > MAX_COLUMNS:
            yield f'{number}: {len(line)} columns'
        if '\t' in line or line != line.rstrip():
            yield f'{number}: a tab, or blanks at the end'
    if path.suffix != '.c' or not PROGRAMS & {*path.parents}:
        return
    if len(lines) > MAX_FILE:
        yield f'{len(lines)} lines in one file'
    for start, length in find_functions(lines):
        body = '\n'.join(lines[start:start + length])
        if length > MAX_FUNCTION and len(CASE.findall(body)) < 8:  # a switch may be a table
            yield f'{start + 1}: a function of {length} lines'


def main():
    faults = []
    n_files = 0
    for path in map(TOP.joinpath, list_files()):
        if 'tests/data' in str(path) or path.name == 'COPYING':
            continue
        if path.suffix in ('.c', '.css', '.h', '.py', '.js', '.mjs') or path.name == 'meson.build':
            n_files += 1
            text = path.read_text()
            faults += [f'{path.relative_to(TOP)}:{fault}' for fault in check_source(path, text)]
            if 'SPDX-License-Identifier' not in '\n'.join(text.split('\n')[:6]):
                faults.append(f'{path.relative_to(TOP)}: no SPDX header')
    for fault in faults:
        print(fault)
    print(f'{n_files} files, {len(faults)} faults')
    return 1 if faults or n_files < 20 else 0


if __name__ == '__main__':
    sys.exit(main())
