#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""messages.py: brings the po files in line with the page: what is new is added without a
translation, what is gone goes. With --check it only says what they lack; status 1 if anything."""

import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
TEXT = r"'((?:[^'\\]|\\.)*)'"
TEXTS = rf'{TEXT}((?:\s*\+\s*{TEXT})*)'
CALL = re.compile(rf'\b_\(\s*{TEXTS}\)')
PLURAL = re.compile(rf'\bN\(\s*{TEXT}, {TEXT},')
ENTRY = re.compile(r'(?:^#.*\n)*^msgid (?:".*"\n)+(?:^msgid_plural (?:".*"\n)+)?'
                   r'(?:^msgstr(?:\[\d\])? (?:".*"\n)+)+', re.MULTILINE)
PLACE = re.compile(r'\$\d')


def unquote(text):
    return text.replace("\\'", "'").replace('\\\\', '\\')


def find_messages():
    """The page's texts, in the order of its files; of each its plural, or None."""
    found = {}
    for path in sorted((HERE / 'src').glob('*.js')):
        text = path.read_text(encoding='utf-8')
        for match in CALL.finditer(text):
            parts = [match[1], *re.findall(TEXT, match[2])]
            found.setdefault(''.join(map(unquote, parts)), None)
        for match in PLURAL.finditer(text):
            found[unquote(match[1])] = unquote(match[2])
    manifest = json.loads((HERE / 'manifest.json').read_text(encoding='utf-8'))
    found.setdefault(manifest['menu']['index']['label'], None)
    return found


def parse(text):
    """The translations of a po file: message → list of texts."""
    found = {}
    for match in ENTRY.finditer(text):
        fields = {'msgid': '', 'msgstr': []}
        key = None
        for line in match[0].splitlines():
            word, quoted = re.match(r'(?:#.*|(msg\w+)(?:\[\d\])? )?(".*")?$', line).groups()
            if word == 'msgstr':
                fields['msgstr'].append('')
            key = word or key
            if quoted and key == 'msgstr':
                fields['msgstr'][-1] += json.loads(quoted)
            elif quoted and key == 'msgid':
                fields['msgid'] += json.loads(quoted)
        found[fields['msgid']] = fields['msgstr']
    return found


def write(path, header, messages, known, n_plurals):
    def quote(text):
        return json.dumps(text, ensure_ascii=False)

    blocks = [header.rstrip('\n')]
    for message, plural in messages.items():
        texts = known.get(message) or [''] * (n_plurals if plural else 1)
        lines = [f'msgid {quote(message)}']
        if plural:
            lines += [f'msgid_plural {quote(plural)}']
            lines += [f'msgstr[{i}] {quote(text)}' for i, text in enumerate(texts)]
        else:
            lines += [f'msgstr {quote(texts[0])}']
        blocks.append('\n'.join(lines))
    path.write_text('\n\n'.join(blocks) + '\n', encoding='utf-8')


def check(path, messages, known):
    for message, plural in messages.items():
        for text in known.get(message) or ['']:
            if not text:
                yield f'{path.name}: no translation of “{message}”'
            elif set(PLACE.findall(text)) != set(PLACE.findall(plural or message)):
                yield f'{path.name}: other places to fill in “{text}” than in “{message}”'
    for message in known.keys() - messages.keys() - {''}:
        yield f'{path.name}: the page does not say “{message}”'


def main(*arguments):
    messages, faults = find_messages(), []
    for path in sorted((HERE / 'po').glob('*.po')):
        text = path.read_text(encoding='utf-8')
        known = parse(text)
        if '--check' in arguments:
            faults += check(path, messages, known)
        else:
            n_plurals = int(re.search(r'nplurals=(\d)', text)[1])
            header = text[:text.index('\n\n')] if '\n\n' in text else text
            write(path, header, messages, known, n_plurals)
    print(*faults, f'{len(messages)} messages, {len(faults)} faults', sep='\n')
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
