/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a killed run leaves in the directories that it changes: private files and locks. */

/* For whoever holds the lock of a directory, whose descriptor was not read from yet. */
void     _nullmail_leftovers_remove            (int                  directory);

/* For the same: removes what another program has made of the private file source, whatever it calls
 * that, as long as it begins as the source does. kept may be NULL; the source itself stays. */
void     _nullmail_leftovers_remove_made       (int                  directory,
                                                const char          *source,
                                                const char          *kept);

/* Removes what was left where each file is and where a link at its path lies. It costs a look where
 * there is nothing, and it leaves all to somebody else who is at work there, who will do it. */
void     _nullmail_leftovers_tidy              (const char * const  *paths);

/* Removes a directory of ours with the files in it, and one whose name is known even where they
 * cannot be listed; never follows a link that somebody has put there instead. */
void     _nullmail_remove_private_directory    (int                  directory,
                                                const char          *name,
                                                const char          *known);

G_END_DECLS
