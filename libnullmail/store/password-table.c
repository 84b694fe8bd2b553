/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "store/password-table-private.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error-private.h"
#include "base/obstacle-private.h"
#include "base/regular-file-private.h"
#include "base/secure-path-private.h"
#include "config/relay-credentials-private.h"
#include "document/table-name-private.h"
#include "document/value-list-private.h"

/* Looks at the map, and compares it with the source as it was when it was read. */
static void
look_at_map (NullmailPasswordTable *self)
{
  g_autofree char *map_path = _nullmail_lookup_map_get_path (self->path, self->map_type);

  self->has_map = map_path != NULL && stat (map_path, &self->map) == 0;
  self->map_state = _nullmail_lookup_map_judge (map_path, self->map_type,
                                                self->base != NULL ? &self->source : NULL,
                                                self->has_map ? &self->map : NULL);
}

NullmailPasswordTable *
_nullmail_password_table_load (const char    *path,
                               const char    *map_type,
                               GCancellable  *cancellable,
                               GError       **error)
{
  g_autoptr(NullmailPasswordTable) self = g_new0 (NullmailPasswordTable, 1);
  g_autoptr(GError) local_error = NULL;
  int fd;

  self->path = g_strdup (path);
  self->map_type = g_strdup (map_type);

  fd = _nullmail_regular_file_open (AT_FDCWD, path, path, &self->source, &local_error);
  if (fd < 0)
    {
      if (!g_error_matches (local_error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
      self->contents = _nullmail_password_file_new ();
      look_at_map (self);
      return g_steal_pointer (&self);
    }

  self->base = _nullmail_regular_file_read_secret (fd, &self->source, path, cancellable, error);
  close (fd);
  if (self->base == NULL)
    return NULL;

  self->contents = _nullmail_password_file_new_from_buffer (self->base, error);
  if (self->contents == NULL)
    {
      g_prefix_error (error, "“%s”: ", path);
      return NULL;
    }

  look_at_map (self);
  return g_steal_pointer (&self);
}

NullmailPasswordTable *
_nullmail_password_table_copy (const NullmailPasswordTable *self)
{
  NullmailPasswordTable *copy = g_memdup2 (self, sizeof *self);

  copy->path = g_strdup (self->path);
  copy->map_type = g_strdup (self->map_type);
  if (self->base != NULL)
    _nullmail_secure_buffer_ref (copy->base);
  copy->contents = _nullmail_password_file_copy (self->contents);
  copy->transition = self->transition != NULL ? _nullmail_password_file_copy (self->transition)
                                              : NULL;
  return copy;
}

void
_nullmail_password_table_free (NullmailPasswordTable *self)
{
  g_free (self->path);
  g_free (self->map_type);
  g_clear_pointer (&self->base, _nullmail_secure_buffer_unref);
  g_clear_pointer (&self->contents, _nullmail_password_file_unref);
  g_clear_pointer (&self->transition, _nullmail_password_file_unref);
  g_free (self);
}

void
_nullmail_password_table_set_type (NullmailPasswordTable *self,
                                   const char            *map_type)
{
  char *old = g_steal_pointer (&self->map_type);

  self->map_type = g_strdup (map_type);
  g_free (old);
  look_at_map (self);
}

void
_nullmail_password_table_take_as_fresh (NullmailPasswordTable *self)
{
  g_autofree char *map_path = _nullmail_lookup_map_get_path (self->path, self->map_type);
  struct stat source = self->source;

  source.st_mtim = self->map.st_mtim;
  self->map_state = _nullmail_lookup_map_judge (map_path, self->map_type, &source, &self->map);
}

void
_nullmail_staged_table_clear (NullmailStagedTable *self)
{
  g_clear_pointer (&self->kept, _nullmail_secure_buffer_unref);
}

gboolean
_nullmail_password_table_is_exposed (const NullmailPasswordTable *self)
{
  return self->base != NULL && !self->stays
         && ((self->source.st_mode & 0077) != 0
             || (self->source.st_uid != 0 && self->source.st_uid != geteuid ()));
}

/* Whether the source has a time in the future, and a map has to be made of it. That would seem to
 * be older, so that such a source is written again. Where the disk has another clock than this
 * host, the map that was made last is from a future at least as far away, and both stay. */
static gboolean
is_from_future (const NullmailPasswordTable *self)
{
  return self->base != NULL && !self->stays
         && (self->rebuild || self->map_state != NULLMAIL_LOOKUP_MAP_FRESH)
         && self->source.st_mtim.tv_sec > g_get_real_time () / G_USEC_PER_SEC;
}

/* The source as the next commit makes it. */
static NullmailPasswordFile *
get_next (NullmailPasswordTable *self)
{
  return self->transition != NULL ? self->transition : self->contents;
}

gboolean
_nullmail_password_table_has_new_contents (NullmailPasswordTable *self)
{
  const NullmailSecureBuffer *buffer = _nullmail_password_file_get_buffer (get_next (self));

  if (self->base == NULL)
    return buffer->size > 0;

  return !_nullmail_secure_buffer_equal (self->base, buffer);
}

gboolean
_nullmail_password_table_has_new_source (NullmailPasswordTable *self)
{
  return _nullmail_password_table_has_new_contents (self)
         || _nullmail_password_table_is_exposed (self) || is_from_future (self);
}

gboolean
_nullmail_password_table_is_unchanged (NullmailPasswordTable *self)
{
  return !self->rebuild
         && !_nullmail_password_table_has_new_source (self)
         && (self->stays || self->map_state == NULLMAIL_LOOKUP_MAP_FRESH);
}

gboolean
_nullmail_password_table_only_mends (NullmailPasswordTable *self)
{
  return self->transition == NULL && !self->rebuild
         && !_nullmail_password_table_has_new_contents (self)
         && !_nullmail_password_table_is_unchanged (self);
}

/* Whether a file can be replaced, as far as can be seen without trying. */
static gboolean
can_be_replaced (const char *path)
{
  g_autofree char *name = NULL;
  struct stat info;
  gboolean can;
  int directory = _nullmail_secure_path_open_parent (path, &name, NULL, NULL, NULL);

  if (directory < 0)
    return FALSE;

  can = faccessat (directory, ".", W_OK | X_OK, AT_EACCESS) == 0;
  if (can && fstatat (directory, name, &info, AT_SYMLINK_NOFOLLOW) == 0)
    can = info.st_nlink == 1
          && _nullmail_obstacle_find_at_file (directory, name) == NULLMAIL_OBSTACLE_NONE;
  close (directory);
  return can;
}

gboolean
_nullmail_password_table_can_be_mended (const NullmailPasswordTable *self)
{
  g_autofree char *map_path = _nullmail_lookup_map_get_path (self->path, self->map_type);

  return can_be_replaced (self->path) && (map_path == NULL || can_be_replaced (map_path));
}

gboolean
_nullmail_password_table_is_orphan (NullmailPasswordTable *self)
{
  return self->base == NULL && self->has_map && S_ISREG (self->map.st_mode);
}

gboolean
_nullmail_password_table_refuse_orphan (NullmailPasswordTable  *self,
                                        GError                **error)
{
  g_autofree char *map_path = _nullmail_lookup_map_get_path (self->path, self->map_type);

  if (!_nullmail_password_table_is_orphan (self))
    return TRUE;

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_MAP,
               "There is a compiled map “%s”, but not the “%s” it was made from: make that again "
               "with “postmap -s %s:%s”, or remove the map",
               map_path, self->path, self->map_type, self->path);
  return FALSE;
}

static gboolean
expect_base (NullmailPasswordTable  *self,
             NullmailStagedFile     *source,
             GError                **error)
{
  return _nullmail_staged_file_expect (source, self->base != NULL ? self->base->data : NULL,
                                       self->base != NULL ? self->base->size : 0, error);
}

static gboolean
write_source (NullmailPasswordTable  *self,
              NullmailStagedFile     *source,
              GError                **error)
{
  const NullmailSecureBuffer *buffer = _nullmail_password_file_get_buffer (get_next (self));

  return expect_base (self, source, error)
         && _nullmail_staged_file_write (source, buffer->data, buffer->size, error);
}

gboolean
_nullmail_password_table_expect (NullmailPasswordTable  *self,
                                 NullmailTransaction    *transaction,
                                 GCancellable           *cancellable,
                                 GError                **error)
{
  NullmailStagedFile *source = _nullmail_transaction_open (transaction, self->path,
                                                           NULLMAIL_STAGED_SECRET, cancellable,
                                                           error);

  return source != NULL && expect_base (self, source, error);
}

NullmailMapAnswers
_nullmail_password_table_ask (NullmailPasswordTable *self,
                              char                  *take_postmap,
                              const char            *directory,
                              GCancellable          *cancellable)
{
  g_autofree char *postmap = take_postmap;
  NullmailMapTool tool = {
    .postmap = postmap,
    .config_directory = directory,
    .map_type = self->map_type,
    .contents = self->contents,
  };

  if (postmap == NULL || directory == NULL || self->base == NULL || !self->has_map
      || (self->map_state != NULLMAIL_LOOKUP_MAP_FRESH
          && self->map_state != NULLMAIL_LOOKUP_MAP_EXPOSED))
    return NULLMAIL_MAP_ANSWERS_UNKNOWN;

  return _nullmail_postmap_ask (&tool, self->path, cancellable);
}

NullmailPasswordTable *
_nullmail_password_table_new_behind_transition (const NullmailPasswordTable *self)
{
  NullmailPasswordTable *next = g_new0 (NullmailPasswordTable, 1);

  next->path = g_strdup (self->path);
  next->map_type = g_strdup (self->map_type);
  next->base =
    _nullmail_secure_buffer_ref (_nullmail_password_file_get_buffer (self->transition));
  next->contents = _nullmail_password_file_ref (self->contents);
  next->map_state = NULLMAIL_LOOKUP_MAP_FRESH;
  return next;
}

/* Makes a copy of the source beside the map, for postmap to build the new map there. It is needed
 * if the source is a link that leads to another folder: a map that is built there might lie on
 * another file system than the one that it has to replace. */
static NullmailStagedFile *
copy_source (NullmailPasswordTable  *self,
             NullmailStagedFile     *map_file,
             GError                **error)
{
  const NullmailSecureBuffer *buffer = _nullmail_password_file_get_buffer (get_next (self));
  NullmailStagedFile *copy =
    _nullmail_staged_file_new (_nullmail_staged_file_get_directory (map_file), "source", self->path,
                               NULLMAIL_STAGED_SECRET, error);

  if (copy != NULL && !_nullmail_staged_file_write (copy, buffer->data, buffer->size, error))
    g_clear_pointer (&copy, _nullmail_staged_file_free);

  return copy;
}

/* Refuses a path with a control character, since no line of main.cf could name it. */
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

/* Refuses what can be seen to fail before anything is written. */
static gboolean
check_table (NullmailPasswordTable  *self,
             GError                **error)
{
  if (!check_path (self, error))
    return FALSE;

  if (!_nullmail_table_type_can_be_built (self->map_type))
    {
      g_autofree char *shown = _nullmail_text_display (self->map_type);

      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_MAP,
                   "Tables of type “%s” cannot be built: use hash, btree, lmdb, cdb or texthash, "
                   "whichever “postconf -m” lists",
                   shown);
      return FALSE;
    }

  /* Building a map without its source would lose what the map holds. */
  return _nullmail_password_table_refuse_orphan (self, error);
}

