/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "scenario.h"

#include <sys/stat.h>

G_BEGIN_DECLS

/* The files of patterns, in the order in which main.cf names them. */
enum { N_PATTERNS = 2 };
enum { KEY_A, KEY_B, KEY_FOREIGN, N_KEYS };

/* What a reader of the configuration directory sees: main.cf, and then what the table that it names
 * answers to Postfix. */
typedef struct
{
  GBytes      *main_cf;         /* (nullable) */
  struct stat  main_cf_info;
  GBytes      *source;          /* (nullable) sasl_passwd */
  GBytes      *patterns[N_PATTERNS];  /* (nullable) each */
  gboolean     authenticates;
  char        *relay;           /* (nullable) */
  char        *map_type;        /* (nullable) */
  char        *answers[N_KEYS]; /* (nullable) each: no such key */
} Observation;

/* Tables are asked by postmap, in a folder below root, once for the same bytes. */
void         observation_set_up        (const char         *root);
Observation *observation_new           (Place              *place);
void         observation_free          (Observation        *self);

/* Each returns NULL, or what is wrong. */
char        *observation_find_mismatch (const Observation  *self);
char        *observation_find_exposed  (Place              *place);
char        *observation_find_litter   (Place              *place,
                                        gboolean            may_keep);
char        *observation_compare       (const Observation  *self,
                                        const Observation  *expected,
                                        gboolean            same_inode);
/* Everything is of the one or the other. */
char        *observation_find_mixture  (const Observation  *self,
                                        const Observation  *before,
                                        const Observation  *after);

/* A short text that changes whenever a file that others see does. */
char        *observation_fingerprint   (Place              *place);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Observation, observation_free)

G_END_DECLS
