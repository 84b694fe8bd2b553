/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libnullmail/nullmail.h>

G_BEGIN_DECLS

#define RELAY_A       "[smtp.example.com]:587"
#define RELAY_B       "[other.example.com]:587"
#define RELAY_FOREIGN "[foreign.example.net]:25"
/* Every password begins so, and tells its relay and its generation: "pw-A-2". */
#define CANARY        "pw-"

/* Where a scenario plays: root/etc is the configuration directory, root/state that of undo. */
typedef struct
{
  char                    *root;
  char                    *etc;
  char                    *state;
  char                    *main_cf;
  char                    *sasl_passwd;
  const char              *map_type;
  const char              *commands;  /* (nullable) the folder of Postfix's commands */
  NullmailPostfixInstance *instance;  /* (nullable) of the run */
} Place;

/* One combination of what an apply changes. */
typedef struct
{
  const char *name;
  gboolean  (* prepare)   (Place *place, GError **error);  /* what there was before */
  gboolean  (* change)    (Place *place, GError **error);  /* what is tried; may be done again */
  const char *commands;          /* (nullable) the stand-ins that it needs */
  gboolean    activation_fails;  /* so that everything is taken back */
  gboolean    drops_foreign;     /* other people's entries go */
} Scenario;

extern const Scenario scenarios[];
extern const guint    n_scenarios;

Place    *place_new      (const char      *root,
                          const char      *map_type,
                          const char      *commands);
void      place_free     (Place           *place);

/* A new instance, which knows its Postfix. */
gboolean  place_begin    (Place           *place,
                          GError         **error);

/* Any other change, for what only a writing run does. */
gboolean  place_touch    (Place           *place,
                          GError         **error);

/* Makes the stand-ins for Postfix's commands that the scenarios name, in folders of root. */
void      scenario_make_commands (const char *root);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Place, place_free)

G_END_DECLS
