/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "plan/planner-private.h"

#include "check/client-chroot-private.h"
#include "config/relay-channel-private.h"

#define CA_FILE "smtp_tls_CAfile"
#define CA_PATH "smtp_tls_CApath"

/* (nullable): the root of Postfix's client, where it runs in a chroot. */
static char *
find_chroot (NullmailPlanner *self)
{
  return _nullmail_client_chroot_find (_nullmail_observation_read_services (self->observation),
                                       self->after);
}

/* Whether Postfix's client finds no certificates in smtp_tls_CApath, since that lies outside of its
 * chroot. A file of certificates is read before the client goes in there. */
static gboolean
is_path_out_of_reach (NullmailPlanner *self)
{
  NullmailHostFacts *host = _nullmail_observation_get_host (self->observation);
  g_autofree char *root = find_chroot (self);
  g_autofree char *ca_path = NULL;
  g_autofree char *inside = NULL;

  if (root == NULL)
    return FALSE;

  ca_path = _nullmail_effective_get_value (self->after, CA_PATH);
  inside = ca_path != NULL ? g_build_filename (root, ca_path, NULL) : NULL;
  return inside != NULL
         && _nullmail_host_facts_observe_folder (host, inside) != NULLMAIL_FACT_YES;
}

/* Whether tls_append_default_CA gives Postfix's client certificates: those of OpenSSL are a folder,
 * which is not in its chroot. */
static gboolean
has_default_cas (NullmailPlanner *self,
                 gboolean         begins)
{
  g_autofree char *root = begins ? find_chroot (self) : NULL;

  return root == NULL && _nullmail_effective_is_yes (self->after, "tls_append_default_CA");
}

/* Whether the file of authorities is one that was there before and cannot be used. One that this
 * plan brings in is somebody's decision, and left to the checks. */
static gboolean
is_file_stale (NullmailPlanner *self)
{
  NullmailHostFacts *host = _nullmail_observation_get_host (self->observation);
  g_autofree char *before = nullmail_main_cf_get_value (self->plan->before, CA_FILE);
  g_autofree char *after = nullmail_main_cf_get_value (self->plan->main_cf, CA_FILE);
  g_autofree char *path = _nullmail_effective_get_value (self->after, CA_FILE);

  return path != NULL && g_strcmp0 (before, after) == 0
         && _nullmail_host_facts_observe_file (host, path) == NULLMAIL_FACT_NO;
}

/* Whether main.cf names certification authorities, which are left alone. A plan that begins to
 * verify, or sends a password where none went before, looks whether they can be used. */
static gboolean
has_usable_cas (NullmailPlanner *self)
{
  NullmailTlsLevel level_before = _nullmail_effective_get_level (self->before);
  gboolean begins = !_nullmail_tls_level_needs_ca (level_before)
                    || _nullmail_relay_channel_is_weaker (self->before, self->after);

  if (_nullmail_effective_has_text (self->after, CA_FILE))
    return !begins || !is_file_stale (self);
  if (_nullmail_effective_has_text (self->after, CA_PATH))
    return !begins || !is_path_out_of_reach (self);

  return has_default_cas (self, begins);
}

gboolean
_nullmail_planner_complete_cas (NullmailPlanner  *self,
                                GError          **error)
{
  NullmailTlsLevel level = _nullmail_effective_get_level (self->after);
  const char *ca_file;

  /* With a file that is not there Postfix's client has no TLS at all, whatever the level. */
  if (_nullmail_tls_level_needs_ca (level)
      ? has_usable_cas (self)
      : !_nullmail_tls_level_requires_tls (level)
        || !_nullmail_relay_channel_is_weaker (self->before, self->after) || !is_file_stale (self))
    return TRUE;

  ca_file = _nullmail_host_facts_observe_ca_file (
    _nullmail_observation_get_host (self->observation));
  return ca_file == NULL
         || nullmail_main_cf_set_value (self->plan->main_cf, CA_FILE, ca_file, error);
}
