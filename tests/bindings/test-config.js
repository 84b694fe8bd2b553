// SPDX-FileCopyrightText: 2026 The libnullmail authors
// SPDX-License-Identifier: LGPL-2.1-or-later

imports.gi.versions.Nullmail = '1.0';
const {Gio, GLib, GObject, Nullmail} = imports.gi;
const Config = Nullmail.NullClientConfig;
const {SettingState, TlsLevel} = Nullmail;
const {check, checkFails, finish} = imports.checks;
const ByteArray = imports.byteArray;

const relay = Nullmail.RelayHost.parse('[smtp.example.com]:587');
const document = text => Nullmail.MainCf.new_from_bytes(new GLib.Bytes(ByteArray.fromString(text)));
const textOf = mainCf => ByteArray.toString(ByteArray.fromGBytes(mainCf.to_bytes()));

// Relay host
check('port', relay.get_port(), 587);
check('host', [relay.get_host(), relay.get_service(), relay.get_mx_lookup()],
    ['smtp.example.com', '587', false]);
check('no service', Nullmail.RelayHost.parse('a').get_service(), null);
check('new', Nullmail.RelayHost.new('a', null, false).to_string(), '[a]');
check('new', new Nullmail.RelayHost('a', null, false).to_string(), '[a]');
check('equal', relay.equal(Nullmail.RelayHost.parse('[SMTP.example.com]:587')));
for (const text of ['', 'a b', 'u@h', '2001:db8::1', 'a:0', 'a\n', 'a\r'])
    checkFails(`relay ${text}`, Nullmail.Error.INVALID_RELAY_HOST,
        () => Nullmail.RelayHost.parse(text));

// Credentials
const credentials = Nullmail.RelayCredentials.new(relay, 'host7', 'secret');
check('credentials', credentials.to_variant().recursiveUnpack(),
    {'relay-host': '[smtp.example.com]:587', 'username': 'host7', 'has-password': true});
checkFails('user name', Nullmail.Error.INVALID_CREDENTIALS,
    () => Nullmail.RelayCredentials.new(relay, 'a:b', 'x'));
checkFails('descriptor', Nullmail.Error.INVALID_CREDENTIALS,
    () => Nullmail.RelayCredentials.new_from_fd(relay, 'u', -1, null));
checkFails('target', Nullmail.Error.INVALID_ARGUMENT, () => credentials.write_password(-1, null));

// A fresh configuration
let config = new Config({relay_host: relay, origin: 'example.com', authentication: true});
check('keyword', config.relay_host.to_string(), '[smtp.example.com]:587');
check('property', config.origin, 'example.com');
check('list', config.networks, ['127.0.0.0/8', '[::1]/128']);
check('empty list', config.destinations, []);
check('null', config.hostname, null);
check('derived', config.tls_level, TlsLevel.SECURE);
check('state', config.get_state('tls-level'), SettingState.DERIVED);
check('valid', config.validate());

// Assigning, as a property and by the setter
const told = [];
const states = [];
config.connect('notify', (c, pspec) => told.push(pspec.name));
config.connect('state-changed', (c, name) => states.push(name));
config.tls_level = TlsLevel.ENCRYPT;
config.set_destinations(['a', 'b']);
config.sasl_mechanisms = ['plain'];
check('told', told.sort(), ['destinations', 'local-delivery', 'sasl-mechanisms', 'tls-level']);
check('states', states, ['tls-level', 'sasl-mechanisms']);
check('list', config.get_destinations(), ['a', 'b']);
config.set_destinations([]);
check('empty is set', [config.get_destinations(), config.get_state('destinations')],
    [[], SettingState.SET]);
config.set_networks([]);
check('empty is set', [config.networks, config.get_state('networks')], [[], SettingState.SET]);
config.set_networks(null);
check('null resets', config.networks, ['127.0.0.0/8', '[::1]/128']);
config.tls_level = TlsLevel.AUTO;
check('auto resets', config.get_state('tls-level'), SettingState.DERIVED);

// A document
const mainCf = document('# mine\nrelayhost = [old]\n');
check('update', config.update_main_cf(mainCf));
check('text', textOf(mainCf).startsWith('# mine\nrelayhost = [smtp.example.com]:587\n'));
const loaded = Config.new_from_main_cf(mainCf);
const before = textOf(mainCf);
check('loaded', loaded.get_state('relay-host'), SettingState.LOADED);
loaded.update_main_cf(mainCf);
check('unchanged', textOf(mainCf), before);
check('unsupported', Config.new_from_main_cf(document('relayhost = a, b\n')).unsupported,
    ['relayhost']);

