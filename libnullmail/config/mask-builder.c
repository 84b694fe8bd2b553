/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* How it is found out which parameters have text of passwords.
 *
 * It begins with the parameters that are for tables of passwords, and goes along every macro in
 * their texts, in both documents, in each occurrence, in what is commented out and in the options
 * of master.cf, until nothing new is learnt. Then it does the same with what nothing refers to any
 * more, but that was for passwords once, or whose own text is a table of users and passwords. */

#include "config/mask-private.h"

#include <string.h>

#include "base/error-private.h"
#include "config/mask-marks-private.h"
#include "document/host-login-private.h"
#include "document/logical-lines-private.h"
#include "document/macro-private.h"
#include "document/main-cf-private.h"
#include "document/master-cf-private.h"

#define FALLBACK "fallback_relay"
#define RELAY "relayhost"
#define SUFFIX "_password_maps"

/* Macros that are nested deeper are refused by Postfix. What stands behind one that is not looked
 * at in time is taken for a password. */
#define MAX_DEPTH 100

/* How often what is commented out is gone through for what that refers to. */
#define MAX_ROUNDS 16

/* A shorter one would be found in too many words. */
#define MIN_SECRET_BYTES 4

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
  self->mask->lengths |= _nullmail_mask_get_length_bit (strlen (name));
  if ((marks & ~old & (MASK_REACHED | MASK_INSIDE)) != 0)
    g_queue_push_tail (&self->pending, g_strdup (name));
  self->has_learnt = TRUE;
}

static void
refer (const char *name,
       gboolean    is_inside,
       gpointer    user_data)
{
  Visit *self = user_data;

  mark (self->builder, name,
        is_inside || self->is_inside ? MASK_REACHED | MASK_INSIDE : MASK_REACHED);
}

static NullmailSecretOpening
find_opening (const char *name,
              gpointer    user_data)
{
  Visit *self = user_data;
  NullmailMask *mask = self->builder->mask;

  if ((_nullmail_mask_get_marks (mask, name) & MASK_VISITED) == 0
      && self->builder->depth >= MAX_DEPTH)
    return NULLMAIL_SECRET_OPENS_REST;

  visit (self->builder, name);
  mark (self->builder, self->name,
        _nullmail_mask_get_marks (mask, name) & (MASK_OPENS | MASK_OPENS_REST));
  return _nullmail_mask_get_opening (name, mask);
}

/* Notes a password, so that no text shows it that quotes what a macro stands for. */
static void
note_secret (Builder    *self,
             const char *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->effectives); i++)
    {
      g_autofree char *expanded =
        self->effectives[i] != NULL && strchr (text, '$') != NULL
        ? _nullmail_effective_expand (self->effectives[i], text, NULL) : NULL;

      if (expanded != NULL && strlen (expanded) >= MIN_SECRET_BYTES)
        g_hash_table_add (self->mask->secrets, g_strstrip (g_steal_pointer (&expanded)));
    }

  if (strlen (text) >= MIN_SECRET_BYTES)
    g_hash_table_add (self->mask->secrets, g_strstrip (g_strdup (text)));
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

/* Notes what macros in a part of a password stand for, and the password itself. */
static void
look_at_password (Builder    *self,
                  const char *name,
                  const char *text)
{
  Visit a_visit = { self, name, TRUE };
  NullmailSecretReader reader = { refer, NULL, NULL, &a_visit };

  _nullmail_secret_text_find (text, strlen (text), NULLMAIL_SECRET_INSIDE, &reader, NULL);
  note_secret (self, text);
}

/* A password with a user in front of a host, wherever it stands. */
static void
look_for_host_logins (Builder    *self,
                      const char *name,
                      const char *text)
{
  NullmailHostLogin login;
  g_autofree char *password = NULL, *pair = NULL;

  if (!_nullmail_host_login_find (text, strlen (text), &login))
    return;

  password = g_strndup (login.password, login.end - login.password);
  if (strchr (password, '$') != NULL)
    look_at_password (self, name, password);

  pair = g_strndup (login.user, login.end - login.user);
  note_secret (self, pair);  /* and not the password, which may be a word of many a sentence */
}

static void
look_at_environment (Builder    *self,
                     const char *name,
                     const char *text)
{
  gsize length = strlen (text), start = _nullmail_mask_find_in_environment (text, length);

  if (start < length)
    look_at_password (self, name, text + start);
}

