# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Calls that fail: what the table of error_texts.py provokes its texts with. Each takes the test,
which has a configuration directory of its own, and raises the error."""

import contextlib
import fcntl
import os
import shutil
import socket

import fixture
from fixture import GLib, Nullmail, NOBODY, RELAY
from gi.repository import GObject

Control = Nullmail.ServiceControl
Flags = Nullmail.ApplyFlags
TOO_MANY = 64 * 1024 * 1024 + 1  # bytes of a main.cf
OTHER = '[other.example.com]:587'


# Worlds

def with_commands(t, **scripts):
    """An instance with commands that are these scripts, as a service of its own command."""
    folder = t.folder / 'commands'
    folder.mkdir()
    for name, script in scripts.items():
        (folder / name).write_text(script if script.startswith('#!') else f'#!/bin/sh\n{script}\n')
        (folder / name).chmod(0o755)
    return t.new_instance(command_directory=str(folder), service_control=Control.COMMAND)


@contextlib.contextmanager
def as_nobody(*owned):
    """What the library does for another user, who may own some of the folders."""
    for path in owned:
        os.chown(path, NOBODY, NOBODY)
    groups = os.getgroups()
    os.setgroups([])
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)


def for_nobody(call, *owned):
    def provoke(t):
        with as_nobody(*(getattr(t, name) for name in owned)):
            call(t)
    return provoke


def store_at(path, map_type='texthash'):
    Nullmail.SaslPasswdStore.new(str(path), map_type).store(fixture.credentials())


def write_main_cf(t, text):
    fixture.write(t.main_cf, fixture.MAIN_CF + text.encode())


def edit(t, instance=None, flags=0):
    t.instance.apply(t.plan_edit('mydomain', 'example.org', instance), flags)


def expand(text, main_cf=''):
    Nullmail.MainCf.new_from_bytes(GLib.Bytes.new(main_cf.encode())).expand(text, None)


def plan(t, config, login=None):
    return t.instance.plan(config, login, 0)


def validate(**properties):
    fixture.new_config(**properties).validate()


def apply_variant(text):
    Nullmail.NullClientConfig.new_from_variant(GLib.Variant.parse(None, text, None, None))


def from_fd(data):
    with open(os.memfd_create('password'), 'w+b') as file:
        file.write(data)
        file.seek(0)
        Nullmail.RelayCredentials.new_from_fd(fixture.relay_host(), 'u', file.fileno(), None)


def listed(t):
    """Credentials as they come from a list, without their password."""
    store_at(t.sasl_passwd)
    return Nullmail.SaslPasswdStore.new(str(t.sasl_passwd), 'texthash').list(None)[0]


def write_to(fd):
    fixture.credentials().write_password(fd, None)


def opened(path, flags, mode=0o600):
    fd = os.open(path, flags, mode)
    try:
        write_to(fd)
    finally:
        os.close(fd)


class Lacking(GObject.Object, Nullmail.CredentialStore):
    """A store that has no functions."""


class Careless(GObject.Object, Nullmail.CredentialStore):
    """A store whose functions return what they may not."""

    def do_store(self, _credentials, _cancellable):
        return False

    def do_load_list(self, _cancellable):
        return [None]


def finish_with_another_result(t):
    loop, errors = GLib.MainLoop(), []

    def done(instance, result):
        try:
            instance.check_finish(result)
        except GLib.Error as error:
            errors.append(error)
        loop.quit()

    t.instance.inspect_async(None, done)
    loop.run()
    raise errors[0]


# Commands

def without_commands(t):
    with_commands(t).inspect()


def no_program(t):
    with_commands(t, postconf='#!/no/such/interpreter').inspect()


def running(t, **scripts):
    """An instance of a Postfix that runs, as its command says."""
    scripts = {'postfix': 'exit 0', 'postmap': POSTMAP, 'postconf': POSTCONF, **scripts}
    return with_commands(t, **scripts)


POSTMAP = 'PATH=$PATH:/usr/sbin exec postmap "$@"'
POSTCONF = 'PATH=$PATH:/usr/sbin exec postconf "$@"'


def end_login_of_running(t):
    t.set_up_login('texthash')
    instance = running(t)
    config = instance.load_config()
    config.set_authentication(False)
    instance.apply(instance.plan(config, None, 0), Flags.NO_ACTIVATE)


def broken_postmap(t, script):
    store = Nullmail.SaslPasswdStore(path=str(t.sasl_passwd), map_type='hash',
                                     command_directory=str(t.folder / 'commands'))
    with_commands(t, postmap=script)
    store.store(fixture.credentials())


# Files that are not as they should be

def huge(t):
    with open(t.main_cf, 'ab') as file:
        file.truncate(TOO_MANY)
    t.instance.load_main_cf()


def no_relay():
    config = fixture.new_config()
    config.set_relay_host(None)
    config.validate()


def no_file(t, make):
    t.main_cf.unlink()
    make(t.main_cf)
    t.instance.load_main_cf()


def make_socket(path):
    with socket.socket(socket.AF_UNIX) as server:
        os.chdir(path.parent)  # its whole path may be too long
        try:
            server.bind(path.name)
        finally:
            os.chdir('/')


def foreign_directory(t):
    os.chown(t.etc, NOBODY, NOBODY)
    edit(t)


def unreadable_file(t):
    t.main_cf.chmod(0o600)
    with as_nobody():
        t.instance.load_main_cf()


def unreadable_directory(t):
    t.etc.chmod(0o711)
    with as_nobody():
        store_at(t.sasl_passwd)


def loop(t):
    (t.etc / 'loop').symlink_to('loop')
    store_at(t.etc / 'loop' / 'sasl_passwd')


def locked(t):
    with open(t.etc / 'main.cf.tmp', 'w') as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        edit(t)


def planted(t):
    t.etc.chmod(0o1777)
    os.chown(t.main_cf, NOBODY, NOBODY)
    edit(t)


def foreign_lock(t):
    (t.etc / 'main.cf.tmp').symlink_to('nowhere')
    os.lchown(t.etc / 'main.cf.tmp', NOBODY, NOBODY)
    edit(t)


def lock_is_directory(t):
    (t.etc / 'main.cf.tmp').mkdir()
    edit(t)


def map_is_directory(t):
    (t.etc / 'sasl_passwd.db').mkdir()
    store_at(t.sasl_passwd, 'hash')


def two_names(t):
    store_at(t.sasl_passwd)
    os.link(t.sasl_passwd, t.folder / 'other-name')
    store_at_again(t)


def store_at_again(t):
    Nullmail.SaslPasswdStore.new(str(t.sasl_passwd), 'texthash').store(
        fixture.credentials(password='another'))


def changed_since(t):
    made = t.plan_edit('mydomain', 'example.org')
    write_main_cf(t, 'mydomain = example.net\n')
    t.instance.apply(made, 0)


def state_of_another(t):
    t.apply_edit('mydomain', 'example.org')
    t.state.chmod(0o700)
    with as_nobody():
        t.new_instance().plan_undo()


def state_is_file(t):
    t.state.touch()
    edit(t)


def damaged_record(t):
    t.apply_edit('mydomain', 'example.org')
    record, = t.state.rglob('record')
    record.write_bytes(b'damaged')
    t.new_instance().plan_undo()


def nul_in_passwords(t):
    fixture.write(t.sasl_passwd, b'# Relay\n\0\n', 0o600)
    store_at(t.sasl_passwd)


def unusable_entry(t):
    fixture.write(t.sasl_passwd, f'# Relay\n{RELAY} relayuser\n'.encode(), 0o600)
    Nullmail.SaslPasswdStore.new(str(t.sasl_passwd), 'texthash').lookup(fixture.relay_host())


def map_without_source(t):
    store_at(t.sasl_passwd, 'hash')
    t.sasl_passwd.unlink()
    store_at(t.sasl_passwd, 'hash')


# Plans that do not fit

def of_another(t):
    other = t.folder / 'other'
    shutil.copytree(t.etc, other)
    t.new_instance(config_directory=str(other)).apply(t.plan_edit('mydomain', 'example.org'), 0)


def applied_again(t):
    made = t.plan_edit('mydomain', 'example.org')
    t.instance.apply(made, 0)
    t.instance.apply(made, 0)


def asked_again(t):
    made = t.plan_edit('mydomain', 'example.org')
    t.instance.apply(made, 0)
    made.will_change(0)


def changed_behind(t):
    t.apply_edit('mydomain', 'example.org')
    write_main_cf(t, 'mydomain = example.net\n')
    t.new_instance().undo(0)


def document_of_before(t):
    main_cf = t.instance.load_main_cf()
    write_main_cf(t, 'mydomain = example.net\n')
    t.instance.plan_main_cf(main_cf, None, 0)


def two_generations(t, **parameters):
    """The password of OTHER is old."""
    for relay in (OTHER, RELAY):
        t.apply(fixture.login_config(relay, origin='example.com',
                                     password_maps=f'texthash:{t.sasl_passwd}'),
                fixture.credentials(relay), Flags.FORCE)
    for name, value in parameters.items():
        t.instance.apply(t.plan_edit(name, value), Flags.FORCE)


def unreadable_table(t):
    two_generations(t, transport_maps='ldap:/etc/nowhere')
    t.instance.purge_credentials()


def premise_changed(t):
    transport = fixture.write(t.etc / 'transport', b'example.net smtp:\n')
    write_main_cf(t, f'transport_maps = texthash:{transport}\n')
    two_generations(t)
    made = t.instance.plan_purge()
    fixture.write(transport, f'example.net smtp:{OTHER}\n'.encode())
    t.instance.apply(made, 0)


def plan_main_cf(t, text, login):
    write_main_cf(t, text)
    t.instance.plan_main_cf(t.instance.load_main_cf(), login, 0)


def blank_in_directory(t, command_directory=None, **properties):
    etc = t.folder / 'a folder'
    etc.mkdir()
    fixture.write(etc / 'main.cf', fixture.MAIN_CF)
    instance = t.new_instance(config_directory=str(etc), command_directory=command_directory)
    login = fixture.credentials() if properties.get('authentication') else None
    instance.plan(fixture.new_config(origin='example.com', **properties), login, 0)


def same_file(t):
    t.set_up_login('hash')
    t.apply(fixture.login_config(origin='example.com',
                                 password_maps=f'btree:{t.sasl_passwd}'), fixture.credentials())


def no_bus(t):
    before = os.environ.get('DBUS_SYSTEM_BUS_ADDRESS')
    os.environ['DBUS_SYSTEM_BUS_ADDRESS'] = f'unix:path={t.folder}/nothing'
    try:
        t.new_instance(service_control=Control.SYSTEMD).query_service()
    finally:
        del os.environ['DBUS_SYSTEM_BUS_ADDRESS']
        if before is not None:
            os.environ['DBUS_SYSTEM_BUS_ADDRESS'] = before


def plan_with(t, text, **properties):
    write_main_cf(t, text)
    t.instance.plan(fixture.new_config(origin='example.com', **properties), None, 0)


def assigned_twice(t):
    config = fixture.new_config()
    config.assign_parameter('sender_canonical_maps', 'static:me')
    config.set_sender_address('me@example.com')
    config.validate()


def write_listed(t):
    found = listed(t)
    with open(os.memfd_create('password'), 'w+b') as file:
        found.write_password(file.fileno(), None)


def read_directory(t):
    fd = os.open(t.etc, os.O_RDONLY)
    try:
        Nullmail.RelayCredentials.new_from_fd(fixture.relay_host(), 'u', fd, None)
    finally:
        os.close(fd)


def write_to_closed_pipe(t):
    reader, writer = os.pipe()
    os.close(reader)
    try:
        write_to(writer)
    finally:
        os.close(writer)


def nested(depth):
    """Parameters of which each names the next."""
    return 'x = $x1\n' + ''.join(f'x{i} = $x{i + 1}\n' for i in range(1, depth))


def doubled(n):
    """Parameters of which each is twice as long as the one before."""
    return 'x0 = 0123456789\n' + ''.join(f'x{i + 1} = $x{i}$x{i}\n' for i in range(n))


def nul_in_main_cf(t):
    write_main_cf(t, 'x = a\0b\n')
    t.instance.load_main_cf()


def start_of_nobody(t):
    instance = running(t)
    made = instance.plan_main_cf(instance.load_main_cf(), None, 0)
    with as_nobody():
        made.will_change(Flags.START)


def relay_of_nothing(t):
    plan_main_cf(t, 'x = a b\nrelayhost = $x\nsmtp_sasl_auth_enable = yes\n'
                 f'smtp_sasl_password_maps = texthash:{t.sasl_passwd}\n',
                 fixture.credentials('$x'))


def unreadable_table_of_others(t):
    """The old password lies in the second of two tables."""
    two_generations(t, transport_maps='ldap:/etc/nowhere', smtp_sasl_password_maps=(
        f'texthash:{t.etc}/first, texthash:{t.sasl_passwd}'))
    t.instance.purge_credentials()


def bad_line(t):
    write_main_cf(t, 'this is no setting\n')
    t.instance.inspect()


def activate(t, how=Nullmail.Activation.RELOAD, **scripts):
    with_commands(t, **scripts).activate(how)


def activate_for_nobody(t):
    instance = with_commands(t, postfix='true')
    with as_nobody():
        instance.activate(Nullmail.Activation.RELOAD)


def forgetful_postmap(t):
    broken_postmap(t, 'case "$*" in *" -q "*) exit 1 ;; esac\n'
                   'for table; do :; done\necho other >"${table#*:}.db"')


def chatty_postmap(t):
    broken_postmap(t, f'echo "{fixture.SECRET}" >&2; exit 1')


def login_for(t, config):
    plan(t, config, fixture.credentials())


def plan_listed(t):
    plan(t, fixture.login_config(), listed(t))


def store_listed(t):
    found = listed(t)
    Nullmail.SaslPasswdStore.new(str(t.sasl_passwd), 'texthash').store(found)


def rebuild_nothing(t):
    Nullmail.SaslPasswdStore.new(str(t.sasl_passwd), 'hash').rebuild()


def login_in_clear(t):
    t.apply(fixture.login_config(tls_level=Nullmail.TlsLevel.NONE), fixture.credentials())


def login_of_socketmap(t):
    login_for(t, fixture.login_config(password_maps='socketmap:unix:/x:y'))


def old_instance(t):
    """One of a Postfix that has no tables within main.cf, as it says."""
    return with_commands(t, postmap=POSTMAP, postconf=(
        'PATH=$PATH:/usr/sbin; postconf "$@" | sed "s/^mail_version = .*/mail_version = 3.6.0/"'))


def old_and_blank(t):
    blank_in_directory(t, old_instance(t).props.command_directory, sender_address='me@example.com')


def old_and_unknown(t):
    write_main_cf(t, 'x = ${a\n')
    old_instance(t).plan(fixture.new_config(origin='example.com', sender_address='me@$x'), None, 0)


def start_in_vain(t):
    activate(t, Nullmail.Activation.START, postfix='case "$*" in *status) exit 1 ;; esac')


def activate_nothing(t):
    t.new_instance(config_directory=f'{t.etc}/none', service_control=Control.COMMAND).activate(
        Nullmail.Activation.RELOAD)


def long_password(t):
    Nullmail.RelayCredentials.new(fixture.relay_host(), 'u', 'x' * 16385)


def no_fingerprint(t):
    plan_with(t, '', tls_level=Nullmail.TlsLevel.FINGERPRINT)


def bad_fingerprint(t):
    plan_with(t, 'smtp_tls_fingerprint_cert_match = zz\n', tls_level=Nullmail.TlsLevel.FINGERPRINT)


def parameter_of_property(t):
    fixture.new_config().assign_parameter('myorigin', 'x')


def wrapper_missing(t):
    fixture.new_config('[a]:465', tls_wrapper=False).validate()


def wrapper_in_clear(t):
    validate(tls_wrapper=True, tls_level=Nullmail.TlsLevel.MAY)


def login_switched_off(t):
    login_for(t, fixture.new_config(authentication=False))


def no_type_in_macro(t):
    """Two tables in one macro, of a type that this Postfix has not."""
    write_main_cf(t, f'relayhost = {RELAY}\nsmtp_sasl_auth_enable = yes\n'
                  f'tables = hash:{t.sasl_passwd}, hash:{t.etc}/others\n'
                  'smtp_sasl_password_maps = $tables\n')
    instance = with_commands(
        t, postconf=POSTCONF, postmap='case "$*" in *hash:*) echo "postmap: fatal: unsupported '
        'dictionary type: hash" >&2; exit 1 ;; esac\n' + POSTMAP)
    instance.plan(instance.load_config(), fixture.credentials(), 0)


# Of other instances

def second_instance(t, text):
    """The first, which does not need the password of OTHER. The second, which it lists, reads the
    same passwords."""
    second = t.folder / 'second'
    second.mkdir()
    fixture.write(second / 'main.cf', (
        'smtp_sasl_auth_enable = yes\n'
        f'smtp_sasl_password_maps = texthash:{t.sasl_passwd}\n{text}').encode())
    two_generations(t, multi_instance_directories=str(second))
    return t.instance
