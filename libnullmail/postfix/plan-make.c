/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/plan-make-private.h"

#include <string.h>

#include "base/error-private.h"
#include "config/config-reader-private.h"
#include "config/relay-credentials-private.h"
#include "document/main-cf-private.h"
#include "postfix/check-facts-private.h"
#include "postfix/key-retention-private.h"
#include "postfix/password-map-private.h"
#include "postfix/plan-findings-private.h"
#include "store/lookup-map-private.h"

/* What the steps below share. */
typedef struct
{
  NullmailPostfixInstance   *instance;
  const NullmailPlanRequest *request;
  NullmailPlan              *plan;
  GHashTable                *macros;
  char                      *key_before;  /* (owned) (nullable) the key that is looked up now ... */
  char                      *key_after;   /* (owned) (nullable) ... and then; only with a login */
  GCancellable              *cancellable;
} Maker;

static void
maker_clear (Maker *maker)
{
  g_clear_object (&maker->plan);
  g_clear_pointer (&maker->macros, g_hash_table_unref);
  g_clear_pointer (&maker->key_before, g_free);
  g_clear_pointer (&maker->key_after, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Maker, maker_clear)

NullmailMainCf *
_nullmail_plan_load_main_cf (NullmailPostfixInstance  *instance,
                             gboolean                  may_create,
                             gboolean                 *creates,
                             GCancellable             *cancellable,
                             GError                  **error)
{
  g_autoptr(GError) local_error = NULL;
  NullmailMainCf *main_cf;

  *creates = FALSE;
  main_cf = nullmail_postfix_instance_load_main_cf (instance, cancellable, &local_error);
  if (main_cf != NULL)
    return main_cf;

  if (may_create && g_error_matches (local_error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_FOUND))
    {
      *creates = TRUE;
      return nullmail_main_cf_new ();
    }

  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

static gboolean
check_credentials (Maker   *maker,
                   GError **error)
{
  NullmailRelayCredentials *credentials = maker->request->credentials;
  g_autofree char *written = NULL;
  const char *key;

  if (credentials == NULL)
    return TRUE;

  key = nullmail_relay_host_to_string (nullmail_relay_credentials_get_relay_host (credentials));
  if (!nullmail_relay_credentials_has_password (credentials))
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CREDENTIALS,
                   "The credentials for “%s” come from a list and have no password", key);
      return FALSE;
    }
  if (!_nullmail_main_cf_authenticates (maker->plan->main_cf))
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
                   "Credentials for “%s” were given, but authentication is off: set "
                   "“authentication”, or leave the credentials out", key);
      return FALSE;
    }

  written = nullmail_main_cf_get_value (maker->plan->main_cf, "relayhost");
  if ((maker->key_after == NULL || g_ascii_strcasecmp (key, maker->key_after) != 0)
      && (written == NULL || g_ascii_strcasecmp (key, written) != 0))
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
                   "The credentials are for “%s”, but the relay is “%s”: brackets and port must be "
                   "the same", key, maker->key_after != NULL ? maker->key_after : "");
      return FALSE;
    }

  return TRUE;
}

/* The system's certificates, where the level needs some and main.cf names none. */
static gboolean
complete_ca_file (Maker   *maker,
                  GError **error)
{
  NullmailMainCf *main_cf = maker->plan->main_cf;
  gboolean supported;
  NullmailTlsLevel level = _nullmail_config_read_tls_level (main_cf, &supported);
  g_autofree char *ca_file = NULL, *ca_path = NULL, *default_ca = NULL;
  const char *system_ca_file = _nullmail_system_ca_file ();

  if (!supported || !_nullmail_tls_level_needs_ca (level))
    return TRUE;

  ca_file = nullmail_main_cf_get_value (main_cf, "smtp_tls_CAfile");
  ca_path = nullmail_main_cf_get_value (main_cf, "smtp_tls_CApath");
  default_ca = nullmail_main_cf_get_value (main_cf, "tls_append_default_CA");
  if ((ca_file != NULL && *ca_file != '\0') || (ca_path != NULL && *ca_path != '\0')
      || (default_ca != NULL && g_ascii_strcasecmp (default_ca, "yes") == 0)
      || system_ca_file == NULL)
    return TRUE;

  return nullmail_main_cf_set_value (main_cf, "smtp_tls_CAfile", system_ca_file, error);
}

