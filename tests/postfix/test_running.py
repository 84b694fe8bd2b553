# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What check() finds of a Postfix that runs, with the installed one in namespaces of its own: each
finding comes with what it is about, and goes with it."""

import os
import pathlib
import re
import shutil
import socket
import subprocess
import time

import fixture
import instance_lab
from fixture import InstanceTest, Nullmail

Activation = Nullmail.Activation
Code = Nullmail.FindingCode
Error = Nullmail.Error
OF_SERVICE = (Code.NOT_RUNNING, Code.NOT_ENABLED, Code.RESTART_PENDING, Code.MAIL_WAITING,
              Code.CHROOT_STALE, Code.MASTER_OVERRIDE)
AS_PROCESS_TREE = ['unshare', '-p', '-f', '--mount-proc', '--kill-child', *instance_lab.NAMESPACES]
MAIN_CF = '''compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
inet_interfaces = loopback-only
inet_protocols = ipv4
myhostname = host7.example.com
relayhost = [127.0.0.1]:2525
mydestination =
'''
LOOPBACK, EVERYWHERE = ('127.0.0.1', 25), ('0.0.0.0', 25)


def setUpModule():
    fixture.need_root()
    fixture.need_mounts()
    fixture.need_postfix('postfix', 'ip', 'sendmail', 'unshare')


class LoggingWorld(instance_lab.World):
    """Writes what it hears at /dev/log into a file, as syslogd(8) does."""

    log_file = None

    def read_log(self, log):
        while True:
            line = log.recv(8192).decode().rstrip('\0')
            with open(self.log_file, 'a', encoding='utf-8') as file:
                file.write(re.sub(r'^<\d+>(.{15}) ', r'\1 host7 ', line) + '\n')


class Machine:
    """Postfix in /mnt/r0, and the library that controls it by its command."""

    def __init__(self, test, master_cf='', main_cf=''):
        self.test = test
        self.world = world = LoggingWorld(test.folder)
        world.directories.append(world.folder / 'r0' / 'etc')
        (world.folder / 'r0' / 'etc').mkdir(parents=True)
        world.make_etc()
        os.utime('/etc/postfix/main.cf', (fixture.OLD_S, fixture.OLD_S))
        self.folder = world.folder / 'r0'
        self.main_cf, self.master_cf = [self.folder / 'etc' / name
                                        for name in ('main.cf', 'master.cf')]
        fixture.write(self.main_cf, (MAIN_CF.format(folder=self.folder) + main_cf).encode())
        fixture.write(self.master_cf, (instance_lab.MASTER_CF + 'smtp inet n - n - - smtpd\n'
                                       + master_cf).encode())
        self.postfix = instance_lab.Instance(world, 'r0', self.folder)
        self.postfix.make_queue()
        self.queue = self.folder / 'queue'
        self.log = self.folder / 'mail.log'
        self.instance = Nullmail.PostfixInstance(
            config_directory=str(self.folder / 'etc'), state_directory=str(self.folder / 'state'),
            service_control=Nullmail.ServiceControl.COMMAND)

    def found(self):
        return {finding.get_code(): finding for finding in self.instance.check()
                if finding.get_code() in OF_SERVICE}

    def expect(self, *codes):
        found = self.found()
        self.test.assertEqual(set(found), set(codes), [f.get_message() for f in found.values()])
        return [found[code] for code in codes]

    def expect_in_time(self, *codes):
        instance_lab.wait_for(lambda: set(self.found()) == set(codes), codes)
        return self.expect(*codes)

    def edit(self, path, old, new):
        """As another program does it. The file's own time is an older one, for which Postfix's
        programs need not wait."""
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))
        os.utime(path, (fixture.OLD_S, fixture.OLD_S))

    def log_by_syslog(self):
        """postlogd(8) writes nothing before the master runs, and syslogd(8) does."""
        text = re.sub(r'maillog_file.*\n', '', self.main_cf.read_text())
        fixture.write(self.main_cf, text.encode())
        log = self.folder / 'log'
        log.mkdir()
        subprocess.run(['mount', '--bind', log, '/var/log'], check=True)
        self.world.log_file = log / 'mail.log'
        self.world.make_devices()

    def start(self):
        self.instance.activate(Activation.START)

    def listeners(self):
        """Where anybody listens on port 25, as the kernel says."""
        found = set()
        for line in pathlib.Path('/proc/net/tcp').read_text().splitlines()[1:]:
            fields = line.split()
            address, port = fields[1].split(':')
            if fields[3] == '0A' and int(port, 16) == 25:
                found.add((socket.inet_ntoa(bytes.fromhex(address)[::-1]), 25))
        return found

    def plan(self, name, value):
        main_cf = self.instance.load_main_cf()
        main_cf.set_value(name, value)
        return self.instance.plan_main_cf(main_cf, None, 0)

    def apply(self, name, value, flags=0):
        return self.instance.apply(self.plan(name, value), flags)


def inside_service(test):
    machine = Machine(test)
    machine.expect(Code.NOT_RUNNING)
    machine.start()
    machine.expect()
    subprocess.run(['postfix', '-c', machine.postfix.etc, 'stop'], check=True)
    machine.expect(Code.NOT_RUNNING)


def inside_pending(test):
    """It goes with a reload, a restart, and an apply, which leave none for a moment either."""
    machine = Machine(test)
    machine.start()
    machine.expect()
    for activation in (Activation.RELOAD, Activation.RESTART):
        time.sleep(2.1)  # of the times of files and processes, within which they are the same
        machine.edit(machine.main_cf, 'mydestination =', '# Another.\nmydestination =')
        finding, = machine.expect_in_time(Code.RESTART_PENDING)
        test.assertEqual(finding.get_path(), str(machine.main_cf))
        machine.instance.activate(activation)
        for _ in range(5):
            machine.expect()
    machine.apply('mydomain', 'example.org')
    for _ in range(5):
        machine.expect()
    time.sleep(2.1)
    os.rename(machine.main_cf, machine.folder / 'moved.cf')  # a link changes as well
    machine.main_cf.symlink_to(machine.folder / 'moved.cf')
    machine.expect_in_time(Code.RESTART_PENDING)


def inside_waiting(test):
    """How many, why, and what the log adds; a queue in order is none."""
    machine = Machine(test)
    machine.start()
    assert machine.postfix.send() is None
    finding, = machine.expect_in_time(Code.MAIL_WAITING)
    test.assertRegex(finding.get_message(), r'^A message waits .*Connection refused')
    for _ in range(2):
        assert machine.postfix.send() is None
    instance_lab.wait_for(lambda: machine.found()[Code.MAIL_WAITING].get_message()
                          .startswith('3 messages wait for another attempt, 3 of them'), 'three')
    subprocess.run(['postsuper', '-c', machine.postfix.etc, '-d', 'ALL'], check=True,
                   stderr=subprocess.DEVNULL)
    machine.expect()
    subprocess.run(['postfix', '-c', machine.postfix.etc, 'stop'], check=True)


def inside_chroot(test):
    """The copies of Debian's start script, which are made anew, and other comments in one."""
    machine = Machine(test)
    machine.edit(machine.master_cf, 'smtp unix - - n - - smtp\n', 'smtp unix - - y - - smtp\n')
    machine.expect(Code.NOT_RUNNING)
    copies = machine.queue / 'etc'
    copies.mkdir()
    names = [name for name in ('resolv.conf', 'services', 'hosts', 'nsswitch.conf')
             if os.path.isfile('/etc/' + name)]
    test.assertIn('resolv.conf', names)
    for name in names:
        shutil.copy('/etc/' + name, copies)
    machine.start()
    machine.expect()
    for name in names:
        with open(copies / name, 'a', encoding='utf-8') as file:
            file.write('# a comment\n\n')
    machine.expect()
    for name in names:
        whole = (copies / name).read_text()
        (copies / name).write_text(whole + 'one more line\n')
        finding, = machine.expect(Code.CHROOT_STALE)
        test.assertIn(f'/etc/{name} is', finding.get_message())
        test.assertEqual(finding.get_path(), str(machine.queue))
        (copies / name).write_text(whole)
    os.unlink(copies / 'resolv.conf')
    machine.expect(Code.CHROOT_STALE)
    shutil.copy('/etc/resolv.conf', copies)

    authorities = test.folder / 'authorities'
    authorities.mkdir()
    (authorities / 'one.pem').write_text('a certificate\n')
    machine.edit(machine.main_cf, 'mydestination =\n',
                 f'mydestination =\nsmtp_tls_CApath = {authorities}\n')
    machine.instance.activate(Activation.RELOAD)
    finding, = machine.expect(Code.CHROOT_STALE)
    test.assertIn(f'{authorities} is', finding.get_message())
    shutil.copytree(authorities, f'{machine.queue}{authorities}')
    machine.expect()
    machine.edit(machine.master_cf, 'smtp unix - - y - - smtp\n', 'smtp unix - - n - - smtp\n')
    shutil.rmtree(copies)
    machine.expect()


