#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The library exports just what the reviewed list says: symbols.py LIBRARY LIST [--update]"""

import pathlib
import subprocess
import sys


def main():
    library, listing = sys.argv[1], pathlib.Path(sys.argv[2])
    output = subprocess.run(['nm', '-D', '--defined-only', library], capture_output=True,
                            check=True, text=True).stdout
    found = sorted(line.split()[-1] for line in output.splitlines())
    if '--update' in sys.argv:
        listing.write_text(''.join(f'{name}\n' for name in found))
    wanted = listing.read_text().split()
    for name in sorted(set(found) ^ set(wanted)):
        print(('not in the list: ' if name in found else 'no longer exported: ') + name)
    print(f'{len(found)} symbols')
    return 0 if found == wanted and found else 1


if __name__ == '__main__':
    sys.exit(main())
