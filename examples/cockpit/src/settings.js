// SPDX-FileCopyrightText: 2026 The libnullmail authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The form. What somebody else changes shows at once in the fields that were not touched here; only
// what was touched is asked for, so that nobody's change is taken back unknowingly.

import providers from '../providers.json';
import { h } from './dom.js';
import { createProbe } from './probe.js';
import { hasOtherRelay } from './status.js';
import { busy, button, card, checkbox, disable, errorAlert, field, notices } from './ui.js';
import { _, levelWord, providerWords, TLS_LEVELS } from './words.js';

const EASY_LEVELS = ['auto', 'secure', 'encrypt', 'may', 'none'];
const PROPERTIES = ['tls-level', 'tls-ca-file', 'origin', 'sender-address', 'root-address'];

// What the fields say of this machine as it is.
export function readFields({ overview, user }) {
    const { config, effective, relay } = overview;
    const isMailServer = overview.findings.some(finding => finding.code === 'mail-server');
    const interfaces = effective.interfaces?.value ?? [];
    return {
        host: relay?.host ?? '',
        port: relay?.port ?? '',
        user: user ?? '',
        password: '',
        'tls-level': config['tls-level'] ?? 'auto',
        'tls-ca-file': config['tls-ca-file'] ?? '',
        origin: config.origin ?? '',
        'sender-address': config['sender-address'] ?? '',
        'root-address': config['root-address'] ?? '',
        hasLogin: effective.authentication?.value === true,
        isNullClient: effective['local-delivery']?.value === false || (
            interfaces.join() === 'loopback-only' && effective.destinations?.value?.length === 0),
        wantsNullClient: !relay && !hasOtherRelay(overview) && !isMailServer,
        domain: effective.domain?.value ?? '',
        takenOrigin: effective.origin?.value ?? '',
        mxLookup: relay?.['mx-lookup'] ?? false,
    };
}

// What the helper is asked for: the differences, or for a new null client everything.
export function makeRequest(fields, before, isFresh) {
    const settings = {}, request = { settings };
    if (isFresh)
        request.fresh = true;
    if (isFresh || fields.host !== before.host || fields.port !== before.port)
        request.relay = { host: fields.host, port: fields.port,
                          'mx-lookup': before.mxLookup && fields.host === before.host };
    for (const name of PROPERTIES)
        if (isFresh ? fields[name] !== '' : fields[name] !== before[name])
            settings[name] = fields[name];
    const isNewLogin = isFresh || !before.hasLogin || fields.user !== before.user || request.relay;
    if (fields.user !== '' && isNewLogin)
        settings.authentication = 'yes';
    else if (fields.user === '' && before.user !== '')
        settings.authentication = 'no';
    if (fields.password !== '')
        Object.assign(request, { user: fields.user, 'password-follows': true });
    return request;
}

