# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes what each task returned on each host, and how long it took, for the tests to read: a line
of JSON for each, into the file that NULLMAIL_RETURNED names."""

import json
import os
import time

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r'''
name: returned
type: aggregate
short_description: Writes what tasks return into a file
version_added: 1.0.0
author: The libnullmail authors (@nullmail)
description: Writes what tasks return into the file that NULLMAIL_RETURNED names.
'''


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = 'aggregate'
    CALLBACK_NAME = 'returned'
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.started = {}

    def v2_runner_on_start(self, host, task):
        self.started[host.get_name(), task._uuid] = time.monotonic()

    def write(self, result, kind):
        began = self.started.get((result._host.get_name(), result._task._uuid), 0)
        line = {'host': result._host.get_name(), 'task': result._task.get_name(), 'kind': kind,
                'seconds': time.monotonic() - began, 'result': result._result}
        with open(os.environ['NULLMAIL_RETURNED'], 'a', encoding='utf-8') as file:
            file.write(json.dumps(line, default=str) + '\n')

    def v2_runner_on_ok(self, result):
        self.write(result, 'ok')

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self.write(result, 'failed')

    def v2_runner_on_skipped(self, result):
        self.write(result, 'skipped')

    def v2_runner_on_unreachable(self, result):
        self.write(result, 'unreachable')
