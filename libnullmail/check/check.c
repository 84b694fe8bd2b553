/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check/check-private.h"

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
  _nullmail_check_channel (&self);
  _nullmail_check_client_certificate (&self);
  _nullmail_check_credentials (&self);
  _nullmail_check_mechanisms (&self);
  _nullmail_check_entries (&self);
  _nullmail_check_password_files (&self);
  _nullmail_check_plain_passwords (&self);
  _nullmail_check_local (&self);
  _nullmail_check_host (&self);
  _nullmail_check_server (&self);
  _nullmail_check_services (&self);
  _nullmail_check_submission (&self);
  _nullmail_check_held (&self);
  _nullmail_check_addresses (&self);
  _nullmail_check_names (&self, _nullmail_check_run);

  g_ptr_array_sort (self.findings, _nullmail_finding_compare);

  return g_ptr_array_ref (self.findings);
}