/* A table of the default type in the configuration directory, where main.cf names none at all. */
static gboolean
complete_password_maps (Maker   *maker,
                        GError **error)
{
  NullmailMainCf *main_cf = maker->plan->main_cf;
  g_autofree char *value = nullmail_main_cf_get_value (main_cf, "smtp_sasl_password_maps");
  g_autoptr(NullmailInspection) inspection = NULL;
  g_autofree char *text = NULL;

  if (!_nullmail_main_cf_authenticates (main_cf) || (value != NULL && *value != '\0'))
    return TRUE;

  inspection = _nullmail_postfix_instance_get_inspection (maker->instance, maker->cancellable,
                                                          error);
  if (inspection == NULL)
    return FALSE;

  text = g_strdup_printf ("%s:%s/sasl_passwd", inspection->default_map_type,
                          maker->plan->config_directory);
  return nullmail_main_cf_set_value (main_cf, "smtp_sasl_password_maps", text, error);
}

/* The table that the library has written entries to, where main.cf no longer names it. */
static gboolean
find_own_table (NullmailPlan        *plan,
                NullmailPasswordMap *map)
{
  const char *table = plan->record_before->table;
  const char *colon = table != NULL && plan->own_keys[0] != NULL ? strchr (table, ':') : NULL;

  if (colon == NULL)
    return FALSE;

  map->map_type = g_strndup (table, colon - table);
  map->path = g_strdup (colon + 1);
  return TRUE;
}

/* The password file that the new main.cf names, or else the old one's. */
static gboolean
load_table (Maker   *maker,
            GError **error)
{
  NullmailPlan *plan = maker->plan;
  g_auto(NullmailPasswordMap) map = { .item = NULL };
  g_autoptr(GError) local_error = NULL;

  if (!_nullmail_password_map_find (&map, plan->main_cf, maker->macros)
      && !_nullmail_password_map_find (&map, plan->before, maker->macros))
    {
      if (maker->request->credentials != NULL)
        {
          g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_MAP,
                       "Credentials were given, but smtp_sasl_password_maps in “%s” names no file "
                       "that they could be written to: make it hash:%s/sasl_passwd or the like",
                       plan->main_cf_path, plan->config_directory);
          return FALSE;
        }
      if (!find_own_table (plan, &map))
        return TRUE;
    }

  plan->table = _nullmail_password_table_load (map.path, map.map_type, maker->cancellable,
                                               &local_error);
  if (plan->table == NULL)
    {
      /* Without rights to read it the plan can still be made, if it has nothing to do there. */
      if (g_error_matches (local_error, NULLMAIL_ERROR, NULLMAIL_ERROR_PERMISSION_DENIED)
          && maker->request->credentials == NULL)
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  plan->table->command_directory =
    g_strdup (nullmail_postfix_instance_get_command_directory (maker->instance));
  if (!plan->creates_main_cf)
    plan->table->config_directory = g_strdup (plan->config_directory);
  if (plan->table->base != NULL)
    plan->passwords_before = _nullmail_password_file_copy (plan->table->contents);
  return TRUE;
}

static void
add_own_key (NullmailPlan *plan,
             const char   *key)
{
  GStrvBuilder *builder;
  g_autofree char *lower = g_ascii_strdown (key, -1);

  if (g_strv_contains ((const char * const *) plan->own_keys, lower))
    return;

  builder = g_strv_builder_new ();
  g_strv_builder_addv (builder, (const char **) plan->own_keys);
  g_strv_builder_add (builder, lower);
  g_strfreev (plan->own_keys);
  plan->own_keys = g_strv_builder_end (builder);
  g_strv_builder_unref (builder);
}

static void
set_credentials (Maker *maker)
{
  NullmailRelayCredentials *credentials = maker->request->credentials;
  NullmailPasswordTable *table = maker->plan->table;
  const char *key = maker->key_after;

  if (!_nullmail_password_file_set (table->contents, key,
                                    nullmail_relay_credentials_get_username (credentials),
                                    _nullmail_relay_credentials_peek_password (credentials)))
    return;

  table->verify = nullmail_relay_credentials_ref (credentials);
  add_own_key (maker->plan, key);
}

