/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "config/effective-private.h"
#include "config/null-client-config.h"
#include "config/settings-private.h"

G_BEGIN_DECLS

/* Whether the caller has decided about this property: SET or UNSET. */
gboolean _nullmail_null_client_config_is_assigned (NullmailNullClientConfig *self,
                                                   const char               *property);

/* The functions from here on are for the files of this class. */
NullmailSettingState
_nullmail_null_client_config_get_setting_state (NullmailNullClientConfig *self,
                                                NullmailSettingId         id);
const GValue *
_nullmail_null_client_config_peek        (NullmailNullClientConfig *self,
                                          NullmailSettingId         id);
void
_nullmail_null_client_config_assign      (NullmailNullClientConfig *self,
                                          NullmailSettingId         id,
                                          const GValue             *value);

/* Gives a property back what a fresh object has; or the state KEPT or UNSET, without a value. */
void
_nullmail_null_client_config_reset       (NullmailNullClientConfig *self,
                                          NullmailSettingId         id);
void
_nullmail_null_client_config_leave       (NullmailNullClientConfig *self,
                                          NullmailSettingId         id,
                                          NullmailSettingState      state);

/* Whether a property was assigned a text with a password in it, which is for main.cf alone. */
gboolean
_nullmail_null_client_config_is_secret   (NullmailNullClientConfig *self,
                                          NullmailSettingId         id);

const char * const *
_nullmail_null_client_config_peek_unsupported (NullmailNullClientConfig *self);

/* Finds the setting of a property that can be written, with “_” or “-” in its name; -1 with error
 * set if there is none. */
int
_nullmail_null_client_config_find        (const char               *property,
                                          GError                  **error);

/* Fails with INVALID_ARGUMENT, naming the words that a property takes. */
gboolean
_nullmail_setting_refuse_word            (NullmailSettingId         id,
                                          const char               *word,
                                          GError                  **error);

/* (nullable): a value as the variant form has it, floating; NULL for one that is NULL. */
GVariant *_nullmail_setting_value_to_variant (NullmailSettingId  id,
                                              const GValue      *value);

/* Parameters that no property stands for, as they were assigned: a tree from the name to the value,
 * NULL for one that is to be removed. */
GTree   *_nullmail_parameters_new        (void);
GTree   *_nullmail_parameters_copy       (GTree                    *self);
gboolean _nullmail_parameters_equal      (GTree                    *self,
                                          GTree                    *other);
/* (transfer full): the names of those whose text has a password, also where another one of them, or
 * the tables of passwords that are assigned (nullable), refers to it. */
char   **_nullmail_parameters_list_secret (GTree                   *self,
                                          const char               *password_maps);
/* (nullable): a floating variant of the type a{sms}, without passwords; NULL for none. */
GVariant *_nullmail_parameters_to_variant (GTree                   *self,
                                           const char              *password_maps);
gboolean _nullmail_parameters_write      (GTree                    *self,
                                          NullmailMainCf           *main_cf,
                                          GError                  **error);
/* Fails with INVALID_CONFIG where one of them is what an assigned property writes. */
gboolean
_nullmail_null_client_config_check_parameters (NullmailNullClientConfig  *self,
                                               GError                   **error);
/* Assigns one, as assign_parameter () does; the list of what is unsupported has to be brought up to
 * date once all are assigned, which takes time in proportion to all of them. */
gboolean
_nullmail_null_client_config_put_parameter (NullmailNullClientConfig  *self,
                                            const char                *name,
                                            const char                *value,
                                            GError                   **error);
void
_nullmail_null_client_config_update_unsupported (NullmailNullClientConfig *self);
/* (transfer none): what was assigned. */
GTree *
_nullmail_null_client_config_peek_parameters (NullmailNullClientConfig *self);

/* Loads a property of a new object, on which nobody listens yet, from a document that has the
 * parameter. NULL stands for a text that the property cannot express. */
void
_nullmail_null_client_config_load        (NullmailNullClientConfig *self,
                                          NullmailSettingId         id,
                                          const GValue             *value);

/* Loads a property from a document that does not have the parameter. */
void
_nullmail_null_client_config_load_absent (NullmailNullClientConfig *self,
                                          NullmailSettingId         id);

/* Works out what follows from the properties, once all of them are loaded. */
void
_nullmail_null_client_config_end_load    (NullmailNullClientConfig *self);

/* What main.cf says of a setting, as the property has it; FALSE where the parameter is absent or
 * its text is one that the property cannot express. */
gboolean
_nullmail_null_client_config_read_setting (NullmailEffective *effective,
                                           NullmailSettingId  id,
                                           GValue            *value);

/* A configuration that reads as Postfix takes a main.cf for. */
NullmailNullClientConfig *
_nullmail_null_client_config_new_from_effective (NullmailEffective    *effective);

/* Writes the configuration to the document of effective. If it is not valid the error is
 * INVALID_CONFIG, and the document is not changed. */
gboolean
_nullmail_null_client_config_update      (NullmailNullClientConfig *self,
                                          NullmailEffective        *effective,
                                          GError                  **error);

/* What holds once the configuration has been written to a document or, where there is none
 * (effective is NULL), as far as the configuration alone knows it. */
typedef struct
{
  NullmailRelayHost *relay_host;      /* (owned) (nullable) */
  gboolean           authentication;
  gboolean           may_log_in;      /* also if Postfix would stop at the text */
  gboolean           tls_wrapper;
  gboolean           knows_wrapper;
  NullmailTlsLevel   tls_level;       /* AUTO: not known, or text that is not understood */
  NullmailEffective *effective;      /* (unowned) (nullable) of the document in view */
} NullmailConfigView;

void     _nullmail_config_view_init  (NullmailConfigView       *view,
                                      NullmailNullClientConfig *self,
                                      NullmailEffective        *effective);
void     _nullmail_config_view_clear (NullmailConfigView       *view);

gboolean _nullmail_null_client_config_validate_view (NullmailNullClientConfig  *self,
                                                     const NullmailConfigView  *view,
                                                     GError                   **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailConfigView, _nullmail_config_view_clear)

G_END_DECLS
