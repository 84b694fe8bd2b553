# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""SecretStore over the file that libsecret can keep instead of the service."""

import os
import unittest

from gi.repository import Nullmail

from program import make_folder
from store_conformance import AsyncCalls, StoreConformance, SyncCalls


def setUpModule():
    os.environ.update(SECRET_BACKEND='file', SECRET_FILE_TEST_PASSWORD='of the file',
                      SECRET_FILE_TEST_PATH=str(make_folder() / 'keyring'))
    os.environ.pop('DBUS_SESSION_BUS_ADDRESS', None)


class SecretFile(StoreConformance):
    def setUp(self):
        self.store = Nullmail.SecretStore.new()
        for entry in self.store.list(None):
            self.store.clear(entry.get_relay_host(), None)

    def test_collection(self):
        self.assertEqual(self.store.get_collection(), 'default')
        self.assertEqual(Nullmail.SecretStore(collection='session').get_collection(), 'session')


class TestSecretFileSync(SyncCalls, SecretFile, unittest.TestCase):
    pass


class TestSecretFileAsync(AsyncCalls, SecretFile, unittest.TestCase):
    pass
