// SPDX-FileCopyrightText: 2026 The libnullmail authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The page on machines in other states: mail that waits, a Postfix that is stopped, a mistake that
// can be fixed, a mail server, and a user who may not change anything.

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { button, inspect, openPage, picture, sendTest, startBrowser, text } from './browser.mjs';
import { Lab, PASSWORD, STUDENT, USER } from './lab.mjs';

const lab = new Lab('states');
const RELAY = 'smtp.example.com';
const WRONG = PASSWORD.toUpperCase();
let browser, address, page;

const dialog = () => page.getByRole('dialog');
const finding = word => page.locator('.finding', { hasText: word });
const fact = word => page.locator('.facts .pf-v6-c-description-list__group', { hasText: word });

async function applyDialog() {
    await dialog().locator('.diff').waitFor();
    await dialog().getByRole('button', { name: 'Apply' }).click();
    await dialog().waitFor({ state: 'detached' });
    await page.locator('.notices .pf-m-success').waitFor();
}

async function setLogin(password) {
    await lab.run('sh', '-c', `umask 077; echo '[${RELAY}]:587 ${USER}:${password}' ` +
        '>/etc/postfix/sasl_passwd; postmap /etc/postfix/sasl_passwd');
}

before(async () => {
    await lab.up();
    await setLogin(WRONG);
    await lab.run('postconf', '-e', `relayhost = [${RELAY}]:587`, 'myorigin = lab.example.com',
                  'inet_interfaces = loopback-only', 'mydestination =', 'mynetworks_style = host',
                  'smtp_sasl_auth_enable = yes', 'smtp_tls_security_level = secure',
                  'smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd',
                  'smtp_sasl_security_options = noplaintext, noanonymous',
                  'smtp_sasl_tls_security_options = noanonymous',
                  'smtp_tls_CAfile = /etc/ssl/certs/ca-certificates.crt', 'smtp_use_tls = yes');
    browser = await startBrowser();
    address = await lab.serve();
    page = await openPage(browser, address);
});

after(async () => {
    await browser?.close();
    await lab.down();
});

test('a Postfix that is stopped says so, and is started by a button', async () => {
    await fact('Postfix').filter({ hasText: 'Stopped' }).waitFor();
    await finding('not running').waitFor();
    await inspect(page, 'stopped');
    await button(page, 'Start Postfix').click();
    await fact('Postfix').filter({ hasText: 'Running' }).waitFor();
    assert.equal(await finding('not running').count(), 0);
    assert.equal(await button(page, 'Start Postfix').count(), 0);
});

test('a Postfix that somebody stops shows without a reload', async () => {
    await lab.run('postfix', 'stop');
    await fact('Postfix').filter({ hasText: 'Stopped' }).waitFor();
    await button(page, 'Start Postfix').click();
    await fact('Postfix').filter({ hasText: 'Running' }).waitFor();
});

test('a Postfix that does not start at boot is made to by a button', async () => {
    assert.equal(await button(page, 'Enable at boot').count(), 0);
    await lab.run('sh', '-c', 'rm /etc/systemd/system/*.wants/postfix.service');
    await button(page, 'Enable at boot').click();
    await fact('Postfix').filter({ hasText: 'Starts at boot' }).waitFor();
    assert.match(await lab.run('sh', '-c', 'ls /etc/systemd/system/*.wants/postfix.service'),
                 /postfix\.service/);
});

test('a finding is fixed by its button, after its diff was shown', async () => {
    await finding('smtp_use_tls').getByRole('button', { name: 'Fix' }).click();
    await dialog().locator('.diff').waitFor();
    assert.match(await dialog().locator('.diff').innerText(), /^-smtp_use_tls = yes$/m);
    await inspect(page, 'fix');
    await applyDialog();
    assert.doesNotMatch(lab.readConfig('main.cf'), /smtp_use_tls/);
    assert.equal(await finding('smtp_use_tls').count(), 0);
});

test('a test message that the relay does not take says why, and how to go on', async () => {
    await text(page, 'Recipient').fill(STUDENT);
    const outcome = await sendTest(page, lab);
    assert.match(outcome, /535/);
    assert.match(outcome, /The relay refuses the login/);
    await inspect(page, 'deferred');
});

test('the queue is told by cause, and flushed', async () => {
    const cause = page.locator('.cause', { hasText: 'The relay refuses the login' });
    await cause.filter({ hasText: '1 message' }).waitFor();
    await cause.locator('summary').click();
    await cause.locator('.message', { hasText: '535' }).filter({ hasText: STUDENT }).waitFor();
    await inspect(page, 'queue');
    await picture(page, 'cockpit-queue');
    await setLogin(PASSWORD);
    await button(page, 'Flush').click();
    assert.match(await lab.call(['fetch', '--wait', '30']), /^From: /m);
    await button(page, 'Refresh').click();
    await page.getByText('No mail waits.').waitFor();
    assert.equal(await button(page, 'Flush').isDisabled(), true);
});

