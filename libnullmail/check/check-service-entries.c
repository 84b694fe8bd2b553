/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Entries of master.cf that master(8) takes, and with which a service that all mail needs does not
 * work. */

#include "check/check-context-private.h"

#include <string.h>

#include "base/i18n-private.h"
#include "check/value-types-private.h"
#include "document/master-cf-private.h"
#include "document/value-list-private.h"

#define DISABLE "master_service_disable"

/* What Postfix's own programs ask of their entry, see the flags that they give to the skeletons of
 * its master library. */
static const struct
{
  const char *name;
  const char *programs;  /* divided by blanks */
  gboolean    is_public;
  const char *limit;     /* NULL for any */
} entries[] = {
  { "cleanup", "cleanup", TRUE, "0" },
  { "pickup", "pickup", TRUE, "1" },
  { "qmgr", "qmgr oqmgr nqmgr", TRUE, "1" },
  { "rewrite", "trivial-rewrite", FALSE, NULL },
  { "smtp", "smtp", FALSE, NULL },
  { "tlsmgr", "tlsmgr", FALSE, "1" },
};

static const NullmailMasterService *
find_service (NullmailCheck *self,
              const char    *name)
{
  GPtrArray *services = self->snapshot->master_services;
  const NullmailMasterService *service = _nullmail_master_cf_find (services, name, "unix");

  return service != NULL ? service : _nullmail_master_cf_find (services, name, "fifo");
}

static void
report_entry (NullmailCheck               *self,
              const NullmailMasterService *service,
              const char                  *fault)
{
  g_autofree char *path = _nullmail_check_get_master_cf_path (self);
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_BAD_LINE,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .path = path,
    .subject = service->name,
    .line = service->line,
  };

  _nullmail_check_report (self, &facts,
    _("Write the line as the Postfix package has it, and restart Postfix."),
    _("The service “%s” of master.cf, line %u, does not work, and mail waits for it: %s."),
    service->name, service->line, fault);
}

static gboolean
is_program (const char *programs,
            const char *command)
{
  g_auto(GStrv) words = g_strsplit (programs, " ", -1);

  return g_strv_contains ((const char * const *) words, command);
}

/* Of the number Postfix reads the digits that it begins with. */
static gboolean
has_limit (const NullmailMasterService *service,
           const char                  *limit)
{
  gsize n_digits = strspn (service->limit, "0123456789");

  return n_digits > 0
         && g_ascii_strtoull (service->limit, NULL, 10) == g_ascii_strtoull (limit, NULL, 10);
}

static void
check_entry (NullmailCheck *self,
             guint          index)
{
  const NullmailMasterService *service = find_service (self, entries[index].name);
  g_autofree char *fault = NULL;

  if (service == NULL)
    return;

  if (!is_program (entries[index].programs, service->command)
      && strchr (service->command, '/') == NULL)
    fault = g_strdup_printf (_("its program is “%s” in the place of “%s”"), service->command,
                             entries[index].name);
  else if (entries[index].limit != NULL && !has_limit (service, entries[index].limit))
    fault = g_strdup_printf (_("the seventh field, the number of its processes, has to be %s"),
                             entries[index].limit);
  else if (entries[index].is_public && !g_str_equal (service->private_flag, "n")
           && !g_str_equal (service->name, "pickup"))
    fault = g_strdup (_("the third field has to be n, for others look for it in “public”"));
  else if (!entries[index].is_public && g_str_equal (service->private_flag, "n"))
    fault = g_strdup (_("the third field has to be - or y, for others look for it in “private”"));
  else if (service->argument != NULL)
    fault = g_strdup_printf (_("the program stops at the argument “%s”; what is no option, and a "
                               "comment, does not belong there"), service->argument);

  if (fault != NULL)
    report_entry (self, service, fault);
}

