/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "instance/planner-entries-private.h"

#include <string.h>

#include "base/error-private.h"
#include "config/relay-credentials-private.h"
#include "plan/key-references-private.h"
#include "config/password-maps-private.h"

static gboolean
keys_are_equal (const char *a,
                const char *b)
{
  return a != NULL && b != NULL && g_ascii_strcasecmp (a, b) == 0;
}

gboolean
_nullmail_plan_reads_table (NullmailPlanMaker *maker,
                            NullmailMainCf    *main_cf)
{
  g_autofree char *value = nullmail_main_cf_get_value (main_cf, "smtp_sasl_password_maps");
  g_autofree char *expanded = NULL;

  if (value == NULL)
    return FALSE;

  /* In doubt it does: a macro of Postfix's own may be left, and “unionmap:” and the like have the
   * name of the file inside. */
  expanded = nullmail_main_cf_expand (main_cf, value, maker->macros, NULL);
  return expanded == NULL || strchr (expanded, '$') != NULL
         || strstr (expanded, maker->plan->table->path) != NULL;
}

gboolean
_nullmail_plan_check_credentials (NullmailPlanMaker  *maker,
                                  GError            **error)
{
  NullmailRelayCredentials *credentials = maker->request->credentials;
  g_autoptr(NullmailRelayHost) relay_host = NULL;
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

  /* Written with macros or without: Postfix looks up what they stand for. */
  written = nullmail_main_cf_get_value (maker->plan->main_cf, "relayhost");
  if (maker->key_after == NULL
      || (!keys_are_equal (key, maker->key_after) && !keys_are_equal (key, written)))
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
                   "The credentials are for “%s”, but the relay is “%s”: brackets and port must be "
                   "the same", key, maker->key_after != NULL ? maker->key_after : "");
      return FALSE;
    }

  /* What a macro stands for is the key, which has to be one that a password file can hold. */
  relay_host = nullmail_relay_host_parse (maker->key_after, error);
  if (relay_host == NULL)
    {
      g_prefix_error (error, "The credentials are for “%s”: ", key);
      return FALSE;
    }

  return TRUE;
}

static void
add_own_key (NullmailPlan *plan,
             const char   *key)
{
  g_ptr_array_add (plan->own_added, g_ascii_strdown (key, -1));
}

static void
set_credentials (NullmailPlanMaker *maker)
{
  NullmailRelayCredentials *credentials = maker->request->credentials;

  _nullmail_password_file_set (maker->plan->table->contents, maker->key_after,
                               nullmail_relay_credentials_get_username (credentials),
                               _nullmail_relay_credentials_peek_password (credentials));

  /* Ours also where it is there already: our store may have written it. */
  add_own_key (maker->plan, maker->key_after);
}

/* The same relay written with other brackets: its entry goes along under the new key. */
static void
carry_over_entry (NullmailPlanMaker *maker)
{
  NullmailPasswordFile *contents = maker->plan->table->contents;
  g_autoptr(NullmailRelayHost) before = NULL;
  g_autoptr(NullmailRelayHost) after = NULL;
  g_autoptr(NullmailSecureBuffer) password = NULL;
  g_autofree char *username = NULL;

  if (maker->key_before == NULL || maker->key_after == NULL
      || !_nullmail_plan_reads_table (maker, maker->plan->main_cf)
      || _nullmail_password_file_has_key (contents, maker->key_after))
    return;

  before = nullmail_relay_host_parse (maker->key_before, NULL);
  after = nullmail_relay_host_parse (maker->key_after, NULL);
  if (before == NULL || after == NULL
      || !keys_are_equal (nullmail_relay_host_get_host (before),
                          nullmail_relay_host_get_host (after))
      || nullmail_relay_host_get_port (before) != nullmail_relay_host_get_port (after)
      || !_nullmail_password_file_lookup (contents, maker->key_before, &username, &password)
      || password->size == 0
      || !_nullmail_password_file_can_hold (maker->key_after, username, password))
    return;

  _nullmail_password_file_set (contents, maker->key_after, username, password);
  add_own_key (maker->plan, maker->key_after);
}

