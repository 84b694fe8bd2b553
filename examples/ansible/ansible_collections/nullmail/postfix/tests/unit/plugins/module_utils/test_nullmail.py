# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Passwords on their way, and what is said where the library is missing."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import os

import pytest

from ansible_collections.nullmail.postfix.plugins.module_utils import nullmail


class Failed(Exception):
    pass


class Module(object):
    def __init__(self, **params):
        self.params = params
        self.no_log_values = set([params['relay_password']])

    def fail_json(self, msg, **facts):
        raise Failed(msg)


@pytest.mark.parametrize('password, others, is_masked', [
    ('a-long-password', {}, True),
    ('587', {}, False),
    ('loopback-only', {'interfaces': ['loopback-only']}, False),
    ('relayuser@example.com', {'relay_user': 'relayuser@example.com'}, False)])
def test_take_password(password, others, is_masked):
    module = Module(relay_password=password, **others)
    assert nullmail.take_password(module, 'relay_password') == password
    assert password not in str(module.params['relay_password'])
    assert (password in module.no_log_values) is is_masked


@pytest.mark.parametrize('given, word', [
    (None, None), ('x', None), (u'pässwörd', None), (12345678, None), ({'user': 'a'}, 'dict'),
    (['x'], 'list'), (False, 'bool'), (0.10, 'float')])
def test_given_password(given, word):
    problem = nullmail.find_password_problem('relay_password', given)
    assert word in problem if word else problem is None


def test_no_password():
    module = Module(relay_password=None)
    assert nullmail.take_password(module, 'relay_password') is None
    assert module.params['relay_password'] is None


class FakeCredentials(object):
    @staticmethod
    def new_from_fd(relay_host, username, fd, cancellable):
        return relay_host, username, os.read(fd, 1 << 16), os.read(fd, 1)


class FakeLibrary(object):
    RelayCredentials = FakeCredentials


@pytest.mark.parametrize('password', ['x', 'a' * 16384, u'pässwörd'])
def test_password_goes_through_a_descriptor(password):
    assert nullmail.make_credentials(FakeLibrary, 'relay', 'user', password) == (
        'relay', 'user', password.encode('utf-8'), b'')


def test_missing_library(monkeypatch):
    monkeypatch.setattr(nullmail, 'import_library', lambda: (None, None, 'no such namespace'))
    monkeypatch.setattr(nullmail, 'has_respawned', lambda: False)
    monkeypatch.setattr(nullmail, 'probe_interpreters_for_module', lambda paths, name: None)
    monkeypatch.setattr(nullmail, 'PACKAGES', {'/': 'the-package'})
    with pytest.raises(Failed, match='Install the-package on the host.*no such namespace'):
        nullmail.load_library(Module(relay_password=None))


def test_respawn(monkeypatch):
    """It goes to another interpreter once, and then says what is missing there too."""
    reached = []

    def respawn(path):
        reached.append(path)
        raise SystemExit

    monkeypatch.setattr(nullmail, 'import_library', lambda: (None, None, 'no gi'))
    monkeypatch.setattr(nullmail, 'has_respawned', lambda: bool(reached))
    monkeypatch.setattr(nullmail, 'probe_interpreters_for_module', lambda paths, name: paths[0])
    monkeypatch.setattr(nullmail, 'respawn_module', respawn)
    monkeypatch.setattr(nullmail.sys, 'executable', '/opt/python')
    with pytest.raises(SystemExit):
        nullmail.load_library(Module(relay_password=None))
    with pytest.raises(Failed):
        nullmail.load_library(Module(relay_password=None))
    assert reached == ['/usr/bin/python3']


def test_words_of_a_state():
    class State(object):
        value_nicks = ['none', 'running', 'enabled']
    assert nullmail.list_nicks(State()) == ['running', 'enabled']
