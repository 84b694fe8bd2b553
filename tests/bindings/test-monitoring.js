// SPDX-FileCopyrightText: 2026 The libnullmail authors
// SPDX-License-Identifier: LGPL-2.1-or-later

imports.gi.versions.Nullmail = '1.0';
const {GLib, Nullmail} = imports.gi;
const {check, checkFails, fail, finish, folder} = imports.checks;

const LIMIT_MS = 20000;
const etc = `${folder}/etc`;
const [mainCf, masterCf, saslPasswd] =
    ['main.cf', 'master.cf', 'sasl_passwd'].map(name => `${etc}/${name}`);
const loop = new GLib.MainLoop(null, false);

const write = (path, text) => GLib.file_set_contents(path, text);

// What is told of until all of these have been.
function toldBy(postfix, action, ...paths) {
    const told = [];
    const handler = postfix.connect('changed', (self, path) => {
        told.push(path);
        check('sender', self === postfix);
        if (paths.every(wanted => told.includes(wanted)))
            loop.quit();
    });
    const limit = GLib.timeout_add(GLib.PRIORITY_DEFAULT, LIMIT_MS, () => {
        fail(`only ${told} of ${paths}`);
        loop.quit();
        return GLib.SOURCE_CONTINUE;
    });
    action();
    loop.run();
    GLib.source_remove(limit);
    postfix.disconnect(handler);
    return told.sort();
}

GLib.mkdir_with_parents(etc, 0o755);
write(mainCf, 'myhostname = host.example.com\n');

const postfix = Nullmail.PostfixInstance.new(etc);
check('start', postfix.start_monitoring());
check('start again', postfix.start_monitoring());
check('main.cf', toldBy(postfix, () => write(mainCf, '# new\n'), mainCf), [mainCf]);
check('made', toldBy(postfix, () => {
    write(`${etc}/other`, '');
    write(masterCf, '');
    write(saslPasswd, '');
}, masterCf, saslPasswd), [masterCf, saslPasswd]);
check('moved', toldBy(postfix,
    () => write(mainCf, `smtp_sasl_password_maps = hash:${folder}/moved\n`), mainCf), [mainCf]);
check('table', toldBy(postfix, () => {
    write(saslPasswd, '#');
    write(`${folder}/moved.db`, '');
}, `${folder}/moved.db`), [`${folder}/moved.db`]);

postfix.stop_monitoring();
postfix.stop_monitoring();
const other = Nullmail.PostfixInstance.new(etc);
other.start_monitoring();
postfix.connect('changed', () => fail('it was stopped'));
check('another one', toldBy(other, () => write(mainCf, ''), mainCf), [mainCf]);

checkFails('no directory', Nullmail.Error.NOT_FOUND,
    () => Nullmail.PostfixInstance.new(`${etc}-none`).start_monitoring());
finish(14);
