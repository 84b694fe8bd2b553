/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* From whom mail goes out, who gets root's, and what becomes of mail for this host. */

#include <string.h>

#include "config/address-maps-private.h"
#include "config/null-client-config-private.h"
#include "nullmail.h"

#define SENDER "sender_canonical_maps = regexp:{ {/@/ a@b.example} }\n"
#define CLASSES "sender_canonical_classes = envelope_sender\n"
/* For From:, as it was written before, and as it is now. */
#define OLD_FROM "regexp:{ {/^From:(.*)<[^<>]*>/ REPLACE From:$$1<a@b.example>}, " \
  "{/^From:[^()]*\\((.*)\\)/ REPLACE From: $$1 <a@b.example>}, " \
  "{/^From:/ REPLACE From: a@b.example} }"
#define FROM "regexp:{ " \
  "{/^From:(([^][\"<>(),:;@\\\\]|\"([^\"\\\\]|\\\\.)*\"|\\([^()<>\"\\\\]*\\))*)<[^<>]*>/ " \
  "REPLACE From:$$1<a@b.example>}, " \
  "{/^From:[[:space:]]*([^\"<>(),:;@\\\\=]*[^\"<>(),:;@\\\\=[:space:]])[[:space:]]*<[^<>]*>/ " \
  "REPLACE From: \"$$1\" <a@b.example>}, " \
  "{/^From:[^()<>,:;\"]*\\((([^][()<>,:;@\"\\\\]|\\([^()<>\"\\\\]*\\))*)\\)[[:space:]]*$$/ " \
  "REPLACE From: $$1 <a@b.example>}, " \
  "{/^From:[^()<>,:;\"]*\\(([^\"\\\\()=]*)\\)[[:space:]]*$$/ " \
  "REPLACE From: \"$$1\" <a@b.example>}, " \
  "{/^From:/ REPLACE From: a@b.example} }"
#define HEADER "smtp_header_checks = " FROM "\n"
/* The entries for root, as they were written before, and as they are now; those for names of one
 * host stand behind. */
#define OLD_ROOT_ENTRIES "{root = a@b.example}, {postmaster = a@b.example}, " \
  "{root@localhost = a@b.example}, {postmaster@localhost = a@b.example}, " \
  "{root@$myhostname = a@b.example}, {postmaster@$myhostname = a@b.example}, " \
  "{root@localhost.$mydomain = a@b.example}, {postmaster@localhost.$mydomain = a@b.example}"
#define ROOT_ENTRIES OLD_ROOT_ENTRIES ", " ROOT_AT ("localhost.localdomain")
#define ROOT_AT(domain) "{root@" domain " = a@b.example}, {postmaster@" domain " = a@b.example}"
#define ROOT "inline:{ " ROOT_ENTRIES " }"
#define ROOT_AND(more) "virtual_alias_maps = inline:{ " ROOT_ENTRIES ", " more " }\n"
#define HOST7 "myhostname = host7.b.example\n"
#define ALIAS "virtual_alias_maps = " ROOT "\n"
#define NOWHERE "local_transport = error:5.1.1 no mail is delivered on this host\n"

#define LABEL_63 "abcdefghijklmnopqrstuvwxyz-0123456789-abcdefghijklmnopqrstuvwxy"

static NullmailMainCf *
document (const char *text)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));

  return nullmail_main_cf_new_from_bytes (bytes, NULL);
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

/* What is assigned to a configuration that was loaded from a document, and what it makes of it. */
typedef struct
{
  const char *before;
  const char *assigned;  /* a variant */
  const char *after;     /* NULL: as before */
} Case;

#define SET_SENDER "{'sender-address': <'a@b.example'>}"
#define UNSET_SENDER "{'unset': <['sender-address']>}"
#define SET_ROOT "{'root-address': <'a@b.example'>}"
#define UNSET_ROOT "{'unset': <['root-address']>}"

