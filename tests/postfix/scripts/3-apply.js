// SPDX-FileCopyrightText: 2026 The libnullmail authors
// SPDX-License-Identifier: LGPL-2.1-or-later
imports.gi.versions.Nullmail = '1.0';
const {GLib, Nullmail} = imports.gi;
const System = imports.system;
const postfix = Nullmail.PostfixInstance.new(null);
// 3 apply, password from standard input's descriptor
const relay = Nullmail.RelayHost.parse('[smtp.example.com]:587');
const config = new Nullmail.NullClientConfig({
    relay_host: relay, origin: 'example.com', authentication: true,
});
const creds = Nullmail.RelayCredentials.new_from_fd(relay, 'host7', 0, null);
try {
    postfix.apply(postfix.plan(config, creds, 0, null), Nullmail.ApplyFlags.START, null);
} catch (e) {
    if (!(e instanceof GLib.Error))
        throw e;
    const again = e.matches(Nullmail.Error, Nullmail.Error.CONFLICT);
    printerr(again ? 'changed meanwhile, run again' : e.message);
    System.exit(1);
}
