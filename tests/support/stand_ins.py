# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A configuration directory and stand-ins for Postfix's commands, so that neither Postfix nor root
is needed to try the API. A test may change the stand-ins, which are a copy of its own. Paths and
texts are strings here, as a program has them."""

import os
import pathlib
import shutil

import fixture
from fixture import GLib, LIMIT_S, Nullmail, RELAY, SECRET, relay_host

Error = Nullmail.Error
FORCE = Nullmail.ApplyFlags.FORCE
OVERWRITE = Nullmail.ApplyFlags.OVERWRITE
OTHER = '[other.example.com]:587'
MAIN_CF = '# A comment.\nmyhostname = host.example.com\n\ninet_interfaces = loopback-only\n'
COMMANDS = pathlib.Path(__file__).resolve().with_name('stand-ins')


def credentials(relay=RELAY, user='host7', password=SECRET):
    return fixture.credentials(relay, user, password)


def password_of(found):
    return fixture.password_of(found).decode()


class Folder(fixture.InstanceTest):
    def write_first(self):
        self.write(self.main_cf, MAIN_CF)

    def use(self, folder):
        self.commands = shutil.copytree(COMMANDS, os.path.join(folder, 'commands'))
        super().use(folder)
        for name in ('folder', 'etc', 'main_cf', 'sasl_passwd'):
            setattr(self, name, str(getattr(self, name)))
        self.postfix = self.instance

    def new_instance(self, **properties):
        return super().new_instance(**{'command_directory': self.commands, **properties})

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
        return fixture.new_config(relay, origin='example.com', **properties)

    def apply(self, config, login=None, flags=FORCE, instance=None):
        return super().apply(config, login, flags, instance)

    def set_up_login(self, relay=RELAY, **properties):
        self.apply(self.config(relay, authentication=True, **properties), credentials(relay))

    def edit(self, name, value):
        return self.plan_edit(name, value)

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
