# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Postfix as a service that its own command controls: it is never left stopped, whoever is killed
meanwhile, and never stopped where a container lives on it."""

import os
import shutil
import signal
import subprocess
import sys
import time

import fixture
import stand_ins
from fixture import LIMIT_S, Nullmail
from program import lacks, need, need_root

Activation = Nullmail.Activation
Code = Nullmail.FindingCode
Control = Nullmail.ServiceControl
Error = Nullmail.Error
Flags = Nullmail.ApplyFlags
State = Nullmail.ServiceState
# It takes its time to stop, and runs while a file says so.
POSTFIX = '''#!/bin/sh
for command; do :; done
here=$(dirname "$0")
echo "$command" >>"$here/log"
case "$command" in
status) [ -e "$here/running" ] ;;
start) : >"$here/running" ;;
stop) rm -f "$here/running"; sleep 0.5; echo stopped >>"$here/log"; sleep 0.5 ;;
esac
'''


class ServiceTest(stand_ins.Folder):
    def setUp(self):
        need_root()
        super().setUp()
        self.write(os.path.join(self.commands, 'postfix'), POSTFIX)
        self.instance = self.new_instance(service_control=Control.COMMAND)
        self.log = os.path.join(self.commands, 'log')
        self.write(os.path.join(self.commands, 'running'), '')

    def actions(self):
        if not os.path.exists(self.log):
            return []
        return [line for line in self.read(self.log).split() if line != 'status']

    def wait_for(self, actions):
        deadline = time.monotonic() + LIMIT_S
        while self.actions()[-len(actions):] != actions:
            self.assertLess(time.monotonic(), deadline, self.actions())
            time.sleep(0.01)


class NeverLeftStopped(ServiceTest):
    """W4: a signal while Postfix is stopped, be it for a restart or for a change of the login."""

    def kill_while_stopped(self, name, number):
        child = subprocess.Popen(fixture.inside_command(name, self.folder),
                                 stderr=subprocess.DEVNULL,
                                 preexec_fn=lambda: signal.signal(number, signal.SIG_DFL)
                                 if number != signal.SIGKILL else None)
        try:
            self.wait_for(['stop', 'stopped'])
            child.send_signal(number)
        finally:
            child.wait(LIMIT_S)
        self.assertEqual(child.returncode, -number)
        self.wait_for(['start'])

    def test_restart(self):
        for number in (signal.SIGHUP, signal.SIGKILL):
            with self.subTest(number):
                self.kill_while_stopped('restart', number)

    def test_apply(self):
        self.set_up_login(password_maps=f'texthash:{self.sasl_passwd}')
        self.kill_while_stopped('end_login', signal.SIGKILL)

    def test_nobody_is_killed(self):
        """Nothing starts it twice, and no guard stays."""
        self.instance.activate(Activation.RESTART)
        self.assertEqual(self.actions(), ['stop', 'stopped', 'start'])
        with self.assertRaises(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)

    def test_restart_comes_behind_the_commit(self):
        """In a container it may be the last that this process does."""
        before = self.read()
        script = POSTFIX.replace('stop) ', f'stop) cp {self.main_cf} "$here/seen"; ')
        self.write(os.path.join(self.commands, 'postfix'), script)
        plan = self.plan_edit('inet_interfaces', '127.0.0.1', self.instance)
        self.assertEqual(plan.get_activation(), Activation.RESTART)
        self.instance.apply(plan, 0)
        self.assertNotIn(Code.RESTART_PENDING, [item.get_code() for item in plan.get_findings()])
        self.assertNotEqual(self.read(os.path.join(self.commands, 'seen')), before)
        self.assertEqual(self.read(os.path.join(self.commands, 'seen')), self.read())


def commanded(test):
    """With the stand-ins of the process that started this one, and never with Postfix itself."""
    return test.new_instance(service_control=Control.COMMAND,
                             command_directory=str(test.folder / 'commands'))


def inside_restart(test):
    commanded(test).activate(Activation.RESTART)


def inside_end_login(test):
    instance = commanded(test)
    config = instance.load_config()
    config.set_authentication(False)
    instance.apply(instance.plan(config, None, 0), Flags.FORCE)


class Container(ServiceTest):
    """W4: where Postfix's master is process 1, or has started this process, a stop ends it all."""

    def setUp(self):
        super().setUp()
        need('unshare')
        self.queue = self.folder + '/queue'
        os.makedirs(self.queue + '/pid')
        self.append(f'queue_directory = {self.queue}\n')

    def run_under_master(self, name, as_first):
        """By a stand-in of master(8), which holds the lock on its file."""
        prefix = ['unshare', '-p', '-f', '--mount-proc', '--kill-child'] if as_first else []
        self.run_inside(name, [*prefix, sys.executable, '-c', MASTER, self.queue])

    def test_restart_becomes_a_reload(self):
        for as_first in (True, False):
            with self.subTest(as_first):
                self.run_under_master('change_interfaces', as_first)
                self.assertEqual(self.actions()[-1:], ['reload'])
                self.assertNotIn('stop', self.actions())
                self.assertIn('inet_interfaces = 127.0.0.1\n', self.read())
                self.write(self.main_cf, self.read().replace('127.0.0.1', 'loopback-only'))

    def test_asked_to_restart(self):
        self.run_under_master('refuse_to_restart', True)
        self.assertEqual(self.actions(), [])

    def test_end_of_login(self):
        self.set_up_login(password_maps=f'texthash:{self.sasl_passwd}')
        self.run_under_master('refuse_to_end_login', True)
        self.assertEqual(self.actions(), ['reload'])  # of the login
        self.run_under_master('end_login', True)
        self.assertEqual(self.actions(), ['reload', 'reload'])


