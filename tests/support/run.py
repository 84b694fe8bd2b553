# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs one file of tests: run.py FILE. Ends with 0, 1, or 77 where nothing could be run.

A file that was never written to be run on its own cannot pass by doing nothing: no test is a
failure, and so is with CI=true one that was skipped. As run.py FILE --inside NAME FOLDER it is a
child of such a program, which runs its function inside_NAME elsewhere: as another user, in another
mount namespace, under strace."""

import importlib.util
import os
import pathlib
import sys

import program

CHILD_FAILED = 3


def load(path):
    sys.path.append(str(path.parent))
    spec = importlib.util.spec_from_file_location('test', path)
    module = importlib.util.module_from_spec(spec)
    sys.modules['test'] = module
    spec.loader.exec_module(module)
    return module


def run_inside(path, name, folder):
    import fixture

    os.environ['PATH'] += ':/usr/sbin:/sbin'
    functions = vars(load(path))
    test = fixture.InstanceTest()
    test.use(folder)
    try:
        functions['inside_' + name](test)
    except Exception:  # pylint: disable=broad-except
        import traceback
        traceback.print_exc()
        return CHILD_FAILED
    return 0


def main(path, *arguments):
    try:
        import gi
        gi.require_version('Nullmail', '1.0')
        from gi.repository import Nullmail  # noqa: F401
    except (ImportError, ValueError) as problem:
        program.skip_program(f'no bindings for {sys.executable}: {problem}')
    path = pathlib.Path(path).resolve()
    if arguments[:1] == ('--inside',):
        return run_inside(path, *arguments[1:])
    with program.own_folder(path.stem.replace('test_', '')):
        return program.run_module(load(path))


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
