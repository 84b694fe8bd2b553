/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "config/setting-state.h"
#include "config/tls-level-private.h"
#include "document/main-cf.h"

G_BEGIN_DECLS

/* The properties of NullmailNullClientConfig that stand for parameters, in the order in which new
 * parameters are written. */
typedef enum
{
  NULLMAIL_SETTING_RELAY_HOST,
  NULLMAIL_SETTING_HOSTNAME,
  NULLMAIL_SETTING_DOMAIN,
  NULLMAIL_SETTING_ORIGIN,
  NULLMAIL_SETTING_INTERFACES,
  NULLMAIL_SETTING_PROTOCOLS,
  NULLMAIL_SETTING_NETWORKS,
  NULLMAIL_SETTING_DESTINATIONS,
  NULLMAIL_SETTING_SENDER_ADDRESS,
  NULLMAIL_SETTING_ROOT_ADDRESS,
  NULLMAIL_SETTING_TLS_LEVEL,
  NULLMAIL_SETTING_TLS_WRAPPER,
  NULLMAIL_SETTING_TLS_CA_FILE,
  NULLMAIL_SETTING_TLS_CLIENT_CERTIFICATE,
  NULLMAIL_SETTING_PASSWORD_MAPS,
  NULLMAIL_SETTING_SASL_SECURITY_OPTIONS,
  NULLMAIL_SETTING_SASL_MECHANISMS,
  NULLMAIL_SETTING_AUTHENTICATION,
  NULLMAIL_N_SETTINGS,
} NullmailSettingId;

typedef enum
{
  NULLMAIL_SETTING_KIND_RELAY_HOST,
  NULLMAIL_SETTING_KIND_NAME,       /* one word */
  NULLMAIL_SETTING_KIND_PATH,       /* an absolute file name */
  NULLMAIL_SETTING_KIND_MAPS,       /* type:name, several of them as one string */
  NULLMAIL_SETTING_KIND_ADDRESS,    /* of a mailbox, in lists of several parameters that may have
                                     * others' items too: address-settings.c reads and writes it */
  NULLMAIL_SETTING_KIND_LIST,
  NULLMAIL_SETTING_KIND_BOOLEAN,    /* Postfix's default is no */
  NULLMAIL_SETTING_KIND_TLS_LEVEL,
  NULLMAIL_SETTING_KIND_PROTOCOLS,
} NullmailSettingKind;

/* What a running Postfix needs in order to follow a changed parameter. A few are read by master(8)
 * when it starts, and on reload it only says that it takes no notice of them. */
typedef enum
{
  NULLMAIL_ACTIVATION_CLASS_RELOAD,
  NULLMAIL_ACTIVATION_CLASS_RESTART,
} NullmailActivationClass;

/* One row: all there is to know about a setting. */
typedef struct
{
  const char              *property;
  const char              *parameter;
  NullmailSettingKind      kind;
  NullmailSettingState     fresh_state;
  const char              *fresh_text;   /* as main.cf would say it, NULL for nothing */
  NullmailActivationClass  activation;
  gboolean                 is_login;     /* left alone while authentication is off */
} NullmailSetting;

const NullmailSetting   *_nullmail_setting_get       (NullmailSettingId  id);

/* Finds the setting of a property; -1 if there is none of that name. */
int                      _nullmail_setting_find      (const char        *property);

/* The same for the parameter that it is written to. */
int                      _nullmail_setting_find_by_parameter (const char *parameter);

/* The name of a property that a mistyped one may have been meant for. */
const char              *_nullmail_setting_find_nearest (const char    *property);

/* (transfer full) (nullable): the words that are values of a setting, for people; NULL where it
 * takes any text. */
char                    *_nullmail_setting_list_words (NullmailSettingId id);

GType                    _nullmail_setting_get_type  (NullmailSettingId  id);
void                     _nullmail_setting_init_value (NullmailSettingId  id,
                                                       GValue            *value);

/* Turns the text of a parameter into the property's value. FALSE means that the text says something
 * that the property cannot express; the value is then left alone. */
gboolean                 _nullmail_setting_parse     (NullmailSettingId  id,
                                                      const char        *text,
                                                      GValue            *value);

/* Turns the property's value into the text of the parameter. NULL means that the value stands for
 * no parameter at all. */
char                    *_nullmail_setting_format    (NullmailSettingId  id,
                                                      const GValue      *value);

gboolean                 _nullmail_setting_values_equal (NullmailSettingId  id,
                                                         const GValue      *a,
                                                         const GValue      *b);

G_END_DECLS
