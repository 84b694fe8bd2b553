/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config/null-client-config-private.h"

#include <string.h>

#include "base/error.h"
#include "config/mask-private.h"
#include "enum-types.h"

typedef struct
{
  NullmailSettingState state;
  gboolean             is_dormant;      /* KEPT, main.cf lacks it; DERIVED as soon as it matters */
  gboolean             is_unsupported;  /* KEPT, for main.cf says what the property cannot */
  GValue               value;
} Slot;

/**
 * NullmailNullClientConfig:
 *
 * The settings of a machine that hands all its mail to a relay.
 *
 * A fresh object is such a null client, safe by default, and lacks the relay only. Each property
 * stands for a parameter of main.cf and is in a state, [enum@SettingState], that tells whether the
 * parameter is written, removed or left alone. Some values are derived from the others until they
 * are assigned.
 *
 * Setters never fail: [method@NullClientConfig.validate] judges the whole. Text may have macros
 * such as `$mydomain`, which are kept unexpanded; a `$` that is meant literally is written `$$`.
 *
 * It is for one thread at a time. See postconf(5) for the parameters.
 *
 * Since: 1.0
 */
struct _NullmailNullClientConfig
{
  GObject parent_instance;

  Slot   slots[NULLMAIL_N_SETTINGS];
  char **unsupported;  /* (owned) parameters */
  GTree *parameters;   /* (owned) assigned beside the properties */
};

G_DEFINE_FINAL_TYPE (NullmailNullClientConfig, nullmail_null_client_config, G_TYPE_OBJECT)

/* The properties that stand for parameters have the numbers of their settings plus one. */
enum
{
  PROP_LOCAL_DELIVERY = NULLMAIL_N_SETTINGS + 1,
  PROP_UNSUPPORTED,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];
static guint state_changed_signal;

/* What an object says at one moment, to tell afterwards what has changed. */
typedef struct
{
  NullmailSettingState states[NULLMAIL_N_SETTINGS];
  GValue               values[NULLMAIL_N_SETTINGS];
  gboolean             local_delivery;
} Moment;

static void
take_moment (NullmailNullClientConfig *self,
             Moment                   *moment)
{
  for (guint i = 0; i < NULLMAIL_N_SETTINGS; i++)
    {
      moment->states[i] = self->slots[i].state;
      g_value_init (&moment->values[i], G_VALUE_TYPE (&self->slots[i].value));
      g_value_copy (&self->slots[i].value, &moment->values[i]);
    }

  moment->local_delivery = nullmail_null_client_config_get_local_delivery (self);
}

gboolean
_nullmail_null_client_config_is_secret (NullmailNullClientConfig *self,
                                        NullmailSettingId         id)
{
  const GValue *value = &self->slots[id].value;

  return G_VALUE_HOLDS_STRING (value)
         && _nullmail_mask_hides_value (NULL, _nullmail_setting_get (id)->parameter,
                                        g_value_get_string (value));
}

void
_nullmail_null_client_config_update_unsupported (NullmailNullClientConfig *self)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new ();
  g_auto(GStrv) old = g_steal_pointer (&self->unsupported);
  g_auto(GStrv) secret = _nullmail_parameters_list_secret (
    self->parameters, g_value_get_string (&self->slots[NULLMAIL_SETTING_PASSWORD_MAPS].value));

  for (guint i = 0; i < NULLMAIL_N_SETTINGS; i++)
    if (self->slots[i].is_unsupported || _nullmail_null_client_config_is_secret (self, i))
      g_ptr_array_add (names, (gpointer) _nullmail_setting_get (i)->parameter);
  for (guint i = 0; secret[i] != NULL; i++)
    g_ptr_array_add (names, secret[i]);
  g_ptr_array_add (names, NULL);

  self->unsupported = g_strdupv ((char **) names->pdata);
  if (old == NULL || !g_strv_equal ((const char * const *) old,
                                    (const char * const *) self->unsupported))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_UNSUPPORTED]);
}

static gboolean
is_set_true (NullmailNullClientConfig *self,
             NullmailSettingId         id)
{
  return self->slots[id].state == NULLMAIL_SETTING_STATE_SET
         && g_value_get_boolean (&self->slots[id].value);
}

