# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Texts of main.cf for the differential test: whole files, hand-made ones and random ones."""

import pathlib
import random

SEED = 20260823
N_RANDOM = 260
N_MACROS = 40

# Plain text to postconf: it prints their values without judging them.
NAMES = [b'relayhost', b'relay_domains', b'transport_maps', b'smtp_tls_CAfile', b'canonical_maps',
         b'smtp_sasl_password_maps', b'smtp_generic_maps', b'mydestination', b'myorigin',
         b'header_checks', b'alias_maps', b'smtp_header_checks']

VALUES = [b'new.example.com', b'', b'[mail.example.com]:587', b'  padded\t', b'a b  c', b'a=b = c',
          b'$mydomain', b'x # y', b'#x', b'\xc3\xa9t\xc3\xa9', b'a\vb\fc', b'"q" \'r\' \\', b',',
          b'${relay_domains?{a}:{b}}', b'$$', b'v' * 3000]

HAND_MADE = {
    'empty': b'',
    'newline-only': b'\n',
    'blank-only': b' \t\v\f\r\n',
    'blank-no-newline': b'\n ',
    'comment-only': b'# c\n',
    'comment-no-newline': b'# c',
    'comment-indented': b'  # c\nrelayhost = a\n',
    'hash-in-name': b'relay#host = a\nrelayhost#= b\n',
    'one': b'relayhost = a\n',
    'one-no-newline': b'relayhost = a',
    'one-cr-at-end': b'relayhost = a\r',
    'tight': b'relayhost=a\nmyorigin=\n',
    'wide': b'relayhost   \t=\t  a  \t\nmyorigin\t=\n',
    'empty-value': b'relayhost =\nmyorigin = \nalias_maps=\n',
    'empty-value-no-newline': b'relayhost =',
    'value-on-next-line': b'relayhost =\n  a\nmyorigin =\n\tb\n\tc\n',
    'equals-on-next-line': b'relayhost\n = a\nmyorigin = b\n',
    'equals-after-comment': b'relayhost\n# c\n\n  =\n# d\n  a\n',
    'equals-alone': b'relayhost\n =\n a\n',
    'comment-in-value': b'mydestination = a,\n# one\n  b,\n\n   # two\n\tc\nrelayhost = d\n',
    'comment-in-value-at-end': b'mydestination = a,\n  b\n# end\n',
    'comment-in-value-no-newline': b'mydestination = a,\n  b\n  # end',
    'continuation-no-newline': b'mydestination = a,\n  b',
    'blank-line-in-value': b'mydestination = a,\n\n \n\r\n  b\n',
    'indented-assignment': b'mydestination = a\n relayhost = b\n',
    'duplicates': b'relayhost = a\nmyorigin = b\nrelayhost = c\n',
    'duplicates-equal': b'relayhost = a\nrelayhost = a\n',
    'duplicates-no-newline': b'relayhost = a\nrelayhost = b',
    'duplicates-three': b'relayhost=a\n b\nrelayhost\n# c\n = c\nrelayhost =\n',
    'first-indented': b'  relayhost = a\nmyorigin = b\n',
    'first-indented-long': b'# c\n\n\trelayhost = a\n  more\n# d\n  myorigin = c\nalias_maps = b\n',
    'first-indented-only': b'  relayhost = a\n  b\n',
    'first-indented-no-newline': b'  relayhost = a',
    'crlf': b'relayhost = a\r\nmyorigin = b\r\n',
    'crlf-no-newline': b'relayhost = a\r\nmyorigin = b',
    'crlf-cr-at-end': b'relayhost = a\r\nmyorigin = b\r',
    'crlf-continued': b'mydestination = a,\r\n  b,\r\n# c\r\n\r\n  c\r\nrelayhost = d\r\n',
    'crlf-mixed': b'relayhost = a\r\nmyorigin = b\nalias_maps =\r\n',
    'cr-in-name': b'relayhost\r= a\nmyorigin\r\r=b\n',
    'cr-in-value': b'relayhost = a\rb\n',
    'vt-after-name': b'relayhost\v= a\nmyorigin = b\n',
    'ff-after-name': b'relayhost\f= a\nmyorigin\f\v = b\n',
    'vt-and-plain': b'relayhost = a\nrelayhost\v= b\n',
    'vt-no-newline': b'relayhost\v= b',
    'vt-starts-line': b'relayhost = a\n\vb\n\fc\nmyorigin = d\n',
    'vt-in-value': b'relayhost = \va\vb\f\n',
    'bom': b'\xef\xbb\xbfrelayhost = a\nmyorigin = b\n',
    'nbsp': b'relayhost =\xc2\xa0a\xc2\xa0\n\xc2\xa0myorigin = b\n',
    'latin-1': b'relayhost = \xe9t\xe9 x\n',
    'last-byte-ff': b'myorigin = a\nrelayhost = b\xff',
    'last-byte-ff-comment': b'# c\xff',
    'last-byte-ff-newline': b'myorigin = a\nrelayhost = b\xff\n',
    'utf-8': 'relayhost = köln.example\nmyorigin = 例え\n'.encode(),
    'control': b'relayhost = a\x01\x1b[0mb\x7f\n',
    'equals-in-value': b'relayhost == a = b\n',
    'backslash': b'relayhost = a \\\nmyorigin = "b\n',
    'hash-in-value': b'relayhost = a # b\n c # d\n',
    'long-value': b'mydestination = ' + b'host.example.com, ' * 5000 + b'\n',
    'long-list': b'mydestination =\n' + b''.join(b'  h%d.example.com\n' % i for i in range(3000)),
    'unknown-name': b'no_such_parameter = a\nrelayhost = b\n',
    'user-defined': b'my_relay = [a]:587\nrelayhost = $my_relay\n',
    'case': b'Relayhost = a\nRELAYHOST = b\n',
    'bad-line': b'relayhost\nmyorigin = a\n',
    'bad-line-two-words': b'relayhost a b\n  c\nmyorigin = a\n',
    'bad-line-no-newline': b'myorigin = a\nrelayhost',
    'bad-line-and-good': b'relayhost\nrelayhost = a\n',
    'bad-line-no-name': b'= a\nmyorigin = b\n',
    'bad-line-continued': b'relayhost\n  myorigin = a\n',
    'macros': b'relayhost = ${relay_domains?{[a]}:{[b]}}:$smtp_port\nrelay_domains =\n'
              b'smtp_port=25\n'
              b'myorigin = $(mydomain)\nalias_maps = $$x ${{1} < {2} ? {y} : {n}}\n',
    'macro-undefined': b'relayhost = a${nosuch}b$nosuch2-${nosuch3:x}${nosuch3?y}\n',
    'macro-loop': b'relayhost = $myorigin\nmyorigin = $relayhost\n',
    'macro-loop-in-comparison': b'relayhost = ${{$relayhost} == {a} ? {b} : {c}}\n',
    'macro-syntax': b'relayhost = ${myorigin\nmyorigin = a\n',
    'macro-syntax-dollar': b'relayhost = a$ b\n',
    'macro-lazy-syntax': b'relayhost = ${relay_domains?{a$}}b\nrelay_domains =\n',
    'macro-level': b'compatibility_level = 3.6\nrelayhost = ${{$compatibility_level} <level {3.10}'
                   b' ? {old} : {new}}\n',
    'macro-multi-line': b'relayhost = ${relay_domains ?\n  { a }\n# c\n  : { b } }\n'
                        b'relay_domains = x\n',
}

