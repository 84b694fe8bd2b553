/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A text of entries that is edited without being copied.
 *
 * The text as it was read never changes, and neither does its index: copies of a document share
 * both. What a document has for itself is a table that says what became of each entry: another
 * line, nothing, or a comment. New entries are numbered from where those of the base end, and stand
 * behind them. The lines that are added are put one behind the other into a buffer of their own.
 *
 * So the first edit costs the making of an empty table, each further one costs the same in a text
 * of ten lines and of a million, and a question is answered from the index and the table together.
 * The whole is put together only when somebody wants its bytes: what was not edited is copied in
 * long pieces, and where an entry was, its own lines are left out and the ignored lines among them
 * stay.
 *
 * Edits never make lines of others to continue something else, since a line in column 1 goes
 * together with all that continue it. That is why the index of the base stays right whatever is
 * edited.
 *
 * A last line without LF would swallow what is appended. The first time that something is appended
 * it is determined how such a line is to be completed, LF or CR LF as the line before it has it,
 * and that stays so, even if what was appended is removed again.
 *
 * Where lines go, those that follow get other numbers. How many an entry has lost is kept in a
 * Fenwick tree, which gives the sum over all entries before one in logarithmic time. */

#include "document/entry-text-private.h"

#include <string.h>

#include "document/logical-lines-private.h"

/* The added text may be so much longer than the base before everything is written anew. */
#define MAX_MORE_BYTES (4 * 1024 * 1024)

typedef enum
{
  EDIT_NONE,           /* what a table that is made empty says */
  EDIT_REPLACED,       /* the added line stands for its lines */
  EDIT_REMOVED,
  EDIT_COMMENTED_OUT,  /* its lines have a "#" before them, or the added line begins with one */
} EditKind;

void
_nullmail_entry_text_init (NullmailEntryText  *self,
                           NullmailEntryIndex *base,
                           gboolean            is_secret)
{
  *self = (NullmailEntryText) { .base = base, .is_secret = is_secret };
}

void
_nullmail_entry_text_clear (NullmailEntryText *self)
{
  g_clear_pointer (&self->base, _nullmail_entry_index_unref);
  g_clear_pointer (&self->edits, g_free);
  g_clear_pointer (&self->appended, g_array_unref);
  g_clear_pointer (&self->by_key, g_hash_table_unref);
  g_clear_pointer (&self->lost_lines, g_array_unref);
  g_clear_pointer (&self->secret_added, _nullmail_secure_buffer_unref);
  if (self->added != NULL)
    g_string_free (g_steal_pointer (&self->added), TRUE);
}

/* In bytes; never 0, so that there is a table also beside a text that is empty. */
static gsize
get_table_size (NullmailEntryText *self)
{
  return (_nullmail_entry_index_count (self->base) + (gsize) 1) * sizeof (NullmailEntryEdit);
}

void
_nullmail_entry_text_copy (NullmailEntryText       *self,
                           const NullmailEntryText *other)
{
  GHashTableIter iter;
  gpointer key, value;

  _nullmail_entry_text_init (self, _nullmail_entry_index_ref (other->base), other->is_secret);
  if (other->edits == NULL)
    return;

  self->edits = g_memdup2 (other->edits, get_table_size (self));
  self->appended = g_array_copy (other->appended);
  self->completion = other->completion;
  if (other->lost_lines != NULL)
    self->lost_lines = g_array_copy (other->lost_lines);
  if (other->added != NULL)
    self->added = g_string_new_len (other->added->str, other->added->len);
  if (other->secret_added != NULL)
    self->secret_added = _nullmail_secure_buffer_new_from (other->secret_added->data,
                                                           other->secret_added->size);

  self->by_key = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_iter_init (&iter, other->by_key);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_hash_table_insert (self->by_key, g_strdup (key), value);
}

static gsize
get_added_length (NullmailEntryText *self)
{
  if (self->secret_added != NULL)
    return self->secret_added->size;

  return self->added != NULL ? self->added->len : 0;
}

static const char *
get_added (NullmailEntryText *self)
{
  return self->is_secret ? self->secret_added->data : self->added->str;
}

gboolean
_nullmail_entry_text_is_overgrown (NullmailEntryText *self)
{
  gsize size;

  _nullmail_entry_index_get_text (self->base, &size);
  return get_added_length (self) > size + MAX_MORE_BYTES;
}

