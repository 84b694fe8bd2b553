/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "plan/planner-private.h"


#include "base/error-private.h"
#include "config/relay-credentials-private.h"
#include "plan/own-digests-private.h"
#include "plan/table-mentions-private.h"

static gboolean
keys_are_equal (const char *a,
                const char *b)
{
  return a != NULL && b != NULL && g_ascii_strcasecmp (a, b) == 0;
}

gboolean
_nullmail_planner_reads_file (NullmailEffective *effective,
                              const char        *path)
{
  NullmailMainCf *main_cf = _nullmail_effective_get_main_cf (effective);
  g_autofree char *value = NULL;

  if (!nullmail_main_cf_has_value (main_cf, "smtp_sasl_password_maps"))
    return FALSE;

  /* A value that is not known may name the file. The text is searched for the path, since in
   * “unionmap:” and the like the name stands inside. */
  value = _nullmail_effective_get_value (effective, "smtp_sasl_password_maps");
  return value == NULL || _nullmail_text_names_table (value, "", path);
}

/* Whether user name and password are there, and can be told from each other in a password file. */
static gboolean
check_login (NullmailPlanner  *self,
             const char       *key,
             GError          **error)
{
  NullmailRelayCredentials *credentials = self->request->credentials;
  char separator = _nullmail_password_map_get_separator (self->after);

  if (nullmail_relay_credentials_has_password (credentials))
    return _nullmail_relay_credentials_check_separator (credentials, separator, error);

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CREDENTIALS,
               "The credentials for “%s” come from a list and have no password: look them up in "
               "the store", key);
  return FALSE;
}

gboolean
_nullmail_planner_check_credentials (NullmailPlanner  *self,
                                     GError          **error)
{
  NullmailRelayCredentials *credentials = self->request->credentials;
  g_autoptr(NullmailRelayHost) relay_host = NULL;
  g_autofree char *written = NULL;
  g_autofree char *shown = NULL;
  const char *key;

  if (credentials == NULL)
    return TRUE;

  key = nullmail_relay_host_to_string (nullmail_relay_credentials_get_relay_host (credentials));
  if (!check_login (self, key, error))
    return FALSE;
  if (!_nullmail_effective_logs_in (self->after))
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
                   "Credentials for “%s” were given, but authentication is off: set "
                   "“authentication”, or leave the credentials out", key);
      return FALSE;
    }

  /* The caller may have taken the key from relayhost as it is written, with macros in it, although
   * Postfix looks up what they stand for. */
  written = nullmail_main_cf_get_value (self->plan->main_cf, "relayhost");
  shown = _nullmail_mask_show_value (NULL, "relayhost", written);
  if (self->key_after == NULL
      || (!keys_are_equal (key, self->key_after) && !keys_are_equal (key, written)))
    {
      /* As it is written, since what its macros stand for may be a password. */
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
                   "The credentials are for “%s”, but the relay is “%s”: brackets and port must be "
                   "the same", key, shown != NULL ? shown : "");
      return FALSE;
    }

  /* What the macros stand for becomes the key, which has to be one that a password file can
   * hold. */
  relay_host = nullmail_relay_host_parse (self->key_after, NULL);
  if (relay_host != NULL)
    return TRUE;

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_RELAY_HOST,
               "The credentials are for “%s”, but “relayhost = %s” stands for no relay host: write "
               "[host], [host]:port, host or host:port", key, written != NULL ? written : "");
  return FALSE;
}

static void
add_own_key (NullmailPlan *plan,
             const char   *key)
{
  g_ptr_array_add (plan->primary->own_added, g_ascii_strdown (key, -1));
}

static void
set_credentials (NullmailPlanner *self)
{
  NullmailRelayCredentials *credentials = self->request->credentials;

  _nullmail_password_file_set (self->plan->primary->table->contents, self->key_after,
                               nullmail_relay_credentials_get_username (credentials),
                               _nullmail_relay_credentials_peek_password (credentials));

  /* An entry that is there already becomes the library's as well, for a store of the library may
   * have written it. */
  add_own_key (self->plan, self->key_after);
}

/* Whether the way back leads to a relay whose entry was never there, as far as is known. */
static gboolean
never_had_entry (NullmailPlanner *self)
{
  g_autofree char *key = g_ascii_strdown (self->key_after, -1);

  return self->request->goes_back
         && !g_strv_contains ((const char * const *)
                              _nullmail_planner_load_record (self, NULL)->dropped, key);
}

