# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""How often check() is right: a table of broken set-ups, each of which is shown to be broken with
real Postfix and a message, and of sound ones. Of the broken ones nearly all are found; no sound one
is said to be broken, and a plan for a relay applies to each."""

import base64
import collections
import concurrent.futures
import json
import shutil
import smtplib
import subprocess
import time

import fixture
import instance_lab
from confusion_cases import BROKEN, SOUND
from confusion_files import CASES, LABELS, CaseOnDisk
from fixture import GLib, InstanceTest

N_WORKERS = 8
LOGGED = ['geheim', base64.b64encode(b'\0host7\0geheim').decode()[:20]]  # cut into lines
AS_NOBODY = ['setpriv', '--reuid=nobody', '--clear-groups']
# How a set-up shows that it is broken, and whether an outcome does so. A mail's outcome is the
# relay's port, the channel, and whether there was a login; without one it is a text.
SHOWN = {
    'clear': lambda outcome: outcome == [588, 'clear', True],
    'impostor': lambda outcome: outcome == [589, 'tls', True],
    'read': lambda outcome: outcome == 'read by anybody',
    'open': lambda outcome: outcome == 'open to strangers',
    'silent': lambda outcome: outcome == 'not logged',
    'told': lambda outcome: outcome == 'password in the log',
    'user': lambda outcome: 'Permission denied' in outcome,
    'stuck': lambda outcome: isinstance(outcome, str),
}


def setUpModule():
    fixture.need_root()
    fixture.need_mounts()
    fixture.need_postfix('dnsmasq', 'openssl', 'ip', 'sendmail', 'setpriv')
    fixture.need_types('hash', 'lmdb', 'btree', 'texthash')


def check(made):
    """What is found: a list of (code, severity, message)."""
    return [(f.get_code().value_nick, f.get_severity().value_nick, f.get_message())
            for f in made.instance().check()]


def plan_plainly(made):
    """The README's lines; the error's message, or None."""
    instance = made.instance()
    try:
        instance.apply(instance.plan(instance.load_config(), None, 0), 0)
        config = instance.load_config()
        config.set_relay_host(fixture.relay_host())
        config.set_authentication(True)
        instance.apply(instance.plan(config, fixture.credentials(), 0), 0)
    except GLib.Error as error:
        return error.message
    return None


def inside_judge(test):
    """Prints for each set-up what is found, and of sound ones whether a plan applies."""
    result = {}
    world = instance_lab.World(test.folder, LABELS)
    world.make_etc()
    world.make_certificates()
    for name, (_, case) in CASES.items():
        made = CaseOnDisk(world.folder, name)
        made.make()
        instance_lab.Instance(world, made.label, made.folder).make_queue()
        made.place_folders()
        result[name] = [check(made), plan_plainly(made) if case in SOUND else None]
    print(json.dumps(result))


def demonstrate(world, name):
    """What becomes of a message in a set-up."""
    made = CaseOnDisk(world.folder, name)
    made.make()
    instance = instance_lab.Instance(world, made.label, made.folder)
    how = made.case.how
    instance.make_queue()
    made.place_folders()
    if how == 'read':
        place = made.etc / ('sasl_passwd' if made.case.table == 'open' else 'main.cf')
        done = subprocess.run([*AS_NOBODY, 'grep', '-c', 'geheim', place],
                              stdout=subprocess.PIPE, text=True, check=False)
        return 'read by anybody' if done.stdout == '1\n' else 'not read'
    instance.start()
    if made.case in SOUND:
        instance.wait_for_pickup()
    try:
        refused = instance.send(*(AS_NOBODY if how == 'user' else []))
        if refused is not None:
            return refused
        if how == 'open':
            return talk_to_open_relay()
        found = instance.outcome(instance_lab.SOUND_LIMIT_S if made.case in SOUND
                                 else instance_lab.BROKEN_LIMIT_S)
        log = made.etc / 'mail.log'
        # A program that runs as root may write into it without the service, but smtp(8) does not.
        if how == 'silent' and not (log.exists() and 'status=sent' in log.read_text()):
            return 'not logged'
        if how == 'told' and any(word in log.read_text() for word in LOGGED):
            return 'password in the log'
        return found
    finally:
        instance.stop()
        shutil.rmtree(made.folder)


def talk_to_open_relay():
    """Whether a stranger may send through the port of the open relay."""
    deadline = time.monotonic() + instance_lab.SOUND_LIMIT_S
    while time.monotonic() < deadline:
        try:
            with smtplib.SMTP(instance_lab.OWN_ADDRESS, 2526, timeout=10) as client:
                client.sendmail('a@example.net', ['b@example.edu'], 'Hello.\n')
                return 'open to strangers'
        except ConnectionRefusedError:
            time.sleep(0.02)  # it does not listen yet
        except smtplib.SMTPException as problem:
            return str(problem)
    return 'nobody listens'


def inside_demonstrate(test):
    world = instance_lab.World(test.folder, LABELS)
    world.make()
    try:
        # Those that listen follow each other.
        alone = [name for name, (_, case) in CASES.items()
                 if case.how != 'untried'
                 and any(entry.startswith('+smtp inet') for entry in case.master)]
        others = [name for name, (_, case) in CASES.items()
                  if name not in alone and case.how != 'untried']
        with concurrent.futures.ThreadPoolExecutor(N_WORKERS) as pool:
            found = dict(zip(others, pool.map(lambda name: demonstrate(world, name), others)))
        found |= {name: demonstrate(world, name) for name in alone}
    finally:
        world.stop()
    print(json.dumps(found))


def filled(table):
    return {name: value for name, value in table.items() if value}


def is_sound(outcome):
    """Whether a message arrived as it should: over TLS and with a login where there is to be one,
    which only the relays of the ports 25 and 2525 do without."""
    port, channel, has_login = outcome if isinstance(outcome, list) else (None, None, None)
    return (channel == 'tls' and has_login) or port in (25, 2525)


class Confusion(InstanceTest):
    def run_in_world(self, name):
        out = self.run_inside(name, instance_lab.NAMESPACES, timeout=600)
        return json.loads(out.splitlines()[-1])

    def test_findings(self):
        judged = self.run_in_world('judge')
        found = {case.name: {code for code, _, _ in judged[case.name][0]}
                 & set(case.codes.split('|')) for case in BROKEN}
        owed = collections.Counter(case.owner for case in BROKEN if not found[case.name])
        missed = [case.name for case in BROKEN if not found[case.name] and case.owner is None]
        self.assertEqual([case.name for case in BROKEN if found[case.name] and case.owner], [],
                         'found by now: take the owner away')
        owned = [case for case in BROKEN if case.owner is None]
        self.assertGreaterEqual(len(BROKEN), 190)
        self.assertGreaterEqual(len(SOUND), 95)
        errors = {case.name: [finding for finding in judged[case.name][0] if finding[1] == 'error']
                  for case in SOUND}
        warned = {case.name: [finding for finding in judged[case.name][0]
                              if finding[1] == 'warning'] for case in SOUND}
        refused = {case.name: judged[case.name][1] for case in SOUND
                   if judged[case.name][1] and case.owner is None}
        self.assertEqual([case.name for case in SOUND if case.owner and not judged[case.name][1]],
                         [], 'applies by now: take the owner away')
        n_warned = sum(bool(findings) for findings in warned.values())
        print(f'broken: {len(owned) - len(missed)} of {len(owned)} found, and {sum(owed.values())} '
              f'are owed: {dict(owed)}; sound: {len(SOUND)}, '
              f'{sum(map(bool, errors.values()))} with an error, {n_warned} with a warning, '
              f'{len(refused)} that no plan applies to')
        for title, names in (('missed', missed), ('errors', filled(errors)),
                             ('warnings', filled(warned)), ('refused', refused)):
            print(f'{title}: {names}')
        self.assertEqual(filled(errors), {})
        self.assertEqual(refused, {})
        self.assertLessEqual(len(missed), len(owned) * 0.01, missed)
        self.assertLessEqual(n_warned, len(SOUND) * 0.03)

    def test_real_postfix(self):
        outcomes = self.run_in_world('demonstrate')
        whole = {case.name: outcomes[case.name] for case in BROKEN
                 if not SHOWN[case.how](outcomes[case.name])}
        stuck = {case.name: outcomes[case.name] for case in SOUND
                 if case.how != 'untried' and not is_sound(outcomes[case.name])}
        for name, outcome in outcomes.items():
            print(f'{name}: {outcome}')
        print(f'shown to be broken: {len(BROKEN) - len(whole)} of {len(BROKEN)}; to be sound: '
              f'{len(outcomes) - len(BROKEN) - len(stuck)} of {len(outcomes) - len(BROKEN)}')
        self.assertEqual(whole, {}, 'not broken at all')
        self.assertEqual(stuck, {}, 'not sound at all')
