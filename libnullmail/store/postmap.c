/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "store/postmap-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/command-private.h"
#include "base/error-private.h"
#include "base/regular-file-private.h"
#include "commit/leftovers-private.h"
#include "config/mask-private.h"
#include "document/table-name-private.h"

#define MAIN_CF            "main.cf"
#define POSTMAP_TIMEOUT_MS 30000

/* If the entries have no more bytes than this they are looked for in the file of the map. Otherwise
 * postmap is run once more, to ask for them. */
#define MAX_SEARCHED_BYTES (8 * 1024)
#define MAX_TABLE_BYTES    (1024 * 1024)

static char *
get_config_name (NullmailStagedFile *source)
{
  return g_strconcat (_nullmail_staged_file_get_private_name (source), ".conf", NULL);
}

static void
remove_config_directory (NullmailStagedFile *source)
{
  g_autofree char *name = get_config_name (source);

  _nullmail_remove_private_directory (_nullmail_staged_file_get_directory (source), name,
                                      MAIN_CF);
}

/* Makes a configuration directory for postmap beside the staged file, under a private name. Its
 * main.cf gets an old time, since Postfix waits for one that was changed this second. */
static char *
make_config_directory (NullmailStagedFile  *source,
                       const char          *directory_path,
                       GBytes              *main_cf,
                       GError             **error)
{
  static const char minimum[] = "compatibility_level = 2\n";
  gsize size = sizeof minimum - 1;
  const char *contents = main_cf != NULL ? g_bytes_get_data (main_cf, &size) : minimum;
  const struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
  g_autofree char *name = get_config_name (source);
  int directory = _nullmail_staged_file_get_directory (source);
  gboolean ok = FALSE;
  int sub, fd;

  sub = mkdirat (directory, name, 0700) == 0
        ? openat (directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
  if (sub >= 0)
    {
      fd = fchmod (sub, 0700) == 0
           ? openat (sub, MAIN_CF, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)
           : -1;
      if (fd >= 0)
        {
          ok = _nullmail_write_all (fd, contents, size) && futimens (fd, times) == 0;
          close (fd);
        }
      close (sub);
    }

  if (!ok)
    {
      _nullmail_set_error_errno (error, errno, "Could not prepare “%s” for postmap",
                                 directory_path);
      remove_config_directory (source);
      return NULL;
    }

  return g_build_filename (directory_path, name, NULL);
}

/* (nullable): the folder of a path without links, if it is the directory that is open. */
static char *
resolve_directory (const char *path,
                   gboolean    follows_file,
                   int         directory)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *resolved = realpath (follows_file ? path : folder, NULL);
  g_autofree char *found = NULL;
  struct stat named, opened;

  if (resolved == NULL)
    return NULL;

  found = follows_file ? g_path_get_dirname (resolved) : g_steal_pointer (&resolved);
  return stat (found, &named) == 0 && fstat (directory, &opened) == 0
         && named.st_dev == opened.st_dev && named.st_ino == opened.st_ino
         ? g_steal_pointer (&found) : NULL;
}

/* The path of the directory that is open, as the kernel knows it. It has no links, so that postmap
 * uses the very directory whose path was checked. Without /proc, as in a chroot in which an image
 * is made, it is found by the path of the file, which may be a link. */
static char *
find_directory_path (NullmailStagedFile  *file,
                     GError             **error)
{
  int directory = _nullmail_staged_file_get_directory (file);
  const char *file_path = _nullmail_staged_file_get_path (file);
  g_autofree char *link = g_strdup_printf ("/proc/self/fd/%d", directory);
  char *path = g_file_read_link (link, NULL);

  if (path == NULL)
    path = resolve_directory (file_path, FALSE, directory);
  if (path == NULL)
    path = resolve_directory (file_path, TRUE, directory);
  if (path == NULL)
    g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_FAILED,
                 "Could not find the directory that “%s” leads to: mount /proc, or name the file "
                 "by a path without links", file_path);

  return path;
}

