/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check/check-context-private.h"

#include <stdarg.h>
#include <string.h>

#include "config/tls-level-private.h"
#include "document/value-list-private.h"
#include "document/macro-private.h"
#include "enum-types.h"

/* Where postconf -d was not asked, and in case it does not say: the defaults that no version of
 * Postfix from 3.4 on has otherwise, see postconf(5). */
static const struct
{
  const char *parameter;
  const char *value;
} known_defaults[] = {
  { "compatibility_level", "0" },
  { "content_filter", "" },
  { "default_transport", "smtp" },
  { "inet_interfaces", "all" },
  { "inet_protocols", "all" },
  { "mydestination", "$myhostname, localhost.$mydomain, localhost" },
  { "mynetworks_style", "${{$compatibility_level} <level {2} ? {subnet} : {host}}" },
  { "myorigin", "$myhostname" },
  { "relayhost", "" },
  { "sender_dependent_default_transport_maps", "" },
  { "sender_dependent_relayhost_maps", "" },
  { "smtp_enforce_tls", "no" },
  { "smtp_sasl_auth_enable", "no" },
  { "smtp_sasl_mechanism_filter", "" },
  { "smtp_sasl_password_maps", "" },
  { "smtp_sasl_security_options", "noplaintext, noanonymous" },
  { "smtp_sasl_tls_security_options", "$smtp_sasl_security_options" },
  { "smtp_sasl_tls_verified_security_options", "$smtp_sasl_tls_security_options" },
  { "smtp_sasl_type", "cyrus" },
  { "smtp_sender_dependent_authentication", "no" },
  { "smtp_tls_CAfile", "" },
  { "smtp_tls_CApath", "" },
  { "smtp_tls_enforce_peername", "yes" },
  { "smtp_tls_per_site", "" },
  { "smtp_tls_policy_maps", "" },
  { "smtp_tls_secure_cert_match", "nexthop, dot-nexthop" },
  { "smtp_tls_verify_cert_match", "hostname" },
  { "smtp_tls_wrappermode", "no" },
  { "smtp_use_tls", "no" },
  { "tls_append_default_CA", "no" },
  { "transport_maps", "" },
};

/* The defaults of these two follow from one another, but postconf -d does not look into main.cf,
 * see check_myhostname () and check_mydomainname () in Postfix. */
static void
derive_names (NullmailCheck *self)
{
  NullmailMainCf *main_cf = self->snapshot->main_cf;
  g_autofree char *hostname = _nullmail_check_get_value (self, "myhostname");
  const char *dot;

  if (nullmail_main_cf_has_value (main_cf, "mydomain"))
    {
      g_autofree char *domain = _nullmail_check_get_value (self, "mydomain");

      if (hostname != NULL && domain != NULL && g_str_has_suffix (hostname, ".localdomain"))
        self->hostname = g_strdup_printf ("%.*s.%s", (int) strcspn (hostname, "."), hostname,
                                          domain);
      return;
    }

  if (hostname == NULL)
    return;

  dot = strchr (hostname, '.');
  self->domain = g_strdup (dot != NULL ? dot + 1 : "localdomain");
}

static NullmailTlsLevel
read_level (NullmailCheck *self)
{
  g_autofree char *level = _nullmail_check_get_value (self, "smtp_tls_security_level");

  if (level == NULL)
    return NULLMAIL_TLS_LEVEL_AUTO;
  if (*level != '\0')
    return _nullmail_tls_level_parse (level);

  if (_nullmail_check_is_yes (self, "smtp_enforce_tls"))
    return _nullmail_check_is_yes (self, "smtp_tls_enforce_peername")
           ? NULLMAIL_TLS_LEVEL_VERIFY
           : NULLMAIL_TLS_LEVEL_ENCRYPT;

  return _nullmail_check_is_yes (self, "smtp_use_tls")
         ? NULLMAIL_TLS_LEVEL_MAY
         : NULLMAIL_TLS_LEVEL_NONE;
}

void
_nullmail_check_init (NullmailCheck               *self,
                      const NullmailCheckSnapshot *snapshot)
{
  g_autofree char *relayhost = NULL;

  memset (self, 0, sizeof *self);
  self->snapshot = snapshot;
  self->findings = g_ptr_array_new_with_free_func ((GDestroyNotify) nullmail_finding_unref);
  derive_names (self);

  relayhost = _nullmail_check_get_value (self, "relayhost");
  if (relayhost != NULL)
    self->relay = nullmail_relay_host_parse (relayhost, NULL);
  self->authenticates = _nullmail_check_is_yes (self, "smtp_sasl_auth_enable");
  self->wraps = _nullmail_check_is_yes (self, "smtp_tls_wrappermode");
  self->level = read_level (self);
}

void
_nullmail_check_clear (NullmailCheck *self)
{
  g_clear_pointer (&self->findings, g_ptr_array_unref);
  g_clear_pointer (&self->hostname, g_free);
  g_clear_pointer (&self->domain, g_free);
  g_clear_pointer (&self->relay, nullmail_relay_host_unref);
}

static const char *
find_known_default (const char *parameter)
{
  for (guint i = 0; i < G_N_ELEMENTS (known_defaults); i++)
    if (g_str_equal (known_defaults[i].parameter, parameter))
      return known_defaults[i].value;

  return NULL;
}

