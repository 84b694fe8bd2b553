/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What a configuration does to a document, and what it reads from one. */

#include <string.h>

#include "config/effective-private.h"
#include "config/sasl-lists-private.h"
#include "config/null-client-config-private.h"
#include "nullmail.h"

static NullmailMainCf *
document (const char *text)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr(GError) error = NULL;
  NullmailMainCf *main_cf = nullmail_main_cf_new_from_bytes (bytes, &error);

  g_assert_no_error (error);
  return main_cf;
}

static void
assert_text (NullmailMainCf *main_cf,
             const char     *text)
{
  g_autoptr(GBytes) bytes = nullmail_main_cf_to_bytes (main_cf);
  g_autoptr(GString) found = g_string_new_len (g_bytes_get_data (bytes, NULL),
                                               g_bytes_get_size (bytes));

  g_assert_cmpstr (found->str, ==, text);
}

static void
apply_text (NullmailNullClientConfig *config,
            const char               *variant_text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GVariant) variant = g_variant_parse (G_VARIANT_TYPE_VARDICT, variant_text, NULL, NULL,
                                                 &error);

  g_assert_no_error (error);
  g_assert_true (nullmail_null_client_config_apply_variant (config, variant, &error));
  g_assert_no_error (error);
}

typedef struct
{
  const char *name;
  const char *before;
  const char *assigned;  /* as a variant */
  const char *after;     /* NULL: as before */
} Case;

#define NOTHING "smtp_sasl_security_options = noplaintext, noactive, nodictionary, noanonymous\n"
#define ALL_REFUSED "noplaintext noactive nodictionary noanonymous"
#define FILTER "smtp_sasl_mechanism_filter = plain, login, scram-sha-512, scram-sha-256, " \
  "scram-sha-1, digest-md5, cram-md5\n"
#define STRICT NOTHING \
  "smtp_sasl_tls_security_options = $smtp_sasl_security_options\n" \
  "smtp_sasl_tls_verified_security_options = noanonymous\n"
#define ENCRYPTED NOTHING \
  "smtp_sasl_tls_security_options = noanonymous\n" \
  "smtp_sasl_tls_verified_security_options = $smtp_sasl_tls_security_options\n"
#define DNSSEC "smtp_dns_support_level = dnssec\n"
#define NO_LOCAL_MAIL "local_transport = error:5.1.1 no mail is delivered on this host\n"
#define BASE "relayhost = [a]\nmyorigin = $mydomain\ninet_interfaces = loopback-only\n" \
  "mynetworks = 127.0.0.0/8 [::1]/128\nmydestination = \n" NO_LOCAL_MAIL
#define RELAY_587 "relayhost = [a]:587\nmyorigin = $mydomain\ninet_interfaces = loopback-only\n" \
  "mynetworks = 127.0.0.0/8 [::1]/128\nmydestination = \n" NO_LOCAL_MAIL

