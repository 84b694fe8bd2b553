// SPDX-FileCopyrightText: 2026 The libnullmail authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The mail that waits, by what it waits for.

import { h, icon, replace } from './dom.js';
import { busy, button, card, errorAlert, sentence } from './ui.js';
import { _, causeWord, format, N } from './words.js';

const { cockpit } = window;
const MAX_SHOWN = 50; // messages of one cause

function since(seconds) {
    return new Intl.DateTimeFormat(cockpit.language.replace('_', '-'), {
        dateStyle: 'medium', timeStyle: 'short' }).format(new Date(seconds * 1000));
}

function message(entry) {
    const reason = entry['delay-reasons'].find(Boolean);
    return h('li', { class: 'message' },
             h('p', null, h('bdi', { class: 'code' }, entry['queue-id']), ' ',
               format(_('for $0, since $1'), entry.recipients.join(', '),
                      since(entry['arrival-time']))),
             sentence(reason, { class: 'finding-remedy' }));
}

function cause({ cause: word, entries, remedy }) {
    const more = entries.length - MAX_SHOWN;
    return h('li', { class: 'cause' },
             h('details', null,
               h('summary', null, h('span', { class: 'cause-word' }, causeWord(word)), ' ',
                 h('span', { class: 'cause-count' },
                   format(N('$0 message', '$0 messages', entries.length), entries.length))),
               h('ul', { class: 'messages' }, entries.slice(0, MAX_SHOWN).map(message),
                 more > 0 && h('li', null, format(N('and $0 more', 'and $0 more', more), more)))),
             sentence(remedy, { class: 'finding-remedy' }));
}

export function createQueue({ ask }) {
    const body = h('div', { 'aria-live': 'polite' });
    const flush = button(_('Flush the queue'), { onclick: () => run() });
    const refresh = button(_('Refresh'), { kind: 'link', onclick: () => load() });
    let shown = null;
    const element = card(_('Queue'), { actions: [refresh] }, body,
                         h('div', { class: 'buttons' }, flush));

    async function load() {
        try {
            const { causes } = await ask('queue');
            flush.disabled = causes.length === 0;
            // What is the same stays as it is: somebody may be reading it.
            if (JSON.stringify(causes) === shown)
                return;
            shown = JSON.stringify(causes);
            replace(body, causes.length === 0
                ? h('p', { class: 'all-well' }, icon('ok'), ' ', _('No mail waits.'))
                : h('ul', { class: 'causes' }, causes.map(cause)));
        } catch (error) {
            flush.disabled = true;
            shown = null;
            replace(body, errorAlert(_('The queue cannot be read'), error));
        }
    }

    async function run() {
        try {
            await busy(flush, ask('flush'));
        } catch (error) {
            shown = null;
            replace(body, errorAlert(_('The queue was not flushed'), error));
            return;
        }
        await load();
    }

    return { element, load };
}
