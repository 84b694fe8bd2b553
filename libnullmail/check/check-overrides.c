/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What master.cf sets for single services, with “-o”, against what main.cf says. */

#include "check/check-context-private.h"

#include "base/i18n-private.h"
#include "config/settings-private.h"
#include "document/master-cf-private.h"

/* Whether a parameter is one that decides about the null client: those of the settings, and what is
 * written together with them. */
static gboolean
is_managed (const char *parameter)
{
  static const char *const others[] = {
    "content_filter", "default_transport", "defer_transports", "non_smtpd_milters",
    "relay_transport", "sender_canonical_classes", "sender_dependent_default_transport_maps",
    "sender_dependent_relayhost_maps", "smtp_bind_address",
    "smtp_generic_maps", "smtp_enforce_tls", "smtp_header_checks",
    "smtp_sasl_tls_security_options", "smtp_sasl_tls_verified_security_options", "smtp_tls_CApath",
    "smtp_use_tls", "tls_required_enable", NULL
  };

  return _nullmail_setting_find_by_parameter (parameter) >= 0
         || g_strv_contains (others, parameter);
}

/* Whether another option of the same service, behind this one, takes its place. */
static gboolean
is_overtaken (const NullmailMasterService *service,
              guint                        index)
{
  const NullmailMasterOption *option = g_ptr_array_index (service->options, index);

  for (guint i = index + 1; i < service->options->len; i++)
    {
      const NullmailMasterOption *later = g_ptr_array_index (service->options, i);

      if (g_str_equal (later->name, option->name))
        return TRUE;
    }

  return FALSE;
}

/* Whether the service gets another value than the others, once its macros are expanded. */
static gboolean
differs (NullmailEffective *effective,
         const char        *parameter,
         const char        *value)
{
  g_autoptr(NullmailMainCf) main_cf =
    nullmail_main_cf_copy (_nullmail_effective_get_main_cf (effective));
  g_autoptr(NullmailEffective) own = NULL;

  if (!nullmail_main_cf_set_value (main_cf, parameter, value, NULL))
    return FALSE;

  own = _nullmail_effective_for_main_cf (effective, main_cf);
  return _nullmail_effective_differs (effective, own, parameter);
}

/* Whether a service only leaves out a filter that others have: its mail goes straight on. */
static gboolean
is_shortcut (const NullmailMasterOption *option)
{
  return *option->value == '\0'
         && (g_str_equal (option->name, "content_filter")
             || g_str_equal (option->name, "non_smtpd_milters"));
}

static void
check_option (NullmailCheck              *self,
              const NullmailMasterOption *option,
              const char                 *path)
{
  g_autofree char *value = g_strdelimit (g_strdup (option->value), "\r\n", ' ');
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_MASTER_OVERRIDE,
    .severity = NULLMAIL_SEVERITY_WARNING,
    .parameter = option->name,
    .subject = option->service,
    .path = path,
    .line = option->line,
  };

  if (is_shortcut (option) || !differs (self->snapshot->effective, option->name, value))
    return;

  _nullmail_check_report (self, &facts,
    _("Take the option out of master.cf, so that main.cf counts, and reload Postfix."),
    _("In line %u of master.cf the service “%s” sets %s to “%s” for itself: what main.cf says does "
      "not count there."),
    option->line, option->service, option->name, value);
}

static void
check_service_options (NullmailCheck *self,
                       const char    *name,
                       const char    *type,
                       const char    *path)
{
  const NullmailMasterService *service =
    _nullmail_master_cf_find (self->snapshot->master_services, name, type);

  for (guint i = 0; service != NULL && i < service->options->len; i++)
    {
      const NullmailMasterOption *option = g_ptr_array_index (service->options, i);

      if (is_managed (option->name) && !is_overtaken (service, i))
        check_option (self, option, path);
    }
}

/* The services that mail to the relay goes through. Those of others, such as of a filter that hands
 * mail back, have options of their own for a reason. */
void
_nullmail_check_overrides (NullmailCheck *self)
{
  static const char *const names[] = {
    "pickup", "cleanup", "rewrite", "qmgr", "smtp", "relay",
  };
  static const char *const types[] = { "unix", "fifo", "unix-dgram" };
  g_autofree char *path = _nullmail_check_get_master_cf_path (self);
  g_autofree char *transport = NULL;

  if (self->snapshot->master_services == NULL || path == NULL)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    for (guint j = 0; j < G_N_ELEMENTS (names); j++)
      check_service_options (self, names[j], types[i], path);
  check_service_options (self, "smtp", "inet", path);

  transport = _nullmail_check_get_transport (self->snapshot->effective);
  if (!g_strv_contains ((const char *const []) { "", "smtp", "relay", NULL }, transport))
    check_service_options (self, transport, "unix", path);
}
