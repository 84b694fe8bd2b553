/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libnullmail/nullmail.h>

G_BEGIN_DECLS

/* How the program ends. */
typedef enum
{
  STATUS_DONE = 0,     /* or nothing was to be done */
  STATUS_FAILED = 1,
  STATUS_USAGE = 2,
  STATUS_PENDING = 3,  /* changes pending, findings, a relay that refuses, mail that has not
                        * arrived */
} Status;

/* What the options in front of the command say. */
typedef struct
{
  NullmailPostfixInstance *postfix;   /* (owned) */
  gboolean                 is_json;
  gboolean                 is_quiet;  /* nothing but what was asked for */
} Tool;

/* One subcommand. Its options are variables of its own file and of those that it takes options
 * from. Where it sets an error its status does not count. */
typedef struct
{
  const char                 *name;
  const char                 *arguments;  /* as the help has them */
  const char                 *summary;
  const GOptionEntry * const *options;    /* (nullable) (array zero-terminated=1) of lists */
  gboolean                    speaks;     /* prints sentences, in the language of the user */
  Status                    (*run)        (Tool    *tool,
                                           char   **arguments,
                                           GError **error);
} Command;

extern const Command apply_command;
extern const Command check_command;
extern const Command credentials_command;
extern const Command fix_command;
extern const Command get_command;
extern const Command monitor_command;
extern const Command plan_command;
extern const Command probe_command;
extern const Command queue_command;
extern const Command restore_command;
extern const Command service_command;
extern const Command show_command;
extern const Command test_command;
extern const Command undo_command;

G_END_DECLS
