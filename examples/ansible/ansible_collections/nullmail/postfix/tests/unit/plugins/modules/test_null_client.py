# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The module null_client before it meets the library."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import pytest

from ansible_collections.nullmail.postfix.plugins.modules import null_client, null_client_test


class Failed(Exception):
    pass


class Module(object):
    check_mode = False

    def fail_json(self, msg, **facts):
        raise Failed(msg)


class Flags(object):
    NONE, NO_ACTIVATE, START, ENABLE, FORCE, NO_UNDO, OVERWRITE = 0, 1, 2, 4, 8, 16, 32


class Library(object):
    ApplyFlags = Flags


def client_of(**given):
    client = null_client.NullClient.__new__(null_client.NullClient)
    client.module, client.Nullmail = Module(), Library
    client.params = dict((name, spec.get('default'))
                         for name, spec in null_client.argument_spec().items())
    client.params.update(given)
    return client


@pytest.mark.parametrize('given, flags', [
    ({}, Flags.START),
    ({'started': False}, 0),
    ({'activate': False}, Flags.NO_ACTIVATE),
    ({'enabled': True, 'force': True}, Flags.START | Flags.ENABLE | Flags.FORCE),
    ({'enabled': False, 'overwrite': True}, Flags.START),
    ({'state': 'absent', 'overwrite': True}, Flags.OVERWRITE)])
def test_flags(given, flags):
    assert client_of(**given).choose_flags() == flags


@pytest.mark.parametrize('given, words', [
    ({}, 'relay_host is missing'),
    ({'relay_host': 'a', 'relay_user': 'b', 'authentication': False}, 'authentication is false'),
    ({'relay_host': 'a', 'tls_level': 'may', 'unset': ['tls-level']}, 'tls-level is given'),
    ({'relay_host': 'a', 'parameters': {'b': {'c': 1}}}, 'b is a dictionary'),
    ({'relay_host': 'a', 'parameters': {'b': ['c', None]}}, 'b is a dictionary, or has one or a n'),
    ({'relay_host': 'a', 'parameters': {'b': ['c', [{'d': 1}]]}}, 'b is a dictionary, or has one'),
    ({'relay_host': 'a', 'parameters': {'b': 'c\0d'}}, 'b has a NUL'),
    ({'relay_host': 'a', 'relay_user': 'c\0d', 'relay_password': 'e'}, 'relay_user has a NUL'),
    ({'relay_host': 'a', 'interfaces': ['c', 'd\0e']}, 'interfaces has a NUL'),
    ({'relay_host': 'a', 'origin': 'a\0b'}, 'origin has a NUL'),
    ({'relay_host': 'a', 'origin': 'b', 'unset': ['origin', 'domain']}, '^origin is given')])
def test_refused(monkeypatch, given, words):
    monkeypatch.setattr(null_client.os, 'geteuid', lambda: 0)
    with pytest.raises(Failed, match=words):
        client_of(**given).check_options()


@pytest.mark.parametrize('given, words', [
    ({'timeout': 0}, 'timeout is 0'),
    ({'timeout': 86401}, 'timeout is 86401'),
    ({'timeout': 4294968}, 'at most 86400'),
    ({'recipient': 'a@example.com\0b'}, 'recipient has a NUL'),
    ({'sender': 'a@example.com\0b'}, 'sender has a NUL'),
    ({}, None), ({'timeout': 86400, 'sender': ''}, None)])
def test_message_refused(given, words):
    params = dict({'recipient': 'a@example.com', 'sender': None, 'timeout': 30}, **given)
    problem = null_client_test.find_message_problem(params)
    assert words in problem if words else problem is None


@pytest.mark.parametrize('given', [
    {'relay_host': 'a'}, {'keep_other_settings': True}, {'state': 'absent'},
    {'relay_host': 'a', 'unset': ['origin']}])
def test_accepted(monkeypatch, given):
    monkeypatch.setattr(null_client.os, 'geteuid', lambda: 0)
    assert client_of(**given).check_options() is None


@pytest.mark.parametrize('state', ['present', 'absent'])
def test_only_root(monkeypatch, state):
    monkeypatch.setattr(null_client.os, 'geteuid', lambda: 1000)
    with pytest.raises(Failed, match='root'):
        client_of(state=state, relay_host='a').check_options()


def test_the_password_alone_is_hidden():
    spec = null_client.argument_spec()
    assert [name for name in spec if spec[name].get('no_log')] == ['relay_password']


def test_outcomes_that_count_as_others():
    assert set(null_client_test.COUNTS_AS.values()) <= set(null_client_test.OUTCOMES)


class Service(object):
    def __init__(self, *nicks):
        self.value_nicks = nicks

    def query_service(self):
        return self

    def set_enabled(self, enabled):
        self.value_nicks = ('enabled',) if enabled else ()


@pytest.mark.parametrize('check_mode', [False, True])
@pytest.mark.parametrize('enabled, before, after', [
    (True, (), ['enabled']), (True, ('enabled',), ['enabled']), (False, ('enabled',), []),
    (False, (), []), (None, ('enabled',), ['enabled'])])
def test_enabled_without_anything_to_undo(check_mode, enabled, before, after):
    """Where nothing is applied it is enabled, and not only said to be."""
    client = client_of(state='absent', enabled=enabled)
    client.module.check_mode, client.plan = check_mode, None
    client.flags, client.instance = client.choose_flags(), Service(*before)
    client.result = {'changed': False}
    client.report_service()
    assert client.result == {'changed': list(before) != after, 'service': after}
    assert list(client.instance.value_nicks) == (list(before) if check_mode else after)
