/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "commit/transaction-private.h"

G_BEGIN_DECLS

/* A directory of its own, and the number of descriptors there were before. */
typedef struct
{
  char  *directory;
  int    fd;         /* of the directory */
  char  *state;      /* below it, not yet made */
  guint  n_fds;
} World;

void   world_set_up      (World         *world,
                          gconstpointer  data);
void   world_tear_down   (World         *world,
                          gconstpointer  data);

char  *world_path        (World         *world,
                          const char    *name);
/* NULL: there is to be no such file. */
void   world_write       (World         *world,
                          const char    *name,
                          const char    *text,
                          guint          mode);
/* NULL if there is none. */
char  *world_read        (World         *world,
                          const char    *name);
void   world_assert_text (World         *world,
                          const char    *name,
                          const char    *wanted);
/* A transaction there, with the locks of main.cf; and a file of it. */
NullmailTransaction *world_begin (World *world);
NullmailStagedFile  *world_open  (World                *world,
                                  NullmailTransaction  *transaction,
                                  const char           *name,
                                  NullmailStagedKind    kind,
                                  GError              **error);
/* How many names of the directory begin so. */
guint  world_count       (World         *world,
                          const char    *prefix);
/* Nothing is open but what was from the start. */
void   world_assert_fds  (World         *world);

/* Whether a file whose name has the infix holds that text. */
gboolean world_has_text  (World         *world,
                          const char    *infix,
                          const char    *text);

/* The tests of what comes seldom, of who writes in place, of locks, of where files are, and of the
 * undo record. */
void   add_edge_tests    (void);
void   add_guard_tests   (void);
void   add_lock_tests    (void);
void   add_place_tests   (void);
void   add_undo_tests    (void);

#define WORLD_ADD(name, data, function) \
  g_test_add ("/commit/" name, World, data, world_set_up, function, world_tear_down)

G_END_DECLS
