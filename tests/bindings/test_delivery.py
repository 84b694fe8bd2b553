# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""A test message and what becomes of it, from Python, with stand-ins for sendmail(1), postqueue(1)
and the log."""

import json
import os

from gi.repository import Gio

from mail_stand_ins import (ID, LONG_ID, MailFolder, RECIPIENT, RELAY, begin, log_line, outcome,
                            queue_line, removed)
from stand_ins import Error, GLib, Nullmail

State = Nullmail.DeliveryState
OK = 'sent (250 2.0.0 Ok: queued as 5A0B1)'
REFUSED = 'connect to relay.example.com[192.0.2.1]:587: Connection refused'
ESTABLISHED = f'Verified TLS connection established to {RELAY}: TLSv1.3 with cipher X'
FAILED = f'certificate verification failed for {RELAY}: untrusted issuer /CN=x'
LOGS = '/var/log/mail.log', '/var/log/maillog'


class Submission(MailFolder):
    def test_what_is_submitted(self):
        self.delivers(*begin(), outcome(OK), removed())
        self.send()
        self.assertEqual(self.told('arguments'), ['-C', self.etc, '-i', '--', RECIPIENT])
        message = self.told('message')
        self.assertIn(f'To: {RECIPIENT}', message)
        self.assertIn('Auto-Submitted: auto-generated', message)
        self.assertTrue(all(line.isascii() for line in message))

    def test_sender(self):
        self.delivers(*begin(), outcome(OK), removed())
        self.send(sender='host@example.com')
        self.send(sender='')
        self.assertEqual(self.told('arguments'),
                         ['-C', self.etc, '-i', '-f', 'host@example.com', '--', RECIPIENT,
                          '-C', self.etc, '-i', '-f', '<>', '--', RECIPIENT])

    def test_not_one_address(self):
        for text in ('', '-bp', '-oQ/tmp', 'a,b', 'a b', 'a;b', '<a@b>', 'a@b\n', 'a\tb', 'a@',
                     '@b', '"a', 'x' * 400, 'a(b)c', '|cat'):
            self.assert_fails(Error.INVALID_ARGUMENT, self.send, 1000, text)
            if text:
                self.assert_fails(Error.INVALID_ARGUMENT, self.send, 1000, RECIPIENT, text)
        self.assertFalse(os.path.exists(self.commands + '/arguments'))

    def test_odd_addresses(self):
        self.delivers(*begin(), outcome(OK), removed())
        for text in ('root', '"a, b"@example.com', 'a+b@[192.0.2.1]', 'é@example.com'):
            self.assert_report(self.send(recipient=text), 'SENT')
            self.assertEqual(self.told('arguments')[-1], text)

    def test_refused(self):
        self.add_script('sendmail', 'echo "sendmail: fatal: User nobody(65534) is not allowed to '
                        'submit mail" >&2', 'exit 77')
        with self.assertRaises(GLib.Error) as caught:
            self.send()
        self.assertTrue(caught.exception.matches(Error.quark(), Error.PERMISSION_DENIED))
        self.assertIn('authorized_submit_users', caught.exception.message)
        self.add_script('sendmail', 'echo "postdrop: fatal: no" >&2', 'exit 75')
        self.assert_fails(Error.COMMAND, self.send)
        os.unlink(self.commands + '/sendmail')
        self.assert_fails(Error.COMMAND, self.send)

    def test_no_main_cf(self):
        os.unlink(self.main_cf)
        self.assert_fails(Error.NOT_FOUND, self.send)
        self.assert_fails(Error.NOT_FOUND, self.follow)


class Outcomes(MailFolder):
    def test_sent(self):
        self.delivers(*begin(LONG_ID), log_line('smtp', ESTABLISHED), outcome(OK, LONG_ID),
                      removed(LONG_ID))
        self.assert_report(self.send(), 'SENT', queue_id=LONG_ID, recipient=RECIPIENT, relay=RELAY,
                           dsn='2.0.0', reply='250 2.0.0 Ok: queued as 5A0B1', delay_ms=250,
                           cause='no-reason', detail=None,
                           tls='Verified: TLSv1.3 with cipher X', bounce_id=None)

    def test_deferred_at_the_first_attempt(self):
        self.set_queue(queue_line(queue_name='deferred', reason='Server certificate not verified'))
        self.delivers(*begin(), log_line('smtp', FAILED),
                      outcome('deferred (Server certificate not verified)', dsn='4.7.5'))
        self.assert_report(self.send(), 'DEFERRED', dsn='4.7.5', cause='tls', detail=FAILED,
                           reply='Server certificate not verified')

    def test_bounced(self):
        reason = 'host a said: 550 5.1.1 No such user (in reply to RCPT TO command)'
        self.delivers(*begin(), outcome(f'bounced ({reason})', dsn='5.1.1'),
                      log_line('bounce', f'{ID}: sender non-delivery notification: 5A0B1'),
                      removed())
        self.assert_report(self.send(), 'BOUNCED', cause='recipient-refused', reply=reason,
                           bounce_id='5A0B1')

    def test_expired(self):
        self.write_log(*begin(), outcome(f'deferred ({REFUSED})', dsn='4.4.1'),
                       log_line('qmgr', f'{ID}: from=<root@host>, status=expired, returned to '
                                        'sender'),
                       log_line('bounce', f'{ID}: sender non-delivery notification: 5A0B1'),
                       removed())
        self.assert_report(self.follow(), 'EXPIRED', cause='network', bounce_id='5A0B1')

    def test_several_recipients(self):
        other = outcome(f'deferred ({REFUSED})', recipient='b@example.com', relay='none',
                        dsn='4.4.1')
        self.write_log(*begin(n_recipients=2), outcome(OK))
        self.set_queue(queue_line(recipient='b@example.com'))
        self.assert_report(self.follow(timeout_ms=300), 'QUEUED')
        self.write_log(other)
        self.set_queue(queue_line(queue_name='deferred', recipient='b@example.com',
                                  reason=REFUSED))
        self.assert_report(self.follow(), 'DEFERRED', recipient='b@example.com', relay=None)

    def test_out_of_time(self):
        self.set_queue(queue_line())
        self.delivers(*begin())
        self.assert_report(self.send(timeout_ms=300), 'QUEUED', queue_id=ID, recipient=RECIPIENT,
                           cause='no-reason', reply=None)
        self.assert_report(self.follow(timeout_ms=0), 'QUEUED', queue_id=ID)

    def test_held(self):
        self.set_queue(queue_line(queue_name='hold'))
        report = self.follow(timeout_ms=3600000)
        self.assert_report(report, 'QUEUED', queue_id=ID)
        self.assertIn('postsuper -H', report.get_detail())

    def test_postfix_does_not_run(self):
        """Then the message is in the maildrop queue, where only root sees it."""
        self.add_script('deliver', f"cat >'{self.commands}/queue' <<'END'",
                        queue_line('A1B2C3', queue_name='maildrop') + 'END')
        report = self.send(timeout_ms=500)
        self.assert_report(report, 'QUEUED', queue_id='A1B2C3')
        self.assertIn('Postfix runs', report.get_detail())

    def test_roots_mail_goes_elsewhere(self):
        """For whoever cannot read the log the queue tells, under the name that root's mail gets."""
        self.write(self.main_cf, 'myhostname = host7.example.com\nmydomain = example.com\n'
                   'virtual_alias_maps = inline:{ {root = ops@$mydomain}, '
                   '{postmaster = ops@$mydomain}, {root@localhost = ops@$mydomain}, '
                   '{postmaster@localhost = ops@$mydomain}, {root@$myhostname = ops@$mydomain}, '
                   '{postmaster@$myhostname = ops@$mydomain} }\n')
        self.assertIn('$mydomain', self.postfix.load_config().get_root_address())
        for recipient, is_found in (('root', True), ('Postmaster', True), ('root@localhost', True),
                                    ('root@host7.example.com', True), ('roots', False),
                                    ('root@example.net', False)):
            with self.subTest(recipient):
                self.set_queue(queue_line('0ther', recipient='ops@example.com'))
                self.add_script('deliver', f"cat >>'{self.commands}/queue' <<'END'",
                                queue_line(queue_name='deferred', reason=REFUSED,
                                           recipient='ops@example.com') + 'END')
                report = self.send(timeout_ms=3000, recipient=recipient)
                if is_found:
                    self.assert_report(report, 'DEFERRED', queue_id=ID, cause='network')
                else:
                    self.assert_report(report, 'UNKNOWN', queue_id='')
                    # Where this machine has a log, and it can be read, that is looked at too.
                    word = 'does not tell' if any(map(os.path.exists, LOGS)) else 'alias'
                    self.assertIn(word, report.get_detail())

    def test_gone_without_a_trace(self):
        self.add_script('listed', f"rm -f '{self.commands}/queue'")
        for timeout_ms in (60000, 3000):
            self.set_queue(queue_line())
            report = self.follow(timeout_ms=timeout_ms)
            self.assert_report(report, 'UNKNOWN', cause='no-reason')
            self.assertIn('mail log', report.get_detail())

    def test_unknown_id(self):
        self.set_queue(queue_line(LONG_ID))
        self.write_log(*begin(LONG_ID))
        for text in (ID, ID.lower(), LONG_ID[:-1], '', 'a b', '../x', 'x' * 100):
            self.assert_fails(Error.NOT_FOUND, self.follow, text)

    def test_queue_cannot_be_asked(self):
        self.write(self.commands + '/refuse', 'postqueue: fatal: mail system is down\n')
        self.assert_fails(Error.COMMAND, self.follow)
        self.write_log(*begin(), outcome(OK), removed())
        self.assert_report(self.follow(), 'SENT')

    def test_secret_in_the_words_of_a_program(self):
        """They may quote main.cf."""
        said = 'fatal: bad value: smtp_sasl_password_maps = static:relayuser:geheim'
        self.write(self.commands + '/refuse', f'postqueue: {said}\n')
        self.add_script('sendmail', f'echo "sendmail: {said}" >&2', 'exit 75')
        for function in (self.postfix.load_queue, self.postfix.flush_queue, self.send):
            with self.assertRaises(GLib.Error) as caught:
                function()
            self.assertTrue(caught.exception.matches(Error.quark(), Error.COMMAND))
            self.assertIn('bad value', caught.exception.message)
            self.assertNotIn('geheim', caught.exception.message)

    def test_secret(self):
        """A relay that refuses a login may repeat it, and the log has it then."""
        secret = 'AHVzZXIAU2VjcmV0LTc='
        self.delivers(*begin(), outcome('deferred (SASL authentication failed; server a[192.0.2.1] '
                                        f'said: 535 5.7.8 {secret})', dsn='4.7.8'))
        report = self.send()
        self.assert_report(report, 'DEFERRED', cause='authentication')
        self.assertNotIn(secret, json.dumps(report.to_variant().unpack()))

    def test_variant(self):
        self.write_log(*begin(), outcome(OK), removed())
        report = self.follow()
        self.assertEqual(report.to_variant().unpack(), {
            'queue-id': ID, 'recipient': RECIPIENT, 'state': 'sent', 'relay': RELAY,
            'dsn': '2.0.0', 'reply': '250 2.0.0 Ok: queued as 5A0B1', 'delay-ms': 250,
            'cause': 'no-reason'})
        self.assertTrue(report.equal(self.follow()))


