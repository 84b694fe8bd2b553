/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* nullmail: a machine that hands all its mail to a relay, from the command line. See nullmail(1).
 *
 * This file reads the options in front of the command, and runs it. */

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "errors.h"
#include "output.h"
#include "password.h"

static const Command * const commands[] = {
  &show_command, &get_command, &check_command, &plan_command, &apply_command, &fix_command,
  &undo_command, &restore_command, &probe_command, &test_command, &queue_command,
  &credentials_command, &service_command, &monitor_command,
};

static char *config_directory;  /* options */
static char *state_directory;
static char *color;
static gboolean is_json;
static gboolean is_quiet;
static gboolean wants_version;
static gboolean wants_help;

static const GOptionEntry global_options[] = {
  { "config-directory", 0, 0, G_OPTION_ARG_FILENAME, &config_directory,
    "configuration directory (/etc/postfix)", "DIR" },
  { "state-directory", 0, 0, G_OPTION_ARG_FILENAME, &state_directory,
    "folder for what undo needs (/var/lib/nullmail)", "DIR" },
  { "json", 0, 0, G_OPTION_ARG_NONE, &is_json, "print one object of JSON", NULL },
  { "quiet", 0, 0, G_OPTION_ARG_NONE, &is_quiet, "print nothing but what was asked for", NULL },
  { "color", 0, 0, G_OPTION_ARG_FILENAME, &color, "whether to use colors: auto, always, never",
    "WHEN" },
  { "version", 0, 0, G_OPTION_ARG_NONE, &wants_version, "print the version", NULL },
  { "help", 'h', 0, G_OPTION_ARG_NONE, &wants_help, "print how to use it", NULL },
  { NULL, 0, 0, 0, NULL, NULL, NULL }
};

static char *
list_commands (void)
{
  GString *text = g_string_new ("Commands:\n");

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    g_string_append_printf (text, "  %-12s %s\n", commands[i]->name, commands[i]->summary);
  g_string_append (text, "\n“nullmail COMMAND --help” tells the options of one; see nullmail(1).");
  return g_string_free (text, FALSE);
}

static GOptionContext *
new_context (const Command *command)
{
  const char *arguments = command != NULL ? command->arguments : "COMMAND …";
  g_autofree char *words = command == NULL ? g_strdup (arguments)
                           : g_strconcat (command->name, " ", arguments, NULL);
  GOptionContext *context = g_option_context_new (words);

  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_strict_posix (context, command == NULL);
  g_option_context_add_main_entries (context, global_options, NULL);
  for (guint i = 0; command != NULL && command->options != NULL && command->options[i] != NULL; i++)
    g_option_context_add_main_entries (context, command->options[i], NULL);
  return context;
}

/* What an error repeats of an option ends in front of its value. */
static gboolean
parse (GOptionContext   *context,
       char           ***arguments,
       GError          **error)
{
  g_autoptr(GError) local_error = NULL;

  for (guint i = 1; (*arguments)[i] != NULL && strcmp ((*arguments)[i], "--") != 0; i++)
    if (password_is_argument ((*arguments)[i]))
      return usage_error_set (error, "A password is never an argument, which others can see: give "
                                     "it with --password-file or --password-fd, or let a terminal "
                                     "ask for it");
  if (g_option_context_parse_strv (context, arguments, &local_error))
    return TRUE;

  return usage_error_set (error, "%.*s: see “nullmail --help”",
                          (int) strcspn (local_error->message, "="), local_error->message);
}

static void
print_help (GOptionContext *context,
            const Command  *command)
{
  g_autofree char *list = command == NULL ? list_commands () : NULL;
  g_autofree char *text = NULL;

  g_option_context_set_summary (context, command != NULL ? command->summary : list);
  text = g_option_context_get_help (context, TRUE, NULL);
  stream_add (standard_output, text);
}

static const Command *
find_command (const char  *name,
              GError     **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (commands[i]->name, name) == 0)
      return commands[i];

  if (g_utf8_validate (name, -1, NULL))
    usage_error_set (error, "There is no command “%s”: see “nullmail --help”", name);
  else
    usage_error_set (error, "There is no such command: see “nullmail --help”");
  return NULL;
}

