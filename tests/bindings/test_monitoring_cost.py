# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What it costs to be told of changes: nobody is woken for nothing, and for many changes no more
than for one. What happens in the folders above those of Postfix wakes as well, so that no other
test may run beside these."""

import os
import time

from fixture import GLib
from test_monitoring import INTERVAL_S, Monitoring, append


class Economy(Monitoring):
    def serve(self, action, seconds):
        """How often the context wakes meanwhile, the end included."""
        end = time.monotonic() + seconds
        over = []
        timer = GLib.timeout_source_new(int(seconds * 1000))
        timer.set_callback(lambda *_: over.append(True))
        timer.attach(self.context)
        n_woken = 0
        while not over:
            if action is not None and time.monotonic() < end:
                action()
            self.context.iteration(action is None)
            n_woken += action is None
        timer.destroy()
        return n_woken

    def assert_idle(self):
        """Nobody is woken in two seconds, unless something happens in the folders above."""
        self.assertEqual(min(self.serve(None, 2) for _ in range(2)), 1)

    def test_idle(self):
        self.start()
        self.assert_idle()
        append(self.main_cf)
        self.expect(self.main_cf)
        self.assert_idle()

    def test_storm(self):
        """A report each half second at most, and one behind the last change."""
        self.start()
        times, written = [], []
        self.instance.connect('changed', lambda *_: times.append(time.monotonic()))

        def write():
            append(self.main_cf, '# x\n')
            written.append(os.stat(self.main_cf).st_size)

        start = time.monotonic()
        self.serve(write, 1.6)
        elapsed = time.monotonic() - start
        sizes = []
        self.instance.connect('changed',
                              lambda *_: sizes.append(os.stat(self.main_cf).st_size))
        self.wait(lambda: sizes[-1:] == written[-1:])
        self.assertGreater(len(written), 100)
        self.assertGreaterEqual(len(times), 2)
        self.assertLessEqual(len(times) - len(sizes), elapsed / INTERVAL_S + 1)
        for earlier, later in zip(times, times[1:]):
            # What a loaded machine adds to the first it takes off the distance to the second.
            self.assertGreater((later - earlier) / INTERVAL_S, 0.8)

    def test_storm_wakes_nobody(self):
        """A thousand events cost as much as one."""
        costs = []
        for n_writes in (1, 1000):
            self.start()
            for _ in range(n_writes):
                append(self.main_cf)
            costs.append(self.wait(lambda: self.told))
            self.told.clear()
            self.instance.stop_monitoring()
        self.assertLessEqual(costs[1], costs[0] + 2)

    def test_lost_events(self):
        """More than the kernel keeps for anybody."""
        with open('/proc/sys/fs/inotify/max_queued_events', encoding='ascii') as file:
            limit = int(file.read())
        self.start()
        other = os.path.join(self.etc, 'other')
        append(other)
        for i in range(limit + 10):
            os.chmod(other, 0o600 + i % 2)
            os.chmod(self.etc, 0o700 + i % 2)  # no two that are the same, which would be one
        append(self.main_cf)
        self.expect(self.main_cf)
