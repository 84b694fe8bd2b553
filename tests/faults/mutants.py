#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Breaks the protocol of the commit, once in each of its points, and wants to be caught.

Each mutant is the library of the build with one text of one source file replaced. It takes the
place of the library by LD_LIBRARY_PATH while the detectors run, one after another, until one of
them finds a violation. A mutant that none finds is a failure, and so is a text that is no longer
there, or a detector that finds something in the library as it is: it would catch anything."""

import argparse
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'support'))

import program  # noqa: E402

SOURCES = HERE.parent.parent / 'libnullmail'
TARGET = 'libnullmail/libnullmail-1.0.so.0.0.0'
OBJECTS = 'libnullmail/libnullmail-private.a.p'
LIMIT_S = 2000


@dataclasses.dataclass(frozen=True)
class Mutant:
    name: str
    file: str
    old: str
    new: str
    detectors: tuple  # names of DETECTORS, the likeliest first


def faults(only, calls='.', number=300):
    return [os.environ.get('NULLMAIL_FAULT_MATRIX', ''), '--jobs', '1', '--faults', str(number),
            '--only', only, '--calls', calls]


def script(name, *arguments):
    return [sys.executable, str(HERE / name), *arguments]


DETECTORS = {
    # Every moment of a run without a fault is looked at, too.
    'moments': lambda: faults('^(main-cf|password|relay-and-password)/hash$', number=3),
    'patterns': lambda: faults('^patterns(-gone)?/texthash$', number=3),
    'writes': lambda: faults('^relay-and-password/texthash$', '^(write|fallocate|fsync)$'),
    'exchanges': lambda: faults('^(main-cf|relay-and-password)/texthash$', '^renameat2$', 0),
    'activation': lambda: faults('^activation/texthash$', '^renameat2$', 0),
    'tables': lambda: faults('^password/lmdb$', '^pwrite64$', 0),
    'crash-states': lambda: script('crash_states.py', '--states', '20000', '--restarts', '0',
                                   '--combinations', 'relay|both|password'),
    'power-cuts': lambda: script('power_cuts.py', '--cuts', '60', '--stop-at-first'),
    'storms': lambda: script('storms.py', '--commits', '600', '--writers', '16', '--stop-at-first'),
}

MUTANTS = [
    Mutant('the fsync of a staged file is left out', 'commit/staged-file.c',
           'return fsync (fd) == 0;', 'return fd >= 0;', ('crash-states', 'power-cuts')),
    Mutant('a failed fsync is ignored', 'commit/staged-file.c',
           'return fsync (fd) == 0;', 'return fsync (fd) == 0 || TRUE;', ('writes',)),
    Mutant('the fsync of the directory before main.cf is left out', 'commit/transaction.c',
           'if (step->barrier && synced < i)', 'if (FALSE && step->barrier && synced < i)',
           ('crash-states',)),
    Mutant('the last fsync of the directory is left out', 'commit/transaction.c',
           'if (!sync_directories (self, synced, self->steps->len))',
           'if (FALSE && !sync_directories (self, synced, self->steps->len))',
           ('crash-states', 'power-cuts')),
    Mutant('main.cf and the table are exchanged in the wrong order', 'instance/apply-stage.c',
           'gboolean main_cf_first = run->plan->main_cf_first;',
           'gboolean main_cf_first = !run->plan->main_cf_first;', ('moments', 'crash-states')),
    Mutant('a private file is made with mode 0644 and tightened later', 'commit/staged-file.c',
           'O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);',
           'O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);', ('moments',)),
    Mutant('a password file keeps the mode that it had not', 'commit/staged-file.c',
           'self->existed ? self->original.st_mode & 0600 : 0600', '0644', ('moments',)),
    Mutant('postconf\'s lock is not taken', 'commit/edit-lock.c',
           'if (flock (fd, LOCK_EX | LOCK_NB) == 0)',
           'if (g_str_equal (self->name, NULLMAIL_LOCK_EDIT)\n'
           '      || flock (fd, LOCK_EX | LOCK_NB) == 0)',
           ('storms',)),
    Mutant('the lock of the directory is not taken', 'commit/edit-lock.c',
           'if (flock (fd, LOCK_EX | LOCK_NB) == 0)',
           'if (!g_str_equal (self->name, NULLMAIL_LOCK_EDIT)\n'
           '      || flock (fd, LOCK_EX | LOCK_NB) == 0)',
           ('storms',)),
    Mutant('the displaced file is not looked at', 'commit/staged-exchange.c',
           'if (!check_displaced (self, &guard, error))\n    {',
           'if (FALSE)\n    {', ('exchanges', 'storms')),
    Mutant('the bytes of the displaced file are not compared', 'commit/staged-exchange.c',
           'is_same = _nullmail_staged_holds_expected (self)) && errno != 0',
           'is_same = TRUE) && errno != 0', ('exchanges',)),
    Mutant('a plain rename takes the place of the exchange', 'commit/staged-exchange.c',
           'if (rename_with (self, self->private_name, self->name, RENAME_EXCHANGE) < 0)\n    {\n'
           '      if (errno == EINVAL',
           'if (rename_with (self, self->private_name, self->name, 0) < 0)\n    {\n'
           '      if (errno == EINVAL', ('exchanges',)),
    Mutant('a failed write is ignored', 'commit/staged-file.c',
           'if (!write_with_space (fd, data, size)\n',
           'if ((!write_with_space (fd, data, size) && fd < 0)\n', ('writes',)),
    Mutant('what was exchanged is not exchanged back after a failure', 'commit/transaction.c',
           'if (!revert_steps (self, end))', 'if (FALSE && !revert_steps (self, end))',
           ('exchanges',)),
    Mutant('the old relay\'s key is dropped at once', 'plan/planner-entries.c',
           '(needs->was_read && keys_are_equal (key, self->key_before))', 'FALSE',
           ('moments', 'crash-states')),
    Mutant('O_EXCL is left out', 'commit/staged-file.c',
           'O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);',
           'O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);', ('moments',)),
    Mutant('left-overs are not removed', 'commit/leftovers.c',
           'if (unlinkat (directory, name, 0) < 0 && errno == EISDIR)',
           'if (*name == 0 && errno == EISDIR)', ('exchanges',)),
    Mutant('the attributes of main.cf are not copied', 'commit/staged-file.c',
           '&& _nullmail_file_attributes_copy (self->original_fd, &self->original, '
           'self->name, fd);',
           '&& fchmod (fd, 0644) == 0;', ('moments',)),
    Mutant('the new table is not asked for what it has to hold', 'store/postmap.c',
           'return ask_table (tool, source, questions, answers, cancellable, error);',
           'return TRUE;',
           ('tables',)),
    Mutant('a table of LMDB is only looked into', 'store/postmap.c',
           'if (g_str_equal (map_type, "lmdb") || answers->size > MAX_SEARCHED_BYTES)',
           'if (answers->size > MAX_SEARCHED_BYTES)', ('tables',)),
    Mutant('what was exchanged last is not taken back first', 'commit/transaction.c',
           'g_array_index (self->steps, Step, i - 1);\n\n      if (!_nullmail_staged_file_revert',
           'g_array_index (self->steps, Step, end - i);\n\n      if (!_nullmail_staged_file_revert',
           ('activation',)),
    Mutant('files of patterns come behind the main.cf that names them', 'instance/apply-stage.c',
           'g_ptr_array_add (run->files, file);', 'g_ptr_array_add (run->gone, file);',
           ('patterns',)),
    Mutant('files of patterns go before the main.cf that names them', 'instance/apply-stage.c',
           '      _nullmail_staged_file_remove (file);\n      g_ptr_array_add (run->gone, file);\n'
           '      return TRUE;',
           '      _nullmail_staged_file_remove (file);\n      g_ptr_array_add (run->files, file);\n'
           '      return TRUE;', ('patterns',)),
]


def commands_of(build):
    """The commands that make the library, by what they make."""
    done = subprocess.run(['ninja', '-C', str(build), '-t', 'commands', TARGET], check=True,
                          stdout=subprocess.PIPE, text=True)
    found = {}
    for line in done.stdout.splitlines():
        words = shlex.split(line) if ' -o ' in line else []
        if words:
            found[words[words.index('-o') + 1]] = words
    return found


def mutate(mutant):
    text = (SOURCES / mutant.file).read_text(encoding='utf-8')
    if text.count(mutant.old) != 1:
        raise LookupError(f'{mutant.file} has {text.count(mutant.old)} times what is replaced')
    return text.replace(mutant.old, mutant.new)


def build_mutant(mutant, build, commands, folder):
    """A folder with the library, broken."""
    source = folder / pathlib.Path(mutant.file).name
    source.write_text(mutate(mutant), encoding='utf-8')
    name = f'{OBJECTS}/{mutant.file.replace("/", "_")}.o'
    words = [word for word in commands[name] if word != '-Werror']
    words[words.index('-o') + 1] = str(folder / 'mutant.o')
    words[words.index('-c') + 1] = str(source)
    subprocess.run([*words, f'-I{(SOURCES / mutant.file).parent}', '-w'], cwd=build, check=True)

    objects = [str(folder / 'mutant.o') if f'{OBJECTS}/{path.name}' == name else str(path)
               for path in sorted((build / OBJECTS).glob('*.o'))]
    link = [word for word in commands[TARGET] if 'whole-archive' not in word
            and not word.endswith('nullmail-private.a')]
    library = folder / 'libnullmail-1.0.so.0'
    at = link.index('-o') + 2  # the libraries come behind what needs them
    subprocess.run([*link[:at - 1], str(library), *objects, *link[at:]], cwd=build, check=True)
    (folder / 'libnullmail-1.0.so').symlink_to(library.name)
    return folder


def run_detector(name, library, folder):
    """What it found with a library, as the last line of its output says."""
    environment = {**os.environ, 'LD_LIBRARY_PATH': str(library), 'NULLMAIL_TEST_TMP': str(folder)}
    done = subprocess.run(DETECTORS[name](), env=environment, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT, timeout=LIMIT_S, check=False)
    lines = done.stdout.strip().splitlines() or ['']
    try:
        report = json.loads(lines[-1])
    except ValueError as error:
        raise LookupError(f'{name} has tried nothing: {lines[-1]}') from error
    # A run that the broken library made impossible tells no more than that.
    return report['violations'] or ['it cannot go on'] if report['n_violations'] > 0 else []


def catch(mutant, build, commands, base):
    folder = program.make_folder('mutant-', base)
    begun = time.monotonic()
    try:
        build_mutant(mutant, build, commands, folder)
        for name in mutant.detectors:
            found = run_detector(name, folder, folder)
            if found:
                return name, found[0], time.monotonic() - begun
        return None, 'nobody has noticed', time.monotonic() - begun
    except LookupError as error:
        return None, str(error), time.monotonic() - begun
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def try_intact(name, build, base):
    """What a detector finds where nothing is broken, which has to be nothing."""
    begun = time.monotonic()
    try:
        found = run_detector(name, build / 'libnullmail', base)
    except LookupError as error:
        found = [str(error)]
    print(f'{name:13} {time.monotonic() - begun:6.1f} s  nothing is broken: '
          f'{found[0][:200] if found else "nothing is found"}', flush=True)
    return [f'{name} finds in the library as it is: {found[0]}'] if found else []


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition('\n')[0])
    parser.add_argument('--only', default='', help='mutants whose names match', metavar='REGEX')
    parser.add_argument('--jobs', type=int, default=3)
    arguments = parser.parse_args()
    build = pathlib.Path(os.environ['NULLMAIL_BUILD'])
    begun = time.monotonic()
    chosen = [mutant for mutant in MUTANTS if re.search(arguments.only, mutant.name)]
    escaped = []
    with program.own_folder('mutants') as base:
        commands = commands_of(build)
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            results = pool.map(lambda mutant: catch(mutant, build, commands, base), chosen)
            for mutant, (detector, what, seconds) in zip(chosen, results):
                print(f'{detector or "ESCAPED":13} {seconds:6.1f} s  {mutant.name}: {what[:200]}',
                      flush=True)
                if detector is None:
                    escaped.append(f'{mutant.name}: {what}')
            used = dict.fromkeys(name for mutant in chosen for name in mutant.detectors)
            for found in pool.map(lambda name: try_intact(name, build, base), used):
                escaped += found
    print(json.dumps({'kind': 'mutants', 'tried': len(chosen), 'violations': escaped,
                      'n_violations': len(escaped),
                      'seconds': round(time.monotonic() - begun, 1)}))
    return 1 if escaped or not chosen else 0


if __name__ == '__main__':
    sys.exit(main())
