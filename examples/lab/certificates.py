# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The lab's certification authority and the certificates, good and bad, that it shows."""

import os
import subprocess

import layout
from node import LabError

CA_CONFIG = """\
[ca]
default_ca = lab
[lab]
dir = {folder}/ca
database = {folder}/ca/index
serial = {folder}/ca/serial
new_certs_dir = {folder}/ca
certificate = {folder}/ca.crt
private_key = {folder}/ca.key
default_md = sha256
unique_subject = no
copy_extensions = copy
policy = any
[any]
commonName = supplied
[req]
distinguished_name = name
[name]
"""


def make(folder=layout.CERTIFICATES):
    """Run in the server node: FOLDER gets ca.crt and one .pem (key and chain) a certificate."""
    os.makedirs(f"{folder}/ca", exist_ok=True)
    os.chmod(f"{folder}/ca", 0o700)
    for name, text in (("ca.cnf", CA_CONFIG.format(folder=folder)), ("ca/index", ""),
                       ("ca/serial", "01\n")):
        with open(f"{folder}/{name}", "w", encoding="ascii") as file:
            file.write(text)
    _authority(folder, "ca", "Lab CA of libnullmail")
    _authority(folder, "stranger", "A CA that nobody trusts")
    right = sorted(layout.hosts()) + [layout.DOMAIN, "smtp6." + layout.DOMAIN]
    valid = ("20200101000000Z", "20491231000000Z")
    _issue(folder, "server", right, "ca", valid)
    _issue(folder, "expired", right, "ca", ("20200101000000Z", "20200201000000Z"))
    _issue(folder, "untrusted", right, "stranger", valid)
    _issue(folder, "wrongname", ["mail.example.net"], "ca", valid)


def _openssl(*args):
    done = subprocess.run(("openssl",) + args, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        raise LabError(f"openssl {args[0]} failed: {done.stdout.strip()}")


def _authority(folder, name, title):
    _openssl("req", "-x509", "-config", f"{folder}/ca.cnf", "-newkey", "ec",
             "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3650",
             "-subj", f"/CN={title}", "-addext", "basicConstraints=critical,CA:TRUE",
             "-addext", "keyUsage=critical,keyCertSign,cRLSign",
             "-addext", "subjectKeyIdentifier=hash",
             "-keyout", f"{folder}/{name}.key", "-out", f"{folder}/{name}.crt")


def _issue(folder, name, names, authority, valid):
    base = f"{folder}/{name}"
    _openssl("req", "-new", "-config", f"{folder}/ca.cnf", "-newkey", "ec",
             "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={names[0]}",
             "-addext", "subjectAltName=" + ",".join("DNS:" + one for one in names),
             "-addext", "extendedKeyUsage=serverAuth",
             "-keyout", f"{base}.key", "-out", f"{base}.csr")
    _openssl("ca", "-batch", "-notext", "-config", f"{folder}/ca.cnf", "-in", f"{base}.csr",
             "-cert", f"{folder}/{authority}.crt", "-keyfile", f"{folder}/{authority}.key",
             "-startdate", valid[0], "-enddate", valid[1], "-out", f"{base}.crt")
    parts = (f"{base}.key", f"{base}.crt", f"{folder}/{authority}.crt")
    with open(os.open(f"{base}.pem", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        for part in parts:
            with open(part, "rb") as file:
                out.write(file.read())


def trust():
    """Make the lab's CA one of this node's trusted ones, as an administrator would."""
    with open(layout.CA_FILE, encoding="ascii") as file:
        certificate = file.read()
    for bundle in layout.BUNDLES:
        if os.path.exists(bundle):
            with open(bundle, "a", encoding="ascii") as file:
                file.write("\n" + certificate)
    if os.path.isdir(layout.ANCHORS):
        with open(f"{layout.ANCHORS}/nullmail-lab.pem", "w", encoding="ascii") as file:
            file.write(certificate)
