/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A parameter that a service of master.cf sets for itself: “-o name=value”. */
typedef struct
{
  char  *service;  /* (owned) name and type, as “smtp/unix” */
  char  *name;     /* (owned) */
  char  *value;    /* (owned) macros not expanded */
  guint  line;     /* counted from 1 */
} NullmailMasterOption;

/* A service of master.cf, see master(5). */
typedef struct
{
  char      *name;     /* (owned) */
  char      *type;     /* (owned) “unix”, “inet” ... */
  char      *private_flag;  /* (owned) “y”, “n”, or “-” for the default, which is y */
  char      *chroot;   /* (owned) “y”, “n”, or “-” for the default */
  char      *limit;    /* (owned) how many processes at once, or “-” for the default */
  char      *command;  /* (owned) the program, such as “smtp” */
  GPtrArray *options;  /* (owned) (element-type NullmailMasterOption) */
  char      *argument;      /* (owned) (nullable) the first one behind the options */
  guint      line;          /* counted from 1 */
  guint      verbose_line;  /* where it is started with -v, or 0 */
} NullmailMasterService;

/* What is wrong with a line, see get_master_ent () in Postfix's master_ent.c. */
typedef enum
{
  NULLMAIL_MASTER_FAULT_FIELDS = 1,
  NULLMAIL_MASTER_FAULT_TYPE,
  NULLMAIL_MASTER_FAULT_FLAG,
  NULLMAIL_MASTER_FAULT_NUMBER,
  NULLMAIL_MASTER_FAULT_OPTION,  /* at which not master(8) stops, but the program of the service */
} NullmailMasterFaultKind;

typedef struct
{
  NullmailMasterFaultKind  kind;
  char                    *service;  /* (owned) the first word of the line */
  guint                    line;     /* counted from 1 */
} NullmailMasterFault;

/* (transfer full) (element-type NullmailMasterService): the services of a file, in its order. A
 * line with too few fields, at which Postfix stops, is left out. */
GPtrArray             *_nullmail_master_cf_parse        (const char    *text);

/* (transfer full) (element-type NullmailMasterFault): what Postfix stops at in a file. */
GPtrArray             *_nullmail_master_cf_list_faults  (const char    *text);

/* (nullable): the service that counts, which is the last one of its name and type. */
NullmailMasterService *_nullmail_master_cf_find         (GPtrArray     *services,
                                                         const char    *name,
                                                         const char    *type);

/* (transfer container) (element-type NullmailMasterOption): the options of all services, which own
 * them. */
GPtrArray             *_nullmail_master_cf_list_options (GPtrArray     *services);

G_END_DECLS
