# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Stores that need nothing but the library: a file that is its own table, and one in Python."""

import os
import tempfile
import unittest

from gi.repository import Nullmail

from dict_store import DictStore
from store_conformance import AsyncCalls, StoreConformance, SyncCalls


class TextFile(StoreConformance):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='nullmail-', dir='.')
        self.addCleanup(folder.cleanup)
        path = os.path.join(os.path.realpath(folder.name), 'sasl_passwd')
        self.store = Nullmail.SaslPasswdStore.new(path, 'texthash')


class InPython(StoreConformance):
    def setUp(self):
        self.store = DictStore()


class TestTextFileSync(SyncCalls, TextFile, unittest.TestCase):
    pass


class TestTextFileAsync(AsyncCalls, TextFile, unittest.TestCase):
    pass


class TestInPythonSync(SyncCalls, InPython, unittest.TestCase):
    pass


class TestInPythonAsync(AsyncCalls, InPython, unittest.TestCase):
    pass