/* A fresh object with a relay, and what is assigned, meets a document. */
static const Case fresh_cases[] = {
  { "empty", "", "{'relay-host': <'[a]'>}", BASE "smtp_tls_security_level = may\n" },
  { "port-587", "", "{'relay-host': <'[a]:587'>}", RELAY_587 "smtp_tls_security_level = secure\n" },
  { "port-465", "", "{'relay-host': <'[a]'>, 'tls-level': <'encrypt'>, 'tls-wrapper': <true>}",
    BASE "smtp_tls_security_level = encrypt\nsmtp_tls_wrappermode = yes\n" },
  { "login", BASE, "{'relay-host': <'[a]'>, 'authentication': <true>}",
    BASE "smtp_tls_security_level = secure\n" STRICT FILTER "smtp_sasl_auth_enable = yes\n" },

  /* A level that gives at least as much stays; one that gives less, or has gaps, goes. */
  { "may-stays", BASE "smtp_tls_security_level = MAY\n", "{'relay-host': <'[a]'>}", NULL },
  { "none-goes", BASE "smtp_tls_security_level = none\n", "{'relay-host': <'[a]'>}",
    BASE "smtp_tls_security_level = may\n" },
  { "encrypt-stays", BASE "smtp_tls_security_level = encrypt\n", "{'relay-host': <'[a]'>}", NULL },
  { "dane-stays", BASE "smtp_tls_security_level = dane\n", "{'relay-host': <'[a]'>}",
    BASE "smtp_tls_security_level = dane\n" DNSSEC },
  { "secure-stays", BASE "smtp_tls_security_level = secure\n", "{'relay-host': <'[a]'>}", NULL },
  { "macro-stays", BASE "smtp_tls_security_level = $x\n", "{'relay-host': <'[a]'>}", NULL },
  { "macro-goes", RELAY_587 "smtp_tls_security_level = $x\n", "{'relay-host': <'[a]:587'>}",
    RELAY_587 "smtp_tls_security_level = secure\n" },
  { "encrypt-goes", RELAY_587 "smtp_tls_security_level = encrypt\n", "{'relay-host': <'[a]:587'>}",
    RELAY_587 "smtp_tls_security_level = secure\n" },
  { "dane-goes", RELAY_587 "smtp_tls_security_level = dane\n", "{'relay-host': <'[a]:587'>}",
    RELAY_587 "smtp_tls_security_level = secure\n" },
  { "verify-goes", RELAY_587 "smtp_tls_security_level = verify\n", "{'relay-host': <'[a]:587'>}",
    RELAY_587 "smtp_tls_security_level = secure\n" },
  { "dane-only-stays", RELAY_587 "smtp_tls_security_level = dane-only\n" DNSSEC,
    "{'relay-host': <'[a]:587'>}", NULL },
  { "fingerprint-stays", RELAY_587 "smtp_tls_security_level = fingerprint\n",
    "{'relay-host': <'[a]:587'>}", NULL },
  { "assigned-weakens", RELAY_587 "smtp_tls_security_level = secure\n",
    "{'relay-host': <'[a]:587'>, 'tls-level': <'may'>}",
    RELAY_587 "smtp_tls_security_level = may\n" },

  /* Obsolete words count as the level that they mean, and go where one is written. */
  { "use-tls", BASE "smtp_use_tls = yes\n", "{'relay-host': <'[a]'>}", NULL },
  { "use-tls-587", RELAY_587 "smtp_use_tls = yes\n", "{'relay-host': <'[a]:587'>}",
    RELAY_587 "smtp_tls_security_level = secure\n" },
  { "enforce-tls", BASE "smtp_enforce_tls = yes\n", "{'relay-host': <'[a]'>}", NULL },
  { "use-tls-assigned", BASE "smtp_use_tls = yes\n",
    "{'relay-host': <'[a]'>, 'tls-level': <'may'>}",
    BASE "smtp_tls_security_level = may\n" },

  /* The three lists stay where they say the same with other words. */
  { "lists-with-braces", RELAY_587 "smtp_sasl_auth_enable = yes\n"
    "smtp_tls_security_level = secure\n" NOTHING
    "smtp_sasl_tls_security_options = ${ smtp_sasl_security_options }\n"
    "smtp_sasl_tls_verified_security_options = noanonymous\n" FILTER,
    "{'relay-host': <'[a]:587'>, 'authentication': <true>}", NULL },

  /* A CA and a table are chosen by the plan, not here; what is there stays. */
  { "ca-stays", BASE "smtp_tls_security_level = secure\nsmtp_tls_CAfile = /ca\n",
    "{'relay-host': <'[a]'>}", NULL },
  { "ca-assigned", BASE "smtp_tls_security_level = may\nsmtp_tls_CAfile = /ca\n",
    "{'relay-host': <'[a]'>, 'tls-ca-file': <'/other'>}",
    BASE "smtp_tls_security_level = may\nsmtp_tls_CAfile = /other\n" },

  /* A fresh FALSE is assigned, and without a login the rest of it is left alone. */
  { "login-off", BASE "smtp_tls_security_level = may\nsmtp_sasl_auth_enable = yes\n"
    "smtp_sasl_password_maps = hash:/x\nsmtp_sasl_security_options = \n",
    "{'relay-host': <'[a]'>, 'password-maps': <'lmdb:/y'>, 'sasl-mechanisms': <['plain']>,"
    " 'sasl-security-options': <['noactive']>}",
    BASE "smtp_tls_security_level = may\nsmtp_sasl_password_maps = hash:/x\n"
    "smtp_sasl_security_options = \n" },
  { "login-off-unset", BASE "smtp_tls_security_level = may\nsmtp_sasl_password_maps = hash:/x\n",
    "{'relay-host': <'[a]'>, 'unset': <['password-maps', 'sasl-security-options']>}", NULL },
  { "no-is-no", BASE "smtp_tls_security_level = may\nsmtp_sasl_auth_enable = NO\n",
    "{'relay-host': <'[a]'>}", NULL },
  { "login-true", BASE "smtp_tls_security_level = may\nsmtp_sasl_auth_enable = True\n",
    "{'relay-host': <'[a]'>}", BASE "smtp_tls_security_level = may\n" },
  { "wrapper-off", BASE "smtp_tls_security_level = encrypt\nsmtp_tls_wrappermode = yes\n",
    "{'relay-host': <'[a]'>}", BASE "smtp_tls_security_level = encrypt\n" },

  /* Other words for the same meaning stay. */
  { "same-meaning", "RelayHost = x\nrelayhost = [A]\n\nmyorigin=$mydomain\n"
    "inet_interfaces =\n loopback-only\nmynetworks = 127.0.0.0/8,\n\t[::1]/128\nmydestination=\n"
    "local_transport=error:x\nsmtp_tls_security_level=May", "{'relay-host': <'[a]'>}", NULL },
  { "protocols-same", BASE "smtp_tls_security_level = may\ninet_protocols = ipv6, ipv4\n",
    "{'relay-host': <'[a]'>, 'protocols': <'all'>}", NULL },
  { "protocols", BASE "smtp_tls_security_level = may\ninet_protocols = all\n",
    "{'relay-host': <'[a]'>, 'protocols': <'ipv4'>}",
    BASE "smtp_tls_security_level = may\ninet_protocols = ipv4\n" },
  { "maps-same", BASE "smtp_tls_security_level = secure\n"
    "smtp_sasl_password_maps = hash:/x,\n  hash:/y\n" STRICT FILTER "smtp_sasl_auth_enable = yes\n",
    "{'relay-host': <'[a]'>, 'authentication': <true>, 'password-maps': <'hash:/x hash:/y'>}",
    NULL },
  { "every-other-kept", "myhostname = h\nmydomain = d\nmydestination = \ninet_protocols = ipv6\n",
    "{'relay-host': <'[a]'>, 'hostname': <'g'>}",
    "myhostname = g\nmydomain = d\nmydestination = \ninet_protocols = ipv6\nrelayhost = [a]\n"
    "myorigin = $mydomain\ninet_interfaces = loopback-only\n"
    "mynetworks = 127.0.0.0/8 [::1]/128\n" NO_LOCAL_MAIL "smtp_tls_security_level = may\n" },
  { "unset", BASE "smtp_tls_security_level = may\n",
    "{'relay-host': <'[a]'>, 'unset': <['origin', 'tls-level', 'destinations', 'hostname']>}",
    "relayhost = [a]\ninet_interfaces = loopback-only\nmynetworks = 127.0.0.0/8 [::1]/128\n" },

  /* The three lists. */
  { "lists-encrypt", BASE "", "{'relay-host': <'[a]'>, 'authentication': <true>,"
    " 'tls-level': <'encrypt'>}",
    BASE "smtp_tls_security_level = encrypt\n" ENCRYPTED FILTER "smtp_sasl_auth_enable = yes\n" },
  { "lists-may", BASE STRICT, "{'relay-host': <'[a]'>, 'authentication': <true>,"
    " 'tls-level': <'may'>}",
    BASE "smtp_sasl_security_options = noanonymous\nsmtp_tls_security_level = may\n"
    FILTER "smtp_sasl_auth_enable = yes\n" },
  { "lists-none", BASE STRICT, "{'relay-host': <'[a]'>, 'authentication': <true>,"
    " 'tls-level': <'none'>}",
    BASE "smtp_sasl_security_options = noanonymous\nsmtp_tls_security_level = none\n"
    FILTER "smtp_sasl_auth_enable = yes\n" },
  { "lists-dane-only-stays", BASE "smtp_tls_security_level = dane-only\n" DNSSEC,
    "{'relay-host': <'[a]'>, 'authentication': <true>}",
    BASE "smtp_tls_security_level = dane-only\n" DNSSEC STRICT FILTER
    "smtp_sasl_auth_enable = yes\n" },
  { "lists-custom-secure", BASE, "{'relay-host': <'[a]'>, 'authentication': <true>,"
    " 'sasl-security-options': <['noanonymous', 'noactive']>}",
    BASE "smtp_tls_security_level = secure\n"
    NOTHING
    "smtp_sasl_tls_security_options = $smtp_sasl_security_options\n"
    "smtp_sasl_tls_verified_security_options = noanonymous noactive\n"
    FILTER "smtp_sasl_auth_enable = yes\n" },
  { "lists-custom-encrypt", BASE, "{'relay-host': <'[a]'>, 'authentication': <true>,"
    " 'tls-level': <'encrypt'>, 'sasl-security-options': <['noactive']>}",
    BASE "smtp_tls_security_level = encrypt\n"
    NOTHING
    "smtp_sasl_tls_security_options = noactive\n"
    "smtp_sasl_tls_verified_security_options = $smtp_sasl_tls_security_options\n"
    FILTER "smtp_sasl_auth_enable = yes\n" },
  { "lists-custom-may", BASE, "{'relay-host': <'[a]'>, 'authentication': <true>,"
    " 'tls-level': <'may'>, 'sasl-security-options': <@as []>}",
    BASE "smtp_tls_security_level = may\nsmtp_sasl_security_options = \n"
    FILTER "smtp_sasl_auth_enable = yes\n" },
  { "lists-other-words", BASE "smtp_tls_security_level = secure\n"
    "smtp_sasl_security_options = noanonymous,nodictionary noplaintext,noactive\n"
    "smtp_sasl_tls_security_options = $smtp_sasl_security_options\n"
    "smtp_sasl_tls_verified_security_options=noanonymous\nsmtp_sasl_auth_enable = YES\n"
    "smtp_sasl_mechanism_filter = plain\n",
    "{'relay-host': <'[a]'>, 'authentication': <true>}", NULL },
  { "lists-unset", BASE "smtp_tls_security_level = secure\n" STRICT FILTER
    "smtp_sasl_auth_enable = yes\n",
    "{'relay-host': <'[a]'>, 'authentication': <true>, 'unset': <['sasl-security-options']>}",
    BASE "smtp_tls_security_level = secure\n" FILTER "smtp_sasl_auth_enable = yes\n" },

  /* The filter: one that is there is somebody's choice. */
  { "filter-stays", BASE "smtp_sasl_mechanism_filter = xoauth2\n",
    "{'relay-host': <'[a]'>, 'authentication': <true>}",
    BASE "smtp_sasl_mechanism_filter = xoauth2\nsmtp_tls_security_level = secure\n" STRICT
    "smtp_sasl_auth_enable = yes\n" },
  { "filter-token", BASE STRICT "smtp_tls_security_level = secure\n" FILTER,
    "{'relay-host': <'[a]'>, 'authentication': <true>, 'sasl-mechanisms': <['xoauth2']>}",
    BASE STRICT "smtp_tls_security_level = secure\nsmtp_sasl_mechanism_filter = xoauth2\n"
    "smtp_sasl_auth_enable = yes\n" },
  { "filter-none", BASE, "{'relay-host': <'[a]'>, 'authentication': <true>,"
    " 'sasl-mechanisms': <@as []>}",
    BASE "smtp_tls_security_level = secure\n" STRICT
    "smtp_sasl_mechanism_filter = \nsmtp_sasl_auth_enable = yes\n" },

  /* What a level needs beside itself. */
  { "dane", BASE, "{'relay-host': <'[a]'>, 'tls-level': <'dane'>}",
    BASE "smtp_tls_security_level = dane\n" DNSSEC },
  { "dane-login", BASE, "{'relay-host': <'[a]'>, 'tls-level': <'dane-only'>,"
    " 'authentication': <true>}",
    BASE "smtp_tls_security_level = dane-only\n" STRICT FILTER "smtp_sasl_auth_enable = yes\n"
    DNSSEC },
  { "dane-macro", BASE "smtp_dns_support_level = $dns\ndns = dnssec\n",
    "{'relay-host': <'[a]'>, 'tls-level': <'dane'>}",
    BASE "smtp_dns_support_level = $dns\ndns = dnssec\nsmtp_tls_security_level = dane\n" },
  { "fingerprint", BASE "smtp_tls_fingerprint_cert_match = 00:11\n",
    "{'relay-host': <'[a]'>, 'tls-level': <'fingerprint'>}",
    BASE "smtp_tls_fingerprint_cert_match = 00:11\nsmtp_tls_security_level = fingerprint\n" },
  { "fingerprint-policy", BASE "smtp_tls_policy_maps = hash:/x\n",
    "{'relay-host': <'[a]'>, 'tls-level': <'fingerprint'>}",
    BASE "smtp_tls_policy_maps = hash:/x\nsmtp_tls_security_level = fingerprint\n" },
};

