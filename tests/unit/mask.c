/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config/mask-private.h"

#include <string.h>

#include "document/main-cf-private.h"
#include "document/master-cf-private.h"

#define MAPS "smtp_sasl_password_maps = "
#define HIDDEN "********"
#define SECRET "geheim"

typedef struct
{
  const char *name;
  const char *text;
  const char *shown;  /* NULL: just as it is */
  const char *master_cf;
} Case;

/* Each hides a password in a way of its own. */
static const Case cases[] = {
  { "static", MAPS "static:u:geheim\n", MAPS "static:" HIDDEN "\n", NULL },
  { "static/blank", MAPS "static: u:geheim\n", MAPS "static: " HIDDEN "\n", NULL },
  { "static/blank-before", MAPS "static :u:geheim\n", MAPS HIDDEN "\n", NULL },
  { "static/case", MAPS "Static:u:geheim\n", MAPS "Static:" HIDDEN "\n", NULL },
  { "static/braces", MAPS "static:{u:ge heim}\n", MAPS "static:" HIDDEN "\n", NULL },
  { "static/no-blanks", "smtp_sasl_password_maps=static:u:geheim", "smtp_sasl_password_maps=static:"
    HIDDEN, NULL },
  { "proxied", MAPS "proxy:static:u:geheim\n", MAPS "proxy:static:" HIDDEN "\n", NULL },
  { "proxied/case", MAPS "Proxy:STATIC:u:geheim\n", MAPS "Proxy:STATIC:" HIDDEN "\n", NULL },
  { "inline", MAPS "inline:{ {[a]:587 = u:geheim} }\n", MAPS "inline:" HIDDEN "\n", NULL },
  { "randmap", MAPS "hash:/x, randmap:{u:geheim}\n", MAPS "hash:/x, randmap:" HIDDEN "\n", NULL },
  { "regexp", MAPS "regexp:{ {/./ u:geheim} }\n", MAPS "regexp:" HIDDEN "\n", NULL },
  { "pcre/blank", MAPS "pcre: {{/./ u:geheim}}\n", MAPS "pcre: " HIDDEN "\n", NULL },
  { "cidr", MAPS "cidr:{{0.0.0.0/0 u:geheim}}\n", MAPS "cidr:" HIDDEN "\n", NULL },
  { "nested", MAPS "unionmap:{hash:/a, pipemap:{hash:/b, inline:{a=geheim}}}\n",
    MAPS "unionmap:{hash:/a, pipemap:{hash:/b, inline:" HIDDEN "\n", NULL },
  { "unknown-type", MAPS "satic:u:geheim\n", MAPS "satic:" HIDDEN "\n", NULL },
  { "no-type", MAPS ":u:geheim\n", MAPS ":" HIDDEN "\n", NULL },
  { "no-table", MAPS "geheim\n", MAPS HIDDEN "\n", NULL },
  { "no-table/second", MAPS "hash:/a, geheim\n", MAPS "hash:/a, " HIDDEN "\n", NULL },
  { "no-braces", MAPS "unionmap:static:u:geheim\n", MAPS "unionmap:" HIDDEN "\n", NULL },
  { "other-protocol", "lmtp_sasl_password_maps = static:u:geheim\n",
    "lmtp_sasl_password_maps = static:" HIDDEN "\n", NULL },

  { "entry/commented-out", "#[a]:587 u:geheim\n", "#[a]:587 " HIDDEN "\n", NULL },
  { "entry/commented-out-in-a-table", MAPS "inline:{\n# {[a]:587 = u:geheim}\n }\n",
    MAPS "inline:{\n# {[a]:587 = " HIDDEN "\n }\n", NULL },
  { "entry/left-of-a-table", "mydomain = b\n# {[a] = u:geheim},\n",
    "mydomain = b\n# {[a] = " HIDDEN "\n", NULL },
  { "entry/name", "# a.example:587\tu:geheim\n", "# a.example:587\t" HIDDEN "\n", NULL },
  { "entry/sender", "#x@a.example u:geheim\n", "#x@a.example " HIDDEN "\n", NULL },
  { "entry/no-setting", "[a]:587 u:geheim\n", "[a]:587 " HIDDEN "\n", NULL },
  { "entry/setting", "[a]:587 = u:geheim\n", "[a]:587 = " HIDDEN "\n", NULL },
  { "entry/names-only", "# [a]:587 or smtp.b:25\n# see a.example http://b.example/\n"
    "# main.cf: yes\n#[a]:587\n", NULL, NULL },

  { "macro", "x = static:u:geheim\n" MAPS "$x\n", "x = static:" HIDDEN "\n" MAPS "$x\n", NULL },
  { "macro/later", MAPS "${x}\nx = static:u:geheim\n", MAPS "${x}\nx = static:" HIDDEN "\n",
    NULL },
  { "macro/of-macro", MAPS "$(x)\nx = hash:/a ${ y }\ny = $z\nz = inline:{a=geheim}\n",
    MAPS "$(x)\nx = hash:/a ${ y }\ny = $z\nz = inline:" HIDDEN "\n", NULL },
  { "macro/of-itself", MAPS "$x\nx = $y static:geheim\ny = $x\n",
    MAPS "$x\nx = $y static:" HIDDEN "\ny = $x\n", NULL },
  { "macro/type", MAPS "$t:u:geheim\nt = static\n", MAPS "$t:" HIDDEN "\nt = static\n", NULL },
  { "macro/type-and-colon", MAPS "${t}u:geheim\nt = static:\n", MAPS "${t}" HIDDEN "\n"
    "t = static:\n", NULL },
  { "macro/of-type", MAPS "$t$p\nt = $u\nu = static:\np = u:geheim\n",
    MAPS "$t" HIDDEN "\nt = $u\nu = static:\np = " HIDDEN "\n", NULL },
  { "macro/inside", MAPS "static:u:$p\np = geheim\n", MAPS "static:" HIDDEN "\np = " HIDDEN "\n",
    NULL },
  { "macro/inside-of-inside", MAPS "inline:{a=$p}\np = $q\nq = u:geheim\n",
    MAPS "inline:" HIDDEN "\np = " HIDDEN "\nq = " HIDDEN "\n", NULL },
  { "macro/open-brace", MAPS "$x k = u:geheim }\nx = inline:{\n",
    MAPS "$x " HIDDEN "\nx = inline:{\n", NULL },
  { "macro/rules", MAPS "regexp:$r\nr = { {/./ u:geheim} }\n",
    MAPS "regexp:" HIDDEN "\nr = " HIDDEN "\n", NULL },
  { "macro/both-branches", MAPS "${a?{$x}:{$y}}\nx = static:u:geheim\ny = randmap:{u:geheim}\n",
    MAPS HIDDEN "\nx = " HIDDEN "\ny = " HIDDEN "\n", NULL },
  { "macro/condition-as-type", "x = 1\n" MAPS "${x?static}:u:/geheim\n",
    "x = 1\n" MAPS "${x?static}:" HIDDEN "\n", NULL },
  { "macro/condition-as-rules", "x = 1\n" MAPS "regexp:${x?{ {/./ u:geheim} }}\n",
    "x = " HIDDEN "\n" MAPS "regexp:" HIDDEN "\n", NULL },
  { "macro/colon", "c = :\np = geheim\n" MAPS "static${c}u$c$p\n",
    "c = " HIDDEN "\np = " HIDDEN "\n" MAPS HIDDEN "\n", NULL },
  { "macro/function", MAPS "static:u:${domain_to_ascii{$p}}\np = geheim\n",
    MAPS "static:" HIDDEN "\np = " HIDDEN "\n", NULL },
  { "macro/function-as-type", MAPS "${domain_to_ascii{static}}:u:geheim\n",
    MAPS "${domain_to_ascii{static}}:" HIDDEN "\n", NULL },
  { "macro/function-of-table", MAPS "${domain_to_utf8{$x}}\nx = static:u:geheim\n",
    MAPS HIDDEN "\nx = " HIDDEN "\n", NULL },
  { "macro/function-with-table", MAPS "${domain_to_utf8{static:u:geheim}}\n",
    MAPS "${domain_to_utf8{static:" HIDDEN "\n", NULL },
  { "branch", MAPS "${x?{static:u:geheim}}\n", MAPS "${x?{static:" HIDDEN "\n", NULL },
  { "branch/second", MAPS "${x?{hash:/a}:{static:u:geheim}}\n",
    MAPS "${x?{hash:/a}:{static:" HIDDEN "\n", NULL },
  { "branch/plain", MAPS "${x:static:u:geheim}\n", MAPS "${x:static:" HIDDEN "\n", NULL },
  { "branch/comparison", MAPS "${{$a} == {b} ? {hash:/x} : {static:u:geheim}}\n",
    MAPS "${{$a} == {b} ? {hash:/x} : {static:" HIDDEN "\n", NULL },

  { "twice", MAPS "static:u:geheim\n" MAPS "hash:/a\n", MAPS "static:" HIDDEN "\n" MAPS "hash:/a\n",
    NULL },
  { "twice/macro", "x = static:u:geheim\nx = hash:/a\n" MAPS "$x\n",
    "x = static:" HIDDEN "\nx = hash:/a\n" MAPS "$x\n", NULL },
  { "twice/reference", MAPS "$x\n" MAPS "hash:/a\nx = static:u:geheim\n",
    MAPS "$x\n" MAPS "hash:/a\nx = static:" HIDDEN "\n", NULL },
  { "continued", MAPS "\n  hash:/a,\n  static:u:geheim\n\tgeheim\n\na = b\n",
    MAPS "\n  hash:/a,\n  static:" HIDDEN "\n\t" HIDDEN "\n\na = b\n", NULL },
  { "continued/comment", MAPS "inline:{\n# { a = u:geheim }\n { b = u:geheim }\n }\n# said: all\n",
    MAPS "inline:" HIDDEN "\n# " HIDDEN "\n " HIDDEN "\n " HIDDEN "\n# said: all\n", NULL },
  { "indented", "relayhost = a\n " MAPS "static:u:geheim\n",
    "relayhost = a\n " MAPS "static:" HIDDEN "\n", NULL },
  { "indented/first", " " MAPS "static:u:geheim\n", " " MAPS "static:" HIDDEN "\n", NULL },
  { "no-equals", "smtp_sasl_password_maps static:u:geheim\n",
    "smtp_sasl_password_maps static:" HIDDEN "\n", NULL },

  { "comment", "#" MAPS "static:u:geheim\n", "#" MAPS "static:" HIDDEN "\n", NULL },
  { "comment/blanks", "## " MAPS "hash:/a randmap:{u:geheim}\n# more\n",
    "## " MAPS "hash:/a randmap:" HIDDEN "\n# " HIDDEN "\n", NULL },
  { "comment/continued", "#" MAPS "\n#   static:u:geheim\n#   geheim\n#a = b\n",
    "#" MAPS "\n#   static:" HIDDEN "\n#   " HIDDEN "\n#a = b\n", NULL },
  { "comment/macro", "#x = static:u:geheim\n" MAPS "$x\n", "#x = static:" HIDDEN "\n" MAPS "$x\n",
    NULL },
  { "comment/both", "#x = $y\n#" MAPS "$x\ny = static:u:geheim\n",
    "#x = $y\n#" MAPS "$x\ny = static:" HIDDEN "\n", NULL },
  { "comment/within", MAPS "hash:/a,\n#  static:u:geheim\n  hash:/b\n",
    MAPS "hash:/a,\n#  static:" HIDDEN "\n  hash:/b\n", NULL },
  { "comment/behind", MAPS "\n  hash:/a\n#  static:u:geheim\nx = y\n",
    MAPS "\n  hash:/a\n#  static:" HIDDEN "\nx = y\n", NULL },
  { "database", "virtual_alias_maps = mysql:a\na_user = u\na_password = geheim\n",
    "virtual_alias_maps = mysql:a\na_user = u\na_password = " HIDDEN "\n", NULL },
  { "directory", "a_bind_pw = ge=heim geheim\na_bind_dn = cn=x\n",
    "a_bind_pw = " HIDDEN "\na_bind_dn = cn=x\n", NULL },
  { "comment/remark", "# It was " MAPS "static:u:geheim once\n", "# It was " MAPS "static:" HIDDEN
    "\n", NULL },

  { "master-cf", "x = static:u:geheim\n", "x = static:" HIDDEN "\n",
    "a unix - - n - - smtp -o smtp_sasl_password_maps=$x\n" },
  { "master-cf/inside", "x = geheim\n", "x = " HIDDEN "\n",
    "a unix - - n - - smtp\n -o { smtp_sasl_password_maps = static:u:$x }\n" },

  /* Nothing refers to it. */
  { "alone/static", "x = static:u:geheim\n", "x = static:" HIDDEN "\n", NULL },
  { "alone/case", "x = Proxy:STATIC:{u:ge heim}\n", "x = Proxy:STATIC:" HIDDEN "\n", NULL },
  { "alone/blanks", "x =\tstatic :\tu:geheim\n", "x =\tstatic :\tu:" HIDDEN "\n", NULL },
  { "alone/quoted", "x = \"static:u:geheim\"\n", "x = \"static:" HIDDEN "\n", NULL },
  { "alone/inline", "x = inline:{ {[a]:5 = u:geheim} }\n", "x = inline:" HIDDEN "\n", NULL },
  { "alone/randmap", "x = hash:/a, randmap:{u, u:geheim}\n", "x = hash:/a, randmap:" HIDDEN "\n",
    NULL },
  { "alone/regexp", "x = regexp:{ {/./ u:geheim} }\n", "x = regexp:" HIDDEN "\n", NULL },
  { "alone/pcre", "x = pcre:{\n  if /a/\n  {/./ u:geheim}\n  endif }\n",
    "x = pcre:" HIDDEN "\n  " HIDDEN "\n  " HIDDEN "\n  " HIDDEN "\n", NULL },
  { "alone/file-type", "x = texthash:{ {a u:geheim} }\n", "x = texthash:" HIDDEN "\n", NULL },
  { "alone/nested", "x = unionmap:{static:{u:geheim}, hash:/a}\n", "x = unionmap:{static:" HIDDEN
    "\n", NULL },
  { "alone/open", "x = inline:{a =\n", "x = inline:" HIDDEN "\n", NULL },
  { "alone/branch", "x = ${y?{static:u:geheim}}\n", "x = ${y?{static:" HIDDEN "\n", NULL },
  { "alone/type", "x = $(t):u:geheim\nt = static\n", "x = $(t):" HIDDEN "\nt = static\n", NULL },
  { "alone/type-and-colon", "x = ${t}u:geheim\nt = static:\n", "x = ${t}" HIDDEN "\n"
    "t = static:\n", NULL },
  { "alone/macro", "x = static:u:$p\np = geheim\n", "x = static:" HIDDEN "\np = " HIDDEN "\n",
    NULL },
  { "alone/login", "x = static:$p\np = u:geheim\n", "x = static:" HIDDEN "\np = " HIDDEN "\n",
    NULL },
  { "alone/misspelt", "smtp_sasl_password_map = static:u:geheim\n",
    "smtp_sasl_password_map = static:" HIDDEN "\n", NULL },
  { "alone/continued", "x =\n  static:u:geheim\n# geheim\n  geheim\n",
    "x =\n  static:" HIDDEN "\n# " HIDDEN "\n  " HIDDEN "\n", NULL },
  { "alone/crlf", "x = inline:{a=u:geheim}\r\ny = b\r\n", "x = inline:" HIDDEN "\ny = b\r\n",
    NULL },
  { "alone/no-utf-8", "x = \377static:u:geheim\377\n", "x = \377static:" HIDDEN "\n", NULL },
  { "alone/twice", "x = static:u:geheim\nx = hash:/a\n", "x = static:" HIDDEN "\nx = hash:/a\n",
    NULL },
  { "alone/indented", "relayhost = a\n x = static:u:geheim\n", "relayhost = a\n x = static:"
    HIDDEN "\n", NULL },
  { "alone/indented-first", "\tx = static:u:geheim\n", "\tx = static:" HIDDEN "\n", NULL },
  { "alone/in-another", "relayhost = a\n static:u:geheim\n", "relayhost = a\n static:" HIDDEN
    "\n", NULL },
  { "alone/no-name", "relayhost = a\nstatic:u:geheim\n", "relayhost = a\nstatic:" HIDDEN "\n",
    NULL },
  { "alone/no-name-continued", "inline:{\n  a = u:geheim\n }\nx = y\n",
    "inline:" HIDDEN "\n  " HIDDEN "\n " HIDDEN "\nx = y\n", NULL },
  { "alone/comment", "#x = static:u:geheim\n", "#x = static:" HIDDEN "\n", NULL },
  { "alone/comment-macro", "#x = static:u:$p\np = geheim\n", "#x = static:" HIDDEN "\np = " HIDDEN
    "\n", NULL },
  { "alone/comment-continued", "#x = static:\n#   u:geheim\n", "#x = static:\n#   u:" HIDDEN "\n",
    NULL },
  { "alone/comment-braces", "#x = inline:{\n#  {a = u:geheim}\n# }\n#y = z\n",
    "#x = inline:" HIDDEN "\n#  {" HIDDEN "\n# " HIDDEN "\n#y = z\n", NULL },
  { "alone/comment-words", "## old smtp_sasl_password_maps static:u:geheim\n",
    "## old smtp_sasl_password_maps static:" HIDDEN "\n", NULL },
  { "alone/comment-was", "# was: " MAPS "static:u:geheim\n", "# was: " MAPS "static:" HIDDEN "\n",
    NULL },
  { "alone/comment-within", "x = hash:/a,\n# static:u:geheim\n  hash:/b\n",
    "x = hash:/a,\n# static:" HIDDEN "\n  hash:/b\n", NULL },
  { "alone/comment-only", "# static:u:geheim and\n# all = is\n", "# static:" HIDDEN
    "\n# all = is\n", NULL },
  { "alone/master-cf", "p = geheim\n", "p = " HIDDEN "\n",
    "a unix - - n - - smtp\n -o { x = static:u:$p }\n" },

  { "file-type", MAPS "hash:/a, hash:u:geheim\n", MAPS "hash:/a, hash:" HIDDEN "\n", NULL },
  { "file-type/macro", MAPS "$x\nx = Proxy:pcre:u:geheim\n", MAPS "$x\nx = Proxy:pcre:" HIDDEN
    "\n", NULL },
  { "slash/static", MAPS "$x\nx = static:/geheim\n", MAPS "$x\nx = static:" HIDDEN "\n", NULL },
  { "slash/no-type", MAPS "u:/geheim\n", MAPS "u:" HIDDEN "\n", NULL },
  { "slash/unknown-type", MAPS "foo:u:/geheim\n", MAPS "foo:" HIDDEN "\n", NULL },
  { "slash/inline", MAPS "inline:{{a=u:/geheim}}\n", MAPS "inline:" HIDDEN "\n", NULL },
  { "slash/macro", MAPS "$x\nx = u:/geheim\n", MAPS "$x\nx = u:" HIDDEN "\n", NULL },
  { "slash/in-macro", MAPS "$u:$x\nu = bob\nx = /geheim\n", MAPS "$u:" HIDDEN
    "\nu = bob\nx = " HIDDEN "\n", NULL },

  /* With a user in front of a host, in any parameter, in remarks and in what is no setting. */
  { "url", "x_uri = mongodb://u:geheim@h\n", "x_uri = mongodb://u:" HIDDEN "\n", NULL },
  { "url/options", "x_uri = mongodb+srv://u:geheim@h:1,h2:2/db?ssl=true\n",
    "x_uri = mongodb+srv://u:" HIDDEN "\n", NULL },
  { "url/second", "x = ldap://h:389 ldap://u@h, ldap://u:geheim@h\ny = z\n",
    "x = ldap://h:389 ldap://u@h, ldap://u:" HIDDEN "\ny = z\n", NULL },
  { "url/no-user", "x_hosts = redis://:geheim@h\n", "x_hosts = redis://:" HIDDEN "\n", NULL },
  { "url/signs", "x = a://u:g@/e:geheim@h/p\n", "x = a://u:" HIDDEN "\n", NULL },
  { "url/slash", "x = a://u:ge/geheim@h\n", "x = a://u:" HIDDEN "\n", NULL },
  { "url/macro", "x = a://u:$p@h\np = geheim\n", "x = a://u:" HIDDEN "\np = " HIDDEN "\n", NULL },
  { "url/macro-of-macro", "x = a://u:${p}x@h\np = $q\nq = geheim\n",
    "x = a://u:" HIDDEN "\np = " HIDDEN "\nq = " HIDDEN "\n", NULL },
  { "url/relay", "relayhost = smtps://u:geheim@h:465\n", "relayhost = smtps://u:" HIDDEN "\n",
    NULL },
  { "url/continued", "x =\n  a://h\n  b://u:geheim@h\n  c\n",
    "x =\n  a://h\n  b://u:" HIDDEN "\n  c\n", NULL },
  { "url/comment", "#relayhost = smtps://u:geheim@h\n", "#relayhost = smtps://u:" HIDDEN "\n",
    NULL },
  { "url/comment-words", "# It was <https://u:geheim@h/x>.\n", "# It was <https://u:" HIDDEN "\n",
    NULL },
  { "url/comment-within", "x = a\n# b://u:geheim@h\n  c\n", "x = a\n# b://u:" HIDDEN "\n  c\n",
    NULL },
  { "url/no-setting", "x://u:geheim@h\n", "x://u:" HIDDEN "\n", NULL },
  { "url/indented-first", " a://u:geheim@h\nx = y\n", " a://u:" HIDDEN "\nx = y\n", NULL },
  { "url/crlf", "x = a://u:geheim@h\r\ny = b\n", "x = a://u:" HIDDEN "\ny = b\n", NULL },
  { "url/before-a-table", MAPS "a://u:geheim@h static:u:geheim\n", MAPS "a:" HIDDEN "\n", NULL },
  { "brackets", "transport_maps = inline:{ {a = smtp:[u:geheim@h]:587} }\n",
    "transport_maps = inline:{ {a = smtp:[u:" HIDDEN "\n", NULL },
  { "brackets/whole", "default_transport = smtp:[u@d:geheim@h.example.com]\n",
    "default_transport = smtp:[u@d:" HIDDEN "\n", NULL },
  { "brackets/comment", "# smtp:[u:geheim@h]\n", "# smtp:[u:" HIDDEN "\n", NULL },
  { "relay", "relayhost = u:geheim@h:587\n", "relayhost = u:" HIDDEN "\n", NULL },
  { "relay/comment", "#relayhost = u:geheim@h:587\n", "#relayhost = u:" HIDDEN "\n", NULL },
  { "relay/fallback", "smtp_fallback_relay = u:geheim@h\n", "smtp_fallback_relay = u:" HIDDEN
    "\n", NULL },

  /* In the environment of Postfix's programs. */
  { "environment", "import_environment = TZ LANG=C X=geheim\n",
    "import_environment = TZ LANG=C X=" HIDDEN "\n", NULL },
  { "environment/braces", "import_environment = TZ, { X = geheim x }, LANG=C\n",
    "import_environment = TZ, { X = " HIDDEN "\n", NULL },
  { "environment/export", "export_environment = TZ KRB5CCNAME=/x MAIL_PW=a X=geheim\n",
    "export_environment = TZ KRB5CCNAME=/x MAIL_PW=a X=" HIDDEN "\n", NULL },
  { "environment/continued", "import_environment = TZ\n  # X=geheim\n  X=geheim\nx = y\n",
    "import_environment = TZ\n  # X=" HIDDEN "\n  " HIDDEN "\nx = y\n", NULL },
  { "environment/macro", "import_environment = TZ X=$p\np = geheim\n",
    "import_environment = TZ X=" HIDDEN "\np = " HIDDEN "\n", NULL },
  { "environment/comment", "#import_environment = X=geheim\n", "#import_environment = X=" HIDDEN
    "\n", NULL },

  /* What is no password is shown. */
  { "shown/file", MAPS "hash:/etc/postfix/sasl_passwd, texthash:/x proxy:lmdb:/y\n", NULL, NULL },
  { "shown/service", MAPS "socketmap:unix:/run/x:name, ldap:source mysql:/x tcp:[::1]:5\n", NULL,
    NULL },
  { "shown/rules", MAPS "regexp:/etc/x pcre:/y cidr:z\n", NULL, NULL },
  { "shown/nested", MAPS "unionmap:{hash:/a, pipemap:{hash:/b, regexp:/c}}\n", NULL, NULL },
  { "shown/macro", "d = /etc\nt = lmdb\nf = hash:$d/x\n" MAPS "$t:$d/x ${f} $default_type:$d/y\n",
    NULL, NULL },
  { "shown/branches", MAPS "${a?{hash}:{lmdb}}:/x ${b?hash:/a} ${c:{lmdb:/b}}\n", NULL, NULL },
  { "shown/other", "transport_maps = inline:{ {a = smtp:[b]:25} }\n"
    "smtp_tls_policy_maps = static:a:b\n#transport_maps =\n#  static:smtp:a:25\n", NULL, NULL },
  { "shown/other-values", "a = static:all\nb = static:may\nc = static:{secure match=a:b}\n"
    "d = static:u@example.com\ne = static:smtp:[h]:587\nf = static:[h]:587\n"
    "g = inline:{k=v, l=[h]:25}\nh = regexp:{ {/^Subject: a/ PREPEND X-A: b} }\n"
    "i = unionmap:{static:all, inline:{k=v}}\n", NULL, NULL },
  { "shown/prose", "# A static: table, see http://www.example.com:80/ for inline:{k=v}.\n"
    "#x = static:all\n", NULL, NULL },
  { "shown/hosts", "a_uri = mongodb://h1:27017,h2:27017/db\nb = ldap://h ldaps://h:636/x@y\n"
    "c = ldap://u@h:389/o=a:b\nd = inet:[::1]:5 unix:/run/x@y [2001:db8::1]:25\n"
    "e = smtp:[h]:587 smtp:[h]:587@x\nf = inline:{ {a@b = smtp:[h.example.com]:587} }\n"
    "g = regexp:{ {/^[a-z:@]+[[:alpha:]@]/ a@b} }\nh = http://h:$port/x@y http://[::1]:80/a@b\n"
    "i = check_sender_access inline:{a@b=OK}, permit\nj = error:5.1.1 u@h is gone: try x@h\n"
    "k = static:u@example.com\nl = a://b:/c@d a://b:80/c:d@e\nm = mailto:u:v@h u:v@h\n"
    "relayhost = [h]:587\nsmtp_fallback_relay = [h]:587 [h2]:25\n"
    "smtp_header_checks = regexp:{ {/^From:(([^][\"<>(),:;@\\\\])*)<x>/ WARN} }\n", NULL, NULL },
  { "shown/hosts-in-prose", "# See http://www.example.com:80/ or mail to x@y: it helps.\n"
    "# relayhost = [h]:587, for u@h\n#relayhost = u@h\n# a: b@c, [a:@b], [:a@b], (a:b@c)\n"
    "# ssh://git@h:22/x and git@h:x\n# The form is scheme://user@host:port/.\n", NULL, NULL },
  { "shown/environment", "import_environment = MAIL_CONFIG MAIL_DEBUG TZ XAUTHORITY LANG=C\n"
    "  KRB5_KTNAME=/etc/x { TZ = UTC } LC_ALL=C X= Y=1, Z=/run/x\nexport_environment = TZ PATH=/a\n"
    "# import_environment is described in postconf(5), x = y.\nx_environments = X=y\n",
    NULL, NULL },
  { "shown/key", "relayhost = [a]:587\nmyhostname = b\n" MAPS "hash:/x\n", NULL, NULL },
  { "shown/macro-in-parts", "d = /etc\ni = ${t}:${d}/\nt = hash\n" MAPS "${i}sasl_passwd\n", NULL,
    NULL },
  { "shown/remark", MAPS "hash:/a\n# The relay's password: see there.\n", NULL, NULL },
  { "shown/password-names", "smtpd_password_x = a\nx_passwords = b\n", NULL, NULL },
  { "shown/empty", MAPS "\nx =\n# " MAPS "\n", NULL, NULL },
  { "shown/comment", MAPS "hash:/a\n# Note: see http://www.example.com:80/ for it = this\n", NULL,
    NULL },
  { "shown/after-macro", MAPS "$x, hash:/a\nx = hash:/b\n", NULL, NULL },
};

