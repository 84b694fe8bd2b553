#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Storms of writers on one configuration: the library, postconf -e, postconf -X and renamers that
take no lock, all at once, with readers that check what they see, and a SIGKILL every 50 ms.

What each may lose stands in storm_workers.py. A storm of each mix and number of writers goes on
until the library has committed its share of N changes, a smaller one where more writers are.

    storms.py [--commits N] [--writers 4,16,64] [--mixes locked,renamer,mixed] [--seed S]
              [--stop-at-first]"""

import argparse
import itertools
import json
import os
import random
import shutil
import signal
import time

import storm_workers as workers
import fault_fixture as faults
from fault_fixture import GLib, fixture, program

KILL_S = 0.05
STALL_S = 600
END_S = 600
N_READERS = 2
COMMITS_A_KILL = 2
PAUSE_S = 1
PR_SET_CHILD_SUBREAPER = 36
MAP_TYPES = ['texthash', 'hash', 'lmdb']
# Which writers take turns in each mix; in the second one is a renamer, and all others the library.
MIXES = {
    'locked': ['library', 'postconf-e', 'library', 'postconf-x'],
    'renamer': ['library'],
    'mixed': ['library', 'postconf-e', 'renamer', 'postconf-x'],
}
STAND_IN = '#!/bin/sh\n[ "$1" != -c ] || shift 2\nexec {tool} -c {cold} "$@"\n'


def kinds_of(mix, n_writers):
    turns = MIXES[mix]
    kinds = [turns[i % len(turns)] for i in range(n_writers)]
    return ['renamer', *kinds[1:]] if mix == 'renamer' else kinds


def make_storm(folder, mix, n_writers, map_type):
    """The folder, with a relay that is logged in at, and everybody's parameters and keys."""
    kinds = kinds_of(mix, n_writers)
    storm = workers.Storm(folder, kinds, map_type, N_READERS, 'renamer' in kinds)
    storm.etc.mkdir()
    text = storm.header + fixture.MAIN_CF.decode() + 'myorigin = example.com\n'
    text += 'nullmail_generation = 0\n'
    text += ''.join(f'nullmail_w{i} = 0\n' for i in range(n_writers))
    keys = [storm.own_key(i) for i in storm.writers('library')]
    if storm.has_renamer:
        # It may bring an old relay back; whose key something names is kept.
        text += f'smtp_fallback_relay = {" ".join(faults.RELAYS)}\n'
        keys += faults.RELAYS
    fixture.write(storm.main_cf, text.encode())
    entries = (f'{key} {faults.USER}:{faults.password_for(key, 0)}\n' for key in keys)
    fixture.write(storm.source, ''.join(entries).encode(), 0o600)
    cold = faults.make_cold(folder)
    make_stand_ins(folder, cold)
    storm.instance = faults.new_instance(folder, command_directory=str(folder / 'bin'))
    storm.instance.inspect()
    apply_relay(storm, faults.RELAYS[0])
    return storm


def make_stand_ins(folder, cold):
    """Each program of Postfix waits for a main.cf that was changed this second, which here is
    always so: the library's get a configuration of their own."""
    (folder / 'bin').mkdir()
    for name in ('postmap', 'postconf'):
        text = STAND_IN.format(tool=shutil.which(name), cold=cold)
        fixture.write(folder / 'bin' / name, text.encode(), 0o755)


def apply_relay(storm, relay):
    """One change of everything that the library writes."""
    main_cf = storm.instance.load_main_cf()
    generation = int(main_cf.get_value('nullmail_generation') or 0) + 1
    fixture.login_config(relay, password_maps=f'{storm.map_type}:{storm.source}') \
        .update_main_cf(main_cf)
    main_cf.set_value('nullmail_generation', str(generation))
    login = fixture.credentials(relay, faults.USER, faults.password_for(relay, generation))
    storm.instance.apply(storm.instance.plan_main_cf(main_cf, login, 0), 0)


