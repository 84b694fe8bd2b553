# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""After a probe has logged in the password stands where the credentials have it, and nowhere else
in the process: not as it is, and not in the form in which it was sent. Without the credentials it
is nowhere. The process is looked at from outside."""

import base64
import os
import subprocess
import sys
import unittest

import memory_of
import program
from authority import Certificate, dns
from fake_relay import USER, FakeRelay
from program import LIMIT_S

MARKER = b'Qx7-Canary-Pw9-Marker'
FORMS = {
    'as it is': MARKER,
    'with LOGIN': base64.b64encode(MARKER).rstrip(b'='),
    'with PLAIN': base64.b64encode(b'\0' + USER.encode() + b'\0' + MARKER).rstrip(b'=')[16:],
}
# Never has the password in a value of Python. What it prints is where it is looked at.
CHILD = '''
import gc, sys, gi
gi.require_version('Nullmail', '1.0')
from gi.repository import Nullmail

def pause(where):
    gc.collect()
    print(where, flush=True)
    sys.stdin.readline()

port, fd, mechanism = sys.argv[1:]
relay = Nullmail.RelayHost.parse('[127.0.0.1]:' + port)
probe = Nullmail.RelayProbe.new(relay)
probe.set_tls_level(Nullmail.TlsLevel.ENCRYPT)
probe.set_sasl_mechanisms([mechanism])
login = Nullmail.RelayCredentials.new_from_fd(relay, '%s', int(fd), None)
probe.set_credentials(login)
report = probe.run(None)
pause(report.get_outcome().value_nick)
del login
probe.set_credentials(None)
pause('dropped')
''' % USER


class Memory(unittest.TestCase):
    def setUp(self):
        self.certificate = Certificate(program.make_folder('certificates-'), 'relay',
                                       extensions=(dns('relay.example.com'),)).chain()

    def watch(self, mechanism, password):
        """At each pause of the child: how often each form stands in its memory, and unlocked."""
        with FakeRelay(self.certificate, under_tls=('AUTH ' + mechanism,),
                       password=password) as relay:
            reader, writer = os.pipe()
            os.write(writer, MARKER)
            os.close(writer)
            # With MALLOC_PERTURB_ meson has memory overwritten that was freed.
            child = subprocess.Popen(
                [sys.executable, '-c', CHILD, str(relay.port), str(reader), mechanism],
                pass_fds=[reader], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                env={**os.environ, 'MALLOC_PERTURB_': '0'})
            os.close(reader)
            self.addCleanup(child.wait)
            self.addCleanup(child.kill)
            seen = {}
            with child.stdout, child.stdin:
                for line in child.stdout:
                    seen[line.strip()] = {name: memory_of.count(child.pid, form)
                                          for name, form in FORMS.items()}
                    child.stdin.write('\n')
                    child.stdin.flush()
            self.assertEqual(child.wait(timeout=LIMIT_S), 0)
        return seen

    def test_forms(self):
        for mechanism in ('PLAIN', 'LOGIN', 'CRAM-MD5', 'SCRAM-SHA-256'):
            for password, outcome in ((MARKER.decode(), 'ok'), ('another', 'login-failed')):
                with self.subTest(mechanism=mechanism, outcome=outcome):
                    seen = self.watch(mechanism, password)
                    self.assertEqual(list(seen), [outcome, 'dropped'])
                    self.assertEqual({name: times for name, (times, _) in seen[outcome].items()},
                                     {**dict.fromkeys(FORMS, 0), 'as it is': 1})
                    self.assertEqual({name: times for name, (times, _) in seen['dropped'].items()},
                                     dict.fromkeys(FORMS, 0))
