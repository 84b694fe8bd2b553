# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What postconf -e, -X and -# write, its defects included, so that an exception in the differential
test says exactly what Postfix does and cannot hide anything else."""

import re

SPACE = b' \t\n\v\f\r'


def split_lines(text):
    return re.findall(rb'[^\n]*\n|[^\n]+', text)


def is_ignored(line):
    content = line.lstrip(SPACE)
    return content == b'' or content.startswith(b'#')


def editor_key(line):
    """The name of a line in column 1 as the editor of postconf takes it."""
    return re.match(rb'[^ \t\r\n=]*', line).group()


def reader_key(line):
    """The name as every other program takes it."""
    return re.match(rb'[^ \t\n\v\f\r=]*', line).group()


def edit(text, mode, values, defects=()):
    """mode is 'set', 'unset' or 'comment'; values maps names to values. The defects
    are those of a last line without newline: "glue", an append is put behind it, "ends", it gets
    one whatever is edited, and "ff", with the byte 0xff at its end, taken for the end of the file,
    it is lost. Gives the text, and the lines appended to it."""
    output, found, interesting = [], set(), False
    if 'ff' in defects and text.endswith(b'\xff'):
        text = text[:text.rfind(b'\n') + 1]
    if 'ends' in defects and text and not text.endswith(b'\n'):
        text += b'\n'
    for line in split_lines(text):
        if is_ignored(line):
            output.append(line)
        elif line[:1] in (b' ', b'\t', b'\v', b'\f', b'\r'):
            if not interesting:
                output.append(line)
            elif mode == 'comment':
                output.append(b'#' + line)
        else:
            key = editor_key(line)
            interesting = key in values
            if not interesting:
                output.append(line)
                continue
            found.add(key)
            if mode == 'set':
                output.append(key + b' = ' + values[key].strip(SPACE) + b'\n')
            elif mode == 'comment':
                output.append(b'#' + line)
    result = b''.join(output)
    appended = [key + b' = ' + value.strip(SPACE) + b'\n' for key, value in values.items()
                if mode == 'set' and key not in found]
    if appended and result and not result.endswith(b'\n') and 'glue' not in defects:
        result += b'\n'
    return result, appended


def is_edited(text, mode, values, defects, result):
    """Whether the result is that of the edit, appended lines being in any order: 3.7.11 has them
    in that of a hash table with a random seed."""
    body, appended = edit(text, mode, values, defects)
    return (result.startswith(body)
            and sorted(split_lines(result[len(body):])) == sorted(appended))


def starts(text):
    """The lines in column 1."""
    return [line for line in split_lines(text)
            if not is_ignored(line) and line[:1] not in (b' ', b'\t', b'\v', b'\f', b'\r')]


def has_hidden_name(text, names):
    """Whether a VT or FF keeps the editor from finding what the reader finds."""
    return any(reader_key(line) in names and editor_key(line) != reader_key(line)
               for line in starts(text))


def count_key(text, name):
    return sum(reader_key(line) == name for line in starts(text))
