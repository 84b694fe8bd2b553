# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Tables are asked: whether the one of the password file answers what the file says, and what that
of TLS policies has for the relay. With the tables and commands of this machine's Postfix."""

import os
import shutil
import subprocess

import fixture
from fixture import InstanceTest, Nullmail, RELAY, SECRET

Code = Nullmail.FindingCode
Error = Nullmail.Error
OTHER = '[other.example.com]:587'
LOGGED = '#!/bin/sh\necho "$@" >>{log}\nexec {program} "$@"\n'
HANGS = '#!/bin/sh\ncase "$*" in *nonexistent*) exec {program} "$@" ;; esac\nsleep 3600\n'

COPIES = """#!/bin/sh
case "$*" in *inline:*) cat "$2/main.cf" >>{log} ;; esac
exec {program} "$@"
"""
DOES_NOT_START = """#!/bin/sh
[ -e {log} ] || {{ echo 'postmap: fatal: host not found: nosuch.example.com' >&2; exit 1; }}
exec {program} "$@"
"""


def built_types():
    types = [name for name in fixture.table_types() if name in fixture.SUFFIXES]  # not texthash
    assert types, 'Postfix has no tables here that are built'
    return types


class TablesTest(InstanceTest):
    def found(self, *codes, instance=None):
        """What a new instance finds, which knows nothing from before."""
        found = [item for item in (instance or self.new_instance()).check()
                 if item.get_code() in codes]
        for item in found:
            self.assertNotIn(SECRET, item.get_message() + item.get_remedy())
        return found

    def set_up(self, map_type):
        """A login with a table of the type, in an empty directory."""
        for path in self.etc.iterdir():
            path.unlink()
        shutil.rmtree(self.state, ignore_errors=True)
        self.write_first()
        self.set_up_login(map_type)
        self.map = self.sasl_passwd.with_name('sasl_passwd' + fixture.SUFFIXES[map_type])

    def overwrite(self, path, contents):
        """As cp -p or a backup does: other contents, and a time that tells nothing."""
        before = path.stat().st_mtime_ns
        path.write_bytes(contents)
        os.utime(path, ns=(before, before))

    def look_up(self, map_type, key=RELAY):
        return subprocess.run(['postmap', '-c', self.etc, '-q', key,
                               f'{map_type}:{self.sasl_passwd}'], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True, check=False).stdout.strip()

    def build(self, map_type, text):
        """Builds the map of another text, in place of that of the password file."""
        other = fixture.write(self.folder / 'other', text.encode(), 0o600)
        subprocess.run(['postmap', '-c', self.etc, f'{map_type}:{other}'], check=True)
        self.overwrite(self.map, (self.folder / ('other' + self.map.suffix)).read_bytes())

    def log_postmap(self, script=LOGGED):
        """A postmap that notes what it is asked; the instance is a new one where it works."""
        commands = self.folder / 'commands'
        commands.mkdir(exist_ok=True)
        for name in ('postconf', 'postmap'):
            path = commands / name
            path.unlink(missing_ok=True)
            text = script if name == 'postmap' else '#!/bin/sh\nexec {program} "$@"\n'
            path.write_text(text.format(log=self.folder / 'log', program=shutil.which(name)),
                            encoding='utf-8')
            path.chmod(0o755)
        self.instance = self.new_instance(command_directory=str(commands))

    def asked(self):
        log = self.folder / 'log'
        return log.read_text(encoding='utf-8').splitlines() if log.exists() else []


