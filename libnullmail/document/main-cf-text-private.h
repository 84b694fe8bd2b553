/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

#include "document/logical-lines-private.h"

G_BEGIN_DECLS

/* The text of a main.cf: one buffer, lines that are ranges into it, and an index of names. Lines
 * and index are made when first asked for; nothing is allocated per line. An edit puts its text
 * behind the buffer and points the line there, so that many edits cost one rebuilding, when the
 * bytes are next wanted. */
typedef struct
{
  GBytes  *bytes;        /* (owned) the document, but for edits */
  GString *edited;       /* (owned) (nullable) the same with the text of edits behind it */
  GArray  *lines;        /* (owned) (nullable) of NullmailLine */
  GArray  *settings;     /* (owned) (nullable) of NullmailCfEntry, in the order of the file */
  GArray  *names;        /* (owned) (nullable) of NullmailSettingName */
  guint32 *slots;        /* (owned) (nullable) hash table of index + 1 into names */
  guint    n_slots;      /* a power of two */
} NullmailMainCfText;

/* A logical line: an occurrence of a name. Without a “=” it is not valid, and Postfix stops at it,
 * but postconf(1) edits it by its name all the same. */
typedef struct
{
  guint32  line;      /* its first line */
  guint32  name;      /* index into names, G_MAXUINT32 where the name is missing */
  guint32  next;      /* index + 1 of the next occurrence of this name, 0 none */
  gboolean is_valid;
} NullmailCfEntry;

typedef struct
{
  guint32 start;
  guint32 length;
  guint32 hash;
  guint32 first;  /* index + 1 into settings, 0 none */
  guint32 last;
} NullmailSettingName;

void             _nullmail_main_cf_text_init          (NullmailMainCfText *self,
                                                       GBytes             *bytes);
void             _nullmail_main_cf_text_clear         (NullmailMainCfText *self);
GBytes          *_nullmail_main_cf_text_peek_bytes    (NullmailMainCfText *self);
const char      *_nullmail_main_cf_text_get_data      (NullmailMainCfText *self);

void             _nullmail_main_cf_text_index         (NullmailMainCfText *self);
NullmailSettingName *
                 _nullmail_main_cf_text_find_name     (NullmailMainCfText *self,
                                                       const char         *name);
NullmailCfEntry *_nullmail_main_cf_text_find_setting  (NullmailMainCfText *self,
                                                       const char         *name);
GString         *_nullmail_main_cf_text_read_value    (NullmailMainCfText    *self,
                                                       const NullmailCfEntry *setting);
guint            _nullmail_main_cf_text_count_lines   (NullmailMainCfText *self,
                                                       guint32             line);

/* The edits, on names and values that were checked. */
void             _nullmail_main_cf_text_set           (NullmailMainCfText *self,
                                                       const char         *name,
                                                       const char         *value,
                                                       gsize               value_length);
gboolean         _nullmail_main_cf_text_unset         (NullmailMainCfText *self,
                                                       const char         *name);
gboolean         _nullmail_main_cf_text_comment_out   (NullmailMainCfText *self,
                                                       const char         *name);
gboolean         _nullmail_main_cf_text_remove_duplicates (NullmailMainCfText *self,
                                                           const char         *name);

/* Shared by index and edit: an occurrence is put at the end of its name's chain. */
void             _nullmail_main_cf_text_add_setting   (NullmailMainCfText *self,
                                                       guint32             line,
                                                       guint32             name_length,
                                                       gboolean            is_valid);

G_END_DECLS
