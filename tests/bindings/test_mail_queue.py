# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The mail queue from Python: what a listing says, and what postqueue(1) is asked."""

import json
import os

from gi.repository import Gio

from mail_stand_ins import ID, LONG_ID, MailFolder, queue_line
from stand_ins import Error, GLib, Nullmail

Cause = Nullmail.DelayCause
REFUSED = 'connect to relay.example.com[192.0.2.1]:587: Connection refused'
UNKNOWN_USER = 'host a[192.0.2.1] said: 550 5.1.1 User unknown (in reply to RCPT TO command)'


def parse(text):
    return Nullmail.MailQueue.new_from_bytes(GLib.Bytes.new(text.encode()))


class Listing(MailFolder):
    def test_entries(self):
        queue = parse(queue_line(arrival_time=2, queue_name='deferred', reason=REFUSED)
                      + queue_line(LONG_ID, arrival_time=1, sender='MAILER-DAEMON', more=[{}]))
        self.assertEqual(queue.get_n_entries(), 2)
        for _ in range(20):  # a list whose owner is not clear crashes only now and then
            self.assertEqual([entry.get_queue_id() for entry in queue.get_entries()],
                             [LONG_ID, ID])
        entry = queue.get_entry(ID)
        self.assertEqual((entry.get_queue_name(), entry.get_sender(), entry.get_recipients(),
                          entry.get_delay_reasons(), entry.get_arrival_time(), entry.get_size(),
                          entry.get_forced_expire(), entry.get_cause()),
                         ('deferred', 'root@host', ['admin@example.com'], [REFUSED], 2, 300,
                          False, Cause.NETWORK))
        bounce = queue.get_entry(LONG_ID)
        self.assertEqual((bounce.get_sender(), bounce.get_delay_reasons(), bounce.get_cause()),
                         ('', [''], Cause.NO_REASON))
        self.assertIsNone(queue.get_entry('none'))
        self.assertEqual((queue.count_cause(Cause.NETWORK), queue.count_cause(Cause.DNS)), (1, 0))

    def test_half_of_a_pair(self):
        """An escape of JSON that is no character becomes none that Python or GLib refuses, where
        the parser takes it at all."""
        half = '\\ud800x@example.com'
        try:
            queue = parse(queue_line('SENDER', recipient='ADDRESS').replace('root@host', half)
                          .replace('ADDRESS', half).replace('SENDER', half[:7]))
        except GLib.Error as error:
            self.assertTrue(error.matches(Error.quark(), Error.INVALID_FILE), error.message)
            return
        entry = queue.get_entries()[0]
        unpacked = queue.to_variant().unpack()['entries'][0]
        self.assertEqual(entry.get_sender(), unpacked['sender'])
        self.assertEqual(entry.get_recipients(), unpacked['recipients'])
        for text in (entry.get_queue_id(), entry.get_sender(), entry.get_recipients()[0]):
            self.assertIn('\ufffd', text)

    def test_outlives_the_queue(self):
        queue = parse(queue_line(reason=REFUSED))
        entry, entries = queue.get_entry(ID), queue.get_entries()
        del queue
        self.assertTrue(entry.equal(entries[0]))
        self.assertEqual(entry.get_delay_reasons(), [REFUSED])

    def test_variant(self):
        queue = parse(queue_line(queue_name='deferred', reason=REFUSED))
        unpacked = queue.to_variant().unpack()
        self.assertEqual(unpacked, {'n-entries': 1, 'entries': [{
            'queue-id': ID, 'queue-name': 'deferred', 'sender': 'root@host',
            'recipients': ['admin@example.com'], 'delay-reasons': [REFUSED],
            'arrival-time': 1700000000, 'size': 300, 'forced-expire': False,
            'cause': 'network'}]})
        self.assertEqual(json.loads(json.dumps(unpacked)), unpacked)
        self.assertEqual(parse('').to_variant().unpack(), {'n-entries': 0, 'entries': []})

    def test_not_json(self):
        self.assert_fails(Error.INVALID_FILE, parse, 'Mail queue is empty\n')


