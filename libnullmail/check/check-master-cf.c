/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Lines of master.cf that master(8), or the program that it starts, stops at. */

#include "check/check-context-private.h"

#include "base/i18n-private.h"
#include "document/master-cf-private.h"

static const char *
describe (NullmailMasterFaultKind kind)
{
  switch (kind)
    {
    case NULLMAIL_MASTER_FAULT_FIELDS:
      return _("it has fewer than eight fields");
    case NULLMAIL_MASTER_FAULT_TYPE:
      return _("the type is none of inet, unix, unix-dgram, fifo and pass");
    case NULLMAIL_MASTER_FAULT_FLAG:
      return _("the fields three to five are y, n or -, in small letters");
    case NULLMAIL_MASTER_FAULT_NUMBER:
      return _("the fields six and seven are numbers or -");
    case NULLMAIL_MASTER_FAULT_OPTION:
      return _("behind -o there is name=value without blanks, or { name = value }");
    default:
      g_return_val_if_reached ("");
    }
}

static void
report_fault (NullmailCheck             *self,
              const NullmailMasterFault *fault)
{
  g_autofree char *path = _nullmail_check_get_master_cf_path (self);
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_BAD_LINE,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .path = path,
    .subject = fault->service,
    .line = fault->line,
  };

  _nullmail_check_report (self, &facts,
    _("Write the line as master(5) has it, and restart Postfix."),
    fault->kind == NULLMAIL_MASTER_FAULT_OPTION
    ? _("The service “%s” of master.cf cannot begin for line %u, and mail waits for it: %s.")
    : _("The entry “%s” of master.cf, line %u, stops Postfix as a whole: %s."),
    fault->service, fault->line, describe (fault->kind));
}

/* A service without which no mail goes out, and whose program is not there. */
static void
check_program (NullmailCheck *self,
               const char    *directory,
               const char    *name)
{
  const NullmailMasterService *service =
    _nullmail_master_cf_find (self->snapshot->master_services, name, "unix");
  g_autofree char *path = NULL;
  g_autofree char *master_cf = NULL;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_SERVICE_MISSING,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .subject = name,
  };

  if (service == NULL)
    return;
  path = g_build_filename (directory, service->command, NULL);
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return;

  facts.path = master_cf = _nullmail_check_get_master_cf_path (self);
  _nullmail_check_report (self, &facts,
    _("Write the name of the program as the Postfix package has it, and restart Postfix."),
    _("The service “%s” of master.cf is to be the program “%s”, which is not in “%s”: all mail "
      "waits."),
    name, service->command, directory);
}

static void
check_programs (NullmailCheck *self)
{
  static const char *const names[] = { "cleanup", "pickup", "qmgr", "rewrite", "tlsmgr" };
  g_autofree char *directory = _nullmail_effective_get_value (self->effective,
                                                              "daemon_directory");
  g_autofree char *transport = _nullmail_check_get_transport (self->effective);
  g_autofree char *master = directory != NULL ? g_build_filename (directory, "master", NULL) : NULL;

  /* A folder that is not Postfix's is another matter, or it cannot be looked at. */
  if (master == NULL || !g_file_test (master, G_FILE_TEST_EXISTS))
    return;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    check_program (self, directory, names[i]);
  check_program (self, directory, transport);
}

void
_nullmail_check_master_cf (NullmailCheck *self)
{
  GPtrArray *faults = self->snapshot->master_faults;

  for (guint i = 0; faults != NULL && i < faults->len; i++)
    report_fault (self, g_ptr_array_index (faults, i));

  if (self->snapshot->host != NULL && self->snapshot->is_whole
      && self->snapshot->master_services != NULL)
    check_programs (self);
}
