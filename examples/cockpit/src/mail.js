// SPDX-FileCopyrightText: 2026 The libnullmail authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A test message, and where it got to, as it is known.

import { h, replace } from './dom.js';
import { alert, busy, button, card, errorAlert, field, sentence } from './ui.js';
import { _, causeWord, deliveryWord, format } from './words.js';

const kinds = { sent: 'ok', deferred: 'warning', bounced: 'error', expired: 'error' };

function summary(report) {
    const words = {
        sent: format(_('The relay has taken it: $0'), report.reply ?? report.relay ?? ''),
        queued: _('It is still on its way. The queue below tells more.'),
        unknown: _('It has left the queue; where to, only somebody with more rights can read in ' +
            'the mail log.'),
    };
    return words[report.state] ?? causeWord(report.cause);
}

export function createMail({ ask, onSent }) {
    const recipient = field(_('Recipient'), { inputmode: 'email', autocomplete: 'email',
        hint: _('A short message goes there, the way of all mail.') });
    const send = button(_('Send test message'), { type: 'submit' });
    const log = h('ol', { class: 'delivery' });
    const outcome = h('div', { class: 'outcome', 'aria-live': 'polite' });
    const element = card(_('Test message'), {}, h('form', {
        class: 'pf-v6-c-form', novalidate: true,
        onsubmit: event => { event.preventDefault(); run(); } },
    recipient.element, h('div', { class: 'buttons' }, send)),
    h('div', { class: 'log', role: 'log', 'aria-label': _('Where the message is') }, log), outcome);

    function tell(report) {
        const line = [format('$0 ', report['queue-id']), deliveryWord(report.state),
            report.relay ? format(' — $0', report.relay) : ''].join('');
        log.append(h('li', null, h('bdi', null, line)));
    }

    async function run() {
        replace(log);
        replace(outcome);
        try {
            const request = { recipient: recipient.control.value.trim() };
            const report = await busy(send, ask('send', request, { onProgress: tell }));
            replace(outcome, alert(kinds[report.state] ?? 'notice', deliveryWord(report.state),
                                   h('p', null, summary(report)),
                                   report.state !== 'sent' && sentence(report.reply),
                                   sentence(report.detail), sentence(report.remedy)));
        } catch (error) {
            replace(outcome, errorAlert(_('The message was not sent'), error));
        }
        outcome.scrollIntoView({ block: 'nearest' });
        onSent();
    }

    return { element };
}