class TableWrong(TablesTest):
    def assert_any_plan_mends(self, map_type, answer=f'relayuser:{SECRET}'):
        item, = self.found(Code.TABLE_WRONG)
        self.assertEqual((item.get_severity(), item.get_path()),
                         (Nullmail.Severity.ERROR, str(self.map)))
        instance = self.new_instance()
        plan = instance.plan(instance.load_config(), None, 0)
        self.assertFalse(plan.is_empty())
        self.assertIn((Nullmail.ChangeKind.MAP, str(self.map)),
                      [(change.get_kind(), change.get_path()) for change in plan.get_changes()])
        self.assertNotIn(Code.TABLE_WRONG, [found.get_code() for found in plan.get_findings()])
        self.assertTrue(instance.apply(plan, 0))
        self.assertEqual(self.found(Code.TABLE_WRONG), [])
        self.assertEqual(self.look_up(map_type), answer)
        self.assertTrue(instance.plan(instance.load_config(), None, 0).is_empty())

    def test_contents_are_not_the_sources(self):
        """A source that was copied over it, with a time of before."""
        for map_type in built_types():
            with self.subTest(map_type):
                self.set_up(map_type)
                self.overwrite(self.sasl_passwd, f'{RELAY} relayuser:other\n'.encode())
                self.assert_any_plan_mends(map_type, 'relayuser:other')

    def test_broken(self):
        for map_type in built_types():
            contents = b'' if map_type in ('hash', 'cdb') else bytes(range(256)) * 64
            with self.subTest(map_type, length=len(contents)):
                self.set_up(map_type)
                self.overwrite(self.map, contents)
                self.assert_any_plan_mends(map_type)

    def test_without_the_relays_key(self):
        for map_type in built_types():
            if map_type in ('hash', 'lmdb'):
                with self.subTest(map_type):
                    self.set_up(map_type)
                    self.build(map_type, f'{OTHER} relayuser:{SECRET}\n')
                    self.assert_any_plan_mends(map_type)

    def test_two_that_are_exchanged(self):
        """Both keys and both passwords are there, but not with each other."""
        for map_type in built_types():
            with self.subTest(map_type):
                self.set_up(map_type)
                self.build(map_type, f'{RELAY} relayuser:two\n{OTHER} relayuser:one-and-a-half\n')
                self.overwrite(self.sasl_passwd, f'{RELAY} relayuser:one-and-a-half\n'
                                                 f'{OTHER} relayuser:two\n'.encode())
                self.assert_any_plan_mends(map_type, 'relayuser:one-and-a-half')

    def test_healthy(self):
        """What cannot be seen in the file is asked, and no plan builds it again for that."""
        for map_type in built_types():
            for password in ('short', 'x' * 3000, 'Ünïcode: #"\\'):
                with self.subTest(map_type, length=len(password)):
                    self.set_up(map_type)
                    self.apply(self.instance.load_config(), fixture.credentials(
                        relay=RELAY, password=password))
                    self.assertEqual(self.found(Code.TABLE_WRONG, Code.MAP_STALE), [])
                    instance = self.new_instance()
                    self.assertTrue(instance.plan(instance.load_config(), None, 0).is_empty())

    def test_key_in_upper_case(self):
        fixture.need_types('hash')
        self.set_up('hash')
        text = f'{RELAY.upper()} relayuser:{SECRET}\n'
        self.overwrite(self.sasl_passwd, text.encode())
        self.build('hash', text)
        self.assertEqual(self.found(Code.TABLE_WRONG), [])
        self.assertTrue(self.instance.plan(self.instance.load_config(), None, 0).is_empty())

    def test_store_mends(self):
        """The password is that of the file already, but not that of its table."""
        for map_type in built_types():
            with self.subTest(map_type):
                self.set_up(map_type)
                self.build(map_type, f'{RELAY} relayuser:old\n')
                store = self.instance.get_sasl_passwd_store()
                self.assertTrue(store.store(fixture.credentials()))
                self.assertEqual(self.look_up(map_type), f'relayuser:{SECRET}')

    def test_asked_once(self):
        fixture.need_types('hash')
        self.set_up('hash')
        self.sasl_passwd.with_suffix('.db').chmod(0o600)  # it is not as the library has left it
        self.log_postmap()
        self.assertEqual(self.found(Code.TABLE_WRONG, instance=self.instance), [])
        first = self.asked()
        self.assertEqual([line for line in first if f'hash:{self.sasl_passwd}' in line],
                         [f'-c {self.etc} -q - hash:{self.sasl_passwd}'])
        self.instance.check()
        self.assertTrue(self.instance.plan(self.instance.load_config(), None, 0).is_empty())
        self.assertEqual(self.asked(), first)
        self.overwrite(self.sasl_passwd, f'{RELAY} relayuser:other\n'.encode())
        self.assertEqual(len(self.found(Code.TABLE_WRONG, instance=self.instance)), 1)
        self.assertEqual(len(self.asked()), len(first) + 1)

    def test_no_answer_is_no_error(self):
        fixture.need_types('hash')
        self.set_up('hash')
        self.overwrite(self.sasl_passwd, f'{RELAY} relayuser:other\n'.encode())
        self.log_postmap(HANGS)
        self.assertEqual(self.found(Code.TABLE_WRONG, instance=self.instance), [])