class Supervisor:
    """Starts all processes, kills some, starts others in their place, and looks at what is left."""

    def __init__(self, storm, rand, name, max_violations):
        self.storm = storm
        self.board = storm.board
        self.rand = rand
        self.name = name
        self.violations = []
        self.max_violations = max_violations
        self.children = {}  # process → writer or reader
        self.due = {}       # writer by postconf → when it starts again
        self.killed = set()
        self.n_kills = 0
        self.n_postconfs = 0
        self.n_displaced = 0
        self.rest = b''
        self.report_fd, storm.report_fd = os.pipe()
        os.set_blocking(self.report_fd, False)
        self.null = [(os.POSIX_SPAWN_OPEN, fd, '/dev/null', os.O_RDWR, 0) for fd in (0, 1, 2)]

    def say(self, what):
        violation = f'{self.name}: {what}'  # which several readers may have seen
        if violation not in self.violations:
            self.violations.append(violation)
            print(violation, flush=True)

    def start(self, worker):
        kind = self.storm.kinds[worker] if worker < len(self.storm.kinds) else 'reader'
        if kind in ('postconf-e', 'postconf-x'):
            self.start_postconf(worker, kind)
            return
        classes = {'library': workers.LibraryWriter, 'renamer': workers.Renamer,
                   'reader': workers.Reader}
        storm = self.storm
        pid = faults.fork(lambda: classes[kind](storm, worker).run())
        self.children[pid] = worker

    def start_postconf(self, worker, kind):
        number = self.board.get(worker, workers.BEGUN) + 1
        name = f'nullmail_w{worker}'
        change = ['-X', name] if kind == 'postconf-x' and number % 2 else ['-e', f'{name}={number}']
        self.board.set(worker, workers.BEGUN, number)
        command = ['postconf', '-c', str(self.storm.etc), *change]
        pid = os.posix_spawnp('postconf', command, os.environ, file_actions=self.null)
        self.children[pid] = worker

    def reap(self):
        """FALSE once there is no child left."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            worker = self.children.pop(pid, None)  # else a postmap whose parent was killed
            if worker is not None:
                self.take_leave(worker, os.waitstatus_to_exitcode(status), pid in self.killed)
                self.killed.discard(pid)

    def take_leave(self, worker, status, was_killed):
        kind = self.storm.kinds[worker] if worker < len(self.storm.kinds) else 'reader'
        if status != 0 and not (was_killed and status == -signal.SIGKILL):
            self.say(f'{kind} {worker} ended with {status}')
        if kind in ('postconf-e', 'postconf-x'):
            if status == 0:
                self.board.set(worker, workers.DONE, self.board.get(worker, workers.BEGUN))
                self.n_postconfs += 1
            # About one update by postconf for each by the library, whatever the machine can do.
            n_postconfs = len(self.storm.writers('postconf-e', 'postconf-x'))
            self.due[worker] = (self.n_commits() + self.rand.randrange(2 * n_postconfs),
                                time.monotonic() + PAUSE_S)
            return
        if kind == 'renamer' and was_killed:
            self.board.set(worker, workers.AMBUSH, 0)
            workers.settle_killed_renamer(self.storm, worker)
        if was_killed and not self.board.is_over():
            self.start(worker)

    def kill_one(self):
        if self.storm.is_only_renamer and any(self.board.all(workers.AMBUSH)):
            return
        writers = [pid for pid, worker in self.children.items()
                   if worker < len(self.storm.kinds) and pid not in self.killed]
        if writers:
            pid = self.rand.choice(writers)
            os.kill(pid, signal.SIGKILL)  # it is not reaped yet, so that the number is its own
            self.killed.add(pid)
            self.n_kills += 1

    def read_reports(self):
        try:
            while data := os.read(self.report_fd, 1 << 16):
                *lines, self.rest = (self.rest + data).split(b'\n')
                for line in lines:
                    self.say(json.loads(line))
        except BlockingIOError:
            pass

    def n_commits(self):
        return sum(self.board.all(workers.COMMITS))

    def run(self, n_commits):
        for worker in range(self.board.n_workers):
            self.start(worker)
        last_kill = last_commit = (0, time.monotonic())
        while self.n_commits() < n_commits and len(self.violations) < self.max_violations:
            now, commits = time.monotonic(), self.n_commits()
            self.reap()
            self.read_reports()
            self.start_due(commits, now)
            # On a machine that is too busy nothing would ever be done between two kills.
            if now >= last_kill[1] + KILL_S and commits >= last_kill[0] + COMMITS_A_KILL \
                    or now >= last_kill[1] + PAUSE_S:
                self.kill_one()
                last_kill = (commits, now)
            if commits > last_commit[0]:
                last_commit = (commits, now)
            if now > last_commit[1] + STALL_S:
                self.say(f'no commit in {STALL_S} s')
                break
            time.sleep(0.002)
        self.end()

    def start_due(self, commits, now):
        for worker, (after_commits, after_time) in list(self.due.items()):
            if commits >= after_commits or now >= after_time:
                del self.due[worker]
                self.start(worker)

    def end(self):
        self.board.stop()
        deadline = time.monotonic() + END_S
        while self.reap():
            self.read_reports()
            if time.monotonic() > deadline:
                self.say(f'{len(self.children)} did not end')
                for pid in faults.children_of(os.getpid()):
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, 0)
            time.sleep(0.001)
        self.read_reports()
        os.close(self.report_fd)
        os.close(self.storm.report_fd)
        self.look_at_the_end()

    def look_at_the_end(self):
        storm = self.storm
        try:
            apply_relay(storm, faults.RELAYS[-1])
        except GLib.Error as error:
            self.say(f'the apply after it failed: {error.message}')
            return
        allowed = {'main.cf', 'sasl_passwd', f'sasl_passwd{faults.SUFFIXES[storm.map_type]}'}
        fault = faults.litter_fault(storm.etc, allowed)
        if fault:
            self.say(f'after the next apply: {fault}')
        if storm.main_cf.stat().st_mode & 0o7777 != 0o644:
            self.say(f'main.cf has mode {storm.main_cf.stat().st_mode:o}')
        self.look_once_more()
        self.look_for_lost()

    def look_once_more(self):
        """As the readers did, when all is quiet; and every key by the table as by its source."""
        storm = self.storm
        storm.report_fd = os.memfd_create('reports')
        reader = workers.Reader(storm, len(storm.kinds))
        reader.seen = {}
        reader.look()
        (storm.folder / 'missing-last.json').write_text(
            json.dumps([[*key, seen] for key, seen in reader.missing.items()]))
        os.lseek(storm.report_fd, 0, os.SEEK_SET)
        with os.fdopen(storm.report_fd, 'rb') as file:
            for line in file:
                self.say(f'at the end: {json.loads(line)}')
        entries = faults.entries_of(storm.source.read_text())
        found = faults.look_up(storm.map_type, storm.source, [*entries], str(storm.folder / 'cold'))
        if found != entries:
            self.say(f'at the end the table has {found}, but its source {entries}')

    def look_for_lost(self):
        """What readers have missed against what renamers say they displaced."""
        displaced = workers.Displaced(self.storm)
        self.n_displaced = displaced.n_edits
        for path in sorted(self.storm.folder.glob('missing-*.json')):
            for writer, update, seen in json.loads(path.read_text()):
                if not displaced.explains(writer, update):
                    self.say(f'{self.storm.kinds[writer]} {writer} had done {update}, {seen} is '
                             'there, and no renamer has displaced it')


class Totals:
    def __init__(self):
        self.violations = []
        self.facts = dict.fromkeys(('tried', 'updates', 'kills', 'samples', 'checked', 'conflicts',
                                    'superseded', 'busy', 'glimpses'), 0)

    def add(self, supervisor):
        board = supervisor.board
        self.violations += supervisor.violations
        commits = supervisor.n_commits()
        sums = {name: sum(board.all(field)) for name, field in (
            ('samples', workers.SAMPLES), ('checked', workers.CHECKED),
            ('conflicts', workers.CONFLICTS), ('superseded', workers.SUPERSEDED),
            ('busy', workers.BUSY), ('glimpses', workers.GLIMPSES))}
        sums.update(tried=commits, kills=supervisor.n_kills,
                    updates=commits + supervisor.n_postconfs + supervisor.n_displaced)
        for name, number in sums.items():
            self.facts[name] += number
        return sums


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition('\n\n')[0])
    parser.add_argument('--commits', type=int, default=2000)
    parser.add_argument('--writers', default='4,16,64')
    parser.add_argument('--mixes', default=','.join(MIXES))
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--stop-at-first', action='store_true', help='end at the first violation')
    options = parser.parse_args()
    max_violations = 1 if options.stop_at_first else faults.MAX_SHOWN
    begun = time.monotonic()
    rand = random.Random(options.seed)
    numbers = [int(number) for number in options.writers.split(',')]
    storms = [(mix, number) for number in numbers for mix in options.mixes.split(',')]

    faults.need_postfix(*MAP_TYPES)
    faults.libc.prctl(PR_SET_CHILD_SUBREAPER, 1)
    totals = Totals()
    # The more writers, the longer until one of the library's is quick enough.
    weights = [1 / number for _, number in storms]
    ends = [round(options.commits * end / sum(weights)) for end in itertools.accumulate(weights)]
    for i, (mix, number) in enumerate(storms):
        share = ends[i] - ends[i - 1] if i > 0 else ends[0]
        map_type = MAP_TYPES[(i + i // len(MAP_TYPES) + options.seed) % len(MAP_TYPES)]
        folder = program.make_folder()
        storm_begun = time.monotonic()
        try:
            name = f'{mix}, {number} writers, {map_type}'
            storm = make_storm(folder, mix, number, map_type)
            supervisor = Supervisor(storm, rand, name, max_violations)
            supervisor.run(share)
            sums = totals.add(supervisor)
        finally:
            faults.clear(folder)
        print(f'{name}: {sums}, {time.monotonic() - storm_begun:.1f} s', flush=True)
        if len(totals.violations) >= max_violations:
            break
    if totals.facts['checked'] == 0:
        totals.violations.append('no reader has seen a relay and its table together')
    faults.finish('storms', begun, totals.violations, **totals.facts)


if __name__ == '__main__':
    with program.own_folder('storms'):
        main()
