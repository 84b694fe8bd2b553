// SPDX-FileCopyrightText: 2026 The libnullmail authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The page in each layout, light and dark, in each language and both directions of writing: nothing
// is cut off, nothing breaks axe's rules, and all of it is translated.

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { inspect, openPage, picture, startBrowser } from './browser.mjs';
import { Lab } from './lab.mjs';

const LOOKS = [
    { name: 'medium', size: 'medium' },
    { name: 'mobile', size: 'mobile' },
    { name: 'dark', size: 'desktop', dark: true },
    { name: 'dark-mobile', size: 'mobile', dark: true },
    { name: 'rtl', size: 'desktop', rtl: true },
    { name: 'rtl-mobile', size: 'mobile', rtl: true },
    { name: 'german', size: 'desktop', language: 'de', word: 'Ausgehende Mail' },
    { name: 'german-mobile', size: 'mobile', language: 'de', word: 'Ausgehende Mail' },
    { name: 'chinese', size: 'medium', language: 'zh-cn', word: '外发邮件', dark: true },
];
const PICTURES = { dark: 'cockpit-dark', mobile: 'cockpit-mobile', rtl: 'cockpit-rtl',
                   german: 'cockpit-german', chinese: 'cockpit-chinese' };
const lab = new Lab('looks');
let browser, address;

// What stands on the page and is neither a name nor a text of the library.
function visibleWords(page) {
    return page.locator('h1, h2, legend, dt, label, button, .pf-v6-c-helper-text__item-text, .lead')
        .allInnerTexts();
}

before(async () => {
    await lab.up();
    browser = await startBrowser();
    address = await lab.serve();
});

after(async () => {
    await browser?.close();
    await lab.down();
});

let english = [];
test('in English, light, on a desktop', async () => {
    const page = await openPage(browser, address);
    english = (await visibleWords(page)).filter(Boolean);
    assert.ok(english.length > 30, english.join());
    await inspect(page, 'desktop');
    await page.context().close();
});

for (const { name, word, rtl, ...how } of LOOKS) {
    test(`${name}: the page, a probe and a review`, async () => {
        const page = await openPage(browser, address, how);
        if (rtl)
            await page.evaluate(() => { document.documentElement.dir = 'rtl'; });
        const scheme = await page.evaluate(
            () => getComputedStyle(document.documentElement).colorScheme);
        assert.equal(scheme.includes('dark'), how.dark === true);
        if (word) {
            assert.equal(await page.locator('h1').innerText(), word);
            assert.equal(await page.title(), word);
            const same = (await visibleWords(page)).filter(one => english.includes(one));
            assert.deepEqual(same.filter(one => !/^(Port|Name|TLS|Postfix [\d.]+)$/.test(one)), []);
        }
        const form = page.locator('form.settings');
        await form.locator('input[inputmode=url]').fill('refused.lab.example.com');
        await form.locator('.buttons button').first().click();
        await page.locator('.probe .pf-v6-c-alert').waitFor();
        await inspect(page, name);
        if (PICTURES[name])
            await picture(page, PICTURES[name], { top: true });
        await form.locator('button[type=submit]').click();
        await page.getByRole('dialog').locator('.diff').waitFor();
        await inspect(page, `${name}, review`);
        await page.context().close();
    });
}
