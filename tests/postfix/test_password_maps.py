# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What was stored is what postmap finds, byte for byte, for each type of table; what could not be
found so is refused and nothing is written; what else a password file holds stays as it is.

The environment's NULLMAIL_BUILD_TABLE is the program build-password-table."""

import os
import random
import re
import subprocess
import sys
import time

import fixture
from fixture import GLib, InstanceTest, Nullmail, RELAY

SEED = 20260824
N_STORABLE = 10000
N_STORED_ONE_BY_ONE = 60
MAP_TYPES = ['hash', 'btree', 'lmdb', 'cdb', 'texthash']
MAX_BYTES = 16384

# Characters that mean something to postmap, Postfix, a shell, a printf or a careless parser.
SPECIAL = '#$%"\'\\:;,<>()[]{}|&*?!~`^=+@/ .-_\u00a0\ufeff\u2028\u3000'
LETTERS = 'abcXYZ0123456789' + SPECIAL + 'äßéñ漢字🔑\U0010ffff\u0300'
BLANKS = ' \t\n\v\f\r'


def random_text(rand, longest):
    length = rand.choice([1, 2, 3, 8, 16, 16, 16, 40, longest])
    text = ''
    while len(text.encode()) < length:
        text += rand.choice(LETTERS)
    while len(text.encode()) > longest:
        text = text[:-1]
    return text


