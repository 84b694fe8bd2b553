# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The lookup's ways: in this interpreter, in the system's, and the words of what fails."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import pytest

from ansible.errors import AnsibleError, AnsibleLookupError
from ansible.plugins.loader import lookup_loader
from ansible_collections.nullmail.postfix.plugins.plugin_utils import keyring_reader

RELAY = '[smtp.example.com]:587'


def look_up(*terms):
    return lookup_loader.get('nullmail.postfix.keyring').run(list(terms), variables={})


def test_found(monkeypatch):
    login = {'user': 'host7', 'password': 'geheim'}
    monkeypatch.setattr(keyring_reader, 'read_login', lambda relay: dict(login, relay=relay))
    assert look_up(RELAY, 'other') == [dict(login, relay=RELAY), dict(login, relay='other')]


def test_problem(monkeypatch):
    monkeypatch.setattr(keyring_reader, 'read_login', lambda relay: {'problem': 'It is locked'})
    with pytest.raises(AnsibleLookupError, match='It is locked'):
        look_up(RELAY)


def test_other_interpreter(monkeypatch):
    """One without the library has the system's do it, which here finds no keyring."""
    def missing(relay):
        raise ImportError('no gi')

    monkeypatch.setattr(keyring_reader, 'read_login', missing)
    monkeypatch.setenv('DBUS_SESSION_BUS_ADDRESS', 'unix:path=/nonexistent')
    with pytest.raises(AnsibleError):
        look_up(RELAY)


def test_password_is_read_from_a_descriptor():
    import os

    class Credentials(object):
        def write_password(self, fd, cancellable):
            os.write(fd, u'pässwörd'.encode('utf-8'))

    assert keyring_reader.read_password(Credentials()) == u'pässwörd'
