# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Run one test file; without PyGObject skip (77), or fail where CI=true."""

import importlib.util
import os
import sys
import unittest


def main(path):
    try:
        import gi
        gi.require_version('Nullmail', '1.0')
        gi.require_version('GLib', '2.0')
        from gi.repository import Nullmail  # noqa: F401
    except (ImportError, ValueError) as e:
        print(f'no GObject bindings for {sys.executable}: {e}')
        return 1 if os.environ.get('CI') == 'true' else 77

    spec = importlib.util.spec_from_file_location('test', path)
    module = importlib.util.module_from_spec(spec)
    sys.modules['test'] = module
    spec.loader.exec_module(module)
    tests = unittest.defaultTestLoader.loadTestsFromModule(module)
    result = unittest.TextTestRunner(verbosity=2).run(tests)
    if not result.wasSuccessful():
        return 1
    return 77 if result.skipped and result.testsRun == 0 else 0


sys.exit(main(sys.argv[1]))
