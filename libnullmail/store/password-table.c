/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "store/password-table-private.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/command-private.h"
#include "base/error-private.h"
#include "base/regular-file-private.h"
#include "config/relay-credentials-private.h"
#include "config/value-text-private.h"
#include "store/lookup-map-private.h"

NullmailPasswordTable *
_nullmail_password_table_load (const char    *path,
                               const char    *map_type,
                               GCancellable  *cancellable,
                               GError       **error)
{
  g_autoptr(NullmailPasswordTable) self = g_new0 (NullmailPasswordTable, 1);
  g_autoptr(GError) local_error = NULL;
  struct stat info;
  int fd;

  self->path = g_strdup (path);
  self->map_type = g_strdup (map_type);

  fd = _nullmail_regular_file_open (AT_FDCWD, path, path, &info, &local_error);
  if (fd < 0)
    {
      if (!g_error_matches (local_error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
      self->contents = _nullmail_password_file_new ();
      return g_steal_pointer (&self);
    }

  self->is_exposed = (info.st_mode & 0077) != 0
                     || (info.st_uid != 0 && info.st_uid != geteuid ());
  self->base = _nullmail_regular_file_read_secret (fd, path, cancellable, error);
  close (fd);
  if (self->base == NULL)
    return NULL;

  self->contents = _nullmail_password_file_new_from_buffer (self->base, error);
  if (self->contents == NULL)
    {
      g_prefix_error (error, "“%s”: ", path);
      return NULL;
    }

  return g_steal_pointer (&self);
}

void
_nullmail_password_table_free (NullmailPasswordTable *self)
{
  g_free (self->path);
  g_free (self->map_type);
  g_free (self->command_directory);
  g_free (self->config_directory);
  g_clear_pointer (&self->base, _nullmail_secure_buffer_unref);
  g_clear_pointer (&self->contents, _nullmail_password_file_unref);
  g_clear_pointer (&self->verify, nullmail_relay_credentials_unref);
  g_free (self);
}

static gboolean
has_new_contents (NullmailPasswordTable *self)
{
  const NullmailSecureBuffer *buffer = _nullmail_password_file_get_buffer (self->contents);

  if (self->base == NULL)
    return buffer->size > 0;

  return !_nullmail_secure_buffer_equal (self->base, buffer);
}

gboolean
_nullmail_password_table_has_new_source (NullmailPasswordTable *self)
{
  return has_new_contents (self) || (self->is_exposed && self->base != NULL);
}

gboolean
_nullmail_password_table_is_unchanged (NullmailPasswordTable *self)
{
  return !self->rebuild
         && !_nullmail_password_table_has_new_source (self)
         && _nullmail_lookup_map_get_state (self->path, self->map_type)
            == NULLMAIL_LOOKUP_MAP_FRESH;
}

static gboolean
write_source (NullmailPasswordTable  *self,
              NullmailStagedFile     *source,
              GError                **error)
{
  const NullmailSecureBuffer *buffer = _nullmail_password_file_get_buffer (self->contents);

  return _nullmail_staged_file_expect (source, self->base != NULL ? self->base->data : NULL,
                                       self->base != NULL ? self->base->size : 0, error)
         && _nullmail_staged_file_write (source, buffer->data, buffer->size, error);
}

static gboolean
verify_table (NullmailPasswordTable  *self,
              const NullmailMapTool  *tool,
              NullmailStagedFile     *source,
              GCancellable           *cancellable,
              GError                **error)
{
  NullmailRelayHost *relay_host;

  /* A texthash file is read by Postfix just as it was written: the check costs a process and
   * nothing needs to be compiled, but the syntax is checked all the same. */
  if (self->verify == NULL)
    return TRUE;

  relay_host = nullmail_relay_credentials_get_relay_host (self->verify);
  return _nullmail_lookup_map_verify (tool, source, nullmail_relay_host_to_string (relay_host),
                                      nullmail_relay_credentials_get_username (self->verify),
                                      _nullmail_relay_credentials_peek_password (self->verify),
                                      cancellable, error);
}

/* No line of main.cf could name a file like that. */
static gboolean
check_path (NullmailPasswordTable  *self,
            GError                **error)
{
  g_autofree char *shown = NULL;

  if (!_nullmail_text_has_control (self->path))
    return TRUE;

  shown = _nullmail_text_display (self->path);
  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
               "The path “%s” of a password file has a control character: name another", shown);
  return FALSE;
}

/* What postmap said is quoted in errors. It should not show a password, but none must get out. */
static void
hide_passwords (NullmailPasswordTable *self,
                GError                *error)
{
  if (error == NULL || !g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_MAP)
      || !_nullmail_password_file_reveals (self->contents, error->message))
    return;

  _nullmail_wipe (error->message, strlen (error->message));
  g_free (error->message);
  error->message = g_strdup_printf ("postmap failed on a copy of “%s”, and what it said may hold a "
                                    "password: run it by hand", self->path);
}

static gboolean
stage (NullmailPasswordTable  *self,
       NullmailTransaction    *transaction,
       NullmailStagedFile    **source,
       NullmailStagedFile    **map,
       GCancellable           *cancellable,
       GError                **error)
{
  g_autofree char *map_path = _nullmail_lookup_map_get_path (self->path, self->map_type);
  g_autofree char *postmap = NULL;
  NullmailStagedFile *source_file, *map_file = NULL;
  NullmailMapTool tool = { NULL, self->config_directory, self->map_type };

  if (!check_path (self, error))
    return FALSE;
  if (!_nullmail_lookup_map_type_is_known (self->map_type))
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_MAP,
                   "Tables of type “%s” cannot be built: use hash, btree, lmdb, cdb or texthash",
                   self->map_type);
      return FALSE;
    }

  if (map_path != NULL || self->verify != NULL)
    {
      tool.postmap = postmap = _nullmail_command_find ("postmap", self->command_directory, error);
      if (postmap == NULL)
        return FALSE;
    }

  source_file = _nullmail_transaction_open (transaction, self->path, NULLMAIL_STAGED_SECRET,
                                            cancellable, error);
  if (source_file == NULL || !write_source (self, source_file, error))
    return FALSE;

  if (map_path != NULL)
    {
      map_file = _nullmail_transaction_open (transaction, map_path, NULLMAIL_STAGED_SECRET,
                                             cancellable, error);
      if (map_file == NULL
          || !_nullmail_lookup_map_build (&tool, source_file, map_file, cancellable, error))
        return FALSE;
    }

  if (!verify_table (self, &tool, source_file, cancellable, error))
    return FALSE;

  *source = _nullmail_password_table_has_new_source (self) ? source_file : NULL;
  *map = map_file;
  return TRUE;
}

gboolean
_nullmail_password_table_stage (NullmailPasswordTable  *self,
                                NullmailTransaction    *transaction,
                                NullmailStagedFile    **source,
                                NullmailStagedFile    **map,
                                GCancellable           *cancellable,
                                GError                **error)
{
  GError *local_error = NULL;

  if (stage (self, transaction, source, map, cancellable, &local_error))
    return TRUE;

  hide_passwords (self, local_error);
  g_propagate_error (error, local_error);
  return FALSE;
}
