/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "instance/postfix-instance-private.h"

#include "enum-types.h"

/**
 * NullmailPostfixInstance:
 *
 * One configuration directory of Postfix, and the Postfix that runs on it.
 *
 * Load the settings, change them, make a plan, look at it, apply it:
 *
 * ```c
 * g_autoptr(GError) error = NULL;
 * g_autoptr(NullmailPostfixInstance) postfix = nullmail_postfix_instance_new (NULL);
 * g_autoptr(NullmailNullClientConfig) config =
 *   nullmail_null_client_config_new_for_relay ("[smtp.example.com]", &error);
 * g_autoptr(NullmailPlan) plan = NULL;
 *
 * if (config != NULL)
 *   plan = nullmail_postfix_instance_plan (postfix, config, NULL, NULLMAIL_PLAN_FLAGS_NONE, NULL,
 *                                          &error);
 * if (plan == NULL
 *     || !nullmail_postfix_instance_apply (postfix, plan, NULLMAIL_APPLY_FLAGS_START, NULL,
 *                                          &error))
 *   g_printerr ("%s\n", error->message);
 * ```
 *
 * The object is for one thread at a time; its asynchronous calls work on a snapshot of it.
 *
 * Since: 1.0
 */

struct _NullmailPostfixInstance
{
  GObject parent_instance;

  char                   *config_directory;   /* (owned) */
  char                   *command_directory;  /* (owned) (nullable) */
  char                   *state_directory;    /* (owned) */
  NullmailServiceControl  service_control;

