# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who is where in the lab: names, addresses, users. Everything else reads it from here."""

import os

DOMAIN = "lab.example.com"
NETWORK = "192.0.2"         # documentation addresses (RFC 5737); the relay trusts this network
STRANGERS = "198.51.100"    # and not this one
NETWORK6 = "2001:db8::"
SERVER = f"{NETWORK}.10"
SERVER_STRANGERS = f"{STRANGERS}.10"
SERVER6 = f"{NETWORK6}10"
FIRST_CLIENT = 101

USERS = {"student": "student", "relayuser@example.com": "mysecretpassword",
         "postmaster": "postmaster"}

CERTIFICATES = "/etc/nullmail-lab"  # in every node; only the server has keys there
CA_FILE = f"{CERTIFICATES}/ca.crt"
BUNDLES = ("/etc/ssl/certs/ca-certificates.crt",
           "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem")
ANCHORS = "/etc/pki/ca-trust/source/anchors"

RELAY_NAMES = ("smtp.lab.example.com", "smtp.example.com")
# Each endpoint is one address: its names, certificate, and whether it offers TLS at all.
ENDPOINTS = {
    "relay": (SERVER, ("smtp.lab.example.com", "imap.lab.example.com", "ns.lab.example.com"),
              "server"),
    "auth": (f"{NETWORK}.11", ("smtp.example.com",), "server"),
    "stripped": (f"{NETWORK}.21", ("stripped.lab.example.com",), None),
    "expired": (f"{NETWORK}.22", ("expired.lab.example.com",), "expired"),
    "untrusted": (f"{NETWORK}.23", ("untrusted.lab.example.com",), "untrusted"),
    "wrongname": (f"{NETWORK}.24", ("wrongname.lab.example.com",), "wrongname"),
    "refused": (f"{NETWORK}.25", ("refused.lab.example.com",), None),
}
SILENT = ("refused",)  # an address on which nothing listens


def hosts():
    """Every host name that has an address of its own, with that address."""
    return {name: address for address, its_names, _ in ENDPOINTS.values() for name in its_names}


def ethernet(address):
    """A hardware address of its own for each address of the lab. It must not change with what
    else is on the bridge, nor with a node that comes back: others remember it for seconds."""
    stranger = not address.startswith(NETWORK + ".")
    return f"02:00:00:00:{int(stranger):02x}:{int(address.rpartition('.')[2]):02x}"


def have_ipv6():
    return os.path.exists("/proc/net/if_inet6")


FAULTS = {
    "none": "the relay as it should be",
    "stripped": "no STARTTLS, but AUTH PLAIN offered in clear",
    "expired": "a certificate that expired in 2020",
    "untrusted": "a certificate of a CA that nobody trusts",
    "wrongname": "a certificate for another host",
    "refused": "nothing listens",
    "unknown": "the name does not exist",
}


def fault_address(name, fault):
    if fault == "none":
        return hosts()[name]
    return None if fault == "unknown" else ENDPOINTS[fault][0]
