/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (NULLMAIL_INSIDE) && !defined (NULLMAIL_COMPILATION)
#error "Only <libnullmail/nullmail.h> can be included directly"
#endif

#include <glib-object.h>
#include <libnullmail/base/version-macros.h>

G_BEGIN_DECLS

#define NULLMAIL_TYPE_RELAY_HOST (nullmail_relay_host_get_type ())

typedef struct _NullmailRelayHost NullmailRelayHost;

NULLMAIL_AVAILABLE_IN_1_0
GType              nullmail_relay_host_get_type         (void) G_GNUC_CONST;

NULLMAIL_AVAILABLE_IN_1_0
NullmailRelayHost *nullmail_relay_host_new              (const char  *host,
                                                         const char  *service,
                                                         gboolean     mx_lookup,
                                                         GError     **error);
NULLMAIL_AVAILABLE_IN_1_0
NullmailRelayHost *nullmail_relay_host_parse            (const char  *text,
                                                         GError     **error);
NULLMAIL_AVAILABLE_IN_1_0
NullmailRelayHost *nullmail_relay_host_ref              (NullmailRelayHost *self);
NULLMAIL_AVAILABLE_IN_1_0
void               nullmail_relay_host_unref            (NullmailRelayHost *self);

NULLMAIL_AVAILABLE_IN_1_0
const char        *nullmail_relay_host_to_string        (const NullmailRelayHost *self);
NULLMAIL_AVAILABLE_IN_1_0
const char        *nullmail_relay_host_get_host         (const NullmailRelayHost *self);
NULLMAIL_AVAILABLE_IN_1_0
const char        *nullmail_relay_host_get_service      (const NullmailRelayHost *self);
NULLMAIL_AVAILABLE_IN_1_0
gboolean           nullmail_relay_host_get_mx_lookup    (const NullmailRelayHost *self);
NULLMAIL_AVAILABLE_IN_1_0
guint              nullmail_relay_host_get_port         (const NullmailRelayHost *self);
NULLMAIL_AVAILABLE_IN_1_0
gboolean           nullmail_relay_host_get_implicit_tls (const NullmailRelayHost *self);

NULLMAIL_AVAILABLE_IN_1_0
gboolean           nullmail_relay_host_equal            (const NullmailRelayHost *self,
                                                         const NullmailRelayHost *other);
NULLMAIL_AVAILABLE_IN_1_0
guint              nullmail_relay_host_hash             (const NullmailRelayHost *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailRelayHost, nullmail_relay_host_unref)

G_END_DECLS
