# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What check() says of a password that a service has: the real postmap asks the real service of
examples/socketmap, or one that misbehaves.

The environment's NULLMAIL_SOCKETMAP is the program."""

import os
import pwd
import select
import shutil
import socket
import subprocess
import threading

import fixture
from fixture import InstanceTest, Nullmail, RELAY, SECRET

MAP = 'socketmap:unix:private/nullmail:sasl'
USER = 'relayuser'
# Those that are about where the password is.
CODES = range(int(Nullmail.FindingCode.PASSWORD_MAP_MISSING),
              int(Nullmail.FindingCode.SECRET_FILE_MODE) + 1)


class Check(InstanceTest):
    def setUp(self):
        super().setUp()
        fixture.need_root()
        # As in a queue directory, “private” is that of the user whom the service serves.
        self.queue = fixture.make_folder('queue-')  # not long: a socket's path has 107 bytes
        self.addCleanup(shutil.rmtree, self.queue)
        self.socket = self.queue / 'private' / 'nullmail'
        self.socket.parent.mkdir(mode=0o700)
        nobody = pwd.getpwuid(fixture.NOBODY)
        os.chown(self.socket.parent, nobody.pw_uid, -1)
        self.user = nobody.pw_name
        fixture.write(self.main_cf, fixture.MAIN_CF + f'queue_directory = {self.queue}\n'.encode())

    def start(self, relay=RELAY):
        service = subprocess.Popen(
            [os.environ['NULLMAIL_SOCKETMAP'], '--relay', relay, '--user', USER,
             '--password-file', '-', '--socket', self.socket, '--allow-user', self.user],
            stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(self.end, service)
        service.stdin.write(SECRET.encode())
        service.stdin.close()
        service.stdin = None
        self.assertIn(b'Ready', service.stderr.readline())
        return service

    def end(self, service):
        if service.returncode is None:
            service.terminate()
            service.communicate(timeout=fixture.LIMIT_S)

    def log_in(self, password_maps=MAP):
        self.apply(fixture.login_config(origin='example.com', password_maps=password_maps))
        os.utime(self.main_cf, (fixture.OLD_S, fixture.OLD_S))

    def findings(self, instance=None):
        """Code, subject and message of the findings about passwords."""
        found = []
        for finding in (instance or self.instance).check():
            text = finding.get_message() + finding.get_remedy()
            self.assertNotIn(SECRET, text)
            self.assertNotIn(USER, text)
            is_open = finding.get_code() == Nullmail.FindingCode.NOT_CHECKED \
                and finding.get_subject() == 'credentials-missing'
            if int(finding.get_code()) in CODES or is_open:
                found.append((finding.get_code().value_nick, finding.get_subject(),
                              finding.get_message()))
        return found

    def open_codes(self):
        """What is left open about passwords, and nothing else found about them."""
        found = self.instance.check()
        self.assertEqual([f.get_code() for f in found if int(f.get_code()) in CODES], [])
        return [f.get_subject() for f in found if f.get_parameter() == 'smtp_sasl_password_maps']

    def codes(self, instance=None):
        return [found[0] for found in self.findings(instance)]

    def test_service_has_it(self):
        self.start()
        for maps in (MAP, f'socketmap:unix:{self.socket}:sasl', f'proxy:{MAP}',
                     f'socketmap:unix:$queue_directory/private/nullmail:sasl'):
            with self.subTest(maps):
                self.log_in(maps)
                with self.unchanged(self.etc):
                    self.assertEqual(self.findings(), [])
        self.assertFalse(self.sasl_passwd.exists())

    def test_chroot(self):
        """An absolute path is one of the chroot where smtp(8) has one; proxymap(8) has none."""
        self.start()
        in_chroot = 'socketmap:unix:/private/nullmail:sasl'
        outside = f'socketmap:unix:{self.socket}:sasl'
        lost = ['map-missing', 'not-checked']
        for column, level, expected in (('y', 2, {MAP: [], in_chroot: [], outside: lost}),
                                        ('n', 2, {MAP: [], in_chroot: lost, outside: []}),
                                        ('-', 2, {in_chroot: lost, outside: []}),
                                        ('-', 0, {in_chroot: [], outside: lost}),
                                        ('y', 2, {f'proxy:{MAP}': [], f'proxy:{outside}': [],
                                                  f'proxy:{in_chroot}': lost})):
            fixture.write(self.etc / 'master.cf', b'smtp inet n - y - - smtpd\n'
                          b'proxymap unix - - n - - proxymap\n'
                          + f'smtp unix - - {column} - - smtp\n  -o x=y\n'.encode())
            for maps, codes in expected.items():
                with self.subTest(maps.replace(str(self.queue), ''), chroot=column, level=level):
                    self.apply_edit('compatibility_level', str(level))
                    self.log_in(maps)
                    self.assertEqual(self.codes(), codes)

    def test_service_does_not_know_the_relay(self):
        self.start('[smtp.example.com]')
        self.log_in()
        self.assertEqual([found[:2] for found in self.findings()], [('credentials-missing', RELAY)])

    def test_service_is_down(self):
        self.log_in()
        (code, subject, message), rest = self.findings()
        self.assertEqual((code, subject), ('map-missing', MAP))
        self.assertIn(f'connect to {self.socket}: No such file or directory', message)
        self.assertEqual(rest[0], 'not-checked')
        service = self.start()
        self.assertEqual(self.codes(), [])
        service.kill()
        service.communicate()
        self.assertIn('Connection refused', self.findings()[0][2])

    def serve(self, answer):
        """A service that answers everybody the same, or, with None, never."""
        listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(listener.close)
        listener.bind(str(self.socket))
        listener.listen()
        clients = self.clients = []
        self.most_at_once = 0
        self.addCleanup(lambda: [client.close() for client in clients])

        def is_there(client):
            """Whether the other end is still open."""
            poll = select.poll()
            poll.register(client, 0)
            return poll.poll(0) == []

        def run():
            while True:
                try:
                    client = listener.accept()[0]
                except OSError:
                    return
                clients.append(client)
                self.most_at_once = max(self.most_at_once, sum(map(is_there, clients)))
                if answer is not None:
                    client.recv(4096)
                    client.sendall(answer)

        threading.Thread(target=run, daemon=True).start()

    def test_service_cannot(self):
        self.serve(b'24:TEMP the ring is locked,,')
        self.log_in()
        code, _, message = self.findings()[0]
        self.assertEqual(code, 'map-missing')
        self.assertIn('the ring is locked', message)

    def test_service_talks_nonsense(self):
        self.serve(b'\0\xff\n' * 10)
        self.log_in()
        self.assertEqual(self.codes(), ['map-missing', 'not-checked'])

    def test_service_never_answers(self):
        """The question has an end, though Postfix's own limit is 100 seconds; and what may only be
        slow is no error."""
        self.serve(None)
        self.log_in()
        self.assertEqual(self.open_codes(), ['credentials-missing', 'map-missing'])

    def test_silent_services_are_asked_at_once(self):
        """Six of them cost the time of one: all are asked before the first is given up."""
        self.serve(None)
        self.log_in(', '.join(f'{MAP}{n}' for n in range(6)))
        # On a slow machine no time may be left to ask for the type as well, which is said alike.
        self.assertEqual([code for code in self.open_codes() if code != 'map-type-unsupported'],
                         ['credentials-missing'] + ['map-missing'] * 6)
        self.assertEqual(self.most_at_once, 6)

    def test_another_warning_does_not_matter(self):
        self.start()
        self.log_in()
        text = self.main_cf.read_bytes()
        twice = b''.join(f'my_secret = {SECRET}{n}\n'.encode() for n in range(2))
        fixture.write(self.main_cf, text + twice)
        self.assertEqual(self.codes(), [])

    def test_another_warning_is_not_the_reason(self):
        """It may repeat a value of main.cf."""
        self.log_in()
        text = self.main_cf.read_bytes()
        twice = b''.join(f'my_secret = {SECRET}{n}\n'.encode() for n in range(2))
        fixture.write(self.main_cf, text + twice)
        self.assertIn('connect to', self.findings()[0][2])

    def test_odd_answer_is_not_repeated(self):
        for answer in (f'OK\t{USER}:{SECRET}', f'{USER}:{SECRET}', f'FOUND {USER}:{SECRET}'):
            with self.subTest(answer):
                self.socket.unlink(missing_ok=True)
                self.serve(f'{len(answer)}:{answer},'.encode())
                self.log_in()
                self.assertEqual(self.codes(), ['map-missing', 'not-checked'])

    def test_plans_do_not_ask(self):
        """A plan is made without the service, and says what it leaves open."""
        plan = self.instance.plan(fixture.login_config(origin='example.com', password_maps=MAP),
                                  None, 0)
        codes = [finding.get_code().value_nick for finding in plan.get_findings()
                 if finding.get_severity() == Nullmail.Severity.ERROR]
        self.assertEqual(codes, [])
        self.assertTrue(self.instance.apply(plan, 0))


def setUpModule():
    fixture.need_postfix()
    fixture.need_variable('NULLMAIL_SOCKETMAP')