/* An object that was loaded from the document. */
static const Case loaded_cases[] = {
  { "nothing", "relayhost = a, b\nsmtp_tls_security_level = x\nsmtp_sasl_auth_enable = True\n"
    "inet_protocols = IPv4\n smtp_use_tls = yes\nrelayhost =\nmydestination=", "{}", NULL },
  { "one", "relayhost = [old]\n", "{'relay-host': <'[new]:587'>}", "relayhost = [new]:587\n" },
  { "unsupported", "relayhost = a, b\nsmtp_sasl_auth_enable = True\n",
    "{'relay-host': <'[a]'>, 'authentication': <false>}", "relayhost = [a]\n" },
  { "unsupported-level", "relayhost = [a]\nsmtp_tls_security_level = x\n",
    "{'tls-level': <'secure'>}", "relayhost = [a]\nsmtp_tls_security_level = secure\n" },
  { "unsupported-login", "smtp_sasl_auth_enable = True\n", "{'tls-level': <'secure'>}",
    "smtp_sasl_auth_enable = True\nsmtp_tls_security_level = secure\n" },
  { "wrapper-needed", "relayhost = [a]\n", "{'relay-host': <'[a]:465'>}",
    "relayhost = [a]:465\nsmtp_tls_security_level = secure\nsmtp_tls_wrappermode = yes\n" },
  { "login-needs-tls", "relayhost = [a]\n", "{'authentication': <true>}",
    "relayhost = [a]\nsmtp_tls_security_level = secure\n" STRICT FILTER
    "smtp_sasl_auth_enable = yes\n" },
  { "login-never-in-clear", "relayhost = [a]\nsmtp_tls_security_level = may\n",
    "{'authentication': <true>}",
    "relayhost = [a]\nsmtp_tls_security_level = secure\n" STRICT FILTER
    "smtp_sasl_auth_enable = yes\n" },
  { "login-encrypt", "smtp_tls_security_level = encrypt\n", "{'authentication': <true>}",
    "smtp_tls_security_level = encrypt\n" ENCRYPTED FILTER "smtp_sasl_auth_enable = yes\n" },
  { "login-kept", "smtp_sasl_auth_enable = yes\nsmtp_sasl_security_options = \n",
    "{'relay-host': <'[a]:587'>}",
    "smtp_sasl_auth_enable = yes\nsmtp_sasl_security_options = \nrelayhost = [a]:587\n" },
  { "level-takes-lists", "smtp_sasl_auth_enable = yes\nsmtp_tls_security_level = may\n"
    "smtp_sasl_security_options = \n", "{'tls-level': <'secure'>}",
    "smtp_sasl_auth_enable = yes\nsmtp_tls_security_level = secure\n" STRICT },
  { "level-without-login", "smtp_tls_security_level = may\nsmtp_sasl_security_options = \n",
    "{'tls-level': <'secure'>}",
    "smtp_tls_security_level = secure\nsmtp_sasl_security_options = \n" },
  { "options-alone", "smtp_sasl_auth_enable = yes\nsmtp_tls_security_level = may\n",
    "{'sasl-security-options': <['noanonymous']>}",
    "smtp_sasl_auth_enable = yes\nsmtp_tls_security_level = may\n"
    "smtp_sasl_security_options = noanonymous\n" },
  { "boolean-default", "smtp_tls_wrappermode = yes\n", "{'tls-wrapper': <false>}", "" },
  { "duplicates", "relayhost = [a]\nrelayhost = [b]\n", "{'relay-host': <'[c]'>}",
    "relayhost = [c]\nrelayhost = [c]\n" },
};

