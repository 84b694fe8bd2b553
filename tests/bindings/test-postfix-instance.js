// SPDX-FileCopyrightText: 2026 The libnullmail authors
// SPDX-License-Identifier: LGPL-2.1-or-later

imports.gi.versions.Nullmail = '1.0';
const {Gio, GLib, Nullmail} = imports.gi;
const {ApplyFlags, ChangeKind, FindingCode, PlanFlags, ServiceControl} = Nullmail;
const {SECRET, check, checkFails, checkFailsLater, fail, finish, folder, standIns} = imports.checks;
const ByteArray = imports.byteArray;

const RELAY = '[smtp.example.com]:587';
const OTHER = '[other.example.com]:587';
const MAIN_CF = '# A comment.\nmyhostname = host.example.com\n\ninet_interfaces = loopback-only\n';

const commands = standIns();
const [etc, state] = ['etc', 'state'].map(name => `${folder}/${name}`);
const mainCf = `${etc}/main.cf`;
const saslPasswd = `${etc}/sasl_passwd`;
GLib.mkdir_with_parents(etc, 0o755);

const read = path => ByteArray.toString(GLib.file_get_contents(path)[1]);
const write = (path, text) => GLib.file_set_contents(path, text);
const relayHost = (text = RELAY) => Nullmail.RelayHost.parse(text);
const credentials = (relay = RELAY, password = SECRET) =>
    Nullmail.RelayCredentials.new(relayHost(relay), 'host7', password);

const newInstance = () => new Nullmail.PostfixInstance({
    config_directory: etc, command_directory: commands, state_directory: state,
    service_control: ServiceControl.DISABLED,
});
const newConfig = (relay = RELAY) => new Nullmail.NullClientConfig({
    relay_host: relayHost(relay), origin: 'example.com', authentication: true,
});

for (const name of ['inspect', 'get_defaults', 'lookup_parameters', 'check', 'plan', 'plan_main_cf',
    'plan_undo', 'plan_restore', 'apply', 'undo', 'plan_purge', 'purge_credentials',
    'query_service', 'activate', 'ensure', 'load_overview', 'load_settings', 'expand_parameters'])
    Gio._promisify(Nullmail.PostfixInstance.prototype, `${name}_async`, `${name}_finish`);
for (const name of ['lookup', 'store', 'clear', 'list'])
    Gio._promisify(Nullmail.SaslPasswdStore.prototype, `${name}_async`, `${name}_finish`);
Gio._promisify(Nullmail.SaslPasswdStore.prototype, 'rebuild_async', 'rebuild_finish');

Gio._promisify(Nullmail.Plan.prototype, 'create_probe_async', 'create_probe_finish');

