/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (nullable): where a word begins in a text of that many bytes. It is found by one of its letters,
 * the first of that kind. Where this is rare in such texts the search is many times as fast as
 * memmem (3), and never slower than the number of those letters makes it. */
const char *_nullmail_text_find (const char *text,
                                 gsize       size,
                                 const char *word,
                                 char        rare);

G_END_DECLS
