#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The reference is whole: reference.py GIR CONFIG SCRATCH

gi-docgen finds nothing without documentation and can make the pages, no link leads nowhere, every
page of docs/ is among them, and every public symbol says since when it is there.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

import sources

CORE = '{http://www.gtk.org/introspection/core/1.0}'
GLIB = '{http://www.gtk.org/introspection/glib/1.0}'
SYMBOLS = {CORE + name for name in (
    'class', 'interface', 'record', 'enumeration', 'bitfield', 'constant', 'function', 'callback',
    'method', 'constructor', 'property', 'virtual-method')} | {GLIB + 'signal', GLIB + 'boxed'}


def run_gi_docgen(*arguments):
    """Its complaints; it ends with 0 whatever it finds."""
    run = subprocess.run(['gi-docgen', *map(str, arguments)], text=True, check=False,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines = [re.sub(r'\x1b\[[\d;]*m', '', line) for line in run.stdout.splitlines()]
    found = [line for line in lines if line.strip() and not line.startswith('INFO')]
    if run.returncode != 0 and not found:
        found = [f'gi-docgen {arguments[0]}: status {run.returncode}']
    return found


def symbols_without_since(element, path=()):
    for child in element:
        if child.tag not in SYMBOLS or child.get(GLIB + 'is-gtype-struct-for'):
            continue
        name = (*path, child.get('name') or child.get(GLIB + 'name'))
        if child.get('version') is None:
            yield '.'.join(name) + ': no “Since:”'
        yield from symbols_without_since(child, name)


def dead_links(folder):
    for page in sorted(folder.glob('*.html')):
        text = page.read_text(encoding='utf-8')
        for target in set(re.findall(r'href="([^"#:?]+)["#]', text)):
            if not (folder / target).exists():
                yield f'{page.name}: a link to {target}'
        for link in set(re.findall(r'\[\w+@[\w.:-]+\]', text)):
            yield f'{page.name}: nothing is called {link}'


def missing_findings(folder, namespace):
    """Where the address of a finding leads to."""
    text = (folder / 'findings.html').read_text(encoding='utf-8')
    for member in namespace.find(f"{CORE}enumeration[@name='FindingCode']").iter(CORE + 'member'):
        nick = member.get(GLIB + 'nick')
        if nick != 'none' and f'id="{nick}"' not in text:
            yield f'findings.html: no heading of {nick}'


def main():
    gir, config, scratch = map(pathlib.Path, sys.argv[1:])
    pages = re.search(r'^content_files = \[(.*?)\]', config.read_text(encoding='utf-8'),
                      re.DOTALL | re.MULTILINE)[1]
    listed = re.findall(r'"(.+?)"', pages)
    found = {path.name for path in sources.read_pages() if path.parent.name == 'docs'}
    faults = [f'{name}: is not both in docs/ and in docs/meson.build'
              for name in found ^ set(listed)]

    namespace = ElementTree.parse(gir).getroot().find(CORE + 'namespace')
    faults += symbols_without_since(namespace)

    if shutil.which('gi-docgen') is None:
        print(*faults, 'gi-docgen is not installed', sep='\n')
        return 1 if faults or os.environ.get('CI') == 'true' else 77
    faults += run_gi_docgen('check', '--config', config, gir)
    with tempfile.TemporaryDirectory(prefix='reference-', dir=scratch) as folder:
        faults += run_gi_docgen('generate', '--quiet', '--fatal-warnings', '--no-namespace-dir',
                                '--config', config, '--content-dir', sources.TOP / 'docs',
                                '--output-dir', folder, gir)
        faults += dead_links(pathlib.Path(folder))
        faults += missing_findings(pathlib.Path(folder), namespace)
        n_pages = len(list(pathlib.Path(folder).glob('*.html')))

    print(*faults, f'{n_pages} pages, {len(faults)} faults', sep='\n')
    return 1 if faults or n_pages < 100 else 0


if __name__ == '__main__':
    sys.exit(main())