static NullmailEffective *
read_text (const char *text)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr(NullmailMainCf) main_cf = nullmail_main_cf_new_from_bytes (bytes, NULL);

  g_assert_nonnull (main_cf);
  return _nullmail_effective_new (main_cf, NULL);
}

static GBytes *
get_bytes (NullmailEffective *effective)
{
  return _nullmail_main_cf_peek_bytes (_nullmail_effective_get_main_cf (effective));
}

static void
assert_values_hidden (NullmailMask      *mask,
                      NullmailEffective *effective)
{
  NullmailMainCf *main_cf = _nullmail_effective_get_main_cf (effective);
  g_auto(GStrv) names = nullmail_main_cf_list_names (main_cf);

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_auto(GStrv) values = _nullmail_main_cf_list_values (main_cf, names[i]);

      for (guint j = 0; values[j] != NULL; j++)
        {
          g_autofree char *shown = _nullmail_mask_show_value (mask, names[i], values[j]);

          g_assert_null (strstr (shown, SECRET));
          g_assert_cmpint (_nullmail_mask_hides_value (mask, names[i], values[j]), ==,
                           strcmp (shown, values[j]) != 0);
        }
    }
}

static void
test_case (gconstpointer data)
{
  const Case *test = data;
  g_autoptr(NullmailEffective) effective = read_text (test->text);
  g_autoptr(GPtrArray) services =
    _nullmail_master_cf_parse (test->master_cf != NULL ? test->master_cf : "");
  g_autoptr(GPtrArray) options = _nullmail_master_cf_list_options (services);
  g_autoptr(NullmailMask) mask = _nullmail_mask_new (effective, NULL, options, NULL);
  g_autofree char *shown = _nullmail_mask_show_main_cf (mask, get_bytes (effective));

  g_assert_cmpstr (shown, ==, test->shown != NULL ? test->shown : test->text);
  g_assert_cmpint (_nullmail_mask_hides_main_cf (mask, get_bytes (effective)), ==,
                   test->shown != NULL);
  assert_values_hidden (mask, effective);
}

