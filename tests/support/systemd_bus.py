# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A private system bus with a stand-in of systemd on it, made by python-dbusmock: units, jobs that
end as the test wants, and a record of what was called. systemd itself is never booted here."""

import os
import subprocess

from gi.repository import Gio, GLib

import keyring
from program import LIMIT_S

NAME = 'org.freedesktop.systemd1'
PATH = '/org/freedesktop/systemd1'
MANAGER = f'{NAME}.Manager'
UNIT = f'{NAME}.Unit'
MOCK = 'org.freedesktop.DBus.Mock'
JOB = f'{PATH}/Job/7'
# What the template lacks. The signal comes behind the answer, as it does from systemd.
JOB_CODE = '''
def end(self=self, args=args):
    self.EmitSignal('{manager}', 'JobRemoved', 'uoss', [7, '{job}', args[0], '{result}'])
    return False
if '{result}':
    from gi.repository import GLib
    GLib.timeout_add(20, end)
ret = '{job}'
'''
RAISE = 'raise dbus.exceptions.DBusException({text!r}, name={name!r})'
# Polkit's no, where nobody could be asked and where somebody was; and that of systemd itself.
DENIALS = {name: RAISE.format(name=f'org.freedesktop.DBus.Error.{name}', text=text)
           for name, text in (
               ('InteractiveAuthorizationRequired', 'Interactive authentication required.'),
               ('AccessDenied', 'Permission denied'))}
DENIED = DENIALS['InteractiveAuthorizationRequired']
MASKED = RAISE.format(name=f'{NAME}.UnitMasked', text='Unit file postfix.service is masked.')


class Systemd:
    def __init__(self, folder, units):
        self.bus = keyring.Bus(folder)
        self.address = os.environ['DBUS_SESSION_BUS_ADDRESS']
        os.environ['DBUS_SYSTEM_BUS_ADDRESS'] = self.address
        self.process = keyring.start(['/usr/bin/python3', '-m', 'dbusmock', '--system',
                                      '--template', 'systemd'], stdout=subprocess.DEVNULL)
        self.connection = Gio.DBusConnection.new_for_address_sync(
            self.address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        keyring.wait_until(lambda: self.has_owner(NAME), 'the stand-in of systemd')
        self.add_method('Subscribe', '', '', '')
        self.add_method('Reload', '', '', '')
        self.add_method('EnableUnitFiles', 'asbb', 'ba(sss)', 'ret = (True, [])')
        self.add_method('DisableUnitFiles', 'asb', 'a(sss)', 'ret = []')
        # The template cannot make a unit of an instance, whose name has an “@”.
        self.add_method('NoteUnit', 'so', '', 'self.units[str(args[0])] = args[1]')
        self.set_job('ReloadOrRestartUnit', 'done')
        for name, properties in units.items():
            self.add_unit(name, **properties)
        self.forget_calls()

    def stop(self):
        self.connection.close_sync(None)
        keyring.end(self.process)
        self.bus.end()
        os.environ.pop('DBUS_SYSTEM_BUS_ADDRESS', None)

    def has_owner(self, name):
        answer = self.connection.call_sync(
            'org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus',
            'NameHasOwner', GLib.Variant('(s)', (name,)), None, 0, LIMIT_S * 1000, None)
        return answer.unpack()[0]

    def call(self, path, interface, method, signature='()', arguments=()):
        return self.connection.call_sync(NAME, path, interface, method,
                                         GLib.Variant(signature, arguments), None, 0,
                                         LIMIT_S * 1000, None).unpack()

    def add_method(self, name, arguments, result, code):
        self.call(PATH, MOCK, 'AddMethod', '(sssss)', (MANAGER, name, arguments, result, code))

    def set_job(self, method, result):
        """A job that ends like that; with an empty result it ends without a word."""
        self.add_method(method, 'ss', 'o',
                        JOB_CODE.format(manager=MANAGER, job=JOB, result=result))

    def deny(self, method, arguments='ss', result='o', denial=DENIED):
        self.add_method(method, arguments, result, denial)

    def add_unit(self, name, **properties):
        path = f'{PATH}/unit/' + ''.join(c if c.isalnum() else f'_{ord(c):02x}' for c in name)
        texts = {'Id': name, 'LoadState': 'loaded', 'ActiveState': 'inactive', **properties}
        kind = texts.pop('Type', None)
        self.call(PATH, MOCK, 'AddObject', '(ssa{sv}a(ssss))',
                  (path, UNIT, {key: GLib.Variant('s', text) for key, text in texts.items()}, []))
        self.call(PATH, MANAGER, 'NoteUnit', '(so)', (name, path))
        if kind is not None:
            self.call(path, MOCK, 'AddProperty', '(ssv)',
                      (f'{NAME}.Service', 'Type', GLib.Variant('s', kind)))

    def forget_calls(self):
        self.call(PATH, MOCK, 'ClearCalls')

    def calls(self):
        """What was done to units, in order: the method and its first argument."""
        found, = self.call(PATH, MOCK, 'GetCalls')
        return [(name, arguments[0]) for _, name, arguments in found
                if name not in ('GetUnit', 'LoadUnit', 'Subscribe', 'GetUnitFileState', 'Reload',
                                'AddMockUnit')]