  NullmailInstallation   *installation;       /* (owned) shared with copies in threads */
  NullmailInspection     *shown;              /* (owned) (nullable) what the getters borrow from */
  NullmailConfigMonitor  *monitor;            /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (NullmailPostfixInstance, nullmail_postfix_instance, G_TYPE_OBJECT)

typedef enum
{
  PROP_CONFIG_DIRECTORY = 1,
  PROP_COMMAND_DIRECTORY,
  PROP_STATE_DIRECTORY,
  PROP_SERVICE_CONTROL,
  PROP_VERSION,
  PROP_MAP_TYPES,
  PROP_DEFAULT_MAP_TYPE,
  PROP_QUEUE_DIRECTORY,
  PROP_CAN_UNDO,
} NullmailPostfixInstanceProperty;

static GParamSpec *props[PROP_CAN_UNDO + 1];

/**
 * nullmail_postfix_instance_new:
 * @config_directory: (type filename) (nullable): the configuration directory, or %NULL for
 *   `/etc/postfix`
 *
 * Makes an instance. This does no I/O.
 *
 * Returns: (transfer full) (not nullable): a new instance
 *
 * Since: 1.0
 */
NullmailPostfixInstance *
nullmail_postfix_instance_new (const char *config_directory)
{
  return g_object_new (NULLMAIL_TYPE_POSTFIX_INSTANCE,
                       "config-directory", config_directory != NULL ? config_directory
                                                                     : "/etc/postfix",
                       NULL);
}

static void
nullmail_postfix_instance_init (NullmailPostfixInstance *self G_GNUC_UNUSED)
{
}

static void
nullmail_postfix_instance_constructed (GObject *object)
{
  NullmailPostfixInstance *self = NULLMAIL_POSTFIX_INSTANCE (object);

  G_OBJECT_CLASS (nullmail_postfix_instance_parent_class)->constructed (object);

  self->installation = _nullmail_installation_new (self->config_directory, self->command_directory,
                                                   self->state_directory, self->service_control);
}

static void
nullmail_postfix_instance_dispose (GObject *object)
{
  _nullmail_postfix_instance_take_monitor (NULLMAIL_POSTFIX_INSTANCE (object), NULL);

  G_OBJECT_CLASS (nullmail_postfix_instance_parent_class)->dispose (object);
}

static void
nullmail_postfix_instance_finalize (GObject *object)
{
  NullmailPostfixInstance *self = NULLMAIL_POSTFIX_INSTANCE (object);

  g_free (self->config_directory);
  g_free (self->command_directory);
  g_free (self->state_directory);
  g_clear_pointer (&self->installation, _nullmail_installation_unref);
  g_clear_pointer (&self->shown, _nullmail_inspection_unref);

  G_OBJECT_CLASS (nullmail_postfix_instance_parent_class)->finalize (object);
}

static void
nullmail_postfix_instance_get_property (GObject    *object,
                                        guint       prop_id,
                                        GValue     *value,
                                        GParamSpec *pspec)
{
  NullmailPostfixInstance *self = NULLMAIL_POSTFIX_INSTANCE (object);

  switch ((NullmailPostfixInstanceProperty) prop_id)
    {
    case PROP_CONFIG_DIRECTORY:
      g_value_set_string (value, self->config_directory);
      break;
    case PROP_COMMAND_DIRECTORY:
      g_value_set_string (value, self->command_directory);
      break;
    case PROP_STATE_DIRECTORY:
      g_value_set_string (value, self->state_directory);
      break;
    case PROP_SERVICE_CONTROL:
      g_value_set_enum (value, self->service_control);
      break;
    case PROP_VERSION:
      g_value_set_string (value, nullmail_postfix_instance_get_version (self));
      break;
    case PROP_MAP_TYPES:
      g_value_take_boxed (value, nullmail_postfix_instance_get_map_types (self));
      break;
    case PROP_DEFAULT_MAP_TYPE:
      g_value_set_string (value, nullmail_postfix_instance_get_default_map_type (self));
      break;
    case PROP_QUEUE_DIRECTORY:
      g_value_set_string (value, nullmail_postfix_instance_get_queue_directory (self));
      break;
    case PROP_CAN_UNDO:
      g_value_set_boolean (value, nullmail_postfix_instance_get_can_undo (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
nullmail_postfix_instance_set_property (GObject      *object,
                                        guint         prop_id,
                                        const GValue *value,
                                        GParamSpec   *pspec)
{
  NullmailPostfixInstance *self = NULLMAIL_POSTFIX_INSTANCE (object);

  switch ((NullmailPostfixInstanceProperty) prop_id)
    {
    case PROP_CONFIG_DIRECTORY:
      self->config_directory = g_canonicalize_filename (g_value_get_string (value) != NULL
                                                        ? g_value_get_string (value)
                                                        : "/etc/postfix", NULL);
      break;
    case PROP_COMMAND_DIRECTORY:
      self->command_directory = g_value_dup_string (value);
      break;
    case PROP_STATE_DIRECTORY:
      self->state_directory = g_canonicalize_filename (g_value_get_string (value) != NULL
                                                       ? g_value_get_string (value)
                                                       : "/var/lib/nullmail", NULL);
      break;
    case PROP_SERVICE_CONTROL:
      self->service_control = g_value_get_enum (value);
      break;
    case PROP_VERSION:
    case PROP_MAP_TYPES:
    case PROP_DEFAULT_MAP_TYPE:
    case PROP_QUEUE_DIRECTORY:
    case PROP_CAN_UNDO:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
install_construct_properties (void)
{
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  /**
   * NullmailPostfixInstance:config-directory: (getter get_config_directory)
   *
   * The configuration directory, where main.cf is.
   *
   * Since: 1.0
   */
  props[PROP_CONFIG_DIRECTORY] = g_param_spec_string ("config-directory", NULL, NULL,
                                                      "/etc/postfix", flags);

  /**
   * NullmailPostfixInstance:command-directory: (getter get_command_directory)
   *
   * The folder of postconf(1), postmap(1) and postfix(1); %NULL for `PATH` and then `/usr/sbin`.
   * Only programs that nobody but root and the user can have put there are run.
   *
   * Since: 1.0
   */
  props[PROP_COMMAND_DIRECTORY] = g_param_spec_string ("command-directory", NULL, NULL, NULL,
                                                       flags);

  /**
   * NullmailPostfixInstance:state-directory: (getter get_state_directory)
   *
   * Where the record is kept that undo needs; it is created with mode 0700.
   *
   * Since: 1.0
   */
  props[PROP_STATE_DIRECTORY] = g_param_spec_string ("state-directory", NULL, NULL,
                                                     "/var/lib/nullmail", flags);

  /**
   * NullmailPostfixInstance:service-control: (getter get_service_control)
   *
   * How the running Postfix is controlled.
   *
   * Since: 1.0
   */
  props[PROP_SERVICE_CONTROL] = g_param_spec_enum ("service-control", NULL, NULL,
                                                   NULLMAIL_TYPE_SERVICE_CONTROL,
                                                   NULLMAIL_SERVICE_CONTROL_AUTO, flags);
}

static void
install_read_only_properties (void)
{
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  /**
   * NullmailPostfixInstance:version: (getter get_version)
   *
   * The version of Postfix, for example `3.7.11`; %NULL before [method@PostfixInstance.inspect].
   *
   * Since: 1.0
   */
  props[PROP_VERSION] = g_param_spec_string ("version", NULL, NULL, NULL, flags);

  /**
   * NullmailPostfixInstance:map-types: (getter get_map_types)
   *
   * The types of lookup tables that this Postfix can open; empty before
   * [method@PostfixInstance.inspect].
   *
   * Since: 1.0
   */
  props[PROP_MAP_TYPES] = g_param_spec_boxed ("map-types", NULL, NULL, G_TYPE_STRV, flags);

  /**
   * NullmailPostfixInstance:default-map-type: (getter get_default_map_type)
   *
   * The type that a new table gets; %NULL before [method@PostfixInstance.inspect].
   *
   * Since: 1.0
   */
  props[PROP_DEFAULT_MAP_TYPE] = g_param_spec_string ("default-map-type", NULL, NULL, NULL, flags);

  /**
   * NullmailPostfixInstance:queue-directory: (getter get_queue_directory)
   *
   * Where the mail queue is; %NULL before [method@PostfixInstance.inspect].
   *
   * Since: 1.0
   */
  props[PROP_QUEUE_DIRECTORY] = g_param_spec_string ("queue-directory", NULL, NULL, NULL, flags);

  /**
   * NullmailPostfixInstance:can-undo: (getter get_can_undo)
   *
   * Whether there is something to undo, as of the last [method@PostfixInstance.inspect] or apply.
   *
   * Since: 1.0
   */
  props[PROP_CAN_UNDO] = g_param_spec_boolean ("can-undo", NULL, NULL, FALSE, flags);
}

static void
install_signal (void)
{
  /**
   * NullmailPostfixInstance::changed:
   * @self: the instance
   * @path: (type filename): the file, by the name that the configuration has for it
   *
   * A file of the configuration has changed, see [method@PostfixInstance.start_monitoring]. The
   * handler may stop the monitoring, or drop the instance.
   *
   * Since: 1.0
   */
  g_signal_new ("changed", NULLMAIL_TYPE_POSTFIX_INSTANCE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
nullmail_postfix_instance_class_init (NullmailPostfixInstanceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = nullmail_postfix_instance_constructed;
  object_class->dispose = nullmail_postfix_instance_dispose;
  object_class->finalize = nullmail_postfix_instance_finalize;
  object_class->get_property = nullmail_postfix_instance_get_property;
  object_class->set_property = nullmail_postfix_instance_set_property;

  install_construct_properties ();
  install_read_only_properties ();
  g_object_class_install_properties (object_class, G_N_ELEMENTS (props), props);
  install_signal ();
}

/**
 * nullmail_postfix_instance_get_config_directory: (get-property config-directory)
 * @self: an instance
 *
 * Returns the configuration directory.
 *
 * Returns: (transfer none) (not nullable) (type filename): an absolute path
 *
 * Since: 1.0
 */
const char *
nullmail_postfix_instance_get_config_directory (NullmailPostfixInstance *self)
{
  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), NULL);

  return self->config_directory;
}

/**
 * nullmail_postfix_instance_get_command_directory: (get-property command-directory)
 * @self: an instance
 *
 * Returns the folder of Postfix's commands.
 *
 * Returns: (transfer none) (nullable) (type filename): a path, or %NULL for `PATH` and then
 *   `/usr/sbin`
 *
 * Since: 1.0
 */
const char *
nullmail_postfix_instance_get_command_directory (NullmailPostfixInstance *self)
{
  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), NULL);

  return self->command_directory;
}

/**
 * nullmail_postfix_instance_get_state_directory: (get-property state-directory)
 * @self: an instance
 *
 * Returns where the record is kept that undo needs.
 *
 * Returns: (transfer none) (not nullable) (type filename): an absolute path
 *
 * Since: 1.0
 */
const char *
nullmail_postfix_instance_get_state_directory (NullmailPostfixInstance *self)
{
  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), NULL);

  return self->state_directory;
}

/**
 * nullmail_postfix_instance_get_service_control: (get-property service-control)
 * @self: an instance
 *
 * Returns how the running Postfix is controlled.
 *
 * Returns: the kind of control
 *
 * Since: 1.0
 */
NullmailServiceControl
nullmail_postfix_instance_get_service_control (NullmailPostfixInstance *self)
{
  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), NULLMAIL_SERVICE_CONTROL_AUTO);

  return self->service_control;
}

NullmailPostfixInstance *
_nullmail_postfix_instance_copy (NullmailPostfixInstance *self)
{
  NullmailPostfixInstance *copy = g_object_new (NULLMAIL_TYPE_POSTFIX_INSTANCE,
                                                "config-directory", self->config_directory,
                                                "command-directory", self->command_directory,
                                                "state-directory", self->state_directory,
                                                "service-control", self->service_control, NULL);

  _nullmail_installation_unref (copy->installation);
  copy->installation = _nullmail_installation_ref (self->installation);
  return copy;
}

NullmailInstallation *
_nullmail_postfix_instance_get_installation (NullmailPostfixInstance *self)
{
  return self->installation;
}

/* What the getters return is borrowed from the instance, and must stay although a worker thread may
 * replace the installation's inspection meanwhile. So the instance holds one that only its owner
 * changes. */
static NullmailInspection *
get_shown (NullmailPostfixInstance *self)
{
  if (self->shown == NULL)
    self->shown = _nullmail_installation_ref_inspection (self->installation);

  return self->shown;
}

/**
 * nullmail_postfix_instance_get_version: (get-property version)
 * @self: an instance
 *
 * Returns the version of Postfix.
 *
 * Returns: (transfer none) (nullable): for example `3.7.11`; %NULL before
 *   [method@PostfixInstance.inspect]
 *
 * Since: 1.0
 */
const char *
nullmail_postfix_instance_get_version (NullmailPostfixInstance *self)
{
  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), NULL);

  return get_shown (self) != NULL ? self->shown->version : NULL;
}

