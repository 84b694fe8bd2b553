# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""With the override: PYTHONPATH names the build's folder that has gi/overrides/Nullmail.py."""

import unittest

from gi.repository import Nullmail


class OverrideTest(unittest.TestCase):
    def test_attributes(self):
        config = Nullmail.NullClientConfig(relay_host=Nullmail.RelayHost.parse('[a]'))
        config.relay_host = Nullmail.RelayHost.parse('[b]:465')
        config.destinations = ['x']
        self.assertEqual(config.get_relay_host().to_string(), '[b]:465')
        self.assertEqual(config.relay_host, Nullmail.RelayHost.parse('[B]:465'))
        self.assertIs(config.tls_wrapper, True)
        self.assertEqual(config.get_destinations(), ['x'])
        config.destinations = None
        self.assertEqual(config.destinations, [])
        with self.assertRaises(TypeError):
            config.local_delivery = True

    def test_values(self):
        relay = Nullmail.RelayHost.parse('[Smtp.example.com]:587')
        same = Nullmail.RelayHost.parse('[smtp.example.com]:587')
        self.assertEqual(relay, same)
        self.assertEqual(len({relay, same}), 1)
        self.assertNotEqual(relay, Nullmail.RelayHost.parse('[smtp.example.com]'))
        self.assertNotEqual(relay, '[smtp.example.com]:587')
        self.assertEqual(str(relay), '[Smtp.example.com]:587')
        self.assertEqual(f'{relay!r}', '<Nullmail.RelayHost [Smtp.example.com]:587>')

    def test_no_password(self):
        relay = Nullmail.RelayHost.parse('[a]')
        credentials = Nullmail.RelayCredentials.new(relay, 'host7', 'Marker')
        self.assertEqual(credentials, Nullmail.RelayCredentials.new(relay, 'host7', 'Marker'))
        self.assertNotEqual(credentials, Nullmail.RelayCredentials.new(relay, 'host7', 'Other'))
        self.assertIn('host7', repr(credentials))
        self.assertNotIn('Marker', repr(credentials) + str(credentials))
