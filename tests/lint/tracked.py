#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Nothing is committed by accident: each file is of a known kind, and none tells of the machine on
which it was written."""

import pathlib
import re
import sys

from tree import TOP, list_files

NAMES = {'.clang-format', '.editorconfig', '.gitattributes', '.gitignore', 'COPYING', 'NEWS',
         'aliases'}
SUFFIXES = {'.1', '.bash', '.build', '.c', '.cf', '.cfg', '.css', '.dict', '.h', '.html', '.in',
            '.js', '.json', '.md', '.mjs', '.po', '.png', '.py', '.service', '.socket', '.supp',
            '.svg', '.symbols', '.toml', '.txt', '.vala', '.xml', '.yaml', '.yml', '.zsh'}
# Inputs of the parsers, which have the names that the fuzzer gives them.
CORPUS = 'tests/fuzz/corpus/'
# A person's folder, or somebody's build folder. /etc/postfix and the like are the same everywhere.
OF_A_MACHINE = re.compile(r'(?<![\w.$}~-])/(?:home|root|Users|work)/[\w.-]+|'
                          r'(?<![\w.$}~-])/[\w./-]*/_build[\w.-]*|'
                          r'%2F(?:home|root|Users|work|tmp)%2F')


def is_script(name):
    with open(TOP / name, 'rb') as file:
        return file.read(2) == b'#!'


def check_kind(name):
    path = pathlib.PurePath(name)
    if name.startswith(CORPUS) or path.name in NAMES or path.suffix in SUFFIXES:
        return None
    if path.suffix == '' and is_script(name):
        return None
    return 'a file of unknown kind: see the lists of this test'


def check_text(name):
    if name.startswith(CORPUS) or name.endswith('.png'):
        return
    for number, line in enumerate((TOP / name).read_text(encoding='utf-8').split('\n'), 1):
        found = OF_A_MACHINE.search(line)
        if found:
            yield f'{number}: {found[0]} is a path of one machine'


def main():
    names = list_files()
    faults = []
    for name in names:
        if OF_A_MACHINE.search(name):
            faults.append(f'{name}: the name is that of one machine')
        kind = check_kind(name)
        if kind is not None:
            faults.append(f'{name}: {kind}')
            continue
        faults += [f'{name}:{fault}' for fault in check_text(name)]
    for fault in faults:
        print(fault)
    print(f'{len(names)} files, {len(faults)} faults')
    return 1 if faults or len(names) < 20 else 0


if __name__ == '__main__':
    sys.exit(main())
