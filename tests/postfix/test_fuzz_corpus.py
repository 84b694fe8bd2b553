# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What fuzzing found interesting, put to the installed Postfix: of tests/fuzz/corpus each main.cf
to postconf, as test_differential.py does with its own files, and each password file to postmap.

The environment's NULLMAIL_LIST_PASSWORDS is the program list-password-file, NULLMAIL_FUZZ_CORPUS
another corpus, such as that of a long run before it is merged."""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import unittest

import fixture
import postconf_differential as differential
import postconf_model as model
from postconf_differential import check, check_edit, check_file, check_reading, counts, fail, parse

CORPUS = pathlib.Path(os.environ.get('NULLMAIL_FUZZ_CORPUS')
                      or pathlib.Path(__file__).resolve().parent.parent / 'fuzz' / 'corpus')
MODES = {b'=': 'set', b'-': 'unset', b'#': 'comment'}
MINIMUM = {'edits: set': 60, 'edits: unset': 30, 'edits: comment': 20, 'values: -n': 60,
           'values: -h': 60, 'postmap: entries': 40, 'postmap: answers': 40}


def inputs(target):
    """What a target takes: name, script and text; without those that have a NUL in the text."""
    for path in sorted((CORPUS / target).iterdir()):
        script, nul, text = path.read_bytes().partition(b'\0')
        if not nul:
            script, text = b'', script
        if b'\0' not in text:
            yield path.name, script, text


def is_utf8(text):
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


# main.cf

def plan_edits(script, text):
    """The edits of a script that can be given to postconf, those of a kind at once."""
    edits, n_absent = {}, 0
    for line in script.split(b'\n'):
        mode = MODES.get(line[:1])
        name, _, value = line[1:].partition(b' ')
        if mode is None or not is_utf8(line):
            continue
        # What starts with "-" is an option to it, and a CR is taken, but not by the library.
        if (re.fullmatch(rb'[^-#\s=\x00-\x1f][^\s=\x00-\x1f]*', name)
                and re.fullmatch(rb'[^\r]*', value) and (mode == 'set' or not value)):
            # Several new ones are appended in any order.
            n_absent += mode == 'set' and model.count_key(text, name) == 0
            if mode != 'set' or n_absent < 2 or model.count_key(text, name) > 0:
                edits.setdefault(mode, {})[name] = value
    return list(edits.items())


def compare_main_cf():
    items = [(name, text, plan_edits(script, text),
              [key.encode() for key in parse(text).list_names()])
             for name, script, text in inputs('main-cf')]
    with concurrent.futures.ThreadPoolExecutor(max_workers=16) as pool:
        for name, text, edits, readings in pool.map(check_file, items):
            for mode, values, result in edits:
                check_edit(name, text, mode, values, result)
            check_reading(name, text, readings)
    return len(items)


# Password files

def list_passwords(paths):
    """What the library finds in each file: {key: (user name, password)}."""
    done = subprocess.run([os.environ['NULLMAIL_LIST_PASSWORDS'], *paths], capture_output=True,
                          check=True, timeout=fixture.LIMIT_S)
    assert done.stderr == b'', done.stderr
    fields = iter(done.stdout.split(b'\0'))
    for _ in paths:
        entries = {}
        while key := next(fields):
            entries[key] = (next(fields), next(fields))
        yield entries


def postmap(folder, *arguments, **options):
    done = subprocess.run(['postmap', '-c', folder, *arguments], capture_output=True, check=False,
                          timeout=fixture.LIMIT_S, **options)
    return done.stdout


def ask_postmap(path):
    """What a table of the file holds, and what is found with the keys given."""
    folder, entries = path[0].parent, path[1]
    table = f'hash:{path[0]}'
    postmap(folder, table)
    held = postmap(folder, '-s', table)
    asked = b''.join(key + b'\n' for key in [*entries, b'[no.such.host]:587'])
    return held, postmap(folder, '-q', '-', table, input=asked)


def said(key, entry):
    """How postmap may print an entry: without a ":" the password is empty as well."""
    user, password = entry
    value = user + b':' + password
    return {key + b'\t' + value} | ({key + b'\t' + user} if not password else set())


def fold(key):
    return key.decode().casefold().encode()


def compare_table(name, text, entries, held, found):
    lines = held.split(b'\n')[:-1]
    ours = {}
    for key, entry in entries.items():  # only ASCII is folded here, and the first counts
        ours.setdefault(fold(key), entry)
    counts['postmap: entries'] += len(lines)
    check(name, f'number of entries in {text[:400]!r}', f'{len(ours)}', f'{len(lines)}')
    for key, entry in ours.items():
        if not said(key, entry) & set(lines):
            fail(name, f'{key} in {text[:400]!r}', entry, lines)

    answers = found.split(b'\n')[:-1]
    check(name, f'number of answers in {text[:400]!r}', f'{len(entries)}', f'{len(answers)}')
    for key, answer in zip(entries, answers):
        counts['postmap: answers'] += 1
        if answer not in said(key, ours[fold(key)]):
            fail(name, f'-q {key} in {text[:400]!r}', entries[key], answer)


def compare_password_files():
    files = {}
    for name, _, text in inputs('password-file'):
        folder = differential.scratch / 'tables' / name
        folder.mkdir(parents=True)
        (folder / 'sasl_passwd').write_bytes(text)
        (folder / 'main.cf').write_bytes(b'compatibility_level = 3.6\n')
        for path in folder.iterdir():  # what is younger than a second is waited for
            os.utime(path, (fixture.OLD_S, fixture.OLD_S))
        files[name] = (folder / 'sasl_passwd', text)
    listed = list(list_passwords([path for path, _ in files.values()]))
    with concurrent.futures.ThreadPoolExecutor(max_workers=16) as pool:
        answers = pool.map(ask_postmap, [(path, entries) for (path, _), entries
                                         in zip(files.values(), listed)])
        for (name, (_, text)), entries, (held, found) in zip(files.items(), listed, answers):
            compare_table(name, text, entries, held, found)
    return len(files)


class Corpus(unittest.TestCase):
    def test_corpus(self):
        n_main_cf = compare_main_cf()
        n_password_files = compare_password_files()
        differential.print_counts(n_main_cf + n_password_files)
        # The test must not pass by comparing nothing.
        for key, least in MINIMUM.items():
            self.assertGreaterEqual(counts[key], least, key)
        self.assertEqual(len(differential.failures), 0)


def setUpModule():
    fixture.need_variable('NULLMAIL_LIST_PASSWORDS')
    differential.start()
