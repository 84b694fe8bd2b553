# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What fix() of a finding does makes nothing worse: each that there is, alone and in every order of
two, in all set-ups of confusion_cases.py. No error and no warning comes in, a plan with it is never
unsafe, and what was mended is not found again."""

import itertools
import subprocess

import fixture
import instance_lab
from confusion_files import CASES, LABELS, CaseOnDisk
from fixture import GLib, InstanceTest, Nullmail

Severity = Nullmail.Severity


def setUpModule():
    fixture.need_root()
    fixture.need_mounts()
    fixture.need_postfix('openssl', 'ip')
    fixture.need_types('hash', 'lmdb', 'btree', 'texthash')


def key(finding):
    return (finding.get_code().value_nick, finding.get_severity().value_nick,
            finding.get_parameter() or '', finding.get_path() or '', finding.get_subject() or '')


def faults(findings):
    """Those that matter, by what tells one from another."""
    return {key(finding) for finding in findings
            if finding.get_severity() >= Severity.WARNING}


class Trial:
    """One set-up, and all that can be mended in it by an edit."""

    def __init__(self, made):
        self.made = made
        self.main_cf = made.etc / 'main.cf'
        self.text = self.main_cf.read_bytes()
        self.instance = made.instance()
        self.findings = self.instance.check()
        self.before = faults(self.findings)
        self.complaints = []
        self.n_trials = 0

    def fixable(self):
        return [finding for finding in self.findings
                if finding.fix(self.instance.load_main_cf())]

    def run(self):
        fixes = self.fixable()
        for finding in fixes:
            self.attempt(finding)
        for pair in itertools.permutations(fixes, 2):
            self.attempt(*pair)
        return self.complaints

    def is_hopeless(self, findings, error):
        """A table of another type than a deprecated one has to be made, which Postfix does not do
        while it refuses main.cf, and nobody can where a password file is missing. Debian 12 calls
        no type deprecated."""
        if any(finding.get_code() != Nullmail.FindingCode.MAP_TYPE_DEPRECATED
               for finding in findings):
            return False
        asked = subprocess.run(['postmap', '-c', self.made.etc, '-q', 'x', 'static:x'], check=False,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return (error.matches(Nullmail.Error.quark(), Nullmail.Error.MAP)
                and asked.returncode != 0) \
            or (error.matches(Nullmail.Error.quark(), Nullmail.Error.UNSAFE)
                and any(finding.get_severity() == Severity.ERROR for finding in self.findings))

    def attempt(self, *findings):
        """Mends the original document by these, one after the other, and applies that."""
        self.n_trials += 1
        names = ' + '.join(f'{key(finding)[0]} {key(finding)[2]}' for finding in findings)
        main_cf = self.instance.load_main_cf()
        for finding in findings:
            finding.fix(main_cf)
        for finding in findings:
            if len(findings) == 1 and finding.fix(main_cf):
                self.complaints.append(f'{names}: not done at once')
        instance = self.made.instance()
        try:
            instance.apply(instance.plan_main_cf(main_cf, None, 0), 0)
        except GLib.Error as error:
            if not self.is_hopeless(findings, error):
                self.complaints.append(f'{names}: {error.message}')
        else:
            after = faults(instance.check())
            self.complaints += [f'{names}: brings in {fault}' for fault in after - self.before]
            self.complaints += [f'{names}: does not mend {key(finding)}' for finding in findings[:1]
                                if len(findings) == 1 and key(finding) in after]
        fixture.write(self.main_cf, self.text)


def inside_fixes(test):
    world = instance_lab.World(test.folder, LABELS)
    world.make_etc()
    world.make_certificates()
    n_trials = n_fixable = 0
    for name in CASES:
        made = CaseOnDisk(world.folder, name)
        made.make()
        trial = Trial(made)
        for complaint in trial.run():
            print(f'{name}: {complaint}')
        n_trials += trial.n_trials
        n_fixable += trial.n_trials > 0
    print(f'{n_trials} {n_fixable}')


class Fixes(InstanceTest):
    def test_every_order_of_two(self):
        *complaints, last = self.run_inside('fixes', instance_lab.NAMESPACES,
                                            timeout=600).splitlines()
        n_trials, n_fixable = map(int, last.split())
        print(f'{n_trials} trials in {n_fixable} set-ups', *complaints, sep='\n')
        self.assertEqual(complaints, [])
        self.assertGreater(n_trials, n_fixable)
        self.assertGreaterEqual(n_fixable, 30)
