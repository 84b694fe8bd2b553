// SPDX-FileCopyrightText: 2026 The libnullmail authors
// SPDX-License-Identifier: LGPL-2.1-or-later
// The mail queue, a test message, and what becomes of it, from JavaScript.

imports.gi.versions.Nullmail = '1.0';
const {Gio, GLib, Nullmail} = imports.gi;
const {check, checkFails, checkFailsLater, fail, finish, folder, standIns} = imports.checks;
const {DelayCause, DeliveryState, ServiceControl} = Nullmail;

const RECIPIENT = 'admin@example.com';
const REASON = 'connect to relay.example.com[192.0.2.1]:587: Connection refused';
const AUTH = 'SASL authentication failed; server smtp.gmail.com[192.0.2.1] said: 534-5.7.9 ' +
    'Application-specific password required.';
const AT = 'Nov 30 07:55:41 host postfix';
const LINE = JSON.stringify({
    queue_name: 'deferred', queue_id: 'A1', arrival_time: 1700000000, message_size: 300,
    sender: 'MAILER-DAEMON', recipients: [{address: RECIPIENT, delay_reason: REASON}],
});

const commands = standIns();
const etc = `${folder}/etc`;
const log = `${folder}/mail.log`;
GLib.mkdir_with_parents(etc, 0o755);
GLib.file_set_contents(`${etc}/main.cf`, `myhostname = a.example.com\nmaillog_file = ${log}\n`);

function addCommand(name, script) {
    GLib.file_set_contents(`${commands}/${name}`, `#!/bin/sh\nhere=$(dirname "$0")\n${script}\n`);
    GLib.spawn_command_line_sync(`chmod 755 ${commands}/${name}`);
}

addCommand('postqueue', '[ "$3" != -j ] || cat "$here/queue"');
addCommand('sendmail', `id=$(sed -n 's/^Message-ID: <\\(.*\\)>$/\\1/p')
echo "${AT}/cleanup[6]: B2: message-id=<$id>" >>'${log}'
echo "${AT}/smtp[7]: B2: to=<${RECIPIENT}>, relay=r[192.0.2.1]:587, delay=0.25, dsn=2.0.0, ` +
    `status=sent (250 Ok)" >>'${log}'
echo "${AT}/qmgr[5]: B2: removed" >>'${log}'`);
const setQueue = text => GLib.file_set_contents(`${commands}/queue`, text);
setQueue(`${LINE}\n`);

for (const name of ['load_queue', 'flush_queue', 'send_test', 'follow_delivery'])
    Gio._promisify(Nullmail.PostfixInstance.prototype, `${name}_async`, `${name}_finish`);

const postfix = new Nullmail.PostfixInstance({
    config_directory: etc, command_directory: commands, state_directory: `${folder}/state`,
    service_control: ServiceControl.DISABLED,
});

function testQueue() {
    const bytes = new GLib.Bytes(imports.byteArray.fromString(`${LINE}\n`));
    const queue = Nullmail.MailQueue.new_from_bytes(bytes);
    for (let i = 0; i < 20; i++) {
        check('entries', queue.get_entries().map(e => [e.get_queue_id(), e.get_queue_name(),
            e.get_sender(), e.get_recipients(), e.get_delay_reasons(), e.get_cause()]),
        [['A1', 'deferred', '', [RECIPIENT], [REASON], DelayCause.NETWORK]]);
    }
    check('count', [queue.get_n_entries(), queue.count_cause(DelayCause.NETWORK)], [1, 1]);
    check('entry', [queue.get_entry('A1').get_size(), queue.get_entry('A2')], [300, null]);
    check('variant', queue.to_variant().recursiveUnpack().entries[0].cause, 'network');
    check('cause', DelayCause.from_reason(AUTH), DelayCause.AUTHENTICATION);
    check('remedy',
        DelayCause.get_remedy(DelayCause.AUTHENTICATION, AUTH).includes('app password'));
    check('no remedy', DelayCause.get_remedy(DelayCause.UNKNOWN, ''), null);
    checkFails('not JSON', Nullmail.Error.INVALID_FILE, () => Nullmail.MailQueue.new_from_bytes(
        new GLib.Bytes(imports.byteArray.fromString('Mail queue is empty'))));
}

async function testMail() {
    check('load', (await postfix.load_queue_async(null)).get_n_entries(), 1);
    check('flush', await postfix.flush_queue_async(null));
    const sent = await postfix.send_test_async(RECIPIENT, null, 20000, null);
    check('sent', [sent.get_queue_id(), sent.get_state() === DeliveryState.SENT, sent.get_reply(),
        sent.get_relay(), sent.get_delay_ms(), sent.get_detail()],
    ['B2', true, '250 Ok', 'r[192.0.2.1]:587', 250, null]);
    check('variant', sent.to_variant().recursiveUnpack().state, 'sent');
    check('equal', sent.equal(await postfix.follow_delivery_async('B2', 20000, null)));
    const waits = await postfix.follow_delivery_async('A1', 20000, null);
    check('deferred', [waits.get_state(), waits.get_cause(), waits.get_reply()],
        [DeliveryState.DEFERRED, DelayCause.NETWORK, REASON]);
    await checkFailsLater('unknown', Nullmail.Error.NOT_FOUND,
        postfix.follow_delivery_async('A2', 0, null));
    await checkFailsLater('an option', Nullmail.Error.INVALID_ARGUMENT,
        postfix.send_test_async('-bp', null, 20000, null));
}

async function testCancellation() {
    setQueue(`${LINE.replace('deferred', 'active')}\n`);
    const calls = {
        follow: c => postfix.follow_delivery_async('A1', 3600000, c),
        load: c => postfix.load_queue_async(c),
    };
    addCommand('postqueue', 'cat "$here/queue"; [ ! -e "$here/slow" ] || exec sleep 300');
    for (const [name, call] of Object.entries(calls)) {
        const cancellable = new Gio.Cancellable();
        GLib.timeout_add(GLib.PRIORITY_DEFAULT, 300, () => {
            cancellable.cancel();
            return GLib.SOURCE_REMOVE;
        });
        try {
            await call(cancellable);
            check(name, 'no error', 'an error');
        } catch (e) {
            check(name, e.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED));
        }
        GLib.file_set_contents(`${commands}/slow`, '');
    }
}

const loop = new GLib.MainLoop(null, false);
(async () => {
    testQueue();
    await testMail();
    await testCancellation();
})().catch(e => {
    fail(`${e}\n${e.stack}`);
}).finally(() => loop.quit());
loop.run();

finish(38);
