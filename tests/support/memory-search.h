/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "nullmail.h"

G_BEGIN_DECLS

/* A password, and the search for it. The test itself never holds it in one piece, except in pages
 * made for it: it is told by its two halves. */
#define MARKER_BYTES 21
#define PAGE_BYTES   4096

/* Whether memory can be searched: not under tools that keep copies of it. */
gboolean                  can_search_memory      (void);

/* How often the marker stands in memory that this process can read, or in a file. */
guint                     count_markers          (void);
guint                     count_markers_in_file  (const char *path);

/* A page of its own with the marker. */
char                     *new_marker_page        (void);
void                      free_marker_page       (char *page);

/* Credentials read from a pipe; the suffix follows the marker. */
NullmailRelayCredentials *new_marker_credentials (const char  *relay_text,
                                                  const char  *suffix,
                                                  GError     **error);

G_END_DECLS
