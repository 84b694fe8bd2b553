# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The processes of a storm: writers through the library, a renamer that takes no lock, readers.

Each writer owns a parameter, nullmail_wN, that counts its updates, and a writer through the library
a key of the password table too. A board in shared memory says which update was begun and which was
reported done, so that a reader knows at each instant what must be there: what was done before it
began to read, and nothing that was not begun before it ended.

What may be lost, and what not:

- Writers that take the lock (the library, postconf) lose nothing, of their own or of each other's.
- A renamer edits what it read, however old that is by then, and so throws away what came between.
  It exchanges, where editors rename, to learn and log what it displaced. An update that is lost
  without any renamer having displaced it by a file from before it was lost by the library.
- The library gives back what a renamer put there between its look and its exchange: of a renamer's
  edits none is lost to the library. For an instant, until it has been given back, main.cf is the
  library's; a renamer that finds its own edit missing looks again, and only then complains. A
  SIGKILL in that very instant would leave it so: while the renamer lies in wait for the library,
  which makes such instants frequent, nobody is killed.
- postconf locks and renames: against renamers it loses their edits, which is not counted.
- The table and its source have no writers but the library: nothing in them is ever lost.
- A killed writer's last update is there or not, and never half."""

import contextlib
import json
import mmap
import os
import random
import re
import sys
import time

import fault_fixture as faults
from fault_fixture import GLib, Nullmail, fixture

RENAME_EXCHANGE = 2
IN_CLOSE_WRITE = 0x8
LOOK_AGAIN_S = 5
AMBUSH_S = 0.5
PAUSE_S = 3
AT_FDCWD = -100
N_RETRIES = 100000
HEADER = '# A header that everybody must keep.\n' + ''.join(
    f'# {i:02} {"-" * 80}\n' for i in range(40)) + '\n'
# The longer main.cf is, the longer is the library's last look at it.
LONG_HEADER = HEADER + ''.join(f'# {i:02} {"-" * 2000}\n' for i in range(64)) + '\n'
PARAMETER = re.compile(r'nullmail_w(\d+)\Z')

BEGUN, DONE, KEY_BEGUN, KEY_DONE, BASE, COMMITS, CONFLICTS, SUPERSEDED, BUSY, SAMPLES, CHECKED, \
    GLIMPSES, AMBUSH, N_FIELDS = range(14)


class Board:
    """Numbers of each worker that all processes see, and whether the storm is over."""

    def __init__(self, n_workers):
        self.n_workers = n_workers
        self.numbers = memoryview(mmap.mmap(-1, 8 * (1 + n_workers * N_FIELDS))).cast('q')

    def stop(self):
        self.numbers[0] = 1

    def is_over(self):
        return self.numbers[0] != 0

    def get(self, worker, field):
        return self.numbers[1 + worker * N_FIELDS + field]

    def set(self, worker, field, number):
        self.numbers[1 + worker * N_FIELDS + field] = number

    def add(self, worker, field, number=1):
        self.set(worker, field, self.get(worker, field) + number)

    def all(self, field):
        return self.numbers[1 + field::N_FIELDS].tolist()


class Storm:
    """What all processes of one storm know."""

    def __init__(self, folder, kinds, map_type, n_readers, has_renamer):
        self.folder = folder
        self.etc = folder / 'etc'
        self.main_cf = self.etc / 'main.cf'
        self.source = self.etc / 'sasl_passwd'
        self.map_type = map_type
        self.kinds = kinds  # of each writer
        self.n_readers = n_readers
        self.has_renamer = has_renamer
        self.is_only_renamer = kinds.count('renamer') == 1 and 'postconf-e' not in kinds
        self.header = LONG_HEADER if self.is_only_renamer else HEADER
        self.board = Board(len(kinds) + n_readers)
        self.report_fd = None
        self.instance = None

    def writers(self, *kinds):
        return [i for i, kind in enumerate(self.kinds) if kind in kinds]

    def complain(self, what):
        os.write(self.report_fd, json.dumps(what[:1000]).encode() + b'\n')

    def own_key(self, writer):
        return f'[own{writer}.example.com]:587'

    def log_path(self, writer):
        return self.folder / f'renamer-{writer}.log'


def counters_of(values):
    """The number that each writer's parameter has."""
    matches = ((PARAMETER.match(name), value) for name, value in values.items())
    return {int(match[1]): int(value) for match, value in matches if match}


# --- a writer through the library


