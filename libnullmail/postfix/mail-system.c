/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/mail-system-private.h"

#include <syslog.h>

#include "base/command-private.h"
#include "config/address-maps-private.h"
#include "config/null-client-config.h"

/* The number that the journal has for what “syslog_facility” names. */
static guint
parse_facility (const char *name)
{
  static const struct
  {
    const char *name;
    int         facility;
  } names[] = {
    { "auth", LOG_AUTH }, { "authpriv", LOG_AUTHPRIV }, { "cron", LOG_CRON },
    { "daemon", LOG_DAEMON }, { "ftp", LOG_FTP }, { "kern", LOG_KERN }, { "lpr", LOG_LPR },
    { "news", LOG_NEWS }, { "syslog", LOG_SYSLOG }, { "user", LOG_USER }, { "uucp", LOG_UUCP },
    { "local0", LOG_LOCAL0 }, { "local1", LOG_LOCAL1 }, { "local2", LOG_LOCAL2 },
    { "local3", LOG_LOCAL3 }, { "local4", LOG_LOCAL4 }, { "local5", LOG_LOCAL5 },
    { "local6", LOG_LOCAL6 }, { "local7", LOG_LOCAL7 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      if (g_strcmp0 (name, names[i].name) == 0)
        return LOG_FAC (names[i].facility);
    }

  return LOG_FAC (LOG_MAIL);
}

/* What Postfix writes itself, and where syslogd (8) has put it on Debian and on Fedora. */
void
_nullmail_mail_system_find_logs (NullmailMailSystem *self,
                                 NullmailEffective  *effective)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *facility = _nullmail_effective_get_value (effective, "syslog_facility");
  g_autofree char *own = _nullmail_effective_get_value (effective, "maillog_file");

  if (own != NULL && g_path_is_absolute (own) && !g_str_has_prefix (own, "/dev/"))
    {
      g_strv_builder_add (builder, own);
      self->own_log = g_steal_pointer (&own);
    }
  g_strv_builder_add (builder, "/var/log/mail.log");
  g_strv_builder_add (builder, "/var/log/maillog");
  self->log_files = g_strv_builder_end (builder);
  self->facility = parse_facility (facility);
}

/* Where several mail systems are installed, sendmail (1) of Postfix has another name, which main.cf
 * knows. */
static char *
find_sendmail (NullmailInstallation  *installation,
               NullmailEffective     *effective,
               GError               **error)
{
  g_autofree char *named = _nullmail_effective_get_value (effective, "sendmail_path");

  if (_nullmail_installation_get_command_directory (installation) == NULL
      && named != NULL && g_path_is_absolute (named))
    {
      g_autofree char *name = g_path_get_basename (named);
      g_autofree char *directory = g_path_get_dirname (named);
      char *path = _nullmail_command_find (name, directory, NULL);

      if (path != NULL)
        return path;
    }

  return _nullmail_installation_find_command (installation, "sendmail", error);
}

NullmailMainCf *
_nullmail_mail_system_find_queue (NullmailMailSystem    *self,
                                  NullmailInstallation  *installation,
                                  GCancellable          *cancellable,
                                  GError               **error)
{
  g_autoptr(NullmailMainCf) main_cf =
    _nullmail_installation_load_main_cf (installation, cancellable, error);

  if (main_cf == NULL)
    return NULL;

  self->config_directory = g_strdup (_nullmail_installation_get_config_directory (installation));
  self->postqueue = _nullmail_installation_find_command (installation, "postqueue", error);
  return self->postqueue != NULL ? g_steal_pointer (&main_cf) : NULL;
}

/* (transfer full) (nullable): who gets the mail for root, where that is what the recipient is. */
static char *
find_alias (NullmailEffective *effective,
            const char        *recipient)
{
  g_autoptr(NullmailNullClientConfig) config =
    nullmail_null_client_config_new_from_main_cf (_nullmail_effective_get_main_cf (effective));
  const char *address = nullmail_null_client_config_get_root_address (config);

  return address != NULL && _nullmail_root_address_is_for (effective, recipient)
         ? _nullmail_effective_expand (effective, address, NULL) : NULL;
}

gboolean
_nullmail_mail_system_find (NullmailMailSystem    *self,
                            NullmailInstallation  *installation,
                            const char            *recipient,
                            GCancellable          *cancellable,
                            GError               **error)
{
  g_autoptr(NullmailMainCf) main_cf =
    _nullmail_mail_system_find_queue (self, installation, cancellable, error);
  g_autoptr(NullmailEffective) effective = NULL;

  if (main_cf == NULL)
    return FALSE;

  effective = _nullmail_installation_read (installation, main_cf, cancellable);
  _nullmail_mail_system_find_logs (self, effective);
  self->journalctl = _nullmail_command_find ("journalctl", NULL, NULL);
  if (recipient == NULL)
    return TRUE;

  self->alias = find_alias (effective, recipient);
  self->sendmail = find_sendmail (installation, effective, error);
  return self->sendmail != NULL;
}
