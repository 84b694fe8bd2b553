// SPDX-FileCopyrightText: 2026 The libnullmail authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The parts that the page is made of, in PatternFly's classes.

import { h, icon, newId, replace, spinner } from './dom.js';
import { _, severityWord } from './words.js';

const kinds = { error: 'danger', warning: 'warning', notice: 'info', ok: 'success' };

// An alert in the flow of the page; kind is error, warning, notice or ok.
export function alert(kind, title, ...body) {
    return h('div', { class: `pf-v6-c-alert pf-m-inline pf-m-${kinds[kind]}` },
             h('div', { class: 'pf-v6-c-alert__icon' }, icon(kind)),
             h('p', { class: 'pf-v6-c-alert__title' },
               kind !== 'ok' &&
                   h('span', { class: 'pf-v6-screen-reader' }, `${severityWord(kind)}: `), title),
             body.some(Boolean) && h('div', { class: 'pf-v6-c-alert__description' }, ...body));
}

// A sentence of the library, of Postfix or of a relay, which has a direction of its own.
export function sentence(words, attributes = {}) {
    return words ? h('p', { dir: 'auto', ...attributes }, words) : null;
}

export function errorAlert(title, error) {
    return alert('error', title, sentence(error.message));
}

// A place for alerts, of which a screen reader tells when one comes.
export function notices() {
    const element = h('div', { class: 'notices', 'aria-live': 'polite', tabindex: '-1' });
    return {
        element,
        show: (...alerts) => replace(element, ...alerts),
        clear: () => replace(element),
    };
}

export function button(word, { kind = 'secondary', ...attributes }) {
    return h('button', { class: `pf-v6-c-button pf-m-${kind}`, type: 'button', ...attributes },
             h('span', { class: 'pf-v6-c-button__text' }, word));
}

// While a promise is open its button cannot be pressed again, and says that something happens.
export async function busy(pressed, promise) {
    const wasDisabled = pressed.disabled, hadFocus = document.activeElement === pressed;
    const mark = h('span', { class: 'pf-v6-c-button__icon' }, spinner());
    pressed.disabled = true;
    pressed.dataset.busy = '';
    pressed.prepend(mark);
    try {
        return await promise;
    } finally {
        mark.remove();
        delete pressed.dataset.busy;
        pressed.disabled = wasDisabled;
        if (hadFocus && document.activeElement === document.body)
            pressed.focus();
    }
}

// Takes a control out of use, or back into use once nothing is under way that it has begun.
export function disable(control, isDisabled) {
    control.disabled = isDisabled || 'busy' in control.dataset;
}

export function label(word, colour) {
    return h('span', { class: `pf-v6-c-label pf-m-compact${colour ? ` pf-m-${colour}` : ''}` },
             h('span', { class: 'pf-v6-c-label__content' },
               h('span', { class: 'pf-v6-c-label__text' }, word)));
}

export function severityLabel(word) {
    const colours = { error: 'red', warning: 'orange', notice: 'blue' };
    return label(severityWord(word), colours[word]);
}

export function card(title, { id = newId('card'), actions, wide } = {}, ...body) {
    return h('section', { class: `pf-v6-c-card${wide ? ' wide' : ''}`, 'aria-labelledby': id },
             h('div', { class: 'pf-v6-c-card__header' },
               h('div', { class: 'pf-v6-c-card__header-main' },
                 h('div', { class: 'pf-v6-c-card__title' },
                   h('h2', { class: 'pf-v6-c-card__title-text', id }, title))),
               actions && h('div', { class: 'pf-v6-c-card__actions' }, ...actions)),
             h('div', { class: 'pf-v6-c-card__body' }, ...body));
}

export function description(rows) {
    return h('dl', { class: 'pf-v6-c-description-list facts' }, rows.map(([word, value]) =>
        h('div', { class: 'pf-v6-c-description-list__group' },
          h('dt', { class: 'pf-v6-c-description-list__term' },
            h('span', { class: 'pf-v6-c-description-list__text' }, word)),
          h('dd', { class: 'pf-v6-c-description-list__description' },
            h('div', { class: 'pf-v6-c-description-list__text' }, value)))));
}

function helper(id, text) {
    return h('div', { class: 'pf-v6-c-form__helper-text', id },
             h('div', { class: 'pf-v6-c-helper-text' },
               h('div', { class: 'pf-v6-c-helper-text__item' },
                 h('span', { class: 'pf-v6-c-helper-text__item-text' }, text))));
}

// A labelled control of a form: an input, or a select with [value, word] as options.
export function field(word, { hint = '', options, size = '', ...attributes }) {
    const id = newId('field'), hintId = `${id}-hint`;
    const control = h(options ? 'select' : 'input', {
        id, autocomplete: 'off', ...(options ? {} : { type: 'text', spellcheck: 'false' }),
        ...(hint !== null ? { 'aria-describedby': hintId } : {}), ...attributes });
    const setOptions = list => replace(
        control, list.map(([value, text]) => h('option', { value }, text)));
    if (options)
        setOptions(options);
    const note = hint !== null && helper(hintId, hint);
    const element = h('div', { class: `pf-v6-c-form__group ${size}` },
                      h('div', { class: 'pf-v6-c-form__group-label' },
                        h('label', { class: 'pf-v6-c-form__label', for: id },
                          h('span', { class: 'pf-v6-c-form__label-text' }, word))),
                      h('div', { class: 'pf-v6-c-form__group-control' },
                        h('span', { class: 'pf-v6-c-form-control' }, control,
                          options && h('span', { class: 'pf-v6-c-form-control__utilities' },
                                       h('span', { class: 'caret' }))),
                        note));
    return {
        element, control, setOptions,
        setHint: text => replace(note.querySelector('span'), text),
    };
}

export function checkbox(word, { hint, checked = false, ...attributes } = {}) {
    const id = newId('check'), hintId = `${id}-hint`;
    const control = h('input', {
        class: 'pf-v6-c-check__input', type: 'checkbox', id,
        ...(hint ? { 'aria-describedby': hintId } : {}), ...attributes });
    control.checked = checked;
    const element = h('div', { class: 'pf-v6-c-check' }, control,
                      h('label', { class: 'pf-v6-c-check__label', for: id }, word),
                      hint && h('span', { class: 'pf-v6-c-check__description', id: hintId }, hint));
    return { element, control };
}

export function loading() {
    return h('p', { class: 'loading' }, spinner(), ' ', _('Loading…'));
}
