// SPDX-FileCopyrightText: 2026 The libnullmail authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// node build.mjs MODULES OUTPUT: bundles the page, with what “npm ci” has put below MODULES, and
// makes of each po file the two scripts in which Cockpit looks for translations.

import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const source = path.dirname(fileURLToPath(import.meta.url));
const [modules, output] = process.argv.slice(2).map(name => path.resolve(name));
const require = createRequire(path.join(modules, 'package.json'));
const esbuild = require('esbuild');

const BANNER = '/* libnullmail, LGPL-2.1-or-later; PatternFly, MIT, Copyright (c) Red Hat, Inc. */';

const LINE = /^(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?)?\s*(".*")$/;

/* The messages of a po file: in each line of it a keyword and a text, or more of the text. */
function parsePo(text) {
    const add = (to, key, part) => { to[key] = (to[key] ?? '') + part; };
    const messages = [];
    for (const block of text.split(/\n\s*\n/)) {
        const message = { msgctxt: '', msgid: '', msgstr: [] };
        let key = null;
        for (const line of block.split('\n')) {
            const [, word, quoted] = LINE.exec(line) ?? [];
            key = word ?? key;
            if (quoted === undefined)
                message.fuzzy ||= line.startsWith('#,') && line.includes('fuzzy');
            else if (key.startsWith('msgstr'))
                add(message.msgstr, key.slice(7, 8) || 0, JSON.parse(quoted));
            else
                add(message, key, JSON.parse(quoted));
        }
        if (key !== null)
            messages.push(message);
    }
    return messages;
}

/* What Cockpit reads: message → [plural, translation…], with the context in front of a message. */
function translations(text) {
    const [header, ...messages] = parsePo(text);
    const head = /^(\S+): (.*)$/gm;
    const headers = Object.fromEntries(
        [...header.msgstr[0].matchAll(head)].map(match => match.slice(1)));
    const plural = /plural=([^;]+)/.exec(headers['Plural-Forms'])[1].trim();
    const lines = messages
        .filter(message => !message.fuzzy && message.msgstr[0])
        .map(({ msgctxt, msgid, msgid_plural: many, msgstr }) => [
            msgctxt ? `${msgctxt}\u0004${msgid}` : msgid, [many ?? null, ...msgstr]])
        .sort(([a], [b]) => a < b ? -1 : 1)
        .map(([id, strings]) => `${JSON.stringify(id)}:${JSON.stringify(strings)}`);
    return `cockpit.locale({"":{"plural-forms":(n)=>${plural},` +
        `"language":${JSON.stringify(headers.Language)},"language-direction":"ltr"},\n` +
        `${lines.join(',\n')}});\n`;
}

/* The themes that Cockpit does not have are more than half of PatternFly's variables. */
const withoutThemes = {
    name: 'without-themes',
    setup: build => build.onLoad({ filter: /patternfly-variables\.css$/ }, ({ path: file }) => ({
        loader: 'css',
        contents: fs.readFileSync(file, 'utf8').replaceAll(
            /^:root:where\([^)]*(felt|glass|high-contrast)[^)]*\) \{[^}]*^\}\n/gm, ''),
    })),
};

fs.mkdirSync(output, { recursive: true });
await esbuild.build({
    entryPoints: { index: path.join(source, 'src', 'index.js') },
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['es2021'],
    charset: 'utf8',
    // Cockpit serves its own fonts.
    external: ['*.woff2'],
    legalComments: 'none',
    banner: { js: BANNER, css: BANNER },
    plugins: [withoutThemes],
    nodePaths: [path.join(modules, 'node_modules')],
    outdir: output,
});
for (const name of fs.readdirSync(path.join(source, 'po')).filter(file => file.endsWith('.po'))) {
    const script = translations(fs.readFileSync(path.join(source, 'po', name), 'utf8'));
    for (const prefix of ['po', 'po.manifest'])
        fs.writeFileSync(path.join(output, `${prefix}.${path.basename(name, '.po')}.js`), script);
}
