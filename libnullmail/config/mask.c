/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Which parameters have text of passwords. */

#include "config/mask-private.h"

#include <string.h>

#include "config/settings-private.h"
#include "document/logical-lines-private.h"
#include "document/macro-private.h"
#include "document/main-cf-private.h"
#include "document/master-cf-private.h"
#include "document/secret-text-private.h"

#define SUFFIX "_password_maps"
#define MASK "********"

/* Macros that are nested deeper are refused by Postfix. What stands behind one that is not looked
 * at in time is taken for a password. */
#define MAX_DEPTH 100

/* How often what is commented out is gone through for what that refers to. */
#define MAX_ROUNDS 16

/* What is known of a parameter. */
enum
{
  REACHED = 1 << 0,         /* it is for passwords, or one that is refers to it */
  INSIDE = 1 << 1,          /* what it stands for is part of a password */
  OPENS = 1 << 2,           /* what it stands for has a password in it, or begins one ... */
  OPENS_REST = 1 << 3,      /* ... in a brace that may be closed by what is behind */
  VISITED = 1 << 4,         /* its text was looked at ... */
  VISITED_INSIDE = 1 << 5,  /* ... as part of a password */
};

struct _NullmailMask
{
  GHashTable *names;       /* name: what is known of it */
  GHashTable *expansions;  /* text: what its macros stand for; of types and names of tables */
  guint64     lengths;     /* a bit for each length that a name has */
};

static guint64
get_length_bit (gsize length)
{
  return G_GUINT64_CONSTANT (1) << MIN (length, 63);
}

static guint
get_marks (const NullmailMask *self,
           const char         *name)
{
  guint marks = self != NULL ? GPOINTER_TO_UINT (g_hash_table_lookup (self->names, name)) : 0;

  return _nullmail_names_passwords (name, strlen (name)) ? marks | REACHED : marks;
}

/* Whether a parameter is of the null client and has another purpose, such as relayhost, which a
 * table of passwords may refer to as its key. */
static gboolean
has_other_purpose (const char *name)
{
  for (guint i = 0; i < NULLMAIL_N_SETTINGS; i++)
    if (g_str_equal (name, _nullmail_setting_get (i)->parameter))
      return _nullmail_setting_get (i)->kind != NULLMAIL_SETTING_KIND_MAPS;

  return FALSE;
}

static NullmailSecretFlags
get_flags (const NullmailMask *self,
           const char         *name)
{
  guint marks = get_marks (self, name);

  if ((marks & REACHED) == 0 || has_other_purpose (name))
    return NULLMAIL_SECRET_CERTAIN;
  if ((marks & INSIDE) != 0)
    return NULLMAIL_SECRET_INSIDE;

  if (!_nullmail_names_passwords (name, strlen (name)))
    return NULLMAIL_SECRET_FRAGMENT;

  return self != NULL ? NULLMAIL_SECRET_WHOLE : NULLMAIL_SECRET_TABLES;
}

static NullmailSecretOpening
get_opening (const char *name,
             gpointer    user_data)
{
  guint marks = get_marks (user_data, name);

  if ((marks & OPENS) == 0)
    return NULLMAIL_SECRET_OPENS_NOTHING;

  return (marks & OPENS_REST) != 0 ? NULLMAIL_SECRET_OPENS_REST : NULLMAIL_SECRET_OPENS_WORD;
}

static char *
get_expansion (const char *text,
               gpointer    user_data)
{
  const NullmailMask *self = user_data;

  return self != NULL ? g_strdup (g_hash_table_lookup (self->expansions, text)) : NULL;
}

static gsize
find_in (const NullmailMask  *self,
         NullmailSecretFlags  flags,
         const char          *text,
         gsize                length,
         gboolean            *is_certain)
{
  NullmailSecretReader reader = {
    .opens = get_opening, .expand = get_expansion, .user_data = (gpointer) self,
  };
  gsize start = _nullmail_secret_text_find (text, length, flags, &reader, is_certain);

  return _nullmail_secret_text_has_more (text, length, start) ? start : length;
}

gsize
_nullmail_mask_find (const NullmailMask *self,
                     const char         *parameter,
                     const char         *text,
                     gsize               length)
{
  return find_in (self, get_flags (self, parameter), text, length, NULL);
}