static const Case cases[] = {
  { "", SET_SENDER, SENDER CLASSES HEADER },
  { SENDER CLASSES HEADER, SET_SENDER, NULL },
  { SENDER CLASSES HEADER, UNSET_SENDER, "" },
  { "sender_canonical_maps=regexp:{{/@/   a@b.example}}\n" CLASSES HEADER, SET_SENDER, NULL },
  { SENDER, SET_SENDER, SENDER CLASSES HEADER },
  { SENDER CLASSES "smtp_header_checks = " OLD_FROM ", pcre:/z\n", SET_SENDER,
    SENDER CLASSES "smtp_header_checks = " FROM ", pcre:/z\n" },
  { SENDER CLASSES "smtp_header_checks = " OLD_FROM ", pcre:/z\n", UNSET_SENDER,
    "smtp_header_checks = pcre:/z\n" },
  { "sender_canonical_maps = regexp:{ {/@/ old@b.example} }\n" CLASSES HEADER, SET_SENDER,
    SENDER CLASSES HEADER },

  /* What others have stays, in its order. */
  { "sender_canonical_maps = hash:/x,\n  lmdb:/y\nsmtp_header_checks = pcre:/z\n", SET_SENDER,
    "sender_canonical_maps = regexp:{ {/@/ a@b.example} }, hash:/x, lmdb:/y\n"
    "smtp_header_checks = " FROM ", pcre:/z\n" CLASSES },
  { "sender_canonical_maps = regexp:{ {/@/ a@b.example} }, hash:/x\n"
    "smtp_header_checks = " FROM ", pcre:/z\n" CLASSES, UNSET_SENDER,
    "sender_canonical_maps = hash:/x\nsmtp_header_checks = pcre:/z\n" },
  { "sender_canonical_maps = hash:/x\n" CLASSES, UNSET_SENDER, NULL },
  { "smtp_header_checks = regexp:{ {/^From:/ WARN} }\n", UNSET_SENDER, NULL },

  /* The files of an older Postfix. */
  { "sender_canonical_maps = regexp:/etc/postfix/nullmail-sender_canonical\n" CLASSES
    "smtp_header_checks = pcre:/z, regexp:/etc/postfix/nullmail-smtp_header_checks\n", UNSET_SENDER,
    "smtp_header_checks = pcre:/z\n" },

  { "", SET_ROOT, ALIAS },
  { ALIAS, SET_ROOT, NULL },
  { ALIAS, UNSET_ROOT, "" },
  { "virtual_alias_maps = inline:{root=a@b.example}\n", SET_ROOT, ALIAS },
  { "virtual_alias_maps = inline:{ " OLD_ROOT_ENTRIES " }\n", SET_ROOT, ALIAS },

  /* The names of this host as users write them. */
  { HOST7, SET_ROOT, HOST7 ROOT_AND (ROOT_AT ("host7")) },
  { "myhostname = host7\n", SET_ROOT,
    "myhostname = host7\n" ROOT_AND (ROOT_AT ("$myhostname.$mydomain")) },
  { HOST7 "myorigin = org\n", SET_ROOT,
    HOST7 "myorigin = org\n" ROOT_AND (ROOT_AT ("host7") ", " ROOT_AT ("$myorigin.$mydomain")) },
  { HOST7 "myorigin = /etc/mailname\n", SET_ROOT,
    HOST7 "myorigin = /etc/mailname\n" ROOT_AND (ROOT_AT ("host7")) },
  { "myhostname = localhost.localdomain\n", SET_ROOT,
    "myhostname = localhost.localdomain\n" ALIAS },
  { "myhostname = a{b.example\n", SET_ROOT, "myhostname = a{b.example\n" ALIAS },
  { HOST7 ROOT_AND (ROOT_AT ("host7")), SET_ROOT, NULL },
  { HOST7 ROOT_AND (ROOT_AT ("host7")), UNSET_ROOT, HOST7 },
  { HOST7 ROOT_AND (ROOT_AT ("host7")), "{'hostname': <'new.b.example'>}",
    "myhostname = new.b.example\n" ROOT_AND (ROOT_AT ("new")) },
  /* An entry for a name that is not known without the document. */
  { ROOT_AND (ROOT_AT ("host7")), SET_ROOT, NULL },
  { "virtual_alias_maps = inline:{root=a@b.example}\n", UNSET_ROOT, "" },
  { "virtual_alias_maps = hash:/x $y\n", SET_ROOT, "virtual_alias_maps = " ROOT ", hash:/x, $y\n" },
  { "virtual_alias_maps = " ROOT ", hash:/x, $y\n", UNSET_ROOT,
    "virtual_alias_maps = hash:/x, $y\n" },
  { "virtual_alias_maps = inline:{root=c@d, web=e@f}\n", SET_ROOT,
    "virtual_alias_maps = " ROOT ", inline:{root=c@d, web=e@f}\n" },
  { "virtual_maps = hash:/x\n", SET_ROOT,
    "virtual_maps = hash:/x\nvirtual_alias_maps = " ROOT ", $virtual_maps\n" },
  { "virtual_maps = hash:/x\nvirtual_alias_maps = " ROOT ", $virtual_maps\n", UNSET_ROOT,
    "virtual_maps = hash:/x\n" },

  { "", "{'destinations': <@as []>}", "mydestination = \n" NOWHERE },
  { "mydestination =\n", "{'destinations': <@as []>}", "mydestination =\n" NOWHERE },
  { "mydestination =\n", "{'origin': <'x.example'>}", "mydestination =\nmyorigin = x.example\n" },
  { "mydestination =\n" NOWHERE, "{'destinations': <['localhost']>}",
    "mydestination = localhost\n" },
  { "mydestination =\n" NOWHERE, "{'unset': <['destinations']>}", "" },
  { "local_transport = lmtp:x\n", "{'destinations': <['localhost']>}",
    "local_transport = lmtp:x\nmydestination = localhost\n" },
  { "local_transport = lmtp:x\n", "{'destinations': <@as []>}", NOWHERE "mydestination = \n" },
  { "local_transport = error:local delivery is disabled\n", "{'destinations': <@as []>}",
    "local_transport = error:local delivery is disabled\nmydestination = \n" },
};