/* Runs postmap: to build the map or, if there is an input, to ask it for the keys of the input. */
static NullmailCommandResult *
run_postmap_in (const char                  *config_directory,
                const NullmailMapTool       *tool,
                const char                  *table,
                const NullmailSecureBuffer  *input,
                GCancellable                *cancellable,
                GError                     **error)
{
  const char *build[] = { tool->postmap, "-c", config_directory, table, NULL };
  const char *query[] = { tool->postmap, "-c", config_directory, "-q", "-", table, NULL };

  return _nullmail_command_run (input != NULL ? query : build, input,
                                input != NULL ? NULLMAIL_COMMAND_QUERY : NULLMAIL_COMMAND_TIED,
                                POSTMAP_TIMEOUT_MS, cancellable, error);
}

static NullmailCommandResult *
run_postmap (const NullmailMapTool       *tool,
             NullmailStagedFile          *source,
             const NullmailSecureBuffer  *input,
             GCancellable                *cancellable,
             GError                     **error)
{
  g_autofree char *directory_path = find_directory_path (source, error);
  g_autofree char *made = NULL;
  g_autofree char *table = NULL;
  g_autoptr(NullmailCommandResult) first = NULL;
  NullmailCommandResult *result;

  if (directory_path == NULL)
    return NULL;

  table = g_strdup_printf ("%s:%s/%s", tool->map_type, directory_path,
                           _nullmail_staged_file_get_private_name (source));
  if (tool->config_directory != NULL)
    {
      first = run_postmap_in (tool->config_directory, tool, table, input, cancellable, error);
      if (first == NULL || first->exit_status == 0
          || (tool->main_cf == NULL && !tool->only_drops))
        return g_steal_pointer (&first);
    }

  made = make_config_directory (source, directory_path,
                                tool->config_directory != NULL ? tool->main_cf : NULL, error);
  if (made == NULL)
    return NULL;

  result = run_postmap_in (made, tool, table, input, cancellable, error);
  remove_config_directory (source);
  if (first == NULL || result == NULL || result->exit_status == 0)
    return result;

  /* If both failed, the error of the real directory is the one that people can look into. */
  _nullmail_command_result_free (result);
  return g_steal_pointer (&first);
}

/* Why postmap failed, in its own words. They are copied only if they quote no password. */
static char *
get_reason (const NullmailMapTool       *tool,
            const NullmailCommandResult *result)
{
  g_autofree char *reason = NULL;

  if (_nullmail_password_file_reveals (tool->contents, result->errors->data))
    return g_strdup ("what postmap said may hold a password, so run it by hand");

  reason = _nullmail_command_result_get_reason (result);
  return _nullmail_mask_show_message (reason);
}

/* Makes an empty file at a name where postmap will write. postmap follows whatever it finds there.
 * If others can put files into the directory, one of them could plant a link, so that the library
 * has to take the name first, with a mode that never lets others read. */
static gboolean
reserve_name (int          directory,
              const char  *name,
              const char  *path,
              GError     **error)
{
  int saved_errno;
  int fd = openat (directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

  if (fd >= 0 && fchmod (fd, 0600) == 0)
    {
      close (fd);
      return TRUE;
    }

  saved_errno = errno;
  if (fd >= 0)
    {
      close (fd);
      unlinkat (directory, name, 0);
    }
  if (saved_errno == EEXIST)
    g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INSECURE_PATH,
                 "Somebody has put “%s” where the new map “%s” was to be made: find out who, and "
                 "take the write permission to the directory from him", name, path);
  else
    _nullmail_set_error_errno (error, saved_errno, "Could not make the map “%s”", path);
  return FALSE;
}

static gboolean
reserve_built (NullmailStagedFile  *map,
               int                  directory,
               const char          *built,
               GError             **error)
{
  const char *path = _nullmail_staged_file_get_path (map);
  g_autofree char *half = g_strconcat (built, ".tmp", NULL);
  struct stat info;

  if (fstat (directory, &info) == 0 && (info.st_mode & (S_IWGRP | S_IWOTH)) == 0)
    return TRUE;
  if (!reserve_name (directory, built, path, error))
    return FALSE;
  if (!g_str_has_suffix (built, ".cdb") || reserve_name (directory, half, path, error))
    return TRUE;

  unlinkat (directory, built, 0);
  return FALSE;
}