/* The text that only one of two documents makes a password of is shown in neither. */
static void
test_pair (void)
{
  g_autoptr(NullmailEffective) before = read_text ("x = u:geheim\n" MAPS "static:$x\n");
  g_autoptr(NullmailEffective) after = read_text ("x = u:geheim\n" MAPS "hash:/a\n");
  g_autoptr(NullmailMask) mask = _nullmail_mask_new (before, after, NULL, NULL);
  g_autoptr(NullmailMask) back = _nullmail_mask_new (after, before, NULL, NULL);
  g_autoptr(NullmailMask) alone = _nullmail_mask_new (after, NULL, NULL, NULL);

  g_assert_true (_nullmail_mask_hides_value (mask, "x", "u:geheim"));
  g_assert_true (_nullmail_mask_hides_value (back, "x", "u:geheim"));
  g_assert_false (_nullmail_mask_hides_value (alone, "x", "u:geheim"));
  g_assert_true (_nullmail_mask_has_secrets (mask));
  g_assert_false (_nullmail_mask_has_secrets (alone));
}

/* What one mask has found is hidden by the next, when nothing refers to it any more, and as long as
 * nothing says more exactly where the password begins. */
static void
test_remembered (void)
{
  g_autoptr(NullmailEffective) before = read_text ("l = $u:geheim\nu = u\nd = /etc\nt = static\n"
                                                   MAPS "$t:$l hash:$d/x\n");
  g_autoptr(NullmailEffective) after = read_text ("l = $u:geheim\nu = u\nd = /etc\n");
  g_autoptr(NullmailEffective) again = read_text ("l = hash:/a, static:$u:geheim\n" MAPS "$l\n");
  g_autoptr(NullmailMask) first = _nullmail_mask_new (before, after, NULL, NULL);
  g_auto(GStrv) hidden = _nullmail_mask_list_hidden (first,
                                                     _nullmail_effective_get_main_cf (before));
  g_autofree char *names = g_strjoinv (" ", hidden);
  g_autoptr(NullmailMask) mask = _nullmail_mask_new (after, NULL, NULL,
                                                     (const char * const *) hidden);
  g_autoptr(NullmailMask) last = _nullmail_mask_new (again, NULL, NULL,
                                                     (const char * const *) hidden);
  g_autofree char *shown = _nullmail_mask_show_main_cf (mask, get_bytes (after));
  g_autofree char *shown_again = _nullmail_mask_show_main_cf (last, get_bytes (again));

  g_assert_cmpstr (names, ==, "d l u");
  g_assert_cmpstr (shown, ==, "l = " HIDDEN "\nu = " HIDDEN "\nd = " HIDDEN "\n");
  g_assert_cmpstr (shown_again, ==, "l = hash:/a, static:" HIDDEN "\n" MAPS "$l\n");
  assert_values_hidden (mask, after);
}

