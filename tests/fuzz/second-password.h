/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A second reading of a password file and a second editor, written from postmap(1). */

#pragma once

#include "second-reading.h"

G_BEGIN_DECLS

/* What a logical line says. */
typedef struct
{
  gboolean is_entry;      /* a key with balanced quotes, and a value */
  gboolean is_found;      /* and UTF-8 */
  char    *key;
  GString *value;
  char    *username;
  char    *password;      /* empty where there is no ":" */
  gboolean has_colon;
  gboolean is_continued;  /* on further lines */
} SecondEntry;

/* The entries of all logical lines, in their order; those that are none included. */
GPtrArray   *second_entries        (SecondReading  *reading);

gboolean     second_entry_has_key  (SecondEntry    *self,
                                    const char     *key);

/* The first that postmap would take for a key, and its logical line; NULL for none. */
SecondEntry *second_entries_find   (GPtrArray      *entries,
                                    const char     *key,
                                    guint          *number);

typedef enum
{
  SECOND_PASSWORD_SET = '=',
  SECOND_PASSWORD_REMOVE = '-',
  SECOND_PASSWORD_REMOVE_OTHERS = '^',
} SecondPasswordEditKind;

typedef struct
{
  SecondPasswordEditKind  kind;
  char                   *key;
  char                   *username;
  char                   *password;
} SecondPasswordEdit;

GString     *second_password_edit  (const GString            *text,
                                    const SecondPasswordEdit *edit);

G_END_DECLS
