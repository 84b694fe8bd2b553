/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* A folder for one test, below that which the build has for all of them. Other users may look into
 * it, unlike into the folders that GLib makes for a test. */
char     *scratch_new          (void);
/* Removes it with all that is below it, and frees its name. */
void      scratch_free         (char       *folder);

/* Removes all that is below a folder. */
void      scratch_clear        (const char *folder);
/* Copies all that is below a folder, with mode, owner, times and extended attributes. */
void      scratch_copy         (const char *from,
                                const char *to);

/* Makes a file, in the place of one that is there. */
void      scratch_write        (const char *path,
                                const char *text,
                                mode_t      mode);
/* How many names of a folder begin so. */
guint     scratch_count        (const char *folder,
                                const char *prefix);

void      assert_file          (const char *path,
                                const char *text);
void      assert_mode          (const char *path,
                                mode_t      mode);
/* The folder holds just these names, which stand in one text with blanks between them. */
void      assert_names         (const char *folder,
                                const char *names);

/* What this machine cannot do: the test is skipped with the reason, but with CI=true it fails. */
void      test_is_lacking      (const char *reason);
/* The same for a whole program, before its first test; the program returns the status. */
int       program_is_lacking   (const char *reason);

G_END_DECLS