/* If the new relayhost is the old one, written with other brackets, the entry is copied from the
 * old key to the new one. */
static void
carry_over_entry (NullmailPlanner *self)
{
  NullmailPasswordFile *contents = self->plan->primary->table->contents;
  g_autoptr(NullmailRelayHost) before = NULL;
  g_autoptr(NullmailRelayHost) after = NULL;
  g_autoptr(NullmailSecureBuffer) password = NULL;
  g_autofree char *username = NULL;

  if (self->key_before == NULL || self->key_after == NULL
      || !_nullmail_planner_reads_file (self->after, self->plan->primary->table->path)
      || _nullmail_password_file_has_key (contents, self->key_after) || never_had_entry (self))
    return;

  before = nullmail_relay_host_parse (self->key_before, NULL);
  after = nullmail_relay_host_parse (self->key_after, NULL);
  if (before == NULL || after == NULL
      || !keys_are_equal (nullmail_relay_host_get_host (before),
                          nullmail_relay_host_get_host (after))
      || nullmail_relay_host_get_port (before) != nullmail_relay_host_get_port (after)
      || !_nullmail_password_file_lookup (contents, self->key_before, &username, &password)
      || password->size == 0
      || !_nullmail_password_file_can_hold (contents, self->key_after, username, password))
    return;

  _nullmail_password_file_set (contents, self->key_after, username, password);
  add_own_key (self->plan, self->key_after);
}

/* What decides whether an entry of the password file is still needed. */
typedef struct
{
  NullmailKeyReferences references;
  gboolean              is_read;   /* the new main.cf names the file */
  gboolean              was_read;  /* the old main.cf does, and messages in flight may need it */
} Needs;

static void
needs_init (Needs           *self,
            NullmailPlanner *planner)
{
  const char *path = planner->plan->primary->table->path;
  g_autofree char *name = g_path_get_basename (path);  /* main.cf may write its folder as a macro */

  _nullmail_key_references_init (&self->references, planner->after,
                                 planner->plan->config_directory, path,
                                 planner->plan->premises, planner->observation);
  self->is_read = _nullmail_planner_reads_file (planner->after, path)
                  || _nullmail_key_references_mentions (&self->references, name);
  self->was_read = !planner->request->purges
                   && _nullmail_planner_reads_file (planner->before, path);
}

static void
needs_clear (Needs *self)
{
  _nullmail_key_references_clear (&self->references);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Needs, needs_clear)

/* Whether an entry has to stay. It has to if the new main.cf needs it or, for one more plan, the
 * old one. Nobody can use an entry of a file that neither of them names, for example since a
 * service has the passwords. */
static gboolean
is_needed (NullmailPlanner *self,
           Needs           *needs,
           const char      *key)
{
  return (needs->is_read && keys_are_equal (key, self->key_after))
         || (needs->was_read && keys_are_equal (key, self->key_before))
         || ((needs->is_read || needs->was_read)
             && _nullmail_key_references_names (&needs->references, key));
}

/* The same, and whether another instance of Postfix needs it. */
static gboolean
has_to_stay (NullmailPlanner *self,
             Needs           *needs,
             const char      *key)
{
  return is_needed (self, needs, key)
         || _nullmail_planner_is_needed_elsewhere (self, self->plan->primary->table->path, key);
}

/* Whether somebody has rewritten an entry since the library wrote it. */
static gboolean
is_disowned (NullmailPlanner *self,
             const char      *key)
{
  NullmailPasswordTable *table = self->plan->primary->table;

  return _nullmail_own_digests_disown (_nullmail_planner_load_record (self, NULL)->digests,
                                       table->path, key, table->contents);
}

static void
drop_entry (NullmailPlanner *self,
            Needs           *needs,
            const char      *key)
{
  NullmailPlanTable *primary = self->plan->primary;

  /* From a map without its source no single entry can be taken, so that the entry stays the
   * library's. Only a purge decides about the whole map. */
  if ((!self->request->purges && _nullmail_password_table_is_orphan (primary->table))
      || has_to_stay (self, needs, key))
    return;

  /* What somebody has rewritten since is his, and only forgotten. */
  if (!is_disowned (self, key))
    _nullmail_password_file_remove (primary->table->contents, key);
  g_ptr_array_add (primary->own_dropped, g_strdup (key));
}

