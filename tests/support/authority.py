# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Certificates of all kinds, good and bad, made with openssl(1).

A Certificate is one with its key in a folder; whoever signs another one is its issuer."""

import subprocess

from program import LIMIT_S, need

VALID = ('20200101000000Z', '20491231000000Z')
CA = ('basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign',
      'subjectKeyIdentifier=hash')
SERVER = ('extendedKeyUsage=serverAuth',)
CONFIG = '''\
[ca]
default_ca = this
[this]
new_certs_dir = {folder}
database = {folder}/index
serial = {folder}/serial
unique_subject = no
copy_extensions = copy
policy = any
[any]
commonName = optional
[req]
distinguished_name = name
[name]
'''


def dns(*names):
    return 'subjectAltName=' + ','.join(name if ':' in name else 'DNS:' + name for name in names)


class Certificate:
    def __init__(self, folder, name, issuer=None, extensions=(), valid=VALID, subject=None,
                 key=('ec', 'ec_paramgen_curve:P-256'), digest='sha256'):
        """EXTENSIONS are as for “openssl req -addext”; without an ISSUER it signs itself."""
        need('openssl')
        self.base = f'{folder}/{name}'
        self.issuer = issuer or self
        self._write_config(folder)
        added = [word for text in extensions for word in ('-addext', text)]
        algorithm, option = key
        self.openssl('req', '-new', '-config', f'{folder}/ca.cnf', '-newkey', algorithm,
                     '-pkeyopt', option, '-nodes', '-subj', subject or f'/CN={name}', *added,
                     '-keyout', f'{self.base}.key', '-out', f'{self.base}.csr')
        signer = ['-selfsign', '-keyfile', f'{self.base}.key'] if issuer is None else [
            '-cert', f'{issuer.base}.crt', '-keyfile', f'{issuer.base}.key']
        self.openssl('ca', '-batch', '-notext', '-config', f'{folder}/ca.cnf', '-md', digest,
                     '-in', f'{self.base}.csr', '-startdate', valid[0], '-enddate', valid[1],
                     '-out', f'{self.base}.crt', *signer)

    @staticmethod
    def openssl(*arguments):
        done = subprocess.run(('openssl', *arguments), stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                              timeout=LIMIT_S)
        assert done.returncode == 0, f'openssl {" ".join(arguments)}: {done.stdout}'
        return done.stdout

    @staticmethod
    def _write_config(folder):
        for name, text in (('ca.cnf', CONFIG.format(folder=folder)), ('index', ''),
                           ('serial', '01\n')):
            try:
                with open(f'{folder}/{name}', 'x', encoding='ascii') as file:
                    file.write(text)
            except FileExistsError:
                pass

    def text(self):
        """The certificate alone, in PEM form."""
        with open(f'{self.base}.crt', encoding='ascii') as file:
            return file.read()

    def chain(self, *others):
        """A file with the key, the certificate, and the OTHERS behind it: what a server shows."""
        path = f'{self.base}.pem'
        with open(f'{self.base}.key', encoding='ascii') as file:
            key = file.read()
        with open(path, 'w', encoding='ascii') as file:
            file.write(key + self.text() + ''.join(other.text() for other in others))
        return path

    def fingerprint(self):
        """SHA-256 of the certificate, as openssl(1) says it."""
        out = self.openssl('x509', '-in', f'{self.base}.crt', '-noout', '-fingerprint', '-sha256')
        return out.strip().rpartition('=')[2]
