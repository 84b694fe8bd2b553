// SPDX-FileCopyrightText: 2026 The libnullmail authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The steps of a probe, each with what came of it as soon as that is known.

import { h, icon, replace, spinner } from './dom.js';
import { alert, sentence } from './ui.js';
import { _, STEPS } from './words.js';

export function createProbe() {
    const element = h('div', { class: 'probe', hidden: true, role: 'log', tabindex: '-1',
                               'aria-label': _('What the relay answers') });
    let rows = new Map();

    function mark(row, kind, word) {
        row.element.dataset.outcome = kind;
        replace(row.picture, kind === 'running' ? spinner() : icon(kind));
        replace(row.outcome, word);
    }

    function begin() {
        element.hidden = false;
        rows = new Map(STEPS.map(step => {
            const picture = h('span', { class: 'step-picture' });
            const outcome = h('span', { class: 'step-outcome' });
            const details = h('div', { class: 'step-details' });
            const item = h('li', { class: 'step', 'data-step': step.id }, picture,
                           h('span', { class: 'step-name' }, step.word), outcome, details);
            const row = { element: item, picture, outcome, details };
            mark(row, 'waiting', _('Waits'));
            return [step.id, row];
        }));
        replace(element, h('ol', { class: 'steps' }, [...rows.values()].map(row => row.element)));
        mark(rows.get('dns'), 'running', _('Asking…'));
    }

    function tell({ name, outcome, detail }) {
        const index = STEPS.findIndex(step => step.parts.includes(name));
        if (index < 0)
            return;
        const row = rows.get(STEPS[index].id), isGood = outcome === 'ok';
        mark(row, isGood ? 'ok' : 'error', isGood ? _('Good') : _('Failed'));
        // What a relay can do is a long list, which nobody reads but where it fails.
        if (detail && !(isGood && name === 'ehlo'))
            row.details.append(h('p', null, h('bdi', null, detail)));
        // A relay is greeted once more after TLS: what has been done stays as it is.
        const next = STEPS.find(step => rows.get(step.id).element.dataset.outcome === 'waiting');
        if (isGood && next && name === STEPS[index].parts.at(-1))
            mark(rows.get(next.id), 'running', _('Asking…'));
    }

    function close() {
        for (const row of rows.values())
            if (['waiting', 'running'].includes(row.element.dataset.outcome))
                mark(row, 'skipped', _('Not done'));
    }

    function end(report) {
        close();
        const isGood = report.outcome === 'ok';
        element.append(isGood
            ? alert('ok', report.message, sentence(report.remedy))
            : alert('error', _('Mail would not get through'), sentence(report.message),
                    sentence(report.remedy)));
        element.focus({ preventScroll: true });
        element.scrollIntoView({ block: 'nearest' });
    }

    function clear() {
        element.hidden = true;
        replace(element);
    }

    return { element, begin, tell, end, close, clear };
}
