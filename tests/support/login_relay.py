# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A relay with many ports, each of which offers other login mechanisms over another channel, and
which writes down every byte that it gets. It runs in the lab's server, as a program:

    login_relay.py ADDRESS USER PASSWORD <ports

Standard input has a JSON object for each port: “port”, “offer” (the mechanisms, as EHLO tells them)
and “certificate”, a file with key and chain; null: it offers no STARTTLS; “broken”: it ends the
session where TLS would begin; and perhaps “version”, the only one of TLS that it knows. An “offer”
of null means that there is no login. Standard output gets a JSON object for each event: “ready”,
and with the number of its session and the port “open”, “clear” and “tls” (what came, by how it
came), “login”, “mail” (to whom, by how it came) and “close”. A port asks nobody to log in, just as
an impostor would not, but where “asks” is true; TLS begins with the session where “wraps” is."""

import base64
import contextlib
import json
import selectors
import socket
import ssl
import sys
import threading
import warnings

import sasl_mechanisms

BROKEN = "broken"
LIMIT_S = 300
WRAP_LIMIT_S = 3
write_lock = threading.Lock()


def tell(**event):
    with write_lock:
        print(json.dumps(event), flush=True)


class Gone(Exception):
    """The client has closed the connection, or breaks off its login."""


class Session:
    def __init__(self, number, sock, port, login):
        self.sock = sock
        self.port = port
        self.login = login  # user and password
        self.rest = b""
        self.tag = {"session": number, "port": port["port"]}
        self.channel = "clear"
        self.recipient = ""
        self.is_known = not port.get("asks")

    def run(self):
        self.tell("open")
        try:
            with contextlib.suppress(Gone, OSError):
                self.sock.settimeout(LIMIT_S)
                if self.port.get("wraps"):
                    self.sock.settimeout(WRAP_LIMIT_S)
                    self.wrap()
                    self.sock.settimeout(LIMIT_S)
                self.reply("220 smtp.example.com ESMTP")
                while self.obey(self.read_until(b"\r\n")):
                    pass
        finally:
            self.sock.close()
            self.tell("close")

    def tell(self, event, **facts):
        tell(event=event, **self.tag, **facts)

    def reply(self, *lines):
        self.sock.sendall("".join(line + "\r\n" for line in lines).encode())

    def read_until(self, end):
        while end not in self.rest:
            data = self.sock.recv(65536)
            if not data:
                raise Gone
            self.tell(self.channel, data=data.decode("latin-1"))
            self.rest += data
        line, _, self.rest = self.rest.partition(end)
        return line

    def obey(self, line):
        """One command; whether the session goes on."""
        verb, _, argument = line.decode("latin-1").partition(" ")
        verb = verb.upper()
        if verb == "QUIT":
            self.reply("221 2.0.0 Bye")
            return False
        if verb == "STARTTLS" and self.may_start_tls():
            return self.start_tls()
        if verb == "EHLO":
            tls = ["250-STARTTLS"] if self.may_start_tls() else []
            login = "250 HELP" if self.port["offer"] is None else "250 AUTH " + self.port["offer"]
            self.reply("250-smtp.example.com", *tls, login)
        elif verb == "AUTH":
            self.authenticate(*argument.split(" ", 1))
        elif verb == "DATA":
            self.reply("354 Go ahead")
            self.read_until(b"\r\n.\r\n")
            self.tell("mail", recipient=self.recipient, channel=self.channel)
            self.reply("250 2.0.0 Taken")
        elif verb == "RCPT":
            self.recipient = argument.partition("<")[2].partition(">")[0]
            self.reply("250 2.1.5 Ok" if self.is_known else "554 5.7.1 Access denied")
        elif verb in ("HELO", "MAIL", "RSET", "NOOP"):
            self.reply("250 2.0.0 Ok")
        else:
            self.reply("502 5.5.2 Not known here")
        return True

    def may_start_tls(self):
        return self.port["certificate"] is not None and self.channel == "clear"

    def start_tls(self):
        self.reply("220 2.0.0 Begin")
        if self.port["certificate"] == BROKEN:
            return False
        self.wrap()
        return True

    def wrap(self):
        self.sock = self.port["context"].wrap_socket(self.sock, server_side=True)
        self.channel = "tls"
        self.rest = b""  # what came before TLS counts for nothing

    def ask(self, challenge):
        self.reply("334 " + base64.b64encode(challenge).decode())
        line = self.read_until(b"\r\n")
        if line == b"*":
            raise Gone
        return base64.b64decode(line)

    def authenticate(self, mechanism, initial=None):
        mechanism = mechanism.upper()
        if initial is not None:
            initial = b"" if initial == "=" else base64.b64decode(initial)
        dialogue = sasl_mechanisms.serve(mechanism, *self.login, initial, self.ask)
        accepted = mechanism in self.port["offer"].split() \
            and sasl_mechanisms.fits(mechanism, dialogue, *self.login)
        self.tell("login", mechanism=mechanism, channel=self.channel, accepted=accepted,
                  dialogue=[[text.decode("latin-1") for text in pair] for pair in dialogue])
        self.is_known |= accepted
        self.reply("235 2.7.0 Welcome" if accepted else "535 5.7.8 Login refused")


def listen(address, port):
    if port["certificate"] not in (None, BROKEN):
        port["context"] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        port["context"].set_ciphers("ALL:@SECLEVEL=0")  # it shows certificates of any strength
        port["context"].load_cert_chain(port["certificate"])
        if port.get("version"):
            version = ssl.TLSVersion[port["version"]]
            port["context"].minimum_version = port["context"].maximum_version = version
    return socket.create_server((address, port["port"]), backlog=100)


def main(address, user, password):
    warnings.simplefilter("ignore", DeprecationWarning)  # old versions of TLS are wanted here
    login = (user.encode(), password.encode())
    selector = selectors.DefaultSelector()
    for line in sys.stdin:
        port = json.loads(line)
        selector.register(listen(address, port), selectors.EVENT_READ, port)
    tell(event="ready")
    number = 0
    while True:
        for key, _ in selector.select():
            number += 1
            session = Session(number, key.fileobj.accept()[0], key.data, login)
            threading.Thread(target=session.run, daemon=True).start()


if __name__ == "__main__":
    main(*sys.argv[1:])
