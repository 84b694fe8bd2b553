#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A file includes files of its own folder and of those before it, never behind it."""

import pathlib
import re
import sys

LIBRARY = pathlib.Path(__file__).resolve().parents[2] / 'libnullmail'
INCLUDE = re.compile(r'^#include\s+["<](?:libnullmail/)?([a-z]+)/', re.MULTILINE)


def read_layers():
    text = (LIBRARY / 'meson.build').read_text()
    block = re.search(r'^layers = \[(.*?)\]', text, re.DOTALL | re.MULTILINE).group(1)
    return re.findall(r"'([a-z]+)'", block)


def main():
    layers = read_layers()
    faults = []
    n_files = 0
    for path in sorted(LIBRARY.glob('*/*.[ch]')):
        n_files += 1
        own = layers.index(path.parent.name)
        for folder in INCLUDE.findall(path.read_text()):
            if folder in layers and layers.index(folder) > own:
                faults.append(f'{path.relative_to(LIBRARY)} ({layers[own]}) includes {folder}/')
    for fault in faults:
        print(fault)
    print(f'{n_files} files in {len(layers)} layers, {len(faults)} wrong includes')
    return 1 if faults or n_files < 20 else 0


if __name__ == '__main__':
    sys.exit(main())
