/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config/effective-private.h"

#include <string.h>

#include "config/known-defaults-private.h"
#include "config/sasl-lists-private.h"
#include "document/macro-private.h"
#include "document/value-list-private.h"

/* The source, shared by all that are read with it, so that it is asked once. */
typedef struct
{
  gatomicrefcount        ref_count;

  char                  *config_directory;  /* (owned) (nullable) */
  char                  *host_name;         /* (owned) (nullable) */
  NullmailDefaultLoader  load;              /* (nullable) */
  NullmailFileLoader     load_file;         /* (nullable) */
  gpointer               user_data;
  GCancellable          *cancellable;       /* (owned) (nullable) */
  NullmailTableAsker     asker;             /* (nullable) */
  gpointer               asker_data;
  GHashTable            *asked;             /* (owned) (nullable) question to answer, or NULL */
  GHashTable            *values;            /* (owned) (nullable) what was loaded */
  NullmailPostfixNames  *names;             /* (owned) (nullable) of those */
  gboolean               has_asked;
} Defaults;

struct _NullmailEffective
{
  NullmailMainCf *main_cf;   /* (owned) */
  Defaults       *defaults;  /* (owned) */
  guint           derived;   /* what is being derived from others at the moment */
};

static Defaults *
defaults_new (const NullmailDefaultSource *source)
{
  Defaults *self = g_new0 (Defaults, 1);

  g_atomic_ref_count_init (&self->ref_count);
  if (source == NULL)
    return self;

  self->config_directory = g_strdup (source->config_directory);
  self->host_name = g_strdup (source->host_name);
  self->load = source->load_defaults;
  self->load_file = source->load_file;
  self->user_data = source->user_data;
  g_set_object (&self->cancellable, source->cancellable);
  return self;
}

static void
defaults_unref (Defaults *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->config_directory);
  g_free (self->host_name);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->asked, g_hash_table_unref);
  g_clear_pointer (&self->names, _nullmail_postfix_names_free);
  g_clear_pointer (&self->values, g_hash_table_unref);
  g_free (self);
}

/* Takes over the defaults. */
static NullmailEffective *
create (NullmailMainCf *main_cf,
        Defaults       *defaults)
{
  NullmailEffective *self = g_new0 (NullmailEffective, 1);

  self->main_cf = g_object_ref (main_cf);
  self->defaults = defaults;
  return self;
}

NullmailEffective *
_nullmail_effective_new (NullmailMainCf              *main_cf,
                         const NullmailDefaultSource *source)
{
  return create (main_cf, defaults_new (source));
}

NullmailEffective *
_nullmail_effective_for_main_cf (NullmailEffective *self,
                                 NullmailMainCf    *main_cf)
{
  g_atomic_ref_count_inc (&self->defaults->ref_count);
  return create (main_cf, self->defaults);
}

void
_nullmail_effective_free (NullmailEffective *self)
{
  g_object_unref (self->main_cf);
  defaults_unref (self->defaults);
  g_free (self);
}

NullmailMainCf *
_nullmail_effective_get_main_cf (NullmailEffective *self)
{
  return self->main_cf;
}

const char *
_nullmail_effective_get_host_name (NullmailEffective *self)
{
  return self->defaults->host_name;
}

/* What this Postfix says; FALSE where it cannot be asked. A name that it does not know is NULL. */
static gboolean
ask_default (NullmailEffective  *self,
             const char         *parameter,
             char              **value)
{
  Defaults *defaults = self->defaults;

  if (!defaults->has_asked && defaults->load != NULL)
    defaults->values = defaults->load (defaults->user_data, defaults->cancellable);
  defaults->has_asked = TRUE;

  *value = defaults->values != NULL ? g_strdup (g_hash_table_lookup (defaults->values, parameter))
                                    : NULL;
  return defaults->values != NULL;
}

/* Defaults that follow from other parameters, whose values may in turn name them by a macro. */
enum
{
  DERIVED_LEVEL = 1 << 0,
  DERIVED_HOSTNAME = 1 << 1,
  DERIVED_DOMAIN = 1 << 2,
};

/* Derives one, unless that is what is being done already: then it is not there yet, as it is for
 * Postfix while it starts, which takes that for nothing. */