static void
run_case (const Case *c,
          gboolean    is_fresh)
{
  g_autoptr(NullmailMainCf) main_cf = document (c->before);
  g_autoptr(NullmailNullClientConfig) config =
    is_fresh ? nullmail_null_client_config_new ()
             : nullmail_null_client_config_new_from_main_cf (main_cf);
  g_autoptr(GError) error = NULL;
  const char *after = c->after != NULL ? c->after : c->before;

  g_test_message ("%s", c->name);
  apply_text (config, c->assigned);
  g_assert_true (nullmail_null_client_config_update_main_cf (config, main_cf, &error));
  g_assert_no_error (error);
  assert_text (main_cf, after);

  /* Once is enough, whoever does it. */
  g_assert_true (nullmail_null_client_config_update_main_cf (config, main_cf, &error));
  assert_text (main_cf, after);
  g_clear_object (&config);
  config = nullmail_null_client_config_new_from_main_cf (main_cf);
  g_assert_true (nullmail_null_client_config_update_main_cf (config, main_cf, &error));
  assert_text (main_cf, after);
}

static void
test_fresh (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (fresh_cases); i++)
    run_case (&fresh_cases[i], TRUE);
}

static void
test_loaded (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (loaded_cases); i++)
    run_case (&loaded_cases[i], FALSE);
}

