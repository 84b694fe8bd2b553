#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Real power cuts: a process applies one change after another on a file system of its own, which is
shut down at a random moment (FS_IOC_SHUTDOWN: what is not on the disk is gone), mounted again, and
looked at. Half of the moments are anywhere in an apply, half of them in its short visible part.

What was reported done is there; of what was begun all or nothing is, but for a new password, which
may be there before the main.cf that it comes with. Then the next apply has to succeed.

    power_cuts.py [--cuts N] [--seed S] [--filesystems ext4,xfs] [--stop-at-first]"""

import argparse
import collections
import ctypes
import errno
import fcntl
import json
import os
import random
import select
import signal
import stat
import subprocess
import time

import fault_fixture as faults
from fault_fixture import GLib, Nullmail, fixture, program

FS_IOC_SHUTDOWN = 0x8004587d
NO_LOG_FLUSH, LOG_FLUSH, SYNC = 2, 1, 0
HOW = [NO_LOG_FLUSH] * 8 + [LOG_FLUSH, SYNC]
CLONE_NEWNS = 0x20000
MS_REC, MS_PRIVATE = 0x4000, 0x40000
PR_SET_CHILD_SUBREAPER = 36
IN_MOVED_TO = 0x80
LIMIT_S = 300
WATCH_S = 1
REPORT_S = 0.02
MAP_TYPES = ['hash', 'lmdb', 'texthash']
N_OF_ONE_TYPE = 7
# The harder ways to mount; the options change nothing of what fsync promises.
FILE_SYSTEMS = {'ext4': ('64M', ['-F'], ['', 'noauto_da_alloc', 'data=writeback,noauto_da_alloc']),
                'xfs': ('320M', ['-f'], [''])}
KINDS = ['relay', 'password', 'main_cf', 'undo', 'weaker', 'stronger', 'relay', 'undo', 'drop',
         'end_login', 'login', 'password', 'drop']
# Undo may have nothing, or something that others have changed, to undo after a cut.
UNDO_ERRORS = (Nullmail.Error.NOTHING_TO_UNDO, Nullmail.Error.CONFLICT, Nullmail.Error.UNSAFE,
               Nullmail.Error.INVALID_FILE)
XATTR, XATTR_VALUE = 'user.origin', b'kept'
OWNER, MODE = (0, 65534), 0o640
MAIN_CF = fixture.MAIN_CF + b'myorigin = example.com\n'
FILES = {'main.cf', 'sasl_passwd', 'sasl_passwd.db', 'sasl_passwd.lmdb'}
STATE_FILES = {'record', 'previous', 'first', 'tables'}


class Disk:
    """An image in a loop device, which is gone when this process is, and so are the mounts."""

    def __init__(self, folder, kind, rand):
        size, options, self.mount_options = FILE_SYSTEMS[kind]
        self.kind = kind
        self.rand = rand
        self.folder = folder
        self.root = folder / f'{kind}-root'
        self.root.mkdir()
        image = folder / f'{kind}.img'
        with open(image, 'wb'):
            os.truncate(image, int(size[:-1]) << 20)
        subprocess.run([f'mkfs.{kind}', '-q', *options, image], check=True)
        done = subprocess.run(['mount', '-o', 'loop', image, self.root], check=False, text=True,
                              stderr=subprocess.PIPE)
        if done.returncode != 0:
            program.skip_program(f'no loop mounts of {kind}: {done.stderr.strip()}')
        # Held open it stays attached over the unmounting; left alone it is detached.
        number = os.stat(self.root).st_dev
        link = os.readlink(f'/sys/dev/block/{os.major(number)}:{os.minor(number)}')
        self.device = f'/dev/{os.path.basename(link)}'
        self.device_fd = os.open(self.device, os.O_RDONLY | os.O_CLOEXEC)

    def mount(self):
        options = self.rand.choice(self.mount_options)
        if faults.libc.mount(self.device.encode(), bytes(self.root), self.kind.encode(), 0,
                             options.encode()) != 0:
            raise OSError(ctypes.get_errno(), f'{self.kind} cannot be mounted again')

    def unmount(self):
        """A postmap whose parent was killed may hold it for a moment."""
        deadline = time.monotonic() + LIMIT_S
        while faults.libc.umount2(bytes(self.root), 0) != 0:
            number = ctypes.get_errno()
            if number != errno.EBUSY or time.monotonic() > deadline:
                raise OSError(number, f'{self.kind} cannot be unmounted')
            time.sleep(0.002)

    def cut(self, how):
        fd = os.open(self.root, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.ioctl(fd, FS_IOC_SHUTDOWN, how.to_bytes(4, 'little'))
        finally:
            os.close(fd)

    def close(self):
        faults.libc.umount2(bytes(self.root), faults.MNT_DETACH)
        os.close(self.device_fd)


# One change as the worker reports it before it begins: what main.cf will be, and whose password.
Change = collections.namedtuple('Change', 'generation kind main_cf relay password map_type at')
Result = collections.namedtuple('Result', 'generation error at')


class Changes:
    """The changes that the worker makes, and that the next one after a cut goes on with."""

    def __init__(self, folder):
        self.folder = folder
        self.main_cf = folder / 'etc' / 'main.cf'
        self.source = folder / 'etc' / 'sasl_passwd'
        self.instance = faults.new_instance(folder)

    def plan(self, kind, generation, map_type):
        """A plan, the relay it is about, and the new password."""
        if kind == 'undo':
            plan = self.instance.plan_undo()
            return plan, None, None
        main_cf = self.instance.load_main_cf()
        relay = main_cf.get_value('relayhost') or faults.RELAYS[0]
        if kind in ('relay', 'drop', 'login'):
            relay = faults.RELAYS[generation % len(faults.RELAYS)]
        properties = {'password_maps': f'{map_type}:{self.source}', 'authentication': True}
        if kind == 'end_login':
            properties = {'authentication': False}
        elif kind == 'weaker':
            properties['tls_level'] = Nullmail.TlsLevel.ENCRYPT
        if kind != 'main_cf' or not faults.is_logging_in(self.values()):
            fixture.new_config(relay, **properties).update_main_cf(main_cf)
        password = None
        if kind not in ('main_cf', 'end_login', 'weaker') or not self.has_key(relay, map_type):
            password = faults.password_for(relay, generation) if kind != 'end_login' else None
        if kind != 'password':
            main_cf.set_value('nullmail_generation', str(generation))
        login = fixture.credentials(relay, faults.USER, password) if password else None
        flags = Nullmail.PlanFlags.DROP_OTHER_CREDENTIALS if kind == 'drop' else 0
        return self.instance.plan_main_cf(main_cf, login, flags), relay, password

    def values(self):
        return faults.values_of(self.main_cf.read_text())

    def has_key(self, relay, map_type):
        """Whether the present main.cf has this table, and the table this relay."""
        return faults.is_logging_in(self.values()) \
            and self.values().get('smtp_sasl_password_maps') == f'{map_type}:{self.source}' \
            and relay in (faults.entries_of(self.source.read_text()) or {})

    def describe(self, generation, kind, map_type):
        plan, relay, password = self.plan(kind, generation, map_type)
        text = plan.get_main_cf().to_bytes().get_data().decode()
        return plan, Change(generation, kind, text, relay, password, map_type, time.monotonic())


def raises_level(old, new):
    """The same relay over a safer channel: then main.cf goes before the table."""
    level = 'smtp_tls_security_level'
    before, after = faults.values_of(old.main_cf), faults.values_of(new.main_cf)
    return before.get('relayhost') == after.get('relayhost') \
        and (before.get(level), after.get(level)) == ('encrypt', 'secure')


def kind_and_type(generation):
    """What a generation changes: each kind with each table type, a change of type now and then."""
    return KINDS[generation % len(KINDS)], MAP_TYPES[generation // N_OF_ONE_TYPE % len(MAP_TYPES)]


def has_power(folder):
    """Whether the cut is still to come, asked without anything being written out. Once it is shut
    down, XFS says yes to the fsync of a directory, since nothing is left to be done: a machine
    without power could not tell anybody."""
    try:
        os.utime(folder)
    except OSError:
        return False
    return True


def work(changes, pipe, generation):
    """The worker: reports over a pipe what it begins and what the library says of it."""
    def say(name, value):
        os.write(pipe, json.dumps([name, value]).encode() + b'\n')

    while True:
        generation += 1
        kind, map_type = kind_and_type(generation)
        try:
            plan, change = changes.describe(generation, kind, map_type)
        except (GLib.Error, OSError) as error:
            if kind == 'undo' and isinstance(error, GLib.Error) \
                    and any(error.matches(Nullmail.Error.quark(), code) for code in UNDO_ERRORS):
                continue
            say('result', Result(generation, f'plan: {error}', time.monotonic()))
            return
        say('change', change)
        try:
            changes.instance.apply(plan, 0)
            say('result', Result(generation, None if has_power(changes.folder)
                                 else 'behind the cut', time.monotonic()))
        except GLib.Error as error:
            allowed = kind == 'undo' and any(error.matches(Nullmail.Error.quark(), code)
                                             for code in UNDO_ERRORS)
            name = Nullmail.Error(error.code).value_nick if error.matches(
                Nullmail.Error.quark(), error.code) else error.domain
            name = 'refused' if allowed else name
            say('result', Result(generation, f'{name}: {error.message}', time.monotonic()))
            if not allowed:
                return


class Reports:
    """The parent's end of the pipe."""

    def __init__(self, fd):
        self.fd = fd
        self.rest = b''
        self.changes = []
        self.results = {}

    def read(self, timeout_s):
        """FALSE at the end, or when nothing came in time."""
        if not select.select([self.fd], [], [], timeout_s)[0]:
            return False
        data = os.read(self.fd, 1 << 16)
        *lines, self.rest = (self.rest + data).split(b'\n')
        for line in lines:
            name, value = json.loads(line)
            if name == 'change':
                self.changes.append(Change(*value))
            else:
                result = Result(*value)
                self.results[result.generation] = result
        return data != b''

    def wait_for_change(self, count):
        deadline = time.monotonic() + LIMIT_S
        while len(self.changes) < count and self.read(deadline - time.monotonic()):
            pass
        return len(self.changes) >= count

    def wait_for_result(self, timeout_s):
        """Of what was begun last: it is a claim, though the power is gone already."""
        deadline = time.monotonic() + timeout_s
        while self.changes and self.changes[-1].generation not in self.results \
                and self.read(max(0, deadline - time.monotonic())):
            pass

    def drain(self):
        while self.read(LIMIT_S):
            pass

    def is_done(self, change):
        result = self.results.get(change.generation)
        return result is not None and result.error is None