class Log(MailFolder):
    """How it comes, and where from."""

    def test_lags_behind_the_queue(self):
        self.set_queue()
        self.add_script('deliver', '(sleep 1.5', *self.logs([*begin(), outcome(OK), removed()]),
                        ') >/dev/null 2>&1 &')
        self.assert_report(self.send(), 'SENT')

    def test_rotated_meanwhile(self):
        self.write_log('a line of before')
        self.add_script('deliver', *self.logs(begin()), f"mv '{self.log}' '{self.log}.1'",
                        *self.logs([outcome(OK)], self.log + '.1'), *self.logs([removed()]))
        self.assert_report(self.send(), 'SENT', queue_id=ID)

    def test_rotated_before(self):
        self.write_log(*begin(), outcome(OK), removed())
        os.rename(self.log, self.log + '.1')
        self.write_log('something else')
        self.assert_report(self.follow(), 'SENT')

    def test_reused_id(self):
        """The log tells of another message, which has had the queue id before."""
        self.write_log(*begin(message_id='first@host'), outcome(OK), removed())
        self.set_queue(queue_line(queue_name='deferred', reason=REFUSED))
        self.assert_report(self.follow(), 'DEFERRED', reply=REFUSED, cause='network')
        self.write_log(*begin(message_id='second@host'), outcome('sent (250 second)'), removed())
        self.set_queue()
        self.assert_report(self.follow(), 'SENT', reply='250 second')

    def test_next_attempt(self):
        """An attempt that failed some time ago is not the news of one that is under way."""
        self.write_log(*begin(), outcome(f'deferred ({REFUSED})', dsn='4.4.1'))
        self.set_queue(queue_line(queue_name='active', reason=REFUSED))
        self.add_script('listed', *self.logs([outcome(OK), removed()]))
        self.assert_report(self.follow(), 'SENT')

    def test_other_messages(self):
        """Neither an id that begins in the same way, nor the same recipient, nor another log."""
        self.write_log(*begin(ID + '0'), outcome(OK, ID + '0'), removed(ID + '0'))
        self.delivers(*begin('B1', 'other@host'), outcome('bounced (no)', 'B1'), removed('B1'),
                      *begin(), outcome(OK), removed())
        self.assert_report(self.send(), 'SENT', queue_id=ID)

    def test_newer_attributes(self):
        """By name and not by position: Postfix 3.11 logs the channel too."""
        line = outcome(OK).replace(', dsn=', ', tls=secure:TLSv1.3, to_come=x, dsn=')
        self.write_log(*begin(), line, removed())
        self.assert_report(self.follow(), 'SENT', tls='secure:TLSv1.3', dsn='2.0.0')

    def test_journal(self):
        """Where no file tells of it; a text that is no UTF-8 is a list of numbers there."""
        lines = [*begin(message_id='x@host'), outcome(OK), removed()]
        entries = []
        for line in lines:
            tag, _, text = line.partition(' host ')[2].partition('[77]: ')
            entries.append({'SYSLOG_IDENTIFIER': tag, 'SYSLOG_PID': '77', 'MESSAGE': text,
                            '__REALTIME_TIMESTAMP': '1', 'X': [[1]]})
        entries[3]['MESSAGE'] = list(entries[3]['MESSAGE'].encode())
        self.write(self.commands + '/journal',
                   ''.join(json.dumps(entry) + '\n' for entry in entries))
        self.add('journalctl', '#!/bin/sh\necho "$*" >>"$(dirname "$0")/journal-asked"\n'
                               'cat "$(dirname "$0")/journal"\n')
        self.assert_report(self.follow(), 'SENT', queue_id=ID, relay=RELAY)
        asked = self.told('journal-asked')[0]
        for option in ('--output=json', '--all', '--since=@', 'SYSLOG_FACILITY=2'):
            self.assertIn(option, asked)

    def test_journal_is_not_asked_in_vain(self):
        self.add('journalctl', '#!/bin/sh\necho x >>"$(dirname "$0")/journal-asked"\n')
        self.write_log(*begin(), outcome(OK), removed())
        self.assert_report(self.follow(), 'SENT')
        self.assertFalse(os.path.exists(self.commands + '/journal-asked'))


