# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A private session bus, and a gnome-keyring-daemon or a stand-in on it."""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time

from gi.repository import Gio, GLib

from program import LIMIT_S

HERE = os.path.dirname(os.path.realpath(__file__))
TOOLS = ('dbus-daemon', 'gnome-keyring-daemon', 'secret-tool')
PR_SET_PDEATHSIG = 1
NAME = 'org.freedesktop.secrets'
SCHEMA = 'org.nullmail.RelayCredentials'
# No folder of services: nothing starts that no test has started.
CONFIG = '''<busconfig><type>session</type><listen>unix:dir={folder}</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
'''


def missing_tools():
    return [tool for tool in TOOLS if shutil.which(tool) is None]


def wait_until(condition, what):
    deadline = time.monotonic() + LIMIT_S
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f'{what}: not within {LIMIT_S} s')
        time.sleep(0.01)


def start(command, **options):
    """A process that ends with this one, however that ends."""
    libc = ctypes.CDLL(None)
    return subprocess.Popen(command, preexec_fn=lambda: libc.prctl(PR_SET_PDEATHSIG,
                                                                   signal.SIGKILL), **options)


def end(process):
    process.kill()
    process.wait()


class Bus:
    """Its address is the session bus of this process and of those that it starts."""

    def __init__(self, folder):
        config = os.path.join(folder, 'bus.conf')
        with open(config, 'w', encoding='utf-8') as file:
            file.write(CONFIG.format(folder=folder))
        self.process = start(
            ['dbus-daemon', '--config-file', config, '--nofork', '--print-address=1'],
            stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().strip()
        os.environ['DBUS_SESSION_BUS_ADDRESS'] = self.address
        # A connection of our own: the library's is shared by the whole process.
        self.connection = Gio.DBusConnection.new_for_address_sync(
            self.address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)

    def call(self, name, path, interface, method, args=None):
        return self.connection.call_sync(name, path, interface, method, args, None,
                                         Gio.DBusCallFlags.NO_AUTO_START, LIMIT_S * 1000, None)

    def has_service(self):
        return self.call('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus',
                         'NameHasOwner', GLib.Variant('(s)', (NAME,))).unpack()[0]

    def wait_for_service(self, is_there=True):
        wait_until(lambda: self.has_service() == is_there, f'{NAME} there: {is_there}')

    def end(self):
        self.connection.set_exit_on_close(False)
        end(self.process)
        self.process.stdout.close()


class Service:
    """A process that owns the name of the Secret Service."""

    def __init__(self, bus, command, text, environment):
        self.bus = bus
        bus.wait_for_service(False)
        # Its warnings are its own affair.
        environment = {name: value for name, value in environment.items() if name != 'G_DEBUG'}
        self.process = start(command, stdin=subprocess.PIPE, env=environment,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.process.stdin.write(text)
        self.process.stdin.close()
        bus.wait_for_service()

    def call(self, path, interface, method, args):
        return self.bus.call(NAME, path, 'org.freedesktop.' + interface, method, args)

    def stop(self):
        """It stays on the bus and no longer answers."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def end(self):
        end(self.process)
        self.bus.wait_for_service(False)


class Keyring(Service):
    """A gnome-keyring-daemon with its own folders."""

    def __init__(self, bus, folder, password=b'of the keyring'):
        for name in ('data', 'run'):
            os.makedirs(os.path.join(folder, name), mode=0o700, exist_ok=True)
        environment = {**os.environ, 'XDG_DATA_HOME': os.path.join(folder, 'data'),
                       'XDG_RUNTIME_DIR': os.path.join(folder, 'run')}
        mode = ['--unlock'] if password else ['--start']
        super().__init__(bus, ['gnome-keyring-daemon', '--foreground', '--components=secrets',
                               *mode], password, environment)

    def put(self, password, **attributes):
        """Makes an item with a password of any length; secret-tool(1) takes 8 KiB at most."""
        path = '/org/freedesktop/secrets'
        session = self.call(path, 'Secret.Service', 'OpenSession',
                            GLib.Variant('(sv)', ('plain', GLib.Variant('s', '')))).unpack()[1]
        item = {'org.freedesktop.Secret.Item.Label': GLib.Variant('s', 'by hand'),
                'org.freedesktop.Secret.Item.Attributes':
                    GLib.Variant('a{ss}', {'xdg:schema': SCHEMA, **attributes})}
        self.call(path + '/aliases/default', 'Secret.Collection', 'CreateItem',
                  GLib.Variant('(a{sv}(oayays)b)',
                               (item, (session, b'', password, 'text/plain'), True)))

    def lock(self):
        default = self.call('/org/freedesktop/secrets', 'Secret.Service', 'ReadAlias',
                            GLib.Variant('(s)', ('default',))).unpack()[0]
        locked = self.call('/org/freedesktop/secrets', 'Secret.Service', 'Lock',
                           GLib.Variant('(ao)', ([default],))).unpack()[0]
        if locked != [default]:
            raise AssertionError(f'{default} is not locked')


class FakeService(Service):
    """A stand-in that misbehaves: see fake_secret_service.py."""

    def __init__(self, bus, behaviour):
        super().__init__(bus, [sys.executable, os.path.join(HERE, 'fake_secret_service.py'),
                               behaviour], b'', os.environ)


def secret_tool(*args, text=b''):
    done = subprocess.run(['secret-tool', *args], input=text, timeout=LIMIT_S, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.stdout


def wait_for_next_second():
    """The service tells times in seconds."""
    second = int(time.time())
    wait_until(lambda: int(time.time()) != second, 'the next second')
