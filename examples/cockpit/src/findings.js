// SPDX-FileCopyrightText: 2026 The libnullmail authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What is wrong or worth knowing, in the library's words, each with its remedy.

import { h, icon, newId, replace } from './dom.js';
import { button, card, sentence, severityLabel } from './ui.js';
import { _ } from './words.js';

function place({ path, line }) {
    return path && line ? h('bdi', { class: 'code place' }, `${path}:${line}`) : null;
}

export function findingItem(finding, action) {
    const id = newId('finding');
    return h('li', { class: 'finding' },
             h('div', { class: 'finding-severity' }, severityLabel(finding.severity)),
             h('div', { class: 'finding-text' },
               sentence(finding.message, { class: 'finding-message', id }),
               sentence(finding.remedy, { class: 'finding-remedy' }),
               place(finding)),
             action && h('div', { class: 'finding-action' }, action(id)));
}

export function createFindings({ onFix }) {
    const body = h('div');
    const element = card(_('Findings'), {}, body);
    let shown = null;

    function show({ overview }, writable) {
        // What is the same stays as it is: somebody may be reading it.
        const news = JSON.stringify([overview.findings, writable.allowed]);
        if (news === shown)
            return;
        shown = news;
        if (overview.findings.length === 0) {
            replace(body, h('p', { class: 'all-well' }, icon('ok'), ' ', _('Nothing is wrong.')));
            return;
        }
        replace(body, h('ul', { class: 'findings' }, overview.findings.map(finding =>
            findingItem(finding, finding['can-fix'] && (id => {
                const fix = button(_('Fix'), {
                    'aria-describedby': id, disabled: !writable.allowed,
                    onclick: () => onFix(finding) });
                writable.explain(fix, id);
                return fix;
            })))));
    }

    return { element, show };
}
