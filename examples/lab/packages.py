# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the lab needs from the system, by the names of its packages."""

import os
import shutil
import subprocess

# A file or command that shows that the package is there; its name for apt and for dnf.
NEEDED = (
    ("postfix", "postfix", "postfix"),
    ("imap", "dovecot-imapd", "dovecot"),
    ("lmtp", "dovecot-lmtpd", "dovecot"),
    ("dnsmasq", "dnsmasq-base", "dnsmasq"),
    ("mail", "bsd-mailx", "s-nail"),
    ("ip", "iproute2", "iproute"),
    ("libplain", "libsasl2-modules", "cyrus-sasl-plain"),
    ("openssl", "openssl", "openssl"),
)
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
DOVECOT = ("/usr/lib/dovecot", "/usr/libexec/dovecot")


def _column():
    return 1 if shutil.which("apt-get", path=PATH) or not shutil.which("dnf", path=PATH) else 2


def manager():
    return "apt-get" if _column() == 1 else "dnf"


def needed():
    return list(dict.fromkeys(row[_column()] for row in NEEDED))


def missing():
    return list(dict.fromkeys(row[_column()] for row in NEEDED if not _is_there(row[0])))


def _is_there(what):
    if what in ("imap", "lmtp"):
        return any(os.path.exists(f"{folder}/{what}") for folder in DOVECOT)
    if what == "libplain":
        return any(name.startswith("libplain.so")
                   for folder in _sasl_folders() for name in os.listdir(folder))
    return shutil.which(what, path=PATH) is not None


def _sasl_folders():
    bases = ["/usr/lib", "/usr/lib64"]
    try:
        bases += [entry.path for entry in os.scandir("/usr/lib") if entry.name.endswith("-gnu")]
    except FileNotFoundError:
        pass
    return [f"{base}/sasl2" for base in bases if os.path.isdir(f"{base}/sasl2")]


def postfix_setting(name):
    """A compiled-in setting of this Postfix: needs no main.cf."""
    done = subprocess.run(["postconf", "-dh", name], stdin=subprocess.DEVNULL, check=True,
                          stdout=subprocess.PIPE, text=True,
                          env={"PATH": PATH, "LC_ALL": "C"})
    return done.stdout.strip()