function testInstance() {
    write(mainCf, MAIN_CF);
    const postfix = newInstance();
    check('new', Nullmail.PostfixInstance.new(null).config_directory, '/etc/postfix');
    check('state directory', Nullmail.PostfixInstance.new('/x').state_directory,
        '/var/lib/nullmail');
    check('properties', [postfix.config_directory, postfix.command_directory,
        postfix.state_directory, postfix.service_control],
    [etc, commands, state, ServiceControl.DISABLED]);
    check('before inspect', [postfix.version, postfix.map_types, postfix.default_map_type,
        postfix.queue_directory, postfix.can_undo], [null, [], null, null, false]);
    check('inspect', postfix.inspect(null));
    check('after inspect', [postfix.version, postfix.map_types, postfix.default_map_type,
        postfix.queue_directory],
    ['3.7.11', ['hash', 'inline', 'texthash'], 'texthash', '/var/spool/postfix']);
    check('defaults', postfix.get_defaults(null).mydomain, 'localdomain');
    check('lookup', postfix.lookup_parameters(['relayhost'], null), {relayhost: ''});
    check('expanded', postfix.expand_parameters(['relayhost'], null), {relayhost: ''});
    check('settings', Object.keys(postfix.load_settings(null).recursiveUnpack()).sort(),
        ['config', 'effective']);
    checkFails('unknown', Nullmail.Error.NOT_FOUND,
        () => postfix.lookup_parameters(['nosuch'], null));
    check('service', postfix.query_service(null), Nullmail.ServiceState.ABSENT);
    check('activate', postfix.activate(Nullmail.Activation.RELOAD, null));
    check('stop', postfix.activate(Nullmail.Activation.STOP, null));
    check('store', postfix.get_sasl_passwd_store(null).path, saslPasswd);
    check('document', ByteArray.toString(ByteArray.fromGBytes(
        postfix.load_main_cf(null).to_bytes())), MAIN_CF);
    write(mainCf, `${MAIN_CF}relayhost = a\nrelayhost = a\n`);
    const finding = postfix.check(null)
        .find(f => f.get_code() === FindingCode.DUPLICATE_PARAMETER);
    check('finding', [finding.get_parameter(), finding.get_path(), finding.get_severity(),
        finding.get_suggestion()], ['relayhost', mainCf, Nullmail.Severity.WARNING, null]);
    check('page', finding.get_url().endsWith('/findings.html#duplicate-parameter'));
    check('can be fixed', finding.can_fix());
    check('finding as variant', finding.to_variant().recursiveUnpack().code, 'duplicate-parameter');
    write(mainCf, `${MAIN_CF}mydestination =\nsender_canonical_maps = static:a@example.com\n`);
    check('addresses', postfix.check(null)
        .filter(f => [FindingCode.SENDER_NOT_SET, FindingCode.BOUNCES_REWRITTEN,
            FindingCode.ROOT_MAIL_NOWHERE].includes(f.get_code()))
        .map(f => [f.get_parameter(), f.get_suggestion()]),
    [['sender_canonical_maps', 'regexp:{ {/@/ a@example.com} }'], ['virtual_alias_maps', null]]);
    write(mainCf, `${MAIN_CF}relayhost = a\nrelayhost = a\n`);
    const document = postfix.load_main_cf(null);
    check('fix', [finding.fix(document), finding.fix(document), document.list_duplicates()],
        [true, false, []]);
    write(mainCf, `${MAIN_CF}lmtp_sasl_password_maps = static:u:geheim\n`);
    const plain = postfix.check(null)
        .find(f => f.get_code() === FindingCode.PASSWORD_IN_MAIN_CF);
    check('password in main.cf', [plain.get_parameter(), plain.get_severity()],
        ['lmtp_sasl_password_maps', Nullmail.Severity.ERROR]);
    write(mainCf, `${MAIN_CF}relayhost = a\ndefer_transports = smtp\nauthorized_submit_users =\n`);
    check('held', postfix.check(null)
        .filter(f => [FindingCode.MAIL_HELD, FindingCode.SUBMISSION_REFUSED].includes(f.get_code()))
        .map(f => [f.get_parameter(), f.get_subject(), f.get_severity()]),
    [['authorized_submit_users', null, Nullmail.Severity.ERROR],
        ['defer_transports', 'smtp', Nullmail.Severity.ERROR]]);
    write(mainCf, `${MAIN_CF}lmtp_sasl_password_maps = static:u:geheim\n`);
    check('masked', postfix.lookup_parameters(['lmtp_sasl_password_maps'], null),
        {'lmtp_sasl_password_maps': 'static:********'});
}

