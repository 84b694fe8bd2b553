/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "document/main-cf-private.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/regular-file-private.h"
#include "document/logical-lines-private.h"

/**
 * NullmailMainCf:
 *
 * The text of a Postfix configuration file `main.cf`, to be read and edited.
 *
 * It is a document, not a dictionary: every byte that is not edited survives, comments, blank
 * lines, order, line ends and a missing last newline included. Values are read as Postfix reads
 * them, and edits write what `postconf -e`, `-X` and `-#` write, see postconf(1) and postconf(5).
 * Nothing here touches a file, but for [func@MainCf.load]. An edited document is written by
 * [method@PostfixInstance.plan_main_cf] and [method@PostfixInstance.apply]:
 *
 * ```c
 * g_autoptr(GError) error = NULL;
 * g_autoptr(NullmailPostfixInstance) postfix = nullmail_postfix_instance_new (NULL);
 * g_autoptr(NullmailMainCf) main_cf =
 *   nullmail_postfix_instance_load_main_cf (postfix, NULL, &error);
 * g_autoptr(NullmailPlan) plan = NULL;
 *
 * if (main_cf != NULL && nullmail_main_cf_set_value (main_cf, "message_size_limit", "0", &error))
 *   plan = nullmail_postfix_instance_plan_main_cf (postfix, main_cf, NULL,
 *                                                  NULLMAIL_PLAN_FLAGS_NONE, NULL, &error);
 * if (plan != NULL)
 *   nullmail_postfix_instance_apply (postfix, plan, NULLMAIL_APPLY_FLAGS_NONE, NULL, &error);
 * if (error != NULL)
 *   g_printerr ("%s\n", error->message);
 * ```
 *
 * A name that no parameter can have, such as one with a blank, is simply not there: only
 * [method@MainCf.set_value] reports it.
 *
 * Since: 1.0
 */
struct _NullmailMainCf
{
  GObject parent_instance;

  GBytes            *base;  /* (owned) (nullable) */
  NullmailMainCfText text;
};

G_DEFINE_FINAL_TYPE (NullmailMainCf, nullmail_main_cf, G_TYPE_OBJECT)

static void
nullmail_main_cf_finalize (GObject *object)
{
  NullmailMainCf *self = NULLMAIL_MAIN_CF (object);

  _nullmail_main_cf_text_clear (&self->text);
  g_clear_pointer (&self->base, g_bytes_unref);

  G_OBJECT_CLASS (nullmail_main_cf_parent_class)->finalize (object);
}

static void
nullmail_main_cf_class_init (NullmailMainCfClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = nullmail_main_cf_finalize;
}

static void
nullmail_main_cf_init (NullmailMainCf *self)
{
  g_autoptr(GBytes) empty = g_bytes_new_static ("", 0);

  _nullmail_main_cf_text_init (&self->text, empty);
}

/**
 * nullmail_main_cf_new:
 *
 * Creates an empty document.
 *
 * Returns: (transfer full) (not nullable): a new document
 *
 * Since: 1.0
 */
NullmailMainCf *
nullmail_main_cf_new (void)
{
  return g_object_new (NULLMAIL_TYPE_MAIN_CF, NULL);
}

/**
 * nullmail_main_cf_new_from_bytes:
 * @bytes: the content of a `main.cf`
 * @error: return location for an error, or %NULL
 *
 * Makes a document of the content of a file.
 *
 * Lines that Postfix cannot read are kept as they are, see [method@MainCf.count_bad_lines].
 *
 * Returns: (transfer full) (not nullable): a new document, or %NULL with @error set:
 *   %NULLMAIL_ERROR_INVALID_FILE for a NUL byte or more than 64 MiB
 *
 * Since: 1.0
 */
NullmailMainCf *
nullmail_main_cf_new_from_bytes (GBytes  *bytes,
                                 GError **error)
{
  NullmailMainCf *self;
  const char *data, *nul;
  gsize size;

  g_return_val_if_fail (bytes != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  data = g_bytes_get_data (bytes, &size);
  if (size > NULLMAIL_MAX_FILE_BYTES)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE,
                   "A main.cf of %" G_GSIZE_FORMAT " bytes is more than the %d that are supported: "
                   "see what has filled it, and shorten it", size, NULLMAIL_MAX_FILE_BYTES);
      return NULL;
    }

  nul = size > 0 ? memchr (data, '\0', size) : NULL;
  if (nul != NULL)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE,
                   "Line %u has a NUL byte, which Postfix takes for the end of the text: remove it",
                   _nullmail_lines_count_ends (data, nul) + 1);
      return NULL;
    }

  self = g_object_new (NULLMAIL_TYPE_MAIN_CF, NULL);
  _nullmail_main_cf_text_clear (&self->text);
  _nullmail_main_cf_text_init (&self->text, bytes);
  self->base = g_bytes_ref (bytes);

  return self;
}

