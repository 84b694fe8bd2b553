# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What an instance was told by Postfix: asked once, asked again where it may be otherwise now, and
never a reason to answer another question in another way."""

import os
import pathlib
import re
import shutil
import socket
import time

import fixture
from fixture import GLib, InstanceTest, Nullmail

LOGGED = '''#!/bin/sh
echo "$3" >>{log}
[ "$3" = -d ] || stat -c %Y "$2/main.cf" >>{times}
exec {program} "$@"
'''
HOLDS = 'myhostname = host7.example.com\ncommand_directory = {}\n'


def log_postconf(test, script=LOGGED):
    """A postconf that notes what it is asked; the instance is a new one where it works."""
    commands = test.folder / 'commands'
    commands.mkdir(exist_ok=True)
    path = commands / 'postconf'
    path.unlink(missing_ok=True)
    path.write_text(script.format(log=test.folder / 'log', times=test.folder / 'times',
                                  program=shutil.which('postconf')), encoding='utf-8')
    path.chmod(0o755)
    if script == LOGGED:
        test.instance = test.new_instance(command_directory=str(commands))


def asked(test):
    log = test.folder / 'log'
    return log.read_text().split() if log.exists() else []


def inside_other_host_name(test):
    """In an own namespace of host names, into which unshare has brought this process."""
    log_postconf(test)
    test.instance.inspect()
    before = len(asked(test))
    socket.sethostname('renamed')
    test.instance.inspect()
    assert len(asked(test)) > before
    assert test.instance.get_defaults()['myhostname'].startswith('renamed')


class Answers(InstanceTest):
    def setUp(self):
        super().setUp()
        fixture.need_postfix('postconf')

    def test_asked_once(self):
        log_postconf(self)
        for _ in range(3):
            self.instance.inspect()
            self.instance.get_defaults()
            self.instance.check()
            self.instance.plan(fixture.login_config(), fixture.credentials(), 0)
        self.assertEqual(sorted(set(asked(self))), sorted(asked(self)), 'each question once')

    def test_asked_again_for_another_program(self):
        log_postconf(self)
        self.instance.inspect()
        before = asked(self)
        path = self.folder / 'commands' / 'postconf'
        path.rename(path.with_suffix('.old'))
        shutil.copy(path.with_suffix('.old'), path)
        self.instance.inspect()
        self.assertEqual(asked(self), before * 2)

    def test_asked_again_for_another_main_cf(self):
        """Which types there are depends on main.cf, and the defaults do not."""
        log_postconf(self)
        self.instance.inspect()
        before = asked(self)
        self.apply_edit('mydomain', 'example.org')
        self.instance.inspect()
        self.assertEqual(asked(self)[len(before):], ['-m'])

    def test_asked_again_for_another_host_name(self):
        fixture.need_root()
        self.run_inside('other_host_name', ['unshare', '--uts'])

    def test_failure_is_remembered(self):
        log_postconf(self)
        log_postconf(self, '#!/bin/sh\necho "$3" >>{log}\nexit 1\n')
        for _ in range(3):
            with self.assertRaises(GLib.Error):
                self.instance.get_defaults()
            self.instance.check()
            with self.assertRaises(GLib.Error):
                self.instance.plan(fixture.login_config(), fixture.credentials(), 0)
        self.assertEqual(asked(self).count('-d'), 1)
        log_postconf(self, '#!/bin/sh\nexec {program} "$@"\n')
        self.assertIn('myhostname', self.instance.get_defaults())

    def test_no_pause(self):
        """Postfix sleeps before it reads a main.cf that was changed this second. For the defaults
        it reads none."""
        log_postconf(self)
        now = time.time()
        os.utime(self.main_cf, (now, now))
        self.instance.inspect()
        self.instance.plan(fixture.login_config(), fixture.credentials(), 0)
        for when in (self.folder / 'times').read_text().split():
            self.assertLess(int(when), now - 2, 'it was shown a main.cf that it waits for')
        self.assertIn('-m', asked(self))

    def test_command_directory_of_main_cf(self):
        log_postconf(self)
        fixture.write(self.main_cf, HOLDS.format(self.folder / 'commands').encode())
        self.instance = self.new_instance()
        self.instance.inspect()
        self.assertNotEqual(asked(self), [])

    def test_command_directory_of_another_distribution(self):
        """There are no commands in it, but on the host: a main.cf of Arch was refused elsewhere."""
        fixture.write(self.main_cf, HOLDS.format(self.folder / 'nowhere').encode())
        instance = self.new_instance()
        self.assertEqual(instance.get_defaults().keys(), self.instance.get_defaults().keys())
        self.assertIn('command_directory', [f.get_parameter() for f in instance.check()])
        (self.folder / 'nowhere').mkdir()
        stranger = fixture.write(self.folder / 'nowhere' / 'postconf', b'#!/bin/sh\n')
        stranger.chmod(0o777)
        with self.assertRaisesRegex(GLib.Error, 'nowhere'):
            self.new_instance().get_defaults()

    def test_what_is_not_asked(self):
        """The defaults that the library takes for granted are those of this Postfix."""
        source = pathlib.Path(__file__).parents[2] / 'libnullmail' / 'config' / 'known-defaults.c'
        table = source.read_text(encoding='utf-8').partition('known_defaults[] = {')[2]
        known = dict(re.findall(r'\{ "(\w+)", "(.*?)" \}', table.partition('};')[0]))
        self.assertGreater(len(known), 20)
        defaults = self.instance.get_defaults()
        self.assertEqual(known, {name: defaults[name] for name in known})

    def test_order_of_questions(self):
        """The same findings and the same plan, whatever was asked before."""
        def look(instance):
            plan = instance.plan(fixture.login_config(), fixture.credentials(), 0)
            return ([finding.to_variant().print_(False) for finding in instance.check()],
                    plan.to_variant().print_(False))

        expected = look(self.new_instance())
        for ask in (lambda instance: instance.inspect(),
                    lambda instance: instance.get_defaults(),
                    lambda instance: instance.lookup_parameters([]),
                    lambda instance: instance.check(),
                    lambda instance: instance.query_service()):
            instance = self.new_instance()
            ask(instance)
            self.assertEqual(look(instance), expected)
            self.assertEqual(look(instance), expected)