static char *
derive (NullmailEffective  *self,
        guint               which,
        char             *(*get) (NullmailEffective *self))
{
  char *value;

  if (self->derived & which)
    return g_strdup ("");

  self->derived |= which;
  value = get (self);
  self->derived &= ~which;
  return value;
}

/* Postfix 3.11 has “may” as the default of the level, but only for configurations that say they
 * are of its time. */
static char *
get_default_level (NullmailEffective *self)
{
  g_autofree char *time = _nullmail_effective_get_value (self, "compatibility_level");
  gboolean is_older;
  char *value;

  if (time == NULL || !_nullmail_macro_compare (time, "<level", "3.11", &is_older)
      || is_older)
    return g_strdup ("");
  if (ask_default (self, "smtp_tls_security_level", &value) && value != NULL)
    return value;

  return g_strdup ("may");
}

/* As check_myhostname () in Postfix. */
static char *
get_default_hostname (NullmailEffective *self)
{
  const char *host_name = self->defaults->host_name;
  g_autofree char *domain = NULL;

  if (host_name == NULL || strchr (host_name, '.') != NULL)
    return g_strdup (host_name);

  if (nullmail_main_cf_has_value (self->main_cf, "mydomain"))
    domain = _nullmail_effective_get_value (self, "mydomain");
  return g_strconcat (host_name, ".", domain != NULL ? domain : "localdomain", NULL);
}

/* As check_mydomainname () in Postfix. */
static char *
get_default_domain (NullmailEffective *self)
{
  g_autofree char *hostname = NULL;
  const char *dot;

  hostname = _nullmail_effective_get_value (self, "myhostname");
  if (hostname == NULL)
    return NULL;

  dot = strchr (hostname, '.');
  return g_strdup (dot != NULL ? dot + 1 : "localdomain");
}

/* The value of what main.cf does not set; FALSE where it is not known. A name that Postfix does not
 * know either has the value NULL. */
static gboolean
get_default (NullmailEffective  *self,
             const char         *parameter,
             char              **value)
{
  if (g_str_equal (parameter, "config_directory"))
    *value = g_strdup (self->defaults->config_directory);
  else if (g_str_equal (parameter, "myhostname"))
    *value = derive (self, DERIVED_HOSTNAME, get_default_hostname);
  else if (g_str_equal (parameter, "mydomain"))
    *value = derive (self, DERIVED_DOMAIN, get_default_domain);
  else if (g_str_equal (parameter, "smtp_tls_security_level"))
    *value = derive (self, DERIVED_LEVEL, get_default_level);
  else
    {
      *value = g_strdup (_nullmail_known_default_find (parameter));
      return *value != NULL || ask_default (self, parameter, value);
    }

  return *value != NULL || ask_default (self, parameter, value);
}

typedef struct
{
  NullmailEffective *self;
  gboolean           met_unknown;
} Expansion;

static char *
look_up (const char *name,
         gpointer    user_data)
{
  Expansion *expansion = user_data;
  char *value = nullmail_main_cf_get_value (expansion->self->main_cf, name);

  if (value != NULL)
    return value;
  if (get_default (expansion->self, name, &value))
    return value != NULL ? value : g_strdup ("");  /* an undefined name is empty */

  expansion->met_unknown = TRUE;
  return NULL;
}

/* A Postfix that may know functions may know more of them than these. */
static char *
call_function (const char *function,
               const char *argument,
               gboolean   *is_refused,
               gpointer    user_data)
{
  Expansion *expansion = user_data;
  char *result = NULL;

  *is_refused = !_nullmail_effective_has_version (expansion->self, "3.11", TRUE);
  if (_nullmail_effective_has_version (expansion->self, "3.11", FALSE))
    result = _nullmail_macro_call (function, argument);
  if (result == NULL && !*is_refused)
    expansion->met_unknown = TRUE;

  return result;
}

char *
_nullmail_effective_expand (NullmailEffective  *self,
                            const char         *text,
                            GError            **error)
{
  Expansion expansion = { self, FALSE };
  g_autoptr(GError) local_error = NULL;
  g_autofree char *expanded = _nullmail_macro_expand (text, look_up, call_function, &expansion,
                                                       &local_error);

  if (expansion.met_unknown)
    return NULL;
  if (expanded == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));

  return g_steal_pointer (&expanded);
}

