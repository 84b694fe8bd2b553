// SPDX-FileCopyrightText: 2026 The libnullmail authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Making elements. Texts are always text nodes: nothing that comes from a relay or a file is HTML.

const SVG = 'http://www.w3.org/2000/svg';
let lastId = 0;

export function newId(word) {
    lastId += 1;
    return `${word}-${lastId}`;
}

function append(element, children) {
    for (const child of children.flat(Infinity))
        if (child !== null && child !== undefined && child !== false && child !== '')
            element.append(child);
    return element;
}

// h('button', { class: 'x', onclick: f, disabled: true }, 'text'); false and null set nothing.
export function h(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes ?? {})) {
        if (name.startsWith('on'))
            element.addEventListener(name.slice(2), value);
        else if (value !== false && value !== null && value !== undefined)
            element.setAttribute(name, value === true ? '' : value);
    }
    return append(element, children);
}

export function replace(element, ...children) {
    element.replaceChildren();
    return append(element, children);
}

// A picture in a square of 24, from its outline; it says nothing to a screen reader, for the words
// stand beside it.
function drawing(name, shape, geometry) {
    const svg = document.createElementNS(SVG, 'svg');
    const outline = document.createElementNS(SVG, shape);
    for (const [key, value] of Object.entries({
        viewBox: '0 0 24 24', 'aria-hidden': 'true', class: `icon ${name}`, focusable: 'false' }))
        svg.setAttribute(key, value);
    for (const [key, value] of Object.entries(geometry))
        outline.setAttribute(key, value);
    svg.append(outline);
    return svg;
}

const DISC = 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20z';
const PATHS = {
    ok: `${DISC}m-1.4 14.6-4.2-4.2 1.6-1.6 2.6 2.6 5.6-5.6 1.6 1.6z`,
    error: `${DISC}m1.2 15h-2.4v-2.4h2.4zm0-4.2h-2.4V7h2.4z`,
    warning: 'M12 2.5 1 21.5h22zm1.2 16.2h-2.4v-2.3h2.4zm0-4.1h-2.4V9.2h2.4z',
    notice: `${DISC}m1.2 15h-2.4v-6.2h2.4zm0-8h-2.4V6.7h2.4z`,
    waiting: `${DISC}m0 2.2a7.8 7.8 0 1 1 0 15.6 7.8 7.8 0 0 1 0-15.6z`,
    skipped: 'M5 10.8h14v2.4H5z',
};

export const icon = name => drawing(`icon-${name}`, 'path', { d: PATHS[name] });
export const spinner = () => drawing('spinner', 'circle', { cx: 12, cy: 12, r: 9 });
