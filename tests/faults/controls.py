#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The same checks on what is known to lose something, so that their silence about the library
means something: “postmap hash:” over a table in use, killed before each of its system calls; and a
writer that takes Postfix's lock and renames, beside an editor that takes none, and beside a program
that appends to main.cf as “>>” does.

The last line of the output is a JSON object. The exit status is 1 if the library loses anything,
and also if the others do not."""

import argparse
import collections
import fcntl
import itertools
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
import traceback

import fault_fixture as faults  # it tells where the fixture is
import crash_scenarios as scenarios
import fixture
import recording as rec
from fixture import GLib, Nullmail, RELAY

MIN_LOST_KILLS = 0.20   # of postmap; 35 of 79 were measured
MIN_LOST_EDITS = 0.10   # of the editor, by lock and rename; 0.4 was measured
MAX_LOST_LINES = 0.01   # of those appended in place; without a lease 0.24 was measured
IN_PLACE_FACTOR = 3    # so many times more lines are appended than edits made
PAUSE_S = 0.004, 0.008  # of the editor
PAUSE_OPEN_S = 0, 0.001    # of one who appends, with the file open ...
PAUSE_CLOSED_S = 0, 0.004  # ... and then
CALL = re.compile(r'(\w+)\((.*)')
# An update of the library: when its final try began and it returned, and the value that was found
# when the next one began.
Update = collections.namedtuple('Update', 'value began ended next_seen next_at')


class Share:
    """How many of how many."""

    def __init__(self):
        self.n_tried = self.n_lost = 0

    def add(self, is_lost):
        self.n_tried += 1
        self.n_lost += is_lost

    def ratio(self):
        return self.n_lost / max(1, self.n_tried)

    def __str__(self):
        return f'{self.n_lost} of {self.n_tried} ({100 * self.ratio():.0f} %)'

    def as_dict(self):
        return {'tried': self.n_tried, 'lost': self.n_lost, 'percent': round(100 * self.ratio(), 1)}


# Kill points.

class Kills:
    """A second entry is added to a table in use; the first is in the old and the new source."""

    def __init__(self, scratch):
        self._scratch = scratch
        self._test = scenarios.new_test(scratch / 'work')
        self._n_used = 0
        fixture.write(self._test.main_cf, fixture.MAIN_CF)
        scenarios.set_up(self._test, 'hash')
        self._kept = shutil.copytree(self._test.folder, scratch / 'before')

    def reset(self):
        """What a killed one has left goes out of the way; its child may still be at work there."""
        self._n_used += 1
        os.rename(self._test.folder, self._scratch / f'used-{self._n_used}')
        shutil.copytree(self._kept, self._test.folder)

    def is_lost(self):
        done = subprocess.run(['postmap', '-c', self._test.etc, '-q', '-',
                               f'hash:{self._test.sasl_passwd}'], input=RELAY.encode() + b'\n',
                              capture_output=True, timeout=fixture.LIMIT_S, check=False)
        return done.stdout.decode() != f'{RELAY}\t{scenarios.logins_of(RELAY)[0]}\n'

    def prepare_postmap(self):
        self.reset()
        user, password = scenarios.LOGINS[scenarios.OTHER][0]
        with open(self._test.sasl_passwd, 'ab') as file:
            file.write(f'{scenarios.OTHER} {user}:{password}\n'.encode())

    def run_postmap(self, options):
        log = self._scratch / 'strace.log'
        subprocess.run(['strace', '-o', log, *options, 'postmap', '-c', self._test.etc,
                        f'hash:{self._test.sasl_passwd}'], stderr=subprocess.DEVNULL,
                       timeout=fixture.LIMIT_S, check=False)
        return log.read_text()

    def run_library(self, options):
        store = Nullmail.SaslPasswdStore.new(str(self._test.sasl_passwd), 'hash')
        login = scenarios.login(scenarios.OTHER)
        return rec.traced(lambda: store.store(login), ['-s', '80', *options], self._scratch,
                          follow=False)[1]

    def measure_postmap(self, limit, rand):
        """From where it opens the source: before that it only gets ready."""
        return self.measure(self.prepare_postmap, self.run_postmap, f'"{self._test.sasl_passwd}"',
                            limit, rand)

    def measure_library(self, limit, rand):
        return self.measure(self.reset, self.run_library, rec.BEGIN.decode(), limit, rand)

    def measure(self, prepare, run, begin, limit, rand):
        """Once in full, to see the calls; then killed before each of them, or of a sample."""
        prepare()
        points = list_points(run(['-e', 'signal=none']), begin)
        if self.is_lost():
            raise AssertionError('the entry is lost without any kill')
        if len(points) > limit:
            points = rand.sample(points, limit)
        share = Share()
        for name, number in points:
            prepare()
            run(['-e', 'trace=' + name, '-e', f'inject={name}:signal=KILL:when={number}'])
            share.add(self.is_lost())
        return share


def list_points(text, begin):
    """The calls as name and number, each name counted by itself as strace does: from the one that
    mentions “begin” to the mark of the end, if there is one."""
    points, counts = None, collections.Counter()
    for match in filter(None, map(CALL.match, text.splitlines())):
        counts[match[1]] += 1
        if points is None and begin in match[2]:
            points = []
        if points is not None:
            points.append((match[1], counts[match[1]]))
        if rec.END.decode() in match[2]:
            break
    return points


# Other writers.

def edit_without_lock(test, n_edits, rand, stop):
    """As an editor or a configuration tool does: read, change, write another file, rename."""
    aside = test.etc / 'main.cf.editor'
    with open(test.folder / 'editor', 'w', encoding='ascii') as log:
        for i in range(n_edits):
            text = test.main_cf.read_bytes()
            aside.write_bytes(text + f'editor_{i} = x\n'.encode())
            began = time.monotonic_ns()
            os.rename(aside, test.main_cf)
            print(began, time.monotonic_ns(), value_of(text), file=log)
            time.sleep(rand.uniform(*PAUSE_S))
    stop.touch()


def append_in_place(test, n_edits, rand, stop):
    """As a shell and “tee -a” do: opened, a moment later written to, and closed. One edit is a
    line."""
    for i in range(n_edits):
        with open(test.main_cf, 'ab', buffering=0) as file:
            time.sleep(rand.uniform(*PAUSE_OPEN_S))
            file.write(f'editor_{i} = x\n'.encode())
        time.sleep(rand.uniform(*PAUSE_CLOSED_S))
    stop.touch()


def value_of(text):
    found = re.findall(rb'^ours = (\d+)$', text, re.MULTILINE)
    return int(found[-1]) if found else -1


def lock(path):
    """Postfix's edit_file: the descriptor of main.cf.tmp, locked, empty and in its place."""
    while True:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        fcntl.flock(fd, fcntl.LOCK_EX)
        try:
            if os.path.samestat(os.fstat(fd), os.stat(path)):
                os.ftruncate(fd, 0)
                return fd
        except FileNotFoundError:
            pass
        os.close(fd)


