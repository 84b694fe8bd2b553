// SPDX-FileCopyrightText: 2026 The libnullmail authors
// SPDX-License-Identifier: LGPL-2.1-or-later
// What the tests in JavaScript share: they compare, and go on where something is wrong.

/* exported check, checkError, checkFails, checkFailsLater, finish, fail, standIns */
imports.gi.versions.Nullmail = '1.0';
const {GLib, Nullmail} = imports.gi;

var SECRET = 'Marker-Secret-7';
// run-gjs has made it, and removes it.
var folder = GLib.get_tmp_dir();

let nChecked = 0;
let nFailed = 0;

function fail(text) {
    nFailed++;
    printerr(text);
}

function check(what, found, expected = true) {
    nChecked++;
    if (JSON.stringify(found) !== JSON.stringify(expected))
        fail(`${what}: found ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`);
}

// A typed error, which gives no secret away.
function checkError(what, e, code) {
    check(`${what}: ${e.message}`, e.matches !== undefined && e.matches(Nullmail.Error, code));
    check(`${what}: no secret`, !e.message.includes(SECRET));
}

function checkFails(what, code, f) {
    try {
        f();
    } catch (e) {
        checkError(what, e, code);
        return;
    }
    check(what, 'no error', 'an error');
}

async function checkFailsLater(what, code, promise) {
    try {
        await promise;
    } catch (e) {
        checkError(what, e, code);
        return;
    }
    check(what, 'no error', 'an error');
}

// A copy of the stand-ins for Postfix's commands.
function standIns() {
    GLib.spawn_command_line_sync(`cp -r ${GLib.getenv('NULLMAIL_STAND_INS')} ${folder}/commands`);
    check('stand-ins', GLib.file_test(`${folder}/commands/postconf`, GLib.FileTest.IS_EXECUTABLE));
    return `${folder}/commands`;
}

// The end of a script. It must not pass by checking next to nothing.
function finish(least) {
    check(`at least ${least} checks`, nChecked >= least);
    print(`${nChecked} checks, ${nFailed} failed`);
    imports.system.exit(nFailed === 0 ? 0 : 1);
}
