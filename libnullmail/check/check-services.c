/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What master.cf has to have. */

#include "check/check-context-private.h"

#include <string.h>

#include "base/i18n-private.h"
#include "document/master-cf-private.h"

#define FILTER "content_filter"

/* Some services were of type fifo once. */
static gboolean
has_service (NullmailCheck *self,
             const char    *name)
{
  static const char *const types[] = { "unix", "fifo", "unix-dgram", "pass" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (_nullmail_master_cf_find (self->snapshot->master_services, name, types[i]) != NULL)
      return TRUE;

  return FALSE;
}

static void
require (NullmailCheck *self,
         const char    *name,
         const char    *reason)
{
  g_autofree char *path = NULL;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_SERVICE_MISSING,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .subject = name,
  };

  if (has_service (self, name))
    return;

  facts.path = path = _nullmail_check_get_master_cf_path (self);
  _nullmail_check_report (self, &facts,
    _("Put the service back as the Postfix package has it, and restart Postfix."),
    _("master.cf has no service “%s”: %s."), name, reason);
}

/* What a parameter calls a service, or its usual name. */
static void
require_named (NullmailCheck *self,
               const char    *parameter,
               const char    *usual,
               const char    *reason)
{
  g_autofree char *name = nullmail_main_cf_has_value (self->main_cf, parameter)
                          ? _nullmail_effective_get_value (self->effective, parameter) : NULL;

  require (self, name != NULL && *name != '\0' ? name : usual, reason);
}

/* The transport that takes mail to the relay. */
static void
require_transport (NullmailCheck *self)
{
  g_autofree char *transport = _nullmail_check_get_transport (self->effective);

  if (*transport != '\0')
    require (self, transport, _("nothing takes mail to the relay, and all of it waits"));
}

/* Whether master.cf says for itself whether mail of this host is filtered. */
static gboolean
master_cf_filters (NullmailCheck *self)
{
  GPtrArray *options = self->snapshot->master_options;

  for (guint i = 0; options != NULL && i < options->len; i++)
    {
      const NullmailMasterOption *option = g_ptr_array_index (options, i);

      if (g_str_equal (option->name, FILTER)
          && (g_str_has_prefix (option->service, "pickup/")
              || g_str_has_prefix (option->service, "cleanup/")))
        return TRUE;
    }

  return FALSE;
}

/* The transport that takes all mail to a filter first. */
static void
require_filter (NullmailCheck *self)
{
  g_autofree char *name = NULL, *path = NULL;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_SERVICE_MISSING,
    .severity = NULLMAIL_SEVERITY_ERROR,
  };

  if (!nullmail_main_cf_has_value (self->main_cf, FILTER) || master_cf_filters (self))
    return;
  name = _nullmail_effective_get_value (self->effective, FILTER);
  if (name == NULL)
    return;
  name[strcspn (name, ":")] = '\0';
  if (*name == '\0' || has_service (self, name))
    return;

  facts.subject = name;
  facts.path = path = _nullmail_check_get_master_cf_path (self);
  _nullmail_check_report (self, &facts,
    _("Put the filter's service into master.cf and restart Postfix, or take content_filter out of "
      "main.cf."),
    _("master.cf has no service “%s”: content_filter hands all mail to it, and all of it waits."),
    name);
}

static gboolean
has_proxied_table (NullmailCheck *self)
{
  static const char *const parameters[] = {
    "smtp_sasl_password_maps", "smtp_generic_maps", "smtp_tls_policy_maps", "transport_maps",
    "virtual_alias_maps", "canonical_maps", "sender_canonical_maps", "recipient_canonical_maps",
  };

  for (guint i = 0; i < G_N_ELEMENTS (parameters); i++)
    {
      g_auto(GStrv) items = nullmail_main_cf_has_value (self->main_cf, parameters[i])
                            ? _nullmail_effective_get_list (self->effective, parameters[i]) : NULL;

      for (guint j = 0; items != NULL && items[j] != NULL; j++)
        {
          g_auto(NullmailTableName) name = { 0 };

          if (_nullmail_table_name_parse (&name, items[j]) && name.is_proxied)
            return TRUE;
        }
    }

  return FALSE;
}

static gboolean
is_set_to_yes (NullmailCheck *self,
               const char    *parameter)
{
  return nullmail_main_cf_has_value (self->main_cf, parameter)
         && _nullmail_effective_is_yes (self->effective, parameter);
}

/* A file that lacks nearly everything is a part of one, and nothing to judge by. */
static gboolean
is_master_cf (NullmailCheck *self)
{
  static const char *const names[] = { "pickup", "cleanup", "rewrite", "qmgr" };
  guint n_found = 0;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    n_found += has_service (self, names[i]);

  return n_found >= G_N_ELEMENTS (names) / 2;
}

void
_nullmail_check_services (NullmailCheck *self)
{
  gboolean has_tls = self->level != NULLMAIL_TLS_LEVEL_NONE;

  if (self->snapshot->master_services == NULL || !is_master_cf (self))
    return;

  require (self, "pickup", _("mail that programs send is never taken up"));
  require_named (self, "cleanup_service_name", "cleanup", _("no mail gets into the queue"));
  require_named (self, "rewrite_service_name", "rewrite",
                 _("no address can be resolved, and all mail waits"));
  require_named (self, "queue_service_name", "qmgr", _("nothing is sent from the queue"));
  require_transport (self);
  require_filter (self);

  if (has_tls && self->level != NULLMAIL_TLS_LEVEL_AUTO)
    require_named (self, "tlsmgr_service_name", "tlsmgr",
                   _("there is no TLS without it, and mail that needs TLS waits"));
  if (has_tls && is_set_to_yes (self, "smtp_tls_connection_reuse"))
    require (self, "tlsproxy", _("smtp_tls_connection_reuse needs it, and all mail waits"));
  if (nullmail_main_cf_has_value (self->main_cf, "maillog_file")
      && _nullmail_effective_has_text (self->effective, "maillog_file"))
    require (self, "postlog", _("maillog_file needs it, and nothing is logged"));
  if (has_proxied_table (self))
    require (self, "proxymap", _("a table of type “proxy” needs it, and all mail waits"));
}