/* (nullable): what postmap has said when it built the map; NULL with error set if it did not. */
static NullmailCommandResult *
build (const NullmailMapTool  *tool,
       NullmailStagedFile     *source,
       NullmailStagedFile     *map,
       const char             *built,
       GCancellable           *cancellable,
       GError                **error)
{
  g_autoptr(NullmailCommandResult) result = run_postmap (tool, source, NULL, cancellable, error);
  g_autofree char *reason = NULL;
  struct stat info;

  if (result == NULL)
    return NULL;

  if (result->exit_status == 0
      && fstatat (_nullmail_staged_file_get_directory (source), built, &info,
                  AT_SYMLINK_NOFOLLOW) == 0
      && info.st_size > 0)
    return _nullmail_staged_file_adopt (map, built, error) ? g_steal_pointer (&result) : NULL;

  reason = get_reason (tool, result);
  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_MAP,
               "postmap could not build the %s map “%s”, mend that or use another type: %s",
               tool->map_type, _nullmail_staged_file_get_path (map), reason);
  return NULL;
}

/* The first key whose line of the output is not as it has to be, or the last key if the output is
 * only longer than it has to be. */
static char *
find_wrong_key (const NullmailSecureBuffer *output,
                const NullmailSecureBuffer *answers)
{
  const char *key = answers->data;
  gsize offset = 0;

  while (offset < answers->size)
    {
      const char *line = answers->data + offset;
      gsize length = (const char *) memchr (line, '\n', answers->size - offset) - line + 1;

      key = line;
      if (offset + length > output->size || memcmp (output->data + offset, line, length) != 0)
        break;
      offset += length;
    }

  return g_strndup (key, strcspn (key, "\t"));
}

/* Whether postmap has given no warning, other than the one about the empty file that was made to
 * reserve the name. */
static gboolean
is_silent (const NullmailCommandResult *result)
{
  static const char harmless[] = "removing zero-length database file";

  for (const char *line = result->errors->data, *end; *line != '\0'; line = end + (*end != '\0'))
    {
      end = strchrnul (line, '\n');
      if (end > line && g_strstr_len (line, end - line, harmless) == NULL)
        return FALSE;
    }

  return TRUE;
}

/* Whether each key and each value of the answers stands in the file of the map as it is. Berkeley
 * DB cuts a long one into pieces; then this is FALSE although the map may be right. */
static gboolean
has_all (const NullmailSecureBuffer *table,
         const NullmailSecureBuffer *answers)
{
  const char *text = answers->data, *end = text + answers->size;

  while (text < end)
    {
      const char *newline = memchr (text, '\n', end - text);
      const char *tab = memchr (text, '\t', newline - text);

      if (memmem (table->data, table->size, text, tab - text) == NULL
          || memmem (table->data, table->size, tab + 1, newline - tab - 1) == NULL)
        return FALSE;
      text = newline + 1;
    }

  return TRUE;
}

/* Postfix says nothing when LMDB cannot write the page that leads to all others, which is the last:
 * then everything stands in the file, and nothing is found. Such a table is always asked. */
static gboolean
holds_answers (NullmailStagedFile         *map,
               const char                 *map_type,
               const NullmailSecureBuffer *answers)
{
  g_autoptr(NullmailSecureBuffer) table = NULL;
  gboolean is_read;
  int fd;

  if (g_str_equal (map_type, "lmdb") || answers->size > MAX_SEARCHED_BYTES)
    return FALSE;

  fd = openat (_nullmail_staged_file_get_directory (map),
               _nullmail_staged_file_get_private_name (map), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0)
    return FALSE;

  table = _nullmail_secure_buffer_new (0);
  is_read = _nullmail_secure_buffer_read_fd (table, fd, MAX_TABLE_BYTES);
  close (fd);
  return is_read && has_all (table, answers);
}

