# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The set-ups of confusion_cases.py, as files: a configuration directory for each."""

import os
import shutil
import subprocess

import confusion_cases
import fixture
import instance_lab
from confusion_cases import BROKEN, RELAY, SOUND
from fixture import Nullmail

CASES = {case.name: (f'r{i}', case) for i, case in enumerate(BROKEN + SOUND)}
LABELS = [label for label, _ in CASES.values()]
BROKEN_TABLES = {'empty': b'', 'garbage': b'no table at all\n'}


class CaseOnDisk:
    """A case, made below a folder that all share."""

    def __init__(self, folder, name):
        self.label, self.case = CASES[name]
        self.folder = folder / self.label
        self.etc = self.folder / 'etc'
        self.places = {'{etc}': str(self.etc), '{ca}': str(folder / 'ca.pem'), '{tmp}': str(folder)}

    def fill_in(self, text):
        for name, value in self.places.items():
            text = text.replace(name, value)
        return text

    def make(self):
        self.etc.mkdir(parents=True)
        for name, text in self.case.files.items():
            fixture.write(self.etc / name, text.encode())
        fixture.write(self.etc / 'master.cf', self.master_cf().encode())
        fixture.write(self.etc / 'main.cf', self.main_cf().encode(),
                      0o600 if self.case.table == 'private' else 0o644)
        self.make_passwords()
        if self.case.table == 'folder':
            self.etc.chmod(0o700)

    def place_folders(self):
        """What the case has of the queue's folders in place of what is usual."""
        for name, place in self.case.places.items():
            folder = self.folder / 'queue' / name
            folder.chmod(place[0])
            shutil.chown(folder, place[1])

    def main_cf(self):
        lines = dict(line.split(' =', 1) for line in confusion_cases.BASE.splitlines())
        for edit in self.case.edits.splitlines():
            if edit.startswith('-'):
                lines.pop(edit[1:], None)
            else:
                name, _, value = edit.partition(' =')
                lines[name] = value
        # From 3.10 on a message's header waives TLS unless main.cf forbids it, which check () says
        # of every set-up that has the default.
        if fixture.knows('tls_required_enable'):
            lines.setdefault('tls_required_enable', ' no')
        lines['syslog_name'] = f' {self.label}'
        text = ''.join(f'{name} ={value}\n' for name, value in lines.items())
        return self.fill_in(text + self.case.raw)

    def master_cf(self):
        entries = instance_lab.MASTER_CF.splitlines()
        for edit in self.case.master:
            if edit.startswith('+'):
                entries.append(edit[1:])
            else:
                name, _, kind = edit.partition('/')
                entries = [entry for entry in entries
                           if entry.split()[0] != name or (kind and entry.split()[1] != kind)]
        return '\n'.join(entries) + '\n'

    def make_passwords(self):
        path, text, table = self.etc / 'sasl_passwd', self.case.passwords, self.case.table
        if text is None:
            text = f'{RELAY} {confusion_cases.LOGIN}\n'
        first = text if table != 'other' else '[other.example.com]:587 a:b\n'
        first = first if table != 'stale' else text.replace('geheim', 'old')
        fixture.write(path, first.encode(), 0o600)
        if table in ('none', 'texthash'):
            return
        made = table.split()[-1]
        made = made if made in ('lmdb', 'btree') else 'hash'
        subprocess.run(['postmap', '-c', self.plain_folder(), f'{made}:{path}'], check=True,
                       stderr=subprocess.DEVNULL)
        compiled = path.with_suffix(fixture.SUFFIXES[made])
        if table in ('other', 'stale'):
            fixture.write(path, text.encode(), 0o600)
        if table.split()[0] in BROKEN_TABLES:
            compiled.write_bytes(BROKEN_TABLES[table.split()[0]])
        if table == 'cut':
            os.truncate(compiled, compiled.stat().st_size // 2)
        if table == 'stale':
            os.utime(compiled, (fixture.OLD_S - 9, fixture.OLD_S - 9))
        if table == 'open':
            path.chmod(0o644)
        if table == 'postfix':
            shutil.chown(compiled, 'postfix')

    def plain_folder(self):
        """A configuration that postmap takes, whatever the case is."""
        plain = self.folder / 'plain'
        plain.mkdir()
        fixture.write(plain / 'main.cf', fixture.MAIN_CF)
        return plain

    def instance(self):
        return Nullmail.PostfixInstance(
            config_directory=str(self.etc), state_directory=str(self.folder / 'state'),
            service_control=Nullmail.ServiceControl.DISABLED)