test('a recipient that is none is refused in the library’s words', async () => {
    await text(page, 'Recipient').fill('-bp');
    await button(page, 'Send').click();
    await page.locator('.outcome .pf-m-danger', { hasText: '-bp' }).waitFor();
    await inspect(page, 'a wrong recipient');
});

test('what Postfix refuses to read is a finding, and the page is still there', async () => {
    const good = lab.readConfig('main.cf');
    lab.writeConfig('main.cf', `${good}this is no setting\n`);
    const bad = finding(`main.cf:${good.split('\n').length}`);
    await bad.first().waitFor();
    await inspect(page, 'a bad line');
    lab.writeConfig('main.cf', good);
    await bad.waitFor({ state: 'detached' });
});

test('what a provider fills in can be discarded', async () => {
    await page.getByRole('combobox', { name: 'Provider' }).selectOption({ label: 'Fastmail' });
    assert.equal(await text(page, 'Relay host').inputValue(), 'smtp.fastmail.com');
    await button(page, 'Discard').click();
    assert.equal(await text(page, 'Relay host').inputValue(), RELAY);
});

test('another port leaves a relay by domain what it is', async () => {
    const good = lab.readConfig('main.cf');
    lab.writeConfig('main.cf', `${good}relayhost = lab.example.com\n`);
    await fact('Mail goes to').filter({ hasText: 'lab.example.com' }).waitFor();
    await text(page, 'Port').fill('2525');
    await text(page, 'User').fill('');
    await button(page, 'Review').click();
    await dialog().locator('.diff').waitFor();
    assert.match(await dialog().locator('.diff').innerText(),
                 /^\+relayhost = lab\.example\.com:2525$/m);
    await page.keyboard.press('Escape');
    lab.writeConfig('main.cf', good);
    await fact('Mail goes to').filter({ hasText: RELAY }).waitFor();
    await button(page, 'Discard').click();
});

test('a relay that the form cannot hold is not taken for none', async () => {
    const good = lab.readConfig('main.cf');
    lab.writeConfig('main.cf', `${good}relayhost = [a.example]:25, [b.example]:25\n` +
        'mydestination = localhost\n');
    const choice = page.getByRole('checkbox', { name: 'Take mail from this machine only' });
    await choice.waitFor();
    await fact('Mail goes to').filter({ hasText: 'see relayhost in main.cf' }).waitFor();
    assert.equal(await choice.isChecked(), false);
    await inspect(page, 'a list of relays');
    lab.writeConfig('main.cf', good);
    await fact('Mail goes to').filter({ hasText: RELAY }).waitFor();
});

test('a mail server is named as such, and not turned into a null client', async () => {
    await lab.run('postconf', '-e', 'relayhost =', 'inet_interfaces = all',
                  'mydestination = $myhostname, localhost', 'smtp_sasl_auth_enable = no',
                  'mynetworks = 127.0.0.0/8, 192.0.2.0/24', 'virtual_mailbox_base = /var/mail',
                  'virtual_mailbox_domains = lab.example.org',
                  'virtual_mailbox_maps = hash:/etc/postfix/boxes',
                  'smtpd_sasl_auth_enable = yes', 'smtpd_tls_security_level = may',
                  'smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination');
    await finding('This host takes mail for').waitFor();
    const choice = page.getByRole('checkbox', { name: 'Take mail from this machine only' });
    assert.equal(await choice.isChecked(), false);
    await inspect(page, 'mail server');
    await text(page, 'Relay host').fill(RELAY);
    await button(page, 'Review').click();
    await dialog().locator('.diff').waitFor();
    const diff = await dialog().locator('.diff').innerText();
    assert.match(diff, new RegExp(`^\\+relayhost = \\[${RELAY.replaceAll('.', '\\.')}\\]$`, 'm'));
    assert.doesNotMatch(diff, /^[+-](mydestination|inet_interfaces|virtual_)/m);
    await inspect(page, 'review of a mail server');
    await page.keyboard.press('Escape');
});

test('a user without rights sees the machine, and why nothing can be changed', async () => {
    await page.close();
    page = await openPage(browser, await lab.serve('user'));
    await page.getByText('You may look, but not change anything').waitFor();
    await fact('No relay').waitFor();
    assert.ok(await page.locator('.finding').count() > 0);
    const reason = await page.locator('[id^=rights]').getAttribute('id');
    for (const control of [text(page, 'Relay host'), text(page, 'Password'), button(page, 'Probe'),
        button(page, 'Review'), button(page, 'Undo')]) {
        assert.equal(await control.isDisabled(), true);
        assert.match(await control.getAttribute('aria-describedby'), new RegExp(reason));
    }
    await inspect(page, 'without rights');
    await picture(page, 'cockpit-without-rights', { whole: true });
    assert.equal(lab.readConfig('main.cf').includes(RELAY), false);
});