def inside_interfaces(test):
    """Nothing listens on other addresses afterwards, but for what master.cf names by itself."""
    machine = Machine(test, master_cf='2525 inet n - n - - smtpd\n')
    machine.edit(machine.main_cf, 'loopback-only', 'all')
    machine.start()
    test.assertEqual(machine.listeners(), {EVERYWHERE})
    plan = machine.plan('inet_interfaces', 'loopback-only')
    test.assertEqual(plan.get_activation(), Activation.RESTART)
    machine.instance.apply(plan, 0)
    test.assertEqual(machine.listeners(), {LOOPBACK})
    machine.apply('inet_interfaces', 'all')
    test.assertEqual(machine.listeners(), {EVERYWHERE})
    machine.edit(machine.master_cf, '2525 inet', '192.0.2.7:25 inet')
    machine.apply('inet_interfaces', '127.0.0.1')
    test.assertEqual(machine.listeners(), {LOOPBACK, ('192.0.2.7', 25)})


def make_idle(machine, also=''):
    """Starts it, and from then on the command only says that it has done what it is told."""
    machine.edit(machine.main_cf, 'loopback-only', 'all')
    machine.start()
    commands = machine.test.folder / 'commands'
    commands.mkdir()
    for name in ('postconf', 'postmap', 'postqueue', 'sendmail'):
        (commands / name).symlink_to(shutil.which(name))
    fixture.write(commands / 'postfix', f'#!/bin/sh\n{also}\nexit 0\n'.encode(), 0o755)
    machine.instance = Nullmail.PostfixInstance(
        config_directory=str(machine.postfix.etc), state_directory=str(machine.folder / 'state'),
        command_directory=str(commands), service_control=Nullmail.ServiceControl.COMMAND)


