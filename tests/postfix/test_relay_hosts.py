# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Which hosts a relay may be: RelayHost.parse takes what Postfix's own clients take, and refuses
those at which they stop (F7)."""

import os
import random
import subprocess

import fixture
from fixture import GLib, Nullmail
from program import need_mounts

STOPS = ('valid hostname or network address required', 'malformed IPv6 address')
FIXED = ['smtp.example.com.', 'a..b', '192.168.1', '10.0.0.256', '123', 'fe80::1%lo', '0.1.2.3',
         'a' * 64, 'a' * 63, '.'.join(['a' * 62] * 4), '.'.join(['a' * 63] * 4), '010.0.0.1',
         'ipv6:::1', 'IPv6:2001:db8::1', 'ipv6:a', 'ipv6:127.0.0.1', '::', '::ffff:127.0.0.1',
         '1:2:3:4:5:6:7::', '::2:3:4:5:6:7:8', '1::3:4:5:6:7:8', '0x7f.1', '1-2', '_', 'a.-b']



# Runs in a network of its own, in which there is the loopback alone: nothing leaves it, and every
# question to DNS is refused at once.
ASK = r'''
ip link set lo up
mount --bind "$MAIL_CONFIG/resolv.conf" /etc/resolv.conf
count=0
while IFS= read -r relay; do
    count=$((count + 1))
    # Before it ends because of an error a program of Postfix waits for a second.
    timeout 60 posttls-finger -t1 -T1 -- "$relay" >"$MAIL_CONFIG/said.$count" 2>&1 &
    [ $((count % 30)) -ne 0 ] || wait
done
wait
for i in $(seq $count); do
    tr '\n' ' ' <"$MAIL_CONFIG/said.$i"
    echo
done
'''


def make_hosts(rand):
    """Names and addresses, and what is nearly one."""
    for _ in range(60):
        yield '.'.join(''.join(rand.choices('ab1-_', k=rand.randint(0, 3))) or rand.choice('a1.')
                       for _ in range(rand.randint(1, 4)))
    for _ in range(40):
        yield '.'.join(rand.choice(('0', '1', '00', '255', '256', '127', '010', 'a', ''))
                       for _ in range(rand.randint(3, 5)))
    for _ in range(60):
        text = ':'.join(rand.choice(('0', '1', 'a', 'ffff', '00001', 'g', '', ''))
                        for _ in range(rand.randint(2, 9)))
        yield text + rand.choice(('', '', ':127.0.0.1', ':0.1.2.3'))


class RelayHosts(fixture.InstanceTest):
    def setUp(self):
        super().setUp()
        fixture.write(self.etc / 'main.cf',
                      f'compatibility_level = 3.6\nmyhostname = host.example.com\n'
                      f'queue_directory = {self.etc}\n'.encode())
        fixture.write(self.etc / 'resolv.conf', b'nameserver 127.0.0.1\n')

    def ask(self, relays):
        """What posttls-finger says of each."""
        done = subprocess.run(['unshare', '--net', '--mount', 'sh', '-c', ASK], check=True,
                              input=''.join(f'{relay}\n' for relay in relays), text=True,
                              stdout=subprocess.PIPE,
                              env={**os.environ, 'MAIL_CONFIG': str(self.etc)})
        return done.stdout.splitlines()

    def test_hosts(self):
        rand = random.Random(7)
        hosts = sorted(set(FIXED) | set(make_hosts(rand)))
        relays = [f'[{host}]' for host in hosts if host]
        relays += [host for host in hosts if host and ':' not in host and not host.startswith('-')]
        counts = {True: 0, False: 0}
        for relay, said in zip(relays, self.ask(relays), strict=True):
            with self.subTest(relay):
                self.assertIn('posttls-finger', said)
                theirs = not any(text in said for text in STOPS)
                if 'invalid host or domain name' in said:
                    continue  # not refused, and never reached
                try:
                    Nullmail.RelayHost.parse(relay)
                    ours = True
                except GLib.Error as error:
                    self.assertTrue(error.matches(Nullmail.Error.quark(),
                                                  Nullmail.Error.INVALID_RELAY_HOST))
                    self.assertIn(relay, error.message)
                    ours = False
                self.assertEqual(ours, theirs, said)
                counts[ours] += 1
        self.assertGreater(counts[True], 50)
        self.assertGreater(counts[False], 50)

    def test_services(self):
        """The case counts, and what is not known is left to a finding."""
        for service, is_known in (('submission', True), ('Submission', False),
                                  ('submision', False), ('587', True)):
            relay = f'[127.0.0.1]:{service}'
            said, = self.ask([relay])
            self.assertEqual('unknown service' not in said, is_known, said)
            self.assertEqual(Nullmail.RelayHost.parse(relay).get_port() != 0, is_known)

    def test_words(self):
        for text, words in (('[smtp.gmail.com:587]', 'behind the bracket'),
                            ('smtp://smtp.example.com', 'scheme'),
                            ('smtp.example.com.', 'dot at the end'),
                            ('[fe80::1%eth0]', 'scope'), ('[192.168.1]', 'four numbers')):
            self.assert_refused(Nullmail.Error.INVALID_RELAY_HOST, [text, words],
                                Nullmail.RelayHost.parse, text)


def setUpModule():
    fixture.need_postfix('posttls-finger', 'ip')
    need_mounts()