def error_name(error):
    if not error.matches(Nullmail.Error.quark(), error.code):
        return error.domain
    return Nullmail.Error(error.code).value_nick


class LibraryWriter:
    """Changes its own parameter, the relay with its password, or its own key of the table."""

    FIELDS = {'conflict': CONFLICTS, 'superseded': SUPERSEDED, 'busy': BUSY}

    def __init__(self, storm, number):
        self.storm = storm
        self.board = storm.board
        self.number = number
        self.rand = random.Random(os.urandom(8))
        self.store = Nullmail.SaslPasswdStore(path=str(storm.source), map_type=storm.map_type,
                                              command_directory=str(storm.folder / 'bin'))

    def run(self):
        while not self.board.is_over():
            self.rand.choices((self.edit, self.change_relay, self.store_key), (5, 3, 2))[0]()

    def try_until_done(self, update):
        """Plans again as often as another was quicker. FALSE where the storm is over first."""
        for _ in range(N_RETRIES):
            try:
                if update():
                    self.board.add(self.number, COMMITS)
                return True
            except GLib.Error as error:
                name = error_name(error)
                if name not in self.FIELDS:
                    self.storm.complain(f'the library failed: {name}: {error.message}')
                    return False
                self.board.add(self.number, self.FIELDS[name])
            if self.board.is_over():
                return False
        return False

    def apply(self, main_cf, login):
        plan = self.storm.instance.plan_main_cf(main_cf, login, 0)
        self.board.set(self.number, BASE, self.generation)
        self.storm.instance.apply(plan, 0)
        return not plan.is_empty()

    def load(self):
        main_cf = self.storm.instance.load_main_cf()
        self.generation = int(main_cf.get_value('nullmail_generation') or 0)
        return main_cf

    def edit(self):
        number = self.board.get(self.number, BEGUN) + 1

        def update():
            main_cf = self.load()
            main_cf.set_value(f'nullmail_w{self.number}', str(number))
            return self.apply(main_cf, None)

        self.board.set(self.number, BEGUN, number)
        if self.try_until_done(update):
            self.board.set(self.number, DONE, number)

    def change_relay(self):
        """Mostly another relay, else a new password for the same."""
        def update():
            main_cf = self.load()
            relay = self.rand.choice([main_cf.get_value('relayhost'), *faults.RELAYS])
            password = faults.password_for(relay, self.generation + 1)
            main_cf.set_value('relayhost', relay)
            main_cf.set_value('nullmail_generation', str(self.generation + 1))
            return self.apply(main_cf, fixture.credentials(relay, faults.USER, password))

        self.try_until_done(update)

    def store_key(self):
        number = self.board.get(self.number, KEY_BEGUN) + 1
        key = self.storm.own_key(self.number)

        def update():
            self.store.store(fixture.credentials(key, faults.USER,
                                                 faults.password_for(key, number)))
            return True

        self.board.set(self.number, KEY_BEGUN, number)
        if self.try_until_done(update):
            self.board.set(self.number, KEY_DONE, number)


# --- a renamer without a lock


def temporary_of(storm, number):
    return storm.etc / f'.renamer-{number}'


def exchange(one, other):
    if faults.libc.renameat2(AT_FDCWD, bytes(one), AT_FDCWD, bytes(other), RENAME_EXCHANGE) != 0:
        raise OSError('renameat2')


