#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The files of the library include each other in one direction: a file includes files of its own
folder and of those before it, never behind it; no circle goes from file to file; and nobody inside
includes nullmail.h, which is all of it at once.

Here a file is its .c, its .h and its -private.h together: what one of them needs, all need."""

import pathlib
import re
import sys

LIBRARY = pathlib.Path(__file__).resolve().parents[2] / 'libnullmail'
INCLUDE = re.compile(r'^#include\s+["<](?:libnullmail/)?([\w./-]+)[">]', re.MULTILINE)
WHOLE = 'nullmail.h'


def read_layers():
    text = (LIBRARY / 'meson.build').read_text()
    block = re.search(r'^layers = \[(.*?)\]', text, re.DOTALL | re.MULTILINE).group(1)
    return re.findall(r"'([a-z]+)'", block)


def module_of(path):
    """folder/name of a file of the library; None for any other."""
    folder, _, name = path.rpartition('/')
    return f'{folder}/{re.sub("(-private)?[.][ch]$", "", name)}' if folder else None


def read_includes():
    """What each file of the library includes, by its path below it."""
    return {str(path.relative_to(LIBRARY)): [complete(path, name)
                                            for name in INCLUDE.findall(path.read_text())]
            for path in sorted(LIBRARY.glob('*/*.[ch]'))}


def complete(path, name):
    """The path below the library: a file may name one of its own folder without it."""
    return f'{path.parent.name}/{name}' if (path.parent / name).is_file() else name


def find_directions(includes, layers):
    for path, names in includes.items():
        own = path.partition('/')[0]
        for name in names:
            folder = name.partition('/')[0]
            if folder in layers and layers.index(folder) > layers.index(own):
                yield f'{path} ({own}) includes {name}'
            if name == WHOLE:
                yield f'{path} includes {WHOLE}: name the headers it needs'


def find_circles(includes):
    """Each circle once, as the way around it, found from its first file."""
    needs = {}
    for path, names in includes.items():
        modules = needs.setdefault(module_of(path), set())
        modules |= {module_of(name) for name in names if name in includes} - {module_of(path)}
    done = set()

    def visit(module, way):
        if module in way:
            yield ' -> '.join([*way[way.index(module):], module])
            return
        if module in done:
            return
        for other in sorted(needs[module]):
            yield from visit(other, [*way, module])
        done.add(module)

    for module in sorted(needs):
        yield from visit(module, [])


def main():
    layers = read_layers()
    includes = read_includes()
    faults = [*find_directions(includes, layers),
              *(f'a circle: {circle}' for circle in sorted(set(find_circles(includes))))]
    for fault in faults:
        print(fault)
    print(f'{len(includes)} files in {len(layers)} layers, {len(faults)} faults')
    return 1 if faults or len(includes) < 20 else 0


if __name__ == '__main__':
    sys.exit(main())
