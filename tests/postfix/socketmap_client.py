# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What tests run inside of the lab's client against the service of examples/socketmap: clients of
the protocol, good and bad, a stand-in for the service manager, and a search for a secret."""

import fcntl
import os
import re
import socket
import stat
import sys
import threading

PATH = "/var/spool/postfix/private/nullmail"
LIMIT_S = 300


def connect(path=PATH):
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(LIMIT_S)
    client.connect(path)
    return client


def netstring(text):
    return b"%d:%s," % (len(text), text)


def receive(client):
    """One netstring."""
    data = b""
    while b":" not in data:
        data += client.recv(1) or b"end:"
    size = int(data.split(b":")[0])
    data = b""
    while len(data) <= size:
        got = client.recv(size + 1 - len(data))
        if not got:
            raise EOFError(data)
        data += got
    return data[:-1]


def ask(client, key, name="sasl"):
    client.sendall(netstring(f"{name} {key}".encode()))
    return receive(client).decode()


def dialogue(data):
    """All that comes back for some bytes, after which the client closes its side."""
    with connect() as client:
        try:
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
        except BrokenPipeError:
            pass
        answer = b""
        while True:
            try:
                got = client.recv(65536)
            except ConnectionResetError:
                return answer
            if not got:
                return answer
            answer += got


def ask_at_once(key, n_clients, n_requests):
    """The answers that many clients get, none of which hangs up before all have theirs."""
    answers = {}
    barrier = threading.Barrier(n_clients)

    def run():
        with connect() as client:
            barrier.wait(LIMIT_S)
            for _ in range(n_requests):
                answer = ask(client, key)
                answers[answer] = answers.get(answer, 0) + 1  # under the interpreter's lock
            barrier.wait(LIMIT_S)

    threads = [threading.Thread(target=run) for _ in range(n_clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def hand_over(sockets, command):
    """Become COMMAND as a service manager starts it: with sockets as descriptors 3 and so on."""
    copies = [fcntl.fcntl(item, fcntl.F_DUPFD, 100) for item in sockets]
    for number, copy in enumerate(copies, 3):
        os.dup2(copy, number)
    os.environ.update(LISTEN_FDS=str(len(sockets)), LISTEN_PID=str(os.getpid()))
    os.execv(command[0], command)


def find_service():
    """The process that serves, by the name of its program."""
    for name in os.listdir("/proc"):
        try:
            if name.isdigit() and os.readlink(f"/proc/{name}/exe").endswith("/nullmail-socketmap"):
                return int(name)
        except OSError:
            continue
    raise ProcessLookupError("nullmail-socketmap")


def files_with(secret, *folders):
    """Files below the folders whose bytes have the secret somewhere."""
    found = []
    for folder in folders:
        for parent, _, names in os.walk(folder):
            for path in (os.path.join(parent, name) for name in names):
                if stat.S_ISREG(os.lstat(path).st_mode):
                    with open(path, "rb") as file:
                        if secret in file.read():
                            found.append(path)
    return found


def memory_with(secret, pid):
    """How often a process has the secret: in memory that stays out of core dumps, and elsewhere."""
    guarded = others = 0
    with open(f"/proc/{pid}/smaps", encoding="ascii", errors="replace") as file:
        blocks = re.split(r"^(?=[0-9a-f]+-[0-9a-f]+ )", file.read(), flags=re.MULTILINE)[1:]
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for block in blocks:
            start, end = (int(text, 16) for text in re.match("([0-9a-f]+)-([0-9a-f]+)", block)
                          .groups())
            if not re.match(r"\S+ r", block):
                continue
            try:
                memory.seek(start)
                count = memory.read(end - start).count(secret)
            except OSError:
                continue
            if re.search(r"^VmFlags:.*\bdd\b", block, re.MULTILINE):
                guarded += count
            else:
                others += count
    return guarded, others


def environment_of(pid):
    texts = []
    for name in ("cmdline", "environ"):
        with open(f"/proc/{pid}/{name}", "rb") as file:
            texts.append(file.read())
    return b"\0".join(texts)


def say(*words):
    print(*words)
    sys.stdout.flush()
