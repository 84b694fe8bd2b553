// SPDX-FileCopyrightText: 2026 The libnullmail authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Light or dark, left to right or right to left, and the language: as Cockpit's shell has it.

const { cockpit } = window;
const DARK = 'pf-v6-theme-dark';
const system = window.matchMedia('(prefers-color-scheme: dark)');

function follow(style) {
    const wanted = style || localStorage.getItem('shell:style') || 'auto';
    const isDark = wanted === 'dark' || (wanted === 'auto' && system.matches);
    document.documentElement.classList.toggle(DARK, isDark);
}

export function followShell() {
    const root = document.documentElement;
    root.lang = cockpit.language.replace('_', '-');
    root.dir = cockpit.language_direction || 'ltr';
    follow();
    window.addEventListener('storage', event => event.key === 'shell:style' && follow());
    window.addEventListener('cockpit-style', event => follow(event.detail?.style));
    system.addEventListener('change', () => follow());
}
