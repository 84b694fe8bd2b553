/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "store/secret-call-private.h"

#include "base/error.h"

/* A call to the Secret Service has to end: with a result, or within a bounded time with an error
 * that says what to do. On the other side are a service that may hang, end or be replaced at any
 * moment, a person who may never answer a prompt, and libsecret, whose synchronous functions wait
 * for ever in some of these cases. On this side is a caller whose main context must not be run
 * while it waits, since its callbacks would then be called in the midst of a call.
 *
 * So only asynchronous functions of libsecret are used, one after another. Each is a step:
 *
 * 1. A main context is made for this step alone and becomes the default of the thread, so that
 *    everything that libsecret starts reports to it and nobody else's sources are run.
 * 2. Into it go what may end the step early: its time limit, the caller's cancellable, and a watch
 *    on the owner of the service's name. Each of them cancels the step's own cancellable, and notes
 *    why. The caller's is not handed to libsecret, for libsecret dismisses a prompt in the thread
 *    that cancels, and then waits for the answer in the context of that thread.
 * 3. The step is started, and the context is run until the step has ended.
 * 4. A step that was cancelled gets a short time to end by itself, in which a prompt is dismissed.
 *    Then it is given up. It cannot be freed, since libsecret still refers to it; it counts its
 *    references, and stays behind with its context.
 * 5. The context is run until nothing is left to do, so that what was subscribed to is freed where
 *    it belongs.
 *
 * A call begins by finding out whether there is a service at all (_nullmail_secret_call_begin).
 * libsecret keeps one proxy for the whole process, and hears that the service has ended only in a
 * main context that runs. That may be never in a program without one. So the bus is asked who owns
 * the name now, and if it is not whom the proxy knows, the proxy is dropped and made anew, once.
 *
 * In a sandbox libsecret keeps a file instead of asking a service. It changes that file without a
 * lock, so that the calls of this process go one at a time then. */

#define GRACE_MS 2000  /* the time that a cancelled step has to end by itself */

static GMutex file_mutex;

/* One step, and why it has ended early if it has. */
typedef struct
{
  gatomicrefcount ref_count;

  GCancellable *cancellable;  /* (owned) of this step; the caller's cancels it */
  GAsyncResult *result;       /* (owned) (nullable) */
  gboolean      has_expired;
  gboolean      has_vanished;
  gboolean      is_given_up;
} Step;

static Step *
step_ref (Step *step)
{
  g_atomic_ref_count_inc (&step->ref_count);
  return step;
}

static void
step_unref (gpointer data)
{
  Step *step = data;

  if (!g_atomic_ref_count_dec (&step->ref_count))
    return;

  g_clear_object (&step->cancellable);
  g_clear_object (&step->result);
  g_free (step);
}

static void
step_done_cb (GObject      *source G_GNUC_UNUSED,
              GAsyncResult *result,
              gpointer      user_data)
{
  Step *step = user_data;

  step->result = g_object_ref (result);
  step_unref (step);
}

static gboolean
step_expired_cb (gpointer user_data)
{
  Step *step = user_data;

  step->has_expired = TRUE;
  g_cancellable_cancel (step->cancellable);
  return G_SOURCE_REMOVE;
}

static gboolean
step_cancelled_cb (GCancellable *cancellable G_GNUC_UNUSED,
                   gpointer      user_data)
{
  Step *step = user_data;

  g_cancellable_cancel (step->cancellable);
  return G_SOURCE_REMOVE;
}

static gboolean
step_given_up_cb (gpointer user_data)
{
  Step *step = user_data;

  step->is_given_up = TRUE;
  return G_SOURCE_REMOVE;
}

static void
step_vanished_cb (GDBusConnection *connection G_GNUC_UNUSED,
                  const char      *name G_GNUC_UNUSED,
                  gpointer         user_data)
{
  Step *step = user_data;

  step->has_vanished = TRUE;
  g_cancellable_cancel (step->cancellable);
}