/**
 * nullmail_main_cf_load:
 * @path: (type filename): the path of a `main.cf`
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Reads a file.
 *
 * Returns: (transfer full) (not nullable): a new document, or %NULL with @error set:
 *   %NULLMAIL_ERROR_NOT_FOUND, %NULLMAIL_ERROR_PERMISSION_DENIED, %NULLMAIL_ERROR_INVALID_FILE
 *   for a directory, a FIFO and the like, a NUL byte or more than 64 MiB,
 *   %NULLMAIL_ERROR_FAILED, %G_IO_ERROR_CANCELLED
 *
 * Since: 1.0
 */
NullmailMainCf *
nullmail_main_cf_load (const char    *path,
                       GCancellable  *cancellable,
                       GError       **error)
{
  g_autoptr(GBytes) bytes = NULL;
  NullmailMainCf *self;
  struct stat info;
  int fd;

  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  fd = _nullmail_regular_file_open (AT_FDCWD, path, path, &info, error);
  if (fd < 0)
    return NULL;

  bytes = _nullmail_regular_file_read (fd, &info, path, cancellable, error);
  close (fd);
  if (bytes == NULL)
    return NULL;

  self = nullmail_main_cf_new_from_bytes (bytes, error);
  if (self == NULL)
    g_prefix_error (error, "“%s”: ", path);

  return self;
}

/**
 * nullmail_main_cf_copy:
 * @self: a document
 *
 * Copies a document, so that either can be edited without the other.
 *
 * Returns: (transfer full) (not nullable): a new document with the same bytes
 *
 * Since: 1.0
 */
NullmailMainCf *
nullmail_main_cf_copy (NullmailMainCf *self)
{
  NullmailMainCf *copy;

  g_return_val_if_fail (NULLMAIL_IS_MAIN_CF (self), NULL);

  copy = g_object_new (NULLMAIL_TYPE_MAIN_CF, NULL);
  _nullmail_main_cf_text_clear (&copy->text);
  _nullmail_main_cf_text_copy (&copy->text, &self->text);
  if (self->base != NULL)
    copy->base = g_bytes_ref (self->base);

  return copy;
}

NullmailMainCf *
_nullmail_main_cf_copy_base (NullmailMainCf *self)
{
  g_autoptr(NullmailMainCf) copy = NULL;

  if (self->base == NULL)
    return NULL;

  copy = g_object_new (NULLMAIL_TYPE_MAIN_CF, NULL);
  _nullmail_main_cf_text_clear (&copy->text);
  if (!_nullmail_main_cf_text_copy_base (&copy->text, &self->text, self->base))
    {
      g_autoptr(GBytes) nothing = g_bytes_new_static ("", 0);

      _nullmail_main_cf_text_init (&copy->text, nothing);
      return NULL;
    }
  copy->base = g_bytes_ref (self->base);

  return g_steal_pointer (&copy);
}

/**
 * nullmail_main_cf_to_bytes:
 * @self: a document
 *
 * Gets the text of the document, to be written to a file.
 *
 * Returns: (transfer full) (not nullable): the bytes
 *
 * Since: 1.0
 */
GBytes *
nullmail_main_cf_to_bytes (NullmailMainCf *self)
{
  g_return_val_if_fail (NULLMAIL_IS_MAIN_CF (self), NULL);

  return g_bytes_ref (_nullmail_main_cf_peek_bytes (self));
}

/**
 * nullmail_main_cf_equal:
 * @self: a document
 * @other: another document
 *
 * Checks whether two documents have the same bytes.
 *
 * Returns: %TRUE if they have
 *
 * Since: 1.0
 */
