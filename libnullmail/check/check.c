/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check/check-context-private.h"

GPtrArray *
_nullmail_check_run (const NullmailCheckSnapshot *snapshot)
{
  g_auto(NullmailCheck) self = { 0 };

  _nullmail_check_init (&self, snapshot);

  _nullmail_check_document (&self);
  _nullmail_check_values (&self);
  _nullmail_check_relay (&self);
  _nullmail_check_tls (&self);
  _nullmail_check_credentials (&self);
  _nullmail_check_password_files (&self);
  _nullmail_check_local (&self);

  g_ptr_array_sort (self.findings, _nullmail_finding_compare);

  return g_ptr_array_ref (self.findings);
}

gboolean
_nullmail_check_is_channel_changed (NullmailMainCf *before,
                                    NullmailMainCf *after,
                                    GHashTable     *defaults)
{
  static const char *const parameters[] = {
    "relayhost",
    "smtp_enforce_tls",
    "smtp_sasl_auth_enable",
    "smtp_sasl_password_maps",
    "smtp_tls_per_site",
    "smtp_tls_policy_maps",
    "smtp_tls_security_level",
    "smtp_tls_wrappermode",
    "smtp_use_tls",
  };
  NullmailCheckSnapshot old_snapshot = { .main_cf = before, .defaults = defaults };
  NullmailCheckSnapshot new_snapshot = { .main_cf = after, .defaults = defaults };
  g_auto(NullmailCheck) old = { 0 };
  g_auto(NullmailCheck) new = { 0 };

  _nullmail_check_init (&old, &old_snapshot);
  _nullmail_check_init (&new, &new_snapshot);

  for (guint i = 0; i < G_N_ELEMENTS (parameters); i++)
    {
      g_autofree char *old_value = _nullmail_check_get_value (&old, parameters[i]);
      g_autofree char *new_value = _nullmail_check_get_value (&new, parameters[i]);

      /* Where either is not known, changed is the safe answer. */
      if (old_value == NULL || new_value == NULL)
        {
          g_autofree char *old_text = nullmail_main_cf_get_value (before, parameters[i]);
          g_autofree char *new_text = nullmail_main_cf_get_value (after, parameters[i]);

          if (old_value != new_value || g_strcmp0 (old_text, new_text) != 0)
            return TRUE;
        }
      else if (g_strcmp0 (old_value, new_value) != 0)
        return TRUE;
    }

  return FALSE;
}
