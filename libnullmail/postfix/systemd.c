/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/systemd-private.h"

#include <string.h>

#include "base/deadline-private.h"
#include "base/error-private.h"

#define BUS_NAME "org.freedesktop.systemd1"
#define MANAGER_PATH "/org/freedesktop/systemd1"
#define MANAGER "org.freedesktop.systemd1.Manager"
#define UNIT "org.freedesktop.systemd1.Unit"
#define JOB "org.freedesktop.systemd1.Job"
#define CALL_TIMEOUT_MS 25000
#define JOB_TIMEOUT_S 100  /* a stop waits for deliveries, and systemd itself gives up after 90 */
#define LOOK_INTERVAL_MS 1000  /* at a job, should its signal be missed */

struct _NullmailSystemd
{
  GMainContext    *context;     /* (owned) the signals of jobs arrive there */
  GDBusConnection *connection;  /* (owned) (nullable) */
  GCancellable    *cancellable; /* (owned) (nullable) may have a deadline */
  GHashTable      *results;     /* (owned) of jobs, by their paths */
  guint            subscription;
};

gboolean
_nullmail_systemd_runs (void)
{
  return g_file_test ("/run/systemd/system", G_FILE_TEST_IS_DIR);
}

static void
note_job (GDBusConnection *connection G_GNUC_UNUSED,
          const char      *sender G_GNUC_UNUSED,
          const char      *path G_GNUC_UNUSED,
          const char      *interface G_GNUC_UNUSED,
          const char      *signal G_GNUC_UNUSED,
          GVariant        *parameters,
          gpointer         user_data)
{
  NullmailSystemd *self = user_data;
  const char *job, *result;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(uoss)")))
    return;

  g_variant_get (parameters, "(u&o&s&s)", NULL, &job, NULL, &result);
  g_hash_table_insert (self->results, g_strdup (job), g_strdup (result));
}

/* A connection that is made. */
typedef struct
{
  GDBusConnection *connection;  /* (owned) (nullable) */
  GError          *error;       /* (owned) (nullable) */
  GCancellable    *cancellable; /* (owned) is cancelled with the caller's, or when time is up */
  gboolean         is_late;
} Connecting;

static void
note_connection (GObject      *source_object G_GNUC_UNUSED,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  Connecting *self = user_data;

  self->connection = g_dbus_connection_new_for_address_finish (result, &self->error);
}

static gboolean
give_up (gpointer user_data)
{
  Connecting *self = user_data;

  self->is_late = TRUE;
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

static void
pass_on (GCancellable *cancellable G_GNUC_UNUSED,
         gpointer      other)
{
  g_cancellable_cancel (other);
}

/* Connects within a time limit. A bus that has been reached may still say nothing, and
 * g_dbus_connection_new_for_address_sync () would wait for it for ever. */
static GDBusConnection *
connect_in_time (GMainContext  *context,
                 const char    *address,
                 GCancellable  *cancellable,
                 GError       **error)
{
  guint limit_ms = _nullmail_deadline_limit (cancellable, CALL_TIMEOUT_MS);
  g_autoptr(GCancellable) own = g_cancellable_new ();
  g_autoptr(GSource) timer = g_timeout_source_new (MAX (1, limit_ms));
  Connecting self = { .cancellable = own };
  gulong handler = cancellable != NULL
                   ? g_cancellable_connect (cancellable, G_CALLBACK (pass_on), own, NULL) : 0;

  g_source_set_callback (timer, give_up, &self, NULL);
  g_source_attach (timer, context);
  g_dbus_connection_new_for_address (address,
                                     G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                     | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                     NULL, own, note_connection, &self);
  while (self.connection == NULL && self.error == NULL)
    g_main_context_iteration (context, TRUE);
  g_source_destroy (timer);
  g_cancellable_disconnect (cancellable, handler);

  if (self.error != NULL && self.is_late)
    {
      _nullmail_deadline_note_missed (cancellable);
      g_clear_error (&self.error);
      g_set_error (&self.error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                   "nothing came back within %u ms", limit_ms);
    }
  if (self.error != NULL)
    g_propagate_error (error, self.error);
  return self.connection;
}

NullmailSystemd *
_nullmail_systemd_connect (GCancellable  *cancellable,
                           GError       **error)
{
  g_autoptr(NullmailSystemd) self = g_new0 (NullmailSystemd, 1);
  g_autoptr(GError) local_error = NULL;
  g_autofree char *address = NULL;

  g_set_object (&self->cancellable, cancellable);
  self->context = g_main_context_new ();
  self->results = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_main_context_push_thread_default (self->context);

  address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SYSTEM, cancellable, &local_error);
  if (address != NULL)
    self->connection = connect_in_time (self->context, address, cancellable, &local_error);
  if (self->connection == NULL)
    {
      g_main_context_pop_thread_default (self->context);
      if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_propagate_error (error, g_steal_pointer (&local_error));
      else
        g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_ACTIVATION,
                     "systemd does not answer on the system's message bus: %s; use the “postfix” "
                     "command (service control COMMAND)", local_error->message);
      return NULL;
    }

  self->subscription =
    g_dbus_connection_signal_subscribe (self->connection, BUS_NAME, MANAGER, "JobRemoved",
                                        MANAGER_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, note_job,
                                        self, NULL);
  g_main_context_pop_thread_default (self->context);
  return g_steal_pointer (&self);
}

