// SPDX-FileCopyrightText: 2026 The libnullmail authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Shows what would change, and applies just that. Where it has become something else meanwhile,
// nothing is written and the new differences are shown.

import { h, newId, replace } from './dom.js';
import { findingItem } from './findings.js';
import { alert, busy, button, checkbox, errorAlert, loading, sentence } from './ui.js';
import { _, activationWord, format, N } from './words.js';

function diffLine(line) {
    const kind = /^(---|\+\+\+)/.test(line) ? 'file'
        : { '+': 'added', '-': 'removed', '@': 'place' }[line[0]] ?? 'same';
    return h('span', { class: `diff-${kind}` }, `${line}\n`);
}

function showDiff(diff) {
    return h('pre', { class: 'diff', tabindex: '0', role: 'region', dir: 'ltr', translate: 'no',
                      'aria-label': _('Differences, line by line') },
             h('code', null, diff.replace(/\n$/, '').split('\n').map(diffLine)));
}

// What no text shows: tables, modes, a password.
function otherChanges({ changes, diff }) {
    const words = ({ kind, path, subject, 'new-value': now }) => ({
        map: format(_('The table $0 is made anew.'), path),
        mode: format(_('The mode of $0 becomes $1.'), path, now),
        file: format(_('The file $0 changes.'), path),
        credentials: format(_('The login for $0 changes.'), subject),
    })[kind];
    const isInDiff = ({ path, kind }) => kind !== 'mode' && diff.includes(`+++ ${path}`);
    const lines = changes.filter(change => !isInDiff(change)).map(words).filter(Boolean);
    return lines.length > 0 &&
        h('ul', { class: 'pf-v6-c-list' }, lines.map(line => h('li', null, line)));
}

function remaining({ findings }) {
    const shown = findings.filter(finding => finding.severity !== 'notice');
    return shown.length > 0 && h('details', { class: 'remaining' },
        h('summary', null, format(
            N('$0 finding afterwards', '$0 findings afterwards', shown.length), shown.length)),
        h('ul', { class: 'findings' }, shown.map(finding => findingItem(finding))));
}

const CHANGED = _('Somebody else has changed the configuration in between. Nothing was written, ' +
    'and nothing of theirs is lost. What would change now is shown below.');

// Errors after which the files are no longer those of before.
const WRITTEN = ['activation-kept', 'not-durable', 'superseded'];

// options: title, word (of the button), request, password, service, ask, act, onApplied
export function openReview(options) {
    const { title, word, request, password, service, ask, act, onApplied } = options;
    const id = newId('review');
    const body = h('div', { class: 'pf-v6-c-modal-box__body review-body' }, loading());
    const apply = button(word, { kind: 'primary', disabled: true, onclick: () => run() });
    const cancel = button(_('Cancel'), { kind: 'link', onclick: () => dialog.close() });
    const dialog = h('dialog', { class: 'pf-v6-c-modal-box review', 'aria-labelledby': id,
                                 onclose: () => dialog.remove() },
                     h('header', { class: 'pf-v6-c-modal-box__header' },
                       h('h1', { class: 'pf-v6-c-modal-box__title', id },
                         h('span', { class: 'pf-v6-c-modal-box__title-text' }, title))),
                     body, h('footer', { class: 'pf-v6-c-modal-box__footer' }, apply, cancel));
    const choices = {
        start: checkbox(_('Start Postfix, which is stopped'), { checked: true }),
        enable: checkbox(_('Start it at boot from now on'), { checked: true }),
        force: checkbox(_('Apply it nevertheless'), { onchange: () => allow() }),
    };
    let plan = null;

    const has = state => service.includes(state);
    const mayStart = !has('running') && !has('absent') && !has('unknown') && !has('masked');

    function allow() {
        apply.disabled = plan === null || plan.empty ||
            (plan.unsafe && !choices.force.control.checked);
    }

    function show(made, ...first) {
        plan = made;
        choices.force.control.checked = false;
        if (plan.empty) {
            replace(body, ...first, h('p', null, _(
                'Nothing would change: the machine is like this already.')));
        } else {
            replace(body, ...first,
                    plan.unsafe && alert('error', _('Mail would not work, or not safely'),
                                         sentence(plan.unsafe), choices.force.element),
                    plan.diff ? showDiff(plan.diff) : null, otherChanges(plan), remaining(plan),
                    has('running') && h('p', null, activationWord(plan.activation)),
                    mayStart && request.what !== 'undo' && choices.start.element,
                    options.mayEnable && request.what !== 'undo' && choices.enable.element);
        }
        allow();
    }

    function flags() {
        const chosen = Object.entries(choices).filter(([, choice]) =>
            choice.control.checked && choice.control.isConnected);
        return chosen.map(([flag]) => flag);
    }

    async function run() {
        try {
            const answer = await busy(apply, act(
                'apply', { ...request, digest: plan.digest, flags: flags() }, { password }));
            if (answer.applied) {
                dialog.close();
                onApplied();
                return;
            }
            show(answer.plan,
                 alert('warning', _('Changed by somebody else'), h('p', null, CHANGED)));
        } catch (error) {
            if (WRITTEN.includes(error.code)) {
                dialog.close();
                onApplied(error);
                return;
            }
            show(plan, errorAlert(_('It was not applied'), error));
        }
        body.querySelector('.pf-v6-c-alert')?.scrollIntoView({ block: 'nearest' });
        cancel.focus();
    }

    body.setAttribute('aria-live', 'polite');
    document.body.append(dialog);
    dialog.showModal();
    cancel.focus();
    ask('plan', request, { password }).then(made => show(made), error => {
        replace(body, errorAlert(_('This cannot be done'), error));
    });
    return dialog;
}
