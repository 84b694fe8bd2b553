# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Stand-ins for the programs that take mail and tell of it. A queue is a file, and what becomes of
a message is a script of the test, which writes the log."""

import json
import os

import stand_ins
from stand_ins import Nullmail

ID = '4F1B72A0C5'
LONG_ID = '4YX9vq0bT3z1Kq'
RECIPIENT = 'admin@example.com'
RELAY = 'relay.example.com[192.0.2.1]:587'
POSTQUEUE = '''#!/bin/sh
here=$(dirname "$0")
echo "$*" >>"$here/asked"
[ ! -e "$here/refuse" ] || { cat "$here/refuse" >&2; exit 69; }
[ "$3" != -j ] || [ ! -e "$here/queue" ] || cat "$here/queue"
[ ! -x "$here/listed" ] || "$here/listed"
'''
SENDMAIL = '''#!/bin/sh
here=$(dirname "$0")
for argument; do echo "$argument" >>"$here/arguments"; done
cat >"$here/message"
[ ! -x "$here/deliver" ] ||
    "$here/deliver" "$(sed -n 's/^Message-ID: <\\(.*\\)>$/\\1/p' "$here/message")"
'''


def log_line(service, text, pid=77):
    return f'Nov 30 07:55:41 host postfix/{service}[{pid}]: {text}'


def begin(queue_id=ID, message_id='$1', n_recipients=1):
    return [log_line('pickup', f'{queue_id}: uid=0 from=<root>'),
            log_line('cleanup', f'{queue_id}: message-id=<{message_id}>'),
            log_line('qmgr', f'{queue_id}: from=<root@host>, size=300, nrcpt={n_recipients} '
                             '(queue active)')]


def outcome(status, queue_id=ID, recipient=RECIPIENT, relay=RELAY, dsn='2.0.0', delay='0.25'):
    return log_line('smtp', f'{queue_id}: to=<{recipient}>, relay={relay}, delay={delay}, '
                            f'delays=0.1/0/0.1/0.05, dsn={dsn}, status={status}')


def removed(queue_id=ID):
    return log_line('qmgr', f'{queue_id}: removed')


def queue_line(queue_id=ID, queue_name='active', reason=None, recipient=RECIPIENT, **members):
    to = {'address': recipient, **({'delay_reason': reason} if reason else {})}
    return json.dumps({'queue_name': queue_name, 'queue_id': queue_id, 'arrival_time': 1700000000,
                       'message_size': 300, 'forced_expire': False, 'sender': 'root@host',
                       'recipients': [to], **members}) + '\n'


class MailFolder(stand_ins.Folder):
    def setUp(self):
        super().setUp()
        self.log = os.path.join(self.folder, 'mail.log')
        self.append(f'maillog_file = {self.log}\n')
        self.add('postqueue', POSTQUEUE)
        self.add('sendmail', SENDMAIL)
        # No log of this machine tells of these messages, but the search takes time.
        self.add('journalctl', '#!/bin/sh\nexit 1\n')
        path = os.environ['PATH']
        self.addCleanup(os.environ.__setitem__, 'PATH', path)
        os.environ['PATH'] = f'{self.commands}:{path}'

    def add(self, name, script):
        path = os.path.join(self.commands, name)
        self.write(path, script)
        os.chmod(path, 0o755)

    def add_script(self, name, *commands):
        self.add(name, '#!/bin/sh\n' + '\n'.join(commands) + '\n')

    def write_log(self, *lines):
        with open(self.log, 'a', encoding='utf-8') as file:
            file.writelines(line + '\n' for line in lines)

    def logs(self, lines, path=None):
        """Shell commands that append to the log; $1 is the Message-ID."""
        path = path or self.log
        return [f"""printf '%s\\n' "{line}" >>'{path}'""" for line in lines]

    def delivers(self, *lines):
        self.add_script('deliver', *self.logs(lines))

    def set_queue(self, *lines):
        self.write(os.path.join(self.commands, 'queue'), ''.join(lines))

    def told(self, name):
        with open(os.path.join(self.commands, name), encoding='utf-8') as file:
            return file.read().splitlines()

    def send(self, timeout_ms=20000, recipient=RECIPIENT, sender=None):
        return self.postfix.send_test(recipient, sender, timeout_ms, None)

    def follow(self, queue_id=ID, timeout_ms=20000):
        return self.postfix.follow_delivery(queue_id, timeout_ms, None)

    def assert_report(self, report, state, **expected):
        """Each of the report's getters that is named says so."""
        self.assertEqual(report.get_state(), getattr(Nullmail.DeliveryState, state))
        for name, value in expected.items():
            found = getattr(report, 'get_' + name)()
            self.assertEqual(found.value_nick if name == 'cause' else found, value, name)