void
_nullmail_systemd_free (NullmailSystemd *self)
{
  if (self->subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->connection, self->subscription);
  if (self->connection != NULL)
    g_dbus_connection_close_sync (self->connection, NULL, NULL);
  g_clear_object (&self->connection);
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_clear_object (&self->cancellable);
  g_main_context_unref (self->context);
  g_hash_table_unref (self->results);
  g_free (self);
}

static GVariant *
call (NullmailSystemd     *self,
      const char          *path,
      const char          *interface,
      const char          *method,
      GVariant            *arguments,
      const char          *reply_type,
      GError             **error)
{
  return g_dbus_connection_call_sync (self->connection, BUS_NAME, path, interface, method,
                                      arguments, G_VARIANT_TYPE (reply_type),
                                      G_DBUS_CALL_FLAGS_NONE,
                                      MAX (1, (int) _nullmail_deadline_limit (self->cancellable,
                                                                              CALL_TIMEOUT_MS)),
                                      NULL, error);
}

/* What systemd says, in the words of this library. A user whom polkit does not trust is told so. */
static void
set_error (GError     **error,
           GError      *failure,
           const char  *unit)
{
  static const char *const denials[] = {
    "org.freedesktop.DBus.Error.AccessDenied",
    "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired",
    "org.freedesktop.DBus.Error.AuthFailed",
    NULL
  };
  g_autofree char *name = g_dbus_error_get_remote_error (failure);
  gboolean is_denied = name != NULL && g_strv_contains (denials, name);

  g_dbus_error_strip_remote_error (failure);
  if (g_str_has_suffix (failure->message, "."))
    failure->message[strlen (failure->message) - 1] = '\0';
  if (is_denied)
    g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_PERMISSION_DENIED,
                 "systemd lets only a privileged user control “%s”, try as root: %s", unit,
                 failure->message);
  else if (g_strcmp0 (name, BUS_NAME ".UnitMasked") == 0)
    g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_ACTIVATION,
                 "systemd may not control “%s”, since it is masked: “systemctl unmask %s” takes "
                 "that back", unit, unit);
  else
    g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_ACTIVATION,
                 "systemd does not control “%s”, “systemctl status %s” tells more: %s", unit, unit,
                 failure->message);
}

/* (nullable): the object of a unit. GetUnit knows those that are needed by something, LoadUnit each
 * that there is, and also those of which there is no file. */
static char *
find_unit (NullmailSystemd *self,
           const char      *unit,
           gboolean         may_load)
{
  static const char *const methods[] = { "GetUnit", "LoadUnit" };

  for (guint i = 0; i < (may_load ? G_N_ELEMENTS (methods) : 1); i++)
    {
      g_autoptr(GVariant) reply = call (self, MANAGER_PATH, MANAGER, methods[i],
                                        g_variant_new ("(s)", unit), "(o)", NULL);
      char *path;

      if (reply == NULL)
        continue;

      g_variant_get (reply, "(o)", &path);
      return path;
    }

  return NULL;
}

