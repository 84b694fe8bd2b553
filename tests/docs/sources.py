# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The documentation comments of the library and the pages beside them."""

import pathlib
import re

TOP = pathlib.Path(__file__).resolve().parents[2]
COMMENT = re.compile(r'^ */\*\*\n(.*?)^ *\*/\n', re.DOTALL | re.MULTILINE)


class Comment:
    """One comment: its text without stars, where it begins, and the code behind it."""

    def __init__(self, path, text, match):
        self.path = path.relative_to(TOP)
        self.line = text.count('\n', 0, match.start()) + 2
        self.lines = [re.sub(r'^ *\* ?', '', line) for line in match[1].splitlines()]
        self.name = re.match(r'[\w:-]*', self.lines[0])[0].rstrip(':')
        self.code = text[match.end():match.end() + 200]

    def paragraph(self, beginning):
        """The lines from the one that begins so to the next empty line, as one."""
        text = '\n'.join(self.lines) + '\n\n'
        found = re.search(rf'^{re.escape(beginning)}.*?(?=\n\n)', text, re.DOTALL | re.MULTILINE)
        return ' '.join(found[0].split()) if found else None


def read_comments():
    for path in sorted((TOP / 'libnullmail').glob('**/*.[ch]*')):
        text = path.read_text(encoding='utf-8')
        for match in COMMENT.finditer(text):
            yield Comment(path, text, match)


def read_pages():
    return [TOP / 'README.md', *sorted((TOP / 'docs').glob('*.md'))]


def find_samples(lines, first_line):
    """The number of the first line, and the lines, of each fenced block of C."""
    start = None
    for number, line in enumerate(lines, first_line):
        if line == '```c':
            start, block = number + 1, []
        elif line.startswith('```') and start is not None:
            yield start, block
            start = None
        elif start is not None:
            block.append(line)
    if start is not None:
        raise ValueError(f'the block of line {start - 1} has no end')
