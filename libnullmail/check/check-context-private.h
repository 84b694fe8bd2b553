/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "check/finding-private.h"
#include "check/snapshot-private.h"
#include "config/relay-host.h"
#include "config/tls-level.h"

G_BEGIN_DECLS

/* One run of the checks: the snapshot, and what several checks need to know. */
typedef struct
{
  const NullmailCheckSnapshot *snapshot;
  NullmailEffective  *client;         /* (owned) (nullable) */
  NullmailEffective  *effective;      /* (unowned) as the client to the relay takes it: that of the
                                       * snapshot, or where master.cf sets parameters of the client
                                       * for itself, which may switch the login on, client */
  NullmailMainCf     *main_cf;        /* (unowned) the document of the snapshot */
  GPtrArray          *findings;       /* (owned) */

  NullmailRelayHost  *relay;          /* (owned) (nullable) where there is just one */
  gboolean            has_relay;      /* one or several, or none that is understood */
  gboolean            authenticates;
  gboolean            wraps;          /* smtp_tls_wrappermode */
  NullmailTlsLevel    level;          /* AUTO for a text that Postfix does not understand */
  NullmailTlsLevel    relay_level;    /* the same, or a better one that a table has for the relay */
} NullmailCheck;

void      _nullmail_check_init             (NullmailCheck               *self,
                                            const NullmailCheckSnapshot *snapshot);
void      _nullmail_check_clear            (NullmailCheck               *self);

/* Adds a finding. A parameter without a path is one of main.cf, whose path and line are filled in;
 * the message is a translated format. */
void      _nullmail_check_report           (NullmailCheck               *self,
                                            const NullmailFindingFacts  *facts,
                                            const char                  *remedy,
                                            const char                  *message,
                                            ...) G_GNUC_PRINTF (4, 5);

/* Adds the notice that a finding was not looked for, with what is needed. */
void      _nullmail_check_report_open      (NullmailCheck               *self,
                                            NullmailFindingCode          code,
                                            const char                  *parameter,
                                            const char                  *remedy,
                                            const char                  *message,
                                            ...) G_GNUC_PRINTF (5, 6);

/* The tables that are made of a file, by their number in the list; NULL behind the last one. */
const NullmailTableFile *
          _nullmail_check_get_file         (NullmailCheck               *self,
                                            guint                        index);

/* (nullable): an address or network as mynetworks writes it, with IPv6 in brackets; a “!” in front
 * of it is ignored. NULL means that it is something else: an address that Postfix refuses if is_bad
 * is set, or else a name, file or table. */
GInetAddressMask *
          _nullmail_check_parse_network    (const char                  *pattern,
                                            gboolean                    *is_bad);

/* Whether no certificate can match the relay, since the relay is an address. */
gboolean  _nullmail_check_is_unverifiable  (NullmailCheck               *self);

/* Whether the relay is given by its address. */
gboolean  _nullmail_check_relay_is_address (NullmailCheck               *self);

/* Whether this host has an address; UNKNOWN where its addresses are not known. */
NullmailFact
          _nullmail_check_has_address      (NullmailCheck               *self,
                                            GInetAddress                *address);

/* Whether Postfix listens on the loopback interface only; UNKNOWN where its interfaces are not
 * known. */
NullmailFact
          _nullmail_check_listens_on_loopback (NullmailCheck            *self);

/* Whether master.cf has a server on that port; UNKNOWN where it cannot be read. */
NullmailFact
          _nullmail_check_listens_on_port  (NullmailCheck               *self,
                                            guint                        port);

/* (nullable) (transfer full): what a table answers to a text that nobody has written into it, for
 * it answers that to all: one of patterns, or “static”. */
char     *_nullmail_check_find_result      (NullmailCheck               *self,
                                            const char                  *item,
                                            const char                  *text);

/* The port of a service of master.cf such as “smtp”, “25” or “127.0.0.1:submission”; 0 for none. */
guint     _nullmail_check_get_service_port (const char                  *name);

/* Whether this host is meant to take others' mail. */
gboolean  _nullmail_check_is_server        (NullmailCheck               *self);

/* The transport that takes mail to the relay: what default_transport has in front of a colon. */
char     *_nullmail_check_get_transport    (NullmailEffective           *effective);

/* Whether there are tables that send mail to other relays than relayhost. */
gboolean  _nullmail_check_has_routes       (NullmailCheck               *self);

/* (nullable): the directory of the queue; NULL where it is not known. */
char     *_nullmail_check_get_queue_directory (NullmailCheck            *self);

/* (nullable): where master.cf is. */
char     *_nullmail_check_get_master_cf_path (NullmailCheck             *self);

/* Whether there are certification authorities to verify with. */
NullmailFact
          _nullmail_check_has_cas          (NullmailCheck               *self);

/* Runs all checks over a snapshot; (transfer full) (element-type NullmailFinding). */
typedef GPtrArray *(* NullmailRunner)      (const NullmailCheckSnapshot *snapshot);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailCheck, _nullmail_check_clear)

/* The checks, one function for each file. In the file, one function looks for one code, or for a
 * few that exclude each other. */
void      _nullmail_check_document         (NullmailCheck               *self);
void      _nullmail_check_values           (NullmailCheck               *self);
void      _nullmail_check_relay            (NullmailCheck               *self);
void      _nullmail_check_tls              (NullmailCheck               *self);
void      _nullmail_check_channel          (NullmailCheck               *self);
void      _nullmail_check_client_certificate (NullmailCheck             *self);
void      _nullmail_check_credentials      (NullmailCheck               *self);
void      _nullmail_check_password_files   (NullmailCheck               *self);
void      _nullmail_check_manager          (NullmailCheck               *self);
void      _nullmail_check_map_types        (NullmailCheck               *self);
void      _nullmail_check_plain_passwords  (NullmailCheck               *self);
void      _nullmail_check_logged_passwords (NullmailCheck               *self);
void      _nullmail_check_tables           (NullmailCheck               *self);
void      _nullmail_check_entries          (NullmailCheck               *self);
void      _nullmail_check_mechanisms       (NullmailCheck               *self);
void      _nullmail_check_local            (NullmailCheck               *self);
void      _nullmail_check_host             (NullmailCheck               *self);
void      _nullmail_check_server           (NullmailCheck               *self);
void      _nullmail_check_folders          (NullmailCheck               *self);
void      _nullmail_check_master_cf        (NullmailCheck               *self);
void      _nullmail_check_detours          (NullmailCheck               *self);
void      _nullmail_check_policy           (NullmailCheck               *self);
void      _nullmail_check_services         (NullmailCheck               *self);
void      _nullmail_check_service_entries  (NullmailCheck               *self);
void      _nullmail_check_running          (NullmailCheck               *self);
void      _nullmail_check_submission       (NullmailCheck               *self);
void      _nullmail_check_held             (NullmailCheck               *self);
void      _nullmail_check_addresses        (NullmailCheck               *self);
void      _nullmail_check_overrides        (NullmailCheck               *self);
void      _nullmail_check_names            (NullmailCheck               *self,
                                            NullmailRunner               run);

G_END_DECLS