/* Options of the service whose values Postfix stops at, as it would in main.cf. */
static void
check_options (NullmailCheck               *self,
               const NullmailMasterService *service)
{
  for (guint i = 0; i < service->options->len; i++)
    {
      const NullmailMasterOption *option = g_ptr_array_index (service->options, i);
      g_autofree char *value = _nullmail_effective_expand (self->snapshot->effective, option->value,
                                                           NULL);
      g_autofree char *fault = NULL;
      NullmailValueType type;

      if (value == NULL || !_nullmail_value_find_type (option->name, &type)
          || _nullmail_value_type_takes (type, g_strdelimit (g_strstrip (value), "\r\n", ' ')))
        continue;

      fault = g_strdup_printf (_("in line %u it sets “%s” to a value that is none for it"),
                               option->line, option->name);
      report_entry (self, service, fault);
    }
}

/* Whether a list such as “inet, smtp.unix” turns a service off; a slash was once written for the
 * dot. */
static gboolean
is_disabled (char       **items,
             const char  *name,
             const char  *type)
{
  for (guint i = 0; items[i] != NULL; i++)
    {
      g_autofree char *item = g_strdelimit (g_strdup (items[i]), "/", '.');
      const char *dot = strrchr (item, '.');
      g_autofree char *service = dot != NULL ? g_strndup (item, dot - item) : NULL;

      if (g_str_equal (dot != NULL ? dot + 1 : item, type)
          && (service == NULL || g_str_equal (service, name)))
        return TRUE;
    }

  return FALSE;
}

static void
check_disabled (NullmailCheck *self,
                const char    *name)
{
  g_auto(GStrv) items = NULL;
  const NullmailMasterService *service = find_service (self, name);
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_SERVICE_MISSING,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .parameter = DISABLE,
    .subject = name,
  };

  if (service == NULL || !nullmail_main_cf_has_value (self->main_cf, DISABLE))
    return;
  items = _nullmail_effective_get_list (self->effective, DISABLE);
  if (items == NULL || !is_disabled (items, name, service->type))
    return;

  _nullmail_check_report (self, &facts,
    _("Take it out of the list; “inet” alone keeps Postfix from listening."),
    _("“%s” turns the service “%s” off, without which no mail goes out."), DISABLE, name);
}

/* The port of a service that listens has to be known, or master(8) stops as a whole. */
static void
check_listener (NullmailCheck               *self,
                const NullmailMasterService *service)
{
  const char *colon = strrchr (service->name, ':');
  g_autofree char *host = colon != NULL ? g_strndup (service->name, colon - service->name) : NULL;
  g_autoptr(GInetAddress) address = NULL;

  if (_nullmail_check_get_service_port (service->name) == 0)
    {
      report_entry (self, service, _("the port is no number, and no service that this host knows: "
                                     "Postfix does not start"));
      return;
    }
  if (host == NULL)
    return;

  g_strdelimit (host, "[]", ' ');
  g_strstrip (host);
  address = g_inet_address_new_from_string (host);
  if (address != NULL ? !g_inet_address_get_is_any (address)
                        && _nullmail_check_has_address (self, address) == NULLMAIL_FACT_NO
                      : strpbrk (host, ".-") == NULL && !g_str_equal (host, "localhost")
                        && _nullmail_snapshot_is_device (self->snapshot, host))
    report_entry (self, service, _("this host has no such address: Postfix does not start"));
}

static void
report_empty (NullmailCheck *self)
{
  g_autofree char *path = _nullmail_check_get_master_cf_path (self);
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_SERVICE_MISSING,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .path = path,
  };

  _nullmail_check_report (self, &facts,
    _("Put master.cf back as the Postfix package has it, and restart Postfix."),
    _("“%s” has no service at all, so that Postfix takes no mail and sends none."), path);
}

void
_nullmail_check_service_entries (NullmailCheck *self)
{
  GPtrArray *services = self->snapshot->master_services;

  if (services == NULL)
    return;
  if (services->len == 0)
    {
      report_empty (self);
      return;
    }

  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      const NullmailMasterService *service = find_service (self, entries[i].name);

      check_entry (self, i);
      check_disabled (self, entries[i].name);
      if (service != NULL)
        check_options (self, service);
    }
  for (guint i = 0; i < services->len; i++)
    {
      const NullmailMasterService *service = g_ptr_array_index (services, i);

      if (g_str_equal (service->type, "inet"))
        check_listener (self, service);
    }
}
