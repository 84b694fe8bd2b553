# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What test_passwords.py runs in the client: each password goes into the keyring, from there into a
plan, and is applied; postmap must find it, and where that is wanted a message must go out with it.

On standard input is a list of [user, password, whether to send]; those that fail are printed."""

import os
import subprocess
import sys
import time

from in_node import Flags, Nullmail, apply, client_of, json

RELAY = "[smtp.example.com]:587"
LOG = "/var/log/mail.log"
LIMIT_S = 300


def credentials(relay, user, password):
    fd = os.memfd_create("password")
    try:
        os.write(fd, password)
        os.lseek(fd, 0, os.SEEK_SET)
        return Nullmail.RelayCredentials.new_from_fd(relay, user, fd, None)
    finally:
        os.close(fd)


def look_up(table):
    return subprocess.run(["postmap", "-q", "-", table], input=RELAY.encode() + b"\n",
                          stdout=subprocess.PIPE, check=True).stdout


def send(number):
    """Returns how the message ended, as the log has it."""
    start = os.path.getsize(LOG)
    subprocess.run(["/usr/sbin/sendmail", "-f", "user@lab.example.com", "student@lab.example.com"],
                   input=f"Subject: password {number}\n\nbody\n".encode(), check=True)
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        with open(LOG, "rb") as log:
            log.seek(start)
            lines = [line for line in log.read().decode().splitlines() if " status=" in line]
        if lines:
            return lines[0].partition(" status=")[2]
        time.sleep(0.01)
    return "nothing in the log"


def main():
    config = client_of(RELAY, authentication=True)
    relay = config.get_relay_host()
    keyring = Nullmail.SecretStore.new()
    table = None
    for number, (user, text, sends) in enumerate(json.load(sys.stdin)):
        password = text.encode()
        keyring.store(credentials(relay, user, password), None)
        apply(config, keyring.lookup(relay, None), Flags.START if sends else Flags.NO_ACTIVATE)
        if table is None:
            table = subprocess.run(["postconf", "-h", "smtp_sasl_password_maps"], check=True,
                                   stdout=subprocess.PIPE, text=True).stdout.strip()
        found = look_up(table)
        if found != f"{RELAY}\t{user}:".encode() + password + b"\n":
            print(f"number {number}, {text!r}: postmap finds {found!r}")
        if sends:
            status = send(number)
            if not status.startswith("sent "):
                print(f"number {number}, {text!r}: {status}")


if __name__ == "__main__":
    main()