class Policies(TablesTest):
    TEXTS = {'texthash': f'{RELAY} %s\n', 'hash': f'{RELAY} %s\n', 'lmdb': f'{RELAY} %s\n',
             'cdb': f'{RELAY} %s\n', 'btree': f'{RELAY} %s\n',
             'regexp': r'/^\[smtp\.example\.com\]:587$/ %s' + '\n'}

    def write_policy(self, map_type, level):
        path = fixture.write(self.etc / 'tls_policy', (self.TEXTS[map_type] % level).encode())
        if fixture.SUFFIXES.get(map_type):
            subprocess.run(['postmap', '-c', self.etc, f'{map_type}:{path}'], check=True)
        return f'{map_type}:{path}'

    def set(self, name, value):
        text = self.main_cf.read_text(encoding='utf-8')
        lines = [line for line in text.splitlines(keepends=True)
                 if not line.startswith(f'{name} =')]
        fixture.write(self.main_cf, (''.join(lines) + f'{name} = {value}\n').encode())

    def verdicts(self):
        return [(item.get_code().value_nick, item.get_severity().value_nick)
                for item in self.new_instance().check()
                if item.get_parameter() == 'smtp_tls_policy_maps']

    def test_types(self):
        self.set_up_login('texthash')
        for map_type in [name for name in self.TEXTS
                         if name == 'regexp' or name in fixture.table_types()]:
            for level, expected in (('encrypt', [('tls-overridden', 'error')]),
                                    ('secure match=nexthop', [])):
                with self.subTest(map_type, level=level):
                    self.set('smtp_tls_policy_maps', self.write_policy(map_type, level))
                    self.assertEqual(self.verdicts(), expected)

    def test_proxied(self):
        self.set_up_login('texthash')
        self.set('smtp_tls_policy_maps', 'proxy:' + self.write_policy('texthash', 'none'))
        self.assertEqual(self.verdicts(), [('tls-overridden', 'error')])

    def test_table_without_the_relay(self):
        self.set_up_login('texthash')
        path = fixture.write(self.etc / 'tls_policy', f'{OTHER} may\n'.encode())
        self.set('smtp_tls_policy_maps', f'texthash:{path}')
        self.assertEqual(self.verdicts(), [])

    def test_parent_of_a_name(self):
        self.set_up_login('texthash', relay='smtp.example.com')
        path = fixture.write(self.etc / 'tls_policy', b'.example.com may\n')
        self.set('smtp_tls_policy_maps', f'texthash:{path}')
        self.assertEqual(self.verdicts(), [('tls-overridden', 'error')])

    def test_first_table_wins(self):
        self.set_up_login('texthash')
        strict = fixture.write(self.etc / 'strict', f'{RELAY} secure\n'.encode())
        weak = fixture.write(self.etc / 'weak', f'{RELAY} may\n'.encode())
        for maps, expected in ((f'texthash:{strict}, texthash:{weak}', []),
                               (f'texthash:{weak}, texthash:{strict}',
                                [('tls-overridden', 'error')])):
            self.set('smtp_tls_policy_maps', maps)
            self.assertEqual(self.verdicts(), expected)

    def test_nested(self):
        self.set_up_login('texthash')
        weak = fixture.write(self.etc / 'weak', f'{RELAY} may\n'.encode())
        self.set('smtp_tls_policy_maps', f'unionmap:{{texthash:{weak}}}')
        self.assertEqual(self.verdicts(), [('tls-overridden', 'error')])

    def test_fifo(self):
        """Nobody writes to it, so that whoever opens it waits."""
        self.set_up_login('texthash')
        os.mkfifo(self.etc / 'fifo')
        self.set('smtp_tls_policy_maps', f'texthash:{self.etc}/fifo')
        self.assertEqual(self.verdicts(), [('not-checked', 'notice')])

    def test_a_changed_table_is_asked_again(self):
        self.set_up_login('texthash')
        self.log_postmap()
        self.set('smtp_tls_policy_maps', self.write_policy('texthash', 'secure'))
        for level, n_found in (('secure', 0), ('may', 1), ('secure', 0)):
            self.write_policy('texthash', level)
            for _ in range(2):
                self.assertEqual(len(self.found(Code.TLS_OVERRIDDEN, instance=self.instance)),
                                 n_found)
        self.assertEqual(len([line for line in self.asked() if 'tls_policy' in line]), 3)

    def test_plan_that_brings_it_in(self):
        """Whoever names such a table in a plan is told before it is applied."""
        self.set_up_login('texthash')
        plan = self.plan_edit('smtp_tls_policy_maps', self.write_policy('texthash', 'may'))
        self.assert_error(Nullmail.Error.UNSAFE, 'smtp_tls_policy_maps', self.instance.apply, plan,
                          0)


