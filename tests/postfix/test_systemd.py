# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Postfix as a service of systemd, over D-Bus: which unit, which method, and what happens where a
job fails, a unit is masked, polkit says no, or nobody answers."""

import importlib.util
import os
import shutil
import socket

import fixture
import stand_ins
import systemd_bus
from fixture import Gio, GLib, Nullmail
from program import lacks

Activation = Nullmail.Activation
Control = Nullmail.ServiceControl
Error = Nullmail.Error
Flags = Nullmail.ApplyFlags
State = Nullmail.ServiceState


def setUpModule():
    if importlib.util.find_spec('dbusmock') is None:
        lacks('python-dbusmock is not installed')


class SystemdTest(stand_ins.Folder):
    units = {'postfix.service': {'ActiveState': 'active', 'UnitFileState': 'disabled'}}

    def setUp(self):
        super().setUp()
        self.systemd = None
        self.addCleanup(self.end_systemd)
        self.boot(self.units)
        self.instance = self.new_instance(service_control=Control.SYSTEMD)

    def boot(self, units):
        """With these units, in the place of what was there."""
        self.end_systemd()
        folder = fixture.make_folder('bus-')
        self.addCleanup(shutil.rmtree, folder)
        self.systemd = systemd_bus.Systemd(str(folder), units)

    def end_systemd(self):
        if self.systemd is not None:
            self.systemd.stop()
        self.systemd = None

    def apply_edit(self, name, value, flags=0):
        plan = self.plan_edit(name, value, self.instance)
        self.instance.apply(plan, flags)
        return self.systemd.calls()


class Unit(SystemdTest):
    def test_states(self):
        for properties, state in (
                ({'ActiveState': 'inactive'}, State.NONE),
                ({'ActiveState': 'active', 'UnitFileState': 'enabled'},
                 State.RUNNING | State.ENABLED),
                ({'ActiveState': 'reloading'}, State.RUNNING),
                ({'ActiveState': 'inactive', 'UnitFileState': 'enabled-runtime'}, State.NONE),
                ({'ActiveState': 'failed', 'UnitFileState': 'enabled'},
                 State.FAILED | State.ENABLED),
                ({'ActiveState': 'inactive', 'LoadState': 'masked', 'UnitFileState': 'masked'},
                 State.MASKED)):
            with self.subTest(properties):
                self.boot({'postfix.service': properties})
                self.assertEqual(self.instance.query_service(), state)

    def test_reload(self):
        self.assertEqual(self.apply_edit('mydomain', 'example.org'),
                         [('ReloadOrRestartUnit', 'postfix.service')])

    def test_restart(self):
        """As one job where systemd knows that, and else as two."""
        self.assertEqual(self.apply_edit('inet_interfaces', 'all', Flags.FORCE)[-2:],
                         [('StopUnit', 'postfix.service'), ('StartUnit', 'postfix.service')])
        self.systemd.set_job('RestartUnit', 'done')
        self.systemd.forget_calls()
        self.assertEqual(self.apply_edit('inet_interfaces', 'loopback-only'),
                         [('RestartUnit', 'postfix.service')])

    def test_stopped_stays_so(self):
        self.systemd.call(systemd_bus.PATH, systemd_bus.MANAGER, 'StopUnit', '(ss)',
                          ('postfix.service', 'replace'))
        self.systemd.forget_calls()
        self.assertEqual(self.apply_edit('mydomain', 'example.org'), [])
        self.assertEqual(self.apply_edit('mydomain', 'example.net', Flags.START),
                         [('StartUnit', 'postfix.service')])
        self.assertEqual(self.instance.query_service(), State.RUNNING)

    def test_enable(self):
        calls = self.apply_edit('mydomain', 'example.org', Flags.ENABLE)
        self.assertEqual(calls, [('EnableUnitFiles', ['postfix.service']),
                                 ('ReloadOrRestartUnit', 'postfix.service')])
        self.systemd.forget_calls()
        self.instance.set_enabled(False)
        self.instance.set_enabled(True)
        self.assertEqual(self.systemd.calls(), [('DisableUnitFiles', ['postfix.service']),
                                                ('EnableUnitFiles', ['postfix.service'])])

    def test_enable_alone(self):
        """A plan without changes does what the flags ask for."""
        plan = self.instance.plan_main_cf(self.instance.load_main_cf(), None, 0)
        self.assertTrue(plan.is_empty())
        self.instance.apply(plan, Flags.ENABLE)
        self.assertEqual(self.systemd.calls(), [('EnableUnitFiles', ['postfix.service'])])
        self.assertEqual(plan.will_change(Flags.ENABLE), (True, True))
        self.boot({'postfix.service': {'UnitFileState': 'enabled'}})
        self.assertEqual(plan.will_change(Flags.ENABLE), (True, False))

    def test_job_fails(self):
        """Back to the old bytes, and to a service that has read them."""
        self.systemd.set_job('ReloadOrRestartUnit', 'failed')
        plan = self.plan_edit('mydomain', 'example.org', self.instance)
        before = self.read()
        self.assert_error(Error.ACTIVATION, ['postfix.service', 'failed', 'systemctl status'],
                          self.instance.apply, plan, 0)
        self.assertEqual(self.read(), before)
        self.assertEqual(self.systemd.calls(), [('ReloadOrRestartUnit', 'postfix.service')] * 2)

    def test_each_way_to_fail(self):
        """Whatever systemd calls it, and whichever the job: as before, and the job is named."""
        self.systemd.set_job('RestartUnit', 'done')
        edits = {'ReloadOrRestartUnit': ('mydomain', 'example.org'),
                 'RestartUnit': ('inet_interfaces', '127.0.0.1')}
        for method, edit in edits.items():
            for result in ('failed', 'timeout', 'canceled', 'dependency'):
                with self.subTest(method=method, result=result):
                    self.systemd.set_job(method, result)
                    plan, before = self.plan_edit(*edit, self.instance), self.read()
                    self.assert_error(Error.ACTIVATION, ['postfix.service', result],
                                      self.instance.apply, plan, Flags.FORCE)
                    self.assertEqual(self.read(), before)
            self.systemd.set_job(method, 'done')

    def test_start_fails(self):
        """One that was stopped, and is to be started with what was written."""
        self.boot({'postfix.service': {'ActiveState': 'inactive', 'UnitFileState': 'disabled'}})
        self.systemd.set_job('StartUnit', 'failed')
        plan, before = self.plan_edit('mydomain', 'example.org', self.instance), self.read()
        self.assert_error(Error.ACTIVATION, ['postfix.service', 'failed'], self.instance.apply,
                          plan, Flags.START)
        self.assertEqual(self.read(), before)

    def test_enabled_by_an_apply_that_fails(self):
        """What starts at boot goes back as well, but only if this apply has changed it."""
        self.systemd.set_job('ReloadOrRestartUnit', 'failed')
        plan = self.plan_edit('mydomain', 'example.org', self.instance)
        self.assert_error(Error.ACTIVATION, 'postfix.service', self.instance.apply, plan,
                          Flags.ENABLE)
        self.assertEqual(self.systemd.calls(), [('EnableUnitFiles', ['postfix.service']),
                                                ('ReloadOrRestartUnit', 'postfix.service'),
                                                ('DisableUnitFiles', ['postfix.service']),
                                                ('ReloadOrRestartUnit', 'postfix.service')])
        self.boot({'postfix.service': {'ActiveState': 'active', 'UnitFileState': 'enabled'}})
        self.systemd.set_job('ReloadOrRestartUnit', 'failed')
        self.assert_error(Error.ACTIVATION, 'postfix.service', self.instance.apply, plan,
                          Flags.ENABLE)
        self.assertEqual(self.systemd.calls(), [('ReloadOrRestartUnit', 'postfix.service')] * 2)

    def test_job_ends_without_a_word(self):
        """Signals can be missed; then the unit itself tells."""
        self.systemd.set_job('ReloadOrRestartUnit', '')
        self.apply_edit('mydomain', 'example.org')
        self.assertIn('mydomain = example.org\n', self.read())

    def test_denied(self):
        self.systemd.deny('ReloadOrRestartUnit')
        plan = self.plan_edit('mydomain', 'example.org', self.instance)
        before = self.read()
        self.assert_error(Error.PERMISSION_DENIED, ['postfix.service', 'privileged'],
                          self.instance.apply, plan, 0)
        self.assertEqual(self.read(), before)
        self.systemd.deny('EnableUnitFiles', 'asbb', 'ba(sss)')
        self.assert_error(Error.PERMISSION_DENIED, 'postfix.service', self.instance.set_enabled,
                            True)

    def test_each_denial(self):
        """Polkit's and systemd's own, of each thing that an apply may ask for."""
        for name, denial in systemd_bus.DENIALS.items():
            for method, flags, state in (('EnableUnitFiles', Flags.ENABLE, 'active'),
                                         ('StartUnit', Flags.START, 'inactive'),
                                         ('ReloadOrRestartUnit', 0, 'active')):
                with self.subTest(name, method=method):
                    self.boot({'postfix.service': {'ActiveState': state,
                                                   'UnitFileState': 'disabled'}})
                    signature = ('asbb', 'ba(sss)') if flags == Flags.ENABLE else ('ss', 'o')
                    self.systemd.deny(method, *signature, denial=denial)
                    plan, before = self.plan_edit('mydomain', 'example.org', self.instance), \
                        self.read()
                    self.assert_error(Error.PERMISSION_DENIED, ['postfix.service', 'privileged'],
                                      self.instance.apply, plan, flags)
                    self.assertEqual(self.read(), before)

    def test_nobody_answers(self):
        os.environ['DBUS_SYSTEM_BUS_ADDRESS'] = f'unix:path={self.folder}/nothing'
        self.assert_error(Error.ACTIVATION, ['systemd', 'COMMAND'], self.instance.query_service)
        self.assert_error(Error.ACTIVATION, ['systemd', 'COMMAND'], self.instance.activate,
                            Activation.RELOAD)

    def test_async(self):
        found = self.run_async(self.instance, 'query_service')
        self.assertEqual(found, State.RUNNING)
        self.assertTrue(self.run_async(self.instance, 'activate', Activation.RELOAD))
        self.assertTrue(self.run_async(self.instance, 'set_enabled', True))
        self.assertEqual(self.systemd.calls(), [('ReloadOrRestartUnit', 'postfix.service'),
                                                ('EnableUnitFiles', ['postfix.service'])])

    def test_cancelled(self):
        cancellable = Gio.Cancellable()
        cancellable.cancel()
        result = self.run_async(self.instance, 'activate', Activation.RELOAD,
                                cancellable=cancellable)
        self.assertTrue(result.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED), result)
        self.assertEqual(self.systemd.calls(), [])


class Masked(SystemdTest):
    units = {'postfix.service': {'LoadState': 'masked', 'UnitFileState': 'masked'}}

    def test_start(self):
        self.assert_error(Error.ACTIVATION, ['masked', 'systemctl unmask postfix.service'],
                            self.instance.activate, Activation.START)
        self.assertEqual(self.systemd.calls(), [])

    def test_apply(self):
        """Without START it is written, and nothing is asked; with it nothing is written."""
        before = self.read()
        plan = self.plan_edit('mydomain', 'example.org', self.instance)
        self.assert_error(Error.ACTIVATION, ['masked', 'systemctl unmask postfix.service'],
                          self.instance.apply, plan, Flags.START)
        self.assertEqual((self.read(), self.systemd.calls()), (before, []))
        self.assertEqual(self.apply_edit('mydomain', 'example.org'), [])
        self.assertIn('mydomain = example.org\n', self.read())

    def test_enable(self):
        """systemd itself refuses that, and all is as before."""
        self.systemd.deny('EnableUnitFiles', 'asbb', 'ba(sss)', systemd_bus.MASKED)
        before = self.read()
        plan = self.plan_edit('mydomain', 'example.org', self.instance)
        for function, *arguments in ((self.instance.set_enabled, True),
                                     (self.instance.apply, plan, Flags.ENABLE)):
            self.assert_error(Error.ACTIVATION, ['masked', 'systemctl unmask postfix.service'],
                              function, *arguments)
        self.assertEqual(self.read(), before)

    def test_runs_nevertheless(self):
        """One that was masked while it ran still reads what is written."""
        self.boot({'postfix.service': {'LoadState': 'masked', 'UnitFileState': 'masked',
                                       'ActiveState': 'active'}})
        self.assertEqual(self.instance.query_service(), State.RUNNING | State.MASKED)
        self.assertEqual(self.apply_edit('mydomain', 'example.org'),
                         [('ReloadOrRestartUnit', 'postfix.service')])


class Instances(SystemdTest):
    """Debian up to 12: postfix.service runs nothing, and stays active whatever its instances do."""

    units = {'postfix.service': {'ActiveState': 'active', 'UnitFileState': 'disabled',
                                 'Type': 'oneshot'},
             'postfix@-.service': {'ActiveState': 'inactive', 'UnitFileState': 'enabled-runtime'},
             'postfix@postfix-out.service': {'ActiveState': 'active'}}

    def test_first(self):
        self.assertEqual(self.instance.query_service(), State.NONE)
        self.assertEqual(self.apply_edit('mydomain', 'example.org', Flags.START | Flags.ENABLE),
                         [('EnableUnitFiles', ['postfix.service']),
                          ('StartUnit', 'postfix.service'), ('StartUnit', 'postfix@-.service')])
        self.assertEqual(self.instance.query_service(), State.RUNNING)
        self.systemd.forget_calls()
        self.assertEqual(self.apply_edit('mydomain', 'example.net'),
                         [('ReloadOrRestartUnit', 'postfix@-.service')])

    def test_second(self):
        self.append('multi_instance_name = postfix-out\n')
        self.assertEqual(self.apply_edit('mydomain', 'example.net'),
                         [('ReloadOrRestartUnit', 'postfix@postfix-out.service')])

    def test_type_of_the_common_unit(self):
        """Debian 13 has both names, but postfix.service runs Postfix itself."""
        self.boot({'postfix.service': {'Type': 'forking', 'ActiveState': 'active'},
                   'postfix@-.service': {}})
        self.assertEqual(self.apply_edit('mydomain', 'example.org'),
                         [('ReloadOrRestartUnit', 'postfix.service')])


class Auto(SystemdTest):
    """By itself systemd is asked where it runs, and has a unit for this directory."""

    units = {'postfix.service': {'ActiveState': 'active'},
             'postfix@postfix-out.service': {'ActiveState': 'active'}}

    def setUp(self):
        super().setUp()
        fixture.need_mounts()
        self.write(os.path.join(self.etc, 'master.cf'), '')

    def reload_inside(self, booted=True):
        commands = ['mount -t tmpfs tmpfs /run'] + ['mkdir -p /run/systemd/system'] * booted
        self.run_inside('reload', fixture.in_mounts(commands))
        return self.systemd.calls()

    def test_instance(self):
        self.append('multi_instance_name = postfix-out\n')
        self.assertEqual(self.reload_inside(),
                         [('ReloadOrRestartUnit', 'postfix@postfix-out.service')])
        self.systemd.forget_calls()
        self.assertEqual(self.reload_inside(booted=False), [])

    def test_another_directory(self):
        self.assertEqual(self.reload_inside(), [])

    def test_no_bus(self):
        self.append('multi_instance_name = postfix-out\n')
        os.environ['DBUS_SYSTEM_BUS_ADDRESS'] = f'unix:path={self.folder}/nothing'
        self.assertEqual(self.reload_inside(), [])


def inside_reload(test):
    """By systemd, or by the stand-in of Postfix's command."""
    instance = test.new_instance(service_control=Control.AUTO)
    try:
        instance.activate(Activation.RELOAD)
    except GLib.Error as error:
        assert error.matches(Error.quark(), Error.ACTIVATION), error