/* Watches whether the service ends. libsecret 0.20.5 waits for ever if that happens while a prompt
 * is shown. */
static guint
watch_service (NullmailSecretCall *self,
               Step               *step)
{
  GDBusProxy *proxy = (GDBusProxy *) self->service;
  g_autofree char *owner = proxy != NULL ? g_dbus_proxy_get_name_owner (proxy) : NULL;

  if (owner == NULL)
    return 0;

  return g_bus_watch_name_on_connection (g_dbus_proxy_get_connection (proxy), owner,
                                         G_BUS_NAME_WATCHER_FLAGS_NONE, NULL, step_vanished_cb,
                                         step_ref (step), step_unref);
}

/* Adds a source to the context, and takes it over. */
static GSource *
attach (GSource      *source,
        GMainContext *context,
        GSourceFunc   callback,
        Step         *step)
{
  g_source_set_callback (source, callback, step, NULL);
  g_source_attach (source, context);
  return source;
}

static void
detach (GSource *source)
{
  if (source == NULL)
    return;

  g_source_destroy (source);
  g_source_unref (source);
}

/* Runs the context until the step has ended, or has not ended although it was cancelled: libsecret
 * then waits for the answer of a prompt that a hanging service never gives. */
static void
wait_for_step (Step         *step,
               GMainContext *context)
{
  GSource *grace = NULL;

  while (step->result == NULL && !step->is_given_up)
    {
      if (grace == NULL && g_cancellable_is_cancelled (step->cancellable))
        grace = attach (g_timeout_source_new (GRACE_MS), context, step_given_up_cb, step);

      g_main_context_iteration (context, TRUE);
    }

  detach (grace);
}

GAsyncResult *
_nullmail_secret_call_wait (NullmailSecretCall  *self,
                            guint                limit_ms,
                            NullmailSecretStart  start,
                            gpointer             data)
{
  g_autoptr(GMainContext) context = g_main_context_new ();
  Step *step = g_new0 (Step, 1);
  GSource *limit, *cancelled = NULL;
  GAsyncResult *result;
  guint watch;

  g_atomic_ref_count_init (&step->ref_count);
  step->cancellable = g_cancellable_new ();
  limit = attach (g_timeout_source_new (limit_ms), context, step_expired_cb, step);
  /* A source, and not a handler, which would run in the thread that cancels. */
  if (self->cancellable != NULL)
    cancelled = attach (g_cancellable_source_new (self->cancellable), context,
                        G_SOURCE_FUNC (step_cancelled_cb), step);

  g_main_context_push_thread_default (context);
  watch = watch_service (self, step);
  start (step->cancellable, step_done_cb, step_ref (step), data);
  wait_for_step (step, context);
  if (watch != 0)
    g_bus_unwatch_name (watch);
  detach (limit);
  detach (cancelled);
  /* What the step leaves to be done, such as ending a subscription, is done in its context. */
  while (g_main_context_iteration (context, FALSE))
    ;
  g_main_context_pop_thread_default (context);

  self->has_expired = self->has_expired || step->has_expired;
  self->has_vanished = self->has_vanished || step->has_vanished;
  result = g_steal_pointer (&step->result);
  step_unref (step);
  return result;
}

/* Whether libsecret asks a service. In a sandbox, or if the environment says so, it keeps a
 * file. */
static gboolean
uses_service (void)
{
  const char *backend = g_getenv ("SECRET_BACKEND");

  if (g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS) || g_getenv ("SNAP_NAME") != NULL)
    return FALSE;

  return backend == NULL || *backend == '\0' || g_str_equal (backend, "service");
}

static void
start_get_bus (GCancellable        *cancellable,
               GAsyncReadyCallback  callback,
               gpointer             user_data,
               gpointer             data G_GNUC_UNUSED)
{
  g_bus_get (G_BUS_TYPE_SESSION, cancellable, callback, user_data);
}

/* Whether there is a session bus. As long as anybody holds a connection that is closed, GLib
 * returns it again, and warns when a proxy is made for it; so a closed one is an error here. */
