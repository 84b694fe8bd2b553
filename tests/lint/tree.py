# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the lints read: the files that git has or would take, or those of an unpacked archive."""

import pathlib
import subprocess

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILT = 'examples/cockpit/dist/'  # an archive has the page as it was bundled


def list_files():
    """Their paths below TOP, as strings."""
    if (TOP / '.git').exists():
        output = subprocess.run(['git', 'ls-files', '-z', '--cached', '--others',
                                 '--exclude-standard'], cwd=TOP, capture_output=True,
                                check=True).stdout
        names = [name.decode() for name in output.split(b'\0') if name]
    else:
        names = [str(path.relative_to(TOP)) for path in TOP.rglob('*')
                 if not path.relative_to(TOP).parts[0].startswith('_build')]
    return sorted(name for name in names
                  if (TOP / name).is_file() and not name.startswith(BUILT))
