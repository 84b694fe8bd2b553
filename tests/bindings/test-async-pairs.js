// SPDX-FileCopyrightText: 2026 The libnullmail authors
// SPDX-License-Identifier: LGPL-2.1-or-later
// Every asynchronous method from JavaScript: awaited, and cancelled before it begins and while it
// waits.

imports.gi.versions.Nullmail = '1.0';
const {Gio, GLib, Nullmail} = imports.gi;
const {SECRET, check, fail, finish, folder, standIns} = imports.checks;
const {ApplyFlags, ServiceControl} = Nullmail;

const RELAY = '[smtp.example.com]:587';
const RECIPIENT = 'admin@example.com';
const LIMIT_MS = 300000;
const AT = 'Nov 30 07:55:41 host postfix';
const QUEUED = JSON.stringify({
    queue_name: 'active', queue_id: 'A1', arrival_time: 1700000000, message_size: 300,
    sender: 'root@host', recipients: [{address: RECIPIENT}],
});
const PAIRS = {
    CredentialStore: ['store', 'list', 'lookup', 'clear'],
    Plan: ['create_probe'],
    PostfixInstance: ['inspect', 'get_defaults', 'lookup_parameters', 'expand_parameters',
        'load_settings', 'check', 'plan', 'plan_main_cf', 'apply',
        'plan_undo', 'plan_restore', 'undo', 'ensure', 'plan_purge',
        'purge_credentials', 'load_overview', 'query_service', 'activate', 'set_enabled',
        'load_queue', 'flush_queue', 'send_test', 'follow_delivery'],
    RelayProbe: ['run'],
    SaslPasswdStore: ['rebuild'],
};
for (const [type, names] of Object.entries(PAIRS)) {
    for (const name of names)
        Gio._promisify(Nullmail[type].prototype, `${name}_async`, `${name}_finish`);
}

const commands = standIns();
const begun = `${commands}/begun`;
const etc = `${folder}/etc`;
const log = `${folder}/mail.log`;
GLib.mkdir_with_parents(etc, 0o755);

const exists = path => GLib.file_test(path, GLib.FileTest.EXISTS);
const usual = {};

function addCommand(name, script) {
    GLib.file_set_contents(`${commands}/${name}`, `#!/bin/sh\nhere=$(dirname "$0")\n${script}\n`);
    GLib.spawn_command_line_sync(`chmod 755 ${commands}/${name}`);
}

// One that does not end by itself, in the place of the stand-in, or that one again.
function setSlow(name, isSlow) {
    const path = `${commands}/${name}`;
    if (!isSlow) {
        GLib.file_set_contents(path, usual[name]);
        GLib.spawn_command_line_sync(`chmod 755 ${path}`);
        GLib.unlink(begun);
        return;
    }
    usual[name] = GLib.file_get_contents(path)[1];
    addCommand(name, 'echo $$ >"$here/begun.new"; mv "$here/begun.new" "$here/begun"\n' +
        'exec sleep 3600');
}

addCommand('postqueue', `[ "$3" != -j ] || { : >"$here/listed"; echo '${QUEUED}'; }`);
addCommand('sendmail', `id=$(sed -n 's/^Message-ID: <\\(.*\\)>$/\\1/p')
echo "${AT}/cleanup[6]: B2: message-id=<$id>" >>'${log}'
echo "${AT}/smtp[7]: B2: to=<${RECIPIENT}>, relay=r[192.0.2.1]:587, delay=0.25, dsn=2.0.0, ` +
    `status=sent (250 Ok)" >>'${log}'
echo "${AT}/qmgr[5]: B2: removed" >>'${log}'`);

const relayHost = () => Nullmail.RelayHost.parse(RELAY);
const credentials = () => Nullmail.RelayCredentials.new(relayHost(), 'host7', SECRET);
const newConfig = () => new Nullmail.NullClientConfig({
    relay_host: relayHost(), origin: 'example.com', authentication: true,
});
const newInstance = (control = ServiceControl.DISABLED) => new Nullmail.PostfixInstance({
    config_directory: etc, command_directory: commands, state_directory: `${folder}/state`,
    service_control: control,
});
const store = new Nullmail.SaslPasswdStore({
    path: `${etc}/sasl_passwd`, map_type: 'texthash', command_directory: commands,
});
const newPlan = postfix => postfix.plan(newConfig(), credentials(), 0, null);

function newEdit(postfix) {
    const document = postfix.load_main_cf(null);
    document.set_value('mydomain', 'example.org');
    return postfix.plan_main_cf(document, null, 0, null);
}