static const NullmailEntryEdit *
get_edit (NullmailEntryText *self,
          guint32            number)
{
  static const NullmailEntryEdit none;
  guint32 n_base = _nullmail_entry_index_count (self->base);

  if (number >= n_base)
    return &g_array_index (self->appended, NullmailEntryEdit, number - n_base);

  return self->edits != NULL ? &self->edits[number] : &none;
}

gboolean
_nullmail_entry_text_shares (const NullmailEntryText *a,
                             const NullmailEntryText *b)
{
  return a->base == b->base;
}

gboolean
_nullmail_entry_text_has_edits (const NullmailEntryText *self)
{
  return self->edits != NULL;
}

gboolean
_nullmail_entry_text_is_edited (NullmailEntryText *self,
                                guint32            number)
{
  return get_edit (self, number)->kind != EDIT_NONE;
}

guint32
_nullmail_entry_text_find_edited (NullmailEntryText *self,
                                  guint32            from,
                                  guint32            end)
{
  guint32 end_of_base = MIN (end, _nullmail_entry_index_count (self->base));

  /* All entries behind the base are new. */
  if (self->edits == NULL && from < end_of_base)
    return end_of_base;
  while (from < end_of_base && self->edits[from].kind == EDIT_NONE)
    from++;

  return from;
}

guint32
_nullmail_entry_text_count (NullmailEntryText *self)
{
  return _nullmail_entry_index_count (self->base)
         + (self->appended != NULL ? self->appended->len : 0);
}

gboolean
_nullmail_entry_text_view (NullmailEntryText *self,
                           guint32            number,
                           NullmailEntryView *view)
{
  const NullmailEntryEdit *edit = get_edit (self, number);
  const NullmailEntry *entry;

  *view = (NullmailEntryView) { .number = number };
  if (edit->kind == EDIT_REPLACED)
    {
      view->is_valid = view->is_utf8 = TRUE;
      view->start = get_added (self) + edit->start;
      view->end = view->start + edit->length;
      return TRUE;
    }
  if (edit->kind != EDIT_NONE)
    return FALSE;

  entry = _nullmail_entry_index_get (self->base, number, &view->start, &view->end);
  view->is_valid = entry->is_valid;
  view->is_continued = entry->is_continued;
  view->is_utf8 = entry->is_utf8;

  return TRUE;
}

static char *
fold_key (NullmailEntryText *self,
          const char        *key)
{
  return _nullmail_entry_index_get_syntax (self->base)->folds_case ? g_ascii_strdown (key, -1)
                                                                   : g_strdup (key);
}

static guint32
find_appended (NullmailEntryText *self,
               const char        *key)
{
  g_autofree char *folded = NULL;

  if (self->appended == NULL || self->appended->len == 0)
    return 0;

  folded = fold_key (self, key);
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->by_key, folded));
}

static gboolean
follow_links (NullmailEntryText *self,
              guint32            link,
              NullmailEntryView *view)
{
  for (; link != 0; link = _nullmail_entry_text_get_link (self, link - 1))
    if (_nullmail_entry_text_view (self, link - 1, view))
      return TRUE;

  return FALSE;
}

/* An entry is appended only where there is none with its key, so that there is no other then. */
gboolean
_nullmail_entry_text_find (NullmailEntryText *self,
                           const char        *key,
                           NullmailEntryView *view)
{
  guint32 appended = find_appended (self, key);

  return (appended != 0 && _nullmail_entry_text_view (self, appended - 1, view))
         || follow_links (self, _nullmail_entry_index_find (self->base, key), view);
}

gboolean
_nullmail_entry_text_find_next (NullmailEntryText *self,
                                NullmailEntryView *view)
{
  return follow_links (self, _nullmail_entry_text_get_link (self, view->number), view);
}

guint32
_nullmail_entry_text_get_link (NullmailEntryText *self,
                               guint32            number)
{
  const char *start, *end;

  if (number >= _nullmail_entry_index_count (self->base))
    return 0;

  return _nullmail_entry_index_get (self->base, number, &start, &end)->link;
}

/* Node n of the tree, counted from 1, holds the sum over as many entries up to and with the n-th
 * as the lowest bit of n says. Without a tree nothing was lost. */
static guint32
sum_lost_lines (NullmailEntryText *self,
                guint32            n_entries)
{
  guint32 sum = 0;

  for (guint32 n = self->lost_lines != NULL ? n_entries : 0; n > 0; n &= n - 1)
    sum += g_array_index (self->lost_lines, guint32, n - 1);

  return sum;
}