/* Notes which of the library's entries only messages in flight need, or nobody. */
static void
note_left (NullmailPlanner *self,
           Needs           *needs,
           char           **keys)
{
  needs->was_read = FALSE;
  for (guint i = 0; keys[i] != NULL; i++)
    if (!is_disowned (self, keys[i])
        && _nullmail_password_file_has_key (self->plan->primary->table->contents, keys[i])
        && !has_to_stay (self, needs, keys[i]))
      g_ptr_array_add (self->plan->left_keys, g_strdup (keys[i]));
}

/* Removes entries that the library wrote and that nobody needs: they belong neither to the relay of
 * before nor to the one of after, and nothing else names them. */
static gboolean
drop_old_entries (NullmailPlanner  *self,
                  GError          **error)
{
  NullmailUndoRecord *record = _nullmail_planner_load_record (self, self->request->purges ? error
                                                                                          : NULL);
  g_auto(Needs) needs = { .is_read = FALSE };
  char **keys;

  if (record == NULL)
    return FALSE;

  keys = _nullmail_undo_record_get_own_keys (record, self->plan->primary->table->path);
  if (keys[0] == NULL)
    return TRUE;

  needs_init (&needs, self);
  if (self->request->purges && needs.is_read && needs.references.unreadable != NULL)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_PERMISSION_DENIED,
                   "“%s” in “%s” may name a relay whose password would be dropped, and cannot be "
                   "read: remove old entries by hand", needs.references.unreadable,
                   self->plan->main_cf_path);
      return FALSE;
    }
  if (self->request->purges
      && !_nullmail_planner_check_elsewhere (self, self->plan->primary->table->path, error))
    return FALSE;

  for (guint i = 0; keys[i] != NULL; i++)
    drop_entry (self, &needs, keys[i]);
  if (self->request->goes_back)
    note_left (self, &needs, keys);
  return TRUE;
}

/* Removes the entries that neither this instance nor another one needs. */
static void
remove_others (NullmailPlanner *self)
{
  NullmailPasswordTable *table = self->plan->primary->table;
  g_autoptr(GPtrArray) keys = NULL;

  if (!_nullmail_planner_is_named_elsewhere (self, "", table->path))
    {
      _nullmail_password_file_remove_others (table->contents, self->key_after);
      return;
    }

  keys = _nullmail_password_file_list_keys (table->contents);
  for (guint i = 0; i < keys->len; i++)
    {
      const char *key = g_ptr_array_index (keys, i);

      if (!keys_are_equal (key, self->key_after)
          && !_nullmail_planner_is_needed_elsewhere (self, table->path, key))
        _nullmail_password_file_remove (table->contents, key);
    }
}

/* Removes all entries but that of the relay, whoever wrote them, if the caller asks for it. As long
 * as the old main.cf is there the key that it needs must be there as well. So a transition, which
 * has all entries, is committed first, and the others go behind the commit. */
static gboolean
drop_others (NullmailPlanner  *self,
             GError          **error)
{
  NullmailPasswordTable *table = self->plan->primary->table;
  g_autoptr(NullmailPasswordFile) all = NULL;

  if (!self->request->drops_others || self->key_after == NULL)
    return TRUE;
  if (!_nullmail_password_table_refuse_orphan (table, error))
    return FALSE;

  all = _nullmail_password_file_copy (table->contents);
  remove_others (self);
  self->plan->primary->drops_others = TRUE;
  if (self->key_before != NULL && _nullmail_plan_changes_main_cf (self->plan)
      && _nullmail_password_file_has_key (all, self->key_before)
      && !_nullmail_password_file_has_key (table->contents, self->key_before))
    table->transition = g_steal_pointer (&all);
  return TRUE;
}

gboolean
_nullmail_planner_edit_entries (NullmailPlanner  *self,
                                GError          **error)
{
  NullmailPasswordTable *table = self->plan->primary->table;

  if (self->request->credentials != NULL)
    set_credentials (self);
  else
    carry_over_entry (self);

  /* Old entries are removed by a plan that has something else to do. One that has nothing to do
   * stays empty, for an entry that is kept a while longer is no difference to what was asked
   * for. */
  if ((self->request->purges || _nullmail_plan_changes_main_cf (self->plan)
       || !_nullmail_password_table_is_unchanged (table))
      && !drop_old_entries (self, error))
    return FALSE;

  return drop_others (self, error);
}