gboolean
nullmail_main_cf_equal (NullmailMainCf *self,
                        NullmailMainCf *other)
{
  g_return_val_if_fail (NULLMAIL_IS_MAIN_CF (self), FALSE);
  g_return_val_if_fail (NULLMAIL_IS_MAIN_CF (other), FALSE);

  return g_bytes_equal (_nullmail_main_cf_peek_bytes (self), _nullmail_main_cf_peek_bytes (other));
}

GBytes *
_nullmail_main_cf_get_base (NullmailMainCf *self)
{
  g_return_val_if_fail (NULLMAIL_IS_MAIN_CF (self), NULL);

  return self->base;
}

NullmailMainCfText *
_nullmail_main_cf_get_text (NullmailMainCf *self)
{
  return &self->text;
}

GBytes *
_nullmail_main_cf_peek_bytes (NullmailMainCf *self)
{
  g_return_val_if_fail (NULLMAIL_IS_MAIN_CF (self), NULL);

  return _nullmail_main_cf_text_peek_bytes (&self->text);
}

/**
 * nullmail_main_cf_get_value:
 * @self: a document
 * @name: the name of a parameter
 *
 * Gets the value of a parameter as Postfix reads it from the file.
 *
 * The last occurrence counts. Continuation lines are joined without their newline, comments among
 * them are skipped, white space at the ends is cut off, and macros such as `$mydomain` are not
 * expanded, see [method@MainCf.expand]. Bytes that are not UTF-8 show as U+FFFD.
 *
 * Returns: (transfer full) (nullable): the value, `""` where it is set to nothing, %NULL where the
 *   file does not have the parameter
 *
 * Since: 1.0
 */
