/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check/client-chroot-private.h"

#include "document/macro-private.h"
#include "document/master-cf-private.h"

/* The default is that of Postfix before 3.0 in a configuration that does not say that it is
 * newer. */
static gboolean
is_chrooted (const NullmailMasterService *service,
             NullmailEffective           *effective)
{
  g_autofree char *time = NULL;
  gboolean is_older = FALSE;

  if (!g_str_equal (service->chroot, "-"))
    return g_str_equal (service->chroot, "y");

  time = _nullmail_effective_get_value (effective, "compatibility_level");
  return time != NULL && _nullmail_macro_compare (time, "<level", "1", &is_older) && is_older;
}

char *
_nullmail_client_chroot_find (GPtrArray         *services,
                              NullmailEffective *effective)
{
  NullmailMasterService *service = services != NULL
                                   ? _nullmail_master_cf_find (services, "smtp", "unix") : NULL;

  return service != NULL && is_chrooted (service, effective)
         ? _nullmail_effective_get_value (effective, "queue_directory") : NULL;
}
