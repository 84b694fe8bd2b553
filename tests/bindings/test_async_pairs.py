# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every asynchronous method: that it is there as promised, what it comes to with GLib's main loop
and with asyncio, and that it can be cancelled before it begins and while it waits."""

import asyncio
import fcntl
import importlib
import os
import socket
import threading
import time
import unittest

import gi

import dict_store
from fixture import Gio, GLib, LIMIT_S, Nullmail, RELAY, SECRET, relay_host
from mail_stand_ins import ID, MailFolder, RECIPIENT, begin, outcome, queue_line, removed
from program import make_socket_folder
from stand_ins import Error, FORCE, credentials, password_of

# What the API promises.
PAIRS = {
    'CredentialStore': {'clear', 'list', 'lookup', 'store'},
    'Plan': {'create_probe'},
    'PostfixInstance': {
        'activate', 'apply', 'check', 'ensure', 'expand_parameters', 'flush_queue',
        'follow_delivery', 'get_defaults', 'inspect', 'load_overview', 'load_queue',
        'load_settings', 'lookup_parameters', 'plan', 'plan_main_cf', 'plan_purge', 'plan_restore',
        'plan_undo', 'purge_credentials', 'query_service', 'send_test', 'set_enabled', 'undo'},
    'RelayProbe': {'run'},
    'SaslPasswdStore': {'rebuild'},
}
NAMES = sorted(set().union(*PAIRS.values()))
# What can be cancelled, but reads or writes a few small files at most.
SYNCHRONOUS = {
    'MainCf': {'load'}, 'Plan': {'will_change'},
    'PostfixInstance': {'get_sasl_passwd_store', 'load_config', 'load_main_cf'},
    'RelayCredentials': {'new_from_fd', 'write_password'},
}
OUT = 1  # of the directions of an argument
SLOW = '#!/bin/sh\necho $$ >"$(dirname "$0")/begun.new"\nmv "$(dirname "$0")/begun.new" ' \
       '"$(dirname "$0")/begun"\nexec sleep 3600\n'
SENT = [*begin(), outcome('sent (250 2.0.0 Ok)'), removed()]


def methods_of(name):
    """The methods of a class or interface by name; none for all else in the namespace."""
    info = getattr(getattr(Nullmail, name), '__info__', None)
    if not hasattr(info, 'get_methods'):
        return {}
    return {method.get_name(): method for method in info.get_methods()}


def arguments_of(method, goes_out):
    return [argument.get_name() for argument in method.get_arguments()
            if (int(argument.get_direction()) == OUT) == goes_out]


class Promise(unittest.TestCase):
    """What introspection tells."""

    def test_names(self):
        found, alone = {}, {}
        for name in dir(Nullmail):
            methods = methods_of(name)
            pairs = {method.removesuffix('_async') for method in methods
                     if method.endswith('_async')}
            cancellable = {method for method, info in methods.items()
                           if 'cancellable' in arguments_of(info, False)
                           and not method.endswith('_async')}
            found.update({name: pairs} if pairs else {})
            alone.update({name: cancellable - pairs} if cancellable - pairs else {})
        self.assertEqual(found, PAIRS)
        self.assertEqual(alone, SYNCHRONOUS)
        self.assertEqual(sum(map(len, PAIRS.values())), 30)

    def test_forms(self):
        """The three forms of one method belong together: same arguments, same result."""
        for owner, names in PAIRS.items():
            methods = methods_of(owner)
            for name in names:
                with self.subTest(f'{owner}.{name}'):
                    direct, begun, ended = (methods[name + end]
                                            for end in ('', '_async', '_finish'))
                    arguments = arguments_of(direct, False)
                    self.assertEqual(arguments[-1], 'cancellable')
                    self.assertEqual(arguments_of(begun, False),
                                     [*arguments, 'callback', 'user_data'])
                    self.assertTrue(begun.get_arguments()[len(arguments) - 1].may_be_null())
                    self.assertEqual(arguments_of(ended, False), ['result'])
                    self.assertEqual(arguments_of(ended, True), arguments_of(direct, True))
                    self.assertEqual(*(form.get_return_type().get_tag_as_string()
                                       for form in (direct, ended)))


class World(MailFolder):
    """Something to do for each of the methods."""

    def setUp(self):
        super().setUp()
        self.store = self.new_store()

    def new_store(self):
        return Nullmail.SaslPasswdStore(path=self.sasl_passwd, map_type='texthash',
                                        command_directory=self.commands)

    def new_plan(self, name='mydomain', value='example.org'):
        return self.plan_edit(name, value)

    def login_plan(self):
        return self.postfix.plan(self.config(authentication=True), credentials(), 0)

    def arguments_of(self, name):
        """What to call it with, on a machine that has been set up."""
        return {
            'activate': lambda: [Nullmail.Activation.RELOAD],
            'apply': lambda: [self.new_plan(), FORCE],
            'clear': lambda: [relay_host()],
            'ensure': lambda: [self.config(authentication=True), credentials(), 0, FORCE],
            'expand_parameters': lambda: [['relayhost', 'mydomain']],
            'follow_delivery': lambda: [ID, LIMIT_S * 1000],
            'lookup': lambda: [relay_host()],
            'lookup_parameters': lambda: [['relayhost', 'mydomain']],
            'plan': lambda: [self.config(authentication=True), credentials(), 0],
            'plan_main_cf': lambda: [self.login_plan().get_main_cf(), credentials(), 0],
            'send_test': lambda: [RECIPIENT, None, LIMIT_S * 1000],
            'set_enabled': lambda: [True],
            'store': lambda: [credentials()],
            'undo': lambda: [FORCE],
        }.get(name, list)()

    def source_of(self, name):
        if name in PAIRS['CredentialStore'] | PAIRS['SaslPasswdStore']:
            return self.store
        if name == 'create_probe':
            return self.login_plan()
        if name == 'run':
            probe = Nullmail.RelayProbe.new(relay_host('[127.0.0.1]:1'))
            probe.set_timeout(LIMIT_S * 1000)
            return probe
        return self.postfix

    def calls(self):
        """All of them in an order in which each has something to do: the source, the name, and the
        arguments."""
        order = ['inspect', 'get_defaults', 'lookup_parameters', 'expand_parameters',
                 'load_settings', 'check', 'plan', 'plan_main_cf', 'create_probe', 'run', 'apply',
                 'plan_undo', 'plan_restore', 'undo', 'ensure', 'store', 'list', 'lookup',
                 'rebuild', 'clear', 'plan_purge', 'purge_credentials', 'load_overview',
                 'query_service', 'activate', 'set_enabled', 'load_queue', 'flush_queue',
                 'send_test', 'follow_delivery']
        self.assertEqual(sorted(order), NAMES)
        for name in order:
            yield self.source_of(name), name, self.arguments_of(name)

    def check_result(self, name, result):
        """What it must come to."""
        if name == 'set_enabled':  # where nothing starts services at boot
            self.assertTrue(result.matches(Error.quark(), Error.FAILED), result)
            return
        self.assertNotIsInstance(result, GLib.Error, name)
        expected = {
            'check': lambda: result[0].get_message(),
            'create_probe': lambda: result.get_relay_host().to_string() == RELAY,
            'ensure': lambda: result[1] and not result[0].is_empty(),
            'expand_parameters': lambda: set(result) == {'relayhost', 'mydomain'},
            'follow_delivery': lambda: result.get_queue_id() == ID,
            'get_defaults': lambda: result['mydomain'] == 'localdomain',
            'list': lambda: [found.get_relay_host().to_string() for found in result] == [RELAY],
            'load_overview': lambda: result.unpack()['config']['relay-host'] == RELAY,
            'load_settings': lambda: set(result.unpack()) == {'config', 'effective'},
            'load_queue': lambda: result.get_n_entries() == 1,
            'lookup': lambda: password_of(result) == SECRET,
            'lookup_parameters': lambda: set(result) == {'relayhost', 'mydomain'},
            'plan': lambda: '+relayhost' in result.to_diff(),
            'plan_main_cf': result_is(result, Nullmail.Plan),
            'plan_purge': result_is(result, Nullmail.Plan),
            'plan_restore': lambda: '-mydomain' in result.to_diff(),
            'plan_undo': lambda: '-mydomain' in result.to_diff(),
            'query_service': lambda: result == Nullmail.ServiceState.ABSENT,
            'run': lambda: result.get_outcome() == Nullmail.ProbeOutcome.CONNECT_FAILED,
            'send_test': lambda: result.get_state() == Nullmail.DeliveryState.SENT,
        }.get(name, lambda: result is True)
        self.assertTrue(expected(), (name, result))

    def set_up_mail(self):
        self.set_queue(queue_line('4F1B72A0C6'))
        self.delivers(*SENT)


def result_is(result, kind):
    return lambda: isinstance(result, kind)


class Success(World):
    def setUp(self):
        super().setUp()
        self.set_up_mail()

    def test_main_loop(self):
        for source, name, arguments in self.calls():
            with self.subTest(name):
                self.check_result(name, self.run_async(source, name, *arguments))

    def test_asyncio(self):
        """As a coroutine of Python's: awaited itself where PyGObject has that, else by a future."""
        if gi.version_info < (3, 50):
            loop, call = asyncio.new_event_loop(), self.by_future
        else:
            events = importlib.import_module('gi.events')
            loop, call = events.GLibEventLoopPolicy().get_event_loop(), self.by_itself
        n_awaited = loop.run_until_complete(asyncio.wait_for(self.await_all(call), LIMIT_S))
        self.assertEqual(n_awaited, 30)

    async def await_all(self, call):
        n_awaited = 0
        for source, name, arguments in self.calls():
            try:
                result = await call(source, name, arguments)
            except GLib.Error as error:
                result = error
            self.check_result(name, result)
            n_awaited += 1
        return n_awaited

    async def by_itself(self, source, name, arguments):
        return await getattr(source, name + '_async')(*arguments)

    async def by_future(self, source, name, arguments):
        future = asyncio.get_running_loop().create_future()
        getattr(source, name + '_async')(*arguments, None, lambda _, end: future.set_result(end))
        while not future.done():
            GLib.MainContext.default().iteration(False)
            await asyncio.sleep(0.001)
        return getattr(source, name + '_finish')(future.result())


