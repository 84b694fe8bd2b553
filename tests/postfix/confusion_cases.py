# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Set-ups that are broken, and set-ups that are sound: the data of test_confusion.py.

Each is a null client in good order, BASE, and what is changed in it. A line of “edits” sets a
parameter, or with “-” in front removes it. “{etc}” is the configuration directory, “{ca}” the file
of the authority that signed the relay's certificate, and “{tmp}” a folder that all share."""

import collections

RELAY = '[smtp.example.com]:587'
BARE = '[smtp.example.com]:25'
LOGIN = 'host7:geheim'
BASE = '''compatibility_level = 3.6
queue_directory = {etc}/../queue
data_directory = {etc}/../data
myhostname = host7.example.com
mydomain = example.com
myorigin = example.com
inet_interfaces = loopback-only
inet_protocols = ipv4
mynetworks = 127.0.0.0/8 [::1]/128
mydestination =
relayhost = [smtp.example.com]:587
smtp_tls_security_level = secure
smtp_tls_CAfile = {ca}
smtp_sasl_auth_enable = yes
smtp_sasl_password_maps = hash:{etc}/sasl_passwd
smtp_sasl_security_options = noplaintext, noactive, nodictionary, noanonymous
smtp_sasl_tls_security_options = $smtp_sasl_security_options
smtp_sasl_tls_verified_security_options = noanonymous
smtp_sasl_mechanism_filter = plain, login
'''

# What is left of BASE for a relay that asks for no login.
OPEN = f'''relayhost = {BARE}
-smtp_tls_security_level
-smtp_sasl_auth_enable
-smtp_sasl_password_maps
-smtp_sasl_security_options
-smtp_sasl_tls_security_options
-smtp_sasl_tls_verified_security_options
-smtp_sasl_mechanism_filter
'''

# codes: one of them is to be found, divided by “|”. passwords: the password file. raw: goes behind
# main.cf as it is. files: more of them, by path. master: what to remove from master.cf, or with “+”
# to add to it. table: what to do with the compiled table. places: modes and owners of folders of
# the queue. how: how the lab shows that it is broken.
# owner: who is still to find it, or in a sound one to let a plan for a login apply.
Case = collections.namedtuple(
    'Case', 'name codes edits passwords raw files master table places how owner',
    defaults=('', None, '', {}, (), 'hash', {}, 'stuck', None))

BROKEN, SOUND = [], []


def broken(name, codes, edits='', **more):
    BROKEN.append(Case(name, codes, edits, **more))


def sound(name, edits='', **more):
    SOUND.append(Case(name, '', edits, **more))


# The document

broken('line-without-equals-sign', 'bad-line', raw='relayhost [smtp.example.com]:587\n')
broken('line-without-name', 'bad-line', raw='= [smtp.example.com]:587\n')
broken('macro-without-end', 'invalid-value', 'myorigin = ${mydomain')
broken('macro-of-itself', 'invalid-value', 'mydomain = $myhostname\nmyhostname = h.$mydomain')
broken('boolean-that-is-none', 'invalid-value', 'smtp_sasl_auth_enable = True')
broken('time-that-is-none', 'invalid-value', 'maximal_queue_lifetime = 5x')
broken('time-with-large-unit', 'invalid-value', 'smtp_connect_timeout = 30 S')
broken('number-that-is-none', 'invalid-value', 'message_size_limit = 10M')
broken('limit-below-one', 'invalid-value', 'default_process_limit = -1')
broken('limit-that-is-none', 'invalid-value', 'default_process_limit = many')
broken('soft-bounce', 'invalid-value', 'soft_bounce = maybe')
broken('level-of-compatibility', 'invalid-value', 'compatibility_level = abc')
broken('host-lookup', 'invalid-value', 'smtp_host_lookup = files')
broken('dns-support', 'invalid-value', 'smtp_dns_support_level = on')
broken('address-preference', 'invalid-value', 'smtp_address_preference = ipv8')

# Names that no Postfix knows

broken('name-relay-host', 'unknown-parameter', '-relayhost\nrelay_host = ' + RELAY)
broken('name-relayhosts', 'unknown-parameter', '-relayhost\nrelayhosts = ' + RELAY)
broken('name-auth-enabled', 'unknown-parameter',
       '-smtp_sasl_auth_enable\nsmtp_sasl_auth_enabled = yes')
broken('name-cafile', 'unknown-parameter', '-smtp_tls_CAfile\nsmtp_tls_cafile = {ca}\n'
       'tls_append_default_CA = no')
broken('name-password-map', 'unknown-parameter',
       '-smtp_sasl_password_maps\nsmtp_sasl_password_map = hash:{etc}/sasl_passwd')
broken('name-wrapper', 'unknown-parameter',
       'relayhost = [smtp.example.com]:465\nsmtp_tls_wrapper_mode = yes',
       passwords=f'[smtp.example.com]:465 {LOGIN}\n')

# The relay

broken('no-relay', 'no-relay', '-relayhost')
for i, text in enumerate((
        'smtp:[smtp.example.com]:587', '[smtp.example.com]:submision', '[smtp.example.com]:SMTPS',
        '[smtp.example.com]:70000', '[192.0.2.256]:587', '[smtp..example.com]:587',
        '[smtp.example.com.]:587', '[smtp.example.com:587]', '[smtp.example.com',
        '[smtp.example.com]:587:1', f'[{64 * "a"}.example.com]:587', '[-smtp.example.com]:587')):
    broken(f'relay-text-{i}', 'invalid-value', 'relayhost = ' + text, passwords=f'{text} {LOGIN}\n')
