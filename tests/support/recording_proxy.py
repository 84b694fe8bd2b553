# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Somebody between a client and its relay, for tests in the lab:

    recording_proxy.py ADDRESS RELAY-ADDRESS RELAY-PORT STRIPPING-PORT SILENT-PORT

What comes to the stripping port is passed on to the relay, and what that answers comes back, but
for the offer of STARTTLS, in the place of which it offers a login in clear: as some firewalls do,
and everybody who wants the password. The silent port takes a connection and says nothing. Standard
output gets “ready”, and a line of JSON for each session that has ended: its port, and all that the
client sent."""

import json
import socket
import sys
import threading

lock = threading.Lock()


def tell(**event):
    with lock:
        print(json.dumps(event), flush=True)


def strip(data):
    return data.replace(b"250-STARTTLS\r\n", b"250-AUTH PLAIN LOGIN\r\n")


def pass_on(source, target, change):
    """Until the source ends; returns what came."""
    seen = b""
    try:
        while data := source.recv(65536):
            seen += data
            target.sendall(change(data))
    except OSError:
        pass
    for sock in (source, target):
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
    return seen


def strip_session(sock, relay):
    with sock, socket.create_connection(relay) as other:
        back = threading.Thread(target=pass_on, args=(other, sock, strip), daemon=True)
        back.start()
        return pass_on(sock, other, bytes)


def silent_session(sock):
    seen = b""
    with sock:
        while data := sock.recv(65536):
            seen += data
    return seen


def serve(address, port, session, *arguments):
    def run(sock):
        try:
            seen = session(sock, *arguments)
        except OSError as error:
            seen = str(error).encode()
        tell(port=port, seen=seen.decode("latin-1"))

    with socket.create_server((address, port), backlog=100) as server:
        tell(event="listening", port=port)
        while True:
            threading.Thread(target=run, args=(server.accept()[0],), daemon=True).start()


def main(address, relay_address, relay_port, stripping_port, silent_port):
    relay = (relay_address, int(relay_port))
    threading.Thread(target=serve, args=(address, int(silent_port), silent_session),
                     daemon=True).start()
    serve(address, int(stripping_port), strip_session, relay)


if __name__ == "__main__":
    main(*sys.argv[1:])
