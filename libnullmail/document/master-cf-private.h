/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A parameter that a service of master.cf sets for itself: “-o name=value”. */
typedef struct
{
  char  *service;  /* (owned) name and type, as “smtp/unix” */
  char  *name;     /* (owned) */
  char  *value;    /* (owned) macros not expanded */
  guint  line;     /* counted from 1 */
} NullmailMasterOption;

/* (transfer full) (element-type NullmailMasterOption): in the order of the file. A line that
 * Postfix would stop at has those that can be made out. */
GPtrArray *_nullmail_master_cf_list_options (const char   *text);

/* (transfer full) (nullable): those of a file; NULL where it is missing or cannot be read. */
GPtrArray *_nullmail_master_cf_load_options (const char   *path,
                                             GCancellable *cancellable);

G_END_DECLS
