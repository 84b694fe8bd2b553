# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Commands and tables as they should not be: an error code of its own for each, a message that
names the culprit and gives no secret away, and not a byte, mode or name changed on disk."""

import os
import shutil
import time

import fixture
from fixture import Gio, GLib, InstanceTest, Nullmail, RELAY, SECRET

Error = Nullmail.Error


class Commands(InstanceTest):
    def setUp(self):
        super().setUp()
        self.commands = self.folder / 'commands'
        self.commands.mkdir()
        self.instance = self.new_instance(command_directory=str(self.commands))
        self.config = fixture.login_config(origin='example.com')
        self.login = fixture.credentials()

    def fake(self, name, script):
        path = self.commands / name
        path.write_text('#!/bin/sh\n' + script + '\n', encoding='utf-8')
        path.chmod(0o755)

    def real(self, name):
        self.fake(name, f'exec {shutil.which(name)} "$@"')

    def test_not_installed(self):
        for function, *arguments in ((self.instance.inspect,), (self.instance.get_defaults,),
                                     (self.instance.lookup_parameters, []),
                                     (self.instance.plan, self.config, self.login, 0),
                                     (self.instance.plan, self.config, None, 0)):
            with self.subTest(function.__name__):
                self.assert_refused(Error.COMMAND, ['postconf', self.commands, 'install Postfix'],
                                    function, *arguments)

    def test_not_installed_needs_nothing_for_a_plain_relay(self):
        """Without a login no command is needed at all."""
        self.apply(fixture.new_config())
        self.assertIn(f'relayhost = {RELAY}\n', self.main_cf.read_text())

    def test_not_installed_in_check(self):
        with self.unchanged():
            self.instance.check()

    def test_queue_without_its_daemon_took_all_the_time(self):
        """postqueue waits for showq(8), which the folder of another distribution does not have:
        tables were not looked at any more."""
        for name in ('postconf', 'postmap', 'postfix', 'sendmail'):
            self.real(name)
        self.fake('postqueue', 'sleep 9')
        instance = self.new_instance(command_directory=str(self.commands),
                                     service_control=Nullmail.ServiceControl.COMMAND)

        def found(lines):
            fixture.write(self.main_cf, fixture.MAIN_CF + lines.encode())
            return [(finding.get_code().value_nick, finding.get_subject())
                    for finding in instance.check()]

        self.assertIn(('not-checked', 'mail-waiting'), found(''))
        codes = found(f'daemon_directory = {self.folder}/nowhere\nmydestination = sdbm:/x\n')
        self.assertNotIn(('not-checked', 'mail-waiting'), codes)
        self.assertIn(('table-missing', 'sdbm'), codes)

    def test_no_such_command_directory(self):
        self.commands.rmdir()
        self.assert_refused(Error.COMMAND, self.commands, self.instance.inspect)

    def test_not_to_be_run(self):
        self.real('postconf')
        (self.commands / 'postconf').chmod(0o644)
        self.assert_refused(Error.COMMAND, self.commands, self.instance.inspect)

    def test_of_somebody_else(self):
        fixture.need_root()
        self.real('postconf')
        os.chown(self.commands / 'postconf', fixture.NOBODY, fixture.NOBODY)
        self.assert_refused(Error.COMMAND, self.commands, self.instance.inspect)
        os.chown(self.commands / 'postconf', 0, 0)
        self.commands.chmod(0o777)
        self.assert_refused(Error.COMMAND, self.commands, self.instance.inspect)

    def test_no_program(self):
        self.fake('postconf', '')
        (self.commands / 'postconf').write_bytes(b'#!/no/such/interpreter\n')
        self.assert_refused(Error.COMMAND, self.commands / 'postconf', self.instance.inspect)

    def test_fails(self):
        self.fake('postconf', 'echo "postconf: fatal: everything is wrong" >&2; exit 1')
        for function, *arguments in ((self.instance.inspect,), (self.instance.get_defaults,),
                                     (self.instance.lookup_parameters, ['relayhost']),
                                     (self.instance.plan, self.config, self.login, 0)):
            with self.subTest(function.__name__):
                self.assert_refused(Error.COMMAND, 'everything is wrong', function, *arguments)

    def test_fails_in_silence(self):
        for script, word in (('exit 75', '75'), ('kill -9 $$', '137')):
            with self.subTest(script):
                self.fake('postconf', script)
                self.assert_refused(Error.COMMAND, ['postconf', word], self.instance.inspect)

    def test_prints_garbage(self):
        for script in ('echo "what is this"', 'head -c 10000 /dev/urandom', 'true',
                       r'printf "mail_version = \377\376\n\0\n"', 'echo = = =',
                       'yes | head -c 1000000'):
            with self.subTest(script):
                self.fake('postconf', script)
                self.assert_refused(Error.INVALID_FILE, 'postconf',
                                    self.new_instance(command_directory=str(self.commands)).inspect)

    def test_prints_without_end(self):
        self.fake('postconf', 'exec yes')
        self.assert_refused(Error.COMMAND, ['postconf', 'prints more than'], self.instance.inspect)

    def assert_cancellable(self, function, *arguments):
        """One that hangs is ended, and its children too, when the caller has had enough."""
        pid_file = self.folder / 'pid'
        cancellable = Gio.Cancellable()
        results, loop = [], GLib.MainLoop()

        def started():
            if pid_file.exists() and pid_file.read_text().strip():
                cancellable.cancel()
                return False
            return True

        def done(instance, result):
            try:
                results.append(getattr(instance, function + '_finish')(result))
            except GLib.Error as error:
                results.append(error)
            loop.quit()

        pid_file.unlink(missing_ok=True)  # of what hung before this call
        GLib.timeout_add(10, started)
        getattr(self.instance, function + '_async')(*arguments, cancellable, done)
        loop.run()
        self.assertIsInstance(results[0], GLib.Error)
        self.assertTrue(results[0].matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED),
                        results)
        pid = int(pid_file.read_text())
        self.assert_ended(pid)

    def assert_ended(self, pid):
        deadline = time.monotonic() + fixture.LIMIT_S
        while time.monotonic() < deadline:
            try:
                with open(f'/proc/{pid}/stat', encoding='ascii') as file:
                    if file.read().rpartition(')')[2].split()[0] == 'Z':
                        return
            except OSError:
                return
            time.sleep(0.01)
        self.fail(f'process {pid} goes on')

    HANGS = 'sleep 3600 & echo $! >{folder}/pid; wait'

    def test_hangs(self):
        self.fake('postconf', self.HANGS.format(folder=self.folder))
        with self.unchanged(self.etc, self.commands):
            self.assert_cancellable('inspect')
            self.assert_cancellable('get_defaults')
            self.assert_cancellable('plan', self.config, self.login, 0)

    def test_postmap_hangs(self):
        self.real('postconf')
        self.fake('postmap', self.HANGS.format(folder=self.folder))
        plan = self.instance.plan(self.config, self.login, 0)
        with self.unchanged(self.etc, self.commands):
            self.assert_cancellable('apply', plan, 0)

    def test_check_has_an_end(self):
        """Whichever programs hang, all of them together get no more than the time of one: the
        limits that each has by itself are ten times as long."""
        fixture.need_root()
        self.instance = self.new_instance()
        self.set_up_login('hash')
        fixture.write(self.etc / 'master.cf', b'smtp unix - - n - - smtp\n')
        fixture.write(self.main_cf, self.main_cf.read_bytes()
                      + b'transport_maps = ldap:/etc/nowhere, nosuch:/x, lmdb:/y, pgsql:/z\n')
        for names in (['postconf'], ['postmap'], ['postfix'], ['postconf', 'postmap', 'postfix']):
            with self.subTest(names):
                for name in ('postconf', 'postmap', 'postfix'):
                    self.real(name)
                for name in names:
                    self.fake(name, f'echo {name} >>{self.folder}/begun; exec sleep 60')
                (self.folder / 'begun').unlink(missing_ok=True)
                instance = self.new_instance(
                    command_directory=str(self.commands),
                    service_control=Nullmail.ServiceControl.COMMAND)
                began = time.monotonic()
                found = instance.check()
                self.assertLess(time.monotonic() - began, 10)
                self.assertLess(len((self.folder / 'begun').read_text().split()), 12)
                self.assertIn((Nullmail.FindingCode.NOT_CHECKED, 'postfix-refuses'),
                              [(f.get_code(), f.get_subject()) for f in found])
                self.assertEqual([f.get_message() for f in found
                                  if f.get_severity() == Nullmail.Severity.ERROR
                                  and f.get_parameter() != 'transport_maps'], [])

    def test_check_of_fifos(self):
        """Files that nobody ever writes into, in the place of all that main.cf names."""
        self.instance = self.new_instance()
        self.set_up_login('texthash')
        fifo = self.folder / 'fifo'
        os.mkfifo(fifo, 0o600)
        text = self.main_cf.read_text()
        for lines in (f'smtp_sasl_password_maps = texthash:{fifo}', f'smtp_tls_CAfile = {fifo}',
                      f'transport_maps = regexp:{fifo}, texthash:{fifo}', f'myorigin = {fifo}',
                      f'smtp_tls_policy_maps = texthash:{fifo}, regexp:{fifo}',
                      f'smtp_tls_chain_files = {fifo}', f'mynetworks = {fifo}'):
            with self.subTest(lines.partition(' ')[0]):
                fixture.write(self.main_cf, f'{text}{lines}\n'.encode())
                began = time.monotonic()
                found = self.new_instance().check()
                self.assertLess(time.monotonic() - began, 10)
                self.assertTrue(found)

    def test_postmap(self):
        self.real('postconf')
        self.config.set_password_maps(f'hash:{self.sasl_passwd}')
        postmap = shutil.which('postmap')
        for script, words in (('echo "postmap: fatal: no space for it" >&2; exit 1',
                               ['no space for it', 'sasl_passwd']),
                              ('exit 1', 'sasl_passwd'), ('kill -9 $$', 'sasl_passwd'),
                              ('true', 'sasl_passwd'),
                              ('for last in "$@"; do :; done; echo nonsense >"${last#*:}.db"',
                               'sasl_passwd'),
                              # It builds with a warning, and then answers something else, or too
                              # much.
                              (f'case "$*" in *" -q "*) cat;; *) echo odd >&2; '
                               f'exec {postmap} "$@";; esac', [RELAY, 'sasl_passwd']),
                              (f'case "$*" in *" -q "*) {postmap} "$@"; echo more;; '
                               f'*) echo odd >&2; exec {postmap} "$@";; esac',
                               [RELAY, 'sasl_passwd'])):
            with self.subTest(script):
                self.fake('postmap', script)
                plan = self.instance.plan(self.config, self.login, 0)
                self.assert_refused(Error.MAP, words, self.instance.apply, plan, 0)
                store = Nullmail.SaslPasswdStore(path=str(self.sasl_passwd), map_type='hash',
                                                 command_directory=str(self.commands))
                self.assert_refused(Error.MAP, words, store.store, self.login)

    def test_postmap_that_loses_its_last_page(self):
        """So it is where LMDB could not write it: there is the entry, but no way to it, and postmap
        calls that a success."""
        fixture.need_types('lmdb')
        self.real('postconf')
        self.config.set_password_maps(f'lmdb:{self.sasl_passwd}')
        lose = ('dd "if=$table" "of=$table" bs=$(getconf PAGESIZE) count=1 seek=1 conv=notrunc '
                'status=none')
        self.fake('postmap', f'{shutil.which("postmap")} "$@" || exit\n'
                             f'case "$*" in *" -q "*) exit;; esac\n'
                             f'for last; do :; done\ntable=${{last#*:}}.lmdb\n'
                             f'grep -q {SECRET} "$table" || exit\n{lose}\n'
                             f'grep -q {SECRET} "$table"')
        plan = self.instance.plan(self.config, self.login, 0)
        self.assert_refused(Error.MAP, [RELAY, 'sasl_passwd'], self.instance.apply, plan, 0)

    def test_postmap_missing(self):
        self.real('postconf')
        plan = self.instance.plan(self.config, self.login, 0)
        self.assert_refused(Error.COMMAND, ['postmap', self.commands], self.instance.apply, plan, 0)
        store = Nullmail.SaslPasswdStore(path=str(self.sasl_passwd), map_type='hash',
                                         command_directory=str(self.commands))
        self.assert_refused(Error.COMMAND, ['postmap', self.commands], store.store, self.login)

    def test_secret_in_what_a_command_says(self):
        """A program that talks too much must not make the library do so."""
        self.real('postconf')
        self.fake('postmap', 'for last in "$@"; do :; done; '
                             'echo "postmap: fatal: bad line: $(cat "${last#*:}")" >&2; exit 1')
        plan = self.instance.plan(self.config, self.login, 0)
        self.assert_refused(Error.MAP, 'sasl_passwd', self.instance.apply, plan, 0)

    def assert_service_error(self, code, mentions):
        fixture.need_root()
        instance = self.new_instance(command_directory=str(self.commands),
                                     service_control=Nullmail.ServiceControl.COMMAND)
        plan = self.plan_edit('mydomain', 'example.org', instance)
        with self.unchanged(self.etc):
            self.assert_error(code, mentions, instance.apply, plan, 0)

    def test_postfix_missing(self):
        self.real('postconf')
        self.assert_service_error(Error.COMMAND, ['postfix', self.commands])

    def test_reload_fails(self):
        """Back to the old bytes, and to a service that has read them."""
        self.real('postconf')
        log = self.folder / 'log'
        self.fake('postfix', f'for last in "$@"; do :; done; echo "$last" >>{log}; '
                             'case "$last" in status) exit 0;; *) '
                             'echo "postfix/postfix-script: fatal: it does not want to" >&2; '
                             'exit 1;; esac')
        self.assert_service_error(Error.ACTIVATION, 'it does not want to')
        self.assertEqual(log.read_text().split().count('reload'), 2)


class Tables(InstanceTest):
    def test_type_that_postfix_lacks(self):
        """What a distribution has dropped is replaced by its default type, and the plan says so."""
        fixture.write(self.sasl_passwd, f'{RELAY} old:{SECRET}\n'.encode(), 0o600)
        config = fixture.login_config(password_maps=f'sdbm:{self.sasl_passwd}')
        self.instance.inspect()
        plan = self.instance.plan(config, fixture.credentials(), 0)
        self.assertEqual(plan.get_main_cf().get_value('smtp_sasl_password_maps'),
                         f'{self.instance.props.default_map_type}:{self.sasl_passwd}')
        self.instance.apply(plan, 0)
        self.assertEqual(fixture.password_of(self.instance.get_sasl_passwd_store().lookup(
            Nullmail.RelayHost.parse(RELAY))), SECRET.encode())

    def test_unknown_type(self):
        """What is no file cannot be written to."""
        for maps in (f'nonsense:{self.sasl_passwd}', 'mysql:/etc/x.cf', 'hash', ':',
                     'hash:relative'):
            with self.subTest(maps):
                config = fixture.login_config(password_maps=maps)
                self.assert_refused(Error.MAP, [self.main_cf, 'smtp_sasl_password_maps'],
                                    self.instance.plan, config, fixture.credentials(), 0)

    def test_unknown_type_of_store(self):
        for map_type in ('nonsense', 'regexp', '', 'hash:', 'proxy'):
            store = Nullmail.SaslPasswdStore.new(str(self.sasl_passwd), map_type)
            with self.subTest(map_type):
                self.assert_refused(Error.MAP, map_type, store.store, fixture.credentials())

    def test_check_reports_the_type(self):
        fixture.write(self.main_cf, fixture.MAIN_CF + f'relayhost = {RELAY}\n'
                      'smtp_sasl_auth_enable = yes\nsmtp_tls_security_level = secure\n'
                      f'smtp_sasl_password_maps = nonsense:{self.sasl_passwd}\n'.encode())
        with self.unchanged():
            codes = [finding.get_code() for finding in self.instance.check()]
        self.assertIn(Nullmail.FindingCode.MAP_TYPE_UNSUPPORTED, codes)

    def test_password_file_is_no_file(self):
        self.instance.inspect()
        config = fixture.login_config(password_maps=f'hash:{self.sasl_passwd}')
        store = Nullmail.SaslPasswdStore.new(str(self.sasl_passwd), 'hash')
        for make, remove, word in ((self.sasl_passwd.mkdir, self.sasl_passwd.rmdir, 'directory'),
                                   (lambda: os.mkfifo(self.sasl_passwd), self.sasl_passwd.unlink,
                                    'FIFO')):
            with self.subTest(word):
                make()
                self.assert_refused(Error.INVALID_FILE, [self.sasl_passwd, word],
                                    self.instance.plan, config, fixture.credentials(), 0)
                self.assert_refused(Error.INVALID_FILE, [self.sasl_passwd, word], store.store,
                                    fixture.credentials())
                self.assert_refused(Error.INVALID_FILE, [self.sasl_passwd, word], store.list)
                remove()

    def test_password_file_with_nul(self):
        fixture.write(self.sasl_passwd, f'a b:{SECRET}\0\n'.encode(), 0o600)
        store = Nullmail.SaslPasswdStore.new(str(self.sasl_passwd), 'hash')
        self.assert_refused(Error.INVALID_FILE, self.sasl_passwd, store.store,
                            fixture.credentials())
        self.assert_refused(Error.INVALID_FILE, self.sasl_passwd, store.list)

    def test_password_file_without_colon(self):
        """What Postfix takes for an empty password is named by its line."""
        fixture.write(self.sasl_passwd, f'# x\n{RELAY} {SECRET}\n'.encode(), 0o600)
        store = Nullmail.SaslPasswdStore.new(str(self.sasl_passwd), 'texthash')
        self.assert_refused(Error.INVALID_FILE, [self.sasl_passwd, '2', RELAY], store.lookup,
                            Nullmail.RelayHost.parse(RELAY))

    def test_no_file_to_rebuild(self):
        store = Nullmail.SaslPasswdStore.new(str(self.sasl_passwd), 'hash')
        self.assert_refused(Error.NOT_FOUND, self.sasl_passwd, store.rebuild)

    def test_no_folder(self):
        path = self.folder / 'none' / 'sasl_passwd'
        store = Nullmail.SaslPasswdStore.new(str(path), 'hash')
        self.assert_refused(Error.NOT_FOUND, path, store.store, fixture.credentials())

    def test_table_is_a_directory(self):
        (self.etc / 'sasl_passwd.db').mkdir()
        store = Nullmail.SaslPasswdStore.new(str(self.sasl_passwd), 'hash')
        self.assert_refused(Error.INVALID_FILE, self.etc / 'sasl_passwd.db', store.store,
                            fixture.credentials())

def setUpModule():
    fixture.need_postfix('sh', 'head')
    fixture.need_types('hash')