broken('second-relay-text', 'invalid-value', 'relayhost = [down.example.com]:587, smtp:[x]:587',
       passwords=f'[down.example.com]:587 {LOGIN}\n')
broken('relay-is-loopback', 'relay-is-self', OPEN + 'relayhost = [127.0.0.1]:25',
       master=('+smtp inet n - n - - smtpd',))
broken('relay-is-localhost', 'relay-is-self', OPEN + 'relayhost = [localhost]\n'
       'smtp_host_lookup = native', master=('+smtp inet n - n - - smtpd',))
broken('relay-by-address', 'relay-name-unverifiable', 'relayhost = [192.0.2.11]:587',
       passwords=f'[192.0.2.11]:587 {LOGIN}\n')
broken('transport-elsewhere', 'relay-overridden', 'transport_maps = static:smtp:[down.example.com]')
broken('default-transport-error', 'relay-overridden', 'default_transport = error:off')
broken('default-transport-elsewhere', 'relay-overridden',
       'default_transport = smtp:[down.example.com]')
broken('sender-relay-elsewhere', 'relay-overridden',
       'sender_dependent_relayhost_maps = static:[down.example.com]')
broken('filter-of-content', 'relay-overridden', 'content_filter = nosuch:[127.0.0.1]:10024')
broken('fallback-without-login', 'fallback-without-login',
       'relayhost = [down.example.com]:587\nsmtp_fallback_relay = ' + RELAY,
       passwords=f'[down.example.com]:587 {LOGIN}\n')
broken('mail-to-own-domain', 'local-delivery', 'mydestination = example.org')
broken('mail-to-virtual-domain', 'local-delivery', 'virtual_alias_domains = example.org')

# TLS

broken('level-that-is-none', 'invalid-value', 'smtp_tls_security_level = bogus')
broken('level-with-login-none', 'tls-opportunistic-with-auth',
       'relayhost = [smtp.example.com]:588\nsmtp_tls_security_level = none\n'
       'smtp_sasl_security_options = noanonymous', passwords=f'[smtp.example.com]:588 {LOGIN}\n',
       how='clear')
broken('level-with-login-may', 'tls-opportunistic-with-auth',
       'relayhost = [smtp.example.com]:588\nsmtp_tls_security_level = may\n'
       'smtp_sasl_security_options = noanonymous', passwords=f'[smtp.example.com]:588 {LOGIN}\n',
       how='clear')
broken('level-unset-with-login', 'tls-opportunistic-with-auth', '-smtp_tls_security_level')
broken('level-encrypt', 'tls-unverified', 'relayhost = [smtp.example.com]:589\n'
       'smtp_tls_security_level = encrypt\nsmtp_sasl_tls_security_options = noanonymous',
       passwords=f'[smtp.example.com]:589 {LOGIN}\n', how='impostor')
broken('level-dane-without-dnssec', 'invalid-value', 'smtp_tls_security_level = dane-only')
broken('level-fingerprint-without-any', 'invalid-value', 'smtp_tls_security_level = fingerprint')
broken('fingerprint-that-is-none', 'invalid-value', 'smtp_tls_security_level = fingerprint\n'
       'smtp_tls_fingerprint_digest = sha256\nsmtp_tls_fingerprint_cert_match = zz')
broken('fingerprint-of-another-digest', 'invalid-value', 'smtp_tls_security_level = fingerprint\n'
       'smtp_tls_fingerprint_digest = sha256\nsmtp_tls_fingerprint_cert_match = '
       + ':'.join(20 * ['00']))
broken('wrapper-missing', 'tls-wrapper-missing', 'relayhost = [smtp.example.com]:465',
       passwords=f'[smtp.example.com]:465 {LOGIN}\n')
broken('wrapper-at-may', 'tls-wrapper-level',
       OPEN + 'relayhost = [smtp.example.com]:465\nsmtp_tls_wrappermode = yes\n'
       'smtp_tls_security_level = may')
broken('wrapper-at-587', 'tls-wrapper-unexpected', 'smtp_tls_wrappermode = yes')
broken('wrapper-that-is-none', 'invalid-value', 'smtp_tls_wrappermode = True')
broken('ca-file-missing', 'ca-missing', 'smtp_tls_CAfile = {etc}/no-such.pem')
broken('ca-file-missing-at-encrypt', 'ca-missing', '''smtp_tls_security_level = encrypt
smtp_sasl_security_options = noanonymous
smtp_tls_CAfile = {etc}/no-such.pem''')
broken('ca-file-missing-at-may', 'ca-missing', '''relayhost = [smtp.example.com]:588
smtp_tls_security_level = may
smtp_sasl_security_options = noanonymous
smtp_tls_CAfile = {etc}/no-such.pem''', passwords=f'[smtp.example.com]:588 {LOGIN}\n', how='clear')
broken('ca-file-empty', 'ca-missing', 'smtp_tls_CAfile = {etc}/ca.pem', files={'ca.pem': ''})
broken('ca-file-without-certificate', 'ca-missing', 'smtp_tls_CAfile = {etc}/ca.pem',
       files={'ca.pem': '# The certificates of the system\n'})
broken('ca-file-with-a-page', 'ca-missing', 'smtp_tls_CAfile = {etc}/ca.pem',
       files={'ca.pem': '<html><title>404 Not Found</title></html>\n'})
