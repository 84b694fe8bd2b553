# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Stand-ins for the postconf and the postmap of other distributions, which say of each type of
table what was measured there."""

import os

SUFFIXES = {'hash': '.db', 'btree': '.db', 'lmdb': '.lmdb', 'cdb': '.cdb', 'texthash': ''}

UNSUPPORTED = '''echo "postmap: fatal: unsupported dictionary type: $type" >&2; exit 1'''
SURROGATE = '''echo "postmap: warning: $type:$path is unavailable. Berkeley DB support for \
'$type:$path' is not available for this OS distribution; see \
https://www.postfix.org/NON_BERKELEYDB_README.html for alternatives" >&2
echo "postmap: fatal: table $type:$path: query error: Invalid argument" >&2; exit 1'''
REDIRECTED = '''echo "postmap: redirecting $type:$path to lmdb:$path" >&2; suffix=.lmdb'''
REDIRECTED_IN_SILENCE = 'suffix=.lmdb'
DEPRECATED = '''echo "postmap: warning: $type:$path: Berkeley DB is deprecated" >&2; suffix=.db'''

POSTCONF = '''#!/bin/sh
if [ "$1" = -c ]; then shift 2; fi
echo "postconf $1" >>{log}
case "$1" in
-m) printf '%s\\n' {listed} ;;
-d) printf 'default_database_type = {default}\\nmail_version = {version}\\n'
    printf 'queue_directory = /var/spool/postfix\\n'
    for name in {parameters}; do printf '%s =\\n' "$name"; done ;;
esac
'''
POSTMAP = '''#!/bin/sh
query=
while [ $# -gt 1 ]; do
    case "$1" in -q) query=$2; shift ;; -c) shift ;; esac
    shift
done
type=${{1%%:*}}
path=${{1#*:}}
echo "postmap ${{query:-build}} $1" >>{log}
case "$type" in
inline) printf 'x\\ty\\n'; exit ;;
{types}
*) echo "postmap: fatal: unsupported dictionary type: $type" >&2; exit 1 ;;
esac
table=$path$suffix
if [ -z "$query" ]; then
    [ -z "$suffix" ] || cp "$path" "$table"
    exit
fi
if [ ! -e "$table" ]; then
    echo "postmap: fatal: open database $table: No such file or directory" >&2
    exit 1
fi
while IFS= read -r key; do
    while IFS= read -r line; do
        case "$line" in "$key "*) printf '%s\\t%s\\n' "$key" "${{line#"$key "}}"; break ;; esac
    done <"$table"
done
'''


def build(commands, log, default, says, version='3.7.11', more=(), parameters=()):
    """Writes the two programs. What one says of a type is the script that says it, and none where
    the type works. Each question is a line of the log. Parameters are there beside those that a
    test cannot do without, and empty."""
    types = {name: says.get(name, f'suffix={SUFFIXES[name]}') for name in SUFFIXES
             if says.get(name) != UNSUPPORTED}
    texts = {
        'postconf': POSTCONF.format(log=log, default=default, version=version,
                                    parameters=' '.join(parameters),
                                    listed=' '.join([*types, *more])),
        'postmap': POSTMAP.format(log=log, types='\n'.join(
            f'{name}) {script} ;;' for name, script in types.items())),
    }
    for name, text in texts.items():
        path = os.path.join(commands, name)
        if os.path.exists(path):
            os.unlink(path)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
        os.chmod(path, 0o755)
