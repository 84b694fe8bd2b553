/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "check/observation-private.h"
#include "config/relay-credentials.h"
#include "plan/key-references-private.h"
#include "plan/plan-private.h"
#include "plan/undo-private.h"

G_BEGIN_DECLS

/* What is to be planned beside the new main.cf. */
typedef struct
{
  NullmailRelayCredentials *credentials;       /* (nullable) */
  gboolean                  drops_others;      /* every entry but this relay's */
  gboolean                  completes;         /* fill in what typed settings leave to the plan */
  gboolean                  purges;            /* drop every key that nobody needs any more */
} NullmailPlanRequest;

/* Finds out what must change for main_cf to hold instead of before, and what that comes to. Neither
 * document is taken over, nor changed; before is one that was loaded, or an empty one where main.cf
 * is yet to be made. */
NullmailPlan *_nullmail_planner_make (NullmailInstallation       *installation,
                                      NullmailMainCf             *before,
                                      NullmailMainCf             *main_cf,
                                      const NullmailPlanRequest  *request,
                                      GCancellable               *cancellable,
                                      GError                    **error);

/* What the steps of making a plan share, which are in the files planner-*.c. */
typedef struct
{
  NullmailInstallation      *installation;  /* (unowned) */
  NullmailObservation       *observation;   /* (owned) */
  const NullmailPlanRequest *request;
  NullmailPlan              *plan;          /* (owned) */
  NullmailEffective         *before;        /* (owned) main.cf as Postfix takes it now ... */
  NullmailEffective         *after;         /* (owned) ... and then */
  char                      *key_before;    /* (owned) (nullable) the key that is looked up ... */
  char                      *key_after;     /* (owned) (nullable) ... now and then, with a login */
  NullmailUndoRecord        *record;        /* (owned) (nullable) see the next function */
  GCancellable              *cancellable;
} NullmailPlanner;

/* What the library did here before; read when it is first needed. One that is damaged, or not for
 * everybody's eyes, hinders an undo and a purge only: without error it is empty then. */
NullmailUndoRecord *_nullmail_planner_get_record     (NullmailPlanner  *self,
                                                      GError          **error);

/* A password file and its table, for the plan to change. (transfer full) */
NullmailPasswordTable *_nullmail_planner_load_table  (NullmailPlanner  *self,
                                                      const char       *path,
                                                      const char       *map_type,
                                                      GError          **error);

/* Whether a main.cf names a password file. */
gboolean            _nullmail_planner_reads_file     (NullmailEffective *effective,
                                                      const char        *path);

/* The credentials of the request must be for the relay and have a password. */
gboolean            _nullmail_planner_check_credentials (NullmailPlanner  *self,
                                                         GError          **error);

/* Writes the entries of the plan's primary table as they are to be: the relay's, those that nobody
 * needs any more taken out. */
gboolean            _nullmail_planner_edit_entries   (NullmailPlanner  *self,
                                                      GError          **error);

/* What a purge has to do beside the primary table: the files that were named before, and tables of
 * other types. */
gboolean            _nullmail_planner_purge          (NullmailPlanner  *self,
                                                      GError          **error);

/* Judges the states before and after. */
void                _nullmail_planner_add_findings   (NullmailPlanner  *self);

G_END_DECLS