/* Whether something was assigned that is unsafe, or cannot work, as long as main.cf lacks this. */
static gboolean
is_needed (NullmailNullClientConfig *self,
           NullmailSettingId         id)
{
  const Slot *relay = &self->slots[NULLMAIL_SETTING_RELAY_HOST];
  NullmailRelayHost *relay_host = g_value_get_boxed (&relay->value);
  gboolean login = is_set_true (self, NULLMAIL_SETTING_AUTHENTICATION);
  gboolean implicit_tls = relay->state == NULLMAIL_SETTING_STATE_SET && relay_host != NULL
                          && nullmail_relay_host_get_implicit_tls (relay_host);
  NullmailSettingState level_state = self->slots[NULLMAIL_SETTING_TLS_LEVEL].state;
  gboolean level = level_state == NULLMAIL_SETTING_STATE_SET
                   || level_state == NULLMAIL_SETTING_STATE_UNSET;

  switch (id)
    {
    case NULLMAIL_SETTING_TLS_LEVEL:
      return login || implicit_tls;
    case NULLMAIL_SETTING_TLS_WRAPPER:
      return implicit_tls;
    case NULLMAIL_SETTING_TLS_CA_FILE:
      return login || implicit_tls || level;
    case NULLMAIL_SETTING_PASSWORD_MAPS:
    case NULLMAIL_SETTING_SASL_MECHANISMS:
      return login;
    case NULLMAIL_SETTING_SASL_SECURITY_OPTIONS:
      return login || level;
    default:
      return FALSE;
    }
}

/* Brings the values that follow from others up to date. */
static void
derive (NullmailNullClientConfig *self)
{
  NullmailRelayHost *relay_host =
    g_value_get_boxed (&self->slots[NULLMAIL_SETTING_RELAY_HOST].value);
  gboolean login = g_value_get_boolean (&self->slots[NULLMAIL_SETTING_AUTHENTICATION].value);

  for (guint i = 0; i < NULLMAIL_N_SETTINGS; i++)
    {
      Slot *slot = &self->slots[i];
      const char *text = _nullmail_setting_get (i)->fresh_text;
      g_auto(GValue) value = G_VALUE_INIT;

      if (slot->is_dormant)
        slot->state = is_needed (self, i) ? NULLMAIL_SETTING_STATE_DERIVED
                                          : NULLMAIL_SETTING_STATE_KEPT;
      if (!slot->is_dormant && slot->state != NULLMAIL_SETTING_STATE_DERIVED)
        continue;

      _nullmail_setting_init_value (i, &value);
      if (slot->state == NULLMAIL_SETTING_STATE_KEPT)
        ;
      else if (i == NULLMAIL_SETTING_TLS_LEVEL)
        g_value_set_enum (&value, _nullmail_tls_level_derive (relay_host, login));
      else if (i == NULLMAIL_SETTING_TLS_WRAPPER)
        g_value_set_boolean (&value, relay_host != NULL
                                     && nullmail_relay_host_get_implicit_tls (relay_host));
      else if (text != NULL)
        _nullmail_setting_parse (i, text, &value);

      if (!_nullmail_setting_values_equal (i, &value, &slot->value))
        g_value_copy (&value, &slot->value);
    }
}

/* Ends a change: tells what is different since the moment, which is cleared. */
static void
tell_changes (NullmailNullClientConfig *self,
              Moment                   *moment)
{
  g_object_ref (self);  /* a handler may drop the caller's reference */
  g_object_freeze_notify (G_OBJECT (self));
  derive (self);
  _nullmail_null_client_config_update_unsupported (self);

  for (guint i = 0; i < NULLMAIL_N_SETTINGS; i++)
    if (!_nullmail_setting_values_equal (i, &moment->values[i], &self->slots[i].value))
      g_object_notify_by_pspec (G_OBJECT (self), props[i + 1]);
  if (moment->local_delivery != nullmail_null_client_config_get_local_delivery (self))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LOCAL_DELIVERY]);
  g_object_thaw_notify (G_OBJECT (self));

  for (guint i = 0; i < NULLMAIL_N_SETTINGS; i++)
    {
      const char *property = _nullmail_setting_get (i)->property;

      if (moment->states[i] != self->slots[i].state)
        g_signal_emit (self, state_changed_signal, g_quark_from_static_string (property), property);
      g_value_unset (&moment->values[i]);
    }
  g_object_unref (self);
}

/* What was loaded for another relay, or for no login, must not stand in the way of what is assigned
 * now: a level that requires no TLS once there is a login, and wrapper mode on a port that never
 * has it. */