class Causes(MailFolder):
    def test_from_reason(self):
        for reason, cause in (('', Cause.NO_REASON), (REFUSED, Cause.NETWORK),
                              (UNKNOWN_USER, Cause.RECIPIENT_REFUSED),
                              ('delivery temporarily suspended: ' + REFUSED, Cause.NETWORK),
                              ('something new', Cause.UNKNOWN)):
            self.assertEqual(Cause.from_reason(reason), cause, reason)

    def test_remedy(self):
        reason = ('SASL authentication failed; server smtp.gmail.com[192.0.2.1] said: 534-5.7.9 '
                  'Application-specific password required.')
        self.assertIn('app password', Cause.get_remedy(Cause.AUTHENTICATION, reason))
        self.assertIn('firewall', Cause.get_remedy(Cause.NETWORK, REFUSED))
        self.assertIsNone(Cause.get_remedy(Cause.UNKNOWN, 'something new'))

    def test_values(self):
        """They never change, and 0 is harmless."""
        names = ('UNKNOWN', 'NO_REASON', 'DNS', 'NETWORK', 'TLS', 'AUTHENTICATION', 'RELAY_DENIED',
                 'SENDER_REFUSED', 'RECIPIENT_REFUSED', 'RATE_LIMIT', 'MESSAGE_REFUSED', 'LOCAL',
                 'BLOCKED')
        self.assertEqual([int(getattr(Cause, name)) for name in names], list(range(13)))


class Asked(MailFolder):
    def test_load(self):
        self.set_queue(queue_line(reason=REFUSED))
        queue = self.postfix.load_queue(None)
        self.assertEqual(queue.get_n_entries(), 1)
        self.assertEqual(self.told('asked'), [f'-c {self.etc} -j'])
        self.set_queue()
        self.assertEqual(self.postfix.load_queue(None).get_n_entries(), 0)
        self.assertEqual(queue.get_n_entries(), 1)  # it is of its time

    def test_flush(self):
        self.assertTrue(self.postfix.flush_queue(None))
        self.assertEqual(self.told('asked'), [f'-c {self.etc} -f'])

    def test_refused(self):
        self.write(self.commands + '/refuse',
                   'postqueue: fatal: Queue report unavailable - mail system is down\n')
        for function in (self.postfix.load_queue, self.postfix.flush_queue):
            with self.assertRaises(GLib.Error) as caught:
                function(None)
            self.assertTrue(caught.exception.matches(Error.quark(), Error.COMMAND))
            self.assertIn('mail system is down', caught.exception.message)

    def test_missing(self):
        other = self.new_instance(command_directory=self.folder)
        self.assert_fails(Error.COMMAND, other.load_queue, None)
        self.assert_fails(Error.COMMAND, other.flush_queue, None)

    def test_no_main_cf(self):
        os.unlink(self.main_cf)
        self.assert_fails(Error.NOT_FOUND, self.postfix.load_queue, None)
        self.assert_fails(Error.NOT_FOUND, self.postfix.flush_queue, None)

    def test_async(self):
        self.set_queue(queue_line(reason=REFUSED))
        queue = self.run_async(self.postfix, 'load_queue')
        self.assertEqual(queue.get_n_entries(), 1)
        self.assertTrue(self.run_async(self.postfix, 'flush_queue'))
        cancellable = Gio.Cancellable()
        cancellable.cancel()
        for name in ('load_queue', 'flush_queue'):
            error = self.run_async(self.postfix, name, cancellable=cancellable)
            self.assertTrue(error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))

    def test_cancelled_meanwhile(self):
        """A queue that is endless, or whose listing hangs, is left."""
        self.add_script('postqueue', 'exec sleep 300')
        cancellable = Gio.Cancellable()
        GLib.timeout_add(200, cancellable.cancel)
        error = self.run_async(self.postfix, 'load_queue', cancellable=cancellable)
        self.assertTrue(error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))