/* The same relay written with other brackets: its entry goes along under the new key. */
static void
carry_over_entry (Maker *maker)
{
  NullmailPasswordFile *contents = maker->plan->table->contents;
  g_autoptr(NullmailRelayHost) before = NULL;
  g_autoptr(NullmailRelayHost) after = NULL;
  g_autoptr(NullmailSecureBuffer) password = NULL;
  g_autofree char *username = NULL;

  if (maker->key_before == NULL || maker->key_after == NULL
      || _nullmail_password_file_has_key (contents, maker->key_after))
    return;

  before = nullmail_relay_host_parse (maker->key_before, NULL);
  after = nullmail_relay_host_parse (maker->key_after, NULL);
  if (before == NULL || after == NULL
      || g_ascii_strcasecmp (nullmail_relay_host_get_host (before),
                             nullmail_relay_host_get_host (after)) != 0
      || nullmail_relay_host_get_port (before) != nullmail_relay_host_get_port (after)
      || !_nullmail_password_file_lookup (contents, maker->key_before, &username, &password))
    return;

  _nullmail_password_file_set (contents, maker->key_after, username, password);
  add_own_key (maker->plan, maker->key_after);
}

/* Entries that the library wrote, that are not the relay's of before or after, and that nothing in
 * main.cf names. */
static void
drop_old_entries (Maker *maker)
{
  NullmailPlan *plan = maker->plan;
  g_auto(NullmailKeyReferences) references = { .texts = NULL };
  g_autoptr(GStrvBuilder) kept = g_strv_builder_new ();

  _nullmail_key_references_init (&references, plan->main_cf, maker->macros);
  for (guint i = 0; plan->own_keys[i] != NULL; i++)
    {
      const char *key = plan->own_keys[i];
      gboolean is_needed = (maker->key_after != NULL
                            && g_ascii_strcasecmp (key, maker->key_after) == 0)
                           || (!maker->request->purges && maker->key_before != NULL
                               && g_ascii_strcasecmp (key, maker->key_before) == 0)
                           || _nullmail_key_references_names (&references, key);

      if (is_needed)
        g_strv_builder_add (kept, key);
      else
        _nullmail_password_file_remove (plan->table->contents, key);
    }

  g_strfreev (plan->own_keys);
  plan->own_keys = g_strv_builder_end (kept);
}

static gboolean
has_changes (NullmailPlan *plan)
{
  return _nullmail_plan_changes_main_cf (plan)
         || !_nullmail_password_table_is_unchanged (plan->table);
}

static void
edit_entries (Maker *maker)
{
  NullmailPlan *plan = maker->plan;

  if (maker->request->credentials != NULL)
    set_credentials (maker);
  else
    carry_over_entry (maker);

  if ((maker->request->flags & NULLMAIL_PLAN_FLAGS_DROP_OTHER_CREDENTIALS) != 0
      && maker->key_after != NULL)
    _nullmail_password_file_remove_others (plan->table->contents, maker->key_after);

  /* A plan that has nothing else to do stays empty: that an old entry is kept for one generation
   * is no difference to what was asked for. */
  if (maker->request->purges || has_changes (plan))
    drop_old_entries (maker);
}

/* The table is to be written: of a type that this Postfix can open. */
static gboolean
settle_map_type (Maker   *maker,
                 GError **error)
{
  NullmailPlan *plan = maker->plan;
  g_autoptr(NullmailInspection) inspection = NULL;
  g_auto(NullmailPasswordMap) map = { .item = NULL };

  if (maker->request->credentials == NULL && _nullmail_password_table_is_unchanged (plan->table))
    return TRUE;

  inspection = _nullmail_postfix_instance_get_inspection (maker->instance, maker->cancellable,
                                                          error);
  if (inspection == NULL)
    return FALSE;
  if (_nullmail_lookup_map_type_is_known (plan->table->map_type)
      && _nullmail_inspection_has_map_type (inspection, plan->table->map_type))
    return TRUE;

  plan->obsolete_map = _nullmail_lookup_map_get_path (plan->table->path, plan->table->map_type);
  if (plan->obsolete_map != NULL && !g_file_test (plan->obsolete_map, G_FILE_TEST_EXISTS))
    g_clear_pointer (&plan->obsolete_map, g_free);
  plan->obsolete_type = g_steal_pointer (&plan->table->map_type);
  plan->table->map_type = g_strdup (inspection->default_map_type);

  return !_nullmail_password_map_find (&map, plan->main_cf, maker->macros)
         || _nullmail_password_map_retype (&map, plan->main_cf, inspection->default_map_type,
                                           error);
}

