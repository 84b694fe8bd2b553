# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Many small Postfix instances beside each other, each with its own configuration and queue, and
one relay for all. Nothing but master(8) is started, so that an instance is there at once.

It is for a process in network, mount and host-name namespaces of its own: World.make() makes what
is below /dev and /etc for it."""

import collections
import grp
import json
import os
import pathlib
import pwd
import re
import shutil
import socket
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
HOST = 'smtp.example.com'
ADDRESS, OWN_ADDRESS = '192.0.2.11', '192.0.2.7'
LOGIN = 'host7', 'geheim'
SOUND_LIMIT_S = 60  # on a machine with much else to do
PICKUP_LIMIT_S = 10
BROKEN_LIMIT_S = 3  # in which a sound instance delivers many times over
NAMESPACES = ['unshare', '-n', '-m', '-u', '--propagation', 'private', 'sh', '-ec',
              'ip link set lo up; ip address add 192.0.2.7/32 dev lo; '
              'hostname host7.example.com; exec "$@"', 'sh']
MASTER_CF = '''pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
'''
PORTS = [{'port': 25, 'offer': None, 'certificate': None},
         {'port': 2525, 'offer': None, 'certificate': None},
         {'port': 587, 'offer': 'PLAIN LOGIN', 'certificate': 'server', 'asks': True},
         {'port': 2587, 'offer': 'PLAIN LOGIN', 'certificate': 'server', 'asks': True},
         {'port': 465, 'offer': 'PLAIN LOGIN', 'certificate': 'server', 'asks': True,
          'wraps': True},
         {'port': 2465, 'offer': 'PLAIN LOGIN', 'certificate': 'server', 'asks': True,
          'wraps': True},
         {'port': 588, 'offer': 'PLAIN LOGIN', 'certificate': None},
         {'port': 589, 'offer': 'PLAIN LOGIN', 'certificate': 'foreign'}]
# On loopback port 25 is that of the instance under test.
LOOPBACK_PORTS = [port for port in PORTS if port['port'] in (2525, 587, 2587)]
EVIDENCE = re.compile(r'(fatal|panic): .*|status=(deferred|bounced|undeliverable) .*|'
                      r'warning: .* not found.*|error: .*')
PRIVATE, PUBLIC = ('active', 'bounce', 'corrupt', 'defer', 'deferred', 'flush', 'hold', 'incoming',
                   'private', 'saved', 'trace'), {'maildrop': 0o730, 'public': 0o710}


def wait_for(function, problem, limit=SOUND_LIMIT_S):
    deadline = time.monotonic() + limit
    while not function():
        if time.monotonic() > deadline:
            raise AssertionError(problem)
        time.sleep(0.02)


class World:
    """What the instances see: a log, name service, certificates and the relay."""

    def __init__(self, folder, names=()):
        # The addresses of sockets have little room.
        self.folder = pathlib.Path('/mnt')
        subprocess.run(['mount', '--bind', folder, self.folder], check=True)
        self.directories = [self.folder / name / 'etc' for name in names]
        self.logs = collections.defaultdict(list)
        self.mails = []  # (recipient's local part, port, channel, whether a login was accepted)
        self.processes = []

    def make(self):
        self.make_devices()
        self.make_certificates()
        self.make_etc()
        self.make_network()
        self.start_dns()
        self.start_relay(ADDRESS, PORTS, self.enter)
        self.start_relay('127.0.0.1', LOOPBACK_PORTS)

    def make_etc(self):
        self.mount('/etc/resolv.conf', 'nameserver 127.0.0.1\n')
        self.mount('/etc/hosts', f'127.0.0.1 localhost\n{OWN_ADDRESS} host7.example.com host7\n')
        etc = self.folder / 'etc-postfix'
        shutil.copytree('/etc/postfix', etc, symlinks=True)
        # Without that users may not name another directory.
        (etc / 'main.cf').write_text('compatibility_level = 3.6\nalternate_config_directories = '
                                     + ' '.join(map(str, self.directories)) + '\n')
        subprocess.run(['mount', '--bind', etc, '/etc/postfix'], check=True)

    def mount(self, target, text):
        source = self.folder / ('mount-' + os.path.basename(target))
        source.write_text(text)
        subprocess.run(['mount', '--bind', source, target], check=True)

    def make_devices(self):
        """A /dev in which the log's socket stands, with what programs need beside it."""
        made = self.folder / 'dev'
        made.mkdir()
        for name in ('null', 'zero', 'random', 'urandom'):
            (made / name).touch()
            subprocess.run(['mount', '--bind', f'/dev/{name}', made / name], check=True)
        for name, target in {'fd': '/proc/self/fd', 'stdin': '/proc/self/fd/0',
                             'stdout': '/proc/self/fd/1', 'stderr': '/proc/self/fd/2'}.items():
            (made / name).symlink_to(target)
        subprocess.run(['mount', '--rbind', made, '/dev'], check=True)
        log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        log.bind('/dev/log')
        os.chmod('/dev/log', 0o666)
        threading.Thread(target=self.read_log, args=(log,), daemon=True).start()

    def read_log(self, log):
        while True:
            line = log.recv(8192).decode('utf-8', 'replace').rstrip('\0')
            match = re.search(r': (?:\d\d )?\d*[\d:]* ?(?:\S+ )?(r\d+)/(\S+?)\[', line) \
                or re.search(r'\b(r\d+)/(\S+?)\[', line)
            if match:
                self.logs[match[1]].append(line[match.start(1):])

    def make_certificates(self):
        def openssl(*arguments):
            subprocess.run(['openssl', *arguments], check=True, cwd=self.folder,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        new = ('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes')
        for name in ('ca', 'foreign-ca'):
            openssl(*new, '-keyout', f'{name}.key', '-out', f'{name}.pem', '-subj', f'/CN={name}')
        for name, issuer in (('server', 'ca'), ('foreign', 'foreign-ca')):
            openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
                    '-keyout', f'{name}.key', '-out', f'{name}.csr', '-subj', f'/CN={HOST}',
                    '-addext', f'subjectAltName=DNS:{HOST}')
            openssl('x509', '-req', '-in', f'{name}.csr', '-CA', f'{issuer}.pem', '-CAkey',
                    f'{issuer}.key', '-CAcreateserial', '-copy_extensions', 'copy', '-out',
                    f'{name}.crt')
            (self.folder / f'{name}.chain').write_text(
                (self.folder / f'{name}.key').read_text()
                + (self.folder / f'{name}.crt').read_text())
        openssl('x509', '-in', 'ca.pem', '-outform', 'DER', '-out', 'ca.der')
        (self.folder / 'ca').mkdir()
        (self.folder / 'ca' / 'ca.pem').write_bytes((self.folder / 'ca.pem').read_bytes())
        openssl('rehash', 'ca')

    def make_network(self):
        """The relay is another host, in a network namespace of its own."""
        other = subprocess.Popen(['unshare', '-n', 'sh', '-c',
                                  'ip link set lo up; echo; exec sleep 3600'],
                                 stdout=subprocess.PIPE)
        self.processes.append(other)
        other.stdout.readline()
        self.enter = ['nsenter', '-t', str(other.pid), '-n']
        for command in (['ip', 'link', 'add', 'veth0', 'type', 'veth', 'peer', 'name', 'veth1',
                         'netns', str(other.pid)],
                        ['ip', 'address', 'add', f'{OWN_ADDRESS}/24', 'dev', 'veth0'],
                        ['ip', 'link', 'set', 'veth0', 'up'],
                        [*self.enter, 'ip', 'address', 'add', f'{ADDRESS}/24', 'dev', 'veth1'],
                        [*self.enter, 'ip', 'link', 'set', 'veth1', 'up']):
            subprocess.run(command, check=True)

    def start_dns(self):
        self.processes.append(subprocess.Popen(
            ['dnsmasq', '--no-daemon', '--conf-file=/dev/null', '--no-resolv', '--no-hosts',
             '--user=root', '--listen-address=127.0.0.1', '--bind-interfaces', '--pid-file=',
             '--local=/com/', '--local=/nosuch/', f'--host-record={HOST},{ADDRESS}',
             f'--host-record=mail.corp.local,{ADDRESS}',
             f'--host-record=host7.example.com,{OWN_ADDRESS}',
             f'--mx-host=mx.example.com,{HOST},10'],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    def start_relay(self, address, ports, prefix=()):
        relay = subprocess.Popen([*prefix, sys.executable, HERE / 'login_relay.py',
                                  address, *LOGIN], stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, text=True)
        self.processes.append(relay)
        with relay.stdin as lines:
            for port in ports:
                name = port['certificate']
                chain = name and str(self.folder / f'{name}.chain')
                lines.write(json.dumps({**port, 'certificate': chain}) + '\n')
        if json.loads(relay.stdout.readline())['event'] != 'ready':
            raise AssertionError('the relay does not begin')
        threading.Thread(target=self.read_events, args=(relay.stdout,), daemon=True).start()

    def read_events(self, lines):
        logins = set()
        for line in lines:
            event = json.loads(line)
            if event['event'] == 'login' and event['accepted']:
                logins.add(event['session'])
            elif event['event'] == 'mail':
                self.mails.append((event['recipient'].partition('@')[0], event['port'],
                                   event['channel'], event['session'] in logins))

    def stop(self):
        for process in self.processes:
            process.terminate()


class Instance:
    """One of them. Its name is in the log, and is that of the recipient."""

    def __init__(self, world, name, folder):
        self.world, self.name = world, name
        self.etc = pathlib.Path(folder) / 'etc'
        self.queue = self.etc.parent / 'queue'
        self.master = None

    def make_queue(self):
        owner, group = pwd.getpwnam('postfix').pw_uid, grp.getgrnam('postdrop').gr_gid
        self.queue.mkdir()
        (self.queue / 'pid').mkdir()
        for name in PRIVATE:
            (self.queue / name).mkdir(0o700)
            os.chown(self.queue / name, owner, -1)
        for name, mode in PUBLIC.items():
            (self.queue / name).mkdir()
            os.chown(self.queue / name, owner, group)
            (self.queue / name).chmod(mode)
        data = self.etc.parent / 'data'
        data.mkdir(0o700)
        os.chown(data, owner, -1)

    def start(self):
        program = '/usr/lib/postfix/sbin/master'
        self.master = subprocess.Popen(
            [program, '-c', self.etc, '-d'], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
            env={**os.environ, 'MAIL_CONFIG': str(self.etc)})

    def wait_for_pickup(self):
        """A pickup(8) that is not woken by a clock misses what is sent before it listens."""
        deadline = time.monotonic() + PICKUP_LIMIT_S
        while not (self.queue / 'public' / 'pickup').exists() and self.master.poll() is None \
                and time.monotonic() < deadline:
            time.sleep(0.01)

    def stop(self):
        if self.master is not None:
            self.master.terminate()
            self.master.wait()

    def send(self, *prefix):
        """Submits a message; what sendmail(1) says where it refuses, or None."""
        done = subprocess.run(
            [*prefix, 'sendmail', '-C', self.etc, '-i', '-f', 'root@example.com',
             f'{self.name}@example.org'], input='Subject: x\n\n' + 20 * 'Hello.\n', text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=SOUND_LIMIT_S)
        return None if done.returncode == 0 else done.stdout.strip() or 'refused'

    def mails(self):
        return [mail[1:] for mail in self.world.mails if mail[0] == self.name]

    def complaints(self):
        found = [EVIDENCE.search(line) for line in list(self.world.logs[self.name])]
        return [match[0] for match in found if match]

    def outcome(self, limit):
        """The first mail as the relay saw it: (port, channel, whether it logged in). Else what
        Postfix says of why there is none, or “no mail” where it says nothing."""
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline:
            if self.mails():
                return self.mails()[0]
            if self.complaints():
                return self.complaints()[-1]
            if self.master.poll() is not None:
                return f'master ends with {self.master.returncode}'
            time.sleep(0.02)
        return 'no mail'