static GHashTable *
load_version (gpointer      user_data G_GNUC_UNUSED,
              GCancellable *cancellable G_GNUC_UNUSED)
{
  GHashTable *defaults = g_hash_table_new (g_str_hash, g_str_equal);

  g_hash_table_insert (defaults, (gpointer) "mail_version", (gpointer) "3.11.0");
  return defaults;
}

/* What a function makes of a password is one, be it known here or not. */
static void
test_functions (void)
{
  const NullmailDefaultSource sources[] = { { .load_defaults = load_version },
                                            { .load_defaults = NULL } };
  static const char text[] = "p = u:geheim\nq = ${domain_to_ascii{$p}}\n" MAPS
                             "${domain_to_utf8{static}}:${domain_to_ascii{$q}}\n";

  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    {
      g_autoptr(NullmailEffective) plain = read_text (text);
      g_autoptr(NullmailEffective) effective =
        _nullmail_effective_new (_nullmail_effective_get_main_cf (plain), &sources[i]);
      g_autoptr(NullmailMask) mask = _nullmail_mask_new (effective, NULL, NULL, NULL);
      g_autofree char *shown = _nullmail_mask_show_main_cf (mask, get_bytes (effective));
      g_autofree char *scrubbed = _nullmail_mask_scrub (mask, "postfix: bad value: u:geheim");

      g_assert_null (strstr (shown, SECRET));
      g_assert_null (strstr (scrubbed, SECRET));
      assert_values_hidden (mask, effective);
    }
}

