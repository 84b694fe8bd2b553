# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Names for the lines of Python that tests run in the lab's client, where Postfix is the default
instance. A password comes on standard input, as everybody should give one."""

import json
import sys

import gi

gi.require_version("Nullmail", "1.0")
from gi.repository import GLib, Nullmail  # noqa: E402,F401

Flags = Nullmail.ApplyFlags
postfix = Nullmail.PostfixInstance.new(None)


def client_of(relay, **properties):
    """A fresh null client for a relay of the lab."""
    config = Nullmail.NullClientConfig.new_for_relay(relay)
    config.set_origin("lab.example.com")
    for name, value in properties.items():
        getattr(config, "set_" + name)(value)
    return config


def login(config, user):
    return Nullmail.RelayCredentials.new_from_fd(config.get_relay_host(), user, 0, None)


def plan(config, credentials=None):
    return postfix.plan(config, credentials, Nullmail.PlanFlags.NONE, None)


def apply(config, credentials=None, flags=Flags.START):
    """Plan and apply; returns the plan."""
    made = plan(config, credentials)
    postfix.apply(made, flags, None)
    return made


def apply_login(relay, user="relayuser@example.com", flags=Flags.START, **properties):
    config = client_of(relay, authentication=True, **properties)
    return apply(config, login(config, user), flags)


def set_parameters(settings, flags=Flags.START):
    """Change main.cf as a document, and apply it; returns the plan."""
    document = postfix.load_main_cf(None)
    for name, value in settings.items():
        document.set_value(name, value)
    made = postfix.plan_main_cf(document, None, Nullmail.PlanFlags.NONE, None)
    postfix.apply(made, flags, None)
    return made


def error_of(function, *args):
    """The nick of the library's error that FUNCTION ends with, and its message."""
    try:
        function(*args)
    except GLib.Error as error:
        if not error.matches(Nullmail.Error.quark(), error.code):
            return error.domain, error.message
        return Nullmail.Error(error.code).value_nick, error.message
    return "none", ""