broken('ca-file-is-folder', 'ca-missing', 'smtp_tls_CAfile = {etc}')
broken('ca-folder-empty', 'ca-missing', '-smtp_tls_CAfile\nsmtp_tls_CApath = {etc}')
broken('ca-none', 'ca-missing', '-smtp_tls_CAfile')
broken('protocols-misspelt', 'invalid-value', 'smtp_tls_mandatory_protocols = !SSLv2, !SSL3')
broken('protocols-of-another-tool', 'invalid-value', 'smtp_tls_mandatory_protocols = TLS1.2+')
broken('protocols-none-left', 'invalid-value',
       'smtp_tls_mandatory_protocols = !TLSv1, !TLSv1.1, !TLSv1.2, !TLSv1.3')
broken('ciphers-misspelt', 'invalid-value', 'smtp_tls_mandatory_ciphers = hihg')
broken('ciphers-of-openssl', 'invalid-value', 'smtp_tls_mandatory_ciphers = HIGH:!aNULL')
broken('ciphers-null-at-encrypt', 'invalid-value',
       'smtp_tls_security_level = encrypt\nsmtp_tls_mandatory_ciphers = null')
broken('protocols-from-a-bound-that-is-none', 'invalid-value',
       'smtp_tls_mandatory_protocols = >=SSLv2')
broken('certificate-missing', 'client-certificate-bad', 'smtp_tls_cert_file = {etc}/no-such.pem')
broken('policy-may', 'tls-overridden', 'relayhost = [smtp.example.com]:588\n'
       'smtp_sasl_security_options = noanonymous\nsmtp_tls_policy_maps = texthash:{etc}/policy',
       files={'policy': '[smtp.example.com]:588 may\n'},
       passwords=f'[smtp.example.com]:588 {LOGIN}\n', how='clear')
broken('policy-may-inline', 'tls-overridden', 'relayhost = [smtp.example.com]:588\n'
       'smtp_sasl_security_options = noanonymous\n'
       'smtp_tls_policy_maps = inline:{{[smtp.example.com]:588 = may}}',
       passwords=f'[smtp.example.com]:588 {LOGIN}\n', how='clear')

# The login

broken('no-table', 'password-map-missing', '-smtp_sasl_password_maps')
broken('no-entry', 'credentials-missing', passwords=f'[other.example.com]:587 {LOGIN}\n')
broken('no-password-file', 'credentials-missing', 'smtp_sasl_password_maps = hash:{etc}/no_such')
broken('no-password-file-by-sender', 'table-missing', '''relayhost =
sender_dependent_relayhost_maps = inline:{{@example.com=[smtp.example.com]:587}}
smtp_sender_dependent_authentication = yes
smtp_sasl_password_maps = hash:{etc}/no_such''')
broken('no-password-file-beside-another', 'table-missing',
       'smtp_sasl_password_maps = hash:{etc}/no_such hash:{etc}/sasl_passwd')
broken('no-password-file-for-senders', 'credentials-missing',
       'smtp_sender_dependent_authentication = yes\n'
       'smtp_sasl_password_maps = texthash:{etc}/no_such')
broken('entry-without-port', 'credentials-key-mismatch', passwords=f'[smtp.example.com] {LOGIN}\n')
broken('entry-without-brackets', 'credentials-key-mismatch',
       passwords=f'smtp.example.com:587 {LOGIN}\n')
broken('entry-with-service', 'credentials-key-mismatch',
       passwords=f'[smtp.example.com]:submission {LOGIN}\n')
broken('entry-shadowed', 'credentials-key-shadowed',
       passwords=f'{RELAY} {LOGIN}\nsmtp.example.com other:wrong\n')
broken('entry-without-colon', 'credentials-missing', passwords=f'{RELAY} host7\n')
broken('entry-with-blank-for-colon', 'credentials-missing', passwords=f'{RELAY} host7 geheim\n')
broken('entry-with-empty-user', 'credentials-missing', passwords=f'{RELAY} :geheim\n')
broken('entry-with-empty-password', 'credentials-missing', passwords=f'{RELAY} host7:\n')
broken('entry-twice', 'credentials-key-shadowed',
       passwords=f'{RELAY} host7:old\n{RELAY} {LOGIN}\n')
broken('table-missing', 'map-missing', table='none')
broken('table-stale', 'map-stale', passwords=f'{RELAY} {LOGIN}\n', table='stale')
broken('table-empty', 'table-wrong', table='empty')
broken('table-garbage', 'table-wrong', table='garbage')
broken('table-of-another-source', 'table-wrong', table='other')
broken('table-of-root-in-proxy', 'table-wrong|table-missing|map-missing',
       'smtp_sasl_password_maps = proxy:hash:{etc}/sasl_passwd\n'
       'proxy_read_maps = $smtp_sasl_password_maps')
broken('table-type', 'map-type-unsupported', 'smtp_sasl_password_maps = sdbm:{etc}/sasl_passwd')
broken('options-forbid-plain', 'sasl-options-forbid-plain',
       'smtp_sasl_tls_verified_security_options = noplaintext, noanonymous')
broken('options-by-default', 'sasl-options-forbid-plain',
       '-smtp_sasl_security_options\n-smtp_sasl_tls_security_options\n'
       '-smtp_sasl_tls_verified_security_options')
broken('options-misspelt', 'invalid-value', 'smtp_sasl_tls_verified_security_options = noanonymus')
broken('sasl-of-a-server', 'invalid-value', 'smtp_sasl_type = dovecot')
broken('filter-of-exclusions', 'sasl-plugin-missing', 'smtp_sasl_mechanism_filter = !gssapi, !ntlm')
broken('filter-misspelt', 'sasl-plugin-missing', 'smtp_sasl_mechanism_filter = plian')
broken('filter-without-plugin', 'sasl-plugin-missing', 'smtp_sasl_mechanism_filter = xoauth2')
broken('password-for-all-to-read', 'secret-file-mode', table='open', how='read')
broken('password-in-main-cf', 'password-in-main-cf',
       f'smtp_sasl_password_maps = static:{LOGIN}', how='read')
