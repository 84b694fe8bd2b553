# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A configuration directory and stand-ins for Postfix's commands, so that neither Postfix nor root
is needed to try the API."""

import os
import shutil
import tempfile
import unittest

from gi.repository import GLib, Nullmail

Error = Nullmail.Error
RELAY = '[smtp.example.com]:587'
OTHER = '[other.example.com]:587'
SECRET = 'Marker-Secret-7'
MAIN_CF = '# A comment.\nmyhostname = host.example.com\n\ninet_interfaces = loopback-only\n'
FORCE = Nullmail.ApplyFlags.FORCE
LIMIT_S = 30


def relay_host(text=RELAY):
    return Nullmail.RelayHost.parse(text)


def credentials(relay=RELAY, user='host7', password=SECRET):
    return Nullmail.RelayCredentials.new(relay_host(relay), user, password)


def password_of(found):
    fd = os.memfd_create('password')
    try:
        found.write_password(fd)
        return os.pread(fd, 4096, 0).decode()
    finally:
        os.close(fd)

POSTCONF = r'''#!/bin/sh
directory=
if [ "$1" = -c ]; then directory=$2; shift 2; fi
defaults='default_database_type = texthash
mail_version = 3.7.11
queue_directory = /var/spool/postfix
relayhost =
myhostname = localhost.localdomain
mydomain = localdomain
'
case "$1" in
-m) printf 'hash\ntexthash\n' ;;
-d) printf '%s' "$defaults" ;;
*)
    [ $# -gt 0 ] || set -- default_database_type mail_version queue_directory relayhost \
                           myhostname mydomain
    for name; do
        line=$(grep "^$name *=" "$directory/main.cf" | tail -n 1)
        [ -n "$line" ] || line=$(printf '%s' "$defaults" | grep "^$name *=")
        if [ -n "$line" ]; then echo "$line"; else
            echo "postconf: warning: $name: unknown parameter" >&2; fi
    done ;;
esac
'''

# texthash only: the key on standard input, answered as postmap does.
POSTMAP = r'''#!/bin/sh
for table; do :; done
IFS= read -r key
while IFS= read -r line; do
    case "$line" in "$key "*) printf '%s\t%s\n' "$key" "${line#"$key "}"; exit 0;; esac
done <"${table#*:}"
exit 1
'''

POSTFIX = r'''#!/bin/sh
for command; do :; done
echo "$command" >>"$(dirname "$0")/log"
case "$command" in
status) [ -e "$(dirname "$0")/running" ] ;;
start) : >"$(dirname "$0")/running" ;;
stop) rm -f "$(dirname "$0")/running" ;;
esac
'''


def install_commands(folder):
    os.mkdir(folder)
    for name, text in (('postconf', POSTCONF), ('postmap', POSTMAP), ('postfix', POSTFIX)):
        path = os.path.join(folder, name)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
        os.chmod(path, 0o755)
    return folder


class Folder(unittest.TestCase):
    def setUp(self):
        base = os.environ.get('NULLMAIL_TEST_TMP') or os.getcwd()
        self.folder = tempfile.mkdtemp(prefix='bindings-', dir=base)
        self.addCleanup(shutil.rmtree, self.folder)
        self.etc = os.path.join(self.folder, 'etc')
        os.mkdir(self.etc)
        self.commands = install_commands(os.path.join(self.folder, 'commands'))
        self.main_cf = os.path.join(self.etc, 'main.cf')
        self.sasl_passwd = os.path.join(self.etc, 'sasl_passwd')
        self.write(self.main_cf, MAIN_CF)
        self.postfix = self.new_instance()

    def new_instance(self, **properties):
        return Nullmail.PostfixInstance(**{
            'config_directory': self.etc, 'command_directory': self.commands,
            'state_directory': os.path.join(self.folder, 'state'),
            'service_control': Nullmail.ServiceControl.DISABLED, **properties})

    def write(self, path, text):
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)

    def read(self, path=None):
        with open(path or self.main_cf, encoding='utf-8') as file:
            return file.read()

    def append(self, text):
        with open(self.main_cf, 'a', encoding='utf-8') as file:
            file.write(text)

    def assert_fails(self, code, function, *arguments):
        with self.assertRaises(GLib.Error) as caught:
            function(*arguments)
        self.assertTrue(caught.exception.matches(Error.quark(), code), caught.exception)
        self.assertNotIn(SECRET, caught.exception.message)

    def config(self, relay=RELAY, **properties):
        return Nullmail.NullClientConfig(relay_host=relay_host(relay), origin='example.com',
                                         **properties)

    def apply(self, config, login=None, flags=FORCE):
        return self.postfix.apply(self.postfix.plan(config, login, 0), flags)

    def set_up_login(self, relay=RELAY, **properties):
        self.apply(self.config(relay, authentication=True, **properties), credentials(relay))

    def edit(self, name, value):
        main_cf = self.postfix.load_main_cf()
        main_cf.set_value(name, value)
        return self.postfix.plan_main_cf(main_cf, None, 0)

    def run_async(self, source, name, *arguments, cancellable=None):
        """The asynchronous pair of a method; its result or error."""
        loop = GLib.MainLoop()
        results = []

        def done(found, result, *_):
            self.assertIs(found, source)
            try:
                results.append(getattr(source, name + '_finish')(result))
            except GLib.Error as error:
                results.append(error)
            loop.quit()

        getattr(source, name + '_async')(*arguments, cancellable, done)
        self.assertEqual(results, [], 'called back before it returned')
        timeout = GLib.timeout_add_seconds(LIMIT_S, loop.quit)
        loop.run()
        self.assertEqual(len(results), 1)
        GLib.source_remove(timeout)
        return results[0]
