#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""serve.py LAB STATE NODE USER DATA: Cockpit's web server in a node of the lab, for a browser
outside of it. The socket is made here, where the browser is, and handed into the node. Prints the
port. USER is logged in without being asked; the page lies below DATA."""

import os
import socket
import sys

SOCKET = 3  # where systemd's way of handing over sockets has the first
SCRIPT = '''LISTEN_PID=$$ LISTEN_FDS=1 exec /usr/lib/cockpit/cockpit-ws --no-tls \
--local-session=cockpit-bridge'''


def main(lab, state, node, user, data):
    listener = socket.socket()
    listener.bind(('127.0.0.1', 0))
    listener.listen(64)
    print(listener.getsockname()[1], flush=True)
    if listener.fileno() == SOCKET:
        os.set_inheritable(SOCKET, True)
    else:
        os.dup2(listener.fileno(), SOCKET, inheritable=True)
    os.execv(lab, [lab, '--state', state, 'run', '--user', user, '--env', f'XDG_DATA_HOME={data}',
                   node, '--', 'sh', '-c', SCRIPT])


if __name__ == '__main__':
    main(*sys.argv[1:])
