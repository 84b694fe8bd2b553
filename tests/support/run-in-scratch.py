# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs a program with the path of a new, empty folder as its argument, and removes the folder."""

import subprocess
import sys

import program

with program.own_folder('scratch') as folder:
    status = subprocess.run([*sys.argv[1:], str(folder)], check=False).returncode
sys.exit(status)
