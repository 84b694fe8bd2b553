# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a command in a node runs with: user, environment, exit status."""

import os
import pwd
import signal
import sys

import linux

CLEAN = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
         "LANG": "C.UTF-8"}
PASSED = ("TERM", "CI", "LD_LIBRARY_PATH", "LD_PRELOAD", "GI_TYPELIB_PATH", "PYTHONPATH",
          "GJS_PATH", "G_MESSAGES_DEBUG", "G_DEBUG", "G_SLICE", "ASAN_OPTIONS", "LSAN_OPTIONS",
          "UBSAN_OPTIONS", "PYTHONDONTWRITEBYTECODE")
_caller = dict(os.environ)


def forget_caller():
    """Nothing of the caller's environment may steer the lab's own commands."""
    os.environ.clear()
    os.environ.update(CLEAN)


def variables(wanted):
    """The environment: clean, with the variables that find the library, and those asked for."""
    result = dict(CLEAN)
    result.update({name: _caller[name] for name in PASSED if name in _caller})
    result.update({name: value for name, value in _caller.items()
                   if name.startswith("NULLMAIL_")})
    for item in wanted:
        name, equals, value = item.partition("=")
        if equals:
            result[name] = value
        elif name in _caller:
            result[name] = _caller[name]
    return result


def become(user):
    """Change to USER of this node for good; None stays root. Returns its variables."""
    if user is None or user == "root":
        return {"HOME": "/var/home/root", "USER": "root", "LOGNAME": "root"}
    try:
        entry = pwd.getpwnam(user)
    except KeyError:
        print(f"lab: There is no user “{user}” in this node", file=sys.stderr)
        sys.exit(1)
    os.setgroups(os.getgrouplist(user, entry.pw_gid))
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
    linux.die_with_parent(signal.SIGKILL)  # the kernel forgot it with the change of user
    return {"HOME": entry.pw_dir, "USER": user, "LOGNAME": user}


def execute(command, user, environment):
    """Become COMMAND; comes back only with the shell's status for one that cannot be run."""
    merged = {**CLEAN, **become(user), **environment}
    os.environ["PATH"] = merged["PATH"]  # execvpe() searches the caller's
    try:
        os.execvpe(command[0], command, merged)
    except FileNotFoundError:
        print(f"lab: {command[0]}: no such command in this node", file=sys.stderr)
        return 127
    except OSError as error:
        print(f"lab: {command[0]}: {error.strerror}", file=sys.stderr)
        return 126


def as_user(user, function, *args):
    """Run a function of ours as USER with a clean environment."""
    fresh = {**CLEAN, **become(user)}
    os.environ.clear()
    os.environ.update(fresh)
    return function(*args)