class Cuts:
    """All cuts on one file system."""

    def __init__(self, disk, cold, rand):
        self.disk = disk
        self.cold = cold
        self.rand = rand
        self.changes = Changes(disk.root)
        self.etc = self.changes.main_cf.parent
        self.generation = 0
        self.passwords = {}  # what the library has said is stored
        self.texts = {}      # each main.cf that there was, and its generation
        self.done = None     # the change that was last said to be done
        self.durations = {}  # of each kind, as they were
        self.violations = []
        self.positions = []  # of the cuts inside an apply, as parts of its usual duration
        self.n_new = 0
        self.n_cuts = 0
        self.set_up()

    def set_up(self):
        self.etc.mkdir()
        fixture.write(self.changes.main_cf, MAIN_CF)
        os.chown(self.changes.main_cf, *OWNER)
        os.chmod(self.changes.main_cf, MODE)
        os.setxattr(self.changes.main_cf, XATTR, XATTR_VALUE)
        fd = os.open(self.etc, os.O_RDONLY)
        faults.libc.syncfs(fd)
        os.close(fd)
        self.texts[MAIN_CF.decode()] = 0
        self.changes.instance.inspect(None)
        self.apply_next('login')

    def say(self, what):
        self.violations.append(f'{self.disk.kind}, cut {self.n_cuts}: {what}')
        print(self.violations[-1], flush=True)

    def apply_next(self, kind):
        """The next apply by the library, here: it succeeds, converges, and leaves no litter."""
        self.generation += 1
        map_type = kind_and_type(self.generation)[1]
        try:
            plan, change = self.changes.describe(self.generation, kind, map_type)
            self.changes.instance.apply(plan, 0)
            self.note_done(change)
            main_cf = self.changes.instance.load_main_cf()
            again = self.changes.instance.plan_main_cf(
                main_cf, fixture.credentials(change.relay, faults.USER, change.password), 0)
            if not again.is_empty():
                self.say(f'the apply after it did not converge: {again.to_diff()}')
        except GLib.Error as error:
            self.say(f'the apply after it failed: {error.message}')
            return
        self.look([self.done])
        entries = faults.entries_of(self.changes.source.read_text())
        found = faults.look_up(map_type, self.changes.source, [*entries], self.cold)
        if found != entries:
            self.say(f'after the next apply the table has {found}, but its source {entries}')
        state, = [folder for folder in (self.disk.root / 'state').iterdir()]
        for fault in (faults.litter_fault(self.etc, FILES),
                      faults.litter_fault(state, STATE_FILES)):
            if fault:
                self.say(f'after the next apply: {fault}')

    def note_done(self, change):
        self.done = change
        self.texts[change.main_cf] = change.generation
        if change.password:
            self.passwords[change.relay] = change.password

    def look(self, candidates):
        """The files against what they may be: the change last done, or else the one begun."""
        main_cf = self.changes.main_cf
        try:
            text = main_cf.read_text()
        except (FileNotFoundError, UnicodeDecodeError) as error:
            self.say(f'main.cf: {error}')
            return None
        found = [change for change in candidates if change.main_cf == text]
        if not found:
            what = f'that of generation {self.texts[text]}' if text in self.texts \
                else f'torn: {text[:60]!r}...'
            self.say(f'main.cf is {what}, after generation {self.done.generation} was done')
            return None
        self.look_at_attributes(main_cf)
        for path in [*self.etc.iterdir(), *(self.disk.root / 'state').rglob('*')]:
            if path.is_file() and faults.PASSWORD.encode() + b'-' in path.read_bytes():
                fault = faults.mode_fault(path)
                if fault:
                    self.say(fault)
        if faults.is_logging_in(faults.values_of(text)):
            self.look_at_password(faults.values_of(text), candidates, found)
        return found[-1]

    def look_at_attributes(self, path):
        info = path.stat()
        if (info.st_uid, info.st_gid) != OWNER or stat.S_IMODE(info.st_mode) != MODE:
            self.say(f'main.cf has mode {info.st_mode:o} and owner {info.st_uid}:{info.st_gid}')
        if os.listxattr(path) != [XATTR] or os.getxattr(path, XATTR) != XATTR_VALUE:
            self.say(f'main.cf has the attributes {os.listxattr(path)}')

    def look_at_password(self, values, candidates, found):
        relay = values['relayhost']
        map_type, _, source = values['smtp_sasl_password_maps'].partition(':')
        table = faults.look_up(map_type, self.changes.source, [relay], self.cold)
        fault = faults.relay_fault(values, table)
        if source != str(self.changes.source) or fault:
            self.say(fault or f'the table is {source}')
            return
        allowed = self.allowed_passwords(relay, candidates, found)
        if table[relay] not in allowed:
            self.say(f'{relay} has the password {table[relay]} instead of {sorted(allowed)}')

    def allowed_passwords(self, relay, candidates, found):
        """The last one stored; the new one of the change that was begun, or only that where main.cf
        relies on it. It must not be seen with a main.cf whose channel is weaker than its own."""
        old, new = self.passwords.get(relay), candidates[-1].password
        if len(candidates) == 1 or candidates[-1].relay != relay or new is None:
            return {old}
        if raises_level(*candidates):
            return {old, new} if candidates[-1] in found else {old}
        return {new} if candidates[0] not in found else {old, new}

    def cut_once(self):
        """One worker, one cut, and what it left."""
        self.n_cuts += 1
        pipe = os.pipe()
        pid = faults.fork(work, self.changes, pipe[1], self.generation)
        os.close(pipe[1])
        reports = Reports(pipe[0])
        try:
            times = self.cut_at_random(reports)
            reports.wait_for_result(REPORT_S)
            os.kill(pid, signal.SIGKILL)
            end_children()
            reports.drain()
        finally:
            os.close(pipe[0])
        self.disk.unmount()
        self.disk.mount()
        self.judge(reports, *times)
        self.apply_next('login')

    def cut_at_random(self, reports):
        """At any moment of an apply, or from the first step on that others can see."""
        watch = faults.Watch(self.etc, IN_MOVED_TO) if self.rand.random() < 0.5 else None
        reports.wait_for_change(self.rand.choice([1, 1, 2, 3]))
        if watch:
            watch.wait(FILES, WATCH_S)
            watch.close()
            wait = 10 ** self.rand.uniform(-5, -2.3)
        elif reports.changes:
            change = reports.changes[-1]
            usual = self.durations.get(change.kind, 0.02)
            wait = usual * self.rand.uniform(0, 1.1) - (time.monotonic() - change.at)
        else:
            wait = 0
        time.sleep(max(0, wait))
        begun = time.monotonic()
        self.disk.cut(self.rand.choice(HOW))
        return begun, time.monotonic()

    def judge(self, reports, cut_begun, cut_done):
        begun = None
        for change in reports.changes:
            result = reports.results.get(change.generation)
            if reports.is_done(change):
                self.note_done(change)
                self.durations[change.kind] = result.at - change.at
                continue
            if result is None or result.at > cut_begun:
                begun = change
                break
            if not result.error.startswith('refused: '):
                self.say(f'{change.kind} failed before it: {result.error}')
        for result in reports.results.values():
            if result.at < cut_begun and result.error and result.error.startswith('plan: '):
                self.say(f'it could not be planned before it: {result.error}')
        self.generation = max([self.generation, *(c.generation for c in reports.changes),
                               *reports.results])
        inside = [c for c in reports.changes if c.at < cut_begun and not (
            c.generation in reports.results and reports.results[c.generation].at < cut_done)]
        found = self.look([self.done] + ([begun] if begun else []))
        self.note_stored(begun)
        if inside and found is not None:
            self.positions.append((cut_begun - inside[0].at)
                                  / self.durations.get(inside[0].kind, 0.02))
            self.n_new += found.generation == inside[0].generation

    def note_stored(self, begun):
        """What was begun and not done may have come as far as the source, which then counts."""
        if begun and begun.password:
            try:
                entries = faults.entries_of(self.changes.source.read_text())
            except (FileNotFoundError, UnicodeDecodeError):
                entries = None
            if entries is None:
                self.say('sasl_passwd is torn or missing')
            elif entries.get(begun.relay) == begun.password:
                self.passwords[begun.relay] = begun.password

    def describe(self):
        positions = sorted(self.positions)
        spread = [f'{positions[len(positions) * i // 4]:.2f}' for i in range(4) if positions]
        return (f'{self.disk.kind}: {self.n_cuts} cuts, {len(positions)} inside an apply, at '
                f'{" ".join(spread)} of its duration (quartiles); of these {self.n_new} left the '
                f'new main.cf and {len(positions) - self.n_new} the old one')


