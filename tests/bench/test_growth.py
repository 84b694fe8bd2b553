#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What work takes, in instructions, which valgrind counts and which are the same in each run: twice
as many things cost at most 2.3 times as much, the worst that a file of a kilobyte can do is little,
and one setting costs less than postconf(1) needs for it."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from bench_count import count_instructions  # noqa: E402

GROWTH = sys.argv.pop(1)
MAX_RATIO = 2.3
# What is worked on, and how many: as many as a large site has, and the half of it.
WORKS = {
    'parameters': 100_000,
    'edits': 20_000,
    'faults': 20_000,
    'occurrences': 100_000,
    'macros': 20_000,
    'keys': 20_000,
    'masks': 20_000,
    'warnings': 20_000,
    'diffs': 100_000,
    'plan-keys': 20_000,
    'plan-parameters': 100_000,
    'plan-findings': 20_000,
}


class GrowthTest(unittest.TestCase):
    def check(self, work):
        number = WORKS[work]
        half = count_instructions(GROWTH, work, str(number // 2))
        whole = count_instructions(GROWTH, work, str(number))
        print(f'# {work}: {number // 2} take {half:,} instructions, {number} take {whole:,}, '
              f'{whole / half:.2f} times as many', flush=True)
        self.assertLessEqual(whole / half, MAX_RATIO)


def add_tests():
    for work in WORKS:
        name = 'test_' + work.replace('-', '_')
        setattr(GrowthTest, name, lambda self, work=work: self.check(work))


class BoundTest(unittest.TestCase):
    def test_macro_bombs(self):
        """Three files of a kilobyte, whose values try to double each other for ever. Each of 30
        expansions of them takes a few milliseconds at most."""
        taken = count_instructions(GROWTH, 'bombs', '10')
        print(f'# 30 expansions of macro bombs take {taken:,} instructions', flush=True)
        self.assertLess(taken, 300_000_000)

    def test_memory(self):
        """No text takes more memory to be known than four and a quarter times its size."""
        size = 16 * 1024 * 1024
        for text, factor in (('newlines', 0.25), ('names', 4), ('occurrences', 4.25)):
            with self.subTest(text=text):
                process = subprocess.Popen([GROWTH, 'hold-' + text, str(size)])
                _, status, usage = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
                more = usage.ru_maxrss * 1024 - size - 8 * 1024 * 1024
                print(f'# a text of {text}: {more / size:.2f} bytes for each of its bytes',
                      flush=True)
                self.assertEqual(process.returncode, 0)
                self.assertLess(more / size, factor)


class PostconfTest(unittest.TestCase):
    @unittest.skipUnless(shutil.which('postconf') or os.environ.get('CI') == 'true',
                         'Postfix is not installed')
    def test_one_setting(self):
        with tempfile.TemporaryDirectory() as directory:
            main_cf = pathlib.Path(directory, 'main.cf')
            main_cf.write_text('compatibility_level = 3.6\n'
                               + ''.join(f'parameter_{i} = a value of it\n' for i in range(10_000)))
            # A main.cf of this second makes each Postfix program wait for it to grow older.
            os.utime(main_cf, (1_000_000_000, 1_000_000_000))
            ours = count_instructions(GROWTH, 'one-setting', directory)
            theirs = count_instructions('postconf', '-c', directory, '-e',
                                        'relayhost = [relay.example]:587')
            self.assertIn('relayhost = [relay.example]:587\n', main_cf.read_text())
        print(f'# one setting among 10000 takes {ours:,} instructions, postconf {theirs:,}',
              flush=True)
        self.assertLess(ours, theirs)


def main():
    if shutil.which('valgrind') is None:
        print('valgrind is not installed')
        return 1 if os.environ.get('CI') == 'true' else 77
    add_tests()
    unittest.main()
    return 0


if __name__ == '__main__':
    sys.exit(main())