MACRO_PIECES = [b'$relay_domains', b'${relay_domains}', b'$(alias_maps)', b'${ alias_maps }', b'$$',
                b'${relay_domains?', b'${relay_domains:', b'${alias_maps?{', b'}', b'}', b'}:{',
                b'}}', b' ? ', b' : ', b'{', b'${{1} == {1} ? {', b'${{a} < {b}}',
                b'${{2}>={10}:', b')', b'x', b'y z', b'$mydomain', b'${{3.5} <level {3.10}?', b'$',
                b'-', b'.', b'$nosuch', b'$_x']


def macro_text(rand):
    return b''.join(rand.choice(MACRO_PIECES) for _ in range(rand.randint(1, 6)))


def balanced_macro(rand, depth=0):
    """A text whose macros are right, nested up to three deep."""
    leaf = [b'a', b'b c', b'$relay_domains', b'${alias_maps}', b'$(header_checks)', b'$$', b'',
            b'7', b'$mydomain', b'3.6', b'10']
    if depth == 3 or rand.random() < 0.3:
        return rand.choice(leaf)
    part = [balanced_macro(rand, depth + 1) for _ in range(4)]
    name = rand.choice([b'relay_domains', b'alias_maps', b'header_checks', b'nosuch'])
    gap = rand.choice([b'', b' ', b'  '])
    operator = rand.choice([b'==', b'!=', b'<', b'<=', b'>', b'>='])
    return rand.choice([
        b'${' + name + b'?' + part[0] + b'}',
        b'${' + name + b':' + part[0] + b'}',
        b'$(' + name + gap + b'?' + gap + b'{' + part[0] + b'}' + gap + b':' + gap + b'{' + part[1]
        + b'}' + gap + b')',
        b'${' + gap + name + b'?{' + part[0] + b'}:' + part[1] + b'}',
        b'${' + gap + b'{' + part[0] + b'}' + gap + operator + gap + b'{' + part[1] + b'}' + gap
        + b'?' + gap + b'{' + part[2] + b'}' + gap + b':{' + part[3] + b'}}',
        b'${{' + part[0] + b'}' + operator + b'{' + part[1] + b'}}',
        part[0] + part[1],
    ])