class OtherTables(TablesTest):
    """Tables of other parameters than smtp_sasl_password_maps: there is the file that Postfix
    opens, and it has the type, or mail waits."""

    PARAMETERS = ('transport_maps', 'smtp_generic_maps', 'canonical_maps', 'virtual_alias_maps',
                  'sender_bcc_maps', 'header_checks', 'smtp_header_checks', 'smtp_tls_policy_maps',
                  'sender_dependent_relayhost_maps', 'recipient_canonical_maps', 'relocated_maps')

    def missing(self):
        return [(item.get_parameter(), item.get_subject(), item.get_severity().value_nick)
                for item in self.found(Code.TABLE_MISSING)]

    def append(self, text):
        fixture.write(self.main_cf, fixture.MAIN_CF + text.encode())

    def test_each_parameter(self):
        self.append(''.join(f'{name} = texthash:/nonexistent/{name}\n'
                            for name in self.PARAMETERS))
        self.assertEqual(sorted(self.missing()),
                         sorted((name, f'texthash:/nonexistent/{name}', 'error')
                                for name in self.PARAMETERS))

    def test_file_that_postfix_opens(self):
        """It is the map, of which the source is no more than where it comes from."""
        for map_type in built_types():
            path = fixture.write(self.etc / f'generic-{map_type}', b'a b\n')
            self.append(f'smtp_generic_maps = {map_type}:{path}\n')
            with self.subTest(map_type):
                self.assertEqual(self.missing(), [('smtp_generic_maps', f'{map_type}:{path}',
                                                   'error')])
                subprocess.run(['postmap', '-c', self.etc, f'{map_type}:{path}'], check=True)
                self.assertEqual(self.missing(), [])
                path.unlink()
                self.assertEqual(self.missing(), [])

    def test_patterns(self):
        path = fixture.write(self.etc / 'checks', b'/^x/ IGNORE\n')
        for table, found in ((f'regexp:{path}', 0), (f'proxy:regexp:{path}', 0),
                             (f'regexp:{path}.none', 1), ('regexp:{ {/^x/ IGNORE} }', 0)):
            with self.subTest(table):
                self.append(f'header_checks = {table}\n')
                self.assertEqual(len(self.missing()), found)

    def test_types(self):
        for table, found in (('nosuch:/etc/x', 1), ('inline:{a=b}', 0), ('static:x', 0),
                             ('unionmap:{inline:{a=b}}', 0), ('proxy:nosuch:/etc/x', 1)):
            with self.subTest(table):
                self.append(f'transport_maps = {table}\n')
                self.assertEqual(len(self.missing()), found)

    def test_password_behind_an_unknown_type(self):
        self.append(f'transport_maps = statik:host7:{SECRET}\n')
        item, = self.found(Code.TABLE_MISSING)
        self.assertNotIn(SECRET, item.to_variant().print_(False))
        self.assertEqual(item.get_subject(), 'statik')

    def test_what_is_no_table(self):
        self.append('relay_domains = example.com, $mydomain\n'
                    'virtual_alias_maps =\ntransport_maps = $nothing\n')
        self.assertEqual(self.missing(), [])

    def test_file_of_domains_was_passed_over(self):
        """Each address is compared with what is in it, so that all mail waits without the file."""
        here = fixture.write(self.etc / 'here', b'a.example.com\n')
        for name in ('mydestination', 'relay_domains', 'virtual_alias_domains',
                     'virtual_mailbox_domains'):
            with self.subTest(name):
                self.append(f'{name} = $myhostname, {here}, !{self.etc}/gone\n')
                self.assertEqual(self.missing(), [(name, f'{self.etc}/gone', 'error')])

    def test_one_among_others(self):
        path = fixture.write(self.etc / 'here', b'a b\n')
        self.append(f'my = texthash:{self.etc}/gone\ntransport_maps = texthash:{path}, $my\n')
        self.assertEqual(self.missing(), [('transport_maps', f'texthash:{self.etc}/gone', 'error')])


