# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Dovecot in the server node: IMAPS, LMTP, and the passwords that the relay asks for."""

import base64
import hashlib
import os
import secrets
import subprocess
import time

import layout
import tree
from node import LabError

FOLDER = layout.CERTIFICATES
USERS = f"{FOLDER}/users"
OLD_USERS = f"{FOLDER}/users.old"
# Dovecot 2.4 named anew what follows here; the rest is the same in both.
CONFIG_2_3 = """\
ssl_cert = <{folder}/server.crt
ssl_key = <{folder}/server.key
mail_location = maildir:~/Maildir
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
passdb {{
  driver = passwd-file
  args = {folder}/users.old
}}
userdb {{
  driver = static
  args = uid=vmail gid=vmail home=/var/vmail/%n allow_all_users=yes
}}
"""
CONFIG_2_4 = """\
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
ssl_server_cert_file = {folder}/server.crt
ssl_server_key_file = {folder}/server.key
mail_driver = maildir
mail_path = ~/Maildir
passdb passwd-file {{
  passwd_file_path = {folder}/users
}}
passdb old {{
  driver = passwd-file
  passwd_file_path = {folder}/users.old
}}
userdb static {{
  fields {{
    uid = vmail
    gid = vmail
    home = /var/vmail/%{{user | username}}
  }}
  userdb_static_allow_all_users = yes
}}
"""
CONFIG = """\
protocols = imap lmtp
listen = {server}
ssl = required
auth_mechanisms = plain login
auth_username_chars =
auth_failure_delay = 0
auth_verbose = yes
mail_max_userip_connections = 1000
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = 993
    ssl = yes
  }}
}}
service lmtp {{
  unix_listener /var/spool/postfix/private/dovecot-lmtp {{
    user = postfix
    mode = 0600
  }}
}}
service auth {{
  unix_listener /var/spool/postfix/private/auth {{
    user = postfix
    mode = 0600
  }}
}}
# No waiting after wrong passwords: tests give many of them.
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""


def configure():
    # The version must be the first setting of a 2.4 file.
    text = (CONFIG_2_3 if _version() < (2, 4) else CONFIG_2_4) + CONFIG
    tree.write("/etc/dovecot/dovecot.conf", text.format(server=layout.SERVER, folder=FOLDER))
    _write_users(USERS, {name: _hash(password) for name, password in layout.USERS.items()})
    _write_users(OLD_USERS, {})


def _version():
    done = subprocess.run(["dovecot", "--version"], stdin=subprocess.DEVNULL, check=True,
                          stdout=subprocess.PIPE, text=True)
    return tuple(int(part) for part in done.stdout.split()[0].split(".")[:2])


def set_passwords(passwords, keep_old):
    """Run in the server node. PASSWORDS are pairs of user and password; with KEEP_OLD the password
    until now is good as well."""
    users, old_users = _read_users(USERS), _read_users(OLD_USERS)
    for user, password in passwords:
        if not user or set(user) & set(":\n\r\0"):
            raise LabError("A user name must not be empty nor hold a colon or a line break")
        old_users.pop(user, None)
        if keep_old and user in users:
            old_users[user] = users[user]
        users[user] = _hash(password)
    _write_users(OLD_USERS, old_users)
    _write_users(USERS, users)
    # Dovecot looks for a new file once in each second of the clock, so from the next one on
    # every login is judged by this one.
    time.sleep(1.01 - time.time() % 1)
    return None


def _hash(password):
    salt = secrets.token_bytes(8)
    data = password if isinstance(password, bytes) else password.encode()
    digest = hashlib.sha256(data + salt).digest()
    return "{SSHA256}" + base64.b64encode(digest + salt).decode("ascii")


def _read_users(path):
    with open(path, encoding="utf-8") as file:
        return dict(line.rstrip("\n").split(":", 1) for line in file)


def _write_users(path, users):
    try:
        second = int(os.stat(path).st_mtime) + 1
    except FileNotFoundError:
        second = 0
    fd = os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    with open(fd, "w", encoding="utf-8") as file:
        file.writelines(f"{user}:{password}\n" for user, password in users.items())
    # Dovecot notices a new file by its time in whole seconds, and a second is too long to wait.
    os.utime(path + ".new", (second, second))
    os.rename(path + ".new", path)