static const char *
find_default (NullmailCheck *self,
              const char    *parameter)
{
  GHashTable *defaults = self->snapshot->defaults;
  const char *value = NULL;

  if (self->hostname != NULL && g_str_equal (parameter, "myhostname"))
    return self->hostname;
  if (self->domain != NULL && g_str_equal (parameter, "mydomain"))
    return self->domain;
  if (defaults != NULL)
    value = g_hash_table_lookup (defaults, parameter);

  return value != NULL ? value : find_known_default (parameter);
}

typedef struct
{
  NullmailCheck *check;
  gboolean       met_unknown;
} Expansion;

static char *
look_up (const char *name,
         gpointer    user_data)
{
  Expansion *expansion = user_data;
  NullmailCheck *self = expansion->check;
  char *value = nullmail_main_cf_get_value (self->snapshot->main_cf, name);

  if (value == NULL)
    value = g_strdup (find_default (self, name));
  if (value != NULL)
    return value;

  /* A name that is not among the defaults is one that Postfix takes for empty. */
  if (self->snapshot->defaults != NULL)
    return g_strdup ("");

  expansion->met_unknown = TRUE;
  return NULL;
}

char *
_nullmail_check_expand (NullmailCheck *self,
                        const char    *text)
{
  Expansion expansion = { self, FALSE };
  g_autofree char *expanded = _nullmail_macro_expand (text, look_up, &expansion, NULL);

  return expansion.met_unknown ? NULL : g_steal_pointer (&expanded);
}

gboolean
_nullmail_check_has_bad_macro (NullmailCheck *self,
                               const char    *text)
{
  Expansion expansion = { self, FALSE };
  g_autofree char *expanded = _nullmail_macro_expand (text, look_up, &expansion, NULL);

  return expanded == NULL && !expansion.met_unknown;
}

char *
_nullmail_check_get_value (NullmailCheck *self,
                           const char    *parameter)
{
  g_autofree char *text = nullmail_main_cf_get_value (self->snapshot->main_cf, parameter);
  const char *fallback = text == NULL ? find_default (self, parameter) : NULL;
  g_autofree char *expanded = NULL;

  if (text == NULL && fallback == NULL)
    return NULL;

  expanded = _nullmail_check_expand (self, text != NULL ? text : fallback);
  return expanded != NULL ? g_strdup (g_strstrip (expanded)) : NULL;
}

/* (nullable) */
char **
_nullmail_check_get_list (NullmailCheck *self,
                          const char    *parameter)
{
  g_autofree char *value = _nullmail_check_get_value (self, parameter);

  return value != NULL ? _nullmail_text_split_list (value) : NULL;
}

gboolean
_nullmail_check_is_yes (NullmailCheck *self,
                        const char    *parameter)
{
  g_autofree char *value = _nullmail_check_get_value (self, parameter);

  return value != NULL && g_ascii_strcasecmp (value, "yes") == 0;
}

gboolean
_nullmail_check_has_text (NullmailCheck *self,
                          const char    *parameter)
{
  g_auto(GStrv) items = _nullmail_check_get_list (self, parameter);

  return items != NULL && items[0] != NULL;
}

const NullmailTableFile *
_nullmail_check_get_file (NullmailCheck *self,
                          guint          index)
{
  const NullmailCheckSnapshot *snapshot = self->snapshot;

  if (index == 0)
    return snapshot->file.source_path != NULL ? &snapshot->file : NULL;

  return index <= snapshot->n_more_files ? &snapshot->more_files[index - 1] : NULL;
}

static void
add_finding (NullmailCheck              *self,
             const NullmailFindingFacts *facts,
             char                       *take_message,
             const char                 *remedy)
{
  NullmailFindingFacts filled = *facts;

  if (filled.path == NULL && filled.parameter != NULL)
    {
      filled.path = self->snapshot->main_cf_path;
      filled.line = nullmail_main_cf_get_line (self->snapshot->main_cf, filled.parameter);
    }

  g_ptr_array_add (self->findings,
                   _nullmail_finding_new (&filled, take_message, g_strdup (remedy)));
}

void
_nullmail_check_report (NullmailCheck              *self,
                        const NullmailFindingFacts *facts,
                        const char                 *remedy,
                        const char                 *message,
                        ...)
{
  va_list args;

  va_start (args, message);
  add_finding (self, facts, g_strdup_vprintf (message, args), remedy);
  va_end (args);
}

void
_nullmail_check_report_open (NullmailCheck       *self,
                             NullmailFindingCode  code,
                             const char          *parameter,
                             const char          *remedy,
                             const char          *message,
                             ...)
{
  g_autoptr(GEnumClass) codes = g_type_class_ref (NULLMAIL_TYPE_FINDING_CODE);
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_NOT_CHECKED,
    .severity = NULLMAIL_SEVERITY_NOTICE,
    .parameter = parameter,
    .subject = g_enum_get_value (codes, code)->value_nick,
  };
  va_list args;

  va_start (args, message);
  add_finding (self, &facts, g_strdup_vprintf (message, args), remedy);
  va_end (args);
}