/* An object that was loaded some time ago never reverts what somebody else has edited since. */
static void
test_stale (void)
{
  g_autoptr(NullmailMainCf) old = document ("relayhost = [a]\nmyorigin = o\nmyhostname = h\n"
                                            "smtp_tls_security_level = may\n"
                                            "smtp_sasl_auth_enable = no\n");
  g_autoptr(NullmailMainCf) new = document ("relayhost = [b]\nmyorigin = p\n"
                                            "smtp_tls_security_level = encrypt\n"
                                            "smtp_sasl_auth_enable = yes\n");
  g_autoptr(NullmailNullClientConfig) config = nullmail_null_client_config_new_from_main_cf (old);

  nullmail_null_client_config_set_hostname (config, "host");
  g_assert_true (nullmail_null_client_config_update_main_cf (config, new, NULL));
  assert_text (new, "relayhost = [b]\nmyorigin = p\nsmtp_tls_security_level = encrypt\n"
               "smtp_sasl_auth_enable = yes\nmyhostname = host\n");

  /* The lists follow the level and the login that are there now. */
  apply_text (config, "{'sasl-security-options': <['noactive']>}");
  g_assert_true (nullmail_null_client_config_update_main_cf (config, new, NULL));
  assert_text (new, "relayhost = [b]\nmyorigin = p\nsmtp_tls_security_level = encrypt\n"
               "smtp_sasl_auth_enable = yes\nmyhostname = host\n"
               NOTHING "smtp_sasl_tls_security_options = noactive\n"
               "smtp_sasl_tls_verified_security_options = $smtp_sasl_tls_security_options\n");
}