/**
 * nullmail_postfix_instance_get_map_types: (get-property map-types)
 * @self: an instance
 *
 * Returns the types of lookup tables that this Postfix can open, see `postconf -m`.
 *
 * Returns: (transfer full) (not nullable) (array zero-terminated=1): a new list; empty before
 *   [method@PostfixInstance.inspect]
 *
 * Since: 1.0
 */
char **
nullmail_postfix_instance_get_map_types (NullmailPostfixInstance *self)
{
  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), NULL);

  return get_shown (self) != NULL ? g_strdupv (self->shown->map_types) : g_new0 (char *, 1);
}

/**
 * nullmail_postfix_instance_get_default_map_type: (get-property default-map-type)
 * @self: an instance
 *
 * Returns the type that a new table gets: `default_database_type` if it can be opened, else the
 * first of `lmdb`, `cdb` and `hash` that can, else `texthash`, which needs no table.
 *
 * Returns: (transfer none) (nullable): a type; %NULL before [method@PostfixInstance.inspect]
 *
 * Since: 1.0
 */
const char *
nullmail_postfix_instance_get_default_map_type (NullmailPostfixInstance *self)
{
  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), NULL);

  return get_shown (self) != NULL ? self->shown->default_map_type : NULL;
}

/**
 * nullmail_postfix_instance_get_queue_directory: (get-property queue-directory)
 * @self: an instance
 *
 * Returns where the mail queue is.
 *
 * Returns: (transfer none) (nullable) (type filename): a path; %NULL before
 *   [method@PostfixInstance.inspect]
 *
 * Since: 1.0
 */
