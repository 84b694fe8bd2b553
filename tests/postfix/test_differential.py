# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""MainCf against the installed postconf: the same bytes from -e, -X and -#, the same values from
-n, -h and -x, for some hundred files. Each exception has a reason, and what postconf does there
is asserted too."""

import concurrent.futures
import pathlib
import random
import unittest

import main_cf_corpus as corpus
import postconf_differential as differential
import postconf_model as model
from postconf_differential import (check, check_edit, check_file, check_reading, counts, edit,
                                   exceptions, fail, failures, is_error, parse, postconf)

MINIMUM = {'edits: set': 800, 'edits: unset': 500, 'edits: comment': 500, 'values: -n': 1000,
           'values: -h': 1000, 'values: -x': 1000}


def plan_edits(rand, text):
    """Which edits to try on a file: (mode, values)."""
    present = sorted({model.reader_key(line) for line in model.starts(text)} & set(corpus.NAMES))
    absent = [name for name in corpus.NAMES if name not in present]
    rand.shuffle(present)
    edits = []
    for mode in ('set', 'unset', 'comment'):
        # That nothing happens to what is not there is soon tried out.
        chosen = present[:1] + (absent[:1] if mode == 'set' or rand.random() < 0.2 else [])
        edits += [(mode, {name: rand.choice(corpus.VALUES)}) for name in chosen]
        if len(present) > 1:
            several = present[:3] + absent[:1]
            edits.append((mode, {name: rand.choice(corpus.VALUES) for name in several}))
    if present:
        value = parse(text).get_value(present[-1].decode())
        if value is not None and '\ufffd' not in value and '\r' not in value:
            edits.append(('set', {present[-1]: value.encode()}))
    return edits


# Exceptions with files of their own

def check_nul(name, text, expected):
    theirs = postconf(text, '-e', 'relayhost=z')[3]
    check(name, 'NUL', theirs, expected)
    try:
        parse(text)
        fail(name, 'a NUL is taken')
    except differential.GLib.Error as error:
        assert is_error(error, 'INVALID_FILE'), error
    exceptions['nul'] += 1


def check_special():
    check_nul('nul-in-value', b'myorigin = a\0b\nalias_maps = c\n',
              b'myorigin = aalias_maps = c\nrelayhost = z\n')
    check_nul('nul-in-comment', b'# a\0b\nrelayhost = c\n', b'# arelayhost = z\n')

    text = b'relayhost = a\nmyorigin = b\n'
    check('cr-in-value', 'written', postconf(text, '-e', b'relayhost=c\rd')[3],
          b'relayhost = c\rd\nmyorigin = b\n')
    document = parse(text)
    for key, value in (('relayhost', 'c\rd'), ('relayhost', 'c\nd'), ('relay host', 'c'), ('', 'c'),
                       ('#relayhost', 'c'), ('relayhost=', 'c'), ('relayhost\v', 'c')):
        try:
            document.set_value(key, value)
            fail('arguments', f'{key!r} = {value!r} is taken')
        except differential.GLib.Error as error:
            assert is_error(error, 'INVALID_ARGUMENT'), error
    check('cr-in-value', 'unchanged', document.to_bytes().get_data(), text)
    exceptions['cr-in-value'] += 1

    status, _, _, theirs = postconf(text, '-X', 'relayhost', 'relayhost')
    check('twice-in-arguments', 'either crashed or removed', theirs,
          text if status == -11 else b'myorigin = b\n')
    if status != 0:
        exceptions['twice-in-arguments'] += 1
    check('twice-in-arguments', 'removed once', edit(text, 'unset', {b'relayhost': b''}),
          b'myorigin = b\n')


class Differential(unittest.TestCase):
    def test_files(self):
        rand = random.Random(corpus.SEED)
        check_special()
        files = corpus.generate(pathlib.Path(__file__).resolve().parent.parent / 'data' / 'main-cf')
        items = [(name, text, [] if name.startswith('macros-') else plan_edits(rand, text),
                  [key.encode() for key in parse(text).list_names()])
                 for name, text in files.items()]
        # Most of the time of postconf is waiting for the disk.
        with concurrent.futures.ThreadPoolExecutor(max_workers=16) as pool:
            for name, text, edits, readings in pool.map(check_file, items):
                for mode, values, result in edits:
                    check_edit(name, text, mode, values, result)
                check_reading(name, text, readings)
        differential.print_counts(len(files))
        # The test must not pass by comparing nothing.
        self.assertGreaterEqual(len(files), 300)
        for key, least in MINIMUM.items():
            self.assertGreaterEqual(counts[key], least, key)
        self.assertEqual(len(failures), 0)


def setUpModule():
    differential.start()