char *
_nullmail_effective_get_value (NullmailEffective *self,
                               const char        *parameter)
{
  g_autofree char *text = nullmail_main_cf_get_value (self->main_cf, parameter);
  char *expanded;

  if (text == NULL && (!get_default (self, parameter, &text) || text == NULL))
    return NULL;

  expanded = _nullmail_effective_expand (self, text, NULL);
  return expanded != NULL ? g_strstrip (expanded) : NULL;
}

char **
_nullmail_effective_get_list (NullmailEffective *self,
                              const char        *parameter)
{
  g_autofree char *value = _nullmail_effective_get_value (self, parameter);

  return value != NULL ? _nullmail_text_split_list (value) : NULL;
}

gboolean
_nullmail_effective_has_default (NullmailEffective *self,
                                 const char        *parameter)
{
  g_autofree char *value = NULL;

  return ask_default (self, parameter, &value) && value != NULL;
}

/* What main.cf says of mail_version is a text for banners, and not the version. */
gboolean
_nullmail_effective_has_version (NullmailEffective *self,
                                 const char        *version,
                                 gboolean           if_unknown)
{
  g_autofree char *present = NULL;
  gboolean is_older;

  if (!ask_default (self, "mail_version", &present) || present == NULL)
    return if_unknown;

  present[strspn (present, "0123456789.")] = '\0';  /* as in 3.12-20260821 */
  return _nullmail_macro_compare (present, "<level", version, &is_older) ? !is_older
                                                                         : if_unknown;
}

NullmailPostfixNames *
_nullmail_effective_peek_names (NullmailEffective *self)
{
  Defaults *defaults = self->defaults;
  g_autofree char *value = NULL;

  if (ask_default (self, "", &value) && defaults->names == NULL)
    defaults->names = _nullmail_postfix_names_new (defaults->values);

  return defaults->names;
}

gboolean
_nullmail_effective_is_parameter (NullmailEffective *self,
                                  const char        *name)
{
  return _nullmail_known_default_find (name) != NULL
         || _nullmail_effective_has_default (self, name);
}

gboolean
_nullmail_effective_has_text (NullmailEffective *self,
                              const char        *parameter)
{
  g_auto(GStrv) items = _nullmail_effective_get_list (self, parameter);

  return items != NULL && items[0] != NULL;
}

/* convert_mail_conf_bool () of Postfix knows two words, and stops at any other. */
NullmailBoolean
_nullmail_boolean_parse (const char *text)
{
  if (g_ascii_strcasecmp (text, "yes") == 0)
    return NULLMAIL_BOOLEAN_YES;

  return g_ascii_strcasecmp (text, "no") == 0 ? NULLMAIL_BOOLEAN_NO : NULLMAIL_BOOLEAN_INVALID;
}

NullmailBoolean
_nullmail_effective_get_boolean (NullmailEffective *self,
                                 const char        *parameter)
{
  g_autofree char *value = _nullmail_effective_get_value (self, parameter);

  return value != NULL ? _nullmail_boolean_parse (value) : NULLMAIL_BOOLEAN_INVALID;
}

gboolean
_nullmail_effective_is_yes (NullmailEffective *self,
                            const char        *parameter)
{
  return _nullmail_effective_get_boolean (self, parameter) == NULLMAIL_BOOLEAN_YES;
}

char *
_nullmail_effective_get_relay_key (NullmailEffective *self)
{
  g_autofree char *key = _nullmail_effective_get_value (self, "relayhost");

  return key != NULL && *key != '\0' ? g_steal_pointer (&key) : NULL;
}

NullmailRelayHost *
_nullmail_effective_get_relay_host (NullmailEffective *self)
{
  g_autofree char *key = _nullmail_effective_get_relay_key (self);

  return key != NULL ? nullmail_relay_host_parse (key, NULL) : NULL;
}

gboolean
_nullmail_effective_logs_in (NullmailEffective *self)
{
  return _nullmail_effective_is_yes (self, "smtp_sasl_auth_enable");
}

gboolean
_nullmail_effective_wraps (NullmailEffective *self)
{
  return _nullmail_effective_is_yes (self, "smtp_tls_wrappermode");
}