static void
lose_lines (NullmailEntryText *self,
            guint32            number,
            guint32            n_lines)
{
  guint32 count = _nullmail_entry_text_count (self);

  if (n_lines == 0)
    return;

  if (self->lost_lines == NULL)
    {
      self->lost_lines = g_array_new (FALSE, TRUE, sizeof (guint32));
      g_array_set_size (self->lost_lines, count);
    }
  for (guint32 n = number + 1; n <= count; n += n & -n)
    g_array_index (self->lost_lines, guint32, n - 1) += n_lines;
}

/* The node for an entry that is new, and has lost nothing. */
static void
grow_lost_lines (NullmailEntryText *self)
{
  guint32 n, sum;

  if (self->lost_lines == NULL)
    return;

  n = self->lost_lines->len + 1;
  sum = sum_lost_lines (self, n - 1) - sum_lost_lines (self, n & (n - 1));
  g_array_append_val (self->lost_lines, sum);
}

guint
_nullmail_entry_text_get_line (NullmailEntryText *self,
                               guint32            number)
{
  guint32 n_base = _nullmail_entry_index_count (self->base);
  const char *start, *end, *text;
  guint line;
  gsize size;

  text = _nullmail_entry_index_get_text (self->base, &size);
  if (number < n_base)
    {
      _nullmail_entry_index_get (self->base, number, &start, &end);
      line = _nullmail_entry_index_count_lines (self->base, start);
    }
  else
    {
      line = _nullmail_entry_index_count_lines (self->base, text + size) + number - n_base;
      if (size > 0 && text[size - 1] != '\n')
        line++;
    }

  return line + 1 - sum_lost_lines (self, number);
}

static guint32
count_lines (NullmailEntryText *self,
             guint32            number)
{
  NullmailEntryView view;
  NullmailLine line;
  guint32 n_lines = 0;

  _nullmail_entry_text_view (self, number, &view);
  if (!view.is_continued)
    return 1;

  while (_nullmail_line_next (&view.start, view.end, &line))
    n_lines++;

  return n_lines;
}

gsize
_nullmail_entry_text_add (NullmailEntryText *self,
                          const char        *text,
                          gsize              length)
{
  if (!self->is_secret)
    {
      if (self->added == NULL)
        self->added = g_string_new (NULL);
      g_string_append_len (self->added, text, (gssize) length);
      return self->added->len;
    }

  if (self->secret_added == NULL)
    self->secret_added = _nullmail_secure_buffer_new (0);
  _nullmail_secure_buffer_append (self->secret_added, text, length);

  return self->secret_added->size;
}

