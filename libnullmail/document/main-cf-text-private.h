/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

#include "document/entry-text-private.h"

G_BEGIN_DECLS

/* The text of a main.cf, whose entries are its settings: see main-cf-text.c. */
typedef struct
{
  NullmailEntryText  entries;
  GBytes            *bytes;  /* (owned) (nullable) the bytes of now, where they are known */
} NullmailMainCfText;

void      _nullmail_main_cf_text_init         (NullmailMainCfText *self,
                                               GBytes             *bytes);
void      _nullmail_main_cf_text_copy         (NullmailMainCfText *self,
                                               NullmailMainCfText *other);
/* Begins with what the other has read, without its edits; FALSE where that is not just these
 * bytes. */
gboolean  _nullmail_main_cf_text_copy_base    (NullmailMainCfText *self,
                                               NullmailMainCfText *other,
                                               GBytes             *bytes);
void      _nullmail_main_cf_text_clear        (NullmailMainCfText *self);

/* The bytes of now, not owned, valid until the next edit. */
GBytes   *_nullmail_main_cf_text_peek_bytes   (NullmailMainCfText *self);

/* Finds the occurrence of a name that counts. */
gboolean  _nullmail_main_cf_text_find_setting (NullmailMainCfText *self,
                                               const char         *name,
                                               NullmailEntryView  *setting);

/* The name of a setting, which is empty where it has none; not owned. */
gsize     _nullmail_main_cf_text_measure_name (const NullmailEntryView *setting);

/* (transfer full): the value of a valid setting, on one line. */
GString  *_nullmail_main_cf_text_read_value   (const NullmailEntryView *setting);

/* The edits, on names and values that were checked. */
void      _nullmail_main_cf_text_set          (NullmailMainCfText *self,
                                               const char         *name,
                                               const char         *value,
                                               gsize               value_length);
gboolean  _nullmail_main_cf_text_unset        (NullmailMainCfText *self,
                                               const char         *name);
gboolean  _nullmail_main_cf_text_comment_out  (NullmailMainCfText *self,
                                               const char         *name);
gboolean  _nullmail_main_cf_text_remove_duplicates (NullmailMainCfText *self,
                                                    const char         *name);

G_END_DECLS
