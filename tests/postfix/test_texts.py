# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Every error text of the library stands in the table of error_texts.py, and whatever can be
provoked comes with its code and word for word as the table has it."""

import pathlib
import re
import shutil
import unittest
from urllib.parse import quote

import fixture
from error_rows import Elsewhere, Row
from error_texts import TEXTS
from fixture import GLib, InstanceTest, Nullmail

TOP = pathlib.Path(__file__).resolve().parents[2]
LIBRARY = TOP / 'libnullmail'
COMMENT = re.compile(r'/\*.*?\*/', re.DOTALL)
# A text, a character, the name of a macro, and any other sign.
TOKEN = re.compile(r'"((?:[^"\\\n]|\\.)*)"|\'(?:[^\'\\]|\\.)+\'|\b([A-Z][A-Z0-9_]+)\b|(\S)')
CALL = re.compile(r'\b(g_set_error|g_set_error_literal|g_prefix_error|g_error_new|'
                  r'g_error_new_literal|g_propagate_prefixed_error|_nullmail_set_error_errno|'
                  r'_nullmail_propagate_foreign) \(')
# Which argument is the text.
POSITIONS = {'g_prefix_error': 1, 'g_error_new': 2, 'g_error_new_literal': 2,
             'g_propagate_prefixed_error': 2, '_nullmail_set_error_errno': 2,
             '_nullmail_propagate_foreign': 2}
PREFIXES = ('g_prefix_error', 'g_propagate_prefixed_error')
# What the kernel or another library says comes behind it.
OPEN = ('_nullmail_set_error_errno', '_nullmail_propagate_foreign')
# A reason is what a function hands on for another text: why a value, a name or a macro is refused.
REASON = re.compile(r'\b(?:return|fault =|problem =|\w*refuse \(|fail \()[^;]*;')
REASON_FILES = re.compile(r'config/(?:address-maps|channel|null|relay)|document/|store/postmap')
CONVERSION = re.compile(r'%[0-9.*]*[lhz]*[a-zA-Z%]')


def split_arguments(text, start):
    """The arguments of a call, of which the opening bracket stands before start."""
    depth, found, begin, at = 1, [], start, start
    while depth > 0:
        match = TOKEN.search(text, at)
        at = match.end()
        depth += (match[3] in ('(', '[', '{')) - (match[3] in (')', ']', '}'))
        if depth == 0 or (depth == 1 and match[3] == ','):
            found.append(text[begin:match.start()])
            begin = at
    return found


def read_literals(text, source):
    """The texts in a piece of source: neighbours are one, and a macro between them is what the
    source says that it is."""
    found, is_open = [], False
    for string, macro, sign in TOKEN.findall(text):
        if macro and not string:
            defined = re.search(rf'#define {macro} +"(.*)"', source)
            string = defined[1] if defined else 'd' if macro.endswith('_FORMAT') else ''
            if not string:
                continue
        elif sign or not string:
            is_open = False
            continue
        if is_open:
            found[-1] += string
        else:
            found.append(string)
        is_open = True
    return found


class Source:
    """The texts of one file, each once: those of errors, those put before them, and reasons."""

    def __init__(self, path):
        self.name = str(path.relative_to(LIBRARY))
        source = COMMENT.sub(lambda match: '\n' * match[0].count('\n'), path.read_text())
        self.errors, self.prefixes, self.reasons = {}, {}, set()
        for match in CALL.finditer(source):
            arguments = split_arguments(source, match.end())
            literals = read_literals(arguments[POSITIONS.get(match[1], 3)], source)
            for text in literals:
                pattern = '(?s:.*)'.join(map(re.escape, CONVERSION.split(text)))
                if match[1] in OPEN:
                    pattern += ': (?s:.*)'
                (self.prefixes if match[1] in PREFIXES else self.errors)[text] = pattern
        if REASON_FILES.match(self.name):
            for match in REASON.finditer(CALL.sub('(', source)):
                self.reasons.update(text for text in read_literals(match[0], source)
                                    if text.count(' ') > 1)
        self.reasons -= set(self.errors) | set(self.prefixes)

    def texts(self):
        return {*self.errors, *self.prefixes, *self.reasons}

    def find(self, message):
        """The texts of this file that a message is made of."""
        found = set()
        for prefix, pattern in self.prefixes.items():
            match = re.match(pattern.replace('.*', '.*?'), message)
            if match:
                found.add(prefix)
                message = message[match.end():]
        fitting = [text for text, pattern in self.errors.items()
                   if re.fullmatch('(?s:.*: )?' + pattern, message)]
        if fitting:
            found.add(max(fitting, key=lambda text: len(CONVERSION.sub('', text))))
        return found


def read_sources():
    return [Source(path) for path in sorted(LIBRARY.rglob('*.c')) if path.name != 'error.c']


class Table(unittest.TestCase):
    """What the library says and what the table has are the same."""

    def setUp(self):
        self.sources = {source.name: source for source in read_sources()}

    def test_every_text_is_in_the_table(self):
        messages = [row.text for rows in TEXTS.values() for row in rows if isinstance(row, Row)]
        missing = []
        for name, source in self.sources.items():
            rows = TEXTS.get(name, [])
            known = {text for row in rows for text in find_texts(source, row)}
            known |= {reason for reason in source.reasons
                      if any(reason in message for message in messages)}
            missing += [(name, text) for text in source.texts() - known]
        self.assertEqual(missing, [])

    def test_every_row_has_a_text(self):
        stale = [(name, row[-1] if isinstance(row, Row) else row.start)
                 for name, rows in TEXTS.items() for row in rows
                 if name not in self.sources or not find_texts(self.sources[name], row)]
        self.assertEqual(stale, [])

    def test_no_row_comes_twice(self):
        for name, rows in TEXTS.items():
            texts = [row.text if isinstance(row, Row) else row.start for row in rows]
            self.assertEqual(sorted(texts), sorted(set(texts)), name)

    def test_the_other_tests_are_there(self):
        others = {row.test for rows in TEXTS.values() for row in rows
                  if isinstance(row, Elsewhere)}
        self.assertEqual([test for test in others if not (TOP / 'tests' / test).exists()], [])

    def test_the_library_is_read(self):
        """An empty list of texts would agree with an empty table."""
        self.assertGreater(sum(len(source.texts()) for source in self.sources.values()), 200)


def find_texts(source, row):
    """Those texts of a file that a row is about."""
    if isinstance(row, Elsewhere):
        return {text for text in source.texts() if text.startswith(row.start)}
    return source.find(row.text) | {reason for reason in source.reasons if reason in row.text}


class Provoked(InstanceTest):
    @classmethod
    def setUpClass(cls):
        fixture.need_postfix()
        fixture.need_types('hash', 'btree')
        fixture.need_root()

    def show(self, message):
        """A message with the folders that administrators know."""
        for path, known in ((self.etc, '/etc/postfix'), (self.state, '/var/lib/nullmail'),
                            (self.folder, '/tmp')):
            for quoted in (str, lambda text: quote(str(text), safe='')):
                message = message.replace(quoted(path), quoted(known))
        return message.replace('“etc”', '“postfix”').replace('“state”', '“nullmail”')

    def assert_provoked(self, row):
        self.use(fixture.make_folder('text-'))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.write_first()
        with self.assertRaises(GLib.Error) as caught:
            row.provoke(self)
        error = caught.exception
        message = self.show(error.message)
        self.assertTrue(error.matches(Nullmail.Error.quark(), row.code), error)
        self.assertRegex(message, rf"\A{'.*'.join(map(re.escape, row.text.split('*')))}\Z")
        self.assertNotIn(fixture.SECRET, message)

    def test_all(self):
        for name, rows in TEXTS.items():
            for row in rows:
                if isinstance(row, Row):
                    with self.subTest(name, text=row.text):
                        self.assert_provoked(row)

