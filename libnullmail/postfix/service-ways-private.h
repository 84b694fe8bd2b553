/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <sys/types.h>

#include "postfix/installation-private.h"
#include "postfix/mail-system-private.h"
#include "postfix/systemd-private.h"

G_BEGIN_DECLS

/* The ways in which service.c controls Postfix. */

/* By its own command, “postfix -c DIRECTORY ACTION”. */
gboolean _nullmail_service_command_query       (NullmailInstallation  *self,
                                                NullmailServiceState  *state,
                                                GCancellable          *cancellable,
                                                GError               **error);
gboolean _nullmail_service_command_run         (NullmailInstallation  *self,
                                                const char            *action,
                                                GCancellable          *cancellable,
                                                GError               **error);
/* To start a Postfix that runs succeeds. */
gboolean _nullmail_service_command_start       (NullmailInstallation  *self,
                                                GCancellable          *cancellable,
                                                GError               **error);

/* The process of master(8), as it has written it down; 0 if none runs. */
pid_t    _nullmail_service_observe_master      (NullmailInstallation  *self,
                                                GCancellable          *cancellable);

/* The Postfix that runs, and where its log ends, before something is done to it. */
typedef struct
{
  pid_t               master;         /* 0: none that can be seen */
  pid_t               queue_manager;  /* the same */
  NullmailMailSystem  system;         /* where the log is */
  GPtrArray          *logs;           /* (owned) (nullable) (element-type NullmailLogFile) */
  gint64              time_s;         /* since 1970 */
} NullmailServiceWitness;

void     _nullmail_service_witness_init        (NullmailServiceWitness *self,
                                                NullmailInstallation   *installation);
void     _nullmail_service_witness_clear       (NullmailServiceWitness *self);

/* Whether Postfix has followed: it runs, and where it was started it takes connections on port 25
 * nowhere but where main.cf and master.cf say so. ACTIVATION otherwise. What cannot be seen is
 * taken to be in order. */
gboolean _nullmail_service_witness_verify      (NullmailServiceWitness *self,
                                                NullmailInstallation   *installation,
                                                NullmailActivation      activation,
                                                GError                **error);
/* Adds Postfix's own last words in the log, if there are any, to an error of activation. */
void     _nullmail_service_witness_explain     (NullmailServiceWitness *self,
                                                GError                **error);

/* By systemd: the unit that runs, and the one that is started at boot. Debian up to 12 has a unit
 * of its own for each instance, and postfix.service is nothing but their common name. */
typedef struct
{
  NullmailSystemd *systemd;  /* (owned) (nullable) NULL: systemd does not control this Postfix */
  char            *unit;     /* (owned) (nullable) */
  char            *at_boot;  /* (owned) (nullable) */
} NullmailServiceUnits;

/* FALSE with error set if systemd is wanted and cannot be had. */
gboolean _nullmail_service_units_find          (NullmailServiceUnits  *self,
                                                NullmailInstallation  *installation,
                                                GCancellable          *cancellable,
                                                GError               **error);
void     _nullmail_service_units_clear         (NullmailServiceUnits  *self);

/* By the links of systemd's units, as “systemctl enable” does it offline: in an image, where no
 * systemd runs yet. */

/* Whether an image has a unit that is started when it boots. */
gboolean _nullmail_service_image_has_unit      (NullmailInstallation  *installation);
NullmailServiceState
         _nullmail_service_image_observe_state (void);
gboolean _nullmail_service_image_set_enabled   (gboolean               enabled,
                                                GCancellable          *cancellable,
                                                GError               **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailServiceWitness, _nullmail_service_witness_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailServiceUnits, _nullmail_service_units_clear)

G_END_DECLS