/* A password that another one contains leaves nothing of that. */
static void
test_scrub (void)
{
  g_autoptr(NullmailEffective) effective = read_text (
    "relayhost = [smtp.example.com]:587\n" MAPS "inline:{ {$relayhost = u:$a}, {b = u:$b} }\n"
    "a = geheim\nb = geheimer\nc = geheimeres\nlmtp_sasl_password_maps = static:$c\n");
  g_autoptr(NullmailMask) mask = _nullmail_mask_new (effective, NULL, NULL, NULL);
  g_autofree char *scrubbed = _nullmail_mask_scrub (mask, "of geheimeres, geheim, geheimer: that "
                                                          "[smtp.example.com]:587 wants");

  g_assert_cmpstr (scrubbed, ==, "of " HIDDEN ", " HIDDEN ", " HIDDEN ": that "
                                 "[smtp.example.com]:587 wants");
}

static void
test_nothing_known (void)
{
  g_autofree char *shown = _nullmail_mask_show_value (NULL, "smtp_sasl_password_maps",
                                                      "hash:/a static:u:geheim");
  g_autofree char *message = _nullmail_mask_show_message ("fatal: “static:u:geheim” is bad");
  g_autofree char *other_message = _nullmail_mask_show_message ("fatal: “hash:/a” is bad");

  g_assert_cmpstr (shown, ==, "hash:/a static:" HIDDEN);
  g_assert_cmpstr (message, ==, "fatal: “static:" HIDDEN);
  g_assert_cmpstr (other_message, ==, "fatal: “hash:/a” is bad");
  g_assert_true (_nullmail_mask_hides_word ("smtp_sasl_password_maps", "hash:/a geheim"));
  g_assert_false (_nullmail_mask_hides_word ("smtp_sasl_password_maps", "hash:/a $x ${y}b"));
  g_assert_false (_nullmail_mask_hides_word ("relayhost", "geheim"));
  g_assert_true (_nullmail_mask_hides_value (NULL, "relayhost", "a static:u:geheim"));
  g_assert_false (_nullmail_mask_hides_value (NULL, "relayhost", "[a]:587"));
  g_assert_false (_nullmail_mask_hides_value (NULL, "x", "static:u:geheim"));
  g_assert_false (_nullmail_mask_hides_value (NULL, "smtp_sasl_password_maps", NULL));
  g_assert_null (_nullmail_mask_show_value (NULL, "smtp_sasl_password_maps", NULL));
  g_assert_false (_nullmail_mask_has_secrets (NULL));
}