static gboolean
has_bus (NullmailSecretCall  *self,
         GError             **error)
{
  g_autoptr(GAsyncResult) result =
    _nullmail_secret_call_wait (self, self->limit_ms, start_get_bus, NULL);
  g_autoptr(GDBusConnection) connection = result != NULL ? g_bus_get_finish (result, error) : NULL;

  if (connection == NULL || !g_dbus_connection_is_closed (connection))
    return connection != NULL;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "The connection is closed");
  return FALSE;
}

static void
start_get (GCancellable        *cancellable,
           GAsyncReadyCallback  callback,
           gpointer             user_data,
           gpointer             data G_GNUC_UNUSED)
{
  secret_service_get (SECRET_SERVICE_NONE, cancellable, callback, user_data);
}

static SecretService *
get_service (NullmailSecretCall  *self,
             GError             **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  if (!has_bus (self, error))
    return NULL;

  result = _nullmail_secret_call_wait (self, self->limit_ms, start_get, NULL);
  return result != NULL ? secret_service_get_finish (result, error) : NULL;
}

/* (nullable) (transfer full): who owns the service's name on the bus, if that is still the one that
 * libsecret's proxy knows. NULL with error set if the service was replaced, or has gone. */
static char *
get_current_owner (NullmailSecretCall  *self,
                   SecretService       *service,
                   GError             **error)
{
  g_autofree char *owner = g_dbus_proxy_get_name_owner (G_DBUS_PROXY (service));
  g_autoptr(GVariant) reply = NULL;
  const char *current;

  reply = g_dbus_connection_call_sync (g_dbus_proxy_get_connection (G_DBUS_PROXY (service)),
                                       "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                       "org.freedesktop.DBus", "GetNameOwner",
                                       g_variant_new ("(s)", NULLMAIL_SECRET_SERVICE_NAME),
                                       G_VARIANT_TYPE ("(s)"), G_DBUS_CALL_FLAGS_NONE,
                                       (int) self->limit_ms, self->cancellable, error);
  if (reply == NULL)
    return NULL;

  g_variant_get (reply, "(&s)", &current);
  if (g_strcmp0 (owner, current) != 0)
    {
      g_set_error_literal (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER,
                           "The service has another owner now");
      return NULL;
    }

  return g_steal_pointer (&owner);
}

gboolean
_nullmail_secret_call_begin (NullmailSecretCall  *self,
                             GError             **error)
{
  GError *foreign = NULL;

  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return FALSE;

  if (!uses_service ())
    {
      g_mutex_lock (&file_mutex);
      self->has_file = TRUE;
      return TRUE;
    }

  for (int attempt = 0; attempt < 2; attempt++)
    {
      g_autoptr(SecretService) service = NULL;
      g_autofree char *owner = NULL;

      g_clear_error (&foreign);
      service = get_service (self, &foreign);
      if (service == NULL && !g_error_matches (foreign, G_IO_ERROR, G_IO_ERROR_CLOSED))
        break;

      if (service != NULL)
        owner = get_current_owner (self, service, &foreign);
      if (owner != NULL)
        {
          self->service = g_steal_pointer (&service);
          return TRUE;
        }

      secret_service_disconnect ();
    }

  _nullmail_secret_call_fail (self, foreign, error);
  return FALSE;
}

void
_nullmail_secret_call_end (NullmailSecretCall *self)
{
  if (self->has_file)
    g_mutex_unlock (&file_mutex);

  self->has_file = FALSE;
  g_clear_object (&self->service);
  g_clear_pointer (&self->path, g_free);
}

static gboolean
has_code (const GError *error,
          GQuark        domain,
          const int    *codes)
{
  for (; *codes >= 0; codes++)
    if (g_error_matches (error, domain, *codes))
      return TRUE;

  return FALSE;
}

