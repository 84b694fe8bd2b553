# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Does a service answer in its protocol?"""

import socket
import ssl
import time

import layout
from node import LabError

LIMIT_S = 30


def expect(address, port, greeting, tls=False):
    """Return the first line that ADDRESS:PORT says; it must begin with GREETING."""
    deadline = time.monotonic() + LIMIT_S
    problem = "no answer"
    while time.monotonic() < deadline:
        try:
            with connect(address, port, tls, deadline - time.monotonic()) as sock:
                line = sock.makefile("rb").readline()
        except OSError as error:
            problem = str(error)
        else:
            if line.startswith(greeting):
                return line
            problem = f"said {line!r}"
        time.sleep(0.02)
    raise LabError(f"{address} port {port} is not ready after {LIMIT_S} s: {problem}")


def connect(address, port, tls, limit_s):
    sock = socket.create_connection((address, port), timeout=max(limit_s, 0.1))
    if not tls:
        return sock
    context = ssl.create_default_context(cafile=layout.CA_FILE)
    return context.wrap_socket(sock, server_hostname=f"smtp.{layout.DOMAIN}")
