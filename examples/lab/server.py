# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The server node: DNS, the relay (Postfix) and the mailboxes (Dovecot)."""

import os
import subprocess

import certificates
import dns
import dovecot
import packages
import layout
import protocol
import tree
from node import LabError

LISTEN_MASTER = """\
{address}:{port} inet n - n - - smtpd
  -o syslog_name=postfix/{label}
"""
SERVICES = """\
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
MAIN = """\
compatibility_level = 2
myhostname = smtp.lab.example.com
mydomain = lab.example.com
inet_protocols = {protocols}
mynetworks = 127.0.0.0/8 {network}.0/24 [{network6}]/64
mydestination =
alias_maps =
local_recipient_maps =
virtual_mailbox_domains = {domain}
virtual_mailbox_maps = texthash:/etc/postfix/mailboxes
virtual_alias_maps = texthash:/etc/postfix/aliases
virtual_transport = lmtp:unix:private/dovecot-lmtp
smtpd_relay_restrictions = reject_unauth_destination, permit_mynetworks, reject
smtpd_tls_chain_files = {certificates}/server.pem
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_tls_loglevel = 1
smtpd_tls_received_header = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_sasl_security_options = noanonymous
smtpd_sasl_authenticated_header = yes
smtpd_error_sleep_time = 0
smtpd_soft_error_limit = 1000
smtpd_hard_error_limit = 1000
smtpd_client_connection_count_limit = 0
in_flow_delay = 0
"""
ALIASES = ("root", "user", "abuse", "mailer-daemon")


def addresses():
    """What “ip” must be told to make the server's end of the network."""
    lines = ["link set lo up",
             f"link add br0 address {layout.ethernet(layout.SERVER)} type bridge",
             "link set br0 up"]
    lines += [f"addr add {address}/24 dev br0" for address, _, _ in layout.ENDPOINTS.values()]
    lines.append(f"addr add {layout.SERVER_STRANGERS}/24 dev br0")
    if layout.have_ipv6():
        lines.append(f"addr add {layout.SERVER6}/64 dev br0 nodad")
    return lines


def set_up():
    """Run in the server node: configure and start everything; return when it answers."""
    os.umask(0o022)
    certificates.make()
    certificates.trust()
    dns.configure()
    dovecot.configure()
    _configure_postfix()
    start_daemon("dnsmasq", ["dnsmasq", f"--conf-file={dns.CONFIG_FILE}"])
    start_daemon("dovecot", ["dovecot"])
    # “postfix start” is this and two seconds of checks that a queue of our own making passes.
    start_daemon("master", [packages.postfix_setting("daemon_directory") + "/master", "-w"])
    check_ready()


def start_daemon(label, command):
    """Run a program that goes into the background once it listens. Its output goes to a file:
    a pipe would be held open by the daemon for ever."""
    path = f"/var/log/{label}.out"
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "MAIL_CONFIG": "/etc/postfix"}
    with open(path, "wb") as out:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                              check=False, env=environment)
    if done.returncode != 0:
        with open(path, encoding="utf-8", errors="replace") as out:
            raise LabError(f"{label} did not start: {out.read().strip() or 'see its log'}")


def _configure_postfix():
    tree.write("/etc/postfix/main.cf", MAIN.format(
        protocols="all" if layout.have_ipv6() else "ipv4", network=layout.NETWORK,
        network6=layout.NETWORK6, domain=layout.DOMAIN, certificates=layout.CERTIFICATES))
    tree.write("/etc/postfix/master.cf", "".join(_listeners()) + SERVICES)
    tree.write("/etc/postfix/mailboxes", "".join(
        f"{name}@{layout.DOMAIN} {name}\n" for name in layout.USERS if "@" not in name))
    tree.write("/etc/postfix/aliases", "".join(
        f"{name}@{layout.DOMAIN} postmaster@{layout.DOMAIN}\n" for name in ALIASES))
    # Postfix re-reads a text file younger than a second until it is older: 2 s for nothing.
    for name in ("main.cf", "mailboxes", "aliases"):
        os.utime(f"/etc/postfix/{name}", (0, 0))


def _listeners():
    for label, (address, _, certificate) in layout.ENDPOINTS.items():
        if label in layout.SILENT:
            continue
        yield from _endpoint(label, address, certificate)
    yield from _endpoint("strangers", layout.SERVER_STRANGERS, "server")
    if layout.have_ipv6():
        yield from _endpoint("relay6", f"[{layout.SERVER6}]", "server")


def _endpoint(label, address, certificate):
    """One address: 25 by client address, 587 and 465 by password."""
    authenticate = ("  -o smtpd_sasl_auth_enable=yes\n"
                    "  -o { smtpd_relay_restrictions = reject_unauth_destination,"
                    " permit_sasl_authenticated, reject }\n")
    if certificate is None:
        tls = "  -o smtpd_tls_security_level=none\n  -o smtpd_tls_auth_only=no\n"
        must = tls
    else:
        tls = f"  -o smtpd_tls_chain_files={layout.CERTIFICATES}/{certificate}.pem\n"
        must = tls + "  -o smtpd_tls_security_level=encrypt\n"
    yield LISTEN_MASTER.format(address=address, port=25, label=f"{label}-25") + tls
    yield LISTEN_MASTER.format(address=address, port=587, label=f"{label}-587") \
        + must + authenticate
    if certificate is not None:
        yield LISTEN_MASTER.format(address=address, port=465, label=f"{label}-465") \
            + must + "  -o smtpd_tls_wrappermode=yes\n" + authenticate


def check_ready():
    """Ready means that each service answers in its protocol, not that a port is open."""
    for port in (25, 587):
        protocol.expect(layout.SERVER, port, b"220 ")
    protocol.expect(layout.SERVER, 465, b"220 ", tls=True)
    protocol.expect(layout.SERVER, 993, b"* OK ", tls=True)
    dns.wait_for("smtp.lab.example.com", layout.SERVER)