function testPlan() {
    write(mainCf, MAIN_CF);
    const postfix = newInstance();
    let plan = postfix.plan(newConfig(), credentials(), PlanFlags.NONE, null);
    check('plan', [plan.is_empty(), plan.activation, plan.get_activation()],
        [false, Nullmail.Activation.RELOAD, Nullmail.Activation.RELOAD]);
    const change = plan.get_changes().find(c => c.get_subject() === 'relayhost');
    check('change', [change.get_kind(), change.get_path(), change.get_old_value(),
        change.get_new_value()], [ChangeKind.PARAMETER, mainCf, null, RELAY]);
    check('change as variant', change.to_variant().recursiveUnpack(),
        {'kind': 'parameter', 'path': mainCf, 'subject': 'relayhost', 'new-value': RELAY});
    check('diff', plan.to_diff().includes(`+${RELAY} host7:********\n`));
    const variant = plan.to_variant().recursiveUnpack();
    check('variant', Object.keys(variant).sort(), ['activation', 'changes', 'diff', 'findings']);
    check('no secret', !JSON.stringify(variant).includes(SECRET));
    check('writes nothing', read(mainCf), MAIN_CF);
    check('apply', postfix.apply(plan, ApplyFlags.FORCE, null));
    check('password', read(saslPasswd), `${RELAY} host7:${SECRET}\n`);
    checkFails('twice', Nullmail.Error.CONFLICT,
        () => postfix.apply(plan, ApplyFlags.FORCE, null));

    plan = postfix.plan(newConfig(), credentials(), PlanFlags.NONE, null);
    check('again', [plan.is_empty(), plan.to_diff(), plan.get_changes().length], [true, '', 0]);
    check('empty', postfix.apply(plan, ApplyFlags.NONE, null));
    plan = postfix.plan(postfix.load_config(null), credentials(RELAY, 'another'), 0, null);
    check('changed', plan.to_diff().includes('******** (changed)'));
    checkFails('another relay', Nullmail.Error.INVALID_ARGUMENT,
        () => postfix.plan(newConfig(), credentials(OTHER), PlanFlags.NONE, null));

    // Somebody else's edits stay, whatever was loaded before.
    const config = postfix.load_config(null);
    write(mainCf, read(mainCf).replace('host.example.com', 'theirs.example.com'));
    config.hostname = config.hostname;
    config.keep('hostname');
    config.relay_host = relayHost(OTHER);
    plan = postfix.plan(config, null, PlanFlags.NONE, null);
    check('one change', plan.get_changes().map(c => c.get_subject()), ['relayhost']);
    write(mainCf, `${read(mainCf)}# theirs\n`);
    checkFails('conflict', Nullmail.Error.CONFLICT,
        () => postfix.apply(plan, ApplyFlags.FORCE, null));

    write(saslPasswd, `[a.example] a:b\n${read(saslPasswd)}`);
    plan = postfix.plan(postfix.load_config(null), null, PlanFlags.DROP_OTHER_CREDENTIALS, null);
    postfix.apply(plan, ApplyFlags.FORCE, null);
    check('dropped', read(saslPasswd), `${RELAY} host7:${SECRET}\n`);

    const second = `${folder}/second`;
    GLib.mkdir_with_parents(second, 0o755);
    write(`${second}/main.cf`, `relayhost = [a.example]\nsmtp_sasl_auth_enable = yes\n` +
        `smtp_sasl_password_maps = texthash:${saslPasswd}\n`);
    write(mainCf, `${read(mainCf)}multi_instance_directories = ${second}\n`);
    write(saslPasswd, `[a.example] a:b\n[b.example] a:b\n${read(saslPasswd)}`);
    plan = postfix.plan(postfix.load_config(null), null, PlanFlags.DROP_OTHER_CREDENTIALS, null);
    check('shared', plan.get_findings()
        .filter(f => f.get_code() === FindingCode.CREDENTIALS_SHARED)
        .map(f => [f.get_subject(), f.get_path(), f.get_severity()]),
    [['[a.example]', saslPasswd, Nullmail.Severity.NOTICE]]);
    postfix.apply(plan, ApplyFlags.FORCE, null);
    check('kept', read(saslPasswd), `[a.example] a:b\n${RELAY} host7:${SECRET}\n`);
}

