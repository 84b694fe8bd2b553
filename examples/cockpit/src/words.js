// SPDX-FileCopyrightText: 2026 The libnullmail authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What the library's short words are called here. Its sentences, of findings, remedies and errors,
// are shown as they come.

const { cockpit } = window;
export const _ = cockpit.gettext;
export const N = cockpit.ngettext;
export const format = cockpit.format;

const severities = { error: _('Error'), warning: _('Warning'), notice: _('Note') };
export const severityWord = word => severities[word] ?? word;

export const TLS_LEVELS = [
    'secure', 'verify', 'dane-only', 'dane', 'fingerprint', 'encrypt', 'may', 'none'];
const levels = {
    auto: _('Automatic: verified wherever a password is sent'),
    secure: _('Verified: encrypted, certificate and name checked'),
    verify: _('Verified by the certificate’s name'),
    'dane-only': _('DANE only'),
    dane: _('DANE where the relay has it'),
    fingerprint: _('By the certificate’s fingerprint'),
    encrypt: _('Encrypted, to whoever answers'),
    may: _('Encrypted if the relay offers it'),
    none: _('Not encrypted'),
};
export const levelWord = word => levels[word] ?? word;

// What a probe does, in five steps; the library tells of some of them in parts.
export const STEPS = [
    { id: 'dns', parts: ['dns'], word: _('Name') },
    { id: 'connect', parts: ['connect', 'greeting', 'ehlo'], word: _('Connection') },
    { id: 'tls', parts: ['tls'], word: _('TLS') },
    { id: 'certificate', parts: ['certificate'], word: _('Certificate') },
    { id: 'login', parts: ['auth', 'login'], word: _('Login') },
];

const causes = {
    unknown: _('For another reason'),
    'no-reason': _('Not tried yet'),
    dns: _('The relay’s name is not found'),
    network: _('The relay cannot be reached'),
    tls: _('The connection is not safe enough'),
    authentication: _('The relay refuses the login'),
    'relay-denied': _('The relay does not pass on this machine’s mail'),
    'sender-refused': _('The relay does not take mail from this sender'),
    'recipient-refused': _('The recipient takes no mail'),
    'rate-limit': _('Too much at once'),
    'message-refused': _('The message itself is refused'),
    local: _('Something on this machine'),
    blocked: _('The relay blocks this machine'),
};
export const causeWord = word => causes[word] ?? word;

const states = {
    unknown: _('Unknown'),
    queued: _('On its way'),
    sent: _('Delivered to the relay'),
    deferred: _('Waits'),
    bounced: _('Refused'),
    expired: _('Given up'),
};
export const deliveryWord = word => states[word] ?? word;

const activations = {
    none: _('Postfix needs no reload for this.'),
    reload: _('Postfix is reloaded.'),
    restart: _('Postfix is stopped and started again.'),
    start: _('Postfix is started.'),
};
export const activationWord = word => activations[word] ?? '';

const users = {
    address: _('The user name is the whole mail address.'),
    issued: _('The provider issues the user name.'),
    key: _('The user name is the API key.'),
    token: _('The user name is the server token.'),
    apikey: _('The user name is the word “apikey”.'),
};
const passwords = {
    account: _('The password is that of the mail account.'),
    app: _('It needs an app password, made in the account’s security settings.'),
    smtp: _('It needs the SMTP password that the provider issues; not the one for its website.'),
    key: _('The password is an API or SMTP key, made in the provider’s settings.'),
    token: _('The password is an SMTP token, made in the provider’s settings.'),
    code: _('The password is an authorization code, made in the mailbox’s settings.'),
};

// What to know of a provider, in sentences.
export function providerWords({ user, password, enable, retires }) {
    return [
        users[user], passwords[password],
        enable && _('Sending by SMTP has to be allowed in the mailbox’s settings first.'),
        retires && _('This provider is ending logins with a password.'),
    ].filter(Boolean).join(' ');
}
