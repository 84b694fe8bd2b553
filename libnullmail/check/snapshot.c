/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check/snapshot-private.h"

#include <net/if.h>

#include "check/client-chroot-private.h"

/* Whether there is a map of a type, which Postfix has built, and so could open. */
static gboolean
has_table (const NullmailCheckSnapshot *self,
           const char                  *map_type)
{
  if (g_strcmp0 (self->file.map_type, map_type) == 0 && self->file.map.exists == NULLMAIL_FACT_YES)
    return TRUE;

  for (guint i = 0; i < self->n_more_files; i++)
    if (g_strcmp0 (self->more_files[i].map_type, map_type) == 0
        && self->more_files[i].map.exists == NULLMAIL_FACT_YES)
      return TRUE;

  return FALSE;
}

NullmailTypeProbe
_nullmail_snapshot_probe_type (const NullmailCheckSnapshot *self,
                               const char                  *map_type)
{
  NullmailTypeProbe probe = { NULLMAIL_FACT_UNKNOWN, NULL, FALSE };

  if (self->map_types != NULL)
    probe.works = g_strv_contains (self->map_types, map_type) ? NULLMAIL_FACT_YES
                                                              : NULLMAIL_FACT_NO;
  else if (!self->is_whole && has_table (self, map_type))
    probe.works = NULLMAIL_FACT_YES;
  else if (self->installation != NULL)
    probe = _nullmail_installation_probe_type (self->installation, self->effective, map_type,
                                               self->cancellable);

  return probe;
}

NullmailFact
_nullmail_snapshot_query_map_type (const NullmailCheckSnapshot *self,
                                   const char                  *map_type)
{
  NullmailTypeProbe probe = _nullmail_snapshot_probe_type (self, map_type);

  return probe.served_as != NULL ? NULLMAIL_FACT_NO : probe.works;
}

const char * const *
_nullmail_snapshot_observe_addresses (const NullmailCheckSnapshot *self)
{
  if (self->addresses != NULL || self->host == NULL)
    return self->addresses;

  return _nullmail_host_facts_observe_addresses (self->host);
}

static NullmailFact
observe_privacy (const NullmailCheckSnapshot *self,
                 const char                  *path)
{
  return path != NULL && self->host != NULL
         ? _nullmail_host_facts_observe_privacy (self->host, path) : NULLMAIL_FACT_UNKNOWN;
}

NullmailFact
_nullmail_snapshot_observe_main_cf_privacy (const NullmailCheckSnapshot *self)
{
  return self->is_main_cf_private != NULLMAIL_FACT_UNKNOWN
         ? self->is_main_cf_private : observe_privacy (self, self->main_cf_path);
}

NullmailFact
_nullmail_snapshot_observe_master_cf_privacy (const NullmailCheckSnapshot *self,
                                              const char                  *path)
{
  return self->is_master_cf_private != NULLMAIL_FACT_UNKNOWN
         ? self->is_master_cf_private : observe_privacy (self, path);
}

NullmailFact
_nullmail_snapshot_observe_password_plugin (const NullmailCheckSnapshot *self)
{
  if (self->has_password_plugin != NULLMAIL_FACT_UNKNOWN || self->host == NULL)
    return self->has_password_plugin;

  return _nullmail_host_facts_observe_password_plugin (self->host);
}

NullmailFact
_nullmail_snapshot_observe_token_plugin (const NullmailCheckSnapshot *self)
{
  if (self->has_token_plugin != NULLMAIL_FACT_UNKNOWN || self->host == NULL)
    return self->has_token_plugin;

  return _nullmail_host_facts_observe_token_plugin (self->host);
}

NullmailFact
_nullmail_snapshot_observe_ipv6 (const NullmailCheckSnapshot *self)
{
  if (self->kernel_has_ipv6 != NULLMAIL_FACT_UNKNOWN || self->host == NULL)
    return self->kernel_has_ipv6;

  return _nullmail_host_facts_observe_ipv6 (self->host);
}

NullmailFact
_nullmail_snapshot_observe_ca_file (const NullmailCheckSnapshot *self,
                                    const char                  *path)
{
  if (self->can_read_ca_file != NULLMAIL_FACT_UNKNOWN || self->host == NULL)
    return self->can_read_ca_file;

  return _nullmail_host_facts_observe_certificates (self->host, path);
}