def random_value(rand):
    kind = rand.random()
    if kind < 0.1:
        return balanced_macro(rand)
    if kind < 0.11:
        return macro_text(rand)
    return rand.choice(VALUES + [b'a', b'b, c', b'd  e\tf', b'\xff', b'a\rb', b'x' * 40])


def random_line(rand, newline, quirks):
    kind = rand.random()
    if kind < 0.1:
        return rand.choice([b'', b' ', b'\t\t', b'\v', b'\f ']) + newline
    if kind < 0.25:
        return rand.choice([b'#', b'# c', b'  # c = d', b'\t#', b'#relayhost = x']) + newline
    if kind < 0.45:
        return (rand.choice([b' ', b'  ', b'\t', b'\v', b'\f', b'\r', b'    '])
                + rand.choice([b'b', b'c, d', b'relayhost = e', b'= f', b'g # h', b'$mydomain'])
                + newline)
    if quirks and kind < 0.5:
        return rand.choice([b'relayhost', b'= x', b'two words', b'myorigin\v\f', b'=']) + newline
    name = rand.choice(NAMES[:rand.choice([2, 4, 12])])
    gaps = [b' ', b'', b'\t', b'  ', b'\r'] + ([b'\v', b'\f ', b' \v'] if quirks else [])
    return (name + rand.choice(gaps) + b'=' + rand.choice([b' ', b'', b'\t ', b'  '])
            + random_value(rand) + newline)


def random_file(rand):
    newline = rand.choice([b'\n', b'\n', b'\n', b'\r\n'])
    quirks = rand.random() < 0.2
    text = b''.join(random_line(rand, newline, quirks) for _ in range(rand.randint(1, 14)))
    if rand.random() < 0.25:
        text = text[:-len(newline)]
    # A file that starts with an indented line is rare: half of them get a setting in front.
    if text[:1].isspace() and rand.random() < 0.5:
        text = b'canonical_maps = z' + newline + text
    return text


def whole_files(data_directory):
    files = {}
    for path in sorted(pathlib.Path(data_directory).glob('*.cf')):
        files[path.name] = path.read_bytes()
    for path in ('/usr/share/postfix/main.cf.debian', '/usr/share/postfix/main.cf.dist'):
        if pathlib.Path(path).is_file():
            # The package's maintainer scripts fill in what has __ around it.
            files[pathlib.Path(path).name] = pathlib.Path(path).read_bytes()
    dist, debian = files.get('main.cf.dist'), files.get('main.cf.debian')
    if dist is not None and debian is not None:
        files['debian-whole'] = dist + debian
    for name, text in list(files.items()):
        files[name + '-crlf'] = text.replace(b'\n', b'\r\n')
        files[name + '-no-newline'] = text.rstrip(b'\n')
    return files


def generate(data_directory):
    """All texts by name, the same in every run."""
    rand = random.Random(SEED)
    files = whole_files(data_directory)
    files.update(HAND_MADE)
    for i in range(N_RANDOM):
        files[f'random-{i}'] = random_file(rand)
    for i in range(N_MACROS):
        files[f'macros-{i}'] = b''.join(name + b' = ' + balanced_macro(rand) + b'\n'
                                        for name in NAMES[1:])
        files[f'macros-any-{i}'] = (b'relayhost = ' + macro_text(rand)
                                    + b'\nrelay_domains = a\nalias_maps =\n')
    return files
