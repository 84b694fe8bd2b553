// SPDX-FileCopyrightText: 2026 The libnullmail authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// One process of the helper for each request. What it is asked stands on its standard input, the
// password behind it; nothing of either is an argument or a variable.

const { cockpit } = window;
const path = document.querySelector('meta[name=nullmail-helper]').content;

export class HelperError extends Error {
    constructor({ code, message }) {
        super(message);
        this.code = code;
    }
}

// Cockpit's own words for a process that could not be started, or not with these rights.
function failure(error) {
    return new HelperError({ code: error.problem || 'failed', message: cockpit.message(error) });
}

function start(request, { password, superuser, keepOpen, onProgress }) {
    let rest = '', answer = null;
    const process = cockpit.spawn([path], {
        superuser, err: 'message', environ: [`LANGUAGE=${cockpit.language}`] });

    const read = line => {
        const said = JSON.parse(line);
        if ('progress' in said)
            onProgress?.(said.progress);
        else
            answer = said;
    };
    process.stream(data => {
        const lines = (rest + data).split('\n');
        rest = lines.pop();
        lines.forEach(read);
    });
    process.input(`${JSON.stringify(request)}\n${password ?? ''}`, keepOpen);

    const done = new Promise((resolve, reject) => {
        const end = error => {
            if (answer && 'result' in answer)
                resolve(answer.result);
            else
                reject(answer ? new HelperError(answer.error) : failure(error ?? {}));
        };
        process.then(() => end(null), end);
    });
    return { process, done };
}

// Asks for reading: with more rights where they can be had, else with those of the user.
export function ask(command, values = {}, options = {}) {
    return start({ command, ...values }, { superuser: 'try', ...options }).done;
}

// Asks for writing, for which there must be the rights.
export function act(command, values = {}, options = {}) {
    return ask(command, values, { ...options, superuser: 'require' });
}

// Tells of changes by anybody for as long as the page is there.
export function watch(onProgress) {
    return start({ command: 'watch' }, { superuser: 'try', keepOpen: true, onProgress });
}