/* Writes a map that has no source once more, with the same bytes, so that only its owner can read
 * it. */
static gboolean
tighten_map (NullmailPasswordTable  *self,
             const char             *map_path,
             NullmailTransaction    *transaction,
             NullmailStagedTable    *staged,
             GCancellable           *cancellable,
             GError                **error)
{
  NullmailStagedFile *file;
  struct stat info;
  int fd;

  file = _nullmail_transaction_open (transaction, map_path, NULLMAIL_STAGED_SECRET, cancellable,
                                     error);
  if (file == NULL || !_nullmail_password_table_expect (self, transaction, cancellable, error))
    return FALSE;

  fd = _nullmail_regular_file_open (AT_FDCWD, map_path, map_path, &info, error);
  if (fd < 0)
    return FALSE;

  staged->kept = _nullmail_regular_file_read_secret (fd, &info, map_path, cancellable, error);
  close (fd);
  staged->map = file;
  return staged->kept != NULL
         && _nullmail_staged_file_expect (file, staged->kept->data, staged->kept->size, error)
         && _nullmail_staged_file_write (file, staged->kept->data, staged->kept->size, error);
}

static gboolean
only_tightens_map (NullmailPasswordTable *self)
{
  return !_nullmail_password_table_has_new_contents (self)
         && _nullmail_password_table_is_orphan (self);
}

