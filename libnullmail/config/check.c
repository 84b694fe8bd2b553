/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config/check-private.h"

GPtrArray *
_nullmail_check_run (const NullmailCheckSnapshot *snapshot)
{
  GPtrArray *findings =
    g_ptr_array_new_with_free_func ((GDestroyNotify) nullmail_finding_unref);

  g_return_val_if_fail (NULLMAIL_IS_MAIN_CF (snapshot->main_cf), findings);

  g_ptr_array_sort (findings, _nullmail_finding_compare);

  return findings;
}

gboolean
_nullmail_check_is_channel_changed (NullmailMainCf *before,
                                    NullmailMainCf *after,
                                    GHashTable     *defaults G_GNUC_UNUSED)
{
  static const char *const parameters[] = {
    "relayhost",
    "smtp_sasl_auth_enable",
    "smtp_sasl_password_maps",
    "smtp_tls_policy_maps",
    "smtp_tls_security_level",
  };

  for (guint i = 0; i < G_N_ELEMENTS (parameters); i++)
    {
      g_autofree char *old = nullmail_main_cf_get_value (before, parameters[i]);
      g_autofree char *new = nullmail_main_cf_get_value (after, parameters[i]);

      if (g_strcmp0 (old, new) != 0)
        return TRUE;
    }

  return FALSE;
}
