/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What keeps even root from putting another file in the place of one. */
typedef enum
{
  NULLMAIL_OBSTACLE_NONE,
  NULLMAIL_OBSTACLE_READ_ONLY,  /* what is mounted there is for reading only */
  NULLMAIL_OBSTACLE_MOUNTED,    /* the file is mounted by itself, as containers do it */
  NULLMAIL_OBSTACLE_IMMUTABLE,  /* the file or its directory is, chattr (1) */
} NullmailObstacle;

/* What can be seen at the file itself. It may be missing. */
NullmailObstacle _nullmail_obstacle_find_at_file (int          directory,
                                                  const char  *name);

/* Sets the error and returns TRUE if an obstacle is the reason of a failure: its words say what was
 * tried, and the text goes on with why it failed and what helps. */
gboolean         _nullmail_obstacle_set_error    (int          directory,
                                                  const char  *name,
                                                  int          saved_errno,
                                                  const char  *words,
                                                  GError     **error);

/* The same for an obstacle that has been found beforehand. */
void             _nullmail_obstacle_report       (NullmailObstacle   obstacle,
                                                  const char        *words,
                                                  GError           **error);

G_END_DECLS
