/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check/check-private.h"

#include "check/check-context-private.h"
#include "config/relay-channel-private.h"

/* What the fixes of these write decides about the channel to the relay. */
static const NullmailFindingCode channel_codes[] = {
  NULLMAIL_FINDING_CODE_OBSOLETE_TLS_PARAMETER,
  NULLMAIL_FINDING_CODE_TLS_OPPORTUNISTIC_WITH_AUTH,
  NULLMAIL_FINDING_CODE_TLS_UNVERIFIED,
  NULLMAIL_FINDING_CODE_TLS_WRAPPER_MISSING,
  NULLMAIL_FINDING_CODE_TLS_WRAPPER_UNEXPECTED,
  NULLMAIL_FINDING_CODE_TLS_WRAPPER_LEVEL,
  NULLMAIL_FINDING_CODE_SASL_OPTIONS_FORBID_PLAIN,
  NULLMAIL_FINDING_CODE_MECHANISM_PREFERRED,
  NULLMAIL_FINDING_CODE_TLS_WAIVABLE,
};

static GPtrArray *
run (const NullmailCheckSnapshot *snapshot)
{
  g_auto(NullmailCheck) self = { 0 };

  _nullmail_check_init (&self, snapshot);

  _nullmail_check_document (&self);
  _nullmail_check_values (&self);
  _nullmail_check_relay (&self);
  _nullmail_check_tls (&self);
  _nullmail_check_policy (&self);
  _nullmail_check_channel (&self);
  _nullmail_check_client_certificate (&self);
  _nullmail_check_credentials (&self);
  _nullmail_check_mechanisms (&self);
  _nullmail_check_entries (&self);
  _nullmail_check_password_files (&self);
  _nullmail_check_map_types (&self);
  _nullmail_check_plain_passwords (&self);
  _nullmail_check_logged_passwords (&self);
  _nullmail_check_local (&self);
  _nullmail_check_host (&self);
  _nullmail_check_server (&self);
  _nullmail_check_services (&self);
  _nullmail_check_service_entries (&self);
  _nullmail_check_overrides (&self);
  _nullmail_check_running (&self);
  _nullmail_check_master_cf (&self);
  _nullmail_check_folders (&self);
  _nullmail_check_submission (&self);
  _nullmail_check_held (&self);
  _nullmail_check_addresses (&self);
  _nullmail_check_detours (&self);
  _nullmail_check_tables (&self);
  _nullmail_check_manager (&self);
  _nullmail_check_names (&self, run);

  return g_ptr_array_ref (self.findings);
}

static gboolean
is_about_channel (const NullmailFinding *finding)
{
  for (guint i = 0; i < G_N_ELEMENTS (channel_codes); i++)
    if (nullmail_finding_get_code (finding) == channel_codes[i])
      return TRUE;

  return FALSE;
}

/* Tries a fix on a copy: whether the finding goes, and no error comes for which a plan would be
 * refused. Where the certification authorities are missing, say, or a table gives the relay less,
 * a higher level alone makes it worse. */
static gboolean
can_be_fixed (const NullmailCheckSnapshot *snapshot,
              GPtrArray                   *findings,
              const NullmailFinding       *finding)
{
  g_autoptr(NullmailMainCf) fixed =
    nullmail_main_cf_copy (_nullmail_effective_get_main_cf (snapshot->effective));
  g_autoptr(NullmailEffective) effective = NULL;
  g_autoptr(GPtrArray) left = NULL;
  g_autoptr(GPtrArray) errors = NULL;
  NullmailCheckSnapshot after = *snapshot;

  if (!nullmail_finding_fix (finding, fixed))
    return FALSE;

  after.effective = effective = _nullmail_effective_for_main_cf (snapshot->effective, fixed);
  left = run (&after);
  errors = _nullmail_finding_list_new_errors (
    findings, left, _nullmail_relay_channel_is_weaker (snapshot->effective, effective));

  return errors->len == 0 && !_nullmail_finding_list_has_matter (left, finding);
}

GPtrArray *
_nullmail_check_run (const NullmailCheckSnapshot *snapshot)
{
  g_autoptr(GPtrArray) found = run (snapshot);
  GPtrArray *findings =
    g_ptr_array_new_with_free_func ((GDestroyNotify) nullmail_finding_unref);

  for (guint i = 0; i < found->len; i++)
    {
      NullmailFinding *finding = g_ptr_array_index (found, i);

      g_ptr_array_add (findings,
                       is_about_channel (finding) && !can_be_fixed (snapshot, found, finding)
                       ? _nullmail_finding_without_fix (finding) : nullmail_finding_ref (finding));
    }

  g_ptr_array_sort (findings, _nullmail_finding_compare);
  return findings;
}
