#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Documentation comments speak one dialect: see RULES."""

import re
import sys

import sources

ERROR = '@error: return location for an error, or %NULL'
CANCELLABLE = '@cancellable: (nullable): a cancellable, or %NULL'


def error_is_described_in_the_same_words(comment):
    return all(line == ERROR for line in comment.lines if line.startswith('@error:'))


def cancellable_is_described_in_the_same_words(comment):
    return all(line == CANCELLABLE for line in comment.lines if line.startswith('@cancellable:'))


def parameter_says_only_that_it_may_be_null(comment):
    return not any(re.match(r'@\w+: .*\(not nullable\)', line) for line in comment.lines)


def returned_pointer_says_transfer_and_nullability(comment):
    returns = comment.paragraph('Returns:')
    if returns is None or not re.match(r'[\w ]+\*[\w* ]*\n' + comment.name, comment.code):
        return True
    return bool(re.match(r'Returns: \(transfer \w+\) \((not )?nullable\)', returns))


def returns_name_the_errors(comment):
    """Each code, or the method that has the same ones."""
    returns = comment.paragraph('Returns:')
    if '@error:' not in '\n'.join(comment.lines):
        return True
    return returns is not None and bool(
        re.search(r'%NULLMAIL_ERROR_|(as of|as by) \[|with @error set', returns))


def function_returns_are_described(comment):
    """What “Returns: TRUE.” hides: an empty description."""
    returns = comment.paragraph('Returns:')
    return returns is None or bool(re.sub(r'\([^)]*\)|Returns:|:', '', returns).strip())


def since_is_last(comment):
    return comment.lines[-1].startswith('Since: ')


RULES = (
    error_is_described_in_the_same_words,
    cancellable_is_described_in_the_same_words,
    parameter_says_only_that_it_may_be_null,
    returned_pointer_says_transfer_and_nullability,
    returns_name_the_errors,
    function_returns_are_described,
    since_is_last,
)


def main():
    n_comments = n_faults = 0
    for comment in sources.read_comments():
        n_comments += 1
        for rule in RULES:
            if rule(comment):
                continue
            n_faults += 1
            print(f'{comment.path}:{comment.line}: {comment.name}: not so: '
                  f'{rule.__name__.replace("_", " ")}')
    print(f'{n_comments} comments, {n_faults} faults')
    return 1 if n_faults or n_comments < 100 else 0


if __name__ == '__main__':
    sys.exit(main())