LOG = 'maillog_file = {etc}/mail.log\nmaillog_file_prefixes = {etc}\n'
for i, text in enumerate(('smtp.example.com', 'example.com', '192.0.2.0/24',
                          'texthash:{etc}/peers')):
    broken(f'password-logged-{i}', 'password-logged', LOG + f'debug_peer_list = {text}', how='told',
           files={'peers': 'smtp.example.com x\n'})
broken('password-logged-tls', 'password-logged', LOG + 'smtp_tls_loglevel = 4', how='told')
broken('password-logged-verbose', 'password-logged', LOG, how='told',
       master=('smtp unix', '+smtp unix - - n - - smtp -v'))

# This host

broken('origin-file-missing', 'invalid-value', 'myorigin = /nonexistent/mailname')
broken('origin-file-empty', 'invalid-value', 'myorigin = {etc}/mailname', files={'mailname': ''})
broken('origin-empty', 'invalid-value', 'myorigin =')
broken('host-name-with-underscore', 'invalid-value', 'myhostname = host_7-.example.com')
broken('host-name-of-two-words', 'invalid-value', 'myhostname = host 7')
broken('host-name-empty', 'invalid-value', 'myhostname =')
broken('interface-nowhere', 'invalid-value', 'inet_interfaces = 203.0.113.9',
       master=('+smtp inet n - n - - smtpd',))
broken('interface-unknown', 'invalid-value|postfix-refuses', 'inet_interfaces = nosuch.example.com')
broken('interface-by-name-of-device', 'invalid-value', 'inet_interfaces = lo')
broken('protocols-unknown', 'invalid-value', 'inet_protocols = ipv5')
broken('bind-address-text', 'invalid-value', 'smtp_bind_address = eth0')
broken('bind-address-name', 'invalid-value', 'smtp_bind_address = host7.example.com')
broken('owner-unknown', 'invalid-value', 'mail_owner = nosuch')
broken('owner-is-root', 'invalid-value', 'mail_owner = root')
broken('group-unknown', 'invalid-value', 'setgid_group = nosuch')
broken('group-of-the-owner', 'invalid-value', 'setgid_group = postfix')
broken('submit-nobody', 'submission-refused', 'authorized_submit_users =')
broken('submit-others', 'submission-refused', 'authorized_submit_users = !root, static:all')
broken('main-cf-private', 'submission-refused', table='private', how='user')
broken('transports-deferred', 'mail-held', 'defer_transports = smtp')
broken('transports-deferred-too', 'mail-held', 'defer_transports = local, smtp, relay')
broken('size-limit-tiny', 'mail-held', 'message_size_limit = 100')
broken('milter-gone', 'mail-held', 'non_smtpd_milters = unix:{etc}/no-such-milter')
broken('milter-gone-by-its-other-name', 'mail-held',
       'non_smtpd_milters = local:{etc}/no-such-milter')
broken('milter-refused', 'mail-held', 'non_smtpd_milters = inet:127.0.0.1:8891')
broken('open-relay', 'open-relay', 'inet_interfaces = all\nmynetworks = 0.0.0.0/0',
       master=('+2526 inet n - n - - smtpd',), how='open')

# master.cf

for service in ('cleanup', 'pickup', 'qmgr', 'rewrite', 'smtp/unix', 'tlsmgr'):
    broken('service-' + service.partition('/')[0], 'service-missing', master=(service,))
broken('service-tlsproxy', 'service-missing', 'smtp_tls_connection_reuse = yes')
broken('service-postlog', 'service-missing', 'maillog_file = {etc}/mail.log\n'
       'maillog_file_prefixes = {etc}', master=('postlog',), how='silent')
broken('service-filter', 'service-missing', 'content_filter = smtp-amavis:[127.0.0.1]:10024')
broken('log-file-elsewhere', 'invalid-value', 'maillog_file = /etc/mail.log')
broken('service-option', 'master-override',
       master=('+smtp unix - - n - - smtp -o smtp_sasl_auth_enable=no',))
broken('service-option-in-braces', 'master-override',
       master=('+smtp unix - - n - - smtp -o { smtp_sasl_password_maps = texthash:/dev/null }',))
broken('service-option-of-rewrite', 'master-override',
       master=('+rewrite unix - - n - - trivial-rewrite -o relayhost=[down.example.com]',))

# Tables of other parameters

for name in ('smtp_generic_maps', 'canonical_maps', 'sender_canonical_maps', 'virtual_alias_maps',
             'recipient_bcc_maps', 'smtp_tls_policy_maps'):
    broken('table-' + name, 'table-missing', f'{name} = hash:{{etc}}/no-such')
for name in ('transport_maps', 'header_checks', 'smtp_sasl_mechanism_filter'):
    broken('table-' + name, 'table-missing', f'{name} = regexp:{{etc}}/no-such')
for name in ('smtp_generic_maps', 'virtual_alias_maps'):
    broken('type-' + name, 'table-missing|map-type-unsupported', f'{name} = sdbm:{{etc}}/no-such')
broken('transport-without-type', 'invalid-value', 'transport_maps = {etc}/transport')

# Slips of those who write or copy a file

broken('mark-of-an-editor', 'unknown-parameter|no-relay', '-relayhost',
       raw='\ufeffrelayhost = ' + RELAY + '\n')