function testTool() {
    write(mainCf, MAIN_CF);
    const postfix = newInstance();
    const planned = postfix.plan(newConfig(), credentials(), PlanFlags.NONE, null);
    const digest = planned.get_digest();
    check('digest', [digest.length, newInstance()
        .plan(newConfig(), credentials(), PlanFlags.NONE, null).get_digest()], [64, digest]);
    check('will change', planned.will_change(ApplyFlags.FORCE, null), [true, true]);
    const texts = planned.to_texts().recursiveUnpack();
    check('texts', [texts[0].path, texts[0].before, texts[0].after.includes(`= ${RELAY}\n`)],
        [mainCf, MAIN_CF, true]);
    const codes = plan => plan.get_new_findings().map(finding => finding.get_code());
    check('new findings', codes(planned).length > 0, true);

    let [plan, changed] = postfix.ensure(newConfig(), credentials(), PlanFlags.NONE,
        ApplyFlags.FORCE, null);
    check('ensure', [plan.is_empty(), changed], [false, true]);
    [plan, changed] = postfix.ensure(newConfig(), credentials(), PlanFlags.NONE,
        ApplyFlags.FORCE, null);
    check('ensured', [plan.is_empty(), changed], [true, false]);
    check('will not', plan.will_change(ApplyFlags.START, null), [true, false]);
    checkFails('ensure', Nullmail.Error.INVALID_CONFIG, () => postfix.ensure(
        new Nullmail.NullClientConfig(), null, PlanFlags.NONE, ApplyFlags.NONE, null));

    const overview = postfix.load_overview(null).recursiveUnpack();
    check('overview', Object.keys(overview).sort(), ['can-undo', 'config', 'credentials',
        'effective', 'findings', 'map-types', 'service', 'version']);
    check('effective', overview.effective['relay-host'],
        {parameters: ['relayhost'], state: 'loaded', value: RELAY});
    check('service', overview.service, ['absent']);
    check('no secret', !JSON.stringify(overview).includes(SECRET));
}

function testUndo() {
    write(mainCf, MAIN_CF);
    GLib.spawn_command_line_sync(`rm -rf ${state} ${saslPasswd}`);
    const postfix = newInstance();
    checkFails('nothing', Nullmail.Error.NOTHING_TO_UNDO,
        () => postfix.undo(ApplyFlags.NONE, null));
    postfix.apply(postfix.plan(newConfig(), credentials(), 0, null), ApplyFlags.FORCE, null);
    const after = read(mainCf);
    check('can undo', postfix.can_undo);
    check('undo', [postfix.undo(ApplyFlags.FORCE, null), read(mainCf)], [true, MAIN_CF]);
    check('redo', [postfix.undo(ApplyFlags.FORCE, null), read(mainCf)], [true, after]);
    write(mainCf, `${after}mydomain = theirs\n`);
    postfix.apply(postfix.plan_restore(null), ApplyFlags.FORCE, null);
    check('restore', read(mainCf), `${MAIN_CF}mydomain = theirs\n`);
    check('purge', postfix.purge_credentials(null), true);
    check('purged', GLib.file_test(saslPasswd, GLib.FileTest.EXISTS), false);
}

function testStore() {
    const store = new Nullmail.SaslPasswdStore({
        path: `${folder}/passwords`, map_type: 'texthash', command_directory: commands,
    });
    check('map', [store.map_type, store.get_map_path(), store.is_stale()],
        ['texthash', null, false]);
    check('map path', Nullmail.SaslPasswdStore.new('/a', 'lmdb').get_map_path(), '/a.lmdb');
    check('none', [store.lookup(relayHost(), null), store.list(null)], [null, []]);
    check('clear', store.clear(relayHost(), null));
    check('store', store.store(credentials(), null));
    check('equal', store.lookup(relayHost(), null).equal(credentials()));
    for (let i = 0; i < 20; i++) {
        check('list', store.list(null).map(c => [c.get_relay_host().to_string(),
            c.get_username(), c.has_password()]), [[RELAY, 'host7', false]]);
    }
    check('rebuild', store.rebuild(null));
    check('is a store', store instanceof Nullmail.CredentialStore);
}

