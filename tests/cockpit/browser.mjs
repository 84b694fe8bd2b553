// SPDX-FileCopyrightText: 2026 The libnullmail authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A browser, and what every state of the page has to stand: axe, no word on the console, nothing
// that is wider than the window.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const { NULLMAIL_BUILD: build, NULLMAIL_CHROMIUM, NULLMAIL_SCREENSHOTS: shots } = process.env;
const require = createRequire(path.join(build, 'npm', 'tests', 'package.json'));
const { chromium } = require('playwright-core');
const axeSource = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
export const LIMIT_MS = 60000;
export const SIZES = { desktop: [1280, 900], medium: [800, 900], mobile: [320, 640] };

export function startBrowser() {
    return chromium.launch({ executablePath: NULLMAIL_CHROMIUM, args: ['--no-sandbox'] });
}

// Opens the page and waits until it shows the machine. What the browser complains of is collected.
export async function openPage(browser, address, how = {}) {
    const { size = 'desktop', dark = false, language } = how;
    const [width, height] = SIZES[size];
    const context = await browser.newContext({
        viewport: { width, height }, colorScheme: dark ? 'dark' : 'light',
        reducedMotion: 'reduce' });
    if (language)
        await context.addCookies([{
            name: 'CockpitLang', value: language, url: new URL(address).origin }]);
    const page = await context.newPage();
    page.setDefaultTimeout(LIMIT_MS);
    page.complaints = [];
    page.on('console', message => ['error', 'warning'].includes(message.type()) &&
        page.complaints.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', error => page.complaints.push(`exception: ${error.stack}`));
    page.on('response', response => response.status() >= 400 &&
        page.complaints.push(`${response.status()}: ${response.url()}`));
    await page.goto(address);
    await page.locator('.cards').waitFor();
    return page;
}

// The state that the page is in now: nothing to complain of.
export async function inspect(page, name) {
    await page.evaluate(axeSource);
    const violations = await page.evaluate(async () => (await window.axe.run(document, {
        resultTypes: ['violations'] })).violations.map(one => ({
        id: one.id, nodes: one.nodes.map(node => `${node.html}: ${node.failureSummary}`) })));
    assert.deepEqual(violations, [], `axe, ${name}`);
    const sizes = await page.evaluate(
        () => [document.documentElement.scrollWidth, window.innerWidth]);
    assert.ok(sizes[0] <= sizes[1], `${name}: ${sizes[0]} px in a window of ${sizes[1]}`);
    assert.deepEqual(page.complaints, [], `console, ${name}`);
}

// A picture for the documentation, where somebody has asked for them.
export async function picture(page, name, { whole = false, top = false } = {}) {
    if (!shots)
        return;
    await page.mouse.move(0, 0);
    if (top)
        await page.evaluate(() => window.scrollTo(0, 0));
    await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: whole });
}

export const button = (page, name) => page.getByRole('button', { name });
export const text = (page, name) => page.getByRole('textbox', { name });

// What the page says at the end of a test message; where it says nothing, what is known instead.
export async function sendTest(page, lab) {
    await button(page, 'Send').click();
    try {
        await page.locator('.outcome .pf-v6-c-alert').waitFor();
    } catch (error) {
        error.message += [
            '', await page.locator('.pf-v6-c-card', { has: page.locator('.outcome') }).innerText(),
            await lab.run('mailq'), (await lab.call(['log', 'client'])).slice(-4000)].join('\n');
        throw error;
    }
    return page.locator('.outcome').innerText();
}
