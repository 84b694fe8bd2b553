// SPDX-FileCopyrightText: 2026 The libnullmail authors
// SPDX-License-Identifier: LGPL-2.1-or-later
// The keyring from JavaScript, over the file that libsecret can keep instead of the service.

imports.gi.versions.Nullmail = '1.0';
const {Gio, GLib, Nullmail} = imports.gi;
const {check, fail, finish, folder} = imports.checks;

for (const name of ['lookup', 'store', 'clear', 'list'])
    Gio._promisify(Nullmail.CredentialStore.prototype, `${name}_async`, `${name}_finish`);

GLib.setenv('SECRET_BACKEND', 'file', true);
GLib.setenv('SECRET_FILE_TEST_PATH', `${folder}/keyring`, true);
GLib.setenv('SECRET_FILE_TEST_PASSWORD', 'of the file', true);

const relay = Nullmail.RelayHost.parse('[smtp.example.com]:587');
const store = Nullmail.SecretStore.new();
check('interface', store instanceof Nullmail.CredentialStore);
check('collection', store.collection, 'default');

// One after the other, synchronously and asynchronously.
check('empty', store.lookup(relay, null), null);
const given = Nullmail.RelayCredentials.new(relay, 'alice', 'secret');
check('store', store.store(given, null));
check('lookup', store.lookup(relay, null).equal(given));
check('list', store.list(null).map(c => c.get_username()), ['alice']);

const loop = new GLib.MainLoop(null, false);
(async () => {
    const found = await store.lookup_async(relay, null);
    check('lookup, asynchronously', found.equal(given));
    check('clear', await store.clear_async(relay, null));
    check('cleared', await store.lookup_async(relay, null), null);
    check('list after clear', (await store.list_async(null)).length, 0);
    check('store, asynchronously', await store.store_async(given, null));

    const cancellable = new Gio.Cancellable();
    cancellable.cancel();
    try {
        await store.lookup_async(relay, cancellable);
        check('not cancelled', false);
    } catch (e) {
        check(e.message, e.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED));
    }
})().catch(e => fail(`${e}\n${e.stack}`)).finally(() => loop.quit());
loop.run();

finish(12);