async function testAsync() {
    write(mainCf, MAIN_CF);
    GLib.spawn_command_line_sync(`rm -rf ${state} ${saslPasswd}`);
    const postfix = newInstance();
    check('inspect', await postfix.inspect_async(null));
    check('defaults', (await postfix.get_defaults_async(null)).mydomain, 'localdomain');
    check('lookup', await postfix.lookup_parameters_async(['relayhost'], null), {relayhost: ''});
    check('check', Array.isArray(await postfix.check_async(null)));
    check('activate', await postfix.activate_async(Nullmail.Activation.RELOAD, null));
    await postfix.query_service_async(null);
    const plan = await postfix.plan_async(newConfig(), credentials(), PlanFlags.NONE, null);
    check('apply', await postfix.apply_async(plan, ApplyFlags.FORCE, null));
    await checkFailsLater('twice', Nullmail.Error.CONFLICT,
        postfix.apply_async(plan, ApplyFlags.FORCE, null));
    check('undo', await postfix.undo_async(ApplyFlags.FORCE, null));
    check('undone', read(mainCf), MAIN_CF);
    await postfix.apply_async(await postfix.plan_undo_async(null), ApplyFlags.FORCE, null);
    await postfix.apply_async(await postfix.plan_restore_async(null), ApplyFlags.FORCE, null);
    check('restored', read(mainCf), MAIN_CF);
    check('plan purge', (await postfix.plan_purge_async(null)).is_empty(), false);
    check('purge', await postfix.purge_credentials_async(null));
    const document = postfix.load_main_cf(null);
    document.set_value('mydomain', 'example.org');
    const edit = await postfix.plan_main_cf_async(document, null, PlanFlags.NONE, null);
    check('document', edit.get_changes().length, 1);

    const cancelled = new Gio.Cancellable();
    cancelled.cancel();
    try {
        await postfix.apply_async(edit, ApplyFlags.NONE, cancelled);
        check('cancelled', 'no error', 'an error');
    } catch (e) {
        check('cancelled', e.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED));
    }
    check('cancelled', read(mainCf), MAIN_CF);
    const [ensured, changed] = await postfix.ensure_async(newConfig(OTHER), credentials(OTHER),
        PlanFlags.NONE, ApplyFlags.FORCE, null);
    check('ensure', [ensured.is_empty(), changed], [false, true]);
    check('overview', (await postfix.load_overview_async(null)).recursiveUnpack()['can-undo']);
    check('back', await postfix.undo_async(ApplyFlags.FORCE, null));

    const store = new Nullmail.SaslPasswdStore({
        path: `${folder}/more`, map_type: 'texthash', command_directory: commands,
    });
    check('store', await store.store_async(credentials(), null));
    check('lookup', (await store.lookup_async(relayHost(), null)).equal(credentials()));
    check('none', await store.lookup_async(relayHost(OTHER), null), null);
    check('list', (await store.list_async(null)).length, 1);
    check('rebuild', await store.rebuild_async(null));
    check('clear', await store.clear_async(relayHost(), null));
    GLib.unlink(mainCf);
    await checkFailsLater('missing', Nullmail.Error.NOT_FOUND,
        postfix.plan_async(newConfig(), null, PlanFlags.NONE, null));
}

async function testProbe() {
    write(mainCf, MAIN_CF);
    const plan = newInstance().plan(newConfig(), credentials(), PlanFlags.NONE, null);
    for (const probe of [plan.create_probe(null), await plan.create_probe_async(null)]) {
        check('relay of the probe', probe.relay_host.to_string(), RELAY);
        check('its level', probe.tls_level, Nullmail.TlsLevel.SECURE);
        check('its login', probe.credentials.get_username(), 'host7');
    }
}

const loop = new GLib.MainLoop(null, false);
(async () => {
    testInstance();
    testPlan();
    testTool();
    testUndo();
    testStore();
    await testAsync();
    await testProbe();
})().catch(e => {
    fail(`${e}\n${e.stack}`);
}).finally(() => loop.quit());
loop.run();

finish(75);