/* Far more macros in a row than Postfix would follow: each is still known. */
static void
test_long_chain (void)
{
  g_autoptr(GString) text = g_string_new (MAPS "$x_0\n");
  g_autoptr(NullmailEffective) effective = NULL;
  g_autoptr(NullmailMask) mask = NULL;
  g_autofree char *shown = NULL;

  for (guint i = 0; i < 5000; i++)
    g_string_append_printf (text, "x_%u = hash:/x $x_%u\n", i, i + 1);
  g_string_append (text, "x_5000 = static:u:geheim\n");
  effective = read_text (text->str);
  mask = _nullmail_mask_new (effective, NULL, NULL, NULL);
  shown = _nullmail_mask_show_main_cf (mask, get_bytes (effective));

  g_assert_null (strstr (shown, SECRET));
  g_assert_nonnull (strstr (shown, "\nx_4000 = hash:/x $x_4001\n"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/mask/text/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/mask/pair", test_pair);
  g_test_add_func ("/mask/remembered", test_remembered);
  g_test_add_func ("/mask/functions", test_functions);
  g_test_add_func ("/mask/scrub", test_scrub);
  g_test_add_func ("/mask/nothing-known", test_nothing_known);
  g_test_add_func ("/mask/long-chain", test_long_chain);

  return g_test_run ();
}
