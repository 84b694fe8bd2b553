# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The plain flow on the main.cf of everybody: load it, set relay and login, plan, apply, undo.

The project's own files are in tests/data/hosts: what distributions, providers and administrators
write. NULLMAIL_MAIN_CF_FILES names a folder of more of them. They name tables in /etc/postfix and
elsewhere, so that all this happens in mounts of its own, where /etc is a copy, /etc/postfix a
folder of the test, and whatever else they name can only be read."""

import collections
import json
import os
import pathlib
import re
import shutil
import subprocess
import time
import unittest

import fixture
from fixture import GLib, Nullmail, RELAY, SECRET

OWN_FILES = pathlib.Path(__file__).resolve().parent.parent / 'data' / 'hosts'
ETC = pathlib.Path('/etc/postfix')
GROUPS = 'maildrop',  # that of postdrop on SUSE
PLUG_INS = 'dynamicmaps.cf'  # the table types that are packages of their own
NO_ACTIVATE = Nullmail.ApplyFlags.NO_ACTIVATE
NOT_UNDONE = Nullmail.FindingCode.CREDENTIALS_NOT_UNDONE
BUDGET_S = 400  # on a slow machine, for the project's own files


def setUpModule():
    fixture.need_postfix('unshare')
    fixture.need_root()
    fixture.need_mounts()


class Files(unittest.TestCase):
    def run_folder(self, files):
        """What became of each file; the figures in one line."""
        folder = fixture.make_folder('files-')
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        etc, machine = folder / 'etc', folder / 'machine'
        etc.mkdir()
        machine.mkdir()
        began = time.monotonic()
        done = subprocess.run(
            fixture.in_mounts([f'mount --bind {folder} {folder}',
                               f'mount -t tmpfs none {machine}', f'cp -a /etc/. {machine}',
                               f'for f in {ETC}/{PLUG_INS}*; do [ ! -e "$f" ] || '
                               f'cp -a "$f" {etc}; done',
                               f'mount --bind {machine} /etc', f'mount --bind {etc} {ETC}',
                               'mount -t tmpfs none /var/spool/postfix',
                               'mount -o remount,bind,ro /'])
            + [str(word) for word in fixture.inside_command('files', folder)],
            env={**os.environ, 'NULLMAIL_MAIN_CF_FILES': str(files)},
            stdout=subprocess.PIPE, timeout=fixture.LIMIT_S * 4, check=True, text=True)
        return [json.loads(line) for line in done.stdout.splitlines()], time.monotonic() - began

    def check_folder(self, files):
        outcomes, seconds = self.run_folder(files)
        n = collections.Counter()
        for outcome in outcomes:
            n.update(key for key, value in outcome.items() if value is True)
        flows = [flow for outcome in outcomes for flow in (outcome['loaded'], outcome['fresh'])]
        refused = sum(outcome['refused'] is not None for outcome in outcomes)
        f = collections.Counter(key for flow in flows for key, value in flow.items()
                                if value is True)
        print(f'{files.name}: {len(outcomes)} files, {n["same"]} the same bytes, '
              f'{n["no_op"]} nothing to do, {refused} refused by Postfix; of {len(flows)} flows '
              f'{f["applied"]} applied, {f["again_empty"]} then empty, {f["read"]} read, '
              f'{f["back"]} back and {f["said"]} said what stays, {f["purged"]} purged; '
              f'{seconds:.0f} s')
        for outcome in outcomes:
            if outcome['refused']:
                print(f'  {outcome["name"]}: Postfix: {outcome["refused"]}; '
                      f'the library: {outcome["loaded"].get("error", "applies")}')
            with self.subTest(outcome['name']):
                self.assertTrue(outcome['same'])
                self.assertTrue(outcome['no_op'], outcome.get('no_op_error'))
                for kind in ('loaded', 'fresh'):
                    self.check_flow(outcome, outcome[kind])
        return outcomes, seconds

    def check_flow(self, outcome, flow):
        if outcome['refused'] and not flow['applied']:
            self.assertTrue(flow['untouched'], flow)
            return
        for key in ('applied', 'again_empty', 'read', 'purged'):
            self.assertTrue(flow.get(key), (key, flow))
        self.assertTrue(flow.get('back') or flow.get('said'), flow)

    def test_own_files(self):
        outcomes, seconds = self.check_folder(OWN_FILES)
        self.assertGreaterEqual(len(outcomes), 30)
        self.assertLess(seconds, BUDGET_S)

    if 'NULLMAIL_MAIN_CF_FILES' in os.environ:
        def test_more_files(self):
            self.check_folder(pathlib.Path(os.environ['NULLMAIL_MAIN_CF_FILES']))


def postfix_says(command, *arguments):
    return subprocess.run([command, '-c', ETC, *arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=False, text=True).stdout


def refusal_of_postfix():
    """Why Postfix's own programs stop at main.cf, or that they have not the tables it logs in by;
    or None."""
    for command in (['postconf', '-c', ETC, '-n'],
                    ['postmap', '-c', ETC, '-q', 'x', 'inline:{x=y}']):
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              check=False, text=True)
        if done.returncode != 0:
            return done.stderr.strip().splitlines()[-1]
    tables = postfix_says('postconf', '-hx', 'smtp_sasl_password_maps').replace(',', ' ').split()
    types = postfix_says('postconf', '-m').split()
    missing = {table.removeprefix('proxy:').partition(':')[0] for table in tables} - set(types)
    return f'has no tables of type {" ".join(sorted(missing))}' if missing else None


def reads_login():
    """Whether Postfix takes the relay and finds the password."""
    relay, maps = postfix_says('postconf', '-hx', 'relayhost',
                               'smtp_sasl_password_maps').splitlines()
    return relay == RELAY and any(
        postfix_says('postmap', '-q', RELAY, table).strip() == f'relayuser:{SECRET}'
        for table in maps.replace(',', ' ').split())


def knows_secret(*folders):
    return any(SECRET.encode() in path.read_bytes()
               for folder in folders for path in folder.rglob('*')
               if path.is_file() and not path.is_symlink())


class Flow:
    """One file, one way to begin."""

    def __init__(self, test, contents):
        self.test = test
        self.contents = contents
        for folder in (ETC, test.state):
            for path in folder.iterdir() if folder.exists() else []:
                if path.name.startswith(PLUG_INS):
                    continue
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        self.main_cf = fixture.write(ETC / 'main.cf', contents)
        # Where a file names a table, its folder is there.
        for name in re.findall(rb'/etc/postfix/([\w.-]+)/', contents):
            (ETC / name.decode()).mkdir(exist_ok=True)
        self.instance = test.new_instance(config_directory=str(ETC))

    def make_config(self, loads):
        if not loads:
            return fixture.login_config()
        config = self.instance.load_config()
        config.set_relay_host(fixture.relay_host())
        config.set_authentication(True)
        return config

    def run(self, loads):
        before = fixture.snapshot(ETC)
        outcome = {'applied': False, 'step': 'plan'}
        try:
            config = self.make_config(loads)
            plan = self.instance.plan(config, fixture.credentials(), 0)
            outcome['step'] = 'apply'
            self.instance.apply(plan, NO_ACTIVATE)
        except GLib.Error as error:
            outcome['error'] = f'{Nullmail.Error(error.code).value_nick}: {error.message}'
            outcome['untouched'] = fixture.snapshot(ETC) == before
            return outcome
        outcome['applied'] = True
        # A file that was changed this second makes each program of Postfix wait.
        os.utime(self.main_cf, (fixture.OLD_S, fixture.OLD_S))
        try:
            self.look_again(outcome, config)
            self.go_back(outcome)
        except GLib.Error as error:
            outcome['error'] = f'{Nullmail.Error(error.code).value_nick}: {error.message}'
        return outcome

    def look_again(self, outcome, config):
        outcome['step'] = 'again'
        again = self.instance.plan(config, fixture.credentials(), 0)
        outcome['again_empty'] = again.is_empty() and self.instance.plan(
            self.instance.load_config(), None, 0).is_empty()
        outcome['read'] = reads_login()

    def go_back(self, outcome):
        outcome['step'] = 'undo'
        plan = self.instance.plan_undo()
        found = {finding.get_parameter() for finding in plan.get_findings()
                 if finding.get_code() == NOT_UNDONE}
        self.instance.apply(plan, NO_ACTIVATE)
        outcome['back'] = self.main_cf.read_bytes() == self.contents
        outcome['said'] = not outcome['back'] and 'smtp_sasl_password_maps' in found
        outcome['step'] = 'purge'
        self.instance.purge_credentials()
        outcome['purged'] = not knows_secret(ETC, self.test.state)
        outcome['step'] = 'end'


def try_file(test, path):
    contents = path.read_bytes()
    outcome = {'name': path.name}
    outcome['same'] = Nullmail.MainCf.new_from_bytes(
        GLib.Bytes.new(contents)).to_bytes().get_data() in (contents, contents or None)
    flow = Flow(test, contents)
    try:
        outcome['no_op'] = flow.instance.plan(flow.instance.load_config(), None, 0).is_empty()
    except GLib.Error as error:
        outcome['no_op'] = False
        outcome['no_op_error'] = error.message
    outcome['refused'] = refusal_of_postfix()
    outcome['loaded'] = flow.run(loads=True)
    outcome['fresh'] = Flow(test, contents).run(loads=False)
    return outcome


def make_machine():
    """What the machines have that the files come from: other groups, and addresses of their own for
    the names that they listen on."""
    with open('/etc/group', 'a', encoding='ascii') as groups:
        groups.write(''.join(f'{name}:x:{60000 + i}:\n' for i, name in enumerate(GROUPS)))
    text = ''.join(path.read_text(encoding='utf-8', errors='replace') for path in list_files())
    with open('/etc/hosts', 'a', encoding='ascii') as hosts:
        for name in re.findall(r'^(?:inet_interfaces|myhostname)\s*=.*?([\w-][\w.-]*\.[a-z]+)$',
                               text, re.M):
            hosts.write(f'127.0.0.1 {name}\n')


def list_files():
    return [path for path in sorted(pathlib.Path(os.environ['NULLMAIL_MAIN_CF_FILES']).iterdir())
            if path.suffix != '.tsv']


def inside_files(test):
    if not os.path.samefile(ETC, test.etc):
        raise RuntimeError(f'{ETC} is that of the machine')
    pathlib.Path('/etc/mailname').write_text('host1.example.com\n')
    make_machine()
    for path in list_files():
        print(json.dumps(try_file(test, path)), flush=True)