NullmailFact
_nullmail_snapshot_observe_ca_path (const NullmailCheckSnapshot *self,
                                    const char                  *path)
{
  g_autofree char *root = NULL;
  g_autofree char *inside = NULL;
  NullmailFact fact;

  if (self->can_read_ca_path != NULLMAIL_FACT_UNKNOWN || self->host == NULL)
    return self->can_read_ca_path;

  fact = _nullmail_host_facts_observe_folder (self->host, path);
  root = _nullmail_client_chroot_find (self->master_services, self->effective);
  if (fact != NULLMAIL_FACT_YES || root == NULL)
    return fact;

  inside = g_build_filename (root, path, NULL);
  return _nullmail_host_facts_observe_folder (self->host, inside) == NULLMAIL_FACT_YES
         ? NULLMAIL_FACT_YES : NULLMAIL_FACT_UNKNOWN;
}

NullmailFact
_nullmail_snapshot_observe_default_cas (const NullmailCheckSnapshot *self)
{
  if (self->has_default_cas != NULLMAIL_FACT_UNKNOWN || self->host == NULL)
    return self->has_default_cas;

  return _nullmail_host_facts_observe_default_cas (self->host);
}

const char *
_nullmail_snapshot_observe_origin_line (const NullmailCheckSnapshot *self,
                                        const char                  *path)
{
  if (self->origin_line != NULL || self->host == NULL)
    return self->origin_line;

  return _nullmail_host_facts_observe_first_line (self->host, path);
}

NullmailCertificateState
_nullmail_snapshot_observe_certificate (const NullmailCheckSnapshot  *self,
                                        const char * const           *paths,
                                        const char                  **path,
                                        int                          *days)
{
  *path = paths[0];
  return self->host != NULL ? _nullmail_client_certificate_examine (paths, path, days)
                            : NULLMAIL_CERTIFICATE_UNKNOWN;
}

NullmailCertificateState
_nullmail_snapshot_observe_key_pair (const NullmailCheckSnapshot  *self,
                                     const char                   *certificate,
                                     const char                   *key,
                                     const char                  **path,
                                     int                          *days)
{
  *path = certificate;
  return self->host != NULL ? _nullmail_key_pair_examine (certificate, key, path, days)
                            : NULLMAIL_CERTIFICATE_UNKNOWN;
}

NullmailFact
_nullmail_snapshot_observe_origin_file (const NullmailCheckSnapshot *self,
                                        const char                  *path)
{
  return self->host != NULL ? _nullmail_host_facts_observe_file (self->host, path)
                            : NULLMAIL_FACT_UNKNOWN;
}

const char *
_nullmail_snapshot_observe_system_cas (const NullmailCheckSnapshot *self)
{
  return self->host != NULL ? _nullmail_host_facts_observe_ca_file (self->host) : NULL;
}

NullmailFact
_nullmail_snapshot_observe_plugin (const NullmailCheckSnapshot *self,
                                   const char                  *prefix)
{
  if (self->has_other_plugins != NULLMAIL_FACT_UNKNOWN || self->host == NULL)
    return self->has_other_plugins;

  return _nullmail_host_facts_observe_plugin (self->host, prefix);
}

NullmailFact
_nullmail_snapshot_observe_set_gid (const NullmailCheckSnapshot *self,
                                    const char                  *path)
{
  return self->host != NULL ? _nullmail_program_is_set_gid (path) : NULLMAIL_FACT_UNKNOWN;
}

NullmailAccountFault
_nullmail_snapshot_observe_accounts (const NullmailCheckSnapshot *self,
                                     const char                  *owner,
                                     const char                  *group)
{
  return self->host != NULL ? _nullmail_accounts_examine (owner, group)
                            : NULLMAIL_ACCOUNT_UNKNOWN;
}

NullmailFact
_nullmail_snapshot_observe_listener (const NullmailCheckSnapshot *self,
                                     const char                  *address,
                                     const char                  *queue)
{
  return self->host != NULL ? _nullmail_listener_is_there (address, queue)
                            : NULLMAIL_FACT_UNKNOWN;
}

gboolean
_nullmail_snapshot_is_device (const NullmailCheckSnapshot *self,
                              const char                  *name)
{
  return self->host != NULL && if_nametoindex (name) != 0;
}