def end_children():
    """The worker, and its postmap, which now belongs to this process: where it cannot read its
    configuration it sleeps a second, with files open."""
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            for child in faults.children_of(os.getpid()):
                os.kill(child, signal.SIGKILL)
            time.sleep(0.001)


def enter_mounts(folder):
    """A mount namespace of its own, with the images in memory."""
    if os.geteuid() != 0 or faults.libc.unshare(CLONE_NEWNS) != 0 \
            or faults.libc.mount(None, b'/', None, MS_REC | MS_PRIVATE, None) != 0 \
            or faults.libc.mount(b'none', bytes(folder), b'tmpfs', 0, b'mode=755') != 0:
        program.skip_program('no right to mount')


def cut_all(kind, n_cuts, folder, rand, max_violations):
    disk = Disk(folder, kind, rand)
    cuts = None
    try:
        cuts = Cuts(disk, str(folder / 'cold'), rand)
        while cuts.n_cuts < n_cuts and len(cuts.violations) < max_violations:
            cuts.cut_once()
        print(cuts.describe(), flush=True)
    finally:
        if cuts is not None:
            cuts.changes.instance = None
        disk.close()
    return cuts


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition('\n\n')[0])
    parser.add_argument('--cuts', type=int, default=60)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--filesystems', default='ext4,xfs')
    parser.add_argument('--stop-at-first', action='store_true', help='end at the first violation')
    options = parser.parse_args()
    max_violations = 1 if options.stop_at_first else faults.MAX_SHOWN
    begun = time.monotonic()
    kinds = options.filesystems.split(',')

    faults.need_postfix(*MAP_TYPES)
    for kind in kinds:
        faults.need_tools(f'mkfs.{kind}')
    folder = program.make_folder()
    violations = []
    tried = in_apply = 0
    try:
        enter_mounts(folder)
        faults.libc.prctl(PR_SET_CHILD_SUBREAPER, 1)
        faults.make_cold(folder)
        rand = random.Random(options.seed)
        for i, kind in enumerate(kinds):
            share = options.cuts * (i + 1) // len(kinds) - options.cuts * i // len(kinds)
            cuts = cut_all(kind, share, folder, rand, max_violations)
            violations += cuts.violations
            tried += cuts.n_cuts
            in_apply += len(cuts.positions)
            if len(violations) >= max_violations:
                break
    finally:
        faults.clear(folder)
    faults.finish('power-cuts', begun, violations, tried=tried, in_apply=in_apply)


if __name__ == '__main__':
    with program.own_folder('power-cuts'):
        main()
