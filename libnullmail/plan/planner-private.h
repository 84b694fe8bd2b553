/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "check/finding.h"
#include "check/observation-private.h"
#include "config/relay-credentials.h"
#include "plan/key-references-private.h"
#include "plan/plan-private.h"
#include "plan/undo-private.h"

G_BEGIN_DECLS

/* What the caller asks for beside the new main.cf. */
typedef struct
{
  NullmailRelayCredentials *credentials;       /* (nullable) */
  gboolean                  drops_others;      /* removes every entry but that of the relay */
  gboolean                  completes;         /* fills in what typed settings leave open */
  const char * const       *derived;           /* (nullable) parameters whose values follow from
                                                * others, and were not assigned */
  gboolean                  modernises;        /* brings up to date what older versions wrote */
  const GPtrArray          *files;             /* (nullable) (element-type NullmailNamedChange)
                                                * changes of files that are taken back */
  gboolean                  settles_patterns;  /* a file of patterns goes also if main.cf has not
                                                * named it before: a failed run has left it */
  gboolean                  purges;            /* removes every entry that nobody needs any more */
  gboolean                  goes_back;         /* to a state that was there before, in which no
                                                * fault is a new one */
} NullmailPlanRequest;

/* Finds out what has to change so that main_cf holds instead of before, and what will be different
 * then. Neither document is taken over or changed. before is the document that was loaded, or an
 * empty one if there is no main.cf yet. */
NullmailPlan *_nullmail_planner_make (NullmailInstallation       *installation,
                                      NullmailMainCf             *before,
                                      NullmailMainCf             *main_cf,
                                      const NullmailPlanRequest  *request,
                                      GCancellable               *cancellable,
                                      GError                    **error);

/* What the steps of making a plan have in common. The steps are in the files planner-*.c. */
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
  GPtrArray                 *others;        /* (owned) (nullable) see planner-instances.c */
  GPtrArray                 *notes;         /* (owned) (element-type NullmailFinding) what the
                                             * steps have to say */
  GCancellable              *cancellable;
} NullmailPlanner;

/* The record of what the library did here before, which is read when it is first needed. A record
 * that is damaged, or that this user may not read, must hinder nothing but an undo and a purge: a
 * caller who gives no error gets an empty one instead of NULL. */
NullmailUndoRecord *_nullmail_planner_load_record    (NullmailPlanner  *self,
                                                      GError          **error);

/* (transfer full): a password file with its map, as a copy that the plan may change. */
NullmailPasswordTable *_nullmail_planner_load_table  (NullmailPlanner  *self,
                                                      const char       *path,
                                                      const char       *map_type,
                                                      GError          **error);

/* Names the system's certification authorities in the new main.cf where it lacks some. */
gboolean            _nullmail_planner_complete_cas   (NullmailPlanner  *self,
                                                      GError          **error);

/* Whether a main.cf names a password file. */
gboolean            _nullmail_planner_reads_file     (NullmailEffective *effective,
                                                      const char        *path);

/* Fails unless the credentials of the request are for the relay and have a password. */
gboolean            _nullmail_planner_check_credentials (NullmailPlanner  *self,
                                                         GError          **error);

/* Whether another instance of Postfix on this host may look a key up in a password file, which the
 * plan then says; and whether one names a table, or any of that path if the type is empty. In doubt
 * both are so. */
gboolean            _nullmail_planner_is_needed_elsewhere (NullmailPlanner  *self,
                                                           const char       *path,
                                                           const char       *key);
gboolean            _nullmail_planner_is_named_elsewhere  (NullmailPlanner  *self,
                                                           const char       *type,
                                                           const char       *path);
/* Fails with PERMISSION_DENIED if it cannot be told which keys of a password file they need. */
gboolean            _nullmail_planner_check_elsewhere     (NullmailPlanner  *self,
                                                           const char       *path,
                                                           GError          **error);

/* Makes the entries of the primary password file what they are to be: the relay's is put in, and
 * those that nobody needs any more are taken out. */
gboolean            _nullmail_planner_edit_entries   (NullmailPlanner  *self,
                                                      GError          **error);

/* Puts tables of patterns into files for a Postfix that has them nowhere else, removes those files
 * when main.cf no longer names them, and takes changes of them back. */
gboolean            _nullmail_planner_settle_files   (NullmailPlanner  *self,
                                                      GError          **error);
/* Adds to the plan that the map of the type goes which the primary password file had before, as far
 * as no configuration names it. old_type is that of before the planner settled it. */
void                _nullmail_planner_remove_retyped (NullmailPlanner  *self,
                                                      const char       *old_type);

/* Adds to the plan what a purge does beside the primary password file: it looks into the files that
 * were named before, and removes maps of other types. */
gboolean            _nullmail_planner_purge          (NullmailPlanner  *self,
                                                      GError          **error);

/* (out) (transfer full) (nullable): why Postfix stops at main.cf now, and at the new one, in its
 * words; NULL if it does not, if the checks find that themselves, or if it cannot be asked. */
void                _nullmail_planner_ask_postfix    (NullmailPlanner  *self,
                                                      char            **before,
                                                      char            **after);

/* Runs the checks over the states before and after, and puts what they find into the plan. */
void                _nullmail_planner_add_findings   (NullmailPlanner  *self);

G_END_DECLS