class SilentBus(stand_ins.Folder):
    """A bus that takes the connection and never says a word, not even who it is."""

    def setUp(self):
        super().setUp()
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.addCleanup(self.listener.close)
        path = os.path.join(self.folder, 'silent')
        self.listener.bind(path)
        self.listener.listen(16)
        os.environ['DBUS_SYSTEM_BUS_ADDRESS'] = f'unix:path={path}'
        self.addCleanup(os.environ.pop, 'DBUS_SYSTEM_BUS_ADDRESS')
        self.instance = self.new_instance(service_control=Control.SYSTEMD)

    def test_check_says_what_it_missed(self):
        codes = [(item.get_code(), item.get_subject()) for item in self.instance.check()]
        self.assertIn((Nullmail.FindingCode.NOT_CHECKED, 'postfix-refuses'), codes)

    def test_query_service_ends(self):
        self.assert_error(Error.ACTIVATION, 'message bus', self.instance.query_service)

    def test_apply_ends(self):
        before = self.read()
        plan = self.plan_edit('mydomain', 'example.org', self.instance)
        self.assert_error(Error.ACTIVATION, 'message bus', self.instance.apply, plan, 0)
        self.assertEqual(self.read(), before)

    def test_cancelled_while_it_waits(self):
        cancellable = Gio.Cancellable()
        GLib.timeout_add(50, cancellable.cancel)
        loop, outcome = GLib.MainLoop(), []

        def done(_, result):
            try:
                self.instance.query_service_finish(result)
            except GLib.Error as error:
                outcome.append(error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))
            loop.quit()

        self.instance.query_service_async(cancellable, done)
        loop.run()
        self.assertEqual(outcome, [True])