static gboolean
init_tool (Tool    *tool,
           GError **error)
{
  g_autofree char *config = config_directory != NULL
                            ? g_canonicalize_filename (config_directory, NULL) : NULL;
  g_autofree char *state = state_directory != NULL
                           ? g_canonicalize_filename (state_directory, NULL) : NULL;

  if (color != NULL && strcmp (color, "auto") != 0 && strcmp (color, "always") != 0
      && strcmp (color, "never") != 0)
    return usage_error_set (error, "--color takes auto, always or never");

  if ((config_directory != NULL && *config_directory == '\0')
      || (state_directory != NULL && *state_directory == '\0'))
    return usage_error_set (error, "A directory needs a name: without it leave the option out");

  if (state == NULL)
    tool->postfix = nullmail_postfix_instance_new (config);
  else if (config == NULL)
    tool->postfix = g_object_new (NULLMAIL_TYPE_POSTFIX_INSTANCE, "state-directory", state, NULL);
  else
    tool->postfix = g_object_new (NULLMAIL_TYPE_POSTFIX_INSTANCE, "config-directory", config,
                                  "state-directory", state, NULL);
  tool->is_json = is_json;
  tool->is_quiet = is_quiet;
  return TRUE;
}

/* What ends the options may be left among the arguments. */
static void
drop_separator (char **arguments)
{
  while (*arguments != NULL && strcmp (*arguments, "--") != 0)
    arguments++;
  if (*arguments == NULL)
    return;

  g_free (*arguments);
  do
    arguments[0] = arguments[1];
  while (*++arguments != NULL);
}

static Status
run_command (Tool           *tool,
             const Command  *command,
             char          **arguments,
             GError        **error)
{
  g_autoptr(GOptionContext) context = new_context (command);
  g_auto(GStrv) left = g_strdupv (arguments);

  if (!parse (context, &left, error))
    return STATUS_USAGE;
  drop_separator (left);
  if (wants_help)
    {
      print_help (context, command);
      return STATUS_DONE;
    }
  if (!init_tool (tool, error))
    return STATUS_USAGE;

  /* To load a language takes longer than to show the settings, which are the same in each. */
  if (command->speaks)
    setlocale (LC_ALL, "");
  return command->run (tool, left + 1, error);
}

static Status
run (Tool    *tool,
     char   **arguments,
     GError **error)
{
  g_autoptr(GOptionContext) context = new_context (NULL);
  g_auto(GStrv) left = g_strdupv (arguments);
  const Command *command;

  if (!parse (context, &left, error))
    return STATUS_USAGE;

  if (wants_version)
    stream_add_line (standard_output, "nullmail %s", nullmail_version_string ());
  else if (wants_help)
    print_help (context, NULL);
  else if (left[1] == NULL)
    usage_error_set (error, "There is no command: see “nullmail --help”");
  else
    {
      command = find_command (left[1], error);
      return command != NULL ? run_command (tool, command, left + 1, error) : STATUS_USAGE;
    }

  return STATUS_DONE;
}

/* What comes after a command is in its options; this one decides how an error in them is told. */
static gboolean
is_among (char       **arguments,
          const char  *word)
{
  for (; *arguments != NULL && strcmp (*arguments, "--") != 0; arguments++)
    if (strcmp (*arguments, word) == 0)
      return TRUE;

  return FALSE;
}

static const char *
find_color (char **arguments)
{
  for (; *arguments != NULL && strcmp (*arguments, "--") != 0; arguments++)
    {
      if (g_str_has_prefix (*arguments, "--color="))
        return *arguments + strlen ("--color=");
      if (strcmp (*arguments, "--color") == 0)
        return arguments[1];
    }

  return NULL;
}

int
main (int    argc,
      char **argv)
{
  Tool tool = { NULL, FALSE, FALSE };
  g_autoptr(GError) error = NULL;
  g_autoptr(GError) output_error = NULL;
  gboolean has_output = output_guard_descriptors ();
  Status status;

  g_set_prgname ("nullmail");
  output_init (argc > 0 ? find_color (argv + 1) : NULL);
  tool.is_json = argc > 0 && is_among (argv + 1, "--json");
  if (argc == 0)
    return STATUS_USAGE;
  if (!has_output)
    {
      /* Nothing is done of which nobody could be told. */
      stream_add (standard_error, "nullmail: Standard output is closed: lead it to /dev/null\n");
      stream_flush (standard_error, NULL);
      return STATUS_FAILED;
    }

  status = run (&tool, argv, &error);
  if (error != NULL)
    status = error_report (&tool, error);
  stream_flush (standard_error, NULL);
  if (!output_close (&output_error))
    {
      tool.is_json = FALSE;
      status = error_report (&tool, output_error);
    }

  g_clear_object (&tool.postfix);
  return status;
}
