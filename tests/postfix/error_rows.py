# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The rows of the table of error_texts.py: one that is provoked, one that comes elsewhere, and
kinds of both that have much in common."""

import collections

import fixture
from error_calls import expand, from_fd, validate
from fixture import Nullmail

Row = collections.namedtuple('Row', 'code provoke text')
Elsewhere = collections.namedtuple('Elsewhere', 'start reason test')
Error = Nullmail.Error


def kernel(start):
    return Elsewhere(start, 'a call of the kernel fails', 'faults/matrix.c')


def race(start, test='faults/commit-faults.c'):
    return Elsewhere(start, 'another program comes in between', test)


def keyring(start):
    return Elsewhere(start, 'a keyring has to be there, or to fail', 'bindings/test_keyring.py')


def systemd(start, test='postfix/test_systemd.py'):
    return Elsewhere(start, 'another system has to run here', test)


def relay(text, reason, shown=None):
    return Row(Error.INVALID_RELAY_HOST, lambda t: Nullmail.RelayHost.parse(text),
               f'“{shown or text}” is not a relay host: {reason}')


def username(text, reason):
    return Row(Error.INVALID_CREDENTIALS,
               lambda t: Nullmail.RelayCredentials.new(fixture.relay_host(), text, 'x'),
               f'The user name {reason}')


def password(data, reason):
    return Row(Error.INVALID_CREDENTIALS, lambda t: from_fd(data), f'The password {reason}')


def value(text, reason):
    return Row(Error.INVALID_FILE, lambda t: expand('$x', f'x = {text}\n'),
               f'The value of “x” {reason}')


def setting(property_name, text, reason):
    return Row(Error.INVALID_CONFIG, lambda t: validate(**{property_name: text}),
               f'{property_name.replace("_", "-")} “{text}”: {reason}')


def name(text, reason, shown=None):
    return Row(Error.INVALID_ARGUMENT, lambda t: Nullmail.MainCf.new().set_value(text, 'x'),
               f'The parameter name “{shown or text}” {reason}: give a name such as “relayhost”')
