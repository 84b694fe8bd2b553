/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "nullmail.h"

G_BEGIN_DECLS

/* A folder for a PostfixInstance: a configuration directory with a short main.cf, a place for the
 * state directory, and one for commands that stand in for Postfix's. */
typedef struct
{
  char *folder;    /* (owned) */
  char *etc;       /* (owned) */
  char *state;     /* (owned) not yet made */
  char *commands;  /* (owned) empty */
} Fixture;

#define FIXTURE_MAIN_CF "compatibility_level = 2\nmyhostname = a.example.com\n"

void                     fixture_set_up        (Fixture       *fixture,
                                                gconstpointer  data);
void                     fixture_tear_down     (Fixture       *fixture,
                                                gconstpointer  data);

/* A command that is the lines of a shell's script. */
void                     fixture_add_command   (Fixture       *fixture,
                                                const char    *name,
                                                const char    *script);
/* The commands of tests/support/stand-ins. */
void                     fixture_add_stand_ins (Fixture       *fixture);

/* commands: where to look for Postfix's commands, NULL for the installed ones. */
NullmailPostfixInstance *fixture_new_instance  (Fixture       *fixture,
                                                const char    *commands);

/* The path of a file in the configuration directory. */
char                    *fixture_path          (Fixture       *fixture,
                                                const char    *name);

G_END_DECLS