def random_credentials(rand, number):
    """A key, user name and password that can be stored."""
    host = f'h{number}.{rand.choice(["example.com", "EXAMPLE.org", "x-y.example"])}'
    key = rand.choice([f'[{host}]', f'[{host}]:587', f'[{host}]:submission', host, f'{host}:25',
                       f'[192.0.{number // 250}.{number % 250}]:{number + 1}',
                       f'[2001:db8::{number:x}]:587'])
    user = ''
    while not user.lstrip(BLANKS) or user != user.lstrip(BLANKS):
        user = random_text(rand, 250).replace(':', '')
    password = ''
    while not password.rstrip(BLANKS) or password != password.rstrip(BLANKS):
        password = random_text(rand, MAX_BYTES // 16)
    return key, user, password


def new_credentials(entry):
    key, user, password = entry
    return Nullmail.RelayCredentials.new(Nullmail.RelayHost.parse(key), user, password)


class PasswordMaps(InstanceTest):
    @classmethod
    def setUpClass(cls):
        rand = random.Random(SEED)
        entries = {}
        while len(entries) < N_STORABLE:
            entry = random_credentials(rand, len(entries))
            entries[entry[0].lower()] = entry
        cls.entries = list(entries.values())

    def setUp(self):
        super().setUp()
        self.instance.inspect()
        self.map_types = [name for name in MAP_TYPES if name in self.instance.get_map_types()]
        self.assertIn('texthash', self.map_types)
        if os.environ.get('CI') == 'true':
            self.assertIn('hash', self.map_types)

    def query(self, map_type, path, keys):
        """What postmap returns for the keys, on its standard input."""
        if map_type == 'texthash':  # it waits for one that is younger than a second
            os.utime(path, (fixture.OLD_S, fixture.OLD_S))
        return fixture.answer_of(['postmap', '-c', self.etc, '-q', '-', f'{map_type}:{path}'],
                                 input=b''.join(key.encode() + b'\n' for key in keys))

    def assert_found(self, map_type, path, entries):
        expected = [f'{key}\t{user}:{password}'.encode() for key, user, password in entries]
        found = self.query(map_type, path, [entry[0] for entry in entries]).split(b'\n')
        self.assertEqual(found.pop(), b'')
        self.assertEqual(len(found), len(expected))
        for ours, theirs in zip(expected, found):
            self.assertEqual(ours, theirs)

    def test_ten_thousand_in_one_table(self):
        records = b''.join(field.encode() + b'\0' for entry in self.entries for field in entry)
        for map_type in self.map_types:
            with self.subTest(map_type):
                path = self.folder / f'many-{map_type}'
                began = time.monotonic()
                subprocess.run([os.environ['NULLMAIL_BUILD_TABLE'], map_type, path], input=records,
                               check=True, timeout=fixture.LIMIT_S)
                self.assert_found(map_type, path, self.entries)
                print(f'{map_type}: {len(self.entries)} entries in '
                      f'{time.monotonic() - began:.1f} s', file=sys.stderr)
                for file in self.folder.glob(f'many-{map_type}*'):
                    self.assertEqual(file.stat().st_mode & 0o7777, 0o600)

    def test_library_finds_them_as_well(self):
        path = self.folder / 'many'
        some = self.entries[:500]
        subprocess.run([os.environ['NULLMAIL_BUILD_TABLE'], 'texthash', path], check=True,
                       input=b''.join(field.encode() + b'\0' for entry in some for field in entry))
        store = Nullmail.SaslPasswdStore.new(str(path), 'texthash')
        for key, user, password in some[::10]:
            found = store.lookup(Nullmail.RelayHost.parse(key))
            self.assertEqual(found.get_username(), user)
            self.assertEqual(fixture.password_of(found), password.encode())
        listed = store.list()
        self.assertEqual([entry.get_relay_host().to_string() for entry in listed],
                         [entry[0] for entry in some])
        self.assertFalse(any(entry.has_password() for entry in listed))

    def test_stored_one_by_one(self):
        for number, map_type in enumerate(self.map_types):
            with self.subTest(map_type):
                some = self.entries[number::len(self.map_types)][:N_STORED_ONE_BY_ONE]
                path = self.etc / f'sasl_passwd-{map_type}'
                store = Nullmail.SaslPasswdStore.new(str(path), map_type)
                for entry in some:
                    store.store(new_credentials(entry))
                self.assert_found(map_type, path, some)
                self.assertFalse(store.is_stale())
                self.assert_no_litter(path.name, *([os.path.basename(store.get_map_path())]
                                                   if store.get_map_path() else []))
                # Half of them get another's password, a few go.
                changed = [(a[0], b[1], b[2]) for a, b in zip(some[:20], some[20:40])]
                for entry in changed:
                    store.store(new_credentials(entry))
                for entry in some[40:45]:
                    store.clear(Nullmail.RelayHost.parse(entry[0]))
                self.assert_found(map_type, path, changed + some[20:40] + some[45:])
                self.assertEqual(self.query(map_type, path, [some[40][0]]), b'')
                for file in self.etc.glob(f'{path.name}*'):
                    self.assertEqual(file.stat().st_mode & 0o7777, 0o600)
                    file.unlink()

    def test_every_storable_one_goes_in_and_out(self):
        """By descriptor, as a secret should come and go."""
        for key, user, password in self.entries[:2000]:
            read, written = os.pipe()
            newline = b'\n' if len(password.encode()) < MAX_BYTES else b''
            os.write(written, password.encode() + newline)
            os.close(written)
            try:
                login = Nullmail.RelayCredentials.new_from_fd(Nullmail.RelayHost.parse(key), user,
                                                              read)
            finally:
                os.close(read)
            self.assertEqual(fixture.password_of(login), password.encode())


class NotStorable(InstanceTest):
    CONTROLS = [chr(code) for code in [*range(1, 32), 127]]

    def assert_invalid(self, function, *arguments):
        with self.assertRaises(GLib.Error) as caught:
            function(*arguments)
        self.assertTrue(caught.exception.matches(Nullmail.Error.quark(),
                                                 Nullmail.Error.INVALID_CREDENTIALS),
                        caught.exception.message)
        self.assertRegex(caught.exception.message, r'\A[^\x00-\x1f\x7f]+\Z')
        return caught.exception.message

    def store_from_fd(self, user, password):
        """The whole way, to a store: nothing must come to disk."""
        fd = os.memfd_create('password')
        try:
            os.write(fd, password)
            os.lseek(fd, 0, os.SEEK_SET)
            login = Nullmail.RelayCredentials.new_from_fd(Nullmail.RelayHost.parse(RELAY), user, fd)
            self.instance.get_sasl_passwd_store().store(login)
        finally:
            os.close(fd)

    def store_from_text(self, user, password):
        login = Nullmail.RelayCredentials.new(Nullmail.RelayHost.parse(RELAY), user, password)
        self.instance.get_sasl_passwd_store().store(login)

    def setUp(self):
        super().setUp()
        self.set_up_login()

    def test_user_names(self):
        users = ['', ' ', ' a', '\ta', 'a:b', ':', ':a', 'a:']
        users += [text for c in self.CONTROLS for text in (c, c + 'a', 'a' + c, f'a{c}b')]
        with self.unchanged():
            for user in users:
                with self.subTest(user=user):
                    self.assert_invalid(self.store_from_text, user, 'Marker-Password')
                    message = self.assert_invalid(self.store_from_fd, user, b'Marker-Password')
                    self.assertNotIn('Marker-Password', message)

    def test_passwords_as_text(self):
        with self.unchanged():
            for password in ['', ' ', 'a ', 'a  ', 'x' * (MAX_BYTES + 1), 'x' * 100000,
                             *(text for c in self.CONTROLS for text in (c, c + 'a', 'a' + c,
                                                                        f'a{c}b'))]:
                with self.subTest(password=password[:20]):
                    message = self.assert_invalid(self.store_from_text, 'user', password)
                    if len(password.strip()) > 1:
                        self.assertNotIn(password, message)

    def test_passwords_by_descriptor(self):
        bad = [b'', b'\n', b'\n\n', b'a\n\n', b' ', b'a ', b'a \n', b'a\t', b'a\r\n', b'\0',
               b'a\0b', b'a\0', b'\0a', b'a\nb', b'\na', b'\xff', b'a\xffb', b'a\xc3', b'\xc3\x28',
               b'\xed\xa0\x80', b'\xf4\x90\x80\x80', b'\xc0\xaf', b'\xfe\xff\0a',
               b'x' * 16385, b'x' * 16385 + b'\n', b'x' * 1000000, 'ä'.encode() * 8193]
        rand = random.Random(SEED)
        for _ in range(300):
            data = bytearray(rand.randbytes(rand.randrange(1, 40)))
            data[rand.randrange(len(data))] = rand.choice([0, 1, 9, 13, 27, 127, 0x80, 0xff, 0xc0])
            if data != b'\n':
                bad.append(bytes(data) + b'x')
        with self.unchanged():
            for password in bad:
                try:
                    text = password.decode()
                except UnicodeDecodeError:
                    text = None
                if text is not None and password in bad[-300:] \
                        and not re.search('[\x00-\x1f\x7f]', text):
                    continue
                with self.subTest(password=password[:20]):
                    self.assert_invalid(self.store_from_fd, 'user', password)

    def test_longest_possible(self):
        for password in (b'x' * MAX_BYTES, 'ä'.encode() * (MAX_BYTES // 2),
                         b'x' * (MAX_BYTES - 1) + b'\n'):
            self.store_from_fd('user', password)
            found = self.instance.get_sasl_passwd_store().lookup(Nullmail.RelayHost.parse(RELAY))
            self.assertEqual(fixture.password_of(found), password.rstrip(b'\n'))


class ForeignText(InstanceTest):
    """Whatever stands in sasl_passwd besides the entry stays, byte for byte."""

    BEFORE = (b'# Credentials, by hand\n'
              b'\n'
              b'  # indented\n'
              b'[zzz.example.com]\tlast:first\n'
              b'"quoted key"  "quoted \\"value\\""\n'
              b'[continued.example.com] user:\n'
              b'   second # line\n'
              b'# in between\n'
              b'\tthird\n'
              b'nothing-behind-the-key\n'
              b'[crlf.example.com] a:b\r\n'
              b'user@example.com  sender:dependent  \t\n'
              b'[bytes.example.com] a:\xff\xfe\n'
              b'[dup.example.com] one:1\n'
              b'[dup.example.com] two:2\n')
    AFTER = (b'\n'
             b'#[smtp.example.com]:587 commented:out\n'
             b'[smtp.example.com] without:port\n'
             b'smtp.example.com:587 without:brackets\n'
             b'[SMTP.example.com]:588 other:port\n')

    def store(self, contents, relay=RELAY, user='new', password='pass word', clear=False):
        fixture.write(self.sasl_passwd, contents, 0o600)
        store = Nullmail.SaslPasswdStore.new(str(self.sasl_passwd), 'hash')
        if clear:
            store.clear(Nullmail.RelayHost.parse(relay))
        else:
            store.store(fixture.credentials(relay, user, password))
        self.assert_no_litter()
        return self.sasl_passwd.read_bytes()

    def test_in_place(self):
        for old in (b'[smtp.example.com]:587 old:password\n', b'[smtp.example.com]:587\told:x  \n',
                    b'[SMTP.Example.COM]:587 old:x\n', b'[smtp.example.com]:587 old:\n  x\n'):
            with self.subTest(old):
                text = self.store(self.BEFORE + old + self.AFTER)
                self.assertEqual(text[:len(self.BEFORE)], self.BEFORE)
                self.assertEqual(text[-len(self.AFTER):], self.AFTER)
                self.assertEqual(text[len(self.BEFORE):-len(self.AFTER)].lower(),
                                 b'[smtp.example.com]:587 new:pass word\n')

    def test_at_the_end(self):
        text = self.store(self.BEFORE + self.AFTER)
        self.assertEqual(text, self.BEFORE + self.AFTER + b'[smtp.example.com]:587 new:pass word\n')

    def test_no_last_newline(self):
        for last in (b'[a.example.com] a:b', b'# comment', b'  # comment', b'nothing'):
            with self.subTest(last):
                text = self.store(self.BEFORE + last)
                self.assertEqual(text, self.BEFORE + last
                                 + b'\n[smtp.example.com]:587 new:pass word\n')
        text = self.store(b'[a.example.com] a:b\n[smtp.example.com]:587 old:x')
        self.assertIn(text, (b'[a.example.com] a:b\n[smtp.example.com]:587 new:pass word',
                             b'[a.example.com] a:b\n[smtp.example.com]:587 new:pass word\n'))

    def test_empty_file(self):
        for contents in (b'', b'\n', b'#\n'):
            self.assertEqual(self.store(contents),
                             contents + b'[smtp.example.com]:587 new:pass word\n')

    def test_duplicates_of_the_entry(self):
        """The first counts for postmap: it is replaced, and the others would only mislead."""
        text = self.store(b'[smtp.example.com]:587 one:1\n# c\n[smtp.example.com]:587 two:2\n# d\n')
        self.assertEqual(text, b'[smtp.example.com]:587 new:pass word\n# c\n# d\n')

    def test_duplicates_of_others(self):
        contents = b'[a.example.com] one:1\n[a.example.com] two:2\n'
        text = self.store(contents)
        self.assertEqual(text, contents + b'[smtp.example.com]:587 new:pass word\n')

    def test_clear(self):
        entry = b'[smtp.example.com]:587 old:password\n'
        self.assertEqual(self.store(self.BEFORE + entry + self.AFTER, clear=True),
                         self.BEFORE + self.AFTER)
        with self.unchanged():
            store = Nullmail.SaslPasswdStore.new(str(self.sasl_passwd), 'hash')
            store.clear(Nullmail.RelayHost.parse(RELAY))

    def test_same_again(self):
        self.store(self.BEFORE + b'[smtp.example.com]:587 new:pass word\n' + self.AFTER)
        with self.unchanged():
            store = Nullmail.SaslPasswdStore.new(str(self.sasl_passwd), 'hash')
            store.store(fixture.credentials(RELAY, 'new', 'pass word'))

    def test_random_files(self):
        rand = random.Random(SEED)
        lines = (self.BEFORE + self.AFTER).splitlines(keepends=True)
        lines = [line for line in lines if not line.startswith((b' ', b'\t'))] + [b' \n', b'\r\n']
        for number in range(60):
            contents = b''.join(rand.choice(lines) for _ in range(rand.randrange(12)))
            with self.subTest(number):
                text = self.store(contents)
                self.assertEqual(text, contents + b'[smtp.example.com]:587 new:pass word\n')

    def test_apply_keeps_it_too(self):
        fixture.write(self.sasl_passwd, self.BEFORE + self.AFTER, 0o600)
        self.set_up_login()
        self.assertEqual(self.sasl_passwd.read_bytes(), self.BEFORE + self.AFTER
                         + f'{RELAY} relayuser:{fixture.SECRET}\n'.encode())
        self.instance.undo(0)
        self.instance.purge_credentials()
        self.assertEqual(self.sasl_passwd.read_bytes(), self.BEFORE + self.AFTER)


def setUpModule():
    fixture.need_postfix()
    fixture.need_types('hash')
    fixture.need_variable('NULLMAIL_BUILD_TABLE')
