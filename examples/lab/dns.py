# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The lab's DNS: dnsmasq in the server node, its host list, and a client to ask it."""

import os
import secrets
import signal
import socket
import struct
import time

import layout
import tree
from node import LabError

CONFIG_FILE = f"{layout.CERTIFICATES}/dnsmasq.conf"
HOSTS_FILE = f"{layout.CERTIFICATES}/hosts"
PID_FILE = "/run/dnsmasq.pid"
LIMIT_S = 30
CONFIG = """\
port=53
listen-address={server}
listen-address={strangers}
bind-interfaces
no-resolv
no-hosts
addn-hosts={hosts}
local=/example.com/
local=/2.0.192.in-addr.arpa/
local=/100.51.198.in-addr.arpa/
mx-host=lab.example.com,smtp.lab.example.com,10
mx-host=example.com,smtp.example.com,10
local-ttl=0
no-negcache
user=root
pid-file={pid_file}
log-facility=/var/log/dnsmasq.log
"""


def configure():
    tree.write(CONFIG_FILE, CONFIG.format(
        server=layout.SERVER, strangers=layout.SERVER_STRANGERS, hosts=HOSTS_FILE,
        pid_file=PID_FILE))
    lines = [f"{address} {name}\n" for name, address in layout.hosts().items()]
    if layout.have_ipv6():
        lines.append(f"{layout.SERVER6} smtp6.{layout.DOMAIN}\n")
    tree.write(HOSTS_FILE, "".join(lines))


def set_address(name, address):
    """Run in the server node: NAME now has ADDRESS, or does not exist if that is None."""
    with open(HOSTS_FILE, encoding="ascii") as file:
        lines = [line for line in file if line.split()[1] != name]
    if address is not None:
        lines.append(f"{address} {name}\n")
    tree.write(HOSTS_FILE + ".new", "".join(lines))
    os.rename(HOSTS_FILE + ".new", HOSTS_FILE)
    with open(PID_FILE, encoding="ascii") as file:
        os.kill(int(file.read()), signal.SIGHUP)
    wait_for(name, address)


def wait_for(name, address):
    """Return when the lab's DNS gives ADDRESS for NAME, or no address if that is None."""
    deadline = time.monotonic() + LIMIT_S
    answer = None
    while time.monotonic() < deadline:
        try:
            answer = lookup(name)
        except OSError as error:
            answer = error
        if answer == ([] if address is None else [address]):
            return
        time.sleep(0.01)
    raise LabError(f"The lab's DNS still answers {answer} for {name} after {LIMIT_S} s")


def lookup(name):
    """The IPv4 addresses that the lab's DNS gives NAME."""
    number = secrets.randbelow(65536)
    labels = b"".join(bytes([len(part)]) + part.encode("ascii") for part in name.split("."))
    question = labels + b"\0" + struct.pack(">HH", 1, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(0.5)
        sock.connect((layout.SERVER, 53))
        sock.send(struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 0) + question)
        answer = sock.recv(4096)
    if struct.unpack(">H", answer[:2])[0] != number:
        raise OSError("an answer to another question")
    count = struct.unpack(">H", answer[6:8])[0]
    # dnsmasq repeats the name as a two-byte reference, so each A record is 16 bytes.
    records = answer[12 + len(question):]
    return [socket.inet_ntoa(records[16 * i + 12:16 * i + 16]) for i in range(count)]