// What each is called with, of an instance.
const ARGUMENTS = {
    activate: () => [Nullmail.Activation.RELOAD],
    apply: postfix => [newEdit(postfix), ApplyFlags.FORCE],
    clear: () => [relayHost()],
    ensure: () => [newConfig(), credentials(), 0, ApplyFlags.FORCE],
    expand_parameters: () => [['relayhost']],
    follow_delivery: () => ['A1', 0],
    lookup: () => [relayHost()],
    lookup_parameters: () => [['relayhost']],
    plan: () => [newConfig(), credentials(), 0],
    plan_main_cf: postfix => [newPlan(postfix).get_main_cf(), credentials(), 0],
    send_test: () => [RECIPIENT, null, LIMIT_MS],
    set_enabled: () => [true],
    store: () => [credentials()],
    undo: () => [ApplyFlags.FORCE],
};
const argumentsOf = (name, postfix) => ARGUMENTS[name] ? ARGUMENTS[name](postfix) : [];

function sourceOf(type, postfix) {
    if (type === 'CredentialStore' || type === 'SaslPasswdStore')
        return store;
    if (type === 'Plan')
        return newPlan(postfix);
    return type === 'RelayProbe'
        ? Nullmail.RelayProbe.new(Nullmail.RelayHost.parse('[127.0.0.1]:1')) : postfix;
}

// What each must come to; all others are true.
const RESULTS = {
    check: found => found[0].get_message().length > 0,
    create_probe: found => found.get_relay_host().to_string() === RELAY,
    ensure: found => found[1] === true,
    expand_parameters: found => found.relayhost === '',
    follow_delivery: found => found.get_state() === Nullmail.DeliveryState.QUEUED,
    get_defaults: found => found.mydomain === 'localdomain',
    list: found => found.length === 1,
    load_overview: found => found.recursiveUnpack().config['relay-host'] === RELAY,
    load_queue: found => found.get_n_entries() === 1,
    load_settings: found => 'config' in found.recursiveUnpack(),
    lookup: found => found.get_username() === 'host7',
    lookup_parameters: found => found.relayhost === '',
    plan: found => found.to_diff().includes(`+relayhost = ${RELAY}`),
    plan_main_cf: found => found.to_diff().includes(`+relayhost = ${RELAY}`),
    plan_purge: found => found instanceof Nullmail.Plan,
    plan_restore: found => found.to_diff().includes('-mydomain'),
    plan_undo: found => found.to_diff().includes('-mydomain'),
    query_service: found => found === Nullmail.ServiceState.ABSENT,
    run: found => found.get_outcome() === Nullmail.ProbeOutcome.CONNECT_FAILED,
    send_test: found => found.get_state() === Nullmail.DeliveryState.SENT,
};

async function testSuccess() {
    GLib.file_set_contents(`${etc}/main.cf`,
        `myhostname = a.example.com\nmaillog_file = ${log}\n`);
    const postfix = newInstance();
    let nAwaited = 0;
    for (const [type, names] of Object.entries(PAIRS)) {
        for (const name of names) {
            const source = sourceOf(type, postfix);
            try {
                const found = await source[`${name}_async`](...argumentsOf(name, postfix), null);
                check(name, RESULTS[name] ? RESULTS[name](found) : found);
            } catch (e) {
                // Nothing starts services at boot here.
                check(`${name}: ${e}`, name === 'set_enabled' &&
                    e.matches(Nullmail.Error, Nullmail.Error.FAILED));
            }
            nAwaited++;
        }
    }
    check('all', nAwaited, 30);
}

async function checkCancelled(what, promise) {
    try {
        await promise;
        check(what, 'no error', 'an error');
    } catch (e) {
        check(`${what}: ${e}`,
            Boolean(e.matches) && e.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED));
    }
}

async function testBefore() {
    const postfix = newInstance();
    const cancellable = new Gio.Cancellable();
    cancellable.cancel();
    for (const [type, names] of Object.entries(PAIRS)) {
        for (const name of names) {
            await checkCancelled(`${name}, cancelled before`, sourceOf(type, postfix)[
                `${name}_async`](...argumentsOf(name, postfix), cancellable));
        }
    }
}

// Cancels as soon as the call waits.
async function cancelWhen(hasBegun, what, begin) {
    const cancellable = new Gio.Cancellable();
    GLib.timeout_add(GLib.PRIORITY_DEFAULT, 5, () => {
        if (hasBegun())
            cancellable.cancel();
        return !cancellable.is_cancelled();
    });
    await checkCancelled(`${what}, cancelled while it waits`, begin(cancellable));
}

