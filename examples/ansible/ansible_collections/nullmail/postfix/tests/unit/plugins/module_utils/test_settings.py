# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the options become before the library sees them."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import pytest

from ansible_collections.nullmail.postfix.plugins.module_utils import settings


@pytest.mark.parametrize('value, text', [
    (True, 'yes'), (False, 'no'), (10240000, '10240000'), (0, '0'), (1.5, '1.5'), ('', ''),
    ('True', 'True'), ('a b', 'a b'), ([], ''), (['a', 2, True], 'a 2 yes'), (('a',), 'a')])
def test_to_text(value, text):
    assert settings.to_text(value) == text


class Recorded(object):
    """In the place of a configuration and of GLib's variants: what the library would be given."""

    def apply_variant(self, variant):
        self.variant = variant

    @staticmethod
    def variant_of(signature, value):
        return signature, value


def assign(**given):
    params = dict((name, None) for name in settings.settings_spec())
    params.update(relay_user=None, unset=[], parameters={})
    params.update(given)
    config = Recorded()
    settings.assign(config, params, Recorded.variant_of)
    signature, values = config.variant
    assert signature == 'a{sv}'
    return values


def test_nothing_is_assigned():
    assert assign() == {'unset': ('as', []), 'parameters': ('a{sms}', {})}


def test_names_and_types():
    values = assign(relay_host='[a]:587', tls_level='dane-only', interfaces=[], tls_wrapper=False,
                    tls_ca_file='/ca', unset=['origin'])
    assert values == {
        'relay-host': ('s', '[a]:587'), 'tls-level': ('s', 'dane-only'), 'interfaces': ('as', []),
        'tls-wrapper': ('b', False), 'tls-ca-file': ('s', '/ca'), 'unset': ('as', ['origin']),
        'parameters': ('a{sms}', {})}


def test_parameters():
    values = assign(parameters={'a': True, 'b': None, 'c': ['x', 1], 'd': 5})
    assert values['parameters'] == ('a{sms}', {'a': 'yes', 'b': None, 'c': 'x 1', 'd': '5'})


def test_a_user_logs_in():
    assert assign(relay_user='host7')['authentication'] == ('b', True)
    assert 'authentication' not in assign()


def test_the_specification_hides_no_setting():
    spec = settings.settings_spec()
    assert not [name for name in spec if spec[name].get('no_log')]
    assert spec['password_maps']['no_log'] is False
    assert spec['tls_level']['choices'][-1] == 'secure'