class Plugins(TablesTest):
    def test_folder_behind_a_macro(self):
        """A package that brings a plug-in writes dynamicmaps.cf, and each type is tried again."""
        fixture.need_types('hash')
        fixture.write(self.main_cf, fixture.MAIN_CF + f"""folder = {self.etc}
meta_directory = $folder
transport_maps = hash:{self.etc}/transport
""".encode())
        self.log_postmap()
        for n_tried in (1, 2):
            for _ in range(2):
                self.instance.check()
                self.assertEqual(len([line for line in self.asked() if 'hash:/nonexist' in line]),
                                 n_tried)
            (self.etc / 'dynamicmaps.cf').touch()


class Refusals(TablesTest):
    """What Postfix's own programs stop at, in their words, where nothing else names it."""

    def refusals(self, text):
        fixture.write(self.main_cf, fixture.MAIN_CF + text.encode())
        return [item.get_message() for item in self.found(Code.POSTFIX_REFUSES)]

    def test_healthy(self):
        self.assertEqual(self.refusals(''), [])

    def test_refused(self):
        message, = self.refusals('line_length_limit = x\n')
        self.assertIn('line_length_limit', message)

    def test_named_by_another_finding(self):
        for text, code in (('no equals sign\n', Code.BAD_LINE),
                           ('mail_owner = nobody-of-that-name\n', Code.INVALID_VALUE),
                           ('setgid_group = no-group-of-that-name\n', Code.INVALID_VALUE)):
            with self.subTest(text):
                self.assertEqual(self.refusals(text), [])
                self.assertEqual(len(self.found(code)), 1)

    def test_mended_outside_of_main_cf(self):
        """As a name is that DNS did not have: main.cf is the same, and Postfix starts again."""
        self.log_postmap(DOES_NOT_START)
        self.assertEqual(len(self.found(Code.POSTFIX_REFUSES, instance=self.instance)), 1)
        (self.folder / 'log').touch()
        self.assertEqual(self.found(Code.POSTFIX_REFUSES, instance=self.instance), [])

    def plan_of(self, first, **parameters):
        fixture.write(self.main_cf, fixture.MAIN_CF + first.encode())
        main_cf = self.instance.load_main_cf()
        for name, value in parameters.items():
            main_cf.set_value(name, value)
        return self.instance.plan_main_cf(main_cf, None, 0)

    def refusals_of(self, plan):
        return [item.get_message() for item in plan.get_findings()
                if item.get_code() == Code.POSTFIX_REFUSES]

    def test_plan_that_postfix_refuses(self):
        """Before the apply, with Postfix's own words, and nothing is written."""
        for parameters in ({'line_length_limit': 'x'}, {'inet_interfaces': 'nosuch.invalid'},
                           {'my_limit': '1k', 'line_length_limit': '$my_limit'}):
            with self.subTest(parameters):
                plan = self.plan_of('', **parameters)
                message, = self.refusals_of(plan)
                self.assertIn([*parameters][-1], message)
                self.assertNotIn('nullmail-', message)
                self.assert_refused(Error.UNSAFE, [*parameters][-1], self.instance.apply, plan, 0)

    def test_plan_whose_macro_is_refused(self):
        plan = self.plan_of('my_limit = 2048\nline_length_limit = $my_limit\n', my_limit='much')
        self.assertEqual(len(self.refusals_of(plan)), 1)

    def test_plan_of_what_was_refused_before(self):
        """It is said, and is no new error: what mends something else is not kept from it."""
        plan = self.plan_of('line_length_limit = x\n', header_size_limit='100000')
        self.assertEqual(len(self.refusals_of(plan)), 1)
        self.assertTrue(self.instance.apply(plan, 0))
        plan = self.plan_of('line_length_limit = x\n', line_length_limit='2048')
        self.assertEqual(self.refusals_of(plan), [])

    def test_plan_for_a_login_that_postfix_refuses(self):
        """postmap would stop at it when it is to build the table."""
        fixture.write(self.main_cf, fixture.MAIN_CF + b'line_length_limit = x\n')
        config = self.instance.load_config()
        config.set_relay_host(fixture.relay_host())
        config.set_authentication(True)
        plan = self.instance.plan(config, fixture.credentials(), 0)
        self.assertEqual(len(self.refusals_of(plan)), 1)

    def test_plans_that_do_not_ask(self):
        """Neither one that changes nothing, nor one whose values the checks know."""
        self.log_postmap()
        for parameters in ({}, {'mydomain': 'example.org'}, {'inet_interfaces': 'loopback-only'},
                           {'smtp_connection_cache_time_limit': '3s'}, {'relayhost': '[x.y]'}):
            self.plan_of('line_length_limit = 2048\n', **parameters)
        self.assertEqual([line for line in self.asked() if 'inline:' in line], [])
        self.plan_of('', line_length_limit='2048')
        self.assertEqual(len([line for line in self.asked() if 'inline:' in line]), 1)

    def test_plan_shows_postfix_no_password(self):
        """What Postfix is asked with lies in the folder for temporary files for a moment."""
        self.log_postmap(COPIES)
        plan = self.plan_of(f'my_login = static:host7:{SECRET}\n'
                            'smtp_sasl_password_maps = $my_login\n'
                            f'transport_maps = inline:{{x=host7:{SECRET}}}\n',
                            line_length_limit='x')
        self.assertEqual(len(self.refusals_of(plan)), 1)
        seen = (self.folder / 'log').read_text()
        self.assertIn('line_length_limit = x\n', seen)
        self.assertNotIn(SECRET, seen)

    def test_asked_once(self):
        self.log_postmap()
        for _ in range(3):
            self.found(instance=self.instance)
        self.assertEqual(len([line for line in self.asked() if 'inline:' in line]), 1)