gsize
_nullmail_mask_find_remark (const NullmailMask *self,
                            const char         *parameter,
                            const char         *text,
                            gsize               length)
{
  NullmailSecretFlags flags = parameter != NULL ? get_flags (self, parameter)
                                                : NULLMAIL_SECRET_CERTAIN;

  return find_in (self, flags & ~NULLMAIL_SECRET_WHOLE, text, length, NULL);
}

/* Where a password begins in a value. Another parameter may hold the whole setting of one for
 * passwords, where that is indented by mistake. */
static gsize
find_in_value (const NullmailMask *self,
               const char         *parameter,
               const char         *value,
               gboolean           *is_certain)
{
  gsize length = strlen (value);

  if ((get_marks (self, parameter) & REACHED) == 0 && strstr (value, SUFFIX) == NULL)
    return length;

  return find_in (self, get_flags (self, parameter), value, length, is_certain);
}

gboolean
_nullmail_mask_hides_value (const NullmailMask *self,
                            const char         *parameter,
                            const char         *value)
{
  return value != NULL && find_in_value (self, parameter, value, NULL) < strlen (value);
}

char *
_nullmail_mask_show_value (const NullmailMask *self,
                           const char         *parameter,
                           const char         *value)
{
  if (!_nullmail_mask_hides_value (self, parameter, value))
    return g_strdup (value);

  return g_strdup_printf ("%.*s" MASK, (int) find_in_value (self, parameter, value, NULL), value);
}

gboolean
_nullmail_mask_is_table (const NullmailMask *self,
                         const char         *parameter,
                         const char         *value)
{
  gboolean is_certain = FALSE;

  return find_in_value (self, parameter, value, &is_certain) < strlen (value) && is_certain;
}

gboolean
_nullmail_mask_has_names (const NullmailMask *self)
{
  return self != NULL && self->lengths != 0;
}

gboolean
_nullmail_mask_has_secrets (const NullmailMask *self)
{
  GHashTableIter iter;
  gpointer marks;

  if (self == NULL)
    return FALSE;

  g_hash_table_iter_init (&iter, self->names);
  while (g_hash_table_iter_next (&iter, NULL, &marks))
    if ((GPOINTER_TO_UINT (marks) & (INSIDE | OPENS)) != 0)
      return TRUE;

  return FALSE;
}

char *
_nullmail_mask_know (const NullmailMask *self,
                     const char         *name,
                     gsize               length)
{
  g_autofree char *copy = NULL;

  if (length == 0 || (!_nullmail_names_passwords (name, length)
                      && (self == NULL || (self->lengths & get_length_bit (length)) == 0)))
    return NULL;

  copy = g_strndup (name, length);
  return (get_marks (self, copy) & REACHED) != 0 ? g_steal_pointer (&copy) : NULL;
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char * const *) a, *(const char * const *) b);
}

char **
_nullmail_mask_list_names (const NullmailMask *self)
{
  GPtrArray *names = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, self->names);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);

  return (char **) g_ptr_array_free (names, FALSE);
}

/* The making of a mask. */
typedef struct
{
  NullmailMask      *mask;
  NullmailEffective *effectives[2];  /* (nullable) the second */
  GPtrArray         *options;        /* (nullable) */
  GQueue             pending;        /* names to be visited */
  guint              depth;
  gboolean           has_learnt;     /* something became known since somebody set this back */
} Builder;

/* A text that is looked at. */
typedef struct
{
  Builder    *builder;
  const char *name;
  gboolean    is_inside;
} Visit;

static void visit (Builder    *self,
                   const char *name);

static void
mark (Builder    *self,
      const char *name,
      guint       marks)
{
  guint old = GPOINTER_TO_UINT (g_hash_table_lookup (self->mask->names, name));

  if ((old | marks) == old)
    return;

  g_hash_table_insert (self->mask->names, g_strdup (name), GUINT_TO_POINTER (old | marks));
  self->mask->lengths |= get_length_bit (strlen (name));
  if ((marks & ~old & (REACHED | INSIDE)) != 0)
    g_queue_push_tail (&self->pending, g_strdup (name));
  self->has_learnt = TRUE;
}

