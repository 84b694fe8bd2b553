/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A program that does nothing but link the library, for test_command_speed.py to compare with. */

#include <libnullmail/nullmail.h>

int
main (void)
{
  return nullmail_version_string () == NULL;
}
