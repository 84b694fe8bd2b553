# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A lab whose client has a keyring of its own: what the tests share that take passwords from it."""

import mail_lab
from mail_lab import LabCase

RELAY = "[smtp.example.com]:587"
USER = "relayuser@example.com"
FIRST = "mysecretpassword"
SCHEMA = "org.nullmail.RelayCredentials"
STORE = (f"secret-tool store --label='by hand' xdg:schema {SCHEMA} relayhost '{RELAY}' "
         f"user {USER}")
TOOLS = ("dbus-daemon", "gnome-keyring-daemon", "secret-tool", "strace")
BUS = "unix:path=/run/keyring/bus"
# The service and its bus run in the client itself, and end with it.
START_KEYRING = """
mkdir -m 700 /run/keyring
cat >/run/keyring/bus.conf <<'END'
<busconfig><type>session</type><listen>unix:path=/run/keyring/bus</listen><fork/>
<policy context="default"><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
END
dbus-daemon --config-file /run/keyring/bus.conf >/dev/null 2>&1 </dev/null
printf 'of the keyring' | XDG_DATA_HOME=/run/keyring XDG_RUNTIME_DIR=/run/keyring \
    gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null 2>&1
"""


class KeyringCase(LabCase):
    """Root of the client has a keyring; self.secrets are the passwords that must not be seen."""

    def setUp(self):
        super().setUp()
        self.run_in_bus("sh", "-ec", START_KEYRING)
        self.secrets = [FIRST]

    def run_in_bus(self, *command, **options):
        return self.lab.call("run", "client", "--env", f"DBUS_SESSION_BUS_ADDRESS={BUS}",
                             "--", *command, **options)

    def put_into_keyring(self, password):
        self.run_in_bus("sh", "-c", STORE, text=password)

    def look_up(self):
        table = self.postconf("smtp_sasl_password_maps")[0]
        return self.run_client("postmap", "-q", RELAY, table).rstrip("\n")

    def wait_for_empty_queue(self):
        left = self.run_client("sh", "-c", "for try in $(seq 600); do"
                               " [ -n \"$(postqueue -j)\" ] || exit 0; sleep 0.05; done;"
                               " postqueue -j; exit 1", code=None)
        self.assertEqual(left, "")

    def assert_no_secret_in(self, text):
        for secret in self.secrets:
            self.assertNotIn(secret, text)


def need_keyring():
    """For setUpModule."""
    mail_lab.need(*TOOLS)
    mail_lab.need_lab()
