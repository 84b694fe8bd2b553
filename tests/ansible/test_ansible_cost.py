# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a task that has nothing to change costs on a machine of the lab, beside one that does
nothing but import gi: the time, and the processes that it starts there."""

import re
import statistics

import mail_lab
import play
import program
from mail_lab import DOMAIN, LabCase
from play import PASSWORD, RELAY, USER, run_playbook, task

LOGIN = {'relay_host': RELAY, 'origin': DOMAIN, 'relay_user': USER, 'relay_password': PASSWORD}
N_PAIRS = 11
N_ROUNDS = 4  # a machine that others use too may spoil one
MAX_RATIO = 1.3
MAX_FORKS = 2
FORK = re.compile(r'^\d+ +(?:fork|vfork|clone|clone3)\(.*= \d+$', re.MULTILINE)


def setUpModule():
    play.need_ansible('strace')
    mail_lab.need_lab()


class Cost(LabCase):
    def play(self, *tasks):
        done = run_playbook(play.play(*tasks), play.inventory_of(self.lab, [self.node]))
        self.assertEqual(done.code, 0, done.output)
        self.assertNotIn(PASSWORD, done.said)
        return done.tasks(self.node)

    def traced(self, name, made):
        """The task, and the file that tells which processes it starts on the machine."""
        trace = program.folder / f'{name}.trace'
        python = program.folder / name
        python.write_text('#!/bin/sh\nexec strace -f -qq -s 100000 -e trace=process '
                          f'-o {trace} /usr/bin/python3 "$@"\n')
        python.chmod(0o755)
        return {**made, 'vars': {'ansible_python_interpreter': str(python)}}, trace

    def test_unchanged(self):
        nothing, made = task('import_gi'), task(**LOGIN)
        first, first_trace = self.traced('first', made)
        idle, idle_trace = self.traced('idle', nothing)
        again, again_trace = self.traced('again', made)
        # What is traced must not start Postfix, which would be traced for as long as it runs.
        before = task(**{**LOGIN, 'relay_password': 'Another-Secret-8'})
        results = self.play(before, first, idle, again)
        self.assertEqual([result['changed'] for result in results], [True, True, False, False])
        self.assertIn('running', results[3]['service'])
        for trace in (first_trace, again_trace):
            self.assertNotIn(PASSWORD, trace.read_text(), 'it is in an argument')
        self.assertIn('postmap', first_trace.read_text())
        n_idle, n_again = (len(FORK.findall(trace.read_text())) for trace in
                           (idle_trace, again_trace))
        print(f'    {n_again} forks, and {n_idle} where nothing is done')
        self.assertLessEqual(n_again - n_idle, MAX_FORKS)

        ratios = []
        while len(ratios) < N_ROUNDS:
            seconds = [result.seconds for result in self.play(*[nothing, made] * N_PAIRS)]
            ratios.append(statistics.median(seconds[1::2]) / statistics.median(seconds[::2]))
            if ratios[-1] <= MAX_RATIO:
                break
        print('    takes', ', '.join(f'{ratio:.2f}' for ratio in ratios), 'times as long')
        self.assertLessEqual(min(ratios), MAX_RATIO)
