/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Whether users of this host can send mail at all, and the accounts that Postfix runs as. */

#include "check/check-context-private.h"

#include <sys/stat.h>

#include "base/i18n-private.h"

#define USERS "authorized_submit_users"
#define OWNER "mail_owner"
#define GROUP "setgid_group"

/* What the list says of root, whose programs send most mail of a null client. */
static NullmailFact
may_root_submit (char **items)
{
  for (guint i = 0; items[i] != NULL; i++)
    {
      gboolean is_negated = *items[i] == '!';
      const char *item = items[i] + is_negated;
      g_auto(NullmailTableName) name = { 0 };
      gboolean is_table = _nullmail_table_name_parse (&name, item);

      if (g_str_equal (item, "root") || (is_table && g_str_equal (name.type, "static")))
        return is_negated ? NULLMAIL_FACT_NO : NULLMAIL_FACT_YES;
      if (is_table || *item == '/')
        return NULLMAIL_FACT_UNKNOWN;
    }

  return NULLMAIL_FACT_NO;
}

static void
check_users (NullmailCheck *self)
{
  g_auto(GStrv) items = NULL;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_SUBMISSION_REFUSED,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .parameter = USERS,
  };

  if (!nullmail_main_cf_has_value (self->main_cf, USERS))
    return;
  items = _nullmail_effective_get_list (self->effective, USERS);
  if (items == NULL || may_root_submit (items) != NULLMAIL_FACT_NO)
    return;

  _nullmail_check_report (self, &facts,
    _("Set authorized_submit_users to static:anyone, or remove it."),
    "%s", items[0] == NULL
          ? _("Nobody may send mail from this host, for authorized_submit_users is empty.")
          : _("root may not send mail from this host, for authorized_submit_users leaves it out: "
              "what cron and other programs report is refused."));
}

static void
check_main_cf_mode (NullmailCheck *self)
{
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_SUBMISSION_REFUSED,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .path = self->snapshot->main_cf_path,
  };

  if (facts.path == NULL
      || _nullmail_snapshot_observe_main_cf_privacy (self->snapshot) != NULLMAIL_FACT_YES)
    return;

  _nullmail_check_report (self, &facts,
    _("Set its mode to 0644; a password in it belongs into a table of mode 0600."),
    _("Only root can read “%s”, but sendmail and mailq run as the user who calls them: no other "
      "user can send mail."),
    facts.path);
}

/* The folder of main.cf may keep others out, too. One that is somebody's own serves nobody else. */
static void
check_folder_mode (NullmailCheck *self)
{
  g_autofree char *folder = self->snapshot->main_cf_path != NULL
                            ? g_path_get_dirname (self->snapshot->main_cf_path) : NULL;
  struct stat info;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_SUBMISSION_REFUSED,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .path = folder,
  };

  if (folder == NULL || self->snapshot->host == NULL || !self->snapshot->is_whole
      || stat (folder, &info) < 0 || info.st_uid != 0 || (info.st_mode & S_IXOTH) != 0
      || ((info.st_mode & S_IXGRP) != 0 && info.st_gid != 0))
    return;

  _nullmail_check_report (self, &facts,
    _("Set its mode to 0755; passwords in it are in files of mode 0600."),
    _("Only root can enter “%s”, but sendmail and mailq run as the user who calls them: no other "
      "user can send mail."),
    folder);
}

static void
check_postdrop (NullmailCheck *self)
{
  g_autofree char *directory = NULL;
  g_autofree char *path = NULL;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_SUBMISSION_REFUSED,
    .severity = NULLMAIL_SEVERITY_ERROR,
  };

  if (nullmail_main_cf_has_value (self->main_cf, "command_directory"))
    directory = _nullmail_effective_get_value (self->effective, "command_directory");
  facts.path = path = g_build_filename (directory != NULL ? directory : "/usr/sbin", "postdrop",
                                        NULL);
  if (_nullmail_snapshot_observe_set_gid (self->snapshot, path) != NULLMAIL_FACT_NO)
    return;

  _nullmail_check_report (self, &facts,
    _("Run “postfix set-permissions”, or install the Postfix package again."),
    _("“%s” does not run with the rights of Postfix's group, so that only root can send mail."),
    path);
}

static void
report_account (NullmailCheck *self,
                const char    *parameter,
                const char    *name,
                const char    *fault)
{
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_INVALID_VALUE,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .parameter = parameter,
    .subject = name,
  };

  _nullmail_check_report (self, &facts,
    _("Remove the parameter, or name the account that the Postfix package has made."),
    _("“%s” is set to “%s”, but %s: every program of Postfix stops at it."), parameter, name,
    fault);
}

static void
check_accounts (NullmailCheck *self)
{
  g_autofree char *owner = NULL, *group = NULL;
  NullmailAccountFault fault;

  if (nullmail_main_cf_has_value (self->main_cf, OWNER))
    owner = _nullmail_effective_get_value (self->effective, OWNER);
  if (nullmail_main_cf_has_value (self->main_cf, GROUP))
    group = _nullmail_effective_get_value (self->effective, GROUP);
  if (owner == NULL && group == NULL)
    return;

  fault = _nullmail_snapshot_observe_accounts (self->snapshot, owner, group);
  if (fault == NULLMAIL_ACCOUNT_NO_USER)
    report_account (self, OWNER, owner, _("there is no such user"));
  else if (fault == NULLMAIL_ACCOUNT_PRIVILEGED)
    report_account (self, OWNER, owner, _("that is root, and not an account of its own"));
  else if (fault == NULLMAIL_ACCOUNT_NO_GROUP)
    report_account (self, GROUP, group, _("there is no such group"));
  else if (fault == NULLMAIL_ACCOUNT_SAME_GROUP)
    report_account (self, group != NULL ? GROUP : OWNER, group != NULL ? group : owner,
                    _("mail_owner and setgid_group must not have the same group"));
}

void
_nullmail_check_submission (NullmailCheck *self)
{
  check_users (self);
  check_accounts (self);

  /* A plan changes neither mode. */
  if (self->snapshot->is_idle)
    return;
  check_main_cf_mode (self);
  check_folder_mode (self);
  check_postdrop (self);
}
