/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "base/text-find-private.h"

#include <string.h>

/* Each text ends where the memory does, so that a checker of it sees what reads on. */
static gssize
find (const char *text,
      const char *word,
      char        rare)
{
  gsize size = strlen (text);
  g_autofree char *copy = size > 0 ? g_memdup2 (text, size) : NULL;
  const char *found = _nullmail_text_find (copy, size, word, rare);

  return found != NULL ? found - copy : -1;
}

static void
test_find (void)
{
  g_assert_cmpint (find ("", "relayhost", 'y'), ==, -1);
  g_assert_cmpint (find ("relayhost", "relayhost", 'y'), ==, 0);
  g_assert_cmpint (find ("x relayhost = y", "relayhost", 'y'), ==, 2);
  g_assert_cmpint (find ("y rely relayhos", "relayhost", 'y'), ==, -1);
  g_assert_cmpint (find ("layhost", "relayhost", 'y'), ==, -1);
  g_assert_cmpint (find ("relay relayhost", "relayhost", 'y'), ==, 6);
  g_assert_cmpint (find ("yyyay", "yay", 'y'), ==, 2);
  g_assert_cmpint (find ("ab", "b", 'b'), ==, 1);
  g_assert_cmpint (find ("a--b-c", "-c", '-'), ==, 4);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text-find/find", test_find);
  return g_test_run ();
}
