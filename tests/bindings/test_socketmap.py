# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A client whose password comes from a service: smtp_sasl_password_maps is a socketmap."""

import os

from gi.repository import GLib, Nullmail

from stand_ins import Error, FORCE, Folder, OTHER, RELAY, SECRET, credentials, relay_host

MAP = 'socketmap:unix:private/nullmail:sasl'


class Plans(Folder):
    def setUp(self):
        super().setUp()
        postconf = os.path.join(self.commands, 'postconf')
        text = self.read(postconf)
        self.assertIn(r'texthash\n', text)
        self.write(postconf, text.replace(r'texthash\n', r'texthash\nsocketmap\n', 1))

    def socket_config(self, relay=RELAY, **properties):
        return self.config(relay, authentication=True, password_maps=MAP, **properties)

    def passwords(self):
        return self.read(self.sasl_passwd) if os.path.exists(self.sasl_passwd) else None

    def test_without_a_file(self):
        plan = self.postfix.plan(self.socket_config(), None, 0)
        self.assertEqual(plan.get_main_cf().get_value('smtp_sasl_password_maps'), MAP)
        codes = {finding.get_code() for finding in plan.get_findings()
                 if finding.get_severity() == Nullmail.Severity.ERROR}
        self.assertFalse(codes & {Nullmail.FindingCode.MAP_TYPE_UNSUPPORTED,
                                  Nullmail.FindingCode.CREDENTIALS_MISSING,
                                  Nullmail.FindingCode.MAP_MISSING})
        self.postfix.apply(plan, FORCE)
        self.assertIsNone(self.passwords())
        self.assertTrue(self.postfix.plan(self.socket_config(), None, 0).is_empty())
        self.assertTrue(self.postfix.purge_credentials())
        self.assertEqual(self.postfix.load_config().get_password_maps(), MAP)

    def test_credentials_have_nowhere_to_go(self):
        """A password must not go to a file that Postfix does not read, or no longer reads."""
        self.assert_fails(Error.MAP, self.postfix.plan, self.socket_config(), credentials(), 0)
        self.set_up_login()
        before = self.passwords()
        with self.assertRaisesRegex(GLib.Error, 'smtp_sasl_password_maps .*leave'):
            self.postfix.plan(self.socket_config(), credentials(password='another'), 0)
        with self.assertRaisesRegex(GLib.Error, 'smtp_sasl_password_maps'):
            self.postfix.plan(self.socket_config(OTHER), credentials(OTHER), 0)
        self.assertEqual(self.passwords(), before)

    def test_both(self):
        """A service and a file: the file takes the password."""
        config = self.socket_config()
        config.set_password_maps(f'{MAP}, texthash:{self.sasl_passwd}')
        self.apply(config, credentials())
        self.assertIn(SECRET, self.passwords())
        self.postfix.purge_credentials()
        self.assertIn(SECRET, self.passwords())

    def test_purge_after_the_change(self):
        """Once a service has the password, nobody reads that of the file."""
        self.set_up_login()
        self.apply(self.socket_config())
        self.assertIn(SECRET, self.passwords())
        self.assertTrue(self.postfix.purge_credentials())
        self.assertIsNone(self.passwords())

    def test_next_apply_after_the_change(self):
        self.set_up_login()
        self.apply(self.socket_config())
        self.assertIn(SECRET, self.passwords())
        self.apply(self.socket_config(hostname='other.example.com'), flags=FORCE)
        self.assertNotIn(SECRET, self.passwords())

    def test_drop_does_not_stop_postfix(self):
        self.set_up_login()
        self.apply(self.socket_config())
        plan = self.postfix.plan(self.socket_config(hostname='other.example.com'), None, 0)
        self.assertEqual(plan.get_activation(), Nullmail.Activation.RELOAD)
        self.assertTrue(self.postfix.apply(plan, Nullmail.ApplyFlags.NO_ACTIVATE | FORCE))

    def test_undo_of_the_change(self):
        self.set_up_login()
        before = self.read(), self.passwords()
        self.apply(self.socket_config())
        self.assertNotEqual(self.read(), before[0])
        self.assertTrue(self.postfix.undo(FORCE))
        self.assertEqual((self.read(), self.passwords()), before)

    def test_other_brackets(self):
        """The relay's entry does not go along into a file that is no longer read."""
        self.set_up_login('smtp.example.com:587')
        self.apply(self.socket_config())
        self.assertNotIn(RELAY, self.passwords())

    def test_still_named_inside(self):
        for value in (f'unionmap:{{{MAP}, texthash:{self.sasl_passwd}}}', f'{MAP}, $of_postfix'):
            with self.subTest(value):
                self.set_up_login(password_maps=f'texthash:{self.sasl_passwd}')
                self.apply(self.socket_config())
                self.postfix.apply(self.edit('smtp_sasl_password_maps', value), FORCE)
                # Postfix may have anything for the macro while it cannot be asked.
                self.write(os.path.join(self.commands, 'postconf'), '#!/bin/sh\nexit 1\n')
                self.postfix.purge_credentials()
                self.assertIn(SECRET, self.passwords())

    def test_still_named_elsewhere(self):
        self.set_up_login()
        self.write(os.path.join(self.etc, 'master.cf'),
                   'smtp unix - - n - - smtp -o smtp_sasl_password_maps=texthash:'
                   f'{self.sasl_passwd} -o relayhost={relay_host().to_string()}\n')
        self.apply(self.socket_config())
        self.postfix.purge_credentials()
        self.assertIn(SECRET, self.passwords())
