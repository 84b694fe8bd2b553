# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""To show the settings costs little: hardly more instructions, which valgrind counts, than a
program that does nothing but link the library, and less time than “postconf -n”."""

import os
import pathlib
import subprocess
import time

import program
from bench_count import count_instructions
from command_case import OLD_S, TOP, CommandCase

MAX_ABOVE = 500_000
N_RUNS = 12
N_ROUNDS = 6
DEBIAN = (*sorted((TOP / 'tests' / 'data' / 'hosts').glob('debian-*.cf')),
          pathlib.Path('/usr/share/postfix/main.cf.debian'))


def shortest_times(*commands, env):
    """The shortest of so many runs of each, in seconds: what is above it is the machine's. They
    take turns, so that all have the same neighbours."""
    taken = [[] for _ in commands]
    for _ in range(N_RUNS):
        for words, times in zip(commands, taken):
            began = time.perf_counter()
            subprocess.run(words, env=env, check=True, stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            times.append(time.perf_counter() - began)
    return [min(times) for times in taken]


class Speed(CommandCase):
    def setUp(self):
        super().setUp()
        self.found = [path for path in DEBIAN if path.exists()]
        self.assertGreater(len(self.found), 2)

    def use_main_cf(self, path):
        self.main_cf.write_bytes(path.read_bytes())
        os.utime(self.main_cf, (OLD_S, OLD_S))

    def test_instructions(self):
        program.need('valgrind')
        empty = count_instructions(program.need_variable('NULLMAIL_EMPTY'))
        for path in self.found:
            with self.subTest(path.name):
                self.use_main_cf(path)
                shown = count_instructions(*self.words('show'))
                print(f'# {path.name}: {shown - empty:+,} instructions compared with an empty '
                      f'program’s {empty:,}', flush=True)
                self.assertLess(shown - empty, MAX_ABOVE)

    def test_time_beside_postconf(self):
        program.need('postconf')
        for path in self.found:
            with self.subTest(path.name):
                self.use_main_cf(path)
                ours, theirs = [], []
                # What the machine adds goes with more runs; what a command takes does not.
                while len(ours) < N_ROUNDS and (not ours or min(ours) >= min(theirs)):
                    for times, shortest in zip((ours, theirs), shortest_times(
                            self.words('show'), ['postconf', '-c', self.etc, '-n'],
                            env=self.environment())):
                        times.append(shortest)
                print(f'# {path.name}: {min(ours) / min(theirs):.2f} of the time of '
                      '“postconf -n”', flush=True)
                self.assertLess(min(ours) / min(theirs), 1)
