/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The tables of other parameters than smtp_sasl_password_maps. */

#include "check/check-context-private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/i18n-private.h"

/* What Berkeley DB writes into the fourth word of a table, by its kind. */
#define DB_HASH 0x061561u
#define DB_BTREE 0x053162u

/* What the programs on the way to the relay read: smtp(8), cleanup(8), trivial-rewrite(8) and
 * qmgr(8). Each defers all mail, or all that it is about, where such a table cannot be opened. */
static const char *const parameters[] = {
  "authorized_submit_users",
  "body_checks",
  "canonical_maps",
  "debug_peer_list",
  "header_checks",
  "masquerade_exceptions",
  "milter_header_checks",
  "mime_header_checks",
  "mydestination",
  "nested_header_checks",
  "recipient_bcc_maps",
  "recipient_canonical_maps",
  "relay_domains",
  "relocated_maps",
  "sender_bcc_maps",
  "sender_canonical_maps",
  "sender_dependent_default_transport_maps",
  "sender_dependent_relayhost_maps",
  "smtp_address_preference_maps",
  "smtp_body_checks",
  "smtp_delivery_status_filter",
  "smtp_discard_ehlo_keyword_address_maps",
  "smtp_dns_reply_filter",
  "smtp_generic_maps",
  "smtp_header_checks",
  "smtp_mime_header_checks",
  "smtp_nested_header_checks",
  "smtp_pix_workaround_maps",
  "smtp_reply_filter",
  "smtp_sasl_mechanism_filter",
  "smtp_tls_policy_maps",
  "transport_maps",
  "virtual_alias_domains",
  "virtual_alias_maps",
  "virtual_mailbox_domains",
  "virtual_mailbox_maps",
};

static void
report_type (NullmailCheck           *self,
             NullmailFindingFacts    *facts,
             const NullmailTableName *name)
{
  facts->subject = name->type;  /* what stands behind an unknown type may be a password */
  _nullmail_check_report (self, facts,
    _("Use a type that this Postfix opens, or install the package that has this one."),
    _("“%s” names a table of type “%s”, which this Postfix does not have, so that mail waits."),
    facts->parameter, name->type);
}

static void
report_file (NullmailCheck           *self,
             NullmailFindingFacts    *facts,
             const NullmailTableName *name,
             const char              *path)
{
  gboolean has_source = g_file_test (name->name, G_FILE_TEST_EXISTS);

  _nullmail_check_report (self, facts,
    has_source ? _("Run “postmap” on the table's source.")
               : _("Make the file, or take the table out of main.cf."),
    _("“%s” names the table “%s”, but there is no “%s”, so that mail waits."),
    facts->parameter, facts->subject, path);
}

/* As postmap leaves it when it is ended in between, or a disk is full. */
static void
report_empty (NullmailCheck        *self,
              NullmailFindingFacts *facts,
              const char           *path)
{
  facts->code = NULLMAIL_FINDING_CODE_TABLE_WRONG;
  facts->path = path;
  _nullmail_check_report (self, facts,
    _("Run “postmap” on the table's source."),
    _("“%s” names the table “%s”, whose file “%s” is empty, so that Postfix cannot open it, and "
      "mail waits."),
    facts->parameter, facts->subject, path);
}

/* Whether a file may be one of Berkeley DB, by the number in its first page, which is in the byte
 * order of the machine that wrote it. */
static gboolean
may_be_database (const NullmailTableName *name,
                 const char              *path)
{
  guint32 page[4] = { 0 };
  FILE *file;
  gsize n_read;

  if (!g_str_has_suffix (path, ".db") || g_str_equal (path, name->name))
    return TRUE;
  file = fopen (path, "re");
  if (file == NULL)
    return TRUE;

  n_read = fread (page, sizeof page, 1, file);
  fclose (file);
  if (n_read != 1)
    return FALSE;

  return page[3] == DB_HASH || page[3] == GUINT32_SWAP_LE_BE (DB_HASH)
         || page[3] == DB_BTREE || page[3] == GUINT32_SWAP_LE_BE (DB_BTREE);
}

static void
report_garbage (NullmailCheck        *self,
                NullmailFindingFacts *facts,
                const char           *path)
{
  facts->code = NULLMAIL_FINDING_CODE_TABLE_WRONG;
  facts->path = path;
  _nullmail_check_report (self, facts,
    _("Run “postmap” on the table's source, or name the file that is meant."),
    _("“%s” names the table “%s”, but “%s” is no such table, so that Postfix cannot open it, and "
      "mail waits."),
    facts->parameter, facts->subject, path);
}

static void
check_file (NullmailCheck           *self,
            NullmailFindingFacts    *facts,
            const NullmailTableName *name,
            const char              *path,
            const struct stat       *info)
{
  if (info->st_size == 0 && S_ISREG (info->st_mode) && !g_str_equal (path, name->name))
    report_empty (self, facts, path);
  else if (S_ISDIR (info->st_mode) || !may_be_database (name, path))
    report_garbage (self, facts, path);
}

/* The file that Postfix opens for a table. */
static char *
get_path (const NullmailTableName *name,
          const NullmailTypeProbe *probe)
{
  return g_strconcat (name->name,
                      _nullmail_table_type_get_suffix (probe->served_as != NULL ? probe->served_as
                                                                                : name->type),
                      NULL);
}

