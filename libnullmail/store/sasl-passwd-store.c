/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "store/sasl-passwd-store-private.h"

#include <string.h>

#include "base/command-private.h"
#include "base/error-private.h"
#include "commit/transaction-private.h"
#include "config/password-maps-private.h"
#include "config/relay-credentials-private.h"
#include "document/password-file-private.h"
#include "store/credential-store-private.h"
#include "store/lookup-map-private.h"

/**
 * NullmailSaslPasswdStore:
 *
 * The `sasl_passwd` file that Postfix reads relay passwords from, and its compiled table.
 *
 * The file is edited without touching any line but that of the relay host; file and table are
 * replaced as a whole, readable by their owner alone, and the new table is asked for the new entry
 * before it takes its place. Where a `main.cf` lies beside the file, the lock that `postconf -e`
 * takes is taken too, and user name and password are separated by what its
 * `smtp_sasl_password_result_delimiter` says. A user name that has this character is refused:
 * %NULLMAIL_ERROR_INVALID_CREDENTIALS. A table whose file is gone is not changed, for it cannot be
 * made again: %NULLMAIL_ERROR_MAP.
 *
 * See the manual pages postmap(1) and postconf(5), `smtp_sasl_password_maps`.
 *
 * Since: 1.0
 */
struct _NullmailSaslPasswdStore
{
  GObject parent_instance;

  char *path;               /* (owned) */
  char *map_type;           /* (owned) */
  char *command_directory;  /* (owned) (nullable) */
  char *map_path;           /* (owned) (nullable) */
  char *main_cf_path;       /* (owned) (nullable) NULL for one beside the file */
  gboolean lacks_separator; /* Postfix knows of none but “:” */
};