MASTER = '''
import fcntl, os, subprocess, sys
file = open(sys.argv[1] + '/pid/master.pid', 'w')
fcntl.flock(file, fcntl.LOCK_EX)
file.write('%32d\\n' % os.getpid())  # as Postfix writes it
file.flush()
sys.exit(subprocess.run(sys.argv[2:]).returncode)
'''


def inside_change_interfaces(test):
    instance = commanded(test)
    main_cf = instance.load_main_cf()
    main_cf.set_value('inet_interfaces', '127.0.0.1')
    plan = instance.plan_main_cf(main_cf, None, 0)
    found, = [item for item in plan.get_findings() if item.get_code() == Code.RESTART_PENDING]
    test.assertEqual(found.get_severity(), Nullmail.Severity.WARNING)
    test.assertIn('container', found.get_remedy())
    instance.apply(plan, 0)


def inside_refuse_to_restart(test):
    test.assert_error(Error.ACTIVATION, ['restart the container', test.etc],
                      commanded(test).activate, Activation.RESTART)


def inside_refuse_to_end_login(test):
    instance = commanded(test)
    config = instance.load_config()
    config.set_authentication(False)
    before = test.main_cf.read_bytes()
    test.assert_error(Error.ACTIVATION, ['restart the container'], instance.apply,
                      instance.plan(config, None, 0), 0)
    assert test.main_cf.read_bytes() == before


class Image(ServiceTest):
    """Enabling without a systemd that runs: the links of its unit, as systemctl sets them."""

    def run_in_image(self, name):
        fixture.need_mounts()
        need('systemctl')
        if not os.path.exists('/lib/systemd/system/postfix.service'):
            lacks('systemd has no unit of Postfix here')
        upper = os.path.join(self.folder, 'systemd')
        shutil.copytree('/etc/systemd', upper, symlinks=True)
        os.makedirs(os.path.join(self.folder, 'run'))
        self.run_inside(name, fixture.in_mounts([
            f'mount --bind {upper} /etc/systemd', f'mount --bind {self.folder}/run /run',
            f'mount --bind {self.etc} /etc/postfix']))

    def test_enable(self):
        self.run_in_image('enable')

    def test_enabled_is_for_root_to_see(self):
        """Whether Postfix runs is, but nobody asked for that."""
        need_root()
        self.run_in_image('ask_as_another_user')

    def test_another_directory(self):
        self.assert_error(Error.FAILED, ['ENABLE', self.etc], self.instance.set_enabled, True)

    def test_disabled(self):
        instance = self.new_instance(service_control=Control.DISABLED)
        self.assert_error(Error.FAILED, 'ENABLE', instance.set_enabled, True)


def inside_enable(test):
    instance = Nullmail.PostfixInstance(state_directory=str(test.state),
                                        command_directory=str(test.folder / 'commands'))
    (test.etc / 'master.cf').touch()
    link = '/etc/systemd/system/multi-user.target.wants/postfix.service'
    for enabled in (False, True, True, False):
        instance.set_enabled(enabled)
        test.assertEqual(os.path.islink(link), enabled)
        test.assertEqual(bool(instance.query_service() & State.ENABLED), enabled)
    main_cf = instance.load_main_cf()
    main_cf.set_value('mydomain', 'example.org')
    instance.apply(instance.plan_main_cf(main_cf, None, 0), Flags.ENABLE)
    test.assertTrue(os.path.islink(link))


def inside_ask_as_another_user(test):
    instance = Nullmail.PostfixInstance(state_directory=str(test.state),
                                        command_directory=str(test.folder / 'commands'))
    (test.etc / 'master.cf').touch()
    plan = instance.plan_main_cf(instance.load_main_cf(), None, 0)
    test.assertTrue(plan.is_empty())
    for enabled in (False, True):
        instance.set_enabled(enabled)
        os.seteuid(fixture.NOBODY)
        test.assertEqual(plan.will_change(Flags.ENABLE), (True, not enabled))
        test.assert_error(Error.PERMISSION_DENIED, 'START', plan.will_change,
                          Flags.ENABLE | Flags.START)
        os.seteuid(0)
