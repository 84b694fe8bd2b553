# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The changes that crash_states.py and controls.py record: each kind of change, for each type of
table. prepare () builds the state before and returns the work that is recorded."""

import shutil

import fixture
from fixture import Nullmail, RELAY

OTHER = '[other.example.com]:587'
THIRD = '[third.example.com]:465'  # the user's own entry, none of the library's business
KEYS = [RELAY, OTHER, THIRD]
MAP_TYPES = ['hash', 'lmdb', 'texthash']
ELSEWHERE = 'secrets'
COMMANDS = 'commands'
OTHER_TYPE = {'hash': 'lmdb', 'lmdb': 'texthash', 'texthash': 'hash'}
DROP_OTHERS = Nullmail.PlanFlags.DROP_OTHER_CREDENTIALS

# A user and a password each, before and after, so that another relay's would be known.
LOGINS = {key: [(f'user{i}', f'Secret-{i}-{when}') for when in ('before', 'after')]
          for i, key in enumerate(KEYS)}
SECRETS = [password.encode() for logins in LOGINS.values() for _, password in logins]


def logins_of(key):
    return [f'{user}:{password}' for user, password in LOGINS[key]]


def login(key, is_new=False):
    user, password = LOGINS[key][is_new]
    return fixture.credentials(key, user, password)


class Scenario:
    def __init__(self, function, map_type):
        self._function = function
        self._map_type = map_type
        self.name = f'{function.__name__.replace("_", "-")}/{map_type}'
        # A new password must not be seen together with the old main.cf.
        self.raises_level = function is same_key_higher_level
        # Doing it again after a power cut comes to the same end; the others need the record, which
        # need not survive, or are their own reverse.
        self.converges = function not in (undo, purge)

    def prepare(self, test):
        for path in test.folder.iterdir():
            shutil.rmtree(path)
        test.etc.mkdir()
        test.sasl_passwd = test.etc / 'sasl_passwd'
        fixture.write(test.main_cf, fixture.MAIN_CF)
        return self._function(test, self._map_type)


def new_test(folder):
    """One for all scenarios: where it is the same folder again, much needs to be made only once."""
    folder.mkdir(mode=0o755)
    test = fixture.InstanceTest()
    test.use(folder)
    fixture.write(test.main_cf, fixture.MAIN_CF)
    test.instance.inspect()
    test.kept = {}
    return test


def maps(test, map_type):
    return f'{map_type}:{test.sasl_passwd}'


def config_for(test, map_type, relay=RELAY, **properties):
    return fixture.login_config(relay, origin='example.com', password_maps=maps(test, map_type),
                                **properties)


def set_up(test, map_type, level=Nullmail.TlsLevel.SECURE):
    """The relay with its password, and another entry that somebody made."""
    kind = map_type, level, test.sasl_passwd
    if kind in test.kept:
        shutil.copytree(test.kept[kind], test.folder, dirs_exist_ok=True)
        return
    test.apply(config_for(test, map_type, tls_level=level), login(RELAY))
    Nullmail.SaslPasswdStore.new(str(test.sasl_passwd), map_type).store(login(THIRD))
    kept = test.folder.parent / f'kept-{len(test.kept)}'
    test.kept[kind] = shutil.copytree(test.folder, kept)


def applying(test, config, credentials=None, flags=0, instance=None):
    instance = instance or test.instance
    return lambda: instance.apply(instance.plan(config, credentials, flags), 0)


def main_cf_only(test, map_type):
    set_up(test, map_type)
    config = test.instance.load_config()
    config.set_hostname('other.example.com')
    return applying(test, config)


def password_only(test, map_type):
    set_up(test, map_type)
    return applying(test, test.instance.load_config(), login(RELAY, True))


def new_relay(test, map_type):
    set_up(test, map_type)
    return applying(test, config_for(test, map_type, OTHER), login(OTHER, True))


def same_key(test, map_type):
    set_up(test, map_type)
    config = test.instance.load_config()
    config.set_hostname('other.example.com')
    return applying(test, config, login(RELAY, True))


def same_key_higher_level(test, map_type):
    set_up(test, map_type, Nullmail.TlsLevel.ENCRYPT)
    config = config_for(test, map_type, tls_level=Nullmail.TlsLevel.SECURE)
    return applying(test, config, login(RELAY, True))


def end_of_authentication(test, map_type):
    set_up(test, map_type)
    config = test.instance.load_config()
    config.set_authentication(False)
    return applying(test, config)


def drop_others(test, map_type):
    set_up(test, map_type)
    return applying(test, config_for(test, map_type, OTHER), login(OTHER, True), DROP_OTHERS)


def undo(test, map_type):
    new_relay(test, map_type)()
    return lambda: test.instance.undo(0)


def first_password(test, map_type):
    test.apply(fixture.new_config(RELAY, origin='example.com'))
    return applying(test, config_for(test, map_type), login(RELAY))


def first_main_cf(test, map_type):
    test.main_cf.unlink()
    config = config_for(test, map_type)

    def work():
        main_cf = test.instance.load_main_cf() if test.main_cf.exists() else Nullmail.MainCf.new()
        config.update_main_cf(main_cf)
        test.instance.apply(test.instance.plan_main_cf(main_cf, login(RELAY), 0), 0)
    return work


def other_type(test, map_type):
    """The user names a table of another type, and gives a new password."""
    set_up(test, map_type)
    return applying(test, config_for(test, OTHER_TYPE[map_type]), login(RELAY, True))


def other_type_only(test, map_type):
    set_up(test, map_type)
    return applying(test, config_for(test, OTHER_TYPE[map_type]))


def type_gone(test, map_type):
    """An upgrade has taken the type away: the library chooses another and removes the table."""
    set_up(test, map_type)
    commands = test.folder / COMMANDS
    commands.mkdir()
    (commands / 'postmap').symlink_to(shutil.which('postmap'))
    (commands / 'postconf').write_text(
        f'#!/bin/sh\n{shutil.which("postconf")} "$@" | grep -vx {map_type}\n')
    (commands / 'postconf').chmod(0o755)
    instance = test.new_instance(command_directory=str(commands))
    instance.inspect()
    config = test.instance.load_config()
    return applying(test, config, login(RELAY, True), instance=instance)


def type_unknown(test, map_type):
    """What main.cf names cannot be opened, but its source is there."""
    user, password = LOGINS[RELAY][0]
    text = test.main_cf.read_text() + f'relayhost = {RELAY}\nsmtp_sasl_auth_enable = yes\n' \
        f'smtp_sasl_password_maps = {maps(test, map_type)}\n'
    fixture.write(test.main_cf, text.encode())
    fixture.write(test.sasl_passwd, f'{RELAY} {user}:{password}\n'.encode(), 0o600)
    config = fixture.login_config(RELAY, origin='example.com')
    return applying(test, config, login(RELAY, True))


def other_directory(test, map_type):
    """The password file is not beside main.cf."""
    (test.folder / ELSEWHERE).mkdir(mode=0o700)
    test.sasl_passwd = test.folder / ELSEWHERE / 'sasl_passwd'
    return new_relay(test, map_type)


def linked_source(test, map_type):
    """The password file is a link to another directory, its table is beside the link."""
    set_up(test, map_type)
    real = test.folder / ELSEWHERE / 'sasl_passwd'
    real.parent.mkdir(mode=0o700)
    test.sasl_passwd.rename(real)
    test.sasl_passwd.symlink_to(real)
    return applying(test, config_for(test, map_type, OTHER), login(OTHER, True))


def store(test, map_type):
    set_up(test, map_type)
    passwords = test.instance.get_sasl_passwd_store()
    return lambda: passwords.store(login(RELAY, True))


def first_store(test, map_type):
    passwords = Nullmail.SaslPasswdStore.new(str(test.sasl_passwd), map_type)
    return lambda: passwords.store(login(RELAY))


def clear(test, map_type):
    set_up(test, map_type)
    passwords = test.instance.get_sasl_passwd_store()
    return lambda: passwords.clear(Nullmail.RelayHost.parse(THIRD))


def purge(test, map_type):
    new_relay(test, map_type)()
    return test.instance.purge_credentials


def all_scenarios():
    functions = [main_cf_only, password_only, new_relay, same_key, same_key_higher_level,
                 end_of_authentication, drop_others, undo, first_password, first_main_cf,
                 other_type, other_type_only, type_gone, other_directory, linked_source, store,
                 first_store, clear, purge]
    found = [Scenario(function, map_type) for function in functions for map_type in MAP_TYPES]
    return found + [Scenario(type_unknown, map_type) for map_type in ('sdbm', 'dbm')]