static char *
get_property (NullmailSystemd *self,
              const char      *path,
              const char      *interface,
              const char      *property)
{
  g_autoptr(GVariant) reply = call (self, path, "org.freedesktop.DBus.Properties", "Get",
                                    g_variant_new ("(ss)", interface, property), "(v)", NULL);
  g_autoptr(GVariant) value = NULL;

  if (reply == NULL)
    return NULL;

  g_variant_get (reply, "(v)", &value);
  return g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) ? g_variant_dup_string (value, NULL)
                                                             : NULL;
}

char *
_nullmail_systemd_get_property (NullmailSystemd *self,
                                const char      *unit,
                                const char      *interface,
                                const char      *property)
{
  g_autofree char *path = find_unit (self, unit, TRUE);

  return path != NULL ? get_property (self, path, interface, property) : NULL;
}

gboolean
_nullmail_systemd_has_unit (NullmailSystemd *self,
                            const char      *unit,
                            gboolean         may_load)
{
  g_autofree char *path = find_unit (self, unit, may_load);
  g_autofree char *state = path != NULL ? get_property (self, path, UNIT, "LoadState") : NULL;

  return state != NULL && !g_str_equal (state, "not-found");
}

/* (nullable): a word such as “enabled”; the unit has it, or the manager tells. */
static char *
get_file_state (NullmailSystemd *self,
                const char      *unit,
                const char      *path)
{
  char *state = get_property (self, path, UNIT, "UnitFileState");
  g_autoptr(GVariant) reply = NULL;

  if (state != NULL && *state != '\0')
    return state;

  g_free (state);
  reply = call (self, MANAGER_PATH, MANAGER, "GetUnitFileState", g_variant_new ("(s)", unit),
                "(s)", NULL);
  if (reply == NULL)
    return NULL;

  g_variant_get (reply, "(s)", &state);
  return state;
}

NullmailServiceState
_nullmail_systemd_get_state (NullmailSystemd *self,
                             const char      *unit)
{
  static const char *const running[] = { "active", "reloading", "activating", NULL };
  static const char *const at_boot[] = { "enabled", "alias", "static", "generated", "linked",
                                         NULL };
  NullmailServiceState state = NULLMAIL_SERVICE_STATE_NONE;
  g_autofree char *path = find_unit (self, unit, TRUE);
  g_autofree char *active = NULL, *load = NULL, *file = NULL;

  if (path == NULL)
    return NULLMAIL_SERVICE_STATE_UNKNOWN;

  active = get_property (self, path, UNIT, "ActiveState");
  load = get_property (self, path, UNIT, "LoadState");
  file = get_file_state (self, unit, path);
  if (active != NULL && g_strv_contains (running, active))
    state |= NULLMAIL_SERVICE_STATE_RUNNING;
  if (g_strcmp0 (active, "failed") == 0)
    state |= NULLMAIL_SERVICE_STATE_FAILED;
  if (g_strcmp0 (load, "masked") == 0 || (file != NULL && g_str_has_prefix (file, "masked")))
    state |= NULLMAIL_SERVICE_STATE_MASKED;
  if (file != NULL && g_strv_contains (at_boot, file))
    state |= NULLMAIL_SERVICE_STATE_ENABLED;

  return state;
}

static gboolean
wake_up (gpointer user_data G_GNUC_UNUSED)
{
  return G_SOURCE_CONTINUE;
}

/* Whether a job is still there; the manager forgets those that are done. */
static gboolean
has_job (NullmailSystemd *self,
         const char      *job)
{
  g_autofree char *state = get_property (self, job, JOB, "State");

  return state != NULL;
}

/* (nullable): how a job ended, as the manager has told; NULL where that was missed, or where it
 * does not end. */
