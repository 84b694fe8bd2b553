/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "fixture.h"

#include "scratch.h"

void
fixture_set_up (Fixture       *fixture,
                gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *main_cf = NULL;

  fixture->folder = scratch_new ();
  fixture->etc = g_build_filename (fixture->folder, "etc", NULL);
  fixture->state = g_build_filename (fixture->folder, "state", NULL);
  fixture->commands = g_build_filename (fixture->folder, "commands", NULL);
  g_assert_cmpint (g_mkdir_with_parents (fixture->etc, 0755), ==, 0);
  g_assert_cmpint (g_mkdir_with_parents (fixture->commands, 0755), ==, 0);
  main_cf = fixture_path (fixture, "main.cf");
  scratch_write (main_cf, FIXTURE_MAIN_CF, 0644);
}

void
fixture_tear_down (Fixture       *fixture,
                   gconstpointer  data G_GNUC_UNUSED)
{
  scratch_free (fixture->folder);
  g_free (fixture->etc);
  g_free (fixture->state);
  g_free (fixture->commands);
}

char *
fixture_path (Fixture    *fixture,
              const char *name)
{
  return g_build_filename (fixture->etc, name, NULL);
}

void
fixture_add_command (Fixture    *fixture,
                     const char *name,
                     const char *script)
{
  g_autofree char *path = g_build_filename (fixture->commands, name, NULL);
  g_autofree char *text = g_strdup_printf ("#!/bin/sh\n%s\n", script);

  scratch_write (path, text, 0755);
}

void
fixture_add_stand_ins (Fixture *fixture)
{
  scratch_copy (STAND_INS, fixture->commands);
}

NullmailPostfixInstance *
fixture_new_instance (Fixture    *fixture,
                      const char *commands)
{
  return g_object_new (NULLMAIL_TYPE_POSTFIX_INSTANCE, "config-directory", fixture->etc,
                       "state-directory", fixture->state, "command-directory", commands,
                       "service-control", NULLMAIL_SERVICE_CONTROL_DISABLED, NULL);
}
