#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each question about main.cf is answered in one place: no other file parses a TLS level, a yes or
no, or the type and name of a table."""

import pathlib
import re
import sys

LIBRARY = pathlib.Path(__file__).resolve().parents[2] / 'libnullmail'
COMPARED = r'\b(?:g_)?(?:ascii_)?(?:strn?(?:case)?cmp0?|str_equal|str_has_prefix)\s*\('

# What is looked for, who may have it, and where the same text is about something else. The files
# that may have it are the readers themselves.
RULES = [
    ('a yes or no of main.cf',
     re.compile(COMPARED + r'[^;]*"(?:yes|no)"'),
     {'config/effective.c', 'config/settings.c'},
     set()),
    ('a word for a TLS level',
     re.compile(COMPARED + r'[^;]*"(?:may|encrypt|dane|dane-only|fingerprint|verify|secure)"'),
     {'config/tls-level.c'},
     set()),
    ('a TLS level by its word',
     re.compile(r'\b_nullmail_tls_level_parse\s*\('),
     {'config/effective.c', 'config/settings.c', 'config/tls-level.c'},
     {
         'config/relay-policy.c',       # in a policy table
         'check/value-types.c',         # whether it is one at all
     }),
    ('the type and name of a table',
     re.compile(r'"(?:proxy|static|inline|unionmap|pipemap|randmap|regexp|pcre|cidr):\{?"'
                r'|\bstrr?chr\s*\([^;]*\':\'|g_strsplit\s*\([^;]*":"'),
     {'document/table-name.c'},
     {
         'base/command-find.c',         # folders in PATH
         'base/error.c',                # the password behind a user, in front of a host
         'document/host-name.c',        # the groups of an IPv6 address
         'check/check-relay.c',         # a transport's destination
         'check/check-service-entries.c',  # the address in front of a server's port
         'check/check-server.c',        # the address in front of a server's port
         'config/relay-credentials.c',  # none in a user's name
         'config/relay-host.c',         # the port behind a host
         'document/secret-text.c',      # where in any text a secret may begin
         'document/password-entry.c',   # the password behind a user
         'document/password-file.c',    # the same
         'postfix/host-accounts.c',     # a milter's address
         'plan/lost-aliases.c',         # a name and who gets its mail
         'plan/undo-record.c',          # how a digest was made
         'plan/undo.c',                 # the same
     }),
]
COMMENT = re.compile(r'/\*.*?\*/', re.DOTALL)


def find(text, pattern):
    """The lines on which it stands; comments do not count, but keep their lines."""
    code = COMMENT.sub(lambda match: re.sub(r'[^\n]', ' ', match[0]), text)
    for match in pattern.finditer(code):
        yield code.count('\n', 0, match.end()) + 1


def main():
    faults = []
    n_files = 0
    for path in sorted(LIBRARY.glob('*/*.c')):
        n_files += 1
        name = str(path.relative_to(LIBRARY))
        for what, pattern, readers, others in RULES:
            if name not in readers | others:
                faults += [f'{name}:{line}: reads {what}'
                           for line in find(path.read_text(), pattern)]
    for fault in faults:
        print(fault)
    print(f'{n_files} files, {len(faults)} faults')
    return 1 if faults or n_files < 20 else 0


if __name__ == '__main__':
    sys.exit(main())
