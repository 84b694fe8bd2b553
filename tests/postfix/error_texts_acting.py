# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The part of error_texts.py that is about plans, what is done with them, Postfix and the stores
of passwords."""

import error_calls as calls
import fixture
from error_calls import OTHER, store_at, with_commands
from error_rows import Elsewhere, Error, Row, kernel, keyring, race, systemd
from fixture import Nullmail

TEXTS = {
    'instance/apply-stage.c': [
        race('The new configuration is in place', 'postfix/test_guarantees.py'),
    ],
    'instance/apply.c': [
        Row(Error.INVALID_ARGUMENT, calls.of_another,
            'The plan is for “/etc/postfix”, not for “/tmp/other”: apply it with the instance '
            'that made it'),
        Row(Error.CONFLICT, calls.changed_behind,
            'In “/etc/postfix/main.cf” somebody else has changed mydomain since: undo by hand, '
            'or give OVERWRITE'),
        Row(Error.UNSAFE, calls.login_in_clear,
            'There is a login at the relay, but no TLS: nothing keeps the password and the '
            'messages from being read on the way. Name the certification authorities in '
            'smtp_tls_CAfile and the relay by its name, then set the level to secure. The '
            'property is “tls-level”; to accept this as it is, apply with FORCE.'),
        Row(Error.UNSAFE, lambda t: t.apply_edit('defer_transports', 'smtp'),
            'defer_transports has “smtp”, which takes mail to the relay: all mail waits until '
            'somebody flushes the queue. Remove the transport from defer_transports; where that '
            'is meant, send mail with “postqueue -f” or “sendmail -q”. To accept this as it is, '
            'apply with FORCE.'),
        Row(Error.UNSAFE, calls.end_login_of_running,
            'The plan takes the password of the present relay away, for which Postfix must be '
            'stopped meanwhile: apply it to “/etc/postfix” without NO_ACTIVATE, or with FORCE if '
            'no message may wait'),
        race('%s; not all of it', 'postfix/test_guarantees.py'),
        Row(Error.CONFLICT, calls.applied_again,
            'The plan was applied already: plan again'),
    ],
    'instance/plan-outcome.c': [
        Row(Error.PERMISSION_DENIED, calls.start_of_nobody,
            'Whether the Postfix of “/etc/postfix” runs is for root to see: ask as root, or '
            'without START'),
        Row(Error.INVALID_ARGUMENT, lambda t: Nullmail.Plan().will_change(0),
            'No instance has made this plan: make one with its plan ()'),
        Row(Error.CONFLICT, calls.asked_again,
            'The plan was applied already: plan again'),
    ],
    'instance/postfix-instance-parameters.c': [
        Row(Error.INVALID_ARGUMENT, lambda t: t.instance.lookup_parameters(['a b']),
            '“a b” is not the name of a parameter: a name has no blanks and no “=”'),
        Row(Error.NOT_FOUND, lambda t: t.instance.lookup_parameters(['relayhots']),
            'Postfix has no parameter “relayhots”: look for a misspelling'),
    ],
    'instance/postfix-instance-plan.c': [
        Row(Error.CONFLICT, calls.document_of_before,
            '“/etc/postfix/main.cf” is not what the document was loaded from: load it again'),
    ],
    'plan/planner-entries.c': [
        Row(Error.INVALID_CREDENTIALS, calls.plan_listed,
            'The credentials for “[smtp.example.com]:587” come from a list and have no password: '
            'look them up in the store'),
        Row(Error.INVALID_ARGUMENT, calls.login_switched_off,
            'Credentials for “[smtp.example.com]:587” were given, but authentication is off: set '
            '“authentication”, or leave the credentials out'),
        Row(Error.INVALID_ARGUMENT, lambda t: calls.login_for(t, fixture.login_config(OTHER)),
            'The credentials are for “[smtp.example.com]:587”, but the relay is '
            '“[other.example.com]:587”: brackets and port must be the same'),
        Row(Error.INVALID_RELAY_HOST, calls.relay_of_nothing,
            'The credentials are for “$x”, but “relayhost = $x” stands for no relay host: write '
            '[host], [host]:port, host or host:port'),
        Row(Error.PERMISSION_DENIED, calls.unreadable_table,
            '“transport_maps = ldap:/etc/nowhere” in “/etc/postfix/main.cf” may name a relay '
            'whose password would be dropped, and cannot be read: remove old entries by hand'),
    ],
    'plan/planner-files.c': [
        Row(Error.INVALID_ARGUMENT, calls.old_and_blank,
            'The configuration directory “/tmp/a folder” has a blank, comma or brace in its '
            'name, so that main.cf cannot name a file in it, which “sender-address” needs with '
            'Postfix before 3.7: keep “sender-address”'),
        Row(Error.INVALID_CONFIG, calls.old_and_unknown,
            'sender-address “me@$x” has to be written out for Postfix before 3.7: its macros are '
            'not known here'),
    ],
    'plan/planner-instances.c': [
        Elsewhere('“%s” may name a relay', 'root can read what others cannot',
                  'postfix/test_instances.py'),
        Row(Error.PERMISSION_DENIED,
            lambda t: calls.second_instance(
                t, 'transport_maps = ldap:/etc/nowhere\n').purge_credentials(),
            '“transport_maps = ldap:/etc/nowhere” in “/tmp/second/main.cf” may name a relay '
            'whose password would be dropped from “/etc/postfix/sasl_passwd”, and cannot be '
            'read: remove old entries by hand'),
    ],
    'plan/planner-purge.c': [
        Row(Error.PERMISSION_DENIED, calls.unreadable_table_of_others,
            '“transport_maps = ldap:/etc/nowhere” in “/etc/postfix/main.cf” may name a relay '
            'whose password would be dropped from “/etc/postfix/sasl_passwd”, and cannot be '
            'read: remove old entries by hand'),
    ],
    'plan/planner.c': [
        Row(Error.INVALID_ARGUMENT, lambda t: calls.blank_in_directory(t, authentication=True),
            'The configuration directory “/tmp/a folder” has a blank or comma in its name, so '
            'that main.cf cannot name a password file in it: set “password-maps”'),
        Row(Error.MAP, calls.login_of_socketmap,
            'Credentials were given, but smtp_sasl_password_maps in “/etc/postfix/main.cf” names '
            'no file that they could be written to: make it *:/etc/postfix/sasl_passwd or the '
            'like, or leave them out, and give them to the service that it names'),
        Row(Error.MAP, calls.same_file,
            'Tables of the types “hash” and “btree” have the same file '
            '“/etc/postfix/sasl_passwd.db”, and Postfix could not open it in between: name '
            'another password file for the new type'),
    ],
    'plan/premises.c': [
        Row(Error.CONFLICT, calls.premise_changed,
            '“/etc/postfix/transport” has changed since the plan was made, and decides which '
            'passwords are still needed: plan again'),
    ],
    'plan/undo-record.c': [
        Row(Error.INVALID_FILE, calls.damaged_record,
            'The undo record “/var/lib/nullmail/%2Fetc%2Fpostfix/record” is damaged: remove it, '
            'and undo by hand'),
    ],
    'plan/undo.c': [
        Row(Error.NOTHING_TO_UNDO, lambda t: t.instance.plan_undo(),
            'There is nothing to undo in “/etc/postfix”: the library has not changed it, or kept '
            'no record'),
    ],
    'postfix/inspection.c': [
        Row(Error.INVALID_FILE, lambda t: with_commands(t, postconf='echo what').inspect(),
            'What postconf says of “/etc/postfix” is not understood: see whether it is that of '
            'Postfix'),
    ],
    'postfix/installation.c': [
        Row(Error.NOT_FOUND, lambda t: t.new_instance(config_directory=f'{t.etc}/none').inspect(),
            'There is no “/etc/postfix/none/main.cf”: install Postfix, or name its configuration '
            'directory'),
    ],
    'postfix/postconf.c': [
        Row(Error.COMMAND, calls.bad_line,
            'postconf cannot read the configuration in “/etc/postfix”, correct what it names: *'),
    ],
    'postfix/service-command.c': [
        Row(Error.PERMISSION_DENIED, calls.activate_for_nobody,
            'Only root may run “postfix reload” for “/etc/postfix”: call this as root'),
        Row(Error.ACTIVATION, calls.activate,
            'There is no command “postfix” in “/tmp/commands” that only root or you can change: '
            'install Postfix, or name the folder of its commands'),
        Row(Error.ACTIVATION, lambda t: calls.activate(t, postfix='exit 1'),
            '“postfix reload” failed for “/etc/postfix”: exit status 1; the mail log has the '
            'details'),
        Row(Error.ACTIVATION, calls.start_in_vain,
            '“postfix start” says that it is done for “/etc/postfix”, but Postfix does not run; '
            'the mail log has the details'),
    ],
    'postfix/service-image.c': [
        systemd('There is no “systemctl”', 'postfix/test_service.py'),
        systemd('Only root may', 'postfix/test_service.py'),
        systemd('“systemctl %s %s”', 'postfix/test_service.py'),
    ],
    'postfix/service-units.c': [
        systemd('systemd has no unit'),
    ],
    'postfix/service.c': [
        Row(Error.NOT_FOUND, calls.activate_nothing,
            'There is no configuration directory “/etc/postfix/none”: correct its name'),
        Row(Error.FAILED, lambda t: t.instance.set_enabled(True),
            'Nothing that this library speaks to starts the Postfix of “/etc/postfix” at boot: '
            'leave ENABLE out, and have it started by the system’s own means'),
        systemd('The Postfix of “%s”', 'postfix/test_service.py'),
        systemd('systemd may not start'),
    ],
    'postfix/systemd.c': [
        systemd('nothing came back within'),
        Row(Error.ACTIVATION, calls.no_bus,
            "systemd does not answer on the system's message bus: *; use the “postfix” command "
            "(service control COMMAND)"),
        systemd('systemd lets only'),
        systemd('systemd may not control'),
        systemd('systemd does not control'),
        systemd('systemd could not carry out'),
    ],
    'store/credential-store.c': [
        Row(Error.FAILED, lambda t: calls.Lacking().lookup(fixture.relay_host()),
            'The store error_calls+Lacking has no “lookup”: implement it'),
        Row(Error.FAILED, lambda t: calls.Careless().store(fixture.credentials()),
            '“store” of the store error_calls+Careless failed and did not say why: let it return '
            'success or set an error'),
        Row(Error.FAILED, lambda t: calls.Careless().list(),
            '“load_list” of the store error_calls+Careless returned a list with nothing in one '
            'place: leave it out'),
    ],
    'store/password-table.c': [
        Row(Error.MAP, calls.map_without_source,
            'There is a compiled map “/etc/postfix/sasl_passwd.db”, but not the '
            '“/etc/postfix/sasl_passwd” it was made from: make that again with “postmap -s '
            'hash:/etc/postfix/sasl_passwd”, or remove the map'),
        Row(Error.INVALID_ARGUMENT, lambda t: store_at(t.etc / 'a\tb'),
            'The path “/etc/postfix/a\\x09b” of a password file has a control character: name '
            'another'),
        Row(Error.MAP, lambda t: store_at(t.sasl_passwd, 'regexp'),
            'Tables of type “regexp” cannot be built: use hash, btree, lmdb, cdb or texthash, '
            'whichever “postconf -m” lists'),
        Row(Error.INVALID_FILE, calls.nul_in_passwords,
            '“/etc/postfix/sasl_passwd”: Line 2 has a NUL byte, which Postfix takes for the end '
            'of the line: remove it'),
    ],
    'store/postmap.c': [
        kernel('Could not prepare'),
        Elsewhere('Could not find the directory', 'there must be no /proc',
                  'postfix/test_containers.py'),
        race('Somebody has put'),
        kernel('Could not make the map'),
        Row(Error.MAP, lambda t: calls.broken_postmap(t, 'echo no >&2; exit 1'),
            'postmap could not build the hash map “/etc/postfix/sasl_passwd.db”, mend that or '
            'use another type: exit status 1'),
        Row(Error.MAP, calls.forgetful_postmap,
            'The hash map made from “/etc/postfix/sasl_passwd” does not return what was stored '
            'for “[smtp.example.com]:587”, use another type: exit status 1'),
        Row(Error.MAP, calls.chatty_postmap,
            'postmap could not build the hash map “/etc/postfix/sasl_passwd.db”, mend that or '
            'use another type: what postmap said may hold a password, so run it by hand'),
    ],
    'store/sasl-passwd-store.c': [
        Row(Error.INVALID_FILE, calls.unusable_entry,
            'Line 2 of “/etc/postfix/sasl_passwd”, the entry for “[smtp.example.com]:587”, has '
            'no user name and password with “:” between them that can be used, store the '
            'credentials anew: The password is empty: give the one that the relay expects'),
        Row(Error.INVALID_CREDENTIALS, calls.store_listed,
            'The credentials for “[smtp.example.com]:587” come from a list and have no password: '
            'look them up in the store'),
    ],
    'store/sasl-passwd-store-rebuild.c': [
        Row(Error.NOT_FOUND, calls.rebuild_nothing,
            'There is no password file “/etc/postfix/sasl_passwd” to build a map from: store '
            'credentials first'),
    ],
    'store/secret-call.c': [
        keyring('The connection is closed'),
        keyring('The service has another owner'),
        keyring('The keyring “%s”'),
        keyring('There is no session bus'),
        keyring('No Secret Service'),
        keyring('The Secret Service went away'),
        keyring('The Secret Service, or the person'),
        keyring('Other programs change'),
        keyring('The prompt of'),
        keyring('The Secret Service failed'),
    ],
    'store/secret-collection.c': [
        keyring('The Secret Service has no keyring'),
        keyring('“%s” names no keyring'),
    ],
    'store/secret-item.c': [
        keyring('The item for'),
        keyring('It was dismissed'),
    ],
    'store/secret-store.c': [
        keyring('The credentials for'),
    ],
}