static gboolean
is_timeout (const GError *error)
{
  const int bus[] = { G_DBUS_ERROR_TIMEOUT, G_DBUS_ERROR_TIMED_OUT, -1 };

  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)
         || has_code (error, G_DBUS_ERROR, bus);
}

static gboolean
is_absence (const GError *error)
{
  const int bus[] = { G_DBUS_ERROR_SERVICE_UNKNOWN, G_DBUS_ERROR_NAME_HAS_NO_OWNER,
                      G_DBUS_ERROR_NO_REPLY, G_DBUS_ERROR_DISCONNECTED, -1 };
  const int io[] = { G_IO_ERROR_CLOSED, G_IO_ERROR_BROKEN_PIPE, -1 };

  return has_code (error, G_DBUS_ERROR, bus) || has_code (error, G_IO_ERROR, io);
}

gboolean
_nullmail_secret_is_gone (const GError *error)
{
  const int bus[] = { G_DBUS_ERROR_UNKNOWN_METHOD, G_DBUS_ERROR_UNKNOWN_OBJECT, -1 };

  return g_error_matches (error, SECRET_ERROR, SECRET_ERROR_NO_SUCH_OBJECT)
         || has_code (error, G_DBUS_ERROR, bus);
}

void
_nullmail_secret_call_fail_locked (NullmailSecretCall  *self,
                                   GError             **error)
{
  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_SECRET_SERVICE,
               "The keyring “%s” of the Secret Service is locked, and the prompt to unlock it was "
               "dismissed or could not be shown: unlock it and try again", self->collection);
}

/* Sets the error of a call that has not got as far as a service: either the bus is missing, or the
 * service on it is. */
static void
fail_to_begin (const GError  *foreign,
               GError       **error)
{
  /* An error of this domain is an answer of the bus, so that there is one. Any other comes from
   * GLib's search for a bus. */
  if (foreign->domain != G_DBUS_ERROR)
    g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_SECRET_SERVICE,
                 "There is no session bus on which to ask for the Secret Service: call this in the "
                 "session of the user whose keyring it is, or keep the password in sasl_passwd "
                 "(%s)", foreign->message);
  else
    g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_SECRET_SERVICE,
                 "No Secret Service runs on the session bus: install and start one, "
                 "gnome-keyring for example, or keep the password in sasl_passwd (%s)",
                 foreign->message);
}

void
_nullmail_secret_call_fail (NullmailSecretCall  *self,
                            GError              *foreign,
                            GError             **error)
{
  g_autoptr(GError) taken = foreign;

  if (taken != NULL)
    g_dbus_error_strip_remote_error (taken);

  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return;

  if (self->has_vanished || (self->service != NULL && is_absence (taken)))
    g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_SECRET_SERVICE,
                 "The Secret Service went away during the call, so that nobody knows whether it "
                 "was done: try again%s%s%s", taken != NULL ? " (" : "",
                 taken != NULL ? taken->message : "", taken != NULL ? ")" : "");
  else if (taken == NULL || self->has_expired || is_timeout (taken))
    g_set_error_literal (error, NULLMAIL_ERROR, NULLMAIL_ERROR_TIMED_OUT,
                         "The Secret Service, or the person at its prompt, did not answer in time: "
                         "try again, or start the service anew");
  else if (self->service == NULL && !self->has_file)
    fail_to_begin (taken, error);
  else if (g_error_matches (taken, SECRET_ERROR, SECRET_ERROR_IS_LOCKED))
    _nullmail_secret_call_fail_locked (self, error);
  else if (_nullmail_secret_is_gone (taken))
    g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_SECRET_SERVICE,
                 "Other programs change the keyring “%s” meanwhile: try again", self->collection);
  else if (g_error_matches (taken, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_set_error_literal (error, NULLMAIL_ERROR, NULLMAIL_ERROR_SECRET_SERVICE,
                         "The prompt of the Secret Service was dismissed: try again");
  else
    g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_SECRET_SERVICE,
                 "The Secret Service failed, try again or keep the password in sasl_passwd: %s",
                 taken->message);
}
