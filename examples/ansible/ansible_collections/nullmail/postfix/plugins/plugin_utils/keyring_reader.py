# -*- coding: utf-8 -*-
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads a login from the keyring of this session. It needs PyGObject and nothing of Ansible, so
that the lookup can run it as a program too, in an interpreter that has it: keyring_reader.py RELAY
writes JSON to standard output, either user and password, or problem."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import json
import os
import sys


def read_password(credentials):
    """The password itself, which the library gives to descriptors only."""
    reader, writer = os.pipe()
    try:
        try:
            credentials.write_password(writer, None)
        finally:
            os.close(writer)
        with os.fdopen(os.dup(reader), 'rb') as pipe:
            return pipe.read().decode('utf-8')
    finally:
        os.close(reader)


def read_login(relay):
    """The login for the relay, as a dictionary; ImportError where the library is missing."""
    try:
        import gi
        gi.require_version('Nullmail', '1.0')
        from gi.repository import GLib, Nullmail
    except ValueError as problem:
        raise ImportError(str(problem))
    try:
        relay_host = Nullmail.RelayHost.parse(relay)
        found = Nullmail.SecretStore.new().lookup(relay_host, None)
        if found is None:
            return {'problem': 'The keyring has no password for %s: store one there'
                               % relay_host.to_string()}
        return {'user': found.get_username(), 'password': read_password(found)}
    except GLib.Error as error:
        return {'problem': error.message}


if __name__ == '__main__':
    try:
        answer = read_login(sys.argv[1])
    except ImportError as missing:
        answer = {'problem': 'The library libnullmail or PyGObject is not installed on the '
                             'controller: %s' % missing}
    print(json.dumps(answer))
