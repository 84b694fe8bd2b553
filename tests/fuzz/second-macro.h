/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A second evaluation of macros, written from postconf(5): $name, ${name}, $(name), ${name?text},
 * ${name:text}, ${name?{text}:{text}} and $$. */

#pragma once

#include "second-reading.h"

G_BEGIN_DECLS

typedef enum
{
  SECOND_MACRO_GOOD,
  SECOND_MACRO_BAD,        /* a syntax error or a loop */
  SECOND_MACRO_NOT_KNOWN,  /* a comparison, or too large for this evaluation */
} SecondMacroResult;

SecondMacroResult second_expand (SecondReading  *reading,
                                 const char     *text,
                                 char          **result);

G_END_DECLS