static void
release_loaded (NullmailNullClientConfig *self,
                NullmailSettingId         id)
{
  NullmailRelayHost *relay = g_value_get_boxed (&self->slots[NULLMAIL_SETTING_RELAY_HOST].value);
  Slot *level = &self->slots[NULLMAIL_SETTING_TLS_LEVEL];
  Slot *wrapper = &self->slots[NULLMAIL_SETTING_TLS_WRAPPER];
  guint port = relay != NULL ? nullmail_relay_host_get_port (relay) : 0;

  if ((id == NULLMAIL_SETTING_AUTHENTICATION || id == NULLMAIL_SETTING_RELAY_HOST)
      && level->state == NULLMAIL_SETTING_STATE_LOADED
      && g_value_get_boolean (&self->slots[NULLMAIL_SETTING_AUTHENTICATION].value)
      && _nullmail_tls_level_get_channel (g_value_get_enum (&level->value))
         == NULLMAIL_CHANNEL_PLAIN)
    level->state = NULLMAIL_SETTING_STATE_DERIVED;

  if (id == NULLMAIL_SETTING_RELAY_HOST && wrapper->state == NULLMAIL_SETTING_STATE_LOADED
      && (port == 25 || port == 587) && g_value_get_boolean (&wrapper->value))
    wrapper->state = NULLMAIL_SETTING_STATE_DERIVED;
}

/* A new state and, unless it is NULL, a new value. */
static void
change_slot (NullmailNullClientConfig *self,
             NullmailSettingId         id,
             NullmailSettingState      state,
             const GValue             *value)
{
  Slot *slot = &self->slots[id];
  g_auto(GValue) fresh = G_VALUE_INIT;
  Moment moment = { 0 };

  /* The value may be this very slot's, and what it holds must outlive the change. */
  _nullmail_setting_init_value (id, &fresh);
  if (value != NULL)
    g_value_copy (value, &fresh);

  take_moment (self, &moment);
  slot->state = state;
  slot->is_dormant = FALSE;
  slot->is_unsupported &= state == NULLMAIL_SETTING_STATE_KEPT;
  g_value_copy (&fresh, &slot->value);
  if (state == NULLMAIL_SETTING_STATE_SET)
    release_loaded (self, id);
  tell_changes (self, &moment);
}

void
_nullmail_null_client_config_leave (NullmailNullClientConfig *self,
                                    NullmailSettingId         id,
                                    NullmailSettingState      state)
{
  change_slot (self, id, state, NULL);
}

void
_nullmail_null_client_config_reset (NullmailNullClientConfig *self,
                                    NullmailSettingId         id)
{
  const NullmailSetting *setting = _nullmail_setting_get (id);
  g_auto(GValue) value = G_VALUE_INIT;

  _nullmail_setting_init_value (id, &value);
  if (setting->fresh_text != NULL)
    _nullmail_setting_parse (id, setting->fresh_text, &value);

  change_slot (self, id, setting->fresh_state, &value);
}

/* Where a value stands for “as it was”: NULL lists and tables, AUTO. */
static gboolean
means_reset (NullmailSettingId  id,
             const GValue      *value)
{
  if (G_VALUE_HOLDS_ENUM (value))
    return g_value_get_enum (value) == 0;
  if (G_VALUE_HOLDS (value, G_TYPE_STRV))
    return g_value_get_boxed (value) == NULL;

  return _nullmail_setting_get (id)->kind == NULLMAIL_SETTING_KIND_MAPS
         && g_value_get_string (value) == NULL;
}

void
_nullmail_null_client_config_assign (NullmailNullClientConfig *self,
                                     NullmailSettingId         id,
                                     const GValue             *value)
{
  if (means_reset (id, value))
    _nullmail_null_client_config_reset (self, id);
  else
    change_slot (self, id, NULLMAIL_SETTING_STATE_SET, value);
}

/* Gives a slot the value of a property that says nothing. */
static void
clear_value (Slot              *slot,
             NullmailSettingId  id)
{
  g_value_unset (&slot->value);
  _nullmail_setting_init_value (id, &slot->value);
}

void
_nullmail_null_client_config_load (NullmailNullClientConfig *self,
                                   NullmailSettingId         id,
                                   const GValue             *value)
{
  Slot *slot = &self->slots[id];

  slot->state = value != NULL ? NULLMAIL_SETTING_STATE_LOADED : NULLMAIL_SETTING_STATE_KEPT;
  slot->is_dormant = FALSE;
  slot->is_unsupported = value == NULL;
  if (value != NULL)
    g_value_copy (value, &slot->value);
  else
    clear_value (slot, id);
}