broken('blank-that-is-none', 'invalid-value', 'relayhost = \u00a0' + RELAY)
broken('comment-behind-level', 'invalid-value', 'smtp_tls_security_level = secure # for the login')
broken('comment-behind-boolean', 'invalid-value', 'smtp_sasl_auth_enable = yes # log in')
broken('comment-behind-tables', 'invalid-value',
       'smtp_sasl_password_maps = hash:{etc}/sasl_passwd # made by postmap')
broken('quotes-around-relay', 'invalid-value', f'relayhost = "{RELAY}"')
broken('quotes-around-ca-file', 'ca-missing', 'smtp_tls_CAfile = "{ca}"')
broken('table-of-a-server-that-is-gone', 'table-missing',
       'sender_canonical_maps = tcp:127.0.0.1:10001')
broken('destination-file-missing', 'table-missing', 'mydestination = localhost, {etc}/no-such')
broken('destination-table-missing', 'table-missing', 'mydestination = hash:{etc}/no-such')
broken('destination-type', 'table-missing', 'mydestination = localhost, sdbm:{etc}/no-such')
broken('virtual-domains-file-missing', 'table-missing', 'virtual_alias_domains = {etc}/no-such')
broken('relay-domains-file-missing', 'table-missing', 'relay_domains = {etc}/no-such')
broken('quotes-around-host-name', 'invalid-value', "myhostname = 'host7.example.com'")
broken('semicolon-at-the-end', 'invalid-value', f'relayhost = {RELAY};')
broken('relay-emptied-below', 'no-relay', raw='# Debian\nrelayhost =\n')
broken('origin-of-unknown-macro', 'invalid-value', 'myorigin = $my_domain')
broken('relay-of-unknown-macro', 'invalid-value', 'relayhost = [$my_relay]:587')
broken('relay-with-mail-to', 'invalid-value', 'relayhost = smtp://smtp.example.com:587')
broken('greeting-empty', 'invalid-value', 'smtp_helo_name =')
broken('first-concurrency-zero', 'invalid-value', 'initial_destination_concurrency = 0')
broken('resolver-options', 'invalid-value', 'smtp_dns_resolver_options = res_search')

# Tables as others name and write them

broken('table-by-its-own-file', 'map-missing',
       'smtp_sasl_password_maps = hash:{etc}/sasl_passwd.db')
broken('table-relative', 'map-missing', 'smtp_sasl_password_maps = hash:sasl_passwd')
broken('table-with-blank-behind-type', 'invalid-value',
       'smtp_sasl_password_maps = hash: {etc}/sasl_passwd')
broken('table-without-type', 'invalid-value', 'smtp_sasl_password_maps = {etc}/sasl_passwd')
broken('table-cut-off', 'table-wrong', table='cut')
for name in ('lmdb', 'btree'):
    broken('table-empty-' + name, 'table-wrong',
           f'smtp_sasl_password_maps = {name}:{{etc}}/sasl_passwd', table='empty ' + name)
broken('table-of-another-parameter-empty', 'table-wrong',
       'smtp_generic_maps = hash:{etc}/generic', files={'generic': '', 'generic.db': ''})
broken('entry-with-mark-of-an-editor', 'credentials-missing|credentials-key-mismatch',
       passwords=f'\ufeff{RELAY} {LOGIN}\n')
broken('entry-indented', 'credentials-missing', passwords=f'# The relay\n  {RELAY} {LOGIN}\n')
broken('entry-with-equals-sign', 'credentials-missing', passwords=f'{RELAY} = {LOGIN}\n')
broken('entry-in-quotes', 'credentials-missing', passwords=f'{RELAY} "{LOGIN}"\n')
broken('entry-with-transport', 'credentials-missing|credentials-key-mismatch',
       passwords=f'smtp:{RELAY} {LOGIN}\n')
broken('entry-with-other-form-of-port', 'credentials-key-mismatch',
       'relayhost = [smtp.example.com]:0587')

# TLS and the dialogue

broken('ca-file-in-another-form', 'ca-missing', 'smtp_tls_CAfile = {tmp}/ca.der')
broken('ca-file-relative', 'ca-missing', 'smtp_tls_CAfile = ca.pem')
broken('wrapper-missing-at-service', 'tls-wrapper-missing', 'relayhost = [smtp.example.com]:smtps',
       passwords=f'[smtp.example.com]:smtps {LOGIN}\n')
broken('policy-misspelt', 'tls-overridden|invalid-value',
       'smtp_tls_policy_maps = texthash:{etc}/policy', files={'policy': RELAY + ' secur\n'})
broken('starttls-left-out', 'mail-held', 'smtp_discard_ehlo_keywords = chunking, starttls')
broken('ehlo-never', 'mail-held', 'smtp_never_send_ehlo = yes')
broken('bind-address-loopback', 'invalid-value', 'smtp_bind_address = 127.0.0.1')
broken('relay-of-other-family', 'invalid-value|protocol-unavailable', OPEN +
       'relayhost = [192.0.2.11]\ninet_protocols = ipv6\ninet_interfaces = ::1')
broken('interface-of-other-family', 'invalid-value|postfix-refuses',
       'inet_interfaces = 127.0.0.1, [::1]')

# Folders

broken('daemons-elsewhere', 'invalid-value', 'daemon_directory = /usr/libexec/postfix')
broken('commands-elsewhere', 'invalid-value', 'command_directory = /usr/local/sbin')
broken('queue-missing', 'invalid-value', 'queue_directory = {etc}/../no-such/queue')
broken('data-missing', 'invalid-value', 'data_directory = {etc}/../no-such/data')
broken('data-of-root', 'mail-held|invalid-value', places={'../data': (0o700, 'root')})
broken('queue-of-root', 'mail-held',
       places={'active': (0o700, 'root'), 'incoming': (0o700, 'root')})