static void
test_write (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(NullmailMainCf) main_cf = document (cases[i].before);
      g_autoptr(NullmailNullClientConfig) config =
        nullmail_null_client_config_new_from_main_cf (main_cf);
      g_autoptr(GVariant) assigned = g_variant_parse (G_VARIANT_TYPE_VARDICT, cases[i].assigned,
                                                      NULL, NULL, NULL);
      const char *after = cases[i].after != NULL ? cases[i].after : cases[i].before;
      g_autoptr(GError) error = NULL;

      g_test_message ("case %u", i);

      /* Only what is assigned is written. */
      g_assert_true (nullmail_null_client_config_update_main_cf (config, main_cf, &error));
      assert_text (main_cf, cases[i].before);

      nullmail_null_client_config_apply_variant (config, assigned, &error);
      g_assert_no_error (error);
      for (guint times = 0; times < 2; times++)
        {
          g_assert_true (nullmail_null_client_config_update_main_cf (config, main_cf, &error));
          g_assert_no_error (error);
          assert_text (main_cf, after);
        }
    }
}

/* What a document says, as the properties have it; NULL and a parameter: it is unsupported. */
static void
test_read (void)
{
  static const struct
  {
    const char *text;
    const char *sender;
    const char *root;
    const char *unsupported;
  } reads[] = {
    { "", NULL, NULL, NULL },
    { SENDER CLASSES HEADER ALIAS, "a@b.example", "a@b.example", NULL },
    { "sender_canonical_maps = regexp:{{/@/ x@$mydomain}}\n", "x@$mydomain", NULL, NULL },
    { "sender_canonical_maps = pcre:{ { /^(.*)@(.*)$$/  x@y } }\n", "x@y", NULL, NULL },
    { "virtual_alias_maps = inline:{ root=x@y }\n", NULL, "x@y", NULL },
    { "virtual_alias_maps = inline:{ Root=x@y, web=z@y }, hash:/x\n", NULL, "x@y", NULL },
    { "virtual_alias_maps = hash:/x, inline:{ {root = x@y} }\n", NULL, "x@y", NULL },

    { "sender_canonical_maps =\nvirtual_alias_maps =\nsmtp_header_checks = pcre:/x\n", NULL, NULL,
      NULL },
    { "sender_canonical_maps = hash:/etc/postfix/generic\n", NULL, NULL, "sender_canonical_maps" },
    { "sender_canonical_maps = static:x@y\n", NULL, NULL, "sender_canonical_maps" },
    { "sender_canonical_maps = regexp:{{/./ x@y}}\n", NULL, NULL, "sender_canonical_maps" },
    { "sender_canonical_maps = regexp:{{/@/ $$1@y}}\n", NULL, NULL, "sender_canonical_maps" },
    { "sender_canonical_maps = hash:/x, regexp:{{/@/ x@y}}\n", NULL, NULL,
      "sender_canonical_maps" },
    { "sender_canonical_maps = regexp:{ {/@c/ x@y}, {/@/ x@y} }\n", NULL, NULL,
      "sender_canonical_maps" },
    /* From: is left as it is, or gets another address. */
    { SENDER CLASSES, NULL, NULL, "sender_canonical_maps" },
    { "sender_canonical_maps = regexp:{ {/@/ x@y} }\n" CLASSES HEADER, NULL, NULL,
      "sender_canonical_maps" },
    { SENDER "sender_canonical_classes = header_sender\n" HEADER, NULL, NULL,
      "sender_canonical_maps" },
    { HEADER, NULL, NULL, "sender_canonical_maps" },
    { "virtual_alias_maps = hash:/etc/postfix/virtual\n", NULL, NULL, "virtual_alias_maps" },
    { "virtual_alias_maps = inline:{web=x@y}\n", NULL, NULL, "virtual_alias_maps" },
    { "virtual_alias_maps = inline:{ {root = x@y, z@y} }\n", NULL, NULL, "virtual_alias_maps" },
    { "virtual_alias_maps = inline:{root=admin}\n", NULL, NULL, "virtual_alias_maps" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (reads); i++)
    {
      g_autoptr(NullmailMainCf) main_cf = document (reads[i].text);
      g_autoptr(NullmailNullClientConfig) config =
        nullmail_null_client_config_new_from_main_cf (main_cf);
      const char * const *unsupported = nullmail_null_client_config_get_unsupported (config);

      g_test_message ("case %u", i);
      g_assert_cmpstr (nullmail_null_client_config_get_sender_address (config), ==,
                       reads[i].sender);
      g_assert_cmpstr (nullmail_null_client_config_get_root_address (config), ==, reads[i].root);
      g_assert_cmpstr (unsupported[0], ==, reads[i].unsupported);
      g_assert_cmpint (nullmail_null_client_config_get_state (config, "sender-address", NULL), ==,
                       reads[i].sender != NULL ? NULLMAIL_SETTING_STATE_LOADED
                                               : NULLMAIL_SETTING_STATE_KEPT);
    }
}

static char *
load_file (gpointer      user_data,
           const char   *path,
           GCancellable *cancellable G_GNUC_UNUSED)
{
  return g_strdup (g_hash_table_lookup (user_data, path));
}

/* A file has what main.cf would have, and its address has no macros. */
static void
test_files (void)
{
  g_autoptr(GHashTable) files = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  NullmailDefaultSource source = { .config_directory = "/etc/postfix", .user_data = files,
                                   .load_file = load_file };
  g_autoptr(NullmailMainCf) main_cf = document (
    "mydomain = b.example\n"
    "sender_canonical_maps = regexp:$config_directory/nullmail-sender_canonical\n" CLASSES
    "smtp_header_checks = regexp:/etc/postfix/nullmail-smtp_header_checks\n");
  g_autoptr(NullmailEffective) effective = _nullmail_effective_new (main_cf, &source);
  g_autoptr(NullmailNullClientConfig) config = NULL;
  g_autoptr(NullmailMainCf) before = nullmail_main_cf_copy (main_cf);

  g_hash_table_insert (files, (gpointer) "/etc/postfix/nullmail-sender_canonical",
                       _nullmail_address_map_make_text (NULLMAIL_ADDRESS_MAP_SENDER,
                                                        "a@b.example"));
  g_hash_table_insert (files, (gpointer) "/etc/postfix/nullmail-smtp_header_checks",
                       _nullmail_address_map_make_text (NULLMAIL_ADDRESS_MAP_HEADER,
                                                        "a@b.example"));

  config = _nullmail_null_client_config_new_from_effective (effective);
  g_assert_cmpstr (nullmail_null_client_config_get_sender_address (config), ==, "a@b.example");
  nullmail_null_client_config_set_sender_address (config, "a@$mydomain");
  g_assert_true (_nullmail_null_client_config_update (config, effective, NULL));
  g_assert_true (nullmail_main_cf_equal (main_cf, before));

  nullmail_null_client_config_set_sender_address (config, "c@$mydomain");
  g_assert_true (_nullmail_null_client_config_update (config, effective, NULL));
  g_assert_false (nullmail_main_cf_equal (main_cf, before));

  /* “$” in a file is what the pattern has matched. */
  g_hash_table_insert (files, (gpointer) "/etc/postfix/nullmail-sender_canonical",
                       g_strdup ("/@/ a@$mydomain\n"));
  g_clear_object (&config);
  g_clear_pointer (&effective, _nullmail_effective_free);
  effective = _nullmail_effective_new (before, &source);
  config = _nullmail_null_client_config_new_from_effective (effective);
  g_assert_null (nullmail_null_client_config_get_sender_address (config));
}

static void
test_addresses (void)
{
  static const char * const good[] = {
    "a@b", "host7@$mydomain", "$x@$myhostname", "o'brien+x=y@example.com", "a_b-c.d@e-f.example",
    "j\xc3\xbcrgen@example.com", "a/b!c%d#e@x.example",
    "a@b\xc3\xbc" "cher.example", "a@mail_host.example", "a@3.example", "a@sub.$mydomain",
    "a@" LABEL_63 ".example",
  };
  static const char * const bad[] = {
    "", "a", "@", "a@", "@b", "a@b@c", "a b@c", "a@b c", "a,b@c", "a;b@c", "<a@b>", "A <a@b>",
    "\"a\"@b", "a@[192.0.2.1]", "a{b@c", "a}b@c", "a(b)@c", "a\\b@c", "a\tb@c", "a\nb@c", "a$@b",
    "a$1@b", "a$$@b", "${x}@b", "$(x)@b", "-a@b", "a.@b", ".a@b", "a@.b", "a@b.", "a..b@c",
    "a@b..c", "a@-x.example", "a@x-.example", "a@x.example-", "a@x/y.example", "a@x!y.example",
    "a@192.0.2.1", "a@7", "a@" LABEL_63 "x.example", "a@b\xff.example",
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_null (_nullmail_address_find_fault (good[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_nonnull (_nullmail_address_find_fault (bad[i]));
}

static void
test_refused (void)
{
  static const char * const properties[] = { "sender-address", "root-address" };

  for (guint i = 0; i < G_N_ELEMENTS (properties); i++)
    {
      g_autoptr(NullmailNullClientConfig) config =
        nullmail_null_client_config_new_for_relay ("[a]", NULL);
      g_autoptr(NullmailMainCf) main_cf = document ("x = y\n");
      g_autoptr(GError) error = NULL;

      g_object_set (config, properties[i], "Host 7 <host7@example.com>", NULL);
      g_assert_false (nullmail_null_client_config_update_main_cf (config, main_cf, &error));
      g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CONFIG);
      g_assert_nonnull (strstr (error->message, properties[i]));
      g_assert_nonnull (strstr (error->message, "bare address"));
      assert_text (main_cf, "x = y\n");
    }
}

/* Mail for root that would come back, or stay where nothing is delivered. */
static void
test_root_that_never_leaves (void)
{
  static const char * const bad[] = {
    "root@localhost", "POSTMASTER@LocalHost", "root@$myhostname", "root@host7.example.com",
    "root@host7", "root@localhost.localdomain",
    "postmaster@localhost.$mydomain", "root@localhost.example.com", "root@$x_host",
    "admin@localhost", "admin@localhost.localdomain",
  };
  static const char * const good[] = {
    "admin@$mydomain", "root@$mydomain", "postmaster@example.com", "admin@$myhostname",
    "root@localhosts.example", "root@relay.example.com",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad) + G_N_ELEMENTS (good); i++)
    {
      gboolean is_bad = i < G_N_ELEMENTS (bad);
      const char *address = is_bad ? bad[i] : good[i - G_N_ELEMENTS (bad)];
      const char *text = "myhostname = host7.example.com\nx_host = Host7.example.com\n";
      g_autoptr(NullmailNullClientConfig) config =
        nullmail_null_client_config_new_for_relay ("[a]", NULL);
      g_autoptr(NullmailMainCf) main_cf = document (text);
      g_autoptr(GError) error = NULL;

      g_test_message ("%s", address);
      nullmail_null_client_config_set_root_address (config, address);
      g_assert_cmpint (nullmail_null_client_config_update_main_cf (config, main_cf, &error), ==,
                       !is_bad);
      if (!is_bad)
        continue;

      g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CONFIG);
      g_assert_nonnull (strstr (error->message, "root-address"));
      g_assert_nonnull (strstr (error->message, address));
      g_assert_nonnull (strstr (error->message, "such as admin@example.com"));
      assert_text (main_cf, text);
    }
}

/* What counts is the names that the same configuration assigns, and what it delivers. */
static void
test_root_with_new_names (void)
{
  g_autoptr(NullmailNullClientConfig) config =
    nullmail_null_client_config_new_for_relay ("[a]", NULL);
  g_autoptr(NullmailMainCf) main_cf = document ("myhostname = old.example.com\n");
  static const char * const here[] = { "localhost", NULL };

  nullmail_null_client_config_set_hostname (config, "new.example.com");
  nullmail_null_client_config_set_root_address (config, "root@new.example.com");
  g_assert_false (nullmail_null_client_config_update_main_cf (config, main_cf, NULL));
  assert_text (main_cf, "myhostname = old.example.com\n");

  nullmail_null_client_config_set_root_address (config, "root@old.example.com");
  g_assert_true (nullmail_null_client_config_update_main_cf (config, main_cf, NULL));

  nullmail_null_client_config_set_root_address (config, "admin@localhost");
  g_assert_false (nullmail_null_client_config_update_main_cf (config, main_cf, NULL));
  nullmail_null_client_config_set_destinations (config, here);
  g_assert_true (nullmail_null_client_config_update_main_cf (config, main_cf, NULL));
  nullmail_null_client_config_set_root_address (config, "root@localhost");
  g_assert_false (nullmail_null_client_config_update_main_cf (config, main_cf, NULL));
}

/* NULL, unset and kept, and what is told of it. */
static void
note (GObject    *object G_GNUC_UNUSED,
      GParamSpec *pspec G_GNUC_UNUSED,
      gpointer    user_data)
{
  ++*(guint *) user_data;
}

static void
test_states (void)
{
  g_autoptr(NullmailNullClientConfig) config = nullmail_null_client_config_new ();
  g_autoptr(NullmailNullClientConfig) copy = NULL;
  guint told = 0;

  g_signal_connect (config, "notify::sender-address", G_CALLBACK (note), &told);
  nullmail_null_client_config_set_sender_address (config, "a@b");
  nullmail_null_client_config_set_sender_address (config, "a@b");
  g_assert_cmpuint (told, ==, 1);

  copy = nullmail_null_client_config_copy (config);
  g_assert_true (nullmail_null_client_config_equal (config, copy));
  nullmail_null_client_config_set_root_address (copy, "a@b");
  g_assert_false (nullmail_null_client_config_equal (config, copy));
  nullmail_null_client_config_reset (copy, "root-address", NULL);
  g_assert_true (nullmail_null_client_config_equal (config, copy));

  nullmail_null_client_config_set_sender_address (config, NULL);
  nullmail_null_client_config_unset (copy, "sender-address", NULL);
  g_assert_true (nullmail_null_client_config_equal (config, copy));
  g_assert_cmpuint (told, ==, 2);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/config-addresses/write", test_write);
  g_test_add_func ("/config-addresses/read", test_read);
  g_test_add_func ("/config-addresses/files", test_files);
  g_test_add_func ("/config-addresses/addresses", test_addresses);
  g_test_add_func ("/config-addresses/refused", test_refused);
  g_test_add_func ("/config-addresses/root-that-never-leaves", test_root_that_never_leaves);
  g_test_add_func ("/config-addresses/root-with-new-names", test_root_with_new_names);
  g_test_add_func ("/config-addresses/states", test_states);

  return g_test_run ();
}
