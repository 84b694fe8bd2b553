# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a program takes in instructions, which valgrind counts and which are the same in each
run."""

import re
import subprocess


def count_instructions(*command):
    done = subprocess.run(['valgrind', '--tool=cachegrind', '--cache-sim=no',
                           '--cachegrind-out-file=/dev/null', *command],
                          capture_output=True, text=True, check=False)
    counted = re.search(r'I +refs: +([\d,]+)', done.stderr)
    if done.returncode != 0 or counted is None:
        raise AssertionError(f'{command} ended with {done.returncode}: {done.stderr}')
    return int(counted[1].replace(',', ''))