def spin(seconds):
    """A sleep is never as short as it should be."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def be_quick():
    """Not to come too late on a machine that has others to serve; without the right, as it may."""
    with contextlib.suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))


class Renamer:
    """As an editor, or Ansible: read, edit, write a file of its own, rename. Either some edits in a
    row, or one at the worst of times, when an apply has written its undo record and looks for the
    last time. In between the library must get something done, on a busy machine too."""

    def __init__(self, storm, number):
        self.storm = storm
        self.board = storm.board
        self.number = number
        self.rand = random.Random(os.urandom(8))
        self.temporary = temporary_of(storm, number)
        self.log = os.open(storm.log_path(number), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def run(self):
        n_renamers = len(self.storm.writers('renamer'))
        while not self.board.is_over():
            if self.rand.random() < 0.3:
                for _ in range(self.rand.randrange(1, 6)):
                    self.edit(None)
                    time.sleep(self.rand.uniform(0, 0.005))
            else:
                self.edit_in_ambush()
            self.wait_for_commits(self.rand.randrange(1, 4) * n_renamers)

    def edit_in_ambush(self):
        self.board.set(self.number, AMBUSH, 1)
        be_quick()
        folder, = (self.storm.folder / 'state').iterdir()
        watch = faults.Watch(folder, IN_CLOSE_WRITE)
        try:
            self.edit(watch)
            self.read()
        finally:
            watch.close()
            self.board.set(self.number, AMBUSH, 0)
            os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))

    def wait_for_commits(self, number):
        enough = sum(self.board.all(COMMITS)) + number
        deadline = time.monotonic() + PAUSE_S
        while sum(self.board.all(COMMITS)) < enough and time.monotonic() < deadline \
                and not self.board.is_over():
            time.sleep(0.002)

    def read(self):
        """Its own last edit is in what it reads, unless others than the library may destroy it."""
        last = self.board.get(self.number, DONE)
        deadline = time.monotonic() + LOOK_AGAIN_S
        is_glimpse = False
        while True:
            text = self.storm.main_cf.read_text()
            values = faults.values_of(text)
            if values is None:
                self.storm.complain(f'a renamer read a torn main.cf: {text[-300:]!r}')
                sys.exit(1)
            counters = counters_of(values)
            if not self.storm.is_only_renamer or counters[self.number] == last:
                return text, counters
            if not is_glimpse:
                is_glimpse = True
                self.board.add(self.number, GLIMPSES)
            if time.monotonic() > deadline:
                self.storm.complain(f'edit {last} of the renamer was destroyed: its parameter is '
                                    f'{counters[self.number]}')
                self.board.set(self.number, DONE, counters[self.number])
                return text, counters
            time.sleep(0.001)

    def say(self, what, number, counters):
        os.write(self.log, json.dumps([what, number, counters]).encode() + b'\n')

    def edit(self, watch):
        text, counters = self.read()
        number = self.board.get(self.number, BEGUN) + 1
        self.board.set(self.number, BEGUN, number)
        self.say('base', number, counters)
        fixture.write(self.temporary, re.sub(rf'^(nullmail_w{self.number} =).*$', rf'\1 {number}',
                                             text, flags=re.MULTILINE).encode())
        os.utime(self.temporary)  # as young as an editor's file is
        if watch and watch.wait(['record.next'], AMBUSH_S):
            spin(self.rand.uniform(0, 2e-4))
        exchange(self.temporary, self.storm.main_cf)
        self.settle(number)

    def settle(self, number):
        self.say('displaced', number, counters_of(faults.values_of(self.temporary.read_text())))
        os.unlink(self.temporary)
        self.board.set(self.number, DONE, number)


def settle_killed_renamer(storm, number):
    """Finishes for a killed renamer what it had begun: was there an exchange, and of what?"""
    renamer = Renamer(storm, number)
    try:
        begun = storm.board.get(number, BEGUN)
        if renamer.temporary.exists():
            values = faults.values_of(renamer.temporary.read_text())
            if values is not None and counters_of(values)[number] != begun:
                renamer.settle(begun)
            else:
                os.unlink(renamer.temporary)
        elif displaced_in_log(storm, number, begun):
            storm.board.set(number, DONE, begun)
    finally:
        os.close(renamer.log)


def read_log(storm, number):
    try:
        lines = storm.log_path(number).read_text().split('\n')
    except FileNotFoundError:
        return []
    entries = []
    for line in lines:
        try:
            what, edit, counters = json.loads(line)
            entries.append((what, edit, {int(w): n for w, n in counters.items()}))
        except ValueError:
            pass  # cut off by a SIGKILL
    return entries


def displaced_in_log(storm, number, edit):
    return any(what == 'displaced' and of == edit for what, of, _ in read_log(storm, number))


class Displaced:
    """Which updates renamers have thrown away."""

    def __init__(self, storm):
        self.spans = {}  # of each writer: (the renamer's file had, what it displaced had)
        self.n_edits = 0
        for number in storm.writers('renamer'):
            base = {}
            for what, edit, counters in read_log(storm, number):
                if what == 'base':
                    base[edit] = counters
                    continue
                self.n_edits += 1
                for writer, there in counters.items():
                    had = base[edit].get(writer, there)
                    if had < there:
                        self.spans.setdefault(writer, set()).add((had, there))

    def explains(self, writer, update):
        return any(had < update <= there for had, there in self.spans.get(writer, ()))


# --- a reader


class Reader:
    """Looks at main.cf, and then at the table that it names, all the time."""

    def __init__(self, storm, number):
        self.storm = storm
        self.board = storm.board
        self.number = number
        folder = storm.folder / f'reader-{number}'
        folder.mkdir(exist_ok=True)
        self.tables = faults.Tables(storm.map_type, storm.source, folder,
                                    str(storm.folder / 'cold'))
        self.complaints = set()
        self.seen = {}
        self.missing = {}  # (writer, update that was done) → what was there instead
        self.counting = storm.writers('library', 'postconf-e', 'renamer')
        self.removing = storm.writers('postconf-x')
        self.names = {f'nullmail_w{i}' for i in self.counting}

    def run(self):
        while not self.board.is_over() and len(self.complaints) < faults.MAX_SHOWN:
            self.look()
            time.sleep(0.008)
        path = self.storm.folder / f'missing-{self.number}.json'
        path.write_text(json.dumps([[*key, seen] for key, seen in self.missing.items()]))

    def complain(self, what):
        if what not in self.complaints:
            self.complaints.add(what)
            self.storm.complain(what)

    def look(self):
        done, key_done = self.board.all(DONE), self.board.all(KEY_DONE)
        text = self.storm.main_cf.read_text()
        begun = self.board.all(BEGUN)
        data = self.tables.read()
        key_begun, bases = self.board.all(KEY_BEGUN), self.board.all(BASE)
        values = faults.values_of(text)
        self.board.add(self.number, SAMPLES)
        if values is None or not text.startswith(self.storm.header) \
                or not self.names <= values.keys():
            self.complain(f'main.cf is torn: {text[-300:]!r}')
            return
        self.look_at_counters(counters_of(values), done, begun)
        self.look_at_modes()
        table = self.tables.entries_of(data)
        if table is None:
            self.complain('the table is torn or missing')
            return
        for writer in self.storm.writers('library'):
            fault = key_fault(table.get(self.storm.own_key(writer)), key_done[writer],
                              key_begun[writer])
            if fault:
                self.complain(f'the key of writer {writer} {fault}')
        self.look_at_relay(values, table, max(bases))

    def look_at_counters(self, counters, done, begun):
        for writer in self.counting:
            seen = counters[writer]
            if seen > begun[writer]:
                self.complain(f'writer {writer} has not begun {seen}')
            if seen < done[writer]:
                if not self.storm.has_renamer:
                    self.complain(f'{self.storm.kinds[writer]} {writer} had done {done[writer]}, '
                                  f'and {seen} is there')
                elif self.storm.kinds[writer] != 'renamer':
                    self.missing[writer, done[writer]] = seen
            if seen < self.seen.get(writer, 0) and not self.storm.has_renamer:
                self.complain(f'{self.storm.kinds[writer]} {writer} went back from '
                              f'{self.seen[writer]} to {seen}')
            self.seen[writer] = seen
        for writer in self.removing:
            fault = removal_fault(counters.get(writer), done[writer], begun[writer])
            if fault and not self.storm.has_renamer:
                self.complain(f'postconf-x {writer} {fault}')

    def look_at_modes(self):
        for name in os.listdir(self.storm.etc):
            if 'sasl_passwd' in name:
                fault = faults.mode_fault(self.storm.etc / name)
                if fault:
                    self.complain(fault)

    def look_at_relay(self, values, table, base):
        """A key is kept for one generation. Whoever has begun on top of the next one may drop it,
        so that only one change of relay may lie between the two readings. Where renamers may bring
        an old relay back, its key is one that nobody drops."""
        if 'nullmail_generation' not in values or 'relayhost' not in values:
            self.complain('main.cf has lost its relay or generation')
            return
        relay, generation = values['relayhost'], int(values['nullmail_generation'])
        if not self.storm.has_renamer and base > generation:
            return
        self.board.add(self.number, CHECKED)
        fault = faults.relay_fault(values, table)
        if not fault and not self.storm.has_renamer \
                and faults.generation_of(table[relay]) < generation:
            fault = f'{relay} of generation {generation} has the password {table[relay]}'
        if fault:
            self.complain(fault)


def removal_fault(seen, done, begun):
    """The parameter of a writer that sets it with even and removes it with odd updates."""
    if seen is None:
        possible = any(update % 2 for update in range(done, begun + 1))
        return None if possible else f'had set {done}, and it is gone'
    return None if done <= seen <= begun else f'had done {done}, and {seen} is there'


def key_fault(password, done, begun):
    if password is None:
        return 'is gone'
    number = faults.generation_of(password)
    return None if done <= number <= begun else f'had {done} done, and {number} is there'
