# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""From whom mail goes out and who gets root's: tables that Postfix reads, and mail in the lab."""

import email
import os
import re
import subprocess

import fixture
import mail_lab
from fixture import Nullmail, write

SENDER = 'abuse@lab.example.com'      # the relay's postmaster reads it
ADMIN = 'student@lab.example.com'
MAIN_CF = (b'compatibility_level = 3.6\nmyhostname = host7.example.com\n'
           b'mydomain = example.com\nx_other = hash:/x\n')
FILES = ('nullmail-sender_canonical', 'nullmail-smtp_header_checks')
OLD_POSTCONF = """#!/bin/sh
# The installed Postfix, which says that it is an older one.
for argument; do
  [ "$argument" = -d ] || continue
  postconf "$@" | sed 's/^mail_version = .*/mail_version = 3.5.25/'
  exit
done
exec postconf "$@"
"""
# What the relay gets for a From: as a program has written it.
HEADERS = [
    ('root@host7.example.com', f'{SENDER}'),
    ('<root@host7.example.com>', f'<{SENDER}>'),
    ('root@host7.example.com (Cron Daemon)', f'Cron Daemon <{SENDER}>'),
    ('root@host7.example.com (Ann (the admin) Bee)', f'Ann (the admin) Bee <{SENDER}>'),
    ('Ann Bee <ann@host7.example.com>', f'Ann Bee <{SENDER}>'),
    ('"Bee, Ann" <ann@host7.example.com>', f'"Bee, Ann" <{SENDER}>'),
    ('"A <x@y> \\"B\\"" <ann@host7.example.com>', f'"A <x@y> \\"B\\"" <{SENDER}>'),
    ('=?utf-8?q?J=C3=BCrgen?= <j@host7.example.com>', f'=?utf-8?q?J=C3=BCrgen?= <{SENDER}>'),
    ('Ann\n Bee\n <ann@host7.example.com>', f'Ann\n Bee\n <{SENDER}>'),
    ('Ann Bee <ann@host7.example.com> (at work)', f'Ann Bee <{SENDER}>'),
    ('team: ann@host7.example.com, bob@host7.example.com;', f'{SENDER}'),
    ('"$1" <$1@host7.example.com>', f'"$1" <{SENDER}>'),
    ('<"a>b"@host7.example.com>', f'<{SENDER}>'),

    # A comment with angle brackets, or with what separates addresses.
    ('Ann <ann@host7.example.com> (of <staff>)', f'Ann <{SENDER}>'),
    ('ann@host7.example.com (of <staff>)', f'"of <staff>" <{SENDER}>'),
    ('ann@host7.example.com (Bee, Ann)', f'"Bee, Ann" <{SENDER}>'),
    ('Ann (at work) Bee <ann@host7.example.com>', f'Ann (at work) Bee <{SENDER}>'),

    # Several authors: the name of the first stays, if it is written as a name.
    ('ann@host7.example.com, bob@host7.example.com', f'{SENDER}'),
    ('Ann <ann@host7.example.com>, Bob <bob@host7.example.com>', f'Ann <{SENDER}>'),
    ('ann@host7.example.com, Bob <bob@host7.example.com>', f'{SENDER}'),
    ('ann@host7.example.com (Ann), bob@host7.example.com (Bob)', f'{SENDER}'),
    ('Staff: Ann <ann@host7.example.com>;', f'{SENDER}'),

    # What is no name as it stands.
    ('[cron] Ann <ann@host7.example.com>', f'"[cron] Ann" <{SENDER}>'),
    ('ann@host7.example.com <ann@host7.example.com>', f'{SENDER}'),
    ('"Ann <ann@host7.example.com>', f'{SENDER}'),
    ('Ann <ann@host7.example.com', f'{SENDER}'),
]


def setUpModule():
    fixture.need_postfix('sed')


