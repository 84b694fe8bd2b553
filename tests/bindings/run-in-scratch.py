# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs a program with the path of a new, empty folder as its argument, and removes the folder."""

import subprocess
import sys
import tempfile

with tempfile.TemporaryDirectory(prefix='nullmail-', dir='.') as folder:
    sys.exit(subprocess.run([*sys.argv[1:], folder], check=False).returncode)