static void
make_table (NullmailEntryText *self)
{
  if (self->edits != NULL)
    return;

  self->edits = g_malloc0 (get_table_size (self));
  self->appended = g_array_new (FALSE, FALSE, sizeof (NullmailEntryEdit));
  self->by_key = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static void
set_edit (NullmailEntryText *self,
          guint32            number,
          EditKind           kind,
          gsize              start,
          gsize              end)
{
  guint32 n_base = _nullmail_entry_index_count (self->base);
  NullmailEntryEdit edit = { (guint32) start, (guint32) (end - start), kind };

  make_table (self);
  if (number < n_base)
    self->edits[number] = edit;
  else
    g_array_index (self->appended, NullmailEntryEdit, number - n_base) = edit;
}

void
_nullmail_entry_text_replace (NullmailEntryText *self,
                              guint32            number,
                              gsize              start,
                              gsize              end)
{
  lose_lines (self, number, count_lines (self, number) - 1);
  set_edit (self, number, EDIT_REPLACED, start, end);
}

void
_nullmail_entry_text_remove (NullmailEntryText *self,
                             guint32            number)
{
  lose_lines (self, number, count_lines (self, number));
  set_edit (self, number, EDIT_REMOVED, 0, 0);
}

void
_nullmail_entry_text_comment_out (NullmailEntryText *self,
                                  guint32            number)
{
  const NullmailEntryEdit *edit = get_edit (self, number);
  g_autofree char *line = NULL;
  gsize start;

  if (edit->kind != EDIT_REPLACED)
    {
      set_edit (self, number, EDIT_COMMENTED_OUT, 0, 0);
      return;
    }

  line = g_strndup (get_added (self) + edit->start, edit->length);
  start = get_added_length (self);
  _nullmail_entry_text_add (self, "#", 1);
  set_edit (self, number, EDIT_COMMENTED_OUT, start,
            _nullmail_entry_text_add (self, line, strlen (line)));
}

typedef struct
{
  NullmailTextSink sink;
  gpointer         sink_data;
  gsize            size;
  char             last;       /* the last character that was written, and ... */
  char             before_lf;  /* ... the one before the last LF; NUL where there is none */
} Writer;

static void
put (Writer     *writer,
     const char *text,
     gsize       length)
{
  const char *lf;

  if (length == 0)
    return;

  if (writer->sink != NULL)
    writer->sink (writer->sink_data, text, length);
  lf = memrchr (text, '\n', length);
  if (lf != NULL)
    writer->before_lf = lf > text ? lf[-1] : writer->last;
  writer->last = text[length - 1];
  writer->size += length;
}

static void
put_added (NullmailEntryText       *self,
           const NullmailEntryEdit *edit,
           Writer                  *writer)
{
  if (edit->length > 0)
    put (writer, get_added (self) + edit->start, edit->length);
}

/* The added line, where there is one, and what is ignored among the lines that it stands for.
 * Returns where the entry ended in the base. */
static const char *
write_edited (NullmailEntryText *self,
              guint32            number,
              Writer            *writer)
{
  const NullmailEntryEdit *edit = &self->edits[number];
  const char *kept, *end, *position;
  const NullmailEntry *entry = _nullmail_entry_index_get (self->base, number, &kept, &end);
  NullmailLine line;

  put_added (self, edit, writer);

  position = kept;
  while (_nullmail_line_next (&position, end, &line))
    {
      put (writer, kept, line.start - kept);
      if (edit->kind == EDIT_COMMENTED_OUT && edit->length == 0)
        {
          put (writer, "#", 1);
          put (writer, line.start, line.end - line.start);
        }
      kept = line.end;
      if (!entry->is_continued)
        break;
    }
  put (writer, kept, end - kept);

  return end;
}

static void
write_all (NullmailEntryText *self,
           Writer            *writer)
{
  gsize size;
  const char *kept = _nullmail_entry_index_get_text (self->base, &size), *end = kept + size;
  guint32 n_base = self->edits != NULL ? _nullmail_entry_index_count (self->base) : 0;

  for (guint32 i = 0; i < n_base; i++)
    {
      const char *start, *next;

      if (self->edits[i].kind == EDIT_NONE)
        continue;

      _nullmail_entry_index_get (self->base, i, &start, &next);
      put (writer, kept, start - kept);
      kept = write_edited (self, i, writer);
    }
  put (writer, kept, end - kept);
  if (self->completion != NULL && writer->size > 0 && writer->last != '\n')
    put (writer, self->completion, strlen (self->completion));

  for (guint32 i = 0; self->appended != NULL && i < self->appended->len; i++)
    put_added (self, &g_array_index (self->appended, NullmailEntryEdit, i), writer);
}

gsize
_nullmail_entry_text_measure (NullmailEntryText *self)
{
  Writer writer = { .sink = NULL };

  write_all (self, &writer);
  return writer.size;
}

void
_nullmail_entry_text_write (NullmailEntryText *self,
                            NullmailTextSink   sink,
                            gpointer           sink_data)
{
  Writer writer = { .sink = sink, .sink_data = sink_data };

  write_all (self, &writer);
}

/* Without this the appended line would become part of the last one, as it does with the postconf
 * of Postfix before 3.7.15, 3.8.10, 3.9.4 and 3.10.2. */
static void
complete_last_line (NullmailEntryText *self)
{
  Writer writer = { .sink = NULL };

  if (self->completion != NULL)
    return;

  write_all (self, &writer);
  if (writer.size == 0 || writer.last == '\n')
    self->completion = "";
  else
    self->completion = writer.before_lf == '\r' && writer.last != '\r' ? "\r\n" : "\n";
}

void
_nullmail_entry_text_append (NullmailEntryText *self,
                             const char        *key,
                             gsize              start,
                             gsize              end)
{
  NullmailEntryEdit edit = { (guint32) start, (guint32) (end - start), EDIT_REPLACED };

  make_table (self);
  complete_last_line (self);
  g_array_append_val (self->appended, edit);
  grow_lost_lines (self);
  g_hash_table_insert (self->by_key, fold_key (self, key),
                       GUINT_TO_POINTER (_nullmail_entry_text_count (self)));
}
