# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What power_cuts.py and storms.py share: a folder, a reading of main.cf and of the table that does
not use the library, what must be true of the two at each instant, and the last line of output."""

import ctypes
import json
import os
import pathlib
import re
import select
import shutil
import signal
import stat
import struct
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))

import fixture  # noqa: E402
import program  # noqa: E402
from fixture import GLib, Nullmail  # noqa: E402

MAX_SHOWN = 20
SUFFIXES = {'hash': '.db', 'lmdb': '.lmdb', 'texthash': ''}
RELAYS = [f'[relay{i}.example.com]:587' for i in range(8)]
USER = 'user'
PASSWORD = 'pw'  # what each begins with
PR_SET_PDEATHSIG = 1
MNT_DETACH = 2
LINE = re.compile(r'(\w+) =(?: (.*))?\Z')
ENTRY = re.compile(r'(\[[\w.-]+\](?::\d+)?)\s+(\w+):(\S+)\Z')

libc = ctypes.CDLL(None, use_errno=True)


def need_tools(*tools):
    """Ends the program, skipped, without them."""
    for tool in tools:
        if shutil.which(tool) is None:
            program.skip_program(f'{tool} is not installed')


def need_postfix(*types):
    """Ends the program, skipped, without the tools or the table types that it needs."""
    need_tools('postconf', 'postmap')
    folder = program.make_folder()
    known = subprocess.run(['postconf', '-c', make_cold(folder), '-m'], check=True, text=True,
                           stdout=subprocess.PIPE).stdout.split()
    if not set(types) <= set(known):
        program.skip_program(f'Postfix has only the table types {" ".join(known)}')


def make_cold(folder):
    """A configuration that no program of Postfix has to wait for, since it was not just changed."""
    cold = folder / 'cold'
    cold.mkdir()
    fixture.write(cold / 'main.cf', b'compatibility_level = 2\n')
    return cold


def new_instance(folder, **properties):
    return Nullmail.PostfixInstance(config_directory=str(folder / 'etc'),
                                    state_directory=str(folder / 'state'),
                                    service_control=Nullmail.ServiceControl.DISABLED, **properties)


def fork(function, *arguments):
    """A child that ends with this process, whichever way, and has random numbers of its own."""
    parent = os.getpid()
    pid = os.fork()
    if pid > 0:
        return pid
    status = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == parent:
            GLib.random_set_seed(int.from_bytes(os.urandom(4), 'little'))
            function(*arguments)
            status = 0
    except BaseException:  # pylint: disable=broad-except
        import traceback
        traceback.print_exc()
    finally:
        os._exit(status)


def children_of(pid):
    """The processes whose parent is this one."""
    children = []
    for name in os.listdir('/proc'):
        try:
            with open(f'/proc/{int(name)}/stat', encoding='ascii', errors='replace') as file:
                if int(file.read().rpartition(')')[2].split()[1]) == pid:
                    children.append(int(name))
        except (ValueError, OSError):
            pass
    return children


def clear(folder):
    """Away with it, and with the children that an early end leaves at work there."""
    for pid in children_of(os.getpid()):
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    libc.umount2(bytes(folder), MNT_DETACH)
    shutil.rmtree(folder, ignore_errors=True)


def password_for(relay, generation):
    return f'{PASSWORD}-{re.sub("[^a-z0-9]", "", relay)}-{generation}'


def generation_of(password):
    return int(password.rpartition('-')[2])


def is_password_for(relay, password):
    return password.startswith(password_for(relay, ''))


def values_of(text):
    """What main.cf says, of the plain kind that is written here: None where it is torn, repeats
    itself or has a line that nobody wrote."""
    values = {}
    if not text.endswith('\n'):
        return None
    for line in text[:-1].split('\n'):
        if line == '' or line.startswith('#'):
            continue
        match = LINE.match(line)
        if match is None or match[1] in values:
            return None
        values[match[1]] = match[2] or ''
    return values


def entries_of(text):
    """What the password file says; None where it is torn."""
    entries = {}
    if text and not text.endswith('\n'):
        return None
    for line in text[:-1].split('\n') if text else []:
        match = ENTRY.match(line)
        if match is None or match[1] in entries:
            return None
        entries[match[1]] = match[3]
    return entries


def look_up(map_type, source, keys, cold):
    """What Postfix finds for keys: {key: password}; None where there is no table, or a torn one."""
    if map_type == 'texthash':
        try:
            return entries_of(source.read_text())
        except (FileNotFoundError, UnicodeDecodeError):
            return None
    done = subprocess.run(['postmap', '-c', cold, '-q', '-', f'{map_type}:{source}'],
                          input='\n'.join(keys) + '\n', text=True, errors='replace',
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    if done.returncode not in (0, 1) or not os.path.exists(f'{source}{SUFFIXES[map_type]}'):
        return None
    return entries_of(done.stdout)


class Watch:
    """Tells when something happens to a name in a folder (inotify)."""

    def __init__(self, folder, mask):
        self.fd = libc.inotify_init1(os.O_CLOEXEC)
        libc.inotify_add_watch(self.fd, bytes(folder), mask)

    def close(self):
        os.close(self.fd)

    def wait(self, names, timeout_s):
        """Whether it has happened to one of the names in time."""
        deadline = time.monotonic() + timeout_s
        while select.select([self.fd], [], [], max(0, deadline - time.monotonic()))[0]:
            data = os.read(self.fd, 1 << 16)
            while data:
                size = struct.unpack_from('=iIII', data)[3]
                if data[16:16 + size].rstrip(b'\0').decode() in names:
                    return True
                data = data[16 + size:]
        return False


class Tables:
    """Reads tables as they are at one instant, and asks Postfix later: once for each new one."""

    def __init__(self, map_type, source, folder, cold):
        self.map_type = map_type
        self.path = pathlib.Path(f'{source}{SUFFIXES[map_type]}')
        self.copy = folder / 'table'
        self.cold = cold
        self.data = self.entries = None

    def read(self):
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return None

    def entries_of(self, data):
        """What it holds: {key: password}; None where it is torn or missing."""
        if data is not None and data != self.data:
            self.data, self.entries = data, self.ask(data)
        return self.entries if data is not None else None

    def ask(self, data):
        if self.map_type == 'texthash':
            return entries_of(data.decode(errors='replace'))
        fixture.write(self.copy.with_suffix(SUFFIXES[self.map_type]), data, 0o600)
        done = subprocess.run(['postmap', '-c', self.cold, '-s', f'{self.map_type}:{self.copy}'],
                              text=True, errors='replace', stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, check=False)
        return entries_of(done.stdout) if done.returncode == 0 else None


def is_logging_in(values):
    return values.get('smtp_sasl_auth_enable') == 'yes'


def relay_fault(values, table):
    """I1: a relay that is logged in at has its key, with a password of its own."""
    relay = values.get('relayhost')
    if table is None:
        return 'the table is torn or missing'
    if relay not in table:
        return f'no key for {relay}'
    if not is_password_for(relay, table[relay]):
        return f'{relay} has the password {table[relay]}'
    return None


def mode_fault(path):
    """I5: what may hold a password is for its owner alone. Files that come and go may be gone."""
    try:
        info = os.lstat(path)
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(info.st_mode) or info.st_mode & 0o177 \
            or info.st_uid != os.geteuid():
        return f'{os.path.basename(path)} has mode {info.st_mode:o}, owner {info.st_uid}'
    return None


def litter_fault(folder, allowed):
    names = sorted({path.name for path in folder.iterdir()} - set(allowed))
    return f'left behind: {" ".join(names)}' if names else None


def finish(kind, begun, violations, n_violations=None, **facts):
    """The last line, for programs, and the end."""
    n_violations = len(violations) if n_violations is None else n_violations
    print(json.dumps({'kind': kind, **facts, 'violations': violations[:MAX_SHOWN],
                      'n_violations': n_violations,
                      'seconds': round(time.monotonic() - begun, 1)}), flush=True)
    sys.exit(1 if n_violations > 0 else 0)
