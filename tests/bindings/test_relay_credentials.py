# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

import json
import os
import socket
import tempfile
import threading
import time
import unittest

from gi.repository import Gio, GLib, Nullmail

RelayCredentials = Nullmail.RelayCredentials


def reader(data):
    r, w = os.pipe()
    os.write(w, data)
    os.close(w)
    return r


class RelayCredentialsTest(unittest.TestCase):
    def setUp(self):
        self.relay = Nullmail.RelayHost.parse('[smtp.example.com]:587')

    def assert_fails(self, code, function, *args):
        with self.assertRaises(GLib.Error) as caught:
            function(*args)
        self.assertTrue(caught.exception.matches(Nullmail.Error.quark(), code), caught.exception)
        return caught.exception

    def from_fd(self, data, username='host7'):
        fd = reader(data)
        try:
            return RelayCredentials.new_from_fd(self.relay, username, fd)
        finally:
            os.close(fd)

    def password_of(self, credentials):
        fd = os.memfd_create('password')
        try:
            credentials.write_password(fd)
            return os.pread(fd, 1 << 20, 0)
        finally:
            os.close(fd)

    def test_values(self):
        credentials = RelayCredentials.new(self.relay, 'host7', 'secret')
        self.assertTrue(credentials.get_relay_host().equal(self.relay))
        self.assertEqual(credentials.get_username(), 'host7')
        self.assertTrue(credentials.has_password())
        self.assertEqual(self.password_of(credentials), b'secret')

    def test_no_password_comes_out(self):
        credentials = self.from_fd(b'Marker-Password\n')
        variant = credentials.to_variant()
        self.assertEqual(variant.get_type_string(), 'a{sv}')
        self.assertEqual(variant.unpack(), {'relay-host': '[smtp.example.com]:587',
                                            'username': 'host7', 'has-password': True})
        text = json.dumps(variant.unpack()) + str(credentials) + repr(credentials)
        self.assertNotIn('Marker-Password', text)
        self.assertFalse([name for name in dir(credentials)
                          if 'password' in name and name not in ('has_password', 'write_password')])

    def test_refused(self):
        code = Nullmail.Error.INVALID_CREDENTIALS
        for username in ['', 'a:b', ' a', 'a\nb', 'a\r', 'a\t', 'a\x7f']:
            with self.subTest(username=username):
                self.assert_fails(code, RelayCredentials.new, self.relay, username, 'x')
                self.assert_fails(code, self.from_fd, b'x', username)
        for password in ['', 'x ', 'x\ny', 'x\r', 'x\t', 'x\x01']:
            with self.subTest(password=password):
                self.assert_fails(code, RelayCredentials.new, self.relay, 'u', password)
                self.assert_fails(code, self.from_fd, password.encode())
        for data in [b'\n', b'a\n\n', b'a\r\n', b'a\0b', b'\xff', b'x' * 16385,
                     b'x' * 16385 + b'\n', b'x' * 16383 + b'\n\n', b'x' * 50000]:
            with self.subTest(data=data[:10]):
                self.assert_fails(code, self.from_fd, data)

    def test_message_has_no_password(self):
        error = self.assert_fails(Nullmail.Error.INVALID_CREDENTIALS, self.from_fd,
                                  b'Marker-Password \n')
        self.assertNotIn('Marker', error.message)

    def test_kept_byte_for_byte(self):
        for password in ['x', ' x', 'a b', 'a:b', '#', '$x', '%', '"', '\\', '\u00e4\U0001f511',
                         'x' * 16384, '\u00e4' * 8192]:
            with self.subTest(password[:10]):
                data = password.encode()
                self.assertEqual(self.password_of(self.from_fd(data)), data)
                self.assertEqual(self.password_of(RelayCredentials.new(self.relay, 'u', password)),
                                 data)
                self.assertEqual(self.password_of(self.from_fd(data + b'\n')), data)

    def test_descriptor(self):
        fd = reader(b'secret\n')
        RelayCredentials.new_from_fd(self.relay, 'u', fd, None)
        os.fstat(fd)  # not closed
        os.close(fd)
        self.assert_fails(Nullmail.Error.INVALID_CREDENTIALS,
                          RelayCredentials.new_from_fd, self.relay, 'u', fd)
        self.assert_fails(Nullmail.Error.INVALID_CREDENTIALS,
                          RelayCredentials.new_from_fd, self.relay, 'u', -1)

    def test_cancel(self):
        r, w = os.pipe()
        cancellable = Gio.Cancellable()
        thread = threading.Thread(target=lambda: (time.sleep(0.02), cancellable.cancel()))
        thread.start()
        with self.assertRaises(GLib.Error) as caught:
            RelayCredentials.new_from_fd(self.relay, 'u', r, cancellable)
        thread.join()
        self.assertTrue(caught.exception.matches(Gio.io_error_quark(),
                                                 Gio.IOErrorEnum.CANCELLED))
        os.close(r)
        os.close(w)

    def test_write(self):
        credentials = RelayCredentials.new(self.relay, 'u', 'secret')
        r, w = os.pipe()
        credentials.write_password(w)
        self.assertEqual(os.read(r, 100), b'secret')
        os.close(r)
        self.assert_fails(Nullmail.Error.FAILED, credentials.write_password, w)  # and no SIGPIPE
        os.close(w)

        one, other = socket.socketpair()
        credentials.write_password(one.fileno())
        self.assertEqual(other.recv(100), b'secret')
        one.close()
        other.close()

        with tempfile.NamedTemporaryFile() as private:
            self.assertTrue(credentials.write_password(private.fileno()))
            self.assertEqual(os.pread(private.fileno(), 100, 0), b'secret')
            for mode in [0o644, 0o640, 0o604, 0o660]:
                os.fchmod(private.fileno(), mode)
                self.assert_fails(Nullmail.Error.INVALID_ARGUMENT, credentials.write_password,
                                  private.fileno())
            self.assertEqual(os.fstat(private.fileno()).st_size, 6)

        with open('/dev/null', 'wb') as null:
            self.assert_fails(Nullmail.Error.INVALID_ARGUMENT, credentials.write_password,
                              null.fileno())

    def test_equal(self):
        credentials = self.from_fd(b'secret')
        upper = Nullmail.RelayHost.parse('[SMTP.example.com]:587')
        other = Nullmail.RelayHost.parse('[smtp.example.com]')
        self.assertTrue(credentials.equal(RelayCredentials.new(upper, 'host7', 'secret')))
        for different in [RelayCredentials.new(other, 'host7', 'secret'),
                          RelayCredentials.new(upper, 'host8', 'secret'),
                          RelayCredentials.new(upper, 'host7', 'Secret'),
                          RelayCredentials.new(upper, 'host7', 'secret1')]:
            self.assertFalse(credentials.equal(different))