char *
nullmail_main_cf_get_value (NullmailMainCf *self,
                            const char     *name)
{
  NullmailEntryView setting;
  GString *value;
  char *text;

  g_return_val_if_fail (NULLMAIL_IS_MAIN_CF (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  if (!_nullmail_main_cf_text_find_setting (&self->text, name, &setting))
    return NULL;

  value = _nullmail_main_cf_text_read_value (&setting);
  if (g_utf8_validate_len (value->str, value->len, NULL))
    return g_string_free (value, FALSE);

  text = g_utf8_make_valid (value->str, value->len);
  g_string_free (value, TRUE);

  return text;
}

/**
 * nullmail_main_cf_has_value:
 * @self: a document
 * @name: the name of a parameter
 *
 * Checks whether the file has a parameter, be it with an empty value.
 *
 * Returns: %TRUE if it has
 *
 * Since: 1.0
 */
gboolean
nullmail_main_cf_has_value (NullmailMainCf *self,
                            const char     *name)
{
  NullmailEntryView setting;

  g_return_val_if_fail (NULLMAIL_IS_MAIN_CF (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  return _nullmail_main_cf_text_find_setting (&self->text, name, &setting);
}

/**
 * nullmail_main_cf_get_line:
 * @self: a document
 * @name: the name of a parameter
 *
 * Gets where a parameter stands.
 *
 * Returns: the number of the line, counted from 1, on which the occurrence that counts begins; 0
 *   where the file does not have the parameter
 *
 * Since: 1.0
 */
guint
nullmail_main_cf_get_line (NullmailMainCf *self,
                           const char     *name)
{
  NullmailEntryView setting;

  g_return_val_if_fail (NULLMAIL_IS_MAIN_CF (self), 0);
  g_return_val_if_fail (name != NULL, 0);

  if (!_nullmail_main_cf_text_find_setting (&self->text, name, &setting))
    return 0;

  return _nullmail_entry_text_get_line (&self->text.entries, setting.number);
}

/* The valid occurrence before this one, as its number + 1; 0 where this is the first. */
static guint32
find_earlier (NullmailEntryText *entries,
              guint32            number)
{
  guint32 link = _nullmail_entry_text_get_link (entries, number);
  NullmailEntryView setting;

  while (link != 0 && !(_nullmail_entry_text_view (entries, link - 1, &setting)
                        && setting.is_valid))
    link = _nullmail_entry_text_get_link (entries, link - 1);

  return link;
}

/* The names, or only those that occur more than once, in the order of first appearance. */
static char **
list_names (NullmailMainCf *self,
            gboolean        only_repeated)
{
  NullmailEntryText *entries = &self->text.entries;
  g_autoptr(GPtrArray) list = g_ptr_array_new ();
  guint32 count = _nullmail_entry_text_count (entries);
  g_autofree guint32 *first = g_new0 (guint32, count + 1);  /* number + 1 of a name's first */
  g_autofree guint8 *is_listed = g_new0 (guint8, count + 1);
  NullmailEntryView setting;

  for (guint32 i = 0; i < count; i++)
    {
      guint32 earlier;

      /* Most names occur once, and need no second look. */
      if (only_repeated && _nullmail_entry_text_get_link (entries, i) == 0)
        {
          first[i] = i + 1;
          continue;
        }
      if (!_nullmail_entry_text_view (entries, i, &setting) || !setting.is_valid)
        continue;

      earlier = find_earlier (entries, i);
      first[i] = earlier != 0 ? first[earlier - 1] : i + 1;
      is_listed[first[i] - 1] = !only_repeated || earlier != 0;
    }

  for (guint32 i = 0; i < count; i++)
    if (is_listed[i] && _nullmail_entry_text_view (entries, i, &setting))
      g_ptr_array_add (list, g_utf8_make_valid (setting.start,
                                                _nullmail_main_cf_text_measure_name (&setting)));

  g_ptr_array_add (list, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&list), FALSE);
}

/**
 * nullmail_main_cf_list_names:
 * @self: a document
 *
 * Lists the parameters that the file has, in the order of their first appearance, each once.
 *
 * Returns: (transfer full) (not nullable) (array zero-terminated=1): the names, never %NULL
 *
 * Since: 1.0
 */
char **
nullmail_main_cf_list_names (NullmailMainCf *self)
{
  g_return_val_if_fail (NULLMAIL_IS_MAIN_CF (self), NULL);

  return list_names (self, FALSE);
}

/**
 * nullmail_main_cf_list_duplicates:
 * @self: a document
 *
 * Lists the parameters that the file has more than once, in the order of their first appearance.
 *
 * Returns: (transfer full) (not nullable) (array zero-terminated=1): the names, never %NULL
 *
 * Since: 1.0
 */
char **
nullmail_main_cf_list_duplicates (NullmailMainCf *self)
{
  g_return_val_if_fail (NULLMAIL_IS_MAIN_CF (self), NULL);

  return _nullmail_entry_text_may_have_repeated (&self->text.entries) ? list_names (self, TRUE)
                                                                      : g_new0 (char *, 1);
}

/* Where the first line that is indented with nothing before it stands, counted from 1; 0 where
 * there is none. What is edited is behind it. */
static guint
find_indented_first (NullmailEntryText *entries)
{
  gsize size;
  const char *position = _nullmail_entry_index_get_text (entries->base, &size);
  const char *text = position;
  NullmailLine line;

  if (!_nullmail_line_next (&position, text + size, &line)
      || !_nullmail_line_is_continuation (&line))
    return 0;

  return _nullmail_entry_index_count_lines (entries->base, line.start) + 1;
}

GArray *
_nullmail_main_cf_list_bad_lines (NullmailMainCf *self)
{
  NullmailEntryText *entries = &self->text.entries;
  GArray *list = g_array_new (FALSE, FALSE, sizeof (NullmailBadLine));
  guint32 count = _nullmail_entry_text_count (entries);
  NullmailBadLine bad = { find_indented_first (entries), TRUE };

  if (bad.line != 0)
    g_array_append_val (list, bad);

  bad.is_indented_first = FALSE;
  for (guint32 i = 0; _nullmail_entry_text_may_have_invalid (entries) && i < count; i++)
    {
      NullmailEntryView setting;

      if (!_nullmail_entry_text_view (entries, i, &setting) || setting.is_valid)
        continue;

      bad.line = _nullmail_entry_text_get_line (entries, i);
      g_array_append_val (list, bad);
    }

  return list;
}

/**
 * nullmail_main_cf_count_bad_lines:
 * @self: a document
 *
 * Counts the settings that Postfix cannot read: those without a name or a “=”, at which every
 * Postfix program stops, and an indented line at the start of the file, which they drop together
 * with its continuation lines. They are kept as they are.
 *
 * Returns: how many there are, a setting of several lines counting once
 *
 * Since: 1.0
 */
guint
nullmail_main_cf_count_bad_lines (NullmailMainCf *self)
{
  g_autoptr(GArray) list = NULL;

  g_return_val_if_fail (NULLMAIL_IS_MAIN_CF (self), 0);

  list = _nullmail_main_cf_list_bad_lines (self);
  return list->len;
}
