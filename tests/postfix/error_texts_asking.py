# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The part of error_texts.py that is about the queue, the test message and the probe of a relay."""

import error_calls_asking as calls
from error_rows import Elsewhere, Error, Row
from fixture import Nullmail


def step(start):
    """No error of a call: the report of a probe has it as the detail of a step."""
    return Elsewhere(start, 'a report says it, and the call succeeds',
                     'bindings/test_relay_probe.py')


TEXTS = {
    'base/path-watch.c': [
        Elsewhere('Could not watch files', 'the kernel has to be at its limit',
                  'bindings/test_monitoring.py'),
    ],
    'plan/plan-probe.c': [
        Row(Error.INVALID_ARGUMENT, lambda t: Nullmail.Plan().create_probe(),
            'The plan is for no Postfix: have one made by PostfixInstance.plan'),
        Row(Error.INVALID_CONFIG, calls.probe_of_nothing,
            '“/etc/postfix/main.cf” would name no relay that could be asked, or more than one: '
            'assign relay-host'),
    ],
    'postfix/config-monitor.c': [
        Row(Error.NOT_FOUND,
            lambda t: t.new_instance(config_directory=f'{t.etc}/none').start_monitoring(),
            'There is no configuration directory “/etc/postfix/none” to be watched: correct its '
            'name'),
    ],
    'postfix/service-witness.c': [
        Elsewhere('Postfix says “%s”', 'a Postfix has to run', 'postfix/test_running.py'),
        Elsewhere('The Postfix of “%s” was activated', 'a Postfix has to run',
                  'postfix/test_running.py'),
    ],
    'queue/delivery.c': [
        Row(Error.NOT_FOUND,
            lambda t: calls.mail_instance(t).follow_delivery('4F1B72A0C5', 1000),
            'There is no message “4F1B72A0C5” in the queue of “/etc/postfix”, nor in a mail log '
            'that can be read: take the queue id from the queue, or look as root'),
    ],
    'queue/mail-queue.c': [
        Row(Error.INVALID_FILE, lambda t: calls.parse_queue('{', '['),
            'Line 1 of the queue’s listing: “*” *: it is not what “postqueue -j” prints'),
    ],
    'queue/queue-line.c': [
        Row(Error.INVALID_FILE, lambda t: calls.parse_queue('}\n', ''),
            'Line 1 of the queue’s listing: “*” *: it is not what “postqueue -j” prints'),
        Row(Error.INVALID_FILE, lambda t: calls.parse_queue('300', '"big"'),
            'Line 1 of the queue’s listing: “message_size” of a message has not the type that '
            '“postqueue -j” gives it'),
        Row(Error.INVALID_FILE, lambda t: calls.parse_queue('[{"address": "c@d"}]', '["c@d"]'),
            'Line 1 of the queue’s listing: “recipients” of a message is not the list of objects '
            'that “postqueue -j” makes it'),
    ],
    'queue/postqueue.c': [
        Row(Error.COMMAND,
            lambda t: calls.mail_instance(t, postqueue='echo "postqueue: fatal: no" >&2; exit 69')
            .load_queue(),
            'The mail queue of “/etc/postfix” could not be listed: *; check whether Postfix runs'),
        Row(Error.PERMISSION_DENIED,
            lambda t: calls.mail_instance(t, postqueue='echo "postqueue: fatal: no" >&2; exit 77')
            .flush_queue(),
            'The mail queue of “/etc/postfix” could not be flushed: *; try as root, or add this '
            'user to authorized_mailq_users and authorized_flush_users'),
    ],
    'queue/test-message.c': [
        Row(Error.COMMAND,
            lambda t: calls.mail_instance(t, sendmail='echo "sendmail: fatal: no" >&2; exit 75')
            .send_test('admin@example.com', None, 1000),
            '“/tmp/commands/sendmail” did not take the test message for the Postfix of '
            '“/etc/postfix”: *; see authorized_submit_users and the mail log'),
        Row(Error.INVALID_ARGUMENT,
            lambda t: t.instance.send_test('a@example.com,b', None, 1000),
            '“a@example.com,b” is not one mail address to be the recipient: give one alone, such '
            'as admin@example.com'),
    ],
    'relay/own-certificate.c': [
        step('“%s” has no private key'),
    ],
    'relay/relay-addresses.c': [
        step('DNS says that'),
        step('“%s” has no address'),
    ],
    'relay/relay-probe-config.c': [
        Row(Error.INVALID_CONFIG,
            lambda t: Nullmail.RelayProbe.new_for_config(Nullmail.NullClientConfig()),
            'The configuration has no relay that could be asked: assign relay-host'),
        Row(Error.INVALID_CREDENTIALS, calls.probe_with_listed,
            'The credentials for “[smtp.example.com]:587” have no password: those of a list '
            'never do, look them up'),
        Row(Error.INVALID_ARGUMENT, lambda t: Nullmail.RelayProbe().run(None),
            'The probe has no relay to ask: assign relay-host'),
        Row(Error.INVALID_ARGUMENT, calls.probe_with_control,
            '“/etc/\\x0aca.pem” has a control character in it, and no property of a probe can: '
            'leave it out'),
    ],
    'relay/sasl-client.c': [
        step('Cyrus SASL does not begin'),
        step('the list of what'),
        step('%s'),
    ],
    'relay/smtp-channel.c': [
        step('it closes'),
        step('it says more'),
        step('what it says is no'),
    ],
}
