/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The folders that Postfix works in: its programs, its queue and its own files. */

#include "check/check-context-private.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/i18n-private.h"

#define DATA "data_directory"

static gboolean
is_missing (const char *path)
{
  struct stat info;

  return stat (path, &info) < 0 && (errno == ENOENT || errno == ENOTDIR);
}

static void
report_folder (NullmailCheck *self,
               const char    *parameter,
               const char    *folder,
               const char    *remedy,
               const char    *fault)
{
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_INVALID_VALUE,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .parameter = parameter,
    .subject = folder,
  };

  _nullmail_check_report (self, &facts, remedy, _("“%s” is set to “%s”, but %s."), parameter,
                          folder, fault);
}

/* (nullable): the folder that main.cf names itself; what the package has is in order. */
static char *
get_folder (NullmailCheck *self,
            const char    *parameter)
{
  g_autofree char *folder = NULL;

  if (!nullmail_main_cf_has_value (self->main_cf, parameter))
    return NULL;

  folder = _nullmail_effective_get_value (self->effective, parameter);
  return folder != NULL && *folder == '/' ? g_steal_pointer (&folder) : NULL;
}

/* A main.cf from another distribution names folders of that one. */
static void
check_programs (NullmailCheck *self,
                const char    *parameter,
                const char    *program,
                const char    *fault)
{
  g_autofree char *folder = get_folder (self, parameter);
  g_autofree char *path = folder != NULL ? g_build_filename (folder, program, NULL) : NULL;

  if (path != NULL && is_missing (path))
    report_folder (self, parameter, folder,
                   _("Remove the parameter, for the Postfix package knows where its programs are."),
                   fault);
}

/* “postfix start” makes a folder that is missing, but not those above it: see create-missing in
 * Postfix's post-install. */
static void
check_parent (NullmailCheck *self,
              const char    *parameter)
{
  g_autofree char *folder = get_folder (self, parameter);
  g_autofree char *parent = folder != NULL ? g_path_get_dirname (folder) : NULL;

  if (parent != NULL && is_missing (parent))
    report_folder (self, parameter, folder,
                   _("Correct the path, or make the folder above it and start Postfix."),
                   _("there is not even a folder above it, so that Postfix cannot start"));
}

/* Postfix's programs enter these as its own user. */
static void
check_owner (NullmailCheck *self,
             const char    *path,
             uid_t          owner)
{
  struct stat info;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_MAIL_HELD,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .path = path,
  };

  if (stat (path, &info) < 0 || info.st_uid == owner || (info.st_mode & S_IWOTH) != 0
      || ((info.st_mode & S_IWGRP) != 0 && !g_str_has_suffix (path, "/maildrop")))
    return;

  _nullmail_check_report (self, &facts,
    _("Run “postfix set-permissions”, or make the user of mail_owner its owner."),
    _("“%s” belongs to user %u and not to that of mail_owner, so that Postfix cannot work in it, "
      "and mail waits."),
    path, (guint) info.st_uid);
}

static void
check_owners (NullmailCheck *self)
{
  static const char *const names[] = { "active", "deferred", "incoming", "maildrop", "private" };
  g_autofree char *name = NULL, *queue = NULL, *data = get_folder (self, DATA);
  uid_t owner;

  if (nullmail_main_cf_has_value (self->main_cf, "mail_owner"))
    name = _nullmail_effective_get_value (self->effective, "mail_owner");
  if (!_nullmail_accounts_find_owner (name, &owner))
    return;

  check_owner (self, data != NULL ? data : "/var/lib/postfix", owner);
  queue = _nullmail_check_get_queue_directory (self);
  for (guint i = 0; queue != NULL && i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (queue, names[i], NULL);

      check_owner (self, path, owner);
    }
}

static void
check_absolute (NullmailCheck *self,
                const char    *parameter)
{
  g_autofree char *folder = nullmail_main_cf_has_value (self->main_cf, parameter)
                            ? _nullmail_effective_get_value (self->effective, parameter) : NULL;

  if (folder != NULL && *folder != '/')
    report_folder (self, parameter, folder, _("Write the whole path, from “/” on."),
                   _("that is no whole path, and no program of Postfix finds it"));
}

/* What sendmail(1) needs of the queue as the user who calls it. The folder “maildrop” is written to
 * by postdrop, with the rights of a group. */
static void
check_entrance (NullmailCheck *self,
                const char    *name,
                mode_t         needed)
{
  g_autofree char *queue = _nullmail_check_get_queue_directory (self);
  g_autofree char *path = queue != NULL ? g_build_filename (queue, name, NULL) : NULL;
  struct stat info;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_SUBMISSION_REFUSED,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .path = path,
  };

  if (path == NULL || stat (path, &info) < 0 || (info.st_mode & needed) == needed
      || (info.st_mode & S_IRWXO) == S_IRWXO)
    return;

  _nullmail_check_report (self, &facts,
    _("Run “postfix set-permissions”, which gives it the mode that the package has for it."),
    _("“%s” has the mode %04o, in which no user but root can send mail."), path,
    (guint) info.st_mode & 07777);
}

void
_nullmail_check_folders (NullmailCheck *self)
{
  /* Without a host there are no files to look at. */
  if (self->snapshot->host == NULL)
    return;

  check_programs (self, "daemon_directory", "cleanup",
                  _("Postfix's daemons are not there, so that none of them can be started"));
  check_programs (self, "command_directory", "postdrop",
                  _("Postfix's commands are not there, so that no program can send mail"));
  check_absolute (self, "queue_directory");
  check_absolute (self, DATA);
  check_parent (self, "queue_directory");
  check_parent (self, DATA);
  if (self->snapshot->is_whole && self->snapshot->master_services != NULL)
    {
      check_owners (self);
      check_entrance (self, "", S_IXOTH);
      check_entrance (self, "maildrop", S_IWGRP | S_IXGRP);
    }
}