// A password in main.cf is not shown, nor lost
const secret = document('smtp_sasl_password_maps = $login\nlogin = static:u:geheim\n');
const silent = Config.new_from_main_cf(secret);
check('no password', [silent.password_maps, silent.get_password_maps(), silent.unsupported],
    [null, null, ['smtp_sasl_password_maps']]);
silent.update_main_cf(secret);
check('still there', textOf(secret).includes('login = static:u:geheim\n'));

// What main.cf cannot hold
for (const name of ['hostname', 'domain', 'origin', 'tls_ca_file', 'password_maps']) {
    for (const text of ['/a\nb', '/a\rb', '/a\tb']) {
        config = Config.new_for_relay('[a]');
        config[name] = text;
        checkFails(name, Nullmail.Error.INVALID_CONFIG, () => config.validate());
    }
}
for (const name of ['interfaces', 'networks', 'destinations', 'sasl_security_options',
    'sasl_mechanisms']) {
    config = Config.new_for_relay('[a]');
    config[name] = ['ok', 'a\nb'];
    checkFails(name, Nullmail.Error.INVALID_CONFIG, () => config.validate());
}

// Variants
config = Config.new_for_relay('[a]:465');
config.unset('origin');
const state = config.to_variant().recursiveUnpack();
check('variant', [state['relay-host'], state['unset'], state['derived']['tls-wrapper']],
    ['[a]:465', ['origin'], true]);
check('round trip', Config.new_from_variant(config.to_variant()).equal(config));
check('apply', config.apply_variant(new GLib.Variant('a{sv}', {
    'tls-level': new GLib.Variant('s', 'dane-only'),
})));
check('applied', config.tls_level, TlsLevel.DANE_ONLY);
checkFails('unknown key', Nullmail.Error.INVALID_ARGUMENT,
    () => config.apply_variant(new GLib.Variant('a{sv}', {x: new GLib.Variant('s', 'y')})));
check('copy', config.copy().equal(config));

// From and to whom
config = new Config({relay_host: relay, sender_address: 'host7@example.com'});
config.set_root_address('admin@example.com');
check('states', [config.get_state('sender-address'), config.get_state('root_address')],
    [SettingState.SET, SettingState.SET]);
const addressed = document('');
config.update_main_cf(addressed);
check('sender', addressed.get_value('sender_canonical_maps'),
    'regexp:{ {/@/ host7@example.com} }');
const found = Config.new_from_main_cf(addressed);
check('read back', [found.sender_address, found.get_root_address()],
    ['host7@example.com', 'admin@example.com']);
found.sender_address = null;
found.unset('root-address');
found.update_main_cf(addressed);
check('gone', [addressed.has_value('smtp_header_checks'),
    addressed.has_value('virtual_alias_maps')], [false, false]);
config.sender_address = 'nobody';
checkFails('address', Nullmail.Error.INVALID_CONFIG, () => config.validate());

// Names of properties
for (const name of ['get_state', 'keep', 'reset', 'unset']) {
    checkFails(`${name} of an unknown property`, Nullmail.Error.INVALID_ARGUMENT,
        () => config[name]('relayhost'));
    config[name]('relay_host');
}

// From text
config = new Config();
check('text', [config.assign_text('relay-host', '[a]:587'), config.assign_text('tls_level', 'may'),
    config.assign_text('networks', 'a, b'), config.assign_text('authentication', 'no')],
[true, true, true, true]);
check('assigned', [config.relay_host.to_string(), config.tls_level, config.networks,
    config.authentication], ['[a]:587', TlsLevel.MAY, ['a', 'b'], false]);
checkFails('word', Nullmail.Error.INVALID_ARGUMENT, () => config.assign_text('tls-level', 'x'));
checkFails('relay', Nullmail.Error.INVALID_RELAY_HOST, () => config.assign_text('relay-host', '['));

// Other parameters
check('list', config.list_parameters('sasl-security-options').length, 3);
check('assign', [config.assign_parameter('message_size_limit', '1000'),
    config.assign_parameter('notify_classes', null)], [true, true]);
check('variant', config.to_variant().recursiveUnpack().parameters,
    {message_size_limit: '1000', notify_classes: null});
checkFails('property', Nullmail.Error.INVALID_ARGUMENT,
    () => config.assign_parameter('relayhost', 'a'));
checkFails('unknown', Nullmail.Error.INVALID_ARGUMENT, () => config.list_parameters('relayhost'));
const given = new GLib.Variant('a{sv}',
    {parameters: new GLib.Variant('a{sms}', {message_size_limit: '1000', notify_classes: null})});
check('from variant', Config.new_from_variant(given).to_variant().recursiveUnpack().parameters,
    {message_size_limit: '1000', notify_classes: null});

finish(60);