def look_up(folder, table, key):
    """What postmap answers; a header may have several lines, which it takes in no other way."""
    done = subprocess.run(['postmap', '-c', folder, '-q', key, table], check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if 'fatal' in done.stderr or 'error' in done.stderr:
        raise AssertionError(done.stderr)
    return done.stdout.rstrip('\n') or None


class TableCase(fixture.InstanceTest):
    """What is written, as Postfix's own programs read it."""

    def write_first(self):
        write(self.main_cf, MAIN_CF)
        write(self.etc / 'master.cf', b'')

    def config(self, **properties):
        return fixture.new_config(origin='example.com', **properties)

    def value(self, name):
        """As Postfix has it, macros expanded."""
        return fixture.answer_of(['postconf', '-c', self.etc, '-xh', name], text=True).rstrip('\n')

    def assert_sender(self, address=SENDER):
        table = self.value('sender_canonical_maps').partition(', hash:')[0]
        self.assertEqual(look_up(self.etc, table, 'root@host7.example.com'), address)
        self.assertIsNone(look_up(self.etc, table, '""'))   # the empty sender
        for name, expected in HEADERS:
            with self.subTest(name):
                expected = expected.replace(SENDER, address)
                self.assertEqual(
                    look_up(self.etc, self.value('smtp_header_checks'), f'From: {name}'),
                    f'REPLACE From: {expected}')
        for name in ('Reply-To', 'Sender', 'Errors-To', 'Resent-From', 'X-From'):
            self.assertIsNone(look_up(self.etc, self.value('smtp_header_checks'),
                                      f'{name}: <root@host7.example.com>'))


class Tables(TableCase):
    def setUp(self):
        super().setUp()
        self.need_inline_patterns()

    def need_inline_patterns(self):
        version = self.value('mail_version').split('.')
        if (int(version[0]), int(version[1].partition('-')[0])) < (3, 7):
            fixture.lacks('Postfix before 3.7 has no regexp table in main.cf')

    def test_sender(self):
        self.apply(self.config(sender_address=SENDER))
        self.assertEqual(self.value('sender_canonical_classes'), 'envelope_sender')
        self.assert_sender()
        self.assert_no_litter('master.cf')

    def test_sender_with_macros(self):
        self.apply(self.config(sender_address='host7@$mydomain'))
        self.assert_sender('host7@example.com')

    def test_root(self):
        self.apply(self.config(root_address=ADMIN))
        table = self.value('virtual_alias_maps')
        for name in ('root', 'postmaster', 'Root'):
            for domain in ('', '@localhost', '@host7.example.com', '@localhost.example.com',
                           '@host7', '@localhost.localdomain'):
                self.assertEqual(look_up(self.etc, table, name + domain), ADMIN, name + domain)
        for key in ('user', 'user@localhost', 'root@example.org', 'rooty'):
            self.assertIsNone(look_up(self.etc, table, key), key)

    def test_twice_is_once(self):
        config = self.config(sender_address=SENDER, root_address=ADMIN)
        self.apply(config)
        self.assertTrue(self.instance.plan(config, None, 0).is_empty())
        loaded = self.instance.load_config()
        self.assertEqual((loaded.get_sender_address(), loaded.get_root_address()),
                         (SENDER, ADMIN))
        self.assertEqual(loaded.get_unsupported(), [])

    def test_bounces_in_a_file(self):
        table = write(self.etc / 'senders', b'# All.\n/^root@/ a@example.com\n/./\n b@c.d\n')
        for pattern, expected in ((b'/./', True), (b'/@/', False)):
            table.write_bytes(table.read_bytes().replace(b'/./', pattern))
            write(self.main_cf, MAIN_CF + f'sender_canonical_maps = regexp:{table}\n'.encode())
            codes = [finding.get_code() for finding in self.instance.check()]
            self.assertIs(Nullmail.FindingCode.BOUNCES_REWRITTEN in codes, expected)

    def test_macro_that_spoils_the_address(self):
        for name in ('sender_address', 'root_address'):
            self.assert_refused(Nullmail.Error.INVALID_CONFIG, name.replace('_', '-'),
                                self.instance.plan, self.config(**{name: 'a@$x_undefined'}), None,
                                0)

    def test_root_that_comes_back(self):
        """Postfix would look root up again, and find root."""
        for address in ('root@$myhostname', 'root@localhost', 'postmaster@localhost.$mydomain',
                        'Root@host7.example.com', 'admin@localhost'):
            with self.subTest(address):
                self.assert_refused(Nullmail.Error.INVALID_CONFIG,
                                    ['root-address', address, 'admin@example.com'],
                                    self.instance.plan, self.config(root_address=address), None, 0)
        self.assert_refused(Nullmail.Error.INVALID_CONFIG, 'root-address', self.instance.plan,
                            self.config(root_address='root@$myhostname', hostname='new.example'),
                            None, 0)
        for address in ('admin@$mydomain', 'root@$mydomain', 'admin@$myhostname'):
            self.instance.plan(self.config(root_address=address), None, 0)

    def test_domain_that_postfix_would_refuse(self):
        for name in ('sender_address', 'root_address'):
            for address in ('a@b..c', 'a@-x.example', 'a@[127.0.0.1]', 'a@127.0.0.1',
                            f'a@{"x" * 64}.example'):
                with self.subTest(address):
                    self.assert_refused(Nullmail.Error.INVALID_CONFIG,
                                        [name.replace('_', '-'), address], self.instance.plan,
                                        self.config(**{name: address}), None, 0)
        self.apply(self.config(sender_address='jürgen@bücher.example',
                               root_address='jürgen@bücher.example'))
        self.assert_sender('jürgen@bücher.example')
        self.assertEqual(look_up(self.etc, self.value('virtual_alias_maps'), 'root'),
                         'jürgen@bücher.example')

    def test_undo(self):
        self.apply(self.config(sender_address=SENDER, root_address=ADMIN))
        self.assertTrue(self.instance.undo(0))
        self.assertEqual(self.main_cf.read_bytes(), MAIN_CF)


class Aliases(TableCase):
    """Local delivery ends, and aliases with it."""

    ALIASES = ('# Of this host.\npostmaster: root\nRoot:\n  admin@example.com\n'
               'webmaster: web@example.com\n')

    def notices(self, config, aliases=ALIASES):
        table = self.etc / 'aliases'
        write(table, aliases.encode())
        write(self.main_cf, MAIN_CF + f'alias_maps = nis:mail.aliases hash:{table}\n'.encode()
              + b'mydestination = $myhostname\n')
        plan = self.instance.plan(config, None, 0)
        return plan, [finding.get_message() for finding in plan.get_findings()
                      if finding.get_code() == Nullmail.FindingCode.ROOT_MAIL_NOWHERE]

    def test_root(self):
        plan, messages = self.notices(self.config())
        self.assertEqual(len(messages), 1)
        self.assertIn(f'“{self.etc}/aliases: Root” loses its effect', messages[0])
        self.assertTrue(self.instance.apply(plan, 0))  # a notice hinders nobody

    def test_others(self):
        _, messages = self.notices(self.config(root_address=ADMIN))
        self.assertEqual(len(messages), 1)
        self.assertIn(f'“{self.etc}/aliases: webmaster” loses its effect', messages[0])

    def test_none(self):
        _, messages = self.notices(self.config(root_address=ADMIN), 'postmaster: root\n')
        self.assertEqual(messages, [])

    def test_still_delivered(self):
        _, messages = self.notices(self.config(destinations=['localhost']))
        self.assertEqual(messages, [])


class OldPostfix(TableCase):
    """Postfix before 3.7 reads patterns from files only."""

    def use(self, folder):
        self.commands = os.path.join(folder, 'commands')
        os.mkdir(self.commands)
        for name, text in (('postconf', OLD_POSTCONF), ('postmap', '#!/bin/sh\nexec postmap "$@"')):
            path = os.path.join(self.commands, name)
            with open(path, 'w', encoding='ascii') as file:
                file.write(text)
            os.chmod(path, 0o755)
        super().use(folder)

    def new_instance(self, **properties):
        return super().new_instance(**{'command_directory': self.commands, **properties})

    def files(self):
        return {path.name: path.read_text() for path in self.etc.glob('nullmail-*')}

    def test_files(self):
        config = self.config(sender_address=SENDER, root_address=ADMIN)
        plan = self.instance.plan(config, None, 0)
        self.assertEqual([os.path.basename(change.get_path()) for change in plan.get_changes()
                          if change.get_kind() == Nullmail.ChangeKind.FILE], list(FILES))
        diff = plan.to_diff()
        self.assertIn(f'+/@/ {SENDER}\n', diff)
        self.assertIn(f'+smtp_header_checks = regexp:{self.etc}/{FILES[1]}\n', diff)
        self.assertTrue(self.instance.apply(plan, 0))

        self.assertEqual(self.value('sender_canonical_maps'), f'regexp:{self.etc}/{FILES[0]}')
        self.assertEqual({(self.etc / name).stat().st_mode & 0o7777 for name in FILES}, {0o644})
        self.assert_sender()
        self.assertTrue(self.value('virtual_alias_maps').startswith('inline:{'))
        self.assert_no_litter('master.cf', *FILES)

        loaded = self.instance.load_config()
        self.assertEqual((loaded.get_sender_address(), loaded.get_unsupported()), (SENDER, []))
        with self.unchanged(self.etc):
            for again in (config, loaded):
                plan = self.instance.plan(again, None, 0)
                self.assertTrue(plan.is_empty())
                self.assertTrue(self.instance.apply(plan, 0))

    def test_others_stay(self):
        write(self.main_cf, MAIN_CF + b'sender_canonical_maps = hash:/x\n'
              b'smtp_header_checks = pcre:/y\n')
        self.apply(self.config(sender_address=SENDER))
        self.assertEqual(self.value('sender_canonical_maps'),
                         f'regexp:{self.etc}/{FILES[0]}, hash:/x')
        config = self.instance.load_config()
        config.unset('sender-address')
        self.apply(config)
        self.assertEqual(self.value('sender_canonical_maps'), 'hash:/x')
        self.assertEqual(self.value('smtp_header_checks'), 'pcre:/y')
        self.assertEqual(self.files(), {})

    def test_new_address(self):
        self.apply(self.config(sender_address=SENDER))
        main_cf, files = self.main_cf.read_bytes(), self.files()
        config = self.instance.load_config()
        config.set_sender_address('host7@$mydomain')
        plan = self.instance.plan(config, None, 0)
        self.assertEqual([os.path.basename(change.get_path()) for change in plan.get_changes()],
                         list(FILES))
        self.assertEqual(plan.get_activation(), Nullmail.Activation.RELOAD)
        self.instance.apply(plan, 0)
        self.assert_sender('host7@example.com')
        self.assertEqual(self.main_cf.read_bytes(), main_cf)
        self.assertTrue(self.instance.plan(config, None, 0).is_empty())

        self.assertTrue(self.instance.undo(0))
        self.assertEqual((self.main_cf.read_bytes(), self.files()), (main_cf, files))
        self.assertTrue(self.instance.undo(0))   # redo
        self.assert_sender('host7@example.com')

    def test_undo_and_restore(self):
        config = self.config(sender_address=SENDER)
        self.apply(config)
        after = self.main_cf.read_bytes(), self.files()
        self.assertTrue(self.instance.undo(0))
        self.assertEqual((self.main_cf.read_bytes(), self.files()), (MAIN_CF, {}))
        self.assertTrue(self.instance.undo(0))
        self.assertEqual((self.main_cf.read_bytes(), self.files()), after)

        config.set_sender_address('host8@example.com')
        self.apply(config)
        self.assertTrue(self.instance.apply(self.instance.plan_restore(), 0))
        self.assertEqual((self.main_cf.read_bytes(), self.files()), (MAIN_CF, {}))

    def test_undo_of_unset(self):
        self.apply(self.config(sender_address=SENDER))
        after = self.main_cf.read_bytes(), self.files()
        config = self.instance.load_config()
        config.set_sender_address(None)
        self.apply(config)
        self.assertEqual(self.files(), {})
        self.assertTrue(self.instance.undo(0))
        self.assertEqual((self.main_cf.read_bytes(), self.files()), after)

    def test_file_that_was_left(self):
        """A run that failed on a broken disk has left one; the next of the same kind takes it."""
        write(self.etc / FILES[1], b'/^From:/ REPLACE From: a@example.com\n')
        config = self.config()
        self.apply(config)
        self.assertEqual(set(self.files()), {FILES[1]})   # nobody has said anything of it
        config.unset('sender-address')
        self.apply(config)
        self.assertEqual(self.files(), {})

    def test_conflict(self):
        """Somebody writes one of the files between plan and apply, or between apply and undo."""
        plan = self.instance.plan(self.config(sender_address=SENDER), None, 0)
        write(self.etc / FILES[0], b'/@/ other@example.com\n')
        self.assert_refused(Nullmail.Error.CONFLICT, FILES[0], self.instance.apply, plan, 0)
        self.apply(self.config(sender_address=SENDER))
        self.assert_sender()

        write(self.etc / FILES[0], b'/@/ third@example.com\n')
        self.assert_refused(Nullmail.Error.CONFLICT, FILES[0], self.instance.undo, 0)

    def test_unknown_macro(self):
        self.assert_refused(Nullmail.Error.INVALID_CONFIG, 'sender-address', self.instance.plan,
                            self.config(sender_address='a@$x_undefined'), None, 0)

    def test_failure_leaves_nothing(self):
        """Where main.cf has changed meanwhile, no file is left."""
        plan = self.instance.plan(self.config(sender_address=SENDER), None, 0)
        self.main_cf.write_bytes(MAIN_CF + b'# edited\n')
        self.assert_refused(Nullmail.Error.CONFLICT, 'main.cf', self.instance.apply, plan, 0)
        self.assertEqual(self.files(), {})


class Mail(mail_lab.LabCase):
    """A relay that takes mail from one sender only, and from none at all: bounces."""

    RESTRICTION = ('smtpd_sender_restrictions = check_sender_access inline:{ {'
                   + SENDER + ' = OK}, {<> = OK} }, reject')
    FORMS = ('', '@localhost', '@client.lab.example.com', '@localhost.lab.example.com',
             '@lab.example.com', '@[127.0.0.1]', '@client', '@CLIENT', '@localhost.localdomain')
    CRON = ('From: root (Cron Daemon)\nTo: root\nSubject: {}\nAuto-Submitted: auto-generated\n'
            '\nThe job has failed.\n')

    @classmethod
    def setUpClass(cls):
        mail_lab.need_lab()

    def setUp(self):
        super().setUp()
        self.lab.run('server', 'postconf', '-e', self.RESTRICTION)
        self.lab.run('server', 'postfix', 'reload')
        self.before = self.read_main_cf()

    def make_client(self, instance='postfix'):
        self.nullmail(f"""
config = client_of('[smtp.lab.example.com]', sender_address={SENDER!r}, root_address={ADMIN!r})
instance = {instance}
instance.apply(instance.plan(config, None, 0, None), Flags.START, None)
""")

    def submit(self, text, *arguments, user='root'):
        self.lab.call('run', 'client', '--user', user, '--', 'sendmail', '-i', *arguments,
                      text=text)

    def read(self, subject, sender=SENDER, user='student'):
        """The message as it is in the mailbox; the envelope's sender is in it as Return-Path."""
        text = self.fetch(subject, '--user', user)
        message = email.message_from_string(text)
        self.assertEqual(message['Return-Path'], f'<{sender}>', text)
        return message

    def test_every_way_to_send(self):
        self.make_client()
        self.submit(self.CRON.format('cron'), '-FCronDaemon', '-odi', '-oem', 'root')
        self.assertEqual(self.read('cron')['From'], f'Cron Daemon <{SENDER}>')

        self.send('mail', '--to', 'root')
        self.assertIn(SENDER, self.read('mail')['From'])

        self.submit('From: x@elsewhere.example\nSender: y@elsewhere.example\nSubject: f\n\nx\n',
                    '-f', 'other@elsewhere.example', ADMIN, user='user')
        message = self.read('f')
        self.assertEqual((message['From'], message['Sender']), (SENDER, 'y@elsewhere.example'))

        self.submit('Subject: no from\n\nx\n', 'postmaster', user='user')
        self.assertIn(SENDER, self.read('no from')['From'])

        self.run_client('/usr/bin/python3', '-c', f"""
import smtplib
with smtplib.SMTP('127.0.0.1', 25) as smtp:
    smtp.sendmail('app@elsewhere.example', ['root'],
                  'From: App <app@elsewhere.example>\\nReply-To: Help <help@elsewhere.example>'
                  '\\nSubject: smtp\\n\\nx\\n')
""")
        message = self.read('smtp')
        self.assertEqual((message['From'], message['Reply-To']),
                         (f'App <{SENDER}>', 'Help <help@elsewhere.example>'))

    def test_names_stay(self):
        self.make_client()
        for number, (name, expected) in enumerate(HEADERS):
            with self.subTest(name):
                reply_to = 'Reply-To: "Bee, Ann" <ann@elsewhere.example>\n'
                self.submit(f'From: {name}\n{reply_to}Subject: name {number}\n\nx\n', 'root')
                message = self.read(f'name {number}')
                self.assertEqual(message['From'], expected)
                self.assertEqual(message['Reply-To'], '"Bee, Ann" <ann@elsewhere.example>')

    def test_root(self):
        self.make_client()
        for name in ('root', 'postmaster'):
            for form in self.FORMS:
                with self.subTest(name + form):
                    self.submit(f'Subject: to {name}{form}\n\nx\n', name + form, user='user')
                    self.read(f'to {name}{form}')
        self.assertEqual(self.lab.run('client', 'sh', '-c', 'ls /var/mail; mailq | tail -n 1'),
                         'Mail queue is empty\n')

    def test_root_at_a_short_name(self):
        """A host without a domain, to whose name Postfix adds one."""
        self.run_client('postconf', '-e', 'myhostname = client', 'append_dot_mydomain = yes')
        self.make_client()
        for form in ('root', 'root@client', 'postmaster@client.localdomain'):
            with self.subTest(form):
                self.submit(f'Subject: short {form}\n\nx\n', form, user='user')
                self.read(f'short {form}')

    def test_root_where_tables_are_skipped(self):
        """One option takes their effect from all of them, and check() says so."""
        self.make_client()
        self.run_client('postconf', '-e', 'receive_override_options = no_address_mappings')
        self.run_client('postfix', 'reload')
        mark = self.mark()
        self.submit('Subject: skipped\n\nx\n', 'root', user='user')
        self.assertIn('to=<root@lab.example.com>', self.outcome(mark)[2])
        found = self.nullmail("""
for finding in postfix.check(None):
    if finding.get_code() == Nullmail.FindingCode.ROOT_MAIL_NOWHERE:
        print(finding.get_parameter())
""")
        self.assertEqual(found, 'receive_override_options\n')

    def test_relay_takes_one_sender(self):
        """Without the setting all of this would bounce, or wait."""
        self.nullmail("apply(client_of('[smtp.lab.example.com]'))")
        mark = self.mark()
        self.submit(self.CRON.format('refused'), ADMIN)
        self.assertIn('Sender address rejected', self.outcome(mark)[2])

    def test_page(self):
        """What the documentation tells an administrator to type."""
        self.nullmail("apply(client_of('[smtp.lab.example.com]'))")
        with open(os.path.join(mail_lab.ROOT, 'docs', 'sender-and-root.md'),
                  encoding='utf-8') as file:
            blocks = dict(re.findall(r'^```(\w+)\n(.*?)^```', file.read(), re.S | re.M))
        self.assertEqual(set(blocks), {'python', 'sh'})
        diff = self.nullmail(blocks['python'])
        self.assertIn('+virtual_alias_maps = ', diff)
        mark = self.mark()
        out = self.run_client('sh', '-ec', blocks['sh']).splitlines()
        self.assertEqual(out[:2], [ADMIN, SENDER])
        line = self.outcome(mark)[2]
        self.assertIn(f'to=<{ADMIN}>, orig_to=<root>', line)
        self.assertIn('status=sent', line)

    def test_brackets_were_delivered_locally(self):
        """Nothing is delivered here, not even to an address of this host in brackets."""
        self.make_client()
        mark = self.mark()
        self.submit('Subject: literal\n\nx\n', 'user@[127.0.0.1]', user='user')
        line = self.wait_log('client', r'.*to=<user@\[127.*', mark)[0]
        self.assertIn('status=bounced (no mail is delivered on this host)', line)
        self.assertIn('dsn=5.1.1', line)
        bounce = self.read('Undelivered Mail Returned to Sender', '', 'postmaster')
        self.assertIn('no mail is delivered on this host', bounce.as_string())
        self.assertIn(SENDER, bounce['From'])

        for form in ('@localhost', '@client.lab.example.com'):
            mark = self.mark()
            self.submit('Subject: x\n\nx\n', 'user' + form, user='user')
            line = self.wait_log('client', f'.*to=<user{re.escape(form)}>.*', mark)[0]
            self.assertIn('relay=smtp.lab.example.com[', line)
        self.submit('Subject: plain\n\nx\n', 'user', user='user')
        self.read('plain', user='postmaster')   # the relay's alias of user@lab.example.com
        self.assertEqual(self.run_client('ls', '/var/mail'), '')

    def test_empty_sender(self):
        self.make_client()
        self.submit('Subject: empty\n\nx\n', '-f', '<>', 'root')
        self.read('empty', sender='')

    def test_undo(self):
        self.make_client()
        self.submit(self.CRON.format('before'), 'root')
        self.read('before')
        self.nullmail('postfix.undo(Flags.NONE, None)')
        self.assertEqual(self.read_main_cf(), self.before)

    def test_files_of_an_older_postfix(self):
        self.run_client('sh', '-ec', """
mkdir /tmp/old
cat >/tmp/old/postconf
for name in postfix postmap; do ln -s /usr/sbin/$name /tmp/old/; done
chmod 0755 /tmp/old/postconf
""", text=OLD_POSTCONF)
        old = "Nullmail.PostfixInstance(command_directory='/tmp/old')"
        folder = os.path.dirname(self.config_path('main.cf'))
        names = set(os.listdir(folder))
        self.make_client(old)
        self.assertEqual(set(os.listdir(folder)) - names, set(FILES))
        self.assertEqual(self.postconf('smtp_header_checks'), [f'regexp:/etc/postfix/{FILES[1]}'])

        self.submit(self.CRON.format('old cron'), 'root')
        self.assertEqual(self.read('old cron')['From'], f'Cron Daemon <{SENDER}>')
        self.submit('Subject: old empty\n\nx\n', '-f', '<>', 'root')
        self.read('old empty', sender='')

        self.nullmail(f'{old}.undo(Flags.NONE, None)')
        self.assertEqual(self.read_main_cf(), self.before)
        self.assertEqual(set(os.listdir(folder)), names)
