// SPDX-FileCopyrightText: 2026 The libnullmail authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// From a pristine machine to delivered mail and back, as an administrator goes it. Each test goes
// on where the one before it has ended.

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { button, inspect, LIMIT_MS, openPage, picture, sendTest, startBrowser,
    text } from './browser.mjs';
import { Lab, PASSWORD, STUDENT, USER } from './lab.mjs';

const lab = new Lab('story');
const WRONG = 'not-this-one';
let browser, page, pristine;

const step = id => page.locator(`.step[data-step=${id}]`);
const dialog = () => page.getByRole('dialog');
const alertOf = kind => page.locator(`.pf-v6-c-alert.pf-m-${kind}`);
const outcomes = () => page.locator('.step').evaluateAll(
    all => all.map(one => one.dataset.outcome));
const fact = word => page.locator('.facts .pf-v6-c-description-list__group', { hasText: word });

async function probe(password) {
    await text(page, 'Password').fill(password);
    await button(page, 'Probe').click();
    await page.locator('.probe .pf-v6-c-alert').waitFor();
}

async function openReview(name = 'Review changes') {
    await button(page, name).click();
    await dialog().locator('.diff').waitFor();
}

async function apply(name = 'Apply') {
    await dialog().getByRole('button', { name }).click();
    await dialog().waitFor({ state: 'detached' });
    await page.locator('main > .notices .pf-m-success').waitFor();
}

before(async () => {
    await lab.up();
    pristine = lab.readConfig('main.cf');
    browser = await startBrowser();
    page = await openPage(browser, await lab.serve());
});

after(async () => {
    await browser?.close();
    await lab.down();
});

test('the first visit tells what is wrong and how to mend it', async () => {
    const findings = page.locator('.finding');
    await findings.filter({ hasText: 'There is no relay' }).filter({ hasText: 'relayhost' })
        .waitFor();
    assert.ok(await findings.count() >= 3);
    assert.match(await fact('Postfix').innerText(), /Stopped/);
    assert.equal(await button(page, 'Undo').isDisabled(), true);
    await inspect(page, 'first visit');
    await picture(page, 'cockpit-first-visit', { whole: true });
});

test('every control can be reached with the keyboard, and has its name', async () => {
    const names = {
        textbox: [/relay|host/i, /port/i, /user/i, /password/i, /origin/i, /sender/i,
                  /root’s/i, /CA file/, /recipient/i],
        combobox: [/provider/i, /security|TLS/i],
        button: [/probe|check/i, /review|changes/i, /send/i, /start/i],
    };
    for (const [role, patterns] of Object.entries(names))
        for (const name of patterns)
            assert.equal(await page.getByRole(role, { name }).count(), 1, `${role} ${name}`);

    const wanted = await page.evaluate(() => {
        const controls = 'a, button, input, select, summary, [tabindex="0"]';
        const all = [...document.querySelectorAll(controls)]
            .filter(one => !one.disabled && one.checkVisibility());
        all.forEach((one, index) => { one.dataset.number = index; });
        return all.length;
    });
    await page.locator('body').focus();
    const reached = [];
    for (let i = 0; i < wanted; i++) {
        await page.keyboard.press('Tab');
        reached.push(await page.evaluate(() => document.activeElement.dataset.number));
    }
    assert.deepEqual(reached.map(Number), [...Array(wanted).keys()]);
});

test('a user name without its password is refused before anything is asked', async () => {
    await text(page, 'User').fill(USER);
    await button(page, 'Review').click();
    await alertOf('danger').waitFor();
    assert.equal(await text(page, 'Password').getAttribute('aria-invalid'), 'true');
    assert.equal(await dialog().count(), 0);
    await inspect(page, 'refused by the form');
});

test('a relay host that is none is refused in the library’s words', async () => {
    await text(page, 'User').fill('');
    await text(page, 'Relay host').fill('smtp.example.com:587:1');
    await button(page, 'Probe').click();
    await alertOf('danger').filter({ hasText: 'smtp.example.com:587:1' }).waitFor();
    await inspect(page, 'a wrong relay host');
});

test('a wrong password fails at the login step, and nothing is written', async () => {
    await text(page, 'Relay host').fill('smtp.example.com');
    await text(page, 'Port').fill('587');
    await text(page, 'User').fill(USER);
    // Each step is told of as it ends, and the next one is then under way.
    await page.evaluate(() => {
        window.course = [];
        new MutationObserver(records => {
            for (const { target, oldValue } of records)
                window.course.push(`${target.dataset.step} ${oldValue}`);
        }).observe(document.querySelector('.probe'), {
            subtree: true, attributes: true, attributeFilter: ['data-outcome'],
            attributeOldValue: true });
    });
    await probe(WRONG);
    assert.deepEqual(await outcomes(), ['ok', 'ok', 'ok', 'ok', 'error']);
    assert.match(await step('login').innerText(), /535/);
    const course = await page.evaluate(() => window.course);
    assert.deepEqual(course.filter(one => one.endsWith(' running')), [
        'dns running', 'connect running', 'tls running', 'certificate running', 'login running']);
    assert.equal(lab.readConfig('main.cf'), pristine);
    assert.equal(lab.readConfig('sasl_passwd'), null);
    assert.ok(!(await page.content()).includes(WRONG));
    await inspect(page, 'wrong password');
    await picture(page, 'cockpit-wrong-password');
});