static void
look_at (Builder    *self,
         const char *name,
         const char *text,
         gboolean    is_whole)
{
  Visit a_visit = { self, name, (_nullmail_mask_get_marks (self->mask, name) & MASK_INSIDE) != 0 };
  NullmailSecretReader reader = { refer, find_opening, expand, &a_visit };
  NullmailSecretFlags flags = _nullmail_names_passwords (name, strlen (name))
                              ? (is_whole ? NULLMAIL_SECRET_WHOLE : NULLMAIL_SECRET_TABLES)
                              : _nullmail_mask_has_other_purpose (name) ? NULLMAIL_SECRET_CERTAIN
                                                         : NULLMAIL_SECRET_FRAGMENT;
  gsize length = strlen (text), start, secret;
  gboolean is_certain;

  if (_nullmail_mask_is_environment (name))
    {
      look_at_environment (self, name, text);
      return;
    }

  start = _nullmail_secret_text_find (text, length, flags, &reader, &is_certain);
  secret = a_visit.is_inside && !_nullmail_mask_has_other_purpose (name) ? 0 : start;
  if (_nullmail_secret_text_has_more (text, length, secret))
    note_secret (self, text + secret);

  /* One that ends with “static:” has no password, but begins it. */
  if (start < length || is_certain)
    mark (self, name,
          _nullmail_secret_text_is_open (text) ? MASK_OPENS | MASK_OPENS_REST : MASK_OPENS);
}

static void
visit (Builder    *self,
       const char *name)
{
  guint marks = _nullmail_mask_get_marks (self->mask, name);

  if ((marks & MASK_VISITED) != 0
      && ((marks & MASK_INSIDE) == 0 || (marks & MASK_VISITED_INSIDE) != 0))
    return;

  mark (self, name,
        MASK_REACHED | MASK_VISITED | ((marks & MASK_INSIDE) != 0 ? MASK_VISITED_INSIDE : 0));
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

/* A relay is written with user name and password by mistake; Postfix takes none like it. */
static void
look_at_relay (Builder    *self,
               const char *name,
               const char *text)
{
  const char *start, *end;
  g_autofree char *password = NULL;

  if (!_nullmail_text_find_user_password (text, &start, &end))
    return;

  password = g_strndup (start, end - start);
  mark (self, name, MASK_REACHED | MASK_RELAY);
  note_secret (self, password);
}

/* The same where a relay is named, in a remark or not: of what is behind a “=” the first word. */
static void
look_at_named_relay (Builder    *self,
                     const char *name,
                     const char *text,
                     const char *stop)
{
  g_autofree char *word = NULL;
  const char *end;

  while (text < stop && (*text == ' ' || *text == '\t' || *text == '='))
    text++;
  for (end = text; end < stop && !_nullmail_is_space (*end); end++)
    ;
  word = g_strndup (text, end - text);
  look_at_relay (self, name, word);
}

/* Begins with the parameters for passwords, wherever one is named. Tables of a directory or a
 * database may have their settings in main.cf, that of the password among them, see ldap_table(5)
 * and mysql_table(5). */
static void
find_first (Builder    *self,
            const char *text,
            gsize       size)
{
  const char *p = text, *stop = text + size;
  char *name;

  for (; (name = _nullmail_mask_next_name (&p, stop)) != NULL; g_free (name))
    if (g_str_has_suffix (name, SUFFIX) || _nullmail_mask_is_environment (name))
      mark (self, name, MASK_REACHED);
    else if (g_str_has_suffix (name, "_password") || g_str_has_suffix (name, "_bind_pw"))
      mark (self, name, MASK_REACHED | MASK_INSIDE);
    else if (g_str_has_suffix (name, FALLBACK))
      look_at_named_relay (self, name, p, stop);

  for (p = text; (p = _nullmail_mask_next_relayhost (p, stop)) != NULL;)
    look_at_named_relay (self, RELAY, p, stop);
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

/* What shows itself in any value. */
static void
look_at_values (Builder           *self,
                NullmailEffective *effective)
{
  NullmailMainCf *main_cf = _nullmail_effective_get_main_cf (effective);
  g_auto(GStrv) names = _nullmail_main_cf_list_with (main_cf, '@');

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_auto(GStrv) values = _nullmail_main_cf_list_values (main_cf, names[i]);

      for (guint j = 0; values[j] != NULL; j++)
        {
          look_for_host_logins (self, names[i], values[j]);
          if (g_str_equal (names[i], RELAY) || g_str_has_suffix (names[i], FALLBACK))
            look_at_relay (self, names[i], values[j]);
        }
    }
}

static void
find_all_first (Builder *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->effectives); i++)
    {
      GBytes *bytes = peek_bytes (self, i);

      if (bytes == NULL)
        continue;

      self->mask->has_logins = self->mask->has_logins || _nullmail_mask_may_have_logins (bytes);
      find_first (self, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      look_at_values (self, self->effectives[i]);
    }
  for (guint i = 0; self->options != NULL && i < self->options->len; i++)
    {
      const NullmailMasterOption *option = g_ptr_array_index (self->options, i);

      find_first (self, option->name, strlen (option->name));
      look_for_host_logins (self, option->name, option->value);
    }
}