static const char *
wait_for_job (NullmailSystemd *self,
              const char      *job,
              GCancellable    *cancellable)
{
  gint64 deadline_us = g_get_monotonic_time () + JOB_TIMEOUT_S * G_TIME_SPAN_SECOND;
  g_autoptr(GSource) clock = g_timeout_source_new (LOOK_INTERVAL_MS);
  gint64 next_look_us = g_get_monotonic_time () + LOOK_INTERVAL_MS * 1000;
  gboolean is_done = FALSE;

  g_source_set_callback (clock, wake_up, NULL, NULL);
  g_source_attach (clock, self->context);
  while (!is_done && !g_hash_table_contains (self->results, job)
         && !g_cancellable_is_cancelled (cancellable)
         && g_get_monotonic_time () < deadline_us)
    {
      g_main_context_iteration (self->context, TRUE);
      if (g_get_monotonic_time () < next_look_us)
        continue;
      next_look_us += LOOK_INTERVAL_MS * 1000;
      is_done = !has_job (self, job);
    }
  g_source_destroy (clock);

  while (g_main_context_iteration (self->context, FALSE))
    ;
  return g_hash_table_lookup (self->results, job);
}

static gboolean
is_job_done (NullmailSystemd *self,
             const char      *method,
             const char      *unit,
             const char      *result)
{
  gboolean runs;

  if (result != NULL)
    return g_str_equal (result, "done") || g_str_equal (result, "skipped");

  runs = (_nullmail_systemd_get_state (self, unit) & NULLMAIL_SERVICE_STATE_RUNNING) != 0;
  return runs == !g_str_equal (method, "StopUnit");
}

gboolean
_nullmail_systemd_run_job (NullmailSystemd  *self,
                           const char       *method,
                           const char       *unit,
                           GCancellable     *cancellable,
                           GError          **error)
{
  g_autoptr(GError) failure = NULL;
  g_autoptr(GVariant) subscribed = NULL;
  g_autoptr(GVariant) reply = NULL;
  const char *job, *result;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  /* Without it systemd tells nobody of jobs, unless somebody else has asked already. */
  subscribed = call (self, MANAGER_PATH, MANAGER, "Subscribe", NULL, "()", NULL);
  reply = call (self, MANAGER_PATH, MANAGER, method, g_variant_new ("(ss)", unit, "replace"),
                "(o)", &failure);
  if (reply == NULL && g_str_equal (method, "RestartUnit")
      && g_error_matches (failure, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD))
    return _nullmail_systemd_run_job (self, "StopUnit", unit, NULL, error)
           && _nullmail_systemd_run_job (self, "StartUnit", unit, NULL, error);
  if (reply == NULL)
    {
      set_error (error, failure, unit);
      return FALSE;
    }

  g_variant_get (reply, "(&o)", &job);
  result = wait_for_job (self, job, cancellable);
  if (result == NULL && g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (is_job_done (self, method, unit, result))
    return TRUE;

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_ACTIVATION,
               "systemd could not carry out %s for “%s” (%s): “systemctl status %s” and the mail "
               "log have the details", method, unit, result != NULL ? result : "no end in sight",
               unit);
  return FALSE;
}

gboolean
_nullmail_systemd_enable (NullmailSystemd  *self,
                          const char       *unit,
                          gboolean          enabled,
                          GError          **error)
{
  const char *units[] = { unit, NULL };
  g_autoptr(GError) failure = NULL;
  g_autoptr(GVariant) reply = NULL;
  g_autoptr(GVariant) reloaded = NULL;

  if (enabled)
    reply = call (self, MANAGER_PATH, MANAGER, "EnableUnitFiles",
                  g_variant_new ("(^asbb)", units, FALSE, FALSE), "*", &failure);
  else
    reply = call (self, MANAGER_PATH, MANAGER, "DisableUnitFiles",
                  g_variant_new ("(^asb)", units, FALSE), "*", &failure);
  if (reply == NULL)
    {
      set_error (error, failure, unit);
      return FALSE;
    }

  reloaded = call (self, MANAGER_PATH, MANAGER, "Reload", NULL, "()", NULL);
  return TRUE;
}
