# -*- coding: utf-8 -*-
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The options that are settings of the library, which knows what they mean."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

STRINGS = ('relay_host', 'hostname', 'domain', 'origin', 'sender_address', 'root_address',
           'password_maps')
LISTS = ('interfaces', 'networks', 'destinations', 'sasl_security_options', 'sasl_mechanisms')
PATHS = ('tls_ca_file', 'tls_client_certificate')
BOOLEANS = ('tls_wrapper', 'authentication')
WORDS = {
    'protocols': ['all', 'ipv4', 'ipv6'],
    'tls_level': ['none', 'may', 'encrypt', 'dane', 'dane-only', 'fingerprint', 'verify', 'secure'],
}
TYPES = (('s', STRINGS + PATHS + tuple(WORDS)), ('as', LISTS), ('b', BOOLEANS))


def settings_spec():
    """The argument specification of these options."""
    spec = dict((name, dict(type='str', no_log=False)) for name in STRINGS)
    spec.update((name, dict(type='list', elements='str')) for name in LISTS)
    spec.update((name, dict(type='path')) for name in PATHS)
    spec.update((name, dict(type='bool')) for name in BOOLEANS)
    spec.update((name, dict(type='str', choices=words)) for name, words in WORDS.items())
    return spec


def find_problem(name, value):
    """Why a value cannot be written as it is meant, or None. It would be written as Python has it,
    or up to the first NUL."""
    if isinstance(value, (list, tuple)):
        problems = [find_problem(name, item if item is not None else {}) for item in value]
        return next((problem for problem in problems if problem), None)
    if isinstance(value, dict):
        return '%s is a dictionary, or has one or a null in its list: give a text, a number, a ' \
               'boolean, a list or null' % name
    try:
        ('%s' % (value,)).encode('utf-8')
    except UnicodeError:
        return '%s is not UTF-8: correct it' % name
    if '\0' in '%s' % (value,):
        return '%s has a NUL character: take it out' % name
    return None


def find_problems(params):
    """Why some of the options cannot be handed to the library, or None."""
    values = dict((name, params[name]) for dummy, names in TYPES for name in names)
    values.update((name, params[name]) for name in ('unset', 'relay_user'))
    values.update(params['parameters'])
    problems = [find_problem(name, values[name]) for name in sorted(values)]
    return next((problem for problem in problems if problem), None)


def to_text(value):
    """A value of a parameter of main.cf, as Postfix writes it."""
    if isinstance(value, bool):
        return 'yes' if value else 'no'
    if isinstance(value, (list, tuple)):
        return ' '.join(to_text(item) for item in value)
    return '%s' % (value,)


def assign(config, params, Variant):
    """Gives the configuration all that the options say, or has the library refuse it."""
    values = dict((name.replace('_', '-'), Variant(signature, params[name]))
                  for signature, names in TYPES for name in names if params[name] is not None)
    if params['relay_user'] is not None:
        values['authentication'] = Variant('b', True)
    values['unset'] = Variant('as', params['unset'])
    values['parameters'] = Variant('a{sms}', dict(
        (name, None if value is None else to_text(value))
        for name, value in params['parameters'].items()))
    config.apply_variant(Variant('a{sv}', values))
