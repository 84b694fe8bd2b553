// SPDX-FileCopyrightText: 2026 The libnullmail authors
// SPDX-License-Identifier: LGPL-2.1-or-later
// The keyring from JavaScript, over the file that libsecret can keep instead of the service.

imports.gi.versions.Nullmail = '1.0';
const {Gio, GLib, Nullmail} = imports.gi;

function assert(condition, text) {
    if (!condition)
        throw new Error(text);
}

for (const name of ['lookup', 'store', 'clear', 'list'])
    Gio._promisify(Nullmail.CredentialStore.prototype, `${name}_async`, `${name}_finish`);

const folder = GLib.Dir.make_tmp('nullmail-XXXXXX');
GLib.setenv('SECRET_BACKEND', 'file', true);
GLib.setenv('SECRET_FILE_TEST_PATH', `${folder}/keyring`, true);
GLib.setenv('SECRET_FILE_TEST_PASSWORD', 'of the file', true);

const relay = Nullmail.RelayHost.parse('[smtp.example.com]:587');
const store = Nullmail.SecretStore.new();
assert(store instanceof Nullmail.CredentialStore, 'no CredentialStore');
assert(store.collection === 'default', store.collection);

// One after the other, synchronously and asynchronously.
assert(store.lookup(relay, null) === null, 'not empty');
const given = Nullmail.RelayCredentials.new(relay, 'alice', 'secret');
assert(store.store(given, null), 'store');
assert(store.lookup(relay, null).equal(given), 'another password');
assert(store.list(null).map(c => c.get_username()).join() === 'alice', 'list');

const loop = new GLib.MainLoop(null, false);
let failure = null;
(async () => {
    const found = await store.lookup_async(relay, null);
    assert(found.equal(given), 'another password, asynchronously');
    assert(await store.clear_async(relay, null), 'clear');
    assert(await store.lookup_async(relay, null) === null, 'not cleared');
    assert((await store.list_async(null)).length === 0, 'list after clear');
    assert(await store.store_async(given, null), 'store, asynchronously');

    const cancellable = new Gio.Cancellable();
    cancellable.cancel();
    try {
        await store.lookup_async(relay, cancellable);
        assert(false, 'not cancelled');
    } catch (e) {
        assert(e.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED), e.message);
    }
})().catch(e => (failure = e)).finally(() => loop.quit());
loop.run();

GLib.unlink(`${folder}/keyring`);
GLib.rmdir(folder);
if (failure)
    throw failure;
print('ok');
