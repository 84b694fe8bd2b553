# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The error texts of the library, by the file that they stand in: what provokes each, with which
code, and what an administrator then reads. /etc/postfix, /var/lib/nullmail and /tmp stand for the
folders of the test, “*” for words that another program says.

What no call can provoke here has its first words instead, why that is so, and the test in which it
comes."""

import os

import error_calls as calls
import error_texts_acting
import error_texts_asking
import fixture
from error_calls import expand, for_nobody, store_at, validate, with_commands
from error_rows import (Elsewhere, Error, Row, kernel, name, password, race, relay, setting,
                        username, value)
from fixture import Nullmail

TEXTS = {
    'base/command.c': [
        kernel('Could not prepare the input'),
        kernel('Could not start “%s”'),
        Row(Error.COMMAND, calls.no_program,
            'Could not start “/tmp/commands/postconf”, install its package anew: *'),
        Row(Error.COMMAND, lambda t: with_commands(t, postconf='yes').inspect(),
            '“/tmp/commands/postconf” prints more than 67108864 bytes: see that it is the '
            'program of that name'),
        Elsewhere('“%s” did not end in time', 'it would take ten seconds', 'unit/command.c'),
        Elsewhere('The exit status', 'another thread has to take it', 'unit/command.c'),
        Elsewhere('“%s” was not asked', 'all that comes before it would have to hang',
                  'postfix/test_bad_commands.py'),
    ],
    'base/command-find.c': [
        Row(Error.COMMAND, calls.without_commands,
            'There is no command “postconf” in “/tmp/commands” that only root or you can change: '
            'install Postfix, or name the folder of its commands'),
        Elsewhere('The command “%s” is neither', 'Postfix is installed here', 'unit/command.c'),
    ],
    'base/obstacle.c': [
        Elsewhere('%s: the file is mounted by itself', 'something has to be mounted',
                  'postfix/test_containers.py'),
        Elsewhere('%s: the file or its directory is immutable', 'not every file system can',
                  'postfix/test_containers.py'),
        Elsewhere('%s: what is mounted there', 'something has to be mounted',
                  'postfix/test_containers.py'),
    ],
    'base/regular-file.c': [
        Row(Error.INVALID_FILE, lambda t: calls.no_file(t, os.mkfifo),
            '“/etc/postfix/main.cf” is a FIFO, not a regular file: move it away and put the file '
            'in its place'),
        Row(Error.INVALID_FILE, calls.huge,
            '“/etc/postfix/main.cf” has 67108865 bytes, more than the 67108864 that a '
            'configuration file may have: see what has filled it, and shorten it'),
        Row(Error.INVALID_FILE, lambda t: calls.no_file(t, calls.make_socket),
            '“/etc/postfix/main.cf” is a socket or device, not a regular file: move it away and '
            'put the file in its place'),
        Row(Error.PERMISSION_DENIED, calls.unreadable_file,
            'Could not open “/etc/postfix/main.cf”: it, or a directory above it, is not for you '
            'to read; try as root'),
        Row(Error.NOT_FOUND, lambda t: Nullmail.MainCf.load(f'{t.etc}/none'),
            'Could not open “/etc/postfix/none”: No such file or directory; correct the path, or '
            'put there what is missing'),
        kernel('Could not examine'),
        kernel('Could not read'),
    ],
    'base/secure-path.c': [
        Row(Error.INSECURE_PATH, calls.foreign_directory,
            '“postfix” of the path “/etc/postfix” belongs to user 65534 with mode 0755: give it '
            'to root and take the write permission from group and others'),
        Row(Error.NOT_FOUND, lambda t: store_at(t.etc / 'none' / 'sasl_passwd'),
            'Could not find “none” of the path “/etc/postfix/none/sasl_passwd”: No such file or '
            'directory; correct the path, or put there what is missing'),
        Row(Error.INVALID_FILE, calls.loop,
            'Could not open “/etc/postfix/loop/sasl_passwd”: Too many levels of symbolic links; '
            'mend the symbolic link'),
        kernel('Could not follow the link'),
        kernel('Could not examine'),
        Row(Error.NOT_FOUND, lambda t: store_at(t.main_cf / 'sasl_passwd'),
            'Could not open “main.cf” of the path “/etc/postfix/main.cf/sasl_passwd”: Not a '
            'directory; correct the path, or put there what is missing'),
        Row(Error.PERMISSION_DENIED, calls.unreadable_directory,
            'Could not open the directory of “/etc/postfix”: Permission denied; try as root'),
        Row(Error.INVALID_FILE, lambda t: store_at('/'),
            '“/” is a directory, not a file: name a file in it, or move it away'),
    ],
    'base/task.c': [
        Row(Error.INVALID_ARGUMENT, calls.finish_with_another_result,
            'The result is not one that this call could end: pass the one that the callback of '
            'its own asynchronous form was given, and only once'),
    ],
    'commit/edit-lock.c': [
        Row(Error.BUSY, calls.locked,
            '“/etc/postfix/main.cf.tmp” is locked by another program that is changing the '
            'configuration: try again when it has ended'),
        Row(Error.INSECURE_PATH, calls.foreign_lock,
            '“/etc/postfix/main.cf.tmp” belongs to user 65534: find out why, and remove it'),
        kernel('Could not examine'),
        Row(Error.INVALID_FILE, calls.lock_is_directory,
            '“/etc/postfix/main.cf.tmp” is a directory and hinders every change: remove it'),
        kernel('Could not remove'),
        Row(Error.PERMISSION_DENIED, for_nobody(calls.edit),
            'Could not create the lock file “/etc/postfix/main.cf.tmp”: Permission denied; try '
            'as root'),
        kernel('Could not set the mode'),
        kernel('Could not empty'),
        kernel('Could not lock'),
    ],
    'commit/locked-directories.c': [
        kernel('Could not examine'),
    ],
    'commit/staged-exchange.c': [
        Elsewhere('“%s” is open for writing', 'another program has to hold it open',
                  'faults/commit-guard.c'),
    ],
    'commit/staged-file.c': [
        Row(Error.INVALID_FILE, calls.map_is_directory,
            '“/etc/postfix/sasl_passwd.db” is no regular file: move it away'),
        Row(Error.INSECURE_PATH, calls.two_names,
            '“/etc/postfix/sasl_passwd” holds passwords and has 2 names: remove the other links '
            'to it'),
        kernel('Could not examine'),
        kernel('Could not read'),
    ],
    'commit/staged-state.c': [
        Row(Error.CONFLICT, calls.changed_since,
            '“/etc/postfix/main.cf” was changed by another program meanwhile: plan again'),
        Row(Error.PERMISSION_DENIED, for_nobody(calls.edit, 'etc'),
            'Could not replace “/etc/postfix/main.cf”: the rights of its owner or of root are '
            'needed: Operation not permitted'),
        kernel('Could not replace “%s”: %s'),
    ],
    'commit/state-folder.c': [
        Elsewhere('There is no', 'it stands for “nothing is remembered”', 'unit/state-folder.c'),
        Row(Error.PERMISSION_DENIED, calls.state_of_another,
            'What is remembered of “/etc/postfix” cannot be reached: Could not find '
            '“%2Fetc%2Fpostfix” of the path “/var/lib/nullmail/%2Fetc%2Fpostfix”: Permission '
            'denied; try as root'),
        Row(Error.NOT_FOUND, calls.state_is_file,
            'What is remembered of “/etc/postfix” cannot be written: Could not open “nullmail” '
            'of the path “/var/lib/nullmail”: Not a directory; correct the path, or put there '
            'what is missing'),
        Row(Error.PERMISSION_DENIED, for_nobody(calls.edit, 'etc', 'main_cf'),
            'What is remembered of “/etc/postfix” cannot be written: Could not create '
            '“/var/lib/nullmail”: Permission denied; try as root'),
        kernel('Could not write'),
    ],
    'commit/transaction.c': [
        Row(Error.INSECURE_PATH, calls.planted,
            '“/etc/postfix/main.cf” belongs to user 65534, who may have put it there since others '
            'may write to its directory: look at it, and remove it'),
        race('“%s” leads elsewhere', 'faults/commit-places.c'),
        race('Not everything could be put back, what'),
        race('The new configuration is in place, but what'),
        race('Not everything could be put back, apply'),
        kernel('Could not synchronise'),
        kernel('The new configuration is in place, but its'),
        race('“%s” was replaced'),
    ],
    'config/address-settings.c': [
        Row(Error.INVALID_CONFIG, lambda t: calls.plan_with(t, 'x = a b\n', sender_address='me@$x'),
            'sender-address “me@$x” is no address once its macros are expanded: the bare address '
            'is needed, without a name, blanks, quotes or brackets'),
        Row(Error.INVALID_CONFIG, lambda t: calls.plan_with(t, '', root_address='root@$myhostname'),
            "root-address “root@$myhostname”: this is root's own address, so that its mail would "
            "come back to it: name the address of whoever reads it, such as admin@example.com"),
    ],
    'config/address-maps.c': [
        setting('sender_address', 'me@xn--ä.example.com',
                'the domain is no name that DNS could have, write one such as example.com'),
        setting('sender_address', 'Me <me@example.com>',
                'the bare address is needed, without a name, blanks, quotes or brackets'),
        setting('sender_address', 'me',
                'an address is a name, one “@” and a domain, such as host7@example.com'),
        setting('sender_address', 'a$$b@example.com',
                '“$” can only stand before the name of a parameter, such as $mydomain'),
        setting('sender_address', '-me@example.com',
                'Postfix takes no address that begins with “-”, name another'),
        setting('sender_address', 'me..x@example.com',
                'a dot stands between two words, leave others out'),
        setting('root_address', 'root@localhost',
                "this is root's own address, so that its mail would come back to it: name the "
                "address of whoever reads it, such as admin@example.com"),
        setting('root_address', 'me@localhost',
                'this host itself delivers nothing: name an address elsewhere, such as '
                'admin@example.com'),
    ],
    'config/channel-guards.c': [
        Elsewhere('it needs dns', 'a finding of the plan says it', 'postfix/test_promise.py'),
        Elsewhere('it needs “ignore_mx', 'a finding of the plan says it',
                  'postfix/test_promise.py'),
        Elsewhere('it needs “smtp_dns', 'a plan writes it with the level', 'unit/check-channel.c'),
        Row(Error.INVALID_CONFIG, calls.no_fingerprint,
            "tls-level “fingerprint”: it needs the fingerprint of the relay's certificate or key "
            "in “smtp_tls_fingerprint_cert_match”"),
        Row(Error.INVALID_CONFIG, calls.bad_fingerprint,
            "tls-level “fingerprint”: it needs the fingerprint of the relay's certificate or key "
            "in “smtp_tls_fingerprint_cert_match”, and there is none that Postfix takes: write "
            "pairs of hexadecimal digits, as many as “smtp_tls_fingerprint_digest” gives"),
    ],
    'config/null-client-config-parameters.c': [
        Row(Error.INVALID_CONFIG, calls.assigned_twice,
            'sender-address: the parameter “sender_canonical_maps” that it is written to was '
            'assigned as well, assign one of them'),
        Elsewhere('The name or value', 'a text of Python is UTF-8', 'unit/config-text.c'),
        Row(Error.INVALID_ARGUMENT, calls.parameter_of_property,
            'The property “origin” stands for the parameter “myorigin”: assign the property'),
    ],
    'config/null-client-config-state.c': [
        Row(Error.INVALID_ARGUMENT, lambda t: fixture.new_config().unset('unsupported'),
            'The property “unsupported” follows from others and can only be read: assign those'),
        Row(Error.INVALID_ARGUMENT, lambda t: fixture.new_config().unset('relay-hots'),
            'There is no property “relay-hots”: was “relay-host” meant?'),
    ],
    'config/null-client-config-text.c': [
        Row(Error.INVALID_ARGUMENT, lambda t: fixture.new_config().assign_text('tls-level', 'high'),
            'The property “tls-level” takes none, may, encrypt, dane, dane-only, fingerprint, '
            'verify, secure, or auto to have it derived, not “high”'),
    ],
    'config/null-client-config-validate.c': [
        Row(Error.INVALID_CONFIG, lambda t: validate(hostname='a\tb'),
            'hostname “a\\x09b”: a newline or another control character cannot stand in main.cf, '
            'remove it'),
        Elsewhere('this is not UTF-8', 'a text of Python is UTF-8', 'unit/config-addresses.c'),
        setting('hostname', 'a$', '“$” begins the name of a parameter, write “$$” for the sign'),
        setting('hostname', '', 'it is empty, unset the property or leave the item out'),
        setting('hostname', 'a b', 'blanks and commas separate items in main.cf, leave them out'),
        setting('tls_ca_file', 'ca.pem', 'the path is not absolute, begin it with “/”'),
        Row(Error.INVALID_CONFIG, lambda t: calls.no_relay(),
            'relay-host: a null client needs a relay, assign one'),
        Row(Error.INVALID_CONFIG, calls.wrapper_missing,
            'tls-wrapper “[a]:465”: port 465 expects TLS from the first byte, set tls-wrapper or '
            'use port 587'),
        Row(Error.INVALID_CONFIG, calls.wrapper_in_clear,
            'tls-level “may”: with tls-wrapper Postfix delivers only at a level that requires '
            'TLS, set tls-level to secure'),
    ],
    'config/null-client-config-variant.c': [
        Row(Error.INVALID_ARGUMENT, lambda t: calls.apply_variant("{'unset': <true>}"),
            '“unset” takes a list of strings (as)'),
        Row(Error.INVALID_ARGUMENT, lambda t: calls.apply_variant("{'parameters': <true>}"),
            '“parameters” takes a dictionary of strings, or nothing (a{sms})'),
        Row(Error.INVALID_ARGUMENT, lambda t: calls.apply_variant("{'tls-wrapper': <'yes'>}"),
            'The property “tls-wrapper” takes true or false (b), not a value of the type s'),
        Row(Error.INVALID_ARGUMENT, lambda t: calls.apply_variant("{'tls-levels': <'may'>}"),
            '“tls-levels” is not a property that can be assigned: was “tls-level” meant?'),
        Row(Error.INVALID_ARGUMENT, lambda t: calls.apply_variant("'relay'"),
            'The settings are a value of the type s: give a dictionary with the names of '
            'properties (a{sv})'),
    ],
    'config/password-maps.c': [
        Row(Error.INVALID_ARGUMENT, calls.no_type_in_macro,
            'The table “hash:/etc/postfix/sasl_passwd” of smtp_sasl_password_maps comes out of a '
            'macro: write the tables out there to have another type'),
    ],
    'config/relay-credentials.c': [
        username('', 'is empty: give the one that the relay expects'),
        username('u' * 1025, 'is longer than 1024 bytes: see that it is one'),
        Elsewhere('The user name is not valid', 'a text of Python is', 'unit/relay-credentials.c'),
        username('a\nb', 'has a newline or another control character: leave it out'),
        username('a:b',
                 'has a colon, where Postfix would begin the password: ask the relay for another'),
        Elsewhere('The user name has a “%c”', 'only a newer Postfix has another separator',
                  'bindings/test_versions.py'),
        username(' a', 'begins with a blank, which a password file cannot hold: leave it out'),
        password(b'\n', 'is empty: give the one that the relay expects'),
        Row(Error.INVALID_CREDENTIALS, calls.long_password,
            'The password is longer than 16384 bytes (16 KiB): see that it is one'),
        password(b'a\0b', 'has a NUL byte, which no login can send: change it at the relay'),
        password(b'\xff', 'is not valid UTF-8: change it at the relay, or write it so'),
        password(b'a\nb', 'has a newline or another control character: leave it out'),
        password(b'a ',
                 'ends with a blank, which a password file cannot hold: leave it out, or change '
                 'it at the relay'),
        Row(Error.INVALID_CREDENTIALS, calls.write_listed,
            'These credentials are an entry of a listing and have no password, look them up in '
            'the store'),
    ],
    'config/relay-host.c': [
        relay('[a] [b]', 'it has blanks inside, which only a list has, take one'),
        relay('a\x07', 'it has a control character, leave it out', r'a\x07'),
        relay('smtp.exämple.com', 'write a name beyond ASCII in its xn-- form'),
        relay('[a],[b]', 'only one destination is possible, leave the others out'),
        relay('"a"',
              'it has a quote or backslash, which the key of a password cannot have, leave it out'),
        relay('me@example.com', 'the user name belongs to the credentials, leave it out'),
        relay('${a}}', 'its braces are not balanced, write a macro as ${name}'),
        relay('a]', 'its brackets are not balanced, write [host] or [host]:port'),
        relay('2001:db8::1',
              'only an IPv6 address has several colons, and stands in brackets, as in '
              '[2001:db8::1]:587'),
        relay('a+b', 'a host name has letters, digits, dots and hyphens only'),
        relay('[]', 'there is no host name, write [host] or [host]:port'),
        relay('a' * 1000, 'the host name is too long, DNS allows 255 characters', 'a' * 80 + '…'),
        relay('a{b}', 'it has braces without a macro, leave them out'),
        relay('[ipv6:a]', 'it is no IPv6 address, write one as in [2001:db8::1]:587'),
        relay('[smtp.gmail.com:587]', 'the port stands behind the bracket, as in [host]:587'),
        relay('[a]:', 'there is no port after the colon, write both or none'),
        relay('[a]:' + 's' * 300, 'the name of the service is too long, write the number',
              '[a]:' + 's' * 76 + '…'),
        relay('[a]:50.5', "a port is a number, or a service's name of letters, digits and hyphens"),
        relay('[a]:65536', 'the port is not between 1 and 65535'),
        relay('smtp:a', 'leave “smtp:” out, the relay host alone is meant'),
        relay('smtps://smtp.gmail.com', 'leave the scheme before “//” out, write [host]:port'),
        relay('relay:[a]', 'leave the transport before the first colon out'),
        relay('[a', 'its brackets are not balanced, write [host] or [host]:port'),
    ],
    'document/host-name.c': [
        relay('smtp.example.com.', 'leave the dot at the end of the name out'),
        relay('a..b',
              'there is no name between two dots, or before the first one, leave a dot out'),
        relay('a' * 64,
              'a part of the name between two dots is longer than the 63 characters of DNS'),
        relay('-a', 'no part of a host name begins or ends with a hyphen'),
        relay('123', 'a name has a letter in it, and an address four numbers from 0 to 255'),
        relay('[10.0.0.256]',
              'a name has a letter in it, and an address four numbers from 0 to 255'),
        relay('[fe80::1%eth0]',
              'an IPv6 address has no scope, such as “%eth0”, here, leave it out'),
        relay('[ipv6:1:2]', 'it is no IPv6 address, write one as in [2001:db8::1]:587'),
        relay('[1:2:3:4:5:6:7::]', '“::” stands for two groups of zeros or more'),
        relay('[::0.1.2.3]', 'an IPv4 address has four numbers from 0 to 255, the first not 0'),
    ],
    'config/secret-fd.c': [
        Row(Error.INVALID_CREDENTIALS, calls.read_directory,
            'Could not read the password from descriptor *, pass one that can be read: Is a '
            'directory'),
        Row(Error.INVALID_CREDENTIALS, lambda t: calls.from_fd(b'x' * 70000),
            'Descriptor * holds more than the 16384 bytes that a password may have: see what is '
            'connected to it'),
        Row(Error.INVALID_ARGUMENT, lambda t: calls.write_to(999),
            'Descriptor 999 is not open: pass one that is'),
        Row(Error.INVALID_ARGUMENT, lambda t: calls.opened('/dev/null', os.O_RDONLY),
            'Descriptor * is not open for writing: pass one that is'),
        Row(Error.INVALID_ARGUMENT, lambda t: calls.opened('/dev/null', os.O_WRONLY),
            'A password is written to a pipe, a socket, a memory file or a file of mode 0600 '
            'only, and descriptor * is none of them: pass one of those'),
        Row(Error.FAILED, calls.write_to_closed_pipe,
            'Could not write the password to descriptor *, pass one that takes it: Broken pipe'),
    ],
    'document/macro.c': [
        value('$({a==b)', 'has unbalanced braces in a macro, to be written as ${name}'),
        value('${a?{b}:{c}d}', 'has text at the end of a macro that does not belong there'),
        value('${a?{b}c}', 'lacks a “:” in a macro'),
        value('${{a}={b}?c}', 'lacks ==, !=, <, <=, >= or > in a macro'),
        value('${{a}== b?c}', 'lacks a “{text}” to compare with in a macro'),
        value('${{a}=={b}c}', 'lacks a “?” or “:” in a macro'),
        value('${{x}<level{y}?c}',
              'compares what is no number, or no compatibility level such as 3.6, that Postfix '
              'can compare, in a macro'),
        value('${a-b}', 'has a parameter name that is not letters, digits and “_” in a macro'),
        value('${a', 'has a macro without its end, write it as ${name}'),
        value('a$', 'has a “$” without a name, to be written as “$$” where it is meant as such'),
        Row(Error.INVALID_FILE, lambda t: expand('$x', calls.nested(200)),
            'The value of “x100” has macros nested too deep, write some of them out'),
        Row(Error.INVALID_FILE, lambda t: expand('a$'),
            'The text has a “$” without a name, to be written as “$$” where it is meant as such: '
            '“$”'),
        Row(Error.INVALID_FILE, lambda t: expand('$x30', calls.doubled(30)),
            'The value of “x30” grows beyond all bounds when its macros are expanded: write some '
            'of them out'),
        Row(Error.INVALID_FILE, lambda t: expand('$x', 'x = $y\ny = $x\n'),
            'The value of “x” refers to itself: set one of the parameters on the way to a value '
            'without it'),
    ],
    'document/main-cf-edit.c': [
        name('', 'is empty'),
        name('#a', 'starts with “#”, which makes the line a comment'),
        name('a=b', 'has a “=” in it'),
        name('a b', 'has white space in it'),
        name('x' * calls.TOO_MANY, 'is longer than a main.cf may be', 'x' * 80 + '…'),
        Row(Error.INVALID_ARGUMENT, lambda t: Nullmail.MainCf.new().set_value('x', 'a\nb'),
            'The value for “x” has a newline in it: give it as one line'),
        Row(Error.INVALID_ARGUMENT,
            lambda t: Nullmail.MainCf.new().set_value('x', 'x' * calls.TOO_MANY),
            'The value for “x” is longer than a main.cf may be: use a table'),
    ],
    'document/main-cf.c': [
        Row(Error.INVALID_FILE, lambda t: expand('x', '\n' * calls.TOO_MANY),
            'A main.cf of 67108865 bytes is more than the 67108864 that are supported: see what '
            'has filled it, and shorten it'),
        Row(Error.INVALID_FILE, calls.nul_in_main_cf,
            '“/etc/postfix/main.cf”: Line 7 has a NUL byte, which Postfix takes for the end of '
            'the text: remove it'),
    ],
    'document/password-file.c': [
        Elsewhere('The password file is larger', 'no more is read of a file',
                  'unit/password-file.c'),
        Row(Error.INVALID_FILE, calls.nul_in_passwords,
            '“/etc/postfix/sasl_passwd”: Line 2 has a NUL byte, which Postfix takes for the end '
            'of the line: remove it'),
    ],
}
TEXTS.update(error_texts_acting.TEXTS)
TEXTS.update(error_texts_asking.TEXTS)
