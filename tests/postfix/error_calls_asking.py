# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The calls of error_texts_asking.py: of the queue, the test message and the probe of a relay."""

import fixture
from error_calls import POSTCONF, listed, with_commands, write_main_cf
from fixture import GLib, Nullmail

LISTED = ('{"queue_name": "active", "queue_id": "4F1B72A0C5", "arrival_time": 1700000000, '
          '"message_size": 300, "sender": "a@b", "recipients": [{"address": "c@d"}]}\n')


def parse_queue(old, new):
    Nullmail.MailQueue.new_from_bytes(GLib.Bytes.new(LISTED.replace(old, new).encode()))


def mail_instance(t, **scripts):
    return with_commands(t, postconf=POSTCONF, **{'postqueue': 'true', 'sendmail': 'true',
                                                  **scripts})


def probe_of_nothing(t):
    write_main_cf(t, '')
    t.instance.plan_main_cf(t.instance.load_main_cf(), None, 0).create_probe()


def probe_with_listed(t):
    probe = Nullmail.RelayProbe.new(fixture.relay_host())
    probe.set_credentials(listed(t))
    probe.run(None)


def probe_with_control(t):
    probe = Nullmail.RelayProbe.new(fixture.relay_host())
    probe.set_tls_ca_file('/etc/\nca.pem')
    probe.run(None)