class OtherManager(TablesTest):
    HEADERS = ('# Ansible managed: do not edit', '# This file is managed by Puppet.',
               '#\n# Generated by Chef for host7', '\n# MANAGED BY SALT, will be overwritten')

    def managers(self, head, tail=''):
        fixture.write(self.main_cf, head.encode() + b'\n' + fixture.MAIN_CF + tail.encode())
        return [item.get_severity() for item in self.found(Code.OTHER_MANAGER)]

    def test_header(self):
        for head in self.HEADERS:
            with self.subTest(head):
                self.assertEqual(self.managers(head), [Nullmail.Severity.WARNING])

    def test_none(self):
        for head, tail in (('# Postfix is better salted.', ''), ('', '# Ansible managed\n'),
                           ('# See /usr/share/postfix/main.cf.dist', ''),
                           ('# chef@example.com asked for this', '')):
            with self.subTest(head):
                self.assertEqual(self.managers(head, tail), [])

    def test_suse(self):
        """config.postfix writes the file at each start, if it is told to."""
        fixture.need_mounts()
        for line, found in (('MAIL_CREATE_CONFIG="yes"', 1), ('MAIL_CREATE_CONFIG="no"', 0),
                            ('# MAIL_CREATE_CONFIG="yes"', 0)):
            fixture.write(self.folder / 'mail', f'SMTPD_LISTEN_REMOTE="no"\n{line}\n'.encode())
            (self.folder / 'expected').write_text(str(found))
            self.run_inside('suse', fixture.in_mounts([
                'mount -t tmpfs none /mnt', f'mkdir -p /mnt/sysconfig',
                f'cp {self.folder}/mail /mnt/sysconfig/mail', f'cp -r {self.etc} /mnt/postfix',
                'cp /etc/passwd /etc/group /mnt', 'mount --bind /mnt /etc']))


def inside_suse(test):
    """In a mount namespace of its own, with an /etc of its own."""
    instance = test.new_instance(config_directory='/etc/postfix')
    found = [item for item in instance.check() if item.get_code() == Code.OTHER_MANAGER]
    assert len(found) == int((test.folder / 'expected').read_text()), found
    for item in found:
        assert item.get_subject() == '/etc/sysconfig/mail', item.get_subject()


def setUpModule():
    fixture.need_postfix()
