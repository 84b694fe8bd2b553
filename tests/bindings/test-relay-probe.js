// SPDX-FileCopyrightText: 2026 The libnullmail authors
// SPDX-License-Identifier: LGPL-2.1-or-later

imports.gi.versions.Nullmail = '1.0';
const {Gio, GLib, Nullmail} = imports.gi;
const {SECRET, check, checkFails, fail, finish} = imports.checks;
const {ProbeOutcome, TlsLevel} = Nullmail;

Gio._promisify(Nullmail.RelayProbe.prototype, 'run_async', 'run_finish');

// A relay of this process: what it says to each line, and every line that came.
class Relay {
    constructor(replies) {
        this.replies = replies;
        this.lines = [];
        this.service = new Gio.SocketService();
        const address = new Gio.InetSocketAddress({
            address: Gio.InetAddress.new_loopback(Gio.SocketFamily.IPV4), port: 0,
        });
        const [, effective] = this.service.add_address(address, Gio.SocketType.STREAM,
            Gio.SocketProtocol.TCP, null);
        this.port = effective.get_port();
        this.service.connect('incoming', (_, connection) => {
            this.connection = connection;
            this.input = new Gio.DataInputStream({base_stream: connection.get_input_stream()});
            this.say(this.replies['']);
            this.listen();
            return true;
        });
        this.service.start();
    }

    say(text) {
        if (text)
            this.connection.get_output_stream().write_all(text, null);
    }

    listen() {
        this.input.read_line_async(GLib.PRIORITY_DEFAULT, null, (input, result) => {
            let line = null;
            try {
                [line] = input.read_line_finish_utf8(result);
            } catch (e) {
                return;
            }
            if (line === null)
                return;
            this.lines.push(line.trim());
            this.say(this.replies[line.split(' ')[0].trim()]);
            this.listen();
        });
    }

    get relayHost() {
        return Nullmail.RelayHost.parse(`[127.0.0.1]:${this.port}`);
    }
}

const GREETING = '220 fake.example.com ESMTP\r\n';

function newProbe(relay, level) {
    const probe = Nullmail.RelayProbe.new(relay.relayHost);
    probe.tls_level = level;
    return probe;
}

async function testRun() {
    const relay = new Relay({'': GREETING, EHLO: '250-fake.example.com\r\n250 SIZE 1000\r\n'});
    const probe = newProbe(relay, TlsLevel.MAY);
    const seen = [];
    probe.connect('step', (_, name, outcome) => seen.push([name, outcome]));
    const report = await probe.run_async(null);
    check('ok', [report.is_ok(), report.get_outcome()], [true, ProbeOutcome.OK]);
    check('banner', report.get_banner(), 'fake.example.com ESMTP');
    check('extensions', report.get_extensions(), ['SIZE 1000']);
    check('names', report.get_certificate_names(), []);
    check('steps', report.get_steps().recursiveUnpack().map(step => step.name),
        ['dns', 'connect', 'greeting', 'ehlo', 'tls']);
    check('signal', seen.map(([name]) => name), ['dns', 'connect', 'greeting', 'ehlo', 'tls']);
    check('signal outcomes', seen.every(([, outcome]) => outcome === ProbeOutcome.OK));
    check('variant', report.to_variant().recursiveUnpack().outcome, 'ok');
    check('EHLO', relay.lines[0].startsWith('EHLO '));
}

async function testNoPasswordInClear() {
    const relay = new Relay({'': GREETING, EHLO: '250-fake\r\n250 AUTH PLAIN\r\n'});
    const probe = newProbe(relay, TlsLevel.MAY);
    probe.credentials = Nullmail.RelayCredentials.new(relay.relayHost, 'host7', SECRET);
    const report = await probe.run_async(null);
    check('no TLS', report.get_outcome(), ProbeOutcome.TLS_UNAVAILABLE);
    check('not tried', report.get_login_tried(), false);
    check('remedy', report.get_remedy() !== '');
    check('no AUTH', relay.lines.filter(line => !/^(EHLO|QUIT)/.test(line)), []);
    check('no secret', !JSON.stringify(report.to_variant().recursiveUnpack()).includes(SECRET));
}

async function testCancel() {
    const relay = new Relay({'': GREETING});
    const probe = newProbe(relay, TlsLevel.NONE);
    const cancellable = new Gio.Cancellable();
    probe.timeout = 600000;
    probe.connect('step', (_, name) => {
        if (name === 'greeting')
            cancellable.cancel();
    });
    try {
        await probe.run_async(cancellable);
        fail('cancelled: no error');
    } catch (e) {
        check('cancelled', e.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED));
    }
}

function testProperties() {
    const config = Nullmail.NullClientConfig.new_for_relay('[a.example.com]:465');
    config.tls_level = TlsLevel.ENCRYPT;
    const probe = Nullmail.RelayProbe.new_for_config(config);
    check('config', [probe.relay_host.to_string(), probe.tls_level, probe.tls_wrapper,
        probe.tls_ca_file, probe.timeout, probe.sasl_security_options],
    ['[a.example.com]:465', TlsLevel.ENCRYPT, true, null, 10000, ['noanonymous']]);
    checkFails('no relay', Nullmail.Error.INVALID_CONFIG,
        () => Nullmail.RelayProbe.new_for_config(new Nullmail.NullClientConfig()));
    checkFails('nothing to ask', Nullmail.Error.INVALID_ARGUMENT,
        () => new Nullmail.RelayProbe().run(null));
}

const loop = new GLib.MainLoop(null, false);
(async () => {
    testProperties();
    await testRun();
    await testNoPasswordInClear();
    await testCancel();
})().catch(e => fail(`${e.message}\n${e.stack}`)).finally(() => loop.quit());
loop.run();
finish(20);