const char *
nullmail_postfix_instance_get_queue_directory (NullmailPostfixInstance *self)
{
  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), NULL);

  return get_shown (self) != NULL ? self->shown->queue_directory : NULL;
}

/**
 * nullmail_postfix_instance_get_can_undo: (get-property can-undo)
 * @self: an instance
 *
 * Tells whether there was something to undo at the last [method@PostfixInstance.inspect], apply or
 * undo.
 *
 * Returns: %TRUE if [method@PostfixInstance.undo] has something to do
 *
 * Since: 1.0
 */
gboolean
nullmail_postfix_instance_get_can_undo (NullmailPostfixInstance *self)
{
  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), FALSE);

  return _nullmail_installation_get_can_undo (self->installation);
}

void
_nullmail_postfix_instance_forget_shown (NullmailPostfixInstance *self)
{
  g_clear_pointer (&self->shown, _nullmail_inspection_unref);
}

gboolean
_nullmail_postfix_instance_has_monitor (NullmailPostfixInstance *self)
{
  return self->monitor != NULL;
}

void
_nullmail_postfix_instance_take_monitor (NullmailPostfixInstance *self,
                                         NullmailConfigMonitor   *monitor)
{
  g_clear_pointer (&self->monitor, _nullmail_config_monitor_free);
  self->monitor = monitor;
}
