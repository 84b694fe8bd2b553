# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""More of the set-ups of confusion_cases.py: slips in parameters that few set, in entries of
master.cf, and in the tables that decide where mail goes."""

from confusion_cases import LOGIN, OPEN, RELAY, broken, sound

# Values that one program of Postfix stops at

for name, value in (('smtp_always_send_ehlo', '1'), ('smtp_connection_cache_on_demand', 'true'),
                    ('smtp_cname_overrides_servername', 'false'), ('allow_min_user', 'True'),
                    ('swap_bangpath', 'true'), ('always_add_missing_headers', 'true'),
                    ('enable_long_queue_ids', 'maybe'), ('strict_8bitmime', 'off'),
                    ('smtp_defer_if_no_mx_address_found', 'perhaps'),
                    ('tls_preempt_cipherlist', 'on'),
                    ('smtp_destination_concurrency_limit', 'unlimited'),
                    ('smtp_destination_concurrency_limit', '-1'),
                    ('default_destination_recipient_limit', 'all'),
                    ('smtp_destination_rate_delay', '1 s'), ('qmgr_daemon_timeout', 'x'),
                    ('qmgr_message_active_limit', '0'), ('default_process_limit', '0'),
                    ('hopcount_limit', '0'), ('max_use', '0'), ('header_size_limit', '0'),
                    ('smtp_line_length_limit', 'abc'), ('queue_run_delay', '0'),
                    ('minimal_backoff_time', '0h'), ('smtp_helo_timeout', '0'),
                    ('ipc_timeout', '0'), ('maximal_queue_lifetime', '999999w'),
                    ('transport_retry_time', '0'), ('tls_daemon_random_bytes', '0'),
                    ('empty_address_recipient', ''), ('mail_name', ''), ('inet_protocols', ''),
                    ('masquerade_classes', 'senders'), ('canonical_classes', 'senders'),
                    ('recipient_canonical_classes', 'bogus'),
                    ('propagate_unmatched_extensions', 'all'),
                    ('receive_override_options', 'no_milter'),
                    ('smtputf8_autodetect_classes', 'any'), ('smtp_sasl_type', 'saslauthd'),
                    ('smtp_sasl_type', 'Cyrus'), ('smtp_tls_dane_insecure_mx_policy', 'none'),
                    ('header_checks', '{etc}/header_checks'), ('relocated_maps', '{etc}/moved'),
                    ('sender_bcc_maps', '{etc}/copies'), ('smtp_reply_filter', '{etc}/replies')):
    broken(f'value-{name}-{value}'.replace('{etc}/', ''), 'invalid-value|postfix-refuses',
           f'{name} = {value}')
broken('fallback-text', 'invalid-value', OPEN +
       'relayhost = [down.example.com]\nsmtp_fallback_relay = smtp:[smtp.example.com]')
broken('fallback-service', 'invalid-value', OPEN +
       'relayhost = [down.example.com]\nsmtp_fallback_relay = [smtp.example.com]:submision')
sound('values-of-lmtp', 'lmtp_tls_security_level = bogus\nlmtp_sasl_auth_enable = True\n'
      'lmtp_connect_timeout = x')
sound('values-at-their-bounds', 'smtp_connect_timeout = 0\nin_flow_delay = 0\n'
      'default_destination_concurrency_limit = 0\nmaximal_queue_lifetime = 0\n'
      'bounce_queue_lifetime = 0\ndelay_warning_time = 0h\nsmtp_mx_session_limit = 0\n'
      'smtp_destination_rate_delay = 0s\nqueue_run_delay = 1s\nmax_use = 1\n'
      'masquerade_classes =\nnotify_classes = all\nsmtp_pix_workarounds =')

# Lists of names in files

for name in ('mydestination', 'relay_domains', 'virtual_alias_domains', 'masquerade_exceptions',
             'smtp_sasl_mechanism_filter'):
    broken(f'list-{name}', 'table-missing',
           f'masquerade_domains = example.com\n{name} = {{etc}}/no-such')
broken('list-of-submitters', 'table-missing', 'authorized_submit_users = {etc}/no-such')
broken('list-of-destinations-in-table', 'table-missing', 'mydestination = hash:{etc}/no-such')
sound('list-of-destinations', 'mydestination = {etc}/names, texthash:{etc}/table',
      files={'names': 'localhost\nhost7.example.com\n', 'table': 'localhost.localdomain x\n'})

# Entries of master.cf

for name, old, line in (
        ('limit-of-qmgr', 'qmgr', 'qmgr unix n - n 300 - qmgr'),
        ('limit-of-pickup', 'pickup', 'pickup unix n - n 60 - pickup'),
        ('limit-of-tlsmgr', 'tlsmgr', 'tlsmgr unix - - n 1000? - tlsmgr'),
        ('limit-of-cleanup', 'cleanup', 'cleanup unix n - n - 2 cleanup'),
        ('private-cleanup', 'cleanup', 'cleanup unix - - n - 0 cleanup'),
        ('private-qmgr', 'qmgr', 'qmgr unix - - n 300 1 qmgr'),
        ('public-smtp', 'smtp/unix', 'smtp unix n - n - - smtp'),
        ('public-rewrite', 'rewrite', 'rewrite unix n - n - - trivial-rewrite'),
        ('smtp-is-lmtp', 'smtp/unix', 'smtp unix - - n - - lmtp'),
        ('smtp-is-server', 'smtp/unix', 'smtp unix - - n - - smtpd'),
        ('smtp-is-discard', 'smtp/unix', 'smtp unix - - n - - discard'),
        ('pickup-is-qmgr', 'pickup', 'pickup unix n - n 60 1 qmgr'),
        ('argument', 'smtp/unix', 'smtp unix - - n - - smtp smtp_helo_timeout=3'),
        ('comment-behind', 'smtp/unix', 'smtp unix - - n - - smtp # the client'),
        ('option-value', 'smtp/unix', 'smtp unix - - n - - smtp -o smtp_helo_timeout=bogus'),
        ('unknown-port', 'none', 'submision inet n - n - - smtpd'),
        ('address-of-another', 'none', '203.0.113.7:2526 inet n - n - - smtpd')):
    broken('entry-' + name, 'bad-line', master=(old, '+' + line))
broken('entry-none', 'service-missing',
       master=tuple(f'{name}/' for name in (
           'pickup cleanup qmgr tlsmgr rewrite bounce defer trace proxymap proxywrite smtp relay '
           'error retry discard local virtual anvil scache postlog').split()))
for i, text in enumerate(('unix', 'smtp.unix', 'inet, cleanup.unix', 'smtp/unix')):
    broken(f'services-disabled-{i}', 'service-missing', f'master_service_disable = {text}')
for name in ('rewrite', 'queue', 'cleanup', 'tlsmgr'):
    broken(f'service-renamed-{name}', 'service-missing', f'{name}_service_name = nosuch')
sound('entry-with-unit', master=('qmgr', '+qmgr unix n - n 300s 1 qmgr'))
sound('entry-of-old-manager', master=('qmgr', '+qmgr unix n - n 300 1 oqmgr'))
sound('entry-without-wakeup', master=('pickup', '+pickup unix n - n - 1 pickup'))
sound('entries-of-client-twice', master=('+smtp unix - - n - - smtp',))
sound('entries-with-limits', master=('smtp/unix', '+smtp unix - n n - 1 smtp', 'rewrite',
                                     '+rewrite unix - - n - 1? trivial-rewrite'))
sound('entries-fewest', master=('anvil', 'scache', 'local', 'virtual', 'proxymap', 'proxywrite',
                                'trace', 'relay', 'error', 'discard'))
sound('services-that-listen-disabled', 'master_service_disable = inet',
      master=('+smtp inet n - n - - smtpd',))

# What a policy says of the relay

for i, policy in enumerate((
        'secure ciphers=hihg', 'secure protocols=TLS1.2', 'secure match', 'secure match=',
        'fingerprint', 'fingerprint match=zz', 'dane-only', 'secure protocols=!TLSv1.2,!TLSv1.3',
        'secure protocols=TLSv1.2, TLSv1.3', 'secure cafile=/etc/ssl/cert.pem',
        'secure tafile=/nonexistent/ta.pem')):
    broken(f'policy-text-{i}', 'invalid-value', 'smtp_tls_policy_maps = texthash:{etc}/policy',
           files={'policy': f'{RELAY} {policy}\n'})
for i, policy in enumerate((
        'verify match=hostname:nexthop protocols=!SSLv2:!SSLv3 ciphers=high exclude=MD5:aNULL',
        'secure, match=smtp.example.com, ciphers=HIGH', 'secure protocols=>=TLSv1.2')):
    sound(f'policy-text-sound-{i}', 'smtp_tls_policy_maps = texthash:{etc}/policy',
          files={'policy': f'{RELAY} {policy}\n'})

# Tables that answer to everything

for name in ('smtp_generic_maps', 'recipient_canonical_maps', 'virtual_alias_maps'):
    broken('everybody-' + name, 'relay-overridden', f'{name} = static:host7@example.com')
    broken(f'everybody-{name}-pattern', 'relay-overridden', f'{name} = regexp:{{etc}}/table',
           files={'table': '# All to one\n/.+/ host7@example.com\n'})
broken('everybody-has-moved', 'mail-held', 'relocated_maps = static:b@example.net')
for name, text in (('discard', '/^Received:/ IGNORE\n/./ DISCARD'), ('hold', '/^Subject:/ HOLD'),
                   ('reject', '/^Received:/ REJECT no')):
    broken('headers-' + name, 'mail-held', 'header_checks = regexp:{etc}/headers',
           files={'headers': text + '\n'})
broken('service-of-virtual', 'table-missing',
       'virtual_alias_maps = socketmap:unix:{etc}/nobody:name')
broken('service-of-generic', 'table-missing', 'smtp_generic_maps = tcp:127.0.0.1:9')
broken('cache-without-proxy', 'invalid-value', 'smtp_sasl_auth_cache_name = btree:{etc}/cache\n'
       'smtp_sasl_auth_cache_time = 90d')
broken('bodies-discarded', 'mail-held', 'body_checks = static:DISCARD')
sound('patterns-of-some', 'header_checks = regexp:{etc}/headers\n'
      'body_checks = regexp:{etc}/bodies\nsmtp_generic_maps = regexp:{etc}/generic\n'
      'recipient_canonical_maps = regexp:{etc}/generic',
      files={'headers': '/^X-Spam:/ DISCARD\nif /^X-Old:/\n/./ REJECT\nendif\n'
                        '/^Received: .*userid/ IGNORE\n/^Subject: x$/ PREPEND X-Y: z\n',
             'bodies': '/^viagra/ REJECT\n',
             'generic': '/^(.+)@host7[.]local$/ ${1}@example.com\n'})
for name, source in (('empty', ''), ('comments', '# example.net smtp:[mail.example.net]\n')):
    sound('transports-' + name, 'transport_maps = texthash:{etc}/transport\n'
          'sender_dependent_relayhost_maps = texthash:{etc}/transport',
          files={'transport': source})
broken('transport-of-relayed', 'relay-overridden',
       'relay_domains = example.org\nrelay_transport = error:off')
broken('table-of-generic-garbage', 'table-wrong', 'smtp_generic_maps = hash:{etc}/generic',
       files={'generic': '', 'generic.db': 'This is no database, but a text.\n'})
broken('table-is-folder', 'table-wrong', 'smtp_generic_maps = texthash:{etc}')

# Logins that nobody has

for name, login in (('comment', f'{LOGIN} # the relay'), ('quotes', 'host7:"geheim"'),
                    ('blanks', 'host7 : geheim'), ('blank', 'host7: geheim'),
                    ('port-apart', f'587 {LOGIN}'), ('gap', '${USER}:${PASSWORD}'),
                    ('example', 'username:password')):
    broken('login-' + name, 'credentials-missing', passwords=f'{RELAY} {login}\n')
broken('login-of-no-sender', 'credentials-missing|credentials-key-mismatch',
       'smtp_sender_dependent_authentication = yes', passwords=f'[other.example.com] {LOGIN}\n')
broken('table-of-several-missing', 'map-missing',
       'smtp_sasl_password_maps = hash:{etc}/sasl_passwd, hash:{etc}/no-such')
broken('table-static-empty', 'invalid-value', 'smtp_sasl_password_maps = static:')

# This host

CUT = '-----BEGIN CERTIFICATE-----\nMIIBdTCCARugAwIBAgIUG\n'
for name, text in (('cut', CUT), ('garbled', CUT + '-----END CERTIFICATE-----\n')):
    broken('ca-file-' + name, 'ca-missing', 'smtp_tls_CAfile = {etc}/ca.pem',
           files={'ca.pem': text})
broken('milter-without-type', 'mail-held', 'non_smtpd_milters = localhost:8891')
broken('milter-without-port', 'mail-held', 'non_smtpd_milters = inet:localhost')
broken('bind-address-of-other-family', 'invalid-value', 'smtp_bind_address = ::')
broken('bind-address-enforced', 'invalid-value',
       'smtp_bind_address = 203.0.113.7\nsmtp_bind_address_enforce = yes')
broken('random-source-missing', 'invalid-value', 'tls_random_source = dev:/nonexistent')
broken('queue-relative', 'invalid-value', 'queue_directory = var/spool/postfix')
broken('maildrop-of-root', 'mail-held', places={'maildrop': (0o730, 'root')})
broken('private-of-root', 'mail-held', places={'private': (0o700, 'root')})
broken('queue-closed', 'submission-refused', places={'': (0o700, 'root')}, how='user')
for name, old, line in (('pickup', 'pickup', 'pickup unix n - n 60 1 pickup '
                         '-o content_filter=scan:[127.0.0.1]:10024'),
                        ('qmgr', 'qmgr', 'qmgr unix n - n 300 1 qmgr -o defer_transports=smtp'),
                        ('smtp', 'smtp/unix', 'smtp unix - - n - - smtp '
                         '-o smtp_bind_address=eth0')):
    broken('option-of-' + name, 'master-override', master=(old, '+' + line))
