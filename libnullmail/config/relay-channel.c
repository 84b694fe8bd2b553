/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config/relay-channel-private.h"

#include "config/channel-guards-private.h"
#include "config/relay-policy-private.h"
#include "config/tls-strength-private.h"
#include "document/value-list-private.h"

typedef struct
{
  NullmailEffective   *effective;    /* (unowned) */
  NullmailRelayPolicy  policy;
  NullmailTlsLevel     level;        /* that holds for the relay, as far as can be told */
  gboolean             is_waivable;
  NullmailTlsStrength  strength;
} Channel;

/* Whether mail waits rather than leaves without TLS, as far as main.cf says it. */
static gboolean
requires_tls (const Channel *self)
{
  return _nullmail_tls_level_requires_tls (self->level) && !self->is_waivable;
}

static void
channel_init (Channel           *self,
              NullmailEffective *effective)
{
  g_autoptr(NullmailRelayHost) relay = _nullmail_effective_get_relay_host (effective);

  self->effective = effective;
  _nullmail_relay_policy_find (&self->policy, effective, relay);
  self->level = self->policy.text != NULL ? self->policy.level
                                          : _nullmail_effective_get_level (effective);
  self->is_waivable = _nullmail_channel_is_waivable (effective);
  _nullmail_tls_strength_read (&self->strength, effective, &self->policy,
                               !requires_tls (self) || self->policy.is_open,
                               self->level != NULLMAIL_TLS_LEVEL_MAY);
}

static void
channel_clear (Channel *self)
{
  _nullmail_relay_policy_clear (&self->policy);
  _nullmail_tls_strength_clear (&self->strength);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Channel, channel_clear)

/* Whether the connection to the relay may be no better than that. DANE is no more than MAY where
 * the relay's zone is not signed. */
static gboolean
can_be (const Channel   *self,
        NullmailChannel  channel)
{
  if (!requires_tls (self) || self->policy.is_open)
    return TRUE;

  return _nullmail_tls_level_get_channel (self->level) <= channel;
}

/* What a list refuses lest it gives a password away, see sasl-lists.c. */
static const char * const refusals[] = { "noplaintext", "noactive", "nodictionary" };

/* The refusals that a list lacks, one bit each. */
static guint
get_missing (const Channel   *self,
             NullmailChannel  channel)
{
  g_auto(GStrv) options = _nullmail_effective_get_sasl_options (self->effective, channel);
  guint missing = 0;

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    if (!g_strv_contains ((const char * const *) options, refusals[i]))
      missing |= 1u << i;

  return missing;
}

/* The refusals that are missing where it can come to such a channel. TLS without encryption is one
 * in clear, for which Postfix takes the list of an encrypted one; where TLS is required it has no
 * cipher for that. */
static guint
get_leaks (const Channel   *self,
           NullmailChannel  channel)
{
  guint leaks;

  if (!can_be (self, channel))
    return 0;

  leaks = get_missing (self, channel);
  if (channel == NULLMAIL_CHANNEL_PLAIN && self->strength.grade == NULLMAIL_CIPHERS_NULL
      && self->level != NULLMAIL_TLS_LEVEL_NONE && !requires_tls (self))
    leaks |= get_missing (self, NULLMAIL_CHANNEL_ENCRYPTED);

  return leaks;
}

gboolean
_nullmail_relay_channel_gives_away (NullmailEffective *effective,
                                    NullmailChannel    channel)
{
  g_auto(Channel) self = { 0 };

  channel_init (&self, effective);
  return get_leaks (&self, channel) != 0;
}

/* Whether the password may go where it could not. At ENCRYPT it is meant to go over an encrypted
 * channel. */
static gboolean
leaks_more (const Channel *before,
            const Channel *after)
{
  guint before_plain = get_leaks (before, NULLMAIL_CHANNEL_PLAIN);
  guint before_encrypted = get_leaks (before, NULLMAIL_CHANNEL_ENCRYPTED);

  if ((get_leaks (after, NULLMAIL_CHANNEL_PLAIN) & ~before_plain) != 0)
    return TRUE;

  return after->level != NULLMAIL_TLS_LEVEL_ENCRYPT
         && (get_leaks (after, NULLMAIL_CHANNEL_ENCRYPTED) & ~before_encrypted) != 0;
}

/* The names or fingerprints of the certificates that the level accepts; NULL where it accepts any,
 * or looks in DNS. */
static char **
list_names (Channel *self)
{
  const char *parameter = NULL;
  char **items = _nullmail_relay_policy_list_items (&self->policy, "match");

  if (self->level == NULLMAIL_TLS_LEVEL_SECURE)
    parameter = "smtp_tls_secure_cert_match";
  else if (self->level == NULLMAIL_TLS_LEVEL_VERIFY)
    parameter = "smtp_tls_verify_cert_match";
  else if (self->level == NULLMAIL_TLS_LEVEL_FINGERPRINT)
    parameter = "smtp_tls_fingerprint_cert_match";

  if (items == NULL && parameter != NULL)
    items = _nullmail_effective_get_list (self->effective, parameter);
  return items;
}