def update_by_rename(test, stop):
    """As postconf -e does."""
    temporary = test.etc / 'main.cf.tmp'
    value = 0
    while not stop.exists():
        fd = lock(temporary)
        text = re.sub(rb'^ours = \d+\n', b'', test.main_cf.read_bytes(), flags=re.MULTILINE)
        os.write(fd, text + f'ours = {value}\n'.encode())
        os.fchmod(fd, 0o644)
        os.fsync(fd)
        os.rename(temporary, test.main_cf)
        os.close(fd)
        value += 1


def update_by_library(test, stop):
    """One update after the other, each tried until it is done; what became of them is written down.
    It keeps its turn if it may: the protocol is tried here, and not the scheduler."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except PermissionError:
        pass
    met, updates, value = collections.Counter(), [], 0
    while not stop.exists():
        main_cf = test.instance.load_main_cf()
        found, at = int(main_cf.get_value('ours') or -1), time.monotonic_ns()
        if updates:
            updates[-1] = updates[-1]._replace(next_seen=found, next_at=at)
        began = update_once(test, value, met)
        updates.append(Update(value, began, time.monotonic_ns(), value, 0))
        value += 1
    (test.folder / 'library').write_text(json.dumps([met, updates]))


def update_once(test, value, met):
    """Each further try needs an edit that came between, so that this ends with the editor."""
    while True:
        began = time.monotonic_ns()
        try:
            test.apply_edit('ours', str(value))
            return began
        except GLib.Error as error:
            code = next((code for code in (Nullmail.Error.CONFLICT, Nullmail.Error.SUPERSEDED,
                                        Nullmail.Error.BUSY)
                         if error.matches(Nullmail.Error.quark(), code)), None)
            if code is None:
                raise
            met[code.value_nick] += 1


def fork(function, *arguments):
    pid = os.fork()
    if pid > 0:
        return pid
    status = 1
    try:
        function(*arguments)
        status = 0
    except BaseException:  # pylint: disable=broad-except
        traceback.print_exc()
    finally:
        os._exit(status)


def compete(scratch, update, n_edits, rand, edit=edit_without_lock):
    """An editor without a lock beside a writer. Returns the share of its edits that are gone."""
    folder = scratch / f'{update.__name__}-{edit.__name__}'
    test = scenarios.new_test(folder)
    stop = folder / 'stop'
    writer = fork(update, test, stop)
    editor = fork(edit, test, n_edits, rand, stop)
    statuses = [os.waitstatus_to_exitcode(os.waitpid(editor, 0)[1])]
    stop.touch()
    statuses.append(os.waitstatus_to_exitcode(os.waitpid(writer, 0)[1]))
    if statuses != [0, 0]:
        raise AssertionError(f'editor and writer ended with {statuses}')

    lines = set(test.main_cf.read_text().splitlines())
    share = Share()
    for i in range(n_edits):
        share.add(f'editor_{i} = x' not in lines)
    return share, test


def list_silent_losses(test):
    """Updates of the library that are gone, though no editor wrote what it had read before."""
    met, updates = json.loads((test.folder / 'library').read_text())
    edits = [tuple(map(int, line.split()))
             for line in (test.folder / 'editor').read_text().splitlines()]
    lost = []
    for update in itertools.starmap(Update, updates):
        if update.next_seen != update.value and not any(
                update.began < ended and began <= update.next_at and value == update.next_seen
                for began, ended, value in edits):
            lost.append(update.value)
    return lost, len(updates), met


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--kills', type=int, default=100, metavar='N',
                        help='at most so many kill points of each')
    parser.add_argument('--edits', type=int, default=300, metavar='N',
                        help='of the editor beside each writer')
    parser.add_argument('--seed', type=int, default=20261128)
    return parser.parse_args()


def measure(scratch, arguments, violations):
    rand = random.Random(arguments.seed)
    kills = Kills(scratch)
    by_postmap = kills.measure_postmap(arguments.kills, rand)
    print(f'postmap hash: in place: the password is lost at {by_postmap} kill points')
    by_library = kills.measure_library(arguments.kills, rand)
    print(f'the library: the password is lost at {by_library} kill points')
    if by_postmap.ratio() < MIN_LOST_KILLS:
        violations.append('the control finds too few losses by postmap')
    if by_library.n_lost > 0:
        violations.append('the library loses a password when it is killed')

    of_rename, _ = compete(scratch, update_by_rename, arguments.edits, rand)
    print(f'lock and rename: {of_rename} of another\'s edits are destroyed')
    of_library, test = compete(scratch, update_by_library, arguments.edits, rand)
    lost, n_updates, met = list_silent_losses(test)
    print(f'the library: {of_library} of another\'s edits are destroyed; {n_updates} updates of '
          f'its own, {len(lost)} lost in silence, tried again after {met}')
    if of_rename.ratio() < MIN_LOST_EDITS:
        violations.append('the control finds too few edits destroyed by lock and rename')
    if of_library.n_lost > 0:
        violations.append('the library has destroyed edits')
    in_place = measure_in_place(scratch, arguments, rand, violations)
    if lost or n_updates == 0:
        violations.append(f'updates of the library are lost in silence: {lost}')
    return {'postmap-kills': by_postmap.as_dict(), 'library-kills': by_library.as_dict(),
            'rename-edits': of_rename.as_dict(), 'library-edits': of_library.as_dict(),
            'library-updates': n_updates, 'library-tried-again': met, **in_place}


def measure_in_place(scratch, arguments, rand, violations):
    n_edits = arguments.edits * IN_PLACE_FACTOR
    of_rename, _ = compete(scratch, update_by_rename, n_edits, rand, append_in_place)
    print(f'lock and rename: {of_rename} of the lines that another appends are destroyed')
    of_library, test = compete(scratch, update_by_library, n_edits, rand, append_in_place)
    met, updates = json.loads((test.folder / 'library').read_text())
    print(f'the library: {of_library} of the lines that another appends are destroyed; '
          f'{len(updates)} updates of its own, tried again after {met}')
    if of_rename.n_lost == 0:
        violations.append('the control loses no appended line by lock and rename')
    if of_library.ratio() > MAX_LOST_LINES:
        violations.append('the library destroys lines that another appends')
    if not updates:
        violations.append('the library has updated nothing beside one that appends')
    return {'rename-lines': of_rename.as_dict(), 'library-lines': of_library.as_dict(),
            'library-updates-beside-lines': len(updates)}


def main():
    arguments = parse_arguments()
    faults.need_tools('postconf', 'postmap', 'strace')

    began = time.monotonic()
    violations = []
    figures = measure(faults.program.folder, arguments, violations)
    print(json.dumps({'kind': 'controls', **figures, 'violations': violations,
                      'n_violations': len(violations),
                      'seconds': round(time.monotonic() - began, 1)}))
    sys.exit(0 if not violations else 1)


if __name__ == '__main__':
    with faults.program.own_folder('controls'):
        main()
