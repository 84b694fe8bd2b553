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

/**
 * NullmailSettingState:
 * @NULLMAIL_SETTING_STATE_KEPT: main.cf is left as it is
 * @NULLMAIL_SETTING_STATE_SET: assigned: main.cf is made to say this
 * @NULLMAIL_SETTING_STATE_UNSET: the parameter is removed, so that Postfix's default holds
 * @NULLMAIL_SETTING_STATE_DERIVED: follows from the other properties
 * @NULLMAIL_SETTING_STATE_LOADED: read from main.cf: reads like SET, but is written only if it is
 *   assigned later, so that an old object never reverts what somebody else has edited
 *
 * Where a property's value comes from, and what becomes of its parameter.
 *
 * Since: 1.0
 */
typedef enum
{
  NULLMAIL_SETTING_STATE_KEPT = 0,
  NULLMAIL_SETTING_STATE_SET = 1,
  NULLMAIL_SETTING_STATE_UNSET = 2,
  NULLMAIL_SETTING_STATE_DERIVED = 3,
  NULLMAIL_SETTING_STATE_LOADED = 4,
} NullmailSettingState;

/**
 * NullmailInetProtocols:
 * @NULLMAIL_INET_PROTOCOLS_AUTO: not chosen; assigned, it leaves main.cf as it is
 * @NULLMAIL_INET_PROTOCOLS_ALL: IPv4 and IPv6
 * @NULLMAIL_INET_PROTOCOLS_IPV4: IPv4 alone
 * @NULLMAIL_INET_PROTOCOLS_IPV6: IPv6 alone
 *
 * The protocols that Postfix uses: the values of `inet_protocols`. See postconf(5).
 *
 * Since: 1.0
 */
typedef enum
{
  NULLMAIL_INET_PROTOCOLS_AUTO = 0,
  NULLMAIL_INET_PROTOCOLS_ALL = 1,
  NULLMAIL_INET_PROTOCOLS_IPV4 = 2,
  NULLMAIL_INET_PROTOCOLS_IPV6 = 3,
} NullmailInetProtocols;

G_END_DECLS
