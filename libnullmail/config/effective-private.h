/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "config/postfix-names-private.h"
#include "config/relay-host.h"
#include "config/tls-level-private.h"
#include "document/main-cf.h"
#include "document/table-name-private.h"

G_BEGIN_DECLS

/* What Postfix takes a main.cf for: macros expanded, and what the file does not say filled in with
 * the defaults. This is the only reader of main.cf's meaning: the typed configuration, the planner,
 * the checks, their fixes and the masks all ask here, so that they can never disagree.
 *
 * An object looks at its document each time it is asked, so that the document may be edited
 * meanwhile. What it answers depends on the document and the source alone, never on what was asked
 * before. */
typedef struct _NullmailEffective NullmailEffective;

/* (transfer full) (nullable): loads the defaults, which are what “postconf -d” says. */
typedef GHashTable *(* NullmailDefaultLoader) (gpointer      user_data,
                                               GCancellable *cancellable);

/* (transfer full) (nullable): the text of a table's file; NULL if it cannot be read. */
typedef char *(* NullmailFileLoader) (gpointer      user_data,
                                      const char   *path,
                                      GCancellable *cancellable);

/* (transfer full) (nullable): asks a table for keys, and returns the keys that it has with their
 * values; NULL if it cannot be asked. The document, where more is to be read, is that of the
 * configuration that names the table. */
typedef GHashTable *(* NullmailTableAsker) (gpointer             user_data,
                                            NullmailEffective   *effective,
                                            const char          *table,
                                            const char * const  *keys,
                                            GCancellable        *cancellable);

/* Where the defaults come from. All may be NULL: then a value that follows from what is missing is
 * not known. */
typedef struct
{
  const char            *config_directory;  /* what $config_directory stands for */
  const char            *host_name;         /* as gethostname(2) says it */
  NullmailDefaultLoader  load_defaults;     /* called once, when the first default is needed that is
                                             * not the same in every Postfix */
  gpointer               user_data;
  GCancellable          *cancellable;
  NullmailFileLoader     load_file;         /* called each time a file's text is needed */
} NullmailDefaultSource;

/* What Postfix takes a text for that should be yes or no. */
typedef enum
{
  NULLMAIL_BOOLEAN_NO,
  NULLMAIL_BOOLEAN_YES,
  NULLMAIL_BOOLEAN_INVALID,  /* any other text: the program that needs it stops */
} NullmailBoolean;

/* Keeps a reference to the document, and copies the source with its texts. */
NullmailEffective *_nullmail_effective_new              (NullmailMainCf               *main_cf,
                                                         const NullmailDefaultSource  *source);
void               _nullmail_effective_free             (NullmailEffective            *self);

/* Reads another document with the same source, which is not asked again for what it has told. */
NullmailEffective *_nullmail_effective_for_main_cf      (NullmailEffective            *self,
                                                         NullmailMainCf               *main_cf);

NullmailMainCf    *_nullmail_effective_get_main_cf      (NullmailEffective            *self);
/* (nullable): the host name that the source gives. */
const char        *_nullmail_effective_get_host_name    (NullmailEffective            *self);

/* Expands the macros of a text. NULL where a macro is not known here; with error set where Postfix
 * would stop, because of a syntax error or a macro that refers to itself. */
char              *_nullmail_effective_expand           (NullmailEffective            *self,
                                                         const char                   *text,
                                                         GError                      **error);

/* The value of a parameter; NULL where it is not known, or Postfix stops at it. */
char              *_nullmail_effective_get_value        (NullmailEffective            *self,
                                                         const char                   *parameter);
/* (nullable): the items of a parameter's value; NULL as above. */
char             **_nullmail_effective_get_list         (NullmailEffective            *self,
                                                         const char                   *parameter);
/* Whether this Postfix is known to have a parameter of that name; FALSE where it cannot be
 * asked. */
gboolean           _nullmail_effective_has_default      (NullmailEffective            *self,
                                                         const char                   *parameter);
/* The same, and TRUE where every Postfix has one. */
gboolean           _nullmail_effective_is_parameter     (NullmailEffective            *self,
                                                         const char                   *name);