static void credential_store_init (NullmailCredentialStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (NullmailSaslPasswdStore, nullmail_sasl_passwd_store, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (NULLMAIL_TYPE_CREDENTIAL_STORE,
                                                      credential_store_init))

typedef enum
{
  PROP_PATH = 1,
  PROP_MAP_TYPE,
  PROP_COMMAND_DIRECTORY,
} NullmailSaslPasswdStoreProperty;

static GParamSpec *props[PROP_COMMAND_DIRECTORY + 1];

/**
 * nullmail_sasl_passwd_store_new:
 * @path: (type filename): the file, for example `/etc/postfix/sasl_passwd`; it need not exist
 * @map_type: `hash`, `btree`, `lmdb`, `cdb` or `texthash`
 *
 * Makes a store for a password file. This does no I/O; a table type that cannot be built is
 * reported by the call that needs it.
 *
 * Returns: (transfer full) (not nullable): a new store
 *
 * Since: 1.0
 */
NullmailSaslPasswdStore *
nullmail_sasl_passwd_store_new (const char *path,
                                const char *map_type)
{
  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (map_type != NULL, NULL);

  return g_object_new (NULLMAIL_TYPE_SASL_PASSWD_STORE, "path", path, "map-type", map_type, NULL);
}

static void
nullmail_sasl_passwd_store_init (NullmailSaslPasswdStore *self G_GNUC_UNUSED)
{
}

static void
nullmail_sasl_passwd_store_constructed (GObject *object)
{
  NullmailSaslPasswdStore *self = NULLMAIL_SASL_PASSWD_STORE (object);

  G_OBJECT_CLASS (nullmail_sasl_passwd_store_parent_class)->constructed (object);

  if (self->path != NULL)
    self->map_path = _nullmail_lookup_map_get_path (self->path, self->map_type);
}

static void
nullmail_sasl_passwd_store_finalize (GObject *object)
{
  NullmailSaslPasswdStore *self = NULLMAIL_SASL_PASSWD_STORE (object);

  g_free (self->path);
  g_free (self->map_type);
  g_free (self->command_directory);
  g_free (self->map_path);
  g_free (self->main_cf_path);

  G_OBJECT_CLASS (nullmail_sasl_passwd_store_parent_class)->finalize (object);
}

static void
nullmail_sasl_passwd_store_get_property (GObject    *object,
                                         guint       prop_id,
                                         GValue     *value,
                                         GParamSpec *pspec)
{
  NullmailSaslPasswdStore *self = NULLMAIL_SASL_PASSWD_STORE (object);

  switch ((NullmailSaslPasswdStoreProperty) prop_id)
    {
    case PROP_PATH:
      g_value_set_string (value, self->path);
      break;
    case PROP_MAP_TYPE:
      g_value_set_string (value, self->map_type);
      break;
    case PROP_COMMAND_DIRECTORY:
      g_value_set_string (value, self->command_directory);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

/* A program that leaves a property unset gives NULL, which stands for the default. */
static char *
dup_string_or_default (const GValue *value,
                       GParamSpec   *pspec)
{
  const char *text = g_value_get_string (value);

  return g_strdup (text != NULL ? text : G_PARAM_SPEC_STRING (pspec)->default_value);
}

static void
nullmail_sasl_passwd_store_set_property (GObject      *object,
                                         guint         prop_id,
                                         const GValue *value,
                                         GParamSpec   *pspec)
{
  NullmailSaslPasswdStore *self = NULLMAIL_SASL_PASSWD_STORE (object);

  switch ((NullmailSaslPasswdStoreProperty) prop_id)
    {
    case PROP_PATH:
      self->path = dup_string_or_default (value, pspec);
      break;
    case PROP_MAP_TYPE:
      self->map_type = dup_string_or_default (value, pspec);
      break;
    case PROP_COMMAND_DIRECTORY:
      self->command_directory = g_value_dup_string (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
nullmail_sasl_passwd_store_class_init (NullmailSaslPasswdStoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->constructed = nullmail_sasl_passwd_store_constructed;
  object_class->finalize = nullmail_sasl_passwd_store_finalize;
  object_class->get_property = nullmail_sasl_passwd_store_get_property;
  object_class->set_property = nullmail_sasl_passwd_store_set_property;

  /**
   * NullmailSaslPasswdStore:path: (getter get_path)
   *
   * The password file, the source of the table; %NULL for the default.
   *
   * Since: 1.0
   */
  props[PROP_PATH] = g_param_spec_string ("path", NULL, NULL, "/etc/postfix/sasl_passwd", flags);

  /**
   * NullmailSaslPasswdStore:map-type: (getter get_map_type)
   *
   * The type of the table: `hash`, `btree`, `lmdb`, `cdb` or `texthash`, see DATABASE_README;
   * %NULL for the default.
   *
   * Since: 1.0
   */
  props[PROP_MAP_TYPE] = g_param_spec_string ("map-type", NULL, NULL, "hash", flags);

  /**
   * NullmailSaslPasswdStore:command-directory: (getter get_command_directory)
   *
   * The folder of postmap(1); %NULL for `PATH` and then the system's folders.
   *
   * Since: 1.0
   */
  props[PROP_COMMAND_DIRECTORY] = g_param_spec_string ("command-directory", NULL, NULL, NULL,
                                                       flags);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (props), props);
  _nullmail_credential_store_set_threaded (G_OBJECT_CLASS_TYPE (klass));
}

/**
 * nullmail_sasl_passwd_store_get_path: (get-property path)
 * @self: a store
 *
 * Returns the password file.
 *
 * Returns: (transfer none) (not nullable) (type filename): the path
 *
 * Since: 1.0
 */
const char *
nullmail_sasl_passwd_store_get_path (NullmailSaslPasswdStore *self)
{
  g_return_val_if_fail (NULLMAIL_IS_SASL_PASSWD_STORE (self), NULL);

  return self->path;
}

/**
 * nullmail_sasl_passwd_store_get_map_type: (get-property map-type)
 * @self: a store
 *
 * Returns the type of the table.
 *
 * Returns: (transfer none) (not nullable): the type, for example `hash`
 *
 * Since: 1.0
 */
const char *
nullmail_sasl_passwd_store_get_map_type (NullmailSaslPasswdStore *self)
{
  g_return_val_if_fail (NULLMAIL_IS_SASL_PASSWD_STORE (self), NULL);

  return self->map_type;
}

/**
 * nullmail_sasl_passwd_store_get_command_directory: (get-property command-directory)
 * @self: a store
 *
 * Returns the folder of postmap(1).
 *
 * Returns: (transfer none) (nullable) (type filename): the folder, or %NULL for `PATH`
 *
 * Since: 1.0
 */
const char *
nullmail_sasl_passwd_store_get_command_directory (NullmailSaslPasswdStore *self)
{
  g_return_val_if_fail (NULLMAIL_IS_SASL_PASSWD_STORE (self), NULL);

  return self->command_directory;
}

/**
 * nullmail_sasl_passwd_store_get_map_path:
 * @self: a store
 *
 * Returns the compiled table.
 *
 * Returns: (transfer none) (nullable) (type filename): the path, or %NULL for `texthash`, which is
 *   read by Postfix as it is
 *
 * Since: 1.0
 */
const char *
nullmail_sasl_passwd_store_get_map_path (NullmailSaslPasswdStore *self)
{
  g_return_val_if_fail (NULLMAIL_IS_SASL_PASSWD_STORE (self), NULL);

  return self->map_path;
}

/**
 * nullmail_sasl_passwd_store_is_stale:
 * @self: a store
 *
 * Tells whether the table is missing, of another type or older than the file, so that Postfix uses
 * old passwords or none.
 *
 * Returns: %TRUE if [method@SaslPasswdStore.rebuild] is needed; %FALSE if there is no file
 *
 * Since: 1.0
 */
gboolean
nullmail_sasl_passwd_store_is_stale (NullmailSaslPasswdStore *self)
{
  NullmailLookupMapState state;

  g_return_val_if_fail (NULLMAIL_IS_SASL_PASSWD_STORE (self), FALSE);

  state = _nullmail_lookup_map_query_state (self->path, self->map_type);
  return state == NULLMAIL_LOOKUP_MAP_STALE || state == NULLMAIL_LOOKUP_MAP_MISSING;
}

/* The directory of the password file if there is a main.cf in it, else NULL. */
static char *
find_config_directory (NullmailSaslPasswdStore *self)
{
  g_autofree char *directory = g_path_get_dirname (self->path);
  g_autofree char *main_cf = g_build_filename (directory, "main.cf", NULL);

  return g_file_test (main_cf, G_FILE_TEST_EXISTS) ? g_steal_pointer (&directory) : NULL;
}

void
_nullmail_sasl_passwd_store_set_main_cf (NullmailSaslPasswdStore *self,
                                         const char              *main_cf_path,
                                         gboolean                 has_separator)
{
  g_free (self->main_cf_path);
  self->main_cf_path = g_strdup (main_cf_path);
  self->lacks_separator = !has_separator;
}

/* Loads the table, and reads it as Postfix does with main.cf. One that cannot be read has nothing
 * to say. */
static NullmailPasswordTable *
load_table (NullmailSaslPasswdStore  *self,
            GCancellable             *cancellable,
            GError                  **error)
{
  NullmailPasswordTable *table = _nullmail_password_table_load (self->path, self->map_type,
                                                                cancellable, error);
  g_autofree char *directory = g_path_get_dirname (self->path);
  g_autofree char *path = self->main_cf_path != NULL
                          ? g_strdup (self->main_cf_path)
                          : g_build_filename (directory, "main.cf", NULL);
  g_autoptr(NullmailMainCf) main_cf = NULL;
  g_autoptr(NullmailEffective) effective = NULL;

  if (table != NULL)
    main_cf = nullmail_main_cf_load (path, cancellable, NULL);
  if (main_cf == NULL)
    return table;

  effective = _nullmail_effective_new (main_cf, NULL);
  _nullmail_password_map_set_separator (effective, table->contents);
  if (self->lacks_separator)
    _nullmail_password_file_set_separator (table->contents, ':');
  return table;
}

static void
set_entry (NullmailPasswordTable *table,
           gpointer               user_data)
{
  NullmailRelayHost *relay_host = nullmail_relay_credentials_get_relay_host (user_data);

  _nullmail_password_file_set (table->contents, nullmail_relay_host_to_string (relay_host),
                               nullmail_relay_credentials_get_username (user_data),
                               _nullmail_relay_credentials_peek_password (user_data));
}

/* An edit that sets an entry needs a user name that the file can hold. */
static gboolean
apply_edit (NullmailPasswordTable  *table,
            NullmailPasswordEdit    edit,
            gpointer                user_data,
            GError                **error)
{
  if (edit == set_entry
      && !_nullmail_relay_credentials_check_separator (
           user_data, _nullmail_password_file_get_separator (table->contents), error))
    return FALSE;

  edit (table, user_data);
  return TRUE;
}

gboolean
_nullmail_sasl_passwd_store_change (NullmailSaslPasswdStore  *self,
                                    NullmailPasswordEdit      edit,
                                    gpointer                  user_data,
                                    GCancellable             *cancellable,
                                    GError                  **error)
{
  g_autofree char *config_directory = find_config_directory (self);
  /* The transaction borrows bytes from these two. */
  g_autoptr(NullmailPasswordTable) table = NULL;
  g_auto(NullmailStagedTable) staged = { .map = NULL };
  g_autoptr(NullmailTransaction) transaction = NULL;
  g_autofree char *postmap = NULL;
  NullmailMapTool tool = { .config_directory = config_directory };

  /* The lock has to be held before the file is read, or another writer's change could be lost. */
  transaction = _nullmail_transaction_new (config_directory, cancellable, error);
  if (transaction == NULL
      || !_nullmail_transaction_enter (transaction, self->path, cancellable, error))
    return FALSE;

  table = load_table (self, cancellable, error);
  if (table == NULL || !_nullmail_password_table_refuse_orphan (table, error)
      || !apply_edit (table, edit, user_data, error))
    return FALSE;
  if (edit == set_entry && _nullmail_password_table_is_unchanged (table))
    table->rebuild = NULLMAIL_MAP_ANSWERS_WRONG
      == _nullmail_password_table_ask (table, _nullmail_command_find ("postmap",
           self->command_directory, NULL), config_directory, cancellable);
  if (_nullmail_password_table_is_unchanged (table))
    return TRUE;

  if (_nullmail_password_table_needs_postmap (table))
    {
      tool.postmap = postmap = _nullmail_command_find ("postmap", self->command_directory, error);
      if (postmap == NULL)
        return FALSE;
    }
  if (!_nullmail_password_table_stage (table, transaction, &tool, &staged, cancellable, error))
    return FALSE;

  _nullmail_staged_table_add_steps (&staged, transaction, FALSE);
  if (g_cancellable_set_error_if_cancelled (cancellable, error)
      || !_nullmail_transaction_commit (transaction, error))
    return FALSE;

  g_clear_pointer (&transaction, _nullmail_transaction_free);
  return TRUE;
}

static NullmailRelayCredentials *
lookup_entry (NullmailSaslPasswdStore  *self,
              NullmailPasswordTable    *table,
              NullmailRelayHost        *relay_host,
              GError                  **error)
{
  const char *key = nullmail_relay_host_to_string (relay_host);
  char separator = _nullmail_password_file_get_separator (table->contents);
  g_autoptr(NullmailSecureBuffer) password = NULL;
  g_autofree char *username = NULL;
  g_autoptr(GError) reason = NULL;
  NullmailRelayCredentials *credentials;

  if (!_nullmail_password_file_lookup (table->contents, key, &username, &password))
    return NULL;

  credentials = _nullmail_relay_credentials_new_from_entry (relay_host, username,
                                                            g_steal_pointer (&password), separator,
                                                            &reason);
  if (credentials == NULL)
    g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE,
                 "Line %u of “%s”, the entry for “%s”, has no user name and password with “%c” "
                 "between them that can be used, store the credentials anew: %s",
                 _nullmail_password_file_get_line_of (table->contents, key), self->path, key,
                 separator, reason->message);

  return credentials;
}

static NullmailRelayCredentials *
nullmail_sasl_passwd_store_lookup (NullmailCredentialStore  *store,
                                   NullmailRelayHost        *relay_host,
                                   GCancellable             *cancellable,
                                   GError                  **error)
{
  NullmailSaslPasswdStore *self = NULLMAIL_SASL_PASSWD_STORE (store);
  g_autoptr(NullmailPasswordTable) table = load_table (self, cancellable, error);

  return table != NULL ? lookup_entry (self, table, relay_host, error) : NULL;
}

static gboolean
nullmail_sasl_passwd_store_store (NullmailCredentialStore   *store,
                                  NullmailRelayCredentials  *credentials,
                                  GCancellable              *cancellable,
                                  GError                   **error)
{
  if (!nullmail_relay_credentials_has_password (credentials))
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CREDENTIALS,
                   "The credentials for “%s” come from a list and have no password: look them up "
                   "in the store", nullmail_relay_host_to_string (
                     nullmail_relay_credentials_get_relay_host (credentials)));
      return FALSE;
    }

  return _nullmail_sasl_passwd_store_change (NULLMAIL_SASL_PASSWD_STORE (store), set_entry,
                                             credentials, cancellable, error);
}

static void
remove_entry (NullmailPasswordTable *table,
              gpointer               user_data)
{
  _nullmail_password_file_remove (table->contents, nullmail_relay_host_to_string (user_data));
}

static gboolean
nullmail_sasl_passwd_store_clear (NullmailCredentialStore  *store,
                                  NullmailRelayHost        *relay_host,
                                  GCancellable             *cancellable,
                                  GError                  **error)
{
  return _nullmail_sasl_passwd_store_change (NULLMAIL_SASL_PASSWD_STORE (store), remove_entry,
                                             relay_host, cancellable, error);
}

/* Lists the entries whose key is a relay host. Other keys, such as a sender's address, are left to
 * Postfix. So are values without a colon, since they may be a user name or a password. */
static GPtrArray *
nullmail_sasl_passwd_store_load_list (NullmailCredentialStore  *store,
                                      GCancellable             *cancellable,
                                      GError                  **error)
{
  NullmailSaslPasswdStore *self = NULLMAIL_SASL_PASSWD_STORE (store);
  g_autoptr(NullmailPasswordTable) table = load_table (self, cancellable, error);
  g_autoptr(GPtrArray) keys = NULL;
  GPtrArray *list;

  if (table == NULL)
    return NULL;

  list = g_ptr_array_new_with_free_func ((GDestroyNotify) nullmail_relay_credentials_unref);
  keys = _nullmail_password_file_list_keys (table->contents);
  for (guint i = 0; i < keys->len; i++)
    {
      const char *key = g_ptr_array_index (keys, i);
      g_autoptr(NullmailRelayHost) relay_host = nullmail_relay_host_parse (key, NULL);
      g_autoptr(NullmailSecureBuffer) password = NULL;
      g_autofree char *username = NULL;

      if (relay_host != NULL
          && _nullmail_password_file_lookup (table->contents, key, &username, &password)
          && password->size > 0)
        g_ptr_array_add (list, _nullmail_relay_credentials_new_without_password (relay_host,
                                                                                 username));
    }

  return list;
}

static void
credential_store_init (NullmailCredentialStoreInterface *iface)
{
  iface->lookup = nullmail_sasl_passwd_store_lookup;
  iface->store = nullmail_sasl_passwd_store_store;
  iface->clear = nullmail_sasl_passwd_store_clear;
  iface->load_list = nullmail_sasl_passwd_store_load_list;
}