class Async(MailFolder):
    def test_send_test(self):
        self.delivers(*begin(), outcome(OK), removed())
        report = self.run_async(self.postfix, 'send_test', RECIPIENT, None, 20000)
        self.assert_report(report, 'SENT', queue_id=ID)
        error = self.run_async(self.postfix, 'send_test', '-bp', None, 20000)
        self.assertTrue(error.matches(Error.quark(), Error.INVALID_ARGUMENT))

    def test_follow_delivery(self):
        self.write_log(*begin(), outcome(OK), removed())
        report = self.run_async(self.postfix, 'follow_delivery', ID, 20000)
        self.assert_report(report, 'SENT')
        error = self.run_async(self.postfix, 'follow_delivery', 'none', 0)
        self.assertTrue(error.matches(Error.quark(), Error.NOT_FOUND))

    def test_cancelled(self):
        self.set_queue(queue_line())
        self.delivers(*begin())
        for name, arguments in (('send_test', (RECIPIENT, None, 3600000)),
                                ('follow_delivery', (ID, 3600000))):
            cancellable = Gio.Cancellable()
            GLib.timeout_add(300, cancellable.cancel)
            error = self.run_async(self.postfix, name, *arguments, cancellable=cancellable)
            self.assertTrue(error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED), error)

    def test_wrong_finish(self):
        results = []
        loop = GLib.MainLoop()
        self.postfix.follow_delivery_async(ID, 0, None, lambda *both: (results.append(both[1]),
                                                                      loop.quit()))
        loop.run()
        self.assert_fails(Error.INVALID_ARGUMENT, self.postfix.send_test_finish, results[0])
        self.assert_fails(Error.NOT_FOUND, self.postfix.follow_delivery_finish, results[0])
        self.assert_fails(Error.INVALID_ARGUMENT, self.postfix.follow_delivery_finish, results[0])


class Values(MailFolder):
    def test_states(self):
        names = ('UNKNOWN', 'QUEUED', 'SENT', 'DEFERRED', 'BOUNCED', 'EXPIRED')
        self.assertEqual([int(getattr(State, name)) for name in names], list(range(6)))