/* Whether an entry has to stay: for what the new main.cf names, and, for one generation, the old
 * one. An entry of a file that main.cf does not name, since a service has the password for example,
 * is of no use to anybody. */
static gboolean
is_needed (NullmailPlanMaker     *maker,
           NullmailKeyReferences *references,
           const char            *key)
{
  NullmailPlan *plan = maker->plan;
  g_autofree char *name = g_path_get_basename (plan->table->path);  /* with macros before it */
  gboolean is_read = _nullmail_plan_reads_table (maker, plan->main_cf)
                     || _nullmail_key_references_names (references, name);
  gboolean was_read = !maker->request->purges && _nullmail_plan_reads_table (maker, plan->before);

  return (is_read && keys_are_equal (key, maker->key_after))
         || (was_read && keys_are_equal (key, maker->key_before))
         || ((is_read || was_read) && _nullmail_key_references_names (references, key));
}

static void
drop_entry (NullmailPlanMaker     *maker,
            NullmailKeyReferences *references,
            const char            *key)
{
  NullmailPlan *plan = maker->plan;

  /* From a table without its source nothing can be taken, and so it stays ours; what becomes of the
   * whole table is a purge's business. */
  if (is_needed (maker, references, key)
      || (!maker->request->purges && _nullmail_password_table_is_orphan (plan->table)))
    return;

  _nullmail_password_file_remove (plan->table->contents, key);
  g_ptr_array_add (plan->own_dropped, g_strdup (key));
}

/* Entries that the library wrote, that are not the relay's of before or after, and that nothing
 * else names. */
static gboolean
drop_old_entries (NullmailPlanMaker  *maker,
                  GError            **error)
{
  char **keys = _nullmail_undo_record_get_own_keys (maker->plan->record_before,
                                                    maker->plan->table->path);
  g_auto(NullmailKeyReferences) references = { .texts = NULL };

  if (keys[0] == NULL)
    return TRUE;

  _nullmail_key_references_init (&references, maker->plan->main_cf, maker->plan->config_directory,
                                 maker->plan->table->path, maker->macros);
  if (maker->request->purges && references.unreadable != NULL)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_PERMISSION_DENIED,
                   "“%s” in “%s” may name a relay whose password would be dropped, and cannot be "
                   "read: remove old entries by hand", references.unreadable,
                   maker->plan->main_cf_path);
      return FALSE;
    }

  for (guint i = 0; keys[i] != NULL; i++)
    drop_entry (maker, &references, keys[i]);
  return TRUE;
}

/* Everybody else's entries too. As long as the old main.cf is there, so is the key that it needs:
 * it goes behind the commit. */
static gboolean
drop_others (NullmailPlanMaker  *maker,
             GError            **error)
{
  NullmailPlan *plan = maker->plan;
  NullmailPasswordTable *table = plan->table;
  g_autoptr(NullmailPasswordFile) all = NULL;

  if ((maker->request->flags & NULLMAIL_PLAN_FLAGS_DROP_OTHER_CREDENTIALS) == 0
      || maker->key_after == NULL)
    return TRUE;
  if (!_nullmail_password_table_refuse_orphan (table, error))
    return FALSE;

  all = _nullmail_password_file_copy (table->contents);
  _nullmail_password_file_remove_others (table->contents, maker->key_after);
  if (maker->key_before != NULL && _nullmail_plan_changes_main_cf (plan)
      && _nullmail_password_file_has_key (all, maker->key_before)
      && !_nullmail_password_file_has_key (table->contents, maker->key_before))
    table->transition = g_steal_pointer (&all);
  return TRUE;
}

gboolean
_nullmail_plan_edit_entries (NullmailPlanMaker  *maker,
                             GError            **error)
{
  NullmailPlan *plan = maker->plan;

  if (maker->request->credentials != NULL)
    set_credentials (maker);
  else
    carry_over_entry (maker);

  /* A plan that has nothing else to do stays empty: that an old entry is kept for one generation
   * is no difference to what was asked for. */
  if ((maker->request->purges || _nullmail_plan_changes_main_cf (plan)
       || !_nullmail_password_table_is_unchanged (plan->table))
      && !drop_old_entries (maker, error))
    return FALSE;

  return drop_others (maker, error);
}
