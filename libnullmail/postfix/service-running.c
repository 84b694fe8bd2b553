/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What the processes of a Postfix that runs tell. */

#include "postfix/service-private.h"

#include <sys/stat.h>

#include "postfix/process-private.h"
#include "postfix/service-ways-private.h"

/* The clock may have been set since the one time was noted, and a reload takes a moment. */
#define TOLERANCE_US (2 * G_USEC_PER_SEC)

/* When main.cf was changed, or a link in its place; -1 where it cannot be seen. */
static gint64
find_change (const char *path)
{
  struct stat link, file;

  if (lstat (path, &link) < 0 || stat (path, &file) < 0)
    return -1;

  return MAX (link.st_ctim.tv_sec * G_USEC_PER_SEC + link.st_ctim.tv_nsec / 1000,
              file.st_ctim.tv_sec * G_USEC_PER_SEC + file.st_ctim.tv_nsec / 1000);
}

/* On a reload master(8) goes on, and ends the queue manager, which then begins anew with main.cf as
 * it is. A number in the pid file that belongs to another program is one of another namespace. */
NullmailFact
_nullmail_service_has_read_main_cf (NullmailInstallation *self,
                                    const char           *queue_manager,
                                    GCancellable         *cancellable)
{
  pid_t master = _nullmail_service_observe_master (self, cancellable);
  gint64 changed_us = find_change (_nullmail_installation_get_main_cf_path (self));
  NullmailProcess process;

  if (master <= 0 || changed_us < 0 || changed_us > g_get_real_time () - TOLERANCE_US
      || !_nullmail_process_look (&process, master) || !g_str_equal (process.name, "master")
      || !_nullmail_process_find_child (&process, master, queue_manager))
    return NULLMAIL_FACT_UNKNOWN;

  return changed_us > process.start_us + TOLERANCE_US ? NULLMAIL_FACT_NO : NULLMAIL_FACT_YES;
}
