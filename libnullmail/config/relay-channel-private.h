/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "config/effective-private.h"

G_BEGIN_DECLS

/* What main.cf makes of the channel to the relay, as a whole: the level, what a table says of the
 * relay in its place, the lists of login mechanisms, the names that are accepted in its certificate
 * and the authorities that are believed. */

/* Whether a password, or what a dictionary turns into one, may go over a kind of channel: it can
 * come to that, and the list for it does not refuse all that a password is used for. */
gboolean _nullmail_relay_channel_gives_away (NullmailEffective *effective,
                                             NullmailChannel    channel);

/* The same of any kind of channel on which the level does not mean it to go. */
gboolean _nullmail_relay_channel_is_leaky   (NullmailEffective *effective);

/* Whether the relay is given less than before, with a login or without: the messages, and the
 * password if there is one, are less safe on their way. The relay itself is not compared. */
gboolean _nullmail_relay_channel_gives_less (NullmailEffective *before,
                                             NullmailEffective *after);

/* Whether the password may go to another relay than before, or is less safe on its way: then what
 * endangers it is new, whatever was there before. */
gboolean _nullmail_relay_channel_is_weaker  (NullmailEffective *before,
                                             NullmailEffective *after);

G_END_DECLS
