/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What the targets share. A target is one function that takes any bytes, and aborts where what the
 * library makes of them is wrong. libFuzzer calls it, or replay.c for each file of a corpus. */

#pragma once

#include <stddef.h>
#include <stdint.h>

#include <glib.h>

G_BEGIN_DECLS

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);

/* A message of a library that something is wrong in the program ends it from here on. */
void    fuzz_make_warnings_fatal (void);

/* What stands before the first NUL, and what behind it; without a NUL there is nothing before. */
char   *fuzz_split               (const uint8_t  *data,
                                  size_t          size,
                                  const char    **rest,
                                  gsize          *rest_size);

/* An error of the library's own domain with one sentence for people, which is freed. */
void    fuzz_assert_error        (GError         *error);

void    fuzz_assert_same         (const GString  *a,
                                  const void     *b,
                                  gsize           b_size);

G_END_DECLS
