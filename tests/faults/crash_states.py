#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""One real apply of each kind is recorded, and every disk state that a power cut could leave at
each point of it (disk_model.py) must be a configuration that works: main.cf whole, its relay
together with its own password, nothing readable for others; and the new state once apply has
returned. From some of the states the library is run again, and must come to the same end.

The last line of the output is a JSON object; the exit status is 0 if there was no violation."""

import argparse
import collections
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import time

import fault_fixture as faults  # it tells where the fixture is
import crash_scenarios as scenarios
import disk_model
import fixture
import recording as rec

MAX_SHOWN = 20
FULL_SAMPLE = 100000
SUFFIXES = {'hash': '.db', 'btree': '.db', 'lmdb': '.lmdb', 'cdb': '.cdb', 'texthash': ''}
RANDOM = re.compile(r'[0-9a-f]{16}-')  # of private names
# What the next run knows as left over from this one; Berkeley DB puts its own word before it.
PRIVATE = re.compile(rb'(__db\.)?\.nullmail-')
LOCK = b'main.cf.tmp'
NO_EXCHANGE = 'renameat2:error=EINVAL'
Settings = collections.namedtuple('Settings', 'relay map_type table')


class Tables:
    """What Postfix would find in a table of these bytes; asked once."""

    def __init__(self, scratch):
        self._folder = scratch / 'tables'
        self._folder.mkdir(exist_ok=True)
        fixture.write(self._folder / 'main.cf', b'compatibility_level = 2\n')
        self._answers = {}

    def answers(self, map_type, data):
        if data is None:
            return {}
        if (map_type, data) not in self._answers:
            path = self._folder / ('table' + SUFFIXES[map_type])
            fixture.write(path, data, 0o600)
            keys = ''.join(key + '\n' for key in scenarios.KEYS)
            done = subprocess.run(['postmap', '-c', self._folder, '-q', '-',
                                   f'{map_type}:{self._folder}/table'], input=keys.encode(),
                                  capture_output=True, timeout=fixture.LIMIT_S, check=False)
            found = dict(line.split('\t', 1)
                         for line in done.stdout.decode(errors='replace').splitlines())
            self._answers[map_type, data] = found
        return self._answers[map_type, data]


def read_settings(main_cf):
    """Of a main.cf that the library wrote: a parameter a line, the last counts."""
    def value_of(name):
        found = re.findall(rb'^' + name + rb' = *(.*)$', main_cf or b'', re.MULTILINE)
        return found[-1].decode() if found else ''

    map_type, _, path = value_of(b'smtp_sasl_password_maps').partition(':')
    authenticates = value_of(b'smtp_sasl_auth_enable') == 'yes'
    return Settings(value_of(b'relayhost') if authenticates else None, map_type,
                    os.fsencode(path + SUFFIXES.get(map_type, '')))


class Judge:
    """The invariants, for the states of one recording."""

    def __init__(self, recording, test, tables, scenario):
        self._main_cf = os.fsencode(test.main_cf)
        self._folders = os.fsencode(test.etc), os.fsencode(test.folder / scenarios.ELSEWHERE)
        self._tables = tables
        self._scenario = scenario
        self._settings = {}
        self._images = recording.images
        self.old = self.visible({path: recording.before[inode]
                                 for path, inode in recording.old.items()})
        self.new = self.visible({path: recording.images[inode]
                                 for path, inode in recording.names.items()})
        self.whole = {path: {image} for path, image in self.old.items()}
        for operation in recording.operations:
            for path, inode in getattr(operation, 'changes', {}).items():
                if inode is not None and self.is_visible(path):
                    self.whole.setdefault(path, set()).add(recording.images[inode])
        self.old_answers = self.named_answers(self.old)
        self.new_answers = self.named_answers(self.new)
        if self.old == self.new:
            raise AssertionError('nothing has changed at all')

    def is_visible(self, path):
        folder, name = os.path.split(path)
        return folder in self._folders and name != LOCK and not PRIVATE.match(name)

    def visible(self, files):
        return {path: image for path, image in files.items() if self.is_visible(path)}

    def first_visible(self, operations):
        """Where the first change is that others can see."""
        return next(i for i, operation in enumerate(operations)
                    if any(map(self.is_visible, getattr(operation, 'changes', ()))))

    def settings(self, files):
        main_cf = files[self._main_cf].data if self._main_cf in files else None
        if main_cf not in self._settings:
            self._settings[main_cf] = read_settings(main_cf)
        return self._settings[main_cf]

    def named_answers(self, files):
        """What the table says that main.cf names."""
        settings = self.settings(files)
        if settings.map_type not in SUFFIXES or settings.table not in files:
            return {}
        link = files[settings.table].link
        table = files[link if link else settings.table]
        return self._tables.answers(settings.map_type, table.data)

    def problems(self, files, phase):
        """All that is wrong with a state."""
        found = self.problems_of_any(files)
        visible = self.visible(files)
        if phase == 'before' and visible != self.old:
            found.append('I3: not the old state, though nothing was committed')
        if phase == 'after' and visible != self.new:
            found.append('I3: not the new state, though apply had succeeded: '
                         + self.differences(visible, self.new))
        found += [f'I2: {os.path.basename(path).decode()} is neither the old nor the new one'
                  for path, image in visible.items() if image not in self.whole.get(path, ())]
        main_cf = visible.get(self._main_cf)
        if main_cf not in (self.old.get(self._main_cf), self.new.get(self._main_cf)):
            found.append('I2: main.cf is neither the old nor the new one')
        return found

    def problems_of_any(self, files):
        """Also of one that is not made of the recorded files."""
        found = [self.exposed(path, image) for path, image in files.items()]
        return [problem for problem in found if problem] + self.login_problems(self.visible(files))

    @staticmethod
    def differences(found, expected):
        return ', '.join(os.path.basename(path).decode() for path in {*found, *expected}
                         if found.get(path) != expected.get(path))

    def exposed(self, path, image):
        folder, name = os.path.split(path)
        if image.data is None or not any(secret in image.data for secret in scenarios.SECRETS):
            return None
        if image.mode & 0o077 or image.uid != os.geteuid():
            return f'I5: {name.decode()} holds a password, and has mode {image.mode:o}'
        if folder not in self._folders \
                or not (PRIVATE.match(name) or name.startswith(b'sasl_passwd')):
            return f'I7: {name.decode()} holds a password, and nobody would remove it'
        return None

    def convergence_problems(self, files):
        """What a second run should have come to."""
        visible = self.visible(files)
        found = []
        if visible[self._main_cf].data != self.new[self._main_cf].data:
            found.append('a second run has come to another main.cf')
        answers = self.named_answers(visible)
        found += [f'a second run has come to another entry of {key}' for key in scenarios.KEYS
                  if key in self.new_answers and answers.get(key) != self.new_answers[key]]
        return found

    def strangers(self, files):
        """Names that were there neither before nor after."""
        return [os.path.basename(path).decode() for path in files
                if os.path.dirname(path) in self._folders
                and path not in self.old and path not in self.new]

    def login_problems(self, visible):
        """I1: the relay has its password. And no entry is lost or another's."""
        settings = self.settings(visible)
        answers = self.named_answers(visible)
        is_old = visible.get(self._main_cf) == self.old.get(self._main_cf)
        if settings.map_type and settings.map_type not in SUFFIXES:
            return [] if is_old else ['I1: main.cf names a table that Postfix cannot open']
        found = []
        if settings.relay and settings.relay not in answers:
            found.append(f'I1: {settings.relay} has no password')
        for key in scenarios.KEYS:
            before, after = self.old_answers.get(key), self.new_answers.get(key)
            allowed = {before, after}
            if is_old and self._scenario.raises_level:
                allowed = {before}
            if settings.map_type and answers.get(key) not in allowed:
                found.append(f'I1: the entry of {key} is neither the old nor the new one')
            if answers.get(key) not in (None, *scenarios.logins_of(key)):
                found.append(f'I1: {key} has the password of another relay')
        return found


