# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""MainCf against the installed postconf, for any main.cf: what the tests of it share. Before the
test comes start (); it calls check_edit () and check_reading () with what check_file () got from
postconf, and ends with print_counts () and failures."""

import collections
import itertools
import os
import re
import signal
import subprocess
import threading

import fixture
import postconf_model as model
from fixture import GLib, Nullmail

EXCEPTIONS = {
    'no-last-newline': 'before 3.7.15, 3.8.10, 3.9.4 and 3.10.2 an append is glued to a last line '
                       'without newline',
    'ended-last-line': 'from these on a last line gets the newline that it lacks, whatever is '
                       'edited; here it stays as it is',
    'last-byte-ff': 'the editor loses a last line that ends in the byte 0xff and no newline',
    'crlf-last-newline': 'the newline that the last line lacks is the one of the file, CR LF',
    'hidden-name': 'the editor of postconf does not see a name with VT or FF behind it, which '
                   'every reader sees',
    'no-op': 'where a setting has the value already, no byte is changed',
    'nul': 'the editor cuts a line at a NUL, its newline included',
    'cr-in-value': 'postconf writes a value with a CR; it is an invalid argument',
    'twice-in-arguments': 'postconf -X with one name twice crashes before it opens a file',
    'bad-line': 'a line without "=" ends every reader; here it is counted',
    'undefined-macro': 'a name that nobody knows expands to nothing; here it stays as written',
    'loop-in-comparison': 'postconf crashes where a comparison of a value refers to the value; '
                          'here it is an invalid file',
    'lazy-syntax': 'postconf warns of syntax in an alternative that is not taken, and goes on',
    'not-utf-8': 'bytes that are not UTF-8 show as U+FFFD',
    'collapsed': 'postconf prints a run of white space as one blank',
}

PROCESS_ID = re.compile(rb'(?<=/postconf )[0-9]+')  # of the very program that is asked

counts = collections.Counter()
exceptions = collections.Counter()
failures = []
local = threading.local()
scratch = None
version = None
defaults = {}
defects = set()


def fail(name, what, *details):
    failures.append((name, what, details))


def check(name, what, ours, theirs):
    counts['comparisons'] += 1
    if ours != theirs:
        fail(name, what, f'ours:   {ours[:400]!r}', f'theirs: {theirs[:400]!r}')


# postconf

serial = itertools.count()


def postconf(text, *arguments):
    """Runs postconf on a file; gives exit status, output, errors and the file after it."""
    if not hasattr(local, 'directory'):
        local.directory = scratch / f'config-{next(serial)}'
        local.directory.mkdir()
        (local.directory / 'master.cf').touch()
    path = local.directory / 'main.cf'
    path.write_bytes(text)
    # Younger than a second, the file makes each reader wait until it is older.
    os.utime(path, (1000000000, 1000000000))
    done = subprocess.run(['postconf', '-c', local.directory, *arguments], capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=fixture.LIMIT_S, check=False)
    return done.returncode, done.stdout, done.stderr, path.read_bytes()


def parse_listing(output):
    return dict(line.split(b' =', 1) for line in output.split(b'\n') if b' =' in line)


def collapse(value):
    return re.sub(rb'[ \t\r\n]+', b' ', value).strip(b' \t\r\n')


# MainCf

def parse(text):
    return Nullmail.MainCf.new_from_bytes(GLib.Bytes.new(text))


def is_error(error, name):
    return error.matches(Nullmail.Error.quark(), getattr(Nullmail.Error, name))


def edit(text, mode, values):
    document = parse(text)
    for key, value in values.items():
        name = key.decode()
        if mode == 'set':
            document.set_value(name, value.decode())
        elif mode == 'unset':
            document.unset(name)
        else:
            document.comment_out(name)
    return document.to_bytes().get_data() or b''


# Editing

def run_edit(text, mode, values):
    option = {'set': '-e', 'unset': '-X', 'comment': '-#'}[mode]
    arguments = [key + b'=' + value for key, value in values.items()] if mode == 'set' else values
    return postconf(text, option, *arguments)


def is_no_op(text, key, value):
    current = parse(text).get_value(key.decode())
    return (model.count_key(text, key) == 1 and current is not None
            and current == value.strip(model.SPACE).decode())


def repair(text, mode, values):
    """The file, without what keeps postconf from editing it right, and why."""
    reasons = set()
    if model.has_hidden_name(text, values):
        reasons.add('hidden-name')
        text = text.replace(b'\v', b' ').replace(b'\f', b' ')
    if text.endswith(b'\xff'):
        reasons.add('last-byte-ff')
    appends = mode == 'set' and any(model.count_key(text, key) == 0 for key in values)
    # Whether the last line is still there when the append comes: as the editor leaves it.
    kept = {key: value for key, value in values.items() if model.count_key(text, key) > 0}
    before, _ = model.edit(text, mode, kept)
    if appends and before and not before.endswith(b'\n'):
        reasons.add('no-last-newline')
        if before.rpartition(b'\n')[0].endswith(b'\r') and not text.endswith(b'\r'):
            reasons.add('crlf-last-newline')
            text += b'\r'
        text += b'\n'
    return text, reasons


def check_edit(name, text, mode, values, result):
    """What postconf wrote is what its model says; what MainCf writes is the same on the repaired
    file; where nothing was to be repaired both are the same."""
    status, _, errors, theirs = result
    what = f'{mode} {[(k, v[:40]) for k, v in values.items()]} in {text[:400]!r}'
    counts[f'edits: {mode}'] += 1
    if status != 0:
        fail(name, what, f'postconf ended with {status}: {errors!r}')
        return
    ours = edit(text, mode, values)
    counts['comparisons'] += 1
    if not model.is_edited(text, mode, values, defects, theirs):
        fail(name, 'model: ' + what, theirs)

    if mode == 'set':
        unchanged = {key for key, value in values.items() if is_no_op(text, key, value)}
        if unchanged:
            if ours != theirs:
                exceptions['no-op'] += 1
            if len(unchanged) == len(values):
                check(name, 'no-op: ' + what, ours, text)
            # Written anew on purpose, it is what postconf writes.
            other = {key: b'another value' for key in unchanged}
            ours = edit(edit(text, mode, other), mode, values)

    repaired, reasons = repair(text, mode, values)
    if not reasons:
        if 'ends' in defects and ours and not ours.endswith(b'\n'):
            exceptions['ended-last-line'] += 1
            ours += b'\n'
        check(name, what, ours, theirs)
        return
    if ours != theirs:
        exceptions.update(reasons)
    if 'hidden-name' in reasons:
        ours = ours.replace(b'\v', b' ').replace(b'\f', b' ')
        values = {key: value.replace(b'\v', b' ').replace(b'\f', b' ')
                  for key, value in values.items()}
    body, appended = model.edit(repaired, mode, values)
    check(name, 'repaired: ' + what, ours, body + b''.join(appended))


# Reading

def is_unreadable(text):
    """Whether readers stop at a line, said without looking at MainCf."""
    logical, begun = [], False
    for line in model.split_lines(text):
        if model.is_ignored(line):
            continue
        if line[:1] not in (b' ', b'\t', b'\v', b'\f', b'\r') or not begun:
            logical.append(b'')
        begun = True
        logical[-1] += line.rstrip(b'\n')
    return sum(not re.match(rb'[^\s=]+\s*=', line) for line in logical
               if line[:1] not in (b' ', b'\t', b'\v', b'\f', b'\r')), \
        bool(logical) and logical[0][:1] in (b' ', b'\t', b'\v', b'\f', b'\r')


def show(value):
    """A value of MainCf as postconf would print it, U+FFFD standing for a byte of any kind."""
    return collapse(value.encode())


def matches(ours, theirs):
    if '\ufffd'.encode() in ours:
        exceptions['not-utf-8'] += 1
        pattern = b'.'.join(map(re.escape, ours.split('\ufffd'.encode())))
        return re.fullmatch(pattern, theirs, re.DOTALL) is not None
    return ours == theirs


def read_all(text, names):
    known = [name for name in names if name in defaults]
    return (postconf(text, '-n'),
            postconf(text, '-h', *known) if known else None,
            postconf(text, '-x', *known) if known else None)


def check_listing(name, text, document, listed):
    status, output, errors, _ = listed
    n_bad, is_indented = is_unreadable(text)
    check(name, 'bad lines', str(document.count_bad_lines()), str(n_bad + is_indented))
    if n_bad > 0:
        exceptions['bad-line'] += 1
        if status == 0 or not re.search(rb"missing ('=' after )?attribute name", errors):
            fail(name, 'postconf -n reads a bad line', errors)
        return False
    if (b'must not start with whitespace' in errors) != is_indented:
        fail(name, 'an indented first line', errors)
    if status == -signal.SIGSEGV:
        exceptions['loop-in-comparison'] += 1
        if not any(refers_to_itself(document, key) for key in document.list_names()):
            fail(name, f'postconf -n crashes on {text[:600]!r}')
        return False
    if status != 0:
        if b'macro' not in errors:
            fail(name, f'postconf -n ended with {status}', errors)
        return False

    theirs = parse_listing(output)
    ours = {key.encode(): document.get_value(key) for key in document.list_names()}
    for key, value in theirs.items():
        if key == b'config_directory' and key not in ours:
            continue
        counts['values: -n'] += 1
        if key not in ours or not matches(show(ours[key]), value.lstrip(b' ')):
            fail(name, f'-n {key} in {text[:400]!r}', ours.get(key), value)
        elif ours[key].encode() != value.lstrip(b' '):
            exceptions['collapsed'] += 1
    for key in ours:
        if key in defaults and key not in theirs:
            fail(name, f'-n lacks {key}')
    return True


def refers_to_itself(document, key):
    value = document.get_value(key)
    try:
        document.expand(value, closure(document, value))
    except GLib.Error as error:
        return '${' in value and 'refers to itself' in error.message
    return False


def check_values(name, text, document, names, printed):
    status, output, errors, _ = printed
    known = [key for key in names if key in defaults]
    lines = output.split(b'\n')[:-1]
    if status != 0 or len(lines) != len(known):
        fail(name, f'-h of {known} in {text[:400]!r}', status, lines, errors)
        return
    for key, line in zip(known, lines):
        counts['values: -h'] += 1
        ours = document.get_value(key.decode())
        if not matches(show(ours), line.strip(b' ')):
            fail(name, f'-h {key} in {text[:400]!r}', ours, line)


def closure(document, value):
    """The defaults that a value may need: handing over all of them each time is slow."""
    needed, todo = {}, [value]
    hostname = document.get_value('myhostname')
    if hostname is not None and '.' in hostname:
        needed['mydomain'] = hostname.partition('.')[2]  # derived by each program, not a default
    while todo:
        for key in re.findall(r'[A-Za-z0-9_]+', todo.pop()):
            if key.encode() in defaults and key not in needed:
                needed[key] = defaults[key.encode()].decode()
                todo.append(document.get_value(key) or needed[key])
    return needed


def expand(document, value, empty_names=()):
    needed = closure(document, value)
    needed.update((key, '') for key in empty_names)
    try:
        return document.expand(value, needed)
    except GLib.Error as error:
        assert error.matches(Nullmail.Error.quark(), Nullmail.Error.INVALID_FILE), error
        return None


def check_expansion(name, text, document, names, printed):
    status, output, errors, _ = printed
    if status == -signal.SIGSEGV:
        return
    known = [key for key in names if key in defaults]
    values = {key: document.get_value(key.decode()) for key in known}
    undefined = {key.decode() for key in
                 re.findall(rb'undefined parameter: (\w*)', errors)} - {''}
    ours = {key: expand(document, value, undefined) for key, value in values.items()}
    if status != 0:
        counts['refused: -x'] += 1
        if None not in ours.values():
            fail(name, f'-x refuses what is expanded, {text[:600]!r}', errors, ours)
        return
    if b'macro' in errors or b'expected at' in errors or b'unexpected input' in errors \
            or b'syntax error' in errors:
        exceptions['lazy-syntax'] += 1
    theirs = parse_listing(output)
    for key in known:
        counts['values: -x'] += 1
        if ours[key] is None:
            fail(name, f'-x {key} in {text[:600]!r}', 'refused', theirs.get(key))
        elif not matches(PROCESS_ID.sub(b'', show(ours[key])),
                         PROCESS_ID.sub(b'', theirs[key].strip(b' '))):
            fail(name, f'-x {key} in {text[:600]!r}', ours[key], theirs[key])
        elif undefined:
            # The exception itself: without a value for them the names are still there.
            raw = expand(document, values[key])
            if raw != ours[key]:
                exceptions['undefined-macro'] += 1
                if not any(word in raw for word in undefined):
                    fail(name, f'-x {key}: an unknown name is lost', raw)


def check_reading(name, text, results):
    listed, printed, expanded = results
    document = parse(text)
    names = [key.encode() for key in document.list_names()]
    if document.to_bytes().get_data() != (text or None) and text:
        fail(name, 'round trip')
    if not check_listing(name, text, document, listed):
        if expanded is not None and listed[0] != 0 and not is_unreadable(text)[0]:
            check_expansion(name, text, document, names, expanded)
        return
    if printed is not None:
        check_values(name, text, document, names, printed)
        check_expansion(name, text, document, names, expanded)


def check_file(item):
    """Runs all of postconf for one file; comparing is left to the main thread."""
    name, text, edits, names = item
    return (name, text, [(mode, values, run_edit(text, mode, values)) for mode, values in edits],
            read_all(text, names))


def start():
    """For setUpModule: a folder, and what postconf knows."""
    global scratch, version
    fixture.need('postconf')
    scratch = fixture.make_folder('differential-')
    version = postconf(b'', '-dh', 'mail_version')[1].decode().strip()
    defaults.update((key, value.lstrip(b' '))
                    for key, value in parse_listing(postconf(b'', '-d')[1]).items())
    # Which of the defects this one has: some releases mended one, others brought one.
    if postconf(b'myorigin = a', '-e', 'relayhost=b')[3].startswith(b'myorigin = ar'):
        defects.add('glue')
    if postconf(b'myorigin = a', '-X', 'relayhost')[3].endswith(b'\n'):
        defects.add('ends')
    if not postconf(b'myorigin = a\xff', '-e', 'relayhost=b')[3].startswith(b'myorigin = a'):
        defects.add('ff')


def print_counts(n_files):
    print(f'{n_files} files, Postfix {version}')
    for key, value in sorted(counts.items()):
        print(f'  {key}: {value}')
    print('exceptions, by the number of cases in which they showed:')
    for key, reason in EXCEPTIONS.items():
        print(f'  {key}: {exceptions[key]} - {reason}')
    for name, what, details in failures[:20]:
        print(f'FAILED {name}: {what}', *details, sep='\n    ')
    print(f'{len(failures)} failures')
    assert not set(exceptions) - set(EXCEPTIONS)