void
_nullmail_null_client_config_load_absent (NullmailNullClientConfig *self,
                                          NullmailSettingId         id)
{
  Slot *slot = &self->slots[id];

  slot->state = NULLMAIL_SETTING_STATE_KEPT;
  slot->is_dormant = _nullmail_setting_get (id)->fresh_state == NULLMAIL_SETTING_STATE_DERIVED;
  slot->is_unsupported = FALSE;
  clear_value (slot, id);
}

void
_nullmail_null_client_config_end_load (NullmailNullClientConfig *self)
{
  derive (self);
  _nullmail_null_client_config_update_unsupported (self);
}

NullmailSettingState
_nullmail_null_client_config_get_setting_state (NullmailNullClientConfig *self,
                                                NullmailSettingId         id)
{
  return self->slots[id].state;
}

const GValue *
_nullmail_null_client_config_peek (NullmailNullClientConfig *self,
                                   NullmailSettingId         id)
{
  return &self->slots[id].value;
}

GTree *
_nullmail_null_client_config_peek_parameters (NullmailNullClientConfig *self)
{
  return self->parameters;
}

gboolean
_nullmail_null_client_config_is_assigned (NullmailNullClientConfig *self,
                                          const char               *property)
{
  NullmailSettingState state = nullmail_null_client_config_get_state (self, property, NULL);

  return state == NULLMAIL_SETTING_STATE_SET || state == NULLMAIL_SETTING_STATE_UNSET;
}

const char * const *
_nullmail_null_client_config_peek_unsupported (NullmailNullClientConfig *self)
{
  return (const char * const *) self->unsupported;
}