class Result:
    def __init__(self):
        self.n_tried = 0
        self.n_restarts = 0
        self.n_violations = 0
        self.shown = {}

    def add(self, name, where, problems, state):
        self.n_violations += 1
        for problem in problems:
            key = f'{name}: {RANDOM.sub("", problem)}'
            if key not in self.shown:
                missing = RANDOM.sub('', ', '.join(state.missing())) or 'no rename'
                self.shown[key] = f'{key} [after {where}; lost: {missing}]'


class Run:
    """One scenario: recorded, and its states judged."""

    def __init__(self, scenario, has_exchange, test, tables, rand):
        self.name = scenario.name if has_exchange else scenario.name + ', no exchange'
        self._scenario = scenario
        self._test = test
        self._rand = rand
        self._work = scenario.prepare(test)
        self.recording = rec.record(test.folder, self._work, test.folder.parent,
                                    [] if has_exchange else [NO_EXCHANGE])
        self._judge = Judge(self.recording, test, tables, scenario)

    def check(self, n_states, n_restarts, result):
        """The states after each operation."""
        operations = self.recording.operations
        disk = disk_model.Disk(self.recording, self._rand)
        first = self._judge.first_visible(operations)
        restarts = self._rand.sample(range(len(operations)), min(n_restarts, len(operations)))
        verdicts = {}
        n_tried = 0
        for index, operation in enumerate(operations):
            disk.apply(operation)
            phase = 'before' if index < first else 'during'
            if isinstance(operation, rec.Done):
                phase = 'after'
            where = f'step {index + 1} of {len(operations)}, {disk_model.describe(operation)}'
            limit = max(1, (n_states - n_tried) // (len(operations) - index))
            states = list(disk.states(limit))
            n_tried += len(states)
            for state in states:
                key = phase, state.key
                if key not in verdicts:
                    verdicts[key] = self._judge.problems(self.files(disk, state), phase)
                if verdicts[key]:
                    result.add(self.name, where, verdicts[key], state)
            if index in restarts:
                state = self._rand.choice(states)
                result.n_restarts += 1
                problems = self.restart(self.files(disk, state), state.names)
                if problems:
                    result.add(self.name, where, problems, state)
        result.n_tried += n_tried
        return n_tried

    @staticmethod
    def files(disk, state):
        return {path: disk.interned[number] for path, number in state.key}

    def restart(self, files, inodes):
        """The machine is up again, on this state: what does the library make of it?"""
        self.lay_out(files, inodes)
        problems = []
        try:
            self._work()
        except fixture.GLib.Error as error:
            if self._scenario.converges:
                problems.append(f'I7: the next run fails: {error.message}')
        found = rec.scan(self._test.folder)
        problems += self._judge.problems_of_any(found)
        if self._scenario.converges:
            problems += self._judge.convergence_problems(found)
        self._test.apply_edit('mydomain', 'example.org')
        left = self._judge.strangers(rec.scan(self._test.folder))
        return problems + [f'I7: {name} is left over for ever' for name in left]

    def lay_out(self, files, inodes):
        """The state on the real disk; what was made later has a later time."""
        commands = self._test.folder / scenarios.COMMANDS
        for folder in self._test.folder.iterdir():
            if folder != commands:
                shutil.rmtree(folder)
        for name, image in sorted(files.items()):
            path = pathlib.Path(os.fsdecode(name))
            if path == commands or commands in path.parents or not path.parent.exists():
                continue
            if image.link:
                path.symlink_to(os.fsdecode(image.link))
                continue
            if image.data is None:
                path.mkdir(mode=image.mode)
                continue
            fixture.write(path, image.data, image.mode)
            when = fixture.OLD_S + max(0, inodes[name] - len(self.recording.old))
            os.utime(path, (when, when))


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--states', type=int, default=200000, metavar='N', help='at most, in all')
    parser.add_argument('--restarts', type=int, default=60, metavar='N',
                        help='states that are laid out for the library to begin from')
    parser.add_argument('--seed', type=int, default=20261128)
    parser.add_argument('--combinations', default='', metavar='REGEX', help='only these')
    return parser.parse_args()


def check_all(scratch, arguments, result):
    tables = Tables(scratch)
    test = scenarios.new_test(scratch / 'work')
    kinds = [(scenario, has_exchange) for scenario in scenarios.all_scenarios()
             for has_exchange in (True, False)
             if re.search(arguments.combinations, scenario.name)]
    for i, (scenario, has_exchange) in enumerate(kinds):
        began = time.monotonic()
        n_before, n_left = result.n_violations, len(kinds) - i
        rand = random.Random(f'{arguments.seed} {scenario.name} {has_exchange}')
        run = Run(scenario, has_exchange, test, tables, rand)
        recorded_s = time.monotonic() - began
        n_restarts = arguments.restarts * (i + 1) // len(kinds)
        n_tried = run.check((arguments.states - result.n_tried) // n_left,
                            n_restarts - result.n_restarts, result)
        print(f'{run.name}: {len(run.recording.operations)} operations, {n_tried} states, '
              f'{result.n_violations - n_before} violations, '
              f'{recorded_s:.2f} + {time.monotonic() - began - recorded_s:.2f} s', flush=True)


def main():
    arguments = parse_arguments()
    faults.need_tools('postconf', 'postmap', 'strace')

    began = time.monotonic()
    result = Result()
    check_all(faults.program.folder, arguments, result)

    for text in result.shown.values():
        print(text)
    print(json.dumps({'kind': 'crash-states', 'tried': result.n_tried,
                      'restarts': result.n_restarts,
                      'violations': list(result.shown)[:MAX_SHOWN],
                      'n_violations': result.n_violations,
                      'seconds': round(time.monotonic() - began, 1)}))
    n_expected = 1 if arguments.combinations else min(arguments.states // 2, FULL_SAMPLE)
    if result.n_tried < n_expected:
        print(f'only {result.n_tried} states: that proves too little', file=sys.stderr)
    sys.exit(0 if result.n_violations == 0 and result.n_tried >= n_expected else 1)


if __name__ == '__main__':
    with faults.program.own_folder('crash-states'):
        main()