def inside_no_restart(test):
    """A command that says it has stopped and started, and has done neither."""
    machine = Machine(test)
    make_idle(machine)
    before = machine.main_cf.read_bytes()
    test.assert_error(Error.ACTIVATION, ['0.0.0.0 port 25', 'inet_interfaces', 'stop and start'],
                      machine.apply, 'inet_interfaces', 'loopback-only')
    test.assertEqual(machine.main_cf.read_bytes(), before)
    machine.instance.activate(Activation.START)  # it runs, which is all that was asked for


def inside_no_restart_and_another_edit(test):
    """What somebody wrote meanwhile is not taken back with the rest."""
    machine = Machine(test)
    make_idle(machine, 'grep -q foreign "$2/main.cf" || echo "foreign = 1" >>"$2/main.cf"')
    test.assert_error(Error.ACTIVATION_KEPT, ['0.0.0.0 port 25', 'inet_interfaces'],
                      machine.apply, 'inet_interfaces', 'loopback-only')
    text = machine.main_cf.read_text()
    test.assertIn('foreign = 1\n', text)
    test.assertIn('inet_interfaces = loopback-only\n', text)


def inside_port_in_use(test):
    """Postfix's own words, from its log; files and service are back."""
    machine = Machine(test)
    machine.log_by_syslog()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(LOOPBACK)
        other.listen()
        before = machine.main_cf.read_bytes()
        test.assert_error(Error.ACTIVATION, ['fatal: bind 127.0.0.1 port 25', 'in use'],
                          machine.apply, 'mydomain', 'example.org', Nullmail.ApplyFlags.START)
    test.assertEqual(machine.main_cf.read_bytes(), before)
    machine.expect(Code.NOT_RUNNING)
    machine.apply('mydomain', 'example.org', Nullmail.ApplyFlags.START)
    machine.expect()


def inside_end_at_reload(test):
    """The command has succeeded before the master stops at what it reads."""
    machine = Machine(test)
    machine.start()
    with open(machine.master_cf, 'a', encoding='utf-8') as file:
        file.write('bad unix - - nonsense - - smtp\n')
    before = machine.main_cf.read_bytes()
    test.assert_error(Error.ACTIVATION, ['fatal: ', 'nonsense'],
                      machine.apply, 'mydomain', 'example.org')
    test.assertEqual(machine.main_cf.read_bytes(), before)


class Activating(InstanceTest):
    """What was done to Postfix is looked at afterwards."""

    def run_machine(self, name):
        self.run_inside(name, AS_PROCESS_TREE, timeout=200)

    def test_interfaces(self):
        self.run_machine('interfaces')

    def test_no_restart(self):
        self.run_machine('no_restart')

    def test_no_restart_and_another_edit(self):
        self.run_machine('no_restart_and_another_edit')

    def test_port_in_use(self):
        self.run_machine('port_in_use')

    def test_end_at_reload(self):
        self.run_machine('end_at_reload')


class Running(InstanceTest):
    def run_machine(self, name):
        self.run_inside(name, AS_PROCESS_TREE, timeout=200)

    def test_service(self):
        self.run_machine('service')

    def test_pending(self):
        self.run_machine('pending')

    def test_waiting(self):
        self.run_machine('waiting')

    def test_chroot(self):
        self.run_machine('chroot')
