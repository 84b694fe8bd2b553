# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Client nodes: the machines on which the configuration under test lives."""

import email.header
import os
import shutil
import subprocess

import certificates
import dns
import layout
import tree
from node import LabError

# What Postfix's package keeps beside main.cf and needs to run; never a host's own settings.
SHIPPED = ("dynamicmaps.cf", "dynamicmaps.cf.d", "postfix-files", "postfix-files.d",
           "post-install", "postfix-script", "main.cf.proto", "master.cf.proto")
MAIN_TEMPLATES = ("/usr/share/postfix/main.cf.debian", "/etc/postfix/main.cf.proto",
                  "/usr/share/postfix/main.cf.dist")
MASTER_TEMPLATES = ("/etc/postfix/master.cf.proto", "/usr/share/postfix/master.cf.dist",
                    "/etc/postfix/master.cf")


def prepare_config(folder):
    """Fill an empty or new FOLDER with the package's defaults; leave any other as it is."""
    os.makedirs(folder, exist_ok=True)
    if os.listdir(folder):
        for name in ("main.cf", "master.cf"):
            if not os.path.exists(f"{folder}/{name}"):
                raise LabError(f"“{folder}” has no {name}; name an empty or new folder to get "
                               "the defaults of this system's Postfix package")
        return
    os.chmod(folder, 0o755)
    for name in SHIPPED:
        source = f"/etc/postfix/{name}"
        if os.path.isdir(source):
            shutil.copytree(source, f"{folder}/{name}")
        elif os.path.exists(source):
            shutil.copy2(source, f"{folder}/{name}")
    _copy_first(MAIN_TEMPLATES, f"{folder}/main.cf")
    _copy_first(MASTER_TEMPLATES, f"{folder}/master.cf")


def _copy_first(templates, target):
    for source in templates:
        if os.path.exists(source):
            shutil.copyfile(source, target)
            os.chmod(target, 0o644)
            # A young main.cf makes every Postfix program wait until it is a second old.
            os.utime(target, (0, 0))
            return
    raise LabError(f"This system's Postfix has no template for {os.path.basename(target)}; "
                   "looked for " + ", ".join(templates))


def addresses(address):
    lines = ["link set lo up", f"addr add {address}/24 dev eth0"]
    if not address.startswith(layout.NETWORK + "."):
        lines += ["link set eth0 up", f"route add {layout.NETWORK}.0/24 dev eth0"]
    elif layout.have_ipv6():
        host = address.rpartition(".")[2]
        lines.append(f"addr add {layout.NETWORK6}{host}/64 dev eth0 nodad")
    return lines + ["link set eth0 up"]


def set_up(ca_certificate):
    """Run in the client node: what an administrator of the site would have done before."""
    os.makedirs(layout.CERTIFICATES, exist_ok=True)
    tree.write(layout.CA_FILE, ca_certificate)
    certificates.trust()
    tree.fill_chroot()
    dns.wait_for(f"ns.{layout.DOMAIN}", layout.SERVER)


def send(subject, recipient, body):
    """Run in the client node as an ordinary user: what the course types."""
    if not subject.isascii():
        # mail(1) would send it as it is, which needs SMTPUTF8 up to the mailbox; Dovecot's
        # LMTP service has it from 2.4 on only.
        subject = email.header.Header(subject, "utf-8").encode(linesep="")
    done = subprocess.run(["mail", "-s", subject, recipient], input=body, check=False)
    return done.returncode
