/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "config/effective-private.h"
#include "config/settings-private.h"

G_BEGIN_DECLS

/* The settings of the kind ADDRESS, which share their parameters with others. */

typedef enum
{
  NULLMAIL_ADDRESS_ABSENT,  /* main.cf says nothing of it */
  NULLMAIL_ADDRESS_FOUND,
  NULLMAIL_ADDRESS_OTHER,   /* it says something that the setting cannot express */
} NullmailAddressReading;

/* (out) address: (transfer full): only where it was found. */
NullmailAddressReading _nullmail_address_setting_read  (NullmailEffective  *effective,
                                                        NullmailSettingId   id,
                                                        char              **address);

/* Fails with INVALID_CONFIG where the macros of an address make something else of it, or root's
 * mail would never leave. What is not known here, such as a macro that only Postfix knows, is no
 * reason to fail. */
gboolean               _nullmail_address_setting_check (NullmailEffective  *effective,
                                                        NullmailSettingId   id,
                                                        const char         *address,
                                                        gboolean            delivers_here,
                                                        GError            **error);

/* Makes main.cf say the address, unless it does; NULL takes out what was written here. What others
 * have in the lists stays, behind it. */
gboolean               _nullmail_address_setting_write (NullmailEffective  *effective,
                                                        NullmailSettingId   id,
                                                        const char         *address,
                                                        GError            **error);

/* (transfer full): the parameters that it is written to. */
char                 **_nullmail_address_setting_list_parameters (NullmailSettingId id);

/* What Postfix does with mail that is for this host nevertheless, such as user@[127.0.0.1]: where
 * nothing is delivered here it bounces, with a text that says so. Where something is, what was
 * written here is taken out. */
gboolean               _nullmail_local_transport_write (NullmailMainCf     *main_cf,
                                                        gboolean            delivers_nothing,
                                                        GError            **error);

G_END_DECLS
