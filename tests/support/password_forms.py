# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The ways in which a password can stand in main.cf: texts that are added to one, in which “@”
stands for the password, and for some a master.cf that leads to it."""

MAPS = 'smtp_sasl_password_maps'
SERVICE = 'slow unix - - n - - smtp\n'
FORMS = {
    'static': f'{MAPS} = static:relayuser:@\n',
    'static in other case': f'{MAPS} = Static:relayuser:@\n',
    'static behind a blank': f'{MAPS} = static: relayuser:@\n',
    'proxied': f'{MAPS} = proxy:static:relayuser:@\n',
    'inline': f'{MAPS} = inline:{{ {{[smtp.example.com]:587 = relayuser:@}} }}\n',
    'randmap': f'{MAPS} = randmap:{{relayuser:@}}\n',
    'regexp': f'{MAPS} = regexp:{{ {{/./ relayuser:@}} }}\n',
    'nested': f'{MAPS} = unionmap:{{texthash:/dev/null, pipemap:{{inline:{{a=b}}, '
              'inline:{b=relayuser:@}}}\n',
    'continued': f'{MAPS} = texthash:/dev/null\n  static:relayuser:@\n\t@\n',
    'commented out in a table': f'{MAPS} = inline:{{\n# {{[smtp.example.com]:587 = relayuser:@}}\n'
                                '  {[smtp.example.com]:587 = relayuser:@} }\n',
    'macro': f'{MAPS} = $login\nlogin = static:relayuser:@\n',
    'macro of a macro': f'login = ${{relay_login}}\n{MAPS} = texthash:/dev/null, $(login)\n'
                        'relay_login = inline:{ {[smtp.example.com]:587 = relayuser:@} }\n',
    'part of it by a macro': f'login = relayuser:@\n{MAPS} = static:$login\n',
    'type by a macro': f'type = static\n{MAPS} = $type:relayuser:@\n',
    'branch': f'{MAPS} = ${{login?{{static:relayuser:@}}:{{static:other:@}}}}\n',
    'branch by a macro': f'{MAPS} = ${{nothing?{{$login}}}}\nlogin = static:relayuser:@\n',
    'duplicate': f'{MAPS} = static:relayuser:@\n{MAPS} = texthash:/dev/null\n',
    'commented out': f'#{MAPS} =\n#  static:relayuser:@\n#  @\n{MAPS} = texthash:/dev/null\n',
    'commented out macro': f'#login = randmap:{{relayuser:@}}\n#{MAPS} = $login\n',
    'indented': f' {MAPS} = static:relayuser:@\n',
    'other protocol': 'lmtp_sasl_password_maps = static:relayuser:@\n',
    'duplicate macro': f'login = static:relayuser:@\n{MAPS} = $login\nlogin = texthash:/dev/null\n'
                       f'{MAPS} = $login\n',
    'parts by macros': f'login = $user:$word\nuser = relayuser\nword = @\n{MAPS} = static:$login\n',
    'no table': f'{MAPS} = @\n',
    'type of a file': f'{MAPS} = proxy:hash:relayuser:@\n',
    'slash': f'login = relayuser:/@\n{MAPS} = $login\n',
    'slash by a macro': f'word = /@\n{MAPS} = relayuser:$word\n',
    'service': ('login = static:relayuser:@\n', SERVICE + f'  -o {MAPS}=$login\n'),
    'service itself': ('', SERVICE + f'  -o {MAPS}=static:relayuser:@\n'),
}

# Nothing says that these are for passwords but their own text.
ALONE = {
    'alone': 'login = static:relayuser:@\n',
    'alone in other case': 'login = Proxy:STATIC:{relayuser:@ @}\n',
    'alone inline': 'login = inline:{ {[smtp.example.com]:587 = relayuser:/@} }\n',
    'alone regexp': 'login = unionmap:{texthash:/dev/null, regexp:{ {/./ relayuser:@} }}\n',
    'alone randmap': 'login = "randmap:{ relayuser:@, relayuser:@2 }"\n',
    'alone branch': 'login = ${relayhost?{static:relayuser:@}}\n',
    'alone by macros': 'login = ${type}relayuser:$word\ntype = static:\nword = @\n',
    'alone twice': 'login = static:relayuser:@\nlogin = texthash:/dev/null\n',
    'alone commented out': '#login = static:relayuser:@\n',
    'alone commented out and continued': '#login = inline:{\n#  {a = relayuser:@}\n#  }\n',
    'alone in words': f'## old {MAPS} static:relayuser:@\n',
    'alone in other words': f'# was: {MAPS} = static:relayuser:@\n',
    'alone misspelt': 'smtp_sasl_password_map = static:relayuser:@\n',
    'alone in another': 'mydomain = example.com\n static:relayuser:@\n',
    'alone indented': 'mydomain = example.com\n login = static:relayuser:@\n',
    'entry commented out': '#[smtp.example.com]:587 relayuser:@\n# smtp.example.com u:@\n',
    'entry as a setting': '[smtp.example.com]:587 = relayuser:@\n',
    'alone and long': 'login = inline:{' + 'a=b, ' * 20000 + 'c=relayuser:@}\n',
    'alone in a service': ('word = @\n', SERVICE + '  -o { login = static:relayuser:$word }\n'),
}

# With a user in front of a host, and in the environment. “(at)” is an “@” that stays.
HOSTS = {
    'url': 'login = mongodb://relayuser:@(at)db.example.com/x\n',
    'url among others': 'login = ldap://a.example.com:389 ldaps://u:@(at)b.example.com\n',
    'url by a macro': 'login = redis://relayuser:$word(at)db.example.com\nword = @\n',
    'url commented out': '#relayhost = smtps://relayuser:@(at)smtp.example.com\n',
    'url in words': '# It was https://relayuser:@(at)example.com/ once.\n',
    'url in another': 'mydomain = example.com\n https://relayuser:@(at)example.com/\n',
    'relay commented out': '#relayhost = relayuser:@(at)smtp.example.com:587\n',
    'relay in a table': 'transport_maps = inline:{ {a = smtp:[relayuser:@(at)b.example.com]} }\n',
    'environment': 'import_environment = TZ LANG=C RELAY_LOGIN=@\n',
    'environment in braces': 'export_environment = TZ, { RELAY_LOGIN = @ }, PATH=/bin\n',
    'environment by a macro': 'import_environment = TZ LOGIN=$word\nword = @\n',
    'environment commented out': '#import_environment = RELAY_LOGIN=@\n',
    'service with an url': ('word = @\n', SERVICE + '  -o { login = a://u:$word(at)h }\n'),
}


def texts(password, forms=FORMS):
    """The name of a form, what is added to main.cf, and master.cf or None."""
    for name, form in forms.items():
        main_cf, master_cf = [part and part.replace('@', password).replace('(at)', '@')
                              for part in (form if isinstance(form, tuple) else (form, None))]
        yield name, main_cf, master_cf
