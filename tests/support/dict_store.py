# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A CredentialStore written in Python: what a program does that keeps passwords its own way."""

from gi.repository import GLib, GObject, Nullmail


class DictStore(GObject.Object, Nullmail.CredentialStore):
    """Forgets everything with the program; the values stay in the library's memory."""

    def __init__(self):
        super().__init__()
        self.kept = {}

    @staticmethod
    def key(relay_host):
        return relay_host.to_string().lower()

    def do_lookup(self, relay_host, _cancellable):
        return self.kept.get(self.key(relay_host))

    def do_store(self, credentials, _cancellable):
        if not credentials.has_password():
            raise GLib.Error.new_literal(Nullmail.Error.quark(), 'There is no password',
                                         Nullmail.Error.INVALID_CREDENTIALS)
        self.kept[self.key(credentials.get_relay_host())] = credentials
        return True

    def do_clear(self, relay_host, _cancellable):
        self.kept.pop(self.key(relay_host), None)
        return True

    def do_load_list(self, _cancellable):
        return list(self.kept.values())
