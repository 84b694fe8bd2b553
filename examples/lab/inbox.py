# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reading a mailbox of the lab over IMAPS, as its owner."""

import email
import email.policy
import imaplib
import re
import select
import ssl
import sys
import time

import layout
from node import LabError

HOST = f"imap.{layout.DOMAIN}"
SLICE_S = 1


def fetch(user, password, subject, limit_s):
    """Print the newest message with SUBJECT (any if None); wait for it at most LIMIT_S."""
    deadline = time.monotonic() + limit_s
    context = ssl.create_default_context(cafile=layout.CA_FILE)
    imap = imaplib.IMAP4_SSL(HOST, 993, ssl_context=context, timeout=max(limit_s, 5))
    try:
        imap.login(user, password)
    except imaplib.IMAP4.error as error:
        raise LabError(f"{HOST} refuses user “{user}”: {error}") from None
    imap.select("INBOX", readonly=True)
    found, last = None, 0
    while True:
        found, last = _newest(imap, subject, last)
        if found is not None:
            break
        if not _wait_for_change(imap, deadline) and time.monotonic() >= deadline:
            what = "no message" if subject is None else f"no message with subject “{subject}”"
            raise LabError(f"{what} reached {user}'s mailbox within {limit_s:g} s; "
                           "“lab log client” and “lab log server” say why")
    data = imap.uid("FETCH", str(found), "(BODY.PEEK[])")[1]
    sys.stdout.buffer.write(data[0][1].replace(b"\r\n", b"\n"))
    imap.logout()


def _newest(imap, subject, last):
    """The UID of the newest matching message above LAST, and the highest UID seen."""
    found = None
    data = imap.uid("FETCH", f"{last + 1}:*", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]
    for item in data:
        if not isinstance(item, tuple):
            continue
        uid = int(re.search(rb"UID (\d+)", item[0]).group(1))
        header = email.message_from_bytes(item[1], policy=email.policy.default)
        if uid > last and (subject is None or (header["Subject"] or "").strip() == subject):
            found = max(uid, found or 0)
        last = max(last, uid)
    return found, last


def _wait_for_change(imap, deadline):
    """IMAP IDLE (RFC 2177), which imaplib lacks: True once the server reports a message.

    Not for long at a time: a message that came in during the look before is reported at the end of
    that look, where imaplib swallows it, and never again.
    """
    deadline = min(deadline, time.monotonic() + SLICE_S)
    # Read below imaplib's buffer: select() cannot see what waits in that.
    imap.send(b"IDLE1 IDLE\r\n")
    heard = b""
    while b" EXISTS" not in heard:
        left = deadline - time.monotonic()
        if not imap.sock.pending() and (
                left <= 0 or not select.select([imap.sock], [], [], left)[0]):
            break
        heard += _receive(imap)
    imap.send(b"DONE\r\n")
    while not re.search(rb"^IDLE1 .*\n", heard, re.MULTILINE):
        heard += _receive(imap)
    return b" EXISTS" in heard


def _receive(imap):
    data = imap.sock.recv(4096)
    if not data:
        raise LabError(f"{HOST} closed the connection")
    return data
