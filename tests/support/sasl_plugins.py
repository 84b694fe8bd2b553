# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Debian's plug-ins for Cyrus SASL in a node of the lab. They are downloaded and unpacked and show
in that node alone: installed, they would be there for every other login of this machine too."""

import glob
import os
import subprocess

from program import LIMIT_S, lacks, make_folder, need

TOKENS = "libsasl2-modules-kdexoauth2"
PACKAGES = (TOKENS, "libsasl2-modules-gssapi-mit", "libsasl2-modules-otp", "libsasl2-modules-sql",
            "libsasl2-modules-ldap")


def find_folder():
    """The folder from which Cyrus SASL loads its plug-ins."""
    found = [path for path in glob.glob("/usr/lib*/sasl2") + glob.glob("/usr/lib/*/sasl2")
             if glob.glob(path + "/libplain.so*")]
    if not found:
        lacks("Cyrus SASL has no plug-in for PLAIN here")
    return found[0]


def download():
    """A folder with the packages and whatever else they need that this machine has not."""
    need("apt-get", "dpkg-deb")
    folder = make_folder("packages-")
    os.makedirs(folder / "archives" / "partial")
    done = subprocess.run(
        ["apt-get", "install", "--download-only", "--reinstall", "--yes", "--quiet=2",
         "--no-install-recommends", "-o", "Debug::NoLocking=1", "-o", f"Dir::Cache={folder}",
         "-o", "APT::Sandbox::User=root", *PACKAGES],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        timeout=LIMIT_S, check=False)
    if done.returncode != 0:
        lacks(f"no packages with plug-ins of Cyrus SASL: {done.stdout.strip()}")
    return folder / "archives"


def unpack(archives, pattern="*"):
    """A folder in which the packages are unpacked whose names PATTERN matches."""
    folder = make_folder("plugins-")
    names = sorted(archives.glob(pattern + ".deb"))
    assert names, f"no package {pattern} in {archives}"
    for name in names:
        subprocess.run(["dpkg-deb", "-x", name, folder], check=True, timeout=LIMIT_S)
    return folder


def show(lab, node, folder):
    """Let the node have the libraries of FOLDER beside its own, as if they were installed there.
    Among equal plug-ins Cyrus SASL prefers the one that it comes upon first; those in the lowest
    layer are the first that are found."""
    libraries = os.path.dirname(find_folder())
    out = lab.run(node, "sh", "-c", 'mount -t overlay overlay -o "lowerdir=$2:$1$2" "$2" 2>&1 '
                  "|| echo no overlay", "sh", str(folder), libraries)
    if out:
        lacks(f"no mounts of type overlay: {out}")