broken('folder-private', 'submission-refused', table='folder', how='user')

# master.cf as people write it

for name, line in (('too-few-fields', 'smtp unix - - n - smtp'),
                   ('capital-letter', 'smtp unix - - N - - smtp'),
                   ('type-unknown', 'smtp tcp - - n - - smtp'),
                   ('limit-that-is-none', 'smtp unix - - n - many smtp'),
                   ('option-in-first-column', '-o smtp_bind_address=0.0.0.0'),
                   ('option-with-blanks', 'smtp unix - - n - - smtp -o smtp_helo_timeout = 30'),
                   ('program-unknown', 'smtp unix - - n - - smtpp')):
    broken('master-' + name, 'bad-line|service-missing', master=('+' + line,))
broken('transport-unknown', 'service-missing', 'default_transport = smtps')


# Sound: a login

FRESH = '''-smtp_sasl_security_options
-smtp_sasl_tls_security_options
-smtp_sasl_tls_verified_security_options
'''
sound('login')
sound('login-without-filter', '-smtp_sasl_mechanism_filter')
sound('login-with-plain-filter', 'smtp_sasl_mechanism_filter = plain')
sound('login-with-exclusions', 'smtp_sasl_mechanism_filter = !gssapi, !ntlm, static:rest')
sound('login-at-encrypt', 'smtp_tls_security_level = encrypt\n'
      'smtp_sasl_tls_security_options = noanonymous')
sound('login-as-taught', FRESH + 'smtp_tls_security_level = encrypt\n'
      'smtp_sasl_security_options = noanonymous')
sound('login-with-empty-options', FRESH + 'smtp_sasl_security_options =')
sound('login-at-verify', 'smtp_tls_security_level = verify')
sound('login-in-capitals', 'smtp_tls_security_level = SECURE\nsmtp_sasl_auth_enable = YES')
sound('login-with-wrapper', 'relayhost = [smtp.example.com]:465\nsmtp_tls_wrappermode = yes',
      passwords=f'[smtp.example.com]:465 {LOGIN}\n')
sound('login-at-port-of-amazon', 'relayhost = [smtp.example.com]:2465\nsmtp_tls_wrappermode = yes',
      passwords=f'[smtp.example.com]:2465 {LOGIN}\n')
sound('login-at-service', 'relayhost = [smtp.example.com]:submission',
      passwords=f'[smtp.example.com]:submission {LOGIN}\n')
sound('login-with-bare-name', passwords=f'smtp.example.com {LOGIN}\n')
sound('login-in-large-letters', 'relayhost = [SMTP.Example.com]:587')
sound('login-with-colons', passwords=f'{RELAY} host7:geheim\n# x:y\n\n[b.example.com] a:b:c:d\n')
sound('login-with-same-entry-twice', passwords=f'{RELAY} {LOGIN}\nsmtp.example.com {LOGIN}\n')
sound('login-by-sender', 'smtp_sender_dependent_authentication = yes',
      passwords=f'root@example.com {LOGIN}\n')
for name in ('texthash', 'lmdb', 'btree'):
    sound('login-in-' + name, f'smtp_sasl_password_maps = {name}:{{etc}}/sasl_passwd', table=name)
sound('login-by-config-directory', 'smtp_sasl_password_maps = hash:$config_directory/sasl_passwd')
sound('login-by-macros', 'my_relay = [smtp.example.com]:587\nrelayhost = $my_relay\n'
      'my_level = secure\nsmtp_tls_security_level = ${my_level}')
sound('login-at-two-relays', 'relayhost = [down.example.com]:587, [smtp.example.com]:587',
      passwords=f'[smtp.example.com]:587 {LOGIN}\n[down.example.com]:587 {LOGIN}\n')
sound('login-at-fallback', 'relayhost = [down.example.com]:587\nsmtp_fallback_relay = ' + RELAY,
      passwords=f'[down.example.com]:587 {LOGIN}\n{RELAY} {LOGIN}\n')
sound('login-with-name-for-address', 'relayhost = [192.0.2.11]:587\n'
      'smtp_tls_secure_cert_match = smtp.example.com', passwords=f'[192.0.2.11]:587 {LOGIN}\n')
sound('login-with-policy-for-address', 'relayhost = [192.0.2.11]:587\n'
      'smtp_tls_policy_maps = inline:{{[192.0.2.11]:587 = secure match=smtp.example.com}}',
      passwords=f'[192.0.2.11]:587 {LOGIN}\n')
sound('login-with-policy-that-raises', 'smtp_tls_security_level = may\n'
      f'smtp_tls_policy_maps = inline:{{{{{RELAY} = secure}}}}')
sound('login-through-tunnel', 'relayhost = [localhost]:2587\nsmtp_host_lookup = native\n'
      'smtp_tls_secure_cert_match = smtp.example.com', passwords=f'[localhost]:2587 {LOGIN}\n')
sound('login-through-tunnel-at-587', 'relayhost = [127.0.0.1]:587\n'
      'smtp_tls_secure_cert_match = smtp.example.com', passwords=f'[127.0.0.1]:587 {LOGIN}\n')
sound('login-with-all-tls-settings', 'smtp_tls_mandatory_protocols = >=TLSv1.2\n'
      'smtp_tls_protocols = !SSLv2, !SSLv3\nsmtp_tls_mandatory_ciphers = high\n'
      'smtp_tls_ciphers = medium\nsmtp_tls_exclude_ciphers = aNULL, MD5\nsmtp_tls_loglevel = 1\n'
      'smtp_tls_session_cache_database = btree:${data_directory}/smtp_scache\n'
      'smtp_tls_note_starttls_offer = yes\ntls_append_default_CA = no')