gboolean
_nullmail_password_table_needs_postmap (NullmailPasswordTable *self)
{
  return _nullmail_table_type_get_suffix (self->map_type) != NULL
         && (self->transition != NULL || !_nullmail_password_table_is_unchanged (self))
         && !only_tightens_map (self);
}

/* Builds the map from the staged source. A texthash file has no map: Postfix reads the source. */
static gboolean
make_map (NullmailPasswordTable  *self,
          NullmailStagedFile     *source,
          NullmailStagedFile     *map,
          NullmailMapTool        *tool,
          GCancellable           *cancellable,
          GError                **error)
{
  g_autoptr(NullmailStagedFile) copy = NULL;

  if (map == NULL)
    return TRUE;

  tool->map_type = self->map_type;
  tool->contents = get_next (self);
  if (_nullmail_staged_file_get_directory (map) != _nullmail_staged_file_get_directory (source))
    {
      source = copy = copy_source (self, map, error);
      if (copy == NULL)
        return FALSE;
    }

  return _nullmail_postmap_make (tool, source, map, cancellable, error);
}

/* A map of a new type takes over the security label, and what other programs have attached, from
 * the map of the old one, or from the source where Postfix has read that itself. */
static void
take_label (NullmailPasswordTable *self,
            NullmailStagedFile    *map)
{
  g_autofree char *source = g_path_get_basename (self->path);
  const char *type;

  for (guint i = 0; (type = _nullmail_table_type_get_nth (i)) != NULL; i++)
    {
      g_autofree char *other = _nullmail_lookup_map_get_path (source, type);

      if (other != NULL && _nullmail_staged_file_take_label (map, other))
        return;
    }

  _nullmail_staged_file_take_label (map, source);
}

