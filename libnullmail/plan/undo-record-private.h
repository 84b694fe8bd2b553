/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "commit/state-folder-private.h"

G_BEGIN_DECLS

/* One named value before and after; NULL: absent. */
typedef struct
{
  char *name;
  char *old_value;
  char *new_value;
} NullmailNamedChange;

NullmailNamedChange *_nullmail_named_change_new  (const char          *name,
                                                  const char          *old_value,
                                                  const char          *new_value);
void                 _nullmail_named_change_free (NullmailNamedChange *self);

/* The keys that the library wrote to one password file, as “hash:/path”, and has not dropped. */
typedef struct
{
  char  *table;
  char **keys;
} NullmailOwnKeys;

NullmailOwnKeys     *_nullmail_own_keys_new      (const char          *table,
                                                  const char * const  *keys);
void                 _nullmail_own_keys_free     (NullmailOwnKeys     *self);
/* Whether they are in the password file of that path, whatever the type of its table. */
gboolean             _nullmail_own_keys_is_at    (const char          *table,
                                                  const char          *path);

/* What the library did to one configuration directory, kept in the state directory so that it can
 * be undone. It holds names, values of main.cf, digests and keys, never a password. It is written
 * without synchronising: it need not survive a power cut, but a stale one must be recognised, which
 * the digests allow. */
typedef struct
{
  char      *before;         /* digest of the file before the last apply; NULL: nothing to undo */
  char      *after;          /* digest of the file that the last apply made */
  GPtrArray *changes;        /* (element-type NullmailNamedChange) of the last apply */
  char     **replaced;       /* keys whose password the last apply replaced */

  char      *first;          /* digest of the file before the first apply; NULL: none */
  gboolean   is_unbroken;    /* nobody else has changed the file between two applies since */
  GPtrArray *written;        /* (element-type NullmailNamedChange) from the first file to now */

  char     **own_keys;       /* keys that the library wrote and has not dropped, ... */
  char      *table;          /* ... and the table they are in, as “hash:/path”; NULL: none yet */
  GPtrArray *left;           /* (element-type NullmailOwnKeys) in files that were used before */
} NullmailUndoRecord;

NullmailUndoRecord *_nullmail_undo_record_new  (void);
NullmailUndoRecord *_nullmail_undo_record_copy (const NullmailUndoRecord *self);
void                _nullmail_undo_record_free (NullmailUndoRecord *self);

/* (transfer none): the library's keys in the password file of that path. */
char              **_nullmail_undo_record_get_own_keys (const NullmailUndoRecord *self,
                                                        const char               *path);

/* Reads the record of a configuration directory; an empty one where there is none. now is main.cf
 * as it is now, to tell whether a killed run had committed; NULL: only what was finished counts. */
NullmailUndoRecord *_nullmail_undo_record_load (NullmailStateFolder  *folder,
                                                GBytes               *now,
                                                GError              **error);
/* Whether there is nothing to be had behind that error of load, today or later: what it says may be
 * written over. */
gboolean            _nullmail_undo_record_is_lost (const GError *error);

#define NULLMAIL_UNDO_PREVIOUS "previous"  /* the file before the last apply */
#define NULLMAIL_UNDO_FIRST    "first"     /* the file before the first apply */

/* The bytes of one of those, NULL if they are not there or not those of the digest. */
GBytes             *_nullmail_undo_record_load_file (NullmailStateFolder *folder,
                                                     const char          *name,
                                                     const char          *digest);

/* Around a commit: the new record is prepared before it, and behind it the main.cf that it has
 * displaced is kept (in vain, it may be: then undo goes parameter by parameter) and the record
 * takes its place. */
gboolean            _nullmail_undo_record_prepare (const NullmailUndoRecord  *self,
                                                   NullmailStateFolder       *folder,
                                                   GError                   **error);
void                _nullmail_undo_record_keep    (NullmailStateFolder       *folder,
                                                   NullmailStagedFile        *file,
                                                   gboolean                   is_first);
void                _nullmail_undo_record_finish  (NullmailStateFolder       *folder,
                                                   gboolean                   committed);

char               *_nullmail_undo_record_digest       (GBytes     *bytes);
/* digest: (nullable) */
gboolean            _nullmail_undo_record_digest_is_of (const char *digest,
                                                        GBytes     *bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailNamedChange, _nullmail_named_change_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailUndoRecord, _nullmail_undo_record_free)

G_END_DECLS