class Cancelled(World):
    def assert_cancelled(self, result):
        self.assertTrue(isinstance(result, GLib.Error) and result.matches(
            Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED), result)

    def set_up_undo(self):
        """A login that the library has made, so that there is something to take back."""
        self.set_up_login()
        self.postfix = self.new_instance()

    def test_before(self):
        self.set_up_undo()
        self.set_up_mail()
        calls = [(self.source_of(name), name, self.arguments_of(name)) for name in NAMES]
        cancellable = Gio.Cancellable()
        cancellable.cancel()
        with self.unchanged():
            for source, name, arguments in calls:
                with self.subTest(name):
                    self.assert_cancelled(
                        self.run_async(source, name, *arguments, cancellable=cancellable))
                    with self.assertRaises(GLib.Error) as caught:
                        getattr(source, name)(*arguments, cancellable)
                    self.assert_cancelled(caught.exception)

    def cancel_when(self, has_begun, source, name, arguments):
        """The result of a call that is cancelled as soon as it waits; it is none of a cancelled one
        where it does not wait."""
        cancellable = Gio.Cancellable()

        def look():
            if has_begun():
                cancellable.cancel()
            return not cancellable.is_cancelled()

        timer = GLib.timeout_add(5, look)
        result = self.run_async(source, name, *arguments, cancellable=cancellable)
        if not cancellable.is_cancelled():
            GLib.source_remove(timer)
        return result

    # While a program runs, which ends with the call

    def begun(self):
        return os.path.join(self.commands, 'begun')

    def test_while_a_program_runs(self):
        self.set_up_undo()
        self.set_up_mail()
        programs = {'flush_queue': 'postqueue', 'load_queue': 'postqueue', 'send_test': 'sendmail',
                    'activate': 'postfix', 'query_service': 'postfix'}
        tried = {'inspect', 'get_defaults', 'lookup_parameters', 'expand_parameters', 'check',
                 'plan', 'plan_main_cf',
                 'plan_undo', 'plan_restore', 'plan_purge', 'purge_credentials', 'ensure', 'undo',
                 'load_overview', *programs}
        self.assertEqual(set(NAMES) - tried, {
            'apply', 'clear', 'create_probe', 'follow_delivery', 'list', 'load_settings', 'lookup',
            'rebuild', 'run', 'set_enabled', 'store'}, 'the others wait for something else')
        for name in sorted(tried):
            with self.subTest(name):
                self.try_slow(name, programs.get(name, 'postconf'))

    def try_slow(self, name, program):
        # One that has asked nothing yet; a service is there only where there is a master.cf.
        control = Nullmail.ServiceControl.COMMAND if program == 'postfix' \
            else Nullmail.ServiceControl.DISABLED
        self.try_while_it_runs(program, self.new_instance(service_control=control), name,
                               self.arguments_of(name))

    def try_while_it_runs(self, program, source, name, arguments):
        usual = self.read(os.path.join(self.commands, program))
        self.add(program, SLOW)
        # These wait for a program two seconds at most, in which it may not have begun.
        n_tries = 10 if name in ('check', 'create_probe', 'load_overview') else 1
        with self.unchanged(self.etc, self.state):
            for _ in range(n_tries):
                result = self.cancel_when(lambda: os.path.exists(self.begun()), source, name,
                                          arguments)
                if isinstance(result, GLib.Error):
                    break
        self.assert_cancelled(result)
        self.assert_ended()
        self.add(program, usual)

    def assert_ended(self):
        """What is killed takes a moment to go."""
        with open(self.begun(), encoding='ascii') as file:
            program = f'/proc/{int(file.read())}'
        os.unlink(self.begun())
        deadline = time.monotonic() + LIMIT_S
        while os.path.exists(program):
            self.assertLess(time.monotonic(), deadline, 'the program goes on')
            time.sleep(0.01)

    # While another writer has the lock

    def test_while_another_writes(self):
        self.set_up_undo()
        lock = os.path.join(self.etc, 'main.cf.tmp')
        for name in ('apply', 'clear', 'rebuild', 'store', 'undo'):
            with self.subTest(name), open(lock, 'w', encoding='ascii') as file:
                source, arguments = self.source_of(name), self.arguments_of(name)
                os.chmod(lock, 0o600)
                fcntl.flock(file, fcntl.LOCK_EX)
                with self.unchanged(self.etc, self.state):
                    cancellable = Gio.Cancellable()
                    GLib.timeout_add(100, lambda found=cancellable: found.cancel())
                    self.assert_cancelled(
                        self.run_async(source, name, *arguments, cancellable=cancellable))

    # While nobody answers

    def silence(self, address, kind=socket.AF_UNIX):
        """A server that takes connections, of which there is a list, and says nothing."""
        connections = []
        server = socket.socket(kind)
        server.bind(address)
        server.listen()

        def accept():
            while True:
                try:
                    connections.append(server.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(lambda: [connection.close() for connection in connections])
        self.addCleanup(server.close)
        self.addCleanup(server.shutdown, socket.SHUT_RDWR)
        return server, connections

    def set_bus(self, variable, path):
        before = os.environ.get(variable)
        os.environ[variable] = f'unix:path={path}'
        self.addCleanup(os.environ.__setitem__ if before else os.environ.pop, variable,
                        *([before] if before else []))

    def test_while_systemd_is_silent(self):
        path = os.path.join(make_socket_folder(self.addCleanup), 'bus')
        _, connections = self.silence(path)
        self.set_bus('DBUS_SYSTEM_BUS_ADDRESS', path)
        postfix = self.new_instance(service_control=Nullmail.ServiceControl.SYSTEMD)
        for name in ('set_enabled', 'query_service', 'activate'):
            with self.subTest(name):
                n_before = len(connections)
                self.assert_cancelled(self.cancel_when(
                    lambda n_before=n_before: len(connections) > n_before, postfix, name,
                    self.arguments_of(name)))

    @unittest.skipUnless(hasattr(Nullmail, 'SecretStore'), 'built without libsecret')
    def test_while_the_keyring_is_silent(self):
        path = os.path.join(make_socket_folder(self.addCleanup), 'bus')
        _, connections = self.silence(path)
        self.set_bus('DBUS_SESSION_BUS_ADDRESS', path)
        store = Nullmail.SecretStore.new()
        for name in sorted(PAIRS['CredentialStore']):
            with self.subTest(name):
                n_before = len(connections)
                self.assert_cancelled(self.cancel_when(
                    lambda n_before=n_before: len(connections) > n_before, store, name,
                    self.arguments_of(name)))

    def test_while_a_relay_is_silent(self):
        server, connections = self.silence(('127.0.0.1', 0), socket.AF_INET)
        probe = Nullmail.RelayProbe.new(relay_host(f'[127.0.0.1]:{server.getsockname()[1]}'))
        probe.set_timeout(LIMIT_S * 1000)
        self.assert_cancelled(self.cancel_when(lambda: connections, probe, 'run', []))

    def test_while_a_table_is_silent(self):
        """The login of a probe comes from a service, which postmap(1) asks."""
        self.append(f'smtp_sasl_auth_enable = yes\nrelayhost = {RELAY}\n'
                    f'smtp_sasl_password_maps = socketmap:unix:{self.main_cf}:passwords\n')
        self.write(os.path.join(self.etc, 'master.cf'), 'smtp unix - - n - - smtp\n')
        plan = self.postfix.plan_main_cf(self.postfix.load_main_cf(), None, 0)
        self.try_while_it_runs('postmap', plan, 'create_probe', [])

    def test_while_a_message_waits(self):
        self.set_queue(queue_line())
        asked = os.path.join(self.commands, 'asked')
        self.assert_cancelled(self.cancel_when(
            lambda: os.path.exists(asked), self.postfix, 'follow_delivery',
            self.arguments_of('follow_delivery')))

    def test_while_a_store_of_ours_works(self):
        """What a store in Python is given is the caller's own cancellable."""
        class Store(dict_store.DictStore):
            def end(self, cancellable):
                cancellable.cancel()
                cancellable.set_error_if_cancelled()

            def do_lookup(self, _relay_host, cancellable):
                self.end(cancellable)

            def do_store(self, _credentials, cancellable):
                self.end(cancellable)

            def do_clear(self, _relay_host, cancellable):
                self.end(cancellable)

            def do_load_list(self, cancellable):
                self.end(cancellable)

        store = Store()
        for name in sorted(PAIRS['CredentialStore']):
            with self.subTest(name):
                self.assert_cancelled(self.run_async(store, name, *self.arguments_of(name),
                                                     cancellable=Gio.Cancellable()))

    # What is done is done

    def test_after_the_commit(self):
        """An apply whose service is just being reloaded has committed, and says that it has."""
        self.write(os.path.join(self.etc, 'master.cf'), '')
        begun = self.begun()
        self.add('postfix', f"""#!/bin/sh
case "$*" in *reload) echo $$ >'{begun}'; until [ -e '{begun}.end' ]; do sleep 0.01; done;; esac
""")
        postfix = self.new_instance(service_control=Nullmail.ServiceControl.COMMAND)
        plan = self.plan_edit('mydomain', 'example.org', postfix)
        cancellable = Gio.Cancellable()

        def look():
            if os.path.exists(begun) and not cancellable.is_cancelled():
                cancellable.cancel()
                GLib.timeout_add(100, lambda: self.write(begun + '.end', '') and False)
            return not cancellable.is_cancelled()

        GLib.timeout_add(5, look)
        self.assertIs(self.run_async(postfix, 'apply', plan, 0, cancellable=cancellable), True)
        self.assertTrue(cancellable.is_cancelled())
        self.assertIn('mydomain = example.org\n', self.read())
