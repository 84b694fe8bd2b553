// SPDX-FileCopyrightText: 2026 The libnullmail authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A lab for each program, and Cockpit in front of its client: as root, and as an ordinary user.

import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

const { env } = process;
const { NULLMAIL_TEST_FOLDER: folder, NULLMAIL_BUILD: build, NULLMAIL_SOURCE: source } = env;
const LAB = path.join(source, 'examples', 'lab', 'lab');
const LIMIT_MS = 120000;
export const PASSWORD = 'mysecretpassword';
export const USER = 'relayuser@example.com';
export const STUDENT = 'student@lab.example.com';
const PAGE_FILES = /^(index\.|po\.)/;

export class Lab {
    constructor(name) {
        this.state = path.join(folder, name);
        this.data = path.join(folder, `${name}-data`);
        this.servers = [];
    }

    // Runs “lab ARGUMENTS”; its output, or an error that has it.
    call(args, { input = '', fails = false } = {}) {
        return new Promise((resolve, reject) => {
            const child = execFile(LAB, ['--state', this.state, ...args], {
                timeout: LIMIT_MS, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
                error && !fails ? reject(new Error(`lab ${args.join(' ')}: ${stdout}${stderr}`))
                    : resolve(stdout + (fails ? stderr : '')));
            child.stdin.on('error', () => {});  // a command may end without reading
            child.stdin.end(input);
        });
    }

    run(...command) {
        return this.call(['run', 'client', '--', ...command]);
    }

    async up() {
        await this.call(['up', '--bind', build, '--bind', folder]);
        const page = path.join(this.data, 'cockpit', 'nullmail');
        const built = path.join(build, 'examples', 'cockpit');
        fs.mkdirSync(page, { recursive: true });
        for (const name of fs.readdirSync(built).filter(one => PAGE_FILES.test(one)))
            fs.copyFileSync(path.join(built, name), path.join(page, name));
        fs.copyFileSync(path.join(source, 'examples', 'cockpit', 'manifest.json'),
                        path.join(page, 'manifest.json'));
    }

    // The address of the page as USER sees it.
    async serve(user = 'root') {
        const log = fs.openSync(path.join(folder, `cockpit-${user}.log`), 'a');
        const server = spawn('/usr/bin/python3', [
            path.join(source, 'tests', 'cockpit', 'serve.py'), LAB, this.state, 'client', user,
            this.data], { stdio: ['ignore', 'pipe', log] });
        this.servers.push(server);
        for await (const port of createInterface({ input: server.stdout }))
            return `http://127.0.0.1:${port}/cockpit/@localhost/nullmail/index.html`;
        throw new Error('Cockpit has not started');
    }

    async down() {
        for (const server of this.servers)
            server.kill();
        await this.call(['down'], { fails: true });
    }

    readConfig(name) {
        const file = path.join(this.state, 'client', 'postfix', name);
        return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : null;
    }

    writeConfig(name, text) {
        fs.writeFileSync(path.join(this.state, 'client', 'postfix', name), text);
    }
}