static gboolean
accepts_more_names (Channel *before,
                    Channel *after)
{
  g_auto(GStrv) before_names = NULL, after_names = NULL;

  if (before->level != after->level)
    return FALSE;

  before_names = list_names (before);
  after_names = list_names (after);
  for (guint i = 0; before_names != NULL && after_names != NULL && after_names[i] != NULL; i++)
    if (!g_strv_contains ((const char * const *) before_names, after_names[i]))
      return TRUE;

  return FALSE;
}

/* (nullable): the files with the authorities that alone are believed, in the place of all others;
 * empty where there are no such. */
static char **
list_anchors (Channel *self)
{
  char **items = _nullmail_relay_policy_list_items (&self->policy, "tafile");

  return items != NULL ? items
                       : _nullmail_effective_get_list (self->effective,
                                                       "smtp_tls_trust_anchor_file");
}

/* Whether there is something in a list that is not in another, or nothing at all. */
static gboolean
has_others (char **before,
            char **after)
{
  for (guint i = 0; after != NULL && after[i] != NULL; i++)
    if (!g_strv_contains ((const char * const *) before, after[i]))
      return TRUE;

  return after == NULL || after[0] == NULL;
}

/* Whether authorities are believed that were not, where there were some before. */
static gboolean
believes_more (Channel *before,
               Channel *after)
{
  g_auto(GStrv) old_anchors = list_anchors (before), new_anchors = list_anchors (after);
  static const char *const files[] = { "smtp_tls_CAfile", "smtp_tls_CApath" };
  static const char system_too[] = "tls_append_default_CA";
  gboolean had_some = _nullmail_effective_is_yes (before->effective, system_too);
  gboolean has_more = !had_some && _nullmail_effective_is_yes (after->effective, system_too);

  if (!_nullmail_tls_level_needs_ca (before->level) || !_nullmail_tls_level_needs_ca (after->level))
    return FALSE;
  if (old_anchors != NULL && old_anchors[0] != NULL)
    return has_others (old_anchors, new_anchors);

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *old = _nullmail_effective_get_value (before->effective, files[i]);
      g_autofree char *new = _nullmail_effective_get_value (after->effective, files[i]);

      had_some = had_some || (old != NULL && *old != '\0');
      has_more = has_more || (new != NULL && *new != '\0' && g_strcmp0 (old, new) != 0);
    }

  return had_some && (has_more || (new_anchors != NULL && new_anchors[0] != NULL));
}

/* Whether weaker TLS is taken. Where there could be none at all before, any is better. */
static gboolean
takes_weaker_tls (const Channel *before,
                  const Channel *after)
{
  if (before->level == NULLMAIL_TLS_LEVEL_NONE || after->level == NULLMAIL_TLS_LEVEL_NONE
      || (!requires_tls (before) && requires_tls (after)))
    return FALSE;

  return _nullmail_tls_strength_is_less (&before->strength, &after->strength);
}

gboolean
_nullmail_relay_channel_is_leaky (NullmailEffective *effective)
{
  g_auto(Channel) self = { 0 };

  channel_init (&self, effective);
  return get_leaks (&self, NULLMAIL_CHANNEL_PLAIN) != 0
         || (self.level != NULLMAIL_TLS_LEVEL_ENCRYPT
             && get_leaks (&self, NULLMAIL_CHANNEL_ENCRYPTED) != 0);
}

gboolean
_nullmail_relay_channel_gives_less (NullmailEffective *before,
                                    NullmailEffective *after)
{
  g_auto(Channel) old = { 0 }, new = { 0 };

  channel_init (&old, before);
  channel_init (&new, after);

  return (new.policy.is_open && !old.policy.is_open)
         || (new.level != old.level && !_nullmail_tls_level_guarantees (new.level, old.level))
         || (_nullmail_effective_logs_in (after) && leaks_more (&old, &new))
         || accepts_more_names (&old, &new) || believes_more (&old, &new)
         || takes_weaker_tls (&old, &new);
}

gboolean
_nullmail_relay_channel_is_weaker (NullmailEffective *before,
                                   NullmailEffective *after)
{
  g_auto(Channel) old = { 0 }, new = { 0 };

  if (!_nullmail_effective_logs_in (after))
    return FALSE;
  if (!_nullmail_effective_logs_in (before)
      || _nullmail_effective_differs (before, after, "relayhost"))
    return TRUE;

  channel_init (&old, before);
  channel_init (&new, after);

  /* What a table says that cannot be asked is taken to be other than before if its name is. */
  if (new.policy.is_open && _nullmail_effective_differs (before, after, new.policy.parameter))
    return TRUE;

  return !_nullmail_tls_level_guarantees (new.level, old.level) || leaks_more (&old, &new)
         || accepts_more_names (&old, &new) || believes_more (&old, &new)
         || takes_weaker_tls (&old, &new);
}