/* As smtp_tls_policy_init () in Postfix: the obsolete parameters count while there is no level. */
NullmailTlsLevel
_nullmail_effective_get_level (NullmailEffective *self)
{
  g_autofree char *level = _nullmail_effective_get_value (self, "smtp_tls_security_level");

  if (level == NULL)
    return NULLMAIL_TLS_LEVEL_AUTO;
  if (*level != '\0')
    return _nullmail_tls_level_parse (level);

  if (_nullmail_effective_is_yes (self, "smtp_enforce_tls"))
    return _nullmail_effective_get_boolean (self, "smtp_tls_enforce_peername")
           == NULLMAIL_BOOLEAN_NO ? NULLMAIL_TLS_LEVEL_ENCRYPT : NULLMAIL_TLS_LEVEL_VERIFY;

  return _nullmail_effective_is_yes (self, "smtp_use_tls") ? NULLMAIL_TLS_LEVEL_MAY
                                                           : NULLMAIL_TLS_LEVEL_NONE;
}

gboolean
_nullmail_effective_says_level (NullmailEffective *self)
{
  return nullmail_main_cf_has_value (self->main_cf, "smtp_tls_security_level")
         || _nullmail_effective_is_yes (self, "smtp_enforce_tls")
         || _nullmail_effective_is_yes (self, "smtp_use_tls");
}

char **
_nullmail_effective_get_sasl_options (NullmailEffective *self,
                                      NullmailChannel    channel)
{
  char **options = _nullmail_effective_get_list (self, _nullmail_sasl_list_get_parameter (channel));

  return options != NULL ? options : g_new0 (char *, 1);
}

char *
_nullmail_effective_load_file (NullmailEffective *self,
                               const char        *path)
{
  Defaults *defaults = self->defaults;

  return defaults->load_file != NULL
         ? defaults->load_file (defaults->user_data, path, defaults->cancellable) : NULL;
}

void
_nullmail_effective_set_asker (NullmailEffective  *self,
                               NullmailTableAsker  asker,
                               gpointer            user_data)
{
  self->defaults->asker = asker;
  self->defaults->asker_data = user_data;
}

static char *
get_question (const char         *table,
              const char * const *keys)
{
  g_autofree char *joined = g_strjoinv ("\n", (char **) keys);

  return g_strconcat (table, "\n", joined, NULL);
}

static void
forget_answer (gpointer answer)
{
  if (answer != NULL)
    g_hash_table_unref (answer);
}

void
_nullmail_effective_note_answer (NullmailEffective  *self,
                                 const char         *table,
                                 const char * const *keys,
                                 GHashTable         *take_answer)
{
  Defaults *defaults = self->defaults;

  if (defaults->asked == NULL)
    defaults->asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, forget_answer);
  g_hash_table_insert (defaults->asked, get_question (table, keys), take_answer);
}

GHashTable *
_nullmail_effective_ask_table (NullmailEffective  *self,
                               const char         *table,
                               const char * const *keys)
{
  Defaults *defaults = self->defaults;
  g_autofree char *question = get_question (table, keys);
  gpointer answer;

  if (defaults->asked != NULL
      && g_hash_table_lookup_extended (defaults->asked, question, NULL, &answer))
    return answer;
  if (defaults->asker == NULL)
    return NULL;

  answer = defaults->asker (defaults->asker_data, self, table, keys, defaults->cancellable);
  _nullmail_effective_note_answer (self, table, keys, answer);
  return answer;
}

gboolean
_nullmail_effective_differs (NullmailEffective *a,
                             NullmailEffective *b,
                             const char        *parameter)
{
  g_autofree char *a_value = _nullmail_effective_get_value (a, parameter);
  g_autofree char *b_value = _nullmail_effective_get_value (b, parameter);
  g_auto(GStrv) a_items = NULL, b_items = NULL;

  if (a_value == NULL || b_value == NULL)
    {
      g_autofree char *a_text = nullmail_main_cf_get_value (a->main_cf, parameter);
      g_autofree char *b_text = nullmail_main_cf_get_value (b->main_cf, parameter);

      return a_value != b_value || g_strcmp0 (a_text, b_text) != 0;
    }

  a_items = _nullmail_text_split_list (a_value);
  b_items = _nullmail_text_split_list (b_value);
  return !g_strv_equal ((const char * const *) a_items, (const char * const *) b_items);
}
