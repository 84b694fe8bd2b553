# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A Secret Service whose one keyring is locked, and whose prompt does as the argument says.

dismiss: the person closes it. wait: nobody comes. die: the service ends when it is shown.
"""

import os
import sys

from gi.repository import Gio, GLib

COLLECTION = '/org/freedesktop/secrets/collection/fake'
PROMPT = '/org/freedesktop/secrets/prompt/1'
XML = '''<node>
<interface name="org.freedesktop.Secret.Service">
  <property name="Collections" type="ao" access="read"/>
  <method name="OpenSession"><arg type="s" direction="in"/><arg type="v" direction="in"/>
    <arg type="v" direction="out"/><arg type="o" direction="out"/></method>
  <method name="SearchItems"><arg type="a{ss}" direction="in"/>
    <arg type="ao" direction="out"/><arg type="ao" direction="out"/></method>
  <method name="Unlock"><arg type="ao" direction="in"/>
    <arg type="ao" direction="out"/><arg type="o" direction="out"/></method>
  <method name="ReadAlias"><arg type="s" direction="in"/><arg type="o" direction="out"/></method>
</interface>
<interface name="org.freedesktop.Secret.Collection">
  <property name="Locked" type="b" access="read"/>
</interface>
<interface name="org.freedesktop.Secret.Prompt">
  <method name="Prompt"><arg type="s" direction="in"/></method>
  <method name="Dismiss"/>
  <signal name="Completed"><arg type="b"/><arg type="v"/></signal>
</interface>
</node>'''


def complete(connection):
    connection.emit_signal(None, PROMPT, 'org.freedesktop.Secret.Prompt', 'Completed',
                           GLib.Variant('(bv)', (True, GLib.Variant('ao', []))))


def on_call(connection, _sender, _path, _interface, method, _args, invocation):
    behaviour = sys.argv[1]
    if method == 'ReadAlias':
        invocation.return_value(GLib.Variant('(o)', (COLLECTION,)))
    elif method == 'SearchItems':
        invocation.return_value(GLib.Variant('(aoao)', ([], [])))
    elif method == 'Unlock':
        invocation.return_value(GLib.Variant('(aoo)', ([], PROMPT)))
    elif method == 'Prompt':
        if behaviour == 'die':
            os._exit(1)
        invocation.return_value(None)
        if behaviour == 'dismiss':
            complete(connection)
    elif method == 'Dismiss':
        invocation.return_value(None)
        complete(connection)
    else:
        invocation.return_dbus_error('org.freedesktop.DBus.Error.NotSupported', method)


def on_get(_connection, _sender, _path, _interface, name):
    if name == 'Locked':
        return GLib.Variant('b', True)
    return GLib.Variant('ao', [COLLECTION])


def on_bus(connection, _name):
    paths = ('/org/freedesktop/secrets', COLLECTION, PROMPT)
    for path, interface in zip(paths, Gio.DBusNodeInfo.new_for_xml(XML).interfaces):
        connection.register_object(path, interface, on_call, on_get, None)


Gio.bus_own_name(Gio.BusType.SESSION, 'org.freedesktop.secrets', Gio.BusNameOwnerFlags.NONE,
                 on_bus, None, lambda *_: sys.exit('the name is lost'))
GLib.MainLoop().run()