static void
refer (const char *name,
       gboolean    is_inside,
       gpointer    user_data)
{
  Visit *self = user_data;

  mark (self->builder, name, is_inside || self->is_inside ? REACHED | INSIDE : REACHED);
}

static NullmailSecretOpening
find_opening (const char *name,
              gpointer    user_data)
{
  Visit *self = user_data;
  NullmailMask *mask = self->builder->mask;

  if ((get_marks (mask, name) & VISITED) == 0 && self->builder->depth >= MAX_DEPTH)
    return NULLMAIL_SECRET_OPENS_REST;

  visit (self->builder, name);
  mark (self->builder, self->name, get_marks (mask, name) & (OPENS | OPENS_REST));
  return get_opening (name, mask);
}

/* Whether a text has more braces of one kind than of the other. */
static gboolean
is_unbalanced (const char *text)
{
  gssize depth = 0;

  for (; *text != '\0'; text++)
    depth += (*text == '{') - (*text == '}');

  return depth != 0;
}

/* Of what two documents make of a text the one counts that is, or begins, a table with its
 * values. */
static char *
expand (const char *text,
        gpointer    user_data)
{
  Builder *builder = ((Visit *) user_data)->builder;
  char *chosen = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (builder->effectives); i++)
    {
      g_autofree char *expanded =
        builder->effectives[i] != NULL
        ? _nullmail_effective_expand (builder->effectives[i], text, NULL) : NULL;

      if (expanded != NULL
          && (chosen == NULL || *expanded == '{'
              || _nullmail_table_type_judge (expanded, "{", 1) == NULLMAIL_TABLE_HOLDS_VALUES))
        {
          g_free (chosen);
          chosen = g_steal_pointer (&expanded);
        }
    }

  if (chosen != NULL)
    g_hash_table_insert (builder->mask->expansions, g_strdup (text), g_strdup (chosen));
  return chosen;
}

static void
look_at (Builder    *self,
         const char *name,
         const char *text,
         gboolean    is_whole)
{
  Visit a_visit = { self, name, (get_marks (self->mask, name) & INSIDE) != 0 };
  NullmailSecretReader reader = { refer, find_opening, expand, &a_visit };
  NullmailSecretFlags flags = _nullmail_names_passwords (name, strlen (name))
                              ? (is_whole ? NULLMAIL_SECRET_WHOLE : NULLMAIL_SECRET_TABLES)
                              : has_other_purpose (name) ? NULLMAIL_SECRET_CERTAIN
                                                         : NULLMAIL_SECRET_FRAGMENT;
  gsize length = strlen (text);
  gboolean is_certain;

  /* One that ends with “static:” has no password, but begins it. */
  if (_nullmail_secret_text_find (text, length, flags, &reader, &is_certain) < length || is_certain)
    mark (self, name, is_unbalanced (text) ? OPENS | OPENS_REST : OPENS);
}

static void
visit (Builder    *self,
       const char *name)
{
  guint marks = get_marks (self->mask, name);

  if ((marks & VISITED) != 0 && ((marks & INSIDE) == 0 || (marks & VISITED_INSIDE) != 0))
    return;

  mark (self, name, REACHED | VISITED | ((marks & INSIDE) != 0 ? VISITED_INSIDE : 0));
  self->depth++;
  for (guint i = 0; i < G_N_ELEMENTS (self->effectives); i++)
    {
      g_auto(GStrv) values = self->effectives[i] != NULL
                             ? _nullmail_main_cf_list_values (
                                 _nullmail_effective_get_main_cf (self->effectives[i]), name)
                             : NULL;

      for (guint j = 0; values != NULL && values[j] != NULL; j++)
        look_at (self, name, values[j], TRUE);
    }
  self->depth--;
}

static void
visit_pending (Builder *self)
{
  char *name;

  while ((name = g_queue_pop_head (&self->pending)) != NULL)
    {
      visit (self, name);
      g_free (name);
    }
}

