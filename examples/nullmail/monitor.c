/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "command.h"

#include <glib-unix.h>
#include <signal.h>

#include "errors.h"
#include "json.h"
#include "output.h"

typedef struct
{
  Tool      *tool;
  GMainLoop *loop;   /* (owned) */
  GError    *error;  /* (owned) (nullable) there is nobody to tell any more */
} Watch;

static void
changed_cb (NullmailPostfixInstance *postfix G_GNUC_UNUSED,
            const char              *path,
            gpointer                 user_data)
{
  Watch *self = user_data;
  GVariantDict dict;

  if (self->error != NULL)
    return;

  if (self->tool->is_json)
    {
      g_autofree char *valid = g_utf8_make_valid (path, -1);

      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "path", "s", valid);
      json_print_line (g_variant_dict_end (&dict));
    }
  else
    stream_add_line (standard_output, "%s", path);

  if (!stream_flush (standard_output, &self->error))
    g_main_loop_quit (self->loop);
}

static gboolean
interrupted_cb (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_CONTINUE;
}

static Status
run_monitor (Tool    *tool,
             char   **arguments,
             GError **error)
{
  Watch self = { .tool = tool };
  gulong handler;
  guint sources[2];

  if (arguments[0] != NULL)
    return usage_error_set (error, "“nullmail monitor” takes no arguments");

  handler = g_signal_connect (tool->postfix, "changed", G_CALLBACK (changed_cb), &self);
  if (!nullmail_postfix_instance_start_monitoring (tool->postfix, error))
    {
      g_signal_handler_disconnect (tool->postfix, handler);
      return STATUS_FAILED;
    }

  self.loop = g_main_loop_new (NULL, FALSE);
  sources[0] = g_unix_signal_add (SIGINT, interrupted_cb, self.loop);
  sources[1] = g_unix_signal_add (SIGTERM, interrupted_cb, self.loop);
  if (!tool->is_quiet)
    stream_add_line (standard_error, "Waiting for changes of %s.",
                     nullmail_postfix_instance_get_config_directory (tool->postfix));
  stream_flush (standard_error, NULL);
  g_main_loop_run (self.loop);

  nullmail_postfix_instance_stop_monitoring (tool->postfix);
  g_signal_handler_disconnect (tool->postfix, handler);
  g_source_remove (sources[0]);
  g_source_remove (sources[1]);
  g_main_loop_unref (self.loop);
  if (self.error != NULL)
    g_propagate_error (error, self.error);
  return STATUS_DONE;
}

const Command monitor_command = {
  "monitor", "", "tell of each change of the configuration, until it is interrupted", NULL, FALSE,
  run_monitor,
};