static void
nullmail_null_client_config_get_property (GObject    *object,
                                          guint       prop_id,
                                          GValue     *value,
                                          GParamSpec *pspec)
{
  NullmailNullClientConfig *self = NULLMAIL_NULL_CLIENT_CONFIG (object);

  if (prop_id == PROP_LOCAL_DELIVERY)
    g_value_set_boolean (value, nullmail_null_client_config_get_local_delivery (self));
  else if (prop_id == PROP_UNSUPPORTED)
    g_value_set_boxed (value, self->unsupported);
  else if (prop_id > 0 && prop_id <= NULLMAIL_N_SETTINGS)
    {
      if (!_nullmail_null_client_config_is_secret (self, prop_id - 1))
        g_value_copy (&self->slots[prop_id - 1].value, value);
    }
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
nullmail_null_client_config_set_property (GObject      *object,
                                          guint         prop_id,
                                          const GValue *value,
                                          GParamSpec   *pspec)
{
  if (prop_id > 0 && prop_id <= NULLMAIL_N_SETTINGS)
    _nullmail_null_client_config_assign (NULLMAIL_NULL_CLIENT_CONFIG (object), prop_id - 1, value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
nullmail_null_client_config_finalize (GObject *object)
{
  NullmailNullClientConfig *self = NULLMAIL_NULL_CLIENT_CONFIG (object);

  for (guint i = 0; i < NULLMAIL_N_SETTINGS; i++)
    g_value_unset (&self->slots[i].value);
  g_strfreev (self->unsupported);
  g_tree_unref (self->parameters);

  G_OBJECT_CLASS (nullmail_null_client_config_parent_class)->finalize (object);
}

static GParamSpec *
new_pspec (NullmailSettingId id)
{
  const char *name = _nullmail_setting_get (id)->property;
  GType type = _nullmail_setting_get_type (id);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  if (type == G_TYPE_STRING)
    return g_param_spec_string (name, NULL, NULL, NULL, flags);
  if (type == G_TYPE_BOOLEAN)
    return g_param_spec_boolean (name, NULL, NULL, FALSE, flags);
  if (G_TYPE_IS_ENUM (type))
    return g_param_spec_enum (name, NULL, NULL, type, 0, flags);

  return g_param_spec_boxed (name, NULL, NULL, type, flags);
}

static void
nullmail_null_client_config_class_init (NullmailNullClientConfigClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = nullmail_null_client_config_get_property;
  object_class->set_property = nullmail_null_client_config_set_property;
  object_class->finalize = nullmail_null_client_config_finalize;

  for (guint i = 0; i < NULLMAIL_N_SETTINGS; i++)
    props[i + 1] = new_pspec (i);
  props[PROP_LOCAL_DELIVERY] =
    g_param_spec_boolean ("local-delivery", NULL, NULL, FALSE, flags);
  props[PROP_UNSUPPORTED] =
    g_param_spec_boxed ("unsupported", NULL, NULL, G_TYPE_STRV, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  /**
   * NullmailNullClientConfig::state-changed:
   * @self: the configuration
   * @property: the name of a property
   *
   * The state of a property has changed, assigned or derived. Its name is the detail too.
   *
   * Since: 1.0
   */
  state_changed_signal =
    g_signal_new ("state-changed", G_TYPE_FROM_CLASS (class),
                  G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
nullmail_null_client_config_init (NullmailNullClientConfig *self)
{
  for (guint i = 0; i < NULLMAIL_N_SETTINGS; i++)
    {
      const NullmailSetting *setting = _nullmail_setting_get (i);

      self->slots[i].state = setting->fresh_state;
      _nullmail_setting_init_value (i, &self->slots[i].value);
      if (setting->fresh_text != NULL)
        _nullmail_setting_parse (i, setting->fresh_text, &self->slots[i].value);
    }

  self->unsupported = g_new0 (char *, 1);
  self->parameters = _nullmail_parameters_new ();
  derive (self);
}

/**
 * nullmail_null_client_config_new:
 *
 * Makes a null client that lacks its relay only: mail is taken from this machine alone, nothing is
 * delivered here, addresses get the domain of the machine, and there is no login.
 *
 * Returns: (transfer full) (not nullable): a configuration
 *
 * Since: 1.0
 */
NullmailNullClientConfig *
nullmail_null_client_config_new (void)
{
  return g_object_new (NULLMAIL_TYPE_NULL_CLIENT_CONFIG, NULL);
}

/**
 * nullmail_null_client_config_copy:
 * @self: a configuration
 *
 * Copies values, states and parameters.
 *
 * Returns: (transfer full) (not nullable): a configuration that is equal
 *
 * Since: 1.0
 */
NullmailNullClientConfig *
nullmail_null_client_config_copy (NullmailNullClientConfig *self)
{
  NullmailNullClientConfig *copy;

  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self), NULL);

  copy = nullmail_null_client_config_new ();
  for (guint i = 0; i < NULLMAIL_N_SETTINGS; i++)
    {
      copy->slots[i].state = self->slots[i].state;
      copy->slots[i].is_dormant = self->slots[i].is_dormant;
      copy->slots[i].is_unsupported = self->slots[i].is_unsupported;
      g_value_copy (&self->slots[i].value, &copy->slots[i].value);
    }

  g_tree_unref (copy->parameters);
  copy->parameters = _nullmail_parameters_copy (self->parameters);
  _nullmail_null_client_config_update_unsupported (copy);
  return copy;
}

/* NULL is not a text: assigned, it removes the parameter. */
static NullmailSettingState
comparable_state (const Slot *slot)
{
  return slot->state == NULLMAIL_SETTING_STATE_SET && G_VALUE_HOLDS_STRING (&slot->value)
         && g_value_get_string (&slot->value) == NULL ? NULLMAIL_SETTING_STATE_UNSET : slot->state;
}

/**
 * nullmail_null_client_config_equal:
 * @self: a configuration
 * @other: another one
 *
 * Compares the values and the states of all properties, and the other parameters.
 *
 * Returns: %TRUE if both would do the same to any main.cf
 *
 * Since: 1.0
 */
gboolean
nullmail_null_client_config_equal (NullmailNullClientConfig *self,
                                   NullmailNullClientConfig *other)
{
  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (self), FALSE);
  g_return_val_if_fail (NULLMAIL_IS_NULL_CLIENT_CONFIG (other), FALSE);

  for (guint i = 0; i < NULLMAIL_N_SETTINGS; i++)
    if (comparable_state (&self->slots[i]) != comparable_state (&other->slots[i])
        || !_nullmail_setting_values_equal (i, &self->slots[i].value, &other->slots[i].value))
      return FALSE;

  return _nullmail_parameters_equal (self->parameters, other->parameters)
         && g_strv_equal ((const char * const *) self->unsupported,
                          (const char * const *) other->unsupported);
}