async function testPrograms() {
    newInstance().apply(newPlan(newInstance()), ApplyFlags.FORCE, null);
    const programs = {
        flush_queue: 'postqueue', load_queue: 'postqueue', send_test: 'sendmail',
        activate: 'postfix', query_service: 'postfix',
    };
    const others = ['apply', 'create_probe', 'set_enabled', 'follow_delivery', 'load_settings'];
    for (const name of PAIRS.PostfixInstance.filter(n => !others.includes(n))) {
        const program = programs[name] || 'postconf';
        const given = argumentsOf(name, newInstance());
        const postfix = newInstance(program === 'postfix'
            ? ServiceControl.COMMAND : ServiceControl.DISABLED);
        setSlow(program, true);
        await cancelWhen(() => exists(begun), name,
            c => postfix[`${name}_async`](...given, c));
        setSlow(program, false);
    }

    await cancelWhen(() => exists(`${commands}/listed`), 'follow_delivery',
        c => newInstance().follow_delivery_async('A1', LIMIT_MS, c));

    GLib.file_set_contents(`${etc}/master.cf`, 'smtp unix - - n - - smtp\n');
    const document = newInstance().load_main_cf(null);
    document.set_value('smtp_sasl_password_maps', `socketmap:unix:${etc}/main.cf:passwords`);
    const plan = newInstance().plan_main_cf(document, null, 0, null);
    setSlow('postmap', true);
    await cancelWhen(() => exists(begun), 'create_probe', c => plan.create_probe_async(c));
    setSlow('postmap', false);
    GLib.unlink(`${etc}/master.cf`);
}

// Another program has the lock of the configuration.
async function testLock() {
    const edit = newEdit(newInstance());
    const ready = `${folder}/locked`;
    const holder = Gio.Subprocess.new(['flock', '--no-fork', `${etc}/main.cf.tmp`, 'sh',
        '-c', `chmod 600 ${etc}/main.cf.tmp; : >${ready}; exec sleep 3600`], 0);
    while (!exists(ready))
        GLib.usleep(5000);
    for (const [name, begin] of Object.entries({
        apply: c => newInstance().apply_async(edit, 0, c),
        store: c => store.store_async(credentials(), c),
        clear: c => store.clear_async(relayHost(), c),
        rebuild: c => store.rebuild_async(c),
    })) {
        const cancellable = new Gio.Cancellable();
        GLib.timeout_add(GLib.PRIORITY_DEFAULT, 100, () => {
            cancellable.cancel();
            return GLib.SOURCE_REMOVE;
        });
        await checkCancelled(`${name}, cancelled while another writes`, begin(cancellable));
    }
    holder.force_exit();
}

// A server that takes connections and says nothing; the list of them.
function listen(address) {
    const connections = [];
    const service = new Gio.SocketService();
    const [, effective] = service.add_address(address, Gio.SocketType.STREAM,
        Gio.SocketProtocol.DEFAULT, null);
    service.connect('incoming', (_, connection) => {
        connections.push(connection);
        return true;
    });
    service.start();
    return {service, connections, effective};
}

async function testSilence() {
    const loopback = new Gio.InetSocketAddress({
        address: Gio.InetAddress.new_loopback(Gio.SocketFamily.IPV4), port: 0,
    });
    const relay = listen(loopback);
    const probe = Nullmail.RelayProbe.new(
        Nullmail.RelayHost.parse(`[127.0.0.1]:${relay.effective.get_port()}`));
    await cancelWhen(() => relay.connections.length > 0, 'run', c => probe.run_async(c));

    // The folder's own name may be too long for one of a socket.
    const path = `${GLib.Dir.make_tmp('s-XXXXXX')}/bus`;
    const short = path.length < 100 ? path : `/tmp/nullmail-${GLib.uuid_string_random()}`;
    const bus = listen(Gio.UnixSocketAddress.new(short));
    GLib.setenv('DBUS_SYSTEM_BUS_ADDRESS', `unix:path=${short}`, true);
    GLib.setenv('DBUS_SESSION_BUS_ADDRESS', `unix:path=${short}`, true);
    const postfix = newInstance(ServiceControl.SYSTEMD);
    GLib.file_set_contents(`${etc}/master.cf`, '');
    const waiting = {set_enabled: c => postfix.set_enabled_async(true, c)};
    if (Nullmail.SecretStore) {
        const secrets = Nullmail.SecretStore.new();
        waiting.lookup = c => secrets.lookup_async(relayHost(), c);
        waiting.list = c => secrets.list_async(c);
    }
    for (const [name, begin] of Object.entries(waiting)) {
        const nBefore = bus.connections.length;
        await cancelWhen(() => bus.connections.length > nBefore, name, begin);
    }
    GLib.unlink(short);
}

const loop = new GLib.MainLoop(null, false);
(async () => {
    await testSuccess();
    await testBefore();
    await testPrograms();
    await testLock();
    await testSilence();
})().catch(e => {
    fail(`${e}\n${e.stack}`);
}).finally(() => loop.quit());
loop.run();

finish(80);