/* What is kept is taken from the document, for values that are derived too. */
static void
test_kept (void)
{
  g_autoptr(NullmailMainCf) main_cf = document ("relayhost = [a]:465\nsmtp_sasl_auth_enable=yes\n");
  g_autoptr(NullmailNullClientConfig) config = nullmail_null_client_config_new ();
  static const char * const kept[] = { "relay-host", "authentication", "origin", "interfaces",
                                       "networks", "destinations" };

  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    g_assert_true (nullmail_null_client_config_keep (config, kept[i], NULL));

  g_assert_true (nullmail_null_client_config_update_main_cf (config, main_cf, NULL));
  assert_text (main_cf, "relayhost = [a]:465\nsmtp_sasl_auth_enable=yes\n"
               "smtp_tls_security_level = secure\nsmtp_tls_wrappermode = yes\n");

  g_assert_true (nullmail_null_client_config_keep (config, "tls-level", NULL));
  g_assert_true (nullmail_null_client_config_keep (config, "tls-wrapper", NULL));
  g_clear_object (&main_cf);
  main_cf = document ("");
  g_assert_true (nullmail_null_client_config_update_main_cf (config, main_cf, NULL));
  assert_text (main_cf, "");
}

/* S7: applied, and all mail waits. */
static void
test_level_without_what_it_needs (void)
{
  static const char * const before[] = { "", "smtp_tls_fingerprint_cert_match = $none\n" };

  for (guint i = 0; i < G_N_ELEMENTS (before); i++)
    {
      g_autoptr(NullmailMainCf) main_cf = document (before[i]);
      g_autoptr(NullmailNullClientConfig) config =
        nullmail_null_client_config_new_for_relay ("[b]", NULL);
      g_autoptr(GError) error = NULL;

      nullmail_null_client_config_set_tls_level (config, NULLMAIL_TLS_LEVEL_FINGERPRINT);
      g_assert_false (nullmail_null_client_config_update_main_cf (config, main_cf, &error));
      g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CONFIG);
      g_assert_nonnull (strstr (error->message, "smtp_tls_fingerprint_cert_match"));
      assert_text (main_cf, before[i]);
    }
}