/* Looks at what is commented out, or a part of another setting, by mistake. */
static void
look_at_remarks (Builder *self,
                 GBytes  *bytes)
{
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size), *stop = text + size, *line, *end;
  NullmailRemarks remarks = { .mask = self->mask };

  for (line = text; line < stop; line = end + 1)
    {
      const char *found;

      end = memchr (line, '\n', stop - line);
      if (end == NULL)
        end = stop;
      if (*line != '#' && !_nullmail_is_space (*line))
        {
          _nullmail_remarks_leave (&remarks);
          continue;
        }

      found = _nullmail_remarks_read (&remarks, line, end);
      if (found != NULL)
        {
          g_autofree char *copy = g_strndup (found, end - found);

          look_at (self, remarks.parameter, copy, FALSE);
        }
    }

  _nullmail_remarks_leave (&remarks);
}

static gboolean
is_name_character (char c)
{
  return g_ascii_isalnum (c) || c == '_';
}

static void
find_names (Builder    *self,
            const char *text,
            gsize       size,
            const char *suffix,
            guint       marks)
{
  const char *p = text, *stop = text + size, *found;

  while (p < stop && (found = memmem (p, stop - p, suffix, strlen (suffix))) != NULL)
    {
      const char *start = found;
      g_autofree char *name = NULL;

      p = found + strlen (suffix);
      if (p < stop && is_name_character (*p))
        continue;
      while (start > text && is_name_character (start[-1]))
        start--;
      name = g_strndup (start, p - start);
      mark (self, name, marks);
    }
}

/* Begins with the parameters for passwords, wherever one is named. Most texts have none, so that
 * their bytes are searched instead of their names. Tables of a directory or a database may have
 * their settings in main.cf, that of the password among them, see ldap_table(5) and
 * mysql_table(5). */
static void
find_first (Builder    *self,
            const char *text,
            gsize       size)
{
  find_names (self, text, size, SUFFIX, REACHED);
  find_names (self, text, size, "_bind_pw", REACHED | INSIDE);
  find_names (self, text, size, "_password", REACHED | INSIDE);
}

/* The bytes of the documents; those of the second only where they are others. */
static GBytes *
peek_bytes (Builder *self,
            guint    index)
{
  GBytes *bytes = self->effectives[index] != NULL
                  ? _nullmail_main_cf_peek_bytes (
                      _nullmail_effective_get_main_cf (self->effectives[index]))
                  : NULL;

  return bytes != NULL && g_bytes_get_size (bytes) > 0
         && (index == 0 || bytes != peek_bytes (self, 0)) ? bytes : NULL;
}

static void
build (Builder *self)
{
  guint round = 0;

  for (guint i = 0; i < G_N_ELEMENTS (self->effectives); i++)
    {
      GBytes *bytes = peek_bytes (self, i);

      if (bytes != NULL)
        find_first (self, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    }
  for (guint i = 0; self->options != NULL && i < self->options->len; i++)
    {
      const NullmailMasterOption *option = g_ptr_array_index (self->options, i);

      find_first (self, option->name, strlen (option->name));
    }

  do
    {
      self->has_learnt = FALSE;
      visit_pending (self);
      for (guint i = 0; i < G_N_ELEMENTS (self->effectives) && self->mask->lengths != 0; i++)
        {
          GBytes *bytes = peek_bytes (self, i);

          if (bytes != NULL)
            look_at_remarks (self, bytes);
        }
      for (guint i = 0; self->options != NULL && i < self->options->len; i++)
        {
          const NullmailMasterOption *option = g_ptr_array_index (self->options, i);

          if ((get_marks (self->mask, option->name) & REACHED) != 0)
            look_at (self, option->name, option->value, TRUE);
        }
    }
  while (self->has_learnt && ++round < MAX_ROUNDS);

  visit_pending (self);
}

NullmailMask *
_nullmail_mask_new (NullmailEffective *effective,
                    NullmailEffective *other,
                    GPtrArray         *options)
{
  NullmailMask *self = g_new0 (NullmailMask, 1);
  Builder builder = {
    .mask = self, .effectives = { effective, other }, .options = options,
    .pending = G_QUEUE_INIT,
  };

  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->expansions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  build (&builder);

  return self;
}

void
_nullmail_mask_free (NullmailMask *self)
{
  g_hash_table_unref (self->names);
  g_hash_table_unref (self->expansions);
  g_free (self);
}