sound('login-with-old-protocols', 'smtp_tls_mandatory_protocols = !SSLv2 !SSLv3 !TLSv1 !TLSv1.1')
sound('login-with-protocols-by-code', 'smtp_tls_mandatory_protocols = >=0303')
sound('login-with-ciphers-of-an-older-time', 'smtp_tls_mandatory_ciphers = export')
sound('login-with-listed-protocols', 'smtp_tls_mandatory_protocols = TLSv1.2, TLSv1.3')
sound('login-with-folder-of-authorities', '-smtp_tls_CAfile\nsmtp_tls_CApath = {tmp}/ca')
sound('login-with-reuse', 'smtp_tls_connection_reuse = yes',
      master=('+tlsproxy unix - - n - 0 tlsproxy',))

# Sound: no login

sound('open', OPEN)
sound('open-at-may', OPEN + 'smtp_tls_security_level = may')
sound('open-without-brackets', OPEN + 'relayhost = mx.example.com')
sound('open-by-address', OPEN + 'relayhost = [192.0.2.11]')
sound('open-through-tunnel', OPEN + 'relayhost = [127.0.0.1]:2525')
sound('open-with-local-origin', OPEN + 'myorigin = host7.local\nrelayhost = [mail.corp.local]')
sound('open-with-internal-origin', OPEN + 'myorigin = corp.internal\n')
sound('generic-for-local-origin', 'myorigin = host7.local\n'
      'smtp_generic_maps = regexp:{ {/@host7[.]local$$/ host7@example.com} }')

# Sound: this host

sound('interfaces-by-address', 'inet_interfaces = 127.0.0.1')
sound('interfaces-by-name', 'inet_interfaces = localhost')
sound('interfaces-and-family', 'inet_interfaces = 127.0.0.1, [::1]\ninet_protocols = all')
sound('family-of-both', 'inet_protocols = ipv4, ipv6')
sound('origin-in-file', 'myorigin = {etc}/mailname', files={'mailname': 'example.com\n'})
sound('origin-is-host', 'myorigin = $myhostname')
sound('bind-address-elsewhere', OPEN + 'smtp_bind_address = 203.0.113.9')
sound('interfaces-none', 'inet_interfaces =')
sound('bind-address', 'smtp_bind_address = 0.0.0.0')
sound('bind-address-of-host', OPEN + 'smtp_bind_address = 192.0.2.7')
sound('submit-all', 'authorized_submit_users = static:anyone')
sound('submit-all-but-one', 'authorized_submit_users = !www-data, static:all')
sound('submit-by-name', 'authorized_submit_users = root, www-data')
sound('size-limit-none', 'message_size_limit = 0\nmailbox_size_limit = 0')
sound('size-limit-below-zero', 'message_size_limit = -1')
sound('log-level-by-name', 'smtp_tls_loglevel = routine')
sound('peer-elsewhere', 'debug_peer_list = 127.0.0.1, smtp.example.org, .example.com, ample.com\n'
      'debug_peer_level = 3\nsmtp_tls_loglevel = 3')
sound('size-limit-large', 'message_size_limit = 52428800\nmailbox_size_limit = 0')
sound('milter-that-may-be-gone', 'milter_default_action = accept\n'
      'non_smtpd_milters = unix:{etc}/no-such-milter')
sound('milter-of-no-service', 'smtpd_milters = inet:127.0.0.1:8891')
sound('transports-of-others-deferred', 'defer_transports = uucp')
sound('default-transport-with-colon', 'default_transport = smtp:')
sound('log-file', 'maillog_file = {etc}/mail.log\nmaillog_file_prefixes = {etc}')
sound('times', 'maximal_queue_lifetime = 1d\nqueue_run_delay = 300s\nmaximal_backoff_time = 4000')
sound('service-names', '1st_destination_concurrency_limit = 2\nsmtp_destination_rate_delay = 0s\n'
      'amavis_destination_concurrency_limit = 2\npolicy_time_limit = 3600\n',
      master=('+amavis unix - - n - 2 smtp', '+1st unix - - n - 2 smtp',
              '+policy unix - n n - 0 spawn user=nobody argv=/bin/false'))
sound('restriction-classes', 'smtpd_restriction_classes = insiders, outsiders\n'
      'insiders = permit\noutsiders = reject')
sound('macros-of-master-cf', 'mua_client_restrictions = permit_sasl_authenticated, reject',
      master=('+2587 inet n - n - - smtpd -o smtpd_client_restrictions=$mua_client_restrictions',),
      how='untried')
sound('service-options', 'my_level = secure',
      master=('+smtp unix - - n - - smtp -o smtp_sasl_auth_enable=yes '
              '-o smtp_tls_security_level=$my_level -o smtp_connect_timeout=20',
              '+filter unix - - n - 2 smtp -o smtp_sasl_auth_enable=no',
              '+127.0.0.1:2526 inet n - n - - smtpd -o mynetworks=127.0.0.0/8'))
sound('tables-of-databases', 'myldap_server_host = ldap.example.com\nmyldap_search_base = dc=x\n'
      'local_recipient_maps = ldap:myldap\nlocal_header_rewrite_clients =', how='untried')
sound('lines', raw='# A comment\nmynetworks_style =\n  # between\n\n  host\n')
sound('no-newline-at-the-end', raw='biff = no')
sound('lines-of-another-system', raw='biff = no\r\nsoft_bounce = no\r\n')

# Sound: as people write it

