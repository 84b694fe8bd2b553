#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""CONTRIBUTING.md is true: every file that it names exists, and every source file of the library
has a row in the table of tests."""

import re
import sys

from tree import TOP, list_files

# What a path may stand below.
BASES = ('', 'libnullmail/', 'tests/')
FILE = re.compile(r'`([\w.*-]+(?:/[\w.*-]+)+)`')
ROW = re.compile(r'^\| (.*?) \| (.*) \|$', re.MULTILINE)


def exists(path):
    return any(any(TOP.glob(base + path)) for base in BASES)


def main():
    text = (TOP / 'CONTRIBUTING.md').read_text(encoding='utf-8')
    commands = re.findall(r'^(?:sudo )?((?:tests|examples)/[\w/-]+)', text, re.MULTILINE)
    named = sorted({*FILE.findall(text), *commands})
    faults = [f'{path}: there is no such file' for path in named
              if not exists(path)]

    table = text.partition('## Source files and their tests')[2].partition('\n## ')[0]
    patterns = [path for row in ROW.findall(table) for path in FILE.findall(row[0])]
    covered = {str(path.relative_to(TOP)) for pattern in patterns
               for path in TOP.glob(f'libnullmail/{pattern}')}
    faults += [f'{path}: it is in no row of the table' for path in list_files()
               if re.fullmatch(r'libnullmail/\w+/[\w-]+\.c', path) and path not in covered]
    for fault in faults:
        print(fault)
    print(f'{len(named)} files named, {len(covered)} source files, {len(faults)} faults')
    return 1 if faults or len(covered) < 20 else 0


if __name__ == '__main__':
    sys.exit(main())
