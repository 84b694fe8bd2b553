// SPDX-FileCopyrightText: 2026 The libnullmail authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The page: its parts, what they are shown, and when.

import './style.css';
import { h, newId, replace } from './dom.js';
import { createFindings } from './findings.js';
import { act, ask, watch } from './helper.js';
import { createMail } from './mail.js';
import { createQueue } from './queue.js';
import { openReview } from './review.js';
import { createSettings } from './settings.js';
import { createStatus } from './status.js';
import { followShell } from './theme.js';
import { alert, busy, button, errorAlert, loading, notices, sentence } from './ui.js';
import { _ } from './words.js';

const { cockpit } = window;
const SETTLE_MS = 300; // changes that come together are shown together
const PRESS_MS = 50, MAX_PRESS_MS = 3000; // a release outside of the window is not told of

const permission = cockpit.permission({ admin: true });
const rightsId = newId('rights');
const notice = notices(), rights = h('div', { id: rightsId });
let data = null, timer = null, loads = 0, latest = null;

const writable = {
    get allowed() { return permission.allowed === true; },
    // Says at a control that is out of use why it is.
    explain(control, ...others) {
        const ids = (control.getAttribute('aria-describedby') ?? '').split(' ')
            .filter(id => id && id !== rightsId && !others.includes(id));
        if (!writable.allowed)
            ids.push(rightsId);
        const all = [...others, ...ids];
        if (all.length > 0)
            control.setAttribute('aria-describedby', all.join(' '));
        else
            control.removeAttribute('aria-describedby');
    },
};

const status = createStatus({
    onStart: pressed => serve(pressed, 'start', _('Postfix was not started')),
    onEnable: pressed => serve(pressed, 'enable', _('Postfix will not start at boot')),
    onUndo: () => review(_('Undo the last change'), _('Apply the undo'), { what: 'undo' }, null,
                         _('The last change is undone.')),
});
const findings = createFindings({
    onFix: finding => review(_('Fix what was found'), _('Apply'), { what: 'fix', finding }, null,
                             _('It is fixed.')),
});
const settings = createSettings({
    ask,
    onReview: (request, password) => review(
        _('Review changes'), _('Apply'), request, password, _('The settings are applied.'),
        () => settings.forget()),
});
const queue = createQueue({ ask });
const mail = createMail({ ask, onSent: () => queue.load() });

function review(title, word, request, password, done, after) {
    notice.clear();
    openReview({
        title, word, request, password, ask, act,
        service: data.overview.service,
        // Without such a finding it may be that nothing here starts services at boot.
        mayEnable: data.overview.findings.some(finding => finding.code === 'not-enabled'),
        onApplied: async problem => {
            after?.();
            await refresh();
            notice.show(problem
                ? alert('warning', _('It was written, but not all went well'),
                        sentence(problem.message))
                : alert('ok', done));
            notice.element.focus();
        },
    });
}

async function serve(pressed, command, failed) {
    notice.clear();
    try {
        await busy(pressed, act(command));
    } catch (error) {
        notice.show(errorAlert(failed, error));
    }
    await refresh();
}

function showRights() {
    replace(rights, permission.allowed === false && alert(
        'notice', _('You may look, but not change anything'),
        h('p', null, _('Settings, passwords and the service are for administrators. Turn on ' +
            'administrative access in Cockpit’s top bar, or log in as somebody who has it.'))));
}

// The user whose login belongs to the relay that is in use; undefined where that may not be read.
function userOf({ config, credentials = [], effective }) {
    const key = (config['relay-host'] ?? '').toLowerCase();
    return effective.authentication?.value === true
        ? credentials.find(login => login['relay-host'].toLowerCase() === key)?.username : '';
}

const parts = h('div', { class: 'cards' }, status.element, findings.element, settings.element,
                mail.element, queue.element);
const content = h('div', null, loading());

// A click is lost where the page moves between press and release, so that it waits meanwhile.
let isPressed = false;
for (const [name, value] of [['pointerdown', true], ['pointerup', false], ['pointercancel', false]])
    window.addEventListener(name, () => { isPressed = value; }, true);

async function released() {
    for (let i = 0; isPressed && i < MAX_PRESS_MS / PRESS_MS; i++)
        await new Promise(resolve => setTimeout(resolve, PRESS_MS));
}

// Shows the machine as it is. Where another look at it has begun meanwhile, that one counts, and is
// waited for.
function refresh() {
    loads += 1;
    latest = load(loads);
    return latest;
}

async function load(mine) {
    try {
        const [overview] = await Promise.all([ask('load'), queue.load()]);
        await released();
        if (mine !== loads)
            return latest;
        data = { overview, user: userOf(overview) };
        showRights();
        for (const part of [status, findings, settings])
            part.show(data, writable);
        if (!parts.isConnected)
            replace(content, parts);
    } catch (error) {
        if (mine !== loads)
            return latest;
        replace(content, errorAlert(_('This machine’s mail settings cannot be read'), error),
                h('div', { class: 'buttons' }, button(_('Try again'), { onclick: refresh })));
    }
    return null;
}

const isSame = (a, b) => a.length === b.length && a.every(word => b.includes(word));

function settle() {
    clearTimeout(timer);
    timer = setTimeout(refresh, SETTLE_MS);
}

// What somebody has told of: a file that has changed, or how the service is now.
function look({ changed, service }) {
    const shown = data?.overview.service;
    if (changed || (service && shown && !isSame(service, shown)))
        settle();
}

followShell();
document.title = _('Outgoing mail');
replace(document.querySelector('#app'), h('div', { class: 'pf-v6-c-page pf-m-no-sidebar' },
    h('main', { class: 'pf-v6-c-page__main' },
      h('header', { class: 'head' },
        h('h1', { class: 'pf-v6-c-title pf-m-2xl' }, _('Outgoing mail')),
        h('p', { class: 'lead' },
          _('How this machine’s mail leaves it, and what stands in its way.'))),
      rights, notice.element, content)));
permission.addEventListener('changed', settle);
window.addEventListener('focus', settle);
watch(look).done.catch(error => notice.show(alert(
    'notice', _('Changes by others do not show by themselves'), h('p', null, error.message))));
refresh();