/* Goes from what is known to all that it refers to. */
static void
learn (Builder *self)
{
  guint round = 0;

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

          if ((_nullmail_mask_get_marks (self->mask, option->name) & MASK_REACHED) != 0)
            look_at (self, option->name, option->value, TRUE);
        }
    }
  while (self->has_learnt && ++round < MAX_ROUNDS);

  visit_pending (self);
}

static void
mark_named (Builder *self)
{
  GHashTableIter iter;
  gpointer marks;

  g_hash_table_iter_init (&iter, self->mask->names);
  while (g_hash_table_iter_next (&iter, NULL, &marks))
    g_hash_table_iter_replace (&iter, GUINT_TO_POINTER (GPOINTER_TO_UINT (marks) | MASK_NAMED));
}

/* Whether Postfix itself has a parameter of that name, in which such a table is for something
 * else. */
static gboolean
is_for_other (Builder    *self,
              const char *name)
{
  if (_nullmail_mask_has_no_lookups (name))
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (self->effectives); i++)
    if (self->effectives[i] != NULL
        && _nullmail_effective_is_parameter (self->effectives[i], name))
      return TRUE;

  return FALSE;
}

/* Judges a parameter by its own text. Where it is not known whose a text is (NULL), it is learnt
 * what its macros stand for. */
static void
look_for_login (Builder    *self,
                const char *name,
                const char *text,
                gsize       length)
{
  Visit a_visit = { self, name, FALSE };
  NullmailSecretReader reader = { NULL, NULL, expand, &a_visit };
  gboolean is_login = FALSE;

  if (memchr (text, ':', length) == NULL
      || (name != NULL
          && (_nullmail_mask_get_marks (self->mask, name) & (MASK_REACHED | MASK_OTHER)) != 0))
    return;

  _nullmail_secret_text_find (text, length, NULLMAIL_SECRET_LOGIN, &reader, &is_login);
  if (is_login && name != NULL)
    mark (self, name, is_for_other (self, name) ? MASK_OTHER : MASK_REACHED);
}

/* The same line by line, for what is commented out, or that Postfix takes for a part of another
 * setting. */
static void
look_for_logins_in_lines (Builder *self,
                          GBytes  *bytes)
{
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size), *stop = text + size, *line, *end;
  g_auto(NullmailLineOwner) owner = { .name = NULL };

  for (line = text; line < stop; line = end + 1)
    {
      end = memchr (line, '\n', stop - line);
      if (end == NULL)
        end = stop;
      _nullmail_line_owner_read (&owner, line, end);
      look_for_login (self, owner.name, line, end - line);
    }
}

static void
look_for_logins_in_settings (Builder           *self,
                             NullmailEffective *effective)
{
  NullmailMainCf *main_cf = _nullmail_effective_get_main_cf (effective);
  g_auto(GStrv) names = nullmail_main_cf_list_names (main_cf);

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_auto(GStrv) values = _nullmail_main_cf_list_values (main_cf, names[i]);

      for (guint j = 0; values[j] != NULL; j++)
        look_for_login (self, names[i], values[j], strlen (values[j]));
    }
}

static void
look_for_logins (Builder *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->effectives); i++)
    {
      GBytes *bytes = peek_bytes (self, i);

      if (bytes == NULL
          || !_nullmail_table_is_in_text (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)))
        continue;

      self->mask->has_tables = TRUE;
      look_for_logins_in_settings (self, self->effectives[i]);
      look_for_logins_in_lines (self, bytes);
    }
  for (guint i = 0; self->options != NULL && i < self->options->len; i++)
    {
      const NullmailMasterOption *option = g_ptr_array_index (self->options, i);

      look_for_login (self, option->name, option->value, strlen (option->value));
    }
}

/* What was for passwords once is all of it one, unless its text says better where that begins. */
static void
remember (Builder            *self,
          const char * const *names)
{
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      guint marks = _nullmail_mask_get_marks (self->mask, names[i]);

      mark (self, names[i], (marks & MASK_REACHED) != 0 ? MASK_NAMED
                                                        : MASK_NAMED | MASK_REACHED | MASK_INSIDE);
    }
}

NullmailMask *
_nullmail_mask_new (NullmailEffective  *effective,
                    NullmailEffective  *other,
                    GPtrArray          *options,
                    const char * const *remembered)
{
  NullmailMask *self = g_new0 (NullmailMask, 1);
  Builder builder = {
    .mask = self, .effectives = { effective, other }, .options = options,
    .pending = G_QUEUE_INIT,
  };

  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->expansions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->secrets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  find_all_first (&builder);
  learn (&builder);
  mark_named (&builder);

  look_for_logins (&builder);
  learn (&builder);
  remember (&builder, remembered);
  learn (&builder);

  return self;
}
