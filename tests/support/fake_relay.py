# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A relay in a thread of the test, on a port of the loopback interface, that behaves as the test
wants and keeps every byte that it gets."""

import base64
import contextlib
import socket
import ssl
import threading

import sasl_mechanisms

USER, PASSWORD = 'relayuser', 'Marker-Secret-7'


class FakeRelay:
    """Use it in a “with” statement; leaving it ends the sessions.

    GREETING is sent at once, None: nothing is ever said. EXTENSIONS are those of EHLO beside
    STARTTLS, which is offered with a CERTIFICATE (a file with key and chain); UNDER_TLS are those
    after that. WRAPS: TLS begins with the first byte. BEHIND is sent in clear behind the answer to
    STARTTLS, ECHOES: a refused login is repeated in the reply."""

    def __init__(self, certificate=None, greeting=b'220 fake.example.com ESMTP\r\n',
                 extensions=(), under_tls=('AUTH PLAIN LOGIN',), wraps=False, behind=b'',
                 echoes=False, replies=None, password=PASSWORD, version=None,
                 wants=None):
        self.context = None
        if certificate is not None:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(certificate)
            if wants is not None:  # a client's certificate, of the authority in that file
                self.context.verify_mode = ssl.CERT_REQUIRED
                self.context.load_verify_locations(wants)
            if version is not None:  # the only one of TLS that it knows
                self.context.minimum_version = self.context.maximum_version = version
        self.greeting = greeting
        self.extensions, self.under_tls = extensions, under_tls
        self.wraps, self.behind, self.echoes = wraps, behind, echoes
        self.replies = replies or {}  # what is said to a command in place of the usual
        self.login = (USER.encode(), password.encode())
        self.clear, self.protected = b'', b''  # what came, in clear and under TLS
        self.accepted = []  # the mechanisms of the logins that were right
        self.peers = []  # the addresses that connections came from
        self.server_names = []  # what the client said of whom it asks for
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        self.sockets = []
        if self.context is not None:
            self.context.sni_callback = lambda _, name, __: self.server_names.append(name)

    def __enter__(self):
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for sock in self.sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        self.thread.join()

    def commands(self):
        """The verbs that came, in clear and under TLS, up to a QUIT, for which nobody waits."""
        verbs = [[line.split(b' ')[0].strip().decode('latin-1') for line in text.splitlines()]
                 for text in (self.clear, self.protected)]
        return [found[:-1] if found and found[-1] and 'QUIT'.startswith(found[-1]) else found
                for found in verbs]

    def _serve(self):
        while True:
            try:
                sock, peer = self.listener.accept()
            except OSError:
                return
            self.sockets.append(sock)
            self.peers.append(peer[0])
            with contextlib.suppress(OSError, EOFError):
                self._talk(sock)

    def _start_tls(self, sock):
        protected = self.context.wrap_socket(sock, server_side=True)
        self.sockets.append(protected)
        return protected

    def _read_line(self, sock, is_tls):
        line = b''
        while not line.endswith(b'\n'):
            byte = sock.recv(1)
            if not byte:
                raise EOFError
            line += byte
            if is_tls:
                self.protected += byte
            else:
                self.clear += byte
        return line.rstrip(b'\r\n')

    def _talk(self, sock):
        is_tls = self.wraps
        if self.wraps:
            sock = self._start_tls(sock)
        if self.greeting is not None:
            sock.sendall(self.greeting)
        while True:
            line = self._read_line(sock, is_tls)
            verb = line.split(b' ')[0].upper().decode('latin-1')
            if verb in self.replies:
                sock.sendall(self.replies[verb])
            elif verb == 'EHLO':
                offered = list(self.under_tls if is_tls else self.extensions)
                if self.context is not None and not is_tls:
                    offered.append('STARTTLS')
                lines = ['fake.example.com', *offered]
                sock.sendall(b''.join(f'250{"-" if rest else " "}{text}\r\n'.encode() for text, rest
                                      in zip(lines, range(len(lines) - 1, -1, -1))))
            elif verb == 'STARTTLS' and self.context is not None:
                sock.sendall(b'220 2.0.0 Begin\r\n' + self.behind)
                sock, is_tls = self._start_tls(sock), True
            elif verb == 'AUTH':
                self._log_in(sock, is_tls, *line.split(b' ')[1:])
            elif verb == 'QUIT':
                sock.sendall(b'221 2.0.0 Bye\r\n')
                return
            else:
                sock.sendall(b'502 5.5.2 Not known here\r\n')

    def _log_in(self, sock, is_tls, mechanism, initial=None):
        mechanism = mechanism.decode('latin-1')
        said = [initial or b'']

        def ask(challenge):
            sock.sendall(b'334 ' + base64.b64encode(challenge) + b'\r\n')
            said.append(self._read_line(sock, is_tls))
            return base64.b64decode(said[-1])

        dialogue = sasl_mechanisms.serve(mechanism, *self.login,
                                         None if initial is None else base64.b64decode(initial),
                                         ask)
        if sasl_mechanisms.fits(mechanism, dialogue, *self.login):
            self.accepted.append(mechanism)
            sock.sendall(b'235 2.7.0 Welcome\r\n')
        else:
            echo = b' '.join(said) if self.echoes else b'no'
            sock.sendall(b'535 5.7.8 ' + echo + b'\r\n')