static void
test_invalid_changes_nothing (void)
{
  g_autoptr(NullmailMainCf) main_cf = document ("relayhost = [a]\n");
  g_autoptr(NullmailNullClientConfig) config =
    nullmail_null_client_config_new_for_relay ("[b]", NULL);
  g_autoptr(GError) error = NULL;

  nullmail_null_client_config_set_hostname (config, "a\nb");
  g_assert_false (nullmail_null_client_config_update_main_cf (config, main_cf, &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CONFIG);
  assert_text (main_cf, "relayhost = [a]\n");
}

static void
test_read_tls_level (void)
{
  static const struct { const char *text; NullmailTlsLevel level; gboolean supported; } cases[] = {
    { "", NULLMAIL_TLS_LEVEL_AUTO, TRUE },
    { "smtp_tls_security_level =\n", NULLMAIL_TLS_LEVEL_NONE, TRUE },
    { "smtp_tls_security_level = None\n", NULLMAIL_TLS_LEVEL_NONE, TRUE },
    { "smtp_tls_security_level = DANE-only\n", NULLMAIL_TLS_LEVEL_DANE_ONLY, TRUE },
    { "smtp_tls_security_level = dane_only\n", NULLMAIL_TLS_LEVEL_AUTO, FALSE },
    { "smtp_tls_security_level = auto\n", NULLMAIL_TLS_LEVEL_AUTO, FALSE },
    { "smtp_tls_security_level = halfdane\n", NULLMAIL_TLS_LEVEL_AUTO, FALSE },
    { "smtp_use_tls = yes\n", NULLMAIL_TLS_LEVEL_MAY, TRUE },
    { "smtp_use_tls = no\n", NULLMAIL_TLS_LEVEL_AUTO, TRUE },
    { "smtp_tls_security_level =\nsmtp_use_tls = YES\n", NULLMAIL_TLS_LEVEL_MAY, TRUE },
    { "smtp_enforce_tls = yes\n", NULLMAIL_TLS_LEVEL_VERIFY, TRUE },
    { "smtp_enforce_tls = yes\nsmtp_tls_enforce_peername = no\n", NULLMAIL_TLS_LEVEL_ENCRYPT,
      TRUE },
    { "smtp_enforce_tls = yes\nsmtp_tls_security_level = may\n", NULLMAIL_TLS_LEVEL_MAY, TRUE },
    { "lvl = encrypt\nsmtp_tls_security_level = $lvl\n", NULLMAIL_TLS_LEVEL_ENCRYPT, TRUE },
    { "on = yes\nsmtp_use_tls = ${on}\n", NULLMAIL_TLS_LEVEL_MAY, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(NullmailMainCf) main_cf = document (cases[i].text);
      g_autoptr(NullmailEffective) effective = _nullmail_effective_new (main_cf, NULL);
      g_autoptr(NullmailNullClientConfig) config =
        nullmail_null_client_config_new_from_main_cf (main_cf);
      gboolean is_absent = cases[i].supported && cases[i].level == NULLMAIL_TLS_LEVEL_AUTO;

      /* Where the text says nothing Postfix has no TLS, and the property leaves it at that. */
      g_assert_cmpint (_nullmail_effective_get_level (effective), ==,
                       is_absent ? NULLMAIL_TLS_LEVEL_NONE : cases[i].level);
      g_assert_cmpint (_nullmail_effective_says_level (effective), ==, !is_absent);
      g_assert_cmpint (nullmail_null_client_config_get_tls_level (config), ==, cases[i].level);
      g_assert_cmpint (nullmail_null_client_config_get_state (config, "tls-level", NULL), ==,
                       cases[i].level == NULLMAIL_TLS_LEVEL_AUTO ? NULLMAIL_SETTING_STATE_KEPT
                                                                 : NULLMAIL_SETTING_STATE_LOADED);
    }
}

static void
test_read_sasl_options (void)
{
  static const struct
  {
    const char *text;
    const char *plain, *encrypted, *verified;
    gboolean    is_set;
  } cases[] = {
    { "", "noplaintext noanonymous", "noplaintext noanonymous", "noplaintext noanonymous", FALSE },
    { "smtp_sasl_security_options = a, b\n", "a b", "a b", "a b", TRUE },
    { "smtp_sasl_security_options =\n", "", "", "", TRUE },
    { STRICT, ALL_REFUSED, ALL_REFUSED, "noanonymous", TRUE },
    { ENCRYPTED, ALL_REFUSED, "noanonymous", "noanonymous", TRUE },
    { "smtp_sasl_security_options = a\nsmtp_sasl_tls_security_options = b\n"
      "smtp_sasl_tls_verified_security_options = ${smtp_sasl_security_options}\n",
      "a", "b", "a", TRUE },
    { "x = a b\nsmtp_sasl_security_options = $x\nsmtp_sasl_tls_security_options = "
      "$(smtp_sasl_security_options)\n", "a b", "a b", "a b", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *expected[] = { cases[i].plain, cases[i].encrypted, cases[i].verified };
      g_autoptr(NullmailMainCf) main_cf = document (cases[i].text);
      g_autoptr(NullmailEffective) effective = _nullmail_effective_new (main_cf, NULL);

      for (guint channel = NULLMAIL_CHANNEL_PLAIN; channel <= NULLMAIL_CHANNEL_VERIFIED; channel++)
        {
          g_auto(GStrv) found = _nullmail_effective_get_sasl_options (effective, channel);
          g_autofree char *joined = g_strjoinv (" ", found);

          g_assert_cmpstr (joined, ==, expected[channel]);
          g_assert_cmpint (_nullmail_sasl_lists_are_set (main_cf, channel), ==, cases[i].is_set);
        }
    }
}

static void
test_activation (void)
{
  for (guint i = 0; i < NULLMAIL_N_SETTINGS; i++)
    {
      const NullmailSetting *setting = _nullmail_setting_get (i);
      gboolean restarts = i == NULLMAIL_SETTING_INTERFACES || i == NULLMAIL_SETTING_PROTOCOLS;

      g_assert_cmpint (setting->activation, ==, restarts ? NULLMAIL_ACTIVATION_CLASS_RESTART
                                                         : NULLMAIL_ACTIVATION_CLASS_RELOAD);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/config-update/fresh", test_fresh);
  g_test_add_func ("/config-update/loaded", test_loaded);
  g_test_add_func ("/config-update/stale", test_stale);
  g_test_add_func ("/config-update/kept", test_kept);
  g_test_add_func ("/config-update/invalid-changes-nothing", test_invalid_changes_nothing);
  g_test_add_func ("/config-update/level-without-what-it-needs",
                   test_level_without_what_it_needs);
  g_test_add_func ("/config-update/read/tls-level", test_read_tls_level);
  g_test_add_func ("/config-update/read/sasl-options", test_read_sasl_options);
  g_test_add_func ("/config-update/activation", test_activation);

  return g_test_run ();
}