static gboolean
will_be_there (NullmailCheck *self,
               const char    *path)
{
  GPtrArray *files = self->snapshot->files_to_be;

  return files != NULL && g_ptr_array_find_with_equal_func (files, path, g_str_equal, NULL);
}

/* Whether a parameter takes nothing but tables, and no names or files with names; what else stands
 * there is an invalid value. */
static gboolean
takes_tables_alone (const char *parameter)
{
  return g_str_has_suffix (parameter, "_maps") || g_str_has_suffix (parameter, "_checks")
         || g_str_equal (parameter, "smtp_delivery_status_filter")
         || g_str_equal (parameter, "smtp_dns_reply_filter")
         || g_str_equal (parameter, "smtp_reply_filter");
}

/* A list of names may have some in files. */
static void
check_list_file (NullmailCheck *self,
                 const char    *parameter,
                 const char    *path)
{
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_TABLE_MISSING,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .parameter = parameter,
    .subject = path,
  };
  struct stat info;

  if (stat (path, &info) == 0 || (errno != ENOENT && errno != ENOTDIR)
      || will_be_there (self, path))
    return;

  _nullmail_check_report (self, &facts,
    _("Make the file, or take its path out of main.cf."),
    _("“%s” names the file “%s”, which is not there, so that mail waits."), parameter, path);
}

/* A program that answers in the place of a file: “unix:path:name” or “inet:host:port:name” of a
 * socketmap, “host:port” of a tcp table. */
static void
check_service (NullmailCheck           *self,
               NullmailFindingFacts    *facts,
               const NullmailTableName *name)
{
  g_autofree char *queue = _nullmail_check_get_queue_directory (self);
  g_autofree char *address = NULL;

  if (g_str_equal (name->type, "socketmap"))
    {
      gsize length = strlen (name->name);

      while (length > 0 && name->name[length] != ':')
        length--;
      address = g_strndup (name->name, length);
    }
  else if (g_str_equal (name->type, "tcp"))
    address = g_strconcat ("inet:", name->name, NULL);
  if (address == NULL || self->snapshot->is_idle)
    return;
  if (_nullmail_snapshot_observe_listener (self->snapshot, address, queue) != NULLMAIL_FACT_NO)
    return;

  _nullmail_check_report (self, facts,
    _("Start the program that answers there, or take the table out of main.cf."),
    _("“%s” names the table “%s”, but nobody listens at “%s”, so that mail waits."),
    facts->parameter, facts->subject, address);
}

/* Looks whether Postfix has the type of a table, and whether its file is there. A plan believes in
 * the types that have files. */
static void
check_table (NullmailCheck *self,
             const char    *parameter,
             const char    *table)
{
  NullmailTypeProbe probe = { NULLMAIL_FACT_UNKNOWN, NULL, FALSE };
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_TABLE_MISSING,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .parameter = parameter,
    .subject = table,
  };
  g_auto(NullmailTableName) name = { 0 };
  g_autofree char *path = NULL;
  NullmailTableKind kind;
  struct stat info;
  gboolean is_file;

  if (!_nullmail_table_name_parse (&name, table))
    {
      if (*table == '/' && !takes_tables_alone (parameter))
        check_list_file (self, parameter, table);
      return;
    }

  kind = _nullmail_table_name_get_kind (&name);
  is_file = kind == NULLMAIL_TABLE_KEYED || kind == NULLMAIL_TABLE_PATTERN;
  if (self->snapshot->is_whole || (!is_file && !self->snapshot->is_idle))
    probe = _nullmail_snapshot_probe_type (self->snapshot, name.type);
  if (probe.works == NULLMAIL_FACT_NO)
    {
      report_type (self, &facts, &name);
      return;
    }

  check_service (self, &facts, &name);
  is_file = is_file || kind == NULLMAIL_TABLE_DATABASE;
  if (*name.name != '/' || !is_file)
    return;

  path = get_path (&name, &probe);
  if (will_be_there (self, path))
    return;
  if (stat (path, &info) == 0)
    check_file (self, &facts, &name, path, &info);
  else if (errno == ENOENT || errno == ENOTDIR)
    report_file (self, &facts, &name, path);
  else
    _nullmail_check_report_open (self, facts.code, parameter,
      _("Check again as root."),
      _("Whether there is a file for the table “%s” is not known."), table);
}

/* A parameter that older versions of Postfix do not know, and read no table of. */
static gboolean
is_unknown (NullmailCheck *self,
            const char    *parameter)
{
  return g_str_equal (parameter, "smtp_address_preference_maps")
         && !_nullmail_effective_is_parameter (self->effective, parameter);
}

static void
check_parameter (NullmailCheck *self,
                 const char    *parameter)
{
  g_autofree char *value = NULL;
  g_auto(GStrv) tables = NULL;

  if (!nullmail_main_cf_has_value (self->main_cf, parameter)
      || is_unknown (self, parameter))
    return;

  value = _nullmail_effective_get_value (self->effective, parameter);
  tables = value != NULL ? _nullmail_table_list_split (value) : NULL;
  for (guint i = 0; tables != NULL && tables[i] != NULL; i++)
    check_table (self, parameter, tables[i] + strspn (tables[i], "!"));
}

void
_nullmail_check_tables (NullmailCheck *self)
{
  /* Without a host there are no files to look at. */
  if (self->snapshot->host == NULL)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (parameters); i++)
    check_parameter (self, parameters[i]);
}
