/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A service of master.cf, see master(5). */
typedef struct
{
  char  *name;
  char  *type;       /* “unix”, “inet” ... */
  char  *chroot;     /* “y”, “n”, or “-” for the default */
  char  *command;    /* the program, such as “smtp” */
  char **arguments;  /* text in braces is one argument, with its braces */
} NullmailMasterService;

/* (transfer full) (element-type NullmailMasterService): the services of a file, in its order. A
 * line with too few fields, at which Postfix stops, is left out. */
GPtrArray             *_nullmail_master_cf_parse           (const char            *text);

/* (nullable): the service that counts, which is the last one of its name and type. */
NullmailMasterService *_nullmail_master_cf_find            (GPtrArray             *services,
                                                            const char            *name,
                                                            const char            *type);

/* Gives the next parameter that the service sets for itself with “-o name=value” or
 * “-o { name = value }”; FALSE behind the last one. The index is 0 at first. */
gboolean               _nullmail_master_service_next_option (const NullmailMasterService *self,
                                                             guint                       *index,
                                                             char                       **name,
                                                             char                       **value);

G_END_DECLS
