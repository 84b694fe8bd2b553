# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A relay without TLS and login that gives the replies it is told to, for tests in the lab:

    trick_relay.py ADDRESS PORT FILE REPLIES

Its process id is in FILE as soon as it listens. REPLIES is a JSON object: the reply's lines by
“greeting”, a command, or “end” of the message. What begins with 45 is said once, and then the
usual; an empty one is silence for ever."""

import json
import os
import socket
import sys
import threading
import time

USUAL = {"greeting": ["220 trick.example.com ESMTP"], "DATA": ["354 Go ahead"],
         "end": ["250 2.0.0 Taken"], "QUIT": ["221 2.0.0 Bye"]}


class Session(threading.Thread):
    def __init__(self, sock, replies):
        super().__init__(daemon=True)
        self.sock, self.replies = sock, replies

    def reply(self, what):
        lines = self.replies.get(what, USUAL.get(what, ["250 2.0.0 Ok"]))
        if lines[0].startswith("45"):
            del self.replies[what]
        if not lines[0]:
            time.sleep(3600)
        self.sock.sendall("".join(line + "\r\n" for line in lines).encode())
        return lines[-1][:1] in "23"

    def run(self):
        with self.sock, self.sock.makefile("rb") as file:
            if not self.reply("greeting"):
                return
            while line := file.readline():
                command = line.split()[0].decode().upper()
                taken = self.reply(command)
                if command == "QUIT":
                    return
                if command == "DATA" and taken:
                    while file.readline() not in (b".\r\n", b""):
                        pass
                    self.reply("end")


def main(address, port, pid_file, replies):
    replies = json.loads(replies)
    with socket.create_server((address, int(port)), backlog=100) as server:
        with open(pid_file, "w", encoding="ascii") as file:
            file.write(str(os.getpid()))
        while True:
            Session(server.accept()[0], replies).start()


if __name__ == "__main__":
    main(*sys.argv[1:])
