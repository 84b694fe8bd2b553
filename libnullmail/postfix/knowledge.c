/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/knowledge-private.h"

struct _NullmailKnowledge
{
  gatomicrefcount     ref_count;
  GMutex              mutex;       /* for what follows */

  NullmailInspection *inspection;  /* (owned) (nullable) */
  GHashTable         *defaults;    /* (owned) (nullable) never changed once it is here */
  gboolean            can_undo;
};

NullmailKnowledge *
_nullmail_knowledge_new (void)
{
  NullmailKnowledge *self = g_new0 (NullmailKnowledge, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->mutex);
  return self;
}

NullmailKnowledge *
_nullmail_knowledge_ref (NullmailKnowledge *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
_nullmail_knowledge_unref (NullmailKnowledge *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_mutex_clear (&self->mutex);
  g_clear_pointer (&self->inspection, _nullmail_inspection_unref);
  g_clear_pointer (&self->defaults, g_hash_table_unref);
  g_free (self);
}

NullmailInspection *
_nullmail_knowledge_peek_inspection (NullmailKnowledge *self)
{
  NullmailInspection *inspection;

  g_mutex_lock (&self->mutex);
  inspection = self->inspection != NULL ? _nullmail_inspection_ref (self->inspection) : NULL;
  g_mutex_unlock (&self->mutex);

  return inspection;
}

void
_nullmail_knowledge_set_inspection (NullmailKnowledge  *self,
                                    NullmailInspection *inspection)
{
  g_mutex_lock (&self->mutex);
  g_clear_pointer (&self->inspection, _nullmail_inspection_unref);
  self->inspection = inspection;
  g_mutex_unlock (&self->mutex);
}

GHashTable *
_nullmail_knowledge_peek_defaults (NullmailKnowledge *self)
{
  GHashTable *defaults;

  g_mutex_lock (&self->mutex);
  defaults = self->defaults != NULL ? g_hash_table_ref (self->defaults) : NULL;
  g_mutex_unlock (&self->mutex);

  return defaults;
}

void
_nullmail_knowledge_set_defaults (NullmailKnowledge *self,
                                  GHashTable        *defaults)
{
  g_mutex_lock (&self->mutex);
  g_clear_pointer (&self->defaults, g_hash_table_unref);
  self->defaults = g_hash_table_ref (defaults);
  g_mutex_unlock (&self->mutex);
}

gboolean
_nullmail_knowledge_get_can_undo (NullmailKnowledge *self)
{
  gboolean can_undo;

  g_mutex_lock (&self->mutex);
  can_undo = self->can_undo;
  g_mutex_unlock (&self->mutex);

  return can_undo;
}

void
_nullmail_knowledge_set_can_undo (NullmailKnowledge *self,
                                  gboolean           can_undo)
{
  g_mutex_lock (&self->mutex);
  self->can_undo = can_undo;
  g_mutex_unlock (&self->mutex);
}
