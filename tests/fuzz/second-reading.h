/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A second reading of main.cf and of a table's source, and a second editor, written from
 * postconf(5) and postmap(1) without the library's code: slow, simple, and sharing none with it. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A physical line. */
typedef struct
{
  const char *start;
  gsize       length;   /* with its LF */
  int         owner;    /* the number of its logical line, or -1 where it is ignored */
} SecondLine;

/* A logical line. */
typedef struct
{
  guint    line;         /* on which it begins, counted from 1 */
  gboolean is_indented;  /* at the start of the file: dropped by Postfix */
  GString *text;         /* joined, without LF */
  gboolean has_equals;   /* behind the name */
  char    *name;         /* up to white space or "=" */
  GString *value;        /* behind the "=" */
} SecondSetting;

typedef struct
{
  GArray    *lines;
  GPtrArray *settings;
} SecondReading;

gboolean       second_is_space       (char                 c);
void           second_trim           (GString             *text);

SecondReading *second_reading_new    (const char          *text,
                                      gsize                size);
void           second_reading_free   (SecondReading       *self);

/* Whether it is a setting that Postfix reads. */
gboolean       second_setting_counts (const SecondSetting *self);

/* The one that counts for a name; NULL for none. */
SecondSetting *second_reading_find   (SecondReading       *self,
                                      const char          *name);

typedef enum
{
  SECOND_EDIT_SET = '=',
  SECOND_EDIT_UNSET = '-',
  SECOND_EDIT_COMMENT_OUT = '#',
  SECOND_EDIT_REMOVE_DUPLICATES = '!',
} SecondEditKind;

/* The text after an edit. The value is that of SET, any bytes that are allowed. */
GString       *second_edit           (const GString       *text,
                                      SecondEditKind       kind,
                                      const char          *name,
                                      const char          *value);

/* Whether all settings but those with this name are the same, in the same order. */
gboolean       second_others_same    (const GString       *before,
                                      const GString       *after,
                                      const char          *name);

/* The end of a last line that lacks its newline, before something is appended. */
void           second_complete       (GString             *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SecondReading, second_reading_free)

G_END_DECLS
