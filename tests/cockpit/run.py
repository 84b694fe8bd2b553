#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""run.py PROGRAM: runs one of the programs beside this with node, in a folder of its own, and ends
what it may have left. NULLMAIL_SCREENSHOTS names a folder for pictures."""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / 'tests' / 'support'))
import mail_lab  # noqa: E402
import program  # noqa: E402

BROWSERS = ('chromium', 'chromium-browser', 'google-chrome')
TOOLS = ('/usr/lib/cockpit/cockpit-ws', '/usr/bin/cockpit-bridge')


def find_browser():
    """The path of a Chromium, where all that the tests need is there."""
    program.need('node')
    missing = [tool for tool in TOOLS if not os.path.exists(tool)]
    if missing:
        program.lacks(f'not installed: {", ".join(missing)}')
    mail_lab.need_lab(needs_library=False)
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    return found or program.lacks('no Chromium is installed')


def end(process, folder):
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
    for mark in folder.glob('*/.nullmail-lab'):
        mail_lab.Lab(mark.parent.name).destroy()


def run(path, browser, folder):
    environment = {**os.environ, 'NULLMAIL_TEST_FOLDER': str(folder), 'NULLMAIL_SOURCE': str(TOP),
                   'NULLMAIL_CHROMIUM': browser, 'HOME': str(folder)}
    with contextlib.ExitStack() as stack:
        process = subprocess.Popen(['node', '--test', '--test-reporter=spec', path],
                                   env=environment, start_new_session=True,
                                   stdin=subprocess.DEVNULL)
        stack.callback(end, process, folder)
        return process.wait()


def main(path):
    with program.own_folder('cockpit-' + pathlib.Path(path).stem) as folder:
        try:
            browser = find_browser()
        except unittest.SkipTest as reason:
            program.skip_program(reason)
        return run(path, browser, folder)


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