test('a right password is accepted, reviewed and applied', async () => {
    await probe(PASSWORD);
    assert.deepEqual(await outcomes(), ['ok', 'ok', 'ok', 'ok', 'ok']);
    await inspect(page, 'right password');
    await openReview();
    const diff = await dialog().locator('.diff').innerText();
    assert.match(diff, /^\+relayhost = \[smtp\.example\.com\]:587$/m);
    assert.match(diff, /^\+inet_interfaces = loopback-only$/m);
    assert.match(diff, /relayuser@example\.com:\*{8}/);
    assert.ok(!(await page.content()).includes(PASSWORD));
    await inspect(page, 'review');
    await picture(page, 'cockpit-review');
    assert.equal(lab.readConfig('main.cf'), pristine);
    await apply();
    assert.equal(await text(page, 'Password').inputValue(), '');
    assert.equal(await text(page, 'User').inputValue(), USER);
    assert.match(lab.readConfig('main.cf'), /^relayhost = \[smtp\.example\.com\]:587$/m);
    assert.match(await fact('Postfix').innerText(), /Running/);
    await inspect(page, 'applied');
    await picture(page, 'cockpit-applied', { whole: true });
});

test('the password is in the password file and its table, and nowhere else', async () => {
    const found = await lab.run('sh', '-c', `grep -rlFs ${PASSWORD} /etc /var /run /tmp ` +
        '/proc/*/cmdline /proc/*/environ --exclude-dir=nullmail-lab | grep -v self | sort');
    const lines = found.split('\n').filter(line => line && !line.includes('cmdline'));
    assert.deepEqual(lines.filter(line => !/^\/etc\/postfix\/sasl_passwd(\.\w+)?$/.test(line)), []);
    assert.ok(lines.includes('/etc/postfix/sasl_passwd'));
});

test('a test message is followed to the relay’s answer, and is in the mailbox', async () => {
    await text(page, 'Recipient').fill(STUDENT);
    assert.match(await sendTest(page, lab), /250 2\./);
    // It may be there before anybody sees it on its way.
    await page.locator('.delivery li', { hasText: /On its way|Delivered/ }).first().waitFor();
    assert.match(await lab.call(['fetch', '--wait', '20']), /^From: /m);
    await inspect(page, 'test message');
    await picture(page, 'cockpit-test-message');
});

test('what others change shows without a reload, and leaves what was typed here', async () => {
    await text(page, 'Address for root').fill('typed@example.com');
    await lab.run('postconf', '-e', 'relayhost = [smtp.lab.example.com]:587');
    await fact('Mail goes to').filter({ hasText: 'smtp.lab.example.com' }).waitFor();
    assert.equal(await text(page, 'Relay host').inputValue(), 'smtp.lab.example.com');
    assert.equal(await text(page, 'Address for root').inputValue(), 'typed@example.com');
    await inspect(page, 'changed by others');
    await lab.run('postconf', '-e', 'relayhost = [smtp.example.com]:587');
    await fact('Mail goes to').filter({ hasText: '[smtp.example.com]' }).waitFor();
    await button(page, 'Discard').click();
    assert.equal(await text(page, 'Address for root').inputValue(), '');
});

test('a conflict is told with a new diff, and nothing is lost', async () => {
    await text(page, 'Sender address').fill('host7@example.com');
    await openReview();
    const before = lab.readConfig('main.cf');
    await lab.run('postconf', '-e', 'smtp_helo_timeout = 200s');
    await dialog().getByRole('button', { name: 'Apply' }).click();
    await dialog().locator('.pf-m-warning', { hasText: 'Nothing was written' }).waitFor();
    assert.equal(lab.readConfig('main.cf'), `${before}smtp_helo_timeout = 200s\n`);
    assert.match(await dialog().locator('.diff').innerText(), /^ smtp_helo_timeout = 200s$/m);
    await inspect(page, 'conflict');
    await picture(page, 'cockpit-conflict');
    await apply();
    assert.match(lab.readConfig('main.cf'), /^smtp_helo_timeout = 200s$/m);
    assert.match(lab.readConfig('main.cf'), /^sender_canonical_maps = .*host7@example\.com/m);
    assert.equal(await text(page, 'Sender address').inputValue(), 'host7@example.com');
});

test('undo shows what it takes back, and takes back just that', async () => {
    await openReview('Undo');
    assert.match(await dialog().locator('.diff').innerText(), /^-sender_canonical_maps/m);
    await inspect(page, 'undo');
    await apply('Apply the undo');
    assert.doesNotMatch(lab.readConfig('main.cf'), /^sender_canonical_maps/m);
    assert.match(lab.readConfig('main.cf'), /^smtp_helo_timeout = 200s$/m);
});

test('what would not be safe is applied by explicit choice only', async () => {
    await page.getByRole('combobox', { name: 'TLS security' }).selectOption('none');
    await openReview();
    const confirm = dialog().getByRole('button', { name: 'Apply' });
    await dialog().locator('.pf-m-danger').waitFor();
    assert.equal(await confirm.isDisabled(), true);
    await inspect(page, 'unsafe');
    await dialog().getByRole('checkbox', { name: 'Apply it nevertheless' }).check();
    assert.equal(await confirm.isDisabled(), false);
    const before = lab.readConfig('main.cf');
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    assert.equal(lab.readConfig('main.cf'), before);
    // Whoever closes a dialog is back where it was opened.
    assert.equal(await page.evaluate(() => document.activeElement.innerText), 'Review changes');
});

test('a provider fills the form and says which password it wants', async () => {
    await page.getByRole('combobox', { name: 'Provider' }).selectOption({ label: 'Fastmail' });
    assert.equal(await text(page, 'Relay host').inputValue(), 'smtp.fastmail.com');
    assert.equal(await text(page, 'Port').inputValue(), '465');
    await page.getByText('It needs an app password').waitFor({ timeout: LIMIT_MS });
    assert.equal(await page.getByRole('combobox', { name: 'TLS security' }).inputValue(), 'auto');
    await inspect(page, 'a provider');
});