export function createSettings({ ask, onReview }) {
    const controls = {
        provider: field(_('Provider'), { options: [['', _('Another one, or your own')],
            ...providers.map(one => [one.id, one.name])] }),
        host: field(_('Relay host'), {
            hint: _('The name of the server that takes this machine’s mail.'), size: 'grow',
            inputmode: 'url', required: true }),
        port: field(_('Port'), {
            hint: _('587, 465 or 25.'), size: 'narrow', inputmode: 'numeric' }),
        'tls-level': field(_('TLS security'), {
            options: EASY_LEVELS.map(one => [one, levelWord(one)]) }),
        'tls-ca-file': field(_('CA file'), {
            hint: _('Only where a company has its own authority: a path on this machine.') }),
        user: field(_('User name'), { hint: _('Empty where the relay asks for none.') }),
        password: field(_('Password'), { type: 'password', autocomplete: 'new-password' }),
        origin: field(_('Origin domain'), {
            hint: _('What follows the @ of a sender without a domain.') }),
        'sender-address': field(_('Sender address'), {
            hint: _('All mail leaves as this one; empty: each program’s own.'),
            inputmode: 'email' }),
        'root-address': field(_('Address for root’s mail'), {
            hint: _('Who reads what this machine reports.'), inputmode: 'email' }),
    };
    const nullClient = checkbox(_('Take mail from this machine only, and deliver none here'), {
        hint: _('The safe choice for a machine that only reports. Clear it where others send ' +
            'through this machine.') });
    const names = Object.keys(controls).filter(name => name !== 'provider');
    const probe = createProbe(), problem = notices();
    const probeButton = button(_('Probe the relay'), { onclick: () => runProbe() });
    const reviewButton = button(_('Review changes'), { kind: 'primary', type: 'submit' });
    const discardButton = button(_('Discard'), { kind: 'link', onclick: () => fill(before, []) });
    let before = null, isApplied = false;

    const group = (word, ...parts) =>
        h('fieldset', { class: 'group' }, h('legend', null, word), ...parts);
    const element = card(_('Settings'), { wide: true }, h('form', {
        class: 'pf-v6-c-form settings', novalidate: true,
        onsubmit: event => { event.preventDefault(); review(); }, oninput: () => showTouched() },
    h('div', { class: 'groups' },
      group(_('Where mail goes'), controls.provider.element,
            h('div', { class: 'row' }, controls.host.element, controls.port.element),
            controls['tls-level'].element, controls['tls-ca-file'].element, nullClient.element),
      group(_('Login'), controls.user.element, controls.password.element),
      group(_('Who it comes from'), controls.origin.element, controls['sender-address'].element,
            controls['root-address'].element)),
    problem.element,
    h('div', { class: 'buttons' }, probeButton, reviewButton, discardButton),
    probe.element));

    const get = () => Object.fromEntries(names.map(name => [name, name === 'password'
        ? controls.password.control.value : controls[name].control.value.trim()]));
    const isFresh = () => nullClient.control.checked && !before.isNullClient;
    const touched = () => names.filter(name => get()[name] !== before[name]);

    function showTouched() {
        discardButton.hidden = touched().length === 0;
        problem.clear();
        controls.origin.control.placeholder = isFresh() ? before.domain : before.takenOrigin;
    }

    const showProvider = () => setProvider(
        providers.find(one => one.host === controls.host.control.value.trim()));

    function setProvider(provider) {
        controls.provider.control.value = provider?.id ?? '';
        controls.provider.setHint(provider ? providerWords(provider) : '');
    }

    controls.host.control.addEventListener('input', showProvider);
    controls.provider.control.addEventListener('change', () => {
        const provider = providers.find(one => one.id === controls.provider.control.value);
        controls.host.control.value = provider?.host ?? '';
        controls.port.control.value = provider?.port ?? '';
        controls['tls-level'].control.value = 'auto';
        if (provider?.user === 'apikey')
            controls.user.control.value = 'apikey';
        setProvider(provider);
        showTouched();
    });

    // Puts into the fields what the machine has, but leaves those whose names are in KEPT.
    function fill(fields, kept) {
        const level = fields['tls-level'];
        controls['tls-level'].setOptions(['auto', ...TLS_LEVELS]
            .filter(one => EASY_LEVELS.includes(one) || one === level || one === get()['tls-level'])
            .map(one => [one, levelWord(one)]));
        const values = kept.includes('tls-level') ? { 'tls-level': get()['tls-level'] } : {};
        for (const name of names)
            if (!kept.includes(name))
                values[name] = fields[name];
        for (const [name, value] of Object.entries(values))
            controls[name].control.value = value;
        if (before === null || before.isNullClient !== fields.isNullClient ||
            before.wantsNullClient !== fields.wantsNullClient)
            nullClient.control.checked = fields.isNullClient || fields.wantsNullClient;
        nullClient.element.hidden = fields.isNullClient;
        before = fields;
        controls.password.setHint(fields.hasLogin && fields.user !== ''
            ? _('One is stored. Leave it empty to keep that.') : _('It is never shown again.'));
        showProvider();
        showTouched();
    }

    // A user name that is new has no password yet.
    function refuse() {
        const fields = get();
        const lacks = (name, text) => {
            problem.show(errorAlert(text, { message: _('Nothing was asked or written.') }));
            controls[name].control.setAttribute('aria-invalid', 'true');
            controls[name].control.focus();
            return true;
        };
        for (const name of names)
            controls[name].control.removeAttribute('aria-invalid');
        if (fields.password !== '' && fields.user === '')
            return lacks('user', _('A password needs its user name.'));
        if (fields.user !== '' && fields.user !== before.user && fields.password === '')
            return lacks('password', _('This user name needs its password.'));
        return false;
    }

    async function runProbe() {
        if (refuse())
            return;
        probe.begin();
        try {
            probe.end(await busy(probeButton, ask('probe', makeRequest(get(), before, isFresh()), {
                password: get().password, onProgress: step => probe.tell(step) })));
        } catch (error) {
            probe.close();
            probe.clear();
            problem.show(errorAlert(_('The relay was not asked'), error));
            problem.element.focus();
        }
    }

    function review() {
        if (!refuse())
            onReview(makeRequest(get(), before, isFresh()), get().password);
    }

    return {
        element,
        show(data, writable) {
            const kept = before === null || isApplied ? [] : touched();
            isApplied = false;
            fill(readFields(data), kept);
            for (const control of element.querySelectorAll('input, select, button')) {
                disable(control, !writable.allowed);
                control.closest('.pf-v6-c-form-control')
                    ?.classList.toggle('pf-m-disabled', !writable.allowed);
                writable.explain(control);
            }
        },
        // What was applied is what the machine has now, and shows as that with the next look at it.
        forget() {
            probe.clear();
            controls.password.control.value = '';
            isApplied = true;
        },
    };
}