/* Whether this Postfix is of that version, such as 3.9, or of a later one. A snapshot counts as the
 * version that it leads to. Where Postfix cannot be asked the answer is the one that is given. */
gboolean           _nullmail_effective_has_version      (NullmailEffective            *self,
                                                         const char                   *version,
                                                         gboolean                      if_unknown);
/* (transfer none) (nullable): the parameters of this Postfix; NULL where it cannot be asked. */
NullmailPostfixNames *_nullmail_effective_peek_names    (NullmailEffective            *self);
/* Whether a parameter has a value that is not empty; FALSE if the value is not known. */
gboolean           _nullmail_effective_has_text         (NullmailEffective            *self,
                                                         const char                   *parameter);
NullmailBoolean    _nullmail_effective_get_boolean      (NullmailEffective            *self,
                                                         const char                   *parameter);
gboolean           _nullmail_effective_is_yes           (NullmailEffective            *self,
                                                         const char                   *parameter);

/* What Postfix takes a text for where it expects yes or no. */
NullmailBoolean    _nullmail_boolean_parse              (const char                   *text);

/* relayhost, which is also the key of the relay's password; NULL for none. */
char              *_nullmail_effective_get_relay_key    (NullmailEffective            *self);
/* (nullable): relayhost as a value; NULL if there is none, or its text is not one relay host. */
NullmailRelayHost *_nullmail_effective_get_relay_host   (NullmailEffective            *self);

/* Whether the client logs in. */
gboolean           _nullmail_effective_logs_in          (NullmailEffective            *self);
/* Whether TLS begins with the first byte. */
gboolean           _nullmail_effective_wraps            (NullmailEffective            *self);
/* The level, the obsolete parameters that stand in for it included; AUTO for a text that Postfix
 * does not understand. */
NullmailTlsLevel   _nullmail_effective_get_level        (NullmailEffective            *self);
/* Whether the document says anything of the level, rather than to leave it to Postfix's default. */
gboolean           _nullmail_effective_says_level       (NullmailEffective            *self);
/* The login mechanisms that are refused on a channel; never NULL. */
char             **_nullmail_effective_get_sasl_options (NullmailEffective *self,
                                                         NullmailChannel    channel);

/* Whether the filter of login mechanisms lets one pass. A filter that is not known here, since a
 * table stands in it, lets everything pass. */
gboolean           _nullmail_effective_allows_mechanism (NullmailEffective           *self,
                                                         const char                  *mechanism);
/* Whether the hosts of a relay are those that SRV records name for its port. Its password may then
 * be found by the name of one of them, or by the relay as it is written. */
gboolean           _nullmail_effective_looks_up_services (NullmailEffective          *self,
                                                          NullmailRelayHost          *relay);
/* Whether an item of inet_interfaces is one that nobody else can reach. */
gboolean           _nullmail_interface_is_loopback      (const char                  *item);
/* (transfer full) (nullable): the text of a file that main.cf names and that holds no secret, such
 * as a table of patterns; NULL if it cannot be read, or nobody may be asked for it. */
char              *_nullmail_effective_load_file        (NullmailEffective *self,
                                                         const char        *path);

/* Sets what asks tables, for all that are read with the same source. The data has to outlive
 * them. */
void               _nullmail_effective_set_asker        (NullmailEffective  *self,
                                                         NullmailTableAsker  asker,
                                                         gpointer            user_data);
/* (transfer none) (nullable): asks a table without secrets for keys, each table just once. NULL if
 * it cannot be asked. */
GHashTable        *_nullmail_effective_ask_table        (NullmailEffective  *self,
                                                         const char         *table,
                                                         const char * const *keys);
/* Notes what a table has answered to such a question, or NULL, so that it is not asked. */
void               _nullmail_effective_note_answer      (NullmailEffective  *self,
                                                         const char         *table,
                                                         const char * const *keys,
                                                         GHashTable         *take_answer);

/* Whether a parameter means something else, in its items; where that is not known its texts
 * decide. */
gboolean           _nullmail_effective_differs          (NullmailEffective            *a,
                                                         NullmailEffective            *b,
                                                         const char                   *parameter);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailEffective, _nullmail_effective_free)

G_END_DECLS
