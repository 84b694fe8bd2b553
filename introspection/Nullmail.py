# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Comfort for Python. Nothing depends on it, and what works without it works with it.

Properties are attributes, and a misspelt one raises. Flags may be left out; they, a relay host and
an enumeration may be text, which raises where a list or a boolean is meant. Values compare with ==,
str() is for people, to_dict() and from_dict() are for JSON."""

import difflib
import functools
import re

from gi.repository import GLib, GObject
from ..module import get_introspection_module

Nullmail = get_introspection_module('Nullmail')


def convert(kind, name, value):
    """What a value of one of Python's own types means where one of the library's is asked for."""
    cls = getattr(Nullmail, kind.rpartition('.')[2], None)
    if isinstance(value, (list, tuple, set)) and kind.endswith('Flags'):
        return functools.reduce(lambda a, b: a | b, (convert(kind, name, v) for v in value), cls(0))
    if not isinstance(value, str):
        return value
    if kind in ('list', 'bool'):
        raise TypeError(f'{name}: a {kind} is meant, not the text {value!r}')
    if isinstance(cls, type) and issubclass(cls, int):  # an enumeration or flags
        word = getattr(cls, value.replace('-', '_').upper(), None)
        if not isinstance(word, cls):
            raise ValueError(f'{name}: {cls.__name__} has no {value!r}')
        return word
    return cls.parse(value) if kind.endswith('RelayHost') else value


def wrap(function, arguments, n_before):
    @functools.wraps(function)
    def call(*args, **kwargs):
        args, left_out = list(args), []
        for index, (name, kind, may_be_none) in enumerate(arguments, n_before):
            if index < len(args):
                args[index] = convert(kind, name, args[index])
            elif name in kwargs or kind.endswith('Flags'):
                kwargs[name] = convert(kind, name, kwargs.get(name, ()))
                kwargs.update(dict.fromkeys(left_out))  # PyGObject leaves out the last ones only
            elif may_be_none:
                left_out.append(name)
        return function(*args, **kwargs)
    return call


def add_methods(cls):
    for info in cls.__info__.get_methods():
        arguments = re.findall(r'(\w+):([\w.]+)(=None)?', info.__doc__.partition(' -> ')[0])
        if any(kind.startswith(('list', 'bool', 'Nullmail.')) for _, kind, _ in arguments):
            call = wrap(getattr(cls, info.get_name()), arguments, int(info.is_method()))
            setattr(cls, info.get_name(), call if info.is_method() else staticmethod(call))
    if hasattr(cls, 'to_variant'):
        cls.to_dict = lambda self: self.to_variant().unpack()
    if hasattr(cls, 'new_from_variant'):
        cls.from_dict = classmethod(lambda cls, values: cls.new_from_variant(GLib.Variant('a{sv}', {
            key.replace('_', '-'): to_variant(value) for key, value in values.items()
            if key != 'derived' and value is not None})))


def to_variant(value):
    is_relay = isinstance(value, Nullmail.RelayHost)
    signature = {bool: 'b', list: 'as', tuple: 'as', dict: 'a{sms}'}.get(type(value), 's')
    return GLib.Variant(signature, str(value) if is_relay else getattr(value, 'value_nick', value))


def add_properties(cls):
    """config.relay_host = x, and reading it; without this, x would be a plain attribute."""
    kinds = {}
    for pspec in cls.list_properties():
        attribute = pspec.name.replace('-', '_')
        kinds[attribute] = {'GStrv': 'list', 'gboolean': 'bool'}.get(
            pspec.value_type.name, pspec.value_type.name.replace('Nullmail', '', 1))
        if pspec.owner_type == cls.__gtype__ and attribute not in cls.__dict__:
            setattr(cls, attribute, property(
                lambda self, name=pspec.name: self.get_property(name),
                lambda self, value, name=pspec.name, kind=kinds[attribute]:
                    self.set_property(name, convert(kind, name, value))))
    cls.__setattr__ = set_known
    cls.__init__ = lambda self, **values: GObject.Object.__init__(self, **{
        name: convert(kinds.get(name, ''), name, value) for name, value in values.items()})


def set_known(self, name, value):
    member = getattr(type(self), name, None)
    if not isinstance(member, property):
        near = ''.join(f': was {x!r} meant?' for x in difflib.get_close_matches(name, dir(self), 1))
        raise AttributeError(f'{type(self).__name__} has no attribute {name!r} to be set{near}')
    member.fset(self, value)


def describe(self):  # of what has a password, the variant form has none
    return self.to_string() if hasattr(self, 'to_string') else ', '.join(
        f'{key}={value!r}' for key, value in sorted(self.to_variant().unpack().items()))


def show_plan(self):
    changes = self.to_diff().rstrip('\n') or '\n'.join(map(str, self.get_changes()))
    return '\n'.join([changes or 'Nothing to change.', *map(str, self.get_findings())])


for cls in [getattr(Nullmail, name) for name in dir(Nullmail)]:
    if not hasattr(getattr(cls, '__info__', None), 'get_methods') or issubclass(cls, int):
        continue
    add_methods(cls)
    if issubclass(cls, GObject.Object):
        add_properties(cls)
    elif issubclass(cls, GObject.GBoxed) and hasattr(cls, 'equal'):
        cls.__eq__ = lambda a, b: a.equal(b) if type(a) is type(b) else NotImplemented
        cls.__hash__ = lambda self: hash(describe(self).lower())  # equal ones may differ in case
        cls.__str__, cls.__setattr__ = describe, set_known
        cls.__repr__ = lambda self: f'<Nullmail.{type(self).__name__} {describe(self)}>'
Nullmail.Plan.__str__ = show_plan
Nullmail.Finding.__str__ = lambda self: (
    f'{self.get_severity().value_nick}: {self.get_message()} {self.get_remedy()}')