gboolean
_nullmail_password_table_stage (NullmailPasswordTable  *self,
                                NullmailTransaction    *transaction,
                                NullmailMapTool        *tool,
                                NullmailStagedTable    *staged,
                                GCancellable           *cancellable,
                                GError                **error)
{
  g_autofree char *map_path = _nullmail_lookup_map_get_path (self->path, self->map_type);
  NullmailStagedFile *source, *map = NULL;

  if (only_tightens_map (self))
    return tighten_map (self, map_path, transaction, staged, cancellable, error);
  if (!check_table (self, error))
    return FALSE;

  source = _nullmail_transaction_open (transaction, self->path, NULLMAIL_STAGED_SECRET,
                                       cancellable, error);
  if (source == NULL || !write_source (self, source, error))
    return FALSE;

  if (map_path != NULL)
    {
      map = _nullmail_transaction_open (transaction, map_path, NULLMAIL_STAGED_SECRET, cancellable,
                                        error);
      if (map == NULL)
        return FALSE;
      take_label (self, map);
    }

  if (!make_map (self, source, map, tool, cancellable, error))
    return FALSE;

  staged->source = _nullmail_password_table_has_new_source (self) ? source : NULL;
  staged->map = map;
  return TRUE;
}

void
_nullmail_staged_table_add_steps (const NullmailStagedTable *self,
                                  NullmailTransaction       *transaction,
                                  gboolean                   barrier)
{
  if (self->source != NULL)
    _nullmail_transaction_add_step (transaction, self->source, barrier);
  if (self->map != NULL)
    _nullmail_transaction_add_step (transaction, self->map, barrier && self->source == NULL);
}
