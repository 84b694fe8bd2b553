# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The private folders of a node: /etc, /var, /tmp, /run, /dev and what must show in them."""

import os
import shutil
import subprocess

import linux

PRIVATE = ("/etc", "/var", "/tmp", "/run", "/dev")
DEVICES = ("null", "zero", "full", "random", "urandom", "tty", "fuse")
ACCOUNTS = (  # name, uid and gid, home
    ("user", 2000, "/var/home/user"),
    ("vmail", 2001, "/var/vmail"),
)
# The queue as Postfix's own installation makes it: name, owner, group, mode.
QUEUE = tuple((name, "postfix", "root", 0o700) for name in (
    "active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming",
    "private", "saved", "trace")) + (
    ("maildrop", "postfix", "postdrop", 0o1730),
    ("public", "postfix", "postdrop", 0o2710),
    ("pid", "root", "root", 0o755),
    ("dev", "root", "root", 0o755),
    ("etc", "root", "root", 0o755),
)


def build(spec):
    """Run by the init in its new mount namespace. Nothing of it reaches the host: every change
    is in memory, on one tmpfs that goes with the namespace."""
    linux.mount(None, "/", None, linux.MS_REC | linux.MS_PRIVATE)
    shown = _open_shown(spec["binds"])
    stage = "/tmp"
    linux.mount("lab", stage, "tmpfs", 0, "mode=0755")
    for folder in PRIVATE:
        os.mkdir(stage + folder)
    subprocess.run(["cp", "-a", "/etc/.", stage + "/etc/"], check=True,
                   stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _fill_etc(stage + "/etc", spec)
    _fill_var(stage + "/var")
    _fill_dev(stage + "/dev")
    os.chmod(stage + "/tmp", 0o1777)
    os.mkdir(stage + "/run/lock")
    # /tmp last: from then on the stage itself is out of sight.
    for folder in sorted(PRIVATE, key=lambda name: name == stage):
        linux.mount(stage + folder, folder, None, linux.MS_BIND | linux.MS_REC)
    linux.mount("proc", "/proc", "proc",
                linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC)
    for fd, target in shown:
        _show(fd, target)


def _open_shown(binds):
    """Hold what must stay visible before the private folders cover it."""
    shown = []
    for source, target in binds:
        covered = any(target == folder or target.startswith(folder + "/") for folder in PRIVATE)
        if covered or source != target:
            shown.append((os.open(source, os.O_PATH), target))
    return shown


def _show(fd, target):
    source = f"/proc/self/fd/{fd}"
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "ab"):
            pass
    linux.mount(source, target, None, linux.MS_BIND | linux.MS_REC)
    os.close(fd)


def write(path, text, mode=0o644):
    """Replace PATH; never write through a symbolic link, which may lead out of the node."""
    if os.path.lexists(path):
        os.unlink(path)
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with open(fd, "w", encoding="utf-8") as file:
        file.write(text)


def _fill_etc(etc, spec):
    hostname = spec["hostname"]
    write(f"{etc}/hostname", hostname + "\n")
    write(f"{etc}/mailname", hostname + "\n")
    write(f"{etc}/resolv.conf", f"search lab.example.com\nnameserver {spec['dns']}\n")
    write(f"{etc}/hosts", "127.0.0.1 localhost\n"
          "::1 localhost ip6-localhost\n"
          f"{spec['address']} {hostname} {hostname.partition('.')[0]}\n")
    write(f"{etc}/nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\n"
          "hosts: files dns\nservices: files\nprotocols: files\nnetworks: files\naliases: files\n")
    # Never the host's own mail: neither its configuration nor its passwords.
    shutil.rmtree(f"{etc}/postfix", ignore_errors=True)
    os.mkdir(f"{etc}/postfix")
    for name, number, home in ACCOUNTS:
        _set_account(f"{etc}/passwd", name, number, f"{name}:x:{number}:{number}::{home}:/bin/sh")
        _set_account(f"{etc}/group", name, number, f"{name}:x:{number}:")
    # mail(1) otherwise leaves before sendmail has taken the message.
    _append(f"{etc}/mail.rc", "set sendwait\n")


def _set_account(path, name, number, line):
    """Both the name and the number are ours alone, whatever the host uses them for."""
    with open(path, encoding="utf-8") as file:
        lines = [old for old in file.read().splitlines()
                 if old.split(":")[0] != name and old.split(":")[2:3] != [str(number)]]
    write(path, "\n".join(lines + [line]) + "\n")


def _append(path, text):
    with open(path, "a", encoding="utf-8") as file:
        file.write(text)


def _fill_var(var):
    for folder in ("lib/postfix", "log", "mail", "tmp", "cache", "spool/postfix", "home"):
        os.makedirs(f"{var}/{folder}")
    os.chmod(f"{var}/tmp", 0o1777)
    os.chmod(f"{var}/mail", 0o1777)
    os.symlink("/run", f"{var}/run")
    os.symlink("/run/lock", f"{var}/lock")
    os.symlink("../mail", f"{var}/spool/mail")
    shutil.chown(f"{var}/lib/postfix", "postfix", "postfix")
    for name, owner, group, mode in QUEUE:
        path = f"{var}/spool/postfix/{name}"
        os.mkdir(path)
        shutil.chown(path, owner, group)
        os.chmod(path, mode)
    for name, number, home in ACCOUNTS:
        os.mkdir(var + home[len("/var"):], 0o700)
        os.chown(var + home[len("/var"):], number, number)
    os.mkdir(f"{var}/home/root", 0o700)


def _fill_dev(dev):
    for name in DEVICES:
        if os.path.exists(f"/dev/{name}"):
            with open(f"{dev}/{name}", "wb"):
                pass
            linux.mount(f"/dev/{name}", f"{dev}/{name}", None, linux.MS_BIND)
    os.mkdir(f"{dev}/pts")
    linux.mount("/dev/pts", f"{dev}/pts", None, linux.MS_BIND)
    os.mkdir(f"{dev}/shm")
    os.chmod(f"{dev}/shm", 0o1777)
    os.symlink("pts/ptmx", f"{dev}/ptmx")
    os.symlink("/proc/self/fd", f"{dev}/fd")
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        os.symlink(f"/proc/self/fd/{number}", f"{dev}/{name}")


def fill_chroot():
    """What Debian's start script copies into the queue for its chrooted daemons."""
    if not os.path.exists("/usr/lib/postfix/configure-instance.sh"):
        return
    for name in ("localtime", "services", "resolv.conf", "hosts", "host.conf", "nsswitch.conf"):
        if os.path.exists(f"/etc/{name}"):
            shutil.copy(f"/etc/{name}", f"/var/spool/postfix/etc/{name}")
    libraries = subprocess.run(
        "ls /lib/*/libnss_*.so* /lib/*/libresolv*.so* /lib/*/libgcc_s*.so* 2>/dev/null",
        shell=True, stdout=subprocess.PIPE, text=True, check=False).stdout.split()
    for path in libraries:
        target = "/var/spool/postfix" + path
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copy(path, target)