/* Asks the map for all keys, and compares the answers with what the source says. */
static gboolean
ask_table (const NullmailMapTool       *tool,
           NullmailStagedFile          *source,
           const NullmailSecureBuffer  *questions,
           const NullmailSecureBuffer  *answers,
           GCancellable                *cancellable,
           GError                     **error)
{
  g_autoptr(NullmailCommandResult) result = NULL;
  g_autofree char *reason = NULL;
  g_autofree char *key = NULL;
  g_autofree char *shown_key = NULL;
  g_autofree char *shown_value = NULL;

  result = run_postmap (tool, source, questions, cancellable, error);
  if (result == NULL)
    return FALSE;
  if (_nullmail_secure_buffer_equal (result->output, answers))
    return TRUE;

  key = find_wrong_key (result->output, answers);
  if (!_nullmail_password_file_describe (tool->contents, key, &shown_key, &shown_value))
    shown_key = g_strdup ("an entry");
  _nullmail_wipe (key, strlen (key));
  reason = get_reason (tool, result);
  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_MAP,
               "The %s map made from “%s” does not return what was stored for “%s”, use another "
               "type: %s",
               tool->map_type, _nullmail_staged_file_get_path (source), shown_key, reason);
  return FALSE;
}

static gboolean
build_and_verify (const NullmailMapTool  *tool,
                  NullmailStagedFile     *source,
                  NullmailStagedFile     *map,
                  const char             *built,
                  GCancellable           *cancellable,
                  GError                **error)
{
  g_autoptr(NullmailSecureBuffer) questions = _nullmail_secure_buffer_new (0);
  g_autoptr(NullmailSecureBuffer) answers = _nullmail_secure_buffer_new (0);
  g_autoptr(NullmailCommandResult) result = build (tool, source, map, built, cancellable, error);

  if (result == NULL)
    return FALSE;

  _nullmail_password_file_get_answers (tool->contents, questions, answers);
  if (questions->size == 0 || (is_silent (result) && holds_answers (map, tool->map_type, answers)))
    return TRUE;

  return ask_table (tool, source, questions, answers, cancellable, error);
}

/* Where Postfix serves one type as another (“postfix non-bdb”), the map gets a name that was not
 * asked for, and a lock or a half-made file may lie beside it. They hold the password as well, so
 * that nothing but the map stays of what was made. */
gboolean
_nullmail_postmap_make (const NullmailMapTool  *tool,
                        NullmailStagedFile     *source,
                        NullmailStagedFile     *map,
                        GCancellable           *cancellable,
                        GError                **error)
{
  const char *name = _nullmail_staged_file_get_private_name (source);
  const char *suffix = _nullmail_table_type_get_suffix (tool->map_type);
  g_autofree char *built = g_strconcat (name, suffix, NULL);
  int directory = _nullmail_staged_file_get_directory (source);
  gboolean ok;

  if (!reserve_built (map, directory, built, error))
    return FALSE;

  ok = build_and_verify (tool, source, map, built, cancellable, error);
  _nullmail_leftovers_remove_made (directory, name, ok ? built : NULL);
  return ok;
}

NullmailMapAnswers
_nullmail_postmap_ask (const NullmailMapTool *tool,
                       const char            *path,
                       GCancellable          *cancellable)
{
  g_autoptr(NullmailSecureBuffer) questions = _nullmail_secure_buffer_new (0);
  g_autoptr(NullmailSecureBuffer) answers = _nullmail_secure_buffer_new (0);
  g_autoptr(NullmailCommandResult) result = NULL;
  g_autofree char *table = g_strconcat (tool->map_type, ":", path, NULL);

  _nullmail_password_file_get_answers (tool->contents, questions, answers);
  if (questions->size == 0)
    return NULLMAIL_MAP_ANSWERS_UNKNOWN;

  result = run_postmap_in (tool->config_directory, tool, table, questions, cancellable, NULL);
  if (result == NULL)
    return NULLMAIL_MAP_ANSWERS_UNKNOWN;
  if (_nullmail_secure_buffer_equal (result->output, answers))
    return NULLMAIL_MAP_ANSWERS_RIGHT;

  /* What stops postmap before it comes to the map does not name that. */
  return strstr (result->errors->data, "fatal: ") == NULL
         || strstr (result->errors->data, path) != NULL
         ? NULLMAIL_MAP_ANSWERS_WRONG : NULLMAIL_MAP_ANSWERS_UNKNOWN;
}