/* What every connection is sure of: nothing, encryption, the relay's identity. */
static NullmailChannel
get_channel (NullmailMainCf *main_cf)
{
  gboolean supported;

  return _nullmail_tls_level_get_channel (_nullmail_config_read_tls_level (main_cf, &supported));
}

/* Whether the two files may be seen in either order, and what must not see the moment between. */
static void
settle_order (Maker *maker)
{
  NullmailPlan *plan = maker->plan;
  gboolean same_key = maker->key_before != NULL && maker->key_after != NULL
                      && g_ascii_strcasecmp (maker->key_before, maker->key_after) == 0;
  gboolean ends_login = maker->key_before != NULL
                        && _nullmail_main_cf_authenticates (plan->before)
                        && !_nullmail_main_cf_authenticates (plan->main_cf);
  gboolean drops_key = plan->table != NULL && maker->key_before != NULL
                       && plan->passwords_before != NULL
                       && _nullmail_password_file_has_key (plan->passwords_before,
                                                           maker->key_before)
                       && !_nullmail_password_file_has_key (plan->table->contents,
                                                            maker->key_before);

  /* A new password for the same relay must not go over the weaker channel of the old main.cf. */
  plan->main_cf_first = same_key && _nullmail_plan_changes_main_cf (plan)
                        && get_channel (plan->main_cf) > get_channel (plan->before);
  plan->stops_postfix = ends_login || drops_key;
}

static gboolean
load_record (Maker   *maker,
             GError **error)
{
  NullmailPlan *plan = maker->plan;
  g_autoptr(GError) local_error = NULL;
  g_autofree char *digest =
    _nullmail_undo_record_digest (_nullmail_main_cf_peek_bytes (plan->before));

  plan->record_before =
    _nullmail_undo_record_load (nullmail_postfix_instance_get_state_directory (maker->instance),
                                plan->config_directory, digest, &local_error);

  /* Anybody may plan; who may not see the record cannot apply either. */
  if (g_error_matches (local_error, NULLMAIL_ERROR, NULLMAIL_ERROR_PERMISSION_DENIED))
    plan->record_before = _nullmail_undo_record_new ();
  if (plan->record_before == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  plan->own_keys = g_strdupv (plan->record_before->own_keys);
  return TRUE;
}

static void
read_keys (Maker *maker)
{
  NullmailPlan *plan = maker->plan;

  if (_nullmail_main_cf_authenticates (plan->before))
    maker->key_before = _nullmail_main_cf_get_relay_key (plan->before, maker->macros);
  if (_nullmail_main_cf_authenticates (plan->main_cf))
    maker->key_after = _nullmail_main_cf_get_relay_key (plan->main_cf, maker->macros);
}

static gboolean
make_table (Maker   *maker,
            GError **error)
{
  if (!load_table (maker, error))
    return FALSE;
  if (maker->plan->table == NULL)
    return TRUE;

  edit_entries (maker);
  return settle_map_type (maker, error);
}

NullmailPlan *
_nullmail_plan_make (NullmailPostfixInstance    *instance,
                     NullmailMainCf             *before,
                     NullmailMainCf             *main_cf,
                     const NullmailPlanRequest  *request,
                     GCancellable               *cancellable,
                     GError                    **error)
{
  g_auto(Maker) maker = { .instance = instance, .request = request, .cancellable = cancellable };
  NullmailPlan *plan = maker.plan = _nullmail_plan_new ();

  plan->config_directory = g_strdup (nullmail_postfix_instance_get_config_directory (instance));
  plan->main_cf_path = _nullmail_postfix_instance_get_main_cf_path (instance);
  plan->creates_main_cf = _nullmail_main_cf_get_base (before) == NULL;
  plan->before = nullmail_main_cf_copy (before);
  plan->main_cf = nullmail_main_cf_copy (main_cf);

  if (request->completes
      && (!complete_ca_file (&maker, error) || !complete_password_maps (&maker, error)))
    return NULL;

  maker.macros = _nullmail_postfix_instance_get_macros (instance);
  read_keys (&maker);
  if (!check_credentials (&maker, error)
      || !load_record (&maker, error)
      || !make_table (&maker, error))
    return NULL;

  settle_order (&maker);
  _nullmail_plan_complete (plan);
  _nullmail_plan_add_findings (instance, plan);
  return g_steal_pointer (&maker.plan);
}
