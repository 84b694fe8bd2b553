#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""build-page.py NPM NODE SOURCE MODULES OUTPUT [STAMP]: gets what SOURCE/package-lock.json names,
in just its versions and without running anything of it, and bundles the page into OUTPUT. With “-”
as OUTPUT that is all, and STAMP tells of it."""

import pathlib
import shutil
import subprocess
import sys


def get_modules(npm, source, modules):
    """Only where they are not those of the lock file already."""
    lock = (source / 'package-lock.json').read_bytes()
    have = modules / 'package-lock.json'
    if have.exists() and have.read_bytes() == lock and (modules / 'node_modules').exists():
        return
    modules.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(modules / 'node_modules', ignore_errors=True)
    have.unlink(missing_ok=True)
    shutil.copyfile(source / 'package.json', modules / 'package.json')
    (modules / 'npm-shrinkwrap.json').write_bytes(lock)
    subprocess.run([npm, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline',
                    '--loglevel=error'], cwd=modules, check=True, stdout=subprocess.DEVNULL)
    (modules / 'npm-shrinkwrap.json').rename(have)


def main(npm, node, source, modules, output, stamp=None):
    source, modules = pathlib.Path(source), pathlib.Path(modules)
    get_modules(npm, source, modules)
    if output != '-':
        subprocess.run([node, source / 'build.mjs', modules, output], check=True)
    if stamp is not None:
        pathlib.Path(stamp).touch()


if __name__ == '__main__':
    try:
        main(*sys.argv[1:])
    except subprocess.CalledProcessError as problem:
        sys.exit(f'The page was not built: {problem}. Without npm’s registry: -Dcockpit=disabled')