sound('tabs', '-relayhost', raw='relayhost\t=\t' + RELAY + '\t\n')
sound('no-blanks', '-relayhost', raw='relayhost=' + RELAY + '\n')
sound('macro-with-default', 'relayhost = ${my_relay:{' + RELAY + '}}')
sound('comma-at-the-end', 'relayhost = ' + RELAY + ',')
sound('port-with-zero', 'relayhost = [smtp.example.com]:0587',
      passwords=f'[smtp.example.com]:0587 {LOGIN}\n')
sound('entries-of-another-system', passwords=f'# A\r\n{RELAY} {LOGIN}\r\n\r\n')
sound('entries-with-tabs', passwords=f'{RELAY}\t\t{LOGIN}\t\n')
sound('entry-in-large-letters', passwords=f'{RELAY.upper()} {LOGIN}\n')
sound('entry-continued', passwords=f'{RELAY}\n  {LOGIN}\n')
sound('entries-in-texthash-with-blanks', 'smtp_sasl_password_maps = texthash:{etc}/sasl_passwd',
      passwords=f'  # relay\n{RELAY}   {LOGIN}  \n', table='texthash')
sound('tables-of-which-one-is-named-twice',
      'smtp_sasl_password_maps = hash:{etc}/sasl_passwd, hash:{etc}/sasl_passwd')
sound('table-in-proxy', 'smtp_sasl_password_maps = proxy:hash:{etc}/sasl_passwd\n'
      'proxy_read_maps = $smtp_sasl_password_maps', table='postfix')
sound('empty-alias-file', 'alias_maps = hash:{etc}/no-such\nalias_database = hash:{etc}/no-such')
sound('server-name-sent', 'smtp_tls_servername = hostname')
sound('keywords-left-out', 'smtp_discard_ehlo_keywords = chunking, dsn')
sound('resolver-options-known', 'smtp_dns_resolver_options = res_defnames')
sound('interfaces-of-both-families', 'inet_interfaces = 127.0.0.1, ::1\ninet_protocols = all')
sound('network-address-of-host', 'inet_interfaces = 127.0.0.1\nsmtp_bind_address = 192.0.2.7')
sound('master-with-old-types', master=('pickup', '+pickup fifo n - n 60 1 pickup', 'qmgr',
                                       '+qmgr fifo n - n 300 1 qmgr'))
sound('master-with-braces', master=('smtp/unix', '+smtp unix - - n - 0 smtp -v\n'
                                    '  -o { smtp_helo_name = host7.example.com }\n# c\n'
                                    '  -o smtp_connect_timeout=20s'))
sound('master-with-pipe', master=('+mailman unix - n n - - pipe flags=FR user=nobody\n'
                                  '  argv=/bin/false ${nexthop} ${user}',
                                  '+127.0.0.1:10025 inet n - n - - smtpd',
                                  '+[::1]:10025 inet n - n - - smtpd', '+scan unix - - n - 2 lmtp'),
      how='untried')
sound('generic-by-empty-file', 'smtp_generic_maps = texthash:{etc}/generic', files={'generic': ''})
sound('transport-of-others', 'transport_maps = inline:{example.net=smtp:[192.0.2.11]:2525}')
sound('no-tls-cache', 'smtp_tls_session_cache_database =')

# Sound: the defaults of distributions, with a relay

sound('debian', OPEN + '''smtpd_banner = $myhostname ESMTP $mail_name (Debian/GNU)
biff = no
append_dot_mydomain = no
readme_directory = no
smtpd_tls_cert_file = /etc/ssl/certs/ssl-cert-snakeoil.pem
smtpd_tls_key_file = /etc/ssl/private/ssl-cert-snakeoil.key
smtpd_tls_security_level = may
smtp_tls_CApath = /etc/ssl/certs
smtp_tls_security_level = may
smtp_tls_session_cache_database = btree:${data_directory}/smtp_scache
smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination
mydestination = $myhostname, host7, localhost.localdomain, , localhost
mailbox_size_limit = 0
recipient_delimiter = +
''')
sound('domains-in-files', '''mydestination = localhost, !{etc}/others, {etc}/names
relay_domains = {etc}/names''', files={'names': 'host7.example.com\n', 'others': 'a.example.com\n'})
sound('names-of-before', '''virtual_maps = inline:{{nobody@example.com=root@example.com}}
smtpd_client_connection_limit_exceptions = 127.0.0.0/8
authorized_verp_clients = 127.0.0.1
postscreen_blacklist_action = drop''')
sound('fedora', OPEN + '''command_directory = /usr/sbin
mail_owner = postfix
unknown_local_recipient_reject_code = 550
debug_peer_level = 2
debugger_command = PATH=/bin:/usr/bin xxgdb $daemon_directory/$process_name $process_id & sleep 5
setgid_group = postdrop
html_directory = no
mydestination = $myhostname, localhost.$mydomain, localhost
meta_directory = /etc/postfix
shlib_directory = /usr/lib/postfix
''', how='untried')
sound('mail-server', OPEN + '''inet_interfaces = all
mynetworks = 127.0.0.0/8 192.0.2.0/24
mydestination = $myhostname, localhost, example.com
virtual_mailbox_domains = example.net
virtual_transport = lmtp:unix:private/dovecot-lmtp
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination
''', master=('+smtp inet n - n - - smtpd',), how='untried')
sound('relay-of-a-network', OPEN + '''inet_interfaces = all
mynetworks = 127.0.0.0/8 192.168.0.0/16
relay_domains = example.com
smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination
''', master=('+smtp inet n - n - - smtpd',), how='untried')

# More of them.
import confusion_slips  # noqa: E402,F401 pylint: disable=wrong-import-position
