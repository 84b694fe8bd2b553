/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "commit/state-folder-private.h"

G_BEGIN_DECLS

/* A parameter with its values before and after; NULL means that it was not, or is not, set. */
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

/* The keys whose entries the library has written to one password file and not removed again. table
 * is what main.cf calls the file, such as “hash:/path”. */
typedef struct
{
  char  *table;
  char **keys;
} NullmailOwnKeys;

NullmailOwnKeys     *_nullmail_own_keys_new      (const char          *table,
                                                  const char * const  *keys);
void                 _nullmail_own_keys_free     (NullmailOwnKeys     *self);
/* Whether a table such as “hash:/path” is that of a password file, whatever its type. */
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
  char      *passed;         /* digest of the file that an apply found and left as it is; NULL: the
                              * last apply made one */
  GPtrArray *changes;        /* (element-type NullmailNamedChange) of the last apply */
  GPtrArray *files;          /* the same of text files: their paths, and what they hold */
  char     **replaced;       /* keys whose password was replaced by it, or since */
  char     **dropped;        /* keys whose entry was dropped by it, or since */
  char     **withheld;       /* parameters not among the changes, since they hold a password */

  char      *first;          /* digest of the file before the first apply; NULL: none */
  gboolean   is_unbroken;    /* nobody else has changed the file between two applies since */
  GPtrArray *written;        /* (element-type NullmailNamedChange) from the first file to now */
  char     **left_out;       /* parameters that are not among them since they hold a password */
  GPtrArray *written_files;  /* the same of text files */

  char     **hidden;         /* parameters that were for passwords once and are still there */

  char     **digests;        /* of the entries under those keys: plan/own-digests.c */
  char     **own_keys;       /* keys that the library wrote and has not dropped, ... */
  char      *table;          /* ... and the table they are in, as “hash:/path”; NULL: none yet */
  GPtrArray *left;           /* (element-type NullmailOwnKeys) in files that were used before */
} NullmailUndoRecord;

NullmailUndoRecord *_nullmail_undo_record_new  (void);
NullmailUndoRecord *_nullmail_undo_record_copy (const NullmailUndoRecord *self);
void                _nullmail_undo_record_free (NullmailUndoRecord *self);

/* (transfer none): the keys that are the library's in the password file of that path. */
char              **_nullmail_undo_record_get_own_keys (const NullmailUndoRecord *self,
                                                        const char               *path);

/* Reads the record of a configuration directory, which is an empty one if there is none. now is
 * main.cf as it is now, and tells whether a run that was killed had committed. If it is NULL only a
 * finished record counts. */
NullmailUndoRecord *_nullmail_undo_record_load (NullmailStateFolder  *folder,
                                                GBytes               *now,
                                                GError              **error);
/* Whether an error of load means that the record is damaged for good, so that nothing is lost if it
 * is written over. */
gboolean            _nullmail_undo_record_is_lost (const GError *error);

#define NULLMAIL_UNDO_PREVIOUS "previous"  /* the file before the last apply */
#define NULLMAIL_UNDO_FIRST    "first"     /* the file before the first apply */

/* (transfer full) (nullable): the bytes of one of these files; NULL if it is not there, or if its
 * digest is another one. */
GBytes             *_nullmail_undo_record_load_file (NullmailStateFolder *folder,
                                                     const char          *name,
                                                     const char          *digest);

/* These three go around a commit. The new record is prepared before it. Behind it the main.cf that
 * was displaced is kept, and the record takes the place of the old one. Keeping main.cf may fail;
 * an undo then goes parameter by parameter. */
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
