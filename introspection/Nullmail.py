# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Comfort for Python: properties as attributes, ==, str() and repr(). Nothing depends on it."""

from gi.repository import GObject
from ..module import get_introspection_module

Nullmail = get_introspection_module('Nullmail')
__all__ = []


def add_properties(cls):
    """config.relay_host = x, and reading it; without this, x would be a plain attribute."""
    for pspec in cls.list_properties():
        name = pspec.name
        attribute = name.replace('-', '_')
        if pspec.owner_type == cls.__gtype__ and attribute not in cls.__dict__:
            setattr(cls, attribute, property(
                lambda self, name=name: self.get_property(name),
                lambda self, value, name=name: self.set_property(name, value)))


def value_equal(self, other):
    return self.equal(other) if type(self) is type(other) else NotImplemented


def value_hash(self):
    """Of the text without case: what compares equal may differ in the case of the relay host."""
    return hash(value_text(self).lower())


def value_text(self):
    if hasattr(self, 'to_string'):
        return self.to_string()
    if hasattr(self, 'to_variant'):  # which never has a password
        return ', '.join(f'{k}={v!r}' for k, v in sorted(self.to_variant().unpack().items()))
    return type(self).__name__


def value_repr(self):
    return f'<Nullmail.{type(self).__name__} {value_text(self)}>'


for name in dir(Nullmail):
    cls = getattr(Nullmail, name)
    if not isinstance(cls, type):
        continue
    if issubclass(cls, GObject.Object):
        add_properties(cls)
    elif issubclass(cls, GObject.GBoxed) and hasattr(cls, 'equal'):
        cls.__eq__, cls.__hash__ = value_equal, value_hash
        cls.__str__, cls.__repr__ = value_text, value_repr
