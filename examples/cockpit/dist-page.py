#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""For “meson dist”: ships the page as it was built in the folder that is named, so that no npm is
needed where the release is built."""

import os
import pathlib
import shutil
import sys


def main(built, *names):
    target = pathlib.Path(os.environ['MESON_DIST_ROOT'], 'examples', 'cockpit', 'dist')
    missing = [name for name in names if not pathlib.Path(built, name).exists()]
    if missing:
        sys.exit(f'The page is not built yet, {missing[0]} is missing: run “meson compile” first')
    target.mkdir(parents=True, exist_ok=True)
    for name in names:
        shutil.copyfile(pathlib.Path(built, name), target / name)


if __name__ == '__main__':
    main(*sys.argv[1:])
