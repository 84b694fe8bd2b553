// SPDX-FileCopyrightText: 2026 The libnullmail authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What this machine does with its mail now, and whether Postfix runs.

import { h, replace } from './dom.js';
import { button, card, description, disable, label } from './ui.js';
import { _, format, levelWord } from './words.js';

function serviceLabels(service) {
    const has = word => service.includes(word);
    const labels = [];
    if (has('unknown'))
        labels.push(label(_('Not known whether it runs'), ''));
    else if (has('absent'))
        labels.push(label(_('Nothing to control'), ''));
    else if (has('running'))
        labels.push(label(_('Running'), 'green'));
    else
        labels.push(label(has('failed') ? _('Failed') : _('Stopped'), 'red'));
    if (has('masked'))
        labels.push(label(_('Masked'), 'orange'));
    if (has('enabled'))
        labels.push(label(_('Starts at boot'), 'green'));
    return labels.flatMap(one => [one, ' ']);
}

function value(overview, name) {
    return overview.effective[name]?.value;
}

// Whether main.cf names a relay in a form that no field holds, such as a list of them.
export function hasOtherRelay({ config }) {
    return config.derived?.unsupported?.includes('relayhost') ?? false;
}

function relayWord(overview) {
    const relay = overview.config['relay-host'];
    if (relay)
        return h('bdi', { class: 'code' }, relay);
    return hasOtherRelay(overview)
        ? _('What this page cannot show: see relayhost in main.cf')
        : _('No relay: each message goes to its recipient’s own server');
}

function loginWord(overview, user) {
    if (!value(overview, 'authentication'))
        return _('No user, no password');
    return user || _('A user whose name you may not read');
}

export function createStatus({ onStart, onEnable, onUndo }) {
    const facts = h('div');
    const start = button(_('Start Postfix'), { onclick: event => onStart(event.currentTarget) });
    const enable = button(_('Enable at boot'), { onclick: event => onEnable(event.currentTarget) });
    const undo = button(_('Undo last change'), { onclick: onUndo });
    const element = card(_('State'), {}, facts,
                         h('div', { class: 'buttons' }, start, enable, undo));

    function show({ overview, user }, writable) {
        replace(facts, description([
            [_('Mail goes to'), relayWord(overview)],
            [_('Connection'), levelWord(value(overview, 'tls-level') ?? 'none')],
            [_('Login as'), loginWord(overview, user)],
            [_('Sent as'), value(overview, 'sender-address') || _('Whatever each program says')],
            [_('Root’s mail goes to'), value(overview, 'root-address') || _('Nobody by name')],
            [overview.version ? format(_('Postfix $0'), overview.version) : _('Postfix'),
                serviceLabels(overview.service)],
        ]));
        const has = word => overview.service.includes(word);
        const cannotStart = has('running') || has('absent') || has('unknown') || has('masked');
        start.hidden = has('running') || has('absent');
        enable.hidden = ['enabled', 'absent', 'unknown', 'masked'].some(has);
        for (const [control, may] of [[start, !cannotStart], [enable, true],
            [undo, overview['can-undo']]])
            disable(control, !writable.allowed || !may);
        for (const control of [start, enable, undo])
            writable.explain(control);
    }

    return { element, show };
}
