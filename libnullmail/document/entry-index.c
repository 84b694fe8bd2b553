/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "document/entry-index-private.h"

#include <string.h>

#include "document/logical-lines-private.h"

/* So many bytes of text lie between two places whose line number is kept. */
#define BYTES_PER_MARK 256

/* As many bits as NullmailEntry has for a link. */
#define LINK_BITS 29
#define MAX_LINK ((1u << LINK_BITS) - 1)

struct _NullmailEntryIndex
{
  gatomicrefcount ref_count;

  const NullmailEntrySyntax *syntax;
  const char                *text;
  gsize                      size;
  gpointer                   owner;    /* (owned) */
  GDestroyNotify             release;

  gsize    has_entries;  /* for g_once_init_enter (), as entries and slots are made once */
  GArray  *entries;      /* (owned) (nullable) of NullmailEntry, in the order of the text */
  guint32 *slots;        /* (owned) (nullable) hash table of the first entry with each key */
  guint32  n_slots;
  gboolean has_invalid;  /* an entry that Postfix does not read as one */
  gboolean has_repeated; /* two entries with one key */

  gsize    has_marks;
  guint32 *marks;        /* (owned) (nullable) how many LF stand before each such place */
};

NullmailEntryIndex *
_nullmail_entry_index_new (const NullmailEntrySyntax *syntax,
                           const char                *text,
                           gsize                      size,
                           gpointer                   owner,
                           GDestroyNotify             release)
{
  NullmailEntryIndex *self = g_new0 (NullmailEntryIndex, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->syntax = syntax;
  self->text = text != NULL ? text : "";
  self->size = size;
  self->owner = owner;
  self->release = release;

  return self;
}

NullmailEntryIndex *
_nullmail_entry_index_ref (NullmailEntryIndex *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
_nullmail_entry_index_unref (NullmailEntryIndex *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_pointer (&self->entries, g_array_unref);
  g_free (self->slots);
  g_free (self->marks);
  self->release (self->owner);
  g_free (self);
}

static inline NullmailEntry *
get_entry (NullmailEntryIndex *self,
           guint32             number)
{
  return &g_array_index (self->entries, NullmailEntry, number);
}

static const char *
get_end (NullmailEntryIndex *self,
         guint32             number)
{
  if (number + 1 < self->entries->len)
    return self->text + get_entry (self, number + 1)->start;

  return self->text + self->size;
}

static GArray *
scan_entries (NullmailEntryIndex *self)
{
  GArray *entries = g_array_new (FALSE, FALSE, sizeof (NullmailEntry));
  const char *position = self->text, *end = self->text + self->size;
  NullmailLine line;

  while (_nullmail_line_next (&position, end, &line))
    if (!_nullmail_line_is_continuation (&line))
      {
        NullmailEntry entry = { .start = (guint32) (line.start - self->text) };

        g_array_append_val (entries, entry);
      }
    else if (entries->len > 0)
      g_array_index (entries, NullmailEntry, entries->len - 1).is_continued = TRUE;

  return entries;
}

/* FNV-1a, and a last step, for the slot is taken from the upper bits. */
static guint32
hash_key (const NullmailEntrySyntax *syntax,
          const char                *key,
          gsize                      length)
{
  guint32 hash = 2166136261u;

  for (gsize i = 0; i < length; i++)
    {
      guchar c = (guchar) key[i];

      if (syntax->folds_case && c >= 'A' && c <= 'Z')
        c |= 0x20;
      hash = (hash ^ c) * 16777619u;
    }

  return (hash ^ (hash >> 15)) * 2246822519u;
}

static gboolean
keys_are_equal (const NullmailEntrySyntax *syntax,
                const char                *a,
                const char                *b,
                gsize                      length)
{
  return syntax->folds_case ? g_ascii_strncasecmp (a, b, length) == 0 : memcmp (a, b, length) == 0;
}

static gboolean
has_space (const char *key,
           gsize       length)
{
  for (gsize i = 0; i < length; i++)
    if (_nullmail_is_space (key[i]))
      return TRUE;

  return FALSE;
}

/* As the key is one, it ends in the text where it is followed by what ends a key. Only one with
 * white space in it can stand on several lines, of which the line ends do not count. */
static gboolean
has_key (NullmailEntryIndex *self,
         guint32             number,
         const char         *key,
         gsize               length)
{
  const char *start = self->text + get_entry (self, number)->start, *found;
  gsize rest = self->text + self->size - start, found_length;
  g_autoptr(NullmailSecureBuffer) joined = NULL;
  NullmailEntry entry = *get_entry (self, number);

  if (rest >= length && keys_are_equal (self->syntax, start, key, length)
      && (rest == length || _nullmail_is_space (start[length])
          || (self->syntax->separator != '\0' && start[length] == self->syntax->separator)))
    return TRUE;
  if (!entry.is_continued || !has_space (key, length))
    return FALSE;

  found = self->syntax->read (&entry, start, get_end (self, number), &joined, &found_length);
  return found_length == length && keys_are_equal (self->syntax, found, key, length);
}

/* A slot holds number + 1 of an entry, and above it three bits of the hash of its key, so that most
 * of those with another key need not be looked at. */
static guint32 *
find_slot (NullmailEntryIndex *self,
           const char         *key,
           gsize               length,
           guint32            *hash_bits)
{
  guint32 hash = hash_key (self->syntax, key, length);
  guint32 slot = (guint32) (((guint64) hash * self->n_slots) >> 32);

  *hash_bits = hash << LINK_BITS;
  while (self->slots[slot] != 0
         && ((self->slots[slot] & ~MAX_LINK) != *hash_bits
             || !has_key (self, (self->slots[slot] & MAX_LINK) - 1, key, length)))
    slot = slot + 1 < self->n_slots ? slot + 1 : 0;

  return &self->slots[slot];
}

/* Entries are taken in such an order that the one that is to be given first comes last. */
static void
link_entries (NullmailEntryIndex *self)
{
  g_autoptr(NullmailSecureBuffer) joined = NULL;
  guint32 n_entries = self->entries->len;

  self->n_slots = n_entries + n_entries / 3 + 1;
  self->slots = g_new0 (guint32, self->n_slots);

  for (guint32 i = 0; i < n_entries; i++)
    {
      guint32 number = self->syntax->first_counts ? n_entries - i - 1 : i;
      NullmailEntry *entry = get_entry (self, number);
      gsize length = 0;
      const char *key = self->syntax->read (entry, self->text + entry->start,
                                            get_end (self, number), &joined, &length);

      self->has_invalid = self->has_invalid || !entry->is_valid;
      if (length > 0)
        {
          guint32 hash_bits, *slot = find_slot (self, key, length, &hash_bits);

          entry->link = *slot & MAX_LINK;
          self->has_repeated = self->has_repeated || entry->link != 0;
          *slot = hash_bits | (number + 1);
        }
    }
}

static void
make_entries (NullmailEntryIndex *self)
{
  if (!g_once_init_enter (&self->has_entries))
    return;

  self->entries = scan_entries (self);
  link_entries (self);
  g_once_init_leave (&self->has_entries, 1);
}

static guint32
count_lf (const char *start,
          const char *end)
{
  guint32 count = 0;

  while (start < end && (start = memchr (start, '\n', end - start)) != NULL)
    {
      count++;
      start++;
    }

  return count;
}

static void
make_marks (NullmailEntryIndex *self)
{
  gsize n_marks = self->size / BYTES_PER_MARK + 1;
  guint32 n_lines = 0;

  if (!g_once_init_enter (&self->has_marks))
    return;

  self->marks = g_new (guint32, n_marks);
  for (gsize i = 0; i < n_marks; i++)
    {
      gsize start = i * BYTES_PER_MARK, end = MIN (start + BYTES_PER_MARK, self->size);

      self->marks[i] = n_lines;
      n_lines += count_lf (self->text + start, self->text + end);
    }
  g_once_init_leave (&self->has_marks, 1);
}

const NullmailEntrySyntax *
_nullmail_entry_index_get_syntax (NullmailEntryIndex *self)
{
  return self->syntax;
}

const char *
_nullmail_entry_index_get_text (NullmailEntryIndex *self,
                                gsize              *size)
{
  *size = self->size;
  return self->text;
}

guint32
_nullmail_entry_index_count (NullmailEntryIndex *self)
{
  make_entries (self);
  return self->entries->len;
}

const NullmailEntry *
_nullmail_entry_index_get (NullmailEntryIndex  *self,
                           guint32              number,
                           const char         **start,
                           const char         **end)
{
  const NullmailEntry *entry;

  make_entries (self);
  entry = get_entry (self, number);
  *start = self->text + entry->start;
  *end = get_end (self, number);

  return entry;
}

guint32
_nullmail_entry_index_find (NullmailEntryIndex *self,
                            const char         *key)
{
  gsize length = strlen (key);
  guint32 hash_bits;

  if (!self->syntax->is_key (key, length))
    return 0;

  make_entries (self);
  return *find_slot (self, key, length, &hash_bits) & MAX_LINK;
}

gboolean
_nullmail_entry_index_has_invalid (NullmailEntryIndex *self)
{
  make_entries (self);
  return self->has_invalid;
}

gboolean
_nullmail_entry_index_has_repeated (NullmailEntryIndex *self)
{
  make_entries (self);
  return self->has_repeated;
}

guint32
_nullmail_entry_index_find_with (NullmailEntryIndex *self,
                                 char                c,
                                 guint32             from)
{
  guint32 count = _nullmail_entry_index_count (self), low = from, high = count;
  const char *found = NULL;

  if (from < count)
    found = memchr (self->text + get_entry (self, from)->start, c,
                    self->size - get_entry (self, from)->start);
  if (found == NULL)
    return count;

  /* The last entry that begins at or before the place. */
  while (high - low > 1)
    {
      guint32 middle = low + (high - low) / 2;

      if (self->text + get_entry (self, middle)->start <= found)
        low = middle;
      else
        high = middle;
    }

  return low;
}

guint
_nullmail_entry_index_count_lines (NullmailEntryIndex *self,
                                   const char         *place)
{
  gsize mark = (gsize) (place - self->text) / BYTES_PER_MARK;

  make_marks (self);
  return self->marks[mark] + count_lf (self->text + mark * BYTES_PER_MARK, place);
}
